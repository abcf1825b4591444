/* test_report.c - remarks are kept up to 1000 and counted beyond, from any thread. */
#include "t.h"
#include "base/base_internal.h"

TEST(remarks_are_kept_in_order)
{
    tomo_report *r = NULL;
    CHECK_OK(tomo_report_new(t->ctx, &r, &t->err));
    CHECK_INT(tomo_report_count(r), 0);
    CHECK(tomo_report_text(r, 0) == NULL);
    tomo__remark(r, "odd length %d of (%04x,%04x)", 5, 0x10, 0x20);
    tomo__remark(r, "two\nlines");
    CHECK_STR(tomo_report_text(r, 0), "odd length 5 of (0010,0020)");
    CHECK_STR(tomo_report_text(r, 1), "two lines");
    CHECK(tomo_report_text(r, 2) == NULL);
    tomo_report_free(r);
    tomo_report_free(NULL);
    tomo__remark(NULL, "nobody asked");
    CHECK_FAILS(tomo_report_new(NULL, &r, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_report_new(t->ctx, NULL, &t->err), TOMO_E_ARG);
}

TEST(a_flood_is_counted_not_kept)
{
    tomo_report *r = NULL;
    CHECK_OK(tomo_report_new(t->ctx, &r, &t->err));
    for (int i = 0; i < 5000; i++)
        tomo__remark(r, "remark %d", i);
    CHECK_INT(tomo_report_count(r), 5000);
    CHECK_STR(tomo_report_text(r, 999), "remark 999");
    CHECK(tomo_report_text(r, 1000) == NULL);
    tomo_report_free(r);
}

static tomo_status remark(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    tomo__remark(user, "item %lld", (long long)item);
    return TOMO_OK;
}

TEST(many_threads_remark)
{
    tomo_report *r = NULL;
    CHECK_OK(tomo_report_new(t->ctx, &r, &t->err));
    CHECK_OK(tomo__parallel(t->ctx, 1500, remark, r, NULL, &t->err));
    CHECK_INT(tomo_report_count(r), 1500);
    CHECK(tomo_report_text(r, 999) != NULL);
    tomo_report_free(r);
}

TEST(remarks_survive_lost_memory)
{
    FAIL_EACH_ALLOC(t)
    {
        tomo_report *r = NULL;
        if (tomo_report_new(t->ctx, &r, &t->err) == TOMO_OK) {
            tomo__remark(r, "one");
            tomo__remark(r, "two");
            CHECK_INT(tomo_report_count(r), 2);
            tomo_report_free(r);
        } else {
            CHECK_INT(t->err.status, TOMO_E_NOMEM);
        }
    }
}
