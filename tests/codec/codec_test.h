/* codec_test.h - what the codec tests share: small committed frames (tests/cases/codec), files, descriptions. */
#ifndef CODEC_TEST_H
#define CODEC_TEST_H

#include "t.h"

#include <tomo/codec.h>

typedef struct c_bytes {
    uint8_t *data;
    size_t size;
} c_bytes;

static inline c_bytes c_read(const char *path)
{
    c_bytes b = { NULL, 0 };
    FILE *f = fopen(path, "rb");
    if (!f) {
        print_error("cannot open %s\n", path);
        fail();
        return b;
    }
    fseek(f, 0, SEEK_END);
    b.size = (size_t)ftell(f);
    rewind(f);
    b.data = malloc(b.size + 1);
    CHECK(b.data && fread(b.data, 1, b.size, f) == b.size);
    fclose(f);
    return b;
}

/* A file of tests/cases/codec. */
static inline c_bytes c_case(const char *name)
{
    char path[600];
    const char *source = getenv("TOMO_SOURCE");
    snprintf(path, sizeof path, "%s/tests/cases/codec/%s", source ? source : ".", name);
    return c_read(path);
}

static inline tomo_frame_desc c_desc(int columns, int rows, int samples, int allocated, int stored)
{
    tomo_frame_desc d = TOMO_FRAME_DESC_INIT;
    d.columns = columns, d.rows = rows, d.samples = samples;
    d.bits_allocated = allocated, d.bits_stored = stored, d.high_bit = stored - 1;
    return d;
}

/* The description of a committed case by its name: gray16..., gray12..., gray8..., rgb8..., all 44 x 36. */
static inline tomo_frame_desc c_case_desc(const char *name)
{
    const bool rgb = strncmp(name, "rgb8", 4) == 0, wide = strncmp(name, "gray1", 5) == 0;
    tomo_frame_desc d = c_desc(44, 36, rgb ? 3 : 1, wide ? 16 : 8, wide ? atoi(name + 4) : 8);
    d.is_ybr = strstr(name, "-ybr") != NULL;
    return d;
}

/* Which codec reads it, by its ending. */
static inline const tomo_codec *c_case_codec(const char *name)
{
    const char *end = strrchr(name, '.');
    const char *word = strcmp(end, ".rle") == 0   ? "rle"
                       : strcmp(end, ".jls") == 0 ? "jpegls"
                       : strcmp(end, ".j2k") == 0 ? "j2k"
                       : strcmp(end, ".jpg") == 0 ? "jpeg"
                                                  : "jpegll";
    return tomo_codec_find(word);
}

/* Decode and compare with `want` (the size of the frame); largest difference of samples. */
static inline int64_t c_max_diff(const tomo_frame_desc *d, const uint8_t *a, const uint8_t *b, size_t size)
{
    int64_t most = 0;
    for (size_t i = 0; i < size; i += d->bits_allocated == 16 ? 2 : 1) {
        int64_t diff = d->bits_allocated == 16 ? (int64_t)(a[i] | a[i + 1] << 8) - (b[i] | b[i + 1] << 8)
                                               : (int64_t)a[i] - b[i];
        diff = diff < 0 ? -diff : diff;
        most = diff > most ? diff : most;
    }
    return most;
}

#endif
