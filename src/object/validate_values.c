/* validate_values.c - VR, number and form of values (PS3.5 6.2, 6.4, PS3.6), pixel data against its description, and
 * the meta header against the data set (PS3.10 7.1). */
#include "object/validate.h"

#include "dicom/dicom_internal.h"
#include "dicom/pixels_internal.h"

enum { LONGEST = 65536 }; /* bytes of a text that is looked at */

static bool same_kind(uint16_t found, const tomo_dict_entry *entry)
{
    const uint16_t vr = entry->vr;
    if (found == vr || (entry->vr2 && found == entry->vr2))
        return true;
    if ((vr == VR_OB || vr == VR_OW) && (found == VR_OB || found == VR_OW)) /* pixel data and the like */
        return true;
    if (vr == VR_US || vr == VR_SS)
        return entry->vr2 && (found == VR_US || found == VR_SS || found == VR_OW);
    return false;
}

/* UN may stand for any VR whose value is too long or was not known (PS3.5 6.2.2). */
static void check_vr(tomo_validation *v, const tomo_element *e, const tomo_dict_entry *entry)
{
    if (!entry || same_kind(e->vr, entry))
        return;
    if (e->vr == VR_UN || (e->is_sequence && entry->vr == VR_SQ)) {
        validate__note(v, TOMO_SEVERITY_WARNING, e->tag, "vr", NULL, "has VR UN, expected %c%c", entry->vr >> 8,
                       entry->vr & 0xFF);
        return;
    }
    const char second[] = { ' ', 'o', 'r', ' ', (char)(entry->vr2 >> 8), (char)(entry->vr2 & 0xFF), 0 };
    validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "vr", NULL, "has VR %c%c, expected %c%c%s", e->vr >> 8, e->vr & 0xFF,
                   entry->vr >> 8, entry->vr & 0xFF, entry->vr2 ? second : "");
}

static bool counted(uint16_t vr)
{
    return vr != VR_SQ && vr != VR_UN && vr != VR_OB && vr != VR_OW && vr != VR_OF && vr != VR_OD && vr != VR_OL &&
           vr != VR_OV;
}

static void check_vm(tomo_validation *v, const tomo_dataset *ds, const tomo_element *e, const tomo_dict_entry *entry)
{
    const size_t n = tomo_dataset_values(ds, e->tag);
    if (!entry || n == 0 || !counted(e->vr) || !counted(entry->vr))
        return;
    const bool few = n < entry->vm_min, many = entry->vm_max && n > entry->vm_max;
    const bool odd = entry->vm_step > 1 && (n - entry->vm_min) % entry->vm_step != 0;
    if (!few && !many && !odd)
        return;
    if (entry->vm_max == entry->vm_min)
        validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "vm", NULL, "has %zu values, expected %u", n, entry->vm_min);
    else if (entry->vm_max)
        validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "vm", NULL, "has %zu values, expected %u to %u", n,
                       entry->vm_min, entry->vm_max);
    else
        validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "vm", NULL, "has %zu values, expected %u or more%s", n,
                       entry->vm_min, odd ? " in steps" : "");
}

/* Text again as bytes of its VR: what can't be set can't be right. */
static void check_form(tomo_validation *v, const tomo_dataset *ds, const tomo_element *e)
{
    char small[256], *text = small;
    const int64_t size = tomo_dataset_text(ds, e->tag, SIZE_MAX, small, sizeof small);
    if (size <= 0 || size > LONGEST || !tomo__vr_text(e->vr))
        return;
    if (size >= (int64_t)sizeof small) {
        text = tomo__alloc(v->ctx, (size_t)size + 1);
        if (!text) {
            v->failed = true;
            return;
        }
        tomo_dataset_text(ds, e->tag, SIZE_MAX, text, (size_t)size + 1);
    }
    tomo_error why = { 0 };
    const tomo_status st = tomo__value_form(ds, e->vr, text, &why);
    if (st == TOMO_E_ARG)
        validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "value", NULL, "%s", why.message);
    v->failed = v->failed || st == TOMO_E_NOMEM;
    if (text != small)
        tomo__free(v->ctx, text);
}

void validate__element(tomo_validation *v, const tomo_dataset *ds, const tomo_element *e)
{
    const tomo_dict_entry *entry = (e->tag >> 16) % 2 ? NULL : tomo_dict_find(e->tag); /* private ones are not judged */
    if ((e->tag & 0xFFFF) == 0 || ((e->tag >> 16) % 2 && (e->tag & 0xFFFF) < 0x100))
        return;
    if (e->is_sequence && e->vr != VR_UN) {
        if (entry && entry->vr != VR_SQ)
            validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "vr", NULL, "has VR SQ, expected %c%c", entry->vr >> 8,
                           entry->vr & 0xFF);
        return;
    }
    check_vr(v, e, entry);
    if (!v->values || e->length == 0 || e->is_sequence)
        return;
    const unsigned unit = tomo__vr_unit(e->vr);
    if (unit > 1 && e->length % unit)
        validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "value", NULL, "has %llu bytes, expected a multiple of %u",
                       (unsigned long long)e->length, unit);
    else
        check_vm(v, ds, e, entry);
    check_form(v, ds, e);
}

/* ---- pixel data ---- */

void validate__pixels(tomo_validation *v)
{
    tomo_pixels_info info = { sizeof info };
    tomo_error why = { 0 };
    const tomo__elem *e = tomo__ds_elem(v->root, 0x7FE00010);
    uint64_t want = 0;
    e = e ? e : tomo__ds_elem(v->root, 0x7FE00008);
    e = e ? e : tomo__ds_elem(v->root, 0x7FE00009);
    if (!e)
        return;
    if (tomo_pixels_get_info(v->root, &info, &why) != TOMO_OK) {
        validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "pixels", NULL, "%s", why.message);
        return;
    }
    if (e->flags & ELEM_ENCAPSULATED) {
        const uint32_t fragments = e->n_items ? e->n_items - 1 : 0;
        if ((int64_t)fragments < info.frames)
            validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "pixels", NULL, "has %u fragments for %lld frames",
                           (unsigned)fragments, (long long)info.frames);
        return;
    }
    if (tomo__native_bytes(&info, info.frames, &want, &why) == TOMO_OK && e->length != want + (want & 1))
        validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "pixels", NULL, "has %llu bytes, expected %llu",
                       (unsigned long long)e->length, (unsigned long long)(want + (want & 1)));
}

/* ---- meta header ---- */

static void meta_equals(tomo_validation *v, tomo_tag meta, tomo_tag tag)
{
    char a[80], b[80];
    if (tomo_dataset_text(v->root, meta, 0, a, sizeof a) > 0 && tomo_dataset_text(v->root, tag, 0, b, sizeof b) > 0 &&
        strcmp(a, b) != 0)
        validate__note(v, TOMO_SEVERITY_ERROR, meta, "value", NULL, "is %s, but (%04x,%04x) is %s", a, tag >> 16,
                       tag & 0xFFFF, b);
}

void validate__meta(tomo_validation *v)
{
    static const tomo_tag needed[] = { 0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020012 };
    bool any = false;
    const size_t count = tomo_dataset_count(v->root);
    for (size_t i = 0; i < count && !any; i++) {
        tomo_element e;
        any = tomo_dataset_element(v->root, i, &e, NULL) == TOMO_OK && (e.tag >> 16) == 2;
    }
    if (!any)
        return; /* a bare data set */
    for (size_t i = 0; i < TOMO__COUNT(needed); i++)
        if (!validate__full(v->root, needed[i]))
            validate__note(v, TOMO_SEVERITY_ERROR, needed[i], "type1", NULL, "%s is missing, Type 1 of the meta header",
                           tomo_dict_find(needed[i])->name);
    meta_equals(v, 0x00020002, 0x00080016);
    meta_equals(v, 0x00020003, 0x00080018);
}
