/* bench.h - what the tables of timed rows (rows_*.c) share with the program that times them (bench_tomo.c).
 * A row's name and input are those of the peers' programs, so that their figures meet in one line. */
#ifndef BENCH_H
#define BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tomo/tomo.h>

/* Inputs by the peers' names: bench_input() makes each once. "slice" is slice 100 of the CT. */
#define CT "ct 512x512x200 int16"
#define CT_BONE "ct>=200 mask 512x512x200"
#define CT_BODY "ct>=-300 mask 512x512x200"
#define MR "mr 256x256x180 f32"
#define SLICE "ct slice 512x512" /* float32 */
#define SLICE_I16 "ct slice 512x512 int16"
#define SLICE_U16 "ct slice 512x512 u16"   /* HU + 1024 */
#define SLICE_U8 "ct slice 512x512 u8"     /* window -160 to 240 */
#define SLICE_MASK "ct slice 512x512 mask" /* slice 90 of CT_BODY, uint8 */
#define XRAY_U16 "xray 2048x2048 u16"
#define XRAY_U8 "xray 2048x2048 u8" /* 16 bits / 257 */

typedef struct bench {
    const char *data; /* folder of the inputs */
    tomo_ctx *ctx;
    tomo_error err;
    char **small, **slices; /* paths of DICOM files */
    size_t n_small, n_slices;
    tomo_image *inputs[16]; /* by bench_input() */
} bench;

typedef struct row {
    const char *area, *name, *input; /* area chooses the peers (run.sh) */
    double per;                      /* items a call */
    const char *room, *op, *options; /* an operation on the image that `input` names; NULL: */
    tomo_status (*run)(bench *b, const char *what);
    const char *what;
} row;
#define OPERATION(area, name, input, room, op, options)                                                                \
    {                                                                                                                  \
        area, name, input, 1, room, op, options, NULL, NULL                                                            \
    }

/* Tables end with a row without a name. */
extern const row rows_dicom[], rows_codec[], rows_format[], rows_filter[], rows_segment[], rows_render[], rows_tone[],
    rows_levels[], rows_morph[], rows_denoise[], rows_edges[], rows_transform[], rows_regions[];

/* The image that a row's input names; NULL with b->err set. Owned by the bench. */
tomo_image *bench_input(bench *b, const char *name);
uint8_t *bench_read_file(const char *path, size_t *size); /* NULL if there is none; freed by the caller */

#endif
