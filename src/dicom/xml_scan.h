/* xml_scan.h - a small strict reader of XML 1.0: tags, attributes and text, one after the other; no DTD, no entities
 * but the five and character references, UTF-8 only. Nothing it reads can make it open, fetch or expand anything. */
#ifndef TOMO_DICOM_XML_SCAN_H
#define TOMO_DICOM_XML_SCAN_H

#include "base/base_internal.h"

enum { XML_ATTRIBUTES = 16, XML_NAME = 64 };

typedef enum tomo__xml_kind { XML_START, XML_END, XML_DONE } tomo__xml_kind;

typedef struct tomo__xml {
    const char *xml;
    size_t size, at;
    char name[XML_NAME]; /* of the tag, without its namespace prefix */
    bool closed;         /* <name/>: its end comes next */
    tomo__text text;     /* characters before the tag, references resolved */
    tomo__text values;   /* of the attributes, each with a NUL */
    struct {
        char name[XML_NAME];
        size_t value; /* where in values */
    } attribute[XML_ATTRIBUTES];
    uint32_t n_attributes;
    bool began, recoded; /* recoded: brought to UTF-8 from what the declaration says */
    tomo_error *err;
} tomo__xml;

/* Read up to the next tag: what stood before it is in x->text. XML_DONE at the end of the document. */
tomo_status tomo__xml_next(tomo__xml *x, tomo__xml_kind *kind);
/* Value of an attribute of the last start tag; NULL. */
const char *tomo__xml_attribute(const tomo__xml *x, const char *name);
tomo_status tomo__xml_wrong(tomo__xml *x, size_t at, const char *expected);
void tomo__xml_free(tomo__xml *x);

#endif
