/* tomo/object_rt.h - radiotherapy: structure sets (contours) to voxels and back, dose grids.
 *
 * Positions are LPS millimeters, as everywhere. A structure is a set of contours; its voxels are those whose centers
 * lie inside of them.
 * Threads: a tomo_rt_structures is immutable once made, so it is shared between threads freely. */
#ifndef TOMO_OBJECT_RT_H
#define TOMO_OBJECT_RT_H

#include <tomo/object.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- structure sets (PS3.3 A.19) ----------------------------------------------------------------------------- */

typedef struct tomo_rt_structures tomo_rt_structures;

/** One structure (region of interest). Texts are UTF-8 and live as long as the structure set. */
typedef struct tomo_rt_structure {
    uint32_t struct_size;
    int64_t number;                         /**< ROI Number */
    char name[65];                          /**< ROI Name */
    char type[17];                          /**< RT ROI Interpreted Type, "GTV", "ORGAN"; "" if absent */
    char algorithm[17];                     /**< ROI Generation Algorithm, "MANUAL"; "" if absent */
    char code[17], scheme[17], meaning[65]; /**< RT ROI Identification Code; "" if absent */
    uint8_t color[3];                       /**< ROI Display Color */
    bool has_color;
    double volume_ml; /**< ROI Volume as the file says; NaN if absent */
    size_t contours;  /**< of all geometric types */
    size_t points;    /**< of all contours */
} tomo_rt_structure;

typedef enum tomo_rt_shape {
    TOMO_RT_POINT = 0,
    TOMO_RT_OPEN_PLANAR = 1,
    TOMO_RT_OPEN_NONPLANAR = 2,
    TOMO_RT_CLOSED_PLANAR = 3,
    TOMO_RT_CLOSED_PLANAR_XOR = 4
} tomo_rt_shape;

/** One contour. Borrowed until the structure set is freed. */
typedef struct tomo_rt_contour {
    tomo_rt_shape shape;
    size_t n;             /**< points */
    const double *points; /**< n times x, y, z */
    double slab;          /**< Contour Slab Thickness in mm; 0 if absent */
    const char *image;    /**< SOP Instance UID of the first Contour Image; "" if absent */
} tomo_rt_contour;

/** Read a structure set (PS3.3 C.8.8.5, C.8.8.6, C.8.8.8).
 * @param out owned by the caller (tomo_rt_structures_free)
 * @param report contours without a structure and other oddities; may be NULL
 * @return TOMO_OK, TOMO_E_UNSUPPORTED (no RT Structure Set), TOMO_E_FORMAT (contour data that are no triplets of
 *         numbers), TOMO_E_NOMEM, TOMO_E_LIMIT  @since 0.1 */
TOMO_API tomo_status tomo_rt_structures_read(tomo_ctx *ctx, tomo_rt_structures **out, const tomo_dataset *ds,
                                             tomo_report *report, tomo_error *err);
/** NULL is fine. @since 0.1 */
TOMO_API void tomo_rt_structures_free(tomo_rt_structures *set);
/** How many structures there are, those without contours among them. @since 0.1 */
TOMO_API size_t tomo_rt_structures_count(const tomo_rt_structures *set);
/** The i-th structure, in the order of the Structure Set ROI Sequence. @return TOMO_OK, TOMO_E_NOTFOUND @since 0.1 */
TOMO_API tomo_status tomo_rt_structures_get(const tomo_rt_structures *set, size_t i, tomo_rt_structure *out,
                                            tomo_error *err);
/** The k-th contour of the i-th structure. @return TOMO_OK, TOMO_E_NOTFOUND  @since 0.1 */
TOMO_API tomo_status tomo_rt_structures_contour(const tomo_rt_structures *set, size_t i, size_t k, tomo_rt_contour *out,
                                                tomo_error *err);

typedef struct tomo_rt_mask_options {
    uint32_t struct_size;
    /** contours that lie in one plane are united; false = a point inside of an even number of them is outside, which
     * makes holes (PS3.3 C.8.8.6.3) */
    bool unite;
    /** fill slices between distant planes with a shape between the two (signed distances, mixed linearly); for
     * contours that are parallel to the grid's slices. false = a contour stands for its slab only */
    bool interpolate;
} tomo_rt_mask_options;
#define TOMO_RT_MASK_OPTIONS_INIT                                                                                      \
    {                                                                                                                  \
        sizeof(tomo_rt_mask_options), false, false                                                                     \
    }

/** One structure to the voxels of an image, of whatever orientation: uint8, 1 where the center of a voxel lies inside
 * its closed contours. Along the contours' normal a contour stands for the points nearest to its plane, half a slab to
 * either side: the slab is Contour Slab Thickness, else the median distance of neighboring planes, at most 5 mm or a
 * step of the grid. Points and open contours have no inside.
 * @param out shared (tomo_image_free)
 * @param grid its first three dimensions are used, its voxels are not
 * @return TOMO_OK, TOMO_E_NOTFOUND (no such structure), TOMO_E_GEOMETRY (contours that are not planar or not
 *         parallel), TOMO_E_CANCELED, TOMO_E_NOMEM, TOMO_E_LIMIT  @since 0.1 */
TOMO_API tomo_status tomo_rt_structures_mask(tomo_ctx *ctx, tomo_image **out, const tomo_rt_structures *set, size_t i,
                                             const tomo_image *grid, const tomo_rt_mask_options *opts,
                                             tomo_report *report, tomo_job *job, tomo_error *err);
/** All structures as one image of labels, with a label table. A label is the ROI Number where those are all different
 * and from 1 to 65535, else 1, 2, ... in the order of the set, which the report says. Where
 * structures overlap the one with fewer voxels stays visible, and the report says how much was covered.
 * @param out shared (tomo_image_free)  @return as tomo_rt_structures_mask()  @since 0.1 */
TOMO_API tomo_status tomo_rt_structures_labels(tomo_ctx *ctx, tomo_image **out, const tomo_rt_structures *set,
                                               const tomo_image *grid, const tomo_rt_mask_options *opts,
                                               tomo_report *report, tomo_job *job, tomo_error *err);

/** How holes are written. */
typedef enum tomo_rt_holes {
    TOMO_RT_HOLES_KEYHOLE = 0, /**< one CLOSED_PLANAR contour, joined to its holes by channels of no width */
    TOMO_RT_HOLES_XOR = 1      /**< a contour for each hole, all of them CLOSEDPLANAR_XOR */
} tomo_rt_holes;

typedef struct tomo_rt_write_options {
    uint32_t struct_size;
    int32_t holes;            /**< tomo_rt_holes */
    const char *label;        /**< Structure Set Label, at most 16 characters; NULL = "TOMO" */
    const char *const *types; /**< RT ROI Interpreted Type for each row of the label table; NULL = none */
} tomo_rt_write_options;
#define TOMO_RT_WRITE_OPTIONS_INIT                                                                                     \
    {                                                                                                                  \
        sizeof(tomo_rt_write_options), 0, NULL, NULL                                                                   \
    }

/** Labels to an RT Structure Set: one structure a row of the label table (or a value that occurs), one contour around
 * each connected patch (by edges) of each slice. Outlines pass midway between the centers of voxels inside and those
 * outside, so that the same voxels come back; each outline encloses half a pixel less than the pixels inside of it.
 * @param out    owned by the caller (tomo_dataset_free)
 * @param labels whole numbers, three dimensions; contours lie in its slices
 * @param study,series the images that contours refer to; slices are found by position. NULL = no references, then
 *               `opts->like` should name the Frame of Reference
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_GEOMETRY (no image of the series lies where a slice is), TOMO_E_CANCELED,
 *         TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_rt_structures_write(tomo_ctx *ctx, tomo_dataset **out, const tomo_image *labels,
                                              const tomo_study *study, size_t series, const tomo_rt_write_options *how,
                                              const tomo_object_options *opts, tomo_job *job, tomo_error *err);

/* ---- dose (PS3.3 A.18) --------------------------------------------------------------------------------------- */

/** A dose grid as float32 in Gy (or relative, as the report says), with its place (PS3.3 C.8.8.3): frames by Grid
 * Frame Offset Vector, relative or absolute. tomo_object_load() does the same.
 * @param out shared (tomo_image_free)
 * @return TOMO_OK, TOMO_E_UNSUPPORTED, TOMO_E_FORMAT (what is missing), TOMO_E_GEOMETRY (uneven frames)  @since 0.1 */
TOMO_API tomo_status tomo_rt_dose_load(tomo_ctx *ctx, tomo_image **out, const tomo_dataset *ds, tomo_report *report,
                                       tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
