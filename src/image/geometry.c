/* geometry.c - voxel indices and patient millimeters, grids that match, anatomical letters. */
#include <math.h>

#include "image/image_internal.h"

void tomo__image_matrix(const tomo_image_desc *d, double m[9])
{
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            m[3 * r + c] = d->direction[3 * r + c] * d->spacing[c];
}

bool tomo__invert3(const double m[9], double inverse[9])
{
    double a[9]; /* adjugate, so that inverse may be m */
    a[0] = m[4] * m[8] - m[5] * m[7], a[1] = m[2] * m[7] - m[1] * m[8], a[2] = m[1] * m[5] - m[2] * m[4];
    a[3] = m[5] * m[6] - m[3] * m[8], a[4] = m[0] * m[8] - m[2] * m[6], a[5] = m[2] * m[3] - m[0] * m[5];
    a[6] = m[3] * m[7] - m[4] * m[6], a[7] = m[1] * m[6] - m[0] * m[7], a[8] = m[0] * m[4] - m[1] * m[3];
    const double det = m[0] * a[0] + m[1] * a[3] + m[2] * a[6];
    if (!isfinite(det) || det == 0)
        return false;
    for (int i = 0; i < 9; i++)
        inverse[i] = a[i] / det;
    return true;
}

void tomo__image_inverse_matrix(const tomo_image_desc *d, double m[9])
{
    double inverse[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
    tomo__invert3(d->direction, inverse); /* without the spacing, whose tiny values could underflow */
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            m[3 * r + c] = inverse[3 * r + c] / d->spacing[r];
}

static void to_patient(const tomo_image_desc *d, const double index[3], double lps[3])
{
    const double i = index[0] * d->spacing[0], j = index[1] * d->spacing[1], k = index[2] * d->spacing[2];
    for (int r = 0; r < 3; r++)
        lps[r] = d->origin[r] + d->direction[3 * r] * i + d->direction[3 * r + 1] * j + d->direction[3 * r + 2] * k;
}

void tomo_image_to_patient(const tomo_image *image, const double index[3], double lps[3])
{
    const double at[3] = { index[0], index[1], index[2] }; /* lps may be index */
    to_patient(&image->desc, at, lps);
}

void tomo_image_to_index(const tomo_image *image, const double lps[3], double index[3])
{
    double m[9], d[3];
    tomo__image_inverse_matrix(&image->desc, m);
    for (int r = 0; r < 3; r++)
        d[r] = lps[r] - image->desc.origin[r];
    for (int r = 0; r < 3; r++)
        index[r] = m[3 * r] * d[0] + m[3 * r + 1] * d[1] + m[3 * r + 2] * d[2];
}

void tomo__image_move_origin(tomo_image_desc *d, const double index[3])
{
    double lps[3];
    to_patient(d, index, lps);
    memcpy(d->origin, lps, sizeof lps);
}

double tomo_image_voxel_mm3(const tomo_image *image)
{
    const double *m = image->desc.direction, *s = image->desc.spacing;
    const double det = m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) +
                       m[2] * (m[3] * m[7] - m[4] * m[6]);
    return fabs(det) * s[0] * s[1] * s[2]; /* sheared grids (gantry tilt) have less than the product */
}

bool tomo_image_same_grid(const tomo_image *a, const tomo_image *b, double tol_mm)
{
    if (memcmp(a->desc.size, b->desc.size, 3 * sizeof a->desc.size[0]) != 0)
        return false;
    for (int corner = 0; corner < 8; corner++) {
        double index[3], p[3], q[3], far = 0;
        for (int i = 0; i < 3; i++)
            index[i] = corner >> i & 1 ? (double)(a->desc.size[i] - 1) : 0.0;
        to_patient(&a->desc, index, p);
        to_patient(&b->desc, index, q);
        for (int i = 0; i < 3; i++)
            far += (p[i] - q[i]) * (p[i] - q[i]);
        if (!(sqrt(far) <= tol_mm))
            return false;
    }
    for (int i = 0; i < 3; i++) /* an axis of one voxel has no second corner to tell its spacing by */
        if (a->desc.size[i] == 1 && !(fabs(a->desc.spacing[i] - b->desc.spacing[i]) <= tol_mm))
            return false;
    return true;
}

/* The rotation nearest to `m`: the orthogonal factor of its polar decomposition, by Newton's iteration (Higham 1986,
 * "Computing the polar decomposition"). nibabel's io_orientation takes the same matrix from an SVD. */
static void nearest_rotation(const double m[9], double r[9])
{
    memcpy(r, m, 9 * sizeof *m);
    for (int step = 0; step < 60; step++) {
        double inverse[9], change = 0;
        if (!tomo__invert3(r, inverse))
            return;
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) {
                const double next = 0.5 * (r[3 * i + j] + inverse[3 * j + i]);
                change = fmax(change, fabs(next - r[3 * i + j]));
                inverse[3 * j + i] = next;
            }
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                r[3 * i + j] = inverse[3 * j + i];
        if (change < 1e-15)
            return;
    }
}

void tomo__image_axes(const double direction[9], int axis[3], int sign[3])
{
    double r[9], best[3];
    bool used_row[3] = { false }, used_column[3] = { false };
    nearest_rotation(direction, r);
    for (int c = 0; c < 3; c++)
        best[c] = fmax(fabs(r[c]), fmax(fabs(r[3 + c]), fabs(r[6 + c])));
    for (int n = 0; n < 3; n++) { /* the clearest axis chooses first, as in nibabel 5 */
        int c = -1, row = -1;
        for (int i = 0; i < 3; i++)
            if (!used_column[i] && (c < 0 || best[i] > best[c]))
                c = i;
        for (int i = 0; i < 3; i++)
            if (!used_row[i] && (row < 0 || fabs(r[3 * i + c]) > fabs(r[3 * row + c])))
                row = i;
        used_column[c] = used_row[row] = true;
        axis[c] = row;
        sign[c] = r[3 * row + c] < 0 ? -1 : 1;
    }
}

void tomo_image_orientation(const tomo_image *image, char letters[4])
{
    int axis[3], sign[3];
    tomo__image_axes(image->desc.direction, axis, sign);
    for (int c = 0; c < 3; c++)
        letters[c] = sign[c] > 0 ? "LPS"[axis[c]] : "RAI"[axis[c]];
    letters[3] = 0;
}
