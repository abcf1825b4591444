/* test_build.c - data sets made by tag: items, numbers, private blocks, UN promoted, elements copied, everything
 * walked. */
#include "d.h"

#include <math.h>
#include <tomo/dicom_edit.h>
#include <tomo/dicom_text.h>

#define REFERENCED_SERIES 0x00081115u
#define SERIES_UID 0x0020000Eu

TEST(items_are_added_inserted_removed)
{
    tomo_dataset *ds = NULL, *item = NULL, *first = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_add_item(ds, REFERENCED_SERIES, SIZE_MAX, &item, &t->err));
    CHECK_OK(tomo_dataset_set_text(item, SERIES_UID, "1.2", &t->err));
    CHECK_OK(tomo_dataset_add_item(ds, REFERENCED_SERIES, SIZE_MAX, &item, &t->err));
    CHECK_OK(tomo_dataset_set_text(item, SERIES_UID, "1.3", &t->err));
    CHECK_OK(tomo_dataset_add_item(ds, REFERENCED_SERIES, 0, &first, &t->err));
    CHECK_OK(tomo_dataset_set_text(first, SERIES_UID, "1.1", &t->err));
    CHECK_STR(d_get(tomo_dataset_item(ds, REFERENCED_SERIES, 0), SERIES_UID), "1.1");
    CHECK_STR(d_get(tomo_dataset_item(ds, REFERENCED_SERIES, 1), SERIES_UID), "1.2");
    CHECK_STR(d_get(tomo_dataset_item(ds, REFERENCED_SERIES, 2), SERIES_UID), "1.3");
    CHECK_OK(tomo_dataset_remove_item(ds, REFERENCED_SERIES, 1, &t->err));
    CHECK_STR(d_get(tomo_dataset_item(ds, REFERENCED_SERIES, 1), SERIES_UID), "1.3");
    CHECK_STR(d_get(first, SERIES_UID), "1.1"); /* the pointer still holds */
    CHECK_OK(tomo_dataset_delete(ds, "ReferencedSeriesSequence[0]", &t->err));
    CHECK_STR(d_get(tomo_dataset_item(ds, REFERENCED_SERIES, 0), SERIES_UID), "1.3");
    CHECK(tomo_dataset_edit_item(ds, REFERENCED_SERIES, 1) == NULL);
    CHECK_FAILS(tomo_dataset_remove_item(ds, REFERENCED_SERIES, 1, &t->err), TOMO_E_NOTFOUND);
    CHECK_FAILS(tomo_dataset_delete(ds, "ReferencedSeriesSequence[7]", &t->err), TOMO_E_NOTFOUND);
    CHECK_FAILS(tomo_dataset_add_item(ds, REFERENCED_SERIES, 2, &item, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_add_item(ds, 0x00100010, 0, &item, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_add_item(ds, 0x00020102, 0, &item, &t->err), TOMO_E_ARG);
    CHECK_OK(tomo_dataset_set_sequence(ds, REFERENCED_SERIES, &t->err));
    CHECK_INT(tomo_dataset_values(ds, REFERENCED_SERIES), 0);
    tomo_dataset_free(ds);
}

/* Items of a file that was read: those edited are written anew, the others keep their bytes. */
TEST(items_of_a_file)
{
    static d_bytes d;
    tomo_dataset *ds = NULL, *again = NULL, *item = NULL;
    tomo_buffer *out = NULL;
    d_meta(&d, D_EXPLICIT, 'e');
    d_head(&d, REFERENCED_SERIES, "SQ", 0xffffffff);
    for (int i = 0; i < 2; i++) {
        d_head(&d, 0xfffee000, "", 14);
        d_text(&d, SERIES_UID, "UI", i ? "1.22.3" : "1.11.3");
    }
    d_head(&d, 0xfffee0dd, "", 0);
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_OK(tomo_dataset_remove_item(ds, REFERENCED_SERIES, 0, &t->err));
    CHECK_OK(tomo_dataset_add_item(ds, REFERENCED_SERIES, SIZE_MAX, &item, &t->err));
    CHECK_OK(tomo_dataset_set_text(item, SERIES_UID, "1.33.3", &t->err));
    CHECK_OK(tomo_dataset_write_buffer(t->ctx, ds, &out, NULL, &t->err));
    CHECK_OK(d_open(t, &again, tomo_buffer_data(out), tomo_buffer_size(out), NULL, NULL));
    CHECK_INT(tomo_dataset_values(again, REFERENCED_SERIES), 2);
    CHECK_STR(d_get(tomo_dataset_item(again, REFERENCED_SERIES, 0), SERIES_UID), "1.22.3");
    CHECK_STR(d_get(tomo_dataset_item(again, REFERENCED_SERIES, 1), SERIES_UID), "1.33.3");
    tomo_dataset_free(again);
    tomo_dataset_free(ds);
    tomo_buffer_free(out);
}

TEST(items_survive_lost_memory)
{
    FAIL_EACH_ALLOC(t)
    {
        tomo_dataset *ds = NULL, *item = NULL, *inner = NULL;
        if (tomo_dataset_new(t->ctx, &ds, &t->err) == TOMO_OK &&
            tomo_dataset_add_item(ds, REFERENCED_SERIES, 0, &item, &t->err) == TOMO_OK &&
            tomo_dataset_add_item(item, 0x0008114A, 0, &inner, &t->err) == TOMO_OK)
            tomo_dataset_set_text(inner, 0x00081155, "1.2.3", &t->err);
        tomo_dataset_free(ds);
    }
}

TEST(nesting_has_an_end)
{
    tomo_dataset *ds = NULL, *at, *item;
    tomo_status st = TOMO_OK;
    int depth = 0;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    for (at = ds; st == TOMO_OK; at = item, depth++)
        st = tomo_dataset_add_item(at, 0x00400260, SIZE_MAX, &item, &t->err);
    CHECK_INT(st, TOMO_E_LIMIT);
    CHECK(depth > 200 && depth <= 256);
    tomo_dataset_free(ds);
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

TEST(numbers_by_tag)
{
    tomo_dataset *ds = NULL;
    const double spacing[] = { 1.0 / 3, 0.5 }, matrix[] = { 1, 2, 3 }, reals[] = { NAN, -INFINITY };
    const int64_t ints[] = { 1, -2, 3 };
    double back[4] = { 0 };
    uint64_t whole;
    tomo_tag tag;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_set_doubles(ds, 0x00280030, spacing, 2, &t->err)); /* DS */
    CHECK_STR(d_get(ds, 0x00280030), "0.33333333333333\\0.5");
    CHECK_OK(tomo_dataset_set_doubles(ds, 0x00280010, matrix, 1, &t->err)); /* US */
    CHECK_STR(d_get(ds, 0x00280010), "1");
    CHECK_OK(tomo_dataset_set_doubles(ds, 0x00189087, &reals[0], 1, &t->err)); /* FD holds NaN */
    CHECK_OK(tomo_dataset_set_doubles(ds, 0x00720074, reals, 2, &t->err));     /* FD, 1-n */
    CHECK_INT(tomo_dataset_doubles(ds, 0x00720074, back, 4), 2);
    CHECK(isnan(back[0]) && back[1] == -INFINITY);
    CHECK_OK(tomo_dataset_set_ints(ds, 0x00720064, ints, 3, &t->err)); /* IS, 1-n */
    CHECK_STR(d_get(ds, 0x00720064), "1\\-2\\3");
    CHECK_INT(tomo_dataset_doubles(ds, 0x00720064, back, 2), 3);
    CHECK(back[0] == 1 && back[1] == -2);
    CHECK_OK(tomo_dataset_set(ds, "00720083", "18446744073709551615", &t->err)); /* UV */
    CHECK(tomo_dataset_uint(ds, 0x00720083, 0, &whole) && whole == UINT64_MAX);
    CHECK(!tomo_dataset_int(ds, 0x00720083, 0, (int64_t *)&whole));
    CHECK_OK(tomo_dataset_set(ds, "00720082", "-9223372036854775808", &t->err)); /* SV */
    CHECK(!tomo_dataset_uint(ds, 0x00720082, 0, &whole));
    CHECK_OK(tomo_dataset_set(ds, "FrameIncrementPointer", "(0018,1063)", &t->err)); /* AT */
    CHECK(tomo_dataset_tag(ds, 0x00280009, 0, &tag) && tag == 0x00181063);
    CHECK(!tomo_dataset_tag(ds, 0x00280009, 1, &tag) && !tomo_dataset_tag(ds, 0x00280010, 0, &tag));
    CHECK_FAILS(tomo_dataset_set_doubles(ds, 0x00280010, spacing, 1, &t->err), TOMO_E_ARG); /* not whole */
    CHECK_FAILS(tomo_dataset_set_ints(ds, 0x00280010, ints + 1, 1, &t->err), TOMO_E_ARG);   /* below 0 */
    CHECK_FAILS(tomo_dataset_set_doubles(ds, 0x00280030, reals, 2, &t->err), TOMO_E_ARG);   /* NaN as DS */
    CHECK_FAILS(tomo_dataset_set_doubles(ds, 0x00280030, matrix, 3, &t->err), TOMO_E_ARG);  /* VM 2 */
    CHECK_FAILS(tomo_dataset_set_ints(ds, 0x00100010, ints, 1, &t->err), TOMO_E_ARG);       /* PN */
    CHECK_OK(tomo_dataset_remove(ds, 0x00280010, &t->err));
    CHECK_FAILS(tomo_dataset_remove(ds, 0x00280010, &t->err), TOMO_E_NOTFOUND);
    tomo_dataset_free(ds);
}

/* ---- private blocks (PS3.5 7.8) ---------------------------------------------------------------------------------- */

TEST(blocks_are_found_and_reserved)
{
    tomo_dataset *ds = NULL;
    uint8_t block = 0;
    char creator[65];
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_FAILS(tomo_dataset_private_block(ds, 0x0029, "TOMO TEST", &block, &t->err), TOMO_E_NOTFOUND);
    CHECK_OK(tomo_dataset_reserve_block(ds, 0x0029, "TOMO TEST", &block, &t->err));
    CHECK_INT(block, 0x10);
    CHECK_OK(tomo_dataset_reserve_block(ds, 0x0029, "OTHER", &block, &t->err));
    CHECK_INT(block, 0x11);
    CHECK_OK(tomo_dataset_reserve_block(ds, 0x0029, "TOMO TEST", &block, &t->err)); /* the one it has */
    CHECK_INT(block, 0x10);
    CHECK_OK(tomo_dataset_set_private(ds, 0x0029, "OTHER", 0x05, TOMO_VR('D', 'S'), "1.25", &t->err));
    CHECK_INT(tomo_dataset_private_tag(ds, 0x0029, "OTHER", 0x05), 0x00291105);
    CHECK_INT(tomo_dataset_private_tag(ds, 0x0029, "NOBODY", 0x05), 0);
    CHECK_STR(d_get(ds, 0x00291105), "1.25");
    tomo_dataset_creator(ds, 0x00291105, creator);
    CHECK_STR(creator, "OTHER");
    /* VR by the private dictionary */
    CHECK_OK(tomo_dataset_set_private(ds, 0x0019, "SIEMENS MR HEADER", 0x0C, 0, "1000", &t->err));
    CHECK_STR(d_get(ds, 0x0019100C), "1000");
    /* nothing is left behind where setting fails */
    CHECK_FAILS(tomo_dataset_set_private(ds, 0x0031, "TOMO TEST", 0x01, 0, "x", &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_set_private(ds, 0x0031, "TOMO TEST", 0x01, TOMO_VR('I', 'S'), "x", &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_private_block(ds, 0x0031, "TOMO TEST", &block, &t->err), TOMO_E_NOTFOUND);
    CHECK_OK(tomo_dataset_set_as(ds, "00291106", TOMO_VR('U', 'S'), "7", &t->err));
    CHECK_STR(d_get(ds, 0x00291106), "7");
    CHECK_FAILS(tomo_dataset_set_as(ds, "00291106", TOMO_VR('?', '?'), "7", &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_reserve_block(ds, 0x0030, "TOMO TEST", &block, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_reserve_block(ds, 0x0031, "", &block, &t->err), TOMO_E_ARG);
    tomo_dataset_free(ds);
}

TEST(blocks_run_out)
{
    tomo_dataset *ds = NULL;
    uint8_t block;
    char name[16];
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    /* a stray element without a creator keeps its block */
    CHECK_OK(tomo_dataset_set_bytes(ds, "00291101", TOMO_VR('U', 'N'), "ab", 2, &t->err));
    for (int i = 0; i < 239; i++) {
        snprintf(name, sizeof name, "C%d", i);
        CHECK_OK(tomo_dataset_reserve_block(ds, 0x0029, name, &block, &t->err));
        CHECK(block != 0x11);
    }
    CHECK_FAILS(tomo_dataset_reserve_block(ds, 0x0029, "one more", &block, &t->err), TOMO_E_LIMIT);
    tomo_dataset_free(ds);
}

/* ---- UN ---------------------------------------------------------------------------------------------------------- */

TEST(un_is_promoted)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    tomo_element e;
    size_t changed = 0;
    d_meta(&d, D_EXPLICIT, 'e');
    d_elem(&d, 0x00090010, "LO", "GEMS_IDEN_01", 12);
    d_elem(&d, 0x00091001, "UN", "GE_GENESIS ", 12); /* LO by the private dictionary */
    d_elem(&d, 0x00100010, "UN", "Doe^Jane", 8);
    d_elem(&d, 0x00280010, "UN", "\1\2", 2);
    d_elem(&d, 0x00991001, "UN", "????", 4); /* nobody knows it */
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_INT(tomo_dataset_vr(ds, 0x00280010), TOMO_VR('U', 'S'));
    CHECK_INT(tomo_dataset_vr(ds, 0x00991001), TOMO_VR('U', 'N'));
    CHECK_OK(tomo_dataset_promote_un(ds, &changed, &t->err));
    CHECK_INT(changed, 3);
    CHECK_OK(tomo_dataset_find(ds, "00280010", &e, &t->err));
    CHECK_INT(e.vr, TOMO_VR('U', 'S'));
    CHECK_STR(d_get(ds, 0x00280010), "513");
    CHECK_OK(tomo_dataset_find(ds, "PatientName", &e, &t->err));
    CHECK_INT(e.vr, TOMO_VR('P', 'N'));
    CHECK_OK(tomo_dataset_find(ds, "00991001", &e, &t->err));
    CHECK_INT(e.vr, TOMO_VR('U', 'N'));
    tomo_dataset_free(ds);
}

/* ---- copies ------------------------------------------------------------------------------------------------------ */

/* From big endian and Latin 1 into little endian and UTF-8, with all below. */
TEST(elements_are_copied_between_data_sets)
{
    static d_bytes d;
    tomo_dataset *from = NULL, *to = NULL;
    const tomo_dataset *item;
    int64_t rows = 0;
    d_meta(&d, D_BIG, 'b');
    d_text(&d, 0x00080005, "CS", "ISO_IR 100");
    d_head(&d, REFERENCED_SERIES, "SQ", 8 + 8 + 6 + 8 + 2);
    d_head(&d, 0xfffee000, "", 8 + 6 + 8 + 2);
    d_elem(&d, 0x00100010, "PN", "J\366rg^A", 6);
    d_us(&d, 0x00280010, 513);
    CHECK_OK(d_open(t, &from, d.b, d.n, NULL, NULL));
    CHECK_OK(tomo_dataset_new(t->ctx, &to, &t->err));
    CHECK_OK(tomo_dataset_copy(to, from, REFERENCED_SERIES, &t->err));
    item = tomo_dataset_item(to, REFERENCED_SERIES, 0);
    CHECK_STR(d_get(item, 0x00100010), "J\303\266rg^A");
    CHECK(tomo_dataset_int(item, 0x00280010, 0, &rows) && rows == 513);
    CHECK_STR(d_get(to, 0x00080005), "ISO_IR 192");
    CHECK_FAILS(tomo_dataset_copy(to, from, 0x00100020, &t->err), TOMO_E_NOTFOUND);
    CHECK_FAILS(tomo_dataset_copy(to, from, 0x00080005, &t->err), TOMO_E_ARG);
    tomo_dataset_free(to);
    tomo_dataset_free(from);
}

/* ---- walking ----------------------------------------------------------------------------------------------------- */

typedef struct seen {
    char all[2000];
    const char *over, *stop;
} seen;

static tomo_walk_next see(void *user, const tomo_dataset *ds, const tomo_element *e, const char *path)
{
    seen *s = user;
    (void)ds;
    (void)e;
    snprintf(s->all + strlen(s->all), sizeof s->all - strlen(s->all), "%s ", path);
    return s->stop && strcmp(s->stop, path) == 0   ? TOMO_WALK_STOP
           : s->over && strcmp(s->over, path) == 0 ? TOMO_WALK_OVER
                                                   : TOMO_WALK_ON;
}

TEST(everything_is_walked_in_order)
{
    tomo_dataset *ds = NULL;
    seen s = { "", NULL, NULL };
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "PatientID", "1", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "ReferencedSeriesSequence[0].ReferencedInstanceSequence[0].ReferencedSOPInstanceUID",
                              "1.2", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "ReferencedSeriesSequence[1].SeriesInstanceUID", "1.3", &t->err));
    CHECK_OK(tomo_dataset_walk(ds, see, &s, &t->err));
    CHECK_STR(s.all, "00081115 00081115[0].0008114A 00081115[0].0008114A[0].00081155 00081115[1].0020000E 00100020 ");
    s = (seen){ "", "00081115[0].0008114A", NULL };
    CHECK_OK(tomo_dataset_walk(ds, see, &s, &t->err));
    CHECK_STR(s.all, "00081115 00081115[0].0008114A 00081115[1].0020000E 00100020 ");
    s = (seen){ "", NULL, "00081115[0].0008114A" };
    CHECK_OK(tomo_dataset_walk(ds, see, &s, &t->err));
    CHECK_STR(s.all, "00081115 00081115[0].0008114A ");
    tomo_dataset_free(ds);
}
