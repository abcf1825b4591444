/* test_recode.c - whole data sets into other character sets: bytes as in the standard's annexes (PS3.5 H to K) and in
 * D. Clunie's character set tests, both ways, items with sets of their own, and nothing changed where something can't
 * be said. */
#include "d.h"

#include <tomo/dicom_edit.h>
#include <tomo/dicom_text.h>

#define ESC "\033"
#define YAMADA                                                                                                         \
    "\345\261\261\347\224\260^\345\244\252\351\203\216=\343\202\204\343\201\276\343\201\240^"                          \
    "\343\201\237\343\202\215\343\201\206"

/* Patient's Name of the examples: in UTF-8, the character set, its bytes. */
static const struct {
    const char *section, *utf8, *set, *bytes;
} examples[] = {
    { "H.3.1", "Yamada^Tarou=" YAMADA, "\\ISO 2022 IR 87",
      "Yamada^Tarou=" ESC "$B;3ED" ESC "(B^" ESC "$BB@O:" ESC "(B=" ESC "$B$d$^$@" ESC "(B^" ESC "$B$?$m$&" ESC "(B" },
    { "H.3.2", "\357\276\224\357\276\217\357\276\200\357\276\236^\357\276\200\357\276\233\357\275\263=" YAMADA,
      "ISO 2022 IR 13\\ISO 2022 IR 87",
      "\324\317\300\336^\300\333\263=" ESC "$B;3ED" ESC "(J^" ESC "$BB@O:" ESC "(J=" ESC "$B$d$^$@" ESC "(J^" ESC
      "$B$?$m$&" ESC "(J" },
    { "I.2", "Hong^Gildong=\346\264\252^\345\220\211\346\264\236=\355\231\215^\352\270\270\353\217\231",
      "\\ISO 2022 IR 149",
      "Hong^Gildong=" ESC "$)C\373\363^" ESC "$)C\321\316\324\327=" ESC "$)C\310\253^" ESC "$)C\261\346\265\277" },
    { "J.1", "Wang^XiaoDong=\347\216\213^\345\260\217\346\235\261", "ISO_IR 192",
      "Wang^XiaoDong=\347\216\213^\345\260\217\346\235\261" },
    { "J.2", "Wang^XiaoDong=\347\216\213^\345\260\217\344\270\234", "GB18030",
      "Wang^XiaoDong=\315\365^\320\241\266\253" },
    { "J.2 in GBK", "Wang^XiaoDong=\347\216\213^\345\260\217\344\270\234", "GBK",
      "Wang^XiaoDong=\315\365^\320\241\266\253" },
    { "K.2", "Zhang^XiaoDong=\345\274\240^\345\260\217\344\270\234", "\\ISO 2022 IR 58",
      "Zhang^XiaoDong=" ESC "$)A\325\305^" ESC "$)A\320\241\266\253" },
    { "Latin 1 (SCSFREN)", "Buc^J\303\251r\303\264me", "ISO_IR 100", "Buc^J\351r\364me" },
    { "Greek (SCSGREEK)", "\316\224\316\271\316\277\316\275\317\205\317\203\316\271\316\277\317\202", "ISO_IR 126",
      "\304\351\357\355\365\363\351\357\362" },
    { "Cyrillic (SCSRUSS)", "\320\233\321\216\320\272ce\320\274\320\261yp\320\263", "ISO_IR 144",
      "\273\356\332ce\334\321yp\323" },
    { "code extensions of single-byte sets", "Buc^J\303\251r\303\264me \320\233", "ISO 2022 IR 100\\ISO 2022 IR 144",
      "Buc^J\351r\364me " ESC "-L\273" },
    { "JIS X 0212", "A^\344\270\204", "\\ISO 2022 IR 87\\ISO 2022 IR 159", "A^" ESC "$(D0\"" ESC "(B" },
};

static tomo_dataset *with_name(t_state *t, const char *utf8)
{
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "PatientName", utf8, &t->err));
    return ds;
}

TEST(names_of_the_annexes)
{
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        tomo_dataset *ds = with_name(t, examples[i].utf8);
        tomo_element e;
        size_t n = strlen(examples[i].bytes);
        CHECK_OK(tomo_dataset_recode(ds, examples[i].set, &t->err));
        CHECK_OK(tomo_dataset_find(ds, "PatientName", &e, &t->err));
        if (e.length != n + (n & 1) || memcmp(e.value, examples[i].bytes, n) != 0)
            print_error("%s: %.*s\n", examples[i].section, (int)e.length, (const char *)e.value);
        CHECK_INT(e.length, n + (n & 1));
        CHECK(memcmp(e.value, examples[i].bytes, n) == 0);
        CHECK_STR(d_get(ds, 0x00080005), examples[i].set);
        CHECK_STR(d_get(ds, 0x00100010), examples[i].utf8); /* decoded by the new set */
        CHECK_OK(tomo_dataset_to_utf8(ds, &t->err));
        CHECK_STR(d_get(ds, 0x00100010), examples[i].utf8);
        CHECK_STR(d_get(ds, 0x00080005), "ISO_IR 192");
        tomo_dataset_free(ds);
    }
}

/* An item with a set of its own, and text of VR UN, which is in the set of the data set too. */
TEST(items_follow)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    d_meta(&d, D_EXPLICIT, 'e');
    d_text(&d, 0x00080005, "CS", "ISO_IR 100");
    d_head(&d, 0x00081115, "SQ", 8 + 8 + 10 + 8 + 4);
    d_head(&d, 0xfffee000, "", 8 + 10 + 8 + 4);
    d_text(&d, 0x00080005, "CS", "ISO_IR 126");
    d_elem(&d, 0x00100010, "PN", "\304\351^A", 4);
    d_elem(&d, 0x00100010, "PN", "J\351^A", 4);
    d_elem(&d, 0x00104000, "UN", "\351 ", 2);
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_OK(tomo_dataset_to_utf8(ds, &t->err));
    CHECK_STR(d_get(ds, 0x00100010), "J\303\251^A");
    CHECK_STR(d_get(ds, 0x00104000), "\303\251");
    CHECK_STR(d_get(tomo_dataset_item(ds, 0x00081115, 0), 0x00100010), "\316\224\316\271^A");
    CHECK_STR(d_get(tomo_dataset_item(ds, 0x00081115, 0), 0x00080005), "(absent)");
    tomo_dataset_free(ds);
}

/* Other ways to write a term are read, but what is written is the defined one (PS3.3 C.12.1.1.2). */
TEST(written_terms_are_the_defined_ones)
{
    static const char *const terms[][2] = { { "ISO_IR_100", "ISO_IR 100" },
                                            { "ISO-IR 192", "ISO_IR 192" },
                                            { "ISO 2022 IR 100", "ISO 2022 IR 100" },
                                            { "ISO_IR 87", "ISO 2022 IR 87" },
                                            { "\\ISO-IR 87", "\\ISO 2022 IR 87" } };
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++)
        for (int set = 0; set < 2; set++) {
            tomo_dataset *ds = with_name(t, "Doe");
            if (set)
                CHECK_OK(tomo_dataset_set(ds, "SpecificCharacterSet", terms[i][0], &t->err));
            else
                CHECK_OK(tomo_dataset_recode(ds, terms[i][0], &t->err));
            CHECK_STR(d_get(ds, 0x00080005), terms[i][1]);
            tomo_dataset_free(ds);
        }
}

TEST(nothing_changes_where_something_cannot_be_said)
{
    tomo_dataset *ds = with_name(t, "Buc^J\303\251r\303\264me");
    CHECK_OK(tomo_dataset_set(ds, "ReferencedSeriesSequence[0].PatientName", "\347\216\213", &t->err));
    CHECK_FAILS(tomo_dataset_recode(ds, "ISO_IR 100", &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "(0010,0010)") && strstr(t->err.message, "U+738B"));
    CHECK_STR(d_get(ds, 0x00080005), "ISO_IR 192");
    CHECK_STR(d_get(ds, 0x00100010), "Buc^J\303\251r\303\264me");
    CHECK_FAILS(tomo_dataset_recode(ds, "ISO_IR 4711", &t->err), TOMO_E_ARG);
    CHECK_OK(tomo_dataset_set_bytes(ds, "PatientComments", TOMO_VR('L', 'T'), "\377\376", 2, &t->err));
    CHECK_FAILS(tomo_dataset_recode(ds, "GB18030", &t->err), TOMO_E_FORMAT); /* no UTF-8 */
    CHECK(strstr(t->err.message, "(0010,4000)"));
    tomo_dataset_free(ds);
}

TEST(recoding_survives_lost_memory)
{
    FAIL_EACH_ALLOC(t)
    {
        tomo_dataset *ds = NULL;
        if (tomo_dataset_new(t->ctx, &ds, &t->err) == TOMO_OK &&
            tomo_dataset_set(ds, "PatientName", "J\303\251", &t->err) == TOMO_OK &&
            tomo_dataset_set(ds, "ReferencedSeriesSequence[0].PatientName", "\303\251", &t->err) == TOMO_OK &&
            tomo_dataset_recode(ds, "ISO_IR 100", &t->err) != TOMO_OK)
            CHECK_STR(d_get(ds, 0x00100010), "J\303\251");
        tomo_dataset_free(ds);
    }
}
