/* study.c - tomo_pipeline_run: a study folder to a result folder that appears whole or not at all. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "pipeline/study_internal.h"

#define FIELD(f) offsetof(tomo_pipeline_options, f)
static const tomo_option options[] = {
    { "series", TOMO_OPT_TEXT, FIELD(series), 1, 0, 0, 0, "", NULL, false,
      "Series Instance UID; the largest CT or MR series if not given" },
    { "smooth", TOMO_OPT_DOUBLE, FIELD(smooth), 1, 0.5, 0, 20, "mm", NULL, false,
      "sigma of the Gaussian before segmentation; 0 = none" },
    { "compare", TOMO_OPT_TEXT, FIELD(compare), 1, 0, 0, 0, "", NULL, false,
      "mask file to hold the bone mask (CT) or head mask (MR) against" },
    { "compare-name", TOMO_OPT_TEXT, FIELD(compare_name), 1, 0, 0, 0, "", NULL, false,
      "what that mask is, for the report" },
};
static const tomo_op row = {
    "pipeline",
    "run",
    "The whole study to a report.",
    "Read, volume, enhance, segment, measure, surface, views, report.",
    "tomo pipeline scans/ -o result",
    { { NULL, TOMO_KIND_NONE, false, NULL } },
    { { NULL, TOMO_KIND_NONE, false, NULL } },
    options,
    (uint32_t)TOMO__COUNT(options),
    sizeof(tomo_pipeline_options),
    NULL,
};

const tomo_op *tomo_pipeline_row(void) { return &row; }

/* As provenance needs it; what the record can't name, because it is not UTF-8, is refused. */
tomo_status study__absolute(const char *path, char to[4096], tomo_error *err)
{
    char *real = realpath(path, NULL);
    if (!real)
        return tomo__fail_os(err, errno, "%s", path);
    size_t n = strlen(real);
    tomo_status st = TOMO_OK;
    if (n >= 4096)
        st = tomo__fail(err, TOMO_E_ARG, "%.80s...: the path is longer than 4095 bytes", path);
    else if (tomo__utf8_valid(real, n) != n)
        st = tomo__fail(err, TOMO_E_ARG, "%s: the path is not UTF-8, so the record could not name it", path);
    else
        memcpy(to, real, n + 1);
    free(real);
    return st;
}

static tomo_status write_report(study__run *r)
{
    tomo_report_doc doc = { sizeof doc };
    const char *remarks[100];
    tomo_buffer *record = NULL, *text = NULL;
    tomo_status st = study__record(r, &record);
    doc.title = r->title;
    doc.unit = r->is_ct ? "HU" : "";
    doc.fields = r->fields, doc.n_fields = r->n_fields;
    doc.structures = r->structures, doc.n_structures = r->n_structures;
    doc.findings = r->findings, doc.n_findings = r->n_findings;
    doc.pictures = r->pictures, doc.n_pictures = r->n_pictures;
    while (doc.n_remarks < TOMO__COUNT(remarks) && tomo_report_text(r->report, doc.n_remarks)) {
        remarks[doc.n_remarks] = tomo_report_text(r->report, doc.n_remarks);
        doc.n_remarks++;
    }
    doc.remarks = remarks;
    doc.provenance = record ? tomo_buffer_data(record) : NULL;
    char path[PATH_ROOM];
    if (st == TOMO_OK)
        st = tomo_report_json(r->ctx, &text, &doc, r->err);
    if (st == TOMO_OK)
        st = study__join(path, r->work, "report.json", r->err);
    if (st == TOMO_OK)
        st = tomo__file_put(r->ctx, path, tomo_buffer_data(text), tomo_buffer_size(text), r->err);
    tomo_buffer_free(text);
    text = NULL;
    if (st == TOMO_OK)
        st = tomo_report_html(r->ctx, &text, &doc, r->err);
    if (st == TOMO_OK)
        st = study__join(path, r->work, "report.html", r->err);
    if (st == TOMO_OK)
        st = tomo__file_put(r->ctx, path, tomo_buffer_data(text), tomo_buffer_size(text), r->err);
    tomo_buffer_free(text);
    tomo_buffer_free(record);
    return st;
}

/* Where it is and what it says in short, for the terminal. */
static tomo_status summarize(study__run *r, tomo_buffer **summary)
{
    tomo__json j = TOMO__JSON(r->ctx);
    char path[PATH_ROOM], text[300], number[2][48];
    tomo_status st = study__join(path, r->place, "report.html", r->err);
    if (st)
        return st;
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "report"), tomo__json_str(&j, path);
    tomo__json_key(&j, "title"), tomo__json_str(&j, r->title);
    for (size_t i = 0; i < r->n_structures; i++) {
        const tomo_report_structure *s = &r->structures[i];
        if (s->present)
            snprintf(text, sizeof text, "%s ml, mean %s%s", tomo__fixed_text(number[0], s->volume_ml, 1),
                     tomo__fixed_text(number[1], s->mean, 0), r->is_ct ? " HU" : "");
        else
            snprintf(text, sizeof text, "%s", s->note);
        tomo__json_key(&j, s->name), tomo__json_str(&j, text);
    }
    for (size_t i = r->n_found; i < r->n_findings; i++) { /* structures have been said */
        snprintf(text, sizeof text, "%s %s",
                 tomo__fixed_text(number[0], r->findings[i].value, strcmp(r->findings[i].unit, "ml") == 0 ? 1 : 3),
                 r->findings[i].unit);
        tomo__json_key(&j, r->findings[i].site), tomo__json_str(&j, text);
    }
    tomo__json_key(&j, "notice"), tomo__json_str(&j, "Research use only, not for diagnosis.");
    tomo__json_close(&j, '}');
    return tomo__text_finish(&j.text, summary, r->err);
}

static tomo_status run_all(study__run *r, tomo_buffer **summary)
{
    static const struct {
        tomo_status (*part)(study__run *);
        double until;
        const char *what;
    } parts[] = {
        { study__read, 0.35, "reading" },
        { study__structures, 0.75, "structures" },
        { study__views, 0.95, "pictures" },
        { write_report, 0.99, "report" },
        { study__unchanged, 1.0, "checking the input" },
    };
    tomo_status st = TOMO_OK;
    double from = 0;
    for (size_t i = 0; st == TOMO_OK && i < TOMO__COUNT(parts); i++) {
        tomo__span outer = tomo__job_enter(r->job, from, parts[i].until, parts[i].what);
        st = parts[i].part(r);
        tomo__job_leave(r->job, outer);
        if (st == TOMO_OK)
            st = tomo__job_step(r->job, from = parts[i].until, r->err);
    }
    tomo_buffer *text = NULL;
    if (st == TOMO_OK && summary)
        st = summarize(r, &text);
    if (st == TOMO_OK)
        st = study__put_in_place(r);
    if (st)
        tomo_buffer_free(text);
    else if (summary)
        *summary = text;
    return st;
}

static void give_up(study__run *r)
{
    if (r->work[0])
        study__remove(r->work);
    for (size_t i = 0; i < r->n_pictures; i++)
        tomo_buffer_free(r->png[i]);
    tomo_image_free(r->drawn);
    tomo_image_free(r->body);
    tomo_image_free(r->smooth);
    tomo_image_free(r->volume);
    tomo_dataset_free(r->head);
    tomo__free(r->ctx, r->seen);
    tomo_study_free(r->study);
    tomo_report_free(r->report);
    tomo__text_free(&r->inputs.text);
    tomo__text_free(&r->steps.text);
    tomo__free(r->ctx, r);
}

/* Paths as the run keeps them; nothing is made yet. */
static tomo_status take_paths(study__run *r, const char *study, const char *out_dir, tomo_pipeline_options *o)
{
    bool there = false;
    size_t n = strlen(out_dir);
    while (n > 1 && out_dir[n - 1] == '/')
        n--;
    if (n >= sizeof r->place)
        return tomo__fail(r->err, TOMO_E_ARG, "the path of the result is longer than %zu bytes", sizeof r->place - 1);
    memcpy(r->place, out_dir, n);
    if (tomo__utf8_valid(r->place, n) != n)
        return tomo__fail(r->err, TOMO_E_ARG, "%s: the path is not UTF-8", r->place);
    tomo_status st = study__check_place(r->ctx, r->place, &there, r->err); /* before the work, not only after it */
    if (st == TOMO_OK)
        st = study__absolute(study, r->path, r->err);
    if (st == TOMO_OK && o->compare && o->compare[0]) {
        st = study__absolute(o->compare, r->compare, r->err);
        o->compare = r->compare; /* so that the record does not depend on where it was called from */
    }
    return st;
}

tomo_status tomo_pipeline_run(tomo_ctx *ctx, const char *study, const char *out_dir, const tomo_pipeline_options *opts,
                              tomo_buffer **summary, tomo_job *job, tomo_error *err)
{
    tomo_pipeline_options o;
    if (!ctx || !study || !out_dir || !out_dir[0])
        return tomo__fail(err, TOMO_E_ARG, "tomo_pipeline_run: ctx, study and out_dir must not be NULL or empty");
    tomo_status st = tomo__op_begin(&row, &o, opts, err);
    if (st)
        return st;
    study__run *r = tomo__calloc(ctx, 1, sizeof *r);
    if (!r)
        return tomo__no_memory(ctx, err, sizeof *r, "a run");
    r->ctx = ctx, r->job = job, r->err = err, r->opts = &o;
    r->inputs = (tomo__json)TOMO__JSON(ctx);
    r->steps = (tomo__json)TOMO__JSON(ctx);
    r->inputs.indent = r->steps.indent = 2; /* people read the record too: a line a file, a line a step */
    tomo__json_open(&r->inputs, '{');
    tomo__json_open(&r->steps, '[');
    st = take_paths(r, study, out_dir, &o);
    if (st == TOMO_OK)
        st = tomo_report_new(ctx, &r->report, err);
    if (st == TOMO_OK)
        st = study__make_work(r);
    if (st == TOMO_OK)
        st = run_all(r, summary);
    give_up(r);
    return st;
}
