/* rt_dose.c - RT Dose (PS3.3 A.18): the grid as an image in Gy, dose-volume histograms as facts. */
#include "object/rt_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dicom/dicom_internal.h"

#define RT_DOSE "1.2.840.10008.5.1.4.1.1.481.2"
enum { DVH_SEQUENCE = 0x30040050, FRAME_OFFSETS = 0x3004000C, DVH_DATA = 0x30040058 };

/* All numbers of a DS value; `*n` of them, freed by the caller. */
static tomo_status numbers(tomo_ctx *ctx, double **out, size_t *n, const tomo_dataset *ds, tomo_tag tag,
                           tomo_error *err)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    const char *text = e && !(e->flags & ELEM_SEQUENCE) ? (const char *)tomo__ds_value(ds, e) : NULL;
    const size_t size = text ? e->length : 0;
    size_t at = 0;
    *n = size > 0;
    for (size_t i = 0; i < size; i++)
        *n += text[i] == '\\';
    double *to = TOMO__ARRAY(ctx, *n + 1, double);
    if (!to)
        return tomo__no_memory(ctx, err, (*n + 1) * sizeof *to, "numbers");
    *out = to;
    for (size_t i = 0; i < *n; i++) {
        const char *end = memchr(text + at, '\\', size - at);
        const size_t length = end ? (size_t)(end - (text + at)) : size - at;
        if (!tomo__text_double(text + at, length, &to[i]) || !isfinite(to[i]))
            return tomo__fail(err, TOMO_E_FORMAT, "(%04X,%04X): value %zu is no number", tag >> 16, tag & 0xffff, i);
        at += length + 1;
    }
    return TOMO_OK;
}

static bool doubles(const tomo_dataset *ds, tomo_tag tag, double *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!tomo_dataset_double(ds, tag, i, &out[i]) || !isfinite(out[i]))
            return false;
    return true;
}

/* ---- the grid's place ---------------------------------------------------------------------------------------- */

typedef struct place {
    tomo_image_desc d;
    bool reversed; /* frames descend along the normal: the last comes first */
} place;

/* Rows, columns and position of the first frame (C.7.6.2). */
static tomo_status plane_of(place *p, const tomo_dataset *ds, tomo_error *err)
{
    double orient[6], position[3], spacing[2];
    if (!doubles(ds, 0x00200037, orient, 6))
        return tomo__fail(err, TOMO_E_FORMAT, "(0020,0037) Image Orientation (Patient) of the dose is absent");
    if (!doubles(ds, 0x00200032, position, 3))
        return tomo__fail(err, TOMO_E_FORMAT, "(0020,0032) Image Position (Patient) of the dose is absent");
    if (!doubles(ds, 0x00280030, spacing, 2) || !(spacing[0] > 0) || !(spacing[1] > 0))
        return tomo__fail(err, TOMO_E_FORMAT, "(0028,0030) Pixel Spacing of the dose is absent or not positive");
    double *x = orient, *y = orient + 3, length = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
    const double across = x[0] * y[0] + x[1] * y[1] + x[2] * y[2],
                 other = sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2]);
    if (fabs(length - 1) > 0.01 || fabs(other - 1) > 0.01 || fabs(across) > 0.01)
        return tomo__fail(err, TOMO_E_FORMAT,
                          "(0020,0037) Image Orientation (Patient) has no two directions at right "
                          "angles");
    for (int i = 0; i < 3; i++)
        x[i] /= length;
    for (int i = 0; i < 3; i++)
        y[i] -= (across / length) * x[i];
    length = sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2]);
    for (int i = 0; i < 3; i++)
        y[i] /= length;
    const double z[3] = { x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0] };
    for (int i = 0; i < 3; i++) {
        p->d.direction[3 * i] = x[i];
        p->d.direction[3 * i + 1] = y[i];
        p->d.direction[3 * i + 2] = z[i];
        p->d.origin[i] = position[i];
    }
    p->d.spacing[0] = spacing[1];
    p->d.spacing[1] = spacing[0];
    return TOMO_OK;
}

/* Grid Frame Offset Vector (C.8.8.3.2): from the first frame along the normal if it begins with 0, else z of the
 * patient, which needs transverse planes. */
static tomo_status offsets_of(place *p, double *offset, size_t n, int64_t frames, tomo_error *err)
{
    const double z0 = p->d.origin[2], up = p->d.direction[8];
    if ((int64_t)n < frames)
        return tomo__fail(err, TOMO_E_FORMAT, "(3004,000C) Grid Frame Offset Vector has %zu values, expected %lld", n,
                          (long long)frames);
    if (offset[0] != 0) {
        if (fabs(offset[0] - z0) > 0.01 || fabs(fabs(up) - 1) > 1e-4)
            return tomo__fail(
                err, TOMO_E_GEOMETRY,
                "(3004,000C) Grid Frame Offset Vector begins with %g, expected 0, or z of the first frame "
                "(%g) in transverse planes",
                offset[0], z0);
        for (int64_t i = (int64_t)n - 1; i >= 0; i--)
            offset[i] = (offset[i] - offset[0]) * (up > 0 ? 1 : -1);
    }
    const double step = frames > 1 ? (offset[frames - 1] - offset[0]) / (double)(frames - 1) : 0;
    for (int64_t i = 1; i < frames; i++)
        if (fabs(offset[i] - step * (double)i) > fmax(0.01, 0.01 * fabs(step)) || !(fabs(step) > 1e-6))
            return tomo__fail(err, TOMO_E_GEOMETRY,
                              "frame %lld of the dose lies at %g mm, expected %g: uneven steps "
                              "make no grid",
                              (long long)i, offset[i], step * (double)i);
    p->d.spacing[2] = fabs(step);
    p->reversed = step < 0;
    for (int i = 0; p->reversed && i < 3; i++) /* the last frame becomes the first, so that axes stay right-handed */
        p->d.origin[i] += p->d.direction[3 * i + 2] * offset[frames - 1];
    return TOMO_OK;
}

static tomo_status place_of(tomo_ctx *ctx, place *p, const tomo_dataset *ds, const tomo_pixels_info *info,
                            tomo_report *report, tomo_error *err)
{
    double *offset = NULL;
    size_t n = 0;
    tomo_status st = plane_of(p, ds, err);
    if (st)
        return st;
    if (info->frames > 1) {
        st = numbers(ctx, &offset, &n, ds, FRAME_OFFSETS, err);
        st = st ? st : offsets_of(p, offset, n, info->frames, err);
        tomo__free(ctx, offset);
    } else if (!tomo_dataset_double(ds, 0x00180050, 0, &p->d.spacing[2]) || !(p->d.spacing[2] > 0)) {
        p->d.spacing[2] = 1;
        tomo__remark(report, "a dose of one plane without Slice Thickness: 1 mm is assumed");
    }
    p->d.dtype = TOMO_DTYPE_F32;
    p->d.size[0] = info->frame.columns;
    p->d.size[1] = info->frame.rows;
    p->d.size[2] = info->frames;
    return st;
}

/* ---- the dose ------------------------------------------------------------------------------------------------ */

static tomo_status check_class(const tomo_dataset *ds, tomo_error *err)
{
    char uid[65] = "";
    tomo_dataset_text(ds, 0x00080016, 0, uid, sizeof uid);
    if (strcmp(uid, RT_DOSE) != 0)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "(0008,0016) SOP Class UID is '%s', expected RT Dose", uid);
    return TOMO_OK;
}

static void scale(tomo_image *to, const tomo_image *stored, double factor, bool reversed)
{
    const int64_t *size = tomo_image_get_desc(to)->size;
    for (int64_t z = 0; z < size[2]; z++)
        for (int64_t y = 0; y < size[1]; y++) {
            const double *from = tomo_image_row(stored, y, reversed ? size[2] - 1 - z : z, 0);
            float *row = tomo_image_row_mut(to, y, z, 0);
            for (int64_t x = 0; x < size[0]; x++)
                row[x] = (float)(from[x] * factor);
        }
}

tomo_status tomo_rt_dose_load(tomo_ctx *ctx, tomo_image **out, const tomo_dataset *ds, tomo_report *report,
                              tomo_job *job, tomo_error *err)
{
    tomo_pixels_info info = { sizeof info };
    place p = { TOMO_IMAGE_DESC_INIT, false };
    tomo_image *stored = NULL, *wide = NULL, *dose = NULL;
    double factor;
    char units[17] = "";
    if (!ctx || !out || !ds)
        return tomo__fail(err, TOMO_E_ARG, "tomo_rt_dose_load: ctx, out and ds must not be NULL");
    tomo_status st = check_class(ds, err);
    st = st ? st : tomo_pixels_get_info(ds, &info, err);
    if (st == TOMO_OK && info.frame.samples != 1)
        st = tomo__fail(err, TOMO_E_FORMAT, "(0028,0002) Samples per Pixel of a dose is %d, expected 1",
                        info.frame.samples);
    if (st == TOMO_OK && (!tomo_dataset_double(ds, 0x3004000E, 0, &factor) || !(factor > 0) || !isfinite(factor)))
        st = tomo__fail(err, TOMO_E_FORMAT, "(3004,000E) Dose Grid Scaling is absent or not above 0");
    st = st ? st : place_of(ctx, &p, ds, &info, report, err);
    st = st ? st : tomo_pixels_all(ctx, ds, &stored, job, err);
    st = st ? st : tomo_image_convert(ctx, &wide, stored, TOMO_DTYPE_F64, job, err);
    st = st ? st : tomo_image_new(ctx, &dose, &p.d, err);
    tomo_image_free(stored);
    if (st == TOMO_OK) {
        scale(dose, wide, factor, p.reversed);
        tomo_dataset_text(ds, 0x30040002, 0, units, sizeof units);
        if (strcmp(units, "GY") != 0)
            tomo__remark(report, "(3004,0002) Dose Units is '%s': the values are not Gy", units);
        *out = dose;
    }
    tomo_image_free(wide);
    return st;
}

/* ---- on another grid ----------------------------------------------------------------------------------------- */

typedef struct onto {
    const tomo_image *dose;
    tomo_image *to;
} onto;

/* Trilinear; 0 outside of the grid's centers. */
static double dose_at(const tomo_image *dose, const double at[3])
{
    const int64_t *size = tomo_image_get_desc(dose)->size;
    int64_t i[3], j[3];
    double f[3], sum = 0;
    for (int k = 0; k < 3; k++) {
        const double last = (double)(size[k] - 1);
        if (!(at[k] >= -1e-6 && at[k] <= last + 1e-6)) /* a rounded border is not outside */
            return 0;
        const double v = fmin(fmax(at[k], 0), last);
        i[k] = (int64_t)v;
        j[k] = TOMO__MIN(i[k] + 1, size[k] - 1);
        f[k] = v - (double)i[k];
    }
    for (int c = 0; c < 8; c++) {
        const float *row = tomo_image_row(dose, c & 2 ? j[1] : i[1], c & 4 ? j[2] : i[2], 0);
        sum += (c & 1 ? f[0] : 1 - f[0]) * (c & 2 ? f[1] : 1 - f[1]) * (c & 4 ? f[2] : 1 - f[2]) *
               (double)row[c & 1 ? j[0] : i[0]];
    }
    return sum;
}

static tomo_status resample_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const onto *o = user;
    const int64_t *size = tomo_image_get_desc(o->to)->size;
    for (int64_t y = 0; y < size[1]; y++) {
        float *row = tomo_image_row_mut(o->to, y, z, 0);
        for (int64_t x = 0; x < size[0]; x++) {
            double lps[3], at[3];
            const double index[3] = { (double)x, (double)y, (double)z };
            tomo_image_to_patient(o->to, index, lps);
            tomo_image_to_index(o->dose, lps, at);
            row[x] = (float)dose_at(o->dose, at);
        }
    }
    return TOMO_OK;
}

static tomo_status load(tomo_ctx *ctx, tomo_image **out, const tomo_dataset *ds, const tomo_image *grid,
                        tomo_report *report, tomo_job *job, tomo_error *err)
{
    onto o = { NULL, NULL };
    tomo_image *dose = NULL;
    tomo_status st = tomo_rt_dose_load(ctx, &dose, ds, report, job, err);
    if (st || !grid) {
        if (st == TOMO_OK)
            *out = dose;
        return st;
    }
    const tomo_image_desc d = tomo__rt_grid_desc(grid, TOMO_DTYPE_F32);
    o.dose = dose;
    st = tomo_image_new(ctx, &o.to, &d, err);
    st = st ? st : tomo__parallel(ctx, d.size[2], resample_slice, &o, job, err);
    tomo_image_free(dose);
    if (st == TOMO_OK)
        *out = o.to;
    else
        tomo_image_free(o.to);
    return st;
}

/* ---- facts --------------------------------------------------------------------------------------------------- */

/* DVH Data are pairs: width of a dose bin, volume in it (C.8.8.4.3). Doses are written as the bins' upper edges. */
static tomo_status dvh_facts(tomo_ctx *ctx, tomo__json *j, const tomo_dataset *ds, tomo_error *err)
{
    double *v = NULL, factor = 1, edge = 0;
    size_t n = 0;
    const tomo_dataset *roi = tomo_dataset_item(ds, 0x30040060, 0);
    const tomo_status st = numbers(ctx, &v, &n, ds, DVH_DATA, err);
    tomo_dataset_double(ds, 0x30040052, 0, &factor);
    tomo__json_open(j, '{');
    tomo__fact_num(j, "structure", roi, 0x30060084);
    tomo__fact_text(j, "type", ds, 0x30040001);
    tomo__fact_text(j, "doseUnits", ds, 0x30040002);
    tomo__fact_text(j, "doseType", ds, 0x30040004);
    tomo__fact_text(j, "volumeUnits", ds, 0x30040054);
    tomo__fact_num(j, "bins", ds, 0x30040056);
    tomo__fact_num(j, "minimum", ds, 0x30040070);
    tomo__fact_num(j, "maximum", ds, 0x30040072);
    tomo__fact_num(j, "mean", ds, 0x30040074);
    if (st == TOMO_OK && n >= 2) {
        tomo__json_key(j, "dose");
        tomo__json_open(j, '[');
        for (size_t i = 0; i + 1 < n; i += 2)
            tomo__json_num(j, edge += v[i] * factor);
        tomo__json_close(j, ']');
        tomo__json_key(j, "volume");
        tomo__json_open(j, '[');
        for (size_t i = 0; i + 1 < n; i += 2)
            tomo__json_num(j, v[i + 1]);
        tomo__json_close(j, ']');
    }
    tomo__json_close(j, '}');
    tomo__free(ctx, v);
    return st;
}

static tomo_status facts(tomo_ctx *ctx, tomo__json *j, const tomo_dataset *ds, tomo_error *err)
{
    tomo_pixels_info info = { sizeof info };
    place p = { TOMO_IMAGE_DESC_INIT, false };
    tomo_status st = TOMO_OK;
    tomo__fact_text(j, "units", ds, 0x30040002);
    tomo__fact_text(j, "type", ds, 0x30040004);
    tomo__fact_text(j, "summation", ds, 0x3004000A);
    tomo__fact_text(j, "comment", ds, 0x30040006);
    tomo__fact_num(j, "scaling", ds, 0x3004000E);
    tomo__fact_text(j, "plan", tomo_dataset_item(ds, 0x300C0002, 0), 0x00081155);
    if (tomo_pixels_get_info(ds, &info, NULL) == TOMO_OK && place_of(ctx, &p, ds, &info, NULL, NULL) == TOMO_OK) {
        const double size[3] = { (double)p.d.size[0], (double)p.d.size[1], (double)p.d.size[2] };
        tomo__json_key(j, "size"), tomo__json_nums(j, size, 3);
        tomo__json_key(j, "spacing"), tomo__json_nums(j, p.d.spacing, 3);
        tomo__json_key(j, "origin"), tomo__json_nums(j, p.d.origin, 3);
    }
    const tomo__elem *dvh = tomo__ds_elem(ds, DVH_SEQUENCE);
    if (!dvh || !(dvh->flags & ELEM_SEQUENCE))
        return TOMO_OK;
    tomo__json_key(j, "dvh");
    tomo__json_open(j, '[');
    for (size_t i = 0; st == TOMO_OK && i < dvh->n_items; i++)
        st = dvh_facts(ctx, j, tomo_dataset_item(ds, DVH_SEQUENCE, i), err);
    tomo__json_close(j, ']');
    return st;
}

static const char *const classes[] = { RT_DOSE, NULL };
const tomo__object_row tomo__object_rtdose = { { "rtdose", "RT Dose", true, false }, classes, load, facts };
