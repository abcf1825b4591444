/* base_internal.h - what the rooms share beneath the public headers: errors, checked memory, work cut by data,
 * growing text, JSON, hashes, files that appear whole. Names are tomo__x; nothing here is exported. */
#ifndef TOMO_BASE_INTERNAL_H
#define TOMO_BASE_INTERNAL_H

#include <stdarg.h>
#include <string.h>
#include <tomo/base.h>

#define TOMO__PRINTF(f, a) __attribute__((format(printf, f, a)))
#define TOMO__COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TOMO__MIN(a, b) ((a) < (b) ? (a) : (b))
#define TOMO__MAX(a, b) ((a) > (b) ? (a) : (b))

/* ---- errors (error.c): each fills err if it is there and returns `status`, so that a failing line reads
 *          return tomo__fail(err, TOMO_E_FORMAT, "(0028,0010) Rows is 0 at byte %lld", off); ---------------- */
tomo_status tomo__fail(tomo_error *err, tomo_status status, const char *format, ...) TOMO__PRINTF(3, 4);
tomo_status tomo__fail_at(tomo_error *err, tomo_status status, int64_t offset, const char *format, ...)
    TOMO__PRINTF(4, 5);
/* The same with errno and its text appended; picks TOMO_E_NOTFOUND for ENOENT, else TOMO_E_IO. */
tomo_status tomo__fail_os(tomo_error *err, int os_errno, const char *format, ...) TOMO__PRINTF(3, 4);
/* Put words before the message of an error that a lower call filled: "slice 3: ...". */
tomo_status tomo__fail_in(tomo_error *err, tomo_status status, const char *format, ...) TOMO__PRINTF(3, 4);
void tomo__remark(tomo_report *report, const char *format, ...) TOMO__PRINTF(2, 3); /* report may be NULL */
void tomo__log(tomo_ctx *ctx, tomo_log_level level, const char *room, const char *format, ...) TOMO__PRINTF(4, 5);

/* ---- memory (memory.c): counted against the context's limit ------------------------------------------------ */
bool  tomo__mul(size_t a, size_t b, size_t *out); /* false on overflow */
bool  tomo__add(size_t a, size_t b, size_t *out);
void *tomo__alloc(tomo_ctx *ctx, size_t bytes);             /* 64-byte aligned, undefined; NULL if none */
void *tomo__calloc(tomo_ctx *ctx, size_t count, size_t size); /* zeroed */
void *tomo__realloc(tomo_ctx *ctx, void *ptr, size_t bytes);
void  tomo__free(tomo_ctx *ctx, void *ptr);                 /* NULL is fine */
char *tomo__strdup(tomo_ctx *ctx, const char *text);
#define TOMO__ARRAY(ctx, count, type) ((type *)tomo__calloc((ctx), (size_t)(count), sizeof(type)))
/* Why the last allocation of `bytes` failed: TOMO_E_LIMIT past the context's limit, else TOMO_E_NOMEM. */
tomo_status tomo__no_memory(tomo_ctx *ctx, tomo_error *err, size_t bytes, const char *what);
/* Would `bytes` more fit? For sizes declared by a file, before anything is taken. */
bool tomo__fits(const tomo_ctx *ctx, uint64_t bytes);

tomo_ctx *tomo__ctx_ref(tomo_ctx *ctx); /* objects that outlive calls keep one, so contexts may be freed first */
void      tomo__ctx_unref(tomo_ctx *ctx);

/* ---- work cut by data (pool.c) ------------------------------------------------------------------------------- */
/* Called for item 0..count-1, each once, on any worker, in any order. `slot` is the worker's number, below
 * tomo_ctx_threads(): for scratch memory, never for results. Return not OK to stop. */
typedef tomo_status (*tomo__item_fn)(void *user, int64_t item, int32_t slot, tomo_error *err);
/* Run items on the pool and wait. Nested calls run inline. Steps the job by one share an item (its part of
 * `job`'s current span). If several items fail the lowest index is reported, so errors too are repeatable. */
tomo_status tomo__parallel(tomo_ctx *ctx, int64_t count, tomo__item_fn fn, void *user, tomo_job *job,
                           tomo_error *err);

/* ---- jobs (job.c) ---------------------------------------------------------------------------------------------- */
/* Progress of nested work: the next calls share [from, to] of the job. what is shown to people; may be NULL. */
typedef struct tomo__span { double from, to; } tomo__span;
tomo__span  tomo__job_enter(tomo_job *job, double from, double to, const char *what); /* of the present span */
void        tomo__job_leave(tomo_job *job, tomo__span outer);
/* Report the part done of the present span; TOMO_E_CANCELED with a filled err if the job is canceled.
 * For loops on the calling thread. job may be NULL. */
tomo_status tomo__job_step(tomo_job *job, double done, tomo_error *err);

/* ---- growing text and bytes (text.c): after a failed append `failed` stays set, so check once at the end ---- */
typedef struct tomo__text {
    tomo_ctx *ctx;
    char     *data; /* NUL-terminated when not NULL */
    size_t    size, room;
    bool      failed;
} tomo__text;
#define TOMO__TEXT(ctx) { (ctx), NULL, 0, 0, false }
void tomo__text_add(tomo__text *t, const void *bytes, size_t size);
void tomo__text_str(tomo__text *t, const char *text);
void tomo__text_fmt(tomo__text *t, const char *format, ...) TOMO__PRINTF(2, 3);
void tomo__text_base64(tomo__text *t, const void *bytes, size_t size); /* RFC 4648, 4, padded, in one line */
/* Text as content of XML or HTML: nothing in it is markup; control characters and broken UTF-8 become U+FFFD. */
void tomo__text_xml(tomo__text *t, const char *text);
void tomo__text_free(tomo__text *t);
/* Hand the text on as a buffer (NUL-terminated, NUL not counted); empties `t` in any case. */
tomo_status tomo__text_finish(tomo__text *t, tomo_buffer **out, tomo_error *err);

/* `path` ends in `ending` and is longer than it, whichever case its ASCII letters have. */
bool tomo__ends_with(const char *path, const char *ending);

/* UTF-8 (utf8.c) */
size_t tomo__utf8_valid(const char *text, size_t size); /* length of the valid start */
/* One code point at *pos (advances); U+FFFD for a broken byte. */
uint32_t tomo__utf8_next(const char *text, size_t size, size_t *pos);

/* ---- JSON writer (json.c): commas and escapes are its business ------------------------------------------------ */
typedef struct tomo__json {
    tomo__text text;
    uint8_t    first[64]; /* one bit a level (at most 511): nothing written yet */
    int32_t    depth;
    bool       after_key;
    int32_t    indent; /* 0 = one line, else spaces a level */
} tomo__json;
#define TOMO__JSON(ctx) { TOMO__TEXT(ctx), { 1 }, 0, false, 0 }
void tomo__json_open(tomo__json *j, char bracket); /* '{' or '[' */
void tomo__json_close(tomo__json *j, char bracket);
void tomo__json_key(tomo__json *j, const char *key);
void tomo__json_str(tomo__json *j, const char *text);                /* NULL becomes null; broken UTF-8 U+FFFD */
void tomo__json_strn(tomo__json *j, const char *text, size_t size);
void tomo__json_num(tomo__json *j, double value); /* shortest text that reads back equal; NaN and inf become null */
void tomo__json_int(tomo__json *j, int64_t value);
void tomo__json_uint(tomo__json *j, uint64_t value);
void tomo__json_bool(tomo__json *j, bool value);
void tomo__json_null(tomo__json *j);
void tomo__json_raw(tomo__json *j, const char *json); /* a value that is JSON already */
void tomo__json_nums(tomo__json *j, const double *values, size_t count); /* array */
/* Shortest decimal text that strtod reads back to the same double; returns its length (at most 31). */
size_t tomo__num_text(char text[32], double value);
/* `value` with so many digits after the point (at most 17), whatever the host's locale says; NaN is "-".
 * Returns `text`. */
const char *tomo__fixed_text(char text[48], double value, int digits);

/* ---- hash (hash.c): SHA-256 of bytes, as 64 lower-case hex digits and NUL --------------------------------------- */
typedef struct tomo__sha256 tomo__sha256;
tomo_status tomo__sha256_hex(const void *data, size_t size, char hex[65], tomo_error *err);
tomo_status tomo__sha256_new(tomo_ctx *ctx, tomo__sha256 **out, tomo_error *err);
tomo_status tomo__sha256_add(tomo__sha256 *h, const void *data, size_t size, tomo_error *err);
tomo_status tomo__sha256_done(tomo__sha256 *h, char hex[65], tomo_error *err); /* frees h in any case */
void        tomo__sha256_free(tomo__sha256 *h);

/* ---- sources (source.c) ----------------------------------------------------------------------------------------- */
/* A file below a folder, by a path that somebody else made: TOMO_E_DENIED if it has "..", or a link on its way. */
tomo_status tomo__source_open_below(tomo_ctx *ctx, tomo_source **out, const char *folder, const char *path,
                                    tomo_error *err);
/* Bytes without a copy where the source is in memory already (memory, buffer, or mapped); NULL otherwise. */
const uint8_t *tomo__source_peek(const tomo_source *source);

/* ---- files that appear whole (file.c) --------------------------------------------------------------------------- */
/* Written beside its final name, then flushed, fsynced and renamed; removed if it is never committed. */
typedef struct tomo__file tomo__file;
tomo_status tomo__file_begin(tomo_ctx *ctx, tomo__file **out, const char *path, tomo_error *err);
tomo_status tomo__file_write(tomo__file *f, const void *data, size_t size, tomo_error *err); /* buffered */
/* Overwrite bytes that were written before. Nothing happens where that can't be: pipes, devices. */
tomo_status tomo__file_patch(tomo__file *f, uint64_t offset, const void *data, size_t size, tomo_error *err);
tomo_status tomo__file_commit(tomo__file *f, tomo_error *err); /* frees f in any case */
void        tomo__file_abandon(tomo__file *f);                 /* NULL is fine */
tomo_status tomo__file_put(tomo_ctx *ctx, const char *path, const void *data, size_t size, tomo_error *err);
tomo_status tomo__mkdirs(const char *path, tomo_error *err);
/* A folder that appears whole or not at all (folder.c): filled at tomo__folder_path(), beside its final name, which
 * must be free or an empty folder; flushed and renamed by commit, removed with all in it by abandon. */
typedef struct tomo__folder tomo__folder;
tomo_status tomo__folder_begin(tomo_ctx *ctx, tomo__folder **out, const char *path, tomo_error *err);
const char *tomo__folder_path(const tomo__folder *f);
tomo_status tomo__folder_commit(tomo__folder *f, tomo_error *err); /* frees f in any case */
void        tomo__folder_abandon(tomo__folder *f);                 /* NULL is fine */
/* TOMO_E_ARG if `out` is `in` or lies below it: it would be read while it is written. */
tomo_status tomo__folder_apart(const char *in, const char *out, tomo_error *err);
/* All regular files below a folder (or the file itself), sorted by name as bytes; hidden ones left out, links to
 * folders not followed, at most `max_files` (TOMO_E_LIMIT). Free with tomo__paths_free. */
typedef struct tomo__paths { char **path; size_t count; } tomo__paths;
tomo_status tomo__list_files(tomo_ctx *ctx, tomo__paths *out, const char *path, size_t max_files, tomo_error *err);
void        tomo__paths_free(tomo_ctx *ctx, tomo__paths *paths);

/* ---- operation options (ops.c) ---------------------------------------------------------------------------------- */
/* First line of every operation: the caller's options (NULL, or an older and shorter struct) over the defaults into
 * `local` (op->opts_size bytes), checked against the table. */
tomo_status tomo__op_begin(const tomo_op *op, void *local, const void *opts, tomo_error *err);

/* Little and big endian reads of unaligned bytes. */
static inline uint16_t tomo__le16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }
static inline uint32_t tomo__le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static inline uint64_t tomo__le64(const uint8_t *p) { return tomo__le32(p) | (uint64_t)tomo__le32(p + 4) << 32; }
static inline uint16_t tomo__be16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }
static inline uint32_t tomo__be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}
static inline uint64_t tomo__be64(const uint8_t *p) { return (uint64_t)tomo__be32(p) << 32 | tomo__be32(p + 4); }

#endif
