/* test_keyed.c - dates, UIDs and pseudonyms: exact where a calendar or RFC says what comes out, else properties. */
#include "t.h"

#include "deid/deid_internal.h"

static bool shifts(uint16_t vr, const char *in, int32_t days, const char *want)
{
    char out[64];
    return tomo__deid_shift_value(vr, in, strlen(in), days, out) && strcmp(out, want) == 0;
}

TEST(dates_move_by_days)
{
    char out[64];
    CHECK(shifts(VR_DA, "20040301", 1, "20040229")); /* a leap year */
    CHECK(shifts(VR_DA, "20050301", 1, "20050228"));
    CHECK(shifts(VR_DA, "20000101", 366, "19981231"));
    CHECK(shifts(VR_DA, "2004.03.01", 1, "20040229")); /* as before 1993 */
    CHECK(shifts(VR_DA, "20040301-20040302", 1, "20040229-20040301"));
    CHECK(shifts(VR_DA, "20040301-", 1, "20040229-"));
    CHECK(shifts(VR_DA, "-20040301", 1, "-20040229"));
    CHECK(!tomo__deid_shift_value(VR_DA, "20041301", 8, 1, out));
    CHECK(!tomo__deid_shift_value(VR_DA, "20050229", 8, 1, out));
    CHECK(!tomo__deid_shift_value(VR_DA, "1 March 4", 9, 1, out));
    CHECK(!tomo__deid_shift_value(VR_DA, "-", 1, 1, out));
}

TEST(date_times_keep_precision_and_zone)
{
    char out[64];
    CHECK(shifts(VR_DT, "20040301101112.123456+0100", 1, "20040229101112.123456+0100"));
    CHECK(shifts(VR_DT, "20040301-0500", 1, "20040229-0500"));
    CHECK(shifts(VR_DT, "2004", 366, "2003"));
    CHECK(shifts(VR_DT, "200403", 31, "200402"));
    CHECK(!tomo__deid_shift_value(VR_DT, "20040301T101112", 15, 1, out));
}

TEST(every_day_of_400_years)
{
    char a[64], b[64], text[64];
    int year = 1800, month = 1, day = 1, seen = 0;
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    snprintf(a, sizeof a, "%04d%02d%02d", year, month, day);
    while (year < 2200) { /* the day after, moved back by one, is the day before: */
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        if (++day > lengths[month - 1] + (month == 2 && leap)) {
            day = 1;
            month = month % 12 + 1;
            year += month == 1;
        }
        snprintf(text, sizeof text, "%04d%02d%02d", year, month, day);
        CHECK(tomo__deid_shift_value(VR_DA, text, 8, 1, b));
        CHECK_STR(b, a);
        memcpy(a, text, sizeof a);
        seen++;
    }
    CHECK_INT(seen, 146097);
}

static tomo_deid *rules(t_state *t, const char *key)
{
    tomo_deid_options o = TOMO_DEID_OPTIONS_INIT;
    tomo_deid *d = NULL;
    o.key = key;
    o.key_size = key ? strlen(key) : 0;
    CHECK_OK(tomo_deid_new(t->ctx, &d, &o, &t->err));
    return d;
}

TEST(keyed_values_follow_the_key)
{
    tomo_deid *a = rules(t, "sixteen bytes key"), *b = rules(t, "sixteen bytes key"),
              *c = rules(t, "another key of 20 b");
    tomo_deid *random = rules(t, NULL), *other = rules(t, NULL);
    char x[65], y[65], p[20], q[20];
    tomo__deid_uid(a, "1.2.3", 5, x);
    tomo__deid_uid(b, "1.2.3", 5, y);
    CHECK_STR(x, y);
    CHECK(strncmp(x, "2.25.", 5) == 0 && strlen(x) <= 44 && x[5] != '0');
    tomo__deid_uid(c, "1.2.3", 5, y);
    CHECK(strcmp(x, y) != 0);
    tomo__deid_uid(a, "1.2.4", 5, y);
    CHECK(strcmp(x, y) != 0);
    tomo__deid_uid(random, "1.2.3", 5, x);
    tomo__deid_uid(other, "1.2.3", 5, y);
    CHECK(strcmp(x, y) != 0);
    tomo__deid_pseudonym(a, "one", "4711", 4, p);
    tomo__deid_pseudonym(a, "two", "4711", 4, q);
    CHECK(strcmp(p, q) != 0);
    CHECK_INT(strlen(p), 13);
    for (int i = 0; i < 1000; i++) {
        char patient[16];
        int32_t days = tomo__deid_shift(a, patient, (size_t)snprintf(patient, sizeof patient, "p%d", i));
        CHECK(days >= 1 && days <= 3650);
    }
    tomo_deid_free(a);
    tomo_deid_free(b);
    tomo_deid_free(c);
    tomo_deid_free(random);
    tomo_deid_free(other);
}

TEST(options_are_checked)
{
    tomo_deid_options o = TOMO_DEID_OPTIONS_INIT;
    tomo_deid *d = NULL;
    int32_t box[4] = { 0, 0, 0, 5 };
    o.key = "short";
    o.key_size = 5;
    CHECK_FAILS(tomo_deid_new(t->ctx, &d, &o, &t->err), TOMO_E_ARG);
    o = (tomo_deid_options)TOMO_DEID_OPTIONS_INIT;
    o.retain_dates = o.shift_dates = true;
    CHECK_FAILS(tomo_deid_new(t->ctx, &d, &o, &t->err), TOMO_E_ARG);
    o = (tomo_deid_options)TOMO_DEID_OPTIONS_INIT;
    o.boxes = box;
    o.n_boxes = 1;
    CHECK_FAILS(tomo_deid_new(t->ctx, &d, &o, &t->err), TOMO_E_ARG);
    o = (tomo_deid_options)TOMO_DEID_OPTIONS_INIT;
    o.certificates = "no certificate";
    CHECK_FAILS(tomo_deid_new(t->ctx, &d, &o, &t->err), TOMO_E_ARG);
    o = (tomo_deid_options)TOMO_DEID_OPTIONS_INIT;
    o.pixels = 3;
    CHECK_FAILS(tomo_deid_new(t->ctx, &d, &o, &t->err), TOMO_E_ARG);
}

TEST(known_words)
{
    CHECK(tomo__deid_known_words("T1 AXIAL post contrast 5mm", 26));
    CHECK(tomo__deid_known_words("CT_CHEST/ABDOMEN 3.0", 20));
    CHECK(!tomo__deid_known_words("CT CHEST SMITH", 14));
    CHECK(!tomo__deid_known_words("CT 12/03/61", 11)); /* a date of small numbers */
    CHECK(!tomo__deid_known_words("CT 4711", 7));
    CHECK(!tomo__deid_known_words("Sch\303\244del", 8));
}

/* What was removed is found again however it is written, and nothing else is. */
TEST(terms_are_found)
{
    tomo__terms terms = { .ctx = t->ctx };
    const char *found[] = { "by SMITH",
                            "smith,john",
                            "x Smith2 y",
                            "mrn 1234 56",
                            "MRN-123456",
                            "id:123456.",
                            "1961-03-12",
                            "12.03.1961",
                            "3/12/1961",
                            "12-Mar-1961",
                            "March 12, 1961",
                            "seen 19610312",
                            "see 1.2.840.99.1 there",
                            "St. Mary's Hospital" };
    const char *not_found[] = { "blacksmith", "Smithson", "1961", "1.2.840.99.11", "Mary", "12 March" };
    tomo__terms_add(&terms, TERM_NAME, "Smith^John^^Dr", 14);
    tomo__terms_add(&terms, TERM_ID, "MRN-1234/56", 11);
    tomo__terms_add(&terms, TERM_DATE, "19610312", 8);
    tomo__terms_add(&terms, TERM_UID, "1.2.840.99.1", 12);
    tomo__terms_add(&terms, TERM_PHRASE, "ST. MARYS HOSPITAL", 18);
    tomo__terms_add(&terms, TERM_ID, "123456", 6);
    tomo__terms_add(&terms, TERM_PHRASE, "St Mary s Hospital", 18);
    for (size_t i = 0; i < TOMO__COUNT(found); i++) {
        if (!tomo__terms_in(&terms, found[i], strlen(found[i]), 3))
            print_error("not found: %s\n", found[i]);
        CHECK(tomo__terms_in(&terms, found[i], strlen(found[i]), 3));
    }
    for (size_t i = 0; i < TOMO__COUNT(not_found); i++) {
        if (tomo__terms_in(&terms, not_found[i], strlen(not_found[i]), 3))
            print_error("found: %s\n", not_found[i]);
        CHECK(!tomo__terms_in(&terms, not_found[i], strlen(not_found[i]), 3));
    }
    tomo__terms_free(&terms);
}

/* Gray ramps and measured values spell six letters, too: what nobody would write is not found in bytes. */
TEST(terms_in_bytes)
{
    tomo__terms terms = { .ctx = t->ctx };
    const char *found[] = { "..Smithers!!",
                            "xxSMITHERSyy",
                            "\1smithers\1",
                            " 1234567 ",
                            "id 1234567.",
                            "S\0m\0i\0t\0h\0e\0r\0s",
                            "\0S\0M\0I\0T\0H\0E\0R\0S" };
    const size_t sizes[] = { 12, 12, 10, 9, 11, 15, 16 };
    const char *not_found[] = { "sMiThErS",  "..SmItHers..", "91234567", "12345678",
                                "0.1234567", "1234567.5",    "smither",  "" };
    tomo__terms_add(&terms, TERM_NAME, "Smithers", 8);
    tomo__terms_add(&terms, TERM_ID, "1234567", 7);
    for (size_t i = 0; i < TOMO__COUNT(found); i++) {
        if (!tomo__terms_in_binary(&terms, found[i], sizes[i], 2, false))
            print_error("not found: %zu\n", i);
        CHECK(tomo__terms_in_binary(&terms, found[i], sizes[i], 2, false));
    }
    for (size_t i = 0; i < TOMO__COUNT(not_found); i++) {
        if (tomo__terms_in_binary(&terms, not_found[i], strlen(not_found[i]), 2, false))
            print_error("found: %s\n", not_found[i]);
        CHECK(!tomo__terms_in_binary(&terms, not_found[i], strlen(not_found[i]), 2, false));
    }
    tomo__terms_free(&terms);
}

TEST(characters_without_case_accents_and_width)
{
    const struct {
        const char *text, *same;
    } pairs[] = { { "\xc3\xbc", "U" },        { "\xc3\x9f", "ss" },       { "\xef\xbc\xa1", "a" },
                  { "\xef\xbc\x97", "7" },    { "\xc5\x82", "L" },        { "\xfc", "\xc3\x9c" },
                  { "\xd1\x91", "\xd0\x95" }, { "\xcf\x82", "\xce\xa3" }, { "\xce\xac", "\xce\x91" },
                  { "\xe1\xbb\x87", "E" },    { "\xd6\x86", "\xd5\x96" }, { "\xc4\xb1", "i" } };
    for (size_t i = 0; i < TOMO__COUNT(pairs); i++) {
        tomo__glyph a, b;
        uint32_t want[2];
        tomo__glyph_at(&a, pairs[i].text, strlen(pairs[i].text));
        tomo__glyph_at(&b, pairs[i].same, strlen(pairs[i].same));
        want[0] = want[1] = b.c[0]; /* "ss" is two of one */
        CHECK_INT(a.size, (int)strlen(pairs[i].text));
        CHECK(a.kind == b.kind && a.n >= 1 && memcmp(a.c, want, a.n * sizeof want[0]) == 0);
    }
    for (int c = 1; c < 256; c++) { /* never past the end */
        char one = (char)c;
        tomo__glyph g;
        tomo__glyph_at(&g, &one, 1);
        CHECK_INT(g.size, 1);
    }
}

TEST(rules_are_sorted)
{
    CHECK(tomo__deid_n_rules > 600);
    for (uint32_t i = 1; i < tomo__deid_n_rules; i++)
        CHECK(tomo__deid_rules[i - 1].tag < tomo__deid_rules[i].tag);
    CHECK(tomo__deid_find(0x00100010) && tomo__deid_find(0x00100010)->basic == DEID_Z);
    CHECK(!tomo__deid_find(0x00280010));
    CHECK(tomo__deid_safe_find("SIEMENS MR HEADER", 0x0019, 0x0c) && !tomo__deid_safe_find("SIEMENS", 0x0019, 0x0c));
    CHECK(tomo__deid_storage_class("1.2.840.10008.5.1.4.1.1.2") && !tomo__deid_storage_class("1.2.840.10008.1.1") &&
          !tomo__deid_storage_class("1.3.12.2.1107.5.9.1"));
}
