/* uid.c - new UIDs: 2.25 and a UUID as one decimal number (PS3.5 B.2, ITU-T X.667). */
#include <errno.h>
#include <sys/random.h>

#include "dicom/dicom_internal.h"

static int hex_digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

/* 16 bytes, first the highest, as decimal digits. */
static void to_decimal(uint8_t b[16], char out[40])
{
    char digits[40];
    int n = 0;
    bool more = true;
    while (more) {
        unsigned rest = 0;
        more = false;
        for (int i = 0; i < 16; i++) {
            unsigned v = rest << 8 | b[i];
            b[i] = (uint8_t)(v / 10);
            rest = v % 10;
            more |= b[i] != 0;
        }
        digits[n++] = (char)('0' + rest);
    }
    for (int i = 0; i < n; i++)
        out[i] = digits[n - 1 - i];
    out[n] = '\0';
}

tomo_status tomo_uid_make(char uid[65], const char *seed, tomo_error *err)
{
    uint8_t b[16];
    char hex[65];
    if (!uid)
        return tomo__fail(err, TOMO_E_ARG, "tomo_uid_make: uid is NULL");
    if (seed) {
        tomo_status st = tomo__sha256_hex(seed, strlen(seed), hex, err);
        if (st != TOMO_OK)
            return st;
        for (int i = 0; i < 16; i++)
            b[i] = (uint8_t)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
        b[6] = (b[6] & 0x0f) | 0x80; /* version 8: made by the application (RFC 9562 5.8) */
    } else {
        size_t got = 0;
        while (got < sizeof b) {
            ssize_t n = getrandom(b + got, sizeof b - got, 0);
            if (n < 0 && errno != EINTR)
                return tomo__fail_os(err, errno, "no random bytes for a UID");
            got += n > 0 ? (size_t)n : 0;
        }
        b[6] = (b[6] & 0x0f) | 0x40; /* version 4: random */
    }
    b[8] = (b[8] & 0x3f) | 0x80;
    memcpy(uid, "2.25.", 5);
    to_decimal(b, uid + 5);
    return TOMO_OK;
}
