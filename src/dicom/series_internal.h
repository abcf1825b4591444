/* series_internal.h - series inside the room: slices with their place and order, groups of slices, the way from a
 * stored sample to a voxel. Names are tomo__x; nothing here is exported. */
#ifndef TOMO_SERIES_INTERNAL_H
#define TOMO_SERIES_INTERNAL_H

#include "base/base_internal.h"
#include "dicom/pixels_internal.h"

#define NO_OFFSET UINT64_MAX

typedef struct tomo__scan_file tomo__scan_file;

/* One plane of pixels: a file, one frame of it, or one tile of a mosaic. */
typedef struct tomo__slice {
    tomo__scan_file *file;
    int32_t frame, tile;
    bool has_plane;     /* position and orientation are known */
    bool in_volume;     /* ... in the volume's own frame of reference (ultrasound), not in the patient */
    double position[3]; /* center of the first pixel, LPS mm */
    double orient[6];   /* unit vectors along a row and down a column */
    double spacing[2];  /* between rows, between columns; 0 = unknown */
    double slope, intercept;
    char kind; /* 'M'agnitude, 'P'hase, 'R'eal, 'I'maginary, 'L'ocalizer; small letters: what ultrasound measured */
    /* what orders images at the same place, in this order; 0 where absent */
    double temporal, acquisition, instance, trigger, echo, b_value, time;
    double thickness, between; /* Slice Thickness, Spacing Between Slices; 0 = unknown */
    double along;              /* position along the normal, set when slices are arranged */
} tomo__slice;

/* Texts that a scan keeps of a file. */
enum { TEXT_STUDY, TEXT_SERIES, TEXT_MODALITY, TEXT_DESCRIPTION, TEXT_ID, TEXT_NAME, TEXT_DATE, TEXT_SOP, TEXTS };

/* What a scan keeps of a file: all that loading needs, so that no file is parsed twice when its pixels are plain. */
struct tomo__scan_file {
    const char *path;
    tomo_pixels_info info;
    char *texts;          /* one block */
    uint32_t text[TEXTS]; /* offsets into it */
    uint64_t key;         /* hash of the UIDs of study and series: tells most series apart without their texts */
    bool is_image, is_dicom, has_lut; /* has a Modality LUT Sequence */
    uint64_t pixels;                  /* offset of native little endian pixel data in the file, or NO_OFFSET */
    uint64_t pixel_bytes;             /* its length */
    int32_t tiles, tiles_across;
    int32_t columns, rows; /* of a slice: of a tile in mosaics */
    double repetition;     /* Repetition Time or Frame Time in ms; 0 = unknown */
    tomo__slice *slices;
    size_t n_slices;
    tomo_error failed; /* why it is no image of a series */
};

/* Slices that share series, orientation, size and type. */
typedef struct tomo__group {
    tomo__slice **slice;
    size_t n, room;
    const char **path; /* files in stacking order, each once */
    size_t n_paths;
} tomo__group;

struct tomo_study {
    tomo_ctx *ctx;
    tomo__paths paths;
    tomo__scan_file *files;
    tomo__group *groups;
    size_t n_groups, others;
};

static inline const char *tomo__file_text(const tomo__scan_file *f, int which)
{
    return f->texts ? f->texts + f->text[which] : "";
}

/* ---- vectors (geometry.c) ---- */

double tomo__dot(const double a[3], const double b[3]);
void tomo__cross(const double a[3], const double b[3], double out[3]);
double tomo__length(const double a[3]);
/* Make the six numbers of Image Orientation (Patient) two orthogonal unit vectors; false if they are nothing like it
 * (C.7.6.2.1.1 asks for direction cosines; files carry them rounded). */
bool tomo__plane_axes(double orient[6]);
void tomo__plane_normal(const double orient[6], double normal[3]);

/* ---- one file (series_slices.c, series_mosaic.c) ---- */

/* Fill a scan record from a data set that was read up to its pixels. */
tomo_status tomo__slices_read(tomo_ctx *ctx, const tomo_dataset *ds, tomo__scan_file *f, tomo_error *err);
/* Siemens mosaic: cut the one slice of `f` into its tiles. TOMO_OK and nothing done if it is none. */
tomo_status tomo__mosaic_split(tomo_ctx *ctx, const tomo_dataset *ds, tomo__scan_file *f, tomo_error *err);

/* ---- groups (series_group.c) ---- */

tomo_status tomo__groups_make(tomo_study *study, tomo_error *err);
void tomo__groups_free(tomo_study *study);

/* ---- what of a series a volume is made of (series_choose.c) ---- */

/* How many groups share the study and series of this one, and which of them, from 1, it is (`part` may be NULL). */
int32_t tomo__parts(const tomo_study *study, size_t series, int32_t *part);
/* The group that is that part, from 1, of the series that group `series` is of; 0: itself. */
tomo_status tomo__part_find(const tomo_study *study, size_t series, int32_t part, size_t *found, tomo_error *err);
/* Remark on all parts of a series that has several; `taken`: this one is loaded. */
void tomo__parts_say(const tomo_study *study, size_t series, bool taken, tomo_report *report);
const char *tomo__kind_name(const tomo__group *g);
/* Own copies of the slices that the options ask for, to be arranged. To be freed, also on failure: *slices and
 * out->slice. */
tomo_status tomo__images_choose(tomo_ctx *ctx, const tomo_study *study, size_t series, const tomo_series_options *o,
                                tomo__slice **slices, tomo__group *out, tomo_error *err);
/* Remark on the echo times of a group that has several. */
void tomo__echoes_say(tomo_ctx *ctx, const tomo__group *g, tomo_report *report);

/* ---- arrangement (series_arrange.c) ---- */

typedef struct tomo__stack {
    size_t nz, nt;
    bool has_plane;
    double origin[3], direction[9], spacing[4];
    double shift[2]; /* mm along x and y from a slice to the next, where a sheared stack is to be straightened */
} tomo__stack;
/* Bring group->slice into stacking order (time point by time point, each along the normal) and say what grid that is.
 * On failure the slices are in order of position nevertheless. */
tomo_status tomo__stack_arrange(tomo_ctx *ctx, tomo__group *group, const tomo_series_options *o, tomo__stack *out,
                                tomo_report *report, tomo_error *err);

/* ---- SUV (series_suv.c), gantry tilt (series_straighten.c) ---- */

/* Scale the slices' rescale so that values become SUV; nothing for TOMO_SUV_NONE. */
tomo_status tomo__suv_apply(tomo_ctx *ctx, tomo__group *group, int32_t kind, tomo_report *report, tomo_error *err);
/* Take the n-th Real World Value Mapping for the slices' rescale; nothing for 0. (series_rwv.c) */
tomo_status tomo__real_world_apply(tomo_ctx *ctx, tomo__group *group, int32_t n, tomo_report *report, tomo_error *err);
/* Replace a sheared volume by a straight one; nothing for a shift of 0. The old one stays on failure. */
tomo_status tomo__straighten(tomo_ctx *ctx, tomo_image **image, const double shift[2], tomo_report *report,
                             tomo_job *job, tomo_error *err);

/* ---- stored samples to voxels (series_convert.c) ---- */

typedef struct tomo__convert {
    tomo_frame_desc desc; /* of the stored samples */
    tomo_dtype from, to;
    bool check; /* say whether every value fits `to` as it is; else it saturates */
    double slope, intercept;
} tomo__convert;
/* `count` stored samples to voxels; in place if both have the same size. false if check is set and one does not fit. */
bool tomo__convert_run(const tomo__convert *c, void *stored, void *voxels, size_t count);
/* Range of the values that the description allows. */
void tomo__convert_range(const tomo__convert *c, double *lo, double *hi);

#endif
