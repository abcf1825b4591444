/* deid.c - tomo deid run, verify, undo: DICOM without the patient, held against what must not be in it, and back. */
#include "deid_dir.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <tomo/deid.h>

/* A whole file as text, NUL-ended. */
static tomo_status read_file(cli *c, const char *path, char **text, size_t *size)
{
    tomo_source *source = NULL;
    tomo_status st = tomo_source_open(c->ctx, &source, path, &c->err);
    uint64_t n = st ? 0 : tomo_source_size(source);
    *text = NULL;
    if (st == TOMO_OK && n > 1 << 26)
        st = tomo__fail(&c->err, TOMO_E_LIMIT, "%s has %llu bytes, expected at most 64 MiB", path,
                        (unsigned long long)n);
    if (st == TOMO_OK && !(*text = calloc(1, (size_t)n + 1)))
        st = tomo__fail(&c->err, TOMO_E_NOMEM, "no memory for %s", path);
    if (st == TOMO_OK && n)
        st = tomo_source_read(source, 0, *text, (size_t)n, &c->err);
    *size = (size_t)n;
    tomo_source_free(source);
    return st;
}

/* Words of a comma-separated flag to switches of the options. */
static int read_switches(cli *c, const char *flag, tomo_deid_options *o)
{
    const struct {
        const char *flag, *name;
        bool *to;
    } all[] = { { "retain", "safe-private", &o->retain_safe_private },
                { "retain", "uids", &o->retain_uids },
                { "retain", "device", &o->retain_device },
                { "retain", "institution", &o->retain_institution },
                { "retain", "patient", &o->retain_patient },
                { "retain", "dates", &o->retain_dates },
                { "clean", "descriptors", &o->clean_descriptors },
                { "clean", "structured", &o->clean_structured },
                { "clean", "graphics", &o->clean_graphics } };
    const char *at = cli_flag_value(c, flag);
    while (at && *at) {
        size_t n = strcspn(at, ","), i = 0;
        while (i < TOMO__COUNT(all) &&
               (strcmp(all[i].flag, flag) != 0 || strlen(all[i].name) != n || memcmp(all[i].name, at, n) != 0))
            i++;
        if (i == TOMO__COUNT(all))
            return cli_usage(c, "--%s: '%.*s' is not an option, expected %s", flag, (int)n, at,
                             strcmp(flag, "clean") == 0 ? "descriptors, structured, graphics"
                                                        : "safe-private, uids, device, institution, patient, dates");
        *all[i].to = true;
        at += n + (at[n] == ',');
    }
    return CLI_DONE;
}

static int read_boxes(cli *c, tomo_deid_options *o, int32_t boxes[4 * 64])
{
    const char *at = cli_flag_value(c, "blank");
    size_t n = 0;
    while (at && *at) {
        int used = 0;
        if (n == 64 ||
            sscanf(at, "%d,%d,%d,%d%n", &boxes[4 * n], &boxes[4 * n + 1], &boxes[4 * n + 2], &boxes[4 * n + 3],
                   &used) != 4 ||
            (at[used] && at[used] != ';'))
            return cli_usage(c, "--blank: '%s' is not X,Y,WIDTH,HEIGHT[;...] with at most 64 rectangles", at);
        n++;
        at += used + (at[used] == ';');
    }
    o->boxes = boxes;
    o->n_boxes = n;
    return CLI_DONE;
}

static int make_rules(cli *c, tomo_deid **rules)
{
    tomo_deid_options o = TOMO_DEID_OPTIONS_INIT;
    const char *pixels = cli_flag_value(c, "pixels"), *key_path = cli_flag_value(c, "key");
    const char *cert_path = cli_flag_value(c, "encrypt");
    int32_t boxes[4 * 64];
    char *key = NULL, *certificates = NULL;
    size_t size = 0;
    int code = read_switches(c, "retain", &o);
    if (code == CLI_DONE)
        code = read_switches(c, "clean", &o);
    if (code == CLI_DONE)
        code = read_boxes(c, &o, boxes);
    if (code == CLI_DONE && pixels && strcmp(pixels, "auto") != 0 && strcmp(pixels, "all") != 0 &&
        strcmp(pixels, "keep") != 0)
        code = cli_usage(c, "--pixels: '%s' is not auto, all or keep", pixels);
    if (code)
        return code;
    o.shift_dates = cli_flag_value(c, "shift-dates") != NULL;
    o.pixels = pixels && pixels[0] == 'k'   ? TOMO_DEID_PIXELS_KEEP
               : pixels && pixels[1] == 'l' ? TOMO_DEID_PIXELS_ALL
                                            : TOMO_DEID_PIXELS_AUTO;
    if (key_path && read_file(c, key_path, &key, &o.key_size) != TOMO_OK)
        code = cli_fail(c);
    if (code == CLI_DONE && cert_path && read_file(c, cert_path, &certificates, &size) != TOMO_OK)
        code = cli_fail(c);
    o.key = key;
    o.certificates = certificates;
    if (code == CLI_DONE && tomo_deid_new(c->ctx, rules, &o, &c->err) != TOMO_OK)
        code = cli_fail(c);
    if (key)
        memset(key, 0, o.key_size);
    free(key);
    free(certificates);
    return code;
}

static void tell(void *user, const char *path, const char *status, const char *reason)
{
    (void)user;
    fprintf(stderr, "tomo: %s: ", status);
    cli_print_safe(stderr, path);
    fprintf(stderr, ": %s\n", reason);
}

static void tell_nothing(void *user, const char *path, const char *status, const char *reason)
{
    (void)user, (void)path, (void)status, (void)reason;
}

/* The report to --report, and to stdout with --json. */
static tomo_status give_report(cli *c, tomo_buffer *json)
{
    const char *path = cli_flag_value(c, "report");
    tomo_status st = TOMO_OK;
    if (path)
        st = tomo__file_put(c->ctx, path, tomo_buffer_data(json), tomo_buffer_size(json), &c->err);
    if (st == TOMO_OK && c->json)
        printf("%s\n", (const char *)tomo_buffer_data(json));
    return st;
}

/* One file to one file. */
static int run_one(cli *c, const tomo_deid *rules)
{
    tomo_dataset *ds = NULL;
    tomo_buffer *bytes = NULL;
    tomo_deid_result r = { 0 };
    tomo_status st = tomo_dataset_open_path(c->ctx, &ds, c->args[0], NULL, NULL, &c->err);
    if (st == TOMO_OK)
        st = tomo_deid_dataset(c->ctx, &bytes, ds, rules, &r, &c->err);
    if (st == TOMO_OK)
        st = tomo__file_put(c->ctx, c->args[1], tomo_buffer_data(bytes), tomo_buffer_size(bytes), &c->err);
    if (st == TOMO_OK && (c->json || cli_flag_value(c, "report"))) {
        tomo__json j = TOMO__JSON(c->ctx);
        tomo_buffer *json = NULL;
        tomo__json_open(&j, '{');
        tomo__json_key(&j, "status");
        tomo__json_str(&j, "done");
        tomo__json_key(&j, "boxesBlanked");
        tomo__json_uint(&j, r.boxes);
        tomo__json_key(&j, "areaBlanked");
        tomo__json_num(&j, r.area);
        tomo__json_key(&j, "leaks");
        tomo__json_uint(&j, r.leaks);
        tomo__json_close(&j, '}');
        st = tomo__text_finish(&j.text, &json, &c->err);
        if (st == TOMO_OK)
            st = give_report(c, json);
        tomo_buffer_free(json);
    }
    tomo_buffer_free(bytes);
    tomo_dataset_free(ds);
    if (st == TOMO_E_DENIED || st == TOMO_E_FORMAT) {
        cli_fail(c);
        return CLI_INPUT;
    }
    return st ? cli_fail(c) : CLI_DONE;
}

static int run_folder(cli *c, const tomo_deid *rules)
{
    tomo_deid_summary sum = { 0 };
    tomo_buffer *json = NULL;
    const tomo_deid_told told = c->quiet ? tell_nothing : tell;
    if (cli_flag_value(c, "dicomdir")
            ? cli_deid_fileset(c, &json, &sum, rules, told)
            : tomo_deid_folder(c->ctx, &json, &sum, c->args[0], c->args[1], rules, told, NULL, c->job, &c->err))
        return cli_fail(c);
    if (give_report(c, json)) {
        tomo_buffer_free(json);
        return cli_fail(c);
    }
    tomo_buffer_free(json);
    if (!c->json)
        printf("files        %u\ndone         %u\nquarantined  %u\nleft out     %u\nblanked      %u\n", sum.files,
               sum.done, sum.quarantined, sum.left_out, sum.blanked);
    return sum.quarantined ? CLI_INPUT : CLI_DONE;
}

int cli_deid_run(cli *c)
{
    struct stat info;
    tomo_deid *rules = NULL;
    int code = make_rules(c, &rules);
    if (code)
        return code;
    if (stat(c->args[0], &info) == 0 && S_ISREG(info.st_mode) && tomo__ends_with(c->args[1], ".dcm") &&
        !cli_flag_value(c, "dicomdir"))
        code = run_one(c, rules);
    else
        code = run_folder(c, rules);
    tomo_deid_free(rules);
    return code;
}

int cli_deid_verify(cli *c)
{
    tomo_deid_verify_options o = TOMO_DEID_VERIFY_OPTIONS_INIT;
    tomo_buffer *json = NULL;
    const char *terms = cli_flag_value(c, "answer-key");
    char *text = NULL;
    size_t findings = 0, size;
    int code = CLI_DONE;
    o.original = cli_flag_value(c, "original");
    o.no_pixels = cli_flag_value(c, "no-pixels") != NULL;
    if (terms && read_file(c, terms, &text, &size) != TOMO_OK)
        code = cli_fail(c);
    o.terms = text;
    if (code == CLI_DONE && tomo_deid_verify(c->ctx, &json, &findings, c->args[0], &o, c->job, &c->err))
        code = cli_fail(c);
    free(text);
    if (code)
        return code;
    cli_print_json(c, json);
    return findings ? CLI_FAILED : CLI_DONE;
}

int cli_deid_undo(cli *c)
{
    const char *path = cli_flag_value(c, "key");
    char *key = NULL;
    size_t size = 0;
    tomo_dataset *ds = NULL;
    tomo_buffer *bytes = NULL;
    tomo_status st;
    if (!path)
        return cli_usage(c, "--key is needed: the private key of one of the recipients, PEM");
    st = read_file(c, path, &key, &size);
    if (st == TOMO_OK)
        st = tomo_dataset_open_path(c->ctx, &ds, c->args[0], NULL, NULL, &c->err);
    if (st == TOMO_OK)
        st = tomo_deid_undo(c->ctx, &bytes, ds, key, &c->err);
    if (st == TOMO_OK)
        st = tomo__file_put(c->ctx, c->args[1], tomo_buffer_data(bytes), tomo_buffer_size(bytes), &c->err);
    if (key)
        memset(key, 0, size);
    free(key);
    tomo_buffer_free(bytes);
    tomo_dataset_free(ds);
    return st ? cli_fail(c) : cli_print_done(c, c->args[1]);
}
