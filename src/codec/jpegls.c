/* jpegls.c - JPEG-LS (ITU-T T.87), lossless and near-lossless: markers, scans, output. Our own decoder, because CharLS
 * 2.4.1, which Debian has, never returns from some damaged frames (team-charls/charls pull request 334). */
#include "codec/jpegls_internal.h"

enum { SOI = 0xd8, EOI = 0xd9, SOS = 0xda, DNL = 0xdc, DRI = 0xdd, APP8 = 0xe8, SOF55 = 0xf7, LSE = 0xf8, RST0 = 0xd0 };

typedef struct jls {
    tomo__codec_call *call;
    const uint8_t *in;
    size_t size, at;
    int32_t precision, n;
    uint8_t id[4];
    tomo__jpegls_params preset;
    uint32_t restart;   /* lines */
    int32_t transform;  /* of Hewlett-Packard's encoder: 0 none, 1 to 3 */
    bool done[4];
    int32_t scan_n;
    uint8_t scan[4];
} jls;

static tomo_status broken(const jls *j, const char *what, tomo_error *err)
{
    return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)j->at, "JPEG-LS: %s at byte %zu of %zu", what, j->at, j->size);
}

static tomo_status foreign(const jls *j, const char *what, tomo_error *err)
{
    return tomo__fail_at(err, TOMO_E_UNSUPPORTED, (int64_t)j->at, "JPEG-LS: %s at byte %zu", what, j->at);
}

static tomo_status read_frame(jls *j, const uint8_t *p, size_t n, tomo_error *err)
{
    if (j->n || n < 6 || p[5] < 1 || p[5] > 4 || n != 6 + 3 * (size_t)p[5])
        return broken(j, "bad frame header", err);
    j->precision = p[0];
    j->n = p[5];
    for (int c = 0; c < j->n; c++) {
        j->id[c] = p[6 + 3 * c];
        if (p[7 + 3 * c] != 0x11 && j->n > 1)
            return foreign(j, "subsampled components", err);
    }
    tomo_status st = tomo__codec_agrees(j->call, "JPEG-LS", (int64_t)j->at, tomo__be16(p + 3), tomo__be16(p + 1), j->n,
                                        j->precision, err);
    if (st == TOMO_OK && (j->precision < 2 || j->precision > 16))
        st = broken(j, "precision is not 2 to 16", err);
    return st;
}

static tomo_status read_preset(jls *j, const uint8_t *p, size_t n, tomo_error *err)
{
    if (n < 1 || p[0] < 1)
        return broken(j, "bad preset parameters", err);
    if (p[0] != 1)
        return foreign(j, "mapping table or extended preset", err);
    if (n != 11)
        return broken(j, "bad preset parameters", err);
    j->preset.maxval = tomo__be16(p + 1);
    j->preset.t1 = tomo__be16(p + 3);
    j->preset.t2 = tomo__be16(p + 5);
    j->preset.t3 = tomo__be16(p + 7);
    j->preset.reset = tomo__be16(p + 9);
    return TOMO_OK;
}

static tomo_status read_restart(jls *j, const uint8_t *p, size_t n, tomo_error *err)
{
    if (n < 2 || n > 4)
        return broken(j, "bad restart interval", err);
    j->restart = 0;
    for (size_t i = 0; i < n; i++)
        j->restart = j->restart << 8 | p[i];
    return TOMO_OK;
}

/* Scan header: which components, and the parameters of the scan. */
static tomo_status read_scan_header(jls *j, const uint8_t *p, size_t n, tomo__jpegls_params *params, tomo_error *err)
{
    if (!j->n || n < 1 || p[0] < 1 || p[0] > j->n || n != 4 + 2 * (size_t)p[0])
        return broken(j, "bad scan header", err);
    j->scan_n = p[0];
    for (int i = 0; i < j->scan_n; i++) {
        int c = 0;
        while (c < j->n && j->id[c] != p[1 + 2 * i])
            c++;
        while (c < j->n && j->done[c] && j->id[c] == p[1 + 2 * i])
            c++; /* some encoders give every component the same name; the scans come in order */
        if (c == j->n || j->done[c])
            return broken(j, "component is unknown or comes twice", err);
        if (p[2 + 2 * i] != 0)
            return foreign(j, "mapping table", err);
        j->done[c] = true;
        j->scan[i] = (uint8_t)c;
    }
    const uint8_t *q = p + 1 + 2 * j->scan_n;
    if (q[1] > 2 || (q[1] == 0) != (j->scan_n == 1))
        return broken(j, "bad interleave mode", err);
    if (q[2] != 0)
        return foreign(j, "point transform", err);
    const int32_t most = (1 << j->precision) - 1;
    *params = j->preset;
    params->maxval = params->maxval ? params->maxval : most;
    params->near = q[0];
    params->n = j->scan_n;
    params->by_sample = q[1] == 2;
    params->columns = (size_t)j->call->desc->columns;
    return params->maxval <= most ? TOMO_OK : broken(j, "MAXVAL is above the precision", err);
}

/* Marker segments up to a scan (*found) or the end. */
static tomo_status next_scan(jls *j, tomo__jpegls_params *params, bool *found, tomo_error *err)
{
    *found = false;
    for (;;) {
        while (j->size - j->at >= 2 && j->in[j->at] == 0xff && j->in[j->at + 1] == 0xff)
            j->at++;
        if (j->size - j->at < 4)
            return TOMO_OK;
        const uint8_t marker = j->in[j->at + 1], *p = j->in + j->at + 4;
        if (j->in[j->at] != 0xff || marker < 0x80)
            return broken(j, "no marker where one has to be", err);
        if (marker == EOI)
            return TOMO_OK;
        const size_t length = tomo__be16(p - 2), n = length - 2;
        if (length < 2 || length > j->size - j->at - 2)
            return broken(j, "marker segment is longer than the data", err);
        tomo_status st = TOMO_OK;
        if (marker == SOF55)
            st = read_frame(j, p, n, err);
        else if (marker == LSE)
            st = read_preset(j, p, n, err);
        else if (marker == DRI)
            st = read_restart(j, p, n, err);
        else if (marker == SOS)
            st = read_scan_header(j, p, n, params, err);
        else if (marker == APP8 && n == 5 && memcmp(p, "mrfx", 4) == 0)
            j->transform = p[4];
        else if (marker == DNL || (marker >= 0xc0 && marker <= 0xcf))
            st = foreign(j, "marker of another kind of JPEG", err);
        if (st != TOMO_OK)
            return st;
        j->at += 2 + length;
        *found = marker == SOS;
        if (*found)
            return TOMO_OK;
    }
}

/* Where the entropy-coded bytes end: FF and a byte with its high bit set. */
static size_t segment_end(const jls *j)
{
    const uint8_t *p = j->in + j->at, *const end = j->in + j->size;
    while ((p = memchr(p, 0xff, (size_t)(end - p))) != NULL && end - p >= 2) {
        if (p[1] >= 0x80)
            return (size_t)(p - j->in);
        p++;
    }
    return j->size;
}

static tomo_status read_lines(jls *j, tomo__jpegls_scan *s, tomo_error *err)
{
    const tomo_frame_desc *d = j->call->desc;
    const size_t columns = (size_t)d->columns, rows = (size_t)d->rows, samples = (size_t)d->samples;
    const size_t bytes = tomo__sample_bytes(d), every = j->restart ? j->restart : rows;
    for (size_t from = 0; from < rows; from += every) {
        const size_t start = j->at, end = segment_end(j), to = TOMO__MIN(rows, from + every);
        tomo__jpegls_restart(s, j->in + start, end - start);
        j->at = end;
        for (size_t y = from; y < to; y++) {
            if (!tomo__jpegls_line(s))
                return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)end,
                                     "JPEG-LS: bytes %zu to %zu end or break in line %zu, expected %zu lines", start,
                                     end, y, rows);
            for (int i = 0; i < j->scan_n; i++)
                tomo__store_row(j->call->out + (y * columns * samples + j->scan[i]) * bytes, tomo__jpegls_row(s, i),
                                columns, bytes, samples);
        }
        if (to == rows)
            break;
        if (j->size - end < 2 || j->in[end + 1] != RST0 + from / every % 8)
            return broken(j, "restart marker is missing or out of order", err);
        j->at = end + 2;
    }
    return TOMO_OK;
}

/* Color transforms of Hewlett-Packard's encoder (APP8 "mrfx"; Weinberger, Seroussi, Sapiro: from LOCO-I to the
 * JPEG-LS standard, 1999), modulo the range of samples. */
static void undo_transform(const jls *j)
{
    const int32_t half = 1 << (j->precision - 1), mask = 2 * half - 1;
    const size_t bytes = tomo__sample_bytes(j->call->desc), pixels = j->call->out_size / bytes / 3;
    uint8_t *p = j->call->out;
    for (size_t i = 0; i < pixels; i++, p += 3 * bytes) {
        int32_t v[3] = { 0 };
        for (int c = 0; c < 3; c++)
            memcpy(&v[c], p + (size_t)c * bytes, TOMO__MIN(bytes, 4));
        int32_t r, g, b;
        if (j->transform == 3) {
            g = (v[0] - ((v[2] + v[1]) >> 2) + half / 2) & mask;
            r = v[2] + g - half;
            b = v[1] + g - half;
        } else {
            g = v[1];
            r = (v[0] + g - half) & mask;
            b = v[2] + (j->transform == 1 ? g : (r + g) >> 1) - half;
        }
        const int32_t out[3] = { r & mask, g, b & mask };
        for (int c = 0; c < 3; c++)
            memcpy(p + (size_t)c * bytes, &out[c], TOMO__MIN(bytes, 4));
    }
}

static tomo_status read_scans(jls *j, tomo_error *err)
{
    for (;;) {
        tomo__jpegls_params params;
        tomo__jpegls_scan *s = NULL;
        bool found;
        tomo_status st = next_scan(j, &params, &found, err);
        if (st != TOMO_OK || !found)
            return st;
        st = tomo__jpegls_begin(j->call->ctx, &s, &params, err);
        if (st == TOMO_OK)
            st = read_lines(j, s, err);
        tomo__jpegls_end(j->call->ctx, s);
        if (st != TOMO_OK)
            return st;
    }
}

tomo_status tomo__jpegls_decode(tomo__codec_call *call, tomo_error *err)
{
    jls j = { .call = call, .in = call->in, .size = call->in_size };
    if (j.size < 4 || j.in[0] != 0xff || j.in[1] != SOI)
        return broken(&j, "no start of image", err);
    j.at = 2;
    tomo_status st = read_scans(&j, err);
    if (st != TOMO_OK)
        return st;
    if (!j.n)
        return broken(&j, "no frame header", err);
    for (int c = 0; c < j.n; c++)
        if (!j.done[c])
            return broken(&j, "data end without one of the components", err);
    if (j.transform < 0 || j.transform > 3 || (j.transform && j.n != 3))
        return foreign(&j, "unknown color transform", err);
    if (j.transform)
        undo_transform(&j);
    return TOMO_OK;
}
