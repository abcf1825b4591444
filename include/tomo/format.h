/* tomo/format.h - volumes and pictures in files, read and written: NIfTI-1 and NIfTI-2, NRRD, MetaImage, Analyze 7.5,
 * NumPy, PNG, JPEG, TIFF, WebP, stacks.
 *
 * The ending of a path chooses the format; formats are rows of one table (tomo_format_list). What a file says of the
 * patient is brought to Tomo's geometry (LPS millimeters, seconds) on reading and back on writing.
 * Threads: all functions are free of state and may run at once. Images that come out are shared (tomo_image_free);
 * an uncompressed .nii stays mapped while its image lives, so the file must not shrink or change until then. */
#ifndef TOMO_FORMAT_H
#define TOMO_FORMAT_H

#include <tomo/image.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One file format. Rows of a const table. */
typedef struct tomo_format {
    const char *name;          /**< short word: "nifti", "png" */
    const char *title;         /**< "NIfTI-1 and NIfTI-2 volume" */
    const char *const *reads;  /**< endings that tomo_format_load() takes, lower case with the dot; NULL-ended. Of a
                                    stack examples: "/" is a folder */
    const char *const *writes; /**< endings that tomo_format_save() takes; NULL-ended */
} tomo_format;

/** The format that a path's ending names, upper or lower case; NULL if Tomo knows none. Touches no file. @since 0.1 */
TOMO_API const tomo_format *tomo_format_find(const char *path);
/** The format of a file by its first bytes, whatever its name; what is gzipped is looked into. The voxels of a pair
 * (.img) have no mark of their own: they are known by a NIfTI header beside them.
 * @param out row of the table, or NULL: nothing that Tomo reads
 * @return TOMO_OK, TOMO_E_NOTFOUND, TOMO_E_IO, TOMO_E_ARG (also: not a regular file), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_format_probe(tomo_ctx *ctx, const tomo_format **out, const char *path, tomo_error *err);
/** All formats, NULL-ended. @since 0.1 */
TOMO_API const tomo_format *const *tomo_format_list(void);

/** Options of tomo_format_load(). */
typedef struct tomo_format_load_options {
    uint32_t struct_size;
    int32_t  time;        /**< only this time point of a 4D file, from 0; -1 = all */
    bool     raw;         /**< numbers as stored: the file's slope and intercept are not applied */
    bool     allow_shear; /**< a sheared grid without a usable qform: nearest rotation instead of TOMO_E_GEOMETRY */
    bool     outside;      /**< data files that a NRRD or MetaImage header names may lie outside of its folder */
    int32_t  analyze_axes; /**< where the axes of Analyze 7.5 run to: 0 = left, front, head (as SPM and nibabel),
                                1 = right, front, head, 2 = left, back, head from 0 (as ITK) */
    int32_t  last_axis;    /**< last axis of a NumPy array: 0 = components if it is a fifth of 2 to 4, or of 3 or 4
                                uint8 in 3D and more; 1 = an axis like the others; 2 = components */
    int32_t  form;        /**< where a NIfTI file has both: 0 = the sform counts, 1 = the qform */
    double   index[3];    /**< only this position along dimensions 5, 6, 7 of a NIfTI file; of a TIFF, index[0] is the
                               page; from 0, -1 = all */
    double   spacing[3];  /**< millimeters, of pictures and stacks; NaN = what the files say, else 1 */
} tomo_format_load_options;
#define TOMO_FORMAT_LOAD_OPTIONS_INIT                                                                                  \
    {                                                                                                                  \
        sizeof(tomo_format_load_options), -1, false, false, false, 0, 0, 0, { -1, -1, -1 }, { NAN, NAN, NAN }          \
    }

/** Read one volume: .nii, a pair .hdr/.img (each also .gz; either path names the pair), a picture (.png, .jpg, .tif,
 * .webp), or a stack of pictures: a folder, or a name with wildcards (slice_*.png) or a number (slice_%04d.png).
 *
 * NIfTI voxels: every type, both byte orders; RGB24 and RGBA32 become 3 and 4 components of uint8, complex 2
 * components, 128-bit floats (IEEE binary128) float64 with a remark. 1-bit voxels are TOMO_E_UNSUPPORTED. If the file
 * scales (y = slope * x + inter), the image is int16 where slope and intercept are whole, the stored type is whole
 * with at most 16 bits, and every voxel fits; else float32, or float64 where the stored type has more than 24
 * significant bits. Native, unscaled voxels are not copied: an uncompressed file is mapped, a compressed one inflated
 * once.
 * NIfTI shape: x, y, z and time. A fifth dimension of 2 to 4 with intent 1007 (vector), 1006, 1009, 2003 or 2004
 * becomes components; what else there is in dimensions 5 to 7 follows along time with a remark, or see `index`.
 * Written to NIfTI again the dimensions are as they were. CIFTI is TOMO_E_UNSUPPORTED.
 * NIfTI place: sform if its code is above 0, else qform if its code is above 0 (see `form`), else axes along pixdim to
 * the right, front and head from 0 (NIfTI-1 "method 1") with a remark. If a sform's axes are not at right angles
 * (beyond 1e-4 rad), qform stands in with a remark, else TOMO_E_GEOMETRY (see allow_shear).
 * Header extensions, intent, description and slice timing are kept beside the image (tomo/image_extra.h).
 * Pictures: numbers as stored, palettes as RGB (`raw`: their indices), gray of less than 8 bits spread to 0 to 255 in
 * PNG (`raw`: as stored); gray with alpha becomes RGBA. JPEG color becomes RGB. Spacing from pHYs, JFIF or resolution,
 * of TIFF also ImageJ's and OME's slices, time and units. Pages of a TIFF follow along z. Orientation marks of cameras
 * are remarked, not followed.
 * Stacks: pictures of one size and type in natural order (2 before 10), one slice each.
 * .nrrd, .nhdr, .mha, .mhd, .npy and Analyze's .hdr/.img are described in tomo/format_volume.h.
 * @param out    shared (tomo_image_free); untouched on failure
 * @param path   UTF-8 file name; borrowed until the call returns
 * @param opts   NULL for the defaults
 * @param report takes remarks (fallbacks, odd fields); may be NULL
 * @return TOMO_OK, TOMO_E_NOTFOUND, TOMO_E_IO, TOMO_E_FORMAT (damaged, cut short), TOMO_E_UNSUPPORTED (also an ending
 *         that Tomo can't read), TOMO_E_GEOMETRY (also pictures that don't match), TOMO_E_ARG, TOMO_E_NOMEM,
 *         TOMO_E_LIMIT, TOMO_E_CANCELED
 * Source: NIfTI-1 (nifti1.h, 2007), NIfTI-2 (nifti2.h, 2011); ISO 15948, ITU-T T.81, TIFF 6.0.  @since 0.1 */
TOMO_API tomo_status tomo_format_load(tomo_ctx *ctx, tomo_image **out, const char *path,
                                      const tomo_format_load_options *opts, tomo_report *report, tomo_job *job,
                                      tomo_error *err);
/** The same from any byte source that holds a single file (not a pair, not a stack), known by its first bytes.
 * The source is not needed after the call; its memory, if mapped, is held by the image. @since 0.1 */
TOMO_API tomo_status tomo_format_load_source(tomo_ctx *ctx, tomo_image **out, tomo_source *source,
                                             const tomo_format_load_options *opts, tomo_report *report,
                                             tomo_job *job, tomo_error *err);

/** Options of tomo_format_save(). */
typedef struct tomo_format_save_options {
    uint32_t struct_size;
    int32_t  level;   /**< gzip effort, 1 (fast) to 9 (small); 0 = default of tomo_codec_deflate() */
    int32_t  version; /**< NIfTI version, 1 or 2; 0 = 1 unless a size passes 32767 */
    int32_t  encoding; /**< NRRD and MetaImage: 0 = gzip if level is given, else raw; 1 = raw, 2 = gzip (in MetaImage
                            zlib), 3 = bzip2, 4 = ASCII, 5 = hex (3 and 5 NRRD only) */
    bool     analyze;  /**< .hdr and .img as Analyze 7.5 */
    int32_t  quality; /**< JPEG and WebP: 1 to 100 on libjpeg's and libwebp's scales; 0 = 90, and no loss in WebP */
    int32_t  compression; /**< TIFF: 0 = deflate, 1 = none */
} tomo_format_save_options;
#define TOMO_FORMAT_SAVE_OPTIONS_INIT { sizeof(tomo_format_save_options), 0, 0, 0, false, 0, 0 }

/** Write an image; the path's ending chooses the format. The file appears whole or not at all, replacing one that is
 * there.
 *
 * .nii, .hdr and .img (the pair), each also .gz: any image; native byte order; qform and sform both with code 1 (or
 * those of the file it was read from), units mm and s. Three components of uint8 become RGB24, four RGBA32, two of
 * float complex; others a vector along the fifth dimension. NIfTI-1 holds geometry in 32-bit floats (7 digits),
 * NIfTI-2 in 64-bit. Label tables are not stored: NIfTI has no agreed place for them.
 * .tif: any type; slices and then time points are pages; BigTIFF past 4 GB; spacing as resolution and in ImageJ's
 * words.
 * .png, .jpg, .webp: one slice (z and t of size 1) of uint8 gray, RGB, RGBA (not JPEG); PNG also uint16. WebP has no
 * gray: it becomes RGB. With a number in the name (slice_%04d.png) every slice is written, counted from 0; a folder
 * that is missing is made. Pictures hold the spacing, but no place.
 * .nrrd, .nhdr, .mha, .mhd, .npy, and with the option `analyze` .hdr and .img: see tomo/format_volume.h.
 * @param in borrowed until the call returns; views are fine
 * @return TOMO_OK, TOMO_E_UNSUPPORTED (unknown ending: the message names those that can be written; an image the
 *         format can't hold), TOMO_E_ARG, TOMO_E_IO, TOMO_E_NOTFOUND (no such folder), TOMO_E_NOMEM, TOMO_E_LIMIT,
 *         TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_format_save(tomo_ctx *ctx, const char *path, const tomo_image *in,
                                      const tomo_format_save_options *opts, tomo_job *job, tomo_error *err);

/** Tables of the options above, for faces that build flags and types from tables. They describe calls on paths, not
 * steps between images, so their ports are empty and `run` is NULL. @since 0.1 */
TOMO_API const tomo_op *tomo_format_load_op(void);
TOMO_API const tomo_op *tomo_format_save_op(void);

#ifdef __cplusplus
}
#endif
#endif
