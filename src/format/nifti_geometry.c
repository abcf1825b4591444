/* nifti_geometry.c - where NIfTI says the voxels lie (sform, qform, pixdim; RAS) and Tomo's LPS geometry, both ways.
 *
 * Which form counts is decided as nibabel does: sform if its code is above 0, else qform; the caller may prefer the
 * qform. (ITK 5.4 takes the qform where both are set, unless the sform's code is 1, and the spacing from pixdim always;
 * the result is the same unless the two forms contradict each other.) Quaternions: nifti1.h, "ORIENTATION AND LOCATION
 * IN SPACE", method 2. */
#include <float.h>
#include <math.h>

#include "volume_internal.h"

#define FLOAT_NOISE 1e-6   /* relative difference of pixdim and sform that 32-bit floats alone explain */

typedef struct form {
    double axis[3][3]; /* axis[c] = patient step of one voxel along c, RAS, in the file's units */
    double origin[3];
} form;

static bool finite_form(const form *f)
{
    double sum = 0;
    for (int c = 0; c < 3; c++)
        sum += f->axis[c][0] + f->axis[c][1] + f->axis[c][2] + f->origin[c];
    return isfinite(sum);
}

static double length(const double v[3]) { return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]); }

/* Spacing along axis c as pixdim has it; 1 where it is no length at all. */
static double pixdim_spacing(const tomo__nifti *h, int c)
{
    const double p = fabs(h->pixdim[c + 1]);
    return p >= FLT_MIN && p <= 1e12 ? p : 1.0;
}

static void form_from_sform(form *f, const tomo__nifti *h)
{
    for (int r = 0; r < 3; r++) {
        for (int c = 0; c < 3; c++)
            f->axis[c][r] = h->srow[4 * r + c];
        f->origin[r] = h->srow[4 * r + 3];
    }
}

static void form_from_qform(form *f, const tomo__nifti *h)
{
    double b = h->quatern[0], c = h->quatern[1], d = h->quatern[2];
    double a = 1.0 - (b * b + c * c + d * d);
    if (a < 1e-7) { /* a half turn: rounding must not make it imaginary (as nifti_quatern_to_mat44) */
        const double n = 1.0 / sqrt(b * b + c * c + d * d);
        b *= n, c *= n, d *= n;
        a = 0.0;
    } else {
        a = sqrt(a);
    }
    const double rotation[3][3] = {
        { a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c) },
        { 2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b) },
        { 2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b },
    };
    const double qfac = h->pixdim[0] < 0 ? -1.0 : 1.0;
    for (int k = 0; k < 3; k++) {
        const double step = pixdim_spacing(h, k) * (k == 2 ? qfac : 1.0);
        for (int r = 0; r < 3; r++)
            f->axis[k][r] = rotation[r][k] * step;
        f->origin[k] = h->qoffset[k];
    }
}

static void form_from_pixdim(form *f, const tomo__nifti *h)
{
    memset(f, 0, sizeof *f);
    for (int k = 0; k < 3; k++)
        f->axis[k][k] = pixdim_spacing(h, k);
}

/* Largest |cosine| between two of the axes; infinity where one has no length or the three lie in a plane. */
static double shear_of(const form *f)
{
    double worst = 0;
    for (int i = 0; i < 3; i++) {
        const double *u = f->axis[i], *v = f->axis[(i + 1) % 3];
        const double n = length(u) * length(v);
        if (!(n > 0))
            return INFINITY;
        worst = fmax(worst, fabs(u[0] * v[0] + u[1] * v[1] + u[2] * v[2]) / n);
    }
    return worst;
}

/* The axes turned to the nearest orthonormal ones, each as long as before. False if they lie in a plane. */
static bool straighten(form *f)
{
    double len[3];
    for (int c = 0; c < 3; c++) {
        len[c] = length(f->axis[c]);
        for (int r = 0; r < 3; r++)
            f->axis[c][r] /= len[c];
    }
    if (!tomo__nearest_rotation(f->axis))
        return false;
    for (int c = 0; c < 3; c++)
        for (int r = 0; r < 3; r++)
            f->axis[c][r] *= len[c];
    return true;
}

/* Does this form describe a grid? The shear that forbids it (infinite: no grid at all) goes to *shear. */
static bool try_form(form *f, const tomo__nifti *h, bool sform, double *shear)
{
    if (sform)
        form_from_sform(f, h);
    else
        form_from_qform(f, h);
    *shear = finite_form(f) ? shear_of(f) : INFINITY;
    return *shear <= TOMO__RIGHT_ANGLE;
}

/* The form that counts, and its code; says in the report where it is not the obvious one. */
static tomo_status choose(form *f, int32_t *code, const tomo__nifti *h, const tomo_format_load_options *opts,
                          const char *name, tomo_report *report, tomo_error *err)
{
    double shear;
    for (int i = 0; i < 2; i++) {
        const bool sform = (i == 0) == (opts->form == 0);
        *code = sform ? h->sform_code : h->qform_code;
        if (*code <= 0)
            continue;
        if (try_form(f, h, sform, &shear))
            return TOMO_OK;
        if (!sform) {
            tomo__remark(report, "qform is no rotation: it is ignored");
        } else if ((i == 0 ? h->qform_code <= 0 : true) && isfinite(shear)) {
            if (!opts->allow_shear || !straighten(f))
                return tomo__fail(err, TOMO_E_GEOMETRY,
                                  "%.80s: sform axes are sheared (cosine %.3g, at most 1e-4) and there is no qform",
                                  name, shear);
            tomo__remark(report, "sform axes are sheared (cosine %.3g): the nearest rotation is used", shear);
            return TOMO_OK;
        } else {
            tomo__remark(report, isfinite(shear) ? "sform axes are sheared (cosine %.3g): qform is used"
                                                 : "sform is no grid of three axes (%g): it is ignored", shear);
        }
    }
    *code = 0;
    form_from_pixdim(f, h);
    tomo__remark(report, "no sform and no qform: the orientation is unknown, axes taken as right, front, head");
    return TOMO_OK;
}

/* Do both forms put the corners to the same places, within 0.05 of the file's units? */
static bool forms_agree(const tomo__nifti *h)
{
    form s, q;
    double shear;
    if (h->sform_code <= 0 || h->qform_code <= 0 || !try_form(&s, h, true, &shear) || !try_form(&q, h, false, &shear))
        return false;
    for (int r = 0; r < 3; r++) {
        double most = fabs(s.origin[r] - q.origin[r]);
        for (int c = 0; c < 3; c++)
            most += fabs(s.axis[c][r] - q.axis[c][r]) * (double)h->dim[c + 1];
        if (!(most <= 0.05))
            return false;
    }
    return true;
}

/* Factor from the units code's spatial part to millimeters (nifti1.h, XYZT_TO_SPACE). */
static double to_mm(int32_t units)
{
    switch (units & 7) {
    case 1: return 1000.0;
    case 3: return 0.001;
    default: return 1.0; /* 2 = mm; 0 = unknown, which is mm in practice */
    }
}

double tomo__nifti_seconds(int32_t units)
{
    switch (units & 0x38) {
    case 0: /* unknown, seconds in practice */
    case 8: return 1.0;
    case 16: return 0.001;
    case 24: return 0.000001;
    default: return 0.0; /* Hz, ppm, rad/s: no time at all */
    }
}

tomo_status tomo__nifti_place(tomo_image_desc *desc, tomo__nifti *h, const tomo_format_load_options *opts,
                              const char *name, tomo_report *report, tomo_error *err)
{
    form f;
    int32_t code;
    const tomo_status st = choose(&f, &code, h, opts, name, report, err);
    if (st)
        return st;
    const double mm = to_mm(h->units), lps[3] = { -1.0, -1.0, 1.0 };
    for (int c = 0; c < 3; c++) {
        const double step = length(f.axis[c]), pixdim = pixdim_spacing(h, c);
        const bool same = fabs(step - pixdim) <= FLOAT_NOISE * pixdim; /* then pixdim is the number that was meant */
        desc->spacing[c] = (same ? pixdim : step) * mm;
        for (int r = 0; r < 3; r++)
            desc->direction[3 * r + c] = f.axis[c][r] / step * lps[r] + 0.0; /* + 0.0: no minus zero */
        desc->origin[c] = f.origin[c] * mm * lps[c] + 0.0;
        if (!isfinite(desc->origin[c]) || !(desc->spacing[c] > 0) || !isfinite(desc->spacing[c]))
            return tomo__fail(err, TOMO_E_GEOMETRY, "%.80s: axis %d has spacing %g and origin %g mm", name, c,
                              desc->spacing[c], desc->origin[c]);
    }
    const double dt = fabs(h->pixdim[4]) * tomo__nifti_seconds(h->units);
    desc->spacing[3] = desc->dims == 4 && isfinite(dt) ? dt : 0.0;
    if (desc->dims == 4 && tomo__nifti_seconds(h->units) == 0.0)
        tomo__remark(report, "the fourth axis is not time (units %d): its spacing is left out", (int)h->units);
    if (!forms_agree(h))
        h->qform_code = h->sform_code = code;
    return TOMO_OK;
}

/* ---- back to NIfTI ---------------------------------------------------------------------------------------------- */

/* Quaternion of a proper rotation (row-major); a is never negative (as nifti_mat44_to_quatern). */
static void quaternion(double q[3], const double r[9])
{
    double a = r[0] + r[4] + r[8] + 1.0, b, c, d;
    if (a > 0.5) {
        a = 0.5 * sqrt(a);
        b = 0.25 * (r[7] - r[5]) / a;
        c = 0.25 * (r[2] - r[6]) / a;
        d = 0.25 * (r[3] - r[1]) / a;
    } else { /* the largest of b, c, d squared times 4 tells which to divide by */
        const double xd = 1.0 + r[0] - r[4] - r[8], yd = 1.0 + r[4] - r[0] - r[8], zd = 1.0 + r[8] - r[0] - r[4];
        if (xd > 1.0) {
            b = 0.5 * sqrt(xd);
            c = 0.25 * (r[1] + r[3]) / b;
            d = 0.25 * (r[2] + r[6]) / b;
            a = 0.25 * (r[7] - r[5]) / b;
        } else if (yd > 1.0) {
            c = 0.5 * sqrt(yd);
            b = 0.25 * (r[1] + r[3]) / c;
            d = 0.25 * (r[5] + r[7]) / c;
            a = 0.25 * (r[2] - r[6]) / c;
        } else {
            d = 0.5 * sqrt(zd);
            b = 0.25 * (r[2] + r[6]) / d;
            c = 0.25 * (r[5] + r[7]) / d;
            a = 0.25 * (r[3] - r[1]) / d;
        }
        if (a < 0.0)
            b = -b, c = -c, d = -d;
    }
    q[0] = b, q[1] = c, q[2] = d;
}

void tomo__nifti_unplace(tomo__nifti *h, const tomo_image_desc *desc)
{
    double r[9];
    for (int i = 0; i < 9; i++)
        r[i] = i < 6 ? -desc->direction[i] + 0.0 : desc->direction[i]; /* LPS to RAS: rows x and y change sign */
    for (int i = 0; i < 3; i++) {
        h->pixdim[i + 1] = desc->spacing[i];
        h->qoffset[i] = (i < 2 ? -desc->origin[i] : desc->origin[i]) + 0.0;
        for (int c = 0; c < 3; c++)
            h->srow[4 * i + c] = r[3 * i + c] * desc->spacing[c];
        h->srow[4 * i + 3] = h->qoffset[i];
    }
    h->pixdim[4] = desc->spacing[3];
    const double det = r[0] * (r[4] * r[8] - r[5] * r[7]) - r[1] * (r[3] * r[8] - r[5] * r[6]) +
                       r[2] * (r[3] * r[7] - r[4] * r[6]);
    h->pixdim[0] = det < 0 ? -1.0 : 1.0; /* qfac: the third axis is turned around to make a rotation of it */
    for (int i = 2; det < 0 && i < 9; i += 3)
        r[i] = -r[i];
    quaternion(h->quatern, r);
    h->units = 2 | 8; /* mm, s */
    h->qform_code = h->sform_code = 1;
}
