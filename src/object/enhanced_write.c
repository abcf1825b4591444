/* enhanced_write.c - volumes as Enhanced CT and MR Image objects (PS3.3 A.36, A.38), DERIVED: how they were acquired is
 * not known, so the macros that only ORIGINAL images need are not there. */
#include <math.h>
#include <stdio.h>

#include "object/frames.h"

#define SOP_ENHANCED_CT "1.2.840.10008.5.1.4.1.1.2.1"
#define SOP_ENHANCED_MR "1.2.840.10008.5.1.4.1.1.4.1"

typedef struct enhanced {
    tomo_ctx *ctx;
    tomo_frames_options o;
    tomo_image_desc desc;
    tomo__stored stored;
    bool ct;
} enhanced;

/* Common CT/MR Image Description (C.8.15.2.1.1, C.8.13.1.1) at the top level or in a frame type macro. */
static void put_description(tomo__maker *m, const enhanced *e, const char *at)
{
    tomo__make(m, "MONOCHROME", "%s00089205", at);
    tomo__make(m, "VOLUME", "%s00089206", at);
    tomo__make(m, "NONE", "%s00089207", at);
    if (!e->ct) {
        tomo__make(m, "MAGNITUDE", "%s00089208", at);
        tomo__make(m, "UNKNOWN", "%s00089209", at);
    }
}

static void put_image_module(tomo__maker *m, const enhanced *e)
{
    char position[17], agency[17];
    tomo__make(m, "DERIVED\\PRIMARY\\VOLUME\\NONE", "00080008");
    put_description(m, e, "");
    if (e->o.derivation)
        tomo__make(m, e->o.derivation, "00082111");
    tomo__make(m, "RESEARCH", "00189004");
    if (!e->o.object->like || tomo_dataset_text(e->o.object->like, 0x00185100, 0, position, sizeof position) < 0)
        position[0] = 0;
    tomo__make(m, position, "00185100"); /* Patient Position: Type 2C, unknown without a model */
    /* Required of every Enhanced MR; IEC 60601-2-33 is what scanners are built to where no model says otherwise. */
    if (!e->ct &&
        (!e->o.object->like || tomo_dataset_text(e->o.object->like, 0x00189174, 0, agency, sizeof agency) <= 0))
        snprintf(agency, sizeof agency, "IEC");
    if (!e->ct)
        tomo__make(m, agency, "00189174");
    tomo__make_int(m, 1, "00280002");
    tomo__make(m, "MONOCHROME2", "00280004");
    tomo__make(m, "NO", "00280301");
    tomo__make(m, "00", "00282110");
    tomo__make(m, "", "00400555");
    tomo__make(m, "IDENTITY", "20500020");
    tomo__make_pixel_module(m, &e->desc, e->desc.size[2] * e->desc.size[3], 16, e->stored.is_signed);
}

/* Anatomic region of the model; else "body", which says nothing that is not known. */
static void put_anatomy(tomo__maker *m, const enhanced *e)
{
    const tomo_dataset *like = e->o.object->like, *item = NULL;
    char value[17] = "123037004", scheme[17] = "SCT", meaning[257] = "Body structure";
    if (like)
        item = tomo_dataset_item(like, 0x00082218, 0);
    if (like && !item && tomo__macro(like, 0, 0x00209071))
        item = tomo_dataset_item(tomo__macro(like, 0, 0x00209071), 0x00082218, 0);
    if (item && tomo_dataset_values(item, 0x00080100) && tomo_dataset_values(item, 0x00080102) &&
        tomo_dataset_values(item, 0x00080104)) {
        tomo_dataset_text(item, 0x00080100, 0, value, sizeof value);
        tomo_dataset_text(item, 0x00080102, 0, scheme, sizeof scheme);
        tomo_dataset_text(item, 0x00080104, 0, meaning, sizeof meaning);
    }
    tomo__make_code(m, value, scheme, meaning, "52009229[0].00209071[0].00082218[0]");
    tomo__make(m, "U", "52009229[0].00209071[0].00209072"); /* unpaired, C.7.6.16.2.8 */
}

static void put_shared(tomo__maker *m, const enhanced *e)
{
    const char *type = e->ct ? "52009229[0].00189329[0]." : "52009229[0].00189226[0].";
    char uid[65];
    tomo__make_shared_planes(m, &e->desc);
    tomo__make(m, "DERIVED\\PRIMARY\\VOLUME\\NONE", "%s00089007", type);
    put_description(m, e, type);
    put_anatomy(m, e);
    if (e->ct) { /* Irradiation Event Identification: the event itself is not known here */
        if (!e->o.object->like || tomo_dataset_text(e->o.object->like, 0x00083010, 0, uid, sizeof uid) <= 0)
            m->st = m->st ? m->st : tomo__object_uid(uid, e->o.object, "irradiation event", m->err);
        tomo__make(m, uid, "52009229[0].00189477[0].00083010");
    }
    tomo__make_nums(m, &e->stored.intercept, 1, "52009229[0].00289145[0].00281052");
    tomo__make_nums(m, &e->stored.slope, 1, "52009229[0].00289145[0].00281053");
    tomo__make(m, e->ct ? "HU" : "US", "52009229[0].00289145[0].00281054");
    const double center = e->ct ? 40 : e->stored.center, width = e->ct ? 400 : e->stored.width;
    tomo__make_nums(m, &center, 1, "52009229[0].00289132[0].00281050");
    tomo__make_nums(m, &width, 1, "52009229[0].00289132[0].00281051");
}

static void put_frame(tomo__maker *m, const enhanced *e, int64_t t, int64_t k, const tomo__origin_of *of)
{
    const long long i = t * e->desc.size[2] + k;
    const bool timed = e->desc.size[3] > 1;
    char index[64];
    snprintf(index, sizeof index, timed ? "1\\%lld\\%lld" : "1\\%lld", (long long)k + 1, (long long)t + 1);
    if (!timed) /* which of the sources' time points it would be is not known */
        tomo__make_derivation(m, i, &of[k], e->o.sources, "113091", "Pixel by pixel calculation");
    tomo__make(m, "1", "52009230[%lld].00209111[0].00209056", i);
    tomo__make_int(m, k + 1, "52009230[%lld].00209111[0].00209057", i);
    if (timed)
        tomo__make_int(m, t + 1, "52009230[%lld].00209111[0].00209128", i);
    tomo__make(m, index, "52009230[%lld].00209111[0].00209157", i);
    tomo__make_plane(m, &e->desc, i, k);
    if (timed && e->desc.spacing[3] > 0) {
        const double offset = e->desc.spacing[3] * (double)t;
        tomo__make_nums(m, &offset, 1, "52009230[%lld].00209310[0].0020930D", i);
    }
}

/* Source Image Evidence (PS3.3 C.8.15.2, C.8.13.1): every source that a frame names, by study and series. */
static void put_evidence(tomo__maker *m, const enhanced *e)
{
    char uid[65], study[65], series[65], last_study[65] = "", last[65] = "";
    int at = -1, group = -1, item = 0;
    for (size_t s = 0; m->st == TOMO_OK && s < e->o.n_sources; s++) {
        const tomo_dataset *ds = e->o.sources[s];
        if (tomo_dataset_text(ds, 0x0020000D, 0, study, sizeof study) <= 0 ||
            tomo_dataset_text(ds, 0x0020000E, 0, series, sizeof series) <= 0)
            m->st = tomo__fail(m->err, TOMO_E_ARG, "a source image has no Study or Series Instance UID");
        if (strcmp(study, last_study) != 0) {
            at++;
            group = -1;
            last[0] = 0;
            snprintf(last_study, sizeof last_study, "%s", study);
            tomo__make(m, study, "00089154[%d].0020000D", at);
        }
        if (strcmp(series, last) != 0) {
            group++;
            item = 0;
            snprintf(last, sizeof last, "%s", series);
            tomo__make(m, series, "00089154[%d].00081115[%d].0020000E", at, group);
        }
        if (tomo_dataset_text(ds, 0x00080016, 0, uid, sizeof uid) > 0)
            tomo__make(m, uid, "00089154[%d].00081115[%d].00081199[%d].00081150", at, group, item);
        if (tomo_dataset_text(ds, 0x00080018, 0, uid, sizeof uid) > 0)
            tomo__make(m, uid, "00089154[%d].00081115[%d].00081199[%d].00081155", at, group, item++);
    }
}

static void put_all(tomo__maker *m, const enhanced *e, tomo_job *job)
{
    static const tomo__dimension dimensions[] = {
        { "00209056", "00209111", "Stack ID" },
        { "00209057", "00209111", "In-Stack Position Number" },
        { "00209128", "00209111", "Temporal Position Index" },
    };
    tomo__origin_of *of = NULL;
    put_image_module(m, e);
    tomo__make_frame_of_reference(m, e->o.object);
    tomo__make_dimensions(m, e->o.object, dimensions, e->desc.size[3] > 1 ? 3 : 2);
    put_evidence(m, e);
    put_shared(m, e);
    if (m->st == TOMO_OK)
        m->st = tomo__origins_find(e->ctx, &of, &e->desc, e->o.sources, e->o.n_sources, m->err);
    for (int64_t t = 0; m->st == TOMO_OK && t < e->desc.size[3]; t++)
        for (int64_t k = 0; m->st == TOMO_OK && k < e->desc.size[2]; k++) {
            put_frame(m, e, t, k, of);
            m->st = m->st ? m->st : tomo__job_step(job, (double)t / (double)e->desc.size[3], m->err);
        }
    tomo__free(e->ctx, of);
    tomo__make_pixels(m, e->stored.image, "OW", "7FE00010");
}

void tomo__frames_options_of(tomo_frames_options *to, const tomo_frames_options *from)
{
    static const tomo_object_options plain = TOMO_OBJECT_OPTIONS_INIT;
    const tomo_frames_options none = TOMO_FRAMES_OPTIONS_INIT;
    *to = none;
    if (from)
        memcpy(to, from, from->struct_size && from->struct_size < sizeof none ? from->struct_size : sizeof none);
    to->object = to->object ? to->object : &plain;
}

tomo_status tomo_enhanced_make(tomo_ctx *ctx, tomo_dataset **out, const tomo_image *in, const char *modality,
                               const tomo_frames_options *opts, tomo_report *report, tomo_job *job, tomo_error *err)
{
    enhanced e = { .ctx = ctx };
    tomo_dataset *ds = NULL;
    if (!ctx || !out || !in || !modality)
        return tomo__fail(err, TOMO_E_ARG, "tomo_enhanced_make: ctx, out, in and modality must not be NULL");
    if (strcmp(modality, "CT") != 0 && strcmp(modality, "MR") != 0)
        return tomo__fail(err, TOMO_E_ARG, "modality is '%s', expected CT or MR", modality);
    e.ct = modality[0] == 'C';
    e.desc = *tomo_image_get_desc(in);
    tomo__frames_options_of(&e.o, opts);
    if (e.desc.components != 1)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%d components, expected 1: write color as secondary capture",
                          e.desc.components);
    tomo_status st = tomo__layout_check(&e.desc, e.desc.size[2] * e.desc.size[3], err);
    st = st ? st : tomo__stored_from(ctx, &e.stored, in, TOMO__STORE_WORDS, report, job, err);
    st = st ? st : tomo__object_begin(ctx, &ds, e.ct ? SOP_ENHANCED_CT : SOP_ENHANCED_MR, modality, e.o.object, err);
    if (st == TOMO_OK) {
        tomo__maker m = { ds, TOMO_OK, err };
        put_all(&m, &e, job);
        st = m.st;
    }
    tomo_image_free(e.stored.image);
    if (st)
        tomo_dataset_free(ds);
    else
        *out = ds;
    return st;
}
