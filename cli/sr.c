/* sr.c - tomo report sr: a measurement report (PS3.16 TID 1500) from JSON. The JSON is what tomo dicom show --json
 * prints of such a report, so that it can be taken apart, changed and written again. */
#include "object_json.h"

#include <math.h>
#include <tomo/object_sr.h>

static tomo_sr_region region(cli_input *in, const json_t *v)
{
    static const char *const known[] = { "shape", "image", NULL };
    tomo_sr_region out = { .shape = { 0 } };
    cli_in_keys(in, v, known);
    out.shape = cli_in_shape(in, json_object_get(v, "shape"));
    if (json_object_get(v, "image"))
        out.image = cli_in_reference(in, json_object_get(v, "image"), "image");
    return out;
}

/* ---- groups ---------------------------------------------------------------------------------------------------- */

static tomo_sr_measurement measurement(cli_input *in, const json_t *v)
{
    static const char *const known[] = { "name", "value",       "unit",         "method",  "derivation", "qualifier",
                                         "site", "tracking_id", "tracking_uid", "sources", NULL };
    if (!json_is_object(v))
        cli_in_wrong(in, "measurements", "objects");
    cli_in_keys(in, v, known);
    const json_t *value = json_object_get(v, "value");
    tomo_sr_measurement out = { .name = cli_in_code(in, v, "name"),
                                .unit = cli_in_code(in, v, "unit"),
                                .method = cli_in_code(in, v, "method"),
                                .derivation = cli_in_code(in, v, "derivation"),
                                .site = cli_in_code(in, v, "site"),
                                .qualifier = cli_in_code(in, v, "qualifier"),
                                .tracking_id = cli_in_text(in, v, "tracking_id"),
                                .tracking_uid = cli_in_text(in, v, "tracking_uid"),
                                .value = json_is_number(value) ? json_number_value(value) : NAN };
    out.sources = cli_in_references(in, v, "sources", &out.n_sources);
    if (!out.name.value)
        cli_in_wrong(in, "name", "the code of what was measured");
    if (value && !json_is_number(value) && !json_is_null(value))
        cli_in_wrong(in, "value", "a number");
    if (json_is_number(value) && !out.unit.value)
        cli_in_wrong(in, "unit", "a unit of UCUM, such as \"mm\"; \"1\" where there is none");
    return out;
}

static tomo_sr_evaluation evaluation(cli_input *in, const json_t *v)
{
    static const char *const known[] = { "name", "code", "text", "relation", NULL };
    if (!json_is_object(v))
        cli_in_wrong(in, "evaluations", "objects");
    cli_in_keys(in, v, known);
    const char *relation = cli_in_text(in, v, "relation");
    tomo_sr_evaluation out = { cli_in_code(in, v, "name"), cli_in_code(in, v, "code"), cli_in_text(in, v, "text"), 0 };
    for (uint32_t i = 1; relation && i < TOMO_SR_RELATIONS; i++)
        if (strcmp(relation, tomo_sr_relation_name(i)) == 0)
            out.relation = i;
    if (relation && !out.relation)
        cli_in_wrong(in, "relation", "a relationship of PS3.3 table C.17.3-8, such as \"HAS CONCEPT MOD\"");
    if (!out.name.value || (!out.code.value && !out.text))
        cli_in_wrong(in, "evaluations", "\"name\" and \"code\" or \"text\"");
    return out;
}

static void group_lists(cli_input *in, const json_t *v, tomo_sr_group *g)
{
    const json_t *regions = cli_in_list(in, v, "regions"), *values = cli_in_list(in, v, "measurements");
    const json_t *answers = cli_in_list(in, v, "evaluations");
    tomo_sr_region *r = cli_in_room(in, json_array_size(regions), sizeof *r);
    tomo_sr_measurement *m = cli_in_room(in, json_array_size(values), sizeof *m);
    tomo_sr_evaluation *e = cli_in_room(in, json_array_size(answers), sizeof *e);
    if (in->st)
        return;
    for (; g->n_regions < json_array_size(regions); g->n_regions++)
        r[g->n_regions] = region(in, json_array_get(regions, g->n_regions));
    for (; g->n_measurements < json_array_size(values); g->n_measurements++)
        m[g->n_measurements] = measurement(in, json_array_get(values, g->n_measurements));
    for (; g->n_evaluations < json_array_size(answers); g->n_evaluations++)
        e[g->n_evaluations] = evaluation(in, json_array_get(answers, g->n_evaluations));
    g->regions = r;
    g->measurements = m;
    g->evaluations = e;
}

static tomo_sr_group group(cli_input *in, const json_t *v)
{
    static const char *const known[] = { "kind",
                                         "tracking_id",
                                         "tracking_uid",
                                         "session",
                                         "time_point",
                                         "category",
                                         "finding",
                                         "site",
                                         "laterality",
                                         "algorithm",
                                         "measurements",
                                         "evaluations",
                                         "algorithm_version",
                                         "regions",
                                         "segment",
                                         "sources",
                                         "source_series",
                                         NULL };
    static const char *const kinds[] = { "other", "image", "planar", "volume", NULL };
    tomo_sr_group g = { 0 };
    if (!json_is_object(v)) {
        cli_in_wrong(in, "groups", "objects");
        return g;
    }
    cli_in_keys(in, v, known);
    const char *kind = cli_in_text(in, v, "kind");
    if (kind && tomo__word(kinds, kind) < 0)
        cli_in_wrong(in, "kind", "image, planar or volume");
    g.kind = kind && tomo__word(kinds, kind) > 0 ? (uint32_t)tomo__word(kinds, kind) : 0;
    g.tracking_id = cli_in_text(in, v, "tracking_id");
    g.tracking_uid = cli_in_text(in, v, "tracking_uid");
    g.session = cli_in_text(in, v, "session");
    g.time_point = cli_in_text(in, v, "time_point");
    g.category = cli_in_code(in, v, "category");
    g.finding = cli_in_code(in, v, "finding");
    g.site = cli_in_code(in, v, "site");
    g.laterality = cli_in_code(in, v, "laterality");
    g.algorithm = cli_in_text(in, v, "algorithm");
    g.algorithm_version = cli_in_text(in, v, "algorithm_version");
    g.sources = cli_in_references(in, v, "sources", &g.n_sources);
    g.source_series = cli_in_text(in, v, "source_series");
    if (json_object_get(v, "segment")) {
        tomo_reference *segment = cli_in_room(in, 1, sizeof *segment);
        if (segment)
            *segment = cli_in_reference(in, json_object_get(v, "segment"), "segment");
        g.segment = segment;
    }
    group_lists(in, v, &g);
    return g;
}

/* What `dicom show` tells of the old document beside its groups. It is said, not passed over, where the new one will
 * not have it; who the patient is comes from --like. */
static void old_document(cli_input *in, const json_t *v, tomo_sr_write_options *w)
{
    const char *completion = cli_in_text(in, v, "completion"), *verification = cli_in_text(in, v, "verification");
    const json_t *left = json_object_get(v, "items_not_in_groups");
    if (completion && strcmp(completion, "PARTIAL") != 0 && strcmp(completion, "COMPLETE") != 0)
        cli_in_wrong(in, "completion", "COMPLETE or PARTIAL");
    w->partial |= completion && strcmp(completion, "PARTIAL") == 0;
    w->evidence = cli_in_references(in, v, "evidence", &w->n_evidence);
    w->other_evidence = cli_in_references(in, v, "other_evidence", &w->n_other_evidence);
    if (in->st || in->c->quiet)
        return;
    if (verification && strcmp(verification, "VERIFIED") == 0)
        fputs("note: the report was verified; what is written is not: nobody has signed it\n", stderr);
    if (json_array_size(cli_in_list(in, v, "predecessors")))
        fputs("note: the report names predecessors, which are not written\n", stderr);
    if (json_integer_value(left) > 0)
        fprintf(stderr, "note: %lld content items of the report are in no group and are not written\n",
                (long long)json_integer_value(left));
}

static void document(cli_input *in, const json_t *v, tomo_sr_measurements *m)
{
    static const char *const known[] = { "groups", "title", "procedure", "observer", "observer_device",
                                         "observer_device_uid", "images", "completion", "verification", "evidence",
                                         "other_evidence", "predecessors", "items_not_in_groups",
                                         /* of the old document alone; the new one has its own */
                                         "kind", "class", "instance", "patient_name", "patient_id", "date", "time",
                                         "verified_by", "content", NULL };
    cli_in_keys(in, v, known);
    const json_t *groups = cli_in_list(in, v, "groups");
    tomo_sr_group *g = cli_in_room(in, json_array_size(groups), sizeof *g);
    m->title = cli_in_code(in, v, "title");
    m->procedure = cli_in_code(in, v, "procedure");
    m->observer_person = cli_in_text(in, v, "observer");
    m->observer_device = cli_in_text(in, v, "observer_device");
    m->observer_device_uid = cli_in_text(in, v, "observer_device_uid");
    m->library = cli_in_references(in, v, "images", &m->n_library);
    if (json_array_size(groups) == 0)
        cli_in_wrong(in, "groups", "a list of measurement groups");
    for (size_t i = 0; g && in->st == TOMO_OK && i < json_array_size(groups); i++) {
        snprintf(in->where, sizeof in->where, "group %zu", i + 1);
        g[i] = group(in, json_array_get(groups, i));
    }
    m->groups = g;
    m->n_groups = json_array_size(groups);
}

/* ---- the command ----------------------------------------------------------------------------------------------- */

static tomo_status write_report(cli_input *in, const json_t *v, const tomo_dataset *like)
{
    cli *c = in->c;
    tomo_object_options object = TOMO_OBJECT_OPTIONS_INIT;
    tomo_sr_write_options w = TOMO_SR_WRITE_OPTIONS_INIT;
    tomo_sr_measurements m = TOMO_SR_MEASUREMENTS_INIT;
    tomo_sr *sr = NULL;
    tomo_dataset *ds = NULL;
    object.like = like;
    object.seed = cli_flag_value(c, "seed");
    object.description = cli_flag_value(c, "description");
    w.document = cli_flag_value(c, "document");
    w.partial = cli_flag_value(c, "partial") != NULL;
    document(in, v, &m);
    old_document(in, v, &w);
    tomo_status st = in->st;
    st = st ? st : tomo_report_new(c->ctx, &object.report, &c->err);
    st = st ? st : tomo_sr_make_measurements(c->ctx, &sr, &m, object.seed, &c->err);
    st = st ? st : tomo_sr_write(c->ctx, &ds, sr, &object, &w, &c->err);
    st = st ? st : tomo_dataset_write(c->ctx, ds, c->args[1], NULL, &c->err);
    cli_print_report(c, object.report);
    tomo_dataset_free(ds);
    tomo_sr_free(sr);
    return st;
}

int cli_report_sr(cli *c)
{
    cli_input in = { c, { c->ctx, NULL, 0 }, TOMO_OK, NULL, "" };
    tomo_dataset *like = NULL;
    const char *like_path = cli_flag_value(c, "like");
    json_t *v = cli_in_read(c);
    tomo_status st = v ? TOMO_OK : c->err.status;
    if (st == TOMO_OK && like_path) {
        st = cli_open_like(c, &like);
        st = st ? st : tomo__get_text(&in.keep, &in.frame_of_reference, like, 0x00200052, &c->err);
    }
    if (st == TOMO_OK)
        st = write_report(&in, v, like);
    tomo__keep_free(&in.keep);
    tomo_dataset_free(like);
    json_decref(v);
    return st ? cli_fail(c) : cli_print_done(c, c->args[1]);
}
