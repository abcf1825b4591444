/* terms.c - remembers what was removed and finds it in what stayed. Kept are 64-bit hashes of upper-case words, of runs
 * of words without what stands between them ("MRN-12 34" is MRN1234) and of UIDs, so that a search is linear in the
 * text whatever a file holds, and the set itself tells nothing. */
#include "deid/deid_internal.h"

#include <stdio.h>

enum { MAX_RUNS = 8, MAX_RUN = 128 };
#define BASIS 14695981039346656037u
#define UID_BASIS 1099511628211u

static unsigned char upper(unsigned char c) { return c >= 'a' && c <= 'z' ? (unsigned char)(c - 32) : c; }
static bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
static bool is_letter(unsigned char c) { return (upper(c) >= 'A' && upper(c) <= 'Z') || c >= 0x80; }
static bool is_word(unsigned char c) { return is_digit(c) || is_letter(c); }
static uint64_t step(uint64_t h, unsigned char c) { return (h ^ upper(c)) * 1099511628211u; }

static uint64_t hash(uint64_t h, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        h = step(h, (unsigned char)text[i]);
    return h;
}

static bool has(const tomo__terms *t, uint64_t h)
{
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
    if (t->failed || (t->room && has(t, h)))
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
    *t = (tomo__terms){ .ctx = t->ctx };
}

static void add_names(tomo__terms *t, const char *text, size_t size)
{
    for (size_t i = 0; i < size;) {
        size_t from = i, letters = 0;
        for (; i < size && is_word((unsigned char)text[i]); i++)
            letters += is_letter((unsigned char)text[i]);
        if (letters >= 3 && i - from <= MAX_RUN && !(t->lenient && tomo__deid_known_word(text + from, i - from)))
            insert(t, hash(BASIS, text + from, i - from));
        i += i == from;
    }
}

/* Letters and digits of all of it, if they are not too many words to be found again. */
static size_t join(const char *text, size_t size, char to[MAX_RUN], size_t *digits, size_t *runs)
{
    size_t n = 0;
    *digits = *runs = 0;
    for (size_t i = 0; i < size; i++) {
        if (!is_word((unsigned char)text[i]))
            continue;
        *runs += i == 0 || !is_word((unsigned char)text[i - 1]);
        *digits += is_digit((unsigned char)text[i]);
        if (n == MAX_RUN)
            return 0;
        to[n++] = text[i];
    }
    return *runs <= MAX_RUNS ? n : 0;
}

static void add_id(tomo__terms *t, const char *text, size_t size)
{
    char all[MAX_RUN + 1];
    size_t digits, runs, n = join(text, size, all, &digits, &runs);
    all[n] = 0;
    if (n >= 4 && digits && strspn(all, "0") < n)
        insert(t, hash(BASIS, all, n));
    for (size_t i = 0; i < size;) { /* its long numbers alone too */
        size_t from = i;
        while (i < size && is_digit((unsigned char)text[i]))
            i++;
        if (i - from >= 5 && strspn(text + from, "0") < i - from)
            insert(t, hash(BASIS, text + from, i - from));
        i += i == from;
    }
}

static void add_format(tomo__terms *t, const char *a, const char *b, const char *c)
{
    insert(t, hash(hash(hash(BASIS, a, strlen(a)), b, strlen(b)), c, strlen(c)));
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

void tomo__terms_add(tomo__terms *t, int kind, const char *text, size_t size)
{
    char all[MAX_RUN];
    size_t digits, runs, n;
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
            insert(t, hash(UID_BASIS, text, size));
        break;
    default:
        n = join(text, size, all, &digits, &runs);
        if (n >= 6)
            insert(t, hash(BASIS, all, n));
    }
}

/* Words or numbers inside one run of letters and digits: SMITH in SMITH2. */
static bool parts_in(const tomo__terms *t, const char *text, size_t size, size_t least)
{
    for (size_t i = 0; i < size;) {
        size_t from = i;
        bool digits = is_digit((unsigned char)text[i]);
        while (i < size && is_digit((unsigned char)text[i]) == digits)
            i++;
        if (i - from < size && i - from >= least && i - from >= (digits ? 5 : 3) &&
            has(t, hash(BASIS, text + from, i - from)))
            return true;
    }
    return false;
}

/* The run that begins at `at`, and it with those that follow closely. */
static bool runs_in(const tomo__terms *t, const char *text, size_t size, size_t at, size_t least, size_t *end)
{
    uint64_t h = BASIS;
    size_t n = 0;
    for (int run = 0; run < MAX_RUNS && n <= MAX_RUN; run++) {
        size_t from = at, gap = 0;
        for (; at < size && is_word((unsigned char)text[at]); at++, n++)
            if (n < MAX_RUN)
                h = step(h, (unsigned char)text[at]);
        if (run == 0)
            *end = at;
        if (n >= least && n >= 3 && n <= MAX_RUN && has(t, h))
            return true;
        if (run == 0 && at - from <= MAX_RUN && parts_in(t, text + from, at - from, least))
            return true;
        while (at < size && gap < 3 && !is_word((unsigned char)text[at]) && text[at] != 0 &&
               !(least >= 6 && (text[at] == '.' || text[at] == '\\'))) /* numbers and lists of them, in bytes */
            at++, gap++;
        if (at >= size || !is_word((unsigned char)text[at]))
            return false;
    }
    return false;
}

bool tomo__terms_in(const tomo__terms *t, const char *text, size_t size, size_t least)
{
    if (t->count == 0)
        return false;
    for (size_t i = 0; i < size;) {
        size_t end = i;
        if (!is_word((unsigned char)text[i])) {
            i++;
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
            if (to - i >= 8 && to - i <= 64 && has(t, hash(UID_BASIS, text + i, to - i)))
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
        tomo__terms_add(t, TERM_NAME, text, size);
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
    tomo__terms_add(t, TERM_ID, text, size);
    tomo__terms_add(t, TERM_PHRASE, text, size);
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
