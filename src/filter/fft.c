/* fft.c - the Fourier transform of an image, its inverse, and its picture. */
#include <math.h>

#include "filter/fft_internal.h"

static const char *const spectrum_names[] = { "full", "half", "log", NULL };

static const tomo_option options[] = {
    { "spectrum", TOMO_OPT_ENUM, offsetof(tomo_fft_options, spectrum), 1, TOMO_SPECTRUM_FULL, 0, 0, "", spectrum_names,
      false,
      "full: all frequencies, complex; half: along x only the first size / 2 + 1; log: log(1 + |F|) with zero "
      "frequency in the middle. For an inverse, what the input is." },
    { "inverse", TOMO_OPT_BOOL, offsetof(tomo_fft_options, inverse), 1, 0, 0, 0, "", NULL, false,
      "From a complex spectrum back to a real image." },
    { "odd", TOMO_OPT_BOOL, offsetof(tomo_fft_options, odd), 1, 0, 0, 0, "", NULL, false,
      "Inverse of a half spectrum: the image had an odd size along x." },
    { "dims", TOMO_OPT_INT, offsetof(tomo_fft_options, dims), 1, 3, 2, 3, "", NULL, false,
      "2 transforms each slice by itself." },
};

static tomo_status run_fft(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                           tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_fft(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_fft = {
    .room = "filter",
    .name = "fft",
    .help = "Transform an image to its frequencies, or back.",
    .detail =
        "Discrete Fourier transform along x, y and z (numpy.fft.fftn, rfftn and their inverses), complex float32, "
        "or complex float64 for 32- and 64-bit whole numbers and float64. Any size; those with only small prime "
        "factors are fastest. Spacing, origin and direction are kept.",
    .example = "tomo filter fft mr.nii.gz spectrum.nii.gz --spectrum log",
    .in = { { "image", TOMO_KIND_IMAGE, false, "One component; for an inverse two, real and imaginary." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The spectrum, or the image." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_fft_options),
    .run = run_fft,
};

typedef struct run {
    tomo__fft_volume v;
    tomo_fft_options o;
    int64_t n[3]; /* of the real image */
    bool own;     /* spectrum is memory of ours, not the result's */
} run;

/* ---- between half and full spectra ---------------------------------------------------------------------------------
 */

static double part_of(const run *r, const char *at, int c)
{
    return r->v.k->size == sizeof(float) ? (double)((const float *)at)[c] : ((const double *)at)[c];
}
static void set_part(const run *r, char *at, int c, double value)
{
    if (r->v.k->size == sizeof(float))
        ((float *)at)[c] = (float)value;
    else
        ((double *)at)[c] = value;
}
static char *half_at(const run *r, int64_t x, int64_t y, int64_t z)
{
    return r->v.spectrum + (size_t)((z * r->n[1] + y) * r->v.half + x) * 2 * r->v.k->size;
}

/* Frequency (x, y, z) by symmetry where x is in the half that is not kept. */
static const char *find(const run *r, int64_t x, int64_t y, int64_t z, double *sign)
{
    *sign = 1;
    if (x < r->v.half)
        return half_at(r, x, y, z);
    *sign = -1;
    return half_at(r, r->n[0] - x, (r->n[1] - y) % r->n[1], (r->n[2] - z) % r->n[2]);
}

static tomo_status spread_row(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    run *r = user;
    const int64_t y = item % r->n[1], z = item / r->n[1];
    const size_t size = r->v.k->size;
    char *row;
    if (r->o.spectrum == TOMO_SPECTRUM_FULL) {
        row = tomo_image_row_mut(r->v.out, y, r->v.z0 + z, r->v.t);
        memcpy(row, half_at(r, 0, y, z), (size_t)r->v.half * 2 * size);
        for (int64_t x = r->v.half; x < r->n[0]; x++) {
            double sign;
            const char *from = find(r, x, y, z, &sign);
            set_part(r, row + (size_t)x * 2 * size, 0, part_of(r, from, 0));
            set_part(r, row + (size_t)x * 2 * size, 1, -part_of(r, from, 1));
        }
        return TOMO_OK;
    }
    row = tomo_image_row_mut(r->v.out, (y + r->n[1] / 2) % r->n[1], r->v.z0 + (z + r->n[2] / 2) % r->n[2], r->v.t);
    for (int64_t x = 0; x < r->n[0]; x++) {
        double sign;
        const char *from = find(r, x, y, z, &sign);
        set_part(r, row, (int)((x + r->n[0] / 2) % r->n[0]), log1p(hypot(part_of(r, from, 0), part_of(r, from, 1))));
    }
    return TOMO_OK;
}

/* The half that makes the real part of what any full spectrum gives: (F(k) + conj F(-k)) / 2. */
static tomo_status fold_row(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    run *r = user;
    const tomo__rows *k = r->v.k->size == sizeof(float) ? &tomo__rows_f32_c : &tomo__rows_f64_c;
    const int64_t y = item % r->n[1], z = item / r->n[1], my = (r->n[1] - y) % r->n[1], mz = (r->n[2] - z) % r->n[2];
    const tomo_dtype dtype = tomo_image_get_desc(r->v.in)->dtype;
    const size_t voxel = 2 * tomo_dtype_size(dtype);
    const char *a = tomo_image_row(r->v.in, y, r->v.z0 + z, r->v.t),
               *b = tomo_image_row(r->v.in, my, r->v.z0 + mz, r->v.t);
    for (int64_t x = 0; x < r->v.half; x++) {
        double pair[2], other[2];
        k->load(pair, a + (size_t)x * voxel, dtype, 1, 2);
        k->load(other, b + (size_t)((r->n[0] - x) % r->n[0]) * voxel, dtype, 1, 2);
        const double re = 0.5 * (part_of(r, (char *)pair, 0) + part_of(r, (char *)other, 0));
        const double im = 0.5 * (part_of(r, (char *)pair, 1) - part_of(r, (char *)other, 1));
        set_part(r, half_at(r, x, y, z), 0, re);
        set_part(r, half_at(r, x, y, z), 1, im);
    }
    return TOMO_OK;
}
static tomo_status copy_row(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    run *r = user;
    const int64_t y = item % r->n[1], z = item / r->n[1];
    r->v.rows->load(half_at(r, 0, y, z), tomo_image_row(r->v.in, y, r->v.z0 + z, r->v.t),
                    tomo_image_get_desc(r->v.in)->dtype, 1, 2 * r->v.half);
    return TOMO_OK;
}

/* ---- the operation --------------------------------------------------------------------------------------------------
 */

static tomo_status check(const run *r, const tomo_image_desc *d, tomo_error *err)
{
    const int32_t want = r->o.inverse ? 2 : 1;
    if (d->components != want)
        return tomo__fail(err, TOMO_E_ARG, "fft: the image has %d components; %d expected", d->components, want);
    if (r->o.inverse && r->o.spectrum == TOMO_SPECTRUM_LOG)
        return tomo__fail(err, TOMO_E_ARG, "fft: a log spectrum has no inverse; full or half expected");
    return TOMO_OK;
}

static tomo_status one(run *r, tomo_error *err)
{
    tomo__fft_volume *v = &r->v;
    const int64_t rows = r->n[1] * r->n[2];
    tomo_job *job = v->job;
    tomo_status st = TOMO_OK;
    if (!r->own)
        v->spectrum = tomo_image_row_mut(v->out, 0, v->z0, v->t);
    tomo__span outer = tomo__job_enter(job, 0, 0.4, r->o.inverse ? "frequencies" : "rows");
    if (!r->o.inverse)
        st = tomo__fft_slices(v, err);
    else
        st = tomo__parallel(v->ctx, rows, r->o.spectrum == TOMO_SPECTRUM_FULL ? fold_row : copy_row, r, job, err);
    tomo__job_leave(job, outer);
    outer = tomo__job_enter(job, 0.4, r->own ? 0.7 : 1, "along z");
    if (st == TOMO_OK)
        st = tomo__fft_columns(v, r->o.inverse, err);
    tomo__job_leave(job, outer);
    if (!r->own)
        return st;
    outer = tomo__job_enter(job, 0.7, 1, NULL);
    if (st == TOMO_OK && r->o.inverse)
        st = tomo__fft_slices_back(v, err);
    else if (st == TOMO_OK)
        st = tomo__parallel(v->ctx, rows, spread_row, r, job, err);
    tomo__job_leave(job, outer);
    return st;
}

tomo_status tomo_filter_fft(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_fft_options *opts,
                            tomo_job *job, tomo_error *err)
{
    run r = { .v = { .ctx = ctx, .job = job, .in = in } };
    tomo_image_desc d = *tomo_image_get_desc(in);
    tomo_status st = tomo__op_begin(&tomo__op_fft, &r.o, opts, err);
    if (st == TOMO_OK)
        st = check(&r, &d, err);
    if (st != TOMO_OK)
        return st;
    tomo__fft_volume *v = &r.v;
    v->rows = tomo__rows_for(tomo_ctx_cpu(ctx), d.dtype);
    v->k = tomo__fft_for(tomo_ctx_cpu(ctx), v->rows->size);
    const bool flat = d.dims == 2 || r.o.dims == 2;
    if (r.o.inverse && r.o.spectrum == TOMO_SPECTRUM_HALF)
        d.size[0] = 2 * (d.size[0] - 1) + (r.o.odd ? 1 : 0);
    if (d.size[0] < 1)
        return tomo__fail(err, TOMO_E_ARG, "fft: a half spectrum of 1 voxel along x is that of an odd size");
    for (int i = 0; i < 3; i++)
        v->size[i] = v->length[i] = v->reach[i] = r.n[i] = i == 2 && flat ? 1 : d.size[i];
    v->scale = 1.0 / ((double)r.n[0] * (double)r.n[1] * (double)r.n[2]);
    v->slices_out = r.n[2];
    d.dtype = v->rows->size == sizeof(float) ? TOMO_DTYPE_F32 : TOMO_DTYPE_F64;
    d.components = r.o.inverse || r.o.spectrum == TOMO_SPECTRUM_LOG ? 1 : 2;
    if (!r.o.inverse && r.o.spectrum == TOMO_SPECTRUM_HALF)
        d.size[0] = d.size[0] / 2 + 1;
    r.own = r.o.inverse || r.o.spectrum != TOMO_SPECTRUM_HALF;
    st = tomo_image_new(ctx, &v->out, &d, err);
    if (st == TOMO_OK)
        st = tomo__fft_volume_begin(v, err);
    if (st == TOMO_OK && r.own) {
        size_t bytes = 0;
        if (!tomo__mul((size_t)(v->half * r.n[1] * r.n[2]), 2 * v->k->size, &bytes) ||
            !(v->spectrum = tomo__alloc(ctx, bytes)))
            st = tomo__no_memory(ctx, err, bytes, "the spectrum");
    }
    const int64_t slices = flat ? d.size[2] : 1, parts = d.size[3] * slices;
    for (int64_t i = 0; i < parts && st == TOMO_OK; i++) {
        const tomo__span outer = tomo__job_enter(job, (double)i / (double)parts, (double)(i + 1) / (double)parts, NULL);
        v->t = i / slices, v->z0 = i % slices;
        st = one(&r, err);
        tomo__job_leave(job, outer);
    }
    tomo__fft_volume_end(v);
    if (r.own)
        tomo__free(ctx, v->spectrum);
    if (st == TOMO_OK)
        *out = v->out;
    else
        tomo_image_free(v->out);
    return st;
}
