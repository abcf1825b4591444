/* sample_body.h - rows of samples of a volume of REAL between its voxels; included with REAL and NAME(x) set: twice by
 * sample_c.c, and by the x86 files, which compile the cubic kernel for their processors. */

/* Where sample x of the row lies, whole numbers cleaned of rounding as on straight grids; false if outside. */
static inline bool NAME(place)(const tomo__skew_row *w, int64_t x, double p[3])
{
    for (int i = 0; i < 3; i++) {
        p[i] = w->base[i] + w->step[i] * (double)x;
        if (!(p[i] > -1 && p[i] < (double)w->size[i]))
            return false;
        const double whole = (double)((int64_t)(p[i] + 1.5) - 1), off = p[i] - whole;
        if (off < 1e-9 && off > -1e-9)
            p[i] = whole;
        if (!(p[i] >= -0.5 && p[i] < (double)w->size[i] - 0.5))
            return false;
    }
    return true;
}

#ifdef PLAIN_LINEAR
static void NAME(linear)(double *to, const tomo__skew_row *w, int64_t from, int64_t count)
{
    const REAL *v = w->volume;
    for (int64_t x = from; x < count; x++) {
        int64_t low = 0, up[3];
        double p[3], t[3];
        to[x] = w->outside;
        if (!NAME(place)(w, x, p))
            continue;
        for (int i = 0; i < 3; i++) {
            const double last = (double)(w->size[i] - 1), q = p[i] < 0 ? 0 : p[i] > last ? last : p[i];
            const int64_t f = (int64_t)q;
            t[i] = q - (double)f;
            low += f * w->stride[i];
            up[i] = f + 1 < w->size[i] ? w->stride[i] : 0;
        }
        const REAL *a = v + low, *b = a + up[1], *c = a + up[2], *d = b + up[2];
        const int64_t right = up[0];
        const double e = (double)a[0] + t[0] * ((double)a[right] - (double)a[0]);
        const double f = (double)b[0] + t[0] * ((double)b[right] - (double)b[0]);
        const double g = (double)c[0] + t[0] * ((double)c[right] - (double)c[0]);
        const double h = (double)d[0] + t[0] * ((double)d[right] - (double)d[0]);
        const double ef = e + t[1] * (f - e), gh = g + t[1] * (h - g);
        to[x] = ef + t[2] * (gh - ef);
    }
}
#endif

typedef double NAME(four) __attribute__((vector_size(32)));

/* The 64 coefficients around a sample, four along x at once. */
static void NAME(cubic)(double *to, const tomo__skew_row *w, int64_t from, int64_t count)
{
    const REAL *v = w->volume;
    for (int64_t x = from; x < count; x++) {
        int64_t at[3][4];
        double p[3], u[3][4];
        to[x] = w->outside;
        if (!NAME(place)(w, x, p))
            continue;
        for (int i = 0; i < 3; i++) {
            const int64_t f = (int64_t)(p[i] + 1) - 1; /* floor, as p > -1 */
            tomo__spline_weights(u[i], p[i] - (double)f);
            for (int k = 0; k < 4; k++) {
                const int64_t j = f - 1 + k;
                at[i][k] = (j >= 0 && j < w->size[i] ? j : tomo__edge_index(TOMO__EDGE_MIRROR, j, w->size[i])) *
                           w->stride[i];
            }
        }
        NAME(four) sum = { 0, 0, 0, 0 };
        for (int k = 0; k < 4; k++) {
            NAME(four) plane = { 0, 0, 0, 0 };
            for (int j = 0; j < 4; j++) {
                const REAL *row = v + at[2][k] + at[1][j];
                plane += u[1][j] * (NAME(four)){ (double)row[at[0][0]], (double)row[at[0][1]], (double)row[at[0][2]],
                                                 (double)row[at[0][3]] };
            }
            sum += u[2][k] * plane;
        }
        to[x] = u[0][0] * sum[0] + u[0][1] * sum[1] + u[0][2] * sum[2] + u[0][3] * sum[3];
    }
}
