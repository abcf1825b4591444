/* Gzip in pieces: written bit by bit, read at any place, by its index or as any other gzip; indexes that lie. */
#include "codec/codec_internal.h"
#include "codec_test.h"

#include <zlib.h>

typedef struct grown {
    uint8_t *data;
    size_t size;
} grown;

static tomo_status put(void *user, const void *data, size_t size, tomo_error *err)
{
    grown *g = user;
    g->data = realloc(g->data, g->size + size + 1);
    CHECK(g->data);
    memcpy(g->data + g->size, data, size);
    g->size += size;
    return TOMO_OK;
}

static uint8_t *material(size_t size)
{
    uint8_t *p = malloc(size + 1);
    uint32_t seed = 4;
    CHECK(p);
    for (size_t i = 0; i < size; i++)
        p[i] = (uint8_t)(i % 3 ? i / 4000 : t_random(&seed) >> 29);
    return p;
}

/* Written in parts of about `step` bytes. */
static grown packed(t_state *t, const uint8_t *p, size_t size, size_t step)
{
    grown g = { NULL, 0 };
    tomo__gzip *z = NULL;
    const uint8_t *head;
    size_t n;
    uint32_t seed = 8;
    CHECK_OK(tomo__gzip_begin(t->ctx, &z, size, 1, put, &g, &t->err));
    for (size_t at = 0; at < size; at += n) {
        n = 1 + t_random(&seed) % step;
        n = TOMO__MIN(n, size - at);
        CHECK_OK(tomo__gzip_write(z, p + at, n, NULL, &t->err));
    }
    CHECK_OK(tomo__gzip_end(z, &head, &n, &t->err));
    memcpy(g.data, head, n);
    tomo__gzip_free(z);
    return g;
}

TEST(parts_make_the_same_gzip)
{
    static const size_t sizes[] = { 0, 1, 1 << 20, (1 << 20) + 1, (5 << 20) + 77, 40 << 20 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t *p = material(sizes[i]);
        grown one = packed(t, p, sizes[i], 50 << 20), two = packed(t, p, sizes[i], 300000);
        CHECK(one.size == two.size && memcmp(one.data, two.data, one.size) == 0);
        tomo_buffer *out = NULL;
        CHECK_OK(tomo_codec_inflate(t->ctx, &out, one.data, one.size, sizes[i] + 1, &t->err));
        CHECK(tomo_buffer_size(out) == sizes[i] && memcmp(tomo_buffer_data(out), p, sizes[i]) == 0);
        tomo_buffer_free(out);
        z_stream z = { 0 }; /* one member, to its last byte */
        uint8_t *plain = malloc(sizes[i] + 1);
        CHECK(inflateInit2(&z, 31) == Z_OK);
        z.next_in = one.data, z.avail_in = (unsigned)one.size;
        z.next_out = plain, z.avail_out = (unsigned)sizes[i] + 1;
        CHECK(inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_in == 0 && z.total_out == sizes[i]);
        CHECK(memcmp(plain, p, sizes[i]) == 0);
        inflateEnd(&z);
        free(plain), free(one.data), free(two.data), free(p);
    }
}

static void check_reads(t_state *t, const uint8_t *file, size_t file_size, const uint8_t *p, size_t size)
{
    tomo_source *source = NULL;
    tomo__gunzip *g = NULL;
    uint8_t *to = malloc(size + 1);
    uint32_t seed = 5;
    CHECK_OK(tomo_source_from_memory(t->ctx, &source, file, file_size, &t->err));
    CHECK_OK(tomo__gunzip_open(t->ctx, &g, source, &t->err));
    for (int k = 0; k < 30; k++) {
        const size_t at = k == 0 ? 0 : t_random(&seed) % size, n = k == 0 ? size : t_random(&seed) % (size - at);
        CHECK_OK(tomo__gunzip_read(g, at, to, n, &t->err));
        CHECK(memcmp(to, p + at, n) == 0);
    }
    CHECK_OK(tomo__gunzip_read(g, size, to, 0, &t->err));
    CHECK_FAILS(tomo__gunzip_read(g, size, to, 1, &t->err), TOMO_E_FORMAT);
    CHECK_FAILS(tomo__gunzip_read(g, 1, to, size, &t->err), TOMO_E_FORMAT);
    CHECK_OK(tomo__gunzip_read(g, 0, to, size, &t->err));
    CHECK_OK(tomo__gunzip_finish(g, size, &t->err));
    tomo__gunzip_free(g);
    tomo_source_free(source);
    free(to);
}

TEST(reads_at_any_place)
{
    const size_t size = (9 << 20) + 1234;
    uint8_t *p = material(size);
    grown indexed = packed(t, p, size, size);
    check_reads(t, indexed.data, indexed.size, p, size);
    /* without the index, and in two members with padding behind */
    uint8_t *plain = malloc(2 * compressBound((uLong)size) + 100);
    size_t at = 0;
    for (int m = 0; m < 2; m++) {
        z_stream z = { 0 };
        CHECK(deflateInit2(&z, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
        z.next_in = p + (m ? size / 3 : 0), z.avail_in = (unsigned)(m ? size - size / 3 : size / 3);
        z.next_out = plain + at, z.avail_out = (unsigned)compressBound((uLong)size) + 50;
        CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
        at += z.total_out;
        deflateEnd(&z);
    }
    memset(plain + at, 0, 20);
    check_reads(t, plain, at + 20, p, size);
    free(plain), free(indexed.data), free(p);
}

/* What the index says is only believed if the check sum comes out; else the stream is read as any other. */
TEST(indexes_that_lie)
{
    const size_t size = (5 << 20) + 9;
    uint8_t *p = material(size);
    grown g = packed(t, p, size, size);
    uint8_t *bad = malloc(g.size);
    uint32_t seed = 6;
    for (int k = 0; k < 60; k++) {
        memcpy(bad, g.data, g.size);
        if (k < 20)
            bad[12 + t_random(&seed) % 32] ^= (uint8_t)(1 << t_random(&seed) % 8); /* the field */
        else if (k < 40) /* one piece gets what another loses */
            bad[20 + 4 * (k % 5)]++, bad[20 + 4 * ((k + 1) % 5)]--;
        else
            bad[60 + t_random(&seed) % (g.size - 60)] ^= 1; /* the data or the check sum */
        tomo_buffer *out = NULL;
        memset(&t->err, 0, sizeof t->err);
        const tomo_status st = tomo_codec_inflate(t->ctx, &out, bad, g.size, size, &t->err);
        if (k < 40) {
            CHECK(st == TOMO_OK && memcmp(tomo_buffer_data(out), p, size) == 0);
        } else {
            CHECK(st == TOMO_E_FORMAT || st == TOMO_E_LIMIT);
        }
        tomo_buffer_free(out);
        tomo_source *source = NULL;
        tomo__gunzip *r = NULL;
        uint8_t *to = malloc(size);
        CHECK_OK(tomo_source_from_memory(t->ctx, &source, bad, g.size, &t->err));
        CHECK_OK(tomo__gunzip_open(t->ctx, &r, source, &t->err));
        tomo_status rst = tomo__gunzip_read(r, 0, to, size, &t->err);
        if (!rst)
            rst = tomo__gunzip_finish(r, size, &t->err);
        CHECK(k < 40 ? rst == TOMO_OK && memcmp(to, p, size) == 0 : rst == TOMO_E_FORMAT);
        tomo__gunzip_free(r);
        tomo_source_free(source);
        free(to);
    }
    free(bad), free(g.data), free(p);
}

/* A few bytes that claim gigabytes: refused before memory is taken. */
TEST(gzip_bombs)
{
    uint8_t head[200] = { 0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 12, 0, 'T', 'M', 8, 0, 0, 0, 0, 0x40, 100, 0, 0, 0 };
    tomo_ctx *ctx = t_ctx(t, 1, -1);
    tomo_buffer *out = NULL;
    uint64_t peak = 0;
    for (uint32_t isize = 0x20000000; isize < 0xf0000000; isize += 0x10000000) {
        memcpy(head + 24 + 100 + 4, &isize, 4);
        CHECK(tomo_codec_inflate(ctx, &out, head, 24 + 100 + 8, UINT64_MAX, &t->err) == TOMO_E_FORMAT);
    }
    tomo_ctx_memory(ctx, NULL, &peak);
    CHECK(peak < 2 << 20);
    tomo_ctx_free(ctx);
}

TEST(gzip_survives_lost_memory)
{
    const size_t size = (2 << 20) + 5;
    uint8_t *p = material(size), *to = malloc(size);
    grown g = packed(t, p, size, size);
    FAIL_EACH_ALLOC(t)
    {
        tomo_source *source = NULL;
        tomo__gunzip *r = NULL;
        tomo_buffer *out = NULL;
        memset(&t->err, 0, sizeof t->err);
        tomo_status st = tomo_source_from_memory(t->ctx, &source, g.data, g.size, &t->err);
        st = st ? st : tomo__gunzip_open(t->ctx, &r, source, &t->err);
        st = st ? st : tomo__gunzip_read(r, 7, to, size - 7, &t->err);
        st = st ? st : tomo_codec_inflate(t->ctx, &out, g.data, g.size, size, &t->err);
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        tomo_buffer_free(out);
        tomo__gunzip_free(r);
        tomo_source_free(source);
    }
    FAIL_EACH_ALLOC(t)
    {
        grown made = { NULL, 0 };
        tomo__gzip *z = NULL;
        const uint8_t *head;
        size_t n;
        memset(&t->err, 0, sizeof t->err);
        tomo_status st = tomo__gzip_begin(t->ctx, &z, size, 1, put, &made, &t->err);
        st = st ? st : tomo__gzip_write(z, p, 1000, NULL, &t->err);
        st = st ? st : tomo__gzip_write(z, p + 1000, size - 1000, NULL, &t->err);
        st = st ? st : tomo__gzip_end(z, &head, &n, &t->err);
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        tomo__gzip_free(z);
        free(made.data);
    }
    free(g.data), free(to), free(p);
}
