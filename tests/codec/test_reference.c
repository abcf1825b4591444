/* test_reference.c - frames of real files decode to the samples that DCMTK 3.6.7 or GDCM 3.0.21 give, bit for bit. */
#include "codec_test.h"

#include "base/base_internal.h"

typedef struct reference {
    const char *path, *uid;
    struct {
        long offset;
        size_t size;
    } part[4]; /* the fragments of the first frame */
    int columns, rows, samples, allocated, stored;
    bool is_signed, is_ybr, is_big_endian;
    const char *sha256; /* of the samples as the other program gives them */
} reference;

#include "reference_table.h"

static c_bytes read_frame(t_state *t, const reference *r)
{
    c_bytes file = c_read(t_data(t, r->path)), frame = { malloc(file.size), 0 };
    for (size_t i = 0; i < TOMO__COUNT(r->part) && r->part[i].size; i++) {
        CHECK((size_t)r->part[i].offset + r->part[i].size <= file.size);
        memcpy(frame.data + frame.size, file.data + r->part[i].offset, r->part[i].size);
        frame.size += r->part[i].size;
    }
    free(file.data);
    return frame;
}

static tomo_frame_desc desc_of(const reference *r)
{
    tomo_frame_desc d = c_desc(r->columns, r->rows, r->samples, r->allocated, r->stored);
    d.is_signed = r->is_signed, d.is_ybr = r->is_ybr, d.is_big_endian = r->is_big_endian;
    return d;
}

/* Data sets that say RGB where the codestream is YCbCr by its own JFIF mark: the other programs keep the YCbCr. */
static bool says_rgb_is_ycc(const reference *r) { return strcmp(r->path, "dicom/fo-dicom/GH195.dcm") == 0; }

TEST(same_samples_as_dcmtk_and_gdcm)
{
    int wrong = 0;
    t_data(t, "dicom/ct-all-syntaxes"); /* skips here if there are no data */
    for (size_t i = 0; i < TOMO__COUNT(references); i++) {
        const reference *r = &references[i];
        const tomo_frame_desc d = desc_of(r);
        c_bytes in = read_frame(t, r);
        size_t size;
        char hex[65] = "";
        CHECK_OK(tomo_frame_bytes(&d, &size, &t->err));
        uint8_t *out = malloc(size);
        tomo_status st =
            tomo_codec_decode(t->ctx, tomo_codec_find(r->uid), in.data, in.size, &d, out, size, NULL, &t->err);
        if (st == TOMO_OK)
            CHECK_OK(tomo__sha256_hex(out, size, hex, &t->err));
        if ((strcmp(hex, r->sha256) != 0) != says_rgb_is_ycc(r)) {
            print_error("%s: %s\n", r->path, st ? t->err.message : "other samples");
            wrong++;
        }
        free(out);
        free(in.data);
    }
    CHECK_INT(wrong, 0);
}

/* Every one of them cut short: an error, never a crash (sanitizers watch), never TOMO_OK with half a frame. */
TEST(real_files_cut_short)
{
    t_data(t, "dicom/ct-all-syntaxes");
    for (size_t i = 0; i < TOMO__COUNT(references); i++) {
        const reference *r = &references[i];
        const tomo_frame_desc d = desc_of(r);
        c_bytes in = read_frame(t, r);
        size_t size;
        CHECK_OK(tomo_frame_bytes(&d, &size, &t->err));
        uint8_t *out = malloc(size), *cut = malloc(in.size);
        for (size_t part = 0; part < 4; part++) {
            const size_t n = in.size * part / 4;
            memcpy(cut, in.data, n);
            const tomo_status st =
                tomo_codec_decode(t->ctx, tomo_codec_find(r->uid), cut, n, &d, out, size, NULL, &t->err);
            if (st == TOMO_OK)
                print_error("%s cut to %zu of %zu bytes decodes\n", r->path, n, in.size);
            CHECK(st != TOMO_OK);
        }
        free(cut);
        free(out);
        free(in.data);
    }
}
