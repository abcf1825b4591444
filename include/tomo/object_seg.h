/* tomo/object_seg.h - segmentations (PS3.3 A.51 and A.51-Label Map): read to masks and label images, written from
 * them.
 *
 * A segmentation is frames in any order, each of one segment (binary, fractional) or of all (label map). Tomo puts
 * them on one even grid: holes are filled with nothing, slides are put together from their tiles.
 * Threads: a tomo_seg is immutable and may be read from any number of threads while its data set lives unedited. */
#ifndef TOMO_OBJECT_SEG_H
#define TOMO_OBJECT_SEG_H

#include <tomo/object.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What pixels mean: Segmentation Type and Segmentation Fractional Type (PS3.3 C.8.20.2). */
typedef enum tomo_seg_type {
    TOMO_SEG_BINARY = 1,      /**< a pixel is in the segment of its frame or not */
    TOMO_SEG_PROBABILITY = 2, /**< FRACTIONAL: how likely it is in it */
    TOMO_SEG_OCCUPANCY = 3,   /**< FRACTIONAL: which part of it is */
    TOMO_SEG_LABELMAP = 4     /**< a pixel holds the number of its segment */
} tomo_seg_type;

/** A coded concept. In what is read, absent ones have value "". */
typedef struct tomo_seg_code {
    const char *value, *scheme, *meaning; /**< "10200004", "SCT", "Liver" */
} tomo_seg_code;

/** One segment. Texts of what is read are borrowed until the tomo_seg is freed, "" where absent. */
typedef struct tomo_seg_segment {
    uint32_t      struct_size;
    int32_t       number;         /**< Segment Number, 1 to 65535; 0 = background of a label map */
    const char   *label;          /**< Segment Label, at most 64 characters */
    const char   *description;
    const char   *algorithm_type; /**< AUTOMATIC, SEMIAUTOMATIC or MANUAL */
    const char   *algorithm_name; /**< must be there unless MANUAL */
    const char   *tracking_id, *tracking_uid; /**< both or none */
    tomo_seg_code category;       /**< Segmented Property Category, as (91723000, SCT, "Anatomical Structure") */
    tomo_seg_code type;           /**< Segmented Property Type, as (10200004, SCT, "Liver") */
    tomo_seg_code modifier;       /**< of the type, as (7771000, SCT, "Left") */
    tomo_seg_code region;         /**< Anatomic Region, for what is not anatomy itself */
    bool          has_color;      /**< Recommended Display CIELab Value is there */
    uint8_t       color[3];       /**< as sRGB */
    int64_t       frames;         /**< frames of this segment; label maps: of all */
} tomo_seg_segment;

typedef struct tomo_seg tomo_seg;

typedef struct tomo_seg_info {
    uint32_t        struct_size;
    tomo_seg_type   type;
    size_t          segments; /**< rows of Segment Sequence */
    int32_t         max_fraction; /**< Maximum Fractional Value: what stands for 1; 0 if not fractional */
    int64_t         frames;
    bool            tiled;  /**< parts of a slide's total pixel matrix */
    bool            placed; /**< the grid has a place in the patient (on the slide) */
    tomo_image_desc grid;   /**< type and components mean nothing */
} tomo_seg_info;

/** Read what a segmentation is: segments, grid, where frames lie. Pixels are not decoded.
 * @param out owned by the caller (tomo_seg_free)
 * @param ds  borrowed until `out` is freed
 * @return TOMO_OK, TOMO_E_UNSUPPORTED (another kind of object), TOMO_E_FORMAT, TOMO_E_GEOMETRY (frames that form no
 *         stack), TOMO_E_LIMIT  @since 0.1 */
TOMO_API tomo_status tomo_seg_open(tomo_ctx *ctx, tomo_seg **out, const tomo_dataset *ds, tomo_report *report,
                                   tomo_error *err);
TOMO_API void tomo_seg_free(tomo_seg *seg);
/** @param out its struct_size must be set  @since 0.1 */
TOMO_API tomo_status tomo_seg_get_info(const tomo_seg *seg, tomo_seg_info *out, tomo_error *err);
/** The i-th segment in the order of Segment Sequence; NULL past the last. @since 0.1 */
TOMO_API const tomo_seg_segment *tomo_seg_get(const tomo_seg *seg, size_t i);

/** One segment on the whole grid: uint8 0 and 1, or float32 0 to 1 where it is fractional.
 * @param number its Segment Number
 * @return TOMO_OK, TOMO_E_NOTFOUND (no such segment), TOMO_E_FORMAT, TOMO_E_LIMIT (out of proportion to the file)
 * @since 0.1 */
TOMO_API tomo_status tomo_seg_mask(tomo_ctx *ctx, tomo_image **out, const tomo_seg *seg, int32_t number, tomo_job *job,
                                   tomo_error *err);
/** All segments as one label image: uint8 or uint16 segment numbers with a label table. Fractions count where they are
 * 0 or 1 only.
 * @return TOMO_E_UNSUPPORTED too if segments overlap (which, where) or are true fractions  @since 0.1 */
TOMO_API tomo_status tomo_seg_labels(tomo_ctx *ctx, tomo_image **out, const tomo_seg *seg, tomo_job *job,
                                     tomo_error *err);
/** All segments as label images within which nothing overlaps, one a point of the fourth dimension: each segment in
 * the first layer that has room for it. @return TOMO_E_LIMIT too past 64 layers  @since 0.1 */
TOMO_API tomo_status tomo_seg_layers(tomo_ctx *ctx, tomo_image **out, const tomo_seg *seg, tomo_job *job,
                                     tomo_error *err);
/** All segments as float32 0 to 1, one a point of the fourth dimension, in the order of Segment Sequence. @since 0.1 */
TOMO_API tomo_status tomo_seg_fractions(tomo_ctx *ctx, tomo_image **out, const tomo_seg *seg, tomo_job *job,
                                        tomo_error *err);

/** How a segmentation is written. */
typedef struct tomo_seg_options {
    uint32_t                   struct_size;
    int32_t                    type;   /**< a tomo_seg_type; 0 = TOMO_SEG_BINARY */
    const tomo_object_options *object; /**< patient, study, UIDs, description; NULL = defaults */
    /** What the segments are, by number. NULL: from the image's label table, whose SNOMED codes become types. */
    const tomo_seg_segment    *segments;
    size_t                     n_segments;
    /** for segments that don't say so themselves: AUTOMATIC, SEMIAUTOMATIC or MANUAL, and by which algorithm */
    const char                *algorithm_type, *algorithm_name;
    /** Headers of the images that were segmented, in any order (one multi-frame object, or one a slice): referenced
     * as a whole, and by each frame that lies where one of them does. */
    const tomo_dataset *const *sources;
    size_t                     n_sources;
    bool                       keep_empty;   /**< write frames without a pixel of the segment too */
    int32_t                    max_fraction; /**< what 1 becomes in fractional ones, 1 to 255; 0 = 255 */
    const char                *content_label; /**< 16 capitals, digits, underscores; NULL = "SEGMENTATION" */
    const char                *creator;      /**< Content Creator's Name; NULL = empty */
} tomo_seg_options;
#define TOMO_SEG_OPTIONS_INIT                                                                                        \
    { sizeof(tomo_seg_options), 0, NULL, NULL, 0, NULL, NULL, NULL, 0, false, 0, NULL, NULL }

/** Make a segmentation of a label image (binary, label map), or of fractions (float, 0 to 1, a segment a point of the
 * fourth dimension). A label image of four dimensions holds segments that overlap: layers of one numbering.
 * Segment numbers of binary and fractional ones shall run from 1 without holes (PS3.3 C.8.20.2), so labels are
 * numbered anew in their order; label maps keep their numbers.
 * @param out owned by the caller: write it with tomo_dataset_write()
 * @return TOMO_OK, TOMO_E_ARG (what lacks or is wrong), TOMO_E_GEOMETRY (axes not orthogonal), TOMO_E_LIMIT
 * @since 0.1 */
TOMO_API tomo_status tomo_seg_make(tomo_ctx *ctx, tomo_dataset **out, const tomo_image *in,
                                   const tomo_seg_options *opts, tomo_report *report, tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
