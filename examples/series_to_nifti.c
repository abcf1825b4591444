/* series_to_nifti.c - a folder of DICOM slices to one NIfTI file.
 *     cc series_to_nifti.c $(pkg-config --cflags --libs tomo) && ./a.out chest-ct/ chest.nii.gz
 *
 * Slices are sorted by their place in the patient and rescaled (CT: to HU). A folder with several series gives its
 * largest one; missing slices are an error with the numbers, never a silent guess. */
#include <stdio.h>
#include <tomo/tomo.h>

/* Remarks are what the files got wrong without being unusable. Reading works without asking for them. */
static void print_remarks(const tomo_report *report)
{
    for (size_t i = 0; i < tomo_report_count(report); i++)
        if (tomo_report_text(report, i))
            fprintf(stderr, "note: %s\n", tomo_report_text(report, i));
}

static void print_geometry(const tomo_image *volume)
{
    const tomo_image_desc *d = tomo_image_get_desc(volume);
    printf("%lld x %lld x %lld voxels of %s, %.3g x %.3g x %.3g mm\n", (long long)d->size[0], (long long)d->size[1],
           (long long)d->size[2], tomo_dtype_name(d->dtype), d->spacing[0], d->spacing[1], d->spacing[2]);
}

int main(int argc, char **argv)
{
    tomo_ctx *ctx = NULL;
    tomo_report *report = NULL;
    tomo_image *volume = NULL;
    tomo_error err = { 0 };
    if (argc != 3)
        return fprintf(stderr, "usage: %s DICOM-FOLDER OUT.nii.gz\n", argv[0]), 2;

    /* Every call gives 0 when it worked, so a chain of || stops at the first that did not. */
    if (tomo_ctx_new(&ctx, NULL, &err) || tomo_report_new(ctx, &report, &err) ||
        tomo_dicom_load(ctx, &volume, argv[1], NULL, NULL, report, NULL, &err) ||
        tomo_format_save(ctx, argv[2], volume, NULL, NULL, &err))
        fprintf(stderr, "%s\n", err.message);
    else
        print_geometry(volume);

    print_remarks(report);
    tomo_image_free(volume); /* NULL is fine, for every _free */
    tomo_report_free(report);
    tomo_ctx_free(ctx);
    return err.status ? 1 : 0;
}
