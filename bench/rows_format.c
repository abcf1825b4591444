/* rows_format.c - volumes in files. */
#include "bench.h"

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
    tomo_status st = tomo_format_save(b->ctx, what, bench_input(b, CT), NULL, NULL, &b->err);
    remove(what);
    return st;
}

/* The peers leave MetaImage as it is and compress NRRD. */
static tomo_status save_gzip(bench *b, const char *what)
{
    tomo_format_save_options o = TOMO_FORMAT_SAVE_OPTIONS_INIT;
    o.encoding = 2;
    tomo_status st = tomo_format_save(b->ctx, what, bench_input(b, CT), &o, NULL, &b->err);
    remove(what);
    return st;
}

const row rows_format[] = {
    { "nifti", "load_nii", CT, 1, NULL, NULL, NULL, load, "ct.nii" },
    { "nifti", "load_nii_gz", CT, 1, NULL, NULL, NULL, load, "ct.nii.gz" },
    { "nifti", "save_nii_gz", CT, 1, NULL, NULL, NULL, save, "/dev/shm/bench_tomo.nii.gz" },
    { "nifti", "load_nrrd_gzip", CT, 1, NULL, NULL, NULL, load, "ct.nrrd" },
    { "nifti", "save_nrrd_gzip", CT, 1, NULL, NULL, NULL, save_gzip, "/dev/shm/bench_tomo.nrrd" },
    { "nifti", "load_mha", CT, 1, NULL, NULL, NULL, load, "ct.mha" },
    { "nifti", "save_mha", CT, 1, NULL, NULL, NULL, save, "/dev/shm/bench_tomo.mha" },
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
