/* tomo/pipeline.h - everything together: any file to an image and back, every operation by name, a whole study
 * from DICOM to a report, and the same again from the record of what was done.
 *
 * Threads: as base.h says; nothing here keeps state. */
#ifndef TOMO_PIPELINE_H
#define TOMO_PIPELINE_H

#include <tomo/image.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- operations by name ------------------------------------------------------------------------------------- */

/** The i-th operation of all rooms, in the order of rooms; NULL past the last. Rows live as long as the program.
 * @since 0.1 */
TOMO_API const tomo_op *tomo_pipeline_op(size_t i);
/** By room and name ("filter", "gauss"); in names - and _ are the same. NULL if there is none. @since 0.1 */
TOMO_API const tomo_op *tomo_pipeline_find(const char *room, const char *name);
/** Rows of work on paths: load, write-series, save, run. Their ports are empty and `run` is NULL; their options are
 * those of the call that each names. NULL past the last. @since 0.1 */
TOMO_API const tomo_op *tomo_pipeline_job_row(size_t i);
/** The tables of all operations, then of work on paths, as one JSON array: what docs, TypeScript types and completions
 * are made from.
 * @param out owned by the caller (tomo_buffer_free)  @since 0.1 */
TOMO_API tomo_status tomo_pipeline_ops_json(tomo_ctx *ctx, tomo_buffer **out, tomo_error *err);

/* ---- any file ------------------------------------------------------------------------------------------------- */

/** What a path holds, found out by content, not by name. */
typedef enum tomo_path_kind {
    TOMO_PATH_UNKNOWN = 0,
    TOMO_PATH_DICOM = 1,        /**< one DICOM file */
    TOMO_PATH_DICOM_FOLDER = 2, /**< a folder with at least one */
    TOMO_PATH_VOLUME = 3,       /**< a format of room `format` */
    TOMO_PATH_MESH = 4          /**< a surface that tomo_mesh_load() reads */
} tomo_path_kind;
/** @return TOMO_OK (kind may be UNKNOWN), TOMO_E_NOTFOUND, TOMO_E_IO  @since 0.1 */
TOMO_API tomo_status tomo_pipeline_probe(tomo_ctx *ctx, const char *path, tomo_path_kind *out, tomo_error *err);

/** Load an image from a DICOM folder or file (largest series, or the one with this UID) or from a volume file. A
 * DICOM file that is alone and has no place in the patient becomes a 2D or 3D stack with its pixel spacing.
 * @param series Series Instance UID or NULL  @param out shared (tomo_image_free)  @since 0.1 */
TOMO_API tomo_status tomo_pipeline_load(tomo_ctx *ctx, tomo_image **out, const char *path, const char *series,
                                        tomo_report *report, tomo_job *job, tomo_error *err);
/** Load what an operation takes: a mesh (.stl, .ply) for TOMO_KIND_MESH, an Insight Transform File or an image of
 * displacements for TOMO_KIND_TRANSFORM, else an image as tomo_pipeline_load() does.
 * @param out `kind` and a shared object (tomo_value_clear); untouched on failure
 * @return as those; TOMO_E_FORMAT where the path holds an image and not a mesh or the other way round;
 *         TOMO_E_UNSUPPORTED for TOMO_KIND_JSON, which no operation takes  @since 0.1 */
TOMO_API tomo_status tomo_pipeline_load_value(tomo_ctx *ctx, tomo_value *out, tomo_kind kind, const char *path,
                                              tomo_report *report, tomo_job *job, tomo_error *err);
/** Save what an operation gave: images and labels by the path's ending (.nii, .nii.gz, .png), meshes (.stl, .ply),
 * transforms (.tfm, .txt; displacement fields as images, too), JSON (.json). Whole or not at all. @since 0.1 */
TOMO_API tomo_status tomo_pipeline_save(tomo_ctx *ctx, const char *path, const tomo_value *value, tomo_job *job,
                                        tomo_error *err);
/** Drop the reference that a value holds (image, mesh, transform or buffer) and make it NONE. @since 0.1 */
TOMO_API void tomo_value_clear(tomo_value *value);

/* ---- a whole study -------------------------------------------------------------------------------------------- */

/** Options of a study's run. The result depends on nothing else but the input. */
typedef struct tomo_pipeline_options {
    uint32_t    struct_size;
    const char *series;      /**< Series Instance UID; NULL or "" = the largest series of the study */
    double      smooth;      /**< sigma in mm of the Gaussian before segmentation; 0 = none; default 0.5 */
    const char *compare;     /**< mask file to hold the bone (CT) or head (MR) mask against; NULL or "" = none */
    const char *compare_name; /**< what that mask is, for the report; NULL or "" = its path */
} tomo_pipeline_options;
#define TOMO_PIPELINE_OPTIONS_INIT { sizeof(tomo_pipeline_options), NULL, 0.5, NULL, NULL }

/** Row of the options above, for the command line and the reference pages. @since 0.1 */
TOMO_API const tomo_op *tomo_pipeline_row(void);

/** Read, volume, enhance, segment, measure, surface, views, report: a study folder to a folder with report.json,
 * report.html, images, label volumes and surfaces. `out_dir` appears whole when all is done, or not at all; it
 * must not exist yet, or hold an earlier result of this call, unchanged and alone (else TOMO_E_EXISTS).
 * @param summary one JSON object: where the report is and its key figures; may be NULL; owned by the caller
 * @since 0.1 */
TOMO_API tomo_status tomo_pipeline_run(tomo_ctx *ctx, const char *study, const char *out_dir,
                                       const tomo_pipeline_options *opts, tomo_buffer **summary, tomo_job *job,
                                       tomo_error *err);

/** Repeat what made a result from the record in its report.json: the inputs must still have the recorded hashes.
 * Writes the result anew to `out_dir` and compares every file's hash with the record.
 * @param verdict JSON: files compared, equal, different; owned by the caller
 * @return TOMO_OK if all are bit-identical; TOMO_E_FORMAT if any file differs or the record is damaged;
 *         TOMO_E_NOTFOUND if inputs are gone; TOMO_E_UNSUPPORTED if another version made it @since 0.1 */
TOMO_API tomo_status tomo_pipeline_replay(tomo_ctx *ctx, const char *result, const char *out_dir, tomo_buffer **verdict,
                                          tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
