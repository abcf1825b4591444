/* rope.c - growing bytes with long runs strung in, so that pixels are written from where they are. */
#include "dicom/rope.h"

enum { SHORT = 4096, PIECE = 1 << 20 };

static void string_in(tomo__rope *r, tomo__strung span)
{
    if (r->n == r->room) {
        uint32_t room = r->room ? r->room * 2 : 8;
        tomo__strung *more = tomo__alloc(r->text.ctx, room * sizeof *more);
        if (!more) {
            r->text.failed = true;
            return;
        }
        if (r->n)
            memcpy(more, r->spans, r->n * sizeof *more);
        tomo__free(r->text.ctx, r->spans);
        r->spans = more;
        r->room = room;
    }
    span.at = r->text.size;
    r->spans[r->n++] = span;
    r->span_bytes += span.size;
}

void tomo__rope_add(tomo__rope *r, const uint8_t *data, uint64_t size)
{
    if (size >= SHORT)
        string_in(r, (tomo__strung){ .data = data, .size = size });
    else if (size > 0)
        tomo__text_add(&r->text, data, (size_t)size);
}

void tomo__rope_source(tomo__rope *r, tomo_source *source, uint64_t offset, uint64_t size, unsigned swap)
{
    string_in(r, (tomo__strung){ .source = source, .offset = offset, .size = size, .swap = swap });
    r->has_sources = true;
}

uint64_t tomo__rope_size(const tomo__rope *r) { return r->text.size + r->span_bytes; }

static tomo_status each_piece(const tomo__rope *r, const tomo__strung *s, uint8_t *room, tomo__rope_take take,
                              void *user, tomo_error *err)
{
    for (uint64_t at = 0; at < s->size;) {
        size_t n = (size_t)TOMO__MIN(s->size - at, PIECE);
        const uint8_t *from = s->data ? s->data + at : room;
        tomo_status st = s->data ? TOMO_OK : tomo_source_read(s->source, s->offset + at, room, n, err);
        if (!s->data && s->swap > 1)
            tomo__swap(room, room, n, s->swap);
        if (st == TOMO_OK)
            st = take(user, from, n, err);
        if (st != TOMO_OK)
            return st;
        at += n;
    }
    return TOMO_OK;
}

tomo_status tomo__rope_each(const tomo__rope *r, tomo__rope_take take, void *user, tomo_error *err)
{
    uint8_t *room = r->has_sources ? tomo__alloc(r->text.ctx, PIECE) : NULL;
    size_t at = 0;
    tomo_status st = TOMO_OK;
    if (r->has_sources && !room)
        return tomo__no_memory(r->text.ctx, err, PIECE, "a piece to write");
    for (uint32_t i = 0; i <= r->n && st == TOMO_OK; i++) {
        size_t to = i < r->n ? r->spans[i].at : r->text.size;
        tomo__strung text = { .data = (const uint8_t *)r->text.data + at, .size = to - at };
        if (to > at)
            st = each_piece(r, &text, NULL, take, user, err);
        if (st == TOMO_OK && i < r->n)
            st = each_piece(r, &r->spans[i], room, take, user, err);
        at = to;
    }
    tomo__free(r->text.ctx, room);
    return st;
}

static tomo_status copy(void *user, const void *data, size_t size, tomo_error *err)
{
    uint8_t **to = user;
    memcpy(*to, data, size);
    *to += size;
    return TOMO_OK;
}

tomo_status tomo__rope_buffer(const tomo__rope *r, tomo_ctx *ctx, tomo_buffer **out, tomo_error *err)
{
    tomo_buffer *buffer = NULL;
    uint8_t *to;
    tomo_status st = tomo_buffer_new(ctx, &buffer, (size_t)tomo__rope_size(r), err);
    if (st != TOMO_OK)
        return st;
    to = tomo_buffer_data_mut(buffer);
    st = tomo__rope_each(r, copy, &to, err);
    if (st == TOMO_OK)
        *out = buffer;
    else
        tomo_buffer_free(buffer);
    return st;
}

void tomo__rope_free(tomo__rope *r)
{
    tomo__free(r->text.ctx, r->spans);
    tomo__text_free(&r->text);
    *r = (tomo__rope){ .text = { .ctx = r->text.ctx } };
}
