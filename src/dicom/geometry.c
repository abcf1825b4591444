/* geometry.c - the few vectors that series need (PS3.3 C.7.6.2.1.1). */
#include "dicom/series_internal.h"

#include <math.h>

double tomo__dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

void tomo__cross(const double a[3], const double b[3], double out[3])
{
    const double v[3] = { a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0] };
    memcpy(out, v, sizeof v);
}

double tomo__length(const double a[3]) { return sqrt(tomo__dot(a, a)); }

bool tomo__plane_axes(double orient[6])
{
    double *row = orient, *column = orient + 3;
    const double nr = tomo__length(row), nc = tomo__length(column);
    if (!(fabs(nr - 1) < 0.01) || !(fabs(nc - 1) < 0.01)) /* NaN fails too */
        return false;
    for (int i = 0; i < 3; i++) {
        row[i] /= nr;
        column[i] /= nc;
    }
    const double skew = tomo__dot(row, column);
    if (!(fabs(skew) < 0.01))
        return false;
    for (int i = 0; i < 3; i++)
        column[i] -= skew * row[i];
    const double n = tomo__length(column);
    for (int i = 0; i < 3; i++)
        column[i] /= n;
    return true;
}

void tomo__plane_normal(const double orient[6], double normal[3]) { tomo__cross(orient, orient + 3, normal); }
