/* create_text.c - tomo dicom create without --as: a data set from DICOM JSON or native XML. What IN is chooses the
 * maker. */
#include "dicom_common.h"

#include <stdlib.h>

/* A maker turns c->args[0] into a data set. */
typedef tomo_status (*maker)(cli *c, tomo_dataset **ds);

static tomo_status from_text(cli *c, tomo_dataset **ds, bool xml)
{
    const char *path = c->args[0], *slash = strrchr(path, '/');
    tomo_untext_options o = TOMO_UNTEXT_OPTIONS_INIT;
    tomo_source *source = NULL;
    tomo_buffer *text = NULL;
    tomo_report *report = NULL;
    char folder[4096];
    int64_t index = 0;
    if (!cli_flag_int(c, "index", 0, 100000000, &index))
        return tomo__fail(&c->err, TOMO_E_ARG, "--index is not a number of a data set");
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + (slash == path) : 1, slash ? path : ".");
    o.bulk_folder = cli_flag_value(c, "bulk") ? cli_flag_value(c, "bulk") : folder;
    o.syntax = cli_syntax(cli_flag_value(c, "syntax"));
    o.index = (uint32_t)index;
    tomo_status st = tomo_source_open(c->ctx, &source, path, &c->err);
    if (st == TOMO_OK)
        st = tomo_source_map(source, &text, &c->err);
    if (st == TOMO_OK)
        st = tomo_report_new(c->ctx, &report, &c->err);
    if (st == TOMO_OK)
        st = (xml ? tomo_dataset_from_xml : tomo_dataset_from_json)(c->ctx, ds, tomo_buffer_data(text),
                                                                    tomo_buffer_size(text), &o, report, &c->err);
    if (report)
        cli_print_report(c, report);
    tomo_buffer_free(text);
    tomo_source_free(source);
    return st ? tomo__fail_in(&c->err, st, "%s", path) : st;
}

static tomo_status from_json(cli *c, tomo_dataset **ds) { return from_text(c, ds, false); }
static tomo_status from_xml(cli *c, tomo_dataset **ds) { return from_text(c, ds, true); }

/* By ending, else by the first character that is not white space. */
static const struct {
    const char *ending, *starts;
    maker make;
} kinds[] = {
    { ".json", "{[", from_json },
    { ".xml", "<", from_xml },
};

static maker find_maker(const char *path)
{
    FILE *f;
    int first;
    for (size_t i = 0; i < TOMO__COUNT(kinds); i++)
        if (tomo__ends_with(path, kinds[i].ending))
            return kinds[i].make;
    f = fopen(path, "rb");
    if (!f)
        return NULL;
    do
        first = getc(f);
    while (first == ' ' || first == '\n' || first == '\r' || first == '\t');
    fclose(f);
    for (size_t i = 0; i < TOMO__COUNT(kinds); i++)
        if (first > 0 && strchr(kinds[i].starts, first))
            return kinds[i].make;
    return NULL;
}

/* Other files are made to objects by --as: name it for those that tell what they are. */
static void refuse(cli *c, tomo_source *source)
{
    char head[5] = "";
    bool pdf = tomo__ends_with(c->args[0], ".pdf");
    if (tomo_source_size(source) == 0) {
        tomo__fail(&c->err, TOMO_E_FORMAT, "%s is empty, expected DICOM JSON or native XML", c->args[0]);
        return;
    }
    if (!pdf && tomo_source_size(source) >= 4 && tomo_source_read(source, 0, head, 4, NULL) == TOMO_OK)
        pdf = memcmp(head, "%PDF", 4) == 0;
    tomo__fail(&c->err, TOMO_E_FORMAT, "%s is neither DICOM JSON nor native XML%s", c->args[0],
               pdf ? ": for a PDF say --as pdf" : "; --as KIND makes objects of other files");
}

int cli_create_text(cli *c)
{
    tomo_dataset *ds = NULL;
    maker make = find_maker(c->args[0]);
    if (!make) {
        tomo_source *source = NULL; /* not there, or of no kind that is known */
        if (tomo_source_open(c->ctx, &source, c->args[0], &c->err) == TOMO_OK)
            refuse(c, source);
        tomo_source_free(source);
        return cli_fail(c);
    }
    int code = make(c, &ds) ? cli_fail(c) : cli_save_dataset(c, ds, c->args[1]);
    tomo_dataset_free(ds);
    return code;
}
