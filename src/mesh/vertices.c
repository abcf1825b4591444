/* vertices.c - places and normals of an isosurface's vertices, slice by slice, each where its row's count put it. */
#include <math.h>

#include "image/image_internal.h"
#include "mesh/surface.h"

/* Lines along `axis` from the nodes of word w in row (y, z) that the surface cuts. */
static inline uint64_t cuts_of(const surface *s, int axis, int64_t w, int64_t y, int64_t z)
{
    const uint64_t *row = surface_bits(s, y, z);
    if (axis == 0)
        return surface_x_cuts(s, row, w);
    if (axis == 1)
        return y + 1 < s->n[1] ? row[w] ^ surface_bits(s, y + 1, z)[w] : 0;
    return z + 1 < s->n[2] ? row[w] ^ surface_bits(s, y, z + 1)[w] : 0;
}

static inline bool in_layer(const surface *s, const int64_t at[3])
{
    return s->pad && (at[0] < 0 || at[1] < 0 || at[2] < 0 || at[0] >= s->d->size[0] || at[1] >= s->d->size[1] ||
                      at[2] >= s->d->size[2]);
}

static inline void put_place(const surface *s, uint64_t number, const double place[3])
{
    float *to = s->vertices + 3 * number;
    const double *m = s->to_mm;
    for (int r = 0; r < 3; r++)
        to[r] = (float)(s->d->origin[r] + m[3 * r] * place[0] + m[3 * r + 1] * place[1] + m[3 * r + 2] * place[2]);
}

/* The normal points down the gradient, out of what is inside; along the cut line where there is no gradient. */
static inline void put_normal(const surface *s, uint64_t number, double g[3], int axis, bool inside)
{
    double v[3], square = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int r = 0; r < 3; r++)
            v[r] = -(s->normal[3 * r] * g[0] + s->normal[3 * r + 1] * g[1] + s->normal[3 * r + 2] * g[2]);
        square = v[0] * v[0] + v[1] * v[1] + v[2] * v[2];
        if (square > 0 && isfinite(square))
            break;
        g[0] = g[1] = g[2] = 0;
        g[axis] = inside ? -1 : 1;
    }
    const double scale = 1 / sqrt(square);
    for (int r = 0; r < 3; r++)
        s->normals[3 * number + (uint64_t)r] = (float)(v[r] * scale);
}

#define T uint8_t
#define NAME(x) u8_##x
#include "mesh/vertices_of.h"
#undef T
#undef NAME
#define T int8_t
#define NAME(x) i8_##x
#include "mesh/vertices_of.h"
#undef T
#undef NAME
#define T uint16_t
#define NAME(x) u16_##x
#include "mesh/vertices_of.h"
#undef T
#undef NAME
#define T int16_t
#define NAME(x) i16_##x
#include "mesh/vertices_of.h"
#undef T
#undef NAME
#define T uint32_t
#define NAME(x) u32_##x
#include "mesh/vertices_of.h"
#undef T
#undef NAME
#define T int32_t
#define NAME(x) i32_##x
#include "mesh/vertices_of.h"
#undef T
#undef NAME
#define T uint64_t
#define NAME(x) u64_##x
#include "mesh/vertices_of.h"
#undef T
#undef NAME
#define T int64_t
#define NAME(x) i64_##x
#include "mesh/vertices_of.h"
#undef T
#undef NAME
#define T float
#define NAME(x) f32_##x
#include "mesh/vertices_of.h"
#undef T
#undef NAME
#define T double
#define NAME(x) f64_##x
#include "mesh/vertices_of.h"
#undef T
#undef NAME

void tomo__surface_vertices(const surface *s, int64_t z)
{
    switch (s->d->dtype) {
    case TOMO_DTYPE_U8: u8_slice(s, z); break;
    case TOMO_DTYPE_I8: i8_slice(s, z); break;
    case TOMO_DTYPE_U16: u16_slice(s, z); break;
    case TOMO_DTYPE_I16: i16_slice(s, z); break;
    case TOMO_DTYPE_U32: u32_slice(s, z); break;
    case TOMO_DTYPE_I32: i32_slice(s, z); break;
    case TOMO_DTYPE_U64: u64_slice(s, z); break;
    case TOMO_DTYPE_I64: i64_slice(s, z); break;
    case TOMO_DTYPE_F32: f32_slice(s, z); break;
    case TOMO_DTYPE_F64: f64_slice(s, z); break;
    }
}
