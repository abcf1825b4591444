/* tomo/object_sr.h - structured reports (PS3.3 A.35, C.17): any of them as a tree of content items, TID 1500
 * measurement reports as a flat list, key object selections; reading and writing.
 *
 * Threads: a tomo_sr that nobody adds to may be read from any number of threads. */
#ifndef TOMO_OBJECT_SR_H
#define TOMO_OBJECT_SR_H

#include <tomo/object.h>
#include <tomo/object_annotation.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the content tree ------------------------------------------------------------------------------------------ */

/** Value types (PS3.3 table C.17.3-7). */
typedef enum tomo_sr_type {
    TOMO_SR_OTHER = 0, /**< one that Tomo does not know; `text` is its name */
    TOMO_SR_CONTAINER,
    TOMO_SR_TEXT,
    TOMO_SR_CODE,
    TOMO_SR_NUM,
    TOMO_SR_DATETIME,
    TOMO_SR_DATE,
    TOMO_SR_TIME,
    TOMO_SR_UIDREF,
    TOMO_SR_PNAME,
    TOMO_SR_COMPOSITE,
    TOMO_SR_IMAGE,
    TOMO_SR_WAVEFORM,
    TOMO_SR_SCOORD,
    TOMO_SR_SCOORD3D,
    TOMO_SR_TCOORD,
    TOMO_SR_TABLE,        /**< read, not written */
    TOMO_SR_BY_REFERENCE, /**< no item of its own: another one of the tree, `target` */
    TOMO_SR_TYPES
} tomo_sr_type;

/** How an item stands to the one above it (PS3.3 table C.17.3-8). */
typedef enum tomo_sr_relation {
    TOMO_SR_NO_RELATION = 0, /**< the root */
    TOMO_SR_CONTAINS,
    TOMO_SR_HAS_OBS_CONTEXT,
    TOMO_SR_HAS_ACQ_CONTEXT,
    TOMO_SR_HAS_CONCEPT_MOD,
    TOMO_SR_HAS_PROPERTIES,
    TOMO_SR_INFERRED_FROM,
    TOMO_SR_SELECTED_FROM,
    TOMO_SR_RELATIONS
} tomo_sr_relation;

/** "SCOORD3D", "HAS OBS CONTEXT": as DICOM writes them; NULL past the last. @since 0.1 */
TOMO_API const char *tomo_sr_type_name(uint32_t type);
TOMO_API const char *tomo_sr_relation_name(uint32_t relation);

/** TCOORD (PS3.3 C.18.7). One of the three lists is there. */
typedef struct tomo_sr_times {
    const char *range;                       /**< "POINT", "MULTIPOINT", "SEGMENT", "MULTISEGMENT", "BEGIN", "END" */
    const double *samples, *offsets_seconds; /**< sample positions, from 1; offsets in seconds */
    size_t n_samples, n_offsets;
    const char *datetimes; /**< joined by backslashes */
} tomo_sr_times;

/** What rows or columns of a table are. */
typedef struct tomo_sr_table_name {
    int64_t at; /**< which row or column, from 1; 0 = all of them */
    tomo_code name, unit;
} tomo_sr_table_name;

/** A cell that has a value: a number, a text or a code. */
typedef struct tomo_sr_cell {
    int64_t row, column; /**< from 1 */
    bool is_number;      /**< then `number`, NaN where what is there is none */
    double number;
    const char *text; /**< texts, names, dates, UIDs; NULL in numbers and codes */
    tomo_code code;
} tomo_sr_cell;

/** TABLE (PS3.3 C.18.10). */
typedef struct tomo_sr_table {
    int64_t rows, columns; /**< as the table says */
    const tomo_sr_table_name *row_names, *column_names;
    size_t n_row_names, n_column_names;
    const tomo_sr_cell *cells; /**< row by row; cells without a value are not among them */
    size_t n_cells;
} tomo_sr_table;

/** A content item. Which fields are used depends on `type`; the others are zero. */
typedef struct tomo_sr_node {
    uint32_t type, relation;
    int32_t parent; /**< index of the item above; -1 for the root */
    int32_t depth;  /**< 0 for the root */
    tomo_code concept;
    tomo_code code;                  /**< CODE: the value; NUM: the unit */
    tomo_code qualifier;             /**< NUM: why there is no number, or what is special with it */
    const char *text;                /**< TEXT, DATE, TIME, DATETIME, UIDREF, PNAME; NUM: the digits as they stand */
    double number;                   /**< NUM; NaN if it has no value */
    const tomo_reference *reference; /**< COMPOSITE, IMAGE, WAVEFORM */
    const tomo_graphic *shape;         /**< SCOORD, SCOORD3D */
    const tomo_sr_times *times;      /**< TCOORD */
    const tomo_sr_table *table;      /**< TABLE */
    int32_t target;                  /**< TOMO_SR_BY_REFERENCE: index of that item; -1 = it points nowhere */
    bool separate;                   /**< CONTAINER: Continuity of Content is SEPARATE */
    const char *template_id, *template_resource; /**< CONTAINER: "1500", "DCMR"; mostly NULL */
    const char *observed;                        /**< Observation DateTime; mostly NULL */
    const char *uid;                             /**< Observation UID; mostly NULL */
} tomo_sr_node;

/** What the document says of itself (PS3.3 C.17.2). NULL = absent. */
typedef struct tomo_sr_about {
    const char *class_uid, *instance_uid, *study_uid;
    const char *completion;   /**< "COMPLETE", "PARTIAL" */
    const char *verification; /**< "VERIFIED", "UNVERIFIED" */
    const char *preliminary;  /**< "PRELIMINARY", "FINAL" */
    const char *date, *time;  /**< of content */
    const char *patient_name, *patient_id;
    const char *verifiers;          /**< names, joined by backslashes */
    const tomo_reference *evidence; /**< instances listed as evidence */
    size_t n_evidence, n_current;   /**< the first n_current are of the current requested procedure */
    const tomo_reference *predecessors; /**< documents that this one takes parts of, or replaces */
    size_t n_predecessors;
} tomo_sr_about;

/** A document: items in the order of the text, each before those below it. */
typedef struct tomo_sr tomo_sr;

/** Read any structured report, key object selection or other object with a content tree.
 * @param out    owned by the caller (tomo_sr_free); holds copies, `ds` may be freed
 * @param report oddities (unknown value types, items without a name, references that point nowhere); may be NULL
 * @return TOMO_OK, TOMO_E_FORMAT (no content), TOMO_E_LIMIT (deeper than 100 levels), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_sr_read(tomo_ctx *ctx, tomo_sr **out, const tomo_dataset *ds, tomo_report *report,
                                  tomo_error *err);
/** An empty document to add to. @since 0.1 */
TOMO_API tomo_status tomo_sr_new(tomo_ctx *ctx, tomo_sr **out, tomo_error *err);
/** NULL is fine. @since 0.1 */
TOMO_API void tomo_sr_free(tomo_sr *sr);
TOMO_API size_t tomo_sr_count(const tomo_sr *sr);
/** Borrowed until the document is added to or freed; NULL past the last. @since 0.1 */
TOMO_API const tomo_sr_node *tomo_sr_get(const tomo_sr *sr, size_t i);
/** Borrowed until the document is freed. @since 0.1 */
TOMO_API const tomo_sr_about *tomo_sr_get_about(const tomo_sr *sr);

/** Add an item (copied) below another one, which must be the last added one or stand above it; the first has parent -1.
 * `depth` is set here. @param index of the new item; may be NULL
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_LIMIT (deeper than 100 levels), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_sr_add(tomo_sr *sr, const tomo_sr_node *node, int32_t *index, tomo_error *err);

typedef struct tomo_sr_write_options {
    uint32_t struct_size;
    /** "enhanced", "comprehensive", "comprehensive3d"; NULL = comprehensive3d where there are patient coordinates, else
     * comprehensive */
    const char *document;
    bool partial; /**< Completion Flag PARTIAL instead of COMPLETE */
    /** instances of the current procedure beside those that items refer to; may be NULL */
    const tomo_reference *evidence;
    size_t n_evidence;
    /** instances of other procedures, Pertinent Other Evidence; may be NULL */
    const tomo_reference *other_evidence;
    size_t n_other_evidence;
} tomo_sr_write_options;
#define TOMO_SR_WRITE_OPTIONS_INIT                                                                                     \
    {                                                                                                                  \
        sizeof(tomo_sr_write_options), NULL, false, NULL, 0, NULL, 0                                                   \
    }

/** A document as a data set of one of the three general classes. Instances that items refer to become Current Requested
 * Procedure Evidence, so their series (and study, else that of `object->like`) must be known.
 * @param out owned by the caller (tomo_dataset_free)
 * @param object patient, study, UIDs; may be NULL
 * @return TOMO_OK, TOMO_E_ARG (which item, what is missing), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_sr_write(tomo_ctx *ctx, tomo_dataset **out, const tomo_sr *sr,
                                   const tomo_object_options *object, const tomo_sr_write_options *opts,
                                   tomo_error *err);

/* ---- measurement reports (PS3.16 TID 1500) ----------------------------------------------------------------------- */

typedef struct tomo_sr_measurement {
    tomo_code name, unit, method, derivation, site; /**< site: where it differs from the group's */
    double value;     /**< NaN = none, then `qualifier` says why */
    const char *text; /**< digits as written; NULL when writing = the shortest that give `value` */
    tomo_code qualifier;
    int32_t node; /**< item of the document, when read */
    const char *tracking_id, *tracking_uid; /**< of this one alone; mostly NULL */
    const tomo_reference *sources;          /**< images that it was taken from, where the group does not say so */
    size_t n_sources;
} tomo_sr_measurement;

/** A name with a coded or free answer: qualitative evaluations, and modifiers that have no field of their own. */
typedef struct tomo_sr_evaluation {
    tomo_code name, code;
    const char *text;  /**< where it is no code */
    uint32_t relation; /**< tomo_sr_relation to the group; when writing 0 = CONTAINS, as evaluations have it */
} tomo_sr_evaluation;

/** Where on an image, or where in the patient. */
typedef struct tomo_sr_region {
    tomo_graphic shape;
    tomo_reference image; /**< TOMO_GRAPHIC_IN_IMAGE: the image that it was drawn on */
} tomo_sr_region;

/** Which template a group follows. */
typedef enum tomo_sr_group_kind {
    TOMO_SR_GROUP_OTHER = 0,
    TOMO_SR_GROUP_IMAGE,  /**< TID 1501: measurements of a whole image or series */
    TOMO_SR_GROUP_PLANAR, /**< TID 1410: of one planar region */
    TOMO_SR_GROUP_VOLUME  /**< TID 1411: of a volume */
} tomo_sr_group_kind;

typedef struct tomo_sr_group {
    uint32_t kind;                          /**< tomo_sr_group_kind; when writing 0 = by what the group has */
    const char *tracking_id, *tracking_uid; /**< when writing NULL = made */
    const char *session, *time_point;       /**< Activity Session, Time Point; mostly NULL */
    tomo_code category, finding, site, laterality;
    const char *algorithm, *algorithm_version; /**< mostly NULL */
    const tomo_sr_region *regions;
    size_t n_regions;
    const tomo_reference *segment; /**< the segment, or the frame, of a SEG that is the region; or NULL */
    const tomo_reference *sources; /**< images that were measured, or segmented */
    size_t n_sources;
    const char *source_series; /**< UID of the series that was segmented, instead of `sources` */
    const tomo_sr_measurement *measurements;
    size_t n_measurements;
    const tomo_sr_evaluation *evaluations;
    size_t n_evaluations;
    int32_t node; /**< its container, when read */
} tomo_sr_group;

typedef struct tomo_sr_measurements {
    uint32_t struct_size;
    tomo_code title;                                   /**< when writing none = Imaging Measurement Report */
    const char *observer_person;                       /**< PN; NULL = none */
    const char *observer_device, *observer_device_uid; /**< when writing NULL = this version of Tomo */
    tomo_code procedure;                               /**< when writing none = (363679005, SCT, "Imaging procedure") */
    const tomo_reference *library;                     /**< image library */
    size_t n_library;
    const tomo_sr_group *groups;
    size_t n_groups;
    size_t n_left; /**< when read: content items that are in none of these fields, so that they would not be written */
} tomo_sr_measurements;
#define TOMO_SR_MEASUREMENTS_INIT                                                                                      \
    {                                                                                                                  \
        .struct_size = sizeof(tomo_sr_measurements)                                                                    \
    }

/** The measurement groups of a document, in their order. Found by their concept (125007, DCM, "Measurement Group"),
 * wherever they stand, so reports that are only near to TID 1500 are read too.
 * @param out filled; what it points to is borrowed until `sr` is freed
 * @return TOMO_OK, TOMO_E_NOTFOUND (no group), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_sr_read_measurements(tomo_sr *sr, tomo_sr_measurements *out, tomo_error *err);

/** A measurement report. @param out a document for tomo_sr_write(); owned by the caller (tomo_sr_free)
 * @param seed for UIDs that have to be made; NULL = random
 * @return TOMO_OK, TOMO_E_ARG (which group, what is wrong), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_sr_make_measurements(tomo_ctx *ctx, tomo_sr **out, const tomo_sr_measurements *in,
                                               const char *seed, tomo_error *err);

/* ---- key objects (PS3.3 A.35.4, PS3.16 TID 2010) -------------------------------------------------------------------
 */

typedef struct tomo_key_objects {
    uint32_t struct_size;
    tomo_code title;         /**< of CID 7010: (113000, DCM, "Of Interest") when writing none */
    tomo_code modifier;      /**< why, for quality and rejection notes; mostly none */
    const char *description; /**< NULL = none */
    const char *observer;    /**< person; NULL = none */
    const tomo_reference *instances;
    size_t n_instances;
} tomo_key_objects;
#define TOMO_KEY_OBJECTS_INIT                                                                                          \
    {                                                                                                                  \
        .struct_size = sizeof(tomo_key_objects)                                                                        \
    }

/** What a key object selection names. @param out borrowed from `sr` until that is freed
 * @return TOMO_OK, TOMO_E_UNSUPPORTED (another class), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_sr_read_key_objects(tomo_sr *sr, tomo_key_objects *out, tomo_error *err);
/** A key object selection as a data set. @param out owned by the caller (tomo_dataset_free)
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_key_objects_write(tomo_ctx *ctx, tomo_dataset **out, const tomo_key_objects *in,
                                            const tomo_object_options *object, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
