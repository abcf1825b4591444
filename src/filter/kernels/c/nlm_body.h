/* nlm_body.h - row kernels of non-local means for REAL; included twice by each of nlm_c.c, nlm_avx2.c and nlm_avx512.c.
 * The loops are plain C, and vectors are what the compiler makes of them: no operation is fused or reordered, so all
 * give the same bits. */

/* e^-x, 0 <= x <= 5, as scikit-image has it: the exponent's bits filled by a line (Schraudolph 1999, A fast, compact
 * approximation of the exponential function), up to 3 % off. */
#if REAL_IS_DOUBLE
static inline double NAME(decay)(double x)
{
    const int64_t bits = (int64_t)(int32_t)(1072632447.0 - x * 1512775.3951951856) << 32;
    double e;
    memcpy(&e, &bits, sizeof e);
    return e;
}
#else
static inline float NAME(decay)(float x)
{
    const int32_t bits = (int32_t)(1064866808.0f - x * 12102203.0f); /* the same, three bits finer */
    float e;
    memcpy(&e, &bits, sizeof e);
    return e;
}
#endif

static void NAME(differ)(void *out, const void *a, const void *b, int64_t n)
{
    REAL *restrict to = out;
    const REAL *restrict x = a, *restrict y = b;
    for (int64_t i = 0; i < n; i++) {
        const REAL d = x[i] - y[i];
        to[i] = d * d;
    }
}

static void NAME(add2)(REAL *restrict to, const REAL *restrict a, const REAL *restrict b, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] = a[i] + b[i];
}

static void NAME(add4)(REAL *restrict to, const REAL *restrict a, const REAL *restrict b, const REAL *restrict c,
                       const REAL *restrict d, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] = (a[i] + b[i]) + (c[i] + d[i]);
}

static void NAME(more2)(REAL *restrict to, const REAL *restrict a, const REAL *restrict b, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] += a[i] + b[i];
}

static void NAME(more4)(REAL *restrict to, const REAL *restrict a, const REAL *restrict b, const REAL *restrict c,
                        const REAL *restrict d, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] += (a[i] + b[i]) + (c[i] + d[i]);
}

static void NAME(add6)(REAL *restrict to, const REAL *restrict a, const REAL *restrict b, const REAL *restrict c,
                       const REAL *restrict d, const REAL *restrict e, const REAL *restrict f, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] = ((a[i] + b[i]) + (c[i] + d[i])) + (e[i] + f[i]);
}

static void NAME(add)(void *out, const void *const *rows, int64_t count, int64_t n)
{
    const REAL *const *row = (const REAL *const *)rows;
    int64_t k;
    if (count == 6) {
        NAME(add6)(out, row[0], row[1], row[2], row[3], row[4], row[5], n);
        return;
    }
    if (count % 4 == 2) {
        NAME(add2)(out, row[0], row[1], n);
        k = 2;
    } else {
        NAME(add4)(out, row[0], row[1], row[2], row[3], n);
        k = 4;
    }
    for (; k + 4 <= count; k += 4)
        NAME(more4)(out, row[k], row[k + 1], row[k + 2], row[k + 3], n);
    for (; k < count; k += 2)
        NAME(more2)(out, row[k], row[k + 1], n);
}

static void NAME(weigh)(void *row, double noise, double scale, int64_t n)
{
    REAL *restrict w = row;
    const REAL less = (REAL)noise, by = (REAL)scale;
    for (int64_t i = 0; i < n; i++) {
        const REAL rest = w[i] - less, x = (rest < 0 ? 0 : rest) * by;
        const REAL e = NAME(decay)(x <= 5 ? x : 5);
        w[i] = x <= 5 ? e : 0;
    }
}

static void NAME(gather)(void *value, void *sum, const void *weight, const void *from, int64_t n)
{
    REAL *restrict to = value, *restrict all = sum;
    const REAL *restrict w = weight, *restrict v = from;
    for (int64_t i = 0; i < n; i++) {
        const REAL part = w[i] * v[i];
        to[i] += w[i] > 0 ? part : 0;
        all[i] += w[i];
    }
}

const tomo__nlm SUFFIX = { sizeof(REAL), NAME(differ), NAME(add), NAME(weigh), NAME(gather) };
