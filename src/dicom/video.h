/* video.h - frames of the video transfer syntaxes (PS3.5 A.4.5 to A.4.9: MPEG-2, H.264, HEVC), by libavformat and
 * libavcodec where Tomo is built with them (TOMO_VIDEO). */
#ifndef TOMO_VIDEO_H
#define TOMO_VIDEO_H

#include "dicom/pixels_internal.h"

/* Is it a video transfer syntax? */
bool tomo__video_syntax(const char *uid);
/* Decode frames first .. first + count - 1 (in the order of display) of the stream in `p->fragments`, one behind the
 * other as interleaved RGB of p->stored_bytes each. The stream is decoded from its beginning; TOMO_E_MISSING without
 * libav. */
tomo_status tomo__video_frames(tomo_ctx *ctx, const tomo__pixels *p, const char *syntax, int64_t first, int64_t count,
                               void *out, tomo_job *job, tomo_error *err);

#endif
