/* present_write.c - a grayscale softcopy presentation state as a data set (PS3.3 A.33.1). */
#include <math.h>
#include <stdio.h>

#include "dicom/dicom_internal.h"
#include "object/present.h"

/* What the functions below share. */
typedef struct writing {
    tomo_dataset *ds;
    const tomo_presentation *p;
    const tomo_dataset *like;
    const char *layer; /* for annotations that name none */
} writing;

static tomo_status put_double(tomo_dataset *ds, tomo_tag tag, double v, tomo_error *err)
{
    char text[48];
    if (!isfinite(v))
        return tomo__fail(err, TOMO_E_ARG, "(%04x,%04x) is no number", tag >> 16, tag & 0xFFFF);
    if (tomo__num_text(text, v) > 16) /* DS */
        tomo__fixed_text(text, v, fabs(v) < 1e6 ? 8 : 0);
    return tomo__object_put(ds, tag, text, err);
}

static tomo_status put_images(tomo_dataset *item, const tomo_reference *images, size_t n, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && i < n; i++) {
        tomo_reference one = images[i];
        one.presentation_uid = NULL;
        st = tomo__put_reference(item, 0x00081140, &one, err);
    }
    return st;
}

/* ---- modules --------------------------------------------------------------------------------------------------- */

static tomo_status put_head(writing *w, const tomo_object_options *o, tomo_error *err)
{
    static const char *const gone[] = { "00080023", "00080033" }; /* creation says it, C.11.10 */
    char text[32];
    tomo_status st = tomo__object_put(w->ds, 0x00200060, "", err); /* Laterality: 2C, C.7.3.1; not known here */
    st = st ? st : tomo__object_put(w->ds, 0x00700080, w->p->label ? w->p->label : "TOMO", err);
    st = st ? st : tomo__object_put(w->ds, 0x00700081, w->p->description ? w->p->description : "", err);
    st = st ? st : tomo__object_put(w->ds, 0x00700084, w->p->creator ? w->p->creator : "", err);
    for (tomo_tag i = 0; st == TOMO_OK && i < 2; i++) {
        tomo_dataset_text(w->ds, i ? 0x00080033 : 0x00080023, 0, text, sizeof text);
        st = tomo__object_put(w->ds, 0x00700082 + i, text, err);
        st = st ? st : tomo_dataset_delete(w->ds, gone[i], err);
    }
    return st;
}

/* Series one after the other; images of one series must stand together, as they do when they were read. */
static tomo_status put_relationship(writing *w, tomo_error *err)
{
    const tomo_presentation *p = w->p;
    tomo_dataset *series = NULL;
    tomo_status st = TOMO_OK;
    if (p->n_images == 0)
        return tomo__fail(err, TOMO_E_ARG, "a presentation state is for at least one image");
    for (size_t i = 0; st == TOMO_OK && i < p->n_images; i++) {
        const char *uid = p->images[i].series_uid;
        if (!uid || !uid[0])
            return tomo__fail(err, TOMO_E_ARG, "image %zu: its Series Instance UID is not known", i + 1);
        if (i == 0 || strcmp(uid, p->images[i - 1].series_uid) != 0)
            st = tomo__add_item(w->ds, 0x00081115, 0x0020000E, uid, &series, err);
        st = st ? st : put_images(series, &p->images[i], 1, err);
    }
    return st;
}

static tomo_status put_area(writing *w, const tomo_presentation_area *a, tomo_error *err)
{
    tomo_dataset *item = NULL;
    const double tl[] = { a->top_left[0], a->top_left[1] }, br[] = { a->bottom_right[0], a->bottom_right[1] };
    tomo_status st =
        tomo__add_item(w->ds, 0x0070005A, 0x00700100, a->mode && a->mode[0] ? a->mode : "SCALE TO FIT", &item, err);
    st = st ? st : put_images(item, a->images, a->n_images, err);
    st = st ? st : tomo__put_numbers(item, 0x00700052, VR_SL, tl, 2, err);
    st = st ? st : tomo__put_numbers(item, 0x00700053, VR_SL, br, 2, err);
    if (st == TOMO_OK && isfinite(a->spacing[0]) && a->spacing[0] > 0 && isfinite(a->spacing[1])) {
        char row[48], column[48], both[100];
        tomo__fixed_text(row, a->spacing[0], 6);
        tomo__fixed_text(column, a->spacing[1], 6);
        snprintf(both, sizeof both, "%s\\%s", row, column);
        st = tomo__object_put(item, 0x00700101, both, err);
    } else if (st == TOMO_OK) {
        const int32_t square[] = { 1, 1 };
        st = tomo__put_ints(item, 0x00700102, a->aspect[0] > 0 && a->aspect[1] > 0 ? a->aspect : square, 2, err);
    }
    if (st == TOMO_OK && isfinite(a->magnification) && a->magnification > 0)
        st = tomo__put_numbers(item, 0x00700103, VR_FL, &a->magnification, 1, err);
    return st;
}

/* The whole image, as its own header says its pixels. */
static tomo_status put_whole(writing *w, tomo_error *err)
{
    int64_t columns, rows;
    tomo_presentation_area a = { .top_left = { 1, 1 }, .spacing = { NAN, NAN }, .magnification = NAN };
    if (!w->like || !tomo_dataset_int(w->like, 0x00280011, 0, &columns) ||
        !tomo_dataset_int(w->like, 0x00280010, 0, &rows))
        return tomo__fail(err, TOMO_E_ARG, "no displayed area, and no image (like) whose size would be one");
    a.bottom_right[0] = (int32_t)columns;
    a.bottom_right[1] = (int32_t)rows;
    for (size_t i = 0; i < 2; i++)
        if (!tomo_dataset_double(w->like, 0x00280030, i, &a.spacing[i]))
            a.spacing[0] = NAN;
    return put_area(w, &a, err);
}

static tomo_status put_lut(tomo_dataset *ds, tomo_tag sequence, const tomo_lut *lut, tomo_error *err)
{
    tomo_dataset *item = NULL;
    if (!lut->values || lut->entries > 65536 || lut->bits < 8 || lut->bits > 16)
        return tomo__fail(err, TOMO_E_ARG, "a look-up table has %u entries of %u bits", lut->entries, lut->bits);
    if (lut->entries > 32767) /* US of more than 64 KiB can't be written in explicit VR */
        return tomo__fail(err, TOMO_E_ARG, "a look-up table has %u entries, expected at most 32767", lut->entries);
    tomo_status st = tomo__add_item(ds, sequence, 0x00283003, lut->explanation ? lut->explanation : "", &item, err);
    const double descriptor[] = { lut->entries, lut->first < 0 ? lut->first + 65536 : lut->first, lut->bits };
    st = st ? st : tomo__put_numbers(item, 0x00283002, VR_US, descriptor, 3, err);
    st = st ? st : tomo_dataset_set_bytes(item, "00283006", VR_US, lut->values, (size_t)lut->entries * 2, err);
    if (st == TOMO_OK && sequence == 0x00283000)
        st = tomo__object_put(item, 0x00283004, lut->type && lut->type[0] ? lut->type : "US", err);
    return st;
}

/* C.11.1: what the state has, else what the image has, since the state replaces that. */
static tomo_status put_modality(writing *w, tomo_error *err)
{
    const tomo_presentation *p = w->p;
    double slope = p->slope, intercept = p->intercept;
    char type[17] = "", uid[65] = "";
    if (p->modality.entries)
        return put_lut(w->ds, 0x00283000, &p->modality, err);
    if (p->has_rescale) {
        snprintf(type, sizeof type, "%s", p->rescale_type ? p->rescale_type : "");
    } else {
        if (!w->like || !tomo_dataset_double(w->like, 0x00281053, 0, &slope) ||
            !tomo_dataset_double(w->like, 0x00281052, 0, &intercept))
            return TOMO_OK;
        tomo_dataset_text(w->like, 0x00281054, 0, type, sizeof type);
        tomo_dataset_text(w->like, 0x00080016, 0, uid, sizeof uid);
        if (!type[0] && strcmp(uid, "1.2.840.10008.5.1.4.1.1.2") == 0)
            snprintf(type, sizeof type, "HU"); /* what CT means by saying nothing (C.8.2.1) */
    }
    tomo_status st = put_double(w->ds, 0x00281052, intercept, err);
    st = st ? st : put_double(w->ds, 0x00281053, slope, err);
    return st ? st : tomo__object_put(w->ds, 0x00281054, type[0] ? type : "US", err); /* unspecified */
}

static tomo_status put_voi(writing *w, const tomo_presentation_voi *v, tomo_error *err)
{
    tomo_dataset *item = NULL;
    char center[48];
    tomo_status st;
    if (v->lut.entries) { /* an item begins with the table, so that there is one to add to */
        char path[32];
        const size_t n = tomo__items(w->ds, 0x00283110);
        snprintf(path, sizeof path, "00283110[%zu].00283010", n);
        st = tomo_dataset_set(w->ds, path, "", err);
        item = (tomo_dataset *)tomo_dataset_item(w->ds, 0x00283110, n);
        st = st ? st : put_lut(item, 0x00283010, &v->lut, err);
    } else {
        if (!isfinite(v->center) || !(v->width > 0))
            return tomo__fail(err, TOMO_E_ARG, "a window is %g wide around %g", v->width, v->center);
        tomo__fixed_text(center, v->center, 4);
        st = tomo__add_item(w->ds, 0x00283110, 0x00281050, center, &item, err);
        st = st ? st : put_double(item, 0x00281050, v->center, err);
        st = st ? st : put_double(item, 0x00281051, v->width, err);
        if (st == TOMO_OK && v->explanation)
            st = tomo__object_put(item, 0x00281055, v->explanation, err);
        if (st == TOMO_OK && v->function)
            st = tomo__object_put(item, 0x00281056, v->function, err);
    }
    return st ? st : put_images(item, v->images, v->n_images, err);
}

static tomo_status put_values(writing *w, tomo_error *err)
{
    const tomo_presentation *p = w->p;
    tomo_status st = put_modality(w, err);
    for (size_t i = 0; st == TOMO_OK && i < p->n_vois; i++)
        st = put_voi(w, &p->vois[i], err);
    if (st == TOMO_OK && p->presentation.entries)
        return put_lut(w->ds, 0x20500010, &p->presentation, err);
    return st ? st : tomo__object_put(w->ds, 0x20500020, p->shape && p->shape[0] ? p->shape : "IDENTITY", err);
}

static tomo_status put_transform(writing *w, tomo_error *err)
{
    const int32_t turned = w->p->rotation;
    if (turned == 0 && !w->p->flip)
        return TOMO_OK;
    if (turned != 0 && turned != 90 && turned != 180 && turned != 270)
        return tomo__fail(err, TOMO_E_ARG, "rotation is %d, expected 0, 90, 180 or 270", (int)turned);
    tomo_status st = tomo__put_int(w->ds, 0x00700042, turned, err);
    return st ? st : tomo__object_put(w->ds, 0x00700041, w->p->flip ? "Y" : "N", err);
}

static tomo_status put_polygon(writing *w, tomo_error *err)
{
    const tomo_presentation_shutter *s = &w->p->shutter;
    tomo__text text = TOMO__TEXT(w->ds->root->ctx);
    for (size_t i = 0; i < s->n_vertices; i++) /* row, column */
        tomo__text_fmt(&text, "%s%.0f\\%.0f", i ? "\\" : "", s->vertices[2 * i + 1], s->vertices[2 * i]);
    tomo_status st = text.failed         ? tomo__no_memory(w->ds->root->ctx, err, text.size, "a shutter")
                     : s->n_vertices < 3 ? tomo__fail(err, TOMO_E_ARG,
                                                      "a polygonal shutter has %zu vertices, expected 3", s->n_vertices)
                                         : tomo__object_put(w->ds, 0x00181620, text.data, err);
    tomo__text_free(&text);
    return st;
}

static tomo_status put_shutter(writing *w, tomo_error *err)
{
    const tomo_presentation_shutter *s = &w->p->shutter;
    const int32_t center[] = { s->center[1], s->center[0] };
    char shapes[64] = "";
    if (!s->rectangular && !s->circular && !s->polygonal)
        return TOMO_OK;
    snprintf(shapes, sizeof shapes, "%s%s%s%s%s", s->rectangular ? "RECTANGULAR" : "",
             s->rectangular && (s->circular || s->polygonal) ? "\\" : "", s->circular ? "CIRCULAR" : "",
             s->circular && s->polygonal ? "\\" : "", s->polygonal ? "POLYGONAL" : "");
    tomo_status st = tomo__object_put(w->ds, 0x00181600, shapes, err);
    if (st == TOMO_OK && s->rectangular) {
        st = tomo__put_int(w->ds, 0x00181602, s->left, err);
        st = st ? st : tomo__put_int(w->ds, 0x00181604, s->right, err);
        st = st ? st : tomo__put_int(w->ds, 0x00181606, s->upper, err);
        st = st ? st : tomo__put_int(w->ds, 0x00181608, s->lower, err);
    }
    if (st == TOMO_OK && s->circular) {
        st = tomo__put_ints(w->ds, 0x00181610, center, 2, err);
        st = st ? st : tomo__put_int(w->ds, 0x00181612, s->radius, err);
    }
    if (st == TOMO_OK && s->polygonal)
        st = put_polygon(w, err);
    return st ? st : tomo__put_int(w->ds, 0x00181622, s->gray >= 0 ? s->gray : 0, err); /* black */
}

/* ---- graphics -------------------------------------------------------------------------------------------------- */

static const char *units(uint32_t space) { return space == TOMO_GRAPHIC_IN_DISPLAY ? "DISPLAY" : "PIXEL"; }

static tomo_status check_space(uint32_t space, tomo_error *err)
{
    return space == TOMO_GRAPHIC_IN_IMAGE || space == TOMO_GRAPHIC_IN_DISPLAY
               ? TOMO_OK
               : tomo__fail(err, TOMO_E_ARG, "graphics are in pixels or parts of the display");
}

static tomo_status put_text(tomo_dataset *item, const tomo_annotation *a, tomo_error *err)
{
    tomo_dataset *text = NULL;
    if (!a->has_box && !a->has_anchor)
        return tomo__fail(err, TOMO_E_ARG, "a text has neither a box nor an anchor");
    tomo_status st = tomo__add_item(item, 0x00700008, 0x00700006, a->text, &text, err);
    if (st == TOMO_OK && a->has_box) {
        st = check_space(a->box_space, err);
        st = st ? st : tomo__object_put(text, 0x00700003, units(a->box_space), err);
        st = st ? st : tomo__put_numbers(text, 0x00700010, VR_FL, a->box, 2, err);
        st = st ? st : tomo__put_numbers(text, 0x00700011, VR_FL, a->box + 2, 2, err);
        st = st ? st
                : tomo__object_put(text, 0x00700012,
                                   a->align == 'C'   ? "CENTER"
                                   : a->align == 'R' ? "RIGHT"
                                                     : "LEFT",
                                   err);
    }
    if (st == TOMO_OK && a->has_anchor) {
        st = check_space(a->anchor_space, err);
        st = st ? st : tomo__object_put(text, 0x00700004, units(a->anchor_space), err);
        st = st ? st : tomo__put_numbers(text, 0x00700014, VR_FL, a->anchor, 2, err);
        st = st ? st : tomo__object_put(text, 0x00700015, a->anchor_visible ? "Y" : "N", err);
    }
    return st;
}

/* Number of points that each kind must have: exactly (n > 0) or at least (n < 0). */
static bool right_points(const tomo_graphic *s)
{
    static const int points[TOMO_GRAPHIC_COUNT] = {
        [TOMO_GRAPHIC_POINT] = 1,         [TOMO_GRAPHIC_POLYLINE] = -2, [TOMO_GRAPHIC_POLYGON] = -3,
        [TOMO_GRAPHIC_INTERPOLATED] = -2, [TOMO_GRAPHIC_CIRCLE] = 2,    [TOMO_GRAPHIC_ELLIPSE] = 4
    };
    const int n = s->kind < TOMO_GRAPHIC_COUNT ? points[s->kind] : 0;
    return n > 0 ? s->points == (size_t)n : n < 0 && s->points >= (size_t)-n;
}

static tomo_status put_shape(tomo_dataset *item, const tomo_graphic *s, tomo_error *err)
{
    tomo_dataset *graphic = NULL;
    const bool polygon = s->kind == TOMO_GRAPHIC_POLYGON,
               line = polygon || s->kind == TOMO_GRAPHIC_POLYLINE || s->kind == TOMO_GRAPHIC_INTERPOLATED;
    if (!right_points(s) || !s->at)
        return tomo__fail(err, TOMO_E_ARG, "a graphic is a %s of %zu points",
                          tomo_graphic_name(s->kind) ? tomo_graphic_name(s->kind) : "shape of no kind", s->points);
    tomo_status st = check_space(s->space, err);
    st = st ? st : tomo__add_item(item, 0x00700009, 0x00700005, units(s->space), &graphic, err);
    st = st ? st : tomo__put_int(graphic, 0x00700020, 2, err);
    st = st ? st : tomo__put_int(graphic, 0x00700021, (int64_t)s->points, err);
    st = st ? st : tomo__put_numbers(graphic, 0x00700022, VR_FL, s->at, s->points * 2, err);
    st = st ? st : tomo__object_put(graphic, 0x00700023, polygon ? "POLYLINE" : tomo_graphic_name(s->kind), err);
    /* 1C: only what is closed may be filled */
    const bool closed = line ? s->at[0] == s->at[2 * s->points - 2] && s->at[1] == s->at[2 * s->points - 1]
                             : s->kind != TOMO_GRAPHIC_POINT;
    return st || !closed ? st : tomo__object_put(graphic, 0x00700024, s->filled ? "Y" : "N", err);
}

/* Shaft and head of an arrow from tail to head, as one line. */
static tomo_status put_arrow(tomo_dataset *item, const tomo_graphic *s, tomo_error *err)
{
    if (s->points != 2 || !s->at)
        return tomo__fail(err, TOMO_E_ARG, "an arrow has %zu points, expected tail and head", s->points);
    const double dx = s->at[0] - s->at[2], dy = s->at[1] - s->at[3], length = hypot(dx, dy);
    const double barb = 0.25, c = cos(0.45), n = sin(0.45);
    if (!(length > 0))
        return tomo__fail(err, TOMO_E_ARG, "an arrow has no length");
    const double at[] = { s->at[0],
                          s->at[1],
                          s->at[2],
                          s->at[3],
                          s->at[2] + barb * (dx * c - dy * n),
                          s->at[3] + barb * (dx * n + dy * c),
                          s->at[2],
                          s->at[3],
                          s->at[2] + barb * (dx * c + dy * n),
                          s->at[3] + barb * (dy * c - dx * n) };
    const tomo_graphic lines = { .kind = TOMO_GRAPHIC_POLYLINE, .space = s->space, .at = at, .points = 5 };
    return put_shape(item, &lines, err);
}

static bool same_images(const tomo_annotation *a, const tomo_annotation *b)
{
    return a->images == b->images && a->n_images == b->n_images;
}

static tomo_status put_annotation(tomo_dataset *item, const tomo_annotation *a, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    if (a->compound && strcmp(a->compound, "ARROW") != 0)
        return tomo__fail(err, TOMO_E_ARG, "compound graphic '%s' can't be written, only ARROW", a->compound);
    if (a->compound)
        st = put_arrow(item, &a->shape, err);
    else if (a->shape.kind != TOMO_GRAPHIC_NONE)
        st = put_shape(item, &a->shape, err);
    else if (!a->text)
        st = tomo__fail(err, TOMO_E_ARG, "it has neither a shape nor a text");
    return st == TOMO_OK && a->text ? put_text(item, a, err) : st;
}

/* One item for each run of annotations of the same layer and images (C.10.5). */
static tomo_status put_annotations(writing *w, tomo_error *err)
{
    tomo_dataset *item = NULL;
    tomo_status st = TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && i < w->p->n_annotations; i++) {
        const tomo_annotation *a = &w->p->annotations[i], *last = i ? a - 1 : NULL;
        const char *layer = a->layer && a->layer[0] ? a->layer : w->layer;
        const char *before = last && last->layer && last->layer[0] ? last->layer : w->layer;
        if (!last || strcmp(before, layer) != 0 || !same_images(a, last)) {
            st = tomo__add_item(w->ds, 0x00700001, 0x00700002, layer, &item, err);
            st = st ? st : put_images(item, a->images, a->n_images, err);
        }
        st = st ? st : put_annotation(item, a, err);
        if (st)
            return tomo__fail_in(err, st, "annotation %zu", i + 1);
    }
    return st;
}

static tomo_status put_layer(writing *w, const tomo_presentation_layer *l, tomo_error *err)
{
    tomo_dataset *item = NULL;
    const double lab[] = { l->lab[0], l->lab[1], l->lab[2] };
    if (!l->name || !l->name[0])
        return tomo__fail(err, TOMO_E_ARG, "a graphic layer has no name");
    tomo_status st = tomo__add_item(w->ds, 0x00700060, 0x00700002, l->name, &item, err);
    st = st ? st : tomo__put_int(item, 0x00700062, l->order, err);
    if (st == TOMO_OK && l->gray >= 0)
        st = tomo__put_int(item, 0x00700066, l->gray, err);
    if (st == TOMO_OK && l->has_lab)
        st = tomo__put_numbers(item, 0x00700401, VR_US, lab, 3, err);
    return st == TOMO_OK && l->description ? tomo__object_put(item, 0x00700068, l->description, err) : st;
}

static bool is_layer(const tomo_presentation *p, const char *name)
{
    for (size_t i = 0; i < p->n_layers; i++)
        if (p->layers[i].name && strcmp(p->layers[i].name, name) == 0)
            return true;
    return false;
}

static tomo_status put_layers(writing *w, tomo_error *err)
{
    const tomo_presentation *p = w->p;
    bool loose = false;
    tomo_status st = TOMO_OK;
    for (size_t i = 0; i < p->n_annotations; i++) {
        const char *layer = p->annotations[i].layer;
        loose |= !layer || !layer[0];
        if (layer && layer[0] && !is_layer(p, layer))
            return tomo__fail(err, TOMO_E_ARG, "annotation %zu is in layer '%s', which is none", i + 1, layer);
    }
    for (size_t i = 0; st == TOMO_OK && i < p->n_layers; i++)
        st = put_layer(w, &p->layers[i], err);
    if (st == TOMO_OK && loose && !p->n_layers)
        st = put_layer(w, &(tomo_presentation_layer){ .name = w->layer, .order = 1, .gray = 65535 }, err);
    for (size_t i = 0; st == TOMO_OK && i < p->n_overlays; i++) {
        if (p->overlays[i].group < 0x6000 || p->overlays[i].group > 0x601E || p->overlays[i].group % 2)
            return tomo__fail(err, TOMO_E_ARG, "an overlay is of group %04x", (unsigned)p->overlays[i].group);
        st = tomo__object_put(w->ds, (tomo_tag)p->overlays[i].group << 16 | 0x1001, p->overlays[i].layer, err);
    }
    return st;
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

static tomo_status fill(writing *w, const tomo_object_options *object, tomo_error *err)
{
    tomo_status st = put_head(w, object, err);
    st = st ? st : put_relationship(w, err);
    for (size_t i = 0; st == TOMO_OK && i < w->p->n_areas; i++)
        st = put_area(w, &w->p->areas[i], err);
    if (st == TOMO_OK && !w->p->n_areas)
        st = put_whole(w, err);
    st = st ? st : put_values(w, err);
    st = st ? st : put_transform(w, err);
    st = st ? st : put_shutter(w, err);
    st = st ? st : put_layers(w, err);
    return st ? st : put_annotations(w, err);
}

tomo_status tomo_presentation_write(tomo_ctx *ctx, tomo_dataset **out, const tomo_presentation *p,
                                    const tomo_object_options *object, tomo_error *err)
{
    tomo_dataset *ds = NULL;
    if (!ctx || !out || !p || p->struct_size < sizeof *p)
        return tomo__fail(err, TOMO_E_ARG, "tomo_presentation_write: ctx, out and p must be there, p set by its _INIT");
    if (p->class_uid && strcmp(p->class_uid, TOMO__GSPS) != 0)
        return tomo__fail(err, TOMO_E_ARG, "only grayscale presentation states are written, not class %s",
                          p->class_uid);
    tomo_status st = tomo__object_begin(ctx, &ds, TOMO__GSPS, "PR", object, err);
    writing w = { ds, p, object ? object->like : NULL, p->n_layers ? p->layers[0].name : "LAYER1" };
    st = st ? st : fill(&w, object, err);
    if (st) {
        tomo_dataset_free(ds);
        return st;
    }
    *out = ds;
    return TOMO_OK;
}
