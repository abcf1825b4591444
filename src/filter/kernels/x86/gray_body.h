/* gray_body.h - maxima of rows on vectors; included by gray_avx2.c and gray_avx512.c once for each K, the type of a
 * key, with NAME(x), VEC, GET(p), PUT(p, v) and MAX(a, b) set. Whole vectors are read and written past the end. */

#define LANES ((int64_t)(sizeof(VEC) / sizeof(K)))

static void NAME(unite)(void *to, const void *const *rows, int64_t count, int64_t n)
{
    const K *const *row = (const K *const *)rows;
    K *v = to;
    int64_t i = 0;
    for (; i + 3 * LANES < n; i += 4 * LANES) { /* four maxima stay in registers while the rows go by */
        VEC a = GET(row[0] + i), b = GET(row[0] + i + LANES), c = GET(row[0] + i + 2 * LANES);
        VEC d = GET(row[0] + i + 3 * LANES);
        for (int64_t k = 1; k < count; k++) {
            const K *r = row[k] + i;
            a = MAX(a, GET(r)), b = MAX(b, GET(r + LANES));
            c = MAX(c, GET(r + 2 * LANES)), d = MAX(d, GET(r + 3 * LANES));
        }
        PUT(v + i, a), PUT(v + i + LANES, b), PUT(v + i + 2 * LANES, c), PUT(v + i + 3 * LANES, d);
    }
    for (; i < n; i += LANES) {
        VEC a = GET(row[0] + i);
        for (int64_t k = 1; k < count; k++)
            a = MAX(a, GET(row[k] + i));
        PUT(v + i, a);
    }
}

static void NAME(spread)(void *to, void *row, int64_t len, int64_t n, bool first)
{
    K *v = to, *r = row;
    int64_t width = 1;
    for (; 2 * width <= len; width *= 2)
        for (int64_t i = 0; i < n + len - 2 * width; i += LANES)
            PUT(r + i, MAX(GET(r + i), GET(r + i + width)));
    const K *other = r + len - width;
    if (first)
        for (int64_t i = 0; i < n; i += LANES)
            PUT(v + i, MAX(GET(r + i), GET(other + i)));
    else
        for (int64_t i = 0; i < n; i += LANES)
            PUT(v + i, MAX(GET(v + i), MAX(GET(r + i), GET(other + i))));
}

#undef LANES
