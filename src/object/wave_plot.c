/* wave_plot.c - a multiplex group drawn on ECG paper, as SVG in millimeters: 25 mm/s and 10 mm/mV unless asked
 * otherwise. A strip a channel, baselines on the 5 mm lines. */
#include "object/wave_internal.h"

#include <math.h>
#include <stdio.h>

enum { LEFT = 35, RIGHT = 5, TOP = 15, BOTTOM = 10 };
#define FINE 0.2          /* mm: samples closer than this are drawn as one upright stroke */
#define OTHER_HEIGHT 20.0 /* mm that a quantity other than a voltage fills */
#define TALLEST 100.0     /* mm of a strip: an artifact does not make the page endless */

typedef struct strip {
    double lo, hi;            /* values drawn; 0 if nothing is */
    double mm_per_unit, zero; /* y of a value: baseline - (value - zero) * mm_per_unit */
    double height, baseline;  /* mm; of the baseline from the top of the page */
    bool voltage;
} strip;

typedef struct plot {
    const tomo__wave_group *g;
    tomo__text t;
    size_t first, n;                                          /* samples drawn */
    double width, height, mm_per_s, mm_per_mv, start, length; /* seconds drawn, at most 300 */
} plot;

/* UCUM voltages in millivolts. */
static double millivolts(const char *unit)
{
    return strcmp(unit, "uV") == 0   ? 1e-3
           : strcmp(unit, "mV") == 0 ? 1
           : strcmp(unit, "V") == 0  ? 1e3
           : strcmp(unit, "nV") == 0 ? 1e-6
                                     : 0;
}

static void coordinate(tomo__text *t, double x, double y)
{
    char a[48], b[48];
    tomo__text_fmt(t, "%s,%s ", tomo__fixed_text(a, x, 2), tomo__fixed_text(b, y, 2));
}

/* Text at a place; `size` in mm. */
static void words(tomo__text *t, double x, double y, double size, const char *text)
{
    char a[48], b[48], c[48];
    tomo__text_fmt(t, "<text x=\"%s\" y=\"%s\" font-size=\"%s\">", tomo__fixed_text(a, x, 2), tomo__fixed_text(b, y, 2),
                   tomo__fixed_text(c, size, 1));
    tomo__text_xml(t, text);
    tomo__text_str(t, "</text>\n");
}

/* Beside its strip, small enough to fit: a letter is about 0.55 of its size wide. */
static void channel_name(tomo__text *t, double y, const char *name)
{
    const size_t letters = strlen(name);
    words(t, 1, y, fmin(3, (LEFT - 8) / (0.55 * (double)(letters ? letters : 1))), name);
}

/* ---- layout -------------------------------------------------------------------------------------------------- */

static void measure(strip *s, const plot *p, const tomo_wave_channel *c, const double *v)
{
    const double mv = millivolts(c->unit);
    s->lo = INFINITY, s->hi = -INFINITY;
    for (size_t i = p->first; i < p->first + p->n; i++)
        if (!isnan(v[i])) {
            s->lo = fmin(s->lo, v[i]);
            s->hi = fmax(s->hi, v[i]);
        }
    if (!(s->lo <= s->hi))
        s->lo = s->hi = 0;
    s->voltage = mv > 0;
    if (s->voltage) {
        s->mm_per_unit = mv * p->mm_per_mv;
        s->zero = 0;
        /* a channel far from 0 (no high pass) is drawn around its middle */
        if (fabs(s->lo + s->hi) / 2 * s->mm_per_unit > 30)
            s->zero = (s->lo + s->hi) / 2;
    } else {
        s->mm_per_unit = s->hi > s->lo ? OTHER_HEIGHT / (s->hi - s->lo) : 1;
        s->zero = s->lo;
    }
}

/* Room above and below the baseline in whole squares of 5 mm. */
static void lay_out(plot *p, strip *strips)
{
    double y = TOP;
    for (size_t i = 0; i < p->g->is.channels; i++) {
        strip *s = &strips[i];
        const double mark = s->voltage && s->zero == 0 && p->mm_per_mv < 40 ? p->mm_per_mv : 0; /* beside the strip */
        const double up = fmin(fmax((s->hi - s->zero) * s->mm_per_unit, mark), TALLEST / 2),
                     down = fmin((s->zero - s->lo) * s->mm_per_unit, TALLEST / 2);
        const double above = 5 * fmax(1, ceil((up + 1) / 5)), below = 5 * fmax(1, ceil((down + 1) / 5));
        s->height = above + below;
        s->baseline = y + above;
        y += s->height;
    }
    p->height = y + BOTTOM;
    p->width = LEFT + RIGHT + 5 * ceil(p->length * p->mm_per_s / 5 - 1e-9);
}

/* ---- drawing ------------------------------------------------------------------------------------------------- */

static void paper(plot *p)
{
    char w[48], h[48], gw[48], gh[48];
    tomo__fixed_text(w, p->width, 0), tomo__fixed_text(h, p->height, 0);
    tomo__fixed_text(gw, p->width - LEFT - RIGHT, 0), tomo__fixed_text(gh, p->height - TOP - BOTTOM, 0);
    tomo__text_fmt(&p->t,
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%smm\" height=\"%smm\" viewBox=\"0 0 %s %s\" "
                   "font-family=\"sans-serif\">\n",
                   w, h, w, h);
    tomo__text_str(&p->t,
                   "<defs><pattern id=\"small\" width=\"1\" height=\"1\" patternUnits=\"userSpaceOnUse\"><path d=\"M1 "
                   "0H0V1\" fill=\"none\" stroke=\"#f4b8b8\" stroke-width=\".08\"/></pattern>\n<pattern id=\"large\" "
                   "width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\"><path d=\"M5 0H0V5\" fill=\"none\" "
                   "stroke=\"#e58a8a\" stroke-width=\".18\"/></pattern></defs>\n");
    tomo__text_fmt(&p->t, "<rect width=\"%s\" height=\"%s\" fill=\"#fff\"/>\n", w, h);
    for (int i = 0; i < 2; i++)
        tomo__text_fmt(&p->t, "<rect x=\"%d\" y=\"%d\" width=\"%s\" height=\"%s\" fill=\"url(#%s)\"/>\n", LEFT, TOP, gw,
                       gh, i ? "large" : "small");
}

static void heading(plot *p, const strip *strips)
{
    char line[256], a[48], b[48], c[48];
    bool voltage = false;
    for (size_t i = 0; i < p->g->is.channels; i++)
        voltage |= strips[i].voltage;
    snprintf(line, sizeof line, "%s%s%s Hz, %s mm/s%s%s%s", p->g->is.label, p->g->is.label[0] ? ", " : "",
             tomo__fixed_text(a, p->g->is.frequency, p->g->is.frequency == rint(p->g->is.frequency) ? 0 : 2),
             tomo__fixed_text(b, p->mm_per_s, p->mm_per_s == rint(p->mm_per_s) ? 0 : 1), voltage ? ", " : "",
             voltage ? tomo__fixed_text(c, p->mm_per_mv, p->mm_per_mv == rint(p->mm_per_mv) ? 0 : 1) : "",
             voltage ? " mm/mV" : "");
    words(&p->t, LEFT, 6, 3.5, line);
    snprintf(line, sizeof line, "From %s s. Not for diagnosis.", tomo__fixed_text(a, p->start, p->start == 0 ? 0 : 3));
    words(&p->t, LEFT, 11, 2.6, line);
}

/* The step that marks one millivolt, and the scale of other quantities. */
static void scale_mark(plot *p, const strip *s, const tomo_wave_channel *c)
{
    char lo[32], hi[32], line[128];
    if (s->voltage && s->zero == 0 && p->mm_per_mv < 40) {
        char y0[48], y1[48];
        tomo__fixed_text(y0, s->baseline, 2), tomo__fixed_text(y1, s->baseline - p->mm_per_mv, 2);
        tomo__text_fmt(&p->t, "<path d=\"M%d %sh1V%sh3V%sh1\" fill=\"none\" stroke=\"#000\" stroke-width=\".2\"/>\n",
                       LEFT - 6, y0, y1, y0);
        return;
    }
    tomo__wave_number(lo, s->lo, 4), tomo__wave_number(hi, s->hi, 4);
    snprintf(line, sizeof line, "%s to %s %s", lo, hi, c->unit);
    words(&p->t, 1, s->baseline + 3, 2, line);
}

static void trace(plot *p, const strip *s, const double *v)
{
    const double per_sample = p->mm_per_s / p->g->is.frequency;
    const double fine = FINE / per_sample; /* samples that share an upright stroke */
    const size_t group = fine < 1 ? 1 : fine < (double)p->n ? (size_t)fine : p->n;
    bool pen = false;
    tomo__text_str(&p->t, "<path fill=\"none\" stroke=\"#000\" stroke-width=\".25\" stroke-linejoin=\"round\" d=\"");
    for (size_t i = 0; i < p->n && !p->t.failed; i += group) {
        double lo = INFINITY, hi = -INFINITY;
        size_t at_lo = 0, at_hi = 0;
        for (size_t k = i; k < p->n && k < i + group; k++) {
            const double x = v[p->first + k];
            if (x < lo)
                lo = x, at_lo = k;
            if (x > hi)
                hi = x, at_hi = k;
        }
        if (!(lo <= hi)) { /* nothing but padding: the line is broken */
            pen = false;
            continue;
        }
        const size_t at[2] = { TOMO__MIN(at_lo, at_hi), TOMO__MAX(at_lo, at_hi) };
        for (int e = 0; e < (at[0] == at[1] ? 1 : 2); e++) {
            const double y = (v[p->first + at[e]] - s->zero) * s->mm_per_unit;
            tomo__text_str(&p->t, pen ? "L" : "M");
            pen = true;
            coordinate(&p->t, LEFT + (double)at[e] * per_sample,
                       s->baseline - fmax(-TALLEST / 2, fmin(TALLEST / 2, y)));
        }
    }
    tomo__text_str(&p->t, "\"/>\n");
}

static void seconds_marks(plot *p)
{
    const double step = p->mm_per_s >= 10 ? 1 : p->mm_per_s >= 1 ? 10 : 100;
    for (double s = 0; s <= p->length + 1e-9; s += step) {
        char text[48];
        tomo__fixed_text(text, p->start + s, p->start == rint(p->start) ? 0 : 2);
        strcat(text, " s");
        words(&p->t, LEFT + s * p->mm_per_s, p->height - BOTTOM + 4, 2.4, text);
    }
}

/* ---- the call ------------------------------------------------------------------------------------------------ */

static tomo_status take_options(plot *p, const tomo_wave_plot_options *opts, tomo_error *err)
{
    tomo_wave_plot_options o = TOMO_WAVE_PLOT_OPTIONS_INIT;
    if (opts && opts->struct_size)
        memcpy(&o, opts, TOMO__MIN(opts->struct_size, sizeof o));
    const double whole = (double)p->g->is.samples / p->g->is.frequency;
    if (!(o.start >= 0) || !(o.seconds >= 0 && o.seconds <= 300) || !(o.mm_per_s >= 0 && o.mm_per_s <= 1000) ||
        !(o.mm_per_mv >= 0 && o.mm_per_mv <= 1000))
        return tomo__fail(err, TOMO_E_ARG,
                          "plot from %g s for %g s at %g mm/s and %g mm/mV: expected 0 or more, at "
                          "most 300 s and 1000 mm",
                          o.start, o.seconds, o.mm_per_s, o.mm_per_mv);
    if (o.start > 0 && o.start >= whole)
        return tomo__fail(err, TOMO_E_ARG, "plot from %g s: the waveform ends at %g s", o.start, whole);
    p->length = fmin(whole - o.start, o.seconds > 0 ? o.seconds : 30);
    p->mm_per_s = o.mm_per_s > 0 ? o.mm_per_s : 25;
    p->mm_per_mv = o.mm_per_mv > 0 ? o.mm_per_mv : 10;
    p->start = o.start;
    p->first = (size_t)(o.start * p->g->is.frequency);
    p->n = TOMO__MIN((size_t)ceil(p->length * p->g->is.frequency - 1e-6), p->g->is.samples - p->first);
    return TOMO_OK;
}

static tomo_status draw(plot *p, tomo_ctx *ctx, const tomo_wave *wave, size_t group, tomo_job *job, tomo_error *err)
{
    const size_t n = p->g->is.channels;
    double *v = TOMO__ARRAY(ctx, p->g->is.samples + 1, double);
    strip *strips = TOMO__ARRAY(ctx, n, strip);
    tomo_status st = TOMO_OK;
    if (!v || !strips)
        st = tomo__no_memory(ctx, err, p->g->is.samples * sizeof *v + n * sizeof *strips, "a plot");
    for (size_t i = 0; st == TOMO_OK && i < n; i++) {
        st = tomo_wave_values(wave, group, i, v, err);
        if (st == TOMO_OK)
            measure(&strips[i], p, &p->g->channel[i], v);
    }
    if (st == TOMO_OK) {
        lay_out(p, strips);
        paper(p);
        heading(p, strips);
    }
    for (size_t i = 0; st == TOMO_OK && i < n; i++) {
        st = tomo_wave_values(wave, group, i, v, err);
        channel_name(&p->t, strips[i].baseline - 1, p->g->channel[i].name);
        scale_mark(p, &strips[i], &p->g->channel[i]);
        trace(p, &strips[i], v);
        st = st ? st : tomo__job_step(job, (double)i / (double)n, err);
    }
    if (st == TOMO_OK)
        seconds_marks(p);
    tomo__text_str(&p->t, "</svg>\n");
    tomo__free(ctx, strips);
    tomo__free(ctx, v);
    return st;
}

tomo_status tomo_wave_svg(tomo_ctx *ctx, tomo_buffer **out, const tomo_wave *wave, size_t group,
                          const tomo_wave_plot_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_wave_group is = { sizeof is };
    if (!ctx || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_wave_svg: ctx and out must not be NULL");
    tomo_status st = tomo_wave_group_get(wave, group, &is, err);
    if (st)
        return st;
    plot p = { .g = &wave->group[group], .t = TOMO__TEXT(ctx) };
    st = take_options(&p, opts, err);
    st = st ? st : draw(&p, ctx, wave, group, job, err);
    if (st == TOMO_OK)
        return tomo__text_finish(&p.t, out, err);
    tomo__text_free(&p.t);
    return st;
}
