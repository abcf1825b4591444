/* any.c - any path to an image and any value to a file: finds out what a path holds by looking inside. */
#include <errno.h>
#include <sys/stat.h>
#include <tomo/dicom_pixels.h>
#include <tomo/filter_transform.h>
#include <tomo/format.h>
#include <tomo/mesh.h>
#include <tomo/object.h>

#include "pipeline/pipeline_internal.h"

enum { MOST_FILES = 1 << 20 };

static bool has_mark(tomo_source *source)
{
    uint8_t head[132];
    tomo_error ignored = { 0 };
    return tomo_source_size(source) >= sizeof head &&
           tomo_source_read(source, 0, head, sizeof head, &ignored) == TOMO_OK && memcmp(head + 128, "DICM", 4) == 0;
}

/* DICOM without the mark: its structure reads as a data set with at least one element. */
static tomo_status probe_bare(tomo_ctx *ctx, tomo_source *source, bool *is, tomo_error *err)
{
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    tomo_error why = { 0 };
    o.stop_before_pixels = true;
    tomo_status st = tomo_dataset_open(ctx, &ds, source, &o, NULL, &why);
    *is = st == TOMO_OK && tomo_dataset_count(ds) > 0;
    tomo_dataset_free(ds);
    if (st != TOMO_E_NOMEM && st != TOMO_E_IO) /* any other failure says that it is something else */
        return TOMO_OK;
    if (err)
        *err = why;
    return st;
}

/* One file. Volume formats and meshes are asked before bare DICOM, which has no mark of its own. */
static tomo_status probe_file(tomo_ctx *ctx, const char *path, tomo_path_kind *out, tomo_error *err)
{
    tomo_source *source = NULL;
    const tomo_format *format = NULL;
    const char *mesh = NULL;
    bool dicom = false;
    *out = TOMO_PATH_UNKNOWN;
    tomo_status st = tomo_source_open(ctx, &source, path, err);
    if (st)
        return st;
    dicom = has_mark(source);
    if (!dicom)
        st = tomo_format_probe(ctx, &format, path, err);
    if (st == TOMO_OK && !dicom && !format)
        st = tomo_mesh_probe(ctx, &mesh, source, err);
    if (st == TOMO_OK && !dicom && !format && !mesh)
        st = probe_bare(ctx, source, &dicom, err);
    if (st == TOMO_OK)
        *out = dicom ? TOMO_PATH_DICOM : format ? TOMO_PATH_VOLUME : mesh ? TOMO_PATH_MESH : TOMO_PATH_UNKNOWN;
    tomo_source_free(source);
    return st;
}

tomo_status tomo_pipeline_probe(tomo_ctx *ctx, const char *path, tomo_path_kind *out, tomo_error *err)
{
    struct stat info;
    if (!ctx || !path || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_pipeline_probe: ctx, path and out must not be NULL");
    if (stat(path, &info) != 0) {
        const int why = errno;
        const tomo_format *stack = tomo_format_find(path);
        *out = TOMO_PATH_VOLUME;
        return stack && strcmp(stack->name, "stack") == 0 ? TOMO_OK /* a name with a number or wildcards */
                                                          : tomo__fail_os(err, why, "%s", path);
    }
    if (!S_ISDIR(info.st_mode))
        return probe_file(ctx, path, out, err);

    tomo__paths files = { NULL, 0 };
    tomo_status st = tomo__list_files(ctx, &files, path, MOST_FILES, err);
    *out = TOMO_PATH_UNKNOWN;
    for (size_t i = 0; st == TOMO_OK && i < files.count && *out == TOMO_PATH_UNKNOWN; i++) {
        tomo_path_kind kind = TOMO_PATH_UNKNOWN;
        if (probe_file(ctx, files.path[i], &kind, NULL) == TOMO_OK && kind == TOMO_PATH_DICOM)
            *out = TOMO_PATH_DICOM_FOLDER;
    }
    tomo__paths_free(ctx, &files);
    if (st == TOMO_OK && *out == TOMO_PATH_UNKNOWN) {
        const tomo_format *stack = NULL;
        st = tomo_format_probe(ctx, &stack, path, err);
        *out = stack ? TOMO_PATH_VOLUME : TOMO_PATH_UNKNOWN;
    }
    return st;
}

/* Frames in the units that rescale or the Modality LUT give (PS3.3 C.11.1), each by its own, as float32; what has
 * neither stays as it is stored. */
static tomo_status rescale(tomo_ctx *ctx, tomo_image **frames, const tomo_dataset *ds, const tomo_pixels_info *info,
                           tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(*frames);
    const bool has_lut = tomo_dataset_item(ds, 0x00283000, 0) != NULL;
    tomo_image *out = NULL;
    tomo_image_desc real = *d;
    if ((!has_lut && (!info->has_rescale || (info->slope == 1 && info->intercept == 0))) || d->components != 1)
        return TOMO_OK;
    real.dtype = TOMO_DTYPE_F32;
    tomo_status st = tomo_image_new(ctx, &out, &real, err);
    for (int64_t z = 0; st == TOMO_OK && z < d->size[2]; z++) {
        tomo_image *frame = NULL;
        if ((st = tomo_pixels_real(ctx, ds, z, &frame, NULL, NULL, err)) == TOMO_OK) {
            for (int64_t y = 0; y < d->size[1]; y++) {
                float *to = tomo_image_row_mut(out, y, z, 0);
                for (int64_t x = 0; x < d->size[0]; x++)
                    to[x] = (float)tomo_image_at(frame, x, y, 0, 0, 0);
            }
            st = tomo__job_step(job, 0, err);
        }
        tomo_image_free(frame);
    }
    if (st) {
        tomo_image_free(out);
        return st;
    }
    tomo_image_free(*frames);
    *frames = out;
    return TOMO_OK;
}

/* A DICOM file without a place in the patient (a radiograph, a secondary capture): its frames as a stack. */
static tomo_status load_frames(tomo_ctx *ctx, tomo_image **out, const char *path, tomo_report *report, tomo_job *job,
                               tomo_error *err)
{
    tomo_dataset *ds = NULL;
    tomo_image *frames = NULL;
    tomo_pixels_info info = { sizeof info };
    tomo_status st = tomo_dataset_open_path(ctx, &ds, path, NULL, report, err);
    if (st == TOMO_OK)
        st = tomo_pixels_get_info(ds, &info, err);
    if (st == TOMO_OK)
        st = tomo_pixels_all(ctx, ds, &frames, job, err);
    if (st == TOMO_OK)
        st = rescale(ctx, &frames, ds, &info, job, err);
    if (st == TOMO_OK) {
        tomo_image_desc d = *tomo_image_get_desc(frames);
        if (info.spacing[0] > 0 && info.spacing[1] > 0) {
            d.spacing[0] = info.spacing[1];
            d.spacing[1] = info.spacing[0];
        } else
            tomo__remark(report, "%s: no pixel spacing; 1 mm is assumed", path);
        st = tomo_image_with_geometry(ctx, out, frames, &d, err);
    }
    tomo_image_free(frames);
    tomo_dataset_free(ds);
    return st;
}

/* A file of a kind of its own (a segmentation, dose) as tomo_object_load() has it; `*is` tells if it is one. */
static tomo_status load_object(tomo_ctx *ctx, tomo_image **out, const char *path, bool *is, tomo_report *report,
                               tomo_job *job, tomo_error *err)
{
    tomo_dataset *ds = NULL;
    tomo_status st = tomo_dataset_open_path(ctx, &ds, path, NULL, NULL, err);
    const tomo_object_kind *kind = st == TOMO_OK ? tomo_object_kind_of(ds) : NULL;
    *is = kind != NULL;
    if (kind && kind->needs_grid)
        st = tomo__fail(err, TOMO_E_UNSUPPORTED, "%s: %s has no voxels of its own: name an image whose grid to use",
                        path, kind->name);
    else if (kind)
        st = tomo_object_load(ctx, out, ds, NULL, report, job, err);
    tomo_dataset_free(ds);
    return st;
}

static tomo_status load_dicom_file(tomo_ctx *ctx, tomo_image **out, const char *path, const char *series,
                                   tomo_report *report, tomo_job *job, tomo_error *err)
{
    tomo_error why = { 0 };
    bool is_object = false;
    tomo_status st = load_object(ctx, out, path, &is_object, report, job, err);
    if (st || is_object)
        return st;
    st = tomo_dicom_load(ctx, out, path, series, NULL, report, job, &why);
    if (st == TOMO_E_GEOMETRY || st == TOMO_E_NOTFOUND)
        return load_frames(ctx, out, path, report, job, err);
    if (st && err)
        *err = why;
    return st;
}

tomo_status tomo__load_volume(tomo_ctx *ctx, tomo_image **out, const char *path, const tomo_format_load_options *opts,
                              tomo_report *report, tomo_job *job, tomo_error *err)
{
    const tomo_format *named = tomo_format_find(path);
    tomo_source *source = NULL;
    if (named && named->reads[0])
        return tomo_format_load(ctx, out, path, opts, report, job, err);
    tomo_status st = tomo_source_open(ctx, &source, path, err);
    if (st == TOMO_OK)
        st = tomo_format_load_source(ctx, out, source, opts, report, job, err);
    tomo_source_free(source);
    return st;
}

tomo_status tomo_pipeline_load(tomo_ctx *ctx, tomo_image **out, const char *path, const char *series,
                               tomo_report *report, tomo_job *job, tomo_error *err)
{
    tomo_path_kind kind = TOMO_PATH_UNKNOWN;
    if (!out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_pipeline_load: out must not be NULL");
    tomo_status st = tomo_pipeline_probe(ctx, path, &kind, err);
    if (st)
        return st;
    switch (kind) {
    case TOMO_PATH_VOLUME:
        return tomo__load_volume(ctx, out, path, NULL, report, job, err);
    case TOMO_PATH_DICOM_FOLDER:
        return tomo_dicom_load(ctx, out, path, series, NULL, report, job, err);
    case TOMO_PATH_DICOM:
        return load_dicom_file(ctx, out, path, series, report, job, err);
    case TOMO_PATH_MESH:
        return tomo__fail(err, TOMO_E_FORMAT, "%s: a surface mesh, expected an image", path);
    default:
        if (tomo_format_find(path)) /* its reader says what is wrong with what the name promises */
            return tomo_format_load(ctx, out, path, NULL, report, job, err);
        return tomo__fail(err, TOMO_E_FORMAT, "%s: neither DICOM nor a volume format that Tomo knows", path);
    }
}

/* An Insight Transform File, or an image of displacements. */
static tomo_status load_transform(tomo_ctx *ctx, tomo_transform **out, const char *path, tomo_report *report,
                                  tomo_job *job, tomo_error *err)
{
    tomo_source *source = NULL;
    tomo_image *field = NULL;
    tomo_path_kind holds = TOMO_PATH_UNKNOWN;
    tomo_status st = tomo_pipeline_probe(ctx, path, &holds, err);
    if (st)
        return st;
    if (holds == TOMO_PATH_UNKNOWN) { /* the reader says what is wrong with what is none */
        if ((st = tomo_source_open(ctx, &source, path, err)) == TOMO_OK)
            st = tomo_transform_load_source(ctx, out, source, err);
    } else if (holds == TOMO_PATH_VOLUME) {
        if ((st = tomo__load_volume(ctx, &field, path, NULL, report, job, err)) == TOMO_OK &&
            (st = tomo_transform_from_field(ctx, out, field, err)) == TOMO_E_ARG)
            st = tomo__fail(err, TOMO_E_FORMAT, "%s: a volume, but no displacement field of 3 components", path);
    } else {
        st = tomo__fail(err, TOMO_E_FORMAT, "%s: %s, expected a transform (.tfm, .txt) or a displacement field", path,
                        holds == TOMO_PATH_MESH ? "a surface mesh" : "DICOM");
    }
    tomo_image_free(field);
    tomo_source_free(source);
    return st;
}

tomo_status tomo_pipeline_load_value(tomo_ctx *ctx, tomo_value *out, tomo_kind kind, const char *path,
                                     tomo_report *report, tomo_job *job, tomo_error *err)
{
    tomo_path_kind holds = TOMO_PATH_UNKNOWN;
    tomo_image *image = NULL;
    tomo_mesh *mesh = NULL;
    tomo_transform *transform = NULL;
    tomo_status st;
    if (!ctx || !out || !path)
        return tomo__fail(err, TOMO_E_ARG, "tomo_pipeline_load_value: ctx, out and path must not be NULL");
    switch (kind) {
    case TOMO_KIND_IMAGE:
    case TOMO_KIND_LABELS:
    case TOMO_KIND_RGB:
        st = tomo_pipeline_load(ctx, &image, path, NULL, report, job, err);
        break;
    case TOMO_KIND_MESH:
        st = tomo_pipeline_probe(ctx, path, &holds, err);
        if (st == TOMO_OK && holds != TOMO_PATH_MESH && holds != TOMO_PATH_UNKNOWN)
            st = tomo__fail(err, TOMO_E_FORMAT, "%s: %s, expected a surface mesh (STL, PLY)", path,
                            holds == TOMO_PATH_VOLUME ? "a volume" : "DICOM");
        if (st == TOMO_OK) /* the reader says what is wrong with what is unknown */
            st = tomo_mesh_load(ctx, &mesh, path, report, job, err);
        break;
    case TOMO_KIND_TRANSFORM:
        st = load_transform(ctx, &transform, path, report, job, err);
        break;
    default:
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%s: JSON and nothing are no input of an operation", path);
    }
    if (st == TOMO_OK)
        *out = (tomo_value){ kind, kind == TOMO_KIND_MESH        ? (void *)mesh
                                   : kind == TOMO_KIND_TRANSFORM ? (void *)transform
                                                                 : (void *)image };
    return st;
}

static bool ends_with(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    return n >= m && strcmp(path + n - m, ending) == 0;
}

/* As an Insight Transform File; a displacement field as an image as well, by the path's ending. */
static tomo_status save_transform(tomo_ctx *ctx, const char *path, const tomo_transform *t, tomo_job *job,
                                  tomo_error *err)
{
    if (ends_with(path, ".tfm") || ends_with(path, ".txt"))
        return tomo_transform_save(ctx, path, t, err);
    if (tomo_transform_get_field(t))
        return tomo_format_save(ctx, path, tomo_transform_get_field(t), NULL, job, err);
    return tomo__fail(err, TOMO_E_ARG, "%s: transforms are written as .tfm or .txt", path);
}

tomo_status tomo_pipeline_save(tomo_ctx *ctx, const char *path, const tomo_value *value, tomo_job *job, tomo_error *err)
{
    if (!ctx || !path || !value)
        return tomo__fail(err, TOMO_E_ARG, "tomo_pipeline_save: ctx, path and value must not be NULL");
    switch (value->kind) {
    case TOMO_KIND_IMAGE:
    case TOMO_KIND_LABELS:
    case TOMO_KIND_RGB:
        return tomo_format_save(ctx, path, value->ptr, NULL, job, err);
    case TOMO_KIND_MESH:
        return tomo_mesh_save(ctx, path, value->ptr, job, err);
    case TOMO_KIND_TRANSFORM:
        return save_transform(ctx, path, value->ptr, job, err);
    case TOMO_KIND_JSON:
        if (!ends_with(path, ".json"))
            return tomo__fail(err, TOMO_E_ARG, "%s: numbers and tables are written as .json", path);
        return tomo__file_put(ctx, path, tomo_buffer_data(value->ptr), tomo_buffer_size(value->ptr), err);
    default:
        return tomo__fail(err, TOMO_E_ARG, "%s: there is nothing to save", path);
    }
}

void tomo_value_clear(tomo_value *value)
{
    if (!value)
        return;
    switch (value->kind) {
    case TOMO_KIND_IMAGE:
    case TOMO_KIND_LABELS:
    case TOMO_KIND_RGB:
        tomo_image_free(value->ptr);
        break;
    case TOMO_KIND_MESH:
        tomo_mesh_free(value->ptr);
        break;
    case TOMO_KIND_TRANSFORM:
        tomo_transform_free(value->ptr);
        break;
    case TOMO_KIND_JSON:
        tomo_buffer_free(value->ptr);
        break;
    default:
        break;
    }
    *value = (tomo_value){ TOMO_KIND_NONE, NULL };
}
