/* tomo/object_present.h - presentation states (PS3.3 A.33, C.10, C.11): how images are to be shown, and what is drawn
 * on them. All softcopy kinds are read, the grayscale one is written.
 *
 * Order of its transformations: modality, VOI, presentation LUT, shutter, spatial transformation, displayed area,
 * overlays and graphics (PS3.4 N.2). tomo_presentation_display() does them all. */
#ifndef TOMO_OBJECT_PRESENT_H
#define TOMO_OBJECT_PRESENT_H

#include <tomo/object.h>
#include <tomo/object_annotation.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A look-up table (PS3.3 C.11.1.1). `entries` 0 = there is none. */
typedef struct tomo_lut {
    uint32_t entries;
    int32_t first;          /**< value that entry 0 is for; lower ones use entry 0, those past the end the last */
    uint32_t bits;          /**< of an entry, 8 to 16 */
    const uint16_t *values; /**< `entries` of them */
    const char *explanation;
    const char *type; /**< Modality LUT Type, "HU", "OD", "US"; NULL elsewhere */
} tomo_lut;

/** Values of interest: a window or a table (PS3.3 C.11.8). */
typedef struct tomo_presentation_voi {
    const tomo_reference *images; /**< for these only; n_images 0 = for all */
    size_t n_images;
    double center, width; /**< NaN if it is a table */
    const char *function; /**< "LINEAR", "LINEAR_EXACT", "SIGMOID"; NULL = LINEAR */
    const char *explanation;
    tomo_lut lut;
} tomo_presentation_voi;

/** Which part of an image, and how large (PS3.3 C.10.4). Corners are pixels, from 1, x then y; they may lie outside. */
typedef struct tomo_presentation_area {
    const tomo_reference *images; /**< n_images 0 = for all */
    size_t n_images;
    int32_t top_left[2], bottom_right[2];
    const char *mode;     /**< "SCALE TO FIT", "TRUE SIZE", "MAGNIFY" */
    double spacing[2];    /**< mm between rows, between columns; NaN = not said */
    int32_t aspect[2];    /**< vertical, horizontal, if there is no spacing; 0 = not said */
    double magnification; /**< MAGNIFY; else NaN */
} tomo_presentation_area;

/** Graphics are painted layer by layer, lowest order first (PS3.3 C.10.7). */
typedef struct tomo_presentation_layer {
    const char *name;
    int32_t order;
    int32_t gray; /**< 0 to 65535; -1 = not said */
    bool has_lab; /**< color, CIELab as PS3.3 C.10.7.1.1 codes it */
    uint16_t lab[3];
    const char *description;
} tomo_presentation_layer;

/** What of the image is covered (PS3.3 C.7.6.11, C.11.12). Several shapes cover what any of them covers. */
typedef struct tomo_presentation_shutter {
    bool rectangular, circular, polygonal;
    int32_t left, right, upper, lower; /**< edges: pixels from 1 */
    int32_t center[2];                 /**< x, y */
    int32_t radius;                    /**< pixels */
    const double *vertices;            /**< pairs x, y */
    size_t n_vertices;
    int32_t overlay; /**< group of a bitmap shutter, 0x6000 ...; 0 = none */
    int32_t gray;    /**< 0 to 65535 to cover with; -1 = not said */
    bool has_lab;
    uint16_t lab[3];
} tomo_presentation_shutter;

/** An overlay that is shown in a layer (PS3.3 C.11.7). */
typedef struct tomo_presentation_overlay {
    int32_t group; /**< 0x6000, 0x6002, ... */
    const char *layer;
} tomo_presentation_overlay;

typedef struct tomo_presentation {
    uint32_t struct_size;
    const char *class_uid; /**< when writing: that of grayscale, or NULL */
    const char *label;     /**< CS; when writing NULL = "TOMO" */
    const char *description, *creator;
    const char *date, *time;      /**< of creation; when writing those of tomo_object_options */
    const tomo_reference *images; /**< all that the state is for, with their series */
    size_t n_images;
    const tomo_presentation_area *areas;
    size_t n_areas;
    int32_t rotation; /**< degrees clockwise: 0, 90, 180, 270; before the flip */
    bool flip;        /**< then left and right are swapped */
    bool has_rescale; /**< modality transformation: slope, intercept ... */
    double slope, intercept;
    const char *rescale_type; /**< "HU" */
    tomo_lut modality;        /**< ... or a table */
    const tomo_presentation_voi *vois;
    size_t n_vois;
    const char *shape;     /**< of the presentation LUT: "IDENTITY", "INVERSE" */
    tomo_lut presentation; /**< ... or a table */
    tomo_lut palette[3];   /**< red, green, blue: pseudo-color */
    size_t icc_bytes;      /**< size of the ICC profile; 0 = none */
    const tomo_presentation_layer *layers;
    size_t n_layers;
    const tomo_annotation *annotations;
    size_t n_annotations;
    tomo_presentation_shutter shutter;
    const tomo_presentation_overlay *overlays;
    size_t n_overlays;
} tomo_presentation;
/** For writing; gray values are "not said". */
#define TOMO_PRESENTATION_INIT                                                                                         \
    {                                                                                                                  \
        .struct_size = sizeof(tomo_presentation), .shutter = {.gray = -1 }                                             \
    }

/** Read a softcopy presentation state: grayscale, color, pseudo-color, blending (its graphics), XA/XRF.
 * @param out    owned by the caller (tomo_presentation_free), with all that it points to
 * @param report oddities; may be NULL
 * @return TOMO_OK, TOMO_E_UNSUPPORTED (no presentation state), TOMO_E_FORMAT, TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_presentation_read(tomo_ctx *ctx, tomo_presentation **out, const tomo_dataset *ds,
                                            tomo_report *report, tomo_error *err);
/** Only what tomo_presentation_read() gave. NULL is fine. @since 0.1 */
TOMO_API void tomo_presentation_free(tomo_presentation *p);

/** A grayscale presentation state (PS3.3 A.33.1) as a data set. Without areas the whole of `object->like` is shown,
 * which must then be the image; its rescale goes in as modality transformation where `p` has none. Annotations without
 * a layer get one. A compound "ARROW" of two points, tail and head, is drawn as lines.
 * @param out owned by the caller (tomo_dataset_free)
 * @return TOMO_OK, TOMO_E_ARG (what, which), TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_presentation_write(tomo_ctx *ctx, tomo_dataset **out, const tomo_presentation *p,
                                             const tomo_object_options *object, tomo_error *err);

/** How tomo_presentation_display() shows; start from TOMO_PRESENTATION_OPTIONS_INIT. */
typedef struct tomo_presentation_options {
    uint32_t struct_size;
    int32_t bits;          /**< a sample of the picture: 8 or 16 */
    int32_t width, height; /**< scale to fit into so many pixels, whatever the size mode; 0 = any number */
    double pixel_mm;       /**< of the display, for TRUE SIZE; 0 = not known: a pixel for each of the image */
    bool whole;            /**< all of the image, not the Displayed Area */
    bool no_shutter, no_overlays, no_graphics;
    bool any_image; /**< also an image that the state does not name */
} tomo_presentation_options;
#define TOMO_PRESENTATION_OPTIONS_INIT                                                                                 \
    { sizeof(tomo_presentation_options), 8, 0, 0, 0.0, false, false, false, false, false }

/** One frame of an image as a grayscale or color softcopy presentation state shows it (PS3.4 N.2): Modality, VOI and
 * Presentation LUT of the state alone (what it does not say is identity), shutters, rotation and flip, Displayed Area,
 * then the overlays that it activates and its graphics, lowest layer first. SCALE TO FIT without a size gives a pixel
 * for each of the image; pixels that are not square are made so, MAGNIFY takes its ratio; black is outside of the
 * image. Lines are as thick as they say, one pixel at least; a layer without gray is white; CIELab is color on color
 * images, its lightness on gray ones. Texts are not drawn: the report counts them.
 * @param out    image of 2 dimensions, 1 or 3 components, owned by the caller (tomo_image_free)
 * @param state  data set of the presentation state; borrowed, as `ds`, during the call
 * @param frame  of the image, from 0
 * @param report oddities, and what is not drawn; may be NULL
 * @return TOMO_OK, TOMO_E_ARG (options; the state is not for this image), TOMO_E_UNSUPPORTED (another kind of state;
 *         subtraction), TOMO_E_LIMIT (too large, too much to draw), TOMO_E_FORMAT, TOMO_E_NOMEM; what
 *         tomo_pixels_display() says  @since 0.1 */
TOMO_API tomo_status tomo_presentation_display(tomo_ctx *ctx, tomo_image **out, const tomo_dataset *state,
                                               const tomo_dataset *ds, int64_t frame,
                                               const tomo_presentation_options *opts, tomo_report *report,
                                               tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
