/* fuzz_format_jpeg.c - JPEG pictures from memory. */
#include "fuzz_format.h"

static bool mark(const uint8_t *file, size_t size) { return size >= 2 && file[0] == 0xff && file[1] == 0xd8; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return fuzz_format(data, size, mark); }
