/* nifti_plan.c - from a NIfTI header to an image's shape and the way to read it, and from an image to a header. What an
 * image has no field for is kept beside it as a NIfTI-2 header with the file's extensions (tomo/image_extra.h). */
#include "format_internal.h"

enum {
    INTENT_DISPLACEMENT = 1006,
    INTENT_QUATERNION = 1009,
    INTENT_RGB = 2003,
    INTENT_RGBA = 2004,
    INTENT_CIFTI = 3000,
    INTENT_CIFTI_END = 3099,
    KEPT_HEADER = TOMO__NIFTI2_BYTES + 4
};

/* Does the fifth dimension hold the components of a voxel? */
static bool is_vector(const tomo__nifti *h, const tomo__nifti_type *type)
{
    const int32_t i = h->intent;
    return h->dim[5] >= 2 && h->dim[5] <= 4 && type->components == 1 &&
           (i == TOMO__NIFTI_INTENT_VECTOR || i == INTENT_DISPLACEMENT || i == INTENT_QUATERNION || i == INTENT_RGB ||
            i == INTENT_RGBA);
}

static tomo_status find_type(const tomo__nifti_type **type, const tomo__nifti *h, const char *name, tomo_error *err)
{
    *type = tomo__nifti_type_of(h->datatype);
    if (h->datatype == 1)
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "%.80s: datatype 1 (1-bit binary): the standard says nothing of the "
                          "order of its bits, and no reader takes it",
                          name);
    if (!*type)
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: datatype %d is unknown", name, (int)h->datatype);
    if (h->intent >= INTENT_CIFTI && h->intent <= INTENT_CIFTI_END)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.80s: CIFTI (intent %d): a table of connections, not a volume",
                          name, (int)h->intent);
    return TOMO_OK;
}

/* Choose along dimensions 5 to 7; what is not chosen follows along time. Then choose one time point. */
static tomo_status choose_volumes(tomo__raw_layout *l, tomo__nifti *h, const tomo_format_load_options *o,
                                  const char *name, tomo_report *report, tomo_error *err)
{
    int64_t step = 1, folded = 1;
    for (int a = 0; a < 4; a++) {
        const int64_t n = h->dim[a + 4], pick = a > 0 && o->index[a - 1] >= 0 ? (int64_t)o->index[a - 1] : -1;
        if (pick >= n)
            return tomo__fail(err, TOMO_E_ARG, "%.80s: index of dimension %d is %lld, the file has 0 to %lld", name,
                              a + 4, (long long)pick, (long long)n - 1);
        l->step[a] = step;
        l->count[a] = n;
        if (a == 1 && l->planar && pick < 0) {
            l->plane_step = step;
            l->count[a] = 1;
        } else if (pick >= 0) {
            l->first += pick * step;
            l->count[a] = h->dim[a + 4] = 1;
        }
        if (a > 0)
            folded *= l->count[a];
        step *= n; /* parse has bounded the product */
    }
    if (l->planar && h->dim[5] == 1) { /* one component was chosen */
        l->planar = false;
        l->desc.components = 1;
    }
    if (folded > 1)
        tomo__remark(report, "dimensions 4 to 7 (%lld x %lld x %lld x %lld) are read as time, one after the other",
                     (long long)l->count[0], (long long)l->count[1], (long long)l->count[2], (long long)l->count[3]);
    l->desc.size[3] = l->count[0] * folded;
    if (o->time < 0)
        return TOMO_OK;
    if (o->time >= l->desc.size[3])
        return tomo__fail(err, TOMO_E_ARG, "%.80s: time is %d, the file has time points 0 to %lld", name, (int)o->time,
                          (long long)l->desc.size[3] - 1);
    l->first = tomo__raw_volume(l, o->time, 0);
    for (int a = 0; a < 4; a++) {
        l->count[a] = 1;
        if (a != 1 || !l->planar)
            h->dim[a + 4] = 1;
    }
    l->desc.size[3] = 1;
    return TOMO_OK;
}

/* Bytes of everything that dim promises, or false past 63 bits. */
static bool bound(const tomo__nifti *h, const tomo__nifti_type *type)
{
    size_t bytes = type->file_bytes * (size_t)type->components;
    for (int i = 1; i < 8; i++)
        if ((uint64_t)h->dim[i] > SIZE_MAX || !tomo__mul(bytes, (size_t)h->dim[i], &bytes))
            return false;
    return bytes <= INT64_MAX;
}

uint64_t tomo__nifti_end(const tomo__nifti *h)
{
    const tomo__nifti_type *type = tomo__nifti_type_of(h->datatype);
    size_t bytes = type ? type->file_bytes * (size_t)type->components : 1;
    for (int i = 1; i < 8; i++)
        if (!tomo__mul(bytes, (size_t)h->dim[i], &bytes))
            return UINT64_MAX - 1;
    return (uint64_t)h->vox_offset + TOMO__MIN((uint64_t)bytes, (uint64_t)INT64_MAX);
}

/* 1 and 0 where the file does not scale: no slope, a broken one, or colors (nifti1.h, "DATA SCALING"). */
static void read_scaling(tomo__nifti_plan *plan, const tomo__nifti *h, bool raw, tomo_report *report)
{
    plan->slope = h->slope;
    plan->inter = h->inter;
    const bool broken = h->slope - h->slope != 0 || (h->slope != 0 && h->inter - h->inter != 0); /* NaN, infinite */
    if (broken)
        tomo__remark(report, "scl_slope %g and scl_inter %g are not numbers to scale by: ignored", h->slope, h->inter);
    if (raw || broken || h->slope == 0 || (plan->layout.desc.components >= 3 && !plan->layout.planar)) {
        plan->slope = 1;
        plan->inter = 0;
    }
}

tomo_status tomo__nifti_plan_read(tomo__nifti_plan *plan, tomo__nifti *h, const tomo_format_load_options *opts,
                                  const char *name, tomo_report *report, tomo_error *err)
{
    tomo__raw_layout *l = &plan->layout;
    const tomo__nifti_type *type;
    tomo_status st = find_type(&type, h, name, err);
    if (st)
        return st;
    memset(plan, 0, sizeof *plan);
    if (!bound(h, type))
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: dimensions %lld x %lld x %lld x %lld ... pass 64 bits", name,
                          (long long)h->dim[1], (long long)h->dim[2], (long long)h->dim[3], (long long)h->dim[4]);
    l->desc = (tomo_image_desc)TOMO_IMAGE_DESC_INIT;
    l->desc.dtype = type->dtype;
    l->planar = is_vector(h, type);
    l->desc.components = l->planar ? (int32_t)h->dim[5] : type->components;
    l->file_bytes = type->file_bytes;
    l->swapped = h->swapped && type->file_bytes > 1;
    l->offset = (uint64_t)h->vox_offset;
    for (int i = 0; i < 3; i++)
        l->desc.size[i] = h->dim[i + 1];
    if (type->file_bytes == 16)
        tomo__remark(report, "%s is read as float64: 53 of 113 bits are kept", type->name);
    st = choose_volumes(l, h, opts, name, report, err);
    if (st)
        return st;
    l->desc.dims = (int32_t)(l->desc.size[3] > 1 ? 4 : h->dim[0] <= 2 ? 2 : 3);
    const double seconds = tomo__nifti_seconds(h->units);
    st = tomo__nifti_place(&l->desc, h, opts, name, report, err);
    read_scaling(plan, h, opts->raw, report);
    if (seconds > 0) { /* the header that is kept speaks of seconds */
        h->toffset *= seconds;
        h->slice_duration *= seconds;
        for (int i = 4; i < 8; i++)
            h->pixdim[i] *= i == 4 ? seconds : 1;
        h->units = (h->units & 7) | 8;
    }
    if (!opts->raw) {
        h->slope = 1;
        h->inter = 0;
    }
    return st;
}

/* ---- what is kept ------------------------------------------------------------------------------------------------ */

static int32_t get32(const uint8_t *p, bool swapped)
{
    const uint32_t v = tomo__le32(p);
    return (int32_t)(swapped ? __builtin_bswap32(v) : v);
}

static void put32(uint8_t *p, int32_t v) { memcpy(p, &v, sizeof v); }

/* Extensions from `at` on to `to` (NULL: only counted), sizes and codes in native order; returns their bytes. */
static size_t copy_extensions(uint8_t *to, const tomo__nifti *h, const uint8_t *file, size_t at, size_t end,
                              tomo_report *report)
{
    size_t made = 0;
    while (end - at >= 8) {
        const int32_t said = get32(file + at, h->swapped), code = get32(file + at + 4, h->swapped);
        if (said < 8 || (size_t)said > end - at) {
            if (said != 0 || code != 0) /* zeros: padding before the voxels */
                tomo__remark(report,
                             "the header extension at byte %zu has size %d, expected 8 to %zu: it and what "
                             "follows is left out",
                             at, (int)said, end - at);
            break;
        }
        const size_t size = (size_t)said, padded = (size + 15) / 16 * 16;
        if (to) {
            memset(to + made, 0, padded);
            memcpy(to + made + 8, file + at + 8, size - 8);
            put32(to + made, (int32_t)padded);
            put32(to + made + 4, code);
        }
        made += padded;
        at += size;
    }
    return made;
}

tomo_status tomo__nifti_keep(tomo_ctx *ctx, tomo_buffer **out, const tomo__nifti *h, const uint8_t *file, size_t at,
                             size_t end, tomo_report *report, tomo_error *err)
{
    tomo__nifti kept = *h;
    kept.version = 2;
    kept.pair = false;
    const bool any = at + 4 <= end && file[at];
    const size_t size = any ? copy_extensions(NULL, h, file, at + 4, end, report) : 0;
    const tomo_status st = tomo_buffer_new(ctx, out, KEPT_HEADER + size, err);
    if (st)
        return st;
    uint8_t *to = tomo_buffer_data_mut(*out);
    kept.vox_offset = (int64_t)(KEPT_HEADER + size);
    tomo__nifti_format(&kept, to);
    if (size) {
        to[TOMO__NIFTI2_BYTES] = 1;
        copy_extensions(to + KEPT_HEADER, h, file, at + 4, end, NULL);
    }
    return TOMO_OK;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* Would these dimensions hold an image of this shape? */
static bool dims_fit(const tomo__nifti *kept, const tomo_image_desc *d, bool vector)
{
    int64_t times = kept->dim[4];
    for (int i = 5; i < 8; i++)
        if (!(i == 5 && vector) && (kept->dim[i] < 1 || __builtin_mul_overflow(times, kept->dim[i], &times)))
            return false;
    return kept->dim[1] == d->size[0] && kept->dim[2] == d->size[1] && kept->dim[3] == d->size[2] &&
           times == d->size[3] && (!vector || kept->dim[5] == d->components) && kept->dim[0] >= 1 && kept->dim[0] <= 7;
}

static void take_kept(tomo__nifti *h, const tomo__nifti *kept, const tomo_image_desc *d, bool vector)
{
    if (dims_fit(kept, d, vector)) {
        for (int i = 4; i < 8; i++) {
            h->dim[i] = kept->dim[i];
            h->pixdim[i] = i == 4 && d->spacing[3] > 0 ? d->spacing[3] : kept->pixdim[i];
        }
        h->dim[0] = TOMO__MAX(vector ? 5 : d->dims, kept->dim[0]);
        h->intent = kept->intent;
        memcpy(h->intent_p, kept->intent_p, sizeof h->intent_p);
        memcpy(h->intent_name, kept->intent_name, sizeof h->intent_name);
    }
    if (tomo__nifti_seconds(kept->units) == 0)
        h->units = 2 | (kept->units & 0x38);
    if (kept->qform_code > 0)
        h->qform_code = kept->qform_code;
    if (kept->sform_code > 0)
        h->sform_code = kept->sform_code;
    if (kept->slope - kept->slope == 0 && kept->inter - kept->inter == 0 && kept->slope != 0) {
        h->slope = kept->slope; /* not 1 and 0 only if the numbers were read as stored */
        h->inter = kept->inter;
    }
    h->cal_max = kept->cal_max, h->cal_min = kept->cal_min;
    h->slice_duration = kept->slice_duration, h->toffset = kept->toffset;
    h->slice_start = kept->slice_start, h->slice_end = kept->slice_end, h->slice_code = kept->slice_code;
    h->dim_info = kept->dim_info;
    if (kept->descrip[0])
        memcpy(h->descrip, kept->descrip, sizeof h->descrip);
    memcpy(h->aux_file, kept->aux_file, sizeof h->aux_file);
}

/* What an image carries, if it is what it should be; NULL bytes if not. */
static const uint8_t *parse_kept(tomo__nifti *kept, const tomo_buffer *bytes, size_t *extensions)
{
    *extensions = 0;
    if (!bytes || tomo_buffer_size(bytes) < KEPT_HEADER ||
        tomo__nifti_parse(kept, tomo_buffer_data(bytes), tomo_buffer_size(bytes), "", NULL, NULL) || kept->swapped)
        return NULL;
    if (((const uint8_t *)tomo_buffer_data(bytes))[TOMO__NIFTI2_BYTES])
        *extensions = (tomo_buffer_size(bytes) - KEPT_HEADER) / 16 * 16;
    return tomo_buffer_data(bytes);
}

tomo_status tomo__nifti_plan_write(tomo__nifti *h, const tomo_image_desc *d, const tomo_buffer *bytes, int32_t version,
                                   tomo_error *err)
{
    const int32_t code = tomo__nifti_code_for(d->dtype, d->components);
    const bool vector = code == 0;
    size_t extensions;
    tomo__nifti kept;
    int64_t largest = 0;
    memset(h, 0, sizeof *h);
    h->datatype = vector ? tomo__nifti_code_for(d->dtype, 1) : code;
    h->bitpix = (int32_t)(8 * tomo_dtype_size(d->dtype) * (size_t)(vector ? 1 : d->components));
    h->intent = vector ? TOMO__NIFTI_INTENT_VECTOR : 0;
    h->dim[0] = vector ? 5 : d->dims;
    for (int i = 1; i < 8; i++)
        h->dim[i] = i <= 4 ? d->size[i - 1] : i == 5 && vector ? d->components : 1;
    for (int i = 5; i < 8; i++)
        h->pixdim[i] = 1;
    h->slope = 1;
    memcpy(h->descrip, "Tomo " TOMO_VERSION, sizeof "Tomo " TOMO_VERSION);
    tomo__nifti_unplace(h, d);
    const uint8_t *carried = parse_kept(&kept, bytes, &extensions);
    if (carried)
        take_kept(h, &kept, d, vector);
    for (int i = 1; i < 8; i++)
        largest = TOMO__MAX(largest, h->dim[i]);
    h->version = version ? version : largest > INT16_MAX || extensions >= (size_t)1 << 24 ? 2 : 1;
    if (h->version == 1 && largest > INT16_MAX)
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "NIfTI-1 holds sizes to 32767, the image has %lld: NIfTI-2 is "
                          "needed",
                          (long long)largest);
    if (h->version == 1 && extensions >= (size_t)1 << 24) /* vox_offset is a 32-bit float */
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%zu bytes of header extensions: NIfTI-2 is needed", extensions);
    h->vox_offset = (h->version == 1 ? TOMO__NIFTI1_BYTES : TOMO__NIFTI2_BYTES) + 4 + (int64_t)extensions;
    return TOMO_OK;
}
