/* plane.c - where a picture lies in the patient, and the values of a volume on it. */
#include <float.h>

#include "image/image_internal.h"
#include "render/render_internal.h"

enum { MOST_PIXELS = 8192, MOST_STEPS = 65535 };

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static void cross(double out[3], const double a[3], const double b[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

/* Axes of the standard planes, LPS: to the right of the picture and down. */
static void standard_axes(int32_t plane, double u[3], double v[3])
{
    static const double axes[3][6] = {
        { 1, 0, 0, 0, 1, 0 },  /* axial: left, posterior */
        { 1, 0, 0, 0, 0, -1 }, /* coronal: left, feet */
        { 0, 1, 0, 0, 0, -1 }, /* sagittal: posterior, feet */
    };
    memcpy(u, axes[plane], 3 * sizeof *u);
    memcpy(v, axes[plane] + 3, 3 * sizeof *v);
}

/* Picture axes of an oblique plane: down is as much towards the feet (or, for planes near axial, posterior) as can be.
 */
static bool oblique_axes(const double normal[3], double u[3], double v[3])
{
    double n[3], length = sqrt(dot(normal, normal));
    if (!(length > 1e-9))
        return false;
    for (int i = 0; i < 3; i++)
        n[i] = normal[i] / length;
    const double feet[3] = { 0, 0, -1 }, back[3] = { 0, 1, 0 };
    const double *down = fabs(n[2]) < 0.7 ? feet : back;
    double along = dot(down, n), size;
    for (int i = 0; i < 3; i++)
        v[i] = down[i] - along * n[i];
    size = sqrt(dot(v, v));
    for (int i = 0; i < 3; i++)
        v[i] /= size;
    cross(u, v, n);
    if (u[0] < 0 || (fabs(u[0]) < 1e-9 && u[1] < 0)) /* the patient's left to the right of the picture */
        for (int i = 0; i < 3; i++)
            u[i] = -u[i];
    return true;
}

/* Reach of the volume's outer voxel borders along an axis. */
static void extent(const tomo_image *in, const double axis[3], double *lo, double *hi)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    *lo = DBL_MAX;
    *hi = -DBL_MAX;
    for (int corner = 0; corner < 8; corner++) {
        double index[3], lps[3];
        for (int i = 0; i < 3; i++)
            index[i] = (corner >> i & 1) ? (double)d->size[i] - 0.5 : -0.5;
        tomo_image_to_patient(in, index, lps);
        *lo = TOMO__MIN(*lo, dot(lps, axis));
        *hi = TOMO__MAX(*hi, dot(lps, axis));
    }
}

tomo_status render__place(const tomo_image *in, const tomo_render_options *opts, bool whole_depth, render__plane *out,
                          tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    double lo, hi, at[3], middle[3];
    if (opts->normal[0] != 0 || opts->normal[1] != 0 || opts->normal[2] != 0) {
        if (!oblique_axes(opts->normal, out->u, out->v))
            return tomo__fail(err, TOMO_E_ARG, "normal is (%g, %g, %g), expected a vector of some length",
                              opts->normal[0], opts->normal[1], opts->normal[2]);
    } else
        standard_axes(opts->plane, out->u, out->v);
    cross(out->n, out->u, out->v);
    for (int i = 0; i < 3; i++)
        middle[i] = ((double)d->size[i] - 1) / 2;
    tomo_image_to_patient(in, middle, at);
    for (int i = 0; i < 3; i++)
        if (!isnan(opts->position[i]))
            at[i] = opts->position[i];
    out->pixel = opts->pixel > 0 ? opts->pixel : TOMO__MIN(d->spacing[0], TOMO__MIN(d->spacing[1], d->spacing[2]));

    double depth = dot(at, out->n);
    extent(in, out->n, &lo, &hi);
    out->slab = opts->slab;
    if (whole_depth && !(opts->slab > 0)) {
        depth = (lo + hi) / 2;
        out->slab = hi - lo;
    }
    double corner[2];
    int64_t size[2];
    const double *axes[2] = { out->u, out->v };
    for (int i = 0; i < 2; i++) {
        extent(in, axes[i], &lo, &hi);
        double pixels = ceil((hi - lo) / out->pixel - 1e-6);
        if (!(pixels <= MOST_PIXELS))
            return tomo__fail(err, TOMO_E_LIMIT,
                              "the picture would be %.0f pixels wide, at most %d: choose a larger pixel", pixels,
                              MOST_PIXELS);
        size[i] = TOMO__MAX((int64_t)pixels, 1);
        corner[i] = (lo + hi) / 2 - (double)(size[i] - 1) / 2 * out->pixel;
    }
    out->width = size[0];
    out->height = size[1];
    for (int i = 0; i < 3; i++)
        out->origin[i] = corner[0] * out->u[i] + corner[1] * out->v[i] + depth * out->n[i];
    return TOMO_OK;
}

/* ---- sampling: index = start + i * du (+ s * dn), all in voxels ---------------------------------------------------
 */

typedef struct sampling {
    const tomo_image *in;
    const render__plane *plane;
    float *out;
    int32_t *labels;
    double start[3], du[3], dv[3], dn[3]; /* in voxels a pixel, a pixel, a step */
    int64_t steps;
    int32_t mode;
} sampling;

/* How patient millimeters become voxels: the columns of the map by probing it. */
static void set_up(sampling *s, const tomo_image *in, const render__plane *plane)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    double step = TOMO__MIN(d->spacing[0], TOMO__MIN(d->spacing[1], d->spacing[2]));
    double at[3], moved[3];
    s->in = in;
    s->plane = plane;
    s->steps = plane->slab > 0 ? (int64_t)fmax(1, fmin(ceil(plane->slab / step), MOST_STEPS)) : 1;
    double gap = s->steps > 1 ? plane->slab / (double)s->steps : 0;
    tomo_image_to_index(in, plane->origin, s->start);
    const double *axes[3] = { plane->u, plane->v, plane->n };
    double *maps[3] = { s->du, s->dv, s->dn };
    const double length[3] = { plane->pixel, plane->pixel, gap };
    for (int a = 0; a < 3; a++) {
        for (int i = 0; i < 3; i++)
            at[i] = plane->origin[i] + axes[a][i] * length[a];
        tomo_image_to_index(in, at, moved);
        for (int i = 0; i < 3; i++)
            maps[a][i] = moved[i] - s->start[i];
    }
    for (int i = 0; i < 3; i++)
        s->start[i] -= s->dn[i] * (double)(s->steps - 1) / 2;
}

/* Part [*from, *to) of 0..n-1 in which lo <= p + i * d <= hi. */
static void clip(double p, double d, double lo, double hi, int64_t *from, int64_t *to)
{
    if (fabs(d) < 1e-12) {
        if (p < lo || p > hi)
            *to = *from;
        return;
    }
    double a = (lo - p) / d, b = (hi - p) / d;
    double first = ceil(TOMO__MIN(a, b)), last = floor(TOMO__MAX(a, b));
    if (first > (double)*from)
        *from = first < (double)*to ? (int64_t)first : *to;
    if (last < (double)*to - 1)
        *to = last >= (double)*from ? (int64_t)last + 1 : *from;
}

/* Weights of the two neighbors along an axis; positions half a voxel outside take the border's value. */
typedef struct corner {
    int64_t a, b;
    float w;
} corner;

static inline corner corner_at(double p, int64_t n)
{
    double q = p < 0 ? 0 : p > (double)(n - 1) ? (double)(n - 1) : p;
    int64_t a = (int64_t)q;
    return (corner){ a, a + 1 < n ? a + 1 : a, (float)(q - (double)a) };
}

#define DEFINE_TRILINEAR(name, type)                                                                                   \
    static float name(const uint8_t *data, const int64_t stride[3], corner x, corner y, corner z)                      \
    {                                                                                                                  \
        const uint8_t *r[4] = { data + y.a * stride[1] + z.a * stride[2], data + y.b * stride[1] + z.a * stride[2],    \
                                data + y.a * stride[1] + z.b * stride[2], data + y.b * stride[1] + z.b * stride[2] };  \
        float v[4];                                                                                                    \
        for (int k = 0; k < 4; k++) {                                                                                  \
            const type *row = (const type *)(const void *)r[k];                                                        \
            v[k] = (float)row[x.a] + x.w * ((float)row[x.b] - (float)row[x.a]);                                        \
        }                                                                                                              \
        float lower = v[0] + y.w * (v[1] - v[0]), upper = v[2] + y.w * (v[3] - v[2]);                                  \
        return lower + z.w * (upper - lower);                                                                          \
    }
DEFINE_TRILINEAR(at_u8, uint8_t)
DEFINE_TRILINEAR(at_i8, int8_t)
DEFINE_TRILINEAR(at_u16, uint16_t)
DEFINE_TRILINEAR(at_i16, int16_t)
DEFINE_TRILINEAR(at_u32, uint32_t)
DEFINE_TRILINEAR(at_i32, int32_t)
DEFINE_TRILINEAR(at_u64, uint64_t)
DEFINE_TRILINEAR(at_i64, int64_t)
DEFINE_TRILINEAR(at_f32, float)
DEFINE_TRILINEAR(at_f64, double)

typedef float (*trilinear_fn)(const uint8_t *, const int64_t[3], corner, corner, corner);
static const trilinear_fn trilinear[] = {
    NULL, at_u8, at_i8, at_u16, at_i16, at_u32, at_i32, at_u64, at_i64, at_f32, at_f64,
};

/* One picture row: each step of the slab over all its pixels, so that memory is read along the row. */
static tomo_status sample_row(void *user, int64_t j, int32_t slot, tomo_error *err)
{
    const sampling *s = user;
    const tomo_image_desc *d = tomo_image_get_desc(s->in);
    const int64_t stride[3] = { tomo_image_stride(s->in, 0), tomo_image_stride(s->in, 1), tomo_image_stride(s->in, 2) };
    const uint8_t *data = tomo_image_data(s->in);
    const trilinear_fn at = trilinear[d->dtype];
    const int64_t width = s->plane->width;
    float *row = s->out + j * width;
    uint16_t counted[MOST_PIXELS]; /* steps inside the volume, for the mean */
    for (int64_t i = 0; i < width; i++)
        row[i] = NAN, counted[i] = 0;
    for (int64_t k = 0; k < s->steps; k++) {
        double p[3];
        int64_t from = 0, to = width;
        for (int a = 0; a < 3; a++) {
            p[a] = s->start[a] + (double)j * s->dv[a] + (double)k * s->dn[a];
            clip(p[a], s->du[a], -0.5, (double)d->size[a] - 0.5, &from, &to);
        }
        for (int64_t i = from; i < to; i++) {
            double x = p[0] + (double)i * s->du[0], y = p[1] + (double)i * s->du[1], z = p[2] + (double)i * s->du[2];
            float v = at(data, stride, corner_at(x, d->size[0]), corner_at(y, d->size[1]), corner_at(z, d->size[2]));
            counted[i]++;
            if (counted[i] == 1)
                row[i] = v;
            else if (s->mode == TOMO_SLAB_MAX)
                row[i] = v > row[i] ? v : row[i];
            else if (s->mode == TOMO_SLAB_MIN)
                row[i] = v < row[i] ? v : row[i];
            else
                row[i] += v;
        }
    }
    for (int64_t i = 0; s->mode == TOMO_SLAB_MEAN && i < width; i++)
        if (counted[i])
            row[i] /= (float)counted[i];
    return TOMO_OK;
}

tomo_status render__sample(tomo_ctx *ctx, float **out, const tomo_image *in, const render__plane *plane, int32_t mode,
                           tomo_job *job, tomo_error *err)
{
    sampling s = { 0 };
    set_up(&s, in, plane);
    s.mode = mode;
    s.out = TOMO__ARRAY(ctx, plane->width * plane->height, float);
    if (!s.out)
        return tomo__no_memory(ctx, err, (size_t)(plane->width * plane->height) * sizeof(float), "a picture");
    tomo_status st = tomo__parallel(ctx, plane->height, sample_row, &s, job, err);
    if (st)
        tomo__free(ctx, s.out);
    else
        *out = s.out;
    return st;
}

static tomo_status label_row(void *user, int64_t j, int32_t slot, tomo_error *err)
{
    const sampling *s = user;
    const tomo_image_desc *d = tomo_image_get_desc(s->in);
    int64_t from = 0, to = s->plane->width;
    double p[3];
    for (int a = 0; a < 3; a++) {
        p[a] = s->start[a] + (double)j * s->dv[a];
        clip(p[a], s->du[a], -0.5, (double)d->size[a] - 0.5, &from, &to);
    }
    for (int64_t i = from; i < to; i++) {
        int64_t at[3];
        for (int a = 0; a < 3; a++) {
            at[a] = (int64_t)floor(p[a] + (double)i * s->du[a] + 0.5);
            at[a] = at[a] < 0 ? 0 : at[a] >= d->size[a] ? d->size[a] - 1 : at[a];
        }
        s->labels[j * s->plane->width + i] = (int32_t)tomo_image_at(s->in, at[0], at[1], at[2], 0, 0);
    }
    return TOMO_OK;
}

tomo_status render__sample_labels(tomo_ctx *ctx, int32_t **out, const tomo_image *labels, const render__plane *plane,
                                  tomo_job *job, tomo_error *err)
{
    sampling s = { 0 };
    render__plane thin = *plane;
    thin.slab = 0; /* labels are those of the middle of a slab */
    set_up(&s, labels, &thin);
    s.labels = TOMO__ARRAY(ctx, plane->width * plane->height, int32_t);
    if (!s.labels)
        return tomo__no_memory(ctx, err, (size_t)(plane->width * plane->height) * sizeof(int32_t),
                               "labels of a picture");
    tomo_status st = tomo__parallel(ctx, plane->height, label_row, &s, job, err);
    if (st)
        tomo__free(ctx, s.labels);
    else
        *out = s.labels;
    return st;
}
