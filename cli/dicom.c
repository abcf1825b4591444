/* dicom.c - tomo dicom dump, json, get, set, delete: one data set, seen and changed. */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <tomo/dicom.h>
#include <tomo/pipeline.h>

/* Open c->args[0] as its flags say; the remarks are printed. */
static tomo_status open_dataset(cli *c, tomo_dataset **ds)
{
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_report *report = NULL;
    o.force = cli_flag_value(c, "force") != NULL;
    o.stop_before_pixels = cli_flag_value(c, "stop-before-pixels") != NULL;
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    if (st == TOMO_OK)
        st = tomo_dataset_open_path(c->ctx, ds, c->args[0], &o, report, &c->err);
    cli_print_report(c, report);
    return st;
}

static int print_buffer(tomo_buffer *text)
{
    fwrite(tomo_buffer_data(text), 1, tomo_buffer_size(text), stdout);
    size_t n = tomo_buffer_size(text);
    if (n && ((const char *)tomo_buffer_data(text))[n - 1] != '\n')
        putchar('\n');
    tomo_buffer_free(text);
    return CLI_DONE;
}

int cli_dicom_dump(cli *c)
{
    tomo_dataset *ds = NULL;
    tomo_buffer *text = NULL;
    if (c->json)
        return cli_dicom_json(c);
    int code = open_dataset(c, &ds) || tomo_dataset_dump(c->ctx, ds, &text, &c->err) ? cli_fail(c) : print_buffer(text);
    tomo_dataset_free(ds);
    return code;
}

int cli_dicom_json(cli *c)
{
    tomo_dataset *ds = NULL;
    tomo_buffer *text = NULL;
    int64_t limit = 1024;
    if (!cli_flag_int(c, "inline", 0, INT64_C(1) << 32, &limit))
        return CLI_USAGE;
    int code = open_dataset(c, &ds) || tomo_dataset_json(c->ctx, ds, &text, (uint64_t)limit, &c->err)
                   ? cli_fail(c)
                   : print_buffer(text);
    tomo_dataset_free(ds);
    return code;
}

/* The data set and tag that a path leads to, so that its text can be asked for. */
static tomo_status text_of(cli *c, const tomo_dataset *ds, const char *path, char **text)
{
    tomo_element element;
    const tomo_dataset *at = ds;
    const char *rest = path;
    tomo_status st = tomo_dataset_find(ds, path, &element, &c->err);
    if (st)
        return st;
    if (element.is_sequence)
        return tomo__fail(&c->err, TOMO_E_ARG,
                          "%s is a sequence of %u items: say which element of which item, as %s[0].x", path,
                          element.items, path);
    for (const char *open; (open = strchr(rest, '[')) != NULL;) { /* tomo_dataset_find has checked the path */
        char head[128];
        tomo_element sequence;
        char *end = NULL;
        size_t length = (size_t)(open - rest);
        if (length >= sizeof head)
            return tomo__fail(&c->err, TOMO_E_ARG, "'%.60s...' is not a path", path);
        memcpy(head, rest, length);
        head[length] = 0;
        if ((st = tomo_dataset_find(at, head, &sequence, &c->err)) != TOMO_OK)
            return st;
        at = tomo_dataset_item(at, sequence.tag, strtoul(open + 1, &end, 10));
        if (!at)
            return tomo__fail(&c->err, TOMO_E_NOTFOUND, "%s: no such item", path);
        rest = end[0] == ']' && end[1] == '.' ? end + 2 : "";
    }
    int64_t n = tomo_dataset_text(at, element.tag, SIZE_MAX, NULL, 0);
    if (n < 0)
        return tomo__fail(&c->err, TOMO_E_NOTFOUND, "%s has no text", path);
    *text = malloc((size_t)n + 1);
    if (!*text)
        return tomo__fail(&c->err, TOMO_E_NOMEM, "no memory for the text of %s", path);
    tomo_dataset_text(at, element.tag, SIZE_MAX, *text, (size_t)n + 1);
    return TOMO_OK;
}

int cli_dicom_get(cli *c)
{
    tomo_dataset *ds = NULL;
    tomo__json j = TOMO__JSON(c->ctx);
    tomo_buffer *all = NULL;
    int code = CLI_DONE;
    if (open_dataset(c, &ds))
        return cli_fail(c);
    tomo__json_open(&j, '{');
    for (int i = 1; i < c->n_args; i++) {
        char *text = NULL;
        tomo_status st = text_of(c, ds, c->args[i], &text);
        if (st) {
            code = cli_fail(c);
            tomo__json_key(&j, c->args[i]);
            tomo__json_null(&j);
        } else if (c->json) {
            tomo__json_key(&j, c->args[i]);
            tomo__json_str(&j, text);
        } else {
            cli_print_safe(stdout, text);
            putchar('\n');
        }
        free(text);
    }
    tomo__json_close(&j, '}');
    if (c->json && tomo__text_finish(&j.text, &all, &c->err) == TOMO_OK)
        code = print_buffer(all) ? code : code;
    else
        tomo__text_free(&j.text);
    tomo_dataset_free(ds);
    return code;
}

static int save_dataset(cli *c, tomo_dataset *ds)
{
    if (tomo_dataset_write(c->ctx, ds, c->args[1], NULL, &c->err))
        return cli_fail(c);
    if (c->json) {
        tomo__json j = TOMO__JSON(c->ctx);
        tomo_buffer *text = NULL;
        tomo__json_open(&j, '{');
        tomo__json_key(&j, "file");
        tomo__json_str(&j, c->args[1]);
        tomo__json_close(&j, '}');
        if (tomo__text_finish(&j.text, &text, &c->err))
            return cli_fail(c);
        return print_buffer(text);
    }
    return CLI_DONE;
}

int cli_dicom_set(cli *c)
{
    tomo_dataset *ds = NULL;
    int code = CLI_DONE;
    if (open_dataset(c, &ds))
        return cli_fail(c);
    for (int i = 2; i < c->n_args && code == CLI_DONE; i++) {
        char *equals = strchr(c->args[i], '=');
        if (!equals) {
            code = cli_usage(c, "'%s' is not PATH=VALUE", c->args[i]);
            break;
        }
        *equals = 0;
        if (tomo_dataset_set(ds, c->args[i], equals + 1, &c->err))
            code = cli_fail(c);
    }
    if (code == CLI_DONE)
        code = save_dataset(c, ds);
    tomo_dataset_free(ds);
    return code;
}

int cli_dicom_delete(cli *c)
{
    tomo_dataset *ds = NULL;
    int code = CLI_DONE;
    if (open_dataset(c, &ds))
        return cli_fail(c);
    for (int i = 2; i < c->n_args && code == CLI_DONE; i++)
        if (tomo_dataset_delete(ds, c->args[i], &c->err))
            code = cli_fail(c);
    if (code == CLI_DONE)
        code = save_dataset(c, ds);
    tomo_dataset_free(ds);
    return code;
}
