/* gray_body.h - maxima of rows on vectors; included by gray_avx2.c and gray_avx512.c once for each K, the type of a
 * key, with NAME(x), VEC, GET(p), PUT(p, v) and MAX(a, b) set. Whole vectors are read and written past the end. */

#define LANES ((int64_t)(sizeof(VEC) / sizeof(K)))
/* The largest of so many rows and four vectors. */
#define GATHER(from, number)                                                                                           \
    for (int64_t k = 0; k < number; k++) {                                                                             \
        const K *r = row[from + k] + i;                                                                                \
        a = MAX(a, GET(r)), b = MAX(b, GET(r + LANES));                                                                \
        c = MAX(c, GET(r + 2 * LANES)), d = MAX(d, GET(r + 3 * LANES));                                                \
    }
#define PUT_ALL(v) PUT(v + i, a), PUT(v + i + LANES, b), PUT(v + i + 2 * LANES, c), PUT(v + i + 3 * LANES, d)

static void NAME(unite)(void *to, const void *const *rows, int64_t count, int64_t n)
{
    const K *const *row = (const K *const *)rows;
    K *v = to;
    int64_t i = 0;
    for (; i + 3 * LANES < n; i += 4 * LANES) { /* four maxima stay in registers while the rows go by */
        VEC a = GET(row[0] + i), b = GET(row[0] + i + LANES), c = GET(row[0] + i + 2 * LANES);
        VEC d = GET(row[0] + i + 3 * LANES);
        GATHER(1, count - 1)
        PUT_ALL(v);
    }
    for (; i < n; i += LANES) {
        VEC a = GET(row[0] + i);
        for (int64_t k = 1; k < count; k++)
            a = MAX(a, GET(row[k] + i));
        PUT(v + i, a);
    }
}

static void NAME(pair)(void *to, void *next, const void *const *rows, int64_t common, int64_t ends, int64_t n)
{
    const K *const *row = (const K *const *)rows;
    K *v = to, *w = next;
    int64_t i = 0;
    for (; i + 3 * LANES < n; i += 4 * LANES) {
        const K *one = row[0] + i;
        VEC a = GET(one), b = GET(one + LANES), c = GET(one + 2 * LANES), d = GET(one + 3 * LANES);
        GATHER(1, common - 1)
        const VEC a0 = a, b0 = b, c0 = c, d0 = d;
        GATHER(common, ends)
        PUT_ALL(v);
        if (common) {
            a = a0, b = b0, c = c0, d = d0;
        } else {
            one = row[ends] + i;
            a = GET(one), b = GET(one + LANES), c = GET(one + 2 * LANES), d = GET(one + 3 * LANES);
        }
        GATHER(common + ends, ends)
        PUT_ALL(w);
    }
    for (; i < n; i += LANES) {
        VEC a = GET(row[0] + i), b = GET(row[common ? 0 : ends] + i);
        for (int64_t k = 1; k < common; k++)
            a = MAX(a, GET(row[k] + i));
        if (common)
            b = a;
        for (int64_t k = 0; k < ends; k++) {
            a = MAX(a, GET(row[common + k] + i));
            b = MAX(b, GET(row[common + ends + k] + i));
        }
        PUT(v + i, a), PUT(w + i, b);
    }
}

static void NAME(spread)(void *to, void *row, int64_t len, int64_t n, bool first)
{
    K *v = to, *r = row;
    int64_t width = 1; /* r[i] is the largest of so many; the last pass looks at two to four of those */
    for (; 4 * width < len; width *= 2)
        for (int64_t i = 0; i < n + len - 2 * width; i += LANES)
            PUT(r + i, MAX(GET(r + i), GET(r + i + width)));
    const K *second = r + (len < 2 * width ? len - width : width), *third = r + len - width, *fourth = third;
    if (3 * width < len)
        third = r + 2 * width;
    if (2 * width >= len && first)
        for (int64_t i = 0; i < n; i += LANES)
            PUT(v + i, MAX(GET(r + i), GET(second + i)));
    else if (2 * width >= len)
        for (int64_t i = 0; i < n; i += LANES)
            PUT(v + i, MAX(GET(v + i), MAX(GET(r + i), GET(second + i))));
    else if (third == fourth && first)
        for (int64_t i = 0; i < n; i += LANES)
            PUT(v + i, MAX(MAX(GET(r + i), GET(second + i)), GET(third + i)));
    else if (third == fourth)
        for (int64_t i = 0; i < n; i += LANES)
            PUT(v + i, MAX(MAX(GET(v + i), GET(third + i)), MAX(GET(r + i), GET(second + i))));
    else if (first)
        for (int64_t i = 0; i < n; i += LANES)
            PUT(v + i, MAX(MAX(GET(r + i), GET(second + i)), MAX(GET(third + i), GET(fourth + i))));
    else
        for (int64_t i = 0; i < n; i += LANES)
            PUT(v + i, MAX(MAX(MAX(GET(v + i), GET(r + i)), GET(second + i)), MAX(GET(third + i), GET(fourth + i))));
}

#undef LANES
#undef GATHER
#undef PUT_ALL
