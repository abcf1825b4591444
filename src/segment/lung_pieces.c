/* lung_pieces.c - which air is lung: the pieces inside the body that look like it, and lungs that the field cuts
 * open at a side. */
#include "lungs.h"

#include <stdio.h>

/* Does one piece of air look like lung? `core` is its inside. */
static bool looks_like_lung(const tomo__lung_search *f, const tomo__part *p, const tomo__profile *core)
{
    const double ml = (double)p->voxels * f->s->ml;
    const bool cut = p->lo[2] == 0 || p->hi[2] == f->air.n[2] - 1;
    double mm[3];
    for (int a = 0; a < 3; a++)
        mm[a] = (p->hi[a] - p->lo[a] + 1) * f->s->spacing[a];
    if (ml < (cut ? 15 : 40) || mm[0] < 30 || mm[1] < 30 || mm[0] > 450 || mm[1] > 350 || mm[2] > 450)
        return false;
    if (core->voxels * 20 < p->voxels || core->median > -600)
        return false;
    return (core->median <= -920 || core->gas > 0.25) ? ml > 500 && core->median > f->gas_hu + 50 : true;
}

tomo_status tomo__lung_pieces(tomo__lung_search *f, tomo_job *job, tomo_error *err)
{
    const tomo__scan *s = f->s;
    tomo__runs r = { 0 };
    tomo__part *p = NULL;
    tomo__bits inner = { 0 }, one = { 0 };
    uint8_t *keep = NULL;
    tomo_status st = tomo__bits_copy(&inner, &f->air, err);
    if (st == TOMO_OK)
        st = tomo__bits_erode(&inner, s->spacing, fmax(3, fmin(s->spacing[0], s->spacing[2])), job, err);
    if (st == TOMO_OK)
        st = tomo__runs_new(s->ctx, &r, &f->air, false, TOMO_CONNECT_6, false, job, err);
    if (st == TOMO_OK)
        st = tomo__parts_measure(&r, s->hu, 0, &p, err);
    if (st == TOMO_OK)
        st = tomo__bits_new(s->ctx, &one, f->air.n, err);
    if (st == TOMO_OK)
        st = tomo__bits_new(s->ctx, &f->low, f->air.n, err);
    keep = st == TOMO_OK ? TOMO__ARRAY(s->ctx, r.parts + 1, uint8_t) : NULL;
    if (st == TOMO_OK && !keep)
        st = tomo__no_memory(s->ctx, err, (size_t)r.parts, "components");
    for (int64_t i = 0; i < r.parts && st == TOMO_OK; i++) {
        tomo__profile core;
        if ((double)p[i].voxels * s->ml < 15)
            continue;
        keep[i] = 1;
        tomo__bits_clear(&one);
        tomo__runs_paint(&r, keep, &one);
        keep[i] = 0;
        tomo__bits_and(&one, &inner);
        st = tomo__profile_of(&one, s->hu, &core, err);
        if (st == TOMO_OK && looks_like_lung(f, &p[i], &core)) {
            keep[i] = 1;
            tomo__runs_paint(&r, keep, &f->low);
            keep[i] = 0;
        } else if (st == TOMO_OK && !f->reason[0]) {
            snprintf(f->reason, sizeof f->reason, "air of %.0f ml has a median of %.0f HU inside: gas, not lung",
                     (double)p[i].voxels * s->ml, core.median);
        }
        if (st == TOMO_OK)
            st = tomo__job_step(job, (double)i / (double)r.parts, err);
    }
    tomo__free(s->ctx, keep);
    tomo__free(s->ctx, p);
    tomo__runs_free(&r);
    tomo__bits_free(&inner);
    tomo__bits_free(&one);
    return st;
}

/* Part of a set's outer rim (one voxel wide) that lies in the body. */
static tomo_status rim_in_body(const tomo__lung_search *f, const tomo__bits *b, double *part, tomo_error *err)
{
    tomo__bits rim = { 0 };
    tomo_status st = tomo__bits_copy(&rim, b, err);
    if (st == TOMO_OK)
        st = tomo__bits_dilate(&rim, f->s->spacing, f->s->spacing[0], NULL, err);
    if (st == TOMO_OK) {
        tomo__bits_minus(&rim, b);
        const double all = (double)tomo__bits_count(&rim);
        tomo__bits_and(&rim, &f->body);
        *part = all > 0 ? (double)tomo__bits_count(&rim) / all : 0;
    }
    tomo__bits_free(&rim);
    return st;
}

/* Air outside the body mask, at least 100 ml a piece: the one with the lowest median is the air of the room. Where the
 * field cuts the chest, a lung may lie among it, open to the side: it is 50 HU denser and its rim is body. Such
 * pieces go to f->body and so to f->air. */
tomo_status tomo__lung_outside(tomo__lung_search *f, tomo_job *job, tomo_error *err)
{
    const tomo__scan *s = f->s;
    tomo__bits out = { 0 }, inner = { 0 }, one = { 0 };
    tomo__runs r = { 0 };
    int64_t *sizes = NULL;
    tomo__profile *core = NULL;
    uint8_t *keep = NULL;
    f->gas_hu = 0;
    tomo_status st = tomo__bits_range(s->ctx, &out, s->hu, -1500, nextafter(f->o->threshold, -INFINITY), NULL, err);
    if (st == TOMO_OK)
        tomo__bits_minus(&out, &f->body);
    if (st == TOMO_OK)
        st = tomo__bits_copy(&inner, &out, err);
    if (st == TOMO_OK)
        st = tomo__bits_erode(&inner, s->spacing, 3, job, err);
    if (st == TOMO_OK)
        st = tomo__runs_new(s->ctx, &r, &out, false, TOMO_CONNECT_6, false, job, err);
    if (st == TOMO_OK)
        st = tomo__runs_sizes(&r, &sizes, err);
    if (st == TOMO_OK)
        st = tomo__bits_new(s->ctx, &one, out.n, err);
    core = st == TOMO_OK ? TOMO__ARRAY(s->ctx, r.parts + 1, tomo__profile) : NULL;
    keep = st == TOMO_OK ? TOMO__ARRAY(s->ctx, r.parts + 1, uint8_t) : NULL;
    if (st == TOMO_OK && (!core || !keep))
        st = tomo__no_memory(s->ctx, err, (size_t)r.parts * sizeof *core, "pieces of air");
    for (int pass = 0; pass < (f->cut_side ? 2 : 1); pass++) /* first the air of the room, then lungs among it */
        for (int64_t i = 0; i < r.parts && st == TOMO_OK; i++) {
            double part = 0;
            if ((double)sizes[i] * s->ml < 100 || (pass && core[i].median < f->gas_hu + 50))
                continue;
            tomo__bits_clear(&one);
            keep[i] = 1;
            tomo__runs_paint(&r, keep, &one);
            keep[i] = 0;
            if (pass) {
                st = rim_in_body(f, &one, &part, err);
                if (part > 0.5)
                    tomo__bits_or(&f->body, &one);
            } else {
                tomo__bits_and(&one, &inner);
                st = tomo__profile_of(&one, s->hu, &core[i], err);
                if (core[i].voxels)
                    f->gas_hu = fmin(f->gas_hu, core[i].median);
            }
        }
    if (f->gas_hu > -900) /* no room air in the field */
        f->gas_hu = -1000;
    tomo__free(s->ctx, core);
    tomo__free(s->ctx, keep);
    tomo__free(s->ctx, sizes);
    tomo__runs_free(&r);
    tomo__bits_free(&one);
    tomo__bits_free(&inner);
    tomo__bits_free(&out);
    return st;
}
