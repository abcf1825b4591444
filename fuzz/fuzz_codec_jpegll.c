/* fuzz_codec_jpegll.c - lossless JPEG frames. */
#include "fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return fuzz_frame("jpegll", data, size); }
