/* present_display.c - an image as a presentation state shows it (PS3.4 N.2): values through the state's tables,
 * shutter, spatial transformation, displayed area, then overlays and graphics layer by layer (PS3.3 C.10.7). */
#include <math.h>
#include <stdlib.h>
#include <tomo/dicom_pixels.h>

#include "object/present.h"
#include "object/present_display.h"

#define COLOR_STATE "1.2.840.10008.5.1.4.1.1.11.2"
#define MOST 65535 /* columns and rows of a picture */
#define MOST_PIXELS (1ll << 28)
#define WORK 4000000000ll /* pixel steps of painting */
#define SUPER 16          /* samples along a side that an output pixel is the mean of, at most */

typedef struct showing {
    tomo_ctx *ctx;
    const tomo_dataset *state, *ds;
    const tomo_presentation *p;
    const tomo_presentation_options *o;
    tomo_report *report;
    char uid[65];                       /* of the image */
    int32_t frame;                      /* from 1 */
    const tomo_presentation_area *area; /* NULL: all of it */
    int64_t width, height;              /* of the image */
    tomo__plane_map to, back;           /* pixels of the image to those of the picture, and back */
    int64_t size[2];                    /* of the picture */
    const tomo_reference *asked;        /* the last list that was looked into ... */
    bool answer;                        /* ... and whether it names the frame */
} showing;

/* ---- is it meant ----------------------------------------------------------------------------------------------- */

static bool names(const showing *s, const tomo_reference *r)
{
    if (!r->instance_uid || strcmp(r->instance_uid, s->uid) != 0)
        return false;
    for (size_t i = 0; i < r->n_frames; i++)
        if (r->frames[i] == s->frame)
            return true;
    return r->n_frames == 0;
}

/* No list means every image of the state. Annotations of one item share a list, which is gone through once. */
static bool meant(showing *s, const tomo_reference *images, size_t n)
{
    bool found = n == 0;
    if (n && images == s->asked)
        return s->answer;
    for (size_t i = 0; !found && i < n; i++)
        found = names(s, &images[i]);
    s->asked = images;
    s->answer = found;
    return found;
}

static tomo_status check_state(showing *s, tomo_error *err)
{
    const char *class_uid = s->p->class_uid ? s->p->class_uid : "";
    if (strcmp(class_uid, TOMO__GSPS) != 0 && strcmp(class_uid, COLOR_STATE) != 0)
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "only grayscale and color softcopy presentation states are shown, not class %s", class_uid);
    if (tomo__items(s->state, 0x00286100))
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "(0028,6100) Mask Subtraction Sequence: presentation states that subtract are not shown");
    if (!s->o->any_image && !meant(s, s->p->images, s->p->n_images))
        return tomo__fail(err, TOMO_E_ARG, "the presentation state is not for frame %d of image %s", (int)s->frame,
                          s->uid);
    return TOMO_OK;
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

/* The state alone says what values become: where it is silent they stay (PS3.4 N.2.1). */
static tomo_status show_values(showing *s, tomo_image **out, tomo_error *err)
{
    tomo_display_options d = TOMO_DISPLAY_OPTIONS_INIT;
    bool has_voi = false;
    for (size_t i = 0; i < s->p->n_vois; i++)
        has_voi |= meant(s, s->p->vois[i].images, s->p->vois[i].n_images);
    d.voi = has_voi ? TOMO_DISPLAY_AUTO : TOMO_DISPLAY_FULL;
    d.bits = s->o->bits;
    d.no_overlays = true; /* only those that the state activates, below */
    d.state = s->state;
    return tomo_pixels_display(s->ctx, s->ds, s->frame - 1, out, &d, err);
}

/* ---- shutter (PS3.3 C.7.6.11, C.11.12): edges and vertices are pixels that are shown ---------------------------- */

/* Column `x` of row `y`, both from 1. */
static bool covered(const tomo_presentation_shutter *s, int64_t x, int64_t y)
{
    if (s->rectangular && (x < s->left || x > s->right || y < s->upper || y > s->lower))
        return true;
    const double dx = (double)(x - s->center[0]), dy = (double)(y - s->center[1]);
    return s->circular && dx * dx + dy * dy > (double)s->radius * (double)s->radius;
}

/* What a polygon leaves: painted 1 on 0, edges too. */
static tomo_status polygon_mask(const showing *s, uint8_t **out, tomo_error *err)
{
    const tomo_presentation_shutter *h = &s->p->shutter;
    const tomo__plane_map centers = { { 1, 0, -0.5, 0, 1, -0.5 } }; /* pixel 1 has its center at 0.5 */
    const tomo_graphic shape = {
        .kind = TOMO_GRAPHIC_POLYGON, .at = h->vertices, .points = h->n_vertices, .filled = true
    };
    const size_t bytes = (size_t)s->width * (size_t)s->height;
    tomo__canvas c = { s->ctx, NULL, s->width, s->height, 1, 8, { 1, 1, 1 }, WORK };
    if (!(c.pixels = tomo__calloc(s->ctx, bytes, 1)))
        return tomo__no_memory(s->ctx, err, bytes, "a shutter");
    const tomo_status st = tomo__canvas_shape(&c, &shape, &centers, 1, err);
    if (st)
        tomo__free(s->ctx, c.pixels);
    else
        *out = c.pixels;
    return st;
}

static void shut(const showing *s, tomo__canvas *c, const uint8_t *open)
{
    const tomo_presentation_shutter *h = &s->p->shutter;
    tomo__canvas_ink(c, h->gray < 0 && !h->has_lab ? 0 : h->gray, h->has_lab, h->lab);
    for (int64_t y = 0; y < c->height; y++)
        for (int64_t x = 0; x < c->width; x++)
            if (covered(h, x + 1, y + 1) || (open && !open[y * c->width + x]))
                tomo__canvas_set(c, x, y);
}

/* ---- overlays --------------------------------------------------------------------------------------------------- */

/* Of the state itself, else of the image (C.11.7); `out` stays NULL if there is none for this frame. */
static tomo_status find_overlay(const showing *s, int32_t group, tomo_image **out, tomo_overlay_info *info,
                                tomo_error *err)
{
    const tomo_dataset *from[] = { s->state, s->ds };
    for (size_t k = 0; k < TOMO__COUNT(from); k++)
        for (size_t i = 0; i < tomo_overlay_count(from[k]); i++) {
            *info = (tomo_overlay_info)TOMO_OVERLAY_INFO_INIT;
            tomo_status st = tomo_overlay_get_info(from[k], i, info, err);
            if (st == TOMO_OK && info->group != group)
                continue;
            st = st ? st : tomo_overlay_frame(s->ctx, from[k], i, k ? s->frame - 1 : 0, out, err);
            return st == TOMO_E_NOTFOUND ? TOMO_OK : st;
        }
    tomo__remark(s->report, "overlay %04x is named, neither state nor image has it", (unsigned)group);
    return TOMO_OK;
}

/* Sets what the plane has under each pixel of the canvas; NULL `back`: pixel for pixel. */
static void paint_plane(const tomo__canvas *c, const tomo_image *plane, const tomo_overlay_info *o,
                        const tomo__plane_map *back)
{
    for (int64_t y = 0; y < c->height; y++)
        for (int64_t x = 0; x < c->width; x++) {
            double at[2] = { (double)x + 0.5, (double)y + 0.5 };
            if (back)
                tomo__plane_at(back, at[0], at[1], at);
            const double u = floor(at[0]) - o->column, v = floor(at[1]) - o->row;
            if (u >= 0 && v >= 0 && u < o->columns && v < o->rows &&
                ((const uint8_t *)tomo_image_row(plane, (int64_t)v, 0, 0))[(size_t)u])
                tomo__canvas_set(c, x, y);
        }
}

static tomo_status paint_overlay(const showing *s, tomo__canvas *c, int32_t group, const tomo__plane_map *back,
                                 tomo_error *err)
{
    tomo_overlay_info info;
    tomo_image *plane = NULL;
    const tomo_status st = find_overlay(s, group, &plane, &info, err);
    if (st == TOMO_OK && plane)
        paint_plane(c, plane, &info, back);
    tomo_image_free(plane);
    return st;
}

static tomo_status show_shutter(const showing *s, tomo__canvas *c, tomo_error *err)
{
    const tomo_presentation_shutter *h = &s->p->shutter;
    uint8_t *open = NULL;
    tomo_status st = h->polygonal ? polygon_mask(s, &open, err) : TOMO_OK;
    if (st == TOMO_OK && (h->rectangular || h->circular || h->polygonal))
        shut(s, c, open);
    tomo__free(s->ctx, open);
    if (st || !h->overlay)
        return st;
    tomo__canvas_ink(c, h->gray < 0 && !h->has_lab ? 0 : h->gray, h->has_lab, h->lab);
    return paint_overlay(s, c, h->overlay, NULL, err);
}

/* ---- turn, flip, crop, scale ------------------------------------------------------------------------------------ */

/* Rotation clockwise about the image, then the flip (C.10.6); size becomes that of the turned image. */
static tomo__plane_map turned(const showing *s)
{
    const double w = (double)s->width, h = (double)s->height;
    tomo__plane_map t = { { 1, 0, 0, 0, 1, 0 } };
    if (s->p->rotation == 90)
        t = (tomo__plane_map){ { 0, -1, h, 1, 0, 0 } };
    else if (s->p->rotation == 180)
        t = (tomo__plane_map){ { -1, 0, w, 0, -1, h } };
    else if (s->p->rotation == 270)
        t = (tomo__plane_map){ { 0, 1, 0, -1, 0, w } };
    if (s->p->flip) {
        t.m[0] = -t.m[0];
        t.m[1] = -t.m[1];
        t.m[2] = (s->p->rotation % 180 ? h : w) - t.m[2];
    }
    return t;
}

/* Height of a pixel of the image, its width being 1. */
static double pixel_height(const tomo_presentation_area *a)
{
    double height = 1;
    if (a && a->spacing[0] > 0 && a->spacing[1] > 0)
        height = a->spacing[0] / a->spacing[1];
    else if (a && a->aspect[0] > 0 && a->aspect[1] > 0)
        height = (double)a->aspect[0] / a->aspect[1];
    return fabs(height - 1) < 1e-4 || !isfinite(height) ? 1 : height;
}

/* Pixels of the picture for a square as wide as a pixel of the image. */
static double magnification(const showing *s, double width, double height)
{
    const tomo_presentation_area *a = s->area;
    if (s->o->width > 0 || s->o->height > 0)
        return fmin(s->o->width > 0 ? s->o->width / width : INFINITY,
                    s->o->height > 0 ? s->o->height / height : INFINITY);
    if (a && a->mode && strcmp(a->mode, "MAGNIFY") == 0 && a->magnification > 0)
        return a->magnification;
    if (a && a->mode && strcmp(a->mode, "TRUE SIZE") == 0 && s->o->pixel_mm > 0 && a->spacing[1] > 0)
        return a->spacing[1] / s->o->pixel_mm;
    if (a && a->mode && strcmp(a->mode, "TRUE SIZE") == 0)
        tomo__remark(s->report, "TRUE SIZE is asked for, the size of a pixel of the display is not known");
    return fmax(1, 1 / pixel_height(a)); /* no pixel gets lost */
}

/* Which part and how large: the maps. */
static tomo_status place(showing *s, tomo_error *err)
{
    const tomo__plane_map t = turned(s);
    double from[2] = { 0, 0 }, to[2] = { (double)s->width, (double)s->height }, a[2], b[2], size[2], scale[2];
    for (int k = 0; s->area && k < 2; k++) { /* corners are as displayed, in pixels as stored (C.10.4) */
        from[k] = (double)TOMO__MIN(s->area->top_left[k], s->area->bottom_right[k]) - 1;
        to[k] = (double)TOMO__MAX(s->area->top_left[k], s->area->bottom_right[k]);
    }
    tomo__plane_at(&t, from[0], from[1], a);
    tomo__plane_at(&t, to[0], to[1], b);
    const int tall = s->p->rotation % 180 ? 0 : 1; /* the axis of the picture along columns of the image */
    const double height = pixel_height(s->area);
    for (int k = 0; k < 2; k++)
        size[k] = fabs(b[k] - a[k]) * (k == tall ? height : 1);
    const double zoom = magnification(s, size[0], size[1]);
    for (int k = 0; k < 2; k++) {
        const double n = rint(size[k] * zoom);
        if (!(n <= MOST))
            return tomo__fail(err, TOMO_E_LIMIT, "the displayed area is %.0f pixels %s, expected at most %d", n,
                              k ? "high" : "wide", MOST);
        s->size[k] = n < 1 ? 1 : (int64_t)n;
        scale[k] = (double)s->size[k] / fabs(b[k] - a[k]);
    }
    if (s->size[0] * s->size[1] > MOST_PIXELS) /* a state is small and may ask for much */
        return tomo__fail(err, TOMO_E_LIMIT, "the displayed area is %lld x %lld pixels, expected at most %lld in all",
                          (long long)s->size[0], (long long)s->size[1], (long long)MOST_PIXELS);
    for (int k = 0; k < 2; k++) {
        const double *m = t.m + 3 * k;
        double *f = s->to.m + 3 * k;
        f[0] = m[0] * scale[k], f[1] = m[1] * scale[k], f[2] = (m[2] - fmin(a[k], b[k])) * scale[k];
    }
    const double *f = s->to.m, det = f[0] * f[4] - f[1] * f[3];
    s->back = (tomo__plane_map){ { f[4] / det, -f[1] / det, (f[1] * f[5] - f[4] * f[2]) / det, -f[3] / det, f[0] / det,
                                   (f[3] * f[2] - f[0] * f[5]) / det } };
    return TOMO_OK;
}

/* A sample of the packed image; black outside. */
static double sample(const tomo_image *in, int64_t x, int64_t y, int32_t k)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    if (x < 0 || y < 0 || x >= d->size[0] || y >= d->size[1])
        return 0;
    const void *row = tomo_image_row(in, y, 0, 0);
    const size_t at = (size_t)x * (size_t)d->components + (size_t)k;
    return d->dtype == TOMO_DTYPE_U8 ? ((const uint8_t *)row)[at] : ((const uint16_t *)row)[at];
}

/* Linear between centers, the border's values held to its edge. */
static double between(const tomo_image *in, double x, double y, int32_t k)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    if (x < 0 || y < 0 || x >= (double)d->size[0] || y >= (double)d->size[1])
        return 0;
    x = fmin(fmax(x - 0.5, 0), (double)d->size[0] - 1);
    y = fmin(fmax(y - 0.5, 0), (double)d->size[1] - 1);
    const int64_t x0 = (int64_t)x, y0 = (int64_t)y;
    const int64_t x1 = TOMO__MIN(x0 + 1, d->size[0] - 1), y1 = TOMO__MIN(y0 + 1, d->size[1] - 1);
    const double u = x - (double)x0, v = y - (double)y0;
    return (1 - v) * ((1 - u) * sample(in, x0, y0, k) + u * sample(in, x1, y0, k)) +
           v * ((1 - u) * sample(in, x0, y1, k) + u * sample(in, x1, y1, k));
}

/* One pixel of the picture: where it is smaller than the image, the mean of what it covers. */
static double resampled(const showing *s, const tomo_image *in, int64_t x, int64_t y, int32_t k, int n)
{
    double sum = 0, at[2];
    for (int j = 0; j < n * n; j++) {
        tomo__plane_at(&s->back, (double)x + (j % n + 0.5) / n, (double)y + (j / n + 0.5) / n, at);
        sum += between(in, at[0], at[1], k);
    }
    return rint(sum / (n * n));
}

static tomo_status transform(const showing *s, tomo_image **out, const tomo_image *in, tomo_error *err)
{
    tomo_image_desc d = *tomo_image_get_desc(in);
    const double step = fmax(hypot(s->back.m[0], s->back.m[3]), hypot(s->back.m[1], s->back.m[4]));
    const double other = fmin(hypot(s->back.m[0], s->back.m[3]), hypot(s->back.m[1], s->back.m[4]));
    const bool exact = step == 1 && other == 1;
    const int n = (int)fmin(fmax(ceil(step - 1e-9), 1), SUPER);
    double at[2];
    d.size[0] = s->size[0];
    d.size[1] = s->size[1];
    const tomo_status st = tomo_image_new(s->ctx, out, &d, err);
    for (int64_t y = 0; st == TOMO_OK && y < d.size[1]; y++) {
        void *row = tomo_image_row_mut(*out, y, 0, 0);
        for (int64_t x = 0; x < d.size[0]; x++)
            for (int32_t k = 0; k < d.components; k++) {
                tomo__plane_at(&s->back, (double)x + 0.5, (double)y + 0.5, at);
                const double v =
                    exact ? sample(in, (int64_t)floor(at[0]), (int64_t)floor(at[1]), k) : resampled(s, in, x, y, k, n);
                if (d.dtype == TOMO_DTYPE_U8)
                    ((uint8_t *)row)[x * d.components + k] = (uint8_t)v;
                else
                    ((uint16_t *)row)[x * d.components + k] = (uint16_t)v;
            }
    }
    return st;
}

/* ---- overlays and graphics, layer by layer ----------------------------------------------------------------------- */

static tomo_status paint_annotation(showing *s, tomo__canvas *c, const tomo_annotation *a,
                                    const tomo_presentation_layer *layer, tomo_error *err)
{
    const tomo__plane_map display = { { (double)c->width, 0, 0, 0, (double)c->height, 0 } };
    if (a->shape.kind == TOMO_GRAPHIC_NONE || !meant(s, a->images, a->n_images))
        return TOMO_OK;
    if (a->shape.space != TOMO_GRAPHIC_IN_IMAGE && a->shape.space != TOMO_GRAPHIC_IN_DISPLAY) {
        tomo__remark(s->report, "a graphic of the total pixel matrix is not drawn");
        return TOMO_OK;
    }
    tomo__canvas_ink(c, a->has_lab ? -1 : layer->gray, a->has_lab || layer->has_lab, a->has_lab ? a->lab : layer->lab);
    return tomo__canvas_shape(c, &a->shape, a->shape.space == TOMO_GRAPHIC_IN_DISPLAY ? &display : &s->to, a->thickness,
                              err);
}

static tomo_status paint_layer(showing *s, tomo__canvas *c, const tomo_presentation_layer *layer, tomo_error *err)
{
    const tomo_presentation *p = s->p;
    tomo_status st = TOMO_OK;
    if (!layer->name)
        return TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && !s->o->no_overlays && i < p->n_overlays; i++)
        if (p->overlays[i].group != p->shutter.overlay && strcmp(p->overlays[i].layer, layer->name) == 0) {
            tomo__canvas_ink(c, layer->gray, layer->has_lab, layer->lab);
            st = paint_overlay(s, c, p->overlays[i].group, &s->back, err);
        }
    for (size_t i = 0; st == TOMO_OK && !s->o->no_graphics && i < p->n_annotations; i++)
        if (p->annotations[i].layer && strcmp(p->annotations[i].layer, layer->name) == 0)
            st = paint_annotation(s, c, &p->annotations[i], layer, err);
    return st;
}

static int by_order(const void *a, const void *b)
{
    const tomo_presentation_layer *const *x = a, *const *y = b;
    return (*x)->order != (*y)->order ? ((*x)->order > (*y)->order) - ((*x)->order < (*y)->order)
                                      : (*x > *y) - (*x < *y);
}

/* Layers that a state may have: names of 16 characters, a handful in practice; each looks at all annotations. */
#define LAYERS 1024

static tomo_status paint_layers(showing *s, tomo__canvas *c, tomo_error *err)
{
    const tomo_presentation *p = s->p;
    size_t texts = 0;
    if (p->n_layers > LAYERS)
        return tomo__fail(err, TOMO_E_LIMIT, "the presentation state has %zu graphic layers, expected at most %d",
                          p->n_layers, LAYERS);
    const tomo_presentation_layer **sorted = TOMO__ARRAY(s->ctx, p->n_layers + 1, const tomo_presentation_layer *);
    if (!sorted)
        return tomo__no_memory(s->ctx, err, p->n_layers * sizeof *sorted, "graphic layers");
    for (size_t i = 0; i < p->n_layers; i++)
        sorted[i] = &p->layers[i];
    qsort(sorted, p->n_layers, sizeof *sorted, by_order);
    tomo_status st = TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && i < p->n_layers; i++)
        st = paint_layer(s, c, sorted[i], err);
    tomo__free(s->ctx, sorted);
    for (size_t i = 0; i < p->n_annotations; i++)
        texts += p->annotations[i].text && meant(s, p->annotations[i].images, p->annotations[i].n_images);
    if (texts && !s->o->no_graphics)
        tomo__remark(s->report, "%zu texts of the presentation state are not drawn", texts);
    return st;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static tomo__canvas canvas_on(tomo_ctx *ctx, tomo_image *image)
{
    const tomo_image_desc *d = tomo_image_get_desc(image);
    return (tomo__canvas){ .ctx = ctx,
                           .pixels = tomo_image_row_mut(image, 0, 0, 0),
                           .width = d->size[0],
                           .height = d->size[1],
                           .components = d->components,
                           .bits = d->dtype == TOMO_DTYPE_U8 ? 8 : 16,
                           .work = WORK };
}

static tomo_status show(showing *s, tomo_image **out, tomo_error *err)
{
    tomo_image *image = NULL, *picture = NULL;
    tomo_status st = check_state(s, err);
    for (size_t i = 0; !s->o->whole && !s->area && i < s->p->n_areas; i++)
        if (meant(s, s->p->areas[i].images, s->p->areas[i].n_images))
            s->area = &s->p->areas[i];
    st = st ? st : show_values(s, &image, err);
    if (st == TOMO_OK) {
        tomo__canvas c = canvas_on(s->ctx, image);
        s->width = c.width;
        s->height = c.height;
        st = s->o->no_shutter ? TOMO_OK : show_shutter(s, &c, err);
    }
    st = st ? st : place(s, err);
    st = st ? st : transform(s, &picture, image, err);
    if (st == TOMO_OK) {
        tomo__canvas c = canvas_on(s->ctx, picture);
        st = paint_layers(s, &c, err);
    }
    tomo_image_free(image);
    if (st)
        tomo_image_free(picture);
    else
        *out = picture;
    return st;
}

tomo_status tomo_presentation_display(tomo_ctx *ctx, tomo_image **out, const tomo_dataset *state,
                                      const tomo_dataset *ds, int64_t frame, const tomo_presentation_options *opts,
                                      tomo_report *report, tomo_error *err)
{
    const tomo_presentation_options defaults = TOMO_PRESENTATION_OPTIONS_INIT;
    tomo_presentation *p = NULL;
    showing s = { .ctx = ctx, .state = state, .ds = ds, .o = opts ? opts : &defaults, .report = report };
    if (!ctx || !out || !state || !ds || s.o->struct_size < sizeof *s.o)
        return tomo__fail(err, TOMO_E_ARG,
                          "tomo_presentation_display: ctx, out, state, ds must be there, options set by their _INIT");
    if ((s.o->bits != 8 && s.o->bits != 16) || s.o->width < 0 || s.o->height < 0 || frame < 0 || frame >= INT32_MAX)
        return tomo__fail(err, TOMO_E_ARG, "bits must be 8 or 16, width, height and frame 0 or more");
    tomo_status st = tomo_presentation_read(ctx, &p, state, report, err);
    if (st)
        return st;
    s.p = p;
    s.frame = (int32_t)frame + 1;
    tomo_dataset_text(ds, 0x00080018, 0, s.uid, sizeof s.uid);
    st = show(&s, out, err);
    tomo_presentation_free(p);
    return st;
}
