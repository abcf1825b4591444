/* series_load.c - a series to a volume. Plain little endian pixels are read from the file straight to their slice and
 * rescaled there while they are in the cache; everything else is decoded through the data set. Work is cut by picture
 * (a frame of a file), so any number of threads gives the same bits. */
#include "dicom/dicom_internal.h"
#include "dicom/lut.h"
#include "dicom/series_internal.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    BLOCK = 128 << 10, /* bytes read and rescaled at a time: a fraction of a core's own cache */
    RUN = 16           /* pictures of one compressed file that share one opening of it */
};

/* Where one slice of a volume comes from. */
typedef struct target {
    const tomo__slice *slice;
    int64_t z, t;
} target;

typedef struct load {
    tomo_ctx *ctx;
    const target *targets; /* by file, frame, tile */
    const size_t *run;     /* first target of each piece of work, and the end */
    tomo_image *image;
    tomo_dtype dtype;
    int32_t components;
    bool raw, check;
    atomic_bool misfit; /* a value does not fit dtype */
    tomo__group group;  /* own copies of the study's slices, which stay untouched */
    tomo__slice *slices;
    tomo__stack stack;
} load;

/* ---- one picture ---- */

/* Gray images with a Modality LUT Sequence: its output is what is rescaled no more. */
static bool by_lut(const load *l, const tomo__slice *s)
{
    return s->file->has_lut && !l->raw && s->file->info.frame.samples == 1 && !s->file->info.frame.is_float &&
           strcmp(s->file->info.photometric, "PALETTE COLOR") != 0;
}

/* What a Modality LUT gives. */
static const tomo_frame_desc LUT_DESC = {
    sizeof(tomo_frame_desc), 1, 1, 1, 16, 16, 15, false, false, false, false, false
};

static tomo__convert convert_for(const load *l, const tomo__slice *s, const tomo_frame_desc *d)
{
    if (by_lut(l, s))
        d = &LUT_DESC;
    tomo__convert c = { *d, tomo__stored_dtype(d), l->dtype, l->check, 1, 0 };
    if (!l->raw && !by_lut(l, s)) {
        c.slope = s->slope;
        c.intercept = s->intercept;
    }
    return c;
}

static uint8_t *slice_at(const load *l, const target *t) { return tomo_image_row_mut(l->image, 0, t->z, t->t); }

static size_t sample_bytes(const tomo_frame_desc *d) { return (size_t)d->bits_allocated / 8; }

/* Can the file's bytes be taken as they lie? */
static bool is_direct(const load *l, const tomo__slice *s)
{
    const tomo__scan_file *f = s->file;
    uint64_t need;
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && f->pixels != NO_OFFSET && f->info.frame.samples == 1 &&
           !by_lut(l, s) && f->info.frame.bits_allocated >= 8 && !f->info.packed_bits &&
           strcmp(f->info.photometric, "PALETTE COLOR") != 0 &&
           tomo__native_bytes(&f->info, f->info.frames, &need, NULL) == TOMO_OK && need <= f->pixel_bytes;
}

/* A picture is one slice: block by block to where it belongs, through `block` if the sizes differ. */
static tomo_status read_slice(load *l, const target *t, tomo_source *source, uint64_t offset, size_t samples,
                              void *block, tomo_error *err)
{
    const tomo__convert c = convert_for(l, t->slice, &t->slice->file->info.frame);
    const size_t in = sample_bytes(&c.desc), out = tomo_dtype_size(l->dtype), most = BLOCK / in;
    uint8_t *to = slice_at(l, t);
    for (size_t at = 0; at < samples; at += most) {
        const size_t n = TOMO__MIN(most, samples - at);
        void *stored = in == out ? to + at * out : block;
        const tomo_status st = tomo_source_read(source, offset + at * in, stored, n * in, err);
        if (st)
            return st;
        if (!tomo__convert_run(&c, stored, to + at * out, n)) {
            atomic_store_explicit(&l->misfit, true, memory_order_relaxed);
            return TOMO_OK;
        }
    }
    return TOMO_OK;
}

/* A decoded picture to its slices: all of it, or its tiles. */
static void place_picture(load *l, const target *t, size_t n, const tomo_frame_desc *d, const void *picture)
{
    const size_t out = tomo_dtype_size(l->dtype);
    for (size_t i = 0; i < n; i++) {
        const tomo__scan_file *f = t[i].slice->file;
        const size_t in = by_lut(l, t[i].slice) ? 2 : tomo_dtype_size(tomo__stored_dtype(d));
        const tomo__convert c = convert_for(l, t[i].slice, d);
        const int32_t ty = t[i].slice->tile / f->tiles_across, tx = t[i].slice->tile % f->tiles_across;
        const uint8_t *from =
            (const uint8_t *)picture +
            ((size_t)ty * (size_t)f->rows * (size_t)d->columns + (size_t)tx * (size_t)f->columns) * in;
        uint8_t *to = slice_at(l, &t[i]);
        for (int32_t y = 0; y < f->rows; y++)
            if (!tomo__convert_run(&c, (void *)(uintptr_t)(from + (size_t)y * (size_t)d->columns * in),
                                   to + (size_t)y * (size_t)f->columns * out, (size_t)f->columns))
                atomic_store_explicit(&l->misfit, true, memory_order_relaxed);
    }
}

/* How many targets from `t` on are of the same picture. */
static size_t same_picture(const target *t, const target *end)
{
    size_t n = 1;
    while (t + n < end && t[n].slice->file == t->slice->file && t[n].slice->frame == t->slice->frame)
        n++;
    return n;
}

/* ---- pieces of work ---- */

static tomo_status load_direct(load *l, const target *t, const target *end, tomo_error *err)
{
    const tomo__scan_file *f = t->slice->file;
    const tomo_frame_desc *d = &f->info.frame;
    const size_t samples = (size_t)d->rows * (size_t)d->columns, bytes = samples * sample_bytes(d);
    const bool tiled = f->tiles > 1, same_size = sample_bytes(d) == tomo_dtype_size(l->dtype);
    tomo_source *source = NULL;
    void *scratch = NULL;
    const size_t need = tiled ? bytes : same_size ? 0 : BLOCK;
    tomo_status st = TOMO_OK;
    if (need && !(scratch = tomo__alloc(l->ctx, need)))
        return tomo__no_memory(l->ctx, err, need, "a picture");
    st = tomo_source_open(l->ctx, &source, f->path, err);
    while (t < end && st == TOMO_OK) {
        const uint64_t offset = f->pixels + (uint64_t)t->slice->frame * bytes;
        const size_t n = same_picture(t, end);
        if (!tiled) {
            st = read_slice(l, t, source, offset, samples, scratch, err);
        } else if ((st = tomo_source_read(source, offset, scratch, bytes, err)) == TOMO_OK) {
            place_picture(l, t, n, d, scratch);
        }
        t += n;
    }
    tomo_source_free(source);
    tomo__free(l->ctx, scratch);
    return st;
}

/* Colors go to the slice as they come. */
static tomo_status place_color(load *l, const target *t, const tomo__pixels *p, const void *picture, tomo_error *err)
{
    if (p->dtype != l->dtype || p->components != l->components)
        return tomo__fail(err, TOMO_E_GEOMETRY, "%s has %d components of %s, the first file %d of %s",
                          t->slice->file->path, p->components, tomo_dtype_name(p->dtype), l->components,
                          tomo_dtype_name(l->dtype));
    memcpy(slice_at(l, t), picture, p->out_bytes);
    return TOMO_OK;
}

/* Decoded stored values to what the Modality LUT makes of them, in place: from the end where they get wider. */
static void apply_lut(const tomo__lut *lut, const tomo__pixels *p, void *picture)
{
    const tomo_dtype type = tomo__stored_dtype(&p->info.frame);
    const size_t count = (size_t)p->info.frame.rows * (size_t)p->info.frame.columns;
    uint16_t *to = picture;
    if (tomo_dtype_size(type) >= 2)
        for (size_t i = 0; i < count; i++)
            to[i] = (uint16_t)tomo__lut_at(lut, tomo__sample_at(type, picture, i));
    else
        for (size_t i = count; i-- > 0;)
            to[i] = (uint16_t)tomo__lut_at(lut, tomo__sample_at(type, picture, i));
}

static tomo_status decode_run(load *l, const tomo__pixels *p, const tomo__lut *lut, const target *t, const target *end,
                              void *picture, tomo_error *err)
{
    while (t < end) {
        const size_t n = same_picture(t, end);
        tomo_status st = tomo__pixels_decode(l->ctx, p, t->slice->frame, NULL, picture, err);
        if (st == TOMO_OK && p->components > 1)
            st = place_color(l, t, p, picture, err);
        else if (st == TOMO_OK) {
            tomo_frame_desc d = p->info.frame; /* decoding put the bits to the bottom already */
            d.high_bit = d.bits_stored - 1;
            if (lut->data)
                apply_lut(lut, p, picture);
            place_picture(l, t, n, &d, picture);
        }
        if (st)
            return st;
        t += n;
    }
    return TOMO_OK;
}

static tomo_status load_decoded(load *l, const target *t, const target *end, tomo_error *err)
{
    tomo_dataset *ds = NULL;
    tomo__pixels p = { 0 };
    tomo__lut lut = { 0 };
    void *picture = NULL;
    const tomo_frame_desc *known = &t->slice->file->info.frame;
    tomo_status st = tomo_dataset_open_path(l->ctx, &ds, t->slice->file->path, NULL, NULL, err);
    if (st == TOMO_OK)
        st = tomo__pixels_open(l->ctx, &p, ds, err);
    if (st == TOMO_OK &&
        (p.info.frame.rows != known->rows || p.info.frame.columns != known->columns ||
         p.info.frame.samples != known->samples || p.info.frame.bits_allocated != known->bits_allocated ||
         p.info.frames != t->slice->file->info.frames))
        st = tomo__fail(err, TOMO_E_IO, "the file changed since it was scanned");
    if (st == TOMO_OK && by_lut(l, t->slice)) {
        const tomo_dataset *item = tomo_dataset_item(ds, 0x00283000, 0);
        st = item ? tomo__lut_read(l->ctx, &lut, item, known->is_signed, err)
                  : tomo__fail(err, TOMO_E_IO, "the file changed since it was scanned");
    }
    const size_t bytes = TOMO__MAX(p.out_bytes, (size_t)known->rows * (size_t)known->columns * 2);
    if (st == TOMO_OK && !(picture = tomo__alloc(l->ctx, bytes)))
        st = tomo__no_memory(l->ctx, err, bytes, "a picture");
    if (st == TOMO_OK)
        st = decode_run(l, &p, &lut, t, end, picture, err);
    tomo__free(l->ctx, lut.data);
    tomo__free(l->ctx, picture);
    tomo__pixels_close(l->ctx, &p);
    tomo_dataset_free(ds);
    return st;
}

static tomo_status load_item(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    load *l = user;
    const target *t = l->targets + l->run[item], *end = l->targets + l->run[item + 1];
    if (atomic_load_explicit(&l->misfit, memory_order_relaxed)) /* another type will be tried */
        return TOMO_OK;
    const tomo_status st = is_direct(l, t->slice) ? load_direct(l, t, end, err) : load_decoded(l, t, end, err);
    return st ? tomo__fail_in(err, st, "%s", t->slice->file->path) : TOMO_OK;
}

/* ---- type of the voxels ---- */

static bool holds(tomo_dtype t, double lo, double hi)
{
    return t == TOMO_DTYPE_I16 ? lo >= -32768 && hi <= 32767 : lo >= 0 && hi <= 65535;
}

/* Types to try in turn: int16 or uint16 by what the attributes allow; if that says neither, by the values themselves;
 * at last float32, which holds any. */
static size_t choose_types(const load *l, int32_t wish, tomo_dtype type[3], bool *check)
{
    const tomo__slice *s = l->group.slice[0];
    double lo = INFINITY, hi = -INFINITY, a, b;
    bool whole = true;
    *check = false;
    if (wish) {
        type[0] = (tomo_dtype)wish;
        return 1;
    }
    for (size_t i = 0; i < l->group.n; i++) {
        s = l->group.slice[i];
        const tomo__convert c = convert_for(l, s, &s->file->info.frame);
        tomo__convert_range(&c, &a, &b);
        lo = fmin(lo, a);
        hi = fmax(hi, b);
        whole &= !c.desc.is_float && c.slope == rint(c.slope) && c.intercept == rint(c.intercept);
    }
    type[0] = TOMO_DTYPE_F32;
    if (!whole)
        return 1;
    type[0] = holds(TOMO_DTYPE_I16, lo, hi) || !holds(TOMO_DTYPE_U16, lo, hi) ? TOMO_DTYPE_I16 : TOMO_DTYPE_U16;
    if (holds(type[0], lo, hi))
        return 1;
    *check = true;
    type[1] = TOMO_DTYPE_U16;
    type[2] = TOMO_DTYPE_F32;
    return 3;
}

/* ---- the volume ---- */

static int by_file(const void *va, const void *vb)
{
    const tomo__slice *a = ((const target *)va)->slice, *b = ((const target *)vb)->slice;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return a->frame != b->frame ? a->frame - b->frame : a->tile - b->tile;
}

/* Targets by file, and where each piece of work begins: a picture, or up to RUN pictures of one compressed file. */
static tomo_status plan(load *l, target **targets, size_t **run, int64_t *runs, tomo_error *err)
{
    const size_t n = l->stack.nz * l->stack.nt;
    *targets = TOMO__ARRAY(l->ctx, n, target);
    *run = TOMO__ARRAY(l->ctx, n + 1, size_t);
    if (!*targets || !*run)
        return tomo__no_memory(l->ctx, err, n * (sizeof **targets + sizeof **run), "the plan of a volume");
    for (size_t i = 0; i < n; i++)
        (*targets)[i] = (target){ l->group.slice[i], (int64_t)(i % l->stack.nz), (int64_t)(i / l->stack.nz) };
    qsort(*targets, n, sizeof **targets, by_file);
    size_t pictures = 0;
    *runs = 0;
    for (size_t i = 0; i < n;) {
        const target *t = *targets + i;
        const size_t most = is_direct(l, t->slice) ? 1 : RUN;
        if (i == 0 || t->slice->file != t[-1].slice->file || pictures == most) {
            (*run)[(*runs)++] = i;
            pictures = 0;
        }
        pictures++;
        i += same_picture(t, *targets + n);
    }
    (*run)[*runs] = n;
    l->targets = *targets;
    l->run = *run;
    return TOMO_OK;
}

static tomo_status make_image(load *l, tomo_error *err)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    const tomo__scan_file *f = l->group.slice[0]->file;
    d.dtype = l->dtype;
    d.components = l->components;
    d.dims = l->stack.nt > 1 ? 4 : 3;
    d.size[0] = f->columns;
    d.size[1] = f->rows;
    d.size[2] = (int64_t)l->stack.nz;
    d.size[3] = (int64_t)l->stack.nt;
    memcpy(d.spacing, l->stack.spacing, sizeof d.spacing);
    memcpy(d.origin, l->stack.origin, sizeof d.origin);
    memcpy(d.direction, l->stack.direction, sizeof d.direction);
    return tomo_image_new(l->ctx, &l->image, &d, err);
}

/* Color: the type that decoding gives, learned from the first file. */
static tomo_status color_type(load *l, int32_t wish, tomo_error *err)
{
    const tomo__slice *s = l->group.slice[0];
    const bool palette = strcmp(s->file->info.photometric, "PALETTE COLOR") == 0;
    l->components = TOMO__MIN(s->file->info.frame.samples, 3); /* CMYK and ARGB become RGB */
    l->dtype = tomo__stored_dtype(&s->file->info.frame);
    if (palette) {
        tomo_dataset *ds = NULL;
        tomo__palette p = { 0 };
        tomo_status st = tomo_dataset_open_path(l->ctx, &ds, s->file->path, NULL, NULL, err);
        if (st == TOMO_OK)
            st = tomo__palette_read(l->ctx, &p, ds, s->file->info.frame.is_signed, err);
        tomo__free(l->ctx, p.table[0]);
        tomo_dataset_free(ds);
        if (st)
            return st;
        l->components = 3;
        l->dtype = p.bits == 8 ? TOMO_DTYPE_U8 : TOMO_DTYPE_U16;
    }
    if (wish && wish != (int32_t)l->dtype)
        return tomo__fail(err, TOMO_E_ARG, "dtype %s is asked for, a color series has %s",
                          tomo_dtype_name((tomo_dtype)wish), tomo_dtype_name(l->dtype));
    return TOMO_OK;
}

static tomo_status load_volume(load *l, const tomo_series_options *o, tomo_job *job, tomo_error *err)
{
    const tomo__scan_file *f = l->group.slice[0]->file;
    tomo_dtype type[3];
    target *targets = NULL;
    size_t *run = NULL, n = 1;
    int64_t runs = 0;
    tomo_status st;
    l->raw = o->raw;
    l->components = 1;
    if (f->info.frame.samples > 1 || strcmp(f->info.photometric, "PALETTE COLOR") == 0) {
        if ((st = color_type(l, o->dtype, err)) != TOMO_OK)
            return st;
        type[0] = l->dtype;
    } else {
        n = choose_types(l, o->dtype, type, &l->check);
    }
    st = plan(l, &targets, &run, &runs, err);
    for (size_t i = 0; i < n && st == TOMO_OK; i++) {
        l->dtype = type[i];
        atomic_store(&l->misfit, false);
        st = make_image(l, err);
        if (st == TOMO_OK)
            st = tomo__parallel(l->ctx, runs, load_item, l, job, err);
        if (st == TOMO_OK && !atomic_load(&l->misfit))
            break;
        tomo_image_free(l->image);
        l->image = NULL;
    }
    tomo__free(l->ctx, targets);
    tomo__free(l->ctx, run);
    return st;
}

/* The caller's options, perhaps of an older and shorter struct, over the defaults. */
static tomo_status take_options(tomo_series_options *o, const tomo_series_options *from, tomo_error *err)
{
    const tomo_series_options defaults = TOMO_SERIES_OPTIONS_INIT;
    *o = defaults;
    if (from && from->struct_size)
        memcpy(o, from, TOMO__MIN(from->struct_size, sizeof *o));
    if (o->dtype && !tomo_dtype_size((tomo_dtype)o->dtype))
        return tomo__fail(err, TOMO_E_ARG, "dtype is %d, expected a tomo_dtype or 0", o->dtype);
    if ((o->raw != 0) + (o->suv != 0) + (o->real_world != 0) > 1)
        return tomo__fail(err, TOMO_E_ARG, "raw, suv and real_world exclude each other");
    if (!(o->tolerance_mm >= 0) || !isfinite(o->tolerance_mm))
        return tomo__fail(err, TOMO_E_ARG, "tolerance is %g mm, expected 0 or more", o->tolerance_mm);
    return TOMO_OK;
}

tomo_status tomo_series_load(tomo_ctx *ctx, tomo_image **out, const tomo_study *study, size_t series,
                             const tomo_series_options *opts, tomo_report *report, tomo_job *job, tomo_error *err)
{
    tomo_series_options o;
    tomo_status st;
    if (!ctx || !out || !study)
        return tomo__fail(err, TOMO_E_ARG, "tomo_series_load: context, result and study must be given");
    if ((st = take_options(&o, opts, err)) != TOMO_OK)
        return st;
    load l = { .ctx = ctx };
    st = tomo__images_choose(ctx, study, series, &o, &l.slices, &l.group, err);
    if (st == TOMO_OK && (st = tomo__stack_arrange(ctx, &l.group, &o, &l.stack, report, err)) == TOMO_E_GEOMETRY)
        tomo__echoes_say(ctx, &l.group, report);
    if (st == TOMO_OK)
        st = tomo__real_world_apply(ctx, &l.group, o.real_world, report, err);
    if (st == TOMO_OK && o.suv)
        st = tomo__suv_apply(ctx, &l.group, o.suv, report, err);
    if (st == TOMO_OK)
        st = load_volume(&l, &o, job, err);
    if (st == TOMO_OK && (st = tomo__straighten(ctx, &l.image, l.stack.shift, report, job, err)) != TOMO_OK)
        tomo_image_free(l.image);
    tomo__free(ctx, l.group.slice);
    tomo__free(ctx, l.slices);
    if (st == TOMO_OK)
        *out = l.image;
    return st;
}
