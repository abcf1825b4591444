/* tomo/image_extra.h - what a file said that an image has no field for, kept beside the voxels.
 *
 * A reader hangs it on the image that it makes, and the writer of the same format puts it back: NIfTI header
 * extensions, intent, description. No operation carries it along, since nobody can tell whether it still holds: an
 * image that was filtered, cropped or turned has none.
 * Threads, ownership: as tomo/image.h. */
#ifndef TOMO_IMAGE_EXTRA_H
#define TOMO_IMAGE_EXTRA_H

#include <tomo/image.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Image over the same voxels (label table included) that carries `bytes`; any others that it carried are left out.
 * @param out   shared (tomo_image_free); untouched on failure
 * @param kind  who understands the bytes, 1 to 15 characters: "nifti" is a NIfTI-2 header of 540 bytes in native byte
 *              order, four bytes, and the extensions after each other (size, code, data; sizes are multiples of 16)
 * @param bytes gets a reference
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_image_with_extra(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const char *kind,
                                           tomo_buffer *bytes, tomo_error *err);
/** What the image carries of this kind, borrowed until the image is freed; NULL if nothing. @since 0.1 */
TOMO_API tomo_buffer *tomo_image_extra(const tomo_image *image, const char *kind);

#ifdef __cplusplus
}
#endif
#endif
