/* create_segments.c - descriptions of segments from a JSON file: as tomo dicom show prints them ("segments": [...]), or
 * dcmqi's ("segmentAttributes": [[...]]). */
#include "create.h"

#include <stdlib.h>

static const char *text_of(const json_t *o, const char *ours, const char *theirs)
{
    const char *text = json_string_value(json_object_get(o, ours));
    return text ? text : json_string_value(json_object_get(o, theirs));
}

static const json_t *part_of(const json_t *o, const char *ours, const char *theirs)
{
    const json_t *part = json_object_get(o, ours);
    return part ? part : json_object_get(o, theirs);
}

static tomo_seg_code code_of(const json_t *o, const char *ours, const char *theirs)
{
    const json_t *c = part_of(o, ours, theirs);
    return (tomo_seg_code){ text_of(c, "value", "CodeValue"), text_of(c, "scheme", "CodingSchemeDesignator"),
                            text_of(c, "meaning", "CodeMeaning") };
}

static tomo_status read_one(cli *c, const json_t *o, const char *path, tomo_seg_segment *s)
{
    const json_t *number = part_of(o, "number", "labelID"), *color = part_of(o, "color", "recommendedDisplayRGBValue");
    *s = (tomo_seg_segment){ .struct_size = sizeof *s };
    if (!json_is_integer(number) || json_integer_value(number) < 0 || json_integer_value(number) > 65535)
        return tomo__fail(&c->err, TOMO_E_ARG, "%s: a segment has no number (or labelID) of 0 to 65535", path);
    s->number = (int32_t)json_integer_value(number);
    s->type = code_of(o, "type", "SegmentedPropertyTypeCodeSequence");
    s->modifier = code_of(o, "typeModifier", "SegmentedPropertyTypeModifierCodeSequence");
    s->category = code_of(o, "category", "SegmentedPropertyCategoryCodeSequence");
    s->region = code_of(o, "region", "AnatomicRegionSequence");
    s->label = text_of(o, "label", "SegmentLabel");
    s->description = text_of(o, "description", "SegmentDescription");
    s->label = s->label ? s->label : s->description ? s->description : s->type.meaning;
    s->algorithm_type = text_of(o, "algorithmType", "SegmentAlgorithmType");
    s->algorithm_name = text_of(o, "algorithmName", "SegmentAlgorithmName");
    s->tracking_id = text_of(o, "trackingID", "TrackingIdentifier");
    s->tracking_uid = text_of(o, "trackingUID", "TrackingUniqueIdentifier");
    s->has_color = json_array_size(color) == 3;
    for (size_t i = 0; s->has_color && i < 3; i++) {
        const json_int_t v = json_integer_value(json_array_get(color, i));
        if (!json_is_integer(json_array_get(color, i)) || v < 0 || v > 255)
            return tomo__fail(&c->err, TOMO_E_ARG, "%s: the color of segment %d is not three numbers of 0 to 255", path,
                              (int)s->number);
        s->color[i] = (uint8_t)v;
    }
    return TOMO_OK;
}

tomo_status cli_segments_read(cli *c, const char *path, create_segments *out)
{
    json_error_t why;
    size_t n = 0;
    *out = (create_segments){ NULL, NULL, 0 };
    if (!(out->json = json_load_file(path, JSON_REJECT_DUPLICATES, &why)))
        return tomo__fail(&c->err, TOMO_E_FORMAT, "%s: line %d: %s", path, why.line, why.text);
    const json_t *list = json_is_array(out->json) ? out->json : part_of(out->json, "segments", "segmentAttributes");
    if (!json_is_array(list) || json_array_size(list) == 0)
        return tomo__fail(&c->err, TOMO_E_FORMAT, "%s: no list \"segments\" (or dcmqi's \"segmentAttributes\")", path);
    for (size_t i = 0; i < json_array_size(list); i++)
        n += json_is_array(json_array_get(list, i)) ? json_array_size(json_array_get(list, i)) : 1;
    if (n == 0 || n > 65535 || !(out->segment = calloc(n, sizeof *out->segment)))
        return tomo__fail(&c->err, n && n <= 65535 ? TOMO_E_NOMEM : TOMO_E_FORMAT,
                          "%s: %zu segments, expected 1 to 65535", path, n);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const size_t m = json_is_array(item) ? json_array_size(item) : 1; /* dcmqi: a list for each input file */
        for (size_t k = 0; k < m; k++) {
            const tomo_status st =
                read_one(c, json_is_array(item) ? json_array_get(item, k) : item, path, &out->segment[out->n]);
            if (st)
                return st;
            out->n += out->segment[out->n].number > 0; /* background is described by itself */
        }
    }
    return TOMO_OK;
}

void cli_segments_free(create_segments *s)
{
    json_decref(s->json);
    free(s->segment);
}
