/* html.c - a report as one page: no script, nothing fetched, pictures inside, readable on paper and on narrow screens
 * too. */
#include "report/report_internal.h"

static const char style[] =
    "body{font:15px/1.5 system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;color:#1b1f24;background:#f4f5f7;margin:0}"
    "main{max-width:1080px;margin:0 auto;padding:24px;background:#fff;min-height:100vh}"
    "h1{font-size:26px;margin:0 0 4px}h2{font-size:18px;margin:32px 0 8px;border-bottom:1px solid #d9dce1}"
    ".notice{background:#fff4d6;border-left:4px solid #d99a00;padding:8px 12px;margin:16px 0}"
    "dl{display:grid;grid-template-columns:max-content 1fr max-content 1fr;gap:2px 16px;margin:12px 0}"
    "dt{color:#667}dd{margin:0;overflow-wrap:anywhere}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:5px 10px 5px "
    "0;vertical-align:top;"
    "border-bottom:1px solid #e6e8ec}th{font-weight:600;color:#556;font-size:13px}td.n,th.n{text-align:right;"
    "font-variant-numeric:tabular-nums;white-space:nowrap}.no{color:#889}"
    ".dot{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:7px}"
    ".pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:16px}"
    "figure{margin:0}figure.wide{grid-column:1/-1}figure div{background:#000;text-align:center}"
    "img{max-width:100%;image-rendering:auto;vertical-align:bottom}figcaption{font-size:13px;color:#556;padding:4px 0}"
    "pre{background:#f4f5f7;padding:12px;overflow:auto;font-size:12px;max-height:420px}"
    "@media(max-width:640px){dl{grid-template-columns:max-content 1fr}main{padding:16px}th{display:none}"
    "tr{display:block;border-bottom:1px solid #e6e8ec;padding:6px 0}td,td.n{display:block;text-align:left;border:0;"
    "padding:1px 0;white-space:normal}td[data-l]::before{content:attr(data-l) ': ';color:#667}}"
    "@media "
    "print{body{background:#fff}main{padding:0}pre{max-height:none;white-space:pre-wrap}figure{break-inside:avoid}}";

/* A cell with its column's name, which narrow screens show before it. */
static void cell(tomo__text *t, const char *what, const char *column)
{
    tomo__text_fmt(t, "<td%s data-l=\"", what);
    tomo__text_xml(t, column);
    tomo__text_str(t, "\">");
}

/* A number cell; a dash where nothing was measured. */
static void number(tomo__text *t, const char *column, double value, int digits)
{
    char text[48];
    if (isnan(value)) {
        cell(t, " class=\"n no\"", column);
        tomo__text_str(t, "-</td>");
    } else {
        cell(t, " class=n", column);
        tomo__text_str(t, tomo__fixed_text(text, value, digits));
        tomo__text_str(t, "</td>");
    }
}

static void structures(tomo__text *t, const tomo_report_doc *doc)
{
    if (!doc->n_structures)
        return;
    tomo__text_str(
        t, "<h2>Structures</h2>\n<div class=scroll><table><tr><th>Structure<th class=n>Volume, ml<th class=n>Mean");
    if (doc->unit && doc->unit[0]) {
        tomo__text_str(t, ", ");
        tomo__text_xml(t, doc->unit);
    }
    tomo__text_str(t, "<th class=n>Std<th class=n>Longest, mm<th class=n>Surface, cm&sup2;<th class=n>Confidence"
                      "<th>How it was found</tr>\n");
    for (size_t i = 0; i < doc->n_structures; i++) {
        const tomo_report_structure *s = &doc->structures[i];
        tomo__text_str(t, s->present ? "<tr>" : "<tr class=no>");
        tomo__text_fmt(t, "<td><span class=dot style=\"background:rgb(%d,%d,%d)\"></span>", s->color[0], s->color[1],
                       s->color[2]);
        tomo__text_xml(t, s->name);
        if (s->code && s->code[0]) {
            tomo__text_str(t, " <small class=no>SCT ");
            tomo__text_xml(t, s->code);
            tomo__text_str(t, "</small>");
        }
        number(t, "Volume, ml", s->present ? s->volume_ml : NAN, 1);
        number(t, "Mean", s->present ? s->mean : NAN, 0);
        number(t, "Std", s->present ? s->std : NAN, 0);
        number(t, "Longest, mm", s->present ? s->longest_mm : NAN, 0);
        number(t, "Surface, cm\xc2\xb2", s->present && s->triangles ? s->surface_cm2 : NAN, 0);
        number(t, "Confidence", s->confidence, 2);
        cell(t, "", "How it was found");
        tomo__text_xml(t, s->note ? s->note : "");
        if (s->present && s->triangles)
            tomo__text_fmt(t, "%s surface of %lld triangles, %s", s->note && s->note[0] ? ";" : "",
                           (long long)s->triangles, s->closed ? "watertight" : "open at the border of the volume");
        tomo__text_str(t, "</tr>\n");
    }
    tomo__text_str(t, "</table></div>\n");
}

static void findings(tomo__text *t, const tomo_report_doc *doc)
{
    if (!doc->n_findings)
        return;
    tomo__text_str(t, "<h2>Findings</h2>\n<div class=scroll><table><tr><th>Site<th class=n>Value<th>What it means"
                      "<th class=n>Confidence<th>Source</tr>\n");
    for (size_t i = 0; i < doc->n_findings; i++) {
        const tomo_finding *f = &doc->findings[i];
        tomo__text_str(t, "<tr><td>");
        tomo__text_xml(t, f->site);
        cell(t, " class=n", "Value");
        if (isnan(f->value))
            tomo__text_str(t, "-");
        else {
            char text[48];
            tomo__text_str(
                t, tomo__fixed_text(text, f->value, strcmp(f->unit, "ml") == 0 || fabs(f->value) >= 10 ? 1 : 3));
            tomo__text_str(t, " ");
        }
        tomo__text_xml(t, f->unit);
        cell(t, "", "What it means");
        tomo__text_xml(t, f->region);
        number(t, "Confidence", f->confidence, 2);
        cell(t, "", "Source");
        tomo__text_xml(t, f->source);
        tomo__text_str(t, "</tr>\n");
    }
    tomo__text_str(t, "</table></div>\n");
}

/* Is the picture so broad that it wants a line for itself? Its size stands in the PNG header (ISO 15948, 11.2.2). */
static bool is_wide(const tomo_report_picture *p)
{
    const uint8_t *b = p->png;
    return p->png_size > 24 && tomo__be32(b + 16) > 2 * (uint64_t)tomo__be32(b + 20);
}

static void pictures(tomo__text *t, const tomo_report_doc *doc)
{
    if (!doc->n_pictures)
        return;
    tomo__text_str(t, "<h2>Images</h2>\n<div class=pictures>\n");
    for (size_t i = 0; i < doc->n_pictures; i++) {
        const tomo_report_picture *p = &doc->pictures[i];
        tomo__text_fmt(t, "<figure%s><div><img alt=\"", is_wide(p) ? " class=wide" : "");
        tomo__text_xml(t, p->title);
        tomo__text_str(t, "\" src=\"data:image/png;base64,");
        tomo__text_base64(t, p->png, p->png_size);
        tomo__text_str(t, "\"></div><figcaption><b>");
        tomo__text_xml(t, p->title);
        tomo__text_str(t, ".</b> ");
        tomo__text_xml(t, p->caption);
        tomo__text_str(t, "</figcaption></figure>\n");
    }
    tomo__text_str(t, "</div>\n");
}

tomo_status tomo_report_html(tomo_ctx *ctx, tomo_buffer **out, const tomo_report_doc *doc, tomo_error *err)
{
    tomo__text t = TOMO__TEXT(ctx);
    tomo_status st = report__check("tomo_report_html", ctx, out, doc, err);
    if (st)
        return st;
    tomo__text_str(&t, "<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
                       "<meta name=viewport content=\"width=device-width,initial-scale=1\">"
                       "<meta http-equiv=Content-Security-Policy content=\"default-src 'none';img-src data:;"
                       "style-src 'unsafe-inline'\">\n<title>");
    tomo__text_xml(&t, doc->title);
    tomo__text_fmt(&t, "</title>\n<style>%s</style></head>\n<body><main>\n<h1>", style);
    tomo__text_xml(&t, doc->title);
    tomo__text_fmt(&t, "</h1>\n<div class=notice>%s</div>\n<dl>\n", tomo_report_notice());
    for (size_t i = 0; i < doc->n_fields; i++) {
        tomo__text_str(&t, "<dt>");
        tomo__text_xml(&t, doc->fields[i].label);
        tomo__text_str(&t, "</dt><dd>");
        tomo__text_xml(&t, doc->fields[i].value && doc->fields[i].value[0] ? doc->fields[i].value : "-");
        tomo__text_str(&t, "</dd>\n");
    }
    tomo__text_str(&t, "</dl>\n");
    findings(&t, doc); /* what a reader looks for first */
    pictures(&t, doc);
    structures(&t, doc);
    if (doc->n_remarks) {
        tomo__text_str(&t, "<h2>Remarks on the input</h2>\n<ul>\n");
        for (size_t i = 0; i < doc->n_remarks; i++) {
            tomo__text_str(&t, "<li>");
            tomo__text_xml(&t, doc->remarks[i]);
            tomo__text_str(&t, "\n");
        }
        tomo__text_str(&t, "</ul>\n");
    }
    if (doc->provenance) {
        tomo__text_str(&t, "<h2>How it was made</h2>\n<p><code>tomo replay</code> repeats this result from the record "
                           "below and compares it bit for bit.</p>\n<pre>");
        tomo__text_xml(&t, doc->provenance);
        tomo__text_str(&t, "</pre>\n");
    }
    tomo__text_fmt(&t, "<p class=no>Made with tomo %s.</p>\n</main></body></html>\n", tomo_version());
    return tomo__text_finish(&t, out, err);
}
