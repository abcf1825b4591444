/* deflate_join.c - taking the end mark off a raw deflate stream (RFC 1951).
 * libdeflate compresses three times as fast as zlib but has no flush, so pieces compressed on different threads
 * cannot simply follow each other in one gzip member, and files of many members are refused by some readers (the
 * DecompressionStream of browsers). The end mark is one bit in the header of the last block. To find it the blocks
 * are walked: their Huffman codes are decoded, but nothing is written. */
#include "codec/deflate_internal.h"

enum { MOST_BITS = 15, LITERALS = 288, OFFSETS = 32, PRECODES = 19 };
enum { DROP = 31, IS_LENGTH = 32, IS_END = 64, IS_BAD = 128 }; /* a table entry: bits to drop, and what it is */

typedef struct walk {
    const uint8_t *at, *end;
    uint64_t hold;
    uint32_t count;
    uint8_t literal[1 << MOST_BITS], offset[1 << MOST_BITS];
    uint32_t literal_mask, offset_mask;
    uint64_t used; /* bits, as far as `hold` was refilled */
} walk;

static void refill(walk *w)
{
    if (w->end - w->at >= 8) {
        w->hold |= tomo__le64(w->at) << w->count;
        w->at += (63 - w->count) >> 3;
        w->count |= 56;
        return;
    }
    for (; w->count <= 56; w->count += 8) /* behind the end come zeros; position() tells */
        w->hold |= (uint64_t)(w->at < w->end ? *w->at : 0) << w->count, w->at++;
}

static uint32_t take(walk *w, uint32_t n)
{
    refill(w);
    const uint32_t v = (uint32_t)(w->hold & ((1u << n) - 1));
    w->hold >>= n;
    w->count -= n;
    return v;
}

static uint32_t reversed(uint32_t code, uint32_t n)
{
    uint32_t r = 0;
    for (uint32_t i = 0; i < n; i++)
        r |= (code >> i & 1) << (n - 1 - i);
    return r;
}

/* Table for codes of the given lengths; `value` is added to an entry. Returns the index mask, or 0. */
static uint32_t build(uint8_t *table, const uint8_t *length, uint32_t n, uint8_t (*value)(uint32_t symbol))
{
    uint32_t count[MOST_BITS + 1] = { 0 }, next[MOST_BITS + 1] = { 0 }, most = 1, code = 0;
    for (uint32_t i = 0; i < n; i++) {
        count[length[i]]++;
        most = TOMO__MAX(most, length[i]);
    }
    count[0] = 0;
    for (uint32_t b = 1; b <= MOST_BITS; b++) {
        next[b] = code = (code + count[b - 1]) << 1;
        if (code + count[b] > 1u << b)
            return 0;
    }
    memset(table, IS_BAD, (size_t)1 << most);
    for (uint32_t i = 0; i < n; i++)
        if (length[i])
            for (uint32_t k = reversed(next[length[i]]++, length[i]); k < 1u << most; k += 1u << length[i])
                table[k] = (uint8_t)(value(i) + length[i]);
    return (1u << most) - 1;
}

/* Extra bits of lengths and offsets: RFC 1951 3.2.5. */
static uint8_t literal_value(uint32_t s)
{
    static const uint8_t extra[31] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2,
                                       3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0, 0, 0 };
    return s < 256 ? 0 : s == 256 ? IS_END : (uint8_t)(IS_LENGTH + extra[s - 257]);
}
static uint8_t offset_value(uint32_t s) { return (uint8_t)(s < 4 ? 0 : s / 2 - 1); }

static bool fixed_tables(walk *w)
{
    uint8_t length[LITERALS];
    memset(length, 8, 144);
    memset(length + 144, 9, 112);
    memset(length + 256, 7, 24);
    memset(length + 280, 8, 8);
    w->literal_mask = build(w->literal, length, LITERALS, literal_value);
    memset(length, 5, OFFSETS);
    w->offset_mask = build(w->offset, length, OFFSETS, offset_value);
    return w->literal_mask && w->offset_mask;
}

/* RFC 1951 3.2.7 */
static bool dynamic_tables(walk *w)
{
    static const uint8_t order[PRECODES] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 };
    const uint32_t literals = take(w, 5) + 257, offsets = take(w, 5) + 1, precodes = take(w, 4) + 4;
    uint8_t pre[PRECODES] = { 0 }, length[LITERALS + 2 * OFFSETS + 138];
    uint32_t next[8] = { 0 }, count[8] = { 0 }, code = 0, n = 0;
    if (literals > LITERALS - 2 || offsets > OFFSETS)
        return false;
    for (uint32_t i = 0; i < precodes; i++)
        count[pre[order[i]] = (uint8_t)take(w, 3)]++;
    count[0] = 0;
    for (uint32_t b = 1; b < 8; b++)
        next[b] = code = (code + count[b - 1]) << 1;
    uint8_t symbol[128], bits[128] = { 0 };
    for (uint32_t i = 0; i < PRECODES; i++)
        if (pre[i])
            for (uint32_t k = reversed(next[pre[i]]++, pre[i]); k < 128; k += 1u << pre[i])
                symbol[k] = (uint8_t)i, bits[k] = pre[i];
    while (n < literals + offsets) {
        refill(w);
        const uint32_t k = (uint32_t)(w->hold & 127);
        if (!bits[k] || (bits[k] && symbol[k] == 16 && n == 0))
            return false;
        take(w, bits[k]);
        if (symbol[k] < 16) {
            length[n++] = symbol[k];
            continue;
        }
        const uint8_t fill = symbol[k] == 16 ? length[n - 1] : 0;
        const uint32_t times = symbol[k] == 16 ? 3 + take(w, 2) : symbol[k] == 17 ? 3 + take(w, 3) : 11 + take(w, 7);
        memset(length + n, fill, times);
        n += times;
    }
    w->literal_mask = n == literals + offsets ? build(w->literal, length, literals, literal_value) : 0;
    w->offset_mask = build(w->offset, length + literals, offsets, offset_value);
    return w->literal_mask && w->offset_mask;
}

/* Symbols up to and with the end of the block. */
static bool walk_codes(walk *w)
{
    while (w->at <= w->end + 16) {
        refill(w); /* 56 bits: a length and an offset with their extra bits are 48 */
        const uint32_t e = w->literal[w->hold & w->literal_mask];
        w->hold >>= e & DROP;
        w->count -= e & DROP;
        if (e < IS_LENGTH)
            continue;
        if (e & (IS_END | IS_BAD))
            return e & IS_END;
        const uint32_t o = w->offset[w->hold & w->offset_mask];
        if (o & IS_BAD)
            return false;
        w->hold >>= o & DROP;
        w->count -= o & DROP;
    }
    return false;
}

static bool walk_stored(walk *w)
{
    take(w, w->count % 8);
    const uint32_t length = take(w, 16);
    take(w, 16);
    w->at -= w->count / 8; /* give back what was read ahead */
    w->hold = 0, w->count = 0;
    if (w->at > w->end || length > (size_t)(w->end - w->at))
        return false;
    w->at += length;
    return true;
}

bool tomo__deflate_open_end(uint8_t *data, size_t *size)
{
    walk w;
    uint64_t mark = 0, end;
    w.at = data, w.end = data + *size;
    w.hold = 0, w.count = 0;
    for (uint32_t last = 0; !last;) {
        refill(&w);
        mark = (uint64_t)(w.at - data) * 8 - w.count;
        last = take(&w, 1);
        const uint32_t type = take(&w, 2);
        bool fine = type == 0 ? walk_stored(&w) : type == 1 ? fixed_tables(&w) : type == 2 ? dynamic_tables(&w) : false;
        if (fine && type != 0)
            fine = walk_codes(&w);
        end = (uint64_t)(w.at - data) * 8 - w.count;
        if (!fine || end > (uint64_t)*size * 8)
            return false;
    }
    data[mark / 8] &= (uint8_t)~(1u << (mark % 8));
    /* a stored block: three zero bits, zeros to a whole byte, length 0, its complement */
    memset(data + *size, 0, TOMO__JOIN_ROOM);
    uint8_t *p = data + (end + 3 + 7) / 8;
    p[0] = 0, p[1] = 0, p[2] = 0xff, p[3] = 0xff;
    *size = (size_t)(p + 4 - data);
    return true;
}
