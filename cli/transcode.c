/* transcode.c - tomo dicom transcode: files and folders in another transfer syntax. */
#include "cli.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <tomo/dicom_transcode.h>

static bool flag_number(cli *c, const char *name, double lo, double hi, double *value)
{
    const char *text = cli_flag_value(c, name);
    char tail;
    if (!text)
        return true;
    if (sscanf(text, "%lf%c", value, &tail) == 1 && *value >= lo && *value <= hi)
        return true;
    cli_usage(c, "--%s is '%s', expected a number from %g to %g", name, text, lo, hi);
    return false;
}

/* A number that the codec does not look at is a mistake of the caller: he thinks that it did something. */
static bool check_numbers(cli *c, const char *syntax)
{
    static const struct {
        const char *flag, *words;
    } numbers[] = { { "quality", " jpeg jpeg12 " },
                    { "near", " jpegls-near " },
                    { "ratio", " j2k htj2k " },
                    { "predictor", " jpegll " } };
    const tomo_codec *codec = tomo_codec_find(syntax);
    char word[48];
    snprintf(word, sizeof word, " %s ", codec ? codec->word : "");
    for (size_t i = 0; codec && i < TOMO__COUNT(numbers); i++)
        if (cli_flag_value(c, numbers[i].flag) && !strstr(numbers[i].words, word)) {
            cli_usage(c, "--%s is not for %s, only for%.*s", numbers[i].flag, codec->word,
                      (int)strlen(numbers[i].words) - 1, numbers[i].words);
            return false;
        }
    return true;
}

static bool read_options(cli *c, tomo_transcode_options *o)
{
    static const char *const tables[] = { "auto", "none", "basic", "extended" };
    const char *table = cli_flag_value(c, "offsets");
    int64_t quality = 0, near = 0, predictor = 0;
    o->syntax = cli_flag_value(c, "to");
    if (!o->syntax) {
        cli_usage(c, "--to is missing: say which transfer syntax");
        return false;
    }
    if (!cli_flag_int(c, "quality", 1, 100, &quality) || !cli_flag_int(c, "near", 0, 255, &near) ||
        !check_numbers(c, o->syntax) || !cli_flag_int(c, "predictor", 1, 7, &predictor) ||
        !flag_number(c, "ratio", 1, 10000, &o->ratio))
        return false;
    o->offsets = -1;
    for (int32_t i = 0; i < 4; i++)
        if (!table || strcmp(table, tables[i]) == 0) {
            o->offsets = i;
            break;
        }
    if (o->offsets < 0) {
        cli_usage(c, "--offsets is '%s', expected auto, none, basic or extended", table);
        return false;
    }
    o->quality = (int32_t)quality;
    o->near = (int32_t)near;
    o->predictor = (int32_t)predictor;
    o->keep_color = cli_flag_value(c, "keep-color");
    o->keep_uid = cli_flag_value(c, "keep-uid");
    o->seed = cli_flag_value(c, "seed");
    return true;
}

static tomo_status result_json(cli *c, const tomo_transcode_result *r, tomo_buffer **out)
{
    tomo__json j = TOMO__JSON(c->ctx);
    tomo__json_open(&j, '{');
    tomo__json_key(&j, "files"), tomo__json_int(&j, r->files);
    tomo__json_key(&j, "transcoded"), tomo__json_int(&j, r->transcoded);
    tomo__json_key(&j, "copied"), tomo__json_int(&j, r->copied);
    tomo__json_key(&j, "failed"), tomo__json_int(&j, r->failed);
    tomo__json_key(&j, "others"), tomo__json_int(&j, r->others);
    tomo__json_key(&j, "bytesIn"), tomo__json_uint(&j, r->bytes_in);
    tomo__json_key(&j, "bytesOut"), tomo__json_uint(&j, r->bytes_out);
    tomo__json_close(&j, '}');
    return tomo__text_finish(&j.text, out, &c->err);
}

static int transcode_folder(cli *c, const tomo_transcode_options *o)
{
    tomo_report *report = NULL;
    tomo_buffer *text = NULL;
    tomo_transcode_result r = TOMO_TRANSCODE_RESULT_INIT;
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    if (st == TOMO_OK)
        st = tomo_transcode_folder(c->ctx, c->args[0], c->args[1], &r, o, report, c->job, &c->err);
    cli_print_report(c, report);
    if (st == TOMO_OK)
        st = result_json(c, &r, &text);
    if (st)
        return cli_fail(c);
    const int code = cli_print_json(c, text);
    if (code == CLI_DONE && r.failed) {
        tomo__fail(&c->err, TOMO_E_FORMAT, "%lld of %lld files could not be transcoded and are not in %s",
                   (long long)r.failed, (long long)r.files, c->args[1]);
        return cli_fail(c);
    }
    return code;
}

static int transcode_file(cli *c, const tomo_transcode_options *o)
{
    tomo_dataset_options how = TOMO_DATASET_OPTIONS_INIT;
    tomo_dataset *ds = NULL;
    tomo_report *report = NULL;
    tomo_buffer *text = NULL;
    tomo_transcode_result r = TOMO_TRANSCODE_RESULT_INIT;
    struct stat in, out;
    tomo_status st = tomo_report_new(c->ctx, &report, &c->err);
    if (st == TOMO_OK)
        st = tomo_dataset_open_path(c->ctx, &ds, c->args[0], &how, report, &c->err);
    cli_print_report(c, report);
    if (st == TOMO_OK)
        st = tomo_dataset_transcode(c->ctx, ds, c->args[1], o, c->job, &c->err);
    tomo_dataset_free(ds);
    if (st == TOMO_OK && c->json && stat(c->args[0], &in) == 0 && stat(c->args[1], &out) == 0) {
        r.files = r.transcoded = 1;
        r.bytes_in = (uint64_t)in.st_size;
        r.bytes_out = (uint64_t)out.st_size;
        st = result_json(c, &r, &text);
    }
    return st ? cli_fail(c) : text ? cli_print_json(c, text) : CLI_DONE;
}

int cli_dicom_transcode(cli *c)
{
    tomo_transcode_options o = TOMO_TRANSCODE_OPTIONS_INIT;
    struct stat info;
    if (!read_options(c, &o))
        return CLI_USAGE;
    const bool folder = stat(c->args[0], &info) == 0 && S_ISDIR(info.st_mode);
    return folder ? transcode_folder(c, &o) : transcode_file(c, &o);
}
