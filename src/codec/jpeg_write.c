/* jpeg_write.c - what our JPEG encoders (lossless, 12-bit) share: marker segments, Huffman tables made for the data
 * (ITU-T T.81 annex K.2), byte stuffing. */
#include "codec/jpeg_write.h"

/* ---- Huffman tables: K.2 -------------------------------------------------------------------------------------- */

enum { SYMBOLS = 257, NONE = -1, MOST_SIZE = SYMBOLS + 1 };

/* The two rarest symbols that are left; of equal ones the higher. */
static void rarest(const uint64_t *count, int *v1, int *v2)
{
    *v1 = *v2 = NONE;
    for (int i = 0; i < SYMBOLS; i++)
        if (count[i] && (*v1 == NONE || count[i] <= count[*v1])) {
            *v2 = *v1;
            *v1 = i;
        } else if (count[i] && (*v2 == NONE || count[i] <= count[*v2])) {
            *v2 = i;
        }
}

/* Figure K.1: lengths of the codes. `count` is used up. */
static void code_sizes(uint64_t *count, int32_t *size)
{
    int16_t other[SYMBOLS];
    int v1, v2;
    for (int i = 0; i < SYMBOLS; i++)
        other[i] = NONE, size[i] = 0;
    for (rarest(count, &v1, &v2); v2 != NONE; rarest(count, &v1, &v2)) {
        count[v1] += count[v2];
        count[v2] = 0;
        for (size[v1]++; other[v1] != NONE; size[v1]++)
            v1 = other[v1];
        other[v1] = (int16_t)v2;
        for (size[v2]++; other[v2] != NONE; size[v2]++)
            v2 = other[v2];
    }
}

/* Figure K.3: no code longer than 16 bits; then the reserved one of only ones is taken away. */
static void limit_sizes(int32_t *bits)
{
    for (int i = MOST_SIZE; i > 16; i--)
        while (bits[i] > 0) {
            int j = i - 2;
            while (bits[j] == 0)
                j--;
            bits[i] -= 2, bits[i - 1]++;
            bits[j + 1] += 2, bits[j]--;
        }
    int i = 16;
    while (bits[i] == 0)
        i--;
    bits[i]--;
}

void tomo__jpeg_table_make(tomo__jpeg_table *t, const uint32_t count[256])
{
    uint64_t left[SYMBOLS];
    int32_t size[SYMBOLS], bits[MOST_SIZE + 1] = { 0 };
    uint32_t code = 0, k = 0;
    for (int i = 0; i < 256; i++)
        left[i] = count[i];
    left[256] = 1; /* reserves the code of only ones */
    code_sizes(left, size);
    for (int i = 0; i < SYMBOLS; i++)
        bits[size[i]]++;
    bits[0] = 0;
    limit_sizes(bits);
    memset(t, 0, sizeof *t);
    for (int n = 1; n <= 16; n++)
        t->bits[n] = (uint8_t)bits[n];
    for (int n = 1; n <= MOST_SIZE; n++) /* figure K.4: by their first lengths */
        for (int i = 0; i < 256; i++)
            if (size[i] == n)
                t->values[t->count++] = (uint8_t)i;
    for (uint32_t n = 1; n <= 16; n++, code <<= 1) /* annex C.2 */
        for (uint32_t i = 0; i < t->bits[n]; i++, k++, code++) {
            t->code[t->values[k]] = (uint16_t)code;
            t->length[t->values[k]] = (uint8_t)n;
        }
}

/* ---- markers --------------------------------------------------------------------------------------------------- */

uint8_t *tomo__jpeg_put(uint8_t *to, const uint8_t *bytes, size_t n)
{
    memcpy(to, bytes, n);
    return to + n;
}

uint8_t *tomo__jpeg_put_frame(uint8_t *to, const tomo__encode_call *call, uint8_t sof, int32_t precision, uint8_t quant)
{
    const tomo_frame_desc *d = call->desc;
    const int n = d->samples;
    const uint8_t head[] = { 0xff,
                             0xd8,
                             0xff,
                             sof,
                             0,
                             (uint8_t)(8 + 3 * n),
                             (uint8_t)precision,
                             (uint8_t)(d->rows >> 8),
                             (uint8_t)d->rows,
                             (uint8_t)(d->columns >> 8),
                             (uint8_t)d->columns,
                             (uint8_t)n };
    to = tomo__jpeg_put(to, head, sizeof head);
    for (int c = 0; c < n; c++) {
        /* readers that guess the color look at the names */
        const uint8_t comp[] = { tomo__jpeg_name(d, c), 0x11, quant };
        to = tomo__jpeg_put(to, comp, sizeof comp);
    }
    return to;
}

uint8_t *tomo__jpeg_put_table(uint8_t *to, const tomo__jpeg_table *t, uint8_t class_and_place)
{
    const uint8_t head[] = { 0xff, 0xc4, (uint8_t)((19 + t->count) >> 8), (uint8_t)(19 + t->count), class_and_place };
    to = tomo__jpeg_put(to, head, sizeof head);
    to = tomo__jpeg_put(to, t->bits + 1, 16);
    return tomo__jpeg_put(to, t->values, t->count);
}

uint8_t *tomo__jpeg_put_scan(uint8_t *to, const tomo_frame_desc *d, uint8_t ss, uint8_t se)
{
    const uint8_t head[] = { 0xff, 0xda, 0, (uint8_t)(6 + 2 * d->samples), (uint8_t)d->samples };
    const uint8_t tail[] = { ss, se, 0 };
    to = tomo__jpeg_put(to, head, sizeof head);
    for (int c = 0; c < d->samples; c++) {
        *to++ = tomo__jpeg_name(d, c);
        *to++ = 0;
    }
    return tomo__jpeg_put(to, tail, sizeof tail);
}

/* ---- stuffing: B.1.1.5 ------------------------------------------------------------------------------------------ */

uint8_t *tomo__jpeg_stuff(uint8_t *to, const uint8_t *from, size_t n)
{
    size_t i = 0;
    while (n - i >= 8) {
        const uint64_t v = tomo__le64(from + i);
        memcpy(to, &v, 8);
        const uint64_t x = ~v, full = (x - 0x0101010101010101u) & ~x & 0x8080808080808080u; /* its lowest is exact */
        if (full == 0) {
            i += 8, to += 8;
            continue;
        }
        const size_t k = (size_t)__builtin_ctzll(full) / 8 + 1; /* through the first FF */
        i += k, to += k;
        *to++ = 0;
    }
    for (; i < n; i++) {
        *to++ = from[i];
        if (from[i] == 0xff)
            *to++ = 0;
    }
    return to;
}
