/* transform_file.c - Insight Transform Files V1.0, as ITK's TxtTransformIO writes and reads them:
 *     #Insight Transform File V1.0
 *     #Transform 0
 *     Transform: AffineTransform_double_3_3
 *     Parameters: ...
 *     FixedParameters: ...
 * A CompositeTransform comes first, without parameters; the transforms after it are its parts, the one applied last
 * first. */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter/transform_internal.h"

static const char mark[] = "#Insight Transform File V1.0";
enum { MOST_TRANSFORMS = 1000 };

bool tomo_transform_probe(const void *head, size_t size)
{
    return head && size >= sizeof mark - 1 && memcmp(head, mark, sizeof mark - 1) == 0;
}

/* ---- reading
 * --------------------------------------------------------------------------------------------------------- */

typedef struct numbers {
    double *v;
    size_t n, room;
    bool given;
} numbers;

typedef struct reader {
    tomo_ctx *ctx;
    const char *name;
    const char *data, *at, *end;
    locale_t c;
    char type[64]; /* of the transform being read, "" before the first */
    int64_t type_at;
    numbers params, fixed;
    tomo_transform *parts[MOST_TRANSFORMS];
    size_t n_parts;
    bool composite;
    int composite_dims;
    tomo_error *err;
} reader;

#define BAD(r, where, ...) tomo__fail_at((r)->err, TOMO_E_FORMAT, (int64_t)(where), __VA_ARGS__)

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/* A decimal number; strtod would also take "0x1p3" and "inf". */
static bool read_number(const reader *r, const char *word, size_t n, double *out)
{
    char copy[64], *after;
    if (n == 0 || n >= sizeof copy)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!(word[i] >= '0' && word[i] <= '9') && !strchr("+-.eE", word[i]))
            return false;
    memcpy(copy, word, n);
    copy[n] = '\0';
    *out = strtod_l(copy, &after, r->c);
    return *after == '\0' && isfinite(*out);
}

static tomo_status read_numbers(reader *r, const char *line, const char *stop, numbers *to)
{
    if (!r->type[0])
        return BAD(r, line - r->data, "%.100s: parameters before any transform", r->name);
    if (to->given)
        return BAD(r, line - r->data, "%.100s: parameters of %s are given twice", r->name, r->type);
    to->given = true;
    for (const char *p = line;;) {
        while (p < stop && is_blank(*p))
            p++;
        const char *word = p;
        while (p < stop && !is_blank(*p))
            p++;
        if (word == p)
            return TOMO_OK;
        double v = 0;
        if (!read_number(r, word, (size_t)(p - word), &v))
            return BAD(r, word - r->data, "%.100s: a parameter of %s is no number", r->name, r->type);
        if (to->n == to->room) { /* grows with what is there, never by what a file claims */
            const size_t room = to->room ? 2 * to->room : 32;
            double *more = tomo__realloc(r->ctx, to->v, room * sizeof *more);
            if (!more)
                return tomo__no_memory(r->ctx, r->err, room * sizeof *more, "the parameters of a transform");
            to->v = more, to->room = room;
        }
        to->v[to->n++] = v;
    }
}

/* "AffineTransform_double_3_3" into its name's length and dimensions. */
static bool split_type(const char *type, size_t *length, int *dims)
{
    const char *tail = strstr(type, "_double_");
    size_t skip = 8;
    if (!tail)
        tail = strstr(type, "_float_"), skip = 7;
    if (!tail)
        return false;
    *length = (size_t)(tail - type);
    *dims = tail[skip] - '0';
    return (*dims == 2 || *dims == 3) && tail[skip + 1] == '_' && tail[skip + 2] == tail[skip] &&
           tail[skip + 3] == '\0';
}

/* The transform whose lines have been read becomes a part. */
static tomo_status finish_one(reader *r)
{
    size_t length = 0;
    int dims = 0;
    char name[64];
    if (!r->type[0])
        return TOMO_OK;
    if (!split_type(r->type, &length, &dims))
        return BAD(r, r->type_at,
                   "%.100s: transform type '%s', expected a name with _double_ or _float_ and twice 2 or 3", r->name,
                   r->type);
    snprintf(name, sizeof name, "%.*s", (int)length, r->type);
    if (strcmp(name, "CompositeTransform") == 0) {
        if (r->composite || r->n_parts)
            return BAD(r, r->type_at, "%.100s: a composite transform inside another or after the first", r->name);
        if (r->params.n || r->fixed.n)
            return BAD(r, r->type_at, "%.100s: a composite transform with parameters of its own", r->name);
        r->composite = true;
        r->composite_dims = dims;
    } else {
        tomo_transform *t = NULL;
        if (r->n_parts == MOST_TRANSFORMS)
            return tomo__fail_at(r->err, TOMO_E_LIMIT, r->type_at, "%.100s: more than %d transforms", r->name,
                                 MOST_TRANSFORMS);
        if (r->composite && dims != r->composite_dims)
            return BAD(r, r->type_at, "%.100s: a transform of %d dimensions in a composite of %d", r->name, dims,
                       r->composite_dims);
        tomo_status st =
            tomo_transform_new(r->ctx, &t, name, dims, r->params.v, r->params.n, r->fixed.v, r->fixed.n, r->err);
        if (st == TOMO_E_ARG) { /* numbers of a file, not of a caller */
            tomo_error why = r->err ? *r->err : (tomo_error){ 0 };
            return BAD(r, r->type_at, "%.60s: %.180s", r->name, why.message);
        }
        if (st)
            return tomo__fail_in(r->err, st, "%.100s", r->name);
        r->parts[r->n_parts++] = t;
    }
    r->params.n = r->fixed.n = 0;
    r->params.given = r->fixed.given = false;
    r->type[0] = '\0';
    return TOMO_OK;
}

static bool begins(const char *line, const char *stop, const char *tag, const char **after)
{
    const size_t n = strlen(tag);
    *after = line + n;
    return (size_t)(stop - line) >= n && memcmp(line, tag, n) == 0;
}

static tomo_status read_line(reader *r, const char *line, const char *stop)
{
    const char *after;
    while (line < stop && is_blank(*line))
        line++;
    while (stop > line && is_blank(stop[-1]))
        stop--;
    if (line == stop || *line == '#')
        return TOMO_OK;
    if (begins(line, stop, "Parameters:", &after))
        return read_numbers(r, after, stop, &r->params);
    if (begins(line, stop, "FixedParameters:", &after))
        return read_numbers(r, after, stop, &r->fixed);
    if (!begins(line, stop, "Transform:", &after))
        return BAD(r, line - r->data, "%.100s: a line that is neither Transform, Parameters nor FixedParameters",
                   r->name);
    const tomo_status st = finish_one(r);
    if (st)
        return st;
    while (after < stop && is_blank(*after))
        after++;
    const size_t n = (size_t)(stop - after);
    r->type_at = after - r->data;
    if (n == 0 || n >= sizeof r->type)
        return BAD(r, r->type_at, "%.100s: the name of a transform has %zu letters, expected 1 to 63", r->name, n);
    for (size_t i = 0; i < n; i++)
        if (after[i] <= ' ' || after[i] > '~')
            return BAD(r, after + i - r->data, "%.100s: the name of a transform is no plain text", r->name);
    memcpy(r->type, after, n);
    r->type[n] = '\0';
    return TOMO_OK;
}

static tomo_status read_all(reader *r)
{
    tomo_status st = TOMO_OK;
    if (!tomo_transform_probe(r->data, (size_t)(r->end - r->data)))
        return BAD(r, 0, "%.100s: does not begin with '%s'", r->name, mark);
    while (st == TOMO_OK && r->at < r->end) {
        const char *stop = memchr(r->at, '\n', (size_t)(r->end - r->at));
        st = read_line(r, r->at, stop ? stop : r->end);
        r->at = stop ? stop + 1 : r->end;
    }
    if (st == TOMO_OK)
        st = finish_one(r);
    if (st == TOMO_OK && !r->n_parts)
        st = BAD(r, r->end - r->data, "%.100s: there is no transform in it", r->name);
    if (st == TOMO_OK && !r->composite && r->n_parts > 1)
        st = BAD(r, r->end - r->data, "%.100s: %zu transforms that no composite joins, expected one", r->name,
                 r->n_parts);
    return st;
}

static tomo_status give(reader *r, tomo_transform **out)
{
    if (!r->composite) {
        *out = r->parts[0];
        r->n_parts = 0;
        return TOMO_OK;
    }
    for (size_t i = 0; i < r->n_parts / 2; i++) { /* ITK applies the last one first */
        tomo_transform *t = r->parts[i];
        r->parts[i] = r->parts[r->n_parts - 1 - i];
        r->parts[r->n_parts - 1 - i] = t;
    }
    return tomo_transform_compose(r->ctx, out, (const tomo_transform *const *)r->parts, r->n_parts, r->err);
}

tomo_status tomo_transform_load_source(tomo_ctx *ctx, tomo_transform **out, tomo_source *source, tomo_error *err)
{
    tomo_buffer *bytes = NULL;
    if (!ctx || !out || !source)
        return tomo__fail(err, TOMO_E_ARG, "tomo_transform_load_source: ctx, out and source must not be NULL");
    tomo_status st = tomo_source_map(source, &bytes, err);
    if (st)
        return st;
    reader *r = tomo__calloc(ctx, 1, sizeof *r);
    if (r) {
        r->ctx = ctx, r->name = tomo_source_name(source), r->err = err;
        r->data = r->at = tomo_buffer_data(bytes);
        r->end = r->data + tomo_buffer_size(bytes);
        r->c = newlocale(LC_ALL_MASK, "C", (locale_t)0); /* glibc's own constant: takes no memory */
        st = read_all(r);
        if (st == TOMO_OK)
            st = give(r, out);
        freelocale(r->c);
        for (size_t i = 0; i < r->n_parts; i++)
            tomo_transform_free(r->parts[i]);
        tomo__free(ctx, r->params.v);
        tomo__free(ctx, r->fixed.v);
    } else {
        st = tomo__no_memory(ctx, err, sizeof *r, "reading a transform");
    }
    tomo__free(ctx, r);
    tomo_buffer_free(bytes);
    return st;
}

tomo_status tomo_transform_load(tomo_ctx *ctx, tomo_transform **out, const char *path, tomo_error *err)
{
    tomo_source *source = NULL;
    if (!ctx || !out || !path)
        return tomo__fail(err, TOMO_E_ARG, "tomo_transform_load: ctx, out and path must not be NULL");
    tomo_status st = tomo_source_open(ctx, &source, path, err);
    if (st == TOMO_OK)
        st = tomo_transform_load_source(ctx, out, source, err);
    tomo_source_free(source);
    return st;
}

/* ---- writing
 * --------------------------------------------------------------------------------------------------------- */

static void put_number(tomo__text *text, double value)
{
    char number[33];
    const size_t n = tomo__num_text(number + 1, value);
    number[0] = ' ';
    tomo__text_add(text, number, n + 1);
}

static void put_one(tomo__text *text, const tomo_transform *t, size_t number)
{
    tomo__text_fmt(text, "#Transform %zu\nTransform: %s\nParameters:", number, t->name);
    for (size_t i = 0; i < t->n_params; i++)
        put_number(text, t->params[i]);
    if (t->field) {
        const int64_t n = tomo_image_voxels(t->field) * t->dims;
        const void *v = tomo_image_data(t->field);
        const bool narrow = tomo_image_get_desc(t->field)->dtype == TOMO_DTYPE_F32;
        for (int64_t i = 0; i < n && !text->failed; i++)
            put_number(text, narrow ? (double)((const float *)v)[i] : ((const double *)v)[i]);
    }
    tomo__text_str(text, "\nFixedParameters:");
    for (size_t i = 0; i < t->n_fixed; i++)
        put_number(text, t->fixed[i]);
    tomo__text_str(text, "\n");
}

tomo_status tomo_transform_text(tomo_ctx *ctx, tomo_buffer **out, const tomo_transform *t, tomo_error *err)
{
    tomo__text text = TOMO__TEXT(ctx);
    if (!ctx || !out || !t)
        return tomo__fail(err, TOMO_E_ARG, "tomo_transform_text: an argument is NULL");
    tomo__text_fmt(&text, "%s\n", mark);
    if (t->type == TOMO_TRANSFORM_COMPOSITE) {
        for (size_t i = 0; i < t->n_parts; i++)
            if (t->parts[i]->dims != t->dims) {
                tomo__text_free(&text);
                return tomo__fail(err, TOMO_E_UNSUPPORTED,
                                  "transforms of 2 and 3 dimensions together can't be written "
                                  "to a file");
            }
        tomo__text_fmt(&text, "#Transform 0\nTransform: %s\n", t->name);
        for (size_t i = t->n_parts; i-- > 0;)
            put_one(&text, t->parts[i], t->n_parts - i);
    } else {
        put_one(&text, t, 0);
    }
    return tomo__text_finish(&text, out, err);
}

tomo_status tomo_transform_save(tomo_ctx *ctx, const char *path, const tomo_transform *t, tomo_error *err)
{
    tomo_buffer *text = NULL;
    if (!ctx || !path || !t)
        return tomo__fail(err, TOMO_E_ARG, "tomo_transform_save: ctx, path and transform must not be NULL");
    tomo_status st = tomo_transform_text(ctx, &text, t, err);
    if (st == TOMO_OK)
        st = tomo__file_put(ctx, path, tomo_buffer_data(text), tomo_buffer_size(text), err);
    tomo_buffer_free(text);
    return st;
}
