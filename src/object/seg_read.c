/* seg_read.c - the attributes of a segmentation (PS3.3 C.8.20.2, C.8.20.3): type, segments, and the segment of each
 * frame. */
#include <stdlib.h>

#include "object/seg.h"

/* ---- texts ---- */

/* Text of an element, kept as long as the segmentation; "" if it is absent, NULL without memory. */
static const char *keep(tomo_seg *seg, const tomo_dataset *ds, tomo_tag tag)
{
    const int64_t n = ds ? tomo_dataset_text(ds, tag, SIZE_MAX, NULL, 0) : -1;
    if (n <= 0)
        return "";
    tomo__kept *kept = tomo__alloc(seg->ctx, sizeof *kept + (size_t)n + 1);
    if (!kept)
        return NULL;
    tomo_dataset_text(ds, tag, SIZE_MAX, kept->text, (size_t)n + 1);
    kept->next = seg->texts;
    seg->texts = kept;
    return kept->text;
}

static bool keep_code(tomo_seg *seg, const tomo_dataset *ds, tomo_tag sequence, tomo_seg_code *out)
{
    const tomo_dataset *item = ds ? tomo_dataset_item(ds, sequence, 0) : NULL;
    const bool is_long = item && tomo_dataset_values(item, 0x00080119); /* Long Code Value */
    out->value = keep(seg, item, is_long ? 0x00080119 : 0x00080100);
    out->scheme = keep(seg, item, 0x00080102);
    out->meaning = keep(seg, item, 0x00080104);
    return out->value && out->scheme && out->meaning;
}

/* ---- segments ---- */

static bool read_color(const tomo_dataset *item, tomo_seg_segment *s)
{
    uint16_t lab[3];
    for (size_t i = 0; i < 3; i++) {
        int64_t v;
        if (!tomo_dataset_int(item, 0x0062000D, i, &v) || v < 0 || v > 65535)
            return false;
        lab[i] = (uint16_t)v;
    }
    tomo__lab_to_rgb(lab, s->color);
    return true;
}

static tomo_status read_segment(tomo_seg *seg, const tomo_dataset *item, size_t i, tomo_error *err)
{
    tomo_seg_segment *s = &seg->segment[i];
    int64_t number = -1;
    if (!tomo_dataset_int(item, 0x00620004, 0, &number) || number < (seg->type == TOMO_SEG_LABELMAP ? 0 : 1) ||
        number > 65535)
        return tomo__fail(err, TOMO_E_FORMAT, "(0062,0004) Segment Number of item %zu is %lld, expected %d to 65535",
                          i + 1, (long long)number, seg->type == TOMO_SEG_LABELMAP ? 0 : 1);
    *s = (tomo_seg_segment){ .struct_size = sizeof *s, .number = (int32_t)number };
    s->label = keep(seg, item, 0x00620005);
    s->description = keep(seg, item, 0x00620006);
    s->algorithm_type = keep(seg, item, 0x00620008);
    s->algorithm_name = keep(seg, item, 0x00620009);
    s->tracking_id = keep(seg, item, 0x00620020);
    s->tracking_uid = keep(seg, item, 0x00620021);
    const tomo_dataset *type = tomo_dataset_item(item, 0x0062000F, 0);
    if (!keep_code(seg, item, 0x00620003, &s->category) || !keep_code(seg, item, 0x0062000F, &s->type) ||
        !keep_code(seg, type, 0x00620011, &s->modifier) || !keep_code(seg, item, 0x00082218, &s->region) || !s->label ||
        !s->description || !s->algorithm_type || !s->algorithm_name || !s->tracking_id || !s->tracking_uid)
        return tomo__no_memory(seg->ctx, err, 64, "texts of a segment");
    s->has_color = read_color(item, s);
    return TOMO_OK;
}

typedef struct numbered {
    int32_t number;
    uint32_t at;
} numbered;

static int by_number(const void *a, const void *b)
{
    const numbered *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static tomo_status sort_segments(tomo_seg *seg, tomo_error *err)
{
    numbered *all = TOMO__ARRAY(seg->ctx, seg->n, numbered);
    tomo_status st = TOMO_OK;
    if (!all)
        return tomo__no_memory(seg->ctx, err, seg->n * sizeof *all, "segment numbers");
    for (size_t i = 0; i < seg->n; i++)
        all[i] = (numbered){ seg->segment[i].number, (uint32_t)i };
    qsort(all, seg->n, sizeof *all, by_number);
    for (size_t i = 0; st == TOMO_OK && i < seg->n; i++) {
        seg->by_number[i] = all[i].at;
        if (i && all[i].number == all[i - 1].number)
            st = tomo__fail(err, TOMO_E_FORMAT, "(0062,0004) Segment Number %d is there twice", (int)all[i].number);
    }
    tomo__free(seg->ctx, all);
    return st;
}

static tomo_status read_segments(tomo_seg *seg, const tomo_dataset *ds, tomo_error *err)
{
    tomo_element e;
    tomo_status st = TOMO_OK;
    if (tomo_dataset_find(ds, "00620002", &e, NULL) || !e.is_sequence || e.items == 0 || e.items > 65536)
        return tomo__fail(err, TOMO_E_FORMAT, "(0062,0002) Segment Sequence is absent, expected 1 to 65536 segments");
    seg->n = e.items;
    seg->segment = TOMO__ARRAY(seg->ctx, seg->n, tomo_seg_segment);
    seg->by_number = TOMO__ARRAY(seg->ctx, seg->n, size_t);
    if (!seg->segment || !seg->by_number)
        return tomo__no_memory(seg->ctx, err, seg->n * sizeof *seg->segment, "segments");
    for (size_t i = 0; st == TOMO_OK && i < seg->n; i++)
        st = read_segment(seg, tomo_dataset_item(ds, 0x00620002, i), i, err);
    return st ? st : sort_segments(seg, err);
}

size_t tomo__seg_find(const tomo_seg *seg, int32_t number)
{
    size_t lo = 0, hi = seg->n;
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        if (seg->segment[seg->by_number[mid]].number < number)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < seg->n && seg->segment[seg->by_number[lo]].number == number ? lo : seg->n;
}

/* ---- frames ---- */

static tomo_status read_groups(tomo_seg *seg, const tomo_dataset *ds, tomo_error *err)
{
    for (int64_t i = 0; i < seg->frames.n; i++) {
        const tomo_dataset *id = tomo__macro(ds, i, 0x0062000A);
        int64_t number = -1;
        if (id)
            tomo_dataset_int(id, 0x0062000B, 0, &number);
        else if (seg->frames.tiled_full && seg->frames.frame[i].run < (int64_t)seg->n) /* one after the other */
            number = seg->segment[seg->by_number[seg->frames.frame[i].run]].number;
        else if (seg->n == 1)
            number = seg->segment[0].number;
        if (number < 0 || number > 65535 || tomo__seg_find(seg, (int32_t)number) == seg->n)
            return tomo__fail(err, TOMO_E_FORMAT,
                              "(0062,000B) Referenced Segment Number of frame %lld is %lld, which no segment has",
                              (long long)i + 1, (long long)number);
        seg->frames.frame[i].group = (int32_t)number;
    }
    return TOMO_OK;
}

typedef struct placed {
    tomo__frame at;
    int64_t frame;
} placed;

static int by_place(const void *a, const void *b)
{
    const placed *x = a, *y = b;
    if (x->at.group != y->at.group)
        return x->at.group < y->at.group ? -1 : 1;
    if (x->at.slice != y->at.slice)
        return x->at.slice < y->at.slice ? -1 : 1;
    if (x->at.row != y->at.row)
        return x->at.row < y->at.row ? -1 : 1;
    if (x->at.column != y->at.column)
        return x->at.column < y->at.column ? -1 : 1;
    return (x->frame > y->frame) - (x->frame < y->frame);
}

static bool same_place(const tomo__frame *a, const tomo__frame *b)
{
    return a->group == b->group && a->slice == b->slice && a->row == b->row && a->column == b->column;
}

static tomo_status sort_frames(tomo_seg *seg, tomo_error *err)
{
    const int64_t n = seg->frames.n;
    placed *all = TOMO__ARRAY(seg->ctx, n, placed);
    tomo_status st = TOMO_OK;
    seg->order = TOMO__ARRAY(seg->ctx, n, int64_t);
    seg->start = TOMO__ARRAY(seg->ctx, seg->n + 1, int64_t);
    if (!all || !seg->order || !seg->start) {
        tomo__free(seg->ctx, all);
        return tomo__no_memory(seg->ctx, err, (size_t)n * sizeof *all, "the order of frames");
    }
    for (int64_t i = 0; i < n; i++)
        all[i] = (placed){ seg->frames.frame[i], i };
    qsort(all, (size_t)n, sizeof *all, by_place);
    for (int64_t i = 0; i < n; i++) {
        seg->order[i] = all[i].frame;
        if (st == TOMO_OK && i && same_place(&all[i - 1].at, &all[i].at))
            st =
                tomo__fail(err, TOMO_E_UNSUPPORTED,
                           "frames %lld and %lld are of one segment (%d) at one place: a time axis or frames without a "
                           "place are not supported",
                           (long long)all[i - 1].frame + 1, (long long)all[i].frame + 1, (int)all[i].at.group);
    }
    for (size_t s = 0, i = 0; st == TOMO_OK && s < seg->n; s++) {
        tomo_seg_segment *one = &seg->segment[seg->by_number[s]];
        seg->start[s] = (int64_t)i;
        for (; i < (size_t)n && (seg->type == TOMO_SEG_LABELMAP || all[i].at.group == one->number); i++)
            one->frames++;
        seg->start[s + 1] = (int64_t)i;
        if (seg->type == TOMO_SEG_LABELMAP)
            i = 0;
    }
    tomo__free(seg->ctx, all);
    return st;
}

/* ---- the whole ---- */

static tomo_status read_type(tomo_seg *seg, const tomo_dataset *ds, tomo_error *err)
{
    char uid[65] = "", type[17] = "", kind[17] = "";
    int64_t most = 0;
    tomo_dataset_text(ds, 0x00080016, 0, uid, sizeof uid);
    tomo_dataset_text(ds, 0x00620001, 0, type, sizeof type);
    tomo_dataset_text(ds, 0x00620010, 0, kind, sizeof kind);
    if (strcmp(uid, SOP_SEG) != 0 && strcmp(uid, SOP_LABELMAP) != 0)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "(0008,0016) SOP Class UID is %s, expected a segmentation", uid);
    if (strcmp(type, "BINARY") == 0)
        seg->type = TOMO_SEG_BINARY;
    else if (strcmp(type, "LABELMAP") == 0)
        seg->type = TOMO_SEG_LABELMAP;
    else if (strcmp(type, "FRACTIONAL") == 0)
        seg->type = strcmp(kind, "OCCUPANCY") == 0 ? TOMO_SEG_OCCUPANCY : TOMO_SEG_PROBABILITY;
    else
        return tomo__fail(err, TOMO_E_FORMAT,
                          "(0062,0001) Segmentation Type is '%s', expected BINARY, FRACTIONAL or LABELMAP", type);
    if (seg->type == TOMO_SEG_BINARY || seg->type == TOMO_SEG_LABELMAP)
        return TOMO_OK;
    if (!tomo_dataset_int(ds, 0x0062000E, 0, &most) || most < 1 || most > 65535)
        return tomo__fail(err, TOMO_E_FORMAT, "(0062,000E) Maximum Fractional Value is %lld, expected 1 or more",
                          (long long)most);
    seg->max_fraction = (int32_t)most;
    return TOMO_OK;
}

static tomo_status read_all(tomo_seg *seg, const tomo_dataset *ds, tomo_report *report, tomo_error *err)
{
    tomo_status st = read_type(seg, ds, err);
    st = st ? st : read_segments(seg, ds, err);
    st = st ? st : tomo__frames_open(seg->ctx, &seg->frames, ds, report, err);
    if (st)
        return st;
    const tomo_frame_desc *d = &seg->frames.info.frame;
    if (d->samples != 1 || d->is_float || d->is_signed || d->bits_allocated > 16)
        return tomo__fail(err, TOMO_E_FORMAT, "a segmentation of %d samples of %d bits, expected one of 1, 8 or 16",
                          d->samples, d->bits_allocated);
    if (seg->type != TOMO_SEG_LABELMAP)
        st = read_groups(seg, ds, err);
    st = st ? st : sort_frames(seg, err);
    if (st == TOMO_OK)
        seg->pixels = tomo__frames_ready(&seg->frames, &seg->why);
    return st == TOMO_OK && seg->pixels == TOMO_E_NOMEM ? tomo__fail(err, TOMO_E_NOMEM, "%s", seg->why.message) : st;
}

tomo_status tomo_seg_open(tomo_ctx *ctx, tomo_seg **out, const tomo_dataset *ds, tomo_report *report, tomo_error *err)
{
    if (!ctx || !out || !ds)
        return tomo__fail(err, TOMO_E_ARG, "tomo_seg_open: ctx, out and ds must not be NULL");
    tomo_seg *seg = TOMO__ARRAY(ctx, 1, tomo_seg);
    if (!seg)
        return tomo__no_memory(ctx, err, sizeof *seg, "a segmentation");
    seg->ctx = tomo__ctx_ref(ctx);
    seg->frames.ctx = ctx;
    const tomo_status st = read_all(seg, ds, report, err);
    if (st)
        tomo_seg_free(seg);
    else
        *out = seg;
    return st;
}

void tomo_seg_free(tomo_seg *seg)
{
    if (!seg)
        return;
    tomo_ctx *ctx = seg->ctx;
    for (tomo__kept *k = seg->texts, *next; k; k = next) {
        next = k->next;
        tomo__free(ctx, k);
    }
    tomo__frames_close(&seg->frames);
    tomo__free(ctx, seg->segment);
    tomo__free(ctx, seg->by_number);
    tomo__free(ctx, seg->order);
    tomo__free(ctx, seg->start);
    tomo__free(ctx, seg);
    tomo__ctx_unref(ctx);
}

tomo_status tomo_seg_get_info(const tomo_seg *seg, tomo_seg_info *out, tomo_error *err)
{
    if (!seg || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_seg_get_info: seg and out must not be NULL");
    const tomo_seg_info info = { sizeof info,        seg->type,       seg->n,
                                 seg->max_fraction,  seg->frames.n,   seg->frames.tiled,
                                 seg->frames.placed, seg->frames.grid };
    memcpy(out, &info, out->struct_size && out->struct_size < sizeof info ? out->struct_size : sizeof info);
    return TOMO_OK;
}

const tomo_seg_segment *tomo_seg_get(const tomo_seg *seg, size_t i)
{
    return seg && i < seg->n ? &seg->segment[i] : NULL;
}
