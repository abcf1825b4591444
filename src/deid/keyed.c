/* keyed.c - what stands for a UID, a number, a name or a date: HMAC-SHA256 (RFC 2104) under the key, with the purpose
 * in front, so that one purpose tells nothing about another. No table is kept: the same key gives the same values in
 * any run, and without the key there is no way back. */
#include "deid/deid_internal.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

static void mac(const tomo_deid *d, const char *domain, const char *text, size_t size, uint8_t out[32])
{
    uint8_t buffer[512];
    uint8_t digest[32];
    unsigned n = 32;
    size_t at = strlen(domain);
    memcpy(buffer, domain, at);
    buffer[at++] = '|';
    if (size > sizeof buffer - at) { /* long values by their own hash */
        EVP_Digest(text, size, digest, &n, EVP_sha256(), NULL);
        text = (const char *)digest;
        size = 32;
    }
    memcpy(buffer + at, text, size);
    memset(out, 0, 32);
    HMAC(EVP_sha256(), d->key, (int)sizeof d->key, buffer, at + size, out, &n);
}

void tomo__deid_uid(const tomo_deid *d, const char *uid, size_t size, char out[65])
{
    uint8_t h[32];
    char digits[48];
    size_t n = 0;
    unsigned __int128 v = 0;
    mac(d, "tomo/uid/v1", uid, size, h);
    for (int i = 0; i < 16; i++)
        v = v << 8 | h[i];
    do {
        digits[n++] = (char)('0' + (int)(v % 10));
        v /= 10;
    } while (v);
    memcpy(out, "2.25.", 5);
    for (size_t i = 0; i < n; i++)
        out[5 + i] = digits[n - 1 - i];
    out[5 + n] = 0;
}

void tomo__deid_pseudonym(const tomo_deid *d, const char *domain, const char *text, size_t size, char out[20])
{
    static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; /* RFC 4648, 6 */
    uint8_t h[32];
    uint64_t v = 0;
    mac(d, domain, text, size, h);
    for (int i = 0; i < 8; i++)
        v = v << 8 | h[i];
    out[0] = 'P';
    for (int i = 0; i < 12; i++, v >>= 5)
        out[1 + i] = base32[v & 31];
    out[13] = 0;
}

int32_t tomo__deid_shift(const tomo_deid *d, const char *patient, size_t size)
{
    uint8_t h[32];
    mac(d, "tomo/date/v1", patient, size, h);
    return 1 + (int32_t)((tomo__be32(h)) % 3650);
}
