/* sr_key.c - key object selections (PS3.3 A.35.4, C.17.6; PS3.16 TID 2010): a title, a description, a list. */
#include "object/sr_internal.h"

#define KEY_OBJECTS "1.2.840.10008.5.1.4.1.1.88.59"

/* ---- reading --------------------------------------------------------------------------------------------------- */

tomo_status tomo_sr_read_key_objects(tomo_sr *sr, tomo_key_objects *out, tomo_error *err)
{
    tomo_key_objects found = TOMO_KEY_OBJECTS_INIT;
    size_t n = 0;
    if (!sr || !out || out->struct_size < sizeof *out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_sr_read_key_objects: sr and out must be there, out set by its _INIT");
    if (!sr->about.class_uid || strcmp(sr->about.class_uid, KEY_OBJECTS) != 0)
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "(0008,0016) SOP Class UID is %s, expected that of Key Object Selection",
                          sr->about.class_uid ? sr->about.class_uid : "absent");
    for (size_t i = 0; i < sr->n; i++)
        n += sr->nodes[i].reference != NULL;
    tomo_reference *list = tomo__keep_bytes(&sr->keep, n, sizeof *list);
    if (!list)
        return tomo__no_memory(sr->ctx, err, n * sizeof *list, "references");
    found.title = sr->nodes[0].concept;
    for (size_t i = 1; i < sr->n; i++) {
        const tomo_sr_node *node = &sr->nodes[i];
        if (node->reference)
            list[found.n_instances++] = *node->reference;
        else if (node->type == TOMO_SR_CODE && tomo__code_is(&node->concept, "113011", "DCM") && !found.modifier.value)
            found.modifier = node->code;
        else if (node->type == TOMO_SR_TEXT && tomo__code_is(&node->concept, "113012", "DCM"))
            found.description = node->text;
        else if (node->type == TOMO_SR_PNAME && tomo__code_is(&node->concept, "121008", "DCM"))
            found.observer = node->text;
    }
    found.instances = list;
    *out = found;
    return TOMO_OK;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

/* IMAGE, WAVEFORM or COMPOSITE, by what the class is. */
static uint32_t type_of(const tomo_reference *ref)
{
    static const char waveform[] = "1.2.840.10008.5.1.4.1.1.9.";
    static const char *const images[] = {
        "Image Storage",  "Image Multi-frame", "Image For Proc",   "Segmentation Storage", "Label Map",
        "Parametric Map", "RT Dose",           "For Presentation", "For Processing"
    };
    const char *name = ref->class_uid ? tomo_uid_name(ref->class_uid) : NULL;
    if (ref->class_uid && strncmp(ref->class_uid, waveform, sizeof waveform - 1) == 0)
        return TOMO_SR_WAVEFORM;
    for (size_t i = 0; name && i < TOMO__COUNT(images); i++)
        if (strstr(name, images[i]) && !strstr(name, "Surface"))
            return TOMO_SR_IMAGE;
    return ref->n_frames ? TOMO_SR_IMAGE : TOMO_SR_COMPOSITE;
}

static tomo_status build(tomo_sr *sr, const tomo_key_objects *in, tomo_error *err)
{
    const tomo_code none = { NULL }, of_interest = TOMO_CODE("113000", "DCM", "Of Interest");
    const tomo_code person = TOMO_CODE("121006", "DCM", "Person");
    const tomo_sr_node items[] = {
        { .type = TOMO_SR_CONTAINER,
          .parent = -1,
          .concept = in->title.value ? in->title : of_interest,
          .separate = true,
          .template_id = "2010",
          .template_resource = "DCMR" },
        { .type = in->modifier.value ? TOMO_SR_CODE : TOMO_SR_OTHER,
          .relation = TOMO_SR_HAS_CONCEPT_MOD,
          .concept = TOMO_CODE("113011", "DCM", "Document Title Modifier"),
          .code = in->modifier },
        { .type = in->observer ? TOMO_SR_CODE : TOMO_SR_OTHER,
          .relation = TOMO_SR_HAS_OBS_CONTEXT,
          .concept = TOMO_CODE("121005", "DCM", "Observer Type"),
          .code = in->observer ? person : none },
        { .type = in->observer ? TOMO_SR_PNAME : TOMO_SR_OTHER,
          .relation = TOMO_SR_HAS_OBS_CONTEXT,
          .concept = TOMO_CODE("121008", "DCM", "Person Observer Name"),
          .text = in->observer },
        { .type = in->description ? TOMO_SR_TEXT : TOMO_SR_OTHER,
          .relation = TOMO_SR_CONTAINS,
          .concept = TOMO_CODE("113012", "DCM", "Key Object Description"),
          .text = in->description },
    };
    tomo_status st = TOMO_OK;
    for (size_t i = 0; st == TOMO_OK && i < TOMO__COUNT(items); i++)
        if (items[i].type != TOMO_SR_OTHER)
            st = tomo_sr_add(sr, &items[i], NULL, err);
    for (size_t i = 0; st == TOMO_OK && i < in->n_instances; i++) {
        const tomo_sr_node node = { .type = type_of(&in->instances[i]),
                                    .relation = TOMO_SR_CONTAINS,
                                    .reference = &in->instances[i] };
        st = tomo_sr_add(sr, &node, NULL, err);
    }
    return st;
}

tomo_status tomo_key_objects_write(tomo_ctx *ctx, tomo_dataset **out, const tomo_key_objects *in,
                                   const tomo_object_options *object, tomo_error *err)
{
    tomo_sr *sr = NULL;
    tomo_dataset *ds = NULL;
    if (!ctx || !out || !in || (in->n_instances && !in->instances))
        return tomo__fail(err, TOMO_E_ARG, "tomo_key_objects_write: ctx, out and in must not be NULL");
    if (in->n_instances == 0)
        return tomo__fail(err, TOMO_E_ARG, "a key object selection names at least one instance");
    tomo_status st = tomo_sr_new(ctx, &sr, err);
    st = st ? st : build(sr, in, err);
    st = st ? st : tomo__object_begin(ctx, &ds, KEY_OBJECTS, "KO", object, err);
    st = st ? st : tomo__object_put(ds, 0x00081111, "", err); /* Type 2, C.17.6.1 */
    st = st ? st : tomo__sr_put_evidence(ctx, ds, sr, NULL, 0, object ? object->like : NULL, err);
    st = st ? st : tomo__sr_put_tree(ds, sr, err);
    tomo_sr_free(sr);
    if (st) {
        tomo_dataset_free(ds);
        return st;
    }
    *out = ds;
    return TOMO_OK;
}
