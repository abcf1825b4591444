/* nrrd_internal.h - a NRRD header in numbers, as nrrd_header.c reads it and nrrd_read.c makes an image of it.
 * Source: "Definition of NRRD File Format", teem.sourceforge.net/nrrd/format.html. */
#ifndef TOMO_NRRD_INTERNAL_H
#define TOMO_NRRD_INTERNAL_H

#include "volume_internal.h"

enum { TOMO__NRRD_AXES = 16, TOMO__NRRD_SPACE = 4 };

/* What an axis is for, as far as it matters here. */
typedef enum tomo__nrrd_kind {
    TOMO__NRRD_UNSAID = 0, /* no kind, "???" or "none" */
    TOMO__NRRD_DOMAIN,     /* domain, space */
    TOMO__NRRD_TIME,
    TOMO__NRRD_VALUES      /* list, vector, color, matrix ... */
} tomo__nrrd_kind;

typedef struct tomo__nrrd {
    tomo_dtype   dtype;
    int64_t      dims;
    int64_t      size[TOMO__NRRD_AXES];
    tomo__coding coding;
    int32_t      endian; /* 0 = not said, 1 = little, 2 = big */
    /* the space around: direction[i][k] and origin[k] for k < space_dims; NaN: none for this axis */
    const char     *space; /* our own word for it; NULL: none named */
    double          sign[3]; /* to LPS */
    bool            space_known, space_time;
    int64_t         space_dims;
    bool            has_directions;
    int64_t         origin_dims; /* 0: none */
    double          direction[TOMO__NRRD_AXES][TOMO__NRRD_SPACE], origin[TOMO__NRRD_SPACE];
    tomo__chars     space_units[TOMO__NRRD_SPACE];
    /* axis by axis; NaN: not said */
    double          spacing[TOMO__NRRD_AXES], min[TOMO__NRRD_AXES], max[TOMO__NRRD_AXES];
    bool            node[TOMO__NRRD_AXES]; /* samples lie at the ends of [min, max], not in the middle of cells */
    tomo__nrrd_kind kind[TOMO__NRRD_AXES];
    tomo__chars     units[TOMO__NRRD_AXES];
    /* data */
    int64_t     line_skip, byte_skip;
    bool        detached;
    tomo__chars data_file, list; /* of LIST: the lines after it */
    size_t      data; /* attached: byte after the header */
    /* what an image has no place for */
    bool   has_frame, old_range, words; /* old min and max; labels, sample units, thicknesses */
    double frame[3][3];                 /* measurement frame: a vector of the space for each measured axis */
} tomo__nrrd;

bool        tomo__nrrd_probe(const uint8_t *head, size_t size);
tomo_status tomo__nrrd_parse(tomo__nrrd *h, const uint8_t *bytes, size_t size, const char *name, tomo_error *err);
/* A line "key:=value". */
bool tomo__nrrd_is_pair(tomo__chars line);
tomo_status tomo__nrrd_save(tomo_ctx *ctx, const char *path, const tomo_image *in,
                            const tomo_format_save_options *opts, tomo_job *job, tomo_error *err);

#endif
