/* morph_internal.h - what the morphological operations share: structuring elements as chords, and gray erosion and
 * dilation on rows. Names are tomo__x; nothing here is exported. */
#ifndef TOMO_MORPH_INTERNAL_H
#define TOMO_MORPH_INTERNAL_H

#include "filter/filter_internal.h"

/* ---- structuring elements (element.c) --------------------------------------------------------------------------- */

/* Voxels dx, dx + 1, ... dx + len - 1 of row (dy, dz), all relative to the element's center. */
typedef struct tomo__chord {
    int32_t dx, dy, dz, len;
} tomo__chord;

/* Chords by falling length, then dx, dz, dy: those of one length and dx follow each other. */
typedef struct tomo__element {
    tomo__chord *chord;
    int64_t n;
    int64_t lo[3], hi[3]; /* how far it reaches to either side: at least 0 */
} tomo__element;

enum { TOMO__MORPH_REACH = 255 }; /* voxels along an axis */

/* How many voxels `radius` reaches along each axis of the grid; TOMO_E_ARG past TOMO__MORPH_REACH. */
tomo_status tomo__element_reach(int64_t reach[3], const tomo_image_desc *d, double radius, int32_t unit, int32_t dims,
                                tomo_error *err);
/* Half-width along x, in voxels, of a shape's row (dy, dz); -1 if it has none. */
int64_t tomo__element_half(const tomo_image_desc *d, const tomo_morph_options *o, const int64_t reach[3], int64_t dy,
                           int64_t dz);
/* A shape in the unit of its options, on the grid of `d`. */
tomo_status tomo__element_shape(tomo_ctx *ctx, tomo__element *e, const tomo_image_desc *d, const tomo_morph_options *o,
                                tomo_error *err);
tomo_status tomo__element_box(tomo_ctx *ctx, tomo__element *e, const int64_t reach[3], tomo_error *err);
/* The voxels of a mask that are not 0, about its center at size / 2 (rounded down, SciPy's origin). */
tomo_status tomo__element_image(tomo_ctx *ctx, tomo__element *e, const tomo_image *mask, tomo_error *err);
void tomo__element_mirror(tomo__element *e); /* about its center */
void tomo__element_free(tomo_ctx *ctx, tomo__element *e);

/* ---- row kernels (kernels/): maxima of whole numbers ------------------------------------------------------------ */

/* Values are compared as signed whole numbers of the voxel's width ("keys") that keep their order: unsigned ones with
 * the top bit turned, floats as their bits with the sign spread. Erosion is the dilation of the complement ~key, which
 * turns the order. The least key stands for "no voxel here"; floats have it to spare, and NaN is that.
 * Whole vectors are read and written: a row ends on a multiple of 64 bytes or has that many behind it. */
typedef struct tomo__gray_rows {
    /* keys of n voxels that lie `step` values apart, and back */
    void (*load[TOMO_DTYPE_F64 + 1])(void *to, const void *from, int64_t step, int64_t n, bool erode);
    void (*store[TOMO_DTYPE_F64 + 1])(void *to, int64_t step, const void *from, int64_t n, bool erode);
    /* to[i * step] = a[i * step] - b[i], or the opposite; saturated */
    void (*minus[TOMO_DTYPE_F64 + 1])(void *to, const void *a, const void *b, int64_t step, int64_t n, bool opposite);
    /* by log2 of the bytes of a key: */
    void (*unite[4])(void *to, const void *const *rows, int64_t count,
                     int64_t n); /* of count >= 1 rows; rows[0] may be `to` */
    /* two at once: `to` of the first `common` rows and the `ends` after them, `next` of those and the last `ends` */
    void (*pair[4])(void *to, void *next, const void *const *rows, int64_t common, int64_t ends, int64_t n);
    /* to[i] = largest of row[i .. i + len - 1], and of to[i] unless `first`; writes into `row` if len > 1 */
    void (*spread[4])(void *to, void *row, int64_t len, int64_t n, bool first);
    void (*turn[4])(void *row, int64_t n, bool real); /* keys of one order to the other's */
} tomo__gray_rows;
extern const tomo__gray_rows tomo__gray_rows_c, tomo__gray_rows_avx2, tomo__gray_rows_avx512;
const tomo__gray_rows *tomo__gray_rows_for(tomo_cpu level);

/* ---- the engine (gray_rows.c) ------------------------------------------------------------------------------------ */

typedef struct tomo__gray_stage {
    tomo__element e; /* what is read: already mirrored for a dilation */
    bool erode;
} tomo__gray_stage;

typedef enum tomo__gray_sum {
    TOMO__GRAY_RESULT,   /* out = result */
    TOMO__GRAY_IN_MINUS, /* out = in - result */
    TOMO__GRAY_MINUS_IN, /* out = result - in */
    TOMO__GRAY_OUT_MINUS /* out = out - result */
} tomo__gray_sum;

enum { TOMO__GRAY_STAGES = 4 };
/* Stages one after the other on every component and time point; `out` has the shape and type of `in`. What lies
 * outside of the image does not count in any stage. */
tomo_status tomo__gray_run(tomo_ctx *ctx, tomo_image *out, const tomo_image *in, const tomo__gray_stage *stages, int n,
                           tomo__gray_sum sum, tomo_job *job, tomo_error *err);

#endif
