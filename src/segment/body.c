/* body.c - the patient in a CT. What is not air, with holes of a slice up to 3000 mm2 (sinuses, bowel gas), is opened
 * by a ball, which cuts the table and blankets off; the largest piece is the trunk (or head), and other pieces are
 * limbs if they are large, of soft tissue and hold bone. They grow back to their skin, and what a slice encloses is
 * filled. */
#include "anatomy.h"

#include <stdio.h>

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    tomo_status st = tomo_segment_body(ctx, &mask, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

static const tomo_option options[] = {
    { "threshold", TOMO_OPT_DOUBLE, offsetof(tomo_body_options, threshold), 1, -300, -1000, 200, "HU", NULL, false,
      "at and above it a voxel is not air" },
    { "open", TOMO_OPT_DOUBLE, offsetof(tomo_body_options, open), 1, 4, 0, 30, "mm", NULL, false,
      "radius of the ball that contacts with the table must not survive" },
    { "assume-hu", TOMO_OPT_BOOL, offsetof(tomo_body_options, assume_hu), 1, 0, 0, 0, "", NULL, false,
      "take the values as HU even if they do not look so" },
};

const tomo_op tomo__op_body = {
    .room = "segment", .name = "body",
    .help = "The patient in a CT, without air and table.",
    .detail = "Above the threshold, opened by a ball; the largest piece and limbs (at least 1% of it, soft tissue with "
              "bone) grow back to their skin; axial slices are filled. Input that is not in HU gives an empty mask "
              "with the reason in the note.",
    .example = "tomo segment body ct.nii.gz body.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "CT in HU" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 inside the body" } },
    .options = options, .n_options = TOMO__COUNT(options), .opts_size = sizeof(tomo_body_options), .run = run,
};

/* Trunk and limbs among the opened pieces stay in `b`. */
static tomo_status keep_patient(const tomo__scan *s, tomo__bits *b, int32_t *limbs, tomo_job *job, tomo_error *err)
{
    tomo__runs r;
    tomo__part *p = NULL;
    uint8_t *keep = NULL;
    int64_t trunk = -1;
    tomo_status st = tomo__runs_new(s->ctx, &r, b, false, TOMO_CONNECT_6, false, job, err);
    if (st != TOMO_OK)
        return st;
    st = tomo__parts_measure(&r, s->hu, 200, &p, err);
    keep = TOMO__ARRAY(s->ctx, r.parts + 1, uint8_t);
    if (st == TOMO_OK && !keep)
        st = tomo__no_memory(s->ctx, err, (size_t)r.parts, "components");
    if (st == TOMO_OK) {
        *limbs = 0;
        for (int64_t i = 0; i < r.parts; i++)
            if (trunk < 0 || p[i].voxels > p[trunk].voxels)
                trunk = i;
        for (int64_t i = 0; i < r.parts; i++) {
            const double mean = (double)p[i].sum_hu / (double)p[i].voxels;
            const bool limb = p[i].voxels * 100 >= p[trunk].voxels && mean > -150 && mean < 300 &&
                              p[i].strong * 100 >= p[i].voxels;
            keep[i] = i == trunk || limb;
            *limbs += i != trunk && limb;
        }
        tomo__bits_clear(b);
        tomo__runs_paint(&r, keep, b);
    }
    tomo__free(s->ctx, keep);
    tomo__free(s->ctx, p);
    tomo__runs_free(&r);
    return st;
}

tomo_status tomo__body(const tomo__scan *s, tomo__bits *body, double threshold, double open, int32_t *limbs,
                       tomo_job *job, tomo_error *err)
{
    tomo__bits solid = { 0 };
    const double skin = fmin(fmin(s->spacing[0], s->spacing[1]), s->spacing[2]);
    const double hole = 3000 / (s->spacing[0] * s->spacing[1]);
    tomo_status st = tomo__bits_range(s->ctx, &solid, s->hu, threshold, INFINITY, NULL, err);
    /* sinuses are filled first, else the ball would take their thin walls away */
    if (st == TOMO_OK && hole >= 1)
        st = tomo__fill(&solid, true, (int64_t)hole, job, err);
    if (st == TOMO_OK)
        st = tomo__bits_copy(body, &solid, err);
    if (st == TOMO_OK && open > 0)
        st = tomo__bits_erode(body, s->spacing, open, job, err);
    if (st == TOMO_OK)
        st = keep_patient(s, body, limbs, job, err);
    if (st == TOMO_OK && open > 0)
        st = tomo__bits_dilate(body, s->spacing, open + skin, job, err);
    if (st == TOMO_OK) {
        tomo__bits_and(body, &solid);
        st = tomo__fill(body, true, 0, job, err);
    }
    tomo__bits_free(&solid);
    if (st != TOMO_OK)
        tomo__bits_free(body);
    return st;
}

static tomo_status body_row(tomo_label *row, const tomo__scan *s, const tomo__bits *b, int32_t limbs, tomo_error *err)
{
    static const uint8_t skin[3] = { 230, 190, 160 };
    double low, high, most = 0;
    const int64_t voxels = b->w ? tomo__bits_count(b) : 0;
    if (!s->is_hu || !voxels) {
        tomo__label_row(row, 1, "body", "38266002", skin, 0.0, "%s: %s", s->is_hu ? "not in the field" : "declined",
                        s->is_hu ? "no tissue is left after opening" : s->why);
        return TOMO_OK;
    }
    for (int a = 0; a < 2; a++) {
        tomo_status st = tomo__cut(b, a, &low, &high, err);
        if (st != TOMO_OK)
            return st;
        most = fmax(most, fmax(low, high));
    }
    const double ml = (double)voxels * s->ml;
    char with[48] = "";
    if (limbs)
        snprintf(with, sizeof with, "; with %d limb%s apart from the trunk", (int)limbs, limbs == 1 ? "" : "s");
    tomo__label_row(row, 1, "body", "38266002", skin, (most > 0.2 ? 0.75 : 0.9) * (ml < 100 ? 0.5 : 1),
                    "%.6g ml; table and air removed%s%s%s", ml, with,
                    most > 0.2 ? "; cut at a side of the field" : "", ml < 100 ? "; small for a body" : "");
    return TOMO_OK;
}

tomo_status tomo_segment_body(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_body_options *opts,
                              tomo_job *job, tomo_error *err)
{
    tomo_body_options o;
    tomo__scan s = { 0 };
    tomo__bits b = { 0 };
    tomo_label row;
    int32_t limbs = 0;
    tomo_status st = tomo__op_begin(&tomo__op_body, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "body", err);
    if (st == TOMO_OK)
        st = tomo__scan_open(ctx, &s, in, o.assume_hu, NULL, err);
    if (st == TOMO_OK && s.is_hu)
        st = tomo__body(&s, &b, o.threshold, o.open, &limbs, job, err);
    if (st == TOMO_OK)
        st = body_row(&row, &s, &b, limbs, err);
    if (st == TOMO_OK)
        st = tomo__scan_out(ctx, out, &s, &b, 1, in, &row, NULL, err);
    tomo__bits_free(&b);
    tomo__scan_close(&s);
    return st;
}
