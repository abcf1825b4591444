/* ops.c - the room's operation table. */
#include "mesh/mesh_internal.h"

static const char *const closes[] = { "auto", "yes", "no", NULL };

static const tomo_option surface_options[] = {
    { .name = "label", .type = TOMO_OPT_INT, .offset = offsetof(tomo_mesh_isosurface_options, label), .count = 1,
      .def = -1, .min = -1, .max = INT32_MAX, .unit = "",
      .help = "Surface of this label; 0 for all labels as one, -1 to cut gray values at --value." },
    { .name = "value", .type = TOMO_OPT_DOUBLE, .offset = offsetof(tomo_mesh_isosurface_options, value), .count = 1,
      .def = 0.5, .unit = "", .help = "Voxels of at least this are inside, in the image's units (HU for CT)." },
    { .name = "close", .type = TOMO_OPT_ENUM, .offset = offsetof(tomo_mesh_isosurface_options, close), .count = 1,
      .def = TOMO_MESH_CLOSE_AUTO, .unit = "", .choices = closes,
      .help = "Close the surface at the image's border; auto does so for labels." },
    { .name = "normals", .type = TOMO_OPT_BOOL, .offset = offsetof(tomo_mesh_isosurface_options, normals), .count = 1,
      .def = 1, .unit = "", .help = "Give each vertex a normal from the image's gradient." },
};

static const tomo_option smooth_options[] = {
    { .name = "iterations", .type = TOMO_OPT_INT, .offset = offsetof(tomo_mesh_smooth_options, iterations), .count = 1,
      .def = 20, .min = 1, .max = 500, .unit = "", .help = "Degree of the filter: more is sharper in frequency." },
    { .name = "pass-band", .type = TOMO_OPT_DOUBLE, .offset = offsetof(tomo_mesh_smooth_options, pass_band),
      .count = 1, .def = 0.1, .min = 0.001, .max = 2, .unit = "",
      .help = "Frequency up to which shape is kept, 0.001 (very smooth) to 2 (as it is)." },
};

static tomo_status run_surface(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                               tomo_error *err)
{
    tomo_mesh *mesh = NULL;
    const tomo_status st = tomo_mesh_isosurface(ctx, &mesh, in[0].ptr, opts, job, err);
    if (!st)
        out[0] = (tomo_value){ TOMO_KIND_MESH, mesh };
    return st;
}

static tomo_status run_smooth(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                              tomo_error *err)
{
    tomo_mesh *mesh = NULL;
    const tomo_status st = tomo_mesh_smooth(ctx, &mesh, in[0].ptr, opts, job, err);
    if (!st)
        out[0] = (tomo_value){ TOMO_KIND_MESH, mesh };
    return st;
}

static tomo_status run_check(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                             tomo_error *err)
{
    tomo__json j = TOMO__JSON(ctx);
    tomo_buffer *json = NULL;
    tomo_mesh_facts f;
    tomo_status st = tomo_mesh_info(ctx, &f, in[0].ptr, job, err);
    if (st)
        return st;
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "closed"), tomo__json_bool(&j, f.closed);
    tomo__json_key(&j, "vertices"), tomo__json_int(&j, f.vertices);
    tomo__json_key(&j, "triangles"), tomo__json_int(&j, f.triangles);
    tomo__json_key(&j, "edges"), tomo__json_int(&j, f.edges);
    tomo__json_key(&j, "boundaryEdges"), tomo__json_int(&j, f.boundary_edges);
    tomo__json_key(&j, "badEdges"), tomo__json_int(&j, f.bad_edges);
    tomo__json_key(&j, "degenerateTriangles"), tomo__json_int(&j, f.degenerate);
    tomo__json_key(&j, "areaMm2"), tomo__json_num(&j, f.area_mm2);
    tomo__json_key(&j, "volumeMl"), tomo__json_num(&j, f.volume_ml);
    tomo__json_key(&j, "minMm"), tomo__json_nums(&j, f.min, 3);
    tomo__json_key(&j, "maxMm"), tomo__json_nums(&j, f.max, 3);
    tomo__json_close(&j, '}');
    st = tomo__text_finish(&j.text, &json, err);
    if (!st)
        out[0] = (tomo_value){ TOMO_KIND_JSON, json };
    return st;
}

const tomo_op tomo__mesh_surface_op = {
    .room = "mesh",
    .name = "surface",
    .help = "Triangle surface of gray values above a value, or of labels.",
    .detail = "Flying edges (Schroeder, Maynard, Geveci 2015) with the marching cubes cases: vertices in LPS "
              "millimeters on the lines between neighboring voxels, shared by triangles, normals from the gradient. "
              "Labels are cut halfway between voxels and closed at the image's border, so the surface is watertight.",
    .example = "tomo mesh surface ct.nii.gz bones.stl --value 200",
    .in = { { "image", TOMO_KIND_IMAGE, false, "Gray voxels, or labels with --label." } },
    .out = { { "mesh", TOMO_KIND_MESH, false, "The surface." } },
    .options = surface_options,
    .n_options = TOMO__COUNT(surface_options),
    .opts_size = sizeof(tomo_mesh_isosurface_options),
    .run = run_surface,
};

const tomo_op tomo__mesh_smooth_op = {
    .room = "mesh",
    .name = "smooth",
    .help = "Smooth a surface without shrinking it.",
    .detail = "Windowed-sinc low-pass over the mesh (Taubin, Zhang, Golub 1996) with a Hamming window; vertices on an "
              "open border stay. Takes the staircase off surfaces of masks.",
    .example = "tomo mesh smooth liver.ply smooth.ply --iterations 20",
    .in = { { "mesh", TOMO_KIND_MESH, false, "A surface." } },
    .out = { { "mesh", TOMO_KIND_MESH, false, "The same triangles with moved vertices." } },
    .options = smooth_options,
    .n_options = TOMO__COUNT(smooth_options),
    .opts_size = sizeof(tomo_mesh_smooth_options),
    .run = run_smooth,
};

const tomo_op tomo__mesh_check_op = {
    .room = "mesh",
    .name = "check",
    .help = "Counts, area, volume and whether a surface is watertight.",
    .detail = "Edges with one triangle are holes; with more than two, or two that disagree on the outside, are bad. "
              "Volume by the divergence theorem, only where the surface is closed.",
    .example = "tomo mesh check liver.ply",
    .in = { { "mesh", TOMO_KIND_MESH, false, "A surface." } },
    .out = { { "facts", TOMO_KIND_JSON, false, "Counts, millimeters, milliliters." } },
    .opts_size = sizeof(uint32_t),
    .run = run_check,
};

const tomo_op *const *tomo_mesh_ops(void)
{
    static const tomo_op *const ops[] = { &tomo__mesh_surface_op, &tomo__mesh_smooth_op, &tomo__mesh_check_op, NULL };
    return ops;
}
