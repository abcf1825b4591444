/* stack.c - many pictures as one volume: a folder, a name with wildcards ("slice_*.png"), or one with a number
 * ("slice_%04d.png"). One slice a picture, in natural order: 2 comes before 10. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format_internal.h"
#include "image/image_internal.h"

enum { MOST_PICTURES = 1 << 20 };

/* ---- names ------------------------------------------------------------------------------------------------------- */

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "%d", "%4d", "%04d" in a file's name: where it begins, how long it is, how many digits it asks for. */
static const char *find_number(const char *path, size_t *length, int *digits)
{
    for (const char *p = strchr(file_name(path), '%'); p; p = strchr(p + 1, '%')) {
        size_t n = 1;
        while (isdigit((unsigned char)p[n]) && n < 4)
            n++;
        if (p[n] == 'd') {
            *length = n + 1;
            *digits = n > 1 ? atoi(p + 1) : 1;
            return p;
        }
    }
    return NULL;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

bool tomo__format_is_stack(const char *path)
{
    size_t length;
    int digits;
    if (is_folder(path))
        return true;
    return !exists(path) && (find_number(path, &length, &digits) || strpbrk(file_name(path), "*?["));
}

/* The row that reads or writes one picture of the stack; NULL if it is no picture. */
static const struct tomo__format *picture_row(const char *path)
{
    static const struct tomo__format *const rows[] = { &tomo__format_png, &tomo__format_jpeg, &tomo__format_tiff,
                                                       &tomo__format_webp };
    for (size_t i = 0; i < TOMO__COUNT(rows); i++)
        for (const char *const *e = rows[i]->pub.reads; *e; e++)
            if (tomo__ends_with(path, *e))
                return rows[i];
    return NULL;
}

/* Numbers by their value, the rest byte by byte. */
static int natural_order(const void *one, const void *other)
{
    const unsigned char *a = *(const unsigned char *const *)one, *b = *(const unsigned char *const *)other;
    for (;; a++, b++) {
        if (isdigit(*a) && isdigit(*b)) {
            while (*a == '0' && isdigit(a[1]))
                a++;
            while (*b == '0' && isdigit(b[1]))
                b++;
            size_t n = 0, m = 0;
            while (isdigit(a[n]))
                n++;
            while (isdigit(b[m]))
                m++;
            const int order = n != m ? (n < m ? -1 : 1) : memcmp(a, b, n);
            if (order)
                return order;
            a += n, b += n;
        }
        if (*a != *b || !*a)
            break;
    }
    /* equal but for leading zeros: any fixed order */
    return *a != *b ? (*a < *b ? -1 : 1) : strcmp(*(char *const *)one, *(char *const *)other);
}

typedef struct names {
    char **path;
    size_t count, room;
} names;

static void free_names(tomo_ctx *ctx, names *n)
{
    for (size_t i = 0; i < n->count; i++)
        tomo__free(ctx, n->path[i]);
    tomo__free(ctx, n->path);
}

/* The first `before` bytes of `folder` and a name. */
static tomo_status add_name(tomo_ctx *ctx, names *n, const char *folder, size_t before, const char *name,
                            tomo_error *err)
{
    const size_t after = strlen(name);
    if (n->count >= MOST_PICTURES)
        return tomo__fail(err, TOMO_E_LIMIT, "%.80s: more than %d pictures", folder, MOST_PICTURES);
    if (n->count == n->room) {
        char **more = tomo__realloc(ctx, n->path, (n->room * 2 + 64) * sizeof *more);
        if (!more)
            return tomo__no_memory(ctx, err, (n->room * 2 + 64) * sizeof *more, "names of pictures");
        n->path = more;
        n->room = n->room * 2 + 64;
    }
    char *path = tomo__alloc(ctx, before + after + 2);
    if (!path)
        return tomo__no_memory(ctx, err, before + after + 2, "the name of a picture");
    const bool slash = before > 0 && folder[before - 1] != '/';
    memcpy(path, folder, before);
    path[before] = '/';
    memcpy(path + before + slash, name, after + 1);
    n->path[n->count++] = path;
    return TOMO_OK;
}

/* Does a file's name match "slice_%04d.png"? Any number of digits that is at least the one asked for. */
static bool matches_number(const char *name, const char *pattern, const char *number, size_t length, int digits)
{
    const size_t before = (size_t)(number - pattern), n = strlen(name), after = strlen(number + length);
    if (n < before + after + 1 || strncmp(name, pattern, before) != 0 || strcmp(name + n - after, number + length) != 0)
        return false;
    for (size_t i = before; i < n - after; i++)
        if (!isdigit((unsigned char)name[i]))
            return false;
    return n - after - before >= (size_t)digits;
}

/* What a stack's path asks for. */
typedef struct search {
    const char *number;  /* in a name with one; else NULL */
    const char *pattern; /* the name, of a path that is no folder */
    size_t length;
    int digits;
    bool folder;
} search;

static search search_of(const char *path)
{
    search s = { .folder = is_folder(path), .pattern = file_name(path) };
    s.number = s.folder ? NULL : find_number(path, &s.length, &s.digits);
    return s;
}

static bool matches(const search *s, const char *name)
{
    return s->number   ? matches_number(name, s->pattern, s->number, s->length, s->digits)
           : s->folder ? name[0] != '.'
                       : fnmatch(s->pattern, name, FNM_PERIOD) == 0;
}

/* The folder to look into; NULL where it does not exist. */
static DIR *open_folder(const search *s, const char *path)
{
    char folder[PATH_MAX];
    const size_t n = s->folder ? strlen(path) : (size_t)(s->pattern - path);
    if (n >= sizeof folder)
        return NULL;
    memcpy(folder, n ? path : ".", n ? n : 1);
    folder[n ? n : 1] = '\0';
    return opendir(folder);
}

bool tomo__format_has_pictures(const char *path)
{
    const search s = search_of(path);
    DIR *dir = open_folder(&s, path);
    bool found = false;
    for (struct dirent *e; dir && !found && (e = readdir(dir));)
        found = matches(&s, e->d_name) && picture_row(e->d_name);
    if (dir)
        closedir(dir);
    return found;
}

/* The pictures of a stack, sorted. */
static tomo_status list(tomo_ctx *ctx, names *out, const char *path, tomo_report *report, tomo_error *err)
{
    const search s = search_of(path);
    const size_t before = s.folder ? strlen(path) : (size_t)(s.pattern - path);
    size_t others = 0;
    tomo_status st = TOMO_OK;
    DIR *dir = open_folder(&s, path);
    if (!dir)
        return tomo__fail_os(err, errno, "%.120s", path);
    for (struct dirent *e; !st && (e = readdir(dir));) {
        if (!matches(&s, e->d_name))
            continue;
        if (picture_row(e->d_name))
            st = add_name(ctx, out, path, before, e->d_name, err);
        else
            others++;
    }
    closedir(dir);
    if (!st && out->count == 0)
        st = tomo__fail(err, TOMO_E_NOTFOUND, "%.120s: no pictures (PNG, JPEG, TIFF, WebP) there", path);
    if (!st)
        qsort(out->path, out->count, sizeof *out->path, natural_order);
    if (!st && others)
        tomo__remark(report, "%zu files beside the pictures are left out", others);
    return st;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

typedef struct stack_reader {
    names names;
    tomo_format_load_options opts;
} stack_reader;

static tomo_status load_one(tomo_ctx *ctx, tomo_image **out, const char *path, const tomo_format_load_options *opts,
                            tomo_report *report, tomo_error *err)
{
    tomo__format_input in = { NULL, path, opts, report, NULL };
    tomo_status st = tomo_source_open(ctx, &in.source, path, err);
    if (!st)
        st = picture_row(path)->load(ctx, out, &in, err);
    tomo_source_free(in.source);
    return st;
}

typedef struct slices {
    tomo_volume_reader *r;
    tomo_image *to;
    const int64_t *start;
} slices;

static tomo_status read_slice(void *user, int64_t z, int32_t slot, tomo_error *err)
{
    const slices *s = user;
    const stack_reader *k = s->r->state;
    const char *path = k->names.path[s->start[2] + z];
    const tomo_image_desc *want = &s->r->desc;
    tomo_image *one = NULL;
    tomo_status st = load_one(s->r->ctx, &one, path, &k->opts, NULL, err);
    if (st)
        return st;
    const tomo_image_desc *d = tomo_image_get_desc(one);
    if (d->dtype != want->dtype || d->components != want->components || d->size[0] != want->size[0] ||
        d->size[1] != want->size[1] || d->size[2] != 1 || d->size[3] != 1)
        st = tomo__fail(err, TOMO_E_GEOMETRY,
                        "%.80s: %lld x %lld x %lld of %s x %d, the first picture is %lld x %lld "
                        "of %s x %d",
                        path, (long long)d->size[0], (long long)d->size[1], (long long)(d->size[2] * d->size[3]),
                        tomo_dtype_name(d->dtype), (int)d->components, (long long)want->size[0],
                        (long long)want->size[1], tomo_dtype_name(want->dtype), (int)want->components);
    for (int64_t y = 0; y < tomo_image_get_desc(s->to)->size[1] && !st; y++)
        memcpy(tomo_image_row_mut(s->to, y, z, 0),
               (const uint8_t *)tomo_image_row(one, s->start[1] + y, 0, 0) + s->start[0] * tomo_image_stride(one, 0),
               (size_t)(tomo_image_get_desc(s->to)->size[0] * tomo_image_stride(one, 0)));
    tomo_image_free(one);
    return st;
}

static tomo_status read_box(tomo_volume_reader *r, tomo_image *to, const int64_t start[4], tomo_job *job,
                            tomo_error *err)
{
    slices s = { r, to, start };
    return tomo__parallel(r->ctx, tomo_image_get_desc(to)->size[2], read_slice, &s, job, err);
}

static void close_reader(tomo_volume_reader *r)
{
    stack_reader *k = r->state;
    free_names(r->ctx, &k->names);
}

static tomo_status open_reader(tomo_volume_reader *r, const tomo__format_input *in, tomo_error *err)
{
    stack_reader *k = TOMO__ARRAY(r->ctx, 1, stack_reader);
    tomo_image *first = NULL;
    if (!k)
        return tomo__no_memory(r->ctx, err, sizeof *k, "a reader");
    r->state = k;
    r->read = read_box;
    r->close = close_reader;
    k->opts = *in->opts;
    tomo_status st = list(r->ctx, &k->names, in->path, in->report, err);
    if (!st)
        st = load_one(r->ctx, &first, k->names.path[0], &k->opts, in->report, err);
    if (st)
        return st;
    r->desc = *tomo_image_get_desc(first);
    tomo_image_free(first);
    if (r->desc.size[2] != 1 || r->desc.size[3] != 1)
        return tomo__fail(err, TOMO_E_GEOMETRY, "%.80s: %lld pages, a picture of a stack has one (--index)",
                          k->names.path[0], (long long)(r->desc.size[2] * r->desc.size[3]));
    r->desc.size[2] = (int64_t)k->names.count;
    r->desc.dims = 3;
    if (in->opts->spacing[2] != in->opts->spacing[2] && k->names.count > 1)
        tomo__remark(in->report, "pictures don't say how far they lie apart: 1 mm is taken (--spacing x,y,z)");
    return TOMO_OK;
}

static tomo_status load(tomo_ctx *ctx, tomo_image **out, const tomo__format_input *in, tomo_error *err)
{
    return tomo__load_by_reader(ctx, out, &tomo__format_stack, in, err);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

typedef struct stack_writer {
    char *pattern;
    const struct tomo__format *row;
    tomo_format_save_options opts;
    int64_t written;
    bool finished;
} stack_writer;

static char *slice_path(tomo_ctx *ctx, const char *pattern, int64_t slice)
{
    size_t length;
    int digits;
    const char *number = find_number(pattern, &length, &digits);
    char *path = tomo__alloc(ctx, strlen(pattern) + 1024);
    if (path)
        snprintf(path, strlen(pattern) + 1024, "%.*s%0*lld%s", (int)(number - pattern), pattern, digits,
                 (long long)slice, number + length);
    return path;
}

typedef struct pages {
    tomo_volume_writer *w;
    const tomo_image *slab;
} pages;

static tomo_status write_slice(void *user, int64_t i, int32_t slot, tomo_error *err)
{
    const pages *p = user;
    const stack_writer *k = p->w->state;
    const tomo_image_desc *d = tomo_image_get_desc(p->slab);
    const int64_t start[4] = { 0, 0, i, 0 }, size[4] = { d->size[0], d->size[1], 1, 1 };
    tomo_image *one = NULL;
    char *path = slice_path(p->w->ctx, k->pattern, p->w->done + i);
    if (!path)
        return tomo__no_memory(p->w->ctx, err, strlen(k->pattern) + 1024, "the name of a picture");
    tomo_status st = tomo_image_crop(p->w->ctx, &one, p->slab, start, size, err);
    if (!st)
        st = k->row->save(p->w->ctx, path, one, &k->opts, NULL, err);
    tomo_image_free(one);
    tomo__free(p->w->ctx, path);
    return st;
}

static tomo_status write_slab(tomo_volume_writer *w, const tomo_image *slab, tomo_job *job, tomo_error *err)
{
    stack_writer *k = w->state;
    pages p = { w, slab };
    const int64_t n = tomo_image_get_desc(slab)->size[2];
    k->written = w->done + n; /* those of them that fail are not there to be removed */
    return tomo__parallel(w->ctx, n, write_slice, &p, job, err);
}

static tomo_status finish(tomo_volume_writer *w, tomo_error *err)
{
    ((stack_writer *)w->state)->finished = true;
    return TOMO_OK;
}

/* A stack that was not finished leaves no pictures behind. */
static void close_writer(tomo_volume_writer *w)
{
    stack_writer *k = w->state;
    for (int64_t i = 0; i < k->written && !k->finished; i++) {
        char *path = slice_path(w->ctx, k->pattern, i);
        if (path)
            unlink(path);
        tomo__free(w->ctx, path);
    }
    tomo__free(w->ctx, k->pattern);
}

static tomo_status make_folder(tomo_ctx *ctx, const char *pattern, tomo_error *err)
{
    char *folder = tomo__strdup(ctx, pattern);
    if (!folder)
        return tomo__no_memory(ctx, err, strlen(pattern) + 1, "the name of a folder");
    char *slash = strrchr(folder, '/');
    tomo_status st = TOMO_OK;
    if (slash && slash != folder) {
        *slash = '\0';
        st = tomo__mkdirs(folder, err);
    }
    tomo__free(ctx, folder);
    return st;
}

static tomo_status open_writer(tomo_volume_writer *w, const char *path, const tomo_format_save_options *opts,
                               tomo_error *err)
{
    size_t length;
    int digits;
    const tomo_image_desc *d = &w->desc;
    stack_writer *k = TOMO__ARRAY(w->ctx, 1, stack_writer);
    if (!k)
        return tomo__no_memory(w->ctx, err, sizeof *k, "a writer");
    w->state = k;
    w->write = write_slab;
    w->finish = finish;
    w->close = close_writer;
    k->opts = *opts;
    k->row = picture_row(path);
    if (!k->row || !find_number(path, &length, &digits))
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "%.100s: a stack is written under a name with a number, such as "
                          "slice_%%04d.png",
                          path);
    if (d->size[3] != 1)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "%.80s: a stack holds one time point, the image has %lld", path,
                          (long long)d->size[3]);
    k->pattern = tomo__strdup(w->ctx, path);
    char *next = slice_path(w->ctx, path, d->size[2]);
    tomo_status st = k->pattern && next ? make_folder(w->ctx, path, err)
                                        : tomo__no_memory(w->ctx, err, strlen(path) + 1024, "the names of a stack");
    if (!st && exists(next)) /* it would be read as the next slice */
        st =
            tomo__fail(err, TOMO_E_EXISTS, "%.120s is there from a longer stack: remove it or take another name", next);
    tomo__free(w->ctx, next);
    return st;
}

static tomo_status save(tomo_ctx *ctx, const char *path, const tomo_image *in, const tomo_format_save_options *opts,
                        tomo_job *job, tomo_error *err)
{
    tomo_volume_writer *w = NULL;
    tomo_status st = tomo_volume_writer_open(ctx, &w, path, tomo_image_get_desc(in), NULL, opts, err);
    if (!st)
        st = tomo_volume_writer_write(w, in, job, err);
    if (!st)
        return tomo_volume_writer_finish(w, err);
    tomo_volume_writer_abandon(w);
    return st;
}

static const char *const reads[] = { "/", "*.png", "*.jpg", "*.tif", "*.webp", "%04d.png", NULL };
static const char *const writes[] = { "%04d.png", "%04d.jpg", "%04d.tif", "%04d.webp", NULL };

const struct tomo__format tomo__format_stack = {
    .pub = { "stack", "stack of pictures", reads, writes },
    .load = load,
    .save = save,
    .open_reader = open_reader,
    .open_writer = open_writer,
};
