/* study_internal.h - one run of a study, shared by the files study*.c, record.c and replay.c of this room. */
#ifndef TOMO_PIPELINE_STUDY_INTERNAL_H
#define TOMO_PIPELINE_STUDY_INTERNAL_H

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

typedef struct study__run {
    tomo_ctx *ctx;
    tomo_job *job;
    tomo_error *err;
    const tomo_pipeline_options *opts;
    char path[4096]; /* of the study, absolute */
    char compare[4096];
    char work[4200]; /* folder that becomes the result */
    tomo_study *study;
    size_t series;
    tomo_dataset *head; /* first file of the series */
    tomo_report *report;
    bool is_ct;
    tomo_image *volume, *smooth;
    tomo_image *drawn;        /* labels of the structures that pictures show */
    tomo__json inputs, steps; /* open JSON objects */
    char compare_sha256[65];

    tomo_report_structure structures[STUDY_MOST_STRUCTURES];
    tomo_label rows[STUDY_MOST_STRUCTURES]; /* where names, codes and notes of structures live */
    char files[STUDY_MOST_STRUCTURES][2][64];
    size_t n_structures;
    tomo_finding findings[STUDY_MOST_FINDINGS];
    size_t n_findings;
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
tomo_status study__structures(study__run *r); /* study_find.c: segment, measure, surface, compare */
tomo_status study__views(study__run *r);      /* study_views.c */

/* A folder is given up: files this room wrote into it, then itself. Others in it are left, and the folder with them. */
void study__remove(const char *folder, const study__output *outputs, size_t n);
/* SHA-256 of a file. */
tomo_status study__hash_file(tomo_ctx *ctx, const char *path, char hex[65], tomo_error *err);

#endif
