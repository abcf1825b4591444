/* fuzz_deid_binary.c - libFuzzer: the byte search of what was removed, against one that looks at every place without a
 * table of shifts; and what is planted is found. Input: options, the length of the term, the term, the value. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "deid/deid_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LONGEST_TERM = 127 };

/* Bytes of a value in one of the orders that it is read in. */
typedef struct order {
    const uint8_t *p;
    size_t n, flip, step, first;
} order;

static char at(const order *o, size_t i) { return (char)o->p[o->first + o->step * (i ^ o->flip)]; }
static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool lower(char c) { return c >= 'a' && c <= 'z'; }
static bool upper(char c) { return c >= 'A' && c <= 'Z'; }

/* As people write it: a number whole, a word in one case, or, of eight characters, with one turn to capitals. */
static bool written(const order *o, size_t from, size_t to)
{
    bool number = true;
    int turns = 0;
    for (size_t i = from; i < to; i++) {
        number = number && digit(at(o, i));
        turns += i > from && lower(at(o, i - 1)) && upper(at(o, i));
    }
    if (!number)
        return turns == 0 || (turns == 1 && to - from >= 8);
    if (from > 0 && (digit(at(o, from - 1)) || at(o, from - 1) == '.'))
        return false;
    if (to < o->n && digit(at(o, to)))
        return false;
    return to + 1 >= o->n || at(o, to) != '.' || !digit(at(o, to + 1));
}

static bool found_in(const tomo__terms *t, const order *o)
{
    for (size_t from = 0; from < o->n; from++) {
        uint64_t h = tomo__terms_basis;
        for (size_t to = from; to < o->n && to - from < LONGEST_TERM; to++) {
            const char c = at(o, to);
            const size_t n = to + 1 - from;
            if (!digit(c) && !lower(c) && !upper(c))
                break;
            h = tomo__terms_step(h, (uint32_t)(lower(c) ? c - 32 : c));
            if (n >= TERM_START && t->lengths[n / 64] >> (n % 64) & 1 && tomo__terms_has(t, h) &&
                written(o, from, to + 1))
                return true;
        }
    }
    return false;
}

static bool found(const tomo__terms *t, const uint8_t *p, size_t n, unsigned most)
{
    const order all[] = { { p, n, 0, 1, 0 },         { p, n / 2 + n % 2, 0, 2, 0 }, { p, n / 2, 0, 2, 1 },
                          { p, n - n % 2, 1, 1, 0 }, { p, n - n % 4, 3, 1, 0 },     { p, n - n % 8, 7, 1, 0 } };
    for (size_t i = 0; i < (most >= 8 ? 6u : most >= 4 ? 5u : 4u); i++)
        if (found_in(t, &all[i]))
            return true;
    return false;
}

/* The term behind the value, in capitals, as a patient's name is: in any value it must be found. */
static void plant(const tomo__terms *t, const char *term, size_t n, const uint8_t *value, size_t size, unsigned unit)
{
    const size_t from = (size + 8) / 8 * 8;
    uint8_t *p = calloc(from + n + 8, 1);
    if (!p)
        abort();
    if (size)
        memcpy(p, value, size);
    for (size_t i = 0; i < n; i++)
        p[from + i] = (uint8_t)(lower(term[i]) ? term[i] - 32 : term[i]);
    if (!tomo__terms_in_binary(t, p, from + n, unit, false))
        abort();
    free(p);
}

static bool is_word(const char *term, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!upper(term[i]) && !lower(term[i]))
            return false;
    return n >= TERM_START && n < LONGEST_TERM;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned units[4] = { 1, 2, 4, 8 };
    static const int kinds[4] = { TERM_NAME, TERM_ID, TERM_PHRASE, TERM_UID };
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    tomo__terms t = { NULL };
    if (size < 2 || size - 2 < data[1])
        return 0;
    o.threads = 1;
    if (tomo_ctx_new(&t.ctx, &o, NULL) != TOMO_OK)
        abort();
    tomo_ctx *ctx = t.ctx;
    const char *term = (const char *)data + 2;
    const size_t n = data[1], rest = size - 2 - n;
    const unsigned unit = units[data[0] & 3];
    uint8_t *value = malloc(rest ? rest : 1); /* a block of its own: overruns are seen */
    if (!value)
        abort();
    memcpy(value, data + 2 + n, rest);
    tomo__terms_add(&t, kinds[data[0] >> 2 & 3], term, n);
    tomo__terms_add(&t, TERM_NAME, "QUILLFEATHER^AMBROSE", 20);
    if (tomo__terms_in_binary(&t, value, rest, unit, false) != found(&t, value, rest, unit))
        abort();
    if (!tomo__terms_in_binary(&t, value, rest, unit, true) && found(&t, value, rest, 8))
        abort();
    if ((data[0] >> 2 & 3) == 0 && is_word(term, n))
        plant(&t, term, n, value, rest, unit);
    free(value);
    tomo__terms_free(&t);
    tomo_ctx_free(ctx);
    return 0;
}
