/* write_header.c - the attributes of one slice of a CT or MR series, explicit little endian, in tag order: all of
 * Type 1 and 2 of the modules of CT Image Storage (PS3.3 A.3.3) and MR Image Storage (A.4.3). */
#include "dicom/dicom_internal.h"
#include "dicom/text_value.h"
#include "dicom/write_series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void put_raw(tomo__text *t, tomo_tag tag, const char vr[2], const void *value, size_t size, char pad)
{
    const uint32_t length = (uint32_t)(size + (size & 1));
    uint8_t head[12] = { (uint8_t)(tag >> 16), (uint8_t)(tag >> 24), (uint8_t)tag,    (uint8_t)(tag >> 8),
                         (uint8_t)vr[0],       (uint8_t)vr[1],       (uint8_t)length, (uint8_t)(length >> 8) };
    size_t n = 8;
    if (vr[0] == 'O') { /* OB, OW: reserved bytes and a 32-bit length */
        head[6] = head[7] = 0;
        for (int i = 0; i < 4; i++)
            head[8 + i] = (uint8_t)(length >> 8 * i);
        n = 12;
    }
    tomo__text_add(t, head, n);
    if (value) /* pixel data follow by themselves */
        tomo__text_add(t, value, size);
    if (value && size & 1)
        tomo__text_add(t, &pad, 1);
}

static void put(tomo__text *t, tomo_tag tag, const char vr[2], const char *text)
{
    put_raw(t, tag, vr, text, strlen(text), vr[0] == 'U' && vr[1] == 'I' ? 0 : ' ');
}

static void put_us(tomo__text *t, tomo_tag tag, uint32_t v)
{
    const uint8_t b[2] = { (uint8_t)v, (uint8_t)(v >> 8) };
    put_raw(t, tag, "US", b, 2, 0);
}

/* DS has at most 16 characters (PS3.5 6.2): the shortest text that reads back equal, or as many digits as fit. */
static size_t ds_text(char to[32], double v)
{
    size_t n = tomo__num_text(to, v == 0 ? 0 : v); /* never "-0" */
    for (int digits = 16; n > 16 && digits > 0; digits--)
        n = (size_t)snprintf(to, 32, "%.*g", digits, v);
    for (size_t i = 0; i < n; i++) /* some locales write a comma */
        if (to[i] == ',')
            to[i] = '.';
    return n;
}

static void put_ds(tomo__text *t, tomo_tag tag, size_t count, const double *v)
{
    char all[6 * 17 + 1];
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        char one[32];
        const size_t m = ds_text(one, v[i]);
        if (i)
            all[n++] = '\\';
        memcpy(all + n, one, m);
        n += m;
    }
    all[n] = 0;
    put(t, tag, "DS", all);
}

static bool may_copy(tomo__text *t, const tomo__writer *w, tomo_tag tag, uint16_t vr, const char *text)
{
    tomo__text value = TOMO__TEXT(w->ctx);
    tomo__charset utf8;
    tomo_error why = { 0 };
    size_t count;
    tomo__charset_parse("ISO_IR 192", 10, &utf8);
    const tomo_status st = tomo__value_from_text(vr, &utf8, text, &value, &count, &why);
    tomo__text_free(&value);
    t->failed |= st == TOMO_E_NOMEM;
    return st != TOMO_E_ARG || tomo__model_keeps(w->o.report, tag, vr, why.message);
}

/* From the model data set if it has it, else `otherwise`; NULL leaves the element out. */
static void put_like(tomo__text *t, const tomo__writer *w, tomo_tag tag, const char vr[2], const char *otherwise)
{
    char text[1100];
    if (w->o.like && tomo_dataset_text(w->o.like, tag, SIZE_MAX, text, sizeof text) > 0 &&
        may_copy(t, w, tag, TOMO_VR(vr[0], vr[1]), text))
        otherwise = text;
    if (otherwise)
        put(t, tag, vr, otherwise);
}

static void put_identity(tomo__text *t, const tomo__writer *w, const char *sop)
{
    put(t, 0x00080005, "CS", "ISO_IR 192");
    put(t, 0x00080008, "CS", w->is_ct ? "DERIVED\\SECONDARY\\AXIAL" : "DERIVED\\SECONDARY\\OTHER");
    put(t, 0x00080016, "UI", w->is_ct ? SOP_CT : SOP_MR);
    put(t, 0x00080018, "UI", sop);
    if (w->o.study_date)
        put(t, 0x00080020, "DA", w->o.study_date);
    else
        put_like(t, w, 0x00080020, "DA", "");
    put_like(t, w, 0x00080030, "TM", "");
    put_like(t, w, 0x00080050, "SH", "");
    put(t, 0x00080060, "CS", w->is_ct ? "CT" : "MR");
    put(t, 0x00080070, "LO", TOMO__MANUFACTURER);
    put_like(t, w, 0x00080090, "PN", "");
    put_like(t, w, 0x00081030, "LO", NULL);
    if (w->o.description)
        put(t, 0x0008103E, "LO", w->o.description);
    put(t, 0x00081090, "LO", "Tomo");
    if (w->o.derivation)
        put(t, 0x00082111, "ST", w->o.derivation);
    if (w->o.patient_name)
        put(t, 0x00100010, "PN", w->o.patient_name);
    else
        put_like(t, w, 0x00100010, "PN", "");
    if (w->o.patient_id)
        put(t, 0x00100020, "LO", w->o.patient_id);
    else
        put_like(t, w, 0x00100020, "LO", "");
    put_like(t, w, 0x00100030, "DA", "");
    put_like(t, w, 0x00100040, "CS", "");
    put_like(t, w, 0x00101010, "AS", NULL);
    put_like(t, w, 0x00101020, "DS", NULL);
    put_like(t, w, 0x00101030, "DS", NULL);
    put_like(t, w, 0x00180015, "CS", NULL);
}

static void put_acquisition(tomo__text *t, const tomo__writer *w)
{
    if (!w->is_ct) {
        put_like(t, w, 0x00180020, "CS", "RM"); /* research mode: how it was scanned is not known */
        put_like(t, w, 0x00180021, "CS", "NONE");
        put_like(t, w, 0x00180022, "CS", "");
        put_like(t, w, 0x00180023, "CS", "");
    }
    put_ds(t, 0x00180050, 1, &w->desc.spacing[2]);
    if (w->is_ct) {
        put_like(t, w, 0x00180060, "DS", "");
    } else {
        put_like(t, w, 0x00180080, "DS", "");
        put_like(t, w, 0x00180081, "DS", "");
        put_like(t, w, 0x00180082, "DS", NULL);
    }
    put_ds(t, 0x00180088, 1, &w->desc.spacing[2]);
    if (!w->is_ct)
        put_like(t, w, 0x00180091, "IS", "");
    put(t, 0x00181020, "LO", TOMO_VERSION);
    put_like(t, w, 0x00185100, "CS", "");
}

static void put_place(tomo__text *t, const tomo__writer *w, int64_t k)
{
    const double *m = w->desc.direction;
    const double orient[6] = { m[0], m[3], m[6], m[1], m[4], m[7] };
    double at[3], normal[3], along;
    char number[24];
    for (int r = 0; r < 3; r++)
        at[r] = w->desc.origin[r] + m[3 * r + 2] * w->desc.spacing[2] * (double)k;
    tomo__plane_normal(orient, normal);
    along = tomo__dot(at, normal);
    snprintf(number, sizeof number, "%lld", (long long)k + 1);
    put(t, 0x0020000D, "UI", w->study);
    put(t, 0x0020000E, "UI", w->series);
    put_like(t, w, 0x00200010, "SH", "");
    put(t, 0x00200011, "IS", "1");
    put(t, 0x00200012, "IS", "");
    put(t, 0x00200013, "IS", number);
    put_ds(t, 0x00200032, 3, at);
    put_ds(t, 0x00200037, 6, orient);
    put(t, 0x00200052, "UI", w->frame_of_reference);
    put_like(t, w, 0x00200060, "CS", "");
    put(t, 0x00201040, "LO", "");
    put_ds(t, 0x00201041, 1, &along);
}

static void put_pixels(tomo__text *t, const tomo__writer *w)
{
    const double spacing[2] = { w->desc.spacing[1], w->desc.spacing[0] }, one = 1;
    put_us(t, 0x00280002, 1);
    put(t, 0x00280004, "CS", "MONOCHROME2");
    put_us(t, 0x00280010, (uint32_t)w->desc.size[1]);
    put_us(t, 0x00280011, (uint32_t)w->desc.size[0]);
    put_ds(t, 0x00280030, 2, spacing);
    put_us(t, 0x00280100, 16);
    put_us(t, 0x00280101, 16);
    put_us(t, 0x00280102, 15);
    put_us(t, 0x00280103, w->is_signed);
    put_ds(t, 0x00281050, 1, &w->center);
    put_ds(t, 0x00281051, 1, &w->width);
    if (w->is_ct) {
        put_ds(t, 0x00281052, 1, &w->intercept);
        put_ds(t, 0x00281053, 1, &one);
        put(t, 0x00281054, "LO", "HU");
    }
    put_raw(t, 0x7FE00010, "OW", NULL, (size_t)w->desc.size[0] * (size_t)w->desc.size[1] * 2, 0);
}

void tomo__write_header(const tomo__writer *w, int64_t k, const char *sop, tomo__text *t)
{
    static const uint8_t version[2] = { 0, 1 };
    uint8_t start[132 + 12] = { 0 };
    memcpy(start + 128, "DICM", 4);
    const uint8_t length[12] = { 2, 0, 0, 0, 'U', 'L', 4, 0 };
    memcpy(start + 132, length, sizeof length);
    tomo__text_add(t, start, sizeof start);
    put_raw(t, 0x00020001, "OB", version, 2, 0);
    put(t, 0x00020002, "UI", w->is_ct ? SOP_CT : SOP_MR);
    put(t, 0x00020003, "UI", sop);
    put(t, 0x00020010, "UI", "1.2.840.10008.1.2.1");
    put(t, 0x00020012, "UI", IMPLEMENTATION_UID);
    put(t, 0x00020013, "SH", IMPLEMENTATION_NAME);
    if (!t->failed) /* (0002,0000): bytes behind itself */
        for (int i = 0; i < 4; i++)
            t->data[140 + i] = (char)(uint8_t)((t->size - sizeof start) >> 8 * i);
    put_identity(t, w, sop);
    put_acquisition(t, w);
    put_place(t, w, k);
    put_pixels(t, w);
}
