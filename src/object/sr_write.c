/* sr_write.c - a content tree as a data set (PS3.3 A.35, C.17): items, values, evidence, and which class may hold it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dicom/dicom_internal.h"
#include "object/sr_internal.h"

/* ---- values ---------------------------------------------------------------------------------------------------- */

/* A number in at most 16 characters, as DS asks for (PS3.5 6.2); false if it lost digits. */
static bool decimal_text(char text[32], double v)
{
    double back = 0;
    const size_t n = tomo__num_text(text, v);
    if (n <= 16)
        return true;
    for (int digits = 16; digits > 0; digits--) { /* fewer digits until it fits */
        char long_text[32];
        snprintf(long_text, sizeof long_text, "%.*e", digits, v);
        for (char *c = long_text; *c; c++)
            if (*c != '-' && *c != '+' && *c != 'e' && (*c < '0' || *c > '9'))
                *c = '.'; /* whatever the host's locale says */
        if (tomo__text_double(long_text, strlen(long_text), &back) && tomo__num_text(text, back) <= 16)
            return false;
    }
    return false;
}

static tomo_status put_number(tomo_dataset *ds, const tomo_sr_node *n, tomo_error *err)
{
    char text[32];
    tomo_dataset *item = NULL;
    tomo_status st;
    const bool some = isfinite(n->number), given = n->text && n->text[0];
    if (!some && !given) {
        st = tomo__object_put(ds, 0x0040A300, "", err);
        if (st == TOMO_OK && !n->qualifier.value)
            return tomo__fail(err, TOMO_E_ARG, "a number has neither a value nor a qualifier that says why");
    } else {
        const bool exact = given || decimal_text(text, n->number);
        st = tomo__add_item(ds, 0x0040A300, 0x0040A30A, given ? n->text : text, &item, err);
        if (st == TOMO_OK && !exact) /* C.18.1: where DS has too few digits */
            st = tomo__put_numbers(item, 0x0040A161, VR_FD, &n->number, 1, err);
        st = st ? st : tomo__put_code(item, 0x004008EA, &n->code, err);
    }
    return st == TOMO_OK && n->qualifier.value ? tomo__put_code(ds, 0x0040A301, &n->qualifier, err) : st;
}

static tomo_status put_container(tomo_dataset *ds, const tomo_sr_node *n, tomo_error *err)
{
    tomo_dataset *item = NULL;
    tomo_status st = tomo__object_put(ds, 0x0040A050, n->separate ? "SEPARATE" : "CONTINUOUS", err);
    if (st || !n->template_id)
        return st;
    st = tomo__add_item(ds, 0x0040A504, 0x00080105, n->template_resource ? n->template_resource : "DCMR", &item, err);
    return st ? st : tomo__object_put(item, 0x0040DB00, n->template_id, err);
}

/* How many points a shape has (PS3.3 C.18.6.1.2, C.18.9.1.2). */
static bool right_points(const tomo_graphic *s)
{
    switch (s->kind) {
    case TOMO_GRAPHIC_POINT:
        return s->points == 1;
    case TOMO_GRAPHIC_CIRCLE:
        return s->points == 2;
    case TOMO_GRAPHIC_ELLIPSE:
        return s->points == 4;
    case TOMO_GRAPHIC_ELLIPSOID:
        return s->points == 6;
    case TOMO_GRAPHIC_MULTIPOINT:
        return s->points >= 1;
    default:
        return s->points >= 2;
    }
}

static tomo_status check_shape(const tomo_sr_node *n, tomo_error *err)
{
    const tomo_graphic *s = n->shape;
    const bool patient = n->type == TOMO_SR_SCOORD3D;
    if (!s || s->kind == TOMO_GRAPHIC_NONE || s->kind >= TOMO_GRAPHIC_COUNT || s->kind == TOMO_GRAPHIC_INTERPOLATED)
        return tomo__fail(err, TOMO_E_ARG, "coordinates have no shape that a report can hold");
    if (patient != (s->space == TOMO_GRAPHIC_IN_PATIENT) || s->space == TOMO_GRAPHIC_IN_DISPLAY)
        return tomo__fail(err, TOMO_E_ARG, "%s: coordinates are in the wrong space", tomo_sr_type_name(n->type));
    if (patient ? s->kind == TOMO_GRAPHIC_CIRCLE : s->kind == TOMO_GRAPHIC_POLYGON || s->kind == TOMO_GRAPHIC_ELLIPSOID)
        return tomo__fail(err, TOMO_E_ARG, "%s can't be a %s", tomo_sr_type_name(n->type), tomo_graphic_name(s->kind));
    if (!right_points(s) || !s->at)
        return tomo__fail(err, TOMO_E_ARG, "a %s has %zu points", tomo_graphic_name(s->kind), s->points);
    if (patient && (!s->frame_of_reference || !s->frame_of_reference[0]))
        return tomo__fail(err, TOMO_E_ARG, "SCOORD3D: no Frame of Reference UID");
    return TOMO_OK;
}

static tomo_status put_shape(tomo_dataset *ds, const tomo_sr_node *n, tomo_error *err)
{
    const tomo_graphic *s = n->shape;
    const bool patient = n->type == TOMO_SR_SCOORD3D;
    tomo_status st = check_shape(n, err);
    st = st ? st : tomo__object_put(ds, 0x00700023, tomo_graphic_name(s->kind), err);
    st = st ? st : tomo__put_numbers(ds, 0x00700022, VR_FL, s->at, s->points * (patient ? 3 : 2), err);
    if (st == TOMO_OK && s->space == TOMO_GRAPHIC_IN_MATRIX)
        st = tomo__object_put(ds, 0x00480301, "VOLUME", err);
    return st || !patient ? st : tomo__object_put(ds, 0x30060024, s->frame_of_reference, err);
}

static tomo_status put_times(tomo_dataset *ds, const tomo_sr_node *n, tomo_error *err)
{
    const tomo_sr_times *t = n->times;
    tomo_status st = TOMO_OK;
    if (!t || !t->range || (!t->n_samples && !t->n_offsets && !t->datetimes))
        return tomo__fail(err, TOMO_E_ARG, "TCOORD: no range, or neither samples, offsets nor times");
    st = tomo__object_put(ds, 0x0040A130, t->range, err);
    if (st == TOMO_OK && t->n_samples)
        st = tomo__put_numbers(ds, 0x0040A132, VR_UL, t->samples, t->n_samples, err);
    if (st == TOMO_OK && t->n_offsets) {
        tomo__text all = TOMO__TEXT(ds->root->ctx);
        for (size_t i = 0; i < t->n_offsets; i++) {
            char text[32];
            decimal_text(text, t->offsets_seconds[i]);
            tomo__text_fmt(&all, "%s%s", i ? "\\" : "", text);
        }
        st = all.failed ? tomo__no_memory(ds->root->ctx, err, all.size, "times")
                        : tomo__object_put(ds, 0x0040A138, all.data, err);
        tomo__text_free(&all);
    }
    return st == TOMO_OK && t->datetimes ? tomo__object_put(ds, 0x0040A13A, t->datetimes, err) : st;
}

static tomo_status put_plain(tomo_dataset *ds, tomo_tag tag, const tomo_sr_node *n, tomo_error *err)
{
    if (!n->text)
        return tomo__fail(err, TOMO_E_ARG, "a %s has no value", tomo_sr_type_name(n->type));
    return tomo__object_put(ds, tag, n->text, err);
}

static tomo_status put_value(tomo_dataset *ds, const tomo_sr_node *n, tomo_error *err)
{
    switch (n->type) {
    case TOMO_SR_CONTAINER:
        return put_container(ds, n, err);
    case TOMO_SR_TEXT:
        return put_plain(ds, 0x0040A160, n, err);
    case TOMO_SR_CODE:
        return tomo__put_code(ds, 0x0040A168, &n->code, err);
    case TOMO_SR_NUM:
        return put_number(ds, n, err);
    case TOMO_SR_DATETIME:
        return put_plain(ds, 0x0040A120, n, err);
    case TOMO_SR_DATE:
        return put_plain(ds, 0x0040A121, n, err);
    case TOMO_SR_TIME:
        return put_plain(ds, 0x0040A122, n, err);
    case TOMO_SR_UIDREF:
        return put_plain(ds, 0x0040A124, n, err);
    case TOMO_SR_PNAME:
        return put_plain(ds, 0x0040A123, n, err);
    case TOMO_SR_COMPOSITE:
    case TOMO_SR_IMAGE:
    case TOMO_SR_WAVEFORM:
        if (!n->reference)
            return tomo__fail(err, TOMO_E_ARG, "a %s refers to nothing", tomo_sr_type_name(n->type));
        return tomo__put_reference(ds, 0x00081199, n->reference, err);
    case TOMO_SR_SCOORD:
    case TOMO_SR_SCOORD3D:
        return put_shape(ds, n, err);
    case TOMO_SR_TCOORD:
        return put_times(ds, n, err);
    case TOMO_SR_TABLE:
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "a TABLE: tables are read, not written");
    default:
        return tomo__fail(err, TOMO_E_ARG, "an item is of no type that can be written");
    }
}

/* ---- the tree -------------------------------------------------------------------------------------------------- */

/* Place of each item among its siblings, from 1, as Referenced Content Item Identifier counts. */
static int32_t *number_items(const tomo_sr *sr)
{
    int32_t last[TOMO__SR_DEPTH + 1] = { 0 };
    int32_t *numbers = TOMO__ARRAY(sr->ctx, sr->n, int32_t);
    for (size_t i = 0; numbers && i < sr->n; i++) {
        const int32_t depth = sr->nodes[i].depth;
        numbers[i] = ++last[depth];
        last[depth + 1] = 0;
    }
    return numbers;
}

static tomo_status put_target(tomo_dataset *ds, const tomo_sr *sr, const int32_t *numbers, int32_t target,
                              tomo_error *err)
{
    double path[TOMO__SR_DEPTH];
    if (target < 0)
        return tomo__fail(err, TOMO_E_ARG, "it points at no item");
    const int32_t depth = sr->nodes[target].depth;
    for (int32_t at = target, d = depth; d >= 0; d--, at = sr->nodes[at].parent)
        path[d] = numbers[at];
    return tomo__put_numbers(ds, 0x0040DB73, VR_UL, path, (size_t)depth + 1, err);
}

static tomo_status put_node(tomo_dataset *ds, const tomo_sr *sr, const int32_t *numbers, const tomo_sr_node *n,
                            tomo_error *err)
{
    if (n->type == TOMO_SR_BY_REFERENCE)
        return put_target(ds, sr, numbers, n->target, err);
    tomo_status st = tomo__object_put(ds, 0x0040A040, tomo_sr_type_name(n->type), err);
    if (st == TOMO_OK && n->concept.value)
        st = tomo__put_code(ds, 0x0040A043, &n->concept, err);
    if (st == TOMO_OK && n->observed)
        st = tomo__object_put(ds, 0x0040A032, n->observed, err);
    if (st == TOMO_OK && n->uid)
        st = tomo__object_put(ds, 0x0040A171, n->uid, err);
    return st ? st : put_value(ds, n, err);
}

static tomo_status put_nodes(tomo_dataset *top, const tomo_sr *sr, const int32_t *numbers, tomo_error *err)
{
    tomo_dataset *at[TOMO__SR_DEPTH]; /* the item of each level */
    at[0] = top;
    tomo_status st = put_node(top, sr, numbers, &sr->nodes[0], err);
    for (size_t i = 1; st == TOMO_OK && i < sr->n; i++) {
        const tomo_sr_node *n = &sr->nodes[i];
        if (n->relation == TOMO_SR_NO_RELATION)
            st = tomo__fail(err, TOMO_E_ARG, "it has no relation to the item above it");
        st = st ? st
                : tomo__add_item(at[n->depth - 1], 0x0040A730, 0x0040A010, tomo_sr_relation_name(n->relation),
                                 &at[n->depth], err);
        st = st ? st : put_node(at[n->depth], sr, numbers, n, err);
        if (st)
            return tomo__fail_in(err, st, "content item %zu%s%s", i, n->concept.meaning ? ", " : "",
                                 n->concept.meaning ? n->concept.meaning : "");
    }
    return st;
}

tomo_status tomo__sr_put_tree(tomo_dataset *top, const tomo_sr *sr, tomo_error *err)
{
    int32_t *numbers = number_items(sr);
    if (!numbers)
        return tomo__no_memory(sr->ctx, err, sr->n * sizeof *numbers, "content items");
    tomo_status st = put_nodes(top, sr, numbers, err);
    tomo__free(sr->ctx, numbers);
    return st;
}

/* ---- the document ---------------------------------------------------------------------------------------------- */

static const struct {
    const char *word, *uid;
} documents[] = {
    { "enhanced", "1.2.840.10008.5.1.4.1.1.88.22" },
    { "comprehensive", "1.2.840.10008.5.1.4.1.1.88.33" },
    { "comprehensive3d", "1.2.840.10008.5.1.4.1.1.88.34" },
};

/* The class, and whether it may hold what there is (PS3.3 tables A.35.2-2, A.35.3-2, A.35.13-2). */
static tomo_status choose_class(const tomo_sr *sr, const char *word, const char **uid, tomo_error *err)
{
    bool patient = false, by_reference = false;
    size_t k = 0;
    for (size_t i = 0; i < sr->n; i++) {
        patient |= sr->nodes[i].type == TOMO_SR_SCOORD3D;
        by_reference |= sr->nodes[i].type == TOMO_SR_BY_REFERENCE;
    }
    if (!word)
        word = patient ? "comprehensive3d" : "comprehensive";
    while (k < TOMO__COUNT(documents) && strcmp(documents[k].word, word) != 0)
        k++;
    if (k == TOMO__COUNT(documents))
        return tomo__fail(err, TOMO_E_ARG, "document '%s': expected enhanced, comprehensive or comprehensive3d", word);
    if (patient && k < 2)
        return tomo__fail(err, TOMO_E_ARG, "patient coordinates need document comprehensive3d, not %s", word);
    if (by_reference && k < 1)
        return tomo__fail(err, TOMO_E_ARG, "items by reference need document comprehensive");
    *uid = documents[k].uid;
    return TOMO_OK;
}

static int by_instance(const void *a, const void *b)
{
    const tomo_reference *x = *(const tomo_reference *const *)a, *y = *(const tomo_reference *const *)b;
    const int c = strcmp(x->instance_uid ? x->instance_uid : "", y->instance_uid ? y->instance_uid : "");
    return c ? c : (x->series_uid == NULL) - (y->series_uid == NULL); /* what knows its series goes first */
}

/* All that is referred to, each instance once: of several the one that knows its series. */
static size_t unique(const tomo_reference **refs, size_t n)
{
    size_t kept = 0;
    qsort(refs, n, sizeof *refs, by_instance);
    for (size_t i = 0; i < n; i++)
        if (!kept || strcmp(refs[kept - 1]->instance_uid ? refs[kept - 1]->instance_uid : "",
                            refs[i]->instance_uid ? refs[i]->instance_uid : "") != 0)
            refs[kept++] = refs[i];
    return kept;
}

tomo_status tomo__sr_put_evidence(tomo_ctx *ctx, tomo_dataset *ds, const tomo_sr *sr, const tomo_reference *more,
                                  size_t n_more, const tomo_dataset *like, tomo_error *err)
{
    char study[65] = "";
    size_t n = 0;
    const tomo_reference **refs = TOMO__ARRAY(ctx, sr->n + n_more + 1, const tomo_reference *);
    if (!refs)
        return tomo__no_memory(ctx, err, (sr->n + n_more) * sizeof *refs, "references");
    for (size_t i = 0; i < sr->n; i++)
        if (sr->nodes[i].reference)
            refs[n++] = sr->nodes[i].reference;
    for (size_t i = 0; i < n_more; i++)
        refs[n++] = &more[i];
    n = unique(refs, n);
    if (like)
        tomo_dataset_text(like, 0x0020000D, 0, study, sizeof study);
    tomo_status st = tomo__put_evidence(ctx, ds, 0x0040A375, refs, n, study[0] ? study : NULL, err);
    tomo__free(ctx, refs);
    return st;
}

/* Instances of other procedures, but for those that are in the current one. */
static tomo_status put_other_evidence(tomo_ctx *ctx, tomo_dataset *ds, const tomo_sr_write_options *o, tomo_error *err)
{
    size_t n = o->n_other_evidence;
    if (n == 0)
        return TOMO_OK;
    const tomo_reference **refs = TOMO__ARRAY(ctx, n, const tomo_reference *);
    if (!refs)
        return tomo__no_memory(ctx, err, n * sizeof *refs, "references");
    for (size_t i = 0; i < n; i++)
        refs[i] = &o->other_evidence[i];
    n = unique(refs, n);
    tomo_status st = tomo__put_evidence(ctx, ds, 0x0040A385, refs, n, NULL, err);
    tomo__free(ctx, refs);
    return st;
}

static tomo_status fill(tomo_ctx *ctx, tomo_dataset *ds, const tomo_sr *sr, const tomo_object_options *object,
                        const tomo_sr_write_options *o, tomo_error *err)
{
    tomo_status st = tomo__object_put(ds, 0x00081111, "", err); /* Type 2, C.17.1 */
    st = st ? st : tomo__object_put(ds, 0x0040A372, "", err);   /* Type 2, C.17.2 */
    st = st ? st : tomo__object_put(ds, 0x0040A491, o->partial ? "PARTIAL" : "COMPLETE", err);
    st = st ? st : tomo__object_put(ds, 0x0040A493, "UNVERIFIED", err);
    st = st ? st : tomo__sr_put_evidence(ctx, ds, sr, o->evidence, o->n_evidence, object ? object->like : NULL, err);
    st = st ? st : put_other_evidence(ctx, ds, o, err);
    return st ? st : tomo__sr_put_tree(ds, sr, err);
}

tomo_status tomo_sr_write(tomo_ctx *ctx, tomo_dataset **out, const tomo_sr *sr, const tomo_object_options *object,
                          const tomo_sr_write_options *opts, tomo_error *err)
{
    const tomo_sr_write_options none = TOMO_SR_WRITE_OPTIONS_INIT;
    tomo_sr_write_options all = none, *o = &all;
    tomo_dataset *ds = NULL;
    const char *uid = NULL;
    if (!ctx || !out || !sr)
        return tomo__fail(err, TOMO_E_ARG, "tomo_sr_write: ctx, out and sr must not be NULL");
    if (sr->n == 0 || sr->nodes[0].type != TOMO_SR_CONTAINER || !sr->nodes[0].concept.value)
        return tomo__fail(err, TOMO_E_ARG, "a report begins with a container that has a title");
    if (opts) /* of a caller that was built when it had fewer fields */
        memcpy(&all, opts, opts->struct_size && opts->struct_size < sizeof all ? opts->struct_size : sizeof all);
    tomo_status st = choose_class(sr, o->document, &uid, err);
    st = st ? st : tomo__object_begin(ctx, &ds, uid, "SR", object, err);
    st = st ? st : fill(ctx, ds, sr, object, o, err);
    if (st) {
        tomo_dataset_free(ds);
        return st;
    }
    *out = ds;
    return TOMO_OK;
}
