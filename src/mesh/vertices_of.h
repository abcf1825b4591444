/* vertices_of.h - the vertices of one slice for voxels of type T; vertices.c includes it once a type, with NAME(x)
 * naming the functions. No include guard: it is a body, not a header. */

static inline double NAME(voxel)(const surface *s, const uint8_t *at)
{
    T v;
    memcpy(&v, at, sizeof v);
    return s->binary ? (double)((double)v >= s->low && (double)v <= s->high) : (double)v;
}

/* Central differences by index, one-sided at the border. */
static inline void NAME(gradient)(const surface *s, double g[3], const int64_t at[3])
{
    const uint8_t *p = s->voxels + at[0] * s->stride[0] + at[1] * s->stride[1] + at[2] * s->stride[2];
    for (int a = 0; a < 3; a++) {
        const int64_t back = at[a] > 0, ahead = at[a] + 1 < s->d->size[a];
        g[a] = 0;
        if (back + ahead)
            g[a] = (NAME(voxel)(s, p + ahead * s->stride[a]) - NAME(voxel)(s, p - back * s->stride[a])) /
                   (double)(back + ahead);
    }
}

/* The cut of the line from node `at` (image indices; the layer around is -1 and size) along `axis`. */
static inline void NAME(vertex)(const surface *s, uint64_t number, const int64_t at[3], int axis, bool inside)
{
    int64_t end[3] = { at[0], at[1], at[2] };
    double place[3] = { (double)at[0], (double)at[1], (double)at[2] }, g[3] = { 0, 0, 0 };
    end[axis]++;
    if (in_layer(s, at) || in_layer(s, end)) {
        place[axis] += 0.5;
    } else {
        const uint8_t *p = s->voxels + at[0] * s->stride[0] + at[1] * s->stride[1] + at[2] * s->stride[2];
        const double a = NAME(voxel)(s, p), b = NAME(voxel)(s, p + s->stride[axis]);
        double t = (s->value - a) / (b - a);
        if (!(t >= 0 && t <= 1)) /* NaN or infinite voxels */
            t = 0.5;
        place[axis] += t;
        if (s->normals) {
            double h[3];
            NAME(gradient)(s, g, at);
            NAME(gradient)(s, h, end);
            for (int i = 0; i < 3; i++)
                g[i] += t * (h[i] - g[i]);
        }
    }
    put_place(s, number, place);
    if (s->normals)
        put_normal(s, number, g, axis, inside);
}

static void NAME(slice)(const surface *s, int64_t z)
{
    for (int64_t y = 0; y < s->n[1]; y++) {
        uint64_t number = s->rows[z * s->n[1] + y].vertex;
        for (int axis = 0; axis < 3; axis++)
            for (int64_t w = 0; w < s->words; w++) {
                const uint64_t word = surface_bits(s, y, z)[w];
                for (uint64_t cuts = cuts_of(s, axis, w, y, z); cuts; cuts &= cuts - 1) {
                    const int bit = __builtin_ctzll(cuts);
                    const int64_t at[3] = { 64 * w + bit - s->pad, y - s->pad, z - s->pad };
                    NAME(vertex)(s, number++, at, axis, word >> bit & 1);
                }
            }
    }
}
