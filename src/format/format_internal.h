/* format_internal.h - the row that makes a file format, and what the NIfTI files of this room share. */
#ifndef TOMO_FORMAT_INTERNAL_H
#define TOMO_FORMAT_INTERNAL_H

#include <tomo/format.h>

#include "base/base_internal.h"

/* What every reader gets: the opened file, where it came from, and how to read it. */
typedef struct tomo__format_input {
    tomo_source                    *source;
    const char                     *path; /* NULL if the bytes came from a bare source */
    const tomo_format_load_options *opts;
    tomo_report                    *report;
    tomo_job                       *job;
} tomo__format_input;

/* One row of the table of formats (format.c). */
struct tomo__format {
    tomo_format pub; /* an ending under pub.reads needs `load`, one under pub.writes `save` */
    /* Do these first bytes (at most TOMO__PROBE) belong to the format? For sources without a name. NULL: never. */
    bool (*probe)(const uint8_t *head, size_t size);
    tomo_status (*load)(tomo_ctx *ctx, tomo_image **out, const tomo__format_input *in, tomo_error *err);
    tomo_status (*save)(tomo_ctx *ctx, const char *path, const tomo_image *in, const tomo_format_save_options *opts,
                        tomo_job *job, tomo_error *err);
};
#define TOMO__PROBE 540

extern const struct tomo__format tomo__format_nifti; /* nifti_read.c */
extern const struct tomo__format tomo__format_png;   /* png.c */
extern const struct tomo__format tomo__format_nrrd, tomo__format_meta, tomo__format_analyze, tomo__format_npy;
extern const tomo_op             tomo__format_load_row, tomo__format_save_row; /* ops.c */

/* ---- NIfTI ------------------------------------------------------------------------------------------------------- */

enum { TOMO__NIFTI1_BYTES = 348, TOMO__NIFTI2_BYTES = 540, TOMO__NIFTI_INTENT_VECTOR = 1007 };

/* A NIfTI header of either version in native numbers. */
typedef struct tomo__nifti {
    int32_t version;    /* 1 or 2 */
    bool    swapped;    /* the file's byte order is not the machine's */
    bool    pair;       /* header and voxels in two files */
    int64_t dim[8];
    int32_t datatype, bitpix, intent, units;
    double  pixdim[8];
    int64_t vox_offset;
    double  slope, inter;
    int32_t qform_code, sform_code;
    double  quatern[3], qoffset[3];
    double  srow[12];
} tomo__nifti;

/* How a NIfTI data type lies in an image; NULL for codes that Tomo can't hold. */
typedef struct tomo__nifti_type {
    int32_t    code;
    tomo_dtype dtype;
    int32_t    components;
    const char *name;
} tomo__nifti_type;
const tomo__nifti_type *tomo__nifti_type_of(int32_t code);
const char *tomo__nifti_refused_type(int32_t code); /* name of a valid code that is not held; NULL if no such code */
int32_t tomo__nifti_code_for(tomo_dtype dtype, int32_t components); /* 0: needs a vector dimension */

bool tomo__analyze_probe(const uint8_t *head, size_t size); /* a header of Analyze 7.5, not gzipped */
bool tomo__nifti_known(const uint8_t *head, size_t size); /* a header's first bytes, not gzipped */
bool tomo__nifti_probe(const uint8_t *head, size_t size); /* the same, or gzip */
/* nifti_read.c: the other file of a pair: "a.hdr" <-> "a.img", "a.hdr.gz" <-> "a.img.gz", in the case of the given
 * letters. `other_gz` asks for the sibling that is compressed differently. Freed with tomo__free. */
char *tomo__nifti_sibling(tomo_ctx *ctx, const char *path, bool to_header, bool other_gz);
/* Read a header from the start of `size` bytes; checks magic, dim and vox_offset. `name` is for messages. */
tomo_status tomo__nifti_parse(tomo__nifti *h, const uint8_t *bytes, size_t size, const char *name,
                              tomo_report *report, tomo_error *err);
/* Write `h` in native byte order; returns the bytes written: 352 or 544, the four extension bytes included. */
size_t tomo__nifti_format(const tomo__nifti *h, uint8_t bytes[TOMO__NIFTI2_BYTES + 4]);

/* Fill spacing, origin and direction of `desc` from the header. */
tomo_status tomo__nifti_place(tomo_image_desc *desc, const tomo__nifti *h, bool allow_shear, const char *name,
                              tomo_report *report, tomo_error *err);
/* Fill pixdim, units, qform and sform of `h` from the image's place. */
void tomo__nifti_unplace(tomo__nifti *h, const tomo_image_desc *desc);

/* Voxels as they lie in the file to a native, interleaved image. `desc` is the image to make; `vectors` > 1 says that
 * the components lie in that many whole volumes one after the other. */
tomo_status tomo__nifti_unpack(tomo_ctx *ctx, tomo_image **out, const tomo_image_desc *desc, const uint8_t *bytes,
                               bool swapped, bool planar, tomo_job *job, tomo_error *err);
/* y = slope * x + inter for every number of a contiguous image, in the type that the header file promises. */
tomo_status tomo__nifti_scale(tomo_ctx *ctx, tomo_image **out, const tomo_image *raw, double slope, double inter,
                              tomo_job *job, tomo_error *err);
tomo_status tomo__nifti_save(tomo_ctx *ctx, const char *path, const tomo_image *in,
                             const tomo_format_save_options *opts, tomo_job *job, tomo_error *err);

#endif
