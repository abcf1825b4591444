/* nrrd_read.c - NRRD files to images: which axis is what, where the grid lies, the numbers. */
#include <math.h>

#include "nrrd_internal.h"

/* ---- axes -------------------------------------------------------------------------------------------------------- */

typedef struct roles {
    int axis[3]; /* of x, y, z */
    int spatial; /* how many there are */
    int time;    /* -1: none */
    int values;  /* -1: none; else the fastest of `values_count` axes that follow each other */
    int values_count;
} roles;

static bool has_vector(const tomo__nrrd *h, int i) { return h->has_directions && isfinite(h->direction[i][0]); }

/* An axis whose vector only goes through time. */
static bool runs_in_time(const tomo__nrrd *h, int i)
{
    return h->space_time && has_vector(h, i) && h->direction[i][3] != 0 && h->direction[i][0] == 0 &&
           h->direction[i][1] == 0 && h->direction[i][2] == 0;
}

/* Axes with a vector are the patient's. Where no axis has one, those of kind domain or of none are. */
static tomo__nrrd_kind role_of(const tomo__nrrd *h, int i, const roles *r)
{
    if (h->kind[i] == TOMO__NRRD_TIME || runs_in_time(h, i))
        return TOMO__NRRD_TIME;
    if (h->has_directions && !has_vector(h, i)) /* what follows the patient's axes without a kind is a series */
        return h->kind[i] == TOMO__NRRD_VALUES || r->spatial == 0 ? TOMO__NRRD_VALUES : TOMO__NRRD_TIME;
    return h->has_directions || h->kind[i] != TOMO__NRRD_VALUES ? TOMO__NRRD_DOMAIN : TOMO__NRRD_VALUES;
}

static tomo_status too_many(const tomo__nrrd *h, int i, const char *name, tomo_error *err)
{
    return tomo__fail(err, TOMO_E_UNSUPPORTED,
                      "%.80s: axis %d of size %lld is one too many: Tomo holds x, y, z, time and "
                      "up to 4 values a voxel",
                      name, i, (long long)h->size[i]);
}

static tomo_status assign(roles *r, const tomo__nrrd *h, const char *name, tomo_report *report, tomo_error *err)
{
    *r = (roles){ { -1, -1, -1 }, 0, -1, -1, 0 };
    for (int i = 0; i < h->dims; i++) {
        tomo__nrrd_kind role = role_of(h, i, r);
        if (role == TOMO__NRRD_DOMAIN && r->spatial == 3) { /* a fourth: the step from volume to volume */
            role = TOMO__NRRD_TIME;
            if (h->size[i] > 1)
                tomo__remark(report, "axis %d follows three axes of space: it is read as time", i);
        }
        if (role == TOMO__NRRD_DOMAIN) {
            r->axis[r->spatial++] = i;
        } else if (h->size[i] == 1 && (role == TOMO__NRRD_VALUES || r->time >= 0)) {
            continue; /* says nothing */
        } else if (role == TOMO__NRRD_TIME) {
            if (r->time >= 0 && h->size[r->time] > 1)
                return too_many(h, i, name, err);
            r->time = i;
        } else if (r->values < 0) {
            r->values = i;
            r->values_count = 1;
        } else {
            for (int k = r->values + r->values_count; k < i; k++)
                if (h->size[k] > 1)
                    return too_many(h, i, name, err);
            r->values_count = i - r->values + 1;
        }
    }
    if (r->spatial == 0)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.80s: no axis runs through space", name);
    return TOMO_OK;
}

/* Sizes and steps. More than 4 values a voxel (the directions of a diffusion series) become time points. */
static tomo_status lay_out(tomo__layout *l, roles *r, const tomo__nrrd *h, const char *name, tomo_report *report,
                           tomo_error *err)
{
    size_t step[TOMO__NRRD_AXES], all = 1, values = 1;
    for (int i = 0; i < h->dims; i++) {
        step[i] = all;
        if ((uint64_t)h->size[i] > SIZE_MAX || !tomo__mul(all, (size_t)h->size[i], &all) || all > INT64_MAX)
            return tomo__fail(err, TOMO_E_FORMAT, "%.80s: the sizes pass 64 bits at axis %d of %lld", name, i,
                              (long long)h->size[i]);
    }
    for (int i = 0; i < r->values_count; i++)
        values *= (size_t)h->size[r->values + i];
    if (values > 4) {
        if (r->time >= 0 && h->size[r->time] > 1)
            return too_many(h, r->values, name, err);
        r->time = r->values;
        tomo__remark(report, "axis %d has %zu values a voxel: they are read as time points", r->values, values);
    }
    tomo_image_desc *d = &l->desc;
    d->dtype = h->dtype;
    d->components = values > 4 ? 1 : (int32_t)values;
    for (int a = 0; a < r->spatial; a++) {
        d->size[a] = h->size[r->axis[a]];
        l->step[a] = (int64_t)step[r->axis[a]];
    }
    if (r->time >= 0) {
        d->size[3] = values > 4 ? (int64_t)values : h->size[r->time];
        l->step[3] = (int64_t)step[r->time];
    }
    if (r->values >= 0 && values <= 4)
        l->step[4] = (int64_t)step[r->values];
    d->dims = d->size[3] > 1 ? 4 : r->spatial <= 2 ? 2 : 3;
    l->swapped = h->endian == 2 && h->coding != TOMO__ASCII;
    return TOMO_OK;
}

/* ---- place ------------------------------------------------------------------------------------------------------- */

static void cross(double out[3], const double u[3], const double v[3])
{
    for (int r = 0; r < 3; r++)
        out[r] = u[(r + 1) % 3] * v[(r + 2) % 3] - u[(r + 2) % 3] * v[(r + 1) % 3];
}

static void unit(double v[3])
{
    const double n = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    for (int r = 0; n > 0 && r < 3; r++)
        v[r] /= n;
}

/* Axes that the file does not have, of 1 mm, at right angles to those it has. */
static void complete(double axis[3][3], int have, bool flat)
{
    double u[3] = { axis[0][0], axis[0][1], axis[0][2] }, v[3] = { axis[1][0], axis[1][1], axis[1][2] };
    unit(u);
    if (have < 2) { /* turned from the first as y from x */
        const double z[3] = { 0, 0, 1 }, x[3] = { 1, 0, 0 };
        cross(v, fabs(u[2]) < 0.9 ? z : x, u);
        unit(v);
        memcpy(axis[1], v, sizeof v);
    }
    unit(v);
    if (flat) {
        axis[2][0] = axis[2][1] = 0;
        axis[2][2] = 1;
    } else if (have < 3) {
        cross(axis[2], u, v);
    }
}

static double unit_factor(tomo__chars word, double (*table)(tomo__chars), tomo_report *report)
{
    const double factor = table(tomo__chars_trim(word));
    if (factor == 0 && word.at != word.end)
        tomo__remark(report, "unit '%.*s' is not known: taken as %s", (int)TOMO__MIN(word.end - word.at, 24), word.at,
                     table == tomo__seconds ? "seconds" : "millimeters");
    return factor > 0 ? factor : 1;
}

/* Vectors of the space around the patient. */
static void axes_of_space(double axis[3][3], double origin[3], const tomo__nrrd *h, const roles *r, tomo_report *report)
{
    const int dims = (int)TOMO__MIN(h->space_dims, 3);
    for (int k = 0; k < dims; k++) {
        const double mm = unit_factor(h->space_units[k], tomo__millimeters, report) * h->sign[k];
        for (int a = 0; a < r->spatial; a++)
            axis[a][k] = h->direction[r->axis[a]][k] * mm;
        origin[k] = (h->origin_dims ? h->origin[k] : 0) * mm + 0.0; /* + 0.0: no minus zero */
    }
    complete(axis, r->spatial, r->spatial == 2 && dims == 2);
    if (!h->space_known)
        tomo__remark(report, "space '%s' does not say where the patient is: its axes are taken as left, back, head",
                     h->space ? h->space : "of so many dimensions");
    if (!h->origin_dims)
        tomo__remark(report, "no space origin: it is taken as 0");
}

/* Axes with a spacing and perhaps limits, but no space: Teem's nrrdOriginCalculate() for centers of cells or nodes. */
static void axes_of_spacing(double axis[3][3], double origin[3], const tomo__nrrd *h, const roles *r,
                            tomo_report *report)
{
    bool said = false;
    for (int a = 0; a < 3; a++) {
        const int i = a < r->spatial ? r->axis[a] : -1;
        double spacing = i < 0 ? 1 : h->spacing[i];
        if (i >= 0) {
            const double mm = unit_factor(h->units[i], tomo__millimeters, report);
            const double gaps = (double)(h->node[i] ? h->size[i] - 1 : h->size[i]);
            if (!isfinite(spacing) && isfinite(h->min[i]) && isfinite(h->max[i]) && gaps > 0)
                spacing = (h->max[i] - h->min[i]) / gaps;
            said = said || isfinite(spacing);
            spacing = isfinite(spacing) && spacing != 0 ? spacing : 1;
            if (isfinite(h->min[i]))
                origin[a] = (h->min[i] + (h->node[i] ? 0 : spacing / 2)) * mm;
            spacing *= mm;
        }
        axis[a][a] = spacing;
    }
    tomo__remark(report, said ? "no space: the orientation is unknown, axes taken as left, back, head"
                              : "no space and no spacing: 1 mm, axes taken as left, back, head");
}

static tomo_status place(tomo_image_desc *d, const tomo__nrrd *h, const roles *r, const tomo__format_input *in,
                         const char *name, tomo_error *err)
{
    double axis[3][3] = { { 0 } }, dt = 0;
    if (h->has_directions && h->space_dims)
        axes_of_space(axis, d->origin, h, r, in->report);
    else
        axes_of_spacing(axis, d->origin, h, r, in->report);
    if (r->time >= 0 && d->dims == 4) {
        const int i = r->time;
        if (runs_in_time(h, i))
            dt = h->direction[i][3] * unit_factor(h->space_units[3], tomo__seconds, in->report);
        else if (isfinite(h->spacing[i]) && h->kind[i] != TOMO__NRRD_VALUES)
            dt = h->spacing[i] * unit_factor(h->units[i], tomo__seconds, in->report);
        d->spacing[3] = dt > 0 && isfinite(dt) ? dt : 0;
    }
    return tomo__place_axes(d, (const double(*)[3])axis, in->opts->allow_shear, name, in->report, err);
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

/* How many files there must be if each holds the `sub` fastest axes, or equal parts of the slowest one. */
static tomo_status check_parts(const tomo__data *data, const tomo__nrrd *h, int64_t sub, tomo_error *err)
{
    uint64_t want = 1;
    if (sub < 1 || sub > h->dims)
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: data files of %lld dimensions, the volume has %lld", data->name,
                          (long long)sub, (long long)h->dims);
    for (int64_t i = sub; i < h->dims; i++)
        want *= (uint64_t)h->size[i]; /* the product of all sizes fits */
    if (sub == h->dims ? data->parts == 0 || (uint64_t)h->size[sub - 1] % data->parts : data->parts != want)
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: %zu data files, the sizes ask for %llu", data->name, data->parts,
                          (unsigned long long)(sub == h->dims ? (uint64_t)h->size[sub - 1] : want));
    return TOMO_OK;
}

/* "LIST [subdim]" and a name a line. */
static tomo_status add_list(tomo_ctx *ctx, tomo__data *data, const tomo__nrrd *h, tomo_error *err)
{
    tomo__chars rest = h->data_file, lines = h->list, line;
    int64_t sub = h->dims - 1;
    tomo_status st = TOMO_OK;
    tomo__chars_word(&rest);
    if (tomo__chars_trim(rest).at < rest.end && !tomo__chars_int(&rest, &sub))
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: data file is 'LIST%.*s', expected LIST and a number", data->name,
                          (int)TOMO__MIN(rest.end - rest.at, 40), rest.at);
    while (!st && tomo__chars_line(&lines, &line)) {
        line = tomo__chars_trim(line);
        if (line.at < line.end)
            st = tomo__data_add(ctx, data, line, err);
    }
    return st ? st : check_parts(data, h, sub, err);
}

/* "name%03d.raw 1 20 1 [subdim]". False if the words aren't that: then it is one file's name. */
static bool split_pattern(tomo__chars value, tomo__chars *pattern, int64_t number[4], int64_t subdim)
{
    tomo__chars rest = value;
    *pattern = tomo__chars_word(&rest);
    number[3] = subdim;
    if (!memchr(pattern->at, '%', (size_t)(pattern->end - pattern->at)))
        return false;
    int n = 0;
    while (n < 4 && tomo__chars_trim(rest).at < rest.end)
        if (!tomo__chars_int(&rest, &number[n++]))
            return false;
    return n >= 3 && tomo__chars_trim(rest).at == rest.end;
}

static tomo_status name_files(tomo_ctx *ctx, tomo__data *data, const tomo__nrrd *h, tomo_error *err)
{
    int64_t number[4];
    tomo__chars pattern, first = h->data_file;
    if (tomo__chars_are(tomo__chars_word(&first), "list"))
        return add_list(ctx, data, h, err);
    if (!split_pattern(h->data_file, &pattern, number, h->dims - 1))
        return tomo__data_add(ctx, data, h->data_file, err);
    const tomo_status st = tomo__data_pattern(ctx, data, pattern, number[0], number[1], number[2], err);
    return st ? st : check_parts(data, h, number[3], err);
}

static void remark_lost(const tomo__nrrd *h, tomo_report *report)
{
    if (h->words)
        tomo__remark(report, "labels, sample units and thicknesses are not kept");
    if (h->old_range)
        tomo__remark(report, "the range before quantization (old min, old max) is not applied");
}

/* What an image has no place for, as lines of the header that nrrd_write.c puts back: the measurement frame, brought to
 * LPS, content, and key/value pairs. */
static tomo_status keep(tomo_ctx *ctx, tomo_image **image, const tomo__nrrd *h, tomo__chars header, tomo_error *err)
{
    tomo__text t = TOMO__TEXT(ctx);
    tomo__chars line;
    char number[3][32];
    tomo_buffer *kept = NULL;
    tomo_image *with = NULL;
    if (h->has_frame) {
        tomo__text_str(&t, "measurement frame:");
        for (int i = 0; i < 3; i++) {
            for (int k = 0; k < 3; k++)
                tomo__num_text(number[k], h->frame[i][k] * h->sign[k] + 0.0);
            tomo__text_fmt(&t, " (%s,%s,%s)", number[0], number[1], number[2]);
        }
        tomo__text_str(&t, "\n");
    }
    while (tomo__chars_line(&header, &line) && line.at < line.end) {
        tomo__chars name = { line.at, memchr(line.at, ':', (size_t)(line.end - line.at)) };
        if (tomo__nrrd_is_pair(line) || (name.end && tomo__chars_are(name, "content"))) {
            tomo__text_add(&t, line.at, (size_t)(line.end - line.at));
            tomo__text_str(&t, "\n");
        }
    }
    if (t.size == 0 && !t.failed)
        return TOMO_OK;
    tomo_status st = tomo__text_finish(&t, &kept, err);
    if (!st)
        st = tomo_image_with_extra(ctx, &with, *image, "nrrd", kept, err);
    tomo_buffer_free(kept);
    tomo_image_free(*image);
    *image = with;
    return st;
}

static tomo_status load(tomo_ctx *ctx, tomo_image **out, const tomo__format_input *in, tomo_error *err)
{
    const char *name = tomo_source_name(in->source);
    tomo__layout l = { .desc = TOMO_IMAGE_DESC_INIT };
    tomo_buffer *file = NULL, *numbers = NULL;
    tomo_image *image = NULL;
    tomo__nrrd h;
    roles r;
    size_t bytes = 0, at = 0;
    if (tomo_source_size(in->source) == 0)
        return tomo__fail_at(err, TOMO_E_FORMAT, 0, "%.100s: the file is empty", name);
    tomo_status st = tomo_source_map(in->source, &file, err);
    if (!st)
        st = tomo__nrrd_parse(&h, tomo_buffer_data(file), tomo_buffer_size(file), name, err);
    if (!st)
        st = assign(&r, &h, name, in->report, err);
    if (!st)
        st = lay_out(&l, &r, &h, name, in->report, err);
    if (!st)
        st = tomo__layout_bytes(&bytes, &l.desc, name, err);
    if (!st)
        st = place(&l.desc, &h, &r, in, name, err);
    if (!st) {
        tomo__data data = { name, h.coding, h.dtype, bytes / tomo_dtype_size(h.dtype), h.line_skip, h.byte_skip,
                            h.detached ? NULL : file, h.detached ? 0 : h.data, NULL, 0 };
        if (h.detached)
            st = name_files(ctx, &data, &h, err);
        if (!st)
            st = tomo__data_load(ctx, &numbers, &at, &data, in, err);
        tomo__data_free(ctx, &data);
    }
    if (!st) {
        remark_lost(&h, in->report);
        st = tomo__layout_image(ctx, &image, &l, numbers, at, in, name, err);
    }
    if (!st) {
        const char *text = tomo_buffer_data(file);
        st = keep(ctx, &image, &h, (tomo__chars){ text, text + h.data }, err);
    }
    if (!st)
        *out = image;
    tomo_buffer_free(numbers);
    tomo_buffer_free(file);
    return st;
}

static const char *const endings[] = { ".nrrd", ".nhdr", NULL };

const struct tomo__format tomo__format_nrrd = {
    .pub = { "nrrd", "NRRD volume", endings, endings },
    .probe = tomo__nrrd_probe,
    .load = load,
    .save = tomo__nrrd_save,
};
