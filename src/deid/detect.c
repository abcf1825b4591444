/* detect.c - lines of text in a picture, without a model: strokes that stand out from what is around them (top-hat,
 * both polarities) form pieces; pieces of like height and brightness that stand on one line close together are text. It
 * is meant to find too much rather than too little: what it finds is blanked, not read. */
#include "deid/deid_internal.h"

#include <stdlib.h>

#define NOISE_SIGMAS 3.1 /* above the mean of noise */

enum {
    REACH = 9,      /* half the window of the top-hat: strokes up to 18 pixels wide */
    MIN_HEIGHT = 5, /* of a piece */
    MAX_HEIGHT = 72,
    SMALL = 24, /* up to here letters may touch and make one piece of a word */
    CELL = 32,
    LETTERS = 3,         /* that make a line; one more of small ones */
    TURNED_LETTERS = 5,  /* and across the rows, where there is seldom text and as much texture */
    TURNED_CONTRAST = 1, /* as index into contrasts[] */
    NOISE_CELL = 16,
    NOISE_NEAR = 2, /* cells to each side */
    MAX_PIECES = 1 << 16 /* more is noise, of which the largest are looked at */
};

typedef struct piece {
    int32_t x0, y0, x1, y1; /* inclusive */
    uint32_t area, runs, peak, strong;
    int32_t line; /* union-find parent */
    int32_t next; /* in its cell */
} piece;

typedef struct run {
    int32_t x0, x1, parent;
} run;

/* Running minimum (or maximum) of 2 REACH + 1 values along lines of `n` with `stride`, by blocks (van Herk,
 * Gil-Werman): three comparisons a value whatever the window. */
static void extreme_line(const uint8_t *in, uint8_t *out, int64_t n, int64_t stride, bool maximum, uint8_t *scratch)
{
    const int64_t window = 2 * REACH + 1, padded = n + 2 * REACH;
    const uint8_t edge = maximum ? 0 : 255;
    uint8_t *value = scratch, *forward = scratch + padded, *backward = forward + padded;
#define PICK(a, b) (maximum ? TOMO__MAX(a, b) : TOMO__MIN(a, b))
    memset(value, edge, REACH);
    for (int64_t i = 0; i < n; i++)
        value[REACH + i] = in[i * stride];
    memset(value + REACH + n, edge, REACH);
    for (int64_t i = 0; i < padded; i++)
        forward[i] = i % window == 0 ? value[i] : PICK(forward[i - 1], value[i]);
    for (int64_t i = padded - 1; i >= 0; i--)
        backward[i] = i == padded - 1 || i % window == window - 1 ? value[i] : PICK(backward[i + 1], value[i]);
    for (int64_t i = 0; i < n; i++)
        out[i * stride] = PICK(backward[i], forward[i + window - 1]);
#undef PICK
}

static void extreme(uint8_t *picture, int32_t w, int32_t h, bool maximum, uint8_t *scratch)
{
    for (int32_t y = 0; y < h; y++)
        extreme_line(picture + (size_t)y * (size_t)w, picture + (size_t)y * (size_t)w, w, 1, maximum, scratch);
    for (int32_t x = 0; x < w; x++)
        extreme_line(picture + x, picture + x, h, w, maximum, scratch);
}

/* ---- noise ------------------------------------------------------------------------------------------------------ */

/* Where `part` of `n` values lie below, between whole gray levels too. */
static double quantile(const uint16_t *count, double n, double part)
{
    double below = 0;
    for (int v = 0; v < 256; v++) {
        if (count[v] && below + count[v] >= part * n)
            return v - 0.5 + (part * n - below) / count[v];
        below += count[v];
    }
    return 255;
}

/* How far noise alone stands out in one cell. Of Gaussian noise, white or not, the top-hats are that noise plus a
 * level: how far the lowest points of the surroundings lie. Both are told from quantiles below the median, where
 * strokes, which cover less than half of a cell, are not: 40 and 10 of 100 lie 0.253 and 1.282 sigma under the mean.
 * Of white noise the level is 2.4 sigma, so that a stroke has to stand out by 5.5 in all: one pixel of noise in a
 * thousand does. */
static uint8_t noise_of(const uint8_t *hat, int32_t w, int32_t h, int32_t x0, int32_t y0)
{
    const int32_t x1 = TOMO__MIN(x0 + NOISE_CELL, w), y1 = TOMO__MIN(y0 + NOISE_CELL, h);
    uint16_t count[256] = { 0 };
    for (int32_t y = y0; y < y1; y++)
        for (int32_t x = x0; x < x1; x++)
            count[hat[(size_t)y * (size_t)w + (size_t)x]]++;
    const double n = (double)(x1 - x0) * (y1 - y0), middle = quantile(count, n, 0.40);
    const double sigma = (middle - quantile(count, n, 0.10)) / (1.282 - 0.253);
    return (uint8_t)TOMO__MIN(TOMO__MAX(middle + (0.253 + NOISE_SIGMAS) * sigma, 0.0), 255.0);
}

/* What a cell has of noise, or a third of the cells at most two away if that is less. */
static uint8_t noise_near(const uint8_t *noise, int32_t across, int32_t down, int32_t i, int32_t j)
{
    uint16_t count[256] = { 0 };
    int32_t n = 0, below = 0, v = 0;
    for (int32_t y = TOMO__MAX(j - NOISE_NEAR, 0); y <= TOMO__MIN(j + NOISE_NEAR, down - 1); y++)
        for (int32_t x = TOMO__MAX(i - NOISE_NEAR, 0); x <= TOMO__MIN(i + NOISE_NEAR, across - 1); x++, n++)
            count[noise[(size_t)y * (size_t)across + (size_t)x]]++;
    while ((below += count[v]) * 3 < n)
        v++;
    return TOMO__MIN((uint8_t)v, noise[(size_t)j * (size_t)across + (size_t)i]);
}

/* Top-hats that do not stand out from the noise around them become 0. Neighbors are asked since a large letter may
 * cover more than half of a cell; noise beside a quiet place does not hide what is faint there. */
static tomo_status drop_noise(tomo_ctx *ctx, uint8_t *hat, int32_t w, int32_t h, tomo_error *err)
{
    const int32_t across = (w + NOISE_CELL - 1) / NOISE_CELL, down = (h + NOISE_CELL - 1) / NOISE_CELL;
    uint8_t *noise = tomo__alloc(ctx, (size_t)across * (size_t)down);
    if (!noise)
        return tomo__no_memory(ctx, err, (size_t)across * (size_t)down, "the noise of an image");
    for (int32_t j = 0; j < down; j++)
        for (int32_t i = 0; i < across; i++)
            noise[(size_t)j * (size_t)across + (size_t)i] = noise_of(hat, w, h, i * NOISE_CELL, j * NOISE_CELL);
    for (int32_t j = 0; j < down; j++)
        for (int32_t i = 0; i < across; i++) {
            const uint8_t least = noise_near(noise, across, down, i, j);
            for (int32_t y = j * NOISE_CELL; y < TOMO__MIN((j + 1) * NOISE_CELL, h); y++)
                for (int32_t x = i * NOISE_CELL; x < TOMO__MIN((i + 1) * NOISE_CELL, w); x++) {
                    uint8_t *p = &hat[(size_t)y * (size_t)w + (size_t)x];
                    *p = *p < least ? 0 : *p;
                }
        }
    tomo__free(ctx, noise);
    return TOMO_OK;
}

static int32_t root_of(run *runs, int32_t i)
{
    while (runs[i].parent != i) {
        runs[i].parent = runs[runs[i].parent].parent;
        i = runs[i].parent;
    }
    return i;
}

static size_t count_runs(const uint8_t *hat, size_t pixels, int32_t w, int32_t contrast)
{
    size_t n = 0;
    for (size_t i = 0; i < pixels; i++)
        n += hat[i] >= contrast && (i % (size_t)w == 0 || hat[i - 1] < contrast);
    return n;
}

/* Runs of stroke pixels, joined to those of the row above that touch them (8-connected); row[y] is the first of row y.
 */
static void find_runs(const uint8_t *hat, int32_t w, int32_t h, int32_t contrast, run *runs, int32_t *row)
{
    int32_t n = 0;
    for (int32_t y = 0; y < h; y++) {
        const uint8_t *p = hat + (size_t)y * (size_t)w;
        int32_t above = y ? row[y - 1] : 0, end = n;
        row[y] = n;
        for (int32_t x = 0; x < w; x++) {
            if (p[x] < contrast)
                continue;
            run r = { x, x, n };
            while (r.x1 + 1 < w && p[r.x1 + 1] >= contrast)
                r.x1++;
            runs[n] = r;
            while (above < end && runs[above].x1 < r.x0 - 1)
                above++;
            for (int32_t k = above; k < end && runs[k].x0 <= r.x1 + 1; k++) {
                int32_t a = root_of(runs, k), b = root_of(runs, n);
                runs[TOMO__MAX(a, b)].parent = TOMO__MIN(a, b);
            }
            n++;
            x = r.x1;
        }
    }
    row[h] = n;
}

/* Sum the runs of each piece up in the piece of its first run; index[] maps runs to pieces. */
static int32_t gather(const uint8_t *hat, int32_t w, int32_t h, run *runs, const int32_t *row, piece *pieces,
                      int32_t *index)
{
    int32_t n = 0;
    for (int32_t y = 0; y < h; y++)
        for (int32_t i = row[y]; i < row[y + 1]; i++) {
            int32_t r = root_of(runs, i);
            piece *p;
            if (r == i) {
                pieces[n] = (piece){ runs[i].x0, y, runs[i].x1, y, 0, 0, 0, 0, n, -1 };
                index[i] = n++;
            }
            p = &pieces[index[r]];
            p->x0 = TOMO__MIN(p->x0, runs[i].x0);
            p->x1 = TOMO__MAX(p->x1, runs[i].x1);
            p->y1 = y;
            p->runs++;
            p->area += (uint32_t)(runs[i].x1 - runs[i].x0 + 1);
            for (int32_t x = runs[i].x0; x <= runs[i].x1; x++)
                p->peak = TOMO__MAX(p->peak, hat[(size_t)y * (size_t)w + (size_t)x]);
        }
    for (int32_t y = 0; y < h; y++)
        for (int32_t i = row[y]; i < row[y + 1]; i++) {
            piece *p = &pieces[index[root_of(runs, i)]];
            for (int32_t x = runs[i].x0; x <= runs[i].x1; x++)
                p->strong += hat[(size_t)y * (size_t)w + (size_t)x] * 2u >= p->peak;
        }
    return n;
}

static int32_t height(const piece *p) { return p->y1 - p->y0 + 1; }
static int32_t width(const piece *p) { return p->x1 - p->x0 + 1; }

/* May it be a letter, or several that touch? Strokes crossed per row, against its width, tell letters from lines. */
static bool is_letter(const piece *p)
{
    int32_t w = width(p), h = height(p);
    double strokes = (double)p->runs / h;
    if (h < MIN_HEIGHT || h > MAX_HEIGHT || p->area < 5 || p->strong * 3 < p->area)
        return false;
    if (w > (h <= SMALL ? 14 : 5) * h || w * 12 < h)
        return false;
    return w <= 2 * h ? strokes <= 5 : strokes >= 0.6 * w / h && strokes <= 4.0 * w / h;
}

static int32_t line_of(piece *p, int32_t i)
{
    while (p[i].line != i) {
        p[i].line = p[p[i].line].line;
        i = p[i].line;
    }
    return i;
}

/* Do two pieces stand beside each other on one line? */
static bool neighbors(const piece *a, const piece *b)
{
    int32_t ha = height(a), hb = height(b), tall = TOMO__MAX(ha, hb), low = TOMO__MIN(ha, hb);
    int32_t overlap = TOMO__MIN(a->y1, b->y1) - TOMO__MAX(a->y0, b->y0) + 1;
    int32_t gap = TOMO__MAX(a->x0, b->x0) - TOMO__MIN(a->x1, b->x1) - 1;
    uint32_t bright = TOMO__MAX(a->peak, b->peak), faint = TOMO__MIN(a->peak, b->peak);
    return 10 * overlap >= 7 * low && tall * 10 <= low * 22 && gap <= tall && gap >= -low / 2 &&
           faint * 10 >= bright * 6;
}

static void join_lines(piece *pieces, int32_t n, int32_t *cells, int32_t across, int32_t down)
{
    memset(cells, 0xff, (size_t)across * (size_t)down * sizeof *cells);
    for (int32_t i = 0; i < n; i++) { /* by the left end */
        int32_t c = (pieces[i].y1 / CELL) * across + pieces[i].x0 / CELL;
        pieces[i].next = cells[c];
        cells[c] = i;
    }
    for (int32_t i = 0; i < n; i++) {
        const piece *p = &pieces[i];
        int32_t reach = TOMO__MIN(height(p) * 2, MAX_HEIGHT);
        int32_t x0 = TOMO__MAX(p->x1 - height(p), 0) / CELL, x1 = TOMO__MIN((p->x1 + reach) / CELL, across - 1);
        int32_t y0 = TOMO__MAX(p->y1 - height(p), 0) / CELL, y1 = TOMO__MIN((p->y1 + height(p)) / CELL, down - 1);
        for (int32_t y = y0; y <= y1; y++)
            for (int32_t x = x0; x <= x1; x++)
                for (int32_t k = cells[y * across + x], seen = 0; k >= 0 && seen < 256; k = pieces[k].next, seen++)
                    if (k != i && pieces[k].x0 >= p->x0 && neighbors(p, &pieces[k])) {
                        int32_t a = line_of(pieces, i), b = line_of(pieces, k);
                        pieces[TOMO__MAX(a, b)].line = TOMO__MIN(a, b);
                    }
    }
}

static int by_line(const void *a, const void *b)
{
    const piece *p = a, *q = b;
    return p->line != q->line ? (p->line < q->line ? -1 : 1)
           : p->x0 != q->x0   ? (p->x0 < q->x0 ? -1 : 1)
                              : p->y0 - q->y0;
}

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return x < y ? -1 : x > y;
}

/* A line of text: letters enough, most of them on one base line (or under one top line). */
static bool is_text(const piece *p, int32_t n, int32_t least, int32_t *scratch)
{
    int32_t letters = 0, low = 0, high = INT32_MAX, tall, base, top, on_base = 0, on_top = 0, slack;
    for (int32_t i = 0; i < n; i++) {
        letters += TOMO__MAX(1, width(&p[i]) * 10 / (height(&p[i]) * 9));
        scratch[i] = height(&p[i]);
    }
    qsort(scratch, (size_t)n, sizeof *scratch, by_number);
    tall = scratch[n / 2];
    for (int32_t i = 0; i < n; i++) {
        low = TOMO__MAX(low, p[i].y1);
        high = TOMO__MIN(high, p[i].y0);
    }
    if ((n < 2 && tall > SMALL) || letters < least + (tall < 8) ||
        low - high + 1 > 2 * tall + 2) /* texture joins into fields, not lines */
        return false;
    for (int32_t i = 0; i < n; i++)
        scratch[i] = p[i].y1;
    qsort(scratch, (size_t)n, sizeof *scratch, by_number);
    base = scratch[n / 2];
    for (int32_t i = 0; i < n; i++)
        scratch[i] = p[i].y0;
    qsort(scratch, (size_t)n, sizeof *scratch, by_number);
    top = scratch[n / 2];
    slack = TOMO__MAX(1, tall / 8);
    for (int32_t i = 0; i < n; i++) {
        on_base += abs(p[i].y1 - base) <= slack;
        on_top += abs(p[i].y0 - top) <= slack;
    }
    return TOMO__MAX(on_base, on_top) * 10 >= n * 7;
}

/* Pieces [from, end) that stand on one line. */
typedef struct group {
    int32_t x0, y0, x1, y1;
    bool text;
} group;

/* Words too short to be text alone (initials, units) are, if they go on from a line of text. */
static void extend(group *groups, int32_t n)
{
    int64_t lines = 0;
    for (int32_t i = 0; i < n; i++)
        lines += groups[i].text;
    if (lines * n > 1 << 24) /* texture */
        return;
    for (int32_t i = 0; lines && i < n; i++) {
        for (int32_t k = 0; k < n && !groups[i].text; k++) {
            const group *a = &groups[i], *b = &groups[k];
            int32_t tall = b->y1 - b->y0 + 1, own = a->y1 - a->y0 + 1;
            int32_t overlap = TOMO__MIN(a->y1, b->y1) - TOMO__MAX(a->y0, b->y0) + 1;
            int32_t gap = TOMO__MAX(a->x0, b->x0) - TOMO__MIN(a->x1, b->x1) - 1;
            groups[i].text = b->text && overlap * 10 >= own * 7 && own * 2 >= tall && gap <= 2 * tall;
        }
    }
}

static int32_t make_groups(piece *pieces, int32_t n, int32_t least, group *groups, int32_t *scratch)
{
    int32_t count = 0;
    for (int32_t i = 0; i < n; i++)
        pieces[i].line = line_of(pieces, i);
    qsort(pieces, (size_t)n, sizeof *pieces, by_line);
    for (int32_t i = 0, end; i < n; i = end) {
        group g = { pieces[i].x0, pieces[i].y0, pieces[i].x1, pieces[i].y1, false };
        for (end = i; end < n && pieces[end].line == pieces[i].line; end++) {
            g.y0 = TOMO__MIN(g.y0, pieces[end].y0);
            g.x1 = TOMO__MAX(g.x1, pieces[end].x1);
            g.y1 = TOMO__MAX(g.y1, pieces[end].y1);
        }
        g.text = is_text(pieces + i, end - i, least, scratch);
        groups[count++] = g;
    }
    return count;
}

static tomo_status add_lines(tomo_ctx *ctx, tomo__boxes *all, piece *pieces, int32_t n, int32_t least, int32_t *scratch,
                             int32_t w, int32_t h, tomo_error *err)
{
    group *groups = TOMO__ARRAY(ctx, (size_t)n + 1, group);
    int32_t count;
    tomo_status st = TOMO_OK;
    if (!groups)
        return tomo__no_memory(ctx, err, (size_t)n * sizeof *groups, "lines of text");
    count = make_groups(pieces, n, least, groups, scratch);
    extend(groups, count);
    for (int32_t i = 0; st == TOMO_OK && i < count; i++) {
        const group *g = &groups[i];
        int32_t margin = g->y1 - g->y0 + 1; /* letters at the ends that were missed, accents, points */
        int32_t beside =
            margin <= SMALL ? 2 * margin : margin; /* small ones are lost sooner, where they touch a line */
        int32_t x0 = TOMO__MAX(g->x0 - beside, 0), x1 = TOMO__MIN(g->x1 + beside, w - 1);
        int32_t y0 = TOMO__MAX(g->y0 - margin / 3 - 2, 0), y1 = TOMO__MIN(g->y1 + margin / 3 + 2, h - 1);
        if (g->text && !tomo__boxes_add(ctx, all, x0, y0, x1 - x0 + 1, y1 - y0 + 1))
            st = tomo__no_memory(ctx, err, all->count * sizeof *all->box, "boxes of text");
    }
    tomo__free(ctx, groups);
    return st;
}

/* Strokes of one polarity, which are bright in `hat`, that stand out by `contrast` gray levels. */
static tomo_status find_lines(tomo_ctx *ctx, tomo__boxes *all, const uint8_t *hat, int32_t w, int32_t h,
                              int32_t contrast, int32_t least, tomo_error *err)
{
    size_t n_runs = count_runs(hat, (size_t)w * (size_t)h, w, contrast);
    int32_t across = (w + CELL - 1) / CELL, down = (h + CELL - 1) / CELL, n, kept = 0;
    tomo_status st = TOMO_OK;
    if (n_runs == 0 || n_runs > INT32_MAX)
        return TOMO_OK;
    run *runs = TOMO__ARRAY(ctx, n_runs, run);
    int32_t *row = TOMO__ARRAY(ctx, (size_t)h + 1, int32_t), *index = TOMO__ARRAY(ctx, n_runs, int32_t);
    piece *pieces = TOMO__ARRAY(ctx, n_runs, piece);
    int32_t *cells = TOMO__ARRAY(ctx, (size_t)across * (size_t)down, int32_t);
    if (!runs || !row || !index || !pieces || !cells) {
        st = tomo__no_memory(ctx, err, n_runs * sizeof(piece), "strokes of an image");
    } else {
        find_runs(hat, w, h, contrast, runs, row);
        n = gather(hat, w, h, runs, row, pieces, index);
        for (int32_t i = 0; i < n && kept < MAX_PIECES; i++)
            if (is_letter(&pieces[i])) {
                pieces[kept] = pieces[i];
                pieces[kept].line = kept;
                kept++;
            }
        join_lines(pieces, kept, cells, across, down);
        st = add_lines(ctx, all, pieces, kept, least, index, w, h, err);
    }
    tomo__free(ctx, runs);
    tomo__free(ctx, row);
    tomo__free(ctx, index);
    tomo__free(ctx, pieces);
    tomo__free(ctx, cells);
    return st;
}

/* Faint text is found on an even ground, bright text also on an uneven one, where only it passes the higher levels. */
static const int32_t contrasts[] = { 16, 40, 80, 140 };

static tomo_status detect(tomo_ctx *ctx, tomo__boxes *all, const uint8_t *gray, int32_t w, int32_t h, bool turned,
                          tomo_error *err)
{
    size_t pixels = (size_t)w * (size_t)h, line = 3 * ((size_t)TOMO__MAX(w, h) + 2 * REACH);
    uint8_t *hat = tomo__alloc(ctx, pixels), *scratch = tomo__alloc(ctx, line);
    tomo_status st = TOMO_OK;
    if (!hat || !scratch)
        st = tomo__no_memory(ctx, err, pixels, "an image to search");
    for (int dark = 0; st == TOMO_OK && dark < 2; dark++) {
        memcpy(hat, gray, pixels);
        extreme(hat, w, h, dark, scratch);
        extreme(hat, w, h, !dark, scratch);
        for (size_t i = 0; i < pixels; i++)
            hat[i] = (uint8_t)(dark ? hat[i] - gray[i] : gray[i] - hat[i]);
        st = drop_noise(ctx, hat, w, h, err);
        for (size_t k = turned ? TURNED_CONTRAST : 0; st == TOMO_OK && k < TOMO__COUNT(contrasts); k++)
            st = find_lines(ctx, all, hat, w, h, contrasts[k], turned ? TURNED_LETTERS : LETTERS, err);
    }
    tomo__free(ctx, hat);
    tomo__free(ctx, scratch);
    return st;
}

/* Lines that run across, and then, in the picture with rows and columns exchanged, lines that run up or down and
 * letters that stand on each other. */
tomo_status tomo__deid_detect(tomo_ctx *ctx, tomo__boxes *all, const uint8_t *gray, int32_t w, int32_t h,
                              tomo_error *err)
{
    tomo_status st = detect(ctx, all, gray, w, h, false, err);
    const size_t from = all->count;
    uint8_t *turned;
    if (st != TOMO_OK)
        return st;
    if (!(turned = tomo__alloc(ctx, (size_t)w * (size_t)h)))
        return tomo__no_memory(ctx, err, (size_t)w * (size_t)h, "an image to search");
    for (int32_t y = 0; y < h; y++)
        for (int32_t x = 0; x < w; x++)
            turned[(size_t)x * (size_t)h + (size_t)y] = gray[(size_t)y * (size_t)w + (size_t)x];
    st = detect(ctx, all, turned, h, w, true, err);
    for (size_t i = from; i < all->count; i++) {
        int32_t *b = all->box[i];
        const int32_t back[4] = { b[1], b[0], b[3], b[2] };
        memcpy(b, back, sizeof back);
    }
    tomo__free(ctx, turned);
    return st;
}

bool tomo__boxes_add(tomo_ctx *ctx, tomo__boxes *b, int32_t x, int32_t y, int32_t w, int32_t h)
{
    if (b->count == b->room) {
        size_t room = b->room ? 2 * b->room : 16;
        void *box = tomo__realloc(ctx, b->box, room * sizeof *b->box);
        if (!box)
            return false;
        b->box = box;
        b->room = room;
    }
    int32_t *to = b->box[b->count++];
    to[0] = x;
    to[1] = y;
    to[2] = w;
    to[3] = h;
    return true;
}

int64_t tomo_deid_find_text(tomo_ctx *ctx, int32_t (*boxes)[4], size_t room, const uint8_t *gray, int32_t columns,
                            int32_t rows)
{
    tomo__boxes all = { 0 };
    int64_t n = -1;
    if (!ctx || !gray || columns < 1 || rows < 1)
        return -1;
    if (tomo__deid_detect(ctx, &all, gray, columns, rows, NULL) == TOMO_OK) {
        n = (int64_t)all.count;
        for (size_t i = 0; i < TOMO__MIN(room, all.count); i++)
            memcpy(boxes[i], all.box[i], sizeof *boxes);
    }
    tomo__free(ctx, all.box);
    return n;
}
