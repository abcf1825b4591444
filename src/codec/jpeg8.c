/* jpeg8.c - DCT JPEG with 8-bit samples, sequential and progressive, by libjpeg-turbo. Its error handler returns here
 * by longjmp; a warning that means damaged data is an error. */
#include "codec/codec_internal.h"

#include <setjmp.h>
#include <stdio.h>

#include <jerror.h>
#include <jpeglib.h>

enum { MOST_SCANS = 500 };

typedef struct turbo {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf back;
    char message[JMSG_LENGTH_MAX];
    bool no_memory;
    uint8_t *row; /* a line, where samples get wider than a byte */
} turbo;

static turbo *turbo_of(j_common_ptr common) { return common->client_data; }

__attribute__((noreturn)) static void on_error(j_common_ptr common)
{
    turbo *t = turbo_of(common);
    const int code = common->err->msg_code;
    t->no_memory = code == JERR_OUT_OF_MEMORY || code == JERR_NO_BACKING_STORE;
    common->err->format_message(common, t->message);
    longjmp(t->back, 1);
}

static void on_message(j_common_ptr common, int level)
{
    switch (level < 0 ? common->err->msg_code : 0) {
    case JWRN_HIT_MARKER:        /* the data end too early; zeros would follow */
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_NOT_SEQUENTIAL: on_error(common);
    case JWRN_JPEG_EOF: /* progressive: whole scans may be missing */
        if (((j_decompress_ptr)common)->progressive_mode)
            on_error(common);
        break;
    default: break; /* a missing end marker, stray bytes between segments: the pixels are whole */
    }
}

static void no_output(j_common_ptr common) {}

static void on_progress(j_common_ptr common)
{
    if (((j_decompress_ptr)common)->input_scan_number > MOST_SCANS)
        ERREXITS(common, JERR_BAD_PROGRESSION, "scans");
}

/* Is the codestream YCbCr? Its own marks come before what the data set says (PS3.5 8.2.1 wants both to agree). */
static bool is_ycc(const struct jpeg_decompress_struct *jpeg, bool is_ybr)
{
    const jpeg_component_info *c = jpeg->comp_info;
    if (jpeg->saw_Adobe_marker)
        return jpeg->Adobe_transform != 0;
    if (c[0].component_id == 'R' && c[1].component_id == 'G' && c[2].component_id == 'B')
        return false;
    return is_ybr || jpeg->saw_JFIF_marker;
}

static void choose_color(turbo *t, tomo__codec_call *call)
{
    struct jpeg_decompress_struct *jpeg = &t->jpeg;
    if (jpeg->num_components == 3) {
        const bool ycc = is_ycc(jpeg, call->desc->is_ybr);
        jpeg->jpeg_color_space = ycc ? JCS_YCbCr : JCS_RGB;
        jpeg->out_color_space = JCS_RGB;
        call->rgb = call->desc->is_ybr;
    } else {
        jpeg->jpeg_color_space = jpeg->num_components == 1 ? JCS_GRAYSCALE : JCS_CMYK;
        jpeg->out_color_space = jpeg->jpeg_color_space;
    }
}

/* Runs under setjmp: everything it changes lives in *t. */
static tomo_status decode(turbo *t, tomo__codec_call *call, tomo_error *err)
{
    struct jpeg_decompress_struct *jpeg = &t->jpeg;
    const size_t bytes = tomo__sample_bytes(call->desc);
    jpeg_create_decompress(jpeg);
    jpeg->progress = &t->progress;
    jpeg_mem_src(jpeg, call->in, call->in_size);
    jpeg_read_header(jpeg, TRUE);
    tomo_status st = tomo__codec_agrees(call, "JPEG", 0, jpeg->image_width, jpeg->image_height, jpeg->num_components,
                                        jpeg->data_precision, err);
    if (st != TOMO_OK)
        return st;
    const size_t line = (size_t)jpeg->image_width * (size_t)jpeg->num_components;
    /* frames of several scans: the coefficients of all, 2 bytes a sample of whole MCUs; else some lines */
    const size_t scans = jpeg_has_multiple_scans(jpeg) ? 8 * line * jpeg->image_height : 0;
    const size_t most = ((size_t)1 << 20) + 128 * line + scans;
    if (!tomo__fits(call->ctx, most))
        return tomo__no_memory(call->ctx, err, most, "JPEG decoding");
    jpeg->mem->max_memory_to_use = (long)most;
    choose_color(t, call);
    jpeg->dct_method = JDCT_ISLOW;
    jpeg->do_block_smoothing = FALSE;
    jpeg_start_decompress(jpeg);
    if (bytes > 1 && !(t->row = tomo__alloc(call->ctx, line)))
        return tomo__no_memory(call->ctx, err, line, "a line");
    while (jpeg->output_scanline < jpeg->output_height) {
        uint8_t *to = call->out + jpeg->output_scanline * line * bytes;
        JSAMPROW row = bytes > 1 ? t->row : to;
        if (jpeg_read_scanlines(jpeg, &row, 1) != 1)
            return tomo__fail(err, TOMO_E_FORMAT, "JPEG: line %u is missing", jpeg->output_scanline);
        for (size_t i = 0; bytes > 1 && i < line; i++) {
            memset(to + i * bytes, 0, bytes);
            to[i * bytes] = t->row[i];
        }
    }
    return TOMO_OK;
}

tomo_status tomo__jpeg8_decode(tomo__codec_call *call, tomo_error *err)
{
    turbo *t = TOMO__ARRAY(call->ctx, 1, turbo);
    tomo_status st;
    if (!t)
        return tomo__no_memory(call->ctx, err, sizeof *t, "JPEG decoding");
    t->jpeg.err = jpeg_std_error(&t->errors);
    t->jpeg.client_data = t;
    t->errors.error_exit = on_error;
    t->errors.emit_message = on_message;
    t->errors.output_message = no_output;
    t->progress.progress_monitor = on_progress;
    if (setjmp(t->back) == 0)
        st = decode(t, call, err);
    else
        st = tomo__fail(err, t->no_memory ? TOMO_E_NOMEM : TOMO_E_FORMAT, "JPEG: %s", t->message);
    jpeg_destroy_decompress(&t->jpeg);
    tomo__free(call->ctx, t->row);
    tomo__free(call->ctx, t);
    return st;
}
