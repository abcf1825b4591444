/* lung_sides.c - which lung is which: pieces go to either side of the middle; one that is both lungs is parted. */
#include "lungs.h"

#include <stdio.h>

/* The two largest pieces and where they are: the middle between two lungs, else that of the body, else a guess from
 * where the air around the patient is. Returns the piece that is both lungs in one, or -1. */
static int64_t find_middle(tomo__lung_search *f, const tomo__part *p, int64_t parts)
{
    int64_t first = -1, second = -1;
    for (int64_t i = 0; i < parts; i++) {
        if (first < 0 || p[i].voxels > p[first].voxels)
            second = first, first = i;
        else if (second < 0 || p[i].voxels > p[second].voxels)
            second = i;
    }
    if (first < 0)
        return -1;
    const double dx = f->s->spacing[0], x = (double)p[first].sum[0] / (double)p[first].voxels;
    if ((p[first].hi[0] - p[first].lo[0]) * dx > 180)
        return first;
    if (second >= 0 && p[second].voxels * 8 >= p[first].voxels) {
        const double other = (double)p[second].sum[0] / (double)p[second].voxels;
        if (fabs(x - other) * dx > 40) {
            f->mid_x = (x + other) / 2;
            return -1;
        }
    }
    f->guessed = f->cut_side;
    if (f->cut_side)
        f->mid_x = f->inward > 0 ? (double)f->body.n[0] : -1;
    return -1;
}

/* Part one piece that is both lungs: its halves into f->low and f->high. */
static tomo_status part_piece(tomo__lung_search *f, tomo__bits *piece, tomo_job *job, tomo_error *err)
{
    tomo__bits half = { 0 };
    bool parted = false;
    tomo_status st = tomo__part_sides(f->s, piece, &half, &parted, job, err);
    if (st == TOMO_OK && parted) {
        tomo__bits_or(&f->high, &half);
        tomo__bits_or(&f->low, piece);
    } else if (st == TOMO_OK) {
        snprintf(f->reason, sizeof f->reason, "air on both sides of the middle does not come apart into two lungs");
    }
    tomo__bits_free(&half);
    return st;
}

tomo_status tomo__lung_sides(tomo__lung_search *f, tomo_job *job, tomo_error *err)
{
    const tomo__scan *s = f->s;
    tomo__runs r;
    tomo__part *p = NULL;
    tomo__bits piece = { 0 };
    int64_t both = -1;
    tomo_status st = tomo__runs_new(s->ctx, &r, &f->low, false, TOMO_CONNECT_6, false, job, err);
    if (st != TOMO_OK)
        return st;
    st = tomo__parts_measure(&r, s->hu, 0, &p, err);
    uint8_t *keep = TOMO__ARRAY(s->ctx, r.parts + 1, uint8_t);
    if (st == TOMO_OK && !keep)
        st = tomo__no_memory(s->ctx, err, (size_t)r.parts, "components");
    if (st == TOMO_OK)
        st = tomo__bits_new(s->ctx, &f->high, f->low.n, err);
    if (st == TOMO_OK)
        st = tomo__bits_new(s->ctx, &piece, f->low.n, err);
    if (st == TOMO_OK) {
        both = find_middle(f, p, r.parts);
        for (int64_t i = 0; i < r.parts; i++)
            keep[i] = i != both && (double)p[i].sum[0] / (double)p[i].voxels > f->mid_x;
        tomo__runs_paint(&r, keep, &f->high);
        tomo__bits_minus(&f->low, &f->high);
        if (both >= 0) {
            memset(keep, 0, (size_t)r.parts);
            keep[both] = 1;
            tomo__runs_paint(&r, keep, &piece);
            tomo__bits_minus(&f->low, &piece);
            st = part_piece(f, &piece, job, err);
        }
    }
    tomo__bits_free(&piece);
    tomo__free(s->ctx, keep);
    tomo__free(s->ctx, p);
    tomo__runs_free(&r);
    return st;
}
