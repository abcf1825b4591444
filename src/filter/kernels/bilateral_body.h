/* bilateral_body.h - the bilateral kernel on vectors of float; edge_avx2.c and edge_avx512.c include it with BYTES and
 * KEEP(x, least, a) (a where x >= least, else 0) set. Same operations in the same order as in bilateral_rest.h, so the
 * same bits. */

typedef float VEC_T __attribute__((vector_size(BYTES)));
typedef float VEC_M __attribute__((vector_size(BYTES), aligned(4), may_alias));
typedef uint32_t VEC_I __attribute__((vector_size(BYTES)));
enum { WIDE = BYTES / 4 };
#define GET(p) ((VEC_T) * (const VEC_M *)(p))

/* One tap on one vector: add to the weights and to the weighed differences from v. */
static inline void tap(VEC_T *sum, VEC_T *weights, VEC_T v, const float *from, float w, float fall)
{
    const VEC_T d = GET(from) - v, t = d * d * fall, big = t + 12582912.0f, f = t - (big - 12582912.0f);
    const VEC_T p = 1.0f + f * (0.693124193f + f * (0.240240986f + f * (0.0559064247f + f * 0.00958285299f)));
    const VEC_T e = KEEP(t, -126.0f, (VEC_T)((VEC_I)p + ((VEC_I)big << 23)) * w);
    *weights += e;
    *sum += KEEP(t, -126.0f, e * d);
}

static void bilateral(float *out, const float *const *rows, const float *weight, float fall, int64_t taps, int64_t n)
{
    int64_t i = 0;
    for (; i + 2 * WIDE <= n; i += 2 * WIDE) {
        const VEC_T v0 = GET(rows[0] + i), v1 = GET(rows[0] + i + WIDE);
        VEC_T s0 = { 0 }, s1 = { 0 }, w0 = { 0 }, w1 = { 0 };
        w0 += weight[0], w1 += weight[0];
        for (int64_t k = 1; k < taps; k++) {
            tap(&s0, &w0, v0, rows[k] + i, weight[k], fall);
            tap(&s1, &w1, v1, rows[k] + i + WIDE, weight[k], fall);
        }
        *(VEC_M *)(out + i) = v0 + s0 / w0;
        *(VEC_M *)(out + i + WIDE) = v1 + s1 / w1;
    }
    tomo__bilateral_rest(out, rows, weight, fall, taps, i, n);
}
#define BILATERAL bilateral
