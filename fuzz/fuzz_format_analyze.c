/* fuzz_format_analyze.c - Analyze 7.5 pairs: an option byte, a header of 348 bytes, voxels. See fuzz_volume.h for what
 * must hold. */
#include "fuzz_volume.h"

enum { HEADER = 348 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    if (size < 1)
        return 0;
    o.raw = data[0] & 1;
    o.analyze_axes = (data[0] >> 1) % 3;
    o.time = data[0] & 8 ? data[0] >> 4 : -1;
    fuzz_folder();
    const size_t head = size - 1 < HEADER ? size - 1 : HEADER;
    fuzz_put("f.hdr", data + 1, head);
    fuzz_put("f.img", data + 1 + head, size - 1 - head);
    fuzz_load_path(data[0] & 128 ? "f.img" : "f.hdr", &o);
    return 0;
}
