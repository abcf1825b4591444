/* table.c - one line a file: CSV (RFC 4180) or TSV of chosen elements of every DICOM file below a folder. Files are
 * read on all threads; lines come in the order of the paths. */
#include "dicom/parse.h"
#include "dicom/path.h"

#include <tomo/dicom_text.h>

enum { MOST_FILES = 10000000, MOST_COLUMNS = 1000, GROUP = 4096 };

typedef struct table {
    tomo_ctx *ctx;
    const char *const *columns;
    const tomo_table_options *o;
    const tomo__paths *paths;
    size_t first, prefix; /* of the files at work; bytes of the folder's name to leave out */
    tomo__text *lines;    /* one a file of the group; empty: not DICOM */
    tomo_error *why;
} table;

static bool starts_formula(const char *text, size_t n)
{
    double number;
    return n > 0 && (strchr("=+-@", text[0]) || (unsigned char)text[0] < 0x20) && !tomo__text_double(text, n, &number);
}

/* Characters that a terminal might obey: as dumps show them. A CR that ends no line goes back to the line's start; a
 * byte of U+0080 to U+009F follows C2. */
static bool is_command(const char *text, size_t i, size_t n)
{
    const unsigned char c = (unsigned char)text[i];
    const bool ends_line = c == '\r' && i + 1 < n && text[i + 1] == '\n';
    return (c < 0x20 && c != '\t' && c != '\n' && !ends_line) || c == 0x7f ||
           (c == 0xc2 && i + 1 < n && (unsigned char)text[i + 1] < 0xa0);
}

static void put_command(tomo__text *out, const char *text, size_t *i)
{
    if ((unsigned char)text[*i] == 0xc2)
        ++*i;
    if (text[*i] != '\0')
        tomo__text_fmt(out, "\\x%02x", (unsigned char)text[*i]);
}

static void put_csv(const table *t, tomo__text *out, const char *text, size_t n)
{
    bool formula = !t->o->raw && starts_formula(text, n), quote = formula;
    for (size_t i = 0; i < n && !quote; i++)
        quote = strchr(",\"\r\n", text[i]) || text[i] == '\0';
    quote = quote || (n > 0 && (text[0] == ' ' || text[n - 1] == ' '));
    if (quote)
        tomo__text_add(out, "\"'", formula ? 2 : 1);
    for (size_t i = 0; i < n; i++)
        if (is_command(text, i, n))
            put_command(out, text, &i);
        else
            tomo__text_add(out, text[i] == '"' ? "\"\"" : &text[i], text[i] == '"' ? 2 : 1);
    if (quote)
        tomo__text_add(out, "\"", 1);
}

static void put_tsv(tomo__text *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *as = text[i] == '\t'   ? "\\t"
                         : text[i] == '\n' ? "\\n"
                         : text[i] == '\r' ? "\\r"
                         : text[i] == '\\' ? "\\\\"
                                           : NULL;
        if (as)
            tomo__text_str(out, as);
        else if (is_command(text, i, n))
            put_command(out, text, &i);
        else
            tomo__text_add(out, &text[i], 1);
    }
}

static void put_cell(const table *t, tomo__text *out, const char *text, size_t n)
{
    if (t->o->tsv)
        put_tsv(out, text, n);
    else
        put_csv(t, out, text, n);
}

/* The element that a path leads to, or NULL. */
static const tomo__elem *follow(const tomo_dataset **ds, const char *path)
{
    for (const char *rest = path;;) {
        tomo__step step;
        if (tomo__path_step(&rest, &step, NULL) != TOMO_OK)
            return NULL;
        const tomo__elem *e = tomo__ds_elem(*ds, step.tag);
        if (!e || step.last)
            return e;
        if (!(e->flags & ELEM_SEQUENCE) || step.item >= e->n_items)
            return NULL;
        *ds = e->items[step.item];
    }
}

static tomo_status put_column(const table *t, const tomo_dataset *ds, const char *path, tomo__text *out,
                              tomo__text *scratch, tomo_error *err)
{
    const tomo__elem *e = follow(&ds, path);
    int64_t n = e && !(e->flags & ELEM_SEQUENCE) ? tomo__elem_text(ds, e, SIZE_MAX, NULL, 0) : -1;
    if (e && (e->flags & ELEM_SEQUENCE)) {
        tomo__text_fmt(out, "%u", (unsigned)e->n_items);
        return TOMO_OK;
    }
    if (n <= 0)
        return TOMO_OK;
    if ((size_t)n >= scratch->room) {
        char *more = tomo__realloc(t->ctx, scratch->data, (size_t)n + 1);
        if (!more)
            return tomo__no_memory(t->ctx, err, (size_t)n + 1, "a value");
        scratch->data = more;
        scratch->room = (size_t)n + 1;
    }
    tomo__elem_text(ds, e, SIZE_MAX, scratch->data, (size_t)n + 1);
    put_cell(t, out, scratch->data, (size_t)n);
    return TOMO_OK;
}

/* One file to one line. What is not DICOM is no error: its reason is kept for the report. */
static tomo_status one_file(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    const table *t = user;
    const char *path = t->paths->path[t->first + (size_t)item];
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo__text *line = &t->lines[item], scratch = TOMO__TEXT(t->ctx);
    tomo_dataset *ds = NULL;
    o.stop_before_pixels = true;
    o.force = t->o->force;
    tomo_status st = tomo_dataset_open_path(t->ctx, &ds, path, &o, NULL, &t->why[item]);
    if (st == TOMO_E_NOMEM) { /* a file that passes a limit is left out, like one that is damaged */
        if (err)
            *err = t->why[item];
        return st;
    }
    if (st != TOMO_OK)
        return TOMO_OK;
    put_cell(t, line, path + t->prefix, strlen(path + t->prefix));
    for (size_t i = 0; st == TOMO_OK && t->columns[i]; i++) {
        tomo__text_add(line, t->o->tsv ? "\t" : ",", 1);
        st = put_column(t, ds, t->columns[i], line, &scratch, err);
    }
    tomo__text_str(line, t->o->tsv ? "\n" : "\r\n");
    if (st == TOMO_OK && line->failed)
        st = tomo__no_memory(t->ctx, err, line->size, "a line");
    tomo__text_free(&scratch);
    tomo_dataset_free(ds);
    return st;
}

static void put_header(const table *t, tomo__text *out)
{
    put_cell(t, out, "File", 4);
    for (size_t i = 0; t->columns[i]; i++) {
        tomo__text_add(out, t->o->tsv ? "\t" : ",", 1);
        put_cell(t, out, t->columns[i], strlen(t->columns[i]));
    }
    tomo__text_str(out, t->o->tsv ? "\n" : "\r\n");
}

/* A group of files at a time, so that lines do not pile up unjoined. */
static tomo_status all_files(table *t, tomo__text *out, size_t *found, tomo_report *report, tomo_job *job,
                             tomo_error *err)
{
    tomo_status st = TOMO_OK;
    for (t->first = 0; st == TOMO_OK && t->first < t->paths->count; t->first += GROUP) {
        size_t n = TOMO__MIN(t->paths->count - t->first, (size_t)GROUP);
        tomo__span outer = tomo__job_enter(job, (double)t->first / (double)t->paths->count,
                                           (double)(t->first + n) / (double)t->paths->count, "read headers");
        for (size_t i = 0; i < n; i++) {
            t->lines[i] = (tomo__text)TOMO__TEXT(t->ctx);
            t->why[i] = (tomo_error){ 0 };
        }
        st = tomo__parallel(t->ctx, (int64_t)n, one_file, t, job, err);
        for (size_t i = 0; i < n; i++) {
            if (st == TOMO_OK && t->lines[i].size)
                tomo__text_add(out, t->lines[i].data, t->lines[i].size);
            else if (st == TOMO_OK)
                tomo__remark(report, "left out: %s", t->why[i].message);
            *found += t->lines[i].size > 0;
            tomo__text_free(&t->lines[i]);
        }
        tomo__job_leave(job, outer);
    }
    return st == TOMO_OK && out->failed ? tomo__no_memory(t->ctx, err, out->size, "a table") : st;
}

static tomo_status check_columns(const char *const *columns, tomo_error *err)
{
    for (size_t i = 0; columns[i]; i++) {
        const char *rest = columns[i];
        tomo__step step = { 0 };
        if (i == MOST_COLUMNS)
            return tomo__fail(err, TOMO_E_LIMIT, "more than %d columns", (int)MOST_COLUMNS);
        do
            TRY(tomo__path_step(&rest, &step, err));
        while (!step.last);
    }
    return TOMO_OK;
}

tomo_status tomo_dicom_table(tomo_ctx *ctx, tomo_buffer **out, const char *path, const char *const *columns,
                             const tomo_table_options *opts, tomo_report *report, tomo_job *job, tomo_error *err)
{
    tomo_table_options o = TOMO_TABLE_OPTIONS_INIT;
    tomo__paths paths = { 0 };
    tomo__text all = TOMO__TEXT(ctx);
    size_t found = 0;
    if (!ctx || !out || !path || !columns)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dicom_table: NULL argument");
    if (opts)
        memcpy(&o, opts, TOMO__MIN((size_t)opts->struct_size, sizeof o));
    TRY(check_columns(columns, err));
    TRY(tomo__list_files(ctx, &paths, path, MOST_FILES, err));
    table t = { .ctx = ctx, .columns = columns, .o = &o, .paths = &paths, .prefix = strlen(path) };
    while (t.prefix > 1 && path[t.prefix - 1] == '/')
        t.prefix--;
    if (paths.count == 1 && strcmp(paths.path[0], path) == 0)
        t.prefix = 0;
    for (size_t i = 0; i < paths.count && t.prefix; i++) /* the slash behind the folder goes too */
        if (paths.path[i][t.prefix] != '/')
            t.prefix = 0;
    t.prefix += t.prefix > 0;
    t.lines = TOMO__ARRAY(ctx, GROUP, tomo__text);
    t.why = TOMO__ARRAY(ctx, GROUP, tomo_error);
    tomo_status st = t.lines && t.why ? TOMO_OK : tomo__no_memory(ctx, err, GROUP * sizeof *t.why, "a table");
    if (st == TOMO_OK && !o.no_header)
        put_header(&t, &all);
    if (st == TOMO_OK)
        st = all_files(&t, &all, &found, report, job, err);
    if (st == TOMO_OK && !found)
        st = tomo__fail(err, TOMO_E_NOTFOUND, "%s: none of its %zu files is DICOM", path, paths.count);
    tomo__free(ctx, t.lines);
    tomo__free(ctx, t.why);
    tomo__paths_free(ctx, &paths);
    if (st == TOMO_OK)
        return tomo__text_finish(&all, out, err);
    tomo__text_free(&all);
    return st;
}
