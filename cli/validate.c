/* validate.c - tomo dicom validate: data sets held against their IODs. */
#include "cli.h"

#include <tomo/object_validate.h>

static void put_finding(tomo__json *j, const tomo_validation_finding *f)
{
    tomo__json_open(j, '{');
    tomo__json_key(j, "severity"), tomo__json_str(j, f->severity == TOMO_SEVERITY_ERROR ? "error" : "warning");
    tomo__json_key(j, "path"), tomo__json_str(j, f->path);
    tomo__json_key(j, "rule"), tomo__json_str(j, f->rule);
    if (f->module)
        tomo__json_key(j, "module"), tomo__json_str(j, f->module);
    tomo__json_key(j, "text"), tomo__json_str(j, f->text);
    tomo__json_close(j, '}');
}

static tomo_status print_json(cli *c, const char *path, const tomo_validation *v)
{
    tomo__json j = TOMO__JSON(c->ctx);
    tomo_buffer *text = NULL;
    tomo_status st = TOMO_OK;
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "file"), tomo__json_str(&j, path);
    tomo__json_key(&j, "iod"), tomo__json_str(&j, tomo_validation_iod(v));
    tomo__json_key(&j, "errors"), tomo__json_uint(&j, tomo_validation_found(v, TOMO_SEVERITY_ERROR));
    tomo__json_key(&j, "warnings"), tomo__json_uint(&j, tomo_validation_found(v, TOMO_SEVERITY_WARNING));
    tomo__json_key(&j, "findings"), tomo__json_open(&j, '[');
    for (size_t i = 0; st == TOMO_OK && i < tomo_validation_count(v); i++) {
        tomo_validation_finding f = { sizeof f };
        st = tomo_validation_at(v, i, &f, &c->err);
        if (st == TOMO_OK)
            put_finding(&j, &f);
    }
    tomo__json_close(&j, ']');
    tomo__json_close(&j, '}');
    if (st == TOMO_OK)
        st = tomo__text_finish(&j.text, &text, &c->err);
    tomo__text_free(&j.text);
    if (st == TOMO_OK)
        cli_print_json(c, text);
    return st;
}

static void print_lines(cli *c, const char *path, const tomo_validation *v)
{
    const bool quiet = c->quiet;
    for (size_t i = 0; i < tomo_validation_count(v); i++) {
        tomo_validation_finding f = { sizeof f };
        if (tomo_validation_at(v, i, &f, NULL) != TOMO_OK || (quiet && f.severity != TOMO_SEVERITY_ERROR))
            continue;
        fputs(f.severity == TOMO_SEVERITY_ERROR ? "error    " : "warning  ", stdout);
        cli_print_safe(stdout, f.path);
        fputs("  ", stdout);
        cli_print_safe(stdout, f.text);
        putchar('\n');
    }
    cli_print_safe(stdout, path);
    printf(": %s, %zu errors, %zu warnings\n", tomo_validation_iod(v), tomo_validation_found(v, TOMO_SEVERITY_ERROR),
           tomo_validation_found(v, TOMO_SEVERITY_WARNING));
}

int cli_dicom_validate(cli *c)
{
    tomo_validate_options o = TOMO_VALIDATE_OPTIONS_INIT;
    int code = CLI_DONE;
    o.iod = cli_flag_value(c, "iod");
    for (int i = 0; i < c->n_args; i++) {
        tomo_dataset *ds = NULL;
        tomo_validation *v = NULL;
        tomo_status st = tomo_dataset_open_path(c->ctx, &ds, c->args[i], NULL, NULL, &c->err);
        if (st == TOMO_OK)
            st = tomo_validate(c->ctx, &v, ds, &o, &c->err);
        if (st == TOMO_OK && c->json)
            st = print_json(c, c->args[i], v);
        else if (st == TOMO_OK)
            print_lines(c, c->args[i], v);
        if (st) {
            if (strncmp(c->err.message, c->args[i], strlen(c->args[i])) != 0) /* opening names the file itself */
                tomo__fail_in(&c->err, st, "%s", c->args[i]);
            code = cli_fail(c);
        } else if (tomo_validation_found(v, TOMO_SEVERITY_ERROR) && code == CLI_DONE)
            code = CLI_FAILED;
        tomo_validation_free(v);
        tomo_dataset_free(ds);
    }
    return code;
}
