/* picture.c - what pictures share: one slice with a spacing and no place. */
#include <math.h>

#include "format_internal.h"

tomo_image_desc tomo__picture_desc(tomo_dtype dtype, int32_t components, int64_t columns, int64_t rows, double mm_x,
                                   double mm_y)
{
    tomo_image_desc d = TOMO_IMAGE_DESC_INIT;
    d.dtype = dtype;
    d.components = components;
    d.dims = 2;
    d.size[0] = columns;
    d.size[1] = rows;
    const bool fine = mm_x > 1e-9 && mm_x < 1e9 && mm_y > 1e-9 && mm_y < 1e9;
    d.spacing[0] = fine ? mm_x : 1;
    d.spacing[1] = fine ? mm_y : 1;
    return d;
}

void tomo__picture_spacing(tomo_image_desc *desc, const tomo_format_load_options *opts)
{
    for (int a = 0; a < 3; a++)
        if (!isnan(opts->spacing[a]))
            desc->spacing[a] = opts->spacing[a];
}

tomo_status tomo__picture_check(const tomo_image_desc *d, const char *what, uint32_t components, bool wide,
                                tomo_error *err)
{
    if (d->size[2] != 1 || d->size[3] != 1)
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "%s holds one slice, the image has %lld x %lld: put a number into the "
                          "name (slice_%%04d), or take one with `tomo render slice`",
                          what, (long long)d->size[2], (long long)d->size[3]);
    if (!(d->dtype == TOMO_DTYPE_U8 && (components >> d->components & 1)) &&
        !(wide && d->dtype == TOMO_DTYPE_U16 && d->components == 1))
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "%s holds uint8 gray, RGB%s%s, the image is %s x %d: window it first "
                          "(`tomo render slice`)",
                          what, components >> 4 & 1 ? ", RGBA" : "", wide ? " or uint16 gray" : "",
                          tomo_dtype_name(d->dtype), (int)d->components);
    return TOMO_OK;
}
