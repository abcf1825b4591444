/* affine_body.h - one sample of a volume of REAL between its voxels; included twice by resample_affine.c, with REAL and
 * NAME(x) set. `v` is the volume, `stride` reals to the next voxel along each axis, `n` its size. */

static double NAME(linear)(const REAL *v, const int64_t stride[3], const int64_t n[3], const double p[3])
{
    int64_t low[3], up[3];
    double t[3];
    for (int i = 0; i < 3; i++) {
        const double q = p[i] < 0 ? 0 : p[i] > (double)(n[i] - 1) ? (double)(n[i] - 1) : p[i];
        const int64_t f = (int64_t)q;
        t[i] = q - (double)f;
        low[i] = f * stride[i];
        up[i] = (f + 1 < n[i] ? f + 1 : f) * stride[i];
    }
    const REAL *a = v + low[1] + low[2], *b = v + up[1] + low[2], *c = v + low[1] + up[2], *d = v + up[1] + up[2];
    const double s = 1 - t[0];
    const double ab = (1 - t[1]) * (s * (double)a[low[0]] + t[0] * (double)a[up[0]]) +
                      t[1] * (s * (double)b[low[0]] + t[0] * (double)b[up[0]]);
    const double cd = (1 - t[1]) * (s * (double)c[low[0]] + t[0] * (double)c[up[0]]) +
                      t[1] * (s * (double)d[low[0]] + t[0] * (double)d[up[0]]);
    return (1 - t[2]) * ab + t[2] * cd;
}

static double NAME(cubic)(const REAL *v, const int64_t stride[3], const int64_t n[3], const double p[3])
{
    int64_t at[3][4];
    double w[3][4], sum = 0;
    for (int i = 0; i < 3; i++) {
        const double f = floor(p[i]);
        tomo__spline_weights(w[i], p[i] - f);
        for (int k = 0; k < 4; k++)
            at[i][k] = tomo__edge_index(TOMO__EDGE_MIRROR, (int64_t)f - 1 + k, n[i]) * stride[i];
    }
    for (int k = 0; k < 4; k++) {
        double plane = 0;
        for (int j = 0; j < 4; j++) {
            const REAL *row = v + at[2][k] + at[1][j];
            plane += w[1][j] * (w[0][0] * (double)row[at[0][0]] + w[0][1] * (double)row[at[0][1]] +
                                w[0][2] * (double)row[at[0][2]] + w[0][3] * (double)row[at[0][3]]);
        }
        sum += w[2][k] * plane;
    }
    return sum;
}
