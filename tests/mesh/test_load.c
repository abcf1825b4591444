/* Mesh files read: what was written comes back, what others wrote is what VTK reads (VTK 9.1, vtkSTLReader and
 * vtkPLYReader, on the files of ../shared/data/meshes; tests/mesh/check_files.py asks it again), damage is named. */
#include "m.h"

static tomo_status load(t_state *t, tomo_mesh **out, const char *name, const void *data, size_t size)
{
    FILE *f = fopen(t_tmp(t, name), "wb");
    CHECK(f && fwrite(data, 1, size, f) == size && fclose(f) == 0);
    *out = NULL;
    return tomo_mesh_load(t->ctx, out, t_tmp(t, name), NULL, NULL, &t->err);
}

static tomo_status load_text(t_state *t, tomo_mesh **out, const char *name, const char *text)
{
    return load(t, out, name, text, strlen(text));
}

/* The text is refused with these words in the message. */
static void refuse(t_state *t, const char *name, const char *text, tomo_status want, const char *words)
{
    tomo_mesh *mesh = NULL;
    CHECK_FAILS(load_text(t, &mesh, name, text), want);
    if (!strstr(t->err.message, words))
        print_error("%s\n  lacks: %s\n", t->err.message, words);
    CHECK(strstr(t->err.message, words) && !mesh);
}

TEST(ply_comes_back_bit_for_bit)
{
    tomo_image *in = m_torus(t, TOMO_DTYPE_F32);
    tomo_mesh *mesh = m_surface(t, in, 0, -1, TOMO_MESH_CLOSE_NO), *again = NULL;
    CHECK_OK(tomo_mesh_save(t->ctx, t_tmp(t, "a.ply"), mesh, NULL, &t->err));
    CHECK_OK(tomo_mesh_load(t->ctx, &again, t_tmp(t, "a.ply"), NULL, NULL, &t->err));
    CHECK(m_same(mesh, again) && tomo_mesh_normals(again));
    tomo_mesh_free(again);
    tomo_mesh_free(mesh);
    tomo_image_free(in);
}

/* STL repeats every corner: joined again, there are as many vertices as before, and the surface is as closed. */
TEST(stl_corners_are_joined_again)
{
    tomo_image *in = m_torus(t, TOMO_DTYPE_U8);
    tomo_mesh *mesh = m_surface(t, in, 0, 1, TOMO_MESH_CLOSE_AUTO), *again = NULL;
    CHECK_OK(tomo_mesh_save(t->ctx, t_tmp(t, "a.stl"), mesh, NULL, &t->err));
    CHECK_OK(tomo_mesh_load(t->ctx, &again, t_tmp(t, "a.stl"), NULL, NULL, &t->err));
    const tomo_mesh_facts f = m_facts(t, mesh), g = m_facts(t, again);
    CHECK_INT(g.vertices, f.vertices);
    CHECK_INT(g.triangles, f.triangles);
    CHECK(g.closed && g.volume_ml == f.volume_ml && g.area_mm2 == f.area_mm2 && !tomo_mesh_normals(again));
    for (size_t i = 0; i < 9 * (size_t)f.triangles; i++) {
        const size_t k = i / 3, c = i % 3;
        CHECK(tomo_mesh_vertices(mesh)[3 * tomo_mesh_triangles(mesh)[k] + c] ==
              tomo_mesh_vertices(again)[3 * tomo_mesh_triangles(again)[k] + c]);
    }
    tomo_mesh_free(again);
    tomo_mesh_free(mesh);
    tomo_image_free(in);
}

TEST(files_of_others_are_what_vtk_reads)
{
    static const struct {
        const char *file;
        int64_t vertices, triangles, boundary;
        double area, volume_ml; /* 0 = open */
    } rows[] = { { "meshes/cube.ply", 8, 12, 0, 6, 0.001 },
                 { "meshes/suzanne.stl", 2012, 4012, 0, 11.7068395, 0.00210176787 },
                 { "meshes/spherewithholes.stl", 593, 1146, 40, 11.1970818, 0 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tomo_mesh *mesh = NULL;
        CHECK_OK(tomo_mesh_load(t->ctx, &mesh, t_data(t, rows[i].file), NULL, NULL, &t->err));
        const tomo_mesh_facts f = m_facts(t, mesh);
        CHECK_INT(f.vertices, rows[i].vertices);
        CHECK_INT(f.triangles, rows[i].triangles);
        CHECK_INT(f.boundary_edges, rows[i].boundary);
        CHECK_NEAR(f.area_mm2, rows[i].area, 1e-8 * rows[i].area);
        CHECK_INT(f.closed, rows[i].volume_ml > 0);
        if (f.closed)
            CHECK_NEAR(f.volume_ml, rows[i].volume_ml, 1e-8 * rows[i].volume_ml);
        tomo_mesh_free(mesh);
    }
}

#define FACET(c)                                                                                                       \
    "facet normal 0 0 nan\nouter loop\nvertex 0 0 0\nvertex 1e0 -0 0\nvertex 0 " c " 0\nendloop\nendfacet\n"

TEST(stl_as_text)
{
    tomo_mesh *mesh = NULL;
    CHECK_OK(load_text(t, &mesh, "a", "  SOLID some name\n" FACET("1") FACET(".25e1") "endsolid\nsolid\nendsolid x"));
    CHECK_INT(tomo_mesh_vertex_count(mesh), 4);
    CHECK_INT(tomo_mesh_triangle_count(mesh), 2);
    CHECK(tomo_mesh_vertices(mesh)[10] == 2.5f);
    tomo_mesh_free(mesh);
    refuse(t, "a.stl", "solid a\n" FACET("1"), TOMO_E_FORMAT, "the end of the file found, expected facet");
    refuse(t, "a.stl", "solid a\n" FACET("1,5") "endsolid", TOMO_E_FORMAT, "'1,5' found, expected a coordinate");
    refuse(t, "a.stl", "solid a\n" FACET("0x1") "endsolid", TOMO_E_FORMAT, "'0x1' found");
    refuse(t, "a.stl", "solid a\n" FACET("1e39") "endsolid", TOMO_E_FORMAT, "triangle 0 has a coordinate of 1e+39");
    refuse(t, "a.stl", "solid a\nvertex 1 2 3\nfacet", TOMO_E_FORMAT, "'vertex' found, expected facet or endsolid");
    refuse(t, "a.stl", "solid a\nfacet normal 0 0 0 outer loop vertex 1 2 3 \1", TOMO_E_FORMAT, "that are no text");
    refuse(t, "a.obj", "v 1 2 3\nf 1 1 1\n", TOMO_E_FORMAT, "neither an STL nor a PLY file");
}

static size_t put_binary(uint8_t *to, uint32_t n, const float *corners, const char *head)
{
    memset(to, 0, 84 + 50 * (size_t)n);
    memcpy(to, head, strlen(head));
    memcpy(to + 80, &n, 4); /* the tests run on little endian machines */
    for (size_t i = 0; i < n; i++)
        memcpy(to + 84 + 50 * i + 12, corners + 9 * i, 36);
    return 84 + 50 * (size_t)n;
}

TEST(stl_binary_though_it_begins_with_solid)
{
    const float one[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 10 };
    uint8_t b[200];
    tomo_mesh *mesh = NULL;
    size_t size = put_binary(b, 1, one, "solid by some CAD program");
    CHECK_OK(load(t, &mesh, "a.stl", b, size));
    CHECK(memcmp(tomo_mesh_vertices(mesh), one, sizeof one) == 0);
    tomo_mesh_free(mesh);
    size = put_binary(b, 1, one, "SPACE=RAS");
    CHECK_OK(load(t, &mesh, "a.stl", b, size));
    CHECK(tomo_mesh_vertices(mesh)[0] == -1 && tomo_mesh_vertices(mesh)[1] == -2 && tomo_mesh_vertices(mesh)[2] == 3);
    tomo_mesh_free(mesh);
    b[80] = 2;
    CHECK_FAILS(load(t, &mesh, "a.stl", b, size), TOMO_E_FORMAT);
    CHECK(strstr(t->err.message, "2 triangles promised, there are bytes for 1"));
    memset(b + 80, 0xff, 4);
    CHECK_FAILS(load(t, &mesh, "a.stl", b, size), TOMO_E_FORMAT);
}

/* Points that a weak hash or a weak sort would be slow with: all the same, and all different in the last bits. */
TEST(any_points_are_joined_quickly)
{
    enum { N = 60000 };
    float *corners = malloc(9 * N * sizeof *corners);
    uint8_t *file = malloc(84 + 50 * N);
    tomo_mesh *mesh = NULL;
    CHECK(corners && file);
    for (int kind = 0; kind < 2; kind++) {
        for (uint32_t i = 0; i < 9 * N; i++) {
            const uint32_t bits = 0x3f800000u + (i / 3 % 2 ? 0 : i / 3);
            if (kind == 0)
                corners[i] = i % 3 ? 0.0f : -0.0f; /* -0 and 0 are one point */
            else
                memcpy(&corners[i], &bits, 4);
        }
        CHECK_OK(load(t, &mesh, "many.stl", file, put_binary(file, N, corners, "")));
        CHECK_INT(tomo_mesh_vertex_count(mesh), kind ? 3 * N / 2 : 1);
        CHECK_INT(tomo_mesh_triangle_count(mesh), N);
        for (size_t i = 0; i < 3 * N; i++)
            CHECK(memcmp(tomo_mesh_vertices(mesh) + 3 * (size_t)tomo_mesh_triangles(mesh)[i], corners + 3 * i, 12) ==
                      0 ||
                  kind == 0);
        tomo_mesh_free(mesh);
    }
    free(corners);
    free(file);
}

#define HEAD(order) "ply\nformat " order " 1.0\ncomment x\nobj_info y\n"
#define POINTS(n) "element vertex " n "\nproperty float x\nproperty float y\nproperty float z\n"
#define FACES(n) "element face " n "\nproperty list uchar int vertex_index\n"

TEST(ply_as_text)
{
    tomo_mesh *mesh = NULL;
    CHECK_OK(load_text(
        t, &mesh, "a",
        HEAD("ascii") "element camera 1\nproperty list uchar float row\n" POINTS("5") "property uchar red\n" FACES(
            "3") "end_header\n3 1.5 2 3\n0 0 0 9\n1 0 0 9\n1 1 0 9\n0 1 0 9\n2 2 -1e-1 9\n"
                 "4 0 1 2 3\n2 1 2\n3 0 1 4"));
    const uint32_t want[9] = { 0, 1, 2, 0, 2, 3, 0, 1, 4 };
    CHECK_INT(tomo_mesh_vertex_count(mesh), 5);
    CHECK_INT(tomo_mesh_triangle_count(mesh), 3);
    CHECK(memcmp(tomo_mesh_triangles(mesh), want, sizeof want) == 0 && tomo_mesh_vertices(mesh)[14] == -0.1f);
    tomo_mesh_free(mesh);
}

TEST(ply_in_both_orders)
{
    static const uint8_t little[] = { 1, 0, 0, 0, 2, 0, 0xff, 0xff, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 3, 0, 0, 1, 0, 2, 0 };
    static const uint8_t big[] = { 0, 1, 0, 0, 0, 2, 0xff, 0xff, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 3, 0, 0, 0, 1, 0, 2 };
    static const float want[9] = { 1, 0, 2, -1, 3, 4, 5, 6, 7 };
    for (int k = 0; k < 2; k++) {
        uint8_t file[600];
        tomo_mesh *mesh = NULL;
        const int n = snprintf((char *)file, sizeof file,
                               "ply\r\nformat binary_%s_endian 1.0\r\nelement vertex 3\r\nproperty short x\r\n"
                               "property int16 y\r\nproperty short z\r\nelement face 1\r\n"
                               "property list uint8 ushort vertex_indices\r\nend_header\r\n",
                               k ? "big" : "little");
        memcpy(file + n, k ? big : little, sizeof big);
        CHECK_OK(load(t, &mesh, "a.ply", file, (size_t)n + sizeof big));
        CHECK(memcmp(tomo_mesh_vertices(mesh), want, sizeof want) == 0);
        CHECK_INT(tomo_mesh_triangles(mesh)[2], 2);
        tomo_mesh_free(mesh);
    }
}

TEST(ply_normals_have_length_one)
{
    static const char head[] = HEAD("ascii") POINTS("1") "property float nx\nproperty float ny\nproperty float nz\n"
                                                         "end_header\n";
    char text[400];
    tomo_mesh *mesh = NULL;
    snprintf(text, sizeof text, "%s1 2 3 0.6 0 -0.8\n", head);
    CHECK_OK(load_text(t, &mesh, "a.ply", text));
    CHECK(tomo_mesh_normals(mesh) && tomo_mesh_normals(mesh)[2] == -0.8f);
    tomo_mesh_free(mesh);
    snprintf(text, sizeof text, "%s1 2 3 6 0 8\n", head);
    CHECK_OK(load_text(t, &mesh, "a.ply", text));
    CHECK(!tomo_mesh_normals(mesh));
    tomo_mesh_free(mesh);
}

TEST(ply_damage_is_named)
{
    refuse(t, "a.ply", "ply\n", TOMO_E_FORMAT, "does not begin with the line 'ply'");
    refuse(t, "a.ply", HEAD("ascii") POINTS("1"), TOMO_E_FORMAT, "no end_header");
    refuse(t, "a.ply", HEAD("ascii") "end_header\n", TOMO_E_FORMAT, "no vertices with x, y and z");
    refuse(t, "a.ply", HEAD("utf8") "end_header\n", TOMO_E_FORMAT, "'utf8' in the PLY header, expected ascii");
    refuse(t, "a.ply", "ply\nelement vertex 1\nend_header\n", TOMO_E_FORMAT, "expected the line 'format'");
    refuse(t, "a.ply", HEAD("ascii") "property float x\nend_header\n", TOMO_E_FORMAT, "an element before its");
    refuse(t, "a.ply", HEAD("ascii") "element vertex -1\nend_header\n", TOMO_E_FORMAT, "'-1' in the PLY header");
    refuse(t, "a.ply", HEAD("ascii") POINTS("1") POINTS("1") "end_header\n", TOMO_E_FORMAT,
           "each kind of elements once");
    refuse(t, "a.ply", HEAD("ascii") POINTS("1") "property half w\nend_header\n", TOMO_E_FORMAT, "'half' in the PLY");
    refuse(t, "a.ply", HEAD("ascii") POINTS("1") "property list float int l\nend_header\n", TOMO_E_FORMAT,
           "a type of whole numbers");
    refuse(t, "a.ply", HEAD("ascii") POINTS("2") FACES("0") "end_header\n0 0 0", TOMO_E_FORMAT,
           "2 of element vertex promised");
    refuse(t, "a.ply", HEAD("ascii") POINTS("2") FACES("0") "end_header\n0.0 0.0 0.0 1.0 1.0", TOMO_E_FORMAT,
           "cut short in element vertex 1 of 2");
    refuse(t, "a.ply", HEAD("binary_big_endian") POINTS("4000000000") "end_header\n", TOMO_E_LIMIT,
           "at most 2147483647");
    refuse(t, "a.ply", HEAD("ascii") POINTS("1") "end_header\n1 inf 2", TOMO_E_FORMAT, "'inf' in element vertex 0");
    refuse(t, "a.ply", HEAD("ascii") POINTS("1") "end_header\n1 1e99 2", TOMO_E_FORMAT, "a coordinate of 1e+99");
    refuse(t, "a.ply", HEAD("ascii") POINTS("1") FACES("1") "end_header\n1 1 2\n3 0 0 1", TOMO_E_FORMAT,
           "face 0 names vertex 1 of 1");
    refuse(t, "a.ply",
           HEAD("ascii") POINTS("1") "element tristrips 1\nproperty list int int vertex_indices\nend_header\n"
                                     "1 1 2\n3 0 0 0",
           TOMO_E_UNSUPPORTED, "triangle strips");
    refuse(t, "a.ply", HEAD("ascii") POINTS("1") "element face 1\nproperty int red\nend_header\n1 1 2\n3",
           TOMO_E_UNSUPPORTED, "faces without a list vertex_indices");
}

/* Cut anywhere, a file is refused; lost memory and a cancel leave nothing behind. */
TEST(hardship)
{
    static const char *const names[] = { "a.stl", "a.ply", "text.stl" };
    tomo_image *image = t_image(t, TOMO_DTYPE_U8, 1, 1, 1);
    t_set(image, 0, 0, 0, 1);
    tomo_mesh *mesh = m_surface(t, image, 0, 1, TOMO_MESH_CLOSE_AUTO), *out = NULL;
    tomo_image_free(image);
    for (size_t k = 0; k < 3; k++) {
        static const char text[] = "solid a\n" FACET("1") "endsolid";
        static uint8_t b[4096];
        const char *path = t_tmp(t, names[k]);
        if (k < 2)
            CHECK_OK(tomo_mesh_save(t->ctx, path, mesh, NULL, &t->err));
        else
            CHECK_OK(load_text(t, &out, names[k], text));
        tomo_mesh_free(out);
        out = NULL;
        FILE *f = fopen(path, "rb");
        const size_t n = fread(b, 1, sizeof b, f);
        fclose(f);
        FAIL_EACH_ALLOC(t)
        {
            const tomo_status st = tomo_mesh_load(t->ctx, &out, path, NULL, NULL, &t->err);
            CHECK(st == TOMO_OK || (st == TOMO_E_NOMEM && t->err.status == st && !out));
            tomo_mesh_free(out);
            out = NULL;
        }
        tomo_job *job = NULL;
        CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
        tomo_job_cancel(job);
        CHECK_FAILS(tomo_mesh_load(t->ctx, &out, path, NULL, job, &t->err), TOMO_E_CANCELED);
        tomo_job_free(job);
        for (size_t cut = 0; cut < n; cut++)
            CHECK_FAILS(load(t, &out, names[k], b, cut), TOMO_E_FORMAT);
    }
    tomo_mesh_free(mesh);
}

TEST(content_tells_what_it_is)
{
    static const struct {
        const char *text, *want;
    } rows[] = { { "solid\nfacet", "stl" }, { "solid ground\nendsolid", "stl" },
                 { "solid advice", NULL },  { "ply\nformat", "ply" },
                 { "plywood", NULL },       { "", NULL } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tomo_source *source = NULL;
        const char *format = "";
        CHECK_OK(tomo_source_from_memory(t->ctx, &source, rows[i].text, strlen(rows[i].text), &t->err));
        CHECK_OK(tomo_mesh_probe(t->ctx, &format, source, &t->err));
        CHECK((!format && !rows[i].want) || (format && rows[i].want && strcmp(format, rows[i].want) == 0));
        tomo_source_free(source);
    }
}
