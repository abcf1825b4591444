/* study.c - tomo_pipeline_run: a study folder to a result folder that appears whole or not at all. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

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

/* Absolute path of something that exists, as provenance needs it. */
static tomo_status absolute(const char *path, char to[4096], tomo_error *err)
{
    char *real = realpath(path, NULL);
    if (!real)
        return tomo__fail_os(err, errno, "%s", path);
    size_t n = strlen(real);
    if (n < 4096)
        memcpy(to, real, n + 1);
    free(real);
    return n < 4096 ? TOMO_OK : tomo__fail(err, TOMO_E_ARG, "%.80s...: the path is longer than 4095 bytes", path);
}

/* The files of an earlier result in `folder`; TOMO_E_EXISTS if it is anything else. A folder that is absent has none.
 */
static tomo_status earlier_result(const char *folder, study__output *files, size_t *n, bool *there, tomo_error *err)
{
    char path[4400];
    struct stat info;
    *n = 0;
    *there = false;
    if (lstat(folder, &info) != 0)
        return errno == ENOENT ? TOMO_OK : tomo__fail_os(err, errno, "%s", folder);
    snprintf(path, sizeof path, "%s/report.json", folder);
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, NULL), *record = json_object_get(root, "provenance");
    const char *by = json_string_value(json_object_get(record, "producedBy"));
    if (!S_ISDIR(info.st_mode) || !by || strcmp(by, "tomo pipeline") != 0) {
        json_decref(root);
        return tomo__fail(err, TOMO_E_EXISTS, "%s exists and is not an earlier result; name another place", folder);
    }
    const char *file;
    json_t *hash;
    json_object_foreach(json_object_get(record, "outputs"), file, hash)
    {
        if (*n < STUDY_MOST_OUTPUTS && !strchr(file, '/') && strlen(file) < sizeof files->file)
            snprintf(files[(*n)++].file, sizeof files->file, "%s", file);
    }
    json_decref(root);
    *there = true;
    return TOMO_OK;
}

/* Put the finished folder in its place; an earlier result steps aside and goes only when the new one is there. */
static tomo_status put_in_place(study__run *r, const char *out_dir)
{
    study__output *old = tomo__calloc(r->ctx, STUDY_MOST_OUTPUTS, sizeof *old);
    char aside[4300];
    size_t n_old = 0;
    bool there = false;
    if (!old)
        return tomo__no_memory(r->ctx, r->err, STUDY_MOST_OUTPUTS * sizeof *old, "a list of files");
    tomo_status st = earlier_result(out_dir, old, &n_old, &there, r->err);
    snprintf(aside, sizeof aside, "%s.old-%ld", out_dir, (long)getpid());
    if (st == TOMO_OK && there && rename(out_dir, aside) != 0)
        st = tomo__fail_os(r->err, errno, "%s to %s", out_dir, aside);
    if (st == TOMO_OK && rename(r->work, out_dir) != 0) {
        st = tomo__fail_os(r->err, errno, "%s to %s", r->work, out_dir);
        if (there && rename(aside, out_dir) != 0)
            st = tomo__fail_os(r->err, errno, "%s could not be put back from %s", out_dir, aside);
    } else if (st == TOMO_OK && there)
        study__remove(aside, old, n_old);
    tomo__free(r->ctx, old);
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
    char path[4400];
    if (st == TOMO_OK)
        st = tomo_report_json(r->ctx, &text, &doc, r->err);
    snprintf(path, sizeof path, "%s/report.json", r->work);
    if (st == TOMO_OK)
        st = tomo__file_put(r->ctx, path, tomo_buffer_data(text), tomo_buffer_size(text), r->err);
    tomo_buffer_free(text);
    text = NULL;
    if (st == TOMO_OK)
        st = tomo_report_html(r->ctx, &text, &doc, r->err);
    snprintf(path, sizeof path, "%s/report.html", r->work);
    if (st == TOMO_OK)
        st = tomo__file_put(r->ctx, path, tomo_buffer_data(text), tomo_buffer_size(text), r->err);
    tomo_buffer_free(text);
    tomo_buffer_free(record);
    return st;
}

/* Where it is and what it says in short, for the terminal. */
static tomo_status summarize(study__run *r, const char *out_dir, tomo_buffer **summary)
{
    tomo__json j = TOMO__JSON(r->ctx);
    char path[4400];
    snprintf(path, sizeof path, "%s/report.html", out_dir);
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "report"), tomo__json_str(&j, path);
    tomo__json_key(&j, "title"), tomo__json_str(&j, r->title);
    for (size_t i = 0; i < r->n_structures; i++) {
        const tomo_report_structure *s = &r->structures[i];
        char text[300];
        if (s->present)
            snprintf(text, sizeof text, "%.1f ml, mean %.0f%s, confidence %.2f", s->volume_ml, s->mean,
                     r->is_ct ? " HU" : "", s->confidence);
        else
            snprintf(text, sizeof text, "%s", s->note);
        tomo__json_key(&j, s->name), tomo__json_str(&j, text);
    }
    for (size_t i = 0; i < r->n_findings; i++) {
        char text[64];
        snprintf(text, sizeof text, "%.3f %s", r->findings[i].value, r->findings[i].unit);
        tomo__json_key(&j, r->findings[i].site), tomo__json_str(&j, text);
    }
    tomo__json_key(&j, "notice"), tomo__json_str(&j, "Research use only, not for diagnosis.");
    tomo__json_close(&j, '}');
    return tomo__text_finish(&j.text, summary, r->err);
}

static tomo_status run_all(study__run *r, const char *out_dir, tomo_buffer **summary)
{
    static const struct {
        tomo_status (*part)(study__run *);
        double until;
        const char *what;
    } parts[] = {
        { study__read, 0.35, "reading" },
        { study__structures, 0.75, "structures" },
        { study__views, 0.95, "pictures" },
        { write_report, 1.0, "report" },
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
        st = summarize(r, out_dir, &text);
    if (st == TOMO_OK)
        st = put_in_place(r, out_dir);
    if (st)
        tomo_buffer_free(text);
    else if (summary)
        *summary = text;
    return st;
}

static void give_up(study__run *r)
{
    for (size_t i = 0; i < r->n_pictures; i++)
        tomo_buffer_free(r->png[i]);
    tomo_image_free(r->drawn);
    tomo_image_free(r->smooth);
    tomo_image_free(r->volume);
    tomo_dataset_free(r->head);
    tomo_study_free(r->study);
    tomo_report_free(r->report);
    tomo__text_free(&r->inputs.text);
    tomo__text_free(&r->steps.text);
    tomo__free(r->ctx, r);
}

tomo_status tomo_pipeline_run(tomo_ctx *ctx, const char *study, const char *out_dir, const tomo_pipeline_options *opts,
                              tomo_buffer **summary, tomo_job *job, tomo_error *err)
{
    tomo_pipeline_options o;
    study__output *old;
    size_t n_old = 0;
    bool there = false;
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
    size_t n = strlen(out_dir);
    while (n > 1 && out_dir[n - 1] == '/')
        n--;
    char place[4096];
    if (n >= sizeof place)
        st = tomo__fail(err, TOMO_E_ARG, "the path of the result is longer than 4095 bytes");
    else
        snprintf(place, sizeof place, "%.*s", (int)n, out_dir);
    old = tomo__calloc(ctx, STUDY_MOST_OUTPUTS, sizeof *old);
    if (st == TOMO_OK && !old)
        st = tomo__no_memory(ctx, err, STUDY_MOST_OUTPUTS * sizeof *old, "a list of files");
    if (st == TOMO_OK)
        st = earlier_result(place, old, &n_old, &there, err); /* before the work, not after it */
    tomo__free(ctx, old);
    if (st == TOMO_OK)
        st = absolute(study, r->path, err);
    if (st == TOMO_OK && o.compare && o.compare[0])
        st = absolute(o.compare, r->compare, err);
    if (r->compare[0])
        o.compare = r->compare; /* so that the record does not depend on where it was called from */
    if (st == TOMO_OK)
        st = tomo_report_new(ctx, &r->report, err);
    if (st == TOMO_OK) {
        snprintf(r->work, sizeof r->work, "%s.partial-%ld", place, (long)getpid());
        st = tomo__mkdirs(r->work, err);
    }
    if (st == TOMO_OK) {
        st = run_all(r, place, summary);
        if (st)
            study__remove(r->work, r->outputs, r->n_outputs);
    }
    give_up(r);
    return st;
}
