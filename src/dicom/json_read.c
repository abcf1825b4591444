/* json_read.c - the DICOM JSON Model (PS3.18 F.2) to a data set. The JSON is read strictly (RFC 8259), once, without a
 * tree: what an element holds goes straight into it. Nesting is limited, so recursion is. */
#include "dicom/build.h"
#include "dicom/charset.h"
#include "dicom/store.h"

typedef struct reader {
    tomo__build b;
    const char *json;
    size_t size, at;
    tomo__text text; /* the last string, decoded */
    tomo__text name; /* a name of several groups */
    tomo_error *err;
} reader;

static tomo_status wrong(reader *r, size_t at, const char *expected)
{
    return tomo__fail_at(r->err, TOMO_E_FORMAT, (int64_t)at, "JSON: expected %s at byte %zu", expected, at);
}

/* ---- tokens -------------------------------------------------------------------------------------------------- */

/* The next character that is not white space; 0 at the end. */
static char peek(reader *r)
{
    while (r->at < r->size &&
           (r->json[r->at] == ' ' || r->json[r->at] == '\n' || r->json[r->at] == '\r' || r->json[r->at] == '\t'))
        r->at++;
    return r->at < r->size ? r->json[r->at] : '\0';
}

static bool take(reader *r, char c)
{
    if (peek(r) != c)
        return false;
    r->at++;
    return true;
}

static bool hex4(reader *r, uint32_t *out)
{
    char eight[8] = "0000";
    if (r->size - r->at < 4)
        return false;
    memcpy(eight + 4, r->json + r->at, 4);
    r->at += 4;
    return tomo__hex8(eight, 8, out);
}

/* Behind a backslash. */
static tomo_status read_escape(reader *r, tomo__text *to)
{
    static const char from[] = "\"\\/bfnrt", plain[] = "\"\\/\b\f\n\r\t";
    size_t at = r->at - 1;
    char c = r->at < r->size ? r->json[r->at++] : '\0';
    const char *known = c ? strchr(from, c) : NULL;
    uint32_t code, low;
    if (known) {
        tomo__text_add(to, plain + (known - from), 1);
        return TOMO_OK;
    }
    if (c != 'u' || !hex4(r, &code))
        return wrong(r, at, "an escape that JSON has");
    if (code >= 0xdc00 && code < 0xe000)
        return wrong(r, at, "no half of a surrogate pair");
    if (code >= 0xd800 && code < 0xdc00) {
        if (r->size - r->at < 6 || r->json[r->at] != '\\' || r->json[r->at + 1] != 'u')
            return wrong(r, at, "both halves of a surrogate pair");
        r->at += 2;
        if (!hex4(r, &low) || low < 0xdc00 || low > 0xdfff)
            return wrong(r, at, "both halves of a surrogate pair");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    char u[4];
    tomo__text_add(to, u, tomo__utf8_put(u, code));
    return TOMO_OK;
}

/* A string into r->text, or passed over (to NULL). */
static tomo_status read_string(reader *r, tomo__text *to)
{
    size_t begin = r->at + 1;
    if (!take(r, '"'))
        return wrong(r, r->at, "a string");
    if (to)
        to->size = 0;
    for (size_t from = r->at;;) {
        unsigned char c = r->at < r->size ? (unsigned char)r->json[r->at] : 0;
        if (r->at >= r->size)
            return wrong(r, begin, "the end of the string that begins");
        if (c >= 0x20 && c != '"' && c != '\\') {
            r->at++;
            continue;
        }
        if (c < 0x20)
            return wrong(r, r->at, "no control character within a string");
        if (to)
            tomo__text_add(to, r->json + from, r->at - from);
        r->at++;
        if (c == '"')
            break;
        if (to)
            TRY(read_escape(r, to));
        else
            r->at += r->at < r->size;
        from = r->at;
    }
    return to && to->failed ? tomo__no_memory(to->ctx, r->err, to->size, "a string of JSON") : TOMO_OK;
}

static bool number_char(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/* The characters of a number, held against RFC 8259 section 6. */
static tomo_status read_number(reader *r, const char **text, size_t *n)
{
    const char *t = r->json + r->at;
    size_t i = 0, digits, left = r->size - r->at;
    i += i < left && t[i] == '-';
    for (digits = i; i < left && t[i] >= '0' && t[i] <= '9';)
        i++;
    if (i == digits || (t[digits] == '0' && i > digits + 1))
        return wrong(r, r->at, "a value");
    if (i < left && t[i] == '.') {
        for (digits = ++i; i < left && t[i] >= '0' && t[i] <= '9';)
            i++;
        if (i == digits)
            return wrong(r, r->at, "a number");
    }
    if (i < left && (t[i] == 'e' || t[i] == 'E')) {
        i++;
        i += i < left && (t[i] == '+' || t[i] == '-');
        for (digits = i; i < left && t[i] >= '0' && t[i] <= '9';)
            i++;
        if (i == digits)
            return wrong(r, r->at, "a number");
    }
    if (i < left && number_char(t[i]))
        return wrong(r, r->at, "a number");
    *text = t;
    *n = i;
    r->at += i;
    return TOMO_OK;
}

static bool read_word(reader *r, const char *word)
{
    size_t n = strlen(word);
    peek(r);
    if (r->size - r->at < n || memcmp(r->json + r->at, word, n) != 0)
        return false;
    r->at += n;
    return true;
}

enum { SKIP_DEPTH = 1024 };

/* Any value, passed over. */
static tomo_status skip_value(reader *r)
{
    uint8_t objects[SKIP_DEPTH];
    uint32_t depth = 0;
    for (;;) {
        char c = peek(r);
        const char *text;
        size_t n;
        if (c == '{' || c == '[') {
            if (depth == SKIP_DEPTH)
                return tomo__fail_at(r->err, TOMO_E_LIMIT, (int64_t)r->at, "JSON is nested too deeply at byte %zu",
                                     r->at);
            objects[depth++] = c == '{';
            r->at++;
            if (peek(r) != (c == '{' ? '}' : ']')) {
                if (c == '[')
                    continue;
                TRY(read_string(r, NULL));
                if (!take(r, ':'))
                    return wrong(r, r->at, "a colon");
                continue;
            }
        } else if (c == '"') {
            TRY(read_string(r, NULL));
        } else if (!read_word(r, "null") && !read_word(r, "true") && !read_word(r, "false")) {
            TRY(read_number(r, &text, &n));
        }
        while (depth > 0 && take(r, objects[depth - 1] ? '}' : ']'))
            depth--;
        if (depth == 0)
            return TOMO_OK;
        if (!take(r, ','))
            return wrong(r, r->at, "a comma or the end of an object or array");
        if (objects[depth - 1]) {
            TRY(read_string(r, NULL));
            if (!take(r, ':'))
                return wrong(r, r->at, "a colon");
        }
    }
}

/* ---- values -------------------------------------------------------------------------------------------------- */

/* {"Alphabetic": ..., "Ideographic": ..., "Phonetic": ...} to A=I=P */
static tomo_status read_name(reader *r)
{
    static const char *const groups[] = { "Alphabetic", "Ideographic", "Phonetic" };
    size_t start[3] = { 0 }, size[3] = { 0 };
    bool seen[3] = { false };
    tomo__text *all = &r->name;
    all->size = 0;
    r->at++;
    for (bool first = true; !take(r, '}'); first = false) {
        size_t k = 0;
        if (!first && !take(r, ','))
            return wrong(r, r->at, "a comma or the end of a name");
        size_t key = r->at;
        TRY(read_string(r, &r->text));
        if (!take(r, ':'))
            return wrong(r, r->at, "a colon");
        while (k < 3 && (r->text.size != strlen(groups[k]) || memcmp(r->text.data, groups[k], r->text.size) != 0))
            k++;
        if (k == 3 || seen[k])
            return wrong(r, key, "Alphabetic, Ideographic or Phonetic, each once");
        seen[k] = true;
        if (read_word(r, "null"))
            continue;
        TRY(read_string(r, &r->text));
        if (r->text.size && memchr(r->text.data, '=', r->text.size))
            return wrong(r, key, "no = within one group of a name");
        start[k] = all->size;
        size[k] = r->text.size;
        tomo__text_add(all, r->text.data, r->text.size);
    }
    if (all->failed) /* start and size speak of text that is not there */
        return tomo__no_memory(all->ctx, r->err, all->size, "a name");
    r->text.size = 0;
    tomo__text_str(&r->text, "");
    for (size_t k = 0, last = size[2] ? 3 : size[1] ? 2 : 1; k < last; k++) {
        tomo__text_add(&r->text, "=", k > 0);
        if (size[k])
            tomo__text_add(&r->text, all->data + start[k], size[k]);
    }
    return r->text.failed ? tomo__no_memory(all->ctx, r->err, all->size, "a name") : TOMO_OK;
}

static tomo_status read_value(reader *r, tomo_tag tag, uint16_t vr)
{
    char c = peek(r);
    const char *text = "";
    size_t n = 0, at = r->at;
    bool is_number = false;
    tomo_status st;
    if (c == '"' || (c == '{' && vr == VR_PN)) {
        if (c == '"')
            TRY(read_string(r, &r->text));
        else
            TRY(read_name(r));
        text = r->text.data ? r->text.data : "";
        n = r->text.size;
    } else if (read_word(r, "null")) {
        if (!tomo__vr_text(vr))
            return wrong(r, at, "a number, not null");
    } else if (c == '{' || c == '[' || c == 't' || c == 'f') {
        return wrong(r, at, vr == VR_PN ? "a name" : "a text or a number");
    } else {
        TRY(read_number(r, &text, &n));
        is_number = true;
    }
    st = tomo__build_add(&r->b, tag, vr, text, n, is_number, r->err);
    return st == TOMO_OK ? st : tomo__fail_in(r->err, st, "JSON at byte %zu", at);
}

static tomo_status read_dataset(reader *r, tomo_dataset *ds, uint32_t depth);

static tomo_status read_items(reader *r, tomo_dataset *ds, tomo_tag tag, uint32_t depth)
{
    if (depth >= r->b.max_depth)
        return tomo__fail_at(r->err, TOMO_E_LIMIT, (int64_t)r->at,
                             TAG_FMT " is nested deeper than %u sequences at byte %zu", TAG_ARGS(tag),
                             (unsigned)r->b.max_depth, r->at);
    for (uint32_t i = 0; !take(r, ']'); i++) {
        tomo_dataset *item;
        bool made;
        if (i && !take(r, ','))
            return wrong(r, r->at, "a comma or the end of an array");
        TRY(tomo__store_item(ds, tag, i, &item, &made, r->err));
        if (!read_word(r, "null")) /* an empty item */
            TRY(read_dataset(r, item, depth + 1));
    }
    return TOMO_OK;
}

/* The array behind "Value". */
static tomo_status read_values(reader *r, tomo_dataset *ds, tomo_tag tag, uint16_t vr, uint32_t depth)
{
    if (read_word(r, "null"))
        return TOMO_OK;
    if (!take(r, '['))
        return wrong(r, r->at, "an array behind Value");
    if (vr == VR_SQ)
        return read_items(r, ds, tag, depth);
    for (bool first = true; !take(r, ']'); first = false) {
        if (!first && !take(r, ','))
            return wrong(r, r->at, "a comma or the end of an array");
        TRY(read_value(r, tag, vr));
    }
    return TOMO_OK;
}

/* ---- elements ------------------------------------------------------------------------------------------------ */

/* What an element's object holds, found before it is read: members may come in any order. */
typedef struct members {
    uint16_t vr;
    char what; /* 'V'alue, 'I'nlineBinary, 'B'ulkDataURI, or 0 */
    size_t at; /* where it stands */
} members;

static bool is(const reader *r, const char *word)
{
    return r->text.size == strlen(word) && memcmp(r->text.data, word, r->text.size) == 0;
}

static tomo_status read_vr(reader *r, members *m)
{
    size_t at = r->at;
    TRY(read_string(r, &r->text));
    m->vr = r->text.size == 2 ? TOMO_VR((unsigned char)r->text.data[0], (unsigned char)r->text.data[1]) : 0;
    return tomo__vr_known(m->vr) ? TOMO_OK : wrong(r, at, "a VR of PS3.5 6.2");
}

static tomo_status read_element(reader *r, tomo_dataset *ds, tomo_tag tag, uint32_t depth);

/* The value itself, at r->at. */
static tomo_status read_content(reader *r, tomo_dataset *ds, tomo_tag tag, const members *m, uint32_t depth)
{
    size_t at = r->at;
    tomo_status st;
    if (m->what == 'V' && tomo__vr_binary(m->vr) && peek(r) == '[')
        return wrong(r, at, "InlineBinary or BulkDataURI for a binary VR");
    if (m->what == 'V')
        return read_values(r, ds, tag, m->vr, depth);
    if (m->what == 'I' && !tomo__vr_binary(m->vr))
        return wrong(r, at, "Value for a VR that is not binary");
    if (read_word(r, "null"))
        return TOMO_OK;
    TRY(read_string(r, &r->text));
    st = m->what == 'I' ? tomo__build_base64(&r->b, tag, m->vr, r->text.data ? r->text.data : "", r->text.size, r->err)
                        : tomo__build_uri(&r->b, ds, tag, m->vr, r->text.data ? r->text.data : "", r->err);
    return st == TOMO_OK ? st : tomo__fail_in(r->err, st, "JSON at byte %zu", at);
}

/* An empty sequence, or the element that the values read make. Bulk data has made its own. */
static tomo_status put_element(reader *r, tomo_dataset *ds, tomo_tag tag, const members *m)
{
    if (m->what == 'B' || (m->vr == VR_SQ && tomo__ds_elem(ds, tag)))
        return TOMO_OK;
    return tomo__build_put(&r->b, ds, tag, m->vr, r->err);
}

/* {"vr": ..., "Value": [...]}: in one go where vr comes first, else back to the value once vr is known. */
static tomo_status read_element(reader *r, tomo_dataset *ds, tomo_tag tag, uint32_t depth)
{
    members m = { 0 };
    size_t begin = r->at;
    bool done = false;
    if (!take(r, '{'))
        return wrong(r, r->at, "an object with vr");
    for (bool first = true; !take(r, '}'); first = false) {
        char what;
        if (!first && !take(r, ','))
            return wrong(r, r->at, "a comma or the end of an object");
        size_t key = r->at;
        TRY(read_string(r, &r->text));
        what = is(r, "vr") ? 'v' : is(r, "Value") ? 'V' : is(r, "InlineBinary") ? 'I' : is(r, "BulkDataURI") ? 'B' : 0;
        if (!take(r, ':'))
            return wrong(r, r->at, "a colon");
        peek(r);
        if ((what == 'v' && m.vr) || (what && what != 'v' && m.what))
            return wrong(r, key, "vr once and one of Value, InlineBinary and BulkDataURI");
        if (what == 'v') {
            TRY(read_vr(r, &m));
            continue;
        }
        if (!what)
            tomo__remark(r->b.report, TAG_FMT ": member \"%.40s\" left out", TAG_ARGS(tag), r->text.data);
        if (what) {
            m.what = what;
            m.at = r->at;
        }
        if (!what || !m.vr) {
            TRY(skip_value(r));
            continue;
        }
        TRY(read_content(r, ds, tag, &m, depth));
        done = true;
    }
    if (!m.vr)
        return wrong(r, begin, "vr within the object");
    if (m.what && !done) {
        size_t end = r->at;
        r->at = m.at;
        TRY(read_content(r, ds, tag, &m, depth));
        r->at = end;
    }
    return put_element(r, ds, tag, &m);
}

/* As deep as sequences nest: read_items() holds that below max_depth. */
static tomo_status read_dataset(reader *r, tomo_dataset *ds, uint32_t depth)
{
    if (!take(r, '{'))
        return wrong(r, r->at, "an object: a data set");
    for (bool first = true; !take(r, '}'); first = false) {
        uint32_t tag;
        if (!first && !take(r, ','))
            return wrong(r, r->at, "a comma or the end of a data set");
        peek(r);
        size_t key = r->at;
        TRY(read_string(r, &r->text));
        if (!tomo__hex8(r->text.data ? r->text.data : "", r->text.size, &tag))
            return wrong(r, key, "a tag of eight hexadecimal digits");
        if (!take(r, ':'))
            return wrong(r, r->at, "a colon");
        peek(r);
        if (tomo__ds_elem(ds, tag) || (tag == 0x00020010 && r->b.syntax[0]))
            return tomo__fail_at(r->err, TOMO_E_FORMAT, (int64_t)key, "JSON: " TAG_FMT " is there twice at byte %zu",
                                 TAG_ARGS(tag), key);
        TRY(tomo__build_room(&r->b, ds, tag, r->err));
        TRY(tomo__build_wants(tag) ? read_element(r, ds, tag, depth) : skip_value(r));
    }
    return TOMO_OK;
}

/* The whole text: a data set, or an array of them. */
static tomo_status read_all(reader *r)
{
    if (peek(r) == '[') {
        r->at++;
        for (uint32_t i = 0; i < r->b.o.index; i++) {
            if (peek(r) == ']')
                return tomo__fail(r->err, TOMO_E_NOTFOUND, "the array holds %u data sets", (unsigned)i);
            TRY(skip_value(r));
            if (peek(r) != ']' && !take(r, ','))
                return wrong(r, r->at, "a comma or the end of an array");
        }
        if (peek(r) == ']')
            return tomo__fail(r->err, TOMO_E_NOTFOUND, "the array holds %u data sets", (unsigned)r->b.o.index);
        TRY(read_dataset(r, r->b.top, 0));
        while (take(r, ','))
            TRY(skip_value(r));
        if (!take(r, ']'))
            return wrong(r, r->at, "a comma or the end of an array");
    } else {
        if (r->b.o.index)
            return tomo__fail(r->err, TOMO_E_NOTFOUND, "there is one data set, not an array");
        TRY(read_dataset(r, r->b.top, 0));
    }
    return peek(r) || r->at < r->size ? wrong(r, r->at, "the end of the text") : TOMO_OK;
}

tomo_status tomo_dataset_from_json(tomo_ctx *ctx, tomo_dataset **out, const char *json, size_t size,
                                   const tomo_untext_options *opts, tomo_report *report, tomo_error *err)
{
    reader r;
    tomo_status st;
    if (!ctx || !out || (!json && size))
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_from_json: NULL argument");
    r = (reader){ .json = json, .size = size, .text = TOMO__TEXT(ctx), .name = TOMO__TEXT(ctx), .err = err };
    st = tomo__build_begin(&r.b, ctx, opts, report, err);
    if (st == TOMO_OK && size >= 3 && memcmp(json, "\xef\xbb\xbf", 3) == 0)
        r.at = 3; /* a byte order mark: RFC 8259 8.1 lets readers pass over it */
    if (st == TOMO_OK)
        st = read_all(&r);
    if (st == TOMO_OK)
        st = tomo__build_done(&r.b, out, err);
    else
        tomo__build_free(&r.b);
    tomo__text_free(&r.text);
    tomo__text_free(&r.name);
    return st;
}
