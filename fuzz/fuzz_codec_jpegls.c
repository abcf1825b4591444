/* fuzz_codec_jpegls.c - JPEG-LS frames. */
#include "fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return fuzz_frame("jpegls", data, size); }
