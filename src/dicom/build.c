/* build.c - values in the textual form that DICOM JSON and the Native DICOM Model share, to elements of a data set. */
#include <math.h>

#include "dicom/build.h"
#include "dicom/fragments.h"
#include "dicom/path.h"
#include "dicom/store.h"
#include "dicom/text_value.h"

bool tomo__vr_binary(uint16_t vr) { return vr == VR_UN || (vr >= VR_OB && vr <= VR_OW); /* OB OD OF OL OV OW */ }

bool tomo__hex8(const char *text, size_t size, uint32_t *out)
{
    *out = 0;
    return size == 8 && tomo__hex(text, size, out);
}

tomo_status tomo__build_begin(tomo__build *b, tomo_ctx *ctx, const tomo_untext_options *opts, tomo_report *report,
                              tomo_error *err)
{
    *b = (tomo__build){ .ctx = ctx, .report = report, .value = TOMO__TEXT(ctx) };
    if (opts)
        memcpy(&b->o, opts, TOMO__MIN((size_t)opts->struct_size, sizeof b->o));
    b->max_depth = b->o.max_depth ? TOMO__MIN(b->o.max_depth, MAX_DEPTH) : 64;
    if (b->o.syntax &&
        (strlen(b->o.syntax) > 64 || !b->o.syntax[0] || strspn(b->o.syntax, "0123456789.") != strlen(b->o.syntax)))
        return tomo__fail(err, TOMO_E_ARG, "transfer syntax \"%.70s\" is not a UID", b->o.syntax);
    return tomo_dataset_new(ctx, &b->top, err);
}

void tomo__build_free(tomo__build *b)
{
    tomo__text_free(&b->value);
    tomo_dataset_free(b->top);
    b->top = NULL;
}

bool tomo__build_wants(tomo_tag tag) { return (tag & 0xffff) != 0 && tag != 0x00020001 && (tag >> 16) != 0xfffe; }

/* Elements are shifted for one that comes late: of n in the worst order n * n / 2. 4 GiB take a second. */
#define MOST_MOVED ((uint64_t)4 << 30)

tomo_status tomo__build_room(tomo__build *b, const tomo_dataset *ds, tomo_tag tag, tomo_error *err)
{
    if (!ds->count || ds->elems[ds->count - 1].tag < tag)
        return TOMO_OK;
    b->moved += (uint64_t)(ds->count - tomo__ds_place(ds, tag)) * sizeof *ds->elems;
    return b->moved <= MOST_MOVED
               ? TOMO_OK
               : tomo__fail(err, TOMO_E_LIMIT, "too many elements out of the order of their tags at " TAG_FMT,
                            TAG_ARGS(tag));
}

/* ---- values -------------------------------------------------------------------------------------------------- */

static bool special_number(const char *text, size_t n, double *out)
{
    static const char *const names[] = { "NaN", "Infinity", "-Infinity" };
    const double values[] = { NAN, INFINITY, -INFINITY };
    for (size_t i = 0; i < 3; i++)
        if (strlen(names[i]) == n && memcmp(text, names[i], n) == 0)
            return *out = values[i], true;
    return false;
}

/* Numbers of binary VRs. A whole number may be written as 1.0 or 1e3. */
static const char *add_number(tomo__build *b, uint16_t vr, const char *text, size_t n)
{
    const char *expected = tomo__value_number(vr, text, n, &b->value);
    double real;
    if (!expected)
        return NULL;
    if ((vr == VR_FL || vr == VR_FD) && special_number(text, n, &real)) {
        float f = (float)real;
        tomo__text_add(&b->value, vr == VR_FL ? (void *)&f : (void *)&real, vr == VR_FL ? 4 : 8);
        return NULL;
    }
    if (vr != VR_AT && tomo__text_double(text, n, &real) && real == floor(real) && fabs(real) <= 9007199254740992.0) {
        char whole[32];
        int m = snprintf(whole, sizeof whole, "%lld", (long long)real);
        return tomo__value_number(vr, whole, (size_t)m, &b->value);
    }
    return expected;
}

static tomo_status too_long(tomo__build *b, tomo_tag tag, uint16_t vr, const char **text, size_t *n, char room[32],
                            tomo_error *err)
{
    double real;
    int64_t got;
    if (!tomo__text_double(*text, *n, &real))
        return tomo__fail(err, TOMO_E_FORMAT, TAG_FMT ": \"%.*s\" is no number", TAG_ARGS(tag), (int)TOMO__MIN(*n, 40),
                          *text);
    if (vr == VR_IS) {
        if (real != floor(real) || real < INT32_MIN || real > INT32_MAX)
            return tomo__fail(err, TOMO_E_FORMAT, TAG_FMT ": %.*s is no whole number of 32 bits", TAG_ARGS(tag),
                              (int)TOMO__MIN(*n, 40), *text);
        got = snprintf(room, 32, "%lld", (long long)real);
    } else {
        got = tomo_ds_format(real, room, err);
        if (got < 0)
            return tomo__fail_in(err, TOMO_E_FORMAT, TAG_FMT, TAG_ARGS(tag));
        tomo__remark(b->report, TAG_FMT ": %.*s has more than the 16 characters of a DS; %s is written", TAG_ARGS(tag),
                     (int)TOMO__MIN(*n, 40), *text, room);
    }
    *text = room;
    *n = (size_t)got;
    return TOMO_OK;
}

static bool all_digits(const char *text, size_t n)
{
    size_t from = n > 0 && text[0] == '-';
    for (size_t i = from; i < n; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return n > from;
}

tomo_status tomo__build_add(tomo__build *b, tomo_tag tag, uint16_t vr, const char *text, size_t size, bool is_number,
                            tomo_error *err)
{
    char room[32];
    if (!tomo__vr_text(vr)) {
        const char *expected = add_number(b, vr, text, size);
        if (expected)
            return tomo__fail(err, TOMO_E_FORMAT, TAG_FMT ": value %u is \"%.*s\", expected %s", TAG_ARGS(tag),
                              (unsigned)b->n_values + 1, (int)TOMO__MIN(size, 40), text, expected);
        b->n_values++;
        return TOMO_OK;
    }
    if (b->n_values && !tomo__vr_multi(vr))
        return tomo__fail(err, TOMO_E_FORMAT, TAG_FMT ": %c%c has one value only", TAG_ARGS(tag), vr >> 8, vr & 0xff);
    if (tomo__vr_multi(vr) && memchr(text, '\\', size))
        return tomo__fail(err, TOMO_E_FORMAT, TAG_FMT ": value %u holds a backslash, which divides values",
                          TAG_ARGS(tag), (unsigned)b->n_values + 1);
    if (is_number && ((vr == VR_DS && size > 16) || (vr == VR_IS && !all_digits(text, size))))
        TRY(too_long(b, tag, vr, &text, &size, room, err));
    if (tomo__utf8_valid(text, size) != size)
        return tomo__fail(err, TOMO_E_FORMAT, TAG_FMT ": value %u is not UTF-8", TAG_ARGS(tag),
                          (unsigned)b->n_values + 1);
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)text[i] < 0x80)
            continue;
        if (!tomo__vr_charset(vr))
            return tomo__fail(err, TOMO_E_FORMAT, TAG_FMT ": %c%c holds ASCII only", TAG_ARGS(tag), vr >> 8, vr & 0xff);
        b->coded = true;
        break;
    }
    if (b->n_values++)
        tomo__text_add(&b->value, "\\", 1);
    tomo__text_add(&b->value, text, size);
    return TOMO_OK;
}

/* RFC 4648 section 4, white space left out. */
tomo_status tomo__build_base64(tomo__build *b, tomo_tag tag, uint16_t vr, const char *text, size_t size,
                               tomo_error *err)
{
    uint32_t bits = 0;
    size_t n = 0, end = 0;
    uint8_t piece[768];
    size_t k = 0;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        int v = c >= 'A' && c <= 'Z'   ? c - 'A'
                : c >= 'a' && c <= 'z' ? c - 'a' + 26
                : c >= '0' && c <= '9' ? c - '0' + 52
                : c == '+'             ? 62
                : c == '/'             ? 63
                                       : -1;
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
            continue;
        if (c == '=' && (n % 4 == 2 || n % 4 == 3 || end) && ++end <= 2)
            continue;
        if (v < 0 || end)
            return tomo__fail(err, TOMO_E_FORMAT, TAG_FMT ": not base64 at its character %zu", TAG_ARGS(tag), i + 1);
        bits = bits << 6 | (uint32_t)v;
        if (++n % 4 == 0) {
            piece[k++] = (uint8_t)(bits >> 16), piece[k++] = (uint8_t)(bits >> 8), piece[k++] = (uint8_t)bits;
            if (k == sizeof piece) {
                tomo__text_add(&b->value, piece, k);
                k = 0;
            }
        }
    }
    if (n % 4 == 1 || (end && (n + end) % 4))
        return tomo__fail(err, TOMO_E_FORMAT, TAG_FMT ": base64 of %zu characters ends too early", TAG_ARGS(tag), size);
    if (n % 4 >= 2)
        piece[k++] = (uint8_t)(n % 4 == 2 ? bits >> 4 : bits >> 10);
    if (n % 4 == 3)
        piece[k++] = (uint8_t)(bits >> 2);
    tomo__text_add(&b->value, piece, k);
    if (b->value.size % tomo__vr_unit(vr))
        tomo__remark(b->report, TAG_FMT ": %zu bytes are not whole words of %c%c", TAG_ARGS(tag), b->value.size,
                     vr >> 8, vr & 0xff);
    return TOMO_OK;
}

/* (0002,0010) is not an element to edit: it says in which syntax the data set is. */
static tomo_status take_syntax(tomo__build *b, tomo_error *err)
{
    size_t n = b->value.size;
    while (n > 0 && (b->value.data[n - 1] == ' ' || b->value.data[n - 1] == '\0'))
        n--;
    if (n > 64 || (n && strspn(b->value.data, "0123456789.") < n))
        return tomo__fail(err, TOMO_E_FORMAT, "(0002,0010) \"%.70s\" is not a UID", b->value.data);
    if (n)
        memcpy(b->syntax, b->value.data, n);
    b->syntax[n] = '\0';
    return TOMO_OK;
}

tomo_status tomo__build_put(tomo__build *b, tomo_dataset *ds, tomo_tag tag, uint16_t vr, tomo_error *err)
{
    const char *bytes = b->value.data;
    size_t size = b->value.size;
    tomo_status st = TOMO_OK;
    if (b->value.failed)
        return tomo__no_memory(b->ctx, err, size, "a value");
    if (tag >> 16 == 2 && ds->parent)
        st = tomo__fail(err, TOMO_E_FORMAT, TAG_FMT " within an item: group 0002 belongs to the top level",
                        TAG_ARGS(tag));
    else if (size > UNDEFINED - 2)
        st = tomo__fail(err, TOMO_E_LIMIT, TAG_FMT " has %zu bytes, more than a length can say", TAG_ARGS(tag), size);
    else if (tag == 0x00020010)
        st = take_syntax(b, err);
    else if (tag == TAG_CHARSET && size)
        st = tomo__store_value(ds, tag, VR_CS, "ISO_IR 192", 10, err);
    else
        st = tomo__store_value(ds, tag, vr, bytes, size, err);
    b->value.size = 0;
    b->n_values = 0;
    return st;
}

/* ---- bulk data ----------------------------------------------------------------------------------------------- */

/* A relative URI reference (RFC 3986 4.2) to a path below a folder. */
static tomo_status local_path(const char *uri, tomo__text *out, tomo_error *err)
{
    const char *slash = strchr(uri, '/'), *colon = strchr(uri, ':');
    if (uri[0] == '#')
        return tomo__fail(err, TOMO_E_NOTFOUND, "bulk data \"%.80s\": it was not written out, only where it was", uri);
    if ((colon && (!slash || colon < slash)) || uri[0] == '/' || uri[0] == '\\' || !uri[0])
        return tomo__fail(err, TOMO_E_DENIED, "bulk data \"%.80s\": only files below the given folder are read", uri);
    for (const char *at = uri; *at && *at != '?' && *at != '#'; at++) {
        uint32_t code;
        char c = *at;
        char hex[8] = "000000";
        if (c == '%' && at[1] && at[2]) {
            hex[6] = at[1], hex[7] = at[2];
            if (!tomo__hex8(hex, 8, &code) || code == 0)
                return tomo__fail(err, TOMO_E_FORMAT, "bulk data \"%.80s\" is no URI", uri);
            c = (char)code;
            at += 2;
        }
        tomo__text_add(out, &c, 1);
    }
    if (out->failed)
        return tomo__no_memory(out->ctx, err, out->size, "a path");
    for (const char *part = out->data; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return tomo__fail(err, TOMO_E_DENIED, "bulk data \"%.80s\" leads out of the given folder", uri);
    return TOMO_OK;
}

static tomo_status open_uri(tomo__build *b, const char *uri, tomo_source **out, tomo_error *err)
{
    tomo__text path = TOMO__TEXT(b->ctx);
    tomo_status st = TOMO_E_NOTFOUND;
    if (b->o.bulk) {
        st = b->o.bulk(b->o.bulk_user, uri, out, err);
        if (st != TOMO_E_NOTFOUND || !b->o.bulk_folder)
            return st;
    }
    if (!b->o.bulk_folder)
        return tomo__fail(err, TOMO_E_DENIED, "bulk data \"%.80s\": no folder was given to read it from", uri);
    st = local_path(uri, &path, err);
    if (st == TOMO_OK) /* links may lead anywhere: whoever made the text must not choose what is read */
        st = tomo__source_open_below(b->ctx, out, b->o.bulk_folder, path.data ? path.data : "", err);
    tomo__text_free(&path);
    return st;
}

/* Numbers by URI, little endian, are read at once. */
static tomo_status numbers_by_uri(tomo_dataset *ds, tomo_tag tag, uint16_t vr, tomo_source *source, tomo_error *err)
{
    tomo_buffer *all = NULL;
    uint64_t size = tomo_source_size(source);
    if (size > UNDEFINED - 2 || size % (vr == VR_AT ? 4 : tomo__vr_unit(vr)))
        return tomo__fail(err, TOMO_E_FORMAT, "%llu bytes are no values of %c%c", (unsigned long long)size, vr >> 8,
                          vr & 0xff);
    TRY(tomo_source_map(source, &all, err));
    tomo_status st = tomo__store_value(ds, tag, vr, tomo_buffer_data(all), (size_t)size, err);
    tomo_buffer_free(all);
    return st;
}

/* Text by URI is read at once; it is UTF-8 as the rest. */
static tomo_status text_by_uri(tomo__build *b, tomo_dataset *ds, tomo_tag tag, uint16_t vr, tomo_source *source,
                               tomo_error *err)
{
    tomo_buffer *all = NULL;
    TRY(tomo_source_map(source, &all, err));
    const char *text = tomo_buffer_data(all);
    size_t n = tomo_buffer_size(all);
    tomo_status st = TOMO_OK;
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\0'))
        n--;
    for (size_t at = 0; st == TOMO_OK && at <= n && n > 0;) {
        const char *stop = tomo__vr_multi(vr) ? memchr(text + at, '\\', n - at) : NULL;
        size_t end = stop ? (size_t)(stop - text) : n;
        st = tomo__build_add(b, tag, vr, text + at, end - at, false, err);
        at = end + 1;
    }
    tomo_buffer_free(all);
    return st == TOMO_OK ? tomo__build_put(b, ds, tag, vr, err) : st;
}

tomo_status tomo__build_uri(tomo__build *b, tomo_dataset *ds, tomo_tag tag, uint16_t vr, const char *uri,
                            tomo_error *err)
{
    tomo_source *source = NULL;
    tomo_status st = vr == VR_SQ ? tomo__fail(err, TOMO_E_UNSUPPORTED, "a sequence as bulk data \"%.80s\"", uri)
                                 : open_uri(b, uri, &source, err);
    if (st == TOMO_OK && tomo__vr_text(vr))
        st = text_by_uri(b, ds, tag, vr, source, err);
    else if (st == TOMO_OK && !tomo__vr_binary(vr))
        st = numbers_by_uri(ds, tag, vr, source, err);
    else if (st == TOMO_OK)
        st = tomo__store_source(ds, tag, vr, source, 0, tomo_source_size(source), err);
    tomo_source_free(source);
    return st == TOMO_OK ? st : tomo__fail_in(err, st, TAG_FMT, TAG_ARGS(tag));
}

/* ---- the end ------------------------------------------------------------------------------------------------- */

static tomo_status set_syntax(tomo__build *b, tomo_error *err)
{
    tomo__root *root = b->top->root;
    const char *syntax = b->o.syntax ? b->o.syntax : b->syntax;
    if (!syntax[0] || strcmp(syntax, UID_BIG) == 0)
        syntax = UID_EXPLICIT; /* values are little endian; writing may choose another order */
    strcpy(root->syntax, syntax);
    root->encapsulated = !tomo__syntax_native(syntax);
    tomo__elem *e = (tomo__elem *)tomo__ds_elem(b->top, TAG_PIXELS);
    if (!e || e->length == 0 || (e->flags & ELEM_SEQUENCE))
        return TOMO_OK;
    if (root->encapsulated)
        return tomo__fragments_mark(e, false, err);
    if (tomo__fragments_mark(e, false, NULL) == TOMO_OK)
        return tomo__fail(err, TOMO_E_FORMAT,
                          "(7FE0,0010) holds fragments of compressed pixels: their transfer syntax must be given");
    return TOMO_OK;
}

tomo_status tomo__build_done(tomo__build *b, tomo_dataset **out, tomo_error *err)
{
    const tomo__elem *cs = tomo__ds_elem(b->top, TAG_CHARSET);
    tomo_status st = TOMO_OK;
    if (b->coded && (!cs || cs->length == 0))
        st = tomo__store_value(b->top, TAG_CHARSET, VR_CS, "ISO_IR 192", 10, err);
    if (st == TOMO_OK)
        st = set_syntax(b, err);
    if (st == TOMO_OK) {
        *out = b->top;
        b->top = NULL;
    }
    tomo__build_free(b);
    return st;
}
