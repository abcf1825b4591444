/* tomo/object_annotation.h - what reports, key objects and presentation states share: coded concepts, references to
 * other instances, shapes and texts drawn on images.
 *
 * Ownership: in what a reader gives, every pointer is borrowed from the object that it came with; in what a writer
 * takes, everything is borrowed until the call returns. */
#ifndef TOMO_OBJECT_ANNOTATION_H
#define TOMO_OBJECT_ANNOTATION_H

#include <tomo/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A coded concept (PS3.3 8). `value` NULL = there is none. A value of more than 16 characters is a Long Code Value,
 * one that begins with "urn:" or "http" a URN Code Value. */
typedef struct tomo_code {
    const char *value;   /**< "112039" */
    const char *scheme;  /**< "DCM"; may be NULL for URNs */
    const char *meaning; /**< "Tracking Identifier" */
    const char *version; /**< of the scheme; mostly NULL */
} tomo_code;
#define TOMO_CODE(value, scheme, meaning) { (value), (scheme), (meaning), NULL }

/** Another SOP instance, or frames or segments of it (PS3.3 10.3). Texts are NULL where nothing is said. */
typedef struct tomo_reference {
    const char    *class_uid, *instance_uid;
    const char    *series_uid, *study_uid;    /**< in reports: of the evidence that lists the instance */
    const int32_t *frames;                    /**< from 1; NULL = all */
    size_t         n_frames;
    const int32_t *segments;                  /**< numbers of segments of a SEG; NULL = all */
    size_t         n_segments;
    const int32_t *channels;                  /**< waveforms: pairs of multiplex group and channel, from 1 */
    size_t         n_channels;                /**< pairs */
    const char    *presentation_uid;          /**< presentation state to show it with */
} tomo_reference;

/** Shapes, as PS3.3 C.10.5.1.2, C.18.6.1.2 and C.18.9.1.2 name them. */
typedef enum tomo_graphic_kind {
    TOMO_GRAPHIC_NONE = 0,
    TOMO_GRAPHIC_POINT,        /**< one point */
    TOMO_GRAPHIC_MULTIPOINT,   /**< points that are not joined */
    TOMO_GRAPHIC_POLYLINE,     /**< joined; closed if the last point equals the first */
    TOMO_GRAPHIC_POLYGON,      /**< joined and closed; patient coordinates only, the last point equals the first */
    TOMO_GRAPHIC_INTERPOLATED, /**< a smooth curve through the points */
    TOMO_GRAPHIC_CIRCLE,       /**< center, point on the circle */
    TOMO_GRAPHIC_ELLIPSE,      /**< both ends of the major axis, both ends of the minor axis */
    TOMO_GRAPHIC_ELLIPSOID,    /**< six points: ends of three axes; patient coordinates only */
    TOMO_GRAPHIC_COUNT
} tomo_graphic_kind;

/** What coordinates count in. */
typedef enum tomo_graphic_space {
    TOMO_GRAPHIC_IN_IMAGE = 0, /**< pixels of the frame, x then y: 0,0 and 1,1 are corners of the first pixel */
    TOMO_GRAPHIC_IN_PATIENT,   /**< LPS millimeters in a frame of reference, three numbers a point */
    TOMO_GRAPHIC_IN_DISPLAY,   /**< part of the displayed area, 0,0 its top left, 1,1 its bottom right */
    TOMO_GRAPHIC_IN_MATRIX,    /**< pixels of the total pixel matrix of tiled images, as TOMO_GRAPHIC_IN_IMAGE */
    TOMO_GRAPHIC_SPACES
} tomo_graphic_space;

typedef struct tomo_graphic {
    uint32_t      kind;               /**< tomo_graphic_kind */
    uint32_t      space;              /**< tomo_graphic_space */
    const double *at;                 /**< `points` pairs, in TOMO_GRAPHIC_IN_PATIENT triples */
    size_t        points;
    const char   *frame_of_reference; /**< TOMO_GRAPHIC_IN_PATIENT: its UID */
    bool          filled;             /**< presentation states only */
} tomo_graphic;

/** Name of a kind as DICOM writes it ("POLYLINE"), NULL past the last. @since 0.1 */
TOMO_API const char *tomo_graphic_name(uint32_t kind);

/** Something drawn on images: a shape, a text, or both (an arrow with words). */
typedef struct tomo_annotation {
    tomo_graphic  shape;      /**< kind TOMO_GRAPHIC_NONE: only text */
    const char *text;       /**< NULL = only a shape; lines are divided by CR LF */
    bool        has_box;    /**< the text lies in a box ... */
    double      box[4];     /**< ... x, y of one corner, x, y of the opposite one */
    uint32_t    box_space;  /**< tomo_graphic_space of box */
    char        align;      /**< in the box: 'L', 'C', 'R' */
    bool        has_anchor; /**< the text belongs to a point (an arrow ends there) ... */
    double      anchor[2];
    uint32_t    anchor_space;
    bool        anchor_visible; /**< draw the line from box to anchor */
    const char *layer;      /**< graphic layer, NULL = none */
    bool        has_lab;    /**< a color of its own, over that of the layer: CIELab as PS3.3 C.10.7.1.1 codes it */
    uint16_t    lab[3];
    double      thickness;  /**< of lines, in pixels of the display; 0 = not said */
    const char *compound;   /**< compound graphics (PS3.3 C.10.5.1.2.4): "ARROW", "RULER", ...; NULL = plain */
    const tomo_reference *images; /**< the images that it is drawn on; NULL = all of the presentation state's */
    size_t      n_images;
} tomo_annotation;

#ifdef __cplusplus
}
#endif
#endif
