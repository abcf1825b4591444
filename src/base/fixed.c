/* fixed.c - numbers for people: so many digits after the point, with a point in every locale. */
#include <math.h>
#include <stdio.h>

#include "base/base_internal.h"

const char *tomo__fixed_text(char text[48], double value, int digits)
{
    if (isnan(value))
        return strcpy(text, "-");
    /* a double may have 309 digits before the point: past 1e15 the shortest form serves */
    if (fabs(value) < 1e15)
        snprintf(text, 48, "%.*f", digits < 0 ? 0 : digits > 17 ? 17 : digits, value);
    else
        snprintf(text, 48, "%.15g", value);
    for (char *c = text; *c; c++)
        *c = *c == ',' ? '.' : *c;
    return text;
}
