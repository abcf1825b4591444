/* scan.c - a CT for the rules of anatomy: int16, axes in the patient's order, values held against what HU look like. */
#include "anatomy.h"

#include <stdio.h>

/* Which input axis is nearest to each patient axis: the permutation with the largest sum of direction cosines. */
static void choose_axes(tomo__scan *s, const tomo_image_desc *d)
{
    static const int all[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
    double best = -1;
    for (int p = 0; p < 6; p++) {
        double sum = 0;
        for (int a = 0; a < 3; a++)
            sum += fabs(d->direction[a * 3 + all[p][a]]);
        if (sum > best + 1e-9) {
            best = sum;
            memcpy(s->axis, all[p], sizeof s->axis);
        }
    }
    for (int a = 0; a < 3; a++) {
        s->sense[a] = d->direction[a * 3 + s->axis[a]] < 0 ? -1 : 1;
        s->spacing[a] = d->spacing[s->axis[a]];
    }
}

static bool is_plain(const tomo__scan *s) { return s->axis[0] == 0 && s->axis[1] == 1; }

typedef struct turn_job {
    const tomo_image *in;
    tomo_image *out;
    int axis[3]; /* output axis a is input axis axis[a] */
    size_t size; /* bytes of a voxel, 1 or 2 */
} turn_job;

static tomo_status turn_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const turn_job *t = user;
    const tomo_image_desc *d = tomo_image_get_desc(t->out);
    int64_t at[3];
    at[t->axis[2]] = z;
    for (int64_t y = 0; y < d->size[1]; y++) {
        uint8_t *to = tomo_image_row_mut(t->out, y, z, 0);
        at[t->axis[1]] = y;
        at[t->axis[0]] = 0;
        const uint8_t *from = (const uint8_t *)tomo_image_row(t->in, at[1], at[2], 0) + at[0] * (int64_t)t->size;
        const int64_t step = tomo_image_stride(t->in, t->axis[0]);
        if (t->size == 1)
            for (int64_t x = 0; x < d->size[0]; x++)
                to[x] = from[x * step];
        else
            for (int64_t x = 0; x < d->size[0]; x++)
                memcpy(to + 2 * x, from + x * step, 2);
    }
    return TOMO_OK;
}

/* New image whose axis a is the input's axis[a]; its geometry is left at unit axes, nobody reads it. */
static tomo_status turn(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const int axis[3], tomo_job *job,
                        tomo_error *err)
{
    const tomo_image_desc *from = tomo_image_get_desc(in);
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    turn_job t = { .in = in, .axis = { axis[0], axis[1], axis[2] }, .size = tomo_dtype_size(from->dtype) };
    d.dtype = from->dtype;
    for (int a = 0; a < 3; a++)
        d.size[a] = from->size[axis[a]];
    tomo_status st = tomo_image_new(ctx, &t.out, &d, err);
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, d.size[2], turn_slice, &t, job, err);
    if (st == TOMO_OK)
        *out = t.out;
    else
        tomo_image_free(t.out);
    return st;
}

/* CT in HU holds soft tissue around 0 and air or at least fat below; stored values and MR have nothing below -150.
 * Up to 32 slices, spread over the volume, are looked at. */
static void check_hu(tomo__scan *s)
{
    const tomo_image_desc *d = tomo_image_get_desc(s->hu);
    const int64_t step = TOMO__MAX(d->size[2] / 32, 1);
    int64_t n = 0, soft = 0, low = 0;
    int16_t least = INT16_MAX, most = INT16_MIN;
    for (int64_t z = 0; z < d->size[2]; z += step)
        for (int64_t y = 0; y < d->size[1]; y++) {
            const int16_t *v = tomo_image_row(s->hu, y, z, 0);
            for (int64_t x = 0; x < d->size[0]; x++) {
                soft += v[x] >= -150 && v[x] <= 150;
                low += v[x] < -150;
                least = TOMO__MIN(least, v[x]), most = TOMO__MAX(most, v[x]);
            }
            n += d->size[0];
        }
    s->is_hu = low >= n / 1000 + 1 && soft >= n / 100 + 1;
    if (low < n / 1000 + 1)
        snprintf(s->why, sizeof s->why, "values %d to %d have nothing below -150, so they are not HU of a CT", least,
                 most);
    else if (!s->is_hu)
        snprintf(s->why, sizeof s->why, "values %d to %d have no soft tissue (-150 to 150 HU)", least, most);
}

tomo_status tomo__scan_open(tomo_ctx *ctx, tomo__scan *s, const tomo_image *in, bool assume_hu, tomo_job *job,
                            tomo_error *err)
{
    tomo_image *hu = NULL;
    *s = (tomo__scan){ .ctx = ctx, .ml = tomo_image_voxel_mm3(in) / 1000 };
    choose_axes(s, tomo_image_get_desc(in));
    tomo_status st = tomo_image_convert(ctx, &hu, in, TOMO_DTYPE_I16, job, err);
    if (st == TOMO_OK && is_plain(s))
        s->hu = hu;
    else if (st == TOMO_OK) {
        st = turn(ctx, &s->hu, hu, s->axis, job, err);
        tomo_image_free(hu);
    }
    if (st != TOMO_OK)
        return st;
    check_hu(s);
    s->is_hu |= assume_hu;
    return TOMO_OK;
}

void tomo__scan_close(tomo__scan *s)
{
    tomo_image_free(s->hu);
    s->hu = NULL;
}

typedef struct out_job {
    const tomo__bits *sets;
    const tomo_label *rows;
    size_t n;
    const tomo__segment_kernels *k;
    uint8_t *row; /* for each worker */
    tomo_image *out;
} out_job;

static bool any_bit(const uint64_t *row, int64_t words)
{
    uint64_t any = 0;
    for (int64_t i = 0; i < words; i++)
        any |= row[i];
    return any != 0;
}

static tomo_status out_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const out_job *o = user;
    const tomo_image_desc *d = tomo_image_get_desc(o->out);
    uint8_t *in = o->row + slot * d->size[0];
    for (int64_t y = 0; y < d->size[1]; y++) {
        uint8_t *to = tomo_image_row_mut(o->out, y, z, 0);
        memset(to, 0, (size_t)d->size[0]);
        for (size_t k = o->n; k-- > 0;) {
            const uint8_t value = (uint8_t)o->rows[k].value;
            if (!o->sets[k].w || !any_bit(tomo__bits_row(&o->sets[k], y, z), o->sets[k].words))
                continue;
            o->k->unpack(in, tomo__bits_row(&o->sets[k], y, z), d->size[0]);
            for (int64_t x = 0; x < d->size[0]; x++)
                to[x] = in[x] ? value : to[x];
        }
    }
    return TOMO_OK;
}

tomo_status tomo__scan_out(tomo_ctx *ctx, tomo_image **out, const tomo__scan *s, const tomo__bits *sets, size_t n,
                           const tomo_image *in, const tomo_label *rows, tomo_job *job, tomo_error *err)
{
    tomo_image_desc d = *tomo_image_get_desc(s->hu), place = *tomo_image_get_desc(in);
    tomo_image *mask = NULL, *turned = NULL, *placed = NULL;
    int back[3];
    for (int a = 0; a < 3; a++)
        back[s->axis[a]] = a;
    d.dtype = place.dtype = TOMO_DTYPE_U8;
    tomo_status st = tomo_image_new(ctx, &mask, &d, err);
    out_job o = { sets, rows, n, tomo__segment_pick(ctx), NULL, mask };
    o.row = st == TOMO_OK ? TOMO__ARRAY(ctx, d.size[0] * tomo_ctx_threads(ctx), uint8_t) : NULL;
    if (st == TOMO_OK && !o.row)
        st = tomo__no_memory(ctx, err, (size_t)d.size[0], "a row");
    if (st == TOMO_OK)
        st = tomo__parallel(ctx, d.size[2], out_slice, &o, job, err);
    if (st == TOMO_OK)
        st = is_plain(s) ? TOMO_OK : turn(ctx, &turned, mask, back, job, err);
    if (st == TOMO_OK)
        st = tomo_image_with_geometry(ctx, &placed, turned ? turned : mask, &place, err);
    if (st == TOMO_OK)
        st = tomo_image_with_labels(ctx, out, placed, rows, n, err);
    tomo__free(ctx, o.row);
    tomo_image_free(placed);
    tomo_image_free(turned);
    tomo_image_free(mask);
    return st;
}
