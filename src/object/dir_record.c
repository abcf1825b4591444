/* dir_record.c - directory records: which type an object has, and the keys that each type holds (PS3.3 F.4, F.5). */
#include <stdio.h>

#include "dicom/dicom_internal.h"
#include "object/dir_internal.h"

#define KEYS(...) ((const dir__key[]){ __VA_ARGS__, { 0, 0 } })
#define CONTENT_TIME                                                                                                   \
    { 0x00080023, 1 }, { 0x00080033, 1 }
#define CONTENT_ID                                                                                                     \
    { 0x00200013, 1 }, { 0x00700080, 1 }, { 0x00700081, 2 }, { 0x00700084, 2 }

const dir__type dir__patient = { "PATIENT", true,
                                 KEYS({ 0x00100010, 2 }, { 0x00100020, 1 }, { 0x00100030, 3 }, { 0x00100040, 3 }) };
const dir__type dir__study = { "STUDY", false,
                               KEYS({ 0x00080020, 1 }, { 0x00080030, 1 }, { 0x00080050, 2 }, { 0x00081030, 2 },
                                    { 0x0020000D, 1 }, { 0x00200010, 1 }) };
const dir__type dir__series = { "SERIES", false,
                                KEYS({ 0x00080060, 1 }, { 0x0008103E, 3 }, { 0x0020000E, 1 }, { 0x00200011, 1 }) };
/* Beside what F.5 asks for, what a viewer wants to know before it opens files. */
static const dir__type image = { "IMAGE", false,
                                 KEYS({ 0x00080008, 3 }, { 0x00200013, 1 }, { 0x00200032, 3 }, { 0x00200037, 3 },
                                      { 0x00200052, 3 }, { 0x00280008, 3 }, { 0x00280010, 3 }, { 0x00280011, 3 },
                                      { 0x00280030, 3 }) };
static const dir__type dose = { "RT DOSE", false, KEYS({ 0x00200013, 1 }, { 0x3004000A, 1 }, { 0x30040006, 3 }) };
static const dir__type structures = {
    "RT STRUCTURE SET", false, KEYS({ 0x00200013, 1 }, { 0x30060002, 1 }, { 0x30060008, 2 }, { 0x30060009, 2 })
};
static const dir__type plan = { "RT PLAN", false,
                                KEYS({ 0x00200013, 1 }, { 0x300A0002, 1 }, { 0x300A0006, 2 }, { 0x300A0007, 2 }) };
static const dir__type treatment = { "RT TREAT RECORD", false,
                                     KEYS({ 0x00200013, 1 }, { 0x30080250, 2 }, { 0x30080251, 2 }) };
static const dir__type presentation = {
    "PRESENTATION", false, KEYS({ 0x00081115, 3 }, CONTENT_ID, { 0x00700082, 1 }, { 0x00700083, 1 }, { 0x00700402, 3 })
};
static const dir__type waveform = { "WAVEFORM", false, KEYS(CONTENT_TIME, { 0x00200013, 1 }) };
static const dir__type document = { "SR DOCUMENT", false,
                                    KEYS(CONTENT_TIME, { 0x00200013, 1 }, { 0x0040A030, 3 }, { 0x0040A043, 1 },
                                         { 0x0040A491, 1 }, { 0x0040A493, 1 }, { 0x0040A730, 3 }) };
static const dir__type key_object = { "KEY OBJECT DOC", false,
                                      KEYS(CONTENT_TIME, { 0x00200013, 1 }, { 0x0040A043, 1 }, { 0x0040A730, 3 }) };
static const dir__type spectroscopy = { "SPECTROSCOPY", false,
                                        KEYS({ 0x00080008, 1 }, CONTENT_TIME, { 0x00089092, 3 }, { 0x00200013, 1 },
                                             { 0x00280008, 1 }, { 0x00280010, 1 }, { 0x00280011, 1 }, { 0x00289001, 1 },
                                             { 0x00289002, 1 }) };
static const dir__type raw = { "RAW DATA", false, KEYS(CONTENT_TIME, { 0x00200013, 2 }) };
static const dir__type registration = { "REGISTRATION", false, KEYS(CONTENT_TIME, CONTENT_ID) };
static const dir__type fiducial = { "FIDUCIAL", false, KEYS(CONTENT_TIME, CONTENT_ID) };
static const dir__type value_map = { "VALUE MAP", false, KEYS(CONTENT_TIME, CONTENT_ID) };
static const dir__type measurement = { "MEASUREMENT", false, KEYS(CONTENT_TIME, CONTENT_ID) };
static const dir__type surface = { "SURFACE", false, KEYS(CONTENT_TIME, CONTENT_ID) };
static const dir__type tract = { "TRACT", false, KEYS(CONTENT_TIME, CONTENT_ID) };
static const dir__type surface_scan = { "SURFACE SCAN", false, KEYS(CONTENT_TIME) };
static const dir__type stereometric = { "STEREOMETRIC", false, KEYS({ 0x00200013, 3 }) };
static const dir__type delivery = { "PLAN", false, KEYS({ 0x00200013, 3 }) };
static const dir__type encapsulated = { "ENCAP DOC", false,
                                        KEYS({ 0x00080023, 2 }, { 0x00080033, 2 }, { 0x00200013, 1 }, { 0x0040A043, 2 },
                                             { 0x0040E001, 3 }, { 0x00420010, 2 }, { 0x00420012, 1 }) };
static const dir__type assessment = { "ASSESSMENT", false,
                                      KEYS({ 0x00080012, 1 }, { 0x00080013, 2 }, { 0x00200013, 1 }) };
static const dir__type radiotherapy = { "RADIOTHERAPY", false,
                                        KEYS({ 0x00200013, 1 }, { 0x00700081, 2 }, { 0x00700084, 2 }, { 0x30100033, 3 },
                                             { 0x30100034, 3 }) };
static const dir__type hanging = { "HANGING PROTOCOL", true,
                                   KEYS({ 0x00720002, 1 }, { 0x00720004, 1 }, { 0x00720006, 1 }, { 0x00720008, 1 },
                                        { 0x0072000A, 1 }, { 0x0072000C, 1 }, { 0x0072000E, 2 }, { 0x00720014, 1 }) };
static const dir__type palette = { "PALETTE", true, KEYS({ 0x00700080, 1 }, { 0x00700081, 2 }) };
static const dir__type implant = { "IMPLANT", true,
                                   KEYS({ 0x00080070, 1 }, { 0x00221095, 1 }, { 0x00221096, 3 }, { 0x00221097, 1 }) };
static const dir__type assembly = { "IMPLANT ASSY", true,
                                    KEYS({ 0x00080070, 1 }, { 0x00760001, 1 }, { 0x00760020, 1 }) };
static const dir__type group = { "IMPLANT GROUP", true, KEYS({ 0x00780001, 1 }, { 0x00780010, 1 }) };

/* SOP Class UIDs that begin so, or are so (ending in NUL counts as the whole); the longest that fits decides. Below
 * 1.2.840.10008.5.1.4. (PS3.4 B.5, PS3.3 table F.4-1). */
static const struct {
    const char *uid;
    bool whole;
    const dir__type *type;
} classes[] = {
    { "1.1.481.2", true, &dose },         { "1.1.481.3", true, &structures },
    { "1.1.481.5", true, &plan },         { "1.1.481.8", true, &plan },
    { "1.1.481.4", true, &treatment },    { "1.1.481.6", true, &treatment },
    { "1.1.481.7", true, &treatment },    { "1.1.481.9", true, &treatment },
    { "1.1.481.1", true, &image },        { "1.1.481.", false, &radiotherapy },
    { "1.1.11.", false, &presentation },  { "1.1.9.", false, &waveform },
    { "1.1.88.", false, &document },      { "1.1.88.59", true, &key_object },
    { "1.1.4.2", true, &spectroscopy },   { "1.1.66", true, &raw },
    { "1.1.66.1", true, &registration },  { "1.1.66.2", true, &fiducial },
    { "1.1.66.3", true, &registration },  { "1.1.66.4", true, &image },
    { "1.1.66.5", true, &surface },       { "1.1.66.6", true, &tract },
    { "1.1.66.7", true, &image },         { "1.1.67", true, &value_map },
    { "1.1.68.", false, &surface_scan },  { "1.1.77.1.5.3", true, &stereometric },
    { "1.1.78.", false, &measurement },   { "1.1.90.1", true, &assessment },
    { "1.1.104.", false, &encapsulated }, { "34.7", true, &delivery },
    { "34.10", true, &delivery },         { "38.1", true, &hanging },
    { "39.1", true, &palette },           { "43.1", true, &implant },
    { "44.1", true, &assembly },          { "45.1", true, &group },
};

const dir__type *dir__type_of(const char *sop_class, bool pixels)
{
    static const char root[] = "1.2.840.10008.5.1.4.";
    const dir__type *found = NULL;
    size_t longest = 0;
    if (strncmp(sop_class, root, sizeof root - 1) == 0)
        for (size_t i = 0; i < TOMO__COUNT(classes); i++) {
            const char *rest = sop_class + sizeof root - 1;
            const size_t n = strlen(classes[i].uid);
            if (n > longest && strncmp(rest, classes[i].uid, n) == 0 && (!classes[i].whole || !rest[n])) {
                found = classes[i].type;
                longest = n;
            }
        }
    const char *name = found || pixels ? NULL : tomo_uid_name(sop_class);
    return found ? found : pixels || (name && strstr(name, "Image Storage")) ? &image : NULL;
}

/* ---- values ---- */

enum { PATH_SIZE = 512, DEEPEST = 8 };
#define CONTENT 0x0040A730u /* Content Sequence */

static tomo_status copy_items(tomo_ctx *ctx, tomo_dataset *to, const char *path, const tomo_dataset *from, tomo_tag tag,
                              int depth, tomo_error *err);
static tomo_status copy_item(tomo_ctx *ctx, tomo_dataset *to, const char *path, const tomo_dataset *item, int depth,
                             tomo_error *err);

/* One element of any VR, to the same place below `path`. */
static tomo_status copy_element(tomo_ctx *ctx, tomo_dataset *to, const char *path, const tomo_dataset *from,
                                const tomo_element *e, int depth, tomo_error *err)
{
    if (e->is_sequence)
        return copy_items(ctx, to, path, from, e->tag, depth, err);
    if (tomo__vr_text(e->vr)) {
        const int64_t n = tomo_dataset_text(from, e->tag, SIZE_MAX, NULL, 0);
        char *text = n < 0 ? NULL : tomo__alloc(ctx, (size_t)n + 1);
        if (!text)
            return n < 0 ? TOMO_OK : tomo__no_memory(ctx, err, (size_t)n, "a value");
        tomo_dataset_text(from, e->tag, SIZE_MAX, text, (size_t)n + 1);
        const tomo_status st = tomo_dataset_set(to, path, text, err);
        tomo__free(ctx, text);
        return st;
    }
    uint8_t *bytes = tomo__alloc(ctx, (size_t)e->length + 1);
    if (!bytes)
        return tomo__no_memory(ctx, err, (size_t)e->length, "a value");
    if (e->length)
        memcpy(bytes, e->value, (size_t)e->length);
    if (tomo__ds_big(from, tomo__ds_elem(from, e->tag)))
        tomo__swap(bytes, bytes, (size_t)e->length, tomo__vr_unit(e->vr));
    const tomo_status st = tomo_dataset_set_bytes(to, path, e->vr, bytes, (size_t)e->length, err);
    tomo__free(ctx, bytes);
    return st;
}

static tomo_status copy_items(tomo_ctx *ctx, tomo_dataset *to, const char *path, const tomo_dataset *from, tomo_tag tag,
                              int depth, tomo_error *err)
{
    char at[PATH_SIZE];
    if (depth >= DEEPEST)
        return tomo__fail(err, TOMO_E_LIMIT, "%s: deeper than %d sequences", path, DEEPEST);
    tomo_status st = tomo_dataset_set(to, path, "", err); /* there even without items */
    const tomo_dataset *item = NULL;
    for (size_t i = 0; st == TOMO_OK && (item = tomo_dataset_item(from, tag, i)) != NULL; i++) {
        const int n = snprintf(at, sizeof at, "%s[%zu]", path, i);
        if (n < 0 || n >= (int)sizeof at)
            return tomo__fail(err, TOMO_E_LIMIT, "%s: too deep", path);
        st = copy_item(ctx, to, at, item, depth + 1, err);
    }
    return st;
}

/* One item with all that is in it. */
static tomo_status copy_item(tomo_ctx *ctx, tomo_dataset *to, const char *path, const tomo_dataset *item, int depth,
                             tomo_error *err)
{
    char below[PATH_SIZE];
    tomo_status st = TOMO_OK;
    for (size_t k = 0; st == TOMO_OK && k < tomo_dataset_count(item); k++) {
        tomo_element e;
        st = tomo_dataset_element(item, k, &e, err);
        if (st || (e.tag & 0xFFFF) == 0) /* group lengths are not kept */
            continue;
        const int n = snprintf(below, sizeof below, "%s.%08x", path, (unsigned)e.tag);
        if (n < 0 || n >= (int)sizeof below)
            return tomo__fail(err, TOMO_E_LIMIT, "%s: too deep", path);
        st = copy_element(ctx, to, below, item, &e, depth, err);
    }
    return st;
}

/* Of a report's content those items that modify its title (F.5.23: HAS CONCEPT MOD). */
static tomo_status copy_modifiers(tomo_ctx *ctx, tomo_dataset *to, const char *path, const tomo_dataset *file,
                                  tomo_error *err)
{
    char at[PATH_SIZE], relation[32];
    tomo_status st = TOMO_OK;
    const tomo_dataset *item = NULL;
    size_t kept = 0;
    for (size_t i = 0; st == TOMO_OK && (item = tomo_dataset_item(file, CONTENT, i)) != NULL; i++)
        if (tomo_dataset_text(item, 0x0040A010, 0, relation, sizeof relation) > 0 &&
            strcmp(relation, "HAS CONCEPT MOD") == 0) {
            snprintf(at, sizeof at, "%s[%zu]", path, kept++);
            st = copy_item(ctx, to, at, item, 1, err);
        }
    return st;
}

static bool has_value(const tomo_dataset *ds, tomo_tag tag)
{
    tomo_element e;
    char path[16];
    snprintf(path, sizeof path, "%08x", (unsigned)tag);
    if (tomo_dataset_find(ds, path, &e, NULL) != TOMO_OK)
        return false;
    return e.is_sequence ? e.items > 0 : tomo_dataset_text(ds, tag, SIZE_MAX, NULL, 0) > 0;
}

/* What a Type 1 key gets if the file has nothing and that is allowed; NULL if nothing sensible can be made up. */
static const char *made_up(tomo_tag tag, const char *number)
{
    switch (tag) {
    case 0x00080020:
    case 0x00080023:
    case 0x00080012:
        return "19000101";
    case 0x00080030:
    case 0x00080033:
        return "000000";
    case 0x00080060:
        return "OT"; /* other */
    case 0x00100020:
    case 0x00200010:
    case 0x00200011:
    case 0x00200013:
        return number;
    case 0x00700080:
    case 0x30060002:
    case 0x300A0002: /* labels */
        return "UNLABELED";
    default:
        return NULL;
    }
}

tomo_tag dir__lacks(const dir__type *type, const tomo_dataset *file)
{
    for (const dir__key *key = type->key; key->tag; key++)
        if (key->type == 1 && !has_value(file, key->tag) && !made_up(key->tag, "1"))
            return key->tag;
    return 0;
}

static tomo_status put_missing(tomo_dataset *dir, const char *path, const dir__type *type, const dir__key *key,
                               const char *invented, tomo_report *report, tomo_error *err)
{
    const tomo_dict_entry *entry = tomo_dict_find(key->tag);
    const char *name = entry ? entry->name : "?", *text = invented ? made_up(key->tag, invented) : NULL;
    if (key->type == 2)
        return tomo_dataset_set(dir, path, "", err);
    if (!text)
        return tomo__fail(err, TOMO_E_FORMAT, "(%04x,%04x) %s has no value, but a %s record must have one",
                          key->tag >> 16, key->tag & 0xFFFF, name, type->name);
    tomo__remark(report, "(%04x,%04x) %s of a %s record is made up: %s", key->tag >> 16, key->tag & 0xFFFF, name,
                 type->name, text);
    return tomo_dataset_set(dir, path, text, err);
}

/* Text beyond ASCII makes the record name its character set, UTF-8 (PS3.3 C.12.1.1.2; each record has its own). */
static tomo_status name_charset(tomo_dataset *dir, int64_t n, const dir__type *type, const tomo_dataset *file,
                                tomo_error *err)
{
    char text[1024], path[64];
    for (const dir__key *key = type->key; key->tag; key++) {
        if (tomo_dataset_text(file, key->tag, SIZE_MAX, text, sizeof text) <= 0)
            continue;
        for (const char *c = text; *c; c++)
            if (*c & 0x80) {
                snprintf(path, sizeof path, "DirectoryRecordSequence[%lld].00080005", (long long)n);
                return tomo_dataset_set(dir, path, "ISO_IR 192", err);
            }
    }
    return TOMO_OK;
}

tomo_status dir__fill_record(tomo_ctx *ctx, tomo_dataset *dir, int64_t n, const dir__type *type,
                             const tomo_dataset *file, const char *invented, tomo_report *report, tomo_error *err)
{
    tomo_status st = name_charset(dir, n, type, file, err);
    for (const dir__key *key = type->key; st == TOMO_OK && key->tag; key++) {
        char path[64], tag[16];
        tomo_element e;
        snprintf(path, sizeof path, "DirectoryRecordSequence[%lld].%08x", (long long)n, (unsigned)key->tag);
        snprintf(tag, sizeof tag, "%08x", (unsigned)key->tag);
        if (key->tag == CONTENT)
            st = copy_modifiers(ctx, dir, path, file, err);
        else if (has_value(file, key->tag)) {
            tomo_error why = { 0 };
            st = tomo_dataset_find(file, tag, &e, err);
            if (st == TOMO_OK)
                st = copy_element(ctx, dir, path, file, &e, 0, &why);
            if (st == TOMO_E_ARG) { /* not a value of its VR: as if there were none */
                tomo__remark(report, "%s; it is left out", why.message);
                st = key->type == 3 ? TOMO_OK : put_missing(dir, path, type, key, invented, report, err);
            } else if (st && err)
                *err = why;
        } else if (key->type != 3)
            st = put_missing(dir, path, type, key, invented, report, err);
    }
    return st;
}
