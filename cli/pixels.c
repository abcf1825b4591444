/* pixels.c - tomo dicom pixels: stored values, a frame as viewers show it, real-world values, overlay planes. */
#include "dicom_common.h"

#include <math.h>
#include <stdlib.h>
#include <tomo/dicom_pixels.h>
#include <tomo/format.h>
#include <tomo/object_present.h>
#include <tomo/pipeline.h>

/* What to make of the pixels. */
typedef enum what { STORED, INDICES, SHOWN, PRESENTED, REAL, OVERLAY } what;

typedef struct request {
    what what;
    int64_t frame; /* -1 = all */
    int64_t overlay;
    tomo_display_options display;
    tomo_real_options real;
    tomo_real_info info;
    tomo_presentation_options presented;
    tomo_dataset *state;
} request;

static bool is_png(const cli *c) { return c->n_args == 2 && tomo__ends_with(c->args[1], ".png"); }

/* "auto", "range", "full", a window's number, or "lut:" and a LUT's. */
static bool read_voi(cli *c, const char *text, tomo_display_options *o)
{
    static const struct {
        const char *word;
        int32_t voi;
    } words[] = { { "auto", TOMO_DISPLAY_AUTO }, { "range", TOMO_DISPLAY_RANGE }, { "full", TOMO_DISPLAY_FULL } };
    char *end;
    for (size_t i = 0; i < TOMO__COUNT(words); i++)
        if (strcmp(text, words[i].word) == 0) {
            o->voi = words[i].voi;
            return true;
        }
    const bool lut = strncmp(text, "lut:", 4) == 0;
    const char *number = lut ? text + 4 : text;
    const long n = strtol(number, &end, 10);
    if (end == number || *end || n < 0 || n > 65535) {
        cli_usage(c, "--voi is '%s', expected auto, range, full, the number of a window, or lut:NUMBER", text);
        return false;
    }
    o->voi = lut ? TOMO_DISPLAY_LUT : TOMO_DISPLAY_VIEW;
    o->view = (int32_t)n;
    return true;
}

static bool read_function(cli *c, const char *text, tomo_display_options *o)
{
    static const char *const words[] = { "linear", "linear-exact", "sigmoid" };
    for (int32_t i = 0; i < 3; i++)
        if (strcmp(text, words[i]) == 0) {
            o->function = i;
            return true;
        }
    cli_usage(c, "--function is '%s', expected linear, linear-exact or sigmoid", text);
    return false;
}

/* Flags to a request; false after having said what is wrong. */
static bool read_flags(cli *c, request *r)
{
    tomo_display_options *o = &r->display;
    const char *window = cli_flag_value(c, "window"), *voi = cli_flag_value(c, "voi");
    const char *function = cli_flag_value(c, "function");
    int64_t bits = 8, mapping = 0;
    char tail;
    if (!cli_flag_int(c, "frame", 0, INT32_MAX, &r->frame) || !cli_flag_int(c, "overlay", 0, 15, &r->overlay) ||
        !cli_flag_int(c, "bits", 8, 16, &bits) || !cli_flag_int(c, "mapping", 1, 65535, &mapping) ||
        (voi && !read_voi(c, voi, o)) || (function && !read_function(c, function, o)))
        return false;
    if (bits != 8 && bits != 16) {
        cli_usage(c, "--bits is %d, expected 8 or 16", (int)bits);
        return false;
    }
    if (window && (voi || sscanf(window, "%lf,%lf%c", &o->center, &o->width, &tail) != 2)) {
        if (voi)
            cli_usage(c, "--window and --voi exclude each other");
        else
            cli_usage(c, "--window is '%s', expected CENTER,WIDTH", window);
        return false;
    }
    o->voi = window ? TOMO_DISPLAY_WINDOW : o->voi;
    o->bits = (int32_t)bits;
    o->invert = cli_flag_value(c, "invert");
    o->no_overlays = cli_flag_value(c, "no-overlays");
    o->dark_padding = cli_flag_value(c, "dark-padding");
    o->keep_monochrome1 = cli_flag_value(c, "keep-monochrome1");
    r->real.mapping = (int32_t)mapping;
    r->real.padding_nan = cli_flag_value(c, "padding-nan");
    const bool shown = cli_flag_value(c, "display") || window || voi || function || cli_flag_value(c, "bits") ||
                       o->invert || o->no_overlays || o->dark_padding || o->keep_monochrome1 ||
                       cli_flag_value(c, "state");
    const bool presented = cli_flag_value(c, "presentation");
    if (presented && (cli_flag_value(c, "display") || window || voi || function || o->invert || o->dark_padding ||
                      o->keep_monochrome1 || cli_flag_value(c, "state"))) {
        cli_usage(c, "--presentation says all of the display: of its flags, --bits and --no-overlays go with it");
        return false;
    }
    r->presented.bits = o->bits;
    r->presented.no_overlays = o->no_overlays;
    const bool real = cli_flag_value(c, "real") || mapping || r->real.padding_nan;
    if ((shown || presented) + real + (r->overlay >= 0) + !!cli_flag_value(c, "stored") > 1) {
        cli_usage(c, "stored values, a displayed frame, real-world values or an overlay: one of them");
        return false;
    }
    r->what = r->overlay >= 0                                        ? OVERLAY
              : real                                                 ? REAL
              : presented                                            ? PRESENTED
              : shown || (is_png(c) && !cli_flag_value(c, "stored")) ? SHOWN
              : cli_flag_value(c, "stored")                          ? INDICES
                                                                     : STORED;
    if (r->what != STORED && r->what != INDICES && r->frame < 0 && is_png(c))
        r->frame = 0;
    return true;
}

static tomo_status presented_frame(cli *c, const request *r, const tomo_dataset *ds, int64_t frame, tomo_image **out)
{
    tomo_report *report = NULL;
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    st = st ? st : tomo_presentation_display(c->ctx, out, r->state, ds, frame, &r->presented, report, &c->err);
    cli_print_report(c, report); /* frees it */
    return st;
}

static tomo_status one_frame(cli *c, request *r, const tomo_dataset *ds, int64_t frame, tomo_image **out)
{
    switch (r->what) {
    case INDICES:
        return tomo_pixels_stored(c->ctx, ds, frame, out, &c->err);
    case SHOWN:
        return tomo_pixels_display(c->ctx, ds, frame, out, &r->display, &c->err);
    case PRESENTED:
        return presented_frame(c, r, ds, frame, out);
    case REAL:
        return tomo_pixels_real(c->ctx, ds, frame, out, &r->info, &r->real, &c->err);
    case OVERLAY:
        return tomo_overlay_frame(c->ctx, ds, (size_t)r->overlay, frame, out, &c->err);
    default:
        return tomo_pixels_frame(c->ctx, ds, frame, out, &c->err);
    }
}

/* Every frame, one behind the other: the first says what they look like. */
static tomo_status all_frames(cli *c, request *r, const tomo_dataset *ds, tomo_image **out)
{
    tomo_pixels_info info = { sizeof info };
    tomo_image *stack = NULL;
    size_t bytes = 0;
    tomo_status st = tomo_pixels_get_info(ds, &info, &c->err);
    for (int64_t f = 0; st == TOMO_OK && f < info.frames; f++) {
        tomo_image *one = NULL, *packed = NULL;
        if ((st = one_frame(c, r, ds, f, &one)) == TOMO_OK)
            st = tomo_image_pack(c->ctx, &packed, one, &c->err);
        if (st == TOMO_OK && !stack) {
            tomo_image_desc d = *tomo_image_get_desc(packed);
            bytes = (size_t)tomo_image_voxels(packed) * (size_t)d.components * tomo_dtype_size(d.dtype);
            d.dims = 3;
            d.size[2] = info.frames;
            st = tomo_image_new(c->ctx, &stack, &d, &c->err);
        }
        if (st == TOMO_OK && (tomo_image_get_desc(packed)->components != tomo_image_get_desc(stack)->components ||
                              tomo_image_get_desc(packed)->dtype != tomo_image_get_desc(stack)->dtype))
            st = tomo__fail(&c->err, TOMO_E_UNSUPPORTED, "frame %lld is of another kind than the first: use --frame",
                            (long long)f + 1);
        if (st == TOMO_OK)
            memcpy(tomo_image_row_mut(stack, 0, f, 0), tomo_image_data(packed), bytes);
        tomo_image_free(packed);
        tomo_image_free(one);
        if (st == TOMO_OK)
            st = tomo__job_step(c->job, (double)(f + 1) / (double)info.frames, &c->err);
    }
    if (st)
        tomo_image_free(stack);
    else
        *out = stack;
    return st;
}

/* What was decoded: shape, type, range, hash. */
static tomo_status pixels_json(cli *c, const request *r, const tomo_dataset *ds, const tomo_image *image,
                               tomo_buffer **out)
{
    const tomo_image_desc *d = tomo_image_get_desc(image);
    tomo_image_stats stats = { sizeof stats };
    tomo_pixels_info info = { sizeof info };
    char hex[65];
    tomo__json j = TOMO__JSON(c->ctx);
    size_t bytes = (size_t)tomo_image_voxels(image) * (size_t)d->components * tomo_dtype_size(d->dtype);
    tomo_status st = tomo_image_statistics(c->ctx, &stats, image, NULL, c->job, &c->err);
    if (st == TOMO_OK)
        st = tomo_pixels_get_info(ds, &info, &c->err);
    if (st == TOMO_OK)
        st = tomo__sha256_hex(tomo_image_data(image), bytes, hex, &c->err);
    if (st)
        return st;
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "columns"), tomo__json_int(&j, d->size[0]);
    tomo__json_key(&j, "rows"), tomo__json_int(&j, d->size[1]);
    tomo__json_key(&j, "frames"), tomo__json_int(&j, info.frames);
    tomo__json_key(&j, "samples"), tomo__json_int(&j, d->components);
    tomo__json_key(&j, "dtype"), tomo__json_str(&j, tomo_dtype_name(d->dtype));
    tomo__json_key(&j, "photometric"), tomo__json_str(&j, info.photometric);
    tomo__json_key(&j, "syntax"), tomo__json_str(&j, tomo_dataset_syntax(ds));
    tomo__json_key(&j, "min"), tomo__json_num(&j, stats.min);
    tomo__json_key(&j, "max"), tomo__json_num(&j, stats.max);
    tomo__json_key(&j, "mean"), tomo__json_num(&j, stats.mean);
    if (r->what == REAL) {
        tomo__json_key(&j, "unit"), tomo__json_str(&j, r->info.unit);
        tomo__json_key(&j, "label"), tomo__json_str(&j, r->info.label);
        tomo__json_key(&j, "mappings"), tomo__json_int(&j, r->info.mappings);
        tomo__json_key(&j, "padding"), tomo__json_int(&j, r->info.padding);
        tomo__json_key(&j, "unmapped"), tomo__json_int(&j, r->info.unmapped);
    }
    tomo__json_key(&j, "overlays"), tomo__json_int(&j, (int64_t)tomo_overlay_count(ds));
    tomo__json_key(&j, "sha256"), tomo__json_str(&j, hex);
    tomo__json_close(&j, '}');
    return tomo__text_finish(&j.text, out, &c->err);
}

/* Only PALETTE COLOR has indices: all else is decoded as without --stored, on all threads. */
static tomo_status decode(cli *c, request *r, const tomo_dataset *ds, tomo_image **out)
{
    tomo_pixels_info info = { sizeof info };
    if (r->frame >= 0)
        return one_frame(c, r, ds, r->frame, out);
    const tomo_status st = tomo_pixels_get_info(ds, &info, &c->err);
    if (st)
        return st;
    if (r->what == STORED || (r->what == INDICES && strcmp(info.photometric, "PALETTE COLOR") != 0))
        return tomo_pixels_all(c->ctx, ds, out, c->job, &c->err);
    return all_frames(c, r, ds, out);
}

static tomo_status save(cli *c, const tomo_image *image)
{
    if (!tomo__ends_with(c->args[1], ".raw")) {
        tomo_value value = { TOMO_KIND_IMAGE, (void *)(uintptr_t)image };
        const tomo_status st = tomo_pipeline_save(c->ctx, c->args[1], &value, c->job, &c->err);
        if (st == TOMO_E_UNSUPPORTED && !tomo_format_find(c->args[1])) { /* its endings are those of images */
            const size_t n = strlen(c->err.message);
            snprintf(c->err.message + n, sizeof c->err.message - n, ", .raw");
        }
        return st;
    }
    const tomo_image_desc *d = tomo_image_get_desc(image);
    return tomo__file_put(c->ctx, c->args[1], tomo_image_data(image),
                          (size_t)tomo_image_voxels(image) * (size_t)d->components * tomo_dtype_size(d->dtype),
                          &c->err);
}

int cli_dicom_pixels(cli *c)
{
    request r = { .frame = -1,
                  .overlay = -1,
                  .display = TOMO_DISPLAY_OPTIONS_INIT,
                  .presented = TOMO_PRESENTATION_OPTIONS_INIT,
                  .real = TOMO_REAL_OPTIONS_INIT,
                  .info = TOMO_REAL_INFO_INIT };
    tomo_dataset *ds = NULL;
    tomo_image *decoded = NULL, *image = NULL;
    tomo_buffer *text = NULL;
    const char *presentation = cli_flag_value(c, "presentation");
    const char *state = presentation ? presentation : cli_flag_value(c, "state");
    int code;
    if (!read_flags(c, &r))
        return CLI_USAGE;
    tomo_status st = cli_open_dataset(c, c->args[0], &ds);
    if (st == TOMO_OK && state)
        st = cli_open_dataset(c, state, &r.state);
    r.display.state = r.state;
    if (st == TOMO_OK)
        st = decode(c, &r, ds, &decoded);
    if (st == TOMO_OK)
        st = tomo_image_pack(c->ctx, &image, decoded, &c->err);
    if (st == TOMO_OK && c->n_args == 2)
        st = save(c, image);
    if (st == TOMO_OK && (c->n_args == 1 || c->json))
        st = pixels_json(c, &r, ds, image, &text);
    code = st ? cli_fail(c) : text ? cli_print_json(c, text) : CLI_DONE;
    tomo_image_free(image);
    tomo_image_free(decoded);
    tomo_dataset_free(r.state);
    tomo_dataset_free(ds);
    return code;
}
