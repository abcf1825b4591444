/* series_rwv.c - real world values (PS3.3 C.7.6.16.2.11): another way from stored values to quantities than the
 * rescale, chosen by number; of the object, of all frames, or of each. */
#include "dicom/dicom_internal.h"
#include "dicom/series_internal.h"

#include <math.h>

enum { MAPPINGS = 0x00409096, SHARED = 0x52009229, PER_FRAME = 0x52009230 };

/* The n-th mapping of a frame (from 1): its own, that of all frames, the object's. NULL if there is none; `*count` says
 * how many there are. */
static const tomo_dataset *mapping_of(const tomo_dataset *ds, int32_t frame, int32_t n, size_t *count)
{
    const tomo_dataset *places[3] = { tomo_dataset_item(ds, PER_FRAME, (size_t)frame), tomo_dataset_item(ds, SHARED, 0),
                                      ds };
    *count = 0;
    for (int i = 0; i < 3; i++) {
        const tomo__elem *e = places[i] ? tomo__ds_elem(places[i], MAPPINGS) : NULL;
        if (!e || !(e->flags & ELEM_SEQUENCE) || !e->n_items)
            continue;
        *count = e->n_items;
        return tomo_dataset_item(places[i], MAPPINGS, (size_t)n - 1);
    }
    return NULL;
}

static tomo_status apply(tomo__slice *s, const tomo_dataset *ds, int32_t n, char unit[65], char label[65],
                         tomo_error *err)
{
    size_t count;
    const tomo_dataset *m = mapping_of(ds, s->frame, n, &count), *code;
    double slope, intercept;
    if (!m)
        return tomo__fail(err, TOMO_E_NOTFOUND, "frame %d: real world value mapping %d is asked for, there are %zu",
                          s->frame + 1, n, count);
    if (!tomo_dataset_double(m, 0x00409225, 0, &slope) || !tomo_dataset_double(m, 0x00409224, 0, &intercept) ||
        !isfinite(slope) || !isfinite(intercept))
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "frame %d: real world value mapping %d has no slope and intercept (a table is not read)",
                          s->frame + 1, n);
    s->slope = slope;
    s->intercept = intercept;
    unit[0] = label[0] = 0;
    tomo_dataset_text(m, 0x00409210, 0, label, 65);
    if ((code = tomo_dataset_item(m, 0x004008EA, 0)) != NULL)
        tomo_dataset_text(code, 0x00080100, 0, unit, 65);
    return TOMO_OK;
}

tomo_status tomo__real_world_apply(tomo_ctx *ctx, tomo__group *g, int32_t n, tomo_report *report, tomo_error *err)
{
    const tomo__scan_file *file = NULL;
    tomo_dataset *ds = NULL;
    char unit[65] = "", label[65] = "", other[65], name[65];
    tomo_status st = TOMO_OK;
    if (n == 0)
        return TOMO_OK;
    if (n < 0)
        return tomo__fail(err, TOMO_E_ARG, "real_world is %d, expected 0 or the number of a mapping", n);
    for (size_t i = 0; st == TOMO_OK && i < g->n; i++) {
        tomo__slice *s = g->slice[i];
        if (s->file != file) {
            tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
            o.stop_before_pixels = true;
            tomo_dataset_free(ds);
            ds = NULL;
            file = s->file;
            st = tomo_dataset_open_path(ctx, &ds, file->path, &o, NULL, err);
        }
        if (st == TOMO_OK && (st = apply(s, ds, n, other, name, err)) != TOMO_OK)
            st = tomo__fail_in(err, st, "%s", file->path);
        if (st == TOMO_OK && i == 0) {
            memcpy(unit, other, sizeof unit);
            memcpy(label, name, sizeof label);
        } else if (st == TOMO_OK && strcmp(unit, other) != 0)
            st = tomo__fail(err, TOMO_E_GEOMETRY, "%s: real world values in '%s', in others '%s': no one volume",
                            file->path, other, unit);
    }
    tomo_dataset_free(ds);
    if (st == TOMO_OK)
        tomo__remark(report, "values are by real world value mapping %d%s%s, unit %s", n, label[0] ? ", " : "", label,
                     unit[0] ? unit : "unknown");
    return st;
}
