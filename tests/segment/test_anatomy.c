/* test_anatomy.c - body, bones, lungs and head on a torso made of formulas in patient space, so that the truth is known
 * and the same patient can be scanned in any orientation. Real scans: check_anatomy.py. */
#include "t.h"

#include <math.h>
#include <tomo/segment_levels.h>
#include <tomo/segment_slic.h>

enum { AIR, TISSUE, BONE, LEFT, RIGHT, AIRWAY, GAS, TABLE, FOAM };
enum { NO_LUNGS = 1, JOINED = 2, NO_LEFT = 4 };

static double sq(double v) { return v * v; }
static bool in_ellipsoid(const double p[3], double x, double y, double z, double a, double b, double c)
{
    return sq((p[0] - x) / a) + sq((p[1] - y) / b) + sq((p[2] - z) / c) <= 1;
}
/* Distance of a point from a segment. */
static double from_line(const double p[3], const double a[3], const double b[3])
{
    double dot = 0, all = 0, d = 0;
    for (int i = 0; i < 3; i++)
        dot += (p[i] - a[i]) * (b[i] - a[i]), all += sq(b[i] - a[i]);
    const double s = fmin(fmax(dot / all, 0), 1);
    for (int i = 0; i < 3; i++)
        d += sq(p[i] - a[i] - s * (b[i] - a[i]));
    return sqrt(d);
}

/* What lies at a patient position; LPS mm, the carina near (0, 0, 60). */
static int what(const double p[3], int flags)
{
    static const double top[3] = { 0, 5, 400 }, carina[3] = { 0, 5, 60 };
    static const double left[3] = { 55, 10, 20 }, right[3] = { -55, 10, 20 };
    if (p[1] > 116 && p[1] < 122 && fabs(p[0]) < 170)
        return TABLE;
    if (p[1] >= 122 && p[1] < 140 && fabs(p[0]) < 170)
        return FOAM;
    if (sq(p[0] / 165) + sq(p[1] / 115) > 1)
        return AIR;
    if (sq(p[0]) + sq(p[1] - 75) < sq(18))
        return BONE; /* spine */
    if (fabs(sqrt(sq(p[0] / 155) + sq(p[1] / 105)) - 1) < 0.02 && fmod(fabs(p[2]), 30) < 9)
        return BONE; /* ribs */
    if (from_line(p, top, carina) < 8 && !(flags & NO_LUNGS))
        return AIRWAY;
    if (!(flags & NO_LUNGS) && (from_line(p, carina, left) < 6 || from_line(p, carina, right) < 6) &&
        !in_ellipsoid(p, 75, 0, 0, 52, 75, 110) && !in_ellipsoid(p, -75, 0, 0, 52, 75, 110))
        return AIRWAY;
    if (!(flags & (NO_LUNGS | NO_LEFT)) && in_ellipsoid(p, 75, 0, 0, 52, 75, 110))
        return LEFT;
    if (!(flags & NO_LUNGS) && in_ellipsoid(p, -75, 0, 0, 52, 75, 110))
        return RIGHT;
    if (flags & JOINED && fabs(p[0]) < 40 && fabs(p[1] + 30) < 5 && fabs(p[2]) < 20)
        return p[0] > 0 ? LEFT : RIGHT; /* front junction */
    if (in_ellipsoid(p, 40, -40, -190, 35, 30, 30) || in_ellipsoid(p, -50, -30, -150, 25, 25, 20))
        return GAS;
    return TISSUE;
}

/* Noise that belongs to the place, whatever the voxel order. */
static double noise(const double p[3])
{
    uint32_t h = (uint32_t)(int32_t)lround(p[0]) * 73856093u ^ (uint32_t)(int32_t)lround(p[1]) * 19349663u ^
                 (uint32_t)(int32_t)lround(p[2]) * 83492791u;
    h ^= h >> 15, h *= 2246822519u, h ^= h >> 13, h *= 3266489917u, h ^= h >> 16;
    return h / 4294967296.0 - 0.5;
}

static double hu(int tissue, const double p[3])
{
    static const double mean[] = { -1000, 40, 500, -850, -850, -1000, -990, 300, -900 };
    const double blood = tissue == LEFT || tissue == RIGHT ? (noise(p) > 0.42 ? 800 : 0) : 0; /* vessels */
    return mean[tissue] + 40 * noise(p) + blood;
}

/* The torso on a grid; `lo` to `hi` mm along the body. Directions are permuted and flipped unit axes. */
static tomo_image *scan(t_state *t, const int axes[3], const int sense[3], double lo, double hi, int flags)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    static const double from[3] = { -186, -135, 0 };
    double first[3] = { from[0], from[1], lo }, last[3] = { 186, 150, hi };
    tomo_image *image = NULL;
    memset(d.direction, 0, sizeof d.direction);
    for (int i = 0; i < 3; i++) { /* voxel axis i runs along patient axis axes[i] */
        const int a = axes[i];
        d.spacing[i] = 3;
        d.size[i] = (int64_t)((last[a] - first[a]) / 3) + 1;
        d.direction[a * 3 + i] = sense[i];
        d.origin[a] = sense[i] > 0 ? first[a] : first[a] + 3 * (double)(d.size[i] - 1);
    }
    CHECK_OK(tomo_image_new(t->ctx, &image, &d, &t->err));
    for (int64_t z = 0; z < d.size[2]; z++)
        for (int64_t y = 0; y < d.size[1]; y++) {
            int16_t *row = tomo_image_row_mut(image, y, z, 0);
            for (int64_t x = 0; x < d.size[0]; x++) {
                const double index[3] = { (double)x, (double)y, (double)z };
                double p[3];
                tomo_image_to_patient(image, index, p);
                row[x] = (int16_t)lround(hu(what(p, flags), p));
            }
        }
    return image;
}

static const int plain[3] = { 0, 1, 2 }, up[3] = { 1, 1, 1 };

/* Dice of one label with what `is` says of the tissue. */
static double dice(const tomo_image *labels, int value, int flags, bool (*is)(int))
{
    const tomo_image_desc *d = tomo_image_get_desc(labels);
    int64_t a = 0, b = 0, both = 0;
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++)
            for (int64_t x = 0; x < d->size[0]; x++) {
                const double index[3] = { (double)x, (double)y, (double)z };
                double p[3];
                tomo_image_to_patient(labels, index, p);
                const bool in = tomo_image_at(labels, x, y, z, 0, 0) == value, want = is(what(p, flags));
                a += in, b += want, both += in && want;
            }
    return a + b ? 2.0 * (double)both / (double)(a + b) : 1;
}
static bool is_left(int k) { return k == LEFT; }
static bool is_right(int k) { return k == RIGHT; }
static bool is_airway(int k) { return k == AIRWAY; }
static bool is_bone(int k) { return k == BONE; }
static bool is_body(int k) { return k != AIR && k != TABLE && k != FOAM; }
static bool is_anything(int k) { return true; }

TEST(lungs_are_found_and_told_apart)
{
    tomo_image *in = scan(t, plain, up, -150, 180, 0), *out = NULL;
    size_t n = 0;
    CHECK_OK(tomo_segment_lungs(t->ctx, &out, in, NULL, NULL, &t->err));
    CHECK(dice(out, TOMO_LUNG_LEFT, 0, is_left) > 0.97);
    CHECK(dice(out, TOMO_LUNG_RIGHT, 0, is_right) > 0.97);
    CHECK(dice(out, TOMO_LUNG_AIRWAYS, 0, is_airway) > 0.8);
    const tomo_label *rows = tomo_image_labels(out, &n);
    CHECK_INT(n, 3);
    CHECK_STR(rows[0].name, "left lung");
    CHECK_STR(rows[0].code, "44029006");
    CHECK_STR(rows[1].code, "3341006");
    CHECK(rows[0].confidence > 0.8 && rows[1].confidence > 0.8);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(orientation_of_the_voxels_does_not_matter)
{
    static const int axes[][3] = { { 0, 1, 2 }, { 0, 1, 2 }, { 1, 2, 0 }, { 0, 2, 1 }, { 2, 0, 1 } };
    static const int sense[][3] = { { -1, -1, 1 }, { 1, 1, -1 }, { 1, -1, 1 }, { -1, 1, 1 }, { 1, 1, 1 } };
    for (int i = 0; i < 5; i++) {
        tomo_image *in = scan(t, axes[i], sense[i], -150, 180, 0), *lungs = NULL, *body = NULL, *bones = NULL;
        CHECK_OK(tomo_segment_lungs(t->ctx, &lungs, in, NULL, NULL, &t->err));
        CHECK(tomo_image_same_grid(in, lungs, 1e-6));
        CHECK(dice(lungs, TOMO_LUNG_LEFT, 0, is_left) > 0.97);
        CHECK(dice(lungs, TOMO_LUNG_RIGHT, 0, is_right) > 0.97);
        CHECK_OK(tomo_segment_body(t->ctx, &body, in, NULL, NULL, &t->err));
        CHECK(dice(body, 1, 0, is_body) > 0.99);
        CHECK_OK(tomo_segment_bones(t->ctx, &bones, in, NULL, NULL, &t->err));
        CHECK(dice(bones, 1, 0, is_bone) > 0.99);
        tomo_image_free(lungs), tomo_image_free(body), tomo_image_free(bones);
        tomo_image_free(in);
    }
}

TEST(touching_lungs_come_apart)
{
    tomo_image *in = scan(t, plain, up, -150, 180, JOINED), *out = NULL;
    CHECK_OK(tomo_segment_lungs(t->ctx, &out, in, NULL, NULL, &t->err));
    CHECK(dice(out, TOMO_LUNG_LEFT, JOINED, is_left) > 0.96);
    CHECK(dice(out, TOMO_LUNG_RIGHT, JOINED, is_right) > 0.96);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(bases_at_the_head_end_are_found_and_bowel_gas_is_not)
{
    tomo_image *in = scan(t, plain, up, -260, -60, 0), *out = NULL;
    size_t n = 0;
    CHECK_OK(tomo_segment_lungs(t->ctx, &out, in, NULL, NULL, &t->err));
    CHECK(dice(out, TOMO_LUNG_LEFT, 0, is_left) > 0.95);
    CHECK(dice(out, TOMO_LUNG_RIGHT, 0, is_right) > 0.95);
    const tomo_label *rows = tomo_image_labels(out, &n);
    CHECK(rows[0].confidence > 0.3 && rows[0].confidence < 0.8);
    CHECK(strstr(rows[0].note, "cut by the field") != NULL);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(one_lung_is_less_sure)
{
    tomo_image *in = scan(t, plain, up, -150, 180, NO_LEFT), *out = NULL;
    size_t n = 0;
    CHECK_OK(tomo_segment_lungs(t->ctx, &out, in, NULL, NULL, &t->err));
    CHECK(dice(out, TOMO_LUNG_RIGHT, NO_LEFT, is_right) > 0.95);
    const tomo_label *rows = tomo_image_labels(out, &n);
    CHECK_NEAR(rows[0].confidence, 0, 0);
    CHECK(rows[1].confidence > 0 && rows[1].confidence < 0.6);
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(no_lungs_are_said_not_to_be_in_the_field)
{
    tomo_image *in = scan(t, plain, up, -260, -130, 0), *out = NULL;
    size_t n = 0;
    CHECK_OK(tomo_segment_lungs(t->ctx, &out, in, NULL, NULL, &t->err));
    const tomo_label *rows = tomo_image_labels(out, &n);
    CHECK_INT(n, 2);
    for (int i = 0; i < 2; i++) {
        CHECK_NEAR(rows[i].confidence, 0, 0);
        CHECK(strncmp(rows[i].note, "not in the field: ", 18) == 0);
    }
    CHECK_NEAR(dice(out, 0, 0, is_anything), 1, 0); /* the mask is empty */
    tomo_image_free(out);
    tomo_image_free(in);
}

TEST(what_is_not_hu_is_declined)
{
    tomo_image *ct = scan(t, plain, up, -30, 30, 0), *out = NULL;
    tomo_image *mr = t_noise(t, TOMO_DTYPE_U16, 40, 40, 10, 0, 900, 4);
    tomo_lungs_options o = TOMO_LUNGS_OPTIONS_INIT;
    size_t n = 0;
    CHECK_OK(tomo_segment_lungs(t->ctx, &out, mr, NULL, NULL, &t->err));
    CHECK(strncmp(tomo_image_labels(out, &n)[0].note, "declined: ", 10) == 0);
    CHECK_NEAR(dice(out, 0, 0, is_anything), 1, 0);
    tomo_image_free(out);
    CHECK_OK(tomo_segment_body(t->ctx, &out, mr, NULL, NULL, &t->err));
    CHECK(strncmp(tomo_image_labels(out, &n)[0].note, "declined: ", 10) == 0);
    tomo_image_free(out);
    CHECK_OK(tomo_segment_bones(t->ctx, &out, mr, NULL, NULL, &t->err));
    CHECK(strncmp(tomo_image_labels(out, &n)[0].note, "declined: ", 10) == 0);
    tomo_image_free(out);
    o.assume_hu = true; /* then it is searched, and nothing is found */
    CHECK_OK(tomo_segment_lungs(t->ctx, &out, mr, &o, NULL, &t->err));
    CHECK(strncmp(tomo_image_labels(out, &n)[0].note, "not in the field: ", 18) == 0);
    tomo_image_free(out);
    tomo_image_free(mr);
    tomo_image_free(ct);
}

/* A head of three shells: skin, dark skull, brain; in the values of an MR. */
TEST(head_is_filled_and_measured)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *in = NULL, *out = NULL;
    size_t n = 0;
    int64_t want = 0, got = 0, both = 0;
    d.dtype = TOMO_DTYPE_U16;
    for (int a = 0; a < 3; a++)
        d.size[a] = 72, d.spacing[a] = 3;
    CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t z = 0; z < 72; z++)
            for (int64_t y = 0; y < 72; y++)
                for (int64_t x = 0; x < 72; x++) {
                    const double r = sqrt(sq((x - 36.0) / 28) + sq((y - 36.0) / 33) + sq((z - 36.0) / 30));
                    const double p[3] = { (double)x, (double)y, (double)z };
                    if (!pass)
                        t_set(in, x, y, z, 20 + 20 * noise(p) + (r <= 1 && !(r > 0.8 && r < 0.9) ? 400 : 0));
                    else {
                        const bool is = tomo_image_at(out, x, y, z, 0, 0) == 1;
                        want += r <= 1, got += is, both += is && r <= 1;
                    }
                }
        if (!pass)
            CHECK_OK(tomo_segment_head(t->ctx, &out, in, NULL, NULL, &t->err));
    }
    CHECK(2.0 * (double)both / (double)(want + got) > 0.99);
    CHECK(tomo_image_labels(out, &n)[0].confidence > 0.5);
    CHECK_STR(tomo_image_labels(out, &n)[0].code, "69536005");
    tomo_image_free(out);
    tomo_image_free(in);
    in = t_flat(t, 9, 9, 9, 3);
    CHECK_OK(tomo_segment_head(t->ctx, &out, in, NULL, NULL, &t->err));
    CHECK_NEAR(tomo_image_labels(out, &n)[0].confidence, 0, 0);
    tomo_image_free(out);
    tomo_image_free(in);
}

/* The same head in 2 mm voxels, cut at the neck (low z), with ear canals 6 mm wide from the air into the dark skull. */
static tomo_image *head_with_ears(t_state *t, int64_t low, int64_t n_x)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *in = NULL;
    d.dtype = TOMO_DTYPE_U16;
    d.size[0] = n_x, d.size[1] = 108, d.size[2] = 100 - low;
    for (int a = 0; a < 3; a++)
        d.spacing[a] = 2;
    CHECK_OK(tomo_image_new(t->ctx, &in, &d, &t->err));
    for (int64_t z = 0; z < d.size[2]; z++)
        for (int64_t y = 0; y < 108; y++)
            for (int64_t x = 0; x < n_x; x++) {
                const double r = sqrt(sq((x - 46.0) / 42) + sq((y - 54.0) / 50) + sq((z + (double)low - 54.0) / 44));
                const bool canal = r > 0.85 && z + low >= 40 && z + low < 43 && y >= 53 && y < 56;
                t_set(in, x, y, z, r <= 1 && !(r > 0.8 && r < 0.9) && !canal ? 400 : 20);
            }
    return in;
}

TEST(ear_canals_let_no_air_into_the_head)
{
    static const char *const senses[] = { "LPS", "PSR", "SAL" }; /* axial, sagittal and other slices */
    tomo_head_options o = TOMO_HEAD_OPTIONS_INIT;
    tomo_image *in = head_with_ears(t, 30, 92), *out = NULL, *first = NULL, *open = NULL;
    for (int k = 0; k < 3; k++) {
        tomo_reorient_options to = TOMO_REORIENT_OPTIONS_INIT;
        tomo_image *turned = NULL, *mask = NULL;
        to.to = senses[k];
        CHECK_OK(tomo_image_reorient(t->ctx, &turned, in, &to, NULL, &t->err));
        CHECK_OK(tomo_segment_head(t->ctx, &mask, turned, NULL, NULL, &t->err));
        CHECK(tomo_image_same_grid(mask, turned, 1e-9));
        to.to = "LPS";
        CHECK_OK(tomo_image_reorient(t->ctx, &out, mask, &to, NULL, &t->err));
        if (!first)
            first = tomo_image_ref(out);
        CHECK(t_same_bytes(out, first));
        tomo_image_free(out);
        tomo_image_free(mask);
        tomo_image_free(turned);
    }
    o.close = 0; /* what it was before: slices with canals lose their skull */
    CHECK_OK(tomo_segment_head(t->ctx, &open, in, &o, NULL, &t->err));
    for (int64_t z = 0; z < 70; z++) {
        int64_t want = 0, got = 0, before = 0;
        for (int64_t y = 0; y < 108; y++)
            for (int64_t x = 0; x < 92; x++) {
                want += sq((x - 46.0) / 42) + sq((y - 54.0) / 50) + sq((z + 30 - 54.0) / 44) <= 1;
                got += tomo_image_at(first, x, y, z, 0, 0) == 1;
                before += tomo_image_at(open, x, y, z, 0, 0) == 1;
            }
        CHECK(want < 500 || (got > 0.97 * (double)want && got < 1.01 * (double)want));
        CHECK(z < 10 || z >= 13 || before < 0.9 * (double)want);
    }
    tomo_image_free(open);
    tomo_image_free(first);
    tomo_image_free(in);
}

TEST(confidence_in_a_head_falls_with_each_cut)
{
    static const struct {
        int64_t low, n_x;
        double want;
        const char *note;
    } rows[] = { { 30, 92, 0.9, " > 20" },
                 { 30, 80, 0.8, "cut at 1 side of the field" },
                 { 50, 92, 0.7, "not the volume of an adult's head" } };
    for (int k = 0; k < 3; k++) {
        tomo_image *in = head_with_ears(t, rows[k].low, rows[k].n_x), *out = NULL;
        size_t n = 0;
        CHECK_OK(tomo_segment_head(t->ctx, &out, in, NULL, NULL, &t->err));
        const tomo_label *row = tomo_image_labels(out, &n);
        CHECK_NEAR(row->confidence, rows[k].want, 1e-9);
        CHECK(strstr(row->note, rows[k].note));
        tomo_image_free(out);
        tomo_image_free(in);
    }
}

TEST(anatomy_is_the_same_for_any_threads_and_level)
{
    tomo_image *in = scan(t, plain, up, -150, 180, JOINED), *first = NULL;
    CHECK_OK(tomo_segment_lungs(t->ctx, &first, in, NULL, NULL, &t->err));
    for (int cpu = 0; cpu < TOMO_CPU_COUNT; cpu++) {
        tomo_ctx *ctx = t_ctx(t, 1, cpu);
        tomo_image *out = NULL;
        CHECK_OK(tomo_segment_lungs(ctx, &out, in, NULL, NULL, &t->err));
        CHECK(t_same_bytes(first, out));
        tomo_image_free(out);
        tomo_ctx_free(ctx);
    }
    tomo_image_free(first);
    tomo_image_free(in);
}

/* Every operation, each allocation failing in turn, on a body small enough to repeat. */
TEST(anatomy_survives_lost_memory)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 40, 36, 12, 0, 60, 4);
    for (int z = 0; z < 12; z++)
        for (int y = 0; y < 36; y++)
            for (int x = 0; x < 40; x++) {
                if (x < 4 || x > 35 || y < 4 || y > 31)
                    t_set(in, x, y, z, -1000);
                if (x > 10 && x < 20 && y > 10 && y < 20 && z > 3)
                    t_set(in, x, y, z, -850);
                if (x > 25 && x < 29 && y > 20 && y < 25)
                    t_set(in, x, y, z, 700);
            }
    FAIL_EACH_ALLOC(t)
    {
        tomo_image *out[4] = { NULL };
        tomo_body_options o = TOMO_BODY_OPTIONS_INIT;
        o.open = 1;
        tomo_status st = tomo_segment_lungs(t->ctx, &out[0], in, NULL, NULL, &t->err);
        if (st == TOMO_OK)
            st = tomo_segment_body(t->ctx, &out[1], in, &o, NULL, &t->err);
        if (st == TOMO_OK)
            st = tomo_segment_bones(t->ctx, &out[2], in, NULL, NULL, &t->err);
        if (st == TOMO_OK)
            st = tomo_segment_head(t->ctx, &out[3], in, NULL, NULL, &t->err);
        CHECK(st == TOMO_OK || t->err.status == TOMO_E_NOMEM);
        for (int i = 0; i < 4; i++)
            tomo_image_free(out[i]);
    }
    tomo_image_free(in);
}

TEST(rows_of_the_table_are_whole)
{
    for (const tomo_op *const *op = tomo_segment_ops(); *op; op++) {
        uint64_t opts[32];
        CHECK((*op)->opts_size <= sizeof opts);
        CHECK_STR((*op)->room, "segment");
        CHECK((*op)->help && (*op)->detail && (*op)->example && (*op)->run);
        tomo_op_defaults(*op, opts);
        if (!(*op)->n_options || !(*op)->options[0].required)
            CHECK_OK(tomo_op_check(*op, opts, &t->err));
    }
}

/* The INIT macros hold the tables' defaults. */
static const tomo_op *find_op(const char *name)
{
    const tomo_op *const *ops = tomo_segment_ops();
    while (*ops && strcmp((*ops)->name, name) != 0)
        ops++;
    return *ops;
}

#define SAME_DEFAULTS(name, type, init)                                                                                \
    do {                                                                                                               \
        type made = init, filled;                                                                                      \
        tomo_op_defaults(find_op(name), &filled);                                                                      \
        tomo_buffer *a = NULL, *b = NULL;                                                                              \
        CHECK_OK(tomo_op_options_json(t->ctx, &a, find_op(name), &made, &t->err));                                     \
        CHECK_OK(tomo_op_options_json(t->ctx, &b, find_op(name), &filled, &t->err));                                   \
        CHECK_STR(tomo_buffer_data(a), tomo_buffer_data(b));                                                           \
        CHECK_INT(made.struct_size, filled.struct_size);                                                               \
        tomo_buffer_free(a), tomo_buffer_free(b);                                                                      \
    } while (0)

TEST(init_macros_equal_the_tables)
{
    SAME_DEFAULTS("slic", tomo_slic_options, TOMO_SLIC_OPTIONS_INIT);
    SAME_DEFAULTS("li", tomo_level_options, TOMO_LEVEL_OPTIONS_INIT);
    SAME_DEFAULTS("yen", tomo_level_options, TOMO_LEVEL_OPTIONS_INIT);
    SAME_DEFAULTS("triangle", tomo_level_options, TOMO_LEVEL_OPTIONS_INIT);
    SAME_DEFAULTS("multi_otsu", tomo_classes_options, TOMO_CLASSES_OPTIONS_INIT);
    SAME_DEFAULTS("kmeans", tomo_classes_options, TOMO_CLASSES_OPTIONS_INIT);
    SAME_DEFAULTS("adaptive", tomo_adaptive_options, TOMO_ADAPTIVE_OPTIONS_INIT);
    SAME_DEFAULTS("threshold", tomo_threshold_options, TOMO_THRESHOLD_OPTIONS_INIT);
    SAME_DEFAULTS("otsu", tomo_otsu_options, TOMO_OTSU_OPTIONS_INIT);
    SAME_DEFAULTS("components", tomo_components_options, TOMO_COMPONENTS_OPTIONS_INIT);
    SAME_DEFAULTS("largest", tomo_largest_options, TOMO_LARGEST_OPTIONS_INIT);
    SAME_DEFAULTS("fill_holes", tomo_fill_holes_options, TOMO_FILL_HOLES_OPTIONS_INIT);
    SAME_DEFAULTS("grow", tomo_grow_options, TOMO_GROW_OPTIONS_INIT);
    SAME_DEFAULTS("body", tomo_body_options, TOMO_BODY_OPTIONS_INIT);
    SAME_DEFAULTS("bones", tomo_bones_options, TOMO_BONES_OPTIONS_INIT);
    SAME_DEFAULTS("lungs", tomo_lungs_options, TOMO_LUNGS_OPTIONS_INIT);
    SAME_DEFAULTS("head", tomo_head_options, TOMO_HEAD_OPTIONS_INIT);
}
