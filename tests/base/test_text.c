/* test_text.c - text grows, stays NUL-terminated, and becomes a buffer without a copy. */
#include <math.h>

#include "t.h"
#include "base/base_internal.h"

TEST(pieces_add_up)
{
    tomo__text text = TOMO__TEXT(t->ctx);
    tomo_buffer *b = NULL;
    tomo__text_str(&text, "a");
    tomo__text_add(&text, "b\0c", 3);
    tomo__text_add(&text, NULL, 0);
    tomo__text_fmt(&text, "%d-%s", 42, "x");
    CHECK_INT(text.size, 8);
    const char *data = text.data;
    CHECK_OK(tomo__text_finish(&text, &b, &t->err));
    CHECK(tomo_buffer_data(b) == data);
    CHECK_INT(tomo_buffer_size(b), 8);
    CHECK(memcmp(tomo_buffer_data(b), "ab\0c42-x", 9) == 0);
    CHECK(text.data == NULL && text.size == 0);
    tomo_buffer_free(b);
}

TEST(long_formats)
{
    tomo__text text = TOMO__TEXT(t->ctx);
    char word[2000];
    memset(word, 'w', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    for (int i = 0; i < 300; i++)
        tomo__text_fmt(&text, "%s%d", word + (i * 37) % 1999, i % 10);
    size_t want = 0;
    for (int i = 0; i < 300; i++)
        want += 1999 - (size_t)(i * 37) % 1999 + 1;
    CHECK_INT(text.size, want);
    CHECK_INT(strlen(text.data), want);
    CHECK(text.data[want - 1] == '9');
    tomo__text_free(&text);
    CHECK(text.data == NULL);
}

TEST(nothing_is_an_empty_buffer)
{
    tomo__text text = TOMO__TEXT(t->ctx);
    tomo_buffer *b = NULL;
    CHECK_OK(tomo__text_finish(&text, &b, &t->err));
    CHECK_INT(tomo_buffer_size(b), 0);
    CHECK_STR((const char *)tomo_buffer_data(b), "");
    tomo_buffer_free(b);
}

TEST(text_survives_lost_memory)
{
    FAIL_EACH_ALLOC(t)
    {
        tomo__text text = TOMO__TEXT(t->ctx);
        tomo_buffer *b = NULL;
        for (int i = 0; i < 100; i++)
            tomo__text_fmt(&text, "%d, ", i);
        if (tomo__text_finish(&text, &b, &t->err) == TOMO_OK) {
            CHECK_INT(tomo_buffer_size(b), 10 * 3 + 90 * 4);
            tomo_buffer_free(b);
        } else {
            CHECK_INT(t->err.status, TOMO_E_NOMEM);
        }
        CHECK(text.data == NULL && !text.failed);
    }
}

TEST(a_text_cannot_pass_the_limit)
{
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    tomo_buffer *b = NULL;
    o.memory_limit = 1 << 20;
    CHECK_OK(tomo_ctx_new(&ctx, &o, &t->err));
    tomo__text text = TOMO__TEXT(ctx);
    for (int i = 0; i < 100000; i++)
        tomo__text_str(&text, "0123456789012345");
    CHECK(text.failed);
    CHECK_INT(tomo__text_finish(&text, &b, &t->err) < 0, 1);
    CHECK(b == NULL);
    tomo_ctx_free(ctx);
}

TEST(fixed_numbers_have_a_point)
{
    char text[48];
    CHECK_STR(tomo__fixed_text(text, 3.14159, 2), "3.14");
    CHECK_STR(tomo__fixed_text(text, -0.0005, 3), "-0.001"); /* C rounds the stored double, which lies below */
    CHECK_STR(tomo__fixed_text(text, 12, 0), "12");
    CHECK_STR(tomo__fixed_text(text, (double)NAN, 3), "-");
    CHECK(strlen(tomo__fixed_text(text, -1.7e308, 17)) < sizeof text);
    CHECK(strlen(tomo__fixed_text(text, 999999999999999.0, 17)) < sizeof text);
}

/* RFC 4648, 10. */
TEST(base64_of_the_rfc)
{
    static const char *const want[] = { "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
    for (size_t n = 0; n <= 6; n++) {
        tomo__text text = TOMO__TEXT(t->ctx);
        tomo__text_base64(&text, "foobar", n);
        CHECK_STR(text.data, want[n]);
        tomo__text_free(&text);
    }
}

/* All 64 digits, and more bytes than go into one piece; added twice, the second follows the first. */
TEST(base64_of_many_bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t packed[48 * 100];
    for (size_t i = 0; i < sizeof packed / 3; i++) { /* four digits a triple, counting up */
        const uint32_t d = (uint32_t)(4 * i % 64), v = d << 18 | (d + 1) << 12 | (d + 2) << 6 | (d + 3);
        packed[3 * i] = (uint8_t)(v >> 16), packed[3 * i + 1] = (uint8_t)(v >> 8), packed[3 * i + 2] = (uint8_t)v;
    }
    tomo__text text = TOMO__TEXT(t->ctx);
    tomo__text_base64(&text, packed, sizeof packed);
    tomo__text_base64(&text, packed, 48);
    CHECK_INT(text.size, 6464);
    for (size_t i = 0; i < text.size; i += 64)
        CHECK(memcmp(text.data + i, digits, 64) == 0);
    tomo__text_free(&text);
}

TEST(endings_in_either_case)
{
    CHECK(tomo__ends_with("a.NII.gz", ".nii.GZ"));
    CHECK(tomo__ends_with("folder.x/scan.png", ".png"));
    CHECK(!tomo__ends_with(".png", ".png")); /* a hidden file without an ending */
    CHECK(!tomo__ends_with("g", ".png"));
    CHECK(!tomo__ends_with("a.pn", ".png"));
    CHECK(!tomo__ends_with("a@png", "`png")); /* '@' and '`' differ by 32 like letters do */
    CHECK(!tomo__ends_with("a.\xc3\x84", ".\xc3\xa4")); /* only ASCII is folded */
}

TEST(text_in_xml_is_no_markup)
{
    tomo__text text = TOMO__TEXT(t->ctx);
    tomo__text_xml(&text, "a<b>&\"'\x01\xc3\xbc\xff\n");
    CHECK(!text.failed);
    CHECK_STR(text.data, "a&lt;b&gt;&amp;&quot;&#39;\xef\xbf\xbd\xc3\xbc\xef\xbf\xbd\n");
    tomo__text_free(&text);
}
