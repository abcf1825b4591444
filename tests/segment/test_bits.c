/* test_bits.c - sets of voxels: kernels against plain C, morphology against its definition. */
#include "t.h"

#include "segment/segment_internal.h"

TEST(packing_is_the_same_at_every_level)
{
    const tomo__segment_kernels *levels[] = { &tomo__segment_c, NULL, NULL };
#if defined(__x86_64__)
    tomo_ctx *ctx = t_ctx(t, 1, -1);
    if (tomo_ctx_cpu(ctx) >= TOMO_CPU_AVX2)
        levels[1] = &tomo__segment_avx2;
    if (tomo_ctx_cpu(ctx) >= TOMO_CPU_AVX512)
        levels[2] = &tomo__segment_avx512;
    tomo_ctx_free(ctx);
#endif
    uint32_t seed = 3;
    for (int64_t n = 1; n <= 200; n++) {
        uint8_t bytes[256], back[256];
        uint64_t want[4] = { 0 }, got[4];
        for (int64_t i = 0; i < n; i++) {
            bytes[i] = t_random(&seed) & 64 ? 0 : (uint8_t)t_random(&seed);
            want[i >> 6] |= (uint64_t)(bytes[i] != 0) << (i & 63);
        }
        for (size_t k = 0; k < 3; k++) {
            if (!levels[k])
                continue;
            memset(got, 0xee, sizeof got), memset(back, 0xee, sizeof back);
            levels[k]->pack(got, bytes, n);
            CHECK(memcmp(got, want, (size_t)(n + 63) / 64 * 8) == 0);
            levels[k]->unpack(back, got, n);
            for (int64_t i = 0; i < n; i++)
                CHECK_INT(back[i], bytes[i] != 0);
            CHECK_INT(back[n], 0xee); /* nothing past the end */
        }
    }
}

/* Is some voxel within `radius` of (x, y, z) set (or, for erosion, not set)? */
static bool near(const tomo__bits *b, const double sp[3], double radius, int64_t x, int64_t y, int64_t z, bool set)
{
    for (int64_t k = 0; k < b->n[2]; k++)
        for (int64_t j = 0; j < b->n[1]; j++)
            for (int64_t i = 0; i < b->n[0]; i++) {
                const double dx = (double)(i - x) * sp[0], dy = (double)(j - y) * sp[1], dz = (double)(k - z) * sp[2];
                if (tomo__bits_at(b, i, j, k) == set && dx * dx + dy * dy + dz * dz <= radius * radius + 1e-9)
                    return true;
            }
    return false;
}

TEST(balls_reach_as_far_as_they_say)
{
    static const int64_t sizes[][3] = { { 70, 6, 5 }, { 64, 3, 2 }, { 130, 5, 1 }, { 1, 9, 4 } };
    static const double spacings[][3] = { { 1, 1, 1 }, { 0.7, 0.7, 2.5 }, { 3, 1, 0.5 } };
    static const double radii[] = { 0, 1, 1.5, 3, 30, 200 };
    uint32_t seed = 9;
    for (size_t s = 0; s < 4; s++)
        for (size_t p = 0; p < 3; p++)
            for (size_t r = 0; r < 6; r++) {
                tomo__bits b, wide, thin;
                CHECK_OK(tomo__bits_new(t->ctx, &b, sizes[s], &t->err));
                for (int64_t z = 0; z < b.n[2]; z++)
                    for (int64_t y = 0; y < b.n[1]; y++)
                        for (int64_t x = 0; x < b.n[0]; x++)
                            if (t_random(&seed) % (r < 3 ? 5 : 200) == 0)
                                tomo__bits_row(&b, y, z)[x >> 6] |= 1ull << (x & 63);
                CHECK_OK(tomo__bits_copy(&wide, &b, &t->err));
                CHECK_OK(tomo__bits_dilate(&wide, spacings[p], radii[r], NULL, &t->err));
                for (int64_t z = 0; z < b.n[2]; z++)
                    for (int64_t y = 0; y < b.n[1]; y++)
                        for (int64_t x = 0; x < b.n[0]; x++)
                            CHECK_INT(tomo__bits_at(&wide, x, y, z), near(&b, spacings[p], radii[r], x, y, z, true));
                tomo__bits_not(&b); /* a mostly full set erodes into something */
                CHECK_OK(tomo__bits_copy(&thin, &b, &t->err));
                CHECK_OK(tomo__bits_erode(&thin, spacings[p], radii[r], NULL, &t->err));
                for (int64_t z = 0; z < b.n[2]; z++)
                    for (int64_t y = 0; y < b.n[1]; y++)
                        for (int64_t x = 0; x < b.n[0]; x++)
                            CHECK_INT(tomo__bits_at(&thin, x, y, z), !near(&b, spacings[p], radii[r], x, y, z, false));
                if (b.n[0] & 63) /* bits past the row stay 0 */
                    CHECK_INT(wide.w[b.words - 1] >> (b.n[0] & 63), 0);
                tomo__bits_free(&b), tomo__bits_free(&wide), tomo__bits_free(&thin);
            }
}

TEST(balls_are_the_same_at_every_level_and_for_any_threads)
{
    static const int64_t size[3] = { 1100, 9, 7 }; /* more than eight words a row, and a rest */
    static const double spacing[3] = { 0.7, 0.7, 1.2 };
    tomo__bits first = { 0 }; /* plain C, one thread; its context lives as long as it does */
    tomo_ctx *plain = t_ctx(t, 1, TOMO_CPU_C);
    for (int threads = 1; threads <= 3; threads += 2)
        for (int cpu = 0; cpu < TOMO_CPU_COUNT; cpu++) {
            tomo_ctx *ctx = t_ctx(t, threads, cpu);
            tomo__bits b;
            uint32_t seed = 31;
            CHECK_OK(tomo__bits_new(ctx, &b, size, &t->err));
            for (int i = 0; i < 300; i++) {
                const int64_t x = t_random(&seed) % 1100, y = t_random(&seed) % 9, z = t_random(&seed) % 7;
                tomo__bits_row(&b, y, z)[x >> 6] |= 1ull << (x & 63);
            }
            CHECK_OK(tomo__bits_dilate(&b, spacing, 3.1, NULL, &t->err));
            if (!first.w) {
                CHECK_OK(tomo__bits_new(plain, &first, size, &t->err));
                memcpy(first.w, b.w, (size_t)tomo__bits_words(&b) * 8);
            }
            CHECK(memcmp(b.w, first.w, (size_t)tomo__bits_words(&b) * 8) == 0);
            tomo__bits_free(&b);
            tomo_ctx_free(ctx);
        }
    tomo__bits_free(&first);
    tomo_ctx_free(plain);
}
