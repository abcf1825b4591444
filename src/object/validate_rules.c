/* validate_rules.c - conditions of Types 1C and 2C, of modules, and enumerated values: those that a data set alone can
 * tell, each with its section. What is not here is not judged. */
#include "object/validate.h"

#include <stdio.h>

#include "dicom/dicom_internal.h"

/* ---- facts that conditions ask for ---- */

static bool above(const tomo_dataset *ds, tomo_tag tag, int64_t limit)
{
    int64_t value = 0;
    return tomo_dataset_int(ds, tag, 0, &value) && value > limit;
}

static bool palette(const tomo_dataset *ds) { return validate__is(ds, 0x00280004, "PALETTE COLOR"); }

/* Pixel Presentation (0008,9205) allows color maps for gray images (C.8.13.3.1.1). */
static bool colored(const tomo_dataset *ds)
{
    return validate__is(ds, 0x00089205, "COLOR") || validate__is(ds, 0x00089205, "MIXED");
}

static bool has_pixels(const tomo_dataset *ds)
{
    return validate__has(ds, 0x7FE00010) || validate__has(ds, 0x7FE00008) || validate__has(ds, 0x7FE00009);
}

static bool beyond_ascii(const tomo_dataset *ds)
{
    const size_t count = tomo_dataset_count(ds);
    for (size_t i = 0; i < count; i++) {
        tomo_element e;
        if (tomo_dataset_element(ds, i, &e, NULL) != TOMO_OK)
            continue;
        if (e.is_sequence) {
            const tomo_dataset *item;
            for (size_t k = 0; (item = tomo_dataset_item(ds, e.tag, k)) != NULL; k++)
                if (!validate__has(item, 0x00080005) && beyond_ascii(item)) /* depth: the parser's limit */
                    return true;
        } else if (tomo__vr_charset(e.vr) && e.value)
            for (uint64_t k = 0; k < e.length; k++)
                if (((const uint8_t *)e.value)[k] & 0x80 || ((const uint8_t *)e.value)[k] == 0x1B)
                    return true;
    }
    return false;
}

/* Classes for which Patient Position is asked (C.7.3.1.1.2): CT, MR and their enhanced forms, PET. */
static bool lies_in_scanner(const tomo_dataset *root)
{
    static const char *const classes[] = { "2", "2.1", "4", "4.1", "4.2", "128", "130" };
    char uid[65];
    static const char start[] = "1.2.840.10008.5.1.4.1.1.";
    if (tomo_dataset_text(root, 0x00080016, 0, uid, sizeof uid) <= 0 || strncmp(uid, start, sizeof start - 1) != 0)
        return false;
    for (size_t i = 0; i < TOMO__COUNT(classes); i++)
        if (strcmp(uid + sizeof start - 1, classes[i]) == 0)
            return true;
    return false;
}

/* Attributes of Enhanced MR (C.8.13.1, C.8.13.4), Enhanced CT (C.8.15.2) and their frames that originals must have. */
static bool of_originals(tomo_tag tag)
{
    static const tomo_tag tags[] = {
        0x0008002A, 0x00089208, 0x00089209, 0x00180087, 0x00189004, 0x00189005, 0x00189008, 0x00189011, 0x00189012,
        0x00189014, 0x00189015, 0x00189017, 0x00189018, 0x00189024, 0x00189025, 0x00189029, 0x00189032, 0x00189064,
        0x00189073, 0x00189074, 0x00189093, 0x00189100, 0x00189151, 0x00189174, 0x00189220,
    };
    for (size_t i = 0; i < TOMO__COUNT(tags); i++)
        if (tags[i] == tag)
            return true;
    return false;
}

/* Value 1 of Image Type, or of Frame Type where that is known, is ORIGINAL or MIXED. */
static bool original(const tomo_dataset *root)
{
    return validate__is(root, 0x00080008, "ORIGINAL") || validate__is(root, 0x00080008, "MIXED");
}

/* Needed if `yes`; otherwise free. And: needed if `yes`, otherwise it shall not be there. */
static int if_so(bool yes) { return yes ? 1 : 0; }
static int only_if(bool yes) { return yes ? 1 : -2; }

int validate__condition(const tomo_validation *v, const tomo_dataset *ds, tomo_tag tag, const char *module)
{
    const tomo_dataset *root = v->root;
    switch (tag) {
    case 0x00080005: /* Specific Character Set, C.12.1.1.2 */
        return if_so(ds == root && beyond_ascii(root));
    case 0x00080100: /* Code Value, table 8.8-1: one of three */
        return if_so(!validate__has(ds, 0x00080119) && !validate__has(ds, 0x00080120));
    case 0x00080102: /* Coding Scheme Designator */
        return if_so(validate__full(ds, 0x00080100) || validate__full(ds, 0x00080119));
    case 0x00280006: /* Planar Configuration, C.7.6.3.1.3 */
        return only_if(above(ds, 0x00280002, 1));
    case 0x00281101:
    case 0x00281102:
    case 0x00281103:
    case 0x00281201:
    case 0x00281202:
    case 0x00281203: /* palettes, C.7.6.3: the data may be segmented instead */
        if (strcmp(module, "Palette Color Lookup Table") == 0) /* C.7.9 */
            return tag >= 0x00281201 ? if_so(!validate__has(ds, tag + 0x20)) : 1;
        if (strcmp(module, "Image Pixel") != 0)
            return -1;
        if (palette(ds) && tag >= 0x00281201 && validate__has(ds, tag + 0x20))
            return 0;
        return palette(ds) ? 1 : colored(ds) ? 0 : -1;
    case 0x00282112: /* lossy compression: ratio and method, C.7.6.1.1.5 */
        return if_so(validate__is(ds, 0x00282110, "01"));
    case 0x00281051: /* window width with its center, C.11.2 */
        return if_so(validate__has(ds, 0x00281050));
    case 0x00281053:
    case 0x00281054: /* slope and type with the intercept, C.11.1 */
        return strcmp(module, "Modality LUT") == 0 ? if_so(validate__has(ds, 0x00281052)) : -1;
    case 0x00185100: /* Patient Position, C.7.3.1.1.2 */
        return if_so(lies_in_scanner(root) && !validate__has(ds, 0x00540410));
    case 0x00200020: /* Patient Orientation, C.7.6.1.1.1 */
        return if_so(!(validate__has(ds, 0x00200037) && validate__has(ds, 0x00200032)) &&
                     !validate__has(ds, 0x52009229) && strcmp(module, "General Image") == 0);
    case 0x7FE00010: /* pixels here or elsewhere, C.7.6.3.1.4 */
        return if_so(!validate__has(ds, 0x00287FE0) && !validate__has(ds, 0x7FE00008) &&
                     !validate__has(ds, 0x7FE00009) && strcmp(module, "Image Pixel") == 0);
    case 0x00280009: /* Frame Increment Pointer of multi-frame secondary capture, C.8.6.3 */
        return strncmp(module, "SC Multi-Frame", 14) == 0 || strncmp(module, "SC Multi-frame", 14) == 0
                   ? if_so(above(ds, 0x00280008, 1))
                   : -1;
    case 0x0040A073: /* Verifying Observer, C.17.2 */
        return only_if(validate__is(ds, 0x0040A493, "VERIFIED"));
    case 0x00541321: /* Decay Factor, C.8.9.4 */
        return strcmp(module, "PET Image") == 0 ? if_so(!validate__is(root, 0x00541102, "NONE")) : -1;
    case 0x00120063: /* De-identification Method and its codes, C.7.1.1: one of them */
        return if_so(validate__is(ds, 0x00120062, "YES") && !validate__has(ds, 0x00120064));
    case 0x00120064:
        return if_so(validate__is(ds, 0x00120062, "YES") && !validate__has(ds, 0x00120063));
    case 0x52009230: /* Per-frame Functional Groups, C.7.6.16.1.1 */
        return if_so(!validate__is(ds, 0x00209311, "TILED_FULL"));
    case 0x00189033: /* Segmented k-Space Traversal, C.8.13.4 */
        return if_so(original(root) && validate__is(ds, 0x00189032, "RECTILINEAR"));
    case 0x00180082: /* Inversion Time, C.8.3.1 */
        return strcmp(module, "MR Image") == 0 ? if_so(validate__is(ds, 0x00180020, "IR")) : -1;
    default: {
        const bool enhanced =
            strncmp(v->iod->word, "enhanced-mr-image", 17) == 0 || strcmp(v->iod->word, "enhanced-ct-image") == 0;
        return enhanced && of_originals(tag) ? if_so(original(root)) : -1;
    }
    }
}

int validate__module_needed(const tomo_validation *v, const char *module)
{
    if (strcmp(module, "Multi-frame") == 0 || strcmp(module, "Multi-Frame") == 0)
        return above(v->root, 0x00280008, 1);
    if (strcmp(module, "Palette Color Lookup Table") == 0)
        return palette(v->root);
    if (strcmp(module, "Supplemental Palette Color Lookup Table") == 0) /* A.36.2.3, A.38.1.3 */
        return colored(v->root);
    if (strcmp(module, "MR Pulse Sequence") == 0) /* A.36.2.3 */
        return original(v->root);
    return -1;
}

/* ---- enumerated values ---- */

/* Only true enumerations of the standard (its "defined terms" may be extended), by tag. */
static const struct {
    tomo_tag tag;
    const char *values; /* of the first value, each between bars */
} known[] = {
    { 0x00041212, "|0|65535|" },                /* F.3.2.2 */
    { 0x00080008, "|ORIGINAL|DERIVED|MIXED|" }, /* C.7.6.1.1.2, C.8.16.1.1 */
    { 0x00089206, "|VOLUME|SAMPLED|DISTORTED|MIXED|" },
    { 0x00089205, "|COLOR|MONOCHROME|MIXED|TRUE_COLOR|" },
    { 0x00100040, "|M|F|O|" }, /* C.7.1.1 */
    { 0x00120062, "|YES|NO|" },
    { 0x00200060, "|L|R|" }, /* C.7.3.1 */
    { 0x00200062, "|L|R|U|B|" },
    { 0x00280006, "|0|1|" },
    { 0x00280103, "|0|1|" },
    { 0x00280301, "|YES|NO|" }, /* C.7.6.1 */
    { 0x00280302, "|YES|NO|" },
    { 0x00281041, "|1|0|-1|" },
    { 0x00282110, "|00|01|" },
    { 0x00281056, "|LINEAR|LINEAR_EXACT|SIGMOID|" }, /* C.11.2.1.3 */
    { 0x0040A050, "|SEPARATE|CONTINUOUS|" },         /* C.17.3.2 */
    { 0x0040A491, "|PARTIAL|COMPLETE|" },            /* C.17.2 */
    { 0x0040A493, "|UNVERIFIED|VERIFIED|" },
    { 0x00620001, "|BINARY|FRACTIONAL|LABELMAP|" }, /* C.8.20.2 */
    { 0x00620008, "|AUTOMATIC|SEMIAUTOMATIC|MANUAL|" },
    { 0x00620010, "|PROBABILITY|OCCUPANCY|" },
    { 0x00620013, "|YES|UNDEFINED|NO|" },
    { 0x20500020, "|IDENTITY|INVERSE|" },                                                /* C.11.6 */
    { 0x30040002, "|GY|RELATIVE|" },                                                     /* C.8.8.3 */
    { 0x30060042, "|POINT|OPEN_PLANAR|OPEN_NONPLANAR|CLOSED_PLANAR|CLOSEDPLANAR_XOR|" }, /* C.8.8.6 */
};

/* "|A|B|C|" as "A, B or C". */
static void list_values(char *text, size_t room, const char *values)
{
    size_t n = 0;
    for (const char *at = values + 1; *at && n < room;) {
        const size_t size = strcspn(at, "|");
        const bool last = at[size + 1] == 0, first = at == values + 1;
        n += (size_t)snprintf(text + n, room - n, "%s%.*s", first ? "" : last ? " or " : ", ", (int)size, at);
        at += size + 1;
    }
}

void validate__enumerated(tomo_validation *v, const tomo_dataset *ds, const tomo_element *e)
{
    char text[64], want[70], list[160];
    if (!v->values || e->is_sequence || e->length == 0)
        return;
    for (size_t i = 0; i < TOMO__COUNT(known); i++) {
        if (known[i].tag != e->tag)
            continue;
        if (tomo_dataset_text(ds, e->tag, 0, text, sizeof text) <= 0)
            return;
        snprintf(want, sizeof want, "|%s|", text);
        if (!strstr(known[i].values, want)) {
            list_values(list, sizeof list, known[i].values);
            validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "enum", NULL, "is '%s', expected %s", text, list);
        }
        return;
    }
}

/* ---- what must fit together ---- */

static void modality_fits(tomo_validation *v)
{
    static const struct {
        const char *iod, *modality;
    } fixed[] = {
        { "ct-image", "CT" },
        { "enhanced-ct-image", "CT" },
        { "mr-image", "MR" },
        { "enhanced-mr-image", "MR" },
        { "positron-emission-tomography-image", "PT" },
        { "enhanced-pet-image", "PT" },
        { "segmentation", "SEG" },
        { "basic-text-sr", "SR" },
        { "enhanced-sr", "SR" },
        { "comprehensive-sr", "SR" },
        { "comprehensive-3d-sr", "SR" },
        { "key-object-selection-document", "KO" },
        { "grayscale-softcopy-presentation-state", "PR" },
        { "rt-dose", "RTDOSE" },
        { "rt-plan", "RTPLAN" },
        { "rt-structure-set", "RTSTRUCT" },
    };
    char text[64];
    if (tomo_dataset_text(v->root, 0x00080060, 0, text, sizeof text) <= 0)
        return;
    for (size_t i = 0; i < TOMO__COUNT(fixed); i++)
        if (strcmp(fixed[i].iod, v->iod->word) == 0 && strcmp(fixed[i].modality, text) != 0)
            validate__note(v, TOMO_SEVERITY_ERROR, 0x00080060, "enum", NULL, "is '%s', expected %s for %s", text,
                           fixed[i].modality, v->iod->name);
}

/* Functional groups that every frame must have: shared, or in each item (C.7.6.16.1.1). */
static void macros_fit(tomo_validation *v, const tomo__elem *per_frame)
{
    const tomo_dataset *shared = tomo_dataset_item(v->root, 0x52009229, 0);
    for (size_t m = 0; m < iod__n_macros; m++) {
        if (&iod__iods[iod__macros[m].iod] != v->iod || (shared && validate__full(shared, iod__macros[m].tag)))
            continue;
        for (uint32_t i = 0; i < per_frame->n_items; i++)
            if (!validate__full(per_frame->items[i], iod__macros[m].tag)) {
                validate__note(v, TOMO_SEVERITY_ERROR, iod__macros[m].tag, "type1", "Multi-frame Functional Groups",
                               "is neither shared nor in item %u of the per-frame functional groups", (unsigned)i);
                break;
            }
    }
}

/* Per-frame items, dimensions (C.7.6.16, C.7.6.17). */
static void frames_fit(tomo_validation *v)
{
    const tomo__elem *per_frame = tomo__ds_elem(v->root, 0x52009230), *dimension = tomo__ds_elem(v->root, 0x00209222);
    int64_t frames = 0;
    if (!per_frame || !(per_frame->flags & ELEM_SEQUENCE))
        return;
    macros_fit(v, per_frame);
    if (!tomo_dataset_int(v->root, 0x00280008, 0, &frames))
        return;
    if ((int64_t)per_frame->n_items != frames)
        validate__note(v, TOMO_SEVERITY_ERROR, 0x52009230, "value", NULL, "has %u items, but there are %lld frames",
                       (unsigned)per_frame->n_items, (long long)frames);
    for (uint32_t i = 0; dimension && i < per_frame->n_items; i++) {
        const tomo_dataset *content = tomo_dataset_item(per_frame->items[i], 0x00209111, 0);
        const size_t n = content ? tomo_dataset_values(content, 0x00209157) : 0;
        if (n && n != dimension->n_items) {
            validate__note(v, TOMO_SEVERITY_ERROR, 0x00209157, "value", NULL,
                           "of frame %u has %zu values, but there are %u dimensions", (unsigned)i + 1, n,
                           (unsigned)dimension->n_items);
            return;
        }
    }
}

/* UIDs that stand for different things differ (PS3.5 9). */
static void uids_differ(tomo_validation *v)
{
    static const tomo_tag tags[] = { 0x00080018, 0x0020000D, 0x0020000E, 0x00200052 };
    char uid[4][80];
    for (size_t i = 0; i < TOMO__COUNT(tags); i++) {
        if (tomo_dataset_text(v->root, tags[i], 0, uid[i], sizeof uid[i]) <= 0)
            uid[i][0] = 0;
        for (size_t k = 0; k < i && uid[i][0]; k++)
            if (strcmp(uid[i], uid[k]) == 0)
                validate__note(v, TOMO_SEVERITY_ERROR, tags[i], "value", NULL, "is the same UID as %s",
                               tomo_dict_find(tags[k])->name);
    }
}

/* Each overlay that is there must be whole (C.9.2). */
static void overlays_fit(tomo_validation *v)
{
    static const uint16_t needed[] = { 0x0010, 0x0011, 0x0040, 0x0050, 0x0100, 0x0102, 0x3000 };
    for (tomo_tag group = 0x6000; group <= 0x601E; group += 2) {
        const uint32_t at = tomo__ds_place(v->root, group << 16 | 1);
        if (at == v->root->count || v->root->elems[at].tag >> 16 != group)
            continue;
        const bool inside = above(v->root, group << 16 | 0x0100, 1); /* in unused bits of the pixels: retired */
        for (size_t i = 0; i < TOMO__COUNT(needed); i++)
            if (!validate__full(v->root, group << 16 | needed[i]) && !(inside && needed[i] == 0x3000))
                validate__note(v, TOMO_SEVERITY_ERROR, group << 16 | needed[i], "type1", "Overlay Plane", "%s is %s",
                               tomo_dict_find(0x60000000 | needed[i])->name,
                               validate__has(v->root, group << 16 | needed[i])
                                   ? "empty, but Type 1 must have a value"
                                   : "missing, Type 1 of module Overlay Plane");
    }
}

void validate__together(tomo_validation *v)
{
    overlays_fit(v);
    modality_fits(v);
    frames_fit(v);
    uids_differ(v);
    if (has_pixels(v->root) && !validate__has(v->root, 0x00280010))
        validate__note(v, TOMO_SEVERITY_ERROR, 0x00280010, "pixels", NULL, "is missing, but there is pixel data");
}

/* ---- reports ---- */

void validate__content(tomo_validation *v, const tomo_dataset *item, bool root)
{
    static const struct {
        const char *type;
        tomo_tag tag[3];
        bool may_be_empty;
    } needs[] = {
        { "TEXT", { 0x0040A160, 0, 0 }, false },
        { "NUM", { 0x0040A300, 0, 0 }, true },
        { "CODE", { 0x0040A168, 0, 0 }, false },
        { "DATETIME", { 0x0040A120, 0, 0 }, false },
        { "DATE", { 0x0040A121, 0, 0 }, false },
        { "TIME", { 0x0040A122, 0, 0 }, false },
        { "UIDREF", { 0x0040A124, 0, 0 }, false },
        { "PNAME", { 0x0040A123, 0, 0 }, false },
        { "COMPOSITE", { 0x00081199, 0, 0 }, false },
        { "IMAGE", { 0x00081199, 0, 0 }, false },
        { "WAVEFORM", { 0x00081199, 0, 0 }, false },
        { "SCOORD", { 0x00700022, 0x00700023, 0 }, false },
        { "SCOORD3D", { 0x00700022, 0x00700023, 0x30060024 }, false },
        { "TCOORD", { 0x0040A130, 0, 0 }, false },
        { "TABLE", { 0x0040A801, 0, 0 }, false },
        { "CONTAINER", { 0x0040A050, 0, 0 }, false },
    };
    static const char module[] = "SR Document Content";
    char type[32] = "";
    size_t k = 0;
    if (!root && !validate__full(item, 0x0040A010))
        validate__note(v, TOMO_SEVERITY_ERROR, 0x0040A010, "type1", module, "Relationship Type is missing, Type 1");
    if (validate__has(item, 0x0040DB73)) /* by reference: the target has the value */
        return;
    if (tomo_dataset_text(item, 0x0040A040, 0, type, sizeof type) <= 0) {
        validate__note(v, TOMO_SEVERITY_ERROR, 0x0040A040, "type1", module, "Value Type is missing, Type 1");
        return;
    }
    while (k < TOMO__COUNT(needs) && strcmp(needs[k].type, type) != 0)
        k++;
    if (k == TOMO__COUNT(needs)) {
        validate__note(v, TOMO_SEVERITY_ERROR, 0x0040A040, "enum", module, "is '%s', which is no value type", type);
        return;
    }
    for (int i = 0; i < 3 && needs[k].tag[i]; i++)
        if (needs[k].may_be_empty ? !validate__has(item, needs[k].tag[i]) : !validate__full(item, needs[k].tag[i]))
            validate__note(v, TOMO_SEVERITY_ERROR, needs[k].tag[i], "type1", module,
                           "%s is missing, Type %s of a %s item", tomo_dict_find(needs[k].tag[i])->name,
                           needs[k].may_be_empty ? "2" : "1", type);
    if ((root || strcmp(type, "CONTAINER") != 0) && !validate__full(item, 0x0040A043) &&
        strncmp(type, "IMAGE", 5) != 0 && strcmp(type, "COMPOSITE") != 0 && strcmp(type, "WAVEFORM") != 0 &&
        strncmp(type, "SCOORD", 6) != 0 && strcmp(type, "TCOORD") != 0)
        validate__note(v, TOMO_SEVERITY_ERROR, 0x0040A043, "type1", module,
                       "Concept Name is missing, Type 1C of a %s item", type);
}
