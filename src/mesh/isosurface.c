/* isosurface.c - the surface between inside and outside: flying edges (W. Schroeder, R. Maynard, B. Geveci, "Flying
 * edges: a high-performance scalable isocontouring algorithm", LDAV 2015), with bits instead of bytes: the image is
 * read once to make a mask of one bit a node; cuts and cells are found by XOR and counted by popcount, 64 at a time.
 *
 *   1. mark:  each row of voxels to bits                         (the only pass over all voxels)
 *   2. count: per row, vertices along x, y, z and triangles
 *   3. sum:   counts to places in the arrays
 *   4. emit:  each slice writes its vertices and triangles where they belong
 * Slices are the items of work in 1, 2 and 4. */
#include <math.h>

#include "image/image_internal.h"
#include "mesh/kernels/kernels.h"
#include "mesh/surface.h"

/* ---- 1. mark ----------------------------------------------------------------------------------------------------- */

/* The range of stored numbers that is inside. */
typedef struct marks {
    surface                  *s;
    const tomo__mesh_kernels *kernels;
    bool                      none; /* nothing can be inside */
    uint64_t                  low, span; /* of whole numbers, two's complement */
} marks;

static double type_min(tomo_dtype d)
{
    switch (d) {
    case TOMO_DTYPE_I8: return INT8_MIN;
    case TOMO_DTYPE_I16: return INT16_MIN;
    case TOMO_DTYPE_I32: return INT32_MIN;
    case TOMO_DTYPE_I64: return -0x1p63;
    default: return 0;
    }
}

/* Greatest number of a whole type; of 64-bit types the power of two just above. */
static double type_end(tomo_dtype d)
{
    switch (d) {
    case TOMO_DTYPE_U8: return UINT8_MAX;
    case TOMO_DTYPE_I8: return INT8_MAX;
    case TOMO_DTYPE_U16: return UINT16_MAX;
    case TOMO_DTYPE_I16: return INT16_MAX;
    case TOMO_DTYPE_U32: return UINT32_MAX;
    case TOMO_DTYPE_I32: return INT32_MAX;
    case TOMO_DTYPE_U64: return 0x1p64;
    default: return 0x1p63;
    }
}

/* low to high, both inside, to what the kernels compare: v - low <= span, modulo the type. */
static void find_range(marks *m, double low, double high)
{
    const tomo_dtype d = m->s->d->dtype;
    const double least = type_min(d), end = type_end(d);
    const bool wide = tomo_dtype_size(d) == 8;
    low = fmax(ceil(low), least);
    m->none = low > end || high < least || (wide && low >= end) || low > high;
    if (m->none)
        return;
    m->low = low < 0 ? (uint64_t)(int64_t)low : (uint64_t)low;
    if (high < end)
        m->span = (high < 0 ? (uint64_t)(int64_t)high : (uint64_t)high) - m->low;
    else
        m->span = (!wide ? (uint64_t)(int64_t)end : d == TOMO_DTYPE_U64 ? UINT64_MAX : (uint64_t)INT64_MAX) - m->low;
}

static tomo_status mark_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const marks *m = user;
    const surface *s = m->s;
    const int64_t *size = s->d->size, k = z - s->pad;
    const tomo_dtype d = s->d->dtype;
    for (int64_t y = 0; y < s->n[1]; y++) {
        const int64_t j = y - s->pad;
        uint64_t *row = s->bits + (z * s->n[1] + y) * s->words;
        memset(row, 0, (size_t)s->words * sizeof *row);
        if (m->none || j < 0 || j >= size[1] || k < 0 || k >= size[2])
            continue;
        const void *voxels = s->voxels + j * s->stride[1] + k * s->stride[2];
        if (d == TOMO_DTYPE_F32 || d == TOMO_DTYPE_F64)
            m->kernels->real[d == TOMO_DTYPE_F64](row, voxels, size[0], s->value);
        else
            m->kernels->whole[__builtin_ctzll(tomo_dtype_size(d))](row, voxels, size[0], m->low, m->span);
        for (int64_t w = s->words - 1; s->pad && w >= 0; w--) /* the layer's node comes first */
            row[w] = row[w] << 1 | (w ? row[w - 1] >> 63 : 0);
    }
    return TOMO_OK;
}

/* ---- 2. count ---------------------------------------------------------------------------------------------------- */

static tomo_status count_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const marks *m = user;
    for (int64_t y = 0; y < m->s->n[1]; y++)
        m->kernels->count_row(m->s, y, z);
    return TOMO_OK;
}

/* ---- 3. sum ------------------------------------------------------------------------------------------------------ */

static void sum_rows(const surface *s, uint64_t *vertices, uint64_t *triangles)
{
    *vertices = *triangles = 0;
    for (int64_t i = 0; i < s->n[1] * s->n[2]; i++) {
        surface_row *r = &s->rows[i];
        r->vertex = *vertices;
        r->triangle = *triangles;
        *vertices += (uint64_t)r->cuts[0] + r->cuts[1] + r->cuts[2];
        *triangles += r->triangles;
    }
}

/* ---- 4. emit ----------------------------------------------------------------------------------------------------- */

static tomo_status emit_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const marks *m = user;
    const surface *s = m->s;
    tomo__surface_vertices(s, z);
    for (int64_t y = 0; y + 1 < s->n[1] && z + 1 < s->n[2]; y++)
        m->kernels->emit_row(s, y, z);
    return TOMO_OK;
}

/* ---- all together ------------------------------------------------------------------------------------------------ */

static tomo_status check_input(const tomo_image *in, int32_t label, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    if (d->components != 1 || d->size[3] != 1)
        return tomo__fail(err, TOMO_E_ARG, "mesh surface: the image has %d components and %lld time points, expected 1 "
                          "and 1", (int)d->components, (long long)d->size[3]);
    if (label >= 0 && !tomo__dtype_whole(d->dtype))
        return tomo__fail(err, TOMO_E_ARG, "mesh surface: label is %d, but the image is %s, expected whole numbers",
                          (int)label, tomo_dtype_name(d->dtype));
    return TOMO_OK;
}

static void set_geometry(surface *s)
{
    const double *m = s->to_mm;
    double inverse[9];
    tomo__image_matrix(s->d, s->to_mm);
    tomo__image_inverse_matrix(s->d, inverse);
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            s->normal[3 * r + c] = inverse[3 * c + r];
    s->mirrored = m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) +
                  m[2] * (m[3] * m[7] - m[4] * m[6]) < 0;
}

static tomo_status begin(surface *s, marks *m, tomo_ctx *ctx, const tomo_image *in,
                         const tomo_mesh_isosurface_options *o, tomo_error *err)
{
    *s = (surface){ .in = in, .d = tomo_image_get_desc(in), .voxels = tomo_image_data(in) };
    s->binary = o->label >= 0;
    s->value = s->binary ? 0.5 : o->value;
    s->low = o->label > 0 ? o->label : 1;
    s->high = o->label > 0 ? o->label : INFINITY;
    s->pad = o->close == TOMO_MESH_CLOSE_YES || (o->close == TOMO_MESH_CLOSE_AUTO && s->binary);
    for (int a = 0; a < 3; a++) {
        s->n[a] = s->d->size[a] + 2 * s->pad;
        s->stride[a] = tomo_image_stride(in, a);
    }
    s->words = (s->n[0] + 63) / 64;
    set_geometry(s);
    *m = (marks){ .s = s, .kernels = tomo__mesh_kernels_for(tomo_ctx_cpu(ctx)) };
    if (tomo__dtype_whole(s->d->dtype))
        find_range(m, s->binary ? s->low : s->value, s->binary ? s->high : INFINITY);
    size_t rows = 0, words = 0;
    const bool fits = tomo__mul((size_t)s->n[1], (size_t)s->n[2], &rows) &&
                      tomo__mul(rows, (size_t)s->words * sizeof(uint64_t), &words) &&
                      tomo__mul(rows, sizeof(surface_row), &rows);
    s->bits = fits ? tomo__alloc(ctx, words) : NULL;
    s->rows = s->bits ? tomo__alloc(ctx, rows) : NULL;
    if (!s->rows)
        return tomo__no_memory(ctx, err, fits ? words + rows : SIZE_MAX, "marking the inside of an image");
    return TOMO_OK;
}

/* Arrays of the right sizes; all or none. */
static tomo_status make_arrays(surface *s, tomo_buffer *array[3], tomo_ctx *ctx, bool normals, tomo_error *err)
{
    uint64_t vertices, triangles;
    sum_rows(s, &vertices, &triangles);
    if (vertices > TOMO__MESH_MOST || triangles > TOMO__MESH_MOST)
        return tomo__fail(err, TOMO_E_LIMIT, "surface of %llu vertices and %llu triangles, at most 2147483647 each",
                          (unsigned long long)vertices, (unsigned long long)triangles);
    const size_t sizes[3] = { vertices * 3 * sizeof(float), vertices * 3 * sizeof(float),
                              triangles * 3 * sizeof(uint32_t) };
    tomo_status st = TOMO_OK;
    for (int i = 0; i < 3 && !st; i++)
        if (i != 1 || normals)
            st = tomo_buffer_new(ctx, &array[i], sizes[i], err);
    if (st)
        return st;
    s->vertices = tomo_buffer_data_mut(array[0]);
    s->normals = normals ? tomo_buffer_data_mut(array[1]) : NULL;
    s->triangles = tomo_buffer_data_mut(array[2]);
    return TOMO_OK;
}

static tomo_status pass(tomo_ctx *ctx, int64_t slices, tomo__item_fn fn, void *user, double from, double to,
                        tomo_job *job, tomo_error *err)
{
    const tomo__span outer = tomo__job_enter(job, from, to, "surface");
    const tomo_status st = tomo__parallel(ctx, slices, fn, user, job, err);
    tomo__job_leave(job, outer);
    return st;
}

tomo_status tomo_mesh_isosurface(tomo_ctx *ctx, tomo_mesh **out, const tomo_image *in,
                                 const tomo_mesh_isosurface_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_mesh_isosurface_options local;
    tomo_status st = tomo__op_begin(&tomo__mesh_surface_op, &local, opts, err);
    tomo_buffer *array[3] = { NULL, NULL, NULL };
    surface s;
    marks m;
    if (st)
        return st;
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_mesh_isosurface: ctx, out and in must not be NULL");
    st = check_input(in, local.label, err);
    if (st)
        return st;
    st = begin(&s, &m, ctx, in, &local, err);
    if (!st)
        st = pass(ctx, s.n[2], mark_slice, &m, 0, 0.4, job, err);
    if (!st)
        st = pass(ctx, s.n[2], count_slice, &m, 0.4, 0.6, job, err);
    if (!st)
        st = make_arrays(&s, array, ctx, local.normals, err);
    if (!st)
        st = pass(ctx, s.n[2], emit_slice, &m, 0.6, 1, job, err);
    if (!st)
        st = tomo__mesh_adopt(ctx, out, array[0], array[1], array[2], err);
    for (int i = 0; i < 3 && st; i++)
        tomo_buffer_free(array[i]);
    tomo__free(ctx, s.bits);
    tomo__free(ctx, s.rows);
    return st;
}
