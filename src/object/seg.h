/* seg.h - a segmentation while it is read: between seg_read.c (attributes), seg_masks.c (voxels), seg.c (the row). */
#ifndef TOMO_OBJECT_SEG_READ_H
#define TOMO_OBJECT_SEG_READ_H

#include <tomo/object_seg.h>

#include "object/frames.h"

#define SOP_SEG "1.2.840.10008.5.1.4.1.1.66.4"
#define SOP_LABELMAP "1.2.840.10008.5.1.4.1.1.66.7"

/* A text that was read; freed with the segmentation. */
typedef struct tomo__kept {
    struct tomo__kept *next;
    char text[];
} tomo__kept;

struct tomo_seg {
    tomo_ctx *ctx; /* referenced */
    tomo__frames frames;
    tomo_seg_type type;
    int32_t max_fraction;
    size_t n;
    tomo_seg_segment *segment; /* in the order of Segment Sequence */
    size_t *by_number;         /* their indices, by rising number */
    int64_t *order;            /* frames by segment, then by place */
    int64_t *start;            /* n + 1: where each segment's (by_number) frames begin in it; NULL for label maps */
    tomo_status pixels;        /* why pixels can't be decoded, or TOMO_OK */
    tomo_error why;
    tomo__kept *texts;
};

/* Segment by number, as an index of by_number; n if there is none. */
size_t tomo__seg_find(const tomo_seg *seg, int32_t number);
/* sRGB and CIELab as 16-bit numbers (PS3.3 C.10.7.1.1); seg_color.c. */
void tomo__lab_to_rgb(const uint16_t lab[3], uint8_t rgb[3]);
void tomo__rgb_to_lab(const uint8_t rgb[3], uint16_t lab[3]);

#endif
