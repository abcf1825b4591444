/* nifti_scale.c - slope and intercept: y = slope * x + inter in the type that tomo/format.h promises. Work is cut into
 * runs of RUN numbers, whatever the number of threads. */
#include <math.h>

#include "format_internal.h"

#define RUN ((int64_t)1 << 18)

typedef struct scale {
    const uint8_t *from;
    uint8_t *to;
    tomo_dtype from_type, to_type;
    int64_t count;
    double slope, inter;
    int64_t *range; /* two numbers a run: least and greatest stored value */
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
    case TOMO_DTYPE_U8:
        SCALE_FROM(uint8_t);
        break;
    case TOMO_DTYPE_I8:
        SCALE_FROM(int8_t);
        break;
    case TOMO_DTYPE_U16:
        SCALE_FROM(uint16_t);
        break;
    case TOMO_DTYPE_I16:
        SCALE_FROM(int16_t);
        break;
    case TOMO_DTYPE_F32:
        SCALE_TO(float, float);
        break;
    case TOMO_DTYPE_U32:
        SCALE_TO(uint32_t, double);
        break;
    case TOMO_DTYPE_I32:
        SCALE_TO(int32_t, double);
        break;
    case TOMO_DTYPE_U64:
        SCALE_TO(uint64_t, double);
        break;
    case TOMO_DTYPE_I64:
        SCALE_TO(int64_t, double);
        break;
    case TOMO_DTYPE_F64:
        SCALE_TO(double, double);
        break;
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
    case TOMO_DTYPE_U8:
        RANGE_OF(uint8_t);
        break;
    case TOMO_DTYPE_I8:
        RANGE_OF(int8_t);
        break;
    case TOMO_DTYPE_U16:
        RANGE_OF(uint16_t);
        break;
    default:
        RANGE_OF(int16_t);
        break;
    }
    return TOMO_OK;
}

bool tomo__scale_may_fit(tomo_dtype dtype, double slope, double inter)
{
    return tomo_dtype_size(dtype) <= 2 && slope == floor(slope) && inter == floor(inter);
}

tomo_dtype tomo__scale_type(tomo_dtype dtype, double slope, double inter, int64_t least, int64_t greatest)
{
    const double a = (double)least * slope + inter, b = (double)greatest * slope + inter;
    if (tomo__scale_may_fit(dtype, slope, inter) && fmin(a, b) >= INT16_MIN && fmax(a, b) <= INT16_MAX)
        return TOMO_DTYPE_I16;
    return tomo_dtype_size(dtype) <= 2 || dtype == TOMO_DTYPE_F32 ? TOMO_DTYPE_F32 : TOMO_DTYPE_F64;
}

tomo_status tomo__scale_range(tomo_ctx *ctx, int64_t *least, int64_t *greatest, const tomo_image *raw, tomo_job *job,
                              tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(raw);
    scale s = { .from = tomo_image_data(raw), .from_type = d->dtype };
    s.count = tomo_image_voxels(raw) * d->components;
    const int64_t runs = (s.count + RUN - 1) / RUN;
    s.range = TOMO__ARRAY(ctx, 2 * runs, int64_t);
    if (!s.range)
        return tomo__no_memory(ctx, err, 2 * (size_t)runs * sizeof(int64_t), "the range of the voxels");
    const tomo_status st = tomo__parallel(ctx, runs, range_run, &s, job, err);
    for (int64_t i = 0; i < runs && !st; i++) {
        *least = TOMO__MIN(*least, s.range[2 * i]);
        *greatest = TOMO__MAX(*greatest, s.range[2 * i + 1]);
    }
    tomo__free(ctx, s.range);
    return st;
}

tomo_status tomo__scale_into(tomo_ctx *ctx, tomo_image *to, const tomo_image *raw, double slope, double inter,
                             tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(raw);
    scale s = { .from = tomo_image_data(raw), .from_type = d->dtype, .slope = slope, .inter = inter };
    s.count = tomo_image_voxels(raw) * d->components;
    s.to = tomo_image_row_mut(to, 0, 0, 0);
    s.to_type = tomo_image_get_desc(to)->dtype;
    return tomo__parallel(ctx, (s.count + RUN - 1) / RUN, scale_run, &s, job, err);
}

tomo_status tomo__nifti_scale(tomo_ctx *ctx, tomo_image **out, const tomo_image *raw, double slope, double inter,
                              tomo_job *job, tomo_error *err)
{
    tomo_image_desc desc = *tomo_image_get_desc(raw);
    int64_t least = INT64_MAX, greatest = INT64_MIN;
    tomo_image *image = NULL;
    tomo_status st = TOMO_OK;
    tomo__span outer = tomo__job_enter(job, 0, 0.3, "scale");
    if (tomo__scale_may_fit(desc.dtype, slope, inter))
        st = tomo__scale_range(ctx, &least, &greatest, raw, job, err);
    tomo__job_leave(job, outer);
    desc.dtype = tomo__scale_type(desc.dtype, slope, inter, least, greatest);
    if (!st)
        st = tomo_image_new(ctx, &image, &desc, err);
    if (st)
        return st;
    outer = tomo__job_enter(job, 0.3, 1, "scale");
    st = tomo__scale_into(ctx, image, raw, slope, inter, job, err);
    tomo__job_leave(job, outer);
    if (st)
        tomo_image_free(image);
    else
        *out = image;
    return st;
}
