/* load.c - a folder or a file straight to a volume. */
#include "dicom/series_internal.h"

/* One series may hold several groups: by orientation or size (localizers, another plane), or by kind (magnitude and
 * phase), which are volumes in their own right. */
static bool other_plane(const tomo__group *a, const tomo__group *b)
{
    const tomo__slice *s = a->slice[0], *t = b->slice[0];
    double most = 0;
    for (int i = 0; i < 6; i++) {
        const double d = s->orient[i] - t->orient[i];
        most = TOMO__MAX(most, d < 0 ? -d : d);
    }
    return most > 1e-3 || s->file->rows != t->file->rows || s->file->columns != t->file->columns;
}

/* The volume of a series is the group that most of it belongs to; where there is no such group, saying so is better
 * than to pick one. */
static tomo_status check_alone(const tomo_study *study, size_t chosen, tomo_error *err)
{
    const tomo__group *g = &study->groups[chosen];
    const char *uid = tomo__file_text(g->slice[0]->file, TEXT_SERIES);
    size_t others = 0, planes = 1, largest = 0;
    for (size_t i = 0; i < study->n_groups; i++) {
        const tomo__group *h = &study->groups[i];
        if (i == chosen || strcmp(tomo__file_text(h->slice[0]->file, TEXT_SERIES), uid) != 0)
            continue;
        if (other_plane(g, h)) {
            planes++;
            others += h->n;
            largest = TOMO__MAX(largest, h->n);
        }
    }
    if (others * 3 <= g->n)
        return TOMO_OK;
    return tomo__fail(err, TOMO_E_GEOMETRY,
                      "mixed orientation: series %s has %zu images in %zu orientations or sizes, at most %zu and %zu "
                      "alike, expected one stack, or a choice (part)",
                      uid, g->n + others, planes, g->n, largest);
}

tomo_status tomo_dicom_load(tomo_ctx *ctx, tomo_image **out, const char *path, const char *series_uid,
                            const tomo_series_options *opts, tomo_report *report, tomo_job *job, tomo_error *err)
{
    tomo_study *study = NULL;
    const size_t told = offsetof(tomo_series_options, part) + sizeof opts->part;
    const int32_t part = opts && opts->struct_size >= told ? opts->part : 0; /* the struct may be older and shorter */
    size_t i = 0;
    if (!ctx || !out || !path)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dicom_load: context, result and path must be given");
    tomo__span span = tomo__job_enter(job, 0, 0.3, "looking through files");
    tomo_status st = tomo_study_scan(ctx, &study, path, report, job, err);
    tomo__job_leave(job, span);
    if (st)
        return st;
    while (series_uid && i < study->n_groups &&
           strcmp(tomo__file_text(study->groups[i].slice[0]->file, TEXT_SERIES), series_uid) != 0)
        i++;
    if (study->n_groups == 0)
        st = study->files[0].failed.status && study->paths.count == 1
                 ? tomo__fail(err, study->files[0].failed.status, "%s", study->files[0].failed.message)
                 : tomo__fail(err, TOMO_E_NOTFOUND, "%s has no images, but %zu other DICOM objects", path,
                              study->others);
    else if (i == study->n_groups)
        st =
            tomo__fail(err, TOMO_E_NOTFOUND, "no series %s below %s, which has %zu", series_uid, path, study->n_groups);
    else if ((st = tomo__part_find(study, i, part, &i, err)) == TOMO_OK) {
        st = part ? TOMO_OK : check_alone(study, i, err);
        tomo__parts_say(study, i, st == TOMO_OK, report);
    }
    if (st == TOMO_OK) {
        span = tomo__job_enter(job, 0.3, 1, "reading pixels");
        st = tomo_series_load(ctx, out, study, i, opts, report, job, err); /* finds the same part again */
        tomo__job_leave(job, span);
    }
    tomo_study_free(study);
    return st;
}
