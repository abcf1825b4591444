/* iod.h - the shape of the tables in iod_tables.gen.c: an IOD uses modules, a module is a list of attributes, an
 * attribute may have a list for the items of its sequence. */
#ifndef TOMO_OBJECT_IOD_H
#define TOMO_OBJECT_IOD_H

#include <stddef.h>
#include <stdint.h>

enum { IOD_1C = 0x11, IOD_2C = 0x12 };

typedef struct iod__row {
    uint32_t tag;
    uint8_t type; /* 1, 2, 3, IOD_1C, IOD_2C; 0 = not said */
    uint16_t below;
} iod__row;

typedef struct iod__module {
    const char *name;
    uint16_t list;
} iod__module;

typedef struct iod__use {
    uint16_t module;
    char usage; /* 'M', 'C', 'U' */
} iod__use;

typedef struct iod__iod {
    const char *word, *name;
    uint16_t first, count; /* of iod__uses */
} iod__iod;

typedef struct iod__class {
    const char *uid;
    uint16_t iod;
} iod__class;

typedef struct iod__macro {
    uint16_t iod;
    uint32_t tag; /* sequence of a functional group that every frame must have */
} iod__macro;

extern const iod__row iod__rows[];
extern const uint16_t iod__lists[]; /* list i is rows lists[i] .. lists[i + 1] - 1, by tag */
extern const iod__module iod__modules[];
extern const iod__use iod__uses[];
extern const iod__iod iod__iods[];
extern const size_t iod__n_iods;
extern const iod__class iod__classes[]; /* by UID as text */
extern const size_t iod__n_classes;
extern const iod__macro iod__macros[]; /* by IOD */
extern const size_t iod__n_macros;

#endif
