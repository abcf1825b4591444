/* study_views.c - the pictures of a report: planes with and without structures, projections. */
#include <stdio.h>

#include "pipeline/study_internal.h"

/* Keep a picture as PNG, on disk and for the page. */
static tomo_status keep_picture(study__run *r, tomo_value *picture, const char *file, const char *title,
                                const char *caption)
{
    if (r->n_pictures == STUDY_MOST_PICTURES)
        return tomo__fail(r->err, TOMO_E_INTERNAL, "more than %d pictures", STUDY_MOST_PICTURES);
    const tomo_image_desc *d = tomo_image_get_desc(picture->ptr);
    const double ppm[2] = { 1000 / d->spacing[0], 1000 / d->spacing[1] };
    size_t i = r->n_pictures;
    tomo_status st = tomo_codec_png(r->ctx, &r->png[i], tomo_image_data(picture->ptr), d->size[0], d->size[1],
                                    d->components, 8, (size_t)tomo_image_stride(picture->ptr, 1), ppm, r->err);
    if (st)
        return st;
    r->n_pictures++;
    snprintf(r->picture_text[i][0], sizeof r->picture_text[0][0], "%s", file);
    snprintf(r->picture_text[i][1], sizeof r->picture_text[0][1], "%s", title);
    snprintf(r->picture_text[i][2], sizeof r->picture_text[0][2], "%s", caption);
    r->pictures[i] = (tomo_report_picture){ r->picture_text[i][0], r->picture_text[i][1], r->picture_text[i][2],
                                            tomo_buffer_data(r->png[i]), tomo_buffer_size(r->png[i]) };
    return study__keep_bytes(r, file, r->pictures[i].png, r->pictures[i].png_size);
}

typedef struct view {
    const char *op, *file, *title;
    int32_t plane;
    double center, width; /* NaN: percentiles */
    bool labels;
    const char *needs; /* structure without which it is left out; NULL = always */
} view;

static bool has_structure(const study__run *r, const char *part)
{
    for (size_t i = 0; i < r->n_structures; i++)
        if (r->structures[i].present && strstr(r->structures[i].name, part))
            return true;
    return false;
}

/* Pixels so small that three planes side by side fill a page, but never coarser than the voxels. */
static double fine_pixel(const tomo_image *volume)
{
    enum { PAGE = 950 }; /* what a page leaves beside the gaps of a picture */
    const tomo_image_desc *d = tomo_image_get_desc(volume);
    double size[3], least = INFINITY, sum = 0;
    for (int i = 0; i < 3; i++) {
        size[i] = (double)d->size[i] * d->spacing[i];
        least = fmin(least, d->spacing[i]);
        sum += size[i];
    }
    double fill = sum / PAGE;
    return fmin(least, floor(fill * 100 + 0.5) / 100 > 0.05 ? floor(fill * 100 + 0.5) / 100 : 0.05);
}

/* The volume with its lowest value wherever the body is not, so that no table or head rest hides what is behind it. */
static tomo_status only_body(study__run *r, tomo_image **out)
{
    const tomo_image_desc *d = tomo_image_get_desc(r->volume);
    const size_t size = tomo_dtype_size(d->dtype);
    const void *least = tomo_image_row(r->volume, 0, 0, 0);
    double low = INFINITY;
    tomo_image *kept = NULL;
    tomo_status st = tomo_image_new(r->ctx, &kept, d, r->err);
    for (int64_t i = 0; st == TOMO_OK && i < d->size[1] * d->size[2]; i++) {
        const int64_t y = i % d->size[1], z = i / d->size[1];
        const uint8_t *from = tomo_image_row(r->volume, y, z, 0);
        for (int64_t x = 0; x < d->size[0]; x++) {
            const double v = tomo_image_at(r->volume, x, y, z, 0, 0);
            if (v < low)
                low = v, least = from + x * tomo_image_stride(r->volume, 0);
        }
    }
    for (int64_t i = 0; st == TOMO_OK && i < d->size[1] * d->size[2]; i++) {
        const int64_t y = i % d->size[1], z = i / d->size[1];
        const uint8_t *from = tomo_image_row(r->volume, y, z, 0), *is = tomo_image_row(r->body, y, z, 0);
        uint8_t *to = tomo_image_row_mut(kept, y, z, 0);
        for (int64_t x = 0; x < d->size[0]; x++)
            memcpy(to + (size_t)x * size, is[x] ? from + x * tomo_image_stride(r->volume, 0) : least, size);
    }
    if (st == TOMO_OK)
        st = study__note_json(r, "pipeline.onlyBody", NULL);
    if (st)
        tomo_image_free(kept);
    else
        *out = kept;
    return st;
}

static tomo_status one_view(study__run *r, const view *v, tomo_image *volume)
{
    static const char *const planes[] = { "Axial", "Coronal", "Sagittal" };
    tomo_render_options o = TOMO_RENDER_OPTIONS_INIT;
    tomo_value in[TOMO_MAX_PORTS] = { { TOMO_KIND_IMAGE, volume } }, out[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
    char caption[256], window[96] = "Window from the 0.5 to the 99.5 percentile.";
    bool labels = v->labels && r->drawn;
    o.plane = v->plane;
    o.center = v->center;
    o.width = v->width;
    o.pixel = fine_pixel(r->volume);
    if (labels)
        in[1] = (tomo_value){ TOMO_KIND_LABELS, r->drawn };
    if (!isnan(v->width))
        snprintf(window, sizeof window, "Window center %.0f, width %.0f%s.", v->center, v->width,
                 r->is_ct ? " HU" : "");
    if (strcmp(v->op, "mpr") == 0)
        snprintf(caption, sizeof caption, "Axial, coronal, sagittal through the middle of the volume. %s%s", window,
                 labels ? " Structures in the colors of the table." : "");
    else if (strcmp(v->op, "mip") == 0)
        snprintf(caption, sizeof caption,
                 "Maximum intensity projection along the normal of the %s plane%s. Window from the "
                 "5 to the 99.5 percentile of what is projected.",
                 v->plane == TOMO_PLANE_CORONAL ? "coronal" : "sagittal",
                 volume != r->volume ? ", inside the body: table and head rest are left out" : "");
    else
        snprintf(caption, sizeof caption, "%s plane through the middle. %s", planes[v->plane], window);
    tomo_status st = study__step(r, "render", v->op, &o, in, out);
    if (st == TOMO_OK)
        st = keep_picture(r, &out[0], v->file, v->title, caption);
    tomo_value_clear(&out[0]);
    return st;
}

tomo_status study__views(study__run *r)
{
    static const view ct[] = {
        { "mpr", "mpr-soft.png", "Soft tissue", 0, 40, 400, false, NULL },
        { "mpr", "mpr-bone.png", "Bone", 0, 400, 2000, false, NULL },
        { "mpr", "mpr-structures.png", "Structures", 0, 300, 1600, true, NULL },
        { "mpr", "mpr-lung.png", "Lung", 0, -600, 1500, false, "lung" },
        { "mip", "mip-coronal.png", "Projection from the front", TOMO_PLANE_CORONAL, NAN, NAN, false, NULL },
        { "mip", "mip-sagittal.png", "Projection from the side", TOMO_PLANE_SAGITTAL, NAN, NAN, false, NULL },
    };
    static const view mr[] = {
        { "mpr", "mpr.png", "Planes", 0, NAN, NAN, false, NULL },
        { "mpr", "mpr-structures.png", "Structures", 0, NAN, NAN, true, NULL },
    }; /* a maximum projection of an MR shows little but fat: left out */
    const view *views = r->is_ct ? ct : mr;
    size_t n = r->is_ct ? TOMO__COUNT(ct) : TOMO__COUNT(mr);
    tomo_image *body = NULL;
    tomo_status st = r->body && has_structure(r, "body") ? only_body(r, &body) : TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && i < n; i++) {
        if (views[i].needs && !has_structure(r, views[i].needs))
            continue;
        tomo__span outer = tomo__job_enter(r->job, (double)i / (double)n, (double)(i + 1) / (double)n, "pictures");
        st = one_view(r, &views[i], body && strcmp(views[i].op, "mip") == 0 ? body : r->volume);
        tomo__job_leave(r->job, outer);
    }
    tomo_image_free(body);
    return st;
}
