/* format_internal.h - the row that makes a file format, and what the NIfTI files of this room share. */
#ifndef TOMO_FORMAT_INTERNAL_H
#define TOMO_FORMAT_INTERNAL_H

#include <tomo/format.h>
#include <tomo/format_stream.h>
#include <tomo/image_extra.h>

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
    /* In boxes and slabs (stream.c); NULL: the format can't. `r` and `w` have ctx, and w also desc and extra. */
    tomo_status (*open_reader)(tomo_volume_reader *r, const tomo__format_input *in, tomo_error *err);
    tomo_status (*open_writer)(tomo_volume_writer *w, const char *path, const tomo_format_save_options *opts,
                               tomo_error *err);
};
#define TOMO__PROBE 540

extern const struct tomo__format tomo__format_nifti; /* nifti_read.c */
extern const struct tomo__format tomo__format_nrrd, tomo__format_meta, tomo__format_analyze, tomo__format_npy;
extern const struct tomo__format tomo__format_png, tomo__format_jpeg, tomo__format_webp, tomo__format_tiff;
extern const struct tomo__format tomo__format_stack; /* stack.c */
extern const tomo_op             tomo__format_load_row, tomo__format_save_row; /* ops.c */

/* The row that reads or writes a path, by its ending; else TOMO_E_UNSUPPORTED names the endings that are known. */
tomo_status tomo__format_for_reading(const struct tomo__format **row, const char *path, tomo_error *err);
tomo_status tomo__format_for_writing(const struct tomo__format **row, const char *path, tomo_error *err);
/* Open a file. If its first bytes are the mark of another format than the ending's, they count: *row is changed. */
tomo_status tomo__format_open(const struct tomo__format **row, tomo_ctx *ctx, tomo_source **out, const char *path,
                              tomo_error *err);
/* A folder, or a name with a number or wildcards in it: many pictures (stack.c). */
bool tomo__format_is_stack(const char *path);
bool tomo__format_has_pictures(const char *path); /* at least one, in the stack of that name */
/* The whole image by a row's open_reader. */
tomo_status tomo__load_by_reader(tomo_ctx *ctx, tomo_image **out, const struct tomo__format *row,
                                 const tomo__format_input *in, tomo_error *err);

/* ---- boxes and slabs (stream.c) ---------------------------------------------------------------------------------- */

struct tomo_volume_reader {
    tomo_ctx       *ctx;
    tomo_image_desc desc;
    tomo_buffer    *extra; /* of kind `extra_kind`, for the images' writer; or NULL */
    const char     *extra_kind;
    void           *state; /* the format's own, of tomo__alloc; freed after close */
    /* Fill a contiguous image of the box at `start`. */
    tomo_status (*read)(tomo_volume_reader *r, tomo_image *to, const int64_t start[4], tomo_job *job, tomo_error *err);
    void (*close)(tomo_volume_reader *r);
};

struct tomo_volume_writer {
    tomo_ctx       *ctx;
    tomo_image_desc desc;
    tomo_buffer    *extra;
    const char     *extra_kind;
    int64_t         done; /* slices */
    void           *state;
    tomo_status (*write)(tomo_volume_writer *w, const tomo_image *slab, tomo_job *job, tomo_error *err);
    tomo_status (*finish)(tomo_volume_writer *w, tomo_error *err); /* after the last slice */
    void (*close)(tomo_volume_writer *w);                          /* gives up what was not finished */
};

/* ---- voxels one after the other: NIfTI, and any format with raw data (raw_voxels.c) ------------------------------ */

/* How the numbers of an image lie in a file. */
typedef struct tomo__raw_layout {
    tomo_image_desc desc;       /* the image, before any scaling */
    uint64_t        offset;     /* byte of the first volume */
    uint32_t        file_bytes; /* of a number: as in desc.dtype, or 16 (IEEE binary128, which becomes float64) */
    bool            swapped;
    bool            planar;     /* components lie in whole volumes, plane_step volumes apart */
    int64_t         plane_step;
    int64_t         first;      /* volume of time point 0 */
    int64_t         count[4], step[4]; /* axes that time runs through, fastest first; volumes from one to the next */
} tomo__raw_layout;

int64_t tomo__raw_volume(const tomo__raw_layout *l, int64_t t, int32_t component); /* number of a volume in the file */
size_t  tomo__raw_volume_bytes(const tomo__raw_layout *l);
/* Do the voxels lie in the file as they would in memory? Then they start at volume `first`. */
bool tomo__raw_in_place(const tomo__raw_layout *l);
/* `count` numbers, `step` bytes apart in memory. */
void tomo__raw_numbers(uint8_t *to, int64_t step, const uint8_t *from, int64_t count, uint32_t file_bytes,
                       bool swapped);
/* `count` voxels that follow each other in one volume to `to`; of a planar file only the component. */
void tomo__raw_voxels(uint8_t *to, const uint8_t *from, int64_t count, int32_t component, const tomo__raw_layout *l);
/* The whole image from the bytes of the file, which must be all there. */
tomo_status tomo__raw_unpack(tomo_ctx *ctx, tomo_image **out, const tomo__raw_layout *l, const uint8_t *file,
                             tomo_job *job, tomo_error *err);

/* A reader of raw voxels: plain or gzip, as the source's first bytes say. Fills r but for `extra`. */
tomo_status tomo__raw_reader(tomo_volume_reader *r, tomo_source *source, const tomo__raw_layout *layout, double slope,
                             double inter, tomo_job *job, tomo_error *err);

/* A file of bytes in a row, plain or gzip by `gzip`, that appears whole or not at all (raw_writer.c). */
typedef struct tomo__out tomo__out;
tomo_status tomo__out_begin(tomo_ctx *ctx, tomo__out **out, const char *path, bool gzip, uint64_t total, int32_t level,
                            tomo_error *err);
tomo_status tomo__out_write(tomo__out *o, const void *data, size_t size, tomo_job *job, tomo_error *err);
tomo_status tomo__out_finish(tomo__out *o, tomo_error *err); /* frees o in any case */
void        tomo__out_abandon(tomo__out *o);                 /* NULL is fine */
/* The voxels of an image as they lie in memory, x fastest; of a planar file component after component. */
tomo_status tomo__out_voxels(tomo_ctx *ctx, tomo__out *o, const tomo_image *in, bool planar, tomo_job *job,
                             tomo_error *err);

/* ---- pictures (picture.c) ---------------------------------------------------------------------------------------- */

/* Description of one slice of a picture: no place but the spacing; 0 or what makes no sense becomes 1 mm. */
tomo_image_desc tomo__picture_desc(tomo_dtype dtype, int32_t components, int64_t columns, int64_t rows,
                                   double mm_x, double mm_y);
/* What the caller says of the spacing (tomo_format_load_options.spacing) over what the file says. */
void tomo__picture_spacing(tomo_image_desc *desc, const tomo_format_load_options *opts);
/* TOMO_OK if `d` is one slice of a type that `what` holds: uint8 with 1, 3 or 4 components as `components` has bits
 * for, or uint16 if `wide`. */
tomo_status tomo__picture_check(const tomo_image_desc *d, const char *what, uint32_t components, bool wide,
                                tomo_error *err);

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
    /* what an image has no field for: kept beside it (tomo/image_extra.h) and written back */
    double  intent_p[3], cal_max, cal_min, slice_duration, toffset;
    int64_t slice_start, slice_end;
    int32_t slice_code;
    uint8_t dim_info;
    char    descrip[80], aux_file[24], intent_name[16];
} tomo__nifti;

/* How a NIfTI data type lies in an image; NULL for codes that Tomo can't hold. */
typedef struct tomo__nifti_type {
    int32_t    code;
    tomo_dtype dtype;
    int32_t    components;
    uint32_t   file_bytes; /* of one number */
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
/* Where the voxels end in the file that holds them. */
uint64_t tomo__nifti_end(const tomo__nifti *h);
/* Write `h` in native byte order; returns the bytes written: 352 or 544, the four extension bytes included. */
size_t tomo__nifti_format(const tomo__nifti *h, uint8_t bytes[TOMO__NIFTI2_BYTES + 4]);

/* Fill spacing, origin and direction of `desc` from the header; its qform_code and sform_code become the code of the
 * form that was used where the two don't agree. */
tomo_status tomo__nifti_place(tomo_image_desc *desc, tomo__nifti *h, const tomo_format_load_options *opts,
                              const char *name, tomo_report *report, tomo_error *err);
double tomo__nifti_seconds(int32_t units); /* factor from the units' time to seconds; 0: it is no time */
/* Fill pixdim, units, qform and sform of `h` from the image's place. */
void tomo__nifti_unplace(tomo__nifti *h, const tomo_image_desc *desc);

/* What to read from a NIfTI file and how (nifti_plan.c). */
typedef struct tomo__nifti_plan {
    tomo__raw_layout layout;
    double           slope, inter; /* 1 and 0: no scaling */
} tomo__nifti_plan;
/* Sizes, place and scaling. `h` becomes the header as it is to be kept: dim holds what was chosen. */
tomo_status tomo__nifti_plan_read(tomo__nifti_plan *plan, tomo__nifti *h, const tomo_format_load_options *opts,
                                  const char *name, tomo_report *report, tomo_error *err);
/* The header and the extensions that follow it in `file` (from `at` to `end`), as one buffer of kind "nifti". */
tomo_status tomo__nifti_keep(tomo_ctx *ctx, tomo_buffer **out, const tomo__nifti *h, const uint8_t *file, size_t at,
                             size_t end, tomo_report *report, tomo_error *err);
/* Header to write for an image like `d`; `kept` (or NULL) is what the image carries. */
tomo_status tomo__nifti_plan_write(tomo__nifti *h, const tomo_image_desc *d, const tomo_buffer *kept, int32_t version,
                                   tomo_error *err);

/* y = slope * x + inter for every number of a contiguous image (nifti_scale.c). The type of the result is float32, or
 * float64 where the stored type has more than 24 significant bits, or int16 if tomo__scale_may_fit() and all results
 * between those of the least and the greatest stored number do. */
bool       tomo__scale_may_fit(tomo_dtype dtype, double slope, double inter);
tomo_dtype tomo__scale_type(tomo_dtype dtype, double slope, double inter, int64_t least, int64_t greatest);
/* Widen *least and *greatest by the image's numbers, of whole types up to 16 bits. */
tomo_status tomo__scale_range(tomo_ctx *ctx, int64_t *least, int64_t *greatest, const tomo_image *raw, tomo_job *job,
                              tomo_error *err);
/* Into a contiguous image of the type above. */
tomo_status tomo__scale_into(tomo_ctx *ctx, tomo_image *to, const tomo_image *raw, double slope, double inter,
                             tomo_job *job, tomo_error *err);
tomo_status tomo__nifti_scale(tomo_ctx *ctx, tomo_image **out, const tomo_image *raw, double slope, double inter,
                              tomo_job *job, tomo_error *err);
tomo_status tomo__nifti_save(tomo_ctx *ctx, const char *path, const tomo_image *in,
                             const tomo_format_save_options *opts, tomo_job *job, tomo_error *err);
tomo_status tomo__nifti_open_writer(tomo_volume_writer *w, const char *path, const tomo_format_save_options *opts,
                                    tomo_error *err);

#endif
