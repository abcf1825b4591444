/* transcode.c - a data set in another transfer syntax: its frames are recoded (transcode_frames.c), then everything is
 * written around them (shadow.c). */
#include "dicom/transcode_internal.h"

#include <stdio.h>

typedef tomo__recode work;

tomo_status tomo__target_find(tomo__target *t, const tomo_transcode_options *o, tomo_error *err)
{
    *t = (tomo__target){ 0 };
    if (!o || o->struct_size != sizeof *o || !o->syntax)
        return tomo__fail(err, TOMO_E_ARG, "transcode: options with a transfer syntax are needed");
    if (o->offsets < TOMO_OFFSETS_AUTO || o->offsets > TOMO_OFFSETS_EXTENDED)
        return tomo__fail(err, TOMO_E_ARG, "transcode: offsets is %d, expected a tomo_offset_table", (int)o->offsets);
    const bool plain = strcmp(o->syntax, UID_ENCAPSULATED) == 0 || strcmp(o->syntax, "encapsulated") == 0;
    t->codec = tomo_codec_find(plain ? UID_EXPLICIT : o->syntax);
    if (!t->codec)
        return tomo__fail(err, TOMO_E_ARG,
                          "%s is no transfer syntax that Tomo knows; tomo dicom transcode --help lists them",
                          o->syntax);
    if (!t->codec->encodes)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "transfer syntax %s (%s) has no encoder here", t->codec->uid,
                          t->codec->name);
    snprintf(t->uid, sizeof t->uid, "%s", plain ? UID_ENCAPSULATED : t->codec->uid);
    t->encapsulated = plain || t->codec->encapsulated;
    return TOMO_OK;
}

/* ---- what goes into (7FE0,0010) ---- */

static void le32(uint8_t *to, uint64_t v)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(v >> 8 * i);
}

static void le64(uint8_t *to, uint64_t v)
{
    le32(to, v);
    le32(to + 4, v >> 32);
}

static uint8_t *item_header(uint8_t *to, uint64_t size)
{
    static const uint8_t tag[4] = { 0xFE, 0xFF, 0x00, 0xE0 };
    memcpy(to, tag, 4);
    le32(to + 4, size);
    return to + 8;
}

/* Extended offset table and its lengths (PS3.3 C.7.6.3.1.8), or the basic one (PS3.5 A.4) into `table`. */
static tomo_status put_tables(tomo__shadow *s, const work *w, bool extended, uint8_t *table, tomo_error *err)
{
    const size_t n = (size_t)w->p->info.frames;
    uint8_t *offsets = extended ? tomo__shadow_alloc(s, n * 8, err) : table;
    uint8_t *lengths = extended ? tomo__shadow_alloc(s, n * 8, err) : NULL;
    uint64_t at = 0;
    tomo_status st;
    if (!offsets || (extended && !lengths))
        return extended ? TOMO_E_NOMEM : TOMO_OK;
    for (size_t i = 0; i < n; i++) {
        const uint64_t size = tomo_buffer_size(w->frames[i]);
        if (extended) {
            le64(offsets + 8 * i, at);
            le64(lengths + 8 * i, size);
        } else {
            le32(offsets + 4 * i, at);
        }
        at += 8 + size + (size & 1);
    }
    if (!extended)
        return TOMO_OK;
    st = tomo__shadow_bytes(s, &s->root.ds, 0x7FE00001, TOMO_VR('O', 'V'), offsets, n * 8, false, err);
    return st ? st : tomo__shadow_bytes(s, &s->root.ds, 0x7FE00002, TOMO_VR('O', 'V'), lengths, n * 8, false, err);
}

/* Every frame a fragment, behind the offset table. */
static tomo_status put_fragments(tomo__shadow *s, const work *w, tomo_error *err)
{
    const int64_t n = w->p->info.frames;
    uint64_t bytes = 0;
    for (int64_t i = 0; i < n; i++) {
        const uint64_t size = tomo_buffer_size(w->frames[i]);
        if (size > 0xFFFFFFFE)
            return tomo__fail(err, TOMO_E_LIMIT, "frame %lld has %llu bytes, more than a fragment can hold",
                              (long long)i + 1, (unsigned long long)size);
        bytes += 8 + size + (size & 1);
    }
    const bool large = bytes > 0xFFFFFFFF || (uint64_t)n * 4 > 0xFFFFFFFE;
    const bool extended = w->o->offsets == TOMO_OFFSETS_EXTENDED || (w->o->offsets == TOMO_OFFSETS_AUTO && large);
    const bool basic = !extended && w->o->offsets != TOMO_OFFSETS_NONE;
    if (basic && large)
        return tomo__fail(err, TOMO_E_LIMIT, "%llu bytes of fragments: a basic offset table counts to 2^32 only",
                          (unsigned long long)bytes);
    const size_t table = basic ? (size_t)n * 4 : 0;
    uint8_t *value = bytes < SIZE_MAX - table - 8 ? tomo__shadow_alloc(s, 8 + table + (size_t)bytes, err) : NULL;
    if (!value)
        return tomo__no_memory(s->ctx, err, (size_t)bytes, "compressed pixel data");
    uint8_t *to = item_header(value, table);
    if (basic || extended) {
        const tomo_status st = put_tables(s, w, extended, to, err);
        if (st)
            return st;
    }
    to += table;
    for (int64_t i = 0; i < n; i++) {
        const size_t size = tomo_buffer_size(w->frames[i]);
        to = item_header(to, size + (size & 1));
        memcpy(to, tomo_buffer_data(w->frames[i]), size);
        to += size;
        if (size & 1)
            *to++ = 0;
        tomo_buffer_free(w->frames[i]); /* not twice in memory */
        w->frames[i] = NULL;
    }
    return tomo__shadow_bytes(s, &s->root.ds, TAG_PIXELS, TOMO_VR('O', 'B'), value, (uint64_t)(to - value), true, err);
}

static tomo_status put_native(tomo__shadow *s, tomo_dataset *ds, const work *w, tomo_error *err)
{
    const bool words = ds->implicit || w->desc.bits_allocated > 8;
    return tomo__shadow_bytes(s, ds, TAG_PIXELS, words ? TOMO_VR('O', 'W') : TOMO_VR('O', 'B'), w->native,
                              w->native_bytes, false, err);
}

/* ---- attributes of the Image Pixel Module ---- */

/* What color the frames have now, and what that is called. */
static tomo_status put_photometric(tomo__shadow *s, tomo_dataset *ds, const work *w, tomo_error *err)
{
    const char *old = w->p->info.photometric, *now = old;
    if (w->p->info.frame.samples > 1) {
        const bool undone = strcmp(old, "YBR_RCT") == 0 || strcmp(old, "YBR_ICT") == 0;
        if (w->photometric[0])
            now = w->photometric[0];
        else if (w->rgb[0] || undone)
            now = "RGB";
        else if (strcmp(old, "YBR_FULL_422") == 0) /* every pixel has its own color now */
            now = "YBR_FULL";
        else if (strcmp(old, "YBR_PARTIAL_422") == 0)
            return tomo__fail(err, TOMO_E_UNSUPPORTED,
                              "YBR_PARTIAL_422 (retired) is not transcoded: only uncompressed "
                              "syntaxes can hold it");
    }
    tomo_status st = strcmp(now, old) ? tomo__shadow_text(s, ds, 0x00280004, TOMO_VR('C', 'S'), now, err) : TOMO_OK;
    int64_t planar = -1;
    const bool there = tomo_dataset_int(ds, 0x00280006, 0, &planar);
    if (st == TOMO_OK && w->p->info.frame.samples > 1 && (!there || planar != w->desc.is_planar))
        st = tomo__shadow_us(s, ds, 0x00280006, w->desc.is_planar, err);
    if (st == TOMO_OK && w->shift)
        st = tomo__shadow_us(s, ds, 0x00280102, (uint16_t)(w->p->info.frame.bits_stored - 1), err);
    if (st == TOMO_OK && w->p->info.packed_bits)
        st = tomo__shadow_us(s, ds, 0x00280100, 16, err);
    return st;
}

/* Compressed pixels of an item (an icon) to uncompressed ones: PS3.3 C.7.6.1.1.6 has them native, or compressed as the
 * image's, which they won't be any more. */
static tomo_status open_icon(tomo_ctx *ctx, tomo__shadow *s, tomo_dataset *icon, const tomo_transcode_options *o,
                             tomo_error *err)
{
    const tomo__target plain = { UID_EXPLICIT, tomo_codec_find(UID_EXPLICIT), false };
    work w = { .ctx = ctx, .o = o, .target = &plain };
    tomo__pixels p;
    tomo_status st = tomo__pixels_open(ctx, &p, icon, err);
    w.p = &p;
    if (st == TOMO_OK)
        st = tomo__recode_all(&w, s, icon, &p, NULL, err);
    if (st == TOMO_OK)
        st = put_photometric(s, icon, &w, err);
    if (st == TOMO_OK)
        st = put_native(s, icon, &w, err);
    tomo__recode_free(&w);
    tomo__pixels_close(ctx, &p);
    return st ? tomo__fail_in(err, st, "pixel data inside " TAG_FMT, TAG_ARGS(icon->sequence)) : TOMO_OK;
}

/* Is there compressed pixel data below? Sequences nest at most MAX_DEPTH deep. */
static bool holds_fragments(const tomo_dataset *ds)
{
    const tomo__elem *e = tomo__ds_elem(ds, TAG_PIXELS);
    if (ds->parent && e && (e->flags & ELEM_ENCAPSULATED))
        return true;
    for (uint32_t i = 0; i < ds->count; i++)
        for (uint32_t k = 0; (ds->elems[i].flags & ELEM_SEQUENCE) && k < ds->elems[i].n_items; k++)
            if (holds_fragments(ds->elems[i].items[k]))
                return true;
    return false;
}

static tomo_status open_icons(tomo_ctx *ctx, tomo__shadow *s, tomo_dataset *ds, const tomo_transcode_options *o,
                              tomo_error *err)
{
    for (uint32_t i = 0; i < ds->count; i++) {
        if (!(ds->elems[i].flags & ELEM_SEQUENCE))
            continue;
        for (uint32_t k = 0; k < ds->elems[i].n_items; k++) {
            const tomo_dataset *item = ds->elems[i].items[k];
            const tomo__elem *e = tomo__ds_elem(item, TAG_PIXELS);
            tomo_dataset *mine = NULL;
            tomo_status st;
            if (!holds_fragments(item))
                continue;
            const bool here = e && (e->flags & ELEM_ENCAPSULATED);
            if ((st = tomo__shadow_of_item(s, ds, ds->elems[i].tag, k, &mine, err)) != TOMO_OK ||
                (here && (st = open_icon(ctx, s, mine, o, err)) != TOMO_OK) ||
                (st = open_icons(ctx, s, mine, o, err)) != TOMO_OK)
                return st;
        }
    }
    return TOMO_OK;
}

/* Size of all frames at Bits Stored to what they take now. */
static double ratio_of(const work *w)
{
    const tomo_frame_desc *d = &w->p->info.frame;
    const double before = (double)d->rows * d->columns * d->samples * d->bits_stored / 8 * (double)w->p->info.frames;
    double after = 0;
    for (int64_t i = 0; i < w->p->info.frames; i++)
        after += (double)tomo_buffer_size(w->frames[i]);
    return before / TOMO__MAX(after, 1);
}

static tomo_status build(tomo_ctx *ctx, tomo__shadow *s, const tomo_dataset *ds, const tomo__target *t,
                         const tomo_transcode_options *o, tomo_job *job, tomo_error *err)
{
    work w = { .ctx = ctx, .o = o, .target = t };
    tomo__pixels p;
    tomo_status st = tomo__pixels_open(ctx, &p, ds, err);
    w.p = &p;
    if (st == TOMO_OK)
        st = tomo__shadow_open(ctx, s, ds, t->uid, t->encapsulated, err);
    if (st == TOMO_OK)
        st = tomo__recode_all(&w, s, ds, &p, job, err);
    if (st == TOMO_OK) {
        static const tomo_tag stale[] = { 0x7FE00001, 0x7FE00002, 0x7FE00003 };
        for (size_t i = 0; i < TOMO__COUNT(stale); i++)
            tomo__shadow_remove(&s->root.ds, stale[i]);
        st = put_photometric(s, &s->root.ds, &w, err);
    }
    if (st == TOMO_OK)
        st = tomo__mark_source(s, tomo_dataset_syntax(ds), err);
    if (st == TOMO_OK && tomo__target_lossy(t, o))
        st = tomo__mark_lossy(s, t, o, ratio_of(&w), err);
    if (st == TOMO_OK)
        st = t->encapsulated ? put_fragments(s, &w, err) : put_native(s, &s->root.ds, &w, err);
    if (st == TOMO_OK && holds_fragments(ds))
        st = open_icons(ctx, s, &s->root.ds, o, err);
    tomo__recode_free(&w);
    tomo__pixels_close(ctx, &p);
    return st;
}

/* Can the writer do it alone: the same syntax, or between uncompressed ones? */
static tomo_status by_writer(const tomo_dataset *ds, const tomo__target *t, bool *alone, tomo_error *err)
{
    const tomo_codec *now = tomo_codec_find(tomo_dataset_syntax(ds));
    const tomo__elem *e = tomo__ds_elem(ds, TAG_PIXELS);
    int64_t bits = 0;
    const bool same = strcmp(tomo_dataset_syntax(ds), t->uid) == 0, from_native = now && !now->encapsulated;
    const bool pixels = e || tomo__ds_elem(ds, TAG_FLOAT_PIXELS) || tomo__ds_elem(ds, TAG_FLOAT_PIXELS + 1);
    const bool turned = !t->encapsulated && ds->big != (strcmp(t->uid, UID_BIG) == 0);
    *alone = same || (from_native && !t->encapsulated);
    if (!same && !pixels && (t->encapsulated || !from_native))
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "the data set has no pixel data to compress");
    if (same || !e || !turned)
        return TOMO_OK;
    tomo_dataset_int(ds, 0x00280100, 0, &bits);
    if (bits > 16)
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "samples of %lld bits have no agreed order in big endian files (PS3.5 A.3, retired)",
                          (long long)bits);
    if (bits > 8 && e->vr != TOMO_VR('O', 'W')) /* bytes by their VR, words in truth: made words */
        *alone = false;
    return TOMO_OK;
}

typedef struct place {
    const char *path;
    tomo_buffer **buffer;
} place;

static tomo_status write_to(tomo_ctx *ctx, const tomo_dataset *ds, const place *to, const char *syntax, tomo_error *err)
{
    const tomo_dataset_write_options o = { sizeof o, syntax };
    return to->path ? tomo_dataset_write(ctx, ds, to->path, &o, err)
                    : tomo_dataset_write_buffer(ctx, ds, to->buffer, &o, err);
}

static tomo_status transcode(tomo_ctx *ctx, const tomo_dataset *ds, const place *to, const tomo_transcode_options *o,
                             tomo_job *job, tomo_error *err)
{
    tomo__target t;
    tomo__shadow s = { 0 };
    bool alone;
    tomo_status st = tomo__target_find(&t, o, err);
    if (st == TOMO_OK)
        st = by_writer(ds, &t, &alone, err);
    if (st)
        return st;
    if (alone)
        return write_to(ctx, ds, to, t.uid, err);
    st = build(ctx, &s, ds, &t, o, job, err);
    if (st == TOMO_OK)
        st = write_to(ctx, &s.root.ds, to, NULL, err);
    tomo__shadow_close(&s);
    return st;
}

tomo_status tomo_dataset_transcode(tomo_ctx *ctx, const tomo_dataset *ds, const char *path,
                                   const tomo_transcode_options *opts, tomo_job *job, tomo_error *err)
{
    const place to = { path, NULL };
    if (!ctx || !ds || !path)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_transcode: context, data set and path must be given");
    return transcode(ctx, ds, &to, opts, job, err);
}

tomo_status tomo_dataset_transcode_buffer(tomo_ctx *ctx, const tomo_dataset *ds, tomo_buffer **out,
                                          const tomo_transcode_options *opts, tomo_job *job, tomo_error *err)
{
    const place to = { NULL, out };
    if (!ctx || !ds || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_transcode_buffer: context, data set and result must be given");
    return transcode(ctx, ds, &to, opts, job, err);
}
