/* sr.c - tomo report sr: a measurement report (PS3.16 TID 1500) from JSON. The JSON is what tomo dicom show --json
 * prints of such a report, so that it can be taken apart, changed and written again. */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <tomo/object_sr.h>

#include "object/items.h"

/* A JSON file on its way into structs. After a failure nothing more is read. */
typedef struct input {
    cli *c;
    tomo__keep keep;
    tomo_status st;
    const char *frame_of_reference; /* of --like, for coordinates that name none */
    char where[96];
} input;

static void wrong(input *in, const char *what, const char *expected)
{
    if (in->st == TOMO_OK)
        in->st = tomo__fail(&in->c->err, TOMO_E_FORMAT, "%s: %s%s\"%s\": expected %s", in->c->args[0], in->where,
                            in->where[0] ? ", " : "", what, expected);
}

static void *room(input *in, size_t n, size_t size)
{
    void *at = in->st == TOMO_OK ? tomo__keep_bytes(&in->keep, n, size) : NULL;
    if (!at && in->st == TOMO_OK)
        in->st = tomo__no_memory(in->c->ctx, &in->c->err, n * size, "the report");
    return at;
}

/* ---- small parts ----------------------------------------------------------------------------------------------- */

/* Keys that nobody knows are mistakes of the writer: said, not passed over. */
static void check_keys(input *in, const json_t *object, const char *const *known)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        if (tomo__word(known, key) < 0) {
            char list[160] = "";
            for (size_t i = 0, n = 0; known[i] && n < sizeof list; i++)
                n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", known[i]);
            wrong(in, key, list);
        }
    }
}

static const char *text(input *in, const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);
    if (v && !json_is_string(v))
        wrong(in, key, "a text");
    return json_string_value(v);
}

static const json_t *list(input *in, const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);
    if (v && !json_is_array(v))
        wrong(in, key, "a list");
    return json_is_array(v) ? v : NULL;
}

/* {"value", "scheme", "meaning"} or ["value", "scheme", "meaning"]; a unit may be a text of UCUM. */
static tomo_code code(input *in, const json_t *object, const char *key)
{
    static const char *const known[] = { "value", "scheme", "meaning", "version", NULL };
    const json_t *v = json_object_get(object, key);
    tomo_code out = { NULL };
    if (json_is_array(v) && json_array_size(v) == 3) {
        out.value = json_string_value(json_array_get(v, 0));
        out.scheme = json_string_value(json_array_get(v, 1));
        out.meaning = json_string_value(json_array_get(v, 2));
    } else if (json_is_object(v)) {
        check_keys(in, v, known);
        out =
            (tomo_code){ text(in, v, "value"), text(in, v, "scheme"), text(in, v, "meaning"), text(in, v, "version") };
    } else if (json_is_string(v) && strcmp(key, "unit") == 0) {
        out.value = json_string_value(v);
        return out;
    }
    if (v && (!out.value || !out.meaning))
        wrong(in, key, "a code: [\"value\", \"scheme\", \"meaning\"]");
    return out;
}

static const int32_t *numbers(input *in, const json_t *object, const char *key, size_t *n)
{
    const json_t *v = list(in, object, key);
    *n = json_array_size(v);
    int32_t *out = room(in, *n, sizeof *out);
    for (size_t i = 0; out && i < *n; i++) {
        const json_t *one = json_array_get(v, i);
        if (!json_is_integer(one) || json_integer_value(one) < 1 || json_integer_value(one) > INT32_MAX)
            wrong(in, key, "whole numbers from 1");
        out[i] = (int32_t)json_integer_value(one);
    }
    return *n ? out : NULL;
}

/* ---- references ------------------------------------------------------------------------------------------------ */

/* Who a DICOM file is. */
static void of_file(input *in, const char *path, tomo_reference *out)
{
    static const tomo_tag tags[] = { 0x00080016, 0x00080018, 0x0020000D, 0x0020000E };
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    const char **const to[] = { &out->class_uid, &out->instance_uid, &out->study_uid, &out->series_uid };
    o.specific_tags = tags;
    o.n_specific_tags = TOMO__COUNT(tags);
    if (in->st == TOMO_OK)
        in->st = tomo_dataset_open_path(in->c->ctx, &ds, path, &o, NULL, &in->c->err);
    for (size_t i = 0; in->st == TOMO_OK && i < TOMO__COUNT(tags); i++)
        in->st = tomo__get_text(&in->keep, to[i], ds, tags[i], &in->c->err);
    tomo_dataset_free(ds);
}

static tomo_reference reference(input *in, const json_t *v, const char *key)
{
    static const char *const known[] = { "file",   "class",    "instance", "series", "study",
                                         "frames", "segments", "channels", NULL };
    tomo_reference out = { NULL };
    if (!json_is_object(v)) {
        wrong(in, key, "an object with \"file\", or with \"class\", \"instance\", \"series\"");
        return out;
    }
    check_keys(in, v, known);
    if (json_object_get(v, "file"))
        of_file(in, text(in, v, "file") ? text(in, v, "file") : "", &out);
    else
        out = (tomo_reference){ .class_uid = text(in, v, "class"),
                                .instance_uid = text(in, v, "instance"),
                                .series_uid = text(in, v, "series"),
                                .study_uid = text(in, v, "study") };
    out.frames = numbers(in, v, "frames", &out.n_frames);
    out.segments = numbers(in, v, "segments", &out.n_segments);
    if (!out.class_uid || !out.instance_uid)
        wrong(in, key, "\"file\", or \"class\" and \"instance\"");
    return out;
}

static const tomo_reference *references(input *in, const json_t *object, const char *key, size_t *n)
{
    const json_t *v = list(in, object, key);
    *n = json_array_size(v);
    tomo_reference *out = room(in, *n, sizeof *out);
    for (size_t i = 0; out && i < *n; i++)
        out[i] = reference(in, json_array_get(v, i), key);
    return out;
}

/* ---- coordinates ----------------------------------------------------------------------------------------------- */

static void points(input *in, const json_t *v, tomo_shape *s)
{
    const json_t *at = list(in, v, "points");
    const size_t dims = json_array_size(json_array_get(at, 0)), n = json_array_size(at);
    if (n == 0 || (dims != 2 && dims != 3)) {
        wrong(in, "points", "a list of [x, y] or [x, y, z]");
        return;
    }
    double *to = room(in, n * dims, sizeof *to);
    for (size_t i = 0; to && i < n; i++) {
        const json_t *one = json_array_get(at, i);
        if (json_array_size(one) != dims)
            wrong(in, "points", "as many numbers in each point");
        for (size_t d = 0; d < dims && in->st == TOMO_OK; d++) {
            if (!json_is_number(json_array_get(one, d)))
                wrong(in, "points", "numbers");
            to[i * dims + d] = json_number_value(json_array_get(one, d));
        }
    }
    s->at = to;
    s->points = n;
    s->space = dims == 3 ? TOMO_SPACE_PATIENT : TOMO_SPACE_IMAGE;
}

static tomo_sr_region region(input *in, const json_t *v)
{
    static const char *const known[] = { "shape", "image", NULL };
    static const char *const known_shape[] = { "kind", "points", "space", "frame_of_reference", NULL };
    tomo_sr_region out = { .shape = { 0 } };
    const json_t *s = json_object_get(v, "shape");
    if (!json_is_object(s)) {
        wrong(in, "regions", "objects with a \"shape\"");
        return out;
    }
    check_keys(in, v, known);
    check_keys(in, s, known_shape);
    const char *kind = text(in, s, "kind"), *space = text(in, s, "space");
    for (uint32_t i = 1; kind && i < TOMO_SHAPE_COUNT; i++)
        if (strcmp(tomo_shape_name(i), kind) == 0)
            out.shape.kind = i;
    if (out.shape.kind == TOMO_SHAPE_NONE)
        wrong(in, "kind", "POINT, MULTIPOINT, POLYLINE, POLYGON, CIRCLE, ELLIPSE or ELLIPSOID");
    points(in, s, &out.shape);
    if (space && strcmp(space, "matrix") == 0 && out.shape.space == TOMO_SPACE_IMAGE)
        out.shape.space = TOMO_SPACE_MATRIX;
    else if (space && strcmp(space, out.shape.space == TOMO_SPACE_PATIENT ? "patient" : "image") != 0)
        wrong(in, "space", "\"image\" or \"matrix\" with [x, y], \"patient\" with [x, y, z]");
    if (out.shape.space == TOMO_SPACE_PATIENT) {
        const char *given = text(in, s, "frame_of_reference");
        out.shape.frame_of_reference = given ? given : in->frame_of_reference;
    }
    if (json_object_get(v, "image"))
        out.image = reference(in, json_object_get(v, "image"), "image");
    return out;
}

/* ---- groups ---------------------------------------------------------------------------------------------------- */

static tomo_sr_measurement measurement(input *in, const json_t *v)
{
    static const char *const known[] = { "name", "value", "unit", "method", "derivation", "qualifier", NULL };
    if (!json_is_object(v))
        wrong(in, "measurements", "objects");
    check_keys(in, v, known);
    const json_t *value = json_object_get(v, "value");
    tomo_sr_measurement out = { .name = code(in, v, "name"),
                                .unit = code(in, v, "unit"),
                                .method = code(in, v, "method"),
                                .derivation = code(in, v, "derivation"),
                                .qualifier = code(in, v, "qualifier"),
                                .value = json_is_number(value) ? json_number_value(value) : NAN };
    if (!out.name.value)
        wrong(in, "name", "the code of what was measured");
    if (value && !json_is_number(value) && !json_is_null(value))
        wrong(in, "value", "a number");
    if (json_is_number(value) && !out.unit.value)
        wrong(in, "unit", "a unit of UCUM, such as \"mm\"; \"1\" where there is none");
    return out;
}

static tomo_sr_evaluation evaluation(input *in, const json_t *v)
{
    static const char *const known[] = { "name", "code", "text", NULL };
    if (!json_is_object(v))
        wrong(in, "evaluations", "objects");
    check_keys(in, v, known);
    tomo_sr_evaluation out = { code(in, v, "name"), code(in, v, "code"), text(in, v, "text") };
    if (!out.name.value || (!out.code.value && !out.text))
        wrong(in, "evaluations", "\"name\" and \"code\" or \"text\"");
    return out;
}

static void group_lists(input *in, const json_t *v, tomo_sr_group *g)
{
    const json_t *regions = list(in, v, "regions"), *values = list(in, v, "measurements");
    const json_t *answers = list(in, v, "evaluations");
    tomo_sr_region *r = room(in, json_array_size(regions), sizeof *r);
    tomo_sr_measurement *m = room(in, json_array_size(values), sizeof *m);
    tomo_sr_evaluation *e = room(in, json_array_size(answers), sizeof *e);
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

static tomo_sr_group group(input *in, const json_t *v)
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
        wrong(in, "groups", "objects");
        return g;
    }
    check_keys(in, v, known);
    const char *kind = text(in, v, "kind");
    if (kind && tomo__word(kinds, kind) < 0)
        wrong(in, "kind", "image, planar or volume");
    g.kind = kind && tomo__word(kinds, kind) > 0 ? (uint32_t)tomo__word(kinds, kind) : 0;
    g.tracking_id = text(in, v, "tracking_id");
    g.tracking_uid = text(in, v, "tracking_uid");
    g.session = text(in, v, "session");
    g.time_point = text(in, v, "time_point");
    g.category = code(in, v, "category");
    g.finding = code(in, v, "finding");
    g.site = code(in, v, "site");
    g.laterality = code(in, v, "laterality");
    g.algorithm = text(in, v, "algorithm");
    g.algorithm_version = text(in, v, "algorithm_version");
    g.sources = references(in, v, "sources", &g.n_sources);
    g.source_series = text(in, v, "source_series");
    if (json_object_get(v, "segment")) {
        tomo_reference *segment = room(in, 1, sizeof *segment);
        if (segment)
            *segment = reference(in, json_object_get(v, "segment"), "segment");
        g.segment = segment;
    }
    group_lists(in, v, &g);
    return g;
}

static void document(input *in, const json_t *v, tomo_sr_measurements *m)
{
    const json_t *groups = list(in, v, "groups");
    tomo_sr_group *g = room(in, json_array_size(groups), sizeof *g);
    m->title = code(in, v, "title");
    m->procedure = code(in, v, "procedure");
    m->observer_person = text(in, v, "observer");
    m->library = references(in, v, "images", &m->n_library);
    if (json_array_size(groups) == 0)
        wrong(in, "groups", "a list of measurement groups");
    for (size_t i = 0; g && in->st == TOMO_OK && i < json_array_size(groups); i++) {
        snprintf(in->where, sizeof in->where, "group %zu", i + 1);
        g[i] = group(in, json_array_get(groups, i));
    }
    m->groups = g;
    m->n_groups = json_array_size(groups);
}

/* ---- the command ----------------------------------------------------------------------------------------------- */

static json_t *read_json(cli *c)
{
    json_error_t e;
    tomo_source *source = NULL;
    tomo_buffer *bytes = NULL;
    json_t *v = NULL;
    if (tomo_source_open(c->ctx, &source, c->args[0], &c->err) == TOMO_OK &&
        tomo_source_map(source, &bytes, &c->err) == TOMO_OK) {
        v = json_loadb(tomo_buffer_data(bytes), tomo_buffer_size(bytes), JSON_REJECT_DUPLICATES, &e);
        if (!v)
            tomo__fail(&c->err, TOMO_E_FORMAT, "%s: line %d: %s", c->args[0], e.line, e.text);
        else if (!json_is_object(v))
            tomo__fail(&c->err, TOMO_E_FORMAT, "%s: expected an object with \"groups\"", c->args[0]);
    }
    tomo_buffer_free(bytes);
    tomo_source_free(source);
    if (v && !json_is_object(v)) {
        json_decref(v);
        v = NULL;
    }
    return v;
}

static tomo_status write_report(input *in, const json_t *v, const tomo_dataset *like)
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
    tomo_status st = in->st;
    st = st ? st : tomo_sr_make_measurements(c->ctx, &sr, &m, object.seed, &c->err);
    st = st ? st : tomo_sr_write(c->ctx, &ds, sr, &object, &w, &c->err);
    st = st ? st : tomo_dataset_write(c->ctx, ds, c->args[1], NULL, &c->err);
    tomo_dataset_free(ds);
    tomo_sr_free(sr);
    return st;
}

int cli_report_sr(cli *c)
{
    input in = { c, { c->ctx, NULL, 0 }, TOMO_OK, NULL, "" };
    tomo_dataset *like = NULL;
    const char *like_path = cli_flag_value(c, "like");
    json_t *v = read_json(c);
    tomo_status st = v ? TOMO_OK : c->err.status;
    if (st == TOMO_OK && like_path) {
        tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
        o.stop_before_pixels = true;
        st = tomo_dataset_open_path(c->ctx, &like, like_path, &o, NULL, &c->err);
        st = st ? st : tomo__get_text(&in.keep, &in.frame_of_reference, like, 0x00200052, &c->err);
    }
    if (st == TOMO_OK)
        st = write_report(&in, v, like);
    tomo__keep_free(&in.keep);
    tomo_dataset_free(like);
    json_decref(v);
    return st ? cli_fail(c) : cli_print_done(c, c->args[1]);
}
