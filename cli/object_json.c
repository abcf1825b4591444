/* object_json.c - the parts of JSON that objects are made of: texts, codes, references, shapes. What is not as it
 * should be is said with its place. */
#include "object_json.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tomo/pipeline.h>

void cli_in_wrong(cli_input *in, const char *what, const char *expected)
{
    if (in->st == TOMO_OK)
        in->st = tomo__fail(&in->c->err, TOMO_E_FORMAT, "%s: %s%s\"%s\": expected %s", in->c->args[0], in->where,
                            in->where[0] ? ", " : "", what, expected);
}

void *cli_in_room(cli_input *in, size_t n, size_t size)
{
    void *at = in->st == TOMO_OK ? tomo__keep_bytes(&in->keep, n, size) : NULL;
    if (!at && in->st == TOMO_OK)
        in->st = tomo__no_memory(in->c->ctx, &in->c->err, n * size, "the report");
    return at;
}

/* ---- small parts ----------------------------------------------------------------------------------------------- */

/* Keys that nobody knows are mistakes of the writer: said, not passed over. */
void cli_in_keys(cli_input *in, const json_t *object, const char *const *known)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        if (tomo__word(known, key) < 0) {
            char list[400] = "";
            for (size_t i = 0, n = 0; known[i] && n < sizeof list; i++)
                n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", known[i]);
            cli_in_wrong(in, key, list);
        }
    }
}

const char *cli_in_text(cli_input *in, const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);
    if (v && !json_is_string(v))
        cli_in_wrong(in, key, "a text");
    return json_string_value(v);
}

const json_t *cli_in_list(cli_input *in, const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);
    if (v && !json_is_array(v))
        cli_in_wrong(in, key, "a list");
    return json_is_array(v) ? v : NULL;
}

/* {"value", "scheme", "meaning"} or ["value", "scheme", "meaning"]; a unit may be a text of UCUM. */
tomo_code cli_in_code(cli_input *in, const json_t *object, const char *key)
{
    static const char *const known[] = { "value", "scheme", "meaning", "version", NULL };
    const json_t *v = json_object_get(object, key);
    tomo_code out = { NULL };
    if (json_is_array(v) && json_array_size(v) == 3) {
        out.value = json_string_value(json_array_get(v, 0));
        out.scheme = json_string_value(json_array_get(v, 1));
        out.meaning = json_string_value(json_array_get(v, 2));
    } else if (json_is_object(v)) {
        cli_in_keys(in, v, known);
        out = (tomo_code){ cli_in_text(in, v, "value"), cli_in_text(in, v, "scheme"), cli_in_text(in, v, "meaning"),
                           cli_in_text(in, v, "version") };
    } else if (json_is_string(v) && strcmp(key, "unit") == 0) {
        out.value = json_string_value(v);
        return out;
    }
    if (v && (!out.value || !out.meaning))
        cli_in_wrong(in, key, "a code: [\"value\", \"scheme\", \"meaning\"]");
    return out;
}

static const int32_t *numbers(cli_input *in, const json_t *object, const char *key, size_t *n)
{
    const json_t *v = cli_in_list(in, object, key);
    *n = json_array_size(v);
    int32_t *out = cli_in_room(in, *n, sizeof *out);
    for (size_t i = 0; out && i < *n; i++) {
        const json_t *one = json_array_get(v, i);
        if (!json_is_integer(one) || json_integer_value(one) < 1 || json_integer_value(one) > INT32_MAX)
            cli_in_wrong(in, key, "whole numbers from 1");
        out[i] = (int32_t)json_integer_value(one);
    }
    return *n ? out : NULL;
}

/* ---- references ------------------------------------------------------------------------------------------------ */

/* Who a DICOM file is. */
void cli_in_file(cli_input *in, const char *path, tomo_reference *out)
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

tomo_reference cli_in_reference(cli_input *in, const json_t *v, const char *key)
{
    static const char *const known[] = { "file",   "class",    "instance", "series", "study",
                                         "frames", "segments", "channels", NULL };
    tomo_reference out = { NULL };
    if (!json_is_object(v)) {
        cli_in_wrong(in, key, "an object with \"file\", or with \"class\", \"instance\", \"series\"");
        return out;
    }
    cli_in_keys(in, v, known);
    if (json_object_get(v, "file"))
        cli_in_file(in, cli_in_text(in, v, "file") ? cli_in_text(in, v, "file") : "", &out);
    else
        out = (tomo_reference){ .class_uid = cli_in_text(in, v, "class"),
                                .instance_uid = cli_in_text(in, v, "instance"),
                                .series_uid = cli_in_text(in, v, "series"),
                                .study_uid = cli_in_text(in, v, "study") };
    out.frames = numbers(in, v, "frames", &out.n_frames);
    out.segments = numbers(in, v, "segments", &out.n_segments);
    if (!out.class_uid || !out.instance_uid)
        cli_in_wrong(in, key, "\"file\", or \"class\" and \"instance\"");
    return out;
}

const tomo_reference *cli_in_references(cli_input *in, const json_t *object, const char *key, size_t *n)
{
    const json_t *v = cli_in_list(in, object, key);
    *n = json_array_size(v);
    tomo_reference *out = cli_in_room(in, *n, sizeof *out);
    for (size_t i = 0; out && i < *n; i++)
        out[i] = cli_in_reference(in, json_array_get(v, i), key);
    return out;
}

/* ---- coordinates ----------------------------------------------------------------------------------------------- */

static void points(cli_input *in, const json_t *v, tomo_graphic *s)
{
    const json_t *at = cli_in_list(in, v, "points");
    const size_t dims = json_array_size(json_array_get(at, 0)), n = json_array_size(at);
    if (n == 0 || (dims != 2 && dims != 3)) {
        cli_in_wrong(in, "points", "a list of [x, y] or [x, y, z]");
        return;
    }
    double *to = cli_in_room(in, n * dims, sizeof *to);
    for (size_t i = 0; to && i < n; i++) {
        const json_t *one = json_array_get(at, i);
        if (json_array_size(one) != dims)
            cli_in_wrong(in, "points", "as many numbers in each point");
        for (size_t d = 0; d < dims && in->st == TOMO_OK; d++) {
            if (!json_is_number(json_array_get(one, d)))
                cli_in_wrong(in, "points", "numbers");
            to[i * dims + d] = json_number_value(json_array_get(one, d));
        }
    }
    s->at = to;
    s->points = n;
    s->space = dims == 3 ? TOMO_GRAPHIC_IN_PATIENT : TOMO_GRAPHIC_IN_IMAGE;
}

tomo_graphic cli_in_shape(cli_input *in, const json_t *s)
{
    static const char *const known[] = { "kind", "points", "space", "frame_of_reference", "filled", NULL };
    tomo_graphic out = { 0 };
    if (!json_is_object(s)) {
        cli_in_wrong(in, "shape", "an object with \"kind\" and \"points\"");
        return out;
    }
    cli_in_keys(in, s, known);
    const char *kind = cli_in_text(in, s, "kind"), *space = cli_in_text(in, s, "space");
    for (uint32_t i = 1; kind && i < TOMO_GRAPHIC_COUNT; i++)
        if (strcmp(tomo_graphic_name(i), kind) == 0)
            out.kind = i;
    if (out.kind == TOMO_GRAPHIC_NONE)
        cli_in_wrong(in, "kind", "POINT, MULTIPOINT, POLYLINE, POLYGON, INTERPOLATED, CIRCLE, ELLIPSE or ELLIPSOID");
    points(in, s, &out);
    out.filled = json_is_true(json_object_get(s, "filled"));
    const bool patient = out.space == TOMO_GRAPHIC_IN_PATIENT;
    if (space && strcmp(space, "matrix") == 0 && !patient)
        out.space = TOMO_GRAPHIC_IN_MATRIX;
    else if (space && strcmp(space, "display") == 0 && !patient)
        out.space = TOMO_GRAPHIC_IN_DISPLAY;
    else if (space && strcmp(space, patient ? "patient" : "image") != 0)
        cli_in_wrong(in, "space", "image, display or matrix with [x, y], patient with [x, y, z]");
    if (patient) {
        const char *given = cli_in_text(in, s, "frame_of_reference");
        out.frame_of_reference = given ? given : in->frame_of_reference;
    }
    return out;
}

double cli_in_number(cli_input *in, const json_t *object, const char *key, double otherwise)
{
    const json_t *v = json_object_get(object, key);
    if (v && !json_is_number(v))
        cli_in_wrong(in, key, "a number");
    return json_is_number(v) ? json_number_value(v) : otherwise;
}

bool cli_in_doubles(cli_input *in, const json_t *object, const char *key, double *to, size_t n)
{
    const json_t *v = json_object_get(object, key);
    if (!v)
        return false;
    if (json_array_size(v) != n)
        cli_in_wrong(in, key, "a list of numbers, as many as it should have");
    for (size_t i = 0; i < n && in->st == TOMO_OK; i++) {
        if (!json_is_number(json_array_get(v, i)))
            cli_in_wrong(in, key, "a list of numbers");
        to[i] = json_number_value(json_array_get(v, i));
    }
    return in->st == TOMO_OK;
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

json_t *cli_in_read(cli *c)
{
    json_error_t e;
    tomo_source *source = NULL;
    tomo_buffer *bytes = NULL;
    json_t *v = NULL;
    if (tomo_source_open(c->ctx, &source, c->args[0], &c->err) == TOMO_OK &&
        tomo_source_map(source, &bytes, &c->err) == TOMO_OK) {
        if (tomo_buffer_size(bytes) > 0)
            v = json_loadb(tomo_buffer_data(bytes), tomo_buffer_size(bytes), JSON_REJECT_DUPLICATES, &e);
        if (tomo_buffer_size(bytes) == 0)
            tomo__fail(&c->err, TOMO_E_FORMAT, "%s is empty, expected JSON", c->args[0]);
        else if (!v)
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

tomo_status cli_open_like(cli *c, tomo_dataset **like)
{
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    const char *path = cli_flag_value(c, "like");
    struct stat info;
    o.stop_before_pixels = true;
    if (!path)
        return TOMO_OK;
    if (stat(path, &info) || !S_ISDIR(info.st_mode))
        return tomo_dataset_open_path(c->ctx, like, path, &o, NULL, &c->err);
    tomo_study *study = NULL; /* of a folder, the first image of its largest series */
    tomo_status st = tomo_study_scan(c->ctx, &study, path, NULL, NULL, &c->err);
    const char *first = st == TOMO_OK ? tomo_study_file(study, 0, 0) : NULL;
    if (st == TOMO_OK && !first)
        st = tomo__fail(&c->err, TOMO_E_NOTFOUND, "%s: no DICOM image is in this folder", path);
    st = st ? st : tomo_dataset_open_path(c->ctx, like, first, &o, NULL, &c->err);
    tomo_study_free(study);
    return st;
}
