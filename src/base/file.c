/* file.c - files that appear whole or not at all: written beside their final name, flushed to the disk, renamed.
 * Devices, pipes, and files that are open but have no name any more are written straight to. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base_private.h"

#define BUFFER ((size_t)1 << 20)

struct tomo__file {
    tomo_ctx *ctx;
    char *path; /* where it will be */
    char *temp; /* where it is until then; NULL if it is written straight to */
    int fd;
    uint8_t *buffer;
    size_t used;
    bool failed;
};

/* Length of the folder part of a path, without the slash unless it is the root; 0 if there is none. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return !slash ? 0 : slash == path ? 1 : (size_t)(slash - path);
}

/* A rename can't reach a file without a name, such as a temporary one behind /dev/stdout. */
static bool straight(const struct stat *info) { return !S_ISREG(info->st_mode) || info->st_nlink == 0; }

/* Make ".name.tmp-<pid>-<number>" in the same folder, so that the rename stays within one file system. */
static tomo_status open_temp(tomo__file *f, mode_t mode, bool keep_mode, tomo_error *err)
{
    size_t folder = folder_length(f->path), room = strlen(f->path) + 64;
    const char *name = strrchr(f->path, '/');
    name = name ? name + 1 : f->path;
    f->temp = tomo__alloc(f->ctx, room);
    if (!f->temp)
        return tomo__no_memory(f->ctx, err, room, "the name of a temporary file");
    for (int tries = 0; tries < 1000; tries++) { /* another context of this process may count too */
        snprintf(f->temp, room, "%.*s%s.%.200s.tmp-%ld-%llu", (int)folder, f->path,
                 folder > 0 && f->path[folder - 1] != '/' ? "/" : "", name, (long)getpid(),
                 (unsigned long long)atomic_fetch_add(&f->ctx->file_counter, 1));
        f->fd = open(f->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (f->fd >= 0 && keep_mode && fchmod(f->fd, mode & 07777) != 0)
            return tomo__fail_os(err, errno, "can't set the mode of %s", f->temp);
        if (f->fd >= 0)
            return TOMO_OK;
        if (errno != EEXIST)
            break;
    }
    int e = errno;
    tomo__free(f->ctx, f->temp); /* it is not ours to remove */
    f->temp = NULL;
    tomo__fail_os(err, e, "can't write %s", f->path);
    if (err) /* a folder that is missing is no input that is missing */
        err->status = TOMO_E_IO;
    return TOMO_E_IO;
}

/* A link to a file is kept and its target written. */
static char *resolve(tomo_ctx *ctx, const char *path)
{
    struct stat info;
    if (lstat(path, &info) == 0 && S_ISLNK(info.st_mode)) {
        char *real = realpath(path, NULL);
        if (real) {
            char *copy = tomo__strdup(ctx, real);
            free(real);
            return copy;
        }
    }
    return tomo__strdup(ctx, path);
}

static tomo_status open_target(tomo__file *f, const char *path, tomo_error *err)
{
    struct stat info;
    bool exists = stat(path, &info) == 0;
    if (exists && S_ISDIR(info.st_mode))
        return tomo__fail(err, TOMO_E_ARG, "can't write %s: it is a folder", path);
    if (exists && straight(&info)) {
        f->path = tomo__strdup(f->ctx, path);
        if (!f->path)
            return tomo__no_memory(f->ctx, err, strlen(path) + 1, "a path");
        f->fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY);
        return f->fd >= 0 ? TOMO_OK : tomo__fail_os(err, errno, "can't write %s", path);
    }
    f->path = resolve(f->ctx, path);
    if (!f->path)
        return tomo__no_memory(f->ctx, err, strlen(path) + 1, "a path");
    return open_temp(f, exists ? info.st_mode : 0, exists, err);
}

tomo_status tomo__file_begin(tomo_ctx *ctx, tomo__file **out, const char *path, tomo_error *err)
{
    if (!path || !path[0])
        return tomo__fail(err, TOMO_E_ARG, "no path to write to");
    tomo__file *f = tomo__calloc(ctx, 1, sizeof *f);
    if (!f)
        return tomo__no_memory(ctx, err, sizeof *f, "a file");
    f->ctx = ctx;
    f->fd = -1;
    f->buffer = tomo__alloc(ctx, BUFFER);
    tomo_status st = f->buffer ? open_target(f, path, err) : tomo__no_memory(ctx, err, BUFFER, "a file's buffer");
    if (st)
        tomo__file_abandon(f);
    else
        *out = f;
    return st;
}

static tomo_status write_all(tomo__file *f, const void *data, size_t size, tomo_error *err)
{
    for (size_t at = 0; at < size;) {
        ssize_t n = write(f->fd, (const char *)data + at, size - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            f->failed = true;
            return tomo__fail_os(err, errno, "can't write %s", f->path);
        }
        at += (size_t)n;
    }
    return TOMO_OK;
}

static tomo_status flush(tomo__file *f, tomo_error *err)
{
    tomo_status st = write_all(f, f->buffer, f->used, err);
    f->used = 0;
    return st;
}

tomo_status tomo__file_write(tomo__file *f, const void *data, size_t size, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    if (f->failed)
        return tomo__fail(err, TOMO_E_IO, "can't write %s: an earlier write failed", f->path);
    if (size > BUFFER - f->used)
        st = flush(f, err);
    if (st || size == 0)
        return st;
    if (size >= BUFFER)
        return write_all(f, data, size, err);
    memcpy(f->buffer + f->used, data, size);
    f->used += size;
    return TOMO_OK;
}

tomo_status tomo__file_patch(tomo__file *f, uint64_t offset, const void *data, size_t size, tomo_error *err)
{
    tomo_status st = f->failed ? tomo__fail(err, TOMO_E_IO, "can't write %s: an earlier write failed", f->path)
                     : f->temp ? flush(f, err)
                               : TOMO_OK;
    for (size_t at = 0; f->temp && !st && at < size;) {
        const ssize_t n = pwrite(f->fd, (const char *)data + at, size - at, (off_t)(offset + at));
        if (n < 0 && errno != EINTR) {
            f->failed = true;
            st = tomo__fail_os(err, errno, "can't write %s", f->path);
        }
        at += n > 0 ? (size_t)n : 0;
    }
    return st;
}

/* The rename is safe from a power cut only once its folder is on the disk too. Some file systems can't: EINVAL. */
static tomo_status sync_folder(const char *path, tomo_error *err)
{
    char folder[PATH_MAX];
    size_t length = folder_length(path);
    if (length >= sizeof folder)
        return tomo__fail_os(err, ENAMETOOLONG, "can't flush the folder of %s", path);
    memcpy(folder, length ? path : ".", length ? length : 1);
    folder[length ? length : 1] = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno == EACCES ? TOMO_OK : tomo__fail_os(err, errno, "can't open %s", folder); /* write-only folder */
    int e = fsync(fd) == 0 || errno == EINVAL ? 0 : errno;
    close(fd);
    return e ? tomo__fail_os(err, e, "can't flush %s", folder) : TOMO_OK;
}

tomo_status tomo__file_commit(tomo__file *f, tomo_error *err)
{
    tomo_status st =
        f->failed ? tomo__fail(err, TOMO_E_IO, "can't write %s: an earlier write failed", f->path) : flush(f, err);
    if (!st && f->temp && fsync(f->fd) != 0 && errno != EINVAL)
        st = tomo__fail_os(err, errno, "can't flush %s", f->path);
    if (!st) {
        int fd = f->fd;
        f->fd = -1;
        if (close(fd) != 0 && errno != EINTR) /* NFS tells of a full disk here; Linux closes even if interrupted */
            st = tomo__fail_os(err, errno, "can't write %s", f->path);
    }
    if (!st && f->temp) {
        if (rename(f->temp, f->path) != 0) {
            st = tomo__fail_os(err, errno, "can't rename %s to %s", f->temp, f->path);
        } else {
            tomo__free(f->ctx, f->temp);
            f->temp = NULL;
            st = sync_folder(f->path, err);
        }
    }
    tomo__file_abandon(f);
    return st;
}

void tomo__file_abandon(tomo__file *f)
{
    if (!f)
        return;
    if (f->fd >= 0)
        close(f->fd);
    if (f->temp)
        unlink(f->temp);
    tomo__free(f->ctx, f->temp);
    tomo__free(f->ctx, f->path);
    tomo__free(f->ctx, f->buffer);
    tomo__free(f->ctx, f);
}

tomo_status tomo__file_put(tomo_ctx *ctx, const char *path, const void *data, size_t size, tomo_error *err)
{
    tomo__file *f = NULL;
    tomo_status st = tomo__file_begin(ctx, &f, path, err);
    if (!st)
        st = tomo__file_write(f, data, size, err);
    if (!st)
        return tomo__file_commit(f, err);
    tomo__file_abandon(f);
    return st;
}
