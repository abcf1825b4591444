/* sample_c.c - samples between voxels in plain C. */
#include "halve_body.h"
#include "spots.h"

#define LINEAR(name, type)                                                                                             \
    static void name(void *out, const tomo__volume *v, const double *const p[3], int64_t n)                            \
    {                                                                                                                  \
        float *to = out;                                                                                               \
        spots s;                                                                                                       \
        const int64_t x = v->size[0] > 1 ? v->stride[0] : 0, y = v->size[1] > 1 ? v->stride[1] : 0;                    \
        const int64_t z = v->stride[2];                                                                                \
        find_spots(&s, v, p, n);                                                                                       \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const type *a = (const type *)v->data + s.low[i];                                                          \
            const float t = s.t[0][i], u = s.t[1][i];                                                                  \
            float e = between(between(a[0], a[x], t), between(a[y], a[y + x], t), u);                                  \
            if (v->size[2] > 1) {                                                                                      \
                a += z;                                                                                                \
                e = between(e, between(between(a[0], a[x], t), between(a[y], a[y + x], t), u), s.t[2][i]);             \
            }                                                                                                          \
            to[i] = e;                                                                                                 \
        }                                                                                                              \
    }
LINEAR(linear_f32, float)
LINEAR(linear_i16, int16_t)
LINEAR(linear_u16, uint16_t)
LINEAR(linear_u8, uint8_t)

static void linear_f64(void *out, const tomo__volume *v, const double *const p[3], int64_t n)
{
    double *to = out;
    for (int64_t i = 0; i < n; i++) {
        const double *a = v->data;
        double t[3];
        int64_t up[3];
        for (int axis = 0; axis < 3; axis++) {
            const double last = (double)(v->size[axis] - 1), q = p[axis][i];
            const double at = q < 0 ? 0 : q > last ? last : q;
            const int64_t f = (int64_t)at;
            t[axis] = at - (double)f;
            a += f * v->stride[axis];
            up[axis] = f + 1 < v->size[axis] ? v->stride[axis] : 0;
        }
        const double *b = a + up[1], *c = a + up[2], *d = b + up[2];
        const int64_t right = up[0];
        const double e = a[0] + t[0] * (a[right] - a[0]), f = b[0] + t[0] * (b[right] - b[0]);
        const double g = c[0] + t[0] * (c[right] - c[0]), h = d[0] + t[0] * (d[right] - d[0]);
        const double ef = e + t[1] * (f - e), gh = g + t[1] * (h - g);
        to[i] = ef + t[2] * (gh - ef);
    }
}

#define REAL float
#define NAME(x) x##_f32
#include "sample_body.h"
#undef REAL
#undef NAME
#define REAL double
#define NAME(x) x##_f64
#include "sample_body.h"

const tomo__sample tomo__sample_c = { linear_f32, linear_i16, linear_u16, linear_u8, linear_f64, cubic_f32, cubic_f64,
                                      sinc_f32,   sinc_f64,   halve_i16,  halve_u16, halve_u8,   places };
