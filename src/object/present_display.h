/* present_display.h - painting in the picture that a presentation state shows: present_display.c places and orders,
 * present_paint.c sets pixels. */
#ifndef TOMO_OBJECT_PRESENT_DISPLAY_H
#define TOMO_OBJECT_PRESENT_DISPLAY_H

#include <tomo/object_present.h>

#include "object/items.h"

/* x' = m[0] x + m[1] y + m[2], y' = m[3] x + m[4] y + m[5]; pixel i covers i to i + 1. */
typedef struct tomo__plane_map {
    double m[6];
} tomo__plane_map;

static inline void tomo__plane_at(const tomo__plane_map *t, double x, double y, double to[2])
{
    to[0] = t->m[0] * x + t->m[1] * y + t->m[2];
    to[1] = t->m[3] * x + t->m[4] * y + t->m[5];
}

/* What is painted on, packed: `components` samples a pixel of 8 or 16 bits. */
typedef struct tomo__canvas {
    tomo_ctx *ctx;
    void *pixels;
    int64_t width, height;
    int32_t components, bits;
    uint16_t color[3]; /* to paint with */
    int64_t work;      /* pixel steps that are left: what a file asks for has an end */
} tomo__canvas;

/* One sample; x and y are inside. */
void tomo__canvas_set(const tomo__canvas *c, int64_t x, int64_t y);
/* Sets `color`: a P-value, or CIELab where there is one and the canvas has color. */
void tomo__canvas_ink(tomo__canvas *c, int32_t gray, bool has_lab, const uint16_t lab[3]);
/* A shape whose points `map` brings to the canvas. @return TOMO_OK, TOMO_E_LIMIT, TOMO_E_NOMEM */
tomo_status tomo__canvas_shape(tomo__canvas *c, const tomo_graphic *s, const tomo__plane_map *map, double thickness,
                               tomo_error *err);

#endif
