/* nifti_read.c - NIfTI files to images: the bytes (mapped or inflated), the shape, the pair's other file. */
#include <ctype.h>

#include "codec/codec_internal.h"
#include "format_internal.h"

enum { MOST_HEADER = 64 << 20, MOST_RATIO = 1032 /* of deflate */ };

static bool is_gzip(const uint8_t *p, size_t size) { return size >= 18 && p[0] == 0x1f && p[1] == 0x8b; }

/* Bytes that are wanted of what a gzip file holds: as its own header says; UINT64_MAX if that can't be read. */
static uint64_t wanted_by_header(const uint8_t *packed, size_t size)
{
    uint8_t head[TOMO__NIFTI2_BYTES];
    tomo__nifti h;
    const size_t n = tomo__inflate_head(head, sizeof head, packed, TOMO__MIN(size, (size_t)1 << 17));
    if (n < TOMO__NIFTI1_BYTES || tomo__nifti_parse(&h, head, n, "", NULL, NULL))
        return UINT64_MAX;
    return h.pair ? MOST_HEADER : tomo__nifti_end(&h);
}

/* The first `want` bytes of a gzip file: never more memory than that, whatever the file says of its own size. */
static tomo_status inflate(tomo_ctx *ctx, tomo_buffer **out, tomo_source *source, const tomo_buffer *packed,
                           uint64_t want, tomo_report *report, tomo_error *err)
{
    const size_t size = tomo_buffer_size(packed);
    const char *name = tomo_source_name(source);
    tomo__gunzip *g = NULL;
    tomo_error why = { 0 };
    if (want != UINT64_MAX && want > MOST_HEADER && want / MOST_RATIO > size)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)size,
                             "%.60s: cut short, %llu bytes are expected inside, %zu of gzip can't hold them", name,
                             (unsigned long long)want, size);
    tomo_status st = tomo_codec_inflate(ctx, out, tomo_buffer_data(packed), size, want, &why);
    if (st != TOMO_E_LIMIT || want == UINT64_MAX || !tomo__fits(ctx, want)) {
        if (st && err)
            *err = why;
        return st ? tomo__fail_in(err, st, "%.80s", name) : TOMO_OK;
    }
    tomo__remark(report, "bytes behind the %llu that the header speaks of are left out", (unsigned long long)want);
    st = tomo_buffer_new(ctx, out, (size_t)want, err);
    if (!st)
        st = tomo__gunzip_open(ctx, &g, source, err);
    if (!st)
        st = tomo__gunzip_read(g, 0, tomo_buffer_data_mut(*out), (size_t)want, err);
    if (!st)
        st = tomo__gunzip_finish(g, want, err);
    tomo__gunzip_free(g);
    if (st) {
        tomo_buffer_free(*out);
        *out = NULL;
    }
    return st;
}

/* All bytes of a source: mapped, or inflated if they are gzip (whatever the name says), then at most `most` of them, or
 * as many as its header speaks of if `most` is 0. */
static tomo_status open_bytes(tomo_ctx *ctx, tomo_buffer **out, tomo_source *source, uint64_t most,
                              tomo_report *report, tomo_error *err)
{
    tomo_buffer *packed = NULL;
    if (tomo_source_size(source) == 0)
        return tomo__fail_at(err, TOMO_E_FORMAT, 0, "%.100s: the file is empty", tomo_source_name(source));
    tomo_status st = tomo_source_map(source, &packed, err);
    if (st)
        return st;
    const uint8_t *p = tomo_buffer_data(packed);
    const size_t size = tomo_buffer_size(packed);
    if (!is_gzip(p, size)) {
        *out = packed;
        return TOMO_OK;
    }
    st = inflate(ctx, out, source, packed, most ? most : wanted_by_header(p, size), report, err);
    tomo_buffer_free(packed);
    return st;
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

static tomo_status open_sibling(tomo_ctx *ctx, tomo_source **source, const char *path, bool to_header, tomo_error *err)
{
    tomo_status st = TOMO_E_NOTFOUND;
    for (int other_gz = 0; other_gz < 2 && st == TOMO_E_NOTFOUND; other_gz++) {
        char *name = tomo__nifti_sibling(ctx, path, to_header, other_gz);
        if (!name)
            return tomo__no_memory(ctx, err, strlen(path) + 4, "the name of the pair's other file");
        tomo_error second = { 0 }; /* that the second guess is missing too is no news: report the first */
        st = tomo_source_open(ctx, source, name, other_gz ? &second : err);
        if (other_gz && st && st != TOMO_E_NOTFOUND && err)
            *err = second;
        tomo__free(ctx, name);
    }
    return st;
}

/* The two files of a pair may be given by either name. */
static bool named_voxels(const char *path)
{
    return path && (tomo__ends_with(path, ".img") || tomo__ends_with(path, ".img.gz"));
}

/* Is this file of a pair the one without a header? */
static tomo_status probe_voxels(bool *voxels, tomo_source *source, tomo_error *err)
{
    uint8_t first[1 << 12], head[TOMO__NIFTI2_BYTES];
    size_t n = (size_t)TOMO__MIN(tomo_source_size(source), (uint64_t)sizeof first);
    const tomo_status st = tomo_source_read(source, 0, first, n, err);
    const uint8_t *p = first;
    if (!st && is_gzip(first, n)) {
        n = tomo__inflate_head(head, sizeof head, first, n);
        p = head;
    }
    *voxels = !st && !tomo__nifti_known(p, n);
    return st;
}

/* The header of a pair was given: its voxels. */
static tomo_status open_voxels(tomo_ctx *ctx, tomo_source **out, const tomo__format_input *in, const tomo__nifti *h,
                               const char *name, tomo_error *err)
{
    if (!in->path || !(tomo__ends_with(in->path, ".hdr") || tomo__ends_with(in->path, ".hdr.gz")))
        return tomo__fail_at(err, TOMO_E_FORMAT, h->version == 1 ? 344 : 4,
                             "%.80s: header of a pair (magic ni%d), the voxels are in another file", name,
                             (int)h->version);
    return open_sibling(ctx, out, in->path, false, err);
}

/* Where extensions may lie: from the header's end to the voxels, or in a pair to the header file's end. */
static size_t extensions_end(const tomo__nifti *h, size_t size)
{
    return h->pair ? size : (size_t)TOMO__MIN((uint64_t)h->vox_offset, (uint64_t)size);
}

static size_t header_bytes(const tomo__nifti *h) { return h->version == 1 ? TOMO__NIFTI1_BYTES : TOMO__NIFTI2_BYTES; }

/* `l` reads from bytes that are all there. */
static tomo_status check_size(const tomo__raw_layout *l, size_t have, const char *name, tomo_error *err)
{
    int64_t last = 0;
    for (int32_t c = 0; c < (l->planar ? l->desc.components : 1); c++)
        last = TOMO__MAX(last, tomo__raw_volume(l, l->desc.size[3] - 1, c));
    const uint64_t want = (uint64_t)(last + 1) * tomo__raw_volume_bytes(l);
    if (l->offset > have || have - l->offset < want)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)have,
                             "%.60s: cut short, %llu bytes of voxels expected from byte %llu on, the data end at %zu",
                             name, (unsigned long long)want, (unsigned long long)l->offset, have);
    return TOMO_OK;
}

static tomo_status make_image(tomo_ctx *ctx, tomo_image **out, tomo_buffer *voxels, const tomo__nifti_plan *plan,
                              const tomo__format_input *in, const char *name, tomo_error *err)
{
    const tomo__raw_layout *l = &plan->layout;
    tomo_image *raw = NULL;
    tomo_status st = check_size(l, tomo_buffer_size(voxels), name, err);
    if (st)
        return st;
    const size_t start = (size_t)l->offset + (size_t)l->first * tomo__raw_volume_bytes(l);
    const uint8_t *bytes = tomo_buffer_data(voxels);
    if (tomo__raw_in_place(l) && (uintptr_t)(bytes + start) % tomo_dtype_size(l->desc.dtype) == 0)
        st = tomo_image_wrap(ctx, &raw, &l->desc, voxels, start, err);
    else
        st = tomo__raw_unpack(ctx, &raw, l, bytes, in->job, err);
    if (!st && (plan->slope != 1 || plan->inter != 0)) {
        st = tomo__nifti_scale(ctx, out, raw, plan->slope, plan->inter, in->job, err);
        tomo_image_free(raw);
    } else if (!st) {
        *out = raw;
    }
    return st;
}

static tomo_status load(tomo_ctx *ctx, tomo_image **out, const tomo__format_input *in, tomo_error *err)
{
    const char *name = tomo_source_name(in->source);
    tomo_source *second = NULL;
    tomo_buffer *given = NULL, *other = NULL, *kept = NULL;
    tomo_image *plain = NULL;
    tomo__nifti_plan plan;
    tomo__nifti h;
    bool given_voxels = false;
    tomo_status st = tomo__job_step(in->job, 0, err);
    if (!st)
        st = named_voxels(in->path) ? probe_voxels(&given_voxels, in->source, err) : TOMO_OK;
    if (!st && given_voxels)
        st = open_sibling(ctx, &second, in->path, true, err);
    if (!st && given_voxels)
        st = open_bytes(ctx, &other, second, 0, in->report, err);
    else if (!st)
        st = open_bytes(ctx, &given, in->source, 0, in->report, err);
    const tomo_buffer *head = given_voxels ? other : given;
    if (!st)
        st = tomo__nifti_parse(&h, tomo_buffer_data(head), tomo_buffer_size(head), name, in->report, err);
    if (!st && h.pair && !given_voxels) {
        st = open_voxels(ctx, &second, in, &h, name, err);
        if (!st)
            st = open_bytes(ctx, &other, second, tomo__nifti_end(&h), in->report, err);
    }
    if (!st && given_voxels)
        st = open_bytes(ctx, &given, in->source, tomo__nifti_end(&h), in->report, err);
    tomo_buffer *voxels = !st && !h.pair ? (tomo_buffer *)head : given_voxels ? given : other;
    if (!st)
        st = tomo__nifti_plan_read(&plan, &h, in->opts, name, in->report, err);
    if (!st)
        st = make_image(ctx, &plain, voxels, &plan, in, name, err);
    if (!st)
        st = tomo__nifti_keep(ctx, &kept, &h, tomo_buffer_data(head), header_bytes(&h),
                              extensions_end(&h, tomo_buffer_size(head)), in->report, err);
    if (!st)
        st = tomo_image_with_extra(ctx, out, plain, "nifti", kept, err);
    tomo_image_free(plain);
    tomo_buffer_free(kept);
    tomo_buffer_free(given);
    tomo_buffer_free(other);
    tomo_source_free(second);
    return st;
}

/* ---- in boxes ---------------------------------------------------------------------------------------------------- */

/* The first `size` bytes at most, inflated if they are gzip. */
static tomo_status read_start(tomo_ctx *ctx, tomo_buffer **out, tomo_source *source, size_t size, tomo_error *err)
{
    uint8_t mark[2] = { 0 };
    tomo__gunzip *g = NULL;
    if (tomo_source_size(source) == 0)
        return tomo__fail_at(err, TOMO_E_FORMAT, 0, "%.100s: the file is empty", tomo_source_name(source));
    tomo_status st = tomo_source_size(source) >= 18 ? tomo_source_read(source, 0, mark, sizeof mark, err) : TOMO_OK;
    const bool packed = mark[0] == 0x1f && mark[1] == 0x8b;
    const size_t n = packed ? size : (size_t)TOMO__MIN((uint64_t)size, tomo_source_size(source));
    if (!st)
        st = tomo_buffer_new(ctx, out, n, err);
    if (!st && packed)
        st = tomo__gunzip_open(ctx, &g, source, err);
    if (!st)
        st = packed ? tomo__gunzip_read(g, 0, tomo_buffer_data_mut(*out), n, err)
                    : tomo_source_read(source, 0, tomo_buffer_data_mut(*out), n, err);
    tomo__gunzip_free(g);
    if (st) {
        tomo_buffer_free(*out);
        *out = NULL;
    }
    return st;
}

/* Header and extensions of a file. */
static tomo_status read_header(tomo_ctx *ctx, tomo_buffer **out, tomo__nifti *h, tomo_source *source,
                               tomo_report *report, tomo_error *err)
{
    const char *name = tomo_source_name(source);
    tomo_error ignored = { 0 };
    tomo_status st = read_start(ctx, out, source, TOMO__NIFTI2_BYTES + 4, &ignored);
    if (st == TOMO_E_FORMAT) /* a pair's header of 348 or 352 bytes, in gzip */
        st = read_start(ctx, out, source, TOMO__NIFTI1_BYTES, err);
    else if (st && err)
        *err = ignored;
    if (!st)
        st = tomo__nifti_parse(h, tomo_buffer_data(*out), tomo_buffer_size(*out), name, report, err);
    if (st || h->pair || h->vox_offset <= (int64_t)header_bytes(h) + 4)
        return st;
    if (h->vox_offset > MOST_HEADER) {
        tomo__remark(report, "%lld bytes before the voxels are not looked at for extensions", (long long)h->vox_offset);
        return TOMO_OK;
    }
    tomo_buffer_free(*out);
    *out = NULL;
    return read_start(ctx, out, source, (size_t)h->vox_offset, err);
}

static tomo_status open_reader(tomo_volume_reader *r, const tomo__format_input *in, tomo_error *err)
{
    const char *name = tomo_source_name(in->source);
    tomo_source *second = NULL;
    tomo_buffer *head = NULL;
    tomo__nifti_plan plan;
    tomo__nifti h;
    bool given_voxels = false;
    tomo_error why = { 0 };
    tomo_status st = read_header(r->ctx, &head, &h, in->source, in->report, &why);
    if (st && named_voxels(in->path)) {
        given_voxels = true;
        tomo_buffer_free(head);
        head = NULL;
        st = open_sibling(r->ctx, &second, in->path, true, err);
        if (!st)
            st = read_header(r->ctx, &head, &h, second, in->report, err);
    } else if (st && err) {
        *err = why;
    }
    if (!st && h.pair && !given_voxels)
        st = open_voxels(r->ctx, &second, in, &h, name, err);
    if (!st)
        st = tomo__nifti_plan_read(&plan, &h, in->opts, name, in->report, err);
    if (!st)
        st = tomo__nifti_keep(r->ctx, &r->extra, &h, tomo_buffer_data(head), header_bytes(&h),
                              extensions_end(&h, tomo_buffer_size(head)), in->report, err);
    r->extra_kind = "nifti";
    if (!st)
        st = tomo__raw_reader(r, h.pair != given_voxels ? second : in->source, &plan.layout, plan.slope, plan.inter,
                              in->job, err);
    tomo_buffer_free(head);
    tomo_source_free(second);
    return st;
}

static const char *const reads[] = { ".nii", ".nii.gz", ".hdr", ".img", ".hdr.gz", ".img.gz", NULL };
static const char *const writes[] = { ".nii", ".nii.gz", ".hdr", ".img", ".hdr.gz", ".img.gz", NULL };

const struct tomo__format tomo__format_nifti = {
    .pub = { "nifti", "NIfTI-1 and NIfTI-2 volume", reads, writes },
    .probe = tomo__nifti_probe,
    .load = load,
    .save = tomo__nifti_save,
    .open_reader = open_reader,
    .open_writer = tomo__nifti_open_writer,
};
