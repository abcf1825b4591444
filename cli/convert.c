/* convert.c - tomo convert: any series or volume to any format. */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <tomo/filter.h>
#include <tomo/format_stream.h>
#include <tomo/object_rt.h>
#include <tomo/object_seg.h>
#include <tomo/pipeline.h>

static bool ends_with(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    return n >= m && strcmp(path + n - m, ending) == 0;
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* One structure of a structure set by name or number, or all of them with shapes between distant planes. */
static tomo_status load_structures(cli *c, tomo_image **image, const tomo_dataset *ds, const tomo_image *grid,
                                   tomo_report *report)
{
    tomo_rt_mask_options o = TOMO_RT_MASK_OPTIONS_INIT;
    tomo_rt_structures *set = NULL;
    const char *name = cli_flag_value(c, "structure");
    o.interpolate = cli_flag_value(c, "interpolate");
    tomo_status st = tomo_rt_structures_read(c->ctx, &set, ds, report, &c->err);
    if (st == TOMO_OK && !name)
        st = tomo_rt_structures_labels(c->ctx, image, set, grid, &o, report, c->job, &c->err);
    else if (st == TOMO_OK) {
        tomo_rt_structure s = { sizeof s };
        size_t i = 0, n = tomo_rt_structures_count(set);
        for (; i < n && tomo_rt_structures_get(set, i, &s, &c->err) == TOMO_OK; i++) {
            char number[24];
            snprintf(number, sizeof number, "%lld", (long long)s.number);
            if (strcmp(s.name, name) == 0 || strcmp(number, name) == 0)
                break;
        }
        st = i < n ? tomo_rt_structures_mask(c->ctx, image, set, i, grid, &o, report, c->job, &c->err)
                   : tomo__fail(&c->err, TOMO_E_NOTFOUND, "no structure has the name or number '%s' (tomo dicom show)",
                                name);
    }
    tomo_rt_structures_free(set);
    return st;
}

/* Of a segmentation one segment, or all in layers within which nothing overlaps. */
static tomo_status load_segments(cli *c, tomo_image **image, tomo_report *report)
{
    tomo_dataset *ds = NULL;
    tomo_seg *seg = NULL;
    int64_t number = -1;
    if (!cli_flag_int(c, "segment", 0, 65535, &number))
        return tomo__fail(&c->err, TOMO_E_ARG, "--segment is a number of 0 to 65535");
    tomo_status st = tomo_dataset_open_path(c->ctx, &ds, c->args[0], NULL, report, &c->err);
    st = st ? st : tomo_seg_open(c->ctx, &seg, ds, report, &c->err);
    if (st == TOMO_OK)
        st = number >= 0 ? tomo_seg_mask(c->ctx, image, seg, (int32_t)number, c->job, &c->err)
                         : tomo_seg_layers(c->ctx, image, seg, c->job, &c->err);
    tomo_seg_free(seg);
    tomo_dataset_free(ds);
    return st;
}

/* Frame of Reference UID of an object: its own, or that which a structure set refers to; "" if there is none. */
static void frame_of_reference(const tomo_dataset *ds, char uid[65])
{
    const tomo_dataset *roi = tomo_dataset_item(ds, 0x30060020, 0), *referred = tomo_dataset_item(ds, 0x30060010, 0);
    *uid = 0;
    if (tomo_dataset_text(ds, 0x00200052, 0, uid, 65) <= 0 &&
        (!roi || tomo_dataset_text(roi, 0x30060024, 0, uid, 65) <= 0) && referred)
        tomo_dataset_text(referred, 0x00200052, 0, uid, 65);
}

/* Places in different frames of reference can't be compared: said, not refused, since images may have been aligned. */
static tomo_status compare_frames(cli *c, const tomo_dataset *ds, const char *grid_path, tomo_report *report)
{
    char mine[65], other[65] = "";
    tomo_path_kind kind = TOMO_PATH_UNKNOWN;
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_study *study = NULL;
    tomo_dataset *grid = NULL;
    tomo_status st = tomo_pipeline_probe(c->ctx, grid_path, &kind, &c->err);
    if (st != TOMO_OK || (kind != TOMO_PATH_DICOM && kind != TOMO_PATH_DICOM_FOLDER))
        return st;
    o.stop_before_pixels = true;
    st = tomo_study_scan(c->ctx, &study, grid_path, NULL, NULL, &c->err);
    const char *first = st == TOMO_OK ? tomo_study_file(study, 0, 0) : NULL;
    if (first)
        st = tomo_dataset_open_path(c->ctx, &grid, first, &o, NULL, &c->err);
    frame_of_reference(ds, mine);
    if (grid)
        frame_of_reference(grid, other);
    if (st == TOMO_OK && *mine && *other && strcmp(mine, other) != 0)
        tomo__remark(report, "%s is in Frame of Reference %s, the grid in %s: places agree only if both were aligned",
                     c->args[0], mine, other);
    tomo_dataset_free(grid);
    tomo_study_free(study);
    return st;
}

static tomo_status say_if_empty(cli *c, const tomo_image *image, tomo_report *report)
{
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    const tomo_status st = tomo_image_statistics(c->ctx, &s, image, NULL, NULL, &c->err);
    if (st == TOMO_OK && s.min == 0 && s.max == 0)
        tomo__remark(report, "nothing of %s lies on the grid: every voxel is 0", c->args[0]);
    return st;
}

/* An object whose voxels are to be those of another image: contours, a segmentation on the CT's grid. */
static tomo_status load_on_grid(cli *c, tomo_image **image, const char *grid_path, tomo_report *report)
{
    tomo_image *grid = NULL, *own = NULL;
    tomo_dataset *ds = NULL;
    tomo_status st = tomo_dataset_open_path(c->ctx, &ds, c->args[0], NULL, report, &c->err);
    if (st == TOMO_OK)
        st = tomo_pipeline_load(c->ctx, &grid, grid_path, NULL, report, c->job, &c->err);
    if (st == TOMO_OK)
        st = compare_frames(c, ds, grid_path, report);
    if (st == TOMO_OK && (cli_flag_value(c, "segment") || cli_flag_value(c, "layers"))) {
        tomo_resample_options o = TOMO_RESAMPLE_OPTIONS_INIT;
        o.interp = TOMO_INTERP_NEAREST;
        st = load_segments(c, &own, report);
        st = st ? st : tomo_filter_resample(c->ctx, image, own, grid, NULL, &o, c->job, &c->err);
    } else if (st == TOMO_OK && (cli_flag_value(c, "structure") || cli_flag_value(c, "interpolate")))
        st = load_structures(c, image, ds, grid, report);
    else if (st == TOMO_OK)
        st = tomo_object_load(c->ctx, image, ds, grid, report, c->job, &c->err);
    if (st == TOMO_OK)
        st = say_if_empty(c, *image, report);
    tomo_image_free(own);
    tomo_image_free(grid);
    tomo_dataset_free(ds);
    return st;
}

/* The first time point, the second, ...: --time, which formats read by themselves and DICOM does not. */
static tomo_status take_time(cli *c, tomo_image **image)
{
    tomo_format_load_options f = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    tomo_image *one = NULL;
    tomo_status st = cli_options(c, tomo_format_load_op(), &f, NULL);
    const int64_t n = tomo_image_get_desc(*image)->size[3];
    if (st != TOMO_OK || f.time < 0)
        return st;
    st = f.time < n ? tomo_image_volume_at(c->ctx, &one, *image, f.time, &c->err)
                    : tomo__fail(&c->err, TOMO_E_ARG, "--time is %d, but %s has %lld time points, from 0", (int)f.time,
                                 c->args[0], (long long)n);
    if (st == TOMO_OK) {
        tomo_image_free(*image);
        *image = one;
    }
    return st;
}

static tomo_status load(cli *c, tomo_image **image)
{
    tomo_report *report = NULL;
    tomo_path_kind kind = TOMO_PATH_UNKNOWN;
    const char *series = cli_flag_value(c, "series"), *grid = cli_flag_value(c, "grid");
    tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
    tomo_format_load_options f = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    bool asked = false, of_file = false;
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    st = st ? st : cli_options(c, tomo_series_load_op(), &o, &asked);
    st = st ? st : cli_options(c, tomo_format_load_op(), &f, &of_file);
    if (st == TOMO_OK)
        st = tomo_pipeline_probe(c->ctx, c->args[0], &kind, &c->err);
    if (st == TOMO_OK && grid)
        st = load_on_grid(c, image, grid, report);
    else if (st == TOMO_OK && (cli_flag_value(c, "segment") || cli_flag_value(c, "layers")))
        st = load_segments(c, image, report);
    else if (st == TOMO_OK && asked && (kind == TOMO_PATH_DICOM || kind == TOMO_PATH_DICOM_FOLDER))
        st = tomo_dicom_load(c->ctx, image, c->args[0], series, &o, report, c->job, &c->err);
    else if (st == TOMO_OK && of_file && kind == TOMO_PATH_VOLUME)
        st = tomo_format_load(c->ctx, image, c->args[0], &f, report, c->job, &c->err);
    else if (st == TOMO_OK && o.suv)
        st = tomo__fail(&c->err, TOMO_E_ARG, "%s: SUV needs the DICOM files", c->args[0]);
    else if (st == TOMO_OK)
        st = tomo_pipeline_load(c->ctx, image, c->args[0], series, report, c->job, &c->err);
    if (st == TOMO_OK && kind != TOMO_PATH_VOLUME)
        st = take_time(c, image);
    cli_print_report(c, report);
    return st;
}

static tomo_status save_file(cli *c, const tomo_image *image)
{
    tomo_format_save_options f = TOMO_FORMAT_SAVE_OPTIONS_INIT;
    const tomo_status st = cli_options(c, tomo_format_save_op(), &f, NULL);
    return st ? st : tomo_format_save(c->ctx, c->args[1], image, &f, c->job, &c->err);
}

/* Picture formats; those but TIFF hold 8 bits, and PNG 16 without a sign. */
static bool is_picture(const char *path)
{
    static const char *const endings[] = { ".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff" };
    for (size_t i = 0; i < TOMO__COUNT(endings); i++)
        if (tomo__ends_with(path, endings[i]))
            return true;
    return false;
}

static bool holds(const char *path, const tomo_image_desc *d, bool stack)
{
    return d->components > 1 || d->dtype == TOMO_DTYPE_U8 || tomo__ends_with(path, ".tif") ||
           tomo__ends_with(path, ".tiff") || (stack && d->dtype == TOMO_DTYPE_U16 && tomo__ends_with(path, ".png"));
}

/* One slice, or all of them under a name with a number and in a TIFF; windowed to 8 bits where it must be or is asked
 * for. */
static tomo_status save_pictures(cli *c, const tomo_image *image)
{
    const tomo_image_desc *d = tomo_image_get_desc(image);
    const char *path = c->args[1], *window = cli_flag_value(c, "window");
    const bool stack = strcmp(tomo_format_find(path)->name, "stack") == 0;
    const bool all = stack || ((tomo__ends_with(path, ".tif") || tomo__ends_with(path, ".tiff")) &&
                               !cli_flag_value(c, "frame"));
    tomo_image *slice = NULL, *gray = NULL;
    tomo_window_options w = TOMO_WINDOW_OPTIONS_INIT;
    int64_t frame = d->size[2] / 2;
    char tail;
    w.center = w.width = NAN;
    if (window && (sscanf(window, "%lf,%lf%c", &w.center, &w.width, &tail) != 2 || !(w.width >= 1)))
        return tomo__fail(&c->err, TOMO_E_ARG, "--window is '%s', expected CENTER,WIDTH with a width of at least 1",
                          window);
    if (!cli_flag_int(c, "frame", 0, d->size[2] - 1, &frame))
        return tomo__fail(&c->err, TOMO_E_ARG, "--frame is outside of 0 to %lld", (long long)d->size[2] - 1);
    const int64_t start[4] = { 0, 0, all ? 0 : frame, 0 };
    const int64_t size[4] = { d->size[0], d->size[1], all ? d->size[2] : 1, all ? d->size[3] : 1 };
    tomo_status st = tomo_image_crop(c->ctx, &slice, image, start, size, &c->err);
    if (st == TOMO_OK && d->components == 1 && (window || !holds(path, d, all)))
        st = tomo_image_window(c->ctx, &gray, slice, &w, c->job, &c->err);
    if (st == TOMO_OK)
        st = save_file(c, gray ? gray : slice);
    tomo_image_free(gray);
    tomo_image_free(slice);
    return st;
}

static tomo_status save_series(cli *c, const tomo_image *image)
{
    tomo_series_write_options w = TOMO_SERIES_WRITE_OPTIONS_INIT;
    tomo_dataset *like = NULL;
    const char *like_path = cli_flag_value(c, "like");
    char modality[17] = "";
    tomo_status st = TOMO_OK;
    if (like_path) {
        tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
        o.stop_before_pixels = true;
        st = tomo_dataset_open_path(c->ctx, &like, like_path, &o, NULL, &c->err);
        if (st == TOMO_OK)
            tomo_dataset_text(like, 0x00080060, 0, modality, sizeof modality);
    }
    st = st ? st : cli_options(c, tomo_series_write_op(), &w, NULL);
    w.like = like;
    if (!w.modality && modality[0])
        w.modality = modality;
    if (st == TOMO_OK && !w.modality)
        st = tomo__fail(&c->err, TOMO_E_ARG, "%s is a DICOM folder: say --modality CT or --modality MR", c->args[1]);
    st = st ? st : tomo_report_new(c->ctx, &w.report, &c->err);
    if (st == TOMO_OK)
        st = tomo_series_write(c->ctx, image, c->args[1], &w, c->job, &c->err);
    cli_print_report(c, w.report);
    tomo_dataset_free(like);
    return st;
}

/* FSL's text files beside the volume: OUT without its ending, .bval and .bvec. */
static tomo_status save_gradients(cli *c)
{
    const char *uid = cli_flag_value(c, "series"), *out = c->args[1];
    tomo_series_options o = TOMO_SERIES_OPTIONS_INIT;
    tomo_study *study = NULL;
    tomo_buffer *text[2] = { NULL, NULL };
    size_t at = 0, stem = strlen(out) - (ends_with(out, ".nii.gz") ? 7 : ends_with(out, ".nii") ? 4 : 0);
    if (stem == strlen(out))
        return tomo__fail(&c->err, TOMO_E_ARG, "--gradients goes with .nii and .nii.gz");
    tomo_status st = cli_options(c, tomo_series_load_op(), &o, NULL);
    st = st ? st : tomo_study_scan(c->ctx, &study, c->args[0], NULL, c->job, &c->err);
    for (; st == TOMO_OK && uid; at++) {
        tomo_series_info info = { sizeof info };
        st = tomo_study_info(study, at, &info, &c->err);
        if (st == TOMO_OK && strcmp(info.series_uid, uid) == 0)
            break;
    }
    st = st ? st : tomo_series_diffusion(c->ctx, &text[0], &text[1], study, at, &o, &c->err);
    for (int i = 0; st == TOMO_OK && i < 2; i++) {
        tomo__text path = TOMO__TEXT(c->ctx);
        tomo__text_add(&path, out, stem);
        tomo__text_str(&path, i ? ".bvec" : ".bval");
        st = path.failed
                 ? tomo__fail(&c->err, TOMO_E_NOMEM, "no memory for a path")
                 : tomo__file_put(c->ctx, path.data, tomo_buffer_data(text[i]), tomo_buffer_size(text[i]), &c->err);
        tomo__text_free(&path);
    }
    tomo_buffer_free(text[0]);
    tomo_buffer_free(text[1]);
    tomo_study_free(study);
    return st;
}

/* A surface to another format of surfaces; no option of an image says anything about it. */
static tomo_status convert_mesh(cli *c)
{
    tomo_report *report = NULL;
    tomo_value mesh = { TOMO_KIND_NONE, NULL };
    for (const cli_flag *flag = c->command->flags; flag && flag->name; flag++)
        if (cli_flag_value(c, flag->name))
            return tomo__fail(&c->err, TOMO_E_ARG, "%s is a surface mesh: --%s is for images", c->args[0], flag->name);
    if (c->n_op_flags)
        return tomo__fail(&c->err, TOMO_E_ARG, "%s is a surface mesh: --%s is for images", c->args[0],
                          c->op_flag[0].name);
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    tomo__span whole = tomo__job_enter(c->job, 0.0, 0.5, "reading");
    if (st == TOMO_OK)
        st = tomo_pipeline_load_value(c->ctx, &mesh, TOMO_KIND_MESH, c->args[0], report, c->job, &c->err);
    tomo__job_leave(c->job, whole);
    cli_print_report(c, report);
    whole = tomo__job_enter(c->job, 0.5, 1.0, "writing");
    if (st == TOMO_OK)
        st = tomo_pipeline_save(c->ctx, c->args[1], &mesh, c->job, &c->err);
    tomo__job_leave(c->job, whole);
    tomo_value_clear(&mesh);
    return st;
}

/* Would save_pictures() write all of the volume as it is? */
static bool written_as_it_is(cli *c, const tomo_image_desc *d)
{
    return !is_picture(c->args[1]) ||
           (!cli_flag_value(c, "window") && !cli_flag_value(c, "frame") && holds(c->args[1], d, true));
}

/* A volume file that does not fit into memory, to a format that is written slab by slab? */
static bool too_large(cli *c)
{
    tomo_format_load_options f = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    tomo_volume_reader *reader = NULL;
    tomo_error ignored = { 0 };
    bool large = false;
    if (!tomo_format_streams(c->args[1], c->args[0]) || cli_options(c, tomo_format_load_op(), &f, NULL) != TOMO_OK)
        return false;
    f.raw = true; /* the header is enough */
    if (tomo_volume_reader_open(c->ctx, &reader, c->args[0], &f, NULL, NULL, &ignored) == TOMO_OK) {
        const tomo_image_desc *d = tomo_volume_reader_desc(reader);
        uint64_t bytes = (uint64_t)d->components * tomo_dtype_size(d->dtype);
        for (int i = 0; i < 4; i++)
            bytes *= (uint64_t)d->size[i];
        large = written_as_it_is(c, d) && !tomo__fits(c->ctx, 2 * bytes);
    }
    tomo_volume_reader_free(reader);
    return large;
}

static tomo_status convert_in_slabs(cli *c)
{
    tomo_format_load_options load_options = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    tomo_format_save_options save_options = TOMO_FORMAT_SAVE_OPTIONS_INIT;
    tomo_report *report = NULL;
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    st = st ? st : cli_options(c, tomo_format_load_op(), &load_options, NULL);
    st = st ? st : cli_options(c, tomo_format_save_op(), &save_options, NULL);
    if (st == TOMO_OK)
        st = tomo_format_convert(c->ctx, c->args[1], c->args[0], &load_options, &save_options, report, c->job, &c->err);
    cli_print_report(c, report);
    return st;
}

static tomo_status convert_image(cli *c)
{
    tomo_image *image = NULL;
    bool folder = !strchr(file_name(c->args[1]), '.');
    tomo__span whole = tomo__job_enter(c->job, 0.0, 0.5, "reading");
    tomo_status st = load(c, &image);
    tomo__job_leave(c->job, whole);
    whole = tomo__job_enter(c->job, 0.5, 1.0, "writing");
    if (st == TOMO_OK && cli_flag_value(c, "gradients"))
        st = save_gradients(c);
    if (st == TOMO_OK && folder)
        st = save_series(c, image);
    else if (st == TOMO_OK && is_picture(c->args[1]))
        st = save_pictures(c, image);
    else if (st == TOMO_OK)
        st = save_file(c, image);
    tomo__job_leave(c->job, whole);
    tomo_image_free(image);
    return st;
}

/* The flags that say something about this input and this output; an option of a table that is one of several. */
static bool flags_fit(cli *c, tomo_path_kind kind)
{
    const bool folder = !strchr(file_name(c->args[1]), '.'), png = ends_with(c->args[1], ".png");
    const bool dicom = kind == TOMO_PATH_DICOM || kind == TOMO_PATH_DICOM_FOLDER;
    const bool object = cli_flag_value(c, "grid") || cli_flag_value(c, "segment") || cli_flag_value(c, "layers");
    tomo_op time = *tomo_format_load_op();
    const tomo_op *tables[4] = { NULL };
    char flags[200], what[160];
    size_t n = 0;
    while (strcmp(time.options->name, "time") != 0)
        time.options++;
    time.n_options = 1;
    tables[n++] = dicom ? &time : tomo_format_load_op();
    if (dicom && !object)
        tables[n++] = tomo_series_load_op();
    if (!png)
        tables[n++] = folder ? tomo_series_write_op() : tomo_format_save_op();
    snprintf(flags, sizeof flags, "%s%s%s",
             !dicom                      ? " "
             : cli_flag_value(c, "grid") ? " series grid structure interpolate segment layers gradients "
                                         : " series segment layers gradients ",
             folder ? "like " : "", is_picture(c->args[1]) ? "frame window " : "");
    snprintf(what, sizeof what, "%s to %s%s", dicom ? "DICOM" : "a volume",
             folder ? "a DICOM folder" : file_name(c->args[1]),
             dicom && !cli_flag_value(c, "grid") ? " without --grid" : "");
    return cli_only(c, what, flags, tables);
}

int cli_convert(cli *c)
{
    tomo_path_kind kind = TOMO_PATH_UNKNOWN;
    tomo_status st = tomo_pipeline_probe(c->ctx, c->args[0], &kind, &c->err);
    if (st == TOMO_OK && kind != TOMO_PATH_MESH && kind != TOMO_PATH_UNKNOWN && !flags_fit(c, kind))
        return CLI_USAGE;
    if (st == TOMO_OK)
        st = kind == TOMO_PATH_MESH                       ? convert_mesh(c)
             : kind == TOMO_PATH_VOLUME && too_large(c) ? convert_in_slabs(c)
                                                        : convert_image(c);
    return st ? cli_fail(c) : cli_print_done(c, c->args[1]);
}
