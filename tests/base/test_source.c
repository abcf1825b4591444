/* test_source.c - the same bytes from a file, memory and callbacks; sources cut short; what is not a file. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/base_internal.h"
#include "t.h"

#define SIZE 100000

static void fill(uint8_t *bytes)
{
    uint32_t seed = 5;
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)t_random(&seed);
}

static void put_file(const char *path, const void *data, size_t size)
{
    FILE *f = fopen(path, "wb");
    CHECK(f && fwrite(data, 1, size, f) == size && fclose(f) == 0);
}

typedef struct remote {
    const uint8_t *bytes;
    int fail_with, closed, calls;
    size_t largest;
} remote;

static int remote_read(void *user, uint64_t offset, void *to, size_t bytes)
{
    remote *r = user;
    r->calls++;
    r->largest = TOMO__MAX(r->largest, bytes);
    if (r->fail_with)
        return r->fail_with;
    if (r->bytes)
        memcpy(to, r->bytes + offset, bytes);
    else
        memset(to, (int)(offset >> 20), bytes);
    return 0;
}

static void remote_close(void *user) { ((remote *)user)->closed++; }

static tomo_source *open_remote(t_state *t, remote *r, uint64_t size)
{
    tomo_source_callbacks cb = { sizeof cb, r, size, remote_read, remote_close };
    tomo_source *s = NULL;
    CHECK_OK(tomo_source_from_callbacks(t->ctx, &s, &cb, &t->err));
    return s;
}

static void same_bytes(t_state *t, tomo_source *s, const uint8_t *bytes)
{
    uint8_t piece[777];
    tomo_buffer *all = NULL, *again = NULL;
    CHECK_INT(tomo_source_size(s), SIZE);
    for (size_t at = 0; at < SIZE; at += 9001) {
        size_t n = TOMO__MIN(sizeof piece, SIZE - at);
        CHECK_OK(tomo_source_read(s, at, piece, n, &t->err));
        CHECK(memcmp(piece, bytes + at, n) == 0);
    }
    CHECK_OK(tomo_source_read(s, SIZE, piece, 0, &t->err));
    CHECK_OK(tomo_source_map(s, &all, &t->err));
    CHECK_OK(tomo_source_map(s, &again, &t->err));
    CHECK(all == again);
    CHECK_INT(tomo_buffer_size(all), SIZE);
    CHECK(memcmp(tomo_buffer_data(all), bytes, SIZE) == 0);
    CHECK(tomo__source_peek(s) == tomo_buffer_data(all));
    CHECK_OK(tomo_source_read(s, 17, piece, 100, &t->err)); /* still, once mapped */
    CHECK(memcmp(piece, bytes + 17, 100) == 0);
    tomo_buffer_free(again);
    tomo_source_free(tomo_source_ref(s));
    tomo_source_free(s);
    CHECK(memcmp(tomo_buffer_data(all), bytes, SIZE) == 0); /* the buffer holds what it needs */
    tomo_buffer_free(all);
}

TEST(all_kinds_give_the_same_bytes)
{
    static uint8_t bytes[SIZE];
    remote r = { .bytes = bytes };
    const char *path = t_tmp(t, "bytes");
    tomo_source *s = NULL;
    tomo_buffer *b = NULL;
    fill(bytes);
    put_file(path, bytes, SIZE);
    CHECK_OK(tomo_source_open(t->ctx, &s, path, &t->err));
    CHECK_STR(tomo_source_name(s), path);
    CHECK(tomo__source_peek(s) == NULL);
    same_bytes(t, s, bytes);

    CHECK_OK(tomo_source_from_memory(t->ctx, &s, bytes, SIZE, &t->err));
    CHECK(tomo__source_peek(s) == bytes);
    CHECK(tomo_source_name(s)[0]);
    same_bytes(t, s, bytes);

    CHECK_OK(tomo_buffer_new(t->ctx, &b, SIZE, &t->err));
    memcpy(tomo_buffer_data_mut(b), bytes, SIZE);
    CHECK_OK(tomo_source_from_buffer(t->ctx, &s, b, &t->err));
    CHECK(tomo__source_peek(s) == tomo_buffer_data(b));
    tomo_buffer_free(b);
    same_bytes(t, s, bytes);

    s = open_remote(t, &r, SIZE);
    CHECK(tomo__source_peek(s) == NULL);
    same_bytes(t, s, bytes);
    CHECK_INT(r.closed, 1);
}

TEST(past_the_end)
{
    uint8_t bytes[16] = { 0 }, to[16];
    tomo_source *s = NULL;
    CHECK_OK(tomo_source_from_memory(t->ctx, &s, bytes, sizeof bytes, &t->err));
    for (uint64_t at = 0; at <= 16; at++) {
        CHECK_OK(tomo_source_read(s, at, to, (size_t)(16 - at), &t->err));
        CHECK_FAILS(tomo_source_read(s, at, to, (size_t)(17 - at), &t->err), TOMO_E_FORMAT);
        CHECK_INT(t->err.offset, at);
    }
    CHECK_FAILS(tomo_source_read(s, 17, to, 0, &t->err), TOMO_E_FORMAT);
    CHECK_FAILS(tomo_source_read(s, UINT64_MAX, to, 1, &t->err), TOMO_E_FORMAT);
    CHECK_FAILS(tomo_source_read(s, 1, to, SIZE_MAX, &t->err), TOMO_E_FORMAT);
    tomo_source_free(s);
}

TEST(a_file_that_shrinks_is_an_error) /* for reads; the map is documented to need a file that stays */
{
    static uint8_t bytes[SIZE];
    const char *path = t_tmp(t, "shrinks");
    tomo_source *s = NULL;
    put_file(path, bytes, SIZE);
    CHECK_OK(tomo_source_open(t->ctx, &s, path, &t->err));
    CHECK(truncate(path, 1000) == 0);
    CHECK_OK(tomo_source_read(s, 0, bytes, 1000, &t->err));
    CHECK_FAILS(tomo_source_read(s, 990, bytes, 11, &t->err), TOMO_E_FORMAT);
    CHECK_INT(t->err.offset, 1000);
    tomo_source_free(s);
}

TEST(what_is_not_a_file)
{
    tomo_source *s = NULL;
    const char *fifo = t_tmp(t, "fifo"), *sock = t_tmp(t, "sock");
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    CHECK_FAILS(tomo_source_open(t->ctx, &s, t_tmp(t, "absent"), &t->err), TOMO_E_NOTFOUND);
    CHECK_INT(t->err.os_errno, ENOENT);
    CHECK_FAILS(tomo_source_open(t->ctx, &s, "", &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_source_open(t->ctx, &s, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_source_open(t->ctx, &s, t->dir, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "is a folder, expected a regular file"));
    CHECK_FAILS(tomo_source_open(t->ctx, &s, "/dev/null", &t->err), TOMO_E_ARG);
    CHECK(mkfifo(fifo, 0600) == 0);
    CHECK_FAILS(tomo_source_open(t->ctx, &s, fifo, &t->err), TOMO_E_ARG); /* and does not wait for a writer */
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", sock);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK_FAILS(tomo_source_open(t->ctx, &s, sock, &t->err), TOMO_E_IO);
    close(fd);
    CHECK(s == NULL);
}

TEST(empty_sources)
{
    tomo_source *s = NULL;
    tomo_buffer *b = NULL;
    char to;
    put_file(t_tmp(t, "empty"), "", 0);
    CHECK_OK(tomo_source_open(t->ctx, &s, t_tmp(t, "empty"), &t->err));
    CHECK_INT(tomo_source_size(s), 0);
    CHECK_OK(tomo_source_map(s, &b, &t->err));
    CHECK_INT(tomo_buffer_size(b), 0);
    tomo_buffer_free(b);
    CHECK_FAILS(tomo_source_read(s, 0, &to, 1, &t->err), TOMO_E_FORMAT);
    tomo_source_free(s);
    CHECK_OK(tomo_source_from_memory(t->ctx, &s, NULL, 0, &t->err));
    CHECK_OK(tomo_source_map(s, &b, &t->err));
    tomo_buffer_free(b);
    tomo_source_free(s);
    CHECK_FAILS(tomo_source_from_memory(t->ctx, &s, NULL, 1, &t->err), TOMO_E_ARG);
}

TEST(callbacks_that_fail)
{
    remote r = { .fail_with = EACCES };
    uint8_t to[10];
    tomo_buffer *b = NULL;
    tomo_source *s = open_remote(t, &r, SIZE);
    CHECK_FAILS(tomo_source_read(s, 50, to, 10, &t->err), TOMO_E_IO);
    CHECK_INT(t->err.os_errno, EACCES);
    CHECK_INT(t->err.offset, 50);
    CHECK_FAILS(tomo_source_map(s, &b, &t->err), TOMO_E_IO);
    CHECK(b == NULL);
    r.fail_with = 0; /* the connection is back: nothing wrong was kept */
    CHECK_OK(tomo_source_map(s, &b, &t->err));
    tomo_buffer_free(b);
    tomo_source_free(s);
    CHECK_INT(r.closed, 1);
}

TEST(callbacks_are_read_in_pieces)
{
    remote r = { 0 };
    tomo_buffer *b = NULL;
    tomo_source *s = open_remote(t, &r, 20 << 20);
    CHECK_OK(tomo_source_map(s, &b, &t->err));
    CHECK_INT(r.calls, 3);
    CHECK(r.largest <= 8 << 20);
    CHECK_INT(((const uint8_t *)tomo_buffer_data(b))[17 << 20], 16); /* the third piece began at 16 MiB */
    tomo_buffer_free(b);
    tomo_source_free(s);
}

TEST(declared_size_is_held_against_the_limit) /* before memory is taken or a byte is read */
{
    remote r = { 0 };
    tomo_buffer *b = NULL;
    tomo_source *s = open_remote(t, &r, (uint64_t)1 << 60);
    CHECK_FAILS(tomo_source_map(s, &b, &t->err), TOMO_E_LIMIT);
    CHECK_INT(r.calls, 0);
    tomo_source_free(s);
}

TEST(wrong_callbacks)
{
    remote r = { 0 };
    tomo_source *s = NULL;
    tomo_source_callbacks cb = { sizeof cb, &r, 10, NULL, remote_close };
    CHECK_FAILS(tomo_source_from_callbacks(t->ctx, &s, &cb, &t->err), TOMO_E_ARG);
    cb.read = remote_read;
    cb.struct_size = 4;
    CHECK_FAILS(tomo_source_from_callbacks(t->ctx, &s, &cb, &t->err), TOMO_E_ARG);
    cb.struct_size = sizeof cb;
    cb.size = UINT64_MAX;
    CHECK_FAILS(tomo_source_from_callbacks(t->ctx, &s, &cb, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_source_from_callbacks(t->ctx, &s, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_source_from_buffer(t->ctx, &s, NULL, &t->err), TOMO_E_ARG);
    CHECK_INT(r.closed, 0); /* still the caller's */
}

TEST(sources_survive_lost_memory)
{
    static uint8_t bytes[SIZE];
    const char *path = t_tmp(t, "bytes");
    put_file(path, bytes, SIZE);
    FAIL_EACH_ALLOC(t)
    {
        remote r = { .bytes = bytes };
        tomo_source_callbacks cb = { sizeof cb, &r, SIZE, remote_read, remote_close };
        tomo_source *s[3] = { NULL, NULL, NULL };
        tomo_buffer *b[3] = { NULL, NULL, NULL };
        tomo_status st = tomo_source_open(t->ctx, &s[0], path, &t->err);
        if (!st)
            st = tomo_source_from_memory(t->ctx, &s[1], bytes, SIZE, &t->err);
        if (!st)
            st = tomo_source_from_callbacks(t->ctx, &s[2], &cb, &t->err);
        for (int i = 0; !st && i < 3; i++)
            st = tomo_source_map(s[i], &b[i], &t->err);
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        CHECK(st == TOMO_OK || t->err.status == st);
        CHECK_INT(r.closed, 0);
        bool opened = s[2] != NULL;
        for (int i = 0; i < 3; i++) {
            tomo_buffer_free(b[i]);
            tomo_source_free(s[i]);
        }
        CHECK_INT(r.closed, opened);
    }
}

static void *map_it(void *arg)
{
    tomo_buffer *b = NULL;
    tomo_error err = { 0 };
    if (tomo_source_map(arg, &b, &err))
        return NULL;
    void *data = (void *)(uintptr_t)tomo_buffer_data(b);
    tomo_buffer_free(b);
    return data;
}

TEST(threads_that_map_at_once_get_one_map)
{
    static uint8_t bytes[SIZE];
    const char *path = t_tmp(t, "bytes");
    put_file(path, bytes, SIZE);
    for (int round = 0; round < 20; round++) {
        tomo_source *s = NULL;
        pthread_t thread[4];
        void *data[4];
        CHECK_OK(tomo_source_open(t->ctx, &s, path, &t->err));
        for (int i = 0; i < 4; i++)
            CHECK(pthread_create(&thread[i], NULL, map_it, s) == 0);
        for (int i = 0; i < 4; i++)
            pthread_join(thread[i], &data[i]);
        for (int i = 0; i < 4; i++)
            CHECK(data[i] && data[i] == data[0]);
        tomo_source_free(s);
    }
}
