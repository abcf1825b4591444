/* paths.c - folders: made with their parents, and listed. The walk keeps a list of folders to visit instead of
 * calling itself, so a deep tree can't exhaust the stack. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base_internal.h"

#define MAX_FOLDERS ((size_t)1 << 20)

static tomo_status make_folder(const char *path, tomo_error *err)
{
    struct stat info;
    if (mkdir(path, 0777) == 0)
        return TOMO_OK;
    int e = errno;
    if (stat(path, &info) == 0) {
        if (S_ISDIR(info.st_mode))
            return TOMO_OK;
        return tomo__fail(err, TOMO_E_EXISTS, "can't make the folder %s: it is a file", path);
    }
    return tomo__fail_os(err, e, "can't make the folder %s", path);
}

tomo_status tomo__mkdirs(const char *path, tomo_error *err)
{
    char part[PATH_MAX];
    size_t length = path ? strlen(path) : 0;
    if (length == 0 || length >= sizeof part)
        return tomo__fail(err, TOMO_E_ARG, "path of a folder to make has %zu bytes, expected 1 to %zu", length,
                          sizeof part - 1);
    memcpy(part, path, length + 1);
    for (size_t i = 1; i < length; i++) {
        if (part[i] != '/' || part[i - 1] == '/')
            continue;
        part[i] = '\0';
        tomo_status st = make_folder(part, err);
        if (st)
            return st;
        part[i] = '/';
    }
    return make_folder(part, err);
}

/* A list of paths that grows. */
typedef struct list {
    char **path;
    size_t count, room;
} list;

/* Adds "folder/name"; folder may be NULL. */
static tomo_status add(tomo_ctx *ctx, list *to, const char *folder, const char *name, tomo_error *err)
{
    size_t before = folder ? strlen(folder) : 0, length = strlen(name);
    bool slash = before > 0 && folder[before - 1] != '/';
    if (to->count == to->room) {
        size_t room = to->room ? 2 * to->room : 64;
        char **more = tomo__realloc(ctx, to->path, room * sizeof *more);
        if (!more)
            return tomo__no_memory(ctx, err, room * sizeof *more, "a list of files");
        to->path = more;
        to->room = room;
    }
    char *path = tomo__alloc(ctx, before + slash + length + 1);
    if (!path)
        return tomo__no_memory(ctx, err, before + slash + length + 1, "a path");
    if (before)
        memcpy(path, folder, before);
    if (slash)
        path[before] = '/';
    memcpy(path + before + slash, name, length + 1);
    to->path[to->count++] = path;
    return TOMO_OK;
}

static void free_list(tomo_ctx *ctx, list *l)
{
    for (size_t i = 0; i < l->count; i++)
        tomo__free(ctx, l->path[i]);
    tomo__free(ctx, l->path);
    *l = (list){ 0 };
}

/* What an entry is: DT_REG also for a link to a file; DT_UNKNOWN for what is left out (links to folders, devices,
 * files that went away meanwhile). */
static int entry_type(DIR *dir, const struct dirent *entry)
{
    struct stat info;
    int type = entry->d_type;
    if (type == DT_UNKNOWN && fstatat(dirfd(dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0)
        type = IFTODT(info.st_mode);
    if (type == DT_LNK)
        type = fstatat(dirfd(dir), entry->d_name, &info, 0) == 0 && S_ISREG(info.st_mode) ? DT_REG : DT_UNKNOWN;
    return type == DT_REG || type == DT_DIR ? type : DT_UNKNOWN;
}

static tomo_status visit(tomo_ctx *ctx, list *files, list *folders, const char *folder, size_t max_files,
                         tomo_error *err)
{
    tomo_status st = TOMO_OK;
    DIR *dir = opendir(folder);
    if (!dir)
        return tomo__fail_os(err, errno, "can't list %s", folder);
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry) {
            if (errno)
                st = tomo__fail_os(err, errno, "can't list %s", folder);
            break;
        }
        if (entry->d_name[0] == '.')
            continue;
        int type = entry_type(dir, entry);
        if (type == DT_REG && files->count >= max_files)
            st = tomo__fail(err, TOMO_E_LIMIT, "more than %zu files below %s", max_files, folder);
        else if (type == DT_DIR && folders->count >= MAX_FOLDERS)
            st = tomo__fail(err, TOMO_E_LIMIT, "more than %zu folders below %s", MAX_FOLDERS, folder);
        else if (type != DT_UNKNOWN)
            st = add(ctx, type == DT_REG ? files : folders, folder, entry->d_name, err);
        if (st)
            break;
    }
    closedir(dir);
    return st;
}

static int by_bytes(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

tomo_status tomo__list_files(tomo_ctx *ctx, tomo__paths *out, const char *path, size_t max_files, tomo_error *err)
{
    list files = { 0 }, folders = { 0 };
    struct stat info;
    tomo_status st;
    if (!path || !path[0])
        return tomo__fail(err, TOMO_E_ARG, "no path to list");
    if (stat(path, &info) != 0)
        return tomo__fail_os(err, errno, "can't find %s", path);
    if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
        return tomo__fail(err, TOMO_E_ARG, "%s is neither a file nor a folder", path);
    if (S_ISREG(info.st_mode) && max_files == 0)
        return tomo__fail(err, TOMO_E_LIMIT, "more than 0 files at %s", path);
    st = add(ctx, S_ISREG(info.st_mode) ? &files : &folders, NULL, path, err);
    for (size_t i = 0; !st && i < folders.count; i++)
        st = visit(ctx, &files, &folders, folders.path[i], max_files, err);
    free_list(ctx, &folders);
    if (st) {
        free_list(ctx, &files);
        return st;
    }
    if (files.count > 1)
        qsort(files.path, files.count, sizeof *files.path, by_bytes);
    *out = (tomo__paths){ files.path, files.count };
    return TOMO_OK;
}

void tomo__paths_free(tomo_ctx *ctx, tomo__paths *paths)
{
    for (size_t i = 0; i < paths->count; i++)
        tomo__free(ctx, paths->path[i]);
    tomo__free(ctx, paths->path);
    *paths = (tomo__paths){ NULL, 0 };
}
