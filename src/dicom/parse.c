/* parse.c - bytes of a data set to elements (PS3.5 7): headers are read, values are skipped by their length.
 *
 * No recursion: open items and sequences lie on a stack of frames. Elements and items of the open levels lie on two
 * scratch stacks; when a level closes, its part is sorted where need be and moved to the arena. So a file without
 * sequences costs one copy of a few kilobytes and no allocation. */
#include "dicom/parse.h"

/* ---- bytes --------------------------------------------------------------------------------------------------- */

/* The file's bytes from `offset`, at least n of them; NULL only if the file can't be mapped. Offsets within the
 * file have been checked by the caller. */
const uint8_t *tomo__parser_bytes(tomo__parser *p, uint64_t offset, uint64_t n)
{
    tomo_error why = { 0 };
    if (offset + n <= p->have)
        return p->bytes + offset;
    if (tomo__ds_bytes(&p->root->ds, 0, p->size, &p->bytes, &why) != TOMO_OK) {
        p->failed = why;
        return NULL;
    }
    p->have = p->size;
    return p->bytes + offset;
}

/* ---- damage -------------------------------------------------------------------------------------------------- */

/* Something from which reading can't go on: an error, or with `force` a remark and the end of reading. */
static tomo_status damage(tomo__parser *p, tomo_error *err, uint64_t at, const char *format, ...)
{
    char text[160];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!p->force)
        return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)at, "%s at byte %llu", text, (unsigned long long)at);
    tomo__remark(p->report, "%s at byte %llu: reading ends there", text, (unsigned long long)at);
    p->stopped = p->root->damaged = true;
    return TOMO_OK;
}

/* ---- scratch ------------------------------------------------------------------------------------------------- */

static tomo_status grow(tomo_ctx *ctx, void **array, void *small, uint32_t *room, size_t item, tomo_error *err)
{
    size_t bytes = (size_t)*room * 2 * item;
    void *more = *room > UINT32_MAX / 4 ? NULL : tomo__alloc(ctx, bytes);
    if (!more)
        return tomo__no_memory(ctx, err, bytes, "elements of a data set");
    memcpy(more, *array, (size_t)*room * item);
    if (*array != small)
        tomo__free(ctx, *array);
    *array = more;
    *room *= 2;
    return TOMO_OK;
}

static inline tomo_status push(tomo__parser *p, const tomo__elem *e, tomo_error *err)
{
    if (p->n_elems == p->elems_room)
        TRY(grow(p->root->ctx, (void **)&p->elems, p->small_elems, &p->elems_room, sizeof *p->elems, err));
    p->elems[p->n_elems++] = *e;
    return TOMO_OK;
}

static bool before(const tomo__elem *a, const tomo__elem *b)
{
    return a->tag != b->tag ? a->tag < b->tag : a->offset < b->offset;
}

/* Heap sort: in place, n log n whatever a file holds. Equal tags keep the order of the file. */
static void sort_elems(tomo__elem *e, size_t n)
{
    for (size_t start = n / 2, end = n; end > 1;) {
        tomo__elem t;
        if (start > 0) {
            start--;
        } else {
            end--;
            t = e[0], e[0] = e[end], e[end] = t;
        }
        for (size_t root = start, child; (child = 2 * root + 1) < end; root = child) {
            if (child + 1 < end && before(&e[child], &e[child + 1]))
                child++;
            if (!before(&e[root], &e[child]))
                break;
            t = e[root], e[root] = e[child], e[child] = t;
        }
    }
}

/* Tags that came out of order are sorted; of duplicates the first one in the file stays, as DCMTK does. */
static uint32_t sort_level(tomo__parser *p, tomo__elem *e, uint32_t n)
{
    uint32_t kept = 0;
    sort_elems(e, n);
    for (uint32_t i = 0; i < n; i++)
        if (i == 0 || e[i].tag != e[kept - 1].tag)
            e[kept++] = e[i];
    if (kept < n)
        tomo__remark(p->report, "%u elements are there twice or more; the first of each is kept", (unsigned)(n - kept));
    else
        tomo__remark(p->report, "elements are not in the order of their tags");
    return kept;
}

/* Move the elements of the level that ends to the arena. */
static tomo_status finish_level(tomo__parser *p, tomo__frame *f, tomo_error *err)
{
    tomo__elem *from = p->elems + f->base;
    uint32_t n = p->n_elems - f->base;
    if (f->unsorted)
        n = sort_level(p, from, n);
    f->ds->elems = tomo__arena(p->root, n * sizeof *from);
    if (!f->ds->elems)
        return tomo__no_memory(p->root->ctx, err, n * sizeof *from, "elements of a data set");
    memcpy(f->ds->elems, from, n * sizeof *from);
    f->ds->count = n;
    p->n_elems = f->base;
    return TOMO_OK;
}

/* ---- sequences and items ------------------------------------------------------------------------------------- */

static tomo_status open_sequence(tomo__parser *p, tomo__elem *e, uint64_t end, bool as_implicit, tomo_error *err)
{
    tomo__frame *up = &p->frames[p->depth], *f;
    if ((uint32_t)p->depth / 2 >= p->max_depth)
        return tomo__fail_at(err, TOMO_E_LIMIT, (int64_t)p->at,
                             TAG_FMT " is nested deeper than %u sequences at byte %llu", TAG_ARGS(e->tag),
                             (unsigned)p->max_depth, (unsigned long long)p->at);
    e->flags |= ELEM_SEQUENCE;
    e->vr = VR_SQ;
    e->items = NULL;
    TRY(push(p, e, err));
    f = &p->frames[++p->depth];
    *f = (tomo__frame){ .end = end, .ds = up->ds, .base = p->n_items, .elem = p->n_elems - 1, .is_sequence = true };
    f->undefined = e->flags & ELEM_UNDEFINED;
    f->implicit = as_implicit || up->implicit;
    f->big = up->big && !as_implicit;
    return TOMO_OK;
}

static tomo_status close_sequence(tomo__parser *p, uint64_t end, bool closed, tomo_error *err)
{
    tomo__frame *f = &p->frames[p->depth--];
    tomo__elem *e = &p->elems[f->elem];
    uint32_t n = p->n_items - f->base;
    e->length = end - e->offset;
    e->n_items = n;
    if (closed)
        e->flags |= ELEM_CLOSED;
    if (p->stopped)
        e->flags |= ELEM_CUT;
    e->items = tomo__arena(p->root, n * sizeof *e->items);
    if (!e->items)
        return tomo__no_memory(p->root->ctx, err, n * sizeof *e->items, "items of a sequence");
    memcpy(e->items, p->items + f->base, n * sizeof *e->items);
    p->n_items = f->base;
    if (p->discard == p->depth + 1) { /* its tag was not asked for */
        p->n_elems = f->elem;
        p->discard = 0;
    }
    return TOMO_OK;
}

static tomo_status open_item(tomo__parser *p, uint32_t length, tomo_error *err)
{
    tomo__frame *up = &p->frames[p->depth], *f;
    tomo_dataset *item = tomo__arena(p->root, sizeof *item);
    if (p->n_items == p->items_room)
        TRY(grow(p->root->ctx, (void **)&p->items, p->small_items, &p->items_room, sizeof *p->items, err));
    if (!item)
        return tomo__no_memory(p->root->ctx, err, sizeof *item, "items of a sequence");
    p->items[p->n_items++] = item;
    *item = (tomo_dataset){ .root = p->root,
                            .parent = up->ds,
                            .sequence = p->elems[up->elem].tag,
                            .start = p->at,
                            .implicit = up->implicit,
                            .big = up->big,
                            .undefined = length == UNDEFINED };
    f = &p->frames[++p->depth];
    *f = (tomo__frame){ .end = up->end,
                        .ds = item,
                        .base = p->n_elems,
                        .undefined = length == UNDEFINED,
                        .implicit = up->implicit,
                        .big = up->big };
    if (length == UNDEFINED)
        return TOMO_OK;
    if (length > up->end - p->at) { /* lengths that were not kept up when something was removed: real DICOMDIRs */
        tomo__remark(p->report, "an item of %u bytes runs past what holds it (%llu bytes are left) at byte %llu",
                     length, (unsigned long long)(up->end - p->at), (unsigned long long)p->at);
        p->elems[up->elem].flags |= ELEM_CUT;
        return TOMO_OK;
    }
    f->end = p->at + length;
    return TOMO_OK;
}

static tomo_status close_item(tomo__parser *p, uint64_t end, bool closed, tomo_error *err)
{
    tomo__frame *f = &p->frames[p->depth];
    f->ds->end = end;
    f->ds->closed = closed;
    TRY(finish_level(p, f, err));
    p->depth--;
    return TOMO_OK;
}

/* Between the items of a sequence: the next item, or the end. */
static tomo_status step_sequence(tomo__parser *p, tomo_error *err)
{
    tomo__frame *f = &p->frames[p->depth];
    const uint8_t *b;
    uint32_t tag, length;
    if (p->at >= f->end && !f->undefined)
        return close_sequence(p, p->at, false, err);
    if (f->end - p->at < 8) {
        TRY(damage(p, err, p->at, "a sequence ends without its delimiter"));
        return TOMO_OK;
    }
    b = tomo__parser_bytes(p, p->at, 8);
    if (!b)
        return tomo__pass(&p->failed, err);
    tag =
        f->big ? (uint32_t)tomo__be16(b) << 16 | tomo__be16(b + 2) : (uint32_t)tomo__le16(b) << 16 | tomo__le16(b + 2);
    length = f->big ? tomo__be32(b + 4) : tomo__le32(b + 4);
    if (tag == TAG_ITEM) {
        p->at += 8;
        return open_item(p, length, err);
    }
    if (tag == TAG_SEQ_END) {
        p->at += 8;
        if (f->undefined)
            return close_sequence(p, p->at - 8, true, err);
        tomo__remark(p->report, "sequence delimiter within a sequence of known length at byte %llu",
                     (unsigned long long)p->at - 8);
        return TOMO_OK;
    }
    if (tag == TAG_ITEM_END) {
        tomo__remark(p->report, "item delimiter between items at byte %llu", (unsigned long long)p->at);
        p->at += 8;
        return TOMO_OK;
    }
    return damage(p, err, p->at, TAG_FMT " where an item should begin", TAG_ARGS(tag));
}

/* ---- elements ------------------------------------------------------------------------------------------------ */

/* VR of an element in implicit VR (PS3.5 A.1, 6.2.2): from the dictionary, private ones by their creator. */
uint16_t tomo__parser_implicit_vr(tomo__parser *p, const tomo__frame *f, tomo_tag tag, uint32_t length)
{
    const tomo_dict_entry *d;
    if (tag & 0x10000) {
        if ((tag & 0xffff) == 0)
            return VR_UL;
        if ((tag & 0xffff) >= 0x10 && (tag & 0xffff) <= 0xff)
            return VR_LO;
        d = tomo__parser_private(p, f, tag);
    } else {
        d = tomo__dict_next(tag, &p->hint);
    }
    if (!d || d->vr == 0)
        return VR_UN;
    if (d->vr2 == VR_SS)
        return p->is_signed ? VR_SS : VR_US;
    if (d->vr2 == VR_OW) /* "US or OW": a table of one entry fits US */
        return d->vr == VR_US && length <= 2 ? VR_US : VR_OW;
    return d->vr;
}

/* Tag, VR, length and header size at p->at, of which at least 8 bytes are there. */
static tomo_status read_header(tomo__parser *p, tomo__frame *f, tomo__elem *e, uint32_t *length, tomo_error *err)
{
    uint64_t left = f->end - p->at;
    const uint8_t *b = tomo__parser_bytes(p, p->at, TOMO__MIN(left, 12));
    if (!b)
        return tomo__pass(&p->failed, err);
    e->tag =
        f->big ? (uint32_t)tomo__be16(b) << 16 | tomo__be16(b + 2) : (uint32_t)tomo__le16(b) << 16 | tomo__le16(b + 2);
    e->header = 8;
    if (f->implicit || (e->tag >> 16) == 0xfffe) {
        *length = f->big ? tomo__be32(b + 4) : tomo__le32(b + 4);
        e->vr = (e->tag >> 16) == 0xfffe ? 0 : tomo__parser_implicit_vr(p, f, e->tag, *length);
        if (p->n_elems > f->base || p->depth == 0 || e->vr == 0 || e->vr != TOMO_VR(b[4], b[5]))
            return TOMO_OK;
        /* Where the length should be stand the very letters of its VR: an explicit item in an implicit sequence. */
        tomo__remark(p->report, TAG_FMT " begins an item in explicit VR within implicit VR at byte %llu",
                     TAG_ARGS(e->tag), (unsigned long long)p->at);
        f->implicit = f->ds->implicit = false;
    }
    e->vr = TOMO_VR(b[4], b[5]);
    if (b[4] < 'A' || b[4] > 'Z' || b[5] < 'A' || b[5] > 'Z')
        return tomo__parser_odd_vr(p, f, b, e, length);
    if (!tomo__vr_class[b[4] - 'A'][b[5] - 'A']) { /* short form */
        *length = f->big ? tomo__be16(b + 6) : tomo__le16(b + 6);
        return TOMO_OK;
    }
    if (tomo__vr_class[b[4] - 'A'][b[5] - 'A'] == VR_CLASS_UNKNOWN && (b[6] || b[7])) {
        /* A VR yet to be invented has a 32-bit length behind two zeros (PS3.5 6.2.2); without them it is an old one. */
        *length = f->big ? tomo__be16(b + 6) : tomo__le16(b + 6);
        tomo__remark(p->report, TAG_FMT " has the unknown VR %c%c at byte %llu", TAG_ARGS(e->tag), b[4], b[5],
                     (unsigned long long)p->at);
        e->vr = VR_UN;
        return TOMO_OK;
    }
    if (left < 12)
        return damage(p, err, p->at, TAG_FMT " %c%c has no room for its length", TAG_ARGS(e->tag), b[4], b[5]);
    e->header = 12;
    *length = f->big ? tomo__be32(b + 8) : tomo__le32(b + 8);
    if (tomo__vr_class[b[4] - 'A'][b[5] - 'A'] == VR_CLASS_UNKNOWN)
        e->vr = VR_UN;
    return TOMO_OK;
}

/* Pixel data in fragments (PS3.5 A.4): walk to the delimiter. */
static tomo_status skip_fragments(tomo__parser *p, tomo__frame *f, tomo__elem *e, tomo_error *err)
{
    e->flags |= ELEM_ENCAPSULATED;
    if (f->implicit || e->vr == VR_UN)
        e->vr = VR_OB; /* fragments are bytes; a file that says OW keeps its word */
    for (;;) {
        uint8_t b[8]; /* headers only: fragments may be far apart in a source that is read over a network */
        uint32_t tag, length;
        if (f->end - p->at < 8) {
            tomo__remark(p->report, TAG_FMT " has no sequence delimiter behind its fragments", TAG_ARGS(e->tag));
            break;
        }
        if (p->at + 8 <= p->have)
            memcpy(b, p->bytes + p->at, 8);
        else
            TRY(tomo__ds_read(&p->root->ds, p->at, b, 8, err));
        tag = f->big ? (uint32_t)tomo__be16(b) << 16 | tomo__be16(b + 2)
                     : (uint32_t)tomo__le16(b) << 16 | tomo__le16(b + 2);
        length = f->big ? tomo__be32(b + 4) : tomo__le32(b + 4);
        if (tag == TAG_SEQ_END) {
            e->length = p->at - e->offset;
            e->flags |= ELEM_CLOSED;
            p->at += 8;
            return TOMO_OK;
        }
        if (tag != TAG_ITEM || length > f->end - p->at - 8) {
            e->length = p->at - e->offset;
            return damage(p, err, p->at,
                          tag != TAG_ITEM ? TAG_FMT " among the fragments"
                                          : TAG_FMT " fragment of %u bytes runs past the end",
                          TAG_ARGS(tag), (unsigned)length);
        }
        e->n_items++;
        p->at += 8 + (uint64_t)length;
    }
    e->length = p->at - e->offset;
    return TOMO_OK;
}

/* Does a sequence of known length begin with an item, as it must? */
static bool begins_with_item(tomo__parser *p, const tomo__frame *f, uint64_t at)
{
    const uint8_t *b = tomo__parser_bytes(p, at, 8);
    static const uint8_t little[4] = { 0xfe, 0xff, 0x00, 0xe0 }, big[4] = { 0xff, 0xfe, 0xe0, 0x00 };
    static const uint8_t little_end[4] = { 0xfe, 0xff, 0xdd, 0xe0 }, big_end[4] = { 0xff, 0xfe, 0xe0, 0xdd };
    return b && (memcmp(b, f->big ? big : little, 4) == 0 || memcmp(b, f->big ? big_end : little_end, 4) == 0);
}

static bool is_wanted(const tomo__parser *p, const tomo__frame *f, tomo_tag tag)
{
    if (!p->tags || p->depth > 0 || tag == TAG_CHARSET || (tag >> 16) == 2)
        return true;
    for (size_t i = 0; i < p->n_tags; i++)
        if (p->tags[i] == tag || /* private ones need their creator */
            ((tag & 0x1ff00) == 0x10000 && p->tags[i] >> 16 == tag >> 16 && (p->tags[i] >> 8 & 0xff) == (tag & 0xff)))
            return true;
    return false;
}

/* An element of undefined length: fragments, or items. */
static tomo_status undefined_length(tomo__parser *p, tomo__frame *f, tomo__elem *e, bool wanted, tomo_error *err)
{
    e->flags |= ELEM_UNDEFINED;
    if (e->tag == TAG_PIXELS || (e->vr != VR_SQ && e->vr != VR_UN && tomo__vr_long(e->vr))) {
        TRY(skip_fragments(p, f, e, err));
        return wanted ? push(p, e, err) : TOMO_OK;
    }
    if (e->vr != VR_SQ && e->vr != VR_UN)
        tomo__remark(p->report, TAG_FMT " has undefined length; read as a sequence", TAG_ARGS(e->tag));
    if (!wanted)
        p->discard = p->depth + 1;
    /* PS3.5 6.2.2 note 2 (CP-246): the items of UN are in implicit VR little endian. */
    return open_sequence(p, e, f->end, e->vr == VR_UN, err);
}

/* Delimiters and items where elements belong. */
static tomo_status stray_item(tomo__parser *p, tomo__frame *f, const tomo__elem *e, tomo_error *err)
{
    uint64_t at = p->at;
    if (p->depth > 0 && e->tag == TAG_ITEM_END && f->undefined) {
        p->at += 8;
        return close_item(p, at, true, err);
    }
    if (p->depth > 0 && e->tag == TAG_SEQ_END && f->undefined) {
        tomo__remark(p->report, "an item ends without its delimiter at byte %llu", (unsigned long long)at);
        return close_item(p, at, false, err);
    }
    if (p->strays++ == 0)
        tomo__remark(p->report, TAG_FMT " where an element should be at byte %llu; left out", TAG_ARGS(e->tag),
                     (unsigned long long)at);
    p->at += 8;
    return TOMO_OK;
}

/* What only the parser needs of a value: the sign of pixels, for "US or SS". */
static void note_value(tomo__parser *p, const tomo__frame *f, const tomo__elem *e)
{
    const uint8_t *b = e->length >= 2 ? tomo__parser_bytes(p, e->offset, 2) : NULL;
    if (b)
        p->is_signed = (f->big ? tomo__be16(b) : tomo__le16(b)) == 1;
}

static tomo_status skip_value(tomo__parser *p, uint32_t length)
{
    p->at += length;
    return TOMO_OK;
}

/* One element of the data set or item on top of the stack. */
tomo_status tomo__parser_step(tomo__parser *p, tomo_error *err)
{
    tomo__frame *f = &p->frames[p->depth];
    tomo__elem e = { 0 };
    uint32_t length = 0;
    bool wanted;
    TRY(read_header(p, f, &e, &length, err));
    if (p->stopped)
        return TOMO_OK;
    if ((e.tag >> 16) == 0xfffe)
        return stray_item(p, f, &e, err);
    if (p->depth == 0 && tomo__parser_ends(p, f, &e, length))
        return TOMO_OK;
    e.offset = p->at + e.header;
    e.length = length;
    if (p->meta)
        e.flags = ELEM_META;
    wanted = is_wanted(p, f, e.tag);
    f->unsorted |= p->n_elems > f->base && e.tag <= f->last;
    f->last = e.tag;
    p->at = e.offset;
    if (length == UNDEFINED)
        return undefined_length(p, f, &e, wanted, err);
    if (length > f->end - p->at && e.vr == VR_SQ) {
        tomo__remark(p->report, TAG_FMT " of %u bytes runs past what holds it (%llu bytes are left) at byte %llu",
                     TAG_ARGS(e.tag), (unsigned)length, (unsigned long long)(f->end - p->at),
                     (unsigned long long)p->at);
        e.length = length = (uint32_t)TOMO__MIN(f->end - p->at, UNDEFINED - 1);
        e.flags |= ELEM_CUT;
    }
    if (length > f->end - p->at) {
        uint64_t left = f->end - p->at;
        TRY(damage(p, err, p->at - e.header, TAG_FMT " has %u bytes but only %llu are left", TAG_ARGS(e.tag),
                   (unsigned)length, (unsigned long long)left));
        e.length = left; /* what is there of it */
        e.flags |= ELEM_CUT;
        p->at = f->end;
        return wanted && left > 0 ? push(p, &e, err) : TOMO_OK;
    }
    if (length & 1)
        tomo__remark(p->report, "odd length %u of " TAG_FMT " at byte %llu", (unsigned)length, TAG_ARGS(e.tag),
                     (unsigned long long)p->at);
    if (e.vr == VR_UN && length >= 8 && !f->big && begins_with_item(p, f, p->at) &&
        tomo__parser_implicit_vr(p, f, e.tag, length) == VR_SQ) /* a sequence that somebody in between did not know */
        return wanted ? open_sequence(p, &e, p->at + length, true, err) : skip_value(p, length);
    if (e.vr == VR_SQ && (length == 0 || (length >= 8 && begins_with_item(p, f, p->at)))) {
        return wanted ? open_sequence(p, &e, p->at + length, false, err) : skip_value(p, length);
    }
    if (e.vr == VR_SQ) {
        tomo__remark(p->report, TAG_FMT " should be a sequence but has no items at byte %llu", TAG_ARGS(e.tag),
                     (unsigned long long)p->at);
        e.vr = VR_UN;
    }
    if (e.tag == TAG_PIXEL_REPRESENTATION)
        note_value(p, f, &e);
    p->at += length;
    return wanted ? push(p, &e, err) : TOMO_OK;
}

/* ---- the loop ------------------------------------------------------------------------------------------------ */

/* Reading was cut short: close all that is open where it stands. */
static tomo_status close_all(tomo__parser *p, tomo_error *err)
{
    while (p->depth > 0) {
        uint64_t end = TOMO__MIN(p->at, p->frames[p->depth].end);
        if (p->frames[p->depth].is_sequence)
            TRY(close_sequence(p, end, false, err));
        else
            TRY(close_item(p, end, false, err));
    }
    return TOMO_OK;
}

/* Most elements are plain: explicit little endian, in order, of even length, not a sequence. Take them in one go and
 * leave the first that is anything else to tomo__parser_step(). */
static void plain_elements(tomo__parser *p, tomo__frame *f)
{
    uint64_t at = p->at, end = TOMO__MIN(f->end, p->have);
    tomo_tag last = f->last;
    tomo__elem *e = p->elems + p->n_elems, *room = p->elems + p->elems_room;
    if (f->implicit || f->big || (p->tags && p->depth == 0))
        return;
    while (e < room && at + 12 <= end) {
        const uint8_t *b = p->bytes + at;
        tomo_tag tag = (tomo_tag)tomo__le16(b) << 16 | tomo__le16(b + 2);
        unsigned first = b[4] - 'A', second = b[5] - 'A';
        uint16_t vr = TOMO_VR(b[4], b[5]);
        uint64_t length;
        bool is_long;
        if (first >= 26 || second >= 26 || tomo__vr_class[first][second] == VR_CLASS_UNKNOWN)
            break;
        is_long = tomo__vr_class[first][second] == VR_CLASS_LONG;
        length = is_long ? tomo__le32(b + 8) : tomo__le16(b + 6);
        at += is_long ? 12 : 8;
        if (tag <= last || tag >= TAG_FLOAT_PIXELS || tag == TAG_PIXEL_REPRESENTATION || vr == VR_SQ || vr == VR_UN ||
            (length & 1) || at > f->end || length > f->end - at) {
            at -= is_long ? 12 : 8;
            break;
        }
        *e++ = (tomo__elem){ .tag = tag, .vr = vr, .header = is_long ? 12 : 8, .length = length, .offset = at };
        last = tag;
        at += length;
    }
    p->n_elems = (uint32_t)(e - p->elems);
    p->at = at;
    f->last = last;
}

tomo_status tomo__parser_run(tomo__parser *p, tomo_error *err)
{
    while (!p->stopped) {
        tomo__frame *f = &p->frames[p->depth];
        uint64_t left;
        if (!f->is_sequence)
            plain_elements(p, f);
        left = f->end - p->at;
        if (f->is_sequence) {
            TRY(step_sequence(p, err));
        } else if (left >= 8) {
            TRY(tomo__parser_step(p, err));
        } else if (p->depth == 0) {
            if (left > 0)
                tomo__remark(p->report, "%u stray bytes at the end", (unsigned)left);
            break;
        } else if (left == 0 && f->undefined && p->at < p->frames[0].end) { /* the sequence knew its length */
            tomo__remark(p->report, "an item ends without its delimiter at byte %llu", (unsigned long long)p->at);
            TRY(close_item(p, p->at, false, err));
        } else if (left > 0 || f->undefined) {
            TRY(damage(p, err, p->at, left ? "%u stray bytes at the end of an item" : "an item is not closed",
                       (unsigned)left));
        } else {
            TRY(close_item(p, p->at, false, err));
        }
    }
    return close_all(p, err);
}

tomo_status tomo__parser_finish(tomo__parser *p, tomo_error *err)
{
    /* Stray bytes and padding at the end belong to the file: they are kept where it is written unchanged. */
    p->frames[0].ds->end = p->root->cut || p->root->damaged ? p->at : p->size;
    TRY(finish_level(p, &p->frames[0], err));
    if (p->root->ds.count > 0 && p->root->ds.elems[0].tag >> 16 == 0)
        tomo__remark(p->report,
                     TAG_FMT ": group 0000 is of messages, not of files (PS3.7 6.3); left out of files written",
                     TAG_ARGS(p->root->ds.elems[0].tag));
    return TOMO_OK;
}
