/* dictionary.c - searches in the generated tables: by tag, by keyword, by private creator, by UID. */
#include <string.h>

#include "dicom/dictionary.h"

static const tomo_dict_entry *find_range(tomo_tag tag)
{
    for (uint32_t i = 0; i < tomo__dict_range_count; i++) {
        const tomo__dict_range *r = &tomo__dict_ranges[i];
        if ((tag & ~r->mask) == r->entry.tag)
            return &r->entry;
    }
    return NULL;
}

/* Rows for any group (PS3.5 7.2): group lengths. */
static const tomo_dict_entry group_length = {
    0, VR_UL, 0, 1, 1, 1, true, "GenericGroupLength", "Generic Group Length"
};

static const tomo_dict_entry *find_other(tomo_tag tag)
{
    const tomo_dict_entry *e;
    if (tag & 0x10000) /* odd groups are private */
        return NULL;
    e = find_range(tag);
    if (!e && (tag & 0xffff) == 0)
        e = &group_length;
    return e;
}

const tomo_dict_entry *tomo__dict_next(tomo_tag tag, uint32_t *hint)
{
    uint32_t low = 0, high = tomo__dict_count;
    uint32_t at = *hint;
    if (at < high && tomo__dict_tags[at] <= tag) { /* gallop on from the last place: data sets are sorted */
        uint32_t step = 1;
        while (at + step < high && tomo__dict_tags[at + step] <= tag) {
            at += step;
            step *= 2;
        }
        low = at;
        high = at + step < high ? at + step : high;
    }
    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;
        if (tomo__dict_tags[mid] <= tag)
            low = mid;
        else
            high = mid;
    }
    *hint = low;
    return tomo__dict_tags[low] == tag ? &tomo__dict[low] : find_other(tag);
}

const tomo_dict_entry *tomo_dict_find(tomo_tag tag)
{
    uint32_t hint = tomo__dict_count;
    return tomo__dict_next(tag, &hint);
}

const tomo_dict_entry *tomo_dict_keyword(const char *keyword)
{
    uint32_t low = 0, high = tomo__dict_keywords;
    if (!keyword)
        return NULL;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        const tomo_dict_entry *e = &tomo__dict[tomo__dict_by_keyword[mid]];
        int order = strcmp(keyword, e->keyword);
        if (order == 0)
            return e;
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    for (uint32_t i = 0; i < tomo__dict_range_count; i++)
        if (strcmp(keyword, tomo__dict_ranges[i].entry.keyword) == 0)
            return &tomo__dict_ranges[i].entry;
    return NULL;
}

static const tomo__private_creator *find_creator(const char *creator)
{
    uint32_t low = 0, high = tomo__private_creator_count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        int order = strcmp(creator, tomo__private_creators[mid].creator);
        if (order == 0)
            return &tomo__private_creators[mid];
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

static const tomo_dict_entry *find_private(const tomo__private_creator *c, tomo_tag tag)
{
    uint32_t low = c->first, high = c->first + c->count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (tomo__private[mid].tag == tag)
            return &tomo__private[mid];
        if (tomo__private[mid].tag > tag)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

const tomo_dict_entry *tomo_dict_private(const char *creator, uint16_t group, uint8_t element)
{
    const tomo__private_creator *c = creator ? find_creator(creator) : NULL;
    const tomo_dict_entry *e;
    if (!c || !(group & 1))
        return NULL;
    e = find_private(c, (tomo_tag)group << 16 | element);
    if (!e && ((group & 0xff00) == 0x6000 || (group & 0xff00) == 0x7000)) /* rows for 60xx and 70xx stand at xx = 01 */
        e = find_private(c, (tomo_tag)((group & 0xff00) | 1) << 16 | element);
    return e;
}

const char *tomo_uid_name(const char *uid)
{
    uint32_t low = 0, high = tomo__uid_count;
    while (uid && low < high) {
        uint32_t mid = low + (high - low) / 2;
        int order = strcmp(uid, tomo__uids[mid].uid);
        if (order == 0)
            return tomo__uids[mid].name;
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}
