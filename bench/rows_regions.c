/* rows_regions.c - region growing, watersheds, random walker; inputs are made once and kept. */
#include <math.h>

#include "bench.h"

/* A relief or a gray image, and the markers on it. */
typedef struct prepared {
    const char *what;
    tomo_image *image, *markers;
} prepared;

static tomo_image *part_of(bench *b, const tomo_image *in, const int64_t start[4], const int64_t size[4])
{
    tomo_image *view = NULL, *out = NULL;
    if (in && tomo_image_crop(b->ctx, &view, in, start, size, &b->err) == TOMO_OK)
        tomo_image_pack(b->ctx, &out, view, &b->err);
    tomo_image_free(view);
    return out;
}

static tomo_image *slice90(bench *b, tomo_dtype dtype)
{
    tomo_image *slice = part_of(b, bench_input(b, CT), (const int64_t[]){ 0, 0, 90, 0 }, (const int64_t[]){ 512, 512, 1, 1 });
    tomo_image *out = NULL;
    if (slice)
        tomo_image_convert(b->ctx, &out, slice, dtype, NULL, &b->err);
    tomo_image_free(slice);
    return out;
}

static tomo_image *gradient_of(bench *b, const tomo_image *in)
{
    tomo_gradient_options g = TOMO_GRADIENT_OPTIONS_INIT;
    tomo_image *out = NULL;
    g.sigma = 1, g.unit = TOMO_UNIT_VOXELS;
    if (in)
        tomo_filter_gradient(b->ctx, &out, in, &g, NULL, &b->err);
    return out;
}

static tomo_image *like(bench *b, const tomo_image *in, int32_t **to)
{
    tomo_image_desc d = *tomo_image_get_desc(in);
    tomo_image *out = NULL;
    d.dtype = TOMO_DTYPE_I32;
    if (tomo_image_new(b->ctx, &out, &d, &b->err) == TOMO_OK) {
        *to = tomo_image_row_mut(out, 0, 0, 0);
        memset(*to, 0, (size_t)tomo_image_voxels(out) * sizeof **to);
    }
    return out;
}

/* A marker every 32 voxels, from 16 on. */
static tomo_image *lattice(bench *b, const tomo_image *in)
{
    const int64_t *n = tomo_image_get_desc(in)->size;
    int32_t *m = NULL, label = 0;
    tomo_image *out = like(b, in, &m);
    for (int64_t z = n[2] > 1 ? 16 : 0; out && z < n[2]; z += 32)
        for (int64_t y = 16; y < n[1]; y += 32)
            for (int64_t x = 16; x < n[0]; x += 32)
                m[(z * n[1] + y) * n[0] + x] = ++label;
    return out;
}

/* Seeds of the peer's random walker: dark, bright, and a lattice of both. */
static void walker2d(bench *b, prepared *p)
{
    int32_t *m = NULL;
    tomo_image *unit = slice90(b, TOMO_DTYPE_F32);
    if (!unit || !(p->markers = like(b, unit, &m)))
        return;
    float *v = tomo_image_row_mut(unit, 0, 0, 0);
    for (int i = 0; i < 512 * 512; i++) {
        const float gray = (v[i] + 160) * 255 / 400;
        const int u8 = gray < 0 ? 0 : gray > 255 ? 255 : (int)gray, x = i % 512, y = i / 512;
        m[i] = u8 > 220 ? 2 : u8 < 5 ? 1 : 0;
        if (x >= 10 && y >= 10 && x < 500 && y < 500 && (x - 10) % 50 == 0 && (y - 10) % 50 == 0)
            m[i] = u8 > 100 ? 2 : 1;
        v[i] = (v[i] + 1024) / 4096;
    }
    p->image = unit;
}

static void walker3d(bench *b, prepared *p)
{
    int32_t *m = NULL;
    double mean = 0;
    tomo_image *box = part_of(b, bench_input(b, MR), (const int64_t[]){ 64, 64, 80, 0 }, (const int64_t[]){ 128, 128, 32, 1 });
    if (!box || !(p->markers = like(b, box, &m)))
        return;
    float *v = tomo_image_row_mut(box, 0, 0, 0);
    const int64_t n = tomo_image_voxels(box);
    for (int64_t i = 0; i < n; i++)
        v[i] /= 1000, mean += (double)v[i] / (double)n;
    for (int z = 8; z < 32; z += 16)
        for (int y = 16; y < 128; y += 32)
            for (int x = 16; x < 128; x += 32)
                m[(z * 128 + y) * 128 + x] = (double)v[(z * 128 + y) * 128 + x] > mean ? 2 : 1;
    p->image = box;
}

/* The gray slice in 8 bits, and its bright components, as the peer's. */
static void bright2d(bench *b, prepared *p)
{
    tomo_image *f = slice90(b, TOMO_DTYPE_F32), *bright = NULL;
    tomo_threshold_options t = TOMO_THRESHOLD_OPTIONS_INIT;
    if (!f)
        return;
    float *v = tomo_image_row_mut(f, 0, 0, 0);
    for (int i = 0; i < 512 * 512; i++)
        v[i] = floorf(fminf(255, fmaxf(0, (v[i] + 160) * 255 / 400)));
    t.lower = 251;
    if (tomo_image_convert(b->ctx, &p->image, f, TOMO_DTYPE_U8, NULL, &b->err) == TOMO_OK &&
        tomo_segment_threshold(b->ctx, &bright, f, &t, NULL, &b->err) == TOMO_OK)
        tomo_segment_components(b->ctx, &p->markers, bright, NULL, NULL, &b->err);
    tomo_image_free(bright);
    tomo_image_free(f);
}

/* Kept until the program ends: images outlive the context they were made with. */
static const prepared *prepare(bench *b, const char *what)
{
    static prepared kept[8];
    prepared *p = kept;
    while (p->what && strcmp(p->what, what) != 0)
        p++;
    if (p->what)
        return p->image && p->markers ? p : NULL;
    p->what = what;
    if (strcmp(what, "walker2d") == 0) {
        walker2d(b, p);
    } else if (strcmp(what, "walker3d") == 0) {
        walker3d(b, p);
    } else if (strcmp(what, "bright2d") == 0) {
        bright2d(b, p);
    } else {
        tomo_image *slice = strcmp(what, "relief2d") == 0 ? slice90(b, TOMO_DTYPE_F32) : NULL;
        p->image = gradient_of(b, slice ? slice : bench_input(b, MR));
        if (p->image)
            p->markers = lattice(b, p->image);
        tomo_image_free(slice);
    }
    return p->image && p->markers ? p : NULL;
}

static tomo_status flood(bench *b, const char *what)
{
    const prepared *p = prepare(b, what);
    tomo_image *out = NULL;
    const tomo_status st = !p ? TOMO_E_MISSING
                              : tomo_segment_watershed(b->ctx, &out, p->image, p->markers, NULL, NULL, NULL, &b->err);
    tomo_image_free(out);
    return st;
}

static tomo_status flood_minima(bench *b, const char *what)
{
    const prepared *p = prepare(b, what);
    tomo_morph_watershed_options o = TOMO_MORPH_WATERSHED_OPTIONS_INIT;
    tomo_image *out = NULL;
    o.level = 20;
    const tomo_status st = !p ? TOMO_E_MISSING
                              : tomo_segment_morph_watershed(b->ctx, &out, p->image, &o, NULL, &b->err);
    tomo_image_free(out);
    return st;
}

static tomo_status walk(bench *b, const char *what)
{
    const prepared *p = prepare(b, what);
    tomo_random_walker_options o = TOMO_RANDOM_WALKER_OPTIONS_INIT;
    tomo_image *out = NULL;
    o.beta = 1000, o.tolerance = 1e-3; /* the peer's */
    const tomo_status st = !p ? TOMO_E_MISSING
                              : tomo_segment_random_walker(b->ctx, &out, p->image, p->markers, &o, NULL, &b->err);
    tomo_image_free(out);
    return st;
}

static tomo_status grow2d(bench *b, const char *what)
{
    static tomo_image *slice;
    tomo_image *out = NULL;
    tomo_status st;
    if (!slice && !(slice = slice90(b, TOMO_DTYPE_I16)))
        return TOMO_E_MISSING;
    if (strcmp(what, "grow") == 0) {
        tomo_grow_options o = TOMO_GROW_OPTIONS_INIT;
        o.seed[0] = 153, o.seed[1] = 245, o.seed[2] = 0, o.lower = -950, o.upper = -700;
        st = tomo_segment_grow(b->ctx, &out, slice, &o, NULL, &b->err);
    } else {
        tomo_confidence_options o = TOMO_CONFIDENCE_OPTIONS_INIT;
        o.seeds = "153,245,0", o.radius = 2;
        st = tomo_segment_confidence_connected(b->ctx, &out, slice, &o, NULL, &b->err);
    }
    tomo_image_free(out);
    return st;
}

#define CALL(name, input, fn, what) { "segment", name, input, 1, NULL, NULL, NULL, fn, what }
const row rows_regions[] = {
    OPERATION("segment", "region_grow3d", CT, "segment", "grow", "seed=153,245,90 lower=-950 upper=-700"),
    OPERATION("segment", "confidence_connected3d", CT, "segment", "confidence_connected", "seeds=153,245,90 radius=2"),
    CALL("region_grow2d", "ct slice 512x512 int16", grow2d, "grow"),
    CALL("confidence_connected2d", "ct slice 512x512 int16", grow2d, "confidence"),
    CALL("watershed3d_markers", "mr 256x256x180 f32 gradient", flood, "relief3d"),
    CALL("watershed3d_level20", "mr 256x256x180 f32 gradient", flood_minima, "relief3d"),
    CALL("watershed2d_relief", "ct slice 512x512 gradient", flood, "relief2d"),
    CALL("watershed2d_level20", "ct slice 512x512 gradient", flood_minima, "relief2d"),
    CALL("watershed2d_markers", "ct slice 512x512 u8", flood, "bright2d"),
    CALL("random_walker2d", SLICE, walk, "walker2d"),
    CALL("random_walker3d", "mr 128x128x32 f32", walk, "walker3d"),
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
