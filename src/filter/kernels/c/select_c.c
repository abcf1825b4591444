/* select_c.c - medians by selection network in plain C. */
#include "filter/filter_internal.h"
#include "filter/kernels/select_networks.h"

#define T uint8_t
#define NAME(x) x##_uint8_t
#include "select_body.h"
#undef T
#undef NAME
#define T int8_t
#define NAME(x) x##_int8_t
#include "select_body.h"
#undef T
#undef NAME
#define T uint16_t
#define NAME(x) x##_uint16_t
#include "select_body.h"
#undef T
#undef NAME
#define T int16_t
#define NAME(x) x##_int16_t
#include "select_body.h"
#undef T
#undef NAME
#define T uint32_t
#define NAME(x) x##_uint32_t
#include "select_body.h"
#undef T
#undef NAME
#define T int32_t
#define NAME(x) x##_int32_t
#include "select_body.h"
#undef T
#undef NAME

/* Floats as whole numbers in the same order; NaN of either sign goes last. */
static void to_keys(int32_t *out, const float *in, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        int32_t bits;
        memcpy(&bits, &in[i], sizeof bits);
        out[i] = in[i] != in[i] ? INT32_MAX : bits < 0 ? bits ^ INT32_MAX : bits;
    }
}

static void from_keys(float *out, const int32_t *in, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const int32_t bits = in[i] < 0 ? in[i] ^ INT32_MAX : in[i];
        memcpy(&out[i], &bits, sizeof bits);
    }
}

#define BY_TYPE(size)                                                                                                  \
    {                                                                                                                  \
        NULL, select_##size##_uint8_t, select_##size##_int8_t, select_##size##_uint16_t, select_##size##_int16_t,      \
            select_##size##_uint32_t, select_##size##_int32_t                                                          \
    }
const tomo__select tomo__select_c = { { BY_TYPE(3x3), BY_TYPE(5x5), BY_TYPE(9x3) }, to_keys, from_keys };
