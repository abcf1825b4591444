/* series_mosaic.c - Siemens mosaics: the slices of a volume as tiles of one big image. How many there are and which
 * way they go stands in private elements: (0019,xx0A) of "SIEMENS MR HEADER", and the CSA header (0029,xx10) of
 * "SIEMENS CSA HEADER", whose layout is described in nibabel's documentation ("Siemens format DICOM with CSA header").
 * Image Position (Patient) of a mosaic is that of a slice as large as the whole mosaic around the same center. */
#include "dicom/dicom_internal.h"
#include "dicom/series_internal.h"

#include <math.h>
#include <stdio.h>

#define MAX_TILES 4096

/* Private element (group,bbee) whose block belongs to the creator. */
static bool private_element(const tomo_dataset *ds, unsigned group, const char *creator, unsigned element,
                            tomo_element *out)
{
    char text[65], path[12];
    for (unsigned block = 0x10; block <= 0xFF; block++) {
        if (tomo_dataset_text(ds, (tomo_tag)group << 16 | block, 0, text, sizeof text) <= 0 ||
            strcmp(text, creator) != 0)
            continue;
        snprintf(path, sizeof path, "%04X%02X%02X", group, block, element);
        return tomo_dataset_find(ds, path, out, NULL) == TOMO_OK;
    }
    return false;
}

/* Item `which` of the CSA field `name` as a number. Every length is held against the bytes that are there. */
static bool csa_number(const uint8_t *b, uint64_t size, const char *name, uint32_t which, double *out)
{
    const bool v2 = size >= 16 && memcmp(b, "SV10", 4) == 0;
    uint64_t at = v2 ? 8 : 0;
    uint32_t first_count = 0;
    if (size < at + 8)
        return false;
    const uint32_t fields = tomo__le32(b + at);
    at += 8;
    for (uint32_t f = 0; f < fields && f < 1000; f++) {
        if (size - at < 84)
            return false;
        const bool wanted = strncmp((const char *)b + at, name, 64) == 0;
        const uint32_t items = tomo__le32(b + at + 76);
        at += 84;
        if (f == 0)
            first_count = items;
        for (uint32_t i = 0; i < items; i++) {
            if (size - at < 16)
                return false;
            /* Version 1 adds the first field's item count to the length of every item. */
            const uint32_t raw = tomo__le32(b + at + (v2 ? 4 : 0)), length = v2 ? raw : raw - first_count;
            at += 16;
            if (length > size - at)
                return false;
            if (wanted && i == which)
                return tomo__text_double((const char *)b + at, strnlen((const char *)b + at, length), out) &&
                       isfinite(*out);
            at += TOMO__MIN((uint64_t)(length + 3) / 4 * 4, size - at);
        }
    }
    return false;
}

/* How many slices the mosaic has; 0 if it is none. */
static int32_t tiles_of(const tomo_dataset *ds, const tomo_element *csa)
{
    tomo_element e;
    char text[20];
    double n = 0;
    bool said = false;
    const size_t types = tomo_dataset_values(ds, 0x00080008);
    for (size_t i = 2; i < types && i < 16 && !said; i++)
        said = tomo_dataset_text(ds, 0x00080008, i, text, sizeof text) > 0 && strcmp(text, "MOSAIC") == 0;
    if (!said)
        return 0;
    if (!(csa->value && csa_number(csa->value, csa->length, "NumberOfImagesInMosaic", 0, &n)) &&
        (!private_element(ds, 0x0019, "SIEMENS MR HEADER", 0x0A, &e) || !tomo_dataset_double(ds, e.tag, 0, &n)))
        return 0;
    return n >= 1 && n <= MAX_TILES ? (int32_t)n : 0;
}

/* Way from one tile to the next: Slice Normal Vector of the CSA header, or the normal of row and column. */
static void tile_step(const tomo_element *csa, const tomo__slice *s, double step[3])
{
    double normal[3];
    tomo__plane_normal(s->orient, step);
    for (uint32_t i = 0; i < 3; i++)
        if (!csa->value || !csa_number(csa->value, csa->length, "SliceNormalVector", i, &normal[i]))
            return;
    const double along = tomo__dot(normal, step);
    if (along < 0) /* the same axis, the other way: never trust it for more than its sign */
        for (int i = 0; i < 3; i++)
            step[i] = -step[i];
}

tomo_status tomo__mosaic_split(tomo_ctx *ctx, const tomo_dataset *ds, tomo__scan_file *f, tomo_error *err)
{
    tomo_element csa = { 0 };
    double step[3];
    if (f->n_slices != 1 || !f->slices[0].has_plane || f->info.frame.samples != 1)
        return TOMO_OK;
    if (!private_element(ds, 0x0029, "SIEMENS CSA HEADER", 0x10, &csa))
        csa.value = NULL;
    const int32_t tiles = tiles_of(ds, &csa);
    if (tiles < 2)
        return TOMO_OK;
    const int32_t across = (int32_t)ceil(sqrt((double)tiles));
    if (f->info.frame.columns % across || f->info.frame.rows % across)
        return tomo__fail(err, TOMO_E_FORMAT, "mosaic of %d x %d pixels can't be cut into %d x %d tiles for %d slices",
                          f->info.frame.columns, f->info.frame.rows, across, across, tiles);
    tomo__slice *slices = TOMO__ARRAY(ctx, tiles, tomo__slice);
    if (!slices)
        return tomo__no_memory(ctx, err, (size_t)tiles * sizeof *slices, "the slices of a mosaic");
    tomo__slice base = f->slices[0];
    f->columns = f->info.frame.columns / across;
    f->rows = f->info.frame.rows / across;
    f->tiles = tiles;
    f->tiles_across = across;
    tile_step(&csa, &base, step);
    const double distance = base.between > 0 ? base.between : base.thickness;
    for (int i = 0; i < 3; i++)
        base.position[i] += base.orient[i] * base.spacing[1] * (f->info.frame.columns - f->columns) / 2.0 +
                            base.orient[3 + i] * base.spacing[0] * (f->info.frame.rows - f->rows) / 2.0;
    for (int32_t k = 0; k < tiles; k++) {
        slices[k] = base;
        slices[k].tile = k;
        for (int i = 0; i < 3; i++)
            slices[k].position[i] += step[i] * distance * k;
    }
    tomo__free(ctx, f->slices);
    f->slices = slices;
    f->n_slices = (size_t)tiles;
    return TOMO_OK;
}
