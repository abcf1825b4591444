/* write_series.h - between write_series.c (checks, files) and write_header.c (attributes). */
#ifndef TOMO_DICOM_WRITE_SERIES_H
#define TOMO_DICOM_WRITE_SERIES_H

#include "dicom/series_internal.h"

#define SOP_CT "1.2.840.10008.5.1.4.1.1.2"
#define SOP_MR "1.2.840.10008.5.1.4.1.1.4"

typedef struct tomo__writer {
    tomo_ctx *ctx;
    tomo_series_write_options o;
    tomo_image_desc desc;
    tomo_image *voxels; /* int16, uint16 or int32 */
    bool is_ct, is_signed;
    double intercept, center, width; /* value = stored + intercept */
    char seed[80], study[65], series[65], frame_of_reference[65];
    const char *temp; /* folder until all is written */
} tomo__writer;

/* Everything of slice k up to its pixels: Part 10 header, data set, and the header of (7FE0,0010). */
void tomo__write_header(const tomo__writer *w, int64_t k, const char *sop, tomo__text *t);

#endif
