/* frames_place.c - where the frames of an object lie: in the patient by Plane Position and Orientation (PS3.3
 * C.7.6.16.2.3-4), on a slide by Plane Position (Slide) (C.8.12.6.1) or by their order alone (C.7.6.17.3). */
#include <math.h>
#include <stdlib.h>

#include "object/frames.h"

static bool numbers(const tomo_dataset *ds, tomo_tag tag, size_t n, double *out)
{
    double v[6];
    if (!ds)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!tomo_dataset_double(ds, tag, i, &v[i]) || !isfinite(v[i]) || fabs(v[i]) > 1e9)
            return false;
    memcpy(out, v, n * sizeof *v);
    return true;
}

void tomo__plane_of(const tomo_dataset *ds, int64_t frame, tomo__plane *out)
{
    const tomo_dataset *position = tomo__macro(ds, frame, 0x00209113), *turn = tomo__macro(ds, frame, 0x00209116);
    const tomo_dataset *measures = tomo__macro(ds, frame, 0x00289110);
    double two[2], one;
    *out = (tomo__plane){ .placed = false };
    out->placed = (numbers(position, 0x00200032, 3, out->position) || numbers(ds, 0x00200032, 3, out->position)) &&
                  (numbers(turn, 0x00200037, 6, out->orient) || numbers(ds, 0x00200037, 6, out->orient)) &&
                  tomo__plane_axes(out->orient);
    measures = measures ? measures : ds;
    if (numbers(measures, 0x00280030, 2, two) && two[0] > 1e-6 && two[1] > 1e-6)
        memcpy(out->spacing, two, sizeof two);
    if (numbers(measures, 0x00180088, 1, &one))
        out->between = fabs(one);
    if (numbers(measures, 0x00180050, 1, &one))
        out->thickness = fabs(one);
}

/* ---- frames without a place ---- */

/* The frame of the source image that it belongs to, from 1; 0 if it does not say. */
static int64_t source_frame(const tomo_dataset *ds, int64_t frame)
{
    const tomo_dataset *derivation = tomo__macro(ds, frame, 0x00089124);
    const tomo_dataset *source = derivation ? tomo_dataset_item(derivation, 0x00082112, 0) : NULL;
    int64_t number = 0;
    return source && tomo_dataset_values(source, 0x00081160) == 1 && tomo_dataset_int(source, 0x00081160, 0, &number)
               ? number
               : 0;
}

static tomo_status place_by_source(tomo__frames *f, tomo_report *report, tomo_error *err)
{
    int64_t most = 1;
    for (int64_t i = 0; i < f->n; i++) {
        const int64_t at = source_frame(f->ds, i);
        if (at < 1 && f->n > 1)
            most = 0;
        if (at > INT32_MAX)
            return tomo__fail(err, TOMO_E_FORMAT, "frame %lld is of frame %lld of its source", (long long)i + 1,
                              (long long)at);
        most = most ? TOMO__MAX(most, at) : 0;
        f->frame[i].slice = at > 0 ? at - 1 : 0;
    }
    /* Without any place, frames of one segment can't be told apart: the kind refuses two at one. */
    for (int64_t i = 0; i < f->n && !most; i++)
        f->frame[i].slice = 0;
    f->grid.size[2] = most ? most : 1;
    tomo__remark(report, "frames have no position in the patient: the image has none either");
    return TOMO_OK;
}

/* ---- frames in the patient ---- */

static tomo_status place_in_patient(tomo__frames *f, tomo_report *report, tomo_error *err)
{
    int64_t *slice = TOMO__ARRAY(f->ctx, f->n, int64_t), placed = 0;
    tomo__plane *planes = TOMO__ARRAY(f->ctx, f->n, tomo__plane);
    tomo_status st = TOMO_OK;
    if (!slice || !planes) {
        st = tomo__no_memory(f->ctx, err, (size_t)f->n * sizeof *planes, "planes of frames");
        goto done;
    }
    for (int64_t i = 0; i < f->n; i++) {
        tomo__plane_of(f->ds, i, &planes[i]);
        placed += planes[i].placed;
    }
    if (placed == 0) {
        if (planes[0].spacing[0] > 0) {
            f->grid.spacing[0] = planes[0].spacing[1];
            f->grid.spacing[1] = planes[0].spacing[0];
        }
        st = place_by_source(f, report, err);
        goto done;
    }
    if (placed < f->n) {
        st = tomo__fail(err, TOMO_E_FORMAT, "%lld of %lld frames have no Image Position (Patient) and Orientation",
                        (long long)(f->n - placed), (long long)f->n);
        goto done;
    }
    st = tomo__planes_grid(f->ctx, planes, f->n, &f->grid, slice, report, err);
    for (int64_t i = 0; st == TOMO_OK && i < f->n; i++)
        f->frame[i].slice = slice[i];
    f->placed = true;
done:
    tomo__free(f->ctx, slice);
    tomo__free(f->ctx, planes);
    return st;
}

/* ---- tiles of a slide ---- */

/* Place of the total pixel matrix: its origin and axes in the slide's frame of reference (C.8.12.4.1). */
static void matrix_place(tomo__frames *f)
{
    const tomo_dataset *origin = tomo_dataset_item(f->ds, 0x00480008, 0);
    const tomo_dataset *measures = tomo__macro(f->ds, 0, 0x00289110);
    double orient[6], two[2], normal[3];
    if (numbers(measures, 0x00280030, 2, two) && two[0] > 1e-6 && two[1] > 1e-6) {
        f->grid.spacing[0] = two[1];
        f->grid.spacing[1] = two[0];
    }
    if (numbers(measures, 0x00180050, 1, two) && two[0] > 1e-6)
        f->grid.spacing[2] = two[0];
    if (!numbers(f->ds, 0x00480102, 6, orient) || !tomo__plane_axes(orient) ||
        !numbers(origin, 0x0040072A, 1, &f->grid.origin[0]) || !numbers(origin, 0x0040073A, 1, &f->grid.origin[1]))
        return;
    if (!numbers(origin, 0x0040074A, 1, &f->grid.origin[2]))
        f->grid.origin[2] = 0;
    tomo__plane_normal(orient, normal);
    for (int r = 0; r < 3; r++) {
        f->grid.direction[3 * r] = orient[r];
        f->grid.direction[3 * r + 1] = orient[3 + r];
        f->grid.direction[3 * r + 2] = normal[r];
    }
    f->placed = true;
}

/* TILED_FULL: along rows, then down, then the focal planes, then whatever else there is (C.7.6.17.3). */
static tomo_status place_full(tomo__frames *f, tomo_error *err)
{
    const int64_t columns = f->info.frame.columns, rows = f->info.frame.rows;
    const int64_t across = (f->grid.size[0] + columns - 1) / columns, down = (f->grid.size[1] + rows - 1) / rows;
    int64_t planes = 1;
    if (tomo_dataset_values(f->ds, 0x00480303) &&
        (!tomo_dataset_int(f->ds, 0x00480303, 0, &planes) || planes < 1 || planes > 65535))
        return tomo__fail(err, TOMO_E_FORMAT, "(0048,0303) Total Pixel Matrix Focal Planes is %lld, expected 1 or more",
                          (long long)planes);
    const int64_t tiles = across * down; /* each is below 2^31 */
    const int64_t each = tiles <= f->n ? tiles * planes : tiles;
    if (f->n % each)
        return tomo__fail(
            err, TOMO_E_FORMAT,
            "(0028,0008) Number of Frames is %lld, expected a multiple of %lld x %lld tiles in %lld planes",
            (long long)f->n, (long long)across, (long long)down, (long long)planes);
    for (int64_t i = 0; i < f->n; i++) {
        f->frame[i].run = i / each;
        f->frame[i].slice = i % each / tiles;
        f->frame[i].column = i % across * columns;
        f->frame[i].row = i / across % down * rows;
    }
    f->grid.size[2] = planes;
    return TOMO_OK;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Focal planes by their offset along the slide's normal: sorted, evenly spaced. */
static tomo_status focal_planes(tomo__frames *f, const double *z, tomo_report *report, tomo_error *err)
{
    double *sorted = TOMO__ARRAY(f->ctx, f->n, double);
    int64_t m = 1;
    if (!sorted)
        return tomo__no_memory(f->ctx, err, (size_t)f->n * sizeof *sorted, "focal planes");
    memcpy(sorted, z, (size_t)f->n * sizeof *sorted);
    qsort(sorted, (size_t)f->n, sizeof *sorted, compare);
    for (int64_t i = 1; i < f->n; i++)
        if (sorted[i] - sorted[m - 1] > 1e-6)
            sorted[m++] = sorted[i];
    for (int64_t i = 0; i < f->n; i++) {
        int64_t lo = 0, hi = m - 1;
        while (lo < hi) {
            const int64_t mid = (lo + hi) / 2;
            if (sorted[mid] < z[i] - 1e-6)
                lo = mid + 1;
            else
                hi = mid;
        }
        f->frame[i].slice = lo;
    }
    f->grid.size[2] = m;
    if (m > 1) {
        f->grid.spacing[2] = (sorted[m - 1] - sorted[0]) / (double)(m - 1);
        tomo__remark(report, "%lld focal planes are taken as evenly spaced", (long long)m);
    }
    tomo__free(f->ctx, sorted);
    return TOMO_OK;
}

static tomo_status place_sparse(tomo__frames *f, tomo_report *report, tomo_error *err)
{
    double *z = TOMO__ARRAY(f->ctx, f->n, double);
    tomo_status st = TOMO_OK;
    if (!z)
        return tomo__no_memory(f->ctx, err, (size_t)f->n * sizeof *z, "focal planes");
    for (int64_t i = 0; st == TOMO_OK && i < f->n; i++) {
        const tomo_dataset *place = tomo__macro(f->ds, i, 0x0048021A);
        int64_t column = 0, row = 0;
        if (!place || !tomo_dataset_int(place, 0x0048021E, 0, &column) ||
            !tomo_dataset_int(place, 0x0048021F, 0, &row) || column < 1 || row < 1 || column > f->grid.size[0] ||
            row > f->grid.size[1])
            st = tomo__fail(err, TOMO_E_FORMAT,
                            "frame %lld lies at column %lld, row %lld of the total pixel matrix, expected 1 to %lld "
                            "and 1 to %lld",
                            (long long)i + 1, (long long)column, (long long)row, (long long)f->grid.size[0],
                            (long long)f->grid.size[1]);
        f->frame[i].column = column - 1;
        f->frame[i].row = row - 1;
        numbers(place, 0x0040074A, 1, &z[i]);
    }
    if (st == TOMO_OK)
        st = focal_planes(f, z, report, err);
    tomo__free(f->ctx, z);
    return st;
}

static tomo_status place_tiles(tomo__frames *f, tomo_report *report, tomo_error *err)
{
    char type[17] = "";
    int64_t size[2] = { 0, 0 };
    if (!tomo_dataset_int(f->ds, 0x00480006, 0, &size[0]) || !tomo_dataset_int(f->ds, 0x00480007, 0, &size[1]) ||
        size[0] < 1 || size[1] < 1 || size[0] > INT32_MAX || size[1] > INT32_MAX)
        return tomo__fail(err, TOMO_E_FORMAT, "(0048,0006) Total Pixel Matrix has %lld columns and %lld rows",
                          (long long)size[0], (long long)size[1]);
    f->grid.size[0] = size[0];
    f->grid.size[1] = size[1];
    matrix_place(f);
    tomo_dataset_text(f->ds, 0x00209311, 0, type, sizeof type);
    f->tiled_full = strcmp(type, "TILED_FULL") == 0;
    return f->tiled_full ? place_full(f, err) : place_sparse(f, report, err);
}

/* ---- all frames ---- */

/* Number of Frames must be borne out by what the file holds before memory is taken for it. */
static tomo_status check_count(const tomo__frames *f, tomo_error *err)
{
    tomo_element e;
    uint64_t native = 0;
    if (f->n == 1 || tomo_dataset_item(f->ds, 0x52009230, (size_t)f->n - 1))
        return TOMO_OK;
    if (tomo_dataset_find(f->ds, "7FE00010", &e, NULL) == TOMO_OK ||
        tomo_dataset_find(f->ds, "7FE00008", &e, NULL) == TOMO_OK ||
        tomo_dataset_find(f->ds, "7FE00009", &e, NULL) == TOMO_OK) {
        tomo_status st = tomo__native_bytes(&f->info, f->n, &native, err);
        if (st)
            return st;
        if (e.encapsulated ? (uint64_t)f->n <= e.length / 8 : native <= e.length)
            return TOMO_OK;
    } else if (f->n <= 1 << 16) /* a header alone */
        return TOMO_OK;
    return tomo__fail(
        err, TOMO_E_FORMAT,
        "(0028,0008) Number of Frames is %lld, but neither functional groups nor pixel data are there for "
        "so many",
        (long long)f->n);
}

tomo_status tomo__frames_open(tomo_ctx *ctx, tomo__frames *f, const tomo_dataset *ds, tomo_report *report,
                              tomo_error *err)
{
    const tomo_image_desc plain = TOMO_IMAGE_DESC_INIT;
    tomo_element e;
    *f = (tomo__frames){ .ctx = ctx, .ds = ds, .grid = plain };
    tomo_status st = tomo__pixels_describe(ds, &f->info, err);
    if (st)
        return st;
    f->n = f->info.frames;
    if ((st = check_count(f, err)) != TOMO_OK)
        return st;
    if (!(f->frame = TOMO__ARRAY(ctx, f->n, tomo__frame)))
        return tomo__no_memory(ctx, err, (size_t)f->n * sizeof *f->frame, "the places of frames");
    f->grid.size[0] = f->info.frame.columns;
    f->grid.size[1] = f->info.frame.rows;
    f->tiled = tomo_dataset_find(ds, "00480006", &e, NULL) == TOMO_OK;
    return f->tiled ? place_tiles(f, report, err) : place_in_patient(f, report, err);
}

void tomo__frames_close(tomo__frames *f)
{
    if (f->opened)
        tomo__pixels_close(f->ctx, &f->pixels);
    tomo__free(f->ctx, f->at);
    tomo__free(f->ctx, f->frame);
    f->opened = false;
    f->at = NULL;
    f->frame = NULL;
}
