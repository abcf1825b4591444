/* brain.c - the brain in a T1 MR of a head: a surface that grows from the middle to the brain's edge (BET: Smith, Human
 * Brain Mapping 17:143, 2002; the surface is in brain_surface.c). Here are the first guess from the intensities and
 * what is said of the result. The guess looks at the uppermost 170 mm only: a long neck must not draw it down. */
#include "anatomy.h"
#include "brain.h"

#include <stdio.h>

static const uint8_t brain_color[3] = { 250, 220, 180 };
enum { LEVEL = 4, FIELD_MM = 170 }; /* 2562 vertices */

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    tomo_status st = tomo_segment_brain(ctx, &mask, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

static const tomo_option options[] = {
    { "fraction", TOMO_OPT_DOUBLE, offsetof(tomo_brain_options, fraction), 1, 0.5, 0.05, 0.95, "", NULL, false,
      "brightness between background and brain at which the brain ends; less gives a larger brain" },
};

const tomo_op tomo__op_brain = {
    .room = "segment",
    .name = "brain",
    .help = "The brain in a T1 MR of a head.",
    .detail = "The deformable surface of BET (Smith 2002): a sphere inside the head grows to the brain's edge, kept "
              "smooth. What has not the volume of a brain, or no dark rim of fluid and skull around it, is declined: "
              "empty, with the reason in the note.",
    .example = "tomo segment brain t1.nii.gz mask.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "T1 MR of a head, 3D" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 inside the brain" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_brain_options),
    .run = run,
};

/* ---- the first guess --------------------------------------------------------------------------------------------- */

/* How high a voxel lies towards the head, mm from voxel 0. */
static double height(const tomo_image_desc *d, int64_t x, int64_t y, int64_t z)
{
    return d->direction[6] * d->spacing[0] * (double)x + d->direction[7] * d->spacing[1] * (double)y +
           d->direction[8] * d->spacing[2] * (double)z;
}

/* Height above which only one in 200 of the voxels brighter than the threshold lies, less the field. */
static tomo_status lowest_height(tomo_ctx *ctx, double *out, const tomo_image *in, double threshold, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    double reach = 0;
    int64_t total = 0, above = 0, i;
    for (int a = 0; a < 3; a++)
        reach += d->spacing[a] * (double)d->size[a];
    if (!(reach < 1e5))
        return tomo__fail(err, TOMO_E_ARG, "brain: the image is %.4g mm large, expected a head", reach);
    const int64_t bins = 2 * (int64_t)reach + 4; /* of a mm */
    int64_t *count = TOMO__ARRAY(ctx, bins, int64_t);
    if (!count)
        return tomo__no_memory(ctx, err, (size_t)bins * sizeof *count, "heights");
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++) {
            const float *v = tomo_image_row(in, y, z, 0);
            for (int64_t x = 0; x < d->size[0]; x++)
                if (v[x] > threshold)
                    count[(int64_t)floor(height(d, x, y, z)) + bins / 2]++, total++;
        }
    for (i = bins; i > 1 && above * 200 <= total;)
        above += count[--i];
    *out = (double)(i - bins / 2) - FIELD_MM;
    tomo__free(ctx, count);
    return TOMO_OK;
}

/* How full the highest plane is: 0 where the top of the head is in the field. */
static tomo_status measure_cut(tomo_ctx *ctx, tomo__brain_facts *f, const tomo_image *in, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const double *up = d->direction + 6;
    const int axis = fabs(up[2]) >= fabs(up[1]) && fabs(up[2]) >= fabs(up[0]) ? 2 : fabs(up[1]) >= fabs(up[0]);
    int64_t *planes = NULL, most = 1;
    tomo__bits b = { 0 };
    tomo_status st = tomo__bits_range(ctx, &b, in, nextafter(f->threshold, INFINITY), INFINITY, NULL, err);
    if (st == TOMO_OK)
        st = tomo__planes(&b, axis, &planes, err);
    for (int64_t i = 0; i < d->size[axis] && st == TOMO_OK; i++)
        most = TOMO__MAX(most, planes[i]);
    if (st == TOMO_OK)
        f->cut = (double)planes[up[axis] > 0 ? d->size[axis] - 1 : 0] / (double)most;
    tomo__free(ctx, planes);
    tomo__bits_free(&b);
    return st;
}

/* Center and spread of brightness and radius of a ball of the head's volume, within the field. */
static void weigh(tomo__brain_facts *f, const tomo_image *in, double lowest)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    double sum[3] = { 0, 0, 0 }, square[3] = { 0, 0, 0 }, weight = 0;
    int64_t voxels = 0;
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++) {
            const float *v = tomo_image_row(in, y, z, 0);
            double row = 0;
            for (int64_t x = 0; x < d->size[0]; x++)
                if (v[x] > f->threshold && height(d, x, y, z) >= lowest) {
                    const double w = fmin(v[x], f->high) - f->low;
                    row += w, sum[0] += w * (double)x, square[0] += w * (double)x * (double)x, voxels++;
                }
            weight += row;
            sum[1] += row * (double)y, square[1] += row * (double)y * (double)y;
            sum[2] += row * (double)z, square[2] += row * (double)z * (double)z;
        }
    for (int a = 0; a < 3 && weight > 0; a++) {
        const double mean = sum[a] / weight;
        f->center[a] = mean * d->spacing[a];
        f->spread[a] = sqrt(fmax(square[a] / weight - mean * mean, 0)) * d->spacing[a];
    }
    f->radius = cbrt((double)voxels * tomo_image_voxel_mm3(in) * 3 / (4 * 3.14159265358979323846));
}

/* Median of the values between low and high within the radius of the center. */
static tomo_status inner_median(tomo_ctx *ctx, tomo__brain_facts *f, const tomo_image *in, tomo_error *err)
{
    const tomo_image_desc *from = tomo_image_get_desc(in);
    tomo_image_desc d = *from;
    tomo_image *ball = NULL;
    d.dtype = TOMO_DTYPE_U8;
    tomo_status st = tomo_image_new(ctx, &ball, &d, err);
    for (int64_t z = 0; z < d.size[2] && st == TOMO_OK; z++)
        for (int64_t y = 0; y < d.size[1]; y++) {
            const float *v = tomo_image_row(in, y, z, 0);
            uint8_t *to = tomo_image_row_mut(ball, y, z, 0);
            const double dy = (double)y * d.spacing[1] - f->center[1], dz = (double)z * d.spacing[2] - f->center[2];
            for (int64_t x = 0; x < d.size[0]; x++) {
                const double dx = (double)x * d.spacing[0] - f->center[0];
                to[x] = dx * dx + dy * dy + dz * dz < f->radius * f->radius && v[x] > f->low && v[x] < f->high;
            }
        }
    if (st == TOMO_OK)
        st = tomo_image_percentiles(ctx, &f->median, in, ball, (const double[]){ 50 }, 1, NULL, err);
    tomo_image_free(ball);
    return st;
}

/* *head = false where nothing can stand out; then `why` says so. */
static tomo_status look(tomo_ctx *ctx, tomo__brain_facts *f, const tomo_image *in, bool *head, char why[120],
                        tomo_error *err)
{
    double at[3], lowest = 0;
    tomo_status st = tomo_image_percentiles(ctx, at, in, NULL, (const double[]){ 2, 98, 0.1 }, 3, NULL, err);
    *head = false;
    if (st)
        return st;
    *f = (tomo__brain_facts){ .low = at[0], .high = at[1], .threshold = at[0] + 0.1 * (at[1] - at[0]) };
    if (at[2] < -150) {
        snprintf(why, 120, "values below -150 look like HU of a CT, a T1 MR is expected");
        return TOMO_OK;
    }
    if (!(isfinite(f->low) && isfinite(f->high) && f->high > f->low)) {
        snprintf(why, 120, "nothing stands out of the background");
        return TOMO_OK;
    }
    st = lowest_height(ctx, &lowest, in, f->threshold, err);
    if (st)
        return st;
    weigh(f, in, lowest);
    st = inner_median(ctx, f, in, err);
    if (st == TOMO_OK)
        st = measure_cut(ctx, f, in, err);
    if (st)
        return st;
    const double wide = fmax(fmax(f->spread[0], f->spread[1]), f->spread[2]);
    *head = f->radius >= 40 && f->radius <= 130 && wide <= 65 && f->median > f->threshold && f->cut <= 0.35;
    if (f->cut > 0.35)
        snprintf(why, 120, "the top of a head is not in the field: its highest plane is %.0f%% as full as the fullest",
                 100 * f->cut);
    else if (!*head)
        snprintf(why, 120, "what stands out is a ball of %.3g mm radius in volume, spread by %.3g mm: not a head",
                 f->radius, wide);
    return st;
}

/* ---- the operation ----------------------------------------------------------------------------------------------- */

/* Part of the set's values within half of their median, 0 to 1: nine in ten in a T1 brain, few in an organ of PET. */
static tomo_status evenness(tomo_ctx *ctx, double *out, const tomo__bits *b, const tomo_image *in, tomo_error *err)
{
    tomo_image *mask = NULL;
    double median = NAN;
    int64_t even = 0;
    tomo_status st = tomo__bits_image(ctx, &mask, b, in, NULL, err);
    if (st == TOMO_OK)
        st = tomo_image_percentiles(ctx, &median, in, mask, (const double[]){ 50 }, 1, NULL, err);
    for (int64_t z = 0; z < b->n[2] && st == TOMO_OK; z++)
        for (int64_t y = 0; y < b->n[1]; y++) {
            const uint8_t *is = tomo_image_row(mask, y, z, 0);
            const float *v = tomo_image_row(in, y, z, 0);
            for (int64_t x = 0; x < b->n[0]; x++)
                even += is[x] && v[x] > 0.5 * median && v[x] < 1.5 * median;
        }
    *out = (double)even / (double)TOMO__MAX(tomo__bits_count(b), 1);
    tomo_image_free(mask);
    return st;
}

/* What is said of it; the set is emptied where it is no brain. */
static void brain_row(tomo_label *row, tomo__bits *b, double voxel_ml, double edge, double even)
{
    const double ml = (double)tomo__bits_count(b) * voxel_ml;
    const bool usual = ml >= 900 && ml <= 2000;
    if (ml >= 400 && ml <= 2800 && edge >= 0.6 && even >= 0.8) {
        tomo__label_row(row, 1, "brain", "12738006", brain_color, (usual ? 0.85 : 0.5) * edge,
                        "%.6g ml; %.0f%% of the edge has a dark rim%s", ml, 100 * edge,
                        usual ? "" : "; not the volume of an adult's brain");
        return;
    }
    tomo__label_row(row, 1, "brain", "12738006", brain_color, 0.0,
                    "not in the field: the surface encloses %.6g ml, %.0f%% of its edge has a dark rim, %.0f%% of its "
                    "voxels are alike: no brain in a T1 MR",
                    ml, 100 * edge, 100 * even);
    tomo__bits_clear(b);
}

static tomo_status find_brain(tomo_ctx *ctx, tomo__bits *b, tomo_label *row, const tomo_image *in,
                              const tomo__brain_facts *f, double fraction, tomo_job *job, tomo_error *err)
{
    tomo__surface s = { 0 };
    double even = 0;
    tomo_status st = tomo__surface_new(ctx, &s, LEVEL, err);
    if (st == TOMO_OK)
        st = tomo__surface_to_brain(&s, in, f, fraction, job, err);
    if (st == TOMO_OK) {
        tomo__surface_fill(&s, tomo_image_get_desc(in)->spacing, b);
        st = tomo__keep_largest(b, TOMO_CONNECT_6, 1, NULL, NULL, err);
    }
    if (st == TOMO_OK)
        st = tomo__fill(b, false, 0, NULL, err); /* where the surface runs through itself */
    if (st == TOMO_OK)
        st = evenness(ctx, &even, b, in, err);
    if (st == TOMO_OK)
        brain_row(row, b, tomo_image_voxel_mm3(in) / 1000, tomo__surface_edge(&s, in, f, fraction), even);
    tomo__surface_free(&s);
    return st;
}

/* float32 with axes that grow to the left, back and head: any order of the input's axes gives the same voxels. */
static tomo_status upright(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_error *err)
{
    tomo_reorient_options to = TOMO_REORIENT_OPTIONS_INIT;
    tomo_image *turned = NULL;
    to.to = "LPS";
    tomo_status st = tomo_image_reorient(ctx, &turned, in, &to, NULL, err);
    if (st == TOMO_OK)
        st = tomo_image_convert(ctx, out, turned, TOMO_DTYPE_F32, NULL, err);
    tomo_image_free(turned);
    return st;
}

tomo_status tomo_segment_brain(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_brain_options *opts,
                               tomo_job *job, tomo_error *err)
{
    tomo_brain_options o;
    tomo__brain_facts f;
    tomo__bits b = { 0 };
    tomo_label row;
    tomo_image *real = NULL;
    bool head = false;
    char why[120] = "";
    tomo_status st = tomo__op_begin(&tomo__op_brain, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "brain", err);
    if (st == TOMO_OK && tomo_image_get_desc(in)->size[2] < 2)
        st = tomo__fail(err, TOMO_E_ARG, "brain: the image is one slice, expected a volume");
    if (st == TOMO_OK)
        st = upright(ctx, &real, in, err);
    if (st == TOMO_OK)
        st = look(ctx, &f, real, &head, why, err);
    if (st == TOMO_OK)
        st = tomo__bits_new(ctx, &b, tomo_image_get_desc(real)->size, err);
    if (st == TOMO_OK && head)
        st = find_brain(ctx, &b, &row, real, &f, o.fraction, job, err);
    else if (st == TOMO_OK)
        tomo__label_row(&row, 1, "brain", "12738006", brain_color, 0.0, "declined: %s", why);
    if (st == TOMO_OK)
        st = tomo__mask_turned(ctx, out, &b, real, in, &row, err);
    tomo__bits_free(&b);
    tomo_image_free(real);
    return st;
}
