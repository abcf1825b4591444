/* jpeg8_encode.c - JPEG baseline with 8 bits by libjpeg-turbo. RGB becomes YCbCr with 4:2:2 (PS3.5 8.2.1). Its error
 * handler returns here by longjmp. */
#include "codec/codec_internal.h"

#include <setjmp.h>
#include <stdio.h>

#include <jerror.h>
#include <jpeglib.h>

typedef struct turbo {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_destination_mgr to;
    jmp_buf back;
    char message[JMSG_LENGTH_MAX];
    tomo_ctx *ctx;
    uint8_t *data;
    size_t size, room;
    bool no_memory;
} turbo;

__attribute__((noreturn)) static void on_error(j_common_ptr common)
{
    turbo *t = common->client_data;
    t->no_memory |= common->err->msg_code == JERR_OUT_OF_MEMORY || common->err->msg_code == JERR_NO_BACKING_STORE;
    common->err->format_message(common, t->message);
    longjmp(t->back, 1);
}

static void no_message(j_common_ptr common, int level) {}
static void no_output(j_common_ptr common) {}
static void on_start(j_compress_ptr jpeg) {}

/* The buffer is full. */
static boolean on_full(j_compress_ptr jpeg)
{
    turbo *t = jpeg->client_data;
    const size_t used = t->room, room = t->room * 2;
    uint8_t *grown = tomo__realloc(t->ctx, t->data, room);
    if (!grown) {
        t->no_memory = true;
        ERREXIT1(jpeg, JERR_OUT_OF_MEMORY, 0);
    }
    t->data = grown, t->room = room;
    t->to.next_output_byte = t->data + used;
    t->to.free_in_buffer = room - used;
    return TRUE;
}

static void on_end(j_compress_ptr jpeg)
{
    turbo *t = jpeg->client_data;
    t->size = t->room - t->to.free_in_buffer;
}

static void set_color(struct jpeg_compress_struct *jpeg, const tomo__encode_call *call)
{
    const bool color = call->desc->samples == 3, keep = call->opts.keep_color && !call->desc->is_ybr;
    jpeg->input_components = call->desc->samples;
    jpeg->in_color_space = !color ? JCS_GRAYSCALE : call->desc->is_ybr ? JCS_YCbCr : JCS_RGB;
    jpeg_set_defaults(jpeg);
    if (color && keep) {
        jpeg_set_colorspace(jpeg, JCS_RGB);
    } else if (color) {
        jpeg_set_colorspace(jpeg, JCS_YCbCr);
        jpeg->comp_info[0].h_samp_factor = 2;
        jpeg->comp_info[0].v_samp_factor = 1;
    }
    jpeg->write_JFIF_header = FALSE; /* PS3.5 F.1: of no meaning in DICOM */
}

/* Runs under setjmp: everything it changes lives in *t. */
static void encode(turbo *t, const tomo__encode_call *call)
{
    struct jpeg_compress_struct *jpeg = &t->jpeg;
    const size_t line = (size_t)call->desc->columns * (size_t)call->desc->samples;
    jpeg_create_compress(jpeg);
    t->to = (struct jpeg_destination_mgr){ t->data, t->room, on_start, on_full, on_end };
    jpeg->dest = &t->to;
    jpeg->image_width = (JDIMENSION)call->desc->columns;
    jpeg->image_height = (JDIMENSION)call->desc->rows;
    set_color(jpeg, call);
    jpeg_set_quality(jpeg, call->opts.quality, TRUE);
    jpeg->dct_method = JDCT_ISLOW;
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < jpeg->image_height) {
        JSAMPROW rows[8];
        JDIMENSION n = 0;
        for (; n < 8 && jpeg->next_scanline + n < jpeg->image_height; n++)
            rows[n] = (JSAMPROW)(uintptr_t)(call->in + (jpeg->next_scanline + n) * line);
        jpeg_write_scanlines(jpeg, rows, n);
    }
    jpeg_finish_compress(jpeg);
}

static tomo_status check(const tomo__encode_call *call, tomo_error *err)
{
    const tomo_frame_desc *d = call->desc;
    const size_t most = ((size_t)1 << 20) + 128 * (size_t)d->columns * (size_t)d->samples;
    if (d->is_signed || d->bits_allocated != 8 || d->bits_stored != 8 || d->samples == 4) /* table 8.2.1-1 */
        return tomo__encode_refuse(call, "samples have to be 1 or 3 a pixel, unsigned, of 8 bits", err);
    if (d->columns > JPEG_MAX_DIMENSION || d->rows > JPEG_MAX_DIMENSION)
        return tomo__encode_refuse(call, "frames of at most 65500 x 65500 can be encoded", err);
    return tomo__fits(call->ctx, most) ? TOMO_OK : tomo__no_memory(call->ctx, err, most, "JPEG encoding");
}

tomo_status tomo__jpeg8_encode(tomo__encode_call *call, tomo_error *err)
{
    tomo_status st = check(call, err);
    if (st != TOMO_OK)
        return st;
    turbo *t = TOMO__ARRAY(call->ctx, 1, turbo);
    if (!t)
        return tomo__no_memory(call->ctx, err, sizeof *t, "JPEG encoding");
    t->ctx = call->ctx;
    t->room = 4096 + call->in_size / 4;
    t->data = tomo__alloc(call->ctx, t->room);
    if (!t->data) {
        tomo__free(call->ctx, t);
        return tomo__no_memory(call->ctx, err, 4096 + call->in_size / 4, "JPEG encoding");
    }
    t->jpeg.err = jpeg_std_error(&t->errors);
    t->jpeg.client_data = t;
    t->errors.error_exit = on_error;
    t->errors.emit_message = no_message;
    t->errors.output_message = no_output;
    if (setjmp(t->back) == 0)
        encode(t, call);
    else
        st = t->no_memory ? tomo__no_memory(call->ctx, err, 2 * t->room, "JPEG encoding")
                          : tomo__fail(err, TOMO_E_UNSUPPORTED, "JPEG: %s", t->message);
    jpeg_destroy_compress(&t->jpeg);
    uint8_t *data = t->data;
    const size_t size = t->size, room = t->room;
    tomo__free(call->ctx, t);
    if (st != TOMO_OK) {
        tomo__free(call->ctx, data);
        return st;
    }
    if (call->desc->samples == 3 && (call->desc->is_ybr || !call->opts.keep_color))
        call->photometric = "YBR_FULL_422";
    return tomo__encode_adopt(call, data, size, room, err);
}
