/* tomo/object_validate.h - does a data set hold what its IOD asks for? (PS3.3, PS3.5 6.2, 7.4)
 *
 * Held against the tables of the standard: the modules of the IOD that the SOP Class names, each attribute's type at
 * every depth, VR, number and form of values, and the conditions and enumerated values that Tomo knows
 * (docs/rooms/object.md lists them). A finding is about the data set, never a failure of the call.
 * Threads: any number at once. */
#ifndef TOMO_OBJECT_VALIDATE_H
#define TOMO_OBJECT_VALIDATE_H

#include <tomo/object.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tomo_severity {
    TOMO_SEVERITY_ERROR = 1,   /**< the standard says "shall" */
    TOMO_SEVERITY_WARNING = 2, /**< allowed or unclear, but a reader may stumble: retired, not in the IOD, unknown */
} tomo_severity;

/** One finding. Texts are borrowed until the validation is freed. */
typedef struct tomo_validation_finding {
    uint32_t      struct_size;
    tomo_severity severity;
    tomo_tag      tag;
    const char   *path;   /**< as tomo_dataset_find() takes it: "SegmentSequence[0].SegmentLabel" */
    const char   *rule;   /**< "type1", "type2", "condition", "vr", "vm", "value", "enum", "iod" or "pixels" */
    const char   *text;   /**< for people: what is wrong, found and expected */
    const char   *module; /**< that asks for it, NULL if none does */
} tomo_validation_finding;

typedef struct tomo_validation tomo_validation;

typedef struct tomo_validate_options {
    uint32_t    struct_size;
    const char *iod;      /**< "ct-image": hold against this one; NULL = that of the SOP Class */
    uint32_t    most;     /**< findings kept at most; 0 = 10000 */
    bool        no_values; /**< look at structure only, not into values */
} tomo_validate_options;
#define TOMO_VALIDATE_OPTIONS_INIT { sizeof(tomo_validate_options), NULL, 0, false }

/** Look a data set over.
 * @param out owned by the caller (tomo_validation_free)
 * @return TOMO_OK whatever was found; TOMO_E_ARG (no such IOD), TOMO_E_UNSUPPORTED (SOP Class without a table),
 *         TOMO_E_NOTFOUND (no SOP Class UID), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_validate(tomo_ctx *ctx, tomo_validation **out, const tomo_dataset *ds,
                                   const tomo_validate_options *opts, tomo_error *err);
TOMO_API void tomo_validation_free(tomo_validation *v);
/** Findings kept, in the order of the data set. @since 0.1 */
TOMO_API size_t tomo_validation_count(const tomo_validation *v);
/** Findings of one severity, those past `most` too. @since 0.1 */
TOMO_API size_t tomo_validation_found(const tomo_validation *v, tomo_severity severity);
/** @param out start from { sizeof(tomo_validation_finding) }  @return TOMO_OK or TOMO_E_ARG  @since 0.1 */
TOMO_API tomo_status tomo_validation_at(const tomo_validation *v, size_t i, tomo_validation_finding *out,
                                          tomo_error *err);
/** Name of the IOD that was taken: "CT Image". @since 0.1 */
TOMO_API const char *tomo_validation_iod(const tomo_validation *v);

#ifdef __cplusplus
}
#endif
#endif
