/* tomo/dicom.h - data sets, Part 10 files, JSON, frames, series to volume and back.
 *
 * A tomo_dataset is elements in tag order over one shared buffer (a memory map or memory). Opening reads the
 * structure; values are decoded when asked for; an edit copies that element only.
 * Threads: a data set that nobody edits may be read from any number of threads. Editing needs it alone. */
#ifndef TOMO_DICOM_H
#define TOMO_DICOM_H

#include <tomo/codec.h>
#include <tomo/image.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Group in the upper, element in the lower 16 bits: 0x00100010 is (0010,0010). */
typedef uint32_t tomo_tag;

/** Value representation as its two letters: TOMO_VR('P','N'). */
#define TOMO_VR(a, b) ((uint16_t)((uint16_t)(a) << 8 | (uint16_t)(b)))

/* ---- dictionary (PS3.6, generated) -------------------------------------------------------------------------- */

typedef struct tomo_dict_entry {
    tomo_tag    tag;     /**< for ranges such as (60xx,0010) the first */
    uint16_t    vr;      /**< TOMO_VR; of "US or SS" the first, see vr2 */
    uint16_t    vr2;     /**< second possible VR or 0 */
    uint8_t     vm_min, vm_max, vm_step; /**< vm_max 0 = n */
    bool        retired;
    const char *keyword; /**< "PatientName" */
    const char *name;    /**< "Patient's Name" */
} tomo_dict_entry;
/** By tag (ranges too); NULL for private and unknown ones. @since 0.1 */
TOMO_API const tomo_dict_entry *tomo_dict_find(tomo_tag tag);
/** By keyword, exact; NULL if there is none. @since 0.1 */
TOMO_API const tomo_dict_entry *tomo_dict_keyword(const char *keyword);
/** Private element by creator, group and the element's low byte; NULL if unknown. @since 0.1 */
TOMO_API const tomo_dict_entry *tomo_dict_private(const char *creator, uint16_t group, uint8_t element);
/** Name of a UID of PS3.6 table A-1 ("CT Image Storage"); NULL if unknown. @since 0.1 */
TOMO_API const char *tomo_uid_name(const char *uid);

/* ---- data sets ------------------------------------------------------------------------------------------------ */

typedef struct tomo_dataset tomo_dataset;

typedef struct tomo_dataset_options {
    uint32_t        struct_size;
    bool            force;              /**< read what can be read of a damaged file; oddities go to the report */
    bool            stop_before_pixels; /**< stop at (7FE0,0008..0010) */
    /** keep only these (and Specific Character Set) and stop behind them; NULL = all */
    const tomo_tag *specific_tags;
    size_t          n_specific_tags;
    uint32_t        max_depth;          /**< nesting of sequences, at most 256; 0 = 64 */
    uint32_t        reserved;
    uint64_t        max_inflated;       /**< bytes of a deflated data set; 0 = 200 times its size, 64 MiB to 1 GiB */
} tomo_dataset_options;
#define TOMO_DATASET_OPTIONS_INIT { sizeof(tomo_dataset_options), false, false, NULL, 0, 0, 0, 0 }

/** Read the structure of a Part 10 file or a bare data set (PS3.10 7, PS3.5 7): implicit and explicit little
 * endian, explicit big endian, deflated; missing preamble or meta header is recognized.
 * @param out    owned by the caller (tomo_dataset_free)
 * @param source gets a reference for as long as the data set lives
 * @param report oddities, may be NULL
 * @return TOMO_OK, TOMO_E_FORMAT (what, tag, byte), TOMO_E_LIMIT, TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_dataset_open(tomo_ctx *ctx, tomo_dataset **out, tomo_source *source,
                                       const tomo_dataset_options *opts, tomo_report *report, tomo_error *err);
/** The same from a path. @since 0.1 */
TOMO_API tomo_status tomo_dataset_open_path(tomo_ctx *ctx, tomo_dataset **out, const char *path,
                                            const tomo_dataset_options *opts, tomo_report *report, tomo_error *err);
/** An empty data set to fill. @since 0.1 */
TOMO_API tomo_status tomo_dataset_new(tomo_ctx *ctx, tomo_dataset **out, tomo_error *err);
TOMO_API void tomo_dataset_free(tomo_dataset *ds);
/** Transfer syntax UID of the file (or what was found out); never NULL. @since 0.1 */
TOMO_API const char *tomo_dataset_syntax(const tomo_dataset *ds);

/** One element as it stands. A view: valid until the data set is edited or freed. */
typedef struct tomo_element {
    tomo_tag    tag;
    uint16_t    vr;      /**< TOMO_VR */
    bool        is_sequence;
    bool        encapsulated; /**< pixel data in fragments */
    uint32_t    items;   /**< sequences: items; encapsulated pixel data: fragments incl. the offset table */
    uint64_t    length;  /**< bytes of the value (for undefined lengths, what it spans without delimiters) */
    uint64_t    offset;  /**< of the value in the file; UINT64_MAX if it was set by an edit */
    const void *value;   /**< raw bytes in the file's byte order; NULL for sequences */
} tomo_element;

/** Elements of the top level, in tag order. @since 0.1 */
TOMO_API size_t tomo_dataset_count(const tomo_dataset *ds);
TOMO_API tomo_status tomo_dataset_element(const tomo_dataset *ds, size_t i, tomo_element *out, tomo_error *err);

/** Find by path: a keyword, "00100010" or "(0010,0010)", items in brackets, joined by dots:
 * "ReferencedSeriesSequence[0].SeriesInstanceUID". Items of a sequence: tomo_dataset_item().
 * @return TOMO_OK, TOMO_E_NOTFOUND (absent), TOMO_E_ARG (not a path)  @since 0.1 */
TOMO_API tomo_status tomo_dataset_find(const tomo_dataset *ds, const char *path, tomo_element *out, tomo_error *err);
/** Item of a sequence as a data set of its own; borrowed until `ds` is edited or freed; NULL if there is none.
 * @since 0.1 */
TOMO_API const tomo_dataset *tomo_dataset_item(const tomo_dataset *ds, tomo_tag sequence, size_t i);

/** Values by tag at this level, decoded. `i` counts from 0 over multiple values.
 * double: DS, IS, FL, FD, US, SS, UL, SL, UV, SV. int: the same if whole. @return false if absent, empty or not a
 * number. @since 0.1 */
TOMO_API bool tomo_dataset_double(const tomo_dataset *ds, tomo_tag tag, size_t i, double *out);
TOMO_API bool tomo_dataset_int(const tomo_dataset *ds, tomo_tag tag, size_t i, int64_t *out);
/** How many values the element has (0 if absent or empty). @since 0.1 */
TOMO_API size_t tomo_dataset_values(const tomo_dataset *ds, tomo_tag tag);
/** One value as UTF-8 text, padding trimmed (PS3.5 6.2), character set decoded (PS3.3 C.12.1.1.2); numbers as
 * text too; AT as "(0010,0010)". i = SIZE_MAX: all values joined by backslashes. Writes at most room-1 bytes and NUL.
 * @return length of the whole text, or -1 if absent  @since 0.1 */
TOMO_API int64_t tomo_dataset_text(const tomo_dataset *ds, tomo_tag tag, size_t i, char *to, size_t room);

/** Set, by path, from text as tomo_dataset_text() gives it (missing items of sequences up to one past the last are
 * made; VR from the dictionary, or the present one). Values are checked against VR, length and number of values;
 * untouched on failure.
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_dataset_set(tomo_dataset *ds, const char *path, const char *text, tomo_error *err);
/** Set raw bytes (copied) with a VR, native byte order in. @since 0.1 */
TOMO_API tomo_status tomo_dataset_set_bytes(tomo_dataset *ds, const char *path, uint16_t vr, const void *bytes,
                                            size_t size, tomo_error *err);
/** Remove an element, or ("Sequence[1]") an item; absent is TOMO_E_NOTFOUND. @since 0.1 */
TOMO_API tomo_status tomo_dataset_delete(tomo_dataset *ds, const char *path, tomo_error *err);

typedef struct tomo_dataset_write_options {
    uint32_t    struct_size;
    /** transfer syntax UID to write in; NULL = as it is. Between uncompressed and deflated ones. */
    const char *syntax;
} tomo_dataset_write_options;
/** Write a Part 10 file, whole or not at all (temporary file, fsync, rename). Elements that nobody edited keep
 * their exact bytes when the syntax stays; File Meta Information is made correct. The data set must have been read
 * whole.
 * @return TOMO_OK, TOMO_E_UNSUPPORTED (compressed pixels in another syntax), TOMO_E_ARG, TOMO_E_IO  @since 0.1 */
TOMO_API tomo_status tomo_dataset_write(tomo_ctx *ctx, const tomo_dataset *ds, const char *path,
                                        const tomo_dataset_write_options *opts, tomo_error *err);
/** The same to memory. @since 0.1 */
TOMO_API tomo_status tomo_dataset_write_buffer(tomo_ctx *ctx, const tomo_dataset *ds, tomo_buffer **out,
                                               const tomo_dataset_write_options *opts, tomo_error *err);

/** Text dump, one line an element, for people. @param out owned by the caller, UTF-8, NUL-terminated @since 0.1 */
TOMO_API tomo_status tomo_dataset_dump(tomo_ctx *ctx, const tomo_dataset *ds, tomo_buffer **out, tomo_error *err);
/** DICOM JSON model (PS3.18 F); binary values inline as base64 up to inline_limit bytes, larger ones as
 * BulkDataURI "#<tag path>". @since 0.1 */
TOMO_API tomo_status tomo_dataset_json(tomo_ctx *ctx, const tomo_dataset *ds, tomo_buffer **out, uint64_t inline_limit,
                                       tomo_error *err);

/** New UID under 2.25 from 128 bits (PS3.5 B.2): derived from `seed` (so repeatable), or random if seed is NULL.
 * @since 0.1 */
TOMO_API tomo_status tomo_uid_make(char uid[65], const char *seed, tomo_error *err);

/* ---- pixel data -------------------------------------------------------------------------------------------------- */

/** What the data set says of its pixels, checked (PS3.3 C.7.6.3). */
typedef struct tomo_pixels_info {
    uint32_t        struct_size;
    tomo_frame_desc frame;
    int64_t         frames;
    char            photometric[17]; /**< "MONOCHROME2" */
    double          slope, intercept; /**< Modality LUT; 1 and 0 if absent */
    bool            has_rescale;
    double          center, width;   /**< first window; NaN if none */
    double          spacing[2];      /**< row spacing (y), column spacing (x); NaN if none */
    int32_t         packed_bits;     /**< 12 if samples take 12 bits in the file (retired); `frame` has them in 16 */
    int32_t         reserved;
} tomo_pixels_info;
/** @return TOMO_OK, TOMO_E_NOTFOUND (no pixel data), TOMO_E_FORMAT (which attribute, found, expected)  @since 0.1 */
TOMO_API tomo_status tomo_pixels_get_info(const tomo_dataset *ds, tomo_pixels_info *out, tomo_error *err);
/** One frame, decoded, without reading the others: stored values (not rescaled, MONOCHROME1 not inverted); color as
 * RGB: palettes looked up, YBR_FULL, YBR_PARTIAL, HSV, CMYK and ARGB converted. Bits above High Bit are cleared or
 * sign-extended.
 * @param out image of 2 dimensions, owned by the caller (tomo_image_free)  @since 0.1 */
TOMO_API tomo_status tomo_pixels_frame(tomo_ctx *ctx, const tomo_dataset *ds, int64_t frame, tomo_image **out,
                                       tomo_error *err);
/** All frames as one image (third dimension: frames), decoded on all threads. @since 0.1 */
TOMO_API tomo_status tomo_pixels_all(tomo_ctx *ctx, const tomo_dataset *ds, tomo_image **out, tomo_job *job,
                                     tomo_error *err);

/* ---- series ----------------------------------------------------------------------------------------------- */

/** The series found below a folder (or in one file). */
typedef struct tomo_study tomo_study;
typedef struct tomo_series_info {
    uint32_t    struct_size;
    const char *study_uid, *series_uid, *modality, *description, *patient_id, *patient_name, *study_date;
    size_t      files;    /**< image files of this series */
    int64_t     frames;   /**< frames in all */
    int32_t     columns, rows;
    size_t      others;   /**< files of the study without pixels (SR, RTSTRUCT, ...), for the whole study */
    int32_t     part, parts; /**< which of how many entries that share the Series Instance UID this is, from 1 */
    const char *kind;     /**< "magnitude", "phase", "real", "imaginary", "localizer", ...; "" where there is but one */
} tomo_series_info;

/** Look through a folder (or a file): group images into series that share UID, orientation, size and type.
 * Files that are not DICOM are left out and remarked on. @param out owned by the caller (tomo_study_free)
 * @return TOMO_OK, TOMO_E_NOTFOUND (nothing that is DICOM), TOMO_E_IO, TOMO_E_LIMIT  @since 0.1 */
TOMO_API tomo_status tomo_study_scan(tomo_ctx *ctx, tomo_study **out, const char *path, tomo_report *report,
                                     tomo_job *job, tomo_error *err);
TOMO_API void tomo_study_free(tomo_study *study);
/** Number of series: images, largest first, then segmentations and dose. @since 0.1 */
TOMO_API size_t tomo_study_series(const tomo_study *study);
/** Texts are borrowed until the study is freed. @since 0.1 */
TOMO_API tomo_status tomo_study_info(const tomo_study *study, size_t series, tomo_series_info *out, tomo_error *err);
/** Paths of a series' files in the order in which a volume would stack them; borrowed until the study is freed;
 * NULL past the last. @since 0.1 */
TOMO_API const char *tomo_study_file(const tomo_study *study, size_t series, size_t i);

/** What standardized uptake values are divided by. */
typedef enum tomo_suv {
    TOMO_SUV_NONE = 0,      /**< the unit of the file */
    TOMO_SUV_BW = 1,        /**< body weight, g/ml */
    TOMO_SUV_LBM = 2,       /**< lean body mass by James (LBMJAMES128), g/ml */
    TOMO_SUV_LBM_JANMA = 3, /**< lean body mass by Janmahasatian, g/ml */
    TOMO_SUV_BSA = 4        /**< body surface area by Du Bois, cm2/ml */
} tomo_suv;

typedef struct tomo_series_options {
    uint32_t struct_size;
    bool     raw;          /**< stored values, no rescale to HU, SUV or other real-world units */
    bool     allow_gaps;   /**< accept uneven spacing and missing slices (the report says so) */
    int32_t  dtype;        /**< tomo_dtype wanted, 0 = int16 or uint16 where values are whole and fit, else float32 */
    /** how far slice positions may stray from even spacing; 0 = 1 % of the spacing, at least 0.01 */
    double   tolerance_mm;
    /** tomo_suv: PET to standardized uptake values, from dose, weight and times of each file (QIBA); TOMO_E_FORMAT or
     * TOMO_E_UNSUPPORTED with the attribute where they can't be had. Not with `raw`. */
    int32_t  suv;
    /** a sheared stack (gantry tilt) is moved slice by slice onto a straight grid that holds all of it, with linear
     * interpolation; false = it is refused */
    bool     straighten;
    /** values by this Real World Value Mapping, from 1, in place of the rescale (PS3.3 C.7.6.16.2.11); 0 = the
     * rescale. TOMO_E_NOTFOUND if a frame has none. Not with `raw` or `suv`. */
    int32_t  real_world;
    /** of a series that falls into several parts - magnitude, phase or real beside each other in one file, other
     * orientations or sizes - this one, from 1, as tomo_study_info() counts them; 0 = the largest. TOMO_E_NOTFOUND */
    int32_t  part;
    /** MR: the images of this echo time alone, in ms (within 0.01 and 0.1 %); 0 = all. TOMO_E_NOTFOUND names those
     * that there are. */
    double   echo_ms;
} tomo_series_options;
#define TOMO_SERIES_OPTIONS_INIT { sizeof(tomo_series_options), false, false, 0, 0.0, 0, false, 0, 0, 0.0 }

/** Row of the options above, for the command line, provenance and the reference pages. @since 0.1 */
TOMO_API const tomo_op *tomo_series_load_op(void);

/** One series to one volume (3D, or 4D where positions repeat): sorted by position along the slice normal, not by
 * number; rescaled (HU for CT); geometry from Image Position/Orientation (PS3.3 C.7.6.2). Missing slices, uneven
 * spacing, gantry tilt, mixed orientation and duplicates are TOMO_E_GEOMETRY with the numbers.
 * @param out shared (tomo_image_free)  @since 0.1 */
TOMO_API tomo_status tomo_series_load(tomo_ctx *ctx, tomo_image **out, const tomo_study *study, size_t series,
                                      const tomo_series_options *opts, tomo_report *report, tomo_job *job,
                                      tomo_error *err);
/** Diffusion weighting of each volume of a series, in the order of the fourth dimension, as FSL's text files: one line
 * of b-values (s/mm2), three lines of directions along the axes of the volume that tomo_series_load() gives, the first
 * component with the sign that FSL wants for a NIfTI of it. From Diffusion b-value and Gradient Orientation; private
 * elements of vendors are not read.
 * @param bval,bvec owned by the caller, NUL-terminated
 * @return TOMO_OK, TOMO_E_NOTFOUND (a frame without them), TOMO_E_GEOMETRY  @since 0.1 */
TOMO_API tomo_status tomo_series_diffusion(tomo_ctx *ctx, tomo_buffer **bval, tomo_buffer **bvec,
                                           const tomo_study *study, size_t series, const tomo_series_options *opts,
                                           tomo_error *err);
/** Folder or file straight to a volume: its largest series, or that with the given Series Instance UID (NULL =
 * largest). @since 0.1 */
TOMO_API tomo_status tomo_dicom_load(tomo_ctx *ctx, tomo_image **out, const char *path, const char *series_uid,
                                     const tomo_series_options *opts, tomo_report *report, tomo_job *job,
                                     tomo_error *err);

typedef struct tomo_series_write_options {
    uint32_t            struct_size;
    const char         *modality;    /**< "CT" or "MR" */
    /** patient, study and equipment attributes are copied from it; NULL = anonymous */
    const tomo_dataset *like;
    const char         *description; /**< Series Description; NULL = none */
    /** UIDs are derived from it, so that the same input gives the same files; NULL = random */
    const char         *seed;
    const char         *patient_id, *patient_name, *study_date; /**< over `like`; NULL = as there or empty */
    const char         *derivation;  /**< Derivation Description: what made it; NULL = none */
    /** told of values of `like` that break a rule of their VR: names, identifiers and texts are copied as they are,
     * numbers, dates and codes left out; NULL = nobody is */
    tomo_report        *report;
} tomo_series_write_options;
#define TOMO_SERIES_WRITE_OPTIONS_INIT                                                                               \
    { sizeof(tomo_series_write_options), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL }
/** Row of the options above, but for `like` and `report`, which are no texts. @since 0.1 */
TOMO_API const tomo_op *tomo_series_write_op(void);
/** A volume to a CT or MR series of single-frame files IM0001.dcm ... in a folder that is made; HU through Rescale
 * Intercept. All files or none. @since 0.1 */
TOMO_API tomo_status tomo_series_write(tomo_ctx *ctx, const tomo_image *in, const char *folder,
                                       const tomo_series_write_options *opts, tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
