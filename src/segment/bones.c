/* bones.c - bone in a CT: voxels of the body at or above a lower threshold, in pieces that somewhere reach the density
 * of cortical bone (hysteresis), so that contrast medium in vessels and kidneys, calcium and noise stay out as long as
 * they do not touch bone. Metal is cut out, small holes in a slice (spongy bone, vessel channels) are filled. */
#include "anatomy.h"

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    tomo_status st = tomo_segment_bones(ctx, &mask, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

static const tomo_option options[] = {
    { "lower", TOMO_OPT_DOUBLE, offsetof(tomo_bones_options, lower), 1, 200, -200, 3000, "HU", NULL, false,
      "a voxel that may be bone" },
    { "strong", TOMO_OPT_DOUBLE, offsetof(tomo_bones_options, strong), 1, 350, -200, 3000, "HU", NULL, false,
      "at least 2% of a connected piece must reach it" },
    { "metal", TOMO_OPT_DOUBLE, offsetof(tomo_bones_options, metal), 1, 3000, 500, 32767, "HU", NULL, false,
      "at and above it a voxel is metal, not bone" },
    { "min-volume", TOMO_OPT_DOUBLE, offsetof(tomo_bones_options, min_volume), 1, 0.1, 0, 1000, "ml", NULL, false,
      "smaller pieces are left out" },
    { "max-hole", TOMO_OPT_DOUBLE, offsetof(tomo_bones_options, max_hole), 1, 10, 0, 1e6, "mm2", NULL, false,
      "smaller holes in an axial slice are filled" },
    { "assume-hu", TOMO_OPT_BOOL, offsetof(tomo_bones_options, assume_hu), 1, 0, 0, 0, "", NULL, false,
      "take the values as HU even if they do not look so" },
};

const tomo_op tomo__op_bones = {
    .room = "segment", .name = "bones",
    .help = "Bone in a CT.",
    .detail = "Inside the body: at or above `lower`, below `metal`, in pieces (26 neighbors) of at least `min-volume` "
              "of which 2% reach `strong`; holes up to `max-hole` in axial slices are filled. Contrast medium that "
              "touches bone is taken along. Input that is not in HU gives an empty mask with the reason in the note.",
    .example = "tomo segment bones ct.nii.gz bones.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "CT in HU" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 bone" } },
    .options = options, .n_options = TOMO__COUNT(options), .opts_size = sizeof(tomo_bones_options), .run = run,
};

/* Pieces that are large enough and somewhere as dense as cortical bone stay in `b`. */
static tomo_status keep_dense(const tomo__scan *s, tomo__bits *b, const tomo_bones_options *o, int32_t *pieces,
                              tomo_job *job, tomo_error *err)
{
    tomo__runs r;
    tomo__part *p = NULL;
    tomo_status st = tomo__runs_new(s->ctx, &r, b, false, TOMO_CONNECT_26, false, job, err);
    if (st != TOMO_OK)
        return st;
    st = tomo__parts_measure(&r, s->hu, (int32_t)ceil(o->strong), &p, err);
    uint8_t *keep = TOMO__ARRAY(s->ctx, r.parts + 1, uint8_t);
    if (st == TOMO_OK && !keep)
        st = tomo__no_memory(s->ctx, err, (size_t)r.parts, "components");
    if (st == TOMO_OK) {
        *pieces = 0;
        for (int64_t i = 0; i < r.parts; i++) {
            keep[i] = (double)p[i].voxels * s->ml >= o->min_volume && p[i].strong * 50 >= p[i].voxels;
            *pieces += keep[i];
        }
        tomo__bits_clear(b);
        tomo__runs_paint(&r, keep, b);
    }
    tomo__free(s->ctx, keep);
    tomo__free(s->ctx, p);
    tomo__runs_free(&r);
    return st;
}

static tomo_status find_bones(const tomo__scan *s, tomo__bits *b, const tomo_bones_options *o, int32_t *pieces,
                              int64_t *metal, tomo_job *job, tomo_error *err)
{
    tomo__bits body = { 0 }, dense = { 0 };
    int32_t limbs;
    const double pixel = s->spacing[0] * s->spacing[1];
    tomo__span outer = tomo__job_enter(job, 0.0, 0.5, "body");
    tomo_status st = tomo__body(s, &body, -300, 4, &limbs, job, err);
    tomo__job_leave(job, outer);
    if (st == TOMO_OK)
        st = tomo__bits_range(s->ctx, &dense, s->hu, o->metal, INFINITY, NULL, err);
    if (st == TOMO_OK) {
        tomo__bits_and(&dense, &body);
        *metal = tomo__bits_count(&dense);
        st = tomo__bits_range(s->ctx, b, s->hu, o->lower, nextafter(o->metal, -INFINITY), NULL, err);
    }
    outer = tomo__job_enter(job, 0.5, 1.0, "bones");
    if (st == TOMO_OK) {
        tomo__bits_and(b, &body);
        st = keep_dense(s, b, o, pieces, job, err);
    }
    if (st == TOMO_OK && o->max_hole >= pixel)
        st = tomo__fill(b, true, (int64_t)fmin(o->max_hole / pixel, 9e15), job, err);
    if (st == TOMO_OK)
        tomo__bits_minus(b, &dense); /* metal is no hole to fill */
    tomo__job_leave(job, outer);
    tomo__bits_free(&body);
    tomo__bits_free(&dense);
    return st;
}

tomo_status tomo_segment_bones(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_bones_options *opts,
                               tomo_job *job, tomo_error *err)
{
    static const uint8_t bone[3] = { 241, 214, 145 };
    tomo_bones_options o;
    tomo__scan s = { 0 };
    tomo__bits b = { 0 };
    tomo_label row;
    int32_t pieces = 0;
    int64_t metal = 0;
    tomo_status st = tomo__op_begin(&tomo__op_bones, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "bones", err);
    if (st == TOMO_OK)
        st = tomo__scan_open(ctx, &s, in, o.assume_hu, NULL, err);
    if (st == TOMO_OK && s.is_hu)
        st = find_bones(&s, &b, &o, &pieces, &metal, job, err);
    if (st == TOMO_OK) {
        if (!s.is_hu)
            tomo__label_row(&row, 1, "bones", "272673000", bone, 0.0, "declined: %s", s.why);
        else if (!pieces)
            tomo__label_row(&row, 1, "bones", "272673000", bone, 0.0,
                            "not in the field: no piece above %g HU reaches %g", o.lower, o.strong);
        else
            tomo__label_row(&row, 1, "bones", "272673000", bone, metal ? 0.7 : 0.85,
                            "%.6g ml in %d pieces at %g HU and above; %.3g ml metal removed",
                            (double)tomo__bits_count(&b) * s.ml, (int)pieces, o.lower, (double)metal * s.ml);
        st = tomo__scan_out(ctx, out, &s, &b, 1, in, &row, NULL, err);
    }
    tomo__bits_free(&b);
    tomo__scan_close(&s);
    return st;
}
