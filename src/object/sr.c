/* sr.c - a structured report in memory: made, added to, looked at, freed. */
#include <math.h>

#include "object/sr_internal.h"

static const char *const types[] = { "",         "CONTAINER", "TEXT",     "CODE",   "NUM",         "DATETIME",
                                     "DATE",     "TIME",      "UIDREF",   "PNAME",  "COMPOSITE",   "IMAGE",
                                     "WAVEFORM", "SCOORD",    "SCOORD3D", "TCOORD", "TABLE",
                                     "BY REFERENCE" };
static const char *const relations[] = { "",
                                         "CONTAINS",
                                         "HAS OBS CONTEXT",
                                         "HAS ACQ CONTEXT",
                                         "HAS CONCEPT MOD",
                                         "HAS PROPERTIES",
                                         "INFERRED FROM",
                                         "SELECTED FROM" };

const char *tomo_sr_type_name(uint32_t type) { return type < TOMO_SR_TYPES ? types[type] : NULL; }
const char *tomo_sr_relation_name(uint32_t relation)
{
    return relation < TOMO_SR_RELATIONS ? relations[relation] : NULL;
}

tomo_status tomo_sr_new(tomo_ctx *ctx, tomo_sr **out, tomo_error *err)
{
    if (!ctx || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_sr_new: ctx and out must not be NULL");
    tomo_sr *sr = TOMO__ARRAY(ctx, 1, tomo_sr);
    if (!sr)
        return tomo__no_memory(ctx, err, sizeof *sr, "a report");
    sr->ctx = tomo__ctx_ref(ctx);
    sr->keep.ctx = ctx;
    *out = sr;
    return TOMO_OK;
}

void tomo_sr_free(tomo_sr *sr)
{
    if (!sr)
        return;
    tomo_ctx *ctx = sr->ctx;
    tomo__keep_free(&sr->keep);
    tomo__free(ctx, sr->nodes);
    tomo__free(ctx, sr);
    tomo__ctx_unref(ctx);
}

size_t tomo_sr_count(const tomo_sr *sr) { return sr ? sr->n : 0; }
const tomo_sr_node *tomo_sr_get(const tomo_sr *sr, size_t i) { return sr && i < sr->n ? &sr->nodes[i] : NULL; }
const tomo_sr_about *tomo_sr_get_about(const tomo_sr *sr) { return sr ? &sr->about : NULL; }

tomo_status tomo__sr_node(tomo_sr *sr, int32_t parent, tomo_sr_node **out, tomo_error *err)
{
    const int32_t depth = parent < 0 ? 0 : sr->nodes[parent].depth + 1;
    if (depth >= TOMO__SR_DEPTH)
        return tomo__fail(err, TOMO_E_LIMIT, "content items are more than %d levels deep", TOMO__SR_DEPTH);
    if (sr->n >= INT32_MAX / 2)
        return tomo__fail(err, TOMO_E_LIMIT, "more than %d content items", INT32_MAX / 2);
    if (sr->n == sr->room) {
        const size_t room = sr->room + sr->room / 2 + 16;
        tomo_sr_node *more = tomo__realloc(sr->ctx, sr->nodes, room * sizeof *more);
        if (!more)
            return tomo__no_memory(sr->ctx, err, room * sizeof *more, "content items");
        sr->nodes = more;
        sr->room = room;
    }
    *out = &sr->nodes[sr->n++];
    **out = (tomo_sr_node){ .parent = parent, .depth = depth, .target = -1, .number = NAN };
    return TOMO_OK;
}

size_t tomo__sr_skip(const tomo_sr *sr, size_t i)
{
    const int32_t depth = sr->nodes[i].depth;
    for (i++; i < sr->n && sr->nodes[i].depth > depth;)
        i++;
    return i;
}

static bool may_hold(const tomo_sr *sr, int32_t parent)
{
    if (sr->n == 0)
        return parent == -1;
    for (int32_t at = (int32_t)sr->n - 1; at >= 0; at = sr->nodes[at].parent)
        if (at == parent)
            return true;
    return false;
}

static tomo_status copy_times(tomo_sr *sr, tomo_sr_node *n, tomo_error *err)
{
    const tomo_sr_times from = *n->times;
    tomo_sr_times *to = tomo__keep_bytes(&sr->keep, 1, sizeof *to);
    double *samples = tomo__keep_bytes(&sr->keep, from.n_samples, sizeof(double));
    double *offsets = tomo__keep_bytes(&sr->keep, from.n_offsets, sizeof(double));
    n->times = NULL;
    if (!to || !samples || !offsets)
        return tomo__no_memory(sr->ctx, err, sizeof *to, "a content item");
    *to = from;
    if (from.n_samples)
        memcpy(samples, from.samples, from.n_samples * sizeof *samples);
    if (from.n_offsets)
        memcpy(offsets, from.offsets_seconds, from.n_offsets * sizeof *offsets);
    to->samples = samples;
    to->offsets_seconds = offsets;
    tomo_status st = tomo__keep_text(&sr->keep, &to->range, from.range, err);
    st = st ? st : tomo__keep_text(&sr->keep, &to->datetimes, from.datetimes, err);
    n->times = st ? NULL : to;
    return st;
}

static tomo_status copy_pointed(tomo_sr *sr, tomo_sr_node *n, tomo_error *err)
{
    tomo_status st = TOMO_OK;
    if (n->reference) {
        tomo_reference *to = tomo__keep_bytes(&sr->keep, 1, sizeof *to);
        if (!to)
            return tomo__no_memory(sr->ctx, err, sizeof *to, "a content item");
        st = tomo__keep_reference(&sr->keep, to, n->reference, err);
        n->reference = to;
    }
    if (st == TOMO_OK && n->shape) {
        tomo_graphic *to = tomo__keep_bytes(&sr->keep, 1, sizeof *to);
        if (!to)
            return tomo__no_memory(sr->ctx, err, sizeof *to, "a content item");
        st = tomo__keep_shape(&sr->keep, to, n->shape, err);
        n->shape = to;
    }
    return st == TOMO_OK && n->times ? copy_times(sr, n, err) : st;
}

static tomo_status copy_node(tomo_sr *sr, tomo_sr_node *n, tomo_error *err)
{
    tomo__keep *k = &sr->keep;
    tomo_status st = tomo__keep_code(k, &n->concept, &n->concept, err);
    st = st ? st : tomo__keep_code(k, &n->code, &n->code, err);
    st = st ? st : tomo__keep_code(k, &n->qualifier, &n->qualifier, err);
    st = st ? st : tomo__keep_text(k, &n->text, n->text, err);
    st = st ? st : tomo__keep_text(k, &n->template_id, n->template_id, err);
    st = st ? st : tomo__keep_text(k, &n->template_resource, n->template_resource, err);
    st = st ? st : tomo__keep_text(k, &n->observed, n->observed, err);
    st = st ? st : tomo__keep_text(k, &n->uid, n->uid, err);
    return st ? st : copy_pointed(sr, n, err);
}

tomo_status tomo_sr_add(tomo_sr *sr, const tomo_sr_node *node, int32_t *index, tomo_error *err)
{
    tomo_sr_node *to = NULL;
    if (!sr || !node)
        return tomo__fail(err, TOMO_E_ARG, "tomo_sr_add: sr and node must not be NULL");
    if (!may_hold(sr, node->parent))
        return tomo__fail(err, TOMO_E_ARG, "item %zu: its parent %d is not the last item nor one above it", sr->n,
                          (int)node->parent);
    if (node->type >= TOMO_SR_TYPES || node->relation >= TOMO_SR_RELATIONS)
        return tomo__fail(err, TOMO_E_ARG, "item %zu: no such type or relation (%u, %u)", sr->n, node->type,
                          node->relation);
    if (node->type == TOMO_SR_TABLE)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "item %zu: tables are read, not written", sr->n);
    if (node->target >= 0 && node->type == TOMO_SR_BY_REFERENCE && (size_t)node->target >= sr->n)
        return tomo__fail(err, TOMO_E_ARG, "item %zu: its target %d is not there yet", sr->n, (int)node->target);
    tomo_sr_node copy = *node;
    tomo_status st = copy_node(sr, &copy, err);
    st = st ? st : tomo__sr_node(sr, node->parent, &to, err);
    if (st)
        return st;
    copy.depth = to->depth;
    *to = copy;
    if (index)
        *index = (int32_t)sr->n - 1;
    return TOMO_OK;
}
