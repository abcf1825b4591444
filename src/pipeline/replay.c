/* replay.c - tomo_pipeline_replay: read the record of a result, check that its input is the same, run it again and
 * compare every file. */
#include <sys/stat.h>

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
    tomo_status st = study__load_report(p->ctx, &p->root, p->result, p->err);
    if (st)
        return st;
    p->record = json_object_get(p->root, "provenance");
    const char *by = text_of(p, "producedBy"), *version = text_of(p, "version");
    if (!by || strcmp(by, "tomo pipeline") != 0 || !version || !text_of(p, "study") ||
        !json_is_object(json_object_get(p->record, "inputs")) || !json_is_object(json_object_get(p->record, "outputs")))
        return tomo__fail(p->err, TOMO_E_FORMAT, "%s/report.json holds no record of a tomo pipeline", p->result);
    if (strcmp(version, tomo_version()) != 0)
        return tomo__fail(p->err, TOMO_E_UNSUPPORTED, "%s was made by tomo %.20s, this is %s: bits may differ",
                          p->result, version, tomo_version());
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
        char path[PATH_ROOM];
        st = study__join(path, study, file, p->err);
        if (st == TOMO_OK)
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

/* Is a file of a folder what its hash says? A name with a slash is none of ours. */
static bool is_as(replaying *p, const char *folder, const char *file, const char *want)
{
    char path[PATH_ROOM], hex[65];
    return want && !strchr(file, '/') && study__join(path, folder, file, NULL) == TOMO_OK &&
           study__hash_file(p->ctx, path, hex, NULL) == TOMO_OK && strcmp(hex, want) == 0;
}

/* Both folders' files against the record; the two reports, which hold the record, against each other. */
static tomo_status compare(replaying *p, const char *out_dir, tomo_buffer **verdict)
{
    static const char *const reports[] = { "report.json", "report.html" };
    tomo__json j = TOMO__JSON(p->ctx);
    const char *file;
    json_t *hash;
    long long equal = 0, different = 0;
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "result"), tomo__json_str(&j, p->result);
    tomo__json_key(&j, "repeated"), tomo__json_str(&j, out_dir);
    tomo__json_key(&j, "different"), tomo__json_open(&j, '[');
    json_object_foreach(json_object_get(p->record, "outputs"), file, hash)
    {
        const char *want = json_string_value(hash);
        bool same = is_as(p, out_dir, file, want) && is_as(p, p->result, file, want);
        same ? equal++ : different++;
        if (!same)
            tomo__json_str(&j, file);
    }
    for (size_t i = 0; i < TOMO__COUNT(reports); i++) {
        char path[PATH_ROOM], hex[65];
        bool same = study__join(path, out_dir, reports[i], NULL) == TOMO_OK &&
                    study__hash_file(p->ctx, path, hex, NULL) == TOMO_OK && is_as(p, p->result, reports[i], hex);
        same ? equal++ : different++;
        if (!same)
            tomo__json_str(&j, reports[i]);
    }
    tomo__json_close(&j, ']');
    tomo__json_key(&j, "filesEqual"), tomo__json_int(&j, equal);
    tomo__json_key(&j, "filesDifferent"), tomo__json_int(&j, different);
    tomo__json_key(&j, "bitIdentical"), tomo__json_bool(&j, different == 0);
    tomo__json_close(&j, '}');
    tomo_status st = tomo__text_finish(&j.text, verdict, p->err);
    if (st == TOMO_OK && different)
        st = tomo__fail(p->err, TOMO_E_FORMAT, "%lld of %lld files differ between record, result and repetition",
                        different, equal + different);
    return st;
}

tomo_status tomo_pipeline_replay(tomo_ctx *ctx, const char *result, const char *out_dir, tomo_buffer **verdict,
                                 tomo_job *job, tomo_error *err)
{
    replaying p = { ctx, err, result, NULL, NULL };
    if (!ctx || !result || !out_dir || !verdict)
        return tomo__fail(err, TOMO_E_ARG, "tomo_pipeline_replay: ctx, result, out_dir and verdict must not be NULL");
    struct stat there;
    if (lstat(out_dir, &there) == 0)
        return tomo__fail(err, TOMO_E_EXISTS, "%s exists; a repetition goes to a place of its own", out_dir);
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
