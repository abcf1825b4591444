/* deid_internal.h - the rules of PS3.15 Annex E as data, and the parts that the engine is made of. */
#ifndef TOMO_DEID_INTERNAL_H
#define TOMO_DEID_INTERNAL_H

#include <tomo/deid.h>

#include "dicom/dicom_internal.h"

/* Basic actions of table E.1-1; compound ones are in order of severity (rules.c chooses). */
enum { DEID_X = 1, DEID_Z, DEID_D, DEID_U, DEID_XZ, DEID_XD, DEID_ZD, DEID_XZD, DEID_XZU };
/* Columns of options as bits of `keep` (K) and `clean` (C). */
enum {
    OPT_SAFE_PRIVATE = 1,
    OPT_UIDS = 2,
    OPT_DEVICE = 4,
    OPT_INSTITUTION = 8,
    OPT_PATIENT = 16,
    OPT_FULL_DATES = 32,
    OPT_SHIFT_DATES = 64,
    OPT_DESCRIPTORS = 128,
    OPT_STRUCTURED = 256,
    OPT_GRAPHICS = 512
};

typedef struct tomo__deid_rule {
    tomo_tag tag;
    uint16_t keep, clean;
    uint8_t basic;
} tomo__deid_rule;
extern const tomo__deid_rule tomo__deid_rules[]; /* sorted by tag */
extern const uint32_t tomo__deid_n_rules;

typedef struct tomo__deid_safe {
    const char *creator;
    uint16_t group;
    uint8_t element;
    uint16_t vr;
} tomo__deid_safe;
extern const tomo__deid_safe tomo__deid_safe_private[];
extern const uint32_t tomo__deid_n_safe;

struct tomo_deid {
    tomo_ctx *ctx;
    uint32_t options; /* OPT_ bits */
    int32_t pixels;
    uint8_t key[32]; /* SHA-256 of the caller's key, or random */
    int32_t *boxes;
    size_t n_boxes;
    void *certificates; /* STACK_OF(X509) * */
    /* one item of (0012,0064) for each option, made once */
    char method[256];
};

/* ---- what to do with an element (rules.c) ------------------------------------------------------------------- */

/* Resolved against the options: what happens to the value. */
typedef enum tomo__deid_do {
    DO_KEEP,   /* as it is (texts go through the leak search) */
    DO_REMOVE, /* no element */
    DO_EMPTY,  /* zero length */
    DO_DUMMY,  /* a value of the right VR that says nothing */
    DO_UID,    /* keyed UIDs */
    DO_SHIFT,  /* dates moved, times kept */
    DO_CLEAN,  /* kept if of known words only, else as the basic action says */
    DO_PSEUDONYM,
    DO_AGE,   /* over 89 years becomes 90 */
    DO_LABEL, /* kept if its words tell nothing (labels.c), else "REMOVED" */
    DO_CODE   /* values and meanings of codes, by their scheme (labels.c) */
} tomo__deid_do;
const tomo__deid_rule *tomo__deid_find(tomo_tag tag);
tomo__deid_do tomo__deid_basic(const tomo__deid_rule *rule, uint16_t vr);
tomo__deid_do tomo__deid_resolve(uint32_t options, tomo_tag tag, uint16_t vr, const tomo_dict_entry *dict);
/* Row of a safe private element, or NULL. */
const tomo__deid_safe *tomo__deid_safe_find(const char *creator, uint16_t group, uint8_t element);
/* May a value of VR `wire` stand where the dictionary has `dict`? */
bool tomo__deid_vr_fits(uint16_t wire, const tomo_dict_entry *dict);
/* Does raw text hold only what its VR allows (PS3.5 6.2)? For VRs with a small repertoire; true for the others. */
bool tomo__deid_text_fits(uint16_t vr, const uint8_t *text, size_t size);
/* Is every word of a text known to say nothing of a person (words.c)? */
bool tomo__deid_known_words(const char *text, size_t size);
bool tomo__deid_known_word(const char *word, size_t size);
/* Does the table not name it, although people type it? Does such a text tell nothing? */
bool tomo__deid_is_label(const tomo_dict_entry *dict);
bool tomo__deid_label_fits(const char *text, size_t size);
/* May a text of a code's item (Code Value, Code Meaning ...) stay? */
bool tomo__deid_code_fits(const tomo_dataset *item, tomo_tag tag, const char *text, size_t size);
/* Is it a SOP class that stores something, by the registry? */
bool tomo__deid_storage_class(const char *uid);

/* ---- keyed values (keyed.c): the same for the same key, not to be turned round without it --------------------- */

void tomo__deid_uid(const tomo_deid *d, const char *uid, size_t size, char out[65]);
/* "P" and 12 base32 characters; `domain` keeps, say, a patient number and an equal accession number apart. */
void tomo__deid_pseudonym(const tomo_deid *d, const char *domain, const char *text, size_t size, char out[20]);
/* Days to go back, 1 to 3650, of a patient. */
int32_t tomo__deid_shift(const tomo_deid *d, const char *patient, size_t size);

/* ---- dates (dates.c) ------------------------------------------------------------------------------------------- */

/* Move a DA, DT or range of them `days` back; false if it is none. TM is copied if it is one. */
bool tomo__deid_shift_value(uint16_t vr, const char *text, size_t size, int32_t days, char out[64]);

/* ---- terms that must not be left over (terms.c) ---------------------------------------------------------------- */

/* One character without case, accents and width (fold.c). */
enum { GLYPH_NONE, GLYPH_LETTER, GLYPH_DIGIT, GLYPH_MARK }; /* a mark joins what stands around it */
typedef struct tomo__glyph {
    uint32_t c[2];
    uint8_t n;    /* of c: 2 for sharp s */
    uint8_t size; /* bytes */
    uint8_t kind;
    bool dense; /* of a script without spaces */
} tomo__glyph;
void tomo__glyph_at(tomo__glyph *g, const char *text, size_t size);

/* A set of hashes of words, runs of words and UIDs: no term itself is kept. */
typedef struct tomo__terms {
    tomo_ctx *ctx;
    uint64_t *slot;
    size_t count, room;
    size_t offered, too_short; /* hashes that were added, known ones again; values too short to be searched for */
    uint64_t lengths[2]; /* bits of lengths of terms */
    uint8_t *shift;      /* by three characters, for binary.c; NULL = no term has six */
    bool dates;          /* collects dates only; else all but dates */
    bool lenient;        /* words that describe examinations are no names: for terms of many patients together */
    bool failed;
} tomo__terms;
enum { TERM_NAME, TERM_ID, TERM_DATE, TERM_UID, TERM_PHRASE };
enum { TERM_START = 6 };
/* false: there is nothing in it that can be searched for. */
bool tomo__terms_add(tomo__terms *t, int kind, const char *text, size_t size);
/* Is one of them in the text? least: characters that a term must have, to search in bytes that are no text. */
bool tomo__terms_in(const tomo__terms *t, const char *text, size_t size, size_t least);
/* Is one of them, of six characters or more, anywhere in a value of words of `unit` bytes: as it is, in either byte
 * order, or with one character to every two bytes (binary.c)? `whole`: also as words of text, UIDs, and beyond ASCII.
 */
bool tomo__terms_in_binary(const tomo__terms *t, const void *value, size_t size, unsigned unit, bool whole);
/* For binary.c: the hash of a word grows by one character; does the set have it. */
uint64_t tomo__terms_step(uint64_t h, uint32_t c);
bool tomo__terms_has(const tomo__terms *t, uint64_t h);
/* In binary.c: terms begin with these letters and digits; false = no memory. */
bool tomo__terms_start(tomo__terms *t, const uint32_t *six);
extern const uint64_t tomo__terms_basis;
void tomo__terms_free(tomo__terms *t);
/* Everything that identifies in a data set at every depth, by tag and VR, of the kind that `t` collects. */
void tomo__terms_collect(tomo__terms *t, const tomo_dataset *ds, uint32_t options);

/* ---- writing (emit.c): explicit little endian, in the order given --------------------------------------------- */

void tomo__emit_header(tomo__text *t, tomo_tag tag, uint16_t vr, uint64_t length);         /* UNDEFINED for sequences */
void tomo__emit(tomo__text *t, tomo_tag tag, uint16_t vr, const void *value, size_t size); /* padded */
void tomo__emit_str(tomo__text *t, tomo_tag tag, uint16_t vr, const char *text);
void tomo__emit_us(tomo__text *t, tomo_tag tag, uint32_t value);
void tomo__emit_item(tomo__text *t);
void tomo__emit_item_end(tomo__text *t);
void tomo__emit_sequence_end(tomo__text *t);
/* An element as it is, to any depth, turned to explicit little endian. */
tomo_status tomo__emit_verbatim(tomo__text *t, const tomo_dataset *ds, const tomo__elem *e, tomo_error *err);
/* Preamble and File Meta Information. */
void tomo__emit_meta(tomo__text *t, const char *sop_class, const char *sop, const char *syntax);

/* ---- pixels (risk.c, pixels.c, detect.c, frames.c, codestream.c)
 * ----------------------------------------------------------------- */

typedef struct tomo__boxes {
    int32_t (*box)[4]; /* x, y, width, height, inside the image */
    size_t count, room;
} tomo__boxes;
bool tomo__boxes_add(tomo_ctx *ctx, tomo__boxes *b, int32_t x, int32_t y, int32_t w, int32_t h);
int32_t tomo__deid_risk(const tomo_dataset *ds);
/* Decide on the pixels: *out is the new value of (7FE0,0010) and what has to be said of it. */
typedef struct tomo__deid_pixels_out {
    tomo__text value;
    bool changed;            /* something was blanked */
    bool native;             /* fragments no more */
    bool shifted;            /* High Bit is Bits Stored - 1 now */
    bool recoded;            /* compressed again; what describes that may differ */
    bool interleaved;        /* Planar Configuration is 0 now */
    bool lossy;              /* was lossy, and its syntax says so no more */
    bool no_encoder;         /* tomo__deid_recode: no encoder takes such frames */
    const char *photometric; /* new (0028,0004), or NULL */
    const char *syntax;      /* new transfer syntax of compressed pixels, or NULL */
} tomo__deid_pixels_out;
tomo_status tomo__deid_pixels(tomo_ctx *ctx, tomo__deid_pixels_out *out, const tomo_dataset *ds, const tomo_deid *d,
                              tomo_deid_result *r, tomo_error *err);
/* Boxes with text in one frame, added to `all`. */
tomo_status tomo__deid_detect(tomo_ctx *ctx, tomo__boxes *all, const uint8_t *gray, int32_t columns, int32_t rows,
                              tomo_error *err);
/* Text boxes over the frames of an image; for the verifier. */
tomo_status tomo__deid_search(tomo_ctx *ctx, tomo__boxes *all, uint32_t *frames, const tomo_dataset *ds,
                              tomo_error *err);
/* Compressed pixels as new fragments that hold the pictures alone (frames.c). TOMO_E_UNSUPPORTED or TOMO_E_MISSING
 * with out->no_encoder: they have to become native. */
tomo_status tomo__deid_recode(tomo_ctx *ctx, tomo__deid_pixels_out *out, const tomo_dataset *ds, tomo_deid_result *r,
                              tomo_error *err);
/* Is it a syntax of lossy JPEG, which needs no other mark that it is? */
bool tomo__deid_is_dct(const char *syntax);
/* Bits of little endian samples that no sample uses. numbers: signed ones are extended in any case. */
void tomo__deid_clear_unused(const tomo_frame_desc *d, uint8_t *samples, size_t count, bool numbers);
/* The same for `frames` native frames of `size` bytes together, and the bits behind the last one of 1-bit frames. */
void tomo__deid_clear_native(const tomo_pixels_info *info, uint8_t *bytes, uint64_t size, int64_t frames);
/* A sequential JPEG frame with nothing but what decodes (codestream.c); false: it is not in the strict form, or there
 * is no memory (then t->failed). What was added to `t` is then of no use. */
typedef struct tomo__deid_jpeg tomo__deid_jpeg;
tomo__deid_jpeg *tomo__deid_jpeg_new(tomo_ctx *ctx);
void tomo__deid_jpeg_free(tomo_ctx *ctx, tomo__deid_jpeg *s);
bool tomo__deid_jpeg_rebuild(tomo_ctx *ctx, tomo__text *t, tomo__deid_jpeg *s, const uint8_t *bytes, size_t size,
                             const tomo_frame_desc *desc);
/* Was the last one lossless JPEG? */
bool tomo__deid_jpeg_lossless(const tomo__deid_jpeg *s);

/* ---- encrypted originals (encrypt.c) ----------------------------------------------------------------------------- */

tomo_status tomo__deid_certificates(tomo_deid *d, const char *pem, tomo_error *err);
void tomo__deid_certificates_free(tomo_deid *d);
/* (0400,0500) over the elements in `originals` (explicit little endian). */
tomo_status tomo__deid_encrypt(tomo__text *t, const tomo_deid *d, const tomo__text *originals, tomo_error *err);

/* Refuse a data set: TOMO_E_DENIED, reason in the result and in the message. */
tomo_status tomo__deid_refuse(tomo_deid_result *r, tomo_error *err, const char *format, ...) TOMO__PRINTF(3, 4);

#endif
