/* render_internal.h - planes in patient space and what is drawn on them, shared inside room render. */
#ifndef TOMO_RENDER_INTERNAL_H
#define TOMO_RENDER_INTERNAL_H

#include <math.h>
#include <tomo/render.h>

#include "base/base_internal.h"

/* A picture plane: pixel (i, j) lies at origin + i * pixel * u + j * pixel * v; n = u x v points away from the viewer
 * or towards; the slab reaches `slab` mm around it. */
typedef struct render__plane {
    double  origin[3], u[3], v[3], n[3];
    double  pixel;
    int64_t width, height;
    double  slab;
} render__plane;

/* The plane through opts->position (or the middle), large enough for the whole volume. */
tomo_status render__place(const tomo_image *in, const tomo_render_options *opts, bool whole_depth, render__plane *out,
                          tomo_error *err);
/* Gray values on the plane as float32, NAN outside of the volume. */
tomo_status render__sample(tomo_ctx *ctx, float **out, const tomo_image *in, const render__plane *plane, int32_t mode,
                           tomo_job *job, tomo_error *err);
/* Nearest labels on the plane as int32, 0 outside. */
tomo_status render__sample_labels(tomo_ctx *ctx, int32_t **out, const tomo_image *labels, const render__plane *plane,
                                  tomo_job *job, tomo_error *err);
/* Window both ends, or the percentiles where they are NaN. */
tomo_status render__window(tomo_ctx *ctx, const tomo_image *in, const tomo_render_options *opts, double *center,
                           double *width, tomo_job *job, tomo_error *err);
/* Window of a projection from its own pixels. */
tomo_status render__window_of(tomo_ctx *ctx, const float *gray, const render__plane *plane, double *center,
                              double *width, tomo_error *err);
/* Values to gray RGB (PS3.3 C.11.2.1.2.1), labels over it. */
void render__paint(tomo_image *rgb, int64_t x0, const float *gray, const render__plane *plane, double center,
                   double width);
void render__blend(tomo_image *rgb, int64_t x0, const int32_t *labels, const render__plane *plane,
                   const tomo_label *rows, size_t n_rows, double opacity, bool outline);
/* Orientation letters at the four sides and a scale bar. */
void render__marks(tomo_image *rgb, int64_t x0, const render__plane *plane);
void render__text(tomo_image *rgb, int64_t x, int64_t y, int32_t scale, const uint8_t color[3], const char *text);

extern const tomo_op render__slice_row, render__mpr_row, render__mip_row, render__overlay_row;

#endif
