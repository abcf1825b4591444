/* tomo/object_image.h - volumes and pictures written as one DICOM object of many frames: enhanced CT and MR (PS3.3
 * A.36, A.38), secondary capture (A.8), parametric maps (A.75). Series of single slices: tomo_series_write(). */
#ifndef TOMO_OBJECT_IMAGE_H
#define TOMO_OBJECT_IMAGE_H

#include <tomo/object_seg.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How an image is written as frames. */
typedef struct tomo_frames_options {
    uint32_t                   struct_size;
    const tomo_object_options *object;  /**< patient, study, UIDs, description; NULL = defaults */
    /** headers of the images that it was made from: referenced as a whole and by the frames that lie there */
    const tomo_dataset *const *sources;
    size_t                     n_sources;
    const char                *derivation; /**< Derivation Description: what made it; NULL = none */
} tomo_frames_options;
#define TOMO_FRAMES_OPTIONS_INIT { sizeof(tomo_frames_options), NULL, NULL, 0, NULL }

/** A volume as an Enhanced CT or MR Image, DERIVED: values in Hounsfield units (CT), any (MR); a fourth dimension as
 * temporal positions. Whole numbers that fit 16 bits stay as they are; others are scaled to 16 bits with a Rescale
 * Slope (the report says so).
 * @param modality "CT" or "MR"
 * @param out      owned by the caller: write it with tomo_dataset_write()
 * @return TOMO_OK, TOMO_E_ARG (not finite, too large), TOMO_E_GEOMETRY (axes not orthogonal), TOMO_E_LIMIT
 * @since 0.1 */
TOMO_API tomo_status tomo_enhanced_make(tomo_ctx *ctx, tomo_dataset **out, const tomo_image *in, const char *modality,
                                        const tomo_frames_options *opts, tomo_report *report, tomo_job *job,
                                        tomo_error *err);

/** A picture or a stack as secondary capture: uint8 RGB, uint8 or uint16 gray; other gray values of whole numbers that
 * fit 16 bits too, with a Rescale Intercept. One slice becomes Secondary Capture Image Storage, several Multi-frame
 * True Color, Grayscale Byte or Grayscale Word, which keep their place in the patient.
 * @return as tomo_enhanced_make(); TOMO_E_UNSUPPORTED for other numbers of components  @since 0.1 */
TOMO_API tomo_status tomo_capture_make(tomo_ctx *ctx, tomo_dataset **out, const tomo_image *in,
                                       const tomo_frames_options *opts, tomo_report *report, tomo_job *job,
                                       tomo_error *err);

/** What a parametric map holds. */
typedef struct tomo_pmap_options {
    uint32_t                   struct_size;
    /** TOMO_DTYPE_F32, TOMO_DTYPE_F64, or TOMO_DTYPE_U16 (scaled); 0 = F64 for float64 images, else F32 */
    int32_t                    dtype;
    const tomo_frames_options *frames; /**< NULL = defaults */
    tomo_seg_code              quantity; /**< as (113041, DCM, "Apparent Diffusion Coefficient"); must be there */
    tomo_seg_code              units;    /**< of UCUM, as ("mm2/s", UCUM, "mm2/s"); must be there */
    const char                *label;         /**< LUT Label, at most 16 characters; NULL = the quantity's value */
    const char                *content_label; /**< 16 capitals, digits, underscores; NULL = "MAP" */
} tomo_pmap_options;
#define TOMO_PMAP_OPTIONS_INIT                                                                                       \
    { sizeof(tomo_pmap_options), 0, NULL, { NULL, NULL, NULL }, { NULL, NULL, NULL }, NULL, NULL }

/** A volume of a quantity as a Parametric Map with a Real World Value Mapping that says what its pixels
 * are. Read it with tomo_object_load().
 * @return as tomo_enhanced_make()  @since 0.1 */
TOMO_API tomo_status tomo_pmap_make(tomo_ctx *ctx, tomo_dataset **out, const tomo_image *in,
                                    const tomo_pmap_options *opts, tomo_report *report, tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
