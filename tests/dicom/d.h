/* d.h - small data sets built byte by byte, independent of Tomo's own writer. */
#ifndef D_H
#define D_H

#include "t.h"

#include <tomo/dicom.h>

/* How bytes are coded: 'e' explicit little endian, 'i' implicit, 'b' explicit big endian. */
typedef struct d_bytes {
    uint8_t b[65536];
    size_t n;
    char coding;
} d_bytes;

static inline void d_num(d_bytes *d, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        d->b[d->n++] = (uint8_t)(v >> 8 * (d->coding == 'b' ? bytes - 1 - i : i));
}

static inline void d_raw(d_bytes *d, const void *p, size_t n)
{
    if (n)
        memcpy(d->b + d->n, p, n);
    d->n += n;
}

/* Tag, VR, length; 0xffffffff for undefined. */
static inline void d_head(d_bytes *d, uint32_t tag, const char *vr, uint32_t length)
{
    d_num(d, tag >> 16, 2);
    d_num(d, tag & 0xffff, 2);
    if (d->coding == 'i' || (tag >> 16) == 0xfffe) {
        d_num(d, length, 4);
        return;
    }
    d_raw(d, vr, 2);
    if (strstr("OB OD OF OL OV OW SQ SV UC UN UR UT UV", vr)) {
        d_num(d, 0, 2);
        d_num(d, length, 4);
    } else {
        d_num(d, length, 2);
    }
}

static inline void d_elem(d_bytes *d, uint32_t tag, const char *vr, const void *value, size_t n)
{
    d_head(d, tag, vr, (uint32_t)n);
    d_raw(d, value, n);
}

/* Text, padded to even length. */
static inline void d_text(d_bytes *d, uint32_t tag, const char *vr, const char *text)
{
    size_t n = strlen(text);
    d_head(d, tag, vr, (uint32_t)(n + (n & 1)));
    d_raw(d, text, n);
    if (n & 1)
        d_raw(d, strcmp(vr, "UI") ? " " : "\0", 1);
}

static inline void d_us(d_bytes *d, uint32_t tag, uint16_t v)
{
    d_head(d, tag, "US", 2);
    d_num(d, v, 2);
}

/* Preamble and File Meta Information for a transfer syntax; what follows is in `coding`. */
static inline void d_meta(d_bytes *d, const char *syntax, char coding)
{
    size_t at, from, end;
    memset(d->b, 0, 128);
    d->n = 128;
    d->coding = 'e';
    d_raw(d, "DICM", 4);
    d_head(d, 0x00020000, "UL", 4);
    at = d->n;
    d_num(d, 0, 4);
    from = d->n;
    d_elem(d, 0x00020001, "OB", "\0\1", 2);
    d_text(d, 0x00020002, "UI", "1.2.840.10008.5.1.4.1.1.7");
    d_text(d, 0x00020003, "UI", "1.2.3.4");
    d_text(d, 0x00020010, "UI", syntax);
    d_text(d, 0x00020012, "UI", "1.2.3.5");
    end = d->n;
    d->n = at;
    d_num(d, end - from, 4);
    d->n = end;
    d->coding = coding;
}

#define D_IMPLICIT "1.2.840.10008.1.2"
#define D_EXPLICIT "1.2.840.10008.1.2.1"
#define D_DEFLATED "1.2.840.10008.1.2.1.99"
#define D_BIG "1.2.840.10008.1.2.2"

static inline const char *d_syntax(char coding)
{
    return coding == 'i' ? D_IMPLICIT : coding == 'b' ? D_BIG : D_EXPLICIT;
}

/* Open from memory; the bytes must outlive the data set. */
static inline tomo_status d_open(t_state *t, tomo_dataset **ds, const void *p, size_t n, const tomo_dataset_options *o,
                                 tomo_report *report)
{
    tomo_source *source = NULL;
    tomo_status st = tomo_source_from_memory(t->ctx, &source, p, n, &t->err);
    if (st == TOMO_OK)
        st = tomo_dataset_open(t->ctx, ds, source, o, report, &t->err);
    tomo_source_free(source);
    return st;
}

/* Elements here and in all items below. */
static inline size_t d_total(const tomo_dataset *ds)
{
    size_t n = tomo_dataset_count(ds), count = n;
    for (size_t i = 0; i < count; i++) {
        tomo_element e;
        if (tomo_dataset_element(ds, i, &e, NULL) != TOMO_OK)
            continue;
        for (size_t k = 0; e.is_sequence && k < e.items; k++)
            n += d_total(tomo_dataset_item(ds, e.tag, k));
    }
    return n;
}

/* Text of all values by tag. The last 8 results stay valid. */
static inline const char *d_get(const tomo_dataset *ds, uint32_t tag)
{
    static char ring[8][512];
    static unsigned at;
    char *to = ring[at++ % 8];
    return tomo_dataset_text(ds, tag, SIZE_MAX, to, sizeof ring[0]) < 0 ? "(absent)" : to;
}

static inline bool d_remarked(const tomo_report *report, const char *words)
{
    for (size_t i = 0; i < tomo_report_count(report) && tomo_report_text(report, i); i++)
        if (strstr(tomo_report_text(report, i), words))
            return true;
    return false;
}

#endif
