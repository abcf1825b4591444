/* test_paths.c - folders are made with their parents; listing is sorted, bounded, and does not follow links. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/base_internal.h"
#include "t.h"

static void touch(t_state *t, const char *name) { CHECK_OK(tomo__file_put(t->ctx, t_tmp(t, name), name, 1, &t->err)); }

TEST(folders_with_parents)
{
    struct stat info;
    CHECK_OK(tomo__mkdirs(t_tmp(t, "a/b//c/"), &t->err));
    CHECK(stat(t_tmp(t, "a/b/c"), &info) == 0 && S_ISDIR(info.st_mode));
    CHECK_OK(tomo__mkdirs(t_tmp(t, "a/b/c"), &t->err)); /* there already */
    CHECK_OK(tomo__mkdirs("/", &t->err));
    CHECK_OK(tomo__mkdirs(".", &t->err));
    touch(t, "a/file");
    CHECK_FAILS(tomo__mkdirs(t_tmp(t, "a/file"), &t->err), TOMO_E_EXISTS);
    CHECK_FAILS(tomo__mkdirs(t_tmp(t, "a/file/x"), &t->err), TOMO_E_EXISTS);
    CHECK_FAILS(tomo__mkdirs("", &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo__mkdirs(NULL, &t->err), TOMO_E_ARG);
    char name[5000];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    CHECK_FAILS(tomo__mkdirs(name, &t->err), TOMO_E_ARG);
}

static void make_tree(t_state *t)
{
    static const char *const names[] = { "d/10", "d/2", "d/a/z", "d/B", "d/.hidden", "d/.dir/x", "d/a-b" };
    CHECK_OK(tomo__mkdirs(t_tmp(t, "d/a"), &t->err));
    CHECK_OK(tomo__mkdirs(t_tmp(t, "d/.dir"), &t->err));
    CHECK_OK(tomo__mkdirs(t_tmp(t, "d/empty"), &t->err));
    for (size_t i = 0; i < TOMO__COUNT(names); i++)
        touch(t, names[i]);
    CHECK(symlink("..", t_tmp(t, "d/a/loop")) == 0);
    CHECK(symlink("../B", t_tmp(t, "d/a/link")) == 0);
    CHECK(symlink("nowhere", t_tmp(t, "d/broken")) == 0);
    CHECK(mkfifo(t_tmp(t, "d/fifo"), 0600) == 0);
}

TEST(listing_is_sorted_as_bytes)
{
    static const char *const want[] = { "d/10", "d/2", "d/B", "d/a-b", "d/a/link", "d/a/z" };
    tomo__paths p;
    make_tree(t);
    for (int slash = 0; slash < 2; slash++) {
        CHECK_OK(tomo__list_files(t->ctx, &p, t_tmp(t, slash ? "d/" : "d"), 100, &t->err));
        CHECK_INT(p.count, TOMO__COUNT(want));
        for (size_t i = 0; i < p.count; i++)
            CHECK_STR(p.path[i], t_tmp(t, want[i]));
        tomo__paths_free(t->ctx, &p);
        CHECK(p.path == NULL && p.count == 0);
    }
}

TEST(one_file_is_its_own_list)
{
    tomo__paths p;
    make_tree(t);
    CHECK_OK(tomo__list_files(t->ctx, &p, t_tmp(t, "d/.hidden"), 1, &t->err));
    CHECK_INT(p.count, 1);
    CHECK_STR(p.path[0], t_tmp(t, "d/.hidden"));
    tomo__paths_free(t->ctx, &p);
    CHECK_OK(tomo__list_files(t->ctx, &p, t_tmp(t, "d/empty"), 0, &t->err));
    CHECK_INT(p.count, 0);
    tomo__paths_free(t->ctx, &p);
    CHECK_OK(tomo__list_files(t->ctx, &p, t_tmp(t, "d/a/loop"), 100, &t->err)); /* named by the user: followed */
    CHECK_INT(p.count, 6);
    tomo__paths_free(t->ctx, &p);
}

TEST(listing_is_bounded)
{
    tomo__paths p = { 0 };
    make_tree(t);
    CHECK_OK(tomo__list_files(t->ctx, &p, t_tmp(t, "d"), 6, &t->err));
    tomo__paths_free(t->ctx, &p);
    CHECK_FAILS(tomo__list_files(t->ctx, &p, t_tmp(t, "d"), 5, &t->err), TOMO_E_LIMIT);
    CHECK_FAILS(tomo__list_files(t->ctx, &p, t_tmp(t, "d/B"), 0, &t->err), TOMO_E_LIMIT);
    CHECK_FAILS(tomo__list_files(t->ctx, &p, t_tmp(t, "absent"), 5, &t->err), TOMO_E_NOTFOUND);
    CHECK_FAILS(tomo__list_files(t->ctx, &p, t_tmp(t, "d/fifo"), 5, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo__list_files(t->ctx, &p, "", 5, &t->err), TOMO_E_ARG);
    CHECK(p.path == NULL);
}

TEST(a_deep_tree)
{
    char path[900];
    tomo__paths p;
    int n = snprintf(path, sizeof path, "deep");
    for (int i = 0; i < 150; i++)
        n += snprintf(path + n, sizeof path - (size_t)n, "/d");
    char whole[1400];
    t_tmp(t, "x");
    snprintf(whole, sizeof whole, "%s/%s", t->dir, path);
    CHECK_OK(tomo__mkdirs(whole, &t->err));
    snprintf(whole, sizeof whole, "%s/%s/f", t->dir, path);
    CHECK_OK(tomo__file_put(t->ctx, whole, "", 0, &t->err));
    CHECK_OK(tomo__list_files(t->ctx, &p, t->dir, 10, &t->err));
    CHECK_INT(p.count, 1);
    CHECK_STR(p.path[0], whole);
    tomo__paths_free(t->ctx, &p);
}

TEST(listing_survives_lost_memory)
{
    make_tree(t);
    FAIL_EACH_ALLOC(t)
    {
        tomo__paths p = { 0 };
        if (tomo__list_files(t->ctx, &p, t_tmp(t, "d"), 100, &t->err) == TOMO_OK)
            tomo__paths_free(t->ctx, &p);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
    }
}
