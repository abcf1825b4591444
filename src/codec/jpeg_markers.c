/* jpeg_markers.c - the marker segments of a JPEG codestream (ITU-T T.81 annex B), each held against its bounds. */
#include "codec/jpeg_internal.h"

enum {
    SOF0 = 0xc0, DHT = 0xc4, JPG = 0xc8, DAC = 0xcc, SOF15 = 0xcf, RST0 = 0xd0, RST7 = 0xd7, SOI = 0xd8, EOI = 0xd9,
    SOS = 0xda, DQT = 0xdb, DNL = 0xdc, DRI = 0xdd, DHP = 0xde, EXP = 0xdf, APP0 = 0xe0, APP14 = 0xee, TEM = 0x01
};

static tomo_status broken(const tomo__jpeg *j, size_t at, const char *what, tomo_error *err)
{
    return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)at, "JPEG: %s at byte %zu of %zu", what, at, j->size);
}

static tomo_status read_dht(tomo__jpeg *j, const uint8_t *p, size_t n, tomo_error *err)
{
    while (n >= 17) {
        const uint32_t kind = p[0] >> 4, slot = p[0] & 15;
        uint32_t total = 0;
        for (int i = 1; i <= 16; i++)
            total += p[i];
        if (kind > 1 || slot > 3 || total > 256 || total > n - 17)
            return broken(j, j->at, "bad Huffman table", err);
        memcpy(j->huff_bits[kind][slot] + 1, p + 1, 16);
        memset(j->huff_values[kind][slot], 0, 256);
        memcpy(j->huff_values[kind][slot], p + 17, total);
        j->has_huff[kind][slot] = true;
        p += 17 + total, n -= 17 + total;
    }
    return n ? broken(j, j->at, "bad length of Huffman tables", err) : TOMO_OK;
}

static tomo_status read_dqt(tomo__jpeg *j, const uint8_t *p, size_t n, tomo_error *err)
{
    while (n > 0) {
        const uint32_t wide = p[0] >> 4, slot = p[0] & 15;
        const size_t need = 1 + (wide ? 128 : 64);
        if (wide > 1 || slot > 3 || n < need)
            return broken(j, j->at, "bad quantization table", err);
        for (size_t i = 0; i < 64; i++)
            j->quant[slot][i] = wide ? tomo__be16(p + 1 + 2 * i) : p[1 + i];
        j->has_quant[slot] = true;
        p += need, n -= need;
    }
    return TOMO_OK;
}

static tomo_status read_sof(tomo__jpeg *j, const uint8_t *p, size_t n, tomo_error *err)
{
    if (j->n)
        return broken(j, j->at, "second frame header", err);
    if (n < 6 || n != 6 + 3 * (size_t)p[5])
        return broken(j, j->at, "bad length of the frame header", err);
    if (p[5] < 1 || p[5] > 4)
        return tomo__fail_at(err, p[5] ? TOMO_E_UNSUPPORTED : TOMO_E_FORMAT, (int64_t)j->at,
                             "JPEG: %d components at byte %zu, expected 1 to 4", p[5], j->at);
    j->precision = p[0];
    j->rows = tomo__be16(p + 1);
    j->columns = tomo__be16(p + 3);
    j->frame_at = j->at;
    j->h_max = j->v_max = 1;
    for (int c = 0; c < p[5]; c++) {
        const uint8_t *q = p + 6 + 3 * c;
        j->comp[c] = (tomo__jpeg_comp){ q[0], q[1] >> 4, q[1] & 15, q[2], 0, 0 };
        if (j->comp[c].h < 1 || j->comp[c].h > 4 || j->comp[c].v < 1 || j->comp[c].v > 4 || q[2] > 3)
            return broken(j, j->at, "bad component in the frame header", err);
        for (int k = 0; k < c; k++)
            if (j->comp[k].id == q[0])
                return broken(j, j->at, "two components with one name in the frame header", err);
        j->h_max = TOMO__MAX(j->h_max, j->comp[c].h);
        j->v_max = TOMO__MAX(j->v_max, j->comp[c].v);
    }
    j->n = p[5];
    return TOMO_OK;
}

static tomo_status read_sos(tomo__jpeg *j, const uint8_t *p, size_t n, tomo_error *err)
{
    if (n < 1 || p[0] < 1 || p[0] > j->n || n != 4 + 2 * (size_t)p[0])
        return broken(j, j->at, "bad scan header", err);
    j->scan_n = p[0];
    for (int i = 0; i < j->scan_n; i++) {
        int c = 0;
        while (c < j->n && j->comp[c].id != p[1 + 2 * i])
            c++;
        const uint8_t tables = p[2 + 2 * i];
        if (c == j->n || tables >> 4 > 3 || (tables & 15) > 3 || (i > 0 && c <= j->scan[i - 1])) /* in order: B.2.3 */
            return broken(j, j->at, "bad component in a scan header", err);
        j->scan[i] = (uint8_t)c;
        j->comp[c].dc = tables >> 4;
        j->comp[c].ac = tables & 15;
    }
    p += 1 + 2 * j->scan_n;
    j->ss = p[0], j->se = p[1], j->ah = p[2] >> 4, j->al = p[2] & 15;
    return TOMO_OK;
}

/* One segment without its length. */
static tomo_status read_segment(tomo__jpeg *j, uint8_t marker, const uint8_t *p, size_t n, tomo_error *err)
{
    if (marker == DHT)
        return read_dht(j, p, n, err);
    if (marker == DQT)
        return read_dqt(j, p, n, err);
    if (marker == SOS)
        return read_sos(j, p, n, err);
    if (marker == DRI) {
        if (n != 2)
            return broken(j, j->at, "bad restart interval", err);
        j->restart = tomo__be16(p);
    } else if (marker == DNL) {
        if (n != 2 || tomo__be16(p) != j->rows)
            return broken(j, j->at, "number of lines is not the frame's", err);
    } else if (marker == APP0 && n >= 5 && memcmp(p, "JFIF", 5) == 0) {
        j->jfif = true;
    } else if (marker == APP14 && n >= 12 && memcmp(p, "Adobe", 5) == 0) {
        j->adobe = p[11];
    } else if (marker >= SOF0 && marker <= SOF0 + 3) {
        j->sof = marker;
        return read_sof(j, p, n, err);
    } else if (marker == DAC || marker == DHP || marker == EXP || (marker > JPG && marker <= SOF15) ||
               (marker > SOF0 + 4 && marker < JPG)) {
        return tomo__fail_at(err, TOMO_E_UNSUPPORTED, (int64_t)j->at,
                             "JPEG: marker FF%02X at byte %zu (%s) has no decoder", marker, j->at,
                             marker > JPG && marker < DHP ? "arithmetic coding" : "hierarchical");
    }
    return TOMO_OK;
}

/* Segments up to and with the first of `stop`: 0 = a frame header, SOS = a scan header; or the end. */
static tomo_status read_until(tomo__jpeg *j, uint8_t stop, bool *ended, tomo_error *err)
{
    *ended = false;
    for (;;) {
        while (j->size - j->at >= 2 && j->in[j->at] == 0xff && j->in[j->at + 1] == 0xff)
            j->at++; /* fill bytes: B.1.1.2 */
        if (j->size - j->at < 2) {
            *ended = true;
            return TOMO_OK;
        }
        const uint8_t marker = j->in[j->at + 1];
        if (j->in[j->at] != 0xff || marker == 0)
            return broken(j, j->at, "no marker where one has to be", err);
        if (marker == EOI) {
            *ended = j->eoi = true;
            return TOMO_OK;
        }
        if (marker == SOI || marker == TEM || (marker >= RST0 && marker <= RST7)) {
            j->at += 2; /* these have no length; a restart marker after the last interval does no harm */
            continue;
        }
        if (j->size - j->at < 4)
            return broken(j, j->at, "marker breaks off", err);
        const size_t length = tomo__be16(j->in + j->at + 2);
        if (length < 2 || length > j->size - j->at - 2)
            return broken(j, j->at, "marker segment is longer than the data", err);
        tomo_status st = read_segment(j, marker, j->in + j->at + 4, length - 2, err);
        if (st != TOMO_OK)
            return st;
        j->at += 2 + length;
        if (stop == SOS ? marker == SOS : j->n != 0)
            return TOMO_OK;
    }
}

tomo_status tomo__jpeg_open(tomo__jpeg *j, const tomo__codec_call *call, tomo_error *err)
{
    bool ended;
    memset(j, 0, sizeof *j);
    j->in = call->in;
    j->size = call->in_size;
    j->adobe = -1;
    if (j->size < 4 || j->in[0] != 0xff || j->in[1] != SOI)
        return broken(j, 0, "no start of image", err);
    j->at = 2;
    tomo_status st = read_until(j, 0, &ended, err);
    if (st == TOMO_OK && ended)
        st = broken(j, j->at, "no frame header", err);
    if (st == TOMO_OK && j->rows == 0)
        j->rows = call->desc->rows;
    return st;
}

tomo_status tomo__jpeg_next_scan(tomo__jpeg *j, tomo_error *err)
{
    bool ended;
    j->scan_n = 0;
    tomo_status st = read_until(j, SOS, &ended, err);
    if (st == TOMO_OK && ended)
        j->scan_n = 0;
    return st;
}

size_t tomo__jpeg_segment(tomo__jpeg *j, uint8_t *to)
{
    uint8_t *const start = to;
    const uint8_t *p = j->in + j->at, *const end = j->in + j->size;
    for (;;) {
        const uint8_t *ff = memchr(p, 0xff, (size_t)(end - p));
        const uint8_t *stop = ff ? ff : end;
        memcpy(to, p, (size_t)(stop - p));
        to += stop - p;
        p = stop;
        if (end - p < 2 || p[1] != 0)
            break;
        *to++ = 0xff;
        p += 2;
    }
    memset(to, 0, TOMO__BITS_PAD);
    j->at = (size_t)(p - j->in);
    return (size_t)(to - start);
}

tomo_status tomo__jpeg_restart(tomo__jpeg *j, uint32_t k, tomo_error *err)
{
    while (j->size - j->at >= 2 && j->in[j->at] == 0xff && j->in[j->at + 1] == 0xff)
        j->at++;
    if (j->size - j->at < 2 || j->in[j->at] != 0xff || j->in[j->at + 1] != RST0 + k % 8)
        return broken(j, j->at, "restart marker is missing or out of order", err);
    j->at += 2;
    return TOMO_OK;
}
