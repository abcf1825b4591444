/* create_image.c - tomo dicom create --as seg, pmap, sc, ...: an image as a DICOM object. A kind is one row of the
 * table below. */
#include "create.h"

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <tomo/dicom_transcode.h>
#include <tomo/pipeline.h>

typedef struct create {
    cli *c;
    tomo_image *in;
    tomo_dataset **source; /* headers of the images that --like names */
    size_t n_sources;
    tomo_object_options object;
    tomo_frames_options frames;
    tomo_report *report;
} create;

typedef struct create_kind {
    const char *word;
    int32_t what; /* a tomo_seg_type */
    tomo_status (*make)(create *k, const struct create_kind *kind, tomo_dataset **out);
} create_kind;

/* "VALUE,SCHEME,MEANING"; the parts point into `text`, which is cut. */
static bool split_code(char *text, tomo_seg_code *out)
{
    char *scheme = text ? strchr(text, ',') : NULL, *meaning = scheme ? strchr(scheme + 1, ',') : NULL;
    if (!meaning)
        return false;
    *scheme++ = *meaning++ = 0;
    *out = (tomo_seg_code){ text, scheme, meaning };
    return *text && *scheme && *meaning;
}

static tomo_status make_seg(create *k, const create_kind *kind, tomo_dataset **out)
{
    cli *c = k->c;
    tomo_seg_options o = TOMO_SEG_OPTIONS_INIT;
    create_segments s = { NULL, NULL, 0 };
    const char *segments = cli_flag_value(c, "segments"), *type = cli_flag_value(c, "algorithm");
    tomo_status st = segments ? cli_segments_read(c, segments, &s) : TOMO_OK;
    o.type = kind->what;
    o.object = &k->object;
    o.segments = s.segment;
    o.n_segments = s.n;
    o.algorithm_type = type;
    o.algorithm_name = cli_flag_value(c, "algorithm-name");
    o.sources = k->frames.sources;
    o.n_sources = k->frames.n_sources;
    o.keep_empty = cli_flag_value(c, "keep-empty") != NULL;
    o.creator = cli_flag_value(c, "creator");
    if (st == TOMO_OK && !type && !s.n)
        st = tomo__fail(&c->err, TOMO_E_ARG,
                        "say how the segments were made: --algorithm AUTOMATIC, SEMIAUTOMATIC or MANUAL");
    st = st ? st : tomo_seg_make(c->ctx, out, k->in, &o, k->report, c->job, &c->err);
    cli_segments_free(&s);
    return st;
}

static tomo_status make_map(create *k, const create_kind *kind, tomo_dataset **out)
{
    cli *c = k->c;
    tomo_pmap_options o = TOMO_PMAP_OPTIONS_INIT;
    const char *quantity = cli_flag_value(c, "quantity"), *units = cli_flag_value(c, "units");
    char *q = tomo__strdup(c->ctx, quantity ? quantity : ""), *u = tomo__strdup(c->ctx, units ? units : "");
    tomo_status st = TOMO_OK;
    static const tomo_dtype types[] = { TOMO_DTYPE_U16, TOMO_DTYPE_F32, TOMO_DTYPE_F64 };
    const char *dtype = cli_flag_value(c, "dtype");
    (void)kind;
    for (size_t i = 0; dtype && i < TOMO__COUNT(types); i++)
        if (strcmp(dtype, tomo_dtype_name(types[i])) == 0)
            o.dtype = types[i];
    if (dtype && !o.dtype)
        st = tomo__fail(&c->err, TOMO_E_ARG, "--dtype is '%s', expected uint16, float32 or float64", dtype);
    else if (!q || !u)
        st = tomo__fail(&c->err, TOMO_E_NOMEM, "no memory for two codes");
    else if (!split_code(q, &o.quantity) || !split_code(u, &o.units))
        st = tomo__fail(&c->err, TOMO_E_ARG,
                        "say what the values are: --quantity and --units, each VALUE,SCHEME,MEANING, as "
                        "--quantity '113041,DCM,Apparent Diffusion Coefficient' --units 'mm2/s,UCUM,mm2/s'");
    o.frames = &k->frames;
    st = st ? st : tomo_pmap_make(c->ctx, out, k->in, &o, k->report, c->job, &c->err);
    tomo__free(c->ctx, q);
    tomo__free(c->ctx, u);
    return st;
}

static tomo_status make_capture(create *k, const create_kind *kind, tomo_dataset **out)
{
    (void)kind;
    return tomo_capture_make(k->c->ctx, out, k->in, &k->frames, k->report, k->c->job, &k->c->err);
}

static tomo_status make_enhanced(create *k, const create_kind *kind, tomo_dataset **out)
{
    return tomo_enhanced_make(k->c->ctx, out, k->in, kind->what ? "MR" : "CT", &k->frames, k->report, k->c->job,
                              &k->c->err);
}

/* A series of single slices: OUT is a folder. */
static tomo_status make_series(create *k, const create_kind *kind, tomo_dataset **out)
{
    cli *c = k->c;
    tomo_series_write_options w = TOMO_SERIES_WRITE_OPTIONS_INIT;
    (void)out;
    w.modality = kind->what ? "MR" : "CT";
    w.like = k->object.like;
    w.description = k->object.description;
    w.seed = k->object.seed;
    w.derivation = k->frames.derivation;
    w.report = k->report;
    return tomo_series_write(c->ctx, k->in, c->args[1], &w, c->job, &c->err);
}

static const create_kind kinds[] = {
    { "seg", TOMO_SEG_BINARY, make_seg },
    { "seg-fractional", TOMO_SEG_PROBABILITY, make_seg },
    { "seg-occupancy", TOMO_SEG_OCCUPANCY, make_seg },
    { "labelmap", TOMO_SEG_LABELMAP, make_seg },
    { "pmap", 0, make_map },
    { "sc", 0, make_capture },
    { "enhanced-ct", 0, make_enhanced },
    { "enhanced-mr", 1, make_enhanced },
    { "ct", 0, make_series },
    { "mr", 1, make_series },
};

/* ---- sources ---- */

static tomo_status add_source(create *k, const char *path)
{
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_dataset **more = realloc(k->source, (k->n_sources + 1) * sizeof *more);
    if (!more)
        return tomo__fail(&k->c->err, TOMO_E_NOMEM, "no memory for %zu headers", k->n_sources + 1);
    k->source = more;
    o.stop_before_pixels = true;
    const tomo_status st = tomo_dataset_open_path(k->c->ctx, &more[k->n_sources], path, &o, NULL, &k->c->err);
    k->n_sources += st == TOMO_OK;
    return st;
}

/* The series of a folder: its largest, or --series. */
static tomo_status add_series(create *k, const char *folder)
{
    cli *c = k->c;
    tomo_study *study = NULL;
    const char *uid = cli_flag_value(c, "series");
    size_t at = 0;
    tomo_status st = tomo_study_scan(c->ctx, &study, folder, k->report, NULL, &c->err);
    for (; st == TOMO_OK; at++) {
        tomo_series_info info = { sizeof info };
        st = tomo_study_info(study, at, &info, &c->err);
        if (st || !uid || strcmp(info.series_uid, uid) == 0)
            break;
    }
    const char *path;
    for (size_t i = 0; st == TOMO_OK && (path = tomo_study_file(study, at, i)); i++)
        st = add_source(k, path);
    tomo_study_free(study);
    return st;
}

static tomo_status read_sources(create *k)
{
    const char *like = cli_flag_value(k->c, "like");
    struct stat info;
    if (!like)
        return TOMO_OK;
    const tomo_status st = stat(like, &info) == 0 && S_ISDIR(info.st_mode) ? add_series(k, like) : add_source(k, like);
    if (st == TOMO_OK && k->n_sources) {
        k->object.like = k->source[0];
        k->frames.sources = (const tomo_dataset *const *)k->source;
        k->frames.n_sources = k->n_sources;
    }
    return st;
}

typedef struct box {
    double low[3], high[3]; /* LPS mm */
} box;

static void widen(box *b, const double at[3])
{
    for (int i = 0; i < 3; i++) {
        b->low[i] = fmin(b->low[i], at[i]);
        b->high[i] = fmax(b->high[i], at[i]);
    }
}

/* Corners of the pixels of one slice; false if it says no place. */
static bool widen_by_slice(box *b, const tomo_dataset *ds)
{
    double place[3], axes[6], step[2], rows, columns;
    bool known = tomo_dataset_double(ds, 0x00280010, 0, &rows) && tomo_dataset_double(ds, 0x00280011, 0, &columns);
    for (size_t i = 0; i < 6 && known; i++)
        known = (i >= 3 || tomo_dataset_double(ds, 0x00200032, i, &place[i])) &&
                tomo_dataset_double(ds, 0x00200037, i, &axes[i]) &&
                (i >= 2 || tomo_dataset_double(ds, 0x00280030, i, &step[i]));
    for (int corner = 0; corner < 4 && known; corner++) {
        double at[3];
        for (int i = 0; i < 3; i++)
            at[i] = place[i] + (corner & 1 ? columns - 1 : 0) * step[1] * axes[i] +
                    (corner & 2 ? rows - 1 : 0) * step[0] * axes[3 + i];
        widen(b, at);
    }
    return known;
}

/* The patient and Frame of Reference come from --like: a series that lies somewhere else is hardly the right one. */
static void say_if_elsewhere(create *k)
{
    const box none = { { INFINITY, INFINITY, INFINITY }, { -INFINITY, -INFINITY, -INFINITY } };
    const tomo_image_desc *d = tomo_image_get_desc(k->in);
    box image = none, source = none;
    bool known = k->n_sources > 0, apart = false;
    for (int corner = 0; corner < 8; corner++) {
        double at[3];
        const double index[3] = { corner & 1 ? (double)d->size[0] - 1 : 0, corner & 2 ? (double)d->size[1] - 1 : 0,
                                  corner & 4 ? (double)d->size[2] - 1 : 0 };
        tomo_image_to_patient(k->in, index, at);
        widen(&image, at);
    }
    for (size_t i = 0; i < k->n_sources && known; i++)
        known = widen_by_slice(&source, k->source[i]);
    for (int i = 0; i < 3; i++)
        apart |= image.high[i] < source.low[i] || image.low[i] > source.high[i];
    if (known && apart)
        tomo__remark(k->report,
                     "%s lies nowhere near the images of --like, whose patient and Frame of Reference it gets",
                     k->c->args[0]);
}

/* ---- the verb ---- */

/* Explicit little endian, or --syntax, which may compress. */
static tomo_status write_object(cli *c, const tomo_dataset *ds)
{
    tomo_transcode_options o = TOMO_TRANSCODE_OPTIONS_INIT;
    const char *syntax = cli_flag_value(c, "syntax");
    if (!syntax)
        return tomo_dataset_write(c->ctx, ds, c->args[1], NULL, &c->err);
    o.syntax = syntax;
    return tomo_dataset_transcode(c->ctx, ds, c->args[1], &o, c->job, &c->err);
}

static tomo_status run(create *k, const create_kind *kind)
{
    cli *c = k->c;
    const tomo_object_options object = TOMO_OBJECT_OPTIONS_INIT;
    const tomo_frames_options frames = TOMO_FRAMES_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    k->object = object;
    k->object.seed = cli_flag_value(c, "seed");
    k->object.description = cli_flag_value(c, "description");
    k->object.when = cli_flag_value(c, "when");
    k->frames = frames;
    k->frames.object = &k->object;
    k->frames.derivation = cli_flag_value(c, "derivation");
    tomo_status st = tomo_report_new(c->ctx, &k->report, &c->err);
    k->object.report = k->report;
    st = st ? st : read_sources(k);
    st = st ? st : tomo_pipeline_load(c->ctx, &k->in, c->args[0], NULL, k->report, c->job, &c->err);
    if (st == TOMO_OK)
        say_if_elsewhere(k);
    st = st ? st : kind->make(k, kind, &ds);
    if (st == TOMO_OK && ds)
        st = write_object(c, ds);
    cli_print_report(c, k->report);
    tomo_dataset_free(ds);
    tomo_image_free(k->in);
    for (size_t i = 0; i < k->n_sources; i++)
        tomo_dataset_free(k->source[i]);
    free(k->source);
    return st;
}

int cli_create_image(cli *c)
{
    create k = { .c = c };
    const char *as = cli_flag_value(c, "as");
    const create_kind *kind = kinds;
    while (strcmp(kind->word, as) != 0) /* create.c asks for words of this table only */
        kind++;
    return run(&k, kind) ? cli_fail(c) : cli_print_done(c, c->args[1]);
}
