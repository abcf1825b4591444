/* window.c - window center and width to 8-bit gray (PS3.3 C.11.2.1.2, C.11.2.1.3). Types of 8 and 16 bits go through
 * a table of every value, or through a ramp in single precision once that has given the table's bytes for every value
 * inside the window; wider ones are computed in double. */
#include <math.h>

#include "image/image_internal.h"
#include "image/image_ops.h"
#include "image/kernels/kernels.h"

typedef struct window {
    double     center, width;
    tomo_voi   function;
    uint8_t    turn; /* 255 to invert: 255 - y is y ^ 255 */
    tomo__ramp ramp; /* unless SIGMOID */
} window;

typedef struct window_work {
    const tomo_image          *in;
    tomo_image                *out;
    int64_t                    total;
    const window              *w;
    const tomo__image_kernels *k;
    const uint8_t             *table; /* of all values of 8 and 16 bits, else NULL */
    tomo__fast_ramp            fast;
    bool                       use_fast;
} window_work;

/* y of one value: what the table holds and every kernel must equal. */
static uint8_t value_of(const window *w, double x)
{
    double y;
    if (w->function == TOMO_VOI_SIGMOID)
        y = 255.0 / (1.0 + exp(-4.0 * (x - w->center) / w->width)) + 0.5;
    else
        y = (x - w->ramp.low) * 255.0 / w->ramp.span + 0.5;
    y = y > 0.0 ? y : 0.0;
    y = y < 255.0 ? y : 255.0;
    return (uint8_t)y ^ w->turn;
}

/* Lowest value of the type, and how many there are; 0 for types of more than 16 bits. */
static int32_t table_size(tomo_dtype dtype, int32_t *lowest)
{
    *lowest = dtype == TOMO_DTYPE_I8 ? INT8_MIN : dtype == TOMO_DTYPE_I16 ? INT16_MIN : 0;
    return tomo_dtype_size(dtype) == 1 ? 256 : tomo_dtype_size(dtype) == 2 ? 65536 : 0;
}

static void fill_table(uint8_t *table, int32_t n, int32_t lowest, const window *w)
{
    int32_t from = 0, to = n;
    if (w->function != TOMO_VOI_SIGMOID) { /* outside of the ramp it is flat */
        from = (int32_t)fmin(fmax(floor(w->ramp.low) - lowest, 0), n);
        to = (int32_t)fmin(fmax(ceil(w->ramp.low + w->ramp.span) + 1 - lowest, from), n);
    }
    memset(table, w->turn, (size_t)from);
    for (int32_t i = from; i < to; i++)
        table[i] = value_of(w, (double)i + lowest);
    memset(table + to, 255 ^ w->turn, (size_t)(n - to));
}

/* ---- voxels ------------------------------------------------------------------------------------------------- */

static void look_up(uint8_t *to, const void *from, int64_t n, tomo_dtype dtype, const uint8_t *table)
{
    switch (dtype) {
    case TOMO_DTYPE_U8:
        for (int64_t i = 0; i < n; i++)
            to[i] = table[((const uint8_t *)from)[i]];
        break;
    case TOMO_DTYPE_I8:
        for (int64_t i = 0; i < n; i++)
            to[i] = table[((const uint8_t *)from)[i] ^ 0x80];
        break;
    case TOMO_DTYPE_U16:
        for (int64_t i = 0; i < n; i++)
            to[i] = table[((const uint16_t *)from)[i]];
        break;
    default: /* int16 */
        for (int64_t i = 0; i < n; i++)
            to[i] = table[((const uint16_t *)from)[i] ^ 0x8000];
    }
}

static void sigmoid(uint8_t *to, const void *from, int64_t n, tomo_dtype dtype, const window *w)
{
    TOMO__DTYPE_SWITCH(dtype, T, {
        for (int64_t i = 0; i < n; i++)
            to[i] = value_of(w, (double)((const T *)from)[i]);
    })
}

static void window_values(const window_work *w, uint8_t *to, const void *from, int64_t n)
{
    const tomo_dtype dtype = w->in->desc.dtype;
    if (w->use_fast)
        w->k->fast_ramp[dtype](to, from, n, &w->fast);
    else if (w->table)
        look_up(to, from, n, dtype, w->table);
    else if (w->w->function == TOMO_VOI_SIGMOID)
        sigmoid(to, from, n, dtype, w->w);
    else
        w->k->ramp[dtype](to, from, n, &w->w->ramp);
    if (w->w->turn && (w->use_fast || (!w->table && w->w->function != TOMO_VOI_SIGMOID)))
        for (int64_t i = 0; i < n; i++)
            to[i] ^= 255;
}

static tomo_status window_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const window_work *w = user;
    const int64_t first = item * TOMO__IMAGE_ITEM, end = TOMO__MIN(first + TOMO__IMAGE_ITEM, w->total);
    const int64_t step = tomo_image_contiguous(w->in) && !w->w->turn ? TOMO__IMAGE_ITEM : TOMO__IMAGE_CHUNK;
    tomo__image_scratch scratch;
    for (int64_t at = first; at < end; at += step) {
        const int64_t n = TOMO__MIN(step, end - at);
        window_values(w, w->out->data + at, tomo__image_chunk(w->in, at, n, scratch.values), n);
    }
    return TOMO_OK;
}

/* Does the ramp give the table's bytes for every value `from` to `to` of the type? */
static bool same_bytes(const window *w, const uint8_t *table, int32_t lowest, int32_t from, int32_t to,
                       tomo_dtype dtype, const tomo__image_kernels *k, const tomo__fast_ramp *fast)
{
    enum { BLOCK = 1024 };
    bool same = true;
    for (int32_t v = from; v <= to && same; v += BLOCK) {
        uint16_t values[BLOCK]; /* signed types have the same bits */
        uint8_t got[BLOCK];
        const int32_t n = TOMO__MIN(BLOCK, to + 1 - v);
        for (int32_t j = 0; j < n; j++)
            if (tomo_dtype_size(dtype) == 2)
                values[j] = (uint16_t)(v + j);
            else
                ((uint8_t *)values)[j] = (uint8_t)(v + j);
        k->fast_ramp[dtype](got, values, n, fast);
        for (int32_t j = 0; j < n; j++)
            same &= (got[j] ^ w->turn) == table[v + j - lowest];
    }
    return same;
}

/* Single precision is good enough when it gives the table's bytes for every value from just below to just above the
 * window. Halves round up only if the ramp lies a little high, so some heights are tried. */
static bool try_fast(const window *w, const uint8_t *table, int32_t lowest, int32_t values, tomo_dtype dtype,
                     const tomo__image_kernels *k, tomo__fast_ramp *fast)
{
    const double lift[] = { 0.25 / w->ramp.span, 0x1p-16, 0x1p-14, 0x1p-12 };
    const double low = floor(w->ramp.low), high = ceil(w->ramp.low + w->ramp.span);
    if (!k->fast_ramp[dtype] || !(w->ramp.span >= 1) || high - low > 65535)
        return false;
    const int32_t from = (int32_t)fmax(low - 1, lowest), to = (int32_t)fmin(high + 2, lowest + values - 1.0);
    fast->low = (float)low;
    fast->scale = (float)(255.0 / w->ramp.span);
    for (size_t i = 0; i < TOMO__COUNT(lift); i++) {
        fast->offset = (float)((low - w->ramp.low) * 255.0 / w->ramp.span + 0.5 + lift[i]);
        if (same_bytes(w, table, lowest, from, to, dtype, k, fast))
            return true;
    }
    return false;
}

/* ---- options ------------------------------------------------------------------------------------------------- */

/* A window whose ramp starts at percentile 0.5 and ends at 99.5. */
static tomo_status from_percentiles(tomo_ctx *ctx, tomo_window_options *o, const tomo_image *in, tomo_job *job,
                                    tomo_error *err)
{
    static const double percents[2] = { 0.5, 99.5 };
    double p[2];
    const tomo__span span = tomo__job_enter(job, 0.0, 0.5, "percentiles");
    tomo_status st = tomo_image_percentiles(ctx, p, in, NULL, percents, 2, job, err);
    tomo__job_leave(job, span);
    if (st)
        return st;
    if (!isfinite(p[0]) || !isfinite(p[1]) || !isfinite(p[1] - p[0]))
        return tomo__fail(err, TOMO_E_ARG, "percentiles 0.5 and 99.5 are %g and %g: no window can be taken from them",
                          p[0], p[1]);
    const bool linear = o->function == TOMO_VOI_LINEAR;
    o->center = p[0] + (p[1] - p[0]) / 2 + (linear ? 0.5 : 0.0);
    o->width = p[1] - p[0] + (linear ? 1.0 : 0.0);
    if (!(o->width > 0))
        o->width = 1.0; /* one value fills the image */
    return TOMO_OK;
}

static tomo_status read_options(tomo_window_options *o, const tomo_window_options *opts, tomo_error *err)
{
    tomo_window_options given = TOMO_WINDOW_OPTIONS_INIT;
    if (opts && opts->struct_size >= sizeof given && isnan(opts->center) && isnan(opts->width)) {
        given = *opts;
        given.center = 40.0, given.width = 400.0; /* the table knows only numbers */
        given.percentiles = true;
        opts = &given;
    }
    return tomo__op_begin(&tomo__op_image_window, o, opts, err);
}

static tomo_status check_width(const tomo_window_options *o, tomo_error *err)
{
    if (o->function == TOMO_VOI_LINEAR && !(o->width >= 1.0))
        return tomo__fail(err, TOMO_E_ARG, "window width is %g, expected at least 1 with function linear", o->width);
    if (!(o->width > 0))
        return tomo__fail(err, TOMO_E_ARG, "window width is %g, expected more than 0", o->width);
    return TOMO_OK;
}

static void set_window(window *w, const tomo_window_options *o)
{
    *w = (window){ o->center, o->width, (tomo_voi)o->function, o->invert ? 255 : 0, { 0, 0 } };
    w->ramp.span = o->function == TOMO_VOI_LINEAR ? o->width - 1.0 : o->width;
    w->ramp.low = (o->function == TOMO_VOI_LINEAR ? o->center - 0.5 : o->center) - w->ramp.span / 2;
}

static tomo_status run_window(tomo_ctx *ctx, tomo_image *im, const tomo_image *in, const window *win, tomo_job *job,
                              tomo_error *err)
{
    window_work w = { in, im, tomo__image_components(in), win, tomo__image_kernels_for(tomo_ctx_cpu(ctx)), NULL };
    uint8_t *table = NULL;
    int32_t lowest;
    const int32_t values = table_size(in->desc.dtype, &lowest);
    if (values) {
        w.table = table = tomo__alloc(ctx, (size_t)values);
        if (!table)
            return tomo__no_memory(ctx, err, (size_t)values, "a window table");
        fill_table(table, values, lowest, win);
        if (win->function != TOMO_VOI_SIGMOID)
            w.use_fast = try_fast(win, table, lowest, values, in->desc.dtype, w.k, &w.fast);
    }
    const tomo_status st =
        tomo__parallel(ctx, (w.total + TOMO__IMAGE_ITEM - 1) / TOMO__IMAGE_ITEM, window_item, &w, job, err);
    tomo__free(ctx, table);
    return st;
}

tomo_status tomo_image_window(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_window_options *opts,
                              tomo_job *job, tomo_error *err)
{
    tomo_window_options o;
    tomo_image *im = NULL;
    window w;
    tomo_status st = read_options(&o, opts, err);
    if (st)
        return st;
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_window: an argument is NULL");
    if (in->desc.components != 1)
        return tomo__fail(err, TOMO_E_ARG, "image to window has %d components, expected 1", (int)in->desc.components);
    if (o.percentiles && (st = from_percentiles(ctx, &o, in, job, err)))
        return st;
    if ((st = check_width(&o, err)) || (st = tomo__image_new_like(ctx, &im, in, TOMO_DTYPE_U8, 1, err)))
        return st;
    set_window(&w, &o);
    const tomo__span span = tomo__job_enter(job, o.percentiles ? 0.5 : 0.0, 1.0, "window");
    st = run_window(ctx, im, in, &w, job, err);
    tomo__job_leave(job, span);
    if (st) {
        tomo_image_free(im);
        return st;
    }
    *out = im;
    return TOMO_OK;
}
