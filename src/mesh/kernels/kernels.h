/* kernels.h - the inner loops of room mesh: rows of voxels to bits, one bit a voxel, set where it is inside (bits past
 * the row's end are 0), and rows of bits to counts and triangles. Plain C is their meaning; every level gives the
 * same. */
#ifndef TOMO_MESH_KERNELS_H
#define TOMO_MESH_KERNELS_H

#include <stdint.h>
#include <tomo/base.h>

struct surface;

typedef struct tomo__mesh_kernels {
    /* Whole numbers of 1, 2, 4, 8 bytes (index 0 to 3): set where v - low <= span, modulo the type's size. */
    void (*whole[4])(uint64_t *bits, const void *row, int64_t n, uint64_t low, uint64_t span);
    /* float32, float64: set where v >= low; never for NaN. */
    void (*real[2])(uint64_t *bits, const void *row, int64_t n, double low);
    /* walk.h: fill the counts of row (y, z); write the triangles of the cells that start there. */
    void (*count_row)(const struct surface *s, int64_t y, int64_t z);
    void (*emit_row)(const struct surface *s, int64_t y, int64_t z);
} tomo__mesh_kernels;

const tomo__mesh_kernels *tomo__mesh_kernels_for(tomo_cpu level);
extern const tomo__mesh_kernels tomo__mesh_kernels_c, tomo__mesh_kernels_avx2, tomo__mesh_kernels_avx512;

#endif
