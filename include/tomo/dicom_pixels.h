/* tomo/dicom_pixels.h - what pixel values mean: a frame as a viewer shows it, and a frame in real-world values.
 *
 * Stored values pass the chain of PS3.4 N.2: Modality LUT, VOI LUT, Presentation LUT, then overlays.
 * tomo_pixels_frame() (dicom.h) gives what is stored, tomo_pixels_display() the end of the chain, tomo_pixels_real()
 * its first step or a Real World Value Mapping. Attributes come from the frame's functional groups where it has them,
 * else from the data set; those of a presentation state that the caller gives go before both.
 * Threads and ownership as in dicom.h: a data set that nobody edits may be used from any thread. */
#ifndef TOMO_DICOM_PIXELS_H
#define TOMO_DICOM_PIXELS_H

#include <tomo/dicom.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One frame as tomo_pixels_frame() (dicom.h) gives it, but PALETTE COLOR as the indices that are stored (PS3.3
 * C.7.6.3.1.2), not as the colors of its tables: one component, of the type that Bits Allocated and Pixel
 * Representation say.
 * @param out image of 2 dimensions, owned by the caller (tomo_image_free)
 * @return TOMO_OK, TOMO_E_ARG (no such frame), TOMO_E_NOTFOUND (no pixel data), TOMO_E_FORMAT, TOMO_E_UNSUPPORTED
 * @since 0.1 */
TOMO_API tomo_status tomo_pixels_stored(tomo_ctx *ctx, const tomo_dataset *ds, int64_t frame, tomo_image **out,
                                        tomo_error *err);

/** Which part of the values is spread over the grays. */
typedef enum tomo_display_voi {
    TOMO_DISPLAY_AUTO = 0,   /**< VOI LUT 0 of the file; else its window 0; else as TOMO_DISPLAY_RANGE */
    TOMO_DISPLAY_WINDOW = 1, /**< `center`, `width`, `function` of the options */
    TOMO_DISPLAY_VIEW = 2,   /**< window number `view` of the file, from 0 */
    TOMO_DISPLAY_LUT = 3,    /**< VOI LUT number `view` of the file, from 0 */
    TOMO_DISPLAY_RANGE = 4,  /**< smallest to largest value of the frame, padding left out */
    TOMO_DISPLAY_FULL = 5    /**< every value that Bits Stored allows */
} tomo_display_voi;

/** How tomo_pixels_display() shows; start from TOMO_DISPLAY_OPTIONS_INIT. */
typedef struct tomo_display_options {
    uint32_t struct_size;
    int32_t  voi;           /**< a tomo_display_voi */
    int32_t  view;          /**< which window or VOI LUT of the file, from 0 */
    int32_t  function;      /**< tomo_voi for TOMO_DISPLAY_WINDOW; -1 = that of the file, LINEAR if it names none */
    double   center, width; /**< of TOMO_DISPLAY_WINDOW, in the units that the Modality LUT gives (HU for CT) */
    int32_t  bits;          /**< a sample of the result: 8 or 16 */
    bool     invert;        /**< bright becomes dark, once more than the file asks for */
    bool     no_overlays;   /**< leave overlays (60xx) away */
    bool     dark_padding;  /**< pixels of Pixel Padding Value (or its range) become black, whatever the window */
    bool     keep_monochrome1; /**< don't invert MONOCHROME1 */
    /** Grayscale Softcopy Presentation State: its Modality LUT, Softcopy VOI LUT and Presentation LUT are used for
     * this image; borrowed during the call; NULL = none. Annotations, shutters, rotation are not drawn. */
    const tomo_dataset *state;
} tomo_display_options;
#define TOMO_DISPLAY_OPTIONS_INIT                                                                                    \
    { sizeof(tomo_display_options), TOMO_DISPLAY_AUTO, 0, -1, 0.0, 0.0, 8, false, false, false, false, NULL }

/** One frame as a viewer shows it, without reading the others: 8 or 16 bits of gray (0 is black), or RGB for color
 * and for Supplemental Palette Color. The steps are those of PS3.3: C.11.1 (Modality LUT Sequence, rescale), C.11.2
 * (VOI LUT Sequence; window LINEAR, LINEAR_EXACT, SIGMOID), C.11.6 (Presentation LUT Sequence or Shape), MONOCHROME1;
 * overlays of this frame (C.9.2, in Overlay Data or in unused bits) are drawn in white. Grays round to the nearest.
 * Color passes no window; 16-bit color is brought to `bits`.
 * @param out image of 2 dimensions, 1 or 3 components, owned by the caller (tomo_image_free)
 * @return TOMO_OK, TOMO_E_ARG (no such frame; width too small), TOMO_E_NOTFOUND (no such window or LUT in the file; no
 *         pixel data), TOMO_E_FORMAT (a LUT that is none), TOMO_E_UNSUPPORTED (color of more than 16 bits)
 * @since 0.1 */
TOMO_API tomo_status tomo_pixels_display(tomo_ctx *ctx, const tomo_dataset *ds, int64_t frame, tomo_image **out,
                                         const tomo_display_options *opts, tomo_error *err);

/** How tomo_pixels_real() counts. */
typedef struct tomo_real_options {
    uint32_t struct_size;
    /** 0 = Modality LUT or rescale; n = the n-th item of the Real World Value Mapping Sequence (PS3.3 C.7.6.16.2.11) */
    int32_t  mapping;
    bool     padding_nan; /**< pixels of Pixel Padding Value (or its range) become NaN */
} tomo_real_options;
#define TOMO_REAL_OPTIONS_INIT { sizeof(tomo_real_options), 0, false }

/** What the numbers are. */
typedef struct tomo_real_info {
    uint32_t struct_size;
    int32_t  mappings;      /**< items of the Real World Value Mapping Sequence for this frame */
    char     unit[65];      /**< Rescale Type ("HU"), or the code of the mapping's unit ("ml/min"); "" if not said */
    char     label[65];     /**< LUT Label or Explanation; "" if none */
    int64_t  padding;       /**< pixels that are padding */
    int64_t  unmapped;      /**< pixels outside of the mapping's range (NaN in the result) */
} tomo_real_info;
#define TOMO_REAL_INFO_INIT { sizeof(tomo_real_info), 0, "", "", 0, 0 }

/** One frame in real-world values: float64 where float32 would lose digits (32 bits stored and more, Double Float),
 * else float32; one component. Values outside of a Real World Value Mapping's range are NaN.
 * @param out  image of 2 dimensions, owned by the caller (tomo_image_free)
 * @param info NULL, or what the numbers are
 * @return TOMO_OK, TOMO_E_ARG (no such frame), TOMO_E_NOTFOUND (no such mapping), TOMO_E_UNSUPPORTED (color),
 *         TOMO_E_FORMAT  @since 0.1 */
TOMO_API tomo_status tomo_pixels_real(tomo_ctx *ctx, const tomo_dataset *ds, int64_t frame, tomo_image **out,
                                      tomo_real_info *info, const tomo_real_options *opts, tomo_error *err);

/** One overlay plane (PS3.3 C.9.2). */
typedef struct tomo_overlay_info {
    uint32_t struct_size;
    uint16_t group;         /**< 0x6000, 0x6002 ... 0x601E */
    char     type;          /**< 'G' graphics, 'R' region of interest */
    bool     embedded;      /**< in unused bits of the pixel data (retired) */
    int32_t  rows, columns;
    int32_t  row, column;   /**< of its first pixel in the image, from 0; may be negative */
    int64_t  frames;        /**< frames of its own, 1 for one plane that all frames share */
    int64_t  first;         /**< image frame, from 0, that its first frame belongs to */
    char     label[65];
} tomo_overlay_info;
#define TOMO_OVERLAY_INFO_INIT { sizeof(tomo_overlay_info), 0, 0, false, 0, 0, 0, 0, 0, 0, "" }

/** Overlays of a data set, at most 16. @since 0.1 */
TOMO_API size_t tomo_overlay_count(const tomo_dataset *ds);
/** What the i-th overlay is. @return TOMO_OK, TOMO_E_ARG (no such overlay), TOMO_E_FORMAT @since 0.1 */
TOMO_API tomo_status tomo_overlay_get_info(const tomo_dataset *ds, size_t i, tomo_overlay_info *out, tomo_error *err);
/** The i-th overlay for one image frame: uint8 of 0 and 1, `rows` x `columns`.
 * @return TOMO_OK, TOMO_E_NOTFOUND (it has nothing for this frame), TOMO_E_ARG, TOMO_E_FORMAT @since 0.1 */
TOMO_API tomo_status tomo_overlay_frame(tomo_ctx *ctx, const tomo_dataset *ds, size_t i, int64_t frame,
                                        tomo_image **out, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
