/* frames.c - compressed pixels written anew, frame by frame: nothing of the old fragments gets out but what a decoder
 * makes a picture of. Sequential DCT goes through the strict copy of codestream.c; everything else is decoded and
 * encoded again without loss. Each frame becomes one fragment, with a new basic offset table. */
#include "deid/deid_internal.h"

#include "dicom/pixels_internal.h"

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        tomo_status try_ = (call);                                                                                     \
        if (try_ != TOMO_OK)                                                                                           \
            return try_;                                                                                               \
    } while (0)

#define UID_ENCAPSULATED "1.2.840.10008.1.2.1.98"
#define UID_DEFLATED_FRAME "1.2.840.10008.1.2.8.1"
#define UID_RLE "1.2.840.10008.1.2.5"
#define UID_JPEG_LL "1.2.840.10008.1.2.4.70"

/* ---- bits that belong to no sample ---------------------------------------------------------------------------- */

typedef struct unused {
    uint64_t used, above, sign; /* masks of the bits of a sample: in use, above them, the sign */
    bool zeros, signs;          /* found: all above are 0, all are the sign */
} unused;

static inline uint64_t load(const uint8_t *p, size_t bytes)
{
    return bytes == 1 ? *p : bytes == 2 ? tomo__le16(p) : bytes == 4 ? tomo__le32(p) : tomo__le64(p);
}

static inline void store(uint8_t *p, size_t bytes, uint64_t v)
{
    for (size_t i = 0; i < bytes; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

static inline void look(unused *u, uint64_t v)
{
    const uint64_t high = v & u->above;
    u->zeros &= high == 0;
    u->signs &= high == (v & u->sign ? u->above : 0);
}

/* PS3.5 8.1.1 lets old files keep overlays in them. What lies below goes; above may stay a sign, or zeros unless the
 * samples are to be numbers. */
void tomo__deid_clear_unused(const tomo_frame_desc *d, uint8_t *samples, size_t count, bool numbers)
{
    const size_t bytes = (size_t)d->bits_allocated / 8;
    const uint64_t all = bytes == 8 ? ~(uint64_t)0 : ((uint64_t)1 << 8 * bytes) - 1;
    unused u = { 0, 0, 0, true, true };
    if (d->bits_stored >= d->bits_allocated || bytes == 0 || d->is_float)
        return;
    u.used = (((uint64_t)1 << d->bits_stored) - 1) << (d->high_bit + 1 - d->bits_stored);
    u.sign = (uint64_t)1 << d->high_bit;
    u.above = all & ~(u.sign | (u.sign - 1));
    for (size_t i = 0; i < count; i++)
        look(&u, load(samples + i * bytes, bytes));
    for (size_t i = 0; i < count; i++) {
        uint64_t v = load(samples + i * bytes, bytes), high = v & u.above;
        if (!d->is_signed)
            high = 0;
        else if (!u.zeros || numbers) /* all are signs already, or become so */
            high = v & u.sign ? u.above : 0;
        store(samples + i * bytes, bytes, (v & u.used) | high);
    }
}

/* ---- fragments --------------------------------------------------------------------------------------------------- */

static void put32(uint8_t *p, uint64_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

static void item_header(tomo__text *t, uint64_t size)
{
    uint8_t b[8] = { 0xfe, 0xff, 0x00, 0xe0 };
    put32(b + 4, size);
    tomo__text_add(t, b, 8);
}

typedef struct recoding {
    tomo_ctx *ctx;
    tomo__deid_pixels_out *out;
    const tomo_dataset *ds;
    tomo__pixels p;
    tomo__frame_at *at;
    const tomo_codec *codec; /* to encode with */
    tomo__deid_jpeg *jpeg;
    uint8_t *frame;
} recoding;

/* Room for the table, which is filled when the sizes are known. */
static void begin_table(const recoding *w)
{
    static const uint8_t none[4];
    tomo__text *t = &w->out->value;
    t->size = 0;
    item_header(t, 4 * (uint64_t)w->p.info.frames);
    for (int64_t f = 0; f < w->p.info.frames && !t->failed; f++)
        tomo__text_add(t, none, 4);
}

static void end_table(const recoding *w)
{
    tomo__text *t = &w->out->value;
    const size_t base = 8 + 4 * (size_t)w->p.info.frames;
    if (t->failed)
        return;
    uint8_t *b = (uint8_t *)t->data;
    size_t pos = base;
    for (int64_t f = 0; f < w->p.info.frames; f++) {
        put32(b + 8 + 4 * f, pos - base);
        if (pos - base > UINT32_MAX) { /* more than the table can say: PS3.5 A.4 allows an empty one */
            memmove(b + 8, b + base, t->size - base);
            t->size -= base - 8;
            put32(b + 4, 0);
            return;
        }
        pos += 8 + (size_t)tomo__le32(b + pos + 4);
    }
}

/* The fragment that was begun at `from` has its size; pad it (PS3.5 A.4). */
static tomo_status end_item(tomo__text *t, size_t from, tomo_error *err)
{
    if (t->failed)
        return tomo__no_memory(t->ctx, err, t->room, "compressed pixels");
    if ((t->size - from) % 2)
        tomo__text_add(t, "\0", 1);
    if (t->failed)
        return tomo__no_memory(t->ctx, err, t->room, "compressed pixels");
    if (t->size - from - 8 >= UINT32_MAX)
        return tomo__fail(err, TOMO_E_LIMIT, "a compressed frame takes more than 4 GiB");
    put32((uint8_t *)t->data + from + 4, t->size - from - 8);
    return TOMO_OK;
}

/* ---- one frame ------------------------------------------------------------------------------------------------- */

/* TOMO_E_UNSUPPORTED: not in the strict form. */
static tomo_status copy_jpeg(const recoding *w, int64_t f, tomo_error *err)
{
    tomo__text *t = &w->out->value;
    const size_t from = t->size;
    const uint8_t *bytes;
    void *joined = NULL;
    bool good;
    TRY(tomo__frame_join(w->ctx, &w->p.fragments, &w->at[f], &bytes, &joined, err));
    item_header(t, 0);
    good = tomo__deid_jpeg_rebuild(w->ctx, t, w->jpeg, bytes, (size_t)w->at[f].bytes, &w->p.info.frame);
    tomo__free(w->ctx, joined);
    if (!good && !t->failed)
        return TOMO_E_UNSUPPORTED;
    return end_item(t, from, err);
}

/* Compressed frames hold their samples from bit 0 on; RLE and deflate keep the words as they were. */
static bool keeps_words(const char *syntax)
{
    return strcmp(syntax, UID_RLE) == 0 || strcmp(syntax, UID_DEFLATED_FRAME) == 0;
}

/* JPEG 2000 and HTJ2K. */
static bool carries_sign(const char *syntax)
{
    return strncmp(syntax, "1.2.840.10008.1.2.4.9", 21) == 0 || strncmp(syntax, "1.2.840.10008.1.2.4.2", 21) == 0;
}

static tomo_status code_again(const recoding *w, int64_t f, tomo_error *err)
{
    tomo__deid_pixels_out *out = w->out;
    tomo_frame_desc d = w->p.info.frame;
    const char *photometric = NULL;
    tomo_buffer *small = NULL;
    bool rgb = false;
    tomo_status st = tomo__pixels_raw(w->ctx, &w->p, f, &w->at[f], w->frame, &rgb, err);
    if (st != TOMO_OK)
        return st;
    if (!keeps_words(w->p.syntax))
        d.high_bit = d.bits_stored - 1;
    if (d.bits_allocated >= 8)
        tomo__deid_clear_unused(&d, w->frame, w->p.stored_bytes / ((size_t)d.bits_allocated / 8),
                                carries_sign(w->codec->uid));
    d.is_planar = false;
    d.is_ybr = d.is_ybr && !rgb;
    st = tomo_codec_encode(w->ctx, &small, w->codec, w->frame, w->p.stored_bytes, &d, NULL, &photometric, err);
    if (st != TOMO_OK) {
        out->no_encoder = st == TOMO_E_UNSUPPORTED || st == TOMO_E_MISSING;
        return st;
    }
    photometric = photometric ? photometric : rgb && d.samples == 3 ? "RGB" : NULL;
    if (f > 0 && photometric != out->photometric && /* one description for all frames */
        !(photometric && out->photometric && strcmp(photometric, out->photometric) == 0)) {
        tomo_buffer_free(small);
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "frames of several color models");
    }
    out->photometric = photometric;
    const size_t from = out->value.size;
    item_header(&out->value, 0);
    tomo__text_add(&out->value, tomo_buffer_data(small), tomo_buffer_size(small));
    tomo_buffer_free(small);
    return end_item(&out->value, from, err);
}

/* Native frames in fragments (PS3.5 A.4.11). */
static tomo_status copy_words(const recoding *w, int64_t f, tomo_error *err)
{
    tomo__text *t = &w->out->value;
    const size_t from = t->size;
    const uint8_t *bytes;
    uint64_t need;
    void *joined = NULL;
    TRY(tomo__native_bytes(&w->p.info, 1, &need, err));
    if (w->at[f].bytes < need)
        return tomo__fail(err, TOMO_E_FORMAT, "a frame is too short");
    TRY(tomo__frame_join(w->ctx, &w->p.fragments, &w->at[f], &bytes, &joined, err));
    item_header(t, 0);
    tomo__text_add(t, bytes, (size_t)need);
    tomo__free(w->ctx, joined);
    if (!t->failed)
        tomo__deid_clear_native(&w->p.info, (uint8_t *)t->data + from + 8, need, 1);
    return end_item(t, from, err);
}

/* ---- all frames -------------------------------------------------------------------------------------------------- */

static tomo_status each_frame(const recoding *w, tomo_status (*code)(const recoding *, int64_t, tomo_error *),
                              tomo_error *err)
{
    begin_table(w);
    for (int64_t f = 0; f < w->p.info.frames; f++)
        TRY(code(w, f, err));
    end_table(w);
    return TOMO_OK;
}

bool tomo__deid_is_dct(const char *syntax)
{
    static const char *const dct[] = { "50", "51", "53", "55" };
    for (size_t i = 0; i < TOMO__COUNT(dct); i++)
        if (strncmp(syntax, "1.2.840.10008.1.2.4.", 20) == 0 && strcmp(syntax + 20, dct[i]) == 0)
            return true;
    return false;
}

/* The encoder that loses nothing and whose frames the syntax allows; with it a lossy syntax stays what it is. */
static const char *encoder_for(const char *syntax)
{
    static const char *const lossless[][2] = { { "81", "80" }, { "91", "90" }, { "203", "201" } };
    static const char *const uids[] = { "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.201" };
    for (size_t i = 0; i < TOMO__COUNT(lossless); i++)
        if (strncmp(syntax, "1.2.840.10008.1.2.4.", 20) == 0 && strcmp(syntax + 20, lossless[i][0]) == 0)
            return uids[i];
    return tomo__deid_is_dct(syntax) ? UID_JPEG_LL : syntax;
}

static tomo_status recode_frames(recoding *w, tomo_error *err)
{
    const char *syntax = w->p.syntax, *encoder = encoder_for(syntax);
    if (strcmp(syntax, UID_ENCAPSULATED) == 0)
        return each_frame(w, copy_words, err);
    if (tomo__deid_is_dct(syntax)) {
        w->jpeg = tomo__deid_jpeg_new(w->ctx);
        if (!w->jpeg)
            return tomo__no_memory(w->ctx, err, 1 << 17, "a JPEG reader");
        tomo_status st = each_frame(w, copy_jpeg, err);
        if (st != TOMO_E_UNSUPPORTED)
            return st;
        w->out->lossy = !tomo__deid_jpeg_lossless(w->jpeg); /* its syntax told so far */
        w->out->syntax = UID_JPEG_LL;
    }
    w->out->recoded = true;
    w->out->interleaved = w->p.info.frame.samples > 1 && !keeps_words(syntax);
    w->codec = tomo_codec_find(encoder);
    w->frame = tomo__alloc(w->ctx, w->p.stored_bytes);
    if (!w->frame)
        return tomo__no_memory(w->ctx, err, w->p.stored_bytes, "a frame");
    return each_frame(w, code_again, err);
}

/* Each frame must have bytes of its own: tables that lead back to the same ones would make much of little. */
static tomo_status find_frames(recoding *w, tomo_error *err)
{
    const int64_t frames = w->p.info.frames;
    if ((uint64_t)frames > w->p.value.size / 8)
        return tomo__fail(err, TOMO_E_FORMAT, "fewer fragments than frames");
    w->at = TOMO__ARRAY(w->ctx, (size_t)frames, tomo__frame_at);
    if (!w->at)
        return tomo__no_memory(w->ctx, err, (size_t)frames * sizeof *w->at, "places of frames");
    TRY(tomo__frames_find(&w->p.fragments, 0, frames, w->at, err));
    for (int64_t f = 1; f < frames; f++)
        if (w->at[f].start < w->at[f - 1].end)
            return tomo__fail(err, TOMO_E_FORMAT, "frames that overlap");
    return TOMO_OK;
}

tomo_status tomo__deid_recode(tomo_ctx *ctx, tomo__deid_pixels_out *out, const tomo_dataset *ds, tomo_deid_result *r,
                              tomo_error *err)
{
    recoding w = { .ctx = ctx, .out = out, .ds = ds };
    tomo_status st;
    st = tomo__pixels_open(ctx, &w.p, ds, err);
    if (st == TOMO_OK && w.p.is_video)
        st = tomo__deid_refuse(r, err, "its video stream can hold texts beside the pictures");
    if (st == TOMO_OK)
        st = find_frames(&w, err);
    if (st == TOMO_OK)
        st = recode_frames(&w, err);
    tomo__free(ctx, w.at);
    tomo__free(ctx, w.frame);
    tomo__deid_jpeg_free(ctx, w.jpeg);
    tomo__pixels_close(ctx, &w.p);
    if (st == TOMO_OK || st == TOMO_E_DENIED || st == TOMO_E_NOMEM || st == TOMO_E_LIMIT || out->no_encoder)
        return st;
    return tomo__deid_refuse(r, err, "its compressed pixels can't be read and written again without what is beside");
}
