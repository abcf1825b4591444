/* rt_write.c - labels to an RT Structure Set (PS3.3 A.19): structures, their outlines, the images that they lie in. */
#include "object/rt_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dicom/series_internal.h"

#define RT_STRUCTURE_SET "1.2.840.10008.5.1.4.1.1.481.3"
#define STUDY_CLASS "1.2.840.10008.3.1.2.3.1" /* Detached Study Management: retired, but what C.8.8.5 asks for */
enum { MOST_LABELS = 65535 };

typedef struct box {
    int32_t x0, x1, y0, y1; /* x1 0: nothing there */
} box;

typedef struct place {
    double along;
    const tomo__slice *slice;
} place;

typedef struct writing {
    tomo_ctx *ctx;
    tomo_dataset *ds;
    const tomo_image_desc *d;
    tomo_image *labels; /* int32, packed */
    tomo_label *rows;
    size_t n_rows;
    uint32_t *row_of; /* row + 1 by value */
    box *boxes;       /* of row r in slice z: z * n_rows + r */
    size_t *voxels;
    const tomo_rt_write_options *how;
    place *places; /* images, along the normal of the slices */
    size_t n_places;
    const tomo_study *study;
    size_t series;
    char frame[65], image_class[65];
    int digits;
} writing;

/* Set an element below an item: "ROIContourSequence[2].ROIDisplayColor". */
static tomo_status put(writing *w, const char *text, tomo_error *err, const char *format, ...) TOMO__PRINTF(4, 5);
static tomo_status put(writing *w, const char *text, tomo_error *err, const char *format, ...)
{
    char path[192];
    va_list args;
    va_start(args, format);
    vsnprintf(path, sizeof path, format, args);
    va_end(args);
    return tomo_dataset_set(w->ds, path, text, err);
}

/* ---- labels -------------------------------------------------------------------------------------------------- */

static int by_value(const void *va, const void *vb)
{
    const tomo_label *a = va, *b = vb;
    return a->value < b->value ? -1 : a->value > b->value;
}

/* Rows of the label table, or a row for each value that occurs. */
static tomo_status take_rows(writing *w, const tomo_image *labels, tomo_error *err)
{
    size_t n = 0;
    const tomo_label *rows = tomo_image_labels(labels, &n);
    const int32_t *v = tomo_image_data(w->labels);
    const int64_t voxels = tomo_image_voxels(w->labels);
    w->row_of = TOMO__ARRAY(w->ctx, MOST_LABELS + 1, uint32_t);
    if (!w->row_of)
        return tomo__no_memory(w->ctx, err, (MOST_LABELS + 1) * sizeof *w->row_of, "labels");
    for (int64_t i = 0; i < voxels; i++)
        if (v[i] < 0 || v[i] > MOST_LABELS)
            return tomo__fail(err, TOMO_E_ARG, "a voxel has label %d, expected 0 to %d", (int)v[i], MOST_LABELS);
        else
            w->row_of[v[i]] = 1;
    for (size_t i = 0; i < n; i++) {
        const int32_t value = rows[i].value;
        if (value < 1 || value > MOST_LABELS)
            return tomo__fail(err, TOMO_E_ARG, "the label table has value %d, expected 1 to %d", (int)value,
                              MOST_LABELS);
        if (w->row_of[value] == UINT32_MAX)
            return tomo__fail(err, TOMO_E_ARG, "the label table has value %d twice", (int)value);
        w->row_of[value] = UINT32_MAX; /* has a row */
    }
    w->rows = TOMO__ARRAY(w->ctx, n + MOST_LABELS, tomo_label);
    if (!w->rows)
        return tomo__no_memory(w->ctx, err, (n + MOST_LABELS) * sizeof *w->rows, "labels");
    for (size_t i = 0; i < n; i++) {
        w->rows[w->n_rows++] = rows[i];
        w->row_of[rows[i].value] = 0;
    }
    for (int32_t value = 1; value <= MOST_LABELS; value++) {
        if (!w->row_of[value])
            continue;
        tomo_label row = { .value = value, .color = { 0, 0, 0, 255 }, .confidence = NAN };
        snprintf(row.name, sizeof row.name, "Label %d", (int)value);
        for (int k = 0; k < 3; k++)
            row.color[k] = (uint8_t)(64 + (value * (59 + 44 * k)) % 192);
        w->rows[w->n_rows++] = row;
    }
    if (n == 0)
        qsort(w->rows, w->n_rows, sizeof *w->rows, by_value);
    for (size_t i = 0; i < w->n_rows; i++)
        w->row_of[w->rows[i].value] = (uint32_t)(i + 1);
    return w->n_rows ? TOMO_OK : tomo__fail(err, TOMO_E_ARG, "the labels have no label: every voxel is 0");
}

/* Where each label lies in each slice, so that outlines are looked for there only. */
static tomo_status find_boxes(writing *w, tomo_error *err)
{
    const int64_t *size = w->d->size;
    size_t n;
    if (!tomo__mul((size_t)size[2], w->n_rows, &n) || !tomo__fits(w->ctx, n * sizeof(box)))
        return tomo__fail(err, TOMO_E_LIMIT, "%lld slices of %zu labels are too many", (long long)size[2], w->n_rows);
    w->boxes = TOMO__ARRAY(w->ctx, n, box);
    w->voxels = TOMO__ARRAY(w->ctx, w->n_rows, size_t);
    if (!w->boxes || !w->voxels)
        return tomo__no_memory(w->ctx, err, n * sizeof(box), "the places of labels");
    for (int64_t z = 0; z < size[2]; z++)
        for (int64_t y = 0; y < size[1]; y++) {
            const int32_t *v = tomo_image_row(w->labels, y, z, 0);
            for (int64_t x = 0; x < size[0]; x++) {
                if (!v[x] || !w->row_of[v[x]])
                    continue;
                const size_t r = w->row_of[v[x]] - 1;
                box *b = &w->boxes[(size_t)z * w->n_rows + r];
                if (!b->x1)
                    *b = (box){ (int32_t)x, 0, (int32_t)y, 0 };
                b->x0 = TOMO__MIN(b->x0, (int32_t)x);
                b->x1 = TOMO__MAX(b->x1, (int32_t)x + 1);
                b->y1 = (int32_t)y + 1;
                w->voxels[r]++;
            }
        }
    return TOMO_OK;
}

/* ---- images that are referred to ----------------------------------------------------------------------------- */

static int by_along(const void *va, const void *vb)
{
    const place *a = va, *b = vb;
    return a->along < b->along ? -1 : a->along > b->along;
}

static tomo_status find_places(writing *w, tomo_error *err)
{
    const tomo__group *g = &w->study->groups[w->series];
    double normal[3], other[3];
    for (int k = 0; k < 3; k++)
        normal[k] = w->d->direction[3 * k + 2];
    w->places = TOMO__ARRAY(w->ctx, g->n, place);
    if (!w->places)
        return tomo__no_memory(w->ctx, err, g->n * sizeof *w->places, "the images of a series");
    for (size_t i = 0; i < g->n; i++) {
        const tomo__slice *s = g->slice[i];
        if (!s->has_plane || s->file->tiles > 1)
            return tomo__fail(err, TOMO_E_GEOMETRY, "%s: contours can't refer to it, it has no single plane",
                              s->file->path);
        tomo__plane_normal(s->orient, other);
        if (fabs(tomo__dot(normal, other)) < 0.9999)
            return tomo__fail(err, TOMO_E_GEOMETRY, "%s is not parallel to the slices of the labels", s->file->path);
        w->places[i] = (place){ tomo__dot(normal, s->position), s };
    }
    w->n_places = g->n;
    qsort(w->places, w->n_places, sizeof *w->places, by_along);
    return TOMO_OK;
}

/* The image that shows a slice of the labels. */
static tomo_status image_of(const writing *w, int64_t z, const place **out, tomo_error *err)
{
    double normal[3], near = INFINITY;
    const double tolerance = fmax(0.01, 0.05 * w->d->spacing[2]);
    for (int k = 0; k < 3; k++)
        normal[k] = w->d->direction[3 * k + 2];
    const double along = tomo__dot(normal, w->d->origin) + (double)z * w->d->spacing[2];
    size_t a = 0, b = w->n_places;
    while (a < b) {
        const size_t mid = a + (b - a) / 2;
        if (w->places[mid].along < along - tolerance)
            a = mid + 1;
        else
            b = mid;
    }
    for (*out = NULL; a < w->n_places && w->places[a].along <= along + tolerance; a++)
        if (fabs(w->places[a].along - along) < near) {
            near = fabs(w->places[a].along - along);
            *out = &w->places[a];
        }
    if (!*out)
        return tomo__fail(err, TOMO_E_GEOMETRY, "slice %lld of the labels: no image of the series lies within %.3g mm",
                          (long long)z, tolerance);
    return TOMO_OK;
}

static tomo_status put_image(writing *w, const tomo__slice *s, const char *sequence, tomo_error *err)
{
    tomo_status st = put(w, w->image_class, err, "%s.ReferencedSOPClassUID", sequence);
    st = st ? st : put(w, tomo__file_text(s->file, TEXT_SOP), err, "%s.ReferencedSOPInstanceUID", sequence);
    if (st == TOMO_OK && s->file->info.frames > 1) {
        char frame[16];
        snprintf(frame, sizeof frame, "%d", s->frame + 1);
        st = put(w, frame, err, "%s.ReferencedFrameNumber", sequence);
    }
    return st;
}

/* Referenced Frame of Reference, its study, series and all images (C.8.8.5). */
static tomo_status put_references(writing *w, tomo_error *err)
{
#define FRAME "ReferencedFrameOfReferenceSequence[0]"
#define STUDY FRAME ".RTReferencedStudySequence[0]"
#define SERIES STUDY ".RTReferencedSeriesSequence[0]"
    tomo_status st = put(w, w->frame, err, FRAME ".FrameOfReferenceUID");
    if (st || !w->study)
        return st;
    const tomo__scan_file *file = w->places[0].slice->file;
    st = put(w, STUDY_CLASS, err, STUDY ".ReferencedSOPClassUID");
    st = st ? st : put(w, tomo__file_text(file, TEXT_STUDY), err, STUDY ".ReferencedSOPInstanceUID");
    st = st ? st : put(w, tomo__file_text(file, TEXT_SERIES), err, SERIES ".SeriesInstanceUID");
    for (size_t i = 0; st == TOMO_OK && i < w->n_places; i++) {
        char sequence[160];
        snprintf(sequence, sizeof sequence, SERIES ".ContourImageSequence[%zu]", i);
        st = put_image(w, w->places[i].slice, sequence, err);
    }
    return st;
}

/* ---- structures ---------------------------------------------------------------------------------------------- */

static tomo_status put_roi(writing *w, size_t r, tomo_error *err)
{
    const tomo_label *row = &w->rows[r];
    char number[16], volume[48], color[16];
    snprintf(number, sizeof number, "%d", (int)row->value);
    snprintf(color, sizeof color, "%d\\%d\\%d", row->color[0], row->color[1], row->color[2]);
    tomo__fixed_text(volume, (double)w->voxels[r] * w->d->spacing[0] * w->d->spacing[1] * w->d->spacing[2] / 1000, 4);
    tomo_status st = put(w, number, err, "StructureSetROISequence[%zu].ROINumber", r);
    st = st ? st : put(w, w->frame, err, "StructureSetROISequence[%zu].ReferencedFrameOfReferenceUID", r);
    st = st ? st : put(w, row->name, err, "StructureSetROISequence[%zu].ROIName", r);
    st = st ? st : put(w, "", err, "StructureSetROISequence[%zu].ROIGenerationAlgorithm", r);
    if (strlen(volume) <= 16)
        st = st ? st : put(w, volume, err, "StructureSetROISequence[%zu].ROIVolume", r);
    st = st ? st : put(w, number, err, "ROIContourSequence[%zu].ReferencedROINumber", r);
    st = st ? st : put(w, color, err, "ROIContourSequence[%zu].ROIDisplayColor", r);
    st = st ? st : put(w, number, err, "RTROIObservationsSequence[%zu].ObservationNumber", r);
    st = st ? st : put(w, number, err, "RTROIObservationsSequence[%zu].ReferencedROINumber", r);
    const char *type = w->how->types && w->how->types[r] ? w->how->types[r] : "";
    st = st ? st : put(w, type, err, "RTROIObservationsSequence[%zu].RTROIInterpretedType", r);
    st = st ? st : put(w, "", err, "RTROIObservationsSequence[%zu].ROIInterpreter", r);
#define CODE "RTROIObservationsSequence[%zu].RTROIIdentificationCodeSequence[0]."
    if (row->code[0]) {
        st = st ? st : put(w, row->code, err, CODE "CodeValue", r);
        st = st ? st : put(w, "SCT", err, CODE "CodingSchemeDesignator", r);
        st = st ? st : put(w, row->name, err, CODE "CodeMeaning", r);
    }
    return st;
}

/* Points as text; longer than a DS of explicit VR may be, it is written as UN (PS3.5 6.2.2). */
static tomo_status put_points(writing *w, size_t r, size_t k, const double *xy, size_t n, const box *b, int64_t z,
                              tomo_error *err)
{
    tomo__text text = TOMO__TEXT(w->ctx);
    char path[96], number[48];
    for (size_t i = 0; i < n; i++) {
        const double index[3] = { xy[2 * i] + b->x0, xy[2 * i + 1] + b->y0, (double)z };
        double lps[3];
        tomo_image_to_patient(w->labels, index, lps);
        for (int c = 0; c < 3; c++) {
            if (i || c)
                tomo__text_str(&text, "\\");
            tomo__fixed_text(number, lps[c], w->digits);
            if (strlen(number) > 16) { /* what a DS may hold */
                tomo__text_free(&text);
                return tomo__fail(err, TOMO_E_ARG, "a contour would lie at %g mm", lps[c]);
            }
            tomo__text_str(&text, number);
        }
    }
    if (text.size % 2)
        tomo__text_str(&text, " ");
    tomo_status st = text.failed ? tomo__no_memory(w->ctx, err, text.size, "the points of a contour") : TOMO_OK;
    snprintf(path, sizeof path, "ROIContourSequence[%zu].ContourSequence[%zu].ContourData", r, k);
    if (st == TOMO_OK && text.size <= 65534)
        st = tomo_dataset_set_bytes(w->ds, path, TOMO_VR('D', 'S'), text.data, text.size, err);
    else if (st == TOMO_OK)
        st = tomo_dataset_set_bytes(w->ds, path, TOMO_VR('U', 'N'), text.data, text.size, err);
    tomo__text_free(&text);
    return st;
}

static tomo_status put_slice(writing *w, size_t r, int64_t z, size_t *contours, tomo_error *err)
{
    const box *b = &w->boxes[(size_t)z * w->n_rows + r];
    const bool keyholes = w->how->holes == TOMO_RT_HOLES_KEYHOLE;
    const int64_t width = b->x1 - b->x0, height = b->y1 - b->y0;
    const place *image = NULL;
    tomo__outlines o = { .ctx = w->ctx };
    if (!b->x1)
        return TOMO_OK;
    tomo_status st = w->study ? image_of(w, z, &image, err) : TOMO_OK;
    if (st)
        return st;
    uint8_t *inside = tomo__alloc(w->ctx, (size_t)(width * height));
    if (!inside)
        return tomo__no_memory(w->ctx, err, (size_t)(width * height), "a slice of a label");
    for (int64_t y = 0; y < height; y++) {
        const int32_t *v = tomo_image_row(w->labels, b->y0 + y, z, 0);
        for (int64_t x = 0; x < width; x++)
            inside[y * width + x] = v[b->x0 + x] == w->rows[r].value;
    }
    st = tomo__rt_outlines(&o, inside, width, height, keyholes, err);
    for (size_t i = 0; st == TOMO_OK && i < o.loops; i++) {
        const size_t k = (*contours)++, n = o.first[i + 1] - o.first[i];
        char sequence[96], number[24];
        snprintf(number, sizeof number, "%zu", n);
        if (image) {
            snprintf(sequence, sizeof sequence, "ROIContourSequence[%zu].ContourSequence[%zu].ContourImageSequence[0]",
                     r, k);
            st = put_image(w, image->slice, sequence, err);
        }
        st = st ? st
                : put(w, keyholes ? "CLOSED_PLANAR" : "CLOSEDPLANAR_XOR", err,
                      "ROIContourSequence[%zu].ContourSequence[%zu].ContourGeometricType", r, k);
        st = st ? st : put(w, number, err, "ROIContourSequence[%zu].ContourSequence[%zu].NumberOfContourPoints", r, k);
        st = st ? st : put_points(w, r, k, o.xy + 2 * o.first[i], n, b, z, err);
    }
    tomo__outlines_free(&o);
    tomo__free(w->ctx, inside);
    return st;
}

static tomo_status put_structures(writing *w, tomo_job *job, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    for (size_t r = 0; st == TOMO_OK && r < w->n_rows; r++) {
        size_t contours = 0;
        st = tomo__job_step(job, (double)r / (double)w->n_rows, err);
        st = st ? st : put_roi(w, r, err);
        for (int64_t z = 0; st == TOMO_OK && z < w->d->size[2]; z++)
            st = put_slice(w, r, z, &contours, err);
    }
    return st;
}

/* ---- the object ---------------------------------------------------------------------------------------------- */

static tomo_status begin(writing *w, const tomo_object_options *opts, tomo_error *err)
{
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    tomo_dataset_options header = TOMO_DATASET_OPTIONS_INIT;
    tomo_dataset *first = NULL;
    char when[17] = "";
    tomo_status st = TOMO_OK;
    if (opts && opts->struct_size)
        memcpy(&o, opts, TOMO__MIN(opts->struct_size, sizeof o));
    header.stop_before_pixels = true;
    if (w->study) {
        st = tomo_dataset_open_path(w->ctx, &first, tomo_study_file(w->study, w->series, 0), &header, NULL, err);
        if (st)
            return st;
        tomo_dataset_text(first, 0x00080016, 0, w->image_class, sizeof w->image_class);
        tomo_dataset_text(first, 0x00200052, 0, w->frame, sizeof w->frame);
        o.like = o.like ? o.like : first;
    }
    if (!w->frame[0] && o.like)
        tomo_dataset_text(o.like, 0x00200052, 0, w->frame, sizeof w->frame);
    if (!w->frame[0])
        st = tomo__object_uid(w->frame, &o, "frame", err);
    st = st ? st : tomo__object_begin(w->ctx, &w->ds, RT_STRUCTURE_SET, "RTSTRUCT", &o, err);
    st = st ? st : put(w, w->how->label ? w->how->label : "TOMO", err, "StructureSetLabel");
    if (st == TOMO_OK)
        tomo_dataset_text(w->ds, 0x00080023, 0, when, sizeof when);
    st = st ? st : put(w, when, err, "StructureSetDate");
    if (st == TOMO_OK)
        tomo_dataset_text(w->ds, 0x00080033, 0, when, sizeof when);
    st = st ? st : put(w, when, err, "StructureSetTime");
    st = st ? st : put(w, "", err, "OperatorsName");
    st = st ? st : put(w, w->frame, err, "FrameOfReferenceUID");
    st = st ? st : put(w, "", err, "PositionReferenceIndicator");
    /* not of this object: Structure Set Date and Time are */
    st = st ? st : tomo_dataset_delete(w->ds, "ContentDate", err);
    st = st ? st : tomo_dataset_delete(w->ds, "ContentTime", err);
    tomo_dataset_free(first);
    return st;
}

/* Digits behind the point that say a ten-thousandth of a pixel. */
static int digits_for(const tomo_image_desc *d)
{
    const double fine = fmin(d->spacing[0], d->spacing[1]) * 1e-4;
    int digits = 2;
    while (digits < 8 && pow(10, -digits) > fine)
        digits++;
    return digits;
}

static tomo_status check(tomo_ctx *ctx, tomo_dataset **out, const tomo_image *labels, const tomo_study *study,
                         size_t series, const tomo_rt_write_options *how, tomo_error *err)
{
    if (!ctx || !out || !labels)
        return tomo__fail(err, TOMO_E_ARG, "tomo_rt_structures_write: ctx, out and labels must not be NULL");
    const tomo_image_desc *d = tomo_image_get_desc(labels);
    if (d->components != 1 || d->dtype == TOMO_DTYPE_F32 || d->dtype == TOMO_DTYPE_F64 || d->size[3] != 1)
        return tomo__fail(err, TOMO_E_ARG,
                          "labels are whole numbers in three dimensions; this is %s, %d components, "
                          "%lld time points",
                          tomo_dtype_name(d->dtype), (int)d->components, (long long)d->size[3]);
    if (study && series >= study->n_groups)
        return tomo__fail(err, TOMO_E_NOTFOUND, "series %zu is asked for, the study has %zu", series, study->n_groups);
    if (how->holes != TOMO_RT_HOLES_KEYHOLE && how->holes != TOMO_RT_HOLES_XOR)
        return tomo__fail(err, TOMO_E_ARG, "holes is %d, expected a tomo_rt_holes", (int)how->holes);
    return TOMO_OK;
}

tomo_status tomo_rt_structures_write(tomo_ctx *ctx, tomo_dataset **out, const tomo_image *labels,
                                     const tomo_study *study, size_t series, const tomo_rt_write_options *how,
                                     const tomo_object_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_rt_write_options h = TOMO_RT_WRITE_OPTIONS_INIT;
    tomo_image *whole = NULL;
    if (how && how->struct_size)
        memcpy(&h, how, TOMO__MIN(how->struct_size, sizeof h));
    tomo_status st = check(ctx, out, labels, study, series, &h, err);
    if (st)
        return st;
    writing w = { .ctx = ctx, .how = &h, .study = study, .series = series };
    st = tomo_image_convert(ctx, &whole, labels, TOMO_DTYPE_I32, NULL, err);
    st = st ? st : tomo_image_pack(ctx, &w.labels, whole, err);
    tomo_image_free(whole);
    if (st == TOMO_OK) {
        w.d = tomo_image_get_desc(w.labels);
        w.digits = digits_for(w.d);
        st = take_rows(&w, labels, err);
    }
    st = st ? st : find_boxes(&w, err);
    st = st ? st : begin(&w, opts, err);
    if (st == TOMO_OK && study)
        st = find_places(&w, err);
    st = st ? st : put_references(&w, err);
    st = st ? st : put_structures(&w, job, err);
    tomo__free(ctx, w.places);
    tomo__free(ctx, w.voxels);
    tomo__free(ctx, w.boxes);
    tomo__free(ctx, w.rows);
    tomo__free(ctx, w.row_of);
    tomo_image_free(w.labels);
    if (st)
        tomo_dataset_free(w.ds);
    else
        *out = w.ds;
    return st;
}
