/* place.c - where a result goes: the folder that is worked in, what may be replaced, and putting it in its place. A
 * folder is replaced only if it holds an earlier result and nothing else, each file as the record says. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/study_internal.h"

enum { MOST_REPORT = 64 << 20 }; /* bytes of a report.json that is read */

tomo_status study__load_report(tomo_ctx *ctx, json_t **out, const char *folder, tomo_error *err)
{
    char path[PATH_ROOM];
    tomo_source *source = NULL;
    tomo_buffer *text = NULL;
    json_error_t why;
    tomo_status st = study__join(path, folder, "report.json", err);
    if (st == TOMO_OK)
        st = tomo_source_open(ctx, &source, path, err); /* refuses FIFOs and devices, which would never end */
    if (st == TOMO_OK && tomo_source_size(source) > MOST_REPORT)
        st = tomo__fail(err, TOMO_E_LIMIT, "%s has %llu bytes, expected at most %d", path,
                        (unsigned long long)tomo_source_size(source), MOST_REPORT);
    if (st == TOMO_OK)
        st = tomo_buffer_new(ctx, &text, (size_t)tomo_source_size(source) + 1, err);
    if (st == TOMO_OK)
        st = tomo_source_read(source, 0, tomo_buffer_data_mut(text), (size_t)tomo_source_size(source), err);
    if (st == TOMO_OK) {
        *out = json_loadb(tomo_buffer_data(text), (size_t)tomo_source_size(source), JSON_REJECT_DUPLICATES, &why);
        if (!*out)
            st = tomo__fail(err, TOMO_E_FORMAT, "%s: %s (line %d)", path, why.text, why.line);
    }
    tomo_buffer_free(text);
    tomo_source_free(source);
    return st;
}

tomo_status study__join(char to[PATH_ROOM], const char *folder, const char *file, tomo_error *err)
{
    int n = snprintf(to, PATH_ROOM, "%s/%s", folder, file);
    if (n > 0 && n < PATH_ROOM)
        return TOMO_OK;
    return tomo__fail(err, TOMO_E_ARG, "the path %.60s.../%.60s is longer than %d bytes", folder, file, PATH_ROOM - 1);
}

bool study__is_report(const char *file) { return strcmp(file, "report.json") == 0 || strcmp(file, "report.html") == 0; }

/* Does the record name the file, and is it still what it was? */
static tomo_status as_recorded(tomo_ctx *ctx, const char *folder, const char *file, json_t *outputs, tomo_error *err)
{
    char path[PATH_ROOM], hex[65];
    const char *want = json_string_value(json_object_get(outputs, file));
    tomo_status st = study__join(path, folder, file, err);
    if (st || study__is_report(file))
        return st;
    if (!want)
        return tomo__fail(err, TOMO_E_EXISTS, "%s holds %s, which is not of the earlier result; name another place",
                          folder, file);
    if (study__hash_file(ctx, path, hex, err) != TOMO_OK || strcmp(hex, want) != 0)
        return tomo__fail(err, TOMO_E_EXISTS, "%s was changed after it was made; name another place", path);
    return TOMO_OK;
}

tomo_status study__check_place(tomo_ctx *ctx, const char *folder, bool *there, tomo_error *err)
{
    struct stat info;
    json_t *root = NULL;
    tomo_error why = { 0 };
    *there = false;
    if (lstat(folder, &info) != 0)
        return errno == ENOENT ? TOMO_OK : tomo__fail_os(err, errno, "%s", folder);
    if (S_ISDIR(info.st_mode) && study__load_report(ctx, &root, folder, &why) == TOMO_E_NOMEM)
        return tomo__fail(err, TOMO_E_NOMEM, "%s", why.message);
    json_t *record = json_object_get(root, "provenance");
    const char *by = json_string_value(json_object_get(record, "producedBy"));
    DIR *dir = by && strcmp(by, "tomo pipeline") == 0 ? opendir(folder) : NULL;
    tomo_status st = TOMO_OK;
    if (!dir)
        st = tomo__fail(err, TOMO_E_EXISTS, "%s exists and is not an earlier result; name another place", folder);
    for (struct dirent *e; st == TOMO_OK && (e = readdir(dir)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            st = as_recorded(ctx, folder, e->d_name, json_object_get(record, "outputs"), err);
    if (dir)
        closedir(dir);
    json_decref(root);
    *there = st == TOMO_OK;
    return st;
}

void study__remove(const char *folder)
{
    char path[PATH_ROOM];
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            study__join(path, folder, e->d_name, NULL) == TOMO_OK)
            unlink(path);
    if (dir)
        closedir(dir);
    rmdir(folder);
}

/* Up to and without the last slash; "." if there is none. */
static void parent_of(char to[PATH_ROOM], const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash ? TOMO__MAX((size_t)(slash - path), 1) : 1;
    memcpy(to, slash ? path : ".", n);
    to[n] = 0;
}

tomo_status study__make_work(study__run *r)
{
    char parent[PATH_ROOM], real[4096];
    parent_of(parent, r->place);
    tomo_status st = tomo__mkdirs(parent, r->err);
    if (st == TOMO_OK)
        st = study__absolute(parent, real, r->err);
    size_t n = strlen(r->path);
    if (st == TOMO_OK && strncmp(real, r->path, n) == 0 && (real[n] == '/' || real[n] == 0))
        return tomo__fail(r->err, TOMO_E_ARG,
                          "%s lies inside of the study: the next scan would take it for a part; name another place",
                          r->place);
    if (st == TOMO_OK)
        st = study__join(r->work, real, ".tomo-result-XXXXXX", r->err);
    if (st)
        return st;
    if (!mkdtemp(r->work)) { /* 0700 and new: nobody can have prepared it */
        st = tomo__fail_os(r->err, errno, "%s", r->work);
        r->work[0] = 0;
    }
    return st;
}

static tomo_status sync_folder(const char *path, tomo_error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0) {
        int why = errno;
        if (fd >= 0)
            close(fd);
        return tomo__fail_os(err, why, "%s", path);
    }
    close(fd);
    return TOMO_OK;
}

/* The folder was worked in closed to others; its result is as open as any folder that the user makes. The mask of the
 * process can only be asked for by changing it, so a folder is made to look at. */
static tomo_status open_up(const char *work, tomo_error *err)
{
    char probe[PATH_ROOM];
    struct stat info = { 0 };
    tomo_status st = study__join(probe, work, ".mode", err);
    if (st == TOMO_OK && (mkdir(probe, 0777) != 0 || stat(probe, &info) != 0 || rmdir(probe) != 0 ||
                          chmod(work, info.st_mode & 07777) != 0))
        st = tomo__fail_os(err, errno, "%s", work);
    return st;
}

tomo_status study__put_in_place(study__run *r)
{
    char parent[PATH_ROOM], aside[PATH_ROOM];
    bool there = false;
    parent_of(parent, r->place);
    tomo_status st = study__check_place(r->ctx, r->place, &there, r->err);
    if (st == TOMO_OK)
        st = open_up(r->work, r->err);
    if (st == TOMO_OK)
        st = sync_folder(r->work, r->err);
    if (st == TOMO_OK && there) {
        st = study__join(aside, parent, ".tomo-earlier-XXXXXX", r->err);
        if (st == TOMO_OK && !mkdtemp(aside))
            st = tomo__fail_os(r->err, errno, "%s", aside);
        if (st == TOMO_OK && rename(r->place, aside) != 0) { /* over the empty folder */
            st = tomo__fail_os(r->err, errno, "%s to %s", r->place, aside);
            rmdir(aside);
        }
    }
    if (st)
        return st;
    if (rename(r->work, r->place) != 0) {
        st = tomo__fail_os(r->err, errno, "%s to %s", r->work, r->place);
        if (there && rename(aside, r->place) != 0)
            st = tomo__fail_os(r->err, errno, "%s could not be put back from %s", r->place, aside);
        return st;
    }
    r->work[0] = 0;
    if (there)
        study__remove(aside);
    return sync_folder(parent, r->err); /* the names are safe only now */
}
