/* wave_csv.c - a multiplex group as a table (RFC 4180) and as a NumPy array (NEP 1). */
#include "object/wave_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void tomo__wave_number(char text[32], double value, int digits)
{
    char rounded[64];
    snprintf(rounded, sizeof rounded, "%.*g", digits, value);
    tomo__num_text(text, strtod(rounded, NULL)); /* both ways by the same locale */
}

/* A field of the first line. Spreadsheets take a leading = + - @ as a formula: a quote mark ahead makes it text. */
static void field(tomo__text *t, const char *name, const char *unit)
{
    tomo__text_str(t, ",\"");
    if (strchr("=+-@", name[0]))
        tomo__text_str(t, "'");
    for (const char *p = name; *p; p++) {
        if (*p == '"')
            tomo__text_str(t, "\"");
        if ((unsigned char)*p >= ' ')
            tomo__text_add(t, p, 1);
    }
    if (unit[0])
        tomo__text_fmt(t, " (%s)", unit);
    tomo__text_str(t, "\"");
}

static void lines(tomo__text *t, const tomo__wave_group *g, const double *values)
{
    char number[32];
    for (size_t i = 0; i < g->is.samples && !t->failed; i++) {
        tomo__wave_number(number, (double)i / g->is.frequency, 12);
        tomo__text_str(t, number);
        for (size_t c = 0; c < g->is.channels; c++) {
            const double v = values[c * g->is.samples + i];
            tomo__text_str(t, ",");
            if (!isnan(v)) {
                tomo__wave_number(number, v, 12);
                tomo__text_str(t, number);
            }
        }
        tomo__text_str(t, "\n");
    }
}

tomo_status tomo_wave_csv(tomo_ctx *ctx, tomo_buffer **out, const tomo_wave *wave, size_t group, tomo_job *job,
                          tomo_error *err)
{
    tomo_wave_group is = { sizeof is };
    tomo__text t = TOMO__TEXT(ctx);
    size_t n;
    if (!ctx || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_wave_csv: ctx and out must not be NULL");
    tomo_status st = tomo_wave_group_get(wave, group, &is, err);
    if (st)
        return st;
    if (!tomo__mul(is.samples, is.channels, &n))
        return tomo__fail(err, TOMO_E_LIMIT, "%zu samples of %zu channels are too many", is.samples, is.channels);
    double *values = TOMO__ARRAY(ctx, n + 1, double);
    if (!values)
        return tomo__no_memory(ctx, err, n * sizeof *values, "the samples of a waveform");
    tomo__text_str(&t, "\"time (s)\"");
    for (size_t c = 0; st == TOMO_OK && c < is.channels; c++) {
        st = tomo_wave_values(wave, group, c, values + c * is.samples, err);
        field(&t, wave->group[group].channel[c].name, wave->group[group].channel[c].unit);
        st = st ? st : tomo__job_step(job, (double)c / (double)is.channels, err);
    }
    tomo__text_str(&t, "\n");
    if (st == TOMO_OK)
        lines(&t, &wave->group[group], values);
    tomo__free(ctx, values);
    if (st == TOMO_OK)
        return tomo__text_finish(&t, out, err);
    tomo__text_free(&t);
    return st;
}

/* Little endian float64, a row a sample. */
static void npy(uint8_t *to, const char *head, size_t head_size, const double *values, size_t samples, size_t channels)
{
    memcpy(to, head, head_size);
    to += head_size;
    for (size_t i = 0; i < samples; i++)
        for (size_t c = 0; c < channels; c++, to += 8) {
            uint64_t bits;
            memcpy(&bits, &values[c * samples + i], 8);
            for (int k = 0; k < 8; k++)
                to[k] = (uint8_t)(bits >> 8 * k);
        }
}

tomo_status tomo_wave_npy(tomo_ctx *ctx, tomo_buffer **out, const tomo_wave *wave, size_t group, tomo_error *err)
{
    tomo_wave_group is = { sizeof is };
    char head[128];
    size_t n, bytes;
    if (!ctx || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_wave_npy: ctx and out must not be NULL");
    tomo_status st = tomo_wave_group_get(wave, group, &is, err);
    if (st)
        return st;
    if (!tomo__mul(is.samples, is.channels, &n) || !tomo__mul(n, 8, &bytes) || !tomo__add(bytes, sizeof head, &bytes))
        return tomo__fail(err, TOMO_E_LIMIT, "%zu samples of %zu channels are too many", is.samples, is.channels);
    double *values = TOMO__ARRAY(ctx, n + 1, double);
    if (!values)
        return tomo__no_memory(ctx, err, n * sizeof *values, "the samples of a waveform");
    for (size_t c = 0; st == TOMO_OK && c < is.channels; c++)
        st = tomo_wave_values(wave, group, c, values + c * is.samples, err);
    st = st ? st : tomo_buffer_new(ctx, out, bytes, err);
    if (st == TOMO_OK) {
        memset(head, ' ', sizeof head);
        memcpy(head, "\x93NUMPY\1\0", 8);
        head[8] = sizeof head - 10, head[9] = 0;
        const int used =
            snprintf(head + 10, sizeof head - 10, "{'descr': '<f8', 'fortran_order': False, 'shape': (%zu, %zu), }",
                     is.samples, is.channels);
        head[10 + used] = ' ';
        head[sizeof head - 1] = '\n';
        npy(tomo_buffer_data_mut(*out), head, sizeof head, values, is.samples, is.channels);
    }
    tomo__free(ctx, values);
    return st;
}
