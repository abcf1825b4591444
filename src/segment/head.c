/* head.c - the head in an MR or CT: foreground by Otsu, opened, largest piece, filled. No HU needed. */
#include "anatomy.h"

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
};

const tomo_op tomo__op_head = {
    .room = "segment", .name = "head",
    .help = "The head in an MR or CT.",
    .detail = "Above Otsu's threshold, opened by a ball, largest piece, grown back to its skin, filled in x-y slices "
              "and in 3D. The confidence is low where the size is not that of a head.",
    .example = "tomo segment head t1.nii.gz head.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "MR or CT of a head" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 inside the head" } },
    .options = options, .n_options = TOMO__COUNT(options), .opts_size = sizeof(tomo_head_options), .run = run,
};

static tomo_status find_head(tomo_ctx *ctx, tomo__bits *b, const tomo_image *in, double threshold, double open,
                             tomo_job *job, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const double skin = fmin(fmin(d->spacing[0], d->spacing[1]), d->spacing[2]);
    tomo__bits solid = { 0 };
    tomo_status st = tomo__bits_range(ctx, &solid, in, nextafter(threshold, INFINITY), INFINITY, NULL, err);
    if (st == TOMO_OK)
        st = tomo__bits_copy(b, &solid, err);
    /* the inside of the skull is dark in many MR contrasts: fill before a ball can break its thin walls */
    if (st == TOMO_OK)
        st = tomo__fill(b, true, 0, job, err);
    if (st == TOMO_OK && open > 0)
        st = tomo__bits_erode(b, d->spacing, open, job, err);
    if (st == TOMO_OK)
        st = tomo__keep_largest(b, TOMO_CONNECT_6, 1, NULL, job, err);
    if (st == TOMO_OK && open > 0)
        st = tomo__bits_dilate(b, d->spacing, open, job, err);
    if (st == TOMO_OK && open > 0) {
        tomo__bits grown = { 0 };
        st = tomo__bits_copy(&grown, b, err);
        if (st == TOMO_OK)
            st = tomo__bits_dilate(&grown, d->spacing, skin, job, err);
        if (st == TOMO_OK) {
            tomo__bits_and(&grown, &solid);
            tomo__bits_or(b, &grown);
        }
        tomo__bits_free(&grown);
    }
    if (st == TOMO_OK)
        st = tomo__fill(b, true, 0, job, err);
    if (st == TOMO_OK)
        st = tomo__fill(b, false, 0, job, err);
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

/* What is said of it; false where it is not the size of a head, so that nothing else is called one. */
static bool head_row(tomo_label *row, const tomo__bits *b, const tomo_image *in, double threshold)
{
    static const uint8_t skin[3] = { 177, 122, 101 };
    double mm[3], ml = (double)tomo__bits_count(b) * tomo_image_voxel_mm3(in) / 1000;
    box_mm(b, tomo_image_get_desc(in)->spacing, mm);
    bool plausible = ml > 1000 && ml < 7000; /* adults about 3 to 5 liters with face; cut fields less */
    for (int a = 0; a < 3; a++)
        plausible &= mm[a] > 80 && mm[a] < 330;
    if (plausible)
        tomo__label_row(row, 1, "head", "69536005", skin, 0.8, "%.6g ml, %.0f x %.0f x %.0f mm, value > %.6g", ml,
                        mm[0], mm[1], mm[2], threshold);
    else if (ml > 0)
        tomo__label_row(row, 1, "head", "69536005", skin, 0.0,
                        "not in the field: what stands out has %.6g ml and %.0f x %.0f x %.0f mm, "
                        "not the size of a head",
                        ml, mm[0], mm[1], mm[2]);
    else
        tomo__label_row(row, 1, "head", "69536005", skin, 0.0,
                        "not in the field: nothing stands out of the background");
    return plausible;
}

tomo_status tomo_segment_head(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_head_options *opts,
                              tomo_job *job, tomo_error *err)
{
    tomo_head_options o;
    tomo__bits b = { 0 };
    tomo_label row;
    double threshold = 0;
    bool two = false;
    tomo_status st = tomo__op_begin(&tomo__op_head, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "head", err);
    if (st == TOMO_OK)
        st = tomo__otsu(ctx, in, 0, &threshold, &two, NULL, err);
    if (st == TOMO_OK)
        st = two ? find_head(ctx, &b, in, threshold, o.open, job, err)
                 : tomo__bits_new(ctx, &b, tomo_image_get_desc(in)->size, err);
    if (st == TOMO_OK) {
        if (!head_row(&row, &b, in, threshold)) {
            tomo__bits_free(&b);
            st = tomo__bits_new(ctx, &b, tomo_image_get_desc(in)->size, err); /* nothing is marked */
        }
    }
    if (st == TOMO_OK)
        st = tomo__mask_out(ctx, out, &b, in, &row, NULL, err);
    tomo__bits_free(&b);
    return st;
}
