/* fold.c - one character of a text as the search for leftovers sees it: without case, accents and width, so that
 * "mÜller", "MULLER" and "Müller" with a combining mark are one word. Bytes that are no UTF-8 count as Latin-1. */
#include "deid/deid_internal.h"

/* Base letters of U+0100 to U+017F and of the accented part of Latin Extended-B, by their last member. */
static const struct {
    uint16_t last;
    char base[3];
} latin[] = { { 0x105, "A" }, { 0x10d, "C" },  { 0x111, "D" },  { 0x11b, "E" },  { 0x123, "G" },  { 0x127, "H" },
              { 0x131, "I" }, { 0x133, "IJ" }, { 0x135, "J" },  { 0x138, "K" },  { 0x142, "L" },  { 0x14b, "N" },
              { 0x151, "O" }, { 0x153, "OE" }, { 0x159, "R" },  { 0x161, "S" },  { 0x167, "T" },  { 0x173, "U" },
              { 0x175, "W" }, { 0x178, "Y" },  { 0x17e, "Z" },  { 0x17f, "S" },  { 0x19f, "" },   { 0x1a1, "O" },
              { 0x1ae, "" },  { 0x1b0, "U" },  { 0x1cc, "" },   { 0x1ce, "A" },  { 0x1d0, "I" },  { 0x1d2, "O" },
              { 0x1dc, "U" }, { 0x1e5, "" },   { 0x1e7, "G" },  { 0x217, "" },   { 0x219, "S" },  { 0x21b, "T" },
              { 0x1e9f, "" }, { 0x1eb7, "A" }, { 0x1ec7, "E" }, { 0x1ecb, "I" }, { 0x1ee3, "O" }, { 0x1ef1, "U" },
              { 0x1ef9, "Y" } };
/* U+00C0 to U+00DF; of the lower ones the same, but for U+00F7 and U+00FF. */
static const char latin_1[32][3] = {
    "A", "A", "A", "A", "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I",  "I",
    "D", "N", "O", "O", "O", "O", "O",  "",  "O", "U", "U", "U", "U", "Y", "TH", "SS"
};

static void take(tomo__glyph *g, uint32_t c)
{
    g->c[0] = c;
    g->n = 1;
    g->kind = GLYPH_LETTER;
}

static void take_base(tomo__glyph *g, const char *base)
{
    take(g, (uint8_t)base[0]);
    if (base[1]) {
        g->c[1] = (uint8_t)base[1];
        g->n = 2;
    }
}

static void latin_letter(tomo__glyph *g, uint32_t c)
{
    size_t i = 0;
    if (c < 0x100) {
        take_base(g, c == 0xff ? "Y" : latin_1[(c - 0xc0) % 32]);
        return;
    }
    while (i < TOMO__COUNT(latin) && c > latin[i].last)
        i++;
    if (i < TOMO__COUNT(latin) && latin[i].base[0])
        take_base(g, latin[i].base);
    else if (c == 0x1e9e)
        take_base(g, "SS");
    else
        take(g, c >= 0x1e00 ? c & ~1u : c);
}

static uint32_t greek(uint32_t c)
{
    static const uint16_t accented[][2] = { { 0x386, 0x391 }, { 0x388, 0x395 }, { 0x389, 0x397 }, { 0x38a, 0x399 },
                                            { 0x38c, 0x39f }, { 0x38e, 0x3a5 }, { 0x38f, 0x3a9 }, { 0x390, 0x399 },
                                            { 0x3aa, 0x399 }, { 0x3ab, 0x3a5 }, { 0x3ac, 0x391 }, { 0x3ad, 0x395 },
                                            { 0x3ae, 0x397 }, { 0x3af, 0x399 }, { 0x3b0, 0x3a5 }, { 0x3c2, 0x3a3 },
                                            { 0x3ca, 0x399 }, { 0x3cb, 0x3a5 }, { 0x3cc, 0x39f }, { 0x3cd, 0x3a5 },
                                            { 0x3ce, 0x3a9 } };
    for (size_t i = 0; i < TOMO__COUNT(accented); i++)
        if (accented[i][0] == c)
            return accented[i][1];
    return c >= 0x3b1 && c <= 0x3c9 ? c - 0x20 : c;
}

static uint32_t cyrillic(uint32_t c)
{
    if (c >= 0x430 && c <= 0x44f)
        c -= 0x20;
    else if (c >= 0x450 && c <= 0x45f)
        c -= 0x50;
    else if ((c >= 0x460 && c <= 0x481) || (c >= 0x48a && c <= 0x4bf) || c >= 0x4d0)
        c &= ~1u;
    return c == 0x401 ? 0x415 : c; /* yo is written as ye */
}

static bool separates(uint32_t c)
{
    return (c >= 0x80 && c <= 0xbf && c != 0xaa && c != 0xb5 && c != 0xba) || c == 0xd7 || c == 0xf7 ||
           (c >= 0x2000 && c <= 0x206f) || (c >= 0x3000 && c <= 0x3004) || (c >= 0x3008 && c <= 0x3020) ||
           c == 0x30fb || (c >= 0xff01 && c <= 0xff0f) || (c >= 0xff1a && c <= 0xff20) ||
           (c >= 0xff3b && c <= 0xff40) || (c >= 0xff5b && c <= 0xff65);
}

static bool is_mark(uint32_t c) /* joins, and counts for nothing */
{
    return (c >= 0x300 && c <= 0x36f) || c == 0xad || (c >= 0x200b && c <= 0x200d) || c == 0x2060 || c == 0xfeff;
}

static bool has_no_spaces(uint32_t c) /* scripts that are written without them */
{
    return (c >= 0x3040 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x9fff) || (c >= 0xac00 && c <= 0xd7a3) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff);
}

/* One character; 0 = not UTF-8. */
static size_t decode(const uint8_t *s, size_t size, uint32_t *c)
{
    size_t n = s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : s[0] >= 0xe0 && s[0] < 0xf0 ? 3 : s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;
    if (n == 0 || n > size)
        return 0;
    *c = s[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        *c = *c << 6 | (s[i] & 0x3f);
    }
    return n;
}

void tomo__glyph_at(tomo__glyph *g, const char *text, size_t size)
{
    uint8_t b = (uint8_t)text[0];
    uint32_t c = b;
    *g = (tomo__glyph){ .size = 1 };
    if (b < 0x80) {
        bool upper = b >= 'A' && b <= 'Z', lower = b >= 'a' && b <= 'z';
        if (b >= '0' && b <= '9') {
            take(g, b);
            g->kind = GLYPH_DIGIT;
        } else if (upper || lower) {
            take(g, lower ? b - 32u : b);
        }
        return;
    }
    size_t n = decode((const uint8_t *)text, size, &c);
    g->size = (uint8_t)(n ? n : 1);
    if (is_mark(c))
        g->kind = GLYPH_MARK;
    else if (n == 0 && c < 0xc0) /* of some other 8-bit set, perhaps */
        take(g, c);
    else if (separates(c))
        return;
    else if (c >= 0xff10 && c <= 0xff19)
        take(g, c - 0xff10 + '0'), g->kind = GLYPH_DIGIT;
    else if ((c >= 0xff21 && c <= 0xff3a) || (c >= 0xff41 && c <= 0xff5a))
        take(g, (c - 0xff21) % 32 + 'A');
    else if ((c >= 0xc0 && c < 0x250) || (c >= 0x1e00 && c < 0x1f00))
        latin_letter(g, c);
    else if (c >= 0x370 && c < 0x400)
        take(g, greek(c));
    else if (c >= 0x400 && c < 0x530)
        take(g, cyrillic(c));
    else if (c >= 0x561 && c <= 0x586)
        take(g, c - 0x30);
    else
        take(g, c);
    g->dense = g->kind == GLYPH_LETTER && has_no_spaces(c);
}
