/* sr_read.c - the content tree of a data set (PS3.3 C.17.3), walked with a stack of its own, so that no nesting of a
 * file can exhaust that of the program. */
#include <stdlib.h>

#include "object/sr_internal.h"

/* An item that points at another by its place (PS3.3 C.17.3.2.5); resolved when all are read. */
typedef struct pending {
    struct pending *next;
    int32_t node;
    const int32_t *path;
    size_t n;
} pending;

typedef struct reading {
    tomo_sr *sr;
    tomo_report *report;
    pending *pending;
    /* evidence by instance UID */
    const tomo_reference **sorted;
} reading;

/* ---- values of one item ---------------------------------------------------------------------------------------- */

static tomo_status read_number(tomo_sr *sr, tomo_sr_node *n, const tomo_dataset *ds, tomo_error *err)
{
    const tomo_dataset *value = tomo_dataset_item(ds, 0x0040A300, 0);
    tomo_status st = tomo__get_code(&sr->keep, &n->qualifier, ds, 0x0040A301, err);
    if (st || !value)
        return st;
    st = tomo__get_text(&sr->keep, &n->text, value, 0x0040A30A, err);
    st = st ? st : tomo__get_code(&sr->keep, &n->code, value, 0x004008EA, err);
    /* the float says more digits than DS can hold, so it goes first (PS3.3 C.18.1) */
    if (st == TOMO_OK && !tomo_dataset_double(value, 0x0040A161, 0, &n->number))
        tomo_dataset_double(value, 0x0040A30A, 0, &n->number);
    return st;
}

static tomo_status read_reference(tomo_sr *sr, tomo_sr_node *n, const tomo_dataset *ds, tomo_error *err)
{
    const tomo_dataset *item = tomo_dataset_item(ds, 0x00081199, 0);
    if (!item)
        return TOMO_OK;
    tomo_reference *to = tomo__keep_bytes(&sr->keep, 1, sizeof *to);
    if (!to)
        return tomo__no_memory(sr->ctx, err, sizeof *to, "a reference");
    n->reference = to;
    return tomo__get_reference(&sr->keep, to, item, err);
}

static tomo_status read_shape(reading *r, tomo_sr_node *n, const tomo_dataset *ds, tomo_error *err)
{
    tomo_sr *sr = r->sr;
    const bool patient = n->type == TOMO_SR_SCOORD3D;
    char kind[32] = "", origin[32] = "";
    size_t count;
    tomo_graphic *s = tomo__keep_bytes(&sr->keep, 1, sizeof *s);
    if (!s)
        return tomo__no_memory(sr->ctx, err, sizeof *s, "coordinates");
    tomo_dataset_text(ds, 0x00700023, 0, kind, sizeof kind);
    tomo_dataset_text(ds, 0x00480301, 0, origin, sizeof origin);
    s->space = patient                         ? TOMO_GRAPHIC_IN_PATIENT
               : strcmp(origin, "VOLUME") == 0 ? TOMO_GRAPHIC_IN_MATRIX
                                               : TOMO_GRAPHIC_IN_IMAGE;
    s->kind = TOMO_GRAPHIC_NONE;
    for (uint32_t i = 1; i < TOMO_GRAPHIC_COUNT; i++)
        if (strcmp(tomo_graphic_name(i), kind) == 0)
            s->kind = i;
    if (s->kind == TOMO_GRAPHIC_NONE)
        tomo__remark(r->report, "(0070,0023) Graphic Type is '%s', which is no shape", kind);
    tomo_status st = tomo__get_numbers(&sr->keep, &s->at, &count, ds, 0x00700022, err);
    if (st == TOMO_OK && patient)
        st = tomo__get_text(&sr->keep, &s->frame_of_reference, ds, 0x30060024, err);
    s->points = count / (patient ? 3 : 2);
    if (count % (patient ? 3 : 2))
        tomo__remark(r->report, "(0070,0022) Graphic Data has %zu numbers, expected a multiple of %d", count,
                     patient ? 3 : 2);
    n->shape = s;
    return st;
}

static tomo_status read_times(tomo_sr *sr, tomo_sr_node *n, const tomo_dataset *ds, tomo_error *err)
{
    tomo_sr_times *t = tomo__keep_bytes(&sr->keep, 1, sizeof *t);
    if (!t)
        return tomo__no_memory(sr->ctx, err, sizeof *t, "coordinates");
    n->times = t;
    tomo_status st = tomo__get_text(&sr->keep, &t->range, ds, 0x0040A130, err);
    st = st ? st : tomo__get_numbers(&sr->keep, &t->samples, &t->n_samples, ds, 0x0040A132, err);
    st = st ? st : tomo__get_numbers(&sr->keep, &t->offsets_seconds, &t->n_offsets, ds, 0x0040A138, err);
    return st ? st : tomo__get_text(&sr->keep, &t->datetimes, ds, 0x0040A13A, err);
}

static tomo_status read_container(tomo_sr *sr, tomo_sr_node *n, const tomo_dataset *ds, tomo_error *err)
{
    char continuity[32] = "";
    const tomo_dataset *template = tomo_dataset_item(ds, 0x0040A504, 0);
    tomo_dataset_text(ds, 0x0040A050, 0, continuity, sizeof continuity);
    n->separate = strcmp(continuity, "SEPARATE") == 0;
    if (!template)
        return TOMO_OK;
    tomo_status st = tomo__get_text(&sr->keep, &n->template_resource, template, 0x00080105, err);
    return st ? st : tomo__get_text(&sr->keep, &n->template_id, template, 0x0040DB00, err);
}

static tomo_status read_value(reading *r, tomo_sr_node *n, const tomo_dataset *ds, tomo_error *err)
{
    tomo__keep *k = &r->sr->keep;
    switch (n->type) {
    case TOMO_SR_CONTAINER:
        return read_container(r->sr, n, ds, err);
    case TOMO_SR_TEXT:
        return tomo__get_text(k, &n->text, ds, 0x0040A160, err);
    case TOMO_SR_CODE:
        return tomo__get_code(k, &n->code, ds, 0x0040A168, err);
    case TOMO_SR_NUM:
        return read_number(r->sr, n, ds, err);
    case TOMO_SR_DATETIME:
        return tomo__get_text(k, &n->text, ds, 0x0040A120, err);
    case TOMO_SR_DATE:
        return tomo__get_text(k, &n->text, ds, 0x0040A121, err);
    case TOMO_SR_TIME:
        return tomo__get_text(k, &n->text, ds, 0x0040A122, err);
    case TOMO_SR_UIDREF:
        return tomo__get_text(k, &n->text, ds, 0x0040A124, err);
    case TOMO_SR_PNAME:
        return tomo__get_text(k, &n->text, ds, 0x0040A123, err);
    case TOMO_SR_COMPOSITE:
    case TOMO_SR_IMAGE:
    case TOMO_SR_WAVEFORM:
        return read_reference(r->sr, n, ds, err);
    case TOMO_SR_SCOORD:
    case TOMO_SR_SCOORD3D:
        return read_shape(r, n, ds, err);
    case TOMO_SR_TCOORD:
        return read_times(r->sr, n, ds, err);
    case TOMO_SR_TABLE:
        return tomo__sr_read_table(k, &n->table, ds, r->report, err);
    default:
        return tomo__get_text(k, &n->text, ds, 0x0040A040, err);
    }
}

static tomo_status note_pending(reading *r, tomo_sr_node *n, const tomo_dataset *ds, tomo_error *err)
{
    pending *p = tomo__keep_bytes(&r->sr->keep, 1, sizeof *p);
    if (!p)
        return tomo__no_memory(r->sr->ctx, err, sizeof *p, "a reference");
    *p = (pending){ .next = r->pending, .node = (int32_t)(n - r->sr->nodes) };
    r->pending = p;
    n->type = TOMO_SR_BY_REFERENCE;
    return tomo__get_ints(&r->sr->keep, &p->path, &p->n, ds, 0x0040DB73, err);
}

static tomo_status read_node(reading *r, tomo_sr_node *n, const tomo_dataset *ds, tomo_error *err)
{
    char word[32] = "";
    tomo__keep *k = &r->sr->keep;
    if (n->parent >= 0) {
        tomo_dataset_text(ds, 0x0040A010, 0, word, sizeof word);
        for (uint32_t i = 1; i < TOMO_SR_RELATIONS; i++)
            if (strcmp(tomo_sr_relation_name(i), word) == 0)
                n->relation = i;
        if (n->relation == TOMO_SR_NO_RELATION)
            tomo__remark(r->report, "(0040,A010) Relationship Type of an item is '%s'", word);
    }
    word[0] = '\0';
    if (tomo_dataset_text(ds, 0x0040A040, 0, word, sizeof word) < 0 && tomo_dataset_values(ds, 0x0040DB73))
        return note_pending(r, n, ds, err);
    for (uint32_t i = 1; i < TOMO_SR_BY_REFERENCE; i++)
        if (strcmp(tomo_sr_type_name(i), word) == 0)
            n->type = i;
    if (n->type == TOMO_SR_OTHER)
        tomo__remark(r->report, "(0040,A040) Value Type of an item is '%s', which Tomo does not know", word);
    tomo_status st = tomo__get_code(k, &n->concept, ds, 0x0040A043, err);
    st = st ? st : tomo__get_text(k, &n->observed, ds, 0x0040A032, err);
    st = st ? st : tomo__get_text(k, &n->uid, ds, 0x0040A171, err);
    return st ? st : read_value(r, n, ds, err);
}

/* ---- the tree -------------------------------------------------------------------------------------------------- */

static tomo_status read_tree(reading *r, const tomo_dataset *top, tomo_error *err)
{
    struct {
        const tomo_dataset *ds;
        size_t items, next;
        int32_t node;
    } stack[TOMO__SR_DEPTH];
    int32_t depth = 0;
    tomo_sr_node *n;
    tomo_status st = tomo__sr_node(r->sr, -1, &n, err);
    st = st ? st : read_node(r, n, top, err);
    if (st)
        return st;
    stack[0].ds = top;
    stack[0].items = tomo__items(top, 0x0040A730);
    stack[0].next = 0;
    stack[0].node = 0;
    while (depth >= 0) {
        if (stack[depth].next == stack[depth].items) {
            depth--;
            continue;
        }
        const tomo_dataset *item = tomo_dataset_item(stack[depth].ds, 0x0040A730, stack[depth].next++);
        if (!item)
            continue;
        st = tomo__sr_node(r->sr, stack[depth].node, &n, err); /* refuses the level that the stack has no room for */
        st = st ? st : read_node(r, n, item, err);
        if (st)
            return st;
        depth++;
        stack[depth].ds = item;
        stack[depth].items = tomo__items(item, 0x0040A730);
        stack[depth].next = 0;
        stack[depth].node = (int32_t)r->sr->n - 1;
    }
    return TOMO_OK;
}

/* Children of each node in order: those of `i` are child[first[i]] to child[first[i + 1] - 1]. */
static int32_t *list_children(const tomo_sr *sr, int32_t **first)
{
    int32_t *all = TOMO__ARRAY(sr->ctx, 2 * sr->n + 2, int32_t);
    if (!all)
        return NULL;
    int32_t *start = all, *child = all + sr->n + 2;
    for (size_t i = 1; i < sr->n; i++)
        start[sr->nodes[i].parent + 2]++;
    for (size_t i = 2; i < sr->n + 2; i++)
        start[i] += start[i - 1];
    for (size_t i = 1; i < sr->n; i++)
        child[start[sr->nodes[i].parent + 1]++] = (int32_t)i;
    *first = start;
    return child;
}

/* The path counts from 1 at each level and begins with 1, the root. */
static int32_t follow(const tomo_sr *sr, const int32_t *first, const int32_t *child, const pending *p)
{
    int32_t at = 0;
    if (p->n == 0 || p->path[0] != 1)
        return -1;
    for (size_t i = 1; i < p->n && i < TOMO__SR_DEPTH; i++) {
        const int32_t count = first[at + 1] - first[at];
        if (p->path[i] < 1 || p->path[i] > count)
            return -1;
        at = child[first[at] + p->path[i] - 1];
    }
    return p->n <= TOMO__SR_DEPTH ? at : -1;
}

static tomo_status resolve(reading *r, tomo_error *err)
{
    int32_t *first = NULL;
    if (!r->pending)
        return TOMO_OK;
    int32_t *child = list_children(r->sr, &first);
    if (!child)
        return tomo__no_memory(r->sr->ctx, err, 8 * r->sr->n, "content items");
    for (pending *p = r->pending; p; p = p->next) {
        tomo_sr_node *n = &r->sr->nodes[p->node];
        n->target = follow(r->sr, first, child, p);
        if (n->target < 0)
            tomo__remark(r->report, "(0040,DB73) of an item points at none");
    }
    tomo__free(r->sr->ctx, first);
    return TOMO_OK;
}

/* ---- evidence -------------------------------------------------------------------------------------------------- */

/* Instances of one sequence of studies: counted if `to` is NULL. */
static tomo_status list_evidence(tomo_sr *sr, const tomo_dataset *ds, tomo_tag sequence, tomo_reference *to, size_t *n,
                                 tomo_error *err)
{
    const tomo_dataset *study, *series, *item;
    tomo_status st = TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && (study = tomo_dataset_item(ds, sequence, i)) != NULL; i++) {
        const char *study_uid = NULL, *series_uid = NULL;
        if (to)
            st = tomo__get_text(&sr->keep, &study_uid, study, 0x0020000D, err);
        for (size_t k = 0; st == TOMO_OK && (series = tomo_dataset_item(study, 0x00081115, k)) != NULL; k++) {
            if (to)
                st = tomo__get_text(&sr->keep, &series_uid, series, 0x0020000E, err);
            for (size_t m = 0; st == TOMO_OK && (item = tomo_dataset_item(series, 0x00081199, m)) != NULL; m++) {
                if (to) {
                    st = tomo__get_reference(&sr->keep, &to[*n], item, err);
                    to[*n].study_uid = study_uid;
                    to[*n].series_uid = series_uid;
                }
                ++*n;
            }
        }
    }
    return st;
}

static int by_instance(const void *a, const void *b)
{
    const tomo_reference *x = *(const tomo_reference *const *)a, *y = *(const tomo_reference *const *)b;
    return strcmp(x->instance_uid ? x->instance_uid : "", y->instance_uid ? y->instance_uid : "");
}

static tomo_status read_evidence(reading *r, const tomo_dataset *ds, tomo_error *err)
{
    tomo_sr *sr = r->sr;
    tomo_sr_about *about = &sr->about;
    size_t n = 0;
    tomo_status st = list_evidence(sr, ds, 0x0040A375, NULL, &n, err);
    st = st ? st : list_evidence(sr, ds, 0x0040A385, NULL, &n, err);
    if (st || n == 0)
        return st;
    tomo_reference *list = tomo__keep_bytes(&sr->keep, n, sizeof *list);
    r->sorted = TOMO__ARRAY(sr->ctx, n, const tomo_reference *);
    if (!list || !r->sorted)
        return tomo__no_memory(sr->ctx, err, n * sizeof *list, "evidence");
    n = 0;
    st = list_evidence(sr, ds, 0x0040A375, list, &n, err);
    about->n_current = n;
    st = st ? st : list_evidence(sr, ds, 0x0040A385, list, &n, err);
    about->evidence = list;
    about->n_evidence = n;
    for (size_t i = 0; i < n; i++)
        r->sorted[i] = &list[i];
    qsort(r->sorted, n, sizeof *r->sorted, by_instance);
    return st;
}

static tomo_status read_predecessors(tomo_sr *sr, const tomo_dataset *ds, tomo_error *err)
{
    tomo_reference *list = NULL;
    size_t n = 0;
    tomo_status st = list_evidence(sr, ds, 0x0040A360, NULL, &n, err);
    st = st ? st : tomo__keep_list(&sr->keep, &list, n, sizeof *list, err);
    n = 0;
    st = st ? st : list_evidence(sr, ds, 0x0040A360, list, &n, err);
    sr->about.predecessors = list;
    sr->about.n_predecessors = n;
    return st;
}

/* Series and study of what items refer to. */
static void place_references(reading *r)
{
    for (size_t i = 0; i < r->sr->n && r->sorted; i++) {
        tomo_reference *ref = (tomo_reference *)r->sr->nodes[i].reference; /* our own copy */
        const tomo_reference *key = ref, **found;
        if (!ref)
            continue;
        found = bsearch(&key, r->sorted, r->sr->about.n_evidence, sizeof *r->sorted, by_instance);
        if (found) {
            ref->series_uid = (*found)->series_uid;
            ref->study_uid = (*found)->study_uid;
        }
    }
}

/* ---- the document ---------------------------------------------------------------------------------------------- */

static tomo_status read_verifiers(tomo_sr *sr, const tomo_dataset *ds, tomo_error *err)
{
    tomo__text names = TOMO__TEXT(sr->ctx);
    const tomo_dataset *item;
    tomo_status st = TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && (item = tomo_dataset_item(ds, 0x0040A073, i)) != NULL; i++) {
        const char *name = NULL;
        st = tomo__get_text(&sr->keep, &name, item, 0x0040A075, err);
        if (name)
            tomo__text_fmt(&names, "%s%s", names.size ? "\\" : "", name);
    }
    if (st == TOMO_OK && names.failed)
        st = tomo__no_memory(sr->ctx, err, names.size, "names");
    if (st == TOMO_OK && names.size)
        st = tomo__keep_text(&sr->keep, &sr->about.verifiers, names.data, err);
    tomo__text_free(&names);
    return st;
}

static tomo_status read_about(tomo_sr *sr, const tomo_dataset *ds, tomo_error *err)
{
    tomo_sr_about *a = &sr->about;
    const struct {
        tomo_tag tag;
        const char **to;
    } texts[] = {
        { 0x00080016, &a->class_uid },  { 0x00080018, &a->instance_uid }, { 0x0020000D, &a->study_uid },
        { 0x0040A491, &a->completion }, { 0x0040A493, &a->verification }, { 0x0040A496, &a->preliminary },
        { 0x00080023, &a->date },       { 0x00080033, &a->time },         { 0x00100010, &a->patient_name },
        { 0x00100020, &a->patient_id },
    };
    tomo_status st = TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && i < TOMO__COUNT(texts); i++)
        st = tomo__get_text(&sr->keep, texts[i].to, ds, texts[i].tag, err);
    return st ? st : read_verifiers(sr, ds, err);
}

tomo_status tomo_sr_read(tomo_ctx *ctx, tomo_sr **out, const tomo_dataset *ds, tomo_report *report, tomo_error *err)
{
    tomo_sr *sr = NULL;
    if (!ctx || !out || !ds)
        return tomo__fail(err, TOMO_E_ARG, "tomo_sr_read: ctx, out and ds must not be NULL");
    if (tomo_dataset_text(ds, 0x0040A040, 0, (char[1]){ 0 }, 1) < 0 && !tomo__items(ds, 0x0040A730))
        return tomo__fail(err, TOMO_E_FORMAT,
                          "neither (0040,A040) Value Type nor (0040,A730) Content Sequence: "
                          "no structured report");
    tomo_status st = tomo_sr_new(ctx, &sr, err);
    if (st)
        return st;
    reading r = { sr, report, NULL, NULL };
    st = read_about(sr, ds, err);
    st = st ? st : read_evidence(&r, ds, err);
    st = st ? st : read_predecessors(sr, ds, err);
    st = st ? st : read_tree(&r, ds, err);
    st = st ? st : resolve(&r, err);
    if (st == TOMO_OK)
        place_references(&r);
    tomo__free(ctx, r.sorted);
    if (st) {
        tomo_sr_free(sr);
        return st;
    }
    *out = sr;
    return TOMO_OK;
}
