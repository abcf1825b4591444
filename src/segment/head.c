/* head.c - the head in an MR or CT: foreground by Otsu, opened, largest piece, filled. No HU needed.
 *
 * Skull, sinuses and fluid are dark in many contrasts, so the inside must be filled, axial slice by axial slice: only
 * there is the outline whole, as the neck is cut by the field. But where the ear canals lie, an open way of a few
 * millimeters leads from the air beside the head into the dark bone. So the holes are those of the closed set (dilated
 * by a ball, then eroded; Serra, Image Analysis and Mathematical Morphology, 1982), and they are filled except for a
 * rim of the ball's radius along the outside, where the skin stays as the threshold has it. */
#include "anatomy.h"

#include <stdio.h>

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    tomo_status st = tomo_segment_head(ctx, &mask, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
    return st;
}

static const tomo_option options[] = {
    { "open", TOMO_OPT_DOUBLE, offsetof(tomo_head_options, open), 1, 3, 0, 30, "mm", NULL, false,
      "radius of the ball that thin contacts must not survive" },
    { "close", TOMO_OPT_DOUBLE, offsetof(tomo_head_options, close), 1, 5, 0, 30, "mm", NULL, false,
      "radius of the ball that must fit through an opening (ear canals) for the outside to reach in; 0 = any does" },
};

const tomo_op tomo__op_head = {
    .room = "segment",
    .name = "head",
    .help = "The head in an MR or CT.",
    .detail = "Above Otsu's threshold, opened by a ball, largest piece, grown back to its skin, filled in axial slices "
              "and in 3D, openings such as ear canals held closed. What has not the size of a head is declined; each "
              "side at which the field cuts the head takes 0.1 off the confidence of 0.9, an unusual volume 0.2.",
    .example = "tomo segment head t1.nii.gz head.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "MR or CT of a head" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 inside the head" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_head_options),
    .run = run,
};

static tomo_status fill_slices_and_all(tomo__bits *b, tomo_job *job, tomo_error *err)
{
    const tomo_status st = tomo__fill(b, true, 0, job, err);
    return st ? st : tomo__fill(b, false, 0, job, err);
}

/* Thin skin that opening took away: what is solid next to the set. */
static tomo_status grow_back(tomo__bits *b, const tomo__bits *solid, const double spacing[3], tomo_job *job,
                             tomo_error *err)
{
    tomo__bits grown = { 0 };
    tomo_status st = tomo__bits_copy(&grown, b, err);
    if (st == TOMO_OK)
        st = tomo__bits_dilate(&grown, spacing, fmin(fmin(spacing[0], spacing[1]), spacing[2]), job, err);
    if (st == TOMO_OK) {
        tomo__bits_and(&grown, solid);
        tomo__bits_or(b, &grown);
    }
    tomo__bits_free(&grown);
    return st;
}

/* Holes whose way out is too narrow for the ball, up to its radius from the outside. */
static tomo_status fill_closed(tomo__bits *b, const double spacing[3], double radius, tomo_job *job, tomo_error *err)
{
    tomo__bits closed = { 0 };
    tomo_status st = tomo__bits_copy(&closed, b, err);
    if (st == TOMO_OK)
        st = tomo__bits_dilate(&closed, spacing, radius, job, err);
    if (st == TOMO_OK)
        st = tomo__bits_erode(&closed, spacing, radius, job, err);
    if (st == TOMO_OK) {
        tomo__bits_or(&closed, b);
        st = fill_slices_and_all(&closed, job, err);
    }
    if (st == TOMO_OK)
        st = tomo__bits_erode(&closed, spacing, radius, job, err);
    if (st == TOMO_OK)
        tomo__bits_or(b, &closed);
    tomo__bits_free(&closed);
    return st;
}

static tomo_status find_head(tomo_ctx *ctx, tomo__bits *b, const tomo_image *in, double threshold,
                             const tomo_head_options *o, tomo_job *job, tomo_error *err)
{
    const double *spacing = tomo_image_get_desc(in)->spacing;
    tomo__bits solid = { 0 };
    tomo_status st = tomo__bits_range(ctx, &solid, in, nextafter(threshold, INFINITY), INFINITY, NULL, err);
    if (st == TOMO_OK)
        st = tomo__bits_copy(b, &solid, err);
    /* the inside of the skull is dark in many MR contrasts: fill before a ball can break its thin walls */
    if (st == TOMO_OK)
        st = tomo__fill(b, true, 0, job, err);
    if (st == TOMO_OK && o->open > 0)
        st = tomo__bits_erode(b, spacing, o->open, job, err);
    if (st == TOMO_OK)
        st = tomo__keep_largest(b, TOMO_CONNECT_6, 1, NULL, job, err);
    if (st == TOMO_OK && o->open > 0)
        st = tomo__bits_dilate(b, spacing, o->open, job, err);
    if (st == TOMO_OK && o->open > 0)
        st = grow_back(b, &solid, spacing, job, err);
    if (st == TOMO_OK && o->close > 0)
        st = fill_closed(b, spacing, o->close, job, err);
    if (st == TOMO_OK)
        st = fill_slices_and_all(b, job, err);
    tomo__bits_free(&solid);
    return st;
}

/* Edge lengths of the set's box in mm. */
static void box_mm(const tomo__bits *b, const double spacing[3], double mm[3])
{
    int64_t lo[3] = { INT64_MAX, INT64_MAX, INT64_MAX }, hi[3] = { -1, -1, -1 };
    for (int64_t z = 0; z < b->n[2]; z++)
        for (int64_t y = 0; y < b->n[1]; y++) {
            const uint64_t *row = tomo__bits_row(b, y, z);
            for (int64_t i = 0; i < b->words; i++)
                if (row[i]) {
                    lo[0] = TOMO__MIN(lo[0], i * 64 + __builtin_ctzll(row[i]));
                    hi[0] = TOMO__MAX(hi[0], i * 64 + 63 - __builtin_clzll(row[i]));
                    lo[1] = TOMO__MIN(lo[1], y), hi[1] = TOMO__MAX(hi[1], y);
                    lo[2] = TOMO__MIN(lo[2], z), hi[2] = TOMO__MAX(hi[2], z);
                }
        }
    for (int a = 0; a < 3; a++)
        mm[a] = hi[a] < 0 ? 0 : (double)(hi[a] - lo[a] + 1) * spacing[a];
}

/* Top and sides at which the field cuts the head: more than 5% of the fullest plane lies in the border plane, so that
 * a nose or an ear that touches it is no cut. The neck is always cut and does not count. */
static tomo_status count_cuts(const tomo__bits *b, bool head_high, int32_t *cuts, tomo_error *err)
{
    *cuts = 0;
    for (int a = 0; a < 3; a++) {
        double low, high;
        const tomo_status st = tomo__cut(b, a, &low, &high, err);
        if (st)
            return st;
        *cuts += (low > 0.05 && !(a == 2 && head_high)) + (high > 0.05 && !(a == 2 && !head_high));
    }
    return TOMO_OK;
}

/* What is said of it; *is = false where it is not the size of a head, so that nothing else is called one. */
static tomo_status head_row(tomo_label *row, bool *is, const tomo__bits *b, const tomo_image *in, double threshold,
                            tomo_error *err)
{
    static const uint8_t skin[3] = { 177, 122, 101 };
    double mm[3], ml = (double)tomo__bits_count(b) * tomo_image_voxel_mm3(in) / 1000;
    char letters[4];
    int32_t cuts;
    box_mm(b, tomo_image_get_desc(in)->spacing, mm);
    *is = ml > 1000 && ml < 7000; /* adults about 3 to 5 liters with face; cut fields less */
    for (int a = 0; a < 3; a++)
        *is &= mm[a] > 80 && mm[a] < 330;
    tomo_image_orientation(in, letters);
    const tomo_status st = *is ? count_cuts(b, letters[2] == 'S', &cuts, err) : TOMO_OK;
    if (st)
        return st;
    if (*is) {
        const bool usual = ml >= 2500 && ml <= 6000;
        char cut[48] = "";
        if (cuts)
            snprintf(cut, sizeof cut, "; cut at %d side%s of the field", (int)cuts, cuts == 1 ? "" : "s");
        tomo__label_row(row, 1, "head", "69536005", skin, fmax(0.9 - 0.1 * cuts - (usual ? 0 : 0.2), 0.2),
                        "%.6g ml, %.0f x %.0f x %.0f mm, value > %.6g%s%s", ml, mm[0], mm[1], mm[2], threshold, cut,
                        usual ? "" : "; not the volume of an adult's head");
    } else if (ml > 0)
        tomo__label_row(row, 1, "head", "69536005", skin, 0.0,
                        "not in the field: what stands out has %.6g ml and %.0f x %.0f x %.0f mm, "
                        "not the size of a head",
                        ml, mm[0], mm[1], mm[2]);
    else
        tomo__label_row(row, 1, "head", "69536005", skin, 0.0,
                        "not in the field: nothing stands out of the background");
    return TOMO_OK;
}

/* `in` with axial slices as its x-y slices; the same image where it has them or is a single slice. */
static tomo_status make_axial(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_error *err)
{
    tomo_reorient_options to = TOMO_REORIENT_OPTIONS_INIT;
    char letters[4];
    tomo_image_orientation(in, letters);
    if (tomo_image_get_desc(in)->size[2] == 1 || letters[2] == 'S' || letters[2] == 'I') {
        *out = tomo_image_ref((tomo_image *)in);
        return TOMO_OK;
    }
    to.to = "LPS";
    return tomo_image_reorient(ctx, out, in, &to, NULL, err);
}

tomo_status tomo_segment_head(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_head_options *opts,
                              tomo_job *job, tomo_error *err)
{
    tomo_head_options o;
    tomo__bits b = { 0 };
    tomo_label row;
    tomo_image *axial = NULL;
    double threshold = 0;
    bool two = false, is = false;
    tomo_status st = tomo__op_begin(&tomo__op_head, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "head", err);
    if (st == TOMO_OK)
        st = make_axial(ctx, &axial, in, err);
    if (st == TOMO_OK)
        st = tomo__otsu(ctx, axial, 0, &threshold, &two, NULL, err);
    if (st == TOMO_OK)
        st = two ? find_head(ctx, &b, axial, threshold, &o, job, err)
                 : tomo__bits_new(ctx, &b, tomo_image_get_desc(axial)->size, err);
    if (st == TOMO_OK)
        st = head_row(&row, &is, &b, axial, threshold, err);
    if (st == TOMO_OK && !is) {
        tomo__bits_free(&b);
        st = tomo__bits_new(ctx, &b, tomo_image_get_desc(axial)->size, err); /* nothing is marked */
    }
    if (st == TOMO_OK)
        st = tomo__mask_turned(ctx, out, &b, axial, in, &row, err);
    tomo__bits_free(&b);
    tomo_image_free(axial);
    return st;
}
