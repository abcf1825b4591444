/* create_rt.c - tomo dicom create --as rtstruct: labels as contours on the images of a series. */
#include "cli.h"

#include <tomo/object_rt.h>
#include <tomo/pipeline.h>

/* The series that --like names: a folder's (or file's) largest, or that of --series. */
static tomo_status find_series(cli *c, tomo_study **study, size_t *at, tomo_report *report)
{
    const char *like = cli_flag_value(c, "like"), *uid = cli_flag_value(c, "series");
    tomo_series_info info = { sizeof info };
    if (!like)
        return TOMO_OK;
    tomo_status st = tomo_study_scan(c->ctx, study, like, report, c->job, &c->err);
    if (st == TOMO_OK && tomo_study_series(*study) == 0)
        st = tomo__fail(&c->err, TOMO_E_NOTFOUND, "%s holds no images that contours could refer to", like);
    for (*at = 0; st == TOMO_OK && uid; ++*at) {
        st = tomo_study_info(*study, *at, &info, &c->err);
        if (st == TOMO_OK && strcmp(info.series_uid, uid) == 0)
            break;
    }
    return st;
}

int cli_create_structures(cli *c)
{
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    tomo_rt_write_options how = TOMO_RT_WRITE_OPTIONS_INIT;
    tomo_report *report = NULL;
    tomo_study *study = NULL;
    tomo_image *labels = NULL;
    tomo_dataset *ds = NULL;
    size_t at = 0;
    const char *holes = cli_flag_value(c, "holes"), *out = c->args[c->n_args - 1];
    if (holes && strcmp(holes, "keyhole") != 0 && strcmp(holes, "xor") != 0)
        return cli_usage(c, "--holes is '%s', expected keyhole or xor", holes);
    how.holes = holes && strcmp(holes, "xor") == 0 ? TOMO_RT_HOLES_XOR : TOMO_RT_HOLES_KEYHOLE;
    how.label = cli_flag_value(c, "label");
    o.seed = cli_flag_value(c, "seed");
    o.description = cli_flag_value(c, "description");
    o.when = cli_flag_value(c, "when");
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    o.report = report;
    st = st ? st : find_series(c, &study, &at, report);
    st = st ? st : tomo_pipeline_load(c->ctx, &labels, c->args[0], NULL, report, c->job, &c->err);
    st = st ? st : tomo_rt_structures_write(c->ctx, &ds, labels, study, at, &how, &o, c->job, &c->err);
    st = st ? st : tomo_dataset_write(c->ctx, ds, out, NULL, &c->err);
    cli_print_report(c, report);
    tomo_dataset_free(ds);
    tomo_image_free(labels);
    tomo_study_free(study);
    return st ? cli_fail(c) : cli_print_done(c, out);
}
