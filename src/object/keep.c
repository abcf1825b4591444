/* keep.c - memory for what was read of an object: taken piece by piece, given back as a whole; copies of texts, codes,
 * references, shapes. */
#include "object/items.h"

struct tomo__keep_block {
    tomo__keep_block *next;
    size_t size; /* with this head */
};
#define HEAD ((sizeof(tomo__keep_block) + 15) & ~(size_t)15)
#define BLOCK ((size_t)16384)

void *tomo__keep_bytes(tomo__keep *k, size_t count, size_t size)
{
    size_t bytes, all;
    if (!tomo__mul(count, size, &bytes) || bytes > SIZE_MAX - 4 * BLOCK)
        return NULL;
    bytes = (bytes + 15) & ~(size_t)15;
    if (!k->blocks || bytes > k->left) {
        all = HEAD + TOMO__MAX(bytes, BLOCK - HEAD);
        tomo__keep_block *b = tomo__calloc(k->ctx, 1, all);
        if (!b)
            return NULL;
        b->size = all;
        if (bytes > BLOCK / 2 && k->blocks) { /* a large one: the present block is used on */
            b->next = k->blocks->next;
            k->blocks->next = b;
            return (uint8_t *)b + HEAD;
        }
        b->next = k->blocks;
        k->blocks = b;
        k->left = all - HEAD;
    }
    void *at = (uint8_t *)k->blocks + (k->blocks->size - k->left);
    k->left -= bytes;
    return at;
}

tomo_status tomo__keep_list(tomo__keep *k, void *out, size_t count, size_t size, tomo_error *err)
{
    void *list = tomo__keep_bytes(k, count, size);
    memcpy(out, &list, sizeof list);
    return list ? TOMO_OK : tomo__no_memory(k->ctx, err, count * size, "what an object says");
}

void tomo__keep_free(tomo__keep *k)
{
    while (k->blocks) {
        tomo__keep_block *next = k->blocks->next;
        tomo__free(k->ctx, k->blocks);
        k->blocks = next;
    }
    k->left = 0;
}

static tomo_status copy(tomo__keep *k, const void **out, const void *from, size_t n, size_t size, tomo_error *err)
{
    *out = NULL;
    if (!from || n == 0)
        return TOMO_OK;
    void *to = tomo__keep_bytes(k, n, size);
    if (!to)
        return tomo__no_memory(k->ctx, err, n * size, "what an object says");
    memcpy(to, from, n * size);
    *out = to;
    return TOMO_OK;
}

tomo_status tomo__keep_text(tomo__keep *k, const char **out, const char *text, tomo_error *err)
{
    const void *to;
    tomo_status st = copy(k, &to, text, text ? strlen(text) + 1 : 0, 1, err);
    *out = to;
    return st;
}

tomo_status tomo__keep_code(tomo__keep *k, tomo_code *out, const tomo_code *code, tomo_error *err)
{
    const tomo_code from = *code;
    tomo_status st = tomo__keep_text(k, &out->value, from.value, err);
    st = st ? st : tomo__keep_text(k, &out->scheme, from.scheme, err);
    st = st ? st : tomo__keep_text(k, &out->meaning, from.meaning, err);
    return st ? st : tomo__keep_text(k, &out->version, from.version, err);
}

static tomo_status copy_ints(tomo__keep *k, const int32_t **out, const int32_t *from, size_t n, tomo_error *err)
{
    const void *to;
    tomo_status st = copy(k, &to, from, n, sizeof *from, err);
    *out = to;
    return st;
}

tomo_status tomo__keep_reference(tomo__keep *k, tomo_reference *out, const tomo_reference *ref, tomo_error *err)
{
    const tomo_reference from = *ref;
    *out = from;
    tomo_status st = tomo__keep_text(k, &out->class_uid, from.class_uid, err);
    st = st ? st : tomo__keep_text(k, &out->instance_uid, from.instance_uid, err);
    st = st ? st : tomo__keep_text(k, &out->series_uid, from.series_uid, err);
    st = st ? st : tomo__keep_text(k, &out->study_uid, from.study_uid, err);
    st = st ? st : tomo__keep_text(k, &out->presentation_uid, from.presentation_uid, err);
    st = st ? st : copy_ints(k, &out->frames, from.frames, from.n_frames, err);
    st = st ? st : copy_ints(k, &out->segments, from.segments, from.n_segments, err);
    return st ? st : copy_ints(k, &out->channels, from.channels, from.n_channels * 2, err);
}

tomo_status tomo__keep_shape(tomo__keep *k, tomo_graphic *out, const tomo_graphic *shape, tomo_error *err)
{
    const tomo_graphic from = *shape;
    const void *at;
    const size_t dims = from.space == TOMO_GRAPHIC_IN_PATIENT ? 3 : 2;
    *out = from;
    tomo_status st = copy(k, &at, from.at, from.points * dims, sizeof(double), err);
    out->at = at;
    return st ? st : tomo__keep_text(k, &out->frame_of_reference, from.frame_of_reference, err);
}
