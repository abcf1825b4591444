/* halve_body.h - means of two by two voxels, for images of half the size; included by the sample files of all levels,
 * which compile it for their processors. Halves round to even, as stored reals do. Pairs are taken as one number, so
 * that loops have no stride. */
#ifndef TOMO_FILTER_HALVE_BODY_H
#define TOMO_FILTER_HALVE_BODY_H

#include <stdint.h>

typedef uint32_t pair_32 __attribute__((aligned(2), may_alias));
typedef uint16_t pair_16 __attribute__((aligned(1), may_alias));

#define QUARTER(sum) (((sum) + 1 + ((sum) >> 2 & 1)) >> 2)

static void halve_u16(void *out, const void *a, const void *b, int64_t n)
{
    const pair_32 *p = a, *q = b;
    for (int64_t i = 0; i < n; i++) {
        const uint32_t sum = (p[i] & 0xffff) + (p[i] >> 16) + (q[i] & 0xffff) + (q[i] >> 16);
        ((uint16_t *)out)[i] = (uint16_t)QUARTER(sum);
    }
}

static void halve_i16(void *out, const void *a, const void *b, int64_t n)
{
    const pair_32 *p = a, *q = b;
    for (int64_t i = 0; i < n; i++) {
        const int32_t sum = ((int32_t)(p[i] << 16) >> 16) + ((int32_t)p[i] >> 16) + ((int32_t)(q[i] << 16) >> 16) +
                            ((int32_t)q[i] >> 16);
        ((int16_t *)out)[i] = (int16_t)QUARTER(sum);
    }
}

static void halve_u8(void *out, const void *a, const void *b, int64_t n)
{
    const pair_16 *p = a, *q = b;
    for (int64_t i = 0; i < n; i++) {
        const uint16_t sum = (uint16_t)((p[i] & 0xff) + (p[i] >> 8) + (q[i] & 0xff) + (q[i] >> 8));
        ((uint8_t *)out)[i] = (uint8_t)QUARTER(sum);
    }
}

#endif
