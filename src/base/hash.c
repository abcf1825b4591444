/* hash.c - SHA-256 (FIPS 180-4) by OpenSSL, which uses the processor's SHA instructions. */
#include <openssl/evp.h>

#include "base/base_internal.h"

struct tomo__sha256 {
    tomo_ctx *ctx;
    EVP_MD_CTX *md;
};

static void to_hex(const uint8_t digest[32], char hex[65])
{
    for (size_t i = 0; i < 32; i++) {
        hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    hex[64] = '\0';
}

tomo_status tomo__sha256_hex(const void *data, size_t size, char hex[65], tomo_error *err)
{
    uint8_t digest[32];
    if (EVP_Digest(size ? data : "", size, digest, NULL, EVP_sha256(), NULL) != 1)
        return tomo__fail(err, TOMO_E_INTERNAL, "OpenSSL could not compute SHA-256 of %zu bytes", size);
    to_hex(digest, hex);
    return TOMO_OK;
}

tomo_status tomo__sha256_new(tomo_ctx *ctx, tomo__sha256 **out, tomo_error *err)
{
    tomo__sha256 *h = tomo__calloc(ctx, 1, sizeof *h);
    if (!h)
        return tomo__no_memory(ctx, err, sizeof *h, "a hash");
    h->ctx = ctx;
    h->md = EVP_MD_CTX_new();
    if (!h->md || EVP_DigestInit_ex(h->md, EVP_sha256(), NULL) != 1) {
        tomo__sha256_free(h);
        return tomo__fail(err, TOMO_E_NOMEM, "OpenSSL could not begin a SHA-256");
    }
    *out = h;
    return TOMO_OK;
}

tomo_status tomo__sha256_add(tomo__sha256 *h, const void *data, size_t size, tomo_error *err)
{
    if (size && EVP_DigestUpdate(h->md, data, size) != 1)
        return tomo__fail(err, TOMO_E_INTERNAL, "OpenSSL could not hash %zu bytes", size);
    return TOMO_OK;
}

tomo_status tomo__sha256_done(tomo__sha256 *h, char hex[65], tomo_error *err)
{
    uint8_t digest[32];
    bool good = EVP_DigestFinal_ex(h->md, digest, NULL) == 1;
    tomo__sha256_free(h);
    if (!good)
        return tomo__fail(err, TOMO_E_INTERNAL, "OpenSSL could not finish a SHA-256");
    to_hex(digest, hex);
    return TOMO_OK;
}

void tomo__sha256_free(tomo__sha256 *h)
{
    if (!h)
        return;
    EVP_MD_CTX_free(h->md);
    tomo__free(h->ctx, h);
}
