/* series_slices.c - from one data set the planes it holds: place, order and rescale of each frame. Enhanced objects
 * say it in functional groups (PS3.3 C.7.6.16), classic ones at the top level. */
#include "dicom/dicom_internal.h"
#include "dicom/series_internal.h"

#include <math.h>

/* A finite number of the first data set that has it, or `fallback`. */
static double number(const tomo_dataset *a, const tomo_dataset *b, tomo_tag tag, double fallback)
{
    double v;
    if (a && tomo_dataset_double(a, tag, 0, &v) && isfinite(v))
        return v;
    if (b && tomo_dataset_double(b, tag, 0, &v) && isfinite(v))
        return v;
    return fallback;
}

static bool numbers(const tomo_dataset *ds, tomo_tag tag, size_t n, double *out)
{
    if (!ds)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!tomo_dataset_double(ds, tag, i, &out[i]) || !isfinite(out[i]))
            return false;
    return true;
}

/* Functional groups of one frame and the shared ones; both NULL in classic objects. */
typedef struct groups {
    const tomo_dataset *top, *frame, *shared;
} groups;

/* Item of a macro: the frame's own, the shared one, or NULL. */
static const tomo_dataset *macro(const groups *g, tomo_tag sequence)
{
    const tomo_dataset *item = g->frame ? tomo_dataset_item(g->frame, sequence, 0) : NULL;
    return item ? item : g->shared ? tomo_dataset_item(g->shared, sequence, 0) : NULL;
}

/* What Frame Type or Image Type says from its third value on; 0 if nothing of interest. */
static char kind_said(const tomo_dataset *ds, tomo_tag tag)
{
    char text[20];
    const size_t n = ds ? tomo_dataset_values(ds, tag) : 0;
    for (size_t i = 2; i < n && i < 8; i++) {
        if (tomo_dataset_text(ds, tag, i, text, sizeof text) <= 0)
            continue;
        if (strcmp(text, "P") == 0 || strncmp(text, "PHASE", 5) == 0)
            return 'P';
        if (strcmp(text, "R") == 0 || strcmp(text, "REAL") == 0)
            return 'R';
        if (strcmp(text, "I") == 0 || strcmp(text, "IMAGINARY") == 0)
            return 'I';
        if (strcmp(text, "LOCALIZER") == 0)
            return 'L';
    }
    return 0;
}

/* Data Type (0018,9808) of enhanced ultrasound (A.59.4): quantities that are no one volume. */
static char measured(const char *type)
{
    static const char *const types[] = { "TISSUE_INTENSITY", "TISSUE_VELOCITY", "FLOW_POWER",
                                         "FLOW_VELOCITY",    "FLOW_VARIANCE",   "ELASTICITY",
                                         "PERFUSION",        "SOUND_SPEED",     "ATTENUATION" };
    for (size_t i = 0; i < TOMO__COUNT(types); i++)
        if (strcmp(type, types[i]) == 0)
            return i ? (char)('a' + i) : 'M';
    return 'z';
}

/* Magnitude, phase, real, imaginary, localizer, quantity: as the frame's macros say it, else the image's type. */
static char kind_of(const groups *g)
{
    /* frame type macros: CT, PET, X-ray (XA, XRF), X-ray 3D */
    static const tomo_tag types[] = { 0x00189329, 0x00189751, 0x00289443, 0x00189504 };
    const tomo_dataset *type = macro(g, 0x00189226), *data = macro(g, 0x00189807);
    char text[20], kind = 0;
    if (type && tomo_dataset_text(type, 0x00089208, 0, text, sizeof text) > 0)
        return text[0] == 'P' || text[0] == 'R' || text[0] == 'I' ? text[0] : 'M';
    if (data && tomo_dataset_text(data, 0x00189808, 0, text, sizeof text) > 0)
        return measured(text);
    for (size_t i = 0; i < TOMO__COUNT(types); i++) {
        type = macro(g, types[i]);
        if (type && tomo_dataset_values(type, 0x00089007)) { /* a frame's own word goes before that of the image */
            kind = kind_said(type, 0x00089007);
            return kind ? kind : 'M';
        }
    }
    kind = kind_said(g->top, 0x00080008);
    return kind ? kind : 'M';
}

/* HHMMSS.FFFFFF, perhaps after YYYYMMDD, as seconds of the day; 0 if absent. */
static double seconds(const tomo_dataset *a, tomo_tag tag, size_t skip)
{
    char t[32];
    double tail = 0;
    const int64_t n = a ? tomo_dataset_text(a, tag, 0, t, sizeof t) : -1;
    if (n < (int64_t)skip + 6 || n >= (int64_t)sizeof t)
        return 0;
    for (size_t i = 0; i < skip + 6; i++)
        if (t[i] < '0' || t[i] > '9')
            return 0;
    const char *p = t + skip;
    if (!tomo__text_double(p + 4, strcspn(p + 4, "+-"), &tail))
        tail = 0;
    return ((p[0] - '0') * 10 + p[1] - '0') * 3600.0 + ((p[2] - '0') * 10 + p[3] - '0') * 60.0 + tail;
}

static void read_order(const groups *g, int32_t frame, tomo__slice *s)
{
    const tomo_dataset *content = macro(g, 0x00209111), *echo = macro(g, 0x00189114);
    const tomo_dataset *diffusion = macro(g, 0x00189117), *cardiac = macro(g, 0x00189118);
    s->temporal = number(content, NULL, 0x00209128, number(g->top, NULL, 0x00200100, 0));
    s->acquisition = number(content, NULL, 0x00209156, number(g->top, NULL, 0x00200012, 0));
    /* frames of a Concatenation count on from part to part (PS3.3 C.7.6.16.2.2.4) */
    s->instance = number(g->top, NULL, 0x00200013, 0) * 1048576.0 + number(g->top, NULL, 0x00209228, 0) + (double)frame;
    s->trigger = number(cardiac, NULL, 0x00209153, number(g->top, NULL, 0x00181060, 0));
    s->echo = number(echo, NULL, 0x00189082, number(g->top, NULL, 0x00180081, 0));
    s->b_value = number(diffusion, g->top, 0x00189087, 0);
    s->time = seconds(content, 0x00189074, 8);
    if (s->time == 0)
        s->time = seconds(g->top, 0x00080032, 0);
}

static void read_place(const groups *g, tomo__slice *s)
{
    const tomo_dataset *position = macro(g, 0x00209113), *orientation = macro(g, 0x00209116);
    const tomo_dataset *measures = macro(g, 0x00289110), *at = macro(g, 0x0020930E), *along = macro(g, 0x0020930F);
    /* X-ray: calibrated to the object (C.8.19.6.9), else at the receptor (C.8.19.6.4) */
    const struct {
        const tomo_dataset *ds;
        tomo_tag tag;
    } spacings[] = { { measures, 0x00280030 },
                     { g->top, 0x00280030 },
                     { macro(g, 0x00189401), 0x00189404 },
                     { macro(g, 0x00289443), 0x00181164 },
                     { g->top, 0x00181164 },
                     { g->top, 0x00182010 } };
    double two[2];
    s->has_plane = (numbers(position, 0x00200032, 3, s->position) || numbers(g->top, 0x00200032, 3, s->position)) &&
                   (numbers(orientation, 0x00200037, 6, s->orient) || numbers(g->top, 0x00200037, 6, s->orient)) &&
                   tomo__plane_axes(s->orient);
    if (!s->has_plane) /* ultrasound volumes (A.59.4) */
        s->has_plane = s->in_volume = numbers(at, 0x00209301, 3, s->position) &&
                                      numbers(along, 0x00209302, 6, s->orient) && tomo__plane_axes(s->orient);
    for (size_t i = 0; i < TOMO__COUNT(spacings); i++)
        if (numbers(spacings[i].ds, spacings[i].tag, 2, two) && two[0] > 0 && two[1] > 0) {
            memcpy(s->spacing, two, sizeof two);
            break;
        }
    s->thickness = fabs(number(measures, g->top, 0x00180050, 0));
    s->between = fabs(number(measures, g->top, 0x00180088, 0)); /* negative in some files of NM */
}

static void read_slice(const groups *g, const tomo_pixels_info *info, int32_t frame, tomo__slice *s)
{
    const tomo_dataset *transform = macro(g, 0x00289145);
    s->frame = frame;
    s->slope = number(transform, NULL, 0x00281053, info->slope);
    s->intercept = number(transform, NULL, 0x00281052, info->intercept);
    if (s->slope == 0)
        s->slope = 1;
    s->kind = kind_of(g);
    read_place(g, s);
    read_order(g, frame, s);
}

/* Where native little endian pixels lie in the file. The scan stopped at their element: only its header is read. */
static void find_pixels(const tomo_dataset *ds, tomo__scan_file *f)
{
    const tomo__root *root = ds->root;
    const uint64_t at = root->ds.end;
    uint8_t b[12];
    f->pixels = NO_OFFSET;
    /* Private syntaxes (GE's with big endian pixels) may lay pixels out as they like. */
    if (strncmp(tomo_dataset_syntax(ds), "1.2.840.10008.", 14) != 0 || root->deflated || root->encapsulated ||
        root->ds.big || !root->cut || tomo__ds_read(ds, at, b, sizeof b, NULL) != TOMO_OK || tomo__le16(b) != 0x7FE0 ||
        tomo__le16(b + 2) != 0x0010 || (!root->ds.implicit && b[4] != 'O' && b[4] != 'U')) /* OB, OW, UN: 12 bytes */
        return;
    const uint64_t length = tomo__le32(root->ds.implicit ? b + 4 : b + 8), start = at + (root->ds.implicit ? 8 : 12);
    if (length == 0xFFFFFFFF || length > root->size || start > root->size - length)
        return;
    f->pixels = start;
    f->pixel_bytes = length;
}

static tomo_status keep_texts(tomo_ctx *ctx, const tomo_dataset *ds, tomo__scan_file *f, tomo_error *err)
{
    static const tomo_tag tags[TEXTS] = { 0x0020000D, 0x0020000E, 0x00080060, 0x0008103E,
                                          0x00100020, 0x00100010, 0x00080020, 0x00080018 };
    tomo__text all = TOMO__TEXT(ctx);
    char text[324]; /* PN: three groups of 64 characters, up to 4 bytes each, is the longest that is kept whole */
    for (int i = 0; i < TEXTS; i++) {
        const int64_t n = tomo_dataset_text(ds, tags[i], 0, text, sizeof text);
        f->text[i] = (uint32_t)all.size;
        tomo__text_add(&all, n > 0 ? text : "", n > 0 ? strlen(text) + 1 : 1);
    }
    if (all.failed) {
        tomo__text_free(&all);
        return tomo__no_memory(ctx, err, 512, "texts of a file");
    }
    f->texts = all.data;
    f->key = 0xCBF29CE484222325u;                         /* FNV-1a */
    for (uint32_t i = 0; i < f->text[TEXT_MODALITY]; i++) /* the study's and the series' UID come first */
        f->key = (f->key ^ (uint8_t)f->texts[i]) * 0x100000001B3u;
    return TOMO_OK;
}

static bool is_image(const tomo_dataset *ds)
{
    return tomo_dataset_values(ds, 0x00280010) && tomo_dataset_values(ds, 0x00280011) &&
           tomo_dataset_values(ds, 0x00280100);
}

/* Frames of classic multi-frame objects have one position, that of the first: the others follow along the normal where
 * Spacing Between Slices says how far; else they are taken as points in time. */
static void spread(tomo__scan_file *f)
{
    double normal[3];
    if (!f->slices[0].has_plane || !(f->slices[0].between > 0))
        return;
    tomo__plane_normal(f->slices[0].orient, normal);
    for (size_t i = 1; i < f->n_slices; i++)
        for (int k = 0; k < 3; k++)
            f->slices[i].position[k] += normal[k] * f->slices[0].between * (double)i;
}

/* Milliseconds from one temporal position to the next, where the last frame says when it is (PS3.3 C.7.6.16.2.31). */
static double temporal_step(const tomo_dataset *ds, int64_t frames)
{
    const tomo_dataset *when = tomo__macro(ds, frames - 1, 0x00209310);
    const tomo_dataset *content = tomo__macro(ds, frames - 1, 0x00209111);
    const double offset = number(when, NULL, 0x0020930D, 0), index = number(content, NULL, 0x00209128, 0);
    return offset > 0 && index > 1 ? 1000 * offset / (index - 1) : 0;
}

tomo_status tomo__slices_read(tomo_ctx *ctx, const tomo_dataset *ds, tomo__scan_file *f, tomo_error *err)
{
    tomo_status st = keep_texts(ctx, ds, f, err);
    if (st)
        return st;
    f->is_dicom = true;
    if (!is_image(ds))
        return TOMO_OK;
    if ((st = tomo__pixels_describe(ds, &f->info, err)) != TOMO_OK)
        return st;
    groups g = { ds, NULL, tomo_dataset_item(ds, 0x52009229, 0) };
    /* Frames are bounded by what describes them, or by the file: memory is not taken on the word of one number. */
    const bool per_frame = tomo_dataset_item(ds, 0x52009230, 0) != NULL;
    uint64_t native;
    if ((st = tomo__native_bytes(&f->info, f->info.frames, &native, err)) != TOMO_OK)
        return st;
    if ((uint64_t)f->info.frames > ds->root->size)
        return tomo__fail(err, TOMO_E_FORMAT, "(0028,0008) Number of Frames is %lld in a file of %llu bytes",
                          (long long)f->info.frames, (unsigned long long)ds->root->size);
    if (!tomo__fits(ctx, (uint64_t)f->info.frames * sizeof *f->slices))
        return tomo__fail(err, TOMO_E_LIMIT, "%lld frames pass the memory limit", (long long)f->info.frames);
    f->slices = TOMO__ARRAY(ctx, f->info.frames, tomo__slice);
    if (!f->slices)
        return tomo__no_memory(ctx, err, (size_t)f->info.frames * sizeof *f->slices, "slices");
    f->n_slices = (size_t)f->info.frames;
    f->rows = f->info.frame.rows;
    f->columns = f->info.frame.columns;
    f->tiles = f->tiles_across = 1;
    const tomo_dataset *timing = macro(&g, 0x00189112);
    f->repetition = number(timing, ds, 0x00180080, number(ds, NULL, 0x00181063, 0));
    if (!(f->repetition > 0))
        f->repetition = temporal_step(ds, f->info.frames);
    for (size_t i = 0; i < f->n_slices; i++) {
        f->slices[i].file = f;
        if (i == 0 || per_frame) {
            g.frame = per_frame ? tomo_dataset_item(ds, 0x52009230, i) : NULL;
            read_slice(&g, &f->info, (int32_t)i, &f->slices[i]);
        } else {
            f->slices[i] = f->slices[0];
            f->slices[i].frame = (int32_t)i;
            f->slices[i].instance += (double)i;
        }
    }
    if (!per_frame)
        spread(f);
    find_pixels(ds, f);
    f->is_image = true;
    f->has_lut = tomo_dataset_item(ds, 0x00283000, 0) != NULL;
    return tomo__mosaic_split(ctx, ds, f, err);
}
