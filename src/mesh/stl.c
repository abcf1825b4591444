/* stl.c - STL files, binary and text (3D Systems 1989): loose triangles, whose corners are joined where they lie on the
 * same point. Normals of the file are not taken: the order of the corners says what is outside. */
#include <strings.h>

#include "mesh/read.h"

enum { HEAD = 84, RECORD = 50 }; /* bytes: text and count; normal, three corners, attribute */

static bool starts_solid(const uint8_t *data, size_t n, size_t *after)
{
    size_t i = 0;
    while (i < n && (data[i] == ' ' || (data[i] >= '\t' && data[i] <= '\r')))
        i++;
    *after = i + 5;
    return n >= i + 6 && strncasecmp((const char *)data + i, "solid", 5) == 0 &&
           (data[i + 5] == ' ' || (data[i + 5] >= '\t' && data[i + 5] <= '\r'));
}

/* Exactly the triangles that the count promises. Some programs begin the 80 bytes of text with "solid" as well. */
static bool is_binary(const uint8_t *data, uint64_t size)
{
    return size >= HEAD && size - HEAD == (uint64_t)tomo__le32(data + 80) * RECORD;
}

static bool probe(const uint8_t *head, size_t n, uint64_t size)
{
    size_t at;
    if (n >= HEAD && is_binary(head, size))
        return tomo__le32(head + 80) > 0; /* 84 bytes of anything are no sign */
    if (!starts_solid(head, n, &at))
        return false;
    for (; at + 5 <= n; at++)
        if (strncasecmp((const char *)head + at, "facet", 5) == 0 ||
            (at + 8 <= n && strncasecmp((const char *)head + at, "endsolid", 8) == 0))
            return true;
    return false;
}

/* ---- binary -------------------------------------------------------------------------------------------------------
 */

static tomo_status put_corner(const mesh__file *f, mesh__array *points, const double p[3], size_t triangle,
                              size_t offset)
{
    void *to;
    const tomo_status st = mesh__array_push(f, points, &to);
    for (int k = 0; k < 3 && !st; k++)
        if (!mesh__coordinate((float *)to + k, p[k]))
            return tomo__fail_at(f->err, TOMO_E_FORMAT, (int64_t)offset,
                                 "%.100s: triangle %zu has a coordinate of %g, expected a number", f->name, triangle,
                                 p[k]);
    return st;
}

static tomo_status read_binary(const mesh__file *f, mesh__array *points, bool *ras)
{
    if (f->size < HEAD)
        return tomo__fail_at(f->err, TOMO_E_FORMAT, (int64_t)f->size,
                             "%.100s: cut short, an STL file has at least 84 "
                             "bytes, this one %zu",
                             f->name, f->size);
    const uint32_t n = tomo__le32(f->data + 80);
    if ((f->size - HEAD) / RECORD < n)
        return tomo__fail_at(f->err, TOMO_E_FORMAT, 80, "%.100s: %lu triangles promised, there are bytes for %zu",
                             f->name, (unsigned long)n, (f->size - HEAD) / RECORD);
    if (n > TOMO__MESH_MOST / 3)
        return tomo__fail(f->err, TOMO_E_LIMIT, "%.100s: %lu triangles, at most 715827882 of an STL file are joined",
                          f->name, (unsigned long)n);
    if (f->size - HEAD != (size_t)n * RECORD)
        tomo__remark(f->report, "%.100s: %zu bytes after the last triangle", f->name,
                     f->size - HEAD - (size_t)n * RECORD);
    *ras = mesh__says_ras(f->data, 80);
    tomo_status st = mesh__array_new(f, points, 3 * (size_t)n);
    for (size_t i = 0; i < 3 * (size_t)n && !st; i++) {
        const size_t at = HEAD + i / 3 * RECORD + 12 + i % 3 * 12;
        double p[3];
        for (int k = 0; k < 3; k++) {
            const uint32_t bits = tomo__le32(f->data + at + 4 * (size_t)k);
            float v;
            memcpy(&v, &bits, sizeof v);
            p[k] = (double)v;
        }
        st = put_corner(f, points, p, i / 3, at);
        if (!st && (i & 0xffff) == 0)
            st = tomo__job_step(f->job, 0.5 * (double)i / (3.0 * n), f->err);
    }
    return st;
}

/* ---- text ---------------------------------------------------------------------------------------------------------
 */

static void skip_line(mesh__words *w)
{
    while (w->at < w->end && *w->at != '\n' && *w->at != '\r')
        w->at++;
}

static tomo_status unexpected(const mesh__file *f, const char *word, size_t n, const char *want)
{
    char text[32];
    return tomo__fail_at(f->err, TOMO_E_FORMAT, (const uint8_t *)word - f->data, "%.100s: %s found, expected %s",
                         f->name, mesh__quoted(text, word, n), want);
}

static tomo_status expect(const mesh__file *f, mesh__words *w, const char *want)
{
    const char *word;
    const size_t n = mesh__word(w, &word);
    return mesh__is(word, n, want) ? TOMO_OK : unexpected(f, word, n, want);
}

/* What follows the word facet. Normals may be anything, "nan" too: they are not taken. */
static tomo_status read_facet(const mesh__file *f, mesh__words *w, mesh__array *points)
{
    const char *word;
    tomo_status st = expect(f, w, "normal");
    for (int k = 0; k < 3; k++)
        mesh__word(w, &word);
    st = st ? st : expect(f, w, "outer");
    st = st ? st : expect(f, w, "loop");
    for (int corner = 0; corner < 3 && !st; corner++) {
        double p[3] = { 0, 0, 0 };
        st = expect(f, w, "vertex");
        for (int k = 0; k < 3 && !st; k++) {
            const size_t n = mesh__word(w, &word);
            if (!mesh__decimal(w, word, n, &p[k]))
                st = unexpected(f, word, n, "a coordinate");
        }
        if (!st)
            st = put_corner(f, points, p, points->used / 3, (size_t)(w->at - f->data));
    }
    st = st ? st : expect(f, w, "endloop");
    return st ? st : expect(f, w, "endfacet");
}

/* Several solids in one file are one mesh. */
static tomo_status read_text(const mesh__file *f, mesh__array *points, mesh__words *w, bool *ras)
{
    size_t solids = 0;
    bool inside = false;
    tomo_status st = mesh__array_new(f, points, 0);
    while (!st) {
        const char *word;
        const size_t n = mesh__word(w, &word);
        if (inside && mesh__is(word, n, "facet")) {
            st = read_facet(f, w, points);
            if (!st && points->used > TOMO__MESH_MOST - 3)
                st = tomo__fail(f->err, TOMO_E_LIMIT, "%.100s: too many triangles for one mesh", f->name);
            if (!st && points->used % (3 * 4096) == 0)
                st = tomo__job_step(f->job, 0.5 * (double)(w->at - f->data) / (double)f->size, f->err);
        } else if (!inside && mesh__is(word, n, "solid")) {
            skip_line(w);
            *ras |= mesh__says_ras((const uint8_t *)word, (size_t)(w->at - (const uint8_t *)word));
            inside = true;
            solids++;
        } else if (inside && mesh__is(word, n, "endsolid")) {
            skip_line(w);
            inside = false;
        } else if (inside) {
            st = unexpected(f, word, n, "facet or endsolid");
        } else if (n == 0) {
            break;
        } else {
            st = unexpected(f, word, n, "solid or the end of the file");
        }
    }
    if (!st && solids > 1)
        tomo__remark(f->report, "%.100s: %zu solids are read as one mesh", f->name, solids);
    return st;
}

static tomo_status read_stl(const mesh__file *f, tomo_mesh **out)
{
    mesh__array points = { NULL, 0 };
    tomo_buffer *vertices = NULL, *triangles = NULL;
    size_t after;
    bool ras = false;
    tomo_status st = tomo__job_step(f->job, 0, f->err);
    if (!st && starts_solid(f->data, f->size, &after) && !(f->size >= HEAD && is_binary(f->data, f->size))) {
        mesh__words w = { f->data, f->data + f->size, newlocale(LC_ALL_MASK, "C", (locale_t)0) };
        st = w.c ? read_text(f, &points, &w, &ras)
                 : tomo__fail(f->err, TOMO_E_NOMEM, "no memory to read numbers of text");
        if (w.c)
            freelocale(w.c);
    } else if (!st) {
        st = read_binary(f, &points, &ras);
    }
    if (!st)
        st = mesh__weld(f, &points, &vertices, &triangles);
    if (!st && ras)
        mesh__ras_to_lps(f, vertices, true);
    if (!st)
        st = tomo__mesh_adopt(f->ctx, out, vertices, NULL, triangles, f->err);
    if (st) {
        tomo_buffer_free(points.buffer);
        tomo_buffer_free(vertices);
        tomo_buffer_free(triangles);
    }
    return st;
}

const mesh__format mesh__stl = { "stl", probe, read_stl };
