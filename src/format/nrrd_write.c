/* nrrd_write.c - images to NRRD: one file (.nrrd), or a header (.nhdr) and the numbers beside it. */
#include "nrrd_internal.h"

static const char *type_word(tomo_dtype dtype)
{
    static const char *const words[] = {
        [TOMO_DTYPE_U8] = "unsigned char",       [TOMO_DTYPE_I8] = "signed char",
        [TOMO_DTYPE_U16] = "unsigned short",     [TOMO_DTYPE_I16] = "short",
        [TOMO_DTYPE_U32] = "unsigned int",       [TOMO_DTYPE_I32] = "int",
        [TOMO_DTYPE_U64] = "unsigned long long", [TOMO_DTYPE_I64] = "long long",
        [TOMO_DTYPE_F32] = "float",              [TOMO_DTYPE_F64] = "double",
    };
    return words[dtype];
}

static const char *const coding_words[] = { [TOMO__RAW] = "raw", [TOMO__GZIP] = "gzip", [TOMO__BZIP2] = "bzip2",
                                            [TOMO__ASCII] = "ascii", [TOMO__HEX] = "hex" };
static const char *const data_endings[] = { [TOMO__RAW] = ".raw", [TOMO__GZIP] = ".raw.gz", [TOMO__BZIP2] = ".raw.bz2",
                                            [TOMO__ASCII] = ".txt", [TOMO__HEX] = ".hex" };

/* Kind of the axis of components. */
static const char *values_word(const tomo_image_desc *d)
{
    if (d->dtype == TOMO_DTYPE_U8 && d->components >= 3)
        return d->components == 3 ? "RGB-color" : "RGBA-color";
    if (d->components == 2)
        return d->dtype == TOMO_DTYPE_F32 || d->dtype == TOMO_DTYPE_F64 ? "complex" : "vector";
    return "vector";
}

static void add_vector(tomo__text *t, const double *v, int n)
{
    char number[32];
    for (int i = 0; i < n; i++) {
        tomo__num_text(number, v[i] + 0.0);
        tomo__text_fmt(t, "%c%s", i ? ',' : '(', number);
    }
    tomo__text_str(t, ")");
}

typedef struct plan {
    int  axes;     /* of space: 2 or 3 */
    int  space;    /* dimensions around: 2, 3, or 4 with time */
    bool values;   /* an axis of components */
    bool time;     /* an axis of time points */
    bool seconds;  /* whose step is known */
} plan;

static void add_directions(tomo__text *t, const tomo_image_desc *d, const plan *p)
{
    tomo__text_str(t, "space directions:");
    if (p->values)
        tomo__text_str(t, " none");
    for (int a = 0; a < p->axes; a++) {
        double v[4] = { 0 };
        for (int r = 0; r < 3; r++)
            v[r] = d->direction[3 * r + a] * d->spacing[a];
        tomo__text_str(t, " ");
        add_vector(t, v, p->space);
    }
    if (p->seconds) {
        const double v[4] = { 0, 0, 0, d->spacing[3] };
        tomo__text_str(t, " ");
        add_vector(t, v, 4);
    } else if (p->time) {
        tomo__text_str(t, " none");
    }
    tomo__text_str(t, "\nkinds:");
    if (p->values)
        tomo__text_fmt(t, " %s", values_word(d));
    for (int a = 0; a < p->axes; a++)
        tomo__text_str(t, " domain");
    if (p->time)
        tomo__text_str(t, p->seconds ? " time" : " list");
    tomo__text_str(t, "\n");
}

static void add_header(tomo__text *t, const tomo_image_desc *d, const tomo_buffer *kept, tomo__coding coding)
{
    const bool flat = tomo__place_is_flat(d);
    plan p = { flat ? 2 : 3, flat ? 2 : 3, d->components > 1, d->size[3] > 1, d->size[3] > 1 && d->spacing[3] > 0 };
    const double origin[4] = { d->origin[0], d->origin[1], d->origin[2], 0 };
    if (p.seconds)
        p.space = 4;
    tomo__text_fmt(t,
                   "NRRD000%d\n# Complete NRRD file format specification at:\n"
                   "# http://teem.sourceforge.net/nrrd/format.html\ntype: %s\ndimension: %d\n",
                   kept ? 5 : 4, type_word(d->dtype), p.axes + p.values + p.time);
    tomo__text_str(t, p.space == 2   ? "space dimension: 2\n"
                      : p.space == 3 ? "space: left-posterior-superior\n"
                                     : "space: left-posterior-superior-time\n");
    tomo__text_str(t, "sizes:");
    if (p.values)
        tomo__text_fmt(t, " %d", (int)d->components);
    for (int a = 0; a < p.axes; a++)
        tomo__text_fmt(t, " %lld", (long long)d->size[a]);
    if (p.time)
        tomo__text_fmt(t, " %lld", (long long)d->size[3]);
    tomo__text_str(t, "\n");
    add_directions(t, d, &p);
    if (tomo_dtype_size(d->dtype) > 1 && coding != TOMO__ASCII)
        tomo__text_str(t, "endian: little\n");
    tomo__text_fmt(t, "encoding: %s\nspace units:%s%s\nspace origin: ", coding_words[coding],
                   p.space == 2 ? " \"mm\" \"mm\"" : " \"mm\" \"mm\" \"mm\"", p.space == 4 ? " \"s\"" : "");
    add_vector(t, origin, p.space);
    tomo__text_str(t, "\n");
    const char *line = kept ? tomo_buffer_data(kept) : "", *frame = strncmp(line, "measurement", 11) == 0 ? line : NULL;
    if (frame && p.space != 3) /* it has as many vectors as the space has dimensions */
        line = strchr(line, '\n') + 1;
    tomo__text_str(t, line);
}

/* A comment that makes raw numbers begin at a multiple of 64 bytes: then they can be mapped. */
static void align(tomo__text *t)
{
    enum { UNIT = 64 };
    size_t more = (UNIT - (t->size + 1) % UNIT) % UNIT;
    if (more == 1)
        more += UNIT;
    for (size_t i = 0; i < more; i++)
        tomo__text_add(t, i + 1 < more ? "#" : "\n", 1);
}

tomo_status tomo__nrrd_save(tomo_ctx *ctx, const char *path, const tomo_image *in,
                            const tomo_format_save_options *opts, tomo_job *job, tomo_error *err)
{
    const tomo__coding coding = tomo__coding_of(opts);
    const bool detached = tomo__ends_with(path, ".nhdr");
    tomo__text head = TOMO__TEXT(ctx);
    tomo_buffer *data = NULL;
    char *beside = NULL;
    size_t at = 0, size = 0;
    add_header(&head, tomo_image_get_desc(in), tomo_image_extra(in, "nrrd"), coding);
    if (detached) {
        beside = tomo__data_beside(ctx, path, data_endings[coding]);
        tomo__text_fmt(&head, "data file: %s\n", beside ? tomo__file_name(beside) : "");
    } else if (coding == TOMO__RAW) {
        align(&head);
    }
    if (!detached)
        tomo__text_str(&head, "\n");
    tomo_status st = detached && !beside ? tomo__no_memory(ctx, err, strlen(path), "the name of a data file") : TOMO_OK;
    tomo__span outer = tomo__job_enter(job, 0, 0.8, "encode");
    if (!st)
        st = tomo__voxels_code(ctx, &data, &at, &size, in, coding, false, opts->level, job, err);
    tomo__job_leave(job, outer);
    outer = tomo__job_enter(job, 0.8, 1, "write");
    if (!st)
        st = tomo__volume_put(ctx, path, &head, beside, (const uint8_t *)tomo_buffer_data(data) + at, size, job, err);
    tomo__job_leave(job, outer);
    tomo_buffer_free(data);
    tomo__free(ctx, beside);
    tomo__text_free(&head);
    return st;
}
