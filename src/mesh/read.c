/* read.c - arrays that grow with a file, words and numbers of text files, coordinates. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "mesh/read.h"

enum { ELEMENT = 12 }; /* bytes of three floats or three vertex numbers */

tomo_status mesh__array_new(const mesh__file *f, mesh__array *a, size_t room)
{
    size_t bytes;
    a->used = 0;
    if (!tomo__mul(room, ELEMENT, &bytes))
        return tomo__fail(f->err, TOMO_E_LIMIT, "%.100s: %zu elements pass 64 bits", f->name, room);
    return tomo_buffer_new(f->ctx, &a->buffer, bytes, f->err);
}

static tomo_status resize(const mesh__file *f, mesh__array *a, size_t room)
{
    mesh__array larger = { NULL, 0 };
    const tomo_status st = mesh__array_new(f, &larger, room);
    if (st)
        return st;
    memcpy(tomo_buffer_data_mut(larger.buffer), tomo_buffer_data(a->buffer), a->used * ELEMENT);
    tomo_buffer_free(a->buffer);
    a->buffer = larger.buffer;
    return TOMO_OK;
}

tomo_status mesh__array_push(const mesh__file *f, mesh__array *a, void **to)
{
    const size_t room = tomo_buffer_size(a->buffer) / ELEMENT;
    if (a->used == TOMO__MESH_MOST)
        return tomo__fail(f->err, TOMO_E_LIMIT, "%.100s: more than 2147483647 vertices or triangles", f->name);
    if (a->used == room) {
        const tomo_status st = resize(f, a, TOMO__MIN(TOMO__MAX(2 * room, (size_t)1024), TOMO__MESH_MOST));
        if (st)
            return st;
    }
    *to = (uint8_t *)tomo_buffer_data_mut(a->buffer) + ELEMENT * a->used++;
    return TOMO_OK;
}

tomo_status mesh__array_finish(const mesh__file *f, mesh__array *a, tomo_buffer **out)
{
    tomo_status st = TOMO_OK;
    if (a->used * ELEMENT != tomo_buffer_size(a->buffer))
        st = resize(f, a, a->used);
    if (st)
        tomo_buffer_free(a->buffer);
    else
        *out = a->buffer;
    *a = (mesh__array){ NULL, 0 };
    return st;
}

/* ---- text ---------------------------------------------------------------------------------------------------------
 */

static bool is_space(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

size_t mesh__word(mesh__words *w, const char **word)
{
    while (w->at < w->end && is_space(*w->at))
        w->at++;
    *word = (const char *)w->at;
    while (w->at < w->end && !is_space(*w->at))
        w->at++;
    return (size_t)((const char *)w->at - *word);
}

bool mesh__is(const char *word, size_t n, const char *want)
{
    return strlen(want) == n && strncasecmp(word, want, n) == 0;
}

/* strtod would also take "0x1p3", "inf" and, in some locales, "1,5". */
bool mesh__decimal(const mesh__words *w, const char *word, size_t n, double *out)
{
    char copy[128], *end;
    if (n == 0 || n >= sizeof copy)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!(word[i] >= '0' && word[i] <= '9') && word[i] != '.' && word[i] != '-' && word[i] != '+' &&
            word[i] != 'e' && word[i] != 'E')
            return false;
    memcpy(copy, word, n);
    copy[n] = '\0';
    *out = strtod_l(copy, &end, w->c);
    return end == copy + n && isfinite(*out);
}

const char *mesh__quoted(char to[32], const char *word, size_t n)
{
    if (n == 0)
        return "the end of the file";
    const size_t k = TOMO__MIN(n, (size_t)20);
    for (size_t i = 0; i < k; i++)
        if (word[i] < ' ' || word[i] > '~')
            return "bytes that are no text";
    snprintf(to, 32, "'%.*s%s'", (int)k, word, n > k ? "..." : "");
    return to;
}

/* ---- coordinates --------------------------------------------------------------------------------------------------
 */

bool mesh__coordinate(float *to, double v)
{
    *to = (float)v + 0.0f;
    return isfinite(*to);
}

bool mesh__says_ras(const uint8_t *text, size_t n)
{
    static const char mark[] = "SPACE=RAS";
    for (size_t i = 0; i + sizeof mark - 1 <= n; i++)
        if (memcmp(text + i, mark, sizeof mark - 1) == 0)
            return true;
    return false;
}

void mesh__ras_to_lps(const mesh__file *f, tomo_buffer *vectors, bool remark)
{
    float *v = tomo_buffer_data_mut(vectors);
    for (size_t i = 0; i < tomo_buffer_size(vectors) / ELEMENT; i++, v += 3) {
        v[0] = 0.0f - v[0];
        v[1] = 0.0f - v[1];
    }
    if (remark)
        tomo__remark(f->report, "%.100s: SPACE=RAS in its header: turned to LPS", f->name);
}
