/* airways.c - trachea and large bronchi in the air of a chest CT. The trachea is the longest chain of round, small air
 * sections one above the other near the middle; from it the lumen grows at the highest threshold that does not leak
 * into the lungs (the volume would explode: Mori et al., CT image segmentation for virtual bronchoscopy, 1996). */
#include "anatomy.h"

#include <stdlib.h>

typedef struct section { /* air in one slice, of a trachea's size and shape */
    int64_t part;
    int32_t z, before; /* section it continues, or -1 */
    int32_t length;    /* sections in the chain so far */
    double x, y;       /* mm */
} section;

/* Trachea: 40 to 700 mm2, not longer than 2.5 times its width, filling its box, near the middle. */
static bool looks_round(const tomo__scan *s, const tomo__part *p, double mid_x)
{
    const double pixel = s->spacing[0] * s->spacing[1], area = (double)p->voxels * pixel;
    const double w = (p->hi[0] - p->lo[0] + 1) * s->spacing[0], h = (p->hi[1] - p->lo[1] + 1) * s->spacing[1];
    const double x = (double)p->sum[0] / (double)p->voxels * s->spacing[0];
    return area >= 40 && area <= 700 && fmax(w, h) <= 2.5 * fmin(w, h) && area >= 0.5 * w * h &&
           fabs(x - mid_x * s->spacing[0]) < 50;
}

/* Sections in order of slices, each linked to the longest chain within 6 mm in the slice below it in index. */
static int64_t find_sections(const tomo__scan *s, const tomo__part *p, int64_t parts, double mid_x, section *c)
{
    int64_t n = 0, prev = 0, start = 0;
    for (int64_t i = 0; i < parts; i++) { /* parts of a planar join are numbered slice by slice */
        if (!looks_round(s, &p[i], mid_x))
            continue;
        section k = { .part = i, .z = p[i].lo[2], .before = -1, .length = 1 };
        k.x = (double)p[i].sum[0] / (double)p[i].voxels * s->spacing[0];
        k.y = (double)p[i].sum[1] / (double)p[i].voxels * s->spacing[1];
        if (n && c[n - 1].z != k.z)
            prev = start, start = n;
        for (int64_t j = prev; j < start; j++)
            if (c[j].z == k.z - 1 && c[j].length >= k.length &&
                hypot(c[j].x - k.x, c[j].y - k.y) < fmax(6, s->spacing[2]))
                k.length = c[j].length + 1, k.before = (int32_t)j;
        c[n++] = k;
    }
    return n;
}

/* Set of the voxels of the longest chain; empty if it is shorter than 25 mm. */
static tomo_status find_trachea(const tomo__scan *s, const tomo__bits *lumen, double mid_x, tomo__bits *seed,
                                tomo_job *job, tomo_error *err)
{
    tomo__runs r;
    tomo__part *p = NULL;
    tomo_status st = tomo__runs_new(s->ctx, &r, lumen, false, TOMO_CONNECT_6, true, job, err);
    if (st != TOMO_OK)
        return st;
    st = tomo__parts_measure(&r, s->hu, 0, &p, err);
    section *c = TOMO__ARRAY(s->ctx, r.parts + 1, section);
    uint8_t *keep = TOMO__ARRAY(s->ctx, r.parts + 1, uint8_t);
    if (st == TOMO_OK && (!c || !keep))
        st = tomo__no_memory(s->ctx, err, (size_t)r.parts * sizeof *c, "sections of the trachea");
    if (st == TOMO_OK)
        st = tomo__bits_new(s->ctx, seed, lumen->n, err);
    if (st == TOMO_OK) {
        const int64_t n = find_sections(s, p, r.parts, mid_x, c);
        int64_t best = -1;
        for (int64_t i = 0; i < n; i++)
            if (best < 0 || c[i].length > c[best].length)
                best = i;
        if (best >= 0 && c[best].length * s->spacing[2] >= 25)
            for (; best >= 0; best = c[best].before)
                keep[c[best].part] = 1;
        tomo__runs_paint(&r, keep, seed);
    }
    tomo__free(s->ctx, keep);
    tomo__free(s->ctx, c);
    tomo__free(s->ctx, p);
    tomo__runs_free(&r);
    return st;
}

/* Voxels of `air` up to `upper` HU that are connected to the seed. */
static tomo_status grow_lumen(const tomo__scan *s, const tomo__bits *air, const tomo__bits *seed, double upper,
                              tomo__bits *out, tomo_job *job, tomo_error *err)
{
    tomo__runs r;
    uint8_t *keep = NULL;
    tomo_status st = tomo__bits_range(s->ctx, out, s->hu, -INFINITY, upper, NULL, err);
    if (st != TOMO_OK)
        return st;
    tomo__bits_and(out, air);
    tomo__bits_or(out, seed);
    st = tomo__runs_new(s->ctx, &r, out, false, TOMO_CONNECT_6, false, job, err);
    if (st != TOMO_OK)
        return st;
    keep = TOMO__ARRAY(s->ctx, r.parts + 1, uint8_t);
    if (keep) {
        for (int64_t row = 0; row < r.n[1] * r.n[2]; row++)
            for (int64_t i = r.row[row]; i < r.row[row + 1]; i++) {
                const uint64_t *w = seed->w + row * seed->words;
                const int32_t a = r.run[i].a;
                for (int32_t x = a; x < r.run[i].b && !keep[r.part[i]]; x++)
                    keep[r.part[i]] = w[x >> 6] >> (x & 63) & 1;
            }
        tomo__bits_clear(out);
        tomo__runs_paint(&r, keep, out);
    } else {
        st = tomo__no_memory(s->ctx, err, (size_t)r.parts, "components");
    }
    tomo__free(s->ctx, keep);
    tomo__runs_free(&r);
    return st;
}

tomo_status tomo__airways(const tomo__scan *s, const tomo__bits *air, double gas_hu, double mid_x, tomo__bits *out,
                          tomo_job *job, tomo_error *err)
{
    tomo__bits lumen = { 0 }, seed = { 0 };
    double low = gas_hu + 20, high = gas_hu + 220;
    tomo_status st = tomo__bits_range(s->ctx, &lumen, s->hu, -INFINITY, gas_hu + 100, NULL, err);
    if (st == TOMO_OK) {
        tomo__bits_and(&lumen, air);
        st = find_trachea(s, &lumen, mid_x, &seed, job, err);
    }
    if (st == TOMO_OK)
        st = tomo__bits_copy(out, &seed, err);
    const int64_t found = st == TOMO_OK ? tomo__bits_count(&seed) : 0;
    /* the volume rises with the threshold: halve the range until it is known to 7 HU */
    for (int i = 0; i < 5 && found && st == TOMO_OK; i++) {
        tomo__bits grown = { 0 };
        const double at = (low + high) / 2;
        st = grow_lumen(s, air, &seed, at, &grown, job, err);
        if (st == TOMO_OK && (double)tomo__bits_count(&grown) * s->ml <= 120) {
            tomo__bits_free(out);
            *out = grown;
            low = at;
        } else {
            tomo__bits_free(&grown);
            high = at;
        }
    }
    if (st == TOMO_OK && found) { /* the rim of the lumen is half wall, hence lighter than the threshold */
        st = tomo__bits_dilate(out, s->spacing, fmax(s->spacing[0], 1.5), job, err);
        tomo__bits_and(out, air);
    }
    tomo__bits_free(&lumen);
    tomo__bits_free(&seed);
    return st;
}
