/* seg_masks.c - the frames of a segmentation as voxels: one segment, all in one label image, all in layers within which
 * nothing overlaps, all as fractions. */
#include <math.h>
#include <stdio.h>

#include "object/seg.h"

enum { MOST_LAYERS = 64 };

static inline uint32_t stored(const tomo_seg *seg, const void *frame, size_t i)
{
    return seg->frames.pixels.dtype == TOMO_DTYPE_U8 ? ((const uint8_t *)frame)[i] : ((const uint16_t *)frame)[i];
}

/* Pixels can be decoded; memory for one frame of them. */
static tomo_status begin(tomo_ctx *ctx, const tomo_seg *seg, void **frame, tomo_error *err)
{
    if (seg->pixels) {
        if (err)
            *err = seg->why;
        return seg->pixels;
    }
    *frame = tomo__alloc(ctx, seg->frames.pixels.out_bytes);
    return *frame ? TOMO_OK : tomo__no_memory(ctx, err, seg->frames.pixels.out_bytes, "a frame");
}

/* Frames of a segment (by_number index): all of them for label maps. */
static void range(const tomo_seg *seg, size_t s, int64_t *from, int64_t *to)
{
    *from = seg->type == TOMO_SEG_LABELMAP ? 0 : seg->start[s];
    *to = seg->type == TOMO_SEG_LABELMAP ? seg->frames.n : seg->start[s + 1];
}

/* From pixel x of a row on, how many more are 0: in steps of eight, since masks are mostly empty. */
static inline int64_t zeros(const tomo_seg *seg, const void *frame, size_t from, int64_t x, int64_t columns)
{
    uint64_t eight = 0;
    int64_t n = 0;
    if (seg->frames.pixels.dtype != TOMO_DTYPE_U8)
        return 0;
    for (; x + n + 8 <= columns; n += 8) {
        memcpy(&eight, (const uint8_t *)frame + from + (size_t)(x + n), 8);
        if (eight)
            break;
    }
    return n;
}

/* ---- one segment ---- */

static void paint_mask(const tomo_seg *seg, tomo_image *out, int64_t t, int64_t i, int32_t number, const void *frame)
{
    const tomo__frame *at = &seg->frames.frame[i];
    const bool fraction = tomo_image_get_desc(out)->dtype == TOMO_DTYPE_F32;
    const float one = seg->max_fraction ? 1.0f / (float)seg->max_fraction : 1.0f;
    int64_t columns, rows;
    if (!tomo__frames_clip(&seg->frames, i, &columns, &rows))
        return;
    for (int64_t y = 0; y < rows; y++) {
        const size_t from = (size_t)y * (size_t)seg->frames.info.frame.columns;
        void *row = tomo_image_row_mut(out, at->row + y, at->slice, t);
        for (int64_t x = 0; x < columns; x++) {
            const uint32_t v = stored(seg, frame, from + (size_t)x);
            if (v == 0 && seg->type != TOMO_SEG_LABELMAP)
                continue;
            if (seg->type == TOMO_SEG_LABELMAP && v != (uint32_t)number)
                continue;
            if (fraction)
                ((float *)row)[at->column + x] =
                    seg->max_fraction ? (float)TOMO__MIN(v, (uint32_t)seg->max_fraction) * one : 1.0f;
            else
                ((uint8_t *)row)[at->column + x] = 1;
        }
    }
}

static tomo_status paint_segment(const tomo_seg *seg, tomo_image *out, int64_t t, size_t s, void *frame, tomo_job *job,
                                 tomo_error *err)
{
    int64_t from, to;
    tomo_status st = TOMO_OK;
    range(seg, s, &from, &to);
    for (int64_t k = from; st == TOMO_OK && k < to; k++) {
        st = tomo__frames_decode(&seg->frames, seg->order[k], frame, err);
        if (st == TOMO_OK)
            paint_mask(seg, out, t, seg->order[k], seg->segment[seg->by_number[s]].number, frame);
        st = st ? st : tomo__job_step(job, (double)(k + 1 - from) / (double)(to - from), err);
    }
    return st;
}

tomo_status tomo_seg_mask(tomo_ctx *ctx, tomo_image **out, const tomo_seg *seg, int32_t number, tomo_job *job,
                          tomo_error *err)
{
    tomo_image *image = NULL;
    void *frame = NULL;
    if (!ctx || !out || !seg)
        return tomo__fail(err, TOMO_E_ARG, "tomo_seg_mask: ctx, out and seg must not be NULL");
    const size_t s = tomo__seg_find(seg, number);
    if (s == seg->n)
        return tomo__fail(err, TOMO_E_NOTFOUND, "segment %d: there is none of this number among %zu", (int)number,
                          seg->n);
    tomo_status st = begin(ctx, seg, &frame, err);
    if (st == TOMO_OK)
        st = tomo__frames_image(&seg->frames, &image, seg->max_fraction ? TOMO_DTYPE_F32 : TOMO_DTYPE_U8, 1, err);
    if (st == TOMO_OK)
        st = paint_segment(seg, image, 0, s, frame, job, err);
    tomo__free(ctx, frame);
    if (st)
        tomo_image_free(image);
    else
        *out = image;
    return st;
}

tomo_status tomo_seg_fractions(tomo_ctx *ctx, tomo_image **out, const tomo_seg *seg, tomo_job *job, tomo_error *err)
{
    tomo_image *image = NULL;
    void *frame = NULL;
    if (!ctx || !out || !seg)
        return tomo__fail(err, TOMO_E_ARG, "tomo_seg_fractions: ctx, out and seg must not be NULL");
    tomo_status st = begin(ctx, seg, &frame, err);
    if (st == TOMO_OK)
        st = tomo__frames_image(&seg->frames, &image, TOMO_DTYPE_F32, (int64_t)seg->n, err);
    for (size_t i = 0; st == TOMO_OK && i < seg->n; i++)
        st = paint_segment(seg, image, (int64_t)i, tomo__seg_find(seg, seg->segment[i].number), frame, job, err);
    tomo__free(ctx, frame);
    if (st)
        tomo_image_free(image);
    else
        *out = image;
    return st;
}

/* ---- layers ---- */

typedef struct layers {
    const tomo_seg *seg;
    tomo_image *layer[MOST_LAYERS];
    size_t n, most;
    tomo_dtype dtype;
    void *frame;
    /* the last clash: whose voxel was taken, where */
    int32_t other;
    int64_t at[3];
} layers;

static uint32_t voxel(const void *row, tomo_dtype dtype, int64_t x)
{
    return dtype == TOMO_DTYPE_U8 ? ((const uint8_t *)row)[x] : ((const uint16_t *)row)[x];
}

static void set_voxel(void *row, tomo_dtype dtype, int64_t x, uint32_t v)
{
    if (dtype == TOMO_DTYPE_U8)
        ((uint8_t *)row)[x] = (uint8_t)v;
    else
        ((uint16_t *)row)[x] = (uint16_t)v;
}

/* Write `number` (or 0, to take it away again) where the decoded frame has it; false at the first clash. */
static bool paint_label(layers *l, tomo_image *image, int64_t i, uint32_t number, bool erase)
{
    const tomo__frame *at = &l->seg->frames.frame[i];
    int64_t columns, rows;
    if (!tomo__frames_clip(&l->seg->frames, i, &columns, &rows))
        return true;
    for (int64_t y = 0; y < rows; y++) {
        const size_t from = (size_t)y * (size_t)l->seg->frames.info.frame.columns;
        void *row = tomo_image_row_mut(image, at->row + y, at->slice, 0);
        for (int64_t x = zeros(l->seg, l->frame, from, 0, columns); x < columns; x++) {
            if (!stored(l->seg, l->frame, from + (size_t)x)) {
                x += zeros(l->seg, l->frame, from, x + 1, columns);
                continue;
            }
            const uint32_t there = voxel(row, l->dtype, at->column + x);
            if (erase ? there == number : there == 0)
                set_voxel(row, l->dtype, at->column + x, erase ? 0 : number);
            else if (!erase && there != number) {
                l->other = (int32_t)there;
                l->at[0] = at->column + x;
                l->at[1] = at->row + y;
                l->at[2] = at->slice;
                return false;
            }
        }
    }
    return true;
}

/* Values between 0 and the largest are no labels. */
static tomo_status check_whole(const layers *l, int32_t number, tomo_error *err)
{
    const tomo_frame_desc *d = &l->seg->frames.info.frame;
    const size_t pixels = (size_t)d->rows * (size_t)d->columns;
    for (size_t i = 0; l->seg->max_fraction && i < pixels; i++) {
        const uint32_t v = stored(l->seg, l->frame, i);
        if (v && v < (uint32_t)l->seg->max_fraction)
            return tomo__fail(err, TOMO_E_UNSUPPORTED,
                              "segment %d holds fractions (%u of %d), which a label image can't", (int)number,
                              (unsigned)v, (int)l->seg->max_fraction);
    }
    return TOMO_OK;
}

/* Put a segment into a layer; *clash: it does not fit, and the layer is as it was. */
static tomo_status put_segment(layers *l, tomo_image *image, size_t s, bool *clash, tomo_error *err)
{
    const int32_t number = l->seg->segment[l->seg->by_number[s]].number;
    int64_t from, to, k;
    tomo_status st = TOMO_OK;
    range(l->seg, s, &from, &to);
    *clash = false;
    for (k = from; st == TOMO_OK && !*clash && k < to; k++) {
        st = tomo__frames_decode(&l->seg->frames, l->seg->order[k], l->frame, err);
        st = st ? st : check_whole(l, number, err);
        *clash = st == TOMO_OK && !paint_label(l, image, l->seg->order[k], (uint32_t)number, false);
    }
    while (st == TOMO_OK && *clash && k-- > from) {
        st = tomo__frames_decode(&l->seg->frames, l->seg->order[k], l->frame, err);
        if (st == TOMO_OK)
            paint_label(l, image, l->seg->order[k], (uint32_t)number, true);
    }
    return st;
}

static tomo_status no_layer(const layers *l, int32_t number, tomo_error *err)
{
    if (l->most > 1)
        return tomo__fail(err, TOMO_E_LIMIT, "segment %d overlaps others in each of %zu layers", (int)number, l->most);
    return tomo__fail(
        err, TOMO_E_UNSUPPORTED,
        "segments %d and %d overlap at voxel (%lld, %lld, %lld): one label image can't hold both, ask for "
        "layers or for one segment",
        (int)l->other, (int)number, (long long)l->at[0], (long long)l->at[1], (long long)l->at[2]);
}

static tomo_status place_segment(layers *l, size_t s, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    bool clash = true;
    for (size_t i = 0; st == TOMO_OK && clash && i < l->n; i++)
        st = put_segment(l, l->layer[i], s, &clash, err);
    if (st || !clash)
        return st;
    if (l->n == l->most)
        return no_layer(l, l->seg->segment[l->seg->by_number[s]].number, err);
    st = tomo__frames_image(&l->seg->frames, &l->layer[l->n], l->dtype, (int64_t)l->n + 1, err);
    if (st) /* the size of all layers was asked for above, so that together they stay in proportion */
        return st;
    tomo_image_free(l->layer[l->n]);
    l->layer[l->n] = NULL;
    st = tomo__frames_image(&l->seg->frames, &l->layer[l->n], l->dtype, 1, err);
    if (st == TOMO_OK)
        st = put_segment(l, l->layer[l->n++], s, &clash, err);
    return st;
}

/* ---- label maps: frames are labels already ---- */

/* Pixel Padding Value of a label map stands for no segment at all, unless one has its number. */
static void clear_padding(const tomo_seg *seg, void *frame)
{
    const tomo_frame_desc *d = &seg->frames.info.frame;
    const int64_t n = (int64_t)d->rows * d->columns;
    int64_t padding = 0;
    if (!tomo_dataset_int(seg->frames.ds, 0x00280120, 0, &padding) || padding < 1 || padding > 65535 ||
        tomo__seg_find(seg, (int32_t)padding) < seg->n)
        return;
    for (int64_t i = 0; i < n; i++)
        if (stored(seg, frame, (size_t)i) == (uint32_t)padding)
            set_voxel(frame, seg->frames.pixels.dtype, i, 0);
}

typedef struct copying {
    layers *l;
    uint8_t *frames; /* one for each worker */
} copying;

static tomo_status copy_frame(void *user, int64_t i, int32_t slot, tomo_error *err)
{
    const copying *c = user;
    const layers *l = c->l;
    const tomo__frames *f = &l->seg->frames;
    const size_t bytes = tomo_dtype_size(l->dtype);
    uint8_t *frame = c->frames + (size_t)slot * f->pixels.out_bytes;
    int64_t columns, rows;
    const tomo_status st = tomo__frames_decode(f, i, frame, err);
    if (st || !tomo__frames_clip(f, i, &columns, &rows))
        return st;
    clear_padding(l->seg, frame);
    for (int64_t y = 0; y < rows; y++)
        memcpy((uint8_t *)tomo_image_row_mut(l->layer[0], f->frame[i].row + y, f->frame[i].slice, 0) +
                   (size_t)f->frame[i].column * bytes,
               frame + (size_t)y * (size_t)f->info.frame.columns * bytes, (size_t)columns * bytes);
    return TOMO_OK;
}

/* Whole slices are written by one worker each; tiles might overlap and come one after the other. */
static tomo_status copy_labels(layers *l, tomo_job *job, tomo_error *err)
{
    const tomo__frames *f = &l->seg->frames;
    const int32_t workers = f->tiled ? 1 : tomo_ctx_threads(f->ctx);
    copying c = { l, NULL };
    size_t room;
    tomo_status st = tomo__frames_image(f, &l->layer[0], l->dtype, 1, err);
    l->n = st == TOMO_OK;
    if (st == TOMO_OK &&
        (!tomo__mul(f->pixels.out_bytes, (size_t)workers, &room) || !(c.frames = tomo__alloc(f->ctx, room))))
        st = tomo__no_memory(f->ctx, err, f->pixels.out_bytes, "frames");
    if (st == TOMO_OK && !f->tiled)
        st = tomo__parallel(f->ctx, f->n, copy_frame, &c, job, err);
    for (int64_t i = 0; st == TOMO_OK && f->tiled && i < f->n; i++) {
        st = copy_frame(&c, i, 0, err);
        st = st ? st : tomo__job_step(job, (double)(i + 1) / (double)f->n, err);
    }
    tomo__free(f->ctx, c.frames);
    return st;
}

/* ---- the label table ---- */

static void copy_text(char *to, size_t room, const char *text)
{
    size_t n = strlen(text);
    n = tomo__utf8_valid(text, TOMO__MIN(n, room - 1));
    memcpy(to, text, n);
    to[n] = 0;
}

/* Told apart by eye where a file recommends none; after eight they repeat, as with every such table. */
static const uint8_t colors[8][3] = { { 228, 26, 28 }, { 55, 126, 184 }, { 77, 175, 74 }, { 152, 78, 163 },
                                      { 255, 127, 0 }, { 255, 255, 51 }, { 166, 86, 40 }, { 247, 129, 191 } };

static void color_of(const tomo_seg *seg, const tomo_seg_segment *s, uint8_t rgba[4])
{
    const tomo__palette *p = &seg->frames.pixels.palette;
    memcpy(rgba, s->has_color ? s->color : colors[(uint32_t)(s->number - 1) % 8], 3);
    rgba[3] = 255;
    for (int c = 0; !s->has_color && p->table[0] && c < 3; c++) {
        const int64_t i = TOMO__MAX(0, TOMO__MIN((int64_t)s->number - p->first[c], (int64_t)p->entries[c] - 1));
        rgba[c] = (uint8_t)(p->bits == 8 ? p->table[c][i] : p->table[c][i] >> 8);
    }
}

static tomo_status with_table(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_seg *seg,
                              tomo_error *err)
{
    tomo_label *rows = TOMO__ARRAY(ctx, seg->n, tomo_label);
    size_t n = 0;
    if (!rows)
        return tomo__no_memory(ctx, err, seg->n * sizeof *rows, "a label table");
    for (size_t i = 0; i < seg->n; i++) {
        const tomo_seg_segment *s = &seg->segment[seg->by_number[i]];
        tomo_label *row = &rows[n];
        if (s->number == 0 || (tomo_image_get_desc(in)->dtype == TOMO_DTYPE_U8 && s->number > 255))
            continue;
        row->value = s->number;
        row->confidence = NAN;
        color_of(seg, s, row->color);
        copy_text(row->name, sizeof row->name, s->label);
        if (strcmp(s->type.scheme, "SCT") == 0)
            copy_text(row->code, sizeof row->code, s->type.value);
        snprintf(row->note, sizeof row->note, "%.16s%s%.100s", s->algorithm_type, s->algorithm_name[0] ? ", " : "",
                 s->algorithm_name);
        row->note[tomo__utf8_valid(row->note, strlen(row->note))] = 0;
        n++;
    }
    tomo_status st = tomo_image_with_labels(ctx, out, in, rows, n, err);
    tomo__free(ctx, rows);
    return st;
}

/* ---- the whole ---- */

static tomo_status fill(layers *l, tomo_job *job, tomo_error *err)
{
    const tomo_seg *seg = l->seg;
    tomo_status st = TOMO_OK;
    if (seg->type == TOMO_SEG_LABELMAP) {
        l->dtype = seg->frames.pixels.dtype;
        return copy_labels(l, job, err);
    }
    l->dtype = seg->segment[seg->by_number[seg->n - 1]].number > 255 ? TOMO_DTYPE_U16 : TOMO_DTYPE_U8;
    st = tomo__frames_image(&seg->frames, &l->layer[0], l->dtype, 1, err);
    l->n = st == TOMO_OK;
    for (size_t s = 0; st == TOMO_OK && s < seg->n; s++) {
        st = place_segment(l, s, err);
        st = st ? st : tomo__job_step(job, (double)(s + 1) / (double)seg->n, err);
    }
    return st;
}

/* All layers as one image of four dimensions. */
static tomo_status join(const layers *l, tomo_image **out, tomo_error *err)
{
    tomo_image *all = NULL;
    if (l->n == 1) {
        *out = tomo_image_ref(l->layer[0]);
        return TOMO_OK;
    }
    tomo_status st = tomo__frames_image(&l->seg->frames, &all, l->dtype, (int64_t)l->n, err);
    for (size_t t = 0; st == TOMO_OK && t < l->n; t++)
        memcpy(tomo_image_row_mut(all, 0, 0, (int64_t)t), tomo_image_data(l->layer[t]),
               (size_t)tomo_image_voxels(l->layer[t]) * tomo_dtype_size(l->dtype));
    *out = all;
    return st;
}

static tomo_status make(tomo_ctx *ctx, tomo_image **out, const tomo_seg *seg, size_t most, tomo_job *job,
                        tomo_error *err)
{
    layers l = { .seg = seg, .most = most };
    tomo_image *all = NULL;
    if (!ctx || !out || !seg)
        return tomo__fail(err, TOMO_E_ARG, "labels of a segmentation: ctx, out and seg must not be NULL");
    tomo_status st = begin(ctx, seg, &l.frame, err);
    st = st ? st : fill(&l, job, err);
    st = st ? st : join(&l, &all, err);
    st = st ? st : with_table(ctx, out, all, seg, err);
    tomo_image_free(all);
    for (size_t i = 0; i < l.n; i++)
        tomo_image_free(l.layer[i]);
    tomo__free(ctx, l.frame);
    return st;
}

tomo_status tomo_seg_labels(tomo_ctx *ctx, tomo_image **out, const tomo_seg *seg, tomo_job *job, tomo_error *err)
{
    return make(ctx, out, seg, 1, job, err);
}

tomo_status tomo_seg_layers(tomo_ctx *ctx, tomo_image **out, const tomo_seg *seg, tomo_job *job, tomo_error *err)
{
    return make(ctx, out, seg, MOST_LAYERS, job, err);
}
