/* image_c.c - the plain C level: what every other level must equal. */
#define TOMO__LEVEL_C
#include "image/kernels/generic.h"

const tomo__image_kernels tomo__image_kernels_c = {
    .convert = CONVERT_TABLE,
    .whole_sums = { NULL, whole_sums_u8, whole_sums_i8, whole_sums_u16, whole_sums_i16, whole_sums_u32, whole_sums_i32,
                    whole_sums_u64, whole_sums_i64 },
    .real_sums = { real_sums_f32, real_sums_f64 },
    .ramp = RAMP_TABLE,
    .fast_ramp = { NULL },
};
