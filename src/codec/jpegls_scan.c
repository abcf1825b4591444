/* jpegls_scan.c - the entropy-coded part of JPEG-LS (ITU-T T.87 annex A): gradients choose a context, the context
 * corrects the prediction and gives the Golomb parameter; flat stretches are coded as runs. */
#include "codec/jpegls_model.h"

enum { MOST_RESET = 16383 }; /* A stays below 2^31; encoders take 64 */

/* ---- bits --------------------------------------------------------------------------------------------------- */

static void fill_slowly(tomo__jpegls_reader *r)
{
    while (r->count <= 56) {
        if (r->at == r->end) {
            r->count += 8;
            r->padded += 8;
            continue;
        }
        const uint32_t width = r->after_ff ? 7 : 8; /* the bit stuffed in after FF is 0: A.1 */
        r->hold |= (uint64_t)*r->at << (64 - width - r->count);
        r->count += width;
        r->after_ff = *r->at++ == 0xff;
    }
}

/* At least 56 bits. Eight bytes at once if none of them is FF. */
static inline __attribute__((always_inline)) void fill(tomo__jpegls_reader *r)
{
    if (r->end - r->at >= 8 && !r->after_ff) {
        const uint64_t v = __builtin_bswap64(tomo__le64(r->at));
        if (!((~v - 0x0101010101010101u) & v & 0x8080808080808080u)) {
            r->hold |= v >> r->count;
            r->at += (63 - r->count) >> 3;
            r->count |= 56;
            return;
        }
    }
    fill_slowly(r);
}

static inline __attribute__((always_inline)) void need(tomo__jpegls_reader *r, uint32_t n)
{
    if (r->count < n)
        fill(r);
}

/* n from 0 to 31 */
static inline __attribute__((always_inline)) uint32_t take(tomo__jpegls_reader *r, uint32_t n)
{
    const uint32_t v = (uint32_t)(r->hold >> 32 >> (32 - n));
    r->hold <<= n;
    r->count -= n;
    return v;
}

/* Golomb code with limited length: A.5.3, G.1. */
static inline __attribute__((always_inline)) int32_t golomb(tomo__jpegls_reader *r, uint32_t k, uint32_t limit,
                                                            uint32_t qbpp)
{
    need(r, 56);
    const uint32_t zeros = r->hold ? (uint32_t)__builtin_clzll(r->hold) : 64, most = limit - qbpp - 1;
    if (__builtin_expect(zeros >= most, 0)) {
        if (zeros > most) {
            r->bad = true;
            return 0;
        }
        r->hold <<= most + 1; /* 48 at most */
        r->count -= most + 1;
        need(r, qbpp);
        return (int32_t)take(r, qbpp) + 1;
    }
    r->hold = r->hold << zeros << 1;
    r->count -= zeros + 1;
    need(r, k);
    return (int32_t)(zeros << k | take(r, k));
}

/* ---- samples ------------------------------------------------------------------------------------------------ */

/* A.4.4, A.8: prediction and error to the sample. */
static inline __attribute__((always_inline)) uint16_t sample(const tomo__jpegls_scan *s, int32_t predicted,
                                                             int32_t error)
{
    if (s->plain)
        return (uint16_t)((predicted + error) & s->p.maxval);
    int32_t x = predicted + error * s->step;
    if (x < -s->p.near)
        x += s->wrap;
    else if (x > s->p.maxval + s->p.near)
        x -= s->wrap;
    return (uint16_t)(x < 0 ? 0 : x > s->p.maxval ? s->p.maxval : x);
}

/* A.4 to A.6: one sample in the context `q`, which may be negative. */
static inline __attribute__((always_inline)) uint16_t regular(tomo__jpegls_scan *s, tomo__jpegls_reader *r, int32_t q,
                                                              int32_t a, int32_t b, int32_t c)
{
    const int32_t sign = q >> 31;
    tomo__jpegls_context *at = &s->context[(q ^ sign) - sign];
    const uint32_t k = tomo__jpegls_k(at->n, at->a);
    int32_t predicted = tomo__jpegls_median(a, b, c) + ((at->c ^ sign) - sign);
    predicted = predicted < 0 ? 0 : predicted > s->p.maxval ? s->p.maxval : predicted;
    if (__builtin_expect(k > 24, 0)) { /* no stream of an encoder comes here */
        r->bad = true;
        return 0;
    }
    const int32_t mapped = golomb(r, k, (uint32_t)s->limit, (uint32_t)s->qbpp);
    int32_t error = (mapped >> 1) ^ -(mapped & 1);
    if (k == 0 && s->p.near == 0 && 2 * at->b <= -at->n)
        error = ~error;
    if (__builtin_expect(error > 65535 || error < -65536, 0)) {
        r->bad = true;
        return 0;
    }
    tomo__jpegls_learn(at, error, s->step, s->p.reset);
    return sample(s, predicted, (error ^ sign) - sign);
}

/* A.7.2: the error of the sample that ends a run; `type` is RItype. */
static int32_t interruption(tomo__jpegls_scan *s, tomo__jpegls_reader *r, int type, int run_index)
{
    tomo__jpegls_run *c = &s->run[type];
    const uint32_t k = tomo__jpegls_k(c->n, c->a + (type ? c->n >> 1 : 0));
    if (k > 24) {
        r->bad = true;
        return 0;
    }
    const int32_t mapped = golomb(r, k, (uint32_t)(s->limit - tomo__jpegls_run_bits[run_index] - 1), (uint32_t)s->qbpp);
    if (mapped > 131072) {
        r->bad = true;
        return 0;
    }
    const int32_t sum = mapped + type, odd = sum & 1, size = (sum + odd) >> 1;
    const int32_t error = (k != 0 || 2 * c->negative >= c->n) == odd ? -size : size;
    c->negative += error < 0;
    c->a += (mapped + 1 - type) >> 1;
    if (c->n == s->p.reset) {
        c->a >>= 1;
        c->n >>= 1;
        c->negative >>= 1;
    }
    c->n++;
    return error;
}

/* A.7.1: how many samples of a run, at most `left`. */
static size_t run_length(tomo__jpegls_reader *r, uint8_t *index, size_t left)
{
    size_t n = 0;
    for (;;) {
        need(r, 16);
        if (r->padded > r->count + 64) /* zeros from behind the end are no runs, but do not go on for ever */
            r->bad = true;
        if (!take(r, 1))
            break;
        const size_t whole = (size_t)1 << tomo__jpegls_run_bits[*index], part = TOMO__MIN(whole, left - n);
        n += part;
        *index = (uint8_t)(*index + (part == whole && *index < 31));
        if (n == left)
            return n;
    }
    const size_t rest = take(r, tomo__jpegls_run_bits[*index]);
    if (rest > left - n)
        r->bad = true;
    return TOMO__MIN(n + rest, left);
}

/* One line of one component. */
static void read_line(tomo__jpegls_scan *s, int component)
{
    tomo__jpegls_reader r = s->bits; /* in registers */
    const int8_t *quantized = s->quantized + s->p.maxval;
    uint16_t *now = s->now[component], *above = s->above[component];
    const size_t n = s->p.columns;
    above[n] = above[n - 1];
    now[-1] = above[0];
    int32_t c = above[-1], b = above[0], a = now[-1];
    for (size_t i = 0; i < n;) {
        const int32_t d = above[i + 1], q = tomo__jpegls_gradient(quantized, a, b, c, d);
        if (q != 0) {
            a = now[i++] = regular(s, &r, q, a, b, c);
            c = b, b = d;
            continue;
        }
        uint8_t *index = &s->run_index[component];
        const size_t length = run_length(&r, index, n - i);
        for (size_t k = 0; k < length; k++)
            now[i + k] = (uint16_t)a;
        i += length;
        if (i == n)
            break;
        b = above[i];
        const int type = tomo__jpegls_distance(a, b) <= s->p.near;
        const int32_t error = interruption(s, &r, type, *index);
        *index = (uint8_t)(*index - (*index > 0));
        a = now[i] = sample(s, type ? a : b, !type && b < a ? -error : error);
        c = b, b = above[++i];
    }
    s->bits = r;
}

/* One line of all components, sample by sample: runs and interruptions are common to them. */
static void read_line_by_sample(tomo__jpegls_scan *s)
{
    tomo__jpegls_reader r = s->bits;
    const int8_t *quantized = s->quantized + s->p.maxval;
    const size_t n = s->p.columns;
    for (int c = 0; c < s->p.n; c++) {
        s->above[c][n] = s->above[c][n - 1];
        s->now[c][-1] = s->above[c][0];
    }
    for (size_t i = 0; i < n;) {
        int32_t q[4], any = 0;
        for (int c = 0; c < s->p.n; c++) {
            const uint16_t *up = s->above[c] + i;
            any |= q[c] = tomo__jpegls_gradient(quantized, s->now[c][(ptrdiff_t)i - 1], up[0], up[-1], up[1]);
        }
        if (any != 0) {
            for (int c = 0; c < s->p.n; c++) {
                const uint16_t *up = s->above[c] + i;
                s->now[c][i] = regular(s, &r, q[c], s->now[c][(ptrdiff_t)i - 1], up[0], up[-1]);
            }
            i++;
            continue;
        }
        const size_t length = run_length(&r, &s->run_index[0], n - i);
        for (int c = 0; c < s->p.n; c++)
            for (size_t k = i; k < i + length; k++)
                s->now[c][k] = s->now[c][(ptrdiff_t)i - 1];
        i += length;
        if (i == n)
            break;
        for (int c = 0; c < s->p.n; c++) {
            const int32_t a = s->now[c][(ptrdiff_t)i - 1], b = s->above[c][i];
            const int32_t error = interruption(s, &r, 0, s->run_index[0]);
            s->now[c][i] = sample(s, b, b < a ? -error : error);
        }
        s->run_index[0] = (uint8_t)(s->run_index[0] - (s->run_index[0] > 0));
        i++;
    }
    s->bits = r;
}

/* ---- the scan ------------------------------------------------------------------------------------------------- */

/* CLAMP of C.2.4.1.1.1 */
static int32_t clamp(int32_t i, int32_t j, int32_t maxval) { return i > maxval || i < j ? j : i; }

static void default_thresholds(tomo__jpegls_params *p)
{
    const int32_t m = p->maxval, near = p->near;
    int32_t t1, t2, t3;
    if (m >= 128) {
        const int32_t factor = (TOMO__MIN(m, 4095) + 128) / 256;
        t1 = clamp(factor + 2 + 3 * near, near + 1, m);
        t2 = clamp(factor * 4 + 3 + 5 * near, t1, m);
        t3 = clamp(factor * 17 + 4 + 7 * near, t2, m);
    } else {
        const int32_t factor = 256 / (m + 1);
        t1 = clamp(TOMO__MAX(2, 3 / factor + 3 * near), near + 1, m);
        t2 = clamp(TOMO__MAX(3, 7 / factor + 5 * near), t1, m);
        t3 = clamp(TOMO__MAX(4, 21 / factor + 7 * near), t2, m);
    }
    p->t1 = p->t1 ? p->t1 : t1;
    p->t2 = p->t2 ? p->t2 : t2;
    p->t3 = p->t3 ? p->t3 : t3;
    p->reset = p->reset ? p->reset : 64;
}

static int32_t bits_for(int32_t values) /* ceil(log2) */
{
    int32_t n = 0;
    while ((1 << n) < values)
        n++;
    return n;
}

/* Levels of A.3.3, a stretch at a time: with 16 bits the table has 131071 entries. */
static void fill_quantized(tomo__jpegls_scan *s)
{
    const tomo__jpegls_params *p = &s->p;
    const int32_t from[6] = { 0, p->near + 1, p->t1, p->t2, p->t3, p->maxval + 1 };
    int8_t *zero = s->quantized + p->maxval;
    for (int level = 0; level < 5; level++) {
        const size_t n = (size_t)(from[level + 1] - from[level]);
        memset(zero + from[level], level, n);
        memset(zero - from[level + 1] + 1, -level, n);
    }
}

tomo_status tomo__jpegls_begin(tomo_ctx *ctx, tomo__jpegls_scan **out, const tomo__jpegls_params *params,
                               tomo_error *err)
{
    tomo__jpegls_scan *s = TOMO__ARRAY(ctx, 1, tomo__jpegls_scan);
    if (!s)
        return tomo__no_memory(ctx, err, sizeof *s, "JPEG-LS contexts");
    s->p = *params;
    default_thresholds(&s->p);
    const tomo__jpegls_params *p = &s->p;
    if (p->near > TOMO__MIN(255, p->maxval / 2) || p->t1 <= p->near || p->t2 < p->t1 || p->t3 < p->t2 ||
        p->t3 > p->maxval || p->reset < 3 || p->reset > MOST_RESET) {
        tomo__free(ctx, s);
        return tomo__fail(err, TOMO_E_FORMAT, "JPEG-LS: parameters that cannot be: NEAR %d, T %d %d %d, RESET %d",
                          (int)params->near, (int)params->t1, (int)params->t2, (int)params->t3, (int)params->reset);
    }
    const int32_t bpp = TOMO__MAX(2, bits_for(p->maxval + 1));
    s->step = 2 * p->near + 1;
    s->range = (p->maxval + 2 * p->near) / s->step + 1;
    s->wrap = s->range * s->step;
    s->qbpp = bits_for(s->range);
    s->limit = 2 * (bpp + TOMO__MAX(8, bpp));
    s->plain = p->near == 0 && (p->maxval & (p->maxval + 1)) == 0;
    const size_t line = p->columns + 2 * TOMO__JPEGLS_MARGIN;
    s->lines = TOMO__ARRAY(ctx, 2 * (size_t)p->n * line, uint16_t);
    s->quantized = TOMO__ARRAY(ctx, 2 * (size_t)p->maxval + 1, int8_t);
    if (!s->lines || !s->quantized) {
        tomo__jpegls_end(ctx, s);
        return tomo__no_memory(ctx, err, 4 * (size_t)params->n * line, "JPEG-LS lines");
    }
    for (int c = 0; c < p->n; c++) {
        s->now[c] = s->lines + 2 * (size_t)c * line + TOMO__JPEGLS_MARGIN;
        s->above[c] = s->now[c] + line;
    }
    fill_quantized(s);
    *out = s;
    return TOMO_OK;
}

void tomo__jpegls_restart(tomo__jpegls_scan *s, const uint8_t *in, size_t size)
{
    const int32_t a = TOMO__MAX(2, (s->range + 32) / 64);
    s->bits = (tomo__jpegls_reader){ 0, 0, 0, in, in + size, false, false };
    for (int i = 0; i < TOMO__JPEGLS_CONTEXTS; i++)
        s->context[i] = (tomo__jpegls_context){ a, 0, 0, 1 };
    s->run[0] = s->run[1] = (tomo__jpegls_run){ a, 1, 0 };
    memset(s->run_index, 0, sizeof s->run_index);
    memset(s->lines, 0, 2 * (size_t)s->p.n * (s->p.columns + 2 * TOMO__JPEGLS_MARGIN) * sizeof *s->lines);
}

bool tomo__jpegls_line(tomo__jpegls_scan *s)
{
    for (int c = 0; c < s->p.n; c++) {
        uint16_t *t = s->now[c];
        s->now[c] = s->above[c], s->above[c] = t;
    }
    if (s->p.by_sample)
        read_line_by_sample(s);
    else
        for (int c = 0; c < s->p.n; c++)
            read_line(s, c);
    return !s->bits.bad && s->bits.padded <= s->bits.count;
}

const uint16_t *tomo__jpegls_row(const tomo__jpegls_scan *s, int c) { return s->now[c]; }

void tomo__jpegls_end(tomo_ctx *ctx, tomo__jpegls_scan *s)
{
    if (!s)
        return;
    tomo__free(ctx, s->quantized);
    tomo__free(ctx, s->lines);
    tomo__free(ctx, s);
}
