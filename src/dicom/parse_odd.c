/* parse_odd.c - what the parser needs off the beaten track: early ends, VRs that are none, private elements. */
#include "dicom/parse.h"

/* clang-format off */
#define S VR_CLASS_SHORT
#define L VR_CLASS_LONG
#define X VR_CLASS_UNKNOWN
/* Rows: first letter A to Z; columns: second. PS3.5 7.1.2. */
const uint8_t tomo__vr_class[26][26] = {
    /*        A  B  C  D  E  F  G  H  I  J  K  L  M  N  O  P  Q  R  S  T  U  V  W  X  Y  Z */
    /* A */ { X, X, X, X, S, X, X, X, X, X, X, X, X, X, X, X, X, X, S, S, X, X, X, X, X, X },
    /* B */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X },
    /* C */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, S, X, X, X, X, X, X, X },
    /* D */ { S, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, S, S, X, X, X, X, X, X },
    /* E */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X },
    /* F */ { X, X, X, S, X, X, X, X, X, X, X, S, X, X, X, X, X, X, X, X, X, X, X, X, X, X },
    /* G */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X },
    /* H */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X },
    /* I */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, S, X, X, X, X, X, X, X },
    /* J */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X },
    /* K */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X },
    /* L */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, S, X, X, X, X, S, X, X, X, X, X, X },
    /* M */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X },
    /* N */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X },
    /* O */ { X, L, X, L, X, L, X, X, X, X, X, L, X, X, X, X, X, X, X, X, X, L, L, X, X, X },
    /* P */ { X, X, X, X, X, X, X, X, X, X, X, X, X, S, X, X, X, X, X, X, X, X, X, X, X, X },
    /* Q */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X },
    /* R */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X },
    /* S */ { X, X, X, X, X, X, X, S, X, X, X, S, X, X, X, X, L, X, S, S, X, L, X, X, X, X },
    /* T */ { X, X, X, X, X, X, X, X, X, X, X, X, S, X, X, X, X, X, X, X, X, X, X, X, X, X },
    /* U */ { X, X, L, X, X, X, X, X, S, X, X, S, X, L, X, X, X, L, S, L, X, L, X, X, X, X },
    /* V */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X },
    /* W */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X },
    /* X */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X },
    /* Y */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X },
    /* Z */ { X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X },
};
#undef S
#undef L
#undef X
/* clang-format on */

tomo_status tomo__pass(const tomo_error *from, tomo_error *err)
{
    if (err)
        *err = *from;
    return from->status;
}

/* Zeros to the end of the file: padding to a block. */
static bool only_zeros(tomo__parser *p, uint64_t end)
{
    const uint8_t *b = tomo__parser_bytes(p, p->at, end - p->at);
    uint64_t n = end - p->at;
    return b && b[0] == 0 && (n == 1 || memcmp(b, b + 1, n - 1) == 0);
}

bool tomo__parser_ends(tomo__parser *p, tomo__frame *f, const tomo__elem *e, uint32_t length)
{
    if (p->meta)
        return false;
    if ((p->stop_before_pixels && e->tag >= TAG_FLOAT_PIXELS && e->tag <= TAG_PIXELS) ||
        (p->tags && e->tag > p->last_tag && e->tag > TAG_CHARSET)) {
        p->root->cut = true;
        p->stopped = true;
    } else if (e->tag == 0 && length == 0 && only_zeros(p, f->end)) {
        tomo__remark(p->report, "%llu zero bytes at the end", (unsigned long long)(f->end - p->at));
        p->stopped = true;
    }
    return p->stopped;
}

/* Some writers fall into implicit VR within an explicit data set, others write "??", blanks or zeros as VR with a
 * 16-bit length. The length that fits decides. */
tomo_status tomo__parser_odd_vr(tomo__parser *p, tomo__frame *f, const uint8_t *b, tomo__elem *e, uint32_t *length)
{
    uint32_t full = f->big ? tomo__be32(b + 4) : tomo__le32(b + 4);
    uint32_t half = f->big ? tomo__be16(b + 6) : tomo__le16(b + 6);
    if (p->implicit_seen++ == 0)
        tomo__remark(p->report, TAG_FMT " has no valid VR (bytes %02X %02X) at byte %llu", TAG_ARGS(e->tag), b[4], b[5],
                     (unsigned long long)p->at);
    if (full == UNDEFINED || full <= f->end - p->at - 8 || half > f->end - p->at - 8) {
        *length = full;
        e->vr = tomo__parser_implicit_vr(p, f, e->tag, full);
    } else {
        *length = half;
        e->vr = VR_UN;
        p->root->short_odd = true;
    }
    return TOMO_OK;
}

const tomo_dict_entry *tomo__parser_private(tomo__parser *p, const tomo__frame *f, tomo_tag tag)
{
    tomo_tag creator = (tag & 0xffff0000) | (tag >> 8 & 0xff);
    uint32_t low;
    char text[65];
    const uint8_t *b;
    size_t n;
    if (f->unsorted || (tag & 0xffff) < 0x1000) /* a search by halves needs order; files without it lose the names */
        return NULL;
    low = tomo__elems_place(p->elems, f->base, p->n_elems, creator);
    if (low == p->n_elems || p->elems[low].tag != creator || p->elems[low].length > 64)
        return NULL;
    n = (size_t)p->elems[low].length;
    b = tomo__parser_bytes(p, p->elems[low].offset, n);
    if (!b)
        return NULL;
    while (n > 0 && (b[n - 1] == ' ' || b[n - 1] == '\0'))
        n--;
    memcpy(text, b, n);
    text[n] = '\0';
    return tomo_dict_private(text, (uint16_t)(tag >> 16), (uint8_t)tag);
}
