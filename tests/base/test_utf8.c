/* test_utf8.c - which bytes are UTF-8: Unicode 15 table 3-7, and the replacement of 3.9 (table 3-8 to 3-11). */
#include "base/base_internal.h"
#include "t.h"

TEST(valid_start)
{
    static const struct {
        const char *text;
        size_t valid;
    } cases[] = {
        { "", 0 },
        { "plain ASCII, longer than eight bytes", 36 },
        { "\xc3\xa9\xe5\xb1\xb1\xf0\x9f\xa9\xbb", 9 },
        { "12345678\xff", 8 },
        { "\xc0\xaf", 0 }, /* overlong '/' */
        { "\xc1\xbf", 0 },
        { "\xe0\x9f\xbf", 0 },     /* overlong U+07FF */
        { "\xe0\xa0\x80", 3 },     /* U+0800 */
        { "\xed\x9f\xbf", 3 },     /* U+D7FF */
        { "\xed\xa0\x80", 0 },     /* a surrogate */
        { "\xee\x80\x80", 3 },     /* U+E000 */
        { "\xf0\x8f\xbf\xbf", 0 }, /* overlong U+FFFF */
        { "\xf0\x90\x80\x80", 4 }, /* U+10000 */
        { "\xf4\x8f\xbf\xbf", 4 }, /* U+10FFFF */
        { "\xf4\x90\x80\x80", 0 }, /* past it */
        { "\xf5\x80\x80\x80", 0 },
        { "a\x80", 1 },
        { "ab\xe5\xb1", 2 }, /* cut short */
    };
    for (size_t i = 0; i < TOMO__COUNT(cases); i++)
        CHECK_INT(tomo__utf8_valid(cases[i].text, strlen(cases[i].text)), cases[i].valid);
}

static void decodes(const char *text, size_t size, const uint32_t *want, size_t count)
{
    size_t pos = 0;
    for (size_t i = 0; i < count; i++) {
        CHECK(pos < size);
        CHECK_INT(tomo__utf8_next(text, size, &pos), want[i]);
    }
    CHECK_INT(pos, size);
}

TEST(code_points)
{
    static const uint32_t want[] = { 'a', 0xe9, 0x5c71, 0x1fa7b, 0x10ffff };
    decodes("a\xc3\xa9\xe5\xb1\xb1\xf0\x9f\xa9\xbb\xf4\x8f\xbf\xbf", 14, want, 5);
}

TEST(replacement_as_unicode_recommends)
{
    /* table 3-8: non-shortest forms; each byte is a U+FFFD */
    static const uint32_t t8[] = { 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0x41 };
    decodes("\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", 9, t8, 9);
    /* table 3-9: surrogates */
    decodes("\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", 9, t8, 9);
    /* table 3-10: other ill-formed sequences */
    static const uint32_t t10[] = { 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0x41, 0xfffd, 0xfffd, 0x42 };
    decodes("\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", 9, t10, 9);
    /* table 3-11: truncated sequences; each is one U+FFFD */
    static const uint32_t t11[] = { 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0x41 };
    decodes("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", 9, t11, 5);
}

TEST(every_code_point_round_trips)
{
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        char s[4];
        size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, pos = 0;
        static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
        for (size_t i = n - 1; i > 0; i--)
            s[i] = (char)(0x80 | (c >> 6 * (n - 1 - i) & 0x3f));
        s[0] = (char)(lead[n] | c >> 6 * (n - 1));
        bool surrogate = c >= 0xd800 && c < 0xe000;
        if ((tomo__utf8_valid(s, n) == n) == surrogate)
            CHECK_INT(c, -1);
        if (!surrogate && (tomo__utf8_next(s, n, &pos) != c || pos != n))
            CHECK_INT(c, -2);
    }
}
