/* tiff_internal.h - what the TIFF files of this room share. */
#ifndef TOMO_FORMAT_TIFF_INTERNAL_H
#define TOMO_FORMAT_TIFF_INTERNAL_H

#include "format_internal.h"

/* What the description of the first page says of all pages: by ImageJ or by OME. Zero: not said. */
typedef struct tomo__tiff_meta {
    int64_t channels, slices, frames; /* pages along each; the product is 0 if nothing is said */
    int order[3];                     /* which of them (0 channels, 1 slices, 2 frames) comes first, second, third */
    int64_t images;                   /* ImageJ: in all, even where only the first has a directory */
    double unit_mm;                   /* of ImageJ's resolution and spacing; 0 = none */
    double mm[3];                     /* OME: of x, y, z; ImageJ: of z */
    double seconds;                   /* between frames */
} tomo__tiff_meta;
void tomo__tiff_describe(tomo__tiff_meta *meta, const char *description, int32_t samples);

tomo_status tomo__tiff_save(tomo_ctx *ctx, const char *path, const tomo_image *in, const tomo_format_save_options *opts,
                            tomo_job *job, tomo_error *err);
tomo_status tomo__tiff_open_writer(tomo_volume_writer *w, const char *path, const tomo_format_save_options *opts,
                                   tomo_error *err);

#endif
