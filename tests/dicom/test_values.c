/* test_values.c - numbers of every VR in both byte orders, text trimmed and decoded as pydicom does (charsets.tsv). */
#include <locale.h>
#include <math.h>

#include "d.h"

#include "dicom/dicom_internal.h"

TEST(decimal_text)
{
    static const struct {
        const char *text;
        double value;
    } rows[] = {
        { "0", 0 },
        { "-0", 0 },
        { "1", 1 },
        { "+2.5", 2.5 },
        { " .5 ", 0.5 },
        { "5.", 5 },
        { "1e3", 1000 },
        { "-1.25E-2", -0.0125 },
        { "0.1", 0.1 },
        { "123456789012345", 123456789012345.0 },
        { "0.000001", 1e-6 },
        { "3.14159265358979", 3.14159265358979 },
        { "1.7976931348623157e308", 1.7976931348623157e308 },
        { "4.9e-324", 4.9e-324 },
        { "9007199254740993", 9007199254740993.0 },
        { "0.30000000000000004", 0.1 + 0.2 },
        { "1e22", 1e22 },
        { "1e23", 1e23 },
        { "00012", 12 },
    };
    static const char *const wrong[] = { "",     " ",   "-",   ".",   "1e",    "1e+", "1,5",
                                         "0x10", "nan", "inf", "1 2", "1.2.3", "--1" };
    double v;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK(tomo__text_double(rows[i].text, strlen(rows[i].text), &v));
        CHECK_NEAR(v, rows[i].value, 0);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        CHECK(!tomo__text_double(wrong[i], strlen(wrong[i]), &v));
    CHECK(tomo__text_double("1e999", 5, &v) && isinf(v));
}
TEST(decimal_text_equals_strtod)
{
    uint32_t seed = 3;
    for (int i = 0; i < 200000; i++) {
        char text[40];
        double v;
        snprintf(text, sizeof text, "%s%u.%0*ue%d", t_random(&seed) & 1 ? "-" : "",
                 t_random(&seed) % (i & 1 ? 10 : 100000000), (int)(t_random(&seed) % 9 + 1),
                 t_random(&seed) % 1000000000, (int)(t_random(&seed) % 40) - 20);
        CHECK(tomo__text_double(text, strlen(text), &v));
        CHECK(v == strtod(text, NULL));
    }
}
TEST(decimal_text_in_another_locale)
{
    double v;
    const char *set = NULL;
    for (const char *const *l = (const char *const[]){ "de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", NULL }; *l && !set; l++)
        set = setlocale(LC_NUMERIC, *l);
    if (!set)
        t_skip(t, "no locale with a decimal comma is installed");
    bool ok = tomo__text_double("2.5", 3, &v) && v == 2.5 && tomo__text_double("0.30000000000000004", 19, &v);
    setlocale(LC_NUMERIC, "C");
    CHECK(ok && v == 0.1 + 0.2);
}
TEST(whole_text)
{
    int64_t v;
    CHECK(tomo__text_int(" -12 ", 5, &v) && v == -12);
    CHECK(tomo__text_int("+7", 2, &v) && v == 7);
    CHECK(tomo__text_int("9223372036854775807", 19, &v) && v == INT64_MAX);
    CHECK(tomo__text_int("-9223372036854775808", 20, &v) && v == INT64_MIN);
    CHECK(!tomo__text_int("9223372036854775808", 19, &v));
    CHECK(!tomo__text_int("999999999999999999999", 21, &v));
    CHECK(!tomo__text_int("1.0", 3, &v));
    CHECK(!tomo__text_int("", 0, &v));
}

static void numbers(d_bytes *d, char coding)
{
    static const double fd[] = { -0.1, 1e300 };
    static const float fl[] = { 0.1f, -3.5f };
    uint64_t w;
    uint32_t f;
    d_meta(d, d_syntax(coding), coding);
    d_text(d, 0x00080060, "CS", "OT");
    d_head(d, 0x00189073, "FD", 16);
    for (int i = 0; i < 2; i++, d_num(d, w, 8))
        memcpy(&w, &fd[i], 8);
    d_head(d, 0x00189219, "SS", 4);
    d_num(d, 0x8000, 2);
    d_num(d, 5, 2);
    d_head(d, 0x00200062, "FL", 8);
    for (int i = 0; i < 2; i++, d_num(d, f, 4))
        memcpy(&f, &fl[i], 4);
    d_head(d, 0x00209165, "AT", 8);
    d_num(d, 0x0018, 2), d_num(d, 0x9073, 2), d_num(d, 0x7fe0, 2), d_num(d, 0x10, 2);
    d_text(d, 0x00281052, "DS", " -1024\\1.50 ");
    d_head(d, 0x00720070, "UL", 4);
    d_num(d, 4000000000u, 4);
    d_head(d, 0x00720074, "SL", 4);
    d_num(d, 0xffffffff, 4);
    d_head(d, 0x00720082, "SV", 8);
    d_num(d, 0x8000000000000000u, 8);
    d_head(d, 0x00720083, "UV", 8);
    d_num(d, 0xffffffffffffffffu, 8);
}
TEST(numbers_of_every_vr)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    double v;
    int64_t n;
    for (const char *coding = "eb"; *coding; coding++) {
        numbers(&d, *coding);
        CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
        CHECK(tomo_dataset_double(ds, 0x00189073, 0, &v) && v == -0.1);
        CHECK(tomo_dataset_double(ds, 0x00189073, 1, &v) && v == 1e300);
        CHECK(!tomo_dataset_double(ds, 0x00189073, 2, &v));
        CHECK(!tomo_dataset_int(ds, 0x00189073, 0, &n)); /* not whole */
        CHECK(tomo_dataset_int(ds, 0x00189219, 0, &n) && n == -32768);
        CHECK(tomo_dataset_double(ds, 0x00200062, 1, &v) && v == -3.5);
        CHECK_STR(d_get(ds, 0x00200062), "0.1\\-3.5"); /* the float's own shortest text */
        CHECK_STR(d_get(ds, 0x00189073), "-0.1\\1e300");
        CHECK_STR(d_get(ds, 0x00209165), "(0018,9073)\\(7FE0,0010)");
        CHECK_INT(tomo_dataset_values(ds, 0x00209165), 2);
        CHECK_STR(d_get(ds, 0x00281052), "-1024\\1.50"); /* digits kept */
        CHECK(tomo_dataset_int(ds, 0x00281052, 0, &n) && n == -1024);
        CHECK(tomo_dataset_int(ds, 0x00720070, 0, &n) && n == 4000000000);
        CHECK(tomo_dataset_int(ds, 0x00720074, 0, &n) && n == -1);
        CHECK(tomo_dataset_int(ds, 0x00720082, 0, &n) && n == INT64_MIN);
        CHECK(!tomo_dataset_int(ds, 0x00720083, 0, &n)); /* past int64 */
        CHECK_STR(d_get(ds, 0x00720083), "18446744073709551615");
        CHECK(!tomo_dataset_double(ds, 0x00080060, 0, &v));
        CHECK(!tomo_dataset_double(ds, 0x00101010, 0, &v));
        tomo_dataset_free(ds);
    }
}

TEST(text_is_trimmed_by_vr) /* PS3.5 table 6.2-1 */
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    char small[4];
    d_meta(&d, D_EXPLICIT, 'e');
    d_text(&d, 0x00080008, "CS", "ORIGINAL \\ PRIMARY\\\\AXIAL ");
    d_elem(&d, 0x00080018, "UI", "1.2.3\0", 6);
    d_text(&d, 0x00081030, "LO", "  both  ");
    d_text(&d, 0x00100010, "PN", " lead  ");
    d_text(&d, 0x00104000, "LT", "  a\\b \r\n ");
    d_head(&d, 0x00200010, "SH", 0);
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_STR(d_get(ds, 0x00080008), "ORIGINAL\\PRIMARY\\\\AXIAL");
    CHECK_INT(tomo_dataset_values(ds, 0x00080008), 4);
    CHECK_INT(tomo_dataset_text(ds, 0x00080008, 2, small, 4), 0);
    CHECK_INT(tomo_dataset_text(ds, 0x00080008, 4, small, 4), -1);
    CHECK_INT(tomo_dataset_text(ds, 0x00080008, 1, small, 4), 7); /* the whole length, three characters written */
    CHECK_STR(small, "PRI");
    CHECK_STR(d_get(ds, 0x00080018), "1.2.3");
    CHECK_STR(d_get(ds, 0x00081030), "both");
    CHECK_STR(d_get(ds, 0x00100010), " lead");
    CHECK_STR(d_get(ds, 0x00104000), "  a\\b \r\n"); /* one value: the backslash is text */
    CHECK_INT(tomo_dataset_values(ds, 0x00104000), 1);
    CHECK_INT(tomo_dataset_text(ds, 0x00200010, 0, small, 4), 0);
    CHECK_INT(tomo_dataset_values(ds, 0x00200010), 0);
    CHECK_INT(tomo_dataset_text(ds, 0x00200011, 0, small, 4), -1);
    CHECK_INT(tomo_dataset_text(ds, 0x00100010, 0, NULL, 0), 5);
    tomo_dataset_free(ds);
}

TEST(unknown_vr_is_read_by_the_dictionary)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    d_meta(&d, D_EXPLICIT, 'e');
    d_text(&d, 0x00080060, "UN", "MR");
    d_elem(&d, 0x00280010, "UN", "\2\1", 2);
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_STR(d_get(ds, 0x00080060), "MR");
    CHECK_STR(d_get(ds, 0x00280010), "258");
    tomo_dataset_free(ds);
}

/* ---- character sets ------------------------------------------------------------------------------------------ */

static void check_name(t_state *t, const char *charset, const char *raw, size_t n, const char *want)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    d_meta(&d, D_EXPLICIT, 'e');
    if (charset)
        d_text(&d, 0x00080005, "CS", charset);
    d_elem(&d, 0x00100010, "PN", raw, n);
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_STR(d_get(ds, 0x00100010), want);
    tomo_dataset_free(ds);
}
#define NAME(charset, raw, want) check_name(t, charset, raw, sizeof(raw) - 1, want)

TEST(examples_of_the_standard) /* PS3.5 annexes H, I, J, K */
{
    NAME("\\ISO 2022 IR 87", "Yamada^Tarou=\033$B;3ED\033(B^\033$BB@O:\033(B=\033$B$d$^$@\033(B^\033$B$?$m$&\033(B",
         "Yamada^Tarou=山田^太郎=やまだ^たろう");
    NAME("ISO 2022 IR 13\\ISO 2022 IR 87",
         "\324\317\300\336^\300\333\263=\033$B;3ED\033(J^\033$BB@O:\033(J=\033$B$d$^$@\033(J^\033$B$?$m$&\033(J",
         "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう");
    NAME("\\ISO 2022 IR 149",
         "Hong^Gildong=\033$)C\373\363^\033$)C\321\316\324\327=\033$)C\310\253^\033$)C\261\346\265\277",
         "Hong^Gildong=洪^吉洞=홍^길동");
    NAME("ISO_IR 192", "Wang^XiaoDong=\347\216\213^\345\260\217\346\235\261=", "Wang^XiaoDong=王^小東=");
    NAME("GB18030", "Wang^XiaoDong=\315\365^\320\241\266\253=", "Wang^XiaoDong=王^小东=");
    NAME("\\ISO 2022 IR 58", "Zhang^XiaoDong=\033$)A\325\305^\033$)A\320\241\266\253=", "Zhang^XiaoDong=张^小东=");
    NAME("ISO_IR 101", "\251", "Š");
    NAME("ISO_IR 166", "\241\242", "กข");
}
TEST(odd_character_sets)
{
    NAME(NULL, "J\351r\364me", "Jérôme");                           /* no set named: Latin 1, as pydicom */
    NAME("ISO_IR 192", "\300\257ab", "\357\277\275\357\277\275ab"); /* not UTF-8 */
    NAME("ISO_IR 127", "\241", "\357\277\275");                     /* not in the set */
    NAME("KLINGON", "abc", "abc");
    NAME("GBK", "\265\\", "礬");                                       /* second byte looks like a backslash */
    NAME("\\ISO 2022 IR 87", "\033$B;", "\357\277\275");               /* half a character */
    NAME("\\ISO 2022 IR 87", "\033$B!@!@", "＼＼");                    /* 0x40 and 0x21 */
    NAME("\\ISO 2022 IR 100", "a\033-A\303\237", "a\303\203\302\237"); /* a known escape; then bytes of Latin 1 */
    NAME("\\ISO 2022 IR 87", "a\033%Gb", "a\033%Gb");                  /* an escape that DICOM does not know */
}

static const char *source_file(const char *name)
{
    static char path[600];
    const char *source = getenv("TOMO_SOURCE");
    snprintf(path, sizeof path, "%s/%s", source ? source : ".", name);
    return path;
}

TEST(the_same_text_as_pydicom)
{
    char line[1200], folder[600];
    int n = 0;
    FILE *f;
    snprintf(folder, sizeof folder, "%s", t_data(t, "dicom/charsets"));
    f = fopen(source_file("tests/dicom/charsets.tsv"), "r");
    CHECK(f != NULL);
    while (fgets(line, 600, f)) {
        char path[1300], *name = strtok(line, "\t"), *tag = strtok(NULL, "\t"), *text = strtok(NULL, "\n");
        tomo_dataset *ds = NULL;
        if (line[0] == '#' || !text)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, name);
        CHECK_OK(tomo_dataset_open_path(t->ctx, &ds, path, NULL, NULL, &t->err));
        snprintf(line + sizeof line / 2, sizeof line / 2, "%s", d_get(ds, (tomo_tag)strtoul(tag, NULL, 16)));
        for (char *end = line + sizeof line / 2; *end && end[strlen(end) - 1] == '=';)
            end[strlen(end) - 1] = '\0'; /* pydicom drops empty groups of a name at its end */
        CHECK_STR(line + sizeof line / 2, text);
        tomo_dataset_free(ds);
        n++;
    }
    fclose(f);
    CHECK(n > 20);
}
