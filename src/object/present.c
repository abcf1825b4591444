/* present.c - presentation states: read (PS3.3 A.33, C.10.4, C.10.6, C.11.9 to C.11.12). Values and graphics have
 * files of their own. */
#include <math.h>

#include "object/present.h"

tomo_status tomo__present_images(tomo__present *p, const tomo_reference **out, size_t *n, const tomo_dataset *item,
                                 tomo_error *err)
{
    tomo_reference *list = NULL;
    const size_t count = tomo__items(item, 0x00081140);
    *out = NULL;
    *n = 0;
    tomo_status st = count ? tomo__keep_list(&p->keep, &list, count, sizeof *list, err) : TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && i < count; i++)
        st = tomo__get_reference(&p->keep, &list[i], tomo_dataset_item(item, 0x00081140, i), err);
    *out = list;
    *n = st ? 0 : count;
    return st;
}

/* ---- what it is for -------------------------------------------------------------------------------------------- */

/* Series of (0008,1115); blending states have them in their items. */
static tomo_status read_relationship(tomo__present *p, const tomo_dataset *ds, tomo_error *err)
{
    const tomo_dataset *series, *image;
    const char *study = NULL;
    tomo_reference *list = NULL;
    size_t n = 0;
    for (size_t i = 0; (series = tomo_dataset_item(ds, 0x00081115, i)) != NULL; i++)
        n += tomo__items(series, 0x00081140);
    tomo_status st = tomo__keep_list(&p->keep, &list, n, sizeof *list, err);
    st = st ? st : tomo__get_text(&p->keep, &study, ds, 0x0020000D, err);
    n = 0;
    for (size_t i = 0; st == TOMO_OK && (series = tomo_dataset_item(ds, 0x00081115, i)) != NULL; i++) {
        const char *uid = NULL;
        st = tomo__get_text(&p->keep, &uid, series, 0x0020000E, err);
        for (size_t k = 0; st == TOMO_OK && (image = tomo_dataset_item(series, 0x00081140, k)) != NULL; k++) {
            st = tomo__get_reference(&p->keep, &list[n], image, err);
            list[n].series_uid = uid;
            list[n++].study_uid = study;
        }
    }
    p->is.images = list;
    p->is.n_images = n;
    return st;
}

/* ---- which part of it ------------------------------------------------------------------------------------------ */

static int32_t whole(const tomo_dataset *ds, tomo_tag tag, size_t i, int32_t otherwise)
{
    int64_t v;
    return tomo_dataset_int(ds, tag, i, &v) && v >= INT32_MIN && v <= INT32_MAX ? (int32_t)v : otherwise;
}

static double number(const tomo_dataset *ds, tomo_tag tag, size_t i)
{
    double v;
    return tomo_dataset_double(ds, tag, i, &v) ? v : NAN;
}

static tomo_status read_areas(tomo__present *p, const tomo_dataset *ds, tomo_error *err)
{
    const size_t n = tomo__items(ds, 0x0070005A);
    tomo_presentation_area *list = NULL;
    tomo_status st = tomo__keep_list(&p->keep, &list, n, sizeof *list, err);
    for (size_t i = 0; st == TOMO_OK && i < n; i++) {
        const tomo_dataset *item = tomo_dataset_item(ds, 0x0070005A, i);
        tomo_presentation_area *a = &list[i];
        for (size_t k = 0; k < 2; k++) {
            a->top_left[k] = whole(item, 0x00700052, k, 0);
            a->bottom_right[k] = whole(item, 0x00700053, k, 0);
            a->spacing[k] = number(item, 0x00700101, k);
            a->aspect[k] = whole(item, 0x00700102, k, 0);
        }
        a->magnification = number(item, 0x00700103, 0);
        st = tomo__get_text(&p->keep, &a->mode, item, 0x00700100, err);
        st = st ? st : tomo__present_images(p, &a->images, &a->n_images, item, err);
    }
    p->is.areas = list;
    p->is.n_areas = n;
    return st;
}

static void read_transform(tomo__present *p, const tomo_dataset *ds)
{
    char flip[17] = "";
    const int32_t turned = whole(ds, 0x00700042, 0, 0);
    p->is.rotation = turned == 90 || turned == 180 || turned == 270 ? turned : 0;
    if (turned != p->is.rotation)
        tomo__remark(p->report, "(0070,0042) Image Rotation is %d, expected 0, 90, 180 or 270", (int)turned);
    tomo_dataset_text(ds, 0x00700041, 0, flip, sizeof flip);
    p->is.flip = strcmp(flip, "Y") == 0;
}

/* ---- what is covered and overlaid ------------------------------------------------------------------------------ */

/* DICOM says row, column; here x, y. */
static tomo_status read_vertices(tomo__present *p, const tomo_dataset *ds, tomo_error *err)
{
    const double *pairs;
    double *turned = NULL;
    size_t n;
    tomo_status st = tomo__get_numbers(&p->keep, &pairs, &n, ds, 0x00181620, err);
    st = st ? st : tomo__keep_list(&p->keep, &turned, n, sizeof *turned, err);
    for (size_t i = 0; st == TOMO_OK && i + 1 < n; i += 2) {
        turned[i] = pairs[i + 1];
        turned[i + 1] = pairs[i];
    }
    p->is.shutter.vertices = turned;
    p->is.shutter.n_vertices = n / 2;
    return st;
}

static tomo_status read_shutter(tomo__present *p, const tomo_dataset *ds, tomo_error *err)
{
    tomo_presentation_shutter *s = &p->is.shutter;
    char shape[17];
    s->gray = whole(ds, 0x00181622, 0, -1);
    const size_t n = tomo_dataset_values(ds, 0x00181600);
    for (size_t i = 0; i < n && i < 8; i++) { /* VM 1-4: three shapes and BITMAP */
        tomo_dataset_text(ds, 0x00181600, i, shape, sizeof shape);
        s->rectangular |= strcmp(shape, "RECTANGULAR") == 0;
        s->circular |= strcmp(shape, "CIRCULAR") == 0;
        s->polygonal |= strcmp(shape, "POLYGONAL") == 0;
        if (strcmp(shape, "BITMAP") == 0)
            s->overlay = whole(ds, 0x00181623, 0, 0);
    }
    s->left = whole(ds, 0x00181602, 0, 0);
    s->right = whole(ds, 0x00181604, 0, 0);
    s->upper = whole(ds, 0x00181606, 0, 0);
    s->lower = whole(ds, 0x00181608, 0, 0);
    s->center[0] = whole(ds, 0x00181610, 1, 0);
    s->center[1] = whole(ds, 0x00181610, 0, 0);
    s->radius = whole(ds, 0x00181612, 0, 0);
    s->has_lab = tomo_dataset_values(ds, 0x00181624) == 3;
    for (size_t i = 0; s->has_lab && i < 3; i++)
        s->lab[i] = (uint16_t)whole(ds, 0x00181624, i, 0);
    return s->polygonal ? read_vertices(p, ds, err) : TOMO_OK;
}

static tomo_status read_overlays(tomo__present *p, const tomo_dataset *ds, tomo_error *err)
{
    tomo_presentation_overlay *list = NULL;
    tomo_status st = tomo__keep_list(&p->keep, &list, 16, sizeof *list, err);
    for (int32_t group = 0x6000; st == TOMO_OK && group <= 0x601E; group += 2) {
        const char *layer = NULL;
        st = tomo__get_text(&p->keep, &layer, ds, (tomo_tag)group << 16 | 0x1001, err);
        if (layer && layer[0])
            list[p->is.n_overlays++] = (tomo_presentation_overlay){ group, layer };
    }
    p->is.overlays = list;
    return st;
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

static tomo_status read_head(tomo__present *p, const tomo_dataset *ds, tomo_error *err)
{
    tomo_presentation *o = &p->is;
    const struct {
        tomo_tag tag;
        const char **to;
    } texts[] = {
        { 0x00080016, &o->class_uid }, { 0x00700080, &o->label }, { 0x00700081, &o->description },
        { 0x00700084, &o->creator },   { 0x00700082, &o->date },  { 0x00700083, &o->time },
    };
    tomo_status st = TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && i < TOMO__COUNT(texts); i++)
        st = tomo__get_text(&p->keep, texts[i].to, ds, texts[i].tag, err);
    return st;
}

static tomo_status read_all(tomo__present *p, const tomo_dataset *ds, tomo_error *err)
{
    read_transform(p, ds);
    tomo_status st = read_head(p, ds, err);
    st = st ? st : read_relationship(p, ds, err);
    st = st ? st : read_areas(p, ds, err);
    st = st ? st : read_shutter(p, ds, err);
    st = st ? st : read_overlays(p, ds, err);
    st = st ? st : tomo__present_values(p, ds, err);
    return st ? st : tomo__present_graphics(p, ds, err);
}

tomo_status tomo_presentation_read(tomo_ctx *ctx, tomo_presentation **out, const tomo_dataset *ds, tomo_report *report,
                                   tomo_error *err)
{
    if (!ctx || !out || !ds)
        return tomo__fail(err, TOMO_E_ARG, "tomo_presentation_read: ctx, out and ds must not be NULL");
    const tomo_object_kind *kind = tomo_object_kind_of(ds);
    if (!kind || strcmp(kind->word, "pr") != 0)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "(0008,0016) SOP Class UID is not that of a presentation state");
    tomo__present *p = TOMO__ARRAY(ctx, 1, tomo__present);
    if (!p)
        return tomo__no_memory(ctx, err, sizeof *p, "a presentation state");
    p->keep.ctx = tomo__ctx_ref(ctx);
    p->report = report;
    p->is = (tomo_presentation)TOMO_PRESENTATION_INIT;
    tomo_status st = read_all(p, ds, err);
    p->report = NULL;
    if (st) {
        tomo_presentation_free(&p->is);
        return st;
    }
    *out = &p->is;
    return TOMO_OK;
}

void tomo_presentation_free(tomo_presentation *given)
{
    tomo__present *p = (tomo__present *)given; /* its first member */
    if (!p)
        return;
    tomo_ctx *ctx = p->keep.ctx;
    tomo__keep_free(&p->keep);
    tomo__free(ctx, p);
    tomo__ctx_unref(ctx);
}
