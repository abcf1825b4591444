/* terms.c - remembers what was removed and finds it in what stayed. Kept are 64-bit hashes of words without case and
 * accents (fold.c), of runs of words without what stands between them ("MRN-12 34" is MRN1234) and of UIDs, so that a
 * search is linear in the text whatever a file holds, and the set itself tells nothing. binary.c searches other values.
 */
#include "deid/deid_internal.h"

#include <stdio.h>

enum { MAX_RUNS = 8, MAX_RUN = 128, MAX_DENSE = 12, DENSE_WEIGHT = 3 };
#define UID_BASIS 1099511628211u
const uint64_t tomo__terms_basis = 14695981039346656037u;
#define BASIS tomo__terms_basis

uint64_t tomo__terms_step(uint64_t h, uint32_t c) { return (h ^ c) * 1099511628211u; }

static bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
static bool is_word(const tomo__glyph *g) { return g->kind != GLYPH_NONE; }

static uint64_t step(uint64_t h, const tomo__glyph *g)
{
    for (uint8_t i = 0; i < g->n; i++)
        h = tomo__terms_step(h, g->c[i]);
    return h;
}

/* How much a character says: one of Chinese as much as three letters. */
static size_t weight(const tomo__glyph *g) { return g->dense ? DENSE_WEIGHT : g->n; }

static uint64_t hash_bytes(uint64_t h, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        h = tomo__terms_step(h, (unsigned char)text[i]);
    return h;
}

bool tomo__terms_has(const tomo__terms *t, uint64_t h)
{
    if (!t->room)
        return false;
    h += h == 0;
    for (size_t i = (size_t)h & (t->room - 1); t->slot[i]; i = (i + 1) & (t->room - 1))
        if (t->slot[i] == h)
            return true;
    return false;
}

static void place(uint64_t *slot, size_t room, uint64_t h)
{
    size_t i = (size_t)h & (room - 1);
    while (slot[i])
        i = (i + 1) & (room - 1);
    slot[i] = h;
}

static void insert(tomo__terms *t, uint64_t h)
{
    h += h == 0;
    t->offered++;
    if (t->failed || tomo__terms_has(t, h))
        return;
    if (2 * (t->count + 1) > t->room) {
        size_t room = t->room ? 2 * t->room : 256;
        uint64_t *slot = TOMO__ARRAY(t->ctx, room, uint64_t);
        if (!slot) {
            t->failed = true;
            return;
        }
        for (size_t i = 0; i < t->room; i++)
            if (t->slot[i])
                place(slot, room, t->slot[i]);
        tomo__free(t->ctx, t->slot);
        t->slot = slot;
        t->room = room;
    }
    place(t->slot, t->room, h);
    t->count++;
}

void tomo__terms_free(tomo__terms *t)
{
    tomo__free(t->ctx, t->slot);
    tomo__free(t->ctx, t->shift);
    *t = (tomo__terms){ .ctx = t->ctx };
}

/* A term as folded characters. */
typedef struct word {
    uint32_t c[MAX_RUN];
    size_t n, weight, digits, letters, runs;
    bool dense, full;
} word;

static void word_glyph(word *w, const tomo__glyph *g)
{
    if (w->n + g->n > MAX_RUN) {
        w->full = true;
        return;
    }
    for (uint8_t i = 0; i < g->n; i++)
        w->c[w->n++] = g->c[i];
    w->weight += weight(g);
    w->digits += g->kind == GLYPH_DIGIT;
    w->letters += g->kind == GLYPH_LETTER ? weight(g) : 0;
    w->dense |= g->dense;
}

static void word_join(word *w, const word *more)
{
    for (size_t i = 0; i < more->n && !w->full; i++) {
        if (w->n == MAX_RUN)
            w->full = true;
        else
            w->c[w->n++] = more->c[i];
    }
    w->weight += more->weight;
    w->digits += more->digits;
    w->letters += more->letters;
    w->runs += more->runs;
    w->dense |= more->dense;
    w->full |= more->full;
}

/* Letters and digits of all of a text. */
static void word_text(word *w, const char *text, size_t size)
{
    bool in = false;
    tomo__glyph g;
    *w = (word){ 0 };
    for (size_t i = 0; i < size && !w->full; i += g.size) {
        tomo__glyph_at(&g, text + i, size - i);
        w->runs += !in && is_word(&g);
        in = is_word(&g);
        word_glyph(w, &g);
    }
}

static void insert_word(tomo__terms *t, const word *w)
{
    uint64_t h = BASIS;
    bool ascii = w->n >= TERM_START && w->n < MAX_RUN;
    if (w->full || w->n == 0 || w->runs > MAX_RUNS)
        return;
    for (size_t i = 0; i < w->n; i++) {
        h = tomo__terms_step(h, w->c[i]);
        ascii = ascii && w->c[i] < 0x80;
    }
    insert(t, h);
    if (!ascii)
        return;
    t->failed |= !tomo__terms_start(t, w->c);
    t->lengths[w->n / 64] |= (uint64_t)1 << (w->n % 64);
}

/* The same with a, o and u with two dots as AE, OE and UE, as who has no such keys writes them. */
static void insert_german(tomo__terms *t, const char *text, size_t size)
{
    word w = { 0 };
    bool any = false;
    tomo__glyph g;
    for (size_t i = 0; i < size; i += g.size) {
        tomo__glyph_at(&g, text + i, size - i);
        uint8_t low = g.size == 2 && (uint8_t)text[i] == 0xc3 ? (uint8_t)text[i + 1] | 0x20 : 0;
        if (low == 0xa4 || low == 0xb6 || low == 0xbc) { /* U+00E4, U+00F6, U+00FC and their capitals */
            g.c[1] = 'E';
            g.n = 2;
            any = true;
        }
        word_glyph(&w, &g);
    }
    if (any)
        insert_word(t, &w);
}

static bool is_known(const tomo__terms *t, const char *text, size_t size)
{
    return t->lenient && tomo__deid_known_word(text, size);
}

/* One group of components of a name (PS3.5 6.2.1): its words, and all or the first two together, either way round -
 * parts of one or two letters are found only so. */
static void add_group(tomo__terms *t, const char *text, size_t size)
{
    word part[2] = { 0 }, all = { 0 };
    size_t parts = 0, unknown = 0;
    tomo__glyph g;
    for (size_t i = 0; i < size;) {
        size_t from = i;
        word w = { .runs = 1 };
        for (; i < size; i += g.size) {
            tomo__glyph_at(&g, text + i, size - i);
            if (!is_word(&g))
                break;
            word_glyph(&w, &g);
        }
        if (i == from) {
            i += g.size;
            continue;
        }
        if (w.n == 0)
            continue;
        if (!is_known(t, text + from, i - from)) {
            unknown++;
            if (w.letters >= 3) {
                insert_word(t, &w);
                insert_german(t, text + from, i - from);
            }
        }
        if (parts < 2)
            part[parts] = w;
        parts++;
        word_join(&all, &w);
    }
    if (parts < 2 || unknown == 0)
        return;
    if (all.letters >= 4)
        insert_word(t, &all);
    for (int turned = 0; turned < 2; turned++) {
        word two = part[turned];
        word_join(&two, &part[!turned]);
        if (two.letters >= 4)
            insert_word(t, &two);
    }
}

static void add_names(tomo__terms *t, const char *text, size_t size)
{
    for (size_t i = 0; i < size;) {
        const char *end = memchr(text + i, '=', size - i);
        size_t n = end ? (size_t)(end - text) - i : size - i;
        add_group(t, text + i, n);
        i += n + 1;
    }
}

static void add_id(tomo__terms *t, const char *text, size_t size)
{
    word all, zeros = { 0 };
    word_text(&all, text, size);
    for (size_t i = 0; i < all.n; i++)
        zeros.n += all.c[i] == '0';
    if (all.weight >= 4 && all.digits && zeros.n < all.n)
        insert_word(t, &all);
    for (size_t i = 0; i < size;) { /* its long numbers alone too */
        size_t from = i, n = 0;
        for (; i < size && is_digit((unsigned char)text[i]); i++)
            n += text[i] == '0';
        if (i - from >= 5 && n < i - from) {
            word w;
            word_text(&w, text + from, i - from);
            insert_word(t, &w);
        }
        i += i == from;
    }
}

static void add_format(tomo__terms *t, const char *a, const char *b, const char *c)
{
    insert(t, hash_bytes(hash_bytes(hash_bytes(BASIS, a, strlen(a)), b, strlen(b)), c, strlen(c)));
}

/* YYYYMMDD in the ways that people write it, in any order and with any separators. */
static void add_date(tomo__terms *t, const char *text, size_t size)
{
    static const char *const names[] = { "JANUARY", "FEBRUARY", "MARCH",     "APRIL",   "MAY",      "JUNE",
                                         "JULY",    "AUGUST",   "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER" };
    char y[5] = { 0 }, m[3] = { 0 }, d[3] = { 0 }, name[4] = { 0 };
    int month;
    if (size < 8)
        return;
    for (int i = 0; i < 8; i++)
        if (!is_digit((unsigned char)text[i]))
            return;
    memcpy(y, text, 4);
    memcpy(m, text + 4, 2);
    memcpy(d, text + 6, 2);
    month = (m[0] - '0') * 10 + m[1] - '0';
    if (month < 1 || month > 12)
        return;
    memcpy(name, names[month - 1], 3);
    for (int bare = 0; bare < 2; bare++) { /* "06" and "6" */
        const char *mm = m + (bare && m[0] == '0'), *dd = d + (bare && d[0] == '0');
        add_format(t, y, mm, dd);
        add_format(t, dd, mm, y);
        add_format(t, mm, dd, y);
        add_format(t, dd, name, y);
        add_format(t, name, dd, y);
        add_format(t, dd, names[month - 1], y);
        add_format(t, names[month - 1], dd, y);
        add_format(t, y, name, dd);
    }
}

bool tomo__terms_add(tomo__terms *t, int kind, const char *text, size_t size)
{
    word all;
    const size_t before = t->offered;
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == 0))
        size--;
    switch (kind) {
    case TERM_NAME:
        add_names(t, text, size);
        break;
    case TERM_ID:
        add_id(t, text, size);
        break;
    case TERM_DATE:
        add_date(t, text, size);
        break;
    case TERM_UID:
        if (size >= 8 && size <= 64)
            insert(t, hash_bytes(UID_BASIS, text, size));
        break;
    default:
        word_text(&all, text, size);
        if (all.weight >= 6)
            insert_word(t, &all);
    }
    return t->offered > before;
}

/* Words or numbers inside one run of letters and digits: SMITH in SMITH2; and any part of what is written without
 * spaces. */
static bool parts_in(const tomo__terms *t, const char *text, size_t size, size_t least)
{
    tomo__glyph g;
    for (size_t i = 0; i < size;) {
        size_t from = i, n = 0;
        uint64_t h = BASIS;
        uint8_t kind = 0;
        bool dense = false;
        for (; i < size; i += g.size) {
            tomo__glyph_at(&g, text + i, size - i);
            if (kind && g.kind != GLYPH_MARK && (g.kind != kind || (!dense && g.dense)))
                break;
            kind = g.kind == GLYPH_MARK ? kind : g.kind;
            dense = g.dense;
            h = step(h, &g);
            n += weight(&g);
            if (dense)
                break;
        }
        if (!dense && i - from < size && n >= least && n >= (kind == GLYPH_DIGIT ? 5 : 3) && tomo__terms_has(t, h))
            return true;
        if (!dense)
            continue;
        i += g.size;
        for (size_t k = i, many = 1; k < size && many < MAX_DENSE; k += g.size, many++) {
            tomo__glyph_at(&g, text + k, size - k);
            h = step(h, &g);
            n += weight(&g);
            if (n >= least && n >= 2 * DENSE_WEIGHT && tomo__terms_has(t, h))
                return true;
        }
    }
    return false;
}

/* The run that begins at `at`, and it with those that follow closely. */
static bool runs_in(const tomo__terms *t, const char *text, size_t size, size_t at, size_t least, size_t *end)
{
    uint64_t h = BASIS;
    size_t n = 0;
    tomo__glyph g;
    for (int run = 0; run < MAX_RUNS && n <= MAX_RUN; run++) {
        size_t from = at, gap = 0;
        for (; at < size; at += g.size) {
            tomo__glyph_at(&g, text + at, size - at);
            if (!is_word(&g))
                break;
            if (n < MAX_RUN)
                h = step(h, &g);
            n += weight(&g);
        }
        if (run == 0)
            *end = at;
        if (n >= least && n >= 3 && n <= MAX_RUN && tomo__terms_has(t, h))
            return true;
        if (run == 0 && parts_in(t, text + from, at - from, least))
            return true;
        for (; at < size && gap < 3; at += g.size, gap++) {
            tomo__glyph_at(&g, text + at, size - at);
            if (is_word(&g) || text[at] == 0 ||
                (least >= 6 && (text[at] == '.' || text[at] == '\\'))) /* numbers and lists of them, in bytes */
                break;
        }
        if (at < size)
            tomo__glyph_at(&g, text + at, size - at);
        if (at >= size || !is_word(&g))
            return false;
    }
    return false;
}

bool tomo__terms_in(const tomo__terms *t, const char *text, size_t size, size_t least)
{
    tomo__glyph g;
    if (t->count == 0)
        return false;
    for (size_t i = 0; i < size;) {
        size_t end = i;
        tomo__glyph_at(&g, text + i, size - i);
        if (!is_word(&g)) {
            i += g.size;
            continue;
        }
        if (runs_in(t, text, size, i, least, &end))
            return true;
        if (is_digit((unsigned char)text[i]) && (i == 0 || text[i - 1] != '.')) { /* a UID? */
            size_t to = i;
            while (to < size && (is_digit((unsigned char)text[to]) || text[to] == '.'))
                to++;
            while (to > i && text[to - 1] == '.')
                to--;
            if (to - i >= 8 && to - i <= 64 && tomo__terms_has(t, hash_bytes(UID_BASIS, text + i, to - i)))
                return true;
        }
        i = end;
    }
    return false;
}

/* ---- what a data set tells ------------------------------------------------------------------------------------- */

/* Descriptions are no terms: who wrote them used the words of everybody. Names and numbers in them are found by the
 * elements that have those alone. */
static bool describes(tomo_tag tag)
{
    const tomo__deid_rule *rule = tomo__deid_find(tag);
    return rule && rule->clean & OPT_DESCRIPTORS;
}

static void collect_value(tomo__terms *t, uint16_t vr, tomo_tag tag, const char *text, size_t size)
{
    if (t->dates != (vr == VR_DA || vr == VR_DT))
        return;
    if (vr == VR_PN) {
        t->too_short += !tomo__terms_add(t, TERM_NAME, text, size);
        return;
    }
    if (vr == VR_DA || vr == VR_DT) {
        if (size < 8 || memcmp(text, "19000101", 8) != 0)
            tomo__terms_add(t, TERM_DATE, text, size);
        return;
    }
    if (vr == VR_UI) {
        tomo__terms_add(t, TERM_UID, text, size);
        return;
    }
    if ((tomo__deid_known_words(text, size) && tag != 0x00100020) || describes(tag))
        return;
    const bool id = tomo__terms_add(t, TERM_ID, text, size);
    if (!tomo__terms_add(t, TERM_PHRASE, text, size) && !id)
        t->too_short++;
}

/* The values of one element, each at most 1 KiB of it. */
static void collect_element(tomo__terms *t, const tomo_dataset *ds, const tomo__elem *e, uint16_t vr)
{
    char text[1024];
    size_t n = tomo__vr_multi(vr) ? tomo__elem_values(ds, e) : 1;
    if (n > 64) /* asked one by one, many would cost their square */
        n = 64;
    for (size_t i = 0; i < n; i++) {
        int64_t size = tomo__elem_text(ds, e, i, text, sizeof text);
        if (size <= 0)
            continue;
        if (vr == VR_UI && tomo_uid_name(text))
            continue;
        collect_value(t, vr, e->tag, text, TOMO__MIN((size_t)size, sizeof text - 1));
    }
}

/* As deep as sequences nest, which the parser holds below MAX_DEPTH. */
void tomo__terms_collect(tomo__terms *t, const tomo_dataset *ds, uint32_t options)
{
    for (uint32_t i = 0; i < ds->count && !t->failed; i++) {
        const tomo__elem *e = &ds->elems[i];
        uint16_t vr = tomo__elem_vr(ds, e);
        tomo__deid_do what;
        if (e->flags & ELEM_SEQUENCE) {
            for (uint32_t k = 0; k < e->n_items; k++)
                tomo__terms_collect(t, e->items[k], options);
            continue;
        }
        if (e->flags & (ELEM_META | ELEM_ENCAPSULATED) || !tomo__vr_text(vr) || vr == VR_CS || vr == VR_TM ||
            vr == VR_AS || vr == VR_IS || vr == VR_DS || e->length == 0 || (e->tag >> 16) % 2)
            continue;
        if (vr == VR_PN || vr == VR_UI || vr == VR_DA || vr == VR_DT || tomo__deid_find(e->tag)) {
            what = tomo__deid_resolve(options, e->tag, vr, tomo_dict_find(e->tag));
            if (what != DO_KEEP)
                collect_element(t, ds, e, vr);
        }
    }
}
