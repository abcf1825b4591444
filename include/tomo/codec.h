/* tomo/codec.h - bytes to pixels and back: the codecs of DICOM's transfer syntaxes, deflate, and PNG.
 *
 * A codec knows nothing of files, data sets or patients. Sizes come from the caller, who knows them from the
 * image's own description; a codestream that claims anything else is refused before memory is taken.
 * Threads: all functions are free of state and may run at once. Outputs are the caller's memory unless said. */
#ifndef TOMO_CODEC_H
#define TOMO_CODEC_H

#include <tomo/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What one frame looks like. In memory: native byte order, samples of a pixel side by side (planar 0), one, two
 * or four bytes a sample as bits_allocated says (1-bit frames are unpacked to bytes). */
typedef struct tomo_frame_desc {
    uint32_t struct_size;
    int32_t  columns, rows;   /**< 1 to 65535 */
    int32_t  samples;         /**< samples a pixel: 1, 3 or 4 */
    int32_t  bits_allocated;  /**< 1, 8, 16, 32, 64 */
    int32_t  bits_stored;     /**< 1 to bits_allocated */
    int32_t  high_bit;
    bool     is_signed;       /**< Pixel Representation 1 */
    bool     is_planar;       /**< Planar Configuration 1 (native and RLE input only) */
    bool     is_ybr;          /**< the photometric interpretation is one of the YBR family */
    bool     is_big_endian;   /**< native only: the bytes are big endian words */
    bool     is_float;        /**< Float or Double Float Pixel Data */
} tomo_frame_desc;
#define TOMO_FRAME_DESC_INIT { sizeof(tomo_frame_desc), 0, 0, 1, 16, 16, 15, false, false, false, false, false }

/** Bytes of one decoded frame in memory: columns * rows * samples * bytes a sample (1 bit counts as a byte).
 * @return TOMO_OK, TOMO_E_ARG (a field is out of range: which, found, expected)  @since 0.1 */
TOMO_API tomo_status tomo_frame_bytes(const tomo_frame_desc *desc, size_t *out, tomo_error *err);

/** One transfer syntax that Tomo can decode, and mostly encode. Rows of a const table. */
typedef struct tomo_codec {
    const char *uid;          /**< "1.2.840.10008.1.2.4.70" */
    const char *name;         /**< "JPEG Lossless, Non-Hierarchical, First-Order Prediction" */
    const char *word;         /**< short word on the command line: "jpegll-sv1" */
    bool        lossy;        /**< may be lossy */
    bool        encapsulated; /**< pixel data comes in fragments */
    bool        encodes;      /**< tomo_codec_encode() of this build writes it, too */
} tomo_codec;

/** By transfer syntax UID or short word; NULL if Tomo has no decoder for it. @since 0.1 */
TOMO_API const tomo_codec *tomo_codec_find(const char *uid_or_word);
/** All of them, NULL-ended. @since 0.1 */
TOMO_API const tomo_codec *const *tomo_codec_list(void);

/** Decode one frame.
 * @param in       the frame's bytes, all its fragments joined; borrowed until the call returns
 * @param desc     what the data set says of the frame; the codestream must agree (dimensions, samples, bits at most
 *                 those allocated)
 * @param out      tomo_frame_bytes() bytes, written whole on success, undefined on failure. Color is as stored,
 *                 except that YCbCr in DCT JPEG (as desc->is_ybr or the codestream's own marks have it) and in
 *                 JPEG 2000 with its component transform is brought to RGB:
 * @param rgb_out  set true if `out` is RGB although the data set says YBR; may be NULL
 * @return TOMO_OK, TOMO_E_FORMAT with the offset, TOMO_E_UNSUPPORTED, TOMO_E_NOMEM, TOMO_E_LIMIT  @since 0.1 */
TOMO_API tomo_status tomo_codec_decode(tomo_ctx *ctx, const tomo_codec *codec, const void *in, size_t in_size,
                                       const tomo_frame_desc *desc, void *out, size_t out_size, bool *rgb_out,
                                       tomo_error *err);

/** How tomo_codec_encode() encodes; a zero field means its default, and a codec looks at its own fields only. */
typedef struct tomo_encode_options {
    uint32_t struct_size; /**< set by TOMO_ENCODE_OPTIONS_INIT */
    int32_t  quality;     /**< JPEG baseline, extended: 1 to 100 on libjpeg's scale; 0 = 90 */
    int32_t  near;        /**< JPEG-LS .81: the most that a sample may be off, 0 to 255; 0 = nothing is lost */
    int32_t  predictor;   /**< JPEG lossless .57: selection value 1 to 7; 0 = 1 */
    double   ratio;       /**< JPEG 2000 .91, HTJ2K .203: size at Bits Stored to size encoded, above 1; 0 = 10 */
    bool     keep_color;  /**< RGB stays RGB in JPEG baseline and JPEG 2000, which gets larger for it */
} tomo_encode_options;
#define TOMO_ENCODE_OPTIONS_INIT { sizeof(tomo_encode_options), 0, 0, 0, 0.0, false }

/** Encode one frame. The same description decodes it again (tomo_codec_decode), save for `photometric`.
 *
 * A codec that is not `lossy` gives back every bit of `in`, whatever lies above Bits Stored: samples that are not of
 * Bits Stored (by their sign, if they are signed) are coded with all bits allocated. JPEG 2000 carries the sign;
 * JPEG lossless and JPEG-LS carry two's complement as it is in memory.
 * @param out         owned by the caller (tomo_buffer_free), untouched on failure. The exact bytes: an odd number has
 *                    to be padded by one zero in a file. Frames of 1 bit begin at a byte of their own.
 * @param in          borrowed until the call returns. Samples as tomo_codec_decode() gives them: native byte order,
 *                    side by side, 1-bit samples as bytes 0 and 1
 * @param in_size     tomo_frame_bytes() bytes
 * @param desc        as for decoding. is_planar and is_big_endian say how native frames are laid out in `out`;
 *                    is_ybr says that `in` is YCbCr already
 * @param opts        NULL for the defaults
 * @param photometric the Photometric Interpretation that the color frame must be labeled with from now on
 *                    ("YBR_FULL_422", "YBR_RCT", "YBR_ICT"; a string literal), NULL if it is as it was; may be NULL
 * @return TOMO_OK, TOMO_E_ARG (description or options), TOMO_E_UNSUPPORTED (the syntax does not allow such a frame, or
 *         Tomo does not encode it), TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_MISSING (built without OpenJPH)  @since 0.1 */
TOMO_API tomo_status tomo_codec_encode(tomo_ctx *ctx, tomo_buffer **out, const tomo_codec *codec, const void *in,
                                       size_t in_size, const tomo_frame_desc *desc, const tomo_encode_options *opts,
                                       const char **photometric, tomo_error *err);

/** Inflate a raw deflate stream (RFC 1951: the deflated transfer syntax), or gzip/zlib by its header.
 * Stops with TOMO_E_LIMIT as soon as the result passes max_size.
 * @param out owned by the caller (tomo_buffer_free)  @since 0.1 */
TOMO_API tomo_status tomo_codec_inflate(tomo_ctx *ctx, tomo_buffer **out, const void *in, size_t in_size,
                                        uint64_t max_size, tomo_error *err);
typedef enum tomo_deflate_wrap { TOMO_DEFLATE_RAW = 0, TOMO_DEFLATE_ZLIB = 1, TOMO_DEFLATE_GZIP = 2 } tomo_deflate_wrap;
/** Deflate. Gzip of more than a few MiB is cut into blocks that are compressed in parallel and read by any gunzip;
 * the bytes don't depend on the number of threads. @param level 1 (fast) to 9 (small), 0 = default 6 @since 0.1 */
TOMO_API tomo_status tomo_codec_deflate(tomo_ctx *ctx, tomo_buffer **out, const void *in, size_t in_size,
                                        tomo_deflate_wrap wrap, int32_t level, tomo_job *job, tomo_error *err);

/** PNG (ISO 15948) of 8-bit gray (1), RGB (3), RGBA (4), or 16-bit gray samples in native order.
 * @param stride bytes from row to row  @param ppm pixels a meter for x and y, 0 = not written
 * @param out owned by the caller (tomo_buffer_free)  @since 0.1 */
TOMO_API tomo_status tomo_codec_png(tomo_ctx *ctx, tomo_buffer **out, const void *pixels, int64_t columns,
                                    int64_t rows, int32_t samples, int32_t bits, size_t stride, const double ppm[2],
                                    tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
