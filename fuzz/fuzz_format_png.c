/* fuzz_format_png.c - PNG pictures from memory. */
#include "fuzz_format.h"

static bool mark(const uint8_t *file, size_t size) { return size >= 8 && memcmp(file, "\x89PNG", 4) == 0; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return fuzz_format(data, size, mark); }
