/* jpeg.c - which of the JPEG decoders a codestream needs. Its own frame header decides, not the transfer syntax:
 * files whose syntax says baseline and whose frames are lossless, or the other way round, are common enough. */
#include "codec/jpeg_internal.h"

tomo_status tomo__jpeg_decode(tomo__codec_call *call, tomo_error *err)
{
    tomo__jpeg j;
    tomo_status st = tomo__jpeg_open(&j, call, err);
    if (st != TOMO_OK)
        return st;
    if (j.sof == 0xc3)
        return tomo__jpegll_decode(call, err);
    st = tomo__codec_agrees(call, "JPEG", (int64_t)j.frame_at, j.columns, j.rows, j.n, j.precision, err);
    if (st != TOMO_OK)
        return st;
    if (j.precision == 8)
        return tomo__jpeg8_decode(call, err);
    if (j.precision == 12 && j.sof != 0xc0)
        return tomo__jpegdct_decode(call, err);
    return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)j.frame_at, "JPEG: samples of %d bits at byte %zu, expected 8%s",
                         (int)j.precision, j.frame_at, j.sof == 0xc0 ? "" : " or 12");
}
