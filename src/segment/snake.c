/* snake.c - active contour of Kass, Witkin and Terzopoulos in scikit-image's steps: implicit in the curve's stiffness,
 * explicit in the image's forces, which are derivatives of an interpolating quadratic spline (FITPACK's: knots halfway
 * between the voxels). */
#include "contour_internal.h"

#include <ctype.h>
#include <stdlib.h>

enum { MOST_POINTS = 2000, KEPT = 10 };

static const char *const ends[] = { "closed", "fixed", "free", NULL };
static const tomo_option options[] = {
    { "points", TOMO_OPT_TEXT, offsetof(tomo_snake_options, points), 1, 0, 0, 0, "voxels", NULL, false,
      "start, as \"x,y x,y ...\"; without it an ellipse" },
    { "center", TOMO_OPT_DOUBLES, offsetof(tomo_snake_options, center), 2, NAN, 0, 0, "voxels", NULL, false,
      "center of the ellipse; without it the middle" },
    { "radii", TOMO_OPT_DOUBLES, offsetof(tomo_snake_options, radii), 2, NAN, 0, 1e6, "voxels", NULL, false,
      "radii of the ellipse; without them 3/8 of the sides" },
    { "count", TOMO_OPT_INT, offsetof(tomo_snake_options, count), 1, 200, 5, MOST_POINTS, "", NULL, false,
      "points of the ellipse" },
    { "ends", TOMO_OPT_ENUM, offsetof(tomo_snake_options, ends), 1, TOMO_SNAKE_CLOSED, 0, 0, "", ends, false,
      "the curve is closed, or its ends stay, or they are free" },
    { "iterations", TOMO_OPT_INT, offsetof(tomo_snake_options, iterations), 1, 2500, 1, 100000, "", NULL, false,
      "at most so many steps" },
    { "alpha", TOMO_OPT_DOUBLE, offsetof(tomo_snake_options, alpha), 1, 0.01, 0, 1e6, "", NULL, false,
      "weight against length" },
    { "beta", TOMO_OPT_DOUBLE, offsetof(tomo_snake_options, beta), 1, 0.1, 0, 1e6, "", NULL, false,
      "weight against bending" },
    { "line", TOMO_OPT_DOUBLE, offsetof(tomo_snake_options, line), 1, 0, -1e6, 1e6, "", NULL, false,
      "pull to bright voxels; below 0 to dark ones" },
    { "edge", TOMO_OPT_DOUBLE, offsetof(tomo_snake_options, edge), 1, 1, -1e6, 1e6, "", NULL, false, "pull to edges" },
    { "gamma", TOMO_OPT_DOUBLE, offsetof(tomo_snake_options, gamma), 1, 0.01, 1e-9, 1e6, "", NULL, false,
      "inverse of the time step" },
    { "most", TOMO_OPT_DOUBLE, offsetof(tomo_snake_options, most), 1, 1, 1e-6, 1e3, "voxels", NULL, false,
      "a point moves no farther in a step" },
    { "convergence", TOMO_OPT_DOUBLE, offsetof(tomo_snake_options, convergence), 1, 0.1, 0, 1e6, "voxels", NULL, false,
      "ends when no point has moved by this over ten steps" },
};

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *mask = NULL;
    tomo_buffer *text = NULL;
    const tomo_status st = tomo_segment_snake(ctx, &mask, &text, in[0].ptr, opts, job, err);
    if (st == TOMO_OK) {
        out[0] = (tomo_value){ TOMO_KIND_LABELS, mask };
        out[1] = (tomo_value){ TOMO_KIND_JSON, text };
    }
    return st;
}

const tomo_op tomo__op_snake = {
    .room = "segment",
    .name = "snake",
    .help = "Curve that is drawn to lines and edges of a slice.",
    .detail =
        "Kass et al. 1988 in the steps of scikit-image's active_contour, 2D. Output: the mask inside, uint8, and the "
        "curve's points in voxels and LPS mm.",
    .example = "tomo segment snake slice.dcm inside.nii --center 128,128 --radii 90,70 --iterations 200",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image, 2D, any type" } },
    .out = { { "mask", TOMO_KIND_LABELS, false, "1 inside the curve" },
             { "curve", TOMO_KIND_JSON, false, "closed, steps, points, lps" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_snake_options),
    .run = run,
};

/* ---- the spline ---------------------------------------------------------------------------------------------------
 */

/* Values and derivatives of the 3 quadratic basis functions at t, for n knots' worth of samples 0..n-1; the first has
 * number *first. Knots: 0 0 0 1.5 2.5 ... n-2.5 n-1 n-1 n-1. */
static void basis(int64_t n, double t, int64_t *first, double value[3], double slope[3])
{
    const double end = (double)(n - 1);
    t = t < 0 ? 0 : t > end ? end : t;
    int64_t span = (int64_t)floor(t - 0.5); /* between knots span + 2 and span + 3 */
    span = span < 0 ? 0 : span > n - 3 ? n - 3 : span;
    double k[4]; /* the two knots before and after */
    for (int i = 0; i < 4; i++) {
        const int64_t at = span + 1 + i;
        k[i] = at <= 2 ? 0 : at >= n ? end : (double)at - 1.5;
    }
    const double a = (t - k[1]) / (k[2] - k[1]), b = 1 - a, h = 2 / (k[2] - k[1]);
    const double left = (k[2] - t) / (k[2] - k[0]), right = (t - k[1]) / (k[3] - k[1]);
    *first = span;
    value[0] = b * left;
    value[2] = a * right;
    value[1] = 1 - value[0] - value[2];
    slope[0] = -h * left;
    slope[2] = h * right;
    slope[1] = -slope[0] - slope[2];
}

/* Coefficients along a line of n samples `step` apart, in place: a tridiagonal system. `work`: 3 n. */
static void fit_line(double *v, int64_t n, int64_t step, double *work)
{
    double *low = work, *mid = work + n, *up = work + 2 * n, slope[3], b[3];
    for (int64_t i = 0; i < n; i++) {
        int64_t first;
        basis(n, (double)i, &first, b, slope);
        low[i] = mid[i] = up[i] = 0;
        for (int k = 0; k < 3; k++) {
            const int64_t d = first + k - i;
            *(d < 0 ? &low[i] : d > 0 ? &up[i] : &mid[i]) += d >= -1 && d <= 1 ? b[k] : 0;
        }
    }
    for (int64_t i = 1; i < n; i++) {
        const double w = low[i] / mid[i - 1];
        mid[i] -= w * up[i - 1];
        v[i * step] -= w * v[(i - 1) * step];
    }
    v[(n - 1) * step] /= mid[n - 1];
    for (int64_t i = n - 2; i >= 0; i--)
        v[i * step] = (v[i * step] - up[i] * v[(i + 1) * step]) / mid[i];
}

typedef struct spline {
    double *c;
    int64_t n[2];
} spline;

static void force(const spline *s, double x, double y, double *fx, double *fy)
{
    double bx[3], dx[3], by[3], dy[3];
    int64_t i, j;
    basis(s->n[0], x, &i, bx, dx);
    basis(s->n[1], y, &j, by, dy);
    *fx = *fy = 0;
    for (int b = 0; b < 3; b++)
        for (int a = 0; a < 3; a++) {
            const double c = s->c[(j + b) * s->n[0] + i + a];
            *fx += c * dx[a] * by[b];
            *fy += c * bx[a] * dy[b];
        }
}

/* ---- what attracts ------------------------------------------------------------------------------------------------
 */

static double greatest(tomo_dtype dtype)
{
    static const double of[] = {
        0, 255, 127, 65535, 32767, 4294967295.0, 2147483647.0, 18446744073709551615.0, 9223372036854775807.0, 1, 1
    };
    return of[dtype];
}

/* line * image + edge * Sobel's length over the root of 2, into the spline's place. */
static void attract(const tomo_image *in, const tomo_snake_options *o, double *to)
{
    const int64_t nx = in->desc.size[0], ny = in->desc.size[1];
    const double scale = greatest(in->desc.dtype), w[3] = { 0.25, 0.5, 0.25 };
    for (int64_t y = 0; y < ny; y++)
        for (int64_t x = 0; x < nx; x++) {
            double gx = 0, gy = 0;
            for (int k = -1; k <= 1 && o->edge != 0; k++) {
                const int64_t xa = TOMO__MAX(x - 1, 0), xb = TOMO__MIN(x + 1, nx - 1),
                              xk = TOMO__MIN(TOMO__MAX(x + k, 0), nx - 1);
                const int64_t ya = TOMO__MAX(y - 1, 0), yb = TOMO__MIN(y + 1, ny - 1),
                              yk = TOMO__MIN(TOMO__MAX(y + k, 0), ny - 1);
                gx += w[k + 1] * (tomo__voxel(in, xb, yk, 0) - tomo__voxel(in, xa, yk, 0)) / scale;
                gy += w[k + 1] * (tomo__voxel(in, xk, yb, 0) - tomo__voxel(in, xk, ya, 0)) / scale;
            }
            to[y * nx + x] = o->line * (tomo__voxel(in, x, y, 0) / scale) + o->edge * sqrt((gx * gx + gy * gy) / 2);
        }
}

/* ---- the curve -------------------------------------------------------------------------------------------------- */

static tomo_status start(const tomo_image *in, const tomo_snake_options *o, double *x, double *y, int64_t *n,
                         tomo_error *err)
{
    const char *p = o->points ? o->points : "";
    for (*n = 0; p[0] != '\0'; (*n)++) {
        char *after;
        while (isspace((unsigned char)*p))
            p++;
        if (*p == '\0')
            break;
        if (*n == MOST_POINTS)
            return tomo__fail(err, TOMO_E_ARG, "snake: points has more than %d points", MOST_POINTS);
        x[*n] = strtod(p, &after);
        bool good = after != p && *after == ',' && isfinite(x[*n]);
        p = after + good;
        y[*n] = strtod(p, &after);
        good = good && after != p && isfinite(y[*n]) && (*after == '\0' || isspace((unsigned char)*after));
        if (!good)
            return tomo__fail(err, TOMO_E_ARG, "snake: points has '%.20s' as point %lld, expected x,y", p,
                              (long long)*n + 1);
        p = after;
    }
    if (*n > 0)
        return *n >= 5
                   ? TOMO_OK
                   : tomo__fail(err, TOMO_E_ARG, "snake: points has %lld points, expected 5 or more", (long long)*n);
    double c[2], r[2];
    for (int a = 0; a < 2; a++) {
        c[a] = isnan(o->center[a]) ? (double)(in->desc.size[a] / 2) : o->center[a];
        r[a] = isnan(o->radii[a]) ? (double)in->desc.size[a] * 3 / 8 : o->radii[a];
    }
    for (*n = 0; *n < o->count; (*n)++) {
        const double t = 2 * 3.14159265358979323846 * (double)*n / o->count;
        x[*n] = c[0] + r[0] * cos(t), y[*n] = c[1] + r[1] * sin(t);
    }
    return TOMO_OK;
}

/* The stiffness plus gamma, n x n. */
static void stiffness(double *m, int64_t n, const tomo_snake_options *o)
{
    memset(m, 0, (size_t)(n * n) * sizeof *m);
    for (int64_t i = 0; i < n; i++)
        for (int d = -2; d <= 2; d++) {
            const double second[] = { 0, 1, -2, 1, 0 }, fourth[] = { 1, -4, 6, -4, 1 };
            m[i * n + (i + d + n) % n] += -o->alpha * second[d + 2] + o->beta * fourth[d + 2];
        }
    for (int end = 0; end < 2 && o->ends != TOMO_SNAKE_CLOSED; end++) {
        const int64_t first = end ? n - 1 : 0, second = end ? n - 2 : 1, by = end ? -1 : 1;
        memset(m + first * n, 0, (size_t)n * sizeof *m);
        memset(m + second * n, 0, (size_t)n * sizeof *m);
        const double line[] = { 1, -2, 1 }, even[] = { -1, 3, -3, 1 };
        if (o->ends == TOMO_SNAKE_FIXED) {
            for (int k = 0; k < 3; k++)
                m[second * n + first + by * k] = line[k];
        } else {
            for (int k = 0; k < 3; k++)
                m[first * n + first + by * k] = line[k];
            for (int k = 0; k < 4; k++) /* scikit-image writes the last row's weights in the first row's order */
                m[second * n + (end ? n - 4 + k : k)] = even[k];
        }
    }
    for (int64_t i = 0; i < n; i++)
        m[i * n + i] += o->gamma;
}

/* Gauss and Jordan with row pivots, in place; false if singular. `swaps`: n. */
static bool invert(double *m, int64_t n, int64_t *swaps)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t best = i;
        for (int64_t r = i + 1; r < n; r++)
            best = fabs(m[r * n + i]) > fabs(m[best * n + i]) ? r : best;
        if (!(fabs(m[best * n + i]) > 0))
            return false;
        swaps[i] = best;
        for (int64_t k = 0; k < n && best != i; k++) {
            const double v = m[i * n + k];
            m[i * n + k] = m[best * n + k], m[best * n + k] = v;
        }
        const double pivot = 1 / m[i * n + i];
        m[i * n + i] = 1;
        for (int64_t k = 0; k < n; k++)
            m[i * n + k] *= pivot;
        for (int64_t r = 0; r < n; r++) {
            const double w = m[r * n + i];
            if (r == i || w == 0)
                continue;
            m[r * n + i] = 0;
            for (int64_t k = 0; k < n; k++)
                m[r * n + k] -= w * m[i * n + k];
        }
    }
    for (int64_t i = n - 1; i >= 0; i--)
        for (int64_t r = 0; r < n && swaps[i] != i; r++) {
            const double v = m[r * n + i];
            m[r * n + i] = m[r * n + swaps[i]], m[r * n + swaps[i]] = v;
        }
    return true;
}

typedef struct curve {
    int64_t n;
    double x[MOST_POINTS], y[MOST_POINTS], fx[MOST_POINTS], fy[MOST_POINTS], nx[MOST_POINTS], ny[MOST_POINTS];
    double kept[KEPT][2][MOST_POINTS];
    int64_t swaps[MOST_POINTS];
} curve;

static void move(curve *c, const double *m, const spline *s, const tomo_snake_options *o)
{
    const int64_t n = c->n, tips[2] = { 0, n - 1 };
    for (int64_t i = 0; i < n; i++)
        force(s, c->x[i], c->y[i], &c->fx[i], &c->fy[i]);
    for (int e = 0; e < 2 && o->ends != TOMO_SNAKE_CLOSED; e++) {
        const double by = o->ends == TOMO_SNAKE_FIXED ? 0 : 2;
        c->fx[tips[e]] *= by, c->fy[tips[e]] *= by;
    }
    for (int64_t i = 0; i < n; i++) {
        c->nx[i] = c->ny[i] = 0;
        for (int64_t k = 0; k < n; k++) {
            c->nx[i] += m[i * n + k] * (o->gamma * c->x[k] + c->fx[k]);
            c->ny[i] += m[i * n + k] * (o->gamma * c->y[k] + c->fy[k]);
        }
    }
    for (int64_t i = 0; i < n; i++) {
        if (o->ends == TOMO_SNAKE_FIXED && (i == 0 || i == n - 1))
            continue;
        c->x[i] += o->most * tanh(c->nx[i] - c->x[i]);
        c->y[i] += o->most * tanh(c->ny[i] - c->y[i]);
    }
}

/* Ten places are kept, and the eleventh step is held against them: curves may swing. */
static bool rests(curve *c, int64_t step, double limit)
{
    const int64_t turn = step % (KEPT + 1);
    double least = INFINITY;
    if (turn < KEPT) {
        memcpy(c->kept[turn][0], c->x, sizeof c->x);
        memcpy(c->kept[turn][1], c->y, sizeof c->y);
        return false;
    }
    for (int k = 0; k < KEPT; k++) {
        double most = 0;
        for (int64_t i = 0; i < c->n; i++)
            most = fmax(most, fabs(c->kept[k][0][i] - c->x[i]) + fabs(c->kept[k][1][i] - c->y[i]));
        least = fmin(least, most);
    }
    return least < limit;
}

/* Voxels whose centers have an odd number of the curve's lines to their right. */
static void fill(const curve *c, tomo__bits *set)
{
    for (int64_t y = 0; y < set->n[1]; y++) {
        uint64_t *row = tomo__bits_row(set, y, 0);
        for (int64_t i = 0, k = c->n - 1; i < c->n; k = i++) {
            if ((c->y[i] > (double)y) == (c->y[k] > (double)y))
                continue;
            const double cut = c->x[k] + ((double)y - c->y[k]) / (c->y[i] - c->y[k]) * (c->x[i] - c->x[k]);
            const int64_t to = cut <= 0 ? 0 : cut >= (double)set->n[0] ? set->n[0] : (int64_t)ceil(cut);
            for (int64_t x = 0; x < to; x++)
                row[x >> 6] ^= 1ull << (x & 63);
        }
    }
}

static tomo_status describe(tomo_ctx *ctx, tomo_buffer **text, const curve *c, const tomo_image *in, bool closed,
                            int64_t steps, tomo_error *err)
{
    tomo__json j = TOMO__JSON(ctx);
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "closed"), tomo__json_bool(&j, closed);
    tomo__json_key(&j, "steps"), tomo__json_int(&j, steps);
    tomo__json_key(&j, "points"), tomo__json_open(&j, '[');
    for (int64_t i = 0; i < c->n; i++)
        tomo__json_nums(&j, (const double[]){ c->x[i], c->y[i] }, 2);
    tomo__json_close(&j, ']');
    tomo__json_key(&j, "lps"), tomo__json_open(&j, '[');
    for (int64_t i = 0; i < c->n; i++) {
        double lps[3];
        tomo_image_to_patient(in, (const double[]){ c->x[i], c->y[i], 0 }, lps);
        tomo__json_nums(&j, lps, 3);
    }
    tomo__json_close(&j, ']');
    tomo__json_close(&j, '}');
    return tomo__text_finish(&j.text, text, err);
}

static tomo_status evolve(tomo_ctx *ctx, curve *c, const tomo_image *in, const tomo_snake_options *o, int64_t *steps,
                          bool *rest, tomo_job *job, tomo_error *err)
{
    const int64_t nx = in->desc.size[0], ny = in->desc.size[1], longest = TOMO__MAX(nx, ny);
    spline s = { TOMO__ARRAY(ctx, nx * ny, double), { nx, ny } };
    double *work = TOMO__ARRAY(ctx, 3 * longest, double), *m = TOMO__ARRAY(ctx, c->n * c->n, double);
    tomo_status st = TOMO_OK;
    if (!s.c || !work || !m) {
        st = tomo__no_memory(ctx, err, (size_t)(nx * ny + c->n * c->n) * 8, "a snake");
        goto done;
    }
    attract(in, o, s.c);
    for (int64_t y = 0; y < ny; y++)
        fit_line(s.c + y * nx, nx, 1, work);
    for (int64_t x = 0; x < nx; x++)
        fit_line(s.c + x, ny, nx, work);
    stiffness(m, c->n, o);
    if (!invert(m, c->n, c->swaps)) {
        st =
            tomo__fail(err, TOMO_E_ARG, "snake: the curve's equations have no solution for alpha %g, beta %g, gamma %g",
                       o->alpha, o->beta, o->gamma);
        goto done;
    }
    for (*steps = 0; *steps < o->iterations && !*rest && st == TOMO_OK; (*steps)++) {
        st = tomo__job_step(job, (double)*steps / o->iterations, err);
        move(c, m, &s, o);
        *rest = rests(c, *steps, o->convergence);
    }
done:
    tomo__free(ctx, m);
    tomo__free(ctx, work);
    tomo__free(ctx, s.c);
    return st;
}

tomo_status tomo_segment_snake(tomo_ctx *ctx, tomo_image **out, tomo_buffer **text, const tomo_image *in,
                               const tomo_snake_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_snake_options o;
    tomo_buffer *json = NULL;
    tomo__bits set = { 0 };
    int64_t steps = 0;
    bool rest = false;
    tomo_status st = tomo__op_begin(&tomo__op_snake, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "snake", err);
    if (st != TOMO_OK)
        return st;
    const int64_t *n = in->desc.size;
    if (n[2] != 1 || n[0] < 3 || n[1] < 3)
        return tomo__fail(err, TOMO_E_ARG,
                          "snake: the image has %lld x %lld x %lld voxels, expected one slice of 3 x 3 "
                          "or more",
                          (long long)n[0], (long long)n[1], (long long)n[2]);
    st = tomo__contour_finite(ctx, in, "snake", NULL, err);
    if (st != TOMO_OK)
        return st;
    curve *c = tomo__calloc(ctx, 1, sizeof *c);
    if (!c)
        return tomo__no_memory(ctx, err, sizeof *c, "a curve");
    st = start(in, &o, c->x, c->y, &c->n, err);
    if (st == TOMO_OK)
        st = evolve(ctx, c, in, &o, &steps, &rest, job, err);
    if (st == TOMO_OK)
        st = tomo__bits_new(ctx, &set, n, err);
    if (st == TOMO_OK && text)
        st = describe(ctx, &json, c, in, o.ends == TOMO_SNAKE_CLOSED, steps, err);
    if (st == TOMO_OK) {
        fill(c, &set);
        st = tomo__contour_out(ctx, out, &set, in, steps, rest, "inside", err);
    }
    if (st == TOMO_OK && text)
        *text = json;
    else
        tomo_buffer_free(json);
    tomo__bits_free(&set);
    tomo__free(ctx, c);
    return st;
}
