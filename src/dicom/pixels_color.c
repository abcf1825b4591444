/* pixels_color.c - palette color (PS3.3 C.7.6.3.1.5-6, C.7.9.2), and other color models to RGB (C.7.6.3.1.2). */
#include "dicom/pixels_internal.h"

#include "base/base_internal.h"

#include <stdio.h>

enum { MOST_WORDS = 1 << 19 }; /* of one table: eight times what 65536 entries need */

/* One channel's table being filled. */
typedef struct channel {
    uint16_t *to;
    size_t room, used;
} channel;

static bool put(channel *c, uint16_t v)
{
    if (c->used == c->room)
        return false;
    c->to[c->used++] = v;
    return true;
}

/* A discrete (0) or linear (1) segment at word `at`; moves `at` behind it. */
static bool plain_segment(channel *c, const uint16_t *w, size_t n, size_t *at)
{
    if (*at + 2 > n || w[*at] > 1)
        return false;
    const uint16_t kind = w[*at], length = w[*at + 1];
    if (kind == 0) {
        if (*at + 2 + length > n)
            return false;
        for (uint16_t i = 0; i < length; i++)
            if (!put(c, w[*at + 2 + i]))
                return false;
        *at += 2 + (size_t)length;
        return true;
    }
    if (*at + 3 > n || c->used == 0)
        return false;
    const int32_t from = c->to[c->used - 1], to = w[*at + 2];
    for (int32_t i = 1; i <= length; i++) {
        const int64_t step = (int64_t)(to - from) * i * 2 + (to >= from ? length : -length);
        if (!put(c, (uint16_t)(from + step / (2 * length)))) /* rounded to nearest */
            return false;
    }
    *at += 3;
    return true;
}

/* Segments of C.7.9.2.1: opcode 2 repeats earlier ones, which must not be of opcode 2 themselves. */
static bool expand(channel *c, const uint16_t *w, size_t n)
{
    size_t at = 0;
    while (at < n && c->used < c->room) {
        if (w[at] != 2) {
            if (!plain_segment(c, w, n, &at))
                return false;
            continue;
        }
        if (at + 4 > n)
            return false;
        size_t back = ((size_t)w[at + 2] | (size_t)w[at + 3] << 16) / 2; /* a byte offset */
        for (uint16_t i = 0; i < w[at + 1]; i++)
            if (back >= at || !plain_segment(c, w, n, &back))
                return false;
        at += 4;
    }
    return c->used == c->room;
}

static tomo_status descriptor(const tomo_dataset *ds, int i, bool is_signed, tomo__palette *p, tomo_error *err)
{
    const tomo_tag tag = 0x00281101u + (tomo_tag)i;
    int64_t v[3];
    for (size_t k = 0; k < 3; k++)
        if (!tomo_dataset_int(ds, tag, k, &v[k]))
            return tomo__fail(err, TOMO_E_FORMAT, "(0028,%04X) palette descriptor has %zu values, expected 3",
                              tag & 0xFFFF, tomo_dataset_values(ds, tag));
    const int64_t entries = (v[0] & 0xFFFF) ? (v[0] & 0xFFFF) : 65536; /* C.7.6.3.1.5: 0 means 65536 */
    if (v[2] != 8 && v[2] != 16)
        return tomo__fail(err, TOMO_E_FORMAT, "(0028,%04X) palette has %lld bits an entry, expected 8 or 16",
                          tag & 0xFFFF, (long long)v[2]);
    p->entries[i] = (int32_t)entries;
    p->first[i] = is_signed ? (int16_t)(v[1] & 0xFFFF) : (int32_t)(v[1] & 0xFFFF);
    p->bits = TOMO__MAX(p->bits, (int32_t)v[2]);
    return TOMO_OK;
}

static tomo_status read_channel(tomo_ctx *ctx, const tomo_dataset *ds, int i, tomo__palette *p, tomo_error *err)
{
    const tomo_tag plain = 0x00281201u + (tomo_tag)i, segmented = 0x00281221u + (tomo_tag)i;
    const size_t entries = (size_t)p->entries[i];
    channel c = { p->table[i], entries, 0 };
    tomo_tag tag = plain;
    uint64_t bytes = 0;
    uint16_t *w;
    tomo_status st = tomo__words_read(ctx, ds, tag, MOST_WORDS, &w, &bytes, err);
    if (st == TOMO_E_NOTFOUND)
        st = tomo__words_read(ctx, ds, tag = segmented, MOST_WORDS, &w, &bytes, err);
    if (st == TOMO_E_NOTFOUND)
        return tomo__fail(err, TOMO_E_FORMAT, "(0028,%04X) palette data is absent, expected %zu entries",
                          plain & 0xFFFF, entries);
    if (st)
        return st;
    bool whole = true;
    if (tag == segmented) {
        whole = expand(&c, w, (size_t)bytes / 2);
    } else if (bytes / 2 >= entries) { /* a word an entry, whatever the bits */
        memcpy(c.to, w, entries * 2);
    } else if ((whole = bytes >= entries)) { /* two entries a word, low byte first */
        for (size_t k = 0; k < entries; k++)
            c.to[k] = (uint16_t)(w[k / 2] >> (k % 2 * 8) & 0xFF);
        if (p->bits == 16) /* 16 are announced, bytes are there */
            for (size_t k = 0; k < entries; k++)
                c.to[k] = (uint16_t)(c.to[k] * 257);
    }
    tomo__free(ctx, w);
    return whole ? TOMO_OK
                 : tomo__fail(err, TOMO_E_FORMAT, "(0028,%04X) palette data of %llu bytes is too short for %zu entries",
                              tag & 0xFFFF, (unsigned long long)bytes, entries);
}

tomo_status tomo__palette_read(tomo_ctx *ctx, tomo__palette *p, const tomo_dataset *ds, bool is_signed, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    size_t total = 0;
    *p = (tomo__palette){ 0 };
    for (int i = 0; i < 3 && st == TOMO_OK; i++)
        if ((st = descriptor(ds, i, is_signed, p, err)) == TOMO_OK)
            total += (size_t)p->entries[i];
    if (st)
        return st;
    uint16_t *all = TOMO__ARRAY(ctx, total, uint16_t);
    if (!all)
        return tomo__no_memory(ctx, err, total * 2, "a palette");
    p->table[0] = all;
    p->table[1] = all + p->entries[0];
    p->table[2] = p->table[1] + p->entries[1];
    for (int i = 0; i < 3 && st == TOMO_OK; i++)
        st = read_channel(ctx, ds, i, p, err);
    if (st) {
        tomo__free(ctx, all);
        p->table[0] = NULL;
    }
    return st;
}

static int32_t stored_at(const void *stored, size_t bytes_each, bool is_signed, size_t i)
{
    if (bytes_each == 1)
        return is_signed ? ((const int8_t *)stored)[i] : ((const uint8_t *)stored)[i];
    return is_signed ? ((const int16_t *)stored)[i] : ((const uint16_t *)stored)[i];
}

void tomo__palette_apply(const tomo__palette *p, const void *stored, size_t bytes_each, bool is_signed, size_t count,
                         void *rgb)
{
    for (size_t i = 0; i < count; i++) {
        const int32_t v = stored_at(stored, bytes_each, is_signed, i);
        for (int c = 0; c < 3; c++) { /* values before the first map to the first, behind the last to the last */
            const int32_t k = TOMO__MAX(0, TOMO__MIN(v - p->first[c], p->entries[c] - 1));
            if (p->bits == 8)
                ((uint8_t *)rgb)[3 * i + (size_t)c] = (uint8_t)p->table[c][k];
            else
                ((uint16_t *)rgb)[3 * i + (size_t)c] = p->table[c][k];
        }
    }
}

/* ---- color models ---- */

tomo__color tomo__color_of(const char *photometric, int samples)
{
    if (samples == 4)
        return strcmp(photometric, "CMYK") == 0   ? TOMO__COLOR_CMYK
               : strcmp(photometric, "ARGB") == 0 ? TOMO__COLOR_ARGB
                                                  : TOMO__COLOR_NONE;
    if (samples != 3)
        return TOMO__COLOR_NONE;
    return strncmp(photometric, "YBR_FULL", 8) == 0       ? TOMO__COLOR_YBR_FULL
           : strncmp(photometric, "YBR_PARTIAL", 11) == 0 ? TOMO__COLOR_YBR_PARTIAL
           : strcmp(photometric, "HSV") == 0              ? TOMO__COLOR_HSV
                                                          : TOMO__COLOR_NONE;
}

static uint16_t clamp(float v, float most) { return (uint16_t)(v < 0.0f ? 0.0f : v > most ? most : v); }

static void from_ybr_full(const uint16_t in[4], uint16_t out[3], float half, float most)
{
    const float y = (float)in[0] + 0.5f, cb = (float)in[1] - half, cr = (float)in[2] - half;
    out[0] = clamp(y + 1.402f * cr, most);
    out[1] = clamp(y - 0.344136f * cb - 0.714136f * cr, most);
    out[2] = clamp(y + 1.772f * cb, most);
}

/* The inverse of the matrix in PS3.3 C.7.6.3.1.2 (2017): luminance from 16 to 235 of 256. */
static void from_ybr_partial(const uint16_t in[4], uint16_t out[3], float half, float most)
{
    const float y = 1.1644f * ((float)in[0] - half / 8) + 0.5f, cb = (float)in[1] - half, cr = (float)in[2] - half;
    out[0] = clamp(y + 1.5960f * cr, most);
    out[1] = clamp(y - 0.3917f * cb - 0.8130f * cr, most);
    out[2] = clamp(y + 2.0173f * cb, most);
}

/* Hue over the whole range of the sample is once around the circle. */
static void from_hsv(const uint16_t in[4], uint16_t out[3], float half, float most)
{
    const float h = (float)in[0] * 6.0f / (most + 1.0f), s = (float)in[1] / most, v = (float)in[2];
    const int sextant = (int)h;
    const float f = h - (float)sextant;
    const uint16_t p = clamp(v * (1 - s) + 0.5f, most), q = clamp(v * (1 - s * f) + 0.5f, most);
    const uint16_t t = clamp(v * (1 - s * (1 - f)) + 0.5f, most);
    const uint16_t rgb[6][3] = { { in[2], t, p }, { q, in[2], p }, { p, in[2], t },
                                 { p, q, in[2] }, { t, p, in[2] }, { in[2], p, q } };
    memcpy(out, rgb[TOMO__MIN(sextant, 5)], 3 * sizeof *out);
}

/* PS3.3-2001: samples are the amounts of ink. */
static void from_cmyk(const uint16_t in[4], uint16_t out[3], float half, float most)
{
    for (int c = 0; c < 3; c++)
        out[c] = clamp(most - (float)in[c] - (float)in[3], most);
}

/* PS3.3-2001: where the alpha plane is not 0, the palette's color for its value stands instead of the pixel. */
static void from_argb(const tomo__palette *p, const uint16_t in[4], uint16_t out[3], int bits)
{
    for (int c = 0; c < 3; c++) {
        const int32_t k = TOMO__MAX(0, TOMO__MIN((int32_t)in[0] - p->first[c], p->entries[c] - 1));
        const int32_t v = p->table[c][k];
        out[c] = in[0] == 0 ? in[c + 1] : (uint16_t)(p->bits > bits ? v >> (p->bits - bits) : v);
    }
}

static uint8_t clamp_byte(float v) { return v < 0.0f ? 0 : v > 255.0f ? 255 : (uint8_t)v; }

/* from_ybr_full() of bytes: the case that matters, in a loop of its own. */
static void ybr_bytes(const uint8_t *in, size_t count, uint8_t *out)
{
    for (size_t i = 0; i < count; i++, in += 3, out += 3) {
        const float y = (float)in[0] + 0.5f, cb = (float)in[1] - 128.0f, cr = (float)in[2] - 128.0f;
        out[0] = clamp_byte(y + 1.402f * cr);
        out[1] = clamp_byte(y - 0.344136f * cb - 0.714136f * cr);
        out[2] = clamp_byte(y + 1.772f * cb);
    }
}

void tomo__color_to_rgb(tomo__color color, const tomo__palette *palette, const void *stored, int bits,
                        size_t bytes_each, size_t count, void *rgb)
{
    const size_t samples = color == TOMO__COLOR_ARGB || color == TOMO__COLOR_CMYK ? 4 : 3;
    const float half = (float)(1u << (bits - 1)), most = (float)((1u << bits) - 1);
    const uint8_t *from8 = stored;
    const uint16_t *from16 = stored;
    if (color == TOMO__COLOR_YBR_FULL && bytes_each == 1 && bits == 8) {
        ybr_bytes(stored, count, rgb);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint16_t in[4], out[3];
        for (size_t c = 0; c < samples; c++)
            in[c] = bytes_each == 1 ? from8[i * samples + c] : from16[i * samples + c];
        switch (color) {
        case TOMO__COLOR_YBR_FULL:
            from_ybr_full(in, out, half, most);
            break;
        case TOMO__COLOR_YBR_PARTIAL:
            from_ybr_partial(in, out, half, most);
            break;
        case TOMO__COLOR_HSV:
            from_hsv(in, out, half, most);
            break;
        case TOMO__COLOR_CMYK:
            from_cmyk(in, out, half, most);
            break;
        case TOMO__COLOR_ARGB:
            from_argb(palette, in, out, bits);
            break;
        default:
            memcpy(out, in, sizeof out);
            break;
        }
        for (size_t c = 0; c < 3; c++)
            if (bytes_each == 1)
                ((uint8_t *)rgb)[3 * i + c] = (uint8_t)out[c];
            else
                ((uint16_t *)rgb)[3 * i + c] = out[c];
    }
}
