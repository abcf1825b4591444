/* points.c - distances, angles, areas and values in a region, from points that somebody set. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include <tomo/measure_points.h>

#include "measure/measure_internal.h"

#define POINTS(type)                                                                                                   \
    { "points", TOMO_OPT_TEXT, offsetof(type, points), 1, 0, 0, 0, "", NULL, true, "x,y,z;x,y,z;... in LPS mm" },      \
    {                                                                                                                  \
        "voxels", TOMO_OPT_BOOL, offsetof(type, voxels), 1, 0, 0, 0, "", NULL, false, "points are voxel indices"       \
    }

static const tomo_option options[] = { POINTS(tomo_points_options) };
static const tomo_option roi_options[] = {
    POINTS(tomo_roi_options),
    { "radius", TOMO_OPT_DOUBLE, offsetof(tomo_roi_options, radius), 1, 0, 0, 1e6, "mm", NULL, false,
      "around one point; 0 = points are the corners of a polygon within one slice" },
    { "dims", TOMO_OPT_INT, offsetof(tomo_roi_options, dims), 1, 3, 2, 3, "", NULL, false,
      "3 a sphere, 2 a circle within the slice" },
};

/* ---- points
 * ---------------------------------------------------------------------------------------------------------- */

typedef struct points {
    double (*lps)[3];
    int32_t n;
} points;

/* One decimal number at *text, which moves behind it. */
static bool scan_number(const char **text, double *out)
{
    const size_t length = strspn(*text, "0123456789+-.eE");
    char copy[64], *end;
    if (length == 0 || length >= sizeof copy)
        return false;
    memcpy(copy, *text, length);
    copy[length] = '\0';
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    *out = strtod_l(copy, &end, c);
    freelocale(c);
    *text += length;
    return *end == '\0';
}

/* Text to points; `what` names the operation. Numbers are read whatever the host's locale says a point is. */
static tomo_status read_points(tomo_ctx *ctx, points *out, const char *what, const char *text, bool voxels,
                               const tomo_image *image, int32_t least, int32_t most, tomo_error *err)
{
    const char *p = text ? text : "";
    out->n = 0;
    out->lps = (double(*)[3])tomo__calloc(ctx, TOMO_MOST_POINTS, sizeof *out->lps);
    if (!out->lps)
        return tomo__no_memory(ctx, err, TOMO_MOST_POINTS * sizeof *out->lps, "points");
    while (*p) {
        double v[3];
        if (out->n == TOMO_MOST_POINTS)
            return tomo__fail(err, TOMO_E_ARG, "%s: more than %d points", what, TOMO_MOST_POINTS);
        for (int k = 0; k < 3; k++) {
            if (!scan_number(&p, &v[k]) || !isfinite(v[k]) || fabs(v[k]) > 1e9 || *p != (k < 2 ? ',' : *p ? ';' : 0))
                return tomo__fail(err, TOMO_E_ARG, "%s: point %d is at fault at '%.40s', expected x,y,z;x,y,z;...",
                                  what, out->n + 1, p);
            p += *p != 0;
        }
        if (voxels)
            tomo_image_to_patient(image, v, out->lps[out->n]);
        else
            memcpy(out->lps[out->n], v, sizeof v);
        out->n++;
    }
    if (out->n < least || out->n > most)
        return tomo__fail(err, TOMO_E_ARG, "%s: %d points, expected %d%s", what, out->n, least,
                          most == least              ? ""
                          : most == TOMO_MOST_POINTS ? " or more"
                                                     : " or one more");
    return TOMO_OK;
}

static void minus(const double a[3], const double b[3], double out[3])
{
    for (int k = 0; k < 3; k++)
        out[k] = a[k] - b[k];
}
static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
static void cross(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1], out[1] = a[2] * b[0] - a[0] * b[2], out[2] = a[0] * b[1] - a[1] * b[0];
}
static double distance(const double a[3], const double b[3])
{
    double d[3];
    minus(a, b, d);
    return sqrt(dot(d, d));
}

/* ---- distance, angle, area
 * ---------------------------------------------------------------------------------------------- */

static tomo_status begin(tomo_ctx *ctx, const tomo_op *row, points *p, const void *out, const tomo_image *image,
                         const tomo_points_options *opts, int32_t least, int32_t most, tomo_error *err)
{
    tomo_points_options o;
    char what[64];
    snprintf(what, sizeof what, "measure %s", row->name);
    *p = (points){ NULL, 0 };
    if (!ctx || !out || !image)
        return tomo__fail(err, TOMO_E_ARG, "%s: ctx, results and image must not be NULL", what);
    tomo_status st = tomo__op_begin(row, &o, opts, err);
    return st ? st : read_points(ctx, p, what, o.points, o.voxels, image, least, most, err);
}

tomo_status tomo_measure_distance(tomo_ctx *ctx, double *mm, const tomo_image *image, const tomo_points_options *opts,
                                  tomo_job *job, tomo_error *err)
{
    points p;
    tomo_status st = begin(ctx, &measure__distance_row, &p, mm, image, opts, 2, TOMO_MOST_POINTS, err);
    if (st == TOMO_OK) {
        double sum = 0;
        for (int32_t i = 1; i < p.n; i++)
            sum += distance(p.lps[i], p.lps[i - 1]);
        *mm = sum;
    }
    if (ctx)
        tomo__free(ctx, p.lps);
    return st;
}

tomo_status tomo_measure_angle(tomo_ctx *ctx, double *degrees, const tomo_image *image, const tomo_points_options *opts,
                               tomo_job *job, tomo_error *err)
{
    points p;
    tomo_status st = begin(ctx, &measure__angle_row, &p, degrees, image, opts, 3, 4, err);
    if (st == TOMO_OK) {
        double u[3], v[3], n[3];
        const bool lines = p.n == 4;
        minus(p.lps[0], p.lps[1], u);
        minus(p.lps[lines ? 3 : 2], p.lps[lines ? 2 : 1], v);
        if (dot(u, u) == 0 || dot(v, v) == 0)
            st = tomo__fail(err, TOMO_E_ARG, "measure angle: two points of one line are the same");
        else {
            cross(u, v, n);
            *degrees = atan2(sqrt(dot(n, n)), lines ? fabs(dot(u, v)) : dot(u, v)) * 180 / M_PI;
        }
    }
    if (ctx)
        tomo__free(ctx, p.lps);
    return st;
}

tomo_status tomo_measure_area(tomo_ctx *ctx, double *mm2, double *perimeter_mm, const tomo_image *image,
                              const tomo_points_options *opts, tomo_job *job, tomo_error *err)
{
    points p;
    tomo_status st = begin(ctx, &measure__area_row, &p, mm2, image, opts, 3, TOMO_MOST_POINTS, err);
    if (st == TOMO_OK) {
        double sum[3] = { 0 }, around = 0;
        for (int32_t i = 0; i < p.n; i++) {
            double u[3], v[3], n[3];
            const int32_t next = (i + 1) % p.n;
            minus(p.lps[i], p.lps[0], u);
            minus(p.lps[next], p.lps[0], v);
            cross(u, v, n);
            for (int k = 0; k < 3; k++)
                sum[k] += n[k] / 2;
            around += distance(p.lps[i], p.lps[next]);
        }
        *mm2 = sqrt(dot(sum, sum));
        if (perimeter_mm)
            *perimeter_mm = around;
    }
    if (ctx)
        tomo__free(ctx, p.lps);
    return st;
}

/* ---- values in a region
 * -------------------------------------------------------------------------------------------------- */

/* Is the pixel center inside the polygon (even-odd rule)? */
static bool in_polygon(const double (*p)[3], int32_t n, double x, double y)
{
    bool in = false;
    for (int32_t i = 0, j = n - 1; i < n; j = i++)
        if ((p[i][1] > y) != (p[j][1] > y) && x < (p[j][0] - p[i][0]) * (y - p[i][1]) / (p[j][1] - p[i][1]) + p[i][0])
            in = !in;
    return in;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct region {
    const tomo_image *image;
    double (*index)[3];
    int32_t n;
    double radius, center[3];
    int64_t from[3], to[3]; /* box of voxels, the end not in it */
    bool flat;
} region;

static bool in_region(const region *r, int64_t x, int64_t y, int64_t z)
{
    const double index[3] = { (double)x, (double)y, (double)z };
    double lps[3];
    if (r->radius == 0)
        return in_polygon((const double(*)[3])r->index, r->n, index[0], index[1]);
    tomo_image_to_patient(r->image, index, lps);
    return distance(lps, r->center) <= r->radius;
}

/* Voxels to look at. A polygon's corners must lie in one slice: within half a voxel of it. */
static tomo_status find_region(region *r, const points *p, const tomo_roi_options *o, tomo_error *err)
{
    const int64_t *n = r->image->desc.size;
    double least[3] = { INFINITY, INFINITY, INFINITY }, most[3] = { -INFINITY, -INFINITY, -INFINITY };
    r->n = p->n, r->radius = o->radius, r->flat = o->radius == 0 || o->dims == 2;
    memcpy(r->center, p->lps[0], sizeof r->center);
    for (int32_t i = 0; i < p->n; i++) {
        tomo_image_to_index(r->image, p->lps[i], r->index[i]);
        for (int k = 0; k < 3; k++) {
            const double half = o->radius / r->image->desc.spacing[k];
            least[k] = TOMO__MIN(least[k], r->index[i][k] - half), most[k] = TOMO__MAX(most[k], r->index[i][k] + half);
        }
    }
    if (r->flat) {
        const double slice = floor(r->index[0][2] + 0.5);
        for (int32_t i = 0; i < p->n; i++)
            if (fabs(r->index[i][2] - slice) > 0.5 + 1e-6)
                return tomo__fail(err, TOMO_E_ARG,
                                  "measure roi: point %d lies in slice %.2f, point 1 in %.2f, expected one slice",
                                  i + 1, r->index[i][2], r->index[0][2]);
        if (o->radius > 0) { /* the circle's center is moved into the slice */
            const double index[3] = { r->index[0][0], r->index[0][1], slice };
            tomo_image_to_patient(r->image, index, r->center);
        }
        least[2] = most[2] = slice;
    }
    for (int k = 0; k < 3; k++) {
        r->from[k] = (int64_t)TOMO__MAX(0, ceil(least[k] - 1e-6));
        r->to[k] = (int64_t)TOMO__MIN((double)n[k], floor(most[k] + 1e-6) + 1);
    }
    return TOMO_OK;
}

static tomo_status region_values(tomo_ctx *ctx, const region *r, tomo_roi_values *out, tomo_job *job, tomo_error *err)
{
    double *v = NULL, mean = 0, square = 0;
    int64_t n = 0, room = 0;
    tomo_status st = TOMO_OK;
    *out = (tomo_roi_values){ sizeof *out, 0, NAN, NAN, NAN, NAN, NAN, 0, NAN };
    for (int64_t z = r->from[2]; st == TOMO_OK && z < r->to[2]; z++) {
        for (int64_t y = r->from[1]; y < r->to[1]; y++)
            for (int64_t x = r->from[0]; x < r->to[0]; x++) {
                if (!in_region(r, x, y, z))
                    continue;
                out->voxels++;
                if (n == room) {
                    room = room ? 2 * room : 1024;
                    double *more = tomo__realloc(ctx, v, (size_t)room * sizeof *v);
                    if (!more) {
                        tomo__free(ctx, v);
                        return tomo__no_memory(ctx, err, (size_t)room * sizeof *v, "values");
                    }
                    v = more;
                }
                v[n] = tomo_image_at(r->image, x, y, z, 0, 0);
                n += !isnan(v[n]);
            }
        st = tomo__job_step(job, (double)(z + 1 - r->from[2]) / (double)(r->to[2] - r->from[2]), err);
    }
    if (st == TOMO_OK && n) {
        qsort(v, (size_t)n, sizeof *v, by_value);
        for (int64_t i = 0; i < n; i++)
            mean += v[i];
        mean /= (double)n;
        for (int64_t i = 0; i < n; i++)
            square += (v[i] - mean) * (v[i] - mean);
        out->mean = mean, out->std = sqrt(square / (double)n);
        out->min = v[0], out->max = v[n - 1];
        out->median = n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
    }
    const double *mm = r->image->desc.spacing;
    out->volume_ml = (double)out->voxels * tomo_image_voxel_mm3(r->image) / 1000;
    out->area_mm2 = r->flat ? (double)out->voxels * mm[0] * mm[1] : NAN;
    tomo__free(ctx, v);
    return st;
}

tomo_status tomo_measure_roi(tomo_ctx *ctx, tomo_roi_values *out, const tomo_image *image, const tomo_roi_options *opts,
                             tomo_job *job, tomo_error *err)
{
    tomo_roi_options o;
    points p = { NULL, 0 };
    tomo_roi_values found;
    if (!ctx || !out || !image)
        return tomo__fail(err, TOMO_E_ARG, "measure roi: ctx, out and image must not be NULL");
    if (out->struct_size != sizeof *out)
        return tomo__fail(err, TOMO_E_ARG, "measure roi: out->struct_size is %u, expected %zu", out->struct_size,
                          sizeof *out);
    tomo_status st = tomo__op_begin(&measure__roi_row, &o, opts, err);
    if (st == TOMO_OK)
        st = measure__check_gray("measure roi", image, err);
    const bool round = st == TOMO_OK && o.radius > 0;
    if (st == TOMO_OK)
        st = read_points(ctx, &p, "measure roi", o.points, o.voxels, image, round ? 1 : 3, round ? 1 : TOMO_MOST_POINTS,
                         err);
    region r = { .image = image, .index = (double(*)[3])tomo__calloc(ctx, TOMO_MOST_POINTS, sizeof *r.index) };
    if (st == TOMO_OK && !r.index)
        st = tomo__no_memory(ctx, err, TOMO_MOST_POINTS * sizeof *r.index, "points");
    if (st == TOMO_OK)
        st = find_region(&r, &p, &o, err);
    if (st == TOMO_OK)
        st = region_values(ctx, &r, &found, job, err);
    if (st == TOMO_OK)
        *out = found;
    tomo__free(ctx, r.index);
    tomo__free(ctx, p.lps);
    return st;
}

/* ---- operations
 * -------------------------------------------------------------------------------------------------------------- */

static tomo_status put_json(tomo_ctx *ctx, tomo_value *out, const char *const *keys, const double *values, int n,
                            tomo_error *err)
{
    tomo__json j = TOMO__JSON(ctx);
    tomo_buffer *text = NULL;
    tomo__json_open(&j, '{');
    for (int i = 0; i < n; i++)
        measure__put_num(&j, keys[i], values[i]);
    tomo__json_close(&j, '}');
    tomo_status st = tomo__text_finish(&j.text, &text, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_JSON, text };
    return st;
}

static tomo_status run_distance(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                                tomo_error *err)
{
    static const char *const keys[] = { "distanceMm" };
    double mm = 0;
    tomo_status st = tomo_measure_distance(ctx, &mm, in[0].ptr, opts, job, err);
    return st ? st : put_json(ctx, out, keys, &mm, 1, err);
}

static tomo_status run_angle(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                             tomo_error *err)
{
    static const char *const keys[] = { "angleDegrees" };
    double degrees = 0;
    tomo_status st = tomo_measure_angle(ctx, &degrees, in[0].ptr, opts, job, err);
    return st ? st : put_json(ctx, out, keys, &degrees, 1, err);
}

static tomo_status run_area(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                            tomo_error *err)
{
    static const char *const keys[] = { "areaMm2", "perimeterMm" };
    double v[2] = { 0 };
    tomo_status st = tomo_measure_area(ctx, &v[0], &v[1], in[0].ptr, opts, job, err);
    return st ? st : put_json(ctx, out, keys, v, 2, err);
}

static tomo_status run_roi(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                           tomo_error *err)
{
    static const char *const keys[] = { "voxels", "mean", "std", "min", "max", "median", "volumeMl", "areaMm2" };
    tomo_roi_values r = { .struct_size = sizeof r };
    tomo_status st = tomo_measure_roi(ctx, &r, in[0].ptr, opts, job, err);
    const double v[] = { (double)r.voxels, r.mean, r.std, r.min, r.max, r.median, r.volume_ml, r.area_mm2 };
    return st ? st : put_json(ctx, out, keys, v, (int)TOMO__COUNT(v), err);
}

#define ROW(row_name, row_help, row_detail, row_example, row_options, row_type, row_run)                               \
    {                                                                                                                  \
        .room = "measure", .name = row_name, .help = row_help, .detail = row_detail, .example = row_example,           \
        .in = { { "image", TOMO_KIND_IMAGE, false, "says where voxels are" } },                                        \
        .out = { { "measures", TOMO_KIND_JSON, false, "one JSON object" } }, .options = row_options,                   \
        .n_options = TOMO__COUNT(row_options), .opts_size = sizeof(row_type), .run = row_run,                          \
    }

const tomo_op measure__distance_row = ROW(
    "distance", "Length of the line through two or more points.", "In mm, segment by segment.",
    "tomo measure distance ct.nii.gz --points \"2,3,4;10,3,4\" --voxels", options, tomo_points_options, run_distance);
const tomo_op measure__angle_row = ROW(
    "angle", "Angle at the second of three points, or between two lines of two points each.",
    "Degrees; of two lines the angle is at most 90 (Cobb).",
    "tomo measure angle ct.nii.gz --points \"2,3,4;5,3,4;5,9,4\" --voxels", options, tomo_points_options, run_angle);
const tomo_op measure__area_row = ROW(
    "area", "Area and perimeter of a polygon of points.", "The size of its vector area, so it may lie in any plane.",
    "tomo measure area ct.nii.gz --points \"2,3,4;8,3,4;8,9,4\" --voxels", options, tomo_points_options, run_area);
const tomo_op measure__roi_row = ROW(
    "roi", "Values inside a sphere, a circle or a polygon.",
    "Of voxels whose centers lie inside; NaN is left out. One point with a radius, or the corners of a polygon within "
    "one slice.",
    "tomo measure roi ct.nii.gz --points 5,5,4 --radius 4 --voxels", roi_options, tomo_roi_options, run_roi);
