/* verify.c - a de-identified folder held against what must not be in it: terms of the originals in texts, bytes and
 * names; the table of PS3.15 against the data set's own method codes; text in images. It reads what was
 * written with the parser and shares the table, the search for terms and the text detector with the engine; the scorer
 * in tests/deid shares nothing with either. */
#include "deid/deid_internal.h"

#include <stdio.h>

enum { MAX_FILES = 10000000, MAX_FINDINGS = 10000 };

typedef struct finding {
    int64_t file;
    tomo_tag sequence, tag; /* sequence: that holds it at the top; 0 = none */
    const char *what;
} finding;

/* What should have been searched for and was not: a verdict without it says too much. */
typedef struct gap {
    const char *of; /* "original": its place among the names in order; "term": its line */
    size_t number;
    const char *what;
} gap;

typedef struct check {
    tomo_ctx *ctx;
    const char *folder;
    tomo__paths paths;
    tomo__terms terms, dates; /* dates: in texts only, since shifted ones may equal others */
    uint32_t options;
    bool pixels;
    finding **of; /* per file, ended by what = NULL */
    uint32_t *n;
    uint8_t *not_searched; /* per file: an image whose pixels nobody looked at */
    gap *gaps;
    size_t n_gaps, gaps_room;
} check;

typedef struct level {
    check *c;
    int64_t file;
    uint32_t options;
    tomo_tag sequence;
    bool directory; /* a DICOMDIR, made of new files: it says what they say, and where they are */
    bool failed;
} level;

static void found(level *l, tomo_tag tag, const char *what)
{
    check *c = l->c;
    uint32_t n = c->n[l->file]++;
    if (n >= MAX_FINDINGS)
        return;
    if ((n & (n - 1)) == 0) { /* 0, 1, 2, 4, ... */
        void *more = tomo__realloc(c->ctx, c->of[l->file], TOMO__MAX(2 * (size_t)n, 1) * sizeof(finding));
        if (!more) {
            l->failed = true;
            c->n[l->file] = n;
            return;
        }
        c->of[l->file] = more;
    }
    c->of[l->file][n] = (finding){ l->file, l->sequence, tag, what };
}

/* ---- options that a data set says were used -------------------------------------------------------------------- */

static uint32_t options_of(const tomo_dataset *ds)
{
    static const uint32_t options[] = { OPT_GRAPHICS,     OPT_STRUCTURED, OPT_DESCRIPTORS, OPT_FULL_DATES,
                                        OPT_SHIFT_DATES,  OPT_PATIENT,    OPT_DEVICE,      OPT_UIDS,
                                        OPT_SAFE_PRIVATE, OPT_INSTITUTION };
    const tomo__elem *e = tomo__ds_elem(ds, 0x00120064);
    uint32_t all = 0;
    for (uint32_t i = 0; e && e->flags & ELEM_SEQUENCE && i < TOMO__MIN(e->n_items, 64); i++) {
        char code[17];
        int number = 0;
        if (tomo_dataset_text(e->items[i], 0x00080100, 0, code, sizeof code) == 6 &&
            sscanf(code, "1131%2d", &number) == 1 && number >= 3 && number <= 12)
            all |= options[number - 3];
    }
    return all;
}

/* ---- one data set ---------------------------------------------------------------------------------------------------
 */

/* What stands for a value that is gone. */
static bool says_nothing(const char *text, size_t size)
{
    static const char *const dummies[] = { "REMOVED",        "ANONYMOUS", "19000101", "000000",
                                           "19000101000000", "000Y",      "0",        "urn:removed" };
    for (size_t i = 0; i < TOMO__COUNT(dummies); i++)
        if (strlen(dummies[i]) == size && memcmp(dummies[i], text, size) == 0)
            return true;
    if (size != 13 || text[0] != 'P')
        return size == 0;
    for (size_t i = 1; i < size; i++)
        if (!((text[i] >= 'A' && text[i] <= 'Z') || (text[i] >= '2' && text[i] <= '7')))
            return false;
    return true;
}

static void check_rule(level *l, const tomo_dataset *ds, const tomo__elem *e, uint16_t vr, const char *text,
                       size_t size)
{
    const tomo_dict_entry *dict = tomo_dict_find(e->tag);
    tomo__deid_do what = tomo__deid_resolve(l->options, e->tag, vr, dict);
    if (l->directory && e->tag >> 16 == 4)
        what = vr == VR_UI ? DO_UID : DO_KEEP;
    if (l->directory && e->tag == 0x00200010 && size <= 3 && strspn(text, "0123456789") == size)
        return; /* a Study ID that was made up: records must have one */
    if (vr == VR_SQ)
        return;
    if (!dict) {
        found(l, e->tag, "an element that no dictionary knows");
    } else if (what == DO_UID) {
        if (strncmp(text, "2.25.", 5) != 0 && !tomo_uid_name(text))
            found(l, e->tag, "a UID that was not replaced");
    } else if ((what == DO_REMOVE || what == DO_EMPTY || what == DO_DUMMY || what == DO_PSEUDONYM) &&
               tomo__vr_text(vr) && !says_nothing(text, size)) {
        found(l, e->tag, "a value that the table removes");
    } else if (what == DO_CLEAN && !says_nothing(text, size) && !tomo__deid_known_words(text, size)) {
        found(l, e->tag, "a description with unknown words");
    } else if (what == DO_LABEL && !says_nothing(text, size) && !tomo__deid_label_fits(text, size)) {
        found(l, e->tag, "a label with unknown words");
    } else if (what == DO_CODE && !says_nothing(text, size) && !tomo__deid_code_fits(ds, e->tag, text, size)) {
        found(l, e->tag, "a code that may be free text");
    } else if (what == DO_AGE && size == 4 && text[3] == 'Y' && strcmp(text, "090Y") > 0) {
        found(l, e->tag, "an age over 90 years");
    }
}

static void check_terms(level *l, const tomo__elem *e, uint16_t vr, const char *text, size_t size)
{
    size_t least = vr == VR_DS || vr == VR_IS || vr == VR_DA || vr == VR_DT || vr == VR_TM ? 6 : 3;
    if ((vr == VR_CS && tomo__deid_known_words(text, size)) || (vr == VR_DS && memchr(text, '.', size)))
        return;
    if (tomo__terms_in(&l->c->terms, text, size, least))
        found(l, e->tag, "a name, number or UID of the originals");
    else if (tomo__vr_charset(vr) && tomo__terms_in(&l->c->dates, text, size, 5))
        found(l, e->tag, "a date of the originals");
}

static void check_element(level *l, const tomo_dataset *ds, const tomo__elem *e)
{
    uint16_t vr = e->flags & ELEM_SEQUENCE ? VR_SQ : tomo__elem_vr(ds, e);
    char small[512], *text = small;
    int64_t n;
    if (e->tag >> 16 & 1 && !(e->tag & 0xff00) && (e->tag & 0xffff) >= 0x10)
        return; /* private creators come with what they reserve */
    if (e->tag >> 16 & 1) {
        char creator[65];
        tomo__private_creator_of(ds, e->tag, creator);
        if (!(l->options & OPT_SAFE_PRIVATE) ||
            !tomo__deid_safe_find(creator, (uint16_t)(e->tag >> 16), (uint8_t)e->tag))
            found(l, e->tag, "a private element that is not known to be safe");
    }
    n = vr == VR_SQ || e->length == 0 ? -1 : tomo__elem_text(ds, e, SIZE_MAX, small, sizeof small);
    if (n >= (int64_t)sizeof small) {
        text = tomo__alloc(l->c->ctx, (size_t)n + 1);
        if (!text) {
            l->failed = true;
            return;
        }
        tomo__elem_text(ds, e, SIZE_MAX, text, (size_t)n + 1);
    }
    if (n > 0 && tomo__vr_text(vr)) {
        if (!(e->flags & ELEM_META) && !(e->tag >> 16 & 1) && (e->tag >> 16 != 0x0012 || (e->tag & 0xfff0) != 0x60))
            check_rule(l, ds, e, vr, text, (size_t)n);
        check_terms(l, e, vr, text, (size_t)n);
    }
    if (text != small)
        tomo__free(l->c->ctx, text);
}

/* As deep as sequences nest, which the parser holds below MAX_DEPTH. */
static void check_level(level *l, const tomo_dataset *ds)
{
    for (uint32_t i = 0; i < ds->count; i++) {
        const tomo__elem *e = &ds->elems[i];
        tomo_tag outer = l->sequence;
        check_element(l, ds, e);
        if (!(e->flags & ELEM_SEQUENCE))
            continue;
        l->sequence = outer ? outer : e->tag;
        for (uint32_t k = 0; k < e->n_items; k++)
            check_level(l, e->items[k]);
        l->sequence = outer;
    }
}

static tomo_status check_pixels(level *l, const tomo_dataset *ds, tomo_error *err)
{
    tomo__boxes boxes = { 0 };
    uint32_t frames = 0;
    tomo_status st;
    if (!tomo__ds_elem(ds, TAG_PIXELS) && !tomo__ds_elem(ds, TAG_FLOAT_PIXELS) && !tomo__ds_elem(ds, 0x7fe00009))
        return TOMO_OK;
    if (!l->c->pixels || !tomo__ds_elem(ds, TAG_PIXELS) || tomo__deid_risk(ds) < 40) {
        l->c->not_searched[l->file] = 1;
        return TOMO_OK;
    }
    st = tomo__deid_search(l->c->ctx, &boxes, &frames, ds, err);
    if (st == TOMO_OK && boxes.count)
        found(l, TAG_PIXELS, "what looks like text in the image");
    else if (st != TOMO_OK && st != TOMO_E_NOMEM)
        found(l, TAG_PIXELS, "pixels at risk that can't be decoded");
    tomo__free(l->c->ctx, boxes.box);
    return st == TOMO_E_NOMEM ? st : TOMO_OK;
}

static tomo_status check_bytes(level *l, tomo_error *err)
{
    tomo_source *source = NULL;
    tomo_buffer *bytes = NULL;
    const char *path = l->c->paths.path[l->file];
    tomo_status st = tomo_source_open(l->c->ctx, &source, path, err);
    if (st == TOMO_OK && tomo_source_size(source) > 0) {
        st = tomo_source_map(source, &bytes, err);
        if (st == TOMO_OK && tomo__terms_in(&l->c->terms, tomo_buffer_data(bytes), tomo_buffer_size(bytes), 6))
            found(l, 0, "a name, number or UID of the originals among the bytes");
    }
    tomo_buffer_free(bytes);
    tomo_source_free(source);
    if (tomo__terms_in(&l->c->terms, path + strlen(l->c->folder), strlen(path) - strlen(l->c->folder), 3))
        found(l, 0, "a name, number or UID of the originals in the name of the file");
    return st;
}

static tomo_status check_file(void *user, int64_t i, int32_t slot, tomo_error *err)
{
    check *c = user;
    level l = { .c = c, .file = i };
    tomo_dataset *ds = NULL;
    char yes[17];
    tomo_status st = check_bytes(&l, err), opened;
    (void)slot;
    if (st)
        return st;
    opened = tomo_dataset_open_path(c->ctx, &ds, c->paths.path[i], NULL, NULL, err);
    if (opened == TOMO_E_NOMEM)
        return opened;
    if (opened) {
        found(&l, 0, "it can't be read as DICOM");
    } else {
        l.directory = tomo__ds_elem(ds, 0x00041200) != NULL;
        l.options = !l.directory ? options_of(ds) : c->options == ~0u ? 0 : c->options;
        if (!l.directory && (tomo_dataset_text(ds, 0x00120062, 0, yes, sizeof yes) != 3 || strcmp(yes, "YES") != 0))
            found(&l, 0x00120062, "Patient Identity Removed is not YES");
        check_level(&l, ds);
        st = check_pixels(&l, ds, err);
    }
    tomo_dataset_free(ds);
    return l.failed ? tomo__no_memory(c->ctx, err, 1024, "findings") : st;
}

/* ---- terms ----------------------------------------------------------------------------------------------------------
 */

/* Options that every file of the folder allows. */
static tomo_status common_options(check *c, tomo_error *err)
{
    const tomo_tag tags[] = { 0x00041200, 0x00120064 };
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    o.specific_tags = tags;
    o.n_specific_tags = TOMO__COUNT(tags);
    c->options = ~0u;
    for (size_t i = 0; i < c->paths.count; i++) {
        tomo_dataset *ds = NULL;
        tomo_status st = tomo_dataset_open_path(c->ctx, &ds, c->paths.path[i], &o, NULL, err);
        if (st == TOMO_E_NOMEM)
            return st;
        c->options &= st || tomo__ds_elem(ds, 0x00041200) ? ~0u : options_of(ds);
        tomo_dataset_free(ds);
    }
    return TOMO_OK;
}

static tomo_status missed(check *c, const char *of, size_t number, const char *what, tomo_error *err)
{
    if (c->n_gaps == c->gaps_room) {
        const size_t room = TOMO__MAX(2 * c->gaps_room, 16);
        gap *more = tomo__realloc(c->ctx, c->gaps, room * sizeof *more);
        if (!more)
            return tomo__no_memory(c->ctx, err, room * sizeof *more, "what was not searched");
        c->gaps = more;
        c->gaps_room = room;
    }
    c->gaps[c->n_gaps++] = (gap){ of, number, what };
    return TOMO_OK;
}

static tomo_status read_original(check *c, const char *path, size_t number, tomo_error *err)
{
    tomo_dataset *ds = NULL;
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    o.stop_before_pixels = true;
    o.force = true;
    tomo_status st = tomo_dataset_open_path(c->ctx, &ds, path, &o, NULL, err);
    if (st == TOMO_E_NOMEM)
        return st;
    if (st != TOMO_OK)
        return missed(c, "original", number, "it can't be read as DICOM", err);
    tomo__terms_collect(&c->terms, ds, c->options & ~(1u << 31));
    tomo__terms_collect(&c->dates, ds, c->options & ~(1u << 31));
    const bool damaged = ds->root->damaged;
    tomo_dataset_free(ds);
    return damaged ? missed(c, "original", number, "it can be read in part only", err) : TOMO_OK;
}

static tomo_status read_originals(check *c, const char *folder, tomo_error *err)
{
    tomo__paths paths = { 0 };
    const size_t before = c->terms.count + c->dates.count;
    tomo_status st = tomo__list_files(c->ctx, &paths, folder, MAX_FILES, err);
    for (size_t i = 0; st == TOMO_OK && i < paths.count; i++)
        st = read_original(c, paths.path[i], i + 1, err);
    if (st == TOMO_OK && !c->terms.failed && !c->dates.failed && c->terms.count + c->dates.count == before)
        st = tomo__fail(err, TOMO_E_NOTFOUND,
                        "%s: none of %zu files gives a name, number, date or UID to search for, expected DICOM files",
                        folder, paths.count);
    tomo__paths_free(c->ctx, &paths);
    return st;
}

static tomo_status read_terms(check *c, const char *text, tomo_error *err)
{
    size_t line = 0, terms = 0;
    tomo_status st = TOMO_OK;
    while (st == TOMO_OK && *text) {
        const size_t n = strcspn(text, "\r\n");
        const bool date = n == 8 && strspn(text, "0123456789") == n; /* and no number as well */
        bool kept = false;
        for (int kind = TERM_NAME; kind <= TERM_PHRASE; kind++)
            if ((kind == TERM_DATE || !date) && (kind != TERM_UID || strspn(text, "0123456789.") >= n))
                kept |= tomo__terms_add(kind == TERM_DATE ? &c->dates : &c->terms, kind, text, n);
        line++;
        terms += strspn(text, " \t") < n;
        if (!kept && strspn(text, " \t") < n)
            st = missed(c, "term", line, "it is too short, too long or too common to be searched for", err);
        text += n;
        text += *text == '\r';
        text += *text == '\n';
    }
    return st != TOMO_OK || terms ? st : tomo__fail(err, TOMO_E_ARG, "the terms to search hold no term");
}

/* ---- the whole folder
 * ------------------------------------------------------------------------------------------------ */

/* Originals are named by their place, since their names may hold those of patients; terms by their line. */
static void gaps_to_json(const check *c, tomo__json *j)
{
    size_t images = 0;
    for (size_t i = 0; i < c->paths.count; i++)
        images += c->not_searched[i];
    tomo__json_key(j, "imagesNotSearched");
    tomo__json_uint(j, images);
    tomo__json_key(j, "valuesTooShort");
    tomo__json_uint(j, c->terms.too_short);
    tomo__json_key(j, "notSearchedFor");
    tomo__json_open(j, '[');
    for (size_t i = 0; i < TOMO__MIN(c->n_gaps, MAX_FINDINGS); i++) {
        tomo__json_open(j, '{');
        tomo__json_key(j, c->gaps[i].of);
        tomo__json_uint(j, c->gaps[i].number);
        tomo__json_key(j, "what");
        tomo__json_str(j, c->gaps[i].what);
        tomo__json_close(j, '}');
    }
    tomo__json_close(j, ']');
}

static tomo_status to_json(const check *c, size_t total, tomo_buffer **out, tomo_error *err)
{
    tomo__json j = TOMO__JSON(c->ctx);
    size_t bare = strlen(c->folder), listed = 0;
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "files");
    tomo__json_uint(&j, c->paths.count);
    tomo__json_key(&j, "terms");
    tomo__json_uint(&j, c->terms.count + c->dates.count);
    tomo__json_key(&j, "findings");
    tomo__json_uint(&j, total);
    tomo__json_key(&j, "list");
    tomo__json_open(&j, '[');
    for (size_t i = 0; i < c->paths.count; i++)
        for (uint32_t k = 0; k < TOMO__MIN(c->n[i], MAX_FINDINGS) && listed < MAX_FINDINGS; k++, listed++) {
            const finding *f = &c->of[i][k];
            const char *path = c->paths.path[i] + bare;
            char tag[32];
            tomo__json_open(&j, '{');
            tomo__json_key(&j, "file");
            tomo__json_str(&j, *path == '/' ? path + 1 : *path ? path : c->paths.path[i]);
            if (f->tag) {
                snprintf(tag, sizeof tag, TAG_FMT, TAG_ARGS(f->tag));
                tomo__json_key(&j, "tag");
                tomo__json_str(&j, tag);
            }
            if (f->sequence) {
                snprintf(tag, sizeof tag, TAG_FMT, TAG_ARGS(f->sequence));
                tomo__json_key(&j, "in");
                tomo__json_str(&j, tag);
            }
            tomo__json_key(&j, "what");
            tomo__json_str(&j, f->what);
            tomo__json_close(&j, '}');
        }
    tomo__json_close(&j, ']');
    gaps_to_json(c, &j);
    tomo__json_close(&j, '}');
    return tomo__text_finish(&j.text, out, err);
}

static tomo_status run_checks(check *c, const tomo_deid_verify_options *o, tomo_buffer **json, size_t *findings,
                              tomo_job *job, tomo_error *err)
{
    tomo_status st = common_options(c, err);
    size_t total = 0;
    c->dates.dates = true;
    if (st == TOMO_OK && o->original)
        st = read_originals(c, o->original, err);
    if (st == TOMO_OK && o->terms)
        st = read_terms(c, o->terms, err);
    if (st == TOMO_OK && (c->terms.failed || c->dates.failed))
        st = tomo__no_memory(c->ctx, err, 1024, "terms to search");
    c->of = TOMO__ARRAY(c->ctx, c->paths.count + 1, finding *);
    c->n = TOMO__ARRAY(c->ctx, c->paths.count + 1, uint32_t);
    c->not_searched = tomo__calloc(c->ctx, c->paths.count + 1, 1);
    if (st == TOMO_OK && (!c->of || !c->n || !c->not_searched))
        st = tomo__no_memory(c->ctx, err, c->paths.count * sizeof *c->of, "findings");
    if (st == TOMO_OK)
        st = tomo__parallel(c->ctx, (int64_t)c->paths.count, check_file, c, job, err);
    for (size_t i = 0; st == TOMO_OK && i < c->paths.count; i++)
        total += c->n[i];
    if (st == TOMO_OK)
        st = to_json(c, total, json, err);
    if (st == TOMO_OK)
        *findings = total + c->n_gaps;
    for (size_t i = 0; c->of && i < c->paths.count; i++)
        tomo__free(c->ctx, c->of[i]);
    tomo__free(c->ctx, c->of);
    tomo__free(c->ctx, c->n);
    tomo__free(c->ctx, c->not_searched);
    tomo__free(c->ctx, c->gaps);
    return st;
}

tomo_status tomo_deid_verify(tomo_ctx *ctx, tomo_buffer **json, size_t *findings, const char *folder,
                             const tomo_deid_verify_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_deid_verify_options o = TOMO_DEID_VERIFY_OPTIONS_INIT;
    check c = { .ctx = ctx, .folder = folder, .terms = { .ctx = ctx, .lenient = true }, .dates = { .ctx = ctx } };
    tomo_status st;
    if (!ctx || !json || !findings || !folder)
        return tomo__fail(err, TOMO_E_ARG, "tomo_deid_verify: NULL argument");
    if (opts && (opts->struct_size < 4 || opts->struct_size > sizeof o))
        return tomo__fail(err, TOMO_E_ARG, "tomo_deid_verify: struct_size is %u, expected at most %zu",
                          (unsigned)opts->struct_size, sizeof o);
    if (opts)
        memcpy(&o, opts, opts->struct_size);
    c.pixels = !o.no_pixels;
    st = tomo__list_files(ctx, &c.paths, folder, MAX_FILES, err);
    if (st == TOMO_OK && c.paths.count == 0)
        st = tomo__fail(err, TOMO_E_NOTFOUND, "%s: no file to verify", folder);
    if (st == TOMO_OK)
        st = run_checks(&c, &o, json, findings, job, err);
    tomo__terms_free(&c.terms);
    tomo__terms_free(&c.dates);
    tomo__paths_free(ctx, &c.paths);
    return st;
}
