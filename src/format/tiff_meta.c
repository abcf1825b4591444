/* tiff_meta.c - what ImageJ ("ImageJ=1.53k\nimages=..." lines, ij.io.TiffDecoder) and OME (the Pixels element of
 * OME-XML, schema 2016-06) write into the description of a TIFF's first page. Read for sizes and units only: what is
 * odd is not taken. */
#include <math.h>
#include <stdlib.h>

#include "tiff_internal.h"

/* Millimeters of a unit's name; 0 if it is none. */
static double unit_mm(const char *name, size_t size)
{
    static const struct {
        const char *name;
        double mm;
    } units[] = {
        { "mm", 1 },        { "millimeter", 1 },  { "cm", 10 },           { "centimeter", 10 },  { "um", 1e-3 },
        { "micron", 1e-3 }, { "microns", 1e-3 },  { "micrometer", 1e-3 }, { "\xc2\xb5m", 1e-3 }, { "\xce\xbcm", 1e-3 },
        { "\xb5m", 1e-3 },  { "\\u00B5m", 1e-3 }, { "nm", 1e-6 },         { "nanometer", 1e-6 }, { "m", 1000 },
        { "meter", 1000 },  { "in", 25.4 },       { "inch", 25.4 },       { "pm", 1e-9 },        { "\xc3\x85", 1e-7 },
    };
    for (size_t i = 0; i < TOMO__COUNT(units); i++)
        if (strlen(units[i].name) == size && memcmp(units[i].name, name, size) == 0)
            return units[i].mm;
    return 0;
}

/* A positive number with a point, whatever the host's locale; 0 if it is none. */
static double number(const char *text)
{
    double value = 0, place = 0;
    const char *p = text;
    for (; (*p >= '0' && *p <= '9') || (*p == '.' && place == 0); p++) {
        if (*p == '.') {
            place = 1;
            continue;
        }
        value = value * 10 + (*p - '0');
        place *= 10;
    }
    if (place > 1)
        value /= place;
    if ((*p == 'e' || *p == 'E') && p != text)
        value *= pow(10, (double)TOMO__MAX(-40L, TOMO__MIN(40L, strtol(p + 1, NULL, 10))));
    return value < 1e15 ? value : 0;
}

static int64_t whole(const char *text)
{
    const double v = number(text);
    return v >= 1 && v <= 1e9 ? (int64_t)v : 0;
}

/* ---- ImageJ ------------------------------------------------------------------------------------------------------ */

/* The value of a line "key=value"; NULL if there is none. */
static const char *line_value(const char *text, const char *key, size_t *size)
{
    const size_t n = strlen(key);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, n) == 0 && line[n] == '=') {
            *size = strcspn(line + n + 1, "\r\n");
            return line + n + 1;
        }
    }
    return NULL;
}

static int64_t line_whole(const char *text, const char *key)
{
    size_t size;
    const char *v = line_value(text, key, &size);
    return v ? whole(v) : 0;
}

static void describe_imagej(tomo__tiff_meta *m, const char *text)
{
    size_t size;
    m->images = TOMO__MAX(line_whole(text, "images"), (int64_t)1);
    m->channels = TOMO__MAX(line_whole(text, "channels"), (int64_t)1);
    m->frames = TOMO__MAX(line_whole(text, "frames"), (int64_t)1);
    m->slices = line_whole(text, "slices");
    if (!m->slices)
        m->slices = TOMO__MAX(m->images / (m->channels * m->frames), (int64_t)1);
    const char *unit = line_value(text, "unit", &size);
    m->unit_mm = unit ? unit_mm(unit, size) : 0;
    const char *spacing = line_value(text, "spacing", &size);
    m->mm[2] = spacing ? number(spacing) * m->unit_mm : 0;
    const char *interval = line_value(text, "finterval", &size);
    m->seconds = interval ? number(interval) : 0;
}

/* ---- OME --------------------------------------------------------------------------------------------------------- */

/* The value of an attribute of the element that `tag` points to; NULL if there is none. */
static const char *attribute(const char *tag, const char *name, size_t *size)
{
    const size_t n = strlen(name), length = strcspn(tag, ">");
    for (const char *p = tag; (size_t)(p - tag) + n + 2 < length; p++)
        if ((p[0] == ' ' || p[0] == '\n' || p[0] == '\t' || p[0] == '\r') && strncmp(p + 1, name, n) == 0 &&
            p[n + 1] == '=' && (p[n + 2] == '"' || p[n + 2] == '\'')) {
            *size = strcspn(p + n + 3, p[n + 2] == '"' ? "\">" : "'>");
            return p + n + 3;
        }
    return NULL;
}

static double physical(const char *tag, const char *size_name, const char *unit_name)
{
    size_t size, n;
    const char *value = attribute(tag, size_name, &size), *unit = attribute(tag, unit_name, &n);
    return value ? number(value) * (unit ? unit_mm(unit, n) : 1e-3) : 0; /* micrometers unless said */
}

static int64_t attribute_whole(const char *tag, const char *name)
{
    size_t size;
    const char *v = attribute(tag, name, &size);
    return v ? TOMO__MAX(whole(v), (int64_t)1) : 1;
}

static void describe_ome(tomo__tiff_meta *m, const char *tag, int32_t samples)
{
    size_t size, n;
    m->channels = TOMO__MAX(attribute_whole(tag, "SizeC") / samples, (int64_t)1);
    m->slices = attribute_whole(tag, "SizeZ");
    m->frames = attribute_whole(tag, "SizeT");
    const char *order = attribute(tag, "DimensionOrder", &size);
    for (size_t i = 2, k = 0; order && size == 5 && i < 5; i++, k++)
        m->order[k] = order[i] == 'C' ? 0 : order[i] == 'Z' ? 1 : 2;
    if (m->order[0] == m->order[1] || m->order[1] == m->order[2] || m->order[0] == m->order[2])
        for (int i = 0; i < 3; i++)
            m->order[i] = i;
    m->mm[0] = physical(tag, "PhysicalSizeX", "PhysicalSizeXUnit");
    m->mm[1] = physical(tag, "PhysicalSizeY", "PhysicalSizeYUnit");
    m->mm[2] = physical(tag, "PhysicalSizeZ", "PhysicalSizeZUnit");
    const char *step = attribute(tag, "TimeIncrement", &size), *unit = attribute(tag, "TimeIncrementUnit", &n);
    const double factor = !unit || (n == 1 && *unit == 's')       ? 1
                          : n == 2 && memcmp(unit, "ms", 2) == 0  ? 1e-3
                          : n == 3 && memcmp(unit, "min", 3) == 0 ? 60
                                                                  : 0;
    m->seconds = step ? number(step) * factor : 0;
}

void tomo__tiff_describe(tomo__tiff_meta *m, const char *description, int32_t samples)
{
    memset(m, 0, sizeof *m);
    for (int i = 0; i < 3; i++)
        m->order[i] = i;
    if (!description)
        return;
    const char *pixels = strstr(description, "<OME") ? strstr(description, "<Pixels") : NULL;
    if (!pixels && strstr(description, "<OME"))
        pixels = strstr(description, ":Pixels "); /* with a namespace */
    if (pixels)
        describe_ome(m, pixels, samples);
    else if (strncmp(description, "ImageJ=", 7) == 0)
        describe_imagej(m, description);
}
