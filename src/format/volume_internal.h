/* volume_internal.h - what NRRD, MetaImage, Analyze and NumPy files have in common: a header that names an element
 * type, axes and a place, and numbers that lie in one or several files, packed or not. */
#ifndef TOMO_VOLUME_INTERNAL_H
#define TOMO_VOLUME_INTERNAL_H

#include "format_internal.h"

/* ---- text of headers (text_numbers.c): the same in every locale -------------------------------------------------- */

/* A run of text that is not NUL-terminated. */
typedef struct tomo__chars {
    const char *at, *end;
} tomo__chars;

tomo__chars tomo__chars_trim(tomo__chars c);                     /* without blanks at both ends */
bool        tomo__chars_are(tomo__chars c, const char *word);    /* equal but for the case of ASCII letters */
bool        tomo__chars_line(tomo__chars *rest, tomo__chars *line); /* next line, its end taken off; false: none left */
tomo__chars tomo__chars_word(tomo__chars *rest);                 /* next word between blanks; empty: none left */
bool        tomo__chars_int(tomo__chars *rest, int64_t *out);    /* next word, whole, is an integer */
bool        tomo__chars_double(tomo__chars *rest, double *out);  /* next word, whole, is a number; nan and inf too */
char       *tomo__chars_dup(tomo_ctx *ctx, tomo__chars c);

/* `count` numbers between blanks or commas to native memory, and back: rows of the fastest axis are lines. */
tomo_status tomo__ascii_read(void *to, size_t count, tomo_dtype dtype, const uint8_t *text, size_t size,
                             const char *name, tomo_error *err);
void        tomo__ascii_write(tomo__text *to, const tomo_image *packed);
/* Bytes as pairs of hexadecimal digits, blanks between them or not. */
tomo_status tomo__hex_read(uint8_t *to, size_t count, const uint8_t *text, size_t size, const char *name,
                           tomo_error *err);
void        tomo__hex_write(tomo__text *to, const uint8_t *bytes, size_t size);

/* ---- where the voxels are (data_file.c) -------------------------------------------------------------------------- */

/* The choices of --encoding, `auto` aside, in their order. */
typedef enum tomo__coding {
    TOMO__RAW = 1,
    TOMO__GZIP = 2, /* zlib too, by the first bytes */
    TOMO__BZIP2 = 3,
    TOMO__ASCII = 4,
    TOMO__HEX = 5
} tomo__coding;

enum { TOMO__MOST_PARTS = 1 << 20 };

/* The numbers of a volume in one or several files, as a header describes them. */
typedef struct tomo__data {
    const char  *name;   /* of the header, for messages */
    tomo__coding coding;
    tomo_dtype   dtype;  /* of one number */
    size_t       count;  /* numbers in all; every part has as many */
    int64_t      line_skip, byte_skip; /* in every part; byte_skip -1: what is before the last `count` numbers */
    tomo_buffer *local;  /* the header's own file; NULL: elsewhere */
    size_t       start;  /* byte of a part where anything of this begins */
    char       **part;   /* names as the header has them; tomo__data_free() */
    size_t       parts;
} tomo__data;

tomo_status tomo__data_add(tomo_ctx *ctx, tomo__data *d, tomo__chars name, tomo_error *err);
/* Names made by a printf pattern of one %d (flags, width) for first, first + step ... up to last. */
tomo_status tomo__data_pattern(tomo_ctx *ctx, tomo__data *d, tomo__chars pattern, int64_t first, int64_t last,
                               int64_t step, tomo_error *err);
void tomo__data_free(tomo_ctx *ctx, tomo__data *d);
/* All numbers: mapped where they lie raw in one file, else in new memory. Whether their bytes are to be swapped is
 * said by the header, save for ASCII, which is native when it comes out.
 * @param at  byte of the first number in *out */
tomo_status tomo__data_load(tomo_ctx *ctx, tomo_buffer **out, size_t *at, const tomo__data *d,
                            const tomo__format_input *in, tomo_error *err);

/* Path of a file that a header names. Refused unless `anywhere`: absolute names and those that climb out of the
 * header's folder. Free with tomo__free. */
tomo_status tomo__data_path(tomo_ctx *ctx, char **out, const char *header, const char *name, bool anywhere,
                            tomo_error *err);

/* ---- numbers to an image (layout.c) ------------------------------------------------------------------------------ */

typedef struct tomo__layout {
    tomo_image_desc desc;
    int64_t         step[5]; /* numbers from one x, y, z, t, component to the next */
    bool            swapped;
} tomo__layout;

/* The image that has these voxels: over the buffer's memory where it has them in an image's order and native bytes,
 * else a copy. A time point is picked if opts->time asks for one. */
tomo_status tomo__layout_image(tomo_ctx *ctx, tomo_image **out, tomo__layout *l, tomo_buffer *bytes, size_t at,
                               const tomo__format_input *in, const char *name, tomo_error *err);
/* Bytes that the sizes of `d` ask for; TOMO_E_FORMAT if 64 bits can't say. */
tomo_status tomo__layout_bytes(size_t *out, const tomo_image_desc *d, const char *name, tomo_error *err);

/* ---- place (axes.c) ---------------------------------------------------------------------------------------------- */

#define TOMO__RIGHT_ANGLE 1e-4 /* radians by which two axes may miss it: 0.05 mm over half a meter */

/* The orthonormal axes nearest to unit axes, by Newton's iteration m = (m + m^-T) / 2 (Higham 1986). False if the axes
 * lie in a plane. */
bool tomo__nearest_rotation(double axis[3][3]);
/* Spacing and direction from axis[c] = patient step of one voxel along c (LPS, millimeters). Axes that are not at right
 * angles (beyond 1e-4 rad) are TOMO_E_GEOMETRY, or their nearest rotation if `allow_shear`. */
tomo_status tomo__place_axes(tomo_image_desc *d, const double axis[3][3], bool allow_shear, const char *name,
                             tomo_report *report, tomo_error *err);
/* Factor from a word for a length ("mm", "cm", "um" ...) to millimeters, and for a time to seconds; 0: unknown word. */
double tomo__millimeters(tomo__chars unit);
double tomo__seconds(tomo__chars unit);
/* The place needs no third dimension: a slice through z = 0 that is not tilted. */
bool tomo__place_is_flat(const tomo_image_desc *d);

/* ---- writing (data_write.c) -------------------------------------------------------------------------------------- */

/* --encoding, or what `auto` means: gzip if a level is given, else raw. */
tomo__coding tomo__coding_of(const tomo_format_save_options *opts);
/* Voxels coded: gzip (zlib if `zlib`), bzip2, ASCII, hex. For TOMO__RAW *out is the packed image's own buffer.
 * @param size,at  the bytes' number and where they begin in *out */
tomo_status tomo__voxels_code(tomo_ctx *ctx, tomo_buffer **out, size_t *at, size_t *size, const tomo_image *in,
                              tomo__coding coding, bool zlib, int32_t level, tomo_job *job, tomo_error *err);
/* One file of two pieces, or two files, the data first: those of a header that is to be new are not overwritten
 * (TOMO_E_EXISTS), since another header may name them. */
tomo_status tomo__volume_put(tomo_ctx *ctx, const char *path, const tomo__text *head, const char *data_path,
                             const void *data, size_t size, tomo_job *job, tomo_error *err);
/* "a/b.nhdr" -> "a/b" + ending. Free with tomo__free. */
char *tomo__data_beside(tomo_ctx *ctx, const char *path, const char *ending);
const char *tomo__file_name(const char *path);

#endif
