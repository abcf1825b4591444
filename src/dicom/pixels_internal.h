/* pixels_internal.h - pixel data inside the room: what the attributes say, where each frame's bytes lie, one frame
 * decoded into memory of the caller's. Names are tomo__x; nothing here is exported. */
#ifndef TOMO_PIXELS_INTERNAL_H
#define TOMO_PIXELS_INTERNAL_H

#include <tomo/dicom.h>

/* ---- what the data set says (pixels.c) ---- */

/* Checked description from the attributes alone; the pixel data need not be there (a scan stops before it). */
tomo_status tomo__pixels_describe(const tomo_dataset *ds, tomo_pixels_info *out, tomo_error *err);
/* Item of a functional group macro for one frame: the frame's own, else the shared one (PS3.3 C.7.6.16); or NULL. */
const tomo_dataset *tomo__macro(const tomo_dataset *ds, int64_t frame, tomo_tag sequence);
/* Samples of a pixel in native pixel data: 2 where color is subsampled (YBR_FULL_422, YBR_PARTIAL_422). */
int tomo__native_samples(const tomo_pixels_info *info);
/* Bytes of native frames as they lie in the file; bits of frames that end inside a byte are counted together. */
tomo_status tomo__native_bytes(const tomo_pixels_info *info, int64_t frames, uint64_t *out, tomo_error *err);

/* ---- bytes of an element, read where they are asked for (pixels_bytes.c) ---- */

/* A value in memory, or a stretch of a source that is read piece by piece: of a callback source (HTTP ranges) only
 * what is needed is ever asked for. */
typedef struct tomo__bytes {
    const tomo_dataset *ds;
    const uint8_t *mem; /* NULL: read from the source at `offset` */
    uint64_t offset, size;
} tomo__bytes;
/* Value of an element of this level; false if it is absent, empty or a sequence. */
bool tomo__bytes_of(const tomo_dataset *ds, tomo_tag tag, tomo__bytes *out);
tomo_status tomo__bytes_read(const tomo__bytes *b, uint64_t at, void *to, size_t bytes, tomo_error *err);
/* A pointer to some of it: into memory, or to a copy (*own, tomo__free; else NULL). */
tomo_status tomo__bytes_view(tomo_ctx *ctx, const tomo__bytes *b, uint64_t at, uint64_t bytes, const uint8_t **view,
                             void **own, tomo_error *err);
/* 16-bit words of a table in native order (OW, US, SS; OB as little endian), at most `most` of them: *words is
 * tomo__free'd by the caller, with one spare word. TOMO_E_NOTFOUND if the element is absent or empty. */
tomo_status tomo__words_read(tomo_ctx *ctx, const tomo_dataset *ds, tomo_tag tag, size_t most, uint16_t **words,
                             uint64_t *bytes, tomo_error *err);

/* ---- where frames lie in encapsulated pixel data (pixels_frames.c) ---- */

/* A run of fragments inside the element's value: from the first item's header up to `end`. */
typedef struct tomo__frame_at {
    uint64_t start, end;
    uint64_t bytes; /* payload of all its fragments */
    uint32_t fragments;
} tomo__frame_at;

typedef struct tomo__fragments {
    tomo__bytes value; /* of (7FE0,0010): items, the basic offset table first */
    int64_t frames;
    tomo__bytes table, lengths; /* extended offset table (7FE0,0001) and lengths (7FE0,0002); size 0 if none */
} tomo__fragments;
/* Find frames first .. first + count - 1 without looking into the others where a table says where they are. */
tomo_status tomo__frames_find(const tomo__fragments *f, int64_t first, int64_t count, tomo__frame_at *out,
                              tomo_error *err);
/* Payload of a frame as one piece: inside memory if it is one fragment there, else in new memory (*joined,
 * tomo__free). */
tomo_status tomo__frame_join(tomo_ctx *ctx, const tomo__fragments *f, const tomo__frame_at *at, const uint8_t **bytes,
                             void **joined, tomo_error *err);

/* ---- color (pixels_color.c) ---- */

typedef struct tomo__palette {
    int32_t bits; /* 8 or 16: what comes out */
    int32_t entries[3], first[3];
    uint16_t *table[3]; /* one allocation, table[0] */
} tomo__palette;
tomo_status tomo__palette_read(tomo_ctx *ctx, tomo__palette *p, const tomo_dataset *ds, bool is_signed,
                               tomo_error *err);
/* `count` stored values of 1 or 2 bytes to interleaved RGB of p->bits. */
void tomo__palette_apply(const tomo__palette *p, const void *stored, size_t bytes_each, bool is_signed, size_t count,
                         void *rgb);
/* Color models of PS3.3 C.7.6.3.1.2 that are brought to RGB, the retired ones of PS3.3-2001 included. */
typedef enum tomo__color {
    TOMO__COLOR_NONE, /* as stored */
    TOMO__COLOR_YBR_FULL,
    TOMO__COLOR_YBR_PARTIAL,
    TOMO__COLOR_HSV,
    TOMO__COLOR_ARGB, /* alpha is an index into the palette unless it is 0 */
    TOMO__COLOR_CMYK
} tomo__color;
tomo__color tomo__color_of(const char *photometric, int samples);
/* `count` pixels of 3 or 4 unsigned samples of `bits` significant bits (1 or 2 bytes each) to 3 samples; `rgb` may be
 * `stored`. `palette` for ARGB only. */
void tomo__color_to_rgb(tomo__color color, const tomo__palette *palette, const void *stored, int bits,
                        size_t bytes_each, size_t count, void *rgb);

/* ---- frames decoded (pixels_decode.c) ---- */

typedef struct tomo__pixels {
    tomo_pixels_info info;
    tomo__bytes value;
    bool encapsulated, has_palette, is_video;
    const char *syntax; /* of the data set */
    tomo__color color;
    const tomo_codec *codec;
    tomo__fragments fragments;
    tomo__palette palette;
    size_t stored_bytes; /* one frame as the codec gives it */
    tomo_dtype dtype;    /* of what comes out */
    int32_t components;
    size_t out_bytes; /* one frame of it */
} tomo__pixels;
/* Borrows the data set's bytes until tomo__pixels_close. */
tomo_status tomo__pixels_open(tomo_ctx *ctx, tomo__pixels *p, const tomo_dataset *ds, tomo_error *err);
/* The same, and frame `frame` is there. */
tomo_status tomo__pixels_open_frame(tomo_ctx *ctx, tomo__pixels *p, const tomo_dataset *ds, int64_t frame,
                                    tomo_error *err);
void tomo__pixels_close(tomo_ctx *ctx, tomo__pixels *p);
/* Before memory is taken for all of them: are the frames there? *at becomes the place of each, on the heap; NULL where
 * it needs no looking up. */
tomo_status tomo__pixels_find_all(tomo_ctx *ctx, const tomo__pixels *p, tomo__frame_at **at, tomo_error *err);
/* Decode a frame into p->out_bytes bytes. `at` is the frame's place if it is known already, else NULL. */
tomo_status tomo__pixels_decode(tomo_ctx *ctx, const tomo__pixels *p, int64_t frame, const tomo__frame_at *at,
                                void *out, tomo_error *err);
/* The same before anything is done to it: p->stored_bytes bytes as the codec gives them. *rgb (may be NULL): color was
 * brought to RGB by the codec. */
tomo_status tomo__pixels_raw(tomo_ctx *ctx, const tomo__pixels *p, int64_t frame, const tomo__frame_at *at, void *out,
                             bool *rgb, tomo_error *err);
/* Stored gray values of the frame, cleaned, also where tomo__pixels_decode() would look up a palette. */
tomo_status tomo__pixels_gray(tomo_ctx *ctx, const tomo__pixels *p, int64_t frame, void *out, tomo_error *err);
/* Shape of what tomo__pixels_decode() gives: a picture, or (frames > 0) a stack. */
tomo_image_desc tomo__pixels_image_desc(const tomo__pixels *p, int64_t frames);
/* Clear (or sign-extend over) the bits above High Bit and shift the value down to bit 0 (PS3.5 8.1.1). */
void tomo__bits_clean(const tomo_frame_desc *d, void *samples, size_t count);
/* Type in memory of stored values; 0 if there is none (bits allocated of 24, say). */
tomo_dtype tomo__stored_dtype(const tomo_frame_desc *d);

#endif
