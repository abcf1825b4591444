/* test_ops.c - the operation table: rows are complete, defaults are those of the macros, every row runs. */
#include <tomo/filter_bank.h>
#include <tomo/filter_denoise.h>
#include <tomo/filter_edge.h>
#include <tomo/filter_fft.h>
#include <tomo/filter_geometry.h>
#include <tomo/filter_morph.h>
#include <tomo/filter_smooth.h>
#include <tomo/filter_tone.h>

#include "f.h"

TEST(defaults_of_the_table_are_those_of_the_macros)
{
    const tomo_gauss_options gauss = TOMO_GAUSS_OPTIONS_INIT;
    const tomo_median_options median = TOMO_MEDIAN_OPTIONS_INIT;
    const tomo_resample_options resample = TOMO_RESAMPLE_OPTIONS_INIT;
    const tomo_morph_options morph = TOMO_MORPH_OPTIONS_INIT;
    const tomo_distance_options distance = TOMO_DISTANCE_OPTIONS_INIT;
    const tomo_box_options box = TOMO_BOX_OPTIONS_INIT;
    const tomo_bilateral_options bilateral = TOMO_BILATERAL_OPTIONS_INIT;
    const tomo_unsharp_options unsharp = TOMO_UNSHARP_OPTIONS_INIT;
    const tomo_gradient_options gradient = TOMO_GRADIENT_OPTIONS_INIT;
    const tomo_sobel_options sobel = TOMO_SOBEL_OPTIONS_INIT;
    const tomo_laplacian_options laplacian = TOMO_LAPLACIAN_OPTIONS_INIT;
    const tomo_response_options response = TOMO_RESPONSE_OPTIONS_INIT;
    const tomo_log_options log_of = TOMO_LOG_OPTIONS_INIT;
    const tomo_canny_options canny = TOMO_CANNY_OPTIONS_INIT;
    const tomo_frangi_options frangi = TOMO_FRANGI_OPTIONS_INIT;
    const tomo_stretch_options stretch = TOMO_STRETCH_OPTIONS_INIT;
    const tomo_gamma_options gamma = TOMO_GAMMA_OPTIONS_INIT;
    const tomo_sigmoid_options sigmoid = TOMO_SIGMOID_OPTIONS_INIT;
    const tomo_equalize_options equalize = TOMO_EQUALIZE_OPTIONS_INIT;
    const tomo_clahe_options clahe = TOMO_CLAHE_OPTIONS_INIT;
    const tomo_match_options match = TOMO_MATCH_OPTIONS_INIT;
    const tomo_rotate_options rotate = TOMO_ROTATE_OPTIONS_INIT;
    const tomo_scale_options scale = TOMO_SCALE_OPTIONS_INIT;
    const tomo_warp_options warp = TOMO_WARP_OPTIONS_INIT;
    const tomo_transform_invert_options invert = TOMO_TRANSFORM_INVERT_OPTIONS_INIT;
    const tomo_gray_morph_options gray = TOMO_GRAY_MORPH_OPTIONS_INIT;
    const tomo_reconstruct_options reconstruct = TOMO_RECONSTRUCT_OPTIONS_INIT;
    const tomo_h_extrema_options height = TOMO_H_EXTREMA_OPTIONS_INIT;
    const tomo_regional_options regional = TOMO_REGIONAL_OPTIONS_INIT;
    const tomo_skeleton_options skeleton = TOMO_SKELETON_OPTIONS_INIT;
    const tomo_diffusion_options diffusion = TOMO_DIFFUSION_OPTIONS_INIT;
    const tomo_nlm_options nlm = TOMO_NLM_OPTIONS_INIT;
    const tomo_n4_options bias = TOMO_N4_OPTIONS_INIT;
    const tomo_fft_options fft = TOMO_FFT_OPTIONS_INIT;
    const tomo_convolve_options convolve = TOMO_CONVOLVE_OPTIONS_INIT;
    const struct {
        const char *name;
        const void *macro;
    } rows[] = {
        { "gauss", &gauss },
        { "median", &median },
        { "resample", &resample },
        { "erode", &morph },
        { "dilate", &morph },
        { "open", &morph },
        { "close", &morph },
        { "distance", &distance },
        { "stretch", &stretch },
        { "gamma", &gamma },
        { "sigmoid", &sigmoid },
        { "equalize", &equalize },
        { "clahe", &clahe },
        { "match", &match },
        { "gray_erode", &gray },
        { "gray_dilate", &gray },
        { "gray_open", &gray },
        { "gray_close", &gray },
        { "white_tophat", &gray },
        { "black_tophat", &gray },
        { "morph_gradient", &gray },
        { "reconstruct", &reconstruct },
        { "h_maxima", &height },
        { "h_minima", &height },
        { "gray_fill_holes", &regional },
        { "regional_maxima", &regional },
        { "regional_minima", &regional },
        { "skeleton", &skeleton },
        { "diffusion", &diffusion },
        { "nlm", &nlm },
        { "n4", &bias },
        { "fft", &fft },
        { "convolve", &convolve },
        { "box", &box },
        { "bilateral", &bilateral },
        { "unsharp", &unsharp },
        { "gradient", &gradient },
        { "sobel", &sobel },
        { "prewitt", &sobel },
        { "scharr", &sobel },
        { "laplacian", &laplacian },
        { "response", &response },
        { "log", &log_of },
        { "canny", &canny },
        { "frangi", &frangi },
        { "rotate", &rotate },
        { "scale", &scale },
        { "warp", &warp },
        { "invert_transform", &invert },
    };
    const tomo_op *const *ops = tomo_filter_ops();
    for (; *ops; ops++) {
        _Alignas(8) char table[256] = { 0 };
        const void *macro = NULL;
        if (!(*ops)->n_options || (*ops)->options[0].required)
            continue; /* no defaults to compare */
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            if (strcmp(rows[i].name, (*ops)->name) == 0)
                macro = rows[i].macro;
        CHECK(macro != NULL && (*ops)->opts_size <= sizeof table);
        tomo_op_defaults(*ops, table);
        CHECK_OK(tomo_op_check(*ops, table, &t->err));
        tomo_buffer *a = NULL, *b = NULL;
        CHECK_OK(tomo_op_options_json(t->ctx, &a, *ops, table, &t->err));
        CHECK_OK(tomo_op_options_json(t->ctx, &b, *ops, macro, &t->err));
        CHECK_STR(tomo_buffer_data(a), (const char *)tomo_buffer_data(b));
        tomo_buffer_free(a);
        tomo_buffer_free(b);
    }
}

TEST(every_row_runs_and_says_what_it_is)
{
    const tomo_op *const *ops = tomo_filter_ops();
    tomo_image *in = t_image(t, TOMO_DTYPE_U8, 9, 8, 7);
    t_set(in, 4, 4, 3, 1);
    for (; *ops; ops++) {
        const tomo_op *op = *ops;
        tomo_value from[TOMO_MAX_PORTS] = { { op->in[0].kind, in } };
        tomo_value to[TOMO_MAX_PORTS] = { { TOMO_KIND_NONE, NULL } };
        for (int i = 1; i < TOMO_MAX_PORTS && op->in[i].kind == TOMO_KIND_IMAGE && !op->in[i].optional; i++)
            from[i] = from[0];
        CHECK_STR(op->room, "filter");
        CHECK(op->help[0] && op->detail[0]);
        char command[64];
        snprintf(command, sizeof command, "tomo filter %s ", op->name);
        CHECK(strncmp(op->example, command, strlen(command)) == 0);
        if (op->in[0].kind != TOMO_KIND_IMAGE || (op->n_options && op->options[0].required) ||
            strcmp(op->name, "warp") == 0)
            continue; /* what needs more than images has a test of its own */
        CHECK_OK(op->run(t->ctx, to, from, NULL, NULL, &t->err));
        CHECK(to[0].kind == op->out[0].kind);
        const tomo_image *out = to[0].ptr;
        CHECK(tomo_image_same_grid(out, in, 1e-9));
        tomo_image_free(to[0].ptr);
    }
    tomo_image_free(in);
}
