/* test_names_times.c - names of people (PS3.5 6.2.1), DA, TM and DT with ranges and zones (PS3.5 6.2, PS3.4 C.2.2.2.5),
 * numbers as DS. Expected values are the standard's examples, or counted by `date -u` where it is said. */
#include "d.h"

#include <math.h>
#include <tomo/dicom_text.h>

#define VR_(s) TOMO_VR(s[0], s[1])

/* The examples of PS3.5 6.2.1.1. */
TEST(names_of_the_standard)
{
    static const struct {
        const char *text, *family, *given, *middle, *prefix, *suffix;
    } rows[] = {
        { "Adams^John Robert Quincy^^Rev.^B.A. M.Div.", "Adams", "John Robert Quincy", "", "Rev.", "B.A. M.Div." },
        { "Morrison-Jones^Susan^^^Ph.D., Chief Executive Officer", "Morrison-Jones", "Susan", "", "",
          "Ph.D., Chief Executive Officer" },
        { "Doe^John", "Doe", "John", "", "", "" },
        { "Smith^Fluffy", "Smith", "Fluffy", "", "", "" },
        { "ABC Farms^Running on Water", "ABC Farms", "Running on Water", "", "", "" },
    };
    char back[400];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tomo_name n;
        CHECK_OK(tomo_name_parse(&n, rows[i].text, &t->err));
        CHECK_STR(n.alphabetic.family, rows[i].family);
        CHECK_STR(n.alphabetic.given, rows[i].given);
        CHECK_STR(n.alphabetic.middle, rows[i].middle);
        CHECK_STR(n.alphabetic.prefix, rows[i].prefix);
        CHECK_STR(n.alphabetic.suffix, rows[i].suffix);
        CHECK_INT(tomo_name_format(&n, back, sizeof back, &t->err), strlen(rows[i].text));
        CHECK_STR(back, rows[i].text);
    }
}

TEST(names_of_three_groups)
{
    tomo_name n;
    char back[100];
    CHECK_OK(tomo_name_parse(&n,
                             "Yamada^Tarou=\345\261\261\347\224\260^\345\244\252\351\203\216=\343\202\204\343\201\276"
                             "\343\201\240^\343\201\237\343\202\215\343\201\206 ",
                             &t->err));
    CHECK_STR(n.ideographic.family, "\345\261\261\347\224\260");
    CHECK_STR(n.phonetic.given, "\343\201\237\343\202\215\343\201\206");
    CHECK(tomo_name_format(&n, back, sizeof back, &t->err) > 0);
    CHECK_INT(tomo_name_spoken(&n.alphabetic, back, sizeof back), 12);
    CHECK_STR(back, "Tarou Yamada");
    /* groups and components at the end go, those in between stay */
    CHECK_OK(tomo_name_parse(&n, "Doe^Jane^^^==", &t->err));
    CHECK_INT(tomo_name_format(&n, back, sizeof back, &t->err), 8);
    CHECK_STR(back, "Doe^Jane");
    CHECK_OK(tomo_name_parse(&n, "=\345\261\261^^^Dr.", &t->err));
    CHECK(tomo_name_format(&n, back, sizeof back, &t->err) > 0);
    CHECK_STR(back, "=\345\261\261^^^Dr.");
    CHECK_OK(tomo_name_parse(&n, "", &t->err));
    CHECK_INT(tomo_name_format(&n, back, sizeof back, &t->err), 0);
    CHECK_OK(tomo_name_parse(&n, "Doe^Jane^Q^Dr.^MD", &t->err));
    tomo_name_spoken(&n.alphabetic, back, sizeof back);
    CHECK_STR(back, "Dr. Jane Q Doe, MD");
}

TEST(names_that_are_none)
{
    tomo_name n;
    char long_one[400], back[100];
    CHECK_FAILS(tomo_name_parse(&n, "a^b^c^d^e^f", &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_name_parse(&n, "a=b=c=d", &t->err), TOMO_E_ARG);
    memset(long_one, 'x', sizeof long_one);
    long_one[sizeof long_one - 1] = 0;
    CHECK_FAILS(tomo_name_parse(&n, long_one, &t->err), TOMO_E_ARG);
    long_one[100] = 0;
    CHECK_OK(tomo_name_parse(&n, long_one, &t->err));
    CHECK_INT(tomo_name_format(&n, back, sizeof back, &t->err), TOMO_E_ARG); /* 64 characters a group */
    CHECK_OK(tomo_name_parse(&n, "a", &t->err));
    strcpy(n.alphabetic.given, "x^y");
    CHECK_INT(tomo_name_format(&n, back, sizeof back, &t->err), TOMO_E_ARG);
}

/* ---- dates and times --------------------------------------------------------------------------------------------- */

static void same_back(t_state *t, const char *vr, const char *text)
{
    tomo_when w;
    char back[40];
    CHECK_OK(tomo_when_parse(&w, VR_(vr), text, &t->err));
    CHECK_INT(tomo_when_format(&w, VR_(vr), back, sizeof back, &t->err), strlen(text));
    CHECK_STR(back, text);
}

TEST(times_as_short_as_they_are_known)
{
    tomo_when w;
    static const char *const tm[] = { "10", "1015", "101530", "101530.1", "101530.000021", "235960" };
    static const char *const dt[] = { "1993",
                                      "199308",
                                      "19930822",
                                      "1993082214",
                                      "199308221430",
                                      "19930822143059",
                                      "19930822143059.123456",
                                      "2007-0500",
                                      "20070629+1400",
                                      "19930822143059.5-1200" };
    same_back(t, "DA", "19930822");
    same_back(t, "DA", "20000229");
    for (size_t i = 0; i < sizeof tm / sizeof *tm; i++)
        same_back(t, "TM", tm[i]);
    for (size_t i = 0; i < sizeof dt / sizeof *dt; i++)
        same_back(t, "DT", dt[i]);
    CHECK_OK(tomo_when_parse(&w, VR_("DT"), "20070629142530.25-0530", &t->err));
    CHECK_INT(w.year, 2007);
    CHECK_INT(w.day, 29);
    CHECK_INT(w.second, 30);
    CHECK_INT(w.microsecond, 250000);
    CHECK_INT(w.fraction_digits, 2);
    CHECK_INT(w.zone_minutes, -330);
    CHECK_OK(tomo_when_parse(&w, VR_("TM"), "07", &t->err));
    CHECK(w.year == -1 && w.minute == -1 && w.second == -1 && w.microsecond == -1 && !w.has_zone);
}

TEST(retired_forms)
{
    tomo_when w;
    CHECK_OK(tomo_when_parse(&w, VR_("DA"), "1993.08.22", &t->err));
    CHECK(w.year == 1993 && w.month == 8 && w.day == 22);
    CHECK_OK(tomo_when_parse(&w, VR_("TM"), "07:09:10.5", &t->err));
    CHECK(w.hour == 7 && w.minute == 9 && w.second == 10 && w.microsecond == 500000);
    CHECK_OK(tomo_when_parse(&w, VR_("TM"), "07:09", &t->err));
    CHECK(w.hour == 7 && w.minute == 9 && w.second == -1);
}

TEST(times_that_do_not_exist)
{
    static const struct {
        const char *vr, *text;
    } rows[] = { { "DA", "" },
                 { "DA", "1993" },
                 { "DA", "19930230" },
                 { "DA", "19000229" },
                 { "DA", "19931301" },
                 { "DA", "1993.0822" },
                 { "DA", "93-08-22" },
                 { "TM", "24" },
                 { "TM", "1060" },
                 { "TM", "101561" },
                 { "TM", "1015.5" },
                 { "TM", "101530." },
                 { "TM", "1:15" },
                 { "TM", "101530.1234567" },
                 { "DT", "19930822-0000" },
                 { "DT", "19930822+1401" },
                 { "DT", "19930822-1201" },
                 { "DT", "199308221" },
                 { "DT", "1993082214305912" },
                 { "DT", "20070230" } };
    tomo_when w;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_FAILS(tomo_when_parse(&w, VR_(rows[i].vr), rows[i].text, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_when_parse(&w, VR_("LO"), "1993", &t->err), TOMO_E_ARG);
}

/* PS3.4 C.2.2.2.5: "a-b", "a-", "-b"; in DT the - may also be that of a zone. */
TEST(ranges_of_queries)
{
    tomo_when a, b;
    bool range;
    CHECK_OK(tomo_when_range(&a, &b, &range, VR_("DA"), "20000101-20001231", &t->err));
    CHECK(range && a.month == 1 && b.month == 12);
    CHECK_OK(tomo_when_range(&a, &b, &range, VR_("DA"), "-20001231", &t->err));
    CHECK(range && a.year == -1 && b.year == 2000);
    CHECK_OK(tomo_when_range(&a, &b, &range, VR_("TM"), "1015- ", &t->err));
    CHECK(range && a.minute == 15 && b.hour == -1);
    CHECK_OK(tomo_when_range(&a, &b, &range, VR_("DA"), "20000101", &t->err));
    CHECK(!range && a.day == 1 && b.day == 1);
    CHECK_OK(tomo_when_range(&a, &b, &range, VR_("DT"), "2007-0500", &t->err)); /* a zone: the value as a whole first */
    CHECK(!range && a.has_zone && a.zone_minutes == -300);
    CHECK_OK(tomo_when_range(&a, &b, &range, VR_("DT"), "2007-0500-2008-0500", &t->err));
    CHECK(range && a.year == 2007 && a.zone_minutes == -300 && b.year == 2008 && b.zone_minutes == -300);
    CHECK_OK(tomo_when_range(&a, &b, &range, VR_("DT"), "20070101-20080101", &t->err));
    CHECK(range && a.year == 2007 && b.year == 2008 && !a.has_zone);
    CHECK_FAILS(tomo_when_range(&a, &b, &range, VR_("DA"), "-", &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_when_range(&a, &b, &range, VR_("DA"), "20000101-20001301", &t->err), TOMO_E_ARG);
}

/* date -u -d '2007-06-29 14:25:30' +%s is 1183127130; 1900-03-01: -2203891200; 2000-02-29: 951782400. */
TEST(times_as_numbers)
{
    tomo_when w;
    int64_t us;
    CHECK_OK(tomo_when_parse(&w, VR_("DT"), "20070629142530.25", &t->err));
    CHECK(tomo_when_unix(&w, 0, &us));
    CHECK_INT(us, INT64_C(1183127130250000));
    CHECK(tomo_when_unix(&w, -300, &us)); /* zone of the data set: five hours later in UTC */
    CHECK_INT(us, INT64_C(1183127130250000) + INT64_C(18000000000));
    CHECK_OK(tomo_when_parse(&w, VR_("DT"), "20070629142530.25+0100", &t->err));
    CHECK(tomo_when_unix(&w, -300, &us)); /* a zone of its own wins */
    CHECK_INT(us, INT64_C(1183127130250000) - INT64_C(3600000000));
    CHECK_OK(tomo_when_parse(&w, VR_("DA"), "19000301", &t->err));
    CHECK(tomo_when_unix(&w, 0, &us));
    CHECK_INT(us, INT64_C(-2203891200000000));
    CHECK_OK(tomo_when_parse(&w, VR_("DA"), "20000229", &t->err));
    CHECK(tomo_when_unix(&w, 0, &us));
    CHECK_INT(us, INT64_C(951782400000000));
    CHECK_OK(tomo_when_parse(&w, VR_("TM"), "10", &t->err));
    CHECK(!tomo_when_unix(&w, 0, &us));
}

TEST(date_and_time_of_a_data_set)
{
    tomo_dataset *ds = NULL;
    tomo_when w;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_FAILS(tomo_dataset_when(ds, 0x00080020, 0x00080030, &w, &t->err), TOMO_E_NOTFOUND);
    CHECK_OK(tomo_dataset_set(ds, "StudyDate", "20240131", &t->err));
    CHECK_OK(tomo_dataset_when(ds, 0x00080020, 0x00080030, &w, &t->err));
    CHECK(w.day == 31 && w.hour == -1);
    CHECK_OK(tomo_dataset_set(ds, "StudyTime", "0708", &t->err));
    CHECK_OK(tomo_dataset_when(ds, 0x00080020, 0x00080030, &w, &t->err));
    CHECK(w.day == 31 && w.hour == 7 && w.minute == 8 && w.second == -1);
    CHECK_OK(tomo_dataset_set_bytes(ds, "StudyTime", TOMO_VR('T', 'M'), "noon", 4, &t->err));
    CHECK_FAILS(tomo_dataset_when(ds, 0x00080020, 0x00080030, &w, &t->err), TOMO_E_FORMAT);
    tomo_dataset_free(ds);
}

/* ---- DS ---------------------------------------------------------------------------------------------------------- */

TEST(numbers_in_sixteen_characters)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = { { 0, "0" },
                 { -0.0, "0" },
                 { 1.5, "1.5" },
                 { -1024, "-1024" },
                 { 0.1, "0.1" },
                 { 1.0 / 3, "0.33333333333333" },
                 { -1.0 / 3, "-0.3333333333333" },
                 { 2.0 / 3, "0.66666666666667" },
                 { 123456789.0123456789, "123456789.012346" },
                 { 1e300, "1e300" },
                 { 1.0 / 3e20, "3.3333333333e-21" } };
    char text[17];
    uint32_t seed = 1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK(tomo_ds_format(rows[i].value, text, &t->err) > 0);
        CHECK_STR(text, rows[i].text);
    }
    CHECK_INT(tomo_ds_format(NAN, text, &t->err), TOMO_E_ARG);
    CHECK_INT(tomo_ds_format(INFINITY, text, &t->err), TOMO_E_ARG);
    /* never more than 16 characters, never off by more than half of the last digit that fits */
    for (int i = 0; i < 200000; i++) {
        union {
            uint64_t bits;
            double v;
        } u = { (uint64_t)t_random(&seed) << 32 | t_random(&seed) };
        if (!isfinite(u.v) || fabs(u.v) < 1e-300)
            continue;
        CHECK(tomo_ds_format(u.v, text, &t->err) <= 16);
        CHECK(fabs(strtod(text, NULL) - u.v) <= 5.1e-9 * fabs(u.v));
        u.v = (double)(int32_t)t_random(&seed) / 1e4 + 1e-7 * (t_random(&seed) & 0xfff);
        CHECK(tomo_ds_format(u.v, text, &t->err) <= 16);
        CHECK(fabs(strtod(text, NULL) - u.v) <= 5.1e-9);
    }
}
