/* test_write.c - edits change what they name and nothing else; every coding can be written in every other; other
 * programs read what is written. */
#include <dirent.h>
#include <unistd.h>

#include <tomo/dicom_edit.h>

#include "d.h"

static const char *const syntaxes[] = { D_IMPLICIT, D_EXPLICIT, D_BIG, D_DEFLATED };

static tomo_buffer *write_as(t_state *t, const tomo_dataset *ds, const char *syntax)
{
    tomo_dataset_write_options o = { sizeof o, syntax };
    tomo_buffer *out = NULL;
    CHECK_OK(tomo_dataset_write_buffer(t->ctx, ds, &out, &o, &t->err));
    return out;
}

/* Do two data sets say the same, whatever their coding? Compared as JSON with all binary values inline. */
static bool same(t_state *t, const tomo_dataset *a, const tomo_dataset *b)
{
    tomo_buffer *x = NULL, *y = NULL;
    CHECK_OK(tomo_dataset_json(t->ctx, a, &x, UINT64_MAX, &t->err));
    CHECK_OK(tomo_dataset_json(t->ctx, b, &y, UINT64_MAX, &t->err));
    bool equal = tomo_buffer_size(x) == tomo_buffer_size(y) &&
                 memcmp(tomo_buffer_data(x), tomo_buffer_data(y), tomo_buffer_size(x)) == 0;
    tomo_buffer_free(x);
    tomo_buffer_free(y);
    return equal;
}

static void sample(d_bytes *d, char coding)
{
    static const double fd = 0.1;
    uint64_t w;
    d_meta(d, d_syntax(coding), coding);
    d_text(d, 0x00080018, "UI", "1.2.3.4");
    d_head(d, 0x00081140, "SQ", 0xffffffff);
    d_head(d, 0xfffee000, "", 0xffffffff);
    d_text(d, 0x00081155, "UI", "1.2.3.9");
    d_head(d, 0x00189073, "FD", 8);
    memcpy(&w, &fd, 8);
    d_num(d, w, 8);
    d_head(d, 0xfffee00d, "", 0);
    d_head(d, 0xfffee0dd, "", 0);
    d_text(d, 0x00100010, "PN", "Doe^John");
    d_us(d, 0x00280010, 258);
    d_head(d, 0x00280009, "AT", 4); /* out of order on purpose: sorted when written anew */
    d_num(d, 0x0018, 2), d_num(d, 0x1063, 2);
    d_head(d, 0x7fe00010, "OW", 6);
    for (unsigned i = 0; i < 3; i++)
        d_num(d, 0x1234 + i, 2);
}

TEST(every_coding_to_every_other)
{
    static d_bytes d;
    for (const char *coding = "eib"; *coding; coding++)
        for (size_t i = 0; i < 4; i++) {
            tomo_dataset *ds = NULL, *again = NULL;
            sample(&d, *coding);
            CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
            tomo_buffer *out = write_as(t, ds, syntaxes[i]);
            CHECK_OK(d_open(t, &again, tomo_buffer_data(out), tomo_buffer_size(out), NULL, NULL));
            CHECK_STR(tomo_dataset_syntax(again), syntaxes[i]);
            CHECK(same(t, ds, again));
            tomo_dataset_free(again);
            tomo_dataset_free(ds);
            tomo_buffer_free(out);
        }
}

TEST(an_edit_leaves_the_others_alone)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    d_meta(&d, D_EXPLICIT, 'e');
    size_t start = d.n;
    d_text(&d, 0x00080018, "UI", "1.2.3.4");
    d_head(&d, 0x00081140, "SQ", 0xffffffff);
    d_head(&d, 0xfffee000, "", 0xffffffff);
    d_elem(&d, 0x00081155, "UI", "1.2 ", 4); /* padded wrongly: stays so */
    d_head(&d, 0xfffee00d, "", 0);
    d_head(&d, 0xfffee0dd, "", 0);
    size_t name = d.n;
    d_text(&d, 0x00100010, "PN", "Doe^John");
    size_t rest = d.n;
    d_elem(&d, 0x00100020, "LO", " x  ", 4);
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_OK(tomo_dataset_set(ds, "PatientName", "Roe^Jo", &t->err));
    tomo_buffer *out = write_as(t, ds, NULL);
    const uint8_t *b = tomo_buffer_data(out);
    size_t n = tomo_buffer_size(out), tail = d.n - rest, head = name - start;
    CHECK(memcmp(b + n - tail, d.b + rest, tail) == 0);
    CHECK(memcmp(b + n - tail - 14 - head, d.b + start, head) == 0);
    CHECK(memcmp(b + n - tail - 14, "\x10\0\x10\0PN\6\0Roe^Jo", 14) == 0);
    tomo_buffer_free(out);
    tomo_dataset_free(ds);
}

TEST(an_edit_in_an_item)
{
    static d_bytes d;
    for (const char *coding = "eib"; *coding; coding++) {
        tomo_dataset *ds = NULL, *again = NULL;
        sample(&d, *coding);
        CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
        CHECK_OK(tomo_dataset_set(ds, "ReferencedImageSequence[0].ReferencedSOPInstanceUID", "1.2.99", &t->err));
        CHECK_OK(tomo_dataset_set(ds, "ReferencedImageSequence[1].ReferencedSOPInstanceUID", "1.2.100", &t->err));
        CHECK_OK(tomo_dataset_set(ds, "ReferencedImageSequence[1].PurposeOfReferenceCodeSequence[0].CodeValue", "A",
                                  &t->err));
        tomo_buffer *out = write_as(t, ds, NULL);
        CHECK_OK(d_open(t, &again, tomo_buffer_data(out), tomo_buffer_size(out), NULL, NULL));
        CHECK_STR(d_get(tomo_dataset_item(again, 0x00081140, 0), 0x00081155), "1.2.99");
        CHECK_STR(d_get(tomo_dataset_item(again, 0x00081140, 1), 0x00081155), "1.2.100");
        CHECK(same(t, ds, again));
        tomo_dataset_free(again);
        tomo_dataset_free(ds);
        tomo_buffer_free(out);
    }
}

TEST(group_lengths_go_when_they_are_wrong)
{
    static d_bytes d;
    tomo_dataset *ds = NULL, *again = NULL;
    tomo_element e;
    d_meta(&d, D_EXPLICIT, 'e');
    d_head(&d, 0x00080000, "UL", 4);
    d_num(&d, 10, 4);
    d_text(&d, 0x00080060, "CS", "MR");
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    for (int edited = 0; edited < 2; edited++) {
        if (edited)
            CHECK_OK(tomo_dataset_set(ds, "Modality", "CT", &t->err));
        tomo_buffer *out = write_as(t, ds, NULL);
        CHECK_OK(d_open(t, &again, tomo_buffer_data(out), tomo_buffer_size(out), NULL, NULL));
        CHECK_INT(tomo_dataset_find(again, "00080000", &e, NULL), edited ? TOMO_E_NOTFOUND : TOMO_OK);
        tomo_dataset_free(again);
        tomo_buffer_free(out);
    }
    tomo_dataset_free(ds);
}

TEST(meta_header_of_a_new_data_set)
{
    tomo_dataset *ds = NULL, *again = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.2", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "SOPInstanceUID", "2.25.7", &t->err));
    CHECK_OK(tomo_dataset_set(ds, "SourceApplicationEntityTitle", "TOMO", &t->err));
    tomo_buffer *out = write_as(t, ds, NULL);
    CHECK_OK(d_open(t, &again, tomo_buffer_data(out), tomo_buffer_size(out), NULL, NULL));
    CHECK_STR(d_get(again, 0x00020002), "1.2.840.10008.5.1.4.1.1.2");
    CHECK_STR(d_get(again, 0x00020003), "2.25.7");
    CHECK_STR(d_get(again, 0x00020010), D_EXPLICIT);
    CHECK(strncmp(d_get(again, 0x00020012), "2.25.", 5) == 0);
    CHECK(strncmp(d_get(again, 0x00020013), "TOMO_", 5) == 0);
    CHECK_STR(d_get(again, 0x00020016), "TOMO");
    CHECK_INT(tomo_dataset_count(again), 8 + 2);
    tomo_dataset_free(again);
    tomo_dataset_free(ds);
    tomo_buffer_free(out);
}

TEST(what_can_not_be_written)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    tomo_buffer *out = NULL;
    tomo_dataset_write_options o = { sizeof o, D_EXPLICIT };
    d_meta(&d, "1.2.840.10008.1.2.4.50", 'e');
    d_text(&d, 0x00080060, "CS", "MR");
    d_head(&d, 0x7fe00010, "OB", 0xffffffff);
    d_head(&d, 0xfffee000, "", 0);
    d_elem(&d, 0xfffee000, "", "\xff\xd8", 2);
    d_head(&d, 0xfffee0dd, "", 0);
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_FAILS(tomo_dataset_write_buffer(t->ctx, ds, &out, &o, &t->err), TOMO_E_UNSUPPORTED);
    CHECK_OK(tomo_dataset_set(ds, "Modality", "CT", &t->err)); /* the same syntax is fine, edited or not */
    CHECK_OK(tomo_dataset_write_buffer(t->ctx, ds, &out, NULL, &t->err));
    CHECK_INT(tomo_buffer_size(out), d.n);
    tomo_buffer_free(out);
    tomo_dataset_free(ds);
    sample(&d, 'e');
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    o.syntax = "1.2.840.10008.1.2.4.70";
    CHECK_FAILS(tomo_dataset_write_buffer(t->ctx, ds, &out, &o, &t->err), TOMO_E_UNSUPPORTED);
    tomo_dataset_free(ds);
    tomo_dataset_options stop = TOMO_DATASET_OPTIONS_INIT;
    stop.stop_before_pixels = true;
    CHECK_OK(d_open(t, &ds, d.b, d.n, &stop, NULL));
    CHECK_FAILS(tomo_dataset_write_buffer(t->ctx, ds, &out, NULL, &t->err), TOMO_E_ARG); /* would lose the pixels */
    tomo_dataset_free(ds);
}

/* JPIP referenced deflate (PS3.5 A.7): its data set is deflated like that of the deflated syntax. As it was, byte for
 * byte; edited, deflated anew; a syntax that promises a pixel provider is not given to data sets that name none. */
TEST(jpip_deflated_stays_deflated)
{
    static const char jpip[] = "1.2.840.10008.1.2.4.95";
    static d_bytes d;
    tomo_dataset *ds = NULL, *again = NULL;
    tomo_dataset_write_options o = { sizeof o, jpip };
    tomo_buffer *small = NULL, *out = NULL;
    d.n = 0, d.coding = 'e';
    d_text(&d, 0x00080060, "CS", "CT");
    d_text(&d, 0x00287fe0, "UR", "http://example.org/pixels");
    CHECK_OK(tomo_codec_deflate(t->ctx, &small, d.b, d.n, TOMO_DEFLATE_RAW, 0, NULL, &t->err));
    d_meta(&d, jpip, 'e');
    d_raw(&d, tomo_buffer_data(small), tomo_buffer_size(small));
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_OK(tomo_dataset_write_buffer(t->ctx, ds, &out, NULL, &t->err));
    const uint8_t *end = (const uint8_t *)tomo_buffer_data(out) + tomo_buffer_size(out) - tomo_buffer_size(small);
    CHECK(memcmp(end, tomo_buffer_data(small), tomo_buffer_size(small)) == 0);
    tomo_buffer_free(out);
    CHECK_OK(tomo_dataset_set(ds, "Modality", "MR", &t->err));
    CHECK_OK(tomo_dataset_write_buffer(t->ctx, ds, &out, NULL, &t->err));
    CHECK_OK(d_open(t, &again, tomo_buffer_data(out), tomo_buffer_size(out), NULL, NULL));
    CHECK_STR(tomo_dataset_syntax(again), jpip);
    CHECK(same(t, ds, again));
    tomo_dataset_free(again);
    tomo_dataset_free(ds);
    tomo_buffer_free(out);
    tomo_buffer_free(small);
    sample(&d, 'e');
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_FAILS(tomo_dataset_write_buffer(t->ctx, ds, &out, &o, &t->err), TOMO_E_UNSUPPORTED);
    tomo_dataset_free(ds);
}

TEST(files_are_whole_or_not_there)
{
    static d_bytes d;
    tomo_dataset *ds = NULL, *again = NULL;
    sample(&d, 'e');
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_OK(tomo_dataset_write(t->ctx, ds, t_tmp(t, "a.dcm"), NULL, &t->err));
    CHECK_OK(tomo_dataset_open_path(t->ctx, &again, t_tmp(t, "a.dcm"), NULL, NULL, &t->err));
    CHECK(same(t, ds, again));
    CHECK_OK(tomo_dataset_set(again, "PatientID", "over itself", &t->err));
    CHECK_OK(tomo_dataset_write(t->ctx, again, t_tmp(t, "a.dcm"), NULL, &t->err));
    tomo_dataset_free(again);
    CHECK_OK(tomo_dataset_open_path(t->ctx, &again, t_tmp(t, "a.dcm"), NULL, NULL, &t->err));
    CHECK_STR(d_get(again, 0x00100020), "over itself");
    CHECK(tomo_dataset_write(t->ctx, again, t_tmp(t, "no/such/folder.dcm"), NULL, &t->err) != TOMO_OK);
    CHECK(t->err.message[0]);
    tomo_dataset_free(again);
    tomo_dataset_free(ds);
}

TEST(survives_lost_memory)
{
    static d_bytes d;
    sample(&d, 'b');
    FAIL_EACH_ALLOC(t)
    {
        tomo_dataset *ds = NULL;
        tomo_buffer *out = NULL;
        tomo_dataset_write_options o = { sizeof o, D_DEFLATED };
        tomo_status st = d_open(t, &ds, d.b, d.n, NULL, NULL);
        if (st == TOMO_OK)
            st = tomo_dataset_set(ds, "ReferencedImageSequence[0].ReferencedSOPInstanceUID", "1.2.99", &t->err);
        if (st == TOMO_OK)
            st = tomo_dataset_write_buffer(t->ctx, ds, &out, &o, &t->err);
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        tomo_buffer_free(out);
        out = NULL;
        if (st == TOMO_OK && (st = tomo_dataset_json(t->ctx, ds, &out, 100, &t->err)) == TOMO_OK)
            tomo_buffer_free(out);
        out = NULL;
        if (st == TOMO_OK && (st = tomo_dataset_dump(t->ctx, ds, &out, &t->err)) == TOMO_OK)
            tomo_buffer_free(out);
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        tomo_dataset_free(ds);
    }
}

/* ---- other programs ------------------------------------------------------------------------------------------ */

static bool there(const char *program)
{
    char command[200];
    snprintf(command, sizeof command, "command -v %s > /dev/null 2>&1", program);
    return system(command) == 0;
}

/* Elements of the data set itself: a file without a meta header gets one, and group lengths go with an edit. */
static size_t behind_meta(const tomo_dataset *ds)
{
    size_t n = 0;
    tomo_element e;
    for (size_t i = 0; i < tomo_dataset_count(ds); i++)
        n += tomo_dataset_element(ds, i, &e, NULL) == TOMO_OK && e.tag >> 16 != 2 && e.tag & 0xffff;
    return n;
}

/* Real native files, each edited and written in all four codings into the scratch folder. */
static int write_all(t_state *t, const char *folder)
{
    char path[1000], name[64];
    int n = 0;
    struct dirent *entry;
    DIR *d = opendir(folder);
    CHECK(d != NULL);
    while ((entry = readdir(d)) != NULL && n < 100) {
        tomo_dataset *ds = NULL, *again = NULL;
        snprintf(path, sizeof path, "%.600s/%.255s", folder, entry->d_name);
        if (entry->d_type != DT_REG || tomo_dataset_open_path(t->ctx, &ds, path, NULL, NULL, &t->err) != TOMO_OK)
            continue;
        bool native = false;
        for (size_t i = 0; i < 4; i++)
            native |= strcmp(tomo_dataset_syntax(ds), syntaxes[i]) == 0;
        if (native)
            CHECK_OK(tomo_dataset_set(ds, "ReferringPhysicianName", "Tomo^Test", &t->err));
        for (size_t i = 0; i < 4 && native; i++, n++) {
            tomo_buffer *out = write_as(t, ds, syntaxes[i]);
            snprintf(name, sizeof name, "out-%03d.dcm", n);
            FILE *f = fopen(t_tmp(t, name), "wb");
            CHECK(f && fwrite(tomo_buffer_data(out), 1, tomo_buffer_size(out), f) == tomo_buffer_size(out));
            fclose(f);
            CHECK_OK(d_open(t, &again, tomo_buffer_data(out), tomo_buffer_size(out), NULL, NULL));
            CHECK_INT(behind_meta(again), behind_meta(ds));
            if (i > 0 && !same(t, ds, again)) /* implicit VR can't say OB of pixels, nor VRs of unknown private ones */
                print_error("%s in %s\n", path, syntaxes[i]);
            CHECK(i == 0 || same(t, ds, again));
            tomo_dataset_free(again);
            tomo_buffer_free(out);
        }
        tomo_dataset_free(ds);
    }
    closedir(d);
    return n;
}

/* A VR that is none: with 16 bytes the 16-bit length is the one that fits, in a longer file the 32-bit one fits too. */
TEST(lengths_told_by_what_follows_are_made_plain)
{
    static d_bytes d;
    static char more[0x22100];
    memset(more, 'x', sizeof more - 1);
    for (int inside = 0; inside < 2; inside++) {
        tomo_dataset *ds = NULL, *again = NULL;
        d_meta(&d, D_EXPLICIT, 'e');
        d_text(&d, 0x00080018, "UI", "1.2.3.4");
        if (inside) {
            d_head(&d, 0x00081140, "SQ", 0xffffffff);
            d_head(&d, 0xfffee000, "", 0xffffffff);
        }
        d_num(&d, 0x0031, 2), d_num(&d, 0x4752, 2);
        d_raw(&d, "2 \2\0", 4); /* 0x00022032 bytes or 2 */
        d_raw(&d, "ab", 2);
        if (inside) {
            d_head(&d, 0xfffee00d, "", 0);
            d_head(&d, 0xfffee0dd, "", 0);
        }
        CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
        CHECK_OK(tomo_dataset_set_text(ds, 0x0040A160, more, &t->err));
        tomo_buffer *out = write_as(t, ds, D_EXPLICIT);
        CHECK_OK(d_open(t, &again, tomo_buffer_data(out), tomo_buffer_size(out), NULL, NULL));
        CHECK(same(t, ds, again));
        tomo_buffer_free(out);
        tomo_dataset_free(again);
        tomo_dataset_free(ds);
    }
}

/* Group 0000 is of messages (PS3.7 6.3): as the first of a file it hid whether little or big endian follows. */
TEST(commands_are_left_out_of_files)
{
    static d_bytes d;
    for (size_t i = 0; i < 4; i++) {
        tomo_dataset *ds = NULL, *again = NULL;
        tomo_element e;
        d_meta(&d, D_IMPLICIT, 'i');
        d_text(&d, 0x00000000, "UL", "odd one");
        d_text(&d, 0x00080018, "UI", "1.2.3.4");
        d_us(&d, 0x00280010, 258);
        CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
        CHECK_OK(tomo_dataset_find(ds, "00000000", &e, &t->err));
        tomo_buffer *out = write_as(t, ds, syntaxes[i]);
        CHECK_OK(d_open(t, &again, tomo_buffer_data(out), tomo_buffer_size(out), NULL, NULL));
        CHECK_STR(tomo_dataset_syntax(again), syntaxes[i]);
        CHECK_FAILS(tomo_dataset_find(again, "00000000", &e, &t->err), TOMO_E_NOTFOUND);
        int64_t rows = 0;
        CHECK(tomo_dataset_int(again, 0x00280010, 0, &rows) && rows == 258);
        tomo_buffer_free(out);
        tomo_dataset_free(again);
        tomo_dataset_free(ds);
    }
}

TEST(dcmtk_reads_what_is_written)
{
    char command[1000], where[600];
    t_slow(t);
    if (!there("dcmdump"))
        t_skip(t, "no dcmdump");
    CHECK(write_all(t, t_data(t, "dicom/pydicom")) >= 100);
    snprintf(where, sizeof where, "%s", t_tmp(t, ""));
    /* errors are for damage that Tomo did: the inputs were read without any */
    snprintf(command, sizeof command,
             "for f in '%s'/out-*.dcm; do dcmdump \"$f\" 2>&1 | grep -aq '^E:' && echo \"$f\"; done | grep -c . | grep "
             "-qx 0",
             where);
    CHECK_INT(system(command), 0);
    snprintf(command, sizeof command,
             "for f in '%s'/out-*.dcm; do dcmdump +P 0008,0090 \"$f\" 2>/dev/null | grep -aq 'Tomo^Test' || echo "
             "\"$f\"; done | "
             "grep -c . | grep -qx 0",
             where);
    CHECK_INT(system(command), 0);
}

TEST(pydicom_reads_what_is_written)
{
    char command[1200], where[600];
    if (system("/usr/bin/python3 -c 'import pydicom' 2> /dev/null") != 0)
        t_skip(t, "no pydicom");
    CHECK(write_all(t, t_data(t, "dicom/pydicom")) >= 100);
    snprintf(where, sizeof where, "%s", t_tmp(t, ""));
    snprintf(command, sizeof command,
             "/usr/bin/python3 -W ignore -c \"import glob, pydicom\n"
             "for f in glob.glob('%s/out-*.dcm'):\n"
             "    d = pydicom.dcmread(f)\n"
             "    assert str(d.ReferringPhysicianName) == 'Tomo^Test', f\n"
             "    sum(1 for _ in d.iterall())\"",
             where);
    CHECK_INT(system(command), 0);
}

TEST(gdcm_reads_what_is_written)
{
    char command[1000], where[600];
    t_slow(t);
    if (!there("gdcmdump"))
        t_skip(t, "no gdcmdump");
    CHECK(write_all(t, t_data(t, "dicom/pydicom")) >= 100);
    snprintf(where, sizeof where, "%s", t_tmp(t, ""));
    snprintf(command, sizeof command,
             "for f in '%s'/out-*.dcm; do gdcmdump \"$f\" > /dev/null 2>&1 || echo \"$f\"; done | tee /dev/stderr | "
             "grep -c . | grep -qx 0",
             where);
    CHECK_INT(system(command), 0);
}

/* ---- JSON ---------------------------------------------------------------------------------------------------- */

TEST(json_of_the_standard) /* forms of PS3.18 F.2 */
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    tomo_buffer *out = NULL;
    static const float odd[] = { 0.1f, __builtin_inff() };
    uint32_t w;
    d_meta(&d, D_BIG, 'b');
    d_text(&d, 0x00080005, "CS", "ISO_IR 100");
    d_text(&d, 0x00080008, "CS", "A\\\\B");
    d_head(&d, 0x00080090, "PN", 0);
    d_head(&d, 0x00081140, "SQ", 0xffffffff);
    d_head(&d, 0xfffee000, "", 0);
    d_head(&d, 0xfffee000, "", 0xffffffff);
    d_elem(&d, 0x00091001, "OW", "\1\2\3\4\5\6", 6);
    d_head(&d, 0xfffee00d, "", 0);
    d_head(&d, 0xfffee0dd, "", 0);
    d_text(&d, 0x00100010, "PN", "J\351^\"Q\"=\\B");
    d_text(&d, 0x00180050, "DS", "+1.50\\.5\\007\\1.5e1\\x");
    d_head(&d, 0x00200062, "FL", 8);
    for (int i = 0; i < 2; i++, d_num(&d, w, 4))
        memcpy(&w, &odd[i], 4);
    d_head(&d, 0x00280009, "AT", 4);
    d_num(&d, 0x18, 2), d_num(&d, 0x1063, 2);
    d_elem(&d, 0x7fe00010, "OW", "\1\2", 2);
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_OK(tomo_dataset_json(t->ctx, ds, &out, 4, &t->err));
    CHECK_STR(tomo_buffer_data(out),
              "{\"00080005\":{\"vr\":\"CS\",\"Value\":[\"ISO_IR 192\"]},"
              "\"00080008\":{\"vr\":\"CS\",\"Value\":[\"A\",null,\"B\"]},"
              "\"00080090\":{\"vr\":\"PN\"},"
              "\"00081140\":{\"vr\":\"SQ\",\"Value\":[{},{\"00091001\":{\"vr\":\"OW\","
              "\"BulkDataURI\":\"#00081140[1].00091001\"}}]},"
              "\"00100010\":{\"vr\":\"PN\",\"Value\":[{\"Alphabetic\":\"Jé^\\\"Q\\\"\"},{\"Alphabetic\":\"B\"}]},"
              "\"00180050\":{\"vr\":\"DS\",\"Value\":[1.5,0.5,7,1.5e1,\"x\"]},"
              "\"00200062\":{\"vr\":\"FL\",\"Value\":[0.1,\"Infinity\"]},"
              "\"00280009\":{\"vr\":\"AT\",\"Value\":[\"00181063\"]},"
              "\"7FE00010\":{\"vr\":\"OW\",\"InlineBinary\":\"AgE=\"}}");
    tomo_buffer_free(out);
    tomo_dataset_free(ds);
}

TEST(dump_is_safe_for_terminals)
{
    static d_bytes d;
    tomo_dataset *ds = NULL;
    tomo_buffer *out = NULL;
    d_meta(&d, D_EXPLICIT, 'e');
    d_text(&d, 0x00080005, "CS", "ISO_IR 192");
    d_text(&d, 0x00090010, "LO", "SIEMENS CT VA0  COAD");
    d_text(&d, 0x00100010, "PN", "X\r\n\033[2J\302\233\342\200\256Y");
    d_text(&d, 0x00104000, "LT", "0123456789012345678901234567890123456789012345678901234567890123456789");
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    CHECK_OK(tomo_dataset_dump(t->ctx, ds, &out, &t->err));
    const char *text = tomo_buffer_data(out);
    CHECK(strstr(text, "(0010,0010) PN [X\\r\\n\\x1b[2J\\x9b\\u202eY]") != NULL);
    CHECK(strstr(text, "# 12, PatientName") == NULL && strstr(text, "PatientName") != NULL);
    CHECK(strstr(text, "[1.2.840.10008.1.2.1] Explicit VR Little Endian") != NULL);
    CHECK(strstr(text, "0123...]") != NULL && !strchr(text, '\033'));
    tomo_buffer_free(out);
    tomo_dataset_free(ds);
}
