/* validate.c - a data set held against its IOD: which modules are there, which of their attributes are missing, empty,
 * or belong to none. */
#include "object/validate.h"

#include <stdarg.h>
#include <stdio.h>

#include "dicom/dicom_internal.h"

enum { MOST = 10000, DEEPEST = 64, MODULES = 64 };

/* ---- findings ---- */

static const char *name_of(const tomo_dataset *ds, tomo_tag tag)
{
    const tomo_dict_entry *entry = ds ? tomo__ds_dict(ds, tag) : tomo_dict_find(tag);
    return entry ? entry->name : "";
}

void validate__note(tomo_validation *v, tomo_severity severity, tomo_tag tag, const char *rule, const char *module,
                    const char *format, ...)
{
    const tomo_dict_entry *entry = tomo_dict_find(tag);
    va_list list;
    v->found[severity]++;
    if (v->count == v->most || v->failed)
        return;
    if (v->count == v->room) {
        const size_t room = v->room ? 2 * v->room : 64;
        validate__finding *more = tomo__realloc(v->ctx, v->finding, room * sizeof *more);
        if (!more) {
            v->failed = true;
            return;
        }
        v->finding = more;
        v->room = room;
    }
    validate__finding *f = &v->finding[v->count];
    *f = (validate__finding){ severity, tag, rule, module, v->texts.size, 0 };
    tomo__text_str(&v->texts, v->path);
    if (entry && (tag >> 16) % 2 == 0 && entry->tag == tag)
        tomo__text_str(&v->texts, entry->keyword);
    else
        tomo__text_fmt(&v->texts, "(%04x,%04x)", tag >> 16, tag & 0xFFFF);
    tomo__text_add(&v->texts, "", 1);
    f->text = v->texts.size;
    char text[512];
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    tomo__text_str(&v->texts, text);
    tomo__text_add(&v->texts, "", 1);
    v->count++;
    v->failed = v->texts.failed;
}

bool validate__has(const tomo_dataset *ds, tomo_tag tag) { return tomo__ds_elem(ds, tag) != NULL; }

bool validate__full(const tomo_dataset *ds, tomo_tag tag)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    return e && ((e->flags & ELEM_SEQUENCE) ? e->n_items > 0 : e->length > 0);
}

bool validate__is(const tomo_dataset *ds, tomo_tag tag, const char *value)
{
    char text[128];
    return tomo_dataset_text(ds, tag, 0, text, sizeof text) > 0 && strcmp(text, value) == 0;
}

/* ---- lists of attributes ---- */

/* Repeating groups (60xx, 50xx) are in the tables once. */
static tomo_tag table_tag(tomo_tag tag)
{
    const unsigned group = tag >> 24;
    return (group == 0x60 || group == 0x50) && (tag >> 16) % 2 == 0 ? (tag & 0xFF00FFFF) : tag;
}

static const iod__row *row_in(unsigned list, tomo_tag tag)
{
    size_t lo = iod__lists[list], hi = iod__lists[list + 1];
    const size_t end = hi;
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        if (iod__rows[mid].tag < tag)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < end && iod__rows[lo].tag == tag ? &iod__rows[lo] : NULL;
}

/* Lists that hold at one level: of modules at the top, of one or more sequences below. */
typedef struct lists {
    const char *module[MODULES];
    uint16_t list[MODULES];
    bool required[MODULES]; /* Type 1 and 2 must be there */
    bool sure[MODULES];     /* ... as an error; else the module only seems to be used */
    int n;
    bool content; /* items of a report: each value type asks for its own */
} lists;

static void missing(tomo_validation *v, const lists *l, int i, const iod__row *row, const tomo_dataset *ds)
{
    static const char *const words[] = { "", "1", "2" };
    const int type = row->type & 3, rule = row->type & 0x10 ? validate__condition(v, ds, row->tag, l->module[i]) : 1;
    const bool there = validate__has(ds, row->tag);
    if (rule == -2 && there && validate__full(ds, row->tag))
        validate__note(v, TOMO_SEVERITY_WARNING, row->tag, "condition", l->module[i],
                       "%s is there, but its condition (Type %sC) does not hold", name_of(ds, row->tag), words[type]);
    if (there && type == 1 && !validate__full(ds, row->tag))
        validate__note(v, TOMO_SEVERITY_ERROR, row->tag, "type1", l->module[i],
                       "%s is empty, but Type %s must have a value", name_of(ds, row->tag),
                       row->type & 0x10 ? "1C" : "1");
    if (there || rule != 1 || !l->required[i])
        return;
    /* whether an image "requires" an orientation is told by its IOD only in words (C.7.6.1.1.1) */
    const bool sure = l->sure[i] && row->tag != 0x00200020;
    validate__note(v, sure ? TOMO_SEVERITY_ERROR : TOMO_SEVERITY_WARNING, row->tag, type == 1 ? "type1" : "type2",
                   l->module[i], "%s is missing, Type %s%s of module %s", name_of(ds, row->tag), words[type],
                   row->type & 0x10 ? "C" : "", l->module[i]);
}

/* Rows of all lists against the level; rows that several modules share are asked for once. */
static void ask_for_all(tomo_validation *v, const lists *l, const tomo_dataset *ds)
{
    for (int i = 0; i < l->n; i++)
        for (size_t r = iod__lists[l->list[i]]; r < iod__lists[l->list[i] + 1]; r++) {
            const iod__row *row = &iod__rows[r];
            bool asked = (row->tag >> 24) == 0x60 || (row->tag >> 24) == 0x50; /* overlays: by planes, not here */
            if ((row->type & 3) != 1 && (row->type & 3) != 2)
                continue;
            for (int k = 0; k < i && !asked; k++) {
                const iod__row *other = row_in(l->list[k], row->tag);
                asked = other && (other->type == row->type || other->type == 1) && l->required[k] >= l->required[i];
            }
            if (!asked)
                missing(v, l, i, row, ds);
        }
}

/* Is an attribute in any of the lists? Gathers the lists for its items. */
static bool in_lists(const lists *l, tomo_tag tag, lists *below)
{
    /* which functional groups a frame has is said per IOD, not in each item (validate__together) */
    const bool groups = tag == 0x52009229 || tag == 0x52009230;
    bool found = false;
    if (l->content && tag == 0x0040A730) { /* content in content: the same again */
        *below = *l;
        return true;
    }
    below->n = 0;
    below->content = tag == 0x0040A730;
    for (int i = 0; i < l->n; i++) {
        const iod__row *row = row_in(l->list[i], table_tag(tag));
        found = found || row;
        bool known = !row || row->below == 0;
        for (int k = 0; k < below->n && !known; k++)
            known = below->list[k] == row->below;
        if (known)
            continue;
        below->module[below->n] = l->module[i];
        below->list[below->n] = row->below;
        below->required[below->n] = !groups && !below->content;
        below->sure[below->n] = true; /* an item that is there must be whole, whoever asked for it */
        below->n++;
    }
    return found;
}

/* ---- levels ---- */

static void not_in_iod(tomo_validation *v, const tomo_dataset *ds, tomo_tag tag)
{
    const tomo_dict_entry *entry = tomo_dict_find(tag);
    const bool length = (tag & 0xFFFF) == 0;
    if ((tag >> 16) % 2 || (tag >> 16) < 8)
        return;
    if (!entry && !length)
        validate__note(v, TOMO_SEVERITY_WARNING, tag, "iod", NULL, "not in the data dictionary of PS3.6");
    else if (length || entry->retired)
        validate__note(v, TOMO_SEVERITY_WARNING, tag, "iod", NULL, "%s is retired",
                       length ? "Group Length" : name_of(ds, tag));
    else
        validate__note(v, TOMO_SEVERITY_WARNING, tag, "iod", NULL, "%s is not part of the IOD %s%s", name_of(ds, tag),
                       v->iod->name, v->path[0] ? " in this sequence" : "");
}

static void level(tomo_validation *v, const lists *l, const tomo_dataset *ds, int depth);

static void items(tomo_validation *v, const lists *below, const tomo_dataset *ds, const tomo_element *e, int depth)
{
    const size_t length = strlen(v->path);
    const tomo_dict_entry *entry = tomo_dict_find(e->tag);
    for (uint32_t i = 0; i < e->items && v->count < v->most && !v->failed; i++) {
        const tomo_dataset *item = tomo_dataset_item(ds, e->tag, i);
        int n = 0;
        if (!item)
            continue;
        if (entry && (e->tag >> 16) % 2 == 0)
            n = snprintf(v->path + length, sizeof v->path - length, "%s[%u].", entry->keyword, (unsigned)i);
        else
            n = snprintf(v->path + length, sizeof v->path - length, "(%04x,%04x)[%u].", e->tag >> 16, e->tag & 0xFFFF,
                         (unsigned)i);
        if (n > 0 && (size_t)n < sizeof v->path - length) {
            if (below->content)
                validate__content(v, item, false);
            level(v, below, item, depth + 1);
        }
        v->path[length] = 0;
    }
}

/* One level: what is missing, then each element. Without lists (private sequences) only the elements. */
static void level(tomo_validation *v, const lists *l, const tomo_dataset *ds, int depth)
{
    if (depth > DEEPEST)
        return;
    ask_for_all(v, l, ds);
    const size_t count = tomo_dataset_count(ds);
    for (size_t i = 0; i < count && !v->failed; i++) {
        tomo_element e;
        lists below;
        if (tomo_dataset_element(ds, i, &e, NULL) != TOMO_OK)
            continue;
        const bool listed = in_lists(l, e.tag, &below);
        if (!listed && l->n > 0)
            not_in_iod(v, ds, e.tag);
        validate__element(v, ds, &e);
        validate__enumerated(v, ds, &e);
        validate__sense(v, ds, &e);
        if (e.is_sequence)
            items(v, &below, ds, &e, depth);
    }
}

/* ---- modules ---- */

/* A module that need not be there seems to be if it has an attribute with a value that no mandatory module has. */
static bool seems_used(const iod__iod *iod, const iod__use *use, const tomo_dataset *ds)
{
    const unsigned list = iod__modules[use->module].list;
    for (size_t r = iod__lists[list]; r < iod__lists[list + 1]; r++) {
        const iod__row *row = &iod__rows[r];
        bool elsewhere = (row->type & 3) == 3 || row->type == 0;
        if (elsewhere || !validate__full(ds, row->tag))
            continue;
        for (int k = 0; k < iod->count && !elsewhere; k++) {
            const iod__use *other = &iod__uses[iod->first + k];
            elsewhere = other != use && row_in(iod__modules[other->module].list, row->tag);
        }
        if (!elsewhere)
            return true;
    }
    return false;
}

static void gather(const tomo_validation *v, lists *l)
{
    l->n = 0;
    l->content = false;
    for (int k = 0; k < v->iod->count && l->n < MODULES; k++) {
        const iod__use *use = &iod__uses[v->iod->first + k];
        const iod__module *module = &iod__modules[use->module];
        const bool needed = use->usage == 'M' || (use->usage == 'C' && validate__module_needed(v, module->name) == 1);
        l->module[l->n] = module->name;
        l->list[l->n] = module->list;
        l->sure[l->n] = needed;
        l->required[l->n++] =
            strcmp(module->name, "SR Document Content") != 0 && /* by value types: validate__content */
            (needed || seems_used(v->iod, use, v->root));
    }
}

static const iod__iod *iod_by_word(const char *word)
{
    for (size_t i = 0; i < iod__n_iods; i++)
        if (strcmp(iod__iods[i].word, word) == 0)
            return &iod__iods[i];
    return NULL;
}

static tomo_status choose_iod(tomo_validation *v, const char *word, tomo_error *err)
{
    static const struct {
        const char *uid, *iod;
    } others[] = {
        /* not in the table: retired SOP Classes with the IOD of their successor, and the DICOMDIR */
        { "1.2.840.10008.1.3.10", "basic-directory" },
        { "1.2.840.10008.5.1.4.1.1.3", "ultrasound-multi-frame-image" },
        { "1.2.840.10008.5.1.4.1.1.5", "nuclear-medicine-image" },
        { "1.2.840.10008.5.1.4.1.1.6", "ultrasound-image" },
    };
    char uid[80] = "";
    if (word)
        return (v->iod = iod_by_word(word)) ? TOMO_OK : tomo__fail(err, TOMO_E_ARG, "there is no IOD '%s'", word);
    if (tomo_dataset_text(v->root, 0x00080016, 0, uid, sizeof uid) <= 0 &&
        tomo_dataset_text(v->root, 0x00020002, 0, uid, sizeof uid) <= 0)
        return tomo__fail(err, TOMO_E_NOTFOUND,
                          "(0008,0016) SOP Class UID is missing: name the IOD to hold it against");
    for (size_t i = 0; i < TOMO__COUNT(others); i++)
        if (strcmp(others[i].uid, uid) == 0)
            v->iod = iod_by_word(others[i].iod);
    for (size_t i = 0; i < iod__n_classes && !v->iod; i++)
        if (strcmp(iod__classes[i].uid, uid) == 0)
            v->iod = &iod__iods[iod__classes[i].iod];
    const char *name = tomo_uid_name(uid);
    return v->iod ? TOMO_OK
                  : tomo__fail(err, TOMO_E_UNSUPPORTED,
                               "(0008,0016) SOP Class UID is %s%s%s: no IOD that Tomo has a table of", uid,
                               name ? ", " : "", name ? name : "");
}

/* ---- public ---- */

tomo_status tomo_validate(tomo_ctx *ctx, tomo_validation **out, const tomo_dataset *ds,
                          const tomo_validate_options *opts, tomo_error *err)
{
    tomo_validate_options o = TOMO_VALIDATE_OPTIONS_INIT;
    if (!ctx || !out || !ds)
        return tomo__fail(err, TOMO_E_ARG, "tomo_validate: ctx, out and ds must not be NULL");
    if (opts)
        memcpy(&o, opts, TOMO__MIN(opts->struct_size, sizeof o));
    tomo_validation *v = tomo__calloc(ctx, 1, sizeof *v);
    if (!v)
        return tomo__no_memory(ctx, err, sizeof *v, "a validation");
    v->ctx = tomo__ctx_ref(ctx);
    v->root = ds;
    v->most = o.most ? o.most : MOST;
    v->values = !o.no_values;
    v->texts = (tomo__text)TOMO__TEXT(v->ctx);
    tomo_status st = choose_iod(v, o.iod, err);
    if (st == TOMO_OK) {
        lists top;
        gather(v, &top);
        validate__meta(v);
        level(v, &top, ds, 0);
        if (validate__has(ds, 0x0040A730))
            validate__content(v, ds, true);
        validate__together(v);
        validate__references(v);
        validate__pixels(v);
        if (v->failed)
            st = tomo__no_memory(ctx, err, v->texts.size, "findings");
    }
    v->root = NULL;
    if (st)
        tomo_validation_free(v);
    else
        *out = v;
    return st;
}

void tomo_validation_free(tomo_validation *v)
{
    if (!v)
        return;
    tomo_ctx *ctx = v->ctx;
    tomo__free(ctx, v->finding);
    tomo__text_free(&v->texts);
    tomo__free(ctx, v);
    tomo__ctx_unref(ctx);
}

size_t tomo_validation_count(const tomo_validation *v) { return v ? v->count : 0; }
const char *tomo_validation_iod(const tomo_validation *v) { return v ? v->iod->name : ""; }

size_t tomo_validation_found(const tomo_validation *v, tomo_severity severity)
{
    return v && (severity == TOMO_SEVERITY_ERROR || severity == TOMO_SEVERITY_WARNING) ? v->found[severity] : 0;
}

tomo_status tomo_validation_at(const tomo_validation *v, size_t i, tomo_validation_finding *out, tomo_error *err)
{
    if (!v || !out || i >= v->count)
        return tomo__fail(err, TOMO_E_ARG, "tomo_validation_at: there is no finding %zu", i);
    const validate__finding *f = &v->finding[i];
    const tomo_validation_finding r = {
        sizeof r, f->severity, f->tag, v->texts.data + f->path, f->rule, v->texts.data + f->text, f->module
    };
    const uint32_t size = TOMO__MIN(out->struct_size, sizeof r);
    memcpy(out, &r, size);
    out->struct_size = size;
    return TOMO_OK;
}
