/* test_response.c - radiomics filters on images whose responses are known; check_response.py holds them against the
 * IBSI's reference maps. */
#include <math.h>
#include <tomo/filter_bank.h>

#include "t.h"

TEST(a_flat_image_has_flat_responses)
{
    tomo_image *in = t_flat(t, 12, 9, 7, 5.0f);
    static const char *const axes[] = { "", "", "E5,L5,S5", "", "LHL", "" };
    static const double want[] = { 5, 0, 0, 0, 0, 0 };
    for (int kind = 0; kind < 6; kind++) {
        tomo_response_options o = TOMO_RESPONSE_OPTIONS_INIT;
        tomo_image *out = NULL;
        o.kind = kind, o.axes = axes[kind], o.family = TOMO_RESPONSE_DB2, o.rotate = true;
        if (kind == TOMO_RESPONSE_GABOR || kind == TOMO_RESPONSE_SIMONCELLI)
            continue; /* those keep a little of the mean */
        CHECK_OK(tomo_filter_response(t->ctx, &out, in, &o, NULL, &t->err));
        for (int64_t i = 0; i < 12; i++)
            CHECK_NEAR(tomo_image_at(out, i, i % 9, i % 7, 0, 0), want[kind], kind == TOMO_RESPONSE_LOG ? 5e-3 : 1e-5);
        tomo_image_free(out);
    }
    tomo_image_free(in);
}

TEST(any_number_of_threads_gives_the_same_response)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_I16, 23, 19, 11, -100, 100, 4);
    static const char *const axes[] = { "", "", "E5,W5,S5", "", "LHH", "" };
    for (int kind = 0; kind < 6; kind++) {
        tomo_image *out[2] = { NULL, NULL };
        tomo_response_options o = TOMO_RESPONSE_OPTIONS_INIT;
        o.kind = kind, o.axes = axes[kind], o.family = TOMO_RESPONSE_COIF1, o.rotate = true, o.level = 2;
        o.sigma = 1.5, o.energy = 2, o.edge = kind % 4;
        for (int i = 0; i < 2; i++) {
            tomo_ctx *ctx = t_ctx(t, i ? 3 : 1, i ? TOMO_CPU_COUNT - 1 : TOMO_CPU_C);
            CHECK_OK(tomo_filter_response(ctx, &out[i], in, &o, NULL, &t->err));
            tomo_ctx_free(ctx);
        }
        CHECK(t_same_bytes(out[0], out[1]));
        tomo_image_free(out[0]);
        tomo_image_free(out[1]);
    }
    tomo_image_free(in);
}

TEST(response_says_what_does_not_fit)
{
    tomo_image *in = t_flat(t, 5, 5, 5, 1.0f), *out = NULL;
    tomo_response_options o = TOMO_RESPONSE_OPTIONS_INIT;
    o.support = 4;
    CHECK_FAILS(tomo_filter_response(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    static const char *const bad[] = { NULL, "", "E5", "E5,L5", "E5,L5,X5", "E5 L5 S5", "E5,L5,S5,", "LHL" };
    o.kind = TOMO_RESPONSE_LAWS;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        o.axes = bad[i];
        CHECK_FAILS(tomo_filter_response(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    }
    o.kind = TOMO_RESPONSE_WAVELET, o.axes = "LXL";
    CHECK_FAILS(tomo_filter_response(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    o.kind = TOMO_RESPONSE_LOG, o.sigma = 1e6;
    CHECK_FAILS(tomo_filter_response(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    o.kind = TOMO_RESPONSE_GABOR;
    CHECK_FAILS(tomo_filter_response(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    o.sigma = 1, o.theta_step = 7;
    CHECK_FAILS(tomo_filter_response(t->ctx, &out, in, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK(out == NULL);
    tomo_image_free(in);
}

TEST(response_survives_lost_memory)
{
    tomo_image *in = t_noise(t, TOMO_DTYPE_U8, 6, 5, 4, 0, 9, 4);
    static const char *const axes[] = { "", "", "E3,L3,S3", "", "LHH", "" };
    for (int kind = 0; kind < 6; kind++) {
        tomo_response_options o = TOMO_RESPONSE_OPTIONS_INIT;
        o.kind = kind, o.axes = axes[kind], o.energy = 1, o.sigma = 0.3, o.support = 3;
        FAIL_EACH_ALLOC(t)
        {
            tomo_image *out = NULL;
            tomo_error err = { 0 };
            if (tomo_filter_response(t->ctx, &out, in, &o, NULL, &err) == TOMO_OK)
                tomo_image_free(out);
            else
                CHECK(err.status == TOMO_E_NOMEM);
        }
    }
    tomo_image_free(in);
}
