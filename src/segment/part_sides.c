/* part_sides.c - two lungs that touch (at the front junction line, or behind the esophagus) come apart: the set is
 * eroded by growing balls until its two largest pieces lie side by side and are both large, then both grow back at the
 * same pace, each voxel going to the one that reaches it first. */
#include "anatomy.h"

/* The two largest parts of an eroded set, low x first, if they could be lungs: the second at least an eighth of the
 * first, their centers further apart along x than 40 mm. */
static tomo_status two_parts(const tomo__scan *s, const tomo__bits *b, tomo__bits *low, tomo__bits *high, bool *two,
                             tomo_job *job, tomo_error *err)
{
    tomo__runs r;
    tomo__part *p = NULL;
    int64_t first = -1, second = -1;
    tomo_status st = tomo__runs_new(s->ctx, &r, b, false, TOMO_CONNECT_6, false, job, err);
    if (st != TOMO_OK)
        return st;
    *two = false;
    st = tomo__parts_measure(&r, s->hu, 0, &p, err);
    uint8_t *keep = TOMO__ARRAY(s->ctx, r.parts + 1, uint8_t);
    if (st == TOMO_OK && !keep)
        st = tomo__no_memory(s->ctx, err, (size_t)r.parts, "components");
    for (int64_t i = 0; i < r.parts && st == TOMO_OK; i++) {
        if (first < 0 || p[i].voxels > p[first].voxels)
            second = first, first = i;
        else if (second < 0 || p[i].voxels > p[second].voxels)
            second = i;
    }
    if (st == TOMO_OK && second >= 0 && p[second].voxels * 8 >= p[first].voxels) {
        const double a = (double)p[first].sum[0] / (double)p[first].voxels,
                     c = (double)p[second].sum[0] / (double)p[second].voxels;
        *two = fabs(a - c) * s->spacing[0] > 40;
        if (*two) {
            tomo__bits_clear(low), tomo__bits_clear(high);
            keep[a < c ? first : second] = 1;
            tomo__runs_paint(&r, keep, low);
            keep[first] = !keep[first], keep[second] = !keep[second];
            tomo__runs_paint(&r, keep, high);
        }
    }
    tomo__free(s->ctx, keep);
    tomo__free(s->ctx, p);
    tomo__runs_free(&r);
    return st;
}

/* One voxel's step of `a` within `room`, not into `other`. *added: voxels gained. */
static tomo_status step(const tomo__scan *s, tomo__bits *a, const tomo__bits *room, const tomo__bits *other,
                        int64_t *added, tomo_job *job, tomo_error *err)
{
    const double reach = fmin(fmin(s->spacing[0], s->spacing[1]), s->spacing[2]);
    const int64_t before = tomo__bits_count(a);
    /* a step of the largest spacing reaches all neighbors through faces, long voxels included */
    tomo_status st = tomo__bits_dilate(a, s->spacing, fmax(reach, fmax(s->spacing[0], s->spacing[2])), job, err);
    tomo__bits_and(a, room);
    tomo__bits_minus(a, other);
    *added = tomo__bits_count(a) - before;
    return st;
}

tomo_status tomo__part_sides(const tomo__scan *s, tomo__bits *both, tomo__bits *high, bool *done, tomo_job *job,
                             tomo_error *err)
{
    tomo__bits low = { 0 }, core = { 0 };
    tomo_status st = tomo__bits_new(s->ctx, &low, both->n, err);
    if (st == TOMO_OK)
        st = tomo__bits_new(s->ctx, high, both->n, err);
    *done = false;
    for (int i = 1; i <= 8 && st == TOMO_OK && !*done; i++) { /* up to a contact 24 mm wide */
        tomo__bits_free(&core);
        st = tomo__bits_copy(&core, both, err);
        if (st == TOMO_OK)
            st = tomo__bits_erode(&core, s->spacing, 1.5 * i, job, err);
        if (st == TOMO_OK)
            st = two_parts(s, &core, &low, high, done, job, err);
    }
    for (int64_t added = 1; added && *done && st == TOMO_OK;) {
        int64_t more = 0;
        st = step(s, &low, both, high, &added, job, err);
        if (st == TOMO_OK)
            st = step(s, high, both, &low, &more, job, err);
        added += more;
    }
    if (st == TOMO_OK && *done) {
        tomo__bits_free(both);
        *both = low;
        low.w = NULL;
    } else {
        tomo__bits_free(high);
    }
    tomo__bits_free(&core);
    tomo__bits_free(&low);
    return st;
}
