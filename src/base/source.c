/* source.c - where bytes come from: files (pread, and a memory map when somebody asks for all), memory, callbacks. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base_private.h"

struct tomo_source {
    _Atomic int64_t refs;
    tomo_ctx *ctx; /* a reference */
    uint64_t size;
    int fd;                     /* of a file, else -1 */
    tomo_source_callbacks cb;   /* read is NULL unless the source is made of callbacks */
    pthread_mutex_t lock;       /* held while `all` is made */
    _Atomic(tomo_buffer *) all; /* every byte: at once for memory, after the first tomo_source_map for others */
    char name[];
};

static tomo_status make(tomo_ctx *ctx, tomo_source **out, const char *name, uint64_t size, tomo_error *err)
{
    size_t length = strlen(name);
    tomo_source *s = tomo__calloc(ctx, 1, sizeof *s + length + 1);
    if (!s)
        return tomo__no_memory(ctx, err, sizeof *s + length + 1, "a source");
    if (pthread_mutex_init(&s->lock, NULL) != 0) {
        tomo__free(ctx, s);
        return tomo__fail(err, TOMO_E_NOMEM, "no memory for a lock");
    }
    atomic_init(&s->refs, 1);
    s->ctx = tomo__ctx_ref(ctx);
    s->size = size;
    s->fd = -1;
    memcpy(s->name, name, length + 1);
    *out = s;
    return TOMO_OK;
}

static const char *kind_of(mode_t mode)
{
    return S_ISDIR(mode) ? "folder" : S_ISFIFO(mode) ? "FIFO" : S_ISSOCK(mode) ? "socket" : "device";
}

/* O_NONBLOCK: opening a FIFO must not wait for a writer; it means nothing for regular files. */
enum { READING = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

/* The descriptor is the source's on success, and closed on failure. */
static tomo_status from_file(tomo_ctx *ctx, tomo_source **out, int fd, const char *path, tomo_error *err)
{
    struct stat info;
    tomo_status st;
    tomo_source *s;
    if (fstat(fd, &info) != 0)
        st = tomo__fail_os(err, errno, "can't look at %s", path);
    else if (!S_ISREG(info.st_mode))
        st = tomo__fail(err, TOMO_E_ARG, "%s is a %s, expected a regular file", path, kind_of(info.st_mode));
    else
        st = make(ctx, &s, path, (uint64_t)info.st_size, err);
    if (st) {
        close(fd);
        return st;
    }
    s->fd = fd;
    *out = s;
    return TOMO_OK;
}

tomo_status tomo_source_open(tomo_ctx *ctx, tomo_source **out, const char *path, tomo_error *err)
{
    if (!ctx || !out || !path || !path[0])
        return tomo__fail(err, TOMO_E_ARG, "tomo_source_open: %s",
                          !ctx   ? "ctx is NULL"
                          : !out ? "out is NULL"
                                 : "no path");
    int fd = open(path, READING);
    return fd < 0 ? tomo__fail_os(err, errno, "can't open %s", path) : from_file(ctx, out, fd, path, err);
}

/* One folder or file further down; links are not followed, so that nobody can turn one while the way is gone. */
static int step_down(int folder, const char *name, size_t size, bool last)
{
    char one[NAME_MAX + 1];
    if (size > NAME_MAX)
        return errno = ENAMETOOLONG, -1;
    memcpy(one, name, size);
    one[size] = 0;
    return openat(folder, one, (last ? READING : O_RDONLY | O_CLOEXEC | O_DIRECTORY) | O_NOFOLLOW);
}

tomo_status tomo__source_open_below(tomo_ctx *ctx, tomo_source **out, const char *folder, const char *path,
                                    tomo_error *err)
{
    int fd = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (fd < 0)
        return tomo__fail_os(err, errno, "can't open %s", folder);
    for (const char *at = path;;) {
        at += strspn(at, "/");
        const size_t size = strcspn(at, "/");
        const bool last = at[size + strspn(at + size, "/")] == 0;
        if ((size == 2 && at[0] == '.' && at[1] == '.') || size == 0) {
            close(fd);
            return tomo__fail(err, TOMO_E_DENIED, "%s leads out of the folder %s", path, folder);
        }
        if (size > 1 || at[0] != '.') {
            const int next = step_down(fd, at, size, last);
            const int why = errno;
            close(fd);
            /* a link where a folder should be is ENOTDIR on some systems, ELOOP on others */
            if (next < 0 && (why == ELOOP || why == ENOTDIR))
                return tomo__fail(err, TOMO_E_DENIED,
                                  "%s: '%.*s' is a link or no folder; links below %s are not followed", path, (int)size,
                                  at, folder);
            if (next < 0)
                return tomo__fail_os(err, why, "can't open %s/%s", folder, path);
            fd = next;
        }
        if (last)
            return from_file(ctx, out, fd, path, err);
        at += size;
    }
}

tomo_status tomo_source_from_buffer(tomo_ctx *ctx, tomo_source **out, tomo_buffer *buffer, tomo_error *err)
{
    if (!ctx || !out || !buffer)
        return tomo__fail(err, TOMO_E_ARG, "tomo_source_from_buffer: an argument is NULL");
    tomo_status st = make(ctx, out, "memory", tomo_buffer_size(buffer), err);
    if (!st)
        atomic_init(&(*out)->all, tomo_buffer_ref(buffer));
    return st;
}

tomo_status tomo_source_from_memory(tomo_ctx *ctx, tomo_source **out, const void *data, size_t size, tomo_error *err)
{
    tomo_buffer *buffer = NULL;
    if (!ctx || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_source_from_memory: %s is NULL", ctx ? "out" : "ctx");
    /* the buffer is only ever read through the source */
    tomo_status st = tomo_buffer_wrap(ctx, &buffer, (void *)(uintptr_t)data, size, NULL, NULL, err);
    if (!st)
        st = tomo_source_from_buffer(ctx, out, buffer, err);
    tomo_buffer_free(buffer);
    return st;
}

tomo_status tomo_source_from_callbacks(tomo_ctx *ctx, tomo_source **out, const tomo_source_callbacks *cb,
                                       tomo_error *err)
{
    if (!ctx || !out || !cb)
        return tomo__fail(err, TOMO_E_ARG, "tomo_source_from_callbacks: an argument is NULL");
    if (cb->struct_size != sizeof *cb)
        return tomo__fail(err, TOMO_E_ARG, "tomo_source_from_callbacks: struct_size is %u, expected %zu",
                          (unsigned)cb->struct_size, sizeof *cb);
    if (!cb->read)
        return tomo__fail(err, TOMO_E_ARG, "tomo_source_from_callbacks: read is NULL");
    if (cb->size > INT64_MAX)
        return tomo__fail(err, TOMO_E_ARG, "tomo_source_from_callbacks: size is %llu, expected at most 2^63 - 1",
                          (unsigned long long)cb->size);
    tomo_status st = make(ctx, out, "callbacks", cb->size, err);
    if (!st)
        (*out)->cb = *cb;
    return st;
}

tomo_source *tomo_source_ref(tomo_source *source)
{
    atomic_fetch_add_explicit(&source->refs, 1, memory_order_relaxed);
    return source;
}

void tomo_source_free(tomo_source *source)
{
    if (!source || atomic_fetch_sub_explicit(&source->refs, 1, memory_order_acq_rel) != 1)
        return;
    tomo_ctx *ctx = source->ctx;
    tomo_buffer_free(atomic_load(&source->all));
    if (source->fd >= 0)
        close(source->fd);
    if (source->cb.close)
        source->cb.close(source->cb.user);
    pthread_mutex_destroy(&source->lock);
    tomo__free(ctx, source);
    tomo__ctx_unref(ctx);
}

uint64_t tomo_source_size(const tomo_source *source) { return source->size; }
const char *tomo_source_name(const tomo_source *source) { return source->name; }

const uint8_t *tomo__source_peek(const tomo_source *source)
{
    tomo_buffer *all = atomic_load_explicit(&source->all, memory_order_acquire);
    return all ? tomo_buffer_data(all) : NULL;
}

/* pread rather than the map, even if there is one: a file that shrinks is an error here, but a signal there. */
static tomo_status read_file(tomo_source *s, uint64_t offset, void *to, size_t bytes, tomo_error *err)
{
    size_t got = 0;
    while (got < bytes) {
        ssize_t n = pread(s->fd, (char *)to + got, bytes - got, (off_t)(offset + got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return tomo__fail_os(err, errno, "can't read %zu bytes at %llu of %s", bytes, (unsigned long long)offset,
                                 s->name);
        if (n == 0)
            return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)(offset + got),
                                 "%s ends at byte %llu, but had %llu bytes when it was opened", s->name,
                                 (unsigned long long)(offset + got), (unsigned long long)s->size);
        got += (size_t)n;
    }
    return TOMO_OK;
}

static tomo_status read_callback(tomo_source *s, uint64_t offset, void *to, size_t bytes, tomo_error *err)
{
    int e = s->cb.read(s->cb.user, offset, to, bytes);
    if (e == 0)
        return TOMO_OK;
    tomo_status st =
        tomo__fail_os(err, e, "can't read %zu bytes at %llu of %s", bytes, (unsigned long long)offset, s->name);
    if (err)
        err->offset = (int64_t)offset;
    return st;
}

tomo_status tomo_source_read(tomo_source *source, uint64_t offset, void *to, size_t bytes, tomo_error *err)
{
    if (offset > source->size || bytes > source->size - offset)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)TOMO__MIN(offset, (uint64_t)INT64_MAX),
                             "%s has %llu bytes, expected %zu more at byte %llu", source->name,
                             (unsigned long long)source->size, bytes, (unsigned long long)offset);
    if (bytes == 0)
        return TOMO_OK;
    if (source->fd >= 0)
        return read_file(source, offset, to, bytes, err);
    if (source->cb.read)
        return read_callback(source, offset, to, bytes, err);
    memcpy(to, tomo__source_peek(source) + offset, bytes);
    return TOMO_OK;
}

static void unmap(void *user, void *data, size_t size) { munmap(data, size); }

static tomo_status map_file(tomo_source *s, tomo_buffer **out, tomo_error *err)
{
    size_t size = (size_t)s->size;
    if (size == 0) /* mmap refuses it */
        return tomo_buffer_wrap(s->ctx, out, NULL, 0, NULL, NULL, err);
    void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, s->fd, 0);
    if (data == MAP_FAILED)
        return tomo__fail_os(err, errno, "can't map %s", s->name);
    if (size > (size_t)1 << 20)
        madvise(data, size, MADV_SEQUENTIAL); /* read ahead further; costs nothing if only the start is read */
    tomo_status st = tomo_buffer_wrap(s->ctx, out, data, size, unmap, NULL, err);
    if (st)
        munmap(data, size);
    return st;
}

/* A copy in pieces, so that one call of the callback is never for more than 8 MiB. */
static tomo_status copy_callbacks(tomo_source *s, tomo_buffer **out, tomo_error *err)
{
    const size_t piece = (size_t)8 << 20;
    tomo_buffer *buffer = NULL;
    if (!tomo__fits(s->ctx, s->size))
        return tomo__no_memory(s->ctx, err, (size_t)s->size, s->name);
    tomo_status st = tomo_buffer_new(s->ctx, &buffer, (size_t)s->size, err);
    for (size_t at = 0; !st && at < s->size; at += piece)
        st = read_callback(s, at, (char *)tomo_buffer_data_mut(buffer) + at, TOMO__MIN(piece, (size_t)s->size - at),
                           err);
    if (st)
        tomo_buffer_free(buffer);
    else
        *out = buffer;
    return st;
}

tomo_status tomo_source_map(tomo_source *source, tomo_buffer **out, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    tomo_buffer *all = atomic_load_explicit(&source->all, memory_order_acquire);
    if (!all) {
        pthread_mutex_lock(&source->lock);
        all = atomic_load(&source->all); /* another thread may have been first */
        if (!all)
            st = source->fd >= 0 ? map_file(source, &all, err) : copy_callbacks(source, &all, err);
        if (!st)
            atomic_store_explicit(&source->all, all, memory_order_release);
        pthread_mutex_unlock(&source->lock);
    }
    if (!st)
        *out = tomo_buffer_ref(all);
    return st;
}
