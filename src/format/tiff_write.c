/* tiff_write.c - TIFF 6.0 and BigTIFF, written page by page as the slices come: strips compressed on all threads
 * (zlib's deflate after horizontal differences, section 14), the directory behind them. Spacing is told as resolution
 * in pixels a centimeter, and between slices in ImageJ's words, which others read, too. */
#include <math.h>
#include <stdio.h>

#include <tomo/codec.h>

#include "image/image_internal.h"
#include "tiff_internal.h"

enum { STRIP = 1 << 18, BIG_FROM_MIB = 3900 };
enum { SHORT = 3, LONG = 4, RATIONAL = 5, ASCII = 2, LONG8 = 16 };

typedef struct strip {
    tomo_buffer *packed; /* NULL: plain */
    uint64_t offset, size;
} strip;

typedef struct tiff_writer {
    tomo__file *file;
    bool big, plain;
    uint64_t at;         /* bytes written */
    uint64_t link;       /* where the offset of the next directory belongs */
    int64_t rows, count; /* of a strip; strips of a page */
    strip *strip;
    const tomo_image *slab; /* while its slices are compressed */
    int64_t z, t;
} tiff_writer;

/* ---- one page's strips ------------------------------------------------------------------------------------------- */

static int64_t strip_rows(const tomo_image_desc *d, const tiff_writer *s, int64_t i)
{
    return TOMO__MIN(s->rows, d->size[1] - i * s->rows);
}

/* Each number minus the one before it in the row, of the same component. Wraps around. */
#define DIFFERENCES(T)                                                                                                 \
    for (int64_t x = columns * components - 1; x >= components; x--)                                                   \
    ((T *)row)[x] = (T)(((T *)row)[x] - ((T *)row)[x - components])

static void differences(void *row, int64_t columns, int64_t components, size_t number)
{
    if (number == 1)
        DIFFERENCES(uint8_t);
    else if (number == 2)
        DIFFERENCES(uint16_t);
    else
        DIFFERENCES(uint32_t);
}

static bool
predicts(const tomo_image_desc *d) /* the predictor is defined for whole numbers; readers know up to 32 bits */
{
    return tomo__dtype_whole(d->dtype) && tomo_dtype_size(d->dtype) <= 4;
}

static tomo_status pack_strip(void *user, int64_t i, int32_t slot, tomo_error *err)
{
    tomo_volume_writer *w = user;
    tiff_writer *s = w->state;
    const tomo_image_desc *d = &w->desc;
    const size_t number = tomo_dtype_size(d->dtype), line = (size_t)(d->size[0] * d->components) * number;
    const int64_t rows = strip_rows(d, s, i);
    uint8_t *bytes = tomo__alloc(w->ctx, line * (size_t)rows);
    if (!bytes)
        return tomo__no_memory(w->ctx, err, line * (size_t)rows, "a strip of a TIFF");
    for (int64_t y = 0; y < rows; y++) {
        memcpy(bytes + (size_t)y * line, tomo_image_row(s->slab, i * s->rows + y, s->z, s->t), line);
        if (predicts(d))
            differences(bytes + (size_t)y * line, d->size[0], d->components, number);
    }
    const tomo_status st =
        tomo_codec_deflate(w->ctx, &s->strip[i].packed, bytes, line * (size_t)rows, TOMO_DEFLATE_ZLIB, 0, NULL, err);
    tomo__free(w->ctx, bytes);
    return st;
}

static tomo_status put(tiff_writer *s, const void *data, size_t size, tomo_error *err)
{
    s->at += size;
    return tomo__file_write(s->file, data, size, err);
}

static tomo_status put_strips(tomo_volume_writer *w, tomo_error *err)
{
    tiff_writer *s = w->state;
    const tomo_image_desc *d = &w->desc;
    const size_t line = (size_t)(d->size[0] * d->components) * tomo_dtype_size(d->dtype);
    tomo_status st = s->plain ? TOMO_OK : tomo__parallel(w->ctx, s->count, pack_strip, w, NULL, err);
    for (int64_t i = 0; i < s->count && !st; i++) {
        strip *one = &s->strip[i];
        one->offset = s->at;
        if (one->packed)
            st = put(s, tomo_buffer_data(one->packed), tomo_buffer_size(one->packed), err);
        for (int64_t y = 0; y < strip_rows(d, s, i) && s->plain && !st; y++)
            st = put(s, tomo_image_row(s->slab, i * s->rows + y, s->z, s->t), line, err);
        one->size = s->at - one->offset;
    }
    for (int64_t i = 0; i < s->count; i++) {
        tomo_buffer_free(s->strip[i].packed);
        s->strip[i].packed = NULL;
    }
    return st;
}

/* ---- the directory ----------------------------------------------------------------------------------------------- */

typedef struct directory {
    tomo__text entries, values; /* values that don't fit into an entry, in the order of the entries */
    uint64_t values_at;         /* where they will lie in the file */
    bool big;
    int count;
} directory;

static void add_number(tomo__text *t, uint64_t v, size_t size) /* little endian, as this machine */
{
    tomo__text_add(t, &v, size);
}

/* An entry of `n` values that take `size` bytes in all. */
static void add(directory *d, uint16_t tag, uint16_t type, uint64_t n, const void *values, size_t size)
{
    const size_t word = d->big ? 8 : 4;
    uint8_t inside[8] = { 0 };
    add_number(&d->entries, tag, 2);
    add_number(&d->entries, type, 2);
    add_number(&d->entries, n, word);
    if (size <= word) {
        memcpy(inside, values, size);
        tomo__text_add(&d->entries, inside, word);
    } else {
        add_number(&d->entries, d->values_at + d->values.size, word);
        tomo__text_add(&d->values, values, size);
        if (size % 2)
            tomo__text_add(&d->values, "", 1);
    }
    d->count++;
}

static void add_short(directory *d, uint16_t tag, uint16_t v) { add(d, tag, SHORT, 1, &v, 2); }
static void add_long(directory *d, uint16_t tag, uint32_t v) { add(d, tag, LONG, 1, &v, 4); }

/* The same number for each sample. */
static void add_shorts(directory *d, uint16_t tag, uint16_t v, int32_t n)
{
    const uint16_t all[4] = { v, v, v, v };
    add(d, tag, SHORT, (uint64_t)n, all, 2 * (size_t)n);
}

/* Pixels a centimeter: ten millimeters over the spacing, both in so small units that 32 bits just hold them. */
static void add_resolution(directory *d, uint16_t tag, double mm)
{
    double unit = 1e6;
    while (unit > 1e-6 && mm * unit > 4e9)
        unit /= 10;
    const uint32_t v[2] = { (uint32_t)TOMO__MAX(round(10 * unit), 1.0), (uint32_t)TOMO__MAX(round(mm * unit), 1.0) };
    add(d, tag, RATIONAL, 1, v, sizeof v);
}

static void add_strips(directory *d, const tiff_writer *s, tomo_ctx *ctx, uint16_t tag, bool sizes)
{
    tomo__text all = TOMO__TEXT(ctx);
    const size_t word = d->big ? 8 : 4;
    for (int64_t i = 0; i < s->count; i++)
        add_number(&all, sizes ? s->strip[i].size : s->strip[i].offset, word);
    d->values.failed |= all.failed;
    if (!all.failed)
        add(d, tag, d->big ? LONG8 : LONG, (uint64_t)s->count, all.data, all.size);
    tomo__text_free(&all);
}

/* ImageJ's lines; its unit is the centimeter of the resolution. */
static void add_description(directory *d, const tomo_image_desc *desc, tomo_ctx *ctx)
{
    tomo__text t = TOMO__TEXT(ctx);
    char n[32];
    tomo__text_fmt(&t, "ImageJ=1.53k\nimages=%lld\nslices=%lld\n", (long long)(desc->size[2] * desc->size[3]),
                   (long long)desc->size[2]);
    if (desc->size[3] > 1)
        tomo__text_fmt(&t, "frames=%lld\nhyperstack=true\n", (long long)desc->size[3]);
    tomo__num_text(n, desc->spacing[2] / 10);
    tomo__text_fmt(&t, "unit=cm\nspacing=%s\n", n);
    if (desc->size[3] > 1 && desc->spacing[3] > 0) {
        tomo__num_text(n, desc->spacing[3]);
        tomo__text_fmt(&t, "finterval=%s\n", n);
    }
    tomo__text_fmt(&t, "loop=false\n");
    d->values.failed |= t.failed;
    if (!t.failed)
        add(d, 270, ASCII, t.size + 1, t.data, t.size + 1);
    tomo__text_free(&t);
}

static void fill(directory *d, tomo_volume_writer *w, bool first)
{
    const tiff_writer *s = w->state;
    const tomo_image_desc *desc = &w->desc;
    const bool many = desc->size[2] * desc->size[3] > 1, color = desc->components >= 3;
    const bool complex = desc->components == 2 && !tomo__dtype_whole(desc->dtype);
    const int32_t samples = complex ? 1 : desc->components;
    const uint16_t bits = (uint16_t)(8 * tomo_dtype_size(desc->dtype) * (complex ? 2 : 1));
    static const uint16_t formats[] = { 0, 1, 2, 1, 2, 1, 2, 1, 2, 3, 3 }; /* by tomo_dtype: SampleFormat */
    add_long(d, 254, many ? 2 : 0);                                        /* a page of several */
    add_long(d, 256, (uint32_t)desc->size[0]);
    add_long(d, 257, (uint32_t)desc->size[1]);
    add_shorts(d, 258, bits, samples);
    add_short(d, 259, s->plain ? 1 : 8);
    add_short(d, 262, color ? 2 : 1);
    if (first && many)
        add_description(d, desc, w->ctx);
    add_strips(d, s, w->ctx, 273, false);
    add_short(d, 277, (uint16_t)samples);
    add_long(d, 278, (uint32_t)s->rows);
    add_strips(d, s, w->ctx, 279, true);
    add_resolution(d, 282, desc->spacing[0]);
    add_resolution(d, 283, desc->spacing[1]);
    add_short(d, 284, 1);
    add_short(d, 296, 3); /* centimeters */
    add(d, 305, ASCII, sizeof "Tomo " TOMO_VERSION, "Tomo " TOMO_VERSION, sizeof "Tomo " TOMO_VERSION);
    if (!s->plain && predicts(desc))
        add_short(d, 317, 2);
    if (samples == 2 || samples == 4)
        add_short(d, 338, samples == 4 ? 2 : 0); /* alpha, not multiplied in; anything */
    add_shorts(d, 339, complex ? 6 : formats[desc->dtype], samples);
}

static tomo_status put_directory(tomo_volume_writer *w, bool first, tomo_error *err)
{
    tiff_writer *s = w->state;
    directory d = { TOMO__TEXT(w->ctx), TOMO__TEXT(w->ctx), 0, s->big, 0 };
    const uint64_t none = 0;
    const size_t word = s->big ? 8 : 4, entry = s->big ? 20 : 12;
    tomo_status st = s->at % 2 ? put(s, &none, 1, err) : TOMO_OK;
    const uint64_t start = s->at;
    for (int pass = 0; pass < 2 && !st;
         pass++) { /* the first one counts the entries: then it is known where values lie */
        tomo__text_free(&d.entries);
        tomo__text_free(&d.values);
        d.values_at = start + (s->big ? 8 : 2) + (uint64_t)d.count * entry + word;
        d.count = 0;
        fill(&d, w, first);
    }
    if (!st && (d.entries.failed || d.values.failed))
        st = tomo__fail(err, TOMO_E_NOMEM, "no memory for a page of a TIFF");
    const uint64_t count = (uint64_t)d.count;
    if (!st)
        st = put(s, &count, s->big ? 8 : 2, err);
    if (!st)
        st = put(s, d.entries.data, d.entries.size, err);
    const uint64_t link = s->at;
    if (!st)
        st = put(s, &none, word, err);
    if (!st && d.values.size)
        st = put(s, d.values.data, d.values.size, err);
    if (!st)
        st = tomo__file_patch(s->file, s->link, &start, word, err);
    s->link = link;
    tomo__text_free(&d.entries);
    tomo__text_free(&d.values);
    return st;
}

/* ---- the writer -------------------------------------------------------------------------------------------------- */

static tomo_status write_slab(tomo_volume_writer *w, const tomo_image *slab, tomo_job *job, tomo_error *err)
{
    tiff_writer *s = w->state;
    const tomo_image_desc *d = tomo_image_get_desc(slab);
    const int64_t slices = d->size[2] * d->size[3];
    tomo_status st = TOMO_OK;
    s->slab = slab;
    for (int64_t i = 0; i < slices && !st; i++) {
        s->z = i % d->size[2];
        s->t = i / d->size[2];
        st = tomo__job_step(job, (double)i / (double)slices, err);
        if (!st)
            st = put_strips(w, err);
        if (!st)
            st = put_directory(w, w->done + i == 0, err);
    }
    return st;
}

static tomo_status finish(tomo_volume_writer *w, tomo_error *err)
{
    tiff_writer *s = w->state;
    tomo__file *file = s->file;
    s->file = NULL;
    return tomo__file_commit(file, err);
}

static void close_writer(tomo_volume_writer *w)
{
    tiff_writer *s = w->state;
    tomo__file_abandon(s->file);
    tomo__free(w->ctx, s->strip);
}

tomo_status tomo__tiff_open_writer(tomo_volume_writer *w, const char *path, const tomo_format_save_options *opts,
                                   tomo_error *err)
{
    static const uint8_t classic[8] = { 'I', 'I', 42, 0 }, large[16] = { 'I', 'I', 43, 0, 8 };
    const tomo_image_desc *d = &w->desc;
    tiff_writer *s = TOMO__ARRAY(w->ctx, 1, tiff_writer);
    if (!s)
        return tomo__no_memory(w->ctx, err, sizeof *s, "a writer");
    w->state = s;
    w->write = write_slab;
    w->finish = finish;
    w->close = close_writer;
    if (d->size[0] > INT32_MAX || d->size[1] > INT32_MAX)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "TIFF holds sizes to 2147483647, the image has %lld x %lld",
                          (long long)d->size[0], (long long)d->size[1]);
    const int64_t line = d->size[0] * d->components * (int64_t)tomo_dtype_size(d->dtype);
    s->big = tomo__image_bytes(d) >> 20 >= BIG_FROM_MIB;
    s->plain = opts->compression == 1;
    s->rows = TOMO__MIN(TOMO__MAX(STRIP / line, (int64_t)1), d->size[1]);
    s->count = (d->size[1] + s->rows - 1) / s->rows;
    s->strip = TOMO__ARRAY(w->ctx, s->count, strip);
    if (!s->strip)
        return tomo__no_memory(w->ctx, err, (size_t)s->count * sizeof *s->strip, "strips of a TIFF");
    s->link = s->big ? 8 : 4;
    tomo_status st = tomo__file_begin(w->ctx, &s->file, path, err);
    return st ? st : put(s, s->big ? large : classic, s->big ? sizeof large : sizeof classic, err);
}

tomo_status tomo__tiff_save(tomo_ctx *ctx, const char *path, const tomo_image *in, const tomo_format_save_options *opts,
                            tomo_job *job, tomo_error *err)
{
    tomo_volume_writer *w = NULL;
    tomo_status st = tomo_volume_writer_open(ctx, &w, path, tomo_image_get_desc(in), NULL, opts, err);
    if (!st)
        st = tomo_volume_writer_write(w, in, job, err);
    if (!st)
        return tomo_volume_writer_finish(w, err);
    tomo_volume_writer_abandon(w);
    return st;
}
