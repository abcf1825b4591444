/* pmap_write.c - volumes of a quantity as Parametric Map objects with float pixels (PS3.3 A.75, C.8.32). */
#include <math.h>
#include <stdio.h>

#include "object/frames.h"

typedef struct map {
    tomo_ctx *ctx;
    tomo_pmap_options o;
    tomo_frames_options f;
    tomo_image_desc desc;
    tomo_image *image; /* float32, float64 or uint16, contiguous */
    tomo_image_stats stats;
    tomo_dtype dtype;
    double slope, intercept; /* of stored values; 1 and 0 for floats */
} map;

static bool given(const tomo_seg_code *c) { return c->value && c->value[0] && c->scheme && c->scheme[0] && c->meaning; }

static void put_image_module(tomo__maker *m, const map *p)
{
    static const char *const not_of_floats[] = { "00280101", "00280102", "00280103" };
    tomo__make(m, "DERIVED\\PRIMARY\\VOLUME\\QUANTITY", "00080008");
    tomo__make(m, "MONOCHROME", "00089205");
    if (p->f.derivation)
        tomo__make(m, p->f.derivation, "00082111");
    tomo__make(m, "RESEARCH", "00189004");
    tomo__make(m, "", "00200060"); /* Laterality: Type 2C, unknown */
    tomo__make_int(m, 1, "00280002");
    tomo__make(m, "MONOCHROME2", "00280004");
    tomo__make_pixel_module(m, &p->desc, p->desc.size[2] * p->desc.size[3], 8 * (int)tomo_dtype_size(p->dtype), false);
    for (int i = 1; i < 4 && p->dtype != TOMO_DTYPE_U16; i++) /* C.7.6.24: floats have no Bits Stored and the like */
        m->st = m->st ? m->st : tomo_dataset_delete(m->ds, not_of_floats[i - 1], m->err);
    tomo__make(m, "NO", "00280301");
    tomo__make(m, "NO", "00280302");
    tomo__make(m, "00", "00282110");
    tomo__make(m, "", "00400555");
    tomo__make(m, p->o.content_label, "00700080");
    tomo__make(m, p->f.object->description ? p->f.object->description : "", "00700081");
    tomo__make(m, "", "00700084");
    tomo__make(m, "IDENTITY", "20500020");
}

static void put_mapping(tomo__maker *m, const map *p)
{
    const char *at = "52009229[0].00409096[0]";
    char label[17];
    snprintf(label, sizeof label, "%.16s", p->o.label ? p->o.label : p->o.quantity.value);
    tomo__make(m, p->o.quantity.meaning, "%s.00283003", at);
    tomo__make_code(m, p->o.units.value, p->o.units.scheme, p->o.units.meaning, "%s.004008EA[0]", at);
    tomo__make(m, label, "%s.00409210", at);
    if (p->dtype == TOMO_DTYPE_U16) {
        tomo__make_int(m, 65535, "%s.00409211", at);
        tomo__make_int(m, 0, "%s.00409216", at);
    } else {
        tomo__make_nums(m, &p->stats.max, 1, "%s.00409213", at); /* Double Float Real World Value Last Value Mapped */
        tomo__make_nums(m, &p->stats.min, 1, "%s.00409214", at);
    }
    tomo__make(m, "CODE", "%s.00409220[0].0040A040", at);
    tomo__make_code(m, "246205007", "SCT", "Quantity", "%s.00409220[0].0040A043[0]", at);
    tomo__make_code(m, p->o.quantity.value, p->o.quantity.scheme, p->o.quantity.meaning, "%s.00409220[0].0040A168[0]",
                    at);
    tomo__make_nums(m, &p->intercept, 1, "%s.00409224", at);
    tomo__make_nums(m, &p->slope, 1, "%s.00409225", at);
}

static void put_shared(tomo__maker *m, const map *p)
{
    /* The window is of stored values: their transformation is the identity, the mapping comes beside it. */
    const double zero = 0, one = 1, width = fmax((p->stats.max - p->stats.min) / p->slope, 1e-6);
    const double center = (p->stats.min - p->intercept) / p->slope + width / 2;
    tomo__make_shared_planes(m, &p->desc);
    tomo__make_nums(m, &center, 1, "52009229[0].00289132[0].00281050");
    tomo__make_nums(m, &width, 1, "52009229[0].00289132[0].00281051");
    tomo__make(m, "LINEAR_EXACT", "52009229[0].00289132[0].00281056"); /* LINEAR needs a width of at least 1 */
    tomo__make_nums(m, &zero, 1, "52009229[0].00289145[0].00281052");
    tomo__make_nums(m, &one, 1, "52009229[0].00289145[0].00281053");
    tomo__make(m, "US", "52009229[0].00289145[0].00281054");
    tomo__make(m, "DERIVED\\PRIMARY\\VOLUME\\QUANTITY", "52009229[0].00409092[0].00089007");
    put_mapping(m, p);
}

static void put_frames(tomo__maker *m, const map *p, tomo_job *job)
{
    const bool timed = p->desc.size[3] > 1;
    tomo__origin_of *of = NULL;
    if (m->st == TOMO_OK)
        m->st = tomo__origins_find(p->ctx, &of, &p->desc, p->f.sources, p->f.n_sources, m->err);
    for (int64_t i = 0, n = p->desc.size[2] * p->desc.size[3]; m->st == TOMO_OK && i < n; i++) {
        const int64_t k = i % p->desc.size[2], t = i / p->desc.size[2];
        char index[48];
        snprintf(index, sizeof index, timed ? "%lld\\%lld" : "%lld", (long long)k + 1, (long long)t + 1);
        tomo__make_derivation(m, i, &of[k], p->f.sources, "113091", "Pixel by pixel calculation");
        if (timed)
            tomo__make_int(m, t + 1, "52009230[%lld].00209111[0].00209128", (long long)i);
        tomo__make(m, index, "52009230[%lld].00209111[0].00209157", (long long)i);
        tomo__make_plane(m, &p->desc, i, k);
        m->st = m->st ? m->st : tomo__job_step(job, (double)(i + 1) / (double)n, m->err);
    }
    tomo__free(p->ctx, of);
}

static void put_all(tomo__maker *m, const map *p, tomo_job *job)
{
    static const tomo__dimension dimensions[] = {
        { "00200032", "00209113", "Image Position (Patient)" },
        { "00209128", "00209111", "Temporal Position Index" },
    };
    put_image_module(m, p);
    tomo__make_frame_of_reference(m, p->f.object);
    tomo__make_dimensions(m, p->f.object, dimensions, p->desc.size[3] > 1 ? 2 : 1);
    tomo__make_references(m, p->f.sources, p->f.n_sources);
    put_shared(m, p);
    put_frames(m, p, job);
    const bool words = p->dtype == TOMO_DTYPE_U16, wide = p->dtype == TOMO_DTYPE_F64;
    tomo__make_pixels(m, p->image,
                      words  ? "OW"
                      : wide ? "OD"
                             : "OF",
                      words  ? "7FE00010"
                      : wide ? "7FE00009"
                             : "7FE00008");
}

static tomo_status convert(map *p, const tomo_image *in, tomo_report *report, tomo_job *job, tomo_error *err)
{
    tomo__stored stored = { .slope = 1 };
    tomo_image *converted = NULL;
    tomo_status st;
    if (p->dtype == TOMO_DTYPE_U16) {
        st = tomo__stored_from(p->ctx, &stored, in, TOMO__STORE_UNSIGNED, report, job, err);
        st = st ? st : tomo_image_convert(p->ctx, &converted, stored.image, TOMO_DTYPE_U16, job, err);
        tomo_image_free(stored.image);
    } else
        st = tomo_image_convert(p->ctx, &converted, in, p->dtype, job, err);
    p->slope = stored.slope;
    p->intercept = stored.intercept;
    st = st ? st : tomo_image_pack(p->ctx, &p->image, converted, err);
    tomo_image_free(converted);
    return st;
}

static tomo_status prepare(map *p, const tomo_image *in, const tomo_pmap_options *opts, tomo_report *report,
                           tomo_job *job, tomo_error *err)
{
    const tomo_pmap_options none = TOMO_PMAP_OPTIONS_INIT;
    const tomo_image_stats empty = TOMO_IMAGE_STATS_INIT;
    p->o = none;
    if (opts)
        memcpy(&p->o, opts, opts->struct_size && opts->struct_size < sizeof none ? opts->struct_size : sizeof none);
    tomo__frames_options_of(&p->f, p->o.frames);
    p->o.content_label = p->o.content_label ? p->o.content_label : "MAP";
    p->desc = *tomo_image_get_desc(in);
    p->stats = empty;
    if (!given(&p->o.quantity) || !given(&p->o.units))
        return tomo__fail(err, TOMO_E_ARG, "a parametric map needs the code of its quantity and of its units");
    if (p->o.dtype && p->o.dtype != TOMO_DTYPE_F32 && p->o.dtype != TOMO_DTYPE_F64 && p->o.dtype != TOMO_DTYPE_U16)
        return tomo__fail(err, TOMO_E_ARG, "dtype is %d, expected uint16, float32 or float64", (int)p->o.dtype);
    if (p->desc.components != 1)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%d components, expected 1", p->desc.components);
    p->dtype = p->o.dtype ? (tomo_dtype)p->o.dtype : p->desc.dtype == TOMO_DTYPE_F64 ? TOMO_DTYPE_F64 : TOMO_DTYPE_F32;
    tomo_status st = tomo__layout_check(&p->desc, p->desc.size[2] * p->desc.size[3], err);
    st = st ? st : tomo_image_statistics(p->ctx, &p->stats, in, NULL, job, err);
    if (st == TOMO_OK && (p->stats.count == 0 || !isfinite(p->stats.min) || !isfinite(p->stats.max)))
        st = tomo__fail(err, TOMO_E_ARG, "values are not finite: a window can't be said");
    return st ? st : convert(p, in, report, job, err);
}

tomo_status tomo_pmap_make(tomo_ctx *ctx, tomo_dataset **out, const tomo_image *in, const tomo_pmap_options *opts,
                           tomo_report *report, tomo_job *job, tomo_error *err)
{
    map p = { .ctx = ctx };
    tomo_dataset *ds = NULL;
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_pmap_make: ctx, out and in must not be NULL");
    tomo_status st = prepare(&p, in, opts, report, job, err);
    if (st == TOMO_OK && p.stats.nan_count)
        tomo__remark(report, "%lld voxels are not a number and are written so", (long long)p.stats.nan_count);
    st = st ? st : tomo__object_begin(ctx, &ds, "1.2.840.10008.5.1.4.1.1.30", "OT", p.f.object, err);
    if (st == TOMO_OK) {
        tomo__maker m = { ds, TOMO_OK, err };
        put_all(&m, &p, job);
        st = m.st;
    }
    tomo_image_free(p.image);
    if (st)
        tomo_dataset_free(ds);
    else
        *out = ds;
    return st;
}
