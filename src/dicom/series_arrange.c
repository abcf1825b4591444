/* series_arrange.c - slices in the order in which they stack, and the grid they form - or the numbers that say why they
 * form none. Order comes from positions along the slice normal alone (PS3.3 C.7.6.2.1.1): Instance Number and Slice
 * Location are not reliable; numbers and times only order images that share a place. */
#include "dicom/series_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int cmp(double a, double b) { return (a > b) - (a < b); }

/* Images at one place: by what tells them apart, the strongest first. */
static int by_order(const tomo__slice *a, const tomo__slice *b)
{
    int c;
    if ((c = cmp(a->temporal, b->temporal)) || (c = cmp(a->acquisition, b->acquisition)) ||
        (c = cmp(a->instance, b->instance)) || (c = cmp(a->trigger, b->trigger)) || (c = cmp(a->echo, b->echo)) ||
        (c = cmp(a->b_value, b->b_value)) || (c = cmp(a->time, b->time)))
        return c;
    return 0;
}

static int by_name(const tomo__slice *a, const tomo__slice *b)
{
    const int c = strcmp(tomo__file_text(a->file, TEXT_SOP), tomo__file_text(b->file, TEXT_SOP));
    return c ? c : strcmp(a->file->path, b->file->path);
}

static int by_order_name(const void *va, const void *vb)
{
    const tomo__slice *a = *(tomo__slice *const *)va, *b = *(tomo__slice *const *)vb;
    const int c = by_order(a, b);
    return c ? c : by_name(a, b);
}

static int by_place(const void *va, const void *vb)
{
    const tomo__slice *a = *(tomo__slice *const *)va, *b = *(tomo__slice *const *)vb;
    const int c = cmp(a->along, b->along);
    return c ? c : by_order_name(va, vb);
}

static const char *file_name(const tomo__slice *s)
{
    const char *slash = strrchr(s->file->path, '/');
    return slash ? slash + 1 : s->file->path;
}

/* Start of each place in the sorted slices; start[*nz] = n. Closer than a hundredth of the largest step, at most
 * 0.01 mm, is the same place; so is everything if the whole stack is thinner than that. */
static void find_places(const tomo__group *g, size_t *start, size_t *nz)
{
    double step = 0;
    for (size_t i = 1; i < g->n; i++)
        step = fmax(step, g->slice[i]->along - g->slice[i - 1]->along);
    const double eps = step < 1e-5 ? INFINITY : fmin(0.01, 0.01 * step);
    size_t k = 0;
    start[k++] = 0;
    for (size_t i = 1; i < g->n; i++)
        if (g->slice[i]->along - g->slice[start[k - 1]]->along > eps)
            start[k++] = i;
    start[k] = g->n;
    *nz = k;
}

/* The same image twice, or two that nothing tells apart? */
static tomo_status find_twins(const tomo__group *g, const size_t *start, size_t nz, tomo_error *err)
{
    for (size_t z = 0; z < nz; z++)
        for (size_t i = start[z] + 1; i < start[z + 1]; i++) {
            const tomo__slice *a = g->slice[i - 1], *b = g->slice[i];
            const char *uid = tomo__file_text(a->file, TEXT_SOP);
            if (a->file != b->file && uid[0] && strcmp(uid, tomo__file_text(b->file, TEXT_SOP)) == 0)
                return tomo__fail(err, TOMO_E_GEOMETRY, "duplicate: %s and %s have the same SOP Instance UID",
                                  file_name(a), file_name(b));
            if (by_order(a, b) == 0)
                return tomo__fail(err, TOMO_E_GEOMETRY,
                                  "duplicates at %.6g mm along the normal: nothing tells %s and %s apart", b->along,
                                  file_name(a), file_name(b));
        }
    return TOMO_OK;
}

/* How many images each place has: the same everywhere, or an error that names the odd one. */
static tomo_status count_times(const tomo__group *g, const size_t *start, size_t nz, size_t *nt, tomo_error *err)
{
    size_t lo = 0, hi = 0;
    for (size_t z = 1; z < nz; z++) {
        const size_t n = start[z + 1] - start[z];
        lo = n < start[lo + 1] - start[lo] ? z : lo;
        hi = n > start[hi + 1] - start[hi] ? z : hi;
    }
    *nt = start[lo + 1] - start[lo];
    const size_t most = start[hi + 1] - start[hi];
    if (*nt == most)
        return TOMO_OK;
    return tomo__fail(
        err, TOMO_E_GEOMETRY,
        "slices don't repeat evenly: %zu at %.6g mm along the normal (%s), %zu at %.6g mm (%s): images are "
        "missing or doubled",
        *nt, g->slice[start[lo]]->along, file_name(g->slice[start[lo]]), most, g->slice[start[hi]]->along,
        file_name(g->slice[start[hi]]));
}

/* Temporal Position Identifier, where there is one, must be the same all over a time point. */
static tomo_status check_times(const tomo__group *g, const size_t *start, size_t nz, size_t nt, tomo_error *err)
{
    for (size_t t = 0; t < nt; t++)
        for (size_t z = 1; z < nz; z++) {
            const tomo__slice *a = g->slice[t], *b = g->slice[start[z] + t];
            if (a->temporal != b->temporal && nt > 1)
                return tomo__fail(err, TOMO_E_GEOMETRY,
                                  "time point %zu: temporal position is %g in %s, %g in %s: images are missing", t + 1,
                                  a->temporal, file_name(a), b->temporal, file_name(b));
        }
    return TOMO_OK;
}

/* Gantry tilt, or positions that wander: how far do slices shift within their own plane? */
static tomo_status check_shift(const tomo__group *g, const double normal[3], double tolerance, tomo_error *err);

/* A stack that shifts evenly: millimeters along rows and columns from slice to slice into out->shift. */
static tomo_status measure_shear(const tomo__group *g, const double normal[3], double tolerance, tomo__stack *out,
                                 tomo_error *err)
{
    const tomo__slice *first = g->slice[0], *last = g->slice[g->n - 1];
    const double all = last->along - first->along;
    double rate[2], d[3];
    if (out->nz < 2 || check_shift(g, normal, tolerance, NULL) == TOMO_OK)
        return TOMO_OK;
    for (int a = 0; a < 2; a++) {
        for (int k = 0; k < 3; k++)
            d[k] = last->position[k] - first->position[k];
        rate[a] = tomo__dot(d, first->orient + 3 * a) / all;
    }
    for (size_t i = 1; i < g->n; i++) {
        const tomo__slice *s = g->slice[i];
        for (int k = 0; k < 3; k++)
            d[k] = s->position[k] - first->position[k];
        const double a = s->along - first->along, x = tomo__dot(d, first->orient) - rate[0] * a,
                     y = tomo__dot(d, first->orient + 3) - rate[1] * a;
        if (hypot(x, y) > tolerance + 1e-3 * a)
            return tomo__fail(
                err, TOMO_E_GEOMETRY,
                "slices shift unevenly within their plane: %s lies %.6g mm off the line through the first "
                "and the last, expected less than %.3g mm",
                file_name(s), hypot(x, y), tolerance + 1e-3 * a);
    }
    for (int a = 0; a < 2; a++)
        out->shift[a] = rate[a] * out->spacing[2];
    return TOMO_OK;
}

static tomo_status check_shift(const tomo__group *g, const double normal[3], double tolerance, tomo_error *err)
{
    const tomo__slice *first = g->slice[0];
    double worst = 0, along = 0;
    size_t at = 0;
    for (size_t i = 1; i < g->n; i++) {
        const tomo__slice *s = g->slice[i];
        double d[3];
        for (int k = 0; k < 3; k++)
            d[k] = s->position[k] - first->position[k];
        const double a = tomo__dot(d, normal);
        for (int k = 0; k < 3; k++)
            d[k] -= a * normal[k];
        /* Rounded direction cosines add up over a long stack: a thousandth of the way is allowed for them. */
        const double shift = tomo__length(d);
        if (shift > tolerance + 1e-3 * a && shift > worst) {
            worst = shift;
            along = a;
            at = i;
        }
    }
    if (worst == 0)
        return TOMO_OK;
    return tomo__fail(err, TOMO_E_GEOMETRY,
                      "gantry tilt or sheared stack: over %.6g mm along the normal slices shift %.6g mm within their "
                      "plane (%.4g degrees; %s), expected less than %.3g mm",
                      along, worst, atan2(worst, along) * 57.29577951308232, file_name(g->slice[at]),
                      tolerance + 1e-3 * along);
}

/* Even steps? Names the first place that strays. */
static tomo_status check_even(const tomo__group *g, const size_t *start, size_t nz, double step, double tolerance,
                              tomo_error *err)
{
    const double first = g->slice[0]->along;
    double usual = INFINITY;
    for (size_t z = 1; z < nz; z++)
        usual = fmin(usual, g->slice[start[z]]->along - g->slice[start[z - 1]]->along);
    for (size_t z = 1; z < nz; z++) {
        const double here = g->slice[start[z]]->along, d = here - g->slice[start[z - 1]]->along;
        const double missing = d / usual - 1;
        if (fabs(here - first - step * (double)z) <= tolerance && fabs(d - step) <= 2 * tolerance)
            continue;
        if (fabs(d - usual) <= 2 * tolerance) /* not here: behind the gap every slice strays */
            continue;
        if (missing > 0.5 && fabs(missing - rint(missing)) < 0.05)
            return tomo__fail(err, TOMO_E_GEOMETRY,
                              "gap of %.6g mm between %s and %s where the others are %.6g mm apart: %.0f missing", d,
                              file_name(g->slice[start[z - 1]]), file_name(g->slice[start[z]]), usual, rint(missing));
        return tomo__fail(
            err, TOMO_E_GEOMETRY,
            "uneven spacing: %s follows %s after %.6g mm, the smallest step is %.6g mm (tolerance %.3g mm)",
            file_name(g->slice[start[z]]), file_name(g->slice[start[z - 1]]), d, usual, tolerance);
    }
    for (size_t z = 1; z < nz; z++) { /* every step is near, but they add up */
        const double stray = g->slice[start[z]]->along - first - step * (double)z;
        if (fabs(stray) > tolerance)
            return tomo__fail(
                err, TOMO_E_GEOMETRY,
                "uneven spacing: slice %zu (%s) lies %.6g mm off even steps of %.6g mm (tolerance %.3g mm)", z + 1,
                file_name(g->slice[start[z]]), stray, step, tolerance);
    }
    return TOMO_OK;
}

/* Two slices alone: nothing shows that none is missing between them unless the files say how far apart slices are. */
static tomo_status check_pair(const tomo__group *g, size_t nt, double step, double tolerance, tomo_error *err)
{
    const tomo__slice *s = g->slice[0];
    const double said = s->between > 0 ? s->between : s->thickness;
    if (nt > 1 || (said > 0 && fabs(step - said) <= fmax(tolerance, 0.01 * said)) ||
        s->file == g->slice[g->n - 1]->file)
        return TOMO_OK;
    return tomo__fail(
        err, TOMO_E_GEOMETRY,
        "too few slices: 2, %.6g mm apart, and Spacing Between Slices and Slice Thickness (%.6g mm) don't "
        "say that none is missing between them",
        step, said);
}

/* Place by place to time by time. */
static tomo_status reorder(tomo_ctx *ctx, tomo__group *g, const size_t *start, size_t nz, size_t nt, tomo_error *err)
{
    if (nt == 1 && nz == g->n)
        return TOMO_OK;
    tomo__slice **to = TOMO__ARRAY(ctx, g->n, tomo__slice *);
    if (!to)
        return tomo__no_memory(ctx, err, g->n * sizeof *to, "the order of slices");
    for (size_t z = 0; z < nz; z++)
        for (size_t t = 0; t < nt; t++)
            to[t * nz + z] = g->slice[start[z] + t];
    memcpy(g->slice, to, nz * nt * sizeof *to);
    tomo__free(ctx, to);
    return TOMO_OK;
}

static void set_geometry(const tomo__slice *s, tomo__stack *out)
{
    double normal[3] = { 0, 0, 1 };
    for (int i = 0; i < 9; i++)
        out->direction[i] = i % 4 == 0;
    if (s->has_plane) {
        tomo__plane_normal(s->orient, normal);
        for (int r = 0; r < 3; r++) {
            out->origin[r] = s->position[r];
            out->direction[3 * r] = s->orient[r];
            out->direction[3 * r + 1] = s->orient[3 + r];
            out->direction[3 * r + 2] = normal[r];
        }
    }
    out->spacing[0] = s->spacing[1] > 0 ? s->spacing[1] : 1;
    out->spacing[1] = s->spacing[0] > 0 ? s->spacing[0] : 1;
    out->spacing[2] = s->between > 0 ? s->between : s->thickness > 0 ? s->thickness : 1;
}

/* Repetition or frame time where the fourth dimension is time: not if echoes tell the images apart. */
static double time_step(const tomo__group *g, size_t nz, size_t nt)
{
    for (size_t t = 1; t < nt; t++)
        if (g->slice[t * nz]->echo != g->slice[0]->echo)
            return 0;
    return nt > 1 && g->slice[0]->file->repetition > 0 ? g->slice[0]->file->repetition / 1000 : 0;
}

/* What the fourth dimension means: of the attributes that differ between volumes the most telling one. */
static void say_fourth(const tomo__group *g, size_t nz, size_t nt, tomo_report *report)
{
    static const struct {
        size_t at;
        const char *name;
    } meanings[] = {
        { offsetof(tomo__slice, b_value), "b-value (s/mm2)" },
        { offsetof(tomo__slice, echo), "echo time (ms)" },
        { offsetof(tomo__slice, trigger), "trigger time (ms)" },
        { offsetof(tomo__slice, temporal), "temporal position" },
        { offsetof(tomo__slice, acquisition), "acquisition number" },
        { offsetof(tomo__slice, time), "acquisition time (s of the day)" },
        { offsetof(tomo__slice, instance), "instance number" },
    };
    char list[160] = "";
    size_t used = 0, m = 0;
    bool differs = false;
#define VALUE(t) (*(const double *)((const char *)g->slice[(t)*nz] + meanings[m].at))
    for (; m < TOMO__COUNT(meanings) && !differs; m += !differs)
        for (size_t t = 1; t < nt; t++)
            differs |= VALUE(t) != VALUE(0);
    if (!differs)
        return;
    const bool frames = meanings[m].at == offsetof(tomo__slice, instance);
    for (size_t t = 0; t < nt && t < 8 && !frames; t++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%.8g", t ? ", " : ": ", VALUE(t));
#undef VALUE
    tomo__remark(report, "fourth dimension: %zu volumes by %s%s%s", nt, meanings[m].name, list,
                 nt > 8 && !frames ? ", ..." : "");
}

/* Without positions: frames of one file follow each other; several files have no order that could be trusted. */
static tomo_status without_plane(tomo__group *g, const tomo_series_options *o, tomo__stack *out, tomo_report *report,
                                 tomo_error *err)
{
    const tomo__slice *s = g->slice[0];
    bool one_file = true;
    for (size_t i = 1; i < g->n; i++)
        one_file &= g->slice[i]->file == s->file;
    qsort(g->slice, g->n, sizeof *g->slice, by_order_name);
    if (!one_file && !o->allow_gaps)
        return tomo__fail(err, TOMO_E_GEOMETRY,
                          "%zu images without Image Position and Orientation (Patient) (%s): no order in space", g->n,
                          file_name(g->slice[0]));
    const bool deep = !one_file || s->between > 0 || s->thickness > 0;
    out->nz = deep ? g->n : 1;
    out->nt = deep ? 1 : g->n;
    set_geometry(g->slice[0], out);
    out->spacing[3] = time_step(g, out->nz, out->nt);
    tomo__remark(report, "%s: no Image Position and Orientation (Patient); the volume has no place in the patient",
                 file_name(g->slice[0]));
    return TOMO_OK;
}

/* All checks on places; the first that fails is the reason. */
static tomo_status check_stack(const tomo__group *g, const size_t *start, const double normal[3], size_t nt,
                               const tomo_series_options *o, tomo__stack *out, tomo_error *err)
{
    const size_t nz = out->nz;
    const double wish = o->tolerance_mm;
    const double tolerance = wish > 0 ? wish : fmax(0.01, 0.01 * out->spacing[2]);
    tomo_status st;
    if ((st = check_times(g, start, nz, nt, err)))
        return st;
    st = o->straighten ? measure_shear(g, normal, tolerance, out, err) : check_shift(g, normal, tolerance, err);
    if (st || nz < 2)
        return st;
    if ((st = check_even(g, start, nz, out->spacing[2], tolerance, err)))
        return st;
    return nz == 2 ? check_pair(g, nt, out->spacing[2], tolerance, err) : TOMO_OK;
}

static tomo_status with_plane(tomo_ctx *ctx, tomo__group *g, size_t *start, const tomo_series_options *o,
                              tomo__stack *out, tomo_report *report, tomo_error *err)
{
    double normal[3];
    size_t nt;
    tomo_error why = { 0 };
    tomo_status st, bad;
    tomo__plane_normal(g->slice[0]->orient, normal);
    for (size_t i = 0; i < g->n; i++)
        g->slice[i]->along = tomo__dot(g->slice[i]->position, normal);
    qsort(g->slice, g->n, sizeof *g->slice, by_place);
    find_places(g, start, &out->nz);
    for (size_t z = 0; z < out->nz; z++) /* positions may differ in the last digit from time to time */
        qsort(g->slice + start[z], start[z + 1] - start[z], sizeof *g->slice, by_order_name);
    set_geometry(g->slice[0], out);
    if (out->nz > 1)
        out->spacing[2] = (g->slice[start[out->nz - 1]]->along - g->slice[0]->along) / (double)(out->nz - 1);
    bad = find_twins(g, start, out->nz, &why);
    st = count_times(g, start, out->nz, &nt, bad ? NULL : &why);
    bad = bad ? bad : st;
    if (!bad)
        bad = check_stack(g, start, normal, nt, o, out, &why);
    if (bad && !o->allow_gaps)
        return tomo__fail(err, bad, "%s", why.message);
    if (bad) {
        tomo__remark(report, "%s", why.message);
        out->shift[0] = out->shift[1] = 0; /* uneven steps have no single shift */
    }
    out->nt = nt; /* with gaps allowed: what every place has */
    st = reorder(ctx, g, start, out->nz, nt, err);
    if (st == TOMO_OK && nt > 1)
        say_fourth(g, out->nz, nt, report);
    out->spacing[3] = time_step(g, out->nz, nt);
    return st;
}

tomo_status tomo__stack_arrange(tomo_ctx *ctx, tomo__group *g, const tomo_series_options *o, tomo__stack *out,
                                tomo_report *report, tomo_error *err)
{
    tomo_status st;
    memset(out, 0, sizeof *out);
    out->has_plane = g->slice[0]->has_plane;
    if (!out->has_plane)
        return without_plane(g, o, out, report, err);
    size_t *start = TOMO__ARRAY(ctx, g->n + 1, size_t);
    if (!start)
        return tomo__no_memory(ctx, err, (g->n + 1) * sizeof *start, "the places of slices");
    if (g->slice[0]->in_volume)
        tomo__remark(report, "%s: positions are those of the volume's own frame of reference, not of the patient",
                     file_name(g->slice[0]));
    st = with_plane(ctx, g, start, o, out, report, err);
    tomo__free(ctx, start);
    return st;
}
