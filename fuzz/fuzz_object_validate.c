/* fuzz_object_validate.c - libFuzzer: any data set held against its IOD. */
#include <tomo/object_validate.h>

#include "fuzz_dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_file file = fuzz_open(data, size, 64, NULL);
    tomo_validate_options v = TOMO_VALIDATE_OPTIONS_INIT;
    tomo_validation *found = NULL;
    if (file.ds) {
        if (tomo_validate(file.ctx, &found, file.ds, NULL, NULL) != TOMO_OK) {
            v.iod = "enhanced-mr-image";
            if (tomo_validate(file.ctx, &found, file.ds, &v, NULL) != TOMO_OK)
                found = NULL;
        }
        for (size_t i = 0; i < tomo_validation_count(found); i++) {
            tomo_validation_finding f = { sizeof f };
            if (tomo_validation_at(found, i, &f, NULL) != TOMO_OK || !f.path || !f.text)
                abort();
        }
    }
    tomo_validation_free(found);
    return fuzz_close(&file);
}
