/* dir_collect.c - DICOM files below paths, sorted by patient, study, series and instance; and copied. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "dicom/dicom_internal.h"
#include "object/dir_internal.h"

enum { MOST_FILES = 1 << 22 };

/* ---- one file ---- */

static bool text_of(const tomo_dataset *ds, tomo_tag tag, char *to, size_t room)
{
    to[0] = 0;
    return tomo_dataset_text(ds, tag, 0, to, room) > 0;
}

/* A UID as PS3.5 9.1 has it. */
static bool uid_of(const tomo_dataset *ds, tomo_tag tag, char uid[65])
{
    char text[80];
    const bool good =
        text_of(ds, tag, text, sizeof text) && strlen(text) <= 64 && strspn(text, "0123456789.") == strlen(text);
    snprintf(uid, 65, "%.64s", good ? text : "");
    return good;
}

/* Patient ID and name, which tell patients apart in one text. */
static char *patient_key(tomo_ctx *ctx, const tomo_dataset *ds)
{
    char id[512], name[1024], all[1600];
    text_of(ds, 0x00100020, id, sizeof id);
    text_of(ds, 0x00100010, name, sizeof name);
    snprintf(all, sizeof all, "%s\x1f%s", id, id[0] ? "" : name);
    return tomo__strdup(ctx, all);
}

/* Part 10 file: the mark is there. */
static tomo_status has_mark(tomo_ctx *ctx, const char *path, bool *has, tomo_error *err)
{
    uint8_t head[132];
    tomo_source *source = NULL;
    tomo_status st = tomo_source_open(ctx, &source, path, err);
    *has = st == TOMO_OK && tomo_source_size(source) >= sizeof head &&
           tomo_source_read(source, 0, head, sizeof head, err) == TOMO_OK && memcmp(head + 128, "DICM", 4) == 0;
    tomo_source_free(source);
    return st;
}

typedef struct scan {
    tomo_ctx *ctx;
    dir__entry *entry;
    char (*why)[256]; /* for each entry that is left out */
} scan;

/* Why a file is left out. */
static tomo_status leave_out(scan *s, int64_t i, const char *why)
{
    s->entry[i].skip = true;
    snprintf(s->why[i], sizeof s->why[i], "%s", why);
    return TOMO_OK;
}

static tomo_status look(void *user, int64_t i, int32_t slot, tomo_error *err)
{
    scan *s = user;
    dir__entry *e = &s->entry[i];
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    tomo_error why = { 0 };
    bool marked = false;
    (void)slot;
    o.stop_before_pixels = true;
    tomo_status st = has_mark(s->ctx, e->path, &marked, &why);
    if (st == TOMO_OK)
        st = tomo_dataset_open_path(s->ctx, &ds, e->path, &o, NULL, &why);
    if (st == TOMO_E_NOMEM || st == TOMO_E_CANCELED || st == TOMO_E_LIMIT) {
        if (err)
            *err = why;
        return st;
    }
    if (st)
        return leave_out(s, i, why.message);
    e->bare = !marked;
    snprintf(e->syntax, sizeof e->syntax, "%s", tomo_dataset_syntax(ds));
    if (!uid_of(ds, 0x00080016, e->sop_class) || !uid_of(ds, 0x00080018, e->instance))
        st = leave_out(s, i, "no SOP Class or Instance UID");
    else if (!(e->type = dir__type_of(e->sop_class, tomo__ds_elem(ds, 0x00280010) != NULL)))
        st = leave_out(s, i, "no kind of object that a DICOMDIR has a record for");
    else if (!e->type->top && (!uid_of(ds, 0x0020000D, e->study) || !uid_of(ds, 0x0020000E, e->series)))
        st = leave_out(s, i, "no Study or Series Instance UID");
    const tomo_tag lacks = e->skip ? 0 : dir__lacks(e->type, ds);
    if (lacks) {
        char why_not[160];
        snprintf(why_not, sizeof why_not, "(%04x,%04x) %s has no value, but a %s record must have one", lacks >> 16,
                 lacks & 0xFFFF, tomo_dict_find(lacks)->name, e->type->name);
        st = leave_out(s, i, why_not);
    }
    tomo_dataset_int(ds, 0x00200011, 0, &e->series_number);
    tomo_dataset_int(ds, 0x00200013, 0, &e->number);
    if (!e->skip && !(e->patient = patient_key(s->ctx, ds)))
        st = tomo__no_memory(s->ctx, err, 64, "a patient");
    tomo_dataset_free(ds);
    return st;
}

/* ---- order ---- */

static int in_series(const dir__entry *a, const dir__entry *b)
{
    int d = (int)b->type->top - (int)a->type->top;
    d = d ? d : strcmp(a->patient, b->patient);
    return d ? d : strcmp(a->study, b->study);
}

static int by_instance(const void *x, const void *y)
{
    const dir__entry *a = x, *b = y;
    int d = strcmp(a->instance, b->instance);
    return d ? d : strcmp(a->path, b->path);
}

static int by_uid(const void *x, const void *y)
{
    const dir__entry *a = x, *b = y;
    const int d = in_series(a, b);
    return d ? d : strcmp(a->series, b->series);
}

static int by_place(const void *x, const void *y)
{
    const dir__entry *a = x, *b = y;
    int d = in_series(a, b);
    d = d ? d : (a->series_number > b->series_number) - (a->series_number < b->series_number);
    d = d ? d : strcmp(a->series, b->series);
    d = d ? d : (a->number > b->number) - (a->number < b->number);
    return d ? d : strcmp(a->path, b->path);
}

/* Second copies of an instance are left out; files of one series get one number, should they differ. */
static void sort(dir__entries *all, tomo_report *report)
{
    size_t kept = 0;
    qsort(all->entry, all->count, sizeof *all->entry, by_instance);
    for (size_t i = 1; i < all->count; i++)
        if (strcmp(all->entry[i].instance, all->entry[i - 1].instance) == 0) {
            all->entry[i].skip = true;
            tomo__remark(report, "%s: left out, %s is the same instance", all->entry[i].path, all->entry[i - 1].path);
        }
    for (size_t i = 0; i < all->count; i++) { /* those left out go last */
        const dir__entry e = all->entry[i];
        if (!e.skip) {
            all->entry[i] = all->entry[kept];
            all->entry[kept++] = e;
        }
    }
    qsort(all->entry, kept, sizeof *all->entry, by_uid);
    for (size_t i = 1; i < kept; i++)
        if (by_uid(&all->entry[i], &all->entry[i - 1]) == 0)
            all->entry[i].series_number = all->entry[i - 1].series_number;
    qsort(all->entry, kept, sizeof *all->entry, by_place);
}

static tomo_status look_at_all(tomo_ctx *ctx, dir__entries *all, tomo_report *report, tomo_job *job, tomo_error *err)
{
    scan s = { ctx, all->entry, NULL };
    size_t good = 0;
    s.why = tomo__calloc(ctx, all->count, sizeof *s.why);
    if (!s.why)
        return tomo__no_memory(ctx, err, all->count * sizeof *s.why, "the list of files");
    tomo_status st = tomo__parallel(ctx, (int64_t)all->count, look, &s, job, err);
    for (size_t i = 0; st == TOMO_OK && i < all->count; i++)
        if (all->entry[i].skip)
            tomo__remark(report, "%s: left out, %s", all->entry[i].path, s.why[i]);
    tomo__free(ctx, s.why);
    for (size_t i = 0; st == TOMO_OK && i < all->count; i++) {
        const dir__entry e = all->entry[i];
        if (!e.skip) {
            all->entry[i] = all->entry[good];
            all->entry[good++] = e;
        }
    }
    if (st == TOMO_OK) { /* what was left out is not looked at any more */
        for (size_t i = good; i < all->count; i++) {
            tomo__free(ctx, all->entry[i].path);
            tomo__free(ctx, all->entry[i].patient);
        }
        all->count = good;
    }
    return st;
}

tomo_status dir__collect(tomo_ctx *ctx, dir__entries *out, const char *const *paths, size_t n_paths,
                         tomo_report *report, tomo_job *job, tomo_error *err)
{
    dir__entries all = { NULL, 0 };
    tomo_status st = TOMO_OK;
    for (size_t p = 0; st == TOMO_OK && p < n_paths; p++) {
        tomo__paths files = { NULL, 0 };
        st = tomo__list_files(ctx, &files, paths[p], MOST_FILES, err);
        dir__entry *more = st ? NULL : tomo__realloc(ctx, all.entry, (all.count + files.count + 1) * sizeof *more);
        if (st == TOMO_OK && !more)
            st = tomo__no_memory(ctx, err, (all.count + files.count) * sizeof *more, "the list of files");
        all.entry = more ? more : all.entry;
        for (size_t i = 0; st == TOMO_OK && i < files.count; i++) {
            const char *name = strrchr(files.path[i], '/');
            if (strcmp(name ? name + 1 : files.path[i], "DICOMDIR") == 0)
                continue;
            all.entry[all.count] = (dir__entry){ .path = tomo__strdup(ctx, files.path[i]) };
            st = all.entry[all.count].path ? TOMO_OK : tomo__no_memory(ctx, err, 64, "a path");
            all.count++;
        }
        tomo__paths_free(ctx, &files);
    }
    if (st == TOMO_OK)
        st = look_at_all(ctx, &all, report, job, err);
    if (st) {
        dir__entries_free(ctx, &all);
        return st;
    }
    sort(&all, report);
    *out = all;
    return TOMO_OK;
}

void dir__entries_free(tomo_ctx *ctx, dir__entries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        tomo__free(ctx, entries->entry[i].path);
        tomo__free(ctx, entries->entry[i].patient);
    }
    tomo__free(ctx, entries->entry);
    *entries = (dir__entries){ NULL, 0 };
}

/* ---- copying ---- */

static tomo_status copy_bytes(int in, int out, const char *from, const char *to, tomo_error *err)
{
    char block[1 << 16];
    for (;;) {
        const ssize_t got = read(in, block, sizeof block);
        if (got == 0)
            return TOMO_OK;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return tomo__fail_os(err, errno, "can't read %s", from);
        for (ssize_t at = 0; at < got;) {
            const ssize_t n = write(out, block + at, (size_t)(got - at));
            if (n < 0 && errno != EINTR)
                return tomo__fail_os(err, errno, "can't write %s", to);
            at += n > 0 ? n : 0;
        }
    }
}

tomo_status dir__copy(tomo_ctx *ctx, const dir__entry *entry, const char *to, tomo_error *err)
{
    if (entry->bare) {
        tomo_dataset *ds = NULL;
        tomo_status st = tomo_dataset_open_path(ctx, &ds, entry->path, NULL, NULL, err);
        if (st == TOMO_OK)
            st = tomo_dataset_write(ctx, ds, to, NULL, err);
        tomo_dataset_free(ds);
        return st ? tomo__fail_in(err, st, "%s", entry->path) : TOMO_OK;
    }
    const int in = open(entry->path, O_RDONLY | O_CLOEXEC);
    const int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    tomo_status st = in < 0    ? tomo__fail_os(err, errno, "can't open %s", entry->path)
                     : out < 0 ? tomo__fail_os(err, errno, "can't make %s", to)
                               : copy_bytes(in, out, entry->path, to, err);
    if (in >= 0)
        close(in);
    if (out >= 0 && close(out) != 0 && st == TOMO_OK)
        st = tomo__fail_os(err, errno, "can't write %s", to);
    return st;
}
