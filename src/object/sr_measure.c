/* sr_measure.c - measurement groups of a report as a flat list (PS3.16 TID 1500, 1410, 1411, 1501). Concepts are known
 * by value and scheme, in SNOMED CT and in the SNOMED RT codes that it replaced (PS3.16 8.1.1). */
#include <math.h>

#include "object/sr_internal.h"

typedef struct name {
    const char *value, *scheme, *old; /* `old`: in SNOMED RT */
} name;

static const name group_name = { "125007", "DCM", NULL };
static const name tracking_id = { "112039", "DCM", NULL };
static const name tracking_uid = { "112040", "DCM", NULL };
static const name session = { "C67447", "NCIt", NULL };
static const name time_point = { "C2348792", "UMLS", NULL };
static const name category = { "276214006", "SCT", "M-01000" };
static const name finding = { "121071", "DCM", NULL };
static const name site = { "363698007", "SCT", "G-C0E3" };
static const name laterality = { "272741003", "SCT", "G-C171" };
static const name method = { "370129005", "SCT", "G-C036" };
static const name derivation = { "121401", "DCM", NULL };
static const name algorithm = { "111001", "DCM", NULL };
static const name algorithm_version = { "111003", "DCM", NULL };
static const name referenced_segment = { "121191", "DCM", NULL };
static const name volume_surface = { "121231", "DCM", NULL };
static const name segmentation_frame = { "121214", "DCM", NULL };
static const name source_series = { "121232", "DCM", NULL };
static const name value_map = { "126100", "DCM", NULL };
static const name observer_person = { "121008", "DCM", NULL };
static const name device_uid = { "121012", "DCM", NULL };
static const name device_name = { "121013", "DCM", NULL };
static const name procedure = { "121058", "DCM", NULL };
static const name library = { "111028", "DCM", NULL };
static const name library_group = { "126200", "DCM", NULL };
static const name list_of_groups = { "126010", "DCM", NULL };
static const name observer_type = { "121005", "DCM", NULL };
static const name language = { "121049", "DCM", NULL };

static bool is(const tomo_sr_node *n, const name *what)
{
    return tomo__code_is(&n->concept, what->value, what->scheme) ||
           (what->old &&
            (tomo__code_is(&n->concept, what->old, "SRT") || /* and its names before 2004 */
             tomo__code_is(&n->concept, what->old, "SNM3") || tomo__code_is(&n->concept, what->old, "99SDM")));
}

static bool is_group(const tomo_sr_node *n) { return n->type == TOMO_SR_CONTAINER && is(n, &group_name); }

/* First item of this name directly below `at`. */
static const tomo_sr_node *below(const tomo_sr *sr, size_t at, const name *what)
{
    for (size_t i = at + 1, end = tomo__sr_skip(sr, at); i < end; i = tomo__sr_skip(sr, i))
        if (is(&sr->nodes[i], what))
            return &sr->nodes[i];
    return NULL;
}

/* The text of the item of this name below `at`. */
static const char *text_below(const tomo_sr *sr, size_t at, const name *what)
{
    const tomo_sr_node *n = below(sr, at, what);
    return n ? n->text : NULL;
}

static bool is_source(const tomo_sr_node *n)
{
    return n->reference && n->relation == TOMO_SR_INFERRED_FROM && n->type == TOMO_SR_IMAGE;
}

static void measurement(const tomo_sr *sr, size_t at, tomo_sr_measurement *m, tomo_reference *sources)
{
    const tomo_sr_node *n = &sr->nodes[at], *found;
    *m = (tomo_sr_measurement){ .name = n->concept,
                                .unit = n->code,
                                .value = n->number,
                                .text = n->text,
                                .qualifier = n->qualifier,
                                .node = (int32_t)at };
    if ((found = below(sr, at, &method)) != NULL)
        m->method = found->code;
    if ((found = below(sr, at, &derivation)) != NULL)
        m->derivation = found->code;
    if ((found = below(sr, at, &site)) != NULL)
        m->site = found->code;
    m->tracking_id = text_below(sr, at, &tracking_id);
    m->tracking_uid = text_below(sr, at, &tracking_uid);
    m->sources = sources;
    for (size_t i = at + 1, end = tomo__sr_skip(sr, at); i < end; i = tomo__sr_skip(sr, i))
        if (is_source(&sr->nodes[i]))
            sources[m->n_sources++] = *sr->nodes[i].reference;
}

/* A shape, and the image that it is SELECTED FROM. */
static void region(const tomo_sr *sr, size_t at, tomo_sr_region *r)
{
    *r = (tomo_sr_region){ .shape = *sr->nodes[at].shape };
    for (size_t i = at + 1, end = tomo__sr_skip(sr, at); i < end; i = tomo__sr_skip(sr, i))
        if (sr->nodes[i].reference && !r->image.instance_uid)
            r->image = *sr->nodes[i].reference;
}

/* Room for everything that a group may hold: each list as long as there are items below it of that type. */
typedef struct lists {
    tomo_sr_region *regions;
    tomo_reference *sources;
    tomo_sr_measurement *measurements;
    tomo_sr_evaluation *evaluations;
    tomo_reference *measured; /* sources of single measurements, the next free one */
} lists;

static tomo_status make_lists(tomo_sr *sr, size_t at, lists *l, tomo_error *err)
{
    size_t shapes = 0, sources = 0, numbers = 0, codes = 0;
    for (size_t i = at + 1, end = tomo__sr_skip(sr, at); i < end; i++) {
        const tomo_sr_node *n = &sr->nodes[i];
        shapes += n->shape != NULL;
        sources += n->reference != NULL;
        numbers += n->type == TOMO_SR_NUM;
        codes += n->type == TOMO_SR_CODE || n->type == TOMO_SR_TEXT;
    }
    l->regions = tomo__keep_bytes(&sr->keep, shapes, sizeof *l->regions);
    l->sources = tomo__keep_bytes(&sr->keep, sources, sizeof *l->sources);
    l->measurements = tomo__keep_bytes(&sr->keep, numbers, sizeof *l->measurements);
    l->evaluations = tomo__keep_bytes(&sr->keep, codes, sizeof *l->evaluations);
    l->measured = tomo__keep_bytes(&sr->keep, sources, sizeof *l->measured);
    if (!l->measured || !l->regions || !l->sources || !l->measurements || !l->evaluations)
        return tomo__no_memory(sr->ctx, err, numbers * sizeof *l->measurements, "measurements");
    return TOMO_OK;
}

static void take_code(const tomo_sr *sr, size_t at, tomo_sr_group *g, lists *l)
{
    const tomo_sr_node *n = &sr->nodes[at], *side;
    if (is(n, &category)) {
        g->category = n->code;
    } else if (is(n, &finding)) {
        g->finding = n->code;
    } else if (is(n, &site)) {
        g->site = n->code;
        if ((side = below(sr, at, &laterality)) != NULL)
            g->laterality = side->code;
    } else if (is(n, &laterality)) {
        g->laterality = n->code;
    } else {
        l->evaluations[g->n_evaluations++] = (tomo_sr_evaluation){ n->concept, n->code, NULL, n->relation };
    }
}

static void take_text(const tomo_sr_node *n, tomo_sr_group *g, lists *l)
{
    if (is(n, &tracking_id))
        g->tracking_id = n->text;
    else if (is(n, &tracking_uid))
        g->tracking_uid = n->text;
    else if (is(n, &session))
        g->session = n->text;
    else if (is(n, &time_point))
        g->time_point = n->text;
    else if (is(n, &algorithm))
        g->algorithm = n->text;
    else if (is(n, &algorithm_version))
        g->algorithm_version = n->text;
    else if (is(n, &source_series))
        g->source_series = n->text;
    else if (n->type == TOMO_SR_TEXT)
        l->evaluations[g->n_evaluations++] = (tomo_sr_evaluation){ n->concept, { NULL }, n->text, n->relation };
}

static void take_reference(const tomo_sr_node *n, tomo_sr_group *g, lists *l)
{
    if (is(n, &referenced_segment) || is(n, &segmentation_frame))
        g->segment = n->reference;
    else if (!is(n, &value_map))
        l->sources[g->n_sources++] = *n->reference;
}

static void take_measurement(const tomo_sr *sr, size_t i, tomo_sr_group *g, lists *l)
{
    tomo_sr_measurement *m = &l->measurements[g->n_measurements++];
    measurement(sr, i, m, l->measured);
    l->measured += m->n_sources;
}

static void take(const tomo_sr *sr, size_t i, tomo_sr_group *g, lists *l)
{
    const tomo_sr_node *n = &sr->nodes[i];
    if (n->type == TOMO_SR_NUM)
        take_measurement(sr, i, g, l);
    else if (n->shape)
        region(sr, i, &l->regions[g->n_regions++]);
    else if (n->reference)
        take_reference(n, g, l);
    else if (n->type == TOMO_SR_CODE)
        take_code(sr, i, g, l);
    else if (n->text)
        take_text(n, g, l);
}

/* Where no template is named: by what only one of them has. */
static uint32_t kind_by_content(const tomo_sr *sr, size_t at, const tomo_sr_group *g)
{
    if (below(sr, at, &referenced_segment) || below(sr, at, &volume_surface) || g->n_regions > 1)
        return TOMO_SR_GROUP_VOLUME;
    return g->n_regions || g->segment ? TOMO_SR_GROUP_PLANAR : TOMO_SR_GROUP_IMAGE;
}

static tomo_status read_group(tomo_sr *sr, size_t at, tomo_sr_group *g, tomo_error *err)
{
    const tomo_sr_node *top = &sr->nodes[at];
    lists l;
    tomo_status st = make_lists(sr, at, &l, err);
    if (st)
        return st;
    *g = (tomo_sr_group){ .node = (int32_t)at };
    for (size_t i = at + 1, end = tomo__sr_skip(sr, at); i < end; i = tomo__sr_skip(sr, i))
        take(sr, i, g, &l);
    g->regions = l.regions;
    g->sources = l.sources;
    g->measurements = l.measurements;
    g->evaluations = l.evaluations;
    const char *id = top->template_id ? top->template_id : "";
    g->kind = strcmp(id, "1501") == 0   ? TOMO_SR_GROUP_IMAGE
              : strcmp(id, "1410") == 0 ? TOMO_SR_GROUP_PLANAR
              : strcmp(id, "1411") == 0 ? TOMO_SR_GROUP_VOLUME
                                        : kind_by_content(sr, at, g);
    return TOMO_OK;
}

/* What the root says of who reported what. */
static void read_context(const tomo_sr *sr, tomo_sr_measurements *out)
{
    const tomo_sr_node *n;
    out->title = sr->nodes[0].concept;
    out->observer_person = (n = below(sr, 0, &observer_person)) != NULL ? n->text : NULL;
    out->observer_device = (n = below(sr, 0, &device_name)) != NULL ? n->text : NULL;
    out->observer_device_uid = (n = below(sr, 0, &device_uid)) != NULL ? n->text : NULL;
    if ((n = below(sr, 0, &procedure)) != NULL)
        out->procedure = n->code;
}

static tomo_status read_library(tomo_sr *sr, tomo_sr_measurements *out, tomo_error *err)
{
    const tomo_sr_node *top = below(sr, 0, &library);
    size_t n = 0;
    if (!top)
        return TOMO_OK;
    const size_t from = (size_t)(top - sr->nodes), end = tomo__sr_skip(sr, from);
    for (size_t i = from; i < end; i++)
        n += sr->nodes[i].reference != NULL;
    tomo_reference *list = tomo__keep_bytes(&sr->keep, n, sizeof *list);
    if (!list)
        return tomo__no_memory(sr->ctx, err, n * sizeof *list, "the image library");
    n = 0;
    for (size_t i = from; i < end; i++)
        if (sr->nodes[i].reference)
            list[n++] = *sr->nodes[i].reference;
    out->library = list;
    out->n_library = n;
    return TOMO_OK;
}

/* ---- how much of the document that is --------------------------------------------------------------------------- */

static size_t items_of_group(const tomo_sr_group *g)
{
    size_t n = 1 + g->n_evaluations + g->n_sources + (g->tracking_id != NULL) + (g->tracking_uid != NULL) +
               (g->session != NULL) + (g->time_point != NULL) + (g->category.value != NULL) +
               (g->finding.value != NULL) + (g->site.value != NULL) + (g->laterality.value != NULL) +
               (g->algorithm != NULL) + (g->algorithm_version != NULL) + (g->segment != NULL) +
               (g->source_series != NULL);
    for (size_t i = 0; i < g->n_regions; i++)
        n += 1 + (g->regions[i].image.instance_uid != NULL);
    for (size_t i = 0; i < g->n_measurements; i++) {
        const tomo_sr_measurement *m = &g->measurements[i];
        n += 1 + (m->method.value != NULL) + (m->derivation.value != NULL) + (m->site.value != NULL) +
             (m->tracking_id != NULL) + (m->tracking_uid != NULL) + m->n_sources;
    }
    return n;
}

/* Items that the writer would make again: the frame of TID 1500 and what has a field. */
static size_t items_held(const tomo_sr *sr, const tomo_sr_measurements *m)
{
    const size_t observers = (m->observer_person != NULL) + (m->observer_device != NULL || m->observer_device_uid);
    const tomo_sr_node *n = below(sr, 0, &language);
    size_t held = 1 + (m->observer_person != NULL) + (m->observer_device != NULL) + (m->observer_device_uid != NULL) +
                  (m->procedure.value != NULL) + (below(sr, 0, &list_of_groups) != NULL) + m->n_library +
                  (n && (!n->code.value || strncmp(n->code.value, "en", 2) == 0));
    size_t types = 0;
    for (size_t i = 1; i < sr->n; i = tomo__sr_skip(sr, i))
        types += is(&sr->nodes[i], &observer_type);
    held += TOMO__MIN(types, observers);
    if ((n = below(sr, 0, &library)) != NULL) {
        const size_t from = (size_t)(n - sr->nodes);
        held++;
        for (size_t i = from, end = tomo__sr_skip(sr, from); i < end; i++)
            held += is(&sr->nodes[i], &library_group);
    }
    for (size_t i = 0; i < m->n_groups; i++)
        held += items_of_group(&m->groups[i]);
    return held;
}

tomo_status tomo_sr_read_measurements(tomo_sr *sr, tomo_sr_measurements *out, tomo_error *err)
{
    size_t n = 0;
    if (!sr || !out || out->struct_size < sizeof *out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_sr_read_measurements: sr and out must be there, out set by its _INIT");
    for (size_t i = 0; i < sr->n; i++)
        n += is_group(&sr->nodes[i]);
    if (n == 0)
        return tomo__fail(err, TOMO_E_NOTFOUND, "the report has no measurement group (125007, DCM)");
    tomo_sr_group *groups = tomo__keep_bytes(&sr->keep, n, sizeof *groups);
    if (!groups)
        return tomo__no_memory(sr->ctx, err, n * sizeof *groups, "measurement groups");
    tomo_sr_measurements found = TOMO_SR_MEASUREMENTS_INIT;
    tomo_status st = TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && i < sr->n;) {
        if (!is_group(&sr->nodes[i])) {
            i++;
            continue;
        }
        st = read_group(sr, i, &groups[found.n_groups++], err);
        i = tomo__sr_skip(sr, i); /* a group within a group is part of it */
    }
    found.groups = groups;
    if (st == TOMO_OK)
        st = read_library(sr, &found, err);
    if (st)
        return st;
    read_context(sr, &found);
    const size_t held = items_held(sr, &found);
    found.n_left = sr->n - TOMO__MIN(held, sr->n);
    *out = found;
    return TOMO_OK;
}
