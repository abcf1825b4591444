/* tomo/dicom_transcode.h - data sets and folders from one transfer syntax to another.
 *
 * Nothing changes but what the new syntax asks for: the pixel data, the attributes that describe how they are coded,
 * (0002,0010), and, where something was lost, the marks that PS3.3 C.7.6.1.1.5 and C.7.6.1.1.3 require. All other
 * elements, private ones too, keep their exact bytes if byte order and VR coding stay, and their values otherwise.
 * Threads: frames, and files of a folder, are coded on all threads; the bytes do not depend on how many there are. */
#ifndef TOMO_DICOM_TRANSCODE_H
#define TOMO_DICOM_TRANSCODE_H

#include <tomo/dicom.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Where frames begin in compressed pixel data. */
typedef enum tomo_offset_table {
    TOMO_OFFSETS_AUTO = 0,    /**< basic; extended where offsets may pass 32 bits (PS3.3 C.7.6.3.1.8) */
    TOMO_OFFSETS_NONE = 1,    /**< an empty basic table */
    TOMO_OFFSETS_BASIC = 2,
    TOMO_OFFSETS_EXTENDED = 3
} tomo_offset_table;

/** How to transcode; start from TOMO_TRANSCODE_OPTIONS_INIT. */
typedef struct tomo_transcode_options {
    uint32_t    struct_size;
    const char *syntax;        /**< transfer syntax UID or short word ("rle", "j2k-lossless", "explicit"); required */
    int32_t     quality;       /**< as in tomo_encode_options */
    int32_t     near;
    int32_t     predictor;
    int32_t     offsets;       /**< a tomo_offset_table */
    double      ratio;
    bool        keep_color;
    bool        keep_uid;      /**< lossy: keep the SOP Instance UID (only where the original is replaced for good) */
    const char *seed;          /**< lossy: new UIDs are derived from it and the old one; NULL = from the old one and how
                                    it was compressed */
} tomo_transcode_options;
#define TOMO_TRANSCODE_OPTIONS_INIT                                                                                  \
    { sizeof(tomo_transcode_options), NULL, 0, 0, 0, TOMO_OFFSETS_AUTO, 0.0, false, false, NULL }

/** Write a data set in another transfer syntax. The same syntax is a copy. Lossless syntaxes keep every stored value,
 * bits above Bits Stored too. Color that a lossy or JPEG 2000 codec turned comes out as RGB, and Photometric
 * Interpretation and Planar Configuration say so. Lossy compression makes a derived image: new SOP Instance UID, Source
 * Image Sequence, Image Type DERIVED, (0028,2110) 01, ratio (0028,2112) and method (0028,2114) appended to what is
 * there, Derivation Description and Code. Compressed icons become uncompressed.
 * @param ds read whole; borrowed until the call returns
 * @return TOMO_OK, TOMO_E_ARG (syntax, options), TOMO_E_UNSUPPORTED (no such encoder or decoder, a frame that the
 *         syntax does not allow, no pixel data to compress), TOMO_E_FORMAT (damaged pixels), TOMO_E_LIMIT, TOMO_E_IO,
 *         TOMO_E_CANCELED. The file appears whole or not at all.  @since 0.1 */
TOMO_API tomo_status tomo_dataset_transcode(tomo_ctx *ctx, const tomo_dataset *ds, const char *path,
                                            const tomo_transcode_options *opts, tomo_job *job, tomo_error *err);
/** The same to memory. @param out owned by the caller (tomo_buffer_free)  @since 0.1 */
TOMO_API tomo_status tomo_dataset_transcode_buffer(tomo_ctx *ctx, const tomo_dataset *ds, tomo_buffer **out,
                                                   const tomo_transcode_options *opts, tomo_job *job, tomo_error *err);

/** What became of a folder's files. */
typedef struct tomo_transcode_result {
    uint32_t struct_size;
    int64_t  files;      /**< found */
    int64_t  transcoded;
    int64_t  copied;     /**< byte for byte: in the syntax already, or without pixel data to compress */
    int64_t  failed;     /**< not in the result; the report says which and why */
    int64_t  others;     /**< no DICOM: left out */
    uint64_t bytes_in, bytes_out; /**< of the files that are in the result */
} tomo_transcode_result;
#define TOMO_TRANSCODE_RESULT_INIT { sizeof(tomo_transcode_result), 0, 0, 0, 0, 0, 0, 0 }

/** Transcode every DICOM file below a folder into a new folder with the same names. A file that can't be transcoded
 * does not stop the others: it is left out, counted and reported.
 * @param out    must not exist, or be an empty folder; appears whole
 * @param report which files failed and why; may be NULL
 * @return TOMO_OK also if some failed; TOMO_E_NOTFOUND (no DICOM file), TOMO_E_EXISTS, TOMO_E_IO  @since 0.1 */
TOMO_API tomo_status tomo_transcode_folder(tomo_ctx *ctx, const char *in, const char *out,
                                           tomo_transcode_result *result, const tomo_transcode_options *opts,
                                           tomo_report *report, tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
