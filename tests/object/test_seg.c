/* test_seg.c - segmentations: what is written comes back with numbers, places and names; frames in any order, with
 * holes and overlaps; what does not fit together is refused with the reason. Files of others: check_seg.py. */
#include <math.h>
#include <tomo/object_seg.h>

#include "../t.h"
#include "object/seg.h"

/* Oblique, uneven spacing, negative origin. */
static tomo_image *labels(t_state *t, tomo_dtype dtype, int64_t nt)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    const double a = 0.3, b = 0.2;
    const double turn[9] = { cos(a), -sin(a) * cos(b), sin(a) * sin(b), sin(a), cos(a) * cos(b), -cos(a) * sin(b),
                             0,      sin(b),           cos(b) };
    const double spacing[3] = { 0.7, 0.9765625, 1.25 }, origin[3] = { -179.2, -33.25, 7.1 };
    tomo_image *image = NULL;
    d.dtype = dtype;
    d.size[0] = 11, d.size[1] = 9, d.size[2] = 7, d.size[3] = nt;
    d.dims = nt > 1 ? 4 : 3;
    memcpy(d.direction, turn, sizeof turn);
    memcpy(d.spacing, spacing, sizeof spacing);
    memcpy(d.origin, origin, sizeof origin);
    CHECK_OK(tomo_image_new(t->ctx, &image, &d, &t->err));
    memset(tomo_image_row_mut(image, 0, 0, 0), 0, (size_t)tomo_image_voxels(image) * tomo_dtype_size(dtype));
    return image;
}

static void put(tomo_image *image, int64_t x, int64_t y, int64_t z, int64_t at, double v)
{
    void *row = tomo_image_row_mut(image, y, z, at);
    if (tomo_image_get_desc(image)->dtype == TOMO_DTYPE_U8)
        ((uint8_t *)row)[x] = (uint8_t)v;
    else if (tomo_image_get_desc(image)->dtype == TOMO_DTYPE_U16)
        ((uint16_t *)row)[x] = (uint16_t)v;
    else
        ((float *)row)[x] = (float)v;
}

static tomo_seg_options made(void)
{
    tomo_seg_options o = TOMO_SEG_OPTIONS_INIT;
    o.algorithm_type = "AUTOMATIC";
    o.algorithm_name = "test";
    return o;
}

/* Label 1 in slices 1 and 5, label 4 in slice 3: holes at 0, 2, 4 and 6. */
static tomo_image *two_labels(t_state *t, tomo_dtype dtype)
{
    tomo_image *image = labels(t, dtype, 1);
    put(image, 2, 3, 1, 0, 1);
    put(image, 3, 3, 1, 0, 1);
    put(image, 10, 8, 5, 0, 1);
    put(image, 0, 0, 3, 0, 4);
    return image;
}

static tomo_dataset *make(t_state *t, const tomo_image *in, const tomo_seg_options *o)
{
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_seg_make(t->ctx, &ds, in, o, NULL, NULL, &t->err));
    return ds;
}

/* The data set as a reader of the file would get it. */
static tomo_dataset *reread(t_state *t, tomo_dataset *ds)
{
    const char *path = t_tmp(t, "seg.dcm");
    tomo_dataset *back = NULL;
    CHECK_OK(tomo_dataset_write(t->ctx, ds, path, NULL, &t->err));
    tomo_dataset_free(ds);
    CHECK_OK(tomo_dataset_open_path(t->ctx, &back, path, NULL, NULL, &t->err));
    return back;
}

/* Each voxel that is not 0 lies at the same place in both, and there are no others. */
static void same_places(const tomo_image *a, const tomo_image *b)
{
    const tomo_image_desc *d = tomo_image_get_desc(a), *e = tomo_image_get_desc(b);
    int64_t there = 0, found = 0;
    for (int64_t z = 0; z < d->size[2]; z++)
        for (int64_t y = 0; y < d->size[1]; y++)
            for (int64_t x = 0; x < d->size[0]; x++) {
                const double v = tomo_image_at(a, x, y, z, 0, 0), index[3] = { (double)x, (double)y, (double)z };
                double lps[3], at[3];
                if (v == 0)
                    continue;
                there++;
                tomo_image_to_patient(a, index, lps);
                tomo_image_to_index(b, lps, at);
                for (int k = 0; k < 3; k++)
                    CHECK_NEAR(at[k], rint(at[k]), 1e-6);
                CHECK_NEAR(tomo_image_at(b, (int64_t)rint(at[0]), (int64_t)rint(at[1]), (int64_t)rint(at[2]), 0, 0), v,
                           0);
            }
    for (int64_t z = 0; z < e->size[2]; z++)
        for (int64_t y = 0; y < e->size[1]; y++)
            for (int64_t x = 0; x < e->size[0]; x++)
                found += tomo_image_at(b, x, y, z, 0, 0) != 0;
    CHECK_INT(found, there);
}

TEST(a_label_map_keeps_numbers_and_places)
{
    tomo_seg_options o = made();
    tomo_image *in = two_labels(t, TOMO_DTYPE_U16), *out = NULL;
    o.type = TOMO_SEG_LABELMAP;
    put(in, 5, 5, 2, 0, 700); /* more than 8 bits hold */
    tomo_dataset *ds = reread(t, make(t, in, &o));
    CHECK_OK(tomo_object_load(t->ctx, &out, ds, NULL, NULL, NULL, &t->err));
    CHECK_INT(tomo_image_get_desc(out)->dtype, TOMO_DTYPE_U16);
    CHECK_INT(tomo_image_get_desc(out)->size[2], 5); /* from the first to the last slice that holds anything */
    same_places(in, out);
    size_t rows;
    const tomo_label *table = tomo_image_labels(out, &rows);
    CHECK_INT(rows, 3); /* background has none */
    CHECK_INT(table[2].value, 700);
    tomo_image_free(out);
    tomo_image_free(in);
    tomo_dataset_free(ds);
}

TEST(a_binary_one_numbers_from_1_and_keeps_names)
{
    tomo_seg_options o = made();
    tomo_image *in = two_labels(t, TOMO_DTYPE_U8), *named = NULL, *out = NULL, *mask = NULL;
    const tomo_label rows[2] = { { 4, { 221, 130, 101, 255 }, "Leber \xC3\xBC", "10200004", "", NAN },
                                 { 1, { 1, 2, 3, 255 }, "kidney", "64033007", "by hand", NAN } };
    CHECK_OK(tomo_image_with_labels(t->ctx, &named, in, rows, 2, &t->err));
    tomo_dataset *ds = reread(t, make(t, named, &o));
    tomo_seg *seg = NULL;
    tomo_seg_info info = { .struct_size = sizeof info };
    CHECK_OK(tomo_seg_open(t->ctx, &seg, ds, NULL, &t->err));
    CHECK_OK(tomo_seg_get_info(seg, &info, &t->err));
    CHECK_INT(info.type, TOMO_SEG_BINARY);
    CHECK_INT(info.frames, 3); /* empty ones are not written */
    CHECK(info.placed && !info.tiled);
    const tomo_seg_segment *s = tomo_seg_get(seg, 1);
    CHECK_INT(s->number, 2);
    CHECK_STR(s->label, "Leber \xC3\xBC");
    CHECK_STR(s->type.value, "10200004");
    CHECK_STR(s->category.value, "91723000");
    CHECK_STR(s->algorithm_name, "test");
    CHECK(s->has_color && s->color[0] == 221 && s->color[1] == 130 && s->color[2] == 101);
    CHECK(tomo_seg_get(seg, 2) == NULL);
    CHECK_OK(tomo_seg_labels(t->ctx, &out, seg, NULL, &t->err));
    CHECK_INT(tomo_image_at(out, 0, 0, 2, 0, 0), 2);
    CHECK_OK(tomo_seg_mask(t->ctx, &mask, seg, 1, NULL, &t->err));
    CHECK_INT(tomo_image_at(mask, 3, 3, 0, 0, 0), 1);
    CHECK_INT(tomo_image_at(mask, 0, 0, 2, 0, 0), 0);
    CHECK(tomo_image_same_grid(mask, out, 1e-9));
    tomo_image_free(mask);
    CHECK_FAILS(tomo_seg_mask(t->ctx, &mask, seg, 3, NULL, &t->err), TOMO_E_NOTFOUND);
    tomo_seg_free(seg);
    tomo_image_free(out);
    tomo_image_free(named);
    tomo_image_free(in);
    tomo_dataset_free(ds);
}

TEST(layers_that_overlap_come_back_as_layers)
{
    tomo_seg_options o = made();
    tomo_image *in = labels(t, TOMO_DTYPE_U8, 2), *out = NULL;
    tomo_seg *seg = NULL;
    for (int64_t x = 1; x < 6; x++)
        put(in, x, 2, 3, 0, 1);
    for (int64_t x = 4; x < 9; x++)
        put(in, x, 2, 3, 1, 2);
    put(in, 0, 0, 6, 0, 3); /* the other end: 3 fits beside 1 */
    tomo_dataset *ds = reread(t, make(t, in, &o));
    CHECK_FAILS(tomo_object_load(t->ctx, &out, ds, NULL, NULL, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK(strstr(t->err.message, "segments 1 and 2 overlap at voxel (4, 2, 0)"));
    CHECK_OK(tomo_seg_open(t->ctx, &seg, ds, NULL, &t->err));
    CHECK_OK(tomo_seg_layers(t->ctx, &out, seg, NULL, &t->err));
    CHECK_INT(tomo_image_get_desc(out)->size[3], 2);
    for (int64_t x = 0; x < 11; x++) {
        CHECK_INT(tomo_image_at(out, x, 2, 0, 0, 0), x >= 1 && x < 6 ? 1 : 0);
        CHECK_INT(tomo_image_at(out, x, 2, 0, 1, 0), x >= 4 && x < 9 ? 2 : 0);
    }
    CHECK_INT(tomo_image_at(out, 0, 0, 3, 0, 0), 3);
    tomo_seg_free(seg);
    tomo_image_free(out);
    tomo_image_free(in);
    tomo_dataset_free(ds);
}

TEST(fractions_come_back_within_half_a_step)
{
    tomo_seg_options o = made();
    tomo_image *in = labels(t, TOMO_DTYPE_F32, 1), *out = NULL;
    tomo_report *report = NULL;
    o.type = TOMO_SEG_OCCUPANCY;
    o.max_fraction = 200;
    for (int64_t x = 0; x < 11; x++)
        for (int64_t z = 0; z < 7; z++)
            put(in, x, 4, z, 0, (double)(x + z + 1) / 20);
    tomo_dataset *ds = reread(t, make(t, in, &o));
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    CHECK_OK(tomo_object_load(t->ctx, &out, ds, NULL, report, NULL, &t->err));
    CHECK_INT(tomo_image_get_desc(out)->dtype, TOMO_DTYPE_F32);
    CHECK(tomo_report_count(report) == 1 && strstr(tomo_report_text(report, 0), "holds fractions"));
    for (int64_t x = 0; x < 11; x++)
        for (int64_t z = 0; z < 7; z++)
            CHECK_NEAR(tomo_image_at(out, x, 4, z, 0, 0), (double)(x + z + 1) / 20, 0.5 / 200 + 1e-6);
    tomo_report_free(report);
    tomo_image_free(out);
    tomo_image_free(in);
    tomo_dataset_free(ds);
}

TEST(fractions_of_0_and_1_are_labels)
{
    tomo_seg_options o = made();
    tomo_image *in = labels(t, TOMO_DTYPE_F32, 1), *out = NULL;
    o.type = TOMO_SEG_PROBABILITY;
    put(in, 2, 2, 2, 0, 1);
    tomo_dataset *ds = make(t, in, &o);
    CHECK_OK(tomo_object_load(t->ctx, &out, ds, NULL, NULL, NULL, &t->err));
    CHECK_INT(tomo_image_get_desc(out)->dtype, TOMO_DTYPE_U8);
    CHECK_INT(tomo_image_at(out, 2, 2, 0, 0, 0), 1);
    tomo_image_free(out);
    tomo_image_free(in);
    tomo_dataset_free(ds);
}

TEST(another_grid_is_filled_by_place)
{
    tomo_seg_options o = made();
    tomo_image *in = two_labels(t, TOMO_DTYPE_U8), *out = NULL;
    o.type = TOMO_SEG_LABELMAP;
    tomo_dataset *ds = make(t, in, &o);
    CHECK_OK(tomo_object_load(t->ctx, &out, ds, in, NULL, NULL, &t->err)); /* on the grid that it came from */
    CHECK(t_same_bytes(in, out));
    CHECK(tomo_image_same_grid(in, out, 1e-9));
    tomo_image_free(out);
    tomo_image_free(in);
    tomo_dataset_free(ds);
}

/* The middle frame of a slice's triple is told the place that the last has, and so on: any order is one grid. */
TEST(frames_come_in_any_order)
{
    tomo_seg_options o = made();
    tomo_image *in = labels(t, TOMO_DTYPE_U8, 1), *out = NULL;
    char at[3][64];
    o.type = TOMO_SEG_LABELMAP;
    for (int64_t z = 1; z < 4; z++)
        put(in, z, z, z, 0, 1);
    tomo_dataset *ds = make(t, in, &o);
    for (int i = 0; i < 3; i++) {
        const tomo_dataset *frame = tomo_dataset_item(ds, 0x52009230, (size_t)i);
        tomo_dataset_text(tomo_dataset_item(frame, 0x00209113, 0), 0x00200032, SIZE_MAX, at[i], sizeof at[i]);
    }
    for (int i = 0; i < 3; i++) { /* upside down */
        char path[64];
        snprintf(path, sizeof path, "52009230[%d].00209113[0].00200032", i);
        CHECK_OK(tomo_dataset_set(ds, path, at[2 - i], &t->err));
    }
    CHECK_OK(tomo_object_load(t->ctx, &out, ds, NULL, NULL, NULL, &t->err));
    for (int64_t z = 0; z < 3; z++)
        CHECK_INT(tomo_image_at(out, 3 - z, 3 - z, z, 0, 0), 1);
    tomo_image_free(out);
    tomo_image_free(in);
    tomo_dataset_free(ds);
}

TEST(what_is_out_of_place_is_refused)
{
    tomo_seg_options o = made();
    tomo_image *in = two_labels(t, TOMO_DTYPE_U8), *out = NULL;
    tomo_dataset *ds = make(t, in, &o);
    const char *first = "52009230[0].00209113[0].00200032", *second = "52009230[1].00209113[0].00200032";
    char was[64], other[64];
    tomo_dataset_text(tomo_dataset_item(tomo_dataset_item(ds, 0x52009230, 0), 0x00209113, 0), 0x00200032, SIZE_MAX, was,
                      sizeof was);
    tomo_dataset_text(tomo_dataset_item(tomo_dataset_item(ds, 0x52009230, 1), 0x00209113, 0), 0x00200032, SIZE_MAX,
                      other, sizeof other);
    CHECK_OK(tomo_dataset_set(ds, first, "0\\0\\0", &t->err));
    CHECK_FAILS(tomo_object_load(t->ctx, &out, ds, NULL, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
    CHECK(strstr(t->err.message, "mm beside the first one"));
    CHECK_OK(tomo_dataset_set(ds, first, other, &t->err)); /* two frames of segment 1 at one place */
    CHECK_FAILS(tomo_object_load(t->ctx, &out, ds, NULL, NULL, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK(strstr(t->err.message, "one segment (1) at one place"));
    CHECK_OK(tomo_dataset_set(ds, first, was, &t->err));
    CHECK_OK(tomo_dataset_delete(ds, second, &t->err));
    CHECK_FAILS(tomo_object_load(t->ctx, &out, ds, NULL, NULL, NULL, &t->err), TOMO_E_FORMAT);
    CHECK(strstr(t->err.message, "1 of 3 frames have no Image Position"));
    CHECK_OK(tomo_dataset_set(ds, second, other, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "52009230[0].0062000A[0].0062000B", "9", &t->err));
    CHECK_FAILS(tomo_object_load(t->ctx, &out, ds, NULL, NULL, NULL, &t->err), TOMO_E_FORMAT);
    CHECK(strstr(t->err.message, "Referenced Segment Number of frame 1 is 9"));
    tomo_image_free(in);
    tomo_dataset_free(ds);
}

/* A small file that asks for gigabytes: frames far apart on a fine step. */
TEST(a_grid_out_of_proportion_is_refused)
{
    tomo_seg_options o = made();
    tomo_image *in = t_image(t, TOMO_DTYPE_U8, 64, 64, 3), *out = NULL;
    o.type = TOMO_SEG_LABELMAP;
    for (int64_t z = 0; z < 3; z++)
        put(in, 1, 1, z, 0, 1);
    tomo_dataset *ds = make(t, in, &o);
    CHECK_OK(tomo_dataset_set(ds, "52009230[0].00209113[0].00200032", "0\\0\\0", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "52009230[1].00209113[0].00200032", "0\\0\\1.25", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "52009230[2].00209113[0].00200032", "0\\0\\1250000", &t->err));
    CHECK_FAILS(tomo_object_load(t->ctx, &out, ds, NULL, NULL, NULL, &t->err), TOMO_E_LIMIT);
    CHECK(strstr(t->err.message, "out of proportion"));
    CHECK_OK(tomo_dataset_set(ds, "52009230[2].00209113[0].00200032", "0\\0\\125000000", &t->err));
    CHECK_FAILS(tomo_object_load(t->ctx, &out, ds, NULL, NULL, NULL, &t->err), TOMO_E_GEOMETRY);
    CHECK_OK(tomo_dataset_set(ds, "NumberOfFrames", "2000000000", &t->err));
    CHECK_FAILS(tomo_object_load(t->ctx, &out, ds, NULL, NULL, NULL, &t->err), TOMO_E_FORMAT);
    tomo_image_free(in);
    tomo_dataset_free(ds);
}

TEST(what_a_segment_needs_is_asked_for)
{
    tomo_seg_options o = TOMO_SEG_OPTIONS_INIT;
    tomo_image *in = two_labels(t, TOMO_DTYPE_U8), *none = labels(t, TOMO_DTYPE_U8, 1);
    tomo_image *fractions = labels(t, TOMO_DTYPE_F32, 1);
    tomo_dataset *ds = NULL;
    CHECK_FAILS(tomo_seg_make(t->ctx, &ds, in, &o, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "Segment Algorithm Type is not given"));
    o.algorithm_type = "GUESSED";
    CHECK_FAILS(tomo_seg_make(t->ctx, &ds, in, &o, NULL, NULL, &t->err), TOMO_E_ARG);
    o.algorithm_type = "AUTOMATIC";
    CHECK_FAILS(tomo_seg_make(t->ctx, &ds, in, &o, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "needs a Segment Algorithm Name"));
    o = made();
    CHECK_FAILS(tomo_seg_make(t->ctx, &ds, none, &o, NULL, NULL, &t->err), TOMO_E_ARG);
    put(fractions, 1, 2, 3, 0, 1.5);
    CHECK_FAILS(tomo_seg_make(t->ctx, &ds, fractions, &o, NULL, NULL, &t->err), TOMO_E_ARG); /* not whole */
    o.type = TOMO_SEG_PROBABILITY;
    CHECK_FAILS(tomo_seg_make(t->ctx, &ds, fractions, &o, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "voxel (1, 2, 3, 0) is 1.5, expected a fraction of 0 to 1"));
    const tomo_seg_segment half = { .struct_size = sizeof half, .number = 1, .label = "x", .tracking_id = "only this" };
    o = made();
    o.segments = &half;
    o.n_segments = 1;
    CHECK_FAILS(tomo_seg_make(t->ctx, &ds, in, &o, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(ds == NULL);
    tomo_image_free(in);
    tomo_image_free(none);
    tomo_image_free(fractions);
}

/* sRGB (221, 130, 101) is what dcmqi and highdicom write as 41661\41167\40792: with four digits of sRGB's matrix, so
 * that the last ones differ. */
TEST(colors_are_those_of_others)
{
    const uint8_t liver[3] = { 221, 130, 101 };
    uint16_t lab[3];
    tomo__rgb_to_lab(liver, lab);
    CHECK_NEAR(lab[0], 41661, 5);
    CHECK_NEAR(lab[1], 41167, 5);
    CHECK_NEAR(lab[2], 40792, 5);
    uint32_t seed = 7;
    for (int i = 0; i < 2000; i++) { /* 16 bits of Lab hold every sRGB color */
        const uint8_t rgb[3] = { (uint8_t)t_random(&seed), (uint8_t)t_random(&seed), (uint8_t)t_random(&seed) };
        uint8_t back[3];
        tomo__rgb_to_lab(rgb, lab);
        tomo__lab_to_rgb(lab, back);
        CHECK(memcmp(rgb, back, 3) == 0);
    }
    const uint16_t far[3] = { 65535, 0, 65535 };
    uint8_t rgb[3];
    tomo__lab_to_rgb(far, rgb); /* outside of sRGB: the nearest end, not a wrap */
    CHECK_INT(rgb[0], 0);
}

TEST(a_seed_repeats_all_bytes)
{
    tomo_object_options common = TOMO_OBJECT_OPTIONS_INIT;
    tomo_seg_options o = made();
    tomo_image *in = two_labels(t, TOMO_DTYPE_U8);
    tomo_buffer *first = NULL, *again = NULL;
    common.seed = "s";
    common.when = "20260102030405";
    o.object = &common;
    for (int i = 0; i < 2; i++) {
        tomo_dataset *ds = make(t, in, &o);
        CHECK_OK(tomo_dataset_write_buffer(t->ctx, ds, i ? &again : &first, NULL, &t->err));
        tomo_dataset_free(ds);
    }
    CHECK_INT(tomo_buffer_size(first), tomo_buffer_size(again));
    CHECK(memcmp(tomo_buffer_data(first), tomo_buffer_data(again), tomo_buffer_size(first)) == 0);
    tomo_buffer_free(first);
    tomo_buffer_free(again);
    tomo_image_free(in);
}

TEST(lost_memory_is_said_by_writer_and_reader)
{
    tomo_seg_options o = made();
    tomo_image *in = two_labels(t, TOMO_DTYPE_U8);
    tomo_dataset *ds = make(t, in, &o);
    FAIL_EACH_ALLOC(t)
    {
        tomo_dataset *out = NULL;
        if (tomo_seg_make(t->ctx, &out, in, &o, NULL, NULL, &t->err) == TOMO_OK)
            tomo_dataset_free(out);
        else
            CHECK(t->err.status == TOMO_E_NOMEM && !out);
    }
    FAIL_EACH_ALLOC(t)
    {
        tomo_image *out = NULL;
        if (tomo_object_load(t->ctx, &out, ds, in, NULL, NULL, &t->err) == TOMO_OK)
            tomo_image_free(out);
        else
            CHECK(t->err.status == TOMO_E_NOMEM && !out);
    }
    FAIL_EACH_ALLOC(t)
    {
        tomo_buffer *out = NULL;
        if (tomo_object_json(t->ctx, &out, ds, &t->err) == TOMO_OK)
            tomo_buffer_free(out);
        else
            CHECK(t->err.status == TOMO_E_NOMEM && !out);
    }
    tomo_dataset_free(ds);
    tomo_image_free(in);
}

TEST(a_canceled_job_ends_both)
{
    tomo_seg_options o = made();
    tomo_image *in = two_labels(t, TOMO_DTYPE_U8), *out = NULL;
    tomo_dataset *ds = make(t, in, &o), *other = NULL;
    tomo_job *job = NULL;
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_seg_make(t->ctx, &other, in, &o, NULL, job, &t->err), TOMO_E_CANCELED);
    CHECK_FAILS(tomo_object_load(t->ctx, &out, ds, NULL, NULL, job, &t->err), TOMO_E_CANCELED);
    tomo_job_free(job);
    tomo_dataset_free(ds);
    tomo_image_free(in);
}
