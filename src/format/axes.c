/* axes.c - three axes of a file to spacing and direction; words for units. */
#include <math.h>

#include "volume_internal.h"

static double length(const double v[3]) { return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]); }

/* Largest |cosine| between two of the unit axes. */
static double shear_of(const double axis[3][3])
{
    double worst = 0;
    for (int i = 0; i < 3; i++) {
        const double *u = axis[i], *v = axis[(i + 1) % 3];
        worst = fmax(worst, fabs(u[0] * v[0] + u[1] * v[1] + u[2] * v[2]));
    }
    return worst;
}

bool tomo__nearest_rotation(double axis[3][3])
{
    for (int step = 0; step < 60; step++) {
        double cof[3][3], change = 0;
        for (int c = 0; c < 3; c++) {
            const double *u = axis[(c + 1) % 3], *v = axis[(c + 2) % 3];
            for (int r = 0; r < 3; r++)
                cof[c][r] = u[(r + 1) % 3] * v[(r + 2) % 3] - u[(r + 2) % 3] * v[(r + 1) % 3];
        }
        const double det = axis[0][0] * cof[0][0] + axis[0][1] * cof[0][1] + axis[0][2] * cof[0][2];
        if (!(fabs(det) > 1e-6))
            return false;
        for (int c = 0; c < 3; c++)
            for (int r = 0; r < 3; r++) {
                const double next = (axis[c][r] + cof[c][r] / det) / 2;
                change = fmax(change, fabs(next - axis[c][r]));
                axis[c][r] = next;
            }
        if (change < 1e-15)
            break;
    }
    return true;
}

tomo_status tomo__place_axes(tomo_image_desc *d, const double axis[3][3], bool allow_shear, const char *name,
                             tomo_report *report, tomo_error *err)
{
    double unit[3][3];
    for (int c = 0; c < 3; c++) {
        d->spacing[c] = length(axis[c]);
        if (!(d->spacing[c] > 0) || !isfinite(d->spacing[c]) || !isfinite(d->origin[c]))
            return tomo__fail(err, TOMO_E_GEOMETRY, "%.80s: axis %d has spacing %g and origin %g mm", name, c,
                              d->spacing[c], d->origin[c]);
        for (int r = 0; r < 3; r++)
            unit[c][r] = axis[c][r] / d->spacing[c] + 0.0; /* + 0.0: no minus zero */
    }
    const double shear = shear_of(unit);
    if (shear > TOMO__RIGHT_ANGLE) {
        if (!allow_shear || !tomo__nearest_rotation(unit))
            return tomo__fail(err, TOMO_E_GEOMETRY, "%.80s: the axes are sheared (cosine %.3g, at most 1e-4)", name,
                              shear);
        tomo__remark(report, "the axes are sheared (cosine %.3g): the nearest rotation is used", shear);
    }
    for (int c = 0; c < 3; c++)
        for (int r = 0; r < 3; r++)
            d->direction[3 * r + c] = unit[c][r];
    return TOMO_OK;
}

bool tomo__place_is_flat(const tomo_image_desc *d)
{
    const double *m = d->direction;
    return d->dims == 2 && d->origin[2] == 0 && m[2] == 0 && m[5] == 0 && m[6] == 0 && m[7] == 0 && m[8] == 1;
}

typedef struct unit {
    const char *word;
    double      factor;
} unit;

static double factor_of(const unit *table, tomo__chars word)
{
    for (; table->word; table++)
        if (tomo__chars_are(word, table->word))
            return table->factor;
    return 0;
}

double tomo__millimeters(tomo__chars word)
{
    static const unit units[] = {
        { "mm", 1 },        { "millimeter", 1 },  { "millimeters", 1 },   { "millimetre", 1 }, { "millimetres", 1 },
        { "cm", 10 },       { "centimeter", 10 }, { "m", 1000 },          { "meter", 1000 },   { "um", 1e-3 },
        { "micron", 1e-3 }, { "microns", 1e-3 },  { "micrometer", 1e-3 }, { "\xc2\xb5m", 1e-3 }, { "nm", 1e-6 },
        { NULL, 0 },
    };
    return factor_of(units, word);
}

double tomo__seconds(tomo__chars word)
{
    static const unit units[] = { { "s", 1 },          { "sec", 1 },  { "second", 1 },          { "seconds", 1 },
                                  { "ms", 1e-3 },      { "msec", 1e-3 }, { "milliseconds", 1e-3 }, { "us", 1e-6 },
                                  { "\xc2\xb5s", 1e-6 }, { "min", 60 },  { NULL, 0 } };
    return factor_of(units, word);
}
