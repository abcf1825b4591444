/* test_report.c - both forms say what the document says, escape what the study says, and carry the notice. */
#include <jansson.h>
#include <math.h>
#include <tomo/codec.h>
#include <tomo/report.h>

#include "t.h"

static const char evil[] = "<script>alert('x')</script> & \"q\" \x1b[31m\xff";

static tomo_report_doc sample(tomo_report_structure *s, tomo_finding *f, tomo_report_field *field)
{
    static const char *const remarks[] = { evil };
    tomo_report_doc doc = { sizeof doc };
    *s = (tomo_report_structure){ .name = "bones",
                                  .code = "272673000",
                                  .color = { 240, 230, 200, 255 },
                                  .present = true,
                                  .confidence = 0.9,
                                  .note = evil,
                                  .volume_ml = 912.34,
                                  .mean = 640,
                                  .std = 310,
                                  .min = 200,
                                  .max = 2900,
                                  .longest_mm = 251,
                                  .center = { 1, 2, 3 },
                                  .surface_cm2 = 1234,
                                  .triangles = 4,
                                  .closed = true,
                                  .mesh_file = "bones.stl" };
    memset(f, 0, sizeof *f);
    snprintf(f->site, sizeof f->site, "%s", evil);
    f->value = 0.98, f->confidence = NAN;
    *field = (tomo_report_field){ "patientName", "Patient", evil };
    doc.title = evil;
    doc.unit = "HU";
    doc.fields = field, doc.n_fields = 1;
    doc.structures = s, doc.n_structures = 1;
    doc.findings = f, doc.n_findings = 1;
    doc.remarks = remarks, doc.n_remarks = 1;
    doc.provenance = "{\"version\": \"x\"}";
    return doc;
}

TEST(json_reads_back)
{
    tomo_report_structure s;
    tomo_finding f;
    tomo_report_field field;
    tomo_report_doc doc = sample(&s, &f, &field);
    tomo_buffer *out = NULL;
    CHECK_OK(tomo_report_json(t->ctx, &out, &doc, &t->err));
    json_t *root = json_loads(tomo_buffer_data(out), 0, NULL);
    CHECK(root != NULL);
    json_t *bones = json_array_get(json_object_get(root, "structures"), 0);
    CHECK_NEAR(json_number_value(json_object_get(bones, "volumeMl")), 912.34, 0);
    CHECK_STR(json_string_value(json_object_get(bones, "meshFile")), "bones.stl");
    CHECK_STR(json_string_value(json_object_get(root, "notice")), tomo_report_notice());
    CHECK(strstr(json_string_value(json_object_get(json_object_get(root, "study"), "patientName")), "<script>") !=
          NULL);
    CHECK_STR(json_string_value(json_object_get(json_object_get(root, "provenance"), "version")), "x");
    json_t *finding = json_array_get(json_object_get(root, "findings"), 0);
    CHECK_NEAR(json_number_value(json_object_get(finding, "value")), 0.98, 0);
    CHECK(json_object_get(finding, "confidence") == NULL); /* not estimated: left out, not invented */
    json_decref(root);
    tomo_buffer_free(out);
}

TEST(page_holds_no_markup_of_the_study)
{
    tomo_report_structure s;
    tomo_finding f;
    tomo_report_field field;
    tomo_report_doc doc = sample(&s, &f, &field);
    tomo_buffer *out = NULL;
    CHECK_OK(tomo_report_html(t->ctx, &out, &doc, &t->err));
    const char *page = tomo_buffer_data(out);
    CHECK(strstr(page, "<script") == NULL);
    CHECK(strstr(page, "&lt;script&gt;") != NULL);
    CHECK(strchr(page, '\x1b') == NULL && strchr(page, '\xff') == NULL);
    CHECK(strstr(page, "Research use only") != NULL);
    CHECK(strstr(page, "912.3") != NULL && strstr(page, "watertight") != NULL);
    CHECK(strstr(page, "default-src 'none'") != NULL);
    CHECK(strstr(page, "http://") == NULL && strstr(page, "https://") == NULL); /* nothing is fetched */
    tomo_buffer_free(out);
}

/* Tables scroll inside their box, or stand as lines on narrow screens, each value with its column's name. */
TEST(page_fits_narrow_screens_and_begins_with_findings)
{
    tomo_report_structure s;
    tomo_finding f;
    tomo_report_field field;
    tomo_report_doc doc = sample(&s, &f, &field);
    tomo_buffer *out = NULL;
    int tables = 0, boxes = 0;
    CHECK_OK(tomo_report_html(t->ctx, &out, &doc, &t->err));
    const char *page = tomo_buffer_data(out);
    for (const char *at = page; (at = strstr(at, "<table>")) != NULL; at++)
        tables++;
    for (const char *at = page; (at = strstr(at, "<div class=scroll><table>")) != NULL; at++)
        boxes++;
    CHECK_INT(tables, 2);
    CHECK_INT(boxes, tables);
    CHECK(strstr(page, "<td class=n data-l=\"Volume, ml\">912.3") && strstr(page, "max-width:640px"));
    CHECK(strstr(page, "<h2>Findings") < strstr(page, "<h2>Structures"));
    tomo_buffer_free(out);
}

/* RFC 4648 section 10, and bytes of every remainder by three. */
TEST(pictures_are_inside_the_page)
{
    static const char *const bytes[] = { "f", "fo", "foo", "foob", "fooba", "foobar" };
    static const char *const base64[] = { "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
    for (int i = 0; i < 6; i++) {
        tomo_report_picture p = { "a.png", "A", "caption", bytes[i], strlen(bytes[i]) };
        tomo_report_doc doc = { sizeof doc };
        tomo_buffer *out = NULL;
        char want[80];
        doc.title = "t";
        doc.pictures = &p, doc.n_pictures = 1;
        CHECK_OK(tomo_report_html(t->ctx, &out, &doc, &t->err));
        snprintf(want, sizeof want, "data:image/png;base64,%s\"", base64[i]);
        CHECK(strstr(tomo_buffer_data(out), want) != NULL);
        tomo_buffer_free(out);
    }
}

TEST(missing_pieces_are_refused)
{
    tomo_report_doc doc = { sizeof doc };
    tomo_buffer *out = NULL;
    CHECK_FAILS(tomo_report_json(t->ctx, &out, &doc, &t->err), TOMO_E_ARG); /* no title */
    doc.title = "t";
    doc.n_fields = 1;
    CHECK_FAILS(tomo_report_html(t->ctx, &out, &doc, &t->err), TOMO_E_ARG);
    doc.n_fields = 0;
    doc.struct_size = 3;
    CHECK_FAILS(tomo_report_html(t->ctx, &out, &doc, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
}

TEST(survives_lost_memory)
{
    tomo_report_structure s;
    tomo_finding f;
    tomo_report_field field;
    tomo_report_doc doc = sample(&s, &f, &field);
    FAIL_EACH_ALLOC(t)
    {
        tomo_buffer *a = NULL, *b = NULL;
        tomo_status st = tomo_report_json(t->ctx, &a, &doc, &t->err);
        if (st == TOMO_OK)
            st = tomo_report_html(t->ctx, &b, &doc, &t->err);
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        tomo_buffer_free(a);
        tomo_buffer_free(b);
    }
}
