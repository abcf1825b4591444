/* tiff_read.c - TIFF and BigTIFF by libtiff, page by page: strips and tiles, whole numbers of 1 to 64 bits and floats,
 * in any compression that libtiff has. Pages follow along z, or as ImageJ and OME say. */
#include <math.h>
#include <stdio.h>
#include <tiffio.h>

#include "image/image_internal.h"
#include "tiff_internal.h"

enum { MOST_PAGES = 1 << 20, MOST_BLOCK = 1 << 30 };

typedef struct page {
    uint32_t columns, rows;
    uint16_t bits, samples, format, photometric, planar, compression;
    bool tiled;
    bool by_rgba; /* a color model that libtiff turns to RGB */
} page;

typedef struct tiff_reader {
    TIFF *tiff;
    tomo_source *source;
    uint64_t at;       /* libtiff's place in the file */
    char message[160]; /* libtiff's last complaint */
    page page;         /* of all pages */
    bool raw;          /* palette indices as they are */
    tomo__tiff_meta meta;
    uint64_t *directory; /* where the pages' directories are, in the order of the file */
    int64_t pages;
    uint64_t joined;            /* ImageJ: where the pages lie one after the other without directories of their own */
    int32_t channel_components; /* pages that make the components of one voxel */
} tiff_reader;

/* ---- what libtiff reads from ------------------------------------------------------------------------------------- */

static tmsize_t on_read(thandle_t handle, void *to, tmsize_t size)
{
    tiff_reader *s = handle;
    const uint64_t all = tomo_source_size(s->source);
    const size_t n = size < 0 || s->at >= all ? 0 : (size_t)TOMO__MIN((uint64_t)size, all - s->at);
    tomo_error err = { 0 };
    if (n && tomo_source_read(s->source, s->at, to, n, &err)) {
        snprintf(s->message, sizeof s->message, "%.150s", err.message);
        return -1;
    }
    s->at += n;
    return (tmsize_t)n;
}

static tmsize_t on_write(thandle_t handle, void *from, tmsize_t size) { return -1; }

static toff_t on_seek(thandle_t handle, toff_t offset, int whence)
{
    tiff_reader *s = handle;
    s->at = whence == SEEK_CUR ? s->at + offset : whence == SEEK_END ? tomo_source_size(s->source) + offset : offset;
    return s->at;
}

static int on_close(thandle_t handle) { return 0; }
static toff_t on_size(thandle_t handle) { return tomo_source_size(((tiff_reader *)handle)->source); }

static int on_error(TIFF *tiff, void *user, const char *module, const char *format, va_list list)
{
    tiff_reader *s = user;
    vsnprintf(s->message, sizeof s->message, format, list);
    return 1; /* handled */
}

static int on_warning(TIFF *tiff, void *user, const char *module, const char *format, va_list list) { return 1; }

static tomo_status failed(const tiff_reader *s, const char *what, tomo_error *err)
{
    return tomo__fail(err, TOMO_E_FORMAT, "%.80s: TIFF: %s%s%.120s", tomo_source_name(s->source), what,
                      s->message[0] ? ": " : "", s->message);
}

static tomo_status open_tiff(tiff_reader *s, tomo_error *err)
{
    TIFFOpenOptions *o = TIFFOpenOptionsAlloc();
    if (!o)
        return tomo__fail(err, TOMO_E_NOMEM, "no memory to read a TIFF");
    TIFFOpenOptionsSetMaxSingleMemAlloc(o, MOST_BLOCK);
    TIFFOpenOptionsSetErrorHandlerExtR(o, on_error, s);
    TIFFOpenOptionsSetWarningHandlerExtR(o, on_warning, s);
    s->tiff = TIFFClientOpenExt(tomo_source_name(s->source), "rm", s, on_read, on_write, on_seek, on_close, on_size,
                                NULL, NULL, o);
    TIFFOpenOptionsFree(o);
    return s->tiff ? TOMO_OK : failed(s, "not readable", err);
}

/* ---- pages ------------------------------------------------------------------------------------------------------- */

static void read_page(page *p, TIFF *tiff)
{
    memset(p, 0, sizeof *p);
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &p->columns);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &p->rows);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &p->bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &p->samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &p->format);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &p->planar);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &p->compression);
    if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &p->photometric))
        p->photometric = p->samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
    p->tiled = TIFFIsTiled(tiff) != 0;
    if (p->format == SAMPLEFORMAT_VOID)
        p->format = SAMPLEFORMAT_UINT;
    if (p->photometric == PHOTOMETRIC_YCBCR && p->compression == COMPRESSION_JPEG) {
        TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        p->photometric = PHOTOMETRIC_RGB;
    }
    p->by_rgba = p->photometric == PHOTOMETRIC_YCBCR || p->photometric == PHOTOMETRIC_SEPARATED ||
                 p->photometric == PHOTOMETRIC_CIELAB;
}

/* The type of one component; 0 if there is none like it. */
static tomo_dtype dtype_of(const page *p)
{
    if (p->format == SAMPLEFORMAT_COMPLEXIEEEFP)
        return p->samples != 1 ? 0 : p->bits == 64 ? TOMO_DTYPE_F32 : p->bits == 128 ? TOMO_DTYPE_F64 : 0;
    if (p->format == SAMPLEFORMAT_IEEEFP)
        return p->bits == 32 ? TOMO_DTYPE_F32 : p->bits == 64 ? TOMO_DTYPE_F64 : 0;
    const bool sign = p->format == SAMPLEFORMAT_INT;
    if (p->format != SAMPLEFORMAT_UINT && !sign)
        return 0;
    switch (p->bits) {
    case 1:
    case 2:
    case 4:
        return sign ? 0 : TOMO_DTYPE_U8;
    case 8:
        return sign ? TOMO_DTYPE_I8 : TOMO_DTYPE_U8;
    case 10:
    case 12:
    case 14:
        return sign ? 0 : TOMO_DTYPE_U16;
    case 16:
        return sign ? TOMO_DTYPE_I16 : TOMO_DTYPE_U16;
    case 32:
        return sign ? TOMO_DTYPE_I32 : TOMO_DTYPE_U32;
    case 64:
        return sign ? TOMO_DTYPE_I64 : TOMO_DTYPE_U64;
    default:
        return 0;
    }
}

static bool is_palette(const tiff_reader *s)
{
    return s->page.photometric == PHOTOMETRIC_PALETTE && !s->raw && s->page.samples == 1 && s->page.bits <= 8;
}

static tomo_status describe_pixels(const tiff_reader *s, tomo_dtype *dtype, int32_t *components, tomo_error *err)
{
    const page *p = &s->page;
    *dtype = dtype_of(p);
    *components = p->format == SAMPLEFORMAT_COMPLEXIEEEFP ? 2 : p->samples;
    if (p->by_rgba && p->bits == 8) {
        *dtype = TOMO_DTYPE_U8;
        *components = 3;
    } else if (is_palette(s)) {
        *components = 3;
    }
    if (p->columns < 1 || p->rows < 1)
        return tomo__fail(err, TOMO_E_FORMAT, "TIFF: page of %u x %u pixels", p->columns, p->rows);
    if (!*dtype || (p->by_rgba && p->bits != 8))
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "TIFF: %u-bit samples of format %u and color model %u", p->bits,
                          p->format, p->photometric);
    if (*components < 1 || *components > 4)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "TIFF: %d samples a pixel, an image has at most 4",
                          (int)*components);
    return TOMO_OK;
}

/* Could the page's blocks hold its pixels? The most that a byte can become, by compression. */
static tomo_status check_bytes(const tiff_reader *s, tomo_error *err)
{
    const page *p = &s->page;
    const uint32_t blocks = p->tiled ? TIFFNumberOfTiles(s->tiff) : TIFFNumberOfStrips(s->tiff);
    const double ratio = p->compression == COMPRESSION_NONE                                                     ? 1
                         : p->compression == COMPRESSION_PACKBITS                                               ? 128
                         : p->compression == COMPRESSION_LZW                                                    ? 4096
                         : p->compression == COMPRESSION_ADOBE_DEFLATE || p->compression == COMPRESSION_DEFLATE ? 1100
                                                                                                                : 1e6;
    const double pixels = (double)p->columns * (double)p->rows * p->samples * p->bits / 8;
    double bytes = 0;
    for (uint32_t i = 0; i < blocks && bytes * ratio < pixels; i++)
        bytes += (double)TOMO__MIN(TIFFGetStrileByteCount(s->tiff, i), tomo_source_size(s->source));
    if (bytes * ratio < pixels * (p->by_rgba ? 0.25 : 0.99) - 64)
        return tomo__fail(err, TOMO_E_FORMAT, "TIFF: %u x %u pixels in %.0f bytes", p->columns, p->rows, bytes);
    return TOMO_OK;
}

/* ---- pixels of one page ------------------------------------------------------------------------------------------ */

/* `count` samples of fewer than 8, or of 10 to 14, bits, the first one highest. */
static void unpack_bits(uint8_t *to, const uint8_t *from, int64_t count, int bits)
{
    uint32_t hold = 0;
    int have = 0;
    for (int64_t i = 0; i < count; i++) {
        while (have < bits) {
            hold = hold << 8 | *from++;
            have += 8;
        }
        have -= bits;
        const uint16_t v = (uint16_t)(hold >> have & ((1u << bits) - 1));
        if (bits < 8)
            to[i] = (uint8_t)v;
        else
            memcpy(to + 2 * i, &v, 2);
    }
}

static bool odd_bits(const page *p) { return p->bits < 8 || p->bits == 10 || p->bits == 12 || p->bits == 14; }

/* Where the pixels of a page go: rows of `stride` bytes, pixels of `step`. Not inside: not wanted. */
typedef struct target {
    uint8_t *to;
    int64_t stride, step;
    size_t sample; /* bytes of one in memory */
} target;

/* One block (strip or tile) of `columns` x `rows` at (x, y); of a planar page its sample. */
static tomo_status put_block(tomo_ctx *ctx, const tiff_reader *s, const target *t, const uint8_t *block, int64_t x,
                             int64_t y, int64_t columns, int64_t rows, int64_t block_line, int sample, tomo_error *err)
{
    const page *p = &s->page;
    const bool planar = p->planar == PLANARCONFIG_SEPARATE && p->samples > 1;
    const int64_t samples = planar ? 1 : p->samples, number = (int64_t)t->sample;
    const int64_t whole = p->format == SAMPLEFORMAT_COMPLEXIEEEFP ? 2 * number : number;
    uint8_t *line = odd_bits(p) ? tomo__alloc(ctx, (size_t)(columns * samples * number) + 8) : NULL;
    if (odd_bits(p) && !line)
        return tomo__no_memory(ctx, err, (size_t)(columns * samples * number) + 8, "a line of a TIFF");
    for (int64_t r = 0; r < rows; r++) {
        const uint8_t *from = block + r * block_line;
        uint8_t *to = t->to + (y + r) * t->stride + x * t->step + sample * number;
        if (line) {
            unpack_bits(line, from, columns * samples, p->bits);
            from = line;
        }
        if (t->step == samples * whole)
            memcpy(to, from, (size_t)(columns * samples * whole));
        else
            for (int64_t i = 0; i < columns; i++)
                memcpy(to + i * t->step, from + i * samples * whole, (size_t)(samples * whole));
    }
    tomo__free(ctx, line);
    return TOMO_OK;
}

/* Bytes that libtiff gives for a line of a block. */
static int64_t line_bytes(const page *p, int64_t columns)
{
    const int64_t samples = p->planar == PLANARCONFIG_SEPARATE ? 1 : p->samples;
    return (columns * samples * p->bits + 7) / 8;
}

static tomo_status read_blocks(tomo_ctx *ctx, tiff_reader *s, const target *t, tomo_error *err)
{
    const page *p = &s->page;
    uint32_t width = p->columns, height = p->rows;
    if (p->tiled) {
        TIFFGetField(s->tiff, TIFFTAG_TILEWIDTH, &width);
        TIFFGetField(s->tiff, TIFFTAG_TILELENGTH, &height);
    } else {
        TIFFGetFieldDefaulted(s->tiff, TIFFTAG_ROWSPERSTRIP, &height);
        height = TOMO__MIN(height, p->rows);
    }
    if (width < 1 || height < 1)
        return failed(s, "blocks without a size", err);
    const int64_t line = line_bytes(p, width), size = line * height;
    const tmsize_t block_size = p->tiled ? TIFFTileSize(s->tiff) : TIFFStripSize(s->tiff);
    if (block_size != size || size > MOST_BLOCK)
        return failed(s, "blocks of an odd size", err);
    uint8_t *block = tomo__alloc(ctx, (size_t)size + 8);
    if (!block)
        return tomo__no_memory(ctx, err, (size_t)size + 8, "a block of a TIFF");
    const int planes = p->planar == PLANARCONFIG_SEPARATE ? p->samples : 1;
    tomo_status st = TOMO_OK;
    for (int sample = 0; sample < planes && !st; sample++)
        for (int64_t y = 0; y < p->rows && !st; y += height)
            for (int64_t x = 0; x < p->columns && !st; x += width) {
                const int64_t rows = TOMO__MIN((int64_t)height, p->rows - y);
                const int64_t columns = TOMO__MIN((int64_t)width, p->columns - x);
                const tmsize_t want = p->tiled ? (tmsize_t)size : (tmsize_t)(line * rows);
                const tmsize_t got =
                    p->tiled
                        ? TIFFReadEncodedTile(s->tiff,
                                              TIFFComputeTile(s->tiff, (uint32_t)x, (uint32_t)y, 0, (uint16_t)sample),
                                              block, want)
                        : TIFFReadEncodedStrip(s->tiff, TIFFComputeStrip(s->tiff, (uint32_t)y, (uint16_t)sample), block,
                                               want);
                if (got < want)
                    st = failed(s, "damaged or cut short", err);
                else
                    st = put_block(ctx, s, t, block, x, y, columns, rows, line, sample, err);
            }
    tomo__free(ctx, block);
    return st;
}

/* Color models that libtiff turns to RGB itself; it gives ABGR words, the last row first unless asked. */
static tomo_status read_rgba(tomo_ctx *ctx, tiff_reader *s, const target *t, tomo_error *err)
{
    const page *p = &s->page;
    const size_t bytes = (size_t)p->columns * p->rows * 4;
    uint32_t *pixels = tomo__alloc(ctx, bytes);
    if (!pixels)
        return tomo__no_memory(ctx, err, bytes, "a page of a TIFF");
    if (!TIFFReadRGBAImageOriented(s->tiff, p->columns, p->rows, pixels, ORIENTATION_TOPLEFT, 1)) {
        tomo__free(ctx, pixels);
        return failed(s, "damaged or cut short", err);
    }
    for (int64_t y = 0; y < p->rows; y++)
        for (int64_t x = 0; x < p->columns; x++) {
            const uint32_t v = pixels[y * p->columns + x];
            uint8_t *to = t->to + y * t->stride + x * t->step;
            to[0] = TIFFGetR(v), to[1] = TIFFGetG(v), to[2] = TIFFGetB(v);
        }
    tomo__free(ctx, pixels);
    return TOMO_OK;
}

/* Indices, read as the first of three components, to colors. Entries are 16 bits; some writers fill only the low 8. */
static tomo_status color_by_palette(tiff_reader *s, const target *t, tomo_error *err)
{
    uint16_t *map[3] = { NULL };
    const uint32_t n = 1u << s->page.bits;
    int shift = 0;
    if (!TIFFGetField(s->tiff, TIFFTAG_COLORMAP, &map[0], &map[1], &map[2]) || !map[0] || !map[1] || !map[2])
        return failed(s, "a palette without colors", err);
    for (int c = 0; c < 3; c++)
        for (uint32_t i = 0; i < n; i++)
            shift = map[c][i] > 255 ? 8 : shift;
    for (int64_t y = 0; y < s->page.rows; y++)
        for (int64_t x = 0; x < s->page.columns; x++) {
            uint8_t *to = t->to + y * t->stride + x * t->step;
            const uint32_t i = to[0];
            for (int c = 0; c < 3; c++)
                to[c] = (uint8_t)(map[c][i] >> shift);
        }
    return TOMO_OK;
}

/* A page of a file whose pages have one directory: numbers in a row, not compressed. */
static tomo_status read_joined(tomo_ctx *ctx, tiff_reader *s, const target *t, int64_t index, tomo_error *err)
{
    const page *p = &s->page;
    const size_t line = (size_t)p->columns * p->samples * t->sample;
    const uint64_t at = s->joined + (uint64_t)index * line * p->rows;
    const bool swapped = TIFFIsByteSwapped(s->tiff) && t->sample > 1;
    uint8_t *from = tomo__alloc(ctx, line);
    if (!from)
        return tomo__no_memory(ctx, err, line, "a line of a TIFF");
    tomo_status st = TOMO_OK;
    for (int64_t y = 0; y < p->rows && !st; y++) {
        st = tomo_source_read(s->source, at + (uint64_t)y * line, from, line, err);
        /* one sample a pixel, or pixels without gaps: evenly spaced numbers either way */
        if (!st)
            tomo__raw_numbers(t->to + y * t->stride, p->samples == 1 ? t->step : (int64_t)t->sample, from,
                              (int64_t)p->columns * p->samples, (uint32_t)t->sample, swapped);
    }
    tomo__free(ctx, from);
    return st;
}

static tomo_status read_pixels(tomo_ctx *ctx, tiff_reader *s, const target *t, int64_t index, tomo_error *err)
{
    page now;
    s->message[0] = '\0';
    if (s->joined)
        return read_joined(ctx, s, t, index, err);
    if (!TIFFSetSubDirectory(s->tiff, s->directory[index]))
        return failed(s, "a page that can't be found", err);
    read_page(&now, s->tiff);
    if (now.columns != s->page.columns || now.rows != s->page.rows || now.bits != s->page.bits ||
        now.samples != s->page.samples || now.format != s->page.format || now.by_rgba != s->page.by_rgba ||
        (now.photometric == PHOTOMETRIC_PALETTE) != (s->page.photometric == PHOTOMETRIC_PALETTE))
        return tomo__fail(err, TOMO_E_GEOMETRY,
                          "%.60s: TIFF: page %lld is %u x %u of %u x %u bits, the first %u x %u of "
                          "%u x %u bits: read one by --index",
                          tomo_source_name(s->source), (long long)index, now.columns, now.rows, now.samples, now.bits,
                          s->page.columns, s->page.rows, s->page.samples, s->page.bits);
    s->page = now; /* strips, tiles and compression may differ */
    tomo_status st = check_bytes(s, err);
    if (!st)
        st = s->page.by_rgba ? read_rgba(ctx, s, t, err) : read_blocks(ctx, s, t, err);
    if (!st && is_palette(s))
        st = color_by_palette(s, t, err);
    return st;
}

/* ---- the volume -------------------------------------------------------------------------------------------------- */

/* Number of the page that holds channel c of slice z at time t. */
static int64_t page_of(const tiff_reader *s, int64_t c, int64_t z, int64_t t)
{
    const int64_t at[3] = { c, z, t }, n[3] = { s->meta.channels, s->meta.slices, s->meta.frames };
    int64_t index = 0;
    for (int i = 2; i >= 0; i--)
        index = index * n[s->meta.order[i]] + at[s->meta.order[i]];
    return index;
}

/* One slice to `first`, all of it: its channels beside each other, or its one channel. */
static tomo_status read_slice(tomo_ctx *ctx, tiff_reader *s, const tomo_image_desc *d, uint8_t *first, int64_t z,
                              int64_t t, tomo_error *err)
{
    const size_t number = tomo_dtype_size(d->dtype);
    const int64_t step = d->components * (int64_t)number;
    tomo_status st = TOMO_OK;
    for (int32_t c = 0; c < s->channel_components && !st; c++) {
        const target to = { first + (size_t)c * number, d->size[0] * step, step, number };
        const int64_t channel = s->channel_components > 1 ? c : t / s->meta.frames;
        st = read_pixels(ctx, s, &to, page_of(s, channel, z, t % s->meta.frames), err);
    }
    return st;
}

static tomo_status read_box(tomo_volume_reader *r, tomo_image *to, const int64_t start[4], tomo_job *job,
                            tomo_error *err)
{
    tiff_reader *s = r->state;
    const tomo_image_desc *d = tomo_image_get_desc(to);
    const bool whole = d->size[0] == r->desc.size[0] && d->size[1] == r->desc.size[1];
    const int64_t slices = d->size[2] * d->size[3], voxel = tomo_image_stride(to, 0);
    tomo_image *page_image = NULL;
    tomo_image_desc one = r->desc;
    tomo_status st = TOMO_OK;
    one.dims = 2;
    one.size[2] = one.size[3] = 1;
    if (!whole)
        st = tomo_image_new(r->ctx, &page_image, &one, err);
    for (int64_t i = 0; i < slices && !st; i++) {
        const int64_t z = i % d->size[2], t = i / d->size[2];
        uint8_t *first = tomo_image_row_mut(whole ? to : page_image, 0, whole ? z : 0, whole ? t : 0);
        st = tomo__job_step(job, (double)i / (double)slices, err);
        if (!st)
            st = read_slice(r->ctx, s, &one, first, start[2] + z, start[3] + t, err);
        for (int64_t y = 0; y < d->size[1] && !whole && !st; y++)
            memcpy(tomo_image_row_mut(to, y, z, t),
                   (const uint8_t *)tomo_image_row(page_image, start[1] + y, 0, 0) + start[0] * voxel,
                   (size_t)(d->size[0] * voxel));
    }
    tomo_image_free(page_image);
    return st;
}

static void close_reader(tomo_volume_reader *r)
{
    tiff_reader *s = r->state;
    if (s->tiff)
        TIFFClose(s->tiff);
    tomo__free(r->ctx, s->directory);
    tomo_source_free(s->source);
}

/* Where the directories of all pages are; thumbnails, smaller copies and masks are no pages. */
static tomo_status list_pages(tomo_ctx *ctx, tiff_reader *s, tomo_report *report, tomo_error *err)
{
    int64_t room = 0, others = 0;
    do {
        uint32_t kind = 0;
        TIFFGetField(s->tiff, TIFFTAG_SUBFILETYPE, &kind);
        if (s->pages > 0 && kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) {
            others++;
            continue;
        }
        if (s->pages == room) {
            uint64_t *more = tomo__realloc(ctx, s->directory, (size_t)(room * 2 + 64) * sizeof *more);
            if (!more)
                return tomo__no_memory(ctx, err, (size_t)(room * 2 + 64) * sizeof *more, "the pages of a TIFF");
            s->directory = more;
            room = room * 2 + 64;
        }
        s->directory[s->pages++] = TIFFCurrentDirOffset(s->tiff);
        if (s->pages + others >= MOST_PAGES)
            return tomo__fail(err, TOMO_E_LIMIT, "%.80s: TIFF: more than %d pages", tomo_source_name(s->source),
                              MOST_PAGES);
    } while (TIFFReadDirectory(s->tiff));
    if (others)
        tomo__remark(report, "%lld smaller copies or masks in the TIFF are left out", (long long)others);
    return TOMO_OK;
}

/* ImageJ writes stacks of more than 4 GB as one page and all numbers behind it. */
static void find_joined(tiff_reader *s)
{
    const page *p = &s->page;
    const uint64_t first = TIFFGetStrileOffset(s->tiff, 0), all = tomo_source_size(s->source);
    const uint64_t bytes = (uint64_t)p->columns * p->rows * p->samples * p->bits / 8;
    if (s->pages == 1 && s->meta.images > 1 && p->compression == COMPRESSION_NONE && !p->tiled && p->bits >= 8 &&
        p->bits % 8 == 0 && !p->by_rgba && !is_palette(s) && (p->planar != PLANARCONFIG_SEPARATE || p->samples == 1) &&
        p->format != SAMPLEFORMAT_COMPLEXIEEEFP && first < all && bytes &&
        (all - first) / bytes >= (uint64_t)s->meta.images) {
        s->joined = first;
        s->pages = s->meta.images;
    }
}

/* Pages to channels, slices and frames. */
static void arrange(tiff_reader *s, tomo_image_desc *d, tomo_report *report)
{
    tomo__tiff_meta *m = &s->meta;
    if (m->channels && m->channels * m->slices * m->frames != s->pages) {
        if (s->pages > 1 || m->channels * m->slices * m->frames > 1)
            tomo__remark(report,
                         "the TIFF speaks of %lld channels x %lld slices x %lld times, but has %lld pages: they "
                         "are read as slices",
                         (long long)m->channels, (long long)m->slices, (long long)m->frames, (long long)s->pages);
        m->channels = 0;
    }
    if (!m->channels) {
        m->channels = m->frames = 1;
        m->slices = s->pages;
    }
    s->channel_components = m->channels >= 2 && m->channels <= 4 && d->components == 1 ? (int32_t)m->channels : 1;
    if (s->channel_components > 1)
        d->components = s->channel_components;
    else if (m->channels > 1)
        tomo__remark(report, "%lld channels are read as time, one after the other", (long long)m->channels);
    d->size[2] = m->slices;
    d->size[3] = s->channel_components > 1 ? m->frames : m->frames * m->channels;
    d->dims = d->size[3] > 1 ? 4 : d->size[2] > 1 ? 3 : 2;
    if (d->dims == 4)
        d->spacing[3] = m->seconds > 1e-12 && m->seconds < 1e9 ? m->seconds : 0;
}

/* A length that went through the 32-bit float in which libtiff hands resolutions out: six digits were meant. */
static double tidy(double mm)
{
    const double near = round(mm * 1e6) / 1e6;
    return fabs(near - mm) <= 2e-7 * mm ? near : mm;
}

static void read_spacing(tiff_reader *s, tomo_image_desc *d)
{
    uint16_t unit = RESUNIT_INCH;
    float x = 0, y = 0;
    TIFFGetFieldDefaulted(s->tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
    TIFFGetField(s->tiff, TIFFTAG_XRESOLUTION, &x);
    TIFFGetField(s->tiff, TIFFTAG_YRESOLUTION, &y);
    const double mm = s->meta.unit_mm > 0          ? s->meta.unit_mm
                      : unit == RESUNIT_INCH       ? 25.4
                      : unit == RESUNIT_CENTIMETER ? 10
                                                   : 0;
    const double said[3] = { s->meta.mm[0] > 0 ? s->meta.mm[0]
                             : x > 0           ? tidy(mm / x)
                                               : 0,
                             s->meta.mm[1] > 0 ? s->meta.mm[1]
                             : y > 0           ? tidy(mm / y)
                                               : 0,
                             s->meta.mm[2] };
    for (int a = 0; a < 3; a++)
        if (said[a] > 1e-9 && said[a] < 1e9)
            d->spacing[a] = said[a];
}

static void remark_oddities(const tiff_reader *s, tomo_report *report)
{
    uint16_t orientation = ORIENTATION_TOPLEFT;
    TIFFGetField(s->tiff, TIFFTAG_ORIENTATION, &orientation);
    if (orientation != ORIENTATION_TOPLEFT)
        tomo__remark(report, "the TIFF's orientation is %u: the pixels are left as they are", orientation);
    if (s->page.photometric == PHOTOMETRIC_MINISWHITE)
        tomo__remark(report, "0 is white in this TIFF: the numbers are left as they are");
    if (s->page.photometric == PHOTOMETRIC_PALETTE && !s->raw && !is_palette(s))
        tomo__remark(report, "a palette of %u bits: the indices are read", s->page.bits);
}

static tomo_status open_reader(tomo_volume_reader *r, const tomo__format_input *in, tomo_error *err)
{
    tiff_reader *s = TOMO__ARRAY(r->ctx, 1, tiff_reader);
    tomo_dtype dtype = TOMO_DTYPE_U8;
    int32_t components = 1;
    char *description = NULL;
    if (!s)
        return tomo__no_memory(r->ctx, err, sizeof *s, "a reader");
    r->state = s;
    r->read = read_box;
    r->close = close_reader;
    s->source = tomo_source_ref(in->source);
    s->raw = in->opts->raw;
    tomo_status st = open_tiff(s, err);
    if (!st)
        st = list_pages(r->ctx, s, in->report, err);
    if (st)
        return st;
    const double pick = in->opts->index[0];
    if (pick >= (double)s->pages)
        return tomo__fail(err, TOMO_E_ARG, "%.80s: index is %g, the TIFF has pages 0 to %lld",
                          tomo_source_name(s->source), pick, (long long)s->pages - 1);
    if (!TIFFSetSubDirectory(s->tiff, s->directory[0]))
        return failed(s, "a page that can't be found", err);
    TIFFGetField(s->tiff, TIFFTAG_IMAGEDESCRIPTION, &description);
    read_page(&s->page, s->tiff);
    tomo__tiff_describe(&s->meta, description, s->page.samples);
    if (pick < 0)
        find_joined(s);
    if (pick >= 0) {
        s->directory[0] = s->directory[(int64_t)pick];
        s->pages = 1;
        s->meta.channels = 0;
        if (!TIFFSetSubDirectory(s->tiff, s->directory[0]))
            return failed(s, "a page that can't be found", err);
        read_page(&s->page, s->tiff);
    }
    st = describe_pixels(s, &dtype, &components, err);
    if (!st)
        st = check_bytes(s, err);
    if (st)
        return tomo__fail_in(err, st, "%.80s", tomo_source_name(s->source));
    r->desc = tomo__picture_desc(dtype, components, s->page.columns, s->page.rows, 0, 0);
    read_spacing(s, &r->desc);
    arrange(s, &r->desc, in->report);
    tomo__picture_spacing(&r->desc, in->opts);
    remark_oddities(s, in->report);
    return TOMO_OK;
}

static bool probe(const uint8_t *p, size_t size)
{
    return size >= 8 && (memcmp(p, "II*\0", 4) == 0 || memcmp(p, "MM\0*", 4) == 0 || memcmp(p, "II+\0", 4) == 0 ||
                         memcmp(p, "MM\0+", 4) == 0);
}

static tomo_status load(tomo_ctx *ctx, tomo_image **out, const tomo__format_input *in, tomo_error *err)
{
    return tomo__load_by_reader(ctx, out, &tomo__format_tiff, in, err);
}

static const char *const endings[] = { ".tif", ".tiff", NULL };

const struct tomo__format tomo__format_tiff = {
    .pub = { "tiff", "TIFF pictures", endings, endings },
    .probe = probe,
    .load = load,
    .save = tomo__tiff_save,
    .open_reader = open_reader,
    .open_writer = tomo__tiff_open_writer,
};
