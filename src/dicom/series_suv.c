/* series_suv.c - standardized uptake values of PET: activity over decayed dose per body size, as the QIBA profile for
 * FDG-PET/CT computes it from attributes (SUV Vendor-neutral pseudo-code, 2012): PS3.3 C.8.9.1, C.8.9.2, C.8.9.4. What
 * is missing is refused, never guessed: a wrong SUV looks like a right one. */
#include "dicom/dicom_internal.h"
#include "dicom/series_internal.h"

#include <math.h>
#include <stdio.h>

enum { RADIOPHARMACEUTICAL = 0x00540016 };

static const char *const words[] = { "", "body weight", "lean body mass (James)", "lean body mass (Janmahasatian)",
                                     "body surface area (DuBois)" };

/* ---- times --------------------------------------------------------------------------------------------------- */

static bool digits(const char *t, size_t n, double *out)
{
    double v = 0;
    for (size_t i = 0; i < n; i++) {
        if (t[i] < '0' || t[i] > '9')
            return false;
        v = 10 * v + (t[i] - '0');
    }
    *out = v;
    return true;
}

/* Days since some day of YYYYMMDD (Hatcher's formula for the Gregorian calendar). */
static bool day_of(const char *t, double *out)
{
    double y, m, d;
    if (!digits(t, 4, &y) || !digits(t + 4, 2, &m) || !digits(t + 6, 2, &d))
        return false;
    const double a = floor((14 - m) / 12), year = y + 4800 - a, month = m + 12 * a - 3;
    *out = d + floor((153 * month + 2) / 5) + 365 * year + floor(year / 4) - floor(year / 100) + floor(year / 400);
    return true;
}

static bool second_of(const char *t, double *out)
{
    double h, m, s = 0;
    if (!digits(t, 2, &h) || !digits(t + 2, 2, &m))
        return false;
    if (strlen(t) >= 6 && !tomo__text_double(t + 4, strcspn(t + 4, "+-"), &s))
        return false;
    *out = h * 3600 + m * 60 + s;
    return true;
}

/* Seconds of a date and a time element. */
static bool when(const tomo_dataset *ds, tomo_tag date, tomo_tag time, double *out)
{
    char d[32] = "", t[32] = "";
    double day, second;
    if (tomo_dataset_text(ds, date, 0, d, sizeof d) < 8 || tomo_dataset_text(ds, time, 0, t, sizeof t) < 4 ||
        !day_of(d, &day) || !second_of(t, &second))
        return false;
    *out = day * 86400 + second;
    return true;
}

/* ---- what a header says -------------------------------------------------------------------------------------- */

static bool corrected(const tomo_dataset *ds, const char *word)
{
    char text[20];
    const size_t n = tomo_dataset_values(ds, 0x00280051);
    for (size_t i = 0; i < n && i < 64; i++)
        if (tomo_dataset_text(ds, 0x00280051, i, text, sizeof text) > 0 && strcmp(text, word) == 0)
            return true;
    return false;
}

static tomo_status need(const tomo_dataset *ds, tomo_tag tag, const char *name, double *out, tomo_error *err)
{
    if (tomo_dataset_double(ds, tag, 0, out) && isfinite(*out) && *out > 0)
        return TOMO_OK;
    return tomo__fail(err, TOMO_E_FORMAT, "(%04X,%04X) %s is absent or not above 0: no SUV without it", tag >> 16,
                      tag & 0xffff, name);
}

/* Body size that doses are divided by: grams, or square centimeters. */
static tomo_status body(const tomo_dataset *ds, int32_t kind, double *out, tomo_error *err)
{
    double kg, m;
    char sex[17] = "";
    tomo_status st = need(ds, 0x00101030, "Patient's Weight", &kg, err);
    if (st || kind == TOMO_SUV_BW) {
        *out = kg * 1000;
        return st;
    }
    if ((st = need(ds, 0x00101020, "Patient's Size", &m, err)))
        return st;
    if (kind == TOMO_SUV_BSA) {
        *out = 71.84 * pow(kg, 0.425) * pow(m * 100, 0.725); /* cm2; Du Bois and Du Bois 1916 */
        return TOMO_OK;
    }
    tomo_dataset_text(ds, 0x00100040, 0, sex, sizeof sex);
    const bool male = strcmp(sex, "M") == 0;
    if (!male && strcmp(sex, "F") != 0)
        return tomo__fail(err, TOMO_E_FORMAT,
                          "(0010,0040) Patient's Sex is '%s', expected M or F: lean body mass needs "
                          "it",
                          sex);
    const double per_cm = kg / (m * 100), bmi = kg / (m * m);
    if (kind == TOMO_SUV_LBM) /* James 1976, as CID 85 has LBMJAMES128 */
        *out = 1000 * (male ? 1.10 * kg - 128 * per_cm * per_cm : 1.07 * kg - 148 * per_cm * per_cm);
    else /* Janmahasatian 2005 */
        *out = 1000 * 9270 * kg / (male ? 6680 + 216 * bmi : 8780 + 244 * bmi);
    return *out > 0 ? TOMO_OK
                    : tomo__fail(err, TOMO_E_FORMAT, "lean body mass of %g kg and %g m is not above 0", kg, m);
}

/* Time to which a series corrected at START is brought: its start. A series made later says less: then from
 * acquisition and frame, where the average decay within a frame lies. */
static tomo_status scan_time(const tomo_dataset *ds, double half_life, double *out, tomo_report *report,
                             tomo_error *err)
{
    double series, acquisition, reference, duration;
    const bool has_series = when(ds, 0x00080021, 0x00080031, &series);
    if (!when(ds, 0x00080022, 0x00080032, &acquisition))
        return tomo__fail(err, TOMO_E_FORMAT,
                          "(0008,0022) Acquisition Date or (0008,0032) Acquisition Time is absent: "
                          "no SUV without it");
    if (has_series && series <= acquisition) {
        *out = series;
        return TOMO_OK;
    }
    if (!tomo_dataset_double(ds, 0x00541300, 0, &reference) || !tomo_dataset_double(ds, 0x00181242, 0, &duration) ||
        !(duration > 0))
        return tomo__fail(err, TOMO_E_FORMAT,
                          "the series begins after its acquisition, and (0054,1300) Frame Reference "
                          "Time or (0018,1242) Actual Frame Duration is absent: no SUV without "
                          "them");
    const double lambda = log(2) / half_life, lt = lambda * duration / 1000;
    *out = acquisition - reference / 1000 + log(lt / -expm1(-lt)) / lambda;
    tomo__remark(report, "the series begins after its acquisition: decay is counted from Acquisition Time and Frame "
                         "Reference Time");
    return TOMO_OK;
}

/* Injection: Radiopharmaceutical Start DateTime, else Start Time on the day of the scan or the one before. */
static tomo_status injected_at(const tomo_dataset *drug, double scan, double *out, tomo_report *report, tomo_error *err)
{
    char t[40] = "";
    double day, second;
    if (tomo_dataset_text(drug, 0x00181078, 0, t, sizeof t) >= 12 && day_of(t, &day) && second_of(t + 8, &second)) {
        *out = day * 86400 + second;
    } else if (tomo_dataset_text(drug, 0x00181072, 0, t, sizeof t) >= 4 && second_of(t, &second)) {
        *out = floor(scan / 86400) * 86400 + second;
        if (*out > scan) {
            *out -= 86400;
            tomo__remark(report, "the injection is later in the day than the scan: it was the day before");
        }
    } else
        return tomo__fail(err, TOMO_E_FORMAT,
                          "(0018,1078) and (0018,1072) Radiopharmaceutical Start are absent: no SUV "
                          "without them");
    if (scan - *out < 0 || scan - *out > 86400)
        return tomo__fail(err, TOMO_E_FORMAT, "the scan begins %.0f s after the injection, expected 0 to 86400",
                          scan - *out);
    return TOMO_OK;
}

/* Becquerels that are left of the dose at the time to which voxels are corrected. */
static tomo_status dose_left(const tomo_dataset *ds, double *out, tomo_report *report, tomo_error *err)
{
    const tomo_dataset *drug = tomo_dataset_item(ds, RADIOPHARMACEUTICAL, 0);
    char decay[17] = "";
    double half_life, scan = 0, injection = 0;
    if (!drug)
        return tomo__fail(err, TOMO_E_FORMAT,
                          "(0054,0016) Radiopharmaceutical Information Sequence is absent: no SUV "
                          "without it");
    if (!corrected(ds, "ATTN") || !corrected(ds, "DECY"))
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "(0028,0051) Corrected Image lacks ATTN or DECY: activity that is "
                          "not corrected gives no SUV");
    tomo_dataset_text(ds, 0x00541102, 0, decay, sizeof decay);
    tomo_status st = need(drug, 0x00181074, "Radionuclide Total Dose", out, err);
    if (st || strcmp(decay, "ADMIN") == 0)
        return st;
    if (strcmp(decay, "START") != 0)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "(0054,1102) Decay Correction is '%s', expected START or ADMIN",
                          decay);
    st = need(drug, 0x00181075, "Radionuclide Half Life", &half_life, err);
    st = st ? st : scan_time(ds, half_life, &scan, report, err);
    st = st ? st : injected_at(drug, scan, &injection, report, err);
    if (st == TOMO_OK)
        *out *= exp2(-(scan - injection) / half_life);
    return st;
}

/* Philips' private factors: counts to SUV by body weight (7053,xx00), counts to Bq/ml (7053,xx09). */
static bool philips(const tomo_dataset *ds, unsigned element, double *out)
{
    char creator[65];
    for (unsigned block = 0x10; block <= 0xff; block++) {
        if (tomo_dataset_text(ds, 0x70530000u | block, 0, creator, sizeof creator) <= 0 ||
            strcmp(creator, "Philips PET Private Group") != 0)
            continue;
        return tomo_dataset_double(ds, 0x70530000u | block << 8 | element, 0, out) && isfinite(*out) && *out > 0;
    }
    return false;
}

/* ---- enhanced PET (A.56): isotope, corrections and unit of their own, per frame ------------------------------- */

/* A DT in seconds; what it says of UTC comes apart. */
static bool date_time(const tomo_dataset *ds, tomo_tag tag, double *out, double *offset, bool *has_offset)
{
    char t[40] = "";
    double day, second, hours, minutes;
    if (tomo_dataset_text(ds, tag, 0, t, sizeof t) < 12 || !day_of(t, &day) || !second_of(t + 8, &second))
        return false;
    const char *zone = strpbrk(t + 8, "+-");
    *has_offset = zone && strlen(zone) >= 5 && digits(zone + 1, 2, &hours) && digits(zone + 3, 2, &minutes);
    *offset = *has_offset ? (hours * 3600 + minutes * 60) * (*zone == '-' ? -1 : 1) : 0;
    *out = day * 86400 + second;
    return true;
}

/* Item of the Radiopharmaceutical Information Sequence that the frame's usage macro names (C.7.6.16.2.19, C.8.22.4);
 * a single one needs no name. */
static const tomo_dataset *agent_of(const tomo_dataset *ds, int32_t frame)
{
    const tomo_dataset *usage = tomo__macro(ds, frame, 0x00189737), *drug;
    int64_t wanted, number;
    if (!usage || !tomo_dataset_int(usage, 0x00189729, 0, &wanted))
        return tomo_dataset_item(ds, RADIOPHARMACEUTICAL, 1) ? NULL : tomo_dataset_item(ds, RADIOPHARMACEUTICAL, 0);
    /* numbers count from 1 (C.8.22.4) */
    drug = wanted > 0 ? tomo_dataset_item(ds, RADIOPHARMACEUTICAL, (size_t)wanted - 1) : NULL;
    return drug && tomo_dataset_int(drug, 0x00189729, 0, &number) && number == wanted ? drug : NULL;
}

static bool said_yes(const tomo_dataset *ds, tomo_tag tag)
{
    char text[17] = "";
    tomo_dataset_text(ds, tag, 0, text, sizeof text);
    return strcmp(text, "YES") == 0;
}

/* Becquerels left at Decay Correction DateTime (C.8.22.6). The dose is in MBq here, in Bq in classic PET. */
static tomo_status enhanced_dose(const tomo_dataset *ds, int32_t frame, double *out, tomo_error *err)
{
    const tomo_dataset *drug = agent_of(ds, frame);
    double half_life, scan, injection, zone[2];
    bool has_zone[2];
    if (!drug)
        return tomo__fail(
            err, TOMO_E_FORMAT,
            "(0054,0016) Radiopharmaceutical Information Sequence has no item for the agent that frame %d "
            "names in (0018,9729): no SUV without it",
            frame + 1);
    if (!said_yes(ds, 0x00189759) || !said_yes(ds, 0x00189758))
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "(0018,9759) Attenuation Corrected or (0018,9758) Decay Corrected is not YES: activity that "
                          "is not corrected gives no SUV");
    tomo_status st = need(drug, 0x00181074, "Radionuclide Total Dose", out, err);
    st = st ? st : need(drug, 0x00181075, "Radionuclide Half Life", &half_life, err);
    if (st)
        return st;
    if (*out > 1e5) /* 0.1 TBq: nobody got that, but many MBq are that many Bq */
        return tomo__fail(err, TOMO_E_FORMAT,
                          "(0018,1074) Radionuclide Total Dose is %g, in MBq (PS3.3 C.8.22.4): no dose of a patient",
                          *out);
    if (!date_time(ds, 0x00189701, &scan, &zone[0], &has_zone[0]) ||
        !date_time(drug, 0x00181078, &injection, &zone[1], &has_zone[1]))
        return tomo__fail(err, TOMO_E_FORMAT,
                          "(0018,9701) Decay Correction DateTime or (0018,1078) Radiopharmaceutical Start DateTime is "
                          "absent: no SUV without them");
    if (has_zone[0] && has_zone[1])
        scan -= zone[0] - zone[1];
    if (fabs(scan - injection) > 86400)
        return tomo__fail(err, TOMO_E_FORMAT, "decay is corrected to %.0f s after the injection, expected within a day",
                          scan - injection);
    *out *= 1e6 * exp2(-(scan - injection) / half_life);
    return TOMO_OK;
}

/* Unit of the rescaled values: Rescale Type of the frame's transformation, else a Real World Value Mapping that is the
 * same straight line (CID 84). */
static void enhanced_units(const tomo_dataset *ds, int32_t frame, const tomo__slice *s, char units[17])
{
    const tomo_dataset *transform = tomo__macro(ds, frame, 0x00289145), *map = tomo__macro(ds, frame, 0x00409096);
    const tomo_dataset *code = map ? tomo_dataset_item(map, 0x004008EA, 0) : NULL;
    char text[33] = "";
    double slope, intercept;
    units[0] = 0;
    if (transform && tomo_dataset_text(transform, 0x00281054, 0, units, 17) > 0 && strcmp(units, "US") != 0)
        return;
    if (!code || !tomo_dataset_double(map, 0x00409225, 0, &slope) ||
        !tomo_dataset_double(map, 0x00409224, 0, &intercept) || !(fabs(slope - s->slope) <= 1e-6 * fabs(s->slope)) ||
        !(fabs(intercept - s->intercept) <= 1e-6 * fabs(slope)))
        return;
    tomo_dataset_text(code, 0x00080100, 0, text, sizeof text);
    snprintf(units, 17, "%s",
             strcmp(text, "Bq/ml") == 0                                      ? "BQML"
             : strcmp(text, "g/ml") == 0 || strcmp(text, "g/ml{SUVbw}") == 0 ? "GML"
                                                                             : "");
}

static tomo_status enhanced_factor(const tomo_dataset *ds, const tomo__slice *s, int32_t kind, double *factor,
                                   tomo_error *err)
{
    char units[17];
    double size, other;
    enhanced_units(ds, s->frame, s, units);
    const bool is_bw = strcmp(units, "GML") == 0;
    if (!is_bw && strcmp(units, "BQML") != 0)
        return tomo__fail(
            err, TOMO_E_UNSUPPORTED,
            "frame %d: neither (0028,1054) Rescale Type nor a Real World Value Mapping like it says BQML or "
            "GML, found '%s'",
            s->frame + 1, units);
    *factor = 1;
    if (is_bw && kind == TOMO_SUV_BW)
        return TOMO_OK;
    tomo_status st = body(ds, kind, &size, err);
    st = st ? st : is_bw ? body(ds, TOMO_SUV_BW, &other, err) : enhanced_dose(ds, s->frame, &other, err);
    *factor = st ? 1 : size / other;
    return st;
}

/* Enhanced PET, not the classic one nor what was converted from it. */
static bool is_enhanced(const tomo_dataset *ds)
{
    char uid[65] = "";
    tomo_dataset_text(ds, 0x00080016, 0, uid, sizeof uid);
    return strcmp(uid, "1.2.840.10008.5.1.4.1.1.130") == 0;
}

/* ---- the factor ---------------------------------------------------------------------------------------------- */

/* What the unit of a series is already per: its body size, if it is SUV. */
static tomo_status is_suv(const tomo_dataset *ds, const char *units, int32_t *kind, tomo_error *err)
{
    static const struct {
        const char *units, *type;
        int32_t kind;
    } known[] = { { "GML", "", TOMO_SUV_BW },
                  { "GML", "BW", TOMO_SUV_BW },
                  { "GML", "LBMJAMES128", TOMO_SUV_LBM },
                  { "GML", "LBMJANMA", TOMO_SUV_LBM_JANMA },
                  { "CM2ML", "", TOMO_SUV_BSA },
                  { "CM2ML", "BSA", TOMO_SUV_BSA } };
    char type[17] = "";
    *kind = 0;
    if (strcmp(units, "GML") != 0 && strcmp(units, "CM2ML") != 0)
        return TOMO_OK;
    tomo_dataset_text(ds, 0x00541006, 0, type, sizeof type);
    for (size_t i = 0; i < TOMO__COUNT(known); i++)
        if (strcmp(known[i].units, units) == 0 && strcmp(known[i].type, type) == 0)
            *kind = known[i].kind;
    return *kind ? TOMO_OK
                 : tomo__fail(err, TOMO_E_UNSUPPORTED, "(0054,1006) SUV Type is '%s' with unit %s", type, units);
}

static tomo_status factor_of(const tomo_dataset *ds, int32_t kind, double *factor, tomo_report *report, tomo_error *err)
{
    char units[17] = "", modality[17] = "";
    double size, other, scale = 1;
    int32_t already;
    tomo_dataset_text(ds, 0x00080060, 0, modality, sizeof modality);
    if (strcmp(modality, "PT") != 0)
        return tomo__fail(err, TOMO_E_ARG, "SUV is asked for, but (0008,0060) Modality is '%s', expected PT", modality);
    tomo_dataset_text(ds, 0x00541001, 0, units, sizeof units);
    tomo_status st = is_suv(ds, units, &already, err);
    if (st)
        return st;
    if (strcmp(units, "CNTS") == 0 && philips(ds, 0x00, factor))
        already = TOMO_SUV_BW;
    else if (strcmp(units, "CNTS") == 0 && !philips(ds, 0x09, &scale))
        return tomo__fail(err, TOMO_E_UNSUPPORTED,
                          "(0054,1001) Units is CNTS, and no private factor says what a count "
                          "is");
    else if (already)
        *factor = 1;
    else if (strcmp(units, "BQML") != 0 && strcmp(units, "CNTS") != 0)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "(0054,1001) Units is '%s', expected BQML, GML or CNTS", units);
    if (already == kind)
        return TOMO_OK;
    if ((st = body(ds, kind, &size, err)))
        return st;
    if (already) {
        if ((st = body(ds, already, &other, err)))
            return st;
        *factor *= size / other;
        return TOMO_OK;
    }
    if ((st = dose_left(ds, &other, report, err)))
        return st;
    *factor = scale * size / other;
    return TOMO_OK;
}

tomo_status tomo__suv_apply(tomo_ctx *ctx, tomo__group *g, int32_t kind, tomo_report *report, tomo_error *err)
{
    const tomo__scan_file *file = NULL;
    tomo_dataset *ds = NULL;
    double factor = 1, first = 0;
    bool enhanced = false;
    tomo_status st = TOMO_OK;
    if (kind == TOMO_SUV_NONE)
        return TOMO_OK;
    if (kind < 0 || kind > TOMO_SUV_BSA)
        return tomo__fail(err, TOMO_E_ARG, "suv is %d, expected a tomo_suv", kind);
    for (size_t i = 0; st == TOMO_OK && i < g->n; i++) {
        tomo__slice *s = g->slice[i];
        const bool opened = s->file != file;
        if (opened) { /* each file by its own header: frames of a dynamic series differ in time */
            tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
            tomo_dataset_free(ds);
            ds = NULL;
            o.stop_before_pixels = true;
            file = s->file;
            st = tomo_dataset_open_path(ctx, &ds, file->path, &o, NULL, err);
            enhanced = st == TOMO_OK && is_enhanced(ds);
        }
        if (st == TOMO_OK && enhanced)
            st = enhanced_factor(ds, s, kind, &factor, err);
        else if (st == TOMO_OK && opened)
            st = factor_of(ds, kind, &factor, i ? NULL : report, err);
        if (st && ds)
            st = tomo__fail_in(err, st, "%s", file->path);
        first = i ? first : factor;
        s->slope *= factor;
        s->intercept *= factor;
    }
    tomo_dataset_free(ds);
    if (st == TOMO_OK)
        tomo__remark(report, "values are SUV by %s (factor %.9g)", words[kind], first);
    return st;
}
