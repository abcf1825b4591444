/* tomo/report.h - what was found in a study, as a page for people and as JSON for programs.
 *
 * A tomo_report_doc gathers borrowed pieces: who and what was imaged, structures with their measures, findings,
 * pictures, remarks, and the record of how it was made. Both forms are written from it and say the same.
 * Threads: functions are free of state. Research use only, not for diagnosis: every form says so. */
#ifndef TOMO_REPORT_H
#define TOMO_REPORT_H

#include <tomo/image.h>
#include <tomo/measure.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A line "label: value" about patient, study, series or volume. */
typedef struct tomo_report_field {
    const char *key;   /**< camelCase name in JSON: "patientId" */
    const char *label; /**< for people: "Patient ID" */
    const char *value; /**< UTF-8; "" is shown as a dash */
} tomo_report_field;

/** One segmented structure. Numbers that were not measured are NaN and left out. */
typedef struct tomo_report_structure {
    const char *name, *code;  /**< code: SNOMED CT or "" */
    uint8_t     color[4];
    bool        present;      /**< false: looked for and declined; see note */
    double      confidence;   /**< 0 to 1 */
    const char *note;         /**< how it was found or why it was declined */
    double      volume_ml, mean, std, min, max; /**< of the image's values inside */
    double      longest_mm;   /**< largest distance of two voxels */
    double      center[3];    /**< LPS mm */
    double      surface_cm2;  /**< of the mesh */
    int64_t     triangles;    /**< of the mesh; 0 = none was made */
    bool        closed;       /**< the mesh is watertight */
    const char *labels_file, *mesh_file; /**< names beside the report, or NULL */
} tomo_report_structure;

/** One picture: PNG bytes. */
typedef struct tomo_report_picture {
    const char *file;    /**< name beside the report: "axial.png" */
    const char *title, *caption;
    const void *png;     /**< the file's bytes, embedded in the page */
    size_t      png_size;
} tomo_report_picture;

typedef struct tomo_report_doc {
    uint32_t                     struct_size;
    const char                  *title;   /**< "CT of the head" or as the study describes itself */
    const char                  *unit;    /**< of image values: "HU" or "" */
    const tomo_report_field     *fields;
    size_t                       n_fields;
    const tomo_report_structure *structures;
    size_t                       n_structures;
    const tomo_finding          *findings;
    size_t                       n_findings;
    const tomo_report_picture   *pictures;
    size_t                       n_pictures;
    const char *const           *remarks; /**< oddities of the input, a line each */
    size_t                       n_remarks;
    const char                  *provenance; /**< one JSON object: version, inputs, steps, outputs; shown as it is */
} tomo_report_doc;

/** The document as one JSON object (UTF-8, NUL-terminated), pictures by file name.
 * @param out owned by the caller (tomo_buffer_free); untouched on failure
 * @return TOMO_OK, TOMO_E_ARG (a NULL that must be there), TOMO_E_NOMEM, TOMO_E_LIMIT  @since 0.1 */
TOMO_API tomo_status tomo_report_json(tomo_ctx *ctx, tomo_buffer **out, const tomo_report_doc *doc, tomo_error *err);
/** The document as one HTML page that needs nothing else: pictures are inside, no script, nothing is fetched. All text
 * from the study is escaped. @since 0.1 */
TOMO_API tomo_status tomo_report_html(tomo_ctx *ctx, tomo_buffer **out, const tomo_report_doc *doc, tomo_error *err);

/** The sentence that every report carries. @since 0.1 */
TOMO_API const char *tomo_report_notice(void);

#ifdef __cplusplus
}
#endif
#endif
