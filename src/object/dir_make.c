/* dir_make.c - file-sets made and added to (PS3.10 8, PS3.3 F.3): files copied under names of our own, records filled
 * and linked. Offsets are known only once all is written: the DICOMDIR is written with zeros, read, and the zeros
 * replaced. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dicom/dicom_internal.h"
#include "object/dir_internal.h"

#define NAME_ROOM 64 /* "A0000001/P0000001/S0000001/E0000001/I0000001.dcm" */

/* How a record hangs in the tree; `tail` is its last child. */
typedef struct record_link {
    int64_t child, next, tail;
} record_link;

typedef struct maker {
    tomo_ctx *ctx;
    tomo_fileset_options o;
    tomo_report *report;
    dir__entries all;
    char (*name)[NAME_ROOM]; /* of each entry, below the folder */
    const char *root;        /* folder that is written to */
    const char *ending;
    tomo_dataset *dir;
    record_link *links;
    size_t count, room;
    record_link top;
} maker;

/* ---- names ---- */

/* P, S, E for patient, study and series, I for the instance, each numbered within what holds it. */
static void name_all(maker *m, const char *before)
{
    unsigned p = 0, s = 0, e = 0, i = 0, top = 0;
    for (size_t k = 0; k < m->all.count && !m->all.entry[k].skip; k++) {
        const dir__entry *one = &m->all.entry[k], *last = k ? &m->all.entry[k - 1] : NULL;
        if (one->type->top) {
            snprintf(m->name[k], NAME_ROOM, "%sOTHER/I%07u%s", before, ++top, m->ending);
            continue;
        }
        const bool new_p = !last || last->type->top || strcmp(last->patient, one->patient) != 0;
        const bool new_s = new_p || strcmp(last->study, one->study) != 0;
        const bool new_e = new_s || strcmp(last->series, one->series) != 0;
        p += new_p;
        s = new_p ? 1 : s + new_s;
        e = new_s ? 1 : e + new_e;
        i = new_e ? 1 : i + 1;
        snprintf(m->name[k], NAME_ROOM, "%sP%07u/S%07u/E%07u/I%07u%s", before, p, s, e, i, m->ending);
    }
}

/* ---- files ---- */

static tomo_status full_name(const maker *m, size_t k, char to[PATH_MAX], tomo_error *err)
{
    const int n = snprintf(to, PATH_MAX, "%s/%s", m->root, m->name[k]);
    return n > 0 && n < PATH_MAX ? TOMO_OK : tomo__fail(err, TOMO_E_ARG, "the path %.60s... is too long", m->root);
}

static tomo_status copy_one(void *user, int64_t k, int32_t slot, tomo_error *err)
{
    const maker *m = user;
    char to[PATH_MAX];
    (void)slot;
    const tomo_status st = full_name(m, (size_t)k, to, err);
    return st ? st : dir__copy(m->ctx, &m->all.entry[k], to, err);
}

static tomo_status copy_all(maker *m, tomo_job *job, tomo_error *err)
{
    char path[PATH_MAX];
    size_t kept = 0;
    tomo_status st = TOMO_OK;
    for (; st == TOMO_OK && kept < m->all.count && !m->all.entry[kept].skip; kept++) {
        const size_t folder = (size_t)(strrchr(m->name[kept], '/') - m->name[kept]);
        if (kept && strncmp(m->name[kept], m->name[kept - 1], folder + 1) == 0)
            continue;
        st = full_name(m, kept, path, err);
        if (st == TOMO_OK) {
            *strrchr(path, '/') = 0;
            st = tomo__mkdirs(path, err);
        }
    }
    return st ? st : tomo__parallel(m->ctx, (int64_t)kept, copy_one, m, job, err);
}

/* ---- records ---- */

static tomo_status add_link(maker *m, int64_t parent, int64_t *n, tomo_error *err)
{
    if (m->count == m->room) {
        const size_t room = m->room ? 2 * m->room : 256;
        record_link *more = tomo__realloc(m->ctx, m->links, room * sizeof *more);
        if (!more)
            return tomo__no_memory(m->ctx, err, room * sizeof *more, "the records of a DICOMDIR");
        m->links = more;
        m->room = room;
    }
    *n = (int64_t)m->count++;
    m->links[*n] = (record_link){ -1, -1, -1 };
    record_link *up = parent < 0 ? &m->top : &m->links[parent];
    if (up->tail >= 0)
        m->links[up->tail].next = *n;
    else
        up->child = *n;
    up->tail = *n;
    return TOMO_OK;
}

static tomo_status set_in(tomo_dataset *dir, int64_t n, tomo_tag tag, const char *text, tomo_error *err)
{
    char path[64];
    snprintf(path, sizeof path, "DirectoryRecordSequence[%lld].%08x", (long long)n, (unsigned)tag);
    return tomo_dataset_set(dir, path, text, err);
}

/* A record below `parent` from the keys of `file`, whose number among its siblings may serve as a made-up value. */
static tomo_status add_record(maker *m, int64_t parent, const dir__type *type, const tomo_dataset *file,
                              unsigned number, int64_t *n, tomo_error *err)
{
    char text[24];
    snprintf(text, sizeof text, "%u", number);
    tomo_status st = add_link(m, parent, n, err);
    st = st ? st : set_in(m->dir, *n, 0x00041400, "0", err);
    st = st ? st : set_in(m->dir, *n, 0x00041410, "65535", err);
    st = st ? st : set_in(m->dir, *n, 0x00041420, "0", err);
    st = st ? st : set_in(m->dir, *n, 0x00041430, type->name, err);
    return st ? st : dir__fill_record(m->ctx, m->dir, *n, type, file, m->o.invent ? text : NULL, m->report, err);
}

static tomo_status add_reference(maker *m, int64_t n, size_t k, tomo_error *err)
{
    const dir__entry *e = &m->all.entry[k];
    char id[NAME_ROOM];
    snprintf(id, sizeof id, "%s", m->name[k]);
    for (char *c = id; *c; c++)
        if (*c == '/')
            *c = '\\';
    tomo_error why = { 0 };
    tomo_status st = set_in(m->dir, n, 0x00041500, id, err);
    if (st)
        return st;
    st = set_in(m->dir, n, 0x00041510, e->sop_class, &why);
    st = st ? st : set_in(m->dir, n, 0x00041511, e->instance, &why);
    /* what was bare is written with a meta header in the syntax that it was found to have */
    st = st ? st : set_in(m->dir, n, 0x00041512, e->syntax, &why);
    /* a UID that is none is the file's, not the caller's */
    return st ? tomo__fail(err, st == TOMO_E_ARG ? TOMO_E_FORMAT : st, "%s", why.message) : TOMO_OK;
}

/* Child of `parent` with this type and this text in `tag`; -1 if there is none. */
static int64_t child_with(const maker *m, int64_t parent, const char *type, tomo_tag tag, const char *text)
{
    char got[1100];
    for (int64_t i = parent < 0 ? m->top.child : m->links[parent].child; i >= 0; i = m->links[i].next) {
        const tomo_dataset *item = tomo_dataset_item(m->dir, DIR_RECORDS, (size_t)i);
        if (tomo_dataset_text(item, 0x00041430, 0, got, sizeof got) > 0 && strcmp(got, type) == 0 &&
            tomo_dataset_text(item, tag, 0, got, sizeof got) > 0 && strcmp(got, text) == 0)
            return i;
    }
    return -1;
}

/* Where the records of the last entry are, for the next one. */
typedef struct place {
    int64_t patient, study, series;
    unsigned p, s, e, i; /* numbers for values that are made up */
} place;

static tomo_status add_parents(maker *m, place *at, const dir__entry *e, const dir__entry *last,
                               const tomo_dataset *file, tomo_error *err)
{
    const bool new_p = !last || last->type->top || strcmp(last->patient, e->patient) != 0;
    const bool new_s = new_p || strcmp(last->study, e->study) != 0;
    const bool new_e = new_s || strcmp(last->series, e->series) != 0;
    char id[1100];
    tomo_status st = TOMO_OK;
    if (new_p) {
        at->p++, at->s = 0;
        const bool named = tomo_dataset_text(file, 0x00100020, 0, id, sizeof id) > 0;
        at->patient = named ? child_with(m, -1, "PATIENT", 0x00100020, id) : -1;
        if (at->patient < 0)
            st = add_record(m, -1, &dir__patient, file, at->p, &at->patient, err);
    }
    if (st == TOMO_OK && new_s) {
        at->s++, at->e = 0;
        at->study = child_with(m, at->patient, "STUDY", 0x0020000D, e->study);
        if (at->study < 0)
            st = add_record(m, at->patient, &dir__study, file, at->s, &at->study, err);
    }
    if (st == TOMO_OK && new_e) {
        at->e++, at->i = 0;
        at->series = child_with(m, at->study, "SERIES", 0x0020000E, e->series);
        if (at->series < 0)
            st = add_record(m, at->study, &dir__series, file, at->e, &at->series, err);
    }
    return st;
}

static tomo_status add_entry(maker *m, place *at, size_t k, tomo_error *err)
{
    const dir__entry *e = &m->all.entry[k];
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_dataset *file = NULL;
    int64_t n = -1;
    o.stop_before_pixels = true;
    tomo_status st = tomo_dataset_open_path(m->ctx, &file, e->path, &o, NULL, err);
    if (st == TOMO_OK && !e->type->top)
        st = add_parents(m, at, e, k ? &m->all.entry[k - 1] : NULL, file, err);
    if (st == TOMO_OK)
        st = add_record(m, e->type->top ? -1 : at->series, e->type, file, ++at->i, &n, err);
    if (st == TOMO_OK)
        st = add_reference(m, n, k, err);
    tomo_dataset_free(file);
    return st ? tomo__fail_in(err, st, "%s", e->path) : TOMO_OK;
}

static tomo_status add_all(maker *m, tomo_job *job, tomo_error *err)
{
    place at = { -1, -1, -1, 0, 0, 0, 0 };
    tomo_status st = TOMO_OK;
    for (size_t k = 0; st == TOMO_OK && k < m->all.count && !m->all.entry[k].skip; k++) {
        st = add_entry(m, &at, k, err);
        if (st == TOMO_OK)
            st = tomo__job_step(job, (double)(k + 1) / (double)m->all.count, err);
    }
    return st;
}

/* ---- the file ---- */

static void patch(uint8_t *bytes, uint64_t at, uint64_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[at + (uint64_t)i] = (uint8_t)(value >> 8 * i);
}

static tomo_status patch_in(const tomo_dataset *ds, const char *tag, uint8_t *bytes, uint64_t value, tomo_error *err)
{
    tomo_element e;
    const tomo_status st = tomo_dataset_find(ds, tag, &e, err);
    if (st == TOMO_OK && e.length != 4)
        return tomo__fail(err, TOMO_E_INTERNAL, "%s has %llu bytes, expected 4", tag, (unsigned long long)e.length);
    if (st == TOMO_OK)
        patch(bytes, e.offset, value);
    return st;
}

/* Put offsets where zeros are; `written` is the DICOMDIR read from `bytes`. */
static tomo_status patch_all(const maker *m, const tomo_dataset *written, uint8_t *bytes, tomo_error *err)
{
    const tomo__elem *sequence = tomo__ds_elem(written, DIR_RECORDS);
    tomo_status st = TOMO_OK;
    if (!sequence || sequence->n_items != m->count)
        return tomo__fail(err, TOMO_E_INTERNAL, "the DICOMDIR has other records than were made");
#define OFFSET(n) ((n) < 0 ? 0 : sequence->items[n]->start - 8)
    for (size_t i = 0; st == TOMO_OK && i < m->count; i++) {
        st = patch_in(sequence->items[i], "00041400", bytes, OFFSET(m->links[i].next), err);
        if (st == TOMO_OK)
            st = patch_in(sequence->items[i], "00041420", bytes, OFFSET(m->links[i].child), err);
    }
    st = st ? st : patch_in(written, "00041200", bytes, OFFSET(m->top.child), err);
    return st ? st : patch_in(written, "00041202", bytes, OFFSET(m->top.tail), err);
#undef OFFSET
}

static tomo_status write_dir(maker *m, tomo_error *err)
{
    const tomo_dataset_write_options w = { sizeof w, "1.2.840.10008.1.2.1" }; /* PS3.10 8.6 */
    tomo_buffer *buffer = NULL;
    tomo_source *source = NULL;
    tomo_dataset *written = NULL;
    char path[PATH_MAX];
    const int n = snprintf(path, sizeof path, "%s/DICOMDIR", m->root);
    if (n < 0 || n >= PATH_MAX)
        return tomo__fail(err, TOMO_E_ARG, "the path of the DICOMDIR is too long");
    tomo_status st = tomo_dataset_write_buffer(m->ctx, m->dir, &buffer, &w, err);
    if (st == TOMO_OK && tomo_buffer_size(buffer) > UINT32_MAX)
        st = tomo__fail(err, TOMO_E_LIMIT, "the DICOMDIR has %zu bytes, more than its offsets can say",
                        tomo_buffer_size(buffer));
    if (st == TOMO_OK)
        st = tomo_source_from_buffer(m->ctx, &source, buffer, err);
    if (st == TOMO_OK)
        st = tomo_dataset_open(m->ctx, &written, source, NULL, NULL, err);
    if (st == TOMO_OK)
        st = patch_all(m, written, tomo_buffer_data_mut(buffer), err);
    tomo_dataset_free(written);
    tomo_source_free(source);
    if (st == TOMO_OK)
        st = tomo__file_put(m->ctx, path, tomo_buffer_data(buffer), tomo_buffer_size(buffer), err);
    tomo_buffer_free(buffer);
    return st;
}

static tomo_status begin_dir(maker *m, tomo_error *err)
{
    char uid[65];
    tomo_status st = tomo_dataset_new(m->ctx, &m->dir, err);
    st = st ? st : tomo_uid_make(uid, NULL, err);
    st = st ? st : tomo__object_put(m->dir, 0x00020002, DIR_CLASS, err);
    st = st ? st : tomo__object_put(m->dir, 0x00020003, uid, err);
    st = st ? st : tomo__object_put(m->dir, 0x00041130, m->o.id ? m->o.id : "", err);
    st = st ? st : tomo__object_put(m->dir, 0x00041200, "0", err);
    st = st ? st : tomo__object_put(m->dir, 0x00041202, "0", err);
    st = st ? st : tomo__object_put(m->dir, 0x00041212, "0", err);
    return st ? st : tomo__object_put(m->dir, DIR_RECORDS, "", err);
}

/* ---- what the public calls share ---- */

static tomo_status begin(maker *m, tomo_ctx *ctx, const char *folder, const char *const *paths, size_t n_paths,
                         const tomo_fileset_options *opts, tomo_report *report, tomo_job *job, tomo_error *err)
{
    *m = (maker){ .ctx = ctx, .o = TOMO_FILESET_OPTIONS_INIT, .report = report, .ending = "", .top = { -1, -1, -1 } };
    if (!ctx || !folder || !paths || n_paths == 0)
        return tomo__fail(err, TOMO_E_ARG, "a file-set needs a context, a folder and paths of files");
    if (opts)
        memcpy(&m->o, opts, TOMO__MIN(opts->struct_size, sizeof m->o));
    const tomo__span span = tomo__job_enter(job, 0, 0.2, "looking at files");
    const tomo_status st = dir__collect(ctx, &m->all, paths, n_paths, report, job, err);
    tomo__job_leave(job, span);
    if (st)
        return st;
    if (m->all.count == 0)
        return tomo__fail(err, TOMO_E_NOTFOUND, "%s: nothing that a file-set can hold", paths[0]);
    m->name = tomo__calloc(ctx, m->all.count, sizeof *m->name);
    return m->name ? TOMO_OK : tomo__no_memory(ctx, err, m->all.count * sizeof *m->name, "names of files");
}

static void end(maker *m)
{
    dir__entries_free(m->ctx, &m->all);
    tomo__free(m->ctx, m->name);
    tomo__free(m->ctx, m->links);
    tomo_dataset_free(m->dir);
}

/* Files, then records, then the DICOMDIR. */
static tomo_status make(maker *m, bool index, tomo_job *job, tomo_error *err)
{
    tomo__span span = tomo__job_enter(job, 0.2, index ? 0.8 : 1, "copying files");
    tomo_status st = copy_all(m, job, err);
    tomo__job_leave(job, span);
    if (st || !index)
        return st;
    span = tomo__job_enter(job, 0.8, 1, "writing the DICOMDIR");
    st = add_all(m, job, err);
    tomo__job_leave(job, span);
    return st ? st : write_dir(m, err);
}

/* Into a folder that appears whole. */
static tomo_status make_new(maker *m, const char *path, bool index, tomo_job *job, tomo_error *err)
{
    tomo__folder *folder = NULL;
    tomo_status st = index ? begin_dir(m, err) : TOMO_OK;
    if (st == TOMO_OK)
        st = tomo__folder_begin(m->ctx, &folder, path, err);
    if (st)
        return st;
    m->root = tomo__folder_path(folder);
    st = make(m, index, job, err);
    if (st == TOMO_OK)
        return tomo__folder_commit(folder, err);
    tomo__folder_abandon(folder);
    return st;
}

tomo_status tomo_fileset_create(tomo_ctx *ctx, const char *folder, const char *const *paths, size_t n_paths,
                                const tomo_fileset_options *opts, tomo_report *report, tomo_job *job, tomo_error *err)
{
    maker m;
    tomo_status st = begin(&m, ctx, folder, paths, n_paths, opts, report, job, err);
    if (st == TOMO_OK) {
        name_all(&m, "");
        st = make_new(&m, folder, true, job, err);
    }
    end(&m);
    return st;
}

tomo_status tomo_fileset_organize(tomo_ctx *ctx, const char *folder, const char *const *paths, size_t n_paths,
                                  tomo_report *report, tomo_job *job, tomo_error *err)
{
    maker m;
    tomo_status st = begin(&m, ctx, folder, paths, n_paths, NULL, report, job, err);
    if (st == TOMO_OK) {
        m.ending = ".dcm";
        name_all(&m, "");
        st = make_new(&m, folder, false, job, err);
    }
    end(&m);
    return st;
}

/* ---- adding ---- */

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Entries whose instance the file-set has go to the end, marked. */
static tomo_status leave_out_known(maker *m, const tomo_fileset *set, tomo_error *err)
{
    char **known = TOMO__ARRAY(m->ctx, set->count + 1, char *);
    size_t n = 0, kept = 0;
    tomo_status st = known ? TOMO_OK : tomo__no_memory(m->ctx, err, set->count * sizeof *known, "instances");
    for (size_t i = 0; st == TOMO_OK && i < set->count; i++) {
        char uid[65];
        if (!set->node[i].in_use || tomo_dataset_text(set->node[i].item, 0x00041511, 0, uid, sizeof uid) <= 0)
            continue;
        known[n] = tomo__strdup(m->ctx, uid);
        st = known[n++] ? TOMO_OK : tomo__no_memory(m->ctx, err, sizeof uid, "instances");
    }
    if (st == TOMO_OK)
        qsort(known, n, sizeof *known, by_text);
    for (size_t k = 0; st == TOMO_OK && k < m->all.count && !m->all.entry[k].skip; k++) {
        const dir__entry e = m->all.entry[k];
        const char *uid = e.instance;
        if (bsearch(&uid, known, n, sizeof *known, by_text)) {
            m->all.entry[k].skip = true;
            tomo__remark(m->report, "%s: left out, the file-set has this instance already", e.path);
        }
    }
    for (size_t k = 0; st == TOMO_OK && k < m->all.count; k++) { /* the others keep their order */
        const dir__entry e = m->all.entry[k];
        if (!e.skip) {
            memmove(&m->all.entry[kept + 1], &m->all.entry[kept], (k - kept) * sizeof e);
            m->all.entry[kept++] = e;
        }
    }
    for (size_t i = 0; i < n; i++)
        tomo__free(m->ctx, known[i]);
    tomo__free(m->ctx, known);
    return st;
}

/* The records that are there, with links that hold; the file-set gives its data set away. */
static tomo_status take_over(maker *m, tomo_fileset *set, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    m->links = TOMO__ARRAY(m->ctx, set->count + 1, record_link);
    if (!m->links)
        return tomo__no_memory(m->ctx, err, set->count * sizeof *m->links, "the records of a DICOMDIR");
    m->count = m->room = set->count;
    m->room++;
    m->top = (record_link){ set->first, -1, -1 };
    for (size_t i = 0; i < set->count; i++)
        m->links[i] = (record_link){ set->node[i].child, set->node[i].next, -1 };
    for (size_t i = 0; i < set->count; i++) {
        const dir__node *n = &set->node[i];
        if (n->linked && n->next < 0)
            *(n->parent < 0 ? &m->top.tail : &m->links[n->parent].tail) = (int64_t)i;
    }
    m->dir = set->ds;
    set->ds = NULL;
    for (size_t i = 0; st == TOMO_OK && i < m->count; i++) {
        st = set_in(m->dir, (int64_t)i, 0x00041400, "0", err);
        if (st == TOMO_OK)
            st = set_in(m->dir, (int64_t)i, 0x00041420, "0", err);
    }
    st = st ? st : tomo__object_put(m->dir, 0x00041200, "0", err);
    return st ? st : tomo__object_put(m->dir, 0x00041202, "0", err);
}

/* A folder of its own for what is added: A0000001, or the next that is free. */
static tomo_status new_part(maker *m, char part[16], tomo_error *err)
{
    char path[PATH_MAX];
    for (int i = 1; i < 10000000; i++) {
        snprintf(part, 16, "A%07d/", i);
        const int n = snprintf(path, sizeof path, "%s/A%07d", m->root, i);
        if (n < 0 || n >= PATH_MAX)
            return tomo__fail(err, TOMO_E_ARG, "the path of the file-set is too long");
        if (access(path, F_OK) != 0 && errno == ENOENT)
            return TOMO_OK;
    }
    return tomo__fail(err, TOMO_E_EXISTS, "%s has no free folder name left", m->root);
}

/* What was copied goes away again if the DICOMDIR does not come to name it. */
static void remove_copies(const maker *m)
{
    char path[PATH_MAX];
    for (size_t k = 0; k < m->all.count && !m->all.entry[k].skip; k++)
        if (full_name(m, k, path, NULL) == TOMO_OK)
            for (unlink(path); strlen(path) > strlen(m->root) + 1; rmdir(path)) /* folders that are empty now */
                *strrchr(path, '/') = 0;
}

tomo_status tomo_fileset_append(tomo_ctx *ctx, const char *folder, const char *const *paths, size_t n_paths,
                                const tomo_fileset_options *opts, tomo_report *report, tomo_job *job, tomo_error *err)
{
    maker m;
    tomo_fileset *set = NULL;
    char part[16];
    tomo_status st = begin(&m, ctx, folder, paths, n_paths, opts, report, job, err);
    if (st == TOMO_OK)
        st = tomo_fileset_open(ctx, &set, folder, report, err);
    if (st == TOMO_OK)
        st = leave_out_known(&m, set, err);
    if (st == TOMO_OK && !m.all.entry[0].skip) {
        m.root = set->folder;
        st = take_over(&m, set, err);
        if (st == TOMO_OK)
            st = new_part(&m, part, err);
        if (st == TOMO_OK) {
            name_all(&m, part);
            st = make(&m, true, job, err);
            if (st)
                remove_copies(&m);
        }
    }
    end(&m);
    tomo_fileset_free(set);
    return st;
}
