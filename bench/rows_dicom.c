/* rows_dicom.c - headers, series and whole files. */
#include <pthread.h>

#include "bench.h"

/* Open, parse, and take the twelve attributes that the peers' programs take; each must be there. */
static tomo_status header(tomo_ctx *ctx, const char *path, tomo_error *err)
{
    static const tomo_tag texts[] = { 0x00100020, 0x00100010, 0x0020000d, 0x0020000e, 0x00080018, 0x00080060 };
    static const struct {
        tomo_tag tag;
        size_t n;
    } numbers[] = { { 0x00280010, 1 }, { 0x00280011, 1 }, { 0x00200032, 3 },
                    { 0x00280030, 2 }, { 0x00281053, 1 }, { 0x00281052, 1 } };
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
    tomo_ctx *ctx;
    char **paths;
    size_t from, to;
    tomo_error err;
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
        shares[i] = (share){ b->ctx,
                             small ? b->small : b->slices,
                             n * (size_t)i / (size_t)callers,
                             n * (size_t)(i + 1) / (size_t)callers,
                             { 0, 0, 0, "" },
                             TOMO_OK };
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
    tomo_status st =
        b->n_slices > 100 ? tomo_dataset_open_path(b->ctx, &ds, b->slices[100], &o, NULL, &b->err) : TOMO_E_NOTFOUND;
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

const row rows_dicom[] = {
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
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
