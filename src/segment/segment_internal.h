/* segment_internal.h - what the segmentations share: sets of voxels as bits, runs of voxels and their union-find,
 * and the way in and out (checks, label rows). A set of voxels is one bit a voxel: 6.5 MB for 512 x 512 x 200, so
 * that set algebra and morphology stay in the cache; the gray image is read once. */
#ifndef TOMO_SEGMENT_INTERNAL_H
#define TOMO_SEGMENT_INTERNAL_H

#include "base/base_internal.h"
#include <tomo/segment.h>

/* ---- kernels (kernels/): rows of voxels to bytes to bits and back ------------------------------------------------ */

/* Limits in the image's own type, so that a comparison equals the one in double. */
typedef union tomo__limit {
    int64_t  i;
    uint64_t u;
    float    f;
    double   d;
} tomo__limit;

typedef void (*tomo__range_fn)(uint8_t *out, const void *in, int64_t n, tomo__limit lower, tomo__limit upper);
/* A row of Chan-Vese's level set: in, then what it has become and sums over it. */
typedef struct tomo__cv_row {
    const double *phi, *prev[2], *next[2], *image; /* neighbors along y and, if deep, z */
    double *out;
    int64_t n;
    bool deep;
    double c_in, c_out, lambda1, lambda2, mu, dt;
    double square, in, count; /* of the change; of image values and voxels where `out` is above 0 */
} tomo__cv_row;
typedef struct tomo__segment_kernels {
    tomo__range_fn range[TOMO_DTYPE_F64 + 1]; /* by tomo_dtype: 1 where lower <= value <= upper, else 0 */
    void (*pack)(uint64_t *bits, const uint8_t *bytes, int64_t n);   /* byte not 0 -> bit; tail bits 0 */
    void (*unpack)(uint8_t *bytes, const uint64_t *bits, int64_t n); /* bit -> 0 or 1 */
    /* to |= all of `rows`, each of `words` words */
    void (*unite)(uint64_t *to, const uint64_t *const *rows, int64_t n_rows, int64_t words);
    void (*chan_vese)(tomo__cv_row *row); /* the same bits at every level */
} tomo__segment_kernels;
extern const tomo__segment_kernels tomo__segment_c, tomo__segment_avx2, tomo__segment_avx512;
const tomo__segment_kernels *tomo__segment_pick(const tomo_ctx *ctx);

/* Limits of doubles in `dtype`; false if no value of the type lies between them. */
bool tomo__limits(tomo_dtype dtype, double lower, double upper, tomo__limit *lo, tomo__limit *hi);

/* ---- sets of voxels (bits.c, ball.c) ------------------------------------------------------------------ */

typedef struct tomo__bits {
    tomo_ctx *ctx;
    int64_t   n[3];  /* voxels along x, y, z */
    int64_t   words; /* 64-bit words a row; bits past n[0] are 0 */
    uint64_t *w;     /* NULL = not made */
} tomo__bits;

tomo_status tomo__bits_new(tomo_ctx *ctx, tomo__bits *b, const int64_t n[3], tomo_error *err); /* all 0 */
void        tomo__bits_free(tomo__bits *b); /* fine if never made, if zeroed */
static inline uint64_t *tomo__bits_row(const tomo__bits *b, int64_t y, int64_t z)
{
    return b->w + (z * b->n[1] + y) * b->words;
}
static inline int64_t tomo__bits_words(const tomo__bits *b) { return b->n[1] * b->n[2] * b->words; }
static inline bool tomo__bits_at(const tomo__bits *b, int64_t x, int64_t y, int64_t z)
{
    return tomo__bits_row(b, y, z)[x >> 6] >> (x & 63) & 1;
}
/* New set of the voxels with lower <= value <= upper. */
tomo_status tomo__bits_range(tomo_ctx *ctx, tomo__bits *b, const tomo_image *in, double lower, double upper,
                             tomo_job *job, tomo_error *err);
/* New set of the voxels that are not 0. */
tomo_status tomo__bits_mask(tomo_ctx *ctx, tomo__bits *b, const tomo_image *in, tomo_job *job, tomo_error *err);
tomo_status tomo__bits_copy(tomo__bits *to, const tomo__bits *from, tomo_error *err); /* new set */
void        tomo__bits_not(tomo__bits *a);
void        tomo__bits_and(tomo__bits *a, const tomo__bits *b);
void        tomo__bits_or(tomo__bits *a, const tomo__bits *b);
void        tomo__bits_minus(tomo__bits *a, const tomo__bits *b);
void        tomo__bits_clear(tomo__bits *a);
int64_t     tomo__bits_count(const tomo__bits *a);
/* Voxels whose centers lie within `radius` mm of one of the set's. Outside the image nothing is set. */
tomo_status tomo__bits_dilate(tomo__bits *b, const double spacing[3], double radius, tomo_job *job, tomo_error *err);
/* The opposite: outside the image everything is set, so a border of the field does not erode. */
tomo_status tomo__bits_erode(tomo__bits *b, const double spacing[3], double radius, tomo_job *job, tomo_error *err);
/* New uint8 image on the grid of `like`, 1 where set. */
tomo_status tomo__bits_image(tomo_ctx *ctx, tomo_image **out, const tomo__bits *b, const tomo_image *like,
                             tomo_job *job, tomo_error *err);

/* ---- runs of set voxels and their components (runs.c) --------------------------------------------- */

typedef struct tomo__run { int32_t a, b; } tomo__run; /* x from a to b - 1 */
typedef struct tomo__runs {
    tomo_ctx  *ctx;
    int64_t    n[3], count;
    int64_t   *row;   /* first run of each row, in scan order; n[1] * n[2] + 1 of them */
    tomo__run *run;
    uint32_t  *part;  /* component of each run, from 0, numbered in scan order of their first voxels */
    int64_t    parts;
} tomo__runs;

/* Runs of the set, or of its complement, joined to components. `planar`: each x-y slice by itself. */
tomo_status tomo__runs_new(tomo_ctx *ctx, tomo__runs *r, const tomo__bits *b, bool complement, int connectivity,
                           bool planar, tomo_job *job, tomo_error *err);
void        tomo__runs_free(tomo__runs *r);
/* Voxels of each component; the array is the caller's (tomo__free). */
tomo_status tomo__runs_sizes(const tomo__runs *r, int64_t **sizes, tomo_error *err);
/* Component of a voxel, or -1. */
int64_t     tomo__runs_at(const tomo__runs *r, int64_t x, int64_t y, int64_t z);
/* Mark in `touch` (one byte a component) those at a border of the image; `axes`: bit 0 = x, 1 = y, 2 = z. */
void        tomo__runs_border(const tomo__runs *r, uint8_t *touch, unsigned axes);
/* Set the voxels of the components with keep[part] not 0 in `b`; the other voxels of b stay. */
void        tomo__runs_paint(const tomo__runs *r, const uint8_t *keep, tomo__bits *b);

/* Fill background of `b` that touches no border: see tomo_segment_fill_holes(). max_voxels 0 = all. */
tomo_status tomo__fill(tomo__bits *b, bool planar, int64_t max_voxels, tomo_job *job, tomo_error *err);
/* Leave only the `count` largest components. *kept: voxels left (may be NULL). */
tomo_status tomo__keep_largest(tomo__bits *b, int connectivity, int32_t count, int64_t *kept, tomo_job *job,
                               tomo_error *err);

/* ---- in and out (common.c) --------------------------------------------------------------------------- */

/* One component, 2D or 3D; sizes that runs can hold. */
tomo_status tomo__segment_check(const tomo_image *in, const char *what, tomo_error *err);
extern const char *const tomo__connectivity_names[];
/* A label row; `note` is formatted. */
void tomo__label_row(tomo_label *row, int32_t value, const char *name, const char *code, const uint8_t rgb[3],
                     double confidence, const char *note, ...) TOMO__PRINTF(7, 8);
void tomo__label_color(uint8_t rgba[4], int64_t i); /* the i-th of an endless palette */
/* A mask image with one row. */
tomo_status tomo__mask_out(tomo_ctx *ctx, tomo_image **out, const tomo__bits *b, const tomo_image *like,
                           const tomo_label *row, tomo_job *job, tomo_error *err);
/* The same where `b` lies on `turned`, which is `in` with its axes in another order. */
tomo_status tomo__mask_turned(tomo_ctx *ctx, tomo_image **out, const tomo__bits *b, const tomo_image *turned,
                              const tomo_image *in, const tomo_label *row, tomo_error *err);
/* Histogram and Otsu (otsu.c): threshold, and false in *two if all values are equal. */
/* The voxels above a threshold as a mask, empty if the image has not `two` values; `whose`: "Otsu". */
tomo_status tomo__mask_above(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, double threshold, bool two,
                             const char *whose, tomo_job *job, tomo_error *err);

/* ---- histograms (histogram.c) -------------------------------------------------------------------------------- */

typedef struct tomo__counted {
    double   low, width;  /* bin i starts at low + i * width */
    int32_t  bins;
    bool     whole;       /* one bin a whole number, which is its center */
    int32_t  first, last; /* bins that are not empty; first > last never */
    int64_t *count;       /* freed by the caller with tomo__free */
} tomo__counted;
/* Counts in `bins` bins between the least and the greatest value; 0 = a bin for each whole number where they span at
 * most 65536 of them, else 256. NaN and infinities are left out. `what` is for messages. */
tomo_status tomo__counts(tomo_ctx *ctx, tomo__counted *out, const tomo_image *in, int32_t bins, const char *what,
                         tomo_job *job, tomo_error *err);
double tomo__counted_center(const tomo__counted *c, int64_t bin);

tomo_status tomo__otsu(tomo_ctx *ctx, const tomo_image *in, int32_t bins, double *threshold, bool *two, tomo_job *job,
                       tomo_error *err);

extern const tomo_op tomo__op_threshold, tomo__op_otsu, tomo__op_components, tomo__op_largest, tomo__op_fill_holes,
    tomo__op_grow, tomo__op_li, tomo__op_yen, tomo__op_triangle, tomo__op_multi_otsu, tomo__op_kmeans,
    tomo__op_adaptive, tomo__op_slic, tomo__op_body, tomo__op_bones, tomo__op_lungs, tomo__op_head,
    tomo__op_brain;
extern const tomo_op tomo__op_inverse_gradient, tomo__op_morph_geodesic, tomo__op_morph_chan_vese, tomo__op_chan_vese,
    tomo__op_level_set, tomo__op_fast_march, tomo__op_snake;

#endif
