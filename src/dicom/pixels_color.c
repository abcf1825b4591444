/* pixels_color.c - palette color (PS3.3 C.7.6.3.1.5-6, C.7.9.2) and YBR to RGB (C.7.6.3.1.2). */
#include "dicom/pixels_internal.h"

#include "base/base_internal.h"

#include <stdio.h>

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

/* Words in native order; *count of them. NULL is no memory. */
static uint16_t *words_of(tomo_ctx *ctx, const tomo_element *e, bool big_endian, size_t *count)
{
    const uint8_t *v = e->value;
    *count = (size_t)e->length / 2;
    uint16_t *w = tomo__alloc(ctx, *count * 2 + 2);
    for (size_t i = 0; w && i < *count; i++)
        w[i] = big_endian ? tomo__be16(v + 2 * i) : tomo__le16(v + 2 * i);
    return w;
}

static tomo_status read_channel(tomo_ctx *ctx, const tomo_dataset *ds, int i, bool big_endian, tomo__palette *p,
                                tomo_error *err)
{
    const unsigned plain = 0x00281201u + (unsigned)i, segmented = 0x00281221u + (unsigned)i;
    const size_t entries = (size_t)p->entries[i];
    channel c = { p->table[i], entries, 0 };
    char path[12];
    tomo_element e;
    size_t n;
    snprintf(path, sizeof path, "%08X", plain);
    const bool found = tomo_dataset_find(ds, path, &e, NULL) == TOMO_OK && e.value;
    if (!found) {
        snprintf(path, sizeof path, "%08X", segmented);
        if (tomo_dataset_find(ds, path, &e, NULL) != TOMO_OK || !e.value)
            return tomo__fail(err, TOMO_E_FORMAT, "(0028,%04X) palette data is absent, expected %zu entries",
                              plain & 0xFFFF, entries);
    }
    if (e.length > 1u << 20)
        return tomo__fail(err, TOMO_E_FORMAT, "(0028,%04X) palette data has %llu bytes, expected at most 1048576",
                          (unsigned)e.tag & 0xFFFF, (unsigned long long)e.length);
    uint16_t *w = words_of(ctx, &e, big_endian, &n);
    if (!w)
        return tomo__no_memory(ctx, err, (size_t)e.length, "palette data");
    bool whole = true;
    if (!found) {
        whole = expand(&c, w, n);
    } else if (n >= entries) { /* a word an entry, whatever the bits */
        memcpy(c.to, w, entries * 2);
    } else if ((whole = e.length >= entries)) { /* two entries a word, low byte first */
        for (size_t k = 0; k < entries; k++)
            c.to[k] = k / 2 < n ? (uint16_t)(w[k / 2] >> (k % 2 * 8) & 0xFF) : ((const uint8_t *)e.value)[k];
        if (p->bits == 16) /* 16 are announced, bytes are there */
            for (size_t k = 0; k < entries; k++)
                c.to[k] = (uint16_t)(c.to[k] * 257);
    }
    tomo__free(ctx, w);
    return whole ? TOMO_OK
                 : tomo__fail(err, TOMO_E_FORMAT, "(0028,%04X) palette data of %llu bytes is too short for %zu entries",
                              (unsigned)e.tag & 0xFFFF, (unsigned long long)e.length, entries);
}

tomo_status tomo__palette_read(tomo_ctx *ctx, tomo__palette *p, const tomo_dataset *ds, bool is_signed, bool big_endian,
                               tomo_error *err)
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
        st = read_channel(ctx, ds, i, big_endian, p, err);
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

static uint8_t clamp_byte(float v) { return v < 0.0f ? 0 : v > 255.0f ? 255 : (uint8_t)v; }

void tomo__ybr_to_rgb(uint8_t *pixels, size_t count)
{
    for (size_t i = 0; i < count; i++, pixels += 3) {
        const float y = (float)pixels[0] + 0.5f, cb = (float)pixels[1] - 128.0f, cr = (float)pixels[2] - 128.0f;
        pixels[0] = clamp_byte(y + 1.402f * cr);
        pixels[1] = clamp_byte(y - 0.344136f * cb - 0.714136f * cr);
        pixels[2] = clamp_byte(y + 1.772f * cb);
    }
}
