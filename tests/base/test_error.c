/* test_error.c - a message is always one line of valid UTF-8 that ends in the array, whatever went in. */
#include <errno.h>

#include "base/base_internal.h"
#include "t.h"

TEST(fail_fills_and_returns)
{
    CHECK_INT(tomo__fail(&t->err, TOMO_E_FORMAT, "Rows is %d", 0), TOMO_E_FORMAT);
    CHECK_INT(t->err.status, TOMO_E_FORMAT);
    CHECK_INT(t->err.offset, -1);
    CHECK_INT(t->err.os_errno, 0);
    CHECK_STR(t->err.message, "Rows is 0");
    CHECK_INT(tomo__fail_at(&t->err, TOMO_E_FORMAT, 812, "odd"), TOMO_E_FORMAT);
    CHECK_INT(t->err.offset, 812);
}

TEST(no_error_struct_is_fine)
{
    CHECK_INT(tomo__fail(NULL, TOMO_E_ARG, "x"), TOMO_E_ARG);
    CHECK_INT(tomo__fail_at(NULL, TOMO_E_ARG, 1, "x"), TOMO_E_ARG);
    CHECK_INT(tomo__fail_os(NULL, EACCES, "x"), TOMO_E_IO);
    CHECK_INT(tomo__fail_in(NULL, TOMO_E_IO, "x"), TOMO_E_IO);
}

TEST(os_errors_carry_number_and_words)
{
    CHECK_INT(tomo__fail_os(&t->err, ENOENT, "can't open %s", "a.dcm"), TOMO_E_NOTFOUND);
    CHECK_INT(t->err.os_errno, ENOENT);
    CHECK_STR(t->err.message, "can't open a.dcm: No such file or directory");
    CHECK_INT(tomo__fail_os(&t->err, EACCES, "can't open %s", "a.dcm"), TOMO_E_IO);
    CHECK_INT(tomo__fail_os(&t->err, 99999, "x"), TOMO_E_IO);
    CHECK_STR(t->err.message, "x: unknown error of the system");
}

TEST(outer_words_come_first)
{
    tomo__fail_at(&t->err, TOMO_E_FORMAT, 77, "Rows is 0");
    CHECK_INT(tomo__fail_in(&t->err, TOMO_E_GEOMETRY, "slice %d", 3), TOMO_E_GEOMETRY);
    CHECK_STR(t->err.message, "slice 3: Rows is 0");
    CHECK_INT(t->err.status, TOMO_E_GEOMETRY);
    CHECK_INT(t->err.offset, 77);
}

TEST(own_message_may_be_an_argument)
{
    tomo__fail(&t->err, TOMO_E_FORMAT, "inner");
    tomo__fail(&t->err, TOMO_E_FORMAT, "[%s]", t->err.message);
    CHECK_STR(t->err.message, "[inner]");
}

TEST(bytes_of_a_file_cannot_break_the_line)
{
    tomo__fail(&t->err, TOMO_E_FORMAT, "name is '%s'", "a\nb\x1b[31m\xff\xc3(\x7f");
    CHECK_STR(t->err.message, "name is 'a b [31m?"
                              "?( '");
    tomo__fail(&t->err, TOMO_E_FORMAT, "%s", "M\xc3\xbcller \xe5\xb1\xb1"); /* good UTF-8 stays */
    CHECK_STR(t->err.message, "M\xc3\xbcller \xe5\xb1\xb1");
}

/* Characters of four bytes throughout, begun at each of four places: neither cut may fall into one. */
TEST(long_message_is_cut_between_characters)
{
    for (int before = 0; before < 4; before++) {
        char text[600] = "xxx";
        for (int i = 0; i < 100; i++)
            memcpy(text + before + 4 * i, "\xf0\x9f\xa9\xbb", 5);
        tomo__fail(&t->err, TOMO_E_FORMAT, "%s", text);
        const size_t n = strlen(t->err.message);
        CHECK(n <= sizeof t->err.message - 1 && n > sizeof t->err.message - 8);
        CHECK_INT(tomo__utf8_valid(t->err.message, n), n);
        CHECK(strchr(t->err.message, '?') == NULL);
        CHECK(strstr(t->err.message, "\xbb...\xf0") != NULL);
    }
}

/* 239 bytes fit whole; of 240 the middle goes. */
TEST(only_what_does_not_fit_is_cut)
{
    char text[241];
    memset(text, 'x', sizeof text);
    text[239] = '\0';
    tomo__fail(&t->err, TOMO_E_FORMAT, "%s", text);
    CHECK_STR(t->err.message, text);
    text[239] = 'y', text[240] = '\0';
    tomo__fail(&t->err, TOMO_E_FORMAT, "%s", text);
    CHECK_INT(strlen(t->err.message), 239);
    CHECK(strstr(t->err.message, "x...x") != NULL && t->err.message[238] == 'y');
}

/* The start of the path, its file's name and the reason stay, however many words come before them. */
TEST(both_ends_of_a_long_message_stay)
{
    char path[5000], *m = t->err.message;
    memset(path, 'd', sizeof path);
    memcpy(path, "/data/", 6);
    strcpy(path + 4000, "/slice7.dcm");
    tomo__fail(&t->err, TOMO_E_FORMAT, "%s: (0028,0010) Rows is 0, expected 1 to 65535", path);
    CHECK(strncmp(m, "/data/ddd", 9) == 0);
    CHECK(strstr(m, "ddd/slice7.dcm: (0028,0010) Rows is 0, expected 1 to 65535") != NULL);
    tomo__fail(&t->err, TOMO_E_FORMAT, "Rows is 0");
    tomo__fail_in(&t->err, TOMO_E_FORMAT, "%s", path);
    CHECK(strncmp(m, "/data/ddd", 9) == 0);
    CHECK_STR(m + strlen(m) - 25, &"ddddd/slice7.dcm: Rows is 0"[2]);
    for (int i = 0; i < 20; i++)
        tomo__fail_in(&t->err, TOMO_E_FORMAT, "study %d", i);
    CHECK(strncmp(m, "study 19: ", 10) == 0);
    CHECK_STR(m + strlen(m) - 9, "Rows is 0");
    tomo__fail_os(&t->err, EACCES, "can't open %s", path);
    CHECK_STR(m + strlen(m) - 30, "/slice7.dcm: Permission denied");
}

static void keep_line(void *user, tomo_log_level level, const char *room, const char *text)
{
    snprintf(user, 200, "%d %s %s", (int)level, room, text);
}

TEST(log_lines_are_clean)
{
    char line[200] = "";
    tomo_ctx_options o = TOMO_CTX_OPTIONS_INIT;
    tomo_ctx *ctx = NULL;
    tomo__log(t->ctx, TOMO_LOG_WARN, "base", "nobody listens"); /* silent by default */
    o.log = keep_line;
    o.log_user = line;
    CHECK_OK(tomo_ctx_new(&ctx, &o, &t->err));
    tomo__log(ctx, TOMO_LOG_WARN, "base", "two\nlines %d", 7);
    CHECK_STR(line, "2 base two lines 7");
    tomo_ctx_free(ctx);
}
