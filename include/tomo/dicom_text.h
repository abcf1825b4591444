/* tomo/dicom_text.h - data sets as text and text as data sets: DICOM JSON, Native DICOM Model XML, what differs between
 * two, tables of a folder; names of people, dates and times; changing the character set of a whole data set.
 *
 * Text is UTF-8. Buffers that come out are NUL-terminated (the NUL is not counted) and owned by the caller.
 * Threads: as tomo/dicom.h says: data sets that nobody edits may be read from any number of threads. */
#ifndef TOMO_DICOM_TEXT_H
#define TOMO_DICOM_TEXT_H

#include <tomo/dicom.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- writing JSON and XML ----------------------------------------------------------------------------------- */

/** Takes a binary value that is not to stand in the text and says by which URI it is found again.
 * @param path  of the element: "7FE00010", "00081140[0].00420011"
 * @param data  little endian words; of encapsulated pixel data the fragments with their item headers (PS3.5 A.4)
 * @param uri   to be filled in, NUL-terminated, at most room - 1 bytes */
typedef tomo_status (*tomo_bulk_put)(void *user, const char *path, const void *data, uint64_t size, char *uri,
                                     size_t room, tomo_error *err);

/** How to write a data set as text. A zero field means its default. */
typedef struct tomo_text_options {
    uint32_t struct_size;
    bool meta; /**< with File Meta Information (PS3.18 F.2.2 leaves it out; dcm2json +m writes it) */
    bool reserved;
    uint64_t inline_limit; /**< binary values of more bytes are bulk data; UINT64_MAX = none but encapsulated ones */
    /** bulk data are written as files into this folder (made if need be), named by tag path; NULL = nowhere */
    const char *bulk_folder;
    /** what stands before the tag path in a BulkDataURI; NULL: "#" without a folder (it only says where the value is),
     * else the last part of bulk_folder and a slash */
    const char *bulk_uri;
    tomo_bulk_put bulk; /**< instead of bulk_folder */
    void *bulk_user;
} tomo_text_options;
#define TOMO_TEXT_OPTIONS_INIT                                                                                         \
    {                                                                                                                  \
        sizeof(tomo_text_options), false, false, 1024, NULL, NULL, NULL, NULL                                          \
    }

/** DICOM JSON Model (PS3.18 F.2). @param opts NULL for the defaults
 * @return TOMO_OK, TOMO_E_IO (the file, or bulk data), TOMO_E_NOMEM, what opts->bulk returned  @since 0.1 */
TOMO_API tomo_status tomo_dataset_to_json(tomo_ctx *ctx, tomo_buffer **out, const tomo_dataset *ds,
                                          const tomo_text_options *opts, tomo_error *err);
/** Native DICOM Model (PS3.19 A.1). Characters that XML 1.0 can't hold (controls) are left out and counted in
 * `report`. @since 0.1 */
TOMO_API tomo_status tomo_dataset_to_xml(tomo_ctx *ctx, tomo_buffer **out, const tomo_dataset *ds,
                                         const tomo_text_options *opts, tomo_report *report, tomo_error *err);

/* ---- reading JSON and XML ----------------------------------------------------------------------------------- */

/** Opens what a BulkDataURI (or a BulkData uri or uuid) names. @param out shared, taken over by Tomo */
typedef tomo_status (*tomo_bulk_get)(void *user, const char *uri, tomo_source **out, tomo_error *err);

typedef struct tomo_untext_options {
    uint32_t struct_size;
    uint32_t max_depth; /**< nesting of sequences, at most 256; 0 = 64 */
    /** relative URIs are files below this folder, also through links; URIs with a scheme, absolute ones and those that
     * lead out by ".." are refused. NULL = every URI is refused unless there is a resolver */
    const char *bulk_folder;
    tomo_bulk_get bulk; /**< asked first; may return TOMO_E_NOTFOUND to leave it to bulk_folder */
    void *bulk_user;
    /** transfer syntax UID; NULL = (0002,0010) in the text, else explicit little endian. Where it compresses pixels,
     * pixel data must be fragments, and where it does not, they are not. */
    const char *syntax;
    uint32_t index; /**< of an array of data sets (DICOMweb) the one to take */
} tomo_untext_options;
#define TOMO_UNTEXT_OPTIONS_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(tomo_untext_options), 0, NULL, NULL, NULL, NULL, 0                                                      \
    }

/** A data set from the DICOM JSON Model: one object, or an array of them. Numbers may be strings; null and absent
 * values are empty ones; names may be plain strings. Text is held in UTF-8, so Specific Character Set becomes ISO_IR
 * 192 where it is there or needed; tomo_dataset_recode() turns it to another. Values are not checked against their VR
 * beyond what their bytes need: a CS of 20 characters stays as it is.
 * @param out  owned by the caller (tomo_dataset_free); write it with tomo_dataset_write()
 * @param json UTF-8, need not be NUL-terminated, borrowed until the call returns
 * @return TOMO_OK, TOMO_E_FORMAT (what is wrong, at which byte), TOMO_E_LIMIT (nesting), TOMO_E_NOTFOUND or
 * TOMO_E_DENIED (bulk data), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_dataset_from_json(tomo_ctx *ctx, tomo_dataset **out, const char *json, size_t size,
                                            const tomo_untext_options *opts, tomo_report *report, tomo_error *err);
/** The same from the Native DICOM Model: XML 1.0 in UTF-8 or a part of ISO 8859, without a DTD; of entities
 * only the five of XML and character references. Binary words are little endian, as in JSON (dcm2xml 3.6 writes
 * those of OW, OF and OD big endian). @since 0.1 */
TOMO_API tomo_status tomo_dataset_from_xml(tomo_ctx *ctx, tomo_dataset **out, const char *xml, size_t size,
                                           const tomo_untext_options *opts, tomo_report *report, tomo_error *err);

/* ---- two data sets ------------------------------------------------------------------------------------------ */

typedef enum tomo_diff_kind {
    TOMO_DIFF_ONLY_A = 1, /**< the element, or the item, is only in the first */
    TOMO_DIFF_ONLY_B = 2,
    TOMO_DIFF_VR = 3, /**< the VR differs; values are compared all the same and only this is said if they agree */
    TOMO_DIFF_VALUE = 4,
    TOMO_DIFF_ITEMS = 5 /**< number of items */
} tomo_diff_kind;

typedef struct tomo_difference {
    tomo_diff_kind kind;
    const char *path;        /**< "00081140[0].00081155" */
    const char *name;        /**< keyword of the dictionary, or "" */
    const char *vr_a, *vr_b; /**< two letters, or "" */
    const char *a, *b; /**< values as text, cut to 200 bytes; of binary ones their size and SHA-256; "" if absent */
} tomo_difference;
/** Called for each difference in the order of the tags; texts are borrowed during the call. Return false to stop. */
typedef bool (*tomo_diff_fn)(void *user, const tomo_difference *d);

typedef struct tomo_diff_options {
    uint32_t struct_size;
    bool ignore_private; /**< leave out odd groups */
    bool ignore_meta;    /**< leave out File Meta Information */
    bool ignore_vr;      /**< a different VR alone is no difference (implicit against explicit, UN) */
    bool ignore_group_lengths;
    const tomo_tag *ignore; /**< tags to leave out at every level */
    size_t n_ignore;
} tomo_diff_options;
#define TOMO_DIFF_OPTIONS_INIT                                                                                         \
    {                                                                                                                  \
        sizeof(tomo_diff_options), false, false, false, false, NULL, 0                                                 \
    }

/** What differs between two data sets: by tag, at every depth. Text is compared decoded and without padding, so other
 * character sets, byte orders and paddings are no difference; DS and IS by their text; binary values by their words.
 * @param count how many differences were found (all, or up to where `fn` stopped); may be NULL  @param fn may be NULL
 * @return TOMO_OK also where they differ; TOMO_E_IO, TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_dataset_diff(tomo_ctx *ctx, size_t *count, const tomo_dataset *a, const tomo_dataset *b,
                                       const tomo_diff_options *opts, tomo_diff_fn fn, void *user, tomo_error *err);

/* ---- character set of a whole data set ---------------------------------------------------------------------- */

/** Bring all text, at every depth, into another character set (PS3.3 C.12.1.1.2): "ISO_IR 192", "ISO_IR 100",
 * "\\ISO 2022 IR 13\\ISO 2022 IR 87" as the value of (0008,0005) would be. (0008,0005) of items go. Nothing changes if
 * some text can't be said in it, or is broken in the present one.
 * @return TOMO_OK, TOMO_E_ARG (unknown set; which element has which character that it lacks), TOMO_E_FORMAT (which
 *         element holds bytes that are none in its character set), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_dataset_recode(tomo_dataset *ds, const char *charset, tomo_error *err);
/** To Unicode in UTF-8: tomo_dataset_recode(ds, "ISO_IR 192", err). @since 0.1 */
TOMO_API tomo_status tomo_dataset_to_utf8(tomo_dataset *ds, tomo_error *err);

/* ---- names of people (PS3.5 6.2.1) -------------------------------------------------------------------------- */

/** One way of writing a name. Texts without padding, "" where a component is absent. */
typedef struct tomo_name_group {
    char family[260], given[260], middle[260], prefix[260], suffix[260];
} tomo_name_group;
typedef struct tomo_name {
    tomo_name_group alphabetic, ideographic, phonetic;
} tomo_name;
/** Take a name apart: "Yamada^Tarou=...=...". Components beyond the fifth, groups beyond the third and components of
 * more than 259 bytes are TOMO_E_ARG. @since 0.1 */
TOMO_API tomo_status tomo_name_parse(tomo_name *out, const char *text, tomo_error *err);
/** Put it together, without empty components and groups at the end. Components that hold ^ = \ or controls, and groups
 * of more than 64 characters, are TOMO_E_ARG. @return length of the text, which is cut to room - 1 bytes; or a status
 * @since 0.1 */
TOMO_API int64_t tomo_name_format(const tomo_name *name, char *to, size_t room, tomo_error *err);
/** A group as people say it: "Dr. Tarou Yamada, MD" (prefix given middle family, suffix). @return its length @since 0.1
 */
TOMO_API size_t tomo_name_spoken(const tomo_name_group *group, char *to, size_t room);

/* ---- dates and times (PS3.5 6.2, ranges PS3.4 C.2.2.2.5) ---------------------------------------------------- */

/** What a DA, TM or DT says; fields that are not there are -1. */
typedef struct tomo_when {
    int32_t year, month, day;     /**< 1.., 1 to 12, 1 to 31 */
    int32_t hour, minute, second; /**< second up to 60 (leap second) */
    int32_t microsecond;
    int8_t fraction_digits; /**< digits of the fraction that were there, 0 to 6 */
    bool has_zone;
    int16_t zone_minutes; /**< east of UTC, -720 to 840 */
} tomo_when;

/** Read one value of DA, TM or DT, as short as it is known. Retired forms are read too: DA yyyy.mm.dd, TM hh:mm:ss.frac
 * (PS3.5 6.2 of ACR-NEMA). @param vr TOMO_VR of DA, TM or DT
 * @return TOMO_OK, TOMO_E_ARG (not a date, or one that does not exist)  @since 0.1 */
TOMO_API tomo_status tomo_when_parse(tomo_when *out, uint16_t vr, const char *text, tomo_error *err);
/** Read what a query may hold: a value, or "a-b", "a-", "-b". Ends that are open have all fields -1.
 * @param is_range may be NULL  @since 0.1 */
TOMO_API tomo_status tomo_when_range(tomo_when *from, tomo_when *to, bool *is_range, uint16_t vr, const char *text,
                                     tomo_error *err);
/** The text of a DA, TM or DT. Fields must be there from the left without gaps, DA needs all three.
 * @return its length (at most 26), or TOMO_E_ARG  @since 0.1 */
TOMO_API int64_t tomo_when_format(const tomo_when *when, uint16_t vr, char *to, size_t room, tomo_error *err);
/** Microseconds since 1970-01-01 00:00 UTC; what is absent counts as its smallest value, a zone that is absent as
 * `zone_minutes` (from Timezone Offset From UTC (0008,0201), or 0). Needs a year. Leap seconds count as the next
 * second.
 * @return false without a year  @since 0.1 */
TOMO_API bool tomo_when_unix(const tomo_when *when, int32_t zone_minutes, int64_t *microseconds);
/** Date and time of two elements (Study Date and Study Time) as one. @return TOMO_OK, TOMO_E_NOTFOUND, TOMO_E_FORMAT
 * @since 0.1 */
TOMO_API tomo_status tomo_dataset_when(const tomo_dataset *ds, tomo_tag date, tomo_tag time, tomo_when *out,
                                       tomo_error *err);

/** A number as DS: the text of at most 16 characters that reads back nearest (PS3.5 6.2; equal where 16 suffice).
 * @return its length, or TOMO_E_ARG for NaN and infinity  @since 0.1 */
TOMO_API int64_t tomo_ds_format(double value, char to[17], tomo_error *err);

/* ---- a table of a folder ------------------------------------------------------------------------------------ */

typedef struct tomo_table_options {
    uint32_t struct_size;
    bool tsv;       /**< tabs between columns; tabs, line ends and backslashes in values as \t \n \r \\ */
    bool no_header; /**< no line with the names of the columns */
    bool force;     /**< take what can be read of damaged files */
    bool raw;       /**< CSV: don't put an apostrophe before values that a spreadsheet would take for a formula */
} tomo_table_options;
#define TOMO_TABLE_OPTIONS_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(tomo_table_options), false, false, false, false                                                         \
    }

/** One line a DICOM file below `path`, in the order of their paths: the file (relative to `path`) and the columns'
 * values. CSV as RFC 4180; values that begin with = + - @ or a control character get an apostrophe before them unless
 * they are numbers, so that a spreadsheet does not run them. Files that are not DICOM are left out and remarked on.
 * @param columns paths of elements ("PatientID", "00081140[0].00081155"), NULL-ended
 * @return TOMO_OK, TOMO_E_ARG (a column that is no path), TOMO_E_NOTFOUND (no DICOM file), TOMO_E_IO, TOMO_E_LIMIT,
 *         TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_dicom_table(tomo_ctx *ctx, tomo_buffer **out, const char *path, const char *const *columns,
                                      const tomo_table_options *opts, tomo_report *report, tomo_job *job,
                                      tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
