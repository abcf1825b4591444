/* basic.c - look at a scan, smooth it, find its edges and its bright part, and save pictures and volumes.
 *     cc basic.c $(pkg-config --cflags --libs tomo) -o basic && ./basic head-ct/ out/
 *
 * IN is a DICOM folder or file, or a volume (.nii, .nii.gz, .nrrd, .mha ...); the folder OUT must be there.
 * Research use only, not for diagnosis. */
#include <stdio.h>
#include <tomo/tomo.h>

static tomo_ctx *ctx;
static tomo_error err; /* the first failure; one line of text */

static void print_metadata(const tomo_image *scan)
{
    char letters[4];
    const tomo_image_desc *d = tomo_image_get_desc(scan);
    tomo_image_orientation(scan, letters);
    printf("size         %lld x %lld x %lld voxels of %s\n", (long long)d->size[0], (long long)d->size[1],
           (long long)d->size[2], tomo_dtype_name(d->dtype));
    printf("spacing      %.2f x %.2f x %.2f mm, orientation %s\n", d->spacing[0], d->spacing[1], d->spacing[2], letters);
}

/* What a median and percentiles say that a mean does not: air is most of many scans. */
static tomo_status print_statistics(const tomo_image *scan)
{
    static const double percents[3] = { 5, 50, 95 };
    double p[3];
    tomo_image_stats s = TOMO_IMAGE_STATS_INIT;
    if (tomo_image_statistics(ctx, &s, scan, NULL, NULL, &err) ||
        tomo_image_percentiles(ctx, p, scan, NULL, percents, 3, NULL, &err))
        return err.status;
    printf("values       %g to %g, mean %.2f, standard deviation %.2f\n", s.min, s.max, s.mean, s.std);
    printf("percentiles  5 %%: %g, median %g, 95 %%: %g\n", p[0], p[1], p[2]);
    return TOMO_OK;
}

static tomo_status save(const tomo_image *image, const char *folder, const char *name)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        err.status = TOMO_E_ARG;
        return snprintf(err.message, sizeof err.message, "the name of the folder is too long"), TOMO_E_ARG;
    }
    if (tomo_format_save(ctx, path, image, NULL, NULL, &err) == TOMO_OK)
        printf("saved        %s\n", path);
    return err.status;
}

/* The middle slice as a picture, what `labels` holds colored on it. */
static tomo_status save_picture(const tomo_image *image, const tomo_image *labels, const char *folder, const char *name)
{
    tomo_image *picture = NULL;
    if (tomo_render_slice(ctx, &picture, image, labels, NULL, NULL, &err) == TOMO_OK)
        save(picture, folder, name);
    tomo_image_free(picture);
    return err.status;
}

int main(int argc, char **argv)
{
    tomo_image *scan = NULL, *smooth = NULL, *edges = NULL, *bright = NULL;
    tomo_gauss_options blur = TOMO_GAUSS_OPTIONS_INIT;
    blur.sigma = 2.0; /* millimeters, so that long voxels blur equally in the patient */
    if (argc != 3)
        return fprintf(stderr, "usage: %s IN OUT-FOLDER\n", argv[0]), 2;

    /* Every call gives 0 when it worked, so a chain of || stops at the first that did not. */
    if (tomo_ctx_new(&ctx, NULL, &err) || tomo_pipeline_load(ctx, &scan, argv[1], NULL, NULL, NULL, &err))
        goto done;
    print_metadata(scan);
    if (print_statistics(scan) ||
        tomo_filter_gauss(ctx, &smooth, scan, &blur, NULL, &err) ||
        tomo_filter_sobel(ctx, &edges, smooth, NULL, NULL, &err) ||
        tomo_segment_otsu(ctx, &bright, smooth, NULL, NULL, &err))
        goto done;
    printf("bright part  %s\n", tomo_image_labels(bright, &(size_t){ 0 })->note);
    if (save_picture(scan, NULL, argv[2], "scan.png") || save_picture(smooth, NULL, argv[2], "smooth.png") ||
        save_picture(edges, NULL, argv[2], "edges.png") || save_picture(scan, bright, argv[2], "bright.png") ||
        save(smooth, argv[2], "smooth.nii.gz") || save(bright, argv[2], "bright.nii.gz"))
        goto done;

done:
    if (err.status)
        fprintf(stderr, "%s\n", err.message);
    tomo_image_free(bright);
    tomo_image_free(edges);
    tomo_image_free(smooth);
    tomo_image_free(scan); /* NULL is fine, for every _free */
    tomo_ctx_free(ctx);
    return err.status ? 1 : 0;
}
