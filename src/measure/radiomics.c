/* radiomics.c - the operation: the region made once, every family on it, results by name, as JSON and CSV. */
#include <stdlib.h>

#include "measure/radiomics_internal.h"

static const char *const definition_names[] = { "ibsi", "pyradiomics", NULL };
static const char *const aggregation_names[] = { "3d", "2.5d", "2d", "all", NULL };
static const char *const interp_names[] = { "linear", "cubic", "nearest", NULL };

#define AT(field) offsetof(tomo_radiomics_options, field)
static const tomo_option options[] = {
    { "label", TOMO_OPT_INT, AT(label), 1, 1, 0, 1 << 24, "", NULL, false,
      "the region is where the mask has this number; 0 = everything that is not 0" },
    { "definitions", TOMO_OPT_ENUM, AT(definitions), 1, 0, 0, 0, "", definition_names, false,
      "whose definitions and names hold where they differ" },
    { "aggregation", TOMO_OPT_ENUM, AT(aggregation), 1, 0, 0, 0, "", aggregation_names, false,
      "neighbors in the volume, within slices in one matrix, or a matrix a slice" },
    { "bin-width", TOMO_OPT_DOUBLE, AT(bin_width), 1, 0, 0, 1e30, "", NULL, false,
      "gray levels of this width; 0 = by number" },
    { "bins", TOMO_OPT_INT, AT(bins), 1, 0, 0, MEASURE__MOST_LEVELS, "", NULL, false,
      "so many gray levels of equal width; 0 = 32, or pyradiomics' width of 25" },
    { "interp", TOMO_OPT_ENUM, AT(interp), 1, 0, 0, 0, "", interp_names, false, "of values, when resampled" },
    { "spacing", TOMO_OPT_DOUBLES, AT(spacing), 3, 0, 0, 1e6, "mm", NULL, false,
      "resample to this along x, y, z; 0 = the axis stays" },
    { "round", TOMO_OPT_BOOL, AT(round), 1, 0, 0, 0, "", NULL, false, "round resampled values to whole numbers" },
    { "spatial", TOMO_OPT_BOOL, AT(spatial), 1, 1, 0, 0, "", NULL, false, "Moran's I and Geary's C too" },
    { "range-min", TOMO_OPT_DOUBLE, AT(range_min), 1, NAN, 0, 0, "", NULL, false,
      "only values from here (re-segmentation); not given = all" },
    { "range-max", TOMO_OPT_DOUBLE, AT(range_max), 1, NAN, 0, 0, "", NULL, false, "only values up to here" },
    { "outliers", TOMO_OPT_DOUBLE, AT(outliers), 1, 0, 0, 1000, "", NULL, false,
      "only values within so many standard deviations of the mean; 0 = all" },
    { "coarseness", TOMO_OPT_INT, AT(coarseness), 1, 0, 0, 1 << 20, "levels", NULL, false,
      "levels that differ by at most this depend on each other (NGLDM)" },
    { "shift", TOMO_OPT_DOUBLE, AT(shift), 1, 0, 0, 0, "", NULL, false,
      "added to values before energy and root mean square" },
    { "csv", TOMO_OPT_TEXT, AT(csv), 1, 0, 0, 0, "", NULL, false, "also write the table to this file" },
};

typedef struct table {
    tomo_radiomics_feature *rows;
    size_t n;
    bool py;
} table;

static void add(table *t, measure__family family, const char *aggregation, const double *values)
{
    const measure__family_names *f = &measure__radiomics_names[family];
    if (t->py ? !f->py : !f->ibsi)
        return;
    for (int32_t k = 0; k < f->n; k++) {
        const measure__feature_name *m = &f->names[k];
        if (t->py ? !m->py : !m->tag)
            continue;
        t->rows[t->n++] = (tomo_radiomics_feature){ t->py ? f->py : f->ibsi,
                                                    t->py ? m->py : m->name,
                                                    m->code ? m->code : "",
                                                    m->tag ? m->tag : "",
                                                    aggregation,
                                                    values[k] };
    }
}

static void add_texture(table *t, const measure__texture *x, int32_t aggregation)
{
    static const char *const average[] = { "3D_avg", "2_5D_avg", "2D_avg" };
    static const char *const merged[] = { "3D_comb", "2_5D_comb", "2D_comb" };
    static const char *const one[] = { "3D", "2_5D", "2D" };
    static const measure__family other[] = { MEASURE__GLSZM, MEASURE__GLDZM, MEASURE__NGTDM, MEASURE__NGLDM };
    for (int s = 0; s < MEASURE__SPACES; s++) {
        if (aggregation != s && aggregation != TOMO_RADIOMICS_ALL)
            continue;
        add(t, MEASURE__GLCM, average[s], x->glcm[s][0]);
        add(t, MEASURE__GLCM, merged[s], x->glcm[s][1]);
        add(t, MEASURE__GLRLM, average[s], x->glrlm[s][0]);
        add(t, MEASURE__GLRLM, merged[s], x->glrlm[s][1]);
        for (int k = 0; k < 4; k++)
            add(t, other[k], one[s], x->other[s][k]);
    }
}

static tomo_status compute(const measure__roi *r, table *t, measure__texture *x, tomo_job *job, tomo_error *err)
{
    double v[5][MEASURE__MOST_FEATURES] = { { 0 } };
    tomo__span outer = tomo__job_enter(job, 0.1, 0.4, "shape");
    tomo_status st = measure__roi_shape(r, v[0], job, err);
    tomo__job_leave(job, outer);
    outer = tomo__job_enter(job, 0.4, 0.5, "values");
    if (st == TOMO_OK && !t->py)
        st = measure__roi_local(r, v[1], job, err);
    if (st == TOMO_OK)
        st = measure__roi_values(r, v[2], v[3], v[4], err);
    tomo__job_leave(job, outer);
    outer = tomo__job_enter(job, 0.5, 1, "texture");
    if (st == TOMO_OK)
        st = measure__roi_texture(r, x, job, err);
    tomo__job_leave(job, outer);
    if (st)
        return st;
    for (int k = 0; k < 5; k++)
        add(t, (measure__family)k, "", v[k]);
    if (t->py && r->n[2] == 1) {
        measure__roi_shape2d(r, v[0]);
        add(t, MEASURE__SHAPE2D, "", v[0]);
    }
    add_texture(t, x, r->o->aggregation);
    return TOMO_OK;
}

/* ---- as text
 * --------------------------------------------------------------------------------------------------------------- */

static tomo_status write_csv(tomo_ctx *ctx, const char *path, const tomo_radiomics *f, tomo_error *err)
{
    tomo__text t = TOMO__TEXT(ctx);
    tomo_buffer *text = NULL;
    tomo__text_str(&t, "family,name,code,tag,aggregation,value\n");
    for (size_t i = 0; i < f->n_features; i++) {
        const tomo_radiomics_feature *r = &f->features[i];
        char number[32] = "";
        if (isfinite(r->value))
            tomo__num_text(number, r->value);
        tomo__text_fmt(&t, "%s,%s,%s,%s,%s,%s\n", r->family, r->name, r->code, r->tag, r->aggregation, number);
    }
    tomo_status st = tomo__text_finish(&t, &text, err);
    if (st == TOMO_OK)
        st = tomo__file_put(ctx, path, tomo_buffer_data(text), tomo_buffer_size(text), err);
    tomo_buffer_free(text);
    return st;
}

tomo_status tomo_measure_radiomics(tomo_ctx *ctx, tomo_radiomics *out, const tomo_image *image, const tomo_image *mask,
                                   const tomo_radiomics_options *opts, tomo_job *job, tomo_error *err)
{
    enum { MOST_ROWS = 1024 };
    tomo_radiomics_options o;
    measure__roi r;
    if (!ctx || !out || !image || !mask)
        return tomo__fail(err, TOMO_E_ARG, "measure radiomics: ctx, out, image and mask must not be NULL");
    if (out->struct_size != sizeof *out)
        return tomo__fail(err, TOMO_E_ARG, "measure radiomics: out->struct_size is %u, expected %zu", out->struct_size,
                          sizeof *out);
    tomo_status st = tomo__op_begin(&measure__radiomics_row, &o, opts, err);
    if (st == TOMO_OK && o.bin_width > 0 && o.bins > 0)
        st = tomo__fail(err, TOMO_E_ARG, "measure radiomics: bin-width is %g and bins is %d, expected one of them",
                        o.bin_width, o.bins);
    if (st == TOMO_OK && o.range_min > o.range_max)
        st = tomo__fail(err, TOMO_E_ARG, "measure radiomics: range-min is %g, expected at most range-max, which is %g",
                        o.range_min, o.range_max);
    if (st == TOMO_OK)
        st = measure__check_gray("measure radiomics", image, err);
    if (st == TOMO_OK)
        st = measure__check_labels("measure radiomics", mask, err);
    if (st == TOMO_OK)
        st = measure__check_grid("measure radiomics", image, mask, err);
    if (st)
        return st;
    tomo__span outer = tomo__job_enter(job, 0, 0.1, "region");
    st = measure__roi_make(ctx, &r, image, mask, &o, job, err);
    tomo__job_leave(job, outer);
    if (st)
        return st;
    table t = { TOMO__ARRAY(ctx, MOST_ROWS, tomo_radiomics_feature), 0, o.definitions == TOMO_RADIOMICS_PYRADIOMICS };
    measure__texture *x = TOMO__ARRAY(ctx, 1, measure__texture);
    st = t.rows && x ? compute(&r, &t, x, job, err) : tomo__no_memory(ctx, err, sizeof *x, "features");
    tomo_radiomics found = {
        .struct_size = sizeof found,
        .features = t.rows,
        .n_features = t.n,
        .voxels = r.n_shape,
        .voxels_in_range = r.n_in,
        .size = { r.n[0], r.n[1], r.n[2] },
        .spacing = { r.mm[0], r.mm[1], r.mm[2] },
        .levels = r.highest,
        .levels_present = r.n_levels,
        .bin_width = r.bin_width,
        .bin_first = r.bin_first,
    };
    if (st == TOMO_OK && o.csv && o.csv[0])
        st = write_csv(ctx, o.csv, &found, err);
    measure__roi_free(&r);
    tomo__free(ctx, x);
    if (st)
        tomo__free(ctx, t.rows);
    else
        *out = found;
    return st;
}

void tomo_radiomics_free(tomo_ctx *ctx, tomo_radiomics *found)
{
    if (!found)
        return;
    tomo__free(ctx, found->features);
    found->features = NULL;
    found->n_features = 0;
}

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_radiomics f = { .struct_size = sizeof f };
    tomo_buffer *text = NULL, *given = NULL;
    tomo__json j = TOMO__JSON(ctx);
    tomo_status st = tomo_measure_radiomics(ctx, &f, in[0].ptr, in[1].ptr, opts, job, err);
    if (st)
        return st;
    st = tomo_op_options_json(ctx, &given, &measure__radiomics_row, opts, err);
    if (st) {
        tomo_radiomics_free(ctx, &f);
        return st;
    }
    const double size[3] = { (double)f.size[0], (double)f.size[1], (double)f.size[2] };
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "parameters"), tomo__json_raw(&j, tomo_buffer_data(given));
    tomo__json_key(&j, "voxels"), tomo__json_int(&j, f.voxels);
    tomo__json_key(&j, "voxelsInRange"), tomo__json_int(&j, f.voxels_in_range);
    tomo__json_key(&j, "boxVoxels"), tomo__json_nums(&j, size, 3);
    tomo__json_key(&j, "spacingMm"), tomo__json_nums(&j, f.spacing, 3);
    tomo__json_key(&j, "grayLevels"), tomo__json_int(&j, f.levels);
    tomo__json_key(&j, "grayLevelsPresent"), tomo__json_int(&j, f.levels_present);
    measure__put_num(&j, "binWidth", f.bin_width);
    measure__put_num(&j, "binFirst", f.bin_first);
    tomo__json_key(&j, "features"), tomo__json_open(&j, '[');
    for (size_t i = 0; i < f.n_features; i++) {
        const tomo_radiomics_feature *r = &f.features[i];
        tomo__json_open(&j, '{');
        tomo__json_key(&j, "family"), tomo__json_str(&j, r->family);
        tomo__json_key(&j, "name"), tomo__json_str(&j, r->name);
        if (r->code[0])
            tomo__json_key(&j, "code"), tomo__json_str(&j, r->code);
        if (r->tag[0])
            tomo__json_key(&j, "tag"), tomo__json_str(&j, r->tag);
        if (r->aggregation[0])
            tomo__json_key(&j, "aggregation"), tomo__json_str(&j, r->aggregation);
        measure__put_num(&j, "value", r->value);
        tomo__json_close(&j, '}');
    }
    tomo__json_close(&j, ']');
    tomo__json_close(&j, '}');
    tomo_radiomics_free(ctx, &f);
    tomo_buffer_free(given);
    st = tomo__text_finish(&j.text, &text, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_JSON, text };
    return st;
}

const tomo_op measure__radiomics_row = {
    .room = "measure",
    .name = "radiomics",
    .help = "Radiomics of a region: shape, values, histogram and texture, by the IBSI or as pyradiomics.",
    .detail = "As the Image Biomarker Standardisation Initiative defines them (arXiv:1612.07003v11), with its codes: "
              "morphology, local intensity, statistics, intensity and intensity-volume histograms, GLCM, GLRLM, GLSZM, "
              "GLDZM, NGTDM, NGLDM. Resampling keeps the middle of the image; the mask is cut at one half. What was "
              "chosen is in the result.",
    .example = "tomo measure radiomics ct.nii.gz bones.nii.gz --bin-width 25 --csv features.csv",
    .in = { { "image", TOMO_KIND_IMAGE, false, "gray image" },
            { "mask", TOMO_KIND_LABELS, false, "the region, on the same grid" } },
    .out = { { "measures", TOMO_KIND_JSON, false, "one JSON object" } },
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(tomo_radiomics_options),
    .run = run,
};
