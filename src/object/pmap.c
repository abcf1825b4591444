/* pmap.c - parametric maps (PS3.3 A.75): read as the quantity itself through their Real World Value Mapping
 * (C.7.6.16.2.11), described as JSON; and the mapping objects that say it of other images (A.44). */
#include <math.h>
#include <stdlib.h>

#include "object/frames.h"

static const char *const map_classes[] = { "1.2.840.10008.5.1.4.1.1.30", NULL };
static const char *const mapping_classes[] = { "1.2.840.10008.5.1.4.1.1.67", NULL };

/* Stored value to quantity: a line, or a table. */
typedef struct mapping {
    double slope, intercept;
    double first, last;        /* of the stored values that it is for */
    const tomo_dataset *table; /* item with (0040,9212); NULL = a line */
} mapping;

static tomo_status read_mapping(const tomo_dataset *ds, int64_t frame, bool is_float, mapping *out, tomo_report *report,
                                tomo_error *err)
{
    const tomo_dataset *m = tomo__macro(ds, frame, 0x00409096);
    const tomo_dataset *groups = tomo_dataset_item(ds, 0x52009230, (size_t)frame);
    tomo_element e;
    *out = (mapping){ .slope = 1, .first = -INFINITY, .last = INFINITY };
    if (!m)
        return tomo__fail(err, TOMO_E_FORMAT, "frame %lld has no Real World Value Mapping (0040,9096)",
                          (long long)frame + 1);
    groups = groups && tomo_dataset_item(groups, 0x00409096, 0) ? groups : tomo_dataset_item(ds, 0x52009229, 0);
    if (frame == 0 && groups && tomo_dataset_item(groups, 0x00409096, 1))
        tomo__remark(report, "frames have several real world values: the first is taken");
    if (!is_float) {
        double v;
        if (tomo_dataset_double(m, 0x00409216, 0, &v))
            out->first = v;
        if (tomo_dataset_double(m, 0x00409211, 0, &v))
            out->last = v;
    }
    if (tomo_dataset_find(m, "00409212", &e, NULL) == TOMO_OK && e.length) {
        if (is_float || !isfinite(out->first))
            return tomo__fail(err, TOMO_E_FORMAT,
                              "frame %lld has a table of real world values (0040,9212) without a first value mapped",
                              (long long)frame + 1);
        if (tomo_dataset_find(m, "00409212", &e, NULL) ||
            e.vr != TOMO_VR('F', 'D')) /* text would be read again and again */
            return tomo__fail(err, TOMO_E_FORMAT, "frame %lld: its table (0040,9212) is not of VR FD",
                              (long long)frame + 1);
        out->table = m;
        return TOMO_OK;
    }
    if (!tomo_dataset_double(m, 0x00409225, 0, &out->slope) || !tomo_dataset_double(m, 0x00409224, 0, &out->intercept))
        return tomo__fail(err, TOMO_E_FORMAT, "frame %lld: its Real World Value Mapping has neither slope nor table",
                          (long long)frame + 1);
    return TOMO_OK;
}

static double real_value(const mapping *m, double v)
{
    double out;
    if (v < m->first || v > m->last)
        return NAN; /* the mapping says nothing of it */
    if (!m->table)
        return v * m->slope + m->intercept;
    return tomo_dataset_double(m->table, 0x00409212, (size_t)(v - m->first), &out) ? out : NAN;
}

/* ---- several frames at one place: the fourth dimension ---- */

typedef struct placed {
    int64_t slice, row, column, frame;
} placed;

static int by_place(const void *a, const void *b)
{
    const placed *x = a, *y = b;
    if (x->slice != y->slice)
        return x->slice < y->slice ? -1 : 1;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return (x->frame > y->frame) - (x->frame < y->frame);
}

/* Number frames at one place in their order; *most = how many there are at the fullest. */
static tomo_status number_frames(tomo__frames *f, int64_t *most, tomo_error *err)
{
    placed *all = TOMO__ARRAY(f->ctx, f->n, placed);
    if (!all)
        return tomo__no_memory(f->ctx, err, (size_t)f->n * sizeof *all, "the order of frames");
    for (int64_t i = 0; i < f->n; i++)
        all[i] = (placed){ f->frame[i].slice, f->frame[i].row, f->frame[i].column, i };
    qsort(all, (size_t)f->n, sizeof *all, by_place);
    *most = 1;
    for (int64_t i = 0; i < f->n; i++) {
        const bool same =
            i && all[i].slice == all[i - 1].slice && all[i].row == all[i - 1].row && all[i].column == all[i - 1].column;
        f->frame[all[i].frame].group = same ? f->frame[all[i - 1].frame].group + 1 : 0;
        *most = TOMO__MAX(*most, f->frame[all[i].frame].group + 1);
    }
    tomo__free(f->ctx, all);
    return TOMO_OK;
}

/* ---- load ---- */

static double stored_at(const void *frame, tomo_dtype dtype, size_t i)
{
    double v = NAN;
    TOMO__DTYPE_SWITCH(dtype, T, { v = (double)((const T *)frame)[i]; })
    return v;
}

static void paint(const tomo__frames *f, tomo_image *out, int64_t i, const mapping *m, const void *frame)
{
    const tomo__frame *at = &f->frame[i];
    const bool wide = tomo_image_get_desc(out)->dtype == TOMO_DTYPE_F64;
    int64_t columns, rows;
    if (!tomo__frames_clip(f, i, &columns, &rows))
        return;
    for (int64_t y = 0; y < rows; y++) {
        void *row = tomo_image_row_mut(out, at->row + y, at->slice, at->group);
        const size_t from = (size_t)y * (size_t)f->info.frame.columns;
        for (int64_t x = 0; x < columns; x++) {
            const double v = real_value(m, stored_at(frame, f->pixels.dtype, from + (size_t)x));
            if (wide)
                ((double *)row)[at->column + x] = v;
            else
                ((float *)row)[at->column + x] = (float)v;
        }
    }
}

static tomo_status paint_all(tomo__frames *f, tomo_image *out, tomo_report *report, tomo_job *job, tomo_error *err)
{
    void *frame = tomo__alloc(f->ctx, f->pixels.out_bytes);
    tomo_status st = frame ? TOMO_OK : tomo__no_memory(f->ctx, err, f->pixels.out_bytes, "a frame");
    for (int64_t i = 0; st == TOMO_OK && i < f->n; i++) {
        mapping m;
        st = read_mapping(f->ds, i, f->pixels.info.frame.is_float, &m, report, err);
        st = st ? st : tomo__frames_decode(f, i, frame, err);
        if (st == TOMO_OK)
            paint(f, out, i, &m, frame);
        st = st ? st : tomo__job_step(job, (double)(i + 1) / (double)f->n, err);
    }
    tomo__free(f->ctx, frame);
    return st;
}

static tomo_status load(tomo_ctx *ctx, tomo_image **out, const tomo_dataset *ds, const tomo_image *grid,
                        tomo_report *report, tomo_job *job, tomo_error *err)
{
    tomo__frames f;
    tomo_image *own = NULL;
    int64_t points = 1;
    tomo_status st = tomo__frames_open(ctx, &f, ds, report, err);
    st = st ? st : tomo__frames_ready(&f, err);
    st = st ? st : number_frames(&f, &points, err);
    if (st == TOMO_OK)
        st = tomo__frames_image(&f, &own, f.info.frame.bits_allocated == 64 ? TOMO_DTYPE_F64 : TOMO_DTYPE_F32, points,
                                err);
    st = st ? st : paint_all(&f, own, report, job, err);
    if (st == TOMO_OK && grid && !f.placed)
        st = tomo__fail(err, TOMO_E_GEOMETRY, "the map has no place in the patient, which a grid asks for");
    else if (st == TOMO_OK && grid)
        st = tomo__on_grid(ctx, out, own, grid, job, err);
    else if (st == TOMO_OK)
        *out = tomo_image_ref(own);
    tomo_image_free(own);
    tomo__frames_close(&f);
    return st;
}

/* ---- facts ---- */

static tomo_status map_facts(tomo_ctx *ctx, tomo__json *json, const tomo_dataset *ds, tomo_error *err)
{
    tomo__frames f;
    const tomo_status st = tomo__frames_open(ctx, &f, ds, NULL, err);
    if (st == TOMO_OK) {
        const tomo_dataset *frame = tomo_dataset_item(ds, 0x52009230, 0),
                           *shared = tomo_dataset_item(ds, 0x52009229, 0);
        tomo__fact_text(json, "contentLabel", ds, 0x00700080);
        tomo__fact_text(json, "description", ds, 0x0008103E);
        tomo__json_key(json, "bits");
        tomo__json_int(json, f.info.frame.bits_allocated);
        tomo__json_key(json, "float");
        tomo__json_bool(json, f.info.frame.is_float);
        tomo__json_grid(json, &f);
        tomo__json_mappings(json, "mappings", frame && tomo_dataset_item(frame, 0x00409096, 0) ? frame : shared);
        tomo__json_references(json, ds);
    }
    tomo__frames_close(&f);
    return st;
}

static tomo_status mapping_facts(tomo_ctx *ctx, tomo__json *json, const tomo_dataset *ds, tomo_error *err)
{
    (void)ctx;
    (void)err;
    tomo__fact_text(json, "contentLabel", ds, 0x00700080);
    tomo__fact_text(json, "description", ds, 0x0008103E);
    tomo__json_key(json, "groups");
    tomo__json_open(json, '[');
    for (size_t i = 0; tomo_dataset_item(ds, 0x00409094, i); i++) {
        const tomo_dataset *group = tomo_dataset_item(ds, 0x00409094, i);
        tomo_element e;
        tomo__json_open(json, '{');
        if (tomo_dataset_find(group, "00081140", &e, NULL) == TOMO_OK && e.is_sequence) {
            tomo__json_key(json, "images");
            tomo__json_int(json, e.items);
        }
        tomo__json_mappings(json, "mappings", group);
        tomo__json_close(json, '}');
    }
    tomo__json_close(json, ']');
    tomo__json_references(json, ds);
    return TOMO_OK;
}

const tomo__object_row tomo__object_pmap = { { "pmap", "Parametric Map", true, false }, map_classes, load, map_facts };
const tomo__object_row tomo__object_mapping = {
    { "rwvm", "Real World Value Mapping", false, false }, mapping_classes, NULL, mapping_facts
};
