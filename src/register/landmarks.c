/* landmarks.c - the transform between pairs of points, in closed form. Rotations: B. K. P. Horn, "Closed-form solution
 * of absolute orientation using unit quaternions", J. Optical Society of America A 4, 1987; scale: S. Umeyama, IEEE
 * Trans. PAMI 13, 1991 (least squares in the moving points); affine: linear least squares. */
#include <math.h>
#include <stdlib.h>
#include <tomo/filter.h>

#include "register/linear_internal.h"

/* ---- numbers from text ---------------------------------------------------------------------------------------------
 */

static const char *skip(const char *p)
{
    while (*p == ',' || *p == ';' || *p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
        p++;
    return p;
}

/* How many numbers the text holds, and the numbers if `out` is there; -1 if one is none. */
static int64_t read_numbers(double *out, const char *text)
{
    int64_t n = 0;
    for (const char *p = skip(text); *p; p = skip(p), n++) {
        char *end = NULL;
        const double v = strtod(p, &end);
        if (end == p || !isfinite(v))
            return -1;
        if (out)
            out[n] = v;
        p = end;
    }
    return n;
}

/* ---- least squares -------------------------------------------------------------------------------------------------
 */

/* Eigenvectors of the symmetric 4 x 4 `a` (its diagonal becomes the eigenvalues) by Jacobi's rotations; column k of v.
 */
static void eigen4(double a[4][4], double v[4][4])
{
    for (int i = 0; i < 16; i++)
        v[i / 4][i % 4] = i / 4 == i % 4;
    for (int sweep = 0; sweep < 60; sweep++)
        for (int p = 0; p < 3; p++)
            for (int q = p + 1; q < 4; q++) {
                if (a[p][q] == 0)
                    continue;
                const double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
                const double t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1));
                const double c = 1 / sqrt(t * t + 1), s = t * c;
                for (int k = 0; k < 4; k++) {
                    const double x = a[k][p], y = a[k][q];
                    a[k][p] = c * x - s * y, a[k][q] = s * x + c * y;
                }
                for (int k = 0; k < 4; k++) {
                    const double x = a[p][k], y = a[q][k];
                    a[p][k] = c * x - s * y, a[q][k] = s * x + c * y;
                }
                for (int k = 0; k < 4; k++) {
                    const double x = v[k][p], y = v[k][q];
                    v[k][p] = c * x - s * y, v[k][q] = s * x + c * y;
                }
            }
}

/* The rotation that turns a's nearest to b's, m[3 i + j] the sum of a[i] b[j]; false if several do. */
static bool rotation3(double r[9], const double m[9])
{
    double n[4][4] = { { m[0] + m[4] + m[8], m[5] - m[7], m[6] - m[2], m[1] - m[3] },
                       { m[5] - m[7], m[0] - m[4] - m[8], m[1] + m[3], m[6] + m[2] },
                       { m[6] - m[2], m[1] + m[3], m[4] - m[0] - m[8], m[5] + m[7] },
                       { m[1] - m[3], m[6] + m[2], m[5] + m[7], m[8] - m[0] - m[4] } };
    double v[4][4];
    int best = 0;
    eigen4(n, v);
    for (int k = 1; k < 4; k++)
        if (n[k][k] > n[best][best])
            best = k;
    for (int k = 0; k < 4; k++)
        if (k != best && n[best][best] - n[k][k] <= 1e-9 * fabs(n[best][best]))
            return false;
    const double w = v[0][best], x = v[1][best], y = v[2][best], z = v[3][best];
    const double out[9] = {
        w * w + x * x - y * y - z * z, 2 * (x * y - w * z),           2 * (x * z + w * y),
        2 * (x * y + w * z),           w * w - x * x + y * y - z * z, 2 * (y * z - w * x),
        2 * (x * z - w * y),           2 * (y * z + w * x),           w * w - x * x - y * y + z * z
    };
    memcpy(r, out, sizeof out);
    return true;
}

/* Of the pairs' differences to their means: matrix of the pose. False if the points leave it open. */
static bool fit(tomo__pose *pose, const double *a, const double *b, int64_t n, const double mean_a[3],
                const double mean_b[3])
{
    const int d = pose->dims;
    double cross[9] = { 0 }, spread[9] = { 0 }, square = 0;
    for (int64_t i = 0; i < n; i++)
        for (int r = 0; r < d; r++)
            for (int c = 0; c < d; c++) {
                const double x = a[d * i + r] - mean_a[r];
                cross[3 * r + c] += x * (b[d * i + c] - mean_b[c]);
                spread[3 * r + c] += x * (a[d * i + c] - mean_a[c]);
                square += r == c ? x * x : 0;
            }
    if (pose->kind == TOMO_REGISTER_TRANSLATION)
        return true;
    if (pose->kind == TOMO_REGISTER_AFFINE) { /* rows of the matrix: auto^-1 cross */
        for (int c = 0; c < d; c++) {
            double left[9], right[3];
            for (int r = 0; r < d; r++) {
                for (int k = 0; k < d; k++)
                    left[r * d + k] = spread[3 * r + k];
                right[r] = cross[3 * r + c];
            }
            if (!tomo__solve(left, right, d))
                return false;
            for (int r = 0; r < d; r++)
                pose->matrix[3 * c + r] = right[r];
        }
        return true;
    }
    if (d == 3) {
        if (!rotation3(pose->matrix, cross))
            return false;
    } else {
        const double s = cross[1] - cross[3], c = cross[0] + cross[4], length = hypot(s, c);
        if (!(length > 0))
            return false;
        pose->matrix[0] = pose->matrix[4] = c / length;
        pose->matrix[1] = -s / length, pose->matrix[3] = s / length;
    }
    if (pose->kind == TOMO_REGISTER_SIMILARITY) {
        double turned = 0; /* sum of b R a */
        for (int r = 0; r < d; r++)
            for (int c = 0; c < d; c++)
                turned += pose->matrix[3 * c + r] * cross[3 * r + c];
        if (!(square > 0) || !(turned > 0))
            return false;
        for (int r = 0; r < d; r++)
            for (int c = 0; c < d; c++)
                pose->matrix[3 * r + c] *= turned / square;
    }
    return true;
}

tomo_status tomo_register_landmarks(tomo_ctx *ctx, tomo_transform **out, int32_t kind, int32_t dims,
                                    const double *fixed, const double *moving, size_t n_pairs, double *residuals,
                                    tomo_error *err)
{
    static const int least[2][4] = { { 1, 2, 2, 3 }, { 1, 3, 3, 4 } };
    static const char *const kinds[] = { "a shift", "a rotation", "a rotation and a scale", "an affine transform" };
    tomo__pose pose = { dims, kind, { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, { 0 }, { 0 } };
    double mean[3] = { 0 };
    if (kind < 0 || kind > TOMO_REGISTER_AFFINE || (dims != 2 && dims != 3))
        return tomo__fail(err, TOMO_E_ARG, "landmarks: kind is %d and dims %d, expected 0 to 3 and 2 or 3", kind, dims);
    if (n_pairs < (size_t)least[dims - 2][kind] || n_pairs > INT32_MAX)
        return tomo__fail(err, TOMO_E_ARG, "landmarks: %zu pairs of points, expected at least %d for %s in %dD",
                          n_pairs, least[dims - 2][kind], kinds[kind], dims);
    for (size_t i = 0; i < n_pairs * (size_t)dims; i++) {
        if (!isfinite(fixed[i]) || !isfinite(moving[i]))
            return tomo__fail(err, TOMO_E_ARG, "landmarks: pair %zu is not of finite numbers", i / (size_t)dims + 1);
        pose.center[i % (size_t)dims] += fixed[i] / (double)n_pairs;
        mean[i % (size_t)dims] += moving[i] / (double)n_pairs;
    }
    if (!fit(&pose, fixed, moving, (int64_t)n_pairs, pose.center, mean))
        return tomo__fail(err, TOMO_E_ARG,
                          "landmarks: the %zu points lie so that %s is left open (on one line or plane, "
                          "or all at one place)",
                          n_pairs, kinds[kind]);
    for (int a = 0; a < dims; a++)
        pose.shift[a] = mean[a] - pose.center[a];
    for (size_t i = 0; residuals && i < n_pairs; i++) {
        double square = 0;
        for (int r = 0; r < dims; r++) {
            double at = mean[r] - moving[i * (size_t)dims + (size_t)r];
            for (int c = 0; c < dims; c++)
                at += pose.matrix[3 * r + c] * (fixed[i * (size_t)dims + (size_t)c] - pose.center[c]);
            square += at * at;
        }
        residuals[i] = sqrt(square);
    }
    return tomo__pose_transform(ctx, out, &pose, err);
}

/* ---- row ----------------------------------------------------------------------------------------------------------
 */

typedef struct landmark_options {
    uint32_t struct_size;
    int32_t kind, interp;
    double outside;
    const char *fixed, *moving;
} landmark_options;

#define AT(field) offsetof(landmark_options, field)
static const char *const kind_names[] = { "translation", "rigid", "similarity", "affine", NULL };
static const char *const interps[] = { "nearest", "linear", "cubic", "lanczos", NULL };
static const tomo_option options[] = {
    { "fixed-points", TOMO_OPT_TEXT, AT(fixed), 1, 0, 0, 0, "mm", NULL, true,
      "Points of the fixed image in LPS: x,y,z;x,y,z;... (2D: x,y;...); spaces and line ends part numbers too." },
    { "moving-points", TOMO_OPT_TEXT, AT(moving), 1, 0, 0, 0, "mm", NULL, true,
      "The same points in the moving image, in the same order." },
    { "kind", TOMO_OPT_ENUM, AT(kind), 1, TOMO_REGISTER_RIGID, 0, 0, "", kind_names, false,
      "What transform is sought." },
    { "interp", TOMO_OPT_ENUM, AT(interp), 1, TOMO_INTERP_LINEAR, 0, 0, "", interps, false,
      "How the moving image is sampled for the result." },
    { "outside", TOMO_OPT_DOUBLE, AT(outside), 1, 0, 0, 0, "", NULL, false,
      "Value of the result where there is no moving image." },
};

/* Text to pairs and their transform; numbers as JSON. */
static tomo_status from_text(tomo_ctx *ctx, tomo_transform **out, tomo_buffer **numbers, const landmark_options *o,
                             int32_t dims, tomo_error *err)
{
    const char *const texts[2] = { o->fixed, o->moving };
    int64_t n[2];
    for (int i = 0; i < 2; i++) {
        n[i] = read_numbers(NULL, texts[i]);
        if (n[i] < 0)
            return tomo__fail(err, TOMO_E_ARG, "landmarks: %s-points is not numbers: '%.60s'", i ? "moving" : "fixed",
                              texts[i]);
    }
    if (n[0] != n[1] || n[0] % dims)
        return tomo__fail(err, TOMO_E_ARG,
                          "landmarks: %lld fixed and %lld moving numbers, expected as many, %d a point",
                          (long long)n[0], (long long)n[1], dims);
    const size_t pairs = (size_t)(n[0] / dims);
    double *all = TOMO__ARRAY(ctx, 2 * n[0] + (int64_t)pairs + 1, double), *far = all + 2 * n[0], sum = 0, most = 0;
    tomo__json j = TOMO__JSON(ctx);
    if (!all)
        return tomo__no_memory(ctx, err, (size_t)n[0] * 2 * sizeof *all, "landmarks");
    read_numbers(all, texts[0]), read_numbers(all + n[0], texts[1]);
    tomo_status st = tomo_register_landmarks(ctx, out, o->kind, dims, all, all + n[0], pairs, far, err);
    if (st == TOMO_OK) {
        for (size_t i = 0; i < pairs; i++)
            sum += far[i] / (double)pairs, most = fmax(most, far[i]);
        tomo__json_open(&j, '{');
        tomo__json_key(&j, "kind"), tomo__json_str(&j, kind_names[o->kind]);
        tomo__json_key(&j, "pairs"), tomo__json_uint(&j, pairs);
        tomo__json_key(&j, "meanMm"), tomo__json_num(&j, sum);
        tomo__json_key(&j, "maxMm"), tomo__json_num(&j, most);
        tomo__json_key(&j, "residualsMm"), tomo__json_nums(&j, far, pairs);
        tomo__json_close(&j, '}');
        st = tomo__text_finish(&j.text, numbers, err);
        if (st)
            tomo_transform_free(*out);
    }
    tomo__free(ctx, all);
    return st;
}

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    landmark_options o;
    tomo_status st = tomo__op_begin(&tomo__op_register_landmarks, &o, opts, err);
    st = st ? st : tomo__register_shape(in[0].ptr, in[1].ptr, "landmarks", err);
    tomo_transform *t = NULL;
    tomo_buffer *numbers = NULL;
    st = st ? st : from_text(ctx, &t, &numbers, &o, tomo_image_get_desc(in[0].ptr)->dims, err);
    if (st)
        return st;
    return tomo__register_results(ctx, out, in[0].ptr, in[1].ptr, t, numbers, o.interp, o.outside, job, err);
}

const tomo_op tomo__op_register_landmarks = {
    .room = "register",
    .name = "landmarks",
    .help = "The transform that brings points of one image nearest to those of another.",
    .detail =
        "Least squares in closed form: rotations by Horn's quaternions, scale by Umeyama, affine by normal equations. "
        "Shifts need one pair, rotations three that are not on one line (2D: two), affine transforms four that are "
        "not in one plane (2D: three). The numbers say how far each pair stays apart.",
    .example = "tomo register landmarks mr.nii.gz mr.nii.gz --transform points.tfm --fixed-points 0,0,0;9,0,0;0,9,0 "
               "--moving-points 1,2,3;1,11,3;-8,2,3",
    .in = { { "fixed", TOMO_KIND_IMAGE, false, "Image that stays." },
            { "moving", TOMO_KIND_IMAGE, false, "Image that is brought over it." } },
    .out = TOMO__REGISTER_RESULTS("Kind, pairs, and how far they stay apart: meanMm, maxMm, residualsMm."),
    .options = options,
    .n_options = TOMO__COUNT(options),
    .opts_size = sizeof(landmark_options),
    .run = run,
};
