/* study_find.c - what is in the volume: enhance, segment, measure, cut surfaces. */
#include <stdio.h>

#include "pipeline/study_internal.h"

/* A lighter copy of the volume for segmentation; the measures are always taken from the volume itself. */
static tomo_status enhance(study__run *r)
{
    tomo_gauss_options o = TOMO_GAUSS_OPTIONS_INIT;
    tomo_value in[TOMO_MAX_PORTS] = { { TOMO_KIND_IMAGE, r->volume } },
               out[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
    if (!(r->opts->smooth > 0)) {
        r->smooth = tomo_image_ref(r->volume);
        return TOMO_OK;
    }
    o.sigma = r->opts->smooth;
    tomo_status st = study__step(r, "filter", "gauss", &o, in, out);
    if (st == TOMO_OK)
        r->smooth = out[0].ptr;
    return st;
}

/* Cut the surface of one label, take the staircase off, check it, keep it. */
static tomo_status surface(study__run *r, tomo_image *labels, int32_t label, size_t at)
{
    tomo_mesh_isosurface_options o = TOMO_MESH_ISOSURFACE_OPTIONS_INIT;
    tomo_report_structure *s = &r->structures[at];
    tomo_value in[TOMO_MAX_PORTS] = { { TOMO_KIND_IMAGE, labels } }, cut[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
    tomo_value out[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
    tomo_mesh_facts facts = { sizeof facts };
    o.label = label;
    o.normals = false;
    tomo_status st = study__step(r, "mesh", "surface", &o, in, cut);
    if (st == TOMO_OK)
        st = study__step(r, "mesh", "smooth", NULL, cut, out);
    if (st == TOMO_OK)
        st = tomo_mesh_info(r->ctx, &facts, out[0].ptr, r->job, r->err);
    if (st == TOMO_OK) {
        s->triangles = facts.triangles;
        s->surface_cm2 = facts.area_mm2 / 100;
        s->closed = facts.closed;
        snprintf(r->files[at][1], sizeof r->files[at][1], "%.40s.stl", s->name);
        for (char *c = r->files[at][1]; *c; c++)
            *c = *c == ' ' ? '-' : *c;
        s->mesh_file = r->files[at][1];
        st = study__keep(r, s->mesh_file, &out[0]);
    }
    tomo_value_clear(&cut[0]);
    tomo_value_clear(&out[0]);
    return st;
}

/* What a reader looks for first: is it there and how large, or why was it declined. */
static void found(study__run *r, const tomo_report_structure *s, const char *op)
{
    char text[160], rule[64], n[2][48];
    snprintf(rule, sizeof rule, "rule of tomo segment %s", op);
    if (s->present)
        snprintf(text, sizeof text, "mean %s%s, longest extent %s mm", tomo__fixed_text(n[0], s->mean, 0),
                 r->is_ct ? " HU" : "", tomo__fixed_text(n[1], s->longest_mm, 0));
    study__finding(r, s->name, s->present ? s->volume_ml : NAN, s->present ? "ml" : "", s->present ? text : s->note,
                   s->present ? s->confidence : NAN, rule);
    r->n_found = r->n_findings;
}

/* One row of the report for each label of a segmentation; measured on the volume as it was read. */
static tomo_status describe(study__run *r, tomo_image *labels, const char *op, const char *file, bool with_surface)
{
    size_t n_rows = 0, n_measured = 0;
    const tomo_label *rows = tomo_image_labels(labels, &n_rows);
    tomo_label_measure *measured = NULL;
    tomo_status st = tomo_measure_labels(r->ctx, &measured, &n_measured, labels, r->volume, NULL, r->job, r->err);
    if (st == TOMO_OK)
        st = study__note(r, "measure", "labels", NULL);
    for (size_t i = 0; st == TOMO_OK && i < n_rows && r->n_structures < STUDY_MOST_STRUCTURES; i++) {
        size_t at = r->n_structures++;
        tomo_report_structure *s = &r->structures[at];
        r->rows[at] = rows[i];
        s->name = r->rows[at].name, s->code = r->rows[at].code, s->note = r->rows[at].note;
        memcpy(s->color, rows[i].color, sizeof s->color);
        s->confidence = rows[i].confidence;
        s->volume_ml = s->mean = s->std = s->min = s->max = s->longest_mm = s->center[0] = NAN;
        for (size_t k = 0; k < n_measured; k++) {
            const tomo_label_measure *m = &measured[k];
            if (m->value != rows[i].value || m->voxels == 0)
                continue;
            s->present = true;
            s->volume_ml = m->volume_ml;
            s->mean = m->mean, s->std = m->std, s->min = m->min, s->max = m->max;
            s->longest_mm = m->longest_mm;
            memcpy(s->center, m->centroid, sizeof s->center);
        }
        found(r, s, op);
        if (s->present) {
            snprintf(r->files[at][0], sizeof r->files[at][0], "%s", file);
            s->labels_file = r->files[at][0];
            if (with_surface)
                st = surface(r, labels, rows[i].value, at);
        }
    }
    tomo_measure_labels_free(r->ctx, measured);
    if (st == TOMO_OK) {
        tomo_value value = { TOMO_KIND_LABELS, labels };
        st = study__keep(r, file, &value);
    }
    return st;
}

/* The labels that pictures show: of each structure but the body, numbered as in the report. */
static tomo_status draw(study__run *r, tomo_image *const *found, const bool *shown, size_t n)
{
    tomo_image_desc d = *tomo_image_get_desc(r->volume);
    tomo_image *all = NULL;
    size_t row = 0;
    d.dtype = TOMO_DTYPE_U8;
    tomo_status st = tomo_image_new(r->ctx, &all, &d, r->err);
    for (int64_t z = 0; st == TOMO_OK && z < d.size[2]; z++)
        for (int64_t y = 0; y < d.size[1]; y++)
            memset(tomo_image_row_mut(all, y, z, 0), 0, (size_t)d.size[0]);
    for (size_t i = 0; st == TOMO_OK && i < n; i++) {
        size_t n_rows = 0;
        const tomo_label *rows = tomo_image_labels(found[i], &n_rows);
        for (size_t k = 0; k < n_rows; k++, row++)
            for (int64_t z = 0; shown[i] && z < d.size[2]; z++)
                for (int64_t y = 0; y < d.size[1]; y++) {
                    const uint8_t *from = tomo_image_row(found[i], y, z, 0);
                    uint8_t *to = tomo_image_row_mut(all, y, z, 0);
                    for (int64_t x = 0; x < d.size[0]; x++)
                        if (from[x] == rows[k].value)
                            to[x] = (uint8_t)(row + 1);
                }
    }
    tomo_label table[STUDY_MOST_STRUCTURES];
    for (size_t i = 0; i < r->n_structures; i++) {
        table[i] = r->rows[i];
        table[i].value = (int32_t)i + 1;
    }
    if (st == TOMO_OK)
        st = tomo_image_with_labels(r->ctx, &r->drawn, all, table, r->n_structures, r->err);
    tomo_image_free(all);
    return st;
}

tomo_status study__structures(study__run *r)
{
    static const struct part {
        const char *op, *file;
        bool surface, shown, compared;
    } ct[] = { { "body", "body.nii.gz", false, false, false },
               { "bones", "bones.nii.gz", true, true, true },
               { "lungs", "lungs.nii.gz", true, true, false } },
      mr[] = { { "head", "head.nii.gz", true, true, true } };
    const struct part *parts = r->is_ct ? ct : mr;
    const size_t n = r->is_ct ? TOMO__COUNT(ct) : TOMO__COUNT(mr);
    tomo_image *found[TOMO__COUNT(ct)] = { NULL };
    bool shown[TOMO__COUNT(ct)] = { false };
    tomo__span outer = tomo__job_enter(r->job, 0.0, 0.15, "enhancing");
    tomo_status st = enhance(r);
    tomo__job_leave(r->job, outer);
    for (size_t i = 0; st == TOMO_OK && i < n; i++) {
        double from = 0.15 + 0.8 * (double)i / (double)n;
        tomo_value in[TOMO_MAX_PORTS] = { { TOMO_KIND_IMAGE, r->smooth } };
        tomo_value out[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
        outer = tomo__job_enter(r->job, from, from + 0.8 / (double)n, parts[i].op);
        st = study__step(r, "segment", parts[i].op, NULL, in, out);
        if (st == TOMO_OK) {
            found[i] = out[0].ptr;
            shown[i] = parts[i].shown;
            st = describe(r, found[i], parts[i].op, parts[i].file, parts[i].surface);
        }
        tomo__job_leave(r->job, outer);
    }
    for (size_t i = 0; st == TOMO_OK && r->compare[0] && i < n; i++) /* last, so that findings begin with structures */
        if (parts[i].compared)
            st = study__compare(r, found[i], r->is_ct ? found[0] : NULL, parts[i].op); /* found[0]: the body */
    if (st == TOMO_OK && r->is_ct)
        r->body = tomo_image_ref(found[0]);
    if (st == TOMO_OK)
        st = draw(r, found, shown, n);
    for (size_t i = 0; i < n; i++)
        tomo_image_free(found[i]);
    return st;
}
