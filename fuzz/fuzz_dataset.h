/* fuzz_dataset.h - what the fuzz targets of objects and of de-identification share: any bytes opened as a data set,
 * with little memory and on one thread. */
#ifndef FUZZ_DATASET_H
#define FUZZ_DATASET_H

#include <stdint.h>
#include <stdlib.h>

#include <tomo/dicom.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct fuzz_file {
    tomo_ctx *ctx;
    tomo_report *report;
    tomo_source *source;
    tomo_dataset *ds; /* NULL if the bytes are none; who adopts it sets it to NULL */
} fuzz_file;

static inline fuzz_file fuzz_open(const uint8_t *data, size_t size, unsigned memory_mib,
                                  const tomo_dataset_options *opts)
{
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    fuzz_file f = { NULL, NULL, NULL, NULL };
    o.threads = 1;
    o.memory_limit = (uint64_t)memory_mib << 20;
    if (tomo_ctx_new(&f.ctx, &o, NULL) != TOMO_OK || tomo_report_new(f.ctx, &f.report, NULL) != TOMO_OK)
        abort();
    if (tomo_source_from_memory(f.ctx, &f.source, data, size, NULL) == TOMO_OK &&
        tomo_dataset_open(f.ctx, &f.ds, f.source, opts, f.report, NULL) != TOMO_OK)
        f.ds = NULL;
    return f;
}

static inline int fuzz_close(fuzz_file *f)
{
    tomo_dataset_free(f->ds);
    tomo_source_free(f->source);
    tomo_report_free(f->report);
    tomo_ctx_free(f->ctx);
    return 0;
}

#endif
