/* series_group.c - slices into groups that can be one volume: one Series Instance UID, one orientation, one size and
 * type. Localizers, derived images and screen saves that share a UID with a stack so end up by themselves, as ITK's
 * GDCMSeriesFileNames (with series details) and dcm2niix have it. */
#include "dicom/series_internal.h"

#include <math.h>
#include <stdlib.h>

/* Rounded direction cosines and spacings of one stack differ by less, another plane by more (0.06 degrees). */
#define SAME_DIRECTION 1e-3
#define SAME_SPACING 1e-4

static bool same_plane(const tomo__slice *a, const tomo__slice *b)
{
    if (a->has_plane != b->has_plane || a->in_volume != b->in_volume)
        return false;
    for (int i = 0; a->has_plane && i < 6; i++)
        if (!(fabs(a->orient[i] - b->orient[i]) < SAME_DIRECTION))
            return false;
    for (int i = 0; i < 2; i++)
        if (!(fabs(a->spacing[i] - b->spacing[i]) <= SAME_SPACING * (a->spacing[i] + b->spacing[i])))
            return false;
    return true;
}

static bool is_color(const tomo__scan_file *f)
{
    return f->info.frame.samples > 1 || strcmp(f->info.photometric, "PALETTE COLOR") == 0;
}

static bool belongs(const tomo__slice *a, const tomo__slice *b)
{
    const tomo__scan_file *f = a->file, *g = b->file;
    const tomo_frame_desc *x = &f->info.frame, *y = &g->info.frame;
    return f->key == g->key && f->rows == g->rows && f->columns == g->columns &&
           x->bits_allocated == y->bits_allocated && x->is_float == y->is_float && x->samples == y->samples &&
           is_color(f) == is_color(g) && (f->tiles > 1) == (g->tiles > 1) && a->kind == b->kind && same_plane(a, b) &&
           strcmp(tomo__file_text(f, TEXT_SERIES), tomo__file_text(g, TEXT_SERIES)) == 0 &&
           strcmp(tomo__file_text(f, TEXT_STUDY), tomo__file_text(g, TEXT_STUDY)) == 0;
}

static tomo_status add(tomo_study *study, tomo__group *g, tomo__slice *s, tomo_error *err)
{
    if (g->n == g->room) {
        const size_t room = g->room ? 2 * g->room : 16;
        tomo__slice **more = tomo__realloc(study->ctx, g->slice, room * sizeof *more);
        if (!more)
            return tomo__no_memory(study->ctx, err, room * sizeof *more, "a series");
        g->slice = more;
        g->room = room;
    }
    g->slice[g->n++] = s;
    return TOMO_OK;
}

static tomo_status new_group(tomo_study *study, size_t *room, tomo_error *err)
{
    if (study->n_groups == *room) {
        const size_t more_room = *room ? 2 * *room : 8;
        tomo__group *more = tomo__realloc(study->ctx, study->groups, more_room * sizeof *more);
        if (!more)
            return tomo__no_memory(study->ctx, err, more_room * sizeof *more, "series");
        study->groups = more;
        *room = more_room;
    }
    study->groups[study->n_groups++] = (tomo__group){ 0 };
    return TOMO_OK;
}

/* Segmentations and dose lie in a study's folder beside the images that they were made of, often with more frames. */
static bool is_made_of_images(const tomo__group *g)
{
    const char *modality = tomo__file_text(g->slice[0]->file, TEXT_MODALITY);
    return strcmp(modality, "SEG") == 0 || strcmp(modality, "RTDOSE") == 0;
}

/* Images first; largest first; of equal ones magnitude before phase and the like, then by UID, then by first file. */
static int by_size(const void *va, const void *vb)
{
    const tomo__group *a = va, *b = vb;
    const int uid =
        strcmp(tomo__file_text(a->slice[0]->file, TEXT_SERIES), tomo__file_text(b->slice[0]->file, TEXT_SERIES));
    if (is_made_of_images(a) != is_made_of_images(b))
        return is_made_of_images(a) ? 1 : -1;
    if (a->n != b->n)
        return a->n > b->n ? -1 : 1;
    if (uid)
        return uid;
    if (a->slice[0]->kind != b->slice[0]->kind)
        return a->slice[0]->kind == 'M' ? -1 : b->slice[0]->kind == 'M' ? 1 : a->slice[0]->kind - b->slice[0]->kind;
    return strcmp(a->slice[0]->file->path, b->slice[0]->file->path);
}

/* The group's files in stacking order, each once. */
static tomo_status list_paths(tomo_study *study, tomo__group *g, tomo_error *err)
{
    g->path = TOMO__ARRAY(study->ctx, g->n, const char *);
    uint8_t *seen = tomo__calloc(study->ctx, study->paths.count, 1);
    if (!g->path || !seen) {
        tomo__free(study->ctx, seen);
        return tomo__no_memory(study->ctx, err, g->n * sizeof *g->path, "the files of a series");
    }
    for (size_t i = 0; i < g->n; i++) {
        const size_t k = (size_t)(g->slice[i]->file - study->files);
        if (!seen[k])
            g->path[g->n_paths++] = g->slice[i]->file->path;
        seen[k] = 1;
    }
    tomo__free(study->ctx, seen);
    return TOMO_OK;
}

tomo_status tomo__groups_make(tomo_study *study, tomo_error *err)
{
    const tomo_series_options defaults = TOMO_SERIES_OPTIONS_INIT;
    size_t room = 0, last = 0;
    tomo_status st = TOMO_OK;
    for (size_t i = 0; i < study->paths.count && st == TOMO_OK; i++) {
        tomo__scan_file *f = &study->files[i];
        for (size_t k = 0; f->is_image && k < f->n_slices && st == TOMO_OK; k++) {
            tomo__slice *s = &f->slices[k];
            /* Neighbors mostly belong together, so the last group is tried first. */
            if (last >= study->n_groups || !belongs(study->groups[last].slice[0], s))
                for (last = 0; last < study->n_groups && !belongs(study->groups[last].slice[0], s);)
                    last++;
            if (last == study->n_groups)
                st = new_group(study, &room, err);
            if (st == TOMO_OK)
                st = add(study, &study->groups[last], s, err);
        }
    }
    if (st)
        return st;
    for (size_t i = 0; i < study->n_groups && st == TOMO_OK; i++) {
        tomo__stack stack;
        tomo_error ignored; /* loading says what is wrong with it; here only the order matters */
        if ((st = tomo__stack_arrange(study->ctx, &study->groups[i], &defaults, &stack, NULL, &ignored)) ==
            TOMO_E_GEOMETRY)
            st = TOMO_OK;
        else if (st)
            return tomo__fail(err, st, "%s", ignored.message);
    }
    if (study->n_groups)
        qsort(study->groups, study->n_groups, sizeof *study->groups, by_size);
    for (size_t i = 0; i < study->n_groups && st == TOMO_OK; i++)
        st = list_paths(study, &study->groups[i], err);
    return st;
}

void tomo__groups_free(tomo_study *study)
{
    for (size_t i = 0; i < study->n_groups; i++) {
        tomo__free(study->ctx, study->groups[i].slice);
        tomo__free(study->ctx, (void *)study->groups[i].path);
    }
    tomo__free(study->ctx, study->groups);
}
