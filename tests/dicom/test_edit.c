/* test_edit.c - what is set is read back, nothing else changes, and what may not be set is refused with the reason. */
#include "d.h"

static tomo_dataset *fresh(t_state *t)
{
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    return ds;
}

TEST(set_is_read_back)
{
    tomo_dataset *ds = fresh(t);
    static const char *const rows[][2] = {
        { "PatientName", "Doe^Jane" },
        { "PatientID", "0042" },
        { "StudyDate", "20240229" },
        { "StudyTime", "235959.123456" },
        { "Rows", "512" },
        { "PixelSpacing", "0.5\\0.25" },
        { "ImagePositionPatient", "-1\\2.5\\1e3" },
        { "ReferencedFrameNumber", "1\\2\\3" },
        { "StudyInstanceUID", "1.2.840.113619.2.0" },
        { "ImageComments", "two\r\nlines \\ here" },
        { "FrameIncrementPointer", "(0018,1063)" },
        { "AcquisitionDateTime", "20240101120000.5+0100" },
        { "PatientAge", "042Y" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_OK(tomo_dataset_set(ds, rows[i][0], rows[i][1], &t->err));
        CHECK_STR(d_get(ds, tomo_dict_keyword(rows[i][0])->tag), rows[i][1]);
    }
    CHECK_OK(tomo_dataset_set(ds, "Rows", "256", &t->err)); /* again */
    CHECK_STR(d_get(ds, 0x00280010), "256");
    CHECK_OK(tomo_dataset_set(ds, "PatientID", "", &t->err));
    CHECK_STR(d_get(ds, 0x00100020), "");
    CHECK_INT(tomo_dataset_count(ds), 13);
    for (size_t i = 1; i < tomo_dataset_count(ds); i++) {
        tomo_element a, b;
        CHECK_OK(tomo_dataset_element(ds, i - 1, &a, &t->err));
        CHECK_OK(tomo_dataset_element(ds, i, &b, &t->err));
        CHECK(a.tag < b.tag && a.length % 2 == 0 && b.offset == UINT64_MAX);
    }
    tomo_dataset_free(ds);
}

TEST(wrong_values_are_refused)
{
    static const char *const rows[][2] = {
        { "StudyDate", "20240230x" },
        { "StudyDate", "20241301" },
        { "StudyDate", "20240431" },
        { "StudyTime", "2560" },
        { "StudyTime", "12:00" },
        { "Modality", "ct" },
        { "Modality", "SEVENTEENLETTERSX" },
        { "Rows", "-1" },
        { "Rows", "65536" },
        { "Rows", "1\\2" },
        { "Rows", "abc" },
        { "PixelSpacing", "1" },
        { "PixelSpacing", "1\\2\\3" },
        { "SliceThickness", "1,5" },
        { "SliceThickness", "1.23456789012345678" },
        { "InstanceNumber", "2147483648" },
        { "InstanceNumber", "1.5" },
        { "SOPInstanceUID", "1.02" },
        { "SOPInstanceUID", "1..2" },
        { "SOPInstanceUID", "1.2." },
        { "PatientAge", "42" },
        { "PatientID", "a\x1b[2J" },
        { "PatientName", "a=b=c=d" },
        { "PatientName", "a^b^c^d^e^f" },
        { "PatientID", "\xff\xfe" },
        { "Modality", "\xc3\xa4" },
        { "FrameIncrementPointer", "(0018)" },
        { "PixelData", "1" },
        { "NoSuchThing", "1" },
        { "00091001", "x" },
        { "TransferSyntaxUID", "1.2.840.10008.1.2" },
        { "00080000", "4" },
        { "ReferencedImageSequence[1].ReferencedSOPInstanceUID", "1.2" },
        { "PatientName[0].Rows", "1" },
        { "ReferencedImageSequence", "x" },
        { "SpecificCharacterSet", "KLINGON" },
        { "ReferencedImageSequence[0].00020012", "1.2" },
    };
    tomo_dataset *ds = fresh(t);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tomo_status st = tomo_dataset_set(ds, rows[i][0], rows[i][1], &t->err);
        if (st != TOMO_E_ARG || !t->err.message[0])
            print_error("%s = %s: %d\n", rows[i][0], rows[i][1], (int)st);
        CHECK_INT(st, TOMO_E_ARG);
    }
    CHECK_INT(tomo_dataset_count(ds), 0); /* untouched */
    CHECK_FAILS(tomo_dataset_set(ds, "StudyDate", "20240230", &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "StudyDate") && strstr(t->err.message, "20240230"));
    tomo_dataset_free(ds);
}

TEST(items_are_made_on_the_way)
{
    tomo_dataset *ds = fresh(t);
    CHECK_OK(tomo_dataset_set(ds, "ReferencedSeriesSequence[0].ReferencedInstanceSequence[0].ReferencedSOPInstanceUID",
                              "1.2.3", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "ReferencedSeriesSequence[0].ReferencedInstanceSequence[1].ReferencedSOPInstanceUID",
                              "1.2.4", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "ReferencedSeriesSequence[0].SeriesInstanceUID", "1.2", &t->err));
    const tomo_dataset *item = tomo_dataset_item(ds, 0x00081115, 0);
    CHECK_INT(tomo_dataset_count(item), 2);
    CHECK_STR(d_get(tomo_dataset_item(item, 0x0008114a, 1), 0x00081155), "1.2.4");
    CHECK_OK(tomo_dataset_delete(ds, "ReferencedSeriesSequence[0].ReferencedInstanceSequence", &t->err));
    CHECK_INT(tomo_dataset_count(item), 1);
    CHECK_FAILS(tomo_dataset_delete(ds, "ReferencedSeriesSequence[0].ReferencedInstanceSequence", &t->err),
                TOMO_E_NOTFOUND);
    CHECK_FAILS(tomo_dataset_delete(ds, "ReferencedSeriesSequence[3].Rows", &t->err), TOMO_E_ARG);
    CHECK_OK(tomo_dataset_set(ds, "ReferencedSeriesSequence", "", &t->err)); /* no items */
    CHECK(tomo_dataset_item(ds, 0x00081115, 0) == NULL);
    tomo_dataset_free(ds);
}

TEST(bytes)
{
    tomo_dataset *ds = fresh(t);
    tomo_element e;
    uint16_t words[3] = { 1, 2, 3 };
    int64_t v;
    CHECK_OK(tomo_dataset_set_bytes(ds, "PixelData", TOMO_VR('O', 'W'), words, 6, &t->err));
    CHECK(tomo_dataset_int(ds, 0x7fe00010, 2, &v) && v == 3);
    CHECK_OK(tomo_dataset_set_bytes(ds, "00091001", TOMO_VR('O', 'B'), "abc", 3, &t->err));
    CHECK_OK(tomo_dataset_find(ds, "00091001", &e, &t->err));
    CHECK_INT(e.length, 4);
    CHECK(memcmp(e.value, "abc\0", 4) == 0);
    CHECK_FAILS(tomo_dataset_set_bytes(ds, "Rows", TOMO_VR('U', 'S'), "abc", 3, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_set_bytes(ds, "Rows", TOMO_VR('X', 'X'), "ab", 2, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_set_bytes(ds, "Rows", TOMO_VR('S', 'Q'), "ab", 2, &t->err), TOMO_E_ARG);
    tomo_dataset_free(ds);
}

TEST(text_in_the_character_set_of_the_data_set)
{
    static const struct {
        const char *charset, *name;
        bool fits;
    } rows[] = {
        { "ISO_IR 100", "Buc^Jérôme", true },
        { "ISO_IR 100", "山田", false },
        { "ISO_IR 192", "山田^太郎", true },
        { "GB18030", "王^小东😀", true },
        { "GBK", "礬^王", true },
        { "ISO_IR 144", "Люксембург", true },
        { "ISO_IR 13", "ﾔﾏﾀﾞ^ﾀﾛｳ", true },
        { "ISO_IR 166", "กข", true },
        { "\\ISO 2022 IR 87", "Yamada^Tarou=山田^太郎=やまだ^たろう", true },
        { "ISO 2022 IR 13\\ISO 2022 IR 87", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう", true },
        { "\\ISO 2022 IR 149", "Hong^Gildong=洪^吉洞=홍^길동", true },
        { "\\ISO 2022 IR 58", "Zhang^XiaoDong=张^小东", true },
        { "\\ISO 2022 IR 100\\ISO 2022 IR 144", "Jérôme^Люк", true },
        { "\\ISO 2022 IR 87", "한", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tomo_dataset *ds = fresh(t);
        CHECK_OK(tomo_dataset_set(ds, "SpecificCharacterSet", rows[i].charset, &t->err));
        if (!rows[i].fits) {
            CHECK_FAILS(tomo_dataset_set(ds, "PatientName", rows[i].name, &t->err), TOMO_E_ARG);
        } else {
            CHECK_OK(tomo_dataset_set(ds, "PatientName", rows[i].name, &t->err));
            CHECK_STR(d_get(ds, 0x00100010), rows[i].name);
            /* the set can't be changed under the text */
            CHECK_FAILS(tomo_dataset_set(ds, "SpecificCharacterSet", "ISO_IR 126", &t->err), TOMO_E_ARG);
        }
        tomo_dataset_free(ds);
    }
}
TEST(utf8_where_no_set_is_named)
{
    tomo_dataset *ds = fresh(t);
    CHECK_OK(tomo_dataset_set(ds, "PatientName", "Plain", &t->err));
    CHECK_STR(d_get(ds, 0x00080005), "(absent)");
    CHECK_OK(tomo_dataset_set(ds, "ReferencedSeriesSequence[0].SeriesDescription", "Schädel", &t->err));
    CHECK_STR(d_get(ds, 0x00080005), "ISO_IR 192");
    CHECK_STR(d_get(tomo_dataset_item(ds, 0x00081115, 0), 0x0008103e), "Schädel");
    tomo_dataset_free(ds);
}

TEST(signed_by_pixel_representation)
{
    tomo_dataset *ds = fresh(t);
    CHECK_FAILS(tomo_dataset_set(ds, "PixelPaddingValue", "-2000", &t->err), TOMO_E_ARG);
    CHECK_OK(tomo_dataset_set(ds, "PixelRepresentation", "1", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "PixelPaddingValue", "-2000", &t->err));
    CHECK_STR(d_get(ds, 0x00280120), "-2000");
    tomo_dataset_free(ds);
}

TEST(edits_of_a_file_in_its_byte_order)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    tomo_element e;
    int64_t v;
    d_meta(&d, D_BIG, 'b');
    d_text(&d, 0x00080060, "CS", "MR");
    d_us(&d, 0x00280010, 7);
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_OK(tomo_dataset_set(ds, "Rows", "258", &t->err));
    CHECK_OK(tomo_dataset_find(ds, "Rows", &e, &t->err));
    CHECK(memcmp(e.value, "\1\2", 2) == 0);
    CHECK(tomo_dataset_int(ds, 0x00280010, 0, &v) && v == 258);
    uint16_t native = 259;
    CHECK_OK(tomo_dataset_set_bytes(ds, "Columns", TOMO_VR('U', 'S'), &native, 2, &t->err));
    CHECK(tomo_dataset_int(ds, 0x00280011, 0, &v) && v == 259);
    tomo_dataset_free(ds);
}

TEST(many_edits_stay_in_order)
{
    tomo_dataset *ds = fresh(t);
    uint32_t seed = 5;
    for (int i = 0; i < 3000; i++) {
        char path[80];
        snprintf(path, sizeof path, "%08X", 0x00091000u + (t_random(&seed) % 2000));
        if (t_random(&seed) % 3)
            CHECK_OK(tomo_dataset_set_bytes(ds, path, TOMO_VR('L', 'O'), "ab", 2, &t->err));
        else
            tomo_dataset_delete(ds, path, NULL);
    }
    tomo_tag last = 0;
    for (size_t i = 0; i < tomo_dataset_count(ds); i++) {
        tomo_element e;
        CHECK_OK(tomo_dataset_element(ds, i, &e, &t->err));
        CHECK(e.tag > last);
        last = e.tag;
    }
    CHECK(tomo_dataset_count(ds) > 500);
    tomo_dataset_free(ds);
}

TEST(survives_lost_memory)
{
    FAIL_EACH_ALLOC(t)
    {
        tomo_dataset *ds = NULL;
        tomo_status st = tomo_dataset_new(t->ctx, &ds, &t->err);
        const char *steps[][2] = { { "SpecificCharacterSet", "\\ISO 2022 IR 87" },
                                   { "PatientName", "Yamada=山田" },
                                   { "ReferencedSeriesSequence[0].ReferencedInstanceSequence[0].InstanceNumber", "1" },
                                   { "ReferencedSeriesSequence[0].ReferencedInstanceSequence[1].InstanceNumber", "2" },
                                   { "Rows", "5" },
                                   { "Columns", "5" },
                                   { "BitsAllocated", "16" },
                                   { "BitsStored", "16" },
                                   { "HighBit", "15" },
                                   { "PixelRepresentation", "0" } };
        for (size_t i = 0; st == TOMO_OK && i < sizeof steps / sizeof steps[0]; i++) {
            size_t before = d_total(ds);
            st = tomo_dataset_set(ds, steps[i][0], steps[i][1], &t->err);
            CHECK(st == TOMO_OK || d_total(ds) == before); /* untouched on failure */
        }
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        tomo_dataset_free(ds);
    }
}

TEST(uids)
{
    char a[65], b[65], c[65];
    CHECK_OK(tomo_uid_make(a, "seed", &t->err));
    CHECK_OK(tomo_uid_make(b, "seed", &t->err));
    CHECK_OK(tomo_uid_make(c, "other", &t->err));
    CHECK_STR(a, b);
    CHECK(strcmp(a, c) != 0);
    CHECK_OK(tomo_uid_make(b, NULL, &t->err));
    CHECK_OK(tomo_uid_make(c, NULL, &t->err));
    CHECK(strcmp(b, c) != 0);
    for (const char *const *u = (const char *const[]){ a, b, c, NULL }; *u; u++) {
        CHECK(strncmp(*u, "2.25.", 5) == 0 && (*u)[5] != '0');
        CHECK(strlen(*u) <= 44 && strspn(*u + 5, "0123456789") == strlen(*u) - 5);
    }
}
