/* rows_body.h - the row kernels in plain C for one type of real; included twice by rows_c.c with REAL, NAME(x) and
 * SUFFIX set. These loops are the meaning; the vector kernels give the same bits. */

static void NAME(fold)(void *out, const void *const *rows, const void *w, int64_t r, int64_t n)
{
    const REAL *weight = w, *center = rows[r];
    REAL *to = out;
    for (int64_t i = 0; i < n; i++)
        to[i] = weight[0] * center[i];
    for (int64_t k = 1; k <= r; k++) {
        const REAL *a = rows[r - k], *b = rows[r + k];
        for (int64_t i = 0; i < n; i++)
            to[i] += weight[k] * (a[i] + b[i]);
    }
}

static void NAME(blend)(void *out, const void *const *rows, const void *w, int64_t taps, int64_t n)
{
    const REAL *weight = w, *a = rows[0];
    REAL *to = out;
    for (int64_t i = 0; i < n; i++)
        to[i] = weight[0] * a[i];
    for (int64_t k = 1; k < taps; k++) {
        a = rows[k];
        for (int64_t i = 0; i < n; i++)
            to[i] += weight[k] * a[i];
    }
}

static void NAME(pick)(void *out, const void *in, const int32_t *first, const void *w, int64_t taps, int64_t n)
{
    const REAL *weight = w, *from = in;
    REAL *to = out;
    for (int64_t i = 0; i < n; i++) {
        REAL sum = weight[i] * from[first[i]];
        for (int64_t k = 1; k < taps; k++)
            sum += weight[k * n + i] * from[first[i] + k];
        to[i] = sum;
    }
}

#define LOAD(type)                                                                                                     \
    for (int64_t i = 0; i < n; i++)                                                                                    \
        to[i] = (REAL)((const type *)in)[i * step];                                                                    \
    break

static void NAME(load)(void *out, const void *in, tomo_dtype dtype, int64_t step, int64_t n)
{
    REAL *to = out;
    switch (dtype) {
    case TOMO_DTYPE_U8: LOAD(uint8_t);
    case TOMO_DTYPE_I8: LOAD(int8_t);
    case TOMO_DTYPE_U16: LOAD(uint16_t);
    case TOMO_DTYPE_I16: LOAD(int16_t);
    case TOMO_DTYPE_U32: LOAD(uint32_t);
    case TOMO_DTYPE_I32: LOAD(int32_t);
    case TOMO_DTYPE_U64: LOAD(uint64_t);
    case TOMO_DTYPE_I64: LOAD(int64_t);
    case TOMO_DTYPE_F32: LOAD(float);
    case TOMO_DTYPE_F64: LOAD(double);
    }
}
#undef LOAD

/* Bounds are compared before rounding: `over` is the least real past the type, so casts never overflow. */
#define STORE(type, least, over, most)                                                                                 \
    for (int64_t i = 0; i < n; i++) {                                                                                  \
        const REAL v = ROUND(from[i]);                                                                                 \
        ((type *)out)[i * step] = v != v               ? 0                                                             \
                                  : v < (REAL)(least)  ? (type)(least)                                                 \
                                  : v >= (REAL)(over) ? (most)                                                         \
                                                       : (type)v;                                                      \
    }                                                                                                                  \
    break

static void NAME(store)(void *out, tomo_dtype dtype, int64_t step, const void *in, int64_t n)
{
    const REAL *from = in;
    switch (dtype) {
    case TOMO_DTYPE_U8: STORE(uint8_t, 0, 256.0, UINT8_MAX);
    case TOMO_DTYPE_I8: STORE(int8_t, INT8_MIN, 128.0, INT8_MAX);
    case TOMO_DTYPE_U16: STORE(uint16_t, 0, 65536.0, UINT16_MAX);
    case TOMO_DTYPE_I16: STORE(int16_t, INT16_MIN, 32768.0, INT16_MAX);
    case TOMO_DTYPE_U32: STORE(uint32_t, 0, 4294967296.0, UINT32_MAX);
    case TOMO_DTYPE_I32: STORE(int32_t, INT32_MIN, 2147483648.0, INT32_MAX);
    case TOMO_DTYPE_U64: STORE(uint64_t, 0, 18446744073709551616.0, UINT64_MAX);
    case TOMO_DTYPE_I64: STORE(int64_t, INT64_MIN, 9223372036854775808.0, INT64_MAX);
    case TOMO_DTYPE_F32:
        for (int64_t i = 0; i < n; i++)
            ((float *)out)[i * step] = (float)from[i];
        break;
    case TOMO_DTYPE_F64:
        for (int64_t i = 0; i < n; i++)
            ((double *)out)[i * step] = (double)from[i];
        break;
    }
}
#undef STORE

const tomo__rows SUFFIX = { sizeof(REAL), NAME(fold), NAME(blend), NAME(pick), NAME(load), NAME(store) };
