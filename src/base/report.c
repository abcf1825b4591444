/* report.c - remarks about odd input. Any thread may add one; at most 1000 are kept, so that a hostile file can't
 * fill memory with them, but all are counted. */
#include <stdio.h>

#include "base/base_private.h"

#define KEPT 1000

struct tomo_report {
    tomo_ctx *ctx;
    pthread_mutex_t lock;
    size_t count, kept;
    char *text[KEPT];
};

tomo_status tomo_report_new(tomo_ctx *ctx, tomo_report **out, tomo_error *err)
{
    if (!ctx || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_report_new: %s is NULL", ctx ? "out" : "ctx");
    tomo_report *r = tomo__calloc(ctx, 1, sizeof *r);
    if (!r)
        return tomo__no_memory(ctx, err, sizeof *r, "a report");
    if (pthread_mutex_init(&r->lock, NULL) != 0) {
        tomo__free(ctx, r);
        return tomo__fail(err, TOMO_E_NOMEM, "no memory for a lock");
    }
    r->ctx = tomo__ctx_ref(ctx);
    *out = r;
    return TOMO_OK;
}

void tomo_report_free(tomo_report *report)
{
    if (!report)
        return;
    tomo_ctx *ctx = report->ctx;
    for (size_t i = 0; i < report->kept; i++)
        tomo__free(ctx, report->text[i]);
    pthread_mutex_destroy(&report->lock);
    tomo__free(ctx, report);
    tomo__ctx_unref(ctx);
}

void tomo__remark(tomo_report *report, const char *format, ...)
{
    char line[400];
    va_list args;
    if (!report)
        return;
    va_start(args, format);
    if (vsnprintf(line, sizeof line, format, args) < 0)
        snprintf(line, sizeof line, "%s", format);
    va_end(args);
    tomo__clean_line(line, sizeof line);
    pthread_mutex_lock(&report->lock);
    report->count++;
    if (report->kept < KEPT) {
        char *copy = tomo__strdup(report->ctx, line);
        if (copy) /* without memory the remark is counted, and reading goes on */
            report->text[report->kept++] = copy;
    }
    pthread_mutex_unlock(&report->lock);
}

/* The lock is part of a const report's insides, not of what it says. */
static pthread_mutex_t *lock_of(const tomo_report *report) { return &((tomo_report *)(uintptr_t)report)->lock; }

size_t tomo_report_count(const tomo_report *report)
{
    pthread_mutex_lock(lock_of(report));
    size_t count = report->count;
    pthread_mutex_unlock(lock_of(report));
    return count;
}

const char *tomo_report_text(const tomo_report *report, size_t i)
{
    pthread_mutex_lock(lock_of(report));
    const char *text = i < report->kept ? report->text[i] : NULL;
    pthread_mutex_unlock(lock_of(report));
    return text;
}
