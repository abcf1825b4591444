/* series_scan.c - look through a folder: every file is opened once, on all threads, and read up to its pixels. What
 * loading needs later is kept, so that plain files are never parsed again. */
#include "dicom/dicom_internal.h"
#include "dicom/series_internal.h"

#define MAX_FILES 2000000

typedef struct scan {
    tomo_study *study;
    tomo_ctx *ctx;
} scan;

static bool is_directory_file(const tomo_dataset *ds) /* DICOMDIR: an index, not content */
{
    char uid[65];
    return tomo_dataset_text(ds, 0x00020002, 0, uid, sizeof uid) > 0 && strcmp(uid, "1.2.840.10008.1.3.10") == 0;
}

/* A file that is no DICOM or is damaged is left out and remembered; only what no file can be blamed for stops a
 * scan. */
static tomo_status scan_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    scan *s = user;
    tomo__scan_file *f = &s->study->files[item];
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    o.stop_before_pixels = true;
    f->path = s->study->paths.path[item];
    f->pixels = NO_OFFSET;
    tomo_status st = tomo_dataset_open_path(s->ctx, &ds, f->path, &o, NULL, &f->failed);
    if (st == TOMO_OK && !is_directory_file(ds))
        st = tomo__slices_read(s->ctx, ds, f, &f->failed);
    tomo_dataset_free(ds);
    if (st == TOMO_E_NOMEM) {
        if (err)
            *err = f->failed;
        return st;
    }
    return TOMO_OK;
}

/* Remarks and counts, in the order of names whatever thread was first. */
static void sum_up(tomo_study *study, tomo_report *report)
{
    for (size_t i = 0; i < study->paths.count; i++) {
        const tomo__scan_file *f = &study->files[i];
        if (f->failed.status) /* opening has put the path before its reason already */
            tomo__remark(report, "left out: %s%s%s", strstr(f->failed.message, f->path) ? "" : f->path,
                         strstr(f->failed.message, f->path) ? "" : ": ", f->failed.message);
        else if (f->is_dicom && !f->is_image)
            study->others++;
    }
}

/* Why there is nothing to see. The one file's own reason, or the first one's. */
static tomo_status nothing_found(const tomo_study *study, const char *path, tomo_error *err)
{
    const tomo__scan_file *f = study->files;
    for (size_t i = 0; i < study->paths.count; i++)
        if (study->files[i].is_dicom)
            return TOMO_OK; /* a study of other objects is a study */
    if (study->paths.count == 1 && f->failed.status && strcmp(f->path, path) == 0) {
        return tomo__fail(err, f->failed.status, "%s", f->failed.message);
    }
    if (study->paths.count == 0)
        return tomo__fail(err, TOMO_E_NOTFOUND, "%s has no files", path);
    return tomo__fail(err, TOMO_E_NOTFOUND, "none of %zu files below %s is DICOM (%s)", study->paths.count, path,
                      f->failed.message);
}

tomo_status tomo_study_scan(tomo_ctx *ctx, tomo_study **out, const char *path, tomo_report *report, tomo_job *job,
                            tomo_error *err)
{
    tomo_study *study;
    tomo_status st;
    if (!ctx || !out || !path || !path[0])
        return tomo__fail(err, TOMO_E_ARG, "tomo_study_scan: context, result and path must be given");
    study = TOMO__ARRAY(ctx, 1, tomo_study);
    if (!study)
        return tomo__no_memory(ctx, err, sizeof *study, "a study");
    study->ctx = tomo__ctx_ref(ctx);
    st = tomo__list_files(ctx, &study->paths, path, MAX_FILES, err);
    if (st == TOMO_OK && study->paths.count) {
        study->files = TOMO__ARRAY(ctx, study->paths.count, tomo__scan_file);
        if (!study->files)
            st = tomo__no_memory(ctx, err, study->paths.count * sizeof *study->files, "a list of files");
    }
    if (st == TOMO_OK && study->paths.count) {
        scan s = { study, ctx };
        st = tomo__parallel(ctx, (int64_t)study->paths.count, scan_item, &s, job, err);
    }
    if (st == TOMO_OK)
        st = nothing_found(study, path, err);
    if (st == TOMO_OK)
        st = tomo__groups_make(study, err);
    if (st) {
        tomo_study_free(study);
        return st;
    }
    sum_up(study, report);
    *out = study;
    return TOMO_OK;
}

void tomo_study_free(tomo_study *study)
{
    if (!study)
        return;
    tomo_ctx *ctx = study->ctx;
    tomo__groups_free(study);
    for (size_t i = 0; study->files && i < study->paths.count; i++) {
        tomo__free(ctx, study->files[i].texts);
        tomo__free(ctx, study->files[i].slices);
    }
    tomo__free(ctx, study->files);
    tomo__paths_free(ctx, &study->paths);
    tomo__free(ctx, study);
    tomo__ctx_unref(ctx);
}

size_t tomo_study_series(const tomo_study *study) { return study ? study->n_groups : 0; }

tomo_status tomo_study_info(const tomo_study *study, size_t series, tomo_series_info *out, tomo_error *err)
{
    if (!study || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_study_info: study and result must be given");
    if (series >= study->n_groups)
        return tomo__fail(err, TOMO_E_NOTFOUND, "series %zu is asked for, the study has %zu", series, study->n_groups);
    const tomo__group *g = &study->groups[series];
    const tomo__scan_file *f = g->slice[0]->file;
    tomo_series_info info = { sizeof info,
                                    tomo__file_text(f, TEXT_STUDY),
                                    tomo__file_text(f, TEXT_SERIES),
                                    tomo__file_text(f, TEXT_MODALITY),
                                    tomo__file_text(f, TEXT_DESCRIPTION),
                                    tomo__file_text(f, TEXT_ID),
                                    tomo__file_text(f, TEXT_NAME),
                                    tomo__file_text(f, TEXT_DATE),
                                    g->n_paths,
                                    (int64_t)g->n,
                                    f->columns,
                                    f->rows,
                                    study->others,
                                    0,
                                    0,
                                    tomo__kind_name(g) };
    info.parts = tomo__parts(study, series, &info.part);
    memcpy(out, &info, out->struct_size && out->struct_size < sizeof info ? out->struct_size : sizeof info);
    return TOMO_OK;
}

const char *tomo_study_file(const tomo_study *study, size_t series, size_t i)
{
    return study && series < study->n_groups && i < study->groups[series].n_paths ? study->groups[series].path[i]
                                                                                  : NULL;
}
