/* transcode_folder.c - a folder of files to another: files side by side on all threads, or frames where files are few.
 */
#include "dicom/transcode_internal.h"

#include <stdio.h>

enum { MOST_FILES = 10000000 };

typedef enum fate { OTHER, TRANSCODED, COPIED, FAILED } fate;

typedef struct file {
    fate fate;
    uint64_t in, out;
    tomo_error why;
} file;

typedef struct folder {
    tomo_ctx *ctx;
    const tomo_transcode_options *o;
    const tomo__target *target;
    tomo__paths files;
    size_t below; /* of a path: what is behind the folder's own */
    const char *to;
    file *results;
    tomo_job *job; /* of a file by itself; NULL if files run side by side */
} folder;

static char *out_path(const folder *f, const char *path, tomo_error *err)
{
    const size_t room = strlen(f->to) + strlen(path) + 2;
    char *out = tomo__alloc(f->ctx, room);
    if (!out) {
        tomo__no_memory(f->ctx, err, room, "a path");
        return NULL;
    }
    snprintf(out, room, "%s/%s", f->to, path + f->below);
    return out;
}

static tomo_status make_parents(char *out, tomo_error *err)
{
    char *slash = strrchr(out, '/');
    *slash = 0;
    const tomo_status st = tomo__mkdirs(out, err);
    *slash = '/';
    return st;
}

/* Nothing to do for it: its bytes as they are. */
static tomo_status copy_file(const folder *f, tomo_source *source, const char *out, tomo_error *err)
{
    tomo_buffer *all = NULL;
    tomo_status st = tomo_source_map(source, &all, err);
    if (st == TOMO_OK)
        st = tomo__file_put(f->ctx, out, tomo_buffer_data(all), tomo_buffer_size(all), err);
    tomo_buffer_free(all);
    return st;
}

static bool has_pixels(const tomo_dataset *ds)
{
    return tomo__ds_elem(ds, TAG_PIXELS) || tomo__ds_elem(ds, TAG_FLOAT_PIXELS) ||
           tomo__ds_elem(ds, TAG_FLOAT_PIXELS + 1);
}

static tomo_status one_file(folder *f, const char *path, file *r, tomo_error *err)
{
    tomo_source *source = NULL, *made = NULL;
    tomo_dataset *ds = NULL;
    char *out = NULL;
    tomo_status st = tomo_source_open(f->ctx, &source, path, err);
    if (st == TOMO_OK)
        st = tomo_dataset_open(f->ctx, &ds, source, NULL, NULL, err);
    if (st == TOMO_OK)
        r->fate = FAILED; /* DICOM, whatever comes now */
    else if (source) {    /* a file that begins like one is damaged, others are none */
        uint8_t head[132] = { 0 };
        if (tomo_source_size(source) >= 132 && tomo_source_read(source, 0, head, 132, NULL) == TOMO_OK &&
            memcmp(head + 128, "DICM", 4) == 0)
            r->fate = FAILED;
    }
    if (st == TOMO_OK && (!(out = out_path(f, path, err)) || (st = make_parents(out, err)) != TOMO_OK))
        st = st ? st : TOMO_E_NOMEM;
    if (st == TOMO_OK) {
        const tomo_codec *now = tomo_codec_find(tomo_dataset_syntax(ds));
        const bool native = !f->target->encapsulated && now && !now->encapsulated;
        const bool same = strcmp(tomo_dataset_syntax(ds), f->target->uid) == 0 || (!has_pixels(ds) && !native);
        st = same ? copy_file(f, source, out, err) : tomo_dataset_transcode(f->ctx, ds, out, f->o, f->job, err);
        if (st == TOMO_OK) {
            r->fate = same ? COPIED : TRANSCODED;
            r->in = tomo_source_size(source);
            if (tomo_source_open(f->ctx, &made, out, NULL) == TOMO_OK)
                r->out = tomo_source_size(made);
        }
    }
    tomo_source_free(made);
    tomo__free(f->ctx, out);
    tomo_dataset_free(ds);
    tomo_source_free(source);
    return st;
}

/* A file that fails stays behind; only what stops everything is passed on. */
static tomo_status do_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    folder *f = user;
    file *r = &f->results[item];
    const tomo_status st = one_file(f, f->files.path[item], r, &r->why);
    if (st == TOMO_E_CANCELED || st == TOMO_E_IO) {
        if (err)
            *err = r->why;
        return st;
    }
    return TOMO_OK;
}

static tomo_status run(folder *f, tomo_job *job, tomo_error *err)
{
    const int64_t n = (int64_t)f->files.count;
    tomo_status st = TOMO_OK;
    if (n >= 2 * tomo_ctx_threads(f->ctx))
        return tomo__parallel(f->ctx, n, do_item, f, job, err);
    f->job = job;
    for (int64_t i = 0; i < n && st == TOMO_OK; i++) {
        const tomo__span span = tomo__job_enter(job, (double)i / (double)n, (double)(i + 1) / (double)n, "transcoding");
        st = do_item(f, i, 0, err);
        tomo__job_leave(job, span);
    }
    return st;
}

static void sum_up(const folder *f, tomo_transcode_result *r, tomo_report *report)
{
    *r = (tomo_transcode_result)TOMO_TRANSCODE_RESULT_INIT;
    for (size_t i = 0; i < f->files.count; i++) {
        const file *one = &f->results[i];
        r->files++;
        r->transcoded += one->fate == TRANSCODED;
        r->copied += one->fate == COPIED;
        r->failed += one->fate == FAILED;
        r->others += one->fate == OTHER;
        r->bytes_in += one->in;
        r->bytes_out += one->out;
        if (one->fate == FAILED)
            tomo__remark(report, "%s: %s", f->files.path[i], one->why.message);
    }
}

tomo_status tomo_transcode_folder(tomo_ctx *ctx, const char *in, const char *out, tomo_transcode_result *result,
                                  const tomo_transcode_options *opts, tomo_report *report, tomo_job *job,
                                  tomo_error *err)
{
    tomo__target target;
    tomo__folder *to = NULL;
    tomo_transcode_result sum;
    folder f = { .ctx = ctx, .o = opts, .target = &target };
    if (!ctx || !in || !out || (result && result->struct_size < sizeof *result))
        return tomo__fail(err, TOMO_E_ARG, "tomo_transcode_folder: context and two paths must be given");
    tomo_status st = tomo__target_find(&target, opts, err);
    if (st == TOMO_OK)
        st = tomo__folder_apart(in, out, err);
    if (st == TOMO_OK)
        st = tomo__list_files(ctx, &f.files, in, MOST_FILES, err);
    if (st)
        return st;
    f.below = strlen(in);
    while (f.below > 0 && in[f.below - 1] == '/')
        f.below--;
    f.below++;
    f.results = TOMO__ARRAY(ctx, f.files.count + 1, file);
    st = f.results ? tomo__folder_begin(ctx, &to, out, err) : tomo__no_memory(ctx, err, sizeof *f.results, "results");
    if (st == TOMO_OK) {
        f.to = tomo__folder_path(to);
        st = run(&f, job, err);
    }
    if (st == TOMO_OK) {
        sum_up(&f, &sum, report);
        if (sum.transcoded + sum.copied + sum.failed == 0)
            st = tomo__fail(err, TOMO_E_NOTFOUND, "%s holds no DICOM file (%lld others)", in, (long long)sum.others);
        else if (sum.transcoded + sum.copied == 0)
            for (size_t i = 0; i < f.files.count && st == TOMO_OK; i++)
                if (f.results[i].fate == FAILED) {
                    if (err)
                        *err = f.results[i].why;
                    st = tomo__fail_in(err, f.results[i].why.status, "none of %lld files; %s", (long long)sum.failed,
                                       f.files.path[i] + f.below);
                }
    }
    if (st == TOMO_OK && result)
        *result = sum;
    if (st == TOMO_OK)
        st = tomo__folder_commit(to, err);
    else
        tomo__folder_abandon(to);
    tomo__free(ctx, f.results);
    tomo__paths_free(ctx, &f.files);
    return st;
}
