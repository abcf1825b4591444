/* surface_distance.c - distances between the surfaces of two masks, through an exact distance map of each. */
#include <stdlib.h>
#include <tomo/filter.h>

#include "measure/measure_internal.h"

/* Mask of the voxels inside that have a face towards outside or the border of the image. */
static tomo_status surface_of(tomo_ctx *ctx, tomo_image **out, const tomo_image *labels, int32_t label, tomo_error *err)
{
    tomo_image *inside = NULL, *shell = NULL;
    tomo_status st = tomo__image_new_like(ctx, &inside, labels, TOMO_DTYPE_U8, 1, err);
    if (st == TOMO_OK)
        st = tomo__image_new_like(ctx, &shell, labels, TOMO_DTYPE_U8, 1, err);
    if (st) {
        tomo_image_free(inside);
        return st;
    }
    const int64_t *n = labels->desc.size;
    for (int64_t z = 0; z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++)
            measure__inside(labels, y, z, label, tomo__row(inside, y, z, 0));
    for (int64_t z = 0; z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++) {
            const uint8_t *p = tomo__row(inside, y, z, 0);
            const uint8_t *up = y > 0 ? tomo__row(inside, y - 1, z, 0) : NULL;
            const uint8_t *down = y + 1 < n[1] ? tomo__row(inside, y + 1, z, 0) : NULL;
            const uint8_t *below = z > 0 ? tomo__row(inside, y, z - 1, 0) : NULL;
            const uint8_t *above = z + 1 < n[2] ? tomo__row(inside, y, z + 1, 0) : NULL;
            uint8_t *to = tomo__row(shell, y, z, 0);
            bool flat = n[2] == 1; /* a 2D image has no faces towards z */
            for (int64_t x = 0; x < n[0]; x++) {
                bool covered = x > 0 && p[x - 1] && x + 1 < n[0] && p[x + 1] && up && up[x] && down && down[x] &&
                               (flat || (below && below[x] && above && above[x]));
                to[x] = p[x] && !covered;
            }
        }
    tomo_image_free(inside);
    *out = shell;
    return TOMO_OK;
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Sorted distances from each voxel of `from` to the nearest of `to`. */
static tomo_status distances(tomo_ctx *ctx, float **out, size_t *count, const tomo_image *from, const tomo_image *to,
                             tomo_job *job, tomo_error *err)
{
    tomo_image *map = NULL;
    const int64_t *n = from->desc.size;
    tomo_status st = tomo_filter_distance(ctx, &map, to, NULL, job, err);
    if (st)
        return st;
    size_t k = 0;
    for (int pass = 0; pass < 2 && st == TOMO_OK; pass++) {
        k = 0;
        for (int64_t z = 0; z < n[2]; z++)
            for (int64_t y = 0; y < n[1]; y++) {
                const uint8_t *p = tomo__row(from, y, z, 0);
                const float *d = (const float *)(const void *)tomo__row(map, y, z, 0);
                for (int64_t x = 0; x < n[0]; x++)
                    if (p[x]) {
                        if (pass)
                            (*out)[k] = d[x];
                        k++;
                    }
            }
        if (!pass && !(*out = TOMO__ARRAY(ctx, k, float)))
            st = tomo__no_memory(ctx, err, k * sizeof(float), "surface distances");
    }
    tomo_image_free(map);
    if (st == TOMO_OK)
        qsort(*out, k, sizeof **out, by_value);
    *count = k;
    return st;
}

/* numpy.percentile's linear rule. */
static double percentile(const float *sorted, size_t n, double part)
{
    double at = part * (double)(n - 1);
    size_t i = (size_t)at;
    return i + 1 < n ? sorted[i] + (at - (double)i) * ((double)sorted[i + 1] - sorted[i]) : sorted[n - 1];
}

tomo_status measure__surfaces(tomo_ctx *ctx, tomo_overlap *out, const tomo_image *a, const tomo_image *b, int32_t label,
                              tomo_job *job, tomo_error *err)
{
    tomo_image *shell_a = NULL, *shell_b = NULL;
    float *ab = NULL, *ba = NULL;
    size_t na = 0, nb = 0;
    tomo_status st = surface_of(ctx, &shell_a, a, label, err);
    if (st == TOMO_OK)
        st = surface_of(ctx, &shell_b, b, label, err);
    tomo__span outer = tomo__job_enter(job, 0, 0.5, "surface distances");
    if (st == TOMO_OK)
        st = distances(ctx, &ab, &na, shell_a, shell_b, job, err);
    tomo__job_leave(job, outer);
    outer = tomo__job_enter(job, 0.5, 1, "surface distances");
    if (st == TOMO_OK)
        st = distances(ctx, &ba, &nb, shell_b, shell_a, job, err);
    tomo__job_leave(job, outer);
    if (st == TOMO_OK) {
        double sum = 0;
        for (size_t i = 0; i < na; i++)
            sum += ab[i];
        for (size_t i = 0; i < nb; i++)
            sum += ba[i];
        out->mean_surface_mm = sum / (double)(na + nb);
        out->hausdorff_mm = TOMO__MAX(ab[na - 1], ba[nb - 1]);
        out->hausdorff95_mm = TOMO__MAX(percentile(ab, na, 0.95), percentile(ba, nb, 0.95));
    }
    tomo__free(ctx, ab);
    tomo__free(ctx, ba);
    tomo_image_free(shell_a);
    tomo_image_free(shell_b);
    return st;
}
