/* tomo/object.h - DICOM objects that are more than a picture: segmentations, reports, contours, dose, presentation
 * states, waveforms, documents. What is common to all of them; each has a header of its own, tomo/object_<kind>.h.
 *
 * Threads: as for data sets: what nobody edits may be read from any number of threads. */
#ifndef TOMO_OBJECT_H
#define TOMO_OBJECT_H

#include <tomo/dicom.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A kind of object. Rows of a const table. */
typedef struct tomo_object_kind {
    const char *word;       /**< "seg" */
    const char *name;       /**< "Segmentation" */
    bool        loads;      /**< tomo_object_load() makes an image of it */
    bool        needs_grid; /**< ... on the voxels of another image, because it has none itself (contours) */
} tomo_object_kind;

/** What a data set is, by its SOP Class UID; NULL for plain images and for what Tomo has no reader for. @since 0.1 */
TOMO_API const tomo_object_kind *tomo_object_kind_of(const tomo_dataset *ds);

/** An object as an image: label numbers for segmentations and contours (with their label table), Gy for dose, the
 * quantity itself for parametric maps.
 * @param out  shared (tomo_image_free)
 * @param grid whose voxels to use; NULL = the object's own
 * @return TOMO_OK, TOMO_E_ARG (needs a grid), TOMO_E_UNSUPPORTED (nothing that loads), TOMO_E_FORMAT,
 *         TOMO_E_GEOMETRY, TOMO_E_LIMIT, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_object_load(tomo_ctx *ctx, tomo_image **out, const tomo_dataset *ds, const tomo_image *grid,
                                      tomo_report *report, tomo_job *job, tomo_error *err);

/** What the object says, as one JSON object: segments, measurements, structures, channels. Its first member is
 * "kind". @param out owned by the caller, NUL-terminated UTF-8
 * @return TOMO_OK, TOMO_E_UNSUPPORTED (no such kind), TOMO_E_FORMAT, TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_object_json(tomo_ctx *ctx, tomo_buffer **out, const tomo_dataset *ds, tomo_error *err);

/** The same for people, as lines: reports as an indented tree. @param out owned by the caller, NUL-terminated UTF-8
 * @return TOMO_OK, TOMO_E_UNSUPPORTED (a kind that has only facts, or none), TOMO_E_FORMAT, TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_object_text(tomo_ctx *ctx, tomo_buffer **out, const tomo_dataset *ds, tomo_error *err);

/** What every writer of objects takes. */
typedef struct tomo_object_options {
    uint32_t            struct_size;
    /** patient and study are copied from it, the frame of reference too; NULL = empty ones, new UIDs */
    const tomo_dataset *like;
    /** UIDs are derived from it, so that the same input gives the same object; NULL = random */
    const char         *seed;
    const char         *description;   /**< Series Description; NULL = none */
    int32_t             series_number; /**< 0 = 1 */
    const char         *when;          /**< Content Date and Time, YYYYMMDDHHMMSS; NULL = now, by the local clock */
    /** told of values of `like` that break a rule of their VR: names, identifiers and texts are copied as they are,
     * dates, times, ages, sizes and codes left out; NULL = nobody is */
    tomo_report        *report;
} tomo_object_options;
#define TOMO_OBJECT_OPTIONS_INIT { sizeof(tomo_object_options), NULL, NULL, NULL, 0, NULL, NULL }

#ifdef __cplusplus
}
#endif
#endif
