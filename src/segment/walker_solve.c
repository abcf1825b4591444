/* walker_solve.c - conjugate gradients for the equations of a weighted grid, with one multigrid cycle as preconditioner:
 * cells of 2 x 2 x 2 whose values are one number, weights between cells summed and halved (D. Braess, Computing 55:379,
 * 1995), one damped Jacobi sweep before and after. Work is cut into fixed ranges whose sums are added in order, so
 * results do not depend on threads. The product is taken as differences: next to weights of 1 those of 1e-10 count. */
#include "walker.h"

enum { BLOCK = 256 };

static const float damping = 0.8f;

static double *vector(tomo_ctx *ctx, const tomo__walker_grid *g)
{
    double *v = TOMO__ARRAY(ctx, g->count + 2 * g->pad, double);
    return v ? v + g->pad : NULL;
}
static float *weights(tomo_ctx *ctx, const tomo__walker_grid *g)
{
    float *v = TOMO__ARRAY(ctx, g->count + 2 * g->pad, float);
    return v ? v + g->pad : NULL;
}
static void drop(tomo_ctx *ctx, const tomo__walker_grid *g, void *v, size_t size)
{
    if (v)
        tomo__free(ctx, (char *)v - (size_t)g->pad * size);
}

static tomo_status grid_new(tomo_ctx *ctx, tomo__walker_grid *g, const int64_t n[3], tomo_error *err)
{
    for (int a = 0; a < 3; a++)
        g->n[a] = n[a];
    g->count = n[0] * n[1] * n[2];
    g->pad = n[2] > 1 ? n[0] * n[1] : n[0];
    bool good = true;
    for (int a = 0; a < 3; a++)
        good = (g->w[a] = weights(ctx, g)) != NULL && good;
    g->hold = weights(ctx, g), g->relax = weights(ctx, g);
    g->x = vector(ctx, g), g->r = vector(ctx, g), g->t = vector(ctx, g);
    if (!good || !g->hold || !g->relax || !g->x || !g->r || !g->t)
        return tomo__no_memory(ctx, err, (size_t)(g->count + 2 * g->pad) * 44, "a graph of voxels");
    return TOMO_OK;
}

static void grid_free(tomo_ctx *ctx, tomo__walker_grid *g)
{
    for (int a = 0; a < 3; a++)
        drop(ctx, g, g->w[a], sizeof(float));
    drop(ctx, g, g->hold, sizeof(float));
    drop(ctx, g, g->relax, sizeof(float));
    drop(ctx, g, g->x, sizeof(double));
    drop(ctx, g, g->r, sizeof(double));
    drop(ctx, g, g->t, sizeof(double));
}

tomo_status tomo__walker_new(tomo_ctx *ctx, tomo__walker *g, const int64_t n[3], tomo_error *err)
{
    size_t all;
    *g = (tomo__walker){ .ctx = ctx };
    if (!tomo__mul((size_t)n[0], (size_t)n[1], &all) || !tomo__mul(all, (size_t)n[2], &all) || all >= UINT32_MAX)
        return tomo__fail(err, TOMO_E_LIMIT, "random_walker: the image has more than %u voxels", UINT32_MAX - 1);
    g->grids = 1;
    tomo_status st = grid_new(ctx, &g->grid[0], n, err);
    if (st == TOMO_OK) {
        g->p = vector(ctx, &g->grid[0]);
        g->part = TOMO__ARRAY(ctx, g->grid[0].count / TOMO__WALKER_RANGE + 1, double);
        if (!g->p || !g->part)
            st = tomo__no_memory(ctx, err, all * sizeof(double), "a graph of voxels");
    }
    return st;
}

void tomo__walker_free(tomo__walker *g)
{
    if (!g->ctx)
        return;
    drop(g->ctx, &g->grid[0], g->p, sizeof(double));
    tomo__free(g->ctx, g->part);
    for (int k = 0; k < g->grids; k++)
        grid_free(g->ctx, &g->grid[k]);
    g->ctx = NULL;
}

/* ---- coarser grids ------------------------------------------------------------------------------------------- */

/* Cells of one coarse row: sums over the fine voxels in them. */
static void gather_row(tomo__walker_grid *c, const tomo__walker_grid *f, int64_t Y, int64_t Z)
{
    const int64_t row = (Z * c->n[1] + Y) * c->n[0];
    for (int64_t z = 2 * Z; z < TOMO__MIN(2 * Z + 2, f->n[2]); z++)
        for (int64_t y = 2 * Y; y < TOMO__MIN(2 * Y + 2, f->n[1]); y++) {
            const int64_t from = (z * f->n[1] + y) * f->n[0];
            for (int64_t x = 0; x < f->n[0]; x++) {
                c->hold[row + x / 2] += f->hold[from + x];
                if (x & 1)
                    c->w[0][row + x / 2] += 0.5f * f->w[0][from + x];
                if (y & 1)
                    c->w[1][row + x / 2] += 0.5f * f->w[1][from + x];
                if (z & 1)
                    c->w[2][row + x / 2] += 0.5f * f->w[2][from + x];
            }
        }
}

static void set_relax(tomo__walker_grid *g)
{
    const int64_t sy = g->n[0], sz = g->n[2] > 1 ? g->n[0] * g->n[1] : 0;
    for (int64_t i = 0; i < g->count; i++) {
        float d = g->hold[i] + g->w[0][i] + g->w[0][i - 1] + g->w[1][i] + g->w[1][i - sy];
        if (sz)
            d += g->w[2][i] + g->w[2][i - sz];
        g->relax[i] = d > 0 ? (g->count == 1 ? 1 : damping) / d : 0;
    }
}

tomo_status tomo__walker_build(tomo__walker *g, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    set_relax(&g->grid[0]);
    while (st == TOMO_OK && g->grid[g->grids - 1].count > 1) {
        const tomo__walker_grid *f = &g->grid[g->grids - 1];
        const int64_t n[3] = { (f->n[0] + 1) / 2, (f->n[1] + 1) / 2, (f->n[2] + 1) / 2 };
        tomo__walker_grid *c = &g->grid[g->grids++];
        st = grid_new(g->ctx, c, n, err);
        for (int64_t row = 0; st == TOMO_OK && row < n[1] * n[2]; row++)
            gather_row(c, f, row % n[1], row / n[1]);
        if (st == TOMO_OK)
            set_relax(c);
    }
    return st;
}

/* ---- passes over ranges of a grid --------------------------------------------------------------------------------- */

/* Row i of the matrix times v. */
#define PRODUCT(g, v, i, sy, sz)                                                                                       \
    ((double)(g)->hold[i] * v[i] + (double)(g)->w[0][i] * (v[i] - v[i + 1]) +                                          \
     (double)(g)->w[0][i - 1] * (v[i] - v[i - 1]) + (double)(g)->w[1][i] * (v[i] - v[i + sy]) +                        \
     (double)(g)->w[1][i - sy] * (v[i] - v[i - sy]))
#define PRODUCT_Z(g, v, i, sz)                                                                                         \
    ((double)(g)->w[2][i] * (v[i] - v[i + sz]) + (double)(g)->w[2][i - sz] * (v[i] - v[i - sz]))

typedef struct pass {
    const tomo__walker_grid *g;
    tomo__walker_grid *coarse;
    double *restrict a, *restrict b, *restrict c;
    const double *restrict d;
    double *part, scale;
} pass;

static inline int64_t range_end(const pass *p, int64_t item)
{
    return TOMO__MIN((item + 1) * TOMO__WALKER_RANGE, p->g->count);
}

/* a = matrix times d; part = a . d */
static tomo_status multiply(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const pass *p = user;
    const tomo__walker_grid *g = p->g;
    const int64_t from = item * TOMO__WALKER_RANGE, to = range_end(p, item), sy = g->n[0], sz = g->n[0] * g->n[1];
    double *restrict out = p->a, sum = 0;
    const double *v = p->d;
    if (g->n[2] > 1)
        for (int64_t i = from; i < to; i++)
            out[i] = PRODUCT(g, v, i, sy, sz) + PRODUCT_Z(g, v, i, sz);
    else
        for (int64_t i = from; i < to; i++)
            out[i] = PRODUCT(g, v, i, sy, sz);
    for (int64_t i = from; i < to; i++)
        sum += out[i] * v[i];
    p->part[item] = sum;
    return TOMO_OK;
}

/* a = d + relax (b - matrix times d) */
static tomo_status sweep(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const pass *p = user;
    const tomo__walker_grid *g = p->g;
    const int64_t from = item * TOMO__WALKER_RANGE, to = range_end(p, item), sy = g->n[0], sz = g->n[0] * g->n[1];
    double *restrict out = p->a;
    const double *v = p->d, *r = p->b;
    if (g->n[2] > 1)
        for (int64_t i = from; i < to; i++)
            out[i] = v[i] + (double)g->relax[i] * (r[i] - PRODUCT(g, v, i, sy, sz) - PRODUCT_Z(g, v, i, sz));
    else
        for (int64_t i = from; i < to; i++)
            out[i] = v[i] + (double)g->relax[i] * (r[i] - PRODUCT(g, v, i, sy, sz));
    return TOMO_OK;
}

/* a = relax d: the sweep that starts from 0 */
static tomo_status first_sweep(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const pass *p = user;
    for (int64_t i = item * TOMO__WALKER_RANGE; i < range_end(p, item); i++)
        p->a[i] = (double)p->g->relax[i] * p->d[i];
    return TOMO_OK;
}

/* x += scale p, r -= scale q; part = r . r */
static tomo_status step(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const pass *p = user;
    const double *q = p->c;
    double sum = 0;
    for (int64_t i = item * TOMO__WALKER_RANGE; i < range_end(p, item); i++) {
        p->a[i] += p->scale * p->d[i];
        p->b[i] -= p->scale * q[i];
        sum += p->b[i] * p->b[i];
    }
    p->part[item] = sum;
    return TOMO_OK;
}

/* part = a . d */
static tomo_status dot(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const pass *p = user;
    double sum = 0;
    for (int64_t i = item * TOMO__WALKER_RANGE; i < range_end(p, item); i++)
        sum += p->a[i] * p->d[i];
    p->part[item] = sum;
    return TOMO_OK;
}

/* a = d + scale a */
static tomo_status turn(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const pass *p = user;
    for (int64_t i = item * TOMO__WALKER_RANGE; i < range_end(p, item); i++)
        p->a[i] = p->d[i] + p->scale * p->a[i];
    return TOMO_OK;
}

/* Sums of b - matrix times d over cells, a coarse row an item. */
static tomo_status restrict_row(void *user, int64_t row, int32_t slot, tomo_error *err)
{
    const pass *p = user;
    const tomo__walker_grid *g = p->g, *c = p->coarse;
    const int64_t Y = row % c->n[1], Z = row / c->n[1], sy = g->n[0], sz = g->n[0] * g->n[1];
    const double *v = p->d, *r = p->b;
    double *to = c->r + row * c->n[0];
    memset(to, 0, (size_t)c->n[0] * sizeof *to);
    for (int64_t z = 2 * Z; z < TOMO__MIN(2 * Z + 2, g->n[2]); z++)
        for (int64_t y = 2 * Y; y < TOMO__MIN(2 * Y + 2, g->n[1]); y++) {
            const int64_t from = (z * g->n[1] + y) * g->n[0];
            for (int64_t x0 = 0; x0 < g->n[0]; x0 += BLOCK) { /* x0 is even */
                const int64_t n = TOMO__MIN(BLOCK, g->n[0] - x0);
                double rest[BLOCK];
                if (g->n[2] > 1)
                    for (int64_t k = 0, i = from + x0; k < n; k++, i++)
                        rest[k] = r[i] - PRODUCT(g, v, i, sy, sz) - PRODUCT_Z(g, v, i, sz);
                else
                    for (int64_t k = 0, i = from + x0; k < n; k++, i++)
                        rest[k] = r[i] - PRODUCT(g, v, i, sy, sz);
                for (int64_t k = 0; k < n; k++)
                    to[(x0 + k) / 2] += rest[k];
            }
        }
    return TOMO_OK;
}

/* d + the cell's correction, a fine row an item. */
static tomo_status prolong_row(void *user, int64_t row, int32_t slot, tomo_error *err)
{
    const pass *p = user;
    const tomo__walker_grid *g = p->g, *c = p->coarse;
    const int64_t y = row % g->n[1], z = row / g->n[1];
    const double *from = p->d + (z / 2 * c->n[1] + y / 2) * c->n[0];
    double *to = p->a + row * g->n[0];
    for (int64_t x = 0; x < g->n[0]; x++)
        to[x] += g->relax[row * g->n[0] + x] > 0 ? from[x / 2] : 0;
    return TOMO_OK;
}

/* Rows are put together to items of a few thousand voxels. */
typedef struct rows_job {
    tomo__item_fn fn;
    const pass *p;
    int64_t each, rows;
} rows_job;

static tomo_status some_rows(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const rows_job *j = user;
    for (int64_t r = item * j->each; r < TOMO__MIN((item + 1) * j->each, j->rows); r++)
        j->fn((void *)j->p, r, slot, err);
    return TOMO_OK;
}

static tomo_status over_rows(tomo_ctx *ctx, tomo__item_fn fn, const pass *p, const tomo__walker_grid *of,
                             tomo_error *err)
{
    rows_job j = { fn, p, TOMO__MAX(1, TOMO__WALKER_RANGE / of->n[0]), of->n[1] * of->n[2] };
    return tomo__parallel(ctx, (j.rows + j.each - 1) / j.each, some_rows, &j, NULL, err);
}

static tomo_status over(tomo_ctx *ctx, tomo__item_fn fn, pass *p, tomo_error *err)
{
    return tomo__parallel(ctx, (p->g->count + TOMO__WALKER_RANGE - 1) / TOMO__WALKER_RANGE, fn, p, NULL, err);
}

static double sum_of(const tomo__walker *g)
{
    double sum = 0;
    for (int64_t i = 0; i < (g->grid[0].count + TOMO__WALKER_RANGE - 1) / TOMO__WALKER_RANGE; i++)
        sum += g->part[i];
    return sum;
}

/* One cycle: z, in grid k's `t`, from the right side r. Of the coarser grids r, x and t are used, of the first t and
 * `spare`. */
static tomo_status cycle(tomo__walker *g, int k, const double *r, double *spare, tomo_error *err)
{
    tomo__walker_grid *f = &g->grid[k];
    if (k == g->grids - 1) {
        pass only = { .g = f, .a = f->t, .d = r };
        return over(g->ctx, first_sweep, &only, err);
    }
    tomo__walker_grid *c = &g->grid[k + 1];
    pass first = { .g = f, .a = spare, .d = r };
    tomo_status st = over(g->ctx, first_sweep, &first, err);
    pass down = { .g = f, .coarse = c, .b = (double *)r, .d = spare };
    if (st == TOMO_OK)
        st = over_rows(g->ctx, restrict_row, &down, c, err);
    if (st == TOMO_OK)
        st = cycle(g, k + 1, c->r, c->x, err);
    pass up = { .g = f, .coarse = c, .a = spare, .d = c->t };
    if (st == TOMO_OK)
        st = over_rows(g->ctx, prolong_row, &up, f, err);
    pass last = { .g = f, .a = f->t, .b = (double *)r, .d = spare };
    if (st == TOMO_OK)
        st = over(g->ctx, sweep, &last, err);
    return st;
}

tomo_status tomo__walker_solve(tomo__walker *g, double tolerance, int32_t iterations, int32_t *steps, tomo_job *job,
                               tomo_error *err)
{
    tomo__walker_grid *f = &g->grid[0];
    const size_t bytes = (size_t)f->count * sizeof(double);
    double *spare = TOMO__ARRAY(g->ctx, f->count + 2 * f->pad, double); /* what a cycle may overwrite */
    if (!spare)
        return tomo__no_memory(g->ctx, err, bytes, "a graph of voxels");
    spare += f->pad;
    pass square = { .g = f, .a = f->r, .d = f->r, .part = g->part };
    tomo_status st = over(g->ctx, dot, &square, err);
    const double goal = tolerance * tolerance * sum_of(g);
    double rest = sum_of(g), along = 0;
    memset(f->x, 0, bytes);
    memset(g->p, 0, bytes);
    for (*steps = 0; st == TOMO_OK && rest > goal; ++*steps) {
        if (*steps == iterations) {
            st = tomo__fail(err, TOMO_E_LIMIT,
                            "random_walker: residual is %.3g after %d iterations, expected %.3g (lower beta, or allow "
                            "more iterations or tolerance)", sqrt(rest / goal) * tolerance, iterations, tolerance);
            break;
        }
        if ((st = cycle(g, 0, f->r, spare, err)) != TOMO_OK)
            break;
        pass rz = { .g = f, .a = f->r, .d = f->t, .part = g->part };
        st = over(g->ctx, dot, &rz, err);
        const double before = along;
        along = sum_of(g);
        pass direction = { .g = f, .a = g->p, .d = f->t, .scale = before > 0 ? along / before : 0 };
        if (st == TOMO_OK)
            st = over(g->ctx, turn, &direction, err);
        pass product = { .g = f, .a = f->t, .d = g->p, .part = g->part };
        if (st == TOMO_OK)
            st = over(g->ctx, multiply, &product, err);
        const double bend = sum_of(g);
        if (!(bend > 0) || !(along > 0)) /* nothing is left to go along: as near as doubles come */
            break;
        pass go = { .g = f, .a = f->x, .b = f->r, .c = f->t, .d = g->p, .part = g->part, .scale = along / bend };
        if (st == TOMO_OK)
            st = over(g->ctx, step, &go, err);
        rest = sum_of(g);
        if (st == TOMO_OK)
            st = tomo__job_step(job, fmin(1, log(1 + *steps) / log(1 + (double)iterations)), err);
    }
    tomo__free(g->ctx, spare - f->pad);
    return st;
}
