/* study_read.c - which series, its volume, the fields of the report, and the hash of every file that was read. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "pipeline/study_internal.h"

/* The series that was asked for, else the largest that is CT or MR. */
static tomo_status choose(study__run *r)
{
    const char *want = r->opts->series;
    size_t n = tomo_study_series(r->study), best = n;
    for (size_t i = 0; i < n; i++) {
        tomo_series_info s = { sizeof s };
        tomo_status st = tomo_study_info(r->study, i, &s, r->err);
        if (st)
            return st;
        bool usable = strcmp(s.modality, "CT") == 0 || strcmp(s.modality, "MR") == 0;
        if (want && want[0] ? strcmp(s.series_uid, want) == 0 : usable && best == n)
            best = i;
    }
    if (best == n && want && want[0])
        return tomo__fail(r->err, TOMO_E_NOTFOUND, "%s: no series %.64s", r->path, want);
    if (best == n)
        return tomo__fail(r->err, TOMO_E_UNSUPPORTED, "%s: no CT or MR series among %zu; name one with its UID",
                          r->path, n);
    r->series = best;
    return TOMO_OK;
}

static void text_of(const tomo_dataset *ds, tomo_tag tag, char *to, size_t room)
{
    if (tomo_dataset_text(ds, tag, SIZE_MAX, to, room) < 0)
        to[0] = 0;
}

/* "20120914" as 2012-09-14; anything else as it is. */
static void readable_date(char text[256])
{
    size_t n = strspn(text, "0123456789");
    char out[11];
    if (n != 8 || text[8])
        return;
    snprintf(out, sizeof out, "%.4s-%.2s-%.2s", text, text + 4, text + 6);
    memcpy(text, out, sizeof out);
}

static void fields(study__run *r)
{
    static const struct {
        tomo_tag tag;
        const char *key, *label;
    } rows[] = {
        { 0x00100010, "patientName", "Patient" },
        { 0x00100020, "patientId", "Patient ID" },
        { 0x00100030, "birthDate", "Born" },
        { 0x00100040, "sex", "Sex" },
        { 0x00080020, "studyDate", "Study date" },
        { 0x00081030, "studyDescription", "Study" },
        { 0x0008103e, "seriesDescription", "Series" },
        { 0x00080060, "modality", "Modality" },
        { 0x00080070, "manufacturer", "Manufacturer" },
        { 0x00081090, "model", "Model" },
        { 0x0020000d, "studyUid", "Study UID" },
        { 0x0020000e, "seriesUid", "Series UID" },
    };
    char text[256], letters[4];
    for (size_t i = 0; i < TOMO__COUNT(rows); i++) {
        text_of(r->head, rows[i].tag, text, sizeof text);
        if (rows[i].tag == 0x00080020 || rows[i].tag == 0x00100030)
            readable_date(text);
        study__field(r, rows[i].key, rows[i].label, text);
    }
    const tomo_image_desc *d = tomo_image_get_desc(r->volume);
    char n[6][48];
    for (int k = 0; k < 3; k++) {
        tomo__fixed_text(n[k], d->spacing[k], 3);
        tomo__fixed_text(n[3 + k], d->spacing[k] * (double)d->size[k], 0);
    }
    snprintf(text, sizeof text, "%lld x %lld x %lld voxels of %s x %s x %s mm", (long long)d->size[0],
             (long long)d->size[1], (long long)d->size[2], n[0], n[1], n[2]);
    study__field(r, "volume", "Volume", text);
    tomo_image_orientation(r->volume, letters);
    snprintf(text, sizeof text, "%s x %s x %s mm, axes to %s", n[3], n[4], n[5], letters);
    study__field(r, "extent", "Extent", text);
}

/* ---- hashes of the input ------------------------------------------------------------------------------------------
 */

static tomo_status see(study__seen *to, const char *path, tomo_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return tomo__fail_os(err, errno, "%s", path);
    *to = (study__seen){ path, (int64_t)info.st_size, (int64_t)info.st_mtim.tv_sec, (int64_t)info.st_mtim.tv_nsec };
    return TOMO_OK;
}

tomo_status study__unchanged(study__run *r)
{
    for (size_t i = 0; i < r->n_seen; i++) {
        study__seen now = { NULL, 0, 0, 0 };
        const study__seen *was = &r->seen[i];
        tomo_status st = see(&now, was->path, r->err);
        if (st)
            return st;
        if (now.size != was->size || now.seconds != was->seconds || now.nanoseconds != was->nanoseconds)
            return tomo__fail(r->err, TOMO_E_FORMAT, "%s was changed while it was read: run again", was->path);
    }
    return TOMO_OK;
}

typedef struct hashing {
    study__run *r;
    size_t n;
    char (*hex)[65];
} hashing;

static tomo_status hash_one(void *user, int64_t i, int32_t slot, tomo_error *err)
{
    hashing *h = user;
    tomo_status st = see(&h->r->seen[i], h->r->seen[i].path, err);
    return st ? st : study__hash_file(h->r->ctx, h->r->seen[i].path, h->hex[i], err);
}

/* Input files by their path below the study, with their hashes, in the order of the volume; then the mask to compare.
 */
static tomo_status hash_inputs(study__run *r)
{
    hashing h = { r, 0, NULL };
    size_t below = strlen(r->path);
    while (tomo_study_file(r->study, r->series, h.n))
        h.n++;
    r->n_seen = h.n + (r->compare[0] != 0);
    r->seen = TOMO__ARRAY(r->ctx, r->n_seen, study__seen);
    h.hex = (char(*)[65])tomo__calloc(r->ctx, r->n_seen, sizeof *h.hex);
    tomo_status st = r->seen && h.hex ? TOMO_OK : tomo__no_memory(r->ctx, r->err, r->n_seen * sizeof *h.hex, "hashes");
    for (size_t i = 0; st == TOMO_OK && i < r->n_seen; i++)
        r->seen[i].path = i < h.n ? tomo_study_file(r->study, r->series, i) : r->compare;
    if (st == TOMO_OK)
        st = tomo__parallel(r->ctx, (int64_t)r->n_seen, hash_one, &h, r->job, r->err);
    for (size_t i = 0; st == TOMO_OK && i < h.n; i++) {
        const char *file = r->seen[i].path;
        if (tomo__utf8_valid(file, strlen(file)) != strlen(file)) {
            st = tomo__fail(r->err, TOMO_E_ARG, "%s: the name is not UTF-8, so the record could not name it", file);
            break;
        }
        if (strncmp(file, r->path, below) == 0 && file[below] == '/')
            file += below + 1;
        tomo__json_key(&r->inputs, file);
        tomo__json_str(&r->inputs, h.hex[i]);
    }
    if (st == TOMO_OK && r->compare[0])
        memcpy(r->compare_sha256, h.hex[h.n], sizeof r->compare_sha256);
    tomo__free(r->ctx, h.hex);
    return st;
}

/* ---- the volume ---------------------------------------------------------------------------------------------------
 */

static tomo_status load_volume(study__run *r)
{
    tomo_status st = tomo_series_load(r->ctx, &r->volume, r->study, r->series, NULL, r->report, r->job, r->err);
    if (st == TOMO_OK)
        st = study__note(r, "dicom", "load", NULL);
    if (st == TOMO_OK && tomo_image_get_desc(r->volume)->size[3] > 1) {
        tomo_image *first = NULL;
        tomo__remark(r->report, "the series has %lld time points; the first is used",
                     (long long)tomo_image_get_desc(r->volume)->size[3]);
        st = tomo_image_volume_at(r->ctx, &first, r->volume, 0, r->err);
        if (st == TOMO_OK) {
            tomo_image_free(r->volume);
            r->volume = first;
            st = study__note_json(r, "image.volumeAt", "{\"time\":0}");
        }
    }
    if (st == TOMO_OK && tomo_image_get_desc(r->volume)->components != 1)
        st = tomo__fail(r->err, TOMO_E_UNSUPPORTED, "%s: the series is in color, expected gray voxels", r->path);
    return st;
}

tomo_status study__read(study__run *r)
{
    tomo_dataset_options header = TOMO_DATASET_OPTIONS_INIT;
    tomo_series_info info = { sizeof info };
    header.stop_before_pixels = true;
    tomo__span outer = tomo__job_enter(r->job, 0.0, 0.3, "reading the study");
    tomo_status st = tomo_study_scan(r->ctx, &r->study, r->path, r->report, r->job, r->err);
    tomo__job_leave(r->job, outer);
    if (st == TOMO_OK)
        st = choose(r);
    if (st == TOMO_OK)
        st = tomo_study_info(r->study, r->series, &info, r->err);
    if (st == TOMO_OK) {
        r->is_ct = strcmp(info.modality, "CT") == 0;
        snprintf(r->title, sizeof r->title, "%s study%s%.200s", info.modality, info.description[0] ? ": " : "",
                 info.description);
        r->title[tomo__utf8_valid(r->title, strlen(r->title))] = 0;
        st = tomo_dataset_open_path(r->ctx, &r->head, tomo_study_file(r->study, r->series, 0), &header, NULL, r->err);
    }
    outer = tomo__job_enter(r->job, 0.3, 0.5, "hashing the input");
    if (st == TOMO_OK)
        st = hash_inputs(r);
    tomo__job_leave(r->job, outer);
    outer = tomo__job_enter(r->job, 0.5, 1.0, "loading the volume");
    if (st == TOMO_OK)
        st = load_volume(r);
    tomo__job_leave(r->job, outer);
    if (st == TOMO_OK)
        fields(r);
    return st;
}
