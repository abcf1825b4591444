/* tomo/render.h - pictures of volumes: planes, slabs and projections in patient space, with masks drawn over them.
 *
 * Every call gives an image of 8-bit RGB with square pixels whose place in the patient is known, seen as radiologists
 * are used to: axial from the feet (patient's left on the right of the picture), coronal from the front (left on the
 * right), sagittal from the patient's left (front on the left of the picture); head up.
 * Threads: as base.h says. Results don't depend on the number of threads. Research use only, not for diagnosis. */
#ifndef TOMO_RENDER_H
#define TOMO_RENDER_H

#include <math.h> /* NAN in the INIT macro */
#include <tomo/image.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tomo_plane { TOMO_PLANE_AXIAL = 0, TOMO_PLANE_CORONAL = 1, TOMO_PLANE_SAGITTAL = 2 } tomo_plane;
typedef enum tomo_slab_mode { TOMO_SLAB_MAX = 0, TOMO_SLAB_MIN = 1, TOMO_SLAB_MEAN = 2 } tomo_slab_mode;

/** Options of tomo_render_slice(), tomo_render_mpr() and tomo_render_mip(). */
typedef struct tomo_render_options {
    uint32_t struct_size;
    int32_t  plane;         /**< tomo_plane */
    double   position[3];   /**< LPS mm of a point on the plane (for MPR: where the planes cross); NaN = middle */
    double   normal[3];     /**< tomo_render_slice(): oblique plane by its LPS normal; all 0 = `plane` */
    double   center, width; /**< window; both NaN = from the 0.5 to the 99.5 percentile of the voxels; of
                                 a projection the 5 to the 99.5 of its pixels above the least */
    double   pixel;         /**< mm a pixel; 0 = the smallest spacing of the image */
    double   slab;          /**< thickness in mm; slice: 0 = a plane; MIP: 0 = through everything */
    int32_t  mode;          /**< tomo_slab_mode */
    double   opacity;       /**< of label colors, 0 to 1 */
    bool     outline;       /**< label outlines at full strength */
    bool     marks;         /**< orientation letters and a scale bar */
} tomo_render_options;
#define TOMO_RENDER_OPTIONS_INIT { sizeof(tomo_render_options), TOMO_PLANE_AXIAL, { NAN, NAN, NAN }, { 0, 0, 0 }, NAN, \
                                   NAN, 0.0, 0.0, TOMO_SLAB_MAX, 0.35, true, true }

/** One plane (or slab) of a volume, voxels interpolated linearly, labels nearest.
 * @param out    RGB image of 2 dimensions with its place in the patient, owned by the caller (tomo_image_free)
 * @param in     gray volume, borrowed until the call returns
 * @param labels whole numbers with a label table (without one: red); any grid; NULL = none
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_LIMIT (more than 8192 pixels a side), TOMO_E_NOMEM, TOMO_E_CANCELED @since 0.1 */
TOMO_API tomo_status tomo_render_slice(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *labels,
                                       const tomo_render_options *opts, tomo_job *job, tomo_error *err);
/** Axial, coronal and sagittal plane through one point, side by side in one picture. @since 0.1 */
TOMO_API tomo_status tomo_render_mpr(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_image *labels,
                                     const tomo_render_options *opts, tomo_job *job, tomo_error *err);
/** Projection (maximum, minimum or mean) along the normal of `plane` through the volume or a slab of it. Labels are
 * not drawn. @since 0.1 */
TOMO_API tomo_status tomo_render_mip(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                     const tomo_render_options *opts, tomo_job *job, tomo_error *err);

/** Write text into an RGB image that nobody else holds yet. Latin letters, digits and signs of a 5 x 7 dot font;
 * others become '?'. x, y: top left pixel; scale: pixels a dot, 1 to 16. Clipped at the borders. @since 0.1 */
TOMO_API tomo_status tomo_render_text(tomo_image *rgb, int64_t x, int64_t y, int32_t scale, const uint8_t color[3],
                                      const char *text, tomo_error *err);

/** Operations of this room (slice, mpr, mip, overlay), NULL-ended. @since 0.1 */
TOMO_API const tomo_op *const *tomo_render_ops(void);

#ifdef __cplusplus
}
#endif
#endif
