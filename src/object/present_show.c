/* present_show.c - presentation states as JSON. */
#include <math.h>
#include <stdio.h>

#include "object/present.h"

static void images(tomo__json *j, const char *key, const tomo_reference *refs, size_t n)
{
    if (!n)
        return;
    tomo__json_key(j, key);
    tomo__json_open(j, '[');
    for (size_t i = 0; i < n; i++)
        tomo__json_reference(j, NULL, &refs[i]);
    tomo__json_close(j, ']');
}

static void integer(tomo__json *j, const char *key, int64_t v)
{
    tomo__json_key(j, key);
    tomo__json_int(j, v);
}

static void real(tomo__json *j, const char *key, double v)
{
    if (!isfinite(v))
        return;
    tomo__json_key(j, key);
    tomo__json_num(j, v);
}

static void pair(tomo__json *j, const char *key, double a, double b)
{
    const double both[] = { a, b };
    tomo__json_key(j, key);
    tomo__json_nums(j, both, 2);
}

/* A table by what it is; its values are many and say nothing to people. */
static void table(tomo__json *j, const char *key, const tomo_lut *lut)
{
    if (!lut->entries)
        return;
    tomo__json_key(j, key);
    tomo__json_open(j, '{');
    integer(j, "entries", lut->entries);
    integer(j, "first", lut->first);
    integer(j, "bits", lut->bits);
    tomo__json_member(j, "type", lut->type);
    tomo__json_member(j, "explanation", lut->explanation);
    tomo__json_close(j, '}');
}

static void color(tomo__json *j, int32_t gray, bool has_lab, const uint16_t *lab)
{
    const double values[] = { lab[0], lab[1], lab[2] };
    if (gray >= 0)
        integer(j, "gray", gray);
    if (has_lab) {
        tomo__json_key(j, "cielab");
        tomo__json_nums(j, values, 3);
    }
}

static void values(tomo__json *j, const tomo_presentation *p)
{
    static const char *const colors[] = { "red", "green", "blue" };
    if (p->has_rescale) {
        real(j, "slope", p->slope);
        real(j, "intercept", p->intercept);
        tomo__json_member(j, "rescale_type", p->rescale_type);
    }
    table(j, "modality_lut", &p->modality);
    tomo__json_key(j, "voi");
    tomo__json_open(j, '[');
    for (size_t i = 0; i < p->n_vois; i++) {
        const tomo_presentation_voi *v = &p->vois[i];
        tomo__json_open(j, '{');
        real(j, "center", v->center);
        real(j, "width", v->width);
        tomo__json_member(j, "function", v->function);
        tomo__json_member(j, "explanation", v->explanation);
        table(j, "lut", &v->lut);
        images(j, "images", v->images, v->n_images);
        tomo__json_close(j, '}');
    }
    tomo__json_close(j, ']');
    tomo__json_member(j, "presentation_lut_shape", p->shape);
    table(j, "presentation_lut", &p->presentation);
    for (size_t i = 0; i < 3; i++)
        table(j, colors[i], &p->palette[i]);
    if (p->icc_bytes)
        integer(j, "icc_bytes", (int64_t)p->icc_bytes);
}

static void areas(tomo__json *j, const tomo_presentation *p)
{
    tomo__json_key(j, "areas");
    tomo__json_open(j, '[');
    for (size_t i = 0; i < p->n_areas; i++) {
        const tomo_presentation_area *a = &p->areas[i];
        tomo__json_open(j, '{');
        pair(j, "top_left", a->top_left[0], a->top_left[1]);
        pair(j, "bottom_right", a->bottom_right[0], a->bottom_right[1]);
        tomo__json_member(j, "mode", a->mode);
        if (isfinite(a->spacing[0]))
            pair(j, "spacing", a->spacing[0], a->spacing[1]);
        if (a->aspect[0])
            pair(j, "aspect", a->aspect[0], a->aspect[1]);
        real(j, "magnification", a->magnification);
        images(j, "images", a->images, a->n_images);
        tomo__json_close(j, '}');
    }
    tomo__json_close(j, ']');
}

static void shutter(tomo__json *j, const tomo_presentation_shutter *s)
{
    if (!s->rectangular && !s->circular && !s->polygonal && !s->overlay)
        return;
    tomo__json_key(j, "shutter");
    tomo__json_open(j, '{');
    if (s->rectangular) {
        const double edges[] = { s->left, s->right, s->upper, s->lower };
        tomo__json_key(j, "rectangle");
        tomo__json_nums(j, edges, 4);
    }
    if (s->circular) {
        pair(j, "center", s->center[0], s->center[1]);
        integer(j, "radius", s->radius);
    }
    if (s->polygonal) {
        tomo__json_key(j, "polygon");
        tomo__json_open(j, '[');
        for (size_t i = 0; i < s->n_vertices; i++)
            tomo__json_nums(j, s->vertices + 2 * i, 2);
        tomo__json_close(j, ']');
    }
    if (s->overlay)
        integer(j, "overlay", s->overlay);
    color(j, s->gray, s->has_lab, s->lab);
    tomo__json_close(j, '}');
}

static void annotation(tomo__json *j, const tomo_annotation *a)
{
    static const char *const spaces[] = { "image", "patient", "display", "matrix" };
    tomo__json_open(j, '{');
    tomo__json_member(j, "layer", a->layer);
    tomo__json_member(j, "compound", a->compound);
    if (a->shape.kind != TOMO_GRAPHIC_NONE)
        tomo__json_shape(j, "shape", &a->shape);
    tomo__json_member(j, "text", a->text);
    color(j, -1, a->has_lab, a->lab);
    if (a->thickness > 0)
        real(j, "thickness", a->thickness);
    if (a->has_box) {
        tomo__json_key(j, "box");
        tomo__json_nums(j, a->box, 4);
        tomo__json_member(j, "box_space", spaces[a->box_space]);
    }
    if (a->has_anchor) {
        tomo__json_key(j, "anchor");
        tomo__json_nums(j, a->anchor, 2);
        tomo__json_member(j, "anchor_space", spaces[a->anchor_space]);
        tomo__json_key(j, "anchor_visible");
        tomo__json_bool(j, a->anchor_visible);
    }
    images(j, "images", a->images, a->n_images);
    tomo__json_close(j, '}');
}

static void drawn(tomo__json *j, const tomo_presentation *p)
{
    tomo__json_key(j, "layers");
    tomo__json_open(j, '[');
    for (size_t i = 0; i < p->n_layers; i++) {
        tomo__json_open(j, '{');
        tomo__json_member(j, "name", p->layers[i].name);
        integer(j, "order", p->layers[i].order);
        color(j, p->layers[i].gray, p->layers[i].has_lab, p->layers[i].lab);
        tomo__json_member(j, "description", p->layers[i].description);
        tomo__json_close(j, '}');
    }
    tomo__json_close(j, ']');
    tomo__json_key(j, "annotations");
    tomo__json_open(j, '[');
    for (size_t i = 0; i < p->n_annotations; i++)
        annotation(j, &p->annotations[i]);
    tomo__json_close(j, ']');
    tomo__json_key(j, "overlays");
    tomo__json_open(j, '[');
    for (size_t i = 0; i < p->n_overlays; i++) {
        char group[8];
        snprintf(group, sizeof group, "%04X", (unsigned)p->overlays[i].group);
        tomo__json_open(j, '{');
        tomo__json_member(j, "group", group);
        tomo__json_member(j, "layer", p->overlays[i].layer);
        tomo__json_close(j, '}');
    }
    tomo__json_close(j, ']');
}

static tomo_status facts(tomo_ctx *ctx, tomo__json *j, const tomo_dataset *ds, tomo_error *err)
{
    tomo_presentation *p = NULL;
    tomo_status st = tomo_presentation_read(ctx, &p, ds, NULL, err);
    if (st)
        return st;
    tomo__json_member(j, "class", p->class_uid);
    tomo__json_member(j, "label", p->label);
    tomo__json_member(j, "description", p->description);
    tomo__json_member(j, "creator", p->creator);
    tomo__json_member(j, "date", p->date);
    tomo__json_member(j, "time", p->time);
    images(j, "images", p->images, p->n_images);
    areas(j, p);
    integer(j, "rotation", p->rotation);
    tomo__json_key(j, "flip");
    tomo__json_bool(j, p->flip);
    values(j, p);
    shutter(j, &p->shutter);
    drawn(j, p);
    tomo_presentation_free(p);
    return TOMO_OK;
}

/* PS3.4 B.5: the softcopy presentation states. */
static const char *const classes[] = {
    TOMO__GSPS,                      /* grayscale */
    "1.2.840.10008.5.1.4.1.1.11.2",  /* color */
    "1.2.840.10008.5.1.4.1.1.11.3",  /* pseudo-color */
    "1.2.840.10008.5.1.4.1.1.11.4",  /* blending */
    "1.2.840.10008.5.1.4.1.1.11.5",  /* XA/XRF grayscale */
    "1.2.840.10008.5.1.4.1.1.11.8",  /* advanced blending */
    "1.2.840.10008.5.1.4.1.1.11.12", /* variable modality LUT */
    NULL,
};
const tomo__object_row tomo__object_pr = { { "pr", "Presentation State", false, false }, classes, NULL, facts, NULL };
