/* folder.c - folders that appear whole or not at all: filled beside their final name, flushed to the disk, renamed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base_private.h"

struct tomo__folder {
    tomo_ctx *ctx;
    char *path; /* where it will be, without a slash at its end */
    char *temp; /* where it is until then; NULL if there is none yet */
};

/* Nothing there, or an empty folder, which the rename replaces. */
static tomo_status check_free(const char *path, tomo_error *err)
{
    struct stat info;
    const struct dirent *e = NULL;
    if (lstat(path, &info) != 0)
        return errno == ENOENT ? TOMO_OK : tomo__fail_os(err, errno, "%s", path);
    DIR *dir = S_ISDIR(info.st_mode) ? opendir(path) : NULL;
    while (dir && (e = readdir(dir)) && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0))
        ;
    if (dir)
        closedir(dir);
    return dir && !e ? TOMO_OK : tomo__fail(err, TOMO_E_EXISTS, "%s exists and is not an empty folder", path);
}

/* A hidden folder beside the final one, so that the rename stays within one file system. */
static tomo_status make_temp(tomo__folder *f, tomo_error *err)
{
    const char *slash = strrchr(f->path, '/');
    const size_t parent = slash ? (size_t)(slash - f->path) + 1 : 0, room = strlen(f->path) + 64;
    tomo_status st = TOMO_OK;
    char *temp = tomo__alloc(f->ctx, room);
    if (!temp)
        return tomo__no_memory(f->ctx, err, room, "the name of a temporary folder");
    snprintf(temp, room, "%.*s", (int)parent, f->path);
    if (parent > 1)
        st = tomo__mkdirs(temp, err);
    int made = -1, why = EEXIST;
    for (int tries = 0; st == TOMO_OK && made != 0 && why == EEXIST && tries < 1000; tries++) {
        snprintf(temp + parent, room - parent, ".%.200s.tmp-%ld-%llu", f->path + parent, (long)getpid(),
                 (unsigned long long)atomic_fetch_add(&f->ctx->file_counter, 1));
        made = mkdir(temp, 0777);
        why = errno;
    }
    if (made == 0) {
        f->temp = temp;
        return TOMO_OK;
    }
    tomo__free(f->ctx, temp);
    return st ? st : tomo__fail_os(err, why, "can't make a folder beside %s", f->path);
}

tomo_status tomo__folder_begin(tomo_ctx *ctx, tomo__folder **out, const char *path, tomo_error *err)
{
    size_t length = path ? strlen(path) : 0;
    while (length > 1 && path[length - 1] == '/')
        length--;
    if (length == 0 || length > 3900)
        return tomo__fail(err, TOMO_E_ARG, "the name of a folder has %zu bytes, expected 1 to 3900", length);
    tomo__folder *f = tomo__calloc(ctx, 1, sizeof *f);
    if (!f)
        return tomo__no_memory(ctx, err, sizeof *f, "a folder");
    f->ctx = ctx;
    f->path = tomo__calloc(ctx, length + 1, 1);
    tomo_status st = f->path ? TOMO_OK : tomo__no_memory(ctx, err, length + 1, "the name of a folder");
    if (st == TOMO_OK) {
        memcpy(f->path, path, length);
        st = check_free(f->path, err);
    }
    if (st == TOMO_OK)
        st = make_temp(f, err);
    if (st)
        tomo__folder_abandon(f);
    else
        *out = f;
    return st;
}

const char *tomo__folder_path(const tomo__folder *f) { return f->temp; }

tomo_status tomo__folder_commit(tomo__folder *f, tomo_error *err)
{
    const int fd = open(f->temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    tomo_status st = TOMO_OK;
    if (fd < 0 || syncfs(fd) != 0)
        st = tomo__fail_os(err, errno, "can't flush %s", f->temp);
    if (fd >= 0)
        close(fd);
    if (st == TOMO_OK && rename(f->temp, f->path) != 0)
        st = errno == ENOTEMPTY || errno == EEXIST
                 ? tomo__fail(err, TOMO_E_EXISTS, "%s exists", f->path)
                 : tomo__fail_os(err, errno, "can't rename %s to %s", f->temp, f->path);
    if (st == TOMO_OK) {
        tomo__free(f->ctx, f->temp);
        f->temp = NULL;
    }
    tomo__folder_abandon(f);
    return st;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info, (void)at;
    if (kind == FTW_DP || kind == FTW_D)
        rmdir(path);
    else
        unlink(path);
    return 0;
}

void tomo__folder_abandon(tomo__folder *f)
{
    if (!f)
        return;
    if (f->temp)
        nftw(f->temp, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    tomo__free(f->ctx, f->temp);
    tomo__free(f->ctx, f->path);
    tomo__free(f->ctx, f);
}

tomo_status tomo__folder_apart(const char *in, const char *out, tomo_error *err)
{
    char parent[4096], *real_in = realpath(in, NULL), *real_out;
    const char *slash = strrchr(out, '/');
    tomo_status st = TOMO_OK;
    snprintf(parent, sizeof parent, "%.*s", slash ? (int)TOMO__MIN(slash - out + 1, 4000) : 1, slash ? out : ".");
    real_out = realpath(out, NULL);
    if (!real_out)
        real_out = realpath(parent, NULL);
    if (real_in && real_out) {
        size_t n = strlen(real_in);
        if (strncmp(real_in, real_out, n) == 0 && (real_out[n] == 0 || real_out[n] == '/'))
            st = tomo__fail(err, TOMO_E_ARG, "the new folder would lie in the old one");
    }
    free(real_in);
    free(real_out);
    return st;
}
