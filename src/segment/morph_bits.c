/* morph_bits.c - the operators of morphological contours on sets of bits: 64 voxels at a time.
 * A segment through a voxel v with ends a, b: erosion is a & v & b, dilation a | v | b. So the largest of the erosions
 * is v & (a & b | a' & b' | ...), the smallest of the dilations v | (a | b) & (a' | b') & ...; a plane has 8 such
 * voxels. */
#include "contour_internal.h"

/* The 3 words of a row around word w: voxels moved so that bit i is the voxel at x - 1, x, x + 1. */
typedef struct around {
    uint64_t l, c, r;
} around;

static inline around at(const uint64_t *row, int64_t w, int64_t words)
{
    around a = { 0, 0, 0 };
    if (row) {
        const uint64_t before = w > 0 ? row[w - 1] : 0, after = w + 1 < words ? row[w + 1] : 0;
        a.c = row[w];
        a.l = a.c << 1 | before >> 63;
        a.r = a.c >> 1 | after << 63;
    }
    return a;
}

/* q[3 * dz + dy], each -1..1 moved to 0..2. */
static inline uint64_t flat_sup_inf(const around *q)
{
    const around a = q[3], b = q[4], c = q[5];
    return b.c & ((a.l & c.r) | (a.c & c.c) | (a.r & c.l) | (b.l & b.r));
}

static inline uint64_t flat_inf_sup(const around *q)
{
    const around a = q[3], b = q[4], c = q[5];
    return b.c | ((a.l | c.r) & (a.c | c.c) & (a.r | c.l) & (b.l | b.r));
}

#define PLANES(AND, OR)                                                                                                \
    /* along each axis alone: pairs of opposite voxels that several planes share */                                    \
    const uint64_t x = q[4].l AND q[4].r, y = q[3].c AND q[5].c, z = q[1].c AND q[7].c;                                \
    const uint64_t yx = q[3].l AND q[5].r, yX = q[3].r AND q[5].l;                                                     \
    const uint64_t zx = q[1].l AND q[7].r, zX = q[1].r AND q[7].l;                                                     \
    const uint64_t zy = q[0].c AND q[8].c, zY = q[2].c AND q[6].c;                                                     \
    const uint64_t zyx = q[0].l AND q[8].r, zyX = q[0].r AND q[8].l, zYx = q[2].l AND q[6].r, zYX = q[2].r AND q[6].l; \
    return q[4].c AND((z AND y AND zy AND zY)OR(z AND x AND zx AND zX) OR(y AND x AND yx AND yX)                       \
                          OR(z AND yx AND zyx AND zYX) OR(z AND yX AND zyX AND zYx) OR(y AND zx AND zyx AND zYx)       \
                              OR(y AND zX AND zyX AND zYX) OR(x AND zy AND zyx AND zyX) OR(x AND zY AND zYx AND zYX));

static inline uint64_t deep_sup_inf(const around *q) { PLANES(&, |) }
static inline uint64_t deep_inf_sup(const around *q) { PLANES(|, &) }
#undef PLANES

static inline uint64_t grown(const around *q)
{
    uint64_t v = 0;
    for (int i = 0; i < 9; i++)
        v |= q[i].l | q[i].c | q[i].r;
    return v;
}

static inline uint64_t shrunk(const around *q, int first, int last)
{
    uint64_t v = ~0ull;
    for (int i = first; i <= last; i++)
        v &= q[i].l & q[i].c & q[i].r;
    return v;
}

typedef struct step_job {
    tomo__bits *to;
    const tomo__bits *from;
    tomo__morph_step step;
} step_job;

static tomo_status step_rows(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const step_job *s = user;
    const tomo__bits *b = s->from;
    const bool deep = b->n[2] > 1;
    const int64_t chunk = tomo__bits_item_rows(b), rows = b->n[1] * b->n[2], words = b->words;
    const uint64_t tail = ~0ull >> (words * 64 - b->n[0]);
    for (int64_t r = item * chunk; r < TOMO__MIN((item + 1) * chunk, rows); r++) {
        const int64_t y = r % b->n[1], z = r / b->n[1];
        const uint64_t *row[9];
        uint64_t *to = tomo__bits_row(s->to, y, z);
        for (int i = 0; i < 9; i++) {
            const int64_t zz = z + i / 3 - 1, yy = y + i % 3 - 1;
            row[i] = zz >= 0 && zz < b->n[2] && yy >= 0 && yy < b->n[1] ? tomo__bits_row(b, yy, zz) : NULL;
        }
        for (int64_t w = 0; w < words; w++) {
            around q[9];
            for (int i = deep ? 0 : 3; i < (deep ? 9 : 6); i++)
                q[i] = at(row[i], w, words);
            if (!deep)
                q[0] = q[1] = q[2] = q[6] = q[7] = q[8] = (around){ 0, 0, 0 };
            switch (s->step) {
            case TOMO__SUP_INF:
                to[w] = deep ? deep_sup_inf(q) : flat_sup_inf(q);
                break;
            case TOMO__INF_SUP:
                to[w] = deep ? deep_inf_sup(q) : flat_inf_sup(q);
                break;
            case TOMO__GROW:
                to[w] = grown(q);
                break;
            case TOMO__SHRINK:
                to[w] = deep ? shrunk(q, 0, 8) : shrunk(q, 3, 5);
                break;
            }
        }
        to[words - 1] &= tail;
    }
    return TOMO_OK;
}

tomo_status tomo__morph_bits(tomo__bits *to, const tomo__bits *from, tomo__morph_step step, tomo_job *job,
                             tomo_error *err)
{
    step_job s = { to, from, step };
    return tomo__parallel(from->ctx, tomo__bits_items(from), step_rows, &s, job, err);
}

tomo_status tomo__morph_smooth(tomo__bits *u, tomo__bits *other, int32_t times, int64_t *turn, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    for (int32_t i = 0; i < times && st == TOMO_OK; i++, (*turn)++) {
        const bool odd = *turn & 1;
        st = tomo__morph_bits(other, u, odd ? TOMO__SUP_INF : TOMO__INF_SUP, NULL, err);
        if (st == TOMO_OK)
            st = tomo__morph_bits(u, other, odd ? TOMO__INF_SUP : TOMO__SUP_INF, NULL, err);
    }
    return st;
}

uint64_t tomo__bits_edge(const tomo__bits *b, int64_t w, int64_t y, int64_t z)
{
    const int64_t last = b->n[0] - 1;
    const around q = at(tomo__bits_row(b, y, z), w, b->words);
    uint64_t l = q.l, r = q.r, edge = 0;
    if (b->n[1] > 1)
        edge |= tomo__bits_row(b, TOMO__MAX(y - 1, 0), z)[w] ^ tomo__bits_row(b, TOMO__MIN(y + 1, b->n[1] - 1), z)[w];
    if (b->n[2] > 1)
        edge |= tomo__bits_row(b, y, TOMO__MAX(z - 1, 0))[w] ^ tomo__bits_row(b, y, TOMO__MIN(z + 1, b->n[2] - 1))[w];
    if (last > 0) { /* at the ends the voxel itself stands for the one that is not there */
        if (w == 0)
            l |= q.c & 1;
        if (w == last >> 6) {
            const uint64_t bit = 1ull << (last & 63);
            r = (r & (bit - 1)) | (q.c & bit);
            l &= bit | (bit - 1);
        }
        edge |= l ^ r;
    }
    return edge;
}
