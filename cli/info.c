/* info.c - tomo info: what a path is. */
#include "cli.h"

#include <math.h>
#include <tomo/dicom.h>
#include <tomo/mesh.h>
#include <tomo/pipeline.h>

static void put_text(tomo__json *j, const char *key, const char *text)
{
    tomo__json_key(j, key);
    tomo__json_str(j, text);
}

static void put_image(tomo__json *j, const tomo_image *image)
{
    const tomo_image_desc *d = tomo_image_get_desc(image);
    char letters[4];
    tomo_image_orientation(image, letters);
    put_text(j, "dtype", tomo_dtype_name(d->dtype));
    tomo__json_key(j, "components"), tomo__json_int(j, d->components);
    tomo__json_key(j, "size"), tomo__json_open(j, '[');
    for (int i = 0; i < d->dims; i++)
        tomo__json_int(j, d->size[i]);
    tomo__json_close(j, ']');
    tomo__json_key(j, "spacing"), tomo__json_nums(j, d->spacing, (size_t)d->dims);
    tomo__json_key(j, "origin"), tomo__json_nums(j, d->origin, 3);
    tomo__json_key(j, "direction"), tomo__json_nums(j, d->direction, 9);
    put_text(j, "orientation", letters);
}

static void put_tag(tomo__json *j, const char *key, const tomo_dataset *ds, tomo_tag tag)
{
    char text[1024];
    if (tomo_dataset_text(ds, tag, SIZE_MAX, text, sizeof text) > 0)
        put_text(j, key, text);
}

static tomo_status file_info(cli *c, const char *path, tomo__json *j)
{
    static const struct {
        const char *key;
        tomo_tag tag;
    } rows[] = {
        { "modality", 0x00080060 },     { "patientName", 0x00100010 },      { "patientId", 0x00100020 },
        { "studyDate", 0x00080020 },    { "studyDescription", 0x00081030 }, { "seriesDescription", 0x0008103e },
        { "manufacturer", 0x00080070 }, { "studyUid", 0x0020000d },         { "seriesUid", 0x0020000e },
        { "instanceUid", 0x00080018 },  { "instanceNumber", 0x00200013 },
    };
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    tomo_report *report = NULL;
    tomo_pixels_info info = { sizeof info };
    tomo_error no_pixels = { 0 };
    char uid[65];
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    if (st == TOMO_OK)
        st = tomo_dataset_open_path(c->ctx, &ds, path, &o, report, &c->err);
    cli_print_report(c, report);
    if (st)
        return st;
    put_text(j, "kind", "DICOM file");
    if (tomo_dataset_text(ds, 0x00080016, 0, uid, sizeof uid) > 0) {
        const char *name = tomo_uid_name(uid);
        put_text(j, "sopClass", name ? name : uid);
    }
    const char *syntax = tomo_uid_name(tomo_dataset_syntax(ds));
    put_text(j, "syntax", syntax ? syntax : tomo_dataset_syntax(ds));
    tomo__json_key(j, "elements"), tomo__json_uint(j, tomo_dataset_count(ds));
    for (size_t i = 0; i < TOMO__COUNT(rows); i++)
        put_tag(j, rows[i].key, ds, rows[i].tag);
    tomo_status px = tomo_pixels_get_info(ds, &info, &no_pixels);
    if (px == TOMO_OK) {
        tomo__json_key(j, "columns"), tomo__json_int(j, info.frame.columns);
        tomo__json_key(j, "rows"), tomo__json_int(j, info.frame.rows);
        tomo__json_key(j, "frames"), tomo__json_int(j, info.frames);
        tomo__json_key(j, "samples"), tomo__json_int(j, info.frame.samples);
        tomo__json_key(j, "bitsStored"), tomo__json_int(j, info.frame.bits_stored);
        put_text(j, "photometric", info.photometric);
    } else if (px != TOMO_E_NOTFOUND)
        put_text(j, "pixelsUnusable", no_pixels.message);
    tomo_dataset_free(ds);
    return TOMO_OK;
}

static tomo_status folder_info(cli *c, const char *path, tomo__json *j)
{
    tomo_study *study = NULL;
    tomo_report *report = NULL;
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    if (st == TOMO_OK)
        st = tomo_study_scan(c->ctx, &study, path, report, c->job, &c->err);
    cli_print_report(c, report);
    if (st)
        return st;
    put_text(j, "kind", "DICOM folder");
    tomo__json_key(j, "series"), tomo__json_open(j, '[');
    for (size_t i = 0; i < tomo_study_series(study); i++) {
        tomo_series_info s = { sizeof s };
        if ((st = tomo_study_info(study, i, &s, &c->err)) != TOMO_OK)
            break;
        tomo__json_open(j, '{');
        put_text(j, "modality", s.modality);
        put_text(j, "description", s.description);
        put_text(j, "patientName", s.patient_name);
        put_text(j, "patientId", s.patient_id);
        put_text(j, "studyDate", s.study_date);
        tomo__json_key(j, "files"), tomo__json_uint(j, s.files);
        tomo__json_key(j, "frames"), tomo__json_int(j, s.frames);
        tomo__json_key(j, "columns"), tomo__json_int(j, s.columns);
        tomo__json_key(j, "rows"), tomo__json_int(j, s.rows);
        if (s.parts > 1) {
            tomo__json_key(j, "part"), tomo__json_int(j, s.part);
            tomo__json_key(j, "parts"), tomo__json_int(j, s.parts);
            put_text(j, "imageKind", s.kind);
        }
        put_text(j, "seriesUid", s.series_uid);
        put_text(j, "studyUid", s.study_uid);
        tomo__json_close(j, '}');
    }
    tomo__json_close(j, ']');
    tomo_study_free(study);
    return st;
}

static tomo_status volume_info(cli *c, const char *path, tomo__json *j)
{
    tomo_image *image = NULL;
    tomo_report *report = NULL;
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    if (st == TOMO_OK)
        st = tomo_pipeline_load(c->ctx, &image, path, NULL, report, c->job, &c->err);
    cli_print_report(c, report);
    if (st == TOMO_OK) {
        put_text(j, "kind", "volume");
        put_image(j, image);
    }
    tomo_image_free(image);
    return st;
}

static tomo_status mesh_info(cli *c, const char *path, tomo__json *j)
{
    tomo_source *source = NULL;
    tomo_mesh *mesh = NULL;
    tomo_report *report = NULL;
    tomo_mesh_facts f = { sizeof f };
    const char *format = NULL;
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    if (st == TOMO_OK)
        st = tomo_source_open(c->ctx, &source, path, &c->err);
    if (st == TOMO_OK)
        st = tomo_mesh_probe(c->ctx, &format, source, &c->err);
    if (st == TOMO_OK)
        st = tomo_mesh_load_source(c->ctx, &mesh, source, report, c->job, &c->err);
    tomo_source_free(source);
    cli_print_report(c, report);
    if (st == TOMO_OK)
        st = tomo_mesh_info(c->ctx, &f, mesh, c->job, &c->err);
    if (st == TOMO_OK) {
        put_text(j, "kind", "surface mesh");
        put_text(j, "format", format && strcmp(format, "ply") == 0 ? "PLY" : "STL");
        tomo__json_key(j, "vertices"), tomo__json_int(j, f.vertices);
        tomo__json_key(j, "triangles"), tomo__json_int(j, f.triangles);
        tomo__json_key(j, "normals"), tomo__json_bool(j, tomo_mesh_normals(mesh) != NULL);
        tomo__json_key(j, "closed"), tomo__json_bool(j, f.closed);
        tomo__json_key(j, "areaMm2"), tomo__json_num(j, f.area_mm2);
        tomo__json_key(j, "volumeMl"), tomo__json_num(j, f.volume_ml);
        tomo__json_key(j, "minMm"), tomo__json_nums(j, f.min, 3);
        tomo__json_key(j, "maxMm"), tomo__json_nums(j, f.max, 3);
    }
    tomo_mesh_free(mesh);
    return st;
}

int cli_info(cli *c)
{
    int code = CLI_DONE;
    for (int i = 0; i < c->n_args; i++) {
        tomo__json j = TOMO__JSON(c->ctx);
        tomo_buffer *text = NULL;
        tomo_path_kind kind = TOMO_PATH_UNKNOWN;
        const char *path = c->args[i];
        tomo_status st = tomo_pipeline_probe(c->ctx, path, &kind, &c->err);
        tomo__json_open(&j, '{');
        put_text(&j, "path", path);
        if (kind == TOMO_PATH_UNKNOWN && (tomo__ends_with(path, ".stl") || tomo__ends_with(path, ".ply")))
            kind = TOMO_PATH_MESH; /* its reader says what is wrong with what the name promises */
        if (st == TOMO_OK && kind == TOMO_PATH_UNKNOWN)
            st = tomo__fail(&c->err, TOMO_E_FORMAT, "%s: neither DICOM nor a volume or mesh format that Tomo knows",
                            path);
        else if (st == TOMO_OK)
            st = kind == TOMO_PATH_DICOM          ? file_info(c, path, &j)
                 : kind == TOMO_PATH_DICOM_FOLDER ? folder_info(c, path, &j)
                 : kind == TOMO_PATH_MESH         ? mesh_info(c, path, &j)
                                                  : volume_info(c, path, &j);
        tomo__json_close(&j, '}');
        if (st == TOMO_OK)
            st = tomo__text_finish(&j.text, &text, &c->err);
        else
            tomo__text_free(&j.text);
        int one = st ? cli_fail(c) : cli_print_json(c, text);
        if (i + 1 < c->n_args && !c->json)
            putchar('\n');
        code = code ? code : one;
        if (st == TOMO_E_CANCELED)
            break;
    }
    return code;
}
