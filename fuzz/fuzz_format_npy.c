/* fuzz_format_npy.c - NumPy files from memory. The first byte chooses options; see fuzz_volume.h for what must hold. */
#include "fuzz_volume.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    if (size < 1)
        return 0;
    o.last_axis = data[0] % 3;
    o.time = data[0] & 4 ? data[0] >> 4 : -1;
    fuzz_load_memory(data + 1, size - 1, &o);
    return 0;
}
