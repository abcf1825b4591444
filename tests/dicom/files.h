/* files.h - small DICOM files made byte by byte, for tests that need one with exactly this wrong. */
#ifndef T_DICOM_FILES_H
#define T_DICOM_FILES_H

#include "t.h"

#include <tomo/dicom.h>

typedef struct t_bytes {
    uint8_t *data;
    size_t size, room;
    bool big; /* explicit big endian from here on */
} t_bytes;

static inline void t_put(t_bytes *b, const void *bytes, size_t size)
{
    if (b->size + size > b->room) {
        b->room = (b->size + size) * 2;
        b->data = realloc(b->data, b->room);
        assert_non_null(b->data);
    }
    memcpy(b->data + b->size, bytes, size);
    b->size += size;
}

static inline void t_put_n(t_bytes *b, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        const uint8_t c = (uint8_t)(v >> 8 * (b->big ? bytes - 1 - i : i));
        t_put(b, &c, 1);
    }
}

/* Header of an element in explicit VR; length 0xFFFFFFFF for fragments. */
static inline void t_head(t_bytes *b, uint32_t tag, const char *vr, uint32_t length)
{
    t_put_n(b, tag >> 16, 2);
    t_put_n(b, tag & 0xFFFF, 2);
    t_put(b, vr, 2);
    if (vr[0] == 'O' || strcmp(vr, "SQ") == 0) {
        t_put_n(b, 0, 2);
        t_put_n(b, length, 4);
    } else {
        t_put_n(b, length, 2);
    }
}

static inline void t_text(t_bytes *b, uint32_t tag, const char *vr, const char *text)
{
    const size_t n = strlen(text);
    t_head(b, tag, vr, (uint32_t)(n + n % 2));
    t_put(b, text, n);
    if (n % 2)
        t_put(b, vr[0] == 'U' ? "" : " ", 1);
}

static inline void t_us(t_bytes *b, uint32_t tag, unsigned v)
{
    t_head(b, tag, "US", 2);
    t_put_n(b, v, 2);
}

/* Preamble and File Meta Information. */
static inline void t_start(t_bytes *b, const char *syntax)
{
    static const char zeros[128];
    t_bytes meta = { 0 };
    t_text(&meta, 0x00020002, "UI", "1.2.840.10008.5.1.4.1.1.7");
    t_text(&meta, 0x00020003, "UI", "1.2.3");
    t_text(&meta, 0x00020010, "UI", syntax);
    t_put(b, zeros, 128);
    t_put(b, "DICM", 4);
    t_head(b, 0x00020000, "UL", 4);
    t_put_n(b, meta.size, 4);
    t_put(b, meta.data, meta.size);
    free(meta.data);
    b->big = strcmp(syntax, "1.2.840.10008.1.2.2") == 0;
}

typedef struct t_shape {
    unsigned rows, columns, samples, allocated, stored, high, is_signed, planar;
    const char *photometric, *frames;
} t_shape;

static inline void t_image_module(t_bytes *b, const t_shape *s)
{
    t_us(b, 0x00280002, s->samples);
    t_text(b, 0x00280004, "CS", s->photometric);
    if (s->samples > 1)
        t_us(b, 0x00280006, s->planar);
    if (s->frames)
        t_text(b, 0x00280008, "IS", s->frames);
    t_us(b, 0x00280010, s->rows);
    t_us(b, 0x00280011, s->columns);
    t_us(b, 0x00280100, s->allocated);
    t_us(b, 0x00280101, s->stored);
    t_us(b, 0x00280102, s->high);
    t_us(b, 0x00280103, s->is_signed);
}

/* Encapsulated pixel data: t_fragments_begin, t_fragment ..., t_fragments_end; the first is the offset table. */
static inline void t_fragment(t_bytes *b, const void *bytes, size_t size)
{
    t_put_n(b, 0xFFFE, 2);
    t_put_n(b, 0xE000, 2);
    t_put_n(b, size + size % 2, 4);
    t_put(b, bytes, size);
    if (size % 2)
        t_put(b, "", 1);
}

static inline void t_fragments_end(t_bytes *b)
{
    t_put_n(b, 0xFFFE, 2);
    t_put_n(b, 0xE0DD, 2);
    t_put_n(b, 0, 4);
}

/* The bytes as a data set; both are the caller's (the data set points into the bytes). */
static inline tomo_dataset *t_dataset(t_state *t, const t_bytes *b)
{
    tomo_source *source = NULL;
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_source_from_memory(t->ctx, &source, b->data, b->size, &t->err));
    CHECK_OK(tomo_dataset_open(t->ctx, &ds, source, NULL, NULL, &t->err));
    tomo_source_free(source);
    return ds;
}

static inline void t_save(const char *path, const t_bytes *b)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(b->data, 1, b->size, f), b->size);
    assert_int_equal(fclose(f), 0);
}

/* One line of a case file (an object a line, as tests/tools writes them). */
static inline bool t_case(FILE *f, char *line, size_t room)
{
    while (fgets(line, (int)room, f))
        if (line[0] == '{')
            return true;
    return false;
}

/* Where the value of a key begins in the line; NULL if it has none. */
static inline const char *t_key(const char *line, const char *key)
{
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    const char *at = strstr(line, quoted);
    return at ? at + strlen(quoted) : NULL;
}

static inline bool t_key_text(const char *line, const char *key, char *to, size_t room)
{
    const char *at = t_key(line, key);
    if (!at || *at != '"')
        return false;
    snprintf(to, room, "%.*s", (int)strcspn(at + 1, "\""), at + 1);
    return true;
}

/* Numbers of an array, or one number; returns how many. */
static inline size_t t_key_numbers(const char *line, const char *key, double *to, size_t room)
{
    const char *at = t_key(line, key);
    size_t n = 0;
    if (!at)
        return 0;
    at += *at == '[';
    for (char *end = NULL; n < room; at = end + 1) {
        to[n] = strtod(at, &end);
        if (end == at)
            break;
        n++;
        if (*end != ',')
            break;
    }
    return n;
}

static inline FILE *t_case_file(const char *name)
{
    char path[600];
    const char *source = getenv("TOMO_SOURCE");
    snprintf(path, sizeof path, "%s/tests/cases/dicom/%s", source ? source : ".", name);
    FILE *f = fopen(path, "r");
    if (!f)
        print_error("no case file %s (TOMO_SOURCE names the tree)\n", path);
    assert_non_null(f);
    return f;
}

#endif
