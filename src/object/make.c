/* make.c - the modules that every object has: patient, study, series, equipment, SOP common (PS3.3 C.7, C.12.1). */
#include <stdio.h>
#include <time.h>

#include "dicom/dicom_internal.h"
#include "object/object_internal.h"

/* Of Patient (C.7.1.1), General Study (C.7.2.1) and Patient Study (C.7.2.2), as they are in the model. */
static const tomo_tag from_model[] = {
    0x00080020, 0x00080030, 0x00080050, 0x00080090, 0x00081030, 0x00100010, 0x00100020, 0x00100021,
    0x00100030, 0x00100040, 0x00101010, 0x00101020, 0x00101030, 0x00120062, 0x00120063, 0x00200010,
};
/* Type 2: there even without a value. */
static const tomo_tag must_be[] = { 0x00080020, 0x00080030, 0x00080050, 0x00080090, 0x00100010,
                                    0x00100020, 0x00100030, 0x00100040, 0x00200010 };

tomo_status tomo__object_put(tomo_dataset *ds, tomo_tag tag, const char *text, tomo_error *err)
{
    char path[16];
    snprintf(path, sizeof path, "%08x", (unsigned)tag);
    return tomo_dataset_set(ds, path, text, err);
}

/* A value that breaks a rule of its VR (a Study ID of 17 characters) is no reason to write nothing; what becomes of it
 * is said in the report. The new object is in UTF-8, as the text is. */
static tomo_status copy_text(tomo_dataset *to, const tomo_dataset *from, tomo_tag tag, const char *text, size_t size,
                             tomo_report *report, tomo_error *err)
{
    char path[16];
    tomo_element e;
    tomo_error why = { 0 };
    tomo_status st = tomo__object_put(to, tag, text, &why);
    snprintf(path, sizeof path, "%08x", (unsigned)tag);
    if (st == TOMO_E_ARG && tomo_dataset_find(from, path, &e, NULL) == TOMO_OK && e.vr != TOMO_VR('U', 'N'))
        return tomo__model_keeps(report, tag, e.vr, why.message)
                   ? tomo_dataset_set_bytes(to, path, e.vr, text, size, err)
                   : TOMO_OK;
    if (st && err)
        *err = why;
    return st;
}

static tomo_status copy(tomo_dataset *to, const tomo_dataset *from, const tomo_tag *tags, size_t count,
                        tomo_report *report, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && i < count; i++) {
        char text[10241]; /* the longest that any of these VRs may hold: 10240 characters (LT), PS3.5 6.2 */
        const int64_t n = tomo_dataset_text(from, tags[i], SIZE_MAX, text, sizeof text);
        if (n >= (int64_t)sizeof text)
            return tomo__fail(err, TOMO_E_LIMIT, "(%04x,%04x) of the model has %lld bytes, expected at most %zu",
                              tags[i] >> 16, tags[i] & 0xFFFF, (long long)n, sizeof text - 1);
        if (n > 0)
            st = copy_text(to, from, tags[i], text, (size_t)n, report, err);
    }
    return st;
}

tomo_status tomo__object_uid(char uid[65], const tomo_object_options *opts, const char *what, tomo_error *err)
{
    char seed[512];
    if (!opts || !opts->seed)
        return tomo_uid_make(uid, NULL, err);
    const int n = snprintf(seed, sizeof seed, "%s/%s", opts->seed, what);
    if (n < 0 || n >= (int)sizeof seed)
        return tomo__fail(err, TOMO_E_ARG, "the seed of UIDs has %zu bytes, expected at most 400", strlen(opts->seed));
    return tomo_uid_make(uid, seed, err);
}

/* Content Date and Time, and Instance Creation Date and Time: of the option, or now. */
static tomo_status put_when(tomo_dataset *ds, const char *when, tomo_error *err)
{
    char now[16], date[9];
    if (!when) {
        const time_t seconds = time(NULL);
        struct tm parts;
        if (!localtime_r(&seconds, &parts) || strftime(now, sizeof now, "%Y%m%d%H%M%S", &parts) != 14)
            return tomo__fail(err, TOMO_E_INTERNAL, "the clock gives no date");
        when = now;
    }
    if (strlen(when) != 14 || strspn(when, "0123456789") != 14)
        return tomo__fail(err, TOMO_E_ARG, "the time of content is '%s', expected YYYYMMDDHHMMSS", when);
    snprintf(date, sizeof date, "%.8s", when);
    tomo_status st = tomo__object_put(ds, 0x00080012, date, err);
    st = st ? st : tomo__object_put(ds, 0x00080013, when + 8, err);
    st = st ? st : tomo__object_put(ds, 0x00080023, date, err);
    return st ? st : tomo__object_put(ds, 0x00080033, when + 8, err);
}

static tomo_status put_uids(tomo_dataset *ds, const char *sop_class, const tomo_object_options *o, tomo_error *err)
{
    char uid[65];
    tomo_status st = tomo__object_put(ds, 0x00080016, sop_class, err);
    st = st ? st : tomo__object_uid(uid, o, "instance", err);
    st = st ? st : tomo__object_put(ds, 0x00080018, uid, err);
    if (st == TOMO_OK && (!o->like || tomo_dataset_text(o->like, 0x0020000D, 0, uid, sizeof uid) <= 0))
        st = tomo__object_uid(uid, o, "study", err);
    st = st ? st : tomo__object_put(ds, 0x0020000D, uid, err);
    st = st ? st : tomo__object_uid(uid, o, "series", err);
    return st ? st : tomo__object_put(ds, 0x0020000E, uid, err);
}

/* The struct may be older and shorter. */
static tomo_report *report_of(const tomo_object_options *o)
{
    return o->struct_size >= offsetof(tomo_object_options, report) + sizeof o->report ? o->report : NULL;
}

static tomo_status fill(tomo_dataset *ds, const char *sop_class, const char *modality, const tomo_object_options *o,
                        tomo_error *err)
{
    char number[16];
    snprintf(number, sizeof number, "%d", o->series_number > 0 ? (int)o->series_number : 1);
    const struct {
        tomo_tag tag;
        const char *text;
    } said[] = {
        { 0x00080060, modality },       { 0x00080070, TOMO__MANUFACTURER },
        { 0x0008103E, o->description }, { 0x00081090, "Tomo" },
        { 0x00181000, TOMO_VERSION },   { 0x00181020, TOMO_VERSION },
        { 0x00200011, number },         { 0x00200013, "1" },
    };
    tomo_status st = tomo__object_put(ds, 0x00080005, "ISO_IR 192", err);
    st = st ? st : put_uids(ds, sop_class, o, err);
    for (size_t i = 0; st == TOMO_OK && i < TOMO__COUNT(must_be); i++)
        st = tomo__object_put(ds, must_be[i], "", err);
    if (st == TOMO_OK && o->like)
        st = copy(ds, o->like, from_model, TOMO__COUNT(from_model), report_of(o), err);
    for (size_t i = 0; st == TOMO_OK && i < TOMO__COUNT(said); i++)
        if (said[i].text)
            st = tomo__object_put(ds, said[i].tag, said[i].text, err);
    return st ? st : put_when(ds, o->when, err);
}

tomo_status tomo__object_begin(tomo_ctx *ctx, tomo_dataset **out, const char *sop_class, const char *modality,
                               const tomo_object_options *opts, tomo_error *err)
{
    const tomo_object_options none = TOMO_OBJECT_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    tomo_status st = tomo_dataset_new(ctx, &ds, err);
    if (st == TOMO_OK)
        st = fill(ds, sop_class, modality, opts ? opts : &none, err);
    if (st) {
        tomo_dataset_free(ds);
        return st;
    }
    *out = ds;
    return TOMO_OK;
}
