/* extract.c - tomo dicom extract: what an object holds, as a file of its own kind: samples of a waveform as a table or
 * a plot, a document byte for byte. One row a kind. */
#include "cli.h"

#include <stdlib.h>
#include <tomo/object_wave.h>

static bool flag_number(cli *c, const char *name, double *value)
{
    const char *text = cli_flag_value(c, name);
    char *end;
    if (!text)
        return true;
    *value = strtod(text, &end);
    if (end == text || *end || !isfinite(*value)) {
        cli_usage(c, "--%s is '%s', expected a number", name, text);
        return false;
    }
    return true;
}

/* A multiplex group as CSV, NumPy or SVG. */
static int extract_wave(cli *c, const tomo_dataset *ds)
{
    tomo_wave_plot_options o = TOMO_WAVE_PLOT_OPTIONS_INIT;
    tomo_wave *wave = NULL;
    tomo_report *report = NULL;
    tomo_buffer *text = NULL;
    int64_t group = 1;
    const char *path = c->args[1];
    const bool svg = tomo__ends_with(path, ".svg"), npy = tomo__ends_with(path, ".npy");
    if (!svg && !npy && !tomo__ends_with(path, ".csv"))
        return cli_usage(c, "%s: a waveform is written as .csv, .npy or .svg", path);
    if (!cli_flag_int(c, "group", 1, 1 << 20, &group) || !flag_number(c, "start", &o.start) ||
        !flag_number(c, "seconds", &o.seconds) || !flag_number(c, "speed", &o.mm_per_s) ||
        !flag_number(c, "gain", &o.mm_per_mv))
        return CLI_USAGE;
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    st = st ? st : tomo_wave_read(c->ctx, &wave, ds, report, &c->err);
    if (st == TOMO_OK)
        st = svg   ? tomo_wave_svg(c->ctx, &text, wave, (size_t)group - 1, &o, c->job, &c->err)
             : npy ? tomo_wave_npy(c->ctx, &text, wave, (size_t)group - 1, &c->err)
                   : tomo_wave_csv(c->ctx, &text, wave, (size_t)group - 1, c->job, &c->err);
    if (st == TOMO_OK && tomo_wave_groups(wave) > 1 && !cli_flag_value(c, "group"))
        tomo__remark(report, "the waveform has %zu multiplex groups; this is the first (--group)",
                     tomo_wave_groups(wave));
    st = st ? st : tomo__file_put(c->ctx, path, tomo_buffer_data(text), tomo_buffer_size(text), &c->err);
    cli_print_report(c, report);
    tomo_buffer_free(text);
    tomo_wave_free(wave);
    return st ? cli_fail(c) : CLI_DONE;
}

static const struct {
    const char *kind; /* tomo_object_kind.word */
    int (*run)(cli *c, const tomo_dataset *ds);
} kinds[] = {
    { "waveform", extract_wave },
    { "document", cli_extract_document },
};

int cli_dicom_extract(cli *c)
{
    tomo_dataset *ds = NULL;
    if (tomo_dataset_open_path(c->ctx, &ds, c->args[0], NULL, NULL, &c->err))
        return cli_fail(c);
    const tomo_object_kind *kind = tomo_object_kind_of(ds);
    int code = -1;
    for (size_t i = 0; kind && i < TOMO__COUNT(kinds); i++)
        if (strcmp(kinds[i].kind, kind->word) == 0)
            code = kinds[i].run(c, ds);
    if (code < 0) {
        tomo__fail(&c->err, TOMO_E_UNSUPPORTED, "%s: %s holds nothing to extract", c->args[0],
                   kind ? kind->name : "this object");
        code = cli_fail(c);
    }
    tomo_dataset_free(ds);
    return code == CLI_DONE ? cli_print_done(c, c->args[1]) : code;
}
