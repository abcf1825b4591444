/* segment_c.c - rows to bits and back in plain C: what the other levels must equal. */
#include "segment/kernels/chan_vese_template.h"
#include "segment/kernels/range_template.h"

static void pack(uint64_t *bits, const uint8_t *bytes, int64_t n)
{
    int64_t i = 0;
    for (; i + 64 <= n; i += 64)
        *bits++ = pack_tail(bytes + i, 64);
    if (i < n)
        *bits = pack_tail(bytes + i, n - i);
}

static void unpack(uint8_t *bytes, const uint64_t *bits, int64_t n)
{
    for (int64_t i = 0; i < n; i += 64)
        unpack_tail(bytes + i, *bits++, TOMO__MIN(n - i, 64));
}

const tomo__segment_kernels tomo__segment_c = { RANGE_TABLE, pack, unpack, unite, chan_vese };
