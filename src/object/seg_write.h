/* seg_write.h - between seg_write.c (attributes) and seg_pack.c (which frames there are, and their pixels). */
#ifndef TOMO_OBJECT_SEG_WRITE_H
#define TOMO_OBJECT_SEG_WRITE_H

#include "object/seg.h"

/* A frame to write: a segment's (index into plan->segment; label maps: 0) slice. */
typedef struct tomo__seg_frame {
    uint32_t segment;
    int64_t slice;
} tomo__seg_frame;

typedef struct tomo__seg_plan {
    tomo_ctx *ctx;
    tomo_seg_options o;
    tomo_seg_type type;
    bool fractional;
    tomo_image *voxels; /* uint16 labels, or float32 fractions */
    tomo_image_desc desc;
    size_t n; /* segments, by rising number */
    tomo_seg_segment *segment;
    int32_t *label; /* what a segment is called in the voxels; its number may be another */
    uint32_t *of;   /* 65536: label to segment + 1; 0 = none */
    tomo__seg_frame *frame;
    int64_t frames;
    bool overlap; /* layers were given */
    char *texts;  /* labels that were made up, 32 bytes each */
} tomo__seg_plan;

/* Labels as uint16 that are whole and within 0 to 65535, or fractions as float32 within 0 to 1; else refused. */
tomo_status tomo__seg_voxels(tomo__seg_plan *p, const tomo_image *in, tomo_job *job, tomo_error *err);
/* Which labels occur: present[65536]. */
tomo_status tomo__seg_present(const tomo__seg_plan *p, uint8_t *present, tomo_job *job, tomo_error *err);
/* The frames to write, by segment and slice. */
tomo_status tomo__seg_frames(tomo__seg_plan *p, tomo_job *job, tomo_error *err);
/* Their pixels as Pixel Data. */
tomo_status tomo__seg_pack(const tomo__seg_plan *p, tomo__maker *m, tomo_job *job);

#endif
