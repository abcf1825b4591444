/* fuzz_codec_rle.c - RLE frames. */
#include "fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return fuzz_frame("rle", data, size); }
