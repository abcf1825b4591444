/* dataset.c - data sets: opened off-thread, read by path on the JavaScript thread (values are decoded when asked for).
 * An item of a sequence is a handle of its own that holds on to the data set it lies in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addon.h"

/* ---- who holds what ------------------------------------------------------------------------------------------------
 */

static void free_contents(node_root *root)
{
    tomo_dataset_free(root->ds);
    tomo_report_free(root->report);
    root->ds = NULL;
    root->report = NULL;
}

static void unref(node_root *root)
{
    if (root->closed && root->pins == 0)
        free_contents(root);
    if (--root->refs > 0)
        return;
    free_contents(root);
    free(root);
}

void node_root_pin(node_root *root)
{
    root->pins++;
    root->refs++;
}

void node_root_unpin(node_root *root)
{
    root->pins--;
    unref(root);
}

static void drop_handle(napi_env env, void *data, void *hint)
{
    node_dataset *d = data;
    unref(d->root);
    free(d);
}

napi_value node_dataset_handle(napi_env env, node_root *root, const tomo_dataset *ds)
{
    node_dataset *d = malloc(sizeof *d);
    if (!d)
        return node_throw_arg(env, "no memory for a data set's handle");
    *d = (node_dataset){ root, ds };
    root->refs++;
    napi_value handle = node_handle_new(env, NODE_DATASET, d, drop_handle);
    if (!handle)
        drop_handle(env, d, NULL);
    return handle;
}

node_dataset *node_dataset_get(napi_env env, napi_value handle)
{
    node_dataset *d = node_handle_get(env, handle, NODE_DATASET);
    if (d && d->root->closed) {
        node_throw_arg(env, "the data set is closed");
        return NULL;
    }
    return d;
}

static node_dataset *only_arg(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    return node_args(env, info, 1, argv) ? node_dataset_get(env, argv[0]) : NULL;
}

napi_value node_dataset_close(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    node_dataset *d = node_args(env, info, 1, argv) ? node_handle_get(env, argv[0], NODE_DATASET) : NULL;
    if (!d)
        return NULL;
    d->root->closed = true;
    if (d->root->pins == 0) /* else the last call that reads it frees it */
        free_contents(d->root);
    return node_undefined(env);
}

/* ---- open
 * ------------------------------------------------------------------------------------------------------------ */

typedef struct open_call {
    node_call call;
    char *path;
    tomo_dataset_options opts;
    tomo_tag *tags;
    node_root *root;
} open_call;

static void open_run(node_call *call)
{
    open_call *c = (open_call *)call;
    call->status = tomo_report_new(call->home->ctx, &c->root->report, &call->err);
    if (call->status == TOMO_OK)
        call->status =
            tomo_dataset_open_path(call->home->ctx, &c->root->ds, c->path, &c->opts, c->root->report, &call->err);
}

static napi_value open_finish(napi_env env, node_call *call)
{
    open_call *c = (open_call *)call;
    return node_dataset_handle(env, c->root, c->root->ds);
}

static void open_drop(node_call *call)
{
    open_call *c = (open_call *)call;
    free(c->path);
    free(c->tags);
    if (c->root)
        unref(c->root);
}

static bool read_tag(napi_env env, napi_value value, tomo_tag *out)
{
    char *text = node_text(env, value, "specificTags: an entry");
    unsigned group, element;
    int end = 0;
    if (!text)
        return false;
    const tomo_dict_entry *d = tomo_dict_keyword(text);
    bool good = d != NULL;
    if (d) {
        *out = d->tag;
    } else if (strspn(text, "0123456789abcdefABCDEF(,)") == strlen(text) &&
               (sscanf(text, "(%4x,%4x)%n", &group, &element, &end) == 2 ||
                sscanf(text, "%4x%4x%n", &group, &element, &end) == 2) &&
               (end == 11 || end == 8) && text[end] == '\0') {
        *out = (tomo_tag)(group << 16 | element);
        good = true;
    }
    if (!good)
        node_throw_arg(env, "specificTags: '%.64s' is not a keyword of the dictionary, 00100010 or (0010,0010)", text);
    free(text);
    return good;
}

static bool read_tags(napi_env env, napi_value list, open_call *c)
{
    uint32_t n = 0;
    napi_value entry;
    if (node_is_nothing(env, list))
        return true;
    if (napi_get_array_length(env, list, &n) != napi_ok) {
        node_throw_arg(env, "specificTags is not an array");
        return false;
    }
    c->tags = calloc((size_t)n + 1, sizeof *c->tags);
    if (!c->tags) {
        node_throw_arg(env, "no memory for %u tags", (unsigned)n);
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (napi_get_element(env, list, i, &entry) != napi_ok) {
            node_throw_napi(env);
            return false;
        }
        if (!read_tag(env, entry, &c->tags[i]))
            return false;
    }
    c->opts.specific_tags = c->tags;
    c->opts.n_specific_tags = n;
    return true;
}

/* datasetOpen(path, {force, stopBeforePixels, specificTags}, job): Promise<handle> */
napi_value node_dataset_open(napi_env env, napi_callback_info info)
{
    napi_value argv[3], tags;
    open_call *c;
    if (!node_args(env, info, 3, argv))
        return NULL;
    c = node_call_new(env, sizeof *c, open_run, open_finish, open_drop);
    if (!c)
        return NULL;
    c->opts = (tomo_dataset_options)TOMO_DATASET_OPTIONS_INIT;
    c->root = calloc(1, sizeof *c->root);
    if (!c->root) {
        node_throw_arg(env, "no memory for a data set");
        return node_call_abandon(&c->call);
    }
    c->root->refs = 1;
    c->path = node_text(env, argv[0], "path");
    if (!c->path || !node_member_bool(env, argv[1], "force", &c->opts.force) ||
        !node_member_bool(env, argv[1], "stopBeforePixels", &c->opts.stop_before_pixels) ||
        !node_member(env, argv[1], "specificTags", &tags) || !read_tags(env, tags, c))
        return node_call_abandon(&c->call);
    return node_call_start(env, &c->call, "tomo:readDICOM", argv[2]);
}

/* ---- look
 * ------------------------------------------------------------------------------------------------------------- */

/* Walk down "A[0].B[1].C": *at is the data set that holds the last element. Only tomo_dataset_find() knows what a path
 * is; here it is cut at the dots. A last step "A[0]" is the item itself: *item. */
static tomo_status walk(const tomo_dataset *ds, char *path, const tomo_dataset **at, const tomo_dataset **item,
                        tomo_element *out, tomo_error *err)
{
    *at = ds;
    *item = NULL;
    for (char *step = path, *dot; step; step = dot) {
        dot = strchr(step, '.');
        if (dot)
            *dot++ = '\0';
        char *bracket = strchr(step, '['), *end = NULL;
        unsigned long i = 0;
        if (bracket) {
            *bracket = '\0';
            i = strtoul(bracket + 1, &end, 10);
            if (end == bracket + 1 || strcmp(end, "]") != 0)
                return node_fail(err, TOMO_E_ARG, "\"%.80s\": expected an item's number in brackets", step);
        } else if (dot) {
            return node_fail(err, TOMO_E_ARG, "\"%.80s\": expected [item] before the dot", step);
        }
        tomo_status st = tomo_dataset_find(*at, step, out, err);
        if (st != TOMO_OK || !bracket)
            return st;
        const tomo_dataset *inner = out->is_sequence ? tomo_dataset_item(*at, out->tag, i) : NULL;
        if (!inner)
            return node_fail(err, TOMO_E_NOTFOUND, "%.64s has no item %lu", step, i);
        if (dot)
            *at = inner;
        else
            *item = inner;
    }
    return TOMO_OK;
}

typedef struct place {
    const tomo_dataset *at, *item;
    tomo_element element;
    bool found;
} place;

/* Find the element that a path names. False with an exception pending. Without `strict` a text that is no path counts
 * as absent, as a property that isn't there does. */
static bool look(napi_env env, const node_dataset *d, napi_value name, bool strict, place *out)
{
    tomo_error err = { 0 };
    char small[128], *path = small;
    size_t length = 0;
    out->found = false;
    if (napi_get_value_string_utf8(env, name, small, sizeof small, &length) != napi_ok || length + 4 >= sizeof small ||
        strlen(small) != length) /* no string, or one that may have been cut, or one with NUL: the long way */
        path = node_text(env, name, "path");
    if (!path)
        return false;
    tomo_status st = walk(d->ds, path, &out->at, &out->item, &out->element, &err);
    if (path != small)
        free(path);
    out->found = st == TOMO_OK;
    if (st == TOMO_OK || st == TOMO_E_NOTFOUND || (st == TOMO_E_ARG && !strict))
        return true;
    node_throw(env, &err);
    return false;
}

static napi_value value_at(napi_env env, const node_dataset *d, const place *p)
{
    if (!p->found)
        return node_undefined(env);
    return p->item ? node_dataset_handle(env, d->root, p->item) : node_element_value(env, d, p->at, &p->element);
}

/* datasetValue(handle, path, strict): value, or undefined if absent */
napi_value node_dataset_value(napi_env env, napi_callback_info info)
{
    napi_value argv[3];
    place p;
    bool strict = false;
    if (!node_args(env, info, 3, argv))
        return NULL;
    NODE_TRY(env, napi_get_value_bool(env, argv[2], &strict));
    const node_dataset *d = node_dataset_get(env, argv[0]);
    return d && look(env, d, argv[1], strict, &p) ? value_at(env, d, &p) : NULL;
}

/* datasetValues(handle, paths): array of values; one way into the addon for many of them */
napi_value node_dataset_values(napi_env env, napi_callback_info info)
{
    napi_value argv[2], list, name, v;
    uint32_t n = 0;
    place p;
    const node_dataset *d = node_args(env, info, 2, argv) ? node_dataset_get(env, argv[0]) : NULL;
    if (!d)
        return NULL;
    NODE_TRY(env, napi_get_array_length(env, argv[1], &n));
    NODE_TRY(env, napi_create_array_with_length(env, n, &list));
    for (uint32_t i = 0; i < n; i++) {
        NODE_TRY(env, napi_get_element(env, argv[1], i, &name));
        v = look(env, d, name, true, &p) ? value_at(env, d, &p) : NULL;
        if (!v)
            return NULL;
        NODE_TRY(env, napi_set_element(env, list, i, v));
    }
    return list;
}

napi_value node_dataset_has(napi_env env, napi_callback_info info)
{
    napi_value argv[2], v;
    place p;
    const node_dataset *d = node_args(env, info, 2, argv) ? node_dataset_get(env, argv[0]) : NULL;
    if (!d || !look(env, d, argv[1], false, &p))
        return NULL;
    NODE_TRY(env, napi_get_boolean(env, p.found, &v));
    return v;
}

/* Keywords of the elements at this level, in tag order; the tag in eight digits where the dictionary has none. */
napi_value node_dataset_keys(napi_env env, napi_callback_info info)
{
    const node_dataset *d = only_arg(env, info);
    napi_value list, text;
    uint32_t n = 0;
    if (!d)
        return NULL;
    NODE_TRY(env, napi_create_array(env, &list));
    for (size_t i = 0; i < tomo_dataset_count(d->ds); i++) {
        tomo_element e;
        tomo_error err = { 0 };
        char tag[9];
        if (tomo_dataset_element(d->ds, i, &e, &err) != TOMO_OK)
            return node_throw(env, &err);
        const tomo_dict_entry *row = tomo_dict_find(e.tag);
        /* of a repeating group only the first has a keyword of its own: tomo_dict_keyword() gives its tag */
        bool named = row && row->keyword[0] && row->tag == e.tag;
        snprintf(tag, sizeof tag, "%08x", (unsigned)e.tag);
        text = node_string(env, named ? row->keyword : tag);
        if (!text)
            return NULL;
        NODE_TRY(env, napi_set_element(env, list, n++, text));
    }
    return list;
}

napi_value node_dataset_syntax(napi_env env, napi_callback_info info)
{
    const node_dataset *d = only_arg(env, info);
    return d ? node_string(env, tomo_dataset_syntax(d->ds)) : NULL;
}

napi_value node_dataset_remarks(napi_env env, napi_callback_info info)
{
    const node_dataset *d = only_arg(env, info);
    return d ? node_remarks(env, d->root->report) : NULL;
}

/* datasetJson(handle, inlineLimit): text */
napi_value node_dataset_to_json(napi_env env, napi_callback_info info)
{
    napi_value argv[2], text = NULL;
    tomo_buffer *json = NULL;
    tomo_error err = { 0 };
    int64_t limit = 0;
    if (!node_args(env, info, 2, argv))
        return NULL;
    const node_dataset *d = node_dataset_get(env, argv[0]);
    if (!d || !node_whole(env, argv[1], "inlineLimit", &limit))
        return NULL;
    if (limit < 0)
        return node_throw_arg(env, "inlineLimit is %lld, expected 0 or more", (long long)limit);
    if (tomo_dataset_json(node_env_get(env)->ctx, d->ds, &json, (uint64_t)limit, &err) != TOMO_OK)
        return node_throw(env, &err);
    text = node_string(env, tomo_buffer_data(json));
    tomo_buffer_free(json);
    return text;
}
