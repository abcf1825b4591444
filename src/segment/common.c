/* common.c - the way in and out of every operation of the room: checks, label rows, mask images. */
#include "segment_internal.h"

#include <stdarg.h>
#include <stdio.h>

const char *const tomo__connectivity_names[] = { "6", "18", "26", NULL };

tomo_status tomo__segment_check(const tomo_image *in, const char *what, tomo_error *err)
{
    if (!in)
        return tomo__fail(err, TOMO_E_ARG, "%s: no image is given", what);
    const tomo_image_desc *d = tomo_image_get_desc(in);
    if (d->components != 1)
        return tomo__fail(err, TOMO_E_ARG, "%s: the image has %d components a voxel, expected 1", what,
                          (int)d->components);
    if (d->size[3] != 1)
        return tomo__fail(err, TOMO_E_ARG, "%s: the image has %lld time points, expected 1", what,
                          (long long)d->size[3]);
    if (d->size[0] > INT32_MAX - 64)
        return tomo__fail(err, TOMO_E_LIMIT, "%s: rows of %lld voxels are too long", what, (long long)d->size[0]);
    return TOMO_OK;
}

void tomo__label_row(tomo_label *row, int32_t value, const char *name, const char *code, const uint8_t rgb[3],
                     double confidence, const char *note, ...)
{
    va_list args;
    *row = (tomo_label){ .value = value, .color = { rgb[0], rgb[1], rgb[2], 255 }, .confidence = confidence };
    snprintf(row->name, sizeof row->name, "%s", name);
    snprintf(row->code, sizeof row->code, "%s", code);
    va_start(args, note);
    vsnprintf(row->note, sizeof row->note, note, args);
    va_end(args);
}

/* Hues a golden angle apart never come near an earlier one soon; saturation and value from three steps. */
void tomo__label_color(uint8_t rgba[4], int64_t i)
{
    const double hue = fmod((double)i * 0.61803398874989485, 1.0) * 6, value = i % 3 == 1 ? 0.75 : 0.95;
    const double saturation = i % 2 ? 0.85 : 0.6;
    for (int c = 0; c < 3; c++) {
        double k = fmod((c == 0 ? 5 : c == 1 ? 3 : 1) + hue, 6.0);
        double t = fmin(fmin(k, 4 - k), 1);
        rgba[c] = (uint8_t)(255 * (value - value * saturation * fmax(t, 0)) + 0.5);
    }
    rgba[3] = 255;
}

tomo_status tomo__mask_out(tomo_ctx *ctx, tomo_image **out, const tomo__bits *b, const tomo_image *like,
                           const tomo_label *row, tomo_job *job, tomo_error *err)
{
    tomo_image *mask = NULL;
    tomo_status st = tomo__bits_image(ctx, &mask, b, like, job, err);
    if (st == TOMO_OK)
        st = tomo_image_with_labels(ctx, out, mask, row, 1, err);
    tomo_image_free(mask);
    return st;
}

tomo_status tomo__mask_turned(tomo_ctx *ctx, tomo_image **out, const tomo__bits *b, const tomo_image *turned,
                              const tomo_image *in, const tomo_label *row, tomo_error *err)
{
    tomo_reorient_options to = TOMO_REORIENT_OPTIONS_INIT;
    tomo_image *mask = NULL;
    char letters[4];
    tomo_status st = tomo__mask_out(ctx, &mask, b, turned, row, NULL, err);
    tomo_image_orientation(in, letters);
    to.to = letters;
    if (st == TOMO_OK)
        st = tomo_image_reorient(ctx, out, mask, &to, NULL, err);
    tomo_image_free(mask);
    return st;
}

tomo_status tomo__mask_above(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, double threshold, bool two,
                             const char *whose, tomo_job *job, tomo_error *err)
{
    const uint8_t color[3] = { 230, 160, 40 };
    char name[64];
    tomo__bits b;
    tomo_label row;
    tomo_status st =
        tomo__bits_range(ctx, &b, in, two ? nextafter(threshold, INFINITY) : 1, two ? INFINITY : 0, job, err);
    if (st != TOMO_OK)
        return st;
    snprintf(name, sizeof name, "above %s threshold", whose);
    if (two)
        tomo__label_row(&row, 1, name, "", color, NAN, "value > %.9g", threshold);
    else
        tomo__label_row(&row, 1, name, "", color, 0.0, "empty: all values are %.9g", threshold);
    st = tomo__mask_out(ctx, out, &b, in, &row, NULL, err);
    tomo__bits_free(&b);
    return st;
}
