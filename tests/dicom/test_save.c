/* test_save.c - ways of writing: values from sources in pieces, deflated in pieces, lengths of sequences and groups,
 * File Meta Information and preamble by option. tests/dicom/check_text.py lets pydicom and DCMTK read what is written.
 */
#include "d.h"

#include <tomo/dicom_edit.h>

/* Bytes that exist nowhere but in a formula: 5 GiB of them would cost no memory. */
typedef struct formula {
    uint64_t most; /* largest piece that was asked for */
    bool fail;
} formula;

static uint8_t byte_at(uint64_t i) { return (uint8_t)(i * 2654435761u >> 7); }

static int read_formula(void *user, uint64_t offset, void *to, size_t bytes)
{
    formula *f = user;
    f->most = bytes > f->most ? bytes : f->most;
    if (f->fail && offset > 1 << 20)
        return 5; /* EIO */
    for (size_t i = 0; i < bytes; i++)
        ((uint8_t *)to)[i] = byte_at(offset + i);
    return 0;
}

static tomo_source *open_formula(t_state *t, formula *f, uint64_t size)
{
    tomo_source *source = NULL;
    tomo_source_callbacks cb = { sizeof cb, f, size, read_formula, NULL };
    CHECK_OK(tomo_source_from_callbacks(t->ctx, &source, &cb, &t->err));
    return source;
}

typedef struct counted {
    uint64_t bytes, pieces, most, pixels_at;
    bool good;
} counted;

static tomo_status count(void *user, const void *data, size_t size, tomo_error *err)
{
    counted *c = user;
    const uint8_t *b = data;
    (void)err;
    for (size_t i = 0; c->pixels_at && i < size; i += 4099)
        if (c->bytes + i >= c->pixels_at)
            c->good &= b[i] == byte_at(c->bytes + i - c->pixels_at);
    c->bytes += size;
    c->pieces++;
    c->most = size > c->most ? size : c->most;
    return TOMO_OK;
}

/* 3 GiB through a context of 64 MiB. */
TEST(data_larger_than_memory)
{
    const uint64_t size = (uint64_t)3 << 30;
    tomo_ctx_options co = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    tomo_dataset *ds = NULL;
    formula f = { 0, false };
    counted c = { .good = true };
    tomo_source *source = open_formula(t, &f, size);
    t_slow(t);
    co.memory_limit = (uint64_t)64 << 20;
    CHECK_OK(tomo_ctx_new(&ctx, &co, &t->err));
    CHECK_OK(tomo_dataset_new(ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "SOPInstanceUID", "1.2.3", &t->err));
    CHECK_OK(tomo_dataset_stream(ctx, ds, count, &c, NULL, &t->err));
    c = (counted){ .pixels_at = c.bytes + 12, .good = true };
    CHECK_OK(tomo_dataset_set_source(ds, 0x7fe00010, TOMO_VR('O', 'W'), source, 0, size, false, &t->err));
    CHECK_OK(tomo_dataset_stream(ctx, ds, count, &c, NULL, &t->err));
    CHECK_INT(c.bytes, c.pixels_at + size);
    CHECK(c.good && c.most <= 1 << 20 && f.most <= 1 << 20);
    tomo_dataset_free(ds);
    tomo_ctx_free(ctx);
    tomo_source_free(source);
}

/* A file of `size` bytes of the formula, read back. */
static void source_in(t_state *t, const char *syntax, uint64_t size)
{
    tomo_dataset *ds = NULL, *again = NULL;
    tomo_dataset_save_options o = TOMO_DATASET_SAVE_OPTIONS_INIT;
    tomo_element e;
    formula f = { 0, false };
    tomo_source *source = open_formula(t, &f, size + 7);
    const bool big = strcmp(syntax, D_BIG) == 0;
    char path[300];
    snprintf(path, sizeof path, "%s", t_tmp(t, "source.dcm"));
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "PatientID", "4711", &t->err));
    CHECK_OK(tomo_dataset_set_source(ds, 0x7fe00010, TOMO_VR('O', 'W'), source, 7, size, false, &t->err));
    CHECK_INT(tomo_dataset_text(ds, 0x7fe00010, 0, NULL, 0), -1);
    o.syntax = syntax;
    CHECK_OK(tomo_dataset_save(t->ctx, ds, path, &o, &t->err));
    CHECK_OK(tomo_dataset_open_path(t->ctx, &again, path, NULL, NULL, &t->err));
    CHECK_STR(tomo_dataset_syntax(again), syntax);
    CHECK_STR(d_get(again, 0x00100020), "4711");
    CHECK_OK(tomo_dataset_find(again, "PixelData", &e, &t->err));
    CHECK_INT(e.length, size);
    for (uint64_t i = 0; i < size; i++)
        CHECK(((const uint8_t *)e.value)[big ? i ^ 1 : i] == byte_at(7 + i));
    tomo_dataset_free(again);
    tomo_dataset_free(ds);
    tomo_source_free(source);
}

TEST(sources_in_every_syntax)
{
    source_in(t, D_EXPLICIT, 3000002);
    source_in(t, D_IMPLICIT, 3000002);
    source_in(t, D_BIG, 3000002);
    source_in(t, D_DEFLATED, 3000002);
    source_in(t, D_EXPLICIT, 2);
}

TEST(sources_are_checked)
{
    tomo_dataset *ds = NULL;
    formula f = { 0, true };
    tomo_source *source = open_formula(t, &f, 4 << 20);
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_FAILS(tomo_dataset_set_source(ds, 0x7fe00010, TOMO_VR('O', 'W'), source, 0, (4 << 20) + 2, false, &t->err),
                TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_set_source(ds, 0x7fe00010, TOMO_VR('O', 'W'), source, 0, 3, false, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_set_source(ds, 0x00100010, TOMO_VR('P', 'N'), source, 0, 4, false, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_set_source(ds, 0x00280010, TOMO_VR('U', 'S'), source, 0, 70000, false, &t->err),
                TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_set_source(ds, 0x7fe00010, TOMO_VR('O', 'B'), source, 0, 64, true, &t->err), TOMO_E_ARG);
    /* where the source fails, no file appears */
    CHECK_OK(tomo_dataset_set_source(ds, 0x7fe00010, TOMO_VR('O', 'W'), source, 0, 4 << 20, false, &t->err));
    char path[300];
    snprintf(path, sizeof path, "%s", t_tmp(t, "none.dcm"));
    CHECK_FAILS(tomo_dataset_save(t->ctx, ds, path, NULL, &t->err), TOMO_E_IO);
    FILE *file = fopen(path, "rb");
    CHECK(file == NULL);
    tomo_dataset_free(ds);
    tomo_source_free(source);
}

TEST(fragments_from_a_source)
{
    static const uint8_t bytes[] = { 0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0, 0xfe, 0xff, 0, 0xe0, 4, 0, 0, 0, 1, 2, 3, 4 };
    tomo_dataset *ds = NULL, *again = NULL;
    tomo_source *source = NULL;
    tomo_buffer *out = NULL;
    tomo_element e;
    CHECK_OK(tomo_source_from_memory(t->ctx, &source, bytes, sizeof bytes, &t->err));
    CHECK_OK(tomo_dataset_new_as(t->ctx, &ds, "1.2.840.10008.1.2.4.90", &t->err));
    CHECK_FAILS(tomo_dataset_set_source(ds, 0x7fe00010, TOMO_VR('O', 'B'), source, 0, sizeof bytes, false, &t->err),
                TOMO_E_ARG);
    CHECK_FAILS(tomo_dataset_set_source(ds, 0x7fe00010, TOMO_VR('O', 'B'), source, 0, 18, true, &t->err), TOMO_E_ARG);
    CHECK_OK(tomo_dataset_set_source(ds, 0x7fe00010, TOMO_VR('O', 'B'), source, 0, sizeof bytes, true, &t->err));
    CHECK_OK(tomo_dataset_write_buffer(t->ctx, ds, &out, NULL, &t->err));
    CHECK_OK(d_open(t, &again, tomo_buffer_data(out), tomo_buffer_size(out), NULL, NULL));
    CHECK_OK(tomo_dataset_find(again, "PixelData", &e, &t->err));
    CHECK(e.encapsulated && e.items == 2 && e.length == sizeof bytes && memcmp(e.value, bytes, sizeof bytes) == 0);
    tomo_dataset_free(again);
    tomo_dataset_free(ds);
    tomo_source_free(source);
    tomo_buffer_free(out);
}

TEST(streaming_survives_lost_memory)
{
    formula f = { 0, false };
    tomo_source *source = open_formula(t, &f, 2 << 20);
    FAIL_EACH_ALLOC(t)
    {
        tomo_dataset *ds = NULL;
        tomo_dataset_save_options o = TOMO_DATASET_SAVE_OPTIONS_INIT;
        counted c = { .good = true };
        o.syntax = D_DEFLATED;
        if (tomo_dataset_new(t->ctx, &ds, &t->err) == TOMO_OK &&
            tomo_dataset_set_source(ds, 0x7fe00010, TOMO_VR('O', 'W'), source, 0, 2 << 20, false, &t->err) == TOMO_OK)
            tomo_dataset_stream(t->ctx, ds, count, &c, &o, &t->err);
        tomo_dataset_free(ds);
    }
    tomo_source_free(source);
}

/* ---- lengths ----------------------------------------------------------------------------------------------------- */

static tomo_status to_bytes(void *user, const void *data, size_t size, tomo_error *err)
{
    d_bytes *d = user;
    (void)err;
    d_raw(d, data, size);
    return TOMO_OK;
}

/* By hand: the same data set with every length explicit, undefined, and with group lengths. */
static void expected(d_bytes *d, bool undefined, bool groups)
{
    const uint32_t extra = groups ? 12 : 0;
    d->n = 0;
    d->coding = 'e';
    if (groups) {
        d_head(d, 0x00080000, "UL", 4);
        d_num(d, undefined ? 12 + 8 + 12 + extra + 8 + 8 : 12 + 8 + 12 + extra, 4);
    }
    d_head(d, 0x00081115, "SQ", undefined ? 0xffffffff : 8 + 12 + extra);
    d_head(d, 0xfffee000, "", undefined ? 0xffffffff : 12 + extra);
    if (groups) {
        d_head(d, 0x00200000, "UL", 4);
        d_num(d, 12, 4);
    }
    d_text(d, 0x0020000e, "UI", "1.2");
    if (undefined) {
        d_head(d, 0xfffee00d, "", 0);
        d_head(d, 0xfffee0dd, "", 0);
    }
    if (groups) {
        d_head(d, 0x00100000, "UL", 4);
        d_num(d, 12, 4);
    }
    d_text(d, 0x00100020, "LO", "4711");
}

TEST(lengths_by_option)
{
    static d_bytes want, got;
    for (int i = 0; i < 8; i++) {
        const bool undefined = i & 1, groups = i & 2, from_file = i & 4;
        tomo_dataset *ds = NULL;
        tomo_dataset_save_options o = TOMO_DATASET_SAVE_OPTIONS_INIT;
        static d_bytes file;
        if (from_file) { /* of the other form */
            d_meta(&file, D_EXPLICIT, 'e');
            expected(&want, !undefined, !groups);
            d_raw(&file, want.b, want.n);
            CHECK_OK(d_open(t, &ds, file.b, file.n, NULL, NULL));
        } else {
            CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
            CHECK_OK(tomo_dataset_set(ds, "ReferencedSeriesSequence[0].SeriesInstanceUID", "1.2", &t->err));
            CHECK_OK(tomo_dataset_set(ds, "PatientID", "4711", &t->err));
        }
        o.no_meta = true;
        o.sequence_lengths = undefined ? TOMO_LENGTHS_UNDEFINED : TOMO_LENGTHS_EXPLICIT;
        o.group_lengths = groups;
        got.n = 0;
        CHECK_OK(tomo_dataset_stream(t->ctx, ds, to_bytes, &got, &o, &t->err));
        expected(&want, undefined, groups);
        CHECK_INT(got.n, want.n);
        CHECK(memcmp(got.b, want.b, want.n) == 0);
        tomo_dataset_free(ds);
    }
}

/* In implicit VR a private sequence shows by its undefined length alone. */
TEST(private_sequences_in_implicit_vr)
{
    tomo_dataset *ds = NULL, *again = NULL, *item = NULL;
    tomo_dataset_write_options o = { sizeof o, D_IMPLICIT };
    tomo_buffer *out = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "00090010", "TOMO TEST", &t->err));
    CHECK_OK(tomo_dataset_add_item(ds, 0x00091001, 0, &item, &t->err));
    CHECK_OK(tomo_dataset_set(item, "PatientID", "1", &t->err));
    CHECK_OK(tomo_dataset_write_buffer(t->ctx, ds, &out, &o, &t->err));
    CHECK_OK(d_open(t, &again, tomo_buffer_data(out), tomo_buffer_size(out), NULL, NULL));
    CHECK_INT(tomo_dataset_values(again, 0x00091001), 1);
    CHECK_STR(d_get(tomo_dataset_item(again, 0x00091001, 0), 0x00100020), "1");
    tomo_dataset_free(again);
    tomo_dataset_free(ds);
    tomo_buffer_free(out);
}

/* ---- meta header ------------------------------------------------------------------------------------------------- */

TEST(meta_header_by_option)
{
    static d_bytes d, got;
    tomo_dataset *ds = NULL, *again = NULL;
    tomo_dataset_save_options o = TOMO_DATASET_SAVE_OPTIONS_INIT;
    d_meta(&d, D_EXPLICIT, 'e');
    memcpy(d.b, "II*\0", 4); /* a TIFF header in the preamble */
    d_text(&d, 0x00100020, "LO", "1");
    CHECK_OK(d_open(t, &ds, d.b, d.n, NULL, NULL));
    o.keep_preamble = true;
    o.implementation_uid = "1.2.3.99";
    o.implementation_name = "MINE_1";
    o.source_ae = "SCANNER";
    CHECK_OK(tomo_dataset_stream(t->ctx, ds, to_bytes, &got, &o, &t->err));
    CHECK(memcmp(got.b, "II*\0", 4) == 0 && got.b[127] == 0);
    CHECK_OK(d_open(t, &again, got.b, got.n, NULL, NULL));
    CHECK_STR(d_get(again, 0x00020012), "1.2.3.99");
    CHECK_STR(d_get(again, 0x00020013), "MINE_1");
    CHECK_STR(d_get(again, 0x00020016), "SCANNER");
    tomo_dataset_free(again);
    again = NULL;
    o.implementation_name = NULL; /* a name of another implementation would lie */
    o.keep_preamble = false;
    got.n = 0;
    CHECK_OK(tomo_dataset_stream(t->ctx, ds, to_bytes, &got, &o, &t->err));
    CHECK(got.b[0] == 0);
    CHECK_OK(d_open(t, &again, got.b, got.n, NULL, NULL));
    CHECK_STR(d_get(again, 0x00020013), "(absent)");
    tomo_dataset_free(again);
    o.source_ae = "A TITLE OF MORE THAN 16";
    CHECK_FAILS(tomo_dataset_stream(t->ctx, ds, to_bytes, &got, &o, &t->err), TOMO_E_ARG);
    o.source_ae = NULL;
    o.implementation_uid = "x";
    CHECK_FAILS(tomo_dataset_stream(t->ctx, ds, to_bytes, &got, &o, &t->err), TOMO_E_ARG);
    o.implementation_uid = NULL;
    o.sequence_lengths = 9;
    CHECK_FAILS(tomo_dataset_stream(t->ctx, ds, to_bytes, &got, &o, &t->err), TOMO_E_ARG);
    o.sequence_lengths = 0;
    o.no_meta = true;
    o.syntax = D_DEFLATED;
    CHECK_FAILS(tomo_dataset_stream(t->ctx, ds, to_bytes, &got, &o, &t->err), TOMO_E_ARG);
    tomo_dataset_free(ds);
}
