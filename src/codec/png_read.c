/* png_read.c - PNG files from memory by libpng, whose memory comes from the context. Its error handler returns here by
 * longjmp. */
#include "codec/codec_internal.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>

struct tomo__png {
    tomo_ctx *ctx;
    const uint8_t *in;
    size_t size, at;
    char message[160];
    bool no_memory, interlaced;
    png_structp png;
    png_infop info;
};

enum { MOST_SIDE = 1000000, MOST_CHUNK = 16 << 20, MOST_RATIO = 1032 /* of deflate */ };

__attribute__((noreturn)) static void on_error(png_structp png, png_const_charp text)
{
    tomo__png *p = png_get_error_ptr(png);
    snprintf(p->message, sizeof p->message, "%s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {}

static png_voidp on_alloc(png_structp png, png_alloc_size_t size)
{
    tomo__png *p = png_get_mem_ptr(png);
    void *memory = tomo__alloc(p->ctx, size);
    p->no_memory |= !memory;
    return memory;
}

static void on_free(png_structp png, png_voidp p) { tomo__free(((tomo__png *)png_get_mem_ptr(png))->ctx, p); }

static void on_read(png_structp png, png_bytep to, size_t size)
{
    tomo__png *p = png_get_io_ptr(png);
    if (size > p->size - p->at)
        png_error(png, "the file is cut short");
    memcpy(to, p->in + p->at, size);
    p->at += size;
}

static tomo_status failed(const tomo__png *p, tomo_error *err)
{
    return p->no_memory ? tomo__fail(err, TOMO_E_NOMEM, "no memory to read a PNG")
                        : tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)p->at, "PNG: %s at byte %zu", p->message, p->at);
}

/* Runs under setjmp: everything it changes lives in *p and *info. */
static void read_header(tomo__png *p, tomo__png_info *info, bool raw)
{
    png_uint_32 x = 0, y = 0;
    int unit = 0;
    png_set_read_fn(p->png, p, on_read);
    png_set_user_limits(p->png, MOST_SIDE, MOST_SIDE);
    png_set_chunk_malloc_max(p->png, MOST_CHUNK);
    png_read_info(p->png, p->info);
    const int color = png_get_color_type(p->png, p->info), bits = png_get_bit_depth(p->png, p->info);
    const bool clear = png_get_valid(p->png, p->info, PNG_INFO_tRNS) != 0;
    info->columns = png_get_image_width(p->png, p->info);
    info->rows = png_get_image_height(p->png, p->info);
    info->stored_bits = bits;
    info->palette = color == PNG_COLOR_TYPE_PALETTE;
    if (png_get_pHYs(p->png, p->info, &x, &y, &unit) && unit == PNG_RESOLUTION_METER)
        info->ppm[0] = x, info->ppm[1] = y;
    if (raw) {
        png_set_packing(p->png); /* palette indices and small grays as they are, a byte each */
    } else {
        if (info->palette)
            png_set_palette_to_rgb(p->png);
        if (color == PNG_COLOR_TYPE_GRAY && bits < 8)
            png_set_expand_gray_1_2_4_to_8(p->png);
        if (clear)
            png_set_tRNS_to_alpha(p->png);
        if (color == PNG_COLOR_TYPE_GRAY_ALPHA || (clear && color == PNG_COLOR_TYPE_GRAY))
            png_set_gray_to_rgb(p->png);
    }
    if (bits == 16)
        png_set_swap(p->png);
    p->interlaced = png_set_interlace_handling(p->png) > 1;
    png_read_update_info(p->png, p->info);
    info->samples = png_get_channels(p->png, p->info);
    info->bits = png_get_bit_depth(p->png, p->info);
}

/* A file that is far too short for its pixels is no reason to take memory. */
static tomo_status check(const tomo__png *p, const tomo__png_info *info, tomo_error *err)
{
    const uint64_t bits = (uint64_t)info->columns * (uint64_t)info->rows * (uint64_t)info->stored_bits;
    if (bits / 8 / MOST_RATIO > p->size)
        return tomo__fail_at(err, TOMO_E_FORMAT, 16, "PNG: %lld x %lld pixels in %zu bytes", (long long)info->columns,
                             (long long)info->rows, p->size);
    if (info->samples == 2) /* gray and alpha, raw */
        return TOMO_OK;
    return (info->samples == 1 || info->samples == 3 || info->samples == 4) && (info->bits == 8 || info->bits == 16)
               ? TOMO_OK
               : tomo__fail(err, TOMO_E_INTERNAL, "PNG: %d samples of %d bits", (int)info->samples, (int)info->bits);
}

tomo_status tomo__png_open(tomo_ctx *ctx, tomo__png **out, tomo__png_info *info, const void *in, size_t size, bool raw,
                           tomo_error *err)
{
    tomo__png *p = TOMO__ARRAY(ctx, 1, tomo__png);
    tomo_status st;
    if (!p)
        return tomo__no_memory(ctx, err, sizeof *p, "a PNG reader");
    memset(info, 0, sizeof *info);
    p->ctx = ctx;
    p->in = in;
    p->size = size;
    p->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, p, on_error, on_warning, p, on_alloc, on_free);
    if (p->png)
        p->info = png_create_info_struct(p->png);
    if (!p->png || !p->info) {
        st = tomo__fail(err, TOMO_E_NOMEM, "no memory to read a PNG");
    } else if (setjmp(png_jmpbuf(p->png)) == 0) {
        read_header(p, info, raw);
        st = check(p, info, err);
    } else {
        st = failed(p, err);
    }
    if (st)
        tomo__png_free(p);
    else
        *out = p;
    return st;
}

tomo_status tomo__png_pixels(tomo__png *p, void *to, size_t stride, tomo_error *err)
{
    if (setjmp(png_jmpbuf(p->png)) != 0)
        return failed(p, err);
    const png_uint_32 rows = png_get_image_height(p->png, p->info);
    for (int pass = p->interlaced ? 0 : 6; pass < 7; pass++)
        for (png_uint_32 y = 0; y < rows; y++)
            png_read_row(p->png, (png_bytep)to + y * stride, NULL);
    png_read_end(p->png, NULL);
    return TOMO_OK;
}

void tomo__png_free(tomo__png *p)
{
    if (!p)
        return;
    png_destroy_read_struct(&p->png, &p->info, NULL);
    tomo__free(p->ctx, p);
}
