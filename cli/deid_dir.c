/* deid_dir.c - tomo deid run --dicomdir: the new files as a file-set. A DICOMDIR can't be cleaned by itself - its
 * records hold names, icons, and offsets of files that are no more - so a new one is made of what was written. */
#include "cli.h"

#include <jansson.h>
#include <tomo/object_dir.h>

#include "deid_dir.h"

/* Where each instance lies in the file-set. */
static json_t *find_places(cli *c, const char *folder)
{
    tomo_fileset *set = NULL;
    tomo_fileset_record r = { .struct_size = sizeof r };
    json_t *places = json_object();
    char uid[65];
    if (tomo_fileset_open(c->ctx, &set, folder, NULL, &c->err) != TOMO_OK) {
        json_decref(places);
        return NULL;
    }
    for (size_t i = 0; places && i < tomo_fileset_count(set); i++)
        if (tomo_fileset_record_at(set, i, &r, NULL) == TOMO_OK && r.file &&
            tomo_dataset_text(r.keys, 0x00041511, 0, uid, sizeof uid) > 0)
            json_object_set_new(places, uid, json_string(r.file));
    tomo_fileset_free(set);
    return places;
}

/* "<study>/<series>/<instance>.dcm" of the report becomes the name in the file-set; second copies of an instance are
 * in no file-set (false). */
static bool rename_entry(json_t *entry, const json_t *places)
{
    const char *file = json_string_value(json_object_get(entry, "file")), *slash = file ? strrchr(file, '/') : NULL;
    char uid[80] = "";
    if (!slash)
        return true;
    snprintf(uid, sizeof uid, "%.*s", (int)TOMO__MIN(strspn(slash + 1, "0123456789."), sizeof uid - 1), slash + 1);
    size_t n = strlen(uid);
    bool copy = slash[1 + n] == '-';
    if (n && uid[n - 1] == '.')
        uid[n - 1] = 0;
    json_t *place = copy ? NULL : json_object_get(places, uid);
    if (place) {
        json_object_set(entry, "file", place);
        return true;
    }
    json_object_del(entry, "file");
    json_object_set_new(entry, "status", json_string("left out"));
    json_object_set_new(
        entry, "reason",
        json_string(copy ? "the file-set has this instance already" : "a DICOMDIR has no record for it"));
    return false;
}

static tomo_status rename_files(cli *c, tomo_buffer **report, tomo_deid_summary *sum, const char *folder)
{
    json_t *places = find_places(c, folder), *all;
    json_t *doc = json_loadb(tomo_buffer_data(*report), tomo_buffer_size(*report), 0, NULL);
    char *text = NULL;
    tomo__text t = TOMO__TEXT(c->ctx);
    tomo_status st = places ? TOMO_OK : c->err.status;
    all = json_object_get(doc, "inOrderOfNames");
    for (size_t i = 0; places && i < json_array_size(all); i++)
        if (!rename_entry(json_array_get(all, i), places))
            sum->done--, sum->left_out++;
    json_object_set_new(doc, "done", json_integer(sum->done));
    json_object_set_new(doc, "leftOut", json_integer(sum->left_out));
    if (st == TOMO_OK && !(text = json_dumps(doc, JSON_COMPACT)))
        st = tomo__no_memory(c->ctx, &c->err, tomo_buffer_size(*report), "the report");
    if (st == TOMO_OK) {
        tomo_buffer *renamed = NULL;
        tomo__text_str(&t, text);
        st = tomo__text_finish(&t, &renamed, &c->err);
        if (st == TOMO_OK) {
            tomo_buffer_free(*report);
            *report = renamed;
        }
    }
    tomo__text_free(&t);
    free(text);
    json_decref(doc);
    json_decref(places);
    return st;
}

tomo_status cli_deid_fileset(cli *c, tomo_buffer **json, tomo_deid_summary *sum, const tomo_deid *rules,
                             tomo_deid_told told)
{
    tomo_fileset_options o = TOMO_FILESET_OPTIONS_INIT;
    tomo_report *report = NULL;
    tomo__folder *temp = NULL;
    const char *const out = c->args[1];
    char clean[4200];
    const char *paths[] = { clean };
    tomo_status st = tomo__folder_begin(c->ctx, &temp, out, &c->err); /* never committed: a place beside OUT */
    if (st)
        return st;
    snprintf(clean, sizeof clean, "%s/clean", tomo__folder_path(temp));
    o.invent = true; /* dates that were removed */
    st = tomo_deid_folder(c->ctx, json, sum, c->args[0], clean, rules, told, NULL, c->job, &c->err);
    if (st == TOMO_OK && sum->done == 0)
        st = tomo__fail(&c->err, TOMO_E_DENIED, "no file could be de-identified, so there is no file-set");
    if (st == TOMO_OK)
        st = tomo_report_new(c->ctx, &report, &c->err);
    if (st == TOMO_OK)
        st = tomo_fileset_create(c->ctx, out, paths, 1, &o, report, c->job, &c->err);
    tomo_report_free(report); /* its remarks name files that are no more */
    tomo__folder_abandon(temp);
    if (st == TOMO_OK)
        st = rename_files(c, json, sum, out);
    if (st) {
        tomo_buffer_free(*json);
        *json = NULL;
    }
    return st;
}
