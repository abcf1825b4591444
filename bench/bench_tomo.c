/* bench_tomo.c - times Tomo's operations on the peers' inputs and prints the peers' JSON lines:
 *     bench_tomo DATA [OPERATION [THREADS]]
 * One untimed warm-up, then up to 25 calls within 3 seconds. Making the output is included; loading only where it is
 * the operation. Most rows are operations by name and options as text, as a user would write them. */
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tomo/codec.h>
#include <tomo/dicom_transcode.h>
#include <tomo/format.h>
#include <tomo/pipeline.h>

#define CT "ct 512x512x200 int16"
#define MR "mr 256x256x180 f32"
#define MASK "ct>=200 mask 512x512x200"

typedef struct bench {
    const char *data;
    tomo_ctx   *ctx;
    tomo_error  err;
    char      **small, **slices; /* paths */
    size_t      n_small, n_slices;
    tomo_image *ct, *mr, *mask;
} bench;

typedef struct row {
    const char *area, *name, *input;
    double      per;                      /* items a call */
    const char *room, *op, *options;      /* an operation on the image that `input` names; NULL: */
    tomo_status (*run)(bench *b, const char *what);
    const char *what;
} row;

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

/* Open, parse, and take the twelve attributes that the peers' programs take; each must be there. */
static tomo_status header(tomo_ctx *ctx, const char *path, tomo_error *err)
{
    static const tomo_tag texts[] = { 0x00100020, 0x00100010, 0x0020000d, 0x0020000e, 0x00080018, 0x00080060 };
    static const struct {
        tomo_tag tag;
        size_t   n;
    } numbers[] = { { 0x00280010, 1 }, { 0x00280011, 1 }, { 0x00200032, 3 }, { 0x00280030, 2 },
                    { 0x00281053, 1 }, { 0x00281052, 1 } };
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    char text[128];
    double value;
    bool all = true;
    o.stop_before_pixels = true;
    tomo_status st = tomo_dataset_open_path(ctx, &ds, path, &o, NULL, err);
    for (size_t i = 0; st == TOMO_OK && i < sizeof texts / sizeof *texts; i++)
        all &= tomo_dataset_text(ds, texts[i], SIZE_MAX, text, sizeof text) >= 0;
    for (size_t i = 0; st == TOMO_OK && i < sizeof numbers / sizeof *numbers; i++)
        for (size_t k = 0; k < numbers[i].n; k++)
            all &= tomo_dataset_double(ds, numbers[i].tag, k, &value) || i >= 4;
    tomo_dataset_free(ds);
    return st ? st : all ? TOMO_OK : TOMO_E_NOTFOUND;
}

/* A share of the files, for one of several callers on one context, as a server would do it. */
typedef struct share {
    tomo_ctx   *ctx;
    char      **paths;
    size_t      from, to;
    tomo_error  err;
    tomo_status status;
} share;

static void *read_share(void *user)
{
    share *s = user;
    for (size_t i = s->from; s->status == TOMO_OK && i < s->to; i++)
        s->status = header(s->ctx, s->paths[i], &s->err);
    return NULL;
}

static tomo_status headers(bench *b, const char *what)
{
    enum { MOST = 16 };
    const bool small = strcmp(what, "small") == 0;
    const size_t n = small ? b->n_small : b->n_slices;
    const int callers = tomo_ctx_threads(b->ctx) < MOST ? tomo_ctx_threads(b->ctx) : MOST;
    share shares[MOST] = { { NULL, NULL, 0, 0, { 0, 0, 0, "" }, 0 } };
    pthread_t threads[MOST];
    tomo_status st = TOMO_OK;
    for (int i = 0; i < callers; i++)
        shares[i] = (share){ b->ctx, small ? b->small : b->slices, n * (size_t)i / (size_t)callers,
                             n * (size_t)(i + 1) / (size_t)callers, { 0, 0, 0, "" }, TOMO_OK };
    for (int i = 1; i < callers; i++)
        if (pthread_create(&threads[i], NULL, read_share, &shares[i]) != 0)
            abort();
    read_share(&shares[0]);
    for (int i = 1; i < callers; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < callers; i++)
        if (shares[i].status) {
            st = shares[i].status;
            b->err = shares[i].err;
        }
    return st;
}

/* One header to JSON, a hundred times: opening is not counted, as in the peers. */
static tomo_status to_json(bench *b, const char *what)
{
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    (void)what;
    o.stop_before_pixels = true;
    tomo_status st = b->n_slices > 100 ? tomo_dataset_open_path(b->ctx, &ds, b->slices[100], &o, NULL, &b->err)
                                       : TOMO_E_NOTFOUND;
    for (int i = 0; st == TOMO_OK && i < 100; i++) {
        tomo_buffer *json = NULL;
        st = tomo_dataset_json(b->ctx, ds, &json, 1024, &b->err);
        tomo_buffer_free(json);
    }
    tomo_dataset_free(ds);
    return st;
}

/* One file written fifty times to the same memory file, as the peers do. */
static tomo_status write_file(bench *b, const char *what)
{
    tomo_dataset *ds = NULL;
    tomo_status st =
        b->n_slices > 100 ? tomo_dataset_open_path(b->ctx, &ds, b->slices[100], NULL, NULL, &b->err) : TOMO_E_NOTFOUND;
    for (int i = 0; st == TOMO_OK && i < 50; i++)
        st = tomo_dataset_write(b->ctx, ds, what, NULL, &b->err);
    remove(what);
    tomo_dataset_free(ds);
    return st;
}

static tomo_status series(bench *b, const char *what)
{
    char path[4096];
    tomo_image *out = NULL;
    snprintf(path, sizeof path, "%s/dicom/%s", b->data, what);
    tomo_status st = tomo_dicom_load(b->ctx, &out, path, NULL, NULL, NULL, NULL, &b->err);
    tomo_image_free(out);
    return st;
}

/* The CT series in another syntax, from disk to memory's disk. */
static tomo_status transcode(bench *b, const char *what)
{
    static const char to[] = "/dev/shm/bench_tomo_series";
    char from[4096];
    tomo_transcode_options o = TOMO_TRANSCODE_OPTIONS_INIT;
    snprintf(from, sizeof from, "%s/dicom/explicit", b->data);
    o.syntax = what;
    tomo_status st = tomo_transcode_folder(b->ctx, from, to, NULL, &o, NULL, NULL, &b->err);
    if (system("rm -rf /dev/shm/bench_tomo_series") != 0 && st == TOMO_OK)
        st = TOMO_E_IO;
    return st;
}

/* ---- codecs: frames in memory, as the peers have them --------------------------------------------------------- */

enum { CT_FRAMES = 20 };

typedef struct frames {
    char            what[32]; /* "rle ct": what is loaded */
    int             n;
    tomo_frame_desc desc;
    uint8_t        *raw[CT_FRAMES], *coded[CT_FRAMES], *out;
    size_t          raw_size, coded_size[CT_FRAMES];
} frames;

static uint8_t *read_file(const char *path, size_t *size)
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

static uint32_t word_at(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The fragments of a file with one frame, joined in place. */
static uint8_t *read_fragments(const char *path, size_t *size)
{
    static const uint8_t start[12] = { 0xe0, 0x7f, 0x10, 0, 'O', 'B', 0, 0, 0xff, 0xff, 0xff, 0xff };
    size_t n = 0;
    uint8_t *data = read_file(path, &n), *at = data ? memmem(data, n, start, sizeof start) : NULL;
    *size = 0;
    if (!at)
        return data;
    at += sizeof start + 8 + word_at(at + sizeof start + 4); /* past the offset table */
    while (data + n - at >= 8 && word_at(at) == 0xe000fffeu && word_at(at + 4) <= (size_t)(data + n - at - 8)) {
        const uint32_t length = word_at(at + 4);
        memmove(data + *size, at + 8, length);
        *size += length, at += 8 + length;
    }
    return data;
}

static void drop_frames(frames *f)
{
    for (int i = 0; i < f->n; i++) {
        free(f->raw[i]);
        free(f->coded[i]);
    }
    free(f->out);
    *f = (frames){ .n = 0 };
}

/* 8 bits out of 12 by the peers' window, or the high byte of 16. */
static void to_bytes(frames *f, bool ct)
{
    uint8_t *to = f->raw[0];
    const uint16_t *from = (const uint16_t *)(const void *)to;
    for (size_t i = 0; i < f->raw_size / 2; i++) {
        const int v = ct ? ((int)from[i] - 1024 + 160) * 255 / 400 : from[i] >> 8;
        to[i] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
    }
    f->raw_size /= 2;
    f->desc.bits_allocated = f->desc.bits_stored = 8, f->desc.high_bit = 7;
}

/* what: "CODEC INPUT". Every tenth CT slice or the X-ray, and how the peers have coded them. */
static bool load_frames(bench *b, frames *f, const char *codec, const char *input)
{
    const tomo_frame_desc desc = TOMO_FRAME_DESC_INIT;
    const bool ct = strncmp(input, "ct", 2) == 0;
    char path[4096];
    size_t size = 0;
    f->n = ct && input[2] == 0 ? CT_FRAMES : 1;
    f->desc = desc;
    f->desc.columns = f->desc.rows = ct ? 512 : 2048;
    f->desc.bits_stored = ct ? 12 : 16, f->desc.high_bit = f->desc.bits_stored - 1;
    f->raw_size = (size_t)f->desc.columns * (size_t)f->desc.rows * 2;
    snprintf(path, sizeof path, "%s/%s.raw", b->data, ct ? "ct" : "xray");
    uint8_t *all = read_file(path, &size);
    f->out = malloc(f->raw_size);
    for (int i = 0; i < f->n; i++) {
        const size_t slice = !ct ? 0 : f->n == 1 ? 100 : (size_t)(10 * i + 5);
        if (!all || (slice + 1) * f->raw_size > size || !(f->raw[i] = malloc(f->raw_size)))
            return false;
        memcpy(f->raw[i], all + slice * f->raw_size, f->raw_size);
        for (size_t k = 0; ct && k < f->raw_size / 2; k++)
            ((uint16_t *)(void *)f->raw[i])[k] += 1024;
        if (input[ct ? 2 : 4] == '8')
            to_bytes(f, ct);
        if (ct && f->n > 1)
            snprintf(path, sizeof path, "%s/dicom/%s/%s", b->data, codec, strrchr(b->slices[slice], '/') + 1);
        else
            snprintf(path, sizeof path, "%s/dicom/xray_%s.dcm", b->data, codec);
        f->coded[i] = read_fragments(path, &f->coded_size[i]);
    }
    free(all);
    return f->out != NULL;
}

static frames *frames_of(bench *b, const char *what, const tomo_codec **codec, tomo_encode_options *o)
{
    static frames loaded;
    char name[32];
    snprintf(name, sizeof name, "%s", what);
    char *input = strchr(name, ' ');
    *input++ = 0;
    if (strcmp(loaded.what, what) != 0) {
        drop_frames(&loaded);
        if (!load_frames(b, &loaded, name, input))
            return NULL;
        snprintf(loaded.what, sizeof loaded.what, "%s", what);
    }
    *codec = tomo_codec_find(strcmp(name, "jpegll") == 0  ? "jpegll-sv1"
                             : strcmp(name, "j2k") == 0   ? "j2k-lossless"
                             : strcmp(name, "htj2k") == 0 ? "htj2k-lossless"
                                                          : name);
    *o = (tomo_encode_options)TOMO_ENCODE_OPTIONS_INIT;
    o->quality = 90;
    return &loaded;
}

static tomo_status encode(bench *b, const char *what)
{
    const tomo_codec *codec;
    tomo_encode_options o;
    frames *f = frames_of(b, what, &codec, &o);
    tomo_status st = f ? TOMO_OK : TOMO_E_NOTFOUND;
    for (int i = 0; st == TOMO_OK && i < f->n; i++) {
        tomo_buffer *out = NULL;
        st = tomo_codec_encode(b->ctx, &out, codec, f->raw[i], f->raw_size, &f->desc, &o, NULL, &b->err);
        tomo_buffer_free(out);
    }
    return st;
}

/* What the peers have coded; where they have not, what Tomo does. */
static tomo_status decode(bench *b, const char *what)
{
    const tomo_codec *codec;
    tomo_encode_options o;
    frames *f = frames_of(b, what, &codec, &o);
    tomo_status st = f ? TOMO_OK : TOMO_E_NOTFOUND;
    for (int i = 0; st == TOMO_OK && i < f->n; i++) {
        if (f->coded_size[i] == 0) {
            tomo_buffer *out = NULL;
            st = tomo_codec_encode(b->ctx, &out, codec, f->raw[i], f->raw_size, &f->desc, &o, NULL, &b->err);
            free(f->coded[i]);
            if (st || !(f->coded[i] = malloc(tomo_buffer_size(out))))
                return TOMO_E_NOMEM;
            memcpy(f->coded[i], tomo_buffer_data(out), f->coded_size[i] = tomo_buffer_size(out));
            tomo_buffer_free(out);
        }
        st = tomo_codec_decode(b->ctx, codec, f->coded[i], f->coded_size[i], &f->desc, f->out, f->raw_size, NULL,
                               &b->err);
        if (st == TOMO_OK && !codec->lossy && memcmp(f->out, f->raw[i], 4096) != 0)
            st = TOMO_E_INTERNAL;
    }
    return st;
}

static tomo_status load(bench *b, const char *what)
{
    char path[4096];
    tomo_image *out = NULL;
    volatile unsigned sum = 0;
    snprintf(path, sizeof path, "%s/%s", b->data, what);
    tomo_status st = tomo_format_load(b->ctx, &out, path, NULL, NULL, NULL, &b->err);
    const uint8_t *p = st ? NULL : tomo_image_data(out);
    for (int64_t i = 0; p && i < tomo_image_voxels(out) * 2; i += 4096)
        sum += p[i]; /* the peers have touched every page: so does this, where the file is only mapped */
    tomo_image_free(out);
    return st;
}

static tomo_status save(bench *b, const char *what)
{
    tomo_status st = tomo_format_save(b->ctx, what, b->ct, NULL, NULL, &b->err);
    remove(what);
    return st;
}

#define OPERATION(area, name, input, room, op, options) { area, name, input, 1, room, op, options, NULL, NULL }
static const row rows[] = {
    { "dicom-io", "parse_meta", "ct 512x512 file", 200, NULL, NULL, NULL, headers, "slices" },
    { "dicom-io", "meta_1000_files", "1000 small files", 1, NULL, NULL, NULL, headers, "small" },
    { "dicom-io", "meta_to_json", "ct header", 100, NULL, NULL, NULL, to_json, NULL },
    { "dicom-io", "write_file", "ct 512x512 file", 50, NULL, NULL, NULL, write_file, "/dev/shm/bench_tomo.dcm" },
    { "dicom-io", "load_series", "ct 200 slices", 1, NULL, NULL, NULL, series, "explicit" },
    { "dicom-io", "load_series_rle", "ct 200 slices", 1, NULL, NULL, NULL, series, "rle" },
    { "dicom-io", "load_series_jpegll", "ct 200 slices", 1, NULL, NULL, NULL, series, "jpegll" },
    { "dicom-io", "load_series_jpegls", "ct 200 slices", 1, NULL, NULL, NULL, series, "jpegls" },
    { "dicom-io", "load_series_j2k", "ct 200 slices", 1, NULL, NULL, NULL, series, "j2k" },
    { "dicom-io", "transcode_series_jpegls", "ct 200 slices", 1, NULL, NULL, NULL, transcode, "jpegls" },
#define CODEC(name)                                                                                                    \
    { "codec", "decode_" name, "ct slice 512x512x12", 20, NULL, NULL, NULL, decode, name " ct" },                      \
    { "codec", "decode_" name, "xray 2048x2048x16", 1, NULL, NULL, NULL, decode, name " xray" },                       \
    { "codec", "encode_" name, "ct slice 512x512x12", 20, NULL, NULL, NULL, encode, name " ct" },                      \
    { "codec", "encode_" name, "xray 2048x2048x16", 1, NULL, NULL, NULL, encode, name " xray" }
    CODEC("rle"), CODEC("jpegll"), CODEC("jpegls"), CODEC("j2k"), CODEC("htj2k"),
#undef CODEC
    { "codec", "decode_jpeg_q90", "ct slice 512x512x8 windowed", 1, NULL, NULL, NULL, decode, "jpeg ct8" },
    { "codec", "decode_jpeg_q90", "xray 2048x2048x8", 1, NULL, NULL, NULL, decode, "jpeg xray8" },
    { "codec", "encode_jpeg_q90", "ct slice 512x512x8 windowed", 1, NULL, NULL, NULL, encode, "jpeg ct8" },
    { "codec", "encode_jpeg_q90", "xray 2048x2048x8", 1, NULL, NULL, NULL, encode, "jpeg xray8" },
    { "nifti", "load_nii", CT, 1, NULL, NULL, NULL, load, "ct.nii" },
    { "nifti", "load_nii_gz", CT, 1, NULL, NULL, NULL, load, "ct.nii.gz" },
    { "nifti", "save_nii_gz", CT, 1, NULL, NULL, NULL, save, "/dev/shm/bench_tomo.nii.gz" },
    OPERATION("filter", "gauss3d_s2", CT, "filter", "gauss", "sigma=2 unit=voxels dtype=float32"),
    OPERATION("filter", "gauss3d_s2", MR, "filter", "gauss", "sigma=2 unit=voxels"),
    OPERATION("filter", "median3d_r1", MR, "filter", "median", "radius=1,1,1"),
    OPERATION("filter", "median3d_r2", MR, "filter", "median", "radius=2,2,2"),
    OPERATION("filter", "resample3d_linear", CT, "filter", "resample", "spacing=1,1,1 interp=linear"),
    OPERATION("filter", "resample3d_cubic", CT, "filter", "resample", "spacing=1,1,1 interp=cubic"),
    OPERATION("filter", "window3d_u8", CT, "image", "window", "center=40 width=400"),
    OPERATION("filter", "stats3d", CT, "image", "stats", ""),
    OPERATION("filter", "threshold3d", CT, "segment", "threshold", "lower=200"),
    OPERATION("filter", "otsu3d", CT, "segment", "otsu", ""),
    OPERATION("segment", "label3d", MASK, "segment", "components", ""),
    OPERATION("segment", "fill_holes3d", MASK, "segment", "fill-holes", ""),
    OPERATION("segment", "dilate3d_ball3_binary", MASK, "filter", "dilate", "radius=3 unit=voxels"),
    OPERATION("segment", "erode3d_ball3_binary", MASK, "filter", "erode", "radius=3 unit=voxels"),
    OPERATION("segment", "distance3d", MASK, "filter", "distance", ""),
    OPERATION("render", "flying_edges3d_iso200", CT, "mesh", "surface", "value=200 normals=false"),
    OPERATION("render", "mpr_oblique_linear", CT " -> 512x512", "render", "slice",
              "normal=0.3,0.4,0.86 center=40 width=400"),
};

static tomo_status operation(bench *b, const row *r)
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
    in[0].ptr = r->input[0] == 'm' ? b->mr : strcmp(r->input, MASK) == 0 ? b->mask : b->ct;
    tomo_status st = op->run(b->ctx, out, in, opts, NULL, &b->err);
    for (int i = 0; i < TOMO_MAX_PORTS; i++)
        tomo_value_clear(&out[i]);
    return st;
}

static tomo_status once(bench *b, const row *r) { return r->op ? operation(b, r) : r->run(b, r->what); }

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
    printf("{\"area\":\"%s\",\"op\":\"%s\",\"peer\":\"Tomo\",\"version\":\"%s\",\"input\":\"%s\",\"threads\":%d,"
           "\"median_ms\":%.5g,\"min_ms\":%.5g,\"runs\":%d}\n",
           r->area, r->name, tomo_version(), r->input, threads, median / r->per, t[0] / r->per, n);
    fflush(stdout);
    return true;
}

/* Inputs of this context, so that nothing but the operation is measured. */
static bool prepare(bench *b, int threads)
{
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    tomo_image *mr = NULL;
    char path[4096];
    row threshold = OPERATION("", "", CT, "segment", "threshold", "lower=200");
    o.threads = threads;
    if (tomo_ctx_new(&b->ctx, &o, &b->err))
        return false;
    snprintf(path, sizeof path, "%s/ct.nii", b->data);
    if (tomo_format_load(b->ctx, &b->ct, path, NULL, NULL, NULL, &b->err))
        return false;
    snprintf(path, sizeof path, "%s/mr.nii", b->data);
    bool ok = tomo_format_load(b->ctx, &mr, path, NULL, NULL, NULL, &b->err) == TOMO_OK &&
              tomo_image_convert(b->ctx, &b->mr, mr, TOMO_DTYPE_F32, NULL, &b->err) == TOMO_OK;
    tomo_image_free(mr);
    const tomo_op *op = tomo_pipeline_find(threshold.room, threshold.op);
    tomo_value in[TOMO_MAX_PORTS] = { { TOMO_KIND_IMAGE, b->ct } }, out[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
    uint64_t opts[128];
    tomo_op_defaults(op, opts);
    ok = ok && tomo_op_set(op, opts, "lower", "200", &b->err) == TOMO_OK &&
         op->run(b->ctx, out, in, opts, NULL, &b->err) == TOMO_OK;
    b->mask = out[0].ptr;
    return ok;
}

int main(int argc, char **argv)
{
    bench b = { 0 };
    const char *only = argc > 2 ? argv[2] : "";
    int first = argc > 3 ? atoi(argv[3]) : 1, last = argc > 3 ? first : 2, failed = 0;
    if (argc < 2)
        return fprintf(stderr, "usage: bench_tomo DATA [OPERATION [THREADS]]\n"), 2;
    b.data = argv[1];
    b.small = list(b.data, "small", &b.n_small);
    b.slices = list(b.data, "explicit", &b.n_slices);
    for (int threads = first; threads <= last; threads++) {
        if (!prepare(&b, threads))
            return fprintf(stderr, "bench_tomo: %s\n", b.err.message), 1;
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            if (strstr(rows[i].name, only))
                failed += !measure(&b, &rows[i], threads);
        tomo_image_free(b.mask);
        tomo_image_free(b.mr);
        tomo_image_free(b.ct);
        tomo_ctx_free(b.ctx);
        b.mask = b.mr = b.ct = NULL;
    }
    return failed != 0;
}
