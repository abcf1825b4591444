/* save.c - whole Part 10 files (PS3.10 7): to a path, to memory, through a callback; deflated in pieces (PS3.5 A.5). */
#include <zlib.h>

#include "dicom/write_internal.h"

/* Above this, and for values that lie in sources, the data set is deflated piece by piece. */
enum { DEFLATE_WHOLE = 64 << 20 };

/* A file ready to go: what is written as it is, and behind it what is to be deflated. */
typedef struct job {
    tomo__out out;
    tomo__rope plain;
    bool deflate;
} job;

/* Coding of the syntax to write in; refuses what would need a codec. */
static tomo_status choose_coding(tomo__out *w, const char *syntax)
{
    const tomo__root *root = w->root;
    bool native = strcmp(syntax, UID_IMPLICIT) == 0 || strcmp(syntax, UID_EXPLICIT) == 0 ||
                  strcmp(syntax, UID_BIG) == 0 || strcmp(syntax, UID_DEFLATED) == 0;
    if (root->cut)
        return tomo__fail(w->err, TOMO_E_ARG, "the data set was not read whole (pixels or tags were left out)");
    if (strcmp(syntax, root->syntax) == 0 && !native && !root->encapsulated) { /* private or JPIP: as they are */
        w->implicit = root->ds.implicit;
        w->big = root->ds.big;
        return TOMO_OK;
    }
    if (strcmp(syntax, root->syntax) != 0 && (!native || root->encapsulated))
        return tomo__fail(w->err, TOMO_E_UNSUPPORTED, "can't rewrite pixels of transfer syntax %s in %s", root->syntax,
                          syntax);
    w->implicit = strcmp(syntax, UID_IMPLICIT) == 0;
    w->big = strcmp(syntax, UID_BIG) == 0;
    return TOMO_OK;
}

/* The data set as it lies in the file, if nothing about it changes. */
static tomo_status put_unchanged(tomo__out *w, bool *done)
{
    const tomo__root *root = w->root;
    const uint8_t *b = NULL;
    uint64_t from = root->deflated ? root->data_start : root->ds.start;
    uint64_t to = root->deflated ? root->size : root->ds.end;
    *done = root->source_bytes && !root->ds.dirty && !root->damaged && root->ds.implicit == w->implicit &&
            root->ds.big == w->big && w->lengths == TOMO_LENGTHS_KEEP && !w->group_lengths &&
            !(w->no_commands && root->ds.count > 0 && root->ds.elems[0].tag >> 16 == 0);
    if (!*done || to == from)
        return TOMO_OK;
    if (!root->deflated)
        TRY(tomo__ds_bytes(&root->ds, from, to - from, &b, w->err));
    else
        TRY(tomo__file_bytes(&root->ds, from, to - from, &b, w->err));
    tomo__rope_add(&w->rope, b, to - from);
    return TOMO_OK;
}

static tomo_status put_data(job *j, const char *syntax)
{
    tomo__out *w = &j->out;
    bool deflate = tomo__syntax_deflated(syntax), done = false;
    if (deflate == w->root->deflated || !w->root->source_bytes)
        TRY(put_unchanged(w, &done));
    if (done)
        return TOMO_OK;
    if (!deflate)
        return tomo__out_dataset(w, &w->root->ds);
    tomo__rope meta = w->rope;
    w->rope = (tomo__rope){ .text = TOMO__TEXT(w->root->ctx) };
    tomo_status st = tomo__out_dataset(w, &w->root->ds);
    j->plain = w->rope;
    j->deflate = true;
    w->rope = meta;
    if (st == TOMO_OK && j->plain.text.failed)
        st = tomo__no_memory(w->root->ctx, w->err, j->plain.text.size, "a data set to write");
    return st;
}

/* ---- options ------------------------------------------------------------------------------------------------- */

static tomo_status check_ascii(const char *what, const char *text, size_t most, tomo_error *err)
{
    size_t n = text ? strlen(text) : 0;
    for (size_t i = 0; i < n; i++)
        if (text[i] < 0x20 || text[i] > 0x7e || text[i] == '\\')
            return tomo__fail(err, TOMO_E_ARG, "%s \"%.40s\" holds characters that it can't", what, text);
    if (n > most)
        return tomo__fail(err, TOMO_E_ARG, "%s \"%.40s...\" has %zu characters, at most %zu fit", what, text, n, most);
    return TOMO_OK;
}

static tomo_status check_options(const tomo_dataset_save_options *o, const char *syntax, tomo_error *err)
{
    const char *uid = o->implementation_uid;
    if (o->sequence_lengths < TOMO_LENGTHS_KEEP || o->sequence_lengths > TOMO_LENGTHS_UNDEFINED)
        return tomo__fail(err, TOMO_E_ARG, "sequence_lengths is %d, expected 0 to 2", (int)o->sequence_lengths);
    if (uid && (strspn(uid, "0123456789.") != strlen(uid) || !uid[0]))
        return tomo__fail(err, TOMO_E_ARG, "implementation UID \"%.64s\" is none", uid);
    TRY(check_ascii("implementation UID", uid, 64, err));
    TRY(check_ascii("implementation name", o->implementation_name, 16, err));
    TRY(check_ascii("AE title", o->source_ae, 16, err));
    if (o->no_meta && tomo__syntax_deflated(syntax))
        return tomo__fail(err, TOMO_E_ARG, "a deflated data set can't be read without File Meta Information");
    return TOMO_OK;
}

/* The whole file as ropes into what the data set holds. */
static tomo_status build(job *j, const tomo_dataset *ds, const tomo_dataset_save_options *opts, tomo_error *err)
{
    tomo_dataset_save_options o = TOMO_DATASET_SAVE_OPTIONS_INIT;
    tomo__out *w = &j->out;
    bool implicit, big;
    if (opts)
        memcpy(&o, opts, TOMO__MIN((size_t)opts->struct_size, sizeof o));
    const char *syntax = o.syntax ? o.syntax : ds->root->syntax;
    *j = (job){ .out = { .root = ds->root, .rope = { .text = TOMO__TEXT(ds->root->ctx) }, .err = err },
                .plain = { .text = TOMO__TEXT(ds->root->ctx) } };
    if (ds->parent)
        return tomo__fail(err, TOMO_E_ARG, "an item of a sequence can't be written as a file");
    TRY(check_options(&o, syntax, err));
    TRY(choose_coding(w, syntax));
    implicit = w->implicit;
    big = w->big;
    w->implicit = w->big = false;
    if (!o.no_meta)
        TRY(tomo__out_meta(w, syntax, &o));
    w->implicit = implicit;
    w->big = big;
    w->lengths = (tomo_lengths)o.sequence_lengths;
    w->group_lengths = o.group_lengths;
    w->no_commands = !o.no_meta;
    TRY(put_data(j, syntax));
    return w->rope.text.failed ? tomo__no_memory(ds->root->ctx, err, w->rope.text.size, "a data set to write")
                               : TOMO_OK;
}

static void free_job(job *j)
{
    tomo__rope_free(&j->out.rope);
    tomo__rope_free(&j->plain);
}

/* ---- deflating ----------------------------------------------------------------------------------------------- */

enum { DEFLATED_PIECE = 1 << 18 };

typedef struct squeezer {
    z_stream z;
    uint8_t *room;
    uint64_t written;
    tomo__rope_take take;
    void *user;
} squeezer;

static tomo_status squeeze(squeezer *s, const void *data, size_t size, int flush, tomo_error *err)
{
    int got;
    s->z.next_in = (Bytef *)(uintptr_t)data;
    s->z.avail_in = (uInt)size; /* pieces of ropes are at most 1 MiB */
    do {
        s->z.next_out = s->room;
        s->z.avail_out = DEFLATED_PIECE;
        got = deflate(&s->z, flush);
        size_t n = DEFLATED_PIECE - s->z.avail_out;
        if (got == Z_STREAM_ERROR)
            return tomo__fail(err, TOMO_E_INTERNAL, "zlib can't deflate");
        if (n)
            TRY(s->take(s->user, s->room, n, err));
        s->written += n;
    } while (flush == Z_FINISH ? got != Z_STREAM_END : s->z.avail_out == 0);
    return TOMO_OK;
}

static tomo_status squeeze_piece(void *user, const void *data, size_t size, tomo_error *err)
{
    return squeeze(user, data, size, Z_NO_FLUSH, err);
}

static void *z_alloc(void *user, uInt items, uInt size) { return tomo__alloc(user, (size_t)items * size); }
static void z_free(void *user, void *p) { tomo__free(user, p); }

static tomo_status deflate_pieces(job *j, tomo__rope_take take, void *user, tomo_error *err)
{
    tomo_ctx *ctx = j->out.root->ctx;
    squeezer s = { .z = { .zalloc = z_alloc, .zfree = z_free, .opaque = ctx }, .take = take, .user = user };
    s.room = tomo__alloc(ctx, DEFLATED_PIECE);
    if (!s.room || deflateInit2(&s.z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        tomo__free(ctx, s.room);
        return tomo__no_memory(ctx, err, DEFLATED_PIECE, "a deflated piece");
    }
    tomo_status st = tomo__rope_each(&j->plain, squeeze_piece, &s, err);
    if (st == TOMO_OK)
        st = squeeze(&s, NULL, 0, Z_FINISH, err);
    if (st == TOMO_OK && (s.written & 1)) /* PS3.5 A.5: an odd length gets a zero */
        st = take(user, "\0", 1, err);
    deflateEnd(&s.z);
    tomo__free(ctx, s.room);
    return st;
}

static tomo_status deflate_whole(job *j, tomo__rope_take take, void *user, tomo_error *err)
{
    tomo_ctx *ctx = j->out.root->ctx;
    tomo_buffer *all = NULL, *small = NULL;
    tomo_status st = tomo__rope_buffer(&j->plain, ctx, &all, err);
    if (st == TOMO_OK)
        st = tomo_codec_deflate(ctx, &small, tomo_buffer_data(all), tomo_buffer_size(all), TOMO_DEFLATE_RAW, 0, NULL,
                                err);
    if (st == TOMO_OK)
        st = take(user, tomo_buffer_data(small), tomo_buffer_size(small), err);
    if (st == TOMO_OK && (tomo_buffer_size(small) & 1))
        st = take(user, "\0", 1, err);
    tomo_buffer_free(all);
    tomo_buffer_free(small);
    return st;
}

static tomo_status hand_on(job *j, tomo__rope_take take, void *user, tomo_error *err)
{
    TRY(tomo__rope_each(&j->out.rope, take, user, err));
    if (!j->deflate)
        return TOMO_OK;
    if (j->plain.has_sources || tomo__rope_size(&j->plain) > DEFLATE_WHOLE)
        return deflate_pieces(j, take, user, err);
    return deflate_whole(j, take, user, err);
}

/* ---- the calls ----------------------------------------------------------------------------------------------- */

static tomo_status to_file(void *user, const void *data, size_t size, tomo_error *err)
{
    return tomo__file_write(user, data, size, err);
}

tomo_status tomo_dataset_save(tomo_ctx *ctx, const tomo_dataset *ds, const char *path,
                              const tomo_dataset_save_options *opts, tomo_error *err)
{
    tomo__file *file = NULL;
    job j;
    tomo_status st;
    if (!ctx || !ds || !path)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_save: NULL argument");
    st = build(&j, ds, opts, err);
    if (st == TOMO_OK)
        st = tomo__file_begin(ctx, &file, path, err);
    if (st == TOMO_OK) {
        st = hand_on(&j, to_file, file, err);
        if (st == TOMO_OK)
            st = tomo__file_commit(file, err);
        else
            tomo__file_abandon(file);
    }
    free_job(&j);
    return st;
}

tomo_status tomo_dataset_stream(tomo_ctx *ctx, const tomo_dataset *ds, tomo_dataset_sink sink, void *user,
                                const tomo_dataset_save_options *opts, tomo_error *err)
{
    job j;
    tomo_status st;
    if (!ctx || !ds || !sink)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_stream: NULL argument");
    st = build(&j, ds, opts, err);
    if (st == TOMO_OK)
        st = hand_on(&j, sink, user, err);
    free_job(&j);
    return st;
}

static tomo_status save_options(tomo_dataset_save_options *o, const tomo_dataset_write_options *opts, tomo_error *err)
{
    if (opts && opts->struct_size < sizeof *opts)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_write: struct_size is %u, expected %zu",
                          (unsigned)opts->struct_size, sizeof *opts);
    o->syntax = opts ? opts->syntax : NULL;
    return TOMO_OK;
}

tomo_status tomo_dataset_write(tomo_ctx *ctx, const tomo_dataset *ds, const char *path,
                               const tomo_dataset_write_options *opts, tomo_error *err)
{
    tomo_dataset_save_options o = TOMO_DATASET_SAVE_OPTIONS_INIT;
    if (!ctx || !ds || !path)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_write: NULL argument");
    TRY(save_options(&o, opts, err));
    return tomo_dataset_save(ctx, ds, path, &o, err);
}

static tomo_status to_text(void *user, const void *data, size_t size, tomo_error *err)
{
    tomo__text *text = user;
    tomo__text_add(text, data, size);
    return text->failed ? tomo__no_memory(text->ctx, err, size, "a data set to write") : TOMO_OK;
}

tomo_status tomo_dataset_write_buffer(tomo_ctx *ctx, const tomo_dataset *ds, tomo_buffer **out,
                                      const tomo_dataset_write_options *opts, tomo_error *err)
{
    tomo_dataset_save_options o = TOMO_DATASET_SAVE_OPTIONS_INIT;
    job j;
    tomo_status st;
    if (!ctx || !ds || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_write_buffer: NULL argument");
    TRY(save_options(&o, opts, err));
    st = build(&j, ds, &o, err);
    if (st == TOMO_OK && !j.deflate) {
        st = tomo__rope_buffer(&j.out.rope, ctx, out, err);
    } else if (st == TOMO_OK) {
        tomo__text all = TOMO__TEXT(ctx);
        st = hand_on(&j, to_text, &all, err);
        if (st == TOMO_OK)
            st = tomo__text_finish(&all, out, err);
        else
            tomo__text_free(&all);
    }
    free_job(&j);
    return st;
}
