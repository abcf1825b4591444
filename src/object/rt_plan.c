/* rt_plan.c - what radiotherapy plans, images and records say: prescriptions, fractions, beams, sources. */
#include "object/rt_internal.h"

/* One member: JSON key, tag, text or number. */
typedef struct member {
    const char *key;
    tomo_tag tag;
    char what; /* 't'ext, 'n'umber, 'v'ector of numbers */
} member;

static void members(tomo__json *j, const tomo_dataset *ds, const member *m, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (m[i].what == 't')
            tomo__fact_text(j, m[i].key, ds, m[i].tag);
        else if (m[i].what == 'n')
            tomo__fact_num(j, m[i].key, ds, m[i].tag);
        else
            tomo__fact_nums(j, m[i].key, ds, m[i].tag);
}

/* Facts of one item behind its plain members. */
typedef void (*more_fn)(tomo__json *j, const tomo_dataset *item);

/* A sequence as an array of objects; left out if it is absent or empty. */
static void list(tomo__json *j, const char *key, const tomo_dataset *ds, tomo_tag tag, const member *m, size_t n,
                 more_fn more)
{
    const tomo_dataset *item = ds ? tomo_dataset_item(ds, tag, 0) : NULL;
    if (!item)
        return;
    tomo__json_key(j, key);
    tomo__json_open(j, '[');
    for (size_t i = 1; item; i++) {
        tomo__json_open(j, '{');
        members(j, item, m, n);
        if (more)
            more(j, item);
        tomo__json_close(j, '}');
        item = tomo_dataset_item(ds, tag, i);
    }
    tomo__json_close(j, ']');
}
#define LIST(j, key, ds, tag, m, more) list(j, key, ds, tag, m, TOMO__COUNT(m), more)

/* ---- plans (A.20, A.35.1) ------------------------------------------------------------------------------------- */

static void fraction_more(tomo__json *j, const tomo_dataset *item)
{
    static const member beam[] = { { "beam", 0x300C0006, 'n' },
                                   { "meterset", 0x300A0086, 'n' },
                                   { "dose", 0x300A0084, 'n' } };
    static const member brachy[] = { { "setup", 0x300C000C, 'n' }, { "dose", 0x300A00A4, 'n' } };
    LIST(j, "ofBeams", item, 0x300C0004, beam, NULL);
    LIST(j, "ofSetups", item, 0x300C000A, brachy, NULL);
}

static size_t count_items(const tomo_dataset *ds, tomo_tag tag)
{
    size_t n = 0;
    while (tomo_dataset_item(ds, tag, n))
        n++;
    return n;
}

/* What control points of photons, electrons and ions have alike (C.8.8.14.5, C.8.8.25): the first one sets everything,
 * later ones say what changes. */
static void control_points(tomo__json *j, const tomo_dataset *beam, tomo_tag tag)
{
    static const member at_start[] = {
        { "energy", 0x300A0114, 'n' },          { "doseRate", 0x300A0115, 'n' },
        { "gantryAngle", 0x300A011E, 'n' },     { "gantryDirection", 0x300A011F, 't' },
        { "collimatorAngle", 0x300A0120, 'n' }, { "couchAngle", 0x300A0122, 'n' },
        { "isocenter", 0x300A012C, 'v' },       { "sourceToSurface", 0x300A0130, 'n' },
    };
    const size_t n = count_items(beam, tag);
    double angle;
    if (!n)
        return;
    members(j, tomo_dataset_item(beam, tag, 0), at_start, TOMO__COUNT(at_start));
    for (size_t i = n; i > 1; i--)
        if (tomo_dataset_double(tomo_dataset_item(beam, tag, i - 1), 0x300A011E, 0, &angle)) {
            tomo__json_key(j, "gantryAngleEnd");
            tomo__json_num(j, angle);
            break;
        }
}

static const member device[] = { { "type", 0x300A00B8, 't' }, { "pairs", 0x300A00BC, 'n' } };
static const member wedge[] = { { "type", 0x300A00D3, 't' }, { "angle", 0x300A00D5, 'n' } };
static const member block[] = { { "type", 0x300A00F8, 't' }, { "name", 0x300A00FE, 't' } };
static const member beam_members[] = {
    { "number", 0x300A00C0, 'n' },        { "name", 0x300A00C2, 't' },
    { "description", 0x300A00C3, 't' },   { "type", 0x300A00C4, 't' },
    { "radiation", 0x300A00C6, 't' },     { "delivery", 0x300A00CE, 't' },
    { "scanMode", 0x300A0308, 't' },      { "machine", 0x300A00B2, 't' },
    { "metersetUnit", 0x300A00B3, 't' },  { "sourceAxisDistance", 0x300A00B4, 'n' },
    { "finalMeterset", 0x300A010E, 'n' }, { "controlPoints", 0x300A0110, 'n' },
};

static void beam_more(tomo__json *j, const tomo_dataset *item)
{
    control_points(j, item, 0x300A0111);
    LIST(j, "limitingDevices", item, 0x300A00B6, device, NULL);
    LIST(j, "wedges", item, 0x300A00D1, wedge, NULL);
    LIST(j, "blocks", item, 0x300A00F4, block, NULL);
}

static void ion_more(tomo__json *j, const tomo_dataset *item)
{
    control_points(j, item, 0x300A03A8);
    LIST(j, "limitingDevices", item, 0x300A03A4, device, NULL);
    LIST(j, "blocks", item, 0x300A03A6, block, NULL);
}

static void setup_more(tomo__json *j, const tomo_dataset *item)
{
    static const member channel[] = { { "number", 0x300A0282, 'n' },
                                      { "length", 0x300A0284, 'n' },
                                      { "totalTime", 0x300A0286, 'n' },
                                      { "source", 0x300C000E, 'n' },
                                      { "controlPoints", 0x300A0110, 'n' } };
    LIST(j, "channels", item, 0x300A0280, channel, NULL);
}

static tomo_status plan_facts(tomo_ctx *ctx, tomo__json *j, const tomo_dataset *ds, tomo_error *err)
{
    static const member plan[] = {
        { "label", 0x300A0002, 't' },     { "name", 0x300A0003, 't' },       { "description", 0x300A0004, 't' },
        { "date", 0x300A0006, 't' },      { "time", 0x300A0007, 't' },       { "intent", 0x300A000A, 't' },
        { "geometry", 0x300A000C, 't' },  { "approval", 0x300E0002, 't' },   { "protocols", 0x300A0009, 't' },
        { "technique", 0x300A0200, 't' }, { "brachyType", 0x300A0202, 't' },
    };
    static const member prescription[] = {
        { "number", 0x300A0012, 'n' },      { "type", 0x300A0020, 't' },      { "of", 0x300A0014, 't' },
        { "description", 0x300A0016, 't' }, { "structure", 0x30060084, 'n' }, { "minimum", 0x300A0025, 'n' },
        { "dose", 0x300A0026, 'n' },        { "maximum", 0x300A0027, 'n' },   { "constraint", 0x300A0021, 'n' },
        { "organLimit", 0x300A002C, 'n' },
    };
    static const member fractions[] = { { "number", 0x300A0071, 'n' },
                                        { "fractions", 0x300A0078, 'n' },
                                        { "beams", 0x300A0080, 'n' },
                                        { "brachySetups", 0x300A00A0, 'n' } };
    static const member position[] = { { "number", 0x300A0182, 'n' },
                                       { "position", 0x00185100, 't' },
                                       { "technique", 0x300A01B0, 't' } };
    static const member source[] = { { "number", 0x300A0212, 'n' },
                                     { "type", 0x300A0214, 't' },
                                     { "isotope", 0x300A0226, 't' },
                                     { "halfLifeDays", 0x300A0228, 'n' },
                                     { "referenceAirKermaRate", 0x300A022A, 'n' } };
    static const member setup[] = { { "type", 0x300A0232, 't' },
                                    { "number", 0x300A0234, 'n' },
                                    { "totalReferenceAirKerma", 0x300A0250, 'n' } };
    members(j, ds, plan, TOMO__COUNT(plan));
    tomo__fact_text(j, "structureSet", tomo_dataset_item(ds, 0x300C0060, 0), 0x00081155);
    LIST(j, "prescriptions", ds, 0x300A0010, prescription, NULL);
    LIST(j, "fractionGroups", ds, 0x300A0070, fractions, fraction_more);
    LIST(j, "beams", ds, 0x300A00B0, beam_members, beam_more);
    LIST(j, "beams", ds, 0x300A03A2, beam_members, ion_more);
    LIST(j, "patientSetups", ds, 0x300A0180, position, NULL);
    LIST(j, "sources", ds, 0x300A0210, source, NULL);
    LIST(j, "applicationSetups", ds, 0x300A0230, setup, setup_more);
    return TOMO_OK;
}

static const char *const plan_classes[] = { "1.2.840.10008.5.1.4.1.1.481.5", NULL };
static const char *const ion_classes[] = { "1.2.840.10008.5.1.4.1.1.481.8", NULL };
const tomo__object_row tomo__object_rtplan = { { "rtplan", "RT Plan", false, false }, plan_classes, NULL, plan_facts };
const tomo__object_row tomo__object_rtion = {
    { "rtionplan", "RT Ion Plan", false, false }, ion_classes, NULL, plan_facts
};

/* ---- treatment records (A.29 to A.31, A.49) -------------------------------------------------------------------- */

static tomo_status record_facts(tomo_ctx *ctx, tomo__json *j, const tomo_dataset *ds, tomo_error *err)
{
    static const member record[] = {
        { "date", 0x30080250, 't' },           { "time", 0x30080251, 't' },          { "status", 0x30080200, 't' },
        { "firstTreatment", 0x30080054, 't' }, { "lastTreatment", 0x30080056, 't' }, { "fractions", 0x30080063, 'n' },
        { "fractionGroup", 0x300C0022, 'n' },
    };
    static const member session[] = {
        { "beam", 0x300C0006, 'n' },      { "name", 0x300A00C2, 't' },        { "radiation", 0x300A00C6, 't' },
        { "fraction", 0x30080022, 'n' },  { "termination", 0x3008002A, 't' }, { "specified", 0x30080032, 'n' },
        { "delivered", 0x30080036, 'n' },
    };
    members(j, ds, record, TOMO__COUNT(record));
    tomo__fact_text(j, "plan", tomo_dataset_item(ds, 0x300C0002, 0), 0x00081155);
    LIST(j, "beams", ds, 0x30080020, session, NULL);
    LIST(j, "beams", ds, 0x30080021, session, NULL);
    return TOMO_OK;
}

static const char *const record_classes[] = { "1.2.840.10008.5.1.4.1.1.481.4", "1.2.840.10008.5.1.4.1.1.481.6",
                                              "1.2.840.10008.5.1.4.1.1.481.7", "1.2.840.10008.5.1.4.1.1.481.9", NULL };
const tomo__object_row tomo__object_rtrecord = {
    { "rtrecord", "RT Treatment Record", false, false }, record_classes, NULL, record_facts
};

/* ---- images of the beam (A.17) --------------------------------------------------------------------------------- */

static tomo_status image_facts(tomo_ctx *ctx, tomo__json *j, const tomo_dataset *ds, tomo_error *err)
{
    static const member image[] = {
        { "label", 0x30020002, 't' },
        { "name", 0x30020003, 't' },
        { "description", 0x30020004, 't' },
        { "plane", 0x3002000C, 't' },
        { "position", 0x30020012, 'v' },
        { "spacing", 0x30020011, 'v' },
        { "machine", 0x30020020, 't' },
        { "gantryAngle", 0x300A011E, 'n' },
        { "sourceAxisDistance", 0x30020022, 'n' },
        { "sourceToImage", 0x30020026, 'n' },
        { "beam", 0x300C0006, 'n' },
        { "fraction", 0x300C0022, 'n' },
    };
    members(j, ds, image, TOMO__COUNT(image));
    return TOMO_OK;
}

/* Stored values as they are, with the spacing in the image plane; it has no place in the patient. */
static tomo_status image_load(tomo_ctx *ctx, tomo_image **out, const tomo_dataset *ds, const tomo_image *grid,
                              tomo_report *report, tomo_job *job, tomo_error *err)
{
    tomo_image *stored = NULL;
    double rows, columns;
    tomo_status st = tomo_pixels_all(ctx, ds, &stored, job, err);
    if (st)
        return st;
    tomo_image_desc d = *tomo_image_get_desc(stored);
    if (tomo_dataset_double(ds, 0x30020011, 0, &rows) && tomo_dataset_double(ds, 0x30020011, 1, &columns) && rows > 0 &&
        columns > 0) {
        d.spacing[0] = columns;
        d.spacing[1] = rows;
    } else
        tomo__remark(report, "(3002,0011) Image Plane Pixel Spacing is absent; 1 mm is assumed");
    tomo__remark(report, "an RT Image has no place in the patient: its axes are those of the image plane");
    st = tomo_image_with_geometry(ctx, out, stored, &d, err);
    tomo_image_free(stored);
    return st;
}

static const char *const image_classes[] = { "1.2.840.10008.5.1.4.1.1.481.1", NULL };
const tomo__object_row tomo__object_rtimage = {
    { "rtimage", "RT Image", true, false }, image_classes, image_load, image_facts
};
