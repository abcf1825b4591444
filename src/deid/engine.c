/* engine.c - one data set to a new file. The data set is walked twice: what identifies is collected at every depth,
 * then a new file is written from what the rules say of each element. The file's own bytes reach the output only where
 * an element was decided to stay; whatever can't be judged refuses the whole data set. */
#include "deid/deid_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <tomo/dicom_transcode.h>

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        tomo_status try_ = (call);                                                                                     \
        if (try_ != TOMO_OK)                                                                                           \
            return try_;                                                                                               \
    } while (0)

typedef struct walk {
    tomo_ctx *ctx;
    const tomo_deid *d;
    tomo_deid_result *r;
    tomo_error *err;
    uint32_t options;
    tomo__terms terms, dates;
    int32_t days;
    char pseudonym[20];
    tomo__deid_pixels_out pixels;
    tomo__text originals; /* top-level elements that changed, for (0400,0500) */
    bool same_pixels;     /* (7FE0,0010) is written byte for byte */
    size_t sealed_at;     /* where (0400,0500) belongs in the output: it is made when all of them are known */
    tomo__text text;      /* scratch: one value as UTF-8 */
} walk;

tomo_status tomo__deid_refuse(tomo_deid_result *r, tomo_error *err, const char *format, ...)
{
    char reason[sizeof r->reason];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    memcpy(r->reason, reason, sizeof reason);
    return tomo__fail(err, TOMO_E_DENIED, "can't be de-identified: %s", reason);
}

/* All values of an element as UTF-8 in w->text; false if it has no text or there is no memory (then text.failed). */
static bool load_text(walk *w, const tomo_dataset *ds, const tomo__elem *e)
{
    char small[256];
    int64_t n = tomo__elem_text(ds, e, SIZE_MAX, small, sizeof small);
    w->text.size = 0;
    if (n < 0)
        return false;
    if ((size_t)n < sizeof small) {
        tomo__text_add(&w->text, small, (size_t)n);
        return !w->text.failed;
    }
    char *all = tomo__alloc(w->ctx, (size_t)n + 1);
    if (!all) {
        w->text.failed = true;
        return false;
    }
    tomo__elem_text(ds, e, SIZE_MAX, all, (size_t)n + 1);
    tomo__text_add(&w->text, all, (size_t)n);
    tomo__free(w->ctx, all);
    return !w->text.failed;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static void put_dummy(walk *w, tomo__text *t, tomo_tag tag, uint16_t vr)
{
    static const uint8_t zeros[8];
    w->r->replaced++;
    switch (vr) {
    case VR_DA:
        tomo__emit_str(t, tag, vr, "19000101");
        break;
    case VR_TM:
        tomo__emit_str(t, tag, vr, "000000");
        break;
    case VR_DT:
        tomo__emit_str(t, tag, vr, "19000101000000");
        break;
    case VR_AS:
        tomo__emit_str(t, tag, vr, "000Y");
        break;
    case VR_DS:
    case VR_IS:
        tomo__emit_str(t, tag, vr, "0");
        break;
    case VR_PN:
        tomo__emit_str(t, tag, vr, "ANONYMOUS");
        break;
    case VR_UR:
        tomo__emit_str(t, tag, vr, "urn:removed");
        break;
    default:
        if (tomo__vr_text(vr))
            tomo__emit_str(t, tag, vr, "REMOVED");
        else
            tomo__emit(t, tag, vr, zeros, TOMO__MAX(tomo__vr_unit(vr), vr == VR_AT ? 4u : 2u));
    }
}

static void put_empty(walk *w, tomo__text *t, tomo_tag tag, uint16_t vr)
{
    w->r->emptied++;
    tomo__emit_header(t, tag, vr, 0);
}

/* Each value of a UI: registered ones stay, all others become keyed (PS3.15 E.3.9: never only emptied). */
static void put_uids(walk *w, tomo__text *t, const tomo__elem *e, const char *raw, bool all)
{
    char out[65];
    size_t size = (size_t)e->length, header = t->size;
    bool replaced = false;
    tomo__emit_header(t, e->tag, VR_UI, 0);
    size_t from = t->size;
    for (size_t i = 0; i <= size;) {
        size_t end = i, n;
        while (end < size && raw[end] != '\\')
            end++;
        n = end - i;
        while (n > 0 && (raw[i + n - 1] == 0 || raw[i + n - 1] == ' '))
            n--;
        if (i > 0)
            tomo__text_add(t, "\\", 1);
        if (n > 0 && n < sizeof out) {
            memcpy(out, raw + i, n);
            out[n] = 0;
        }
        if (n == 0 || (!all && n < sizeof out && tomo_uid_name(out))) {
            tomo__text_add(t, raw + i, n);
        } else {
            tomo__deid_uid(w->d, raw + i, n, out);
            tomo__text_str(t, out);
            replaced = true;
        }
        i = end + 1;
    }
    if (t->failed)
        return;
    if ((t->size - from) & 1)
        tomo__text_add(t, "\0", 1);
    size = t->size - from;
    if (!t->failed && size <= 65535) {
        t->data[header + 6] = (char)(uint8_t)size;
        t->data[header + 7] = (char)(uint8_t)(size >> 8);
    } else { /* thousands of UIDs in one element: more than its length can say */
        t->size = header;
        put_empty(w, t, e->tag, VR_UI);
    }
    w->r->uids += replaced;
    w->r->kept += !replaced;
}

/* Each value moved; false if one of them is no date. */
static bool put_shifted(walk *w, tomo__text *t, const tomo__elem *e, uint16_t vr, const char *raw)
{
    tomo__text all = TOMO__TEXT(w->ctx);
    char one[72];
    size_t size = (size_t)e->length;
    bool good = true;
    for (size_t i = 0; good && i <= size;) {
        size_t end = i;
        while (end < size && raw[end] != '\\')
            end++;
        if (i > 0)
            tomo__text_add(&all, "\\", 1);
        good = end > i && end - i < 64 && tomo__deid_shift_value(vr, raw + i, end - i, w->days, one);
        if (good)
            tomo__text_str(&all, one);
        i = end + 1;
    }
    if (good && !all.failed) {
        tomo__emit(t, e->tag, vr, all.data, all.size);
        w->r->dates++;
    }
    t->failed |= all.failed;
    tomo__text_free(&all);
    return good;
}

/* (0010,1010) and the like: over 89 years is the same for all (45 CFR 164.514(b)(2)(i)(C)). */
static void put_age(walk *w, tomo__text *t, const tomo_dataset *ds, const tomo__elem *e, const char *raw)
{
    int64_t n = e->length == 4 ? strtol((char[4]){ raw[0], raw[1], raw[2], 0 }, NULL, 10) : 0;
    char unit = e->length == 4 ? raw[3] : 0;
    if (unit == 'Y' && n > 89) {
        tomo__emit_str(t, e->tag, VR_AS, "090Y");
        w->r->replaced++;
    } else if (unit && strchr("DWMY", unit) && n >= 0) {
        w->r->kept++;
        tomo__emit_verbatim(t, ds, e, w->err);
    } else {
        put_empty(w, t, e->tag, VR_AS);
    }
}

/* Does w->text hold something that was removed elsewhere? Numbers are short and many: only long terms count there. */
static bool leaks(const walk *w, uint16_t vr)
{
    bool number = vr == VR_DS || vr == VR_IS;
    if (vr == VR_DA || vr == VR_DT || vr == VR_TM || vr == VR_AS || (number && memchr(w->text.data, '.', w->text.size)))
        return false;
    return tomo__terms_in(&w->terms, w->text.data, w->text.size, number ? 6 : 3) ||
           (!number && tomo__terms_in(&w->dates, w->text.data, w->text.size, 5));
}

/* Names and numbers in a value that is no text. Waveforms, tables and the like can't do without theirs, so that the
 * data set is refused; numbers and bytes that explain are emptied. */
static tomo_status put_binary(walk *w, tomo__text *t, const tomo__elem *e, uint16_t vr, const void *raw, bool *done)
{
    bool large = vr == VR_OW || vr == VR_OL || vr == VR_OF || vr == VR_OD || vr == VR_OV;
    *done = tomo__terms_in_binary(&w->terms, raw, (size_t)e->length, tomo__vr_unit(vr),
                                  (large || vr == VR_OB || vr == VR_UN) && e->tag >> 16 != 0x7fe0);
    if (!*done)
        return TOMO_OK;
    if (large || e->tag >> 16 == 0x7fe0 || e->tag >> 16 == 0x5400)
        return tomo__deid_refuse(w->r, w->err, "a name or number stands among the bytes of " TAG_FMT, TAG_ARGS(e->tag));
    w->r->leaks++;
    put_empty(w, t, e->tag, vr);
    return TOMO_OK;
}

/* A text that stays as it is, or `*done`: it holds what was removed elsewhere, or what its VR does not allow. */
static tomo_status put_text(walk *w, tomo__text *t, const tomo_dataset *ds, const tomo__elem *e, uint16_t vr,
                            const uint8_t *raw, bool *done)
{
    bool fits = tomo__deid_text_fits(vr, raw, (size_t)e->length), loaded = load_text(w, ds, e), known;
    if (w->text.failed)
        return tomo__no_memory(w->ctx, w->err, (size_t)e->length, "a text");
    known = vr == VR_CS && loaded && tomo__deid_known_words(w->text.data, w->text.size);
    *done = true;
    if (loaded && leaks(w, vr) && !(known && fits)) {
        w->r->leaks++;
        if (vr == VR_CS || vr == VR_DS || vr == VR_IS)
            put_empty(w, t, e->tag, vr);
        else
            put_dummy(w, t, e->tag, vr);
    } else if (!fits && !known) {
        put_empty(w, t, e->tag, vr);
    } else {
        *done = false;
    }
    return TOMO_OK;
}

/* An element that stays: only if its value can be what its VR says, and holds nothing that was removed elsewhere. */
static tomo_status put_kept(walk *w, tomo__text *t, const tomo_dataset *ds, const tomo__elem *e, uint16_t vr)
{
    const uint8_t *raw = tomo__ds_value(ds, e);
    bool done = false;
    if (e->length && !raw)
        return tomo__fail(w->err, TOMO_E_IO, TAG_FMT " can't be read", TAG_ARGS(e->tag));
    if (e->length)
        TRY(tomo__vr_text(vr) ? put_text(w, t, ds, e, vr, raw, &done) : put_binary(w, t, e, vr, raw, &done));
    if (done)
        return TOMO_OK;
    w->r->kept++;
    if (vr == e->vr)
        return tomo__emit_verbatim(t, ds, e, w->err);
    tomo__elem typed = *e; /* UN of a tag that the dictionary knows: little endian (PS3.5 6.2.2) */
    typed.vr = vr;
    return tomo__emit_verbatim(t, ds, &typed, w->err);
}

/* Labels and codes: as they are if they tell nothing. Layers of graphics are referred to by name (PS3.3 C.10.7), so
 * that equal ones stay equal. */
static tomo_status put_label(walk *w, tomo__text *t, const tomo_dataset *ds, const tomo__elem *e, uint16_t vr,
                             tomo__deid_do what)
{
    bool loaded = load_text(w, ds, e);
    char layer[20];
    if (w->text.failed)
        return tomo__no_memory(w->ctx, w->err, (size_t)e->length, "a text");
    if (loaded &&
        (what == DO_CODE ? tomo__deid_code_fits(ds, e->tag, w->text.data, w->text.size)
                         : tomo__deid_label_fits(w->text.data, w->text.size)) &&
        !(e->tag == 0x00700002 && leaks(w, vr)))
        return put_kept(w, t, ds, e, vr);
    if (e->tag != 0x00700002 || !loaded) {
        put_dummy(w, t, e->tag, vr);
        return TOMO_OK;
    }
    tomo__deid_pseudonym(w->d, "tomo/layer/v1", w->text.data, w->text.size, layer);
    tomo__emit_str(t, e->tag, vr, layer);
    w->r->replaced++;
    return TOMO_OK;
}

/* PS3.15 E.3.5: a description stays if it is of known words only. */
static tomo_status put_clean(walk *w, tomo__text *t, const tomo_dataset *ds, const tomo__elem *e, uint16_t vr)
{
    const tomo__deid_rule *rule = tomo__deid_find(e->tag);
    bool known = load_text(w, ds, e) && tomo__deid_known_words(w->text.data, w->text.size) && !leaks(w, vr);
    if (w->text.failed)
        return tomo__no_memory(w->ctx, w->err, (size_t)e->length, "a text");
    if (known && tomo__deid_text_fits(vr, tomo__ds_value(ds, e), (size_t)e->length)) {
        w->r->descriptors++;
        return tomo__emit_verbatim(t, ds, e, w->err);
    }
    if (rule && (rule->basic == DEID_X || rule->basic == DEID_Z || rule->basic == DEID_XZ))
        put_empty(w, t, e->tag, vr);
    else
        put_dummy(w, t, e->tag, vr);
    return TOMO_OK;
}

/* ---- sequences --------------------------------------------------------------------------------------------------- */

static tomo_status put_level(walk *w, tomo__text *t, const tomo_dataset *ds);

static tomo_status put_items(walk *w, tomo__text *t, const tomo__elem *e)
{
    tomo__emit_header(t, e->tag, VR_SQ, UNDEFINED);
    for (uint32_t i = 0; i < e->n_items; i++) {
        tomo__emit_item(t);
        TRY(put_level(w, t, e->items[i]));
        tomo__emit_item_end(t);
    }
    tomo__emit_sequence_end(t);
    w->r->kept++;
    return TOMO_OK;
}

static void put_code(tomo__text *t, const char *value, const char *scheme, const char *meaning)
{
    tomo__emit_item(t);
    tomo__emit_str(t, 0x00080100, VR_SH, value);
    tomo__emit_str(t, 0x00080102, VR_SH, scheme);
    tomo__emit_str(t, 0x00080104, VR_LO, meaning);
    tomo__emit_item_end(t);
}

/* D for the content of a report, without the option to clean it: one text that says that there was something. */
static void put_dummy_content(walk *w, tomo__text *t, tomo_tag tag)
{
    tomo__emit_header(t, tag, VR_SQ, UNDEFINED);
    tomo__emit_item(t);
    tomo__emit_str(t, 0x0040a010, VR_CS, "CONTAINS");
    tomo__emit_str(t, 0x0040a040, VR_CS, "TEXT");
    tomo__emit_header(t, 0x0040a043, VR_SQ, UNDEFINED);
    put_code(t, "121106", "DCM", "Comment");
    tomo__emit_sequence_end(t);
    tomo__emit_str(t, 0x0040a160, VR_UT, "REMOVED");
    tomo__emit_item_end(t);
    tomo__emit_sequence_end(t);
    w->r->replaced++;
}

static tomo_status put_sequence(walk *w, tomo__text *t, const tomo__elem *e, tomo__deid_do what)
{
    if (what == DO_DUMMY && e->tag == 0x0040a730) {
        put_dummy_content(w, t, e->tag);
        return TOMO_OK;
    }
    if (what == DO_DUMMY && e->tag == 0x00700001) /* the module is optional and holds nothing else (PS3.3 C.10.5) */
        what = DO_REMOVE;
    if (what == DO_DUMMY && (e->tag == 0x00401101 || e->tag == 0x00080082)) { /* codes of people and places */
        tomo__emit_header(t, e->tag, VR_SQ, UNDEFINED);
        put_code(t, "REMOVED", "99TOMO", "REMOVED");
        tomo__emit_sequence_end(t);
        w->r->replaced++;
        return TOMO_OK;
    }
    if (what == DO_REMOVE) {
        w->r->removed++;
        return TOMO_OK;
    }
    if (what == DO_EMPTY) {
        put_empty(w, t, e->tag, VR_SQ);
        return TOMO_OK;
    }
    return put_items(w, t, e);
}

/* ---- private elements ---------------------------------------------------------------------------------------------
 */

static const tomo__deid_safe *safe_row(const tomo_dataset *ds, tomo_tag tag)
{
    char creator[65];
    if ((tag & 0xff00) == 0)
        return NULL;
    tomo__private_creator_of(ds, tag, creator);
    return creator[0] ? tomo__deid_safe_find(creator, (uint16_t)(tag >> 16), (uint8_t)tag) : NULL;
}

/* Is a private creator's block needed by a safe element of this level? */
static bool creator_needed(const tomo_dataset *ds, tomo_tag creator)
{
    for (uint32_t i = tomo__ds_place(ds, (creator & 0xffff0000) | (creator & 0xff) << 8);
         i < ds->count && ds->elems[i].tag >> 8 == (creator >> 16 << 8 | (creator & 0xff)); i++)
        if (safe_row(ds, ds->elems[i].tag))
            return true;
    return false;
}

static tomo_status put_private(walk *w, tomo__text *t, const tomo_dataset *ds, const tomo__elem *e)
{
    uint32_t low = e->tag & 0xffff;
    const tomo__deid_safe *row;
    if (!(w->options & OPT_SAFE_PRIVATE)) {
        w->r->private_removed++;
        return TOMO_OK;
    }
    if (low >= 0x10 && low <= 0xff) {
        if (!creator_needed(ds, e->tag))
            return TOMO_OK;
        char creator[65];
        tomo__private_creator_of(ds, (e->tag & 0xffff0000) | low << 8, creator);
        tomo__emit_str(t, e->tag, VR_LO, creator);
        return TOMO_OK;
    }
    row = safe_row(ds, e->tag);
    if (!row) {
        w->r->private_removed++;
        return TOMO_OK;
    }
    w->r->private_kept++;
    if (e->flags & ELEM_SEQUENCE)
        return put_items(w, t, e);
    if (row->vr == VR_SQ || row->vr == VR_UI || row->vr == VR_PN || row->vr == VR_DA || row->vr == VR_DT ||
        (e->vr != VR_UN && e->vr != row->vr)) {
        w->r->private_kept--;
        w->r->private_removed++;
        return TOMO_OK;
    }
    return put_kept(w, t, ds, e, row->vr);
}

/* ---- elements -----------------------------------------------------------------------------------------------------
 */

static tomo_status put_value(walk *w, tomo__text *t, const tomo_dataset *ds, const tomo__elem *e, uint16_t vr,
                             tomo__deid_do what)
{
    const char *raw = (const char *)tomo__ds_value(ds, e);
    if (e->length && !raw)
        return tomo__fail(w->err, TOMO_E_IO, TAG_FMT " can't be read", TAG_ARGS(e->tag));
    if (e->length == 0 && what != DO_REMOVE && what != DO_PSEUDONYM) { /* nothing in it, nothing to say of it */
        tomo__emit_header(t, e->tag, vr, 0);
        return TOMO_OK;
    }
    if (what == DO_SHIFT && vr != VR_TM && vr != VR_SH) {
        if (put_shifted(w, t, e, vr, raw))
            return TOMO_OK;
        what = tomo__deid_basic(tomo__deid_find(e->tag), vr); /* no date: as without the option */
    }
    switch (what) {
    case DO_REMOVE:
        w->r->removed++;
        return TOMO_OK;
    case DO_EMPTY:
        put_empty(w, t, e->tag, vr);
        return TOMO_OK;
    case DO_DUMMY:
        put_dummy(w, t, e->tag, vr);
        return TOMO_OK;
    case DO_UID:
        put_uids(w, t, e, raw, e->tag == 0x00080018 || e->tag == 0x0020000d || e->tag == 0x0020000e);
        return TOMO_OK;
    case DO_PSEUDONYM:
        tomo__emit_str(t, e->tag, vr, w->pseudonym);
        w->r->replaced++;
        return TOMO_OK;
    case DO_AGE:
        put_age(w, t, ds, e, raw);
        return TOMO_OK;
    case DO_CLEAN:
        return put_clean(w, t, ds, e, vr);
    case DO_LABEL:
    case DO_CODE:
        return put_label(w, t, ds, e, vr, what);
    default:
        return put_kept(w, t, ds, e, vr);
    }
}

/* Elements that never stay: signatures and MACs over what was changed, encrypted originals, padding, declarations that
 * private elements are safe, group lengths; and what the engine writes itself. */
static bool never(tomo_tag tag)
{
    switch (tag) {
    case 0xfffafffau:
    case 0xfffcfffcu:
    case 0x4ffe0001u:
    case 0x04000500u:
    case 0x00080300u:
        return true;
    default:
        return (tag & 0xffff) == 0;
    }
}

static tomo_status put_element(walk *w, tomo__text *t, const tomo_dataset *ds, const tomo__elem *e)
{
    const tomo_dict_entry *dict;
    uint16_t vr;
    tomo__deid_do what;
    if (never(e->tag)) {
        w->r->removed += (e->tag & 0xffff) != 0;
        return TOMO_OK;
    }
    if ((e->tag >> 16) % 2)
        return put_private(w, t, ds, e);
    dict = tomo_dict_find(e->tag);
    vr = e->flags & ELEM_SEQUENCE ? VR_SQ : tomo__elem_vr(ds, e);
    if (dict && vr == VR_UN && e->length == 0)
        vr = dict->vr;
    if (dict && dict->vr == VR_CS && tomo__vr_charset(vr) &&
        vr != VR_PN) /* a code under another name: held to be one */
        vr = VR_CS;
    if (!dict || vr == VR_UN || !tomo__deid_vr_fits(vr, dict) || (ds->big && e->vr == VR_UN)) {
        w->r->unknown_removed++;
        return TOMO_OK;
    }
    what = tomo__deid_resolve(w->options, e->tag, vr, dict);
    if (vr == VR_SQ) {
        if (!(e->flags & ELEM_SEQUENCE) && e->length && what != DO_REMOVE)
            return tomo__deid_refuse(w->r, w->err, TAG_FMT " is a sequence that can't be read", TAG_ARGS(e->tag));
        return put_sequence(w, t, e, what);
    }
    return put_value(w, t, ds, e, vr, what);
}

/* As deep as sequences nest, which the parser holds below MAX_DEPTH. */
static tomo_status put_level(walk *w, tomo__text *t, const tomo_dataset *ds)
{
    for (uint32_t i = 0; i < ds->count; i++) {
        if (ds->elems[i].tag >> 16 == 0x7fe0) /* pixels in an item: an icon, that nobody searched for text */
            w->r->removed++;
        else
            TRY(put_element(w, t, ds, &ds->elems[i]));
    }
    return TOMO_OK;
}

/* ---- the top level ------------------------------------------------------------------------------------------------
 */

static const struct {
    uint32_t option;
    const char *code, *meaning;
} methods[] = { /* CID 7050 */
                { 0, "113100", "Basic Application Confidentiality Profile" },
                { OPT_GRAPHICS, "113103", "Clean Graphics Option" },
                { OPT_STRUCTURED, "113104", "Clean Structured Content Option" },
                { OPT_DESCRIPTORS, "113105", "Clean Descriptors Option" },
                { OPT_FULL_DATES, "113106", "Retain Longitudinal Temporal Information Full Dates Option" },
                { OPT_SHIFT_DATES, "113107", "Retain Longitudinal Temporal Information Modified Dates Option" },
                { OPT_PATIENT, "113108", "Retain Patient Characteristics Option" },
                { OPT_DEVICE, "113109", "Retain Device Identity Option" },
                { OPT_UIDS, "113110", "Retain UIDs Option" },
                { OPT_SAFE_PRIVATE, "113111", "Retain Safe Private Option" },
                { OPT_INSTITUTION, "113112", "Retain Institution Identity Option" }
};

/* Clean Pixel Data (113101) is not among them: E.3.1 asks that all that is burned in and identifies is gone, which a
 * search that nobody has looked over can't say. (0012,0063) tells what was done instead. */
static void put_methods(walk *w, tomo__text *t)
{
    tomo__emit_header(t, 0x00120064, VR_SQ, UNDEFINED);
    for (size_t i = 0; i < TOMO__COUNT(methods); i++) {
        if ((w->options & methods[i].option) == methods[i].option)
            put_code(t, methods[i].code, "DCM", methods[i].meaning);
    }
    tomo__emit_sequence_end(t);
}

/* (0012,0063): values of 64 characters at most. */
static void put_method_text(const walk *w, tomo__text *t, tomo_tag tag)
{
    char text[160] = "Tomo " TOMO_VERSION ", PS3.15 2026d Annex E";
    if (w->r->frames > 0 || w->r->boxes > 0) {
        const size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "\\Text search by program, not reviewed: %u frames\\Areas blanked: %u",
                 w->r->frames, w->r->boxes);
    }
    tomo__emit_str(t, tag, VR_LO, text);
}

/* Elements of the top level that the engine writes itself, in tag order. */
static const tomo_tag ours[] = { 0x00120062, 0x00120063, 0x00120064, 0x00280303, 0x00282110, 0x04000500, 0 };

static tomo_status put_ours(walk *w, tomo__text *t, const tomo_dataset *ds, tomo_tag tag)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    switch (tag) {
    case 0x00120062:
        tomo__emit_str(t, tag, VR_CS, "YES");
        return TOMO_OK;
    case 0x00120063:
        put_method_text(w, t, tag);
        return TOMO_OK;
    case 0x00120064:
        put_methods(w, t);
        return TOMO_OK;
    case 0x00280303: /* Longitudinal Temporal Information Modified (PS3.3 C.7.6.1... C.12.1) */
        tomo__emit_str(t, tag, VR_CS,
                       w->options & OPT_FULL_DATES    ? "UNMODIFIED"
                       : w->options & OPT_SHIFT_DATES ? "MODIFIED"
                                                      : "REMOVED");
        return TOMO_OK;
    case 0x00282110: /* Lossy Image Compression: what the transfer syntax said until now */
        if (w->pixels.lossy)
            tomo__emit_str(t, tag, VR_CS, "01");
        else if (e)
            return put_element(w, t, ds, e);
        return TOMO_OK;
    default: /* (0400,0500): later elements change too, see put_originals */
        w->sealed_at = t->size;
        return TOMO_OK;
    }
}

/* (0400,0500), into the place that was noted for it. */
static tomo_status put_originals(walk *w, tomo__text *t)
{
    tomo__text sealed = TOMO__TEXT(w->ctx);
    size_t behind = t->size - w->sealed_at;
    tomo_status st = tomo__deid_encrypt(&sealed, w->d, &w->originals, w->err);
    t->failed |= sealed.failed;
    if (st == TOMO_OK)
        tomo__text_add(t, sealed.data, sealed.size);
    if (st == TOMO_OK && !t->failed) {
        memmove(t->data + w->sealed_at + sealed.size, t->data + w->sealed_at, behind);
        memcpy(t->data + w->sealed_at, sealed.data, sealed.size);
    }
    tomo__text_free(&sealed);
    return st;
}

/* Pixels as they are written: a name may lie between fragments or in rows that nobody shows. */
static tomo_status search_pixels(walk *w, const tomo__elem *e)
{
    const tomo__text *v = &w->pixels.value;
    unsigned unit = e->flags & ELEM_ENCAPSULATED ? 1 : tomo__vr_unit(e->vr);
    if (v->failed || !tomo__terms_in_binary(&w->terms, v->data, v->size, unit, false))
        return TOMO_OK;
    return tomo__deid_refuse(w->r, w->err, "a name or number stands among the bytes of " TAG_FMT, TAG_ARGS(e->tag));
}

static tomo_status put_pixel_element(walk *w, tomo__text *t, const tomo_dataset *ds, const tomo__elem *e, bool *done)
{
    const tomo__deid_pixels_out *p = &w->pixels;
    *done = true;
    switch (e->tag) {
    case TAG_PIXELS:
        if (!p->value.data)
            break;
        if (e->flags & ELEM_ENCAPSULATED && !p->native) {
            tomo__emit_header(t, e->tag, VR_OB, UNDEFINED);
            tomo__text_add(t, p->value.data, p->value.size);
            tomo__emit_sequence_end(t);
        } else {
            tomo__emit(t, e->tag, e->flags & ELEM_ENCAPSULATED ? VR_OW : e->vr, p->value.data, p->value.size);
        }
        return search_pixels(w, e);
    case 0x7fe00001: /* offset tables and lengths of the old fragments */
    case 0x7fe00002:
    case 0x7fe00003:
        return TOMO_OK;
    case 0x00280004:
        if (!p->photometric)
            break;
        tomo__emit_str(t, e->tag, VR_CS, p->photometric);
        return TOMO_OK;
    case 0x00280006:
        if (!p->native && !p->interleaved)
            break;
        tomo__emit_us(t, e->tag, 0);
        return TOMO_OK;
    case 0x00280102:
        if (p->shifted) {
            int64_t stored = 0;
            tomo_dataset_int(ds, 0x00280101, 0, &stored);
            tomo__emit_us(t, e->tag, (uint32_t)TOMO__MAX(stored, 1) - 1);
            return TOMO_OK;
        }
        break;
    default:
        break;
    }
    *done = false;
    return TOMO_OK;
}

/* What is kept beside the pixels must describe those that are written: of pixels that changed, their own description
 * and the places of their fragments stay new. The pixels themselves are in no envelope. */
static bool describes_new_pixels(const walk *w, tomo_tag tag)
{
    switch (tag) {
    case TAG_PIXELS:
    case 0x7fe00008: /* float and double pixels are written as they are or not at all */
    case 0x7fe00009:
        return true;
    case 0x00280004:
    case 0x00280006:
    case 0x00280102:
    case 0x00282110:
    case 0x7fe00001:
    case 0x7fe00002:
    case 0x7fe00003:
        return !w->same_pixels;
    default:
        return false;
    }
}

/* Remember a top-level element whose bytes in the output, from `from` on, are not its own. What the engine writes
 * itself is always remembered: the way back takes it for new otherwise. */
static tomo_status remember(walk *w, const tomo__text *t, size_t from, const tomo_dataset *ds, const tomo__elem *e,
                            bool own)
{
    size_t at = w->originals.size, n;
    if (!w->d->certificates || (e->tag & 0xffff) == 0 || describes_new_pixels(w, e->tag))
        return TOMO_OK;
    TRY(tomo__emit_verbatim(&w->originals, ds, e, w->err));
    n = w->originals.size - at;
    if (!own && !w->originals.failed && !t->failed && t->size - from == n &&
        memcmp(w->originals.data + at, t->data + from, n) == 0)
        w->originals.size = at;
    return TOMO_OK;
}

static tomo_status put_top(walk *w, tomo__text *t, const tomo_dataset *ds)
{
    size_t next = 0;
    for (uint32_t i = 0; i < ds->count; i++) {
        const tomo__elem *e = &ds->elems[i];
        bool done, own;
        if (e->flags & ELEM_META || e->tag >> 16 == 2)
            continue;
        while (ours[next] && ours[next] < e->tag)
            TRY(put_ours(w, t, ds, ours[next++]));
        size_t from = t->size;
        own = ours[next] == e->tag;
        if (own) {
            TRY(put_ours(w, t, ds, ours[next++]));
        } else {
            TRY(put_pixel_element(w, t, ds, e, &done));
            if (!done)
                TRY(put_element(w, t, ds, e));
        }
        TRY(remember(w, t, from, ds, e, own));
    }
    while (ours[next])
        TRY(put_ours(w, t, ds, ours[next++]));
    return w->d->certificates && !t->failed ? put_originals(w, t) : TOMO_OK;
}

/* SOP classes of which no attribute with a compound action is Type 1 (rules.c). */
static bool is_classic(const char *sop_class)
{
    static const char *const classes[] = {
        "1", "2", "3.1", "4", "6.1", "7", "12.1", "12.2", "20", "128", "1.1", "1.1.1"
    };
    const char *root = "1.2.840.10008.5.1.4.1.1.";
    if (strncmp(sop_class, root, strlen(root)) != 0)
        return false;
    for (size_t i = 0; i < TOMO__COUNT(classes); i++)
        if (strcmp(sop_class + strlen(root), classes[i]) == 0)
            return true;
    return false;
}

/* One UID of the data set as it will be written; "" if there is none. */
static void new_uid(walk *w, const tomo_dataset *ds, tomo_tag tag, char out[65])
{
    char uid[65];
    int64_t n = tomo_dataset_text(ds, tag, 0, uid, sizeof uid);
    out[0] = 0;
    if (n <= 0 || n > 64)
        return;
    if ((w->options & OPT_UIDS) && strspn(uid, "0123456789.") == (size_t)n)
        memcpy(out, uid, (size_t)n + 1);
    else
        tomo__deid_uid(w->d, uid, (size_t)n, out);
}

/* What ties the objects of a patient together: number, else name, else study. */
static void find_patient(walk *w, const tomo_dataset *ds)
{
    static const tomo_tag tags[] = { 0x00100020, 0x00100010, 0x0020000d, 0x00080018 };
    char text[512];
    for (size_t i = 0; i < TOMO__COUNT(tags); i++) {
        int64_t n = tomo_dataset_text(ds, tags[i], 0, text, sizeof text);
        if (n <= 0 && i + 1 < TOMO__COUNT(tags))
            continue;
        size_t size = n > 0 ? TOMO__MIN((size_t)n, sizeof text - 1) : 0;
        tomo__deid_pseudonym(w->d, i == 0 ? "tomo/pid/v1" : "tomo/patient/v1", text, size, w->pseudonym);
        w->days = tomo__deid_shift(w->d, text, size);
        return;
    }
}

static tomo_status judge(walk *w, const tomo_dataset *ds, char sop_class[65])
{
    const char *syntax = tomo_dataset_syntax(ds);
    tomo_deid_result *r = w->r;
    if (ds->root->damaged)
        return tomo__deid_refuse(r, w->err, "it could not be read whole");
    if (tomo__ds_elem(ds, 0x00041200) || tomo__ds_elem(ds, 0x00041220)) /* it has no SOP class of its own */
        return tomo__deid_refuse(r, w->err, "it is a DICOMDIR: make a new one of the new files");
    if (tomo_dataset_text(ds, 0x00080016, 0, sop_class, 65) <= 0)
        return tomo__deid_refuse(r, w->err, "it has no SOP Class UID (0008,0016)");
    if (strcmp(sop_class, "1.2.840.10008.1.3.10") == 0)
        return tomo__deid_refuse(r, w->err, "it is a DICOMDIR: make a new one of the new files");
    if (!tomo__deid_storage_class(sop_class))
        return tomo__deid_refuse(r, w->err, "its SOP class (0008,0016) is not one of the registry's storage classes");
    if (tomo__ds_elem(ds, 0x00420011))
        return tomo__deid_refuse(r, w->err, "its encapsulated document (0042,0011) can't be cleaned");
    if (strncmp(sop_class, "1.2.840.10008.5.1.4.1.1.9.4.", 28) == 0) /* Basic Voice and General Audio */
        return tomo__deid_refuse(r, w->err, "it is a recorded voice");
    if (!tomo_uid_name(syntax) && strcmp(syntax, "1.2.840.113619.5.2") != 0)
        return tomo__deid_refuse(r, w->err, "its transfer syntax (0002,0010) is unknown");
    new_uid(w, ds, 0x00080018, r->sop);
    new_uid(w, ds, 0x0020000d, r->study);
    new_uid(w, ds, 0x0020000e, r->series);
    return r->sop[0] ? TOMO_OK : tomo__deid_refuse(r, w->err, "it has no SOP Instance UID (0008,0018)");
}

static bool pixels_stay(const walk *w, const tomo_dataset *ds, const tomo__elem *e)
{
    const uint8_t *b = e && e->length ? tomo__ds_value(ds, e) : NULL;
    return !b || (!w->pixels.native && w->pixels.value.size == e->length + (e->length & 1) &&
                  memcmp(w->pixels.value.data, b, (size_t)e->length) == 0);
}

static tomo_status write_all(walk *w, tomo__text *t, const tomo_dataset *ds, const char *sop_class)
{
    const tomo__elem *pixels = tomo__ds_elem(ds, TAG_PIXELS);
    bool encapsulated = pixels && pixels->flags & ELEM_ENCAPSULATED && !w->pixels.native;
    tomo__emit_meta(t, sop_class, w->r->sop,
                    !encapsulated      ? UID_EXPLICIT
                    : w->pixels.syntax ? w->pixels.syntax
                                       : tomo_dataset_syntax(ds));
    w->same_pixels = w->d->certificates && pixels_stay(w, ds, pixels);
    TRY(put_top(w, t, ds));
    w->r->decompressed = w->pixels.native;
    return w->originals.failed || w->text.failed || t->failed
               ? tomo__no_memory(w->ctx, w->err, t->size, "a de-identified data set")
               : TOMO_OK;
}

/* Pixels that had to be decoded, compressed again without loss: as they were, or in JPEG Lossless if that was lossy.
 * What no encoder takes stays uncompressed. */
static tomo_status compress_again(walk *w, tomo_buffer **bytes, const tomo_dataset *ds)
{
    tomo_transcode_options o = TOMO_TRANSCODE_OPTIONS_INIT;
    const tomo_codec *codec = tomo_codec_find(tomo_dataset_syntax(ds));
    tomo_source *source = NULL;
    tomo_dataset *native = NULL;
    tomo_buffer *small = NULL;
    tomo_status st = tomo_source_from_buffer(w->ctx, &source, *bytes, w->err);
    o.syntax = codec && !codec->lossy ? codec->uid : "1.2.840.10008.1.2.4.70";
    if (st == TOMO_OK)
        st = tomo_dataset_open(w->ctx, &native, source, NULL, NULL, w->err);
    if (st == TOMO_OK)
        st = tomo_dataset_transcode_buffer(w->ctx, native, &small, &o, NULL, w->err);
    tomo_dataset_free(native);
    tomo_source_free(source);
    if (st == TOMO_OK) {
        tomo_buffer_free(*bytes);
        *bytes = small;
        w->r->decompressed = false;
    }
    return st == TOMO_E_NOMEM ? st : TOMO_OK;
}

tomo_status tomo_deid_dataset(tomo_ctx *ctx, tomo_buffer **out, const tomo_dataset *ds, const tomo_deid *deid,
                              tomo_deid_result *result, tomo_error *err)
{
    tomo_deid_result scratch, *r = result ? result : &scratch;
    char sop_class[65];
    tomo_buffer *bytes = NULL;
    tomo_status st;
    if (!ctx || !out || !ds || !deid)
        return tomo__fail(err, TOMO_E_ARG, "tomo_deid_dataset: NULL argument");
    if (ds->parent || ds->root->cut)
        return tomo__fail(err, TOMO_E_ARG, "tomo_deid_dataset: the data set must be whole");
    memset(r, 0, sizeof *r);
    r->struct_size = sizeof *r;
    walk w = { .ctx = ctx,
               .d = deid,
               .r = r,
               .err = err,
               .options = deid->options,
               .terms = { .ctx = ctx },
               .dates = { .ctx = ctx, .dates = true },
               .pixels = { .value = TOMO__TEXT(ctx) },
               .originals = TOMO__TEXT(ctx),
               .text = TOMO__TEXT(ctx) };
    tomo__text t = TOMO__TEXT(ctx);
    st = judge(&w, ds, sop_class);
    if (st == TOMO_OK) {
        w.options |= is_classic(sop_class) ? 1u << 31 : 0;
        find_patient(&w, ds);
        tomo__terms_collect(&w.terms, ds, w.options);
        tomo__terms_collect(&w.dates, ds, w.options);
        if (w.terms.failed || w.dates.failed)
            st = tomo__no_memory(ctx, err, w.terms.room * 16, "terms to search");
    }
    if (st == TOMO_OK)
        st = tomo__deid_pixels(ctx, &w.pixels, ds, deid, r, err);
    if (st == TOMO_OK)
        st = write_all(&w, &t, ds, sop_class);
    if (st == TOMO_OK)
        st = tomo__text_finish(&t, &bytes, err);
    if (st == TOMO_OK && w.pixels.native)
        st = compress_again(&w, &bytes, ds);
    if (st == TOMO_OK)
        *out = bytes;
    else
        tomo_buffer_free(bytes);
    tomo__text_free(&t);
    tomo__text_free(&w.pixels.value);
    tomo__text_free(&w.originals);
    tomo__text_free(&w.text);
    tomo__terms_free(&w.terms);
    tomo__terms_free(&w.dates);
    return st;
}
