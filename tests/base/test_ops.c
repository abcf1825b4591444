/* test_ops.c - a sample operation: its INIT macro against its table, ranges, text, older and newer callers. */
#include <float.h>
#include <math.h>

#include "base/base_internal.h"
#include "comma.h"
#include "t.h"

typedef struct sample_options {
    uint32_t struct_size;
    int32_t edge;
    double sigma;
    double low; /* NaN = from the image */
    double spacing[3];
    int32_t rounds;
    bool invert;
    const char *model;
    double min_volume;
} sample_options;
#define SAMPLE_OPTIONS_INIT                                                                                            \
    {                                                                                                                  \
        sizeof(sample_options), 1, 2.5, NAN, { 1, 1, 1 }, 3, true, NULL, 0.0                                           \
    }

static const char *const edges[] = { "zero", "nearest", "mirror", NULL };
static const tomo_option options[] = {
    { "edge", TOMO_OPT_ENUM, offsetof(sample_options, edge), 1, 1, 0, 0, "", edges, false, "Rule at the edge." },
    { "sigma", TOMO_OPT_DOUBLE, offsetof(sample_options, sigma), 1, 2.5, 0.1, 100, "mm", NULL, false, "Width." },
    { "low", TOMO_OPT_DOUBLE, offsetof(sample_options, low), 1, NAN, 0, 0, "HU", NULL, false, "Lower." },
    { "spacing", TOMO_OPT_DOUBLES, offsetof(sample_options, spacing), 3, 1, 0.01, 1000, "mm", NULL, false, "New." },
    { "rounds", TOMO_OPT_INT, offsetof(sample_options, rounds), 1, 3, 1, 50, "", NULL, false, "How often." },
    { "invert", TOMO_OPT_BOOL, offsetof(sample_options, invert), 1, 1, 0, 1, "", NULL, false, "Upside down." },
    { "model", TOMO_OPT_TEXT, offsetof(sample_options, model), 1, 0, 0, 0, "", NULL, false, "Name." },
    { "min-volume", TOMO_OPT_DOUBLE, offsetof(sample_options, min_volume), 1, 0, 0, INFINITY, "mm3", NULL, false,
      "Smallest." },
};
static const tomo_op sample = { .room = "filter",
                                .name = "sample",
                                .options = options,
                                .n_options = TOMO__COUNT(options),
                                .opts_size = sizeof(sample_options) };

typedef struct needy_options {
    uint32_t struct_size;
    int32_t kind;
    double level, seed[2];
    const char *file;
    int32_t count;
} needy_options;
static const tomo_option needs[] = {
    { "kind", TOMO_OPT_ENUM, offsetof(needy_options, kind), 1, -1, 0, 0, "", edges, true, "Which." },
    { "level", TOMO_OPT_DOUBLE, offsetof(needy_options, level), 1, NAN, 0, 0, "HU", NULL, true, "Level." },
    { "seed", TOMO_OPT_DOUBLES, offsetof(needy_options, seed), 2, NAN, 0, 0, "mm", NULL, true, "Where." },
    { "file", TOMO_OPT_TEXT, offsetof(needy_options, file), 1, 0, 0, 0, "", NULL, true, "File." },
    { "count", TOMO_OPT_INT, offsetof(needy_options, count), 1, 0, 1, 9, "", NULL, true, "Count." },
};
static const tomo_op needy = { .room = "segment",
                               .name = "needy",
                               .options = needs,
                               .n_options = TOMO__COUNT(needs),
                               .opts_size = sizeof(needy_options) };

/* What the INIT macro says and what the table says must not drift apart. */
TEST(init_macro_is_the_table)
{
    sample_options init, table;
    memset(&init, 0, sizeof init);
    init = (sample_options)SAMPLE_OPTIONS_INIT;
    tomo_op_defaults(&sample, &table);
    CHECK_INT(table.struct_size, sizeof table);
    CHECK_INT(table.edge, init.edge);
    CHECK(table.sigma == init.sigma && isnan(table.low) && isnan(init.low));
    CHECK(memcmp(table.spacing, init.spacing, sizeof init.spacing) == 0);
    CHECK(table.rounds == init.rounds && table.invert == init.invert && table.model == init.model);
    CHECK(table.min_volume == init.min_volume);
    CHECK_OK(tomo_op_check(&sample, &init, &t->err));
}

TEST(no_options_are_the_defaults)
{
    sample_options local, table;
    tomo_op_defaults(&sample, &table);
    CHECK_OK(tomo__op_begin(&sample, &local, NULL, &t->err));
    CHECK(memcmp(&local, &table, sizeof local) == 0);
}

TEST(ranges_are_kept_and_named)
{
    sample_options o = SAMPLE_OPTIONS_INIT, local;
    o.sigma = -1;
    CHECK_FAILS(tomo__op_begin(&sample, &local, &o, &t->err), TOMO_E_ARG);
    CHECK_STR(t->err.message, "filter sample: sigma is -1 mm, expected 0.1 to 100 mm");
    o.sigma = NAN;
    CHECK_FAILS(tomo_op_check(&sample, &o, &t->err), TOMO_E_ARG);
    CHECK_STR(t->err.message, "filter sample: sigma is nan mm, expected 0.1 to 100 mm");
    o.sigma = 0.1;
    CHECK_OK(tomo_op_check(&sample, &o, &t->err)); /* the ends belong to it */
    o.sigma = 100;
    CHECK_OK(tomo_op_check(&sample, &o, &t->err));
    o.low = INFINITY;
    CHECK_FAILS(tomo_op_check(&sample, &o, &t->err), TOMO_E_ARG);
    CHECK_STR(t->err.message, "filter sample: low is inf HU, expected a finite number of HU");
    o.low = -1024;
    o.min_volume = INFINITY; /* the table allows it */
    CHECK_OK(tomo_op_check(&sample, &o, &t->err));
    o.spacing[2] = 0;
    CHECK_FAILS(tomo_op_check(&sample, &o, &t->err), TOMO_E_ARG);
    o.spacing[2] = 1;
    o.rounds = 51;
    CHECK_FAILS(tomo_op_check(&sample, &o, &t->err), TOMO_E_ARG);
    CHECK_STR(t->err.message, "filter sample: rounds is 51, expected 1 to 50");
    o.rounds = 1;
    o.edge = 3;
    CHECK_FAILS(tomo_op_check(&sample, &o, &t->err), TOMO_E_ARG);
    CHECK_STR(t->err.message, "filter sample: edge is 3, expected zero, nearest, mirror");
    o.edge = -1;
    CHECK_FAILS(tomo_op_check(&sample, &o, &t->err), TOMO_E_ARG);
    o.edge = 0;
    memset(&o.invert, 7, 1);
    CHECK_FAILS(tomo_op_check(&sample, &o, &t->err), TOMO_E_ARG);
    CHECK_STR(t->err.message, "filter sample: invert is 7, expected true or false");
    CHECK_FAILS(tomo_op_check(NULL, &o, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_op_check(&sample, NULL, &t->err), TOMO_E_ARG);
}

TEST(required_options_must_be_given)
{
    needy_options o, local;
    tomo_op_defaults(&needy, &o);
    CHECK_FAILS(tomo__op_begin(&needy, &local, NULL, &t->err), TOMO_E_ARG);
    CHECK_STR(t->err.message, "segment needy: kind is not given, expected zero, nearest, mirror");
    o.kind = 0;
    CHECK_FAILS(tomo_op_check(&needy, &o, &t->err), TOMO_E_ARG);
    CHECK_STR(t->err.message, "segment needy: level is not given, expected a finite number of HU");
    o.level = 300;
    CHECK_FAILS(tomo_op_check(&needy, &o, &t->err), TOMO_E_ARG);
    o.seed[0] = 1;
    CHECK_FAILS(tomo_op_check(&needy, &o, &t->err), TOMO_E_ARG); /* half of a point */
    o.seed[1] = 2;
    CHECK_FAILS(tomo_op_check(&needy, &o, &t->err), TOMO_E_ARG);
    CHECK_STR(t->err.message, "segment needy: file is not given, expected a text");
    o.file = "";
    CHECK_FAILS(tomo_op_check(&needy, &o, &t->err), TOMO_E_ARG);
    o.file = "x";
    CHECK_FAILS(tomo_op_check(&needy, &o, &t->err), TOMO_E_ARG);
    CHECK_STR(t->err.message, "segment needy: count is not given, expected 1 to 9");
    o.count = 9;
    CHECK_OK(tomo__op_begin(&needy, &local, &o, &t->err));
    CHECK_NEAR(local.seed[1], 2, 0);
}

TEST(older_and_newer_structs)
{
    struct {
        sample_options o;
        double more;
    } newer = { SAMPLE_OPTIONS_INIT, 0 };
    sample_options local;
    newer.o.struct_size = sizeof newer;
    newer.o.rounds = 7;
    CHECK_OK(tomo__op_begin(&sample, &local, &newer.o, &t->err));
    CHECK_INT(local.rounds, 7);
    CHECK_INT(local.struct_size, sizeof local);
    newer.more = 1;
    CHECK_FAILS(tomo__op_begin(&sample, &local, &newer.o, &t->err), TOMO_E_ARG);
    newer.o.struct_size = offsetof(sample_options, low); /* before low was thought of */
    newer.o.sigma = 9;
    newer.o.low = INFINITY;
    CHECK_OK(tomo__op_begin(&sample, &local, &newer.o, &t->err));
    CHECK(local.sigma == 9 && isnan(local.low));
    CHECK_INT(local.rounds, 3);
    newer.o.struct_size = 0;
    CHECK_FAILS(tomo__op_begin(&sample, &local, &newer.o, &t->err), TOMO_E_ARG);
    newer.o.struct_size = UINT32_MAX; /* not an options struct at all: not read past */
    CHECK_FAILS(tomo__op_begin(&sample, &local, &newer.o, &t->err), TOMO_E_ARG);
    newer.o.struct_size = 8;
    CHECK_FAILS(tomo_op_check(&sample, &newer.o, &t->err), TOMO_E_ARG);
}

TEST(options_from_text)
{
    sample_options o = SAMPLE_OPTIONS_INIT;
    CHECK_OK(tomo_op_set(&sample, &o, "sigma", "1.25", &t->err));
    CHECK_OK(tomo_op_set(&sample, &o, "edge", "mirror", &t->err));
    CHECK_OK(tomo_op_set(&sample, &o, "low", "-1.024e3", &t->err));
    CHECK_OK(tomo_op_set(&sample, &o, "spacing", "0.5,+1,2.0", &t->err));
    CHECK_OK(tomo_op_set(&sample, &o, "rounds", "50", &t->err));
    CHECK_OK(tomo_op_set(&sample, &o, "invert", "no", &t->err));
    CHECK_OK(tomo_op_set(&sample, &o, "model", "lungs", &t->err));
    CHECK_OK(tomo_op_set(&sample, &o, "min-volume", "10", &t->err));
    CHECK_OK(tomo_op_set(&sample, &o, "minVolume", "11", &t->err));
    CHECK(o.sigma == 1.25 && o.edge == 2 && o.low == -1024 && o.rounds == 50 && !o.invert && o.min_volume == 11);
    CHECK(o.spacing[0] == 0.5 && o.spacing[1] == 1 && o.spacing[2] == 2);
    CHECK_STR(o.model, "lungs");
    static const char *const yes[] = { "true", "yes", "on", "1" };
    for (size_t i = 0; i < TOMO__COUNT(yes); i++) {
        o.invert = false;
        CHECK_OK(tomo_op_set(&sample, &o, "invert", yes[i], &t->err));
        CHECK(o.invert);
    }
}

TEST(wrong_text_changes_nothing)
{
    static const struct {
        const char *name, *text;
    } wrong[] = {
        { "sigma", "" },
        { "sigma", "x" },
        { "sigma", "1.5x" },
        { "sigma", " 1" },
        { "sigma", "1,5" },
        { "sigma", "nan" },
        { "sigma", "inf" },
        { "sigma", "0x10" },
        { "sigma", "1e999" },
        { "sigma", "-1" },
        { "sigma", "1e" },
        { "sigma", "--1" },
        { "edge", "Mirror" },
        { "edge", "2" },
        { "edge", "" },
        { "rounds", "1.5" },
        { "rounds", "" },
        { "rounds", "0" },
        { "rounds", "4294967297" },
        { "rounds", " 3" },
        { "rounds", "99999999999999999999" },
        { "rounds", "3 " },
        { "rounds", "-" },
        { "invert", "TRUE" },
        { "invert", "2" },
        { "invert", "" },
        { "spacing", "1,2" },
        { "spacing", "1" },
        { "spacing", "1,2,3,4" },
        { "spacing", "1,,3" },
        { "spacing", "1,2,3," },
        { "spacing", "1,2,0" },
        { "sigma", "1111111111111111111111111111111111111111111111111111111111111111111111111111111" },
    };
    for (size_t i = 0; i < TOMO__COUNT(wrong); i++) {
        sample_options o, before;
        tomo_op_defaults(&sample, &o);
        before = o;
        CHECK_FAILS(tomo_op_set(&sample, &o, wrong[i].name, wrong[i].text, &t->err), TOMO_E_ARG);
        CHECK(strstr(t->err.message, wrong[i].name) && strstr(t->err.message, "expected"));
        CHECK(memcmp(&o, &before, sizeof o) == 0);
    }
    sample_options o = SAMPLE_OPTIONS_INIT;
    CHECK_FAILS(tomo_op_set(&sample, &o, "sigm", "1", &t->err), TOMO_E_NOTFOUND);
    CHECK_STR(t->err.message, "filter sample has no option 'sigm'; it has: edge, sigma, low, spacing, rounds, invert, "
                              "model, min-volume");
    CHECK_FAILS(tomo_op_set(&sample, &o, "sigma", "2.5mm", &t->err), TOMO_E_ARG);
    CHECK_STR(t->err.message, "filter sample: sigma is '2.5mm', expected 0.1 to 100 mm");
    CHECK_FAILS(tomo_op_set(&sample, &o, "sigma", NULL, &t->err), TOMO_E_ARG);
}

TEST(text_is_read_alike_in_every_locale)
{
    sample_options o = SAMPLE_OPTIONS_INIT;
    if (!comma_locale(t))
        t_skip(t, "no locale with a decimal comma is installed");
    CHECK_OK(tomo_op_set(&sample, &o, "spacing", "1.5,2.25,3", &t->err));
    CHECK(o.spacing[0] == 1.5 && o.spacing[1] == 2.25);
    o.sigma = 100.5;
    CHECK_FAILS(tomo_op_check(&sample, &o, &t->err), TOMO_E_ARG);
    CHECK_STR(t->err.message, "filter sample: sigma is 100.5 mm, expected 0.1 to 100 mm");
    setlocale(LC_NUMERIC, "C");
}

TEST(options_as_json)
{
    sample_options o = SAMPLE_OPTIONS_INIT;
    tomo_buffer *b = NULL;
    CHECK_OK(tomo_op_options_json(t->ctx, &b, &sample, &o, &t->err));
    CHECK_STR((const char *)tomo_buffer_data(b),
              "{\"edge\":\"nearest\",\"sigma\":2.5,\"low\":null,\"spacing\":[1,1,1],\"rounds\":3,\"invert\":true,"
              "\"model\":null,\"minVolume\":0}");
    tomo_buffer_free(b);
    o.model = "a\"b";
    CHECK_OK(tomo_op_options_json(t->ctx, &b, &sample, &o, &t->err));
    CHECK(strstr((const char *)tomo_buffer_data(b), "\"model\":\"a\\\"b\""));
    tomo_buffer_free(b);
    FAIL_EACH_ALLOC(t)
    if (tomo_op_options_json(t->ctx, &b, &sample, &o, &t->err) == TOMO_OK)
        tomo_buffer_free(b);
    else
        CHECK(t->err.status == TOMO_E_NOMEM);
}
