/* vr.c - what sets value representations apart (PS3.5 6.2, 7.1.2), and swapping of their words. */
#include "dicom/dicom_internal.h"

enum { KNOWN = 1, LONG = 2, TEXT = 4, CHARSET = 8, SINGLE = 16, UNIT2 = 32, UNIT4 = 64, UNIT8 = 128 };

static unsigned traits(uint16_t vr)
{
    switch (vr) {
    case VR_AE:
    case VR_AS:
    case VR_CS:
    case VR_DA:
    case VR_DS:
    case VR_DT:
    case VR_IS:
    case VR_TM:
    case VR_UI:
        return KNOWN | TEXT;
    case VR_LO:
    case VR_PN:
    case VR_SH:
        return KNOWN | TEXT | CHARSET;
    case VR_LT:
    case VR_ST:
        return KNOWN | TEXT | CHARSET | SINGLE;
    case VR_UC:
        return KNOWN | LONG | TEXT | CHARSET;
    case VR_UT:
        return KNOWN | LONG | TEXT | CHARSET | SINGLE;
    case VR_UR:
        return KNOWN | LONG | TEXT | SINGLE;
    case VR_OB:
    case VR_SQ:
    case VR_UN:
        return KNOWN | LONG;
    case VR_OW:
        return KNOWN | LONG | UNIT2;
    case VR_OF:
    case VR_OL:
        return KNOWN | LONG | UNIT4;
    case VR_OD:
    case VR_OV:
    case VR_SV:
    case VR_UV:
        return KNOWN | LONG | UNIT8;
    case VR_AT:
    case VR_SS:
    case VR_US:
        return KNOWN | UNIT2;
    case VR_FL:
    case VR_SL:
    case VR_UL:
        return KNOWN | UNIT4;
    case VR_FD:
        return KNOWN | UNIT8;
    default:
        return 0;
    }
}

bool tomo__vr_known(uint16_t vr) { return traits(vr) & KNOWN; }
bool tomo__vr_long(uint16_t vr) { return traits(vr) & LONG; }
bool tomo__vr_text(uint16_t vr) { return traits(vr) & TEXT; }
bool tomo__vr_charset(uint16_t vr) { return traits(vr) & CHARSET; }
bool tomo__vr_multi(uint16_t vr) { return (traits(vr) & (TEXT | SINGLE)) == TEXT; }

unsigned tomo__vr_unit(uint16_t vr)
{
    unsigned t = traits(vr);
    return t & UNIT2 ? 2 : t & UNIT4 ? 4 : t & UNIT8 ? 8 : 1;
}

void tomo__swap(void *to, const void *from, size_t bytes, unsigned unit)
{
    uint8_t *out = to;
    const uint8_t *in = from;
    size_t whole = bytes - bytes % unit;
    for (size_t i = 0; i < whole; i += unit) {
        if (unit == 2) {
            uint16_t w;
            memcpy(&w, in + i, 2);
            w = __builtin_bswap16(w);
            memcpy(out + i, &w, 2);
        } else if (unit == 4) {
            uint32_t w;
            memcpy(&w, in + i, 4);
            w = __builtin_bswap32(w);
            memcpy(out + i, &w, 4);
        } else if (unit == 8) {
            uint64_t w;
            memcpy(&w, in + i, 8);
            w = __builtin_bswap64(w);
            memcpy(out + i, &w, 8);
        } else {
            out[i] = in[i];
        }
    }
    if (out != in)
        memmove(out + whole, in + whole, bytes - whole);
}
