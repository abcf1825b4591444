/* data_file.c - the numbers that a header describes: in its own file, in another, in many; raw, packed or as text.
 *
 * A header may come from anybody, so a name in it reaches only what lies in its folder or below (links are followed:
 * archives of data are made of them), no more is unpacked than its sizes ask for, and sizes that the file can't hold
 * are refused before memory is taken. */
#include <ctype.h>
#include <limits.h>

#include "codec/codec_internal.h"
#include "volume_internal.h"

enum { SLACK = 16 << 20, MOST_RATIO = 1032, MOST_WIDTH = 32 }; /* deflate: 258 bytes by two bits */

/* ---- names ------------------------------------------------------------------------------------------------------- */

const char *tomo__file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "..", as a step of a path, whichever way the slashes lean. */
static bool climbs(const char *name)
{
    for (const char *p = name; *p; p++)
        if ((p == name || p[-1] == '/' || p[-1] == '\\') && p[0] == '.' && p[1] == '.' &&
            (p[2] == '\0' || p[2] == '/' || p[2] == '\\'))
            return true;
    return false;
}

tomo_status tomo__data_path(tomo_ctx *ctx, char **out, const char *header, const char *name, bool anywhere,
                            tomo_error *err)
{
    const bool absolute = name[0] == '/' || name[0] == '\\' || (isalpha((unsigned char)name[0]) && name[1] == ':');
    const size_t folder = (size_t)(tomo__file_name(header) - header);
    if (!name[0])
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: the name of the data file is empty", header);
    if (!anywhere && (absolute || climbs(name)))
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: the data file '%.80s' is not in the header's folder "
                          "(--outside allows that)", header, name);
    const size_t room = (absolute ? 0 : folder) + strlen(name) + 1;
    *out = tomo__alloc(ctx, room);
    if (!*out)
        return tomo__no_memory(ctx, err, room, "the name of a data file");
    memcpy(*out, header, absolute ? 0 : folder);
    memcpy(*out + (absolute ? 0 : folder), name, strlen(name) + 1);
    return TOMO_OK;
}

char *tomo__data_beside(tomo_ctx *ctx, const char *path, const char *ending)
{
    const char *name = tomo__file_name(path), *dot = strrchr(name, '.');
    const size_t stem = dot ? (size_t)(dot - path) : strlen(path);
    char *out = tomo__alloc(ctx, stem + strlen(ending) + 1);
    if (out) {
        memcpy(out, path, stem);
        memcpy(out + stem, ending, strlen(ending) + 1);
    }
    return out;
}

tomo_status tomo__data_add(tomo_ctx *ctx, tomo__data *d, tomo__chars name, tomo_error *err)
{
    if (d->parts == TOMO__MOST_PARTS)
        return tomo__fail(err, TOMO_E_LIMIT, "%.80s: more than %d data files", d->name, TOMO__MOST_PARTS);
    if (memchr(name.at, '\0', (size_t)(name.end - name.at)))
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: the name of a data file has a zero byte in it", d->name);
    if ((d->parts & (d->parts - 1)) == 0) { /* room for the next power of two */
        char **larger = tomo__realloc(ctx, d->part, TOMO__MAX(2 * d->parts, (size_t)1) * sizeof *larger);
        if (!larger)
            return tomo__no_memory(ctx, err, 2 * d->parts * sizeof *larger, "names of data files");
        d->part = larger;
    }
    d->part[d->parts] = tomo__chars_dup(ctx, name);
    if (!d->part[d->parts])
        return tomo__no_memory(ctx, err, (size_t)(name.end - name.at) + 1, "the name of a data file");
    d->parts++;
    return TOMO_OK;
}

/* The one conversion of a pattern: "%" flags width "d" (or i, u). False if it has another, or none. */
static bool conversion(tomo__chars p, tomo__chars *spec, int *width, bool *zeros)
{
    const char *at = memchr(p.at, '%', (size_t)(p.end - p.at));
    if (!at)
        return false;
    spec->at = at++;
    *width = 0;
    *zeros = at < p.end && *at == '0';
    for (; at < p.end && isdigit((unsigned char)*at) && *width <= MOST_WIDTH; at++)
        *width = *width * 10 + (*at - '0');
    if (at < p.end && *at == '.') /* a precision is zeros, too */
        for (at++, *zeros = true, *width = 0; at < p.end && isdigit((unsigned char)*at) && *width <= MOST_WIDTH; at++)
            *width = *width * 10 + (*at - '0');
    if (at == p.end || !strchr("diu", *at) || *width > MOST_WIDTH)
        return false;
    spec->end = at + 1;
    return !memchr(spec->end, '%', (size_t)(p.end - spec->end));
}

tomo_status tomo__data_pattern(tomo_ctx *ctx, tomo__data *d, tomo__chars pattern, int64_t first, int64_t last,
                               int64_t step, tomo_error *err)
{
    tomo__chars spec = pattern;
    int width;
    bool zeros;
    const int shown = (int)TOMO__MIN(pattern.end - pattern.at, 60);
    if (!conversion(pattern, &spec, &width, &zeros))
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: data file pattern '%.*s', expected one %%d", d->name, shown,
                          pattern.at);
    if (step == 0 || first < -INT32_MAX || first > INT32_MAX || last < -INT32_MAX || last > INT32_MAX ||
        step < -INT32_MAX || step > INT32_MAX || (step > 0) != (last >= first))
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: data files from %lld to %lld by %lld are none", d->name,
                          (long long)first, (long long)last, (long long)step);
    for (int64_t i = first; step > 0 ? i <= last : i >= last; i += step) {
        tomo__text name = TOMO__TEXT(ctx);
        tomo__text_add(&name, pattern.at, (size_t)(spec.at - pattern.at));
        tomo__text_fmt(&name, zeros ? "%0*lld" : "%*lld", width, (long long)i);
        tomo__text_add(&name, spec.end, (size_t)(pattern.end - spec.end));
        const tomo_status st = name.failed
                                   ? tomo__no_memory(ctx, err, name.size, "the name of a data file")
                                   : tomo__data_add(ctx, d, (tomo__chars){ name.data, name.data + name.size }, err);
        tomo__text_free(&name);
        if (st)
            return st;
    }
    return TOMO_OK;
}

void tomo__data_free(tomo_ctx *ctx, tomo__data *d)
{
    for (size_t i = 0; i < d->parts; i++)
        tomo__free(ctx, d->part[i]);
    tomo__free(ctx, d->part);
}

/* ---- the bytes of one part --------------------------------------------------------------------------------------- */

typedef struct part {
    const tomo__data         *d;
    const tomo__format_input *in;
    const char               *name; /* of the file */
    size_t                    want; /* bytes of numbers, unpacked */
} part;

static tomo_status cut_short(const part *p, size_t have, tomo_error *err)
{
    return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)have, "%.80s: cut short, %zu bytes of voxels expected, there are "
                         "%zu", p->name, p->want, have);
}

/* Where the numbers start in `size` bytes, by byte_skip. */
static tomo_status skip_bytes(const part *p, size_t *at, size_t start, size_t size, tomo_error *err)
{
    if (p->d->byte_skip < 0 && size - start >= p->want) {
        *at = size - p->want;
        return TOMO_OK;
    }
    const uint64_t skip = (uint64_t)TOMO__MAX(p->d->byte_skip, (int64_t)0);
    if (skip > size - start)
        return cut_short(p, 0, err);
    *at = start + (size_t)skip;
    if (size - *at < p->want)
        return cut_short(p, size - *at, err);
    if (size - *at > p->want)
        tomo__remark(p->in->report, "%s: %zu bytes after the voxels are left out", p->name, size - *at - p->want);
    return TOMO_OK;
}

static tomo_status skip_lines(const part *p, size_t *at, const uint8_t *bytes, size_t size, tomo_error *err)
{
    for (int64_t i = 0; i < p->d->line_skip; i++) {
        const uint8_t *stop = memchr(bytes + *at, '\n', size - *at);
        if (!stop)
            return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)*at, "%.80s: %lld lines to skip, there are %lld", p->name,
                                 (long long)p->d->line_skip, (long long)i);
        *at = (size_t)(stop - bytes) + 1;
    }
    return TOMO_OK;
}

/* Unpacked bytes that may be looked at: those to skip, those wanted, and some for -1 or for what a writer left. */
static tomo_status most_bytes(const part *p, size_t *most, tomo_error *err)
{
    const uint64_t skip = (uint64_t)TOMO__MAX(p->d->byte_skip, (int64_t)0);
    if (skip > PTRDIFF_MAX || !tomo__add(p->want, (size_t)skip, most) || !tomo__add(*most, SLACK, most))
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: %llu bytes to skip", p->name, (unsigned long long)skip);
    return TOMO_OK;
}

static tomo_status inflate(tomo_ctx *ctx, tomo_buffer **out, const part *p, const uint8_t *bytes, size_t size,
                           tomo_error *err)
{
    size_t most;
    tomo_status st = most_bytes(p, &most, err);
    const bool gzip = size >= 18 && bytes[0] == 0x1f && bytes[1] == 0x8b;
    const bool zlib = size >= 6 && (bytes[0] & 15) == 8 && (bytes[0] << 8 | bytes[1]) % 31 == 0;
    if (st)
        return st;
    if (!gzip && !zlib)
        return tomo__fail_at(err, TOMO_E_FORMAT, 0, "%.80s: the voxels are neither gzip nor zlib data", p->name);
    if (p->want / MOST_RATIO > size)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)size, "%.80s: cut short, %zu bytes can't hold %zu bytes of "
                             "voxels", p->name, size, p->want);
    st = tomo_codec_inflate(ctx, out, bytes, size, most, err);
    if (st == TOMO_E_LIMIT && tomo__fits(ctx, most))
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: packed data hold more than the %zu bytes of voxels that the "
                          "header declares", p->name, p->want);
    return st ? tomo__fail_in(err, st, "%.80s", p->name) : TOMO_OK;
}

static tomo_status bunzip2(tomo_ctx *ctx, tomo_buffer **out, size_t *made, const part *p, const uint8_t *bytes,
                           size_t size, tomo_error *err)
{
    size_t room;
    tomo_status st = most_bytes(p, &room, err);
    if (!st && p->d->byte_skip >= 0)
        room -= SLACK; /* unpacked from the start on: nothing behind the voxels is of interest */
    if (!st)
        st = tomo_buffer_new(ctx, out, room, err);
    if (st)
        return st;
    st = tomo__bunzip2(ctx, tomo_buffer_data_mut(*out), room, made, bytes, size, p->in->job, err);
    if (!st && *made > room && p->d->byte_skip >= 0) {
        tomo__remark(p->in->report, "%s: bytes after the voxels are left out", p->name);
        *made = room;
    }
    if (!st && *made > room)
        st = tomo__fail(err, TOMO_E_FORMAT, "packed data hold more than the %zu bytes of voxels that the header "
                        "declares", p->want);
    if (!st)
        return TOMO_OK;
    tomo_buffer_free(*out);
    *out = NULL;
    return tomo__fail_in(err, st, "%.80s", p->name);
}

/* Numbers as text, in memory as bytes. */
static tomo_status decode_text(tomo_ctx *ctx, tomo_buffer **out, const part *p, const uint8_t *bytes, size_t size,
                               tomo_error *err)
{
    const bool ascii = p->d->coding == TOMO__ASCII;
    const size_t count = ascii ? p->want / tomo_dtype_size(p->d->dtype) : p->want;
    if (ascii ? count > size / 2 + 1 : count > size / 2)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)size, "%.80s: cut short, %zu bytes of text can't hold %zu %s",
                             p->name, size, count, ascii ? "numbers" : "hexadecimal bytes");
    tomo_status st = tomo_buffer_new(ctx, out, p->want, err);
    if (st)
        return st;
    void *to = tomo_buffer_data_mut(*out);
    st = ascii ? tomo__ascii_read(to, count, p->d->dtype, bytes, size, p->name, err)
               : tomo__hex_read(to, count, bytes, size, p->name, err);
    if (st) {
        tomo_buffer_free(*out);
        *out = NULL;
    }
    return st;
}

/* The numbers of one part from its file's bytes, `start` on. */
static tomo_status open_part(tomo_ctx *ctx, tomo_buffer **out, size_t *at, const part *p, tomo_buffer *file,
                             size_t start, tomo_error *err)
{
    const uint8_t *bytes = tomo_buffer_data(file);
    const size_t size = tomo_buffer_size(file);
    size_t made = 0;
    if (start > size)
        return cut_short(p, 0, err);
    tomo_status st = skip_lines(p, &start, bytes, size, err);
    if (st)
        return st;
    switch (p->d->coding) {
    case TOMO__RAW:
        st = skip_bytes(p, at, start, size, err);
        if (!st)
            *out = tomo_buffer_ref(file);
        return st;
    case TOMO__GZIP:
        st = inflate(ctx, out, p, bytes + start, size - start, err);
        made = st ? 0 : tomo_buffer_size(*out);
        break;
    case TOMO__BZIP2:
        st = bunzip2(ctx, out, &made, p, bytes + start, size - start, err);
        break;
    default:
        if (p->d->byte_skip < 0 || (uint64_t)p->d->byte_skip > size - start)
            return tomo__fail(err, TOMO_E_FORMAT, "%.80s: %lld bytes of text to skip, there are %zu", p->name,
                              (long long)p->d->byte_skip, size - start);
        start += (size_t)p->d->byte_skip;
        *at = 0;
        return decode_text(ctx, out, p, bytes + start, size - start, err);
    }
    if (!st)
        st = skip_bytes(p, at, 0, made, err);
    if (st) {
        tomo_buffer_free(*out);
        *out = NULL;
    }
    return st;
}

static tomo_status open_named(tomo_ctx *ctx, tomo_buffer **out, size_t *at, const tomo__data *d, size_t i, size_t want,
                              const tomo__format_input *in, tomo_error *err)
{
    char *path = NULL;
    tomo_source *source = NULL;
    tomo_buffer *file = NULL;
    if (!in->path)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.80s: the voxels are in another file, '%.80s': open the header by "
                          "its path", d->name, d->part[i]);
    tomo_status st = tomo__data_path(ctx, &path, in->path, d->part[i], in->opts->outside, err);
    if (st)
        return st;
    st = tomo_source_open(ctx, &source, path, err);
    if (!st && tomo_source_size(source) == 0)
        st = tomo__fail_at(err, TOMO_E_FORMAT, 0, "%.100s: the file is empty", path);
    if (!st)
        st = tomo_source_map(source, &file, err);
    if (!st)
        st = open_part(ctx, out, at, &(part){ d, in, path, want }, file, d->start, err);
    tomo_buffer_free(file);
    tomo_source_free(source);
    tomo__free(ctx, path);
    return st;
}

/* ---- all parts --------------------------------------------------------------------------------------------------- */

typedef struct gather {
    tomo_ctx                 *ctx;
    const tomo__data         *d;
    const tomo__format_input *in; /* without a report and a job: those belong to the calling thread */
    uint8_t                  *to;
    size_t                    want; /* of one part */
} gather;

static tomo_status gather_part(void *user, int64_t i, int32_t slot, tomo_error *err)
{
    const gather *g = user;
    tomo_buffer *numbers = NULL;
    size_t at = 0;
    const tomo_status st = open_named(g->ctx, &numbers, &at, g->d, (size_t)i, g->want, g->in, err);
    if (!st)
        memcpy(g->to + (size_t)i * g->want, (const uint8_t *)tomo_buffer_data(numbers) + at, g->want);
    tomo_buffer_free(numbers);
    return st;
}

/* All parts are there, and large enough for what they must hold at least, before memory is taken for the whole. */
static tomo_status look_at_parts(tomo_ctx *ctx, const gather *g, tomo_error *err)
{
    const size_t number = tomo_dtype_size(g->d->dtype);
    const size_t least = g->d->coding == TOMO__RAW    ? g->want
                         : g->d->coding == TOMO__GZIP ? g->want / MOST_RATIO
                         : g->d->coding == TOMO__ASCII ? g->want / number
                         : g->d->coding == TOMO__HEX   ? 2 * g->want
                                                       : 1;
    for (size_t i = 0; i < g->d->parts; i++) {
        char *path = NULL;
        tomo_source *source = NULL;
        tomo_status st = tomo__data_path(ctx, &path, g->in->path, g->d->part[i], g->in->opts->outside, err);
        if (!st)
            st = tomo_source_open(ctx, &source, path, err);
        if (!st && tomo_source_size(source) < least)
            st = cut_short(&(part){ g->d, g->in, path, g->want }, (size_t)tomo_source_size(source), err);
        tomo_source_free(source);
        tomo__free(ctx, path);
        if (st)
            return st;
    }
    return TOMO_OK;
}

tomo_status tomo__data_load(tomo_ctx *ctx, tomo_buffer **out, size_t *at, const tomo__data *d,
                            const tomo__format_input *in, tomo_error *err)
{
    const size_t bytes = d->count * tomo_dtype_size(d->dtype); /* checked: tomo__layout_bytes() */
    tomo__format_input quiet = *in;
    const tomo_status stopped = tomo__job_step(in->job, 0, err);
    if (stopped)
        return stopped;
    if (d->local)
        return open_part(ctx, out, at, &(part){ d, in, d->name, bytes }, d->local, d->start, err);
    if (d->parts == 1)
        return open_named(ctx, out, at, d, 0, bytes, in, err);
    if (d->parts == 0 || d->count % d->parts)
        return tomo__fail(err, TOMO_E_FORMAT, "%.80s: %zu numbers can't lie in %zu data files", d->name, d->count,
                          d->parts);
    quiet.report = NULL;
    quiet.job = NULL;
    gather g = { ctx, d, &quiet, NULL, bytes / d->parts };
    if (!in->path)
        return open_named(ctx, out, at, d, 0, g.want, in, err); /* says why not */
    tomo_status st = look_at_parts(ctx, &g, err);
    tomo_buffer *whole = NULL;
    if (!st)
        st = tomo_buffer_new(ctx, &whole, bytes, err);
    if (st)
        return st;
    g.to = tomo_buffer_data_mut(whole);
    st = tomo__parallel(ctx, (int64_t)d->parts, gather_part, &g, in->job, err);
    if (st) {
        tomo_buffer_free(whole);
        return st;
    }
    *out = whole;
    *at = 0;
    return TOMO_OK;
}
