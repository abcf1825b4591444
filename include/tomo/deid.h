/* tomo/deid.h - de-identification of DICOM data sets and folders by PS3.15 Annex E, text burned into pixels, the
 * search for what was left over, and the way back for those who hold the private key.
 *
 * Nothing passes by default: what is written was decided on, element by element, from the table of the standard; what
 * is unknown is left out, and a file that can't be judged is refused (quarantined), never copied.
 * Threads: a tomo_deid is immutable once made and may be used by any number of threads at once. */
#ifndef TOMO_DEID_H
#define TOMO_DEID_H

#include <tomo/dicom.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Which pixels are searched for burned-in text. */
typedef enum tomo_deid_pixels {
    TOMO_DEID_PIXELS_AUTO =
        0, /**< all but those that are plainly a scanner's own pictures by their header (CT, MR, PET, NM) */
    TOMO_DEID_PIXELS_ALL = 1, /**< every image */
    TOMO_DEID_PIXELS_KEEP = 2 /**< none: the caller answers for the pixels; the report says so */
} tomo_deid_pixels;

/** Rules, over the Basic Application Level Confidentiality Profile (PS3.15 E.2). Each switch is an option of E.3. */
typedef struct tomo_deid_options {
    uint32_t struct_size;
    bool retain_safe_private; /**< E.3.10: private elements known to be safe, by their creator */
    bool retain_uids;         /**< E.3.9 */
    bool retain_device;       /**< E.3.8 */
    bool retain_institution;  /**< E.3.11 */
    bool retain_patient;      /**< E.3.7: sex, age (over 89 years becomes 90), size, weight, ... */
    bool retain_dates;        /**< E.3.6 full dates; not together with shift_dates */
    bool shift_dates;         /**< E.3.6 modified dates: all of a patient moved by the same number of days */
    bool clean_descriptors;   /**< E.3.5: descriptions of known words only stay, others go */
    bool clean_structured;    /**< E.3.4: content of reports stays where it is not text, names or dates */
    bool clean_graphics;      /**< E.3.3: graphic annotations stay without their texts */
    int32_t pixels;           /**< a tomo_deid_pixels */
    /** secret that UIDs, pseudonyms and shifts come from: the same key gives the same ones. At least 16 bytes; NULL:
     * random, and no other run will agree with this one. Copied. */
    const void *key;
    size_t key_size;
    /** rectangles to blank in every image: x, y, width, height each; borrowed until tomo_deid_new returns */
    const int32_t *boxes;
    size_t n_boxes;
    /** PEM text with the certificates of those who may see the originals: what was changed is then kept encrypted in
     * (0400,0500) (PS3.15 E.1.1). NULL = none. Borrowed until tomo_deid_new returns. */
    const char *certificates;
} tomo_deid_options;
#define TOMO_DEID_OPTIONS_INIT                                                                                         \
    {                                                                                                                  \
        sizeof(tomo_deid_options), false, false, false, false, false, false, false, false, false, false, 0, NULL, 0,   \
            NULL, 0, NULL                                                                                              \
    }

/** Rules with their key. */
typedef struct tomo_deid tomo_deid;
/** @param out owned by the caller (tomo_deid_free)  @param opts NULL = the basic profile with a random key
 * @return TOMO_OK, TOMO_E_ARG (which option, found, expected), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_deid_new(tomo_ctx *ctx, tomo_deid **out, const tomo_deid_options *opts, tomo_error *err);
/** NULL is fine. @since 0.1 */
TOMO_API void tomo_deid_free(tomo_deid *deid);

/** What was done to one data set; counts are of elements at every depth, and none of it tells who the patient was. */
typedef struct tomo_deid_result {
    uint32_t struct_size;
    uint32_t kept, removed, emptied, replaced, uids, dates, descriptors; /**< descriptors: cleaned ones that stayed */
    uint32_t private_kept, private_removed, unknown_removed;
    uint32_t leaks;                      /**< kept texts that held a removed name, number or date, and were blanked */
    int32_t risk;                        /**< how likely burned-in text is, 0 to 100, by the header */
    uint32_t frames, boxes;              /**< searched frames; rectangles blanked in every frame */
    double area;                         /**< part of each frame that was blanked, 0 to 1 */
    bool decompressed;                   /**< no encoder took the compressed pixels: written uncompressed */
    char sop[65], study[65], series[65]; /**< new UIDs ("" if the data set has none) */
    char reason[96];                     /**< why it was refused; never a value of the file */
} tomo_deid_result;

/** De-identify one data set to the bytes of a Part 10 file (little endian, explicit). Compressed pixels are rebuilt or
 * encoded again without loss, so that nothing beside the pictures is passed on; those stay what they were unless
 * something is blanked.
 * @param ds     read whole, without `force`
 * @param out    owned by the caller (tomo_buffer_free)
 * @param result may be NULL; struct_size is set by the call
 * @return TOMO_OK; TOMO_E_DENIED: it can't be judged, result->reason says why, and nothing may be passed on; or
 *         TOMO_E_ARG, TOMO_E_NOMEM, TOMO_E_LIMIT  @since 0.1 */
TOMO_API tomo_status tomo_deid_dataset(tomo_ctx *ctx, tomo_buffer **out, const tomo_dataset *ds, const tomo_deid *deid,
                                       tomo_deid_result *result, tomo_error *err);

/** Sums over a folder. */
typedef struct tomo_deid_summary {
    uint32_t struct_size;
    uint32_t files, done, quarantined, left_out; /**< left out: not DICOM, or a DICOMDIR */
    uint32_t blanked;                            /**< images with rectangles blanked */
} tomo_deid_summary;
/** Told of each file that is not passed on, in order of names, on the calling thread. `path` may hold names: for the
 * eyes of whoever runs this only. */
typedef void (*tomo_deid_told)(void *user, const char *path, const char *status, const char *reason);

/** De-identify all files below a folder (or one file) into a new folder: <study>/<series>/<instance>.dcm by their new
 * UIDs. On all threads; every file appears whole, and none at all if the call fails.
 * @param out     must not exist or be empty, and must not lie in `in`
 * @param json    report, one object, of every file in order of their names, which it does not give; may be NULL;
 *                owned by the caller (tomo_buffer_free)
 * @param summary may be NULL
 * @return TOMO_OK also if files were quarantined: look at the summary; TOMO_E_EXISTS, TOMO_E_ARG, TOMO_E_NOTFOUND,
 *         TOMO_E_IO, TOMO_E_CANCELED, ...  @since 0.1 */
TOMO_API tomo_status tomo_deid_folder(tomo_ctx *ctx, tomo_buffer **json, tomo_deid_summary *summary, const char *in,
                                      const char *out, const tomo_deid *deid, tomo_deid_told told, void *user,
                                      tomo_job *job, tomo_error *err);

/** What to hold a de-identified folder against. */
typedef struct tomo_deid_verify_options {
    uint32_t struct_size;
    const char *original; /**< folder (or file) of the originals: their names, numbers, dates and UIDs are searched */
    const char *terms;    /**< text with more to search, one term a line; NULL = none */
    bool no_pixels;       /**< don't look for text in images */
} tomo_deid_verify_options;
#define TOMO_DEID_VERIFY_OPTIONS_INIT                                                                                  \
    {                                                                                                                  \
        sizeof(tomo_deid_verify_options), NULL, NULL, false                                                            \
    }
/** Search a folder for leftovers: terms in decoded texts, in all bytes and in file names; elements that the table
 * removes and the data set's own method codes (0012,0064) don't allow; private elements; text in images at risk.
 * It fails closed: originals that can't be read and terms that can't be searched for are listed and count as findings.
 * @param json     findings, one object: where and what kind, not the values; originals by their place in the order of
 *                 names, terms by their line; owned by the caller
 * @param findings how many, with what was not searched for; 0 = nothing was found and nothing left out
 * @return TOMO_OK also with findings; TOMO_E_NOTFOUND: the folder has no file, or no original gives a term;
 *         TOMO_E_ARG: `terms` has none; TOMO_E_IO, TOMO_E_NOMEM, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_deid_verify(tomo_ctx *ctx, tomo_buffer **json, size_t *findings, const char *folder,
                                      const tomo_deid_verify_options *opts, tomo_job *job, tomo_error *err);

/** Put back what (0400,0500) keeps encrypted: the original elements, byte for byte in explicit little endian, without
 * group lengths. Pixels that were blanked or compressed again stay so, and so does what describes them.
 * @param key_pem private key of one of the recipients, PEM text without a passphrase
 * @param out     bytes of a Part 10 file, owned by the caller (tomo_buffer_free)
 * @return TOMO_OK, TOMO_E_NOTFOUND (nothing is kept in it), TOMO_E_DENIED (the key opens none of it), TOMO_E_FORMAT
 * @since 0.1 */
TOMO_API tomo_status tomo_deid_undo(tomo_ctx *ctx, tomo_buffer **out, const tomo_dataset *ds, const char *key_pem,
                                    tomo_error *err);

/** Rectangles that look like lines of text in one gray picture of 8 bits.
 * @param boxes x, y, width, height each; at most `room` of them are written
 * @return how many there are, or -1 without memory  @since 0.1 */
TOMO_API int64_t tomo_deid_find_text(tomo_ctx *ctx, int32_t (*boxes)[4], size_t room, const uint8_t *gray,
                                     int32_t columns, int32_t rows);

#ifdef __cplusplus
}
#endif
#endif
