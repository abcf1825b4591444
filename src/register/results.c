/* results.c - what every operation that finds a transform gives back. */
#include <tomo/filter.h>

#include "register/register_internal.h"

tomo_status tomo__register_results(tomo_ctx *ctx, tomo_value *out, const tomo_image *fixed, const tomo_image *moving,
                                   tomo_transform *t, tomo_buffer *numbers, int32_t interp, double outside,
                                   tomo_job *job, tomo_error *err)
{
    tomo_resample_options r = TOMO_RESAMPLE_OPTIONS_INIT;
    tomo_transform *back = NULL;
    tomo_image *image = NULL;
    r.interp = interp, r.outside = outside;
    const tomo__span part = tomo__job_enter(job, 0.8, 1.0, "resampling");
    tomo_status st = tomo_filter_resample(ctx, &image, moving, fixed, t, &r, job, err);
    st = st ? st : tomo_transform_invert(ctx, &back, t, fixed, NULL, NULL, job, err);
    tomo__job_leave(job, part);
    if (st) {
        tomo_image_free(image);
        tomo_transform_free(t);
        tomo_buffer_free(numbers);
        return st;
    }
    out[0] = (tomo_value){ TOMO_KIND_IMAGE, image };
    out[1] = (tomo_value){ TOMO_KIND_TRANSFORM, t };
    out[2] = (tomo_value){ TOMO_KIND_TRANSFORM, back };
    out[3] = (tomo_value){ TOMO_KIND_JSON, numbers };
    return TOMO_OK;
}
