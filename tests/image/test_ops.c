/* test_ops.c - the operation table: complete rows, defaults equal to the INIT macros, every row run by its table. */
#include <math.h>

#include "base/base_internal.h"
#include "t.h"

static const tomo_op *find(const char *name)
{
    for (const tomo_op *const *op = tomo_image_ops(); *op; op++)
        if (strcmp((*op)->name, name) == 0)
            return *op;
    return NULL;
}

/* Run a row with options as text, "name=value" each, NULL-ended; the result is owned by the caller. */
static tomo_status run(t_state *t, const char *name, const tomo_image *image, const tomo_image *mask,
                       const char *const *sets, tomo_value *out)
{
    const tomo_op *op = find(name);
    const tomo_value in[2] = { { TOMO_KIND_IMAGE, (void *)image },
                               { mask ? TOMO_KIND_LABELS : TOMO_KIND_NONE, (void *)mask } };
    _Alignas(16) char opts[512], key[64];
    CHECK(op && op->opts_size <= sizeof opts);
    tomo_op_defaults(op, opts);
    for (; sets && *sets; sets++) {
        const char *eq = strchr(*sets, '=');
        snprintf(key, sizeof key, "%.*s", (int)(eq - *sets), *sets);
        const tomo_status st = tomo_op_set(op, opts, key, eq + 1, &t->err);
        if (st)
            return st;
    }
    return op->run(t->ctx, out, in, opts, NULL, &t->err);
}
#define SETS(...) (const char *const[]){ __VA_ARGS__, NULL }

TEST(rows_are_complete)
{
    int n = 0;
    for (const tomo_op *const *p = tomo_image_ops(); *p; p++, n++) {
        const tomo_op *op = *p;
        CHECK_STR(op->room, "image");
        CHECK(op->run && op->help[0] && op->detail[0] && strstr(op->example, op->name));
        CHECK(op->in[0].kind == TOMO_KIND_IMAGE && op->out[0].kind != TOMO_KIND_NONE);
        CHECK(op->opts_size >= 4 && (op->options != NULL) == (op->n_options > 0));
        for (uint32_t i = 0; i < op->n_options; i++)
            CHECK(op->options[i].help[0] && op->options[i].offset >= 4 && op->options[i].offset < op->opts_size);
    }
    CHECK_INT(n, 9);
}

TEST(defaults_are_the_init_macros)
{
    const tomo_window_options w = TOMO_WINDOW_OPTIONS_INIT;
    const tomo_histogram_options h = TOMO_HISTOGRAM_OPTIONS_INIT;
    tomo_window_options w2;
    tomo_histogram_options h2;
    tomo_op_defaults(find("window"), &w2);
    CHECK(w.struct_size == w2.struct_size && w.center == w2.center && w.width == w2.width &&
          w.function == w2.function && w.invert == w2.invert && w.percentiles == w2.percentiles);
    tomo_op_defaults(find("histogram"), &h2);
    CHECK(h.struct_size == h2.struct_size && h.bins == h2.bins && isnan(h2.min) && isnan(h2.max) && isnan(h.min));
}

TEST(images_from_rows)
{
    tomo_image *ct = t_noise(t, TOMO_DTYPE_I16, 20, 15, 10, -1000, 2000, 9);
    const tomo_image_desc *d;
    tomo_value out = { TOMO_KIND_NONE, NULL };
    CHECK_OK(run(t, "convert", ct, NULL, SETS("to=float32"), &out));
    d = tomo_image_get_desc(out.ptr);
    CHECK(out.kind == TOMO_KIND_IMAGE && d->dtype == TOMO_DTYPE_F32 && t_max_diff(out.ptr, ct) == 0);
    tomo_image_free(out.ptr);
    CHECK_OK(run(t, "crop", ct, NULL, SETS("start=2,3,4", "size=5,0,1"), &out));
    d = tomo_image_get_desc(out.ptr);
    CHECK(d->size[0] == 5 && d->size[1] == 12 && d->size[2] == 1 && d->origin[2] == 4);
    tomo_image_free(out.ptr);
    CHECK_OK(run(t, "flip", ct, NULL, SETS("y=true", "mirror=true"), &out));
    CHECK(tomo_image_at(out.ptr, 3, 0, 2, 0, 0) == tomo_image_at(ct, 3, 14, 2, 0, 0));
    tomo_image_free(out.ptr);
    CHECK_OK(run(t, "reorient", ct, NULL, SETS("to=SAL"), &out));
    CHECK_INT(tomo_image_get_desc(out.ptr)->size[0], 10);
    tomo_image_free(out.ptr);
    CHECK_OK(run(t, "window", ct, NULL, SETS("center=300", "width=1500", "function=sigmoid"), &out));
    CHECK_INT(tomo_image_get_desc(out.ptr)->dtype, TOMO_DTYPE_U8);
    tomo_image_free(out.ptr);
    out.ptr = NULL;
    CHECK_FAILS(run(t, "convert", ct, NULL, NULL, &out), TOMO_E_ARG); /* required */
    CHECK_FAILS(run(t, "reorient", ct, NULL, NULL, &out), TOMO_E_ARG);
    CHECK_FAILS(run(t, "crop", ct, NULL, SETS("start=1.5,0,0"), &out), TOMO_E_ARG);
    CHECK_FAILS(run(t, "crop", ct, NULL, SETS("start=20,0,0"), &out), TOMO_E_ARG);
    CHECK_FAILS(run(t, "crop", ct, NULL, SETS("time=1"), &out), TOMO_E_ARG);
    CHECK_FAILS(run(t, "crop", NULL, NULL, NULL, &out), TOMO_E_ARG);
    CHECK(out.ptr == NULL);
    tomo_image_free(ct);
}

TEST(crop_takes_a_time_point)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    tomo_image *im = NULL;
    tomo_value out = { TOMO_KIND_NONE, NULL };
    d.dtype = TOMO_DTYPE_U8, d.dims = 4, d.size[0] = 4, d.size[3] = 3;
    CHECK_OK(tomo_image_new(t->ctx, &im, &d, &t->err));
    memcpy(tomo_image_row_mut(im, 0, 0, 0), "abcdefghijkl", 12);
    CHECK_OK(run(t, "crop", im, NULL, SETS("start=1,0,0", "time=2"), &out));
    CHECK_INT(tomo_image_get_desc(out.ptr)->dims, 3);
    CHECK_INT(tomo_image_at(out.ptr, 0, 0, 0, 0, 0), 'j');
    tomo_image_free(out.ptr);
    CHECK_OK(run(t, "crop", im, NULL, NULL, &out));
    CHECK_INT(tomo_image_get_desc(out.ptr)->size[3], 3);
    tomo_image_free(out.ptr);
    tomo_image_free(im);
}

TEST(stats_and_histogram_are_json)
{
    tomo_image *im = t_image(t, TOMO_DTYPE_U8, 4, 1, 1), *mask = t_image(t, TOMO_DTYPE_U8, 4, 1, 1);
    tomo_value out = { TOMO_KIND_NONE, NULL };
    for (int i = 0; i < 4; i++)
        t_set(im, i, 0, 0, 10 * i), t_set(mask, i, 0, 0, i == 1 || i == 3);
    CHECK_OK(run(t, "stats", im, NULL, NULL, &out));
    CHECK(out.kind == TOMO_KIND_JSON);
    CHECK_STR(tomo_buffer_data(out.ptr), /* the percentiles are NumPy's to the last digit */
              "{\"min\":0,\"max\":30,\"mean\":15,\"std\":11.180339887498949,\"sum\":60,\"p1\":0.3,"
              "\"p5\":1.5000000000000002,\"p50\":15,\"p95\":28.499999999999996,\"p99\":29.699999999999996,"
              "\"count\":4,\"nanCount\":0,\"voxelMm3\":1,\"size\":[4,1,1],"
              "\"spacing\":[1,1,1],\"components\":1,\"dtype\":\"uint8\"}");
    tomo_buffer_free(out.ptr);
    CHECK_OK(run(t, "stats", im, mask, NULL, &out));
    CHECK(strstr(tomo_buffer_data(out.ptr), "\"mean\":20,\"std\":10,\"sum\":40,"));
    tomo_buffer_free(out.ptr);
    CHECK_OK(run(t, "histogram", im, mask, SETS("bins=3", "min=5", "max=35"), &out));
    CHECK_STR(tomo_buffer_data(out.ptr),
              "{\"min\":5,\"max\":35,\"bins\":3,\"below\":0,\"above\":0,\"nanCount\":0,\"counts\":[1,0,1]}");
    tomo_buffer_free(out.ptr);
    tomo_image_free(im), tomo_image_free(mask);
}

TEST(stats_of_no_voxels_are_null)
{
    tomo_image *im = t_image(t, TOMO_DTYPE_I16, 4, 4, 4), *mask = t_image(t, TOMO_DTYPE_U8, 4, 4, 4);
    tomo_value out = { TOMO_KIND_NONE, NULL };
    CHECK_OK(run(t, "stats", im, mask, NULL, &out));
    CHECK(strncmp(tomo_buffer_data(out.ptr), "{\"min\":null,\"max\":null,\"mean\":null,", 35) == 0);
    CHECK(strstr(tomo_buffer_data(out.ptr), "\"count\":0"));
    tomo_buffer_free(out.ptr);
    tomo_image_free(im), tomo_image_free(mask);
}

TEST(rows_survive_lost_memory)
{
    tomo_image *im = t_noise(t, TOMO_DTYPE_I16, 9, 8, 7, -100, 100, 1);
    for (const tomo_op *const *op = tomo_image_ops(); *op; op++) {
        const char *const to[2] = { strcmp((*op)->name, "permute") == 0   ? "order=zyx"
                                    : strcmp((*op)->name, "convert") == 0 ? "to=uint8"
                                                                          : "to=RSA",
                                    NULL };
        const bool needs = (*op)->n_options && (*op)->options[0].required;
        FAIL_EACH_ALLOC(t)
        {
            tomo_value out = { TOMO_KIND_NONE, NULL };
            const tomo_status st = run(t, (*op)->name, im, NULL, needs ? to : NULL, &out);
            CHECK(st == TOMO_OK ? out.ptr != NULL : st == TOMO_E_NOMEM && out.ptr == NULL);
            if (out.kind == TOMO_KIND_IMAGE)
                tomo_image_free(out.ptr);
            else
                tomo_buffer_free(out.ptr);
        }
    }
    tomo_image_free(im);
}
