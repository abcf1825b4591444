/* j2k_header.c - the headers of a JPEG 2000 codestream (ITU-T T.800 annex A): what it claims, and whether that is in
 * proportion. A few bytes can ask for a million tiles, precincts or layers; OpenJPEG makes them all before it notices
 * that there are no data. */
#include "codec/j2k_internal.h"

enum { SOC = 0xff4f, SIZ = 0xff51, COD = 0xff52, COC = 0xff53, SOT = 0xff90, SOD = 0xff93, EOC = 0xffd9 };
enum { PART_2 = 0xff70, PART_2_END = 0xff79 }; /* DCO to ATK (T.801 A.3): what they say changes samples */

/* Far above what encoders write (tiles of 64 x 64, precincts of 32 x 32), far below what hurts. */
static const uint64_t free_tiles = 4096, free_precincts = 1 << 16, free_packets = 1 << 21;
enum { PIXELS_A_TILE = 4096, SAMPLES_A_PRECINCT = 64, SAMPLES_A_BLOCK = 256 };

static tomo_status broken(const tomo__j2k *h, size_t at, const char *what, tomo_error *err)
{
    return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)(h->offset + at), "JPEG 2000: %s at byte %zu", what,
                         h->offset + at);
}

static tomo_status too_much(const char *what, uint64_t count, tomo_error *err)
{
    return tomo__fail(err, TOMO_E_LIMIT, "JPEG 2000: %llu %s are out of proportion to the frame",
                      (unsigned long long)count, what);
}

/* JP2, JPH: boxes (T.800 annex I), of which only the codestream counts here. DICOM allows the codestream alone. */
static tomo_status find_codestream(tomo__j2k *h, const tomo__codec_call *call, tomo_error *err)
{
    static const uint8_t signature[12] = { 0, 0, 0, 12, 'j', 'P', ' ', ' ', 13, 10, 0x87, 10 };
    size_t at = 0;
    h->data = call->in;
    h->size = call->in_size;
    h->offset = 0;
    if (call->in_size < 12 || memcmp(call->in, signature, 12) != 0)
        return TOMO_OK;
    while (call->in_size - at >= 8) {
        const uint8_t *p = call->in + at;
        uint64_t length = tomo__be32(p), head = 8;
        if (length == 1 && call->in_size - at >= 16)
            length = tomo__be64(p + 8), head = 16;
        else if (length == 0)
            length = call->in_size - at;
        if (length < head || length > call->in_size - at) {
            if (memcmp(p + 4, "jp2c", 4) != 0 || length < head)
                break;
            length = call->in_size - at; /* cut short: the decoder will say so */
        }
        if (memcmp(p + 4, "jp2c", 4) == 0) {
            h->data = p + head;
            h->size = (size_t)(length - head);
            h->offset = at + (size_t)head;
            return TOMO_OK;
        }
        at += (size_t)length;
    }
    return broken(h, at, "no codestream in the JP2 boxes", err);
}

static uint32_t over(uint32_t n, uint32_t by) { return (uint32_t)(((uint64_t)n + by - 1) / by); }

/* Depth and subsampling of each (A.5.1). If all are subsampled alike, the frame is as large as they are; if they
 * differ, it is as large as the reference grid, and the smaller ones are spread over it. */
static tomo_status read_components(tomo__j2k *h, tomo_error *err)
{
    bool alike = true;
    h->precision = 0;
    for (uint32_t c = 0; c < h->samples; c++) {
        const uint8_t *q = h->data + 42 + 3 * c;
        if (q[1] == 0 || q[2] == 0)
            return broken(h, 43 + 3 * c, "a component subsampled by 0", err);
        h->precision = TOMO__MAX(h->precision, (q[0] & 127u) + 1);
        alike &= q[1] == h->data[43] && q[2] == h->data[44];
    }
    h->dx = alike ? h->data[43] : 1;
    h->dy = alike ? h->data[44] : 1;
    return TOMO_OK;
}

static tomo_status read_siz(tomo__j2k *h, tomo_error *err)
{
    const uint8_t *p = h->data;
    if (h->size < 6 + 36 || tomo__be16(p) != SOC || tomo__be16(p + 2) != SIZ)
        return broken(h, 0, "no start of codestream", err);
    const uint32_t length = tomo__be16(p + 4);
    const uint32_t x1 = tomo__be32(p + 8), y1 = tomo__be32(p + 12), x0 = tomo__be32(p + 16), y0 = tomo__be32(p + 20);
    const uint32_t tw = tomo__be32(p + 24), th = tomo__be32(p + 28), tx = tomo__be32(p + 32), ty = tomo__be32(p + 36);
    h->samples = tomo__be16(p + 40);
    if (h->samples < 1 || length != 38 + 3 * h->samples || h->size - 4 < length)
        return broken(h, 4, "bad length of SIZ", err);
    if (x1 <= x0 || y1 <= y0 || tw == 0 || th == 0 || tx > x0 || ty > y0 || (uint64_t)tx + tw <= x0 ||
        (uint64_t)ty + th <= y0)
        return broken(h, 8, "bad image or tile size", err);
    h->x0 = x0, h->y0 = y0;
    h->tiles = (((uint64_t)x1 - tx + tw - 1) / tw) * (((uint64_t)y1 - ty + th - 1) / th);
    tomo_status st = read_components(h, err);
    if (st != TOMO_OK)
        return st;
    h->columns = over(x1, h->dx) - over(x0, h->dx);
    h->rows = over(y1, h->dy) - over(y0, h->dy);
    h->tile_columns = TOMO__MIN(over(tw, h->dx), h->columns);
    h->tile_rows = TOMO__MIN(over(th, h->dy), h->rows);
    return h->columns && h->rows ? TOMO_OK : broken(h, 8, "an image without samples", err);
}

/* Coding style of one or all components: `p` is at the number of decomposition levels. Adds nothing up over tiles:
 * keeps the most that any style asks for. */
static tomo_status read_style(tomo__j2k *h, const uint8_t *p, size_t n, bool precincts, uint32_t layers, size_t at,
                              tomo_error *err)
{
    if (n < 5 || p[0] > 32 || n < 5 + (precincts ? p[0] + 1u : 0))
        return broken(h, at, "bad coding style", err);
    const uint32_t levels = p[0];
    const uint32_t block_columns = 4u << TOMO__MIN(p[1] & 15, 8), block_rows = 4u << TOMO__MIN(p[2] & 15, 8);
    uint64_t sum = 0, blocks = 0;
    for (uint32_t r = 0; r <= levels; r++) {
        const uint32_t down = levels - r, pp = precincts ? p[5 + r] : 0xff;
        const uint64_t w = ((uint64_t)h->tile_columns >> down) + 2, k = ((uint64_t)h->tile_rows >> down) + 2;
        const uint64_t across = (w >> (pp & 15)) + 2, along = (k >> (pp >> 4)) + 2;
        /* a block lies within its precinct, which is half as large in the subbands above the lowest (B.7) */
        const uint32_t half = r > 0, px = TOMO__MAX(pp & 15, half) - half, py = TOMO__MAX(pp >> 4, half) - half;
        const uint64_t cb_w = TOMO__MIN(block_columns, 1u << px), cb_h = TOMO__MIN(block_rows, 1u << py);
        sum += across * along;
        blocks += (w / cb_w + 2) * (k / cb_h + 2);
    }
    h->precincts = TOMO__MAX(h->precincts, sum * h->samples * h->tiles);
    h->packets = TOMO__MAX(h->packets, sum * h->samples * h->tiles * TOMO__MAX(layers, 1));
    h->blocks = TOMO__MAX(h->blocks, blocks * h->samples * h->tiles);
    return TOMO_OK;
}

/* Marker segments from *at until SOT, SOD or EOC, which `stop` gets. */
static tomo_status read_markers(tomo__j2k *h, size_t *at, uint32_t *layers, uint32_t *stop, tomo_error *err)
{
    for (;;) {
        if (h->size - *at < 4)
            return broken(h, *at, "header breaks off", err);
        const uint8_t *p = h->data + *at;
        *stop = tomo__be16(p);
        if (*stop == SOT || *stop == SOD || *stop == EOC)
            return TOMO_OK;
        if (*stop >= 0xff30 && *stop <= 0xff3f) { /* table A.1: markers without a segment */
            *at += 2;
            continue;
        }
        const size_t n = tomo__be16(p + 2), wide = h->samples > 256 ? 2 : 1;
        tomo_status st = TOMO_OK;
        if (*stop < 0xff00 || n < 2 || n > h->size - *at - 2)
            return broken(h, *at, "bad marker segment", err);
        if (*stop >= PART_2 && *stop <= PART_2_END)
            return tomo__fail_at(err, TOMO_E_UNSUPPORTED, (int64_t)(h->offset + *at),
                                 "JPEG 2000: marker segment %04X of part 2 at byte %zu", (unsigned)*stop,
                                 h->offset + *at);
        if (*stop == COD && n >= 7) {
            *layers = tomo__be16(p + 6);
            h->color_transform = p[8] != 0;
            st = read_style(h, p + 9, n - 7, p[4] & 1, *layers, *at, err);
        } else if (*stop == COC && n >= 3 + wide) {
            st = read_style(h, p + 5 + wide, n - 3 - wide, p[4 + wide] & 1, *layers, *at, err);
        }
        if (st != TOMO_OK)
            return st;
        *at += 2 + n;
    }
}

/* Tile-parts can change the coding style too (A.6.1), so their headers are read as well. */
static tomo_status read_tile_parts(tomo__j2k *h, size_t at, uint32_t layers, tomo_error *err)
{
    while (h->size - at >= 12 && tomo__be16(h->data + at) == SOT) {
        const uint64_t length = tomo__be32(h->data + at + 6);
        size_t inner = at + 12;
        uint32_t stop, own = layers;
        tomo_status st = read_markers(h, &inner, &own, &stop, err);
        if (st != TOMO_OK)
            return st;
        if (length == 0 || length > h->size - at)
            return TOMO_OK; /* the last one, or one cut short: the decoder knows */
        if (length < 14)
            return broken(h, at, "bad length of a tile-part", err);
        at += (size_t)length;
    }
    return TOMO_OK;
}

tomo_status tomo__j2k_header(tomo__j2k *h, const tomo__codec_call *call, tomo_error *err)
{
    size_t at;
    uint32_t layers = 1, stop = 0;
    memset(h, 0, sizeof *h);
    tomo_status st = find_codestream(h, call, err);
    if (st == TOMO_OK)
        st = read_siz(h, err);
    if (st == TOMO_OK)
        st = tomo__codec_agrees(call, "JPEG 2000", (int64_t)h->offset, h->columns, h->rows, h->samples, h->precision,
                                err);
    if (st != TOMO_OK)
        return st;
    const uint64_t pixels = (uint64_t)h->columns * h->rows, samples = pixels * h->samples;
    if (h->tiles > free_tiles + pixels / PIXELS_A_TILE || h->tiles > 65535)
        return too_much("tiles", h->tiles, err);
    at = 4 + (size_t)tomo__be16(h->data + 4);
    if ((st = read_markers(h, &at, &layers, &stop, err)) != TOMO_OK ||
        (st = read_tile_parts(h, at, layers, err)) != TOMO_OK)
        return st;
    if (h->precincts > free_precincts + samples / SAMPLES_A_PRECINCT)
        return too_much("precincts", h->precincts, err);
    if (h->packets > free_packets + samples)
        return too_much("packets", h->packets, err);
    if (h->blocks > free_precincts + samples / SAMPLES_A_BLOCK * 4)
        return too_much("code-blocks", h->blocks, err);
    return TOMO_OK;
}
