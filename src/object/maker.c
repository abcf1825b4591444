/* maker.c - setting one element after the other of an object that is written; what goes wrong is looked at once. */
#include <stdarg.h>
#include <stdio.h>

#include "object/frames.h"

enum { PATH_ROOM = 256 };

static bool path_of(tomo__maker *m, char path[PATH_ROOM], const char *format, va_list args)
{
    if (m->st)
        return false;
    const int n = vsnprintf(path, PATH_ROOM, format, args);
    if (n < 0 || n >= PATH_ROOM)
        m->st = tomo__fail(m->err, TOMO_E_INTERNAL, "a path of %d bytes, expected at most %d", n, PATH_ROOM - 1);
    return m->st == TOMO_OK;
}

void tomo__make(tomo__maker *m, const char *text, const char *path, ...)
{
    char full[PATH_ROOM];
    va_list args;
    va_start(args, path);
    if (path_of(m, full, path, args))
        m->st = tomo_dataset_set(m->ds, full, text, m->err);
    va_end(args);
}

void tomo__make_int(tomo__maker *m, int64_t value, const char *path, ...)
{
    char full[PATH_ROOM], text[24];
    va_list args;
    va_start(args, path);
    snprintf(text, sizeof text, "%lld", (long long)value);
    if (path_of(m, full, path, args))
        m->st = tomo_dataset_set(m->ds, full, text, m->err);
    va_end(args);
}

size_t tomo__ds_text(char to[32], double value)
{
    size_t n = tomo__num_text(to, value == 0 ? 0 : value); /* never "-0" */
    for (int digits = 16; n > 16 && digits > 0; digits--)
        n = (size_t)snprintf(to, 32, "%.*g", digits, value);
    for (size_t i = 0; i < n; i++) /* some locales write a comma */
        if (to[i] == ',')
            to[i] = '.';
    return n;
}

void tomo__make_nums(tomo__maker *m, const double *values, size_t count, const char *path, ...)
{
    char full[PATH_ROOM], text[8 * 32 + 1];
    size_t n = 0;
    va_list args;
    va_start(args, path);
    for (size_t i = 0; i < TOMO__MIN(count, (size_t)8); i++) {
        if (i)
            text[n++] = '\\';
        n += tomo__ds_text(text + n, values[i]);
    }
    text[n] = 0;
    if (path_of(m, full, path, args))
        m->st = tomo_dataset_set(m->ds, full, text, m->err);
    va_end(args);
}

void tomo__make_bytes(tomo__maker *m, const char *vr, const void *bytes, size_t size, const char *path)
{
    if (m->st == TOMO_OK)
        m->st = tomo_dataset_set_bytes(m->ds, path, TOMO_VR(vr[0], vr[1]), bytes, size, m->err);
}

void tomo__make_code(tomo__maker *m, const char *value, const char *scheme, const char *meaning, const char *path, ...)
{
    char full[PATH_ROOM];
    va_list args;
    va_start(args, path);
    const bool good = path_of(m, full, path, args);
    va_end(args);
    if (!good)
        return;
    /* Code Value has at most 16 characters, longer ones are Long Code Values (PS3.3 8.1, 8.8). */
    tomo__make(m, value, "%.200s.%s", full, strlen(value) > 16 ? "00080119" : "00080100");
    tomo__make(m, scheme, "%.200s.00080102", full);
    tomo__make(m, meaning, "%.200s.00080104", full);
}
