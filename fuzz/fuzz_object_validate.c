/* fuzz_object_validate.c - libFuzzer: any data set held against its IOD. */
#include <tomo/object_validate.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    tomo_validate_options v = TOMO_VALIDATE_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    tomo_source *source = NULL;
    tomo_dataset *ds = NULL;
    tomo_validation *found = NULL;
    o.threads = 1;
    o.memory_limit = 64u << 20;
    if (tomo_ctx_new(&ctx, &o, NULL) != TOMO_OK)
        return 0;
    if (tomo_source_from_memory(ctx, &source, data, size, NULL) == TOMO_OK &&
        tomo_dataset_open(ctx, &ds, source, NULL, NULL, NULL) == TOMO_OK) {
        if (tomo_validate(ctx, &found, ds, NULL, NULL) != TOMO_OK) {
            v.iod = "enhanced-mr-image";
            if (tomo_validate(ctx, &found, ds, &v, NULL) != TOMO_OK)
                found = NULL;
        }
        for (size_t i = 0; i < tomo_validation_count(found); i++) {
            tomo_validation_finding f = { sizeof f };
            if (tomo_validation_at(found, i, &f, NULL) != TOMO_OK || !f.path || !f.text)
                __builtin_trap();
        }
    }
    tomo_validation_free(found);
    tomo_dataset_free(ds);
    tomo_source_free(source);
    tomo_ctx_free(ctx);
    return 0;
}
