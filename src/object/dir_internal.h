/* dir_internal.h - file-sets: what reading (dir_read.c), records (dir_record.c), collecting files (dir_collect.c) and
 * making (dir_make.c) share. */
#ifndef TOMO_OBJECT_DIR_INTERNAL_H
#define TOMO_OBJECT_DIR_INTERNAL_H

#include <tomo/object_dir.h>

#include "object/object_internal.h"

#define DIR_CLASS "1.2.840.10008.1.3.10" /* Media Storage Directory Storage */
#define DIR_RECORDS 0x00041220u          /* Directory Record Sequence */

/* ---- records: what a type must hold (PS3.3 F.5), dir_record.c ---- */

typedef struct dir__key {
    tomo_tag tag;
    uint8_t type; /* 1, 2, or 3 = where the file has it (1C and 3) */
} dir__key;

typedef struct dir__type {
    const char *name;    /* "RT DOSE" */
    bool top;            /* hangs at the root, without patient, study and series */
    const dir__key *key; /* ended by tag 0 */
} dir__type;

extern const dir__type dir__patient, dir__study, dir__series;
/* By SOP Class UID; NULL if the object belongs into no DICOMDIR. `pixels`: what is not listed is an image if it has. */
const dir__type *dir__type_of(const char *sop_class, bool pixels);
/* A Type 1 key that the file has no value for and that can't be made up either; 0 if there is none. */
tomo_tag dir__lacks(const dir__type *type, const tomo_dataset *file);
/* Fill record `n` of `dir` from the keys of a file. Of Type 1 keys without a value `invented` is taken; NULL refuses.
 */
tomo_status dir__fill_record(tomo_ctx *ctx, tomo_dataset *dir, int64_t n, const dir__type *type,
                             const tomo_dataset *file, const char *invented, tomo_report *report, tomo_error *err);

/* ---- files to put in, dir_collect.c ---- */

typedef struct dir__entry {
    char *path, *patient; /* patient: ID and name in one */
    const dir__type *type;
    char study[65], series[65], instance[65], sop_class[65], syntax[65];
    int64_t series_number, number;
    bool bare; /* no meta header: written anew instead of copied */
    bool skip;
} dir__entry;

typedef struct dir__entries {
    dir__entry *entry;
    size_t count;
} dir__entries;

/* Every DICOM file below the paths, sorted by patient, study, series and instance, each instance once. */
tomo_status dir__collect(tomo_ctx *ctx, dir__entries *out, const char *const *paths, size_t n_paths,
                         tomo_report *report, tomo_job *job, tomo_error *err);
void dir__entries_free(tomo_ctx *ctx, dir__entries *entries);
/* Copy a file, or write it with a meta header if it is bare. */
tomo_status dir__copy(tomo_ctx *ctx, const dir__entry *entry, const char *to, tomo_error *err);

/* ---- the tree, dir_read.c ---- */

typedef struct dir__node {
    const tomo_dataset *item;
    uint64_t offset; /* of the item's tag in the file */
    int64_t parent, child, next;
    int32_t level;
    bool in_use, linked;
    char type[17];
    char *file;
} dir__node;

struct tomo_fileset {
    tomo_ctx *ctx;
    tomo_dataset *ds;
    char *folder;
    dir__node *node;
    size_t count;
    int64_t first;
};

/* The tree of a data set, which is adopted in any case; File IDs are looked for below `folder`. */
tomo_status dir__open(tomo_ctx *ctx, tomo_fileset **out, tomo_dataset *ds, const char *folder, tomo_report *report,
                      tomo_error *err);

#endif
