/* seg_write.c - segmentations from label images and fractions: the attributes of PS3.3 A.51.3 and C.8.20. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "object/seg_write.h"

/* ---- what was asked for ---- */

static tomo_status check_word(const char *word, const char *const *known, const char *what, tomo_error *err)
{
    for (; *known; known++)
        if (strcmp(word, *known) == 0)
            return TOMO_OK;
    return tomo__fail(err, TOMO_E_ARG, "%s is '%s', expected AUTOMATIC, SEMIAUTOMATIC or MANUAL", what, word);
}

static tomo_status check_options(tomo__seg_plan *p, const tomo_image *in, const tomo_seg_options *opts, tomo_error *err)
{
    const tomo_seg_options none = TOMO_SEG_OPTIONS_INIT;
    static const tomo_object_options plain = TOMO_OBJECT_OPTIONS_INIT;
    p->o = none;
    if (opts)
        memcpy(&p->o, opts, opts->struct_size && opts->struct_size < sizeof none ? opts->struct_size : sizeof none);
    p->type = p->o.type ? (tomo_seg_type)p->o.type : TOMO_SEG_BINARY;
    if (p->type < TOMO_SEG_BINARY || p->type > TOMO_SEG_LABELMAP)
        return tomo__fail(err, TOMO_E_ARG, "type is %d, expected a tomo_seg_type", (int)p->o.type);
    p->fractional = p->type == TOMO_SEG_PROBABILITY || p->type == TOMO_SEG_OCCUPANCY;
    p->o.max_fraction = p->o.max_fraction ? p->o.max_fraction : 255;
    if (p->o.max_fraction < 1 || p->o.max_fraction > 255)
        return tomo__fail(err, TOMO_E_ARG, "max_fraction is %d, expected 1 to 255", (int)p->o.max_fraction);
    p->o.object = p->o.object ? p->o.object : &plain;
    p->o.content_label = p->o.content_label ? p->o.content_label : "SEGMENTATION";
    p->desc = *tomo_image_get_desc(in);
    if (p->desc.components != 1)
        return tomo__fail(err, TOMO_E_ARG, "an image of %d components, expected 1", p->desc.components);
    p->overlap = !p->fractional && p->desc.size[3] > 1;
    if (p->overlap && p->type == TOMO_SEG_LABELMAP)
        return tomo__fail(err, TOMO_E_ARG, "%lld layers, but a label map holds one: segments can't overlap in it",
                          (long long)p->desc.size[3]);
    return tomo__layout_check(&p->desc, 1, err);
}

/* ---- segments ---- */

/* SNOMED CT concepts that are findings, not anatomy: CID 7150 has a category of its own for them. */
static const char *const abnormal[] = { "108369006", "52988006", "4147007",   "86049000", "14799000",  "40708000",
                                        "27925004",  "79654002", "125605004", "50960005", "367651003", NULL };

static void default_category(tomo_seg_segment *s)
{
    s->category = (tomo_seg_code){ "91723000", "SCT", "Anatomical Structure" };
    for (const char *const *a = abnormal; *a; a++)
        if (strcmp(*a, s->type.value) == 0 && strcmp(s->type.scheme, "SCT") == 0)
            s->category = (tomo_seg_code){ "49755003", "SCT", "Morphologically Abnormal Structure" };
}

/* From a row of the label table, or for a number that nobody described. */
static void from_label(const tomo_label *row, int32_t value, tomo_seg_segment *s, char *text, tomo_report *report)
{
    static const tomo_seg_code tissue = { "85756007", "SCT", "Tissue" };
    *s = (tomo_seg_segment){ .struct_size = sizeof *s, .number = value };
    snprintf(text, 32, "Segment %d", (int)value);
    s->label = row && row->name[0] ? row->name : text;
    if (row) {
        memcpy(s->color, row->color, 3);
        s->has_color = true;
        s->description = row->note[0] ? row->note : NULL;
    }
    if (row && row->code[0]) {
        s->type = (tomo_seg_code){ row->code, "SCT", s->label };
        default_category(s);
        return;
    }
    s->category = s->type = tissue;
    tomo__remark(report, "label %d has no code: its category and type are said to be Tissue (85756007, SCT)",
                 (int)value);
}

static bool given(const char *text) { return text && text[0]; }

/* What C.8.20.2 wants of a segment, filled up from the options where they may. */
static tomo_status complete(const tomo__seg_plan *p, tomo_seg_segment *s, tomo_error *err)
{
    static const char *const types[] = { "AUTOMATIC", "SEMIAUTOMATIC", "MANUAL", NULL };
    if (!given(s->algorithm_type)) {
        s->algorithm_type = p->o.algorithm_type;
        s->algorithm_name = given(s->algorithm_name) ? s->algorithm_name : p->o.algorithm_name;
    }
    if (!given(s->algorithm_type))
        return tomo__fail(
            err, TOMO_E_ARG,
            "segment %d: Segment Algorithm Type is not given, expected AUTOMATIC, SEMIAUTOMATIC or MANUAL",
            (int)s->number);
    tomo_status st = check_word(s->algorithm_type, types, "Segment Algorithm Type", err);
    if (st == TOMO_OK && strcmp(s->algorithm_type, "MANUAL") != 0 && !given(s->algorithm_name))
        st = tomo__fail(err, TOMO_E_ARG, "segment %d: an %s segment needs a Segment Algorithm Name", (int)s->number,
                        s->algorithm_type);
    if (st == TOMO_OK && (!given(s->type.value) || !given(s->type.scheme) || !given(s->type.meaning)))
        st = tomo__fail(err, TOMO_E_ARG, "segment %d: its type needs value, scheme and meaning", (int)s->number);
    if (st == TOMO_OK && given(s->tracking_id) != given(s->tracking_uid))
        st = tomo__fail(err, TOMO_E_ARG, "segment %d: Tracking ID and Tracking UID go together", (int)s->number);
    if (st == TOMO_OK && !given(s->label))
        st = tomo__fail(err, TOMO_E_ARG, "segment %d has no label", (int)s->number);
    if (st == TOMO_OK && !given(s->category.value))
        default_category(s);
    return st;
}

/* The labels to write: those described and those that occur. */
static tomo_status list_labels(tomo__seg_plan *p, const tomo_label *rows, size_t n_rows, tomo_job *job, tomo_error *err)
{
    uint8_t *present = TOMO__ARRAY(p->ctx, 65536, uint8_t);
    tomo_status st = TOMO_OK;
    if (!present)
        return tomo__no_memory(p->ctx, err, 65536, "which labels there are");
    for (size_t i = 0; st == TOMO_OK && i < p->o.n_segments; i++)
        if (!p->o.segments[i].struct_size)
            st = tomo__fail(err, TOMO_E_ARG, "segment description %zu has no struct_size", i + 1);
    if (st == TOMO_OK && p->fractional) {
        if (p->desc.size[3] > 65535)
            st = tomo__fail(err, TOMO_E_ARG, "%lld segments, expected at most 65535", (long long)p->desc.size[3]);
        for (int64_t t = 1; st == TOMO_OK && t <= p->desc.size[3]; t++)
            present[t] = 1;
    } else if (st == TOMO_OK) {
        st = tomo__seg_present(p, present, job, err);
        for (size_t i = 0; i < p->o.n_segments; i++)
            if (p->o.segments[i].number > 0 && p->o.segments[i].number < 65536)
                present[p->o.segments[i].number] = 1;
        for (size_t i = 0; !p->o.n_segments && i < n_rows; i++)
            if (rows[i].value > 0 && rows[i].value < 65536)
                present[rows[i].value] = 1;
    }
    for (uint32_t v = 1; v < 65536; v++)
        p->n += present[v];
    if (st == TOMO_OK && p->n == 0)
        st = tomo__fail(err, TOMO_E_ARG, "no voxel has a label: there is nothing to write");
    if (st == TOMO_OK) {
        p->segment = TOMO__ARRAY(p->ctx, p->n, tomo_seg_segment);
        p->label = TOMO__ARRAY(p->ctx, p->n, int32_t);
        p->of = TOMO__ARRAY(p->ctx, 65536, uint32_t);
        p->texts = TOMO__ARRAY(p->ctx, p->n * 32, char);
        if (!p->segment || !p->label || !p->of || !p->texts)
            st = tomo__no_memory(p->ctx, err, p->n * sizeof *p->segment, "segments");
    }
    for (uint32_t v = 1, i = 0; st == TOMO_OK && v < 65536; v++)
        if (present[v]) {
            p->label[i] = (int32_t)v;
            p->of[v] = ++i;
        }
    tomo__free(p->ctx, present);
    return st;
}

/* Each label's segment: as described, else by its row, else by its number alone. */
static void fill_segments(tomo__seg_plan *p, const tomo_label *rows, size_t n_rows, tomo_report *report)
{
    for (size_t i = 0; i < p->o.n_segments; i++) {
        const int32_t number = p->o.segments[i].number;
        if (number > 0 && number < 65536 && p->of[number])
            p->segment[p->of[number] - 1] = p->o.segments[i];
    }
    for (size_t r = 0; r < n_rows; r++) {
        const int32_t v = rows[r].value;
        if (v > 0 && v < 65536 && p->of[v] && !p->segment[p->of[v] - 1].struct_size)
            from_label(&rows[r], v, &p->segment[p->of[v] - 1], p->texts + 32 * (p->of[v] - 1), report);
    }
    for (size_t i = 0; i < p->n; i++)
        if (!p->segment[i].struct_size)
            from_label(NULL, p->label[i], &p->segment[i], p->texts + 32 * i, report);
}

static tomo_status list_segments(tomo__seg_plan *p, const tomo_image *in, tomo_report *report, tomo_job *job,
                                 tomo_error *err)
{
    size_t n_rows = 0;
    const tomo_label *rows = tomo_image_labels(in, &n_rows);
    tomo_status st = list_labels(p, rows, n_rows, job, err);
    if (st == TOMO_OK)
        fill_segments(p, rows, n_rows, report);
    for (size_t i = 0; st == TOMO_OK && i < p->n; i++) {
        st = complete(p, &p->segment[i], err);
        if (p->type == TOMO_SEG_LABELMAP)
            continue;
        if (p->label[i] != (int32_t)i + 1)
            tomo__remark(report, "label %d becomes segment %zu: segments are numbered from 1 without holes",
                         (int)p->label[i], i + 1);
        p->segment[i].number = (int32_t)i + 1;
    }
    return st;
}

/* ---- attributes ---- */

static void put_code(tomo__maker *m, const tomo_seg_code *c, const char *path)
{
    if (given(c->value))
        tomo__make_code(m, c->value, c->scheme, c->meaning, "%s", path);
}

static void put_segment(tomo__maker *m, const tomo_seg_segment *s, int at)
{
    char path[64];
    snprintf(path, sizeof path, "00620002[%d].00620003[0]", at);
    put_code(m, &s->category, path);
    tomo__make_int(m, s->number, "00620002[%d].00620004", at);
    tomo__make(m, s->label, "00620002[%d].00620005", at);
    if (given(s->description))
        tomo__make(m, s->description, "00620002[%d].00620006", at);
    tomo__make(m, s->algorithm_type, "00620002[%d].00620008", at);
    if (given(s->algorithm_name))
        tomo__make(m, s->algorithm_name, "00620002[%d].00620009", at);
    if (s->has_color) {
        uint16_t lab[3];
        char text[32];
        tomo__rgb_to_lab(s->color, lab);
        snprintf(text, sizeof text, "%u\\%u\\%u", lab[0], lab[1], lab[2]);
        tomo__make(m, text, "00620002[%d].0062000D", at);
    }
    snprintf(path, sizeof path, "00620002[%d].0062000F[0]", at);
    put_code(m, &s->type, path);
    snprintf(path, sizeof path, "00620002[%d].0062000F[0].00620011[0]", at);
    put_code(m, &s->modifier, path);
    snprintf(path, sizeof path, "00620002[%d].00082218[0]", at);
    put_code(m, &s->region, path);
    if (given(s->tracking_id)) {
        tomo__make(m, s->tracking_id, "00620002[%d].00620020", at);
        tomo__make(m, s->tracking_uid, "00620002[%d].00620021", at);
    }
}

/* Label maps describe 0 too (C.8.20.2: every pixel value has its segment). */
static void put_background(tomo__maker *m, const tomo__seg_plan *p)
{
    tomo_seg_segment s = { .struct_size = sizeof s, .label = "Background" };
    s.algorithm_type = p->segment[0].algorithm_type;
    s.algorithm_name = p->segment[0].algorithm_name;
    s.category = s.type = (tomo_seg_code){ "125040", "DCM", "Background" };
    put_segment(m, &s, 0);
}

static void put_image_module(tomo__maker *m, const tomo__seg_plan *p)
{
    static const char *const types[] = { "", "BINARY", "FRACTIONAL", "FRACTIONAL", "LABELMAP" };
    tomo__make(m, "DERIVED\\PRIMARY", "00080008");
    tomo__make_int(m, 1, "00280002");
    tomo__make(m, "MONOCHROME2", "00280004");
    tomo__make(m, "00", "00282110");
    tomo__make(m, types[p->type], "00620001");
    if (p->fractional) {
        tomo__make(m, p->type == TOMO_SEG_OCCUPANCY ? "OCCUPANCY" : "PROBABILITY", "00620010");
        tomo__make_int(m, p->o.max_fraction, "0062000E");
    } else
        tomo__make(m, p->overlap ? "YES" : "NO", "00620013");
    tomo__make(m, p->o.content_label, "00700080");
    tomo__make(m, p->o.object->description ? p->o.object->description : "", "00700081");
    tomo__make(m, p->o.creator ? p->o.creator : "", "00700084");
    const int first = p->type == TOMO_SEG_LABELMAP;
    if (first)
        put_background(m, p);
    for (size_t i = 0; m->st == TOMO_OK && i < p->n; i++)
        put_segment(m, &p->segment[i], (int)i + first);
}

/* Number of each slice among those that have frames, from 1: what dimension indices count. */
static int64_t *rank_slices(const tomo__seg_plan *p)
{
    int64_t *rank = TOMO__ARRAY(p->ctx, p->desc.size[2], int64_t), n = 0;
    if (!rank)
        return NULL;
    for (int64_t i = 0; i < p->frames; i++)
        rank[p->frame[i].slice] = 1;
    for (int64_t z = 0; z < p->desc.size[2]; z++)
        rank[z] = rank[z] ? ++n : 0;
    return rank;
}

static void put_frames(tomo__maker *m, const tomo__seg_plan *p, tomo_job *job)
{
    tomo__origin_of *of = NULL;
    int64_t *rank = m->st ? NULL : rank_slices(p);
    if (m->st == TOMO_OK && !rank)
        m->st = tomo__no_memory(p->ctx, m->err, (size_t)p->desc.size[2] * 8, "slices");
    if (m->st == TOMO_OK)
        m->st = tomo__origins_find(p->ctx, &of, &p->desc, p->o.sources, p->o.n_sources, m->err);
    for (int64_t i = 0; m->st == TOMO_OK && i < p->frames; i++) {
        const tomo__seg_frame *f = &p->frame[i];
        const long long at = i;
        char index[48];
        tomo__make_derivation(m, i, &of[f->slice], p->o.sources, "113076", "Segmentation");
        snprintf(index, sizeof index, "%lld", (long long)rank[f->slice]);
        if (p->type != TOMO_SEG_LABELMAP)
            snprintf(index, sizeof index, "%d\\%lld", (int)p->segment[f->segment].number, (long long)rank[f->slice]);
        tomo__make(m, index, "52009230[%lld].00209111[0].00209157", at);
        tomo__make_plane(m, &p->desc, i, f->slice);
        if (p->type != TOMO_SEG_LABELMAP)
            tomo__make_int(m, p->segment[f->segment].number, "52009230[%lld].0062000A[0].0062000B", at);
        m->st = m->st ? m->st : tomo__job_step(job, (double)(i + 1) / (double)p->frames, m->err);
    }
    tomo__free(p->ctx, of);
    tomo__free(p->ctx, rank);
}

static void put_all(tomo__maker *m, const tomo__seg_plan *p, tomo_job *job)
{
    static const tomo__dimension dimensions[] = {
        { "0062000B", "0062000A", "Segment Number" },
        { "00200032", "00209113", "Image Position (Patient)" },
    };
    const bool map = p->type == TOMO_SEG_LABELMAP;
    put_image_module(m, p);
    tomo__make_frame_of_reference(m, p->o.object);
    tomo__make_dimensions(m, p->o.object, dimensions + map, 2 - (size_t)map);
    tomo__make_references(m, p->o.sources, p->o.n_sources);
    tomo__make_shared_planes(m, &p->desc);
    tomo__span span = tomo__job_enter(job, 0.3, 0.6, "frames");
    put_frames(m, p, job);
    tomo__job_leave(job, span);
    span = tomo__job_enter(job, 0.6, 1, "pixels");
    tomo__seg_pack(p, m, job);
    tomo__job_leave(job, span);
}

static tomo_status plan(tomo__seg_plan *p, const tomo_image *in, tomo_report *report, tomo_job *job, tomo_error *err)
{
    tomo__span span = tomo__job_enter(job, 0, 0.3, "voxels");
    tomo_status st = tomo__seg_voxels(p, in, job, err);
    st = st ? st : list_segments(p, in, report, job, err);
    st = st ? st : tomo__seg_frames(p, job, err);
    tomo__job_leave(job, span);
    return st ? st : tomo__layout_check(&p->desc, p->frames, err);
}

tomo_status tomo_seg_make(tomo_ctx *ctx, tomo_dataset **out, const tomo_image *in, const tomo_seg_options *opts,
                          tomo_report *report, tomo_job *job, tomo_error *err)
{
    tomo__seg_plan p = { .ctx = ctx };
    tomo_dataset *ds = NULL;
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_seg_make: ctx, out and in must not be NULL");
    tomo_status st = check_options(&p, in, opts, err);
    st = st ? st : plan(&p, in, report, job, err);
    if (st == TOMO_OK)
        st = tomo__object_begin(ctx, &ds, p.type == TOMO_SEG_LABELMAP ? SOP_LABELMAP : SOP_SEG, "SEG", p.o.object, err);
    if (st == TOMO_OK) {
        tomo__maker m = { ds, TOMO_OK, err };
        put_all(&m, &p, job);
        st = m.st;
    }
    tomo_image_free(p.voxels);
    tomo__free(ctx, p.segment);
    tomo__free(ctx, p.label);
    tomo__free(ctx, p.of);
    tomo__free(ctx, p.frame);
    tomo__free(ctx, p.texts);
    if (st)
        tomo_dataset_free(ds);
    else
        *out = ds;
    return st;
}
