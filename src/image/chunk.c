/* chunk.c - reading any image in packed order, chunk by chunk, all of it or only where a mask is not 0. */
#include "image/image_internal.h"

const void *tomo__image_chunk(const tomo_image *im, int64_t first, int64_t n, void *scratch)
{
    const size_t unit = tomo_dtype_size(im->desc.dtype);
    const int64_t *size = im->desc.size, row = size[0] * im->desc.components;
    uint8_t *to = scratch;
    int64_t r = first / row, x = first % row; /* row counted over y, z, t; component within it */
    if (tomo_image_contiguous(im))
        return im->data + (size_t)first * unit;
    int64_t y = r % size[1], z = r / size[1] % size[2], t = r / size[1] / size[2];
    while (n > 0) {
        const int64_t take = TOMO__MIN(n, row - x);
        memcpy(to, tomo__row(im, y, z, t) + (size_t)x * unit, (size_t)take * unit);
        to += (size_t)take * unit;
        n -= take;
        x = 0;
        if (++y == size[1]) {
            y = 0;
            if (++z == size[2])
                z = 0, t++;
        }
    }
    return scratch;
}

/* take[i] = 1 where mask voxel first + i is not 0; returns how many are. n is at most a chunk. */
static int64_t read_mask(const tomo_image *mask, int64_t first, int64_t n, tomo__image_scratch *s)
{
    const void *data = tomo__image_chunk(mask, first, n, s->mask);
    int64_t count = 0;
    TOMO__DTYPE_SWITCH(mask->desc.dtype, T, {
        const T *p = data;
        uint32_t sum = 0;
        for (int64_t i = 0; i < n; i++)
            s->take[i] = p[i] != 0;
        for (int64_t i = 0; i < n; i++)
            sum += s->take[i];
        count = sum;
    })
    return count;
}

/* Values whose take is set, moved together. Every value is stored and the place only advances where it counts: no
 * branch to guess wrong along ragged borders. `to` has room for n. */
#define PICK(type)                                                                                                     \
    do {                                                                                                               \
        const type *from_ = from;                                                                                      \
        type *to_ = to;                                                                                                \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            to_[at] = from_[i];                                                                                        \
            at += take[i];                                                                                             \
        }                                                                                                              \
    } while (0)

static int64_t pick(void *to, const void *from, const uint8_t *take, int64_t n, size_t unit)
{
    int64_t at = 0;
    switch (unit) {
    case 1: PICK(uint8_t); break;
    case 2: PICK(uint16_t); break;
    case 4: PICK(uint32_t); break;
    default: PICK(uint64_t); break;
    }
    return at;
}

const void *tomo__image_chunk_masked(const tomo_image *im, const tomo_image *mask, int64_t first, int64_t n,
                                     tomo__image_scratch *s, int64_t *taken)
{
    const int32_t parts = im->desc.components;
    *taken = n;
    if (!mask)
        return tomo__image_chunk(im, first, n, s->values);
    const int64_t voxel = first / parts, voxels = (first + n - 1) / parts - voxel + 1;
    int64_t count = read_mask(mask, voxel, voxels, s);
    if (count == 0 || count == voxels) {
        *taken = count ? n : 0;
        return count ? tomo__image_chunk(im, first, n, s->values) : s->values;
    }
    const void *from = tomo__image_chunk(im, first, n, s->values);
    if (parts > 1) { /* one flag a component; backwards, so that flags are read before they are written over */
        for (int64_t i = n - 1; i >= 0; i--)
            s->take[i] = s->take[(first + i) / parts - voxel];
    }
    *taken = pick(s->values, from, s->take, n, tomo_dtype_size(im->desc.dtype));
    return s->values;
}

tomo_status tomo__image_check_mask(const tomo_image *in, const tomo_image *mask, tomo_error *err)
{
    if (!mask)
        return TOMO_OK;
    if (!tomo__dtype_whole(mask->desc.dtype) || mask->desc.components != 1)
        return tomo__fail(err, TOMO_E_ARG, "mask has %d components of %s, expected one of whole numbers",
                          (int)mask->desc.components, tomo_dtype_name(mask->desc.dtype));
    for (int a = 0; a < 4; a++)
        if (mask->desc.size[a] != in->desc.size[a])
            return tomo__fail(err, TOMO_E_GEOMETRY, "mask has %lld voxels along %c, the image has %lld",
                              (long long)mask->desc.size[a], "xyzt"[a], (long long)in->desc.size[a]);
    return TOMO_OK;
}
