/* paint.c - values to gray, labels over them, the writing at the border. */
#include <stdio.h>

#include "render/render_internal.h"

/* So that LINEAR maps the ends to 0 and 255. */
static void set_window(double *center, double *width, const double ends[2], bool known)
{
    *center = known && !isnan(ends[0]) ? (ends[0] + ends[1]) / 2 + 0.5 : 0;
    *width = known && !isnan(ends[0]) ? ends[1] - ends[0] + 1 : 1;
}

tomo_status render__window(tomo_ctx *ctx, const tomo_image *in, const tomo_render_options *opts, double *center,
                           double *width, tomo_job *job, tomo_error *err)
{
    *center = opts->center;
    *width = opts->width;
    if (isnan(*center) != isnan(*width))
        return tomo__fail(err, TOMO_E_ARG, "window: center and width go together, found only one of them");
    if (!isnan(*center))
        return TOMO_OK;
    static const double percents[2] = { 0.5, 99.5 };
    double ends[2];
    tomo_status st = tomo_image_percentiles(ctx, ends, in, NULL, percents, 2, job, err);
    set_window(center, width, ends, st == TOMO_OK);
    return st;
}

/* From the 5 to the 99.5 percentile of a projection's pixels, without those of its least value: rays that met nothing.
 * A maximum is far above the voxels of most rays, so percentiles of the voxels would make it white. */
tomo_status render__window_of(tomo_ctx *ctx, const float *gray, const render__plane *plane, double *center,
                              double *width, tomo_error *err)
{
    static const double percents[2] = { 5, 99.5 };
    const int64_t all = plane->width * plane->height;
    double ends[2] = { NAN, NAN };
    float least = INFINITY;
    int64_t n = 0;
    for (int64_t i = 0; i < all; i++)
        if (gray[i] < least)
            least = gray[i];
    for (int64_t i = 0; i < all; i++)
        n += gray[i] > least;
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    d.dtype = TOMO_DTYPE_F32;
    d.dims = 2;
    d.size[0] = TOMO__MAX(n, 1);
    tomo_image *met = NULL;
    tomo_status st = tomo_image_new(ctx, &met, &d, err);
    float *to = st ? NULL : tomo_image_row_mut(met, 0, 0, 0);
    if (to)
        to[0] = least;
    for (int64_t i = 0, k = 0; to && i < all; i++)
        if (gray[i] > least)
            to[k++] = gray[i];
    if (st == TOMO_OK && isfinite(least))
        st = tomo_image_percentiles(ctx, ends, met, NULL, percents, 2, NULL, err);
    tomo_image_free(met);
    set_window(center, width, ends, st == TOMO_OK);
    return st;
}

void render__paint(tomo_image *rgb, int64_t x0, const float *gray, const render__plane *plane, double center,
                   double width)
{
    /* LINEAR of PS3.3 C.11.2.1.2.1; a width of 1 is a step. Outside of the volume is black. */
    const double low = center - 0.5, span = width > 1 ? width - 1 : 1e-9;
    for (int64_t j = 0; j < plane->height; j++) {
        uint8_t *to = (uint8_t *)tomo_image_row_mut(rgb, j, 0, 0) + 3 * x0;
        for (int64_t i = 0; i < plane->width; i++) {
            double v = gray[j * plane->width + i];
            double y = isnan(v) ? 0 : ((v - low) / span + 0.5) * 255.0;
            uint8_t g = y <= 0 ? 0 : y >= 255 ? 255 : (uint8_t)(y + 0.5);
            to[3 * i] = to[3 * i + 1] = to[3 * i + 2] = g;
        }
    }
}

static const uint8_t *color_of(int32_t value, const tomo_label *rows, size_t n_rows)
{
    static const uint8_t red[4] = { 230, 60, 50, 255 };
    for (size_t i = 0; i < n_rows; i++)
        if (rows[i].value == value)
            return rows[i].color;
    return red;
}

void render__blend(tomo_image *rgb, int64_t x0, const int32_t *labels, const render__plane *plane,
                   const tomo_label *rows, size_t n_rows, double opacity, bool outline)
{
    const int64_t w = plane->width, h = plane->height;
    for (int64_t j = 0; j < h; j++) {
        uint8_t *to = (uint8_t *)tomo_image_row_mut(rgb, j, 0, 0) + 3 * x0;
        for (int64_t i = 0; i < w; i++) {
            const int32_t *at = labels + j * w + i;
            if (!*at)
                continue;
            bool edge = (i == 0 || at[-1] != *at) || (i == w - 1 || at[1] != *at) || (j == 0 || at[-w] != *at) ||
                        (j == h - 1 || at[w] != *at);
            const uint8_t *color = color_of(*at, rows, n_rows);
            double a = edge && outline ? 1.0 : opacity;
            for (int c = 0; c < 3; c++)
                to[3 * i + c] = (uint8_t)(to[3 * i + c] + a * (color[c] - to[3 * i + c]) + 0.5);
        }
    }
}

/* The letter of the patient's side to which an LPS direction points. */
static const char *side(const double axis[3], double sign)
{
    static const char *const names[3][2] = { { "L", "R" }, { "P", "A" }, { "H", "F" } };
    int most = 0;
    for (int i = 1; i < 3; i++)
        if (fabs(axis[i]) > fabs(axis[most]))
            most = i;
    return names[most][axis[most] * sign < 0];
}

/* Length of the bar: the largest of 1, 2, 5 times a power of ten that fits into a third of the width. */
static double bar_length(double most)
{
    double unit = pow(10, floor(log10(most)));
    return most >= 5 * unit ? 5 * unit : most >= 2 * unit ? 2 * unit : unit;
}

void render__marks(tomo_image *rgb, int64_t x0, const render__plane *plane)
{
    static const uint8_t white[3] = { 255, 255, 255 };
    const int32_t scale = plane->width >= 400 ? 2 : 1;
    const int64_t w = plane->width, h = plane->height, glyph = 6 * scale, pad = 2 * scale;
    if (w < 48 || h < 48)
        return; /* a thumbnail */
    render__text(rgb, x0 + pad, h / 2, scale, white, side(plane->u, -1));
    render__text(rgb, x0 + w - glyph - pad, h / 2, scale, white, side(plane->u, 1));
    render__text(rgb, x0 + w / 2, pad, scale, white, side(plane->v, -1));
    render__text(rgb, x0 + w / 2, h - 8 * scale - pad, scale, white, side(plane->v, 1));

    char number[32], text[40];
    double mm = bar_length((double)w * plane->pixel / 3);
    int64_t pixels = (int64_t)(mm / plane->pixel + 0.5), y = h - 3 * pad;
    tomo__num_text(number, mm);
    snprintf(text, sizeof text, "%s mm", number);
    for (int64_t j = y; j < y + scale; j++) {
        uint8_t *row = (uint8_t *)tomo_image_row_mut(rgb, j, 0, 0) + 3 * (x0 + 2 * pad);
        memset(row, 255, (size_t)(3 * pixels));
    }
    render__text(rgb, x0 + 2 * pad, y - 9 * scale, scale, white, text);
}
