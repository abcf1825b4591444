/* study_compare.c - findings, and how far a mask that was found agrees with a given one, and where and why it does not.
 */
#include <stdio.h>

#include "pipeline/study_internal.h"

/* As much of the text as fits, with dots where it was cut, never through a character. */
static void put(char *to, size_t room, const char *text)
{
    size_t n = strlen(text);
    if (n < room) {
        memcpy(to, text, n + 1);
        return;
    }
    n = tomo__utf8_valid(text, room - 4);
    memcpy(to, text, n);
    memcpy(to + n, "...", 4);
}

void study__finding(study__run *r, const char *site, double value, const char *unit, const char *region,
                    double confidence, const char *source)
{
    if (r->n_findings == STUDY_MOST_FINDINGS)
        return;
    tomo_finding *f = &r->findings[r->n_findings++];
    memset(f, 0, sizeof *f);
    put(f->site, sizeof f->site, site);
    put(f->unit, sizeof f->unit, unit);
    put(f->region, sizeof f->region, region);
    put(f->source, sizeof f->source, source);
    f->value = value;
    f->confidence = confidence;
}

/* The given mask without what lies outside of the body: a table or a head holder is as dense as bone. */
static tomo_status inside_body(study__run *r, const tomo_image *given, const tomo_image *body, tomo_image **out)
{
    tomo_image_desc d = *tomo_image_get_desc(body);
    tomo_image *mask = NULL, *kept = NULL;
    tomo_status st =
        tomo_image_convert(r->ctx, &mask, given, TOMO_DTYPE_U8, r->job, r->err); /* saturates: stays not 0 */
    if (st == TOMO_OK)
        st = tomo_image_new(r->ctx, &kept, &d, r->err);
    for (int64_t z = 0; st == TOMO_OK && z < d.size[2]; z++)
        for (int64_t y = 0; y < d.size[1]; y++) {
            const uint8_t *p = tomo_image_row(mask, y, z, 0), *q = tomo_image_row(body, y, z, 0);
            uint8_t *to = tomo_image_row_mut(kept, y, z, 0);
            for (int64_t x = 0; x < d.size[0]; x++)
                to[x] = p[x] && q[x];
        }
    tomo_image_free(mask);
    if (st)
        tomo_image_free(kept);
    else
        *out = kept;
    return st;
}

/* One line of agreement between the mask that was found and a given one. */
static tomo_status agree(study__run *r, tomo_overlap *out, const tomo_image *found, const tomo_image *given,
                         bool surface)
{
    tomo_overlap_options o = TOMO_OVERLAP_OPTIONS_INIT;
    o.surface = surface;
    out->struct_size = sizeof *out;
    tomo_status st = tomo_measure_overlap(r->ctx, out, found, given, &o, r->job, r->err);
    return st ? st : study__note(r, "measure", "overlap", &o);
}

/* Where two masks differ inside the body, by the values of the volume there. */
typedef struct difference {
    double low, high;           /* values that the given mask holds; NaN if it is empty */
    int64_t extra, extra_low;   /* found but not given; those of them below `low` */
    int64_t missed;             /* given but not found */
    int64_t given, range, both; /* voxels given; of the body within low to high; given and within */
} difference;

static tomo_status find_values(study__run *r, difference *f, const tomo_image *given)
{
    const tomo_image_desc *d = tomo_image_get_desc(given);
    f->low = f->high = NAN;
    for (int64_t z = 0; z < d->size[2]; z++) {
        for (int64_t y = 0; y < d->size[1]; y++) {
            const uint8_t *g = tomo_image_row(given, y, z, 0);
            for (int64_t x = 0; x < d->size[0]; x++)
                if (g[x]) {
                    const double v = tomo_image_at(r->volume, x, y, z, 0, 0);
                    f->low = fmin(f->low, v); /* fmin passes over NaN */
                    f->high = fmax(f->high, v);
                }
        }
        const tomo_status st = tomo__job_step(r->job, 0, r->err);
        if (st)
            return st;
    }
    return TOMO_OK;
}

/* found, given and body are uint8 on the grid of the volume: inside_body() and the segmentations made them so. */
static tomo_status find_difference(study__run *r, difference *f, const tomo_image *found, const tomo_image *given,
                                   const tomo_image *body)
{
    const tomo_image_desc *d = tomo_image_get_desc(body);
    *f = (difference){ .low = NAN };
    tomo_status st = find_values(r, f, given);
    for (int64_t z = 0; st == TOMO_OK && z < d->size[2]; z++) {
        for (int64_t y = 0; y < d->size[1]; y++) {
            const uint8_t *a = tomo_image_row(found, y, z, 0), *g = tomo_image_row(given, y, z, 0);
            const uint8_t *b = tomo_image_row(body, y, z, 0);
            for (int64_t x = 0; x < d->size[0]; x++) {
                if (!b[x])
                    continue;
                const double v = tomo_image_at(r->volume, x, y, z, 0, 0);
                const bool range = v >= f->low && v <= f->high;
                f->extra += a[x] && !g[x];
                f->extra_low += a[x] && !g[x] && v < f->low;
                f->missed += !a[x] && g[x];
                f->given += g[x] != 0;
                f->range += range;
                f->both += range && g[x];
            }
        }
        st = tomo__job_step(r->job, 0, r->err);
    }
    return st ? st : study__note_json(r, "pipeline.difference", NULL);
}

/* What the difference comes from: with other limits and without holes to fill, both masks would be the same. */
static tomo_status explain(study__run *r, const tomo_image *found, const tomo_image *given, const tomo_image *body,
                           const char *site, const char *name)
{
    const tomo_bones_options bones = TOMO_BONES_OPTIONS_INIT;
    const double ml = tomo_image_voxel_mm3(body) / 1000;
    difference f;
    char title[64], text[160], n[4][48];
    const tomo_status st = find_difference(r, &f, found, given, body);
    if (st || f.given == 0)
        return st;
    snprintf(title, sizeof title, "Beyond the given mask, inside the body");
    snprintf(text, sizeof text,
             "%s ml of it below %s, the lowest value in the given mask: the search for %s begins at %s%s "
             "and fills holes up to %s mm\xc2\xb2",
             tomo__fixed_text(n[0], (double)f.extra_low * ml, 1), tomo__fixed_text(n[1], f.low, 0), site,
             tomo__fixed_text(n[2], bones.lower, 0), r->is_ct ? " HU" : "", tomo__fixed_text(n[3], bones.max_hole, 0));
    study__finding(r, title, (double)f.extra * ml, "ml", text, NAN, name);
    study__finding(r, "Missed of the given mask, inside the body", (double)f.missed * ml, "ml", "given but not found",
                   NAN, name);
    snprintf(text, sizeof text,
             "every voxel of the body from %s to %s%s against the given mask: 1 means that it is that "
             "threshold and nothing else",
             tomo__fixed_text(n[0], f.low, 0), tomo__fixed_text(n[1], f.high, 0), r->is_ct ? " HU" : "");
    study__finding(r, "The given mask as a threshold", 2.0 * (double)f.both / (double)(f.given + f.range), "Dice", text,
                   NAN, name);
    return TOMO_OK;
}

/* How far the found mask and a given one agree, and where they don't. */
tomo_status study__compare(study__run *r, const tomo_image *found, const tomo_image *body, const char *site)
{
    const char *slash = strrchr(r->compare, '/'), *named = r->opts->compare_name;
    const char *name = named && named[0] ? named : slash ? slash + 1 : r->compare;
    tomo_image *given = NULL, *kept = NULL;
    tomo_overlap all, inside;
    char title[64], text[160], n[3][48];
    tomo_status st = tomo_pipeline_load(r->ctx, &given, r->compare, NULL, r->report, r->job, r->err);
    if (st == TOMO_OK)
        st = agree(r, &all, found, given, false);
    if (st == TOMO_OK && body)
        st = inside_body(r, given, body, &kept);
    if (st == TOMO_OK && body)
        st = study__note_json(r, "pipeline.insideBody", NULL);
    if (st == TOMO_OK && body)
        st = agree(r, &inside, found, kept, true);
    if (st == TOMO_OK) {
        snprintf(title, sizeof title, "Agreement of %s", site);
        snprintf(text, sizeof text, "%s ml found, %s ml given, %s ml common",
                 tomo__fixed_text(n[0], all.volume_a_ml, 1), tomo__fixed_text(n[1], all.volume_b_ml, 1),
                 tomo__fixed_text(n[2], all.common_ml, 1));
        study__finding(r, title, all.dice, "Dice", text, NAN, name);
    }
    if (st == TOMO_OK && body) {
        snprintf(title, sizeof title, "Agreement of %s inside the body", site);
        snprintf(text, sizeof text,
                 "%s ml of the given mask lie outside of the body (table, head holder) and are left out here; mean "
                 "distance of the surfaces %s mm",
                 tomo__fixed_text(n[0], all.volume_b_ml - inside.volume_b_ml, 1),
                 tomo__fixed_text(n[1], inside.mean_surface_mm, 2));
        study__finding(r, title, inside.dice, "Dice", text, NAN, name);
        st = explain(r, found, kept, body, site, name);
    }
    tomo_image_free(given);
    tomo_image_free(kept);
    return st ? tomo__fail_in(r->err, st, "comparing with %s", r->compare) : TOMO_OK;
}
