/* median.c - median of a box: the operation, and small boxes by selection networks. */
#include <math.h>

#include "filter/median_internal.h"

static const tomo_option options[] = {
    { "radius", TOMO_OPT_DOUBLES, offsetof(tomo_median_options, radius), 3, 1.0, 0.0, 127.0, "voxels", NULL, false,
      "Whole voxels to each side along x, y and z: 1,1,1 is a box of 3 x 3 x 3, 1,1,0 works within slices." },
};

static tomo_status run_median(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                              tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_median(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_median = {
    .room = "filter",
    .name = "median",
    .help = "Replace each voxel by the median of the box around it.",
    .detail = "The exact median in the input's type; beyond the border the nearest voxel is repeated, as in ITK. Boxes "
              "of 3 x 3, 5 x 5 and 3 x 3 x 3 use selection networks; others of 8 and 16 bits bisect or, "
              "if wide, slide a histogram along x (Huang 1979); the rest slide a set of ranks.",
    .example = "tomo filter median ct.nii.gz clean.nii.gz --radius 1,1,1",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Image of any type." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The median on the same grid, in the same type." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_median_options),
    .run = run_median,
};

void tomo__median_cut(tomo__median *m, int64_t strip, int64_t depth)
{
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    m->strip = strip;
    m->strips = (d->size[1] + strip - 1) / strip;
    m->depth = depth;
    m->depths = (d->size[2] + depth - 1) / depth;
    m->rows = strip + 2 * m->radius[1];
    m->slices = depth + 2 * m->radius[2];
}

int64_t tomo__median_items(const tomo__median *m)
{
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    return m->strips * m->depths * d->components * d->size[3];
}

bool tomo__median_part(tomo__median *m, size_t *at, int64_t count, size_t size)
{
    size_t bytes;
    *at = m->scratch_size;
    return tomo__mul((size_t)count, size, &bytes) && bytes < SIZE_MAX / 4 &&
           tomo__add(m->scratch_size, (bytes + 63) / 64 * 64, &m->scratch_size);
}

tomo_status tomo__median_run(tomo__median *m, tomo__item_fn fn, void *user, tomo_error *err)
{
    size_t bytes;
    if (!tomo__mul(m->scratch_size, (size_t)tomo_ctx_threads(m->ctx), &bytes))
        return tomo__fail(err, TOMO_E_LIMIT, "median: this box needs more memory than there can be");
    if (!(m->scratch = tomo__alloc(m->ctx, bytes)))
        return tomo__no_memory(m->ctx, err, bytes, "median scratch");
    tomo_status st = tomo__parallel(m->ctx, tomo__median_items(m), fn, user, m->job, err);
    tomo__free(m->ctx, m->scratch);
    return st;
}

tomo__median_item tomo__median_item_at(const tomo__median *m, int64_t item)
{
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    tomo__median_item i;
    i.from = item % m->strips * m->strip;
    i.to = TOMO__MIN(i.from + m->strip, d->size[1]);
    item /= m->strips;
    i.z = item % m->depths * m->depth;
    i.end = TOMO__MIN(i.z + m->depth, d->size[2]);
    item /= m->depths;
    i.c = (int)(item % d->components);
    i.t = item / d->components;
    return i;
}

const char *tomo__median_row(const tomo__median *m, const tomo__median_item *i, int64_t slice, int64_t row)
{
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    const int64_t y = tomo__edge_index(TOMO_EDGE_NEAREST, i->from - m->radius[1] + row, d->size[1]);
    const int64_t z = tomo__edge_index(TOMO_EDGE_NEAREST, i->z - m->radius[2] + slice, d->size[2]);
    return (const char *)tomo_image_row(m->in, y, z, i->t) + (size_t)i->c * tomo_dtype_size(d->dtype);
}

int tomo__median_network(const tomo__median *m)
{
    const int64_t *r = m->radius;
    const tomo_dtype dtype = tomo_image_get_desc(m->in)->dtype;
    if (dtype > TOMO_DTYPE_I32 && dtype != TOMO_DTYPE_F32)
        return -1;
    if (r[0] == 1 && r[1] == 1)
        return r[2] == 0 ? 0 : r[2] == 1 ? 2 : -1;
    return r[0] == 2 && r[1] == 2 && r[2] == 0 ? 1 : -1;
}

/* ---- networks ------------------------------------------------------------------------------------------------- */

enum { LEAD = 64 }; /* bytes of a padded row before its first voxel */

typedef struct net {
    tomo__median *m;
    const tomo__select *k;
    tomo__select_fn fn;
    int64_t row; /* values of a padded row */
    size_t size; /* bytes of a value: floats are compared as 32-bit keys */
    bool keys;
} net;

/* n components `step` apart, one after the other or back. */
static void gather(char *to, const char *from, int64_t n, int64_t step, size_t size)
{
    if (step == 1)
        memcpy(to, from, (size_t)n * size);
    else
        for (int64_t i = 0; i < n; i++)
            memcpy(to + (size_t)i * size, from + (size_t)(i * step) * size, size);
}

static void scatter(char *to, const char *from, int64_t n, int64_t step, size_t size)
{
    for (int64_t i = 0; i < n; i++)
        memcpy(to + (size_t)(i * step) * size, from + (size_t)i * size, size);
}

/* A row as the network wants it: side by side, floats as keys, `pad` repeated values at both ends. */
static void prepare_row(const net *w, char *to, const char *from, char *line)
{
    const tomo_image_desc *d = tomo_image_get_desc(w->m->in);
    const int64_t n = d->size[0], pad = w->m->radius[0];
    char *middle = to + LEAD; /* stores that don't cross cache lines */
    if (w->keys) {
        if (d->components != 1) {
            gather(line, from, n, d->components, w->size);
            from = line;
        }
        w->k->to_keys((int32_t *)(void *)middle, (const float *)(const void *)from, n);
    } else {
        gather(middle, from, n, d->components, w->size);
    }
    for (int64_t i = 0; i < pad; i++) {
        memcpy(middle - (size_t)(i + 1) * w->size, middle, w->size);
        memcpy(middle + (size_t)(n + i) * w->size, middle + (size_t)(n - 1) * w->size, w->size);
    }
}

static tomo_status net_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const net *w = user;
    const tomo__median *m = w->m;
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    const tomo__median_item at = tomo__median_item_at(m, item);
    const size_t row = (size_t)w->row * w->size;
    const int64_t n = d->size[0], rows = at.to - at.from + 2 * m->radius[1], down = 2 * m->radius[1] + 1;
    char *s = (char *)m->scratch + (size_t)slot * m->scratch_size, *columns = s + row * (size_t)(m->rows * m->slices);
    char *line = columns + row * 9;
    const void *in[9];
    for (int64_t k = 0; k < m->slices; k++)
        for (int64_t j = 0; j < rows; j++)
            prepare_row(w, s + row * (size_t)(k * m->rows + j), tomo__median_row(m, &at, k, j), line);
    for (int64_t y = at.from; y < at.to; y++) {
        char *to = (char *)tomo_image_row_mut(m->out, y, at.z, at.t) + (size_t)at.c * w->size;
        const bool direct = !w->keys && d->components == 1;
        for (int64_t k = 0; k < m->slices; k++)
            for (int64_t j = 0; j < down; j++)
                in[k * down + j] =
                    s + row * (size_t)(k * m->rows + y - at.from + j) + LEAD;
        w->fn(direct ? to : line, in, columns, n);
        if (w->keys && d->components == 1) {
            w->k->from_keys((float *)(void *)to, (const int32_t *)(void *)line, n);
        } else if (!direct) {
            if (w->keys)
                w->k->from_keys((float *)(void *)line, (const int32_t *)(void *)line, n);
            scatter(to, line, n, d->components, w->size);
        }
    }
    return TOMO_OK;
}

tomo_status tomo__median_by_network(tomo__median *m, int network, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(m->in);
    net w = { .m = m, .k = tomo__select_for(tomo_ctx_cpu(m->ctx)), .keys = d->dtype == TOMO_DTYPE_F32 };
    w.size = tomo_dtype_size(d->dtype);
    w.fn = w.k->fn[network][w.keys ? TOMO_DTYPE_I32 : d->dtype];
    w.row = (d->size[0] + 2 * m->radius[0] + LEAD + 63) / 64 * 64;
    tomo__median_cut(m, 32, 1);
    size_t at;
    if (!tomo__median_part(m, &at, w.row * (m->rows * m->slices + 10), w.size))
        return tomo__fail(err, TOMO_E_LIMIT, "median: rows of %lld voxels are too long", (long long)d->size[0]);
    return tomo__median_run(m, net_item, &w, err);
}

/* ---- the operation -------------------------------------------------------------------------------------------- */

tomo_status tomo_filter_median(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_median_options *opts,
                               tomo_job *job, tomo_error *err)
{
    tomo_median_options o;
    tomo__median m = { .ctx = ctx, .job = job, .in = in };
    tomo_status st = tomo__op_begin(&tomo__op_median, &o, opts, err);
    if (st != TOMO_OK)
        return st;
    const tomo_image_desc *d = tomo_image_get_desc(in);
    for (int i = 0; i < 3; i++) {
        if (o.radius[i] != floor(o.radius[i]))
            return tomo__fail(err, TOMO_E_ARG, "median: radius is %g along axis %d; whole voxels are expected",
                              o.radius[i], i);
        m.radius[i] = i < d->dims ? (int64_t)o.radius[i] : 0;
    }
    st = tomo_image_new(ctx, &m.out, d, err);
    if (st != TOMO_OK)
        return st;
    const int network = tomo__median_network(&m);
    if (network >= 0)
        st = tomo__median_by_network(&m, network, err);
    else if (tomo__median_bisects(&m))
        st = tomo__median_by_bisection(&m, err);
    else if (tomo_dtype_size(d->dtype) <= 2)
        st = tomo__median_by_histogram(&m, err);
    else
        st = tomo__median_by_rank(&m, err);
    if (st == TOMO_OK)
        *out = m.out;
    else
        tomo_image_free(m.out);
    return st;
}
