/* rules.c - what happens to an element: table E.1-1 of PS3.15 read against the options, and what is done with
 * elements that the table does not name: free text, names, UIDs and dates are never kept only because of that. */
#include "deid/deid_internal.h"

const tomo__deid_rule *tomo__deid_find(tomo_tag tag)
{
    uint32_t lo = 0, hi = tomo__deid_n_rules;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (tomo__deid_rules[mid].tag < tag)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < tomo__deid_n_rules && tomo__deid_rules[lo].tag == tag ? &tomo__deid_rules[lo] : NULL;
}

/* PS3.15 E.1: a compound action is X, Z or D as the Type of the attribute in the IOD asks. In the classic image IODs
 * none of the attributes with such actions is Type 1 (PS3.3 C.7, C.8.2 to C.8.9); elsewhere the most that any IOD asks
 * for is done, which every Type allows. */
static uint8_t simple(uint8_t basic, bool classic)
{
    switch (basic) {
    case DEID_XZ:
        return DEID_Z;
    case DEID_XD:
    case DEID_XZD:
        return classic ? DEID_X : DEID_D;
    case DEID_ZD:
        return classic ? DEID_Z : DEID_D;
    case DEID_XZU:
        return DEID_U;
    default:
        return basic;
    }
}

static tomo__deid_do basic_of(const tomo__deid_rule *rule, uint16_t vr, bool classic)
{
    uint8_t action = simple(rule->basic, classic);
    if (action == DEID_X)
        return DO_REMOVE;
    if (action == DEID_Z)
        return DO_EMPTY;
    if (vr == VR_UI)
        return DO_UID;
    /* Of sequences the items stay and are cleaned by the same rules; engine.c knows the few that have no such sense. */
    return action == DEID_U ? DO_KEEP : DO_DUMMY;
}

tomo__deid_do tomo__deid_basic(const tomo__deid_rule *rule, uint16_t vr)
{
    return rule ? basic_of(rule, vr, false) : DO_REMOVE;
}

static bool is_free_text(uint16_t vr) { return vr == VR_LT || vr == VR_ST || vr == VR_UT; }

/* Elements that the table does not name. */
static tomo__deid_do unnamed(uint32_t options, tomo_tag tag, uint16_t vr, const tomo_dict_entry *dict)
{
    uint32_t group = tag >> 16;
    if (!dict || group == 0x4010 || group == 0x0014 || group == 4) /* DICOS, DICONDE: no patients, so the table is
                                                                      silent; and of a DICOMDIR (PS3.3 F) */
        return DO_REMOVE;
    if ((group & 0xff01) == 0x5000 || (group & 0xff01) == 0x6000) /* curves and overlays may be drawn text */
        return DO_REMOVE;
    if (vr == VR_UI)
        return DO_UID;
    if (vr == VR_PN)
        return DO_EMPTY;
    if (vr == VR_DA || vr == VR_DT || vr == VR_TM)
        return options & OPT_FULL_DATES ? DO_KEEP : options & OPT_SHIFT_DATES ? DO_SHIFT : DO_REMOVE;
    if (tag == 0x00080100 || tag == 0x00080104 || tag == 0x00080119 || tag == 0x00080120)
        return DO_CODE;
    if (vr == VR_UR)
        return DO_REMOVE;
    if (vr == VR_AE || (dict->retired && tomo__vr_charset(vr)))
        return DO_REMOVE;
    if (is_free_text(vr))
        return DO_CLEAN;
    return vr != VR_SQ && tomo__deid_is_label(dict) ? DO_LABEL : DO_KEEP;
}

tomo__deid_do tomo__deid_resolve(uint32_t options, tomo_tag tag, uint16_t vr, const tomo_dict_entry *dict)
{
    const tomo__deid_rule *rule = tomo__deid_find(tag);
    if (tag == 0x00100010 || tag == 0x00100020)
        return DO_PSEUDONYM;
    if (!rule)
        return unnamed(options, tag, vr, dict);
    if (rule->keep & options)
        return vr == VR_AS ? DO_AGE : DO_KEEP;
    if (rule->clean & options & OPT_SHIFT_DATES)
        return DO_SHIFT;
    if (rule->clean & options & (OPT_DESCRIPTORS | OPT_PATIENT | OPT_DEVICE))
        return DO_CLEAN;
    if (rule->clean & options & (OPT_STRUCTURED | OPT_GRAPHICS))
        return DO_KEEP;
    if (rule->basic == DEID_XZ && vr == VR_SQ && tag != 0x00400555) /* Type 3: may be absent, but never without items */
        return DO_REMOVE;
    return basic_of(rule, vr, options & (1u << 31));
}

const tomo__deid_safe *tomo__deid_safe_find(const char *creator, uint16_t group, uint8_t element)
{
    for (uint32_t i = 0; i < tomo__deid_n_safe; i++) {
        const tomo__deid_safe *s = &tomo__deid_safe_private[i];
        if (s->group == group && s->element == element && strcmp(s->creator, creator) == 0)
            return s;
    }
    return NULL;
}

static bool is_number(uint16_t vr)
{
    return vr == VR_US || vr == VR_SS || vr == VR_UL || vr == VR_SL || vr == VR_FL || vr == VR_FD || vr == VR_IS ||
           vr == VR_DS || vr == VR_SV || vr == VR_UV || vr == VR_AT;
}

static bool is_bytes(uint16_t vr)
{
    return vr == VR_OB || vr == VR_OW || vr == VR_OL || vr == VR_OF || vr == VR_OD || vr == VR_OV;
}

bool tomo__deid_vr_fits(uint16_t wire, const tomo_dict_entry *dict)
{
    uint16_t want = dict->vr;
    if (wire == want || (dict->vr2 && wire == dict->vr2))
        return true;
    return (is_number(wire) && is_number(want)) || (is_bytes(wire) && is_bytes(want)) ||
           (tomo__vr_charset(wire) && tomo__vr_charset(want) && wire != VR_PN && want != VR_PN);
}

static bool all_of(const uint8_t *text, size_t size, const char *allowed)
{
    for (size_t i = 0; i < size; i++)
        if (!text[i] || !strchr(allowed, text[i]))
            return false;
    return true;
}

bool tomo__deid_text_fits(uint16_t vr, const uint8_t *text, size_t size)
{
    while (size > 0 && (text[size - 1] == 0 || text[size - 1] == ' '))
        size--;
    switch (vr) {
    case VR_CS:
        return all_of(text, size, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _\\");
    case VR_DS:
    case VR_IS:
        return all_of(text, size, "0123456789+-.eE \\");
    case VR_TM:
    case VR_DA:
    case VR_DT:
        return all_of(text, size, "0123456789:.+- \\");
    case VR_AS:
        return all_of(text, size, "0123456789DWMY\\");
    case VR_UI:
        return all_of(text, size, "0123456789.\\");
    default: /* nothing hides behind an end of text */
        return !tomo__vr_text(vr) || !memchr(text, 0, size);
    }
}

bool tomo__deid_storage_class(const char *uid)
{
    const char *name = strncmp(uid, "1.2.840.10008.", 14) == 0 ? tomo_uid_name(uid) : NULL;
    return name && strstr(name, "Storage") && !strstr(name, "Commitment");
}
