/* pixels_frames.c - where each frame lies in encapsulated pixel data (PS3.5 A.4). In turn: the extended offset table,
 * the basic offset table, one fragment a frame, one frame in all fragments; and where several frames come in more
 * fragments without a table, the codestreams' own first marker. Everything is little endian here. */
#include "dicom/pixels_internal.h"

#include "base/base_internal.h"

typedef struct item {
    uint64_t data, size; /* payload */
    bool begins;         /* a codestream begins with it */
} item;

/* Does a codestream begin here? JPEG and JPEG-LS: SOI; JPEG 2000: SOC and SIZ, or the JP2 signature box. */
static bool begins(const uint8_t *p, uint64_t size)
{
    static const uint8_t jp2[8] = { 0, 0, 0, 12, 'j', 'P', ' ', ' ' };
    return (size >= 3 && p[0] == 0xFF && p[1] == 0xD8 && p[2] == 0xFF) ||
           (size >= 4 && p[0] == 0xFF && p[1] == 0x4F && p[2] == 0xFF && p[3] == 0x51) ||
           (size >= 8 && memcmp(p, jp2, 8) == 0);
}

/* Item header at *pos; on success *pos is behind the item. false at the sequence delimiter, at the end, or where
 * there is no whole item (*bad says which). */
static bool next_item(const tomo__fragments *f, uint64_t *pos, item *it, bool *bad)
{
    const uint64_t left = f->value.size - TOMO__MIN(*pos, f->value.size);
    uint8_t p[16];
    *bad = left != 0;
    if (left < 8 || tomo__bytes_read(&f->value, *pos, p, (size_t)TOMO__MIN(left, sizeof p), NULL))
        return false;
    const uint32_t tag = (uint32_t)tomo__le16(p) << 16 | tomo__le16(p + 2), size = tomo__le32(p + 4);
    if (tag == 0xFFFEE0DD)
        *bad = false;
    if (tag != 0xFFFEE000 || size > left - 8)
        return false;
    *bad = false;
    it->data = *pos + 8;
    it->size = size;
    it->begins = begins(p + 8, TOMO__MIN(size, 8u));
    *pos += 8 + (uint64_t)size;
    return true;
}

static tomo_status broken(const tomo__fragments *f, uint64_t pos, tomo_error *err)
{
    return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)pos,
                         "pixel data fragment at byte %llu of (7FE0,0010) is not a whole item: %llu bytes are left",
                         (unsigned long long)pos, (unsigned long long)(f->value.size - pos));
}

/* All items from start up to `end` (or the delimiter) as one frame; false if they don't end exactly there. */
static bool take_run(const tomo__fragments *f, uint64_t start, uint64_t end, tomo__frame_at *out)
{
    uint64_t pos = start;
    item it;
    bool bad;
    *out = (tomo__frame_at){ start, start, 0, 0 };
    while (pos < end && next_item(f, &pos, &it, &bad)) {
        out->bytes += it.size;
        out->fragments++;
        out->end = pos;
    }
    return out->fragments && (out->end == end || end == f->value.size);
}

/* Extended offset table (PS3.3 C.7.6.3.1.8): one fragment a frame, its length beside it. */
static bool from_extended(const tomo__fragments *f, uint64_t base, int64_t frame, tomo__frame_at *out)
{
    item it;
    bool bad;
    uint8_t at[8], bytes[8];
    if (f->table.size / 8 < (uint64_t)f->frames || f->lengths.size / 8 < (uint64_t)f->frames ||
        tomo__bytes_read(&f->table, 8 * (uint64_t)frame, at, 8, NULL) ||
        tomo__bytes_read(&f->lengths, 8 * (uint64_t)frame, bytes, 8, NULL))
        return false;
    const uint64_t offset = tomo__le64(at), length = tomo__le64(bytes);
    if (offset > f->value.size - base)
        return false;
    uint64_t pos = base + offset;
    const uint64_t start = pos;
    if (!next_item(f, &pos, &it, &bad) || length > it.size)
        return false;
    *out = (tomo__frame_at){ start, pos, length, 1 };
    return true;
}

/* Basic offset table (PS3.5 A.4): where each frame's first item begins. */
static bool from_basic(const tomo__fragments *f, const item *table, uint64_t base, int64_t frame, tomo__frame_at *out)
{
    if (table->size / 4 < (uint64_t)f->frames || table->size == 0)
        return false;
    const bool last = frame + 1 == f->frames;
    uint8_t t[8];
    if (tomo__bytes_read(&f->value, table->data + 4 * (uint64_t)frame, t, last ? 4 : 8, NULL))
        return false;
    const uint64_t start = base + tomo__le32(t), end = last ? f->value.size : base + tomo__le32(t + 4);
    return start < end && end <= f->value.size && (frame > 0 || start == base) && take_run(f, start, end, out);
}

/* Count items, and those with which a codestream begins. */
static tomo_status count_items(const tomo__fragments *f, uint64_t base, int64_t *items, int64_t *starts,
                               tomo_error *err)
{
    uint64_t pos = base;
    item it;
    bool bad;
    *items = *starts = 0;
    while (next_item(f, &pos, &it, &bad)) {
        ++*items;
        *starts += it.begins;
    }
    return bad ? broken(f, pos, err) : TOMO_OK;
}

/* Without a table that holds: walk the items. */
static tomo_status walk(const tomo__fragments *f, uint64_t base, int64_t first, int64_t count, tomo__frame_at *out,
                        tomo_error *err)
{
    int64_t items, starts, frame = -1;
    uint64_t pos = base, before;
    item it;
    bool bad;
    tomo_status st = count_items(f, base, &items, &starts, err);
    if (st)
        return st;
    const bool each = items == f->frames, by_marker = !each && f->frames > 1 && starts == f->frames;
    if (items == 0)
        return tomo__fail(err, TOMO_E_FORMAT, "(7FE0,0010) has no fragments, expected at least %lld",
                          (long long)f->frames);
    if (!each && !by_marker && f->frames > 1)
        return tomo__fail(err, TOMO_E_FORMAT,
                          "(7FE0,0010) has %lld fragments in which %lld codestreams begin and no offset table that "
                          "holds, expected %lld frames",
                          (long long)items, (long long)starts, (long long)f->frames);
    for (before = pos; frame < first + count && next_item(f, &pos, &it, &bad); before = pos) {
        if (each || frame < 0 || (by_marker && it.begins)) {
            frame++;
            if (frame >= first && frame < first + count)
                out[frame - first] = (tomo__frame_at){ before, before, 0, 0 };
        }
        if (frame >= first && frame < first + count) {
            out[frame - first].fragments++;
            out[frame - first].bytes += it.size;
            out[frame - first].end = pos;
        }
    }
    return TOMO_OK;
}

tomo_status tomo__frames_find(const tomo__fragments *f, int64_t first, int64_t count, tomo__frame_at *out,
                              tomo_error *err)
{
    uint64_t base = 0;
    item table = { 0, 0 };
    bool bad;
    if (!next_item(f, &base, &table, &bad))
        return bad ? broken(f, 0, err)
                   : tomo__fail(err, TOMO_E_FORMAT, "(7FE0,0010) has no fragments, expected at least 2");
    for (int64_t i = 0; i < count; i++)
        if (!from_extended(f, base, first + i, &out[i]) && !from_basic(f, &table, base, first + i, &out[i]))
            return walk(f, base, first, count, out, err);
    return TOMO_OK;
}

tomo_status tomo__frame_join(tomo_ctx *ctx, const tomo__fragments *f, const tomo__frame_at *at, const uint8_t **bytes,
                             void **joined, tomo_error *err)
{
    uint64_t pos = at->start;
    size_t size = 0;
    item it;
    bool bad;
    tomo_status st = TOMO_OK;
    if (at->fragments == 1)
        return tomo__bytes_view(ctx, &f->value, at->start + 8, at->bytes, bytes, joined, err);
    *joined = NULL;
    uint8_t *to = tomo__alloc(ctx, (size_t)at->bytes + 1);
    if (!to)
        return tomo__no_memory(ctx, err, (size_t)at->bytes + 1, "the fragments of a frame");
    for (uint32_t i = 0; i < at->fragments && st == TOMO_OK && next_item(f, &pos, &it, &bad); i++) {
        st = tomo__bytes_read(&f->value, it.data, to + size, (size_t)it.size, err);
        size += (size_t)it.size;
    }
    if (st) {
        tomo__free(ctx, to);
        return st;
    }
    *bytes = *joined = to;
    return TOMO_OK;
}
