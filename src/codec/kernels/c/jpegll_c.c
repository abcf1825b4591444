/* jpegll_c.c - the row loops of lossless JPEG for any processor. */
#define ROWS tomo__jpegll_rows_c
#include "codec/kernels/jpegll_body.h"
