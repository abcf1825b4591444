/* dictionary.h - the shape of the generated tables (dictionary.gen.c), and the value representations. */
#ifndef TOMO_DICOM_DICTIONARY_H
#define TOMO_DICOM_DICTIONARY_H

#include <tomo/dicom.h>

/* PS3.5 table 6.2-1 */
enum {
    VR_AE = TOMO_VR('A', 'E'),
    VR_AS = TOMO_VR('A', 'S'),
    VR_AT = TOMO_VR('A', 'T'),
    VR_CS = TOMO_VR('C', 'S'),
    VR_DA = TOMO_VR('D', 'A'),
    VR_DS = TOMO_VR('D', 'S'),
    VR_DT = TOMO_VR('D', 'T'),
    VR_FD = TOMO_VR('F', 'D'),
    VR_FL = TOMO_VR('F', 'L'),
    VR_IS = TOMO_VR('I', 'S'),
    VR_LO = TOMO_VR('L', 'O'),
    VR_LT = TOMO_VR('L', 'T'),
    VR_OB = TOMO_VR('O', 'B'),
    VR_OD = TOMO_VR('O', 'D'),
    VR_OF = TOMO_VR('O', 'F'),
    VR_OL = TOMO_VR('O', 'L'),
    VR_OV = TOMO_VR('O', 'V'),
    VR_OW = TOMO_VR('O', 'W'),
    VR_PN = TOMO_VR('P', 'N'),
    VR_SH = TOMO_VR('S', 'H'),
    VR_SL = TOMO_VR('S', 'L'),
    VR_SQ = TOMO_VR('S', 'Q'),
    VR_SS = TOMO_VR('S', 'S'),
    VR_ST = TOMO_VR('S', 'T'),
    VR_SV = TOMO_VR('S', 'V'),
    VR_TM = TOMO_VR('T', 'M'),
    VR_UC = TOMO_VR('U', 'C'),
    VR_UI = TOMO_VR('U', 'I'),
    VR_UL = TOMO_VR('U', 'L'),
    VR_UN = TOMO_VR('U', 'N'),
    VR_UR = TOMO_VR('U', 'R'),
    VR_US = TOMO_VR('U', 'S'),
    VR_UT = TOMO_VR('U', 'T'),
    VR_UV = TOMO_VR('U', 'V')
};

typedef struct tomo__dict_range {
    uint32_t mask; /* bits of the tag that may be any */
    tomo_dict_entry entry;
} tomo__dict_range;

typedef struct tomo__private_creator {
    const char *creator;
    uint32_t first, count; /* in tomo__private, sorted by tag = group and the element's low byte */
} tomo__private_creator;

typedef struct tomo__uid_entry {
    const char *uid, *name;
} tomo__uid_entry;

extern const tomo_dict_entry tomo__dict[]; /* sorted by tag */
extern const uint32_t tomo__dict_count, tomo__dict_tags[];
extern const uint16_t tomo__dict_by_keyword[];
extern const uint32_t tomo__dict_keywords;
extern const tomo__dict_range tomo__dict_ranges[];
extern const uint32_t tomo__dict_range_count;
extern const tomo_dict_entry tomo__private[];
extern const tomo__private_creator tomo__private_creators[]; /* sorted by creator */
extern const uint32_t tomo__private_creator_count;
extern const tomo__uid_entry tomo__uids[]; /* sorted by UID */
extern const uint32_t tomo__uid_count;

/* The same as tomo_dict_find() for tags that mostly rise: *hint is where the last search ended (start with 0). */
const tomo_dict_entry *tomo__dict_next(tomo_tag tag, uint32_t *hint);

#endif
