/* bits_c.c - rows of voxels to bits in plain C. */
#include "mesh/kernels/kernels.h"
#include "mesh/kernels/walk.h"

#define WHOLE(T, name)                                                                                                 \
    static void name(uint64_t *bits, const void *row, int64_t n, uint64_t low, uint64_t span)                         \
    {                                                                                                                  \
        const T *p = (const T *)row;                                                                                   \
        for (int64_t at = 0; at < n; at += 64) {                                                                       \
            const int64_t count = n - at < 64 ? n - at : 64;                                                           \
            uint64_t word = 0;                                                                                         \
            for (int64_t i = 0; i < count; i++)                                                                        \
                word |= (uint64_t)((T)(p[at + i] - (T)low) <= (T)span) << i;                                           \
            bits[at >> 6] = word;                                                                                      \
        }                                                                                                              \
    }
WHOLE(uint8_t, whole8)
WHOLE(uint16_t, whole16)
WHOLE(uint32_t, whole32)
WHOLE(uint64_t, whole64)

#define REAL(T, name)                                                                                                  \
    static void name(uint64_t *bits, const void *row, int64_t n, double low)                                          \
    {                                                                                                                  \
        const T *p = (const T *)row;                                                                                   \
        for (int64_t at = 0; at < n; at += 64) {                                                                       \
            const int64_t count = n - at < 64 ? n - at : 64;                                                           \
            uint64_t word = 0;                                                                                         \
            for (int64_t i = 0; i < count; i++)                                                                        \
                word |= (uint64_t)((double)p[at + i] >= low) << i;                                                     \
            bits[at >> 6] = word;                                                                                      \
        }                                                                                                              \
    }
REAL(float, real32)
REAL(double, real64)

const tomo__mesh_kernels tomo__mesh_kernels_c = {
    .whole = { whole8, whole16, whole32, whole64 },
    .real = { real32, real64 },
    .count_row = count_row,
    .emit_row = emit_row,
};
