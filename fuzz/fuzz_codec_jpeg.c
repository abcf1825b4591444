/* fuzz_codec_jpeg.c - JPEG frames of any kind: 8 bits, 12 bits, sequential, progressive, lossless. */
#include "fuzz_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return fuzz_frame("jpeg", data, size); }
