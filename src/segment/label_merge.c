/* label_merge.c - several labels become one. */
#include <stdlib.h>

#include "edit_internal.h"

enum { MOST = 1000 };

static const tomo_option options[] = {
    { "labels", TOMO_OPT_TEXT, offsetof(tomo_label_merge_options, labels), 1, 0, 0, 0, "", NULL, true,
      "numbers to join, \"2,3,7\"" },
    { "to", TOMO_OPT_INT, offsetof(tomo_label_merge_options, to), 1, 0, 0, 2147483647, "", NULL, false,
      "number of the result; 0 = the first one given" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *labels = NULL;
    const tomo_status st = tomo_segment_label_merge(ctx, &labels, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, labels };
    return st;
}

const tomo_op tomo__op_label_merge = {
    .room = "segment",
    .name = "label_merge",
    .help = "Several labels become one.",
    .detail = "Output int32 with the label table of the input.",
    .example = "tomo segment label_merge mask.nii.gz merged.nii.gz --labels 1 --to 3",
    .in = { { "labels", TOMO_KIND_LABELS, false, "whole numbers, 0 = background" } },
    .out = { { "labels", TOMO_KIND_LABELS, false, "int32" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_label_merge_options),
    .run = run,
};

/* Numbers from text; *n of them. */
static tomo_status read_numbers(int32_t numbers[MOST], int *n, const char *text, tomo_error *err)
{
    const char *at = text ? text : "";
    for (*n = 0; *at;) {
        char *end;
        const long long v = strtoll(at, &end, 10);
        if (end == at || v < 1 || v > INT32_MAX || (*end != 0 && *end != ','))
            return tomo__fail(err, TOMO_E_ARG, "label_merge: labels are \"%.60s\", expected \"2,3,7\"", text);
        if (*n == MOST)
            return tomo__fail(err, TOMO_E_LIMIT, "label_merge: more than %d labels are given", MOST);
        numbers[(*n)++] = (int32_t)v;
        at = *end ? end + 1 : end;
    }
    return *n ? TOMO_OK : tomo__fail(err, TOMO_E_ARG, "label_merge: no label is given, expected \"2,3,7\"");
}

static int by_number(const void *a, const void *b)
{
    return (*(const int32_t *)a > *(const int32_t *)b) - (*(const int32_t *)a < *(const int32_t *)b);
}

tomo_status tomo_segment_label_merge(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                     const tomo_label_merge_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_label_merge_options o;
    int32_t numbers[MOST];
    bool seen[MOST] = { false };
    int n = 0;
    tomo_image *labels = NULL;
    tomo_status st = tomo__op_begin(&tomo__op_label_merge, &o, opts, err);
    if (st == TOMO_OK)
        st = read_numbers(numbers, &n, o.labels, err);
    if (st == TOMO_OK)
        st = tomo__labels_int32(ctx, &labels, NULL, in, 0, "label_merge", err);
    if (st != TOMO_OK)
        return st;
    const int32_t to = o.to ? o.to : numbers[0];
    qsort(numbers, (size_t)n, sizeof *numbers, by_number);
    int32_t *v = (int32_t *)labels->data;
    for (int64_t i = 0, voxels = tomo_image_voxels(labels); i < voxels; i++) {
        const int32_t *found = v[i] ? bsearch(&v[i], numbers, (size_t)n, sizeof *numbers, by_number) : NULL;
        if (found)
            seen[found - numbers] = true, v[i] = to;
    }
    for (int i = 0; i < n && st == TOMO_OK; i++)
        if (!seen[i] && (i == 0 || numbers[i] != numbers[i - 1]) && (i + 1 == n || numbers[i] != numbers[i + 1]))
            st = tomo__fail(err, TOMO_E_ARG, "label_merge: no voxel has label %d", (int)numbers[i]);
    if (st == TOMO_OK)
        st = tomo__job_step(job, 1, err);
    if (st != TOMO_OK)
        tomo_image_free(labels);
    else
        st = tomo__labels_out(ctx, out, labels, in, "label", err);
    return st;
}
