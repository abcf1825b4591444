/* read.h - what the readers of mesh files share: the file in memory, arrays that grow with it, numbers in text. */
#ifndef TOMO_MESH_READ_H
#define TOMO_MESH_READ_H

#include <locale.h>

#include "mesh/mesh_internal.h"

/* A file that is being read. Every size in it is held against `size` before memory is taken. */
typedef struct mesh__file {
    tomo_ctx *ctx;
    const uint8_t *data;
    size_t size;
    const char *name;    /* for messages */
    tomo_report *report; /* may be NULL */
    tomo_job *job;
    tomo_error *err;
} mesh__file;

/* Elements of 12 bytes (three floats, three numbers) in a buffer that doubles. */
typedef struct mesh__array {
    tomo_buffer *buffer;
    size_t used; /* elements */
} mesh__array;

tomo_status mesh__array_new(const mesh__file *f, mesh__array *a, size_t room);
/* Room for one more; the pointer is good until the next call. */
tomo_status mesh__array_push(const mesh__file *f, mesh__array *a, void **to);
/* The buffer with exactly the elements used; empties `a` in any case. */
tomo_status mesh__array_finish(const mesh__file *f, mesh__array *a, tomo_buffer **out);

/* Words between white space, and numbers whatever the host's locale says. */
typedef struct mesh__words {
    const uint8_t *at, *end;
    locale_t c;
} mesh__words;

size_t mesh__word(mesh__words *w, const char **word);        /* length; 0 at the end */
bool mesh__is(const char *word, size_t n, const char *want); /* in any case of letters */
bool mesh__decimal(const mesh__words *w, const char *word, size_t n, double *out);
const char *mesh__quoted(char to[32], const char *word, size_t n); /* for messages: 'word', or that it is no text */

/* A coordinate that a float holds. Adding 0 makes -0 the 0 that it equals. */
bool mesh__coordinate(float *to, double v);

/* Equal points become one vertex; vertices are numbered in the order of their first use. The points' array is freed.
 * number: uint32_t a point, adopted on success as `*numbers`. */
tomo_status mesh__weld(const mesh__file *f, mesh__array *points, tomo_buffer **vertices, tomo_buffer **numbers);

/* "SPACE=RAS", as 3D Slicer writes it, in a header's text: x and y of the vertices change their sign. */
bool mesh__says_ras(const uint8_t *text, size_t n);
void mesh__ras_to_lps(const mesh__file *f, tomo_buffer *vectors, bool remark);

/* One file format: a new one is a reader and a row in load.c. */
typedef struct mesh__format {
    const char *name;
    bool (*probe)(const uint8_t *head, size_t n, uint64_t size); /* n of `size` bytes */
    tomo_status (*read)(const mesh__file *f, tomo_mesh **out);
} mesh__format;
extern const mesh__format mesh__stl, mesh__ply;

#endif
