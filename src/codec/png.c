/* png.c - PNG files in memory by libpng, whose memory comes from the context. */
#include "codec/codec_internal.h"

#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>

typedef struct writer {
    tomo_ctx *ctx;
    tomo__text bytes;
    char message[160];
    bool no_memory;
    png_structp png;
    png_infop info;
} writer;

__attribute__((noreturn)) static void on_error(png_structp png, png_const_charp text)
{
    writer *w = png_get_error_ptr(png);
    snprintf(w->message, sizeof w->message, "%s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {}

static png_voidp on_alloc(png_structp png, png_alloc_size_t size)
{
    writer *w = png_get_mem_ptr(png);
    void *p = tomo__alloc(w->ctx, size);
    w->no_memory |= !p;
    return p;
}

static void on_free(png_structp png, png_voidp p) { tomo__free(((writer *)png_get_mem_ptr(png))->ctx, p); }

static void on_write(png_structp png, png_bytep data, size_t size)
{
    writer *w = png_get_io_ptr(png);
    tomo__text_add(&w->bytes, data, size);
    if (w->bytes.failed) {
        w->no_memory = true;
        png_error(png, "no memory for the file");
    }
}

static void on_flush(png_structp png) {}

typedef struct picture {
    const uint8_t *pixels;
    uint32_t columns, rows;
    int32_t samples, bits;
    size_t stride;
    const double *ppm;
} picture;

static uint32_t whole_ppm(double v) { return v >= 1 && v <= 0x7fffffff ? (uint32_t)lround(v) : 0; }

/* Runs under setjmp: everything it changes lives in *w. */
static void write_all(writer *w, const picture *p)
{
    static const int color[5] = { 0, PNG_COLOR_TYPE_GRAY, 0, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA };
    png_set_write_fn(w->png, w, on_write, on_flush);
    png_set_user_limits(w->png, 0x7fffffff, 0x7fffffff);
    png_set_IHDR(w->png, w->info, p->columns, p->rows, p->bits, color[p->samples], PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (p->ppm && whole_ppm(p->ppm[0]) && whole_ppm(p->ppm[1]))
        png_set_pHYs(w->png, w->info, whole_ppm(p->ppm[0]), whole_ppm(p->ppm[1]), PNG_RESOLUTION_METER);
    png_set_compression_level(w->png, 4);
    png_set_filter(w->png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB | PNG_FILTER_UP);
    png_write_info(w->png, w->info);
    if (p->bits == 16)
        png_set_swap(w->png);
    for (uint32_t y = 0; y < p->rows; y++)
        png_write_row(w->png, p->pixels + y * p->stride);
    png_write_end(w->png, w->info);
}

tomo_status tomo_codec_png(tomo_ctx *ctx, tomo_buffer **out, const void *pixels, int64_t columns, int64_t rows,
                           int32_t samples, int32_t bits, size_t stride, const double ppm[2], tomo_error *err)
{
    if (!ctx || !out || !pixels)
        return tomo__fail(err, TOMO_E_ARG, "png: no %s", !ctx ? "context" : !out ? "output" : "pixels");
    if (columns < 1 || columns > 1000000 || rows < 1 || rows > 1000000)
        return tomo__fail(err, TOMO_E_ARG, "png: %lld x %lld pixels, expected 1 to 1000000", (long long)columns,
                          (long long)rows);
    if (!((bits == 8 && (samples == 1 || samples == 3 || samples == 4)) || (bits == 16 && samples == 1)))
        return tomo__fail(err, TOMO_E_ARG, "png: %d samples of %d bits, expected 1, 3, 4 of 8 or 1 of 16",
                          (int)samples, (int)bits);
    if (stride < (size_t)columns * (size_t)samples * (size_t)bits / 8)
        return tomo__fail(err, TOMO_E_ARG, "png: stride is %zu bytes, expected at least %zu", stride,
                          (size_t)columns * (size_t)samples * (size_t)bits / 8);
    const picture p = { pixels, (uint32_t)columns, (uint32_t)rows, samples, bits, stride, ppm };
    writer w = { ctx, TOMO__TEXT(ctx), "", false, NULL, NULL };
    tomo_status st = TOMO_OK;
    w.png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &w, on_error, on_warning, &w, on_alloc, on_free);
    if (w.png)
        w.info = png_create_info_struct(w.png);
    if (!w.png || !w.info) {
        st = tomo__fail(err, TOMO_E_NOMEM, "no memory to write a PNG");
    } else if (setjmp(png_jmpbuf(w.png)) == 0) {
        write_all(&w, &p);
    } else {
        st = tomo__fail(err, w.no_memory ? TOMO_E_NOMEM : TOMO_E_INTERNAL, "png: %s", w.message);
    }
    png_destroy_write_struct(&w.png, &w.info);
    if (st != TOMO_OK)
        tomo__text_free(&w.bytes);
    return st == TOMO_OK ? tomo__text_finish(&w.bytes, out, err) : st;
}
