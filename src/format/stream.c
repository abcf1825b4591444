/* stream.c - volumes box by box and slab by slab: the two handles, and what is done with a file of any size by them. */
#include <math.h>

#include "format_internal.h"
#include "image/image_internal.h"

/* ---- readers ----------------------------------------------------------------------------------------------------- */

tomo_status tomo_volume_reader_open(tomo_ctx *ctx, tomo_volume_reader **out, const char *path,
                                    const tomo_format_load_options *opts, tomo_report *report, tomo_job *job,
                                    tomo_error *err)
{
    tomo_format_load_options local;
    tomo__format_input in = { NULL, path, &local, report, job };
    const struct tomo__format *row;
    tomo_status st = tomo__op_begin(&tomo__format_load_row, &local, opts, err);
    if (st)
        return st;
    if (!ctx || !out || !path)
        return tomo__fail(err, TOMO_E_ARG, "tomo_volume_reader_open: ctx, out and path must not be NULL");
    st = tomo__format_for_reading(&row, path, err);
    if (st)
        return st;
    if (!tomo__format_is_stack(path))
        st = tomo__format_open(&row, ctx, &in.source, path, err);
    tomo_volume_reader *r = NULL;
    if (!st && !row->open_reader)
        st = tomo__fail(err, TOMO_E_UNSUPPORTED, "%.100s: %s can't be read in boxes", path, row->pub.title);
    if (!st && !(r = TOMO__ARRAY(ctx, 1, tomo_volume_reader)))
        st = tomo__no_memory(ctx, err, sizeof *r, "a reader");
    if (!st) {
        r->ctx = ctx;
        st = row->open_reader(r, &in, err);
    }
    if (!st)
        st = tomo__image_check_desc(&r->desc, err);
    tomo_source_free(in.source);
    if (st)
        tomo_volume_reader_free(r);
    else
        *out = r;
    return st;
}

const tomo_image_desc *tomo_volume_reader_desc(const tomo_volume_reader *reader) { return &reader->desc; }

tomo_status tomo_volume_reader_read(tomo_volume_reader *r, tomo_image **out, const int64_t start[4],
                                    const int64_t size[4], tomo_job *job, tomo_error *err)
{
    tomo_image *image = NULL;
    if (!r || !out || !start || !size)
        return tomo__fail(err, TOMO_E_ARG, "tomo_volume_reader_read: an argument is NULL");
    tomo_image_desc d = r->desc;
    for (int a = 0; a < 4; a++) {
        if (start[a] < 0 || size[a] < 1 || start[a] > r->desc.size[a] || size[a] > r->desc.size[a] - start[a])
            return tomo__fail(err, TOMO_E_ARG, "box from %lld on of %lld voxels along %c, the volume has %lld",
                              (long long)start[a], (long long)size[a], "xyzt"[a], (long long)r -> desc.size[a]);
        d.size[a] = size[a];
    }
    const double index[3] = { (double)start[0], (double)start[1], (double)start[2] };
    tomo__image_move_origin(&d, index);
    tomo_status st = tomo_image_new(r->ctx, &image, &d, err);
    if (st)
        return st;
    st = r->read(r, image, start, job, err);
    if (st)
        tomo_image_free(image);
    else
        *out = image;
    return st;
}

void tomo_volume_reader_free(tomo_volume_reader *r)
{
    if (!r)
        return;
    if (r->close)
        r->close(r);
    tomo__free(r->ctx, r->state);
    tomo_buffer_free(r->extra);
    tomo__free(r->ctx, r);
}

tomo_status tomo__load_by_reader(tomo_ctx *ctx, tomo_image **out, const struct tomo__format *row,
                                 const tomo__format_input *in, tomo_error *err)
{
    tomo_volume_reader *r = TOMO__ARRAY(ctx, 1, tomo_volume_reader);
    const int64_t start[4] = { 0 };
    if (!r)
        return tomo__no_memory(ctx, err, sizeof *r, "a reader");
    r->ctx = ctx;
    tomo_status st = row->open_reader(r, in, err);
    if (!st)
        st = tomo_volume_reader_read(r, out, start, r->desc.size, in->job, err);
    tomo_volume_reader_free(r);
    return st;
}

/* ---- writers ----------------------------------------------------------------------------------------------------- */

tomo_status tomo_volume_writer_open(tomo_ctx *ctx, tomo_volume_writer **out, const char *path,
                                    const tomo_image_desc *desc, const tomo_volume_reader *like,
                                    const tomo_format_save_options *opts, tomo_error *err)
{
    tomo_format_save_options local;
    const struct tomo__format *row;
    tomo_status st = tomo__op_begin(&tomo__format_save_row, &local, opts, err);
    if (st)
        return st;
    if (!ctx || !out || !path || !desc)
        return tomo__fail(err, TOMO_E_ARG, "tomo_volume_writer_open: ctx, out, path and desc must not be NULL");
    st = tomo__image_check_desc(desc, err);
    if (!st)
        st = tomo__format_for_writing(&row, path, err);
    if (st)
        return st;
    if (local.analyze)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.100s: Analyze is not written in slabs", path);
    if (!row->open_writer)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.100s: %s can't be written in slabs", path, row->pub.title);
    tomo_volume_writer *w = TOMO__ARRAY(ctx, 1, tomo_volume_writer);
    if (!w)
        return tomo__no_memory(ctx, err, sizeof *w, "a writer");
    w->ctx = ctx;
    w->desc = *desc;
    if (like && like->extra) {
        w->extra = tomo_buffer_ref(like->extra);
        w->extra_kind = like->extra_kind;
    }
    st = row->open_writer(w, path, &local, err);
    if (st)
        tomo_volume_writer_abandon(w);
    else
        *out = w;
    return st;
}

tomo_status tomo_volume_writer_write(tomo_volume_writer *w, const tomo_image *slab, tomo_job *job, tomo_error *err)
{
    if (!w || !slab)
        return tomo__fail(err, TOMO_E_ARG, "tomo_volume_writer_write: an argument is NULL");
    const tomo_image_desc *d = tomo_image_get_desc(slab), *all = &w->desc;
    const int64_t slices = d->size[2] * d->size[3];
    if (d->dtype != all->dtype || d->components != all->components || d->size[0] != all->size[0] ||
        d->size[1] != all->size[1])
        return tomo__fail(err, TOMO_E_ARG, "slab of %lld x %lld %s x %d, the volume has %lld x %lld %s x %d",
                          (long long)d->size[0], (long long)d->size[1], tomo_dtype_name(d->dtype), (int)d->components,
                          (long long)all->size[0], (long long)all->size[1], tomo_dtype_name(all->dtype),
                          (int)all->components);
    if (slices > all->size[2] * all->size[3] - w->done || (d->size[3] > 1 && d->size[2] != all->size[2]) ||
        d->size[2] > all->size[2] - w->done % all->size[2])
        return tomo__fail(err, TOMO_E_ARG, "slab of %lld slices x %lld times after slice %lld of %lld x %lld",
                          (long long)d->size[2], (long long)d->size[3], (long long)w->done, (long long)all->size[2],
                          (long long)all->size[3]);
    const tomo_status st = w->write(w, slab, job, err);
    w->done += st ? 0 : slices;
    return st;
}

tomo_status tomo_volume_writer_finish(tomo_volume_writer *w, tomo_error *err)
{
    if (!w)
        return tomo__fail(err, TOMO_E_ARG, "tomo_volume_writer_finish: writer is NULL");
    const int64_t all = w->desc.size[2] * w->desc.size[3];
    const tomo_status st = w->done < all ? tomo__fail(err, TOMO_E_ARG, "%lld of %lld slices were written",
                                                      (long long)w->done, (long long)all)
                                         : w->finish(w, err);
    tomo_volume_writer_abandon(w);
    return st;
}

void tomo_volume_writer_abandon(tomo_volume_writer *w)
{
    if (!w)
        return;
    if (w->close)
        w->close(w);
    tomo__free(w->ctx, w->state);
    tomo_buffer_free(w->extra);
    tomo__free(w->ctx, w);
}

/* ---- whole files in slabs ---------------------------------------------------------------------------------------- */

#define SLAB ((int64_t)32 << 20) /* bytes of a slab, where memory allows it */

/* Slices to read at a time: within SLAB and an eighth of the memory that is left, at least one. */
static int64_t slab_slices(tomo_ctx *ctx, const tomo_image_desc *d)
{
    const int64_t slice = d->size[0] * d->size[1] * d->components * (int64_t)tomo_dtype_size(d->dtype);
    int64_t n = TOMO__MAX(TOMO__MIN(SLAB / TOMO__MAX(slice, (int64_t)1), d->size[2]), (int64_t)1);
    while (n > 1 && !tomo__fits(ctx, 8 * (uint64_t)n * (uint64_t)slice))
        n /= 2;
    return n;
}

typedef tomo_status (*slab_fn)(void *user, const tomo_image *slab, tomo_error *err);

static tomo_status each_slab(tomo_volume_reader *r, slab_fn fn, void *user, tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = &r->desc;
    const int64_t n = slab_slices(r->ctx, d), all = d->size[2] * d->size[3];
    tomo_status st = TOMO_OK;
    for (int64_t done = 0, count; done < all && !st; done += count) {
        const int64_t z = done % d->size[2];
        const int64_t start[4] = { 0, 0, z, done / d->size[2] };
        tomo_image *slab = NULL;
        count = TOMO__MIN(n, d->size[2] - z);
        const int64_t size[4] = { d->size[0], d->size[1], count, 1 };
        st = tomo__job_step(job, (double)done / (double)all, err);
        if (!st)
            st = tomo_volume_reader_read(r, &slab, start, size, NULL, err);
        if (!st)
            st = fn(user, slab, err);
        tomo_image_free(slab);
    }
    return st;
}

static tomo_status write_one(void *user, const tomo_image *slab, tomo_error *err)
{
    return tomo_volume_writer_write(user, slab, NULL, err);
}

tomo_status tomo_format_convert(tomo_ctx *ctx, const char *to, const char *from, const tomo_format_load_options *load,
                                const tomo_format_save_options *save, tomo_report *report, tomo_job *job,
                                tomo_error *err)
{
    tomo_volume_reader *r = NULL;
    tomo_volume_writer *w = NULL;
    tomo__span outer = tomo__job_enter(job, 0, 0.3, "looking");
    tomo_status st = tomo_volume_reader_open(ctx, &r, from, load, report, job, err);
    tomo__job_leave(job, outer);
    if (!st)
        st = tomo_volume_writer_open(ctx, &w, to, &r->desc, r, save, err);
    outer = tomo__job_enter(job, 0.3, 1, "converting");
    if (!st)
        st = each_slab(r, write_one, w, job, err);
    tomo__job_leave(job, outer);
    if (st)
        tomo_volume_writer_abandon(w);
    else
        st = tomo_volume_writer_finish(w, err);
    tomo_volume_reader_free(r);
    return st;
}

bool tomo_format_streams(const char *to, const char *from)
{
    const struct tomo__format *out = NULL, *in = NULL;
    return to && from && !tomo__format_for_writing(&out, to, NULL) && !tomo__format_for_reading(&in, from, NULL) &&
           out->open_writer && in->open_reader;
}

/* ---- statistics -------------------------------------------------------------------------------------------------- */

typedef struct totals {
    tomo_ctx *ctx;
    tomo__moments all;
    tomo_image_stats sum;
} totals;

static tomo_status count_one(void *user, const tomo_image *slab, tomo_error *err)
{
    totals *t = user;
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    const tomo_status st = tomo_image_statistics(t->ctx, &s, slab, NULL, NULL, err);
    if (st)
        return st;
    t->sum.nan_count += s.nan_count;
    if (s.count == 0)
        return TOMO_OK;
    const tomo__moments part = { s.count, s.mean, s.std * s.std * (double)s.count, s.sum, 0 };
    t->sum.min = t->all.count ? fmin(t->sum.min, s.min) : s.min;
    t->sum.max = t->all.count ? fmax(t->sum.max, s.max) : s.max;
    tomo__moments_add(&t->all, &part);
    return TOMO_OK;
}

tomo_status tomo_format_statistics(tomo_ctx *ctx, tomo_image_stats *out, const char *path,
                                   const tomo_format_load_options *opts, tomo_report *report, tomo_job *job,
                                   tomo_error *err)
{
    tomo_volume_reader *r = NULL;
    totals t = { .ctx = ctx, .sum = TOMO_IMAGE_STATS_INIT };
    if (!out || out->struct_size < sizeof *out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_format_statistics: out is %s, expected one from TOMO_IMAGE_STATS_INIT",
                          out ? "too small" : "NULL");
    tomo__span outer = tomo__job_enter(job, 0, 0.3, "looking");
    tomo_status st = tomo_volume_reader_open(ctx, &r, path, opts, report, job, err);
    tomo__job_leave(job, outer);
    outer = tomo__job_enter(job, 0.3, 1, "statistics");
    if (!st)
        st = each_slab(r, count_one, &t, job, err);
    tomo__job_leave(job, outer);
    if (!st) {
        const bool any = t.all.count > 0;
        t.sum.count = t.all.count;
        t.sum.min = any ? t.sum.min : NAN;
        t.sum.max = any ? t.sum.max : NAN;
        t.sum.mean = any ? tomo__moments_mean(&t.all) : NAN;
        t.sum.std = any ? tomo__moments_std(&t.all) : NAN;
        t.sum.sum = any ? t.all.sum + t.all.rest : 0;
        t.sum.struct_size = out->struct_size;
        *out = t.sum;
    }
    tomo_volume_reader_free(r);
    return st;
}
