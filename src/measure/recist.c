/* recist.c - RECIST 1.1 between two time points (Eisenhauer et al., New response evaluation criteria in solid tumours:
 * revised RECIST guideline (version 1.1), Eur J Cancer 45 (2009) 228-247): sums of target diameters, response. */
#include <errno.h>
#include <stdlib.h>

#include <tomo/measure_lesion.h>

#include "measure/measure_internal.h"

enum { MOST_NODES = 256 };

static const tomo_option options[] = {
    { "nodes", TOMO_OPT_TEXT, offsetof(tomo_recist_options, nodes), 1, 0, 0, 0, "", NULL, false,
      "labels that are lymph nodes, as 2,5: measured by their short axis" },
    { "nadir", TOMO_OPT_DOUBLE, offsetof(tomo_recist_options, nadir), 1, NAN, 0, 0, "mm", NULL, false,
      "smallest sum of earlier time points; not given = the baseline's" },
    { "least", TOMO_OPT_DOUBLE, offsetof(tomo_recist_options, least), 1, 10, 0, 1000, "mm", NULL, false,
      "long axis at baseline from which a lesion is a target; nodes need a short axis of 15" },
    { "most", TOMO_OPT_INT, offsetof(tomo_recist_options, most), 1, 5, 1, 1000, "", NULL, false,
      "targets at most, the largest" },
};

const char *tomo_recist_name(tomo_recist_response response)
{
    static const char *const names[] = { "CR", "PR", "SD", "PD", "NE" };
    return (unsigned)response < TOMO__COUNT(names) ? names[response] : "?";
}

/* 4.3.1 and 4.3.5; sums are compared with an allowance of 1e-9 for their rounding. */
tomo_recist_response tomo_recist_assess(double baseline, double nadir, double now, bool all_gone, int32_t new_lesions)
{
    const double close = 1e-9 * (1 + fabs(baseline));
    if (new_lesions > 0)
        return TOMO_RECIST_PD;
    if (!(baseline > 0))
        return TOMO_RECIST_NE;
    if (all_gone)
        return TOMO_RECIST_CR;
    if (now >= 1.2 * nadir - close && now - nadir >= 5 - close)
        return TOMO_RECIST_PD;
    return now <= 0.7 * baseline + close ? TOMO_RECIST_PR : TOMO_RECIST_SD;
}

static tomo_status read_nodes(const char *text, int32_t nodes[MOST_NODES], int32_t *n, tomo_error *err)
{
    const char *p = text ? text : "";
    *n = 0;
    while (*p) {
        char *end;
        errno = 0;
        const long v = strtol(p, &end, 10);
        if (end == p || errno || v < 1 || v > 1 << 24 || (*end && *end != ','))
            return tomo__fail(err, TOMO_E_ARG, "measure recist: nodes is '%.60s', expected label numbers as 2,5", text);
        if (*n == MOST_NODES)
            return tomo__fail(err, TOMO_E_ARG, "measure recist: nodes has more than %d numbers", MOST_NODES);
        nodes[(*n)++] = (int32_t)v;
        p = *end ? end + 1 : end;
    }
    return TOMO_OK;
}

static bool is_node(const int32_t *nodes, int32_t n, int32_t value)
{
    for (int32_t i = 0; i < n; i++)
        if (nodes[i] == value)
            return true;
    return false;
}

/* The largest at baseline are targets; of equal ones the lower number. */
static void choose_targets(tomo_recist *r, const tomo_recist_options *o)
{
    for (int32_t k = 0; k < o->most; k++) {
        tomo_recist_target *best = NULL;
        for (size_t i = 0; i < r->n_targets; i++) {
            tomo_recist_target *t = &r->targets[i];
            if (!t->target && !t->is_new && t->baseline_mm >= (t->node ? 15 : o->least) &&
                (!best || t->baseline_mm > best->baseline_mm))
                best = t;
        }
        if (!best)
            return;
        best->target = true;
    }
}

static void sum_up(tomo_recist *r, const tomo_recist_options *o)
{
    bool gone = true;
    for (size_t i = 0; i < r->n_targets; i++) {
        const tomo_recist_target *t = &r->targets[i];
        r->new_lesions += t->is_new;
        if (!t->target)
            continue;
        r->baseline_mm += t->baseline_mm, r->now_mm += t->now_mm;
        gone &= t->node ? t->now_mm < 10 : t->now_mm == 0;
    }
    r->nadir_mm = isnan(o->nadir) ? r->baseline_mm : TOMO__MIN(o->nadir, r->baseline_mm);
    r->change = r->baseline_mm > 0 ? r->now_mm / r->baseline_mm - 1 : NAN;
    r->change_from_nadir = r->nadir_mm > 0 ? r->now_mm / r->nadir_mm - 1 : NAN;
    r->response = tomo_recist_assess(r->baseline_mm, r->nadir_mm, r->now_mm, gone, r->new_lesions);
}

tomo_status tomo_measure_recist(tomo_ctx *ctx, tomo_recist *out, const tomo_image *baseline, const tomo_image *now,
                                const tomo_recist_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_recist_options o;
    int32_t nodes[MOST_NODES], n_nodes = 0;
    tomo_lesion *a = NULL, *b = NULL;
    size_t na = 0, nb = 0;
    if (!ctx || !out || !baseline || !now)
        return tomo__fail(err, TOMO_E_ARG, "measure recist: ctx, out, baseline and now must not be NULL");
    if (out->struct_size != sizeof *out)
        return tomo__fail(err, TOMO_E_ARG, "measure recist: out->struct_size is %u, expected %zu", out->struct_size,
                          sizeof *out);
    tomo_status st = tomo__op_begin(&measure__recist_row, &o, opts, err);
    if (st == TOMO_OK && o.nadir < 0)
        st = tomo__fail(err, TOMO_E_ARG, "measure recist: nadir is %g mm, expected 0 or more", o.nadir);
    if (st == TOMO_OK)
        st = read_nodes(o.nodes, nodes, &n_nodes, err);
    if (st)
        return st;
    tomo__span outer = tomo__job_enter(job, 0, 0.5, "baseline");
    st = tomo_measure_lesions(ctx, &a, &na, baseline, job, err);
    tomo__job_leave(job, outer);
    outer = tomo__job_enter(job, 0.5, 1, "follow-up");
    if (st == TOMO_OK)
        st = tomo_measure_lesions(ctx, &b, &nb, now, job, err);
    tomo__job_leave(job, outer);
    tomo_recist r = { .struct_size = sizeof r };
    if (st == TOMO_OK && !(r.targets = TOMO__ARRAY(ctx, na + nb ? na + nb : 1, tomo_recist_target)))
        st = tomo__no_memory(ctx, err, (na + nb) * sizeof *r.targets, "targets");
    for (size_t i = 0, k = 0; st == TOMO_OK && (i < na || k < nb);) { /* both rise: one pass joins them */
        const bool before = i < na && (k == nb || a[i].value <= b[k].value);
        const bool after = k < nb && (i == na || b[k].value <= a[i].value);
        tomo_recist_target *t = &r.targets[r.n_targets++];
        t->value = before ? a[i].value : b[k].value;
        t->node = is_node(nodes, n_nodes, t->value);
        t->is_new = !before;
        t->baseline_mm = !before ? 0 : t->node ? a[i].short_axis_mm : a[i].long_axis_mm;
        t->now_mm = !after ? 0 : t->node ? b[k].short_axis_mm : b[k].long_axis_mm;
        i += before, k += after;
    }
    tomo_measure_lesions_free(ctx, a);
    tomo_measure_lesions_free(ctx, b);
    if (st)
        return st;
    choose_targets(&r, &o);
    sum_up(&r, &o);
    *out = r;
    return TOMO_OK;
}

void tomo_recist_free(tomo_ctx *ctx, tomo_recist *found)
{
    if (!found)
        return;
    tomo__free(ctx, found->targets);
    found->targets = NULL, found->n_targets = 0;
}

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_recist r = { .struct_size = sizeof r };
    tomo_buffer *text = NULL;
    tomo__json j = TOMO__JSON(ctx);
    tomo_status st = tomo_measure_recist(ctx, &r, in[0].ptr, in[1].ptr, opts, job, err);
    if (st)
        return st;
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "response"), tomo__json_str(&j, tomo_recist_name(r.response));
    measure__put_num(&j, "baselineMm", r.baseline_mm);
    measure__put_num(&j, "nadirMm", r.nadir_mm);
    measure__put_num(&j, "nowMm", r.now_mm);
    measure__put_num(&j, "change", r.change);
    measure__put_num(&j, "changeFromNadir", r.change_from_nadir);
    tomo__json_key(&j, "newLesions"), tomo__json_int(&j, r.new_lesions);
    tomo__json_key(&j, "lesions"), tomo__json_open(&j, '[');
    for (size_t i = 0; i < r.n_targets; i++) {
        const tomo_recist_target *t = &r.targets[i];
        tomo__json_open(&j, '{');
        tomo__json_key(&j, "value"), tomo__json_int(&j, t->value);
        tomo__json_key(&j, "node"), tomo__json_bool(&j, t->node);
        tomo__json_key(&j, "target"), tomo__json_bool(&j, t->target);
        tomo__json_key(&j, "new"), tomo__json_bool(&j, t->is_new);
        measure__put_num(&j, "baselineMm", t->baseline_mm);
        measure__put_num(&j, "nowMm", t->now_mm);
        tomo__json_close(&j, '}');
    }
    tomo__json_close(&j, ']');
    tomo__json_key(&j, "source"), tomo__json_str(&j, "RECIST 1.1: Eisenhauer et al., Eur J Cancer 45 (2009) 228-247");
    tomo__json_close(&j, '}');
    tomo_recist_free(ctx, &r);
    st = tomo__text_finish(&j.text, &text, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_JSON, text };
    return st;
}

const tomo_op measure__recist_row = {
    .room = "measure",
    .name = "recist",
    .help = "RECIST 1.1 response between two label images with the same number for the same lesion.",
    .detail =
        "Targets are the largest lesions of the baseline (10 mm long axis; lymph nodes 15 mm short axis). PR: 30 % "
        "below baseline; PD: 20 % and 5 mm above the smallest sum, or a new lesion; CR: all gone, nodes below 10 mm "
        "(Eisenhauer et al. 2009). Of targets only: non-target lesions need a reader.",
    .example = "tomo measure recist parts.nii.gz parts.nii.gz --nodes 2",
    .in = { { "baseline", TOMO_KIND_LABELS, false, "lesions at baseline" },
            { "now", TOMO_KIND_LABELS, false, "lesions at follow-up, same numbers" } },
    .out = { { "measures", TOMO_KIND_JSON, false, "one JSON object" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_recist_options),
    .run = run,
};
