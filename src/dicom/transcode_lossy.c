/* transcode_lossy.c - what a data set must say once its pixels have lost something: it is a derived image (PS3.3
 * C.7.6.1.1.2, C.7.6.1.1.3) that was compressed with loss (C.7.6.1.1.5), and no other image's twin any more. */
#include "dicom/transcode_internal.h"

#include <stdio.h>

#define CS TOMO_VR('C', 'S')
#define LO TOMO_VR('L', 'O')
#define UI TOMO_VR('U', 'I')

bool tomo__target_lossy(const tomo__target *t, const tomo_transcode_options *o)
{
    if (strcmp(t->codec->word, "jpegls-near") == 0)
        return o->near > 0;
    return t->codec->lossy;
}

/* Defined Terms of (0028,2114) (C.7.6.1.1.5.1). */
static const char *method_of(const char *uid)
{
    return strncmp(uid, "1.2.840.10008.1.2.4.8", 21) == 0    ? "ISO_14495_1"
           : strncmp(uid, "1.2.840.10008.1.2.4.9", 21) == 0  ? "ISO_15444_1"
           : strncmp(uid, "1.2.840.10008.1.2.4.20", 22) == 0 ? "ISO_15444_15"
                                                             : "ISO_10918_1";
}

/* The values that are there, `separator`, and one more. Bytes are taken as they are, whatever their character set. */
static tomo_status append(tomo__shadow *s, tomo_dataset *ds, tomo_tag tag, uint16_t vr, const char *separator,
                          const char *more, size_t most, tomo_error *err)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    const char *old = e ? (const char *)tomo__ds_value(ds, e) : NULL;
    size_t n = old ? (size_t)e->length : 0;
    while (n > 0 && (old[n - 1] == ' ' || old[n - 1] == '\0'))
        n--;
    const size_t extra = strlen(more) + strlen(separator);
    if (n + extra > most) /* no room: what is there stays */
        return TOMO_OK;
    char *all = tomo__alloc(s->ctx, n + extra + 1);
    if (!all)
        return tomo__no_memory(s->ctx, err, n + extra + 1, "a text");
    if (n)
        memcpy(all, old, n);
    snprintf(all + n, extra + 1, "%s%s", n ? separator : "", more);
    const tomo_status st = memchr(all, '\0', n)
                               ? tomo__fail(err, TOMO_E_FORMAT, TAG_FMT " holds a zero byte", TAG_ARGS(tag))
                               : tomo__shadow_text(s, ds, tag, vr, all, err);
    tomo__free(s->ctx, all);
    return st;
}

static tomo_status code(tomo__shadow *s, tomo_dataset *ds, tomo_tag sequence, const char *value, const char *meaning,
                        tomo_error *err)
{
    tomo_dataset *item;
    tomo_status st = tomo__shadow_add_item(s, ds, sequence, &item, err);
    if (st == TOMO_OK)
        st = tomo__shadow_text(s, item, 0x00080100, TOMO_VR('S', 'H'), value, err);
    if (st == TOMO_OK)
        st = tomo__shadow_text(s, item, 0x00080102, TOMO_VR('S', 'H'), "DCM", err);
    if (st == TOMO_OK)
        st = tomo__shadow_text(s, item, 0x00080104, LO, meaning, err);
    return st;
}

/* Image Type: value 1 DERIVED, the others stay; SECONDARY where there were none. */
static tomo_status derive_type(tomo__shadow *s, tomo_dataset *ds, tomo_error *err)
{
    char old[1024] = "", now[1100];
    if (tomo_dataset_text(ds, 0x00080008, SIZE_MAX, old, sizeof old) >= (int64_t)sizeof old)
        return tomo__fail(err, TOMO_E_FORMAT, "(0008,0008) Image Type is longer than 1023 characters");
    const char *rest = strchr(old, '\\');
    snprintf(now, sizeof now, "DERIVED%s", rest ? rest : "\\SECONDARY");
    return tomo__shadow_text(s, ds, 0x00080008, CS, now, err);
}

/* New UID, and the old one as the source (Source Image Sequence, CID 7202: Uncompressed predecessor). */
static tomo_status new_instance(tomo__shadow *s, tomo_dataset *ds, const tomo__target *t,
                                const tomo_transcode_options *o, tomo_error *err)
{
    char uid[65] = "", class_uid[65] = "", now[65], seed[512];
    tomo_dataset *item;
    tomo_dataset_text(ds, 0x00080018, 0, uid, sizeof uid);
    tomo_dataset_text(ds, 0x00080016, 0, class_uid, sizeof class_uid);
    if (!uid[0] || !class_uid[0])
        return tomo__fail(err, TOMO_E_FORMAT,
                          "(0008,0016) or (0008,0018) is absent: a derived image must name the one it is made of");
    tomo_status st = tomo__shadow_add_item(s, ds, 0x00082112, &item, err);
    if (st == TOMO_OK)
        st = tomo__shadow_text(s, item, 0x00081150, UI, class_uid, err);
    if (st == TOMO_OK)
        st = tomo__shadow_text(s, item, 0x00081155, UI, uid, err);
    if (st == TOMO_OK)
        st = code(s, item, 0x0040A170, "121320", "Uncompressed predecessor", err);
    if (st || o->keep_uid)
        return st;
    snprintf(seed, sizeof seed, "%s %s %s %d %d %g %d", o->seed ? o->seed : "transcode", uid, t->uid, (int)o->quality,
             (int)o->near, o->ratio, (int)o->keep_color);
    st = tomo_uid_make(now, seed, err);
    return st ? st : tomo__shadow_text(s, ds, 0x00080018, UI, now, err);
}

tomo_status tomo__mark_lossy(tomo__shadow *s, const tomo__target *t, const tomo_transcode_options *o, double ratio,
                             tomo_error *err)
{
    tomo_dataset *ds = &s->root.ds;
    char number[48], words[200];
    tomo__fixed_text(number, ratio, 2);
    number[16] = 0; /* DS */
    snprintf(words, sizeof words, "Lossy compression with transfer syntax %s, ratio %s", t->uid, number);
    tomo_status st = derive_type(s, ds, err);
    if (st == TOMO_OK)
        st = new_instance(s, ds, t, o, err);
    if (st == TOMO_OK)
        st = append(s, ds, 0x00082111, TOMO_VR('S', 'T'), "; ", words, 1024, err);
    if (st == TOMO_OK)
        st = code(s, ds, 0x00089215, "113040", "Lossy Compression", err);
    if (st == TOMO_OK)
        st = tomo__shadow_text(s, ds, 0x00282110, CS, "01", err);
    if (st == TOMO_OK)
        st = append(s, ds, 0x00282112, TOMO_VR('D', 'S'), "\\", number, 65534, err);
    if (st == TOMO_OK)
        st = append(s, ds, 0x00282114, CS, "\\", method_of(t->uid), 65534, err);
    return st;
}

/* JPEG by discrete cosine transform always loses something; once lost, an image says so for ever. */
tomo_status tomo__mark_source(tomo__shadow *s, const char *syntax, tomo_error *err)
{
    static const char *const dct[] = { "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.53",
                                       "1.2.840.10008.1.2.4.55" };
    tomo_dataset *ds = &s->root.ds;
    tomo_status st = TOMO_OK;
    for (size_t i = 0; i < TOMO__COUNT(dct); i++)
        if (strcmp(syntax, dct[i]) == 0 && tomo_dataset_values(ds, 0x00282110) == 0) {
            st = tomo__shadow_text(s, ds, 0x00282110, CS, "01", err);
            if (st == TOMO_OK && tomo_dataset_values(ds, 0x00282114) == 0)
                st = tomo__shadow_text(s, ds, 0x00282114, CS, "ISO_10918_1", err);
        }
    return st;
}
