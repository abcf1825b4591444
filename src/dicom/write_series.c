/* write_series.c - a volume to a folder of CT or MR slices, all or none: written to a hidden folder beside the final
 * one, flushed, renamed. */
#include "dicom/write_series.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- checks ---- */

/* Text that fits its VR: no control characters, no backslash, not more characters than allowed (PS3.5 6.2). */
static tomo_status check_text(const char *text, const char *name, size_t most, tomo_error *err)
{
    size_t pos = 0, n = 0;
    const size_t size = text ? strlen(text) : 0;
    if (size != (text ? tomo__utf8_valid(text, size) : 0))
        return tomo__fail(err, TOMO_E_ARG, "%s is not UTF-8", name);
    while (pos < size) {
        const uint32_t c = tomo__utf8_next(text, size, &pos);
        if (c < 0x20 || c == 0x7F || c == '\\')
            return tomo__fail(err, TOMO_E_ARG,
                              "%s has the character U+%04X at byte %zu, which DICOM does not allow there", name,
                              (unsigned)c, pos - 1);
        n++;
    }
    if (n > most)
        return tomo__fail(err, TOMO_E_ARG, "%s has %zu characters, expected at most %zu", name, n, most);
    return TOMO_OK;
}

static tomo_status check_options(tomo__writer *w, const tomo_series_write_options *opts, tomo_error *err)
{
    const tomo_series_write_options defaults = TOMO_SERIES_WRITE_OPTIONS_INIT;
    tomo_status st;
    w->o = defaults;
    if (opts && opts->struct_size)
        memcpy(&w->o, opts, TOMO__MIN(opts->struct_size, sizeof w->o));
    if (!w->o.modality || (strcmp(w->o.modality, "CT") != 0 && strcmp(w->o.modality, "MR") != 0))
        return tomo__fail(err, TOMO_E_ARG, "modality is %s, expected CT or MR",
                          w->o.modality ? w->o.modality : "not given");
    w->is_ct = w->o.modality[0] == 'C';
    if ((st = check_text(w->o.description, "description", 64, err)) ||
        (st = check_text(w->o.patient_id, "patient ID", 64, err)) ||
        (st = check_text(w->o.patient_name, "patient name", 64, err)) ||
        (st = check_text(w->o.derivation, "derivation", 1024, err)))
        return st;
    if (w->o.study_date && w->o.study_date[0] &&
        (strlen(w->o.study_date) != 8 || strspn(w->o.study_date, "0123456789") != 8))
        return tomo__fail(err, TOMO_E_ARG, "study date is %.20s, expected YYYYMMDD", w->o.study_date);
    return TOMO_OK;
}

static tomo_status check_shape(const tomo_image_desc *d, tomo_error *err)
{
    if (d->components != 1 || d->size[3] != 1)
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "a series of slices is written from 1 component and 1 time point, found %d and %lld",
                          d->components, (long long)d->size[3]);
    if (d->size[0] > 65535 || d->size[1] > 65535 || d->size[2] > 999999)
        return tomo__fail(err, TOMO_E_ARG,
                          "slices of %lld x %lld x %lld are too many or too large, expected at most "
                          "65535 x 65535 x 999999",
                          (long long)d->size[0], (long long)d->size[1], (long long)d->size[2]);
    for (int i = 0; i < 3; i++)
        for (int j = i; j < 3; j++) {
            double sum = 0;
            for (int r = 0; r < 3; r++)
                sum += d->direction[3 * r + i] * d->direction[3 * r + j];
            if (!(fabs(sum - (i == j)) < 1e-4))
                return tomo__fail(
                    err, TOMO_E_GEOMETRY,
                    "axes %d and %d are not orthogonal unit vectors (their product is %.6g): resample first", i, j,
                    sum);
        }
    return TOMO_OK;
}

/* ---- values: which 16 bits hold them ---- */

static tomo_status choose_storage(tomo__writer *w, const tomo_image *in, tomo_job *job, tomo_error *err)
{
    tomo_image_stats s = { sizeof s, 0, 0, 0, 0, 0, 0, 0 };
    const bool is_float = w->desc.dtype == TOMO_DTYPE_F32 || w->desc.dtype == TOMO_DTYPE_F64;
    tomo_dtype type = TOMO_DTYPE_I16;
    tomo_status st = tomo_image_statistics(w->ctx, &s, in, NULL, job, err);
    if (st)
        return st;
    if (s.nan_count || !isfinite(s.min) || !isfinite(s.max))
        return tomo__fail(err, TOMO_E_ARG, "%lld voxels are not a number or infinite, which 16-bit pixels can't hold",
                          (long long)(s.nan_count ? s.nan_count : 1));
    if (is_float && s.max > s.min && s.max - s.min < 2)
        return tomo__fail(err, TOMO_E_ARG,
                          "values from %g to %g would be rounded away in whole numbers: scale them first", s.min,
                          s.max);
    const double lo = rint(s.min), hi = rint(s.max);
    w->is_signed = true;
    if (lo < -32768 || hi > 32767) {
        w->is_signed = false;
        type = TOMO_DTYPE_U16;
        if (lo < 0 || hi > 65535) { /* CT has a Rescale Intercept, MR has none */
            if (!w->is_ct || hi - lo > 65535 || fabs(lo) > 1e9)
                return tomo__fail(err, TOMO_E_ARG, "values from %g to %g don't fit 16 bits%s", s.min, s.max,
                                  w->is_ct ? "" : " without a rescale, which MR images don't have");
            w->intercept = lo;
            type = TOMO_DTYPE_I32;
        }
    }
    return tomo_image_convert(w->ctx, &w->voxels, in, type, job, err);
}

static double voxel(const tomo_image *v, int64_t x, int64_t y, int64_t z) { return tomo_image_at(v, x, y, z, 0, 0); }

/* Window that a viewer opens with: soft tissue for CT; for MR what lies between the half percent at both ends, from a
 * fixed lattice of at most about 64,000 voxels. */
static tomo_status choose_window(tomo__writer *w, tomo_error *err)
{
    enum { SIDE = 40 };
    const int64_t *n = w->desc.size;
    uint32_t *count, total = 0, seen = 0;
    if (w->is_ct) {
        w->center = 40;
        w->width = 400;
        return TOMO_OK;
    }
    if (!(count = TOMO__ARRAY(w->ctx, 65536, uint32_t)))
        return tomo__no_memory(w->ctx, err, 65536 * sizeof *count, "a histogram");
    const double base = w->is_signed ? -32768 : 0;
    for (int64_t k = 0; k < TOMO__MIN(SIDE, n[2]); k++)
        for (int64_t j = 0; j < TOMO__MIN(SIDE, n[1]); j++)
            for (int64_t i = 0; i < TOMO__MIN(SIDE, n[0]); i++, total++)
                count[(uint32_t)(voxel(w->voxels, i * n[0] / TOMO__MIN(SIDE, n[0]), j * n[1] / TOMO__MIN(SIDE, n[1]),
                                       k * n[2] / TOMO__MIN(SIDE, n[2])) -
                                 base)]++;
    double lo = base, hi = base;
    for (uint32_t v = 0; v < 65536; v++) {
        if (seen * 200.0 <= total)
            lo = base + v;
        seen += count[v];
        if (count[v] && (seen - count[v]) * 200.0 < total * 199.0)
            hi = base + v;
    }
    tomo__free(w->ctx, count);
    w->width = fmax(1, hi - lo + 1);
    w->center = lo + w->width / 2;
    return TOMO_OK;
}

/* ---- identity ---- */

static tomo_status derive(const tomo__writer *w, const char *what, char uid[65], tomo_error *err)
{
    char seed[128];
    snprintf(seed, sizeof seed, "%s|%s", w->seed, what);
    return tomo_uid_make(uid, seed, err);
}

/* The model's UID, or one derived from the seed. */
static tomo_status take_uid(const tomo__writer *w, tomo_tag tag, const char *what, char uid[65], tomo_error *err)
{
    if (w->o.like && tomo_dataset_text(w->o.like, tag, 0, uid, 65) > 0)
        return TOMO_OK;
    return derive(w, what, uid, err);
}

static tomo_status make_identity(tomo__writer *w, tomo_error *err)
{
    tomo_status st;
    /* All UIDs come from one: a hash of the seed, or a random UID. */
    if (w->o.seed)
        st = tomo__sha256_hex(w->o.seed, strlen(w->o.seed), w->seed, err);
    else
        st = tomo_uid_make(w->seed, NULL, err);
    if (st || (st = take_uid(w, 0x0020000D, "study", w->study, err)) ||
        (st = take_uid(w, 0x00200052, "frame of reference", w->frame_of_reference, err)))
        return st;
    return derive(w, "series", w->series, err);
}

/* ---- files ---- */

static void slice_path(const tomo__writer *w, int64_t k, char *to, size_t room)
{
    snprintf(to, room, "%s/IM%04lld.dcm", w->temp, (long long)k + 1);
}

/* Stored pixels of slice k, little endian, to `to`. */
static void slice_pixels(const tomo__writer *w, int64_t k, uint8_t *to)
{
    const size_t columns = (size_t)w->desc.size[0], row = columns * 2;
    const int32_t base = (int32_t)w->intercept;
    for (int64_t y = 0; y < w->desc.size[1]; y++, to += row) {
        const void *from = tomo_image_row(w->voxels, y, k, 0);
        if (tomo_image_get_desc(w->voxels)->dtype != TOMO_DTYPE_I32) {
            memcpy(to, from, row);
        } else {
            for (size_t x = 0; x < columns; x++) {
                const uint16_t v = (uint16_t)(((const int32_t *)from)[x] - base);
                memcpy(to + 2 * x, &v, 2);
            }
        }
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        for (size_t i = 0; i < row; i += 2) {
            const uint8_t b = to[i];
            to[i] = to[i + 1];
            to[i + 1] = b;
        }
#endif
    }
}

static tomo_status write_all(int fd, const uint8_t *bytes, size_t size, const char *path, tomo_error *err)
{
    while (size) {
        const ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return tomo__fail_os(err, n < 0 ? errno : EIO, "can't write %s", path);
        bytes += n;
        size -= (size_t)n;
    }
    return TOMO_OK;
}

static tomo_status write_slice(void *user, int64_t k, int32_t slot, tomo_error *err)
{
    const tomo__writer *w = user;
    const size_t pixels = (size_t)w->desc.size[0] * (size_t)w->desc.size[1] * 2;
    char what[32], sop[65], path[4200];
    tomo__text t = TOMO__TEXT(w->ctx);
    tomo_status st;
    snprintf(what, sizeof what, "image %lld", (long long)k + 1);
    if ((st = derive(w, what, sop, err)) != TOMO_OK)
        return st;
    tomo__write_header(w, k, sop, &t);
    uint8_t *all = t.failed ? NULL : tomo__realloc(w->ctx, t.data, t.size + pixels);
    if (!all) {
        tomo__text_free(&t);
        return tomo__no_memory(w->ctx, err, pixels, "a slice to write");
    }
    slice_pixels(w, k, all + t.size);
    slice_path(w, k, path, sizeof path);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        st = tomo__fail_os(err, errno, "can't make %s", path);
    else
        st = write_all(fd, all, t.size + pixels, path, err);
    if (fd >= 0 && close(fd) != 0 && st == TOMO_OK)
        st = tomo__fail_os(err, errno, "can't write %s", path);
    tomo__free(w->ctx, all);
    return st;
}

static tomo_status write_folder(tomo__writer *w, const char *path, tomo_job *job, tomo_error *err)
{
    tomo__folder *folder = NULL;
    tomo_status st = tomo__folder_begin(w->ctx, &folder, path, err);
    if (st)
        return st;
    w->temp = tomo__folder_path(folder);
    st = tomo__parallel(w->ctx, w->desc.size[2], write_slice, w, job, err);
    if (st == TOMO_OK)
        return tomo__folder_commit(folder, err);
    tomo__folder_abandon(folder);
    return st;
}

/* All slices take the same values from the model: its report hears of them once, not from each. */
static tomo_status remark_once(tomo__writer *w, tomo_error *err)
{
    tomo__text header = TOMO__TEXT(w->ctx);
    tomo__write_header(w, 0, "2.25.1", &header);
    const bool failed = header.failed;
    tomo__text_free(&header);
    w->o.report = NULL;
    return failed ? tomo__no_memory(w->ctx, err, 4096, "the header of a slice") : TOMO_OK;
}

tomo_status tomo_series_write(tomo_ctx *ctx, const tomo_image *in, const char *folder,
                              const tomo_series_write_options *opts, tomo_job *job, tomo_error *err)
{
    tomo__writer w = { .ctx = ctx };
    tomo_status st;
    if (!ctx || !in || !folder)
        return tomo__fail(err, TOMO_E_ARG, "tomo_series_write: context, image and folder must be given");
    w.desc = *tomo_image_get_desc(in);
    if ((st = check_options(&w, opts, err)) || (st = check_shape(&w.desc, err)))
        return st;
    tomo__span span = tomo__job_enter(job, 0, 0.2, "looking at values");
    st = choose_storage(&w, in, job, err);
    tomo__job_leave(job, span);
    if (st == TOMO_OK)
        st = choose_window(&w, err);
    if (st == TOMO_OK)
        st = make_identity(&w, err);
    if (st == TOMO_OK && w.o.report)
        st = remark_once(&w, err);
    if (st == TOMO_OK) {
        span = tomo__job_enter(job, 0.2, 1, "writing slices");
        st = write_folder(&w, folder, job, err);
        tomo__job_leave(job, span);
    }
    tomo_image_free(w.voxels);
    return st;
}
