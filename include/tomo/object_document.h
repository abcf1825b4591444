/* tomo/object_document.h - documents in DICOM (PS3.3 A.45, A.85): PDF, CDA, STL, OBJ and MTL put in and taken out,
 * byte for byte. */
#ifndef TOMO_OBJECT_DOCUMENT_H
#define TOMO_OBJECT_DOCUMENT_H

#include <tomo/object.h>
#include <tomo/object_annotation.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tomo_document {
    const char *word;      /**< "pdf", "cda", "stl", "obj", "mtl" */
    const char *mime;      /**< as the file says it; "" if it does not */
    const char *title;     /**< Document Title, NULL = none */
    tomo_code concept;     /**< what kind of document it is */
    const char *hl7_id;    /**< CDA: HL7 Instance Identifier, "root^extension" */
    const char *burned_in; /**< "YES": the patient can be seen in it; "NO" */
    tomo_code unit;        /**< of coordinates, for models */
    const void *data;      /**< borrowed from the data set, until that is edited or freed */
    uint64_t size;         /**< bytes, without padding */
} tomo_document;

/** Look at an encapsulated document. Without (0042,0015) Encapsulated Document Length one NUL at the end of text or PDF
 * counts as padding.
 * @param out owned by the caller (tomo_document_free); its data stay those of `ds`
 * @return TOMO_OK, TOMO_E_UNSUPPORTED (another kind of object), TOMO_E_FORMAT (no document), TOMO_E_NOMEM  @since 0.1
 */
TOMO_API tomo_status tomo_document_read(tomo_ctx *ctx, tomo_document **out, const tomo_dataset *ds, tomo_error *err);
/** NULL is fine. @since 0.1 */
TOMO_API void tomo_document_free(tomo_document *document);

typedef struct tomo_document_options {
    uint32_t struct_size;
    const char *word;              /**< which of the five; NULL = by the first bytes (PDF, STL, CDA) */
    const char *title;             /**< NULL = none */
    tomo_code concept;             /**< none = said as unknown (empty) */
    bool anonymous;                /**< no patient can be seen in it: Burned In Annotation NO */
    const tomo_reference *sources; /**< what it was made from */
    size_t n_sources;
    /** models: UCUM unit of their coordinates, um, mm, cm, m; NULL = mm */
    const char *unit;
} tomo_document_options;
#define TOMO_DOCUMENT_OPTIONS_INIT                                                                                     \
    {                                                                                                                  \
        .struct_size = sizeof(tomo_document_options)                                                                   \
    }

/** A document as a data set. What it claims to be is checked: PDF begins with %PDF-, STL is binary and as long as its
 * number of triangles says, CDA has an <id root=...>.
 * @param out  owned by the caller (tomo_dataset_free)
 * @param data copied; 1 byte to 4 GiB
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_FORMAT (it is not what it should be), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_document_write(tomo_ctx *ctx, tomo_dataset **out, const void *data, size_t size,
                                         const tomo_object_options *object, const tomo_document_options *opts,
                                         tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
