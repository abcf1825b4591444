/* resample_window.c - Lanczos-windowed sinc interpolation and votes among labels. */
#include <math.h>

#include "filter/resample_points.h"

static const double pi = 3.14159265358979323846;

void tomo__lanczos_weights(double *w, int32_t radius, double t)
{
    for (int32_t k = 0; k < 2 * radius; k++)
        w[k] = k == radius - 1;
    if (t == 0)
        return;
    /* x = t + radius - 1 - k: sin(pi x) differs by its sign only, sin(pi x / radius) by an angle of pi / radius */
    const double s = sin(pi * t), a = sin(pi * t / radius), b = cos(pi * t / radius);
    for (int32_t k = 0; k < 2 * radius; k++) {
        const int32_t whole = radius - 1 - k;
        const double x = pi * (t + whole), turn = pi * whole / radius;
        const double lobe = a * cos(turn) + b * sin(turn);
        w[k] = (whole & 1 ? -s : s) * lobe * radius / (x * x);
    }
}

#define SINC(type)                                                                                                     \
    do {                                                                                                               \
        const type *v = w->v.data;                                                                                     \
        for (int32_t kz = 0; kz < taps[2]; kz++) {                                                                     \
            double plane = 0;                                                                                          \
            for (int32_t ky = 0; ky < taps[1]; ky++) {                                                                 \
                const type *row = v + at[2][kz] + at[1][ky];                                                           \
                double sum = 0;                                                                                        \
                for (int32_t kx = 0; kx < taps[0]; kx++)                                                               \
                    sum += weight[0][kx] * (double)row[at[0][kx]];                                                     \
                plane += weight[1][ky] * sum;                                                                          \
            }                                                                                                          \
            all += weight[2][kz] * plane;                                                                              \
        }                                                                                                              \
        ((type *)to)[i] = (type)all;                                                                                   \
    } while (0)

void tomo__sinc(const tomo__window *w, void *to, const double *const p[3], int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        double weight[3][2 * TOMO__LANCZOS_MOST], all = 0;
        int64_t at[3][2 * TOMO__LANCZOS_MOST];
        int32_t taps[3];
        for (int axis = 0; axis < 3; axis++) {
            const int64_t size = w->v.size[axis], f = (int64_t)floor(p[axis][i]);
            taps[axis] = size > 1 ? 2 * w->radius : 1;
            weight[axis][0] = 1, at[axis][0] = 0;
            if (size == 1)
                continue;
            tomo__lanczos_weights(weight[axis], w->radius, p[axis][i] - (double)f);
            for (int32_t k = 0; k < taps[axis]; k++)
                at[axis][k] = tomo__edge_index(TOMO_EDGE_NEAREST, f - w->radius + 1 + k, size) * w->v.stride[axis];
        }
        if (w->dtype == TOMO_DTYPE_F32)
            SINC(float);
        else
            SINC(double);
    }
}

static int64_t label_at(const tomo__window *w, int64_t at)
{
    const void *v = w->v.data;
    switch (w->dtype) {
    case TOMO_DTYPE_U8: return ((const uint8_t *)v)[at];
    case TOMO_DTYPE_I8: return ((const int8_t *)v)[at];
    case TOMO_DTYPE_U16: return ((const uint16_t *)v)[at];
    case TOMO_DTYPE_I16: return ((const int16_t *)v)[at];
    case TOMO_DTYPE_U32: return ((const uint32_t *)v)[at];
    case TOMO_DTYPE_I32: return ((const int32_t *)v)[at];
    case TOMO_DTYPE_U64: return (int64_t)((const uint64_t *)v)[at];
    default: return ((const int64_t *)v)[at];
    }
}

void tomo__vote(const tomo__window *w, void *to, const double *const p[3], int64_t n)
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
