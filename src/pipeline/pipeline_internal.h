/* pipeline_internal.h - shared inside room pipeline. */
#ifndef TOMO_PIPELINE_INTERNAL_H
#define TOMO_PIPELINE_INTERNAL_H

#include <tomo/format.h>
#include <tomo/pipeline.h>

#include "base/base_internal.h"

/* any.c: a volume by its content; the ending matters only where the voxels lie in a second file. */
tomo_status tomo__load_volume(tomo_ctx *ctx, tomo_image **out, const char *path, const tomo_format_load_options *opts,
                              tomo_report *report, tomo_job *job, tomo_error *err);

#endif
