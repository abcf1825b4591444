/* pixels.c - pixel data of a data set: what it says of itself, and frames as images. */
#include "addon.h"

/* pixelsInfo(handle): object */
napi_value node_pixels_info(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    tomo_error err = { 0 };
    tomo_pixels_info p = { .struct_size = sizeof p };
    node_dataset *d = node_args(env, info, 1, argv) ? node_dataset_get(env, argv[0]) : NULL;
    if (!d)
        return NULL;
    if (tomo_pixels_get_info(d->ds, &p, &err) != TOMO_OK)
        return node_throw(env, &err);
    node_object o = node_object_new(env);
    node_put_number(&o, "columns", p.frame.columns);
    node_put_number(&o, "rows", p.frame.rows);
    node_put_number(&o, "frames", (double)p.frames);
    node_put_number(&o, "samples", p.frame.samples);
    node_put_number(&o, "bitsAllocated", p.frame.bits_allocated);
    node_put_number(&o, "bitsStored", p.frame.bits_stored);
    node_put_number(&o, "highBit", p.frame.high_bit);
    node_put_bool(&o, "signed", p.frame.is_signed);
    node_put_bool(&o, "float", p.frame.is_float);
    node_put_text(&o, "photometric", p.photometric);
    node_put_bool(&o, "hasRescale", p.has_rescale);
    node_put_number(&o, "slope", p.slope);
    node_put_number(&o, "intercept", p.intercept);
    node_put_number(&o, "windowCenter", p.center); /* NaN where there is none; lib/dicom.ts leaves them out */
    node_put_number(&o, "windowWidth", p.width);
    node_put_numbers(&o, "spacing", p.spacing, 2);
    node_put_text(&o, "transferSyntax", tomo_dataset_syntax(d->ds));
    return node_object_done(&o);
}

typedef struct pixels_call {
    node_call call;
    node_root *root;
    const tomo_dataset *ds;
    int64_t frame; /* -1: all */
    tomo_image *image;
} pixels_call;

static void run(node_call *call)
{
    pixels_call *c = (pixels_call *)call;
    tomo_image *image = NULL;
    tomo_ctx *ctx = call->home->ctx;
    call->status = c->frame < 0 ? tomo_pixels_all(ctx, c->ds, &image, call->job, &call->err)
                                : tomo_pixels_frame(ctx, c->ds, c->frame, &image, &call->err);
    if (call->status == TOMO_OK) { /* planes of a view would leave gaps in the array */
        call->status = tomo_image_pack(ctx, &c->image, image, &call->err);
        tomo_image_free(image);
    }
}

static napi_value finish(napi_env env, node_call *call)
{
    pixels_call *c = (pixels_call *)call;
    tomo_image *image = c->image;
    c->image = NULL;
    return node_image_handle(env, image);
}

static void drop(node_call *call)
{
    pixels_call *c = (pixels_call *)call;
    tomo_image_free(c->image);
    if (c->root)
        node_root_unpin(c->root);
}

/* pixels(handle, frame, job): Promise<image>; frame -1 is all of them */
napi_value node_pixels(napi_env env, napi_callback_info info)
{
    napi_value argv[3];
    int64_t frame = -1;
    if (!node_args(env, info, 3, argv))
        return NULL;
    node_dataset *d = node_dataset_get(env, argv[0]);
    if (!d || !node_whole(env, argv[1], "frame", &frame))
        return NULL;
    pixels_call *c = node_call_new(env, sizeof *c, run, finish, drop);
    if (!c)
        return NULL;
    c->root = d->root;
    c->ds = d->ds;
    c->frame = frame;
    node_root_pin(c->root);
    return node_call_start(env, &c->call, "tomo:getPixelArray", argv[2]);
}
