/* rt_struct.c - RT Structure Set (PS3.3 A.19): structures and their contours out of a data set, and what it says. */
#include "object/rt_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dicom/dicom_internal.h"

#define RT_STRUCTURE_SET "1.2.840.10008.5.1.4.1.1.481.3"
enum {
    ROI_SEQUENCE = 0x30060020,      /* Structure Set ROI Sequence */
    CONTOURS_OF_ROI = 0x30060039,   /* ROI Contour Sequence */
    CONTOUR_SEQUENCE = 0x30060040,  /* Contour Sequence */
    OBSERVATIONS = 0x30060080,      /* RT ROI Observations Sequence */
    REFERENCED_NUMBER = 0x30060084, /* Referenced ROI Number */
    CONTOUR_DATA = 0x30060050,
};

/* Number of a structure and its place, for finding it by number. */
typedef struct numbered {
    int64_t number;
    size_t at;
} numbered;

static int by_number(const void *va, const void *vb)
{
    const numbered *a = va, *b = vb;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

static tomo__rt_roi *find(const tomo_rt_structures *set, const numbered *index, int64_t number)
{
    size_t lo = 0, hi = set->count;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (index[mid].number < number)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < set->count && index[lo].number == number ? &set->roi[index[lo].at] : NULL;
}

static void take_text(const tomo_dataset *ds, tomo_tag tag, char *to, size_t room)
{
    to[0] = 0;
    tomo_dataset_text(ds, tag, 0, to, room);
    to[tomo__utf8_valid(to, strlen(to))] = 0; /* a long name may have been cut inside a character */
}

/* ---- structures ---------------------------------------------------------------------------------------------- */

static size_t items(const tomo_dataset *ds, tomo_tag tag)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    return e && (e->flags & ELEM_SEQUENCE) ? e->n_items : 0;
}

static tomo_status read_rois(tomo_rt_structures *set, const tomo_dataset *ds, numbered **index, tomo_report *report,
                             tomo_error *err)
{
    const size_t n = items(ds, ROI_SEQUENCE);
    set->roi = TOMO__ARRAY(set->ctx, n + 1, tomo__rt_roi);
    *index = TOMO__ARRAY(set->ctx, n + 1, numbered);
    if (!set->roi || !*index)
        return tomo__no_memory(set->ctx, err, (n + 1) * sizeof *set->roi, "the structures");
    for (size_t i = 0; i < n; i++) {
        const tomo_dataset *item = tomo_dataset_item(ds, ROI_SEQUENCE, i);
        tomo_rt_structure *s = &set->roi[i].is;
        s->struct_size = sizeof *s;
        s->volume_ml = NAN;
        if (!tomo_dataset_int(item, 0x30060022, 0, &s->number))
            return tomo__fail(err, TOMO_E_FORMAT, "structure %zu: (3006,0022) ROI Number is absent or no number", i);
        take_text(item, 0x30060026, s->name, sizeof s->name);
        take_text(item, 0x30060036, s->algorithm, sizeof s->algorithm);
        tomo_dataset_double(item, 0x3006002C, 0, &s->volume_ml);
        (*index)[i] = (numbered){ s->number, i };
    }
    set->count = n;
    if (n)
        qsort(*index, n, sizeof **index, by_number);
    for (size_t i = 1; i < n; i++)
        if ((*index)[i].number == (*index)[i - 1].number)
            tomo__remark(report, "ROI Number %lld is used twice: contours go to the first",
                         (long long)(*index)[i].number);
    return TOMO_OK;
}

static void read_observations(tomo_rt_structures *set, const tomo_dataset *ds, const numbered *index)
{
    for (size_t i = 0; i < items(ds, OBSERVATIONS); i++) {
        const tomo_dataset *item = tomo_dataset_item(ds, OBSERVATIONS, i), *code;
        int64_t number;
        tomo__rt_roi *roi = tomo_dataset_int(item, REFERENCED_NUMBER, 0, &number) ? find(set, index, number) : NULL;
        if (!roi)
            continue;
        take_text(item, 0x300600A4, roi->is.type, sizeof roi->is.type);
        if ((code = tomo_dataset_item(item, 0x30060086, 0)) != NULL) {
            take_text(code, 0x00080100, roi->is.code, sizeof roi->is.code);
            take_text(code, 0x00080102, roi->is.scheme, sizeof roi->is.scheme);
            take_text(code, 0x00080104, roi->is.meaning, sizeof roi->is.meaning);
        }
    }
}

/* ---- contours ------------------------------------------------------------------------------------------------ */

static bool shape_of(const char *text, tomo_rt_shape *out)
{
    static const char *const words[] = { "POINT", "OPEN_PLANAR", "OPEN_NONPLANAR", "CLOSED_PLANAR",
                                         "CLOSEDPLANAR_XOR" };
    for (size_t i = 0; i < TOMO__COUNT(words); i++)
        if (strcmp(text, words[i]) == 0) {
            *out = (tomo_rt_shape)i;
            return true;
        }
    return false;
}

/* All numbers of a DS value at once: asking for the i-th would read from the start each time. */
static tomo_status read_points(tomo_ctx *ctx, tomo_rt_contour *c, const tomo_dataset *item, tomo_error *err)
{
    const tomo__elem *e = tomo__ds_elem(item, CONTOUR_DATA);
    const char *text = e ? (const char *)tomo__ds_value(item, e) : NULL;
    const size_t size = text ? e->length : 0;
    size_t n = size > 0, at = 0;
    for (size_t i = 0; i < size; i++)
        n += text[i] == '\\';
    if (n % 3)
        return tomo__fail(err, TOMO_E_FORMAT, "(3006,0050) Contour Data has %zu values, expected a multiple of 3", n);
    double *to = TOMO__ARRAY(ctx, n + 1, double);
    if (!to)
        return tomo__no_memory(ctx, err, (n + 1) * sizeof *to, "a contour");
    c->points = to;
    c->n = n / 3;
    for (size_t i = 0; i < n; i++) {
        const char *end = memchr(text + at, '\\', size - at);
        const size_t length = end ? (size_t)(end - (text + at)) : size - at;
        if (!tomo__text_double(text + at, length, &to[i]) || !isfinite(to[i]))
            return tomo__fail(err, TOMO_E_FORMAT, "(3006,0050) Contour Data: value %zu is no number", i);
        at += length + 1;
    }
    return TOMO_OK;
}

static tomo_status read_contour(tomo_ctx *ctx, tomo__rt_roi *roi, const tomo_dataset *item, tomo_error *err)
{
    tomo_rt_contour *c = &roi->contour[roi->filled];
    char shape[17], uid[65] = "";
    const tomo_dataset *image = tomo_dataset_item(item, 0x30060016, 0);
    take_text(item, 0x30060042, shape, sizeof shape);
    if (!shape_of(shape, &c->shape))
        return tomo__fail(err, TOMO_E_FORMAT, "(3006,0042) Contour Geometric Type is '%s'", shape);
    if (!tomo_dataset_double(item, 0x30060044, 0, &c->slab) || !(c->slab > 0))
        c->slab = 0;
    if (image)
        take_text(image, 0x00081155, uid, sizeof uid);
    roi->filled++; /* what is taken from here on is freed with it */
    if (!(c->image = tomo__strdup(ctx, uid)))
        return tomo__no_memory(ctx, err, sizeof uid, "a contour");
    const tomo_status st = read_points(ctx, c, item, err);
    roi->is.points += c->n;
    return st;
}

/* A structure may have several items: first all are counted, then filled. */
static tomo_status read_contours(tomo_rt_structures *set, const tomo_dataset *ds, const numbered *index,
                                 tomo_report *report, tomo_error *err)
{
    const size_t n = items(ds, CONTOURS_OF_ROI);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < n; i++) {
            const tomo_dataset *item = tomo_dataset_item(ds, CONTOURS_OF_ROI, i);
            const size_t count = items(item, CONTOUR_SEQUENCE);
            int64_t number, v;
            tomo__rt_roi *roi = tomo_dataset_int(item, REFERENCED_NUMBER, 0, &number) ? find(set, index, number) : NULL;
            if (!roi) {
                if (pass == 0)
                    tomo__remark(report, "ROI Contour %zu has %zu contours of a structure that is not there", i, count);
                continue;
            }
            if (pass == 0) {
                roi->is.contours += count;
                for (int k = 0; k < 3; k++)
                    if (tomo_dataset_int(item, 0x3006002A, (size_t)k, &v) && v >= 0 && v <= 255)
                        roi->is.color[k] = (uint8_t)v, roi->is.has_color = true;
                continue;
            }
            for (size_t k = 0; k < count; k++) {
                const tomo_status st = read_contour(set->ctx, roi, tomo_dataset_item(item, CONTOUR_SEQUENCE, k), err);
                if (st)
                    return tomo__fail_in(err, st, "structure %lld, contour %zu", (long long)number, k);
            }
        }
        for (size_t i = 0; pass == 0 && i < set->count; i++)
            if (!(set->roi[i].contour = TOMO__ARRAY(set->ctx, set->roi[i].is.contours + 1, tomo_rt_contour)))
                return tomo__no_memory(set->ctx, err, set->roi[i].is.contours * sizeof(tomo_rt_contour), "contours");
    }
    return TOMO_OK;
}

/* ---- the set ------------------------------------------------------------------------------------------------- */

static void read_references(tomo_rt_structures *set, const tomo_dataset *ds)
{
    const tomo_dataset *frame = tomo_dataset_item(ds, 0x30060010, 0);
    const tomo_dataset *study = frame ? tomo_dataset_item(frame, 0x30060012, 0) : NULL;
    const tomo_dataset *series = study ? tomo_dataset_item(study, 0x30060014, 0) : NULL;
    if (frame)
        take_text(frame, 0x00200052, set->frame, sizeof set->frame);
    if (series)
        take_text(series, 0x0020000E, set->series, sizeof set->series);
}

tomo_status tomo_rt_structures_read(tomo_ctx *ctx, tomo_rt_structures **out, const tomo_dataset *ds,
                                    tomo_report *report, tomo_error *err)
{
    char uid[65] = "";
    numbered *index = NULL;
    if (!ctx || !out || !ds)
        return tomo__fail(err, TOMO_E_ARG, "tomo_rt_structures_read: ctx, out and ds must not be NULL");
    tomo_dataset_text(ds, 0x00080016, 0, uid, sizeof uid);
    if (strcmp(uid, RT_STRUCTURE_SET) != 0)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "(0008,0016) SOP Class UID is '%s', expected RT Structure Set", uid);
    tomo_rt_structures *set = TOMO__ARRAY(ctx, 1, tomo_rt_structures);
    if (!set)
        return tomo__no_memory(ctx, err, sizeof *set, "a structure set");
    set->ctx = tomo__ctx_ref(ctx);
    read_references(set, ds);
    tomo_status st = read_rois(set, ds, &index, report, err);
    if (st == TOMO_OK) {
        read_observations(set, ds, index);
        st = read_contours(set, ds, index, report, err);
    }
    tomo__free(ctx, index);
    if (st)
        tomo_rt_structures_free(set);
    else
        *out = set;
    return st;
}

void tomo_rt_structures_free(tomo_rt_structures *set)
{
    if (!set)
        return;
    tomo_ctx *ctx = set->ctx;
    for (size_t i = 0; i < set->count; i++) {
        for (size_t k = 0; k < set->roi[i].filled; k++) {
            tomo__free(ctx, (void *)(uintptr_t)set->roi[i].contour[k].points);
            tomo__free(ctx, (void *)(uintptr_t)set->roi[i].contour[k].image);
        }
        tomo__free(ctx, set->roi[i].contour);
    }
    tomo__free(ctx, set->roi);
    tomo__free(ctx, set);
    tomo__ctx_unref(ctx);
}

size_t tomo_rt_structures_count(const tomo_rt_structures *set) { return set ? set->count : 0; }

tomo_status tomo_rt_structures_get(const tomo_rt_structures *set, size_t i, tomo_rt_structure *out, tomo_error *err)
{
    if (!set || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_rt_structures_get: set and out must not be NULL");
    if (i >= set->count)
        return tomo__fail(err, TOMO_E_NOTFOUND, "structure %zu is asked for, the set has %zu", i, set->count);
    const uint32_t size = out->struct_size ? out->struct_size : (uint32_t)sizeof *out;
    memcpy(out, &set->roi[i].is, TOMO__MIN(size, sizeof *out));
    out->struct_size = size;
    return TOMO_OK;
}

tomo_status tomo_rt_structures_contour(const tomo_rt_structures *set, size_t i, size_t k, tomo_rt_contour *out,
                                       tomo_error *err)
{
    if (!set || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_rt_structures_contour: set and out must not be NULL");
    if (i >= set->count || k >= set->roi[i].filled)
        return tomo__fail(err, TOMO_E_NOTFOUND, "contour %zu of structure %zu is asked for, the set has none", k, i);
    *out = set->roi[i].contour[k];
    return TOMO_OK;
}

/* ---- the kind ------------------------------------------------------------------------------------------------ */

static tomo_status load(tomo_ctx *ctx, tomo_image **out, const tomo_dataset *ds, const tomo_image *grid,
                        tomo_report *report, tomo_job *job, tomo_error *err)
{
    tomo_rt_structures *set = NULL;
    tomo_status st = tomo_rt_structures_read(ctx, &set, ds, report, err);
    if (st == TOMO_OK)
        st = tomo_rt_structures_labels(ctx, out, set, grid, NULL, report, job, err);
    tomo_rt_structures_free(set);
    return st;
}

static void roi_facts(tomo__json *j, const tomo__rt_roi *roi)
{
    static const char *const shapes[] = { "points", "openPlanar", "openNonplanar", "closedPlanar", "closedPlanarXor" };
    const tomo_rt_structure *s = &roi->is;
    size_t of_shape[TOMO__COUNT(shapes)] = { 0 };
    double lo[3] = { INFINITY, INFINITY, INFINITY }, hi[3] = { -INFINITY, -INFINITY, -INFINITY };
    for (size_t k = 0; k < roi->filled; k++) {
        of_shape[roi->contour[k].shape]++;
        for (size_t p = 0; p < 3 * roi->contour[k].n; p++) {
            lo[p % 3] = fmin(lo[p % 3], roi->contour[k].points[p]);
            hi[p % 3] = fmax(hi[p % 3], roi->contour[k].points[p]);
        }
    }
    tomo__json_open(j, '{');
    tomo__json_key(j, "number"), tomo__json_int(j, s->number);
    tomo__json_key(j, "name"), tomo__json_str(j, s->name);
    if (s->type[0])
        tomo__json_key(j, "type"), tomo__json_str(j, s->type);
    if (s->code[0]) {
        tomo__json_key(j, "code"), tomo__json_str(j, s->code);
        tomo__json_key(j, "codeScheme"), tomo__json_str(j, s->scheme);
        tomo__json_key(j, "codeMeaning"), tomo__json_str(j, s->meaning);
    }
    if (s->has_color) {
        const double rgb[3] = { s->color[0], s->color[1], s->color[2] };
        tomo__json_key(j, "color"), tomo__json_nums(j, rgb, 3);
    }
    if (s->algorithm[0])
        tomo__json_key(j, "algorithm"), tomo__json_str(j, s->algorithm);
    if (!isnan(s->volume_ml))
        tomo__json_key(j, "volumeMl"), tomo__json_num(j, s->volume_ml);
    tomo__json_key(j, "contours"), tomo__json_uint(j, s->contours);
    tomo__json_key(j, "points"), tomo__json_uint(j, s->points);
    for (size_t k = 0; k < TOMO__COUNT(shapes); k++)
        if (of_shape[k])
            tomo__json_key(j, shapes[k]), tomo__json_uint(j, of_shape[k]);
    if (s->points) {
        tomo__json_key(j, "lowest"), tomo__json_nums(j, lo, 3);
        tomo__json_key(j, "highest"), tomo__json_nums(j, hi, 3);
    }
    tomo__json_close(j, '}');
}

static tomo_status facts(tomo_ctx *ctx, tomo__json *j, const tomo_dataset *ds, tomo_error *err)
{
    tomo_rt_structures *set = NULL;
    const tomo_status st = tomo_rt_structures_read(ctx, &set, ds, NULL, err);
    if (st)
        return st;
    tomo__fact_text(j, "label", ds, 0x30060002);
    tomo__fact_text(j, "name", ds, 0x30060004);
    tomo__fact_text(j, "date", ds, 0x30060008);
    tomo__fact_text(j, "time", ds, 0x30060009);
    tomo__fact_text(j, "approval", ds, 0x300E0002);
    if (set->frame[0])
        tomo__json_key(j, "frameOfReference"), tomo__json_str(j, set->frame);
    if (set->series[0])
        tomo__json_key(j, "series"), tomo__json_str(j, set->series);
    tomo__json_key(j, "structures");
    tomo__json_open(j, '[');
    for (size_t i = 0; i < set->count; i++)
        roi_facts(j, &set->roi[i]);
    tomo__json_close(j, ']');
    tomo_rt_structures_free(set);
    return TOMO_OK;
}

static const char *const classes[] = { RT_STRUCTURE_SET, NULL };
const tomo__object_row tomo__object_rtstruct = { { "rtstruct", "RT Structure Set", true, true }, classes, load, facts };
