/* gray_rows.c - gray erosions and dilations one after the other, in one pass over the image. The image is cut into
 * bands of rows (and tiles along x where rows are long or the element is large) that run through all slices: each
 * stage keeps a ring of as many slices as the next one's element is deep, so all but the first read and the last
 * write stays in the processor's cache.
 *
 * A flat element is a bundle of chords along x. Chords of one length and place take the maximum of their rows first;
 * that row is then spread along x by doubling (maxima of 1, 2, 4, ... neighbors, two of which overlap to any length).
 * So a row costs one maximum a chord, and a few for each different chord (compare M. van Herk, Pattern Recognition
 * Letters 13, 1992; E. Urbach and M. Wilkinson, IEEE Trans Image Process 17, 2008). */
#include "filter/morph_internal.h"

enum { SLACK = 256, ROWS_BYTES = 8 << 10, CACHE = 384 << 10, LEAST_TILE = 256, BAND = 32, WORTH_A_THREAD = 8 << 20 };

/* What a stage reads: `depth` slices of `rows` rows, `lo` and `hi` voxels more than what is wanted in the end. */
typedef struct ring {
    int64_t lo[3], hi[3];
    int64_t depth, rows; /* slices, rows a slice */
    int64_t at;          /* bytes from the start of the scratch */
} ring;

typedef struct plan {
    tomo_ctx *ctx;
    tomo_image *out;
    const tomo_image *in;
    const tomo__gray_stage *stage;
    int n;
    tomo__gray_sum sum;
    const tomo__gray_rows *k;
    int bits; /* log2 of a key's bytes */
    tomo_image_desc d;
    ring ring[TOMO__GRAY_STAGES];
    int64_t width, band;                            /* of a tile: voxels, rows */
    int64_t stride, many;                           /* bytes from row to row in all scratch; rows made at once */
    int64_t tiles, bands, count;                    /* count: in all */
    int64_t group;                                  /* tiles an item */
    int64_t row_at, sum_at, list_at, scratch_bytes; /* in a worker's scratch */
    char *scratch;
} plan;

typedef struct tile {
    const plan *p;
    char *scratch;
    int64_t x, w, y, h, t;
    int component;
    int64_t made[TOMO__GRAY_STAGES]; /* slices that each ring has had */
} tile;

static char *ring_row(const tile *b, int s, int64_t y, int64_t z)
{
    const ring *r = &b->p->ring[s];
    return b->scratch + r->at + ((z % r->depth) * r->rows + (y - (b->y - r->lo[1]))) * b->p->stride;
}

/* The least key, n times. */
static void put_nothing(char *to, int bits, int64_t n)
{
    const uint64_t least = (uint64_t)1 << ((8 << bits) - 1);
    if (bits == 0)
        memset(to, 0x80, (size_t)n);
    else
        for (int64_t i = 0; i < n; i++)
            memcpy(to + (i << bits), &least, (size_t)1 << bits); /* its low bytes: little endian, as all targets are */
}

/* Voxels of ring s that lie outside of the image along x, in a row. */
static void clear_sides(const tile *b, int s, char *row)
{
    const plan *p = b->p;
    const ring *r = &p->ring[s];
    const int64_t first = b->x - r->lo[0], end = b->x + b->w + r->hi[0], nx = p->d.size[0];
    if (first < 0)
        put_nothing(row, p->bits, -first);
    if (end > nx)
        put_nothing(row + ((nx - first) << p->bits), p->bits, end - nx);
}

static void load_slice(const tile *b, int64_t z)
{
    const plan *p = b->p;
    const ring *r = &p->ring[0];
    const int64_t first = TOMO__MAX(b->x - r->lo[0], 0), end = TOMO__MIN(b->x + b->w + r->hi[0], p->d.size[0]);
    const int64_t y0 = TOMO__MAX(b->y - r->lo[1], 0), y1 = TOMO__MIN(b->y + b->h + r->hi[1], p->d.size[1]);
    const int64_t step = p->d.components;
    for (int64_t y = y0; y < y1; y++) {
        const char *from = tomo_image_row(p->in, y, z, b->t);
        char *to = ring_row(b, 0, y, z);
        p->k->load[p->d.dtype](to + ((first - (b->x - r->lo[0])) << p->bits),
                               from + ((first * step + b->component) << p->bits), step, end - first, p->stage[0].erode);
        clear_sides(b, 0, to);
    }
}

/* Rows of the chords k .. end - 1, of one length, that lie in the image. */
static int64_t chord_rows(const tile *b, int s, int64_t k, int64_t end, int64_t y, int64_t z, int64_t offset,
                          const char **rows)
{
    const plan *p = b->p;
    const tomo__chord *c = p->stage[s].e.chord;
    const char *slice = NULL;
    int64_t count = 0;
    for (int64_t last = INT64_MIN; k < end; k++) { /* chords of a slice follow each other */
        const int64_t yy = y + c[k].dy, zz = z + c[k].dz;
        if (yy < 0 || yy >= p->d.size[1] || zz < 0 || zz >= p->d.size[2])
            continue;
        if (zz != last)
            slice = ring_row(b, s, b->y, zz) + offset;
        last = zz;
        rows[count++] = slice + (yy - b->y) * p->stride;
    }
    return count;
}

/* The same for two rows of the result, y and y + 1, all within the image: rows that both need, then those that only the
 * first, then those that only the second needs (as many). Of chords below each other all rows but two are common. */
static void pair_rows(const tile *b, int s, int64_t k, int64_t end, int64_t y, int64_t z, int64_t offset,
                      const char **rows, int64_t *common, int64_t *ends)
{
    const plan *p = b->p;
    const tomo__chord *c = p->stage[s].e.chord;
    int64_t runs = 0, both = 0, first;
    for (int pass = 0; pass < 2; pass++) {
        *common = both, *ends = runs;
        both = 0, runs = 0;
        for (int64_t i = k; i < end; i = first) {
            for (first = i + 1; first < end && c[first].dz == c[i].dz && c[first].dy == c[first - 1].dy + 1;)
                first++;
            if (z + c[i].dz < 0 || z + c[i].dz >= p->d.size[2])
                continue;
            const char *row = pass ? ring_row(b, s, y + c[i].dy, z + c[i].dz) + offset : NULL;
            for (int64_t j = 1; j < first - i; j++, both++)
                if (pass)
                    rows[both] = row + j * p->stride;
            if (pass)
                rows[*common + runs] = row, rows[*common + *ends + runs] = row + (first - i) * p->stride;
            runs++;
        }
    }
}

/* The maximum of each row's chords k .. end - 1, of one length and dx: rows y .. y + many - 1 of slice z, n keys. */
static void unite_rows(const tile *b, int s, int64_t k, int64_t end, int64_t y, int64_t many, int64_t z, int64_t offset,
                       int64_t n, char *to)
{
    const plan *p = b->p;
    const tomo__element *e = &p->stage[s].e;
    const bool add = e->chord[k].len == 1 && k > 0; /* to what is there already */
    const char **rows = (const char **)(b->scratch + p->list_at);
    int64_t i = 0, common = 0, ends = 0;
    if (y >= e->lo[1] && y + many - 1 + e->hi[1] < p->d.size[1] && many > 1 && !add) {
        pair_rows(b, s, k, end, y, z, offset, rows, &common, &ends);
        for (; i + 1 < many && ends; i += 2) {
            p->k->pair[p->bits](to + i * p->stride, to + (i + 1) * p->stride, (const void *const *)rows, common, ends,
                                n);
            for (int64_t j = 0; j < common + 2 * ends; j++)
                rows[j] += 2 * p->stride;
        }
    }
    for (; i < many; i++) {
        rows[0] = to + i * p->stride; /* first: the sum may begin with it in place */
        const int64_t count = add + chord_rows(b, s, k, end, y + i, z, offset, rows + add);
        if (count)
            p->k->unite[p->bits](to + i * p->stride, (const void *const *)rows, count, n);
        else
            put_nothing(to + i * p->stride, p->bits, n);
    }
}

/* Rows y .. y + many - 1 of slice z of what stage s makes, `n` keys from x = x0 on, p->stride bytes apart. Several at
 * once, since the spreading goes over them as over one long row; what comes of the gaps between them is not used. */
static void make_rows(const tile *b, int s, int64_t y, int64_t many, int64_t z, int64_t x0, int64_t n, char *to)
{
    const plan *p = b->p;
    const tomo__chord *c = p->stage[s].e.chord;
    const int64_t first = b->x - p->ring[s].lo[0], all = ((many - 1) * p->stride >> p->bits) + n;
    char *row = b->scratch + p->row_at;
    for (int64_t k = 0, end; k < p->stage[s].e.n; k = end) {
        for (end = k + 1; end < p->stage[s].e.n && c[end].len == c[k].len && c[end].dx == c[k].dx;)
            end++;
        const int64_t len = c[k].len, offset = (x0 + c[k].dx - first) << p->bits;
        if (len == 1) {
            unite_rows(b, s, k, end, y, many, z, offset, n, to);
        } else {
            const int64_t ahead = offset & 63; /* from the start of a cache line */
            unite_rows(b, s, k, end, y, many, z, offset - ahead, n + len - 1 + (ahead >> p->bits), row);
            p->k->spread[p->bits](to, row + ahead, len, all, k == 0);
        }
    }
}

/* Have ring s hold all slices up to `last`. */
static void make_slices(tile *b, int s, int64_t last)
{
    const plan *p = b->p;
    const ring *r = &p->ring[s];
    const int64_t n = b->w + r->lo[0] + r->hi[0];
    const int64_t y0 = TOMO__MAX(b->y - r->lo[1], 0), y1 = TOMO__MIN(b->y + b->h + r->hi[1], p->d.size[1]);
    for (; b->made[s] <= TOMO__MIN(last, p->d.size[2] - 1); b->made[s]++) {
        const int64_t z = b->made[s];
        if (s == 0) {
            load_slice(b, z);
            continue;
        }
        make_slices(b, s - 1, z + p->stage[s - 1].e.hi[2]);
        for (int64_t y = y0, many; y < y1; y += many) {
            char *to = ring_row(b, s, y, z);
            many = TOMO__MIN(p->many, y1 - y);
            make_rows(b, s - 1, y, many, z, b->x - r->lo[0], n, to);
            if (p->stage[s].erode != p->stage[s - 1].erode)
                p->k->turn[p->bits](to, ((many - 1) * p->stride >> p->bits) + n, p->d.dtype >= TOMO_DTYPE_F32);
            for (int64_t i = 0; i < many; i++)
                clear_sides(b, s, to + i * p->stride);
        }
    }
}

static void put_row(const tile *b, int64_t y, int64_t z, char *keys)
{
    const plan *p = b->p;
    const int64_t step = p->d.components, at = (b->x * step + b->component) << p->bits;
    const bool erode = p->stage[p->n - 1].erode;
    char *to = (char *)tomo_image_row_mut(p->out, y, z, b->t) + at;
    if (p->sum == TOMO__GRAY_RESULT) {
        p->k->store[p->d.dtype](to, step, keys, b->w, erode);
        return;
    }
    const char *from = p->sum == TOMO__GRAY_OUT_MINUS ? to : (const char *)tomo_image_row(p->in, y, z, b->t) + at;
    char *values = b->scratch + p->row_at;
    p->k->store[p->d.dtype](values, 1, keys, b->w, erode);
    p->k->minus[p->d.dtype](to, from, values, step, b->w, p->sum == TOMO__GRAY_MINUS_IN);
}

static void run_tile(const plan *p, int64_t item, int32_t slot)
{
    tile b = { .p = p, .scratch = p->scratch + slot * p->scratch_bytes };
    b.x = item % p->tiles * p->width, item /= p->tiles;
    b.y = item % p->bands * p->band, item /= p->bands;
    b.component = (int)(item % p->d.components), b.t = item / p->d.components;
    b.w = TOMO__MIN(p->width, p->d.size[0] - b.x);
    b.h = TOMO__MIN(p->band, p->d.size[1] - b.y);
    char *keys = b.scratch + p->sum_at;
    for (int64_t z = 0; z < p->d.size[2]; z++) {
        make_slices(&b, p->n - 1, z + p->stage[p->n - 1].e.hi[2]);
        for (int64_t y = b.y, many; y < b.y + b.h; y += many) {
            many = TOMO__MIN(p->many, b.y + b.h - y);
            make_rows(&b, p->n - 1, y, many, z, b.x, b.w, keys);
            for (int64_t i = 0; i < many; i++)
                put_row(&b, y + i, z, keys + i * p->stride);
        }
    }
}

/* So many tiles that waking another thread is worth it. */
static tomo_status run_group(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const plan *p = user;
    for (int64_t i = item * p->group; i < TOMO__MIN((item + 1) * p->group, p->count); i++)
        run_tile(p, i, slot);
    return TOMO_OK;
}

static int64_t round_up(int64_t n) { return (n + 63) / 64 * 64; }

/* Bytes of all rings for tiles of this size. */
static int64_t lay_out(plan *p)
{
    int64_t at = 0;
    p->stride = round_up((p->width + p->ring[0].lo[0] + p->ring[0].hi[0]) << p->bits);
    p->stride += p->stride % 1024 ? 0 : 64; /* rows below each other shall not share the few lines of a cache set */
    for (int s = 0; s < p->n; s++) {
        ring *r = &p->ring[s];
        r->rows = p->band + r->lo[1] + r->hi[1];
        r->at = at;
        at += r->depth * r->rows * p->stride;
    }
    return at;
}

/* Tiles as large as fit into the cache; the smallest where none does. */
static void choose_tiles(plan *p)
{
    int64_t most_chords = 0, chords = 0;
    for (int s = p->n - 1; s >= 0; s--) {
        const tomo__element *e = &p->stage[s].e;
        ring *r = &p->ring[s];
        for (int i = 0; i < 3; i++) {
            r->lo[i] = e->lo[i] + (s + 1 < p->n ? p->ring[s + 1].lo[i] : 0);
            r->hi[i] = e->hi[i] + (s + 1 < p->n ? p->ring[s + 1].hi[i] : 0);
        }
        r->depth = TOMO__MIN(e->lo[2] + e->hi[2] + 1, p->d.size[2]);
        most_chords = TOMO__MAX(most_chords, e->n);
        chords += e->n;
    }
    p->width = TOMO__MIN(p->d.size[0], (int64_t)4096 >> p->bits);
    p->band = TOMO__MIN(p->d.size[1], p->d.size[2] > 1 ? BAND : 2 * BAND);
    while (lay_out(p) > CACHE) {
        if (p->band > 8)
            p->band = (p->band + 1) / 2;
        else if (p->width > LEAST_TILE >> p->bits)
            p->width = TOMO__MAX(p->width / 2, LEAST_TILE >> p->bits);
        else if (p->band > 1)
            p->band /= 2;
        else
            break;
    }
    p->tiles = (p->d.size[0] + p->width - 1) / p->width;
    p->bands = (p->d.size[1] + p->band - 1) / p->band;
    p->many = TOMO__MIN(TOMO__MAX(ROWS_BYTES / p->stride, 1), p->band);
    p->count = p->tiles * p->bands * p->d.components * p->d.size[3];
    p->group = WORTH_A_THREAD / (((p->width * p->band * p->d.size[2]) << p->bits) * (chords + 8 * p->n)) + 1;
    p->row_at = round_up(lay_out(p)) + SLACK; /* whole vectors are read past the end */
    p->sum_at = p->row_at + p->many * p->stride + SLACK;
    p->list_at = p->sum_at + p->many * p->stride + SLACK;
    p->scratch_bytes = round_up(p->list_at + (2 * most_chords + 1) * (int64_t)sizeof(void *));
}

tomo_status tomo__gray_run(tomo_ctx *ctx, tomo_image *out, const tomo_image *in, const tomo__gray_stage *stages, int n,
                           tomo__gray_sum sum, tomo_job *job, tomo_error *err)
{
    plan p = { .ctx = ctx, .out = out, .in = in, .stage = stages, .n = n, .sum = sum, .d = *tomo_image_get_desc(in) };
    size_t bytes = 0;
    p.k = tomo__gray_rows_for(tomo_ctx_cpu(ctx));
    p.bits = __builtin_ctz((unsigned)tomo_dtype_size(p.d.dtype));
    choose_tiles(&p);
    const int64_t items = (p.count + p.group - 1) / p.group;
    const int32_t workers = items == 1 ? 1 : tomo_ctx_threads(ctx); /* one item runs here, as worker 0 */
    if (!tomo__mul((size_t)p.scratch_bytes, (size_t)workers, &bytes))
        return tomo__fail(err, TOMO_E_LIMIT, "morphology: the element is too large");
    if (!(p.scratch = tomo__alloc(ctx, bytes)))
        return tomo__no_memory(ctx, err, bytes, "morphology scratch");
    tomo_status st = tomo__parallel(ctx, items, run_group, &p, job, err);
    tomo__free(ctx, p.scratch);
    return st;
}
