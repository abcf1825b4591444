/* The 256 cases of a cube, one at a time: each cut edge is used, the surface ends on the cube's faces only, and it
 * separates inside from outside. */
#include "m.h"

static tomo_image *cube(t_state *t, int which)
{
    tomo_image *image = t_image(t, TOMO_DTYPE_U8, 2, 2, 2);
    for (int c = 0; c < 8; c++)
        t_set(image, c & 1, c >> 1 & 1, c >> 2, which >> c & 1);
    return image;
}

TEST(every_case_cuts_its_edges_once)
{
    for (int which = 0; which < 256; which++) {
        tomo_image *image = cube(t, which);
        tomo_mesh *mesh = m_surface(t, image, 0.5, -1, TOMO_MESH_CLOSE_NO);
        int cut = 0;
        for (int c = 0; c < 8; c++)
            for (int a = 0; a < 3; a++)
                cut += !(c >> a & 1) && (which >> c & 1) != (which >> (c | 1 << a) & 1);
        CHECK_INT(tomo_mesh_vertex_count(mesh), cut);
        const tomo_mesh_facts f = m_facts(t, mesh);
        CHECK_INT(f.bad_edges, 0);
        CHECK_INT(f.degenerate, 0);
        CHECK_INT(f.boundary_edges, cut); /* each loop ends on the faces: as many border edges as cut lines */
        tomo_mesh_free(mesh);
        tomo_image_free(image);
    }
}

TEST(every_case_closes_with_a_layer_around)
{
    for (int which = 1; which < 256; which++) {
        tomo_image *image = cube(t, which);
        tomo_mesh *mesh = m_surface(t, image, 0, 0, TOMO_MESH_CLOSE_AUTO);
        const tomo_mesh_facts f = m_facts(t, mesh);
        CHECK(f.closed);
        CHECK(f.volume_ml > 0); /* turned outward */
        CHECK(f.volume_ml < 8e-3);
        tomo_mesh_free(mesh);
        tomo_image_free(image);
    }
}

/* The volume of one corner cut in the middle of its edges is 1/48 an octant: 8 of them make the octahedron of 1/6. */
TEST(one_voxel_is_an_octahedron)
{
    tomo_image *image = t_image(t, TOMO_DTYPE_U8, 1, 1, 1);
    t_set(image, 0, 0, 0, 3);
    tomo_mesh *mesh = m_surface(t, image, 0, 3, TOMO_MESH_CLOSE_AUTO);
    const tomo_mesh_facts f = m_facts(t, mesh);
    CHECK(f.closed);
    CHECK_INT(f.vertices, 6);
    CHECK_INT(f.triangles, 8);
    CHECK_INT(f.edges, 12);
    CHECK_NEAR(f.volume_ml * 1000, 1.0 / 6, 1e-9);
    CHECK_NEAR(f.area_mm2, 8 * sqrt(3) / 4 * 0.5, 1e-9); /* eight triangles of side sqrt(1/2) */
    tomo_mesh_free(mesh);
    tomo_image_free(image);
}
