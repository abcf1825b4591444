/* create_object.c - tomo dicom create --as pdf, cda, stl, obj, mtl, ko, pr, and documents taken out again. */
#include "object_json.h"

#include <math.h>
#include <stdlib.h>
#include <tomo/object_document.h>
#include <tomo/object_present.h>
#include <tomo/object_sr.h>

static const char *out_path(const cli *c) { return c->args[c->n_args - 1]; }

static int finish(cli *c, tomo_status st, tomo_dataset *ds, tomo_dataset *like, tomo_report *report)
{
    cli_print_report(c, report);
    st = st ? st : tomo_dataset_write(c->ctx, ds, out_path(c), NULL, &c->err);
    tomo_dataset_free(ds);
    tomo_dataset_free(like);
    return st ? cli_fail(c) : cli_print_done(c, out_path(c));
}

/* What all of these take, with a report of its own, which finish() prints. */
static tomo_object_options options(cli *c, const tomo_dataset *like, tomo_status *st)
{
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    o.like = like;
    *st = *st ? *st : tomo_report_new(c->ctx, &o.report, &c->err);
    o.seed = cli_flag_value(c, "seed");
    o.description = cli_flag_value(c, "description");
    return o;
}

/* ---- documents ------------------------------------------------------------------------------------------------- */

static tomo_status read_bytes(cli *c, const char *path, tomo_buffer **bytes)
{
    tomo_source *source = NULL;
    tomo_status st = tomo_source_open(c->ctx, &source, path, &c->err);
    st = st ? st : tomo_source_map(source, bytes, &c->err);
    tomo_source_free(source);
    return st;
}

int cli_create_document(cli *c)
{
    tomo_document_options o = TOMO_DOCUMENT_OPTIONS_INIT;
    tomo_dataset *like = NULL, *ds = NULL;
    tomo_buffer *bytes = NULL;
    o.word = cli_flag_value(c, "as");
    o.title = cli_flag_value(c, "title");
    o.unit = cli_flag_value(c, "unit");
    o.anonymous = cli_flag_value(c, "anonymous") != NULL;
    tomo_status st = cli_open_like(c, &like);
    const tomo_object_options object = options(c, like, &st);
    st = st ? st : read_bytes(c, c->args[0], &bytes);
    st = st ? st
            : tomo_document_write(c->ctx, &ds, tomo_buffer_data(bytes), tomo_buffer_size(bytes), &object, &o, &c->err);
    tomo_buffer_free(bytes);
    return finish(c, st, ds, like, object.report);
}

int cli_extract_document(cli *c, const tomo_dataset *ds)
{
    tomo_document *document = NULL;
    tomo_status st = tomo_document_read(c->ctx, &document, ds, &c->err);
    st = st ? st : tomo__file_put(c->ctx, c->args[1], document->data, (size_t)document->size, &c->err);
    tomo_document_free(document);
    return st ? cli_fail(c) : CLI_DONE;
}

/* ---- key objects ----------------------------------------------------------------------------------------------- */

/* PS3.16 CID 7010. */
static const struct {
    const char *word;
    tomo_code code;
} titles[] = {
    { "of-interest", TOMO_CODE("113000", "DCM", "Of Interest") },
    { "rejected-for-quality", TOMO_CODE("113001", "DCM", "Rejected for Quality Reasons") },
    { "for-referring-provider", TOMO_CODE("113002", "DCM", "For Referring Provider") },
    { "for-surgery", TOMO_CODE("113003", "DCM", "For Surgery") },
    { "for-teaching", TOMO_CODE("113004", "DCM", "For Teaching") },
    { "for-conference", TOMO_CODE("113005", "DCM", "For Conference") },
    { "for-therapy", TOMO_CODE("113006", "DCM", "For Therapy") },
    { "for-patient", TOMO_CODE("113007", "DCM", "For Patient") },
    { "for-peer-review", TOMO_CODE("113008", "DCM", "For Peer Review") },
    { "for-research", TOMO_CODE("113009", "DCM", "For Research") },
    { "quality-issue", TOMO_CODE("113010", "DCM", "Quality Issue") },
    { "best-in-set", TOMO_CODE("113013", "DCM", "Best In Set") },
    { "for-printing", TOMO_CODE("113018", "DCM", "For Printing") },
    { "for-report-attachment", TOMO_CODE("113020", "DCM", "For Report Attachment") },
};

static bool title_of(cli *c, tomo_code *code)
{
    const char *word = cli_flag_value(c, "title");
    char list[400] = "";
    for (size_t i = 0, n = 0; word && i < TOMO__COUNT(titles); i++) {
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", titles[i].word);
        if (strcmp(word, titles[i].word) == 0) {
            *code = titles[i].code;
            return true;
        }
    }
    if (word)
        cli_usage(c, "--title %s: expected one of %s", word, list);
    return !word;
}

/* What JSON says: for frames, and for objects that are not at hand. */
static void read_key_objects(cli_input *in, const json_t *v, tomo_key_objects *ko)
{
    static const char *const known[] = { "title", "modifier", "description", "observer", "instances", NULL };
    cli_in_keys(in, v, known);
    ko->title = cli_in_code(in, v, "title");
    ko->modifier = cli_in_code(in, v, "modifier");
    ko->description = cli_in_text(in, v, "description");
    ko->observer = cli_in_text(in, v, "observer");
    ko->instances = cli_in_references(in, v, "instances", &ko->n_instances);
}

/* Each file before OUT is one instance, and the patient is that of the first. */
static tomo_status list_files(cli_input *in, tomo_key_objects *ko, tomo_dataset **like)
{
    cli *c = in->c;
    tomo_reference *list = cli_in_room(in, (size_t)c->n_args, sizeof *list);
    for (int i = 0; in->st == TOMO_OK && i + 1 < c->n_args; i++)
        cli_in_file(in, c->args[i], &list[i]);
    ko->instances = list;
    ko->n_instances = (size_t)c->n_args - 1;
    if (in->st || *like)
        return in->st;
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    o.stop_before_pixels = true;
    return tomo_dataset_open_path(c->ctx, like, c->args[0], &o, NULL, &c->err);
}

int cli_create_key_objects(cli *c)
{
    cli_input in = { c, { c->ctx, NULL, 0 }, TOMO_OK, NULL, "" };
    tomo_key_objects ko = TOMO_KEY_OBJECTS_INIT;
    tomo_dataset *like = NULL, *ds = NULL;
    json_t *v = NULL;
    tomo_status st = cli_open_like(c, &like);
    if (st == TOMO_OK && c->n_args == 2 && tomo__ends_with(c->args[0], ".json")) {
        v = cli_in_read(c);
        if (v)
            read_key_objects(&in, v, &ko);
        st = v ? in.st : c->err.status;
    } else if (st == TOMO_OK) {
        st = list_files(&in, &ko, &like);
    }
    if (!title_of(c, &ko.title)) {
        tomo__keep_free(&in.keep);
        tomo_dataset_free(like);
        json_decref(v);
        return CLI_USAGE;
    }
    if (cli_flag_value(c, "text"))
        ko.description = cli_flag_value(c, "text");
    if (cli_flag_value(c, "observer"))
        ko.observer = cli_flag_value(c, "observer");
    const tomo_object_options object = options(c, like, &st);
    st = st ? st : tomo_key_objects_write(c->ctx, &ds, &ko, &object, &c->err);
    tomo__keep_free(&in.keep);
    json_decref(v);
    return finish(c, st, ds, like, object.report);
}

/* ---- presentation states --------------------------------------------------------------------------------------- */

static void read_voi(cli_input *in, const json_t *root, tomo_presentation *p)
{
    static const char *const known[] = { "center", "width", "function", "explanation", "images", NULL };
    const json_t *v = cli_in_list(in, root, "voi");
    tomo_presentation_voi *list = cli_in_room(in, json_array_size(v), sizeof *list);
    for (size_t i = 0; list && i < json_array_size(v); i++) {
        const json_t *one = json_array_get(v, i);
        cli_in_keys(in, one, known);
        list[i].center = cli_in_number(in, one, "center", NAN);
        list[i].width = cli_in_number(in, one, "width", NAN);
        list[i].function = cli_in_text(in, one, "function");
        list[i].explanation = cli_in_text(in, one, "explanation");
        list[i].images = cli_in_references(in, one, "images", &list[i].n_images);
    }
    p->vois = list;
    p->n_vois = json_array_size(v);
}

static void read_areas(cli_input *in, const json_t *root, tomo_presentation *p)
{
    static const char *const known[] = { "top_left", "bottom_right",  "mode",   "spacing",
                                         "aspect",   "magnification", "images", NULL };
    const json_t *v = cli_in_list(in, root, "areas");
    tomo_presentation_area *list = cli_in_room(in, json_array_size(v), sizeof *list);
    for (size_t i = 0; list && i < json_array_size(v); i++) {
        const json_t *one = json_array_get(v, i);
        tomo_presentation_area *a = &list[i];
        double tl[2] = { 0 }, br[2] = { 0 }, aspect[2] = { 0 };
        cli_in_keys(in, one, known);
        if (!cli_in_doubles(in, one, "top_left", tl, 2) || !cli_in_doubles(in, one, "bottom_right", br, 2))
            cli_in_wrong(in, "areas", "\"top_left\" and \"bottom_right\", pixels from [1, 1]");
        a->spacing[0] = NAN;
        cli_in_doubles(in, one, "spacing", a->spacing, 2);
        cli_in_doubles(in, one, "aspect", aspect, 2);
        for (size_t k = 0; k < 2; k++) {
            a->top_left[k] = (int32_t)fmax(-1e9, fmin(1e9, tl[k]));
            a->bottom_right[k] = (int32_t)fmax(-1e9, fmin(1e9, br[k]));
            a->aspect[k] = (int32_t)fmax(0, fmin(1e9, aspect[k]));
        }
        a->magnification = cli_in_number(in, one, "magnification", NAN);
        a->mode = cli_in_text(in, one, "mode");
        a->images = cli_in_references(in, one, "images", &a->n_images);
    }
    p->areas = list;
    p->n_areas = json_array_size(v);
}

static int32_t whole(double v) { return isfinite(v) ? (int32_t)fmax(-1e9, fmin(1e9, v)) : 0; }

static void read_shutter(cli_input *in, const json_t *root, tomo_presentation *p)
{
    static const char *const known[] = { "rectangle", "center", "radius", "polygon", "gray", NULL };
    const json_t *v = json_object_get(root, "shutter"), *polygon;
    tomo_presentation_shutter *s = &p->shutter;
    double edges[4] = { 0 }, center[2] = { 0 };
    if (!v)
        return;
    cli_in_keys(in, v, known);
    if ((s->rectangular = cli_in_doubles(in, v, "rectangle", edges, 4)) == true) {
        s->left = whole(edges[0]);
        s->right = whole(edges[1]);
        s->upper = whole(edges[2]);
        s->lower = whole(edges[3]);
    }
    if ((s->circular = cli_in_doubles(in, v, "center", center, 2)) == true) {
        s->center[0] = whole(center[0]);
        s->center[1] = whole(center[1]);
        s->radius = whole(cli_in_number(in, v, "radius", 0));
    }
    if ((polygon = cli_in_list(in, v, "polygon")) != NULL) {
        const size_t n = json_array_size(polygon);
        double *at = cli_in_room(in, 2 * n, sizeof *at);
        for (size_t i = 0; at && i < n; i++)
            for (size_t d = 0; d < 2; d++)
                at[2 * i + d] = json_number_value(json_array_get(json_array_get(polygon, i), d));
        s->polygonal = true;
        s->vertices = at;
        s->n_vertices = n;
    }
    s->gray = whole(cli_in_number(in, v, "gray", -1));
}

static void read_layers(cli_input *in, const json_t *root, tomo_presentation *p)
{
    static const char *const known[] = { "name", "order", "gray", "cielab", "description", NULL };
    const json_t *v = cli_in_list(in, root, "layers");
    tomo_presentation_layer *list = cli_in_room(in, json_array_size(v), sizeof *list);
    for (size_t i = 0; list && i < json_array_size(v); i++) {
        const json_t *one = json_array_get(v, i);
        double lab[3] = { 0 };
        cli_in_keys(in, one, known);
        list[i].name = cli_in_text(in, one, "name");
        list[i].order = whole(cli_in_number(in, one, "order", (double)i + 1));
        list[i].gray = whole(cli_in_number(in, one, "gray", -1));
        list[i].has_lab = cli_in_doubles(in, one, "cielab", lab, 3);
        for (size_t k = 0; k < 3; k++)
            list[i].lab[k] = (uint16_t)fmax(0, fmin(65535, lab[k]));
        list[i].description = cli_in_text(in, one, "description");
    }
    p->layers = list;
    p->n_layers = json_array_size(v);
}

static uint32_t space(cli_input *in, const json_t *v, const char *key)
{
    const char *word = cli_in_text(in, v, key);
    if (word && strcmp(word, "image") != 0 && strcmp(word, "display") != 0)
        cli_in_wrong(in, key, "image or display");
    return word && strcmp(word, "display") == 0 ? TOMO_GRAPHIC_IN_DISPLAY : TOMO_GRAPHIC_IN_IMAGE;
}

static void read_annotations(cli_input *in, const json_t *root, tomo_presentation *p)
{
    static const char *const known[] = { "layer",  "compound",     "shape",          "text",   "box", "box_space",
                                         "anchor", "anchor_space", "anchor_visible", "images", NULL };
    const json_t *v = cli_in_list(in, root, "annotations");
    tomo_annotation *list = cli_in_room(in, json_array_size(v), sizeof *list);
    for (size_t i = 0; list && in->st == TOMO_OK && i < json_array_size(v); i++) {
        const json_t *one = json_array_get(v, i);
        tomo_annotation *a = &list[i];
        snprintf(in->where, sizeof in->where, "annotation %zu", i + 1);
        cli_in_keys(in, one, known);
        if (json_object_get(one, "shape"))
            a->shape = cli_in_shape(in, json_object_get(one, "shape"));
        a->layer = cli_in_text(in, one, "layer");
        a->compound = cli_in_text(in, one, "compound");
        a->text = cli_in_text(in, one, "text");
        a->align = 'L';
        a->has_box = cli_in_doubles(in, one, "box", a->box, 4);
        a->box_space = space(in, one, "box_space");
        a->has_anchor = cli_in_doubles(in, one, "anchor", a->anchor, 2);
        a->anchor_space = space(in, one, "anchor_space");
        a->anchor_visible = !json_is_false(json_object_get(one, "anchor_visible"));
        a->images = cli_in_references(in, one, "images", &a->n_images);
    }
    in->where[0] = '\0';
    p->annotations = list;
    p->n_annotations = json_array_size(v);
}

static void read_overlays(cli_input *in, const json_t *root, tomo_presentation *p)
{
    static const char *const known[] = { "group", "layer", NULL };
    const json_t *v = cli_in_list(in, root, "overlays");
    tomo_presentation_overlay *list = cli_in_room(in, json_array_size(v), sizeof *list);
    for (size_t i = 0; list && i < json_array_size(v); i++) {
        const json_t *one = json_array_get(v, i);
        const char *group;
        char *end = NULL;
        cli_in_keys(in, one, known);
        group = cli_in_text(in, one, "group");
        list[i].layer = cli_in_text(in, one, "layer");
        list[i].group = (int32_t)strtoul(group ? group : "", &end, 16);
        if (!group || *end || strlen(group) != 4)
            cli_in_wrong(in, "group", "four hexadecimal digits, as \"6000\"");
    }
    p->overlays = list;
    p->n_overlays = json_array_size(v);
}

static void read_presentation(cli_input *in, const json_t *v, tomo_presentation *p)
{
    static const char *const known[] = { "label", "description", "creator", "images", "areas", "rotation", "flip",
                                         "voi", "shutter", "layers", "shape", "annotations", "slope", "intercept",
                                         "rescale_type", "presentation_lut_shape", "overlays",
                                         /* what show says of the file, and tables that it names: */
                                         "kind", "class", "date", "time", "modality_lut", "presentation_lut", "red",
                                         "green", "blue", "icc_bytes", NULL };
    static const char *const without_values[] = { "modality_lut", "presentation_lut", "red", "green",
                                                  "blue",         "icc_bytes" };
    cli_in_keys(in, v, known);
    for (size_t i = 0; i < TOMO__COUNT(without_values); i++)
        if (json_object_get(v, without_values[i]))
            cli_in_wrong(in, without_values[i], "none: show prints no values of tables, so they can't be written back");
    if (json_is_string(json_object_get(v, "class")) &&
        strcmp(json_string_value(json_object_get(v, "class")), "1.2.840.10008.5.1.4.1.1.11.1") != 0)
        cli_in_wrong(in, "class", "1.2.840.10008.5.1.4.1.1.11.1: only grayscale states are written");
    p->slope = cli_in_number(in, v, "slope", 1);
    p->intercept = cli_in_number(in, v, "intercept", 0);
    p->has_rescale = json_object_get(v, "slope") || json_object_get(v, "intercept");
    p->rescale_type = cli_in_text(in, v, "rescale_type");
    p->label = cli_in_text(in, v, "label");
    p->description = cli_in_text(in, v, "description");
    p->creator = cli_in_text(in, v, "creator");
    p->shape = cli_in_text(in, v, json_object_get(v, "shape") ? "shape" : "presentation_lut_shape");
    p->rotation = whole(cli_in_number(in, v, "rotation", 0));
    p->flip = json_is_true(json_object_get(v, "flip"));
    p->images = cli_in_references(in, v, "images", &p->n_images);
    read_areas(in, v, p);
    read_voi(in, v, p);
    read_shutter(in, v, p);
    read_layers(in, v, p);
    read_annotations(in, v, p);
    read_overlays(in, v, p);
}

int cli_create_presentation(cli *c)
{
    cli_input in = { c, { c->ctx, NULL, 0 }, TOMO_OK, NULL, "" };
    tomo_presentation p = TOMO_PRESENTATION_INIT;
    tomo_reference *image = NULL;
    tomo_dataset *like = NULL, *ds = NULL;
    json_t *v = cli_in_read(c);
    tomo_status st = v ? cli_open_like(c, &like) : c->err.status;
    if (st == TOMO_OK) {
        read_presentation(&in, v, &p);
        if (p.n_images == 0 && like && (image = cli_in_room(&in, 1, sizeof *image)) != NULL) {
            cli_in_file(&in, cli_flag_value(c, "like"), image);
            p.images = image;
            p.n_images = 1;
        }
        st = in.st;
    }
    const tomo_object_options object = options(c, like, &st);
    st = st ? st : tomo_presentation_write(c->ctx, &ds, &p, &object, &c->err);
    tomo__keep_free(&in.keep);
    json_decref(v);
    return finish(c, st, ds, like, object.report);
}
