/* ops.c - tables of the load and save options: names, ranges, defaults and help, written once. */
#include <math.h>

#include "format_internal.h"

static const char *const analyze_axes[] = { "las", "ras", "lps", NULL };
static const char *const last_axis[] = { "auto", "x", "components", NULL };
static const char *const encodings[] = { "auto", "raw", "gzip", "bzip2", "ascii", "hex", NULL };
static const char *const forms[] = { "sform", "qform", NULL };
static const char *const compressions[] = { "deflate", "none", NULL };

static const tomo_option load_options[] = {
    { .name = "time", .type = TOMO_OPT_INT, .offset = offsetof(tomo_format_load_options, time), .count = 1, .def = -1,
      .min = -1, .max = INT32_MAX, .unit = "", .help = "only this time point of a 4D file, from 0; -1 is all" },
    { .name = "raw", .type = TOMO_OPT_BOOL, .offset = offsetof(tomo_format_load_options, raw), .count = 1, .unit = "",
      .help = "numbers as stored: the file's slope and intercept are not applied" },
    { .name = "allow-shear", .type = TOMO_OPT_BOOL, .offset = offsetof(tomo_format_load_options, allow_shear),
      .count = 1, .unit = "", .help = "read a sheared grid by its nearest rotation instead of refusing it" },
    { .name = "outside", .type = TOMO_OPT_BOOL, .offset = offsetof(tomo_format_load_options, outside), .count = 1,
      .unit = "", .help = "data files that a NRRD or MetaImage header names may lie outside of its folder" },
    { .name = "analyze-axes", .type = TOMO_OPT_ENUM, .offset = offsetof(tomo_format_load_options, analyze_axes),
      .count = 1, .unit = "", .choices = analyze_axes,
      .help = "where the axes of Analyze 7.5 files run to, which they don't say: las as SPM and nibabel, lps as ITK" },
    { .name = "last-axis", .type = TOMO_OPT_ENUM, .offset = offsetof(tomo_format_load_options, last_axis), .count = 1,
      .unit = "", .choices = last_axis,
      .help = "last axis of a NumPy array; auto: components if it is a fifth, or 3 or 4 of uint8 in 3D and more" },
    { .name = "form", .type = TOMO_OPT_ENUM, .offset = offsetof(tomo_format_load_options, form), .count = 1, .unit = "",
      .choices = forms, .help = "which place of a NIfTI file counts where it has both" },
    { .name = "index", .type = TOMO_OPT_DOUBLES, .offset = offsetof(tomo_format_load_options, index), .count = 3,
      .def = -1, .min = -1, .max = INT32_MAX, .unit = "",
      .help = "NIfTI: one position along dimensions 5, 6, 7, from 0; TIFF: the first is the page; -1 is all" },
    { .name = "spacing", .type = TOMO_OPT_DOUBLES, .offset = offsetof(tomo_format_load_options, spacing), .count = 3,
      .def = NAN, .min = 1e-9, .max = 1e9, .unit = "mm",
      .help = "of pictures and stacks of them, instead of what the files say" },
};

static const tomo_option save_options[] = {
    { .name = "level", .type = TOMO_OPT_INT, .offset = offsetof(tomo_format_save_options, level), .count = 1, .def = 0,
      .min = 0, .max = 9, .unit = "",
      .help = "compression: 1 fast to 9 small; 0 is the default, in NRRD and MetaImage none" },
    { .name = "version", .type = TOMO_OPT_INT, .offset = offsetof(tomo_format_save_options, version), .count = 1,
      .def = 0, .min = 0, .max = 2, .unit = "",
      .help = "NIfTI version 1 or 2; 0 takes 2 only if a size passes 32767" },
    { .name = "encoding", .type = TOMO_OPT_ENUM, .offset = offsetof(tomo_format_save_options, encoding), .count = 1,
      .unit = "", .choices = encodings,
      .help = "of NRRD, and but for bzip2 and hex of MetaImage; auto is gzip if a level is given, else raw" },
    { .name = "analyze", .type = TOMO_OPT_BOOL, .offset = offsetof(tomo_format_save_options, analyze), .count = 1,
      .unit = "", .help = ".hdr and .img as Analyze 7.5, which holds no orientation: voxels are put in order LAS" },
    { .name = "quality", .type = TOMO_OPT_INT, .offset = offsetof(tomo_format_save_options, quality), .count = 1,
      .def = 0, .min = 0, .max = 100, .unit = "",
      .help = "of JPEG and WebP, 1 to 100; 0 is 90 for JPEG and without loss for WebP" },
    { .name = "compression", .type = TOMO_OPT_ENUM, .offset = offsetof(tomo_format_save_options, compression),
      .count = 1, .unit = "", .choices = compressions, .help = "of TIFF" },
};

const tomo_op tomo__format_load_row = {
    .room = "format",
    .name = "load",
    .help = "Read a volume from a file, or from many pictures.",
    .detail =
        "NIfTI-1 and NIfTI-2 with sform, qform, slope and intercept applied; NRRD, MetaImage, Analyze 7.5, NumPy; "
        "PNG, JPEG, TIFF, WebP and stacks of them (a folder, or a name with * or a number such as %04d); see "
        "docs/rooms/format.md.",
    .example = "tomo convert brain.nii.gz brain.nii --raw",
    .options = load_options,
    .n_options = TOMO__COUNT(load_options),
    .opts_size = sizeof(tomo_format_load_options),
};

const tomo_op tomo__format_save_row = {
    .room = "format",
    .name = "save",
    .help = "Write a volume or picture to a file; its ending chooses the format.",
    .detail = "NIfTI with sform and qform, optionally gzipped; NRRD, MetaImage, Analyze 7.5, NumPy; TIFF; one slice as "
              "PNG, JPEG or WebP, or all of them under a name with a number such as slice_%04d.png; see "
              "docs/rooms/format.md.",
    .example = "tomo convert ct-series/ ct.nii.gz --level 1",
    .options = save_options,
    .n_options = TOMO__COUNT(save_options),
    .opts_size = sizeof(tomo_format_save_options),
};

const tomo_op *tomo_format_load_op(void) { return &tomo__format_load_row; }
const tomo_op *tomo_format_save_op(void) { return &tomo__format_save_row; }
