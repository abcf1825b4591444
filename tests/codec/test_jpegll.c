/* test_jpegll.c - lossless JPEG against a plain encoder written from T.81 annex H: every predictor, precision,
 * layout. */
#include "codec_test.h"

#include "base/base_internal.h"

typedef struct bits {
    uint8_t *at;
    uint64_t hold;
    int count;
} bits;

static void put(bits *b, uint32_t value, int n)
{
    for (int i = n - 1; i >= 0; i--) {
        b->hold = b->hold << 1 | (value >> i & 1);
        if (++b->count == 8) {
            *b->at++ = (uint8_t)b->hold;
            if ((uint8_t)b->hold == 0xff)
                *b->at++ = 0;
            b->count = 0;
        }
    }
}

static void flush(bits *b)
{
    while (b->count)
        put(b, 1, 1);
}

typedef struct layout {
    int columns, rows, n, precision, predictor, shift, restart_lines;
    bool interleaved;
    bool no_height; /* DNL after the scan */
} layout;

static void segment(bits *b, int marker, const uint8_t *data, int size)
{
    *b->at++ = 0xff, *b->at++ = (uint8_t)marker;
    *b->at++ = (uint8_t)((size + 2) >> 8), *b->at++ = (uint8_t)(size + 2);
    memcpy(b->at, data, (size_t)size);
    b->at += size;
}

/* One table for all: 17 symbols, sizes 0 to 14 in 4 bits, the last two in 6 and 16 (longer than any quick look-up). */
static void put_symbol(bits *b, int size)
{
    if (size < 15)
        put(b, (uint32_t)size, 4);
    else if (size == 15)
        put(b, 60, 6);
    else
        put(b, 0xf400, 16);
}

static void put_table(bits *b)
{
    uint8_t t[1 + 16 + 17] = { 0 };
    t[4] = 15, t[6] = 1, t[16] = 1;
    for (int i = 0; i < 17; i++)
        t[17 + i] = (uint8_t)i;
    segment(b, 0xc4, t, sizeof t);
}

static int at(const uint16_t *px, const layout *l, int c, int x, int y)
{
    return px[(y * l->columns + x) * l->n + c] >> l->shift;
}

static int predict(const uint16_t *px, const layout *l, int c, int x, int y)
{
    const bool first_line = y == 0 || (l->restart_lines && y % l->restart_lines == 0);
    if (first_line)
        return x == 0 ? 1 << (l->precision - l->shift - 1) : at(px, l, c, x - 1, y);
    if (x == 0)
        return at(px, l, c, x, y - 1);
    const int a = at(px, l, c, x - 1, y), b = at(px, l, c, x, y - 1), q = at(px, l, c, x - 1, y - 1);
    switch (l->predictor) {
    case 1: return a;
    case 2: return b;
    case 3: return q;
    case 4: return a + b - q;
    case 5: return a + ((b - q) >> 1);
    case 6: return b + ((a - q) >> 1);
    default: return (a + b) >> 1;
    }
}

static void put_sample(bits *b, const uint16_t *px, const layout *l, int c, int x, int y)
{
    const int diff = (int16_t)(at(px, l, c, x, y) - predict(px, l, c, x, y)); /* modulo 2^16 */
    int size = 0;
    while (size < 16 && (diff < 0 ? -diff : diff) >> size)
        size++;
    put_symbol(b, size);
    if (size < 16)
        put(b, (uint32_t)(diff < 0 ? diff - 1 : diff), size);
}

static void put_scan(bits *b, const uint16_t *px, const layout *l, int first, int n)
{
    uint8_t head[12] = { (uint8_t)n };
    int k = 1;
    for (int c = first; c < first + n; c++)
        head[k++] = (uint8_t)(c + 1), head[k++] = 0;
    head[k++] = (uint8_t)l->predictor, head[k++] = 0, head[k++] = (uint8_t)l->shift;
    segment(b, 0xda, head, k);
    for (int y = 0; y < l->rows; y++) {
        if (l->restart_lines && y && y % l->restart_lines == 0) {
            flush(b);
            *b->at++ = 0xff, *b->at++ = (uint8_t)(0xd0 + (y / l->restart_lines - 1) % 8);
        }
        for (int x = 0; x < l->columns; x++)
            for (int c = first; c < first + n; c++)
                put_sample(b, px, l, c, x, y);
    }
    flush(b);
}

static size_t encode(uint8_t *to, const uint16_t *px, const layout *l)
{
    bits b = { to, 0, 0 };
    const int height = l->no_height ? 0 : l->rows;
    uint8_t sof[6 + 12] = { (uint8_t)l->precision, (uint8_t)(height >> 8), (uint8_t)height,
                            (uint8_t)(l->columns >> 8), (uint8_t)l->columns, (uint8_t)l->n };
    for (int c = 0; c < l->n; c++)
        sof[6 + 3 * c] = (uint8_t)(c + 1), sof[7 + 3 * c] = 0x11, sof[8 + 3 * c] = 0;
    *b.at++ = 0xff, *b.at++ = 0xd8;
    segment(&b, 0xc3, sof, 6 + 3 * l->n);
    put_table(&b);
    if (l->restart_lines) {
        const int interval = l->restart_lines * l->columns;
        segment(&b, 0xdd, (const uint8_t[]){ (uint8_t)(interval >> 8), (uint8_t)interval }, 2);
    }
    for (int c = 0; c < (l->interleaved ? 1 : l->n); c++)
        put_scan(&b, px, l, c, l->interleaved ? l->n : 1);
    if (l->no_height)
        segment(&b, 0xdc, (const uint8_t[]){ (uint8_t)(l->rows >> 8), (uint8_t)l->rows }, 2);
    *b.at++ = 0xff, *b.at++ = 0xd9;
    return (size_t)(b.at - to);
}

static void check(t_state *t, const layout *l, uint32_t seed)
{
    const size_t count = (size_t)(l->columns * l->rows * l->n);
    uint16_t *px = malloc(count * 2), *out = malloc(count * 2);
    uint8_t *stream = malloc(count * 5 + 1000);
    for (size_t i = 0; i < count; i++) { /* edges as steep as can be, flat parts, noise */
        const uint32_t r = t_random(&seed), top = (1u << l->precision) - 1;
        px[i] = (uint16_t)((r & 7) == 0 ? top : (r & 7) == 1 ? 0 : (r & 8) ? r >> 8 & top : top / 2 + (r >> 30));
    }
    const size_t size = encode(stream, px, l);
    const tomo_frame_desc d = c_desc(l->columns, l->rows, l->n, 16, l->precision);
    CHECK_OK(tomo_codec_decode(t->ctx, tomo_codec_find("jpegll"), stream, size, &d, out, count * 2, NULL, &t->err));
    for (size_t i = 0; i < count; i++)
        if (out[i] != px[i] >> l->shift << l->shift) {
            print_error("predictor %d, %d bits, %d components, sample %zu is %d, expected %d\n", l->predictor,
                        l->precision, l->n, i, out[i], px[i] >> l->shift << l->shift);
            fail();
        }
    free(stream);
    free(out);
    free(px);
}

TEST(every_predictor_precision_and_layout)
{
    uint32_t seed = 1;
    for (int predictor = 1; predictor <= 7; predictor++)
        for (int precision = 2; precision <= 16; precision++)
            for (int n = 1; n <= 4; n += n == 1 ? 2 : 1)
                for (int kind = 0; kind < 6; kind++) {
                    const layout l = { 13, 11, n, precision, predictor, kind == 1 ? precision / 2 : 0,
                                       kind == 2 ? 1 : kind == 3 ? 4 : 0, kind != 4, kind == 5 };
                    check(t, &l, seed++);
                }
    const layout one = { 1, 1, 1, 16, 1, 0, 0, true, false };
    check(t, &one, 5);
}

static void check_refused(t_state *t, uint8_t *stream, size_t size, const layout *l, tomo_status status)
{
    const tomo_frame_desc d = c_desc(l->columns, l->rows, l->n, 16, l->precision);
    uint16_t out[1000];
    CHECK_FAILS(tomo_codec_decode(t->ctx, tomo_codec_find("jpegll"), stream, size, &d, out, sizeof out, NULL, &t->err),
                status);
}

TEST(what_cannot_be_is_refused)
{
    const layout l = { 9, 7, 3, 12, 4, 0, 2, true, false };
    uint16_t px[9 * 7 * 3];
    uint8_t good[4000], bad[4000];
    uint32_t seed = 3;
    for (size_t i = 0; i < TOMO__COUNT(px); i++)
        px[i] = (uint16_t)(t_random(&seed) >> 20);
    const size_t size = encode(good, px, &l);
    uint8_t *sof = memmem(good, size, "\xff\xc3", 2), *sos = memmem(good, size, "\xff\xda", 2);
    uint8_t *dri = memmem(good, size, "\xff\xdd", 2), *rst = memmem(good, size, "\xff\xd1", 2);
    const struct {
        const uint8_t *at;
        int value;
        tomo_status status;
    } change[] = {
        { sof + 4, 1, TOMO_E_FORMAT },           /* one bit */
        { sof + 4, 17, TOMO_E_FORMAT },          /* 17 bits */
        { sof + 11, 0x21, TOMO_E_UNSUPPORTED },  /* subsampled */
        { sof + 1, 0xc7, TOMO_E_UNSUPPORTED },   /* differential */
        { sof + 1, 0xcb, TOMO_E_UNSUPPORTED },   /* arithmetic */
        { sof + 13, 1, TOMO_E_FORMAT },          /* two components with one name */
        { sos + 5, 9, TOMO_E_FORMAT },           /* unknown component */
        { sos + 6, 0x30, TOMO_E_FORMAT },        /* no such table */
        { sos + 11, 0, TOMO_E_FORMAT },          /* no predictor */
        { sos + 11, 8, TOMO_E_FORMAT },          /* no such predictor */
        { sos + 13, 12, TOMO_E_FORMAT },         /* everything shifted away */
        { dri + 5, 17, TOMO_E_FORMAT },          /* not whole lines */
        { rst + 1, 0xd3, TOMO_E_FORMAT },        /* restart markers out of order */
        { good, 0, TOMO_E_FORMAT },              /* no start */
    };
    for (size_t i = 0; i < TOMO__COUNT(change); i++) {
        memcpy(bad, good, size);
        bad[change[i].at - good] = (uint8_t)change[i].value;
        check_refused(t, bad, size, &l, change[i].status);
    }
}
