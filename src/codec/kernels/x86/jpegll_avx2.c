/* jpegll_avx2.c - the row loops of lossless JPEG with BMI2, whose shifts take a third of the work. */
#define ROWS tomo__jpegll_rows_avx2
#include "codec/kernels/jpegll_body.h"
