/* radiomics_texture.c - what texture matrices count, in whole numbers. Each direction, the zones, the neighborhoods and
 * each slice are items that threads share; a direction's matrix is kept to be merged with the others. Directions within
 * slices are the first four of thirteen, so what 2.5D needs is there when 3D is done. */
#include <stdlib.h>

#include "measure/radiomics_internal.h"

enum {
    DIRECTIONS = 13,
    FLAT = 4,
    ZONES_3D = DIRECTIONS,
    AROUND_3D,
    ZONES_25D,
    AROUND_25D,
    FIRST_SLICE,
    NEIGHBORS = 26
};

/* Every one lies later in memory than the voxel it is counted from. */
static const int8_t directions[DIRECTIONS][3] = {
    { 1, 0, 0 },  { -1, 1, 0 }, { 0, 1, 0 }, { 1, 1, 0 },  { -1, -1, 1 }, { 0, -1, 1 }, { 1, -1, 1 },
    { -1, 0, 1 }, { 0, 0, 1 },  { 1, 0, 1 }, { -1, 1, 1 }, { 0, 1, 1 },   { 1, 1, 1 },
};

typedef struct cells {
    measure__cell *at;
    int64_t n;
} cells;

typedef struct means {
    double sum[MEASURE__MOST_FEATURES];
    int64_t n[MEASURE__MOST_FEATURES];
} means;

typedef struct slice_result {
    means glcm[2], glrlm[2], other[4];
} slice_result;

typedef struct texture {
    const measure__roi *r;
    bool want[MEASURE__SPACES];
    uint64_t *matrix[DIRECTIONS];
    cells runs[DIRECTIONS];
    double glcm[DIRECTIONS][MEASURE__MOST_FEATURES], glrlm[DIRECTIONS][MEASURE__MOST_FEATURES];
    slice_result *slices;
    measure__texture *out;
} texture;

static void clear(double *v)
{
    for (int k = 0; k < MEASURE__MOST_FEATURES; k++)
        v[k] = NAN;
}

static void add_mean(means *m, const double *v)
{
    for (int k = 0; k < MEASURE__MOST_FEATURES; k++)
        if (!isnan(v[k]))
            m->sum[k] += v[k], m->n[k]++;
}

static void take_mean(const means *m, double *out)
{
    for (int k = 0; k < MEASURE__MOST_FEATURES; k++)
        out[k] = m->n[k] ? m->sum[k] / (double)m->n[k] : NAN;
}

static int64_t offset(const measure__roi *r, const int8_t d[3]) { return d[0] + d[1] * r->step[1] + d[2] * r->step[2]; }

static int64_t longest_side(const measure__roi *r) { return TOMO__MAX(r->n[0], TOMO__MAX(r->n[1], r->n[2])); }

static tomo_status no_room(const measure__roi *r, tomo_error *err)
{
    return tomo__no_memory(r->ctx, err, (size_t)r->padded * 8, "texture matrices");
}

/* ---- pairs
 * --------------------------------------------------------------------------------------------------------------- */

static size_t matrix_size(const measure__roi *r) { return ((size_t)r->n_levels + 1) * ((size_t)r->n_levels + 1); }

/* Row and column 0 take what has a neighbor outside, so that nothing is asked for each pair. */
static void count_pairs(const measure__roi *r, const int8_t d[3], int64_t z0, int64_t z1, uint64_t *to)
{
    const int64_t off = offset(r, d), w = r->n_levels + 1;
    for (int64_t z = z0; z < z1; z++)
        for (int64_t y = 0; y < r->n[1]; y++) {
            const uint16_t *p = r->gray + measure__padded_at(r, 0, y, z);
            for (int64_t x = 0; x < r->n[0]; x++)
                to[p[x] * w + p[x + off]]++;
        }
}

/* ---- runs
 * ---------------------------------------------------------------------------------------------------------------- */

static tomo_status from_table(const measure__roi *r, const int64_t *table, int64_t width, cells *out, tomo_error *err)
{
    int64_t n = 0;
    for (int64_t i = 0; i < r->n_levels * width; i++)
        n += table[i] > 0;
    out->n = n;
    out->at = TOMO__ARRAY(r->ctx, TOMO__MAX(n, 1), measure__cell);
    if (!out->at)
        return no_room(r, err);
    for (int64_t i = 0, k = 0; i < r->n_levels * width; i++)
        if (table[i])
            out->at[k++] = (measure__cell){ (int32_t)(i / width), (int32_t)(i % width), table[i] };
    return TOMO_OK;
}

static tomo_status count_runs(const measure__roi *r, const int8_t d[3], int64_t z0, int64_t z1, cells *out,
                              tomo_error *err)
{
    const int64_t off = offset(r, d), width = longest_side(r) + 1, base = z0 * r->step[2];
    int64_t *table = TOMO__ARRAY(r->ctx, r->n_levels * width, int64_t);
    int32_t *length = TOMO__ARRAY(r->ctx, (z1 - z0 + 2) * r->step[2], int32_t);
    tomo_status st = TOMO_OK;
    if (!table || !length)
        st = no_room(r, err);
    for (int64_t z = z0; st == TOMO_OK && z < z1; z++)
        for (int64_t y = 0; y < r->n[1]; y++) {
            const int64_t at = measure__padded_at(r, 0, y, z);
            const uint16_t *g = r->gray + at;
            int32_t *len = length + at - base;
            for (int64_t x = 0; x < r->n[0]; x++) {
                if (!g[x])
                    continue;
                len[x] = g[x - off] == g[x] ? len[x - off] + 1 : 1;
                if (g[x + off] != g[x])
                    table[(g[x] - 1) * width + len[x]]++;
            }
        }
    if (st == TOMO_OK)
        st = from_table(r, table, width, out, err);
    tomo__free(r->ctx, table);
    tomo__free(r->ctx, length);
    return st;
}

static tomo_status cell_features(const measure__roi *r, const cells *c, double voxels, double *out, tomo_error *err)
{
    measure__cell *scratch = TOMO__ARRAY(r->ctx, TOMO__MAX(c->n, 1), measure__cell);
    if (!scratch)
        return no_room(r, err);
    clear(out);
    measure__cell_features(r, c->at, c->n, voxels, scratch, out);
    tomo__free(r->ctx, scratch);
    return TOMO_OK;
}

static tomo_status merge(const measure__roi *r, const cells *parts, int n, cells *out, tomo_error *err)
{
    int64_t total = 0;
    for (int i = 0; i < n; i++)
        total += parts[i].n;
    out->at = TOMO__ARRAY(r->ctx, TOMO__MAX(total, 1), measure__cell);
    out->n = 0;
    if (!out->at)
        return no_room(r, err);
    for (int i = 0; i < n; i++) {
        memcpy(out->at + out->n, parts[i].at, (size_t)parts[i].n * sizeof *out->at);
        out->n += parts[i].n;
    }
    out->n = measure__cells_join(out->at, out->n);
    return TOMO_OK;
}

/* ---- zones
 * --------------------------------------------------------------------------------------------------------------- */

/* Steps along faces from each voxel to the outside of the region; 1 at its border. Two passes are exact for these. */
static void border_distance(const measure__roi *r, int64_t z0, int64_t z1, bool flat, uint16_t *d)
{
    const int64_t sy = r->step[1], sz = r->step[2], *n = r->n;
    for (int back = 0; back < 2; back++)
        for (int64_t k = 0; k < z1 - z0; k++)
            for (int64_t j = 0; j < n[1]; j++)
                for (int64_t i = 0; i < n[0]; i++) {
                    const int64_t x = back ? n[0] - 1 - i : i, y = back ? n[1] - 1 - j : j,
                                  z = back ? z1 - z0 - 1 - k : k;
                    if (!r->shape[((z0 + z) * n[1] + y) * n[0] + x])
                        continue;
                    const int64_t at = measure__padded_at(r, x, y, z);
                    const int s = back ? 1 : -1;
                    int least = TOMO__MIN(d[at + s], d[at + s * sy]);
                    if (!flat)
                        least = TOMO__MIN(least, d[at + s * sz]);
                    d[at] = (uint16_t)(back ? TOMO__MIN(d[at], least + 1) : least + 1);
                }
}

typedef struct zones {
    cells size, distance;
} zones;

static void free_zones(const measure__roi *r, zones *z)
{
    tomo__free(r->ctx, z->size.at);
    tomo__free(r->ctx, z->distance.at);
}

/* Voxels of one gray level that touch each other, 26 neighbors or 8 within slices. Gray levels are eaten as they are
 * found. */
static tomo_status count_zones(const measure__roi *r, int64_t z0, int64_t z1, bool flat, zones *out, tomo_error *err)
{
    const size_t room = (size_t)((z1 - z0 + 2) * r->step[2]);
    uint16_t *gray = TOMO__ARRAY(r->ctx, room, uint16_t), *distance = TOMO__ARRAY(r->ctx, room, uint16_t);
    int64_t *stack = TOMO__ARRAY(r->ctx, room, int64_t), off[NEIGHBORS], n_zones = 0, n_off = 0, n_room = 0;
    tomo_status st = TOMO_OK;
    *out = (zones){ { NULL, 0 }, { NULL, 0 } };
    if (!gray || !distance || !stack) {
        st = no_room(r, err);
        goto done;
    }
    memcpy(gray + r->step[2], r->gray + (z0 + 1) * r->step[2], (size_t)((z1 - z0) * r->step[2]) * sizeof *gray);
    border_distance(r, z0, z1, flat, distance);
    for (int i = 0; i < (flat ? FLAT : DIRECTIONS); i++) {
        off[n_off++] = offset(r, directions[i]);
        off[n_off++] = -offset(r, directions[i]);
    }
    for (size_t i = 0; i < room; i++) {
        if (!gray[i])
            continue;
        const uint16_t g = gray[i];
        int64_t top = 0, size = 0;
        int32_t least = distance[i];
        stack[top++] = (int64_t)i;
        gray[i] = 0;
        while (top) {
            const int64_t at = stack[--top];
            size++;
            least = TOMO__MIN(least, distance[at]);
            for (int64_t k = 0; k < n_off; k++)
                if (gray[at + off[k]] == g) {
                    gray[at + off[k]] = 0;
                    stack[top++] = at + off[k];
                }
        }
        if (n_zones == n_room) {
            n_room = n_room ? 2 * n_room : 1024;
            measure__cell *a = tomo__realloc(r->ctx, out->size.at, (size_t)n_room * sizeof *a);
            out->size.at = a ? a : out->size.at;
            measure__cell *b = a ? tomo__realloc(r->ctx, out->distance.at, (size_t)n_room * sizeof *b) : NULL;
            out->distance.at = b ? b : out->distance.at;
            if (!a || !b) {
                st = no_room(r, err);
                goto done;
            }
        }
        out->size.at[n_zones] = (measure__cell){ g - 1, (int32_t)size, 1 };
        out->distance.at[n_zones++] = (measure__cell){ g - 1, least, 1 };
    }
    out->size.n = measure__cells_join(out->size.at, n_zones);
    out->distance.n = measure__cells_join(out->distance.at, n_zones);
done:
    tomo__free(r->ctx, gray);
    tomo__free(r->ctx, distance);
    tomo__free(r->ctx, stack);
    return st;
}

/* ---- neighborhoods
 * --------------------------------------------------------------------------------------------------------- */

/* NGTDM sums |level - mean of the neighbors| as whole numbers, apart for each number of neighbors. */
static tomo_status look_around(const measure__roi *r, int64_t z0, int64_t z1, bool flat, double *ngtdm, double *ngldm,
                               double voxels, tomo_error *err)
{
    const int64_t n_off = 2 * (flat ? FLAT : DIRECTIONS), width = NEIGHBORS + 2;
    int64_t off[NEIGHBORS], *table = TOMO__ARRAY(r->ctx, 2 * r->n_levels * width, int64_t), *depends = table;
    int64_t *valid = TOMO__ARRAY(r->ctx, r->n_levels, int64_t), *far = table ? table + r->n_levels * width : NULL;
    int32_t *level = TOMO__ARRAY(r->ctx, r->n_levels + 1, int32_t);
    double *sums = TOMO__ARRAY(r->ctx, r->n_levels, double);
    cells found = { NULL, 0 };
    const bool all_count = r->o->definitions == TOMO_RADIOMICS_PYRADIOMICS;
    tomo_status st = table && valid && level && sums ? TOMO_OK : no_room(r, err);
    if (st == TOMO_OK)
        memcpy(level + 1, r->level, (size_t)r->n_levels * sizeof *level);
    for (int64_t i = 0; i < n_off / 2; i++)
        off[2 * i] = offset(r, directions[i]), off[2 * i + 1] = -off[2 * i];
    for (int64_t z = z0; st == TOMO_OK && z < z1; z++)
        for (int64_t y = 0; y < r->n[1]; y++) {
            const uint16_t *g = r->gray + measure__padded_at(r, 0, y, z);
            for (int64_t x = 0; x < r->n[0]; x++) {
                if (!g[x])
                    continue;
                const int32_t here = level[g[x]];
                int64_t sum = 0, count = 0, same = 1;
                for (int64_t k = 0; k < n_off; k++) {
                    const uint16_t q = g[x + off[k]];
                    sum += level[q];
                    count += q > 0;
                    same += q > 0 && abs(level[q] - here) <= r->o->coarseness;
                }
                depends[(g[x] - 1) * width + same]++;
                valid[g[x] - 1] += count > 0 || all_count;
                far[(g[x] - 1) * width + count] += llabs((long long)here * count - sum);
            }
        }
    for (int64_t i = 0; st == TOMO_OK && i < r->n_levels; i++)
        for (int64_t c = 1; c <= NEIGHBORS; c++)
            sums[i] += (double)far[i * width + c] / (double)c;
    if (st == TOMO_OK) {
        clear(ngtdm);
        measure__ngtdm_features(r, valid, sums, ngtdm);
        st = from_table(r, depends, width, &found, err);
    }
    if (st == TOMO_OK)
        st = cell_features(r, &found, voxels, ngldm, err);
    tomo__free(r->ctx, found.at);
    tomo__free(r->ctx, table);
    tomo__free(r->ctx, valid);
    tomo__free(r->ctx, level);
    tomo__free(r->ctx, sums);
    return st;
}

/* ---- items
 * ------------------------------------------------------------------------------------------------------------------ */

static tomo_status one_direction(texture *t, int i, tomo_error *err)
{
    const measure__roi *r = t->r;
    t->matrix[i] = TOMO__ARRAY(r->ctx, matrix_size(r), uint64_t);
    double *scratch = TOMO__ARRAY(r->ctx, measure__glcm_scratch(r), double);
    tomo_status st = t->matrix[i] && scratch ? TOMO_OK : no_room(r, err);
    if (st == TOMO_OK) {
        count_pairs(r, directions[i], 0, r->n[2], t->matrix[i]);
        clear(t->glcm[i]);
        measure__glcm_features(r, t->matrix[i], scratch, t->glcm[i]);
        st = count_runs(r, directions[i], 0, r->n[2], &t->runs[i], err);
    }
    if (st == TOMO_OK)
        st = cell_features(r, &t->runs[i], (double)r->n_in, t->glrlm[i], err);
    tomo__free(r->ctx, scratch);
    return st;
}

static tomo_status zone_features(const measure__roi *r, int64_t z0, int64_t z1, bool flat, double voxels, double *size,
                                 double *distance, tomo_error *err)
{
    zones z;
    tomo_status st = count_zones(r, z0, z1, flat, &z, err);
    if (st == TOMO_OK)
        st = cell_features(r, &z.size, voxels, size, err);
    if (st == TOMO_OK)
        st = cell_features(r, &z.distance, voxels, distance, err);
    free_zones(r, &z);
    return st;
}

static tomo_status one_slice(texture *t, int64_t z, tomo_error *err)
{
    const measure__roi *r = t->r;
    slice_result *s = &t->slices[z];
    const int64_t area = r->n[0] * r->n[1];
    const size_t size = matrix_size(r);
    double f[MEASURE__MOST_FEATURES], other[4][MEASURE__MOST_FEATURES];
    cells runs[FLAT] = { { NULL, 0 } }, all = { NULL, 0 };
    int64_t voxels = 0;
    for (int64_t i = 0; i < area; i++)
        voxels += r->in[z * area + i];
    if (!voxels)
        return TOMO_OK;
    uint64_t *one = TOMO__ARRAY(r->ctx, 2 * size, uint64_t), *sum = one + size;
    double *scratch = TOMO__ARRAY(r->ctx, measure__glcm_scratch(r), double);
    tomo_status st = one && scratch ? TOMO_OK : no_room(r, err);
    for (int i = 0; st == TOMO_OK && i < FLAT; i++) {
        memset(one, 0, size * sizeof *one);
        count_pairs(r, directions[i], z, z + 1, one);
        for (size_t k = 0; k < size; k++)
            sum[k] += one[k];
        clear(f);
        measure__glcm_features(r, one, scratch, f);
        add_mean(&s->glcm[0], f);
        st = count_runs(r, directions[i], z, z + 1, &runs[i], err);
        if (st == TOMO_OK)
            st = cell_features(r, &runs[i], (double)voxels, f, err);
        if (st == TOMO_OK)
            add_mean(&s->glrlm[0], f);
    }
    if (st == TOMO_OK) {
        clear(f);
        measure__glcm_features(r, sum, scratch, f);
        add_mean(&s->glcm[1], f);
        st = merge(r, runs, FLAT, &all, err);
    }
    if (st == TOMO_OK)
        st = cell_features(r, &all, (double)(FLAT * voxels), f, err);
    if (st == TOMO_OK) {
        add_mean(&s->glrlm[1], f);
        st = zone_features(r, z, z + 1, true, (double)voxels, other[0], other[1], err);
    }
    if (st == TOMO_OK)
        st = look_around(r, z, z + 1, true, other[2], other[3], (double)voxels, err);
    for (int k = 0; st == TOMO_OK && k < 4; k++)
        add_mean(&s->other[k], other[k]);
    for (int i = 0; i < FLAT; i++)
        tomo__free(r->ctx, runs[i].at);
    tomo__free(r->ctx, all.at);
    tomo__free(r->ctx, one);
    tomo__free(r->ctx, scratch);
    return st;
}

static tomo_status one_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    texture *t = user;
    const measure__roi *r = t->r;
    const double n = (double)r->n_in;
    const bool volume = t->want[TOMO_RADIOMICS_3D], layers = t->want[TOMO_RADIOMICS_25D];
    double(*o3)[MEASURE__MOST_FEATURES] = t->out->other[TOMO_RADIOMICS_3D];
    double(*o25)[MEASURE__MOST_FEATURES] = t->out->other[TOMO_RADIOMICS_25D];
    if (item < DIRECTIONS)
        return volume || (layers && item < FLAT) ? one_direction(t, (int)item, err) : TOMO_OK;
    if (item == ZONES_3D)
        return volume ? zone_features(r, 0, r->n[2], false, n, o3[0], o3[1], err) : TOMO_OK;
    if (item == AROUND_3D)
        return volume ? look_around(r, 0, r->n[2], false, o3[2], o3[3], n, err) : TOMO_OK;
    if (item == ZONES_25D)
        return layers ? zone_features(r, 0, r->n[2], true, n, o25[0], o25[1], err) : TOMO_OK;
    if (item == AROUND_25D)
        return layers ? look_around(r, 0, r->n[2], true, o25[2], o25[3], n, err) : TOMO_OK;
    return t->want[TOMO_RADIOMICS_2D] ? one_slice(t, item - FIRST_SLICE, err) : TOMO_OK;
}

/* ---- directions put together
 * -------------------------------------------------------------------------------------------------- */

static tomo_status join_directions(texture *t, int space, int n, tomo_error *err)
{
    const measure__roi *r = t->r;
    const size_t size = matrix_size(r);
    means glcm = { { 0 }, { 0 } }, glrlm = { { 0 }, { 0 } };
    cells all = { NULL, 0 };
    uint64_t *sum = TOMO__ARRAY(r->ctx, size, uint64_t);
    double *scratch = TOMO__ARRAY(r->ctx, measure__glcm_scratch(r), double);
    tomo_status st = sum && scratch ? TOMO_OK : no_room(r, err);
    for (int i = 0; st == TOMO_OK && i < n; i++) {
        add_mean(&glcm, t->glcm[i]);
        add_mean(&glrlm, t->glrlm[i]);
        for (size_t k = 0; k < size; k++)
            sum[k] += t->matrix[i][k];
    }
    take_mean(&glcm, t->out->glcm[space][0]);
    take_mean(&glrlm, t->out->glrlm[space][0]);
    if (st == TOMO_OK) {
        measure__glcm_features(r, sum, scratch, t->out->glcm[space][1]);
        st = merge(r, t->runs, n, &all, err);
    }
    if (st == TOMO_OK)
        st = cell_features(r, &all, (double)(n * r->n_in), t->out->glrlm[space][1], err);
    tomo__free(r->ctx, all.at);
    tomo__free(r->ctx, sum);
    tomo__free(r->ctx, scratch);
    return st;
}

static void join_means(means *to, const means *from)
{
    for (int k = 0; k < MEASURE__MOST_FEATURES; k++)
        to->sum[k] += from->sum[k], to->n[k] += from->n[k];
}

static void join_slices(texture *t)
{
    slice_result *all = &t->slices[0];
    measure__texture *o = t->out;
    for (int64_t z = 1; z < t->r->n[2]; z++) {
        for (int k = 0; k < 2; k++) {
            join_means(&all->glcm[k], &t->slices[z].glcm[k]);
            join_means(&all->glrlm[k], &t->slices[z].glrlm[k]);
        }
        for (int k = 0; k < 4; k++)
            join_means(&all->other[k], &t->slices[z].other[k]);
    }
    for (int k = 0; k < 2; k++) {
        take_mean(&all->glcm[k], o->glcm[TOMO_RADIOMICS_2D][k]);
        take_mean(&all->glrlm[k], o->glrlm[TOMO_RADIOMICS_2D][k]);
    }
    for (int k = 0; k < 4; k++)
        take_mean(&all->other[k], o->other[TOMO_RADIOMICS_2D][k]);
}

tomo_status measure__roi_texture(const measure__roi *r, measure__texture *out, tomo_job *job, tomo_error *err)
{
    texture *t = TOMO__ARRAY(r->ctx, 1, texture);
    if (!t)
        return no_room(r, err);
    t->r = r, t->out = out;
    for (int k = 0; k < MEASURE__SPACES; k++)
        t->want[k] = r->o->aggregation == k || r->o->aggregation == TOMO_RADIOMICS_ALL;
    t->slices = TOMO__ARRAY(r->ctx, r->n[2], slice_result);
    tomo_status st = t->slices ? TOMO_OK : no_room(r, err);
    if (st == TOMO_OK)
        st = tomo__parallel(r->ctx, FIRST_SLICE + (t->want[TOMO_RADIOMICS_2D] ? r->n[2] : 0), one_item, t, job, err);
    if (st == TOMO_OK && t->want[TOMO_RADIOMICS_3D])
        st = join_directions(t, TOMO_RADIOMICS_3D, DIRECTIONS, err);
    if (st == TOMO_OK && t->want[TOMO_RADIOMICS_25D])
        st = join_directions(t, TOMO_RADIOMICS_25D, FLAT, err);
    if (st == TOMO_OK && t->want[TOMO_RADIOMICS_2D])
        join_slices(t);
    for (int i = 0; i < DIRECTIONS; i++) {
        tomo__free(r->ctx, t->matrix[i]);
        tomo__free(r->ctx, t->runs[i].at);
    }
    tomo__free(r->ctx, t->slices);
    tomo__free(r->ctx, t);
    return st;
}
