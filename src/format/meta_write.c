/* meta_write.c - images to MetaImage: one file (.mha), or a header (.mhd) and the numbers beside it. */
#include "meta_internal.h"

static const char *const type_words[] = {
    [TOMO_DTYPE_U8] = "MET_UCHAR",       [TOMO_DTYPE_I8] = "MET_CHAR",       [TOMO_DTYPE_U16] = "MET_USHORT",
    [TOMO_DTYPE_I16] = "MET_SHORT",      [TOMO_DTYPE_U32] = "MET_UINT",      [TOMO_DTYPE_I32] = "MET_INT",
    [TOMO_DTYPE_U64] = "MET_ULONG_LONG", [TOMO_DTYPE_I64] = "MET_LONG_LONG", [TOMO_DTYPE_F32] = "MET_FLOAT",
    [TOMO_DTYPE_F64] = "MET_DOUBLE",
};

static void add_number(tomo__text *t, double v)
{
    char number[32];
    tomo__num_text(number, v + 0.0);
    tomo__text_fmt(t, " %s", number);
}

/* What follows "TransformMatrix =". */
static void add_place(tomo__text *t, const tomo_image *in, int n)
{
    const tomo_image_desc *d = tomo_image_get_desc(in);
    static const char ends[] = "RLAPIS";
    for (int a = 0; a < n; a++)
        for (int r = 0; r < n; r++)
            add_number(t, a < 3 && r < 3 ? d->direction[3 * r + a] : a == r);
    tomo__text_str(t, "\nOffset =");
    for (int r = 0; r < n; r++)
        add_number(t, r < 3 ? d->origin[r] : 0);
    tomo__text_str(t, "\nCenterOfRotation =");
    for (int r = 0; r < n; r++)
        add_number(t, 0);
    if (n == 3) { /* MetaIO's letters say where an axis comes from */
        char letters[4];
        tomo_image_orientation(in, letters);
        for (int a = 0; a < 3; a++)
            letters[a] = ends[(strchr(ends, letters[a]) - ends) ^ 1];
        tomo__text_fmt(t, "\nAnatomicalOrientation = %s", letters);
    }
    tomo__text_str(t, "\nElementSpacing =");
    for (int a = 0; a < n; a++)
        add_number(t, a == 3 && d->spacing[3] == 0 ? 1 : d->spacing[a]); /* ITK refuses a step of 0 */
    tomo__text_str(t, "\nDimSize =");
    for (int a = 0; a < n; a++)
        tomo__text_fmt(t, " %lld", (long long)d->size[a]);
}

/* Blanks before a number make raw voxels begin at a multiple of 64 bytes: then they can be mapped. */
static void add_header(tomo__text *t, const tomo_image *in, tomo__coding coding, size_t packed, const char *data_file)
{
    enum { UNIT = 64 };
    const tomo_image_desc *d = tomo_image_get_desc(in);
    const int n = tomo__place_is_flat(d) ? 2 : d->size[3] > 1 ? 4 : 3;
    tomo__text tail = TOMO__TEXT(t->ctx);
    add_place(&tail, in, n);
    if (d->components > 1)
        tomo__text_fmt(&tail, "\nElementNumberOfChannels = %d", (int)d->components);
    tomo__text_fmt(&tail, "\nElementType = %s\nElementDataFile = %s\n", type_words[d->dtype],
                   data_file ? data_file : "LOCAL");
    tomo__text_fmt(t, "ObjectType = Image\nNDims = %d\nBinaryData = %s\nBinaryDataByteOrderMSB = False\n"
                   "CompressedData = %s\n", n, coding == TOMO__ASCII ? "False" : "True",
                   coding == TOMO__GZIP ? "True" : "False");
    if (coding == TOMO__GZIP)
        tomo__text_fmt(t, "CompressedDataSize = %zu\n", packed);
    tomo__text_str(t, "TransformMatrix =");
    while (!data_file && coding == TOMO__RAW && !t->failed && (t->size + tail.size) % UNIT)
        tomo__text_str(t, " ");
    tomo__text_add(t, tail.data, tail.size);
    t->failed = t->failed || tail.failed;
    tomo__text_free(&tail);
}

tomo_status tomo__meta_save(tomo_ctx *ctx, const char *path, const tomo_image *in,
                            const tomo_format_save_options *opts, tomo_job *job, tomo_error *err)
{
    const tomo__coding coding = tomo__coding_of(opts);
    const bool detached = tomo__ends_with(path, ".mhd");
    tomo__text head = TOMO__TEXT(ctx);
    tomo_buffer *data = NULL;
    char *beside = NULL;
    size_t at = 0, size = 0;
    if (coding == TOMO__BZIP2 || coding == TOMO__HEX)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "MetaImage has no %s encoding: raw, gzip and ascii are there",
                          coding == TOMO__HEX ? "hex" : "bzip2");
    if (coding == TOMO__ASCII && tomo_image_get_desc(in)->components > 1) /* MetaIO 5.4 reads voxels, not channels */
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "MetaImage as text with %d channels is misread by ITK: raw and gzip are "
                          "not",
                          (int)tomo_image_get_desc(in)->components);
    tomo_status st = TOMO_OK;
    if (detached && !(beside = tomo__data_beside(ctx, path, coding == TOMO__GZIP ? ".zraw" : ".raw")))
        st = tomo__no_memory(ctx, err, strlen(path), "the name of a data file");
    tomo__span outer = tomo__job_enter(job, 0, 0.8, "encode");
    if (!st)
        st = tomo__voxels_code(ctx, &data, &at, &size, in, coding, true, opts->level, job, err);
    tomo__job_leave(job, outer);
    outer = tomo__job_enter(job, 0.8, 1, "write");
    if (!st) {
        add_header(&head, in, coding, size, beside ? tomo__file_name(beside) : NULL);
        st = tomo__volume_put(ctx, path, &head, beside, (const uint8_t *)tomo_buffer_data(data) + at, size, job, err);
    }
    tomo__job_leave(job, outer);
    tomo_buffer_free(data);
    tomo__free(ctx, beside);
    tomo__text_free(&head);
    return st;
}
