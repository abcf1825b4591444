/* dir_read.c - a DICOMDIR as a tree (PS3.3 F.3.2.2). Offsets are looked up among the records' own; where they don't
 * hold, the order of the records and their types tell what belongs where. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "dicom/dicom_internal.h"
#include "object/dir_internal.h"

/* ---- links ---- */

/* Record at an offset; -1 if none is there. Records lie in the order of their offsets. */
static int64_t find(const tomo_fileset *set, uint64_t offset)
{
    size_t lo = 0, hi = set->count;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (set->node[mid].offset < offset)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < set->count && set->node[lo].offset == offset ? (int64_t)lo : -1;
}

/* Where a link leads: -1 without one, -2 if nothing lies there. */
static int64_t follow(const tomo_fileset *set, const tomo_dataset *ds, tomo_tag tag)
{
    int64_t offset = 0;
    if (!tomo_dataset_int(ds, tag, 0, &offset) || offset == 0)
        return -1;
    const int64_t at = find(set, (uint64_t)offset);
    return at < 0 ? -2 : at;
}

/* The records that `start` leads to are children of `parent`. False if a link does not hold. */
static bool link_chain(tomo_fileset *set, int64_t start, int64_t parent)
{
    int64_t last = -1;
    for (int64_t i = start; i != -1; i = set->node[i].next) {
        if (i == -2 || set->node[i].linked) {
            if (last >= 0)
                set->node[last].next = -1;
            return false;
        }
        dir__node *n = &set->node[i];
        n->linked = true;
        n->parent = parent;
        n->level = parent < 0 ? 0 : set->node[parent].level + 1;
        n->next = follow(set, n->item, 0x00041400);
        if (last < 0 && parent >= 0)
            set->node[parent].child = i;
        last = i;
    }
    return true;
}

/* Level by level: `queue` holds records whose children have not been looked at. */
static bool link_by_offsets(tomo_fileset *set, int64_t *queue)
{
    size_t head = 0, tail = 0;
    set->first = follow(set, set->ds, 0x00041200);
    if (set->first < 0)
        return set->first == -1 && set->count == 0;
    if (!link_chain(set, set->first, -1))
        return false;
    for (int64_t i = set->first; i >= 0; i = set->node[i].next)
        queue[tail++] = i;
    while (head < tail) {
        const int64_t parent = queue[head++], child = follow(set, set->node[parent].item, 0x00041420);
        if (child == -2 || (child >= 0 && !link_chain(set, child, parent)))
            return false;
        for (int64_t i = set->node[parent].child; i >= 0; i = set->node[i].next)
            queue[tail++] = i;
    }
    return true;
}

static int rank(const char *type)
{
    static const char *const top[] = { "PATIENT", "HANGING PROTOCOL", "PALETTE",
                                       "IMPLANT", "IMPLANT ASSY",     "IMPLANT GROUP" };
    for (size_t i = 0; i < TOMO__COUNT(top); i++)
        if (strcmp(type, top[i]) == 0)
            return 0;
    return strcmp(type, "STUDY") == 0 ? 1 : strcmp(type, "SERIES") == 0 ? 2 : 3;
}

/* A record belongs to the last one before it that ranks higher. `tail[p + 1]` is the last child of record p. */
static void link_by_order(tomo_fileset *set, int64_t *tail)
{
    int64_t last[4] = { -1, -1, -1, -1 }; /* of each rank, since the last of a higher rank */
    set->first = -1;
    for (size_t i = 0; i <= set->count; i++)
        tail[i] = -1;
    for (size_t i = 0; i < set->count; i++) {
        dir__node *n = &set->node[i];
        const int r = rank(n->type);
        int up = r - 1;
        while (up >= 0 && last[up] < 0)
            up--;
        n->parent = up >= 0 ? last[up] : -1;
        n->level = n->parent < 0 ? 0 : set->node[n->parent].level + 1;
        n->child = n->next = -1;
        n->linked = true;
        int64_t *before = &tail[n->parent + 1];
        *(*before >= 0     ? &set->node[*before].next
          : n->parent >= 0 ? &set->node[n->parent].child
                           : &set->first) = (int64_t)i;
        *before = last[r] = (int64_t)i;
        for (int k = r + 1; k < 4; k++)
            last[k] = -1;
    }
}

static size_t unlinked(const tomo_fileset *set)
{
    size_t n = 0;
    for (size_t i = 0; i < set->count; i++)
        n += !set->node[i].linked && set->node[i].in_use;
    return n;
}

static tomo_status link_all(tomo_fileset *set, tomo_report *report, tomo_error *err)
{
    int64_t *queue = TOMO__ARRAY(set->ctx, set->count + 1, int64_t);
    if (!queue)
        return tomo__no_memory(set->ctx, err, set->count * sizeof *queue, "the records of a DICOMDIR");
    const bool holds = link_by_offsets(set, queue);
    const size_t lost = unlinked(set);
    if (!holds || lost > set->count / 2) {
        tomo__remark(report, "DICOMDIR: links between records %s; their order is taken instead",
                     holds ? "lead to less than half of them" : "lead nowhere or in circles");
        link_by_order(set, queue);
    } else if (lost)
        tomo__remark(report, "DICOMDIR: %zu of %zu records are in use, but nothing links to them", lost, set->count);
    tomo__free(set->ctx, queue);
    return TOMO_OK;
}

/* ---- records ---- */

/* Referenced File ID: components joined by slashes. */
static tomo_status read_file_id(tomo_ctx *ctx, dir__node *n, tomo_error *err)
{
    char text[1024];
    const int64_t size = tomo_dataset_text(n->item, 0x00041500, SIZE_MAX, text, sizeof text);
    if (size <= 0)
        return TOMO_OK;
    if (size >= (int64_t)sizeof text)
        return tomo__fail(err, TOMO_E_FORMAT, "(0004,1500) Referenced File ID has %lld bytes, expected at most %zu",
                          (long long)size, sizeof text - 1);
    for (char *c = text; *c; c++)
        if (*c == '\\')
            *c = '/';
    n->file = tomo__strdup(ctx, text);
    return n->file ? TOMO_OK : tomo__no_memory(ctx, err, (size_t)size + 1, "a file ID");
}

static tomo_status read_records(tomo_fileset *set, tomo_error *err)
{
    const tomo__elem *e = tomo__ds_elem(set->ds, DIR_RECORDS);
    tomo_status st = TOMO_OK;
    if (!e || !(e->flags & ELEM_SEQUENCE)) /* an empty sequence, or none */
        return TOMO_OK;
    set->node = TOMO__ARRAY(set->ctx, e->n_items, dir__node);
    if (!set->node && e->n_items)
        return tomo__no_memory(set->ctx, err, e->n_items * sizeof *set->node, "the records of a DICOMDIR");
    set->count = e->n_items;
    for (size_t i = 0; st == TOMO_OK && i < set->count; i++) {
        dir__node *n = &set->node[i];
        int64_t flag = 0xFFFF;
        n->item = tomo_dataset_item(set->ds, DIR_RECORDS, i);
        n->offset = n->item->start - 8; /* of the item's own tag and length */
        n->parent = n->child = n->next = -1;
        tomo_dataset_int(n->item, 0x00041410, 0, &flag);
        n->in_use = flag != 0;
        if (tomo_dataset_text(n->item, 0x00041430, 0, n->type, sizeof n->type) < 0)
            n->type[0] = 0;
        st = read_file_id(set->ctx, n, err);
    }
    return st;
}

tomo_status dir__open(tomo_ctx *ctx, tomo_fileset **out, tomo_dataset *ds, const char *folder, tomo_report *report,
                      tomo_error *err)
{
    tomo_fileset *set = tomo__calloc(ctx, 1, sizeof *set);
    if (!set) {
        tomo_dataset_free(ds);
        return tomo__no_memory(ctx, err, sizeof *set, "a file-set");
    }
    set->ctx = tomo__ctx_ref(ctx);
    set->first = -1;
    set->ds = ds;
    set->folder = tomo__strdup(ctx, folder);
    tomo_status st = set->folder ? TOMO_OK : tomo__no_memory(ctx, err, strlen(folder) + 1, "a path");
    if (st == TOMO_OK)
        st = read_records(set, err);
    if (st == TOMO_OK)
        st = link_all(set, report, err);
    if (st)
        tomo_fileset_free(set);
    else
        *out = set;
    return st;
}

tomo_status tomo_fileset_open(tomo_ctx *ctx, tomo_fileset **out, const char *path, tomo_report *report, tomo_error *err)
{
    char file[PATH_MAX], uid[65] = "";
    struct stat info;
    tomo_dataset *ds = NULL;
    if (!ctx || !out || !path)
        return tomo__fail(err, TOMO_E_ARG, "tomo_fileset_open: ctx, out and path must not be NULL");
    if (strlen(path) + 10 > sizeof file)
        return tomo__fail(err, TOMO_E_ARG, "the path has %zu bytes, expected at most %d", strlen(path), PATH_MAX - 10);
    const bool is_folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    snprintf(file, sizeof file, is_folder ? "%s/DICOMDIR" : "%s", path);
    tomo_status st = tomo_dataset_open_path(ctx, &ds, file, NULL, report, err);
    if (st)
        return st;
    tomo_dataset_text(ds, 0x00020002, 0, uid, sizeof uid);
    if (strcmp(uid, DIR_CLASS) != 0 && !tomo__ds_elem(ds, DIR_RECORDS)) {
        tomo_dataset_free(ds);
        return tomo__fail(err, TOMO_E_FORMAT, "%s is no DICOMDIR: (0002,0002) is '%s', expected " DIR_CLASS, file, uid);
    }
    char *slash = strrchr(file, '/');
    if (slash) /* "/" stays what it is */
        slash[slash == file ? 1 : 0] = 0;
    return dir__open(ctx, out, ds, slash ? file : ".", report, err);
}

void tomo_fileset_free(tomo_fileset *set)
{
    if (!set)
        return;
    tomo_ctx *ctx = set->ctx;
    for (size_t i = 0; i < set->count; i++)
        tomo__free(ctx, set->node[i].file);
    tomo__free(ctx, set->node);
    tomo__free(ctx, set->folder);
    tomo_dataset_free(set->ds);
    tomo__free(ctx, set);
    tomo__ctx_unref(ctx);
}

/* ---- asked for ---- */

size_t tomo_fileset_count(const tomo_fileset *set) { return set ? set->count : 0; }
int64_t tomo_fileset_first(const tomo_fileset *set) { return set ? set->first : -1; }
const tomo_dataset *tomo_fileset_dataset(const tomo_fileset *set) { return set ? set->ds : NULL; }

tomo_status tomo_fileset_record_at(const tomo_fileset *set, size_t i, tomo_fileset_record *out, tomo_error *err)
{
    if (!set || !out || i >= set->count)
        return tomo__fail(err, TOMO_E_ARG, "tomo_fileset_record_at: there is no record %zu of %zu", i,
                          set ? set->count : 0);
    const dir__node *n = &set->node[i];
    const tomo_fileset_record r = { sizeof r, n->type,   n->parent, n->child, n->next,
                                    n->level, n->in_use, n->file,   n->item };
    const uint32_t size = TOMO__MIN(out->struct_size, sizeof r);
    memcpy(out, &r, size);
    out->struct_size = size;
    return TOMO_OK;
}

static bool leads_out(const char *file)
{
    for (const char *part = file; part; part = strchr(part, '/'), part = part ? part + 1 : NULL) {
        const size_t n = strcspn(part, "/");
        if (n == 0 || (n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.'))
            return true;
    }
    return false;
}

/* The path exists as a regular file inside of the folder, links resolved. */
static tomo_status check_inside(const tomo_fileset *set, const char *path, const char *file, tomo_error *err)
{
    char root[PATH_MAX], real[PATH_MAX];
    struct stat info;
    if (!realpath(set->folder, root) || !realpath(path, real))
        return tomo__fail_os(err, errno, "%s", path);
    const size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);
    if (strncmp(root, real, n) != 0 || real[n] != '/')
        return tomo__fail(err, TOMO_E_DENIED, "%s leads out of the file-set's folder", file);
    if (stat(real, &info) != 0 || !S_ISREG(info.st_mode))
        return tomo__fail(err, TOMO_E_NOTFOUND, "%s is no file", path);
    return TOMO_OK;
}

tomo_status tomo_fileset_path(const tomo_fileset *set, size_t i, char *to, size_t room, tomo_error *err)
{
    char path[PATH_MAX];
    tomo_error why = { 0 };
    if (!set || !to || i >= set->count)
        return tomo__fail(err, TOMO_E_ARG, "tomo_fileset_path: there is no record %zu", i);
    const char *file = set->node[i].file;
    if (!file)
        return tomo__fail(err, TOMO_E_NOTFOUND, "record %zu (%s) refers to no file", i, set->node[i].type);
    if (leads_out(file))
        return tomo__fail(err, TOMO_E_DENIED, "'%s' is no File ID: a part is empty, . or ..", file);
    for (int form = 0; form < 4; form++) { /* as written, in lower case, each with the version of ISO 9660 */
        const int n = snprintf(path, sizeof path, "%s/%s%s", set->folder, file, form & 1 ? ";1" : "");
        if (n < 0 || n >= (int)sizeof path)
            return tomo__fail(err, TOMO_E_ARG, "the path of %s is longer than %d bytes", file, PATH_MAX);
        for (size_t k = strlen(set->folder); form & 2 && path[k]; k++)
            path[k] = (char)tolower((unsigned char)path[k]);
        const tomo_status st = check_inside(set, path, file, &why);
        if (st == TOMO_E_DENIED)
            return tomo__fail(err, st, "%s", why.message);
        if (st == TOMO_OK) {
            if ((size_t)n >= room)
                return tomo__fail(err, TOMO_E_ARG, "the path needs %d bytes, there are %zu", n + 1, room);
            memcpy(to, path, (size_t)n + 1);
            return TOMO_OK;
        }
    }
    return tomo__fail(err, TOMO_E_NOTFOUND, "%s/%s is not there", set->folder, file);
}
