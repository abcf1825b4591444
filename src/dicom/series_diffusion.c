/* series_diffusion.c - b-values and gradient directions of a diffusion series, volume by volume (PS3.3 C.8.13.5.9), as
 * FSL writes them: directions along the axes of the voxels, the first one turned around where the volume's axes are
 * right-handed in NIfTI's world (which those of a loaded series always are). */
#include "dicom/dicom_internal.h"
#include "dicom/series_internal.h"

#include <math.h>

enum { SHARED = 0x52009229, PER_FRAME = 0x52009230, DIFFUSION = 0x00189117 };

typedef struct weight {
    double b, g[3]; /* s/mm2, unit vector in the patient; 0 where there is no direction */
} weight;

/* MR Diffusion macro of a frame, or the top level of classic objects. */
static const tomo_dataset *said_by(const tomo_dataset *ds, int32_t frame)
{
    const tomo_dataset *own = tomo_dataset_item(ds, PER_FRAME, (size_t)frame),
                       *shared = tomo_dataset_item(ds, SHARED, 0);
    const tomo_dataset *m = own ? tomo_dataset_item(own, DIFFUSION, 0) : NULL;
    m = m || !shared ? m : tomo_dataset_item(shared, DIFFUSION, 0);
    return m ? m : own || shared ? NULL : ds;
}

static tomo_status weight_of(weight *w, const tomo__slice *s, const tomo_dataset *ds, tomo_error *err)
{
    const tomo_dataset *m = said_by(ds, s->frame), *direction;
    char kind[17] = "";
    *w = (weight){ 0 };
    if (!m || !tomo_dataset_double(m, 0x00189087, 0, &w->b) || !(w->b >= 0) || !isfinite(w->b))
        return tomo__fail(err, TOMO_E_NOTFOUND, "%s: frame %d has no (0018,9087) Diffusion b-value", s->file->path,
                          s->frame + 1);
    direction = tomo_dataset_item(m, 0x00189076, 0);
    direction = direction ? direction : m;
    tomo_dataset_text(m, 0x00189075, 0, kind, sizeof kind);
    double length = 0;
    for (size_t i = 0; i < 3; i++) {
        if (!tomo_dataset_double(direction, 0x00189089, i, &w->g[i]) || !isfinite(w->g[i])) {
            w->g[0] = w->g[1] = w->g[2] = length = 0;
            break;
        }
        length += w->g[i] * w->g[i];
    }
    if (length == 0 && w->b > 0 && strcmp(kind, "ISOTROPIC") != 0 && strcmp(kind, "NONE") != 0)
        return tomo__fail(err, TOMO_E_NOTFOUND,
                          "%s: frame %d has b-value %g and no (0018,9089) Diffusion Gradient "
                          "Orientation",
                          s->file->path, s->frame + 1, w->b);
    for (size_t i = 0; i < 3 && length > 0; i++)
        w->g[i] /= sqrt(length);
    return TOMO_OK;
}

/* Every slice of a volume must say the same. */
static tomo_status read_weights(tomo_ctx *ctx, weight *to, const tomo__group *g, const tomo__stack *stack,
                                tomo_error *err)
{
    const tomo__scan_file *file = NULL;
    tomo_dataset *ds = NULL;
    tomo_status st = TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && i < stack->nz * stack->nt; i++) {
        const size_t t = i / stack->nz;
        weight w;
        if (g->slice[i]->file != file) {
            tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
            o.stop_before_pixels = true;
            tomo_dataset_free(ds);
            ds = NULL;
            file = g->slice[i]->file;
            st = tomo_dataset_open_path(ctx, &ds, file->path, &o, NULL, err);
        }
        st = st ? st : weight_of(&w, g->slice[i], ds, err);
        if (st == TOMO_OK && i % stack->nz == 0)
            to[t] = w;
        else if (st == TOMO_OK && (fabs(w.b - to[t].b) > 0.5 ||
                                   hypot(hypot(w.g[0] - to[t].g[0], w.g[1] - to[t].g[1]), w.g[2] - to[t].g[2]) > 1e-3))
            st = tomo__fail(err, TOMO_E_GEOMETRY, "volume %zu: slices differ in b-value or direction (%s)", t + 1,
                            file->path);
    }
    tomo_dataset_free(ds);
    return st;
}

/* One line of b-values; three of components. */
static tomo_status write(tomo_ctx *ctx, tomo_buffer **bval, tomo_buffer **bvec, const weight *w,
                         const tomo__stack *stack, tomo_error *err)
{
    tomo__text b = TOMO__TEXT(ctx), v = TOMO__TEXT(ctx);
    char number[48];
    for (size_t t = 0; t < stack->nt; t++) {
        tomo__num_text(number, w[t].b);
        tomo__text_fmt(&b, "%s%s", t ? " " : "", number);
    }
    tomo__text_str(&b, "\n");
    for (int axis = 0; axis < 3; axis++) {
        for (size_t t = 0; t < stack->nt; t++) {
            double along = 0;
            for (int k = 0; k < 3; k++)
                along += stack->direction[3 * k + axis] * w[t].g[k];
            along = axis == 0 ? -along : along;
            tomo__text_fmt(&v, "%s%s", t ? " " : "", tomo__fixed_text(number, along == 0 ? 0 : along, 6));
        }
        tomo__text_str(&v, "\n");
    }
    tomo_status st = tomo__text_finish(&b, bval, err);
    if (st == TOMO_OK && (st = tomo__text_finish(&v, bvec, err)) != TOMO_OK) {
        tomo_buffer_free(*bval);
        *bval = NULL;
    } else if (st)
        tomo__text_free(&v);
    return st;
}

tomo_status tomo_series_diffusion(tomo_ctx *ctx, tomo_buffer **bval, tomo_buffer **bvec, const tomo_study *study,
                                  size_t series, const tomo_series_options *opts, tomo_error *err)
{
    tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
    tomo__group g = { 0 };
    tomo__slice *slices = NULL;
    weight *w = NULL;
    tomo__stack stack;
    if (!ctx || !bval || !bvec || !study)
        return tomo__fail(err, TOMO_E_ARG, "tomo_series_diffusion: context, results and study must be given");
    if (opts && opts->struct_size)
        memcpy(&o, opts, TOMO__MIN(opts->struct_size, sizeof o));
    tomo_status st = tomo__images_choose(ctx, study, series, &o, &slices, &g, err);
    if (st == TOMO_OK && !(w = TOMO__ARRAY(ctx, g.n, weight)))
        st = tomo__no_memory(ctx, err, g.n * sizeof *w, "the weights of a series");
    st = st ? st : tomo__stack_arrange(ctx, &g, &o, &stack, NULL, err);
    st = st ? st : read_weights(ctx, w, &g, &stack, err);
    st = st ? st : write(ctx, bval, bvec, w, &stack, err);
    tomo__free(ctx, g.slice);
    tomo__free(ctx, w);
    tomo__free(ctx, slices);
    return st;
}
