/* charset.h - Specific Character Set (PS3.3 C.12.1.1.2, PS3.5 6.1): bytes of text values to Unicode and back. */
#ifndef TOMO_DICOM_CHARSET_H
#define TOMO_DICOM_CHARSET_H

#include "dicom/dicom_internal.h"

/* Coded sets. The single-byte ones come first, in the order of charset.gen.c. */
typedef enum tomo__set {
    SET_LATIN1,
    SET_LATIN2,
    SET_LATIN3,
    SET_LATIN4,
    SET_CYRILLIC,
    SET_ARABIC,
    SET_GREEK,
    SET_HEBREW,
    SET_LATIN5,
    SET_LATIN9,
    SET_THAI,
    SET_ASCII,  /* ISO_IR 6; alone, bytes above 7F are read as Latin 1, which is what such files mean */
    SET_JIS201, /* JIS X 0201: romaji low, katakana high */
    SET_JIS208,
    SET_JIS212, /* two bytes, low */
    SET_KSX1001,
    SET_GB2312, /* two bytes, high */
    SET_UTF8,
    SET_GB18030,
    SET_GBK, /* whole encodings, without code extensions */
    SET_NONE
} tomo__set;

extern const uint16_t tomo__charset_high[][96];

enum { CHARSET_TERMS = 8 };
typedef struct tomo__charset {
    uint8_t n;                  /* terms, at least 1 */
    uint8_t set[CHARSET_TERMS]; /* tomo__set of each; more than 1: code extensions (ISO 2022) */
} tomo__charset;

/* The character set that holds at a data set: its own (0008,0005) or that of what it is in. */
void tomo__charset_of(const tomo_dataset *ds, tomo__charset *out);
/* By the value of (0008,0005). false if a term is unknown (it counts as ASCII). */
bool tomo__charset_parse(const char *text, size_t size, tomo__charset *out);

typedef void (*tomo__emit)(void *user, uint32_t code);
/* Decode; broken bytes become U+FFFD. `pn`: ^ and = end a code extension too (PS3.5 6.1.2.5.3). */
void tomo__charset_decode(const tomo__charset *cs, const uint8_t *in, size_t size, bool pn, tomo__emit emit,
                          void *user);
/* One code point in UTF-8; its length. */
size_t tomo__utf8_put(char out[4], uint32_t code);
/* Encode UTF-8 into `out`. TOMO_E_ARG names the first character that the set does not have. */
tomo_status tomo__charset_encode(const tomo__charset *cs, const char *text, size_t size, bool pn, tomo__text *out,
                                 tomo_error *err);
/* From one set to another. TOMO_E_FORMAT if the bytes are none of `from`, TOMO_E_ARG if `to` lacks a character. */
tomo_status tomo__charset_convert(const tomo__charset *from, const tomo__charset *to, const uint8_t *in, size_t size,
                                  bool pn, tomo__text *out, tomo_error *err);
/* Is there text in a data set that another character set would read differently? (edit.c) */
bool tomo__has_coded_text(const tomo_dataset *ds);

#endif
