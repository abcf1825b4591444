/* test_reorient.c - patient geometry, letters, flips and axis changes. Letters and affines are nibabel 5.4.2's:
 * aff2axcodes and as_reoriented on the same image in RAS (first two rows negated). Random directions, four digits. */
#include <math.h>

#include "t.h"

static tomo_image *placed(t_state *t, tomo_dtype dtype, const int64_t size[3], const double direction[9])
{
    static const double spacing[3] = { 0.5, 0.75, 3 }, origin[3] = { 10, -20, 30 };
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *im = NULL;
    d.dtype = dtype;
    memcpy(d.size, size, 3 * sizeof *size);
    memcpy(d.spacing, spacing, sizeof spacing);
    memcpy(d.origin, origin, sizeof origin);
    memcpy(d.direction, direction, sizeof d.direction);
    CHECK_OK(tomo_image_new(t->ctx, &im, &d, &t->err));
    for (int64_t z = 0, n = 0; z < size[2]; z++)
        for (int64_t y = 0; y < size[1]; y++)
            for (int64_t x = 0; x < size[0]; x++)
                t_set(im, x, y, z, (double)(n++ % 120));
    return im;
}

static const double identity[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
static const double oblique[9] = { 0, 0.1, 0.994987, -0.6, 0.79599, -0.08, -0.8, -0.596992, 0.06 };

TEST(letters_are_nibabels)
{
    static const struct {
        double      direction[9];
        const char *letters;
    } cases[] = {
        { { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, "LPS" },
        { { -1, 0, 0, 0, -1, 0, 0, 0, 1 }, "RAS" },
        { { 0, 0, 1, 1, 0, 0, 0, -1, 0 }, "PIL" },
        { { -0.755988, -0.183410, -0.628393, 0.396294, -0.892247, -0.216397, -0.520992, -0.412622, 0.747191 }, "RAS" },
        { { -0.636772, -0.319913, 0.701584, 0.373284, -0.924038, -0.082598, 0.674671, 0.209309, 0.707784 }, "RAS" },
        { { -0.674659, -0.064003, 0.735375, 0.593264, -0.639727, 0.488584, 0.439173, 0.765933, 0.469584 }, "PSL" },
        { { -0.190199, 0.656201, -0.730175, -0.955497, -0.294601, -0.015799, -0.225499, 0.694701, 0.683077 }, "ASR" },
        { { -0.430988, 0.784827, -0.445305, -0.438088, -0.613421, -0.657107, -0.788878, -0.088103, 0.608206 }, "ILA" },
        { { -0.027399, 0.155704, 0.987416, 0.193792, -0.968223, 0.158103, 0.980660, 0.195705, -0.003600 }, "SAL" },
        { { -0.309409, 0.006800, 0.946905, 0.530615, -0.620599, 0.095501, 0.789122, 0.784099, 0.307002 }, "SAL" },
        { { -0.168006, -0.990453, -0.129500, 0.453015, 0.112195, 0.870297, -0.875529, -0.080096, 0.475198 }, "IRP" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tomo_image *im = placed(t, TOMO_DTYPE_U8, (const int64_t[]){ 2, 2, 2 }, cases[i].direction);
        char letters[4];
        tomo_image_orientation(im, letters);
        CHECK_STR(letters, cases[i].letters);
        tomo_image_free(im);
    }
}

TEST(index_and_patient_are_inverse)
{
    tomo_image *im = placed(t, TOMO_DTYPE_U8, (const int64_t[]){ 5, 4, 3 }, oblique);
    const double at[3] = { 1.25, -3, 7 };
    double p[3], back[3];
    tomo_image_to_patient(im, at, p);
    CHECK_NEAR(p[0], 10 + 0.1 * -2.25 + 0.994987 * 21, 1e-12);
    CHECK_NEAR(p[1], -20 - 0.6 * 0.625 + 0.79599 * -2.25 - 0.08 * 21, 1e-12);
    tomo_image_to_index(im, p, back);
    for (int i = 0; i < 3; i++)
        CHECK_NEAR(back[i], at[i], 1e-12);
    tomo_image_to_index(im, p, p); /* in place */
    CHECK_NEAR(p[2], 7, 1e-12);
    tomo_image_free(im);
}

TEST(grids_match_within_a_tolerance)
{
    tomo_image *a = placed(t, TOMO_DTYPE_U8, (const int64_t[]){ 101, 4, 1 }, identity), *b = NULL;
    tomo_image_desc d = *tomo_image_get_desc(a);
    d.spacing[0] += 0.0001; /* 0.01 mm at the far end */
    CHECK_OK(tomo_image_with_geometry(t->ctx, &b, a, &d, &t->err));
    CHECK(tomo_image_same_grid(a, b, 0.011));
    CHECK(!tomo_image_same_grid(a, b, 0.009));
    tomo_image_free(b);
    d = *tomo_image_get_desc(a);
    d.spacing[2] = 5; /* of the only slice */
    CHECK_OK(tomo_image_with_geometry(t->ctx, &b, a, &d, &t->err));
    CHECK(!tomo_image_same_grid(a, b, 0.1));
    tomo_image_free(b);
    b = t_image(t, TOMO_DTYPE_U8, 101, 4, 2);
    CHECK(!tomo_image_same_grid(a, b, 1e9));
    tomo_image_free(a), tomo_image_free(b);
}

/* Every voxel of `in` lies in `out` at the same place in the patient. */
static void check_places(const tomo_image *in, const tomo_image *out)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    CHECK_INT(tomo_image_voxels(in), tomo_image_voxels(out));
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++)
            for (int64_t x = 0; x < d->size[0]; x++) {
                double p[3] = { (double)x, (double)y, (double)z };
                tomo_image_to_patient(in, p, p);
                tomo_image_to_index(out, p, p);
                const int64_t i = (int64_t)lround(p[0]), j = (int64_t)lround(p[1]), k = (int64_t)lround(p[2]);
                CHECK(fabs(p[0] - (double)i) + fabs(p[1] - (double)j) + fabs(p[2] - (double)k) < 1e-9);
                CHECK(tomo_image_at(in, x, y, z, 0, 0) == tomo_image_at(out, i, j, k, 0, 0));
            }
}

TEST(all_48_orientations_keep_every_voxel_in_place)
{
    static const char *const pairs[3] = { "LR", "PA", "SI" };
    static const int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
    static const tomo_dtype types[] = { TOMO_DTYPE_U8, TOMO_DTYPE_I16, TOMO_DTYPE_F32, TOMO_DTYPE_F64 };
    for (int o = 0; o < 6; o++)
        for (int signs = 0; signs < 8; signs++) {
            tomo_image *in = placed(t, types[(o + signs) % 4], (const int64_t[]){ 37, 35, 3 }, oblique), *out = NULL;
            tomo_image *back = NULL;
            char to[4] = { 0 }, got[4], first[4];
            tomo_reorient_options opts = TOMO_REORIENT_OPTIONS_INIT;
            for (int a = 0; a < 3; a++)
                to[a] = pairs[orders[o][a]][signs >> a & 1];
            opts.to = to;
            CHECK_OK(tomo_image_reorient(t->ctx, &out, in, &opts, NULL, &t->err));
            tomo_image_orientation(out, got);
            CHECK_STR(got, to);
            CHECK(tomo_image_contiguous(out));
            check_places(in, out);
            tomo_image_orientation(in, first);
            opts.to = first;
            CHECK_OK(tomo_image_reorient(t->ctx, &back, out, &opts, NULL, &t->err));
            CHECK(t_same_bytes(in, back));
            CHECK(tomo_image_same_grid(in, back, 1e-12));
            tomo_image_free(in), tomo_image_free(out), tomo_image_free(back);
        }
}

TEST(reoriented_affines_are_nibabels)
{
    static const double want[2][12] = { /* LPS millimeters: three axis vectors by row, last column the origin */
        { -2.984961, -0.075, 0, 16.194922, 0.24, -0.5969925, 0.3, -19.8890225, -0.18, 0.447744, 0.4, 27.416768 },
        { 0.075, 0, -2.984961, 15.969922, 0.5969925, -0.3, 0.24, -20.48, -0.447744, -0.4, -0.18, 30.36 } };
    static const char *const to[2] = { "RAS", "PIR" };
    tomo_image *in = placed(t, TOMO_DTYPE_I16, (const int64_t[]){ 5, 4, 3 }, oblique);
    char letters[4];
    tomo_image_orientation(in, letters);
    CHECK_STR(letters, "IPL");
    for (int k = 0; k < 2; k++) {
        tomo_reorient_options o = TOMO_REORIENT_OPTIONS_INIT;
        tomo_image *out = NULL;
        o.to = to[k];
        CHECK_OK(tomo_image_reorient(t->ctx, &out, in, &o, NULL, &t->err));
        const tomo_image_desc *d = tomo_image_get_desc(out);
        for (int r = 0; r < 3; r++) {
            for (int c = 0; c < 3; c++)
                CHECK_NEAR(d->direction[3 * r + c] * d->spacing[c], want[k][4 * r + c], 1e-12);
            CHECK_NEAR(d->origin[r], want[k][4 * r + 3], 1e-12);
        }
        tomo_image_free(out);
    }
    tomo_image_free(in);
}

TEST(reorient_of_a_view_in_time_with_labels_on_one_thread)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *im = NULL, *seg = NULL, *box = NULL, *packed = NULL, *a = NULL, *b = NULL;
    const int64_t start[4] = { 1, 2, 1, 1 }, size[4] = { 40, 33, 9, 2 };
    const tomo_label row = { .value = 3, .name = "liver", .confidence = NAN };
    tomo_reorient_options o = TOMO_REORIENT_OPTIONS_INIT;
    tomo_ctx *one = t_ctx(t, 1, TOMO_CPU_C);
    size_t n = 0;
    uint32_t seed = 4;
    d.dtype = TOMO_DTYPE_U16, d.dims = 4, d.size[0] = 50, d.size[1] = 40, d.size[2] = 11, d.size[3] = 4;
    CHECK_OK(tomo_image_new(t->ctx, &im, &d, &t->err));
    for (int64_t i = 0; i < tomo_image_voxels(im); i++)
        ((uint16_t *)tomo_image_row_mut(im, 0, 0, 0))[i] = (uint16_t)t_random(&seed);
    CHECK_OK(tomo_image_with_labels(t->ctx, &seg, im, &row, 1, &t->err));
    CHECK_OK(tomo_image_crop(t->ctx, &box, seg, start, size, &t->err));
    CHECK_OK(tomo_image_pack(t->ctx, &packed, box, &t->err));
    o.to = "SRA";
    CHECK_OK(tomo_image_reorient(t->ctx, &a, box, &o, NULL, &t->err));
    CHECK_OK(tomo_image_reorient(one, &b, packed, &o, NULL, &t->err));
    CHECK(t_same_bytes(a, b));
    CHECK(tomo_image_labels(a, &n) && n == 1);
    for (int64_t q = 0; q < 2; q++)
        CHECK(tomo_image_at(a, 2, 5, 7, q, 0) == tomo_image_at(box, 39 - 5, 32 - 7, 2, q, 0));
    tomo_image_free(im), tomo_image_free(seg), tomo_image_free(box), tomo_image_free(packed);
    tomo_image_free(a), tomo_image_free(b);
    tomo_ctx_free(one);
}

TEST(colors_and_slices_turn_too)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *im = NULL, *out = NULL;
    tomo_reorient_options o = TOMO_REORIENT_OPTIONS_INIT;
    d.dtype = TOMO_DTYPE_U8, d.components = 3, d.dims = 2, d.size[0] = 70, d.size[1] = 35;
    CHECK_OK(tomo_image_new(t->ctx, &im, &d, &t->err));
    for (int64_t i = 0; i < 70 * 35 * 3; i++)
        ((uint8_t *)tomo_image_row_mut(im, 0, 0, 0))[i] = (uint8_t)(i * 11 + i / 256);
    o.to = "ASL";
    CHECK_OK(tomo_image_reorient(t->ctx, &out, im, &o, NULL, &t->err));
    CHECK_INT(tomo_image_get_desc(out)->dims, 3); /* no longer one slice */
    CHECK_INT(tomo_image_get_desc(out)->size[2], 70);
    for (int64_t y = 0; y < 35; y++)
        for (int64_t x = 0; x < 70; x++)
            for (int c = 0; c < 3; c++)
                CHECK(tomo_image_at(out, 34 - y, 0, x, 0, c) == tomo_image_at(im, x, y, 0, 0, c));
    tomo_image_free(im), tomo_image_free(out);
}

TEST(flip_keeps_the_place_and_mirror_does_not)
{
    tomo_image *in = placed(t, TOMO_DTYPE_I16, (const int64_t[]){ 21, 4, 3 }, oblique);
    for (int axes = 0; axes < 8; axes++) {
        tomo_flip_options o = TOMO_FLIP_OPTIONS_INIT;
        tomo_image *flipped = NULL, *mirrored = NULL, *twice = NULL;
        o.x = axes & 1, o.y = axes & 2, o.z = axes & 4;
        CHECK_OK(tomo_image_flip(t->ctx, &flipped, in, &o, NULL, &t->err));
        CHECK((flipped == in) == (axes == 0));
        check_places(in, flipped);
        CHECK_INT(tomo_image_at(flipped, 0, 0, 0, 0, 0),
                  tomo_image_at(in, o.x ? 20 : 0, o.y ? 3 : 0, o.z ? 2 : 0, 0, 0));
        CHECK_OK(tomo_image_flip(t->ctx, &twice, flipped, &o, NULL, &t->err));
        CHECK(t_same_bytes(in, twice) && tomo_image_same_grid(in, twice, 1e-12));
        o.mirror = true;
        CHECK_OK(tomo_image_flip(t->ctx, &mirrored, in, &o, NULL, &t->err));
        CHECK(t_same_bytes(mirrored, flipped));
        CHECK(tomo_image_same_grid(mirrored, in, 0));
        tomo_image_free(flipped), tomo_image_free(mirrored), tomo_image_free(twice);
    }
    tomo_image_free(in);
}

TEST(wrong_letters_lost_memory_cancel)
{
    static const char *const bad[] = { NULL, "", "LP", "LPSX", "LPP", "LRS", "XYZ", "LPI ", "ALP\xc3" };
    tomo_image *in = placed(t, TOMO_DTYPE_I16, (const int64_t[]){ 5, 4, 3 }, identity), *out = NULL;
    tomo_reorient_options o = TOMO_REORIENT_OPTIONS_INIT;
    tomo_job *job = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        o.to = bad[i];
        CHECK_FAILS(tomo_image_reorient(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    }
    CHECK_FAILS(tomo_image_reorient(t->ctx, &out, in, NULL, NULL, &t->err), TOMO_E_ARG);
    o.to = "lps"; /* as it is already, in small letters: another reference */
    CHECK_OK(tomo_image_reorient(t->ctx, &out, in, &o, NULL, &t->err));
    CHECK(out == in);
    tomo_image_free(out);
    o.to = "RSA";
    FAIL_EACH_ALLOC(t)
    {
        out = NULL;
        const tomo_status st = tomo_image_reorient(t->ctx, &out, in, &o, NULL, &t->err);
        CHECK(st == TOMO_OK || (st == TOMO_E_NOMEM && !out));
        tomo_image_free(out);
    }
    out = NULL;
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_image_reorient(t->ctx, &out, in, &o, job, &t->err), TOMO_E_CANCELED);
    CHECK(out == NULL);
    tomo_job_free(job);
    tomo_image_free(in);
}
