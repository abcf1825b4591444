/* items.c - codes, references and lists of numbers in items of sequences: read and written (PS3.3 8.8, 10.3, 10.8). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dicom/dicom_internal.h"
#include "object/items.h"

/* ---- reading --------------------------------------------------------------------------------------------------- */

tomo_status tomo__get_text(tomo__keep *k, const char **out, const tomo_dataset *ds, tomo_tag tag, tomo_error *err)
{
    char small[128];
    *out = NULL;
    const int64_t n = tomo_dataset_text(ds, tag, SIZE_MAX, small, sizeof small);
    if (n < 0)
        return TOMO_OK;
    if (n < (int64_t)sizeof small)
        return tomo__keep_text(k, out, small, err);
    char *text = tomo__keep_bytes(k, (size_t)n + 1, 1);
    if (!text)
        return tomo__no_memory(k->ctx, err, (size_t)n + 1, "a text");
    tomo_dataset_text(ds, tag, SIZE_MAX, text, (size_t)n + 1);
    *out = text;
    return TOMO_OK;
}

static bool find(const tomo_dataset *ds, tomo_tag tag, tomo_element *e)
{
    char path[16];
    snprintf(path, sizeof path, "%08x", (unsigned)tag);
    return tomo_dataset_find(ds, path, e, NULL) == TOMO_OK;
}

size_t tomo__items(const tomo_dataset *ds, tomo_tag sequence)
{
    tomo_element e;
    return find(ds, sequence, &e) && e.is_sequence ? e.items : 0;
}

tomo_status tomo__get_code(tomo__keep *k, tomo_code *out, const tomo_dataset *ds, tomo_tag sequence, tomo_error *err)
{
    const tomo_dataset *item = tomo_dataset_item(ds, sequence, 0);
    *out = (tomo_code){ NULL };
    return item ? tomo__get_code_of(k, out, item, err) : TOMO_OK;
}

tomo_status tomo__get_code_of(tomo__keep *k, tomo_code *out, const tomo_dataset *item, tomo_error *err)
{
    tomo_status st;
    *out = (tomo_code){ NULL };
    static const tomo_tag forms[] = { 0x00080100, 0x00080119, 0x00080120 }; /* Code, Long Code, URN Code Value */
    for (size_t i = 0; i < TOMO__COUNT(forms) && (!out->value || !out->value[0]); i++)
        if ((st = tomo__get_text(k, &out->value, item, forms[i], err)) != TOMO_OK)
            return st;
    st = tomo__get_text(k, &out->scheme, item, 0x00080102, err);
    st = st ? st : tomo__get_text(k, &out->version, item, 0x00080103, err);
    st = st ? st : tomo__get_text(k, &out->meaning, item, 0x00080104, err);
    if (st == TOMO_OK && !out->value && out->meaning)
        out->value = ""; /* a name without a value is still one */
    return st;
}

static bool is_number_text(const tomo_element *e)
{
    const tomo_dict_entry *d = e->vr == VR_UN ? tomo_dict_find(e->tag) : NULL;
    const uint16_t vr = d ? d->vr : e->vr;
    return vr == VR_DS || vr == VR_IS;
}

/* Numbers of a text that backslashes divide. */
static void split_numbers(const char *text, double *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *end = strchr(text, '\\');
        const size_t size = end ? (size_t)(end - text) : strlen(text);
        if (!tomo__text_double(text, size, &values[i]))
            values[i] = NAN;
        text += size + (end != NULL);
    }
}

tomo_status tomo__get_numbers(tomo__keep *k, const double **out, size_t *n, const tomo_dataset *ds, tomo_tag tag,
                              tomo_error *err)
{
    tomo_element e;
    double *values;
    *out = NULL;
    *n = 0;
    const size_t count = find(ds, tag, &e) ? tomo_dataset_values(ds, tag) : 0;
    if (count == 0)
        return TOMO_OK;
    if (!(values = tomo__keep_bytes(k, count, sizeof *values)))
        return tomo__no_memory(k->ctx, err, count * sizeof *values, "numbers");
    if (is_number_text(&e)) { /* by index each would be searched from the start */
        const char *text;
        tomo_status st = tomo__get_text(k, &text, ds, tag, err);
        if (st)
            return st;
        split_numbers(text ? text : "", values, count);
    } else {
        for (size_t i = 0; i < count; i++)
            if (!tomo_dataset_double(ds, tag, i, &values[i]))
                values[i] = NAN;
    }
    *out = values;
    *n = count;
    return TOMO_OK;
}

tomo_status tomo__get_ints(tomo__keep *k, const int32_t **out, size_t *n, const tomo_dataset *ds, tomo_tag tag,
                           tomo_error *err)
{
    const double *values;
    size_t count, kept = 0;
    *out = NULL;
    *n = 0;
    tomo_status st = tomo__get_numbers(k, &values, &count, ds, tag, err);
    if (st || count == 0)
        return st;
    int32_t *ints = tomo__keep_bytes(k, count, sizeof *ints);
    if (!ints)
        return tomo__no_memory(k->ctx, err, count * sizeof *ints, "numbers");
    for (size_t i = 0; i < count; i++)
        if (values[i] >= INT32_MIN && values[i] <= INT32_MAX && values[i] == floor(values[i]))
            ints[kept++] = (int32_t)values[i];
    *out = kept ? ints : NULL;
    *n = kept;
    return TOMO_OK;
}

tomo_status tomo__get_reference(tomo__keep *k, tomo_reference *out, const tomo_dataset *item, tomo_error *err)
{
    *out = (tomo_reference){ NULL };
    tomo_status st = tomo__get_text(k, &out->class_uid, item, 0x00081150, err);
    st = st ? st : tomo__get_text(k, &out->instance_uid, item, 0x00081155, err);
    st = st ? st : tomo__get_ints(k, &out->frames, &out->n_frames, item, 0x00081160, err);
    st = st ? st : tomo__get_ints(k, &out->segments, &out->n_segments, item, 0x0062000B, err);
    st = st ? st : tomo__get_ints(k, &out->channels, &out->n_channels, item, 0x0040A0B0, err);
    out->n_channels /= 2;
    const tomo_dataset *pr = tomo_dataset_item(item, 0x00081199, 0);
    return st || !pr ? st : tomo__get_text(k, &out->presentation_uid, pr, 0x00081155, err);
}

bool tomo__code_is(const tomo_code *code, const char *value, const char *scheme)
{
    return code->value && code->scheme && strcmp(code->value, value) == 0 && strcmp(code->scheme, scheme) == 0;
}

int tomo__word(const char *const *names, const char *word)
{
    for (int i = 0; word && names[i]; i++)
        if (strcmp(names[i], word) == 0)
            return i;
    return -1;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

tomo_status tomo__add_item(tomo_dataset *ds, tomo_tag sequence, tomo_tag first, const char *text, tomo_dataset **item,
                           tomo_error *err)
{
    char path[40];
    const size_t n = tomo__items(ds, sequence);
    snprintf(path, sizeof path, "%08x[%zu].%08x", (unsigned)sequence, n, (unsigned)first);
    tomo_status st = tomo_dataset_set(ds, path, text, err);
    /* `ds` is ours to change, and an item is part of it */
    if (st == TOMO_OK && item)
        *item = (tomo_dataset *)tomo_dataset_item(ds, sequence, n);
    return st;
}

tomo_status tomo__put_code(tomo_dataset *ds, tomo_tag sequence, const tomo_code *code, tomo_error *err)
{
    tomo_dataset *item = NULL;
    if (!code->value || !code->value[0] || !code->meaning || !code->meaning[0])
        return tomo__fail(err, TOMO_E_ARG, "a code for (%04x,%04x) has no %s", sequence >> 16, sequence & 0xFFFF,
                          code->value && code->value[0] ? "meaning" : "value");
    const bool urn = strncmp(code->value, "urn:", 4) == 0 || strncmp(code->value, "http", 4) == 0;
    if (!urn && (!code->scheme || !code->scheme[0]))
        return tomo__fail(err, TOMO_E_ARG, "code '%.40s' has no coding scheme", code->value);
    const tomo_tag form = urn ? 0x00080120 : strlen(code->value) > 16 ? 0x00080119 : 0x00080100;
    tomo_status st = tomo__add_item(ds, sequence, form, code->value, &item, err);
    if (st == TOMO_OK && code->scheme && code->scheme[0])
        st = tomo__object_put(item, 0x00080102, code->scheme, err);
    if (st == TOMO_OK && code->version)
        st = tomo__object_put(item, 0x00080103, code->version, err);
    return st ? st : tomo__object_put(item, 0x00080104, code->meaning, err);
}

/* One number as bytes of a VR; false if it does not fit. */
static bool encode(uint16_t vr, double v, uint8_t *to)
{
    const float f = (float)v;
    const uint32_t u32 = v >= 0 && v <= UINT32_MAX ? (uint32_t)v : 0;
    const int32_t i32 = v >= INT32_MIN && v <= INT32_MAX ? (int32_t)v : 0;
    const uint16_t u16 = (uint16_t)u32;
    const int16_t i16 = (int16_t)i32;
    switch (vr) {
    case VR_FL:
        memcpy(to, &f, sizeof f);
        return isfinite(f);
    case VR_FD:
        memcpy(to, &v, sizeof v);
        return isfinite(v);
    case VR_UL:
        memcpy(to, &u32, sizeof u32);
        return (double)u32 == v;
    case VR_SL:
        memcpy(to, &i32, sizeof i32);
        return (double)i32 == v;
    case VR_US:
        memcpy(to, &u16, sizeof u16);
        return (double)u16 == v;
    case VR_SS:
        memcpy(to, &i16, sizeof i16);
        return (double)i16 == v;
    default:
        return false;
    }
}

tomo_status tomo__put_numbers(tomo_dataset *ds, tomo_tag tag, uint16_t vr, const double *values, size_t n,
                              tomo_error *err)
{
    const size_t size = tomo__vr_unit(vr);
    char path[16];
    snprintf(path, sizeof path, "%08x", (unsigned)tag);
    if (n * size > 65534) /* 16-bit length (PS3.5 7.1.2) */
        return tomo__fail(err, TOMO_E_ARG, "(%04x,%04x) has %zu numbers, expected at most %zu", tag >> 16, tag & 0xFFFF,
                          n, 65534 / size);
    uint8_t *bytes = tomo__alloc(ds->root->ctx, n * size + 1);
    if (!bytes)
        return tomo__no_memory(ds->root->ctx, err, n * size + 1, "numbers");
    tomo_status st = TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && i < n; i++)
        if (!encode(vr, values[i], bytes + i * size))
            st = tomo__fail(err, TOMO_E_ARG, "(%04x,%04x): %g is no %c%c", tag >> 16, tag & 0xFFFF, values[i], vr >> 8,
                            vr & 0xFF);
    if (st == TOMO_OK)
        st = tomo_dataset_set_bytes(ds, path, vr, bytes, n * size, err);
    tomo__free(ds->root->ctx, bytes);
    return st;
}

tomo_status tomo__put_ints(tomo_dataset *ds, tomo_tag tag, const int32_t *values, size_t n, tomo_error *err)
{
    tomo__text text = TOMO__TEXT(ds->root->ctx);
    tomo_status st;
    for (size_t i = 0; i < n; i++)
        tomo__text_fmt(&text, "%s%d", i ? "\\" : "", (int)values[i]);
    st = text.failed ? tomo__no_memory(ds->root->ctx, err, text.size, "numbers")
                     : tomo__object_put(ds, tag, text.data ? text.data : "", err);
    tomo__text_free(&text);
    return st;
}

tomo_status tomo__put_int(tomo_dataset *ds, tomo_tag tag, int64_t value, tomo_error *err)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)value);
    return tomo__object_put(ds, tag, text, err);
}

static tomo_status check_reference(const tomo_reference *ref, tomo_error *err)
{
    if (!ref->class_uid || !ref->class_uid[0] || !ref->instance_uid || !ref->instance_uid[0])
        return tomo__fail(err, TOMO_E_ARG, "a reference has no SOP %s UID",
                          ref->class_uid && ref->class_uid[0] ? "Instance" : "Class");
    return TOMO_OK;
}

tomo_status tomo__put_reference(tomo_dataset *ds, tomo_tag sequence, const tomo_reference *ref, tomo_error *err)
{
    tomo_dataset *item = NULL;
    tomo_status st = check_reference(ref, err);
    st = st ? st : tomo__add_item(ds, sequence, 0x00081150, ref->class_uid, &item, err);
    st = st ? st : tomo__object_put(item, 0x00081155, ref->instance_uid, err);
    if (st == TOMO_OK && ref->n_frames)
        st = tomo__put_ints(item, 0x00081160, ref->frames, ref->n_frames, err);
    if (st == TOMO_OK && ref->n_segments && !ref->n_frames) /* 1C: either of them (PS3.3 table 10-3) */
        st = tomo__put_ints(item, 0x0062000B, ref->segments, ref->n_segments, err);
    if (st == TOMO_OK && ref->n_channels)
        st = tomo__put_ints(item, 0x0040A0B0, ref->channels, ref->n_channels * 2, err);
    if (st == TOMO_OK && ref->presentation_uid) {
        tomo_dataset *pr = NULL;
        st = tomo__add_item(item, 0x00081199, 0x00081150, "1.2.840.10008.5.1.4.1.1.11.1", &pr, err);
        st = st ? st : tomo__object_put(pr, 0x00081155, ref->presentation_uid, err);
    }
    return st;
}

/* By study, series, instance. */
typedef struct sort_row {
    const char *study, *series;
    const tomo_reference *ref;
} sort_row;

static int by_place(const void *a, const void *b)
{
    const sort_row *x = a, *y = b;
    int c = strcmp(x->study, y->study);
    c = c ? c : strcmp(x->series, y->series);
    return c ? c : strcmp(x->ref->instance_uid, y->ref->instance_uid);
}

static tomo_status put_rows(tomo_dataset *ds, tomo_tag sequence, const sort_row *rows, size_t n, tomo_error *err)
{
    tomo_dataset *study = NULL, *series = NULL;
    tomo_status st = TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && i < n; i++) {
        const sort_row *r = &rows[i], *last = i ? r - 1 : NULL;
        const tomo_reference plain = { .class_uid = r->ref->class_uid, .instance_uid = r->ref->instance_uid };
        if (last && by_place(last, r) == 0)
            continue;
        const bool same_study = last && strcmp(last->study, r->study) == 0;
        if (!same_study)
            st = tomo__add_item(ds, sequence, 0x0020000D, r->study, &study, err);
        if (st == TOMO_OK && !(same_study && strcmp(last->series, r->series) == 0))
            st = tomo__add_item(study, 0x00081115, 0x0020000E, r->series, &series, err);
        st = st ? st : tomo__put_reference(series, 0x00081199, &plain, err);
    }
    return st;
}

tomo_status tomo__put_evidence(tomo_ctx *ctx, tomo_dataset *ds, tomo_tag sequence, const tomo_reference *const *refs,
                               size_t n, const char *study, tomo_error *err)
{
    if (n == 0)
        return TOMO_OK;
    sort_row *rows = TOMO__ARRAY(ctx, n, sort_row);
    if (!rows)
        return tomo__no_memory(ctx, err, n * sizeof *rows, "references");
    tomo_status st = TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && i < n; i++) {
        const char *of = refs[i]->study_uid ? refs[i]->study_uid : study;
        rows[i] = (sort_row){ of, refs[i]->series_uid, refs[i] };
        st = check_reference(refs[i], err);
        if (st == TOMO_OK && (!of || !refs[i]->series_uid))
            st = tomo__fail(err, TOMO_E_ARG, "instance %s is referred to, but its %s is not known",
                            refs[i]->instance_uid, of ? "Series Instance UID" : "Study Instance UID");
    }
    if (st == TOMO_OK) {
        qsort(rows, n, sizeof *rows, by_place);
        st = put_rows(ds, sequence, rows, n, err);
    }
    tomo__free(ctx, rows);
    return st;
}

tomo_status tomo__close_polygon(tomo_ctx *ctx, tomo_graphic *out, double **own, const tomo_graphic *in, tomo_error *err)
{
    const size_t dims = in->space == TOMO_GRAPHIC_IN_PATIENT ? 3 : 2, bytes = in->points * dims * sizeof(double);
    *out = *in;
    *own = NULL;
    if (in->kind != TOMO_GRAPHIC_POLYGON)
        return TOMO_OK;
    if (in->points < 3 || !in->at)
        return tomo__fail(err, TOMO_E_ARG, "a POLYGON has %zu points, expected 3 or more", in->points);
    if (dims == 2)
        out->kind = TOMO_GRAPHIC_POLYLINE; /* closed ones are polygons (C.18.6.1.2, C.10.5.1.2) */
    if (memcmp(in->at, in->at + (in->points - 1) * dims, dims * sizeof(double)) == 0)
        return TOMO_OK;
    if (!(*own = tomo__alloc(ctx, bytes + dims * sizeof(double))))
        return tomo__no_memory(ctx, err, bytes, "a polygon");
    memcpy(*own, in->at, bytes);
    memcpy(*own + in->points * dims, in->at, dims * sizeof(double));
    out->at = *own;
    out->points++;
    return TOMO_OK;
}

/* ---- JSON ------------------------------------------------------------------------------------------------------ */

void tomo__json_member(tomo__json *j, const char *key, const char *text)
{
    if (!text || !text[0])
        return;
    tomo__json_key(j, key);
    tomo__json_str(j, text);
}

void tomo__json_code(tomo__json *j, const char *key, const tomo_code *code)
{
    if (!code->value)
        return;
    tomo__json_key(j, key);
    tomo__json_open(j, '{');
    tomo__json_member(j, "value", code->value);
    tomo__json_member(j, "scheme", code->scheme);
    tomo__json_member(j, "version", code->version);
    tomo__json_member(j, "meaning", code->meaning);
    tomo__json_close(j, '}');
}

static void json_ints(tomo__json *j, const char *key, const int32_t *values, size_t n)
{
    if (!n)
        return;
    tomo__json_key(j, key);
    tomo__json_open(j, '[');
    for (size_t i = 0; i < n; i++)
        tomo__json_int(j, values[i]);
    tomo__json_close(j, ']');
}

void tomo__json_reference(tomo__json *j, const char *key, const tomo_reference *ref)
{
    if (key)
        tomo__json_key(j, key);
    tomo__json_open(j, '{');
    tomo__json_member(j, "class", ref->class_uid);
    tomo__json_member(j, "instance", ref->instance_uid);
    tomo__json_member(j, "series", ref->series_uid);
    tomo__json_member(j, "study", ref->study_uid);
    json_ints(j, "frames", ref->frames, ref->n_frames);
    json_ints(j, "segments", ref->segments, ref->n_segments);
    json_ints(j, "channels", ref->channels, ref->n_channels * 2);
    tomo__json_member(j, "presentation", ref->presentation_uid);
    tomo__json_close(j, '}');
}

static const char *const shapes[] = { "NONE",         "POINT",  "MULTIPOINT", "POLYLINE",  "POLYGON",
                                      "INTERPOLATED", "CIRCLE", "ELLIPSE",    "ELLIPSOID", NULL };

const char *tomo_graphic_name(uint32_t kind) { return kind < TOMO_GRAPHIC_COUNT ? shapes[kind] : NULL; }

void tomo__json_shape(tomo__json *j, const char *key, const tomo_graphic *shape)
{
    static const char *const spaces[] = { "image", "patient", "display", "matrix" };
    const size_t dims = shape->space == TOMO_GRAPHIC_IN_PATIENT ? 3 : 2;
    tomo__json_key(j, key);
    tomo__json_open(j, '{');
    tomo__json_member(j, "kind", tomo_graphic_name(shape->kind));
    tomo__json_member(j, "space", shape->space < TOMO_GRAPHIC_SPACES ? spaces[shape->space] : NULL);
    tomo__json_member(j, "frame_of_reference", shape->frame_of_reference);
    if (shape->filled) {
        tomo__json_key(j, "filled");
        tomo__json_bool(j, true);
    }
    tomo__json_key(j, "points");
    tomo__json_open(j, '[');
    for (size_t i = 0; i < shape->points; i++)
        tomo__json_nums(j, shape->at + i * dims, dims);
    tomo__json_close(j, ']');
    tomo__json_close(j, '}');
}
