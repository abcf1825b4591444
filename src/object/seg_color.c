/* seg_color.c - Recommended Display CIELab Value (PS3.3 C.10.7.1.1) and sRGB. The standard says "PCS-Values"; what is
 * written (dcmqi, highdicom, 3D Slicer) is CIELab of sRGB's own white, D65, without adaptation to D50, and so is this:
 * their colors come back as they were. */
#include <math.h>

#include "object/seg.h"

static const double white[3] = { 0.9505, 1.0, 1.0889 }; /* IEC 61966-2-1 */

static double from_srgb(double v) { return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4); }
static double to_srgb(double v) { return v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055; }

/* CIE 15: the cube root with its straight part near black. */
static double lab_f(double t) { return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116; }
static double lab_g(double f) { return f * f * f > 216.0 / 24389 ? f * f * f : (116 * f - 16) * 27 / 24389; }

static double within(double v, double hi) { return v > 0 ? fmin(v, hi) : 0; }

void tomo__lab_to_rgb(const uint16_t lab[3], uint8_t rgb[3])
{
    const double l = lab[0] * 100.0 / 65535, a = lab[1] * 255.0 / 65535 - 128, b = lab[2] * 255.0 / 65535 - 128;
    const double fy = (l + 16) / 116;
    const double x = white[0] * lab_g(fy + a / 500), y = white[1] * lab_g(fy), z = white[2] * lab_g(fy - b / 200);
    const double linear[3] = { 3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
                               -0.9692660 * x + 1.8760108 * y + 0.0415560 * z,
                               0.0556434 * x - 0.2040259 * y + 1.0572252 * z };
    for (int c = 0; c < 3; c++)
        rgb[c] = (uint8_t)rint(255 * within(to_srgb(within(linear[c], 1)), 1));
}

void tomo__rgb_to_lab(const uint8_t rgb[3], uint16_t lab[3])
{
    const double r = from_srgb(rgb[0] / 255.0), g = from_srgb(rgb[1] / 255.0), b = from_srgb(rgb[2] / 255.0);
    const double x = (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / white[0];
    const double y = (0.2126729 * r + 0.7151522 * g + 0.0721750 * b) / white[1];
    const double z = (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / white[2];
    const double l = 116 * lab_f(y) - 16;
    const double as = 500 * (lab_f(x) - lab_f(y)), bs = 200 * (lab_f(y) - lab_f(z));
    lab[0] = (uint16_t)rint(within(l * 655.35, 65535));
    lab[1] = (uint16_t)rint(within((as + 128) * 65535 / 255, 65535));
    lab[2] = (uint16_t)rint(within((bs + 128) * 65535 / 255, 65535));
}
