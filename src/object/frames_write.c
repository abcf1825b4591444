/* frames_write.c - what objects of many frames that are written share: dimensions (PS3.3 C.7.6.17), planes
 * (C.7.6.16.2), references to the images that they were made from. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "object/frames.h"

tomo_status tomo__layout_check(const tomo_image_desc *d, int64_t frames, tomo_error *err)
{
    if (d->size[0] > 65535 || d->size[1] > 65535 || frames < 1 || frames > INT32_MAX)
        return tomo__fail(err, TOMO_E_ARG,
                          "%lld frames of %lld x %lld pixels, expected 1 to 2147483647 of at most 65535 x 65535",
                          (long long)frames, (long long)d->size[0], (long long)d->size[1]);
    for (int i = 0; i < 3; i++)
        for (int j = i; j < 3; j++) {
            double sum = 0;
            for (int r = 0; r < 3; r++)
                sum += d->direction[3 * r + i] * d->direction[3 * r + j];
            if (!(fabs(sum - (i == j)) < 1e-4))
                return tomo__fail(err, TOMO_E_GEOMETRY,
                                  "axes %d and %d are not orthogonal unit vectors (their product is %.6g): resample "
                                  "first",
                                  i, j, sum);
        }
    return TOMO_OK;
}

static void position_of(const tomo_image_desc *d, int64_t k, double at[3])
{
    for (int r = 0; r < 3; r++)
        at[r] = d->origin[r] + d->direction[3 * r + 2] * d->spacing[2] * (double)k;
}

void tomo__make_shared_planes(tomo__maker *m, const tomo_image_desc *d)
{
    const double *a = d->direction, orient[6] = { a[0], a[3], a[6], a[1], a[4], a[7] };
    const double spacing[2] = { d->spacing[1], d->spacing[0] };
    tomo__make_nums(m, orient, 6, "52009229[0].00209116[0].00200037");
    tomo__make_nums(m, &d->spacing[2], 1, "52009229[0].00289110[0].00180050");
    tomo__make_nums(m, &d->spacing[2], 1, "52009229[0].00289110[0].00180088");
    tomo__make_nums(m, spacing, 2, "52009229[0].00289110[0].00280030");
}

void tomo__make_plane(tomo__maker *m, const tomo_image_desc *d, int64_t frame, int64_t k)
{
    double at[3];
    position_of(d, k, at);
    tomo__make_nums(m, at, 3, "52009230[%lld].00209113[0].00200032", (long long)frame);
}

void tomo__make_dimensions(tomo__maker *m, const tomo_object_options *o, const tomo__dimension *d, size_t n)
{
    char uid[65];
    if (m->st || (m->st = tomo__object_uid(uid, o, "dimensions", m->err)) != TOMO_OK)
        return;
    tomo__make(m, uid, "00209221[0].00209164");
    for (size_t i = 0; i < n; i++) {
        const int at = (int)i;
        char tag[16];
        tomo__make(m, uid, "00209222[%d].00209164", at);
        snprintf(tag, sizeof tag, "(%.4s,%.4s)", d[i].pointer, d[i].pointer + 4);
        tomo__make(m, tag, "00209222[%d].00209165", at);
        snprintf(tag, sizeof tag, "(%.4s,%.4s)", d[i].group, d[i].group + 4);
        tomo__make(m, tag, "00209222[%d].00209167", at);
        tomo__make(m, d[i].label, "00209222[%d].00209421", at);
    }
}

void tomo__make_frame_of_reference(tomo__maker *m, const tomo_object_options *o)
{
    char uid[65];
    if (m->st)
        return;
    if (!o->like || tomo_dataset_text(o->like, 0x00200052, 0, uid, sizeof uid) <= 0)
        m->st = tomo__object_uid(uid, o, "frame of reference", m->err);
    tomo__make(m, uid, "00200052");
    tomo__make(m, "", "00201040");
}

void tomo__make_pixel_module(tomo__maker *m, const tomo_image_desc *d, int64_t frames, int bits, bool is_signed)
{
    tomo__make_int(m, frames, "00280008");
    tomo__make_int(m, d->size[1], "00280010");
    tomo__make_int(m, d->size[0], "00280011");
    tomo__make_int(m, bits, "00280100");
    tomo__make_int(m, bits, "00280101");
    tomo__make_int(m, bits - 1, "00280102");
    tomo__make_int(m, is_signed, "00280103");
}

/* ---- sources ---- */

typedef struct plane_at {
    double along; /* in slices of the volume */
    tomo__origin_of of;
} plane_at;

static int by_along(const void *a, const void *b)
{
    const plane_at *x = a, *y = b;
    if (x->along != y->along)
        return x->along < y->along ? -1 : 1;
    if (x->of.source != y->of.source)
        return x->of.source < y->of.source ? -1 : 1;
    return (x->of.frame > y->of.frame) - (x->of.frame < y->of.frame);
}

static int64_t frames_of(const tomo_dataset *ds)
{
    int64_t n = 1;
    return tomo_dataset_int(ds, 0x00280008, 0, &n) && n > 1 && tomo_dataset_item(ds, 0x52009230, (size_t)n - 1) ? n : 1;
}

/* Planes of the sources that are parallel to the volume's slices, by their place along them. */
static int64_t collect(plane_at *to, const tomo_image_desc *d, const tomo_dataset *const *sources, size_t n_sources)
{
    const double normal[3] = { d->direction[2], d->direction[5], d->direction[8] };
    const double origin = tomo__dot(d->origin, normal);
    int64_t n = 0;
    for (size_t s = 0; s < n_sources; s++) {
        const int64_t frames = frames_of(sources[s]);
        for (int64_t f = 0; f < frames; f++) {
            tomo__plane p;
            double across[3];
            tomo__plane_of(sources[s], f, &p);
            tomo__plane_normal(p.orient, across);
            if (!p.placed || fabs(fabs(tomo__dot(across, normal)) - 1) > 1e-4)
                continue;
            to[n].along = (tomo__dot(p.position, normal) - origin) / d->spacing[2];
            to[n++].of = (tomo__origin_of){ s, frames > 1 ? f + 1 : 0 };
        }
    }
    return n;
}

tomo_status tomo__origins_find(tomo_ctx *ctx, tomo__origin_of **out, const tomo_image_desc *d,
                               const tomo_dataset *const *sources, size_t n_sources, tomo_error *err)
{
    const int64_t n = d->size[2];
    int64_t planes = 0;
    for (size_t s = 0; s < n_sources; s++)
        planes += frames_of(sources[s]);
    tomo__origin_of *found = TOMO__ARRAY(ctx, n, tomo__origin_of);
    plane_at *at = planes ? TOMO__ARRAY(ctx, planes, plane_at) : NULL;
    if (!found || (planes && !at)) {
        tomo__free(ctx, found);
        return tomo__no_memory(ctx, err, (size_t)(n + planes) * sizeof *at, "the sources of slices");
    }
    planes = planes ? collect(at, d, sources, n_sources) : 0;
    if (planes)
        qsort(at, (size_t)planes, sizeof *at, by_along);
    for (int64_t k = 0, i = 0; k < n; k++) {
        found[k] = (tomo__origin_of){ SIZE_MAX, 0 };
        while (i < planes && at[i].along < (double)k - 0.02)
            i++;
        if (i < planes && at[i].along <= (double)k + 0.02)
            found[k] = at[i].of;
    }
    tomo__free(ctx, at);
    *out = found;
    return TOMO_OK;
}

/* The text of a UID of another data set, or refuse. */
static bool uid_of(tomo__maker *m, const tomo_dataset *ds, tomo_tag tag, char uid[65])
{
    if (m->st == TOMO_OK && tomo_dataset_text(ds, tag, 0, uid, 65) <= 0)
        m->st = tomo__fail(m->err, TOMO_E_ARG, "a source image has no (%04x,%04x), which references need", tag >> 16,
                           tag & 0xFFFF);
    return m->st == TOMO_OK;
}

void tomo__make_references(tomo__maker *m, const tomo_dataset *const *sources, size_t n_sources)
{
    char uid[65], series[65], last[65] = "", study[65] = "";
    int at = -1, item = 0;
    tomo_dataset_text(m->ds, 0x0020000D, 0, study, sizeof study);
    for (size_t s = 0; s < n_sources; s++) {
        if (!uid_of(m, sources[s], 0x0020000D, uid))
            return;
        if (strcmp(uid, study) != 0) {
            m->st =
                tomo__fail(m->err, TOMO_E_ARG, "source image %zu is of study %s, the object of %s: give `like` of it",
                           s + 1, uid, study);
            return;
        }
        if (!uid_of(m, sources[s], 0x0020000E, series))
            return;
        if (strcmp(series, last) != 0) { /* sources come series by series */
            at++;
            item = 0;
            snprintf(last, sizeof last, "%s", series);
            tomo__make(m, series, "00081115[%d].0020000E", at);
        }
        if (uid_of(m, sources[s], 0x00080016, uid))
            tomo__make(m, uid, "00081115[%d].0008114A[%d].00081150", at, item);
        if (uid_of(m, sources[s], 0x00080018, uid))
            tomo__make(m, uid, "00081115[%d].0008114A[%d].00081155", at, item++);
    }
}

void tomo__make_derivation(tomo__maker *m, int64_t frame, const tomo__origin_of *of, const tomo_dataset *const *sources,
                           const char *code, const char *meaning)
{
    char uid[65];
    const long long f = frame;
    if (of->source == SIZE_MAX)
        return;
    if (uid_of(m, sources[of->source], 0x00080016, uid))
        tomo__make(m, uid, "52009230[%lld].00089124[0].00082112[0].00081150", f);
    if (uid_of(m, sources[of->source], 0x00080018, uid))
        tomo__make(m, uid, "52009230[%lld].00089124[0].00082112[0].00081155", f);
    if (of->frame)
        tomo__make_int(m, of->frame, "52009230[%lld].00089124[0].00082112[0].00081160", f);
    tomo__make(m, "YES", "52009230[%lld].00089124[0].00082112[0].0028135A", f);
    tomo__make_code(m, "121322", "DCM", "Source image for image processing operation",
                    "52009230[%lld].00089124[0].00082112[0].0040A170[0]", f);
    tomo__make_code(m, code, "DCM", meaning, "52009230[%lld].00089124[0].00089215[0]", f);
}
