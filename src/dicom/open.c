/* open.c - from a source to a data set: preamble, File Meta Information (PS3.10 7.1), transfer syntax, inflating;
 * and what can be found out where those are missing or wrong. */
#include "dicom/parse.h"

enum {
    WHOLE_FILE = 65536, /* smaller files are read at once, larger ones are mapped when more is wanted than */
    HEAD = 16384,
    FIRST_ARENA = 8192
};

/* ---- what kind of bytes -------------------------------------------------------------------------------------- */

static bool plausible_tag(tomo_tag tag)
{
    const tomo_dict_entry *d = tomo_dict_find(tag);
    return d && d->vr != 0;
}

char tomo__guess_coding(const uint8_t *p, uint64_t size, uint64_t total)
{
    uint32_t little, big, length;
    if (size < 8)
        return 0;
    little = (uint32_t)tomo__le16(p) << 16 | tomo__le16(p + 2);
    big = (uint32_t)tomo__be16(p) << 16 | tomo__be16(p + 2);
    length = tomo__le32(p + 4);
    if (tomo__vr_known(TOMO_VR(p[4], p[5]))) {
        bool l = plausible_tag(little), b = plausible_tag(big);
        if (l != b)
            return l ? 'e' : 'b';
        return little >> 16 <= big >> 16 ? 'e' : 'b';
    }
    if (!plausible_tag(little) || (length > total - 8 && length != UNDEFINED))
        return 0;
    if ((little & 0xffff) == 0 && length != 4) /* group lengths */
        return 0;
    return 'i';
}

/* Coding that a transfer syntax means: all but these are explicit little endian (PS3.5 A). */
static char syntax_coding(const char *uid)
{
    if (strcmp(uid, UID_IMPLICIT) == 0 || strcmp(uid, "1.2.840.113619.5.2") == 0) /* GE's, with big endian pixels */
        return 'i';
    return strcmp(uid, UID_BIG) == 0 ? 'b' : 'e';
}

static const char *coding_syntax(char coding)
{
    return coding == 'i' ? UID_IMPLICIT : coding == 'b' ? UID_BIG : UID_EXPLICIT;
}

/* Deflated explicit, JPIP referenced deflate, JPIP HTJ2K referenced deflate. */
bool tomo__syntax_deflated(const char *uid)
{
    return strcmp(uid, UID_DEFLATED) == 0 || strcmp(uid, "1.2.840.10008.1.2.4.95") == 0 ||
           strcmp(uid, "1.2.840.10008.1.2.4.205") == 0;
}

bool tomo__syntax_native(const char *uid)
{
    return strcmp(uid, UID_IMPLICIT) == 0 || strcmp(uid, UID_EXPLICIT) == 0 || strcmp(uid, UID_BIG) == 0 ||
           strcmp(uid, "1.2.840.113619.5.2") == 0 || tomo__syntax_deflated(uid);
}

/* ---- File Meta Information ----------------------------------------------------------------------------------- */

/* Where it begins: behind preamble and DICM, behind a bare DICM, at once, or (false) nowhere. */
static bool find_meta(tomo__parser *p, tomo_report *report)
{
    const uint8_t *b = tomo__parser_bytes(p, 0, TOMO__MIN(p->size, 132));
    if (p->size >= 132 && memcmp(b + 128, "DICM", 4) == 0) {
        p->at = 132;
        return true;
    }
    if (p->size >= 4 && memcmp(b, "DICM", 4) == 0) {
        tomo__remark(report, "no preamble before DICM");
        p->at = 4;
        return true;
    }
    p->at = 0;
    if (p->size >= 8 && b[0] == 2 && b[1] == 0 && tomo__vr_known(TOMO_VR(b[4], b[5]))) {
        tomo__remark(report, "no preamble and no DICM before the File Meta Information");
        return true;
    }
    tomo__remark(report, "no preamble and no File Meta Information");
    return false;
}

/* Group 0002 by its group numbers; its length (0002,0000) is believed only where an element really ends there. */
static tomo_status read_meta(tomo__parser *p, tomo_error *err)
{
    uint64_t said = 0;
    p->meta = true;
    while (p->size - p->at >= 8 && !p->stopped) {
        const uint8_t *b = tomo__parser_bytes(p, p->at, 8);
        bool group2 = b && b[0] == 2 && b[1] == 0;
        if (!group2 || (p->at == said && !tomo__vr_known(TOMO_VR(b[4], b[5]))))
            break;
        TRY(tomo__parser_step(p, err));
        if (p->depth > 0) /* a sequence in group 0002: nobody defines one */
            return tomo__fail_at(err, TOMO_E_FORMAT, (int64_t)p->at,
                                 "a sequence within the File Meta Information at byte %llu", (unsigned long long)p->at);
        if (p->n_elems == 1 && p->elems[0].tag == 0x00020000 && p->elems[0].length == 4)
            said = p->at + tomo__le32(tomo__parser_bytes(p, p->elems[0].offset, 4));
    }
    p->meta = false;
    if (said != p->at && !p->stopped)
        tomo__remark(p->report, "(0002,0000) says that the File Meta Information ends at byte %llu, it ends at %llu",
                     (unsigned long long)said, (unsigned long long)p->at);
    return TOMO_OK;
}

/* (0002,0010), trimmed, to root->syntax; "" if there is none. */
static void take_syntax(tomo__parser *p)
{
    for (uint32_t i = 0; i < p->n_elems; i++) {
        const tomo__elem *e = &p->elems[i];
        size_t n = (size_t)e->length;
        const uint8_t *b;
        if (e->tag != 0x00020010 || n > 64)
            continue;
        b = tomo__parser_bytes(p, e->offset, n);
        while (b && n > 0 && (b[n - 1] == '\0' || b[n - 1] == ' '))
            n--;
        if (b && memchr(b, '\0', n) == NULL) {
            memcpy(p->root->syntax, b, n);
            p->root->syntax[n] = '\0';
        }
        return;
    }
}

static tomo_status inflate_data(tomo__parser *p, uint64_t max_inflated, tomo_error *err)
{
    uint64_t size = p->size - p->at;
    const uint8_t *b = tomo__parser_bytes(p, p->at, size);
    /* Data sets shrink to a tenth, empty pixels to a 200th: what claims more is a bomb unless the caller says else. */
    uint64_t most = TOMO__MIN(TOMO__MAX((uint64_t)64 << 20, size * 200), (uint64_t)1 << 30);
    tomo_status st;
    if (!b)
        return tomo__pass(&p->failed, err);
    st = tomo_codec_inflate(p->root->ctx, &p->root->inflated, b, (size_t)size, max_inflated ? max_inflated : most, err);
    if (st != TOMO_OK)
        return tomo__fail_in(err, st, "deflated data set at byte %llu", (unsigned long long)p->at);
    p->root->deflated = true;
    p->bytes = tomo_buffer_data(p->root->inflated);
    p->have = p->size = tomo_buffer_size(p->root->inflated);
    p->at = 0;
    return TOMO_OK;
}

/* ---- data set ------------------------------------------------------------------------------------------------ */

/* Decide how the data set at p->at is coded: what the meta header says, unless its first element says else. */
static tomo_status decide_coding(tomo__parser *p, bool has_meta, tomo_error *err)
{
    tomo__root *root = p->root;
    uint64_t left = p->size - p->at;
    const uint8_t *b = tomo__parser_bytes(p, p->at, TOMO__MIN(left, 8));
    char found = left ? tomo__guess_coding(b, left, left) : 0, coding;
    if (!root->syntax[0]) {
        if (!found && has_meta && left >= 8 && (tomo__le32(b + 4) <= left - 8 || tomo__le32(b + 4) == UNDEFINED))
            found = 'i'; /* the first element is unknown, but has a sane length */
        if (!found && (!has_meta || (left && !p->force)))
            return tomo__fail_at(
                err, TOMO_E_FORMAT, (int64_t)p->at,
                has_meta ? "no Transfer Syntax UID (0002,0010), and no data set can be made out at byte %llu"
                         : "not DICOM: no DICM at byte 128, and no data set can be made out at byte %llu",
                (unsigned long long)p->at);
        if (has_meta)
            tomo__remark(p->report, "no Transfer Syntax UID (0002,0010); found out by the first element");
        strcpy(root->syntax, coding_syntax(found ? found : 'e'));
    }
    coding = syntax_coding(root->syntax);
    if (found && found != coding) {
        tomo__remark(p->report, "Transfer Syntax UID is %s, but the data set is %s", root->syntax,
                     tomo_uid_name(coding_syntax(found)));
        coding = found;
        if (tomo__syntax_native(root->syntax) && !root->deflated)
            strcpy(root->syntax, coding_syntax(found));
    } else if (!tomo_uid_name(root->syntax)) {
        tomo__remark(p->report, "unknown Transfer Syntax UID; read as explicit little endian");
    }
    root->encapsulated = !tomo__syntax_native(root->syntax);
    root->ds.implicit = p->frames[0].implicit = coding == 'i';
    root->ds.big = p->frames[0].big = coding == 'b';
    return TOMO_OK;
}

static tomo_status parse_file(tomo__parser *p, uint64_t max_inflated, tomo_error *err)
{
    tomo__root *root = p->root;
    bool has_meta;
    if (p->size < 8)
        return tomo__fail_at(err, TOMO_E_FORMAT, 0, "not DICOM: only %llu bytes", (unsigned long long)p->size);
    if (!tomo__parser_bytes(p, 0, TOMO__MIN(p->size, 132)))
        return tomo__pass(&p->failed, err);
    has_meta = find_meta(p, p->report);
    p->frames[0].end = p->size;
    if (has_meta)
        TRY(read_meta(p, err));
    root->data_start = p->at;
    take_syntax(p);
    if (tomo__syntax_deflated(root->syntax) && p->at < p->size && !p->stopped)
        TRY(inflate_data(p, max_inflated, err));
    p->frames[0].end = p->size;
    root->ds.start = p->at;
    if (!p->stopped) {
        TRY(decide_coding(p, has_meta, err));
        TRY(tomo__parser_run(p, err));
    }
    return tomo__parser_finish(p, err);
}

tomo_status tomo__parse(tomo__root *root, const tomo_dataset_options *opts, tomo_report *report, tomo_error *err)
{
    tomo__parser p; /* not zeroed: most of its 40 KB are never touched */
    tomo_status st;
    memset(&p, 0, offsetof(tomo__parser, small_elems));
    p.root = root;
    p.bytes = root->head;
    p.have = root->head_size;
    p.size = root->size;
    p.elems = p.small_elems;
    p.elems_room = SMALL_ELEMS;
    p.items = p.small_items;
    p.items_room = SMALL_ITEMS;
    p.max_depth = opts->max_depth ? TOMO__MIN(opts->max_depth, MAX_DEPTH) : 64;
    p.force = opts->force;
    p.stop_before_pixels = opts->stop_before_pixels;
    p.tags = opts->n_specific_tags ? opts->specific_tags : NULL;
    p.n_tags = opts->n_specific_tags;
    for (size_t i = 0; i < p.n_tags; i++)
        p.last_tag = TOMO__MAX(p.last_tag, p.tags[i]);
    p.report = report;
    p.frames[0] = (tomo__frame){ .ds = &root->ds };
    st = parse_file(&p, opts->max_inflated, err);
    if (p.elems != p.small_elems)
        tomo__free(root->ctx, p.elems);
    if (p.items != p.small_items)
        tomo__free(root->ctx, p.items);
    return st;
}

/* ---- opening ------------------------------------------------------------------------------------------------- */

/* One block of memory: the root, the start of its arena, and the head of the file. */
static tomo__root *new_root(tomo_ctx *ctx, size_t head)
{
    size_t fixed = (sizeof(tomo__root) + 15) & ~(size_t)15;
    tomo__root *root = tomo__alloc(ctx, fixed + FIRST_ARENA + head);
    if (!root)
        return NULL;
    memset(root, 0, sizeof *root);
    root->ds.root = root;
    root->ctx = tomo__ctx_ref(ctx);
    root->arena = (uint8_t *)root + fixed;
    root->arena_left = FIRST_ARENA;
    root->head = root->arena + FIRST_ARENA;
    root->head_size = head;
    return root;
}

tomo_status tomo_dataset_open(tomo_ctx *ctx, tomo_dataset **out, tomo_source *source, const tomo_dataset_options *opts,
                              tomo_report *report, tomo_error *err)
{
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    const uint8_t *memory;
    uint64_t size;
    size_t head;
    tomo__root *root;
    tomo_status st = TOMO_OK;
    if (!ctx || !out || !source)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_open: NULL argument");
    if (opts)
        memcpy(&o, opts, TOMO__MIN((size_t)opts->struct_size, sizeof o));
    memory = tomo__source_peek(source);
    size = tomo_source_size(source);
    head = memory ? 0 : (size_t)(size <= WHOLE_FILE ? size : HEAD);
    root = new_root(ctx, head);
    if (!root)
        return tomo__no_memory(ctx, err, sizeof *root + FIRST_ARENA + head, "a data set");
    root->source = tomo_source_ref(source);
    root->source_bytes = true;
    root->size = size;
    if (memory) {
        root->head = memory;
        root->head_size = size;
    } else {
        st = tomo_source_read(source, 0, (void *)root->head, head, err);
    }
    if (st == TOMO_OK)
        st = tomo__parse(root, &o, report, err);
    if (st != TOMO_OK) {
        tomo_dataset_free(&root->ds);
        return tomo__fail_in(err, st, "%s", tomo_source_name(source));
    }
    if (!memory && !root->inflated && root->ds.end <= root->head_size && (root->cut || head == size)) {
        tomo_source_free(root->source); /* all is read: no open file is kept */
        root->source = NULL;
    }
    *out = &root->ds;
    return TOMO_OK;
}

tomo_status tomo_dataset_open_path(tomo_ctx *ctx, tomo_dataset **out, const char *path,
                                   const tomo_dataset_options *opts, tomo_report *report, tomo_error *err)
{
    tomo_source *source = NULL;
    tomo_status st;
    if (!ctx || !out || !path)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_open_path: NULL argument");
    st = tomo_source_open(ctx, &source, path, err);
    if (st != TOMO_OK)
        return st;
    st = tomo_dataset_open(ctx, out, source, opts, report, err);
    tomo_source_free(source);
    return st;
}

tomo_status tomo_dataset_new(tomo_ctx *ctx, tomo_dataset **out, tomo_error *err)
{
    tomo__root *root;
    if (!ctx || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_new: NULL argument");
    root = new_root(ctx, 0);
    if (!root)
        return tomo__no_memory(ctx, err, sizeof *root + FIRST_ARENA, "a data set");
    strcpy(root->syntax, UID_EXPLICIT);
    root->edited = root->ds.dirty = true;
    *out = &root->ds;
    return TOMO_OK;
}
