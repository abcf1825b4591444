/* record.c - what was done, with what and to what: steps, hashes, and the files of a result. */
#include <stdio.h>

#include "pipeline/study_internal.h"

tomo_status study__note_json(study__run *r, const char *step, const char *json)
{
    tomo__json_open(&r->steps, '{');
    tomo__json_key(&r->steps, "operation");
    tomo__json_str(&r->steps, step);
    if (json) {
        tomo__json_key(&r->steps, "options");
        tomo__json_raw(&r->steps, json);
    }
    tomo__json_close(&r->steps, '}');
    return TOMO_OK;
}

tomo_status study__note(study__run *r, const char *room, const char *name, const void *opts)
{
    const tomo_op *op = tomo_pipeline_find(room, name), *row;
    for (size_t i = 0; !op && (row = tomo_pipeline_job_row(i)) != NULL; i++)
        op = strcmp(row->room, room) == 0 && strcmp(row->name, name) == 0 ? row : NULL;
    tomo_buffer *text = NULL;
    char title[64];
    uint64_t space[64]; /* room for the defaults of any options struct of ours, aligned */
    if (!op || (!opts && op->opts_size > sizeof space))
        return tomo__fail(r->err, TOMO_E_INTERNAL, "operation %s %s can't be recorded", room, name);
    snprintf(title, sizeof title, "%s.%s", room, name);
    if (!op->n_options)
        return study__note_json(r, title, NULL);
    if (!opts)
        tomo_op_defaults(op, space);
    tomo_status st = tomo_op_options_json(r->ctx, &text, op, opts ? opts : space, r->err);
    if (st == TOMO_OK)
        st = study__note_json(r, title, tomo_buffer_data(text));
    tomo_buffer_free(text);
    return st;
}

tomo_status study__step(study__run *r, const char *room, const char *name, const void *opts, const tomo_value *in,
                        tomo_value *out)
{
    const tomo_op *op = tomo_pipeline_find(room, name), *row;
    for (size_t i = 0; !op && (row = tomo_pipeline_job_row(i)) != NULL; i++)
        op = strcmp(row->room, room) == 0 && strcmp(row->name, name) == 0 ? row : NULL;
    if (!op)
        return tomo__fail(r->err, TOMO_E_MISSING, "operation %s %s is not built in", room, name);
    tomo_status st = op->run(r->ctx, out, in, opts, r->job, r->err);
    if (st)
        return tomo__fail_in(r->err, st, "%s %s", room, name);
    st = study__note(r, room, name, opts);
    for (int i = 0; st && i < TOMO_MAX_PORTS; i++)
        tomo_value_clear(&out[i]);
    return st;
}

tomo_status study__hash_file(tomo_ctx *ctx, const char *path, char hex[65], tomo_error *err)
{
    tomo_source *source = NULL;
    tomo__sha256 *hash = NULL;
    enum { PIECE = 1 << 18 };
    uint8_t *piece = tomo__alloc(ctx, PIECE);
    if (!piece)
        return tomo__no_memory(ctx, err, PIECE, "hashing a file");
    tomo_status st = tomo_source_open(ctx, &source, path, err);
    if (st == TOMO_OK)
        st = tomo__sha256_new(ctx, &hash, err);
    uint64_t size = st ? 0 : tomo_source_size(source);
    for (uint64_t at = 0; st == TOMO_OK && at < size; at += PIECE) {
        size_t n = (size_t)TOMO__MIN((uint64_t)PIECE, size - at);
        st = tomo_source_read(source, at, piece, n, err);
        if (st == TOMO_OK)
            st = tomo__sha256_add(hash, piece, n, err);
    }
    if (st == TOMO_OK)
        st = tomo__sha256_done(hash, hex, err);
    else
        tomo__sha256_free(hash);
    tomo_source_free(source);
    tomo__free(ctx, piece);
    return st;
}

static tomo_status remember(study__run *r, const char *file, const char *path)
{
    if (r->n_outputs == STUDY_MOST_OUTPUTS)
        return tomo__fail(r->err, TOMO_E_INTERNAL, "more than %d files in a result", STUDY_MOST_OUTPUTS);
    study__output *o = &r->outputs[r->n_outputs++];
    snprintf(o->file, sizeof o->file, "%s", file);
    return study__hash_file(r->ctx, path, o->sha256, r->err);
}

tomo_status study__keep(study__run *r, const char *file, const tomo_value *value)
{
    char path[PATH_ROOM];
    tomo_status st = study__join(path, r->work, file, r->err);
    if (st == TOMO_OK)
        st = tomo_pipeline_save(r->ctx, path, value, r->job, r->err);
    return st ? st : remember(r, file, path);
}

tomo_status study__keep_bytes(study__run *r, const char *file, const void *data, size_t size)
{
    char path[PATH_ROOM];
    tomo_status st = study__join(path, r->work, file, r->err);
    if (st == TOMO_OK)
        st = tomo__file_put(r->ctx, path, data, size, r->err);
    return st ? st : remember(r, file, path);
}

void study__field(study__run *r, const char *key, const char *label, const char *value)
{
    if (r->n_fields == STUDY_MOST_FIELDS)
        return;
    snprintf(r->field_text[r->n_fields], sizeof r->field_text[0], "%s", value ? value : "");
    /* a cut may have split a character */
    r->field_text[r->n_fields][tomo__utf8_valid(r->field_text[r->n_fields], strlen(r->field_text[r->n_fields]))] = 0;
    r->fields[r->n_fields] = (tomo_report_field){ key, label, r->field_text[r->n_fields] };
    r->n_fields++;
}

tomo_status study__record(study__run *r, tomo_buffer **out)
{
    tomo__json j = TOMO__JSON(r->ctx);
    tomo_buffer *inputs = NULL, *steps = NULL, *options = NULL;
    tomo__json_close(&r->inputs, '}');
    tomo__json_close(&r->steps, ']');
    tomo_status st = tomo__text_finish(&r->inputs.text, &inputs, r->err);
    if (st == TOMO_OK)
        st = tomo__text_finish(&r->steps.text, &steps, r->err);
    if (st == TOMO_OK)
        st = tomo_op_options_json(r->ctx, &options, tomo_pipeline_row(), r->opts, r->err);
    if (st == TOMO_OK) {
        j.indent = 1;
        tomo__json_open(&j, '{');
        tomo__json_key(&j, "producedBy"), tomo__json_str(&j, "tomo pipeline");
        tomo__json_key(&j, "version"), tomo__json_str(&j, tomo_version());
        tomo__json_key(&j, "study"), tomo__json_str(&j, r->path);
        tomo__json_key(&j, "options"), tomo__json_raw(&j, tomo_buffer_data(options));
        tomo__json_key(&j, "compareFile"), tomo__json_str(&j, r->compare[0] ? r->compare : NULL);
        tomo__json_key(&j, "compareSha256"), tomo__json_str(&j, r->compare[0] ? r->compare_sha256 : NULL);
        tomo__json_key(&j, "steps"), tomo__json_raw(&j, tomo_buffer_data(steps));
        tomo__json_key(&j, "outputs"), tomo__json_open(&j, '{');
        for (size_t i = 0; i < r->n_outputs; i++)
            tomo__json_key(&j, r->outputs[i].file), tomo__json_str(&j, r->outputs[i].sha256);
        tomo__json_close(&j, '}');
        tomo__json_key(&j, "inputs"), tomo__json_raw(&j, tomo_buffer_data(inputs));
        tomo__json_close(&j, '}');
        st = tomo__text_finish(&j.text, out, r->err);
    }
    tomo_buffer_free(inputs);
    tomo_buffer_free(steps);
    tomo_buffer_free(options);
    return st;
}
