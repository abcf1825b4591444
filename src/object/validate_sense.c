/* validate_sense.c - values that their VR and multiplicity allow and that still can't be: numbers that must not be
 * zero, directions that are none, pixels whose color and samples disagree, references to segments and regions that are
 * not there. Each with its section of PS3.3. */
#include <math.h>
#include <stdio.h>

#include "dicom/dicom_internal.h"
#include "object/validate.h"

enum { NUMBERS = 65536 }; /* segments and regions: US and IS, of which no file has more */

/* ---- one element ------------------------------------------------------------------------------------------------ */

/* Distances between centers of pixels (C.7.6.2.1.1, 10.7.1.3) are greater than zero. */
static void spacing(tomo_validation *v, const tomo_dataset *ds, const tomo_element *e)
{
    double value = 0;
    for (size_t i = 0; i < 2; i++)
        if (tomo_dataset_double(ds, e->tag, i, &value) && !(value > 0)) {
            validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "value", NULL, "is %g, expected greater than 0", value);
            return;
        }
}

/* Rows and columns are unit vectors at a right angle (C.7.6.2.1.1). */
static void orientation(tomo_validation *v, const tomo_dataset *ds, const tomo_element *e)
{
    const double slack = 0.01; /* directions are often written with few digits */
    double c[6], dot, length[2];
    for (size_t i = 0; i < 6; i++)
        if (!tomo_dataset_double(ds, e->tag, i, &c[i]))
            return;
    for (int k = 0; k < 2; k++)
        length[k] = sqrt(c[3 * k] * c[3 * k] + c[3 * k + 1] * c[3 * k + 1] + c[3 * k + 2] * c[3 * k + 2]);
    dot = c[0] * c[3] + c[1] * c[4] + c[2] * c[5];
    if (!(fabs(length[0] - 1) <= slack) || !(fabs(length[1] - 1) <= slack))
        validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "value", NULL,
                       "has cosines of length %.4g and %.4g, expected unit vectors", length[0], length[1]);
    else if (!(fabs(dot) <= slack))
        validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "value", NULL,
                       "has rows and columns whose cosines have the product %.4g, expected a right angle", dot);
}

/* Is each value a defined term as it stands (C.12.1.1.2)? */
static void character_set(tomo_validation *v, const tomo_dataset *ds, const tomo_element *e)
{
    char text[256], right[256];
    const int64_t n = tomo_dataset_text(ds, e->tag, SIZE_MAX, text, sizeof text);
    if (n <= 0 || n >= (int64_t)sizeof text)
        return;
    if (!tomo__charset_term(text, right))
        validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "enum", NULL, "is '%s', which is no defined term", text);
    else if (strcmp(text, right) != 0)
        validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "enum", NULL, "is '%s', expected the defined term %s", text,
                       right);
}

/* Contours have three coordinates a point, and a POINT is one (C.8.8.6). */
static void contour(tomo_validation *v, const tomo_dataset *ds)
{
    const size_t n = tomo_dataset_values(ds, 0x30060050);
    int64_t points = 0;
    if (n % 3)
        validate__note(v, TOMO_SEVERITY_ERROR, 0x30060050, "value", NULL, "has %zu numbers, expected three a point", n);
    if (tomo_dataset_int(ds, 0x30060046, 0, &points) && (points < 0 || (uint64_t)points != n / 3))
        validate__note(v, TOMO_SEVERITY_ERROR, 0x30060046, "value", NULL, "is %lld, but Contour Data has %zu points",
                       (long long)points, n / 3);
    if (validate__is(ds, 0x30060042, "POINT") && n > 3)
        validate__note(v, TOMO_SEVERITY_ERROR, 0x30060042, "value", NULL, "is POINT, but Contour Data has %zu points",
                       n / 3);
}

void validate__sense(tomo_validation *v, const tomo_dataset *ds, const tomo_element *e)
{
    double value = 1;
    if (!v->values || e->length == 0 || e->is_sequence)
        return;
    switch (e->tag) {
    case 0x00080005:
        character_set(v, ds, e);
        break;
    case 0x00181164: /* Imager Pixel Spacing */
    case 0x00182010: /* Nominal Scanned Pixel Spacing */
    case 0x00280030: /* Pixel Spacing */
        spacing(v, ds, e);
        break;
    case 0x00200037:
        orientation(v, ds, e);
        break;
    case 0x00281053: /* all values would be one (C.11.1) */
        if (tomo_dataset_double(ds, e->tag, 0, &value) && value == 0)
            validate__note(v, TOMO_SEVERITY_ERROR, e->tag, "value", NULL, "is 0, so that all pixels are the same");
        break;
    case 0x30060050:
        contour(v, ds);
        break;
    default:
        break;
    }
}

/* ---- pixels ----------------------------------------------------------------------------------------------------- */

/* Samples of each color model (C.7.6.3.1.2), and what the classes of one gray sample allow (C.8.2.1, C.8.3.1, C.8.9.4).
 */
static void color_fits(tomo_validation *v)
{
    static const struct {
        const char *model;
        int samples;
    } models[] = { { "MONOCHROME1", 1 }, { "MONOCHROME2", 1 }, { "PALETTE COLOR", 1 },   { "RGB", 3 },
                   { "YBR_FULL", 3 },    { "YBR_RCT", 3 },     { "YBR_FULL_422", 3 },    { "YBR_PARTIAL_420", 3 },
                   { "YBR_ICT", 3 },     { "HSV", 3 },         { "YBR_PARTIAL_422", 3 }, { "ARGB", 4 },
                   { "CMYK", 4 },        { "XYB", 3 } };
    static const char *const gray[] = {
        "ct-image",          "mr-image",           "positron-emission-tomography-image", "enhanced-ct-image",
        "enhanced-mr-image", "enhanced-pet-image", "computed-radiography-image",         "rt-dose"
    };
    char model[32] = "";
    int64_t samples = 0;
    if (tomo_dataset_text(v->root, 0x00280004, 0, model, sizeof model) <= 0)
        return;
    if (tomo_dataset_int(v->root, 0x00280002, 0, &samples))
        for (size_t i = 0; i < TOMO__COUNT(models); i++)
            if (strcmp(models[i].model, model) == 0 && models[i].samples != samples)
                validate__note(v, TOMO_SEVERITY_ERROR, 0x00280004, "value", NULL,
                               "is %s, which has %d samples, but Samples per Pixel is %lld", model, models[i].samples,
                               (long long)samples);
    for (size_t i = 0; i < TOMO__COUNT(gray); i++)
        if (strcmp(gray[i], v->iod->word) == 0 && strncmp(model, "MONOCHROME", 10) != 0 &&
            !validate__is(v->root, 0x00089205, "COLOR") && !validate__is(v->root, 0x00089205, "MIXED"))
            validate__note(v, TOMO_SEVERITY_ERROR, 0x00280004, "enum", NULL,
                           "is '%s', expected MONOCHROME1 or MONOCHROME2 for %s", model, v->iod->name);
}

/* ---- segments and regions ---------------------------------------------------------------------------------------- */

/* Numbers that items of a sequence have, as bits. */
typedef struct number_set {
    uint8_t bits[NUMBERS / 8];
} number_set;

static bool holds(const number_set *s, int64_t n) { return n >= 0 && n < NUMBERS && (s->bits[n / 8] >> n % 8 & 1); }

static void name_item(tomo_validation *v, const char *sequence, size_t i)
{
    snprintf(v->path, sizeof v->path, "%s[%zu].", sequence, i);
}

/* The numbers of `sequence`, each of which must be there once. */
static void collect(tomo_validation *v, number_set *s, tomo_tag sequence, tomo_tag number)
{
    const char *const word = tomo_dict_find(sequence)->keyword;
    const tomo_dataset *item;
    for (size_t i = 0; (item = tomo_dataset_item(v->root, sequence, i)) != NULL && v->count < v->most; i++) {
        int64_t n = 0;
        if (!tomo_dataset_int(item, number, 0, &n) || n < 0 || n >= NUMBERS)
            continue;
        name_item(v, word, i);
        if (holds(s, n))
            validate__note(v, TOMO_SEVERITY_ERROR, number, "value", NULL, "is %lld again", (long long)n);
        v->path[0] = 0;
        s->bits[n / 8] |= (uint8_t)(1 << n % 8);
    }
}

/* Segments count from 1 in steps of 1 (C.8.20.2), but for label maps, whose pixels are the numbers. */
static void segment_numbers(tomo_validation *v)
{
    const tomo_dataset *item;
    if (validate__is(v->root, 0x00620001, "LABELMAP"))
        return;
    for (size_t i = 0; (item = tomo_dataset_item(v->root, 0x00620002, i)) != NULL; i++) {
        int64_t n = 0;
        if (!tomo_dataset_int(item, 0x00620004, 0, &n) || n == (int64_t)i + 1)
            continue;
        name_item(v, "SegmentSequence", i);
        validate__note(v, TOMO_SEVERITY_ERROR, 0x00620004, "value", NULL,
                       "is %lld, expected %zu: segments count from 1 in steps of 1", (long long)n, i + 1);
        v->path[0] = 0;
        return;
    }
}

static void frame_segment(tomo_validation *v, const number_set *s, const tomo_dataset *frame, const char *word,
                          size_t i)
{
    const tomo_dataset *item = frame ? tomo_dataset_item(frame, 0x0062000A, 0) : NULL;
    int64_t n = 0;
    if (!item || !tomo_dataset_int(item, 0x0062000B, 0, &n) || holds(s, n))
        return;
    snprintf(v->path, sizeof v->path, "%s[%zu].SegmentIdentificationSequence[0].", word, i);
    validate__note(v, TOMO_SEVERITY_ERROR, 0x0062000B, "value", NULL, "is %lld, but there is no such segment",
                   (long long)n);
    v->path[0] = 0;
}

static void segments(tomo_validation *v, number_set *s)
{
    const tomo_dataset *frame;
    collect(v, s, 0x00620002, 0x00620004);
    segment_numbers(v);
    frame_segment(v, s, tomo_dataset_item(v->root, 0x52009229, 0), "SharedFunctionalGroupsSequence", 0);
    for (size_t i = 0; (frame = tomo_dataset_item(v->root, 0x52009230, i)) != NULL && v->count < v->most; i++)
        frame_segment(v, s, frame, "PerFrameFunctionalGroupsSequence", i);
}

/* Contours and observations are of regions of the structure set (C.8.8.6, C.8.8.8). */
static void regions(tomo_validation *v, number_set *s)
{
    static const tomo_tag users[] = { 0x30060039, 0x30060080 };
    const tomo_dataset *item;
    collect(v, s, 0x30060020, 0x30060022);
    for (size_t k = 0; k < TOMO__COUNT(users); k++)
        for (size_t i = 0; (item = tomo_dataset_item(v->root, users[k], i)) != NULL && v->count < v->most; i++) {
            int64_t n = 0;
            if (!tomo_dataset_int(item, 0x30060084, 0, &n) || holds(s, n))
                continue;
            name_item(v, tomo_dict_find(users[k])->keyword, i);
            validate__note(v, TOMO_SEVERITY_ERROR, 0x30060084, "value", NULL,
                           "is %lld, but the structure set has no such region", (long long)n);
            v->path[0] = 0;
        }
}

void validate__references(tomo_validation *v)
{
    const bool of_segments = strcmp(v->iod->word, "segmentation") == 0 || validate__has(v->root, 0x00620002);
    if (v->values)
        color_fits(v);
    if (!v->values || (!of_segments && !validate__has(v->root, 0x30060020) && !validate__has(v->root, 0x30060039)))
        return;
    number_set *s = tomo__calloc(v->ctx, 1, sizeof *s);
    if (!s) {
        v->failed = true;
        return;
    }
    if (of_segments)
        segments(v, s);
    else
        regions(v, s);
    tomo__free(v->ctx, s);
}
