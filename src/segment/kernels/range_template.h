/* range_template.h - one plain loop a voxel type; each kernel level compiles it with its own flags, so that the
 * compiler's vectors differ and the meaning does not. */
#ifndef TOMO_SEGMENT_RANGE_TEMPLATE_H
#define TOMO_SEGMENT_RANGE_TEMPLATE_H

#include "segment/segment_internal.h"

#define RANGE(name, type, field)                                                                                       \
    static void range_##name(uint8_t *restrict out, const void *in, int64_t n, tomo__limit lower, tomo__limit upper)  \
    {                                                                                                                  \
        const type *restrict v = in;                                                                                   \
        const type lo = (type)lower.field, hi = (type)upper.field;                                                     \
        for (int64_t i = 0; i < n; i++)                                                                                \
            out[i] = (uint8_t)((v[i] >= lo) & (v[i] <= hi));                                                           \
    }
RANGE(u8, uint8_t, u)
RANGE(i8, int8_t, i)
RANGE(u16, uint16_t, u)
RANGE(i16, int16_t, i)
RANGE(u32, uint32_t, u)
RANGE(i32, int32_t, i)
RANGE(u64, uint64_t, u)
RANGE(i64, int64_t, i)
RANGE(f32, float, f)
RANGE(f64, double, d)
#undef RANGE

#define RANGE_TABLE                                                                                                    \
    { NULL,      range_u8,  range_i8,  range_u16, range_i16, range_u32,                                                \
      range_i32, range_u64, range_i64, range_f32, range_f64 }

/* Eight words at a time stay in registers while all rows pass. */
static void unite(uint64_t *to, const uint64_t *const *rows, int64_t n_rows, int64_t words)
{
    int64_t k = 0;
    for (; k + 8 <= words; k += 8) {
        uint64_t sum[8];
        for (int i = 0; i < 8; i++)
            sum[i] = to[k + i];
        for (int64_t r = 0; r < n_rows; r++)
            for (int i = 0; i < 8; i++)
                sum[i] |= rows[r][k + i];
        for (int i = 0; i < 8; i++)
            to[k + i] = sum[i];
    }
    for (int64_t r = 0; r < n_rows; r++)
        for (int64_t i = k; i < words; i++)
            to[i] |= rows[r][i];
}

/* The last bits of a row, fewer than 64. */
static inline uint64_t pack_tail(const uint8_t *bytes, int64_t n)
{
    uint64_t bits = 0;
    for (int64_t i = 0; i < n; i++)
        bits |= (uint64_t)(bytes[i] != 0) << i;
    return bits;
}
static inline void unpack_tail(uint8_t *bytes, uint64_t bits, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(bits >> i & 1);
}

#endif
