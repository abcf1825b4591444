/* codestream.c - a JPEG frame (ITU-T T.81, sequential DCT) written anew with what decoding needs and nothing else: the
 * tables that its scans use, frame and scan headers, and the entropy-coded bytes as far as their Huffman codes reach.
 * Comments, application segments, spare tables, and whatever lies between or behind the scans have no way through.
 * The coefficients, hence the pixels, stay bit for bit. */
#include "deid/deid_internal.h"

#include "codec/jpeg_internal.h"

enum { SOI = 0xd8, EOI = 0xd9, APP0 = 0xe0, APP14 = 0xee, DQT = 0xdb, DHT = 0xc4, DRI = 0xdd, SOS = 0xda };

struct tomo__deid_jpeg {
    tomo__jpeg j;
    tomo__huff huff[2][4];
    uint16_t quant[4][64]; /* as written so far */
    uint8_t bits[2][4][17], values[2][4][256];
    bool has_quant[4], has_huff[2][4], done[4];
    uint32_t restart;
    bool started;
    uint8_t *raw; /* one restart interval without its stuffing */
    size_t room;
};

tomo__deid_jpeg *tomo__deid_jpeg_new(tomo_ctx *ctx) { return tomo__calloc(ctx, 1, sizeof(tomo__deid_jpeg)); }

void tomo__deid_jpeg_free(tomo_ctx *ctx, tomo__deid_jpeg *s)
{
    if (s)
        tomo__free(ctx, s->raw);
    tomo__free(ctx, s);
}

bool tomo__deid_jpeg_lossless(const tomo__deid_jpeg *s) { return s->j.sof == 0xc3; }

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static void put_bytes(tomo__text *t, const uint8_t *bytes, size_t n) { tomo__text_add(t, bytes, n); }

static void put_segment(tomo__text *t, uint8_t marker, size_t payload)
{
    const size_t n = payload + 2; /* at most 1 + 128 or 17 + 256 */
    put_bytes(t, (uint8_t[]){ 0xff, marker, (uint8_t)(n >> 8), (uint8_t)n }, 4);
}

static void put_quant(tomo__text *t, tomo__deid_jpeg *s, uint32_t slot)
{
    const uint16_t *q = s->j.quant[slot];
    bool wide = false;
    uint8_t b[129];
    size_t n = 1;
    if (s->has_quant[slot] && memcmp(q, s->quant[slot], sizeof s->quant[slot]) == 0)
        return;
    for (size_t i = 0; i < 64; i++)
        wide |= q[i] > 255;
    b[0] = (uint8_t)((wide ? 16 : 0) | slot);
    for (size_t i = 0; i < 64; i++) {
        if (wide)
            b[n++] = (uint8_t)(q[i] >> 8);
        b[n++] = (uint8_t)q[i];
    }
    put_segment(t, DQT, n);
    put_bytes(t, b, n);
    memcpy(s->quant[slot], q, sizeof s->quant[slot]);
    s->has_quant[slot] = true;
}

static void put_huff(tomo__text *t, tomo__deid_jpeg *s, uint32_t kind, uint32_t slot)
{
    const uint8_t *bits = s->j.huff_bits[kind][slot], *values = s->j.huff_values[kind][slot];
    size_t total = 0;
    if (s->has_huff[kind][slot] && memcmp(bits + 1, s->bits[kind][slot] + 1, 16) == 0 &&
        memcmp(values, s->values[kind][slot], 256) == 0)
        return;
    for (int i = 1; i <= 16; i++)
        total += bits[i];
    put_segment(t, DHT, 17 + total);
    put_bytes(t, (uint8_t[]){ (uint8_t)(kind << 4 | slot) }, 1);
    put_bytes(t, bits + 1, 16);
    put_bytes(t, values, total);
    memcpy(s->bits[kind][slot], bits, 17);
    memcpy(s->values[kind][slot], values, 256);
    s->has_huff[kind][slot] = true;
}

/* SOI, the marks that rule color with their fixed fields only, quantization tables, frame header. */
static void put_head(tomo__text *t, tomo__deid_jpeg *s)
{
    const tomo__jpeg *j = &s->j;
    put_bytes(t, (uint8_t[]){ 0xff, SOI }, 2);
    if (j->jfif) {
        put_segment(t, APP0, 14);
        put_bytes(t, (const uint8_t *)"JFIF\0\1\2\0\0\1\0\1\0\0", 14);
    }
    if (j->adobe >= 0) {
        put_segment(t, APP14, 12);
        put_bytes(t, (const uint8_t *)"Adobe\0\144\0\0\0\0", 11);
        put_bytes(t, (uint8_t[]){ (uint8_t)j->adobe }, 1);
    }
    for (int c = 0; c < j->n; c++)
        if (j->has_quant[j->comp[c].quant])
            put_quant(t, s, j->comp[c].quant);
    put_segment(t, j->sof, 6 + 3 * (size_t)j->n);
    put_bytes(t,
              (uint8_t[]){ (uint8_t)j->precision, (uint8_t)(j->rows >> 8), (uint8_t)j->rows, (uint8_t)(j->columns >> 8),
                           (uint8_t)j->columns, (uint8_t)j->n },
              6);
    for (int c = 0; c < j->n; c++)
        put_bytes(t, (uint8_t[]){ j->comp[c].id, (uint8_t)(j->comp[c].h << 4 | j->comp[c].v), j->comp[c].quant }, 3);
}

static void put_scan_head(tomo__text *t, tomo__deid_jpeg *s)
{
    const tomo__jpeg *j = &s->j;
    if (!s->started)
        put_head(t, s);
    s->started = true;
    for (int i = 0; i < j->scan_n; i++) {
        const tomo__jpeg_comp *c = &j->comp[j->scan[i]];
        put_quant(t, s, c->quant);
        put_huff(t, s, 0, c->dc);
        put_huff(t, s, 1, c->ac);
    }
    if (j->restart != s->restart) {
        put_segment(t, DRI, 2);
        put_bytes(t, (uint8_t[]){ (uint8_t)(j->restart >> 8), (uint8_t)j->restart }, 2);
        s->restart = j->restart;
    }
    put_segment(t, SOS, 4 + 2 * (size_t)j->scan_n);
    put_bytes(t, (uint8_t[]){ (uint8_t)j->scan_n }, 1);
    for (int i = 0; i < j->scan_n; i++) {
        const tomo__jpeg_comp *c = &j->comp[j->scan[i]];
        put_bytes(t, (uint8_t[]){ c->id, (uint8_t)(c->dc << 4 | c->ac) }, 2);
    }
    put_bytes(t, (uint8_t[]){ 0, 63, 0 }, 3);
}

/* The first `bits` bits, stuffed (B.1.1.5), the last byte filled up with ones (F.1.2.3). */
static void put_entropy(tomo__text *t, uint8_t *raw, size_t bits)
{
    const size_t n = (bits + 7) / 8;
    size_t from = 0;
    if (bits % 8)
        raw[n - 1] |= (uint8_t)(0xff >> bits % 8);
    for (size_t i = 0; i < n; i++)
        if (raw[i] == 0xff) {
            put_bytes(t, raw + from, i + 1 - from);
            put_bytes(t, (uint8_t[]){ 0 }, 1);
            from = i + 1;
        }
    put_bytes(t, raw + from, n - from);
}

/* ---- reading ------------------------------------------------------------------------------------------------------
 */

/* One table: no symbol twice, none that the process does not have. */
static bool good_table(tomo__deid_jpeg *s, uint32_t kind, uint32_t slot)
{
    const tomo__jpeg *j = &s->j;
    const uint8_t *bits = j->huff_bits[kind][slot], *values = j->huff_values[kind][slot];
    const uint8_t most = j->precision == 8 ? 11 : 15; /* F.1.2.1.2 */
    bool seen[256] = { false };
    size_t total = 0;
    if (!j->has_huff[kind][slot])
        return false;
    for (int i = 1; i <= 16; i++)
        total += bits[i];
    if (total > 256)
        return false;
    for (size_t i = 0; i < total; i++) {
        const uint8_t v = values[i];
        if (seen[v] || (kind == 0 ? v > most : (v & 15) > most - 1 || ((v & 15) == 0 && v != 0 && v != 0xf0)))
            return false;
        seen[v] = true;
    }
    return tomo__huff_build(&s->huff[kind][slot], bits, values, kind ? 15 : 31, 255, NULL) == TOMO_OK;
}

static bool good_scan(tomo__deid_jpeg *s)
{
    const tomo__jpeg *j = &s->j;
    int units = 0;
    if (j->ss != 0 || j->se != 63 || j->ah != 0 || j->al != 0)
        return false;
    for (int i = 0; i < j->scan_n; i++) {
        const tomo__jpeg_comp *c = &j->comp[j->scan[i]];
        units += c->h * c->v;
        if (s->done[j->scan[i]] || !j->has_quant[c->quant] || !good_table(s, 0, c->dc) || !good_table(s, 1, c->ac))
            return false;
        s->done[j->scan[i]] = true;
    }
    return j->scan_n == 1 || units <= 10; /* B.2.3 */
}

/* One block's codes (F.2.2). */
static bool pass_block(tomo__bits *b, const tomo__huff *dc, const tomo__huff *ac)
{
    tomo__bits_fill(b);
    uint32_t size = tomo__huff_symbol(b, dc);
    tomo__bits_drop(b, size);
    for (uint32_t k = 1; k < 64; k++) {
        tomo__bits_fill(b);
        const uint32_t rs = tomo__huff_symbol(b, ac), run = rs >> 4;
        size = rs & 15;
        if (size == 0 && run == 0)
            break;
        tomo__bits_drop(b, size);
        k += run;
        if (k > 63)
            return false;
    }
    return !b->bad;
}

static bool pass_mcu(const tomo__deid_jpeg *s, tomo__bits *b)
{
    const tomo__jpeg *j = &s->j;
    for (int i = 0; i < j->scan_n; i++) {
        const tomo__jpeg_comp *c = &j->comp[j->scan[i]];
        const int blocks = j->scan_n == 1 ? 1 : c->h * c->v;
        for (int k = 0; k < blocks; k++)
            if (!pass_block(b, &s->huff[0][c->dc], &s->huff[1][c->ac]))
                return false;
    }
    return true;
}

static uint64_t over(uint64_t n, uint64_t by) { return (n + by - 1) / by; }

/* MCUs of a scan: of blocks of the one component, or of all components together (A.2). */
static uint64_t count_mcus(const tomo__jpeg *j)
{
    const tomo__jpeg_comp *c = &j->comp[j->scan[0]];
    const uint64_t w = (uint64_t)j->columns, h = (uint64_t)j->rows, hm = (uint64_t)j->h_max, vm = (uint64_t)j->v_max;
    if (j->scan_n > 1)
        return over(w, 8 * hm) * over(h, 8 * vm);
    return over(over(w * c->h, hm), 8) * over(over(h * c->v, vm), 8);
}

static bool pass_interval(tomo__text *t, tomo__deid_jpeg *s, uint64_t mcus)
{
    const size_t size = tomo__jpeg_segment(&s->j, s->raw);
    tomo__bits b;
    tomo__bits_begin(&b, s->raw, size);
    for (uint64_t i = 0; i < mcus; i++)
        if (!pass_mcu(s, &b))
            return false;
    const size_t bits = (size_t)(b.at - s->raw) * 8 - b.count;
    if (b.bad || bits > size * 8)
        return false;
    put_entropy(t, s->raw, bits);
    return true;
}

static bool pass_scan(tomo__text *t, tomo__deid_jpeg *s)
{
    tomo__jpeg *j = &s->j;
    const uint64_t mcus = count_mcus(j), each = j->restart ? j->restart : mcus;
    if (!good_scan(s))
        return false;
    put_scan_head(t, s);
    for (uint64_t at = 0, k = 0; at < mcus; at += each, k++) {
        if (at > 0) {
            if (tomo__jpeg_restart(j, (uint32_t)(k - 1), NULL))
                return false;
            put_bytes(t, (uint8_t[]){ 0xff, (uint8_t)(0xd0 + (k - 1) % 8) }, 2);
        }
        if (!pass_interval(t, s, TOMO__MIN(each, mcus - at)))
            return false;
    }
    return true;
}

bool tomo__deid_jpeg_rebuild(tomo_ctx *ctx, tomo__text *t, tomo__deid_jpeg *s, const uint8_t *bytes, size_t size,
                             const tomo_frame_desc *desc)
{
    const tomo__codec_call call = { .ctx = ctx, .in = bytes, .in_size = size, .desc = desc };
    uint8_t *raw = s->raw;
    size_t room = s->room;
    if (room < size + TOMO__BITS_PAD) {
        room = size + TOMO__BITS_PAD;
        raw = tomo__realloc(ctx, s->raw, room);
        if (!raw) {
            t->failed = true;
            return false;
        }
    }
    memset(s, 0, sizeof *s);
    s->raw = raw;
    s->room = room;
    if (tomo__jpeg_open(&s->j, &call, NULL))
        return false;
    const tomo__jpeg *j = &s->j;
    if ((j->sof != 0xc0 && j->sof != 0xc1) || (j->precision != 8 && j->precision != 12) ||
        j->precision > desc->bits_stored || j->columns != desc->columns || j->rows != desc->rows ||
        j->n != desc->samples || tomo__be16(bytes + j->frame_at + 5) != j->rows)
        return false;
    for (;;) {
        if (tomo__jpeg_next_scan(&s->j, NULL))
            return false;
        if (j->scan_n == 0)
            break;
        if (j->adobe > 2 || !pass_scan(t, s))
            return false;
    }
    for (int c = 0; c < j->n; c++)
        if (!s->done[c])
            return false;
    put_bytes(t, (uint8_t[]){ 0xff, EOI }, 2);
    return j->eoi;
}
