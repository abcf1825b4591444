/* test_sr.c - structured reports: any tree there and back, limits of depth, references by place, TID 1500 as a flat
 * list, key objects. What others make of them is in check_reports.py. */
#include <math.h>
#include <tomo/object_sr.h>

#include "../t.h"
#include "object/sr_internal.h"

#define CT "1.2.840.10008.5.1.4.1.1.2"
#define SEG "1.2.840.10008.5.1.4.1.1.66.4"

static const tomo_code length = TOMO_CODE("410668003", "SCT", "Length"), mm = TOMO_CODE("mm", "UCUM", "mm"),
                       title = TOMO_CODE("126000", "DCM", "Imaging Measurement Report"),
                       nodule = TOMO_CODE("27925004", "SCT", "Nodule");
static const int32_t frames[] = { 2, 5 }, segment[] = { 1 };
static const tomo_reference image = { .class_uid = CT,
                                      .instance_uid = "1.2.3.4",
                                      .series_uid = "1.2.3",
                                      .study_uid = "1.2",
                                      .frames = frames,
                                      .n_frames = 2 };

static tomo_object_options options(void)
{
    tomo_object_options o = TOMO_OBJECT_OPTIONS_INIT;
    o.seed = "s";
    o.when = "20261126213000";
    return o;
}

/* One of each value type. */
static tomo_sr *all_types(t_state *t)
{
    static const double at[] = { 1, 2, 3.5, 4 }, at3[] = { 1, 2, 3 }, samples[] = { 1, 100 };
    static const tomo_graphic pixels = { TOMO_GRAPHIC_CIRCLE, TOMO_GRAPHIC_IN_IMAGE, at, 2, NULL, false };
    static const tomo_graphic place = { TOMO_GRAPHIC_POINT, TOMO_GRAPHIC_IN_PATIENT, at3, 1, "1.2.9", false };
    static const tomo_sr_times times = { .range = "SEGMENT", .samples = samples, .n_samples = 2 };
    const tomo_sr_node nodes[] = {
        { .type = TOMO_SR_CONTAINER, .parent = -1, .concept = title, .separate = true, .template_id = "1500" },
        { .type = TOMO_SR_TEXT, .relation = TOMO_SR_CONTAINS, .concept = nodule, .text = "two\r\nlines \xC3\xBC" },
        { .type = TOMO_SR_CODE, .relation = TOMO_SR_CONTAINS, .concept = length, .code = nodule },
        { .type = TOMO_SR_NUM, .relation = TOMO_SR_CONTAINS, .concept = length, .code = mm, .number = 0.1 + 0.2 },
        { .type = TOMO_SR_DATETIME, .relation = TOMO_SR_CONTAINS, .concept = length, .text = "20260102030405" },
        { .type = TOMO_SR_DATE, .relation = TOMO_SR_CONTAINS, .concept = length, .text = "20260102" },
        { .type = TOMO_SR_TIME, .relation = TOMO_SR_CONTAINS, .concept = length, .text = "030405" },
        { .type = TOMO_SR_UIDREF, .relation = TOMO_SR_CONTAINS, .concept = length, .text = "1.2.3" },
        { .type = TOMO_SR_PNAME, .relation = TOMO_SR_HAS_OBS_CONTEXT, .concept = length, .text = "Doe^Jane" },
        { .type = TOMO_SR_IMAGE, .relation = TOMO_SR_CONTAINS, .reference = &image },
        { .type = TOMO_SR_SCOORD, .relation = TOMO_SR_CONTAINS, .concept = length, .shape = &pixels },
        { .type = TOMO_SR_IMAGE, .relation = TOMO_SR_SELECTED_FROM, .parent = 10, .reference = &image },
        { .type = TOMO_SR_SCOORD3D, .relation = TOMO_SR_CONTAINS, .concept = length, .shape = &place },
        { .type = TOMO_SR_TCOORD, .relation = TOMO_SR_CONTAINS, .concept = length, .times = &times },
        { .type = TOMO_SR_BY_REFERENCE, .relation = TOMO_SR_INFERRED_FROM, .parent = 13, .target = 11 },
    };
    tomo_sr *sr = NULL;
    CHECK_OK(tomo_sr_new(t->ctx, &sr, &t->err));
    for (size_t i = 0; i < TOMO__COUNT(nodes); i++)
        CHECK_OK(tomo_sr_add(sr, &nodes[i], NULL, &t->err));
    return sr;
}

static void check_same(const tomo_sr_node *a, const tomo_sr_node *b)
{
    CHECK_INT(a->type, b->type);
    CHECK_INT(a->relation, b->relation);
    CHECK_INT(a->parent, b->parent);
    CHECK_INT(a->depth, b->depth);
    CHECK_INT(a->target, a->type == TOMO_SR_BY_REFERENCE ? b->target : -1);
    CHECK(!a->concept.value == !b->concept.value);
    if (b->text && b->type != TOMO_SR_NUM)
        CHECK_STR(a->text, b->text);
    if (b->type == TOMO_SR_NUM)
        CHECK(a->number == b->number); /* every bit */
    if (b->shape) {
        CHECK_INT(a->shape->kind, b->shape->kind);
        CHECK_INT(a->shape->points, b->shape->points);
        CHECK(a->shape->at[1] == b->shape->at[1]);
    }
    if (b->reference) {
        CHECK_STR(a->reference->instance_uid, b->reference->instance_uid);
        CHECK_STR(a->reference->series_uid, b->reference->series_uid); /* by way of the evidence */
        CHECK_STR(a->reference->study_uid, b->reference->study_uid);
        CHECK_INT(a->reference->n_frames, 2);
        CHECK_INT(a->reference->frames[1], 5);
    }
}

/* The first example of PS3.3 C.18.10.1 (columns as lists), shortened, and a sparse table of several kinds of cells. */
TEST(tables_are_read)
{
    static const struct {
        const char *path, *value;
    } set[] = {
        { "SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.34" },
        { "ValueType", "CONTAINER" },
        { "ContentSequence[0].RelationshipType", "CONTAINS" },
        { "ContentSequence[0].ValueType", "TABLE" },
        { "ContentSequence[0].TabulatedValuesSequence[0].NumberOfTableRows", "3" },
        { "ContentSequence[0].TabulatedValuesSequence[0].NumberOfTableColumns", "2" },
        { "ContentSequence[0].TabulatedValuesSequence[0].TableColumnDefinitionSequence[0].TableColumnNumber", "2" },
        { "ContentSequence[0].TabulatedValuesSequence[0].TableColumnDefinitionSequence[0].ConceptNameCodeSequence[0]"
          ".CodeMeaning",
          "X-Ray Tube Current" },
        { "ContentSequence[0].TabulatedValuesSequence[0].TableColumnDefinitionSequence[0]"
          ".MeasurementUnitsCodeSequence[0].CodeValue",
          "mA" },
        { "ContentSequence[0].TabulatedValuesSequence[0].CellValuesSequence[0].TableColumnNumber", "1" },
        { "ContentSequence[0].TabulatedValuesSequence[0].CellValuesSequence[0].SelectorAttributeVR", "DT" },
        { "ContentSequence[0].TabulatedValuesSequence[0].CellValuesSequence[0].SelectorDTValue",
          "20200401163901.01\\20200401163901.02\\20200401163901.03" },
        { "ContentSequence[0].TabulatedValuesSequence[0].CellValuesSequence[1].TableColumnNumber", "2" },
        { "ContentSequence[0].TabulatedValuesSequence[0].CellValuesSequence[1].SelectorAttributeVR", "FL" },
        { "ContentSequence[0].TabulatedValuesSequence[0].CellValuesSequence[1].SelectorFLValue", "100.5\\90.25\\60" },
        { "ContentSequence[1].RelationshipType", "CONTAINS" },
        { "ContentSequence[1].ValueType", "TABLE" },
        { "ContentSequence[1].TabulatedValuesSequence[0].NumberOfTableRows", "4000000000" },
        { "ContentSequence[1].TabulatedValuesSequence[0].NumberOfTableColumns", "3" },
        { "ContentSequence[1].TabulatedValuesSequence[0].CellValuesSequence[0].TableRowNumber", "2" },
        { "ContentSequence[1].TabulatedValuesSequence[0].CellValuesSequence[0].SelectorAttributeVR", "DS" },
        { "ContentSequence[1].TabulatedValuesSequence[0].CellValuesSequence[0].SelectorDSValue", "1\\2.50\\3\\4" },
        { "ContentSequence[1].TabulatedValuesSequence[0].CellValuesSequence[1].TableRowNumber", "1" },
        { "ContentSequence[1].TabulatedValuesSequence[0].CellValuesSequence[1].TableColumnNumber", "3" },
        { "ContentSequence[1].TabulatedValuesSequence[0].CellValuesSequence[1].SelectorAttributeVR", "SQ" },
        { "ContentSequence[1].TabulatedValuesSequence[0].CellValuesSequence[1].SelectorCodeSequenceValue[0]"
          ".CodeMeaning",
          "Nodule" },
        { "ContentSequence[1].TabulatedValuesSequence[0].CellValuesSequence[2].TableRowNumber", "4000000000" },
        { "ContentSequence[1].TabulatedValuesSequence[0].CellValuesSequence[2].TableColumnNumber", "1" },
        { "ContentSequence[1].TabulatedValuesSequence[0].CellValuesSequence[2].SelectorAttributeVR", "UT" },
        { "ContentSequence[1].TabulatedValuesSequence[0].CellValuesSequence[2].SelectorUTValue", "a\\b" },
        { "ContentSequence[1].TabulatedValuesSequence[0].CellValuesSequence[3].SelectorAttributeVR", "OB" },
        { "ContentSequence[1].TabulatedValuesSequence[0].CellValuesSequence[4].SelectorAttributeVR", "SH" },
        { "ContentSequence[1].TabulatedValuesSequence[0].CellValuesSequence[4].SelectorSHValue", "nowhere" },
    };
    tomo_dataset *ds = NULL;
    tomo_sr *sr = NULL, *own = NULL;
    tomo_report *report = NULL;
    tomo_buffer *shown = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    for (size_t i = 0; i < TOMO__COUNT(set); i++)
        CHECK_OK(tomo_dataset_set(ds, set[i].path, set[i].value, &t->err));
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    CHECK_OK(tomo_sr_read(t->ctx, &sr, ds, report, &t->err));
    CHECK_INT(tomo_report_count(report), 3); /* a fourth value for three columns, OB, a cell without a place */
    const tomo_sr_table *a = tomo_sr_get(sr, 1)->table, *b = tomo_sr_get(sr, 2)->table;
    CHECK(a->rows == 3 && a->columns == 2 && a->n_cells == 6 && a->n_column_names == 1 && a->n_row_names == 0);
    CHECK_STR(a->column_names[0].unit.value, "mA");
    CHECK_STR(a->cells[2].text, "20200401163901.02");
    CHECK(a->cells[3].row == 2 && a->cells[3].column == 2 && a->cells[3].is_number && a->cells[3].number == 90.25);
    CHECK(b->rows == 4000000000 && b->n_cells == 5);
    CHECK(b->cells[0].row == 1 && b->cells[0].column == 3);
    CHECK_STR(b->cells[0].code.meaning, "Nodule");
    CHECK(b->cells[2].row == 2 && b->cells[2].column == 2 && b->cells[2].number == 2.5);
    CHECK_STR(b->cells[4].text, "a\\b");
    CHECK_OK(tomo_object_text(t->ctx, &shown, ds, &t->err));
    CHECK(strstr(tomo_buffer_data(shown), "column 2 X-Ray Tube Current (mA)"));
    CHECK(strstr(tomo_buffer_data(shown), "3: 20200401163901.03 | 60\n"));
    CHECK(strstr(tomo_buffer_data(shown), "1: [3] Nodule\n"));
    tomo_buffer_free(shown);
    CHECK_OK(tomo_object_json(t->ctx, &shown, ds, &t->err));
    CHECK(strstr(tomo_buffer_data(shown), "{\"row\":1,\"column\":2,\"number\":100.5}"));
    tomo_buffer_free(shown);
    CHECK_OK(tomo_sr_new(t->ctx, &own, &t->err));
    CHECK_FAILS(tomo_sr_add(own, &(tomo_sr_node){ .type = TOMO_SR_TABLE, .parent = -1, .target = -1 }, NULL, &t->err),
                TOMO_E_UNSUPPORTED);
    tomo_sr_free(own);
    tomo_sr_free(sr);
    sr = NULL;
    FAIL_EACH_ALLOC(t)
    {
        if (tomo_sr_read(t->ctx, &sr, ds, NULL, &t->err) == TOMO_OK)
            tomo_sr_free(sr);
        else
            CHECK(t->err.status == TOMO_E_NOMEM);
        sr = NULL;
    }
    tomo_report_free(report);
    tomo_dataset_free(ds);
}

TEST(every_type_is_written_and_read)
{
    tomo_sr *sr = all_types(t), *back = NULL;
    tomo_dataset *ds = NULL;
    const tomo_object_options o = options();
    tomo_report *report = NULL;
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    CHECK_OK(tomo_sr_write(t->ctx, &ds, sr, &o, NULL, &t->err));
    CHECK_OK(tomo_sr_read(t->ctx, &back, ds, report, &t->err));
    CHECK_INT(tomo_report_count(report), 0);
    CHECK_INT(tomo_sr_count(back), tomo_sr_count(sr));
    for (size_t i = 0; i < tomo_sr_count(sr); i++)
        check_same(tomo_sr_get(back, i), tomo_sr_get(sr, i));
    CHECK(tomo_sr_get(back, 0)->separate);
    CHECK_STR(tomo_sr_get(back, 0)->template_id, "1500");
    CHECK_STR(tomo_sr_get_about(back)->class_uid, "1.2.840.10008.5.1.4.1.1.88.34"); /* patient coordinates */
    CHECK_INT(tomo_sr_get_about(back)->n_current, 1);
    CHECK(tomo_sr_get(back, 99) == NULL);
    tomo_report_free(report);
    tomo_dataset_free(ds);
    tomo_sr_free(back);
    tomo_sr_free(sr);
}

TEST(a_document_that_is_too_small_is_refused)
{
    tomo_sr *sr = all_types(t);
    tomo_dataset *ds = NULL;
    tomo_sr_write_options w = TOMO_SR_WRITE_OPTIONS_INIT;
    w.document = "comprehensive";
    CHECK_FAILS(tomo_sr_write(t->ctx, &ds, sr, NULL, &w, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "comprehensive3d"));
    w.document = "novel";
    CHECK_FAILS(tomo_sr_write(t->ctx, &ds, sr, NULL, &w, &t->err), TOMO_E_ARG);
    CHECK(ds == NULL);
    tomo_sr_free(sr);
}

TEST(a_tree_has_an_order_and_an_end)
{
    tomo_sr *sr = NULL;
    int32_t at = -1;
    const tomo_sr_node root = { .type = TOMO_SR_CONTAINER, .parent = -1, .concept = title };
    tomo_sr_node node = { .type = TOMO_SR_CONTAINER, .relation = TOMO_SR_CONTAINS, .concept = title };
    CHECK_OK(tomo_sr_new(t->ctx, &sr, &t->err));
    CHECK_FAILS(tomo_sr_add(sr, &node, NULL, &t->err), TOMO_E_ARG); /* no root yet */
    CHECK_OK(tomo_sr_add(sr, &root, &at, &t->err));
    CHECK_FAILS(tomo_sr_add(sr, &root, NULL, &t->err), TOMO_E_ARG); /* a second one */
    for (int i = 1; i < TOMO__SR_DEPTH; i++) {
        node.parent = at;
        CHECK_OK(tomo_sr_add(sr, &node, &at, &t->err));
    }
    node.parent = at;
    CHECK_FAILS(tomo_sr_add(sr, &node, NULL, &t->err), TOMO_E_LIMIT);
    node.parent = 1;
    CHECK_OK(tomo_sr_add(sr, &node, NULL, &t->err));
    node.parent = 50;
    CHECK_FAILS(tomo_sr_add(sr, &node, NULL, &t->err), TOMO_E_ARG); /* closed */
    tomo_sr_free(sr);
}

/* A file may nest deeper than a report: 200 levels are read by the parser and refused here, without recursion. */
TEST(too_deep_is_said)
{
    tomo_dataset *ds = NULL, *at;
    tomo_sr *sr = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_OK(tomo_dataset_set(ds, "ValueType", "CONTAINER", &t->err));
    at = ds;
    for (int i = 0; i < 200; i++) {
        CHECK_OK(tomo__add_item(at, 0x0040A730, 0x0040A010, "CONTAINS", &at, &t->err));
        CHECK_OK(tomo_dataset_set(at, "ValueType", "CONTAINER", &t->err));
    }
    CHECK_FAILS(tomo_sr_read(t->ctx, &sr, ds, NULL, &t->err), TOMO_E_LIMIT);
    CHECK(sr == NULL);
    tomo_dataset_free(ds);
}

TEST(what_is_odd_is_remarked_on)
{
    static const struct {
        const char *path, *value;
    } set[] = {
        { "ValueType", "CONTAINER" },
        { "ContentSequence[0].RelationshipType", "MARRIED TO" },
        { "ContentSequence[0].ValueType", "SCOORD" },
        { "ContentSequence[0].GraphicType", "HEART" },
        { "ContentSequence[1].RelationshipType", "CONTAINS" },
        { "ContentSequence[1].ValueType", "TABLET" },
        { "ContentSequence[2].RelationshipType", "CONTAINS" },
        { "ContentSequence[2].ReferencedContentItemIdentifier", "1\\9" },
    };
    tomo_dataset *ds = NULL;
    tomo_sr *sr = NULL;
    tomo_report *report = NULL;
    tomo_buffer *json = NULL;
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    CHECK_FAILS(tomo_sr_read(t->ctx, &sr, ds, report, &t->err), TOMO_E_FORMAT); /* nothing of a report */
    for (size_t i = 0; i < TOMO__COUNT(set); i++)
        CHECK_OK(tomo_dataset_set(ds, set[i].path, set[i].value, &t->err));
    CHECK_OK(tomo_sr_read(t->ctx, &sr, ds, report, &t->err));
    CHECK_INT(tomo_report_count(report), 4);
    CHECK_INT(tomo_sr_get(sr, 1)->shape->kind, TOMO_GRAPHIC_NONE);
    CHECK_STR(tomo_sr_get(sr, 2)->text, "TABLET");
    CHECK_INT(tomo_sr_get(sr, 3)->target, -1);
    CHECK_OK(tomo_dataset_set(ds, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.33", &t->err));
    CHECK_OK(tomo_object_json(t->ctx, &json, ds, &t->err));
    tomo_buffer_free(json);
    tomo_report_free(report);
    tomo_sr_free(sr);
    tomo_dataset_free(ds);
}

/* ---- TID 1500 ---------------------------------------------------------------------------------------------------- */

static const double square[] = { 10, 20, 30, 20, 30, 40, 10, 20 };
static const tomo_sr_region region = {
    .shape = { TOMO_GRAPHIC_POLYLINE, TOMO_GRAPHIC_IN_IMAGE, square, 4, NULL, false },
    .image = { .class_uid = CT, .instance_uid = "1.2.3.4", .series_uid = "1.2.3", .study_uid = "1.2" }
};
static const tomo_reference seg = { .class_uid = SEG,
                                    .instance_uid = "1.2.5.6",
                                    .series_uid = "1.2.5",
                                    .study_uid = "1.2",
                                    .segments = segment,
                                    .n_segments = 1 };

static tomo_sr_measurements report_of(const tomo_sr_group *groups, size_t n)
{
    tomo_sr_measurements m = TOMO_SR_MEASUREMENTS_INIT;
    m.groups = groups;
    m.n_groups = n;
    return m;
}

TEST(groups_come_back_as_they_went)
{
    const tomo_sr_measurement measured[] = {
        { .name = length, .unit = mm, .value = 12.5, .method = nodule, .site = nodule },
        { .name = length, .value = NAN, .qualifier = nodule }
    };
    const tomo_sr_evaluation said[] = { { length, nodule, NULL, 0 },
                                        { nodule, { NULL }, "free words", TOMO_SR_HAS_CONCEPT_MOD } };
    const tomo_sr_group groups[] = {
        { .tracking_id = "A",
          .finding = nodule,
          .site = nodule,
          .laterality = length,
          .regions = &region,
          .n_regions = 1,
          .measurements = measured,
          .n_measurements = 2,
          .evaluations = said,
          .n_evaluations = 2 },
        { .segment = &seg, .source_series = "1.2.3", .algorithm = "x", .measurements = measured, .n_measurements = 1 },
        { .sources = &image, .n_sources = 1, .measurements = measured, .n_measurements = 1 },
    };
    const tomo_sr_measurements in = report_of(groups, 3);
    tomo_sr_measurements out = TOMO_SR_MEASUREMENTS_INIT;
    const tomo_object_options o = options();
    tomo_sr *sr = NULL, *back = NULL;
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_sr_make_measurements(t->ctx, &sr, &in, "s", &t->err));
    CHECK_OK(tomo_sr_write(t->ctx, &ds, sr, &o, NULL, &t->err));
    CHECK_OK(tomo_sr_read(t->ctx, &back, ds, NULL, &t->err));
    CHECK_OK(tomo_sr_read_measurements(back, &out, &t->err));
    CHECK_INT(out.n_groups, 3);
    CHECK_INT(out.groups[0].kind, TOMO_SR_GROUP_PLANAR);
    CHECK_STR(out.groups[0].tracking_id, "A");
    CHECK_STR(out.groups[0].laterality.value, length.value);
    CHECK_INT(out.groups[0].n_measurements, 2);
    CHECK(out.groups[0].measurements[0].value == 12.5);
    CHECK_STR(out.groups[0].measurements[0].method.value, nodule.value);
    CHECK(isnan(out.groups[0].measurements[1].value) && out.groups[0].measurements[1].qualifier.value);
    CHECK_INT(out.groups[0].n_evaluations, 2);
    CHECK_STR(out.groups[0].evaluations[1].text, "free words");
    CHECK_INT(out.groups[0].evaluations[0].relation, TOMO_SR_CONTAINS);
    CHECK_INT(out.groups[0].evaluations[1].relation, TOMO_SR_HAS_CONCEPT_MOD);
    CHECK_STR(out.groups[0].measurements[0].site.value, nodule.value);
    CHECK_INT(out.groups[0].regions[0].shape.points, 4);
    CHECK_STR(out.groups[0].regions[0].image.series_uid, "1.2.3");
    CHECK_INT(out.groups[1].kind, TOMO_SR_GROUP_VOLUME);
    CHECK_INT(out.groups[1].segment->segments[0], 1);
    CHECK_STR(out.groups[1].source_series, "1.2.3");
    CHECK_STR(out.groups[1].algorithm, "x");
    CHECK_STR(out.groups[1].tracking_id, "Group 2");
    CHECK_INT(out.groups[2].kind, TOMO_SR_GROUP_IMAGE);
    CHECK_INT(out.groups[2].sources[0].frames[0], 2);
    CHECK_STR(out.observer_device, "Tomo " TOMO_VERSION);
    tomo_dataset_free(ds);
    tomo_sr_free(back);
    tomo_sr_free(sr);
}

/* SCOORD knows no POLYGON, SCOORD3D one whose last point is the first (C.18.6.1.2, C.18.9.1.2). */
TEST(polygons_are_closed)
{
    static const double flat[] = { 1, 2, 5, 2, 3, 9 }, round[] = { 1, 2, 0, 5, 2, 0, 3, 9, 0 };
    const tomo_sr_region regions[] = {
        { .shape = { TOMO_GRAPHIC_POLYGON, TOMO_GRAPHIC_IN_IMAGE, flat, 3, NULL, false }, .image = region.image },
        { .shape = { TOMO_GRAPHIC_POLYGON, TOMO_GRAPHIC_IN_PATIENT, round, 3, "1.2.9", false } },
        { .shape = { TOMO_GRAPHIC_POLYGON, TOMO_GRAPHIC_IN_PATIENT, round, 2, "1.2.9", false } },
    };
    for (size_t i = 0; i < 3; i++) {
        const tomo_sr_group group = { .regions = &regions[i], .n_regions = 1 };
        const tomo_sr_measurements in = report_of(&group, 1);
        tomo_sr_measurements out = TOMO_SR_MEASUREMENTS_INIT;
        tomo_sr *sr = NULL;
        tomo_dataset *ds = NULL;
        if (i == 2) {
            CHECK_FAILS(tomo_sr_make_measurements(t->ctx, &sr, &in, NULL, &t->err), TOMO_E_ARG);
            continue;
        }
        CHECK_OK(tomo_sr_make_measurements(t->ctx, &sr, &in, NULL, &t->err));
        CHECK_OK(tomo_sr_write(t->ctx, &ds, sr, NULL, NULL, &t->err));
        CHECK_OK(tomo_sr_read_measurements(sr, &out, &t->err));
        const tomo_graphic *s = &out.groups[0].regions[0].shape;
        CHECK_INT(s->kind, i ? TOMO_GRAPHIC_POLYGON : TOMO_GRAPHIC_POLYLINE);
        CHECK_INT(s->points, 4);
        CHECK(s->at[0] == 1 && s->at[i ? 9 : 6] == 1 && s->at[i ? 10 : 7] == 2);
        tomo_dataset_free(ds);
        tomo_sr_free(sr);
    }
}

TEST(groups_that_make_no_sense_are_refused)
{
    const tomo_sr_region loose = { .shape = region.shape };
    const tomo_reference homeless = { .class_uid = CT, .instance_uid = "1.2.3.4" };
    const tomo_sr_measurement no_unit = { .name = length, .value = 1 };
    const tomo_sr_group bad[] = {
        { .segment = &seg, .source_series = "1.2.3", .regions = &region, .n_regions = 1 }, /* both */
        { .segment = &seg },                                                               /* of what? */
        { .kind = TOMO_SR_GROUP_PLANAR },                                                  /* no region */
        { .regions = &loose, .n_regions = 1 },                                             /* on no image */
        { .kind = 17 },
    };
    const tomo_sr_group later[] = {
        { .sources = &homeless, .n_sources = 1 },
        { .measurements = &no_unit, .n_measurements = 1 },
    };
    tomo_sr *sr = NULL;
    tomo_dataset *ds = NULL;
    for (size_t i = 0; i < TOMO__COUNT(bad); i++) {
        const tomo_sr_measurements in = report_of(&bad[i], 1);
        CHECK_FAILS(tomo_sr_make_measurements(t->ctx, &sr, &in, NULL, &t->err), TOMO_E_ARG);
        CHECK(strstr(t->err.message, "group 1"));
    }
    for (size_t i = 0; i < TOMO__COUNT(later); i++) {
        const tomo_sr_measurements in = report_of(&later[i], 1);
        CHECK_OK(tomo_sr_make_measurements(t->ctx, &sr, &in, NULL, &t->err));
        CHECK_FAILS(tomo_sr_write(t->ctx, &ds, sr, NULL, NULL, &t->err), TOMO_E_ARG);
        tomo_sr_free(sr);
    }
}

TEST(a_report_without_groups_has_none)
{
    tomo_sr *sr = all_types(t);
    tomo_sr_measurements m = TOMO_SR_MEASUREMENTS_INIT;
    CHECK_FAILS(tomo_sr_read_measurements(sr, &m, &t->err), TOMO_E_NOTFOUND);
    tomo_sr_free(sr);
}

/* ---- key objects ------------------------------------------------------------------------------------------------- */

TEST(key_objects_come_back)
{
    const tomo_reference list[] = { image, seg };
    tomo_key_objects in = TOMO_KEY_OBJECTS_INIT, out = TOMO_KEY_OBJECTS_INIT;
    const tomo_object_options o = options();
    tomo_dataset *ds = NULL;
    tomo_sr *sr = NULL;
    CHECK_FAILS(tomo_key_objects_write(t->ctx, &ds, &in, &o, &t->err), TOMO_E_ARG); /* of nothing */
    in.instances = list;
    in.n_instances = 2;
    in.description = "look here";
    in.observer = "Doe^Jane";
    CHECK_OK(tomo_key_objects_write(t->ctx, &ds, &in, &o, &t->err));
    CHECK_OK(tomo_sr_read(t->ctx, &sr, ds, NULL, &t->err));
    CHECK_OK(tomo_sr_read_key_objects(sr, &out, &t->err));
    CHECK_STR(out.title.value, "113000");
    CHECK_STR(out.description, "look here");
    CHECK_STR(out.observer, "Doe^Jane");
    CHECK_INT(out.n_instances, 2);
    CHECK_INT(out.instances[0].n_frames, 2);
    CHECK_STR(out.instances[1].series_uid, "1.2.5");
    CHECK_INT(tomo_sr_get_about(sr)->n_current, 2);
    tomo_sr_free(sr);
    tomo_dataset_free(ds);
    sr = all_types(t);
    CHECK_FAILS(tomo_sr_read_key_objects(sr, &out, &t->err), TOMO_E_UNSUPPORTED);
    tomo_sr_free(sr);
}

/* ---- hardship ---------------------------------------------------------------------------------------------------- */

TEST(lost_memory_is_said_by_reports)
{
    const tomo_sr_group groups[] = { { .regions = &region, .n_regions = 1 },
                                     { .segment = &seg, .source_series = "1.2" } };
    const tomo_sr_measurements in = report_of(groups, 2);
    const tomo_object_options o = options();
    FAIL_EACH_ALLOC(t)
    {
        tomo_sr *sr = NULL, *back = NULL;
        tomo_dataset *ds = NULL;
        tomo_buffer *json = NULL, *text = NULL;
        if (tomo_sr_make_measurements(t->ctx, &sr, &in, "s", &t->err) ||
            tomo_sr_write(t->ctx, &ds, sr, &o, NULL, &t->err) || tomo_sr_read(t->ctx, &back, ds, NULL, &t->err) ||
            tomo_object_json(t->ctx, &json, ds, &t->err) || tomo_object_text(t->ctx, &text, ds, &t->err))
            CHECK(t->err.status == TOMO_E_NOMEM);
        tomo_buffer_free(json);
        tomo_buffer_free(text);
        tomo_sr_free(back);
        tomo_sr_free(sr);
        tomo_dataset_free(ds);
    }
}

TEST(lost_memory_is_said_by_key_objects)
{
    tomo_key_objects in = TOMO_KEY_OBJECTS_INIT, out = TOMO_KEY_OBJECTS_INIT;
    in.instances = &image;
    in.n_instances = 1;
    FAIL_EACH_ALLOC(t)
    {
        tomo_dataset *ds = NULL;
        tomo_sr *sr = NULL;
        if (tomo_key_objects_write(t->ctx, &ds, &in, NULL, &t->err) || tomo_sr_read(t->ctx, &sr, ds, NULL, &t->err) ||
            tomo_sr_read_key_objects(sr, &out, &t->err))
            CHECK(t->err.status == TOMO_E_NOMEM);
        tomo_sr_free(sr);
        tomo_dataset_free(ds);
    }
}
