/* path.c - reads paths of elements: keyword, 00100010 or (0010,0010); items in brackets; joined by dots. */
#include "dicom/path.h"

static bool is_word(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool tomo__hex(const char *text, size_t size, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return false;
        *out = *out << 4 | (uint32_t)digit;
    }
    return true;
}

/* Tag or keyword at the start of `text`; its length, or 0. */
static size_t read_tag(const char *text, tomo_tag *out)
{
    uint32_t group, element;
    size_t n = 0;
    char word[65];
    if (text[0] == '(') {
        if (strnlen(text, 11) < 11 || text[5] != ',' || text[10] != ')' || !tomo__hex(text + 1, 4, &group) ||
            !tomo__hex(text + 6, 4, &element))
            return 0;
        *out = group << 16 | element;
        return 11;
    }
    while (is_word(text[n]))
        n++;
    if (n == 0 || n >= sizeof word)
        return 0;
    if (n == 8 && tomo__hex(text, 4, &group) && tomo__hex(text + 4, 4, &element)) {
        *out = group << 16 | element;
        return n;
    }
    memcpy(word, text, n);
    word[n] = '\0';
    const tomo_dict_entry *d = tomo_dict_keyword(word);
    if (!d)
        return 0;
    *out = d->tag;
    return n;
}

tomo_status tomo__path_step(const char **rest, tomo__step *out, tomo_error *err)
{
    const char *at = *rest;
    size_t n = read_tag(at, &out->tag);
    uint64_t item = 0;
    if (n == 0)
        return tomo__fail(err, TOMO_E_ARG, "\"%s\": expected a keyword of the dictionary, 00100010 or (0010,0010)", at);
    at += n;
    out->item = 0;
    out->last = *at == '\0';
    if (out->last) {
        *rest = at;
        return TOMO_OK;
    }
    if (*at++ != '[' || *at < '0' || *at > '9')
        return tomo__fail(err, TOMO_E_ARG, "\"%s\": expected [item]. behind a sequence", *rest);
    for (; *at >= '0' && *at <= '9' && item < UINT32_MAX; at++)
        item = item * 10 + (uint64_t)(*at - '0');
    if (item >= UINT32_MAX || at[0] != ']' || at[1] != '.')
        return tomo__fail(err, TOMO_E_ARG, "\"%s\": expected [item]. behind a sequence", *rest);
    out->item = (uint32_t)item;
    *rest = at + 2;
    return TOMO_OK;
}
