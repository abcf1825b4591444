/* series_choose.c - which images a volume is made of, where a series holds several: one of its parts (other
 * orientation, size or kind of image), one of its echoes. */
#include "dicom/series_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_TOLD = 16 }; /* parts and echoes in a list for people */

static bool same_series(const tomo__group *a, const tomo__group *b)
{
    const tomo__scan_file *f = a->slice[0]->file, *g = b->slice[0]->file;
    return strcmp(tomo__file_text(f, TEXT_SERIES), tomo__file_text(g, TEXT_SERIES)) == 0 &&
           strcmp(tomo__file_text(f, TEXT_STUDY), tomo__file_text(g, TEXT_STUDY)) == 0;
}

int32_t tomo__parts(const tomo_study *study, size_t series, int32_t *part)
{
    int32_t n = 0;
    for (size_t i = 0; i < study->n_groups; i++) {
        n += same_series(&study->groups[i], &study->groups[series]);
        if (part && i == series)
            *part = n;
    }
    return n;
}

tomo_status tomo__part_find(const tomo_study *study, size_t series, int32_t part, size_t *found, tomo_error *err)
{
    int32_t n = 0;
    *found = series;
    for (size_t i = 0; i < study->n_groups && part > 0; i++) {
        n += same_series(&study->groups[i], &study->groups[series]);
        if (n == part) {
            *found = i;
            return TOMO_OK;
        }
    }
    if (part == 0)
        return TOMO_OK;
    return tomo__fail(err, part < 0 ? TOMO_E_ARG : TOMO_E_NOTFOUND, "part %d is asked for, series %s has %d", part,
                      tomo__file_text(study->groups[series].slice[0]->file, TEXT_SERIES), n);
}

/* What MR and ultrasound frames show; "" where there is but one kind. */
const char *tomo__kind_name(const tomo__group *g)
{
    static const struct {
        char kind;
        const char *name;
    } names[] = { { 'P', "phase" },
                  { 'R', "real" },
                  { 'I', "imaginary" },
                  { 'L', "localizer" },
                  { 'b', "tissue velocity" },
                  { 'c', "flow power" },
                  { 'd', "flow velocity" },
                  { 'e', "flow variance" },
                  { 'f', "elasticity" },
                  { 'g', "perfusion" },
                  { 'h', "sound speed" },
                  { 'i', "attenuation" },
                  { 'z', "other data" } };
    for (size_t i = 0; i < TOMO__COUNT(names); i++)
        if (g->slice[0]->kind == names[i].kind)
            return names[i].name;
    return strcmp(tomo__file_text(g->slice[0]->file, TEXT_MODALITY), "MR") == 0 ? "magnitude" : "";
}

void tomo__parts_say(const tomo_study *study, size_t series, bool taken, tomo_report *report)
{
    const int32_t all = tomo__parts(study, series, NULL);
    int32_t n = 0;
    for (size_t i = 0; i < study->n_groups && all > 1; i++) {
        const tomo__group *g = &study->groups[i];
        const tomo__scan_file *f = g->slice[0]->file;
        const double *o = g->slice[0]->orient;
        const char *kind = tomo__kind_name(g);
        char plane[96] = "no orientation";
        if (!same_series(g, &study->groups[series]))
            continue;
        if (++n > MOST_TOLD) {
            tomo__remark(report, "... and %d more parts", all - MOST_TOLD);
            return;
        }
        if (g->slice[0]->has_plane)
            snprintf(plane, sizeof plane, "orientation %.4g\\%.4g\\%.4g\\%.4g\\%.4g\\%.4g", o[0], o[1], o[2], o[3],
                     o[4], o[5]);
        tomo__remark(report, "part %d of %d of series %s%s: %zu images of %d x %d, %s%s%s", n, all,
                     tomo__file_text(f, TEXT_SERIES), taken && i == series ? " (taken)" : "", g->n, f->columns,
                     f->rows, plane, kind[0] ? ", " : "", kind);
    }
}

/* ---- echoes ---- */

/* Echo times in files are rounded, and so is what people type. */
static bool same_echo(double a, double b) { return fabs(a - b) <= 0.01 + 1e-3 * fabs(b); }

static int by_value(const void *va, const void *vb)
{
    const double a = *(const double *)va, b = *(const double *)vb;
    return (a > b) - (a < b);
}

/* "20, 40, 60"; returns how many different ones there are. */
static size_t list_echoes(tomo_ctx *ctx, const tomo__group *g, char *text, size_t size)
{
    double *echo = TOMO__ARRAY(ctx, g->n, double);
    size_t n = 0, used = 0;
    text[0] = 0;
    for (size_t i = 0; echo && i < g->n; i++)
        echo[i] = g->slice[i]->echo;
    if (echo)
        qsort(echo, g->n, sizeof *echo, by_value);
    for (size_t i = 0; echo && i < g->n; i++) {
        if (i && same_echo(echo[i], echo[i - 1]))
            continue;
        if (n < MOST_TOLD && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%.6g", n ? ", " : "", echo[i]);
        else if (n == MOST_TOLD && used < size)
            used += (size_t)snprintf(text + used, size - used, ", ...");
        n++;
    }
    tomo__free(ctx, echo);
    return n;
}

void tomo__echoes_say(tomo_ctx *ctx, const tomo__group *g, tomo_report *report)
{
    char list[160];
    const size_t n = list_echoes(ctx, g, list, sizeof list);
    if (n > 1)
        tomo__remark(report, "the images are of %zu echo times: %s ms; those of one can be chosen (echo)", n, list);
}

static tomo_status choose_echo(tomo_ctx *ctx, tomo__group *g, double echo, tomo_error *err)
{
    char list[160];
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++)
        n += same_echo(g->slice[i]->echo, echo);
    if (n == 0) {
        list_echoes(ctx, g, list, sizeof list);
        return tomo__fail(err, TOMO_E_NOTFOUND, "an echo time of %.6g ms is asked for, the images have %s", echo, list);
    }
    n = 0;
    for (size_t i = 0; i < g->n; i++)
        if (same_echo(g->slice[i]->echo, echo))
            g->slice[n++] = g->slice[i];
    g->n = n;
    return TOMO_OK;
}

/* The study may be read from many threads, so the slices that get arranged are a copy. */
tomo_status tomo__images_choose(tomo_ctx *ctx, const tomo_study *study, size_t series, const tomo_series_options *o,
                                tomo__slice **slices, tomo__group *out, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    *slices = NULL;
    *out = (tomo__group){ 0 };
    if (series >= study->n_groups)
        return tomo__fail(err, TOMO_E_NOTFOUND, "series %zu is asked for, the study has %zu", series, study->n_groups);
    if (!(o->echo_ms >= 0) || !isfinite(o->echo_ms))
        return tomo__fail(err, TOMO_E_ARG, "echo is %g ms, expected 0 or more", o->echo_ms);
    if ((st = tomo__part_find(study, series, o->part, &series, err)) != TOMO_OK)
        return st;
    const tomo__group *g = &study->groups[series];
    *slices = TOMO__ARRAY(ctx, g->n, tomo__slice);
    out->slice = TOMO__ARRAY(ctx, g->n, tomo__slice *);
    if (!*slices || !out->slice)
        return tomo__no_memory(ctx, err, g->n * sizeof **slices, "the slices of a series");
    for (size_t i = 0; i < g->n; i++) {
        (*slices)[i] = *g->slice[i];
        out->slice[i] = &(*slices)[i];
    }
    out->n = g->n;
    return o->echo_ms > 0 ? choose_echo(ctx, out, o->echo_ms, err) : TOMO_OK;
}
