/* fuzz_codec_j2k.c - JPEG 2000 frames. */
#include "fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return fuzz_frame("j2k", data, size); }
