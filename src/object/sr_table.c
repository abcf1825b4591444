/* sr_table.c - TABLE content items (PS3.3 C.18.10): cells one by one, or whole rows and columns as lists of values, to
 * one list of cells in the order of rows. */
#include <math.h>
#include <stdlib.h>

#include "dicom/dicom_internal.h"
#include "object/sr_internal.h"

/* Selector Attribute VR, and where the value then is (PS3.3 table C.18.10-1, C.23.1-1). Bytes (OB, UN, ...) are no
 * cells. */
static const struct {
    const char *vr;
    tomo_tag tag;
    bool number;
} values[] = {
    { "AE", 0x0072005E, false }, { "AS", 0x0072005F, false }, { "AT", 0x00720060, false }, { "DA", 0x00720061, false },
    { "CS", 0x00720062, false }, { "DT", 0x00720063, false }, { "IS", 0x00720064, true },  { "LO", 0x00720066, false },
    { "LT", 0x00720068, false }, { "PN", 0x0072006A, false }, { "TM", 0x0072006B, false }, { "SH", 0x0072006C, false },
    { "ST", 0x0072006E, false }, { "UC", 0x0072006F, false }, { "UT", 0x00720070, false }, { "UR", 0x00720071, false },
    { "DS", 0x00720072, true },  { "FD", 0x00720074, true },  { "FL", 0x00720076, true },  { "UL", 0x00720078, true },
    { "US", 0x0072007A, true },  { "SL", 0x0072007C, true },  { "SS", 0x0072007E, true },  { "UI", 0x0072007F, false },
    { "SV", 0x00720082, true },  { "UV", 0x00720083, true },  { "SQ", 0x00720080, false },
};
enum { CODES = TOMO__COUNT(values) - 1 };

/* LT, ST, UT and UR are one text, whatever is in it. */
static bool is_one(const char *vr)
{
    return vr[1] == 'T' ? vr[0] == 'L' || vr[0] == 'S' || vr[0] == 'U' : vr[0] == 'U' && vr[1] == 'R';
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static tomo_status read_names(tomo__keep *k, const tomo_sr_table_name **out, size_t *n, const tomo_dataset *ds,
                              tomo_tag sequence, tomo_tag number, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    *n = tomo__items(ds, sequence);
    tomo_sr_table_name *list = tomo__keep_bytes(k, *n, sizeof *list);
    if (!list)
        return tomo__no_memory(k->ctx, err, *n * sizeof *list, "names of a table");
    *out = list;
    for (size_t i = 0; st == TOMO_OK && i < *n; i++) {
        const tomo_dataset *item = tomo_dataset_item(ds, sequence, i);
        if (!item)
            continue;
        tomo_dataset_int(item, number, 0, &list[i].at);
        st = tomo__get_code(k, &list[i].name, item, 0x0040A043, err);
        st = st ? st : tomo__get_code(k, &list[i].unit, item, 0x004008EA, err);
    }
    return st;
}

/* Values of one item, in cells that have no place yet. */
static tomo_status read_texts(tomo__keep *k, tomo_sr_cell **cells, size_t *n, const tomo_dataset *ds, tomo_tag tag,
                              bool one, tomo_error *err)
{
    const char *text;
    tomo_status st = tomo__get_text(k, &text, ds, tag, err);
    *n = 0;
    if (st || !text)
        return st;
    size_t count = 1;
    for (const char *p = text; *p && !one; p++)
        count += *p == '\\';
    char *own = tomo__keep_bytes(k, strlen(text) + 1, 1);
    tomo_sr_cell *list = tomo__keep_bytes(k, count, sizeof *list);
    if (!own || !list)
        return tomo__no_memory(k->ctx, err, count * sizeof *list, "cells of a table");
    memcpy(own, text, strlen(text) + 1);
    for (*n = 0; *n < count; ++*n) {
        char *end = one ? NULL : strchr(own, '\\');
        list[*n] = (tomo_sr_cell){ .text = own, .number = NAN };
        if (!end)
            continue;
        *end = '\0';
        own = end + 1;
    }
    *cells = list;
    return TOMO_OK;
}

static tomo_status read_numbers(tomo__keep *k, tomo_sr_cell **cells, size_t *n, const tomo_dataset *ds, tomo_tag tag,
                                tomo_error *err)
{
    const double *numbers = NULL;
    tomo_status st = tomo__get_numbers(k, &numbers, n, ds, tag, err);
    if (st)
        return st;
    tomo_sr_cell *list = tomo__keep_bytes(k, *n, sizeof *list);
    if (!list)
        return tomo__no_memory(k->ctx, err, *n * sizeof *list, "cells of a table");
    for (size_t i = 0; i < *n; i++)
        list[i] = (tomo_sr_cell){ .number = numbers[i], .is_number = true };
    *cells = list;
    return TOMO_OK;
}

static tomo_status read_codes(tomo__keep *k, tomo_sr_cell **cells, size_t *n, const tomo_dataset *ds, tomo_tag tag,
                              tomo_error *err)
{
    tomo_status st = TOMO_OK;
    *n = tomo__items(ds, tag);
    tomo_sr_cell *list = tomo__keep_bytes(k, *n, sizeof *list);
    if (!list)
        return tomo__no_memory(k->ctx, err, *n * sizeof *list, "cells of a table");
    for (size_t i = 0; st == TOMO_OK && i < *n; i++) {
        const tomo_dataset *item = tomo_dataset_item(ds, tag, i);
        list[i].number = NAN;
        if (item)
            st = tomo__get_code_of(k, &list[i].code, item, err);
    }
    *cells = list;
    return st;
}

/* One item of Cell Values Sequence: a cell, or a row or column of them. */
static tomo_status read_cells(tomo__keep *k, tomo_sr_cell **cells, size_t *n, const tomo_dataset *item,
                              const tomo_sr_table *table, tomo_report *report, tomo_error *err)
{
    char vr[17] = "";
    int64_t row = 0, column = 0;
    size_t at = 0;
    tomo_dataset_text(item, 0x00720050, 0, vr, sizeof vr);
    const bool in_row = tomo_dataset_int(item, 0x0040A804, 0, &row);
    const bool in_column = tomo_dataset_int(item, 0x0040A805, 0, &column);
    *n = 0;
    while (at < TOMO__COUNT(values) && strcmp(values[at].vr, vr) != 0)
        at++;
    if (at == TOMO__COUNT(values)) {
        tomo__remark(report, "(0072,0050) of cells of a table is '%s', which is no value of a cell", vr);
        return TOMO_OK;
    }
    tomo_status st = at == CODES          ? read_codes(k, cells, n, item, values[at].tag, err)
                     : values[at].number ? read_numbers(k, cells, n, item, values[at].tag, err)
                                         : read_texts(k, cells, n, item, values[at].tag, is_one(vr), err);
    const int64_t last = in_row && in_column ? 1 : in_row ? table->columns : table->rows;
    if (st == TOMO_OK && (!in_row && !in_column ? *n > 0 : (int64_t)*n > last)) {
        tomo__remark(report, "%zu cells of a table have no place in it", in_row || in_column ? *n - (size_t)last : *n);
        *n = in_row || in_column ? (size_t)last : 0;
    }
    for (size_t i = 0; st == TOMO_OK && i < *n; i++) {
        (*cells)[i].row = in_row ? row : (int64_t)i + 1;
        (*cells)[i].column = in_column ? column : (int64_t)i + 1;
    }
    return st;
}

static int by_place(const void *va, const void *vb)
{
    const tomo_sr_cell *a = va, *b = vb;
    return a->row != b->row         ? (a->row < b->row ? -1 : 1)
           : a->column != b->column ? (a->column < b->column ? -1 : 1)
                                    : 0;
}

tomo_status tomo__sr_read_table(tomo__keep *k, const tomo_sr_table **out, const tomo_dataset *ds, tomo_report *report,
                                tomo_error *err)
{
    const tomo_dataset *top = tomo_dataset_item(ds, 0x0040A801, 0);
    tomo_sr_table *t = tomo__keep_bytes(k, 1, sizeof *t);
    tomo_sr_cell *all = NULL;
    size_t room = 0, n = 0;
    if (!t)
        return tomo__no_memory(k->ctx, err, sizeof *t, "a table");
    *out = t;
    if (!top)
        return TOMO_OK;
    tomo_dataset_int(top, 0x0040A802, 0, &t->rows);
    tomo_dataset_int(top, 0x0040A803, 0, &t->columns);
    t->rows = TOMO__MAX(t->rows, 0);
    t->columns = TOMO__MAX(t->columns, 0);
    tomo_status st = read_names(k, &t->row_names, &t->n_row_names, top, 0x0040A806, 0x0040A804, err);
    st = st ? st : read_names(k, &t->column_names, &t->n_column_names, top, 0x0040A807, 0x0040A805, err);
    const size_t items = tomo__items(top, 0x0040A808);
    for (size_t i = 0; st == TOMO_OK && i < items; i++) {
        const tomo_dataset *item = tomo_dataset_item(top, 0x0040A808, i);
        tomo_sr_cell *cells = NULL;
        size_t more = 0;
        if (item)
            st = read_cells(k, &cells, &more, item, t, report, err);
        if (st == TOMO_OK && n + more > room) {
            room = n + more + room / 2;
            tomo_sr_cell *larger = tomo__realloc(k->ctx, all, room * sizeof *all);
            if (!larger)
                st = tomo__no_memory(k->ctx, err, room * sizeof *all, "cells of a table");
            all = larger ? larger : all;
        }
        if (st == TOMO_OK && more)
            memcpy(all + n, cells, more * sizeof *all);
        n += st == TOMO_OK ? more : 0;
    }
    if (st == TOMO_OK && n) {
        tomo_sr_cell *kept = tomo__keep_bytes(k, n, sizeof *kept);
        qsort(all, n, sizeof *all, by_place);
        if (kept)
            memcpy(kept, all, n * sizeof *kept);
        t->cells = kept;
        t->n_cells = kept ? n : 0;
        st = kept ? TOMO_OK : tomo__no_memory(k->ctx, err, n * sizeof *kept, "cells of a table");
    }
    tomo__free(k->ctx, all);
    return st;
}

/* ---- showing --------------------------------------------------------------------------------------------------- */

static const char *name_of(const tomo_code *c) { return c->meaning && c->meaning[0] ? c->meaning : c->value; }

static void names_text(tomo__text *t, const char *what, const tomo_sr_table_name *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        tomo__text_fmt(t, "\n%s ", what);
        if (names[i].at > 0)
            tomo__text_fmt(t, "%lld ", (long long)names[i].at);
        tomo__text_str(t, name_of(&names[i].name) ? name_of(&names[i].name) : "without a name");
        if (names[i].unit.value)
            tomo__text_fmt(t, " (%s)", names[i].unit.value);
    }
}

/* A line a row; a cell that does not follow the one before is preceded by its column. */
void tomo__sr_table_text(tomo__text *t, const tomo_sr_table *table)
{
    char number[48];
    tomo__text_fmt(t, "%lld rows, %lld columns", (long long)table->rows, (long long)table->columns);
    names_text(t, "row", table->row_names, table->n_row_names);
    names_text(t, "column", table->column_names, table->n_column_names);
    for (size_t i = 0; i < table->n_cells; i++) {
        const tomo_sr_cell *c = &table->cells[i], *before = i ? c - 1 : NULL;
        const bool same_row = before && before->row == c->row;
        if (same_row)
            tomo__text_str(t, " | ");
        else
            tomo__text_fmt(t, "\n%lld: ", (long long)c->row);
        if (c->column != (same_row ? before->column + 1 : 1))
            tomo__text_fmt(t, "[%lld] ", (long long)c->column);
        if (c->is_number && isfinite(c->number)) {
            tomo__num_text(number, c->number);
            tomo__text_str(t, number);
        } else if (!c->is_number) {
            const char *text = c->text ? c->text : name_of(&c->code);
            tomo__text_str(t, text ? text : "");
        }
    }
}

static void names_json(tomo__json *j, const char *key, const char *at, const tomo_sr_table_name *names, size_t n)
{
    tomo__json_key(j, key);
    tomo__json_open(j, '[');
    for (size_t i = 0; i < n; i++) {
        tomo__json_open(j, '{');
        if (names[i].at > 0) {
            tomo__json_key(j, at);
            tomo__json_int(j, names[i].at);
        }
        tomo__json_code(j, "name", &names[i].name);
        tomo__json_code(j, "unit", &names[i].unit);
        tomo__json_close(j, '}');
    }
    tomo__json_close(j, ']');
}

void tomo__sr_table_json(tomo__json *j, const tomo_sr_table *table)
{
    tomo__json_key(j, "table");
    tomo__json_open(j, '{');
    tomo__json_key(j, "rows");
    tomo__json_int(j, table->rows);
    tomo__json_key(j, "columns");
    tomo__json_int(j, table->columns);
    names_json(j, "row_names", "row", table->row_names, table->n_row_names);
    names_json(j, "column_names", "column", table->column_names, table->n_column_names);
    tomo__json_key(j, "cells");
    tomo__json_open(j, '[');
    for (size_t i = 0; i < table->n_cells; i++) {
        const tomo_sr_cell *c = &table->cells[i];
        tomo__json_open(j, '{');
        tomo__json_key(j, "row");
        tomo__json_int(j, c->row);
        tomo__json_key(j, "column");
        tomo__json_int(j, c->column);
        if (c->is_number) {
            tomo__json_key(j, "number");
            tomo__json_num(j, c->number);
        }
        tomo__json_member(j, "text", c->text);
        tomo__json_code(j, "code", &c->code);
        tomo__json_close(j, '}');
    }
    tomo__json_close(j, ']');
    tomo__json_close(j, '}');
}
