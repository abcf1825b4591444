/* test_json.c - the writer against fixed text; numbers against Python 3.11's repr(), which is the shortest text
 * that reads back. */
#include <float.h>
#include <math.h>

#include "base/base_internal.h"
#include "comma.h"
#include "t.h"

static void is_text(t_state *t, tomo__json *j, const char *want)
{
    tomo_buffer *b = NULL;
    CHECK_OK(tomo__text_finish(&j->text, &b, &t->err));
    CHECK_STR((const char *)tomo_buffer_data(b), want);
    CHECK_INT(tomo_buffer_size(b), strlen(want));
    tomo_buffer_free(b);
}

static void write_sample(tomo__json *j)
{
    static const double values[] = { 1, 0.5, -3 };
    tomo__json_open(j, '{');
    tomo__json_key(j, "list");
    tomo__json_open(j, '[');
    tomo__json_int(j, INT64_MIN);
    tomo__json_uint(j, UINT64_MAX);
    tomo__json_bool(j, true);
    tomo__json_bool(j, false);
    tomo__json_null(j);
    tomo__json_str(j, NULL);
    tomo__json_num(j, NAN);
    tomo__json_num(j, -INFINITY);
    tomo__json_close(j, ']');
    tomo__json_key(j, "empty");
    tomo__json_open(j, '{');
    tomo__json_close(j, '}');
    tomo__json_key(j, "nums");
    tomo__json_nums(j, values, 3);
    tomo__json_key(j, "raw");
    tomo__json_raw(j, "[1]");
    tomo__json_key(j, "none");
    tomo__json_open(j, '[');
    tomo__json_close(j, ']');
    tomo__json_close(j, '}');
}

TEST(one_line)
{
    tomo__json j = TOMO__JSON(t->ctx);
    write_sample(&j);
    is_text(t, &j,
            "{\"list\":[-9223372036854775808,18446744073709551615,true,false,null,null,null,null],"
            "\"empty\":{},\"nums\":[1,0.5,-3],\"raw\":[1],\"none\":[]}");
}

TEST(indented) /* as Python's json.dumps(indent=2) but for the short array of numbers */
{
    tomo__json j = TOMO__JSON(t->ctx);
    j.indent = 2;
    write_sample(&j);
    is_text(t, &j,
            "{\n  \"list\": [\n    -9223372036854775808,\n    18446744073709551615,\n    true,\n    false,\n"
            "    null,\n    null,\n    null,\n    null\n  ],\n  \"empty\": {},\n  \"nums\": [1, 0.5, -3],\n"
            "  \"raw\": [1],\n  \"none\": []\n}");
}

TEST(strings_are_escaped)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        { "", "\"\"" },
        { "plain", "\"plain\"" },
        { "\"\\/", "\"\\\"\\\\/\"" },
        { "a\nb\rc\td\be\ff\x01", "\"a\\nb\\rc\\td\\u0008e\\u000cf\\u0001\"" },
        { "</script>", "\"\\u003c/script>\"" },
        { "\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa", "\"\\u2028\\u2029\xe2\x80\xaa\"" },
        { "M\xc3\xbcller \xf0\x9f\xa9\xbb", "\"M\xc3\xbcller \xf0\x9f\xa9\xbb\"" },
        { "\x7f\xc2\x9b\xc2\xa0", "\"\\u007f\\u009b\xc2\xa0\"" }, /* U+009B begins commands of terminals */
        { "a\xff"
          "b\xc3",
          "\"a\xef\xbf\xbd"
          "b\xef\xbf\xbd\"" },
        { "\xef\xbf\xbd", "\"\xef\xbf\xbd\"" },
    };
    for (size_t i = 0; i < TOMO__COUNT(cases); i++) {
        tomo__json j = TOMO__JSON(t->ctx);
        tomo__json_str(&j, cases[i].in);
        is_text(t, &j, cases[i].out);
    }
    tomo__json j = TOMO__JSON(t->ctx);
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "<key>");
    tomo__json_strn(&j, "a\0b", 3);
    tomo__json_close(&j, '}');
    is_text(t, &j, "{\"\\u003ckey>\":\"a\\u0000b\"}");
}

static const struct {
    double value;
    const char *text;
} numbers[] = {
    { 0, "0" },
    { 1, "1" },
    { -17, "-17" },
    { 0.1, "0.1" },
    { 0.30000000000000004, "0.30000000000000004" },
    { 1.0 / 3, "0.3333333333333333" },
    { 3.141592653589793, "3.141592653589793" },
    { 0.0001, "0.0001" },
    { 1e-5, "1e-5" },
    { 1.5e-7, "1.5e-7" },
    { 123456789012345.0, "123456789012345" },
    { 1e22, "1e22" },
    { 9007199254740993.0, "9007199254740992" },
    { 1.7976931348623157e308, "1.7976931348623157e308" },
    { 2.2250738585072014e-308, "2.2250738585072014e-308" },
    { 5e-324, "5e-324" },
    { 1.5e-323, "1.5e-323" },
    { -0.0, "-0" },
    { 0.488281, "0.488281" }, /* a pixel spacing */
    { 2.675, "2.675" },
    { 5.0e-324 * 1234567, "6.09957e-318" },
};

TEST(numbers_are_shortest)
{
    char text[32];
    for (size_t i = 0; i < TOMO__COUNT(numbers); i++) {
        CHECK_INT(tomo__num_text(text, numbers[i].value), strlen(numbers[i].text));
        CHECK_STR(text, numbers[i].text);
    }
}

TEST(numbers_read_back_equal)
{
    uint32_t seed = 1;
    char text[32];
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = (uint64_t)t_random(&seed) << 32 | t_random(&seed);
        double v;
        memcpy(&v, &bits, sizeof v);
        if (!isfinite(v))
            continue;
        size_t n = tomo__num_text(text, v);
        CHECK(n <= 31 && strlen(text) == n);
        if (strtod(text, NULL) != v)
            CHECK_STR(text, "the same number");
    }
}

TEST(a_decimal_comma_is_not_written)
{
    char text[32];
    if (!comma_locale(t))
        t_skip(t, "no locale with a decimal comma is installed");
    snprintf(text, sizeof text, "%.1f", 0.5);
    CHECK_STR(text, "0,5"); /* else this test would prove nothing */
    for (size_t i = 0; i < TOMO__COUNT(numbers); i++) {
        tomo__num_text(text, numbers[i].value);
        CHECK_STR(text, numbers[i].text);
    }
    setlocale(LC_NUMERIC, "C");
}

TEST(deep_nesting_fails_cleanly)
{
    for (int depth = 500; depth < 520; depth++) {
        tomo__json j = TOMO__JSON(t->ctx);
        tomo_buffer *b = NULL;
        for (int i = 0; i < depth; i++)
            tomo__json_open(&j, '[');
        for (int i = 0; i < depth; i++)
            tomo__json_close(&j, ']');
        tomo_status st = tomo__text_finish(&j.text, &b, &t->err);
        CHECK((st == TOMO_OK) == (depth <= 511));
        if (!st)
            CHECK_INT(tomo_buffer_size(b), 2 * depth);
        tomo_buffer_free(b);
    }
    tomo__json j = TOMO__JSON(t->ctx);
    tomo_buffer *b = NULL;
    tomo__json_close(&j, ']'); /* one too many */
    CHECK(tomo__text_finish(&j.text, &b, &t->err) != TOMO_OK);
}

TEST(json_survives_lost_memory)
{
    FAIL_EACH_ALLOC(t)
    {
        tomo__json j = TOMO__JSON(t->ctx);
        tomo_buffer *b = NULL;
        write_sample(&j);
        if (tomo__text_finish(&j.text, &b, &t->err) == TOMO_OK)
            tomo_buffer_free(b);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
    }
}
