/* label_largest.c - each label's largest components. */
#include "edit_internal.h"

static const tomo_option options[] = {
    { "label", TOMO_OPT_INT, offsetof(tomo_label_largest_options, label), 1, 0, 0, 2147483647, "", NULL, false,
      "the label to clean; 0 = every label" },
    { "connectivity", TOMO_OPT_ENUM, offsetof(tomo_label_largest_options, connectivity), 1, TOMO_CONNECT_6, 0, 0, "",
      tomo__connectivity_names, false, "which voxels touch: through faces (6), edges too (18), corners too (26)" },
    { "count", TOMO_OPT_INT, offsetof(tomo_label_largest_options, count), 1, 1, 1, 2147483647, "", NULL, false,
      "how many components to keep" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *labels = NULL;
    const tomo_status st = tomo_segment_label_largest(ctx, &labels, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, labels };
    return st;
}

const tomo_op tomo__op_label_largest = {
    .room = "segment",
    .name = "label_largest",
    .help = "Each label's largest component; the rest becomes background.",
    .detail = "Output int32 with the label table of the input.",
    .example = "tomo segment label_largest mask.nii.gz clean.nii.gz",
    .in = { { "labels", TOMO_KIND_LABELS, false, "whole numbers, 0 = background" } },
    .out = { { "labels", TOMO_KIND_LABELS, false, "int32" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_label_largest_options),
    .run = run,
};

tomo_status tomo_segment_label_largest(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                       const tomo_label_largest_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_label_largest_options o;
    tomo__edit e = { .ctx = NULL };
    tomo_status st = tomo__op_begin(&tomo__op_label_largest, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__edit_begin(ctx, &e, in, o.label, "label_largest", err);
    for (int64_t k = 0; k < e.parts && st == TOMO_OK; k++) {
        const tomo__part *p = &e.part[k];
        int64_t lo[3], n[3];
        tomo__bits b = { .w = NULL };
        tomo__edit_box(&e, p, (const int64_t[]){ 0, 0, 0 }, lo, n);
        st = tomo__edit_bits(&e, &b, p, lo, n, err);
        if (st == TOMO_OK)
            st = tomo__keep_largest(&b, o.connectivity, o.count, NULL, NULL, err);
        for (int64_t r = 0; st == TOMO_OK && r < n[1] * n[2]; r++) {
            int32_t *row = tomo__edit_row(&e, lo[1] + r % n[1], lo[2] + r / n[1]) + lo[0];
            for (int64_t x = 0; x < n[0]; x++)
                if (row[x] == p->value && !tomo__bits_at(&b, x, r % n[1], r / n[1]))
                    row[x] = 0;
        }
        tomo__bits_free(&b);
        if (st == TOMO_OK)
            st = tomo__job_step(job, (double)(k + 1) / (double)e.parts, err);
    }
    if (st == TOMO_OK)
        st = tomo__edit_out(&e, out, in, err);
    tomo__edit_free(&e);
    return st;
}
