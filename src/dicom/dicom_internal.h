/* dicom_internal.h - a data set in memory, and the quick ways to its values for the rest of the room.
 *
 * Every data set and every item is a tomo_dataset: a sorted array of elements that point into the file's bytes.
 * Nothing is decoded at opening; bytes past the first block of a file are mapped when a value there is asked for. */
#ifndef TOMO_DICOM_INTERNAL_H
#define TOMO_DICOM_INTERNAL_H

#include <stdatomic.h>

#include "base/base_internal.h"
#include "dicom/dictionary.h"

#define UNDEFINED 0xffffffffu
/* For files that name no implementation (PS3.10 table 7.1-1); the UID is a UUID (PS3.5 B.2). */
#define IMPLEMENTATION_UID "2.25.154652264655624347404952296873390133514"
#define IMPLEMENTATION_NAME "TOMO_" TOMO_VERSION
/* (0008,0070). dcm2niix takes names that begin with "To" for Toshiba, whose enhanced objects it reads otherwise. */
#define TOMO__MANUFACTURER "Project Tomo"
#define MAX_DEPTH 256 /* of nested sequences, whatever the options say */
/* Transfer syntaxes without a codec (PS3.5 A.1 to A.5). */
#define UID_IMPLICIT "1.2.840.10008.1.2"
#define UID_EXPLICIT "1.2.840.10008.1.2.1"
#define UID_DEFLATED "1.2.840.10008.1.2.1.99"
#define UID_BIG "1.2.840.10008.1.2.2"
/* A value of a model breaks a rule of its VR: does what is written take it over nevertheless? Remarks on it.
 * (model.c) */
bool tomo__model_keeps(tomo_report *report, tomo_tag tag, uint16_t vr, const char *why);
/* Is a data set of this transfer syntax deflated as a whole? (open.c) */
bool tomo__syntax_deflated(const char *uid);
/* Are its pixels uncompressed? (open.c) */
bool tomo__syntax_native(const char *uid);

enum {
    TAG_ITEM = 0xfffee000u,
    TAG_ITEM_END = 0xfffee00du,
    TAG_SEQ_END = 0xfffee0ddu,
    TAG_CHARSET = 0x00080005u,
    TAG_PIXEL_REPRESENTATION = 0x00280103u,
    TAG_FLOAT_PIXELS = 0x7fe00008u,
    TAG_PIXELS = 0x7fe00010u
};

/* Printing a tag: "(%04X,%04X)", TAG_ARGS(tag). */
#define TAG_FMT "(%04X,%04X)"
#define TAG_ARGS(tag) (unsigned)((tag) >> 16), (unsigned)((tag)&0xffff)

enum {
    ELEM_UNDEFINED = 1,     /* the length in the file is FFFFFFFF */
    ELEM_CLOSED = 2,        /* ... and a delimiter closes it */
    ELEM_META = 4,          /* File Meta Information: explicit little endian whatever the data set is */
    ELEM_OWN = 8,           /* set by an edit: the value is in memory of its own */
    ELEM_SEQUENCE = 16,     /* has items that were read (VR SQ, or UN of undefined length) */
    ELEM_ENCAPSULATED = 32, /* fragments */
    ELEM_SOURCE = 64,       /* with ELEM_OWN: the value lies in a source of its own until it is written (store.h) */
    ELEM_CUT = 128          /* the file's length says more than there is: not to be written as it is */
};

typedef struct tomo__elem {
    tomo_tag tag;
    uint16_t vr;    /* resolved: never "US or SS" */
    uint8_t header; /* bytes of tag, VR and length before the value; 0 if it was set by an edit */
    uint8_t flags;
    uint64_t length; /* of the value, without delimiters */
    uint64_t offset; /* of the value */
    union {
        tomo_dataset **items;            /* ELEM_SEQUENCE */
        uint8_t *own;                    /* ELEM_OWN, not a sequence */
        struct tomo__deferred *deferred; /* ELEM_SOURCE */
    };
    uint32_t n_items;    /* or fragments */
    uint32_t items_room; /* items on the heap; 0 = in the arena */
} tomo__elem;

/* As callers see it; `value` as the caller has it. */
static inline tomo_element tomo__elem_view(const tomo__elem *e, const uint8_t *value)
{
    return (tomo_element){ .tag = e->tag,
                           .vr = e->vr,
                           .is_sequence = e->flags & ELEM_SEQUENCE,
                           .encapsulated = e->flags & ELEM_ENCAPSULATED,
                           .items = e->n_items,
                           .length = e->length,
                           .offset = e->flags & ELEM_OWN ? UINT64_MAX : e->offset,
                           .value = value };
}

/* First of `elems` from `low` to before `high`, which are sorted, whose tag is not below. */
static inline uint32_t tomo__elems_place(const tomo__elem *elems, uint32_t low, uint32_t high, tomo_tag tag)
{
    while (low < high) {
        const uint32_t mid = low + (high - low) / 2;
        if (elems[mid].tag < tag)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

typedef struct tomo__root tomo__root;

struct tomo_dataset {
    tomo__root *root;
    tomo_dataset *parent; /* the data set that holds the item; NULL at the top */
    tomo_tag sequence;    /* ... in this element */
    tomo__elem *elems;    /* sorted by tag */
    uint32_t count;
    uint32_t room;       /* elements on the heap; 0 = in the arena */
    uint64_t start, end; /* of the content, without the item's header and delimiter */
    bool implicit, big;
    bool undefined; /* an item of undefined length */
    bool closed;    /* ... with its delimiter */
    bool dirty;     /* edited, or something below was */
};

typedef struct tomo__chunk {
    struct tomo__chunk *next;
    size_t size;
} tomo__chunk;

struct tomo__root {
    tomo_dataset ds; /* first: a root is a data set */
    tomo_ctx *ctx;
    tomo_source *source; /* NULL for a data set that was made, not read */
    const uint8_t *head; /* the first bytes of the file, or all of them */
    uint64_t head_size, size;
    _Atomic(tomo_buffer *) map; /* the whole file, once it was asked for */
    tomo_buffer *inflated;      /* what a deflated data set's offsets count in */
    uint64_t data_start;        /* where the data set begins in the file, behind the meta header */
    tomo__chunk *chunks;
    uint8_t *arena; /* free part of the newest chunk */
    size_t arena_left;
    char syntax[65];
    bool deflated, encapsulated; /* by the transfer syntax */
    bool edited;                 /* something is on the heap or was changed */
    bool cut;                    /* stopped before pixels, or only some tags were kept */
    bool damaged;                /* reading ended early (force) */
    bool source_bytes;           /* there is a file behind it */
    bool short_odd;              /* a VR that is none with a 16-bit length, chosen by what follows it in the file */
};

/* ---- access (dataset.c) -------------------------------------------------------------------------------------- */

/* The element at this level, or NULL. */
const tomo__elem *tomo__ds_elem(const tomo_dataset *ds, tomo_tag tag);
/* Its value in the file's byte order; NULL if it is empty, a sequence, or the file can't be mapped. */
const uint8_t *tomo__ds_value(const tomo_dataset *ds, const tomo__elem *e);
/* Are its words big endian? */
bool tomo__ds_big(const tomo_dataset *ds, const tomo__elem *e);
/* Copy bytes at an offset as elements hold it, without mapping the file: for pixels that are read once. */
tomo_status tomo__ds_read(const tomo_dataset *ds, uint64_t offset, void *to, size_t bytes, tomo_error *err);
/* A pointer to bytes at such an offset; maps the file if need be. */
tomo_status tomo__ds_bytes(const tomo_dataset *ds, uint64_t offset, uint64_t bytes, const uint8_t **out,
                           tomo_error *err);
/* Bytes of the file itself, which for a deflated data set are not those that elements point into. */
tomo_status tomo__file_bytes(const tomo_dataset *ds, uint64_t offset, uint64_t bytes, const uint8_t **out,
                             tomo_error *err);
/* Bytes around a value: from `before` bytes ahead of it (its header), `bytes` in all, as they are in the file. */
tomo_status tomo__elem_bytes(const tomo_dataset *ds, const tomo__elem *e, uint64_t before, uint64_t bytes,
                             const uint8_t **out, tomo_error *err);
/* Where a tag is or would be inserted. */
uint32_t tomo__ds_place(const tomo_dataset *ds, tomo_tag tag);
/* Free what an edit put on the heap for this element. */
void tomo__elem_clear(tomo__root *root, tomo__elem *e);
/* The same for all elements of an item that goes. */
void tomo__item_clear(tomo_dataset *item);
/* Number of an element: double or whole number; false if it has none at i. */
bool tomo__elem_double(const tomo_dataset *ds, const tomo__elem *e, size_t i, double *out);
bool tomo__elem_int(const tomo_dataset *ds, const tomo__elem *e, size_t i, int64_t *out);
/* Text of an element, and its number of values, as tomo_dataset_text() and tomo_dataset_values() say. */
int64_t tomo__elem_text(const tomo_dataset *ds, const tomo__elem *e, size_t i, char *to, size_t room);
size_t tomo__elem_values(const tomo_dataset *ds, const tomo__elem *e);
/* Could `text` be a value of this VR in this data set's character set? TOMO_E_ARG says what is wrong. (text_value.c) */
tomo_status tomo__value_form(const tomo_dataset *ds, uint16_t vr, const char *text, tomo_error *err);
/* Pure ASCII without escapes, which needs no decoding. */
bool tomo__is_plain(const uint8_t *b, size_t n);
/* Leave out the padding of one value of plain text. */
void tomo__trim(uint16_t vr, const char **text, size_t *size);
/* VR to read the value by: for UN what the dictionary knows of the tag. */
uint16_t tomo__elem_vr(const tomo_dataset *ds, const tomo__elem *e);
/* Creator of a private element at this level, trimmed, or "" . */
void tomo__private_creator_of(const tomo_dataset *ds, tomo_tag tag, char creator[65]);
/* Dictionary row of an element: public, or private by its creator; NULL. */
const tomo_dict_entry *tomo__ds_dict(const tomo_dataset *ds, tomo_tag tag);

/* ---- value representations (vr.c) ---------------------------------------------------------------------------- */

bool tomo__vr_known(uint16_t vr);
bool tomo__vr_long(uint16_t vr);     /* explicit VR with a 32-bit length (PS3.5 7.1.2) */
bool tomo__vr_text(uint16_t vr);     /* characters */
bool tomo__vr_charset(uint16_t vr);  /* affected by Specific Character Set (PS3.5 6.1.2.3) */
bool tomo__vr_multi(uint16_t vr);    /* text that a backslash divides */
unsigned tomo__vr_unit(uint16_t vr); /* bytes of a word: 1, 2, 4, 8 */
/* Reverse the bytes of each word of `unit` bytes; a broken last word is copied. `to` may be `from`. */
void tomo__swap(void *to, const void *from, size_t bytes, unsigned unit);

/* ---- numbers (number.c): the same in every locale ------------------------------------------------------------ */

/* A decimal number that fills text[0..size) but for spaces around it. */
bool tomo__text_double(const char *text, size_t size, double *out);
bool tomo__text_int(const char *text, size_t size, int64_t *out);

/* ---- parser (parse.c), memory (dataset.c) -------------------------------------------------------------------- */

typedef struct tomo__parser tomo__parser;
tomo_status tomo__parse(tomo__root *root, const tomo_dataset_options *opts, tomo_report *report, tomo_error *err);
void *tomo__arena(tomo__root *root, size_t bytes); /* 16-byte aligned; NULL if there is no memory */
/* What the first bytes look like as a data set: 'i' implicit, 'e' explicit little endian, 'b' explicit big endian,
 * 0 nothing of these. (open.c) */
char tomo__guess_coding(const uint8_t *p, uint64_t size, uint64_t total);

/* ---- character sets (charset.c) ------------------------------------------------------------------------------- */
/* A value of (0008,0005) as defined terms (PS3.3 C.12.1.1.2): "ISO-IR 100" is "ISO_IR 100", and of several each is one
 * of code extensions. false: a term is unknown, or it does not fit. */
bool tomo__charset_term(const char *text, char out[256]);

#endif
