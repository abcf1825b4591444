/* test_text.c - DICOM JSON (PS3.18 F) and the Native DICOM Model (PS3.19 A.1), written and read; bulk data; what is
 * refused; differences of two data sets; tables. tests/dicom/check_text.py holds all of it against other programs. */
#include "d.h"

#include <sys/stat.h>
#include <tomo/dicom_edit.h>
#include <tomo/dicom_text.h>
#include <unistd.h>

static tomo_status from_json(t_state *t, tomo_dataset **ds, const char *json, const tomo_untext_options *o)
{
    return tomo_dataset_from_json(t->ctx, ds, json, strlen(json), o, NULL, &t->err);
}

static tomo_status from_xml(t_state *t, tomo_dataset **ds, const char *inner)
{
    char text[8192];
    snprintf(text, sizeof text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<NativeDicomModel>%s</NativeDicomModel>\n",
             inner);
    return tomo_dataset_from_xml(t->ctx, ds, text, strlen(text), NULL, NULL, &t->err);
}

/* All kinds of values, written by hand from PS3.18 F.2. */
static const char every_kind[] =
    "{\"00080005\":{\"vr\":\"CS\",\"Value\":[\"ISO_IR 192\"]},"
    "\"00080020\":{\"vr\":\"DA\",\"Value\":[\"20130409\"]},"
    "\"00080061\":{\"vr\":\"CS\",\"Value\":[\"CT\",null,\"PET\"]},"
    "\"00080090\":{\"vr\":\"PN\",\"Value\":[{\"Alphabetic\":\"\\u005E\\u005EBob^^Dr.\"}]},"
    "\"00081115\":{\"vr\":\"SQ\",\"Value\":[{\"0020000E\":{\"vr\":\"UI\",\"Value\":[\"1.2\"]}},{}]},"
    "\"00090010\":{\"vr\":\"LO\",\"Value\":[\"Vendor A\"]},"
    "\"00091002\":{\"vr\":\"UN\",\"InlineBinary\":\"z0x9c8v7\"},"
    "\"00100010\":{\"vr\":\"PN\",\"Value\":[{\"Alphabetic\":\"Wang^XiaoDong\",\"Ideographic\":\"\\u738b^\xe5\xb0\x8f\"}"
    "]},"
    "\"00100020\":{\"vr\":\"LO\"},"
    "\"00101010\":{\"vr\":\"AS\",\"Value\":[]},"
    "\"00181063\":{\"vr\":\"DS\",\"Value\":[33.330]},"
    "\"00200013\":{\"vr\":\"IS\",\"Value\":[\"-7\"]},"
    "\"00280009\":{\"vr\":\"AT\",\"Value\":[\"00181063\"]},"
    "\"00280010\":{\"vr\":\"US\",\"Value\":[512]},"
    "\"00189087\":{\"vr\":\"FD\",\"Value\":[\"NaN\"]},"
    "\"00720074\":{\"vr\":\"FD\",\"Value\":[1.5,-2e-3]},"
    "\"00720082\":{\"vr\":\"SV\",\"Value\":[-9223372036854775808,\"9223372036854775807\"]},"
    "\"00720083\":{\"vr\":\"UV\",\"Value\":[18446744073709551615]},"
    "\"7FE00010\":{\"vr\":\"OW\",\"InlineBinary\":\"AQIDBA==\"}}";

TEST(json_of_every_kind)
{
    tomo_dataset *ds = NULL;
    tomo_element e;
    double real;
    CHECK_OK(from_json(t, &ds, every_kind, NULL));
    CHECK_STR(d_get(ds, 0x00080061), "CT\\\\PET");
    CHECK_STR(d_get(ds, 0x00080090), "^^Bob^^Dr.");
    CHECK_STR(d_get(ds, 0x00100010), "Wang^XiaoDong=\347\216\213^\345\260\217");
    CHECK_INT(tomo_dataset_values(ds, 0x00081115), 2);
    CHECK_STR(d_get(tomo_dataset_item(ds, 0x00081115, 0), 0x0020000E), "1.2");
    CHECK_INT(tomo_dataset_count(tomo_dataset_item(ds, 0x00081115, 1)), 0);
    CHECK_STR(d_get(ds, 0x00181063), "33.330"); /* the digits stay */
    CHECK_STR(d_get(ds, 0x00200013), "-7");
    CHECK_STR(d_get(ds, 0x00280009), "(0018,1063)");
    CHECK(tomo_dataset_double(ds, 0x00189087, 0, &real) && real != real);
    CHECK_STR(d_get(ds, 0x00720082), "-9223372036854775808\\9223372036854775807");
    CHECK_STR(d_get(ds, 0x00720083), "18446744073709551615");
    CHECK_OK(tomo_dataset_find(ds, "00091002", &e, &t->err));
    CHECK(e.length == 6 && memcmp(e.value, "\317\114\175\163\313\373", 6) == 0);
    CHECK_OK(tomo_dataset_find(ds, "00100020", &e, &t->err));
    CHECK(e.length == 0 && e.vr == TOMO_VR('L', 'O'));
    tomo_dataset_free(ds);
}

/* To a Part 10 file and back to the same JSON, byte by byte where the form is Tomo's own. */
TEST(json_through_a_file)
{
    tomo_dataset *ds = NULL, *again = NULL;
    tomo_buffer *file = NULL, *first = NULL, *second = NULL;
    CHECK_OK(from_json(t, &ds, every_kind, NULL));
    CHECK_OK(tomo_dataset_to_json(t->ctx, &first, ds, NULL, &t->err));
    CHECK_OK(tomo_dataset_write_buffer(t->ctx, ds, &file, NULL, &t->err));
    CHECK_OK(d_open(t, &again, tomo_buffer_data(file), tomo_buffer_size(file), NULL, NULL));
    CHECK_OK(tomo_dataset_to_json(t->ctx, &second, again, NULL, &t->err));
    CHECK_STR(tomo_buffer_data(second), tomo_buffer_data(first));
    CHECK(strstr(tomo_buffer_data(first), "\"00181063\":{\"vr\":\"DS\",\"Value\":[33.330]}"));
    CHECK(strstr(tomo_buffer_data(first), "\"00189087\":{\"vr\":\"FD\",\"Value\":[\"NaN\"]}"));
    CHECK(strstr(tomo_buffer_data(first), "\"00080061\":{\"vr\":\"CS\",\"Value\":[\"CT\",null,\"PET\"]}"));
    CHECK(strstr(tomo_buffer_data(first), "\"00100020\":{\"vr\":\"LO\"}"));
    tomo_buffer_free(first);
    tomo_buffer_free(second);
    tomo_dataset_free(again);
    tomo_buffer_free(file);
    tomo_dataset_free(ds);
}

TEST(json_as_others_write_it)
{
    tomo_dataset *ds = NULL;
    tomo_untext_options o = TOMO_UNTEXT_OPTIONS_INIT;
    /* vr behind Value; a name as plain text; numbers as strings; null for no value; unknown members; an array; a BOM */
    CHECK_OK(from_json(t, &ds,
                       "\xef\xbb\xbf [ {\"00100010\":{\"Value\":[\"Doe^J\"],\"vr\":\"PN\"},"
                       "\"00280010\":{\"vr\":\"US\",\"Value\":[\"7\"]},\"00280011\":{\"vr\":\"US\",\"Value\":[8.0]},"
                       "\"00100020\":{\"vr\":\"LO\",\"Value\":null},\"00100040\":{\"vr\":\"CS\",\"x\":{\"a\":[1,{}]}},"
                       "\"00080000\":{\"vr\":\"UL\",\"Value\":[4]},\"00081115\":{\"Value\":[{\"00080018\":"
                       "{\"Value\":[\"1.2\"],\"vr\":\"UI\"}}],\"vr\":\"SQ\"}} , {} ] ",
                       NULL));
    CHECK_STR(d_get(ds, 0x00100010), "Doe^J");
    CHECK_STR(d_get(ds, 0x00280010), "7");
    CHECK_STR(d_get(ds, 0x00280011), "8");
    CHECK_STR(d_get(ds, 0x00080000), "(absent)"); /* group lengths are made anew */
    CHECK_STR(d_get(tomo_dataset_item(ds, 0x00081115, 0), 0x00080018), "1.2");
    CHECK_STR(d_get(ds, 0x00080005), "(absent)"); /* all is ASCII */
    tomo_dataset_free(ds);
    ds = NULL;
    o.index = 1;
    CHECK_OK(from_json(t, &ds, "[{\"00100020\":{\"vr\":\"LO\"}},{}]", &o));
    CHECK_INT(tomo_dataset_count(ds), 0);
    tomo_dataset_free(ds);
    ds = NULL;
    /* text outside ASCII needs a character set */
    CHECK_OK(from_json(t, &ds, "{\"00100020\":{\"vr\":\"LO\",\"Value\":[\"\\u00e9\"]}}", NULL));
    CHECK_STR(d_get(ds, 0x00080005), "ISO_IR 192");
    tomo_dataset_free(ds);
    ds = NULL;
    CHECK_OK(from_json(t, &ds, "{\"00181063\":{\"vr\":\"DS\",\"Value\":[0.333333333333333333]}}", NULL));
    CHECK_STR(d_get(ds, 0x00181063), "0.33333333333333"); /* to 16 characters */
    tomo_dataset_free(ds);
    ds = NULL;
    CHECK_OK(from_json(t, &ds, "{\"00181063\":{\"vr\":\"DS\",\"Value\":[\"0.333333333333333333\"]}}", NULL));
    CHECK_STR(d_get(ds, 0x00181063), "0.333333333333333333"); /* text is left as it is */
    tomo_dataset_free(ds);
}

TEST(json_that_is_refused)
{
    static const char *const texts[] = {
        "",
        "[]",
        "{",
        "{}x",
        "{\"00100010\"}",
        "{\"0010\":{\"vr\":\"LO\"}}",
        "{\"PatientID\":{\"vr\":\"LO\"}}",
        "{\"00100020\":{}}",
        "{\"00100020\":{\"vr\":\"XX\"}}",
        "{\"00100020\":{\"vr\":\"LO\",\"vr\":\"LO\"}}",
        "{\"00100020\":{\"vr\":\"LO\"},\"00100020\":{\"vr\":\"LO\"}}",
        "{\"00100020\":{\"vr\":\"LO\",\"Value\":[true]}}",
        "{\"00100020\":{\"vr\":\"LO\",\"Value\":\"x\"}}",
        "{\"00100020\":{\"vr\":\"LO\",\"Value\":[\"a\\\\b\"]}}",
        "{\"00100020\":{\"vr\":\"LO\",\"Value\":[\"\\ud800\"]}}",
        "{\"00100020\":{\"vr\":\"LO\",\"Value\":[\"a\nb\"]}}",
        "{\"00100020\":{\"vr\":\"LO\",\"InlineBinary\":\"AAAA\"}}",
        "{\"7FE00010\":{\"vr\":\"OW\",\"Value\":[1]}}",
        "{\"7FE00010\":{\"vr\":\"OW\",\"InlineBinary\":\"A\"}}",
        "{\"7FE00010\":{\"vr\":\"OW\",\"InlineBinary\":\"AA=A\"}}",
        "{\"7FE00010\":{\"vr\":\"OW\",\"InlineBinary\":\"AAAA=\"}}",
        "{\"00280010\":{\"vr\":\"US\",\"Value\":[65536]}}",
        "{\"00280010\":{\"vr\":\"US\",\"Value\":[1.5]}}",
        "{\"00280010\":{\"vr\":\"US\",\"Value\":[01]}}",
        "{\"00280010\":{\"vr\":\"US\",\"Value\":[1,]}}",
        "{\"00280010\":{\"vr\":\"US\",\"Value\":[null]}}",
        "{\"00080060\":{\"vr\":\"CS\",\"Value\":[\"\\u00e9\"]}}",
        "{\"00280009\":{\"vr\":\"AT\",\"Value\":[\"0018\"]}}",
        "{\"00100010\":{\"vr\":\"PN\",\"Value\":[{\"Family\":\"x\"}]}}",
        "{\"00081115\":{\"vr\":\"SQ\",\"Value\":[1]}}",
        "{\"00081115\":{\"vr\":\"SQ\",\"Value\":[{\"00020010\":{\"vr\":\"UI\",\"Value\":[\"1.2\"]}}]}}",
        "{\"00104000\":{\"vr\":\"LT\",\"Value\":[\"a\",\"b\"]}}",
        "{\"00020010\":{\"vr\":\"UI\",\"Value\":[\"x\"]}}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        tomo_dataset *ds = NULL;
        tomo_status st = from_json(t, &ds, texts[i], NULL);
        if (st != TOMO_E_FORMAT && st != TOMO_E_NOTFOUND)
            print_error("read: %s\n", texts[i]);
        CHECK(st == TOMO_E_FORMAT || st == TOMO_E_NOTFOUND);
        CHECK(t->err.message[0] && !ds);
    }
}

TEST(nesting_of_text_is_limited)
{
    char deep[20000] = "";
    tomo_dataset *ds = NULL;
    for (int i = 0; i < 300; i++)
        strcat(deep, "{\"00081115\":{\"vr\":\"SQ\",\"Value\":[");
    CHECK_FAILS(from_json(t, &ds, deep, NULL), TOMO_E_LIMIT);
    strcpy(deep, "<NativeDicomModel>");
    for (int i = 0; i < 70; i++)
        strcat(deep, "<DicomAttribute tag=\"00081115\" vr=\"SQ\"><Item number=\"1\">");
    CHECK_FAILS(tomo_dataset_from_xml(t->ctx, &ds, deep, strlen(deep), NULL, NULL, &t->err), TOMO_E_LIMIT);
}

/* ---- bulk data --------------------------------------------------------------------------------------------------- */

TEST(bulk_data_to_files_and_back)
{
    tomo_dataset *ds = NULL, *again = NULL;
    tomo_text_options w = TOMO_TEXT_OPTIONS_INIT;
    tomo_untext_options r = TOMO_UNTEXT_OPTIONS_INIT;
    tomo_buffer *json = NULL, *file = NULL;
    tomo_element e;
    char folder[300];
    uint8_t pixels[5000];
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(i * 7);
    snprintf(folder, sizeof folder, "%s", t_tmp(t, "bulk"));
    CHECK_OK(tomo_dataset_new_as(t->ctx, &ds, D_BIG, &t->err));
    CHECK_OK(tomo_dataset_set_bytes(ds, "PixelData", TOMO_VR('O', 'W'), pixels, sizeof pixels, &t->err));
    w.bulk_folder = folder;
    CHECK_OK(tomo_dataset_to_json(t->ctx, &json, ds, &w, &t->err));
    CHECK_STR(tomo_buffer_data(json), "{\"7FE00010\":{\"vr\":\"OW\",\"BulkDataURI\":\"bulk/7FE00010.bin\"}}");
    CHECK_FAILS(from_json(t, &again, tomo_buffer_data(json), NULL), TOMO_E_DENIED);
    *strrchr(folder, '/') = 0;
    r.bulk_folder = folder;
    CHECK_OK(from_json(t, &again, tomo_buffer_data(json), &r));
    CHECK_OK(tomo_dataset_find(again, "PixelData", &e, &t->err));
    CHECK(e.length == sizeof pixels && e.value == NULL); /* it stays in its file until it is written */
    CHECK_OK(tomo_dataset_write_buffer(t->ctx, again, &file, NULL, &t->err));
    tomo_dataset_free(again);
    again = NULL;
    CHECK_OK(d_open(t, &again, tomo_buffer_data(file), tomo_buffer_size(file), NULL, NULL));
    CHECK_OK(tomo_dataset_find(again, "PixelData", &e, &t->err));
    CHECK(e.length == sizeof pixels && memcmp(e.value, pixels, sizeof pixels) == 0);
    tomo_dataset_free(again);
    tomo_dataset_free(ds);
    tomo_buffer_free(json);
    tomo_buffer_free(file);
}

TEST(bulk_data_stay_below_their_folder)
{
    static const char *const uris[] = { "/etc/passwd", "file:///etc/passwd", "http://x/y", "../x",
                                        "a/../../x",   "%2e%2e/x",           "a/%2E./x",   "\\\\x\\y" };
    tomo_untext_options r = TOMO_UNTEXT_OPTIONS_INIT;
    char json[200];
    r.bulk_folder = "/tmp";
    for (size_t i = 0; i < sizeof uris / sizeof *uris; i++) {
        tomo_dataset *ds = NULL;
        snprintf(json, sizeof json, "{\"7FE00010\":{\"vr\":\"OW\",\"BulkDataURI\":\"%s\"}}", uris[i]);
        tomo_status st = from_json(t, &ds, json, &r);
        if (st != TOMO_E_DENIED && !(i == 6 || i == 7))
            print_error("%s: %d\n", uris[i], st);
        CHECK(st == TOMO_E_DENIED || st == TOMO_E_NOTFOUND || st == TOMO_E_FORMAT);
    }
}

/* A link below the folder may lead anywhere; what it leads to is not read, whether it is a file or on the way. */
TEST(bulk_data_follow_no_links)
{
    static const char *const uris[] = { "file", "folder/secret", "./file" };
    tomo_untext_options r = TOMO_UNTEXT_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    char bulk[400], secret[400], path[500], json[500];
    snprintf(bulk, sizeof bulk, "%s", t_tmp(t, "bulk"));
    snprintf(secret, sizeof secret, "%s", t_tmp(t, "elsewhere"));
    CHECK(mkdir(bulk, 0777) == 0 && mkdir(secret, 0777) == 0);
    snprintf(path, sizeof path, "%s/secret", secret);
    FILE *f = fopen(path, "wb");
    CHECK(f && fwrite("abcd", 4, 1, f) == 1 && fclose(f) == 0);
    snprintf(json, sizeof json, "%s/file", bulk);
    CHECK(symlink(path, json) == 0);
    snprintf(json, sizeof json, "%s/folder", bulk);
    CHECK(symlink(secret, json) == 0);
    r.bulk_folder = bulk;
    for (size_t i = 0; i < sizeof uris / sizeof *uris; i++) {
        snprintf(json, sizeof json, "{\"7FE00010\":{\"vr\":\"OW\",\"BulkDataURI\":\"%s\"}}", uris[i]);
        CHECK_FAILS(from_json(t, &ds, json, &r), TOMO_E_DENIED);
    }
    r.bulk_folder = secret;
    CHECK_OK(from_json(t, &ds, "{\"7FE00010\":{\"vr\":\"OW\",\"BulkDataURI\":\".//secret\"}}", &r));
    tomo_dataset_free(ds);
}

/* Fragments by URI or inline need a transfer syntax that has them, and the other way round. */
TEST(fragments_need_their_syntax)
{
    static const char json[] = "{\"7FE00010\":{\"vr\":\"OB\",\"InlineBinary\":\"/v8A4AAAAAD+/wDgBAAAAAECAwQ=\"}}";
    tomo_untext_options r = TOMO_UNTEXT_OPTIONS_INIT;
    tomo_dataset *ds = NULL, *again = NULL;
    tomo_buffer *file = NULL;
    tomo_element e;
    CHECK_FAILS(from_json(t, &ds, json, NULL), TOMO_E_FORMAT);
    r.syntax = "1.2.840.10008.1.2.5";
    CHECK_OK(from_json(t, &ds, json, &r));
    CHECK_OK(tomo_dataset_find(ds, "PixelData", &e, &t->err));
    CHECK(e.encapsulated && e.items == 2);
    CHECK_OK(tomo_dataset_write_buffer(t->ctx, ds, &file, NULL, &t->err));
    CHECK_OK(d_open(t, &again, tomo_buffer_data(file), tomo_buffer_size(file), NULL, NULL));
    CHECK_STR(tomo_dataset_syntax(again), "1.2.840.10008.1.2.5");
    CHECK_OK(tomo_dataset_find(again, "PixelData", &e, &t->err));
    CHECK(e.encapsulated && e.items == 2 && e.length == 20);
    tomo_dataset_free(again);
    tomo_dataset_free(ds);
    ds = NULL;
    CHECK_FAILS(from_json(t, &ds, "{\"7FE00010\":{\"vr\":\"OB\",\"InlineBinary\":\"AAAA\"}}", &r), TOMO_E_FORMAT);
    tomo_buffer_free(file);
}

/* ---- XML --------------------------------------------------------------------------------------------------------- */

TEST(xml_of_every_kind)
{
    tomo_dataset *ds = NULL, *again = NULL;
    tomo_buffer *xml = NULL;
    size_t count = 9;
    CHECK_OK(from_json(t, &ds, every_kind, NULL));
    CHECK_OK(tomo_dataset_set(ds, "PatientComments", "a <b> & \"c\"\r\nd", &t->err));
    CHECK_OK(tomo_dataset_to_xml(t->ctx, &xml, ds, NULL, NULL, &t->err));
    CHECK(strstr(tomo_buffer_data(xml), "<NativeDicomModel xmlns=\"http://dicom.nema.org/PS3.19/models/NativeDICOM\""));
    CHECK(strstr(tomo_buffer_data(xml), "<DicomAttribute tag=\"00090002\" vr=\"UN\" privateCreator=\"Vendor A\">"));
    CHECK(strstr(tomo_buffer_data(xml), "a &lt;b&gt; &amp; &quot;c&quot;&#13;\nd"));
    CHECK(strstr(tomo_buffer_data(xml), "<FamilyName>Wang</FamilyName>"));
    CHECK_OK(tomo_dataset_from_xml(t->ctx, &again, tomo_buffer_data(xml), tomo_buffer_size(xml), NULL, NULL, &t->err));
    CHECK_OK(tomo_dataset_diff(t->ctx, &count, ds, again, NULL, NULL, NULL, &t->err));
    CHECK_INT(count, 0);
    tomo_buffer_free(xml);
    tomo_dataset_free(again);
    tomo_dataset_free(ds);
}

TEST(xml_as_others_write_it)
{
    tomo_dataset *ds = NULL;
    static const char text[] =
        "<?xml version='1.0' encoding='utf-8'?><!-- a --><d:NativeDicomModel xmlns:d='x'>\r\n"
        "<d:DicomAttribute keyword='PatientID' vr='LO' tag='00100020'><d:Value number='1'>a&#x20;<![CDATA[<b>]]>&lt;"
        "</d:Value></d:DicomAttribute>"
        "<d:DicomAttribute tag='00080061' vr='CS'><d:Value number='2'>MR</d:Value></d:DicomAttribute>"
        "<d:DicomAttribute tag='00291001' vr='LO' privateCreator='C'><d:Value number='1'>x</d:Value></d:DicomAttribute>"
        "<d:DicomAttribute tag='00310001' vr='LO' privateCreator='D'><d:Value>y</d:Value></d:DicomAttribute>"
        "<d:DicomAttribute tag='00100010' vr='PN'><d:PersonName number='1'><d:Ideographic><d:GivenName>g</d:GivenName>"
        "</d:Ideographic></d:PersonName></d:DicomAttribute>"
        "<d:DicomAttribute tag='00104000' vr='LT'/></d:NativeDicomModel>\n<!-- b -->";
    CHECK_OK(tomo_dataset_from_xml(t->ctx, &ds, text, strlen(text), NULL, NULL, &t->err));
    CHECK_STR(d_get(ds, 0x00100020), "a <b><");
    CHECK_STR(d_get(ds, 0x00080061), "\\MR");
    CHECK_STR(d_get(ds, 0x00291001), "x");
    CHECK_STR(d_get(ds, 0x00310010), "D"); /* a block was reserved */
    CHECK_STR(d_get(ds, 0x00311001), "y");
    CHECK_STR(d_get(ds, 0x00100010), "=^g");
    CHECK_STR(d_get(ds, 0x00104000), "");
    tomo_dataset_free(ds);
}

TEST(xml_that_is_refused)
{
    static const char *const inner[] = {
        "x",
        "<Value/>",
        "<DicomAttribute/>",
        "<DicomAttribute tag=\"00100020\"/>",
        "<DicomAttribute tag=\"1\" vr=\"LO\"/>",
        "<DicomAttribute tag=\"00100020\" vr=\"ZZ\"/>",
        "<DicomAttribute tag=\"00100020\" vr=\"LO\">x</DicomAttribute>",
        "<DicomAttribute tag=\"00100020\" vr=\"LO\"><Value>&nbsp;</Value></DicomAttribute>",
        "<DicomAttribute tag=\"00100020\" vr=\"LO\"><Value>&#0;</Value></DicomAttribute>",
        "<DicomAttribute tag=\"00100020\" vr=\"LO\"><Value>\001</Value></DicomAttribute>",
        "<DicomAttribute tag=\"00100020\" vr=\"LO\"><Value>\377</Value></DicomAttribute>",
        "<DicomAttribute tag=\"00100020\" vr=\"LO\"><Value></DicomAttribute></Value>",
        "<DicomAttribute tag=\"00100020\" vr=\"LO\"><Value number=\"2\">a</Value><Value "
        "number=\"1\">b</Value></DicomAttribute>",
        "<DicomAttribute tag=\"00100020\" vr=\"LO\"><Value number=\"4000000000\">a</Value></DicomAttribute>",
        "<DicomAttribute tag=\"00100020\" vr=\"LO\"><Item/></DicomAttribute>",
        "<DicomAttribute tag=\"00100020\" vr=\"LO\" vr=\"LO\"/>",
        "<DicomAttribute tag=\"00100020\" vr=\"LO\"/><DicomAttribute tag=\"00100020\" vr=\"LO\"/>",
        "<DicomAttribute tag=\"00081115\" vr=\"SQ\"><Value>1</Value></DicomAttribute>",
        "<DicomAttribute tag=\"7FE00010\" vr=\"OW\"><BulkData/></DicomAttribute>",
        "<DicomAttribute tag=\"00100010\" "
        "vr=\"PN\"><PersonName><Alphabetic><GivenName/><FamilyName/></Alphabetic></PersonName></DicomAttribute>",
        "<DicomAttribute tag=\"00100010\" "
        "vr=\"PN\"><PersonName><Alphabetic><FamilyName>a^b</FamilyName></Alphabetic></PersonName></DicomAttribute>",
    };
    tomo_dataset *ds = NULL;
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++) {
        tomo_status st = from_xml(t, &ds, inner[i]);
        if (st != TOMO_E_FORMAT)
            print_error("%d: %s\n", st, inner[i]);
        CHECK_INT(st, TOMO_E_FORMAT);
        CHECK(!ds);
    }
}

/* No DTD, so nothing to expand and nothing to fetch. */
TEST(xml_expands_nothing)
{
    static const char *const texts[] = {
        "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><NativeDicomModel/>",
        "<!DOCTYPE NativeDicomModel SYSTEM \"http://x/y.dtd\"><NativeDicomModel/>",
        "<NativeDicomModel>&a;</NativeDicomModel>",
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?><NativeDicomModel/>",
        "<NativeDicomModel/><NativeDicomModel/>",
        "<x/>",
        "",
    };
    tomo_dataset *ds = NULL;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        CHECK_FAILS(tomo_dataset_from_xml(t->ctx, &ds, texts[i], strlen(texts[i]), NULL, NULL, &t->err), TOMO_E_FORMAT);
}

TEST(text_survives_lost_memory)
{
    tomo_dataset *ds = NULL;
    tomo_buffer *xml = NULL;
    CHECK_OK(from_json(t, &ds, every_kind, NULL));
    CHECK_OK(tomo_dataset_to_xml(t->ctx, &xml, ds, NULL, NULL, &t->err));
    FAIL_EACH_ALLOC(t)
    {
        tomo_dataset *a = NULL, *b = NULL;
        tomo_buffer *json = NULL;
        size_t n;
        if (from_json(t, &a, every_kind, NULL) == TOMO_OK &&
            tomo_dataset_from_xml(t->ctx, &b, tomo_buffer_data(xml), tomo_buffer_size(xml), NULL, NULL, &t->err) ==
                TOMO_OK &&
            tomo_dataset_to_json(t->ctx, &json, b, NULL, &t->err) == TOMO_OK)
            tomo_dataset_diff(t->ctx, &n, a, b, NULL, NULL, NULL, &t->err);
        tomo_buffer_free(json);
        tomo_dataset_free(a);
        tomo_dataset_free(b);
    }
    tomo_buffer_free(xml);
    tomo_dataset_free(ds);
}

/* ---- differences ------------------------------------------------------------------------------------------------- */

static bool list(void *user, const tomo_difference *d)
{
    char *all = user;
    snprintf(all + strlen(all), 2000 - strlen(all), "%d %s %s %s|%s;", d->kind, d->path, d->name, d->a, d->b);
    return true;
}

TEST(differences_are_named)
{
    tomo_dataset *a = NULL, *b = NULL;
    tomo_diff_options o = TOMO_DIFF_OPTIONS_INIT;
    const tomo_tag ignored[] = { 0x00081115 };
    char all[2000] = "";
    size_t n = 0;
    CHECK_OK(
        from_json(t, &a,
                  "{\"00100010\":{\"vr\":\"PN\",\"Value\":[{\"Alphabetic\":\"A\"}]},"
                  "\"00100020\":{\"vr\":\"LO\",\"Value\":[\"1\"]},\"00280010\":{\"vr\":\"US\",\"Value\":[2]},"
                  "\"00081115\":{\"vr\":\"SQ\",\"Value\":[{\"0020000E\":{\"vr\":\"UI\",\"Value\":[\"1.2\"]}},{}]}}",
                  NULL));
    CHECK_OK(from_json(t, &b,
                       "{\"00100010\":{\"vr\":\"PN\",\"Value\":[{\"Alphabetic\":\"A \"}]},"
                       "\"00100030\":{\"vr\":\"DA\"},\"00280010\":{\"vr\":\"SS\",\"Value\":[2]},"
                       "\"00081115\":{\"vr\":\"SQ\",\"Value\":[{\"0020000E\":{\"vr\":\"UI\",\"Value\":[\"1.3\"]}}]}}",
                       NULL));
    CHECK_OK(tomo_dataset_diff(t->ctx, &n, a, b, NULL, list, all, &t->err));
    CHECK_STR(all, "5 00081115 ReferencedSeriesSequence 2 items|1 items;"
                   "4 00081115[0].0020000E SeriesInstanceUID 1.2|1.3;1 00100020 PatientID 1|;"
                   "2 00100030 PatientBirthDate |;3 00280010 Rows 2|2;");
    CHECK_INT(n, 5);
    o.ignore = ignored;
    o.n_ignore = 1;
    o.ignore_vr = true;
    CHECK_OK(tomo_dataset_diff(t->ctx, &n, a, b, &o, NULL, NULL, &t->err));
    CHECK_INT(n, 2);
    CHECK_OK(tomo_dataset_diff(t->ctx, &n, a, a, NULL, NULL, NULL, &t->err));
    CHECK_INT(n, 0);
    tomo_dataset_free(a);
    tomo_dataset_free(b);
}

/* The same words in both byte orders, the same text in two character sets. */
TEST(coding_is_no_difference)
{
    static d_bytes d[2];
    tomo_dataset *ds[2] = { NULL, NULL };
    size_t n = 9;
    for (int i = 0; i < 2; i++) {
        d_meta(&d[i], i ? D_BIG : D_EXPLICIT, i ? 'b' : 'e');
        d_text(&d[i], 0x00080005, "CS", i ? "ISO_IR 100" : "ISO_IR 192");
        d_text(&d[i], 0x00100010, "PN", i ? "J\351" : "J\303\251");
        d_us(&d[i], 0x00280010, 513);
        d_head(&d[i], 0x7fe00010, "OW", 4);
        d_num(&d[i], 0x0102, 2);
        d_num(&d[i], 0x0304, 2);
        CHECK_OK(d_open(t, &ds[i], d[i].b, d[i].n, NULL, NULL));
    }
    tomo_diff_options o = TOMO_DIFF_OPTIONS_INIT;
    const tomo_tag charset = 0x00080005;
    o.ignore_meta = true;
    o.ignore = &charset;
    o.n_ignore = 1;
    CHECK_OK(tomo_dataset_diff(t->ctx, &n, ds[0], ds[1], &o, NULL, NULL, &t->err));
    CHECK_INT(n, 0);
    tomo_dataset_free(ds[0]);
    tomo_dataset_free(ds[1]);
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

TEST(what_a_terminal_obeys_does_not_leave_a_file) /* found by damaged files: in tables and names of private creators */
{
    static const char *const columns[] = { "PatientID", NULL };
    char folder[300], path[400];
    tomo_dataset *ds = NULL;
    tomo_buffer *out = NULL;
    tomo_table_options o = TOMO_TABLE_OPTIONS_INIT;
    snprintf(folder, sizeof folder, "%s", t_tmp(t, "table"));
    CHECK_INT(mkdir(folder, 0777), 0);
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "SOPInstanceUID", "1.2.3", &t->err));
    CHECK_OK(tomo_dataset_set_bytes(ds, "PatientID", TOMO_VR('L', 'O'),
                                    "a\x01"
                                    "b\x7f\rc",
                                    6, &t->err));
    CHECK_OK(tomo_dataset_set_bytes(ds, "00290010", TOMO_VR('L', 'O'),
                                    "A\xc8\xf7"
                                    "B",
                                    4, &t->err));
    CHECK_OK(tomo_dataset_set_bytes(ds, "00291001", TOMO_VR('S', 'H'), "x ", 2, &t->err));
    snprintf(path, sizeof path, "%s/a.dcm", folder);
    CHECK_OK(tomo_dataset_write(t->ctx, ds, path, NULL, &t->err));
    for (int tsv = 0; tsv < 2; tsv++) {
        o.no_header = true;
        o.tsv = tsv;
        CHECK_OK(tomo_dicom_table(t->ctx, &out, folder, columns, &o, NULL, NULL, &t->err));
        CHECK_STR(tomo_buffer_data(out), tsv ? "a.dcm\ta\\x01b\\x7f\\rc\n" : "a.dcm,\"a\\x01b\\x7f\\x0dc\"\r\n");
        tomo_buffer_free(out);
        out = NULL;
    }
    CHECK_OK(tomo_dataset_to_xml(t->ctx, &out, ds, NULL, NULL, &t->err));
    CHECK(strstr(tomo_buffer_data(out), "privateCreator=\"A\xef\xbf\xbd\xef\xbf\xbd"
                                        "B\""));
    tomo_buffer_free(out);
    tomo_dataset_free(ds);
}

TEST(tables_of_a_folder)
{
    static const char *const columns[] = { "PatientID", "ReferencedSeriesSequence[0].SeriesInstanceUID",
                                           "ImageComments", NULL };
    char folder[300], path[400];
    tomo_dataset *ds = NULL;
    tomo_buffer *table = NULL;
    tomo_table_options o = TOMO_TABLE_OPTIONS_INIT;
    FILE *f;
    snprintf(folder, sizeof folder, "%s", t_tmp(t, "table"));
    CHECK_INT(mkdir(folder, 0777), 0);
    CHECK_FAILS(tomo_dicom_table(t->ctx, &table, folder, columns, NULL, NULL, NULL, &t->err), TOMO_E_NOTFOUND);
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "SOPInstanceUID", "1.2.3", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "PatientID", "=cmd|' /C calc'!A0", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "ImageComments", "a, \"b\"\r\nc", &t->err));
    snprintf(path, sizeof path, "%s/b.dcm", folder);
    CHECK_OK(tomo_dataset_write(t->ctx, ds, path, NULL, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "PatientID", "-5.5", &t->err)); /* a number is no formula */
    CHECK_OK(tomo_dataset_set(ds, "ReferencedSeriesSequence[0].SeriesInstanceUID", "1.9", &t->err));
    CHECK_OK(tomo_dataset_delete(ds, "ImageComments", &t->err));
    snprintf(path, sizeof path, "%s/a.dcm", folder);
    CHECK_OK(tomo_dataset_write(t->ctx, ds, path, NULL, &t->err));
    snprintf(path, sizeof path, "%s/readme.txt", folder);
    f = fopen(path, "w");
    fputs("not DICOM", f);
    fclose(f);
    CHECK_OK(tomo_dicom_table(t->ctx, &table, folder, columns, NULL, NULL, NULL, &t->err));
    CHECK_STR(tomo_buffer_data(table), "File,PatientID,ReferencedSeriesSequence[0].SeriesInstanceUID,ImageComments\r\n"
                                       "a.dcm,-5.5,1.9,\r\n"
                                       "b.dcm,\"'=cmd|' /C calc'!A0\",,\"a, \"\"b\"\"\r\nc\"\r\n");
    tomo_buffer_free(table);
    table = NULL;
    o.tsv = o.no_header = true;
    CHECK_OK(tomo_dicom_table(t->ctx, &table, folder, columns, &o, NULL, NULL, &t->err));
    CHECK_STR(tomo_buffer_data(table), "a.dcm\t-5.5\t1.9\t\nb.dcm\t=cmd|' /C calc'!A0\t\ta, \"b\"\\r\\nc\n");
    tomo_buffer_free(table);
    tomo_dataset_free(ds);
    static const char *const wrong[] = { "NoSuchKeyword", NULL };
    CHECK_FAILS(tomo_dicom_table(t->ctx, &table, folder, wrong, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
}

/* Any order is read, but a text can't make reading take the square of its size. */
TEST(order_of_text)
{
    tomo_dataset *ds = NULL;
    const int most = 60000;
    char *json = malloc((size_t)most * 40 + 10), *at = json;
    CHECK(json != NULL);
    for (int n = 300; n <= most; n += most - 300) {
        at = json;
        for (int i = n; i > 0; i--)
            at += sprintf(at, "%c\"%08X\":{\"vr\":\"LO\"}", i == n ? '{' : ',', 0x00091000 + i);
        strcpy(at, "}");
        if (n == 300) {
            CHECK_OK(from_json(t, &ds, json, NULL));
            CHECK_INT(tomo_dataset_count(ds), 300);
            tomo_dataset_free(ds);
            ds = NULL;
        } else {
            CHECK_FAILS(from_json(t, &ds, json, NULL), TOMO_E_LIMIT);
        }
    }
    free(json);
}
