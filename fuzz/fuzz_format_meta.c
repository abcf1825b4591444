/* fuzz_format_meta.c - MetaImage files. The first byte chooses options and whether the rest is a file in memory or a
 * header in a folder with four data files (a, b, 1, 2); see fuzz_volume.h for what must hold. */
#include "fuzz_volume.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    if (size < 1)
        return 0;
    o.allow_shear = data[0] & 2;
    o.time = data[0] & 4 ? data[0] >> 4 : -1;
    if (data[0] & 1) {
        fuzz_folder();
        fuzz_put("f.mhd", data + 1, size - 1);
        fuzz_load_path("f.mhd", &o);
    } else {
        fuzz_load_memory(data + 1, size - 1, &o);
    }
    return 0;
}
