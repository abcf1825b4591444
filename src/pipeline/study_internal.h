/* study_internal.h - one run of a study, shared by the files study*.c, record.c and replay.c of this room. */
#ifndef TOMO_PIPELINE_STUDY_INTERNAL_H
#define TOMO_PIPELINE_STUDY_INTERNAL_H

#include <jansson.h>
#include <math.h>
#include <tomo/dicom.h>
#include <tomo/filter.h>
#include <tomo/measure.h>
#include <tomo/mesh.h>
#include <tomo/render.h>
#include <tomo/report.h>
#include <tomo/segment.h>

#include "pipeline/pipeline_internal.h"

enum {
    PATH_ROOM = 4400, /* bytes of any path of a result, NUL included */
    STUDY_MOST_PICTURES = 16,
    STUDY_MOST_STRUCTURES = 16,
    STUDY_MOST_FINDINGS = 32,
    STUDY_MOST_OUTPUTS = 64,
    STUDY_MOST_FIELDS = 24,
};

/* A file of the result and the hash of its bytes. */
typedef struct study__output {
    char file[64];
    char sha256[65];
} study__output;

/* Size and time of an input file when it was hashed: if they are the same after it was read, so are its bytes. */
typedef struct study__seen {
    const char *path; /* the study's, or the run's own */
    int64_t size, seconds, nanoseconds;
} study__seen;

typedef struct study__run {
    tomo_ctx *ctx;
    tomo_job *job;
    tomo_error *err;
    const tomo_pipeline_options *opts;
    char path[4096]; /* of the study, absolute */
    char compare[4096];
    char place[4096];     /* where the result goes */
    char work[PATH_ROOM]; /* folder that becomes the result; "" when there is none */
    study__seen *seen;    /* input files as they were when they were hashed */
    size_t n_seen;
    tomo_study *study;
    size_t series;
    tomo_dataset *head; /* first file of the series */
    tomo_report *report;
    bool is_ct;
    tomo_image *volume, *smooth;
    tomo_image *body;         /* of a CT: mask */
    tomo_image *drawn;        /* labels of the structures that pictures show */
    tomo__json inputs, steps; /* open JSON objects */
    char compare_sha256[65];

    tomo_report_structure structures[STUDY_MOST_STRUCTURES];
    tomo_label rows[STUDY_MOST_STRUCTURES]; /* where names, codes and notes of structures live */
    char files[STUDY_MOST_STRUCTURES][2][64];
    size_t n_structures;
    tomo_finding findings[STUDY_MOST_FINDINGS];
    size_t n_findings, n_found; /* the first n_found are the structures */
    tomo_report_picture pictures[STUDY_MOST_PICTURES];
    tomo_buffer *png[STUDY_MOST_PICTURES];
    char picture_text[STUDY_MOST_PICTURES][3][256];
    size_t n_pictures;
    study__output outputs[STUDY_MOST_OUTPUTS];
    size_t n_outputs;
    tomo_report_field fields[STUDY_MOST_FIELDS];
    char field_text[STUDY_MOST_FIELDS][256];
    size_t n_fields;
    char title[256];
} study__run;

/* Run one operation by its row and write it into the record. `opts` is its options struct or NULL. */
tomo_status study__step(study__run *r, const char *room, const char *name, const void *opts, const tomo_value *in,
                        tomo_value *out);
/* Save a value as a file of the result and remember its hash. */
tomo_status study__keep(study__run *r, const char *file, const tomo_value *value);
tomo_status study__keep_bytes(study__run *r, const char *file, const void *data, size_t size);
void study__field(study__run *r, const char *key, const char *label, const char *value);
/* The record: one JSON object. */
tomo_status study__record(study__run *r, tomo_buffer **out);

tomo_status study__read(study__run *r);       /* study_read.c: scan, choose, load, hash */
tomo_status study__structures(study__run *r); /* study_find.c: segment, measure, surface */
/* study_compare.c: a row of the report; it is cut to the room that a finding has. */
void study__finding(study__run *r, const char *site, double value, const char *unit, const char *region,
                    double confidence, const char *source);
/* The found mask against the one of the options; body: NULL where there is none. */
tomo_status study__compare(study__run *r, const tomo_image *found, const tomo_image *body, const char *site);
tomo_status study__views(study__run *r); /* study_views.c */

/* Write a step that was done by a direct call into the record, as its row and options, or with a JSON object. */
tomo_status study__note(study__run *r, const char *room, const char *name, const void *opts);
tomo_status study__note_json(study__run *r, const char *step, const char *json);
/* Are all input files what they were when they were hashed? */
tomo_status study__unchanged(study__run *r);

/* place.c */
tomo_status study__join(char to[PATH_ROOM], const char *folder, const char *file, tomo_error *err);
tomo_status study__absolute(const char *path, char to[4096], tomo_error *err); /* study.c: of something that exists */
/* report.json of a folder, parsed; the caller drops it. */
tomo_status study__load_report(tomo_ctx *ctx, json_t **out, const char *folder, tomo_error *err);
bool study__is_report(const char *file); /* report.json, report.html: not in the record, since they hold it */
/* May a result go there? It is free, or there is an earlier result, whole, unchanged and alone; else TOMO_E_EXISTS. */
tomo_status study__check_place(tomo_ctx *ctx, const char *folder, bool *there, tomo_error *err);
tomo_status study__make_work(study__run *r);
tomo_status study__put_in_place(study__run *r);
/* Remove a folder that this room made, with the files in it. */
void study__remove(const char *folder);

/* SHA-256 of a file. */
tomo_status study__hash_file(tomo_ctx *ctx, const char *path, char hex[65], tomo_error *err);

#endif
