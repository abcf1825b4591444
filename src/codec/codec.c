/* codec.c - the table of transfer syntaxes, the frame's size, and the way into each decoder. */
#include "codec/codec_internal.h"

#ifdef TOMO_OPENJPH
enum { HAS_OPENJPH = true };
#else
enum { HAS_OPENJPH = false }; /* its encoder says so */
#endif

static const tomo__codec_row rows[] = {
    { { "1.2.840.10008.1.2", "Implicit VR Little Endian", "implicit", false, false, true },
      tomo__native_decode,
      tomo__native_encode },
    { { "1.2.840.10008.1.2.1", "Explicit VR Little Endian", "explicit", false, false, true },
      tomo__native_decode,
      tomo__native_encode },
    { { "1.2.840.10008.1.2.2", "Explicit VR Big Endian", "explicit-be", false, false, true },
      tomo__native_decode,
      tomo__native_encode },
    /* the data set is inflated before its pixels come here, and deflated after */
    { { "1.2.840.10008.1.2.1.99", "Deflated Explicit VR Little Endian", "deflated", false, false, true },
      tomo__native_decode,
      tomo__native_encode },
    { { "1.2.840.10008.1.2.8.1", "Deflated Image Frame Compression", "deflated-frame", false, true, true },
      tomo__deflated_frame_decode,
      tomo__deflated_frame_encode },
    { { "1.2.840.10008.1.2.5", "RLE Lossless", "rle", false, true, true }, tomo__rle_decode, tomo__rle_encode },
    { { "1.2.840.10008.1.2.4.50", "JPEG Baseline (Process 1)", "jpeg", true, true, true },
      tomo__jpeg_decode,
      tomo__jpeg8_encode },
    { { "1.2.840.10008.1.2.4.51", "JPEG Extended (Process 2 & 4)", "jpeg12", true, true, true },
      tomo__jpeg_decode,
      tomo__jpeg12_encode },
    { { "1.2.840.10008.1.2.4.53", "JPEG Spectral Selection, Non-Hierarchical (Process 6 & 8)", "jpeg-spectral", true,
        true, false },
      tomo__jpeg_decode,
      NULL },
    { { "1.2.840.10008.1.2.4.55", "JPEG Full Progression, Non-Hierarchical (Process 10 & 12)", "jpeg-progressive", true,
        true, false },
      tomo__jpeg_decode,
      NULL },
    { { "1.2.840.10008.1.2.4.57", "JPEG Lossless, Non-Hierarchical (Process 14)", "jpegll", false, true, true },
      tomo__jpeg_decode,
      tomo__jpegll_encode },
    { { "1.2.840.10008.1.2.4.70",
        "JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])", "jpegll-sv1", false,
        true, true },
      tomo__jpeg_decode,
      tomo__jpegll_encode },
    { { "1.2.840.10008.1.2.4.80", "JPEG-LS Lossless Image Compression", "jpegls", false, true, true },
      tomo__jpegls_decode,
      tomo__jpegls_encode },
    { { "1.2.840.10008.1.2.4.81", "JPEG-LS Lossy (Near-Lossless) Image Compression", "jpegls-near", true, true, true },
      tomo__jpegls_decode,
      tomo__jpegls_encode },
    { { "1.2.840.10008.1.2.4.90", "JPEG 2000 Image Compression (Lossless Only)", "j2k-lossless", false, true, true },
      tomo__j2k_decode,
      tomo__j2k_encode },
    { { "1.2.840.10008.1.2.4.91", "JPEG 2000 Image Compression", "j2k", true, true, true },
      tomo__j2k_decode,
      tomo__j2k_encode },
    /* one codestream a frame that needs nothing of part 2; the rest is refused */
    { { "1.2.840.10008.1.2.4.92", "JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)", "j2k2-lossless",
        false, true, false },
      tomo__j2k_decode,
      NULL },
    { { "1.2.840.10008.1.2.4.93", "JPEG 2000 Part 2 Multi-component Image Compression", "j2k2", true, true, false },
      tomo__j2k_decode,
      NULL },
    { { "1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Image Compression (Lossless Only)", "htj2k-lossless",
        false, true, HAS_OPENJPH },
      tomo__j2k_decode,
      tomo__htj2k_encode },
    { { "1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)",
        "htj2k-rpcl", false, true, HAS_OPENJPH },
      tomo__j2k_decode,
      tomo__htj2k_encode },
    { { "1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000 Image Compression", "htj2k", true, true, HAS_OPENJPH },
      tomo__j2k_decode,
      tomo__htj2k_encode },
};

static const tomo_codec *const list[] = {
    &rows[0].is,  &rows[1].is,  &rows[2].is,  &rows[3].is,  &rows[4].is,  &rows[5].is,  &rows[6].is,  &rows[7].is,
    &rows[8].is,  &rows[9].is,  &rows[10].is, &rows[11].is, &rows[12].is, &rows[13].is, &rows[14].is, &rows[15].is,
    &rows[16].is, &rows[17].is, &rows[18].is, &rows[19].is, &rows[20].is, NULL,
};
_Static_assert(TOMO__COUNT(list) == TOMO__COUNT(rows) + 1, "every row is listed");

const tomo_codec *const *tomo_codec_list(void) { return list; }

const tomo_codec *tomo_codec_find(const char *uid_or_word)
{
    for (size_t i = 0; uid_or_word && i < TOMO__COUNT(rows); i++)
        if (strcmp(rows[i].is.uid, uid_or_word) == 0 || strcmp(rows[i].is.word, uid_or_word) == 0)
            return &rows[i].is;
    return NULL;
}

const tomo__codec_row *tomo__codec_row_of(const tomo_codec *codec)
{
    for (size_t i = 0; i < TOMO__COUNT(rows); i++)
        if (codec == &rows[i].is)
            return &rows[i];
    return NULL;
}

static tomo_status check_range(const char *name, int64_t value, int64_t low, int64_t high, tomo_error *err)
{
    if (value >= low && value <= high)
        return TOMO_OK;
    return tomo__fail(err, TOMO_E_ARG, "frame: %s is %lld, expected %lld to %lld", name, (long long)value,
                      (long long)low, (long long)high);
}

tomo_status tomo_frame_bytes(const tomo_frame_desc *d, size_t *out, tomo_error *err)
{
    tomo_status st;
    size_t bytes;
    if (!d || !out || d->struct_size < sizeof *d)
        return tomo__fail(err, TOMO_E_ARG, "frame: no description, or one that TOMO_FRAME_DESC_INIT did not start");
    if ((st = check_range("columns", d->columns, 1, 65535, err)) || (st = check_range("rows", d->rows, 1, 65535, err)))
        return st;
    if (d->samples != 1 && d->samples != 3 && d->samples != 4)
        return tomo__fail(err, TOMO_E_ARG, "frame: samples is %d, expected 1, 3 or 4", (int)d->samples);
    if (d->bits_allocated != 1 && d->bits_allocated != 8 && d->bits_allocated != 16 && d->bits_allocated != 32 &&
        d->bits_allocated != 64)
        return tomo__fail(err, TOMO_E_ARG, "frame: bits_allocated is %d, expected 1, 8, 16, 32 or 64",
                          (int)d->bits_allocated);
    if ((st = check_range("bits_stored", d->bits_stored, 1, d->bits_allocated, err)) ||
        (st = check_range("high_bit", d->high_bit, d->bits_stored - 1, d->bits_allocated - 1, err)))
        return st;
    if (d->is_float && d->bits_allocated < 32)
        return tomo__fail(err, TOMO_E_ARG, "frame: float samples of %d bits, expected 32 or 64",
                          (int)d->bits_allocated);
    if (!tomo__mul((size_t)d->columns * (size_t)d->rows, (size_t)d->samples, &bytes) ||
        !tomo__mul(bytes, tomo__sample_bytes(d), out))
        return tomo__fail(err, TOMO_E_LIMIT, "frame: %d x %d samples do not fit into memory", (int)d->columns,
                          (int)d->rows);
    return TOMO_OK;
}

tomo_status tomo__codec_agrees(const tomo__codec_call *call, const char *what, int64_t where, int64_t columns,
                               int64_t rows_, int64_t samples, int64_t precision, tomo_error *err)
{
    const tomo_frame_desc *d = call->desc;
    if (columns != d->columns || rows_ != d->rows)
        return tomo__fail_at(err, TOMO_E_FORMAT, where, "%s: image is %lld x %lld at byte %lld, expected %d x %d", what,
                             (long long)columns, (long long)rows_, (long long)where, (int)d->columns, (int)d->rows);
    if (samples != d->samples)
        return tomo__fail_at(err, TOMO_E_FORMAT, where, "%s: %lld components at byte %lld, expected %d", what,
                             (long long)samples, (long long)where, (int)d->samples);
    if (precision < 1 || precision > d->bits_allocated)
        return tomo__fail_at(err, TOMO_E_FORMAT, where, "%s: samples of %lld bits at byte %lld, expected 1 to %d", what,
                             (long long)precision, (long long)where, (int)d->bits_allocated);
    return TOMO_OK;
}

tomo_status tomo_codec_decode(tomo_ctx *ctx, const tomo_codec *codec, const void *in, size_t in_size,
                              const tomo_frame_desc *desc, void *out, size_t out_size, bool *rgb_out, tomo_error *err)
{
    const tomo__codec_row *row = tomo__codec_row_of(codec);
    tomo__codec_call call = { ctx, in, in_size, desc, out, 0, false };
    tomo_status st;
    if (!ctx || !row || !out || (!in && in_size))
        return tomo__fail(err, TOMO_E_ARG, "decode: no %s",
                          !ctx   ? "context"
                          : !row ? "codec of tomo_codec_find()"
                          : !out ? "output"
                                 : "input");
    if ((st = tomo_frame_bytes(desc, &call.out_size, err)) != TOMO_OK)
        return st;
    if (out_size < call.out_size)
        return tomo__fail(err, TOMO_E_ARG, "decode: output has %zu bytes, expected %zu", out_size, call.out_size);
    st = row->decode(&call, err);
    if (st == TOMO_OK && rgb_out)
        *rgb_out = call.rgb;
    return st;
}
