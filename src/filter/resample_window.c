/* resample_window.c - Lanczos-windowed sinc interpolation and votes among labels. */
#include <math.h>

#include "filter/resample_points.h"

static const double pi = 3.14159265358979323846;

void tomo__lanczos_init(tomo__lanczos *l, int32_t radius)
{
    l->radius = radius;
    for (int32_t k = 0; k < 2 * radius; k++) {
        const double turn = pi * (radius - 1 - k) / radius;
        l->c[k] = cos(turn), l->s[k] = sin(turn);
    }
}

void tomo__lanczos_weights(const tomo__lanczos *l, double *w, double t)
{
    const int32_t radius = l->radius;
    for (int32_t k = 0; k < 2 * radius; k++)
        w[k] = k == radius - 1;
    if (t == 0)
        return;
    /* x = t + radius - 1 - k: sin(pi x) differs by its sign only, sin(pi x / radius) by a fixed angle */
    const double s = sin(pi * t), a = sin(pi * t / radius), b = cos(pi * t / radius);
    for (int32_t k = 0; k < 2 * radius; k++) {
        const int32_t whole = radius - 1 - k;
        const double x = pi * (t + whole);
        w[k] = (whole & 1 ? -s : s) * (a * l->c[k] + b * l->s[k]) * radius / (x * x);
    }
}

static int64_t label_at(const tomo__ballot *w, int64_t at)
{
    const void *v = w->v.data;
    switch (w->dtype) {
    case TOMO_DTYPE_U8:
        return ((const uint8_t *)v)[at];
    case TOMO_DTYPE_I8:
        return ((const int8_t *)v)[at];
    case TOMO_DTYPE_U16:
        return ((const uint16_t *)v)[at];
    case TOMO_DTYPE_I16:
        return ((const int16_t *)v)[at];
    case TOMO_DTYPE_U32:
        return ((const uint32_t *)v)[at];
    case TOMO_DTYPE_I32:
        return ((const int32_t *)v)[at];
    case TOMO_DTYPE_U64:
        return (int64_t)((const uint64_t *)v)[at];
    default:
        return ((const int64_t *)v)[at];
    }
}

void tomo__vote(const tomo__ballot *w, void *to, const double *const p[3], int64_t n)
{
    const size_t size = tomo_dtype_size(w->dtype);
    for (int64_t i = 0; i < n; i++) {
        int64_t offset[8] = { 0 }, label[8], winner = 0;
        double share[8], best = -1;
        for (int k = 0; k < 8; k++)
            share[k] = 1;
        for (int axis = 0; axis < 3; axis++) {
            const double last = (double)(w->v.size[axis] - 1), q = fmin(fmax(p[axis][i], 0), last), f = floor(q);
            const int64_t low = (int64_t)f * w->v.stride[axis], up = f < last ? w->v.stride[axis] : 0;
            for (int k = 0; k < 8; k++) {
                offset[k] += k >> axis & 1 ? low + up : low;
                share[k] *= k >> axis & 1 ? q - f : 1 - (q - f);
            }
        }
        int count = 0;
        for (int k = 0; k < 8; k++) {
            int j = 0;
            const int64_t value = label_at(w, offset[k]);
            while (j < count && label[j] != value)
                j++;
            if (j < count)
                share[j] += share[k]; /* j < k: what is not yet counted is not written over */
            else
                label[count] = value, share[count++] = share[k];
        }
        for (int j = 0; j < count; j++)
            if (share[j] > best + 1e-12 || (share[j] > best - 1e-12 && label[j] < winner)) {
                best = fmax(best, share[j]);
                winner = label[j];
            }
        memcpy((char *)to + (size_t)i * size, &winner, size); /* little-endian: the low bytes come first */
    }
}
