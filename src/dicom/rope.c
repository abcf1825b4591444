/* rope.c - growing bytes with long runs strung in, so that pixels are written from where they are. */
#include "dicom/rope.h"

enum { SHORT = 4096 };

void tomo__rope_add(tomo__rope *r, const uint8_t *data, uint64_t size)
{
    if (size < SHORT) {
        if (size > 0)
            tomo__text_add(&r->text, data, (size_t)size);
        return;
    }
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
    r->spans[r->n++] = (tomo__strung){ r->text.size, data, size };
    r->span_bytes += size;
}

uint64_t tomo__rope_size(const tomo__rope *r) { return r->text.size + r->span_bytes; }

tomo_status tomo__rope_each(const tomo__rope *r,
                            tomo_status (*take)(void *user, const void *data, size_t size, tomo_error *err), void *user,
                            tomo_error *err)
{
    size_t at = 0;
    tomo_status st = TOMO_OK;
    for (uint32_t i = 0; i <= r->n && st == TOMO_OK; i++) {
        size_t to = i < r->n ? r->spans[i].at : r->text.size;
        if (to > at)
            st = take(user, r->text.data + at, to - at, err);
        if (st == TOMO_OK && i < r->n)
            st = take(user, r->spans[i].data, (size_t)r->spans[i].size, err);
        at = to;
    }
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
    tomo__rope_each(r, copy, &to, NULL); /* copying can't fail */
    *out = buffer;
    return TOMO_OK;
}

void tomo__rope_free(tomo__rope *r)
{
    tomo__free(r->text.ctx, r->spans);
    tomo__text_free(&r->text);
    *r = (tomo__rope){ .text = { .ctx = r->text.ctx } };
}
