/* meta_internal.h - what the two files of MetaImage share. */
#ifndef TOMO_META_INTERNAL_H
#define TOMO_META_INTERNAL_H

#include "volume_internal.h"

bool        tomo__meta_probe(const uint8_t *head, size_t size);
tomo_status tomo__meta_save(tomo_ctx *ctx, const char *path, const tomo_image *in,
                            const tomo_format_save_options *opts, tomo_job *job, tomo_error *err);

#endif
