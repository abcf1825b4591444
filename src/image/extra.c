/* extra.c - bytes of a file's own kind that travel with the image that was read from it. */
#include <tomo/image_extra.h>

#include "image/image_internal.h"

tomo_status tomo_image_with_extra(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const char *kind,
                                  tomo_buffer *bytes, tomo_error *err)
{
    tomo_image *image = NULL;
    if (!ctx || !out || !in || !kind || !bytes)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_with_extra: an argument is NULL");
    const size_t length = strlen(kind);
    if (length < 1 || length >= sizeof image->extra_kind)
        return tomo__fail(err, TOMO_E_ARG, "tomo_image_with_extra: kind has %zu characters, expected 1 to %zu", length,
                          sizeof image->extra_kind - 1);
    const tomo_status st = tomo__image_view(ctx, &image, in, err);
    if (st)
        return st;
    image->extra = tomo_buffer_ref(bytes);
    memcpy(image->extra_kind, kind, length + 1);
    *out = image;
    return TOMO_OK;
}

tomo_buffer *tomo_image_extra(const tomo_image *image, const char *kind)
{
    return image->extra && strcmp(image->extra_kind, kind) == 0 ? image->extra : NULL;
}
