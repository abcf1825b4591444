/* text.c - text that grows. A failed append sets a flag and later ones do nothing, so callers check once. Also base64,
 * and how a path ends. */
#include <stdio.h>

#include "base/base_internal.h"

/* Room for `more` bytes and a NUL. Doubling keeps long texts linear. */
static bool make_room(tomo__text *t, size_t more)
{
    size_t need, room;
    if (t->failed || !tomo__add(t->size, more, &need) || !tomo__add(need, 1, &need)) {
        t->failed = true;
        return false;
    }
    if (need <= t->room)
        return true;
    room = TOMO__MAX(need, (size_t)64);
    if (room / 2 < t->room)
        room = t->room * 2; /* t->room was allocated, so twice of it does not overflow */
    char *data = tomo__realloc(t->ctx, t->data, room);
    if (!data && room > need) /* near the limit, just what is needed may still fit */
        data = tomo__realloc(t->ctx, t->data, room = need);
    if (!data) {
        t->failed = true;
        return false;
    }
    t->data = data;
    t->room = room;
    return true;
}

void tomo__text_add(tomo__text *t, const void *bytes, size_t size)
{
    if (!make_room(t, size))
        return;
    if (size)
        memcpy(t->data + t->size, bytes, size);
    t->size += size;
    t->data[t->size] = '\0';
}

void tomo__text_str(tomo__text *t, const char *text) { tomo__text_add(t, text, strlen(text)); }

void tomo__text_fmt(tomo__text *t, const char *format, ...)
{
    char small[256];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n < 0) {
        t->failed = true;
    } else if ((size_t)n < sizeof small) {
        tomo__text_add(t, small, (size_t)n);
    } else if (make_room(t, (size_t)n)) {
        vsnprintf(t->data + t->size, (size_t)n + 1, format, again);
        t->size += (size_t)n;
    }
    va_end(again);
}

void tomo__text_base64(tomo__text *t, const void *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *p = bytes;
    char piece[4096];
    size_t k = 0;
    for (size_t i = 0; i < size; i += 3) {
        const size_t left = size - i;
        const uint32_t v = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) | (left > 2 ? p[i + 2] : 0);
        piece[k++] = digits[v >> 18];
        piece[k++] = digits[v >> 12 & 63];
        piece[k++] = left > 1 ? digits[v >> 6 & 63] : '=';
        piece[k++] = left > 2 ? digits[v & 63] : '=';
        if (k == sizeof piece) {
            tomo__text_add(t, piece, k);
            k = 0;
        }
    }
    tomo__text_add(t, piece, k);
}

bool tomo__ends_with(const char *path, const char *ending)
{
    const size_t n = strlen(path), e = strlen(ending);
    if (n <= e)
        return false;
    for (const char *a = path + (n - e), *b = ending; *b; a++, b++) {
        const char x = *a >= 'A' && *a <= 'Z' ? (char)(*a + 32) : *a, y = *b >= 'A' && *b <= 'Z' ? (char)(*b + 32) : *b;
        if (x != y) /* not strcasecmp: what that takes for a letter is up to the locale */
            return false;
    }
    return true;
}

void tomo__text_free(tomo__text *t)
{
    tomo__free(t->ctx, t->data);
    *t = (tomo__text)TOMO__TEXT(t->ctx);
}

static void release(void *user, void *data, size_t size) { tomo__free(user, data); }

tomo_status tomo__text_finish(tomo__text *t, tomo_buffer **out, tomo_error *err)
{
    tomo_status st;
    make_room(t, 0);
    if (t->failed) {
        st = tomo__no_memory(t->ctx, err, t->size + 1, "a text");
    } else {
        t->data[t->size] = '\0';
        /* the buffer keeps the context, hence the allocator, until after release() */
        st = tomo_buffer_wrap(t->ctx, out, t->data, t->size, release, t->ctx, err);
        if (!st)
            t->data = NULL;
    }
    tomo__text_free(t);
    return st;
}

void tomo__text_xml(tomo__text *t, const char *text)
{
    for (size_t i = 0, n = text ? strlen(text) : 0; i < n;) {
        size_t at = i;
        uint32_t u = tomo__utf8_next(text, n, &i);
        switch (u) {
        case '<':
            tomo__text_str(t, "&lt;");
            break;
        case '>':
            tomo__text_str(t, "&gt;");
            break;
        case '&':
            tomo__text_str(t, "&amp;");
            break;
        case '"':
            tomo__text_str(t, "&quot;");
            break;
        case '\'':
            tomo__text_str(t, "&#39;");
            break;
        default:
            if (u == 0xfffd || (u < 0x20 && u != '\n' && u != '\t') || (u >= 0x7f && u < 0xa0))
                tomo__text_str(t, "\xef\xbf\xbd");
            else
                tomo__text_add(t, text + at, i - at);
        }
    }
}
