/* fuzz_format_tiff.c - TIFF pages from memory. */
#include "fuzz_format.h"

static bool mark(const uint8_t *file, size_t size)
{
    return size >= 4 && (file[0] == file[1]) && (file[0] == 'I' || file[0] == 'M');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return fuzz_format(data, size, mark); }
