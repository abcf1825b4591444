/* ply.c - PLY files (Turk 1994) as text and in both byte orders. Vertices stay as they are; faces of more than three
 * corners become fans around their first one, which is right for convex ones. Everything else in the file is passed
 * over: colors, texture, elements of other names. */
#include <math.h>

#include "mesh/ply.h"

typedef struct reader {
    const mesh__file *f;
    ply_head h;
    mesh__words w; /* also the place in binary files */
    uint64_t n_vertices;
    mesh__array vertices, normals, triangles;
    uint64_t few; /* faces of less than three corners */
} reader;

static bool probe(const uint8_t *head, size_t n, uint64_t size)
{
    return n >= 5 && memcmp(head, "ply", 3) == 0 && (head[3] == '\n' || head[3] == '\r');
}

static double number_of(ply_type type, ply_order order, const uint8_t *p)
{
    const bool big = order == PLY_BIG;
    const uint16_t v16 = type == PLY_I16 || type == PLY_U16 ? (big ? tomo__be16(p) : tomo__le16(p)) : 0;
    const uint32_t v32 = type >= PLY_I32 && type <= PLY_F32 ? (big ? tomo__be32(p) : tomo__le32(p)) : 0;
    uint64_t v64;
    float f;
    double d;
    switch (type) {
    case PLY_I8:
        return (int8_t)p[0];
    case PLY_U8:
        return p[0];
    case PLY_I16:
        return (int16_t)v16;
    case PLY_U16:
        return v16;
    case PLY_I32:
        return (int32_t)v32;
    case PLY_U32:
        return v32;
    case PLY_F32:
        memcpy(&f, &v32, sizeof f);
        return (double)f;
    default:
        v64 = big ? tomo__be64(p) : tomo__le64(p);
        memcpy(&d, &v64, sizeof d);
        return d;
    }
}

static tomo_status cut_short(const reader *r, const ply_element *e, uint64_t row)
{
    return tomo__fail_at(r->f->err, TOMO_E_FORMAT, (int64_t)r->f->size, "%.100s: cut short in element %s %llu of %llu",
                         r->f->name, e->name, (unsigned long long)row, (unsigned long long)e->rows);
}

static tomo_status next_number(reader *r, ply_type type, double *out, const ply_element *e, uint64_t row)
{
    if (r->h.order == PLY_TEXT) {
        char text[32];
        const char *word;
        const size_t n = mesh__word(&r->w, &word);
        if (n == 0)
            return cut_short(r, e, row);
        if (mesh__decimal(&r->w, word, n, out))
            return TOMO_OK;
        return tomo__fail_at(r->f->err, TOMO_E_FORMAT, (const uint8_t *)word - r->f->data,
                             "%.100s: %s in element %s %llu, expected a number", r->f->name,
                             mesh__quoted(text, word, n), e->name, (unsigned long long)row);
    }
    const size_t size = ply__size(type);
    if ((size_t)(r->w.end - r->w.at) < size)
        return cut_short(r, e, row);
    *out = number_of(type, r->h.order, r->w.at);
    r->w.at += size;
    return TOMO_OK;
}

/* The k-th corner of a face: from the third on there is a triangle. fan: first corner and the one before. */
static tomo_status put_corner(reader *r, double v, uint64_t k, uint32_t fan[2], uint64_t row)
{
    void *to;
    if (!(v >= 0 && v < (double)r->n_vertices && v == floor(v)))
        return tomo__fail_at(r->f->err, TOMO_E_FORMAT, r->w.at - r->f->data,
                             "%.100s: face %llu names vertex %g of %llu", r->f->name, (unsigned long long)row, v,
                             (unsigned long long)r->n_vertices);
    if (k >= 2) {
        const tomo_status st = mesh__array_push(r->f, &r->triangles, &to);
        if (st)
            return st;
        memcpy(to, (const uint32_t[]){ fan[0], fan[1], (uint32_t)v }, 3 * sizeof(uint32_t));
    }
    fan[k > 0] = (uint32_t)v;
    return TOMO_OK;
}

static tomo_status read_list(reader *r, const ply_property *p, const ply_element *e, uint64_t row)
{
    double n = 0, v = 0;
    uint32_t fan[2] = { 0, 0 };
    tomo_status st = next_number(r, p->count, &n, e, row);
    if (!st && !(n >= 0 && n == floor(n) && n <= UINT32_MAX))
        st = tomo__fail_at(r->f->err, TOMO_E_FORMAT, r->w.at - r->f->data,
                           "%.100s: a list of %g numbers in element %s "
                           "%llu",
                           r->f->name, n, e->name, (unsigned long long)row);
    for (uint64_t k = 0; !st && k < (uint64_t)n; k++) {
        st = next_number(r, p->type, &v, e, row);
        if (!st && p->role == PLY_CORNERS)
            st = put_corner(r, v, k, fan, row);
    }
    r->few += p->role == PLY_CORNERS && n < 3;
    return st;
}

static tomo_status put_vertex(reader *r, const ply_element *e, const double v[6], uint64_t row)
{
    void *to;
    tomo_status st = mesh__array_push(r->f, &r->vertices, &to);
    for (int k = 0; k < 3 && !st; k++)
        if (!mesh__coordinate((float *)to + k, v[k]))
            return tomo__fail_at(r->f->err, TOMO_E_FORMAT, r->w.at - r->f->data,
                                 "%.100s: vertex %llu has a coordinate of %g, expected a number that float32 holds",
                                 r->f->name, (unsigned long long)row, v[k]);
    if (st || !r->normals.buffer)
        return st;
    if ((st = mesh__array_push(r->f, &r->normals, &to)) != TOMO_OK)
        return st;
    for (int k = 0; k < 3; k++)
        ((float *)to)[k] = (float)v[3 + k];
    return TOMO_OK;
}

static tomo_status read_rows(reader *r, const ply_element *e)
{
    tomo_status st = TOMO_OK;
    for (uint64_t row = 0; e->n && row < e->rows && !st; row++) { /* rows without properties hold nothing */
        double v[6] = { 0 }, other;
        for (uint32_t i = 0; i < e->n && !st; i++) {
            const ply_property *p = &r->h.property[e->first + i];
            st = p->count != PLY_NONE ? read_list(r, p, e, row)
                                      : next_number(r, p->type, p->role < PLY_OTHER ? &v[p->role] : &other, e, row);
        }
        if (!st && e->what == PLY_VERTEX)
            st = put_vertex(r, e, v, row);
        if (!st && (row & 0x3fff) == 0)
            st = tomo__job_step(r->f->job, (double)(r->w.at - r->f->data) / (double)r->f->size, r->f->err);
    }
    return st;
}

/* A mesh's normals have length 1 (mesh.h); what a file calls so but is not is left out. */
static bool are_units(const tomo_buffer *normals)
{
    const float *n = tomo_buffer_data(normals);
    for (size_t i = 0; i < tomo_buffer_size(normals) / 12; i++, n += 3) {
        const double length = sqrt((double)n[0] * n[0] + (double)n[1] * n[1] + (double)n[2] * n[2]);
        if (!(fabs(length - 1) < 1e-3))
            return false;
    }
    return true;
}

static tomo_status finish(reader *r, tomo_mesh **out)
{
    const mesh__file *f = r->f;
    tomo_buffer *v = NULL, *n = NULL, *t = NULL;
    tomo_status st = mesh__array_finish(f, &r->vertices, &v);
    if (!st && r->normals.buffer)
        st = mesh__array_finish(f, &r->normals, &n);
    if (!st)
        st = mesh__array_finish(f, &r->triangles, &t);
    if (!st && n && !are_units(n)) {
        tomo__remark(f->report, "%.100s: its normals are not of length 1: left out", f->name);
        tomo_buffer_free(n);
        n = NULL;
    }
    if (!st && r->h.ras) {
        mesh__ras_to_lps(f, v, true);
        if (n)
            mesh__ras_to_lps(f, n, false);
    }
    if (!st)
        st = tomo__mesh_adopt(f->ctx, out, v, n, t, f->err);
    if (st) {
        tomo_buffer_free(v);
        tomo_buffer_free(n);
        tomo_buffer_free(t);
    }
    return st;
}

static tomo_status read_body(reader *r, tomo_mesh **out)
{
    const mesh__file *f = r->f;
    tomo_status st = TOMO_OK;
    bool faces = false;
    size_t room = 0;
    for (uint32_t i = 0; i < r->h.n_elements; i++) {
        const ply_element *e = &r->h.element[i];
        if (e->what == PLY_VERTEX && (e->roles & 0x38) == 0x38)
            st = mesh__array_new(f, &r->normals, (size_t)e->rows);
        if (e->what == PLY_VERTEX)
            r->n_vertices = e->rows;
        if (e->what == PLY_FACE)
            room = (size_t)e->rows;
        faces |= e->what == PLY_FACE;
    }
    st = st ? st : mesh__array_new(f, &r->vertices, (size_t)r->n_vertices);
    st = st ? st : mesh__array_new(f, &r->triangles, room);
    for (uint32_t i = 0; i < r->h.n_elements && !st; i++) {
        if (!faces && strcmp(r->h.element[i].name, "tristrips") == 0)
            return tomo__fail(f->err, TOMO_E_UNSUPPORTED, "%.100s: triangle strips, Tomo reads faces", f->name);
        st = read_rows(r, &r->h.element[i]);
    }
    if (st)
        return st;
    if (!faces)
        tomo__remark(f->report, "%.100s: vertices without faces", f->name);
    if (r->few)
        tomo__remark(f->report, "%.100s: %llu faces of less than three corners are left out", f->name,
                     (unsigned long long)r->few);
    const char *word;
    if (r->h.order == PLY_TEXT ? mesh__word(&r->w, &word) > 0 : r->w.at < r->w.end)
        tomo__remark(f->report, "%.100s: more bytes follow the last element", f->name);
    return finish(r, out);
}

static tomo_status read_ply(const mesh__file *f, tomo_mesh **out)
{
    reader *r = TOMO__ARRAY(f->ctx, 1, reader);
    if (!r)
        return tomo__no_memory(f->ctx, f->err, sizeof *r, "reading a PLY file");
    r->f = f;
    tomo_status st = tomo__job_step(f->job, 0, f->err);
    if (!st)
        st = ply__read_head(f, &r->h);
    if (!st) {
        r->w = (mesh__words){ f->data + r->h.body, f->data + f->size, newlocale(LC_ALL_MASK, "C", (locale_t)0) };
        st = r->w.c ? read_body(r, out) : tomo__fail(f->err, TOMO_E_NOMEM, "no memory to read numbers of text");
        if (r->w.c)
            freelocale(r->w.c);
    }
    tomo_buffer_free(r->vertices.buffer);
    tomo_buffer_free(r->normals.buffer);
    tomo_buffer_free(r->triangles.buffer);
    tomo__free(f->ctx, r);
    return st;
}

const mesh__format mesh__ply = { "ply", probe, read_ply };
