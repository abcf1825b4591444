/* xml_scan.c - XML 1.0 (fifth edition) without what a data set does not need. */
#include "dicom/xml_scan.h"

#include "dicom/charset.h"
#include "dicom/parse.h"

tomo_status tomo__xml_wrong(tomo__xml *x, size_t at, const char *expected)
{
    return tomo__fail_at(x->err, TOMO_E_FORMAT, (int64_t)at, "XML: expected %s at byte %zu", expected, at);
}

void tomo__xml_free(tomo__xml *x)
{
    tomo__text_free(&x->text);
    tomo__text_free(&x->values);
}

static bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static void skip_space(tomo__xml *x)
{
    while (x->at < x->size && space(x->xml[x->at]))
        x->at++;
}

static bool at_word(const tomo__xml *x, const char *word)
{
    size_t n = strlen(word);
    return x->size - x->at >= n && memcmp(x->xml + x->at, word, n) == 0;
}

/* Past the next `word`. */
static tomo_status skip_to(tomo__xml *x, const char *word, size_t *end)
{
    const char *found = memmem(x->xml + x->at, x->size - x->at, word, strlen(word));
    if (!found)
        return tomo__xml_wrong(x, x->at, word);
    *end = (size_t)(found - x->xml);
    x->at = *end + strlen(word);
    return TOMO_OK;
}

/* ---- characters ---------------------------------------------------------------------------------------------- */

static bool is_char(uint32_t c)
{
    return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) ||
           (c >= 0x10000 && c <= 0x10ffff);
}

/* &lt; &#38; &#x26; at x->at. */
static tomo_status read_reference(tomo__xml *x, tomo__text *to)
{
    static const struct {
        const char *word, *is;
    } known[] = { { "&lt;", "<" }, { "&gt;", ">" }, { "&amp;", "&" }, { "&quot;", "\"" }, { "&apos;", "'" } };
    size_t begin = x->at;
    uint32_t code = 0;
    for (size_t i = 0; i < TOMO__COUNT(known); i++)
        if (at_word(x, known[i].word)) {
            tomo__text_add(to, known[i].is, 1);
            x->at += strlen(known[i].word);
            return TOMO_OK;
        }
    if (!at_word(x, "&#"))
        return tomo__xml_wrong(x, begin, "one of the five entities of XML (others are not read)");
    bool hex = x->size - x->at > 2 && x->xml[x->at + 2] == 'x';
    size_t digits = x->at += hex ? 3 : 2;
    for (; x->at < x->size && code <= 0x10ffff; x->at++) {
        char c = x->xml[x->at];
        int v = c >= '0' && c <= '9'          ? c - '0'
                : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10
                : hex && c >= 'A' && c <= 'F' ? c - 'A' + 10
                                              : -1;
        if (v < 0)
            break;
        code = code * (hex ? 16 : 10) + (uint32_t)v;
    }
    if (x->at == digits || x->at >= x->size || x->xml[x->at] != ';' || !is_char(code))
        return tomo__xml_wrong(x, begin, "a character of XML");
    x->at++;
    char u[4];
    tomo__text_add(to, u, tomo__utf8_put(u, code));
    return TOMO_OK;
}

/* Plain characters in [x->at, end): checked, line ends brought to one form (section 2.11). */
static tomo_status add_plain(tomo__xml *x, size_t end, tomo__text *to)
{
    while (x->at < end) {
        size_t from = x->at;
        while (x->at < end && (unsigned char)x->xml[x->at] >= 0x20 && (unsigned char)x->xml[x->at] < 0x7f)
            x->at++;
        tomo__text_add(to, x->xml + from, x->at - from);
        if (x->at == end)
            break;
        if (x->xml[x->at] == '\r') {
            tomo__text_add(to, "\n", 1);
            x->at += x->at + 1 < end && x->xml[x->at + 1] == '\n' ? 2 : 1;
            continue;
        }
        from = x->at;
        uint32_t c = tomo__utf8_next(x->xml, end, &x->at);
        if (!is_char(c) || (c == 0xfffd && x->at - from != 3))
            return tomo__xml_wrong(x, from, "a character of XML in UTF-8");
        tomo__text_add(to, x->xml + from, x->at - from);
    }
    return to->failed ? tomo__no_memory(to->ctx, x->err, to->size, "text of XML") : TOMO_OK;
}

/* Character data up to the next tag. */
static tomo_status read_text(tomo__xml *x)
{
    size_t end = 0;
    x->text.size = 0;
    if (x->text.data)
        x->text.data[0] = '\0';
    for (;;) {
        const char *stop = x->xml + x->at;
        while (stop < x->xml + x->size && *stop != '<' && *stop != '&')
            stop++;
        TRY(add_plain(x, (size_t)(stop - x->xml), &x->text));
        if (x->at == x->size)
            return TOMO_OK;
        if (x->xml[x->at] == '&') {
            TRY(read_reference(x, &x->text));
        } else if (at_word(x, "<!--")) {
            x->at += 4;
            TRY(skip_to(x, "-->", &end));
        } else if (at_word(x, "<![CDATA[")) {
            size_t from = x->at + 9;
            x->at = from;
            TRY(skip_to(x, "]]>", &end));
            size_t behind = x->at;
            x->at = from;
            TRY(add_plain(x, end, &x->text));
            x->at = behind;
        } else if (at_word(x, "<?")) {
            TRY(skip_to(x, "?>", &end));
        } else if (at_word(x, "<!")) {
            return tomo__xml_wrong(x, x->at, "no DOCTYPE: documents with a DTD are not read");
        } else {
            return TOMO_OK;
        }
    }
}

/* ---- tags ---------------------------------------------------------------------------------------------------- */

static bool name_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.' || c == ':' || (unsigned char)c >= 0x80;
}

/* A name; what stands before its colon is left out unless `whole`. */
static tomo_status read_name(tomo__xml *x, char name[XML_NAME], bool whole)
{
    size_t from = x->at, n;
    while (x->at < x->size && name_char(x->xml[x->at])) {
        x->at++;
        if (!whole && x->xml[x->at - 1] == ':')
            from = x->at;
    }
    n = x->at - from;
    if (n == 0 || n >= XML_NAME)
        return tomo__xml_wrong(x, from, "a name of at most 63 bytes");
    memcpy(name, x->xml + from, n);
    name[n] = '\0';
    return TOMO_OK;
}

static tomo_status read_attribute(tomo__xml *x)
{
    size_t begin = x->at;
    char name[XML_NAME];
    char quote;
    TRY(read_name(x, name, true));
    skip_space(x);
    if (x->at >= x->size || x->xml[x->at] != '=')
        return tomo__xml_wrong(x, x->at, "= behind the name of an attribute");
    x->at++;
    skip_space(x);
    quote = x->at < x->size ? x->xml[x->at] : '\0';
    if (quote != '"' && quote != '\'')
        return tomo__xml_wrong(x, x->at, "the value of an attribute in quotes");
    x->at++;
    if (x->n_attributes == XML_ATTRIBUTES || tomo__xml_attribute(x, name))
        return tomo__xml_wrong(x, begin, "each attribute once, at most 16 of them");
    strcpy(x->attribute[x->n_attributes].name, name);
    x->attribute[x->n_attributes].value = x->values.size;
    for (;;) {
        size_t end = x->at;
        while (end < x->size && x->xml[end] != quote && x->xml[end] != '&' && x->xml[end] != '<')
            end++;
        TRY(add_plain(x, end, &x->values));
        if (x->at == x->size || x->xml[x->at] == '<')
            return tomo__xml_wrong(x, begin, "the end of the attribute that begins");
        if (x->xml[x->at] == quote)
            break;
        TRY(read_reference(x, &x->values));
    }
    x->at++;
    tomo__text_add(&x->values, "\0", 1);
    x->n_attributes++;
    return x->values.failed ? tomo__no_memory(x->values.ctx, x->err, x->values.size, "attributes") : TOMO_OK;
}

const char *tomo__xml_attribute(const tomo__xml *x, const char *name)
{
    for (uint32_t i = 0; i < x->n_attributes; i++)
        if (strcmp(x->attribute[i].name, name) == 0)
            return x->values.data + x->attribute[i].value;
    return NULL;
}

static tomo_status read_start(tomo__xml *x)
{
    x->at++;
    x->n_attributes = 0;
    x->values.size = 0;
    TRY(read_name(x, x->name, false));
    for (;;) {
        bool apart = x->at < x->size && space(x->xml[x->at]);
        skip_space(x);
        if (x->at < x->size && x->xml[x->at] == '>') {
            x->at++;
            return TOMO_OK;
        }
        if (at_word(x, "/>")) {
            x->at += 2;
            x->closed = true;
            return TOMO_OK;
        }
        if (!apart)
            return tomo__xml_wrong(x, x->at, "the end of a tag");
        TRY(read_attribute(x));
    }
}

/* Byte order mark and <?xml ...?>, which may name UTF-8 only. */
static tomo_status read_prolog(tomo__xml *x)
{
    size_t from, end = 0;
    x->began = true;
    if (at_word(x, "\xef\xbb\xbf"))
        x->at += 3;
    from = x->at;
    if (!at_word(x, "<?xml"))
        return TOMO_OK;
    TRY(skip_to(x, "?>", &end));
    const char *encoding = memmem(x->xml + from, end - from, "encoding", 8);
    if (!encoding || x->recoded)
        return TOMO_OK;
    size_t left = (size_t)(x->xml + end - encoding);
    for (size_t i = 0; i + 5 < left; i++)
        if (strncasecmp(encoding + i, "UTF-8", 5) == 0 || strncasecmp(encoding + i, "ASCII", 5) == 0)
            return TOMO_OK;
    return tomo__xml_wrong(x, (size_t)(encoding - x->xml), "encoding UTF-8, US-ASCII or ISO-8859-1 to -9, -11, -15");
}

tomo_status tomo__xml_next(tomo__xml *x, tomo__xml_kind *kind)
{
    if (x->closed) {
        x->closed = false;
        x->text.size = 0;
        *kind = XML_END;
        return TOMO_OK;
    }
    if (!x->began)
        TRY(read_prolog(x));
    TRY(read_text(x));
    if (x->at == x->size) {
        *kind = XML_DONE;
        return TOMO_OK;
    }
    if (!at_word(x, "</")) {
        *kind = XML_START;
        return read_start(x);
    }
    x->at += 2;
    *kind = XML_END;
    TRY(read_name(x, x->name, false));
    skip_space(x);
    if (x->at >= x->size || x->xml[x->at] != '>')
        return tomo__xml_wrong(x, x->at, "the end of a tag");
    x->at++;
    return TOMO_OK;
}
