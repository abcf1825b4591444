/* planes.c - moving samples: bits to bytes, planes to pixels, byte order. Plain loops that compilers vectorize. */
#include "codec/codec_internal.h"

void tomo__unpack_bits(uint8_t *out, const uint8_t *in, uint64_t first, size_t count)
{
    size_t i = 0;
    in += first / 8;
    const unsigned shift = (unsigned)(first % 8);
    if (shift == 0)
        for (; i + 8 <= count; i += 8) {
            /* copy the byte to all eight, keep bit k in byte k, turn what is left of each into 0 or 1 */
            uint64_t v = in[i / 8] * 0x0101010101010101u & 0x8040201008040201u;
            v = (v + 0x7f7f7f7f7f7f7f7fu) >> 7 & 0x0101010101010101u;
            memcpy(out + i, &v, 8);
        }
    for (; i < count; i++)
        out[i] = in[(i + shift) / 8] >> ((i + shift) % 8) & 1;
}

void tomo__pack_bits(uint8_t *out, uint64_t first, const uint8_t *in, size_t count)
{
    size_t i = 0;
    out += first / 8;
    const unsigned shift = (unsigned)(first % 8);
    if (shift == 0)
        for (; i + 8 <= count; i += 8) {
            uint64_t v;
            memcpy(&v, in + i, 8);
            /* byte k's lowest bit to bit 56 + k: the products of the other pairs fall elsewhere */
            out[i / 8] = (uint8_t)((v & 0x0101010101010101u) * 0x0102040810204080u >> 56);
        }
    for (; i < count; i++)
        out[(i + shift) / 8] |= (uint8_t)((in[i] & 1) << ((i + shift) % 8));
}

/* One loop a sample type and number of samples, so that both are constants inside. */
#define INTERLEAVE(type, n)                                                                                            \
    do {                                                                                                               \
        type *o = out;                                                                                                 \
        for (size_t i = 0; i < count; i++)                                                                             \
            for (int s = 0; s < (n); s++)                                                                              \
                o[i * (n) + (size_t)s] = ((const type *)planes[s])[i];                                                 \
    } while (0)
#define INTERLEAVE_ANY(type)                                                                                           \
    do {                                                                                                               \
        if (samples == 3)                                                                                              \
            INTERLEAVE(type, 3);                                                                                       \
        else                                                                                                           \
            INTERLEAVE(type, 4);                                                                                       \
    } while (0)

void tomo__interleave(void *out, const void *const *planes, size_t count, int samples, size_t bytes)
{
    if (samples == 1)
        memcpy(out, planes[0], count * bytes);
    else if (bytes == 1)
        INTERLEAVE_ANY(uint8_t);
    else if (bytes == 2)
        INTERLEAVE_ANY(uint16_t);
    else if (bytes == 4)
        INTERLEAVE_ANY(uint32_t);
    else
        INTERLEAVE_ANY(uint64_t);
}

#define SEPARATE(type, n)                                                                                              \
    do {                                                                                                               \
        const type *from = in;                                                                                         \
        for (size_t i = 0; i < count; i++)                                                                             \
            for (int s = 0; s < (n); s++)                                                                              \
                ((type *)planes[s])[i] = from[i * (n) + (size_t)s];                                                    \
    } while (0)
#define SEPARATE_ANY(type)                                                                                             \
    do {                                                                                                               \
        if (samples == 3)                                                                                              \
            SEPARATE(type, 3);                                                                                         \
        else                                                                                                           \
            SEPARATE(type, 4);                                                                                         \
    } while (0)

void tomo__separate(void *const *planes, const void *in, size_t count, int samples, size_t bytes)
{
    if (samples == 1)
        memcpy(planes[0], in, count * bytes);
    else if (bytes == 1)
        SEPARATE_ANY(uint8_t);
    else if (bytes == 2)
        SEPARATE_ANY(uint16_t);
    else if (bytes == 4)
        SEPARATE_ANY(uint32_t);
    else
        SEPARATE_ANY(uint64_t);
}

void tomo__swap_bytes(void *data, size_t count, size_t bytes)
{
    if (bytes == 2)
        for (size_t i = 0; i < count; i++)
            ((uint16_t *)data)[i] = __builtin_bswap16(((uint16_t *)data)[i]);
    else if (bytes == 4)
        for (size_t i = 0; i < count; i++)
            ((uint32_t *)data)[i] = __builtin_bswap32(((uint32_t *)data)[i]);
    else if (bytes == 8)
        for (size_t i = 0; i < count; i++)
            ((uint64_t *)data)[i] = __builtin_bswap64(((uint64_t *)data)[i]);
}

void tomo__merge_planes(uint8_t *out, const uint8_t *planes, size_t plane_size, size_t count, size_t bytes, size_t step)
{
    const uint8_t *high = planes, *low = planes + plane_size;
    if (bytes == 2 && step == 2) {
        for (size_t i = 0; i < count; i++)
            ((uint16_t *)out)[i] = (uint16_t)(high[i] << 8 | low[i]);
        return;
    }
    for (size_t b = 0; b < bytes; b++) {
        const uint8_t *plane = planes + (bytes - 1 - b) * plane_size;
        for (size_t i = 0; i < count; i++)
            out[i * step + b] = plane[i];
    }
}

void tomo__store_row(uint8_t *out, const uint16_t *in, size_t count, size_t bytes, size_t samples)
{
    if (bytes == 2 && samples == 1)
        memcpy(out, in, count * 2);
    else if (bytes == 1)
        for (size_t i = 0; i < count; i++)
            out[i * samples] = (uint8_t)in[i];
    else if (bytes == 2)
        for (size_t i = 0; i < count; i++)
            ((uint16_t *)out)[i * samples] = in[i];
    else if (bytes == 4)
        for (size_t i = 0; i < count; i++)
            ((uint32_t *)out)[i * samples] = in[i];
    else
        for (size_t i = 0; i < count; i++)
            ((uint64_t *)out)[i * samples] = in[i];
}
