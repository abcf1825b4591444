/* fuzz_format_webp.c - WebP pictures from memory. */
#include "fuzz_format.h"

static bool mark(const uint8_t *file, size_t size) { return size >= 12 && memcmp(file, "RIFF", 4) == 0; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return fuzz_format(data, size, mark); }
