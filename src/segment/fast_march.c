/* fast_march.c - arrival times by fast marching. Voxels wait in a heap of 64-bit keys, time above index, so that ties
 * have an order; the grid has a rim of walls, so that no step looks for borders. */
#include "contour_internal.h"

static const char *const spaces[] = { "voxel", "lps", NULL };
static const tomo_option options[] = {
    { "seed", TOMO_OPT_DOUBLES, offsetof(tomo_fast_march_options, seed), 3, NAN, 0, 0, "voxels or mm", NULL, false,
      "point where the front starts" },
    { "space", TOMO_OPT_ENUM, offsetof(tomo_fast_march_options, space), 1, TOMO_SPACE_VOXEL, 0, 0, "", spaces, false,
      "the seed is a voxel index, or LPS millimeters" },
    { "stop", TOMO_OPT_DOUBLE, offsetof(tomo_fast_march_options, stop), 1, INFINITY, 0, INFINITY, "", NULL, false,
      "time at which the front stops" },
    { "scale", TOMO_OPT_DOUBLE, offsetof(tomo_fast_march_options, scale), 1, 1, 1e-30, 1e30, "", NULL, false,
      "speed is the image's value divided by this" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *times = NULL;
    const tomo_status st = tomo_segment_fast_march(ctx, &times, in[0].ptr, in[1].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, times };
    return st;
}

const tomo_op tomo__op_fast_march = {
    .room = "segment",
    .name = "fast_march",
    .help = "Times at which a front arrives that moves at the image's speed.",
    .detail = "Fast marching of first order (Sethian 1996), as ITK's FastMarchingImageFilter, in mm. Output float32; "
              "infinite where the front does not come. Speeds not above 0 are walls.",
    .example = "tomo segment fast_march mr.nii.gz times.nii.gz --seed 120,120,30 --stop 0.5",
    .in = { { "image", TOMO_KIND_IMAGE, false, "speed, 2D or 3D, any type" },
            { "trials", TOMO_KIND_LABELS, true, "mask of voxels where the front starts" } },
    .out = { { "times", TOMO_KIND_IMAGE, false, "float32, time of arrival" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_fast_march_options),
    .run = run,
};

typedef struct front {
    tomo_ctx *ctx;
    const tomo_image *speed; /* float32, packed */
    int64_t n[3], pad[3];    /* voxels; and with the rim */
    int64_t stride[3];
    double weight[3];   /* 1 / spacing^2 */
    float *time, *slow; /* padded; slow: 1 / speed^2, infinite = wall */
    float *settled;     /* padded: the time where it is final, else infinite */
    uint64_t *heap;
    int64_t count, room;
    int dims;
} front;

static bool heap_push(front *f, float time, uint32_t at)
{
    uint32_t bits;
    if (f->count == f->room) {
        const int64_t room = f->room ? f->room * 2 : 4096;
        uint64_t *more = tomo__realloc(f->ctx, f->heap, (size_t)room * sizeof *more);
        if (!more)
            return false;
        f->heap = more, f->room = room;
    }
    memcpy(&bits, &time, sizeof bits); /* times are not negative: bits have their order */
    const uint64_t key = (uint64_t)bits << 32 | at;
    int64_t i = f->count++;
    for (; i > 0 && f->heap[(i - 1) / 4] > key; i = (i - 1) / 4)
        f->heap[i] = f->heap[(i - 1) / 4];
    f->heap[i] = key;
    return true;
}

static uint64_t heap_pop(front *f)
{
    const uint64_t top = f->heap[0], key = f->heap[--f->count];
    int64_t i = 0;
    for (;;) {
        int64_t least = 4 * i + 1;
        const int64_t end = TOMO__MIN(least + 4, f->count);
        if (least >= f->count)
            break;
        for (int64_t k = least + 1; k < end; k++)
            least = f->heap[k] < f->heap[least] ? k : least;
        if (f->heap[least] >= key)
            break;
        f->heap[i] = f->heap[least];
        i = least;
    }
    f->heap[i] = key;
    return top;
}

/* Time at a voxel from its settled neighbors: the quadratic over the axes, the earliest first. */
static double arrival(const front *f, int64_t at)
{
    double value[3], weight[3], a = 0, b = 0, c = -(double)f->slow[at], time = INFINITY;
    int n = 0;
    for (int k = 0; k < f->dims; k++) {
        const int64_t s = f->stride[k];
        const float v = f->settled[at - s] < f->settled[at + s] ? f->settled[at - s] : f->settled[at + s];
        if (v == INFINITY)
            continue;
        int i = n++;
        for (; i > 0 && value[i - 1] > (double)v; i--)
            value[i] = value[i - 1], weight[i] = weight[i - 1];
        value[i] = (double)v, weight[i] = f->weight[k];
    }
    for (int i = 0; i < n && time >= value[i]; i++) {
        a += weight[i];
        b += value[i] * weight[i];
        c += value[i] * value[i] * weight[i];
        const double root = b * b - a * c;
        time = (sqrt(root > 0 ? root : 0) + b) / a; /* below 0 only by rounding: the last time was late enough */
    }
    return time;
}

static int64_t padded(const front *f, int64_t x, int64_t y, int64_t z)
{
    return x + 1 + (y + 1) * f->stride[1] + (f->dims == 3 ? z + 1 : 0) * f->stride[2];
}

static tomo_status march(front *f, double stop, tomo_job *job, tomo_error *err)
{
    const double voxels = (double)(f->n[0] * f->n[1] * f->n[2]);
    int64_t settled = 0;
    while (f->count > 0) {
        const uint64_t key = heap_pop(f);
        const uint32_t at = (uint32_t)key, bits = (uint32_t)(key >> 32);
        float time;
        memcpy(&time, &bits, sizeof time);
        if (f->settled[at] != INFINITY || time != f->time[at]) /* was found earlier since */
            continue;
        if ((double)time > stop)
            break;
        f->settled[at] = time;
        if ((++settled & 0xFFFF) == 0) {
            const tomo_status st = tomo__job_step(job, (double)settled / voxels, err);
            if (st != TOMO_OK)
                return st;
        }
        for (int k = 0; k < 2 * f->dims; k++) {
            const int64_t next = k & 1 ? at + f->stride[k / 2] : at - f->stride[k / 2];
            if (f->settled[next] != INFINITY || f->slow[next] == INFINITY)
                continue;
            const float t = (float)arrival(f, next);
            if (!(t < f->time[next]))
                continue;
            f->time[next] = t;
            if (!heap_push(f, t, (uint32_t)next))
                return tomo__no_memory(f->ctx, err, (size_t)f->room * 16, "a front");
        }
    }
    return TOMO_OK;
}

/* Speeds into the padded grid. */
static void lay_out(front *f, double scale)
{
    const int64_t all = f->pad[0] * f->pad[1] * f->pad[2];
    for (int64_t i = 0; i < all; i++)
        f->time[i] = f->slow[i] = f->settled[i] = INFINITY;
    for (int64_t z = 0; z < f->n[2]; z++)
        for (int64_t y = 0; y < f->n[1]; y++) {
            const float *row = tomo_image_row(f->speed, y, z, 0);
            float *to = f->slow + padded(f, 0, y, z);
            for (int64_t x = 0; x < f->n[0]; x++) {
                const double v = (double)row[x] / scale;
                to[x] = v > 0 ? (float)(1 / (v * v)) : INFINITY;
            }
        }
}

static tomo_status begin(front *f, const tomo_image *in, const tomo_image *trials, const tomo_fast_march_options *o,
                         tomo_error *err)
{
    const bool given = !isnan(o->seed[0]) || !isnan(o->seed[1]) || !isnan(o->seed[2]);
    bool good = true;
    if (given) {
        double index[3] = { o->seed[0], o->seed[1], o->seed[2] };
        int64_t v[3];
        if (o->space == TOMO_SPACE_LPS)
            tomo_image_to_index(in, o->seed, index);
        for (int a = 0; a < 3; a++) {
            const double nearest = floor(index[a] + 0.5);
            if (!(nearest >= 0 && nearest < (double)f->n[a]))
                return tomo__fail(
                    err, TOMO_E_ARG, "fast_march: seed is voxel %.6g, %.6g, %.6g, the image has %lld x %lld x %lld",
                    index[0], index[1], index[2], (long long)f->n[0], (long long)f->n[1], (long long)f->n[2]);
            v[a] = (int64_t)nearest;
        }
        const int64_t at = padded(f, v[0], v[1], v[2]);
        f->time[at] = 0;
        good = heap_push(f, 0, (uint32_t)at);
    }
    for (int64_t z = 0; trials && z < f->n[2]; z++)
        for (int64_t y = 0; y < f->n[1]; y++)
            for (int64_t x = 0; x < f->n[0] && good; x++)
                if (tomo__voxel(trials, x, y, z) > 0) {
                    const int64_t at = padded(f, x, y, z);
                    f->time[at] = 0;
                    good = heap_push(f, 0, (uint32_t)at);
                }
    if (!good)
        return tomo__no_memory(f->ctx, err, (size_t)f->room * 16, "a front");
    if (f->count == 0)
        return tomo__fail(err, TOMO_E_ARG, "fast_march: no seed is given%s, expected a point to start from",
                          trials ? " and the mask is empty" : "");
    return TOMO_OK;
}

static tomo_status front_new(front *f, const tomo_image *speed, tomo_error *err)
{
    size_t all = 1;
    f->speed = speed;
    f->dims = speed->desc.size[2] > 1 ? 3 : 2;
    for (int a = 0; a < 3; a++) {
        f->n[a] = speed->desc.size[a];
        f->pad[a] = f->n[a] + (a < f->dims ? 2 : 0);
        f->stride[a] = a == 0 ? 1 : f->stride[a - 1] * f->pad[a - 1];
        f->weight[a] = 1 / (speed->desc.spacing[a] * speed->desc.spacing[a]);
        if (!tomo__mul(all, (size_t)f->pad[a], &all) || all > UINT32_MAX)
            return tomo__fail(err, TOMO_E_LIMIT, "fast_march: the image has more than %u voxels", UINT32_MAX);
    }
    f->time = tomo__alloc(f->ctx, all * sizeof *f->time);
    f->slow = tomo__alloc(f->ctx, all * sizeof *f->slow);
    f->settled = tomo__alloc(f->ctx, all * sizeof *f->settled);
    return f->time && f->slow && f->settled ? TOMO_OK : tomo__no_memory(f->ctx, err, all * 12, "arrival times");
}

tomo_status tomo_segment_fast_march(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *trials,
                                    const tomo_fast_march_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_fast_march_options o;
    tomo_image *speed = NULL, *times = NULL;
    front f = { .ctx = ctx };
    tomo_status st = tomo__op_begin(&tomo__op_fast_march, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "fast_march", err);
    if (st == TOMO_OK && trials && (st = tomo__image_check_mask(in, trials, err)) != TOMO_OK)
        st = tomo__fail_in(err, st, "fast_march: trials");
    if (st == TOMO_OK)
        st = tomo__contour_float(ctx, &speed, in, false, err);
    if (st == TOMO_OK)
        st = front_new(&f, speed, err);
    if (st == TOMO_OK) {
        lay_out(&f, o.scale);
        st = begin(&f, in, trials, &o, err);
    }
    if (st == TOMO_OK)
        st = march(&f, o.stop, job, err);
    if (st == TOMO_OK)
        st = tomo__image_new_like(ctx, &times, in, TOMO_DTYPE_F32, 1, err);
    for (int64_t r = 0; st == TOMO_OK && r < f.n[1] * f.n[2]; r++)
        memcpy(tomo__row(times, r % f.n[1], r / f.n[1], 0), f.time + padded(&f, 0, r % f.n[1], r / f.n[1]),
               (size_t)f.n[0] * sizeof(float));
    tomo__free(ctx, f.heap);
    tomo__free(ctx, f.settled);
    tomo__free(ctx, f.slow);
    tomo__free(ctx, f.time);
    tomo_image_free(speed);
    if (st == TOMO_OK)
        *out = times;
    return st;
}
