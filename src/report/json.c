/* json.c - a report as one JSON object. */
#include "report/report_internal.h"

const char *tomo_report_notice(void)
{
    return "Research use only. Not a medical device and not for diagnosis: every value here must be checked by a "
           "qualified person before it is used for anything else.";
}

tomo_status report__check(const char *what, tomo_ctx *ctx, void *out, const tomo_report_doc *doc, tomo_error *err)
{
    if (!ctx || !out || !doc)
        return tomo__fail(err, TOMO_E_ARG, "%s: ctx, out and doc must not be NULL", what);
    if (doc->struct_size != sizeof *doc)
        return tomo__fail(err, TOMO_E_ARG, "%s: struct_size is %u, expected %zu", what, doc->struct_size, sizeof *doc);
    if ((doc->n_fields && !doc->fields) || (doc->n_structures && !doc->structures) ||
        (doc->n_findings && !doc->findings) || (doc->n_pictures && !doc->pictures) ||
        (doc->n_remarks && !doc->remarks) || !doc->title)
        return tomo__fail(err, TOMO_E_ARG, "%s: the title or a list that has a count is NULL", what);
    return TOMO_OK;
}

static void put_str(tomo__json *j, const char *key, const char *text)
{
    tomo__json_key(j, key);
    tomo__json_str(j, text);
}

static void put_num(tomo__json *j, const char *key, double value)
{
    if (isnan(value))
        return;
    tomo__json_key(j, key);
    tomo__json_num(j, value);
}

static void put_structure(tomo__json *j, const tomo_report_structure *s)
{
    tomo__json_open(j, '{');
    put_str(j, "name", s->name);
    put_str(j, "code", s->code ? s->code : "");
    tomo__json_key(j, "present");
    tomo__json_bool(j, s->present);
    put_num(j, "confidence", s->confidence);
    put_str(j, "note", s->note ? s->note : "");
    if (s->present) {
        put_num(j, "volumeMl", s->volume_ml);
        put_num(j, "mean", s->mean);
        put_num(j, "std", s->std);
        put_num(j, "min", s->min);
        put_num(j, "max", s->max);
        put_num(j, "longestMm", s->longest_mm);
        if (!isnan(s->center[0])) {
            tomo__json_key(j, "centerLps");
            tomo__json_nums(j, s->center, 3);
        }
        if (s->triangles) {
            tomo__json_key(j, "surface");
            tomo__json_open(j, '{');
            put_num(j, "areaCm2", s->surface_cm2);
            tomo__json_key(j, "triangles");
            tomo__json_int(j, s->triangles);
            tomo__json_key(j, "closed");
            tomo__json_bool(j, s->closed);
            tomo__json_close(j, '}');
        }
    }
    if (s->labels_file)
        put_str(j, "labelsFile", s->labels_file);
    if (s->mesh_file)
        put_str(j, "meshFile", s->mesh_file);
    tomo__json_close(j, '}');
}

static void put_finding(tomo__json *j, const tomo_finding *f)
{
    tomo__json_open(j, '{');
    put_str(j, "site", f->site);
    put_str(j, "code", f->code);
    put_num(j, "value", f->value);
    put_str(j, "unit", f->unit);
    put_str(j, "region", f->region);
    put_num(j, "confidence", f->confidence);
    put_str(j, "source", f->source);
    tomo__json_close(j, '}');
}

tomo_status tomo_report_json(tomo_ctx *ctx, tomo_buffer **out, const tomo_report_doc *doc, tomo_error *err)
{
    tomo__json j = TOMO__JSON(ctx);
    tomo_status st = report__check("tomo_report_json", ctx, out, doc, err);
    if (st)
        return st;
    j.indent = 2;
    tomo__json_open(&j, '{');
    put_str(&j, "title", doc->title);
    put_str(&j, "notice", tomo_report_notice());
    tomo__json_key(&j, "study");
    tomo__json_open(&j, '{');
    for (size_t i = 0; i < doc->n_fields; i++)
        put_str(&j, doc->fields[i].key, doc->fields[i].value);
    tomo__json_close(&j, '}');
    put_str(&j, "valueUnit", doc->unit ? doc->unit : "");
    tomo__json_key(&j, "structures");
    tomo__json_open(&j, '[');
    for (size_t i = 0; i < doc->n_structures; i++)
        put_structure(&j, &doc->structures[i]);
    tomo__json_close(&j, ']');
    tomo__json_key(&j, "findings");
    tomo__json_open(&j, '[');
    for (size_t i = 0; i < doc->n_findings; i++)
        put_finding(&j, &doc->findings[i]);
    tomo__json_close(&j, ']');
    tomo__json_key(&j, "pictures");
    tomo__json_open(&j, '[');
    for (size_t i = 0; i < doc->n_pictures; i++) {
        tomo__json_open(&j, '{');
        put_str(&j, "file", doc->pictures[i].file);
        put_str(&j, "title", doc->pictures[i].title);
        put_str(&j, "caption", doc->pictures[i].caption);
        tomo__json_close(&j, '}');
    }
    tomo__json_close(&j, ']');
    tomo__json_key(&j, "remarks");
    tomo__json_open(&j, '[');
    for (size_t i = 0; i < doc->n_remarks; i++)
        tomo__json_str(&j, doc->remarks[i]);
    tomo__json_close(&j, ']');
    tomo__json_key(&j, "provenance");
    if (doc->provenance)
        tomo__json_raw(&j, doc->provenance);
    else
        tomo__json_null(&j);
    tomo__json_close(&j, '}');
    return tomo__text_finish(&j.text, out, err);
}
