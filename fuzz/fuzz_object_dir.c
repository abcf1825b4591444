/* fuzz_object_dir.c - libFuzzer: any bytes as a DICOMDIR: the tree is walked to its end, every file is looked for. */
#include <tomo/object_dir.h>

#include "object/dir_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    tomo_source *source = NULL;
    tomo_dataset *ds = NULL;
    tomo_fileset *set = NULL;
    o.threads = 1;
    o.memory_limit = 64u << 20;
    if (tomo_ctx_new(&ctx, &o, NULL) != TOMO_OK)
        return 0;
    if (tomo_source_from_memory(ctx, &source, data, size, NULL) == TOMO_OK &&
        tomo_dataset_open(ctx, &ds, source, NULL, NULL, NULL) == TOMO_OK &&
        dir__open(ctx, &set, ds, "/nowhere", NULL, NULL) == TOMO_OK) {
        size_t steps = 0;
        tomo_fileset_record r = { sizeof r };
        for (int64_t at = tomo_fileset_first(set); at >= 0 && steps <= tomo_fileset_count(set); steps++) {
            char path[256];
            tomo_fileset_record_at(set, (size_t)at, &r, NULL);
            tomo_fileset_path(set, (size_t)at, path, sizeof path, NULL);
            while (r.child < 0 && r.next < 0 && r.parent >= 0) {
                tomo_fileset_record_at(set, (size_t)r.parent, &r, NULL);
                r.child = -1;
            }
            at = r.child >= 0 ? r.child : r.next;
        }
        if (steps > tomo_fileset_count(set)) /* each record once */
            __builtin_trap();
        tomo_fileset_free(set);
    }
    tomo_source_free(source);
    tomo_ctx_free(ctx);
    return 0;
}
