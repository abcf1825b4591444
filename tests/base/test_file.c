/* test_file.c - a file appears whole or not at all, and nothing is left beside it. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base_internal.h"
#include "t.h"

static size_t files_in(t_state *t, const char *folder) /* hidden ones too */
{
    char command[400];
    size_t n = 0;
    snprintf(command, sizeof command, "ls -A '%s' | wc -l", folder);
    FILE *p = popen(command, "r");
    CHECK(p && fscanf(p, "%zu", &n) == 1);
    pclose(p);
    return n;
}

static void has(const char *path, const void *want, size_t size)
{
    FILE *f = fopen(path, "rb");
    char *got = malloc(size + 1);
    CHECK(f && got);
    CHECK_INT(fread(got, 1, size + 1, f), size);
    CHECK(memcmp(got, want, size) == 0);
    free(got);
    fclose(f);
}

TEST(put_and_replace)
{
    const char *path = t_tmp(t, "out.bin");
    struct stat info;
    CHECK_OK(tomo__file_put(t->ctx, path, "first", 5, &t->err));
    has(path, "first", 5);
    CHECK(chmod(path, 0640) == 0);
    CHECK_OK(tomo__file_put(t->ctx, path, "", 0, &t->err));
    has(path, "", 0);
    CHECK(stat(path, &info) == 0 && (info.st_mode & 07777) == 0640);
    CHECK_INT(files_in(t, t->dir), 1);
}

TEST(not_there_before_commit_and_gone_after_abandon)
{
    const char *path = t_tmp(t, "out.bin");
    tomo__file *f = NULL;
    CHECK_OK(tomo__file_put(t->ctx, path, "old", 3, &t->err));
    CHECK_OK(tomo__file_begin(t->ctx, &f, path, &t->err));
    CHECK_OK(tomo__file_write(f, "new", 3, &t->err));
    has(path, "old", 3);
    CHECK_INT(files_in(t, t->dir), 2);
    tomo__file_abandon(f);
    has(path, "old", 3);
    CHECK_INT(files_in(t, t->dir), 1);
    tomo__file_abandon(NULL);
}

TEST(pieces_of_all_sizes)
{
    const char *path = t_tmp(t, "big.bin");
    const size_t size = 5 << 20;
    uint8_t *all = malloc(size);
    uint32_t seed = 3;
    tomo__file *f = NULL;
    CHECK(all != NULL);
    for (size_t i = 0; i < size; i++)
        all[i] = (uint8_t)t_random(&seed);
    CHECK_OK(tomo__file_begin(t->ctx, &f, path, &t->err));
    for (size_t at = 0; at < size;) {
        size_t n = t_random(&seed) % 5 == 0 ? t_random(&seed) % (2 << 20) : t_random(&seed) % 5000;
        n = TOMO__MIN(n, size - at);
        CHECK_OK(tomo__file_write(f, all + at, n, &t->err));
        at += n;
    }
    CHECK_OK(tomo__file_commit(f, &t->err));
    has(path, all, size);
    free(all);
}

TEST(links_are_kept)
{
    struct stat info;
    char real[400], link[400];
    snprintf(real, sizeof real, "%s", t_tmp(t, "real"));
    snprintf(link, sizeof link, "%s", t_tmp(t, "link"));
    CHECK_OK(tomo__file_put(t->ctx, real, "1", 1, &t->err));
    CHECK(symlink("real", link) == 0);
    CHECK_OK(tomo__file_put(t->ctx, link, "22", 2, &t->err));
    CHECK(lstat(link, &info) == 0 && S_ISLNK(info.st_mode));
    has(real, "22", 2);
}

TEST(relative_and_long_names)
{
    char name[256], here[400];
    memset(name, 'n', 255); /* NAME_MAX: the temporary name must not be longer */
    name[255] = '\0';
    CHECK_OK(tomo__file_put(t->ctx, t_tmp(t, name), "x", 1, &t->err));
    CHECK(getcwd(here, sizeof here) && chdir(t->dir) == 0);
    tomo_status st = tomo__file_put(t->ctx, "plain", "y", 1, &t->err);
    CHECK(chdir(here) == 0);
    CHECK_OK(st);
    has(t_tmp(t, "plain"), "y", 1);
    CHECK_INT(files_in(t, t->dir), 2);
}

TEST(devices_and_pipes_are_written_straight)
{
    char fifo[400], got[6] = "";
    struct stat info;
    CHECK_OK(tomo__file_put(t->ctx, "/dev/null", "gone", 4, &t->err));
    CHECK(stat("/dev/null", &info) == 0 && S_ISCHR(info.st_mode));
    snprintf(fifo, sizeof fifo, "%s", t_tmp(t, "fifo"));
    CHECK(mkfifo(fifo, 0600) == 0);
    int fd = open(fifo, O_RDONLY | O_NONBLOCK);
    CHECK(fd >= 0);
    CHECK_OK(tomo__file_put(t->ctx, fifo, "hello", 5, &t->err));
    CHECK_INT(read(fd, got, 5), 5);
    CHECK_STR(got, "hello");
    close(fd);
    CHECK(stat(fifo, &info) == 0 && S_ISFIFO(info.st_mode));
}

/* /dev/shm is a folder like others: a new file appears in it, a shorter one leaves nothing of the longer. */
TEST(files_below_dev_appear_whole)
{
    char path[100];
    struct stat info;
    if (access("/dev/shm", W_OK | X_OK) != 0)
        t_skip(t, "no /dev/shm");
    snprintf(path, sizeof path, "/dev/shm/tomo-test-%ld", (long)getpid());
    unlink(path);
    CHECK_OK(tomo__file_put(t->ctx, path, "0123456789", 10, &t->err));
    CHECK(stat(path, &info) == 0);
    const ino_t before = info.st_ino;
    int fd = open(path, O_RDONLY); /* holds the number, so that it can't be given again */
    CHECK_OK(tomo__file_put(t->ctx, path, "short", 5, &t->err));
    has(path, "short", 5);
    CHECK(stat(path, &info) == 0 && info.st_ino != before);
    close(fd);
    unlink(path);
}

TEST(an_open_file_without_a_name_is_written_and_cut)
{
    char path[400], got[20] = "";
    snprintf(path, sizeof path, "%s", t_tmp(t, "gone"));
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    CHECK(fd >= 0 && write(fd, "0123456789", 10) == 10 && unlink(path) == 0);
    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    if (access(path, W_OK) != 0) {
        close(fd);
        t_skip(t, "no /dev/fd");
    }
    CHECK_OK(tomo__file_put(t->ctx, path, "short", 5, &t->err));
    CHECK_INT(pread(fd, got, sizeof got, 0), 5);
    CHECK_STR(got, "short");
    CHECK_INT(files_in(t, t->dir), 0);
    close(fd);
}

TEST(what_cannot_be_written)
{
    tomo__file *f = NULL;
    char below[500];
    CHECK_FAILS(tomo__file_begin(t->ctx, &f, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo__file_begin(t->ctx, &f, "", &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo__file_begin(t->ctx, &f, t_tmp(t, "no/such/folder/x"), &t->err), TOMO_E_IO);
    CHECK_FAILS(tomo__file_begin(t->ctx, &f, t->dir, &t->err), TOMO_E_ARG);
    CHECK_OK(tomo__file_put(t->ctx, t_tmp(t, "file"), "x", 1, &t->err));
    snprintf(below, sizeof below, "%s/x", t_tmp(t, "file"));
    CHECK_FAILS(tomo__file_begin(t->ctx, &f, below, &t->err), TOMO_E_IO);
    CHECK(f == NULL);
}

TEST(a_full_disk_is_told)
{
    if (access("/dev/full", W_OK) != 0)
        t_skip(t, "no /dev/full");
    CHECK_FAILS(tomo__file_put(t->ctx, "/dev/full", "x", 1, &t->err), TOMO_E_IO);
    CHECK_INT(t->err.os_errno, ENOSPC);
    tomo__file *f = NULL;
    char *much = calloc(3, 1 << 20);
    CHECK_OK(tomo__file_begin(t->ctx, &f, "/dev/full", &t->err));
    CHECK_FAILS(tomo__file_write(f, much, 3 << 20, &t->err), TOMO_E_IO);
    CHECK_FAILS(tomo__file_write(f, much, 1, &t->err), TOMO_E_IO); /* and stays so */
    CHECK_FAILS(tomo__file_commit(f, &t->err), TOMO_E_IO);
    free(much);
}

TEST(files_survive_lost_memory)
{
    const char *path = t_tmp(t, "out");
    FAIL_EACH_ALLOC(t)
    {
        tomo_status st = tomo__file_put(t->ctx, path, "x", 1, &t->err);
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        CHECK_INT(files_in(t, t->dir), st == TOMO_OK);
    }
}

typedef struct writer {
    t_state *t;
    const char *path;
    bool bad;
} writer;

static void *write_often(void *arg)
{
    writer *w = arg;
    tomo_error err = { 0 };
    for (int i = 0; i < 10; i++)
        if (tomo__file_put(w->t->ctx, w->path, "0123456789", 10, &err))
            w->bad = true;
    return NULL;
}

TEST(writers_of_one_file_do_not_mix)
{
    writer w[3];
    pthread_t thread[3];
    const char *path = t_tmp(t, "shared");
    for (int i = 0; i < 3; i++) {
        w[i] = (writer){ t, path, false };
        CHECK(pthread_create(&thread[i], NULL, write_often, &w[i]) == 0);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(thread[i], NULL);
        CHECK(!w[i].bad);
    }
    has(path, "0123456789", 10);
    CHECK_INT(files_in(t, t->dir), 1);
}
