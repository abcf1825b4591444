/* test_ops.c - the INIT macros of reading and writing series hold exactly what their tables say, field by field. */
#include <tomo/dicom.h>

#include "../t.h"

TEST(init_macros_equal_the_tables)
{
    tomo_series_options read, read_init = TOMO_SERIES_OPTIONS_INIT;
    tomo_series_write_options write, write_init = TOMO_SERIES_WRITE_OPTIONS_INIT;
    tomo_op_defaults(tomo_series_load_op(), &read);
    CHECK(read.struct_size == read_init.struct_size && read.raw == read_init.raw && read.suv == read_init.suv);
    CHECK(read.allow_gaps == read_init.allow_gaps && read.dtype == read_init.dtype);
    CHECK(read.tolerance_mm == read_init.tolerance_mm && read.straighten == read_init.straighten);
    CHECK(read.real_world == read_init.real_world);
    memset(&write, 0, sizeof write);
    tomo_op_defaults(tomo_series_write_op(), &write);
    CHECK(write.struct_size == write_init.struct_size && !write.like && !write.modality && !write.seed);
}

TEST(words_of_the_tables_are_the_numbers_of_the_header)
{
    tomo_series_options o;
    tomo_op_defaults(tomo_series_load_op(), &o);
    CHECK_OK(tomo_op_set(tomo_series_load_op(), &o, "suv", "lbm-janma", &t->err));
    CHECK_INT(o.suv, TOMO_SUV_LBM_JANMA);
    CHECK_OK(tomo_op_set(tomo_series_load_op(), &o, "suv", "bsa", &t->err));
    CHECK_INT(o.suv, TOMO_SUV_BSA);
    for (int d = TOMO_DTYPE_U8; d <= TOMO_DTYPE_F64; d++) {
        CHECK_OK(tomo_op_set(tomo_series_load_op(), &o, "dtype", tomo_dtype_name((tomo_dtype)d), &t->err));
        CHECK_INT(o.dtype, d);
    }
}
