/* edge_float_body.h - edge kernels that know float alone: Deriche's recursion, Canny's gradient and thinning. Each
 * level's edge_*.c includes it once, with FLOAT_SUFFIX and BILATERAL set; the loops are plain, so all levels give the
 * same bits. */

typedef double lanes __attribute__((vector_size(64)));
typedef float lanes_f32 __attribute__((vector_size(32), aligned(4), may_alias));
typedef double lanes_f64 __attribute__((vector_size(64), aligned(8), may_alias));

/* Causal, then anticausal, eight columns at a time and two of these side by side, so that one waits while the other
 * computes. The state before the first sample is that of an endless row of it. */
#define RECURSE(name, type, vec)                                                                                       \
    static void name(type *v, int64_t step, type *spare, const double *c, int64_t n)                                   \
    {                                                                                                                  \
        const double n0 = c[0], n1 = c[1], n2 = c[2], n3 = c[3], d1 = c[4], d2 = c[5], d3 = c[6], d4 = c[7];           \
        const double m1 = c[8], m2 = c[9], m3 = c[10], m4 = c[11], sum = 1 + d1 + d2 + d3 + d4;                        \
        const double gain = (n0 + n1 + n2 + n3) / sum, back = (m1 + m2 + m3 + m4) / sum;                               \
        lanes a1 = __builtin_convertvector(*(const vec *)v, lanes), a2 = a1, a3 = a1, p1 = a1 * gain, p2 = p1,         \
              p3 = p1, p4 = p1;                                                                                        \
        lanes b1 = __builtin_convertvector(*(const vec *)(v + 8), lanes), b2 = b1, b3 = b1, q1 = b1 * gain, q2 = q1,   \
              q3 = q1, q4 = q1;                                                                                        \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const lanes a = __builtin_convertvector(*(const vec *)(v + i * step), lanes);                              \
            const lanes b = __builtin_convertvector(*(const vec *)(v + i * step + 8), lanes);                          \
            const lanes p = a * n0 + a1 * n1 + a2 * n2 + a3 * n3 - (p2 * d2 + p3 * d3 + p4 * d4) - p1 * d1;            \
            const lanes q = b * n0 + b1 * n1 + b2 * n2 + b3 * n3 - (q2 * d2 + q3 * d3 + q4 * d4) - q1 * d1;            \
            a3 = a2, a2 = a1, a1 = a, p4 = p3, p3 = p2, p2 = p1, p1 = p;                                               \
            b3 = b2, b2 = b1, b1 = b, q4 = q3, q3 = q2, q2 = q1, q1 = q;                                               \
            *(vec *)(spare + i * 16) = __builtin_convertvector(p, vec);                                                \
            *(vec *)(spare + i * 16 + 8) = __builtin_convertvector(q, vec);                                            \
        }                                                                                                              \
        lanes a4, b4;                                                                                                  \
        a1 = a2 = a3 = a4 = __builtin_convertvector(*(const vec *)(v + (n - 1) * step), lanes);                        \
        b1 = b2 = b3 = b4 = __builtin_convertvector(*(const vec *)(v + (n - 1) * step + 8), lanes);                    \
        p1 = p2 = p3 = p4 = a1 * back, q1 = q2 = q3 = q4 = b1 * back;                                                  \
        for (int64_t i = n - 1; i >= 0; i--) {                                                                         \
            const lanes p = a1 * m1 + a2 * m2 + a3 * m3 + a4 * m4 - (p2 * d2 + p3 * d3 + p4 * d4) - p1 * d1;           \
            const lanes q = b1 * m1 + b2 * m2 + b3 * m3 + b4 * m4 - (q2 * d2 + q3 * d3 + q4 * d4) - q1 * d1;           \
            a4 = a3, a3 = a2, a2 = a1, a1 = __builtin_convertvector(*(const vec *)(v + i * step), lanes);              \
            b4 = b3, b3 = b2, b2 = b1, b1 = __builtin_convertvector(*(const vec *)(v + i * step + 8), lanes);          \
            p4 = p3, p3 = p2, p2 = p1, p1 = p, q4 = q3, q3 = q2, q2 = q1, q1 = q;                                      \
            const lanes a = __builtin_convertvector(*(const vec *)(spare + i * 16), lanes) + p;                        \
            const lanes b = __builtin_convertvector(*(const vec *)(spare + i * 16 + 8), lanes) + q;                    \
            *(vec *)(v + i * step) = __builtin_convertvector(a, vec);                                                  \
            *(vec *)(v + i * step + 8) = __builtin_convertvector(b, vec);                                              \
        }                                                                                                              \
    }
RECURSE(recurse, float, lanes_f32)
RECURSE(recurse_wide, double, lanes_f64)

static void gradient(float *magnitude, float *gx, float *gy, const float *const *rows, int64_t n)
{
    const float *up = rows[0], *at = rows[1], *down = rows[2];
    float *restrict m = magnitude, *restrict x = gx, *restrict y = gy;
    INDEPENDENT
    for (int64_t i = 0; i < n; i++) {
        x[i] = (up[i + 1] - up[i - 1]) + (down[i + 1] - down[i - 1]) + 2 * (at[i + 1] - at[i - 1]);
        y[i] = (down[i - 1] - up[i - 1]) + (down[i + 1] - up[i + 1]) + 2 * (down[i] - up[i]);
        m[i] = sqrtf(y[i] * y[i] + x[i] * x[i]);
    }
}

/* A ridge is at least as high as what lies to both sides along the gradient, between two neighbors each. */
static void thin(uint8_t *kind, const float *const *magnitude, const float *gx, const float *gy, float low, float high,
                 int64_t n)
{
    enum { BLOCK = 64 };
    const float *m0 = magnitude[0], *m1 = magnitude[1], *m2 = magnitude[2];
    int32_t block[BLOCK];
    for (int64_t from = 0; from < n; from += BLOCK) {
        const int64_t count = n - from < BLOCK ? n - from : BLOCK;
        int32_t any = 0;
        for (int64_t i = 0; i < count; i++)
            any |= m1[from + i] >= low;
        if (!any) { /* most of a picture */
            memset(kind + from, 0, (size_t)count);
            continue;
        }
        for (int64_t j = 0; j < count; j++) {
            const int64_t i = from + j;
            const float x = gx[i], y = gy[i], ax = fabsf(x), ay = fabsf(y), m = m1[i];
            const int32_t steep = ay > ax, falling = ((x < 0) & (y > 0)) | ((x > 0) & (y < 0));
            const float large = steep ? ay : ax, small = steep ? ax : ay;
            const float w = small / (large > 0 ? large : 1.0f), u = 1 - w;
            const float a0 = m0[i - 1], a1 = m0[i], a2 = m0[i + 1], c0 = m2[i - 1], c1 = m2[i], c2 = m2[i + 1];
            const float left = m1[i - 1], right = m1[i + 1];
            const float near1 = steep ? (falling ? a1 : c1) : right, far1 = falling ? a2 : c2;
            const float near2 = steep ? (falling ? c1 : a1) : left, far2 = falling ? c0 : a0;
            const int32_t ridge = (far1 * w + near1 * u <= m) & (far2 * w + near2 * u <= m) & (m >= low) & (m > 0);
            block[j] = ridge + (ridge & (m >= high));
        }
        for (int64_t j = 0; j < count; j++)
            kind[from + j] = (uint8_t)block[j];
    }
}

const tomo__edge_float FLOAT_SUFFIX = { BILATERAL, recurse, recurse_wide, gradient, thin };
