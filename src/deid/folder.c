/* folder.c - all files of a folder to a new one, on all threads. The new folder appears whole or not at all; names of
 * files are made of new UIDs only, and the report tells nothing of the old ones. */
#include "deid/deid_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        tomo_status try_ = (call);                                                                                     \
        if (try_ != TOMO_OK)                                                                                           \
            return try_;                                                                                               \
    } while (0)

enum { MAX_FILES = 10000000 };
enum { FILE_DONE, FILE_QUARANTINED, FILE_LEFT_OUT };
static const char *const status_names[] = { "done", "quarantined", "left out" };

typedef struct file_result {
    tomo_deid_result r;
    int32_t status;
    uint32_t copy; /* of files with the same instance UID: 1, 2, ... in order of names; 0 = the first */
} file_result;

typedef struct run {
    tomo_ctx *ctx;
    const tomo_deid *d;
    tomo__paths paths;
    file_result *result;
    const char *temp; /* folder to write to */
} run;

static void left_out(file_result *f, int32_t status, const char *reason)
{
    f->status = status;
    snprintf(f->r.reason, sizeof f->r.reason, "%s", reason);
}

static tomo_status write_part(const run *w, int64_t i, const tomo_buffer *bytes, tomo_error *err)
{
    char path[4200];
    const char *data = tomo_buffer_data(bytes);
    size_t size = tomo_buffer_size(bytes);
    snprintf(path, sizeof path, "%s/%lld.part", w->temp, (long long)i);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0)
        return tomo__fail_os(err, errno, "can't write to the new folder");
    while (size > 0) {
        ssize_t n = write(fd, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            tomo_status st = tomo__fail_os(err, errno, "can't write to the new folder");
            close(fd);
            return st;
        }
        data += n;
        size -= (size_t)n;
    }
    return close(fd) == 0 || errno == EINTR ? TOMO_OK : tomo__fail_os(err, errno, "can't write to the new folder");
}

/* Does it claim to be DICOM? Then it is quarantined, else it is only left out. */
static bool looks_like_dicom(tomo_ctx *ctx, const char *path)
{
    uint8_t head[132] = { 0 };
    tomo_source *source = NULL;
    bool is = false;
    if (tomo_source_open(ctx, &source, path, NULL) == TOMO_OK) {
        uint64_t size = tomo_source_size(source), n = TOMO__MIN(size, sizeof head);
        if (n && tomo_source_read(source, 0, head, (size_t)n, NULL) == TOMO_OK)
            is = (n == 132 && memcmp(head + 128, "DICM", 4) == 0) || tomo__guess_coding(head, n, size) != 0;
    }
    tomo_source_free(source);
    return is;
}

static tomo_status one_file(void *user, int64_t i, int32_t slot, tomo_error *err)
{
    run *w = user;
    file_result *f = &w->result[i];
    tomo_dataset *ds = NULL;
    tomo_buffer *bytes = NULL;
    tomo_error why = { 0 };
    tomo_status st = tomo_dataset_open_path(w->ctx, &ds, w->paths.path[i], NULL, NULL, &why);
    (void)slot;
    if (st == TOMO_OK)
        st = tomo_deid_dataset(w->ctx, &bytes, ds, w->d, &f->r, &why);
    else if (st == TOMO_E_FORMAT && looks_like_dicom(w->ctx, w->paths.path[i]))
        left_out(f, FILE_QUARANTINED, "it is damaged and could not be read whole");
    else if (st == TOMO_E_FORMAT)
        left_out(f, FILE_LEFT_OUT, "it is not DICOM");
    else if (st != TOMO_E_NOMEM)
        left_out(f, FILE_QUARANTINED, "it could not be read");
    if (st == TOMO_E_DENIED)
        f->status = strstr(f->r.reason, "DICOMDIR") ? FILE_LEFT_OUT : FILE_QUARANTINED;
    else if (st != TOMO_OK && ds && st != TOMO_E_NOMEM) /* a limit, a read error: of this file only */
        left_out(f, FILE_QUARANTINED,
                 st == TOMO_E_LIMIT ? "it needs more memory than is allowed" : "it could not be read");
    if (st == TOMO_E_NOMEM)
        *(err ? err : &why) = why;
    else
        st = st == TOMO_OK ? write_part(w, i, bytes, err) : TOMO_OK;
    tomo_buffer_free(bytes);
    tomo_dataset_free(ds);
    return st;
}

/* ---- names ---------------------------------------------------------------------------------------------------------
 */

/* <study>/<series>/<instance>.dcm; all three are digits and points that the engine made or checked. */
static void name_of(const file_result *f, char to[256], bool folder_only)
{
    const char *study = f->r.study[0] ? f->r.study : "study", *series = f->r.series[0] ? f->r.series : "series";
    if (folder_only)
        snprintf(to, 256, "%s/%s", study, series);
    else if (f->copy)
        snprintf(to, 256, "%s/%s/%s-%u.dcm", study, series, f->r.sop, f->copy + 1);
    else
        snprintf(to, 256, "%s/%s/%s.dcm", study, series, f->r.sop);
}

typedef struct named {
    const file_result *f;
    int64_t i;
} named;

static int by_name(const void *a, const void *b)
{
    const named *x = a, *y = b;
    int c = strcmp(x->f->r.study, y->f->r.study);
    c = c ? c : strcmp(x->f->r.series, y->f->r.series);
    c = c ? c : strcmp(x->f->r.sop, y->f->r.sop);
    return c ? c : x->i < y->i ? -1 : x->i > y->i;
}

/* Give the parts their names; the same for any number of threads. */
static tomo_status rename_parts(run *w, tomo_error *err)
{
    named *order = TOMO__ARRAY(w->ctx, w->paths.count + 1, named);
    int64_t n = 0;
    tomo_status st = TOMO_OK;
    char last[256] = "";
    if (!order)
        return tomo__no_memory(w->ctx, err, w->paths.count * sizeof *order, "names of files");
    for (size_t i = 0; i < w->paths.count; i++)
        if (w->result[i].status == FILE_DONE)
            order[n++] = (named){ &w->result[i], (int64_t)i };
    qsort(order, (size_t)n, sizeof *order, by_name);
    for (int64_t k = 0; st == TOMO_OK && k < n; k++) {
        file_result *f = &w->result[order[k].i];
        const file_result *g = k ? order[k - 1].f : NULL;
        char from[4200], to[4400], name[256];
        if (g && strcmp(f->r.sop, g->r.sop) == 0 && strcmp(f->r.series, g->r.series) == 0 &&
            strcmp(f->r.study, g->r.study) == 0)
            f->copy = g->copy + 1;
        name_of(f, name, true);
        if (strcmp(name, last) != 0) {
            snprintf(to, sizeof to, "%s/%s", w->temp, name);
            st = tomo__mkdirs(to, err);
            memcpy(last, name, sizeof last);
        }
        name_of(f, name, false);
        snprintf(from, sizeof from, "%s/%lld.part", w->temp, (long long)order[k].i);
        snprintf(to, sizeof to, "%s/%s", w->temp, name);
        if (st == TOMO_OK && rename(from, to) != 0)
            st = tomo__fail_os(err, errno, "can't name a new file");
    }
    tomo__free(w->ctx, order);
    return st;
}

/* ---- report ---------------------------------------------------------------------------------------------------------
 */

static void json_counts(tomo__json *j, const tomo_deid_result *r)
{
    const struct {
        const char *name;
        uint32_t value;
    } counts[] = { { "kept", r->kept },
                   { "removed", r->removed },
                   { "emptied", r->emptied },
                   { "replaced", r->replaced },
                   { "uids", r->uids },
                   { "dates", r->dates },
                   { "descriptors", r->descriptors },
                   { "privateKept", r->private_kept },
                   { "privateRemoved", r->private_removed },
                   { "unknownRemoved", r->unknown_removed },
                   { "leaks", r->leaks },
                   { "framesSearched", r->frames },
                   { "boxesBlanked", r->boxes } };
    for (size_t i = 0; i < TOMO__COUNT(counts); i++) {
        tomo__json_key(j, counts[i].name);
        tomo__json_uint(j, counts[i].value);
    }
    tomo__json_key(j, "areaBlanked");
    tomo__json_num(j, r->area);
    tomo__json_key(j, "risk");
    tomo__json_int(j, r->risk);
    tomo__json_key(j, "decompressed");
    tomo__json_bool(j, r->decompressed);
}

static void json_file(tomo__json *j, const file_result *f)
{
    char name[256];
    tomo__json_open(j, '{');
    tomo__json_key(j, "status");
    tomo__json_str(j, status_names[f->status]);
    if (f->status == FILE_DONE) {
        name_of(f, name, false);
        tomo__json_key(j, "file");
        tomo__json_str(j, name);
        json_counts(j, &f->r);
    } else {
        tomo__json_key(j, "reason");
        tomo__json_str(j, f->r.reason);
    }
    tomo__json_close(j, '}');
}

static tomo_status report(const run *w, const tomo_deid_summary *sum, tomo_buffer **out, tomo_error *err)
{
    static const char *const names[] = { "retainSafePrivate", "retainUids",   "retainDevice", "retainInstitution",
                                         "retainPatient",     "retainDates",  "shiftDates",   "cleanDescriptors",
                                         "cleanStructured",   "cleanGraphics" };
    static const char *const pixels[] = { "auto", "all", "keep" };
    tomo__json j = TOMO__JSON(w->ctx);
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "profile");
    tomo__json_str(&j, "PS3.15 2026d E.2 Basic Application Level Confidentiality Profile");
    tomo__json_key(&j, "options");
    tomo__json_open(&j, '[');
    for (size_t i = 0; i < TOMO__COUNT(names); i++)
        if (w->d->options >> i & 1)
            tomo__json_str(&j, names[i]);
    tomo__json_close(&j, ']');
    tomo__json_key(&j, "pixels");
    tomo__json_str(&j, pixels[w->d->pixels]);
    tomo__json_key(&j, "recognizableFaces");
    tomo__json_str(&j, "not cleaned");
    tomo__json_key(&j, "files");
    tomo__json_uint(&j, sum->files);
    tomo__json_key(&j, "done");
    tomo__json_uint(&j, sum->done);
    tomo__json_key(&j, "quarantined");
    tomo__json_uint(&j, sum->quarantined);
    tomo__json_key(&j, "leftOut");
    tomo__json_uint(&j, sum->left_out);
    tomo__json_key(&j, "blanked");
    tomo__json_uint(&j, sum->blanked);
    tomo__json_key(&j, "inOrderOfNames");
    tomo__json_open(&j, '[');
    for (size_t i = 0; i < w->paths.count; i++)
        json_file(&j, &w->result[i]);
    tomo__json_close(&j, ']');
    tomo__json_close(&j, '}');
    return tomo__text_finish(&j.text, out, err);
}

static void count(const run *w, tomo_deid_summary *sum)
{
    *sum = (tomo_deid_summary){ .struct_size = sizeof *sum, .files = (uint32_t)w->paths.count };
    for (size_t i = 0; i < w->paths.count; i++) {
        sum->done += w->result[i].status == FILE_DONE;
        sum->quarantined += w->result[i].status == FILE_QUARANTINED;
        sum->left_out += w->result[i].status == FILE_LEFT_OUT;
        sum->blanked += w->result[i].status == FILE_DONE && w->result[i].r.boxes > 0;
    }
}

static tomo_status process(run *w, tomo_buffer **json, tomo_deid_summary *sum, const char *out, tomo_job *job,
                           tomo_error *err)
{
    tomo__folder *folder = NULL;
    tomo_status st = tomo__folder_begin(w->ctx, &folder, out, err);
    if (st)
        return st;
    w->temp = tomo__folder_path(folder);
    st = tomo__parallel(w->ctx, (int64_t)w->paths.count, one_file, w, job, err);
    if (st == TOMO_OK)
        st = rename_parts(w, err);
    count(w, sum);
    if (st == TOMO_OK && json)
        st = report(w, sum, json, err);
    if (st == TOMO_OK) {
        st = tomo__folder_commit(folder, err);
        if (st && json) {
            tomo_buffer_free(*json);
            *json = NULL;
        }
        return st;
    }
    tomo__folder_abandon(folder);
    return st;
}

tomo_status tomo_deid_folder(tomo_ctx *ctx, tomo_buffer **json, tomo_deid_summary *summary, const char *in,
                             const char *out, const tomo_deid *deid, tomo_deid_told told, void *user, tomo_job *job,
                             tomo_error *err)
{
    tomo_deid_summary sum;
    run w = { .ctx = ctx, .d = deid };
    tomo_status st;
    if (!ctx || !in || !out || !deid)
        return tomo__fail(err, TOMO_E_ARG, "tomo_deid_folder: NULL argument");
    if (json)
        *json = NULL;
    TRY(tomo__list_files(ctx, &w.paths, in, MAX_FILES, err));
    st = tomo__folder_apart(in, out, err);
    if (st == TOMO_OK && w.paths.count == 0)
        st = tomo__fail(err, TOMO_E_NOTFOUND, "%s has no files", in);
    if (st == TOMO_OK && !(w.result = TOMO__ARRAY(ctx, w.paths.count, file_result)))
        st = tomo__no_memory(ctx, err, w.paths.count * sizeof *w.result, "results");
    if (st == TOMO_OK)
        st = process(&w, json, &sum, out, job, err);
    for (size_t i = 0; st == TOMO_OK && told && i < w.paths.count; i++)
        if (w.result[i].status != FILE_DONE)
            told(user, w.paths.path[i], status_names[w.result[i].status], w.result[i].r.reason);
    if (st == TOMO_OK && summary)
        *summary = sum;
    tomo__free(ctx, w.result);
    tomo__paths_free(ctx, &w.paths);
    return st;
}
