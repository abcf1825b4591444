/* response.c - the convolutional filters of IBSI 2 (arXiv:2006.05470). Separable ones run axis by axis over a volume of
 * float64, line by line, each by one thread; Gabor and Simoncelli go through Fourier transforms. */
#include <math.h>
#include <stdlib.h>

#include <tomo/filter_bank.h>
#include <tomo/filter_fft.h>

#include "filter/filter_internal.h"
#include "image/image_internal.h"

enum { MOST_TAPS = 4096, MOST_HALF = 2048, LINES = 64 };

static const char *const kind_names[] = { "mean", "log", "laws", "gabor", "wavelet", "simoncelli", NULL };
static const char *const edge_names[] = { "mirror", "zero", "nearest", "periodic", NULL };
static const char *const family_names[] = { "haar", "db2", "coif1", NULL };

#define AT(field) offsetof(tomo_response_options, field)
static const tomo_option options[] = {
    { "kind", TOMO_OPT_ENUM, AT(kind), 1, 0, 0, 0, "", kind_names, false, "which filter" },
    { "edge", TOMO_OPT_ENUM, AT(edge), 1, 0, 0, 0, "", edge_names, false, "what the image continues into" },
    { "dims", TOMO_OPT_INT, AT(dims), 1, 3, 2, 3, "", NULL, false, "2 works within slices only" },
    { "support", TOMO_OPT_INT, AT(support), 1, 15, 1, 1023, "voxels", NULL, false, "side of the mean's box, odd" },
    { "sigma", TOMO_OPT_DOUBLE, AT(sigma), 1, 3, 1e-6, 1e6, "mm", NULL, false, "scale of log and gabor" },
    { "lambda", TOMO_OPT_DOUBLE, AT(lambda), 1, 4, 1e-6, 1e6, "mm", NULL, false, "wavelength of gabor" },
    { "gamma", TOMO_OPT_DOUBLE, AT(gamma), 1, 1, 1e-3, 1e3, "", NULL, false, "ellipticity of gabor" },
    { "theta", TOMO_OPT_DOUBLE, AT(theta), 1, 0, -360, 360, "degrees", NULL, false, "direction of gabor" },
    { "theta-step", TOMO_OPT_DOUBLE, AT(theta_step), 1, 0, 0, 360, "degrees", NULL, false,
      "gabor: mean over a full turn in these steps; 0 = theta only" },
    { "axes", TOMO_OPT_TEXT, AT(axes), 1, 0, 0, 0, "", NULL, false, "laws: as E5,L5,S5; wavelet: as LHL; x first" },
    { "family", TOMO_OPT_ENUM, AT(family), 1, 0, 0, 0, "", family_names, false, "of wavelets" },
    { "level", TOMO_OPT_INT, AT(level), 1, 1, 1, 8, "", NULL, false, "of wavelet and simoncelli" },
    { "rotate", TOMO_OPT_BOOL, AT(rotate), 1, 0, 0, 0, "", NULL, false,
      "laws and wavelet over all right-angle rotations" },
    { "energy", TOMO_OPT_INT, AT(energy), 1, 0, 0, 500, "voxels", NULL, false,
      "laws: mean of absolute responses up to so far; 0 = none" },
};

/* ---- volumes
 * ------------------------------------------------------------------------------------------------------------ */

typedef struct volume {
    tomo_ctx *ctx;
    tomo_job *job;
    const tomo_image *like;
    int64_t n[3], step[3], count;
    int32_t edge, dims;
} volume;

/* Taps with tap `center` on the voxel: out[i] = sum of tap[k] in[i + center - k]. */
typedef struct kernel {
    double tap[MOST_TAPS];
    int64_t n, center;
} kernel;

/* Where index i of an axis of n lies under the edge's rule; -1 = zero. */
static int64_t fold(int64_t i, int64_t n, int32_t edge)
{
    if (i >= 0 && i < n)
        return i;
    switch (edge) {
    case TOMO_RESPONSE_ZERO:
        return -1;
    case TOMO_RESPONSE_NEAREST:
        return i < 0 ? 0 : n - 1;
    case TOMO_RESPONSE_PERIODIC:
        return (i % n + n) % n;
    default:
        i = (i % (2 * n) + 2 * n) % (2 * n);
        return i < n ? i : 2 * n - 1 - i;
    }
}

static double *new_volume(const volume *v) { return TOMO__ARRAY(v->ctx, v->count, double); }
static tomo_status no_room(const volume *v, tomo_error *err)
{
    return tomo__no_memory(v->ctx, err, (size_t)v->count * sizeof(double), "a response map");
}

typedef struct axis_run {
    const volume *v;
    const double *in;
    double *out;
    const kernel *k;
    int axis;
    int64_t lines;
} axis_run;

static tomo_status some_lines(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const axis_run *a = user;
    const volume *v = a->v;
    const kernel *k = a->k;
    const int64_t n = v->n[a->axis], step = v->step[a->axis], before = k->n - 1 - k->center;
    const int u = a->axis == 0 ? 1 : 0;
    double *line = TOMO__ARRAY(v->ctx, n + k->n, double);
    if (!line)
        return no_room(v, err);
    for (int64_t l = item * LINES; l < TOMO__MIN(a->lines, (item + 1) * LINES); l++) {
        const int w = 3 - u - a->axis;
        const int64_t at = l % v->n[u] * v->step[u] + l / v->n[u] * v->step[w];
        for (int64_t i = 0; i < n + k->n - 1; i++) {
            const int64_t from = fold(i - before, n, v->edge);
            line[i] = from < 0 ? 0 : a->in[at + from * step];
        }
        for (int64_t i = 0; i < n; i++) {
            double sum = 0;
            for (int64_t j = 0; j < k->n; j++)
                sum += k->tap[k->n - 1 - j] * line[i + j];
            a->out[at + i * step] = sum;
        }
    }
    tomo__free(v->ctx, line);
    return TOMO_OK;
}

/* One kernel an axis (NULL: the axis is left alone); `data` holds the result, `other` is scratch. */
static tomo_status separable(const volume *v, double **data, double **other, const kernel *const k[3], tomo_error *err)
{
    tomo_status st = TOMO_OK;
    for (int axis = 0; st == TOMO_OK && axis < 3; axis++) {
        if (!k[axis])
            continue;
        axis_run a = { v, *data, *other, k[axis], axis, v->count / v->n[axis] };
        st = tomo__parallel(v->ctx, (a.lines + LINES - 1) / LINES, some_lines, &a, NULL, err);
        double *swap = *data;
        *data = *other, *other = swap;
    }
    return st;
}

/* ---- kernels
 * ---------------------------------------------------------------------------------------------------------------- */

static void box_kernel(kernel *k, int64_t n)
{
    k->n = n, k->center = n / 2;
    for (int64_t i = 0; i < n; i++)
        k->tap[i] = 1 / (double)n;
}

static void reversed(kernel *to, const kernel *from)
{
    to->n = from->n, to->center = from->n - 1 - from->center;
    for (int64_t i = 0; i < from->n; i++)
        to->tap[i] = from->tap[from->n - 1 - i];
}

/* Laws, Rapid texture identification, SPIE 238 (1980), normalized to length 1. */
static const struct {
    char name[3];
    int8_t n, tap[5];
} laws[] = { { "L5", 5, { 1, 4, 6, 4, 1 } },   { "E5", 5, { -1, -2, 0, 2, 1 } }, { "S5", 5, { -1, 0, 2, 0, -1 } },
             { "W5", 5, { -1, 2, 0, -2, 1 } }, { "R5", 5, { 1, -4, 6, -4, 1 } }, { "L3", 3, { 1, 2, 1 } },
             { "E3", 3, { -1, 0, 1 } },        { "S3", 3, { -1, 2, -1 } } };

static tomo_status read_laws(kernel *k, const tomo_response_options *o, tomo_error *err)
{
    const char *p = o->axes ? o->axes : "";
    bool good = strlen(p) == (size_t)(3 * o->dims - 1);
    for (int i = 0; good && i < o->dims; i++, p += 3) {
        size_t which = 0;
        while (which < TOMO__COUNT(laws) && strncmp(laws[which].name, p, 2) != 0)
            which++;
        good = which < TOMO__COUNT(laws) && (i + 1 == o->dims || p[2] == ',');
        if (!good)
            break;
        double square = 0;
        k[i].n = laws[which].n, k[i].center = k[i].n / 2;
        for (int j = 0; j < laws[which].n; j++)
            square += laws[which].tap[j] * laws[which].tap[j];
        for (int j = 0; j < laws[which].n; j++)
            k[i].tap[j] = laws[which].tap[j] / sqrt(square);
    }
    return good
               ? TOMO_OK
               : tomo__fail(err, TOMO_E_ARG, "filter response: axes is '%.40s', expected %s of L5 E5 S5 W5 R5 L3 E3 S3",
                            o->axes ? o->axes : "", o->dims == 3 ? "three, as E5,L5,S5," : "two, as L5,S5,");
}

/* Scaling filters: their closed forms (Daubechies, Ten Lectures on Wavelets, 1992). The high-pass filter is the
 * mirrored low-pass one with alternating signs. */
static void wavelet_kernel(kernel *k, int32_t family, bool high, int32_t level)
{
    double low[6];
    int n = 2;
    const double s3 = sqrt(3), s7 = sqrt(7), d2 = 4 * sqrt(2), c = 16 * sqrt(2);
    if (family == TOMO_RESPONSE_HAAR) {
        low[0] = low[1] = 1 / sqrt(2);
    } else if (family == TOMO_RESPONSE_DB2) {
        n = 4;
        low[0] = (1 - s3) / d2, low[1] = (3 - s3) / d2, low[2] = (3 + s3) / d2, low[3] = (1 + s3) / d2;
    } else {
        n = 6;
        low[0] = (s7 - 3) / c, low[1] = (1 - s7) / c, low[2] = (14 - 2 * s7) / c;
        low[3] = (14 + 2 * s7) / c, low[4] = (5 + s7) / c, low[5] = (1 - s7) / c;
    }
    /* a trous: zeros between the taps, 2^(level - 1) apart, and as many behind them */
    const int64_t apart = (int64_t)1 << (level - 1);
    memset(k->tap, 0, sizeof k->tap);
    k->n = n * apart, k->center = k->n / 2;
    for (int i = 0; i < n; i++)
        k->tap[i * apart] = high ? (i % 2 ? 1 : -1) * low[n - 1 - i] : low[i];
}

/* ---- rotations
 * --------------------------------------------------------------------------------------------------------------- */

typedef struct rotation {
    int8_t axis[3]; /* whose kernel each axis gets */
    bool turned[3]; /* reversed */
} rotation;

/* The 24 rotations of a cube, or the 4 of a square: permutations with reversals that do not mirror. */
static int all_rotations(rotation *to, int dims)
{
    static const int8_t order[6][3] = { { 0, 1, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 1, 0, 2 }, { 0, 2, 1 }, { 2, 1, 0 } };
    int n = 0;
    for (int p = 0; p < 6; p++)
        for (int f = 0; f < 8; f++) {
            const int odd = (p >= 3) ^ (f & 1) ^ (f >> 1 & 1) ^ (f >> 2);
            if (odd || (dims == 2 && (order[p][2] != 2 || f >> 2)))
                continue;
            for (int k = 0; k < 3; k++)
                to[n].axis[k] = order[p][k], to[n].turned[k] = f >> k & 1;
            n++;
        }
    return n;
}

/* Responses to sets of three kernels, one after the other (levels of a wavelet), pooled over rotations. */
static tomo_status rotated(const volume *v, const double *in, double *out, const kernel *sets, int n_sets, bool rotate,
                           bool largest, tomo_error *err)
{
    rotation r[24] = { { { 0, 1, 2 }, { false, false, false } } };
    const int n = rotate ? all_rotations(r, v->dims) : 1;
    double *a = new_volume(v), *b = new_volume(v);
    kernel *turned = TOMO__ARRAY(v->ctx, 3, kernel);
    tomo_status st = a && b && turned ? TOMO_OK : no_room(v, err);
    for (int i = 0; st == TOMO_OK && i < n; i++) {
        memcpy(a, in, (size_t)v->count * sizeof *a);
        for (int s = 0; st == TOMO_OK && s < n_sets; s++) {
            const kernel *k[3] = { NULL, NULL, NULL };
            for (int axis = 0; axis < v->dims; axis++) {
                k[axis] = &sets[3 * s + r[i].axis[axis]];
                if (r[i].turned[axis])
                    reversed(&turned[axis], k[axis]), k[axis] = &turned[axis];
            }
            st = separable(v, &a, &b, k, err);
        }
        for (int64_t p = 0; st == TOMO_OK && p < v->count; p++)
            out[p] = i == 0 ? a[p] : largest ? TOMO__MAX(out[p], a[p]) : out[p] + a[p];
        if (st == TOMO_OK)
            st = tomo__job_step(v->job, (double)(i + 1) / n, err);
    }
    for (int64_t p = 0; st == TOMO_OK && !largest && n > 1 && p < v->count; p++)
        out[p] /= n;
    tomo__free(v->ctx, a);
    tomo__free(v->ctx, b);
    tomo__free(v->ctx, turned);
    return st;
}

/* ---- filters
 * ------------------------------------------------------------------------------------------------------------------ */

static tomo_status mean_filter(const volume *v, const double *in, double *out, const tomo_response_options *o,
                               kernel *k, tomo_error *err)
{
    if (o->support % 2 == 0)
        return tomo__fail(err, TOMO_E_ARG, "filter response: support is %d, expected an odd number", o->support);
    for (int i = 0; i < 3; i++)
        box_kernel(&k[i], o->support);
    return rotated(v, in, out, k, 1, false, true, err);
}

static tomo_status log_filter(const volume *v, const double *in, double *out, const tomo_response_options *o, kernel *k,
                              tomo_error *err)
{
    for (int i = 0; i < v->dims; i++) { /* k[i]: the Gaussian, k[3 + i]: its second derivative */
        const double s = o->sigma / v->like->desc.spacing[i], half = floor(4 * s + 0.5);
        if (!(half < MOST_HALF))
            return tomo__fail(err, TOMO_E_ARG, "filter response: sigma is %g voxels along axis %d, at most %d", s, i,
                              MOST_HALF / 4);
        k[i].center = k[3 + i].center = (int64_t)half;
        k[i].n = k[3 + i].n = 2 * k[i].center + 1;
        for (int64_t j = 0; j < k[i].n; j++) {
            const double x = (double)(j - k[i].center), g = exp(-x * x / (2 * s * s)) / (sqrt(2 * M_PI) * s);
            k[i].tap[j] = g, k[3 + i].tap[j] = g * (x * x / (s * s) - 1) / (s * s);
        }
    }
    double *a = new_volume(v), *b = new_volume(v);
    tomo_status st = a && b ? TOMO_OK : no_room(v, err);
    for (int d = 0; st == TOMO_OK && d < v->dims; d++) {
        const kernel *use[3] = { NULL, NULL, NULL };
        for (int i = 0; i < v->dims; i++)
            use[i] = i == d ? &k[3 + i] : &k[i];
        memcpy(a, in, (size_t)v->count * sizeof *a);
        st = separable(v, &a, &b, use, err);
        for (int64_t p = 0; st == TOMO_OK && p < v->count; p++)
            out[p] = d == 0 ? a[p] : out[p] + a[p];
        if (st == TOMO_OK)
            st = tomo__job_step(v->job, (double)(d + 1) / v->dims, err);
    }
    tomo__free(v->ctx, a);
    tomo__free(v->ctx, b);
    return st;
}

static tomo_status laws_filter(const volume *v, const double *in, double *out, const tomo_response_options *o,
                               kernel *k, tomo_error *err)
{
    tomo_status st = read_laws(k, o, err);
    tomo__span outer = tomo__job_enter(v->job, 0, 0.9, NULL);
    if (st == TOMO_OK)
        st = rotated(v, in, out, k, 1, o->rotate, true, err);
    tomo__job_leave(v->job, outer);
    if (st || !o->energy)
        return st;
    double *response = new_volume(v);
    if (!response)
        return no_room(v, err);
    for (int64_t p = 0; p < v->count; p++)
        response[p] = fabs(out[p]);
    for (int i = 0; i < 3; i++)
        box_kernel(&k[i], 2 * (int64_t)o->energy + 1);
    outer = tomo__job_enter(v->job, 0.9, 1, NULL);
    st = rotated(v, response, out, k, 1, false, true, err);
    tomo__job_leave(v->job, outer);
    tomo__free(v->ctx, response);
    return st;
}

static tomo_status wavelet_filter(const volume *v, const double *in, double *out, const tomo_response_options *o,
                                  kernel *k, tomo_error *err)
{
    const char *text = o->axes ? o->axes : "";
    if (strlen(text) != (size_t)o->dims || strspn(text, "LH") != (size_t)o->dims)
        return tomo__fail(err, TOMO_E_ARG, "filter response: axes is '%.40s', expected %d letters L or H, as LHL", text,
                          o->dims);
    for (int32_t l = 1; l <= o->level; l++) /* low-pass on the way to the level */
        for (int i = 0; i < o->dims; i++)
            wavelet_kernel(&k[3 * (l - 1) + i], o->family, l == o->level && text[i] == 'H', l);
    return rotated(v, in, out, k, o->level, o->rotate, false, err);
}

/* ---- through Fourier transforms
 * --------------------------------------------------------------------------------------------- */

static tomo_status real_image(const volume *v, tomo_image **out, int64_t nx, int64_t ny, int64_t nz, tomo_error *err)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    d.dtype = TOMO_DTYPE_F64;
    d.size[0] = nx, d.size[1] = ny, d.size[2] = nz;
    return tomo_image_new(v->ctx, out, &d, err);
}

static double *row_of(const tomo_image *im, int64_t y, int64_t z) { return (double *)(void *)tomo__row(im, y, z, 0); }

/* One direction in the planes of axes a and b; what it gives is added to `out` times weight. */
static tomo_status gabor_plane(const volume *v, const double *in, double *out, const tomo_response_options *o, int a,
                               int b, double theta, double weight, tomo_error *err)
{
    const int c = 3 - a - b;
    const double mm = v->like->desc.spacing[a], s = o->sigma / mm, wave = o->lambda / mm, g = o->gamma;
    const double reach = ceil(7 * s * TOMO__MAX(1, 1 / g));
    if (!(reach < MOST_HALF))
        return tomo__fail(err, TOMO_E_ARG, "filter response: gabor reaches %.0f voxels, at most %d", reach, MOST_HALF);
    const int64_t r = (int64_t)reach, na = v->n[a], nb = v->n[b], nc = v->n[c];
    tomo_image *wide = NULL, *part[2] = { NULL, NULL }, *found[2] = { NULL, NULL };
    tomo_convolve_options how = TOMO_CONVOLVE_OPTIONS_INIT;
    how.part = TOMO_CONVOLVE_VALID;
    tomo_status st = real_image(v, &wide, na + 2 * r, nb + 2 * r, nc, err);
    for (int64_t z = 0; st == TOMO_OK && z < nc; z++)
        for (int64_t y = 0; y < nb + 2 * r; y++) {
            double *row = row_of(wide, y, z);
            const int64_t from_b = fold(y - r, nb, v->edge);
            for (int64_t x = 0; x < na + 2 * r; x++) {
                const int64_t from_a = fold(x - r, na, v->edge);
                row[x] = from_a < 0 || from_b < 0 ? 0 : in[from_a * v->step[a] + from_b * v->step[b] + z * v->step[c]];
            }
        }
    for (int i = 0; st == TOMO_OK && i < 2; i++) {
        st = real_image(v, &part[i], 2 * r + 1, 2 * r + 1, 1, err);
        for (int64_t y = -r; st == TOMO_OK && y <= r; y++)
            for (int64_t x = -r; x <= r; x++) {
                const double along = (double)x * cos(theta) + (double)y * sin(theta);
                const double across = (double)y * cos(theta) - (double)x * sin(theta), phase = 2 * M_PI * along / wave;
                row_of(part[i], y + r, 0)[x + r] =
                    exp(-(along * along + g * g * across * across) / (2 * s * s)) * (i ? sin(phase) : cos(phase));
            }
        if (st == TOMO_OK)
            st = tomo_filter_convolve(v->ctx, &found[i], wide, part[i], &how, NULL, err);
    }
    for (int64_t z = 0; st == TOMO_OK && z < nc; z++)
        for (int64_t y = 0; y < nb; y++) {
            const double *re = row_of(found[0], y, z), *im = row_of(found[1], y, z);
            for (int64_t x = 0; x < na; x++)
                out[x * v->step[a] + y * v->step[b] + z * v->step[c]] += weight * hypot(re[x], im[x]);
        }
    tomo_image_free(wide);
    for (int i = 0; i < 2; i++) {
        tomo_image_free(part[i]);
        tomo_image_free(found[i]);
    }
    return st;
}

static tomo_status gabor_filter(const volume *v, const double *in, double *out, const tomo_response_options *o,
                                tomo_error *err)
{
    static const int8_t planes[3][2] = { { 0, 1 }, { 1, 2 }, { 0, 2 } };
    const double turns = o->theta_step > 0 ? floor(360 / o->theta_step + 0.5) : 1;
    const int n_planes = v->dims == 3 ? 3 : 1;
    if (o->theta_step > 0 && (turns > 720 || fabs(turns * o->theta_step - 360) > 1e-6))
        return tomo__fail(err, TOMO_E_ARG,
                          "filter response: theta-step is %g degrees, expected a part of 360, from 0.5", o->theta_step);
    for (int p = 0; p < n_planes; p++) {
        const double *mm = v->like->desc.spacing;
        if (fabs(mm[planes[p][0]] - mm[planes[p][1]]) > 1e-3 * mm[planes[p][0]])
            return tomo__fail(
                err, TOMO_E_ARG,
                "filter response: gabor in a plane of voxels of %g by %g mm, expected square ones; resample, "
                "or dims 2",
                mm[planes[p][0]], mm[planes[p][1]]);
    }
    tomo_status st = TOMO_OK;
    for (int p = 0; p < n_planes; p++)
        for (int t = 0; st == TOMO_OK && t < (int)turns; t++) {
            st = gabor_plane(v, in, out, o, planes[p][0], planes[p][1], (o->theta + t * o->theta_step) * M_PI / 180,
                             1 / (n_planes * turns), err);
            if (st == TOMO_OK)
                st = tomo__job_step(v->job, (p * turns + t + 1) / (n_planes * turns), err);
        }
    return st;
}

/* Frequencies as the reference maps have them: the transform's n points evenly from -1 to 1 (Nyquist), the middle ones
 * beside 0, put in the transform's order. */
static double frequency(int64_t i, int64_t n)
{
    const int64_t centered = (i + n / 2) % n;
    return n > 1 ? 2 * (double)centered / (double)(n - 1) - 1 : 0;
}

static tomo_status simoncelli_filter(const volume *v, const double *in, double *out, const tomo_response_options *o,
                                     tomo_error *err)
{
    tomo_image *image = NULL, *spectrum = NULL, *band = NULL, *back = NULL;
    tomo_fft_options f = TOMO_FFT_OPTIONS_INIT;
    const int64_t *n = v->n;
    const double scale = ldexp(1, o->level - 1);
    f.dims = v->dims;
    tomo_status st = real_image(v, &image, n[0], n[1], n[2], err);
    for (int64_t z = 0; st == TOMO_OK && z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++)
            memcpy(row_of(image, y, z), in + (z * n[1] + y) * n[0], (size_t)n[0] * sizeof *in);
    if (st == TOMO_OK)
        st = tomo_filter_fft(v->ctx, &spectrum, image, &f, v->job, err);
    if (st == TOMO_OK)
        st = tomo__image_new_like(v->ctx, &band, spectrum, TOMO_DTYPE_F64, 2, err);
    for (int64_t z = 0; st == TOMO_OK && z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++) {
            const double *from = row_of(spectrum, y, z), fy = frequency(y, n[1]);
            const double fz = v->dims == 3 ? frequency(z, n[2]) : 0;
            double *to = row_of(band, y, z);
            for (int64_t x = 0; x < n[0]; x++) {
                const double fx = frequency(x, n[0]), r = scale * sqrt(fx * fx + fy * fy + fz * fz);
                const double gain = r > 0.25 && r <= 1 ? cos(M_PI / 2 * log2(2 * r)) : 0;
                to[2 * x] = gain * from[2 * x], to[2 * x + 1] = gain * from[2 * x + 1];
            }
        }
    f.inverse = true;
    if (st == TOMO_OK)
        st = tomo_filter_fft(v->ctx, &back, band, &f, v->job, err);
    for (int64_t z = 0; st == TOMO_OK && z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++)
            memcpy(out + (z * n[1] + y) * n[0], row_of(back, y, z), (size_t)n[0] * sizeof *out);
    tomo_image_free(image);
    tomo_image_free(spectrum);
    tomo_image_free(band);
    tomo_image_free(back);
    return st;
}

/* ---- the operation
 * ----------------------------------------------------------------------------------------------------------- */

static tomo_status apply(const volume *v, const double *in, double *out, const tomo_response_options *o,
                         tomo_error *err)
{
    kernel *k = TOMO__ARRAY(v->ctx, 3 * 8, kernel);
    tomo_status st = k ? TOMO_OK : no_room(v, err);
    if (st == TOMO_OK)
        switch (o->kind) {
        case TOMO_RESPONSE_MEAN:
            st = mean_filter(v, in, out, o, k, err);
            break;
        case TOMO_RESPONSE_LOG:
            st = log_filter(v, in, out, o, k, err);
            break;
        case TOMO_RESPONSE_LAWS:
            st = laws_filter(v, in, out, o, k, err);
            break;
        case TOMO_RESPONSE_GABOR:
            st = gabor_filter(v, in, out, o, err);
            break;
        case TOMO_RESPONSE_WAVELET:
            st = wavelet_filter(v, in, out, o, k, err);
            break;
        default:
            st = simoncelli_filter(v, in, out, o, err);
            break;
        }
    tomo__free(v->ctx, k);
    return st;
}

tomo_status tomo_filter_response(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                 const tomo_response_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_response_options o;
    tomo_image *result = NULL, *real = NULL;
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "filter response: ctx, out and in must not be NULL");
    tomo_status st = tomo__op_begin(&tomo__op_response, &o, opts, err);
    if (st)
        return st;
    if (in->desc.components != 1 || in->desc.size[3] != 1)
        return tomo__fail(err, TOMO_E_ARG,
                          "filter response: the image has %d components and %lld time points, expected 1 of each",
                          (int)in->desc.components, (long long)in->desc.size[3]);
    volume v = { .ctx = ctx, .job = job, .like = in, .edge = o.edge };
    v.dims = o.dims = in->desc.size[2] == 1 ? 2 : o.dims;
    memcpy(v.n, in->desc.size, sizeof v.n);
    v.step[0] = 1, v.step[1] = v.n[0], v.step[2] = v.n[0] * v.n[1], v.count = v.step[2] * v.n[2];
    double *values = new_volume(&v), *response = new_volume(&v);
    if (!values || !response)
        st = no_room(&v, err);
    if (st == TOMO_OK)
        st = tomo_image_convert(ctx, &real, in, TOMO_DTYPE_F64, NULL, err);
    for (int64_t z = 0; st == TOMO_OK && z < v.n[2]; z++)
        for (int64_t y = 0; y < v.n[1]; y++)
            memcpy(values + (z * v.n[1] + y) * v.n[0], tomo__row(real, y, z, 0), (size_t)v.n[0] * sizeof *values);
    tomo_image_free(real);
    if (st == TOMO_OK)
        st = apply(&v, values, response, &o, err);
    if (st == TOMO_OK)
        st = tomo__image_new_like(ctx, &result, in, TOMO_DTYPE_F32, 1, err);
    for (int64_t z = 0; st == TOMO_OK && z < v.n[2]; z++)
        for (int64_t y = 0; y < v.n[1]; y++) {
            float *to = (float *)(void *)tomo__row(result, y, z, 0);
            const double *from = response + (z * v.n[1] + y) * v.n[0];
            for (int64_t x = 0; x < v.n[0]; x++)
                to[x] = (float)from[x];
        }
    tomo__free(ctx, values);
    tomo__free(ctx, response);
    if (st == TOMO_OK)
        *out = result;
    return st;
}

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *image = NULL;
    tomo_status st = tomo_filter_response(ctx, &image, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    return st;
}

const tomo_op tomo__op_response = {
    .room = "filter",
    .name = "response",
    .help = "Response map of a radiomics filter: mean, LoG, Laws, Gabor, wavelets, Simoncelli.",
    .detail =
        "As the Image Biomarker Standardisation Initiative defines them (IBSI 2, arXiv:2006.05470), with its rules for "
        "the border and for rotation invariance. Computed in float64; the result is float32.",
    .example = "tomo filter response kernel.nii.gz response.nii.gz --kind laws --axes E5,L5,S5 --rotate",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Gray image." } },
    .out = { { "image", TOMO_KIND_IMAGE, false, "The response, float32, on the same grid." } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_response_options),
    .run = run,
};
