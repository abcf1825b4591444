/* optimize.c - the way downhill. Steps are measured by how far they move the corners of the fixed image, in mm, so that
 * turns, scales and shifts need no weights of their own (ITK's physical shift). */
#include <math.h>

#include "register/linear_internal.h"

enum { MOST = TOMO__MOST_PARAMS };

bool tomo__solve(double *a, double *b, int n)
{
    for (int j = 0; j < n; j++) { /* Cholesky: A = L L' in the lower half */
        const double whole = a[j * n + j];
        double d = whole;
        for (int k = 0; k < j; k++)
            d -= a[j * n + k] * a[j * n + k];
        if (!(d > 1e-12 * whole) || !isfinite(d)) /* what rounding left of nothing */
            return false;
        a[j * n + j] = sqrt(d);
        for (int i = j + 1; i < n; i++) {
            for (int k = 0; k < j; k++)
                a[i * n + j] -= a[i * n + k] * a[j * n + k];
            a[i * n + j] /= a[j * n + j];
        }
    }
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < i; k++)
            b[i] -= a[i * n + k] * b[k];
        b[i] /= a[i * n + i];
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++)
            b[i] -= a[k * n + i] * b[k];
        b[i] /= a[i * n + i];
    }
    return true;
}

/* Step from p along `way` times `*scale`, shortened so that no corner moves farther than s->most; how far, in mm. */
static double step(double *to, const double *p, const double *way, double *scale, const tomo__search *s,
                   const tomo__pose *pose, double radius)
{
    const int n = tomo__pose_params(pose);
    tomo__pose before, after;
    double moved = 0;
    tomo__pose_move(&before, NULL, pose, p, radius);
    for (int tries = 0; tries < 8; tries++) {
        for (int k = 0; k < n; k++)
            to[k] = p[k] + *scale * way[k];
        tomo__pose_move(&after, NULL, pose, to, radius);
        moved = tomo__pose_distance(&before, &after, s->corner);
        if (moved <= s->most)
            break;
        *scale *= 0.98 * s->most / moved;
    }
    return moved;
}

/* K. Levenberg 1944, D. Marquardt 1963. */
static tomo_status squares(tomo__metric *m, tomo__search *s, const tomo__pose *pose, double *p, tomo__cost *now,
                           tomo_error *err)
{
    const int n = tomo__pose_params(pose);
    double damping = 1e-3;
    tomo_status st = TOMO_OK;
    while (s->steps < s->iterations) {
        double a[MOST * MOST], way[MOST], to[MOST], scale = 1, trace = 0;
        tomo__cost next;
        if ((st = tomo__job_step(s->job, (double)s->steps / s->iterations, err)) != TOMO_OK)
            return st;
        memcpy(a, now->hess, sizeof a);
        for (int k = 0; k < n; k++)
            trace += a[k * n + k];
        for (int k = 0; k < n; k++)
            a[k * n + k] += damping * a[k * n + k] + 1e-9 * trace / n, way[k] = -now->grad[k];
        if (!tomo__solve(a, way, n)) {
            s->stop = "nothing changes with the parameters";
            return TOMO_OK;
        }
        const double moved = step(to, p, way, &scale, s, pose, m->samples->radius);
        if ((st = tomo__metric_cost(m, &next, pose, to, true, err)) != TOMO_OK)
            return st;
        s->steps++;
        if (next.value < now->value) {
            memcpy(p, to, (size_t)n * sizeof *p);
            *now = next;
            s->curve[s->curve_count++] = next.shown;
            damping = fmax(damping * 0.2, 1e-8);
        } else {
            damping *= 10;
        }
        if (moved < s->tolerance || damping > 1e6) {
            s->stop = "converged";
            return TOMO_OK;
        }
    }
    s->stop = "iterations";
    return TOMO_OK;
}

static double dot(const double *a, const double *b, int n)
{
    double sum = 0;
    for (int k = 0; k < n; k++)
        sum += a[k] * b[k];
    return sum;
}

/* The inverse of A, n x n; false if it is not positive definite. */
static bool invert(double *out, const double *a, int n)
{
    for (int c = 0; c < n; c++) {
        double copy[MOST * MOST], unit[MOST] = { 0 };
        memcpy(copy, a, (size_t)(n * n) * sizeof *copy);
        unit[c] = 1;
        if (!tomo__solve(copy, unit, n))
            return false;
        for (int r = 0; r < n; r++)
            out[r * n + c] = unit[r];
    }
    return true;
}

/* C. G. Broyden, R. Fletcher, D. Goldfarb, D. Shanno 1970, in the product form of J. Nocedal, S. Wright, "Numerical
 * optimization", 6.17: `h` is the inverse Hessian, moved by `way`, the gradient changed by `bend`. */
static void bfgs(double *h, const double *way, const double *bend, int n)
{
    const double curve = dot(way, bend, n);
    double hb[MOST], twice = 0;
    if (!(curve > 1e-12 * sqrt(dot(way, way, n) * dot(bend, bend, n))))
        return;
    for (int r = 0; r < n; r++)
        hb[r] = dot(h + r * n, bend, n);
    twice = dot(bend, hb, n);
    for (int r = 0; r < n; r++)
        for (int c = 0; c < n; c++)
            h[r * n + c] += (1 + twice / curve) * way[r] * way[c] / curve - (hb[r] * way[c] + way[r] * hb[c]) / curve;
}

/* The first metric is Gauss-Newton's of mean squares: it says how much each parameter moves what can be seen. Its
 * scale, unknown for mutual information, is that the first step moves a corner by s->most. */
static tomo_status information(tomo__metric *m, tomo__search *s, const tomo__pose *pose, double *p, tomo__cost *now,
                               tomo_error *err)
{
    const int n = tomo__pose_params(pose);
    const double radius = m->samples->radius;
    double h[MOST * MOST], a[MOST * MOST], trace = 0;
    bool fresh = true;
    tomo_status st = TOMO_OK;
    memcpy(a, now->hess, sizeof a);
    for (int k = 0; k < n; k++)
        trace += a[k * n + k];
    for (int k = 0; k < n; k++)
        a[k * n + k] += 1e-3 * a[k * n + k] + 1e-6 * trace / n;
    if (!invert(h, a, n)) {
        s->stop = "nothing changes with the parameters";
        return TOMO_OK;
    }
    while (s->steps < s->iterations) {
        double way[MOST], to[MOST], bend[MOST], scale = 1, moved;
        tomo__cost next;
        if ((st = tomo__job_step(s->job, (double)s->steps / s->iterations, err)) != TOMO_OK)
            return st;
        for (int r = 0; r < n; r++)
            way[r] = -dot(h + r * n, now->grad, n);
        double slope = dot(way, now->grad, n);
        if (!(slope < 0)) {
            s->stop = "converged";
            return TOMO_OK;
        }
        if (fresh) { /* make the first step as long as it may be, and let the metric know */
            tomo__pose before, after;
            tomo__pose_move(&before, NULL, pose, p, radius);
            for (int k = 0; k < n; k++)
                to[k] = p[k] + way[k];
            tomo__pose_move(&after, NULL, pose, to, radius);
            const double whole = s->most / fmax(tomo__pose_distance(&before, &after, s->corner), 1e-300);
            for (int k = 0; k < n * n; k++)
                h[k] *= whole;
            for (int k = 0; k < n; k++)
                way[k] *= whole;
            slope *= whole;
        }
        bool better = false;
        do { /* halve until it is downhill by a part of what the slope promises */
            moved = step(to, p, way, &scale, s, pose, radius);
            if ((st = tomo__metric_cost(m, &next, pose, to, false, err)) != TOMO_OK)
                return st;
            s->steps++;
            better = next.value <= now->value + 1e-4 * scale * slope;
            if (!better) {
                const double parabola =
                    isfinite(next.value) ? -slope * scale / (2 * (next.value - now->value - slope * scale)) : 0.25;
                scale *= fmin(0.5, fmax(0.1, parabola));
            }
        } while (!better && moved > s->tolerance && s->steps < s->iterations);
        if (better) {
            for (int k = 0; k < n; k++)
                bend[k] = next.grad[k] - now->grad[k], way[k] = to[k] - p[k];
            if (fresh) { /* the length that the slopes really have */
                const double curve = dot(way, bend, n);
                double hb = 0;
                for (int r = 0; r < n; r++)
                    hb += bend[r] * dot(h + r * n, bend, n);
                for (int k = 0; k < n * n && curve > 0 && hb > 0; k++)
                    h[k] *= curve / hb;
            }
            bfgs(h, way, bend, n);
            fresh = false;
            memcpy(p, to, (size_t)n * sizeof *p);
            *now = next;
            s->curve[s->curve_count++] = next.shown;
        }
        if (!better || moved < s->tolerance) {
            s->stop = s->steps < s->iterations || moved < s->tolerance ? "converged" : "iterations";
            return TOMO_OK;
        }
    }
    s->stop = "iterations";
    return TOMO_OK;
}

tomo_status tomo__optimize(tomo__metric *m, tomo__search *s, tomo__pose *pose, tomo_error *err)
{
    double p[MOST] = { 0 };
    tomo__cost now;
    tomo_status st = tomo__metric_cost(m, &now, pose, p, true, err);
    if (st)
        return st;
    if (!isfinite(now.value))
        return now.count < m->least_count
                   ? tomo__fail(
                         err, TOMO_E_ARG,
                         "registration: the images do not overlap enough: %lld of %lld sample points of the fixed "
                         "image lie in the moving one, expected at least %lld",
                         (long long)now.count, (long long)m->samples->count, (long long)m->least_count)
                   : tomo__fail(err, TOMO_E_ARG, "registration: where the images overlap, one is the same everywhere");
    s->curve[s->curve_count++] = now.shown;
    st = m->kind == TOMO_REGISTER_MATTES ? information(m, s, pose, p, &now, err) : squares(m, s, pose, p, &now, err);
    s->count = now.count, s->value = now.value;
    if (st == TOMO_OK)
        tomo__pose_move(pose, NULL, pose, p, m->samples->radius);
    return st;
}
