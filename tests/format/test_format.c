/* The table of formats, endings, options, and PNG. */
#include "n.h"

TEST(endings_find_formats)
{
    CHECK_STR(tomo_format_find("a/b.nii")->name, "nifti");
    CHECK_STR(tomo_format_find("b.Nii.GZ")->name, "nifti");
    CHECK_STR(tomo_format_find("b.hdr")->name, "nifti");
    CHECK_STR(tomo_format_find("b.png")->name, "png");
    CHECK_STR(tomo_format_find("b.NRRD")->name, "nrrd");
    CHECK_STR(tomo_format_find("b.mhd")->name, "metaimage");
    CHECK_STR(tomo_format_find("b.npy")->name, "npy");
    CHECK(!tomo_format_find("b.gz") && !tomo_format_find("nii") && !tomo_format_find(".nii"));
    CHECK(!tomo_format_find(NULL));
    size_t n = 0;
    for (const tomo_format *const *f = tomo_format_list(); *f; f++, n++)
        CHECK((*f)->name[0] && (*f)->title[0] && ((*f)->reads[0] || (*f)->writes[0]));
    CHECK_INT(n, 10);
}

TEST(unknown_endings_name_the_known)
{
    tomo_image *image = t_image(t, TOMO_DTYPE_U8, 2, 2, 1), *back = NULL;
    CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, "a.bmp"), image, NULL, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK(strstr(t->err.message, "only .nii, .nii.gz, .hdr, .img"));
    CHECK_FAILS(tomo_format_load(t->ctx, &back, t_tmp(t, "a.bmp"), NULL, NULL, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK(strstr(t->err.message, "only .nii, .nii.gz, .hdr, .img, .hdr.gz, .img.gz, .nrrd, .nhdr, .mha, .mhd, .npy, "
                                 ".png, .jpg, .jpeg, .tif, .tiff"));
    CHECK_FAILS(tomo_format_load(t->ctx, &back, t_tmp(t, "none.nii"), NULL, NULL, NULL, &t->err), TOMO_E_NOTFOUND);
    CHECK_FAILS(tomo_format_load(t->ctx, &back, NULL, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_format_load_source(t->ctx, &back, NULL, NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, "a.nii"), NULL, NULL, NULL, &t->err), TOMO_E_ARG);
    tomo_image_free(image);
}

TEST(sources_are_known_by_their_bytes)
{
    tomo_source *source = NULL;
    tomo_image *image = NULL;
    CHECK_OK(tomo_source_from_memory(t->ctx, &source, "what is this", 12, &t->err));
    CHECK_FAILS(tomo_format_load_source(t->ctx, &image, source, NULL, NULL, NULL, &t->err), TOMO_E_FORMAT);
    tomo_source_free(source);
}

TEST(defaults_are_the_tables)
{
    tomo_format_load_options load, load_init = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    tomo_format_save_options save, save_init = TOMO_FORMAT_SAVE_OPTIONS_INIT;
    tomo_op_defaults(tomo_format_load_op(), &load);
    tomo_op_defaults(tomo_format_save_op(), &save);
    CHECK(load.struct_size == load_init.struct_size && load.time == load_init.time && load.raw == load_init.raw &&
          load.allow_shear == load_init.allow_shear);
    CHECK(save.struct_size == save_init.struct_size && save.level == save_init.level &&
          save.version == save_init.version);
    save.level = 10;
    tomo_image *image = t_image(t, TOMO_DTYPE_U8, 2, 2, 1);
    CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, "a.nii.gz"), image, &save, NULL, &t->err), TOMO_E_ARG);
    CHECK(strstr(t->err.message, "level"));
    tomo_image_free(image);
}

/* ---- PNG; its pixels are the codec room's to test, check_peers.py reads the file ---- */

TEST(png_holds_one_slice)
{
    tomo_image *slice = t_noise(t, TOMO_DTYPE_U8, 9, 7, 1, 0, 255, 1), *volume = t_image(t, TOMO_DTYPE_U8, 4, 4, 2);
    tomo_image *hu = t_image(t, TOMO_DTYPE_I16, 4, 4, 1), *wide = t_noise(t, TOMO_DTYPE_U16, 5, 4, 1, 0, 65535, 2);
    uint8_t head[8];
    CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "a.png"), slice, NULL, NULL, &t->err));
    FILE *f = fopen(t_tmp(t, "a.png"), "rb");
    CHECK(f && fread(head, 1, 8, f) == 8 && fclose(f) == 0 && memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0);
    CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "b.png"), wide, NULL, NULL, &t->err));
    CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, "c.png"), volume, NULL, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK(strstr(t->err.message, "render slice"));
    CHECK_FAILS(tomo_format_save(t->ctx, t_tmp(t, "c.png"), hu, NULL, NULL, &t->err), TOMO_E_UNSUPPORTED);
    CHECK(strstr(t->err.message, "window"));
    FAIL_EACH_ALLOC(t) {
        const tomo_status st = tomo_format_save(t->ctx, t_tmp(t, "d.png"), slice, NULL, NULL, &t->err);
        CHECK(st == TOMO_OK || (st == TOMO_E_NOMEM && t->err.status == st));
    }
    tomo_image_free(slice), tomo_image_free(volume), tomo_image_free(hu), tomo_image_free(wide);
}
