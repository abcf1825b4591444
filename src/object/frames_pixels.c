/* frames_pixels.c - stored values of frames, images over the grid that they lie on, and over another's grid. */
#include <math.h>

#include "object/frames.h"

tomo_status tomo__frames_ready(tomo__frames *f, tomo_error *err)
{
    tomo_element e;
    tomo_status st;
    uint64_t need;
    if (f->opened)
        return TOMO_OK;
    if ((st = tomo__pixels_open(f->ctx, &f->pixels, f->ds, err)) != TOMO_OK)
        return st;
    f->opened = true;
    /* Stored values are wanted: numbers of segments, not the colors that a palette gives them. It stays readable. */
    if (f->pixels.has_palette) {
        f->pixels.has_palette = false;
        f->pixels.components = f->pixels.info.frame.samples;
        f->pixels.dtype = tomo__stored_dtype(&f->pixels.info.frame);
        f->pixels.out_bytes = f->pixels.stored_bytes;
    }
    if (f->pixels.components != 1 || !f->pixels.dtype)
        return tomo__fail(err, TOMO_E_FORMAT, "(0028,0002) Samples per Pixel is %d, expected 1",
                          f->pixels.info.frame.samples);
    const char *path = f->pixels.info.frame.is_float
                           ? f->pixels.info.frame.bits_allocated == 64 ? "7FE00009" : "7FE00008"
                           : "7FE00010";
    if ((st = tomo_dataset_find(f->ds, path, &e, err)) != TOMO_OK)
        return st;
    /* 256 MiB for anybody; more in proportion to what the file really holds. Compressed masks reach some thousand. */
    f->room = (256u << 20) + TOMO__MIN(e.length, UINT64_MAX >> 16) * 4096;
    if (!e.encapsulated) {
        if ((st = tomo__native_bytes(&f->pixels.info, f->n, &need, err)) == TOMO_OK && need > e.length)
            return tomo__fail(err, TOMO_E_FORMAT,
                              "(7FE0,0010) pixel data has %llu bytes, expected %llu for %lld frames of %d x %d",
                              (unsigned long long)e.length, (unsigned long long)need, (long long)f->n,
                              f->info.frame.columns, f->info.frame.rows);
        if (st == TOMO_OK && f->info.frame.bits_allocated == 1 && !f->pixels.info.frame.is_big_endian)
            f->bits = e.value;
        return st;
    }
    if ((uint64_t)f->n > e.length / 8)
        return tomo__fail(err, TOMO_E_FORMAT, "(7FE0,0010) has %llu bytes of fragments, too few for %lld frames",
                          (unsigned long long)e.length, (long long)f->n);
    if (!(f->at = TOMO__ARRAY(f->ctx, f->n, tomo__frame_at)))
        return tomo__no_memory(f->ctx, err, (size_t)f->n * sizeof *f->at, "the table of frames");
    return tomo__frames_find(&f->pixels.fragments, 0, f->n, f->at, err);
}

/* Bits of one frame to bytes. Masks are mostly empty, so that eight zeros at once are the common case. */
static void unpack(const uint8_t *bits, uint64_t first, size_t count, uint8_t *out)
{
    size_t i = 0;
    for (; i < count && (first + i) % 8; i++)
        out[i] = bits[(first + i) / 8] >> ((first + i) % 8) & 1;
    for (; i + 8 <= count; i += 8) {
        const uint8_t byte = bits[(first + i) / 8];
        if (byte == 0)
            memset(out + i, 0, 8);
        else
            for (int k = 0; k < 8; k++)
                out[i + (size_t)k] = byte >> k & 1;
    }
    for (; i < count; i++)
        out[i] = bits[(first + i) / 8] >> ((first + i) % 8) & 1;
}

tomo_status tomo__frames_decode(const tomo__frames *f, int64_t i, void *out, tomo_error *err)
{
    const size_t pixels = (size_t)f->info.frame.rows * (size_t)f->info.frame.columns;
    if (f->bits) {
        unpack(f->bits, (uint64_t)i * pixels, pixels, out);
        return TOMO_OK;
    }
    tomo_status st = tomo__pixels_decode(f->ctx, &f->pixels, i, f->at ? f->at + i : NULL, out, err);
    return st && f->n > 1 ? tomo__fail_in(err, st, "frame %lld", (long long)i + 1) : st;
}

tomo_status tomo__frames_image(const tomo__frames *f, tomo_image **out, tomo_dtype dtype, int64_t t, tomo_error *err)
{
    tomo_image_desc d = f->grid;
    const double bytes =
        (double)d.size[0] * (double)d.size[1] * (double)d.size[2] * (double)t * (double)tomo_dtype_size(dtype);
    if (bytes > (double)f->room)
        return tomo__fail(err, TOMO_E_LIMIT,
                          "%lld x %lld x %lld x %lld voxels (%.3g bytes) are out of proportion to the file's frames, "
                          "expected at most %.3g bytes",
                          (long long)d.size[0], (long long)d.size[1], (long long)d.size[2], (long long)t, bytes,
                          (double)f->room);
    d.dtype = dtype;
    d.components = 1;
    d.size[3] = t;
    d.dims = t > 1 ? 4 : 3;
    tomo_status st = tomo_image_new(f->ctx, out, &d, err);
    if (st == TOMO_OK)
        memset(tomo_image_row_mut(*out, 0, 0, 0), 0, (size_t)tomo_image_voxels(*out) * tomo_dtype_size(dtype));
    return st;
}

bool tomo__frames_clip(const tomo__frames *f, int64_t i, int64_t *columns, int64_t *rows)
{
    const tomo__frame *at = &f->frame[i];
    *columns = TOMO__MIN(f->info.frame.columns, f->grid.size[0] - at->column);
    *rows = TOMO__MIN(f->info.frame.rows, f->grid.size[1] - at->row);
    return *columns > 0 && *rows > 0 && at->slice < f->grid.size[2];
}

/* ---- another grid ---- */

typedef struct regrid {
    const tomo_image *in;
    tomo_image *out;
    int64_t slices; /* of one time point */
} regrid;

static tomo_status regrid_slice(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const regrid *r = user;
    const tomo_image_desc *from = tomo_image_get_desc(r->in), *to = tomo_image_get_desc(r->out);
    const size_t bytes = tomo_dtype_size(from->dtype);
    const int64_t z = item % r->slices, t = item / r->slices;
    (void)slot;
    (void)err;
    for (int64_t y = 0; y < to->size[1]; y++) {
        uint8_t *row = tomo_image_row_mut(r->out, y, z, t);
        double at[2][3];
        for (int end = 0; end < 2; end++) {
            const double index[3] = { end ? 1 : 0, (double)y, (double)z };
            double lps[3];
            tomo_image_to_patient(r->out, index, lps);
            tomo_image_to_index(r->in, lps, at[end]);
        }
        for (int64_t x = 0; x < to->size[0]; x++, row += bytes) {
            int64_t k[3];
            bool inside = true;
            for (int a = 0; a < 3; a++) { /* halves go to the lower voxel, but for rounding of the numbers */
                const double v = ceil(at[0][a] + (double)x * (at[1][a] - at[0][a]) - 0.5 - 1e-6);
                inside = inside && v >= 0 && v < (double)from->size[a];
                k[a] = inside ? (int64_t)v : 0;
            }
            if (inside)
                memcpy(row, (const uint8_t *)tomo_image_row(r->in, k[1], k[2], t) + (size_t)k[0] * bytes, bytes);
            else
                memset(row, 0, bytes);
        }
    }
    return TOMO_OK;
}

tomo_status tomo__on_grid(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *grid, tomo_job *job,
                          tomo_error *err)
{
    const tomo_image_desc *from = tomo_image_get_desc(in);
    tomo_image_desc d = *tomo_image_get_desc(grid);
    tomo_image *image = NULL;
    size_t rows = 0;
    const tomo_label *labels = tomo_image_labels(in, &rows);
    d.dtype = from->dtype;
    d.components = 1;
    d.size[3] = from->size[3];
    d.spacing[3] = from->spacing[3];
    d.dims = from->size[3] > 1 ? 4 : 3;
    tomo_status st = tomo_image_new(ctx, &image, &d, err);
    if (st)
        return st;
    regrid r = { in, image, d.size[2] };
    st = tomo__parallel(ctx, d.size[2] * d.size[3], regrid_slice, &r, job, err);
    if (st == TOMO_OK && labels)
        st = tomo_image_with_labels(ctx, out, image, labels, rows, err);
    else if (st == TOMO_OK)
        *out = tomo_image_ref(image);
    tomo_image_free(image);
    return st;
}
