/* probe.c - which format a file is, by its first bytes; what is gzipped is looked into. */
#include "codec/codec_internal.h"
#include "format_internal.h"

/* gzip needs less than the first for the TOMO__PROBE bytes it holds, a long file name included; a header field, as Tomo
 * writes it into large files, comes on top. */
enum { HEAD = 4096, FIELD = 12 + 65535 };

/* The start of what a gzip file holds. */
static tomo_status inflate_head(tomo_ctx *ctx, uint8_t *out, size_t *size, tomo_source *source, tomo_error *err)
{
    const size_t n = (size_t)TOMO__MIN(tomo_source_size(source), (uint64_t)(HEAD + FIELD));
    uint8_t *packed = tomo__alloc(ctx, n);
    if (!packed)
        return tomo__no_memory(ctx, err, n, "the start of a file");
    const tomo_status st = tomo_source_read(source, 0, packed, n, err);
    *size = st ? 0 : tomo__inflate_head(out, TOMO__PROBE, packed, n);
    tomo__free(ctx, packed);
    return st;
}

/* The start of a file, inflated if it is gzip. `out` has room for HEAD bytes. */
static tomo_status read_head(tomo_ctx *ctx, uint8_t *out, size_t *size, const char *path, tomo_error *err)
{
    tomo_source *source = NULL;
    tomo_status st = tomo_source_open(ctx, &source, path, err);
    if (st)
        return st;
    *size = (size_t)TOMO__MIN(tomo_source_size(source), (uint64_t)HEAD);
    st = tomo_source_read(source, 0, out, *size, err);
    if (st == TOMO_OK && *size >= 18 && out[0] == 0x1f && out[1] == 0x8b)
        st = inflate_head(ctx, out, size, source, err);
    tomo_source_free(source);
    return st;
}

/* Voxels without a mark of their own: is there a header of NIfTI or Analyze beside them? */
static tomo_status probe_pair(tomo_ctx *ctx, const tomo_format **out, const char *path, tomo_error *err)
{
    uint8_t head[HEAD];
    size_t size = 0;
    tomo_status st = TOMO_E_NOTFOUND;
    tomo_error absent = { 0 };
    for (int other_gz = 0; other_gz < 2 && st == TOMO_E_NOTFOUND; other_gz++) {
        char *name = tomo__nifti_sibling(ctx, path, true, other_gz);
        if (!name)
            return tomo__no_memory(ctx, err, strlen(path) + 4, "the name of the pair's other file");
        st = read_head(ctx, head, &size, name, &absent);
        tomo__free(ctx, name);
    }
    if (st == TOMO_OK && tomo__nifti_known(head, size))
        *out = &tomo__format_nifti.pub;
    else if (st == TOMO_OK && tomo__analyze_probe(head, size))
        *out = &tomo__format_analyze.pub;
    if (st == TOMO_E_NOMEM && err)
        *err = absent;
    return st == TOMO_E_NOMEM ? st : TOMO_OK; /* a header that can't be read is none */
}

tomo_status tomo_format_probe(tomo_ctx *ctx, const tomo_format **out, const char *path, tomo_error *err)
{
    uint8_t head[HEAD];
    size_t size = 0;
    if (!ctx || !out || !path)
        return tomo__fail(err, TOMO_E_ARG, "tomo_format_probe: ctx, out and path must not be NULL");
    if (tomo__format_is_stack(path)) {
        *out = tomo__format_has_pictures(path) ? &tomo__format_stack.pub : NULL;
        return TOMO_OK;
    }
    tomo_status st = read_head(ctx, head, &size, path, err);
    if (st)
        return st;
    *out = NULL;
    const bool packed = size >= 2 && head[0] == 0x1f && head[1] == 0x8b; /* twice: nothing that Tomo reads */
    for (const tomo_format *const *f = tomo_format_list(); !packed && *f && !*out; f++) {
        const struct tomo__format *row = (const struct tomo__format *)*f; /* `pub` comes first */
        if (row->load && row->probe && row->probe(head, TOMO__MIN(size, (size_t)TOMO__PROBE)))
            *out = *f;
    }
    if (!*out && (tomo__ends_with(path, ".img") || tomo__ends_with(path, ".img.gz")))
        st = probe_pair(ctx, out, path, err);
    return st;
}
