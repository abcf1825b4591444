/* video.c - MPEG-2, H.264 and HEVC streams to RGB frames. All fragments together are one stream, elementary or in a
 * container (transport stream, MP4); demuxers and decoders are limited to those that DICOM knows, and none of them may
 * open anything else. */
#include "dicom/video.h"

#include "base/base_internal.h"

#include <stdio.h>
#include <stdlib.h>

/* 1.2.840.10008.1.2.4.NNN or ....NNN.1 (fragmentable). */
bool tomo__video_syntax(const char *uid)
{
    char *end;
    if (strncmp(uid, "1.2.840.10008.1.2.4.1", 21) != 0)
        return false;
    const long n = strtol(uid + 20, &end, 10);
    return n >= 100 && n <= 108 && (*end == 0 || strcmp(end, ".1") == 0);
}

#ifdef TOMO_VIDEO

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/log.h>
#include <libswscale/swscale.h>

enum { IO_BYTES = 1 << 16, PROBE_BYTES = 1 << 20 };

/* The fragments as one run of bytes. */
typedef struct piece {
    uint64_t from; /* in the value */
    uint64_t at;   /* in the stream */
    uint64_t size;
} piece;

typedef struct video {
    tomo_ctx *ctx;
    const tomo__pixels *p;
    piece *pieces;
    size_t n_pieces;
    uint64_t size, at;
    AVIOContext *io;
    AVFormatContext *format;
    AVCodecContext *codec;
    AVPacket *packet;
    AVFrame *frame;
    struct SwsContext *scale;
    int stream;
    int64_t done; /* frames that came out */
    bool drained;
} video;

/* ---- bytes ---- */

static tomo_status find_pieces(video *v, tomo_error *err)
{
    const tomo__bytes *b = &v->p->value;
    size_t room = 0;
    bool table = true;
    for (uint64_t at = 0; b->size - at >= 8;) {
        uint8_t head[8];
        const tomo_status st = tomo__bytes_read(b, at, head, 8, err);
        if (st)
            return st;
        const uint32_t size = tomo__le32(head + 4);
        if (tomo__le32(head) != 0xE000FFFEu || size > b->size - at - 8)
            break;
        if (!table) {
            if (v->n_pieces == room) {
                room = room ? room * 2 : 4;
                piece *more = tomo__realloc(v->ctx, v->pieces, room * sizeof *more);
                if (!more)
                    return tomo__no_memory(v->ctx, err, room * sizeof *more, "fragments");
                v->pieces = more;
            }
            v->pieces[v->n_pieces++] = (piece){ at + 8, v->size, size };
            v->size += size;
        }
        table = false;
        at += 8 + (uint64_t)size;
    }
    return v->size ? TOMO_OK : tomo__fail(err, TOMO_E_FORMAT, "(7FE0,0010) has no fragments, expected a video stream");
}

static int read_bytes(void *user, uint8_t *to, int room)
{
    video *v = user;
    size_t low = 0, high = v->n_pieces;
    if (v->at >= v->size)
        return AVERROR_EOF;
    while (high - low > 1) {
        const size_t mid = low + (high - low) / 2;
        if (v->pieces[mid].at <= v->at)
            low = mid;
        else
            high = mid;
    }
    const piece *p = &v->pieces[low];
    const uint64_t skip = v->at - p->at, n = TOMO__MIN((uint64_t)room, p->size - skip);
    if (n == 0)
        return AVERROR_EOF;
    if (tomo__bytes_read(&v->p->value, p->from + skip, to, (size_t)n, NULL) != TOMO_OK)
        return AVERROR(EIO);
    v->at += n;
    return (int)n;
}

static int64_t seek_bytes(void *user, int64_t offset, int whence)
{
    video *v = user;
    if (whence & AVSEEK_SIZE)
        return (int64_t)v->size;
    const int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (int64_t)v->at : (int64_t)v->size;
    if (offset < -base || offset > (int64_t)v->size - base)
        return AVERROR(EINVAL);
    v->at = (uint64_t)(base + offset);
    return (int64_t)v->at;
}

/* ---- opening ---- */

static tomo_status av_fail(int code, const char *what, tomo_error *err)
{
    char text[128] = "";
    if (code == AVERROR(ENOMEM))
        return tomo__fail(err, TOMO_E_NOMEM, "video: no memory to %s", what);
    av_strerror(code, text, sizeof text);
    return tomo__fail(err, TOMO_E_FORMAT, "video: can't %s: %s", what, text);
}

static enum AVCodecID codec_of(const char *syntax)
{
    const long n = strtol(syntax + 20, NULL, 10);
    return n <= 101 ? AV_CODEC_ID_MPEG2VIDEO : n <= 106 ? AV_CODEC_ID_H264 : AV_CODEC_ID_HEVC;
}

static tomo_status open_format(video *v, tomo_error *err)
{
    AVDictionary *o = NULL;
    uint8_t *room = av_malloc(IO_BYTES);
    v->io = room ? avio_alloc_context(room, IO_BYTES, 0, v, read_bytes, NULL, seek_bytes) : NULL;
    if (!v->io)
        av_free(room);
    v->format = avformat_alloc_context();
    if (!v->io || !v->format)
        return tomo__fail(err, TOMO_E_NOMEM, "video: no memory to open a stream");
    v->format->pb = v->io;
    v->format->flags |= AVFMT_FLAG_CUSTOM_IO;
    v->format->probesize = PROBE_BYTES;
    av_dict_set(&o, "format_whitelist", "mpegvideo,mpeg,mpegts,h264,hevc,mov,mp4", 0);
    av_dict_set(&o, "codec_whitelist", "mpeg2video,h264,hevc", 0);
    av_dict_set(&o, "protocol_whitelist", "none", 0);
    int code = avformat_open_input(&v->format, NULL, NULL, &o); /* frees format on failure */
    av_dict_free(&o);
    if (code < 0)
        return av_fail(code, "find a stream of MPEG", err);
    code = avformat_find_stream_info(v->format, NULL);
    return code < 0 ? av_fail(code, "read the stream's header", err) : TOMO_OK;
}

static tomo_status open_codec(video *v, const char *syntax, tomo_error *err)
{
    const tomo_frame_desc *d = &v->p->info.frame;
    const enum AVCodecID id = codec_of(syntax);
    const AVCodec *decoder = avcodec_find_decoder(id);
    v->stream = av_find_best_stream(v->format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    if (v->stream < 0)
        return av_fail(v->stream, "find a video in the stream", err);
    const AVCodecParameters *in = v->format->streams[v->stream]->codecpar;
    if (in->codec_id != id)
        return tomo__fail(err, TOMO_E_FORMAT, "video: the stream is %s, expected %s by transfer syntax %s",
                          avcodec_get_name(in->codec_id), avcodec_get_name(id), syntax);
    if (!decoder)
        return tomo__fail(err, TOMO_E_MISSING, "video: this libavcodec has no decoder for %s", avcodec_get_name(id));
    if (!(v->codec = avcodec_alloc_context3(decoder)) || !(v->packet = av_packet_alloc()) ||
        !(v->frame = av_frame_alloc()))
        return tomo__fail(err, TOMO_E_NOMEM, "video: no memory for a decoder");
    int code = avcodec_parameters_to_context(v->codec, in);
    v->codec->thread_count = 1;
    v->codec->max_pixels = ((int64_t)d->columns + 512) * ((int64_t)d->rows + 512); /* decoders add edges */
    if (code >= 0)
        code = avcodec_open2(v->codec, decoder, NULL);
    return code < 0 ? av_fail(code, "open the decoder", err) : TOMO_OK;
}

static void close_video(video *v)
{
    sws_freeContext(v->scale);
    av_frame_free(&v->frame);
    av_packet_free(&v->packet);
    avcodec_free_context(&v->codec);
    avformat_close_input(&v->format);
    if (v->io)
        av_freep(&v->io->buffer);
    avio_context_free(&v->io);
    tomo__free(v->ctx, v->pieces);
}

/* ---- frames ---- */

/* The next frame in the order of display. */
static tomo_status next_frame(video *v, tomo_error *err)
{
    for (;;) {
        int code = avcodec_receive_frame(v->codec, v->frame);
        if (code == 0)
            return (v->frame->flags & AV_FRAME_FLAG_CORRUPT) || v->frame->decode_error_flags
                       ? tomo__fail(err, TOMO_E_FORMAT, "video: frame %lld is damaged", (long long)v->done + 1)
                       : TOMO_OK;
        if (code == AVERROR_EOF || (code == AVERROR(EAGAIN) && v->drained))
            return tomo__fail(err, TOMO_E_FORMAT, "video: the stream ends behind frame %lld, expected %lld",
                              (long long)v->done, (long long)v->p->info.frames);
        if (code != AVERROR(EAGAIN))
            return av_fail(code, "decode a frame", err);
        code = av_read_frame(v->format, v->packet);
        if (code == AVERROR_EOF) {
            v->drained = true;
            avcodec_send_packet(v->codec, NULL);
            continue;
        }
        if (code < 0)
            return av_fail(code, "read the stream", err);
        if (v->packet->stream_index == v->stream)
            code = avcodec_send_packet(v->codec, v->packet);
        av_packet_unref(v->packet);
        if (code < 0)
            return av_fail(code, "decode the stream", err);
    }
}

/* YCbCr as the stream marks it to RGB, as ffmpeg's own program does. */
static tomo_status to_rgb(video *v, uint8_t *out, tomo_error *err)
{
    const tomo_frame_desc *d = &v->p->info.frame;
    const bool wide = d->bits_allocated == 16;
    const AVFrame *f = v->frame;
    if (f->width != d->columns || f->height != d->rows)
        return tomo__fail(err, TOMO_E_FORMAT, "video: frame %lld is %d x %d, expected %d x %d", (long long)v->done + 1,
                          f->width, f->height, d->columns, d->rows);
    v->scale = sws_getCachedContext(v->scale, f->width, f->height, f->format, f->width, f->height,
                                    wide ? AV_PIX_FMT_RGB48LE : AV_PIX_FMT_RGB24, SWS_BICUBIC, NULL, NULL, NULL);
    if (!v->scale)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "video: pixels of format %d can't be brought to RGB", f->format);
    int *inverse, *table, in_range, out_range, brightness, contrast, saturation;
    if (sws_getColorspaceDetails(v->scale, &inverse, &in_range, &table, &out_range, &brightness, &contrast,
                                 &saturation) >= 0) {
        const int matrix = f->colorspace == AVCOL_SPC_UNSPECIFIED ? SWS_CS_DEFAULT : (int)f->colorspace;
        sws_setColorspaceDetails(v->scale, sws_getCoefficients(matrix), f->color_range == AVCOL_RANGE_JPEG, table,
                                 out_range, brightness, contrast, saturation);
    }
    const int stride[4] = { d->columns * 3 * (wide ? 2 : 1) };
    uint8_t *const to[4] = { out };
    if (sws_scale(v->scale, (const uint8_t *const *)f->data, f->linesize, 0, f->height, to, stride) != d->rows)
        return tomo__fail(err, TOMO_E_FORMAT, "video: frame %lld can't be brought to RGB", (long long)v->done + 1);
    if (wide && d->bits_stored < 16)
        for (size_t i = 0; i < v->p->stored_bytes / 2; i++)
            ((uint16_t *)out)[i] = (uint16_t)(((uint16_t *)out)[i] >> (16 - d->bits_stored));
    return TOMO_OK;
}

tomo_status tomo__video_frames(tomo_ctx *ctx, const tomo__pixels *p, const char *syntax, int64_t first, int64_t count,
                               void *out, tomo_job *job, tomo_error *err)
{
    video v = { .ctx = ctx, .p = p };
    const tomo_frame_desc *d = &p->info.frame;
    tomo_status st = TOMO_OK;
    if (d->samples != 3 || (d->bits_allocated != 8 && d->bits_allocated != 16))
        return tomo__fail(err, TOMO_E_FORMAT, "video of %d samples of %d bits, expected 3 of 8 or 16", d->samples,
                          d->bits_allocated);
    if (!tomo__fits(ctx, (uint64_t)p->stored_bytes * 16)) /* what decoders keep, roughly */
        return tomo__fail(err, TOMO_E_LIMIT, "video of %d x %d needs more memory than is allowed", d->columns, d->rows);
    if (av_log_get_level() != AV_LOG_QUIET) /* a library does not print */
        av_log_set_level(AV_LOG_QUIET);
    if ((st = find_pieces(&v, err)) == TOMO_OK && (st = open_format(&v, err)) == TOMO_OK)
        st = open_codec(&v, syntax, err);
    for (; st == TOMO_OK && v.done < first + count; v.done++) {
        st = next_frame(&v, err);
        if (st == TOMO_OK && v.done >= first)
            st = to_rgb(&v, (uint8_t *)out + (size_t)(v.done - first) * p->stored_bytes, err);
        av_frame_unref(v.frame);
        if (st == TOMO_OK)
            st = tomo__job_step(job, (double)(v.done + 1) / (double)(first + count), err);
    }
    close_video(&v);
    return st;
}

#else

tomo_status tomo__video_frames(tomo_ctx *ctx, const tomo__pixels *p, const char *syntax, int64_t first, int64_t count,
                               void *out, tomo_job *job, tomo_error *err)
{
    return tomo__fail(
        err, TOMO_E_MISSING,
        "transfer syntax %s is video, and this Tomo was built without libavcodec: install libavformat-dev and "
        "libswscale-dev, then build with -DTOMO_VIDEO=ON",
        syntax);
}

#endif
