/* test_job.c - spans nest, progress can be polled, and a signal handler may cancel. */
#include <signal.h>

#include "base/base_internal.h"
#include "t.h"

TEST(no_job_is_a_job)
{
    tomo_job_cancel(NULL);
    CHECK(!tomo_job_canceled(NULL));
    CHECK_NEAR(tomo_job_progress(NULL), 0, 0);
    CHECK_OK(tomo__job_step(NULL, 0.5, &t->err));
    tomo__job_leave(NULL, tomo__job_enter(NULL, 0, 0.5, "x"));
    tomo_job_free(NULL);
    CHECK_FAILS(tomo_job_new(NULL, NULL, NULL, &t->err), TOMO_E_ARG);
}

TEST(spans_nest)
{
    tomo_job *job = NULL;
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo__span whole = tomo__job_enter(job, 0.5, 1, "second half");
    CHECK_OK(tomo__job_step(job, 0, &t->err));
    CHECK_NEAR(tomo_job_progress(job), 0.5, 0);
    tomo__span half = tomo__job_enter(job, 0.5, 1, NULL);
    CHECK_OK(tomo__job_step(job, 0.5, &t->err));
    CHECK_NEAR(tomo_job_progress(job), 0.875, 0);
    tomo__job_leave(job, half);
    CHECK_OK(tomo__job_step(job, 0.5, &t->err));
    CHECK_NEAR(tomo_job_progress(job), 0.75, 0);
    tomo__job_leave(job, whole);
    CHECK_OK(tomo__job_step(job, 7, &t->err)); /* never past the end */
    CHECK_NEAR(tomo_job_progress(job), 1, 0);
    tomo_job_free(job);
}

static tomo_job *in_handler;
static void cancel_it(int signal_number) { tomo_job_cancel(in_handler); }

TEST(a_signal_cancels)
{
    void (*before)(int) = signal(SIGUSR1, cancel_it);
    CHECK_OK(tomo_job_new(&in_handler, NULL, NULL, &t->err));
    CHECK_OK(tomo__job_step(in_handler, 0.1, &t->err));
    raise(SIGUSR1);
    CHECK_FAILS(tomo__job_step(in_handler, 0.2, &t->err), TOMO_E_CANCELED);
    CHECK_NEAR(tomo_job_progress(in_handler), 0.1, 0);
    tomo_job_free(in_handler);
    signal(SIGUSR1, before);
}

typedef struct seen {
    int calls;
    char what[32];
    bool ended;
} seen;

static bool note(void *user, double done, const char *what)
{
    seen *s = user;
    s->calls++;
    snprintf(s->what, sizeof s->what, "%s", what);
    s->ended = done >= 1;
    return true;
}

TEST(the_end_is_always_told) /* between steps less than 50 ms apart, most are left out */
{
    seen s = { 0 };
    tomo_job *job = NULL;
    CHECK_OK(tomo_job_new(&job, note, &s, &t->err));
    tomo__job_leave(job, tomo__job_enter(job, 0, 1, "segment"));
    for (int i = 0; i <= 1000; i++)
        CHECK_OK(tomo__job_step(job, i / 1000.0, &t->err));
    CHECK(s.ended && s.calls >= 2 && s.calls < 500);
    CHECK_STR(s.what, "segment");
    tomo_job_free(job);
}
