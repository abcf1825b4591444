/* n.h - NIfTI files made byte by byte from the standard's tables, for the tests of room format. */
#ifndef N_H
#define N_H

#include <math.h>
#include <tomo/codec.h>
#include <tomo/format.h>

#include "base/base_internal.h"
#include "t.h"

typedef struct n_file {
    int     version;
    bool    swapped, pair;
    int64_t dim[8];
    int     datatype, bitpix, intent, units;
    double  pixdim[8], offset, slope, inter;
    int     qform_code, sform_code;
    double  quatern[3], qoffset[3], srow[12];
} n_file;

/* 4 x 3 x 2 voxels of 1 x 2 x 3 mm, sform on the axes. */
static inline n_file n_plain(int version, int datatype, int bitpix)
{
    n_file f = { .version = version, .dim = { 3, 4, 3, 2, 1, 1, 1, 1 }, .datatype = datatype, .bitpix = bitpix,
                 .units = 10, .pixdim = { 1, 1, 2, 3, 0.5, 1, 1, 1 }, .offset = version == 1 ? 352 : 544,
                 .sform_code = 1, .srow = { 1, 0, 0, -10, 0, 2, 0, 20, 0, 0, 3, 30 } };
    return f;
}

static inline void n_put(uint8_t *to, const n_file *f, size_t at, size_t size, double value, bool real)
{
    uint8_t b[8];
    if (real && size == 4)
        memcpy(b, &(float){ (float)value }, 4);
    else if (real)
        memcpy(b, &value, 8);
    else
        memcpy(b, &(int64_t){ (int64_t)value }, 8); /* little endian: the low bytes come first */
    for (size_t i = 0; i < size; i++)
        to[at + i] = b[f->swapped ? size - 1 - i : i];
}

/* Header into `to` (at least 544 zeroed bytes); returns its size with the four extension bytes. */
static inline size_t n_header(uint8_t *to, const n_file *f)
{
    const bool two = f->version == 2;
    const size_t w = two ? 8 : 4, dim_at = two ? 16 : 40, dim_size = two ? 8 : 2;
    n_put(to, f, 0, 4, two ? 540 : 348, false);
    for (size_t i = 0; i < 8; i++) {
        n_put(to, f, dim_at + dim_size * i, dim_size, (double)f->dim[i], false);
        n_put(to, f, (two ? 104 : 76) + w * i, w, f->pixdim[i], true);
    }
    n_put(to, f, two ? 504 : 68, two ? 4 : 2, f->intent, false);
    n_put(to, f, two ? 12 : 70, 2, f->datatype, false);
    n_put(to, f, two ? 14 : 72, 2, f->bitpix, false);
    n_put(to, f, two ? 168 : 108, w, f->offset, !two);
    n_put(to, f, two ? 176 : 112, w, f->slope, true);
    n_put(to, f, two ? 184 : 116, w, f->inter, true);
    n_put(to, f, two ? 500 : 123, two ? 4 : 1, f->units, false);
    n_put(to, f, two ? 344 : 252, two ? 4 : 2, f->qform_code, false);
    n_put(to, f, two ? 348 : 254, two ? 4 : 2, f->sform_code, false);
    for (size_t i = 0; i < 3; i++) {
        n_put(to, f, (two ? 352 : 256) + w * i, w, f->quatern[i], true);
        n_put(to, f, (two ? 376 : 268) + w * i, w, f->qoffset[i], true);
    }
    for (size_t i = 0; i < 12; i++)
        n_put(to, f, (two ? 400 : 280) + w * i, w, f->srow[i], true);
    if (two)
        memcpy(to + 4, f->pair ? "ni2\0\r\n\032\n" : "n+2\0\r\n\032\n", 8);
    else
        memcpy(to + 344, f->pair ? "ni1" : "n+1", 4);
    return two ? 544 : 352;
}

static inline void n_write(const char *path, const void *data, size_t size, const void *more, size_t more_size)
{
    FILE *f = fopen(path, "wb");
    CHECK(f && fwrite(data, 1, size, f) == size && fwrite(more, 1, more_size, f) == more_size && fclose(f) == 0);
}

/* A file with these voxels, already in the file's byte order; its path in the scratch folder. */
static inline const char *n_save(t_state *t, const char *name, const n_file *f, const void *voxels, size_t size)
{
    uint8_t head[544] = { 0 };
    const char *path = t_tmp(t, name);
    n_write(path, head, n_header(head, f), voxels, size);
    return path;
}

static inline tomo_image *n_load(t_state *t, const char *path, tomo_report *report)
{
    tomo_image *image = NULL;
    CHECK_OK(tomo_format_load(t->ctx, &image, path, NULL, report, NULL, &t->err));
    return image;
}

/* Is there a remark with these words? */
static inline bool n_remarked(const tomo_report *report, const char *words)
{
    for (size_t i = 0; i < tomo_report_count(report); i++)
        if (strstr(tomo_report_text(report, i), words))
            return true;
    return false;
}

#endif
