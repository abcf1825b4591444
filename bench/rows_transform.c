/* rows_transform.c - images turned, resized and resampled. The angles and sizes are those of the peers' programs. */
#include "bench.h"

/* ITK's Euler3DTransform of the peers about the middle of the volume. */
static tomo_status turn3d(bench *b, const char *what)
{
    static const double angles[3] = { 0.1, 0.2, 0.3 }, none[3] = { 0, 0, 0 }, center[3] = { 127.5, 127.5, 89.5 };
    tomo_resample_options o = TOMO_RESAMPLE_OPTIONS_INIT;
    tomo_image *in = bench_input(b, MR), *out = NULL;
    tomo_transform *t = NULL;
    o.interp = strcmp(what, "cubic") == 0 ? TOMO_INTERP_CUBIC : TOMO_INTERP_LINEAR;
    if (!in)
        return TOMO_E_NOTFOUND;
    tomo_status st = tomo_transform_euler(b->ctx, &t, angles, none, center, &b->err);
    if (st == TOMO_OK)
        st = tomo_filter_resample(b->ctx, &out, in, in, t, &o, NULL, &b->err);
    tomo_transform_free(t);
    tomo_image_free(out);
    return st;
}
#define TURN(name, how)                                                                                                \
    {                                                                                                                  \
        "filter", name, MR, 1, NULL, NULL, NULL, turn3d, how                                                           \
    }

const row rows_transform[] = {
    OPERATION("filter", "rotate2d_linear", SLICE, "filter", "rotate", "angle=-15"),
    OPERATION("filter", "rotate2d_cubic", SLICE, "filter", "rotate", "angle=-15 interp=cubic"),
    OPERATION("filter", "resize2d_linear", XRAY_U16, "filter", "resample", "size=1024,1024,1 align=edges"),
    OPERATION("filter", "resize2d_area", XRAY_U16, "filter", "resample", "size=683,683,1 align=edges interp=area"),
    TURN("rotate3d_linear", "linear"),
    TURN("rotate3d_cubic", "cubic"),
    { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
