/* image.c - images: loaded off-thread, looked at on the JavaScript thread. The image's own memory becomes the array. */
#include <stdlib.h>
#include <string.h>

#include "addon.h"

/* Bytes that the collector can't see. Once an ArrayBuffer covers them, V8 counts them itself. */
static void count_bytes(napi_env env, node_image *im, int64_t bytes)
{
    int64_t all;
    if (bytes != im->counted && napi_adjust_external_memory(env, bytes - im->counted, &all) == napi_ok)
        im->counted = bytes;
}

static int64_t bytes_of(const tomo_image *image)
{
    const tomo_image_desc *d = tomo_image_get_desc(image);
    return tomo_image_voxels(image) * d->components * (int64_t)tomo_dtype_size(d->dtype);
}

static void let_go(napi_env env, node_image *im)
{
    if (im->buffer)
        napi_delete_reference(env, im->buffer);
    count_bytes(env, im, 0);
    tomo_image_free(im->image);
    im->buffer = NULL;
    im->image = NULL;
}

static void drop_handle(napi_env env, void *data, void *hint)
{
    let_go(env, data);
    free(data);
}

napi_value node_image_handle(napi_env env, tomo_image *image)
{
    node_image *im = calloc(1, sizeof *im);
    if (!im) {
        tomo_image_free(image);
        return node_throw_arg(env, "no memory for an image's handle");
    }
    im->image = image;
    napi_value handle = node_handle_new(env, NODE_IMAGE, im, drop_handle);
    if (handle)
        count_bytes(env, im, bytes_of(image));
    else
        drop_handle(env, im, NULL);
    return handle;
}

static node_image *open_image(napi_env env, napi_value handle)
{
    node_image *im = node_handle_get(env, handle, NODE_IMAGE);
    if (im && !im->image) {
        node_throw_arg(env, "the image is closed");
        return NULL;
    }
    return im;
}

tomo_image *node_image_get(napi_env env, napi_value handle)
{
    node_image *im = open_image(env, handle);
    return im ? im->image : NULL;
}

static node_image *only_arg(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    return node_args(env, info, 1, argv) ? open_image(env, argv[0]) : NULL;
}

/* Also for a closed one. Arrays over the image lose their bytes: they have length 0 from now on. */
napi_value node_image_close(napi_env env, napi_callback_info info)
{
    napi_value argv[1], buffer = NULL;
    node_image *im = node_args(env, info, 1, argv) ? node_handle_get(env, argv[0], NODE_IMAGE) : NULL;
    if (!im)
        return NULL;
    if (im->buffer) {
        NODE_TRY(env, napi_get_reference_value(env, im->buffer, &buffer));
        if (buffer)
            NODE_TRY(env, napi_detach_arraybuffer(env, buffer));
    }
    let_go(env, im);
    return node_undefined(env);
}

/* ---- look
 * ------------------------------------------------------------------------------------------------------------ */

/* imageInfo(handle): object */
napi_value node_image_info(napi_env env, napi_callback_info info)
{
    const node_image *im = only_arg(env, info);
    double size[4];
    char letters[4];
    if (!im)
        return NULL;
    const tomo_image_desc *d = tomo_image_get_desc(im->image);
    for (int a = 0; a < 4; a++)
        size[a] = (double)d->size[a];
    tomo_image_orientation(im->image, letters);
    node_object o = node_object_new(env);
    node_put_text(&o, "dtype", tomo_dtype_name(d->dtype));
    node_put_number(&o, "components", d->components);
    node_put_numbers(&o, "size", size, (size_t)d->dims);
    node_put_numbers(&o, "spacing", d->spacing, (size_t)d->dims);
    node_put_numbers(&o, "origin", d->origin, 3);
    node_put_numbers(&o, "direction", d->direction, 9);
    node_put_text(&o, "orientation", letters);
    node_put_number(&o, "voxelMm3", tomo_image_voxel_mm3(im->image));
    return node_object_done(&o);
}

/* A view with gaps is packed once, and the packed image takes its place: the voxels are the same. */
static bool make_contiguous(napi_env env, node_image *im)
{
    tomo_image *packed = NULL;
    tomo_error err = { 0 };
    if (tomo_image_contiguous(im->image))
        return true;
    if (tomo_image_pack(node_env_get(env)->ctx, &packed, im->image, &err) != TOMO_OK) {
        node_throw(env, &err);
        return false;
    }
    tomo_image_free(im->image);
    im->image = packed;
    return true;
}

/* imageData(handle): {data, shared}; every call gives an array over the same ArrayBuffer */
napi_value node_image_data(napi_env env, napi_callback_info info)
{
    node_image *im = only_arg(env, info);
    napi_value buffer = NULL, array;
    if (!im || !make_contiguous(env, im))
        return NULL;
    const tomo_image_desc *d = tomo_image_get_desc(im->image);
    const size_t bytes = (size_t)bytes_of(im->image);
    if (im->buffer) {
        NODE_TRY(env, napi_get_reference_value(env, im->buffer, &buffer));
    } else {
        buffer = node_share(env, tomo_image_buffer(im->image), tomo_image_data(im->image), bytes, &im->shared);
        if (!buffer)
            return NULL;
        NODE_TRY(env, napi_create_reference(env, buffer, 1, &im->buffer));
        if (im->shared)
            count_bytes(env, im, 0);
    }
    array = node_typed_array(env, buffer, d->dtype, bytes / tomo_dtype_size(d->dtype));
    node_object o = node_object_new(env);
    node_put(&o, "data", array);
    node_put_bool(&o, "shared", im->shared);
    return node_object_done(&o);
}

/* imageAt(handle, x, y, z, t, component): number */
napi_value node_image_at(napi_env env, napi_callback_info info)
{
    static const char *const names[] = { "x", "y", "z", "t", "component" };
    napi_value argv[6], v;
    int64_t at[5], size[5];
    if (!node_args(env, info, 6, argv))
        return NULL;
    const tomo_image *image = node_image_get(env, argv[0]);
    if (!image)
        return NULL;
    const tomo_image_desc *d = tomo_image_get_desc(image);
    for (int a = 0; a < 5; a++) {
        size[a] = a < 4 ? d->size[a] : d->components;
        if (!node_whole(env, argv[a + 1], names[a], &at[a]))
            return NULL;
        if (at[a] < 0 || at[a] >= size[a])
            return node_throw_arg(env, "%s is %lld, expected 0 to %lld", names[a], (long long)at[a],
                                  (long long)size[a] - 1);
    }
    NODE_TRY(env, napi_create_double(env, tomo_image_at(image, at[0], at[1], at[2], at[3], (int)at[4]), &v));
    return v;
}

/* imageLabels(handle): array of rows */
napi_value node_image_labels(napi_env env, napi_callback_info info)
{
    const node_image *im = only_arg(env, info);
    size_t n = 0;
    napi_value list;
    if (!im)
        return NULL;
    const tomo_label *rows = tomo_image_labels(im->image, &n);
    NODE_TRY(env, napi_create_array_with_length(env, n, &list));
    for (size_t i = 0; i < n; i++) {
        const double color[4] = { rows[i].color[0], rows[i].color[1], rows[i].color[2], rows[i].color[3] };
        node_object o = node_object_new(env);
        node_put_number(&o, "value", rows[i].value);
        node_put_text(&o, "name", rows[i].name);
        node_put_text(&o, "code", rows[i].code);
        node_put_text(&o, "note", rows[i].note);
        node_put_number(&o, "confidence", rows[i].confidence);
        node_put_numbers(&o, "color", color, 4);
        napi_value row = node_object_done(&o);
        if (!row)
            return NULL;
        NODE_TRY(env, napi_set_element(env, list, (uint32_t)i, row));
    }
    return list;
}

/* Address of the first voxel as a BigInt. For tests. */
napi_value node_image_address(napi_env env, napi_callback_info info)
{
    const node_image *im = only_arg(env, info);
    napi_value v;
    if (!im)
        return NULL;
    NODE_TRY(env, napi_create_bigint_uint64(env, (uint64_t)(uintptr_t)tomo_image_data(im->image), &v));
    return v;
}

/* ---- load
 * -------------------------------------------------------------------------------------------------------------- */

typedef struct load_call {
    node_call call;
    char *path, *series;
    tomo_report *report;
    tomo_image *image;
} load_call;

static void load_run(node_call *call)
{
    load_call *c = (load_call *)call;
    call->status = tomo_report_new(call->home->ctx, &c->report, &call->err);
    if (call->status == TOMO_OK)
        call->status =
            tomo_pipeline_load(call->home->ctx, &c->image, c->path, c->series, c->report, call->job, &call->err);
}

static napi_value load_finish(napi_env env, node_call *call)
{
    load_call *c = (load_call *)call;
    tomo_image *image = c->image;
    node_object o = node_object_new(env);
    c->image = NULL;
    node_put(&o, "image", node_image_handle(env, image));
    node_put(&o, "remarks", node_remarks(env, c->report));
    return node_object_done(&o);
}

static void load_drop(node_call *call)
{
    load_call *c = (load_call *)call;
    tomo_image_free(c->image);
    tomo_report_free(c->report);
    free(c->path);
    free(c->series);
}

/* imageLoad(path, series, job): Promise<{image, remarks}> */
napi_value node_image_load(napi_env env, napi_callback_info info)
{
    napi_value argv[3];
    if (!node_args(env, info, 3, argv))
        return NULL;
    load_call *c = node_call_new(env, sizeof *c, load_run, load_finish, load_drop);
    if (!c)
        return NULL;
    c->path = node_text(env, argv[0], "path");
    if (!c->path || !node_text_optional(env, argv[1], "series", &c->series))
        return node_call_abandon(&c->call);
    return node_call_start(env, &c->call, "tomo:loadImage", argv[2]);
}

/* ---- make
 * -------------------------------------------------------------------------------------------------------------- */

static bool dtype_of(napi_typedarray_type type, tomo_dtype *dtype)
{
    switch (type) {
    case napi_uint8_array:
    case napi_uint8_clamped_array: *dtype = TOMO_DTYPE_U8; return true;
    case napi_int8_array: *dtype = TOMO_DTYPE_I8; return true;
    case napi_uint16_array: *dtype = TOMO_DTYPE_U16; return true;
    case napi_int16_array: *dtype = TOMO_DTYPE_I16; return true;
    case napi_uint32_array: *dtype = TOMO_DTYPE_U32; return true;
    case napi_int32_array: *dtype = TOMO_DTYPE_I32; return true;
    case napi_biguint64_array: *dtype = TOMO_DTYPE_U64; return true;
    case napi_bigint64_array: *dtype = TOMO_DTYPE_I64; return true;
    case napi_float32_array: *dtype = TOMO_DTYPE_F32; return true;
    case napi_float64_array: *dtype = TOMO_DTYPE_F64; return true;
    default: return false;
    }
}

/* size, spacing (4 each), origin (3), direction (9) in one array: lib/analysis.ts lays them out and checks sizes. */
enum { PLACE_NUMBERS = 20 };

static bool read_place(tomo_image_desc *d, const double *place)
{
    for (int a = 0; a < 4; a++) {
        if (!(place[a] >= 1 && place[a] < 9007199254740992.0))
            return false;
        d->size[a] = (int64_t)place[a];
    }
    memcpy(d->spacing, place + 4, sizeof d->spacing);
    memcpy(d->origin, place + 8, sizeof d->origin);
    memcpy(d->direction, place + 11, sizeof d->direction);
    return true;
}

/* imageNew(array, dims, components, place): handle of an image with a copy of the array's numbers */
napi_value node_image_new(napi_env env, napi_callback_info info)
{
    napi_value argv[4];
    napi_typedarray_type type, place_type;
    size_t count, place_count;
    void *data, *place;
    bool is_array = false, is_place = false;
    int64_t dims, components, want = 1;
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *image = NULL;
    tomo_error err = { 0 };
    if (!node_args(env, info, 4, argv) || !node_whole(env, argv[1], "dims", &dims) ||
        !node_whole(env, argv[2], "components", &components))
        return NULL;
    NODE_TRY(env, napi_is_typedarray(env, argv[0], &is_array));
    NODE_TRY(env, napi_is_typedarray(env, argv[3], &is_place));
    if (!is_array || !is_place)
        return node_throw_arg(env, "the voxels are not a typed array");
    NODE_TRY(env, napi_get_typedarray_info(env, argv[0], &type, &count, &data, NULL, NULL));
    NODE_TRY(env, napi_get_typedarray_info(env, argv[3], &place_type, &place_count, &place, NULL, NULL));
    if (!dtype_of(type, &d.dtype) || place_type != napi_float64_array || place_count != PLACE_NUMBERS ||
        !read_place(&d, place))
        return node_throw_arg(env, "the voxels' type or size can't be an image's");
    if (dims < 2 || dims > 4 || components < 1 || components > INT32_MAX)
        return node_throw_arg(env, "dims is %lld and components %lld, expected 2 to 4 and at least 1", (long long)dims,
                              (long long)components);
    d.dims = (int32_t)dims, d.components = (int32_t)components;
    for (int a = 0; a < 5; a++)
        if (__builtin_mul_overflow(want, a < 4 ? d.size[a] : d.components, &want))
            want = -1, a = 5;
    if (want < 0 || (size_t)want != count)
        return node_throw_arg(env, "the array has %zu numbers, expected %lld", count, (long long)want);
    if (tomo_image_new(node_env_get(env)->ctx, &image, &d, &err) != TOMO_OK)
        return node_throw(env, &err);
    memcpy(tomo_image_row_mut(image, 0, 0, 0), data, (size_t)bytes_of(image));
    return node_image_handle(env, image);
}
