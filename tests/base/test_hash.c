/* test_hash.c - SHA-256 against the examples of FIPS 180-2 appendix B and NIST's short message vectors. */
#include "base/base_internal.h"
#include "t.h"

static const struct {
    const char *text, *hex;
} vectors[] = {
    { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    { "\xbd", "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b" },
};

TEST(published_vectors)
{
    char hex[65];
    for (size_t i = 0; i < TOMO__COUNT(vectors); i++) {
        CHECK_OK(tomo__sha256_hex(vectors[i].text, strlen(vectors[i].text), hex, &t->err));
        CHECK_STR(hex, vectors[i].hex);
    }
    CHECK_OK(tomo__sha256_hex(NULL, 0, hex, &t->err));
    CHECK_STR(hex, vectors[0].hex);
}

TEST(a_million_a_in_pieces) /* FIPS 180-2 B.3 */
{
    char piece[1009], hex[65];
    tomo__sha256 *h = NULL;
    memset(piece, 'a', sizeof piece);
    CHECK_OK(tomo__sha256_new(t->ctx, &h, &t->err));
    for (size_t left = 1000000; left > 0;) {
        size_t n = left < sizeof piece ? left : sizeof piece;
        CHECK_OK(tomo__sha256_add(h, piece, n, &t->err));
        CHECK_OK(tomo__sha256_add(h, NULL, 0, &t->err));
        left -= n;
    }
    CHECK_OK(tomo__sha256_done(h, hex, &t->err));
    CHECK_STR(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    tomo__sha256_free(NULL);
}

TEST(hash_survives_lost_memory)
{
    FAIL_EACH_ALLOC(t)
    {
        tomo__sha256 *h = NULL;
        if (tomo__sha256_new(t->ctx, &h, &t->err) == TOMO_OK)
            tomo__sha256_free(h);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
    }
}
