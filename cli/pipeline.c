/* pipeline.c - tomo pipeline, tomo replay, tomo ops. */
#include "cli.h"

#include <tomo/pipeline.h>

int cli_pipeline(cli *c)
{
    tomo_pipeline_options o = TOMO_PIPELINE_OPTIONS_INIT;
    const char *out = cli_flag_value(c, "out");
    tomo_buffer *summary = NULL;
    if (!out)
        return cli_usage(c, "say where the result goes: -o DIR");
    if (cli_options(c, tomo_pipeline_row(), &o, NULL))
        return cli_fail(c);
    if (tomo_pipeline_run(c->ctx, c->args[0], out, &o, &summary, c->job, &c->err))
        return cli_fail(c);
    return cli_print_json(c, summary);
}

int cli_replay(cli *c)
{
    char beside[4200];
    const char *out = cli_flag_value(c, "out");
    tomo_buffer *verdict = NULL;
    if (!out) {
        size_t n = strlen(c->args[0]);
        while (n > 1 && c->args[0][n - 1] == '/')
            n--;
        if (n > 4000)
            return cli_usage(c, "the path is longer than 4000 bytes");
        snprintf(beside, sizeof beside, "%.*s-replay", (int)n, c->args[0]);
        out = beside;
    }
    tomo_status st = tomo_pipeline_replay(c->ctx, c->args[0], out, &verdict, c->job, &c->err);
    if (verdict)
        cli_print_json(c, verdict);
    return st ? cli_fail(c) : CLI_DONE;
}

int cli_ops(cli *c)
{
    tomo_buffer *json = NULL;
    if (tomo_pipeline_ops_json(c->ctx, &json, &c->err))
        return cli_fail(c);
    printf("%s\n", (const char *)tomo_buffer_data(json));
    tomo_buffer_free(json);
    return CLI_DONE;
}
