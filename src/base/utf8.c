/* utf8.c - strict UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF (Unicode 15, table 3-7). */
#include "base/base_internal.h"

/* Decode one character. Returns its length, or 0 if it is broken; then *bad is the length of the "maximal subpart"
 * that U+FFFD stands for (Unicode 15, 3.9), as Python and browsers count it. */
static size_t decode(const uint8_t *p, size_t size, uint32_t *code, size_t *bad)
{
    uint8_t low = 0x80, high = 0xbf; /* range of the second byte */
    size_t more;
    *bad = 1;
    if (p[0] < 0x80) {
        *code = p[0];
        return 1;
    }
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    more = p[0] < 0xe0 ? 1 : p[0] < 0xf0 ? 2 : 3;
    switch (p[0]) {
    case 0xe0:
        low = 0xa0;
        break;
    case 0xed:
        high = 0x9f;
        break;
    case 0xf0:
        low = 0x90;
        break;
    case 0xf4:
        high = 0x8f;
        break;
    default:
        break;
    }
    uint32_t c = p[0] & (0x3fu >> more);
    for (size_t i = 1; i <= more; i++) {
        if (i >= size || p[i] < low || p[i] > high) {
            *bad = i;
            return 0;
        }
        c = c << 6 | (p[i] & 0x3fu);
        low = 0x80, high = 0xbf;
    }
    *code = c;
    return more + 1;
}

size_t tomo__utf8_valid(const char *text, size_t size)
{
    const uint8_t *p = (const uint8_t *)text;
    size_t at = 0, bad;
    uint32_t code;
    while (at < size) {
        uint64_t eight;
        if (size - at >= 8 && (memcpy(&eight, p + at, 8), (eight & 0x8080808080808080u) == 0)) {
            at += 8;
            continue;
        }
        size_t n = decode(p + at, size - at, &code, &bad);
        if (n == 0)
            break;
        at += n;
    }
    return at;
}

uint32_t tomo__utf8_next(const char *text, size_t size, size_t *pos)
{
    uint32_t code = 0;
    size_t bad, n = decode((const uint8_t *)text + *pos, size - *pos, &code, &bad);
    *pos += n ? n : bad;
    return n ? code : 0xfffd;
}
