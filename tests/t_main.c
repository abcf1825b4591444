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

tomo_image *t_image(t_state *t, tomo_dtype dtype, int64_t x, int64_t y, int64_t z)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *image = NULL;
    d.dtype = dtype;
    d.size[0] = x, d.size[1] = y, d.size[2] = z;
    CHECK_OK(tomo_image_new(t->ctx, &image, &d, &t->err));
    memset(tomo_image_row_mut(image, 0, 0, 0), 0, (size_t)(x * y * z) * tomo_dtype_size(dtype));
    return image;
}

void t_set(tomo_image *image, int64_t x, int64_t y, int64_t z, double v)
{
    void *row = tomo_image_row_mut(image, y, z, 0);
    switch (tomo_image_get_desc(image)->dtype) {
    case TOMO_DTYPE_U8:
        ((uint8_t *)row)[x] = (uint8_t)v;
        break;
    case TOMO_DTYPE_I8:
        ((int8_t *)row)[x] = (int8_t)v;
        break;
    case TOMO_DTYPE_U16:
        ((uint16_t *)row)[x] = (uint16_t)v;
        break;
    case TOMO_DTYPE_I16:
        ((int16_t *)row)[x] = (int16_t)v;
        break;
    case TOMO_DTYPE_U32:
        ((uint32_t *)row)[x] = (uint32_t)v;
        break;
    case TOMO_DTYPE_I32:
        ((int32_t *)row)[x] = (int32_t)v;
        break;
    case TOMO_DTYPE_U64:
        ((uint64_t *)row)[x] = (uint64_t)v;
        break;
    case TOMO_DTYPE_I64:
        ((int64_t *)row)[x] = (int64_t)v;
        break;
    case TOMO_DTYPE_F32:
        ((float *)row)[x] = (float)v;
        break;
    case TOMO_DTYPE_F64:
        ((double *)row)[x] = v;
        break;
    }
}

tomo_image *t_flat(t_state *t, int64_t x, int64_t y, int64_t z, double value)
{
    tomo_image *image = t_image(t, TOMO_DTYPE_F32, x, y, z);
    for (int64_t k = 0; k < z; k++)
        for (int64_t j = 0; j < y; j++)
            for (int64_t i = 0; i < x; i++)
                t_set(image, i, j, k, value);
    return image;
}

uint32_t t_random(uint32_t *seed)
{
    uint32_t s = *seed ? *seed : 2463534242u;
    s ^= s << 13, s ^= s >> 17, s ^= s << 5;
    return *seed = s;
}

tomo_image *t_noise(t_state *t, tomo_dtype dtype, int64_t x, int64_t y, int64_t z, double lo, double hi, uint32_t seed)
{
    tomo_image *image = t_image(t, dtype, x, y, z);
    for (int64_t k = 0; k < z; k++)
        for (int64_t j = 0; j < y; j++)
            for (int64_t i = 0; i < x; i++)
                t_set(image, i, j, k, lo + (hi - lo) * (t_random(&seed) / 4294967296.0));
    return image;
}

double t_max_diff(const tomo_image *a, const tomo_image *b)
{
    const tomo_image_desc *d = tomo_image_get_desc(a), *e = tomo_image_get_desc(b);
    double most = 0;
    if (memcmp(d->size, e->size, sizeof d->size) != 0 || d->components != e->components)
        return INFINITY;
    for (int64_t q = 0; q < d->size[3]; q++)
        for (int64_t k = 0; k < d->size[2]; k++)
            for (int64_t j = 0; j < d->size[1]; j++)
                for (int64_t i = 0; i < d->size[0]; i++)
                    for (int c = 0; c < d->components; c++) {
                        double diff = fabs(tomo_image_at(a, i, j, k, q, c) - tomo_image_at(b, i, j, k, q, c));
                        if (!(diff <= most))
                            most = diff;
                    }
    return most;
}

bool t_same_bytes(const tomo_image *a, const tomo_image *b)
{
    const tomo_image_desc *d = tomo_image_get_desc(a), *e = tomo_image_get_desc(b);
    if (memcmp(d->size, e->size, sizeof d->size) != 0 || d->components != e->components || d->dtype != e->dtype)
        return false;
    size_t row = (size_t)d->size[0] * (size_t)d->components * tomo_dtype_size(d->dtype);
    for (int64_t q = 0; q < d->size[3]; q++)
        for (int64_t k = 0; k < d->size[2]; k++)
            for (int64_t j = 0; j < d->size[1]; j++)
                if (memcmp(tomo_image_row(a, j, k, q), tomo_image_row(b, j, k, q), row) != 0)
                    return false;
    return true;
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
