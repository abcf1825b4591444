/* fft_volume.c - Fourier transforms of real images along x, y and z.
 *
 * Along x two rows make one complex line (their spectra are taken apart by symmetry), and as many lines as a vector has
 * lanes go side by side, brought there by turning squares of values. Along y and z neighbors along x are the lanes,
 * with nothing to turn. A slice goes along x and y while it is in cache, so that three axes are two passes over memory;
 * where there are few slices (a picture), their rows and columns are shared out instead. */
#include "filter/fft_internal.h"

enum { FEW_SLICES = 8, GROUPS = 4 };

static int64_t lanes(const tomo__fft_volume *v) { return TOMO__FFT_VECTOR / (int64_t)v->k->size; }
static char *reals(const tomo__fft_volume *v, char *at, int64_t i) { return at + i * (int64_t)v->k->size; }
static char *spectrum_at(const tomo__fft_volume *v, int64_t x, int64_t y, int64_t z)
{
    return reals(v, v->spectrum, 2 * ((z * v->length[1] + y) * v->half + x));
}
static char *block_at(const tomo__fft_volume *v, char *s, int i) { return s + (size_t)i * v->block; }

/* Voxel that index i of an axis's transform is, or -1 for zero. */
static int64_t source(const tomo__fft_volume *v, int axis, int64_t i)
{
    return i < v->reach[axis] ? tomo__edge_index(v->edge, i - v->lead[axis], v->size[axis]) : -1;
}

static tomo_status scratch_of(tomo__fft_volume *v, int32_t slot, char **s, tomo_error *err)
{
    if (!v->scratch[slot]) {
        if (!(v->scratch[slot] = tomo__alloc(v->ctx, v->scratch_size)))
            return tomo__no_memory(v->ctx, err, v->scratch_size, "Fourier transform scratch");
        memset(v->scratch[slot] + v->at_rows, 0, v->scratch_size - v->at_rows);
    }
    *s = v->scratch[slot];
    return tomo_job_canceled(v->job) ? tomo__fail(err, TOMO_E_CANCELED, "canceled") : TOMO_OK;
}

static int64_t row_pitch(const tomo__fft_volume *v) { return (v->length[0] + 15) / 16 * 16; }
/* Row i of the scratch rows: 2 * lanes of them, one of zeros, one to throw away. */
static char *scratch_row(const tomo__fft_volume *v, char *s, int64_t i)
{
    return reals(v, s + v->at_rows, i * row_pitch(v));
}

tomo_status tomo__fft_volume_begin(tomo__fft_volume *v, tomo_error *err)
{
    int64_t room = 1;
    v->half = v->length[0] / 2 + 1;
    for (int i = 0; i < 3; i++) {
        tomo_status st = tomo__fft_plan_new(v->ctx, &v->plan[i], v->k, v->length[i], err);
        if (st != TOMO_OK)
            return st;
        room = TOMO__MAX(room, v->plan[i]->room);
    }
    v->block = (size_t)room * 2 * TOMO__FFT_VECTOR;
    v->at_reals = TOMO__FFT_BLOCKS * v->block;
    v->at_rows = v->at_reals + (size_t)v->half * 4 * TOMO__FFT_VECTOR;
    v->scratch_size = v->at_rows + (size_t)((2 * lanes(v) + 2) * row_pitch(v)) * v->k->size;
    if (!(v->scratch = TOMO__ARRAY(v->ctx, tomo_ctx_threads(v->ctx), char *)))
        return tomo__no_memory(v->ctx, err, (size_t)tomo_ctx_threads(v->ctx) * sizeof(char *), "filter scratch");
    return TOMO_OK;
}

void tomo__fft_volume_end(tomo__fft_volume *v)
{
    for (int i = 0; i < 3; i++)
        tomo__fft_plan_free(v->ctx, v->plan[i]);
    for (int i = 0; v->scratch && i < tomo_ctx_threads(v->ctx); i++)
        tomo__free(v->ctx, v->scratch[i]);
    tomo__free(v->ctx, v->scratch);
}

/* ---- along x ------------------------------------------------------------------------------------------------------
 */

static int64_t row_groups(const tomo__fft_volume *v, int64_t rows)
{
    return (rows + 2 * lanes(v) - 1) / (2 * lanes(v));
}

/* Row (y, z) of the image, extended to the transform's length, in row i of the scratch rows. */
static const void *load_row(const tomo__fft_volume *v, char *s, int64_t i, int64_t y, int64_t z)
{
    const tomo_image_desc *d = tomo_image_get_desc(v->in);
    const size_t size = tomo_dtype_size(d->dtype), voxel = size * (size_t)d->components;
    const char *row = (const char *)tomo_image_row(v->in, y, v->z0 + z, v->t) + (size_t)v->component * size;
    char *to = scratch_row(v, s, i);
    v->rows->load(reals(v, to, v->lead[0]), row, d->dtype, d->components, v->size[0]);
    for (int64_t x = 0; x < v->length[0]; x = x + 1 == v->lead[0] ? x + 1 + v->size[0] : x + 1) {
        if (v->lead[0] == 0 && x == 0)
            x = v->size[0];
        if (x >= v->length[0])
            break;
        const int64_t from = source(v, 0, x);
        if (from < 0)
            memset(reals(v, to, x), 0, v->k->size);
        else
            v->rows->load(reals(v, to, x), row + (size_t)from * voxel, d->dtype, d->components, 1);
    }
    return to;
}

static void rows_forward(const tomo__fft_volume *v, char *s, int64_t group, int64_t z)
{
    const int64_t n = lanes(v), y0 = group * 2 * n;
    const void *from[2][16];
    void *to[2][16];
    char *block = block_at(v, s, 0), *a = s + v->at_reals, *b = a + (size_t)v->half * 2 * TOMO__FFT_VECTOR;
    for (int64_t i = 0; i < 2 * n; i++) {
        const bool there = y0 + i < v->size[1];
        from[i / n][i % n] = there ? load_row(v, s, i, y0 + i, z) : scratch_row(v, s, 2 * n);
        to[i / n][i % n] = spectrum_at(v, 0, y0 + i, z);
    }
    v->k->to_lanes(block, from[0], v->length[0], 2 * n);
    v->k->to_lanes(block + TOMO__FFT_VECTOR, from[1], v->length[0], 2 * n);
    const char *done = tomo__fft_run(v->plan[0], block, block_at(v, s, 1));
    v->k->split(a, b, done, v->length[0]);
    if (y0 + 2 * n > v->size[1]) { /* rows that are not there: to the blocks, which are done with */
        char *spare = done == block ? block_at(v, s, 1) : block;
        for (int64_t i = TOMO__MAX(0, v->size[1] - y0); i < 2 * n; i++)
            to[i / n][i % n] = spare;
    }
    v->k->from_lanes(to[0], a, 2 * v->half, n);
    v->k->from_lanes(to[1], b, 2 * v->half, n);
}

static void rows_back(const tomo__fft_volume *v, char *s, int64_t group, int64_t z)
{
    const tomo_image_desc *d = tomo_image_get_desc(v->out);
    const size_t size = tomo_dtype_size(d->dtype);
    const int64_t n = lanes(v), y0 = group * 2 * n;
    const void *from[2][16];
    void *to[2][16];
    char *block = block_at(v, s, 0), *a = s + v->at_reals, *b = a + (size_t)v->half * 2 * TOMO__FFT_VECTOR;
    for (int64_t i = 0; i < 2 * n; i++) {
        const int64_t y = TOMO__MIN(y0 + i, d->size[1] - 1); /* rows past the last are done again and thrown away */
        from[i / n][i % n] = spectrum_at(v, 0, v->first[1] + y, z);
        to[i / n][i % n] = scratch_row(v, s, i);
    }
    v->k->to_lanes(a, from[0], 2 * v->half, n);
    v->k->to_lanes(b, from[1], 2 * v->half, n);
    v->k->join(block, a, b, v->scale, v->length[0]);
    const char *done = tomo__fft_run(v->plan[0], block, block_at(v, s, 1));
    v->k->from_lanes(to[0], done + TOMO__FFT_VECTOR, v->length[0], 2 * n);
    v->k->from_lanes(to[1], done, v->length[0], 2 * n);
    for (int64_t i = 0; i < TOMO__MIN(2 * n, d->size[1] - y0); i++) {
        char *row = (char *)tomo_image_row_mut(v->out, y0 + i, v->z0 + z, v->t) + (size_t)v->component * size;
        v->rows->store(row, d->dtype, d->components, reals(v, scratch_row(v, s, i), v->first[0]), d->size[0]);
    }
}

/* ---- along y ------------------------------------------------------------------------------------------------------
 */

static int64_t column_groups(const tomo__fft_volume *v) { return (v->half + lanes(v) - 1) / lanes(v); }

static void columns_of_slice(const tomo__fft_volume *v, char *s, int64_t group, int64_t z, bool back)
{
    const int64_t x = group * lanes(v), n = TOMO__MIN(lanes(v), v->half - x);
    char *block = block_at(v, s, 0);
    if (v->length[1] == 1)
        return;
    for (int64_t i = 0; i < v->length[1]; i++) {
        const int64_t from = back ? i : source(v, 1, i);
        char *at = block + (size_t)i * 2 * TOMO__FFT_VECTOR;
        if (from < 0)
            memset(at, 0, 2 * TOMO__FFT_VECTOR);
        else
            v->k->take(at, spectrum_at(v, x, from, z), n, back);
    }
    const char *done = tomo__fft_run(v->plan[1], block, block_at(v, s, 1));
    for (int64_t i = 0; i < v->length[1]; i++)
        v->k->give(spectrum_at(v, x, i, z), done + (size_t)i * 2 * TOMO__FFT_VECTOR, n, back);
}

/* ---- slices -------------------------------------------------------------------------------------------------------
 */

static tomo_status do_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    tomo__fft_volume *v = user;
    char *s = NULL;
    tomo_status st = scratch_of(v, slot, &s, err);
    if (st != TOMO_OK)
        return st;
    for (int64_t g = 0; g < row_groups(v, v->size[1]); g++)
        rows_forward(v, s, g, z);
    for (int64_t g = 0; g < column_groups(v); g++)
        columns_of_slice(v, s, g, z, false);
    return TOMO_OK;
}
static tomo_status do_slice_back(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    tomo__fft_volume *v = user;
    char *s = NULL;
    tomo_status st = scratch_of(v, slot, &s, err);
    if (st != TOMO_OK)
        return st;
    for (int64_t g = 0; g < column_groups(v); g++)
        columns_of_slice(v, s, g, z, true);
    for (int64_t g = 0; g < row_groups(v, tomo_image_get_desc(v->out)->size[1]); g++)
        rows_back(v, s, g, z);
    return TOMO_OK;
}

/* The same in two rounds, for few slices. */
static tomo_status do_rows(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    tomo__fft_volume *v = user;
    char *s = NULL;
    tomo_status st = scratch_of(v, slot, &s, err);
    if (st == TOMO_OK)
        rows_forward(v, s, item % row_groups(v, v->size[1]), item / row_groups(v, v->size[1]));
    return st;
}
static tomo_status do_rows_back(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    tomo__fft_volume *v = user;
    const int64_t groups = row_groups(v, tomo_image_get_desc(v->out)->size[1]);
    char *s = NULL;
    tomo_status st = scratch_of(v, slot, &s, err);
    if (st == TOMO_OK)
        rows_back(v, s, item % groups, item / groups);
    return st;
}
static tomo_status do_columns(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    tomo__fft_volume *v = user;
    char *s = NULL;
    tomo_status st = scratch_of(v, slot, &s, err);
    if (st == TOMO_OK)
        columns_of_slice(v, s, item % column_groups(v), item / column_groups(v), false);
    return st;
}
static tomo_status do_columns_back(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    tomo__fft_volume *v = user;
    char *s = NULL;
    tomo_status st = scratch_of(v, slot, &s, err);
    if (st == TOMO_OK)
        columns_of_slice(v, s, item % column_groups(v), item / column_groups(v), true);
    return st;
}

static tomo_status halves(tomo__fft_volume *v, tomo__item_fn first, int64_t a, tomo__item_fn second, int64_t b,
                          tomo_error *err)
{
    tomo__span outer = tomo__job_enter(v->job, 0, 0.5, NULL);
    tomo_status st = tomo__parallel(v->ctx, a, first, v, v->job, err);
    tomo__job_leave(v->job, outer);
    outer = tomo__job_enter(v->job, 0.5, 1, NULL);
    if (st == TOMO_OK)
        st = tomo__parallel(v->ctx, b, second, v, v->job, err);
    tomo__job_leave(v->job, outer);
    return st;
}

tomo_status tomo__fft_slices(tomo__fft_volume *v, tomo_error *err)
{
    const int64_t n = v->size[2];
    if (n >= FEW_SLICES)
        return tomo__parallel(v->ctx, n, do_slice, v, v->job, err);
    return halves(v, do_rows, n * row_groups(v, v->size[1]), do_columns, n * column_groups(v), err);
}

tomo_status tomo__fft_slices_back(tomo__fft_volume *v, tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(v->out);
    const int64_t n = v->slices_out;
    if (n >= FEW_SLICES)
        return tomo__parallel(v->ctx, n, do_slice_back, v, v->job, err);
    return halves(v, do_columns_back, n * column_groups(v), do_rows_back, n * row_groups(v, d->size[1]), err);
}

/* ---- along z: all columns of a slice follow each other in memory ---------------------------------------------------
 */

typedef struct columns {
    tomo__fft_volume *v;
    const tomo__fft_volume *kernel;
    bool back;
    int64_t first, count;
} columns;

/* Index i along z of the lines from column `at` on, n of them. */
static char *column_at(const tomo__fft_volume *v, int64_t at, int64_t z)
{
    return reals(v, v->spectrum, 2 * (z * v->length[1] * v->half + at));
}

static tomo_status do_z(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const columns *c = user;
    tomo__fft_volume *v = c->v;
    const int64_t all = v->length[1] * v->half, begin = item * GROUPS * lanes(v);
    const size_t step = 2 * TOMO__FFT_VECTOR;
    char *s = NULL;
    tomo_status st = scratch_of(v, slot, &s, err);
    if (st != TOMO_OK)
        return st;
    const int64_t groups = TOMO__MIN(GROUPS, (all - begin + lanes(v) - 1) / lanes(v));
    for (int64_t i = 0; i < v->length[2]; i++) { /* neighbors in memory together */
        const int64_t from = c->back ? i : source(v, 2, i);
        for (int64_t g = 0; g < groups; g++) {
            const int64_t at = begin + g * lanes(v);
            char *to = block_at(v, s, (int)g) + (size_t)i * step;
            if (from < 0)
                memset(to, 0, step);
            else
                v->k->take(to, column_at(v, at, from), TOMO__MIN(lanes(v), all - at), c->back);
        }
    }
    char *spare = block_at(v, s, GROUPS), *done[GROUPS];
    for (int64_t g = 0; g < groups; g++) {
        const int64_t at = begin + g * lanes(v), n = TOMO__MIN(lanes(v), all - at);
        char *block = block_at(v, s, (int)g);
        done[g] = tomo__fft_run(v->plan[2], block, spare);
        if (done[g] != block)
            spare = block;
        if (c->kernel) {
            char *k = block_at(v, s, GROUPS + 1);
            memset(k, 0, (size_t)v->length[2] * step);
            for (int64_t i = 0; i < c->kernel->size[2]; i++)
                v->k->take(k + (size_t)i * step, column_at(c->kernel, at, i), n, false);
            v->k->times(done[g], tomo__fft_run(v->plan[2], k, block_at(v, s, GROUPS + 2)), v->length[2]);
            char *again = tomo__fft_run(v->plan[2], done[g], spare);
            if (again != done[g])
                spare = done[g];
            done[g] = again;
        }
    }
    for (int64_t i = 0; i < c->count; i++)
        for (int64_t g = 0; g < groups; g++) {
            const int64_t at = begin + g * lanes(v);
            v->k->give(column_at(v, at, i), done[g] + (size_t)(c->first + i) * step, TOMO__MIN(lanes(v), all - at),
                       c->back || c->kernel);
        }
    return TOMO_OK;
}

static tomo_status along_z(columns *c, tomo_error *err)
{
    tomo__fft_volume *v = c->v;
    const int64_t wide = GROUPS * lanes(v);
    return tomo__parallel(v->ctx, (v->length[1] * v->half + wide - 1) / wide, do_z, c, v->job, err);
}

tomo_status tomo__fft_columns(tomo__fft_volume *v, bool back, tomo_error *err)
{
    columns c = { v, NULL, back, 0, v->length[2] };
    return v->length[2] == 1 ? tomo__job_step(v->job, 1, err) : along_z(&c, err);
}

tomo_status tomo__fft_filter_columns(tomo__fft_volume *v, const tomo__fft_volume *kernel, int64_t first, int64_t count,
                                     tomo_error *err)
{
    columns c = { v, kernel, false, first, count };
    return along_z(&c, err);
}
