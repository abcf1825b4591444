/* binary.c - names and numbers of what was removed in values that are no text: lookup tables, waveforms, pixels. A
 * term may begin at any byte, may be written in words of either byte order, and may be one character to every two
 * bytes. Letters and digits that follow each other are read six at a time; only where a term begins with those (one
 * bit each) are the longer ones hashed, so that pixels cost about a look-up a byte. */
#include "deid/deid_internal.h"

enum { PIECE = 8192, OVERLAP = 128, WHOLE = 1 << 20 };

typedef struct scan {
    const tomo__terms *t;
    const uint8_t *p;
    size_t n;
} scan;

static bool is_lower(uint8_t c) { return c >= 'a' && c <= 'z'; }
static bool is_upper(uint8_t c) { return c >= 'A' && c <= 'Z'; }
static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

/* Letters of a gray ramp spell names, too, but people write them in one case or begin them with a capital, and numbers
 * end where their digits end. */
static bool is_written(const scan *s, size_t from, size_t to)
{
    size_t digits = 0, turns = 0;
    for (size_t i = from; i < to; i++) {
        digits += is_digit(s->p[i]);
        turns += i > from && is_upper(s->p[i]) && is_lower(s->p[i - 1]);
    }
    if (digits == to - from)
        return (from == 0 || (!is_digit(s->p[from - 1]) && s->p[from - 1] != '.')) &&
               (to == s->n || !is_digit(s->p[to])) && !(to + 1 < s->n && s->p[to] == '.' && is_digit(s->p[to + 1]));
    return turns == 0 || (turns == 1 && to - from >= 8);
}

/* Does a term begin at `from`, where six letters and digits stand? */
static bool begins(const scan *s, size_t from)
{
    uint64_t h = tomo__terms_basis;
    for (size_t i = from; i < s->n && i - from < OVERLAP - 1; i++) {
        uint8_t c = s->p[i];
        size_t n = i - from + 1;
        if (!is_digit(c) && !is_upper(c) && !is_lower(c))
            return false;
        h = tomo__terms_step(h, is_lower(c) ? c - 32u : c);
        if (n >= TERM_START && s->t->lengths[n / 64] >> (n % 64) & 1 && tomo__terms_has(s->t, h) &&
            is_written(s, from, i + 1))
            return true;
    }
    return false;
}

static bool scan_bytes(const scan *s)
{
    const uint64_t six = ((uint64_t)1 << 8 * TERM_START) - 1;
    uint64_t codes = 0;
    size_t run = 0;
    for (size_t i = 0; i < s->n; i++) {
        uint8_t c = s->p[i], u = c & 0xdf;
        if (u >= 'A' && u <= 'Z')
            c = u;
        else if (!is_digit(c)) {
            run = 0;
            continue;
        }
        codes = (codes << 8 | c) & six;
        if (++run < TERM_START)
            continue;
        uint32_t bit = tomo__terms_start(codes);
        if (s->t->starts[bit >> 3] >> (bit & 7) & 1 && begins(s, i + 1 - TERM_START))
            return true;
    }
    return false;
}

/* The value in another order, a piece at a time: words of `unit` bytes turned round, or (unit 0) every second byte from
 * `first` on. */
static bool scan_other(const tomo__terms *t, const uint8_t *p, size_t size, unsigned unit, size_t first)
{
    uint8_t piece[PIECE + OVERLAP];
    size_t total = unit ? size - size % unit : size > first ? (size - first + 1) / 2 : 0;
    for (size_t at = 0; at < total; at += PIECE) {
        size_t n = TOMO__MIN(total - at, (size_t)PIECE + OVERLAP);
        if (unit)
            for (size_t i = 0; i < n; i++) /* PIECE and OVERLAP are multiples of every unit */
                piece[i] = p[at + (i / unit) * unit + (unit - 1 - i % unit)];
        else
            for (size_t i = 0; i < n; i++)
                piece[i] = p[first + 2 * (at + i)];
        if (scan_bytes(&(scan){ t, piece, n }))
            return true;
    }
    return false;
}

bool tomo__terms_in_binary(const tomo__terms *t, const void *value, size_t size, unsigned unit, bool whole)
{
    if (t->count == 0)
        return false;
    if (whole && size <= WHOLE && tomo__terms_in(t, value, size, 6))
        return true;
    if (!t->starts)
        return false;
    if (scan_bytes(&(scan){ t, value, size }) || scan_other(t, value, size, 0, 0) || scan_other(t, value, size, 0, 1))
        return true;
    for (unsigned u = 2; u <= (whole ? 8 : TOMO__MAX(unit, 2u)); u *= 2) /* bytes of a table may be of any words */
        if (scan_other(t, value, size, u, 0))
            return true;
    return false;
}
