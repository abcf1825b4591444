/* xml.c - tomo dicom xml: a data set in the Native DICOM Model. */
#include "dicom_common.h"

int cli_dicom_xml(cli *c)
{
    tomo_dataset *ds = NULL;
    tomo_buffer *text = NULL;
    tomo_report *report = NULL;
    tomo_text_options o;
    if (!cli_text_options(c, &o))
        return CLI_USAGE;
    tomo_status st = cli_open_dataset(c, c->args[0], &ds);
    if (st == TOMO_OK)
        st = tomo_report_new(c->ctx, &report, &c->err);
    if (st == TOMO_OK)
        st = tomo_dataset_to_xml(c->ctx, &text, ds, &o, report, &c->err);
    if (report)
        cli_print_report(c, report);
    tomo_dataset_free(ds);
    if (st)
        return cli_fail(c);
    if (!c->json)
        return cli_print_buffer(text);
    tomo__json j = TOMO__JSON(c->ctx);
    tomo_buffer *all = NULL;
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "xml"), tomo__json_str(&j, tomo_buffer_data(text));
    tomo__json_close(&j, '}');
    tomo_buffer_free(text);
    return tomo__text_finish(&j.text, &all, &c->err) ? cli_fail(c) : cli_print_buffer(all);
}
