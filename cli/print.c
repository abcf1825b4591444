/* print.c - what people read: escaped text, remarks, JSON as aligned lines. */
#include "cli.h"

void cli_print_safe(FILE *to, const char *text)
{
    for (size_t i = 0, n = strlen(text); i < n;) {
        size_t at = i;
        uint32_t u = tomo__utf8_next(text, n, &i);
        if (u < 0x20 || (u >= 0x7f && u < 0xa0) || u == 0xfffd || u == 0x2028 || u == 0x2029 ||
            (u >= 0x202a && u <= 0x202e) || (u >= 0x2066 && u <= 0x2069))
            for (; at < i; at++)
                fprintf(to, "\\x%02x", (unsigned char)text[at]);
        else
            fwrite(text + at, 1, i - at, to);
    }
}

int cli_print_done(cli *c, const char *path)
{
    tomo__json j = TOMO__JSON(c->ctx);
    tomo_buffer *json = NULL;
    if (!c->json)
        return CLI_DONE;
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "file");
    tomo__json_str(&j, path);
    tomo__json_close(&j, '}');
    return tomo__text_finish(&j.text, &json, &c->err) ? cli_fail(c) : cli_print_json(c, json);
}

int cli_print_text(tomo_buffer *text)
{
    char *line = tomo_buffer_data_mut(text);
    while (line && *line) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        cli_print_safe(stdout, line);
        putchar('\n');
        line = end ? end + 1 : NULL;
    }
    tomo_buffer_free(text);
    return CLI_DONE;
}

void cli_print_report(cli *c, tomo_report *report)
{
    size_t n = report ? tomo_report_count(report) : 0; /* none where something failed before */
    for (size_t i = 0; !c->quiet && i < n && i < 20; i++) {
        const char *text = tomo_report_text(report, i);
        if (!text)
            break;
        fputs("note: ", stderr);
        cli_print_safe(stderr, text);
        fputc('\n', stderr);
    }
    if (!c->quiet && n > 20)
        fprintf(stderr, "note: and %zu more\n", n - 20);
    tomo_report_free(report);
}

static void print_scalar(const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_STRING:
        cli_print_safe(stdout, json_string_value(v));
        break;
    case JSON_INTEGER:
        printf("%lld", (long long)json_integer_value(v));
        break;
    case JSON_REAL:
        printf("%.6g", json_real_value(v));
        break;
    case JSON_TRUE:
        fputs("yes", stdout);
        break;
    case JSON_FALSE:
        fputs("no", stdout);
        break;
    default:
        fputs("-", stdout);
        break;
    }
}

static bool is_scalar(const json_t *v) { return !json_is_object(v) && !json_is_array(v); }

static bool all_scalars(const json_t *array)
{
    size_t i;
    json_t *v;
    json_array_foreach(array, i, v) if (!is_scalar(v)) return false;
    return true;
}

/* The value behind its key: scalars on the line, lists in brackets, the rest below, indented. */
static void print_value(const json_t *v, int indent);

static void print_members(const json_t *object, int indent)
{
    const char *key;
    json_t *v;
    int width = 0;
    json_object_foreach((json_t *)object, key, v) width = TOMO__MAX(width, (int)strlen(key));
    json_object_foreach((json_t *)object, key, v)
    {
        printf("%*s", indent, "");
        cli_print_safe(stdout, key);
        if (is_scalar(v) || (json_is_array(v) && all_scalars(v)))
            printf("%*s", width - (int)strlen(key) + 2, "");
        print_value(v, indent + 2);
    }
}

static void print_value(const json_t *v, int indent)
{
    size_t i;
    json_t *item;
    if (is_scalar(v)) {
        print_scalar(v);
        putchar('\n');
    } else if (json_is_array(v) && all_scalars(v)) {
        json_array_foreach(v, i, item)
        {
            fputs(i ? ", " : "", stdout);
            print_scalar(item);
            if (i == 15 && json_array_size(v) > 17) {
                printf(", ... (%zu)", json_array_size(v));
                break;
            }
        }
        putchar('\n');
    } else if (json_is_array(v)) {
        putchar('\n');
        json_array_foreach(v, i, item)
        {
            printf("%*s-\n", indent, "");
            json_is_object(item) ? print_members(item, indent + 2) : print_value(item, indent + 2);
        }
    } else {
        putchar('\n');
        print_members(v, indent);
    }
}

int cli_print_json(cli *c, tomo_buffer *json)
{
    const char *text = tomo_buffer_data(json);
    json_error_t why;
    if (c->json) {
        printf("%s\n", text);
        tomo_buffer_free(json);
        return CLI_DONE;
    }
    json_t *root = json_loads(text, JSON_DECODE_ANY, &why);
    tomo_buffer_free(json);
    if (!root) {
        tomo__fail(&c->err, TOMO_E_INTERNAL, "the result is not JSON: %s at line %d", why.text, why.line);
        return cli_fail(c);
    }
    json_is_object(root) ? print_members(root, 0) : print_value(root, 0);
    json_decref(root);
    return CLI_DONE;
}
