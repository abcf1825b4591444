/* sr_make.c - a measurement report as a content tree (PS3.16 TID 1500 with 1001, 1204, 1410, 1411, 1501, 1600, 4019).
 * Items stand in the order of the templates' rows. */
#include <math.h>
#include <stdio.h>

#include "object/sr_internal.h"

/* Adds items until one fails; from then on nothing is done. */
typedef struct maker {
    tomo_sr *sr;
    const char *seed;
    tomo_status st;
    tomo_error *err;
} maker;

#define DCM(value, meaning) ((tomo_code)TOMO_CODE(value, "DCM", meaning))
#define SCT(value, meaning) ((tomo_code)TOMO_CODE(value, "SCT", meaning))

static int32_t add(maker *m, const tomo_sr_node *node)
{
    int32_t index = -1;
    if (m->st == TOMO_OK)
        m->st = tomo_sr_add(m->sr, node, &index, m->err);
    return index;
}

static int32_t add_container(maker *m, int32_t parent, tomo_code concept, const char *template_id)
{
    return add(m, &(tomo_sr_node){ .type = TOMO_SR_CONTAINER,
                                   .relation = parent < 0 ? TOMO_SR_NO_RELATION : TOMO_SR_CONTAINS,
                                   .parent = parent,
                                   .concept = concept,
                                   .template_id = template_id,
                                   .template_resource = template_id ? "DCMR" : NULL });
}

static int32_t add_code(maker *m, int32_t parent, uint32_t relation, tomo_code concept, tomo_code code)
{
    if (!code.value)
        return -1;
    return add(m, &(tomo_sr_node){
                      .type = TOMO_SR_CODE, .relation = relation, .parent = parent, .concept = concept, .code = code });
}

static void add_text(maker *m, int32_t parent, uint32_t relation, uint32_t type, tomo_code concept, const char *text)
{
    if (text)
        add(m,
            &(tomo_sr_node){ .type = type, .relation = relation, .parent = parent, .concept = concept, .text = text });
}

static void add_image(maker *m, int32_t parent, uint32_t relation, tomo_code concept, const tomo_reference *ref)
{
    add(m, &(tomo_sr_node){
               .type = TOMO_SR_IMAGE, .relation = relation, .parent = parent, .concept = concept, .reference = ref });
}

/* ---- who, what, of which images -------------------------------------------------------------------------------- */

static void add_observers(maker *m, const tomo_sr_measurements *in)
{
    char uid[65];
    const tomo_code type = DCM("121005", "Observer Type");
    if (in->observer_person) {
        add_code(m, 0, TOMO_SR_HAS_OBS_CONTEXT, type, DCM("121006", "Person"));
        add_text(m, 0, TOMO_SR_HAS_OBS_CONTEXT, TOMO_SR_PNAME, DCM("121008", "Person Observer Name"),
                 in->observer_person);
    }
    /* the same software is the same device, hence the same UID (TID 1004) */
    if (m->st == TOMO_OK)
        m->st = tomo_uid_make(uid, "Tomo " TOMO_VERSION " as an observer", m->err);
    if (m->st)
        return;
    add_code(m, 0, TOMO_SR_HAS_OBS_CONTEXT, type, DCM("121007", "Device"));
    add_text(m, 0, TOMO_SR_HAS_OBS_CONTEXT, TOMO_SR_UIDREF, DCM("121012", "Device Observer UID"),
             in->observer_device_uid ? in->observer_device_uid : uid);
    add_text(m, 0, TOMO_SR_HAS_OBS_CONTEXT, TOMO_SR_TEXT, DCM("121013", "Device Observer Name"),
             in->observer_device ? in->observer_device : "Tomo " TOMO_VERSION);
}

static void add_head(maker *m, const tomo_sr_measurements *in)
{
    const tomo_code english = TOMO_CODE("en-US", "RFC5646", "English (United States)");
    add_container(m, -1, in->title.value ? in->title : DCM("126000", "Imaging Measurement Report"), "1500");
    add_code(m, 0, TOMO_SR_HAS_CONCEPT_MOD, DCM("121049", "Language of Content Item and Descendants"), english);
    add_observers(m, in);
    add_code(m, 0, TOMO_SR_HAS_CONCEPT_MOD, DCM("121058", "Procedure reported"),
             in->procedure.value ? in->procedure : SCT("363679005", "Imaging procedure"));
}

static void add_library(maker *m, const tomo_sr_measurements *in)
{
    if (!in->n_library)
        return;
    const int32_t library = add_container(m, 0, DCM("111028", "Image Library"), "1600");
    const int32_t group = add_container(m, library, DCM("126200", "Image Library Group"), NULL);
    for (size_t i = 0; i < in->n_library; i++)
        add_image(m, group, TOMO_SR_CONTAINS, (tomo_code){ NULL }, &in->library[i]);
}

/* ---- a group --------------------------------------------------------------------------------------------------- */

static uint32_t kind_of(const tomo_sr_group *g)
{
    if (g->kind != TOMO_SR_GROUP_OTHER)
        return g->kind;
    if (g->segment)
        return g->segment->n_frames ? TOMO_SR_GROUP_PLANAR : TOMO_SR_GROUP_VOLUME;
    return g->n_regions > 1 ? TOMO_SR_GROUP_VOLUME : g->n_regions ? TOMO_SR_GROUP_PLANAR : TOMO_SR_GROUP_IMAGE;
}

static tomo_status check_group(const tomo_sr_group *g, uint32_t kind, tomo_error *err)
{
    if (kind > TOMO_SR_GROUP_VOLUME)
        return tomo__fail(err, TOMO_E_ARG, "no such kind of group (%u)", kind);
    if (kind == TOMO_SR_GROUP_IMAGE && (g->segment || g->n_regions))
        return tomo__fail(err, TOMO_E_ARG, "a group of a whole image has no region and no segment");
    if (kind != TOMO_SR_GROUP_IMAGE && !g->segment == !g->n_regions)
        return tomo__fail(err, TOMO_E_ARG, "a group of a region has either a segment or coordinates");
    if (kind == TOMO_SR_GROUP_PLANAR && g->n_regions > 1)
        return tomo__fail(err, TOMO_E_ARG, "a planar group has %zu regions, expected 1", g->n_regions);
    if (g->segment && !g->segment->n_frames && g->segment->n_segments != 1)
        return tomo__fail(err, TOMO_E_ARG, "the segment of a group names %zu segments, expected 1, or frames",
                          g->segment->n_segments);
    if (g->segment && !g->n_sources && !g->source_series)
        return tomo__fail(err, TOMO_E_ARG, "a group with a segment must say which images or series were segmented");
    return TOMO_OK;
}

static void add_tracking(maker *m, int32_t at, const tomo_sr_group *g, size_t number)
{
    char id[32], uid[65], seed[480];
    snprintf(id, sizeof id, "Group %zu", number + 1);
    const int n = m->seed ? snprintf(seed, sizeof seed, "%s/tracking/%zu", m->seed, number) : 0;
    if (m->st == TOMO_OK && (n < 0 || n >= (int)sizeof seed))
        m->st = tomo__fail(m->err, TOMO_E_ARG, "the seed of UIDs has %zu bytes, expected at most 400", strlen(m->seed));
    if (m->st == TOMO_OK && !g->tracking_uid)
        m->st = tomo_uid_make(uid, m->seed ? seed : NULL, m->err);
    if (m->st)
        return;
    add_text(m, at, TOMO_SR_HAS_OBS_CONTEXT, TOMO_SR_TEXT, ((tomo_code)TOMO_CODE("C67447", "NCIt", "Activity Session")),
             g->session);
    add_text(m, at, TOMO_SR_HAS_OBS_CONTEXT, TOMO_SR_TEXT, DCM("112039", "Tracking Identifier"),
             g->tracking_id ? g->tracking_id : id);
    add_text(m, at, TOMO_SR_HAS_OBS_CONTEXT, TOMO_SR_UIDREF, DCM("112040", "Tracking Unique Identifier"),
             g->tracking_uid ? g->tracking_uid : uid);
    add_code(m, at, TOMO_SR_CONTAINS, SCT("276214006", "Finding category"), g->category);
    add_code(m, at, TOMO_SR_CONTAINS, DCM("121071", "Finding"), g->finding);
    add_text(m, at, TOMO_SR_HAS_OBS_CONTEXT, TOMO_SR_TEXT, ((tomo_code)TOMO_CODE("C2348792", "UMLS", "Time Point")),
             g->time_point);
}

static void add_region(maker *m, int32_t at, const tomo_sr_region *r, uint32_t kind)
{
    const bool patient = r->shape.space == TOMO_GRAPHIC_IN_PATIENT;
    const bool surface = patient && kind == TOMO_SR_GROUP_VOLUME;
    tomo_graphic closed;
    double *own = NULL;
    if (m->st == TOMO_OK)
        m->st = tomo__close_polygon(m->sr->ctx, &closed, &own, &r->shape, m->err);
    if (m->st)
        return;
    const int32_t shape =
        add(m, &(tomo_sr_node){ .type = patient ? TOMO_SR_SCOORD3D : TOMO_SR_SCOORD,
                                .relation = TOMO_SR_CONTAINS,
                                .parent = at,
                                .concept = surface ? DCM("121231", "Volume Surface") : DCM("111030", "Image Region"),
                                .shape = &closed });
    tomo__free(m->sr->ctx, own);
    if (!patient && !r->image.instance_uid && m->st == TOMO_OK)
        m->st = tomo__fail(m->err, TOMO_E_ARG, "a region in pixels must say of which image");
    /* TID 1410 and 1411 give this IMAGE no name. Of such items PS3.16 says that a generic one, such as this, may be
     * used where unnamed ones are not wanted; highdicom does since 0.24 (before: 111040, DCM, "Original Source"). */
    if (!patient)
        add_image(m, shape, TOMO_SR_SELECTED_FROM, SCT("260753009", "Source"), &r->image);
}

static void add_place(maker *m, int32_t at, const tomo_sr_group *g, uint32_t kind)
{
    if (g->segment)
        add_image(m, at, TOMO_SR_CONTAINS,
                  kind == TOMO_SR_GROUP_PLANAR ? DCM("121214", "Referenced Segmentation Frame")
                                               : DCM("121191", "Referenced Segment"),
                  g->segment);
    for (size_t i = 0; i < g->n_regions; i++)
        add_region(m, at, &g->regions[i], kind);
    for (size_t i = 0; i < g->n_sources; i++)
        add_image(m, at, TOMO_SR_CONTAINS,
                  kind == TOMO_SR_GROUP_IMAGE ? DCM("121112", "Source of Measurement") /* TID 1500 asks for CID 7551 */
                                              : DCM("121233", "Source image for segmentation"),
                  &g->sources[i]);
    add_text(m, at, TOMO_SR_CONTAINS, TOMO_SR_UIDREF, DCM("121232", "Source series for segmentation"),
             g->source_series);
    const int32_t site = add_code(m, at, TOMO_SR_HAS_CONCEPT_MOD, SCT("363698007", "Finding Site"), g->site);
    if (site >= 0)
        add_code(m, site, TOMO_SR_HAS_CONCEPT_MOD, SCT("272741003", "Laterality"), g->laterality);
    add_text(m, at, TOMO_SR_HAS_CONCEPT_MOD, TOMO_SR_TEXT, DCM("111001", "Algorithm Name"), g->algorithm);
    add_text(m, at, TOMO_SR_HAS_CONCEPT_MOD, TOMO_SR_TEXT, DCM("111003", "Algorithm Version"), g->algorithm_version);
}

static void add_measurement(maker *m, int32_t at, const tomo_sr_measurement *one)
{
    tomo_code unit = one->unit;
    if (unit.value && !unit.scheme)
        unit.scheme = "UCUM";
    if (unit.value && !unit.meaning)
        unit.meaning = unit.value;
    const int32_t number = add(m, &(tomo_sr_node){ .type = TOMO_SR_NUM,
                                                   .relation = TOMO_SR_CONTAINS,
                                                   .parent = at,
                                                   .concept = one->name,
                                                   .code = unit,
                                                   .number = one->value,
                                                   .text = one->text,
                                                   .qualifier = one->qualifier });
    add_code(m, number, TOMO_SR_HAS_CONCEPT_MOD, SCT("370129005", "Measurement Method"), one->method);
    add_code(m, number, TOMO_SR_HAS_CONCEPT_MOD, DCM("121401", "Derivation"), one->derivation);
    add_code(m, number, TOMO_SR_HAS_CONCEPT_MOD, SCT("363698007", "Finding Site"), one->site);
    add_text(m, number, TOMO_SR_HAS_OBS_CONTEXT, TOMO_SR_TEXT, DCM("112039", "Tracking Identifier"), one->tracking_id);
    add_text(m, number, TOMO_SR_HAS_OBS_CONTEXT, TOMO_SR_UIDREF, DCM("112040", "Tracking Unique Identifier"),
             one->tracking_uid);
    for (size_t i = 0; i < one->n_sources; i++) /* TID 320 */
        add_image(m, number, TOMO_SR_INFERRED_FROM, DCM("121112", "Source of Measurement"), &one->sources[i]);
}

static void add_group(maker *m, int32_t parent, const tomo_sr_group *g, size_t number)
{
    static const char *const templates[] = { NULL, "1501", "1410", "1411" };
    const uint32_t kind = kind_of(g);
    if (m->st == TOMO_OK)
        m->st = check_group(g, kind, m->err);
    if (m->st)
        return;
    const int32_t at = add_container(m, parent, DCM("125007", "Measurement Group"), templates[kind]);
    add_tracking(m, at, g, number);
    add_place(m, at, g, kind);
    for (size_t i = 0; i < g->n_measurements; i++)
        add_measurement(m, at, &g->measurements[i]);
    for (size_t i = 0; i < g->n_evaluations; i++) {
        const tomo_sr_evaluation *e = &g->evaluations[i];
        const uint32_t relation = e->relation ? e->relation : TOMO_SR_CONTAINS;
        if (e->code.value)
            add_code(m, at, relation, e->name, e->code);
        else
            add_text(m, at, relation, TOMO_SR_TEXT, e->name, e->text);
    }
}

tomo_status tomo_sr_make_measurements(tomo_ctx *ctx, tomo_sr **out, const tomo_sr_measurements *in, const char *seed,
                                      tomo_error *err)
{
    tomo_sr *sr = NULL;
    if (!ctx || !out || !in || (in->n_groups && !in->groups))
        return tomo__fail(err, TOMO_E_ARG, "tomo_sr_make_measurements: ctx, out and in must not be NULL");
    tomo_status st = tomo_sr_new(ctx, &sr, err);
    if (st)
        return st;
    maker m = { sr, seed, TOMO_OK, err };
    add_head(&m, in);
    add_library(&m, in);
    const int32_t list = add_container(&m, 0, DCM("126010", "Imaging Measurements"), NULL);
    for (size_t i = 0; m.st == TOMO_OK && i < in->n_groups; i++) {
        add_group(&m, list, &in->groups[i], i);
        if (m.st)
            m.st = tomo__fail_in(err, m.st, "group %zu", i + 1);
    }
    if (m.st) {
        tomo_sr_free(sr);
        return m.st;
    }
    *out = sr;
    return TOMO_OK;
}
