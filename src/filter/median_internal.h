/* median_internal.h - one median, as median.c hands it to the two methods. */
#ifndef TOMO_FILTER_MEDIAN_INTERNAL_H
#define TOMO_FILTER_MEDIAN_INTERNAL_H

#include "filter/filter_internal.h"

typedef struct tomo__median {
    tomo_ctx *ctx;
    tomo_job *job;
    tomo_image *out;
    const tomo_image *in;
    int64_t radius[3];
    int64_t strip, strips; /* rows that one item does in a slice, items side by side */
    int64_t depth, depths; /* slices that one item does, items one above the other */
    int64_t rows, slices;  /* rows of input an item reads in each slice, slices */
    void *scratch;         /* one worker's after the other */
    size_t scratch_size;
} tomo__median;

/* Voxels of an item: component, time, slices z..end-1, rows from..to-1. */
typedef struct tomo__median_item {
    int64_t t, z, end, from, to;
    int c;
} tomo__median_item;
/* Cut the image into items of so many rows and slices. */
void tomo__median_cut(tomo__median *m, int64_t strip, int64_t depth);
int64_t tomo__median_items(const tomo__median *m);
tomo__median_item tomo__median_item_at(const tomo__median *m, int64_t item);
/* First voxel (component c) of the input row `row` (counted from from - radius[1]) of slice `slice` (from
 * z - radius[2]); beyond the border the nearest one. */
const char *tomo__median_row(const tomo__median *m, const tomo__median_item *i, int64_t slice, int64_t row);

/* Medians of rows of 8- or 16-bit numbers that have so many bits: out[i] of in[0..rows-1][i .. i + across - 1].
 * Works on whole vectors of `bytes`: rows are readable and `out` is writable to the end of the last one. */
typedef void (*tomo__bisect_fn)(void *out, const void *const *in, int64_t rows, int64_t across, int bits, int64_t n);
typedef struct tomo__bisect {
    tomo__bisect_fn u8, u16;
    int64_t bytes;
} tomo__bisect;
extern const tomo__bisect tomo__bisect_avx2, tomo__bisect_avx512;
const tomo__bisect *tomo__bisect_for(tomo_cpu level); /* NULL: plain C is better off with a histogram */

/* Network for small boxes: 0 = 3x3, 1 = 5x5, 2 = 3x3x3; -1 if there is none for this box and type. */
int tomo__median_network(const tomo__median *m);
tomo_status tomo__median_by_network(tomo__median *m, int network, tomo_error *err);
/* 8- and 16-bit types: bisection, if this box is not too wide for it to be the fastest method. */
bool tomo__median_bisects(const tomo__median *m);
tomo_status tomo__median_by_bisection(tomo__median *m, tomo_error *err);
/* 8- and 16-bit types: a histogram that slides along x. */
tomo_status tomo__median_by_histogram(tomo__median *m, tomo_error *err);
/* Any type: a set of ranks that slides along x. */
tomo_status tomo__median_by_rank(tomo__median *m, tomo_error *err);
/* Lay out one more part of a worker's scratch; false if sizes overflow. */
bool tomo__median_part(tomo__median *m, size_t *at, int64_t count, size_t size);
/* Take scratch for every worker and run the items. */
tomo_status tomo__median_run(tomo__median *m, tomo__item_fn fn, void *user, tomo_error *err);

/* Whole numbers in the order of the values: signs flipped, NaN last. */
static inline uint64_t tomo__median_key(const char *p, tomo_dtype dtype)
{
    uint64_t b = 0;
    memcpy(&b, p, tomo_dtype_size(dtype)); /* x86 and ARM: little endian */
    switch (dtype) {
    case TOMO_DTYPE_I8: return b ^ 0x80;
    case TOMO_DTYPE_I16: return b ^ 0x8000;
    case TOMO_DTYPE_I32: return b ^ 0x80000000u;
    case TOMO_DTYPE_I64: return b ^ 0x8000000000000000u;
    case TOMO_DTYPE_F32:
        if ((b & 0x7fffffffu) > 0x7f800000u)
            return 0xffffffffu;
        return b & 0x80000000u ? b ^ 0xffffffffu : b | 0x80000000u;
    case TOMO_DTYPE_F64:
        if ((b & 0x7fffffffffffffffu) > 0x7ff0000000000000u)
            return UINT64_MAX;
        return b >> 63 ? ~b : b | 0x8000000000000000u;
    default: return b;
    }
}

static inline void tomo__median_put(char *p, uint64_t key, tomo_dtype dtype)
{
    switch (dtype) {
    case TOMO_DTYPE_I8: key ^= 0x80; break;
    case TOMO_DTYPE_I16: key ^= 0x8000; break;
    case TOMO_DTYPE_I32: key ^= 0x80000000u; break;
    case TOMO_DTYPE_I64: key ^= 0x8000000000000000u; break;
    case TOMO_DTYPE_F32: key = key >> 31 ? key ^ 0x80000000u : key ^ 0xffffffffu; break;
    case TOMO_DTYPE_F64: key = key >> 63 ? key ^ 0x8000000000000000u : ~key; break;
    default: break;
    }
    memcpy(p, &key, tomo_dtype_size(dtype));
}

#endif
