/* nifti_voxels.c - numbers as a NIfTI file has them to an image's: byte order, components side by side, slope and
 * intercept. Work is cut into runs of RUN numbers, whatever the number of threads. */
#include <math.h>

#include "format_internal.h"

#define RUN ((int64_t)1 << 18)

/* ---- byte order and interleaving --------------------------------------------------------------------------------- */

typedef struct unpack {
    const uint8_t *from;
    uint8_t       *to;
    size_t         number;     /* bytes of one number */
    int64_t        count;      /* numbers in all */
    int64_t        components; /* > 1: they lie in planes of `plane` numbers */
    int64_t        plane;
    bool           swapped;
} unpack;

#define SWAP_RUN(bits)                                                                                                 \
    static void swap_run##bits(uint8_t *to, const uint8_t *from, int64_t count)                                       \
    {                                                                                                                  \
        for (int64_t i = 0; i < count; i++) {                                                                          \
            uint##bits##_t v;                                                                                          \
            memcpy(&v, from + i * (int64_t)sizeof v, sizeof v);                                                        \
            v = __builtin_bswap##bits(v);                                                                              \
            memcpy(to + i * (int64_t)sizeof v, &v, sizeof v);                                                          \
        }                                                                                                              \
    }
SWAP_RUN(16)
SWAP_RUN(32)
SWAP_RUN(64)

static void swap_run(uint8_t *to, const uint8_t *from, int64_t count, size_t number)
{
    if (number == 2)
        swap_run16(to, from, count);
    else if (number == 4)
        swap_run32(to, from, count);
    else
        swap_run64(to, from, count);
}

/* One run of the result: straight, or gathered from the components' planes. */
static tomo_status unpack_run(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const unpack *u = user;
    const int64_t first = item * RUN, count = TOMO__MIN(RUN, u->count - first);
    uint8_t *to = u->to + first * (int64_t)u->number;
    if (u->components == 1) {
        const uint8_t *from = u->from + first * (int64_t)u->number;
        if (u->swapped)
            swap_run(to, from, count, u->number);
        else
            memcpy(to, from, (size_t)count * u->number);
        return TOMO_OK;
    }
    for (int64_t i = 0; i < count; i++) {
        const int64_t voxel = (first + i) / u->components, c = (first + i) % u->components;
        memcpy(to + i * (int64_t)u->number, u->from + (c * u->plane + voxel) * (int64_t)u->number, u->number);
    }
    if (u->swapped)
        swap_run(to, to, count, u->number);
    return TOMO_OK;
}

tomo_status tomo__nifti_unpack(tomo_ctx *ctx, tomo_image **out, const tomo_image_desc *desc, const uint8_t *bytes,
                               bool swapped, bool planar, tomo_job *job, tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_image_new(ctx, &image, desc, err);
    if (st)
        return st;
    unpack u = { bytes, tomo_image_row_mut(image, 0, 0, 0), tomo_dtype_size(desc->dtype), 0, 1, 0, swapped };
    u.plane = tomo_image_voxels(image);
    u.count = u.plane * desc->components;
    u.components = planar ? desc->components : 1;
    st = tomo__parallel(ctx, (u.count + RUN - 1) / RUN, unpack_run, &u, job, err);
    if (st)
        tomo_image_free(image);
    else
        *out = image;
    return st;
}

/* ---- slope and intercept ----------------------------------------------------------------------------------------- */

typedef struct scale {
    const uint8_t *from;
    uint8_t       *to;
    tomo_dtype     from_type, to_type;
    int64_t        count;
    double         slope, inter;
    int64_t       *range; /* two numbers a run: least and greatest stored value */
} scale;

/* The same line for each stored type T and each result type R. Whole results of int16 need no rounding: slope and
 * intercept are whole. */
#define SCALE_TO(T, R)                                                                                                 \
    for (int64_t i = 0; i < count; i++)                                                                                \
        ((R *)to)[i] = (R)((double)((const T *)from)[i] * s->slope + s->inter)
#define SCALE_FROM(T)                                                                                                  \
    do {                                                                                                               \
        if (s->to_type == TOMO_DTYPE_I16)                                                                              \
            SCALE_TO(T, int16_t);                                                                                      \
        else if (s->to_type == TOMO_DTYPE_F32)                                                                         \
            SCALE_TO(T, float);                                                                                        \
        else                                                                                                           \
            SCALE_TO(T, double);                                                                                       \
    } while (0)

static tomo_status scale_run(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const scale *s = user;
    const int64_t first = item * RUN, count = TOMO__MIN(RUN, s->count - first);
    const void *from = s->from + first * (int64_t)tomo_dtype_size(s->from_type);
    void *to = s->to + first * (int64_t)tomo_dtype_size(s->to_type);
    switch (s->from_type) {
    case TOMO_DTYPE_U8: SCALE_FROM(uint8_t); break;
    case TOMO_DTYPE_I8: SCALE_FROM(int8_t); break;
    case TOMO_DTYPE_U16: SCALE_FROM(uint16_t); break;
    case TOMO_DTYPE_I16: SCALE_FROM(int16_t); break;
    case TOMO_DTYPE_F32: SCALE_TO(float, float); break;
    case TOMO_DTYPE_U32: SCALE_TO(uint32_t, double); break;
    case TOMO_DTYPE_I32: SCALE_TO(int32_t, double); break;
    case TOMO_DTYPE_U64: SCALE_TO(uint64_t, double); break;
    case TOMO_DTYPE_I64: SCALE_TO(int64_t, double); break;
    case TOMO_DTYPE_F64: SCALE_TO(double, double); break;
    }
    return TOMO_OK;
}

#define RANGE_OF(T)                                                                                                    \
    do {                                                                                                               \
        const T *p = (const T *)from;                                                                                  \
        T least = p[0], greatest = p[0];                                                                               \
        for (int64_t i = 1; i < count; i++) {                                                                          \
            least = p[i] < least ? p[i] : least;                                                                       \
            greatest = p[i] > greatest ? p[i] : greatest;                                                              \
        }                                                                                                              \
        s->range[2 * item] = least;                                                                                    \
        s->range[2 * item + 1] = greatest;                                                                             \
    } while (0)

static tomo_status range_run(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const scale *s = user;
    const int64_t first = item * RUN, count = TOMO__MIN(RUN, s->count - first);
    const void *from = s->from + first * (int64_t)tomo_dtype_size(s->from_type);
    switch (s->from_type) {
    case TOMO_DTYPE_U8: RANGE_OF(uint8_t); break;
    case TOMO_DTYPE_I8: RANGE_OF(int8_t); break;
    case TOMO_DTYPE_U16: RANGE_OF(uint16_t); break;
    default: RANGE_OF(int16_t); break;
    }
    return TOMO_OK;
}

/* Would every stored number, scaled, be an int16? Only asked of whole types of at most 16 bits. */
static tomo_status fits_int16(tomo_ctx *ctx, bool *fits, scale *s, tomo_job *job, tomo_error *err)
{
    const int64_t runs = (s->count + RUN - 1) / RUN;
    int64_t least = INT64_MAX, greatest = INT64_MIN;
    s->range = TOMO__ARRAY(ctx, 2 * runs, int64_t);
    if (!s->range)
        return tomo__no_memory(ctx, err, 2 * (size_t)runs * sizeof(int64_t), "the range of the voxels");
    const tomo__span outer = tomo__job_enter(job, 0, 0.3, "scale");
    const tomo_status st = tomo__parallel(ctx, runs, range_run, s, job, err);
    tomo__job_leave(job, outer);
    for (int64_t i = 0; i < runs && !st; i++) {
        least = TOMO__MIN(least, s->range[2 * i]);
        greatest = TOMO__MAX(greatest, s->range[2 * i + 1]);
    }
    tomo__free(ctx, s->range);
    s->range = NULL;
    const double a = (double)least * s->slope + s->inter, b = (double)greatest * s->slope + s->inter;
    *fits = fmin(a, b) >= INT16_MIN && fmax(a, b) <= INT16_MAX;
    return st;
}

tomo_status tomo__nifti_scale(tomo_ctx *ctx, tomo_image **out, const tomo_image *raw, double slope, double inter,
                              tomo_job *job, tomo_error *err)
{
    tomo_image_desc desc = *tomo_image_get_desc(raw);
    scale s = { .from = tomo_image_data(raw), .from_type = desc.dtype, .slope = slope, .inter = inter };
    s.count = tomo_image_voxels(raw) * desc.components;
    const size_t number = tomo_dtype_size(desc.dtype);
    const bool small = number <= 2;
    tomo_image *image = NULL;
    tomo_status st = TOMO_OK;
    s.to_type = small || desc.dtype == TOMO_DTYPE_F32 ? TOMO_DTYPE_F32 : TOMO_DTYPE_F64;
    if (small && slope == floor(slope) && inter == floor(inter)) {
        bool fits = false;
        st = fits_int16(ctx, &fits, &s, job, err);
        s.to_type = fits ? TOMO_DTYPE_I16 : s.to_type;
    }
    desc.dtype = s.to_type;
    if (!st)
        st = tomo_image_new(ctx, &image, &desc, err);
    if (st)
        return st;
    s.to = tomo_image_row_mut(image, 0, 0, 0);
    const tomo__span outer = tomo__job_enter(job, 0.3, 1, "scale");
    st = tomo__parallel(ctx, (s.count + RUN - 1) / RUN, scale_run, &s, job, err);
    tomo__job_leave(job, outer);
    if (st)
        tomo_image_free(image);
    else
        *out = image;
    return st;
}
