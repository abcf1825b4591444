/* show.c - tomo dicom show: what an object (segmentation, report, contours, ...) says. */
#include "cli.h"

#include <tomo/object.h>

int cli_dicom_show(cli *c)
{
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    tomo_report *report = NULL;
    tomo_buffer *json = NULL, *text = NULL;
    o.force = cli_flag_value(c, "force") != NULL;
    o.stop_before_pixels = cli_flag_value(c, "stop-before-pixels") != NULL;
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    if (st == TOMO_OK)
        st = tomo_dataset_open_path(c->ctx, &ds, c->args[0], &o, report, &c->err);
    if (st == TOMO_OK && !c->json) /* those that have no text are shown by their facts */
        st = tomo_object_text(c->ctx, &text, ds, &c->err);
    if (st == TOMO_E_UNSUPPORTED || (st == TOMO_OK && c->json))
        st = tomo_object_json(c->ctx, &json, ds, &c->err);
    cli_print_report(c, report);
    tomo_dataset_free(ds);
    if (st)
        return cli_fail(c);
    return text ? cli_print_text(text) : cli_print_json(c, json);
}
