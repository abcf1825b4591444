/* binary.c - names and numbers of what was removed in values that are no text: lookup tables, waveforms, pixels. A
 * term may begin at any byte, may be written in words of either byte order, and may be one character to every two
 * bytes. The search is that of Wu and Manber ("A fast algorithm for multi-pattern searching", 1994) over the first six
 * characters of all terms, three at a time, so that pixels cost about a look-up for every four bytes; where six fit,
 * the longer ones are hashed. */
#include "deid/deid_internal.h"

enum { LONGEST = 127, WHOLE = 1 << 20, CLASSES = 37 };

/* A value in some order: byte i is at `first` + `step` * (i ^ flip), flip + 1 the bytes of words that are turned round.
 */
typedef struct scan {
    const tomo__terms *t;
    const uint8_t *p;
    size_t n, flip, step, first;
} scan;

static inline uint8_t at(const scan *s, size_t i) { return s->p[s->first + s->step * (i ^ s->flip)]; }
static bool is_lower(uint8_t c) { return c >= 'a' && c <= 'z'; }
static bool is_upper(uint8_t c) { return c >= 'A' && c <= 'Z'; }
static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

/* 0 = neither letter nor digit. */
/* clang-format off */
static const uint8_t classes[256] = {
    ['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16, ['G'] = 17, ['H'] = 18, ['I'] = 19,
    ['J'] = 20, ['K'] = 21, ['L'] = 22, ['M'] = 23, ['N'] = 24, ['O'] = 25, ['P'] = 26, ['Q'] = 27, ['R'] = 28,
    ['S'] = 29, ['T'] = 30, ['U'] = 31, ['V'] = 32, ['W'] = 33, ['X'] = 34, ['Y'] = 35, ['Z'] = 36,
    ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['g'] = 17, ['h'] = 18, ['i'] = 19,
    ['j'] = 20, ['k'] = 21, ['l'] = 22, ['m'] = 23, ['n'] = 24, ['o'] = 25, ['p'] = 26, ['q'] = 27, ['r'] = 28,
    ['s'] = 29, ['t'] = 30, ['u'] = 31, ['v'] = 32, ['w'] = 33, ['x'] = 34, ['y'] = 35, ['z'] = 36,
};
/* clang-format on */

/* What three characters allow: how far the next term may begin, at least. */
static inline size_t three(uint8_t a, uint8_t b, uint8_t c)
{
    return ((size_t)classes[a] * CLASSES + classes[b]) * CLASSES + classes[c];
}

bool tomo__terms_start(tomo__terms *t, const uint32_t *six)
{
    const size_t size = (size_t)CLASSES * CLASSES * CLASSES;
    if (!t->shift) {
        t->shift = tomo__alloc(t->ctx, size);
        if (!t->shift)
            return false;
        memset(t->shift, TERM_START - 2, size);
    }
    for (size_t i = 0; i + 2 < TERM_START; i++) {
        uint8_t *s = &t->shift[three((uint8_t)six[i], (uint8_t)six[i + 1], (uint8_t)six[i + 2])];
        *s = (uint8_t)TOMO__MIN((size_t)*s, TERM_START - 3 - i);
    }
    return true;
}

/* Letters of a gray ramp spell names, too, but people write them in one case or begin them with a capital, and numbers
 * end where their digits end. */
static bool is_written(const scan *s, size_t from, size_t to)
{
    size_t digits = 0, turns = 0;
    for (size_t i = from; i < to; i++) {
        digits += is_digit(at(s, i));
        turns += i > from && is_upper(at(s, i)) && is_lower(at(s, i - 1));
    }
    if (digits == to - from)
        return (from == 0 || (!is_digit(at(s, from - 1)) && at(s, from - 1) != '.')) &&
               (to == s->n || !is_digit(at(s, to))) && !(to + 1 < s->n && at(s, to) == '.' && is_digit(at(s, to + 1)));
    return turns == 0 || (turns == 1 && to - from >= 8);
}

/* Does a term begin at `from`? */
static bool begins(const scan *s, size_t from)
{
    uint64_t h = tomo__terms_basis;
    for (size_t n = 1; n <= LONGEST && from + n <= s->n; n++) {
        uint8_t c = at(s, from + n - 1);
        if (!classes[c])
            return false;
        h = tomo__terms_step(h, is_lower(c) ? c - 32u : c);
        if (n >= TERM_START && s->t->lengths[n / 64] >> (n % 64) & 1 && tomo__terms_has(s->t, h) &&
            is_written(s, from, from + n))
            return true;
    }
    return false;
}

/* Inlined for each order, so that what is constant is none of the loop's work. */
static inline bool search(const tomo__terms *t, const uint8_t *p, size_t n, size_t flip, size_t step, size_t first)
{
    const scan s = { t, p, n, flip, step, first };
    for (size_t i = 0; i + TERM_START <= n;) {
        if (!classes[at(&s, i + 5)]) { /* no term goes across this */
            i += TERM_START;
            continue;
        }
        size_t shift = t->shift[three(at(&s, i + 3), at(&s, i + 4), at(&s, i + 5))];
        if (shift == 0 && begins(&s, i))
            return true;
        i += shift ? shift : 1;
    }
    return false;
}

bool tomo__terms_in_binary(const tomo__terms *t, const void *value, size_t size, unsigned unit, bool whole)
{
    const uint8_t *p = value;
    const unsigned most = whole ? 8 : TOMO__MAX(unit, 2u); /* bytes of a table may be of any words */
    if (t->count == 0)
        return false;
    if (whole && size <= WHOLE && tomo__terms_in(t, value, size, 6))
        return true;
    if (!t->shift)
        return false;
    return search(t, p, size, 0, 1, 0) || search(t, p, size / 2 + size % 2, 0, 2, 0) ||
           search(t, p, size / 2, 0, 2, 1) || search(t, p, size - size % 2, 1, 1, 0) ||
           (most >= 4 && search(t, p, size - size % 4, 3, 1, 0)) ||
           (most >= 8 && search(t, p, size - size % 8, 7, 1, 0));
}
