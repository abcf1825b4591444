/* gzip_read.c - bytes of a gzip file at any place while little of it is held: zlib's stream from front to back, or,
 * where the file has gzip_write.c's index, its pieces on all threads. */
#include "codec/deflate_internal.h"

#include <zlib.h>

enum { INPUT = 1 << 18, MOST_REST = 1 << 20 };

struct tomo__gunzip {
    tomo_ctx *ctx;
    tomo_source *source;
    uint64_t size; /* of the file */
    /* the stream */
    z_stream z;
    bool open, ended; /* inflateInit2 was called; the last member has ended */
    uint8_t *input;
    uint64_t at;   /* of the next byte to read into `input` */
    uint64_t made; /* bytes that came out so far */
    /* the pieces */
    bool indexed;
    tomo__gzip_index index;
    uint8_t *head;              /* what index.sizes points into */
    int64_t batch, first, held; /* pieces of a batch; the batch that `plain` holds */
    uint8_t *plain, *packed;
    size_t packed_room;
    uint64_t *start; /* in the file, of each piece, and of the end */
    int64_t checked; /* pieces whose CRC is in `crc`, from the first on */
    uint32_t crc;
    tomo__gzip_slot *slot;
    uint32_t *crcs; /* of the batch */
    bool *fine;
};

/* ---- the stream -------------------------------------------------------------------------------------------------- */

static tomo_status begin_stream(tomo__gunzip *g, tomo_error *err)
{
    if (g->open)
        inflateEnd(&g->z);
    memset(&g->z, 0, sizeof g->z);
    g->open = inflateInit2(&g->z, 15 + 16) == Z_OK; /* any window; gzip */
    g->at = g->made = 0;
    g->ended = false;
    return g->open ? TOMO_OK : tomo__fail(err, TOMO_E_NOMEM, "no memory to inflate");
}

static tomo_status damaged(const tomo__gunzip *g, tomo_error *err)
{
    const uint64_t at = g->at - g->z.avail_in;
    return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)at, "%.80s: damaged gzip data at byte %llu",
                         tomo_source_name(g->source), (unsigned long long)at);
}

/* The next input bytes, if the last ones are used up; none are left at the end of the file. */
static tomo_status more_input(tomo__gunzip *g, tomo_error *err)
{
    if (g->z.avail_in > 0 || g->at == g->size)
        return TOMO_OK;
    const size_t n = (size_t)TOMO__MIN((uint64_t)INPUT, g->size - g->at);
    const tomo_status st = tomo_source_read(g->source, g->at, g->input, n, err);
    g->z.next_in = g->input;
    g->z.avail_in = st ? 0 : (unsigned)n;
    g->at += st ? 0 : n;
    return st;
}

/* A member has ended. Does another one follow? What else follows is padding. */
static tomo_status next_member(tomo__gunzip *g, tomo_error *err)
{
    uint8_t mark[2];
    const uint64_t at = g->at - g->z.avail_in;
    g->ended = g->size - at < 18;
    if (g->ended)
        return TOMO_OK;
    const tomo_status st = tomo_source_read(g->source, at, mark, sizeof mark, err);
    g->ended = st || mark[0] != 0x1f || mark[1] != 0x8b;
    return st ? st : g->ended || inflateReset(&g->z) == Z_OK ? TOMO_OK : damaged(g, err);
}

/* Up to `size` bytes to `to`; fewer only at the end of the data. */
static tomo_status pull(tomo__gunzip *g, uint8_t *to, size_t size, size_t *got, tomo_error *err)
{
    *got = 0;
    while (*got < size && !g->ended) {
        tomo_status st = more_input(g, err);
        if (st)
            return st;
        const unsigned want = (unsigned)TOMO__MIN(size - *got, (size_t)1 << 30);
        g->z.next_out = to + *got;
        g->z.avail_out = want;
        const int r = inflate(&g->z, Z_NO_FLUSH);
        *got += want - g->z.avail_out;
        if (r == Z_STREAM_END)
            st = next_member(g, err);
        else if (r != Z_OK || (g->z.avail_in == 0 && g->at == g->size && g->z.avail_out == want))
            return damaged(g, err);
        if (st)
            return st;
    }
    g->made += *got;
    return TOMO_OK;
}

static tomo_status stream_read(tomo__gunzip *g, uint64_t offset, uint8_t *to, size_t size, tomo_error *err)
{
    size_t got = 0;
    tomo_status st = g->open && g->made <= offset ? TOMO_OK : begin_stream(g, err);
    while (!st && g->made < offset) {
        uint8_t skipped[4096];
        const size_t n = (size_t)TOMO__MIN(offset - g->made, (uint64_t)sizeof skipped);
        st = pull(g, skipped, n, &got, err);
        if (!st && got < n)
            break;
    }
    got = 0;
    if (!st && g->made == offset)
        st = pull(g, to, size, &got, err);
    if (!st && got < size)
        st = tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)g->made, "%.80s: cut short, the data inside end at byte %llu",
                           tomo_source_name(g->source), (unsigned long long)g->made);
    return st;
}

/* ---- the pieces -------------------------------------------------------------------------------------------------- */

static tomo_status inflate_one(void *user, int64_t i, int32_t slot, tomo_error *err)
{
    tomo__gunzip *g = user;
    const int64_t k = g->first + i;
    return tomo__gzip_inflate_piece(g->ctx, &g->slot[slot], g->plain + (size_t)i * g->index.piece,
                                    tomo__gzip_piece_size(&g->index, k), g->packed + (g->start[k] - g->start[g->first]),
                                    (size_t)(g->start[k + 1] - g->start[k]), &g->crcs[i], &g->fine[i], err);
}

/* CRCs of pieces that came in order add up to the file's. */
static bool check(tomo__gunzip *g)
{
    for (int64_t i = 0; i < g->held; i++) {
        if (!g->fine[i])
            return false;
        if (g->first + i == g->checked) {
            g->crc = (uint32_t)crc32_combine(g->crc, g->crcs[i], (z_off_t)tomo__gzip_piece_size(&g->index, g->checked));
            g->checked++;
        }
    }
    return g->checked < g->index.count || g->crc == g->index.crc;
}

/* Hold the batch that begins with piece k. */
static tomo_status hold(tomo__gunzip *g, int64_t k, tomo_error *err)
{
    g->first = k;
    g->held = TOMO__MIN(g->batch, g->index.count - k);
    const size_t bytes = (size_t)(g->start[k + g->held] - g->start[k]);
    if (bytes > g->packed_room) {
        tomo__free(g->ctx, g->packed);
        g->packed_room = 0;
        if (!(g->packed = tomo__alloc(g->ctx, bytes)))
            return tomo__no_memory(g->ctx, err, bytes, "pieces to inflate");
        g->packed_room = bytes;
    }
    tomo_status st = tomo_source_read(g->source, g->start[k], g->packed, bytes, err);
    if (!st)
        st = tomo__parallel(g->ctx, g->held, inflate_one, g, NULL, err);
    if (!st && !check(g))
        st = tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)g->start[k], "%.80s: damaged gzip data from byte %llu on",
                           tomo_source_name(g->source), (unsigned long long)g->start[k]);
    if (st)
        g->held = 0;
    return st;
}

static tomo_status pieces_read(tomo__gunzip *g, uint64_t offset, uint8_t *to, size_t size, tomo_error *err)
{
    if (offset > g->index.total || size > g->index.total - offset)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)g->index.total,
                             "%.80s: cut short, the data inside end at byte %llu", tomo_source_name(g->source),
                             (unsigned long long)g->index.total);
    while (size > 0) {
        const int64_t k = (int64_t)(offset / g->index.piece);
        if (k < g->first || k >= g->first + g->held) {
            const tomo_status st = hold(g, k, err);
            if (st)
                return st;
        }
        const uint64_t begin = (uint64_t)g->first * g->index.piece;
        const uint64_t end = TOMO__MIN(begin + (uint64_t)g->held * g->index.piece, g->index.total);
        const size_t n = (size_t)TOMO__MIN((uint64_t)size, end - offset);
        memcpy(to, g->plain + (offset - begin), n);
        to += n, offset += n, size -= n;
    }
    return TOMO_OK;
}

static tomo_status open_index(tomo__gunzip *g, tomo_error *err)
{
    uint8_t tail[8];
    const int32_t slots = tomo_ctx_threads(g->ctx);
    const size_t n = (size_t)TOMO__MIN(g->size, (uint64_t)TOMO__GZIP_MOST_HEAD);
    if (g->size < 32)
        return TOMO_OK;
    if (!(g->head = tomo__alloc(g->ctx, n)))
        return tomo__no_memory(g->ctx, err, n, "a gzip header");
    tomo_status st = tomo_source_read(g->source, 0, g->head, n, err);
    if (!st)
        st = tomo_source_read(g->source, g->size - sizeof tail, tail, sizeof tail, err);
    if (st || !tomo__gzip_find_index(&g->index, g->head, n, tail, g->size))
        return st;
    g->batch = TOMO__MIN(g->index.count, (int64_t)slots * 2);
    while (g->batch > 1 && !tomo__fits(g->ctx, 4 * (uint64_t)g->batch * g->index.piece))
        g->batch /= 2;
    const size_t room = (size_t)g->batch * g->index.piece;
    g->plain = tomo__alloc(g->ctx, room);
    g->start = TOMO__ARRAY(g->ctx, g->index.count + 1, uint64_t);
    g->slot = TOMO__ARRAY(g->ctx, slots, tomo__gzip_slot);
    g->crcs = TOMO__ARRAY(g->ctx, g->batch, uint32_t);
    g->fine = TOMO__ARRAY(g->ctx, g->batch, bool);
    if (!g->plain || !g->start || !g->slot || !g->crcs || !g->fine)
        return tomo__no_memory(g->ctx, err, room, "pieces to inflate");
    g->start[0] = g->index.head;
    for (int64_t i = 0; i < g->index.count; i++)
        g->start[i + 1] = g->start[i] + tomo__le32(g->index.sizes + 4 * i);
    g->indexed = true;
    return TOMO_OK;
}

/* ---- both ----------------------------------------------------------------------------------------------------------
 */

tomo_status tomo__gunzip_open(tomo_ctx *ctx, tomo__gunzip **out, tomo_source *source, tomo_error *err)
{
    tomo__gunzip *g = TOMO__ARRAY(ctx, 1, tomo__gunzip);
    if (!g)
        return tomo__no_memory(ctx, err, sizeof *g, "a gzip reader");
    g->ctx = ctx;
    g->source = tomo_source_ref(source);
    g->size = tomo_source_size(source);
    tomo_status st = open_index(g, err);
    if (!st && !(g->input = tomo__alloc(ctx, INPUT)))
        st = tomo__no_memory(ctx, err, INPUT, "a gzip reader");
    if (st)
        tomo__gunzip_free(g);
    else
        *out = g;
    return st;
}

tomo_status tomo__gunzip_read(tomo__gunzip *g, uint64_t offset, void *to, size_t size, tomo_error *err)
{
    if (!g->indexed)
        return stream_read(g, offset, to, size, err);
    tomo_error why = { 0 };
    const tomo_status st = pieces_read(g, offset, to, size, &why);
    if (st == TOMO_E_FORMAT) { /* an index that lies: the stream has the last word */
        g->indexed = false;
        return stream_read(g, offset, to, size, err);
    }
    if (st && err)
        *err = why;
    return st;
}

tomo_status tomo__gunzip_finish(tomo__gunzip *g, uint64_t offset, tomo_error *err)
{
    uint8_t rest[4096];
    size_t got = sizeof rest;
    tomo_status st = TOMO_OK;
    if (g->indexed || !g->open || g->made != offset)
        return TOMO_OK;
    for (size_t all = 0; all < MOST_REST && got == sizeof rest && !st; all += got)
        st = pull(g, rest, sizeof rest, &got, err);
    return st;
}

void tomo__gunzip_free(tomo__gunzip *g)
{
    if (!g)
        return;
    if (g->open)
        inflateEnd(&g->z);
    for (int32_t i = 0; g->slot && i < tomo_ctx_threads(g->ctx); i++)
        tomo__gzip_slot_free(g->ctx, &g->slot[i]);
    tomo__free(g->ctx, g->slot);
    tomo__free(g->ctx, g->crcs);
    tomo__free(g->ctx, g->fine);
    tomo__free(g->ctx, g->start);
    tomo__free(g->ctx, g->plain);
    tomo__free(g->ctx, g->packed);
    tomo__free(g->ctx, g->head);
    tomo__free(g->ctx, g->input);
    tomo_source_free(g->source);
    tomo__free(g->ctx, g);
}
