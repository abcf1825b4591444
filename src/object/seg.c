/* seg.c - the row of segmentations: loaded as labels (or fractions), described as JSON. */
#include "object/seg.h"

static const char *const classes[] = { SOP_SEG, SOP_LABELMAP, NULL };

static tomo_status load(tomo_ctx *ctx, tomo_image **out, const tomo_dataset *ds, const tomo_image *grid,
                        tomo_report *report, tomo_job *job, tomo_error *err)
{
    tomo_seg *seg = NULL;
    tomo_image *own = NULL;
    tomo_error why = { 0 };
    tomo_status st = tomo_seg_open(ctx, &seg, ds, report, err);
    if (st)
        return st;
    st = tomo_seg_labels(ctx, &own, seg, job, &why);
    if (st == TOMO_E_UNSUPPORTED && seg->max_fraction) {
        tomo__remark(report, "%s: the image holds fractions, each segment one point of its fourth dimension",
                     why.message);
        st = tomo_seg_fractions(ctx, &own, seg, job, &why);
    }
    if (st && err)
        *err = why;
    if (st == TOMO_OK && grid && !seg->frames.placed)
        st = tomo__fail(err, TOMO_E_GEOMETRY, "the segmentation has no place in the patient, which a grid asks for");
    else if (st == TOMO_OK && grid)
        st = tomo__on_grid(ctx, out, own, grid, job, err);
    else if (st == TOMO_OK)
        *out = tomo_image_ref(own);
    tomo_image_free(own);
    tomo_seg_free(seg);
    return st;
}

static void segment_facts(tomo__json *json, const tomo_dataset *item, const tomo_seg_segment *s)
{
    tomo__json_open(json, '{');
    tomo__json_key(json, "number");
    tomo__json_int(json, s->number);
    tomo__fact_text(json, "label", item, 0x00620005);
    tomo__fact_text(json, "description", item, 0x00620006);
    tomo__fact_text(json, "algorithmType", item, 0x00620008);
    tomo__fact_text(json, "algorithmName", item, 0x00620009);
    tomo__json_code_of(json, "category", item, 0x00620003, 0);
    tomo__json_code_of(json, "type", item, 0x0062000F, 0);
    if (s->modifier.value[0])
        tomo__json_code_of(json, "typeModifier", tomo_dataset_item(item, 0x0062000F, 0), 0x00620011, 0);
    tomo__json_code_of(json, "region", item, 0x00082218, 0);
    tomo__fact_text(json, "trackingID", item, 0x00620020);
    tomo__fact_text(json, "trackingUID", item, 0x00620021);
    if (s->has_color) {
        const double rgb[3] = { s->color[0], s->color[1], s->color[2] };
        tomo__json_key(json, "color");
        tomo__json_nums(json, rgb, 3);
    }
    tomo__json_key(json, "frames");
    tomo__json_int(json, s->frames);
    tomo__json_close(json, '}');
}

static tomo_status facts(tomo_ctx *ctx, tomo__json *json, const tomo_dataset *ds, tomo_error *err)
{
    static const char *const types[] = { "", "BINARY", "FRACTIONAL PROBABILITY", "FRACTIONAL OCCUPANCY", "LABELMAP" };
    tomo_seg *seg = NULL;
    const tomo_status st = tomo_seg_open(ctx, &seg, ds, NULL, err);
    if (st)
        return st;
    tomo__json_key(json, "type");
    tomo__json_str(json, types[seg->type]);
    if (seg->max_fraction) {
        tomo__json_key(json, "maximumFractionalValue");
        tomo__json_int(json, seg->max_fraction);
    }
    tomo__fact_text(json, "contentLabel", ds, 0x00700080);
    tomo__fact_text(json, "description", ds, 0x0008103E);
    tomo__json_grid(json, &seg->frames);
    tomo__json_key(json, "segments");
    tomo__json_open(json, '[');
    for (size_t i = 0; i < seg->n; i++)
        segment_facts(json, tomo_dataset_item(ds, 0x00620002, i), &seg->segment[i]);
    tomo__json_close(json, ']');
    tomo__json_references(json, ds);
    tomo_seg_free(seg);
    return TOMO_OK;
}

const tomo__object_row tomo__object_seg = { { "seg", "Segmentation", true, false }, classes, load, facts };
