/* raw_voxels.c - numbers as a file has them, one after the other, to an image's: byte order, 128-bit floats, components
 * side by side, volumes in the order that was asked for. Work is cut into runs of RUN voxels, whatever the number of
 * threads. */
#include <math.h>

#include "format_internal.h"

#define RUN ((int64_t)1 << 18)

int64_t tomo__raw_volume(const tomo__raw_layout *l, int64_t t, int32_t component)
{
    int64_t volume = l->first + component * l->plane_step;
    for (int a = 0; a < 4; a++) {
        volume += t % l->count[a] * l->step[a];
        t /= l->count[a];
    }
    return volume;
}

size_t tomo__raw_volume_bytes(const tomo__raw_layout *l)
{
    const tomo_image_desc *d = &l->desc;
    return (size_t)(d->size[0] * d->size[1] * d->size[2]) * l->file_bytes * (size_t)(l->planar ? 1 : d->components);
}

bool tomo__raw_in_place(const tomo__raw_layout *l)
{
    int64_t next = 1;
    for (int a = 0; a < 4; a++) {
        if (l->count[a] > 1 && l->step[a] != next)
            return false;
        next *= l->count[a];
    }
    return !l->swapped && !l->planar && l->file_bytes == tomo_dtype_size(l->desc.dtype);
}

/* IEEE 754 binary128 to the nearest double, ties to even. */
static double from_quad(const uint8_t *p, bool swapped)
{
    uint8_t b[16]; /* little endian */
    for (int i = 0; i < 16; i++)
        b[i] = p[swapped ? 15 - i : i];
    const uint64_t high = tomo__le64(b + 8), low = tomo__le64(b);
    const int exponent = (int)(high >> 48 & 0x7fff);
    const uint64_t top = (high & 0xffffffffffffu) << 12 | low >> 52; /* 60 bits of the fraction */
    const bool rest = (low & 0xfffffffffffffu) != 0;
    double value;
    if (exponent == 0x7fff) {
        value = top || rest ? NAN : INFINITY;
    } else if (exponent == 0) {
        value = 0; /* below 2^-16382: far below the least double */
    } else {
        /* 61 bits and a sticky one: converting rounds to 53; below the normal doubles there are fewer to round to */
        const uint64_t whole = ((uint64_t)1 << 60 | top) << 1 | rest;
        const int power = exponent - 16383 - 61, cut = -1074 - power;
        if (cut <= 9) {
            value = ldexp((double)whole, power);
        } else if (cut > 62) {
            value = 0;
        } else {
            const uint64_t kept = whole >> cut, lost = whole & (((uint64_t)1 << cut) - 1),
                           half = (uint64_t)1 << (cut - 1);
            value = ldexp((double)(kept + (lost > half || (lost == half && (kept & 1)))), -1074);
        }
    }
    return high >> 63 ? -value : value;
}

#define NUMBERS(bits)                                                                                                  \
    for (int64_t i = 0; i < count; i++) {                                                                              \
        uint##bits##_t v;                                                                                              \
        memcpy(&v, from + i * (int64_t)sizeof v, sizeof v);                                                            \
        v = swapped ? __builtin_bswap##bits(v) : v;                                                                    \
        memcpy(to + i * step, &v, sizeof v);                                                                           \
    }

/* The same loops with a constant order and step, so that they become vector code. */
static inline __attribute__((always_inline)) void copy_numbers(uint8_t *to, int64_t step, const uint8_t *from,
                                                               int64_t count, uint32_t size, bool swapped)
{
    switch (size) {
    case 1:
        for (int64_t i = 0; i < count; i++)
            to[i * step] = from[i];
        break;
    case 2:
        NUMBERS(16) break;
    case 4:
        NUMBERS(32) break;
    default:
        NUMBERS(64) break;
    }
}

void tomo__raw_numbers(uint8_t *to, int64_t step, const uint8_t *from, int64_t count, uint32_t file_bytes, bool swapped)
{
    if (file_bytes == 16) {
        for (int64_t i = 0; i < count; i++) {
            const double v = from_quad(from + i * 16, swapped);
            memcpy(to + i * step, &v, sizeof v);
        }
    } else if (step == file_bytes && !swapped) {
        memcpy(to, from, (size_t)count * file_bytes);
    } else if (step == 2 && file_bytes == 2) {
        copy_numbers(to, 2, from, count, 2, true);
    } else if (step == 4 && file_bytes == 4) {
        copy_numbers(to, 4, from, count, 4, true);
    } else if (step == 8 && file_bytes == 8) {
        copy_numbers(to, 8, from, count, 8, true);
    } else if (swapped) {
        copy_numbers(to, step, from, count, file_bytes, true);
    } else {
        copy_numbers(to, step, from, count, file_bytes, false);
    }
}

/* Voxels of one volume from `from` on (file order) to `to`; component c of a planar file comes from its own `from`. */
void tomo__raw_voxels(uint8_t *to, const uint8_t *from, int64_t count, int32_t component, const tomo__raw_layout *l)
{
    const int64_t number = (int64_t)tomo_dtype_size(l->desc.dtype), components = l->desc.components;
    if (l->planar)
        tomo__raw_numbers(to + component * number, components * number, from, count, l->file_bytes, l->swapped);
    else
        tomo__raw_numbers(to, number, from, count * components, l->file_bytes, l->swapped);
}

typedef struct unpack {
    const tomo__raw_layout *layout;
    const uint8_t *bytes; /* the file from layout->offset on */
    uint8_t *to;
    int64_t volume, runs; /* voxels of a volume, runs it is cut into */
    size_t volume_bytes;
} unpack;

static tomo_status unpack_run(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const unpack *u = user;
    const tomo__raw_layout *l = u->layout;
    const int64_t t = item / u->runs, first = item % u->runs * RUN, count = TOMO__MIN(RUN, u->volume - first);
    const int64_t voxel = (int64_t)tomo_dtype_size(l->desc.dtype) * l->desc.components;
    const int64_t stored = (int64_t)l->file_bytes * (l->planar ? 1 : l->desc.components);
    for (int32_t c = 0; c < (l->planar ? l->desc.components : 1); c++)
        tomo__raw_voxels(u->to + (t * u->volume + first) * voxel,
                         u->bytes + (size_t)tomo__raw_volume(l, t, c) * u->volume_bytes + first * stored, count, c, l);
    return TOMO_OK;
}

tomo_status tomo__raw_unpack(tomo_ctx *ctx, tomo_image **out, const tomo__raw_layout *l, const uint8_t *file,
                             tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = &l->desc;
    tomo_image *image = NULL;
    tomo_status st = tomo_image_new(ctx, &image, d, err);
    if (st)
        return st;
    unpack u = { l, file + l->offset, tomo_image_row_mut(image, 0, 0, 0), d->size[0] * d->size[1] * d->size[2] };
    u.runs = (u.volume + RUN - 1) / RUN;
    u.volume_bytes = tomo__raw_volume_bytes(l);
    st = tomo__parallel(ctx, u.runs * d->size[3], unpack_run, &u, job, err);
    if (st)
        tomo_image_free(image);
    else
        *out = image;
    return st;
}
