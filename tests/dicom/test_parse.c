/* test_parse.c - the same data set in every coding reads the same; what deviates is read or refused as documented. */
#include "d.h"

/* A data set with two levels of sequences, one with known, one with undefined lengths, and private elements. */
static void sample(d_bytes *d, char coding, bool meta)
{
    size_t from, item, end;
    d->n = 0;
    d->coding = coding;
    if (meta)
        d_meta(d, d_syntax(coding), coding);
    d_text(d, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7");
    d_text(d, 0x00080018, "UI", "1.2.3.4");
    d_head(d, 0x00081140, "SQ", 0xffffffff);
    d_head(d, 0xfffee000, "", 0xffffffff);
    d_text(d, 0x00081155, "UI", "1.2.3.9");
    d_head(d, 0x0040a170, "SQ", 0); /* empty, nested */
    d_head(d, 0xfffee00d, "", 0);
    d_head(d, 0xfffee000, "", 0); /* an empty item of known length */
    d_head(d, 0xfffee0dd, "", 0);
    d_text(d, 0x00090010, "LO", "SIEMENS CT VA1 DUMMY");
    d_text(d, 0x00100010, "PN", "Doe^John");
    d_text(d, 0x00180050, "DS", "2.5");
    d_text(d, 0x00200032, "DS", "-1.5\\2e1\\ 3");
    d_head(d, 0x00200052, "UI", 0);
    d_head(d, 0x00209116, "SQ", 0); /* PlanePositionSequence, known length */
    from = d->n;
    d_head(d, 0xfffee000, "", 0);
    item = d->n;
    d_text(d, 0x00200032, "DS", "1\\2\\3");
    end = d->n;
    d->n = item - 4;
    d_num(d, end - item, 4);
    d->n = from - 4;
    d_num(d, end - from, 4);
    d->n = end;
    d_us(d, 0x00280010, 2);
    d_us(d, 0x00280011, 3);
    d_us(d, 0x00280103, 1);
    d_head(d, 0x00280106, "SS", 2);
    d_num(d, 0xfffe, 2);
    d_head(d, 0x7fe00010, "OW", 12);
    for (int i = 0; i < 6; i++)
        d_num(d, 1000u + (unsigned)i, 2);
}

static void check_sample(t_state *t, const tomo_dataset *ds, size_t meta)
{
    tomo_element e;
    double v;
    int64_t whole;
    CHECK_INT(tomo_dataset_count(ds), 14 + meta);
    CHECK_STR(d_get(ds, 0x00100010), "Doe^John");
    CHECK_STR(d_get(ds, 0x00080018), "1.2.3.4");
    CHECK(tomo_dataset_double(ds, 0x00200032, 1, &v));
    CHECK_NEAR(v, 20, 0);
    CHECK(tomo_dataset_double(ds, 0x00200032, 2, &v));
    CHECK_NEAR(v, 3, 0);
    CHECK(!tomo_dataset_double(ds, 0x00200032, 3, &v));
    CHECK(tomo_dataset_int(ds, 0x00280011, 0, &whole));
    CHECK_INT(whole, 3);
    CHECK(tomo_dataset_int(ds, 0x00280106, 0, &whole)); /* "US or SS": signed by Pixel Representation */
    CHECK_INT(whole, -2);
    CHECK_OK(tomo_dataset_find(ds, "ReferencedImageSequence[0].ReferencedSOPInstanceUID", &e, &t->err));
    CHECK_INT(e.length, 8);
    CHECK_OK(tomo_dataset_find(ds, "(0020,9116)[0].00200032", &e, &t->err));
    CHECK_INT(e.length, 6);
    CHECK_OK(tomo_dataset_find(ds, "ReferencedImageSequence", &e, &t->err));
    CHECK(e.is_sequence);
    CHECK_INT(e.items, 2);
    CHECK_INT(tomo_dataset_count(tomo_dataset_item(ds, 0x00081140, 0)), 2);
    CHECK_INT(tomo_dataset_count(tomo_dataset_item(ds, 0x00081140, 1)), 0);
    CHECK(tomo_dataset_item(ds, 0x00081140, 2) == NULL);
    CHECK_OK(tomo_dataset_find(ds, "PixelData", &e, &t->err));
    CHECK_INT(e.length, 12);
    CHECK_INT(e.vr, TOMO_VR('O', 'W'));
    CHECK(tomo_dataset_int(ds, 0x7fe00010, 5, &whole));
    CHECK_INT(whole, 1005);
}

TEST(every_coding_reads_the_same)
{
    static d_bytes d;
    for (const char *coding = "eib"; *coding; coding++)
        for (int meta = 0; meta < 2; meta++) {
            tomo_dataset *ds = NULL;
            sample(&d, *coding, meta);
            CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
            CHECK_STR(tomo_dataset_syntax(ds), d_syntax(*coding));
            check_sample(t, ds, meta ? 6 : 0);
            tomo_dataset_free(ds);
        }
}

/* Counting callbacks: a source that is neither memory nor a file. */
static int read_bytes(void *user, uint64_t offset, void *to, size_t bytes)
{
    memcpy(to, (uint8_t *)user + offset, bytes);
    return 0;
}

TEST(every_source_reads_the_same)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    tomo_source *source = NULL;
    sample(&d, 'e', true);
    tomo_source_callbacks cb = { sizeof cb, d.b, d.n, read_bytes, NULL };
    CHECK_OK(tomo_source_from_callbacks(t->ctx, &source, &cb, &t->err));
    CHECK_OK(tomo_dataset_open(t->ctx, &ds, source, NULL, NULL, &t->err));
    tomo_source_free(source);
    check_sample(t, ds, 6);
    tomo_dataset_free(ds);
    FILE *f = fopen(t_tmp(t, "a.dcm"), "wb");
    CHECK(f && fwrite(d.b, 1, d.n, f) == d.n && fclose(f) == 0);
    CHECK_OK(tomo_dataset_open_path(t->ctx, &ds, t_tmp(t, "a.dcm"), NULL, NULL, &t->err));
    check_sample(t, ds, 6);
    tomo_dataset_free(ds);
}

TEST(large_files_are_mapped_when_asked)
{
    static d_bytes d;
    size_t pixels = 200000;
    uint8_t *all;
    tomo_dataset *ds = NULL;
    tomo_element e;
    d_meta(&d, D_EXPLICIT, 'e');
    d_text(&d, 0x00100020, "LO", "id");
    d_head(&d, 0x7fe00010, "OW", (uint32_t)pixels);
    all = calloc(1, d.n + pixels + 20);
    CHECK(all != NULL);
    memcpy(all, d.b, d.n);
    all[d.n + pixels - 1] = 77;
    memcpy(all + d.n + pixels, "\xfc\xff\xfc\xffOB\0\0\2\0\0\0zz", 14); /* padding behind the pixels */
    FILE *f = fopen(t_tmp(t, "big.dcm"), "wb");
    CHECK(f && fwrite(all, 1, d.n + pixels + 14, f) == d.n + pixels + 14 && fclose(f) == 0);
    free(all);
    CHECK_OK(tomo_dataset_open_path(t->ctx, &ds, t_tmp(t, "big.dcm"), NULL, NULL, &t->err));
    CHECK_INT(tomo_dataset_count(ds), 6 + 3);
    CHECK_OK(tomo_dataset_find(ds, "PixelData", &e, &t->err));
    CHECK_INT(((const uint8_t *)e.value)[pixels - 1], 77);
    CHECK_OK(tomo_dataset_find(ds, "FFFCFFFC", &e, &t->err));
    CHECK_INT(e.length, 2);
    tomo_dataset_free(ds);
}

TEST(starts_without_preamble_or_meta)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    tomo_report *report = NULL;
    sample(&d, 'e', true);
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    CHECK_OK(d_open(t, &ds, d.b + 128, d.n - 128, NULL, report)); /* DICM first */
    CHECK_INT(tomo_dataset_count(ds), 20);
    tomo_dataset_free(ds);
    CHECK_OK(d_open(t, &ds, d.b + 132, d.n - 132, NULL, report)); /* group 0002 first */
    CHECK_INT(tomo_dataset_count(ds), 20);
    tomo_dataset_free(ds);
    CHECK(d_remarked(report, "no preamble before DICM"));
    CHECK(d_remarked(report, "no DICM before"));
    tomo_report_free(report);
}

TEST(wrong_transfer_syntax_is_found_out)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    tomo_report *report = NULL;
    d_meta(&d, D_BIG, 'e');
    d_text(&d, 0x00080005, "CS", "ISO_IR 100");
    d_us(&d, 0x00280010, 513);
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, report));
    int64_t v;
    CHECK(tomo_dataset_int(ds, 0x00280010, 0, &v));
    CHECK_INT(v, 513);
    CHECK_STR(tomo_dataset_syntax(ds), D_EXPLICIT);
    CHECK(d_remarked(report, "but the data set is"));
    tomo_dataset_free(ds);
    tomo_report_free(report);
}

TEST(wrong_group_length_is_seen_through)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    for (int i = 0; i < 2; i++) {
        sample(&d, 'e', true);
        memset(d.b + 140, i ? 0xff : 0, 4);
        CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
        check_sample(t, ds, 6);
        tomo_dataset_free(ds);
    }
}

TEST(private_vr_by_creator)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    tomo_element e;
    d_meta(&d, D_IMPLICIT, 'i');
    d_text(&d, 0x00080060, "CS", "MR");
    d_text(&d, 0x00430010, "LO", "GEMS_PARM_01");
    d_text(&d, 0x00431039, "IS", "1000\\8\\0\\0");
    d_text(&d, 0x00451039, "IS", "7"); /* no creator */
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_OK(tomo_dataset_find(ds, "00431039", &e, &t->err));
    CHECK_INT(e.vr, TOMO_VR('I', 'S'));
    int64_t v;
    CHECK(tomo_dataset_int(ds, 0x00431039, 0, &v));
    CHECK_INT(v, 1000);
    CHECK_OK(tomo_dataset_find(ds, "00451039", &e, &t->err));
    CHECK_INT(e.vr, TOMO_VR('U', 'N'));
    tomo_dataset_free(ds);
}

TEST(unknown_vr_of_undefined_length) /* CP-246: items in implicit VR little endian, whatever is around them */
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    for (int known = 0; known < 2; known++) {
        d_meta(&d, D_EXPLICIT, 'e');
        d_text(&d, 0x00080060, "CS", "MR");
        size_t at = d.n;
        d_head(&d, 0x00081140, "UN", 0xffffffff);
        size_t from = d.n;
        d.coding = 'i';
        d_head(&d, 0xfffee000, "", 0xffffffff);
        d_text(&d, 0x00081155, "UI", "1.2.3");
        d_head(&d, 0xfffee00d, "", 0);
        if (known) {
            size_t end = d.n;
            d.n = at + 8;
            d_num(&d, end - from, 4);
            d.n = end;
        } else {
            d_head(&d, 0xfffee0dd, "", 0);
        }
        d.coding = 'e';
        d_text(&d, 0x00100020, "LO", "id");
        CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
        CHECK_STR(d_get(tomo_dataset_item(ds, 0x00081140, 0), 0x00081155), "1.2.3");
        CHECK_STR(d_get(ds, 0x00100020), "id");
        tomo_dataset_free(ds);
    }
}

TEST(explicit_items_in_an_implicit_sequence) /* as in fo-dicom's issue 626 */
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    tomo_report *report = NULL;
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    d_meta(&d, D_IMPLICIT, 'i');
    d_text(&d, 0x00080060, "CS", "MR");
    d_head(&d, 0x00081140, "SQ", 0xffffffff);
    d_head(&d, 0xfffee000, "", 0xffffffff);
    d.coding = 'e';
    d_text(&d, 0x00081150, "UI", "1.2");
    d_text(&d, 0x00081155, "UI", "1.2.3");
    d_head(&d, 0xfffee00d, "", 0);
    d_head(&d, 0xfffee0dd, "", 0);
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, report));
    CHECK_STR(d_get(tomo_dataset_item(ds, 0x00081140, 0), 0x00081155), "1.2.3");
    CHECK(d_remarked(report, "explicit VR within implicit VR"));
    tomo_dataset_free(ds);
    tomo_report_free(report);
}

TEST(odd_lengths_duplicates_and_disorder)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    tomo_report *report = NULL;
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    d_meta(&d, D_EXPLICIT, 'e');
    d_elem(&d, 0x00100010, "PN", "abc", 3);
    d_text(&d, 0x00080060, "CS", "MR");
    d_text(&d, 0x00100020, "LO", "first");
    d_text(&d, 0x00100020, "LO", "second");
    d_text(&d, 0x00080005, "CS", "ISO_IR 100");
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, report));
    CHECK_INT(tomo_dataset_count(ds), 6 + 4);
    for (size_t i = 1; i < tomo_dataset_count(ds); i++) {
        tomo_element a, b;
        CHECK_OK(tomo_dataset_element(ds, i - 1, &a, &t->err));
        CHECK_OK(tomo_dataset_element(ds, i, &b, &t->err));
        CHECK(a.tag < b.tag);
    }
    CHECK_STR(d_get(ds, 0x00100020), "first");
    CHECK_STR(d_get(ds, 0x00100010), "abc");
    CHECK(d_remarked(report, "odd length 3 of (0010,0010)"));
    CHECK(d_remarked(report, "twice or more"));
    tomo_dataset_free(ds);
    tomo_report_free(report);
}

TEST(stops_before_pixels)
{
    static d_bytes d;
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    tomo_element e;
    o.stop_before_pixels = true;
    sample(&d, 'b', true);
    CHECK_OK(d_open(t, &ds, d.b, d.n - 12, &o, NULL)); /* what is behind may even be broken */
    CHECK_INT(tomo_dataset_count(ds), 19);
    CHECK_FAILS(tomo_dataset_find(ds, "PixelData", &e, &t->err), TOMO_E_NOTFOUND);
    tomo_dataset_free(ds);
}

TEST(only_some_tags)
{
    static d_bytes d;
    static const tomo_tag tags[] = { 0x00280010, 0x00081140, 0x00100010 };
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    o.specific_tags = tags;
    o.n_specific_tags = 3;
    for (const char *coding = "eib"; *coding; coding++) {
        sample(&d, *coding, true);
        CHECK_OK(d_open(t, &ds, d.b, d.n, &o, NULL));
        CHECK_INT(tomo_dataset_count(ds), 6 + 3);
        CHECK_STR(d_get(tomo_dataset_item(ds, 0x00081140, 0), 0x00081155), "1.2.3.9");
        CHECK_STR(d_get(ds, 0x00280010), "2");
        tomo_dataset_free(ds);
    }
    o.n_specific_tags = 1; /* the sequences are skipped */
    CHECK_OK(d_open(t, &ds, d.b, d.n, &o, NULL));
    CHECK_INT(tomo_dataset_count(ds), 6 + 1);
    tomo_dataset_free(ds);
}

TEST(depth_is_limited)
{
    static d_bytes d;
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    for (int depth = 64; depth <= 65; depth++) {
        d_meta(&d, D_EXPLICIT, 'e');
        for (int i = 0; i < depth; i++) {
            d_head(&d, 0x0040a730, "SQ", 0xffffffff);
            d_head(&d, 0xfffee000, "", 0xffffffff);
        }
        for (int i = 0; i < depth; i++) {
            d_head(&d, 0xfffee00d, "", 0);
            d_head(&d, 0xfffee0dd, "", 0);
        }
        if (depth == 64) {
            CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
            CHECK_INT(d_total(ds), 6 + 64);
            tomo_dataset_free(ds);
        } else {
            CHECK_FAILS(d_open(t, &ds, d.b, d.n, NULL, NULL), TOMO_E_LIMIT);
            o.max_depth = 65;
            CHECK_OK(d_open(t, &ds, d.b, d.n, &o, NULL));
            tomo_dataset_free(ds);
        }
    }
}

/* What was read of a damaged file with force is written as a file that needs none; found by damaged files: lengths that
 * say more than there is were written again as they were. */
static void written_can_be_read(t_state *t, tomo_dataset *ds)
{
    tomo_buffer *out = NULL;
    tomo_dataset *again = NULL;
    const size_t count = tomo_dataset_count(ds);
    if (tomo_dataset_write_buffer(t->ctx, ds, &out, NULL, &t->err) == TOMO_E_UNSUPPORTED)
        return; /* the syntax itself is damaged */
    CHECK(out != NULL);
    CHECK_OK(d_open(t, &again, tomo_buffer_data(out), tomo_buffer_size(out), NULL, NULL));
    CHECK(tomo_dataset_count(again) + 20 > count);
    tomo_dataset_free(again);
    tomo_buffer_free(out);
}

TEST(cut_anywhere_is_an_error_or_a_shorter_data_set)
{
    static d_bytes d;
    for (const char *coding = "eib"; *coding; coding++) {
        sample(&d, *coding, true);
        size_t full = d.n, read = 0;
        for (size_t n = 0; n < full; n++) {
            uint8_t *exact = malloc(n ? n : 1); /* so that ASan sees a step too far */
            tomo_dataset *ds = NULL;
            tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
            CHECK(exact != NULL);
            memcpy(exact, d.b, n);
            tomo_status st = d_open(t, &ds, exact, n, NULL, NULL);
            CHECK(st == TOMO_OK || (st == TOMO_E_FORMAT && t->err.message[0]));
            if (st == TOMO_OK) {
                read++;
                CHECK(tomo_dataset_count(ds) < 20);
                tomo_dataset_free(ds);
            }
            o.force = true;
            st = d_open(t, &ds, exact, n, &o, NULL);
            CHECK(st == TOMO_OK || st == TOMO_E_FORMAT);
            CHECK(n < 200 || st == TOMO_OK); /* with force, what is there is read */
            if (st == TOMO_OK) {
                written_can_be_read(t, ds);
                tomo_dataset_free(ds);
            }
            free(exact);
        }
        CHECK(read <= 8 * 20); /* only cuts between elements of the top level, up to 7 stray bytes on, go unseen */
    }
}

TEST(a_syntax_that_is_no_text_is_dumped_byte_for_byte) /* found by damaged files: its bytes reached the terminal */
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    tomo_buffer *out = NULL;
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    d_meta(&d, "\x1c\x85\x9a%z\xa5\xdf", 'e');
    d_text(&d, 0x00100020, "LO", "4711");
    o.force = true;
    CHECK_OK(d_open(t, &ds, d.b, d.n, &o, NULL));
    CHECK_OK(tomo_dataset_dump(t->ctx, ds, &out, &t->err));
    CHECK(strstr(tomo_buffer_data(out), "# \\x1c\\x85\\x9a%z\\xa5\\xdf (unknown"));
    tomo_buffer_free(out);
    tomo_dataset_free(ds);
}

TEST(a_first_element_without_a_vr_is_written_with_one) /* found by damaged files: readers took what followed for
                                                          implicit */
{
    static d_bytes d;
    tomo_dataset *ds = NULL, *again = NULL;
    tomo_buffer *out = NULL;
    char text[16];
    d_meta(&d, D_EXPLICIT, 'e');
    d_text(&d, 0x00080005, "CS", "ISO_IR 100");
    d_text(&d, 0x00100020, "LO", "4711");
    memcpy(d.b + d.n, "\0\0\2\0\0\0\0\0", 8); /* (0000,0002), which goes to the front */
    d.n += 8;
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_OK(tomo_dataset_write_buffer(t->ctx, ds, &out, NULL, &t->err));
    CHECK_OK(d_open(t, &again, tomo_buffer_data(out), tomo_buffer_size(out), NULL, NULL));
    CHECK(tomo_dataset_text(again, 0x00100020, 0, text, sizeof text) > 0);
    CHECK_STR(text, "4711");
    tomo_dataset_free(again);
    tomo_buffer_free(out);
    tomo_dataset_free(ds);
}

TEST(error_says_what_and_where)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    d_meta(&d, D_EXPLICIT, 'e');
    size_t at = d.n;
    char where[40];
    d_head(&d, 0x00420011, "OB", 0x7ffffffe);
    d_raw(&d, "x", 1);
    CHECK_FAILS(d_open(t, &ds, d.b, d.n, NULL, NULL), TOMO_E_FORMAT);
    CHECK(strstr(t->err.message, "(0042,0011)") && strstr(t->err.message, "2147483646"));
    snprintf(where, sizeof where, "at byte %zu", at);
    CHECK(strstr(t->err.message, where) != NULL);
    CHECK_INT(t->err.offset, at);
    CHECK_FAILS(d_open(t, &ds, "GIF89a..........", 16, NULL, NULL), TOMO_E_FORMAT);
    CHECK_FAILS(d_open(t, &ds, "", 0, NULL, NULL), TOMO_E_FORMAT);
}

TEST(paths)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    tomo_element e;
    sample(&d, 'e', true);
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_FAILS(tomo_dataset_find(ds, "NoSuchKeyword", &e, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_find(ds, "", &e, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_find(ds, "(0010,001)", &e, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_find(ds, "PatientName[0].Rows", &e, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_find(ds, "PlanePositionSequence[0]", &e, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_find(ds, "PlanePositionSequence[99999999999].Rows", &e, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_find(ds, "PlanePositionSequence[1].Rows", &e, &t->err), TOMO_E_NOTFOUND);
    CHECK_FAILS(tomo_dataset_find(ds, "PatientID", &e, &t->err), TOMO_E_NOTFOUND);
    tomo_dataset_free(ds);
}

TEST(deflated)
{
    static d_bytes d;
    tomo_buffer *small = NULL;
    tomo_dataset *ds = NULL;
    sample(&d, 'e', false);
    CHECK_OK(tomo_codec_deflate(t->ctx, &small, d.b, d.n, TOMO_DEFLATE_RAW, 0, NULL, &t->err));
    d_meta(&d, D_DEFLATED, 'e');
    d_raw(&d, tomo_buffer_data(small), tomo_buffer_size(small));
    tomo_buffer_free(small);
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    check_sample(t, ds, 6);
    tomo_dataset_free(ds);
    CHECK_FAILS(d_open(t, &ds, d.b, d.n - 20, NULL, NULL), TOMO_E_FORMAT);
}

TEST(deflate_bombs_are_refused)
{
    static d_bytes d;
    tomo_buffer *zeros = NULL, *small = NULL;
    tomo_dataset *ds = NULL;
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    CHECK_OK(tomo_buffer_new(t->ctx, &zeros, 4 << 20, &t->err));
    memset(tomo_buffer_data_mut(zeros), 0, 4 << 20);
    CHECK_OK(tomo_codec_deflate(t->ctx, &small, tomo_buffer_data(zeros), 4 << 20, TOMO_DEFLATE_RAW, 0, NULL, &t->err));
    d_meta(&d, D_DEFLATED, 'e');
    d_raw(&d, tomo_buffer_data(small), tomo_buffer_size(small));
    o.max_inflated = 1 << 20;
    CHECK_FAILS(d_open(t, &ds, d.b, d.n, &o, NULL), TOMO_E_LIMIT);
    tomo_buffer_free(zeros);
    tomo_buffer_free(small);
}

TEST(survives_lost_memory)
{
    static d_bytes d;
    sample(&d, 'i', true);
    FAIL_EACH_ALLOC(t)
    {
        tomo_dataset *ds = NULL;
        if (d_open(t, &ds, d.b, d.n, NULL, NULL) == TOMO_OK)
            tomo_dataset_free(ds);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
    }
}

TEST(many_elements_and_items)
{
    size_t n = 3000, at = 132 + 200;
    uint8_t *all = calloc(1, at + n * 24 + 100);
    static d_bytes d;
    tomo_dataset *ds = NULL;
    CHECK(all != NULL);
    d_meta(&d, D_EXPLICIT, 'e');
    memcpy(all, d.b, d.n);
    at = d.n;
    memcpy(all + at, "\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff", 12);
    at += 12;
    for (size_t i = 0; i < n; i++, at += 16)
        memcpy(all + at,
               "\xfe\xff\0\xe0\x08\0\0\0\x08\0\x60\0"
               "CS\0\0",
               16);
    memcpy(all + at, "\xfe\xff\xdd\xe0\0\0\0\0", 8);
    CHECK_OK(d_open(t, &ds, all, at + 8, NULL, NULL));
    CHECK_INT(d_total(ds), 6 + 1 + n);
    CHECK(tomo_dataset_item(ds, 0x00081140, n - 1) != NULL);
    tomo_dataset_free(ds);
    free(all);
}
