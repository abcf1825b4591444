/* values_set.c - numbers and texts set by tag, numbers and tags read as arrays. */
#include <math.h>

#include "dicom/parse.h"
#include "dicom/store.h"
#include "dicom/text_value.h"

#include <tomo/dicom_edit.h>
#include <tomo/dicom_text.h>

static void path_of(tomo_tag tag, char path[9]) { snprintf(path, 9, "%08X", (unsigned)tag); }

tomo_status tomo_dataset_set_text(tomo_dataset *ds, tomo_tag tag, const char *text, tomo_error *err)
{
    char path[9];
    path_of(tag, path);
    return tomo_dataset_set(ds, path, text, err);
}

/* Text of all numbers, as tomo_dataset_set() reads it: VR, range and number of values are checked there. */
static tomo_status set_joined(tomo_dataset *ds, tomo_tag tag, tomo__text *all, tomo_error *err)
{
    tomo_status st = all->failed ? tomo__no_memory(all->ctx, err, all->size, "numbers")
                                 : tomo_dataset_set_text(ds, tag, all->data ? all->data : "", err);
    tomo__text_free(all);
    return st;
}

static tomo_status number_vr(const tomo_dataset *ds, tomo_tag tag, uint16_t *vr, tomo_error *err)
{
    *vr = tomo__store_vr(ds, tag, ds);
    switch (*vr) {
    case VR_DS:
    case VR_IS:
    case VR_FL:
    case VR_FD:
    case VR_US:
    case VR_SS:
    case VR_UL:
    case VR_SL:
    case VR_UV:
    case VR_SV:
        return TOMO_OK;
    default:
        return *vr ? tomo__fail(err, TOMO_E_ARG, TAG_FMT " is %c%c, which holds no numbers", TAG_ARGS(tag), *vr >> 8,
                                *vr & 0xff)
                   : tomo__fail(err, TOMO_E_ARG, TAG_FMT ": its VR is not known", TAG_ARGS(tag));
    }
}

/* FL and FD are set by their bits: text would lose NaN and infinity. */
static tomo_status set_floats(tomo_dataset *ds, tomo_tag tag, uint16_t vr, const double *values, size_t count,
                              tomo_error *err)
{
    tomo__text bytes = TOMO__TEXT(ds->root->ctx);
    char path[9];
    for (size_t i = 0; i < count; i++) {
        float f = (float)values[i];
        if (vr == VR_FL && isfinite(values[i]) && !isfinite(f)) {
            tomo__text_free(&bytes);
            return tomo__fail(err, TOMO_E_ARG, TAG_FMT ": %g does not fit 32 bits", TAG_ARGS(tag), values[i]);
        }
        tomo__text_add(&bytes, vr == VR_FL ? (const void *)&f : (const void *)&values[i], vr == VR_FL ? 4 : 8);
    }
    path_of(tag, path);
    tomo_status st = bytes.failed ? tomo__no_memory(bytes.ctx, err, bytes.size, "numbers")
                                  : tomo_dataset_set_bytes(ds, path, vr, bytes.data ? bytes.data : "", bytes.size, err);
    tomo__text_free(&bytes);
    return st;
}

tomo_status tomo_dataset_set_doubles(tomo_dataset *ds, tomo_tag tag, const double *values, size_t count,
                                     tomo_error *err)
{
    uint16_t vr;
    if (!ds || (!values && count))
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_set_doubles: NULL argument");
    TRY(number_vr(ds, tag, &vr, err));
    if (vr == VR_FL || vr == VR_FD)
        return set_floats(ds, tag, vr, values, count, err);
    tomo__text all = TOMO__TEXT(ds->root->ctx);
    for (size_t i = 0; i < count; i++) {
        char one[40];
        tomo_status st = TOMO_OK;
        if (vr == VR_DS)
            st = tomo_ds_format(values[i], one, err) < 0 ? TOMO_E_ARG : TOMO_OK;
        else if (values[i] != floor(values[i]) || fabs(values[i]) > 9007199254740992.0)
            st = tomo__fail(err, TOMO_E_ARG, "%g is no whole number", values[i]);
        else
            snprintf(one, sizeof one, "%.0f", values[i]);
        if (st != TOMO_OK) {
            tomo__text_free(&all);
            return tomo__fail_in(err, st, TAG_FMT " value %zu", TAG_ARGS(tag), i + 1);
        }
        tomo__text_add(&all, "\\", i > 0);
        tomo__text_str(&all, one);
    }
    return set_joined(ds, tag, &all, err);
}

tomo_status tomo_dataset_set_ints(tomo_dataset *ds, tomo_tag tag, const int64_t *values, size_t count, tomo_error *err)
{
    uint16_t vr;
    if (!ds || (!values && count))
        return tomo__fail(err, TOMO_E_ARG, "tomo_dataset_set_ints: NULL argument");
    TRY(number_vr(ds, tag, &vr, err));
    tomo__text all = TOMO__TEXT(ds->root->ctx);
    for (size_t i = 0; i < count; i++)
        tomo__text_fmt(&all, "%s%lld", i ? "\\" : "", (long long)values[i]);
    return set_joined(ds, tag, &all, err);
}

/* DS and IS in one pass: finding each value from the start would take the square of their number. */
static size_t text_doubles(const tomo_dataset *ds, const tomo__elem *e, double *to, size_t room)
{
    const char *text = (const char *)tomo__ds_value(ds, e), *end = text ? text + e->length : NULL;
    size_t n = 0;
    for (const char *at = text; at; n++) {
        const char *stop = memchr(at, '\\', (size_t)(end - at));
        double value;
        if (!tomo__text_double(at, (size_t)((stop ? stop : end) - at), &value))
            return 0;
        if (n < room)
            to[n] = value;
        at = stop ? stop + 1 : NULL;
    }
    return n;
}

size_t tomo_dataset_doubles(const tomo_dataset *ds, tomo_tag tag, double *to, size_t room)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    uint16_t vr = e ? tomo__elem_vr(ds, e) : 0;
    double value;
    if (vr == VR_DS || vr == VR_IS)
        return text_doubles(ds, e, to, room);
    if (!e || !tomo__elem_double(ds, e, 0, &value)) /* binary numbers are all numbers, or none is */
        return 0;
    size_t n = tomo__elem_values(ds, e);
    for (size_t i = 0; i < n && i < room; i++)
        tomo__elem_double(ds, e, i, &to[i]);
    return n;
}

bool tomo_dataset_uint(const tomo_dataset *ds, tomo_tag tag, size_t i, uint64_t *out)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    int64_t whole;
    if (!e)
        return false;
    if (tomo__elem_vr(ds, e) == VR_UV || tomo__elem_vr(ds, e) == VR_OV) {
        const uint8_t *b = i < e->length / 8 ? tomo__ds_value(ds, e) : NULL;
        if (b)
            *out = tomo__ds_big(ds, e) ? tomo__be64(b + 8 * i) : tomo__le64(b + 8 * i);
        return b != NULL;
    }
    if (!tomo_dataset_int(ds, tag, i, &whole) || whole < 0)
        return false;
    *out = (uint64_t)whole;
    return true;
}

bool tomo_dataset_tag(const tomo_dataset *ds, tomo_tag tag, size_t i, tomo_tag *out)
{
    const tomo__elem *e = tomo__ds_elem(ds, tag);
    const uint8_t *b = e && tomo__elem_vr(ds, e) == VR_AT && i < e->length / 4 ? tomo__ds_value(ds, e) : NULL;
    if (!b)
        return false;
    b += 4 * i;
    *out = tomo__ds_big(ds, e) ? (uint32_t)tomo__be16(b) << 16 | tomo__be16(b + 2)
                               : (uint32_t)tomo__le16(b) << 16 | tomo__le16(b + 2);
    return true;
}

/* ---- DS ------------------------------------------------------------------------------------------------------ */

/* The shortest text that reads back equal if that fits, else the nearest that 16 characters can say: with each number
 * of digits, printed with and without an exponent, until it fits. */
int64_t tomo_ds_format(double value, char to[17], tomo_error *err)
{
    char text[64];
    size_t n;
    to[0] = '\0';
    if (!isfinite(value))
        return tomo__fail(err, TOMO_E_ARG, "NaN and infinity are no decimal strings");
    n = tomo__num_text(text, value == 0 ? 0 : value); /* never "-0" */
    for (int digits = 16; n > 16 && digits > 0; digits--) {
        double whole = fabs(value);
        int before = whole >= 1 ? (int)floor(log10(whole)) + 1 : 1;
        /* plain digits say more than an exponent where they fit: 0.00012345678901 against 1.2345678901e-4 */
        if (whole >= 1e-4 && whole < 1e15) {
            int after = 16 - (value < 0) - 1 - before;
            tomo__fixed_text(text, value, TOMO__MAX(after, 0));
            n = strlen(text);
            if (n <= 16)
                break;
        }
        n = (size_t)snprintf(text, sizeof text, "%.*g", digits, value);
    }
    for (size_t i = 0; i < n; i++) /* some locales write a comma */
        if (text[i] == ',')
            text[i] = '.';
    if (n > 16)
        return tomo__fail(err, TOMO_E_INTERNAL, "no DS for %.17g", value);
    memcpy(to, text, n);
    to[n] = '\0';
    return (int64_t)n;
}
