/* test_transcode.c - between transfer syntaxes: what changes and what must not, offset tables, marks of lossy
 * compression (PS3.3 C.7.6.1.1), icons, folders, hardship. Every syntax on real files against DCMTK and GDCM:
 * check_transcode.py. */
#include "files.h"

#include "base/base_internal.h"

#include <sys/stat.h>
#include <tomo/dicom_transcode.h>

#define LE "1.2.840.10008.1.2.1"
#define RLE "1.2.840.10008.1.2.5"

static const t_shape gray12 = { 16, 20, 1, 16, 12, 11, 0, 0, "MONOCHROME2", "3" };

static void drop(t_bytes *b, tomo_dataset *ds)
{
    tomo_dataset_free(ds);
    free(b->data);
    *b = (t_bytes){ 0 };
}

static void noise(t_bytes *b, const t_shape *s, unsigned frames, unsigned bits)
{
    const size_t n = (size_t)s->rows * s->columns * s->samples * frames;
    uint32_t seed = 7;
    t_head(b, 0x7FE00010, s->allocated > 8 ? "OW" : "OB", (uint32_t)(n * s->allocated / 8));
    for (size_t i = 0; i < n; i++)
        t_put_n(b, t_random(&seed) >> 8 & ((1u << bits) - 1), (int)s->allocated / 8);
}

/* A small data set with things that must survive: private elements, odd nesting, text of another character set. */
static tomo_dataset *sample(t_state *t, t_bytes *b, const t_shape *s, unsigned frames, unsigned bits)
{
    t_start(b, LE);
    t_text(b, 0x00080005, "CS", "ISO_IR 100");
    t_text(b, 0x00080008, "CS", "ORIGINAL\\PRIMARY\\AXIAL");
    t_text(b, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7");
    t_text(b, 0x00080018, "UI", "1.2.3");
    t_text(b, 0x00090010, "LO", "SOMEBODY");
    t_head(b, 0x00091010, "OB", 4);
    t_put(b, "\1\2\3\4", 4);
    t_text(b, 0x00100010, "PN", "M\374ller");
    t_image_module(b, s);
    t_text(b, 0x00290010, "LO", "SOMEBODY");
    t_text(b, 0x00291000, "LT", "private");
    noise(b, s, frames, bits);
    return t_dataset(t, b);
}

static tomo_dataset *reopen(t_state *t, tomo_buffer *file)
{
    tomo_source *source = NULL;
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_source_from_buffer(t->ctx, &source, file, &t->err));
    CHECK_OK(tomo_dataset_open(t->ctx, &ds, source, NULL, NULL, &t->err));
    tomo_source_free(source);
    return ds;
}

static tomo_buffer *to(t_state *t, const tomo_dataset *ds, const char *syntax)
{
    tomo_transcode_options o = TOMO_TRANSCODE_OPTIONS_INIT;
    tomo_buffer *out = NULL;
    o.syntax = syntax;
    CHECK_OK(tomo_dataset_transcode_buffer(t->ctx, ds, &out, &o, NULL, &t->err));
    return out;
}

static bool same_pixels(t_state *t, const tomo_dataset *a, const tomo_dataset *b)
{
    tomo_image *x = NULL, *y = NULL;
    CHECK_OK(tomo_pixels_all(t->ctx, a, &x, NULL, &t->err));
    CHECK_OK(tomo_pixels_all(t->ctx, b, &y, NULL, &t->err));
    const bool same = t_same_bytes(x, y);
    tomo_image_free(x);
    tomo_image_free(y);
    return same;
}

static const char *text_of(const tomo_dataset *ds, uint32_t tag, char to_[1100])
{
    return tomo_dataset_text(ds, tag, SIZE_MAX, to_, 1100) < 0 ? "(absent)" : to_;
}

static const char *const lossless[] = { "explicit",       "implicit", "explicit-be", "deflated", "encapsulated", "rle",
                                        "deflated-frame", "jpegll",   "jpegll-sv1",  "jpegls",   "j2k-lossless" };

TEST(there_and_back_is_the_same_file)
{
    static const t_shape rgb = { 10, 7, 3, 8, 8, 7, 0, 1, "RGB", NULL };
    const t_shape *const shapes[] = { &gray12, &rgb };
    for (int k = 0; k < 2; k++) {
        t_bytes b = { 0 };
        tomo_dataset *ds = sample(t, &b, shapes[k], k ? 1 : 3, k ? 8 : 12);
        tomo_buffer *original = to(t, ds, "explicit");
        for (size_t i = 0; i < TOMO__COUNT(lossless); i++) {
            const bool planes_lost = k == 1 && i >= 7; /* JPEG and JPEG 2000 want Planar Configuration 0 */
            tomo_buffer *there = to(t, ds, lossless[i]);
            tomo_dataset *middle = reopen(t, there);
            CHECK_STR(tomo_dataset_syntax(middle),
                      tomo_codec_find(i == 4 ? "explicit" : lossless[i])
                          ? i == 4 ? "1.2.840.10008.1.2.1.98" : tomo_codec_find(lossless[i])->uid
                          : "");
            CHECK(same_pixels(t, ds, middle));
            tomo_buffer *back = to(t, middle, "explicit");
            if (!planes_lost && i != 1 &&
                !(k == 1 && i == 2)) { /* implicit VR loses VRs; 8 bits are OW in big endian */
                CHECK_INT(tomo_buffer_size(back), tomo_buffer_size(original));
                CHECK(memcmp(tomo_buffer_data(back), tomo_buffer_data(original), tomo_buffer_size(back)) == 0);
            }
            tomo_buffer_free(back);
            tomo_dataset_free(middle);
            tomo_buffer_free(there);
        }
        tomo_buffer_free(original);
        drop(&b, ds);
    }
}

/* Bits above Bits Stored (an overlay, say) are kept by every lossless syntax. */
TEST(unused_bits_survive)
{
    t_bytes b = { 0 };
    tomo_dataset *ds = sample(t, &b, &gray12, 3, 16);
    tomo_buffer *original = to(t, ds, "explicit");
    for (size_t i = 4; i < TOMO__COUNT(lossless); i++) {
        tomo_buffer *there = to(t, ds, lossless[i]);
        tomo_dataset *middle = reopen(t, there);
        tomo_buffer *back = to(t, middle, "explicit");
        CHECK_INT(tomo_buffer_size(back), tomo_buffer_size(original));
        CHECK(memcmp(tomo_buffer_data(back), tomo_buffer_data(original), tomo_buffer_size(back)) == 0);
        tomo_buffer_free(back);
        tomo_dataset_free(middle);
        tomo_buffer_free(there);
    }
    tomo_buffer_free(original);
    drop(&b, ds);
}

TEST(one_bit_frames_are_joined_again)
{
    const t_shape s = { 3, 3, 1, 1, 1, 0, 0, 0, "MONOCHROME2", "3" };
    const uint8_t bits[4] = { 0xA5, 0x3C, 0x99, 0x05 };
    t_bytes b = { 0 };
    t_start(&b, LE);
    t_image_module(&b, &s);
    t_head(&b, 0x7FE00010, "OB", 4);
    t_put(&b, bits, 4);
    tomo_dataset *ds = t_dataset(t, &b);
    static const char *const ways[] = { "rle", "deflated-frame", "encapsulated" };
    for (size_t i = 0; i < TOMO__COUNT(ways); i++) {
        tomo_element e;
        tomo_buffer *there = to(t, ds, ways[i]);
        tomo_dataset *middle = reopen(t, there);
        CHECK(same_pixels(t, ds, middle));
        tomo_buffer *back = to(t, middle, "explicit");
        tomo_dataset *end = reopen(t, back);
        CHECK_OK(tomo_dataset_find(end, "PixelData", &e, &t->err));
        CHECK_INT(e.length, 4);
        CHECK(memcmp(e.value, bits, 4) == 0);
        tomo_dataset_free(end);
        tomo_buffer_free(back);
        tomo_dataset_free(middle);
        tomo_buffer_free(there);
    }
    drop(&b, ds);
}

TEST(offset_tables_are_as_asked)
{
    t_bytes b = { 0 };
    tomo_dataset *ds = sample(t, &b, &gray12, 3, 12);
    for (int32_t table = TOMO_OFFSETS_AUTO; table <= TOMO_OFFSETS_EXTENDED; table++) {
        tomo_transcode_options o = TOMO_TRANSCODE_OPTIONS_INIT;
        tomo_buffer *out = NULL;
        tomo_element e, offsets, lengths;
        o.syntax = RLE;
        o.offsets = table;
        CHECK_OK(tomo_dataset_transcode_buffer(t->ctx, ds, &out, &o, NULL, &t->err));
        tomo_dataset *rle = reopen(t, out);
        CHECK_OK(tomo_dataset_find(rle, "PixelData", &e, &t->err));
        CHECK_INT(e.items, 4);
        const uint8_t *v = e.value;
        const bool basic = table == TOMO_OFFSETS_AUTO || table == TOMO_OFFSETS_BASIC;
        CHECK_INT(tomo__le32(v + 4), basic ? 12 : 0);
        if (basic) { /* the second frame is where the table says (PS3.5 A.4) */
            CHECK_INT(tomo__le32(v + 8), 0);
            CHECK_INT(tomo__le32(v + 20 + tomo__le32(v + 12)), 0xE000FFFE);
        }
        if (table == TOMO_OFFSETS_EXTENDED) {
            CHECK_OK(tomo_dataset_find(rle, "ExtendedOffsetTable", &offsets, &t->err));
            CHECK_OK(tomo_dataset_find(rle, "ExtendedOffsetTableLengths", &lengths, &t->err));
            const uint8_t *third = v + 8 + tomo__le64((const uint8_t *)offsets.value + 16);
            CHECK_INT(tomo__le32(third), 0xE000FFFE);
            CHECK(tomo__le32(third + 4) - tomo__le64((const uint8_t *)lengths.value + 16) <= 1);
        }
        CHECK(same_pixels(t, ds, rle));
        tomo_dataset_free(rle);
        tomo_buffer_free(out);
    }
    drop(&b, ds);
}

TEST(lossy_images_say_so)
{
    char text[1100];
    t_bytes b = { 0 };
    tomo_dataset *ds = sample(t, &b, &gray12, 3, 12);
    tomo_transcode_options o = TOMO_TRANSCODE_OPTIONS_INIT;
    tomo_buffer *once = NULL, *twice = NULL;
    o.syntax = "jpegls-near";
    o.near = 3;
    CHECK_OK(tomo_dataset_transcode_buffer(t->ctx, ds, &once, &o, NULL, &t->err));
    tomo_dataset *a = reopen(t, once);
    CHECK_STR(text_of(a, 0x00080008, text), "DERIVED\\PRIMARY\\AXIAL");
    CHECK_STR(text_of(a, 0x00282110, text), "01");
    CHECK_STR(text_of(a, 0x00282114, text), "ISO_14495_1");
    CHECK(strncmp(text_of(a, 0x00082111, text), "Lossy compression", 17) == 0);
    CHECK(strncmp(text_of(a, 0x00080018, text), "2.25.", 5) == 0);
    char meta[1100];
    CHECK_STR(text_of(a, 0x00020003, meta), text);
    const tomo_dataset *source = tomo_dataset_item(a, 0x00082112, 0);
    CHECK_STR(text_of(source, 0x00081155, text), "1.2.3");
    CHECK_STR(text_of(tomo_dataset_item(source, 0x0040A170, 0), 0x00080100, text), "121320");
    CHECK_STR(text_of(tomo_dataset_item(a, 0x00089215, 0), 0x00080100, text), "113040");
    /* once more: appended, and the source is what it was made of now */
    o.syntax = "j2k";
    o.near = 0;
    o.ratio = 20;
    CHECK_OK(tomo_dataset_transcode_buffer(t->ctx, a, &twice, &o, NULL, &t->err));
    tomo_dataset *c = reopen(t, twice);
    CHECK_STR(text_of(c, 0x00282114, text), "ISO_14495_1\\ISO_15444_1");
    CHECK_INT(tomo_dataset_values(c, 0x00282112), 2);
    CHECK(tomo_dataset_item(c, 0x00082112, 1) != NULL);
    CHECK_STR(text_of(tomo_dataset_item(c, 0x00082112, 1), 0x00081155, text), text_of(a, 0x00080018, meta));
    /* lossless afterwards leaves the marks and the UID */
    tomo_buffer *plain = to(t, c, "explicit");
    tomo_dataset *d = reopen(t, plain);
    CHECK_STR(text_of(d, 0x00282110, text), "01");
    CHECK_STR(text_of(d, 0x00080018, text), text_of(c, 0x00080018, meta));
    tomo_dataset_free(d);
    tomo_dataset_free(c);
    tomo_dataset_free(a);
    tomo_buffer_free(plain);
    tomo_buffer_free(twice);
    tomo_buffer_free(once);
    drop(&b, ds);
}

TEST(near_of_nothing_is_lossless)
{
    char text[1100];
    t_bytes b = { 0 };
    tomo_dataset *ds = sample(t, &b, &gray12, 3, 12);
    tomo_buffer *out = to(t, ds, "jpegls-near");
    tomo_dataset *a = reopen(t, out);
    CHECK(same_pixels(t, ds, a));
    CHECK_STR(text_of(a, 0x00080018, text), "1.2.3");
    CHECK_STR(text_of(a, 0x00282110, text), "(absent)");
    tomo_dataset_free(a);
    tomo_buffer_free(out);
    drop(&b, ds);
}

TEST(what_a_syntax_can_not_hold_is_refused)
{
    t_shape s = gray12;
    t_bytes b = { 0 };
    tomo_buffer *out = NULL;
    tomo_transcode_options o = TOMO_TRANSCODE_OPTIONS_INIT;
    tomo_dataset *ds = sample(t, &b, &s, 3, 12);
    CHECK_FAILS(tomo_dataset_transcode_buffer(t->ctx, ds, &out, &o, NULL, &t->err), TOMO_E_ARG);
    o.syntax = "jpeg";
    CHECK_FAILS(tomo_dataset_transcode_buffer(t->ctx, ds, &out, &o, NULL, &t->err), TOMO_E_UNSUPPORTED);
    o.syntax = "nonsense";
    CHECK_FAILS(tomo_dataset_transcode_buffer(t->ctx, ds, &out, &o, NULL, &t->err), TOMO_E_ARG);
    o.syntax = "jpeg-progressive";
    CHECK_FAILS(tomo_dataset_transcode_buffer(t->ctx, ds, &out, &o, NULL, &t->err), TOMO_E_UNSUPPORTED);
    drop(&b, ds);
    t_start(&b, LE); /* no pixels */
    t_text(&b, 0x00100010, "PN", "A");
    ds = t_dataset(t, &b);
    o.syntax = "rle";
    CHECK_FAILS(tomo_dataset_transcode_buffer(t->ctx, ds, &out, &o, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK(strstr(t->err.message, "no pixel data"));
    drop(&b, ds);
    s.photometric = "PALETTE COLOR";
    s.allocated = s.stored = 8;
    s.high = 7;
    t_start(&b, LE);
    t_image_module(&b, &s);
    for (unsigned c = 0; c < 3; c++) {
        t_head(&b, 0x00281101 + c, "US", 6);
        t_put_n(&b, 2, 2);
        t_put_n(&b, 0, 2);
        t_put_n(&b, 8, 2);
    }
    for (unsigned c = 0; c < 3; c++) {
        t_head(&b, 0x00281201 + c, "OW", 2);
        t_put_n(&b, 0x0100, 2);
    }
    noise(&b, &s, 3, 1);
    ds = t_dataset(t, &b);
    o.syntax = "jpeg";
    CHECK_FAILS(tomo_dataset_transcode_buffer(t->ctx, ds, &out, &o, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK(strstr(t->err.message, "PALETTE COLOR"));
    tomo_buffer *rle = to(t, ds, "rle"); /* without loss it may */
    tomo_buffer_free(rle);
    CHECK(out == NULL);
    drop(&b, ds);
}

/* One RLE frame of 2 x 3 bytes of a value: the header and one run. */
static void rle_frame(t_bytes *b, uint8_t value)
{
    uint8_t frame[66] = { 1, 0, 0, 0, 64 };
    frame[64] = (uint8_t)(1 - 6);
    frame[65] = value;
    t_fragment(b, frame, sizeof frame);
}

/* An icon that is compressed as the image was can't stay so (PS3.3 C.7.6.1.1.6). */
TEST(compressed_icons_are_opened)
{
    const t_shape s = { 2, 3, 1, 8, 8, 7, 0, 0, "MONOCHROME2", NULL };
    t_bytes b = { 0 };
    static const char *const ways[] = { "explicit", "jpegls", "implicit" };
    t_start(&b, RLE);
    t_image_module(&b, &s);
    t_head(&b, 0x00880200, "SQ", 0xFFFFFFFF);
    t_put_n(&b, 0xFFFE, 2);
    t_put_n(&b, 0xE000, 2);
    t_put_n(&b, 0xFFFFFFFF, 4);
    for (int k = 0; k < 2; k++) { /* the icon's item, then the image */
        if (k == 0)
            t_image_module(&b, &s);
        t_head(&b, 0x7FE00010, "OB", 0xFFFFFFFF);
        t_fragment(&b, "", 0);
        rle_frame(&b, (uint8_t)(k ? 9 : 77));
        t_fragments_end(&b);
        if (k == 0) {
            t_put_n(&b, 0xE00DFFFE, 4);
            t_put_n(&b, 0, 4);
            t_put_n(&b, 0xE0DDFFFE, 4);
            t_put_n(&b, 0, 4);
        }
    }
    tomo_dataset *ds = t_dataset(t, &b);
    for (size_t i = 0; i < TOMO__COUNT(ways); i++) {
        tomo_element e;
        tomo_buffer *out = to(t, ds, ways[i]);
        tomo_dataset *made = reopen(t, out);
        CHECK_OK(tomo_dataset_find(made, "IconImageSequence[0].PixelData", &e, &t->err));
        CHECK(!e.encapsulated && e.length == 6 && memcmp(e.value, "MMMMMM", 6) == 0);
        CHECK(same_pixels(t, ds, made));
        tomo_dataset_free(made);
        tomo_buffer_free(out);
    }
    drop(&b, ds);
}

TEST(folders_are_transcoded_whole)
{
    char in[4096], out[4096], path[4200];
    t_bytes b = { 0 };
    tomo_transcode_options o = TOMO_TRANSCODE_OPTIONS_INIT;
    tomo_transcode_result r = TOMO_TRANSCODE_RESULT_INIT;
    tomo_report *report = NULL;
    snprintf(in, sizeof in, "%s", t_tmp(t, "transcode-in"));
    snprintf(out, sizeof out, "%s", t_tmp(t, "transcode-out"));
    tomo_dataset *ds = sample(t, &b, &gray12, 3, 12);
    CHECK_OK(tomo__mkdirs(in, &t->err));
    for (int i = 0; i < 6; i++) {
        snprintf(path, sizeof path, "%s/s%d", in, i % 2);
        CHECK_OK(tomo__mkdirs(path, &t->err));
        snprintf(path, sizeof path, "%s/s%d/%d.dcm", in, i % 2, i);
        CHECK_OK(tomo__file_put(t->ctx, path, b.data, i == 5 ? b.size - 100 : b.size, &t->err)); /* the last is cut */
    }
    snprintf(path, sizeof path, "%s/readme.txt", in);
    CHECK_OK(tomo__file_put(t->ctx, path, "no DICOM", 8, &t->err));
    o.syntax = "rle";
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    CHECK_OK(tomo_transcode_folder(t->ctx, in, out, &r, &o, report, NULL, &t->err));
    CHECK_INT(r.files, 7);
    CHECK_INT(r.transcoded, 5);
    CHECK_INT(r.failed, 1);
    CHECK_INT(r.others, 1);
    CHECK_INT(tomo_report_count(report), 1);
    CHECK(strstr(tomo_report_text(report, 0), "5.dcm"));
    for (int i = 0; i < 6; i++) {
        tomo_dataset *made = NULL;
        snprintf(path, sizeof path, "%s/s%d/%d.dcm", out, i % 2, i);
        if (i == 5) {
            CHECK_FAILS(tomo_dataset_open_path(t->ctx, &made, path, NULL, NULL, &t->err), TOMO_E_NOTFOUND);
            break;
        }
        CHECK_OK(tomo_dataset_open_path(t->ctx, &made, path, NULL, NULL, &t->err));
        CHECK_STR(tomo_dataset_syntax(made), RLE);
        CHECK(same_pixels(t, ds, made));
        tomo_dataset_free(made);
    }
    CHECK_FAILS(tomo_transcode_folder(t->ctx, in, out, &r, &o, NULL, NULL, &t->err), TOMO_E_EXISTS);
    tomo_report_free(report);
    drop(&b, ds);
}

TEST(one_thread_or_many_give_the_same_bytes)
{
    t_bytes b = { 0 };
    tomo_dataset *ds = sample(t, &b, &gray12, 3, 12);
    tomo_buffer *one = NULL, *many = NULL;
    tomo_transcode_options o = TOMO_TRANSCODE_OPTIONS_INIT;
    tomo_ctx *single = t_ctx(t, 1, -1), *four = t_ctx(t, 4, -1);
    o.syntax = "j2k-lossless";
    CHECK_OK(tomo_dataset_transcode_buffer(single, ds, &one, &o, NULL, &t->err));
    CHECK_OK(tomo_dataset_transcode_buffer(four, ds, &many, &o, NULL, &t->err));
    CHECK_INT(tomo_buffer_size(one), tomo_buffer_size(many));
    CHECK(memcmp(tomo_buffer_data(one), tomo_buffer_data(many), tomo_buffer_size(one)) == 0);
    tomo_buffer_free(one);
    tomo_buffer_free(many);
    tomo_ctx_free(single);
    tomo_ctx_free(four);
    drop(&b, ds);
}

TEST(survives_lost_memory)
{
    const t_shape s = { 4, 4, 1, 8, 8, 7, 0, 0, "MONOCHROME2", "2" };
    static const char *const ways[] = { "rle", "jpegls-near" };
    t_bytes b = { 0 };
    tomo_dataset *ds = sample(t, &b, &s, 2, 8);
    for (int i = 0; i < 2; i++)
        FAIL_EACH_ALLOC(t)
        {
            tomo_buffer *out = NULL;
            tomo_transcode_options o = TOMO_TRANSCODE_OPTIONS_INIT;
            o.syntax = ways[i];
            o.near = i;
            if (tomo_dataset_transcode_buffer(t->ctx, ds, &out, &o, NULL, &t->err) == TOMO_OK)
                tomo_buffer_free(out);
            else
                CHECK(t->err.status == TOMO_E_NOMEM);
        }
    drop(&b, ds);
}

TEST(cancel_leaves_no_file)
{
    t_bytes b = { 0 };
    tomo_dataset *ds = sample(t, &b, &gray12, 3, 12);
    tomo_job *job = NULL;
    tomo_transcode_options o = TOMO_TRANSCODE_OPTIONS_INIT;
    struct stat info;
    const char *path = t_tmp(t, "canceled.dcm");
    o.syntax = "rle";
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_dataset_transcode(t->ctx, ds, path, &o, job, &t->err), TOMO_E_CANCELED);
    CHECK(stat(path, &info) != 0);
    tomo_job_free(job);
    drop(&b, ds);
}
