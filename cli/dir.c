/* dir.c - tomo dicom dir: file-sets with a DICOMDIR shown, made, added to; tomo dicom organize. */
#include "cli.h"

#include <tomo/object_dir.h>

/* Keys that tell people what a record is, by its type. */
static const struct {
    const char *type;
    tomo_tag tag[3];
} shown[] = {
    { "PATIENT", { 0x00100020, 0x00100010, 0 } }, { "STUDY", { 0x00080020, 0x00081030, 0x0020000D } },
    { "SERIES", { 0x00080060, 0x00200011, 0 } },  { "IMAGE", { 0x00200013, 0, 0 } },
    { "SR DOCUMENT", { 0x00200013, 0, 0 } },      { "RT DOSE", { 0x3004000A, 0, 0 } },
    { "RT PLAN", { 0x300A0002, 0, 0 } },          { "RT STRUCTURE SET", { 0x30060002, 0, 0 } },
    { "PRESENTATION", { 0x00700080, 0, 0 } },     { "ENCAP DOC", { 0x00420010, 0, 0 } },
};

static void put_record(const tomo_fileset *set, size_t i, const tomo_fileset_record *r, tomo__json *j, bool *missing)
{
    char path[4096], text[1024];
    tomo__json_key(j, "type"), tomo__json_str(j, r->type);
    for (size_t k = 0; k < TOMO__COUNT(shown); k++)
        for (int t = 0; t < 3 && strcmp(shown[k].type, r->type) == 0 && shown[k].tag[t]; t++)
            if (tomo_dataset_text(r->keys, shown[k].tag[t], 0, text, sizeof text) > 0)
                tomo__json_key(j, tomo_dict_find(shown[k].tag[t])->keyword), tomo__json_str(j, text);
    if (!r->in_use)
        tomo__json_key(j, "inUse"), tomo__json_bool(j, false);
    if (r->file) {
        tomo__json_key(j, "file"), tomo__json_str(j, r->file);
        const tomo_status st = tomo_fileset_path(set, i, path, sizeof path, NULL);
        if (st != TOMO_OK)
            tomo__json_key(j, st == TOMO_E_DENIED ? "outside" : "missing"), tomo__json_bool(j, true), *missing = true;
    }
}

/* A line for people: what it is, its keys, its file. */
static void print_record(const tomo_fileset *set, size_t i, const tomo_fileset_record *r, bool *missing)
{
    char path[4096], text[1024];
    printf("%*s", 2 * (int)TOMO__MIN(r->level, 32), "");
    cli_print_safe(stdout, r->type);
    for (size_t k = 0; k < TOMO__COUNT(shown); k++)
        for (int t = 0; t < 3 && strcmp(shown[k].type, r->type) == 0 && shown[k].tag[t]; t++)
            if (tomo_dataset_text(r->keys, shown[k].tag[t], 0, text, sizeof text) > 0)
                fputs("  ", stdout), cli_print_safe(stdout, text);
    if (r->file) {
        const tomo_status st = tomo_fileset_path(set, i, path, sizeof path, NULL);
        fputs("  ", stdout), cli_print_safe(stdout, r->file);
        fputs(st == TOMO_OK ? "" : st == TOMO_E_DENIED ? "  (outside of the file-set)" : "  (missing)", stdout);
        *missing = *missing || st != TOMO_OK;
    }
    puts(r->in_use ? "" : "  (not in use)");
}

static tomo_status print_tree(const tomo_fileset *set, bool *missing, tomo_error *err)
{
    tomo_fileset_record r = { sizeof r };
    for (int64_t at = tomo_fileset_first(set); at >= 0;) {
        const tomo_status st = tomo_fileset_record_at(set, (size_t)at, &r, err);
        if (st)
            return st;
        print_record(set, (size_t)at, &r, missing);
        while (r.child < 0 && r.next < 0 && r.parent >= 0) {
            tomo_fileset_record_at(set, (size_t)r.parent, &r, NULL);
            r.child = -1; /* done with */
        }
        at = r.child >= 0 ? r.child : r.next;
    }
    return TOMO_OK;
}

/* The whole tree as JSON, without recursion: down to the first child, else on, else up. */
static tomo_status put_tree(const tomo_fileset *set, tomo__json *j, bool *missing, tomo_error *err)
{
    tomo_fileset_record r = { sizeof r };
    int64_t at = tomo_fileset_first(set);
    tomo__json_key(j, "records"), tomo__json_open(j, '[');
    while (at >= 0) {
        const tomo_status st = tomo_fileset_record_at(set, (size_t)at, &r, err);
        if (st)
            return st;
        tomo__json_open(j, '{');
        put_record(set, (size_t)at, &r, j, missing);
        if (r.child >= 0) {
            tomo__json_key(j, "records"), tomo__json_open(j, '[');
            at = r.child;
            continue;
        }
        tomo__json_close(j, '}');
        while (r.next < 0 && r.parent >= 0) {
            tomo__json_close(j, ']'), tomo__json_close(j, '}');
            tomo_fileset_record_at(set, (size_t)r.parent, &r, NULL);
        }
        at = r.next;
    }
    tomo__json_close(j, ']');
    return TOMO_OK;
}

static tomo_status print_json(cli *c, const tomo_fileset *set, bool *missing)
{
    tomo_buffer *text = NULL;
    tomo__json j = TOMO__JSON(c->ctx);
    char id[64] = "";
    tomo_dataset_text(tomo_fileset_dataset(set), 0x00041130, 0, id, sizeof id);
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "id"), tomo__json_str(&j, id);
    tomo__json_key(&j, "count"), tomo__json_uint(&j, tomo_fileset_count(set));
    tomo_status st = put_tree(set, &j, missing, &c->err);
    tomo__json_close(&j, '}');
    if (st == TOMO_OK)
        st = tomo__text_finish(&j.text, &text, &c->err);
    tomo__text_free(&j.text);
    if (st == TOMO_OK)
        cli_print_json(c, text);
    return st;
}

static int show(cli *c, tomo_report *report)
{
    tomo_fileset *set = NULL;
    bool missing = false;
    tomo_status st = tomo_fileset_open(c->ctx, &set, c->args[0], report, &c->err);
    cli_print_report(c, report);
    if (st == TOMO_OK)
        st = c->json ? print_json(c, set, &missing) : print_tree(set, &missing, &c->err);
    tomo_fileset_free(set);
    if (st)
        return cli_fail(c);
    if (missing && !c->quiet)
        fputs("tomo: some files are missing or lie outside of the file-set\n", stderr);
    return missing ? CLI_INPUT : CLI_DONE;
}

static int said(cli *c, tomo_status st, const char *folder)
{
    if (st)
        return cli_fail(c);
    tomo__json j = TOMO__JSON(c->ctx);
    tomo_buffer *text = NULL;
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "folder"), tomo__json_str(&j, folder);
    tomo__json_close(&j, '}');
    return tomo__text_finish(&j.text, &text, &c->err) ? cli_fail(c) : cli_print_json(c, text);
}

int cli_dicom_dir(cli *c)
{
    tomo_fileset_options o = TOMO_FILESET_OPTIONS_INIT;
    tomo_report *report = NULL;
    if (tomo_report_new(c->ctx, &report, &c->err))
        return cli_fail(c);
    if (c->n_args == 1)
        return show(c, report);
    const char *folder = c->args[c->n_args - 1];
    const char *const *paths = (const char *const *)c->args;
    const size_t n = (size_t)c->n_args - 1;
    o.invent = cli_flag_value(c, "invent") != NULL;
    o.id = cli_flag_value(c, "id");
    const tomo_status st = cli_flag_value(c, "append")
                               ? tomo_fileset_append(c->ctx, folder, paths, n, &o, report, c->job, &c->err)
                               : tomo_fileset_create(c->ctx, folder, paths, n, &o, report, c->job, &c->err);
    cli_print_report(c, report);
    return said(c, st, folder);
}

int cli_dicom_organize(cli *c)
{
    tomo_report *report = NULL;
    const char *folder = c->args[c->n_args - 1];
    if (tomo_report_new(c->ctx, &report, &c->err))
        return cli_fail(c);
    const tomo_status st = tomo_fileset_organize(c->ctx, folder, (const char *const *)c->args, (size_t)c->n_args - 1,
                                                 report, c->job, &c->err);
    cli_print_report(c, report);
    return said(c, st, folder);
}
