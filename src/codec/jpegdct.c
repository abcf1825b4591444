/* jpegdct.c - DCT JPEG with 12-bit samples, sequential (process 4) and progressive (6, 8, 10, 12), which Debian's
 * libjpeg-turbo cannot decode. Coefficients of the whole frame are gathered scan by scan, then transformed in place. */
#include "codec/jpegdct_internal.h"

enum { MOST_SCANS = 1000 }; /* a hostile file could refine nothing for ever */

typedef struct plane {
    int16_t *block;      /* across * down blocks of 64: whole MCUs */
    size_t across, down;
    size_t wide, high;   /* blocks that hold samples: a scan of this component alone has just these */
    uint16_t quant[64];  /* natural order, as it was at the component's first scan */
    int8_t known[64];    /* progressive: bits still missing of each coefficient, -1 = nothing known yet */
    bool seen;
} plane;

typedef struct dct {
    tomo__jpeg j;
    tomo__codec_call *call;
    plane plane[4];
    tomo__huff *dc, *ac; /* four of each */
    uint8_t *bytes;      /* unstuffed */
} dct;

static tomo_status bad_scan(const dct *d, const char *what, tomo_error *err)
{
    return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)d->j.at, "JPEG 12-bit: %s before byte %zu", what, d->j.at);
}

static tomo_status make_planes(dct *d, tomo_error *err)
{
    const tomo__jpeg *j = &d->j;
    const size_t mcu_across = ((size_t)j->columns + 8 * (size_t)j->h_max - 1) / (8 * (size_t)j->h_max);
    const size_t mcu_down = ((size_t)j->rows + 8 * (size_t)j->v_max - 1) / (8 * (size_t)j->v_max);
    for (int c = 0; c < j->n; c++) {
        plane *p = &d->plane[c];
        const size_t h = j->comp[c].h, v = j->comp[c].v, h_max = (size_t)j->h_max, v_max = (size_t)j->v_max;
        p->wide = (((size_t)j->columns * h + h_max - 1) / h_max + 7) / 8;
        p->high = (((size_t)j->rows * v + v_max - 1) / v_max + 7) / 8;
        p->across = mcu_across * h;
        p->down = mcu_down * v;
        memset(p->known, -1, sizeof p->known);
        p->block = TOMO__ARRAY(d->call->ctx, p->across * p->down * 64, int16_t);
        if (!p->block)
            return tomo__no_memory(d->call->ctx, err, p->across * p->down * 128, "JPEG coefficients");
    }
    return TOMO_OK;
}

/* T.81 G.1.1: which coefficient bits a progressive scan may bring. Others would decode to something, but not to what
 * anybody encoded. */
static tomo_status check_progression(dct *d, tomo_error *err)
{
    const tomo__jpeg *j = &d->j;
    if (j->se > 63 || j->ss > j->se || (j->ss == 0 && j->se != 0) || (j->ss > 0 && j->scan_n != 1) || j->al > 13 ||
        (j->ah != 0 && j->al != j->ah - 1))
        return bad_scan(d, "bad spectral selection or approximation", err);
    for (int i = 0; i < j->scan_n; i++) {
        plane *p = &d->plane[j->scan[i]];
        for (int k = j->ss; k <= j->se; k++) {
            if (p->known[k] != (j->ah ? j->ah : -1) || (k > 0 && p->known[0] < 0))
                return bad_scan(d, "scans out of order", err);
            p->known[k] = (int8_t)j->al;
        }
    }
    return TOMO_OK;
}

static tomo_status begin_component(dct *d, int c, tomo_error *err)
{
    const tomo__jpeg *j = &d->j;
    const tomo__jpeg_comp *comp = &j->comp[c];
    const bool progressive = j->sof == 0xc2, need_dc = !progressive || (j->ss == 0 && j->ah == 0);
    const bool need_ac = !progressive || j->ss > 0;
    plane *p = &d->plane[c];
    tomo_status st = TOMO_OK;
    if (p->seen && !progressive)
        return bad_scan(d, "component comes twice", err);
    if (!p->seen && !j->has_quant[comp->quant])
        return bad_scan(d, "no quantization table", err);
    for (int i = 0; i < 64 && !p->seen; i++)
        p->quant[tomo__zigzag[i]] = j->quant[comp->quant][i];
    p->seen = true;
    if ((need_dc && !j->has_huff[0][comp->dc]) || (need_ac && !j->has_huff[1][comp->ac]))
        return bad_scan(d, "no Huffman table", err);
    if (need_dc)
        st = tomo__huff_build(&d->dc[c], j->huff_bits[0][comp->dc], j->huff_values[0][comp->dc], 0x1f, 15, err);
    if (need_ac && st == TOMO_OK)
        st = tomo__huff_build(&d->ac[c], j->huff_bits[1][comp->ac], j->huff_values[1][comp->ac], 0x0f, 255, err);
    return st;
}

static tomo__dct_block_fn block_decoder(const tomo__jpeg *j)
{
    if (j->sof != 0xc2)
        return tomo__dct_sequential;
    if (j->ss == 0)
        return j->ah ? tomo__dct_dc_refine : tomo__dct_dc_first;
    return j->ah ? tomo__dct_ac_refine : tomo__dct_ac_first;
}

/* Unit `u` of the scan: a block of the one component, or an MCU of several (A.2). */
static void read_unit(dct *d, tomo__dct_block_fn read, tomo__dct_state *s, tomo__bits *bits, size_t u)
{
    const tomo__jpeg *j = &d->j;
    if (j->scan_n == 1) {
        const int c = j->scan[0];
        const plane *p = &d->plane[c];
        read(s, bits, c, p->block + (u / p->wide * p->across + u % p->wide) * 64, &d->dc[c], &d->ac[c]);
        return;
    }
    for (int i = 0; i < j->scan_n; i++) {
        const int c = j->scan[i], h = j->comp[c].h, v = j->comp[c].v;
        const plane *p = &d->plane[c];
        const size_t mcus = p->across / (size_t)h, x = u % mcus * (size_t)h, y = u / mcus * (size_t)v;
        for (size_t b = 0; b < (size_t)v; b++)
            for (size_t a = 0; a < (size_t)h; a++)
                read(s, bits, c, p->block + ((y + b) * p->across + x + a) * 64, &d->dc[c], &d->ac[c]);
    }
}

static tomo_status read_scan(dct *d, tomo_error *err)
{
    tomo__jpeg *j = &d->j;
    const plane *first = &d->plane[j->scan[0]];
    size_t units = first->wide * first->high;
    tomo_status st = j->sof == 0xc2 ? check_progression(d, err) : TOMO_OK;
    for (int i = 0; i < j->scan_n && st == TOMO_OK; i++)
        st = begin_component(d, j->scan[i], err);
    if (st != TOMO_OK)
        return st;
    if (j->scan_n > 1)
        units = first->across / j->comp[j->scan[0]].h * (first->down / j->comp[j->scan[0]].v);
    const size_t every = j->restart ? j->restart : units;
    const tomo__dct_block_fn read = block_decoder(j);
    for (size_t from = 0; from < units; from += every) {
        const size_t at = j->at, to = TOMO__MIN(units, from + every);
        tomo__dct_state s = { j->ss, j->se, j->ah, j->al, 0, { 0 } };
        tomo__bits bits;
        tomo__bits_begin(&bits, d->bytes, tomo__jpeg_segment(j, d->bytes));
        for (size_t u = from; u < to; u++) {
            read_unit(d, read, &s, &bits, u);
            if (tomo__bits_over(&bits))
                return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)j->at,
                                     "JPEG 12-bit: bytes %zu to %zu end or break in block %zu, expected %zu", at, j->at,
                                     u, units);
        }
        if (to < units && (st = tomo__jpeg_restart(j, (uint32_t)(from / every), err)) != TOMO_OK)
            return st;
    }
    return TOMO_OK;
}

/* Line y of component c over the whole width; subsampled ones are repeated. */
static void gather_row(const dct *d, int c, size_t y, uint16_t *out)
{
    const tomo__jpeg *j = &d->j;
    const plane *p = &d->plane[c];
    const size_t h = j->comp[c].h, h_max = (size_t)j->h_max, n = (size_t)j->columns;
    y = y * j->comp[c].v / (size_t)j->v_max;
    const int16_t *row = p->block + y / 8 * p->across * 64 + y % 8 * 8;
    if (h == h_max)
        for (size_t x = 0; x < n; x += 8)
            memcpy(out + x, row + x / 8 * 64, TOMO__MIN(n - x, 8) * 2);
    else
        for (size_t x = 0; x < n; x++) {
            const size_t at = x * h / h_max;
            out[x] = (uint16_t)row[at / 8 * 64 + at % 8];
        }
}

static uint16_t clamp12(int32_t x) { return (uint16_t)(x < 0 ? 0 : x > 4095 ? 4095 : x); }

/* ITU-T T.871 7, for 12 bits. */
static void to_rgb(uint16_t *r, uint16_t *g, uint16_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const int32_t y = r[i], cb = g[i] - 2048, cr = b[i] - 2048;
        r[i] = clamp12(y + ((91881 * cr + 32768) >> 16));
        g[i] = clamp12(y + ((-22554 * cb - 46802 * cr + 32768) >> 16));
        b[i] = clamp12(y + ((116130 * cb + 32768) >> 16));
    }
}

static tomo_status write_frame(dct *d, tomo_error *err)
{
    const tomo__jpeg *j = &d->j;
    const size_t n = (size_t)j->columns, bytes = tomo__sample_bytes(d->call->desc), samples = (size_t)j->n;
    uint16_t *rows = TOMO__ARRAY(d->call->ctx, n * samples, uint16_t);
    if (!rows)
        return tomo__no_memory(d->call->ctx, err, n * samples * 2, "a line");
    for (int c = 0; c < j->n; c++)
        for (size_t b = 0; b < d->plane[c].across * d->plane[c].down; b++)
            tomo__dct_inverse(d->plane[c].block + b * 64, d->plane[c].quant);
    d->call->rgb = j->n == 3 && d->call->desc->is_ybr;
    for (size_t y = 0; y < (size_t)j->rows; y++) {
        for (int c = 0; c < j->n; c++)
            gather_row(d, c, y, rows + (size_t)c * n);
        if (d->call->rgb && j->adobe != 0)
            to_rgb(rows, rows + n, rows + 2 * n, n);
        for (size_t c = 0; c < samples; c++)
            tomo__store_row(d->call->out + (y * n * samples + c) * bytes, rows + c * n, n, bytes, samples);
    }
    tomo__free(d->call->ctx, rows);
    return TOMO_OK;
}

/* Is there a coefficient whose last bits never came? */
static bool is_coarse(const plane *p)
{
    for (int k = 0; k < 64; k++)
        if (p->known[k] != 0)
            return true;
    return false;
}

static tomo_status decode(dct *d, tomo_error *err)
{
    tomo_status st = make_planes(d, err);
    for (int scans = 0; st == TOMO_OK; scans++) {
        if ((st = tomo__jpeg_next_scan(&d->j, err)) != TOMO_OK || d->j.scan_n == 0)
            break;
        st = scans < MOST_SCANS ? read_scan(d, err) : bad_scan(d, "too many scans", err);
    }
    for (int c = 0; c < d->j.n && st == TOMO_OK; c++)
        if (!d->plane[c].seen)
            st = bad_scan(d, "data end without one of the components", err);
        else if (d->j.sof == 0xc2 && !d->j.eoi && is_coarse(&d->plane[c]))
            st = bad_scan(d, "data end without the last scans", err);
    return st == TOMO_OK ? write_frame(d, err) : st;
}

tomo_status tomo__jpegdct_decode(tomo__codec_call *call, tomo_error *err)
{
    tomo_ctx *ctx = call->ctx;
    const size_t unstuffed = call->in_size + TOMO__BITS_PAD;
    dct *d = TOMO__ARRAY(ctx, 1, dct);
    tomo_status st;
    if (!d)
        return tomo__no_memory(ctx, err, sizeof *d, "JPEG decoding");
    d->call = call;
    d->dc = TOMO__ARRAY(ctx, 8, tomo__huff);
    d->bytes = tomo__alloc(ctx, unstuffed);
    if (!d->dc || !d->bytes) {
        st = tomo__no_memory(ctx, err, unstuffed + 8 * sizeof(tomo__huff), "JPEG decoding");
    } else {
        d->ac = d->dc + 4;
        st = tomo__jpeg_open(&d->j, call, err);
        if (st == TOMO_OK)
            st = decode(d, err);
    }
    for (int c = 0; c < 4; c++)
        tomo__free(ctx, d->plane[c].block);
    tomo__free(ctx, d->bytes);
    tomo__free(ctx, d->dc);
    tomo__free(ctx, d);
    return st;
}
