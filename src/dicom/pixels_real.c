/* pixels_real.c - a frame in real-world values: rescale, Modality LUT, Real World Value Mapping (PS3.3 C.11.1,
 * C.7.6.16.2.11). */
#include "dicom/dicom_internal.h"
#include "dicom/lut.h"
#include "dicom/pixels_internal.h"

#include <math.h>

/* One item of the Real World Value Mapping Sequence (C.7.6.16.2.11). */
typedef struct mapping {
    double first, last, slope, intercept;
    double *lut; /* tomo__free */
    size_t entries;
} mapping;

static const tomo_dataset *mapping_item(const tomo_dataset *ds, int64_t frame, size_t i)
{
    const tomo_dataset *groups[3] = { tomo_dataset_item(ds, 0x52009230, (size_t)frame),
                                      tomo_dataset_item(ds, 0x52009229, 0), ds };
    for (int k = 0; k < 3; k++)
        if (groups[k] && tomo_dataset_item(groups[k], 0x00409096, 0))
            return tomo_dataset_item(groups[k], 0x00409096, i);
    return NULL;
}

static tomo_status read_mapping(tomo_ctx *ctx, mapping *m, const tomo_dataset *item, tomo_error *err)
{
    *m = (mapping){ 0 };
    if ((!tomo_dataset_double(item, 0x00409216, 0, &m->first) &&
         !tomo_dataset_double(item, 0x00409214, 0, &m->first)) ||
        (!tomo_dataset_double(item, 0x00409211, 0, &m->last) && !tomo_dataset_double(item, 0x00409213, 0, &m->last)))
        return tomo__fail(err, TOMO_E_FORMAT,
                          "Real World Value Mapping without (0040,9216) first and (0040,9211) last "
                          "value mapped");
    if (tomo_dataset_double(item, 0x00409225, 0, &m->slope) && tomo_dataset_double(item, 0x00409224, 0, &m->intercept))
        return TOMO_OK;
    const tomo__elem *e = tomo__ds_elem(item, 0x00409212);
    m->entries = e && e->vr == TOMO_VR('F', 'D') ? (size_t)e->length / 8 : 0;
    if (m->entries == 0 || m->entries > 65536 || (double)m->entries < m->last - m->first + 1)
        return tomo__fail(err, TOMO_E_FORMAT,
                          "Real World Value Mapping has neither slope and intercept nor a LUT of %.0f values",
                          m->last - m->first + 1);
    if (!(m->lut = TOMO__ARRAY(ctx, m->entries, double)))
        return tomo__no_memory(ctx, err, m->entries * sizeof(double), "a LUT");
    for (size_t i = 0; i < m->entries; i++)
        tomo_dataset_double(item, 0x00409212, i, &m->lut[i]);
    return TOMO_OK;
}

static double mapped(const mapping *m, double stored)
{
    if (!(stored >= m->first && stored <= m->last))
        return NAN;
    return m->lut ? m->lut[(size_t)(stored - m->first)] : stored * m->slope + m->intercept;
}

static void describe_mapping(const tomo_dataset *item, tomo_real_info *info)
{
    const tomo_dataset *unit = tomo_dataset_item(item, 0x004008EA, 0);
    if (unit)
        tomo_dataset_text(unit, 0x00080100, 0, info->unit, sizeof info->unit);
    if (tomo_dataset_text(item, 0x00409210, 0, info->label, sizeof info->label) <= 0)
        tomo_dataset_text(item, 0x00283003, 0, info->label, sizeof info->label);
}

static void describe_modality(const tomo_dataset *ds, int64_t frame, tomo_real_info *info)
{
    const tomo_dataset *from[2] = { tomo__macro(ds, frame, 0x00289145), ds }, *lut;
    for (int i = 0; i < 2 && !info->unit[0]; i++) {
        if (from[i] && (lut = tomo_dataset_item(from[i], 0x00283000, 0))) {
            tomo_dataset_text(lut, 0x00283004, 0, info->unit, sizeof info->unit);
            tomo_dataset_text(lut, 0x00283003, 0, info->label, sizeof info->label);
        } else if (from[i])
            tomo_dataset_text(from[i], 0x00281054, 0, info->unit, sizeof info->unit);
    }
}

typedef struct real {
    const tomo_real_options *o;
    tomo_real_info info;
    tomo__modality modality;
    mapping map;
    tomo__padding pad;
} real;

static void fill_real(real *r, const tomo__pixels *p, const void *stored, tomo_dtype to_type, void *to)
{
    const size_t count = (size_t)p->info.frame.rows * (size_t)p->info.frame.columns;
    const tomo_dtype type = tomo__stored_dtype(&p->info.frame);
    for (size_t i = 0; i < count; i++) {
        const double s = tomo__sample_at(type, stored, i);
        const bool pad = tomo__is_padding(&r->pad, s);
        double x = r->o->mapping ? mapped(&r->map, s) : tomo__modality_at(&r->modality, s);
        r->info.padding += pad;
        r->info.unmapped += r->o->mapping && isnan(x) && !isnan(s);
        x = pad && r->o->padding_nan ? NAN : x;
        if (to_type == TOMO_DTYPE_F32)
            ((float *)to)[i] = (float)x;
        else
            ((double *)to)[i] = x;
    }
}

static tomo_status read_real(tomo_ctx *ctx, real *r, const tomo_dataset *ds, int64_t frame, bool is_signed,
                             tomo_error *err)
{
    const tomo_dataset *item;
    while (mapping_item(ds, frame, (size_t)r->info.mappings) && r->info.mappings < 65536)
        r->info.mappings++;
    if (r->o->mapping == 0) {
        describe_modality(ds, frame, &r->info);
        return tomo__modality_read(ctx, &r->modality, ds, frame, is_signed, NULL, err);
    }
    item = r->o->mapping > 0 ? mapping_item(ds, frame, (size_t)r->o->mapping - 1) : NULL;
    if (!item)
        return tomo__fail(err, TOMO_E_NOTFOUND, "Real World Value Mapping %d is asked for, the frame has %d",
                          (int)r->o->mapping, (int)r->info.mappings);
    describe_mapping(item, &r->info);
    return read_mapping(ctx, &r->map, item, err);
}

tomo_status tomo_pixels_real(tomo_ctx *ctx, const tomo_dataset *ds, int64_t frame, tomo_image **out,
                             tomo_real_info *info, const tomo_real_options *opts, tomo_error *err)
{
    const tomo_real_options defaults = TOMO_REAL_OPTIONS_INIT;
    real r = { .o = opts ? opts : &defaults, .info = TOMO_REAL_INFO_INIT };
    tomo__pixels p;
    tomo_image *image = NULL;
    void *stored = NULL;
    if (!ctx || !ds || !out || r.o->struct_size != sizeof *r.o || (info && info->struct_size < sizeof *info))
        return tomo__fail(err, TOMO_E_ARG, "tomo_pixels_real: context, data set, result and valid options are needed");
    tomo_status st = tomo__pixels_open_frame(ctx, &p, ds, frame, err);
    const tomo_frame_desc *f = &p.info.frame;
    if (st == TOMO_OK && (f->samples != 1 || p.has_palette))
        st = tomo__fail(err, TOMO_E_UNSUPPORTED, "%s has no real-world values", p.info.photometric);
    if (st == TOMO_OK)
        st = read_real(ctx, &r, ds, frame, f->is_signed, err);
    if (st == TOMO_OK && !(stored = tomo__alloc(ctx, p.stored_bytes)))
        st = tomo__no_memory(ctx, err, p.stored_bytes, "a frame");
    if (st == TOMO_OK)
        st = tomo__pixels_gray(ctx, &p, frame, stored, err);
    if (st == TOMO_OK) {
        tomo_image_desc d = tomo__pixels_image_desc(&p, 0);
        d.components = 1;
        d.dtype = f->bits_allocated > 16 && !(f->is_float && f->bits_allocated == 32) ? TOMO_DTYPE_F64 : TOMO_DTYPE_F32;
        r.pad = tomo__padding_read(ds, f);
        if ((st = tomo_image_new(ctx, &image, &d, err)) == TOMO_OK)
            fill_real(&r, &p, stored, d.dtype, tomo_image_row_mut(image, 0, 0, 0));
    }
    tomo__free(ctx, stored);
    tomo__free(ctx, r.modality.lut.data);
    tomo__free(ctx, r.map.lut);
    tomo__pixels_close(ctx, &p);
    if (st)
        return st;
    if (info)
        *info = r.info;
    *out = image;
    return TOMO_OK;
}
