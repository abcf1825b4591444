/* fuzz_filter_transform.c - Insight Transform Files: what is read maps points, is written, and reads back as the same;
 * what is refused says why and leaves nothing behind. */
#include <stdlib.h>
#include <string.h>

#include <tomo/filter_transform.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static tomo_transform *read_one(tomo_ctx *ctx, const void *data, size_t size)
{
    tomo_source *source = NULL;
    tomo_transform *t = NULL;
    tomo_error err = { 0 };
    if (tomo_source_from_memory(ctx, &source, data, size, &err))
        abort();
    const tomo_status st = tomo_transform_load_source(ctx, &t, source, &err);
    if (st ? t || err.status != st || !err.message[0] : !t)
        abort();
    tomo_source_free(source);
    return t;
}

static void use(tomo_ctx *ctx, const tomo_transform *t)
{
    const double from[6] = { 0, 0, 0, 10.5, -3.25, 7 };
    double to[6], again[6];
    tomo_transform *inverse = NULL;
    tomo_buffer *text = NULL;
    tomo_error err = { 0 };
    tomo_transform_points(t, to, from, 2);
    const tomo_status st = tomo_transform_text(ctx, &text, t, &err);
    if (st) {
        if (st != TOMO_E_LIMIT && st != TOMO_E_NOMEM)
            abort();
    } else {
        tomo_transform *other = read_one(ctx, tomo_buffer_data(text), tomo_buffer_size(text));
        if (!other || tomo_transform_get_type(other) != tomo_transform_get_type(t))
            abort();
        tomo_transform_points(other, again, from, 2);
        if (memcmp(to, again, sizeof to) != 0)
            abort();
        tomo_transform_free(other);
        tomo_buffer_free(text);
    }
    if (tomo_transform_linear(t, NULL, NULL) && !tomo_transform_invert(ctx, &inverse, t, NULL, NULL, NULL, NULL, &err))
        tomo_transform_free(inverse);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tomo_ctx_options co = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    co.threads = 1;
    co.memory_limit = 64 << 20;
    uint8_t *file = malloc(size ? size : 1); /* a block of its own, so that overruns are seen */
    if (!file || tomo_ctx_new(&ctx, &co, NULL))
        abort();
    memcpy(file, data, size);
    tomo_transform *t = read_one(ctx, file, size);
    if (t)
        use(ctx, t);
    tomo_transform_free(t);
    tomo_ctx_free(ctx);
    free(file);
    return 0;
}
