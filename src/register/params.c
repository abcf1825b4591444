/* params.c - parameters of a linear transform: how they move a matrix and a shift, and ITK's types of them. */
#include "image/image_internal.h"
#include "register/linear_internal.h"

int32_t tomo__pose_params(const tomo__pose *pose)
{
    const int32_t d = pose->dims;
    switch (pose->kind) {
    case TOMO_REGISTER_TRANSLATION:
        return d;
    case TOMO_REGISTER_RIGID:
        return d == 2 ? 3 : 6;
    case TOMO_REGISTER_SIMILARITY:
        return d == 2 ? 4 : 7;
    default:
        return d * d + d;
    }
}

static void multiply(double out[9], const double a[9], const double b[9])
{
    double m[9];
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            m[3 * r + c] = a[3 * r] * b[c] + a[3 * r + 1] * b[3 + c] + a[3 * r + 2] * b[6 + c];
    memcpy(out, m, sizeof m);
}

/* Rotation about one axis and its slope. */
static void turn(double m[9], double slope[9], int axis, double angle)
{
    const int a = (axis + 1) % 3, b = (axis + 2) % 3;
    const double c = cos(angle), s = sin(angle);
    memset(m, 0, 9 * sizeof *m), memset(slope, 0, 9 * sizeof *slope);
    m[4 * axis] = 1;
    m[4 * a] = m[4 * b] = c, m[3 * a + b] = -s, m[3 * b + a] = s;
    slope[4 * a] = slope[4 * b] = -s, slope[3 * a + b] = -c, slope[3 * b + a] = c;
}

void tomo__pose_move(tomo__pose *out, double (*slope)[12], const tomo__pose *from, const double *p, double radius)
{
    const int d = from->dims, turns = from->kind == TOMO_REGISTER_TRANSLATION || from->kind == TOMO_REGISTER_AFFINE ? 0
                                      : d == 2                                                                      ? 1
                                                                                                                    : 3;
    const tomo__pose start = *from; /* may be `out` */
    double m[9];
    int n = 0;
    *out = start;
    memcpy(m, start.matrix, sizeof m);
    if (slope)
        memset(slope, 0, TOMO__MOST_PARAMS * sizeof *slope);
    if (turns == 3) { /* Rz Ry Rx */
        double r[3][9], dr[3][9], all[9];
        for (int a = 0; a < 3; a++)
            turn(r[a], dr[a], a, p[a] / radius);
        multiply(all, r[1], r[0]), multiply(all, r[2], all), multiply(m, all, start.matrix);
        for (int a = 0; slope && a < 3; a++) {
            double *s = slope[a];
            multiply(s, a == 1 ? dr[1] : r[1], a == 0 ? dr[0] : r[0]);
            multiply(s, a == 2 ? dr[2] : r[2], s), multiply(s, s, start.matrix);
            for (int k = 0; k < 9; k++)
                s[k] /= radius;
        }
    } else if (turns == 1) {
        double r[9], dr[9];
        turn(r, dr, 2, p[0] / radius);
        multiply(m, r, start.matrix);
        if (slope) {
            multiply(slope[0], dr, start.matrix);
            for (int k = 0; k < 9; k++)
                slope[0][k] /= radius;
        }
    }
    n = turns;
    if (from->kind == TOMO_REGISTER_SIMILARITY) { /* in 2D the third axis keeps its length: nothing lies along it */
        const double scale = exp(p[n] / radius);
        for (int k = 0; k < 9; k++)
            m[k] *= k == 8 && d == 2 ? 1 : scale;
        for (int j = 0; slope && j < n; j++)
            for (int k = 0; k < 9; k++)
                slope[j][k] *= scale;
        for (int k = 0; slope && k < 9; k++)
            slope[n][k] = k == 8 && d == 2 ? 0 : m[k] / radius;
        n++;
    } else if (from->kind == TOMO_REGISTER_AFFINE) {
        for (int r = 0; r < d; r++)
            for (int c = 0; c < d; c++, n++) {
                m[3 * r + c] += p[n] / radius;
                if (slope)
                    slope[n][3 * r + c] = 1 / radius;
            }
    }
    memcpy(out->matrix, m, sizeof m);
    for (int a = 0; a < d; a++, n++) {
        out->shift[a] = start.shift[a] + p[n];
        if (slope)
            slope[n][9 + a] = 1;
    }
}

double tomo__pose_distance(const tomo__pose *a, const tomo__pose *b, const double corner[8][3])
{
    double most = 0;
    for (int i = 0; i < 8; i++) {
        double square = 0;
        for (int r = 0; r < 3; r++) {
            double d = a->shift[r] - b->shift[r];
            for (int c = 0; c < 3; c++)
                d += (a->matrix[3 * r + c] - b->matrix[3 * r + c]) * (corner[i][c] - a->center[c]);
            square += d * d;
        }
        most = fmax(most, square);
    }
    return sqrt(most);
}

/* Is m a rotation times `*scale`? */
static bool is_turn(const double m[9], int dims, double *scale)
{
    double det =
        m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);
    double off = 0;
    *scale = dims == 2 ? sqrt(fmax(det, 0)) : cbrt(det);
    for (int a = 0; a < dims; a++)
        for (int b = 0; b < dims; b++) {
            double dot = a == b ? -*scale * *scale : 0;
            for (int k = 0; k < dims; k++)
                dot += m[3 * a + k] * m[3 * b + k];
            off = fmax(off, fabs(dot));
        }
    return *scale > 0 && off <= 1e-6 * *scale * *scale;
}

tomo_status tomo__pose_from(tomo__pose *pose, const tomo_transform *t, const char *op, tomo_error *err)
{
    double offset[3], scale;
    if (tomo_transform_dims(t) > pose->dims)
        return tomo__fail(err, TOMO_E_ARG, "%s: the transform to start from has 3 dimensions, the images have 2", op);
    if (!tomo_transform_linear(t, pose->matrix, offset))
        return tomo__fail(err, TOMO_E_ARG, "%s: the transform to start from is a %s, expected a linear one", op,
                          tomo_transform_itk_name(t));
    const bool turned = is_turn(pose->matrix, pose->dims, &scale);
    if ((pose->kind == TOMO_REGISTER_RIGID && !(turned && fabs(scale - 1) < 1e-6)) ||
        (pose->kind == TOMO_REGISTER_SIMILARITY && !turned))
        return tomo__fail(err, TOMO_E_ARG, "%s: the transform to start from is not %s", op,
                          pose->kind == TOMO_REGISTER_RIGID ? "a rotation and a shift"
                                                            : "a rotation, a scale and a shift");
    if (pose->kind == TOMO_REGISTER_TRANSLATION)
        for (int k = 0; k < 9; k++)
            if (fabs(pose->matrix[k] - (k % 4 == 0)) > 1e-9)
                return tomo__fail(err, TOMO_E_ARG, "%s: the transform to start from is not a shift alone", op);
    for (int r = 0; r < 3; r++) { /* m x + offset = m (x - c) + c + shift */
        pose->shift[r] = offset[r] - pose->center[r];
        for (int c = 0; c < 3; c++)
            pose->shift[r] += pose->matrix[3 * r + c] * pose->center[c];
    }
    return TOMO_OK;
}

/* The right part of the versor of a rotation, with a real part that is not negative (S. W. Shepperd, 1978). */
static void versor(double v[3], const double m[9])
{
    const double trace = m[0] + m[4] + m[8], w = sqrt(fmax(0, 1 + trace)) / 2;
    const double odd[3] = { m[7] - m[5], m[2] - m[6], m[3] - m[1] };
    if (w > 0.1) {
        for (int a = 0; a < 3; a++)
            v[a] = odd[a] / (4 * w);
        return;
    }
    int big = m[0] >= m[4] && m[0] >= m[8] ? 0 : m[4] >= m[8] ? 1 : 2;
    const double length = sqrt(fmax(0, 1 + 2 * m[4 * big] - trace)) / 2;
    for (int a = 0; a < 3; a++)
        v[a] = a == big ? length : (m[3 * a + big] + m[3 * big + a]) / (4 * length);
    if (odd[big] < 0)
        for (int a = 0; a < 3; a++)
            v[a] = -v[a];
}

/* Angles about x, y, z of a rotation Rz Rx Ry, ITK's Euler3DTransform. */
static void euler(double angle[3], const double m[9])
{
    const double across = hypot(m[6], m[8]);
    angle[0] = atan2(m[7], across);
    if (across > 1e-9)
        angle[1] = atan2(-m[6], m[8]), angle[2] = atan2(-m[1], m[4]);
    else /* y and z turn alike */
        angle[1] = 0, angle[2] = atan2(m[3], m[0]);
}

tomo_status tomo__pose_transform(tomo_ctx *ctx, tomo_transform **out, const tomo__pose *pose, tomo_error *err)
{
    const double *m = pose->matrix, *t = pose->shift;
    const int d = pose->dims;
    double p[7], scale = 1, turned[9];
    is_turn(m, d, &scale);
    for (int k = 0; k < 9; k++)
        turned[k] = m[k] / scale;
    switch (pose->kind) {
    case TOMO_REGISTER_TRANSLATION:
        return tomo_transform_new(ctx, out, "TranslationTransform", d, t, (size_t)d, NULL, 0, err);
    case TOMO_REGISTER_RIGID:
        if (d == 2) {
            p[0] = atan2(m[3], m[0]), p[1] = t[0], p[2] = t[1];
            return tomo_transform_new(ctx, out, "Euler2DTransform", 2, p, 3, pose->center, 2, err);
        }
        euler(p, turned), memcpy(p + 3, t, 3 * sizeof *t);
        return tomo_transform_new(ctx, out, "Euler3DTransform", 3, p, 6, pose->center, 3, err);
    case TOMO_REGISTER_SIMILARITY:
        if (d == 2) {
            p[0] = scale, p[1] = atan2(m[3], m[0]), p[2] = t[0], p[3] = t[1];
            return tomo_transform_new(ctx, out, "Similarity2DTransform", 2, p, 4, pose->center, 2, err);
        }
        versor(p, turned), memcpy(p + 3, t, 3 * sizeof *t), p[6] = scale;
        if (p[0] * p[0] + p[1] * p[1] + p[2] * p[2] > 1 - 1e-6) /* a half turn, which ITK's versors hold to 1e-5 only */
            return tomo_transform_affine(ctx, out, 3, m, t, pose->center, err);
        return tomo_transform_new(ctx, out, "Similarity3DTransform", 3, p, 7, pose->center, 3, err);
    default:
        if (d == 2) {
            const double flat[4] = { m[0], m[1], m[3], m[4] };
            return tomo_transform_affine(ctx, out, 2, flat, t, pose->center, err);
        }
        return tomo_transform_affine(ctx, out, 3, m, t, pose->center, err);
    }
}
