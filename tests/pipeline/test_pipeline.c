/* test_pipeline.c - a study goes all the way through, the same bits come back, and nothing is left half done. */
#include <dirent.h>
#include <jansson.h>
#include <math.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <tomo/dicom.h>
#include <tomo/format.h>
#include <tomo/pipeline.h>
#include <unistd.h>

#include "t.h"

/* A CT phantom: body of 40 HU in air with a shell of bone, written as a DICOM series. */
static const char *phantom(t_state *t, const char *name)
{
    tomo_image *in = t_image(t, TOMO_DTYPE_I16, 48, 44, 20);
    tomo_image_desc d = *tomo_image_get_desc(in);
    tomo_image *placed = NULL;
    tomo_series_write_options w = TOMO_SERIES_WRITE_OPTIONS_INIT;
    const char *folder = t_tmp(t, name);
    for (int z = 0; z < 20; z++)
        for (int y = 0; y < 44; y++)
            for (int x = 0; x < 48; x++) {
                double r = hypot((x - 23.5) / 20, (y - 21.5) / 18);
                t_set(in, x, y, z, r > 1 ? -1000 : r > 0.85 ? 50 : r > 0.7 ? 900 : 35);
            }
    d.spacing[0] = d.spacing[1] = 4, d.spacing[2] = 5;
    d.origin[2] = -50;
    CHECK_OK(tomo_image_with_geometry(t->ctx, &placed, in, &d, &t->err));
    w.modality = "CT", w.seed = "phantom", w.patient_name = "Phantom^CT", w.description = "Shell";
    CHECK_OK(tomo_series_write(t->ctx, placed, folder, &w, NULL, &t->err));
    tomo_image_free(placed);
    tomo_image_free(in);
    return folder;
}

static json_t *load_json(const char *folder, const char *file)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    return json_load_file(path, 0, NULL);
}

/* Files in the scratch folder that a run must not leave behind. */
static int left_over(t_state *t)
{
    int n = 0;
    DIR *dir = opendir(t->dir);
    struct dirent *e;
    while (dir && (e = readdir(dir)) != NULL)
        n += strncmp(e->d_name, ".tomo-", 6) == 0;
    if (dir)
        closedir(dir);
    return n;
}

TEST(registry_names_every_operation_once)
{
    size_t n = 0;
    for (; tomo_pipeline_op(n); n++) {
        const tomo_op *op = tomo_pipeline_op(n);
        CHECK(tomo_pipeline_find(op->room, op->name) == op);
        CHECK(op->help && op->help[0] && op->run && op->opts_size >= sizeof(uint32_t));
        CHECK(op->example && strncmp(op->example, "tomo ", 5) == 0);
        for (uint32_t i = 0; i < op->n_options; i++)
            CHECK(op->options[i].help && op->options[i].help[0] && op->options[i].offset < op->opts_size);
    }
    CHECK(n >= 25);
    CHECK(tomo_pipeline_find("filter", "no-such") == NULL);
    CHECK(tomo_pipeline_find("segment", "fill-holes") == tomo_pipeline_find("segment", "fill_holes"));
    CHECK(tomo_pipeline_find("segment", "fill-holes") != NULL);
    tomo_buffer *json = NULL;
    CHECK_OK(tomo_pipeline_ops_json(t->ctx, &json, &t->err));
    json_t *all = json_loads(tomo_buffer_data(json), 0, NULL);
    size_t jobs = 0; /* rows of work on paths follow */
    for (; tomo_pipeline_job_row(jobs); jobs++)
        CHECK(tomo_pipeline_job_row(jobs)->help[0] && !tomo_pipeline_job_row(jobs)->run);
    CHECK_INT(json_array_size(all), n + jobs);
    json_decref(all);
    tomo_buffer_free(json);
}

TEST(study_to_report_and_back_bit_for_bit)
{
    const char *study = phantom(t, "study"), *out = t_tmp(t, "result"), *again = t_tmp(t, "again");
    tomo_buffer *summary = NULL, *verdict = NULL;
    CHECK_OK(tomo_pipeline_run(t->ctx, study, out, NULL, &summary, NULL, &t->err));
    CHECK(strstr(tomo_buffer_data(summary), "report.html") != NULL);
    tomo_buffer_free(summary);
    json_t *report = load_json(out, "report.json");
    CHECK(report != NULL);
    json_t *structures = json_object_get(report, "structures"), *s;
    size_t i, seen = 0;
    json_array_foreach(structures, i, s)
    {
        const char *name = json_string_value(json_object_get(s, "name"));
        if (strcmp(name, "bones") == 0) {
            /* the shell between 0.7 and 0.85 of an ellipse of 80 x 72 mm, 100 mm high */
            double want = M_PI * 80 * 72 * (0.85 * 0.85 - 0.7 * 0.7) * 100 / 1000;
            CHECK_NEAR(json_number_value(json_object_get(s, "volumeMl")), want, 0.15 * want); /* 4 mm voxels */
            seen++;
        }
        if (strstr(name, "lung")) {
            CHECK(json_is_false(json_object_get(s, "present")));
            CHECK(strlen(json_string_value(json_object_get(s, "note"))) > 10); /* and says why */
            seen++;
        }
    }
    CHECK(seen >= 3);
    CHECK_INT(json_object_size(json_object_get(json_object_get(report, "provenance"), "inputs")), 20);
    json_decref(report);

    tomo_ctx *one = t_ctx(t, 1, 0); /* one thread, plain C kernels: still the same bits */
    CHECK_OK(tomo_pipeline_replay(one, out, again, &verdict, NULL, &t->err));
    CHECK(strstr(tomo_buffer_data(verdict), "\"bitIdentical\":true") != NULL);
    tomo_buffer_free(verdict);
    tomo_ctx_free(one);
    CHECK_INT(left_over(t), 0);
}

TEST(a_result_is_as_open_as_any_new_folder)
{
    const char *study = phantom(t, "study"), *out = t_tmp(t, "result"), *plain = t_tmp(t, "plain");
    struct stat result, any;
    CHECK_OK(tomo_pipeline_run(t->ctx, study, out, NULL, NULL, NULL, &t->err));
    CHECK(mkdir(plain, 0777) == 0 && stat(plain, &any) == 0 && stat(out, &result) == 0);
    CHECK_INT(result.st_mode, any.st_mode);
}

TEST(changed_input_is_not_replayed)
{
    const char *study = phantom(t, "study"), *out = t_tmp(t, "result");
    tomo_buffer *verdict = NULL;
    char slice[600];
    CHECK_OK(tomo_pipeline_run(t->ctx, study, out, NULL, NULL, NULL, &t->err));
    snprintf(slice, sizeof slice, "%s/IM0003.dcm", study);
    FILE *f = fopen(slice, "r+b");
    CHECK(f != NULL);
    fseek(f, -10, SEEK_END);
    fputc(0x55, f);
    fclose(f);
    CHECK_FAILS(tomo_pipeline_replay(t->ctx, out, t_tmp(t, "again"), &verdict, NULL, &t->err), TOMO_E_FORMAT);
    CHECK(strstr(t->err.message, "IM0003") != NULL);
    CHECK(verdict == NULL);
}

TEST(foreign_folders_are_not_touched)
{
    const char *study = phantom(t, "study"), *out = t_tmp(t, "mine");
    char file[600];
    CHECK(mkdir(out, 0777) == 0);
    snprintf(file, sizeof file, "%s/diary.txt", out);
    FILE *f = fopen(file, "w");
    fputs("dear diary", f);
    fclose(f);
    CHECK_FAILS(tomo_pipeline_run(t->ctx, study, out, NULL, NULL, NULL, &t->err), TOMO_E_EXISTS);
    CHECK(access(file, R_OK) == 0);
    CHECK_INT(left_over(t), 0);
}

TEST(earlier_result_is_replaced_whole)
{
    const char *study = phantom(t, "study"), *out = t_tmp(t, "result");
    tomo_pipeline_options o = TOMO_PIPELINE_OPTIONS_INIT;
    CHECK_OK(tomo_pipeline_run(t->ctx, study, out, &o, NULL, NULL, &t->err));
    o.smooth = 0;
    CHECK_OK(tomo_pipeline_run(t->ctx, study, out, &o, NULL, NULL, &t->err));
    json_t *report = load_json(out, "report.json");
    json_t *options = json_object_get(json_object_get(report, "provenance"), "options");
    CHECK_NEAR(json_number_value(json_object_get(options, "smooth")), 0, 0);
    json_decref(report);
    CHECK_INT(left_over(t), 0);
}

/* An allocator that cancels a job at its n-th allocation: so cancel falls everywhere, however fast the machine is. */
typedef struct trap {
    _Atomic long count;
    long at;
    tomo_job *job;
} trap;

static void *trap_alloc(void *user, size_t bytes)
{
    trap *p = user;
    if (atomic_fetch_add(&p->count, 1) + 1 == p->at)
        tomo_job_cancel(p->job);
    return aligned_alloc(64, (bytes + 63) & ~(size_t)63);
}

static void trap_free(void *user, void *ptr, size_t bytes) { free(ptr); }

static tomo_status run_with_trap(t_state *t, const char *study, const char *out, long at, long *count)
{
    trap p = { 0, at, NULL };
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    o.allocator = (tomo_allocator){ &p, trap_alloc, trap_free };
    o.threads = 2;
    CHECK_OK(tomo_job_new(&p.job, NULL, NULL, &t->err));
    CHECK_OK(tomo_ctx_new(&ctx, &o, &t->err));
    tomo_status st = tomo_pipeline_run(ctx, study, out, NULL, NULL, p.job, &t->err);
    tomo_ctx_free(ctx);
    tomo_job_free(p.job);
    *count = atomic_load(&p.count);
    return st;
}

TEST(canceled_runs_leave_nothing)
{
    const char *study = phantom(t, "study"), *out = t_tmp(t, "result");
    long all = 0, ignored, canceled = 0;
    CHECK_OK(run_with_trap(t, study, t_tmp(t, "whole"), -1, &all));
    for (int i = 0; i < 12; i++) { /* from the first allocation to among the last */
        tomo_status st = run_with_trap(t, study, out, 1 + (all - 2) * i / 11, &ignored);
        CHECK(st == TOMO_E_CANCELED || (st == TOMO_OK && i == 11)); /* the very last may be past the last look */
        CHECK((access(out, F_OK) == 0) == (st == TOMO_OK));
        CHECK_INT(left_over(t), 0);
        canceled += st == TOMO_E_CANCELED;
    }
    CHECK(canceled >= 11);
}

TEST(lost_memory_leaves_nothing)
{
    const char *study = phantom(t, "study"), *out = t_tmp(t, "result");
    for (int64_t n = 0, more = 1; more; n += 1 + n / 8) { /* early ones one by one, later ones in strides */
        t_fail_after(t, n);
        tomo_status st = tomo_pipeline_run(t->ctx, study, out, NULL, NULL, NULL, &t->err);
        more = t_alloc_failed(t);
        CHECK(st == TOMO_OK ? !more : st == TOMO_E_NOMEM);
        CHECK((access(out, F_OK) == 0) == (st == TOMO_OK));
        CHECK_INT(left_over(t), 0);
    }
}

static void put_file(const char *folder, const char *name, const char *text)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    fputs(text, f);
    fclose(f);
}

/* A report.json that names the user's own files as its outputs must not get them deleted. */
TEST(forged_records_delete_nothing)
{
    const char *study = phantom(t, "study"), *out = t_tmp(t, "mine");
    char file[600];
    CHECK(mkdir(out, 0777) == 0);
    put_file(out, "thesis.txt", "years of work");
    put_file(out, "report.json",
             "{\"provenance\":{\"producedBy\":\"tomo pipeline\",\"outputs\":{\"thesis.txt\":\"x\"}}}");
    CHECK_FAILS(tomo_pipeline_run(t->ctx, study, out, NULL, NULL, NULL, &t->err), TOMO_E_EXISTS);
    snprintf(file, sizeof file, "%s/thesis.txt", out);
    CHECK(access(file, R_OK) == 0);
    CHECK_INT(left_over(t), 0);
}

TEST(results_with_other_files_are_not_replaced)
{
    const char *study = phantom(t, "study"), *out = t_tmp(t, "result");
    char file[600];
    CHECK_OK(tomo_pipeline_run(t->ctx, study, out, NULL, NULL, NULL, &t->err));
    put_file(out, "notes.txt", "mine");
    CHECK_FAILS(tomo_pipeline_run(t->ctx, study, out, NULL, NULL, NULL, &t->err), TOMO_E_EXISTS);
    CHECK(strstr(t->err.message, "notes.txt") != NULL);
    snprintf(file, sizeof file, "%s/notes.txt", out);
    CHECK(access(file, R_OK) == 0);
}

TEST(tampered_results_are_found_out)
{
    const char *study = phantom(t, "study"), *out = t_tmp(t, "result"), *again = t_tmp(t, "again");
    tomo_buffer *verdict = NULL;
    CHECK_OK(tomo_pipeline_run(t->ctx, study, out, NULL, NULL, NULL, &t->err));
    CHECK_FAILS(tomo_pipeline_replay(t->ctx, out, out, &verdict, NULL, &t->err), TOMO_E_EXISTS); /* not onto itself */
    put_file(out, "bones.nii.gz", "forged");
    CHECK_FAILS(tomo_pipeline_replay(t->ctx, out, again, &verdict, NULL, &t->err), TOMO_E_FORMAT);
    CHECK(strstr(tomo_buffer_data(verdict), "\"different\":[\"bones.nii.gz\"]") != NULL);
    CHECK(strstr(tomo_buffer_data(verdict), "\"bitIdentical\":false") != NULL);
    tomo_buffer_free(verdict);
}

TEST(odd_places_and_names_are_refused)
{
    const char *study = phantom(t, "study"), *fifo = t_tmp(t, "fifo");
    char path[600], other[600];
    tomo_buffer *verdict = NULL;
    snprintf(path, sizeof path, "%s/out", study); /* would be scanned as a part of the study the next time */
    CHECK_FAILS(tomo_pipeline_run(t->ctx, study, path, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK(mkdir(fifo, 0777) == 0);
    snprintf(path, sizeof path, "%s/report.json", fifo);
    CHECK(mkfifo(path, 0666) == 0); /* reading it would wait for ever */
    CHECK_FAILS(tomo_pipeline_run(t->ctx, study, fifo, NULL, NULL, NULL, &t->err), TOMO_E_EXISTS);
    CHECK_FAILS(tomo_pipeline_replay(t->ctx, fifo, t_tmp(t, "again"), &verdict, NULL, &t->err), TOMO_E_ARG);
    snprintf(path, sizeof path, "%s/IM0002.dcm", study);
    snprintf(other, sizeof other, "%s/B\xe4.dcm", study);
    CHECK(rename(path, other) == 0);
    CHECK_FAILS(tomo_pipeline_run(t->ctx, study, t_tmp(t, "result"), NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_INT(left_over(t), 0);
}

TEST(comparing_with_itself_gives_one)
{
    const char *study = phantom(t, "study"), *first = t_tmp(t, "first"), *second = t_tmp(t, "second");
    tomo_pipeline_options o = TOMO_PIPELINE_OPTIONS_INIT;
    char mask[600];
    CHECK_OK(tomo_pipeline_run(t->ctx, study, first, NULL, NULL, NULL, &t->err));
    snprintf(mask, sizeof mask, "%s/bones.nii.gz", first);
    o.compare = mask;
    CHECK_OK(tomo_pipeline_run(t->ctx, study, second, &o, NULL, NULL, &t->err));
    json_t *report = load_json(second, "report.json");
    json_t *findings = json_object_get(report, "findings"), *finding;
    static const struct {
        const char *site;
        double value;
    } want[] = { { "Agreement of bones", 1 },
                 { "Agreement of bones inside the body", 1 },
                 { "Beyond the given mask, inside the body", 0 },
                 { "Missed of the given mask, inside the body", 0 } };
    size_t i, seen = 0;
    json_array_foreach(findings, i, finding)
    {
        const char *site = json_string_value(json_object_get(finding, "site"));
        if (i == 0)
            CHECK_STR(site, "body"); /* what was found comes first, with its volume */
        for (size_t k = 0; k < sizeof want / sizeof want[0]; k++)
            if (strcmp(site, want[k].site) == 0) {
                CHECK_NEAR(json_number_value(json_object_get(finding, "value")), want[k].value, 0);
                seen++;
            }
    }
    CHECK_INT(seen, sizeof want / sizeof want[0]);
    json_decref(report);
    o.compare = t_tmp(t, "absent.nii");
    CHECK_FAILS(tomo_pipeline_run(t->ctx, study, t_tmp(t, "third"), &o, NULL, NULL, &t->err), TOMO_E_NOTFOUND);
}

TEST(paths_are_known_by_what_they_hold)
{
    tomo_path_kind kind;
    const char *study = phantom(t, "study"), *text = t_tmp(t, "notes.txt"), *empty = t_tmp(t, "empty");
    char slice[600], bare[600];
    snprintf(slice, sizeof slice, "%s/IM0001.dcm", study);
    snprintf(bare, sizeof bare, "%s", t_tmp(t, "renamed"));
    CHECK_OK(tomo_pipeline_probe(t->ctx, study, &kind, &t->err));
    CHECK_INT(kind, TOMO_PATH_DICOM_FOLDER);
    CHECK_OK(tomo_pipeline_probe(t->ctx, slice, &kind, &t->err));
    CHECK_INT(kind, TOMO_PATH_DICOM);
    CHECK(rename(slice, bare) == 0);
    CHECK_OK(tomo_pipeline_probe(t->ctx, bare, &kind, &t->err));
    CHECK_INT(kind, TOMO_PATH_DICOM);
    FILE *f = fopen(text, "w");
    fputs("nothing to see here, move along", f);
    fclose(f);
    CHECK_OK(tomo_pipeline_probe(t->ctx, text, &kind, &t->err));
    CHECK_INT(kind, TOMO_PATH_UNKNOWN);
    CHECK(mkdir(empty, 0777) == 0);
    CHECK_OK(tomo_pipeline_probe(t->ctx, empty, &kind, &t->err));
    CHECK_INT(kind, TOMO_PATH_UNKNOWN);
    CHECK_FAILS(tomo_pipeline_probe(t->ctx, t_tmp(t, "absent"), &kind, &t->err), TOMO_E_NOTFOUND);
    tomo_image *image = NULL;
    CHECK_FAILS(tomo_pipeline_load(t->ctx, &image, text, NULL, NULL, NULL, &t->err), TOMO_E_FORMAT);
    CHECK_FAILS(tomo_pipeline_run(t->ctx, empty, t_tmp(t, "r"), NULL, NULL, NULL, &t->err), TOMO_E_NOTFOUND);
}
