/* bench_tomo.c - times Tomo's operations on the peers' inputs and prints the peers' JSON lines:
 *     bench_tomo DATA [OPERATION [THREADS]]
 *     bench_tomo --list            "AREA OPERATION" for each row
 * One untimed warm-up, then up to 25 calls within 3 seconds. Making the output is included; loading only where it is
 * the operation. Most rows are operations by name and options as text, as a user would write them. */
#include <dirent.h>
#include <time.h>

#include "bench.h"

static const row *const tables[] = { rows_dicom, rows_codec,  rows_format, rows_filter,  rows_segment, rows_render,
                                     rows_tone,  rows_levels, rows_morph,  rows_denoise, rows_edges,   rows_transform,
                                     rows_regions };

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static char **list(const char *data, const char *below, size_t *n)
{
    char **out = NULL, folder[4096];
    struct dirent *entry;
    snprintf(folder, sizeof folder, "%s/dicom/%s", data, below);
    DIR *dir = opendir(folder);
    *n = 0;
    while (dir && (entry = readdir(dir)) != NULL) {
        size_t size = strlen(folder) + strlen(entry->d_name) + 2;
        if (entry->d_name[0] == '.')
            continue;
        out = realloc(out, (*n + 1) * sizeof *out);
        if (!out || !(out[*n] = malloc(size)))
            abort();
        snprintf(out[(*n)++], size, "%s/%s", folder, entry->d_name);
    }
    if (dir)
        closedir(dir);
    if (*n)
        qsort(out, *n, sizeof *out, by_name);
    return out;
}

uint8_t *bench_read_file(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = NULL;
    if (f && fseek(f, 0, SEEK_END) == 0 && (data = malloc((size_t)ftell(f) + 1)) != NULL) {
        *size = (size_t)ftell(f);
        rewind(f);
        *size = fread(data, 1, *size, f);
    }
    if (f)
        fclose(f);
    return data;
}

/* Voxels of DATA/NAME.raw as an image of `n` slices. */
static tomo_image *raw_image(bench *b, const char *name, tomo_dtype dtype, int64_t side, int64_t n, const double mm[3])
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *out = NULL;
    char path[4096];
    size_t size = 0;
    d.dtype = dtype;
    d.dims = n == 1 ? 2 : 3;
    d.size[0] = d.size[1] = side, d.size[2] = n;
    for (int i = 0; i < d.dims; i++)
        d.spacing[i] = mm[i];
    snprintf(path, sizeof path, "%s/%s.raw", b->data, name);
    uint8_t *data = bench_read_file(path, &size);
    if (data && size == (size_t)(side * side * n) * 2 && tomo_image_new(b->ctx, &out, &d, &b->err) == TOMO_OK)
        memcpy(tomo_image_row_mut(out, 0, 0, 0), data, size);
    else
        snprintf(b->err.message, sizeof b->err.message, "%s.raw: %zu bytes", name, size);
    free(data);
    return out;
}

/* What is made of another input. */
static tomo_image *derived(bench *b, const char *name)
{
    const bool xray = strncmp(name, "xray", 4) == 0;
    const tomo_image *from = strcmp(name, XRAY_U8) == 0                 ? bench_input(b, XRAY_U16)
                             : strncmp(name, SLICE, strlen(SLICE)) == 0 ? bench_input(b, CT)
                                                                        : NULL;
    const int64_t start[4] = { 0, 0, 100, 0 }, size[4] = { 512, 512, 1, 1 };
    tomo_image *view = NULL, *out = NULL;
    if (!from)
        return NULL;
    tomo_image_desc d = *tomo_image_get_desc(from);
    if (!xray && tomo_image_crop(b->ctx, &view, from, start, size, &b->err) != TOMO_OK)
        return NULL;
    d.dims = 2, d.size[2] = 1, d.spacing[2] = 1;
    d.dtype = strcmp(name, SLICE) == 0       ? TOMO_DTYPE_F32
              : strcmp(name, SLICE_I16) == 0 ? TOMO_DTYPE_I16
              : strcmp(name, SLICE_U16) == 0 ? TOMO_DTYPE_U16
                                             : TOMO_DTYPE_U8;
    const int64_t n = d.size[0] * d.size[1];
    if (tomo_image_new(b->ctx, &out, &d, &b->err) == TOMO_OK) {
        const int16_t *hu = view ? tomo_image_data(view) : NULL;
        const uint16_t *u = view ? NULL : tomo_image_data(from);
        void *to = tomo_image_row_mut(out, 0, 0, 0);
        for (int64_t i = 0; i < n; i++)
            switch (d.dtype) {
            case TOMO_DTYPE_F32:
                ((float *)to)[i] = hu[i];
                break;
            case TOMO_DTYPE_I16:
                ((int16_t *)to)[i] = hu[i];
                break;
            case TOMO_DTYPE_U16:
                ((uint16_t *)to)[i] = (uint16_t)(hu[i] + 1024);
                break;
            default: {
                const int v = xray ? (u[i] + 128) / 257 : ((int)hu[i] + 160) * 255 / 400;
                ((uint8_t *)to)[i] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
            }
            }
    }
    tomo_image_free(view);
    return out;
}

static tomo_image *mask_of(bench *b, const char *least)
{
    const tomo_op *op = tomo_pipeline_find("segment", "threshold");
    tomo_value in[TOMO_MAX_PORTS] = { { TOMO_KIND_IMAGE, bench_input(b, CT) } },
               out[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
    uint64_t opts[128];
    tomo_op_defaults(op, opts);
    if (tomo_op_set(op, opts, "lower", least, &b->err) || op->run(b->ctx, out, in, opts, NULL, &b->err))
        return NULL;
    return out[0].ptr;
}

static tomo_image *mask_slice(bench *b)
{
    const int64_t start[4] = { 0, 0, 90, 0 }, size[4] = { 512, 512, 1, 1 };
    const tomo_image *body = bench_input(b, CT_BODY);
    tomo_image *view = NULL, *out = NULL;
    if (body && tomo_image_crop(b->ctx, &view, body, start, size, &b->err) == TOMO_OK)
        tomo_image_pack(b->ctx, &out, view, &b->err);
    tomo_image_free(view);
    return out;
}

static tomo_image *make_input(bench *b, const char *name)
{
    static const double ct_mm[3] = { 0.7, 0.7, 1.25 }, mr_mm[3] = { 1, 1, 1 };
    if (strcmp(name, CT) == 0)
        return raw_image(b, "ct", TOMO_DTYPE_I16, 512, 200, ct_mm);
    if (strcmp(name, XRAY_U16) == 0)
        return raw_image(b, "xray", TOMO_DTYPE_U16, 2048, 1, mr_mm);
    if (strcmp(name, CT_BONE) == 0)
        return mask_of(b, "200");
    if (strcmp(name, CT_BODY) == 0)
        return mask_of(b, "-300");
    if (strcmp(name, SLICE_MASK) == 0)
        return mask_slice(b);
    if (strcmp(name, MR) == 0) {
        tomo_image *whole = raw_image(b, "mr", TOMO_DTYPE_U16, 256, 180, mr_mm), *out = NULL;
        if (whole)
            tomo_image_convert(b->ctx, &out, whole, TOMO_DTYPE_F32, NULL, &b->err);
        tomo_image_free(whole);
        return out;
    }
    return derived(b, name);
}

/* Input names may go on after the image's name ("... -> 512x512"): the longest that fits is taken. */
static const char *const input_names[] = { CT,        CT_BONE,  CT_BODY,  MR,      SLICE_I16, SLICE_MASK,
                                           SLICE_U16, SLICE_U8, XRAY_U16, XRAY_U8, SLICE };
enum { INPUTS = sizeof input_names / sizeof *input_names };

tomo_image *bench_input(bench *b, const char *name)
{
    for (int i = 0; i < INPUTS; i++)
        if (strncmp(name, input_names[i], strlen(input_names[i])) == 0) {
            if (!b->inputs[i])
                b->inputs[i] = make_input(b, input_names[i]);
            return b->inputs[i];
        }
    snprintf(b->err.message, sizeof b->err.message, "no input is called %s", name);
    return NULL;
}

/* Bytes of what came out. */
static uint64_t bytes_of(const tomo_value *v)
{
    if (v->kind != TOMO_KIND_IMAGE && v->kind != TOMO_KIND_LABELS && v->kind != TOMO_KIND_RGB)
        return 0;
    const tomo_image_desc *d = tomo_image_get_desc(v->ptr);
    return (uint64_t)tomo_image_voxels(v->ptr) * (uint64_t)d->components * tomo_dtype_size(d->dtype);
}

/* Once, in `ctx`. *given, if not NULL: bytes of the outputs. */
static tomo_status operation(bench *b, const row *r, tomo_ctx *ctx, uint64_t *given)
{
    const tomo_op *op = tomo_pipeline_find(r->room, r->op);
    tomo_value in[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } }, out[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
    uint64_t opts[128];
    char text[256], *at = text, *word;
    if (!op || op->opts_size > sizeof opts)
        return b->err.status = TOMO_E_MISSING;
    tomo_op_defaults(op, opts);
    snprintf(text, sizeof text, "%s", r->options);
    while ((word = strsep(&at, " ")) != NULL) {
        char *equals = strchr(word, '=');
        if (!equals)
            continue;
        *equals = 0;
        if (tomo_op_set(op, opts, word, equals + 1, &b->err))
            return b->err.status;
    }
    in[0].kind = op->in[0].kind;
    if (!(in[0].ptr = bench_input(b, r->input)))
        return TOMO_E_NOTFOUND;
    tomo_status st = op->run(ctx, out, in, opts, NULL, &b->err);
    for (int i = 0; i < TOMO_MAX_PORTS; i++) {
        if (given)
            *given += bytes_of(&out[i]);
        tomo_value_clear(&out[i]);
    }
    return st;
}

static tomo_status once(bench *b, const row *r) { return r->op ? operation(b, r, b->ctx, NULL) : r->run(b, r->what); }

/* Most memory held beside input and output in MiB: in a context of its own, whose peak is that of one run. */
static double beside_mib(bench *b, const row *r, int threads)
{
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    uint64_t before = 0, peak = 0, given = 0;
    o.threads = threads;
    if (!r->op || !bench_input(b, r->input) || tomo_ctx_new(&ctx, &o, &b->err))
        return -1;
    tomo_ctx_memory(ctx, &before, NULL);
    const tomo_status st = operation(b, r, ctx, &given);
    tomo_ctx_memory(ctx, NULL, &peak);
    tomo_ctx_free(ctx);
    return st || peak < before + given ? -1 : (double)(peak - before - given) / 1048576;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool measure(bench *b, const row *r, int threads)
{
    double t[25];
    int n = 0;
    if (once(b, r) != TOMO_OK) {
        fprintf(stderr, "%s: %s\n", r->name, b->err.message);
        return false;
    }
    for (double begin = now_ms(); n < 25 && (now_ms() - begin < 3000 || n < 3); n++) {
        double start = now_ms();
        if (once(b, r) != TOMO_OK)
            return false;
        t[n] = now_ms() - start;
    }
    qsort(t, (size_t)n, sizeof *t, by_value);
    double median = n % 2 ? t[n / 2] : (t[n / 2 - 1] + t[n / 2]) / 2;
    const double mib = beside_mib(b, r, threads);
    char memory[48] = "";
    if (mib >= 0)
        snprintf(memory, sizeof memory, ",\"beside_mib\":%.1f", mib);
    printf("{\"area\":\"%s\",\"op\":\"%s\",\"peer\":\"Tomo\",\"version\":\"%s\",\"input\":\"%s\",\"threads\":%d,"
           "\"median_ms\":%.5g,\"min_ms\":%.5g,\"runs\":%d%s}\n",
           r->area, r->name, tomo_version(), r->input, threads, median / r->per, t[0] / r->per, n, memory);
    fflush(stdout);
    return true;
}

static int list_rows(void)
{
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const row *r = tables[t]; r->name; r++)
            printf("%s %s\n", r->area, r->name);
    return 0;
}

int main(int argc, char **argv)
{
    bench b = { 0 };
    const char *only = argc > 2 ? argv[2] : "";
    int first = argc > 3 ? atoi(argv[3]) : 1, last = argc > 3 ? first : 2, failed = 0;
    if (argc < 2)
        return fprintf(stderr, "usage: bench_tomo DATA [OPERATION [THREADS]], or bench_tomo --list\n"), 2;
    if (strcmp(argv[1], "--list") == 0)
        return list_rows();
    b.data = argv[1];
    b.small = list(b.data, "small", &b.n_small);
    b.slices = list(b.data, "explicit", &b.n_slices);
    for (int threads = first; threads <= last; threads++) {
        tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
        o.threads = threads;
        if (tomo_ctx_new(&b.ctx, &o, &b.err))
            return fprintf(stderr, "bench_tomo: %s\n", b.err.message), 1;
        for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
            for (const row *r = tables[t]; r->name; r++)
                if (strstr(r->name, only))
                    failed += !measure(&b, r, threads);
        for (int i = 0; i < INPUTS; i++) {
            tomo_image_free(b.inputs[i]);
            b.inputs[i] = NULL;
        }
        tomo_ctx_free(b.ctx);
    }
    return failed != 0;
}
