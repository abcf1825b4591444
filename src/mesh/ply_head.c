/* ply_head.c - the text at the start of a PLY file (Turk 1994): which elements follow, with which properties. */
#include "mesh/ply.h"

static const struct {
    const char *name[2];
    ply_type type;
    uint8_t size;
} types[] = {
    { { "char", "int8" }, PLY_I8, 1 },      { { "uchar", "uint8" }, PLY_U8, 1 },
    { { "short", "int16" }, PLY_I16, 2 },   { { "ushort", "uint16" }, PLY_U16, 2 },
    { { "int", "int32" }, PLY_I32, 4 },     { { "uint", "uint32" }, PLY_U32, 4 },
    { { "float", "float32" }, PLY_F32, 4 }, { { "double", "float64" }, PLY_F64, 8 },
};

size_t ply__size(ply_type type)
{
    for (size_t i = 0; i < TOMO__COUNT(types); i++)
        if (types[i].type == type)
            return types[i].size;
    return 0;
}

/* One line of the header as words. */
typedef struct line {
    const char *word[6];
    size_t n[6];
    int words;
    size_t at; /* offset, for messages */
} line;

static bool is(const line *l, int i, const char *want)
{
    return i < l->words && l->n[i] == strlen(want) && memcmp(l->word[i], want, l->n[i]) == 0;
}

static tomo_status wrong(const mesh__file *f, const line *l, int i, const char *want)
{
    char text[32];
    const bool there = i < l->words;
    return tomo__fail_at(f->err, TOMO_E_FORMAT, (int64_t)l->at, "%.100s: %s in the PLY header, expected %s", f->name,
                         there ? mesh__quoted(text, l->word[i], l->n[i]) : "the end of a line", want);
}

static ply_type type_of(const line *l, int i)
{
    for (size_t k = 0; k < TOMO__COUNT(types); k++)
        if (is(l, i, types[k].name[0]) || is(l, i, types[k].name[1]))
            return types[k].type;
    return PLY_NONE;
}

/* The next line; false if the file ends before one. *start: its whole text. */
static bool next_line(const mesh__file *f, size_t *at, char end, line *l, const uint8_t **start, size_t *length)
{
    const uint8_t *stop = memchr(f->data + *at, end, f->size - *at);
    if (!stop)
        return false;
    mesh__words w = { f->data + *at, stop, (locale_t)0 };
    *start = w.at;
    *length = (size_t)(stop - w.at);
    l->at = *at;
    for (l->words = 0; l->words < 6 && (l->n[l->words] = mesh__word(&w, &l->word[l->words])) > 0;)
        l->words++;
    *at = (size_t)(stop - f->data) + 1;
    return true;
}

static tomo_status read_format(const mesh__file *f, ply_head *h, const line *l)
{
    static const char *const orders[] = { "ascii", "binary_little_endian", "binary_big_endian" };
    for (int i = 0; i < 3; i++)
        if (is(l, 1, orders[i])) {
            h->order = (ply_order)i;
            return is(l, 2, "1.0") ? TOMO_OK : wrong(f, l, 2, "version 1.0");
        }
    return wrong(f, l, 1, "ascii, binary_little_endian or binary_big_endian");
}

static tomo_status read_element(const mesh__file *f, ply_head *h, const line *l)
{
    if (h->n_elements == PLY_MOST_ELEMENTS)
        return tomo__fail_at(f->err, TOMO_E_LIMIT, (int64_t)l->at, "%.100s: more than %d kinds of elements", f->name,
                             PLY_MOST_ELEMENTS);
    ply_element *e = &h->element[h->n_elements];
    *e = (ply_element){ .what = PLY_ELSE, .first = h->n_properties };
    if (l->words < 3 || l->n[1] >= sizeof e->name)
        return wrong(f, l, l->words < 3 ? l->words : 1, "the name and the number of elements");
    memcpy(e->name, l->word[1], l->n[1]);
    for (size_t i = 0; i < l->n[2]; i++) {
        if (l->word[2][i] < '0' || l->word[2][i] > '9' || e->rows > UINT64_MAX / 20)
            return wrong(f, l, 2, "a number of elements");
        e->rows = e->rows * 10 + (uint64_t)(l->word[2][i] - '0');
    }
    e->what = strcmp(e->name, "vertex") == 0 ? PLY_VERTEX : strcmp(e->name, "face") == 0 ? PLY_FACE : PLY_ELSE;
    for (uint32_t i = 0; i < h->n_elements; i++)
        if (strcmp(h->element[i].name, e->name) == 0)
            return wrong(f, l, 1, "each kind of elements once");
    h->n_elements++;
    return TOMO_OK;
}

static ply_role role_of(ply_what what, const line *l, int name)
{
    static const char *const vertex[] = { "x", "y", "z", "nx", "ny", "nz" };
    for (int i = 0; i < 6 && what == PLY_VERTEX; i++)
        if (is(l, name, vertex[i]))
            return (ply_role)i;
    if (what == PLY_FACE && (is(l, name, "vertex_indices") || is(l, name, "vertex_index")))
        return PLY_CORNERS;
    return PLY_OTHER;
}

static tomo_status read_property(const mesh__file *f, ply_head *h, const line *l)
{
    if (!h->n_elements)
        return wrong(f, l, 0, "an element before its properties");
    if (h->n_properties == PLY_MOST_PROPERTIES)
        return tomo__fail_at(f->err, TOMO_E_LIMIT, (int64_t)l->at, "%.100s: more than %d properties", f->name,
                             PLY_MOST_PROPERTIES);
    const bool list = is(l, 1, "list");
    const int at = list ? 3 : 1; /* of the type */
    ply_element *e = &h->element[h->n_elements - 1];
    ply_property *p = &h->property[h->n_properties];
    p->count = list ? type_of(l, 2) : PLY_NONE;
    p->type = type_of(l, at);
    if (list && (p->count == PLY_NONE || p->count >= PLY_F32))
        return wrong(f, l, 2, "a type of whole numbers");
    if (p->type == PLY_NONE || at + 1 >= l->words)
        return wrong(f, l, p->type == PLY_NONE ? at : at + 1, p->type == PLY_NONE ? "a type" : "a name");
    p->role = role_of(e->what, l, at + 1);
    if (p->role != PLY_OTHER && (list != (p->role == PLY_CORNERS) || e->roles & 1u << p->role ||
                                 (p->role == PLY_CORNERS && p->type >= PLY_F32)))
        return wrong(f, l, at + 1, "coordinates as single numbers, corners as a list of whole ones, each once");
    if (p->role != PLY_OTHER)
        e->roles |= 1u << p->role;
    e->least += h->order == PLY_TEXT ? 2 : ply__size(list ? p->count : p->type); /* text: a digit and a space */
    e->n++;
    h->n_properties++;
    return TOMO_OK;
}

/* Is there a mesh in it, and are there bytes for as many rows as are promised? */
static tomo_status check_head(const mesh__file *f, const ply_head *h)
{
    const ply_element *vertex = NULL;
    const size_t have = f->size - h->body + (h->order == PLY_TEXT); /* the last word needs no space after it */
    for (uint32_t i = 0; i < h->n_elements; i++) {
        const ply_element *e = &h->element[i];
        if (e->what == PLY_VERTEX)
            vertex = e;
        if (e->what != PLY_ELSE && e->rows > TOMO__MESH_MOST)
            return tomo__fail(f->err, TOMO_E_LIMIT, "%.100s: %llu of element %s, at most 2147483647", f->name,
                              (unsigned long long)e->rows, e->name);
        if (e->least && e->rows > have / e->least)
            return tomo__fail_at(f->err, TOMO_E_FORMAT, (int64_t)f->size,
                                 "%.100s: %llu of element %s promised, there "
                                 "are bytes for at most %zu",
                                 f->name, (unsigned long long)e->rows, e->name, have / e->least);
        if (e->what == PLY_FACE && e->rows && !(e->roles & 1u << PLY_CORNERS))
            return tomo__fail(f->err, TOMO_E_UNSUPPORTED, "%.100s: faces without a list vertex_indices", f->name);
    }
    if (!vertex || (vertex->roles & 7) != 7)
        return tomo__fail(f->err, TOMO_E_FORMAT, "%.100s: no vertices with x, y and z in the PLY header", f->name);
    return TOMO_OK;
}

tomo_status ply__read_head(const mesh__file *f, ply_head *h)
{
    size_t at = 4, length = 0;
    const uint8_t *text = NULL;
    line l = { .words = 0 };
    bool format = false;
    *h = (ply_head){ .order = PLY_TEXT };
    if (f->size < 5 || memcmp(f->data, "ply", 3) != 0 || (f->data[3] != '\n' && f->data[3] != '\r'))
        return tomo__fail_at(f->err, TOMO_E_FORMAT, 0, "%.100s: does not begin with the line 'ply'", f->name);
    /* Lines end in \n, in \r\n (their \r is white space then), or, in old files, in \r. */
    const char end = f->data[3] == '\r' && f->data[4] != '\n' ? '\r' : '\n';
    at += f->data[3] == '\r' && end == '\n';
    for (;;) {
        tomo_status st = TOMO_OK;
        if (!next_line(f, &at, end, &l, &text, &length))
            return tomo__fail_at(f->err, TOMO_E_FORMAT, (int64_t)f->size, "%.100s: no end_header in the PLY header",
                                 f->name);
        if (is(&l, 0, "end_header"))
            break;
        if (is(&l, 0, "format")) {
            st = format ? wrong(f, &l, 0, "one line 'format'") : read_format(f, h, &l);
            format = true;
        } else if (is(&l, 0, "comment") || is(&l, 0, "obj_info")) {
            h->ras |= mesh__says_ras(text, length);
        } else if (l.words && !format) {
            st = wrong(f, &l, 0, "the line 'format'"); /* its order decides how large rows are */
        } else if (is(&l, 0, "element")) {
            st = read_element(f, h, &l);
        } else if (is(&l, 0, "property")) {
            st = read_property(f, h, &l);
        } else if (l.words) {
            st = wrong(f, &l, 0, "element, property or end_header");
        }
        if (st)
            return st;
    }
    h->body = at;
    return format ? check_head(f, h) : wrong(f, &l, 0, "the line 'format'");
}
