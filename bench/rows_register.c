/* rows_register.c - linear registration of the peers' MR and its displaced copies. Likeness, displacements and
 * landmarks are those of the peers' programs; the error over the landmarks goes to standard error once, as a time says
 * little without it. */
#include "bench.h"
#include <math.h>

static tomo_image *volume(bench *b, const char *name)
{
    static tomo_image *kept[3]; /* for the whole run */
    static const char *const names[3] = { "mr", "mr_rigid", "mr_affine" };
    char path[512];
    int i = 0;
    while (i < 2 && strcmp(names[i], name) != 0)
        i++;
    snprintf(path, sizeof path, "%s/%s.mha", b->data, names[i]);
    if (!kept[i] && tomo_format_load(b->ctx, &kept[i], path, NULL, NULL, NULL, &b->err) != TOMO_OK)
        return NULL;
    return kept[i];
}

/* Mean distance between where the transform puts 500 points and where they are. */
static double error(bench *b, const tomo_transform *t, const char *moving)
{
    char from[512], to[512];
    double sum = 0, p[3], q[3];
    int n = 0;
    snprintf(from, sizeof from, "%s/points_fixed.txt", b->data);
    snprintf(to, sizeof to, "%s/points_%s.txt", b->data, moving);
    FILE *f = fopen(from, "r"), *g = fopen(to, "r");
    while (f && g && fscanf(f, "%lf %lf %lf", p, p + 1, p + 2) == 3 && fscanf(g, "%lf %lf %lf", q, q + 1, q + 2) == 3) {
        tomo_transform_points(t, p, p, 1);
        sum += sqrt((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) + (p[2] - q[2]) * (p[2] - q[2]));
        n++;
    }
    if (f)
        fclose(f);
    if (g)
        fclose(g);
    return sum / n;
}

static tomo_status find(bench *b, const char *moving)
{
    static bool told[2];
    const bool affine = strcmp(moving, "mr_affine") == 0;
    tomo_image *fixed = volume(b, "mr"), *other = volume(b, moving);
    tomo_transform *t = NULL;
    if (!fixed || !other)
        return b->err.status;
    tomo_status st = (affine ? tomo_register_affine : tomo_register_rigid)(b->ctx, &t, NULL, fixed, other, NULL, NULL,
                                                                           NULL, NULL, NULL, &b->err);
    if (st == TOMO_OK && !told[affine])
        fprintf(stderr, "%s: tre_mm=%.4f\n", moving, error(b, t, moving));
    told[affine] = true;
    tomo_transform_free(t);
    return st;
}
#define FIND(name, moving)                                                                                             \
    {                                                                                                                  \
        "register", name, "mr 256x256x180 to " moving, 1, NULL, NULL, NULL, find, moving                               \
    }

const row rows_register[] = {
    FIND("rigid_mattes", "mr_rigid"),        FIND("rigid_mattes_1pct", "mr_rigid"),
    FIND("rigid_mattes_10pct", "mr_rigid"),  FIND("affine_mattes", "mr_affine"),
    FIND("affine_mattes_1pct", "mr_affine"), { NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL },
};
