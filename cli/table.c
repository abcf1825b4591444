/* table.c - tomo dicom table: chosen elements of every file below a folder. */
#include "dicom_common.h"

#include <stdlib.h>

enum { MOST_COLUMNS = 256 };
#define DEFAULT_COLUMNS                                                                                                \
    "PatientID,StudyDate,StudyInstanceUID,Modality,SeriesNumber,SeriesInstanceUID,SeriesDescription,InstanceNumber,"   \
    "SOPClassUID,SOPInstanceUID"

/* Cut at commas that are not within (gggg,eeee). */
static size_t split(char *text, const char *columns[MOST_COLUMNS + 1])
{
    size_t n = 0;
    columns[n++] = text;
    for (int depth = 0; *text; text++) {
        depth += *text == '(' ? 1 : *text == ')' ? -1 : 0;
        if (*text == ',' && depth <= 0) {
            *text = '\0';
            if (n == MOST_COLUMNS)
                return 0;
            columns[n++] = text + 1;
        }
    }
    columns[n] = NULL;
    return n;
}

/* A cell of a TSV line, its escapes undone in place; *at moves behind it. */
static char *next_cell(char **at)
{
    char *cell = *at, *to = cell;
    while (**at && **at != '\t' && **at != '\n') {
        char c = *(*at)++;
        if (c == '\\') {
            c = *(*at)++;
            c = c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
        }
        *to++ = c;
    }
    if (**at)
        ++*at;
    *to = '\0';
    return cell;
}

/* Lines of a TSV table to objects, one a line. */
static tomo_status as_objects(cli *c, const tomo_buffer *tsv, const char *const *columns, tomo__text *out)
{
    char *copy = malloc(tomo_buffer_size(tsv) + 2), *at = copy;
    if (!copy)
        return tomo__fail(&c->err, TOMO_E_NOMEM, "no memory for a table");
    memcpy(copy, tomo_buffer_data(tsv), tomo_buffer_size(tsv));
    memset(copy + tomo_buffer_size(tsv), 0, 2);
    while (*at) {
        tomo__json j = TOMO__JSON(c->ctx);
        tomo__json_open(&j, '{');
        tomo__json_key(&j, "file"), tomo__json_str(&j, next_cell(&at));
        for (size_t i = 0; columns[i]; i++)
            tomo__json_key(&j, columns[i]), tomo__json_str(&j, next_cell(&at));
        tomo__json_close(&j, '}');
        if (j.text.failed)
            out->failed = true;
        else
            tomo__text_add(out, j.text.data, j.text.size);
        tomo__text_str(out, "\n");
        tomo__text_free(&j.text);
    }
    free(copy);
    return out->failed ? tomo__fail(&c->err, TOMO_E_NOMEM, "no memory for a table") : TOMO_OK;
}

static tomo_status put(cli *c, const char *path, const void *data, size_t size)
{
    if (path)
        return tomo__file_put(c->ctx, path, data, size, &c->err);
    return fwrite(data, 1, size, stdout) == size ? TOMO_OK : tomo__fail(&c->err, TOMO_E_IO, "stdout is closed");
}

int cli_dicom_table(cli *c)
{
    const char *given = cli_flag_value(c, "columns"), *columns[MOST_COLUMNS + 1];
    tomo_table_options o = TOMO_TABLE_OPTIONS_INIT;
    tomo_report *report = NULL;
    tomo_buffer *table = NULL;
    tomo__text objects = TOMO__TEXT(c->ctx);
    char *copy = strdup(given ? given : DEFAULT_COLUMNS);
    if (!copy || !split(copy, columns)) {
        free(copy);
        return cli_usage(c, "--columns: at most %d", (int)MOST_COLUMNS);
    }
    o.tsv = c->json || cli_flag_value(c, "tsv");
    o.no_header = c->json || cli_flag_value(c, "no-header");
    o.raw = cli_flag_value(c, "raw-cells") != NULL;
    o.force = cli_flag_value(c, "force") != NULL;
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    if (st == TOMO_OK)
        st = tomo_dicom_table(c->ctx, &table, c->args[0], columns, &o, report, c->job, &c->err);
    if (report)
        cli_print_report(c, report);
    if (st == TOMO_OK && c->json)
        st = as_objects(c, table, columns, &objects);
    if (st == TOMO_OK)
        st = put(c, cli_flag_value(c, "out"), c->json ? objects.data : tomo_buffer_data(table),
                 c->json ? objects.size : tomo_buffer_size(table));
    tomo__text_free(&objects);
    tomo_buffer_free(table);
    free(copy);
    return st ? cli_fail(c) : CLI_DONE;
}
