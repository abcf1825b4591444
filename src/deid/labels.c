/* labels.c - texts that table E.1-1 of PS3.15 does not name, but that people type: labels, explanations, comments, and
 * what codes are called. A code that a published scheme can have keeps its meaning; there is no table of all of them
 * here, so the meaning is held to be short and without numbers; that of a private scheme stays if its words are known
 * (words.c) or tell nothing. */
#include "deid/deid_internal.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

static bool ends(const char *keyword, const char *with)
{
    size_t n = strlen(keyword), m = strlen(with);
    return n >= m && strcmp(keyword + n - m, with) == 0;
}

bool tomo__deid_is_label(const tomo_dict_entry *dict)
{
    static const char *const endings[] = { "Label", "Labels", "Description", "Explanation", "Comment",
                                           "Notes", "Text",   "Creator",     "LabelVector" };
    static const tomo_tag tags[] = { 0x00082120, 0x00082127, 0x00082132, 0x00189005, 0x00540400, 0x00700080,
                                     0x00700002, 0x00720010, 0x0074100c, 0x00820018, 0x21000160, 0x30020003,
                                     0x300a0009, 0x300a00c2, 0x300a00fe, 0x300a0184, 0x300a0236 };
    if (dict->vr != VR_LO && dict->vr != VR_SH && dict->vr != VR_UC && dict->vr != VR_CS)
        return false;
    if (dict->tag == 0x00209421) /* Dimension Description Label: of what dimension, by the program that wrote it */
        return false;
    for (size_t i = 0; i < TOMO__COUNT(tags); i++)
        if (tags[i] == dict->tag)
            return true;
    for (size_t i = 0; dict->vr != VR_CS && i < TOMO__COUNT(endings); i++)
        if (ends(dict->keyword, endings[i]))
            return true;
    return false;
}

/* No long number, none of three parts (a date, a telephone), no address. */
static bool no_numbers(const char *text, size_t size, size_t most)
{
    size_t run = 0, numbers = 0;
    bool number = false;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '@')
            return false;
        if (is_digit(text[i])) {
            numbers += run == 0 && !number;
            number = true;
            if (++run > most || numbers >= 3)
                return false;
            continue;
        }
        run = 0;
        number = false;
        if (is_letter(text[i]) || (unsigned char)text[i] >= 0x80)
            numbers = 0;
    }
    return true;
}

bool tomo__deid_label_fits(const char *text, size_t size)
{
    if (size > 256 || !no_numbers(text, size, 4))
        return false;
    for (size_t i = 0; i < size;) {
        size_t from = i, letters = 0, run = 0;
        bool digit = false;
        if ((unsigned char)text[i] >= 0x80)
            return false;
        for (; i < size && (is_letter(text[i]) || is_digit(text[i])); i++) {
            run = is_letter(text[i]) ? run + 1 : 0;
            letters = TOMO__MAX(letters, run);
            digit |= is_digit(text[i]);
        }
        size_t bare = i; /* "WINDOW1" */
        while (bare > from && i - bare < 3 && is_digit(text[bare - 1]))
            bare--;
        if (i > from && letters > 3 && !(digit && letters <= 5) && !tomo__deid_known_word(text + from, i - from) &&
            !tomo__deid_known_word(text + from, bare - from))
            return false;
        i += i == from;
    }
    return true;
}

/* ---- codes (PS3.3 8.8) ------------------------------------------------------------------------------------------ */

/* Published schemes of PS3.16 table 8-1. */
static bool is_published(const char *scheme)
{
    static const char *const all[] = {
        "ACR",  "BI",    "C4",          "CD8",        "CPT",      "DCM",      "FMA",      "I10",    "I10P",    "I9",
        "I9C",  "ICD10", "ICDO3",       "ISO3166_1",  "ISO639_1", "ISO639_2", "LN",       "MA",     "MDC",     "NCIt",
        "NDC",  "NEU",   "PUBCHEM_CID", "RADELEMENT", "RADLEX",   "RFC3066",  "RFC5646",  "RXNORM", "SCPECG",  "SCT",
        "SNM3", "SRT",   "UCUM",        "UMLS",       "UNS",      "IBSI",     "ITIS_TSN", "99SDM",  "ISO_OID", "NICIP"
    };
    for (size_t i = 0; i < TOMO__COUNT(all); i++)
        if (strcmp(all[i], scheme) == 0)
            return true;
    return false;
}

/* The check digit of SNOMED CT identifiers (Verhoeff). */
static bool is_sctid(const char *text, size_t size)
{
    static const char d[10][11] = { "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
                                    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210" };
    static const char p[8][11] = { "0123456789", "1576283094", "5803796142", "8916043527",
                                   "9453126870", "4286573901", "2793806415", "7046913258" };
    int c = 0;
    if (size < 6 || size > 18 || text[0] == '0')
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!is_digit(text[size - 1 - i]))
            return false;
        c = d[c][p[i % 8][text[size - 1 - i] - '0'] - '0'] - '0';
    }
    return c == 0;
}

static bool value_fits(const char *scheme, const char *text, size_t size)
{
    size_t run = 0, most = 0, digits = 0, upper = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] <= ' ' || text[i] > '~')
            return false;
        run = is_letter(text[i]) ? run + 1 : 0;
        most = TOMO__MAX(most, run);
        digits += is_digit(text[i]);
        upper += text[i] >= 'A' && text[i] <= 'Z';
    }
    if (strcmp(scheme, "SCT") == 0)
        return is_sctid(text, size);
    if (strcmp(scheme, "DCM") == 0) /* modalities are codes, too (CID 29) */
        return (digits == size && size >= 5 && size <= 6) ||
               (upper == size && (size <= 4 || memcmp(text, "RT", 2) == 0)) || tomo__deid_known_word(text, size);
    if (strcmp(scheme, "SRT") == 0 || strcmp(scheme, "SNM3") == 0 || strcmp(scheme, "99SDM") == 0)
        return size >= 6 && size <= 9 && digits > 0 && (text[1] == '-' || text[2] == '-');
    if (strcmp(scheme, "LN") == 0)
        return size >= 3 && size <= 9 && text[size - 2] == '-' && digits == size - 1;
    if (strcmp(scheme, "UCUM") == 0)
        return size <= 32 && most <= 6;
    return size <= 16 && most <= 3;
}

bool tomo__deid_code_fits(const tomo_dataset *item, tomo_tag tag, const char *text, size_t size)
{
    char scheme[17] = "", value[65] = "";
    bool published = tomo_dataset_text(item, 0x00080102, 0, scheme, sizeof scheme) > 0 && is_published(scheme);
    if (tag == 0x00080120) /* URN Code Value */
        return size > 8 && memcmp(text, "urn:oid:", 8) == 0 && strspn(text + 8, "0123456789.") == size - 8;
    if (tag == 0x00080104) {
        int64_t n = tomo_dataset_text(item, 0x00080100, 0, value, sizeof value);
        if (n <= 0)
            n = tomo_dataset_text(item, 0x00080119, 0, value, sizeof value);
        if (published && n > 0 && n < (int64_t)sizeof value && value_fits(scheme, value, (size_t)n))
            return (size <= 64 || strcmp(scheme, "DCM") == 0) && size <= 128 && no_numbers(text, size, 3);
        return tomo__deid_label_fits(text, size);
    }
    if (published && value_fits(scheme, text, size))
        return true;
    return size <= 16 && no_numbers(text, size, 6) &&
           (tomo__deid_label_fits(text, size) || strspn(text, "0123456789.-") == size);
}
