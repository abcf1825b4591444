/* t.h - the tests' own words, over cmocka.
 *     TEST(flat_stays_flat) { ... CHECK_OK(tomo_x(t->ctx, &out, in, NULL, NULL, &t->err)); ... }
 * Each test gets a fresh `t` whose context counts memory: what a test does not free fails it. */
#ifndef T_H
#define T_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tomo/image.h>

typedef struct t_state {
    tomo_ctx  *ctx;        /* 3 threads, so that work really is cut */
    tomo_error err;
    int64_t    fail_after; /* allocations that still succeed; negative = all */
    int64_t    live;       /* bytes held through the test's allocator */
    char       dir[256];   /* scratch folder of this test, removed afterwards */
    bool       cleared;    /* FAIL_EACH_ALLOC saw an allocation fail */
} t_state;

void t_add(const char *file, const char *name, void (*fn)(t_state *t));

#define TEST(name)                                                                                                     \
    static void test_##name(t_state *t);                                                                              \
    __attribute__((constructor)) static void register_##name(void) { t_add(__FILE__, #name, test_##name); }           \
    static void test_##name(t_state *t)

#define CHECK(cond)                                                                                                    \
    do {                                                                                                               \
        if (!(cond)) {                                                                                                 \
            print_error("%s:%d: %s\n", __FILE__, __LINE__, #cond);                                                     \
            fail();                                                                                                    \
        }                                                                                                              \
    } while (0)
/* The call succeeds; else its message is shown. */
#define CHECK_OK(call)                                                                                                 \
    do {                                                                                                               \
        tomo_status st_ = (call);                                                                                      \
        if (st_ != TOMO_OK) {                                                                                          \
            print_error("%s:%d: %s\n  is %d (%s): %s\n", __FILE__, __LINE__, #call, (int)st_, tomo_status_name(st_),   \
                        t->err.message);                                                                              \
            fail();                                                                                                    \
        }                                                                                                              \
    } while (0)
/* The call fails with exactly this status, says why in err, and err agrees. */
#define CHECK_FAILS(call, want)                                                                                        \
    do {                                                                                                               \
        memset(&t->err, 0, sizeof t->err);                                                                             \
        tomo_status st_ = (call);                                                                                      \
        if (st_ != (want) || t->err.status != (want) || !t->err.message[0]) {                                          \
            print_error("%s:%d: %s\n  is %d, expected %d: %s\n", __FILE__, __LINE__, #call, (int)st_, (int)(want),     \
                        t->err.message);                                                                              \
            fail();                                                                                                    \
        }                                                                                                              \
    } while (0)
#define CHECK_INT(got, want)                                                                                           \
    do {                                                                                                               \
        long long g_ = (long long)(got), w_ = (long long)(want);                                                       \
        if (g_ != w_) {                                                                                                \
            print_error("%s:%d: %s is %lld, expected %lld\n", __FILE__, __LINE__, #got, g_, w_);                       \
            fail();                                                                                                    \
        }                                                                                                              \
    } while (0)
#define CHECK_NEAR(got, want, tol)                                                                                     \
    do {                                                                                                               \
        double g_ = (double)(got), w_ = (double)(want);                                                                \
        if (!(g_ - w_ <= (tol) && w_ - g_ <= (tol))) {                                                                 \
            print_error("%s:%d: %s is %.17g, expected %.17g within %g\n", __FILE__, __LINE__, #got, g_, w_,            \
                        (double)(tol));                                                                                \
            fail();                                                                                                    \
        }                                                                                                              \
    } while (0)
#define CHECK_STR(got, want)                                                                                           \
    do {                                                                                                               \
        const char *g_ = (got), *w_ = (want);                                                                          \
        if (!g_ || strcmp(g_, w_) != 0) {                                                                              \
            print_error("%s:%d: %s is \"%s\", expected \"%s\"\n", __FILE__, __LINE__, #got, g_ ? g_ : "(null)", w_);   \
            fail();                                                                                                    \
        }                                                                                                              \
    } while (0)

/* Run the statement that follows again and again, the first time with the first allocation failing, then with the
 * second, ... until it runs through without one. It must clean up after itself. */
#define FAIL_EACH_ALLOC(t)                                                                                             \
    for (int64_t n_ = 0, go_ = 1; go_ && (t_fail_after((t), n_), 1); go_ = t_alloc_failed(t) && n_ < 100000, n_++)
void t_fail_after(t_state *t, int64_t n);
bool t_alloc_failed(t_state *t); /* did one fail since t_fail_after()? Switches failing off. */

/* Path below ../shared/data (TOMO_TEST_DATA names another place): counts the test as skipped if it is absent. */
const char *t_data(t_state *t, const char *below);
/* Count this test as skipped, saying why. Does not return. */
void t_skip(t_state *t, const char *why);
/* First line of a test that takes seconds: `make check` (TOMO_QUICK) leaves it out. */
void t_slow(t_state *t);
/* A file in the test's scratch folder (made at first use). The last 8 results stay valid. */
const char *t_tmp(t_state *t, const char *name);

/* Small images to test with, freed by the caller. */
tomo_image *t_image(t_state *t, tomo_dtype dtype, int64_t x, int64_t y, int64_t z); /* zeros, 1 mm */
tomo_image *t_flat(t_state *t, int64_t x, int64_t y, int64_t z, double value);      /* float32 */
tomo_image *t_noise(t_state *t, tomo_dtype dtype, int64_t x, int64_t y, int64_t z, double lo, double hi,
                    uint32_t seed);
void        t_set(tomo_image *image, int64_t x, int64_t y, int64_t z, double value);
double      t_max_diff(const tomo_image *a, const tomo_image *b); /* infinity where sizes differ */
bool        t_same_bytes(const tomo_image *a, const tomo_image *b);
uint32_t    t_random(uint32_t *seed); /* the same everywhere */
tomo_ctx   *t_ctx(t_state *t, int threads, int cpu_max); /* another context over the test's allocator */

#endif
