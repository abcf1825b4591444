/* nifti_read.c - NIfTI files to images: the bytes (mapped or inflated), the shape, the pair's other file. */
#include <ctype.h>

#include "format_internal.h"
#include <tomo/codec.h>

typedef struct shape {
    tomo_image_desc desc;
    size_t          volume_bytes; /* one time point as it lies in the file */
    bool            planar;       /* components lie in whole volumes one after the other */
} shape;

/* All bytes of a source: mapped, or inflated if they are gzip (whatever the name says). */
static tomo_status open_bytes(tomo_ctx *ctx, tomo_buffer **out, tomo_source *source, tomo_error *err)
{
    tomo_buffer *packed = NULL;
    if (tomo_source_size(source) == 0)
        return tomo__fail_at(err, TOMO_E_FORMAT, 0, "%.100s: the file is empty", tomo_source_name(source));
    tomo_status st = tomo_source_map(source, &packed, err);
    if (st)
        return st;
    const uint8_t *p = tomo_buffer_data(packed);
    if (tomo_buffer_size(packed) < 18 || p[0] != 0x1f || p[1] != 0x8b) {
        *out = packed;
        return TOMO_OK;
    }
    st = tomo_codec_inflate(ctx, out, p, tomo_buffer_size(packed), UINT64_MAX, err);
    tomo_buffer_free(packed);
    return st ? tomo__fail_in(err, st, "%.80s", tomo_source_name(source)) : TOMO_OK;
}

char *tomo__nifti_sibling(tomo_ctx *ctx, const char *path, bool to_header, bool other_gz)
{
    const size_t n = strlen(path);
    const bool gz = tomo__ends_with(path, ".gz");
    const char *word = to_header ? "hdr" : "img";
    char *name = tomo__alloc(ctx, n + 4);
    if (!name)
        return NULL;
    memcpy(name, path, n + 1);
    char *ending = name + n - (gz ? 6 : 3);
    for (int i = 0; i < 3; i++)
        ending[i] = (char)(isupper((unsigned char)ending[i]) ? toupper(word[i]) : word[i]);
    if (other_gz)
        memcpy(ending + 3, gz ? "" : ".gz", gz ? 1 : 4);
    return name;
}

static tomo_status open_sibling(tomo_ctx *ctx, tomo_buffer **out, const char *path, bool to_header, tomo_error *err)
{
    tomo_source *source = NULL;
    tomo_status st = TOMO_E_NOTFOUND;
    for (int other_gz = 0; other_gz < 2 && st == TOMO_E_NOTFOUND; other_gz++) {
        char *name = tomo__nifti_sibling(ctx, path, to_header, other_gz);
        if (!name)
            return tomo__no_memory(ctx, err, strlen(path) + 4, "the name of the pair's other file");
        tomo_error second = { 0 }; /* that the second guess is missing too is no news: report the first */
        st = tomo_source_open(ctx, &source, name, other_gz ? &second : err);
        if (other_gz && st && st != TOMO_E_NOTFOUND && err)
            *err = second;
        tomo__free(ctx, name);
    }
    if (!st)
        st = open_bytes(ctx, out, source, err);
    tomo_source_free(source);
    return st;
}

/* Sizes, components and type from dim, datatype and intent. */
static tomo_status read_shape(shape *s, const tomo__nifti *h, const char *name, tomo_report *report, tomo_error *err)
{
    const tomo__nifti_type *type = tomo__nifti_type_of(h->datatype);
    const char *refused = tomo__nifti_refused_type(h->datatype);
    if (!type)
        return tomo__fail(err, refused ? TOMO_E_UNSUPPORTED : TOMO_E_FORMAT, "%.80s: datatype %d (%s) %s", name,
                          (int)h->datatype, refused ? refused : "no NIfTI type",
                          refused ? "can't be held by an image" : "is unknown");
    s->desc = (tomo_image_desc)TOMO_IMAGE_DESC_INIT;
    s->desc.dtype = type->dtype;
    s->desc.components = type->components;
    for (int i = 0; i < 4; i++)
        s->desc.size[i] = h->dim[i + 1];
    if (h->dim[6] > 1 || h->dim[7] > 1 || (h->dim[5] > 1 && h->dim[4] > 1))
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.60s: %d dimensions (%lld x %lld x %lld x %lld x %lld ...), "
                          "Tomo holds 4", name, (int)h->dim[0], (long long)h->dim[1], (long long)h->dim[2],
                          (long long)h->dim[3], (long long)h->dim[4], (long long)h->dim[5]);
    if (h->dim[5] > 1 && h->dim[5] <= 4 && h->intent == TOMO__NIFTI_INTENT_VECTOR && type->components == 1) {
        s->desc.components = (int32_t)h->dim[5];
        s->planar = true;
    } else if (h->dim[5] > 1 && h->intent == 0) {
        s->desc.size[3] = h->dim[5];
        tomo__remark(report, "the fifth axis (%lld) is read as time: the fourth has size 1", (long long)h->dim[5]);
    } else if (h->dim[5] > 1) {
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.80s: fifth dimension of %lld with intent %d, Tomo reads vectors "
                          "(1007) of 2 to 4", name, (long long)h->dim[5], (int)h->intent);
    }
    s->desc.dims = (int32_t)(s->desc.size[3] > 1 ? 4 : h->dim[0] <= 2 ? 2 : 3);
    size_t bytes = tomo_dtype_size(type->dtype);
    bool fits = tomo__mul(bytes, (size_t)s->desc.components, &bytes);
    for (int i = 0; i < 3; i++)
        fits = fits && tomo__mul(bytes, (size_t)s->desc.size[i], &bytes);
    s->volume_bytes = bytes;
    if (!fits || !tomo__mul(bytes, (size_t)s->desc.size[3], &bytes))
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: dimensions %lld x %lld x %lld x %lld pass 64 bits", name,
                          (long long)s->desc.size[0], (long long)s->desc.size[1], (long long)s->desc.size[2],
                          (long long)s->desc.size[3]);
    return TOMO_OK;
}

/* Where the wanted voxels start in the buffer; the shape shrinks to one time point if one was asked for. */
static tomo_status locate(size_t *offset, shape *s, const tomo__nifti *h, size_t have, int32_t time, const char *name,
                          tomo_error *err)
{
    const size_t want = s->volume_bytes * (size_t)s->desc.size[3];
    if ((uint64_t)h->vox_offset > have || have - (size_t)h->vox_offset < want)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)have,
                             "%.60s: cut short, %zu bytes of voxels expected from byte %lld on, the data end at %zu",
                             name, want, (long long)h->vox_offset, have);
    *offset = (size_t)h->vox_offset;
    if (time < 0)
        return TOMO_OK;
    if (time >= s->desc.size[3])
        return tomo__fail(err, TOMO_E_ARG, "%.80s: time is %d, the file has time points 0 to %lld", name, (int)time,
                          (long long)s->desc.size[3] - 1);
    *offset += (size_t)time * s->volume_bytes;
    s->desc.size[3] = 1;
    s->desc.dims = TOMO__MIN(s->desc.dims, 3);
    return TOMO_OK;
}

/* 1 and 0 where the file does not scale: no slope, a broken one, or colors (nifti1.h, "DATA SCALING"). */
static void read_scaling(double *slope, double *inter, const tomo__nifti *h, const shape *s, tomo_report *report)
{
    *slope = h->slope;
    *inter = h->inter;
    const bool broken = h->slope - h->slope != 0 || (h->slope != 0 && h->inter - h->inter != 0); /* NaN, infinite */
    if (broken)
        tomo__remark(report, "scl_slope %g and scl_inter %g are not numbers to scale by: ignored", h->slope, h->inter);
    if (broken || h->slope == 0 || (s->desc.components >= 3 && !s->planar)) {
        *slope = 1;
        *inter = 0;
    }
}

static tomo_status make_image(tomo_ctx *ctx, tomo_image **out, tomo_buffer *voxels, const tomo__nifti *h,
                              const tomo__format_input *in, const char *name, tomo_error *err)
{
    shape s = { .planar = false };
    size_t offset = 0;
    double slope, inter;
    tomo_image *raw = NULL;
    tomo_status st = read_shape(&s, h, name, in->report, err);
    if (!st)
        st = locate(&offset, &s, h, tomo_buffer_size(voxels), in->opts->time, name, err);
    if (!st)
        st = tomo__nifti_place(&s.desc, h, in->opts->allow_shear, name, in->report, err);
    if (st)
        return st;
    read_scaling(&slope, &inter, h, &s, in->report);
    const size_t number = tomo_dtype_size(s.desc.dtype);
    const uint8_t *bytes = (const uint8_t *)tomo_buffer_data(voxels) + offset;
    const bool swap = h->swapped && number > 1;
    if (!swap && !s.planar && (uintptr_t)bytes % number == 0)
        st = tomo_image_wrap(ctx, &raw, &s.desc, voxels, offset, err);
    else
        st = tomo__nifti_unpack(ctx, &raw, &s.desc, bytes, swap, s.planar, in->job, err);
    if (!st && !in->opts->raw && (slope != 1 || inter != 0)) {
        st = tomo__nifti_scale(ctx, out, raw, slope, inter, in->job, err);
        tomo_image_free(raw);
    } else if (!st) {
        *out = raw;
    }
    return st;
}

static tomo_status load(tomo_ctx *ctx, tomo_image **out, const tomo__format_input *in, tomo_error *err)
{
    const char *name = tomo_source_name(in->source);
    tomo_buffer *given = NULL, *other = NULL;
    tomo__nifti h;
    tomo_status st = tomo__job_step(in->job, 0, err);
    if (!st)
        st = open_bytes(ctx, &given, in->source, err);
    if (st)
        return st;
    const bool given_voxels = in->path && (tomo__ends_with(in->path, ".img") || tomo__ends_with(in->path, ".img.gz")) &&
                              !tomo__nifti_known(tomo_buffer_data(given), tomo_buffer_size(given));
    if (given_voxels)
        st = open_sibling(ctx, &other, in->path, true, err);
    const tomo_buffer *head = given_voxels ? other : given;
    if (!st)
        st = tomo__nifti_parse(&h, tomo_buffer_data(head), tomo_buffer_size(head), name, in->report, err);
    if (!st && h.pair && !given_voxels) {
        if (!in->path || !(tomo__ends_with(in->path, ".hdr") || tomo__ends_with(in->path, ".hdr.gz")))
            st = tomo__fail_at(err, TOMO_E_FORMAT, h.version == 1 ? 344 : 4,
                               "%.80s: header of a pair (magic ni%d), the voxels are in another file", name,
                               (int)h.version);
        else
            st = open_sibling(ctx, &other, in->path, false, err);
    }
    if (!st)
        st = make_image(ctx, out, !h.pair ? (tomo_buffer *)head : given_voxels ? given : other, &h, in, name, err);
    tomo_buffer_free(given);
    tomo_buffer_free(other);
    return st;
}

static const char *const reads[] = { ".nii", ".nii.gz", ".hdr", ".img", ".hdr.gz", ".img.gz", NULL };
static const char *const writes[] = { ".nii", ".nii.gz", NULL };

const struct tomo__format tomo__format_nifti = {
    .pub = { "nifti", "NIfTI-1 and NIfTI-2 volume", reads, writes },
    .probe = tomo__nifti_probe,
    .load = load,
    .save = tomo__nifti_save,
};
