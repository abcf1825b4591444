/* test_folder.c - a folder appears whole, or nothing of it stays. */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../t.h"
#include "base/base_internal.h"

static int entries(const char *folder)
{
    int n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir)) != NULL;)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    if (dir)
        closedir(dir);
    return n;
}

/* A folder in it, and a file in that. */
static void fill(t_state *t, const tomo__folder *f)
{
    char path[700];
    snprintf(path, sizeof path, "%s/a/b", tomo__folder_path(f));
    CHECK_OK(tomo__mkdirs(path, &t->err));
    snprintf(path, sizeof path, "%s/a/b/c", tomo__folder_path(f));
    CHECK_OK(tomo__file_put(t->ctx, path, "x", 1, &t->err));
}

TEST(appears_with_all_that_is_in_it)
{
    const char *path = t_tmp(t, "new/deep/result///");
    char file[500];
    struct stat info;
    tomo__folder *f = NULL;
    CHECK_OK(tomo__folder_begin(t->ctx, &f, path, &t->err));
    CHECK(stat(path, &info) != 0);
    fill(t, f);
    CHECK_OK(tomo__folder_commit(f, &t->err));
    snprintf(file, sizeof file, "%s/new/deep/result/a/b/c", t->dir);
    CHECK(stat(file, &info) == 0);
    snprintf(file, sizeof file, "%s/new/deep", t->dir);
    CHECK_INT(entries(file), 1);
}

TEST(abandoned_leaves_nothing)
{
    const char *path = t_tmp(t, "result");
    tomo__folder *f = NULL;
    CHECK_OK(tomo__folder_begin(t->ctx, &f, path, &t->err));
    fill(t, f);
    tomo__folder_abandon(f);
    CHECK_INT(entries(t->dir), 0);
    tomo__folder_abandon(NULL);
}

TEST(replaces_only_an_empty_folder)
{
    const char *path = t_tmp(t, "result");
    char file[500];
    tomo__folder *f = NULL;
    CHECK(mkdir(path, 0777) == 0);
    CHECK_OK(tomo__folder_begin(t->ctx, &f, path, &t->err));
    snprintf(file, sizeof file, "%s/late", path);
    CHECK_OK(tomo__file_put(t->ctx, file, "x", 1, &t->err)); /* somebody was there in the meantime */
    CHECK_FAILS(tomo__folder_commit(f, &t->err), TOMO_E_EXISTS);
    f = NULL;
    CHECK_FAILS(tomo__folder_begin(t->ctx, &f, path, &t->err), TOMO_E_EXISTS);
    CHECK_FAILS(tomo__folder_begin(t->ctx, &f, file, &t->err), TOMO_E_EXISTS); /* a file */
    CHECK_FAILS(tomo__folder_begin(t->ctx, &f, "", &t->err), TOMO_E_ARG);
    CHECK_INT(entries(t->dir), 1);
    CHECK_INT(entries(path), 1);
}

TEST(lost_memory_is_said)
{
    const char *path = t_tmp(t, "result");
    FAIL_EACH_ALLOC(t)
    {
        tomo__folder *f = NULL;
        if (tomo__folder_begin(t->ctx, &f, path, &t->err) == TOMO_OK)
            tomo__folder_abandon(f);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
    }
    CHECK_INT(entries(t->dir), 0);
}
