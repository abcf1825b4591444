/* tomo/mesh.h - triangle surfaces in the patient: cut from images, read, checked, smoothed, written.
 *
 * A tomo_mesh is vertices (float32 x, y, z; LPS millimeters), optionally one unit normal a vertex, and triangles of
 * three uint32 vertex numbers, counterclockwise as seen from outside. The arrays are reference-counted buffers, so a
 * binding hands them out without a copy. At most 2^31 - 1 vertices and as many triangles.
 * Threads: immutable once made, so shared between threads freely. Every *_free takes NULL. */
#ifndef TOMO_MESH_H
#define TOMO_MESH_H

#include <tomo/image.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tomo_mesh tomo_mesh;

/** Mesh over arrays that buffers hold; each buffer gets a reference.
 * @param out       shared (tomo_mesh_free)
 * @param vertices  float[3] each, native byte order, finite; may be empty
 * @param normals   float[3] each, as many as vertices; NULL if there are none
 * @param triangles uint32_t[3] each, below the number of vertices
 * @return TOMO_OK, TOMO_E_ARG (sizes, a number out of range: which and where), TOMO_E_LIMIT, TOMO_E_NOMEM @since 0.1 */
TOMO_API tomo_status tomo_mesh_wrap(tomo_ctx *ctx, tomo_mesh **out, tomo_buffer *vertices, tomo_buffer *normals,
                                    tomo_buffer *triangles, tomo_error *err);
/** Another reference; returns its argument. @since 0.1 */
TOMO_API tomo_mesh *tomo_mesh_ref(tomo_mesh *mesh);
/** Drop a reference. NULL is fine. @since 0.1 */
TOMO_API void tomo_mesh_free(tomo_mesh *mesh);

TOMO_API size_t tomo_mesh_vertex_count(const tomo_mesh *mesh);
TOMO_API size_t tomo_mesh_triangle_count(const tomo_mesh *mesh);
/** x, y, z of each vertex; borrowed until the mesh is freed. @since 0.1 */
TOMO_API const float *tomo_mesh_vertices(const tomo_mesh *mesh);
/** Unit normal of each vertex, or NULL; borrowed until the mesh is freed. @since 0.1 */
TOMO_API const float *tomo_mesh_normals(const tomo_mesh *mesh);
/** Three vertex numbers a triangle; borrowed until the mesh is freed. @since 0.1 */
TOMO_API const uint32_t *tomo_mesh_triangles(const tomo_mesh *mesh);
/** The buffers behind the arrays (normals may be NULL); borrowed until the mesh is freed. @since 0.1 */
TOMO_API tomo_buffer *tomo_mesh_vertex_buffer(const tomo_mesh *mesh);
TOMO_API tomo_buffer *tomo_mesh_normal_buffer(const tomo_mesh *mesh);
TOMO_API tomo_buffer *tomo_mesh_triangle_buffer(const tomo_mesh *mesh);

/** Does the surface close where it meets the border of the image? */
typedef enum tomo_mesh_close {
    TOMO_MESH_CLOSE_AUTO = 0, /**< yes for labels, no for gray values */
    TOMO_MESH_CLOSE_YES = 1,
    TOMO_MESH_CLOSE_NO = 2
} tomo_mesh_close;

/** Options of tomo_mesh_isosurface(). */
typedef struct tomo_mesh_isosurface_options {
    uint32_t struct_size;
    int32_t  label;   /**< -1 = gray values cut at `value`; 0 = all labels above 0 as one; n = label n only */
    double   value;   /**< voxels of at least this are inside; in the image's units (HU) */
    int32_t  close;   /**< tomo_mesh_close */
    bool     normals; /**< a normal a vertex, from the gradient of the image */
} tomo_mesh_isosurface_options;
#define TOMO_MESH_ISOSURFACE_OPTIONS_INIT \
    { sizeof(tomo_mesh_isosurface_options), -1, 0.5, TOMO_MESH_CLOSE_AUTO, true }

/** Surface between the voxels inside and those outside: flying edges (Schroeder, Maynard, Geveci 2015) over bit masks,
 * with the marching cubes cases; the triangles are as many as VTK's.
 *
 * A vertex lies on the line between two neighboring voxels: where the linear course between their values meets
 * `value`, in the middle for labels. Each is made once and shared by its triangles. NaN is outside. A closed surface
 * ends half a voxel beyond the border voxels' centers. Without holes in the image's border it is watertight:
 * every edge has two triangles.
 * Order of vertices and triangles follows the voxels, so any number of threads gives the same bits.
 * @param out shared (tomo_mesh_free); without triangles if nothing is inside (no error); untouched on failure
 * @param in  one component, one time point; whole numbers if `label` is not -1; borrowed until the call returns
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_LIMIT, TOMO_E_NOMEM, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_mesh_isosurface(tomo_ctx *ctx, tomo_mesh **out, const tomo_image *in,
                                          const tomo_mesh_isosurface_options *opts, tomo_job *job, tomo_error *err);

/** Options of tomo_mesh_smooth(). */
typedef struct tomo_mesh_smooth_options {
    uint32_t struct_size;
    int32_t  iterations; /**< degree of the filter, 1 to 500 */
    double   pass_band;  /**< 0.001 to 2: lower is smoother; features below this frequency stay */
} tomo_mesh_smooth_options;
#define TOMO_MESH_SMOOTH_OPTIONS_INIT { sizeof(tomo_mesh_smooth_options), 20, 0.1 }

/** Smooth a surface without shrinking it: windowed-sinc low-pass over the mesh (Taubin, Zhang, Golub 1996), Hamming
 * window. Takes the staircase off surfaces of masks. Vertices on an open border stay where they are; triangles are
 * the same; normals, if there were any, are made anew from the triangles.
 * @param out shared (tomo_mesh_free)  @param in borrowed until the call returns
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_mesh_smooth(tomo_ctx *ctx, tomo_mesh **out, const tomo_mesh *in,
                                      const tomo_mesh_smooth_options *opts, tomo_job *job, tomo_error *err);

/** What a mesh is and whether it holds water. */
typedef struct tomo_mesh_facts {
    uint32_t struct_size;
    bool     closed;           /**< has triangles, and every edge exactly two, which agree on the outside */
    int64_t  vertices, triangles, edges;
    int64_t  boundary_edges;   /**< with one triangle */
    int64_t  bad_edges;        /**< with more than two triangles, or two that disagree on the outside */
    int64_t  degenerate;       /**< triangles without area */
    double   area_mm2;
    double   volume_ml;        /**< enclosed, by the divergence theorem; negative if inside out; NaN unless closed */
    double   min[3], max[3];   /**< LPS millimeters; NaN without vertices */
} tomo_mesh_facts;

/** Count and measure. @param out filled on success  @param in borrowed until the call returns
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_NOMEM, TOMO_E_LIMIT, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_mesh_info(tomo_ctx *ctx, tomo_mesh_facts *out, const tomo_mesh *in, tomo_job *job,
                                    tomo_error *err);

/** Write a mesh; the path's ending chooses: .stl (binary, one normal a triangle, vertices repeated) or .ply (binary
 * little endian, vertices shared, with normals if the mesh has them). Coordinates are LPS millimeters as in the mesh,
 * and the file's header says so. The file appears whole or not at all.
 * @return TOMO_OK, TOMO_E_UNSUPPORTED (another ending: the message names these), TOMO_E_IO, TOMO_E_NOTFOUND (no such
 *         folder), TOMO_E_ARG, TOMO_E_NOMEM, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_mesh_save(tomo_ctx *ctx, const char *path, const tomo_mesh *mesh, tomo_job *job,
                                    tomo_error *err);

/** Read a mesh: STL (binary or text; corners that lie on the same point, bit for bit, become one vertex, and normals of
 * the file are not taken) or PLY (text, little or big endian; faces of more than three corners become fans around
 * their first corner; normals of vertices are taken if all have length 1). Coordinates are taken as LPS millimeters,
 * unless the header says SPACE=RAS: then they are turned. What the file is, its content tells, not its name.
 * @param out    shared (tomo_mesh_free)
 * @param report remarks about what is odd or left out; may be NULL
 * @return TOMO_OK, TOMO_E_NOTFOUND, TOMO_E_IO, TOMO_E_FORMAT (what, where), TOMO_E_UNSUPPORTED, TOMO_E_LIMIT,
 *         TOMO_E_ARG, TOMO_E_NOMEM, TOMO_E_CANCELED  @since 0.1 */
TOMO_API tomo_status tomo_mesh_load(tomo_ctx *ctx, tomo_mesh **out, const char *path, tomo_report *report,
                                    tomo_job *job, tomo_error *err);
/** The same from anything that bytes come from. @param source borrowed until the call returns  @since 0.1 */
TOMO_API tomo_status tomo_mesh_load_source(tomo_ctx *ctx, tomo_mesh **out, tomo_source *source, tomo_report *report,
                                           tomo_job *job, tomo_error *err);
/** Is it a mesh file? @param format "stl", "ply" or NULL; lives as long as the program
 * @return TOMO_OK, TOMO_E_IO, TOMO_E_ARG  @since 0.1 */
TOMO_API tomo_status tomo_mesh_probe(tomo_ctx *ctx, const char **format, tomo_source *source, tomo_error *err);

/** Operations of this room (surface, smooth, check), NULL-ended. @since 0.1 */
TOMO_API const tomo_op *const *tomo_mesh_ops(void);

#ifdef __cplusplus
}
#endif
#endif
