/* format.c - the table of formats, and the two calls that pick a row by a path's ending. */
#include <stdio.h>

#include "format_internal.h"

static const struct tomo__format *const formats[] = {
    &tomo__format_nifti, &tomo__format_nrrd, &tomo__format_meta, &tomo__format_analyze, &tomo__format_npy,
    &tomo__format_png,   &tomo__format_jpeg, &tomo__format_tiff, &tomo__format_webp,
}; /* a stack is known by other things than an ending */
static const tomo_format *const listed[] = {
    &tomo__format_nifti.pub, &tomo__format_nrrd.pub, &tomo__format_meta.pub, &tomo__format_analyze.pub,
    &tomo__format_npy.pub,   &tomo__format_png.pub,  &tomo__format_jpeg.pub, &tomo__format_tiff.pub,
    &tomo__format_webp.pub,  &tomo__format_stack.pub, NULL,
};

static bool ends_with_one(const char *path, const char *const *endings)
{
    for (; *endings; endings++)
        if (tomo__ends_with(path, *endings))
            return true;
    return false;
}

const tomo_format *tomo_format_find(const char *path)
{
    if (path && tomo__format_is_stack(path))
        return &tomo__format_stack.pub;
    for (size_t i = 0; path && i < TOMO__COUNT(formats); i++)
        if (ends_with_one(path, formats[i]->pub.reads) || ends_with_one(path, formats[i]->pub.writes))
            return &formats[i]->pub;
    return NULL;
}

const tomo_format *const *tomo_format_list(void) { return listed; }

static const struct tomo__format *find_row(const char *path, bool writing)
{
    if (tomo__format_is_stack(path))
        return &tomo__format_stack;
    for (size_t i = 0; i < TOMO__COUNT(formats); i++)
        if (ends_with_one(path, writing ? formats[i]->pub.writes : formats[i]->pub.reads))
            return formats[i];
    return NULL;
}

/* NIfTI and Analyze share the endings of a pair: the header tells which it is. */
static tomo_status find_pair(tomo_ctx *ctx, const struct tomo__format **row, const char *path, tomo_error *err)
{
    const tomo_format *found = NULL;
    if (!ends_with_one(path, tomo__format_analyze.pub.reads))
        return TOMO_OK;
    const tomo_status st = tomo_format_probe(ctx, &found, path, err);
    if (!st && found == &tomo__format_analyze.pub)
        *row = &tomo__format_analyze;
    return st;
}

/* Writing, the option tells. */
static tomo_status check_pair(const struct tomo__format **row, const char *path, bool analyze, tomo_error *err)
{
    if (analyze && !ends_with_one(path, tomo__format_analyze.pub.writes))
        return tomo__fail(err, TOMO_E_ARG, "%.100s: Analyze is written to .hdr and .img", path);
    if (analyze)
        *row = &tomo__format_analyze;
    return TOMO_OK;
}

/* ".nii.gz, .nii, .png": the endings that Tomo can read or write, each once. */
static void name_endings(char *text, size_t size, bool writing)
{
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < TOMO__COUNT(formats); i++) {
        const char *const *e = writing ? formats[i]->pub.writes : formats[i]->pub.reads;
        for (; *e && at < size; e++) {
            if (&tomo__format_analyze == formats[i])
                break; /* those of NIfTI's pairs */
            const int n = snprintf(text + at, size - at, "%s%s", at ? ", " : "", *e);
            at += n > 0 ? (size_t)n : 0;
        }
    }
}

static tomo_status find_known(const struct tomo__format **row, const char *path, bool writing, tomo_error *err)
{
    char endings[240];
    *row = find_row(path, writing);
    if (*row)
        return TOMO_OK;
    name_endings(endings, sizeof endings, writing);
    return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.60s: Tomo can't %s this ending, only %s", path,
                      writing ? "write" : "read", endings);
}

tomo_status tomo__format_for_reading(const struct tomo__format **row, const char *path, tomo_error *err)
{
    return find_known(row, path, false, err);
}

tomo_status tomo__format_for_writing(const struct tomo__format **row, const char *path, tomo_error *err)
{
    return find_known(row, path, true, err);
}

/* The row whose mark a source begins with; NULL if there is none. */
static tomo_status find_by_bytes(const struct tomo__format **row, tomo_source *source, tomo_error *err)
{
    uint8_t head[TOMO__PROBE];
    const size_t n = (size_t)TOMO__MIN(tomo_source_size(source), (uint64_t)sizeof head);
    const tomo_status st = tomo_source_read(source, 0, head, n, err);
    *row = NULL;
    for (size_t i = 0; !st && !*row && i < TOMO__COUNT(formats); i++)
        if (formats[i]->load && formats[i]->probe && formats[i]->probe(head, n))
            *row = formats[i];
    return st;
}

tomo_status tomo__format_open(const struct tomo__format **row, tomo_ctx *ctx, tomo_source **out, const char *path,
                              tomo_error *err)
{
    const struct tomo__format *marked = NULL;
    tomo_status st = tomo_source_open(ctx, out, path, err);
    if (!st)
        st = find_by_bytes(&marked, *out, err);
    if (marked && marked != *row && !tomo__ends_with(path, ".img") && !tomo__ends_with(path, ".img.gz"))
        *row = marked;
    return st;
}

tomo_status tomo_format_load(tomo_ctx *ctx, tomo_image **out, const char *path, const tomo_format_load_options *opts,
                             tomo_report *report, tomo_job *job, tomo_error *err)
{
    tomo_format_load_options local;
    tomo__format_input in = { NULL, path, &local, report, job };
    tomo_status st = tomo__op_begin(&tomo__format_load_row, &local, opts, err);
    if (st)
        return st;
    if (!ctx || !out || !path)
        return tomo__fail(err, TOMO_E_ARG, "tomo_format_load: ctx, out and path must not be NULL");
    const struct tomo__format *row;
    st = tomo__format_for_reading(&row, path, err);
    if (!st && row != &tomo__format_stack)
        st = tomo__format_open(&row, ctx, &in.source, path, err);
    if (!st)
        st = find_pair(ctx, &row, path, err);
    if (!st)
        st = row->load(ctx, out, &in, err);
    tomo_source_free(in.source);
    return st;
}

tomo_status tomo_format_load_source(tomo_ctx *ctx, tomo_image **out, tomo_source *source,
                                    const tomo_format_load_options *opts, tomo_report *report, tomo_job *job,
                                    tomo_error *err)
{
    tomo_format_load_options local;
    const tomo__format_input in = { source, NULL, &local, report, job };
    const struct tomo__format *row = NULL;
    tomo_status st = tomo__op_begin(&tomo__format_load_row, &local, opts, err);
    if (st)
        return st;
    if (!ctx || !out || !source)
        return tomo__fail(err, TOMO_E_ARG, "tomo_format_load_source: ctx, out and source must not be NULL");
    st = find_by_bytes(&row, source, err);
    if (st || !row)
        return st ? st : tomo__fail_at(err, TOMO_E_FORMAT, 0,
                                       "%.100s: the first bytes belong to no format that Tomo reads",
                                       tomo_source_name(source));
    return row->load(ctx, out, &in, err);
}

tomo_status tomo_format_save(tomo_ctx *ctx, const char *path, const tomo_image *in,
                             const tomo_format_save_options *opts, tomo_job *job, tomo_error *err)
{
    tomo_format_save_options local;
    const struct tomo__format *row;
    tomo_status st = tomo__op_begin(&tomo__format_save_row, &local, opts, err);
    if (st)
        return st;
    if (!ctx || !path || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_format_save: ctx, path and in must not be NULL");
    st = tomo__format_for_writing(&row, path, err);
    if (!st)
        st = check_pair(&row, path, local.analyze, err);
    return st ? st : row->save(ctx, path, in, &local, job, err);
}
