/* series_convert.c - stored samples to voxels: unused bits away, rescale, type. The case that matters, 16-bit samples
 * to 16-bit voxels with a whole intercept, is one pass of whole-number arithmetic in place, which compilers turn into
 * SIMD; everything else goes through double, as PS3.3 C.11.1.1.2 has it: value * slope + intercept. */
#include "dicom/series_internal.h"

#include <math.h>

enum { CHUNK = 512 };

/* stored = signed or unsigned 16 bits; intercept modulo 2^16 is right because the result is known to fit, or
 * checked. */
static void add_i16(int16_t *v, size_t n, int up, int down, int16_t add)
{
    for (size_t i = 0; i < n; i++)
        v[i] = (int16_t)(uint16_t)((uint16_t)((int16_t)((uint16_t)v[i] << up) >> down) + (uint16_t)add);
}

static void add_u16(uint16_t *v, size_t n, int up, int down, uint16_t add)
{
    for (size_t i = 0; i < n; i++)
        v[i] = (uint16_t)((uint16_t)((uint16_t)(v[i] << up) >> down) + add);
}

/* Smallest and largest after cleaning, before anything is changed. */
static void range_16(const tomo__convert *c, const void *stored, size_t n, int up, int down, int32_t *lo, int32_t *hi)
{
    int32_t a = INT32_MAX, b = INT32_MIN;
    if (c->desc.is_signed) {
        const int16_t *v = stored;
        for (size_t i = 0; i < n; i++) {
            const int32_t x = (int16_t)((uint16_t)v[i] << up) >> down;
            a = x < a ? x : a;
            b = x > b ? x : b;
        }
    } else {
        const uint16_t *v = stored;
        for (size_t i = 0; i < n; i++) {
            const int32_t x = (uint16_t)(v[i] << up) >> down;
            a = x < a ? x : a;
            b = x > b ? x : b;
        }
    }
    *lo = a;
    *hi = b;
}

static bool whole_16(const tomo__convert *c)
{
    return c->desc.bits_allocated == 16 && (c->to == TOMO_DTYPE_I16 || c->to == TOMO_DTYPE_U16) && c->slope == 1 &&
           c->intercept == floor(c->intercept) && fabs(c->intercept) <= 65535;
}

static bool run_whole_16(const tomo__convert *c, void *stored, void *voxels, size_t n)
{
    const int up = 15 - c->desc.high_bit, down = 16 - c->desc.bits_stored;
    const int32_t add = (int32_t)c->intercept;
    double lo, hi;
    const double floor_to = c->to == TOMO_DTYPE_I16 ? -32768 : 0, top = c->to == TOMO_DTYPE_I16 ? 32767 : 65535;
    tomo__convert_range(c, &lo, &hi);
    if (lo < floor_to || hi > top) {
        int32_t a, b;
        range_16(c, stored, n, up, down, &a, &b);
        if (n && (a + add < floor_to || b + add > top))
            return false;
    }
    if (voxels != stored)
        memcpy(voxels, stored, n * 2);
    if (c->desc.is_signed)
        add_i16(voxels, n, up, down, (int16_t)(uint16_t)(uint32_t)add);
    else
        add_u16(voxels, n, up, down, (uint16_t)(uint32_t)add);
    return true;
}

#define LOAD(type)                                                                                                     \
    do {                                                                                                               \
        const type *v = (const type *)stored + at;                                                                     \
        for (size_t i = 0; i < n; i++)                                                                                 \
            d[i] = (double)v[i];                                                                                       \
    } while (0)

static void load(tomo_dtype from, const void *stored, size_t at, size_t n, double *d)
{
    switch (from) {
    case TOMO_DTYPE_U8:
        LOAD(uint8_t);
        break;
    case TOMO_DTYPE_I8:
        LOAD(int8_t);
        break;
    case TOMO_DTYPE_U16:
        LOAD(uint16_t);
        break;
    case TOMO_DTYPE_I16:
        LOAD(int16_t);
        break;
    case TOMO_DTYPE_U32:
        LOAD(uint32_t);
        break;
    case TOMO_DTYPE_I32:
        LOAD(int32_t);
        break;
    case TOMO_DTYPE_U64:
        LOAD(uint64_t);
        break;
    case TOMO_DTYPE_I64:
        LOAD(int64_t);
        break;
    case TOMO_DTYPE_F32:
        LOAD(float);
        break;
    case TOMO_DTYPE_F64:
        LOAD(double);
        break;
    }
}

/* Nearest-even and saturated; NaN becomes 0. `top` is the first double above the type's range where the range's end
 * itself is no double (64 bits). */
#define STORE(type, lo, top)                                                                                           \
    do {                                                                                                               \
        type *v = (type *)voxels + at;                                                                                 \
        for (size_t i = 0; i < n; i++) {                                                                               \
            const double r = rint(d[i]);                                                                               \
            v[i] = r >= (top)  ? (type)(hi_of(sizeof(type), (lo) < 0))                                                 \
                   : r > (lo)  ? (type)r                                                                               \
                   : r <= (lo) ? (type)(lo)                                                                            \
                               : 0;                                                                                    \
        }                                                                                                              \
    } while (0)

static uint64_t hi_of(size_t bytes, bool is_signed) { return UINT64_MAX >> (64 - 8 * bytes + is_signed); }

static void store(tomo_dtype to, void *voxels, size_t at, size_t n, const double *d)
{
    switch (to) {
    case TOMO_DTYPE_U8:
        STORE(uint8_t, 0.0, 255.0);
        break;
    case TOMO_DTYPE_I8:
        STORE(int8_t, -128.0, 127.0);
        break;
    case TOMO_DTYPE_U16:
        STORE(uint16_t, 0.0, 65535.0);
        break;
    case TOMO_DTYPE_I16:
        STORE(int16_t, -32768.0, 32767.0);
        break;
    case TOMO_DTYPE_U32:
        STORE(uint32_t, 0.0, 4294967295.0);
        break;
    case TOMO_DTYPE_I32:
        STORE(int32_t, -2147483648.0, 2147483647.0);
        break;
    case TOMO_DTYPE_U64:
        STORE(uint64_t, 0.0, 18446744073709551616.0);
        break;
    case TOMO_DTYPE_I64:
        STORE(int64_t, -9223372036854775808.0, 9223372036854775808.0);
        break;
    case TOMO_DTYPE_F32:
        for (size_t i = 0; i < n; i++)
            ((float *)voxels)[at + i] = (float)d[i];
        break;
    case TOMO_DTYPE_F64:
        memcpy((double *)voxels + at, d, n * sizeof *d);
        break;
    }
}

static void type_range(tomo_dtype t, double *lo, double *hi)
{
    const size_t bytes = tomo_dtype_size(t);
    const bool is_signed = t == TOMO_DTYPE_I8 || t == TOMO_DTYPE_I16 || t == TOMO_DTYPE_I32 || t == TOMO_DTYPE_I64;
    *hi = (double)hi_of(bytes, is_signed);
    *lo = is_signed ? -*hi - 1 : 0;
}

static bool run_double(const tomo__convert *c, void *stored, void *voxels, size_t count)
{
    double d[CHUNK], lo = -INFINITY, hi = INFINITY;
    if (c->check && c->to != TOMO_DTYPE_F32 && c->to != TOMO_DTYPE_F64)
        type_range(c->to, &lo, &hi);
    for (size_t at = 0; at < count; at += CHUNK) {
        const size_t n = TOMO__MIN((size_t)CHUNK, count - at);
        bool fits = true;
        load(c->from, stored, at, n, d);
        for (size_t i = 0; i < n; i++) {
            d[i] = d[i] * c->slope + c->intercept;
            fits &= d[i] >= lo && d[i] <= hi;
        }
        if (c->check && !fits)
            return false;
        store(c->to, voxels, at, n, d);
    }
    return true;
}

bool tomo__convert_run(const tomo__convert *c, void *stored, void *voxels, size_t count)
{
    if (whole_16(c) && run_whole_16(c, stored, voxels, count))
        return true;
    if (whole_16(c) && c->check)
        return false;
    tomo__bits_clean(&c->desc, stored, count);
    if (c->slope == 1 && c->intercept == 0 && c->from == c->to) { /* 64-bit whole numbers don't survive double */
        memmove(voxels, stored, count * tomo_dtype_size(c->to));
        return true;
    }
    return run_double(c, stored, voxels, count);
}

void tomo__convert_range(const tomo__convert *c, double *lo, double *hi)
{
    double a, b;
    if (c->desc.is_float) {
        *lo = -INFINITY;
        *hi = INFINITY;
        return;
    }
    b = ldexp(1, c->desc.bits_stored - c->desc.is_signed) - 1;
    a = c->desc.is_signed ? -b - 1 : 0;
    a = a * c->slope + c->intercept;
    b = b * c->slope + c->intercept;
    *lo = fmin(a, b);
    *hi = fmax(a, b);
}
