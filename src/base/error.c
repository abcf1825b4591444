/* error.c - filling a caller's tomo_error: one line of valid UTF-8, whatever bytes a file put into it; remarks and
 * log lines are cleaned the same way. A line that is too long loses its middle. */
#include <errno.h>
#include <stdio.h>

#include "base/base_private.h"

/* Messages quote paths and values found in files, so anything may be in them: control bytes become spaces, broken
 * UTF-8 becomes '?', and a character that the end of the array cut in two goes. */
void tomo__clean_line(char *text, size_t size)
{
    size_t n = strnlen(text, size - 1), at = 0;
    bool cut = n == size - 1;
    text[n] = '\0';
    while (at < n) {
        size_t good = tomo__utf8_valid(text + at, n - at);
        for (size_t i = at; i < at + good; i++)
            if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
                text[i] = ' ';
        at += good;
        if (at == n)
            break;
        if (cut && n - at < 4 && (unsigned char)text[at] >= 0xc2) {
            text[at] = '\0';
            break;
        }
        text[at++] = '?';
    }
}

/* Room for what callers say before it is cut: any path and a reason. */
enum { WHOLE_LINE = 6000 };

static void format_line(char *to, size_t size, const char *format, va_list args)
{
    if (vsnprintf(to, size, format, args) < 0)
        snprintf(to, size, "%s", format);
    tomo__clean_line(to, size);
}

/* A clean line into fewer bytes: what is too long loses its middle, because it begins with a file's name and ends with
 * the reason. Never within a character. */
static void squeeze(char *to, size_t size, const char *line)
{
    static const char gap[] = "...";
    const size_t n = strlen(line), keep = size - sizeof gap; /* without the gap and NUL */
    if (n < size) {
        memcpy(to, line, n + 1);
        return;
    }
    size_t head = keep * 9 / 20, tail = n - (keep - head);
    while (head > 0 && ((unsigned char)line[head] & 0xc0) == 0x80)
        head--;
    while (((unsigned char)line[tail] & 0xc0) == 0x80)
        tail++;
    snprintf(to, size, "%.*s%s%s", (int)head, line, gap, line + tail);
}

/* The line is made aside first, because its arguments may point into err->message. */
static tomo_status fill(tomo_error *err, tomo_status status, int os_errno, int64_t offset, const char *line)
{
    err->status = status;
    err->os_errno = os_errno;
    err->offset = offset;
    squeeze(err->message, sizeof err->message, line);
    return status;
}

static tomo_status fill_formatted(tomo_error *err, tomo_status status, int64_t offset, const char *format, va_list args)
{
    char line[WHOLE_LINE];
    format_line(line, sizeof line, format, args);
    return fill(err, status, 0, offset, line);
}

tomo_status tomo__fail(tomo_error *err, tomo_status status, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        fill_formatted(err, status, -1, format, args);
        va_end(args);
    }
    return status;
}

tomo_status tomo__fail_at(tomo_error *err, tomo_status status, int64_t offset, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        fill_formatted(err, status, offset, format, args);
        va_end(args);
    }
    return status;
}

/* What `format` says, then ": " and these words. */
static void format_with(char *line, size_t size, const char *words, const char *format, va_list args)
{
    format_line(line, size - strlen(words) - 2, format, args);
    strcat(strcat(line, ": "), words);
}

tomo_status tomo__fail_os(tomo_error *err, int os_errno, const char *format, ...)
{
    tomo_status status = os_errno == ENOENT ? TOMO_E_NOTFOUND : TOMO_E_IO;
    if (err) {
        char line[WHOLE_LINE];
        const char *why = strerrordesc_np(os_errno); /* not strerror: the same words in every locale */
        va_list args;
        va_start(args, format);
        format_with(line, sizeof line, why ? why : "unknown error of the system", format, args);
        va_end(args);
        fill(err, status, os_errno, -1, line);
    }
    return status;
}

tomo_status tomo__fail_in(tomo_error *err, tomo_status status, const char *format, ...)
{
    if (err) {
        char line[WHOLE_LINE];
        va_list args;
        va_start(args, format);
        format_with(line, sizeof line, err->message, format, args);
        va_end(args);
        fill(err, status, err->os_errno, err->offset, line);
    }
    return status;
}

void tomo__log(tomo_ctx *ctx, tomo_log_level level, const char *room, const char *format, ...)
{
    char line[1000];
    va_list args;
    if (!ctx || !ctx->log)
        return;
    va_start(args, format);
    format_line(line, sizeof line, format, args);
    va_end(args);
    ctx->log(ctx->log_user, level, room, line);
}
