/* capture_write.c - pictures and stacks as secondary capture: one slice as Secondary Capture Image (PS3.3 A.8.1),
 * several as Multi-frame True Color (A.8.5), Grayscale Byte (A.8.3) or Grayscale Word (A.8.4). */
#include <math.h>
#include <stdio.h>

#include "object/frames.h"

#define SOP_SC "1.2.840.10008.5.1.4.1.1.7"
#define SOP_SC_BYTE "1.2.840.10008.5.1.4.1.1.7.2"
#define SOP_SC_WORD "1.2.840.10008.5.1.4.1.1.7.3"
#define SOP_SC_COLOR "1.2.840.10008.5.1.4.1.1.7.4"

typedef struct capture {
    tomo_ctx *ctx;
    tomo_frames_options o;
    tomo_image_desc desc;
    tomo__stored stored; /* of gray ones; of color the packed image */
    bool color;
    int64_t frames;
} capture;

static const char *class_of(const capture *c)
{
    if (c->frames == 1)
        return SOP_SC;
    return c->color                                                       ? SOP_SC_COLOR
           : tomo_image_get_desc(c->stored.image)->dtype == TOMO_DTYPE_U8 ? SOP_SC_BYTE
                                                                          : SOP_SC_WORD;
}

static void put_gray(tomo__maker *m, const capture *c)
{
    tomo__make(m, "MONOCHROME2", "00280004");
    tomo__make_nums(m, &c->stored.intercept, 1, "00281052");
    tomo__make_nums(m, &c->stored.slope, 1, "00281053");
    tomo__make(m, "US", "00281054");
    tomo__make_nums(m, &c->stored.center, 1, "00281050");
    tomo__make_nums(m, &c->stored.width, 1, "00281051");
    if (c->frames > 1)
        tomo__make(m, "IDENTITY", "20500020");
}

/* SC Multi-frame Vector: pages, since nothing is said of time (C.8.6.4). */
static void put_pages(tomo__maker *m, const capture *c)
{
    tomo__text pages = TOMO__TEXT(c->ctx);
    for (int64_t i = 0; i < c->frames; i++)
        tomo__text_fmt(&pages, i ? "\\%lld" : "%lld", (long long)i + 1);
    if (pages.failed)
        m->st = m->st ? m->st : tomo__no_memory(c->ctx, m->err, (size_t)c->frames * 8, "page numbers");
    tomo__make(m, "(0018,2001)", "00280009");
    if (m->st == TOMO_OK)
        m->st = tomo_dataset_set(m->ds, "00182001", pages.data, m->err);
    tomo__text_free(&pages);
}

/* Functional groups keep the frames' place (usage U of A.8.3 to A.8.5). */
static void put_places(tomo__maker *m, const capture *c, tomo_job *job)
{
    tomo__make_frame_of_reference(m, c->o.object);
    tomo__make_shared_planes(m, &c->desc);
    for (int64_t i = 0; m->st == TOMO_OK && i < c->frames; i++) {
        tomo__make_plane(m, &c->desc, i, i);
        m->st = m->st ? m->st : tomo__job_step(job, (double)i / (double)c->frames, m->err);
    }
}

/* One picture says its place as classic images do (Image Plane, usage U of A.8.1). */
static void put_place(tomo__maker *m, const capture *c)
{
    const double *a = c->desc.direction, orient[6] = { a[0], a[3], a[6], a[1], a[4], a[7] };
    const double spacing[2] = { c->desc.spacing[1], c->desc.spacing[0] };
    tomo__make_frame_of_reference(m, c->o.object);
    tomo__make_nums(m, &c->desc.spacing[2], 1, "00180050");
    tomo__make_nums(m, c->desc.origin, 3, "00200032");
    tomo__make_nums(m, orient, 6, "00200037");
    tomo__make_nums(m, spacing, 2, "00280030");
}

static void put_all(tomo__maker *m, const capture *c, tomo_job *job)
{
    const int bits = 8 * (int)tomo_dtype_size(tomo_image_get_desc(c->stored.image)->dtype);
    tomo__make(m, "DERIVED\\SECONDARY", "00080008");
    tomo__make(m, "WSD", "00080064"); /* Conversion Type: workstation */
    if (c->o.derivation)
        tomo__make(m, c->o.derivation, "00082111");
    tomo__make(m, "", "00200020"); /* Patient Orientation */
    tomo__make(m, "", "00200060"); /* Laterality: Type 2C, unknown */
    tomo__make_int(m, c->color ? 3 : 1, "00280002");
    tomo__make_pixel_module(m, &c->desc, c->frames, bits, c->stored.is_signed);
    tomo__make(m, "NO", "00280301");
    tomo__make(m, "00", "00282110");
    if (c->color) {
        tomo__make(m, "RGB", "00280004");
        tomo__make_int(m, 0, "00280006");
    } else
        put_gray(m, c);
    if (c->o.n_sources)
        tomo__make_references(m, c->o.sources, c->o.n_sources);
    if (c->frames > 1) {
        put_pages(m, c);
        put_places(m, c, job);
    } else {
        m->st = m->st ? m->st : tomo_dataset_delete(m->ds, "00280008", m->err);
        put_place(m, c);
    }
    tomo__make_pixels(m, c->stored.image, bits == 8 ? "OB" : "OW", "7FE00010");
}

tomo_status tomo_capture_make(tomo_ctx *ctx, tomo_dataset **out, const tomo_image *in, const tomo_frames_options *opts,
                              tomo_report *report, tomo_job *job, tomo_error *err)
{
    capture c = { .ctx = ctx };
    tomo_dataset *ds = NULL;
    if (!ctx || !out || !in)
        return tomo__fail(err, TOMO_E_ARG, "tomo_capture_make: ctx, out and in must not be NULL");
    c.desc = *tomo_image_get_desc(in);
    tomo__frames_options_of(&c.o, opts);
    c.color = c.desc.components == 3;
    c.frames = c.desc.size[2];
    if (c.desc.size[3] > 1 || !(c.desc.components == 1 || (c.color && c.desc.dtype == TOMO_DTYPE_U8)))
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "%d components of %s at %lld time points, expected gray or 3 of uint8 at one",
                          c.desc.components, tomo_dtype_name(c.desc.dtype), (long long)c.desc.size[3]);
    if (c.frames > 9999) /* Page Number Vector has a 16-bit length */
        return tomo__fail(err, TOMO_E_LIMIT, "%lld frames, expected at most 9999", (long long)c.frames);
    tomo_status st = tomo__layout_check(&c.desc, c.frames, err);
    if (st == TOMO_OK)
        st = c.color ? tomo_image_pack(ctx, &c.stored.image, in, err)
                     : tomo__stored_from(ctx, &c.stored, in, TOMO__STORE_UNSIGNED, report, job, err);
    st = st ? st : tomo__object_begin(ctx, &ds, class_of(&c), "OT", c.o.object, err);
    if (st == TOMO_OK) {
        tomo__maker m = { ds, TOMO_OK, err };
        put_all(&m, &c, job);
        st = m.st;
    }
    tomo_image_free(c.stored.image);
    if (st)
        tomo_dataset_free(ds);
    else
        *out = ds;
    return st;
}
