/* What a NIfTI file says and an image has no field for: header extensions, intent, description, slice timing, codes of
 * the forms. Kept by load and save of each kind of file. */
#include <tomo/format_stream.h>
#include <tomo/image_extra.h>

#include "n.h"

/* Extensions of 32 and 16 bytes behind a header with everything set. Returns the bytes before the voxels. */
static size_t full_header(uint8_t *to, n_file *f)
{
    const bool two = f->version == 2;
    const size_t w = two ? 8 : 4, fixed = two ? 544 : 352;
    f->intent = 1005; /* symmetric matrix: no vector that Tomo takes apart */
    f->qform_code = 1, f->sform_code = 4;
    f->quatern[2] = 0, f->qoffset[0] = -10, f->qoffset[1] = 20, f->qoffset[2] = 30; /* as the sform */
    f->units = 2 | 16;                                                              /* milliseconds */
    f->pixdim[4] = 500;
    f->offset = f->pair ? 0 : (double)(fixed + 48);
    n_header(to, f);
    n_put(to, f, two ? 524 : 39, 1, 57, false);           /* dim_info */
    n_put(to, f, two ? 80 : 56, w, 3, true);              /* intent_p1 */
    n_put(to, f, two ? 224 : 74, two ? 8 : 2, 1, false);  /* slice_start */
    n_put(to, f, two ? 232 : 120, two ? 8 : 2, 2, false); /* slice_end */
    n_put(to, f, two ? 496 : 122, two ? 4 : 1, 3, false); /* slice_code */
    n_put(to, f, two ? 192 : 124, w, 700, true);          /* cal_max */
    n_put(to, f, two ? 208 : 132, w, 250, true);          /* slice_duration */
    n_put(to, f, two ? 216 : 136, w, 1000, true);         /* toffset */
    memcpy(to + (two ? 240 : 148), "FSL 6.0", 8);
    memcpy(to + (two ? 320 : 228), "aux.txt", 8);
    memcpy(to + (two ? 508 : 328), "tensor", 7);
    memset(to + fixed - 4, 0, 4);
    to[fixed - 4] = 1;
    memset(to + fixed, 0, 48);
    n_put(to, f, fixed, 4, 32, false);
    n_put(to, f, fixed + 4, 4, 6, false); /* comment */
    memcpy(to + fixed + 8, "scanned on a Tuesday", 20);
    n_put(to, f, fixed + 32, 4, 16, false);
    n_put(to, f, fixed + 36, 4, 44, false);
    memcpy(to + fixed + 40, "\1\2\3\4\5\6\7\xff", 8);
    return fixed + 48;
}

static double get(const uint8_t *p, size_t at, size_t size, bool real)
{
    float f;
    double d;
    if (real && size == 4)
        return memcpy(&f, p + at, 4), (double)f;
    if (real)
        return memcpy(&d, p + at, 8), d;
    return size == 1   ? p[at]
           : size == 2 ? tomo__le16(p + at)
           : size == 4 ? tomo__le32(p + at)
                       : (double)tomo__le64(p + at);
}

static void check_file(t_state *t, const char *path, int version, const n_file *f)
{
    uint8_t p[1024] = { 0 };
    const bool two = version == 2;
    const size_t w = two ? 8 : 4, fixed = two ? 544 : 352;
    tomo_source *source = NULL;
    tomo_buffer *bytes = NULL;
    CHECK_OK(tomo_source_open(t->ctx, &source, path, &t->err));
    CHECK_OK(tomo_source_map(source, &bytes, &t->err));
    memcpy(p, tomo_buffer_data(bytes), TOMO__MIN(tomo_buffer_size(bytes), sizeof p));
    tomo_buffer_free(bytes);
    tomo_source_free(source);
    CHECK_INT(get(p, two ? 504 : 68, two ? 4 : 2, false), 1005);
    CHECK_INT(get(p, two ? 524 : 39, 1, false), 57);
    CHECK_NEAR(get(p, two ? 80 : 56, w, true), 3, 0);
    CHECK_INT(get(p, two ? 224 : 74, two ? 8 : 2, false), 1);
    CHECK_INT(get(p, two ? 232 : 120, two ? 8 : 2, false), 2);
    CHECK_INT(get(p, two ? 496 : 122, two ? 4 : 1, false), 3);
    CHECK_NEAR(get(p, two ? 192 : 124, w, true), 700, 0);
    CHECK_NEAR(get(p, two ? 208 : 132, w, true), 0.25, 0); /* seconds, as the units say now */
    CHECK_NEAR(get(p, two ? 216 : 136, w, true), 1, 0);
    CHECK_INT(get(p, two ? 500 : 123, 1, false), 2 | 8);
    CHECK_NEAR(get(p, (two ? 104 : 76) + 4 * w, w, true), 0.5, 0);
    CHECK_STR((char *)p + (two ? 240 : 148), "FSL 6.0");
    CHECK_STR((char *)p + (two ? 320 : 228), "aux.txt");
    CHECK_STR((char *)p + (two ? 508 : 328), "tensor");
    CHECK_INT(get(p, two ? 344 : 252, 2, false), 1);
    CHECK_INT(get(p, two ? 348 : 254, 2, false), 4);
    for (int i = 0; i < 8; i++)
        CHECK_INT(get(p, (two ? 16 : 40) + (two ? 8u : 2u) * (size_t)i, two ? 8 : 2, false), f->dim[i]);
    CHECK_INT(p[fixed - 4], 1);
    CHECK(get(p, fixed, 4, false) == 32 && get(p, fixed + 4, 4, false) == 6);
    CHECK(memcmp(p + fixed + 8, "scanned on a Tuesday\0\0\0\0", 24) == 0);
    CHECK(get(p, fixed + 32, 4, false) == 16 && get(p, fixed + 36, 4, false) == 44);
    CHECK(memcmp(p + fixed + 40, "\1\2\3\4\5\6\7\xff", 8) == 0);
}

TEST(everything_is_kept)
{
    const uint8_t voxels[24 * 2 * 3 + 16] = { 9 };
    for (int k = 0; k < 8; k++) { /* versions, orders, pairs to versions 1 and 2 */
        n_file f = n_plain(1 + k % 2, 2, 8);
        uint8_t head[1024] = { 0 };
        f.swapped = k / 2 % 2;
        f.pair = k / 4;
        f.dim[0] = 5, f.dim[4] = 2, f.dim[5] = 3;
        const size_t n = full_header(head, &f);
        if (f.pair) {
            n_write(t_tmp(t, "k.hdr"), head, n, "", 0);
            n_write(t_tmp(t, "k.img"), voxels, 24 * 6, "", 0);
        } else {
            n_write(t_tmp(t, "k.nii"), head, n, voxels, 24 * 6);
        }
        tomo_image *image = n_load(t, t_tmp(t, f.pair ? "k.img" : "k.nii"), NULL);
        CHECK_NEAR(tomo_image_at(image, 0, 0, 0, 0, 0), 9, 0);
        CHECK_NEAR(tomo_image_get_desc(image)->spacing[3], 0.5, 0);
        CHECK(tomo_image_extra(image, "nifti") && !tomo_image_extra(image, "nrrd"));
        for (int version = 1; version <= 2; version++) {
            tomo_format_save_options o = TOMO_FORMAT_SAVE_OPTIONS_INIT;
            o.version = version;
            CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "w.nii"), image, &o, NULL, &t->err));
            check_file(t, t_tmp(t, "w.nii"), version, &f);
            CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "w.img"), image, &o, NULL, &t->err));
            check_file(t, t_tmp(t, "w.hdr"), version, &f);
            CHECK_OK(tomo_format_convert(t->ctx, t_tmp(t, "c.nii"), t_tmp(t, "w.nii"), NULL, &o, NULL, NULL, &t->err));
            check_file(t, t_tmp(t, "c.nii"), version, &f);
            tomo_image *again = n_load(t, t_tmp(t, "w.hdr"), NULL);
            CHECK(t_same_bytes(image, again));
            tomo_image_free(again);
        }
        tomo_image *turned = NULL; /* what was changed carries nothing */
        tomo_flip_options flip = TOMO_FLIP_OPTIONS_INIT;
        flip.x = true;
        CHECK_OK(tomo_image_flip(t->ctx, &turned, image, &flip, NULL, &t->err));
        CHECK(!tomo_image_extra(turned, "nifti"));
        tomo_image_free(turned);
        tomo_image_free(image);
    }
}

/* Sizes of extensions that lie: what can be read is kept, the rest is remarked, nothing is read past the end. */
TEST(broken_extensions)
{
    static const int32_t sizes[] = { 0, 7, -1, 100000, 33, 48, 49 };
    const uint8_t voxels[24] = { 0 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        n_file f = n_plain(1, 2, 8);
        uint8_t head[512] = { 0 };
        tomo_report *report = NULL;
        CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
        f.offset = 400;
        n_header(head, &f);
        head[348] = 1;
        n_put(head, &f, 352, 4, sizes[i], false);
        n_put(head, &f, 356, 4, 6, false);
        n_write(t_tmp(t, "e.nii"), head, 400, voxels, 24);
        tomo_image *image = n_load(t, t_tmp(t, "e.nii"), report);
        CHECK(n_remarked(report, "extension") == (sizes[i] != 33 && sizes[i] != 48));
        const size_t kept = tomo_buffer_size(tomo_image_extra(image, "nifti"));
        CHECK_INT(kept, 544 + (sizes[i] == 33 || sizes[i] == 48 ? 48 : 0));
        tomo_image_free(image);
        tomo_report_free(report);
    }
}

/* The slope stays with numbers that were read as stored. */
TEST(raw_numbers_keep_their_slope)
{
    n_file f = n_plain(1, 4, 16);
    const int16_t voxels[24] = { 5, 6, 7 };
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    tomo_image *raw = NULL;
    f.slope = 0.5, f.inter = 3;
    o.raw = true;
    CHECK_OK(tomo_format_load(t->ctx, &raw, n_save(t, "r.nii", &f, voxels, sizeof voxels), &o, NULL, NULL, &t->err));
    CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "w.nii"), raw, NULL, NULL, &t->err));
    tomo_image *scaled = n_load(t, t_tmp(t, "w.nii"), NULL);
    CHECK_NEAR(tomo_image_at(raw, 1, 0, 0, 0, 0), 6, 0);
    CHECK_NEAR(tomo_image_at(scaled, 1, 0, 0, 0, 0), 6, 0);
    CHECK_NEAR(tomo_image_at(scaled, 2, 0, 0, 0, 0), 6.5, 0);
    tomo_image_free(raw);
    tomo_image_free(scaled);
}

TEST(form_may_be_chosen)
{
    n_file f = n_plain(1, 2, 8);
    const uint8_t voxels[24] = { 0 };
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    tomo_image *image = NULL;
    f.qform_code = 2;
    f.qoffset[0] = 7;
    const char *path = n_save(t, "f.nii", &f, voxels, sizeof voxels);
    for (int form = 0; form < 2; form++) {
        o.form = form;
        CHECK_OK(tomo_format_load(t->ctx, &image, path, &o, NULL, NULL, &t->err));
        CHECK_NEAR(tomo_image_get_desc(image)->origin[0], form ? -7 : 10, 0);
        CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "w.nii"), image, NULL, NULL, &t->err));
        tomo_image_free(image);
        image = n_load(t, t_tmp(t, "w.nii"), NULL); /* both forms are the chosen one now, and have its code */
        CHECK_NEAR(tomo_image_get_desc(image)->origin[0], form ? -7 : 10, 0);
        const uint8_t *kept = tomo_buffer_data(tomo_image_extra(image, "nifti"));
        CHECK(tomo__le32(kept + 344) == (form ? 2 : 1) && tomo__le32(kept + 348) == (form ? 2 : 1));
        tomo_image_free(image);
    }
}

TEST(extras_are_checked)
{
    tomo_image *image = t_image(t, TOMO_DTYPE_U8, 4, 3, 2), *out = NULL;
    tomo_buffer *bytes = NULL;
    CHECK_OK(tomo_buffer_new(t->ctx, &bytes, 600, &t->err));
    memset(tomo_buffer_data_mut(bytes), 1, 600);
    CHECK_FAILS(tomo_image_with_extra(t->ctx, &out, image, "", bytes, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_image_with_extra(t->ctx, &out, image, "0123456789abcdef", bytes, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_image_with_extra(t->ctx, &out, image, "nifti", NULL, &t->err), TOMO_E_ARG);
    CHECK_OK(tomo_image_with_extra(t->ctx, &out, image, "nifti", bytes, &t->err));
    CHECK(tomo_image_extra(out, "nifti") == bytes && tomo_image_data(out) == tomo_image_data(image));
    CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "x.nii"), out, NULL, NULL, &t->err)); /* nonsense is not written */
    tomo_image *back = n_load(t, t_tmp(t, "x.nii"), NULL);
    CHECK(t_same_bytes(image, back));
    tomo_image_free(back);
    tomo_buffer_free(bytes);
    tomo_image_free(out);
    tomo_image_free(image);
}
