/* reconstruct_body.h - reconstruction of a slab (L. Vincent, IEEE Trans Image Process 2:176, 1993, the hybrid
 * algorithm): a sweep in scan order, one against it, then a queue for what those two left. Included by reconstruct.c
 * with K (key), U (its unsigned type), NAME(x) and REAL (0 or 1) set. Along rows the maxima over neighboring rows go
 * first, which are loops without dependence; what runs from voxel to voxel is one maximum and one minimum. */

#define LEAST ((K)((U)1 << (8 * sizeof(K) - 1)))
#define MOST ((K)~LEAST)

static inline K NAME(key)(const K *i, int64_t at, K turn)
{
#if REAL
    const U inf = (U)(((U)1 << (sizeof(K) == 4 ? 8 : 11)) - 1) << (sizeof(K) == 4 ? 23 : 52);
    const K bits = i[at];
    if (((U)bits & (U)MOST) > inf)
        return LEAST;
    return (K)(bits ^ (K)((U)(bits >> (8 * sizeof(K) - 1)) >> 1) ^ turn);
#else
    return (K)(i[at] ^ turn);
#endif
}

/* best[x] = the largest of it and the row's neighbors of x. */
static void NAME(widen)(K *restrict best, const K *restrict row, int64_t n, bool wide)
{
    for (int64_t x = 0; x < n; x++)
        best[x] = row[x] > best[x] ? row[x] : best[x];
    if (!wide)
        return;
    for (int64_t x = 1; x < n; x++)
        best[x] = row[x - 1] > best[x] ? row[x - 1] : best[x];
    for (int64_t x = 0; x + 1 < n; x++)
        best[x] = row[x + 1] > best[x] ? row[x + 1] : best[x];
}

/* Row of a neighbor, in the slab; NULL if it is not there. */
static inline int64_t NAME(row_at)(const tomo__flood *f, int64_t y, int64_t z)
{
    return y < 0 || y >= f->n[1] || z < f->z0 || z >= f->z1 ? -1 : (z * f->n[1] + y) * f->n[0];
}

static void NAME(forward)(const tomo__flood *f, int64_t y, int64_t z)
{
    const int64_t n = f->n[0], base = (z * f->n[1] + y) * n;
    const K turn = (K)f->turn, *mask = f->i;
    K *j = (K *)f->j + base, last = LEAST;
    for (int r = 0; r < f->n_before; r++) {
        const int64_t at = NAME(row_at)(f, y + f->before[r].dy, z + f->before[r].dz);
        if (at >= 0)
            NAME(widen)(j, (const K *)f->j + at, n, f->before[r].wide);
    }
    for (int64_t x = 0; x < n; x++) {
        const K limit = NAME(key)(mask, base + x, turn), most = j[x] > last ? j[x] : last;
        j[x] = last = most < limit ? most : limit;
    }
}

/* The same against scan order; and a voxel that could still raise one of those after it is put into the queue. */
static bool NAME(backward)(tomo__flood *f, int64_t y, int64_t z)
{
    const int64_t n = f->n[0], base = (z * f->n[1] + y) * n;
    const K turn = (K)f->turn, *mask = f->i;
    K *j = (K *)f->j + base, *low = (K *)f->scratch, *open = low + n, last = LEAST, last_low = MOST;
    bool any = false;
    for (int64_t x = 0; x < n; x++)
        low[x] = MOST;
    for (int r = 0; r < f->n_before; r++) {
        const int64_t at = NAME(row_at)(f, y - f->before[r].dy, z - f->before[r].dz);
        if (at < 0)
            continue;
        const K *other = (const K *)f->j + at;
        NAME(widen)(j, other, n, f->before[r].wide);
        for (int64_t x = 0; x < n; x++) {
            open[x] = other[x] < NAME(key)(mask, at + x, turn) ? other[x] : MOST;
            low[x] = open[x] < low[x] ? open[x] : low[x];
        }
        for (int64_t x = 1; x < n && f->before[r].wide; x++)
            low[x] = open[x - 1] < low[x] ? open[x - 1] : low[x];
        for (int64_t x = 0; x + 1 < n && f->before[r].wide; x++)
            low[x] = open[x + 1] < low[x] ? open[x + 1] : low[x];
    }
    for (int64_t x = n - 1; x >= 0; x--) {
        const K limit = NAME(key)(mask, base + x, turn), most = j[x] > last ? j[x] : last;
        j[x] = last = most < limit ? most : limit;
        const bool raises = low[x] < last || last_low < last;
        open[x] = raises;
        any |= raises;
        last_low = last < limit ? last : MOST;
    }
    for (int64_t x = n - 1; x >= 0 && any; x--)
        if (open[x] && !tomo__flood_push(f, base + x))
            return false;
    return true;
}

/* Raise q to what p allows. */
static inline bool NAME(raise)(tomo__flood *f, int64_t q, K value)
{
    K *j = f->j;
    if (j[q] >= value)
        return true;
    const K limit = NAME(key)(f->i, q, (K)f->turn);
    if (j[q] >= limit)
        return true;
    j[q] = value < limit ? value : limit;
    return tomo__flood_push(f, q);
}

/* Raise the neighbors of x in a row that starts at `row`. */
static inline bool NAME(raise_row)(tomo__flood *f, int64_t row, int64_t x, bool wide, bool center, K value)
{
    if (center && !NAME(raise)(f, row + x, value))
        return false;
    if (wide && x > 0 && !NAME(raise)(f, row + x - 1, value))
        return false;
    return !wide || x + 1 >= f->n[0] || NAME(raise)(f, row + x + 1, value);
}

static bool NAME(drain)(tomo__flood *f)
{
    const int64_t nx = f->n[0], ny = f->n[1];
    f->changed |= f->queue.count > 0;
    while (f->queue.count) {
        const int64_t p = f->queue.at[f->queue.first], x = p % nx, y = p / nx % ny, z = p / nx / ny;
        const K value = ((const K *)f->j)[p];
        f->queue.first = (f->queue.first + 1) & (f->queue.room - 1);
        f->queue.count--;
        if (!NAME(raise_row)(f, p - x, x, true, false, value))
            return false;
        for (int r = 0; r < 2 * f->n_before; r++) {
            const tomo__near_row *near = &f->before[r / 2];
            const int sign = r % 2 ? 1 : -1;
            const int64_t row = NAME(row_at)(f, y + sign * near->dy, z + sign * near->dz);
            if (row >= 0 && !NAME(raise_row)(f, row, x, near->wide, true, value))
                return false;
        }
    }
    return true;
}

/* A pair of sweeps costs about what a hundredth of the voxels costs through the queue, and each leaves a good deal less
 * for it. */
static bool NAME(sweep)(tomo__flood *f)
{
    const int64_t few = (f->z1 - f->z0) * f->n[1] * f->n[0] / 128;
    for (int pairs = 0; pairs == 0 || (f->queue.count > few && pairs < 16); pairs++) {
        f->queue.first = f->queue.count = 0;
        for (int64_t z = f->z0; z < f->z1; z++)
            for (int64_t y = 0; y < f->n[1]; y++)
                NAME(forward)(f, y, z);
        for (int64_t z = f->z1 - 1; z >= f->z0; z--)
            for (int64_t y = f->n[1] - 1; y >= 0; y--)
                if (!NAME(backward)(f, y, z))
                    return false;
    }
    return NAME(drain)(f);
}

static bool NAME(seed)(tomo__flood *f)
{
    const int64_t nx = f->n[0], ny = f->n[1];
    for (int side = 0; side < 2; side++) {
        const K *slice = side ? f->above : f->below;
        const int64_t z = side ? f->z1 - 1 : f->z0;
        for (int64_t y = 0; y < ny && slice; y++)
            for (int r = 0; r < f->n_before; r++) {
                const int64_t row = NAME(row_at)(f, y + (side ? 1 : -1) * f->before[r].dy, z);
                if (f->before[r].dz == 0 || row < 0)
                    continue;
                for (int64_t x = 0; x < nx; x++)
                    if (!NAME(raise_row)(f, row, x, f->before[r].wide, true, slice[y * nx + x]))
                        return false;
            }
    }
    return NAME(drain)(f);
}

static const tomo__flood_kernel NAME(kernel) = { NAME(sweep), NAME(seed) };

#undef LEAST
#undef MOST
