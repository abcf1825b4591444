/* frames.h - objects of many frames (PS3.3 C.7.6.16): where each frame lies, the grid that all of them lie on, their
 * stored values; and the other way, the functional groups of frames that are written. Used by segmentations,
 * parametric maps and enhanced images. */
#ifndef TOMO_OBJECT_FRAMES_H
#define TOMO_OBJECT_FRAMES_H

#include <tomo/object_image.h>

#include "dicom/series_internal.h"
#include "image/image_internal.h"
#include "object/object_internal.h"

/* ---- reading: places (frames_place.c) ---- */

/* What functional groups (or a classic image's top level) say of one frame. */
typedef struct tomo__plane {
    bool placed;               /* position and orientation are known */
    double position[3];        /* center of the first pixel, LPS mm */
    double orient[6];          /* unit vectors along a row, down a column */
    double spacing[2];         /* between rows, between columns; 0 = unknown */
    double between, thickness; /* Spacing Between Slices, Slice Thickness; 0 = unknown */
} tomo__plane;
void tomo__plane_of(const tomo_dataset *ds, int64_t frame, tomo__plane *out);

/* One frame in the object's grid. */
typedef struct tomo__frame {
    int64_t run;         /* tiled, TILED_FULL: how many times the whole matrix was filled before */
    int64_t slice;       /* third index of the grid */
    int64_t column, row; /* of its first pixel; not 0 for tiles only */
    int32_t group;       /* for the kind of object: segment number, time point */
} tomo__frame;

/* A multi-frame object that is being read. */
typedef struct tomo__frames {
    tomo_ctx *ctx;
    const tomo_dataset *ds; /* borrowed */
    tomo_pixels_info info;
    int64_t n;
    tomo__frame *frame; /* n of them */
    bool placed;        /* the grid is in the patient (or on the slide) */
    bool tiled, tiled_full;
    tomo_image_desc grid; /* sizes and geometry; type and components are the kind's business */
    uint64_t room;        /* bytes that one image made of it may have */
    bool opened;          /* pixels can be decoded */
    tomo__pixels pixels;
    tomo__frame_at *at;
    const uint8_t *bits; /* native 1-bit pixel data; NULL = something else */
} tomo__frames;

/* Read what the attributes say. Pixel data are not looked at. Free with tomo__frames_close in any case. */
tomo_status tomo__frames_open(tomo_ctx *ctx, tomo__frames *f, const tomo_dataset *ds, tomo_report *report,
                              tomo_error *err);
void tomo__frames_close(tomo__frames *f);
/* Grid of planes that are all placed, and the index of each in it (frames_grid.c). */
tomo_status tomo__planes_grid(tomo_ctx *ctx, const tomo__plane *planes, int64_t n, tomo_image_desc *grid,
                              int64_t *slice, tomo_report *report, tomo_error *err);

/* ---- reading: stored values (frames_pixels.c) ---- */

/* Get ready to decode; checks that all frames are there. */
tomo_status tomo__frames_ready(tomo__frames *f, tomo_error *err);
/* One frame of stored values (a palette is not looked up) to f->pixels.out_bytes bytes. */
tomo_status tomo__frames_decode(const tomo__frames *f, int64_t i, void *out, tomo_error *err);
/* New image over the grid (times `t` points), refused if it is out of proportion to the file. Zeroed. */
tomo_status tomo__frames_image(const tomo__frames *f, tomo_image **out, tomo_dtype dtype, int64_t t, tomo_error *err);
/* The part of a frame that lies inside the grid: tiles at the rim reach beyond it. False if nothing does. */
bool tomo__frames_clip(const tomo__frames *f, int64_t i, int64_t *columns, int64_t *rows);
/* The image's voxels at the places of another grid, the nearest each; 0 outside. Label tables are kept. */
tomo_status tomo__on_grid(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *grid, tomo_job *job,
                          tomo_error *err);

/* ---- JSON that several kinds share (frames_facts.c) ---- */

void tomo__json_grid(tomo__json *json, const tomo__frames *f);
/* Code Value, Coding Scheme Designator and Code Meaning of item `i` of a sequence, as an object. */
void tomo__json_code_of(tomo__json *json, const char *key, const tomo_dataset *ds, tomo_tag sequence, size_t i);
void tomo__json_references(tomo__json *json, const tomo_dataset *ds); /* Referenced Series Sequence */
/* Real World Value Mapping items (PS3.3 C.7.6.16.2.11) of a sequence, as an array. */
void tomo__json_mappings(tomo__json *json, const char *key, const tomo_dataset *ds);

/* ---- writing: setting elements one after the other (maker.c) ---- */

/* After a failure nothing more is set and `st` stays: check once at the end. */
typedef struct tomo__maker {
    tomo_dataset *ds;
    tomo_status st;
    tomo_error *err;
} tomo__maker;
/* The path is built as printf does. */
void tomo__make(tomo__maker *m, const char *text, const char *path, ...) TOMO__PRINTF(3, 4);
void tomo__make_int(tomo__maker *m, int64_t value, const char *path, ...) TOMO__PRINTF(3, 4);
/* DS of at most 16 characters each (PS3.5 6.2), or FD, by the element's VR. */
void tomo__make_nums(tomo__maker *m, const double *values, size_t count, const char *path, ...) TOMO__PRINTF(4, 5);
void tomo__make_bytes(tomo__maker *m, const char *vr, const void *bytes, size_t size, const char *path);
/* The item's code (PS3.3 8.8): value, scheme, meaning. The path ends before the sequence's item: "X[0]". */
void tomo__make_code(tomo__maker *m, const char *value, const char *scheme, const char *meaning, const char *path, ...)
    TOMO__PRINTF(5, 6);
size_t tomo__ds_text(char to[32], double value);

/* ---- writing: frames of a volume (frames_write.c) ---- */

/* Options over their defaults; `object` is never NULL then. */
void tomo__frames_options_of(tomo_frames_options *to, const tomo_frames_options *from);

/* A dimension of the Multi-frame Dimension module (PS3.3 C.7.6.17). */
typedef struct tomo__dimension {
    const char *pointer, *group, *label; /* "00200032", "00209113", "Image Position (Patient)" */
} tomo__dimension;

/* Where in the sources a slice comes from: found once, by position. */
typedef struct tomo__origin_of {
    size_t source; /* SIZE_MAX = none lies there */
    int64_t frame; /* 0 unless the source has several frames: 1 = the first */
} tomo__origin_of;

/* Volume axes orthogonal, sizes what Rows, Columns and Number of Frames can say; else refused with the numbers. */
tomo_status tomo__layout_check(const tomo_image_desc *d, int64_t frames, tomo_error *err);
/* For each of the n slices of the volume its source; *out is freed by the caller. */
tomo_status tomo__origins_find(tomo_ctx *ctx, tomo__origin_of **out, const tomo_image_desc *d,
                               const tomo_dataset *const *sources, size_t n_sources, tomo_error *err);
/* Referenced Series Sequence of the sources (PS3.3 C.12.2), which must be of the object's study; series by series. */
void tomo__make_references(tomo__maker *m, const tomo_dataset *const *sources, size_t n_sources);
/* Frame of Reference UID of the model, else a new one; Position Reference Indicator. */
void tomo__make_frame_of_reference(tomo__maker *m, const tomo_object_options *o);
void tomo__make_dimensions(tomo__maker *m, const tomo_object_options *o, const tomo__dimension *d, size_t n);
/* Pixel Measures and Plane Orientation, shared by all frames. */
void tomo__make_shared_planes(tomo__maker *m, const tomo_image_desc *d);
/* Plane Position of frame `frame`, which is slice k. */
void tomo__make_plane(tomo__maker *m, const tomo_image_desc *d, int64_t frame, int64_t k);
/* Derivation Image of a frame (PS3.3 C.7.6.16.2.6), if its slice has a source. `code` is of CID 7203. */
void tomo__make_derivation(tomo__maker *m, int64_t frame, const tomo__origin_of *of, const tomo_dataset *const *sources,
                           const char *code, const char *meaning);
/* Rows, Columns, Number of Frames, and integer pixels of `bits`. */
void tomo__make_pixel_module(tomo__maker *m, const tomo_image_desc *d, int64_t frames, int bits, bool is_signed);

/* ---- writing: values (frames_values.c) ---- */

/* Gray values in 8 or 16 bits: real value = stored * slope + intercept. */
typedef struct tomo__stored {
    tomo_image *image; /* uint8, int16 or uint16, contiguous; freed by the caller */
    bool is_signed;
    double slope, intercept;
    double center, width; /* window over all that there is */
} tomo__stored;
enum {
    TOMO__STORE_WORDS,   /* 16 bits, signed where values are negative */
    TOMO__STORE_UNSIGNED /* 16 bits, unsigned; uint8 images stay as they are */
};
/* Refuses what is not finite. */
tomo_status tomo__stored_from(tomo_ctx *ctx, tomo__stored *out, const tomo_image *in, int how, tomo_report *report,
                              tomo_job *job, tomo_error *err);
/* Pixel data of a contiguous image in little endian words, as it lies. */
void tomo__make_pixels(tomo__maker *m, const tomo_image *image, const char *vr, const char *path);

#endif
