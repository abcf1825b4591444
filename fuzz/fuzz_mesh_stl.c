/* fuzz_mesh_stl.c - STL files, binary and text. */
#include "fuzz_mesh.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return fuzz_mesh(&mesh__stl, data, size); }
