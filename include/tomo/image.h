/* tomo/image.h - voxels with a type and a place in the patient.
 *
 * A tomo_image is up to four dimensions (x, y, z, t), x fastest, in one reference-counted buffer. Rows along x
 * are always contiguous; y, z and t have byte strides, so a crop or a slice is a view without a copy.
 * Geometry is DICOM's and ITK's: LPS millimeters; the center of voxel (i, j, k) lies at
 *     origin + direction * (i * spacing[0], j * spacing[1], k * spacing[2])
 * where column c of the 3 x 3 row-major `direction` is the unit vector of axis c.
 * Threads: immutable once handed out, so shared between threads freely. Every *_free takes NULL. */
#ifndef TOMO_IMAGE_H
#define TOMO_IMAGE_H

#include <math.h> /* NAN */
#include <tomo/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tomo_image tomo_image;

/** Type of one component of a voxel; native byte order in memory. The numbers are pinned. */
typedef enum tomo_dtype {
    TOMO_DTYPE_U8 = 1,
    TOMO_DTYPE_I8 = 2,
    TOMO_DTYPE_U16 = 3,
    TOMO_DTYPE_I16 = 4,
    TOMO_DTYPE_U32 = 5,
    TOMO_DTYPE_I32 = 6,
    TOMO_DTYPE_U64 = 7,
    TOMO_DTYPE_I64 = 8,
    TOMO_DTYPE_F32 = 9,
    TOMO_DTYPE_F64 = 10
} tomo_dtype;

/** Bytes of one component; 0 if not a tomo_dtype. @since 0.1 */
TOMO_API size_t tomo_dtype_size(tomo_dtype dtype);
/** "uint8", "int16", "float32" ..., as NumPy says; "?" if not a tomo_dtype. @since 0.1 */
TOMO_API const char *tomo_dtype_name(tomo_dtype dtype);

/** Shape, type and place of an image. */
typedef struct tomo_image_desc {
    uint32_t   struct_size;
    tomo_dtype dtype;
    int32_t    components;   /**< 1 = gray, 2 = complex, 3 = RGB, 4 = RGBA; interleaved */
    int32_t    dims;         /**< 2, 3 or 4; sizes past it are 1 */
    int64_t    size[4];      /**< voxels along x, y, z, t; each at least 1 */
    double     spacing[4];   /**< millimeters, fourth in seconds (0 = unknown); positive */
    double     origin[3];    /**< LPS millimeters, center of the first voxel */
    double     direction[9]; /**< row-major, columns are the axes' unit vectors */
} tomo_image_desc;
#define TOMO_IMAGE_DESC_INIT { sizeof(tomo_image_desc), TOMO_DTYPE_I16, 1, 3, { 1, 1, 1, 1 }, { 1, 1, 1, 0 }, \
                               { 0, 0, 0 }, { 1, 0, 0, 0, 1, 0, 0, 0, 1 } }

/** New image, voxels undefined: fill them through tomo_image_row_mut() before handing it on.
 * Sizes are checked before memory is taken. @param out shared (tomo_image_free)
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_NOMEM, TOMO_E_LIMIT  @since 0.1 */
TOMO_API tomo_status tomo_image_new(tomo_ctx *ctx, tomo_image **out, const tomo_image_desc *desc, tomo_error *err);
/** Image over memory that a buffer holds, contiguous, starting at `offset`; the buffer gets a reference. The first
 * voxel must be aligned to its component (2 bytes for int16): TOMO_E_ARG if it is not, copy it then. @since 0.1 */
TOMO_API tomo_status tomo_image_wrap(tomo_ctx *ctx, tomo_image **out, const tomo_image_desc *desc,
                                     tomo_buffer *buffer, size_t offset, tomo_error *err);
TOMO_API tomo_image *tomo_image_ref(tomo_image *image);
TOMO_API void tomo_image_free(tomo_image *image);

/** Shape, type and place; borrowed until the image is freed. @since 0.1 */
TOMO_API const tomo_image_desc *tomo_image_get_desc(const tomo_image *image);
/** First voxel; borrowed until the image is freed. @since 0.1 */
TOMO_API const void *tomo_image_data(const tomo_image *image);
/** Bytes from one row (axis 1), slice (2) or time point (3) to the next; axis 0 gives the voxel's size. @since 0.1 */
TOMO_API int64_t tomo_image_stride(const tomo_image *image, int axis);
/** First voxel of row (y, z, t); borrowed until the image is freed. Indices are not checked. @since 0.1 */
TOMO_API const void *tomo_image_row(const tomo_image *image, int64_t y, int64_t z, int64_t t);
/** The same for writing: only for the one who made the image, before it is shared. @since 0.1 */
TOMO_API void *tomo_image_row_mut(tomo_image *image, int64_t y, int64_t z, int64_t t);
/** True if all voxels follow each other without gaps. @since 0.1 */
TOMO_API bool tomo_image_contiguous(const tomo_image *image);
/** Buffer behind the image; borrowed until the image is freed. @since 0.1 */
TOMO_API tomo_buffer *tomo_image_buffer(const tomo_image *image);
/** Voxels in all (product of the sizes). @since 0.1 */
TOMO_API int64_t tomo_image_voxels(const tomo_image *image);
/** Volume of one voxel in cubic millimeters. @since 0.1 */
TOMO_API double tomo_image_voxel_mm3(const tomo_image *image);
/** One voxel's component as a double; indices are not checked. For tests and probes, not for loops. @since 0.1 */
TOMO_API double tomo_image_at(const tomo_image *image, int64_t x, int64_t y, int64_t z, int64_t t, int component);

/** Patient position (LPS mm) of a continuous voxel index. @since 0.1 */
TOMO_API void tomo_image_to_patient(const tomo_image *image, const double index[3], double lps[3]);
/** Continuous voxel index of a patient position. @since 0.1 */
TOMO_API void tomo_image_to_index(const tomo_image *image, const double lps[3], double index[3]);
/** True if the sizes (x, y, z) are the same and every corner voxel lies within `tol_mm` of the other's. @since 0.1 */
TOMO_API bool tomo_image_same_grid(const tomo_image *a, const tomo_image *b, double tol_mm);
/** Anatomical letters of the axes' positive ends as nibabel gives them ("LPS": x to the left, y to posterior,
 * z to the head), three letters and NUL; the nearest axes where oblique. @since 0.1 */
TOMO_API void tomo_image_orientation(const tomo_image *image, char letters[4]);

/** View of a box of voxels, without a copy; the place in the patient moves along. Views, packed, flipped and
 * reoriented images keep the label table.
 * @param start,size for x, y, z, t; the box must lie inside (TOMO_E_ARG)  @since 0.1 */
TOMO_API tomo_status tomo_image_crop(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const int64_t start[4],
                                     const int64_t size[4], tomo_error *err);
/** View of one time point as a 3D image, without a copy. @since 0.1 */
TOMO_API tomo_status tomo_image_volume_at(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, int64_t t,
                                          tomo_error *err);
/** Contiguous image with the same voxels: another reference if it is contiguous already. @since 0.1 */
TOMO_API tomo_status tomo_image_pack(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_error *err);
/** Image with another origin/spacing/direction over the same voxels, without a copy (sizes and type of `desc`
 * must equal the image's). @since 0.1 */
TOMO_API tomo_status tomo_image_with_geometry(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                              const tomo_image_desc *desc, tomo_error *err);
/** Same voxels in another type: floats round to nearest-even and whole numbers saturate; NaN becomes 0 in whole
 * numbers; float64 past float32's range becomes infinite. Same type: another reference. @since 0.1 */
TOMO_API tomo_status tomo_image_convert(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, tomo_dtype dtype,
                                        tomo_job *job, tomo_error *err);

/** VOI LUT functions of PS3.3 C.11.2.1.2-3. */
typedef enum tomo_voi { TOMO_VOI_LINEAR = 0, TOMO_VOI_LINEAR_EXACT = 1, TOMO_VOI_SIGMOID = 2 } tomo_voi;

/** Options of tomo_image_window(). */
typedef struct tomo_window_options {
    uint32_t struct_size;
    double   center, width; /**< in the image's units (HU for CT); both NaN = as with `percentiles` */
    int32_t  function;      /**< tomo_voi */
    bool     invert;        /**< MONOCHROME1: 255 - y */
    bool     percentiles;   /**< window from the 0.5 to the 99.5 percentile; center and width are not looked at */
} tomo_window_options;
#define TOMO_WINDOW_OPTIONS_INIT { sizeof(tomo_window_options), 40.0, 400.0, TOMO_VOI_LINEAR, false, false }

/** Window center and width to 8-bit gray, exactly as PS3.3 C.11.2.1.2 and C.11.2.1.3 say with output 0 to 255; the
 * result rounds to the nearest whole number, halves up. NaN voxels become 0 (before `invert`). One component.
 * @return TOMO_E_ARG too for a width below 1 (LINEAR) or not above 0 (the others)  @since 0.1 */
TOMO_API tomo_status tomo_image_window(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                       const tomo_window_options *opts, tomo_job *job, tomo_error *err);

/** Minimum, maximum (NaN ignored), mean and standard deviation (population), all components as one set. */
typedef struct tomo_image_stats {
    uint32_t struct_size;
    double   min, max, mean, std, sum;
    int64_t  count;     /**< voxels counted: inside the mask, not NaN */
    int64_t  nan_count;
} tomo_image_stats;
#define TOMO_IMAGE_STATS_INIT { sizeof(tomo_image_stats), 0, 0, 0, 0, 0, 0, 0 }
/** Statistics of one image. If nothing counts, all but sum and the counts are NaN. Sums of whole numbers are exact;
 * floats are summed in fixed blocks, so that any thread count gives the same bits.
 * @param out  start from TOMO_IMAGE_STATS_INIT
 * @param mask NULL, or whole numbers on the same sizes; non-zero counts  @since 0.1 */
TOMO_API tomo_status tomo_image_statistics(tomo_ctx *ctx, tomo_image_stats *out, const tomo_image *in,
                                           const tomo_image *mask, tomo_job *job, tomo_error *err);

/** Percentiles by linear interpolation between the two nearest values, as numpy.percentile does. Exact for every type:
 * counted for 8 and 16 bits, selected digit by digit for the others. NaN voxels are left out.
 * @param out      n doubles; NaN if nothing counts
 * @param percents n numbers, 0 to 100, in any order; n is at most 16
 * @param mask     NULL, or as for tomo_image_statistics()  @since 0.1 */
TOMO_API tomo_status tomo_image_percentiles(tomo_ctx *ctx, double *out, const tomo_image *in, const tomo_image *mask,
                                            const double *percents, int32_t n, tomo_job *job, tomo_error *err);

/** Options of tomo_image_histogram(). */
typedef struct tomo_histogram_options {
    uint32_t struct_size;
    int32_t  bins;     /**< 1 to 65536 */
    double   min, max; /**< left edge of the first, right edge of the last bin; both NaN = the image's own range */
} tomo_histogram_options;
#define TOMO_HISTOGRAM_OPTIONS_INIT { sizeof(tomo_histogram_options), 256, NAN, NAN }

/** What lies where; see tomo_image_histogram(). */
typedef struct tomo_histogram {
    uint32_t struct_size;
    double   min, max;     /**< edges used */
    int64_t  below, above; /**< voxels outside of them */
    int64_t  nan_count;
} tomo_histogram;
#define TOMO_HISTOGRAM_INIT { sizeof(tomo_histogram), 0, 0, 0, 0, 0 }

/** Count values in bins of equal width, as numpy.histogram does: bin i holds edge[i] <= value < edge[i + 1], the last
 * one its right edge too. An image of one value v without a range given is counted from v - 0.5 to v + 0.5.
 * @param counts opts->bins numbers (256 if opts is NULL), owned by the caller
 * @param mask   NULL, or as for tomo_image_statistics()  @since 0.1 */
TOMO_API tomo_status tomo_image_histogram(tomo_ctx *ctx, tomo_histogram *out, uint64_t *counts, const tomo_image *in,
                                          const tomo_image *mask, const tomo_histogram_options *opts, tomo_job *job,
                                          tomo_error *err);

/** Options of tomo_image_flip(). */
typedef struct tomo_flip_options {
    uint32_t struct_size;
    bool     x, y, z; /**< axes whose voxels are stored in reverse order */
    bool     mirror;  /**< false: every voxel keeps its place in the patient, only the order in memory changes;
                           true: the geometry stays, so the content is mirrored (left becomes right) */
} tomo_flip_options;
#define TOMO_FLIP_OPTIONS_INIT { sizeof(tomo_flip_options), false, false, false, false }

/** Reverse axes. The result is contiguous. @since 0.1 */
TOMO_API tomo_status tomo_image_flip(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                     const tomo_flip_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_image_reorient(). */
typedef struct tomo_reorient_options {
    uint32_t    struct_size;
    const char *to; /**< positive ends of x, y, z as tomo_image_orientation() gives them: "LPS", "RAS", ... */
} tomo_reorient_options;
#define TOMO_REORIENT_OPTIONS_INIT { sizeof(tomo_reorient_options), NULL }

/** Swap and reverse axes until they point to the letters, as nearly as an oblique image allows. No value is
 * interpolated and every voxel keeps its place in the patient. The result is contiguous; another reference if it
 * is as asked already. @since 0.1 */
TOMO_API tomo_status tomo_image_reorient(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                         const tomo_reorient_options *opts, tomo_job *job, tomo_error *err);

/* ---- labels ------------------------------------------------------------------------------------------------ */

/** One row of a label table. */
typedef struct tomo_label {
    int32_t value;        /**< number in the voxels; 0 is background and has no row */
    uint8_t color[4];     /**< RGBA, sRGB */
    char    name[64];     /**< UTF-8 */
    char    code[24];     /**< SNOMED CT code value, "" if none */
    char    note[160];    /**< how it was found, or why it was declined; "" if none */
    double  confidence;   /**< 0 to 1; NaN = not estimated */
} tomo_label;

/** Image over the same voxels with a label table (copied); in must be of whole numbers, 1 component. @since 0.1 */
TOMO_API tomo_status tomo_image_with_labels(tomo_ctx *ctx, tomo_image **out, const tomo_image *in,
                                            const tomo_label *rows, size_t n_rows, tomo_error *err);
/** Rows of the label table, borrowed until the image is freed; NULL and 0 if there is none. @since 0.1 */
TOMO_API const tomo_label *tomo_image_labels(const tomo_image *image, size_t *n_rows);

/** Operations of this room (window, convert, crop, pad, permute, stats, histogram, flip, reorient), NULL-ended.
 * @since 0.1 */
TOMO_API const tomo_op *const *tomo_image_ops(void);

#ifdef __cplusplus
}
#endif
#endif
