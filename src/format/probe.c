/* probe.c - which format a file is, by its first bytes; what is gzipped is looked into. */
#include "codec/codec_internal.h"
#include "format_internal.h"

enum { HEAD = 4096 }; /* gzip needs less than that for the TOMO__PROBE bytes it holds, a long file name included */

/* The start of a file, inflated if it is gzip. `out` has room for HEAD bytes. */
static tomo_status read_head(tomo_ctx *ctx, uint8_t *out, size_t *size, const char *path, tomo_error *err)
{
    uint8_t packed[HEAD];
    tomo_source *source = NULL;
    tomo_status st = tomo_source_open(ctx, &source, path, err);
    if (st)
        return st;
    *size = (size_t)TOMO__MIN(tomo_source_size(source), (uint64_t)HEAD);
    st = tomo_source_read(source, 0, out, *size, err);
    tomo_source_free(source);
    if (st == TOMO_OK && *size >= 18 && out[0] == 0x1f && out[1] == 0x8b) {
        memcpy(packed, out, *size);
        *size = tomo__inflate_head(out, TOMO__PROBE, packed, *size);
    }
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
