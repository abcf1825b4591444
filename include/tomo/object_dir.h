/* tomo/object_dir.h - file-sets with a DICOMDIR (PS3.10 8, PS3.3 F): read, made, added to; and files sorted into
 * folders by what they are.
 *
 * A DICOMDIR is a tree of records (PATIENT, STUDY, SERIES, IMAGE, ...) that link to each other by byte offsets. Links
 * that lead nowhere or in circles are not followed: the order of the records tells the tree then, and the report says
 * so.
 * Threads: a file-set may be read from any number of threads. */
#ifndef TOMO_OBJECT_DIR_H
#define TOMO_OBJECT_DIR_H

#include <tomo/object.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tomo_fileset tomo_fileset;

/** One directory record. Texts and data set are borrowed until the file-set is freed. */
typedef struct tomo_fileset_record {
    uint32_t            struct_size;
    const char         *type;                /**< "PATIENT", "SERIES", "RT DOSE" */
    int64_t             parent, child, next; /**< numbers of records; child is the first one below; -1 = none */
    int32_t             level;               /**< 0 at the root */
    bool                in_use;              /**< Record In-use Flag is not 0 */
    const char         *file;                /**< Referenced File ID as "A/B/C"; NULL if it refers to no file */
    const tomo_dataset *keys;                /**< the record itself */
} tomo_fileset_record;

/** Open a DICOMDIR, or the one in a folder.
 * @param out    owned by the caller (tomo_fileset_free)
 * @param report links that don't hold, records that nothing links to; may be NULL
 * @return TOMO_OK, TOMO_E_NOTFOUND, TOMO_E_FORMAT (no DICOMDIR), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_fileset_open(tomo_ctx *ctx, tomo_fileset **out, const char *path, tomo_report *report,
                                       tomo_error *err);
TOMO_API void tomo_fileset_free(tomo_fileset *set);
/** Records in all, in the order of the file. @since 0.1 */
TOMO_API size_t tomo_fileset_count(const tomo_fileset *set);
/** First record of the root, -1 if the file-set is empty; go on with `next` and `child`. @since 0.1 */
TOMO_API int64_t tomo_fileset_first(const tomo_fileset *set);
/** @param out start from { sizeof(tomo_fileset_record) }  @return TOMO_OK or TOMO_E_ARG  @since 0.1 */
TOMO_API tomo_status tomo_fileset_record_at(const tomo_fileset *set, size_t i, tomo_fileset_record *out,
                                            tomo_error *err);
/** Path of a record's file on this machine, below the DICOMDIR's folder: as written, else in lower case, else with the
 * ending ";1" of ISO 9660. Names that lead out of the folder ("..", a link) are refused.
 * @param to at least `room` bytes
 * @return TOMO_OK, TOMO_E_NOTFOUND (no such file, or the record has none), TOMO_E_DENIED (outside), TOMO_E_ARG
 * @since 0.1 */
TOMO_API tomo_status tomo_fileset_path(const tomo_fileset *set, size_t i, char *to, size_t room, tomo_error *err);
/** The DICOMDIR as a data set; borrowed until the file-set is freed. @since 0.1 */
TOMO_API const tomo_dataset *tomo_fileset_dataset(const tomo_fileset *set);

typedef struct tomo_fileset_options {
    uint32_t    struct_size;
    /** records must have values that files often lack (Patient ID, Study ID and Date, numbers): make them up - the next
     * number, 19000101 - instead of refusing; the report says which */
    bool        invent;
    const char *id; /**< File-set ID, at most 16 of A-Z, 0-9, _ and space; NULL = empty */
} tomo_fileset_options;
#define TOMO_FILESET_OPTIONS_INIT { sizeof(tomo_fileset_options), false, NULL }

/** Copy DICOM files below `paths` into a new folder as a file-set, P0000001/S0000001/E0000001/I0000001 and DICOMDIR,
 * all or nothing. What is not DICOM, has no UIDs, or lacks what its record must say and nobody can make up, is left out
 * and remarked on, as are second copies of an instance. Files without a meta header get one; others are copied byte for
 * byte.
 * @param folder must not exist, or be empty
 * @return TOMO_OK, TOMO_E_EXISTS, TOMO_E_NOTFOUND (nothing that is DICOM), TOMO_E_FORMAT (which file lacks what),
 *         TOMO_E_IO, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_fileset_create(tomo_ctx *ctx, const char *folder, const char *const *paths, size_t n_paths,
                                         const tomo_fileset_options *opts, tomo_report *report, tomo_job *job,
                                         tomo_error *err);
/** The same into a file-set that exists: new files go to a folder of their own, and the DICOMDIR is replaced when all
 * of them are there. Instances that the file-set has already are remarked on. @since 0.1 */
TOMO_API tomo_status tomo_fileset_append(tomo_ctx *ctx, const char *folder, const char *const *paths, size_t n_paths,
                                         const tomo_fileset_options *opts, tomo_report *report, tomo_job *job,
                                         tomo_error *err);
/** Copy DICOM files below `paths` into a new folder, sorted by patient, study and series, without a DICOMDIR:
 * P0000001/S0000001/E0000001/I0000001.dcm. No name comes from a file's own texts. @since 0.1 */
TOMO_API tomo_status tomo_fileset_organize(tomo_ctx *ctx, const char *folder, const char *const *paths, size_t n_paths,
                                           tomo_report *report, tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
