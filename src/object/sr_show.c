/* sr_show.c - structured reports for people (an indented tree) and for programs (JSON). */
#include <math.h>

#include "dicom/dicom_internal.h"
#include "object/sr_internal.h"

/* ---- text ------------------------------------------------------------------------------------------------------ */

static void number_text(tomo__text *t, double v)
{
    char text[32];
    tomo__num_text(text, v);
    tomo__text_str(t, text);
}

/* Coordinates are single precision: no more digits than tell one from the next. */
static void float_text(tomo__text *t, double v)
{
    char text[48];
    double back = 0;
    for (int digits = 0; digits < 7; digits++) {
        tomo__fixed_text(text, v, digits);
        if (tomo__text_double(text, strlen(text), &back) && (float)back == (float)v) {
            tomo__text_str(t, text);
            return;
        }
    }
    number_text(t, v);
}

static void code_text(tomo__text *t, const tomo_code *c)
{
    if (c->meaning && c->meaning[0])
        tomo__text_str(t, c->meaning);
    else
        tomo__text_fmt(t, "(%s, %s)", c->value ? c->value : "", c->scheme ? c->scheme : "");
}

static void ints_text(tomo__text *t, const char *what, const int32_t *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        tomo__text_fmt(t, "%s%d", i ? "," : what, (int)v[i]);
}

static void reference_text(tomo__text *t, const tomo_reference *ref)
{
    const char *name = ref->class_uid ? tomo_uid_name(ref->class_uid) : NULL;
    tomo__text_fmt(t, "%s %s", name ? name : "instance", ref->instance_uid ? ref->instance_uid : "without a UID");
    ints_text(t, ref->n_frames > 1 ? ", frames " : ", frame ", ref->frames, ref->n_frames);
    ints_text(t, ref->n_segments > 1 ? ", segments " : ", segment ", ref->segments, ref->n_segments);
    for (size_t i = 0; i < ref->n_channels; i++)
        tomo__text_fmt(t, "%s%d:%d", i ? "," : ", channels ", (int)ref->channels[2 * i], (int)ref->channels[2 * i + 1]);
}

static void shape_text(tomo__text *t, const tomo_graphic *s)
{
    const size_t dims = s->space == TOMO_GRAPHIC_IN_PATIENT ? 3 : 2;
    tomo__text_str(t, tomo_graphic_name(s->kind));
    for (size_t i = 0; i < s->points; i++)
        for (size_t d = 0; d < dims; d++) {
            tomo__text_str(t, d ? "," : " ");
            float_text(t, s->at[i * dims + d]);
        }
}

static void times_text(tomo__text *t, const tomo_sr_times *times)
{
    tomo__text_str(t, times->range ? times->range : "");
    for (size_t i = 0; i < times->n_samples; i++) {
        tomo__text_str(t, i ? "," : " samples ");
        number_text(t, times->samples[i]);
    }
    for (size_t i = 0; i < times->n_offsets; i++) {
        tomo__text_str(t, i ? "," : " seconds ");
        number_text(t, times->offsets_seconds[i]);
    }
    if (times->datetimes)
        tomo__text_fmt(t, " %s", times->datetimes);
}

static void measured_text(tomo__text *t, const tomo_sr_node *n)
{
    if (n->text && n->text[0])
        tomo__text_str(t, n->text);
    else if (isfinite(n->number))
        number_text(t, n->number);
    else
        tomo__text_str(t, "no value");
    if (n->code.value && strcmp(n->code.value, "1") != 0) /* UCUM 1: no unit */
        tomo__text_fmt(t, " %s", n->code.value[0] ? n->code.value : n->code.meaning);
    if (n->qualifier.value) {
        tomo__text_str(t, ", ");
        code_text(t, &n->qualifier);
    }
}

void tomo__sr_value_text(tomo__text *t, const tomo_sr_node *n)
{
    if (n->type == TOMO_SR_NUM)
        measured_text(t, n);
    else if (n->type == TOMO_SR_CODE)
        code_text(t, &n->code);
    else if (n->reference)
        reference_text(t, n->reference);
    else if (n->shape)
        shape_text(t, n->shape);
    else if (n->times)
        times_text(t, n->times);
    else if (n->table)
        tomo__sr_table_text(t, n->table);
    else if (n->type == TOMO_SR_BY_REFERENCE && n->target >= 0)
        tomo__text_fmt(t, "see item %d", (int)n->target);
    else if (n->type == TOMO_SR_BY_REFERENCE)
        tomo__text_str(t, "see an item that is not there");
    else if (n->text)
        tomo__text_str(t, n->text);
}

/* What the value says, with the lines of long texts below each other. */
static void put_lines(tomo__text *t, const char *text, size_t size, int indent)
{
    size_t from = 0;
    for (size_t i = 0; i < size; i++)
        if (text[i] == '\n' || text[i] == '\r') {
            tomo__text_add(t, text + from, i - from);
            if (text[i] == '\r' && i + 1 < size && text[i + 1] == '\n')
                i++;
            from = i + 1;
            if (from < size)
                tomo__text_fmt(t, "\n%*s", indent, "");
        }
    tomo__text_add(t, text + from, size - from);
}

static void node_text(tomo__text *t, const tomo_sr *sr, const tomo_sr_node *n)
{
    tomo__text value = TOMO__TEXT(t->ctx);
    const int indent = 2 * n->depth;
    tomo__text_fmt(t, "%*s", indent, "");
    if (n->concept.value)
        code_text(t, &n->concept);
    else
        tomo__text_str(t, tomo_sr_type_name(n->type));
    tomo__sr_value_text(&value, n);
    if (value.size) {
        tomo__text_str(t, ": ");
        put_lines(t, value.data, value.size, indent + 2);
    }
    if (n->type == TOMO_SR_BY_REFERENCE && n->target >= 0 && sr->nodes[n->target].concept.value) {
        tomo__text_str(t, ", ");
        code_text(t, &sr->nodes[n->target].concept);
    }
    t->failed |= value.failed;
    tomo__text_free(&value);
    tomo__text_str(t, "\n");
}

static void line(tomo__text *t, const char *name, const char *text)
{
    if (text && text[0])
        tomo__text_fmt(t, "%-14s%s\n", name, text);
}

static tomo_status text(tomo_ctx *ctx, tomo__text *t, const tomo_dataset *ds, tomo_error *err)
{
    tomo_sr *sr = NULL;
    tomo_status st = tomo_sr_read(ctx, &sr, ds, NULL, err);
    if (st)
        return st;
    line(t, "document", tomo_uid_name(sr->about.class_uid ? sr->about.class_uid : ""));
    line(t, "patient", sr->about.patient_name);
    line(t, "patient id", sr->about.patient_id);
    line(t, "date", sr->about.date);
    line(t, "time", sr->about.time);
    line(t, "completion", sr->about.completion);
    line(t, "verification", sr->about.verification);
    line(t, "verified by", sr->about.verifiers);
    tomo__text_str(t, "\n");
    for (size_t i = 0; i < sr->n; i++)
        node_text(t, sr, &sr->nodes[i]);
    tomo_sr_free(sr);
    return TOMO_OK;
}

/* ---- JSON ------------------------------------------------------------------------------------------------------ */

static void json_times(tomo__json *j, const tomo_sr_times *t)
{
    tomo__json_key(j, "times");
    tomo__json_open(j, '{');
    tomo__json_member(j, "range", t->range);
    tomo__json_key(j, "samples");
    tomo__json_nums(j, t->samples, t->n_samples);
    tomo__json_key(j, "seconds");
    tomo__json_nums(j, t->offsets_seconds, t->n_offsets);
    tomo__json_member(j, "datetimes", t->datetimes);
    tomo__json_close(j, '}');
}

static void json_value(tomo__json *j, const tomo_sr_node *n)
{
    if (n->type == TOMO_SR_NUM) {
        tomo__json_key(j, "number");
        tomo__json_num(j, n->number);
    }
    if (n->text) {
        tomo__json_key(j, "text");
        tomo__json_str(j, n->text);
    }
    tomo__json_code(j, n->type == TOMO_SR_NUM ? "unit" : "code", &n->code);
    tomo__json_code(j, "qualifier", &n->qualifier);
    if (n->reference)
        tomo__json_reference(j, "reference", n->reference);
    if (n->shape)
        tomo__json_shape(j, "shape", n->shape);
    if (n->times)
        json_times(j, n->times);
    if (n->table)
        tomo__sr_table_json(j, n->table);
    if (n->type == TOMO_SR_BY_REFERENCE) {
        tomo__json_key(j, "item");
        n->target >= 0 ? tomo__json_int(j, n->target) : tomo__json_null(j);
    }
    if (n->separate) {
        tomo__json_key(j, "separate");
        tomo__json_bool(j, true);
    }
    tomo__json_member(j, "template", n->template_id);
    tomo__json_member(j, "observed", n->observed);
    tomo__json_member(j, "uid", n->uid);
}

/* One node, its object left open. */
static void json_node(tomo__json *j, const tomo_sr_node *n)
{
    tomo__json_open(j, '{');
    tomo__json_member(j, "relation", tomo_sr_relation_name(n->relation));
    tomo__json_member(j, "type", tomo_sr_type_name(n->type));
    tomo__json_code(j, "name", &n->concept);
    json_value(j, n);
}

static void json_tree(tomo__json *j, const tomo_sr *sr)
{
    for (size_t i = 0; i < sr->n; i++) {
        const int32_t depth = sr->nodes[i].depth, next = i + 1 < sr->n ? sr->nodes[i + 1].depth : 0;
        json_node(j, &sr->nodes[i]);
        if (next > depth) {
            tomo__json_key(j, "content");
            tomo__json_open(j, '[');
            continue;
        }
        tomo__json_close(j, '}');
        for (int32_t d = depth; d > next; d--) {
            tomo__json_close(j, ']');
            tomo__json_close(j, '}');
        }
    }
}

static void json_references(tomo__json *j, const char *key, const tomo_reference *refs, size_t n)
{
    tomo__json_key(j, key);
    tomo__json_open(j, '[');
    for (size_t i = 0; i < n; i++)
        tomo__json_reference(j, NULL, &refs[i]);
    tomo__json_close(j, ']');
}

static void json_measurement(tomo__json *j, const tomo_sr_measurement *m)
{
    tomo__json_open(j, '{');
    tomo__json_code(j, "name", &m->name);
    tomo__json_key(j, "value");
    tomo__json_num(j, m->value);
    tomo__json_code(j, "unit", &m->unit);
    tomo__json_code(j, "method", &m->method);
    tomo__json_code(j, "derivation", &m->derivation);
    tomo__json_code(j, "site", &m->site);
    tomo__json_code(j, "qualifier", &m->qualifier);
    tomo__json_member(j, "tracking_id", m->tracking_id);
    tomo__json_member(j, "tracking_uid", m->tracking_uid);
    if (m->n_sources)
        json_references(j, "sources", m->sources, m->n_sources);
    tomo__json_close(j, '}');
}

static void json_regions(tomo__json *j, const tomo_sr_group *g)
{
    tomo__json_key(j, "regions");
    tomo__json_open(j, '[');
    for (size_t i = 0; i < g->n_regions; i++) {
        tomo__json_open(j, '{');
        tomo__json_shape(j, "shape", &g->regions[i].shape);
        if (g->regions[i].image.instance_uid)
            tomo__json_reference(j, "image", &g->regions[i].image);
        tomo__json_close(j, '}');
    }
    tomo__json_close(j, ']');
}

static void json_group(tomo__json *j, const tomo_sr_group *g)
{
    static const char *const kinds[] = { "other", "image", "planar", "volume" };
    tomo__json_open(j, '{');
    tomo__json_member(j, "kind", kinds[g->kind <= TOMO_SR_GROUP_VOLUME ? g->kind : 0]);
    tomo__json_member(j, "tracking_id", g->tracking_id);
    tomo__json_member(j, "tracking_uid", g->tracking_uid);
    tomo__json_member(j, "session", g->session);
    tomo__json_member(j, "time_point", g->time_point);
    tomo__json_code(j, "category", &g->category);
    tomo__json_code(j, "finding", &g->finding);
    tomo__json_code(j, "site", &g->site);
    tomo__json_code(j, "laterality", &g->laterality);
    tomo__json_member(j, "algorithm", g->algorithm);
    tomo__json_member(j, "algorithm_version", g->algorithm_version);
    tomo__json_key(j, "measurements");
    tomo__json_open(j, '[');
    for (size_t i = 0; i < g->n_measurements; i++)
        json_measurement(j, &g->measurements[i]);
    tomo__json_close(j, ']');
    tomo__json_key(j, "evaluations");
    tomo__json_open(j, '[');
    for (size_t i = 0; i < g->n_evaluations; i++) {
        tomo__json_open(j, '{');
        tomo__json_code(j, "name", &g->evaluations[i].name);
        tomo__json_code(j, "code", &g->evaluations[i].code);
        tomo__json_member(j, "text", g->evaluations[i].text);
        if (g->evaluations[i].relation != TOMO_SR_CONTAINS)
            tomo__json_member(j, "relation", tomo_sr_relation_name(g->evaluations[i].relation));
        tomo__json_close(j, '}');
    }
    tomo__json_close(j, ']');
    json_regions(j, g);
    if (g->segment)
        tomo__json_reference(j, "segment", g->segment);
    tomo__json_member(j, "source_series", g->source_series);
    tomo__json_key(j, "sources");
    tomo__json_open(j, '[');
    for (size_t i = 0; i < g->n_sources; i++)
        tomo__json_reference(j, NULL, &g->sources[i]);
    tomo__json_close(j, ']');
    tomo__json_close(j, '}');
}

static tomo_status json_measurements(tomo__json *j, tomo_sr *sr, tomo_error *err)
{
    tomo_sr_measurements m = TOMO_SR_MEASUREMENTS_INIT;
    tomo_error none = { 0 };
    tomo_status st = tomo_sr_read_measurements(sr, &m, &none);
    if (st == TOMO_E_NOTFOUND) /* most reports have none */
        return TOMO_OK;
    if (st) {
        if (err)
            *err = none;
        return st;
    }
    tomo__json_code(j, "title", &m.title);
    tomo__json_code(j, "procedure", &m.procedure);
    tomo__json_member(j, "observer", m.observer_person);
    tomo__json_member(j, "observer_device", m.observer_device);
    tomo__json_member(j, "observer_device_uid", m.observer_device_uid);
    json_references(j, "images", m.library, m.n_library);
    tomo__json_key(j, "items_not_in_groups");
    tomo__json_uint(j, m.n_left);
    tomo__json_key(j, "groups");
    tomo__json_open(j, '[');
    for (size_t i = 0; i < m.n_groups; i++)
        json_group(j, &m.groups[i]);
    tomo__json_close(j, ']');
    return TOMO_OK;
}

static void json_about(tomo__json *j, const tomo_sr *sr)
{
    const tomo_sr_about *a = &sr->about;
    tomo__json_member(j, "class", a->class_uid);
    tomo__json_member(j, "instance", a->instance_uid);
    tomo__json_member(j, "patient_name", a->patient_name);
    tomo__json_member(j, "patient_id", a->patient_id);
    tomo__json_member(j, "date", a->date);
    tomo__json_member(j, "time", a->time);
    tomo__json_member(j, "completion", a->completion);
    tomo__json_member(j, "verification", a->verification);
    tomo__json_member(j, "verified_by", a->verifiers);
    json_references(j, "predecessors", a->predecessors, a->n_predecessors);
    json_references(j, "evidence", a->evidence, a->n_current);
    if (a->n_evidence > a->n_current)
        json_references(j, "other_evidence", a->evidence + a->n_current, a->n_evidence - a->n_current);
}

static tomo_status facts(tomo_ctx *ctx, tomo__json *j, const tomo_dataset *ds, tomo_error *err)
{
    tomo_sr *sr = NULL;
    tomo_status st = tomo_sr_read(ctx, &sr, ds, NULL, err);
    if (st)
        return st;
    json_about(j, sr);
    st = json_measurements(j, sr, err);
    tomo__json_key(j, "content");
    json_tree(j, sr);
    tomo_sr_free(sr);
    return st;
}

/* PS3.4 B.5: every class with an SR Document Content module. */
static const char *const classes[] = {
    "1.2.840.10008.5.1.4.1.1.88.11", /* Basic Text */
    "1.2.840.10008.5.1.4.1.1.88.22", /* Enhanced */
    "1.2.840.10008.5.1.4.1.1.88.33", /* Comprehensive */
    "1.2.840.10008.5.1.4.1.1.88.34", /* Comprehensive 3D */
    "1.2.840.10008.5.1.4.1.1.88.35", /* Extensible */
    "1.2.840.10008.5.1.4.1.1.88.40", /* Procedure Log */
    "1.2.840.10008.5.1.4.1.1.88.50", /* Mammography CAD */
    "1.2.840.10008.5.1.4.1.1.88.65", /* Chest CAD */
    "1.2.840.10008.5.1.4.1.1.88.67", /* X-Ray Radiation Dose */
    "1.2.840.10008.5.1.4.1.1.88.68", /* Radiopharmaceutical Radiation Dose */
    "1.2.840.10008.5.1.4.1.1.88.69", /* Colon CAD */
    "1.2.840.10008.5.1.4.1.1.88.70", /* Implantation Plan */
    "1.2.840.10008.5.1.4.1.1.88.71", /* Acquisition Context */
    "1.2.840.10008.5.1.4.1.1.88.72", /* Simplified Adult Echo */
    "1.2.840.10008.5.1.4.1.1.88.73", /* Patient Radiation Dose */
    "1.2.840.10008.5.1.4.1.1.88.74", /* Planned Imaging Agent Administration */
    "1.2.840.10008.5.1.4.1.1.88.75", /* Performed Imaging Agent Administration */
    "1.2.840.10008.5.1.4.1.1.88.76", /* Enhanced X-Ray Radiation Dose */
    "1.2.840.10008.5.1.4.1.1.88.77", /* Waveform Annotation */
    "1.2.840.10008.5.1.4.1.1.88.1",  /* Text, trial */
    "1.2.840.10008.5.1.4.1.1.88.2",  /* Audio, trial */
    "1.2.840.10008.5.1.4.1.1.88.3",  /* Detail, trial */
    "1.2.840.10008.5.1.4.1.1.88.4",  /* Comprehensive, trial */
    NULL,
};
const tomo__object_row tomo__object_sr = { { "sr", "Structured Report", false, false }, classes, NULL, facts, text };

static const char *const key_classes[] = { "1.2.840.10008.5.1.4.1.1.88.59", NULL };
const tomo__object_row tomo__object_ko = {
    { "ko", "Key Object Selection", false, false }, key_classes, NULL, facts, text
};
