/* label_grow.c - labels grown into the background or shrunk by a radius in mm. Growing looks for the nearest labeled
 * voxel axis by axis: along x, then for each voxel among what its column along y has found, then along z. Distance and
 * number are compared together, so that ties do not depend on the order. */
#include "edit_internal.h"

static const tomo_option options[] = {
    { "label", TOMO_OPT_INT, offsetof(tomo_label_grow_options, label), 1, 0, 0, 2147483647, "", NULL, false,
      "the label to grow; 0 = every label" },
    { "radius", TOMO_OPT_DOUBLE, offsetof(tomo_label_grow_options, radius), 1, 1, -1e6, 1e6, "mm", NULL, false,
      "how far; below 0 labels shrink" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *labels = NULL;
    const tomo_status st = tomo_segment_label_grow(ctx, &labels, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, labels };
    return st;
}

const tomo_op tomo__op_label_grow = {
    .room = "segment",
    .name = "label_grow",
    .help = "Labels grown or shrunk by millimeters, none over another.",
    .detail = "A background voxel takes the nearest label (scikit-image's expand_labels but for ties). Output int32.",
    .example = "tomo segment label_grow mask.nii.gz wider.nii.gz --radius 3",
    .in = { { "labels", TOMO_KIND_LABELS, false, "whole numbers, 0 = background" } },
    .out = { { "labels", TOMO_KIND_LABELS, false, "int32" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_label_grow_options),
    .run = run,
};

typedef struct near {
    float far; /* squared distance in mm, infinite = nothing within the radius */
    int32_t label;
} near;

typedef struct search {
    const tomo__edit *e;
    int32_t only;    /* 0 = all */
    double radius;
    near *from, *to; /* packed */
    int axis;
} search;

static inline bool better(near a, near b) { return a.far < b.far || (a.far == b.far && a.label < b.label); }

/* The nearest labeled voxel of a row to its left or right. */
static tomo_status along_x(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const search *s = user;
    const int64_t *n = s->e->labels->desc.size;
    const double mm = s->e->labels->desc.spacing[0], most = s->radius * s->radius;
    for (int64_t y = 0; y < n[1]; y++) {
        const int32_t *row = tomo__edit_row(s->e, y, z);
        near *to = s->to + (z * n[1] + y) * n[0];
        for (int way = 0; way < 2; way++) {
            int64_t last = -1;
            for (int64_t k = 0; k < n[0]; k++) {
                const int64_t x = way ? n[0] - 1 - k : k;
                if (row[x] && (!s->only || row[x] == s->only))
                    last = x;
                const double d = mm * (double)(last < 0 ? 0 : x - last), far = d * d;
                const near found = { last < 0 || far > most ? INFINITY : (float)far, last < 0 ? 0 : row[last] };
                if (!way || better(found, to[x]))
                    to[x] = found;
            }
        }
    }
    return TOMO_OK;
}

/* The best of a column along y or z: from the voxel outward, as long as a step more may still be nearer. */
static tomo_status along_column(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const search *s = user;
    const int64_t *n = s->e->labels->desc.size, stride = s->axis == 1 ? n[0] : n[0] * n[1];
    const double mm = s->e->labels->desc.spacing[s->axis], most = s->radius * s->radius;
    for (int64_t y = 0; y < n[1]; y++)
        for (int64_t x = 0; x < n[0]; x++) {
            const int64_t i = (z * n[1] + y) * n[0] + x, at = s->axis == 1 ? y : z, last = n[s->axis] - 1;
            near best = s->from[i];
            for (int64_t k = 1; k <= TOMO__MAX(at, last - at); k++) {
                const double far = mm * mm * (double)(k * k);
                if (far > (double)best.far || far > most)
                    break;
                for (int way = -1; way <= 1; way += 2) {
                    if (at + way * k < 0 || at + way * k > last)
                        continue;
                    near other = s->from[i + way * k * stride];
                    const double sum = (double)other.far + far;
                    other.far = sum > most ? INFINITY : (float)sum;
                    if (other.far < INFINITY && better(other, best))
                        best = other;
                }
            }
            s->to[i] = best;
        }
    return TOMO_OK;
}

static tomo_status grow(tomo__edit *e, int32_t only, double radius, tomo_job *job, tomo_error *err)
{
    const int64_t *n = e->labels->desc.size, voxels = tomo_image_voxels(e->labels);
    near *a = tomo__alloc(e->ctx, (size_t)voxels * sizeof *a), *b = tomo__alloc(e->ctx, (size_t)voxels * sizeof *b);
    /* distances are float32 squares: half a unit of their last place more, so that the radius itself counts */
    search s = { e, only, radius * (1 + 1e-7), NULL, a, 0 };
    tomo_status st = a && b ? TOMO_OK : tomo__no_memory(e->ctx, err, (size_t)voxels * 2 * sizeof *a, "nearest labels");
    tomo__span outer = tomo__job_enter(job, 0.0, 0.2, "grow");
    if (st == TOMO_OK)
        st = tomo__parallel(e->ctx, n[2], along_x, &s, job, err);
    tomo__job_leave(job, outer);
    for (int axis = 1; axis < 3 && st == TOMO_OK; axis++) {
        if (n[axis] == 1)
            continue;
        s.axis = axis, s.from = s.to, s.to = s.to == a ? b : a;
        outer = tomo__job_enter(job, axis * 0.4 - 0.2, axis * 0.4 + 0.2, "grow");
        st = tomo__parallel(e->ctx, n[2], along_column, &s, job, err);
        tomo__job_leave(job, outer);
    }
    int32_t *v = (int32_t *)e->labels->data;
    for (int64_t i = 0; i < voxels && st == TOMO_OK; i++)
        if (v[i] == 0 && s.to[i].far < INFINITY)
            v[i] = s.to[i].label;
    tomo__free(e->ctx, b);
    tomo__free(e->ctx, a);
    return st;
}

/* The image as it was is asked by every label: voxels that go are gathered in `gone` first. */
static tomo_status shrink(tomo__edit *e, double radius, tomo_job *job, tomo_error *err)
{
    tomo__bits gone = { .w = NULL };
    tomo_status st = tomo__bits_new(e->ctx, &gone, e->labels->desc.size, err);
    for (int64_t k = 0; k < e->parts && st == TOMO_OK; k++) {
        const tomo__part *p = &e->part[k];
        int64_t lo[3], n[3];
        tomo__bits b = { .w = NULL };
        /* a rim of one voxel: what is not the label's beyond the rim is no nearer than in it */
        tomo__edit_box(e, p, (const int64_t[]){ 1, 1, 1 }, lo, n);
        st = tomo__edit_bits(e, &b, p, lo, n, err);
        if (st == TOMO_OK)
            st = tomo__bits_erode(&b, e->labels->desc.spacing, radius, NULL, err);
        for (int64_t r = 0; st == TOMO_OK && r < n[1] * n[2]; r++) {
            const int64_t y = r % n[1], z = r / n[1];
            const int32_t *row = tomo__edit_row(e, lo[1] + y, lo[2] + z) + lo[0];
            uint64_t *to = tomo__bits_row(&gone, lo[1] + y, lo[2] + z);
            for (int64_t x = 0; x < n[0]; x++)
                if (row[x] == p->value && !tomo__bits_at(&b, x, y, z))
                    to[(lo[0] + x) >> 6] |= 1ull << ((lo[0] + x) & 63);
        }
        tomo__bits_free(&b);
        if (st == TOMO_OK)
            st = tomo__job_step(job, (double)(k + 1) / (double)e->parts, err);
    }
    for (int64_t r = 0; st == TOMO_OK && r < gone.n[1] * gone.n[2]; r++) {
        int32_t *row = tomo__edit_row(e, r % gone.n[1], r / gone.n[1]);
        for (int64_t w = 0; w < gone.words; w++)
            for (uint64_t m = gone.w[r * gone.words + w]; m; m &= m - 1)
                row[w * 64 + __builtin_ctzll(m)] = 0;
    }
    tomo__bits_free(&gone);
    return st;
}

tomo_status tomo_segment_label_grow(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                    const tomo_label_grow_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_label_grow_options o;
    tomo__edit e = { .ctx = NULL };
    tomo_status st = tomo__op_begin(&tomo__op_label_grow, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__edit_begin(ctx, &e, in, o.label, "label_grow", err);
    if (st == TOMO_OK && e.parts)
        st = o.radius < 0 ? shrink(&e, -o.radius, job, err) : grow(&e, o.label, o.radius, job, err);
    if (st == TOMO_OK)
        st = tomo__edit_out(&e, out, in, err);
    tomo__edit_free(&e);
    return st;
}
