/* private.c - blocks of private elements by creator (PS3.5 7.8), and elements of VR UN whose VR is known after all. */
#include "dicom/edit.h"
#include "dicom/fragments.h"
#include "dicom/parse.h"

#include <tomo/dicom_edit.h>

static tomo_status check_group(uint16_t group, const char *creator, tomo_error *err)
{
    size_t n = creator ? strlen(creator) : 0;
    if (!(group & 1) || group < 9 || group == 0xffff)
        return tomo__fail(err, TOMO_E_ARG, "group %04X is not private: an odd group from 0009 to FFFD", group);
    if (n == 0 || n > 64 || memchr(creator, '\\', n) || creator[0] == ' ' || creator[n - 1] == ' ')
        return tomo__fail(err, TOMO_E_ARG, "\"%.64s\" can't be a private creator", creator ? creator : "");
    return TOMO_OK;
}

/* Block of the creator, or 0. */
static uint8_t find_block(const tomo_dataset *ds, uint16_t group, const char *creator)
{
    tomo_tag first = (tomo_tag)group << 16 | 0x10;
    for (uint32_t i = tomo__ds_place(ds, first); i < ds->count && ds->elems[i].tag <= (first | 0xff); i++) {
        char text[65];
        tomo_dataset_creator(ds, (tomo_tag)group << 16 | (ds->elems[i].tag & 0xff) << 8, text);
        if (strcmp(text, creator) == 0)
            return (uint8_t)ds->elems[i].tag;
    }
    return 0;
}

void tomo_dataset_creator(const tomo_dataset *ds, tomo_tag tag, char creator[65])
{
    tomo__private_creator_of(ds, tag, creator);
}

tomo_status tomo_dataset_private_block(const tomo_dataset *ds, uint16_t group, const char *creator, uint8_t *block,
                                       tomo_error *err)
{
    uint8_t found;
    if (!ds || !block)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_private_block: NULL argument");
    TRY(check_group(group, creator, err));
    found = find_block(ds, group, creator);
    if (!found)
        return tomo__fail(err, TOMO_E_NOTFOUND, "\"%s\" has no block in group %04X", creator, group);
    *block = found;
    return TOMO_OK;
}

tomo_tag tomo_dataset_private_tag(const tomo_dataset *ds, uint16_t group, const char *creator, uint8_t element)
{
    uint8_t block = check_group(group, creator, NULL) == TOMO_OK ? find_block(ds, group, creator) : 0;
    return block ? (tomo_tag)group << 16 | (tomo_tag)block << 8 | element : 0;
}

tomo_status tomo_dataset_reserve_block(tomo_dataset *ds, uint16_t group, const char *creator, uint8_t *block,
                                       tomo_error *err)
{
    if (!ds || !block)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_reserve_block: NULL argument");
    TRY(check_group(group, creator, err));
    *block = find_block(ds, group, creator);
    if (*block)
        return TOMO_OK;
    for (uint32_t b = 0x10; b <= 0xff; b++) { /* free: without a creator and without stray elements */
        tomo_tag tag = (tomo_tag)group << 16 | b, first = (tomo_tag)group << 16 | b << 8;
        uint32_t at = tomo__ds_place(ds, first);
        if (tomo__ds_elem(ds, tag) || (at < ds->count && ds->elems[at].tag <= (first | 0xff)))
            continue;
        TRY(tomo__set_text_as(ds, tag, VR_LO, creator, err));
        *block = (uint8_t)b;
        return TOMO_OK;
    }
    return tomo__fail(err, TOMO_E_LIMIT, "all 240 blocks of group %04X are taken", group);
}

tomo_status tomo_dataset_set_private(tomo_dataset *ds, uint16_t group, const char *creator, uint8_t element,
                                     uint16_t vr, const char *text, tomo_error *err)
{
    const tomo_dict_entry *d;
    uint8_t block = 0;
    bool made;
    tomo_status st;
    if (!ds || !text)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_set_private: NULL argument");
    TRY(check_group(group, creator, err));
    d = tomo_dict_private(creator, group, element);
    if (!vr)
        vr = d ? d->vr : 0;
    if (!tomo__vr_known(vr))
        return tomo__fail(err, TOMO_E_ARG, "the VR of (%04X,xx%02X) \"%s\" is not known, it must be given", group,
                          element, creator);
    made = find_block(ds, group, creator) == 0;
    TRY(tomo_dataset_reserve_block(ds, group, creator, &block, err));
    st = tomo__set_text_as(ds, (tomo_tag)group << 16 | (tomo_tag)block << 8 | element, vr, text, err);
    if (st != TOMO_OK && made)
        tomo__store_remove(ds, tomo__ds_place(ds, (tomo_tag)group << 16 | block));
    return st;
}

/* ---- UN ------------------------------------------------------------------------------------------------------ */

/* VR that is known of an element of VR UN; UN if none is. */
static uint16_t known_vr(const tomo_dataset *ds, const tomo__elem *e)
{
    uint16_t vr = tomo__elem_vr(ds, e);
    const tomo_dict_entry *d = tomo__ds_dict(ds, e->tag);
    if (vr == VR_UN && d && d->vr2 == VR_SS && e->length == 2)
        vr = tomo__store_vr(ds, e->tag, ds);
    if ((e->tag & 0x1ff00) == 0x10000 && (e->tag & 0xffff) >= 0x10)
        vr = VR_LO; /* private creators */
    return e->length % tomo__vr_unit(vr) || (!tomo__vr_long(vr) && e->length > 65534) ? VR_UN : vr;
}

uint16_t tomo_dataset_vr(const tomo_dataset *ds, tomo_tag tag)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    return !e ? 0 : e->vr == VR_UN ? known_vr(ds, e) : e->vr;
}

/* As deep as sequences nest, at most MAX_DEPTH. */
static tomo_status promote(tomo_dataset *ds, size_t *changed, tomo_error *err)
{
    for (uint32_t i = 0; i < ds->count; i++) {
        const tomo__elem *e = &ds->elems[i];
        uint16_t vr = e->vr == VR_UN ? known_vr(ds, e) : VR_UN;
        for (uint32_t k = 0; (e->flags & ELEM_SEQUENCE) && k < ds->elems[i].n_items; k++)
            TRY(promote(ds->elems[i].items[k], changed, err));
        if (vr == VR_UN || (e->flags & ELEM_SEQUENCE))
            continue;
        const uint8_t *b;
        uint8_t *temp;
        TRY(tomo__elem_load(ds, e, &b, &temp, err));
        tomo_status st = tomo__store_value(ds, e->tag, vr, b, (size_t)e->length, err);
        tomo__free(ds->root->ctx, temp);
        if (st != TOMO_OK)
            return st;
        ++*changed;
    }
    return TOMO_OK;
}

tomo_status tomo_dataset_promote_un(tomo_dataset *ds, size_t *changed, tomo_error *err)
{
    size_t n = 0;
    if (!ds)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_promote_un: NULL argument");
    tomo_status st = promote(ds, &n, err);
    if (changed)
        *changed = n;
    return st;
}
