/* ops.c - the operations of this room by their rows, results as JSON. */
#include <stddef.h>

#include "measure/measure_internal.h"

static const tomo_option labels_options[] = {
    { "longest", TOMO_OPT_BOOL, offsetof(tomo_measure_labels_options, longest), 1, 1, 0, 0, "", NULL, false,
      "measure the largest distance between two voxels of each label" },
};
static const tomo_option overlap_options[] = {
    { "label", TOMO_OPT_INT, offsetof(tomo_overlap_options, label), 1, 0, 0, 1 << 24, "", NULL, false,
      "compare this number only; 0 = everything that is not 0" },
    { "surface", TOMO_OPT_BOOL, offsetof(tomo_overlap_options, surface), 1, 0, 0, 0, "", NULL, false,
      "surface distances too (Hausdorff, 95 %, mean)" },
};

void measure__put_num(tomo__json *j, const char *key, double value)
{
    tomo__json_key(j, key);
    tomo__json_num(j, value);
}

tomo_status measure__check_gray(const char *what, const tomo_image *image, tomo_error *err)
{
    if (image->desc.components != 1 || image->desc.size[3] != 1)
        return tomo__fail(err, TOMO_E_ARG, "%s: the image has %d components and %lld time points, expected 1 of each",
                          what, (int)image->desc.components, (long long)image->desc.size[3]);
    return TOMO_OK;
}

static void put_label(tomo__json *j, const tomo_label_measure *m, const tomo_label *rows, size_t n_rows)
{
    tomo__json_open(j, '{');
    tomo__json_key(j, "value"), tomo__json_int(j, m->value);
    for (size_t i = 0; i < n_rows; i++)
        if (rows[i].value == m->value)
            tomo__json_key(j, "name"), tomo__json_str(j, rows[i].name);
    tomo__json_key(j, "voxels"), tomo__json_int(j, m->voxels);
    measure__put_num(j, "volumeMl", m->volume_ml);
    tomo__json_key(j, "centroidLps"), tomo__json_nums(j, m->centroid, 3);
    const double first[3] = { (double)m->first[0], (double)m->first[1], (double)m->first[2] };
    const double last[3] = { (double)m->last[0], (double)m->last[1], (double)m->last[2] };
    tomo__json_key(j, "firstVoxel"), tomo__json_nums(j, first, 3);
    tomo__json_key(j, "lastVoxel"), tomo__json_nums(j, last, 3);
    tomo__json_key(j, "boxMm"), tomo__json_nums(j, m->box_mm, 3);
    measure__put_num(j, "longestMm", m->longest_mm);
    measure__put_num(j, "mean", m->mean);
    measure__put_num(j, "std", m->std);
    measure__put_num(j, "min", m->min);
    measure__put_num(j, "max", m->max);
    measure__put_num(j, "median", m->median);
    tomo__json_close(j, '}');
}

static tomo_status run_labels(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                              tomo_error *err)
{
    tomo_label_measure *rows = NULL;
    tomo_buffer *text = NULL;
    size_t n = 0, n_names = 0;
    tomo__json j = TOMO__JSON(ctx);
    tomo_status st = tomo_measure_labels(ctx, &rows, &n, in[0].ptr, in[1].ptr, opts, job, err);
    if (st)
        return st;
    const tomo_label *names = tomo_image_labels(in[0].ptr, &n_names);
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "labels"), tomo__json_open(&j, '[');
    for (size_t i = 0; i < n; i++)
        put_label(&j, &rows[i], names, n_names);
    tomo__json_close(&j, ']');
    tomo__json_close(&j, '}');
    tomo_measure_labels_free(ctx, rows);
    st = tomo__text_finish(&j.text, &text, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_JSON, text };
    return st;
}

static tomo_status run_overlap(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                               tomo_error *err)
{
    tomo_overlap r = { .struct_size = sizeof r };
    tomo_buffer *text = NULL;
    tomo__json j = TOMO__JSON(ctx);
    tomo_status st = tomo_measure_overlap(ctx, &r, in[0].ptr, in[1].ptr, opts, job, err);
    if (st)
        return st;
    tomo__json_open(&j, '{');
    measure__put_num(&j, "dice", r.dice);
    measure__put_num(&j, "jaccard", r.jaccard);
    measure__put_num(&j, "sensitivity", r.sensitivity);
    measure__put_num(&j, "precision", r.precision);
    measure__put_num(&j, "volumeFoundMl", r.volume_a_ml);
    measure__put_num(&j, "volumeGivenMl", r.volume_b_ml);
    measure__put_num(&j, "volumeCommonMl", r.common_ml);
    if (!isnan(r.hausdorff_mm)) {
        measure__put_num(&j, "hausdorffMm", r.hausdorff_mm);
        measure__put_num(&j, "hausdorff95Mm", r.hausdorff95_mm);
        measure__put_num(&j, "meanSurfaceMm", r.mean_surface_mm);
    }
    tomo__json_close(&j, '}');
    st = tomo__text_finish(&j.text, &text, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_JSON, text };
    return st;
}

#define JSON_OUT                                                                                                       \
    {                                                                                                                  \
        {                                                                                                              \
            "measures", TOMO_KIND_JSON, false, "one JSON object"                                                       \
        }                                                                                                              \
    }

const tomo_op measure__labels_row = {
    "measure",
    "labels",
    "Volume, place, extent and values of every label.",
    "Lengths in mm, volumes in ml, positions LPS. The longest extent is between voxel centers (Feret). With an image:\n"
    "mean, population standard deviation, extremes and median of its values inside.",
    "tomo measure labels bones.nii.gz --image ct.nii.gz",
    { { "labels", TOMO_KIND_LABELS, false, "whole numbers, 0 is background" },
      { "image", TOMO_KIND_IMAGE, true, "values on the same grid" } },
    JSON_OUT,
    labels_options,
    (uint32_t)TOMO__COUNT(labels_options),
    sizeof(tomo_measure_labels_options),
    run_labels,
};
const tomo_op measure__overlap_row = {
    "measure",
    "overlap",
    "How far two masks agree: Dice, Jaccard, surface distances.",
    "Both on the same grid. Surface distances: from each surface voxel of either to the nearest of the other.",
    "tomo measure overlap found.nii.gz given.nii.gz --surface",
    { { "found", TOMO_KIND_LABELS, false, "mask or labels" },
      { "given", TOMO_KIND_LABELS, false, "mask or labels to hold it against" } },
    JSON_OUT,
    overlap_options,
    (uint32_t)TOMO__COUNT(overlap_options),
    sizeof(tomo_overlap_options),
    run_overlap,
};

static const tomo_op *const ops[] = { &measure__labels_row,    &measure__overlap_row,
                                      &measure__compare_row,   &measure__signal_row,
                                      &measure__sharpness_row, &measure__shape_row,
                                      &measure__intensity_row, &measure__radiomics_row,
                                      &measure__lesions_row,   &measure__recist_row,
                                      &measure__detection_row, &measure__agreement_row,
                                      &measure__distance_row,  &measure__angle_row,
                                      &measure__area_row,      &measure__roi_row,
                                      NULL };

const tomo_op *const *tomo_measure_ops(void) { return ops; }
