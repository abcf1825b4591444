/* parse.h - the parser's state, between parse.c (elements), parse_odd.c (what deviates) and open.c (files). */
#ifndef TOMO_DICOM_PARSE_H
#define TOMO_DICOM_PARSE_H

#include <stdio.h>

#include "dicom/dicom_internal.h"

#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        tomo_status try_ = (call);                                                                                     \
        if (try_ != TOMO_OK)                                                                                           \
            return try_;                                                                                               \
    } while (0)

/* One open level: the data set, an item, or (is_sequence) a sequence between its items. */
typedef struct tomo__frame {
    uint64_t end;     /* where it ends; of undefined length: where what holds it ends */
    tomo_dataset *ds; /* that the level fills; sequences: that holds them */
    uint32_t base;    /* its first element on the scratch stack; sequences: first item */
    uint32_t elem;    /* sequences: their own element there */
    tomo_tag last;
    bool is_sequence, undefined, implicit, big, unsorted;
} tomo__frame;

enum { SMALL_ELEMS = 256, SMALL_ITEMS = 32 };

struct tomo__parser {
    tomo__root *root;
    const uint8_t *bytes; /* the first `have` of `size` bytes, until more are mapped */
    uint64_t have, size, at;
    tomo__elem *elems;    /* scratch: elements of the open levels */
    tomo_dataset **items; /* scratch: items of the open sequences */
    uint32_t n_elems, elems_room, n_items, items_room;
    int32_t depth;   /* frames[depth] is on top */
    int32_t discard; /* frame of a sequence whose tag is not wanted, or 0 */
    uint32_t max_depth, hint, strays, implicit_seen;
    bool force, stop_before_pixels, meta, is_signed, stopped;
    const tomo_tag *tags;
    size_t n_tags;
    tomo_tag last_tag; /* highest of tags */
    tomo_report *report;
    tomo_error failed; /* why the file could not be mapped */
    tomo__elem small_elems[SMALL_ELEMS];
    tomo_dataset *small_items[SMALL_ITEMS];
    tomo__frame frames[2 * MAX_DEPTH + 2];
};

/* Long form of explicit VR? By the two letters; 0 for the known VRs of the short form. */
enum { VR_CLASS_SHORT = 0, VR_CLASS_LONG = 1, VR_CLASS_UNKNOWN = 2 };
extern const uint8_t tomo__vr_class[26][26];

const uint8_t *tomo__parser_bytes(tomo__parser *p, uint64_t offset, uint64_t n);
/* Read elements from p->at until frames[0] ends or something says stop. */
tomo_status tomo__parser_run(tomo__parser *p, tomo_error *err);
/* One element; the caller knows that 8 bytes are left. */
tomo_status tomo__parser_step(tomo__parser *p, tomo_error *err);
/* VR by the dictionary, as implicit VR means it. */
uint16_t tomo__parser_implicit_vr(tomo__parser *p, const tomo__frame *f, tomo_tag tag, uint32_t length);
/* The top level is complete: to the arena. */
tomo_status tomo__parser_finish(tomo__parser *p, tomo_error *err);

/* parse_odd.c */
/* Does the data set end before this element of the top level (pixels, tags asked for, padding)? */
bool tomo__parser_ends(tomo__parser *p, tomo__frame *f, const tomo__elem *e, uint32_t length);
/* An explicit VR that is not two capitals. */
tomo_status tomo__parser_odd_vr(tomo__parser *p, tomo__frame *f, const uint8_t *b, tomo__elem *e, uint32_t *length);
/* Dictionary row of a private element by the creator read before at this level; NULL. */
const tomo_dict_entry *tomo__parser_private(tomo__parser *p, const tomo__frame *f, tomo_tag tag);
/* Hand an error on. */
tomo_status tomo__pass(const tomo_error *from, tomo_error *err);

#endif
