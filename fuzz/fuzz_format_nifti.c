/* fuzz_format_nifti.c - NIfTI files from memory, plain and gzip. */
#include "fuzz_format.h"

static bool any(const uint8_t *file, size_t size) { return true; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return fuzz_format(data, size, any); }
