/* test_ops.c - the operation table: rows are complete, defaults are those of the macros, every row runs. */
#include "f.h"

TEST(defaults_of_the_table_are_those_of_the_macros)
{
    const tomo_gauss_options gauss = TOMO_GAUSS_OPTIONS_INIT;
    const tomo_median_options median = TOMO_MEDIAN_OPTIONS_INIT;
    const tomo_resample_options resample = TOMO_RESAMPLE_OPTIONS_INIT;
    const tomo_morph_options morph = TOMO_MORPH_OPTIONS_INIT;
    const tomo_distance_options distance = TOMO_DISTANCE_OPTIONS_INIT;
    const void *macros[] = { &gauss, &median, &resample, &morph, &morph, &morph, &morph, &distance };
    const tomo_op *const *ops = tomo_filter_ops();
    size_t n = 0;
    for (; ops[n] && n < 8; n++) { /* the first rows; others are checked beside their operations */
        _Alignas(8) char table[256] = { 0 };
        CHECK(ops[n]->opts_size <= sizeof table);
        tomo_op_defaults(ops[n], table);
        CHECK_OK(tomo_op_check(ops[n], table, &t->err));
        tomo_buffer *a = NULL, *b = NULL;
        CHECK_OK(tomo_op_options_json(t->ctx, &a, ops[n], table, &t->err));
        CHECK_OK(tomo_op_options_json(t->ctx, &b, ops[n], macros[n], &t->err));
        CHECK_STR(tomo_buffer_data(a), (const char *)tomo_buffer_data(b));
        tomo_buffer_free(a);
        tomo_buffer_free(b);
    }
    CHECK_INT(n, 8);
}

TEST(every_row_runs_and_says_what_it_is)
{
    const tomo_op *const *ops = tomo_filter_ops();
    tomo_image *in = t_image(t, TOMO_DTYPE_U8, 9, 8, 7);
    t_set(in, 4, 4, 3, 1);
    for (; *ops; ops++) {
        const tomo_op *op = *ops;
        tomo_value from[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
        for (int i = 0; i < TOMO_MAX_PORTS && op->in[i].name; i++)
            if (!op->in[i].optional)
                from[i] = (tomo_value){ op->in[i].kind, in };
        tomo_value to[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
        CHECK_STR(op->room, "filter");
        CHECK(op->help[0] && op->detail[0]);
        char command[64];
        snprintf(command, sizeof command, "tomo filter %s ", op->name);
        CHECK(strncmp(op->example, command, strlen(command)) == 0);
        CHECK_OK(op->run(t->ctx, to, from, NULL, NULL, &t->err));
        CHECK(to[0].kind == op->out[0].kind);
        const tomo_image *out = to[0].ptr;
        CHECK(tomo_image_same_grid(out, in, 1e-9));
        tomo_image_free(to[0].ptr);
    }
    tomo_image_free(in);
}
