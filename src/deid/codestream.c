/* codestream.c - what compressed frames say of themselves beside the picture: comments and application segments of JPEG
 * (ITU-T T.81 B.2.4) and JPEG-LS, comments of JPEG 2000 (T.800 A.9.2). Programs write names there. The payload is
 * overwritten, so that no length and no offset changes. */
#include "deid/deid_internal.h"

/* Segments up to the first scan. APP0 (JFIF), APP8 (JPEG-LS color transform), APP14 (Adobe transform) rule decoding. */
static void jpeg(uint8_t *b, size_t size)
{
    size_t at = 2;
    while (at + 4 <= size && b[at] == 0xff) {
        uint8_t marker = b[at + 1];
        size_t length = tomo__be16(b + at + 2), end = at + 2 + length;
        if (marker == 0xff) {
            at++;
            continue;
        }
        if (marker == 0xda || length < 2) /* start of scan */
            return;
        end = TOMO__MIN(end, size);
        if (marker == 0xfe || (marker >= 0xe0 && marker <= 0xef && marker != 0xe0 && marker != 0xe8 && marker != 0xee))
            memset(b + at + 4, 0, end - at - 4);
        at = end;
    }
}

/* Main header: up to the first tile part. The registration number Rcom stays. */
static void jpeg2000(uint8_t *b, size_t size)
{
    size_t at = 2;
    while (at + 4 <= size && b[at] == 0xff) {
        uint8_t marker = b[at + 1];
        size_t length = tomo__be16(b + at + 2), end = TOMO__MIN(at + 2 + length, size);
        if (marker == 0x90 || length < 2) /* start of a tile part */
            return;
        if (marker == 0x64 && at + 6 < end)
            memset(b + at + 6, ' ', end - at - 6);
        at = end;
    }
}

void tomo__deid_codestream(uint8_t *bytes, size_t size)
{
    if (size >= 4 && bytes[0] == 0xff && bytes[1] == 0xd8)
        jpeg(bytes, size);
    else if (size >= 4 && bytes[0] == 0xff && bytes[1] == 0x4f)
        jpeg2000(bytes, size);
}
