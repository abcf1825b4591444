/* diff.c - tomo dicom diff: what differs between two data sets, for people or as JSON. */
#include "dicom_common.h"

typedef struct shown {
    bool json;
    tomo__json j;
} shown;

static const char *const kinds[] = { "", "onlyA", "onlyB", "vr", "value", "items" };

static bool to_json(tomo__json *j, const tomo_difference *d)
{
    tomo__json_open(j, '{');
    tomo__json_key(j, "kind"), tomo__json_str(j, kinds[d->kind]);
    tomo__json_key(j, "path"), tomo__json_str(j, d->path);
    if (d->name[0])
        tomo__json_key(j, "name"), tomo__json_str(j, d->name);
    if (d->vr_a[0])
        tomo__json_key(j, "vrA"), tomo__json_str(j, d->vr_a);
    if (d->vr_b[0])
        tomo__json_key(j, "vrB"), tomo__json_str(j, d->vr_b);
    if (d->kind != TOMO_DIFF_ONLY_B)
        tomo__json_key(j, "a"), tomo__json_str(j, d->a);
    if (d->kind != TOMO_DIFF_ONLY_A)
        tomo__json_key(j, "b"), tomo__json_str(j, d->b);
    tomo__json_close(j, '}');
    return true;
}

static bool show(void *user, const tomo_difference *d)
{
    shown *s = user;
    if (s->json)
        return to_json(&s->j, d);
    putchar(" -+~!!"[d->kind]);
    printf(" %s %s", d->path, d->name[0] ? d->name : "-");
    if (d->kind == TOMO_DIFF_VR) {
        printf(" VR %s, %s\n", d->vr_a, d->vr_b);
        return true;
    }
    if (d->kind != TOMO_DIFF_ONLY_B)
        printf(" %s ", d->vr_a), cli_print_safe(stdout, d->a);
    if (d->kind == TOMO_DIFF_VALUE || d->kind == TOMO_DIFF_ITEMS)
        fputs(" |", stdout);
    if (d->kind != TOMO_DIFF_ONLY_A)
        printf(" %s ", d->vr_b), cli_print_safe(stdout, d->b);
    putchar('\n');
    return true;
}

int cli_dicom_diff(cli *c)
{
    tomo_dataset *a = NULL, *b = NULL;
    tomo_diff_options o = TOMO_DIFF_OPTIONS_INIT;
    tomo_tag ignored[CLI_MAX_TAGS];
    shown s = { c->json, TOMO__JSON(c->ctx) };
    tomo_buffer *text = NULL;
    size_t n = 0, count = 0;
    if (!cli_tags(c, "ignore", ignored, &n))
        return cli_fail(c);
    o.ignore = ignored;
    o.n_ignore = n;
    o.ignore_private = cli_flag_value(c, "ignore-private") != NULL;
    o.ignore_meta = cli_flag_value(c, "ignore-meta") != NULL;
    o.ignore_vr = cli_flag_value(c, "ignore-vr") != NULL;
    o.ignore_group_lengths = cli_flag_value(c, "ignore-group-lengths") != NULL;
    tomo__json_open(&s.j, '{');
    tomo__json_key(&s.j, "differences");
    tomo__json_open(&s.j, '[');
    tomo_status st = cli_open_dataset(c, c->args[0], &a);
    if (st == TOMO_OK)
        st = cli_open_dataset(c, c->args[1], &b);
    if (st == TOMO_OK)
        st = tomo_dataset_diff(c->ctx, &count, a, b, &o, show, &s, &c->err);
    tomo__json_close(&s.j, ']');
    tomo__json_key(&s.j, "equal"), tomo__json_bool(&s.j, count == 0);
    tomo__json_close(&s.j, '}');
    if (st == TOMO_OK && c->json)
        st = tomo__text_finish(&s.j.text, &text, &c->err);
    else
        tomo__text_free(&s.j.text);
    tomo_dataset_free(a);
    tomo_dataset_free(b);
    if (st)
        return cli_fail(c);
    if (text)
        cli_print_buffer(text);
    return count ? CLI_FAILED : CLI_DONE;
}
