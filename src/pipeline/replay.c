/* replay.c - tomo_pipeline_replay: read the record of a result, check that its input is the same, run it again and
 * compare every file. */
#include <errno.h>
#include <stdio.h>

#include <jansson.h>

#include "pipeline/study_internal.h"

typedef struct replaying {
    tomo_ctx *ctx;
    tomo_error *err;
    const char *result;
    json_t *root, *record;
} replaying;

static const char *text_of(const replaying *p, const char *key)
{
    return json_string_value(json_object_get(p->record, key));
}

static tomo_status read_record(replaying *p)
{
    char path[4400];
    json_error_t why;
    snprintf(path, sizeof path, "%.4096s/report.json", p->result);
    p->root = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (!p->root)
        return tomo__fail(p->err, TOMO_E_FORMAT, "%s: %s (line %d)", path, why.text, why.line);
    p->record = json_object_get(p->root, "provenance");
    const char *by = text_of(p, "producedBy"), *version = text_of(p, "version");
    if (!by || strcmp(by, "tomo pipeline") != 0 || !version || !text_of(p, "study") ||
        !json_is_object(json_object_get(p->record, "inputs")) || !json_is_object(json_object_get(p->record, "outputs")))
        return tomo__fail(p->err, TOMO_E_FORMAT, "%s holds no record of a tomo pipeline", path);
    if (strcmp(version, tomo_version()) != 0)
        return tomo__fail(p->err, TOMO_E_UNSUPPORTED, "%s was made by tomo %.20s, this is %s: bits may differ", path,
                          version, tomo_version());
    return TOMO_OK;
}

static tomo_status same_file(replaying *p, const char *path, const char *want)
{
    char hex[65];
    tomo_status st = study__hash_file(p->ctx, path, hex, p->err);
    if (st == TOMO_OK && (!want || strcmp(hex, want) != 0))
        st = tomo__fail(p->err, TOMO_E_FORMAT, "%s is not what it was: its SHA-256 is %.16s..., recorded %.16s...",
                        path, hex, want ? want : "nothing");
    return st;
}

/* Input files by name: below the study, or the study itself where it was one file. */
static tomo_status check_inputs(replaying *p)
{
    const char *study = text_of(p, "study"), *compare = text_of(p, "compareFile"), *file;
    json_t *hash;
    tomo_status st = TOMO_OK;
    json_object_foreach(json_object_get(p->record, "inputs"), file, hash)
    {
        char path[8300];
        snprintf(path, sizeof path, "%.4096s/%.4096s", study, file);
        st = same_file(p, file[0] == '/' ? file : path, json_string_value(hash));
        if (st)
            return st;
    }
    return compare ? same_file(p, compare, text_of(p, "compareSha256")) : TOMO_OK;
}

static tomo_status run_again(replaying *p, const char *out_dir, tomo_job *job)
{
    tomo_pipeline_options o = TOMO_PIPELINE_OPTIONS_INIT;
    const json_t *was = json_object_get(p->record, "options");
    o.series = json_string_value(json_object_get(was, "series"));
    o.compare = text_of(p, "compareFile");
    o.compare_name = json_string_value(json_object_get(was, "compareName"));
    o.smooth = json_number_value(json_object_get(was, "smooth"));
    return tomo_pipeline_run(p->ctx, text_of(p, "study"), out_dir, &o, NULL, job, p->err);
}

/* Hash every file of the new result and the old one's own files, and write down which are equal. */
static tomo_status compare(replaying *p, const char *out_dir, tomo_buffer **verdict)
{
    tomo__json j = TOMO__JSON(p->ctx);
    json_t *files = json_object_get(p->record, "outputs"), *hash;
    const char *file;
    char path[8300], was[65], is[65];
    int64_t equal = 0, different = 0;
    tomo_status st = TOMO_OK;
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "result"), tomo__json_str(&j, p->result);
    tomo__json_key(&j, "repeated"), tomo__json_str(&j, out_dir);
    tomo__json_key(&j, "different"), tomo__json_open(&j, '[');
    json_object_foreach(files, file, hash)
    {
        const char *want = json_string_value(hash);
        snprintf(path, sizeof path, "%.4096s/%.4096s", out_dir, file);
        bool same =
            st == TOMO_OK && want && study__hash_file(p->ctx, path, is, NULL) == TOMO_OK && strcmp(is, want) == 0;
        same ? equal++ : different++;
        if (!same)
            tomo__json_str(&j, file);
    }
    static const char *const reports[] = { "report.json", "report.html" };
    for (size_t i = 0; i < TOMO__COUNT(reports); i++) { /* not in the record, since they hold it */
        snprintf(path, sizeof path, "%.4096s/%s", p->result, reports[i]);
        bool same = study__hash_file(p->ctx, path, was, NULL) == TOMO_OK;
        snprintf(path, sizeof path, "%.4096s/%s", out_dir, reports[i]);
        same = same && study__hash_file(p->ctx, path, is, NULL) == TOMO_OK && strcmp(was, is) == 0;
        same ? equal++ : different++;
        if (!same)
            tomo__json_str(&j, reports[i]);
    }
    tomo__json_close(&j, ']');
    tomo__json_key(&j, "filesEqual"), tomo__json_int(&j, equal);
    tomo__json_key(&j, "filesDifferent"), tomo__json_int(&j, different);
    tomo__json_key(&j, "bitIdentical"), tomo__json_bool(&j, different == 0);
    tomo__json_close(&j, '}');
    st = tomo__text_finish(&j.text, verdict, p->err);
    if (st == TOMO_OK && different)
        st = tomo__fail(p->err, TOMO_E_FORMAT, "%lld of %lld files differ from the result in %s", (long long)different,
                        (long long)(equal + different), p->result);
    return st;
}

tomo_status tomo_pipeline_replay(tomo_ctx *ctx, const char *result, const char *out_dir, tomo_buffer **verdict,
                                 tomo_job *job, tomo_error *err)
{
    replaying p = { ctx, err, result, NULL, NULL };
    if (!ctx || !result || !out_dir || !verdict)
        return tomo__fail(err, TOMO_E_ARG, "tomo_pipeline_replay: ctx, result, out_dir and verdict must not be NULL");
    tomo_status st = read_record(&p);
    if (st == TOMO_OK)
        st = check_inputs(&p);
    if (st == TOMO_OK)
        st = run_again(&p, out_dir, job);
    if (st == TOMO_OK)
        st = compare(&p, out_dir, verdict);
    json_decref(p.root);
    return st;
}
