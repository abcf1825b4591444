/* frames_facts.c - what several kinds of objects say alike: grid, codes, references, real world values. */
#include "object/frames.h"

void tomo__json_code_of(tomo__json *json, const char *key, const tomo_dataset *ds, tomo_tag sequence, size_t i)
{
    const tomo_dataset *item = tomo_dataset_item(ds, sequence, i);
    tomo_element e;
    if (!item)
        return;
    tomo__json_key(json, key);
    tomo__json_open(json, '{');
    const bool is_long = tomo_dataset_find(item, "00080119", &e, NULL) == TOMO_OK; /* Long Code Value, PS3.3 8.8 */
    tomo__fact_text(json, "value", item, is_long ? 0x00080119u : 0x00080100u);
    tomo__fact_text(json, "scheme", item, 0x00080102);
    tomo__fact_text(json, "meaning", item, 0x00080104);
    tomo__json_close(json, '}');
}

void tomo__json_grid(tomo__json *json, const tomo__frames *f)
{
    const double size[3] = { (double)f->grid.size[0], (double)f->grid.size[1], (double)f->grid.size[2] };
    tomo__json_key(json, "frames");
    tomo__json_int(json, f->n);
    tomo__json_key(json, "rows");
    tomo__json_int(json, f->info.frame.rows);
    tomo__json_key(json, "columns");
    tomo__json_int(json, f->info.frame.columns);
    tomo__json_key(json, "tiled");
    tomo__json_bool(json, f->tiled);
    tomo__json_key(json, "size");
    tomo__json_nums(json, size, 3);
    tomo__json_key(json, "spacing");
    tomo__json_nums(json, f->grid.spacing, 3);
    if (!f->placed)
        return;
    tomo__json_key(json, "origin");
    tomo__json_nums(json, f->grid.origin, 3);
    tomo__json_key(json, "direction");
    tomo__json_nums(json, f->grid.direction, 9);
}

void tomo__json_references(tomo__json *json, const tomo_dataset *ds)
{
    tomo__json_key(json, "references");
    tomo__json_open(json, '[');
    for (size_t i = 0; tomo_dataset_item(ds, 0x00081115, i); i++) {
        const tomo_dataset *series = tomo_dataset_item(ds, 0x00081115, i);
        tomo_element e;
        tomo__json_open(json, '{');
        tomo__fact_text(json, "series", series, 0x0020000E);
        if (tomo_dataset_find(series, "0008114A", &e, NULL) == TOMO_OK && e.is_sequence) {
            tomo__json_key(json, "instances");
            tomo__json_int(json, e.items);
        }
        tomo__json_close(json, '}');
    }
    tomo__json_close(json, ']');
}

/* The other tag where the first has no number. */
static void number_of(tomo__json *json, const char *key, const tomo_dataset *ds, tomo_tag tag, tomo_tag other)
{
    double v;
    tomo__fact_num(json, key, ds, tomo_dataset_double(ds, tag, 0, &v) ? tag : other);
}

void tomo__json_mappings(tomo__json *json, const char *key, const tomo_dataset *ds)
{
    tomo__json_key(json, key);
    tomo__json_open(json, '[');
    for (size_t i = 0; ds && tomo_dataset_item(ds, 0x00409096, i); i++) {
        const tomo_dataset *m = tomo_dataset_item(ds, 0x00409096, i);
        tomo__json_open(json, '{');
        tomo__fact_text(json, "label", m, 0x00409210);
        tomo__fact_text(json, "explanation", m, 0x00283003);
        number_of(json, "first", m, 0x00409216, 0x00409214);
        number_of(json, "last", m, 0x00409211, 0x00409213);
        tomo__fact_num(json, "slope", m, 0x00409225);
        tomo__fact_num(json, "intercept", m, 0x00409224);
        if (tomo_dataset_values(m, 0x00409212)) {
            tomo__json_key(json, "table");
            tomo__json_int(json, (int64_t)tomo_dataset_values(m, 0x00409212));
        }
        tomo__json_code_of(json, "units", m, 0x004008EA, 0);
        tomo__json_key(json, "quantities");
        tomo__json_open(json, '[');
        for (size_t q = 0; tomo_dataset_item(m, 0x00409220, q); q++) {
            const tomo_dataset *item = tomo_dataset_item(m, 0x00409220, q);
            tomo__json_open(json, '{');
            tomo__json_code_of(json, "concept", item, 0x0040A043, 0);
            tomo__json_code_of(json, "code", item, 0x0040A168, 0);
            tomo__fact_text(json, "text", item, 0x0040A160);
            tomo__fact_num(json, "number", item, 0x0040A30A);
            tomo__json_close(json, '}');
        }
        tomo__json_close(json, ']');
        tomo__json_close(json, '}');
    }
    tomo__json_close(json, ']');
}
