/* test_object.c - what all objects share: the modules of PS3.3 C.7 and C.12.1, and kinds by SOP class. */
#include <tomo/object.h>

#include "../t.h"
#include "object/object_internal.h"

#define SEG "1.2.840.10008.5.1.4.1.1.66.4"

static void check_text(const tomo_dataset *ds, tomo_tag tag, const char *want)
{
    char text[128];
    CHECK(tomo_dataset_text(ds, tag, SIZE_MAX, text, sizeof text) == (int64_t)strlen(want));
    CHECK_STR(text, want);
}

static tomo_dataset *model(t_state *t)
{
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "SpecificCharacterSet", "ISO_IR 100", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "PatientName", "M\xC3\xBCller^Eva", &t->err)); /* UTF-8 in, Latin 1 kept */
    CHECK_OK(tomo_dataset_set(ds, "PatientID", "4711", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "StudyInstanceUID", "1.2.3", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "StudyDate", "20250102", &t->err));
    return ds;
}

TEST(begins_with_the_models_patient_and_study)
{
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    tomo_dataset *like = model(t), *ds = NULL;
    o.like = like;
    o.seed = "s";
    o.when = "20261126213000";
    CHECK_OK(tomo__object_begin(t->ctx, &ds, SEG, "SEG", &o, &t->err));
    check_text(ds, 0x00100010, "M\xC3\xBCller^Eva");
    check_text(ds, 0x00080005, "ISO_IR 192");
    check_text(ds, 0x0020000D, "1.2.3");
    check_text(ds, 0x00080016, SEG);
    check_text(ds, 0x00080023, "20261126");
    check_text(ds, 0x00080033, "213000");
    check_text(ds, 0x00100040, ""); /* Type 2: there, empty */
    tomo_dataset_free(ds);
    tomo_dataset_free(like);
}

TEST(a_seed_repeats_the_uids)
{
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    char first[65], again[65], other[65], random[65];
    o.seed = "a";
    CHECK_OK(tomo__object_uid(first, &o, "x", &t->err));
    CHECK_OK(tomo__object_uid(again, &o, "x", &t->err));
    CHECK_OK(tomo__object_uid(other, &o, "y", &t->err));
    CHECK_OK(tomo__object_uid(random, NULL, "x", &t->err));
    CHECK_STR(first, again);
    CHECK(strcmp(first, other) != 0 && strcmp(first, random) != 0);
}

TEST(refuses_what_is_not_a_time)
{
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    o.when = "tomorrow";
    CHECK_FAILS(tomo__object_begin(t->ctx, &ds, SEG, "SEG", &o, &t->err), TOMO_E_ARG);
    o.when = "20261399000000"; /* no such month */
    CHECK_FAILS(tomo__object_begin(t->ctx, &ds, SEG, "SEG", &o, &t->err), TOMO_E_ARG);
    CHECK(ds == NULL);
}

TEST(a_value_that_breaks_its_vr_is_copied_as_it_is)
{
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    tomo_dataset *like = model(t), *ds = NULL;
    const char *id = "SEVENTEEN_LETTERS";
    CHECK_FAILS(tomo_dataset_set(like, "StudyID", id, &t->err), TOMO_E_ARG);
    CHECK_OK(tomo_dataset_set_bytes(like, "StudyID", TOMO_VR('S', 'H'), id, strlen(id), &t->err));
    o.like = like;
    CHECK_OK(tomo_report_new(t->ctx, &o.report, &t->err));
    CHECK_OK(tomo__object_begin(t->ctx, &ds, SEG, "SEG", &o, &t->err));
    check_text(ds, 0x00200010, id);
    CHECK_INT(tomo_report_count(o.report), 1);
    CHECK(strstr(tomo_report_text(o.report, 0), "(0020,0010) of the model is copied as it is"));
    tomo_report_free(o.report);
    tomo_dataset_free(ds);
    tomo_dataset_free(like);
}

/* What names nobody is not passed on: a date of no day, an age in words, a sex that no term is. */
TEST(a_date_that_is_none_is_left_out)
{
    static const struct {
        const char *keyword, *vr, *text;
        tomo_tag tag;
        const char *left; /* NULL: not there at all */
    } wrong[] = { { "StudyDate", "DA", "2026-11-27", 0x00080020, "" },
                  { "StudyTime", "TM", "noon", 0x00080030, "" },
                  { "PatientSex", "CS", "female", 0x00100040, "" },
                  { "PatientAge", "AS", "forty", 0x00101010, NULL },
                  { "PatientWeight", "DS", "70 kg", 0x00101030, NULL } };
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    tomo_dataset *like = model(t), *ds = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        CHECK_OK(tomo_dataset_set_bytes(like, wrong[i].keyword, TOMO_VR(wrong[i].vr[0], wrong[i].vr[1]), wrong[i].text,
                                        strlen(wrong[i].text), &t->err));
    o.like = like;
    CHECK_OK(tomo_report_new(t->ctx, &o.report, &t->err));
    CHECK_OK(tomo__object_begin(t->ctx, &ds, SEG, "SEG", &o, &t->err));
    CHECK_INT(tomo_report_count(o.report), sizeof wrong / sizeof wrong[0]);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[40] = "";
        CHECK(strstr(tomo_report_text(o.report, i), "of the model is left out"));
        CHECK_INT(tomo_dataset_text(ds, wrong[i].tag, SIZE_MAX, text, sizeof text) >= 0, wrong[i].left != NULL);
        CHECK_STR(text, "");
    }
    tomo_report_free(o.report);
    tomo_dataset_free(ds);
    tomo_dataset_free(like);
}

TEST(lost_memory_is_said)
{
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    tomo_dataset *like = model(t);
    o.like = like;
    FAIL_EACH_ALLOC(t)
    {
        tomo_dataset *ds = NULL;
        if (tomo__object_begin(t->ctx, &ds, SEG, "SEG", &o, &t->err) == TOMO_OK)
            tomo_dataset_free(ds);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
    }
    tomo_dataset_free(like);
}

TEST(a_plain_image_is_no_object)
{
    tomo_dataset *ds = NULL;
    tomo_buffer *json = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK(tomo_object_kind_of(ds) == NULL);
    CHECK_OK(tomo_dataset_set(ds, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.2", &t->err));
    CHECK(tomo_object_kind_of(ds) == NULL);
    CHECK_FAILS(tomo_object_json(t->ctx, &json, ds, &t->err), TOMO_E_UNSUPPORTED);
    CHECK(strstr(t->err.message, "CT Image Storage"));
    tomo_dataset_free(ds);
}
