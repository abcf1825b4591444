/* emit.c - elements as explicit little endian (PS3.5 7.1.2). Sequences and items are of undefined length, so that
 * nothing has to be known before it is written. */
#include "deid/deid_internal.h"

static void put16(tomo__text *t, uint32_t v)
{
    uint8_t b[2] = { (uint8_t)v, (uint8_t)(v >> 8) };
    tomo__text_add(t, b, 2);
}

static void put32(tomo__text *t, uint32_t v)
{
    put16(t, v & 0xffff);
    put16(t, v >> 16);
}

static void put_tag(tomo__text *t, tomo_tag tag)
{
    put16(t, tag >> 16);
    put16(t, tag & 0xffff);
}

void tomo__emit_header(tomo__text *t, tomo_tag tag, uint16_t vr, uint64_t length)
{
    uint8_t letters[2];
    if (!tomo__vr_known(vr) || (!tomo__vr_long(vr) && length > 65535)) /* too long for its VR (PS3.5 6.2.2) */
        vr = VR_UN;
    letters[0] = (uint8_t)(vr >> 8);
    letters[1] = (uint8_t)vr;
    put_tag(t, tag);
    tomo__text_add(t, letters, 2);
    if (tomo__vr_long(vr)) {
        put16(t, 0);
        put32(t, (uint32_t)length);
    } else {
        put16(t, (uint32_t)length);
    }
}

void tomo__emit(tomo__text *t, tomo_tag tag, uint16_t vr, const void *value, size_t size)
{
    bool text = tomo__vr_text(vr) && vr != VR_UI;
    tomo__emit_header(t, tag, vr, size + (size & 1));
    tomo__text_add(t, value, size);
    if (size & 1)
        tomo__text_add(t, text ? " " : "\0", 1);
}

void tomo__emit_str(tomo__text *t, tomo_tag tag, uint16_t vr, const char *text)
{
    tomo__emit(t, tag, vr, text, strlen(text));
}

void tomo__emit_us(tomo__text *t, tomo_tag tag, uint32_t value)
{
    uint8_t b[2] = { (uint8_t)value, (uint8_t)(value >> 8) };
    tomo__emit(t, tag, VR_US, b, 2);
}

void tomo__emit_item(tomo__text *t)
{
    put_tag(t, TAG_ITEM);
    put32(t, UNDEFINED);
}

void tomo__emit_item_end(tomo__text *t)
{
    put_tag(t, TAG_ITEM_END);
    put32(t, 0);
}

void tomo__emit_sequence_end(tomo__text *t)
{
    put_tag(t, TAG_SEQ_END);
    put32(t, 0);
}

/* As deep as sequences nest, which the parser holds below MAX_DEPTH. */
tomo_status tomo__emit_verbatim(tomo__text *t, const tomo_dataset *ds, const tomo__elem *e, tomo_error *err)
{
    const uint8_t *b;
    unsigned unit = tomo__vr_unit(e->vr);
    size_t at;
    if (e->flags & ELEM_SEQUENCE) {
        tomo__emit_header(t, e->tag, VR_SQ, UNDEFINED);
        for (uint32_t i = 0; i < e->n_items; i++) {
            const tomo_dataset *item = e->items[i];
            tomo__emit_item(t);
            for (uint32_t k = 0; k < item->count; k++) {
                tomo_status st =
                    (item->elems[k].tag & 0xffff) == 0 ? TOMO_OK : tomo__emit_verbatim(t, item, &item->elems[k], err);
                if (st != TOMO_OK)
                    return st;
            }
            tomo__emit_item_end(t);
        }
        tomo__emit_sequence_end(t);
        return TOMO_OK;
    }
    b = e->length ? tomo__ds_value(ds, e) : (const uint8_t *)"";
    if (!b)
        return tomo__fail(err, TOMO_E_IO, TAG_FMT " can't be read", TAG_ARGS(e->tag));
    if (e->flags & ELEM_ENCAPSULATED) {
        tomo__emit_header(t, e->tag, VR_OB, UNDEFINED);
        tomo__text_add(t, b, (size_t)e->length);
        tomo__emit_sequence_end(t);
        return TOMO_OK;
    }
    tomo__emit_header(t, e->tag, e->vr, e->length + (e->length & 1));
    at = t->size;
    tomo__text_add(t, b, (size_t)e->length);
    if (!t->failed && unit > 1 && tomo__ds_big(ds, e))
        tomo__swap(t->data + at, t->data + at, (size_t)e->length, unit);
    if (e->length & 1)
        tomo__text_add(t, tomo__vr_text(e->vr) && e->vr != VR_UI ? " " : "\0", 1);
    return TOMO_OK;
}

void tomo__emit_meta(tomo__text *t, const char *sop_class, const char *sop, const char *syntax)
{
    static const uint8_t preamble[132] = { [128] = 'D', 'I', 'C', 'M' };
    size_t from, length;
    uint8_t zero[4] = { 0 };
    tomo__text_add(t, preamble, sizeof preamble);
    tomo__emit(t, 0x00020000, VR_UL, zero, 4);
    from = t->size;
    tomo__emit(t, 0x00020001, VR_OB, "\0\1", 2);
    tomo__emit_str(t, 0x00020002, VR_UI, sop_class);
    tomo__emit_str(t, 0x00020003, VR_UI, sop);
    tomo__emit_str(t, 0x00020010, VR_UI, syntax);
    tomo__emit_str(t, 0x00020012, VR_UI, IMPLEMENTATION_UID);
    tomo__emit_str(t, 0x00020013, VR_SH, IMPLEMENTATION_NAME);
    if (t->failed)
        return;
    length = t->size - from;
    for (int i = 0; i < 4; i++)
        t->data[from - 4 + (size_t)i] = (char)(uint8_t)(length >> 8 * i);
}
