/* dicom.c - tomo dicom dump, json, get, set, delete: one data set, seen and changed. */
#include "dicom_common.h"

#include <math.h>
#include <stdlib.h>
#include <tomo/pipeline.h>

bool cli_tags(cli *c, const char *flag, tomo_tag tags[CLI_MAX_TAGS], size_t *n)
{
    const char *at = cli_flag_value(c, flag);
    while (at && *at) {
        char word[80];
        size_t length = strcspn(at, ",");
        unsigned group = 0, element = 0, tag = 0;
        int used = 0;
        if (at[0] == '(' && at[length] == ',') /* (gggg,eeee) */
            length += 1 + strcspn(at + length + 1, ",");
        snprintf(word, sizeof word, "%.*s", (int)TOMO__MIN(length, sizeof word - 1), at);
        const tomo_dict_entry *d = tomo_dict_keyword(word);
        if (d)
            tag = d->tag;
        else if (sscanf(word, "(%4x,%4x)%n", &group, &element, &used) == 2 && used == 11 && word[used] == '\0')
            tag = group << 16 | element;
        else if (strlen(word) != 8 || sscanf(word, "%8x%n", &tag, &used) != 1 || used != 8)
            return tomo__fail(&c->err, TOMO_E_ARG, "--%s: '%s' is neither a keyword nor a tag", flag, word), false;
        if (*n == CLI_MAX_TAGS)
            return tomo__fail(&c->err, TOMO_E_ARG, "--%s: more than %d tags", flag, (int)CLI_MAX_TAGS), false;
        tags[(*n)++] = tag;
        at += length + (at[length] == ',');
    }
    return true;
}

tomo_status cli_open_dataset(cli *c, const char *path, tomo_dataset **ds)
{
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    tomo_report *report = NULL;
    tomo_tag tags[CLI_MAX_TAGS];
    size_t n = 0;
    if (!cli_tags(c, "tags", tags, &n))
        return c->err.status;
    o.specific_tags = tags;
    o.n_specific_tags = n;
    o.force = cli_flag_value(c, "force") != NULL;
    o.stop_before_pixels = cli_flag_value(c, "stop-before-pixels") != NULL;
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    if (st == TOMO_OK)
        st = tomo_dataset_open_path(c->ctx, ds, path, &o, report, &c->err);
    if (report)
        cli_print_report(c, report);
    return st;
}

static tomo_status open_dataset(cli *c, tomo_dataset **ds) { return cli_open_dataset(c, c->args[0], ds); }

int cli_print_buffer(tomo_buffer *text)
{
    fwrite(tomo_buffer_data(text), 1, tomo_buffer_size(text), stdout);
    size_t n = tomo_buffer_size(text);
    if (n && ((const char *)tomo_buffer_data(text))[n - 1] != '\n')
        putchar('\n');
    tomo_buffer_free(text);
    return CLI_DONE;
}

int cli_dicom_dump(cli *c)
{
    tomo_dataset *ds = NULL;
    tomo_buffer *text = NULL;
    tomo_status st = open_dataset(c, &ds);
    if (st == TOMO_OK)
        st = c->json ? tomo_dataset_to_json(c->ctx, &text, ds, NULL, &c->err)
                     : tomo_dataset_dump(c->ctx, ds, &text, &c->err);
    int code = st ? cli_fail(c) : cli_print_buffer(text);
    tomo_dataset_free(ds);
    return code;
}

bool cli_text_options(cli *c, tomo_text_options *o)
{
    int64_t limit = 1024;
    if (!cli_flag_int(c, "inline", 0, INT64_MAX, &limit))
        return false;
    *o = (tomo_text_options)TOMO_TEXT_OPTIONS_INIT;
    o->inline_limit = (uint64_t)limit;
    o->bulk_folder = cli_flag_value(c, "bulk");
    o->bulk_uri = cli_flag_value(c, "uri");
    o->meta = cli_flag_value(c, "meta") != NULL;
    return true;
}

int cli_dicom_json(cli *c)
{
    tomo_dataset *ds = NULL;
    tomo_buffer *text = NULL;
    tomo_text_options o;
    if (!cli_text_options(c, &o))
        return CLI_USAGE;
    tomo_status st = open_dataset(c, &ds);
    if (st == TOMO_OK)
        st = tomo_dataset_to_json(c->ctx, &text, ds, &o, &c->err);
    int code = st ? cli_fail(c) : cli_print_buffer(text);
    tomo_dataset_free(ds);
    return code;
}

/* ---- paths ------------------------------------------------------------------------------------------------------- */

/* The data set or item that a path without its last element leads to; NULL if there is none. */
static tomo_dataset *holder(tomo_dataset *ds, const char *path, size_t n)
{
    const char *at = path, *end = path + n;
    while (ds && at < end) {
        char name[128];
        tomo_element e;
        char *after = NULL;
        const char *open = memchr(at, '[', (size_t)(end - at));
        if (!open || (size_t)(open - at) >= sizeof name)
            return NULL;
        memcpy(name, at, (size_t)(open - at));
        name[open - at] = '\0';
        if (tomo_dataset_find(ds, name, &e, NULL))
            return NULL;
        ds = tomo_dataset_edit_item(ds, e.tag, strtoul(open + 1, &after, 10));
        at = after[0] == ']' && after[1] == '.' ? after + 2 : end;
    }
    return ds;
}

static bool hex(const char *text, size_t n, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        const char *digits = "0123456789abcdef", *d = text[i] ? strchr(digits, text[i] | 0x20) : NULL;
        if (!d || !((text[i] >= '0' && text[i] <= '9') || (text[i] | 0x20) >= 'a'))
            return false;
        *out = *out << 4 | (uint32_t)(d - digits);
    }
    return n > 0;
}

/* Replace each (gggg,"CREATOR",ee) by the tag in the creator's block, which is reserved if `reserve`. */
static tomo_status resolve(cli *c, tomo_dataset *ds, const char *path, bool reserve, tomo__text *out)
{
    for (const char *at = path; *at;) {
        const char *quote = at[0] == '(' && strnlen(at, 7) == 7 && at[5] == ',' && at[6] == '"' ? at + 7 : NULL;
        const char *stop = quote ? strchr(quote, '"') : NULL;
        char creator[65];
        uint32_t group, element;
        uint8_t block = 0;
        tomo_dataset *level;
        if (!quote) {
            tomo__text_add(out, at++, 1);
            continue;
        }
        if (!stop || (size_t)(stop - quote) >= sizeof creator || stop[1] != ',' || strnlen(stop, 5) < 5 ||
            stop[4] != ')' || !hex(at + 1, 4, &group) || !hex(stop + 2, 2, &element))
            return tomo__fail(&c->err, TOMO_E_ARG, "\"%s\": expected (gggg,\"CREATOR\",ee)", at);
        memcpy(creator, quote, (size_t)(stop - quote));
        creator[stop - quote] = '\0';
        level = holder(ds, out->data ? out->data : "", out->size);
        if (!level)
            return tomo__fail(&c->err, TOMO_E_NOTFOUND, "%s: there is no such item", out->data);
        tomo_status st = reserve ? tomo_dataset_reserve_block(level, (uint16_t)group, creator, &block, &c->err)
                                 : tomo_dataset_private_block(level, (uint16_t)group, creator, &block, &c->err);
        if (st)
            return st;
        tomo__text_fmt(out, "%04X%02X%02X", (unsigned)group, (unsigned)block, (unsigned)element);
        at = stop + 5;
    }
    return out->failed ? tomo__fail(&c->err, TOMO_E_NOMEM, "no memory for a path") : TOMO_OK;
}

/* Bytes of a value as they are in the file, to stdout. */
static tomo_status print_raw(cli *c, const tomo_element *e)
{
    if (e->is_sequence || !e->value)
        return tomo__fail(&c->err, TOMO_E_ARG, "a sequence has no bytes of its own");
    return fwrite(e->value, 1, (size_t)e->length, stdout) == e->length
               ? TOMO_OK
               : tomo__fail(&c->err, TOMO_E_IO, "stdout could not take %llu bytes", (unsigned long long)e->length);
}

/* The text of all values that a path leads to, or (raw) its bytes to stdout. */
static tomo_status text_of(cli *c, tomo_dataset *ds, const char *given, char **text)
{
    tomo_element element;
    tomo__text path = TOMO__TEXT(c->ctx);
    tomo_status st = resolve(c, ds, given, false, &path);
    if (st == TOMO_OK)
        st = tomo_dataset_find(ds, path.data ? path.data : "", &element, &c->err);
    if (st == TOMO_OK && cli_flag_value(c, "raw"))
        st = print_raw(c, &element);
    else if (st == TOMO_OK && element.is_sequence)
        st =
            tomo__fail(&c->err, TOMO_E_ARG, "%s is a sequence of %u items: say which element of which item, as %s[0].x",
                       given, element.items, given);
    if (st || cli_flag_value(c, "raw")) {
        tomo__text_free(&path);
        return st;
    }
    const char *dot = strrchr(path.data, '.');
    const tomo_dataset *at = holder(ds, path.data, dot ? (size_t)(dot + 1 - path.data) : 0);
    tomo__text_free(&path);
    int64_t n = at ? tomo_dataset_text(at, element.tag, SIZE_MAX, NULL, 0) : -1;
    if (n < 0)
        return tomo__fail(&c->err, TOMO_E_NOTFOUND, "%s has no text", given);
    *text = malloc((size_t)n + 1);
    if (!*text)
        return tomo__fail(&c->err, TOMO_E_NOMEM, "no memory for the text of %s", given);
    tomo_dataset_text(at, element.tag, SIZE_MAX, *text, (size_t)n + 1);
    return TOMO_OK;
}

int cli_dicom_get(cli *c)
{
    tomo_dataset *ds = NULL;
    tomo__json j = TOMO__JSON(c->ctx);
    tomo_buffer *all = NULL;
    int code = CLI_DONE;
    if (open_dataset(c, &ds))
        return cli_fail(c);
    tomo__json_open(&j, '{');
    for (int i = 1; i < c->n_args; i++) {
        char *text = NULL;
        tomo_status st = text_of(c, ds, c->args[i], &text);
        if (st) {
            code = cli_fail(c);
            tomo__json_key(&j, c->args[i]);
            tomo__json_null(&j);
        } else if (c->json && text) {
            tomo__json_key(&j, c->args[i]);
            tomo__json_str(&j, text);
        } else if (text) {
            cli_print_safe(stdout, text);
            putchar('\n');
        }
        free(text);
    }
    tomo__json_close(&j, '}');
    if (c->json && !cli_flag_value(c, "raw") && tomo__text_finish(&j.text, &all, &c->err) == TOMO_OK)
        cli_print_buffer(all);
    else
        tomo__text_free(&j.text);
    tomo_dataset_free(ds);
    return code;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

const char *cli_syntax(const char *word)
{
    static const struct {
        const char *word, *uid;
    } known[] = { { "implicit", "1.2.840.10008.1.2" },
                  { "explicit", "1.2.840.10008.1.2.1" },
                  { "big", "1.2.840.10008.1.2.2" },
                  { "deflated", "1.2.840.10008.1.2.1.99" } };
    for (size_t i = 0; word && i < TOMO__COUNT(known); i++)
        if (strcmp(known[i].word, word) == 0)
            return known[i].uid;
    return word;
}

int cli_save_dataset(cli *c, tomo_dataset *ds, const char *path)
{
    tomo_dataset_save_options o = TOMO_DATASET_SAVE_OPTIONS_INIT;
    const char *lengths = cli_flag_value(c, "lengths"), *charset = cli_flag_value(c, "charset");
    if (lengths && strcmp(lengths, "explicit") != 0 && strcmp(lengths, "undefined") != 0 &&
        strcmp(lengths, "keep") != 0)
        return cli_usage(c, "--lengths is '%s', expected keep, explicit or undefined", lengths);
    o.syntax = cli_syntax(cli_flag_value(c, "syntax"));
    o.sequence_lengths = !lengths || lengths[0] == 'k' ? TOMO_LENGTHS_KEEP
                         : lengths[0] == 'e'           ? TOMO_LENGTHS_EXPLICIT
                                                       : TOMO_LENGTHS_UNDEFINED;
    o.group_lengths = cli_flag_value(c, "group-lengths") != NULL;
    o.keep_preamble = cli_flag_value(c, "keep-preamble") != NULL;
    o.source_ae = cli_flag_value(c, "source-ae");
    if ((charset && tomo_dataset_recode(ds, charset, &c->err)) || tomo_dataset_save(c->ctx, ds, path, &o, &c->err))
        return cli_fail(c);
    return cli_print_done(c, path);
}

int cli_dicom_set(cli *c)
{
    tomo_dataset *ds = NULL;
    int code = CLI_DONE;
    if (open_dataset(c, &ds))
        return cli_fail(c);
    for (int i = 2; i < c->n_args && code == CLI_DONE; i++) {
        tomo__text path = TOMO__TEXT(c->ctx);
        char *equals = strchr(c->args[i], '=');
        if (!equals) {
            code = cli_usage(c, "'%s' is not PATH=VALUE", c->args[i]);
            break;
        }
        *equals = 0;
        uint16_t vr = 0;
        if (equals - c->args[i] > 3 && equals[-3] == ':') { /* PATH:VR */
            vr = TOMO_VR((unsigned char)equals[-2], (unsigned char)equals[-1]);
            equals[-3] = 0;
        }
        tomo_status st = resolve(c, ds, c->args[i], true, &path);
        if (st == TOMO_OK && vr)
            st = tomo_dataset_set_as(ds, path.data ? path.data : "", vr, equals + 1, &c->err);
        else if (st == TOMO_OK)
            st = tomo_dataset_set(ds, path.data ? path.data : "", equals + 1, &c->err);
        if (st)
            code = cli_fail(c);
        tomo__text_free(&path);
    }
    if (code == CLI_DONE && cli_flag_value(c, "promote-un") && tomo_dataset_promote_un(ds, NULL, &c->err))
        code = cli_fail(c);
    if (code == CLI_DONE)
        code = cli_save_dataset(c, ds, c->args[1]);
    tomo_dataset_free(ds);
    return code;
}

int cli_dicom_delete(cli *c)
{
    tomo_dataset *ds = NULL;
    int code = CLI_DONE;
    if (open_dataset(c, &ds))
        return cli_fail(c);
    for (int i = 2; i < c->n_args && code == CLI_DONE; i++) {
        tomo__text path = TOMO__TEXT(c->ctx);
        if (resolve(c, ds, c->args[i], false, &path) || tomo_dataset_delete(ds, path.data ? path.data : "", &c->err))
            code = cli_fail(c);
        tomo__text_free(&path);
    }
    if (code == CLI_DONE)
        code = cli_save_dataset(c, ds, c->args[1]);
    tomo_dataset_free(ds);
    return code;
}
