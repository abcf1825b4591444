/* image_internal.h - what other rooms may know of an image: its fields, typed loops over its voxels, and reading
 * any image (view or not) in packed order, chunk by chunk. */
#ifndef TOMO_IMAGE_INTERNAL_H
#define TOMO_IMAGE_INTERNAL_H

#include <math.h>
#include <stdatomic.h>
#include <tomo/image.h>

#include "base/base_internal.h"

typedef struct tomo__label_table {
    _Atomic int32_t refs;
    tomo_ctx       *ctx; /* the one that gave the memory; referenced */
    size_t          count;
    tomo_label      rows[];
} tomo__label_table;

struct tomo_image {
    _Atomic int32_t    refs;
    tomo_ctx          *ctx;    /* referenced */
    tomo_buffer       *buffer; /* referenced */
    uint8_t           *data;   /* first voxel, somewhere in the buffer; aligned to the component */
    tomo_image_desc    desc;
    int64_t            stride[4]; /* bytes; [0] is the voxel */
    tomo__label_table *labels;    /* referenced, or NULL */
    tomo_buffer       *extra;     /* referenced, or NULL: tomo/image_extra.h */
    char               extra_kind[16];
};

/* ---- making images (image.c) ------------------------------------------------------------------------------- */
tomo_status tomo__image_check_desc(const tomo_image_desc *desc, tomo_error *err);
/* Bytes of all voxels, packed; the desc has been checked. */
size_t tomo__image_bytes(const tomo_image_desc *desc);
/* New contiguous image of `in`'s shape and place in another type and with other components. */
tomo_status tomo__image_new_like(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_dtype dtype,
                                 int32_t components, tomo_error *err);
/* Another image over the same voxels: the copy's desc, data and stride may be changed before it is handed on. */
tomo_status tomo__image_view(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_error *err);
/* Let `to` (not yet handed on) share the label table of `from`. */
void tomo__image_share_labels(tomo_image *to, const tomo_image *from);

static inline uint8_t *tomo__row(const tomo_image *im, int64_t y, int64_t z, int64_t t)
{
    return im->data + y * im->stride[1] + z * im->stride[2] + t * im->stride[3];
}

static inline bool tomo__dtype_whole(tomo_dtype d) { return d >= TOMO_DTYPE_U8 && d <= TOMO_DTYPE_I64; }

/* One typed body for all ten types: TOMO__DTYPE_SWITCH(im->desc.dtype, T, { const T *p = ...; ... }) */
#define TOMO__DTYPE_CASE(code, type, T, ...)                                                                           \
    case code: {                                                                                                       \
        typedef type T;                                                                                                \
        __VA_ARGS__                                                                                                    \
    } break;
#define TOMO__DTYPE_SWITCH(dtype, T, ...)                                                                              \
    switch (dtype) {                                                                                                   \
        TOMO__DTYPE_CASE(TOMO_DTYPE_U8, uint8_t, T, __VA_ARGS__)                                                       \
        TOMO__DTYPE_CASE(TOMO_DTYPE_I8, int8_t, T, __VA_ARGS__)                                                        \
        TOMO__DTYPE_CASE(TOMO_DTYPE_U16, uint16_t, T, __VA_ARGS__)                                                     \
        TOMO__DTYPE_CASE(TOMO_DTYPE_I16, int16_t, T, __VA_ARGS__)                                                      \
        TOMO__DTYPE_CASE(TOMO_DTYPE_U32, uint32_t, T, __VA_ARGS__)                                                     \
        TOMO__DTYPE_CASE(TOMO_DTYPE_I32, int32_t, T, __VA_ARGS__)                                                      \
        TOMO__DTYPE_CASE(TOMO_DTYPE_U64, uint64_t, T, __VA_ARGS__)                                                     \
        TOMO__DTYPE_CASE(TOMO_DTYPE_I64, int64_t, T, __VA_ARGS__)                                                      \
        TOMO__DTYPE_CASE(TOMO_DTYPE_F32, float, T, __VA_ARGS__)                                                        \
        TOMO__DTYPE_CASE(TOMO_DTYPE_F64, double, T, __VA_ARGS__)                                                       \
    }

/* ---- packed order (chunk.c): components counted x fastest, then y, z, t, as if the image were contiguous ----
 * Work is cut into items of TOMO__IMAGE_ITEM components and read in chunks of TOMO__IMAGE_CHUNK, whatever the
 * layout, so a view and its packed copy give the same bits. */
enum { TOMO__IMAGE_ITEM = 1 << 17, TOMO__IMAGE_CHUNK = 1 << 12 };

/* Scratch for one chunk of any type; lives on the stack. */
typedef struct tomo__image_scratch {
    _Alignas(64) uint8_t values[TOMO__IMAGE_CHUNK * 8];
    uint8_t mask[TOMO__IMAGE_CHUNK * 8];
    uint8_t take[TOMO__IMAGE_CHUNK];
} tomo__image_scratch;

static inline int64_t tomo__image_components(const tomo_image *im)
{
    return tomo_image_voxels(im) * im->desc.components;
}
/* n components from `first` on: the image's own memory where contiguous, else copied to scratch (n bytes fit). */
const void *tomo__image_chunk(const tomo_image *im, int64_t first, int64_t n, void *scratch);
/* The same, only those whose voxel is not 0 in `mask` (NULL = all); *taken says how many. */
const void *tomo__image_chunk_masked(const tomo_image *im, const tomo_image *mask, int64_t first, int64_t n,
                                     tomo__image_scratch *scratch, int64_t *taken);
/* TOMO_OK if mask is NULL, or of whole numbers, one component and the image's sizes. */
tomo_status tomo__image_check_mask(const tomo_image *in, const tomo_image *mask, tomo_error *err);

/* ---- conversion (convert.c) ------------------------------------------------------------------------------------ */
/* n values of one type to another, by tomo_image_convert()'s rules; NULL for the same type. */
typedef void (*tomo__convert_fn)(void *to, const void *from, int64_t n);
tomo__convert_fn tomo__image_converter(tomo_cpu level, tomo_dtype from, tomo_dtype to);

/* ---- geometry (geometry.c): 3 x 3 matrices are row-major ----------------------------------------------------- */
/* Direction times spacing: voxel index to millimeters. */
void tomo__image_matrix(const tomo_image_desc *desc, double m[9]);
/* False if singular. */
bool tomo__invert3(const double m[9], double inverse[9]);
/* Millimeters to voxel index, without the origin; the desc has been checked, so it exists. */
void tomo__image_inverse_matrix(const tomo_image_desc *desc, double m[9]);
/* Origin after moving to voxel `index`. */
void tomo__image_move_origin(tomo_image_desc *desc, const double index[3]);
/* Nearest patient axis (0 = L-R, 1 = P-A, 2 = S-I) of each image axis, each once, and the sign in LPS. */
void tomo__image_axes(const double direction[9], int axis[3], int sign[3]);

/* ---- mean and spread of parts, put together in a fixed order ----------------------------------------------------- */
typedef struct tomo__moments {
    int64_t count;
    double  mean, m2;  /* m2: squares of the distance to the mean */
    double  sum, rest; /* Neumaier: what additions to sum lost */
} tomo__moments;

static inline void tomo__moments_add_sum(tomo__moments *m, double value)
{
    const double sum = m->sum + value;
    if (isfinite(sum))
        m->rest += fabs(m->sum) >= fabs(value) ? (m->sum - sum) + value : (value - sum) + m->sum;
    m->sum = sum;
}

/* Chan, Golub and LeVeque (1979): nothing is squared but distances between means, so nothing cancels. */
static inline void tomo__moments_add(tomo__moments *m, const tomo__moments *part)
{
    if (!part->count)
        return;
    const double n = (double)(m->count + part->count), delta = part->mean - m->mean;
    m->m2 += part->m2 + delta * delta * ((double)m->count * (double)part->count / n);
    m->mean += delta * ((double)part->count / n);
    m->count += part->count;
    tomo__moments_add_sum(m, part->sum);
    tomo__moments_add_sum(m, part->rest);
}

/* The mean comes from the sum, which lost nothing. */
static inline double tomo__moments_mean(const tomo__moments *m)
{
    return (isfinite(m->sum) ? m->sum + m->rest : m->sum) / (double)m->count;
}
static inline double tomo__moments_std(const tomo__moments *m) { return sqrt(m->m2 / (double)m->count); }

/* ---- counts of values (percentile.c) --------------------------------------------------------------------------- */
/* How often each 8- or 16-bit value occurs: counts[value - lowest value of the type], 256 or 65536 of them. */
tomo_status tomo__image_value_counts(tomo_ctx *ctx, uint64_t *counts, const tomo_image *in, const tomo_image *mask,
                                     tomo_job *job, tomo_error *err);

#endif
