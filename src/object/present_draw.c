/* present_draw.c - what is drawn on images: texts, shapes, compound graphics, layers (PS3.3 C.10.5, C.10.7). */
#include <math.h>

#include "object/present.h"

static uint32_t space_of(const tomo_dataset *item, tomo_tag tag)
{
    char units[17] = "";
    tomo_dataset_text(item, tag, 0, units, sizeof units);
    return strcmp(units, "DISPLAY") == 0  ? TOMO_GRAPHIC_IN_DISPLAY
           : strcmp(units, "MATRIX") == 0 ? TOMO_GRAPHIC_IN_MATRIX
                                          : TOMO_GRAPHIC_IN_IMAGE;
}

static bool is_yes(const tomo_dataset *item, tomo_tag tag)
{
    char word[17] = "";
    tomo_dataset_text(item, tag, 0, word, sizeof word);
    return strcmp(word, "Y") == 0;
}

static bool pair(const tomo_dataset *item, tomo_tag tag, double *to)
{
    return tomo_dataset_double(item, tag, 0, &to[0]) && tomo_dataset_double(item, tag, 1, &to[1]);
}

/* Color of a text or line style (PS3.3 tables C.10-5a, C.10-5b); of several, as for a graph, the first. */
static void read_style(const tomo_dataset *item, tomo_tag sequence, tomo_tag color, tomo_annotation *a)
{
    const tomo_dataset *style = tomo_dataset_item(item, sequence, 0);
    double thickness;
    int64_t v;
    if (!style)
        return;
    a->has_lab = tomo_dataset_values(style, color) == 3;
    for (size_t i = 0; a->has_lab && i < 3; i++)
        a->lab[i] = tomo_dataset_int(style, color, i, &v) ? (uint16_t)v : 0;
    if (tomo_dataset_double(style, 0x00700253, 0, &thickness) && isfinite(thickness) && thickness > 0)
        a->thickness = thickness;
}

static tomo_status read_text(tomo__present *p, const tomo_dataset *item, tomo_annotation *a, tomo_error *err)
{
    char align[17] = "";
    a->has_box = pair(item, 0x00700010, a->box) && pair(item, 0x00700011, a->box + 2);
    a->box_space = space_of(item, 0x00700003);
    a->has_anchor = pair(item, 0x00700014, a->anchor);
    a->anchor_space = space_of(item, 0x00700004);
    a->anchor_visible = is_yes(item, 0x00700015);
    tomo_dataset_text(item, 0x00700012, 0, align, sizeof align);
    read_style(item, 0x00700231, 0x00700241, a);
    a->align = align[0] == 'C' || align[0] == 'R' ? align[0] : 'L';
    if (!a->has_box && !a->has_anchor)
        tomo__remark(p->report, "(0070,0008): a text has neither a box nor an anchor");
    return tomo__get_text(&p->keep, &a->text, item, 0x00700006, err);
}

static tomo_status read_shape(tomo__present *p, const tomo_dataset *item, tomo_tag units, tomo_annotation *a,
                              tomo_error *err)
{
    char kind[17] = "";
    size_t n;
    tomo_graphic *s = &a->shape;
    tomo_status st = tomo__get_numbers(&p->keep, &s->at, &n, item, 0x00700022, err);
    s->points = n / 2;
    s->space = space_of(item, units);
    s->filled = is_yes(item, 0x00700024);
    read_style(item, 0x00700232, 0x00700251, a);
    tomo_dataset_text(item, 0x00700023, 0, kind, sizeof kind);
    for (uint32_t i = 1; i < TOMO_GRAPHIC_COUNT; i++)
        if (strcmp(tomo_graphic_name(i), kind) == 0)
            s->kind = i;
    return st;
}

static tomo_status read_graphic(tomo__present *p, const tomo_dataset *item, tomo_annotation *a, tomo_error *err)
{
    tomo_status st = read_shape(p, item, 0x00700005, a, err);
    if (st == TOMO_OK && a->shape.kind == TOMO_GRAPHIC_NONE)
        tomo__remark(p->report, "(0070,0023) Graphic Type of a graphic is none that Tomo knows");
    return st;
}

static tomo_status read_compound(tomo__present *p, const tomo_dataset *item, tomo_annotation *a, tomo_error *err)
{
    tomo_status st = read_shape(p, item, 0x00700282, a, err);
    a->shape.kind = a->shape.points > 1 ? TOMO_GRAPHIC_POLYLINE : TOMO_GRAPHIC_POINT;
    return st ? st : tomo__get_text(&p->keep, &a->compound, item, 0x00700294, err);
}

/* The texts, graphics and compound graphics of one item. */
static tomo_status read_item(tomo__present *p, const tomo_dataset *ds, tomo_annotation *list, size_t *n,
                             tomo_error *err)
{
    const struct {
        tomo_tag sequence;
        tomo_status (*read)(tomo__present *p, const tomo_dataset *item, tomo_annotation *a, tomo_error *err);
    } kinds[] = { { 0x00700009, read_graphic }, { 0x00700209, read_compound }, { 0x00700008, read_text } };
    tomo_annotation all = { .align = 'L' };
    const tomo_dataset *item;
    tomo_status st = tomo__present_images(p, &all.images, &all.n_images, ds, err);
    st = st ? st : tomo__get_text(&p->keep, &all.layer, ds, 0x00700002, err);
    for (size_t k = 0; k < TOMO__COUNT(kinds); k++)
        for (size_t i = 0; st == TOMO_OK && (item = tomo_dataset_item(ds, kinds[k].sequence, i)) != NULL; i++) {
            list[*n] = all;
            st = kinds[k].read(p, item, &list[(*n)++], err);
        }
    return st;
}

static tomo_status read_layers(tomo__present *p, const tomo_dataset *ds, tomo_error *err)
{
    const size_t n = tomo__items(ds, 0x00700060);
    tomo_presentation_layer *list = NULL;
    tomo_status st = tomo__keep_list(&p->keep, &list, n, sizeof *list, err);
    for (size_t i = 0; st == TOMO_OK && i < n; i++) {
        const tomo_dataset *item = tomo_dataset_item(ds, 0x00700060, i);
        tomo_presentation_layer *l = &list[i];
        int64_t v = 0;
        l->order = tomo_dataset_int(item, 0x00700062, 0, &v) && v >= INT32_MIN && v <= INT32_MAX ? (int32_t)v : 0;
        l->gray = tomo_dataset_int(item, 0x00700066, 0, &v) && v >= 0 && v <= 65535 ? (int32_t)v : -1;
        l->has_lab = tomo_dataset_values(item, 0x00700401) == 3;
        for (size_t k = 0; l->has_lab && k < 3; k++)
            l->lab[k] = tomo_dataset_int(item, 0x00700401, k, &v) ? (uint16_t)v : 0;
        st = tomo__get_text(&p->keep, &l->name, item, 0x00700002, err);
        st = st ? st : tomo__get_text(&p->keep, &l->description, item, 0x00700068, err);
    }
    p->is.layers = list;
    p->is.n_layers = n;
    return st;
}

tomo_status tomo__present_graphics(tomo__present *p, const tomo_dataset *ds, tomo_error *err)
{
    const tomo_dataset *item;
    size_t n = 0;
    for (size_t i = 0; (item = tomo_dataset_item(ds, 0x00700001, i)) != NULL; i++)
        n += tomo__items(item, 0x00700008) + tomo__items(item, 0x00700009) + tomo__items(item, 0x00700209);
    tomo_annotation *list = NULL;
    tomo_status st = tomo__keep_list(&p->keep, &list, n, sizeof *list, err);
    n = 0;
    for (size_t i = 0; st == TOMO_OK && (item = tomo_dataset_item(ds, 0x00700001, i)) != NULL; i++)
        st = read_item(p, item, list, &n, err);
    p->is.annotations = list;
    p->is.n_annotations = n;
    return st ? st : read_layers(p, ds, err);
}
