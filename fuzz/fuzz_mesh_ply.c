/* fuzz_mesh_ply.c - PLY files, as text and in both byte orders. */
#include "fuzz_mesh.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return fuzz_mesh(&mesh__ply, data, size); }
