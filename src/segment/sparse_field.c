/* sparse_field.c - the band of a level set. The active layer (status 0) holds the voxels whose distance to the surface
 * is at most half the unit; layers 1, 3, ... lie inside of it, 2, 4, ... outside, each a unit farther. A step moves the
 * active voxels, passes those that left half a unit on to the next layer, and sets the layers' distances anew. Voxels
 * in the image's outermost rows stay out of it. Names and order are those of R. Whitaker and of ITK's filter. */
#include "level_set_internal.h"

enum { NONE = 127, CHANGING = 126, MOVING_UP = 125, MOVING_DOWN = 124, BORDER = 123, MAX_LAYERS = 7, CHUNK = 2048 };

typedef struct list {
    int32_t *v;
    int64_t n, room;
} list;

typedef struct field {
    tomo_ctx *ctx;
    const tomo_level_set_options *o;
    const float *speed, *pull[3];
    float *phi;
    int8_t *status;
    int64_t n[3], stride[3];
    int dims, layers; /* layers in all: the active one and pairs */
    float unit, scale[3], tiny;
    list layer[MAX_LAYERS], up[2], down[2];
    float *change;    /* of the active layer */
    float (*most)[3]; /* a chunk's largest curvature, propagation, advection */
    int64_t change_room;
    bool *side;                             /* regions: inside; with it */
    double sum, sum_in, c_in, c_out, range; /* sums, means, and what speeds are divided by */
    int64_t n_in;
} field;

static bool push(field *f, list *l, int32_t v)
{
    if (l->n == l->room) {
        const int64_t room = l->room ? l->room * 2 : 256;
        int32_t *more = tomo__realloc(f->ctx, l->v, (size_t)room * sizeof *more);
        if (!more)
            return false;
        l->v = more, l->room = room;
    }
    l->v[l->n++] = v;
    return true;
}

/* Neighbors through faces: first the lower ones, then the upper, as ITK goes. */
static inline int64_t neighbor(const field *f, int k) { return k < f->dims ? -f->stride[k] : f->stride[k - f->dims]; }

/* ---- start ------------------------------------------------------------------------------------------------------- */

static bool crossing(const field *f, int64_t i)
{
    const float a = f->phi[i], abs_a = fabsf(a);
    for (int k = 0; k < 2 * f->dims; k++) {
        const float b = f->phi[i + neighbor(f, k)], abs_b = fabsf(b);
        if ((a < 0 && b > 0) || (a > 0 && b < 0) || (a == 0) != (b == 0))
            if (abs_a < abs_b || (abs_a == abs_b && k >= f->dims))
                return true;
    }
    return false;
}

static void mark_border(field *f)
{
    memset(f->status, NONE, (size_t)(f->n[0] * f->n[1] * f->n[2]));
    for (int64_t z = 0, i = 0; z < f->n[2]; z++)
        for (int64_t y = 0; y < f->n[1]; y++)
            for (int64_t x = 0; x < f->n[0]; x++, i++)
                if (x == 0 || x == f->n[0] - 1 || y == 0 || y == f->n[1] - 1 ||
                    (f->dims == 3 && (z == 0 || z == f->n[2] - 1)))
                    f->status[i] = BORDER;
}

static float distance_at(const field *f, int64_t i)
{
    const float c = f->phi[i];
    float length = 0;
    for (int a = 0; a < f->dims; a++) {
        const float ahead = (f->phi[i + f->stride[a]] - c) * f->scale[a];
        const float behind = (c - f->phi[i - f->stride[a]]) * f->scale[a];
        length += fabsf(ahead) > fabsf(behind) ? ahead * ahead : behind * behind;
    }
    length = sqrtf(length) + f->tiny;
    return fminf(fmaxf(-f->unit / 2, c / length), f->unit / 2);
}

/* The first layers around the surface that the given values have. */
static bool build(field *f)
{
    const int64_t voxels = f->n[0] * f->n[1] * f->n[2];
    list *active = &f->layer[0];
    mark_border(f);
    for (int64_t i = 0; i < voxels; i++)
        if (f->status[i] == NONE && crossing(f, i) && !push(f, active, (int32_t)i))
            return false;
    for (int64_t k = 0; k < active->n; k++)
        f->status[active->v[k]] = 0;
    for (int64_t k = 0; k < active->n; k++)
        for (int d = 0; d < 2 * f->dims; d++) {
            const int64_t j = active->v[k] + neighbor(f, d);
            if (f->status[j] == NONE) {
                f->status[j] = f->phi[j] > 0 ? 2 : 1;
                if (!push(f, &f->layer[f->status[j]], (int32_t)j))
                    return false;
            }
        }
    for (int l = 1; l + 2 < f->layers; l++)
        for (int64_t k = 0; k < f->layer[l].n; k++)
            for (int d = 0; d < 2 * f->dims; d++) {
                const int64_t j = f->layer[l].v[k] + neighbor(f, d);
                if (f->status[j] == NONE) {
                    f->status[j] = (int8_t)(l + 2);
                    if (!push(f, &f->layer[l + 2], (int32_t)j))
                        return false;
                }
            }
    if (active->n > f->change_room) { /* distances need the given values of all neighbors: first all, then stored */
        tomo__free(f->ctx, f->change);
        f->change_room = active->n * 2;
        if (!(f->change = TOMO__ARRAY(f->ctx, f->change_room, float)))
            return false;
    }
    for (int64_t k = 0; k < active->n; k++)
        f->change[k] = distance_at(f, active->v[k]);
    const float far = (float)(f->layers / 2 + 1) * f->unit;
    for (int64_t i = 0; i < voxels; i++)
        if (f->status[i] == NONE || f->status[i] == BORDER)
            f->phi[i] = f->phi[i] > 0 ? far : -far;
    for (int64_t k = 0; k < active->n; k++)
        f->phi[active->v[k]] = f->change[k];
    return true;
}

/* ---- changes of the active layer --------------------------------------------------------------------------------- */

/* Linear interpolation of a map at a continuous index; the voxel's own value outside. */
typedef struct place {
    int64_t base, step[3]; /* lowest corner, and how far the other is: 0 on the last row */
    float t[3];
} place;

static inline bool locate(const field *f, const int64_t v[3], const float offset[3], place *p)
{
    p->base = 0;
    for (int a = 0; a < f->dims; a++) {
        const float at = (float)v[a] - offset[a];
        if (!(at >= 0 && at <= (float)(f->n[a] - 1)))
            return false;
        const int64_t low = (int64_t)at;
        p->t[a] = at - (float)low;
        p->base += low * f->stride[a];
        p->step[a] = low + 1 < f->n[a] ? f->stride[a] : 0;
    }
    return true;
}

static inline float sample(const field *f, const float *map, const place *p)
{
    const float *m = map + p->base;
    const float a = m[0] + (m[p->step[0]] - m[0]) * p->t[0];
    const float b = m[p->step[1]] + (m[p->step[1] + p->step[0]] - m[p->step[1]]) * p->t[0];
    const float near = a + (b - a) * p->t[1];
    if (f->dims == 2)
        return near;
    m += p->step[2];
    const float c = m[0] + (m[p->step[0]] - m[0]) * p->t[0];
    const float d = m[p->step[1]] + (m[p->step[1] + p->step[0]] - m[p->step[1]]) * p->t[0];
    return near + (c + (d - c) * p->t[1] - near) * p->t[2];
}

/* From the voxel to the surface, in voxels. */
static inline void to_surface(const field *f, int64_t i, float offset[3])
{
    const float c = f->phi[i];
    float norm = 0;
    for (int a = 0; a < f->dims; a++) {
        const float next = f->phi[i + f->stride[a]], before = f->phi[i - f->stride[a]];
        const float ahead = next - c, behind = c - before;
        if (next * before >= 0)
            offset[a] = fabsf(ahead) > fabsf(behind) ? ahead : behind;
        else
            offset[a] = next * c < 0 ? ahead : behind;
        norm += offset[a] * offset[a];
    }
    for (int a = 0; a < f->dims; a++)
        offset[a] = offset[a] * c / (norm + f->tiny);
}

static inline float curvature(const field *f, int64_t i, const float dx[3], float square)
{
    const float *p = f->phi + i;
    float second[3], sum = 0;
    for (int a = 0; a < f->dims; a++)
        second[a] = (p[f->stride[a]] + p[-f->stride[a]] - 2 * p[0]) * f->scale[a] * f->scale[a];
    for (int a = 0; a < f->dims; a++)
        for (int b = a + 1; b < f->dims; b++) {
            const int64_t s = f->stride[a], q = f->stride[b];
            const float mixed = 0.25f * (p[-s - q] - p[-s + q] - p[s - q] + p[s + q]) * f->scale[a] * f->scale[b];
            sum += second[b] * dx[a] * dx[a] + second[a] * dx[b] * dx[b] - 2 * dx[a] * dx[b] * mixed;
        }
    return sum / square;
}

/* LevelSetFunction::ComputeUpdate: what phi gains in a unit of time. */
static float change_at(const field *f, int64_t i, float most[3])
{
    const tomo_level_set_options *o = f->o;
    const int64_t v[3] = { i % f->n[0], i / f->n[0] % f->n[1], i / f->stride[2] };
    float offset[3], dx[3], ahead[3], behind[3], square = 1e-6f, gain = 0;
    place p;
    for (int a = 0; a < f->dims; a++) {
        const float next = f->phi[i + f->stride[a]], before = f->phi[i - f->stride[a]], c = f->phi[i];
        dx[a] = 0.5f * (next - before) * f->scale[a];
        ahead[a] = (next - c) * f->scale[a];
        behind[a] = (c - before) * f->scale[a];
        square += dx[a] * dx[a];
    }
    bool within = false;
    if (o->kind != TOMO_LEVEL_SET_GEODESIC) { /* ITK's geodesic contour takes the voxel's own speed */
        to_surface(f, i, offset);
        within = locate(f, v, offset, &p);
    }
    float speed = within ? sample(f, f->speed, &p) : f->speed[i];
    if (o->kind == TOMO_LEVEL_SET_REGIONS) {
        const double in = speed - f->c_in, out = speed - f->c_out;
        speed = (float)((out * out - in * in) / f->range);
    }
    if (o->curvature != 0) {
        float term = curvature(f, i, dx, square) * (float)o->curvature;
        if (o->kind == TOMO_LEVEL_SET_GEODESIC)
            term *= speed;
        most[0] = fmaxf(most[0], fabsf(term));
        gain += term;
    }
    if (f->pull[0]) { /* the field is the negative gradient of the speed: it points to borders */
        float term = 0;
        for (int a = 0; a < f->dims; a++) {
            const float w = -f->pull[a][i], energy = (float)o->advection * w;
            term += w * (energy > 0 ? behind[a] : ahead[a]);
            most[2] = fmaxf(most[2], fabsf(energy));
        }
        gain -= term * (float)o->advection;
    }
    if (o->propagation != 0) {
        const float term = (float)o->propagation * speed;
        float upwind = 0;
        for (int a = 0; a < f->dims; a++) {
            const float b = term > 0 ? fmaxf(behind[a], 0) : fminf(behind[a], 0);
            const float c = term > 0 ? fminf(ahead[a], 0) : fmaxf(ahead[a], 0);
            upwind += b * b + c * c;
        }
        most[1] = fmaxf(most[1], fabsf(term));
        gain -= term * sqrtf(upwind);
    }
    return gain;
}

static tomo_status change_chunk(void *user, int64_t item, int32_t slot, tomo_error *err)
{
    field *f = user;
    const list *l = &f->layer[0];
    float most[3] = { 0, 0, 0 };
    for (int64_t k = item * CHUNK; k < TOMO__MIN((item + 1) * CHUNK, l->n); k++)
        f->change[k] = change_at(f, l->v[k], most);
    memcpy(f->most[item], most, sizeof most);
    return TOMO_OK;
}

static tomo_status changes(field *f, double *dt, tomo_error *err)
{
    const int64_t n = f->layer[0].n, chunks = (n + CHUNK - 1) / CHUNK;
    if (n > f->change_room || !f->most) {
        tomo__free(f->ctx, f->change);
        tomo__free(f->ctx, f->most);
        f->change_room = TOMO__MAX(n, f->change_room) * 2;
        f->change = TOMO__ARRAY(f->ctx, f->change_room, float);
        f->most = tomo__calloc(f->ctx, (size_t)(f->change_room / CHUNK + 1), sizeof *f->most);
        if (!f->change || !f->most)
            return tomo__no_memory(f->ctx, err, (size_t)f->change_room * 4, "changes of a surface");
    }
    float most[3] = { 0, 0, 0 }, coarse = 0;
    const tomo_status st = tomo__parallel(f->ctx, chunks, change_chunk, f, NULL, err);
    for (int64_t i = 0; i < chunks && st == TOMO_OK; i++)
        for (int a = 0; a < 3; a++)
            most[a] = fmaxf(most[a], f->most[i][a]);
    for (int a = 0; a < f->dims; a++)
        coarse = fmaxf(coarse, f->scale[a]);
    const double limit = 1.0 / (2.0 * f->dims), wave = (double)most[1] + (double)most[2];
    *dt = 0;
    if (most[0] > 0)
        *dt = wave > 0 ? fmin(limit / wave, limit / (double)most[0]) : limit / (double)most[0];
    else if (wave > 0)
        *dt = limit / wave;
    *dt /= (double)coarse;
    return st;
}

/* ---- voxels change layers ------------------------------------------------------------------------------------------
 */

static bool beside(const field *f, int64_t i, int8_t status)
{
    bool is = false;
    for (int k = 0; k < 2 * f->dims; k++)
        is |= f->status[i + neighbor(f, k)] == status;
    return is;
}

/* The active voxels' new values; those beyond half a unit go to `up` or `down`, and their neighbors on the other side
 * get a value for the layer they will be in. Returns false without memory. */
static bool move_active(field *f, double dt, double *rms)
{
    const float half = f->unit / 2;
    list *l = &f->layer[0];
    int64_t kept = 0, counted = 0;
    double squares = 0;
    for (int64_t k = 0; k < l->n; k++) {
        const int32_t i = l->v[k];
        const float old = f->phi[i], value = (float)((double)old + dt * (double)f->change[k]);
        const bool up = value >= half, down = value < -half;
        if ((up && beside(f, i, MOVING_DOWN)) || (down && beside(f, i, MOVING_UP))) { /* waits a step */
            l->v[kept++] = i;
            continue;
        }
        squares += (double)(value - old) * (double)(value - old);
        counted++;
        if (!up && !down) {
            f->phi[i] = value;
            l->v[kept++] = i;
            continue;
        }
        const float next = up ? value - f->unit : value + f->unit;
        for (int d = 0; d < 2 * f->dims; d++) {
            const int64_t j = i + neighbor(f, d);
            if (f->status[j] != (up ? 1 : 2))
                continue;
            const bool far = up ? f->phi[j] < -half : f->phi[j] >= half;
            if (far || fabsf(next) < fabsf(f->phi[j]))
                f->phi[j] = next;
        }
        f->status[i] = up ? MOVING_UP : MOVING_DOWN;
        if (!push(f, up ? &f->up[0] : &f->down[0], i))
            return false;
    }
    l->n = kept;
    *rms = counted ? sqrt(squares / (double)counted) : 0;
    return true;
}

/* All of `from` come to layer `to`; neighbors of status `search` are gathered in `next`. */
static bool pass_on(field *f, list *from, list *next, int to, int search)
{
    next->n = 0;
    for (int64_t k = 0; k < from->n; k++) {
        const int64_t i = from->v[k];
        f->status[i] = (int8_t)to;
        if (!push(f, &f->layer[to], (int32_t)i))
            return false;
        for (int d = 0; d < 2 * f->dims; d++) {
            const int64_t j = i + neighbor(f, d);
            if (f->status[j] == search) {
                f->status[j] = CHANGING;
                if (!push(f, next, (int32_t)j))
                    return false;
            }
        }
    }
    from->n = 0;
    return true;
}

static bool settle(field *f, const list *from, int to)
{
    for (int64_t k = 0; k < from->n; k++) {
        f->status[from->v[k]] = (int8_t)to;
        if (!push(f, &f->layer[to], from->v[k]))
            return false;
    }
    return true;
}

static bool change_layers(field *f)
{
    int up_to = 0, down_to = 0, up_search = 3, down_search = 4, j = 1;
    if (!pass_on(f, &f->up[0], &f->up[1], 2, 1) || !pass_on(f, &f->down[0], &f->down[1], 1, 2))
        return false;
    while (down_search < f->layers) {
        if (!pass_on(f, &f->up[j], &f->up[1 - j], up_to, up_search) ||
            !pass_on(f, &f->down[j], &f->down[1 - j], down_to, down_search))
            return false;
        up_to += up_to == 0 ? 1 : 2;
        down_to += 2, up_search += 2, down_search += 2;
        j = 1 - j;
    }
    if (!pass_on(f, &f->up[j], &f->up[1 - j], up_to, NONE) || !pass_on(f, &f->down[j], &f->down[1 - j], down_to, NONE))
        return false;
    const bool good = settle(f, &f->up[1 - j], f->layers - 2) && settle(f, &f->down[1 - j], f->layers - 1);
    f->up[0].n = f->up[1].n = f->down[0].n = f->down[1].n = 0;
    return good;
}

/* Distances of layer `to` from layer `from`, which is nearer to the surface; what has lost touch falls back to
 * `fallback`, or out of the band. */
static bool propagate(field *f, int from, int to, int fallback, bool inner)
{
    list *l = &f->layer[to];
    const float step = inner ? -f->unit : f->unit;
    int64_t kept = 0;
    for (int64_t k = 0; k < l->n; k++) {
        const int32_t i = l->v[k];
        float value = 0;
        bool found = false;
        if (f->status[i] != to) /* has gone to another layer in this step */
            continue;
        for (int d = 0; d < 2 * f->dims; d++) {
            const int64_t j = i + neighbor(f, d);
            if (f->status[j] != from)
                continue;
            const float v = f->phi[j];
            value = !found ? v : inner ? fmaxf(v, value) : fminf(v, value);
            found = true;
        }
        if (found) {
            f->phi[i] = value + step;
            l->v[kept++] = i;
        } else if (fallback >= f->layers) {
            f->status[i] = NONE;
            f->phi[i] = (float)(f->layers / 2 + 1) * (inner ? -f->unit : f->unit);
        } else {
            f->status[i] = (int8_t)fallback;
            if (!push(f, &f->layer[fallback], i))
                return false;
        }
    }
    l->n = kept;
    return true;
}

static bool propagate_all(field *f)
{
    bool good = propagate(f, 0, 1, 3, true) && propagate(f, 0, 2, 4, false);
    for (int l = 1; l < f->layers - 2 && good; l++)
        good = propagate(f, l, l + 2, l + 4, (l + 2) % 2 == 1);
    return good;
}

/* ---- regions: means inside and outside ----------------------------------------------------------------------------
 */

/* Side of every voxel and the sums behind the means, in double, in order. */
static bool take_sides(field *f)
{
    const int64_t voxels = f->n[0] * f->n[1] * f->n[2];
    double low = f->speed[0], high = low;
    f->side = tomo__alloc(f->ctx, (size_t)voxels);
    for (int64_t i = 0; i < voxels && f->side; i++) {
        const double v = f->speed[i];
        const bool in = f->phi[i] <= 0;
        f->side[i] = in;
        f->sum_in += in ? v : 0, f->sum += v;
        f->n_in += in;
        low = fmin(low, v), high = fmax(high, v);
    }
    f->range = high > low ? (high - low) * (high - low) : 1;
    return f->side;
}

/* A voxel that changed sides is active now or beside an active one. */
static void means(field *f)
{
    const int64_t n_out = f->n[0] * f->n[1] * f->n[2];
    for (int l = 0; l < 3; l++)
        for (int64_t k = 0; k < f->layer[l].n; k++) {
            const int32_t i = f->layer[l].v[k];
            const bool in = f->phi[i] <= 0;
            if (in == f->side[i])
                continue;
            f->side[i] = in;
            f->sum_in += in ? (double)f->speed[i] : -(double)f->speed[i];
            f->n_in += in ? 1 : -1;
        }
    f->c_in = f->n_in ? f->sum_in / (double)f->n_in : 0;
    f->c_out = f->n_in < n_out ? (f->sum - f->sum_in) / (double)(n_out - f->n_in) : 0;
}

/* ---- all of it ------------------------------------------------------------------------------------------------------
 */

static tomo_status iterate(field *f, int64_t *steps, bool *rest, tomo_job *job, tomo_error *err)
{
    const int64_t n = f->o->iterations;
    double dt = 0, rms = 0;
    for (*steps = 0; *steps < n && f->layer[0].n > 0 && !*rest; (*steps)++) {
        tomo_status st = tomo__job_step(job, (double)*steps / (double)n, err);
        if (f->o->kind == TOMO_LEVEL_SET_REGIONS)
            means(f);
        if (st == TOMO_OK)
            st = changes(f, &dt, err);
        if (st != TOMO_OK)
            return st;
        if (!move_active(f, dt, &rms) || !change_layers(f) || !propagate_all(f))
            return tomo__no_memory(f->ctx, err, 0, "layers of a surface");
        *rest = rms < f->o->rms;
    }
    *rest |= f->layer[0].n == 0;
    return TOMO_OK;
}

tomo_status tomo__sparse_field(tomo_ctx *ctx, float *phi, const tomo_image *speed, tomo_image *const pull[3], int dims,
                               const tomo_level_set_options *opts, int64_t *steps, bool *rest, tomo_job *job,
                               tomo_error *err)
{
    const tomo_image_desc *d = tomo_image_get_desc(speed);
    field f = { .ctx = ctx, .o = opts, .speed = tomo_image_data(speed), .phi = phi, .dims = dims };
    tomo_status st = TOMO_OK;
    double least = d->spacing[0];
    for (int a = 0; a < 3; a++) {
        f.n[a] = d->size[a];
        f.stride[a] = a == 0 ? 1 : f.stride[a - 1] * d->size[a - 1];
        f.scale[a] = (float)(1.0 / d->spacing[a]);
        f.pull[a] = pull && pull[a] ? tomo_image_data(pull[a]) : NULL;
        least = a < dims ? fmin(least, d->spacing[a]) : least;
    }
    f.layers = 2 * dims + 1; /* as many on each side as the image has dimensions, ITK's choice */
    f.unit = (float)least;
    f.tiny = (float)(1e-6 * least);
    f.status = tomo__alloc(ctx, (size_t)tomo_image_voxels(speed));
    if (!f.status)
        return tomo__no_memory(ctx, err, (size_t)tomo_image_voxels(speed), "layers of voxels");
    if (!build(&f) || !propagate_all(&f) || (opts->kind == TOMO_LEVEL_SET_REGIONS && !take_sides(&f)))
        st = tomo__no_memory(ctx, err, 0, "layers of a surface");
    else
        st = iterate(&f, steps, rest, job, err);
    for (int l = 0; l < MAX_LAYERS; l++)
        tomo__free(ctx, f.layer[l].v);
    for (int j = 0; j < 2; j++) {
        tomo__free(ctx, f.up[j].v);
        tomo__free(ctx, f.down[j].v);
    }
    tomo__free(ctx, f.change);
    tomo__free(ctx, f.most);
    tomo__free(ctx, f.side);
    tomo__free(ctx, f.status);
    return st;
}
