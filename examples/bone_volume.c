/* bone_volume.c - how much bone a CT shows, and its surface as STL.
 *     cc bone_volume.c $(pkg-config --cflags --libs tomo) && ./a.out head-ct/ bone.stl
 *
 * Research use only, not for diagnosis. Bone is found by rules (docs/rooms/segment.md): mineral above 200 HU inside
 * the body, without the table. Ctrl-C stops at the next step and leaves no file behind. */
#include <signal.h>
#include <stdio.h>
#include <tomo/tomo.h>

static tomo_job *job; /* for the signal handler: a job may be canceled from anywhere */

static void on_interrupt(int number)
{
    (void)number;
    tomo_job_cancel(job);
}

static bool show_progress(void *user, double done, const char *what)
{
    (void)user;
    fprintf(stderr, "\r%3.0f %%  %-20s", done * 100, what ? what : "");
    return true; /* false would cancel, too */
}

/* Volume twice: counted voxels, and what the closed surface encloses. The two differ by what smoothing takes. */
static void print_volumes(const tomo_image *bone, const tomo_label_measure *rows, size_t n_rows,
                          const tomo_mesh_facts *facts)
{
    size_t n_labels = 0;
    const tomo_label *labels = tomo_image_labels(bone, &n_labels);
    if (n_labels > 0)
        printf("%s: %s\n", labels[0].name, labels[0].note);
    for (size_t i = 0; i < n_rows; i++)
        printf("voxels   %.1f ml, mean %.0f HU\n", rows[i].volume_ml, rows[i].mean);
    printf("surface  %.1f ml, %.0f cm2, %lld triangles, %s\n", facts->volume_ml, facts->area_mm2 / 100,
           (long long)facts->triangles, facts->closed ? "closed" : "open");
}

int main(int argc, char **argv)
{
    tomo_ctx *ctx = NULL;
    tomo_image *ct = NULL, *bone = NULL;
    tomo_mesh *rough = NULL, *surface = NULL;
    tomo_label_measure *rows = NULL;
    size_t n_rows = 0;
    tomo_mesh_facts facts = { .struct_size = sizeof facts };
    tomo_mesh_isosurface_options cut = TOMO_MESH_ISOSURFACE_OPTIONS_INIT;
    tomo_error err = { 0 };
    cut.label = 0; /* everything that is labeled, as one closed surface */
    if (argc != 3)
        return fprintf(stderr, "usage: %s CT-FOLDER OUT.stl\n", argv[0]), 2;
    if (tomo_job_new(&job, show_progress, NULL, &err))
        return fprintf(stderr, "%s\n", err.message), 1;
    signal(SIGINT, on_interrupt);

    if (tomo_ctx_new(&ctx, NULL, &err) ||
        tomo_dicom_load(ctx, &ct, argv[1], NULL, NULL, NULL, job, &err) ||
        tomo_segment_bones(ctx, &bone, ct, NULL, job, &err) ||
        tomo_measure_labels(ctx, &rows, &n_rows, bone, ct, NULL, job, &err) ||
        tomo_mesh_isosurface(ctx, &rough, bone, &cut, job, &err) ||
        tomo_mesh_smooth(ctx, &surface, rough, NULL, job, &err) ||
        tomo_mesh_info(ctx, &facts, surface, job, &err) ||
        tomo_mesh_save(ctx, argv[2], surface, job, &err))
        fprintf(stderr, "\n%s\n", err.message);
    else
        print_volumes(bone, rows, n_rows, &facts);

    tomo_measure_labels_free(ctx, rows);
    tomo_mesh_free(surface);
    tomo_mesh_free(rough);
    tomo_image_free(bone);
    tomo_image_free(ct);
    tomo_ctx_free(ctx);
    signal(SIGINT, SIG_DFL);
    tomo_job_free(job);
    return err.status ? 1 : 0;
}
