/* nrrd_header.c - the text of a NRRD header to numbers. */
#include <math.h>
#include <stdio.h>

#include "nrrd_internal.h"

typedef struct reading {
    tomo__nrrd *h;
    const char *name;
    uint64_t    seen;  /* a bit for each field: none may come twice */
    int64_t     lists; /* of axis lists, how many numbers they had; 0: none yet */
    const char *list_field;
    tomo_error *err;
} reading;

static int shown(tomo__chars c) { return (int)TOMO__MIN(c.end - c.at, 40); }

static tomo_status bad(const reading *r, const char *field, tomo__chars value, const char *expected)
{
    return tomo__fail(r->err, TOMO_E_FORMAT, "%.60s: %s is '%.*s', expected %s", r->name, field, shown(value), value.at,
                      expected);
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

typedef struct word {
    const char *text;
    int         value;
} word;

static const word *find(const word *table, tomo__chars text)
{
    for (; table->text; table++)
        if (tomo__chars_are(text, table->text))
            return table;
    return NULL;
}

static const word types[] = {
    { "signed char", TOMO_DTYPE_I8 },       { "int8", TOMO_DTYPE_I8 },
    { "int8_t", TOMO_DTYPE_I8 },            { "uchar", TOMO_DTYPE_U8 },
    { "unsigned char", TOMO_DTYPE_U8 },     { "uint8", TOMO_DTYPE_U8 },
    { "uint8_t", TOMO_DTYPE_U8 },           { "short", TOMO_DTYPE_I16 },
    { "short int", TOMO_DTYPE_I16 },        { "signed short", TOMO_DTYPE_I16 },
    { "signed short int", TOMO_DTYPE_I16 }, { "int16", TOMO_DTYPE_I16 },
    { "int16_t", TOMO_DTYPE_I16 },          { "ushort", TOMO_DTYPE_U16 },
    { "unsigned short", TOMO_DTYPE_U16 },   { "unsigned short int", TOMO_DTYPE_U16 },
    { "uint16", TOMO_DTYPE_U16 },           { "uint16_t", TOMO_DTYPE_U16 },
    { "int", TOMO_DTYPE_I32 },              { "signed int", TOMO_DTYPE_I32 },
    { "int32", TOMO_DTYPE_I32 },            { "int32_t", TOMO_DTYPE_I32 },
    { "uint", TOMO_DTYPE_U32 },             { "unsigned int", TOMO_DTYPE_U32 },
    { "uint32", TOMO_DTYPE_U32 },           { "uint32_t", TOMO_DTYPE_U32 },
    { "longlong", TOMO_DTYPE_I64 },         { "long long", TOMO_DTYPE_I64 },
    { "long long int", TOMO_DTYPE_I64 },    { "signed long long", TOMO_DTYPE_I64 },
    { "signed long long int", TOMO_DTYPE_I64 }, { "int64", TOMO_DTYPE_I64 },
    { "int64_t", TOMO_DTYPE_I64 },          { "ulonglong", TOMO_DTYPE_U64 },
    { "unsigned long long", TOMO_DTYPE_U64 }, { "unsigned long long int", TOMO_DTYPE_U64 },
    { "uint64", TOMO_DTYPE_U64 },           { "uint64_t", TOMO_DTYPE_U64 },
    { "float", TOMO_DTYPE_F32 },            { "double", TOMO_DTYPE_F64 },
    { NULL, 0 },
};

static const word codings[] = {
    { "raw", TOMO__RAW },     { "gzip", TOMO__GZIP },   { "gz", TOMO__GZIP },   { "bzip2", TOMO__BZIP2 },
    { "bz2", TOMO__BZIP2 },   { "ascii", TOMO__ASCII }, { "text", TOMO__ASCII }, { "txt", TOMO__ASCII },
    { "hex", TOMO__HEX },     { NULL, 0 },
};

static const word kinds[] = {
    { "domain", TOMO__NRRD_DOMAIN }, { "space", TOMO__NRRD_DOMAIN }, { "time", TOMO__NRRD_TIME },
    { "???", TOMO__NRRD_UNSAID },    { "none", TOMO__NRRD_UNSAID },  { NULL, 0 },
};

typedef struct space {
    const char *name, *abbreviation;
    double      sign[3];
    bool        patient;
} space;

static const space spaces[] = { /* each also with "-time", and "T" */
    { "left-posterior-superior", "LPS", { 1, 1, 1 }, true },
    { "right-anterior-superior", "RAS", { -1, -1, 1 }, true },
    { "left-anterior-superior", "LAS", { 1, -1, 1 }, true },
    { "scanner-xyz", NULL, { 1, 1, 1 }, false },
    { "3D-right-handed", NULL, { 1, 1, 1 }, false },
    { "3D-left-handed", NULL, { 1, 1, 1 }, false },
};

/* ---- values ------------------------------------------------------------------------------------------------------ */

static tomo_status read_space(reading *r, tomo__chars value)
{
    tomo__chars plain = value;
    bool time = false;
    if (value.end - value.at > 5 && tomo__chars_are((tomo__chars){ value.end - 5, value.end }, "-time")) {
        plain.end -= 5;
        time = true;
    } else if (value.end - value.at == 4 && tomo__chars_are((tomo__chars){ value.end - 1, value.end }, "t")) {
        plain.end -= 1;
        time = true;
    }
    for (size_t i = 0; i < TOMO__COUNT(spaces); i++)
        if (tomo__chars_are(plain, spaces[i].name) ||
            (spaces[i].abbreviation && tomo__chars_are(plain, spaces[i].abbreviation))) {
            r->h->space = spaces[i].name;
            memcpy(r->h->sign, spaces[i].sign, sizeof r->h->sign);
            r->h->space_known = spaces[i].patient;
            r->h->space_time = time;
            r->h->space_dims = time ? 4 : 3;
            return TOMO_OK;
        }
    return bad(r, "space", value, "a space that NRRD knows, such as left-posterior-superior");
}

/* Each list has one number an axis; how many axes there are is known when the header is read. */
static tomo_status count_axes(reading *r, const char *field, int64_t count)
{
    if (r->lists && r->lists != count)
        return tomo__fail(r->err, TOMO_E_FORMAT, "%.60s: %s are for %lld axes, %s for %lld", r->name, r->list_field,
                          (long long)r->lists, field, (long long)count);
    r->lists = count;
    r->list_field = field;
    return TOMO_OK;
}

static tomo_status read_sizes(reading *r, tomo__chars value)
{
    int64_t n = 0;
    for (tomo__chars rest = value; tomo__chars_trim(rest).at < rest.end; n++)
        if (n == TOMO__NRRD_AXES || !tomo__chars_int(&rest, &r->h->size[n]) || r->h->size[n] < 1)
            return bad(r, "sizes", value, "at most 16 numbers of at least 1");
    return count_axes(r, "sizes", n);
}

static tomo_status read_doubles(reading *r, const char *field, tomo__chars value, double *to)
{
    int64_t n = 0;
    for (tomo__chars rest = value; tomo__chars_trim(rest).at < rest.end; n++)
        if (n == TOMO__NRRD_AXES || !tomo__chars_double(&rest, &to[n]))
            return bad(r, field, value, "a number or nan for each axis");
    return count_axes(r, field, n);
}

static tomo_status read_kinds(reading *r, tomo__chars value)
{
    int64_t n = 0;
    for (tomo__chars rest = value; tomo__chars_trim(rest).at < rest.end; n++) {
        if (n == TOMO__NRRD_AXES)
            return bad(r, "kinds", value, "a word for each axis");
        const word *kind = find(kinds, tomo__chars_word(&rest));
        r->h->kind[n] = kind ? (tomo__nrrd_kind)kind->value : TOMO__NRRD_VALUES;
    }
    return count_axes(r, "kinds", n);
}

static tomo_status read_centers(reading *r, tomo__chars value)
{
    int64_t n = 0;
    for (tomo__chars rest = value; tomo__chars_trim(rest).at < rest.end; n++) {
        if (n == TOMO__NRRD_AXES)
            return bad(r, "centers", value, "a word for each axis");
        r->h->node[n] = tomo__chars_are(tomo__chars_word(&rest), "node");
    }
    return count_axes(r, "centers", n);
}

/* Words in double quotes (a quote within one has a backslash before it), at most `most`; returns how many, -1: broken.
 */
static int64_t quoted(tomo__chars rest, tomo__chars *to, int64_t most)
{
    int64_t n = 0;
    for (rest = tomo__chars_trim(rest); rest.at < rest.end; rest = tomo__chars_trim(rest), n++) {
        const char *p = rest.at + 1;
        if (*rest.at != '"' || n == most)
            return -1;
        while (p < rest.end && *p != '"')
            p += *p == '\\' && p + 1 < rest.end ? 2 : 1;
        if (p >= rest.end)
            return -1;
        to[n] = (tomo__chars){ rest.at + 1, p };
        rest.at = p + 1;
    }
    return n;
}

/* "(1,0,0)" or "none": false if it is neither. */
static bool read_vector(tomo__chars *rest, double *to, int64_t *count)
{
    *rest = tomo__chars_trim(*rest);
    *count = 0;
    if (rest->at == rest->end)
        return false;
    if (*rest->at != '(')
        return tomo__chars_are(tomo__chars_word(rest), "none");
    const char *stop = memchr(rest->at, ')', (size_t)(rest->end - rest->at));
    if (!stop)
        return false;
    for (const char *p = rest->at + 1; p <= stop; p++) {
        const char *comma = memchr(p, ',', (size_t)(stop - p));
        tomo__chars part = tomo__chars_trim((tomo__chars){ p, comma ? comma : stop });
        if (*count == TOMO__NRRD_SPACE || !tomo__chars_double(&part, &to[*count]) || part.at != part.end)
            return false;
        ++*count;
        p = comma ? comma : stop;
    }
    rest->at = stop + 1;
    return true;
}

static tomo_status count_space(reading *r, const char *field, int64_t count)
{
    if (r->h->space_dims && count && r->h->space_dims != count)
        return tomo__fail(r->err, TOMO_E_FORMAT, "%.60s: the space has %lld dimensions, a vector of '%s' %lld", r->name,
                          (long long)r->h->space_dims, field, (long long)count);
    return TOMO_OK;
}

static tomo_status read_directions(reading *r, tomo__chars value)
{
    static const char expected[] = "a vector or none for each axis";
    int64_t n = 0, count;
    tomo_status st = TOMO_OK;
    for (tomo__chars rest = value; !st && tomo__chars_trim(rest).at < rest.end; n++) {
        if (n == TOMO__NRRD_AXES || !read_vector(&rest, r->h->direction[n], &count))
            return bad(r, "space directions", value, expected);
        st = count_space(r, "space directions", count);
        if (count)
            r->h->space_dims = count;
    }
    r->h->has_directions = true;
    return st ? st : count_axes(r, "space directions", n);
}

static tomo_status read_origin(reading *r, tomo__chars value)
{
    tomo__chars rest = value;
    int64_t count;
    if (!read_vector(&rest, r->h->origin, &count))
        return bad(r, "space origin", value, "a vector");
    r->h->origin_dims = count;
    return TOMO_OK; /* the space may be named later: check() */
}

/* Three vectors; of a space with fewer or more dimensions there is none to speak of. */
static tomo_status read_frame(reading *r, tomo__chars value)
{
    tomo__chars rest = value;
    double v[TOMO__NRRD_SPACE];
    int64_t n = 0, count;
    bool whole = true;
    for (; tomo__chars_trim(rest).at < rest.end; n++) {
        if (n == TOMO__NRRD_SPACE || !read_vector(&rest, v, &count))
            return bad(r, "measurement frame", value, "a vector for each dimension of the space");
        whole = whole && count == 3 && n < 3;
        if (whole)
            memcpy(r->h->frame[n], v, sizeof r->h->frame[n]);
    }
    r->h->has_frame = whole && n == 3;
    return TOMO_OK;
}

static tomo_status read_integer(reading *r, const char *field, tomo__chars value, int64_t *to, int64_t least,
                                int64_t most)
{
    tomo__chars rest = value;
    char expected[64];
    if (tomo__chars_int(&rest, to) && tomo__chars_trim(rest).at == rest.end && *to >= least && *to <= most)
        return TOMO_OK;
    snprintf(expected, sizeof expected, "a whole number of at least %lld", (long long)least);
    return bad(r, field, value, expected);
}

static tomo_status read_word(reading *r, const char *field, tomo__chars value, const word *table, int *to)
{
    const word *w = find(table, value);
    if (!w)
        return tomo__fail(r->err, TOMO_E_UNSUPPORTED, "%.60s: %s '%.*s' is none that Tomo reads", r->name, field,
                          shown(value), value.at);
    *to = w->value;
    return TOMO_OK;
}

/* ---- fields ------------------------------------------------------------------------------------------------------ */

enum {
    TYPE,
    DIMENSION,
    SIZES,
    ENCODING,
    ENDIAN,
    SPACE,
    SPACE_DIMENSION,
    SPACE_UNITS,
    SPACE_ORIGIN,
    SPACE_DIRECTIONS,
    FRAME,
    SPACINGS,
    MINS,
    MAXS,
    CENTERS,
    KINDS,
    UNITS,
    DATA_FILE,
    LINE_SKIP,
    BYTE_SKIP,
    OLD_MIN,
    OLD_MAX,
    CONTENT,
    WORDS,
    IGNORED
};

static const word fields[] = {
    { "type", TYPE }, { "dimension", DIMENSION }, { "sizes", SIZES }, { "encoding", ENCODING }, { "endian", ENDIAN },
    { "space", SPACE }, { "space dimension", SPACE_DIMENSION }, { "space units", SPACE_UNITS },
    { "space origin", SPACE_ORIGIN }, { "space directions", SPACE_DIRECTIONS }, { "measurement frame", FRAME },
    { "spacings", SPACINGS }, { "axis mins", MINS }, { "axismins", MINS }, { "axis maxs", MAXS }, { "axismaxs", MAXS },
    { "centers", CENTERS }, { "centerings", CENTERS }, { "kinds", KINDS }, { "units", UNITS },
    { "data file", DATA_FILE }, { "datafile", DATA_FILE }, { "line skip", LINE_SKIP }, { "lineskip", LINE_SKIP },
    { "byte skip", BYTE_SKIP }, { "byteskip", BYTE_SKIP }, { "old min", OLD_MIN }, { "oldmin", OLD_MIN },
    { "old max", OLD_MAX }, { "oldmax", OLD_MAX }, { "content", CONTENT }, { "labels", WORDS },
    { "sample units", WORDS }, { "sampleunits", WORDS }, { "thicknesses", WORDS }, { "number", IGNORED },
    { "min", IGNORED }, { "max", IGNORED }, { "block size", IGNORED }, { "blocksize", IGNORED }, { NULL, 0 },
};

static tomo_status read_units(reading *r, const char *field, tomo__chars value, tomo__chars *to, int64_t most)
{
    return quoted(value, to, most) >= 0 ? TOMO_OK : bad(r, field, value, "words in quotes");
}

static tomo_status read_field(reading *r, int field, const char *text, tomo__chars value)
{
    tomo__nrrd *h = r->h;
    int v = 0;
    tomo_status st = TOMO_OK;
    switch (field) {
    case TYPE:
        st = read_word(r, text, value, types, &v);
        h->dtype = (tomo_dtype)v;
        return st;
    case ENCODING:
        st = read_word(r, text, value, codings, &v);
        h->coding = (tomo__coding)v;
        return st;
    case DIMENSION: return read_integer(r, text, value, &h->dims, 1, TOMO__NRRD_AXES);
    case SIZES: return read_sizes(r, value);
    case ENDIAN:
        h->endian = tomo__chars_are(value, "little") ? 1 : tomo__chars_are(value, "big") ? 2 : 0;
        return h->endian ? TOMO_OK : bad(r, text, value, "little or big");
    case SPACE: return read_space(r, value);
    case SPACE_DIMENSION: return read_integer(r, text, value, &h->space_dims, 1, TOMO__NRRD_SPACE);
    case SPACE_UNITS: return read_units(r, text, value, h->space_units, TOMO__NRRD_SPACE);
    case SPACE_ORIGIN: return read_origin(r, value);
    case SPACE_DIRECTIONS: return read_directions(r, value);
    case SPACINGS: return read_doubles(r, text, value, h->spacing);
    case MINS: return read_doubles(r, text, value, h->min);
    case MAXS: return read_doubles(r, text, value, h->max);
    case CENTERS: return read_centers(r, value);
    case KINDS: return read_kinds(r, value);
    case UNITS: return read_units(r, text, value, h->units, TOMO__NRRD_AXES);
    case LINE_SKIP: return read_integer(r, text, value, &h->line_skip, 0, INT64_MAX);
    case BYTE_SKIP: return read_integer(r, text, value, &h->byte_skip, -1, INT64_MAX);
    case DATA_FILE:
        h->detached = true;
        h->data_file = value;
        return TOMO_OK;
    case FRAME: return read_frame(r, value);
    case OLD_MIN:
    case OLD_MAX: h->old_range = true; return TOMO_OK;
    case WORDS: h->words = true; return TOMO_OK;
    default: return TOMO_OK;
    }
}

bool tomo__nrrd_is_pair(tomo__chars line)
{
    const char *p = line.at < line.end && *line.at != '#' ? memchr(line.at, ':', (size_t)(line.end - line.at)) : NULL;
    for (; p && p + 1 < line.end && p[1] != ' '; p = memchr(p + 1, ':', (size_t)(line.end - p - 1)))
        if (p[1] == '=') /* a key may have a colon in it */
            return true;
    return false;
}

/* "field: value", "key:=value" or a comment. */
static tomo_status read_line(reading *r, tomo__chars line)
{
    const char *colon = memchr(line.at, ':', (size_t)(line.end - line.at));
    if (*line.at == '#')
        return TOMO_OK;
    if (tomo__nrrd_is_pair(line))
        return TOMO_OK;
    if (!colon)
        return bad(r, "a line of the header", line, "'field: value'");
    const tomo__chars name = tomo__chars_trim((tomo__chars){ line.at, colon });
    const tomo__chars value = tomo__chars_trim((tomo__chars){ colon + 1, line.end });
    const word *field = find(fields, name);
    if (!field)
        return tomo__fail(r->err, TOMO_E_FORMAT, "%.60s: '%.*s' is no field of a NRRD header", r->name, shown(name),
                          name.at);
    const uint64_t bit = (uint64_t)1 << field->value;
    if (field->value < WORDS && r->seen & bit)
        return tomo__fail(r->err, TOMO_E_FORMAT, "%.60s: the field '%s' comes twice", r->name, field->text);
    r->seen |= bit;
    return read_field(r, field->value, field->text, value);
}

static tomo_status check(const reading *r)
{
    const tomo__nrrd *h = r->h;
    static const struct { int field; const char *name; } needed[] = {
        { TYPE, "type" }, { DIMENSION, "dimension" }, { SIZES, "sizes" }, { ENCODING, "encoding" }
    };
    for (size_t i = 0; i < TOMO__COUNT(needed); i++)
        if (!(r->seen >> needed[i].field & 1))
            return tomo__fail(r->err, TOMO_E_FORMAT, "%.60s: the header has no field '%s'", r->name, needed[i].name);
    if (r->lists != h->dims)
        return tomo__fail(r->err, TOMO_E_FORMAT, "%.60s: dimension is %lld, %s are for %lld axes", r->name,
                          (long long)h->dims, r->list_field, (long long)r->lists);
    if (h->origin_dims && h->space_dims && h->origin_dims != h->space_dims)
        return tomo__fail(r->err, TOMO_E_FORMAT, "%.60s: the space has %lld dimensions, its origin %lld", r->name,
                          (long long)h->space_dims, (long long)h->origin_dims);
    if (!h->endian && tomo_dtype_size(h->dtype) > 1 && h->coding != TOMO__ASCII)
        return tomo__fail(r->err, TOMO_E_FORMAT, "%.60s: the header has no field 'endian', which %s needs", r->name,
                          tomo_dtype_name(h->dtype));
    return TOMO_OK;
}

bool tomo__nrrd_probe(const uint8_t *head, size_t size)
{
    return size >= 8 && memcmp(head, "NRRD", 4) == 0 && memcmp(head + 4, "000", 3) == 0 && head[7] >= '1' &&
           head[7] <= '9';
}

tomo_status tomo__nrrd_parse(tomo__nrrd *h, const uint8_t *bytes, size_t size, const char *name, tomo_error *err)
{
    reading r = { h, name, 0, 0, "sizes", err };
    tomo__chars rest = { (const char *)bytes, (const char *)bytes + size }, line;
    tomo_status st = TOMO_OK;
    memset(h, 0, sizeof *h);
    for (int i = 0; i < TOMO__NRRD_AXES; i++) {
        h->spacing[i] = h->min[i] = h->max[i] = NAN;
        for (int k = 0; k < TOMO__NRRD_SPACE; k++)
            h->direction[i][k] = NAN;
    }
    for (int k = 0; k < 3; k++)
        h->sign[k] = 1;
    if (!tomo__nrrd_probe(bytes, size))
        return tomo__fail_at(err, TOMO_E_FORMAT, 0, "%.80s: no NRRD file, it does not begin with NRRD000", name);
    if (bytes[7] > '5')
        return tomo__fail_at(err, TOMO_E_UNSUPPORTED, 7, "%.80s: NRRD version %c, Tomo reads 1 to 5", name, bytes[7]);
    tomo__chars_line(&rest, &line);
    bool ended = false;
    while (!st && !ended && tomo__chars_line(&rest, &line)) {
        ended = line.at == line.end;
        if (!ended)
            st = read_line(&r, line);
        tomo__chars first = h->data_file;
        if (!st && h->detached && tomo__chars_are(tomo__chars_word(&first), "list")) { /* names follow to the end */
            h->list = rest;
            break;
        }
    }
    if (!st)
        st = check(&r);
    if (!st && !ended && !h->detached)
        st = tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)size, "%.80s: no empty line ends the header, and it names no "
                           "data file", name);
    h->data = (size_t)(rest.at - (const char *)bytes);
    return st;
}
