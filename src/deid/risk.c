/* risk.c - how likely burned-in text is, by the header. Only images that are plainly a scanner's own pictures are left
 * alone; what is not known is searched. */
#include "deid/deid_internal.h"

/* Value number `i` in capitals; "" if there is none, or it is longer than `out`. */
static void word(const tomo_dataset *ds, tomo_tag tag, size_t i, char out[20])
{
    int64_t n = tomo_dataset_text(ds, tag, i, out, 20);
    if (n < 0 || n >= 20)
        n = 0;
    out[n] = 0;
    for (char *c = out; *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
}

static bool in_list(const char *text, const char *list)
{
    char wanted[24];
    const size_t n = strlen(text);
    if (n == 0 || n > 20)
        return false;
    wanted[0] = '|';
    memcpy(wanted + 1, text, n);
    wanted[n + 1] = '|';
    wanted[n + 2] = 0;
    return strstr(list, wanted) != NULL;
}

static bool value_is(const tomo_dataset *ds, tomo_tag tag, const char *list)
{
    char text[20];
    const size_t n = tomo_dataset_values(ds, tag);
    for (size_t i = 0; i < TOMO__MIN(n, 16); i++) {
        word(ds, tag, i, text);
        if (in_list(text, list))
            return true;
    }
    return false;
}

/* The rest of a storage class's UID behind the common root, or "". */
static const char *storage(const char *sop_class)
{
    static const char root[] = "1.2.840.10008.5.1.4.1.1.";
    return strncmp(sop_class, root, sizeof root - 1) == 0 ? sop_class + sizeof root - 1 : "";
}

/* CT, MR, PET, NM as the scanner made them: ORIGINAL\\PRIMARY, one sample, and no word of screens. */
static bool is_plain(const tomo_dataset *ds, const char *kind)
{
    char origin[20], use[20];
    int64_t samples = 1;
    word(ds, 0x00080008, 0, origin);
    word(ds, 0x00080008, 1, use);
    tomo_dataset_int(ds, 0x00280002, 0, &samples);
    return in_list(kind, "|2|2.1|2.2|4|4.1|4.4|128|128.1|130|20|") && strcmp(origin, "ORIGINAL") == 0 &&
           strcmp(use, "PRIMARY") == 0 && samples == 1 && value_is(ds, 0x00080060, "|CT|MR|PT|NM|");
}

/* What is computed and drawn by nobody: segments, label maps, doses, parametric maps; and the tiles of a slide, whose
 * label is on its LABEL and OVERVIEW images (PS3.3 C.8.12.4.1.1). */
static bool has_no_writing(const tomo_dataset *ds, const char *kind)
{
    char use[20], flavor[20];
    word(ds, 0x00080008, 1, use);
    word(ds, 0x00080008, 2, flavor);
    return in_list(kind, "|66.4|66.7|481.2|30|") ||
           (in_list(kind, "|77.1.6|") && strcmp(use, "PRIMARY") == 0 && in_list(flavor, "|VOLUME|"));
}

int32_t tomo__deid_risk(const tomo_dataset *ds)
{
    char sop_class[65] = "", burned[20];
    const char *kind;
    int32_t risk = 0;
    if (tomo_dataset_text(ds, 0x00080016, 0, sop_class, sizeof sop_class) > 64)
        sop_class[0] = 0;
    kind = storage(sop_class);
    word(ds, 0x00280301, 0, burned);
    if ((burned[0] && strcmp(burned, "NO") != 0) || value_is(ds, 0x00480010, "|YES|"))
        return 100; /* Burned In Annotation, Specimen Label in Image */
    if (has_no_writing(ds, kind))
        return 0;
    if (strcmp(kind, "7") == 0 || strncmp(kind, "7.", 2) == 0)
        risk = 80; /* secondary capture: screens and scanned paper */
    if (value_is(ds, 0x00080008, "|LABEL|OVERVIEW|"))
        risk = 80;
    if (tomo_dataset_values(ds, 0x00080064) > 0) /* Conversion Type */
        risk = TOMO__MAX(risk, 70);
    if (value_is(ds, 0x00080060, "|US|IVUS|BDUS|") || tomo__ds_elem(ds, 0x00186011) || strcmp(kind, "3.1") == 0 ||
        strcmp(kind, "6.1") == 0 || strcmp(kind, "6.2") == 0)
        risk = TOMO__MAX(risk, 70);
    if (value_is(ds, 0x00080008, "|SCREEN SAVE|"))
        risk = TOMO__MAX(risk, 70);
    if (value_is(ds, 0x00080060, "|ES|OT|XC|DOC|GM|BMD|OP|"))
        risk = TOMO__MAX(risk, 60);
    if (risk == 0 && !is_plain(ds, kind))
        risk = 40;
    return risk;
}
