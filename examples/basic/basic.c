/* basic.c - a first look at a volume: what it is, smooth, edges, a threshold, pictures and a NIfTI file of each.
 *     cc basic.c $(pkg-config --cflags --libs tomo) && ./a.out ct.nii.gz out
 *
 * IN is a DICOM folder or file, or any volume file that tomo reads. Research use only, not for diagnosis. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <tomo/tomo.h>

static void print_facts(const tomo_image *image, const tomo_image_stats *s)
{
    const tomo_image_desc *d = tomo_image_get_desc(image);
    char letters[4];
    tomo_image_orientation(image, letters);
    printf("%lld x %lld x %lld voxels of %s, %.3g x %.3g x %.3g mm, axes %s\n", (long long)d->size[0],
           (long long)d->size[1], (long long)d->size[2], tomo_dtype_name(d->dtype), d->spacing[0], d->spacing[1],
           d->spacing[2], letters);
    printf("values %.6g to %.6g, mean %.6g, standard deviation %.6g\n", s->min, s->max, s->mean, s->std);
}

/* The volume as OUT/name.nii.gz and its middle axial plane, with labels over it if there are any, as OUT/name.png. */
static tomo_status keep(tomo_ctx *ctx, const char *out, const char *name, const tomo_image *volume,
                        const tomo_image *under, tomo_error *err)
{
    char path[4096];
    tomo_image *picture = NULL;
    snprintf(path, sizeof path, "%s/%s.nii.gz", out, name);
    tomo_status st = tomo_format_save(ctx, path, volume, NULL, NULL, err);
    snprintf(path, sizeof path, "%s/%s.png", out, name);
    if (!st)
        st = tomo_render_slice(ctx, &picture, under ? under : volume, under ? volume : NULL, NULL, NULL, err);
    if (!st)
        st = tomo_format_save(ctx, path, picture, NULL, NULL, err);
    tomo_image_free(picture);
    return st;
}

int main(int argc, char **argv)
{
    tomo_ctx *ctx = NULL;
    tomo_image *in = NULL, *smooth = NULL, *edges = NULL, *mask = NULL;
    tomo_image_stats stats = TOMO_IMAGE_STATS_INIT;
    tomo_gauss_options blur = TOMO_GAUSS_OPTIONS_INIT;
    tomo_error err = { 0 };
    size_t n;
    if (argc != 3)
        return fprintf(stderr, "usage: %s IN OUT-FOLDER\n", argv[0]), 2;
    blur.sigma = 1.5; /* millimeters, whatever the voxels' size */

    /* Every call gives 0 when it worked, so a chain of || stops at the first that did not. */
    if (tomo_ctx_new(&ctx, NULL, &err) || tomo_pipeline_load(ctx, &in, argv[1], NULL, NULL, NULL, &err) ||
        tomo_image_statistics(ctx, &stats, in, NULL, NULL, &err))
        goto done;
    print_facts(in, &stats);
    if (mkdir(argv[2], 0777) && errno != EEXIST) {
        fprintf(stderr, "%s: %s\n", argv[2], strerror(errno));
        err.status = TOMO_E_IO;
        goto done;
    }
    if (tomo_filter_gauss(ctx, &smooth, in, &blur, NULL, &err) ||
        tomo_filter_gradient(ctx, &edges, smooth, NULL, NULL, &err) ||
        tomo_segment_otsu(ctx, &mask, smooth, NULL, NULL, &err) ||
        keep(ctx, argv[2], "smooth", smooth, NULL, &err) || keep(ctx, argv[2], "edges", edges, NULL, &err) ||
        keep(ctx, argv[2], "mask", mask, in, &err))
        goto done;
    printf("%s: %s\n", tomo_image_labels(mask, &n)->name, tomo_image_labels(mask, &n)->note);

done:
    if (err.message[0])
        fprintf(stderr, "%s\n", err.message);
    tomo_image_free(mask); /* NULL is fine, for every _free */
    tomo_image_free(edges);
    tomo_image_free(smooth);
    tomo_image_free(in);
    tomo_ctx_free(ctx);
    return err.status ? 1 : 0;
}
