/* object.c - the kinds of objects, found by SOP class, and what can be done with any of them. */
#include "object/object_internal.h"

/* A new kind: declare its row, add it here. */
static const tomo__object_row *const rows[] = {
    &tomo__object_sr,       /* structured reports */
    &tomo__object_ko,       /* key objects */
    &tomo__object_pr,       /* presentation states */
    &tomo__object_document, /* encapsulated documents */
    &tomo__object_rtstruct, &tomo__object_rtdose,  &tomo__object_rtplan, &tomo__object_rtion,
    &tomo__object_rtrecord, &tomo__object_rtimage, &tomo__object_wave,
    &tomo__object_seg,
    &tomo__object_pmap,
    &tomo__object_mapping,
    NULL,
};

static const tomo__object_row *row_of(const tomo_dataset *ds)
{
    char uid[65];
    if (!ds || tomo_dataset_text(ds, 0x00080016, 0, uid, sizeof uid) <= 0)
        return NULL;
    for (size_t i = 0; rows[i]; i++)
        for (const char *const *one = rows[i]->classes; *one; one++)
            if (strcmp(*one, uid) == 0)
                return rows[i];
    return NULL;
}

const tomo_object_kind *tomo_object_kind_of(const tomo_dataset *ds)
{
    const tomo__object_row *row = row_of(ds);
    return row ? &row->is : NULL;
}

static tomo_status unknown(const tomo_dataset *ds, const char *what, tomo_error *err)
{
    char uid[65] = "";
    const char *name = NULL;
    if (tomo_dataset_text(ds, 0x00080016, 0, uid, sizeof uid) > 0)
        name = tomo_uid_name(uid);
    return tomo__fail(err, TOMO_E_UNSUPPORTED, "(0008,0016) SOP Class UID is %s%s%s%s: %s", uid[0] ? uid : "absent",
                      name ? " (" : "", name ? name : "", name ? ")" : "", what);
}

tomo_status tomo_object_load(tomo_ctx *ctx, tomo_image **out, const tomo_dataset *ds, const tomo_image *grid,
                             tomo_report *report, tomo_job *job, tomo_error *err)
{
    if (!ctx || !out || !ds)
        return tomo__fail(err, TOMO_E_ARG, "tomo_object_load: ctx, out and ds must not be NULL");
    const tomo__object_row *row = row_of(ds);
    if (!row || !row->load)
        return unknown(ds, "no image can be made of it", err);
    if (row->is.needs_grid && !grid)
        return tomo__fail(err, TOMO_E_ARG, "%s has no voxels of its own: an image whose grid to use is needed",
                          row->is.name);
    return row->load(ctx, out, ds, grid, report, job, err);
}

tomo_status tomo_object_json(tomo_ctx *ctx, tomo_buffer **out, const tomo_dataset *ds, tomo_error *err)
{
    if (!ctx || !out || !ds)
        return tomo__fail(err, TOMO_E_ARG, "tomo_object_json: ctx, out and ds must not be NULL");
    const tomo__object_row *row = row_of(ds);
    if (!row)
        return unknown(ds, "no kind of object that Tomo reads", err);
    tomo__json json = TOMO__JSON(ctx);
    tomo__json_open(&json, '{');
    tomo__json_key(&json, "kind");
    tomo__json_str(&json, row->is.name);
    tomo_status st = row->facts(ctx, &json, ds, err);
    tomo__json_close(&json, '}');
    if (st == TOMO_OK)
        return tomo__text_finish(&json.text, out, err);
    tomo__text_free(&json.text);
    return st;
}

tomo_status tomo_object_text(tomo_ctx *ctx, tomo_buffer **out, const tomo_dataset *ds, tomo_error *err)
{
    if (!ctx || !out || !ds)
        return tomo__fail(err, TOMO_E_ARG, "tomo_object_text: ctx, out and ds must not be NULL");
    const tomo__object_row *row = row_of(ds);
    if (!row || !row->text)
        return unknown(ds, row ? "it has facts, but no text" : "no kind of object that Tomo reads", err);
    tomo__text text = TOMO__TEXT(ctx);
    tomo_status st = row->text(ctx, &text, ds, err);
    if (st == TOMO_OK)
        return tomo__text_finish(&text, out, err);
    tomo__text_free(&text);
    return st;
}
