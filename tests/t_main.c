/* t_main.c - runs what TEST() registered and prints the closing line that tools/run_tests.sh adds up. */
#include "t.h"

#include <ftw.h>
#include <math.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct entry {
    char name[160];
    void (*fn)(t_state *t);
} entry;

static entry tests[2000];
static size_t n_tests;
static int n_skipped;
static _Atomic int64_t live, fail_after = -1;
static atomic_bool alloc_failed;

void t_add(const char *file, const char *name, void (*fn)(t_state *t))
{
    const char *base = strrchr(file, '/');
    if (n_tests == sizeof tests / sizeof tests[0])
        abort();
    snprintf(tests[n_tests].name, sizeof tests[0].name, "%s:%s", base ? base + 1 : file, name);
    tests[n_tests++].fn = fn;
}

static void *count_alloc(void *user, size_t bytes)
{
    void *p = NULL;
    if (atomic_load(&fail_after) >= 0 && atomic_fetch_sub(&fail_after, 1) <= 0) {
        atomic_store(&fail_after, 0);
        atomic_store(&alloc_failed, true);
        return NULL;
    }
    if (posix_memalign(&p, 64, bytes ? bytes : 1) != 0)
        return NULL;
    memset(p, 0xa5, bytes); /* whoever relies on zeros is found out */
    atomic_fetch_add(&live, (int64_t)bytes);
    return p;
}

static void count_free(void *user, void *ptr, size_t bytes)
{
    atomic_fetch_sub(&live, (int64_t)bytes);
    free(ptr);
}

void t_fail_after(t_state *t, int64_t n)
{
    atomic_store(&alloc_failed, false);
    atomic_store(&fail_after, n);
}

bool t_alloc_failed(t_state *t)
{
    atomic_store(&fail_after, -1);
    return atomic_load(&alloc_failed);
}

tomo_ctx *t_ctx(t_state *t, int threads, int cpu_max)
{
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    o.threads = threads;
    o.cpu_max = cpu_max;
    o.allocator = (tomo_allocator){ NULL, count_alloc, count_free };
    CHECK_OK(tomo_ctx_new(&ctx, &o, &t->err));
    return ctx;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw) { return remove(path); }

static void remove_scratch(t_state *t)
{
    if (t->dir[0])
        nftw(t->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void run(void **state)
{
    const entry *e = *state;
    t_state t = { 0 };
    atomic_store(&live, 0);
    atomic_store(&fail_after, -1);
    const char *cpu = getenv("TOMO_TEST_CPU"); /* run everything again with kernels masked off */
    t.ctx = t_ctx(&t, 3, cpu ? atoi(cpu) : -1);
    e->fn(&t);
    tomo_ctx_free(t.ctx);
    remove_scratch(&t);
    if (atomic_load(&live) != 0) {
        print_error("%s: %lld bytes are still held\n", e->name, (long long)atomic_load(&live));
        fail();
    }
}

const char *t_tmp(t_state *t, const char *name)
{
    static char ring[8][400];
    static unsigned at;
    char *path = ring[at++ % 8];
    if (!t->dir[0]) {
        snprintf(t->dir, sizeof t->dir, "%s/tomo-test-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
        if (!mkdtemp(t->dir))
            abort();
    }
    snprintf(path, sizeof ring[0], "%s/%s", t->dir, name);
    return path;
}

const char *t_data(t_state *t, const char *below)
{
    static char ring[8][600];
    static unsigned at;
    char *path = ring[at++ % 8];
    const char *root = getenv("TOMO_TEST_DATA"), *source = getenv("TOMO_SOURCE");
    if (root)
        snprintf(path, sizeof ring[0], "%s/%s", root, below);
    else
        snprintf(path, sizeof ring[0], "%s/../shared/data/%s", source ? source : ".", below);
    if (access(path, R_OK) != 0) {
        char top[600];
        snprintf(top, sizeof top, "%s%s", root ? root : source ? source : ".", root ? "" : "/../shared/data");
        if (access(top, R_OK) == 0) { /* the data is there, only this is not: a mistake in the test */
            print_error("no such test data: %s\n", path);
            fail();
        }
        t_skip(t, path);
    }
    return path;
}

void t_slow(t_state *t)
{
    if (getenv("TOMO_QUICK"))
        t_skip(t, "slow");
}

void t_skip(t_state *t, const char *why)
{
    print_message("skipped: %s\n", why);
    tomo_ctx_free(t->ctx);
    remove_scratch(t);
    n_skipped++;
    skip();
}

uint32_t t_random(uint32_t *seed)
{
    uint32_t s = *seed ? *seed : 2463534242u;
    s ^= s << 13, s ^= s >> 17, s ^= s << 5;
    return *seed = s;
}

int main(int argc, char **argv)
{
    int failed = 0, run_count = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < n_tests; i++) { /* one group a test: a crash of the group code can't hide its name */
        if (argc > 1 && !strstr(tests[i].name, argv[1]))
            continue;
        const struct CMUnitTest one = { tests[i].name, run, NULL, NULL, &tests[i] };
        failed += _cmocka_run_group_tests(tests[i].name, &one, 1, NULL, NULL) != 0;
        run_count++;
    }
    printf("%d passed, %d failed, %d skipped\n", run_count - failed - n_skipped, failed, n_skipped);
    return failed != 0;
}
