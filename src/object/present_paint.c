/* present_paint.c - the shapes of PS3.3 C.10.5.1.2 as pixels: one-colored lines without smoothing, areas by the
 * even-odd rule. Curves become lines in the image's coordinates, so that what the map turns is turned whole. */
#include <math.h>

#include "object/present_display.h"
#include "object/seg.h"

#define CURVE_STEPS 256 /* of a circle or an ellipse */
#define SPLINE_STEPS 16 /* between two points of a smooth curve */

void tomo__canvas_set(const tomo__canvas *c, int64_t x, int64_t y)
{
    const size_t at = ((size_t)y * (size_t)c->width + (size_t)x) * (size_t)c->components;
    for (int32_t k = 0; k < c->components; k++)
        if (c->bits == 8)
            ((uint8_t *)c->pixels)[at + (size_t)k] = (uint8_t)c->color[k];
        else
            ((uint16_t *)c->pixels)[at + (size_t)k] = c->color[k];
}

void tomo__canvas_ink(tomo__canvas *c, int32_t gray, bool has_lab, const uint16_t lab[3])
{
    uint8_t rgb[3];
    /* P-values are even to the eye (PS3.14), as L* is */
    const uint32_t p = gray >= 0 ? (uint32_t)gray : has_lab ? lab[0] : 65535;
    for (int k = 0; k < 3; k++)
        c->color[k] = (uint16_t)(c->bits == 8 ? (p * 255 + 32767) / 65535 : p);
    if (!has_lab || c->components != 3)
        return;
    tomo__lab_to_rgb(lab, rgb);
    for (int k = 0; k < 3; k++)
        c->color[k] = (uint16_t)(c->bits == 8 ? rgb[k] : rgb[k] * 257);
}

static tomo_status spend(tomo__canvas *c, double steps, tomo_error *err)
{
    if (steps > (double)c->work)
        return tomo__fail(err, TOMO_E_LIMIT, "the graphics of the presentation state are too many to be drawn");
    c->work -= (int64_t)steps;
    return TOMO_OK;
}

/* ---- lines ----------------------------------------------------------------------------------------------------- */

/* The part of a line within -pad to size + pad (Liang and Barsky); false if there is none. */
static bool clip(const tomo__canvas *c, double pad, double a[2], double b[2])
{
    const double d[2] = { b[0] - a[0], b[1] - a[1] }, high[2] = { (double)c->width + pad, (double)c->height + pad };
    double from = 0, to = 1;
    if (!isfinite(d[0]) || !isfinite(d[1]))
        return false;
    for (int k = 0; k < 2; k++) {
        if (d[k] == 0 && (a[k] < -pad || a[k] > high[k]))
            return false;
        if (d[k] == 0)
            continue;
        const double t0 = (-pad - a[k]) / d[k], t1 = (high[k] - a[k]) / d[k];
        from = fmax(from, fmin(t0, t1));
        to = fmin(to, fmax(t0, t1));
    }
    if (from > to)
        return false;
    for (int k = 0; k < 2; k++) {
        b[k] = a[k] + to * d[k];
        a[k] += from * d[k];
    }
    return true;
}

static void dab(const tomo__canvas *c, double x, double y, int64_t size)
{
    const int64_t x0 = (int64_t)floor(x - (double)(size - 1) / 2), y0 = (int64_t)floor(y - (double)(size - 1) / 2);
    for (int64_t v = TOMO__MAX(y0, 0); v < TOMO__MIN(y0 + size, c->height); v++)
        for (int64_t u = TOMO__MAX(x0, 0); u < TOMO__MIN(x0 + size, c->width); u++)
            tomo__canvas_set(c, u, v);
}

static tomo_status line(tomo__canvas *c, const double from[2], const double to[2], int64_t size, tomo_error *err)
{
    double a[2] = { from[0], from[1] }, b[2] = { to[0], to[1] };
    if (!clip(c, (double)size, a, b))
        return spend(c, 1, err);
    const double dx = b[0] - a[0], dy = b[1] - a[1];
    const int64_t steps = (int64_t)ceil(fmax(fabs(dx), fabs(dy))) + 1;
    const tomo_status st = spend(c, (double)steps * (double)size * (double)size, err);
    for (int64_t i = 0; st == TOMO_OK && i <= steps; i++)
        dab(c, a[0] + dx * (double)i / (double)steps, a[1] + dy * (double)i / (double)steps, size);
    return st;
}

/* ---- areas ----------------------------------------------------------------------------------------------------- */

/* Toggles, row by row, the first pixel whose center is right of the edge; what is between two toggles is inside. */
static tomo_status edge(tomo__canvas *c, uint8_t *toggle, const double a[2], const double b[2], tomo_error *err)
{
    const double *top = a[1] <= b[1] ? a : b, *bottom = a[1] <= b[1] ? b : a;
    const double first = fmax(ceil(top[1] - 0.5), 0), last = fmin(ceil(bottom[1] - 0.5), (double)c->height);
    tomo_status st = spend(c, fmax(last - first, 0) + 1, err);
    for (double y = first; st == TOMO_OK && y < last; y++) {
        const double x = top[0] + (bottom[0] - top[0]) * ((y + 0.5 - top[1]) / (bottom[1] - top[1]));
        const double at = fmin(fmax(ceil(x - 0.5), 0), (double)c->width);
        toggle[(size_t)y * ((size_t)c->width + 1) + (size_t)at] ^= 1;
    }
    return st;
}

static tomo_status fill(tomo__canvas *c, const double *at, size_t n, tomo_error *err)
{
    const size_t stride = (size_t)c->width + 1;
    uint8_t *toggle = TOMO__ARRAY(c->ctx, stride * (size_t)c->height, uint8_t);
    if (!toggle)
        return tomo__no_memory(c->ctx, err, stride * (size_t)c->height, "a filled shape");
    tomo_status st = spend(c, (double)stride * (double)c->height, err);
    for (size_t i = 0; st == TOMO_OK && i < n; i++)
        st = edge(c, toggle, at + 2 * i, at + 2 * ((i + 1) % n), err);
    for (int64_t y = 0; st == TOMO_OK && y < c->height; y++) {
        uint8_t inside = 0;
        for (int64_t x = 0; x < c->width; x++)
            if ((inside ^= toggle[(size_t)y * stride + (size_t)x]))
                tomo__canvas_set(c, x, y);
    }
    tomo__free(c->ctx, toggle);
    return st;
}

/* ---- shapes as points that are joined -------------------------------------------------------------------------- */

static size_t points_of(const tomo_graphic *s)
{
    switch (s->kind) {
    case TOMO_GRAPHIC_CIRCLE:
    case TOMO_GRAPHIC_ELLIPSE:
        return CURVE_STEPS + 1;
    case TOMO_GRAPHIC_INTERPOLATED:
        return (s->points - 1) * SPLINE_STEPS + 1;
    default:
        return s->points;
    }
}

/* Center and two half axes. */
static void round_shape(const tomo_graphic *s, double *to)
{
    const double *p = s->at;
    double center[2] = { p[0], p[1] }, u[2] = { p[2] - p[0], p[3] - p[1] }, v[2] = { -u[1], u[0] };
    for (int k = 0; s->kind == TOMO_GRAPHIC_ELLIPSE && k < 2; k++) {
        center[k] = (p[k] + p[2 + k]) / 2;
        u[k] = (p[2 + k] - p[k]) / 2;
        v[k] = (p[6 + k] - p[4 + k]) / 2;
    }
    for (int i = 0; i <= CURVE_STEPS; i++) {
        const double a = i % CURVE_STEPS * (2 * 3.14159265358979323846 / CURVE_STEPS);
        for (int k = 0; k < 2; k++)
            to[2 * i + k] = center[k] + u[k] * cos(a) + v[k] * sin(a);
    }
}

/* Catmull and Rom: smooth, through every point; the standard leaves the kind of curve open (C.10.5.1.2). */
static void spline(const tomo_graphic *s, double *to)
{
    const size_t n = s->points;
    for (size_t i = 0; i + 1 < n; i++)
        for (size_t step = 0; step < SPLINE_STEPS; step++)
            for (size_t k = 0; k < 2; k++) {
                const double t = (double)step / SPLINE_STEPS;
                const double b = s->at[2 * i + k], c = s->at[2 * (i + 1) + k];
                const double a = i ? s->at[2 * (i - 1) + k] : 2 * b - c;
                const double d = i + 2 < n ? s->at[2 * (i + 2) + k] : 2 * c - b;
                to[2 * (i * SPLINE_STEPS + step) + k] =
                    b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
            }
    memcpy(to + 2 * (n - 1) * SPLINE_STEPS, s->at + 2 * (n - 1), 2 * sizeof *to);
}

/* Points that the kind must have at least. */
static bool has_points(const tomo_graphic *s)
{
    static const size_t least[TOMO_GRAPHIC_COUNT] = {
        [TOMO_GRAPHIC_POINT] = 1,   [TOMO_GRAPHIC_MULTIPOINT] = 1,   [TOMO_GRAPHIC_POLYLINE] = 1,
        [TOMO_GRAPHIC_POLYGON] = 1, [TOMO_GRAPHIC_INTERPOLATED] = 1, [TOMO_GRAPHIC_CIRCLE] = 2,
        [TOMO_GRAPHIC_ELLIPSE] = 4
    };
    return s->kind < TOMO_GRAPHIC_COUNT && least[s->kind] && s->points >= least[s->kind] && s->at;
}

static bool is_dots(const tomo_graphic *s)
{
    return s->kind == TOMO_GRAPHIC_POINT || s->kind == TOMO_GRAPHIC_MULTIPOINT || s->points == 1;
}

static tomo_status draw(tomo__canvas *c, const tomo_graphic *s, double *at, size_t n, int64_t size, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    if (is_dots(s)) {
        for (size_t i = 0; st == TOMO_OK && i < n; i++) /* a dot is seen where a pixel is not */
            st = line(c, at + 2 * i, at + 2 * i, size + 2, err);
        return st;
    }
    if (s->filled && s->kind != TOMO_GRAPHIC_NONE)
        st = fill(c, at, n, err);
    for (size_t i = 0; st == TOMO_OK && i + 1 < n; i++)
        st = line(c, at + 2 * i, at + 2 * (i + 1), size, err);
    return st == TOMO_OK && s->kind == TOMO_GRAPHIC_POLYGON ? line(c, at + 2 * (n - 1), at, size, err) : st;
}

tomo_status tomo__canvas_shape(tomo__canvas *c, const tomo_graphic *s, const tomo__plane_map *map, double thickness,
                               tomo_error *err)
{
    if (!has_points(s))
        return TOMO_OK;
    const size_t n = points_of(s);
    double *at = TOMO__ARRAY(c->ctx, 2 * n, double);
    if (!at)
        return tomo__no_memory(c->ctx, err, 2 * n * sizeof *at, "a shape");
    if (s->kind == TOMO_GRAPHIC_CIRCLE || s->kind == TOMO_GRAPHIC_ELLIPSE)
        round_shape(s, at);
    else if (s->kind == TOMO_GRAPHIC_INTERPOLATED)
        spline(s, at);
    else
        memcpy(at, s->at, 2 * n * sizeof *at);
    for (size_t i = 0; i < n; i++)
        tomo__plane_at(map, at[2 * i], at[2 * i + 1], at + 2 * i);
    bool finite = true;
    for (size_t i = 0; i < 2 * n; i++)
        finite = finite && isfinite(at[i]);
    const tomo_status st =
        finite ? draw(c, s, at, n, thickness > 1 ? (int64_t)fmin(rint(thickness), 64) : 1, err) : TOMO_OK;
    tomo__free(c->ctx, at);
    return st;
}
