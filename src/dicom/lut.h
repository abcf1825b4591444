/* lut.h - look-up tables of PS3.3 C.11 inside the room: Modality, VOI and Presentation LUT, rescale, windows. */
#ifndef TOMO_LUT_H
#define TOMO_LUT_H

#include <tomo/dicom_pixels.h>

/* A LUT of C.11.1.1, C.11.2.1.1, C.11.6.1.1. */
typedef struct tomo__lut {
    uint16_t *data; /* NULL: no LUT; tomo__free */
    int32_t entries, first, bits;
} tomo__lut;
/* From an item with (0028,3002) and (0028,3006). `is_signed`: values below 0 may come in, so a first value above 32767
 * that an unsigned VR holds is meant signed. */
tomo_status tomo__lut_read(tomo_ctx *ctx, tomo__lut *lut, const tomo_dataset *item, bool is_signed, tomo_error *err);
double tomo__lut_at(const tomo__lut *lut, double x);

/* Stored values to modality values. */
typedef struct tomo__modality {
    tomo__lut lut;
    double slope, intercept; /* if there is no LUT */
    bool has_rescale;
} tomo__modality;
/* For one frame: functional groups, Modality LUT Sequence, Rescale Slope and Intercept; of the presentation state first
 * if there is one. */
tomo_status tomo__modality_read(tomo_ctx *ctx, tomo__modality *m, const tomo_dataset *ds, int64_t frame, bool is_signed,
                                const tomo_dataset *state, tomo_error *err);
static inline double tomo__modality_at(const tomo__modality *m, double stored)
{
    return m->lut.data ? tomo__lut_at(&m->lut, stored) : stored * m->slope + m->intercept;
}

/* Modality values to 0..1. */
typedef struct tomo__voi {
    tomo__lut lut; /* used if it has data */
    double center, width;
    int32_t function; /* tomo_voi */
    bool ramp;        /* from `center` (0) to `width` (1): range of the frame or of the type */
} tomo__voi;
double tomo__voi_at(const tomo__voi *v, double x);
tomo_status tomo__voi_check(const tomo__voi *v, tomo_error *err);

/* Pixel Padding Value (0028,0120) and, if there is one, its Range Limit (C.7.5.1.1.2), or their float forms. */
typedef struct tomo__padding {
    bool there;
    double low, high;
} tomo__padding;
tomo__padding tomo__padding_read(const tomo_dataset *ds, const tomo_frame_desc *d);
static inline bool tomo__is_padding(const tomo__padding *p, double stored)
{
    return p->there && stored >= p->low && stored <= p->high;
}

/* Sample number i as a number. */
double tomo__sample_at(tomo_dtype type, const void *samples, size_t i);

/* The item of a presentation state's sequence that speaks of this image and frame: one without Referenced Image
 * Sequence (0008,1140), or that names the SOP instance (and the frame, if it names frames). */
const tomo_dataset *tomo__state_item(const tomo_dataset *state, tomo_tag sequence, const tomo_dataset *ds,
                                     int64_t frame);

#endif
