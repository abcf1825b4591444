/* op.c - runs any operation from its table row: inputs by port, options by table, outputs by ending. */
#include "cli.h"

#include <stdlib.h>
#include <tomo/filter_transform.h>
#include <tomo/mesh.h>
#include <tomo/pipeline.h>

static int count_ports(const tomo_port *ports, bool positional, bool out)
{
    int n = 0;
    for (int i = 0; i < TOMO_MAX_PORTS && ports[i].kind != TOMO_KIND_NONE; i++)
        n += !positional || (!ports[i].optional && (!out || ports[i].kind != TOMO_KIND_JSON));
    return n;
}

static bool is_port(const tomo_port *ports, const char *name)
{
    for (int p = 0; p < TOMO_MAX_PORTS && ports[p].kind != TOMO_KIND_NONE; p++)
        if (ports[p].optional && strcmp(ports[p].name, name) == 0)
            return true;
    return false;
}

static const char *flag_of(const cli *c, const char *name)
{
    for (int i = 0; i < c->n_op_flags; i++)
        if (strcmp(c->op_flag[i].name, name) == 0)
            return c->op_flag[i].value;
    return NULL;
}

static tomo_status set_options(cli *c, void *opts)
{
    tomo_op_defaults(c->op, opts);
    for (int i = 0; i < c->n_op_flags; i++) {
        if (is_port(c->op->in, c->op_flag[i].name) || is_port(c->op->out, c->op_flag[i].name))
            continue;
        tomo_status st = tomo_op_set(c->op, opts, c->op_flag[i].name, c->op_flag[i].value, &c->err);
        if (st)
            return st;
    }
    return tomo_op_check(c->op, opts, &c->err);
}

static tomo_status load_inputs(cli *c, tomo_value *in)
{
    tomo_report *report = NULL;
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    for (int p = 0, at = 0; st == TOMO_OK && p < TOMO_MAX_PORTS && c->op->in[p].kind != TOMO_KIND_NONE; p++) {
        const char *path = c->op->in[p].optional ? flag_of(c, c->op->in[p].name) : c->args[at++];
        if (path)
            st = tomo_pipeline_load_value(c->ctx, &in[p], c->op->in[p].kind, path, report, c->job, &c->err);
    }
    cli_print_report(c, report);
    return st;
}

/* One line on what was written, for scripts: a JSON object with --json, nothing otherwise. */
static void say_written(const cli *c, const char *path, const tomo_value *value)
{
    tomo__json j = TOMO__JSON(c->ctx);
    tomo_buffer *text = NULL;
    if (!c->json)
        return;
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "file");
    tomo__json_str(&j, path);
    if (value->kind == TOMO_KIND_MESH) {
        tomo__json_key(&j, "vertices");
        tomo__json_uint(&j, tomo_mesh_vertex_count(value->ptr));
        tomo__json_key(&j, "triangles");
        tomo__json_uint(&j, tomo_mesh_triangle_count(value->ptr));
    } else if (value->kind == TOMO_KIND_TRANSFORM) {
        tomo__json_key(&j, "transform");
        tomo__json_str(&j, tomo_transform_itk_name(value->ptr));
    } else {
        const tomo_image_desc *d = tomo_image_get_desc(value->ptr);
        const double size[4] = { (double)d->size[0], (double)d->size[1], (double)d->size[2], (double)d->size[3] };
        size_t n_rows = 0;
        const tomo_label *rows = tomo_image_labels(value->ptr, &n_rows);
        tomo__json_key(&j, "dtype");
        tomo__json_str(&j, tomo_dtype_name(d->dtype));
        tomo__json_key(&j, "size");
        tomo__json_nums(&j, size, (size_t)d->dims);
        tomo__json_key(&j, "spacing");
        tomo__json_nums(&j, d->spacing, (size_t)TOMO__MIN(d->dims, 3));
        if (rows) {
            tomo__json_key(&j, "labels");
            tomo__json_open(&j, '[');
            for (size_t i = 0; i < n_rows; i++) {
                tomo__json_open(&j, '{');
                tomo__json_key(&j, "value");
                tomo__json_int(&j, rows[i].value);
                tomo__json_key(&j, "name");
                tomo__json_str(&j, rows[i].name);
                tomo__json_key(&j, "confidence");
                tomo__json_num(&j, rows[i].confidence);
                tomo__json_key(&j, "note");
                tomo__json_str(&j, rows[i].note);
                tomo__json_close(&j, '}');
            }
            tomo__json_close(&j, ']');
        }
    }
    tomo__json_close(&j, '}');
    if (tomo__text_finish(&j.text, &text, NULL) == TOMO_OK)
        printf("%s\n", (const char *)tomo_buffer_data(text));
    tomo_buffer_free(text);
}

/* What a labels image says of itself, for people. */
static void say_labels(const cli *c, const tomo_image *image)
{
    size_t n = 0;
    const tomo_label *rows = tomo_image_labels(image, &n);
    for (size_t i = 0; i < n && !c->quiet && !c->json && i < 20; i++) {
        fprintf(stderr, "label %d  %s", rows[i].value, rows[i].name);
        if (rows[i].confidence >= 0)
            fprintf(stderr, "  confidence %.2f", rows[i].confidence);
        if (rows[i].note[0])
            fprintf(stderr, "  %s", rows[i].note);
        fputc('\n', stderr);
    }
    if (n > 20 && !c->quiet && !c->json)
        fprintf(stderr, "and %zu more labels\n", n - 20);
}

static int give_outputs(cli *c, tomo_value *out)
{
    int at = count_ports(c->op->in, true, false), code = CLI_DONE;
    bool numbers = false;
    for (int p = 0; p < TOMO_MAX_PORTS; p++)
        numbers |= c->op->out[p].kind == TOMO_KIND_JSON;
    for (int p = 0; code == CLI_DONE && p < TOMO_MAX_PORTS && c->op->out[p].kind != TOMO_KIND_NONE; p++) {
        if (out[p].kind == TOMO_KIND_NONE)
            continue;
        if (out[p].kind == TOMO_KIND_JSON) {
            code = cli_print_json(c, out[p].ptr);
            out[p].kind = TOMO_KIND_NONE;
            continue;
        }
        const char *path = c->op->out[p].optional ? flag_of(c, c->op->out[p].name) : c->args[at++];
        if (!path)
            continue;
        if (tomo_pipeline_save(c->ctx, path, &out[p], c->job, &c->err) != TOMO_OK) {
            code = cli_fail(c);
        } else {
            if (out[p].kind == TOMO_KIND_LABELS)
                say_labels(c, out[p].ptr);
            if (!numbers) /* with --json one object is printed */
                say_written(c, path, &out[p]);
        }
    }
    return code;
}

int cli_run_op(cli *c)
{
    const int n_in = count_ports(c->op->in, true, false), n_out = count_ports(c->op->out, true, true);
    tomo_value in[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } }, out[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
    if (c->n_args != n_in + n_out)
        return cli_usage(c, "%d argument%s given, expected %d input%s and %d output%s", c->n_args,
                         c->n_args == 1 ? "" : "s", n_in, n_in == 1 ? "" : "s", n_out, n_out == 1 ? "" : "s");
    void *opts = calloc(1, c->op->opts_size ? c->op->opts_size : 1);
    if (!opts)
        return fputs("tomo: no memory\n", stderr), CLI_FAILED;
    int code;
    tomo__span whole = tomo__job_enter(c->job, 0.0, 0.4, "reading");
    bool ready = set_options(c, opts) == TOMO_OK && load_inputs(c, in) == TOMO_OK;
    tomo__job_leave(c->job, whole);
    whole = tomo__job_enter(c->job, 0.4, 0.9, c->op->name);
    ready = ready && c->op->run(c->ctx, out, in, opts, c->job, &c->err) == TOMO_OK;
    tomo__job_leave(c->job, whole);
    code = ready ? give_outputs(c, out) : cli_fail(c);
    for (int p = 0; p < TOMO_MAX_PORTS; p++) {
        tomo_value_clear(&in[p]);
        tomo_value_clear(&out[p]);
    }
    free(opts);
    return code;
}
