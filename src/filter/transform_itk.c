/* transform_itk.c - ITK's linear transforms: the names, and what their parameters mean. */
#include <math.h>

#include "filter/transform_internal.h"

static void multiply(double out[9], const double a[9], const double b[9])
{
    double m[9];
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            m[3 * r + c] = a[3 * r] * b[c] + a[3 * r + 1] * b[3 + c] + a[3 * r + 2] * b[6 + c];
    memcpy(out, m, sizeof m);
}

static bool fill_identity(int dims, const double *p, const double *fixed, size_t n_fixed, double m[9], double t[3])
{
    return true;
}

static bool fill_translation(int dims, const double *p, const double *fixed, size_t n_fixed, double m[9], double t[3])
{
    memcpy(t, p, (size_t)dims * sizeof *p);
    return true;
}

static bool fill_scale(int dims, const double *p, const double *fixed, size_t n_fixed, double m[9], double t[3])
{
    for (int i = 0; i < dims; i++)
        m[4 * i] = p[i];
    return true;
}

static bool fill_affine(int dims, const double *p, const double *fixed, size_t n_fixed, double m[9], double t[3])
{
    for (int r = 0; r < dims; r++)
        memcpy(m + 3 * r, p + dims * r, (size_t)dims * sizeof *p);
    memcpy(t, p + dims * dims, (size_t)dims * sizeof *p);
    return true;
}

static void turn2(double m[9], double angle, double scale)
{
    m[0] = m[4] = scale * cos(angle);
    m[3] = scale * sin(angle), m[1] = -m[3];
}

static bool fill_euler2(int dims, const double *p, const double *fixed, size_t n_fixed, double m[9], double t[3])
{
    turn2(m, p[0], 1);
    t[0] = p[1], t[1] = p[2];
    return true;
}

static bool fill_similarity2(int dims, const double *p, const double *fixed, size_t n_fixed, double m[9], double t[3])
{
    turn2(m, p[1], p[0]);
    t[0] = p[2], t[1] = p[3];
    return p[0] != 0;
}

/* Rz Rx Ry, or Rz Ry Rx where the fourth fixed parameter says so. */
static bool fill_euler3(int dims, const double *p, const double *fixed, size_t n_fixed, double m[9], double t[3])
{
    const double cx = cos(p[0]), sx = sin(p[0]), cy = cos(p[1]), sy = sin(p[1]), cz = cos(p[2]), sz = sin(p[2]);
    const double x[9] = { 1, 0, 0, 0, cx, -sx, 0, sx, cx }, y[9] = { cy, 0, sy, 0, 1, 0, -sy, 0, cy };
    const double z[9] = { cz, -sz, 0, sz, cz, 0, 0, 0, 1 };
    const bool zyx = n_fixed > 3 && fixed[3] != 0;
    multiply(m, z, zyx ? y : x);
    multiply(m, m, zyx ? x : y);
    memcpy(t, p + 3, 3 * sizeof *p);
    return true;
}

/* The matrix of the unit quaternion x y z w. */
static void turn3(double m[9], double x, double y, double z, double w)
{
    m[0] = 1 - 2 * (y * y + z * z), m[1] = 2 * (x * y - z * w), m[2] = 2 * (x * z + y * w);
    m[3] = 2 * (x * y + z * w), m[4] = 1 - 2 * (x * x + z * z), m[5] = 2 * (y * z - x * w);
    m[6] = 2 * (x * z - y * w), m[7] = 2 * (y * z + x * w), m[8] = 1 - 2 * (x * x + y * y);
}

/* A versor is given by its vector part. One that is too long is brought back to length 1, as ITK does. */
static bool fill_versor(int dims, const double *p, const double *fixed, size_t n_fixed, double m[9], double t[3])
{
    double x = p[0], y = p[1], z = p[2];
    const double length = sqrt(x * x + y * y + z * z);
    if (length >= 1 - 1e-10) {
        const double to = length * (1 + 1e-10);
        x /= to, y /= to, z /= to;
    }
    turn3(m, x, y, z, sqrt(fmax(0, 1 - x * x - y * y - z * z)));
    return true;
}

static bool fill_versor_rigid(int dims, const double *p, const double *fixed, size_t n_fixed, double m[9], double t[3])
{
    memcpy(t, p + 3, 3 * sizeof *p);
    return fill_versor(dims, p, fixed, n_fixed, m, t);
}

/* One that is not of length 1 scales by its square, as in ITK. */
static bool fill_quaternion(int dims, const double *p, const double *fixed, size_t n_fixed, double m[9], double t[3])
{
    const double square = p[0] * p[0] + p[1] * p[1] + p[2] * p[2] + p[3] * p[3], length = sqrt(square);
    turn3(m, p[0] / length, p[1] / length, p[2] / length, p[3] / length);
    for (int i = 0; i < 9; i++)
        m[i] *= square;
    memcpy(t, p + 4, 3 * sizeof *p);
    return length > 0;
}

static bool fill_similarity3(int dims, const double *p, const double *fixed, size_t n_fixed, double m[9], double t[3])
{
    fill_versor_rigid(dims, p, fixed, n_fixed, m, t);
    for (int i = 0; i < 9; i++)
        m[i] *= p[6];
    return p[6] != 0;
}

/* Scales less 1 are added to the diagonal of the rotation: ITK's own way, no product. */
static bool fill_scale_versor(int dims, const double *p, const double *fixed, size_t n_fixed, double m[9], double t[3])
{
    fill_versor_rigid(dims, p, fixed, n_fixed, m, t);
    for (int i = 0; i < 3; i++)
        m[4 * i] += p[6 + i] - 1;
    return true;
}

static bool fill_scale_skew(int dims, const double *p, const double *fixed, size_t n_fixed, double m[9], double t[3])
{
    fill_scale_versor(dims, p, fixed, n_fixed, m, t);
    static const int at[6] = { 1, 2, 3, 5, 6, 7 };
    for (int i = 0; i < 6; i++)
        m[at[i]] += p[9 + i];
    return true;
}

/* Rotation, scale and upper triangular skew, multiplied. */
static bool fill_compose(int dims, const double *p, const double *fixed, size_t n_fixed, double m[9], double t[3])
{
    const double scale[9] = { p[6], 0, 0, 0, p[7], 0, 0, 0, p[8] }, skew[9] = { 1, p[9], p[10], 0, 1, p[11], 0, 0, 1 };
    fill_versor_rigid(dims, p, fixed, n_fixed, m, t);
    multiply(m, m, scale);
    multiply(m, m, skew);
    return true;
}

static const tomo__itk_type types[] = {
    { "IdentityTransform", 0, TOMO_TRANSFORM_IDENTITY, { 0, 0 }, { 0, 0 }, { 0, 0 }, fill_identity },
    { "TranslationTransform", 0, TOMO_TRANSFORM_TRANSLATION, { 2, 3 }, { 0, 0 }, { 0, 0 }, fill_translation },
    { "ScaleTransform", 0, TOMO_TRANSFORM_SCALE, { 2, 3 }, { 2, 3 }, { 2, 3 }, fill_scale },
    { "AffineTransform", 0, TOMO_TRANSFORM_AFFINE, { 6, 12 }, { 2, 3 }, { 2, 3 }, fill_affine },
    { "MatrixOffsetTransformBase", 0, TOMO_TRANSFORM_AFFINE, { 6, 12 }, { 2, 3 }, { 2, 3 }, fill_affine },
    { "Euler2DTransform", 2, TOMO_TRANSFORM_RIGID, { 3 }, { 2 }, { 2 }, fill_euler2 },
    { "Rigid2DTransform", 2, TOMO_TRANSFORM_RIGID, { 3 }, { 2 }, { 2 }, fill_euler2 },
    { "Similarity2DTransform", 2, TOMO_TRANSFORM_SIMILARITY, { 4 }, { 2 }, { 2 }, fill_similarity2 },
    { "Euler3DTransform", 3, TOMO_TRANSFORM_RIGID, { 0, 6 }, { 0, 3 }, { 0, 4 }, fill_euler3 },
    { "VersorTransform", 3, TOMO_TRANSFORM_RIGID, { 0, 3 }, { 0, 3 }, { 0, 3 }, fill_versor },
    { "VersorRigid3DTransform", 3, TOMO_TRANSFORM_RIGID, { 0, 6 }, { 0, 3 }, { 0, 3 }, fill_versor_rigid },
    { "QuaternionRigidTransform", 3, TOMO_TRANSFORM_AFFINE, { 0, 7 }, { 0, 3 }, { 0, 3 }, fill_quaternion },
    { "Similarity3DTransform", 3, TOMO_TRANSFORM_SIMILARITY, { 0, 7 }, { 0, 3 }, { 0, 3 }, fill_similarity3 },
    { "ScaleVersor3DTransform", 3, TOMO_TRANSFORM_AFFINE, { 0, 9 }, { 0, 3 }, { 0, 3 }, fill_scale_versor },
    { "ScaleSkewVersor3DTransform", 3, TOMO_TRANSFORM_AFFINE, { 0, 15 }, { 0, 3 }, { 0, 3 }, fill_scale_skew },
    { "ComposeScaleSkewVersor3DTransform", 3, TOMO_TRANSFORM_AFFINE, { 0, 12 }, { 0, 3 }, { 0, 3 }, fill_compose },
};

const tomo__itk_type *tomo__itk_find(const char *name, size_t length, int dims)
{
    for (size_t i = 0; i < TOMO__COUNT(types); i++)
        if (strlen(types[i].name) == length && memcmp(types[i].name, name, length) == 0 &&
            (!types[i].dims || types[i].dims == dims))
            return &types[i];
    return NULL;
}
