/* sample_body.h - cubic and sinc samples of REAL; included with REAL and NAME(x) set by sample_c.c and by the x86
 * files, which compile the same operations in the same order for their processors. */

typedef REAL NAME(four) __attribute__((vector_size(4 * sizeof(REAL))));
typedef REAL NAME(eight) __attribute__((vector_size(8 * sizeof(REAL))));

/* Two rows of four coefficients, anywhere in memory. (A wide vector that is returned needs the processor to have it.)
 */
static inline void NAME(rows)(NAME(eight) * out, const REAL *a, const REAL *b)
{
    NAME(four) u, v;
    memcpy(&u, a, sizeof u);
    memcpy(&v, b, sizeof v);
    *out = __builtin_shufflevector(u, v, 0, 1, 2, 3, 4, 5, 6, 7);
}

/* Weights of four coefficients a sample along one axis, and the offset of the first of them. */
static inline void NAME(weights)(REAL *w, double *low, const double *p, double stride, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const double f = (double)((int32_t)(p[i] + 1) - 1); /* floor, as p >= -0.5 */
        const REAL t = (REAL)(p[i] - f), u = 1 - t, sixth = (REAL)(1.0 / 6), two_thirds = (REAL)(2.0 / 3);
        w[i] = u * u * u * sixth;
        w[TOMO__SPOTS + i] = two_thirds - t * t * (1 - t / 2);
        w[2 * TOMO__SPOTS + i] = two_thirds - u * u * (1 - u / 2);
        w[3 * TOMO__SPOTS + i] = t * t * t * sixth;
        low[i] += (f - 1) * stride;
    }
}

/* The 16 rows of four coefficients (4 in 2D) around a sample, two at once; then along x. */
static void NAME(cubic)(void *out, const tomo__volume *v, const double *const p[3], int64_t n)
{
    REAL w[3][4 * TOMO__SPOTS], sums[4 * TOMO__SPOTS], *to = out;
    double low[TOMO__SPOTS];
    const int planes = v->size[2] > 1 ? 4 : 1;
    const int64_t row = v->stride[1], plane = v->stride[2];
    for (int64_t i = 0; i < n; i++)
        low[i] = 0;
    for (int axis = 0; axis < (planes > 1 ? 3 : 2); axis++)
        NAME(weights)(w[axis], low, p[axis], (double)v->stride[axis], n);
    for (int64_t i = 0; i < n; i++) {
        const REAL *at = (const REAL *)v->data + (int64_t)low[i];
        const REAL a = w[1][i], b = w[1][TOMO__SPOTS + i], c = w[1][2 * TOMO__SPOTS + i], d = w[1][3 * TOMO__SPOTS + i];
        const NAME(eight) ab = { a, a, a, a, b, b, b, b }, cd = { c, c, c, c, d, d, d, d };
        NAME(eight) first, second;
        NAME(rows)(&first, at, at + row);
        NAME(rows)(&second, at + 2 * row, at + 3 * row);
        NAME(eight) sum = ab * first + cd * second;
        if (planes > 1) {
            sum *= w[2][i];
            for (int k = 1; k < 4; k++) {
                at += plane;
                NAME(rows)(&first, at, at + row);
                NAME(rows)(&second, at + 2 * row, at + 3 * row);
                sum += w[2][k * TOMO__SPOTS + i] * (ab * first + cd * second);
            }
        }
        const NAME(four) four =
            __builtin_shufflevector(sum, sum, 0, 1, 2, 3) + __builtin_shufflevector(sum, sum, 4, 5, 6, 7);
        memcpy(sums + 4 * i, &four, sizeof four);
    }
    for (int64_t i = 0; i < n; i++)
        to[i] = w[0][i] * sums[4 * i] + w[0][TOMO__SPOTS + i] * sums[4 * i + 1] +
                w[0][2 * TOMO__SPOTS + i] * sums[4 * i + 2] + w[0][3 * TOMO__SPOTS + i] * sums[4 * i + 3];
}

/* The rows of `taps` voxels around a sample, put together one beside the other; then along x. */
static inline __attribute__((always_inline)) REAL NAME(window)(const REAL *at, const tomo__volume *v, int taps,
                                                               const double w[3][2 * TOMO__LANCZOS_MOST])
{
    REAL sum[2 * TOMO__LANCZOS_MOST] = { 0 }, all = 0;
    for (int kz = 0; kz < (v->size[2] > 1 ? taps : 1); kz++)
        for (int ky = 0; ky < taps; ky++) {
            const REAL *row = at + kz * v->stride[2] + ky * v->stride[1], weight = (REAL)(w[2][kz] * w[1][ky]);
            for (int kx = 0; kx < taps; kx++)
                sum[kx] += weight * row[kx];
        }
    for (int kx = 0; kx < taps; kx++)
        all += (REAL)w[0][kx] * sum[kx];
    return all;
}

static void NAME(sinc)(void *out, const tomo__volume *v, const double *const p[3], int64_t n)
{
    const int32_t radius = v->window->radius;
    REAL *to = out;
    for (int64_t i = 0; i < n; i++) {
        double w[3][2 * TOMO__LANCZOS_MOST] = { { 0 }, { 0 }, { 1 } };
        const REAL *at = v->data;
        for (int axis = 0; axis < (v->size[2] > 1 ? 3 : 2); axis++) {
            const int32_t f = (int32_t)(p[axis][i] + 1) - 1;
            tomo__lanczos_weights(v->window, w[axis], p[axis][i] - (double)f);
            at += (f - radius + 1) * v->stride[axis];
        }
        switch (radius) {
        case 2:
            to[i] = NAME(window)(at, v, 4, w);
            break;
        case 3:
            to[i] = NAME(window)(at, v, 6, w);
            break;
        case 4:
            to[i] = NAME(window)(at, v, 8, w);
            break;
        default:
            to[i] = NAME(window)(at, v, 10, w);
        }
    }
}
