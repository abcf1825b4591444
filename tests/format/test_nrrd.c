/* NRRD: types, encodings, axes, places, data files, and what must be refused. Voxels 0, 1, 2, ... tell where each went.
 */
#include <sys/stat.h>
#include <unistd.h>

#include <tomo/image_extra.h>

#include "v.h"

#define HEAD "NRRD0004\ntype: short\ndimension: 3\nsizes: 4 3 2\nendian: little\nencoding: raw\n"
#define LPS "space: left-posterior-superior\nspace directions: (1,0,0) (0,2,0) (0,0,3)\nspace origin: (10,20,30)\n"

static int16_t counted[24];

static void count_up(void)
{
    for (int16_t i = 0; i < 24; i++)
        counted[i] = i;
}

TEST(nrrd_reads_a_plain_file_without_copying)
{
    count_up();
    const char *path = v_file(t, "a.nrrd", HEAD LPS "# ....\n\n", counted, sizeof counted);
    tomo_image *image = n_load(t, path, NULL);
    const tomo_image_desc *d = tomo_image_get_desc(image);
    v_sizes(image, 4, 3, 2, 1, 1);
    CHECK_INT(d->dtype, TOMO_DTYPE_I16);
    CHECK(d->spacing[0] == 1 && d->spacing[1] == 2 && d->spacing[2] == 3 && d->origin[2] == 30 && d->dims == 3);
    CHECK(tomo_image_at(image, 3, 2, 1, 0, 0) == 23 && tomo_image_at(image, 1, 0, 1, 0, 0) == 13);
    tomo_image_free(image);
}

TEST(nrrd_reads_every_type_and_both_byte_orders)
{
    static const struct { const char *words; tomo_dtype dtype; } rows[] = {
        { "signed char", TOMO_DTYPE_I8 }, { "int8_t", TOMO_DTYPE_I8 }, { "uchar", TOMO_DTYPE_U8 },
        { "unsigned char", TOMO_DTYPE_U8 }, { "Short Int", TOMO_DTYPE_I16 }, { "ushort", TOMO_DTYPE_U16 },
        { "signed int", TOMO_DTYPE_I32 }, { "unsigned int", TOMO_DTYPE_U32 }, { "long long int", TOMO_DTYPE_I64 },
        { "uint64_t", TOMO_DTYPE_U64 }, { "float", TOMO_DTYPE_F32 }, { "double", TOMO_DTYPE_F64 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const size_t n = tomo_dtype_size(rows[i].dtype);
        uint8_t bytes[2][24];
        char text[200];
        for (size_t k = 0; k < 24; k++)
            bytes[0][k] = (uint8_t)(k * 7 % 100 + 1);
        for (size_t k = 0; k < 24; k++)
            bytes[1][k] = bytes[0][k / n * n + n - 1 - k % n];
        tomo_image *image[2];
        for (int big = 0; big < 2; big++) {
            snprintf(text, sizeof text, "NRRD0001\ntype: %s\ndimension: 1\nsizes: %d\nencoding: raw\nendian: %s\n\n",
                     rows[i].words, (int)(24 / n), big ? "big" : "little");
            image[big] = n_load(t, v_file(t, "a.nrrd", text, bytes[big], 24), NULL);
            CHECK_INT(tomo_image_get_desc(image[big])->dtype, rows[i].dtype);
            CHECK(memcmp(tomo_image_data(image[big]), bytes[0], 24) == 0);
        }
        tomo_image_free(image[0]), tomo_image_free(image[1]);
    }
    v_refused(t, v_file(t, "a.nrrd", "NRRD0001\ntype: block\ndimension: 1\nsizes: 2\nencoding: raw\n\n", "ab", 2),
              TOMO_E_UNSUPPORTED, "block");
}

TEST(nrrd_reads_text_and_hex)
{
    tomo_image *image = n_load(t, v_file(t, "a.nrrd", "NRRD0003\r\ntype: float\r\ndimension: 2\r\nsizes: 3 2\r\n"
                                         "encoding: text\r\n\r\n1.5, -2e3\nnan inf 0.1\t\t7\n", "", 0), NULL);
    CHECK(tomo_image_at(image, 0, 0, 0, 0, 0) == 1.5 && tomo_image_at(image, 1, 0, 0, 0, 0) == -2000);
    CHECK(isnan(tomo_image_at(image, 2, 0, 0, 0, 0)) && isinf(tomo_image_at(image, 0, 1, 0, 0, 0)));
    CHECK(tomo_image_at(image, 1, 1, 0, 0, 0) == (double)0.1f && tomo_image_at(image, 2, 1, 0, 0, 0) == 7);
    tomo_image_free(image);
    image = n_load(t,
                   v_file(t, "a.nrrd",
                          "NRRD0003\ntype: ushort\ndimension: 1\nsizes: 2\nendian: big\nencoding: hex\n\n"
                          "01 0\n2aB\nCD\n",
                          "", 0),
                   NULL);
    CHECK(tomo_image_at(image, 0, 0, 0, 0, 0) == 0x0102 && tomo_image_at(image, 1, 0, 0, 0, 0) == 0xabcd);
    tomo_image_free(image);
    image = n_load(t, v_file(t, "a.nrrd", "NRRD0003\ntype: int64\ndimension: 1\nsizes: 3\nencoding: ascii\n\n"
                             "-9223372036854775808 9223372036854775807 3.0", "", 0), NULL);
    CHECK(((const int64_t *)tomo_image_data(image))[0] == INT64_MIN);
    CHECK(((const int64_t *)tomo_image_data(image))[1] == INT64_MAX);
    CHECK(((const int64_t *)tomo_image_data(image))[2] == 3);
    tomo_image_free(image);
    static const struct { const char *type, *numbers; } bad[] = { { "uint8", "256" }, { "uint8", "-1" },
        { "int8", "-129" }, { "int16", "1.5" }, { "int16", "x" }, { "float", "0x10" }, { "double", "1.2.3" },
        { "uint64", "18446744073709551616" } };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[200];
        snprintf(text, sizeof text, "NRRD0003\ntype: %s\ndimension: 1\nsizes: 1\nencoding: ascii\n\n%s", bad[i].type,
                 bad[i].numbers);
        v_refused(t, v_file(t, "a.nrrd", text, "", 0), TOMO_E_FORMAT, "number 0 of the text");
    }
    v_refused(t, v_file(t, "a.nrrd", "NRRD0003\ntype: uint8\ndimension: 1\nsizes: 3\nencoding: ascii\n\n1 2  ", "", 0),
              TOMO_E_FORMAT, "cut short");
    v_refused(t, v_file(t, "a.nrrd", "NRRD0003\ntype: uint8\ndimension: 1\nsizes: 2\nencoding: hex\n\n0g00", "", 0),
              TOMO_E_FORMAT, "hexadecimal digit");
}

/* The axis of components may lie anywhere; so may time. */
TEST(nrrd_axes_find_their_places)
{
    count_up();
    static const struct { const char *fields; int64_t x, y, z, time; int components; int at[4]; } rows[] = {
        /* number at x 1, at y 1, at time 1 or z 1, of component 1; -1: there is none */
        { "sizes: 3 4 2\nkinds: vector domain domain\n", 4, 2, 1, 1, 3, { 3, 12, -1, 1 } },
        { "sizes: 4 3 2\nkinds: domain RGB-color domain\n", 4, 2, 1, 1, 3, { 1, 12, -1, 4 } },
        { "sizes: 4 2 3\nkinds: domain domain list\n", 4, 2, 1, 1, 3, { 1, 4, -1, 8 } },
        { "sizes: 4 2 3\nkinds: domain domain time\n", 4, 2, 1, 3, 1, { 1, 4, 8, -1 } },
        { "sizes: 3 4 2\nkinds: time domain domain\n", 4, 2, 1, 3, 1, { 3, 12, 1, -1 } },
        { "sizes: 6 2 2\nkinds: list domain domain\n", 2, 2, 1, 6, 1, { 6, 12, 1, -1 } },
        { "sizes: 2 6 2\nkinds: 2-vector domain domain\n", 6, 2, 1, 1, 2, { 2, 12, -1, 1 } },
        { "sizes: 4 3 2\n", 4, 3, 2, 1, 1, { 1, 4, 12, -1 } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[300];
        snprintf(text, sizeof text, "NRRD0005\ntype: int16\ndimension: 3\nendian: little\nencoding: raw\n%s\n",
                 rows[i].fields);
        tomo_image *image = n_load(t, v_file(t, "a.nrrd", text, counted, sizeof counted), NULL);
        v_sizes(image, rows[i].x, rows[i].y, rows[i].z, rows[i].time, rows[i].components);
        CHECK_INT(tomo_image_at(image, 1, 0, 0, 0, 0), rows[i].at[0]);
        CHECK_INT(tomo_image_at(image, 0, 1, 0, 0, 0), rows[i].at[1]);
        if (rows[i].at[2] >= 0)
            CHECK_INT(tomo_image_at(image, 0, 0, rows[i].z > 1, rows[i].time > 1, 0), rows[i].at[2]);
        if (rows[i].at[3] >= 0)
            CHECK_INT(tomo_image_at(image, 0, 0, 0, 0, 1), rows[i].at[3]);
        tomo_image_free(image);
    }
    /* one time point of a file whose fastest axis is time */
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    o.time = 2;
    const char *path = v_file(t, "a.nrrd", "NRRD0005\ntype: int16\ndimension: 3\nendian: little\nencoding: raw\n"
                              "sizes: 3 4 2\nkinds: time domain domain\n\n", counted, sizeof counted);
    tomo_image *image = v_load_with(t, path, &o, NULL);
    v_sizes(image, 4, 2, 1, 1, 1);
    CHECK_INT(tomo_image_at(image, 1, 1, 0, 0, 0), 17);
    tomo_image_free(image);
    o.time = 3;
    CHECK_FAILS(tomo_format_load(t->ctx, &image, path, &o, NULL, NULL, &t->err), TOMO_E_ARG);
    v_refused(t, v_file(t, "a.nrrd", "NRRD0005\ntype: int8\ndimension: 4\nencoding: raw\nsizes: 5 2 2 5\n"
                        "kinds: list domain domain time\n\n", counted, sizeof counted), TOMO_E_UNSUPPORTED, "too many");
}

TEST(nrrd_places_are_brought_to_lps)
{
    count_up();
    static const struct {
        const char *fields;
        double spacing[3], origin[3], direction[9];
        const char *remark;
    } rows[] = {
        { "space: RAS\nspace directions: (1,0,0) (0,2,0) (0,0,3)\nspace origin: (1,2,3)\n",
          { 1, 2, 3 },
          { -1, -2, 3 },
          { -1, 0, 0, 0, -1, 0, 0, 0, 1 },
          NULL },
        { "space: left-anterior-superior\nspace directions: (1,0,0) (0,2,0) (0,0,3)\nspace origin: (1,2,3)\n",
          { 1, 2, 3 },
          { 1, -2, 3 },
          { 1, 0, 0, 0, -1, 0, 0, 0, 1 },
          NULL },
        { "space: left-posterior-superior\nspace directions: (0,2,0) (0,0,3) (4,0,0)\nspace origin: ( 1, 2, 3 )\n",
          { 2, 3, 4 },
          { 1, 2, 3 },
          { 0, 0, 1, 1, 0, 0, 0, 1, 0 },
          NULL },
        { "space: scanner-xyz\nspace directions: (1,0,0) (0,2,0) (0,0,3)\nspace origin: (1,2,3)\n",
          { 1, 2, 3 },
          { 1, 2, 3 },
          { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
          "scanner-xyz" },
        { "space: LPS\nspace units: \"cm\" \"um\" \"mm\"\nspace directions: (1,0,0) (0,2000,0) (0,0,3)\n"
          "space origin: (1,2000,3)\n",
          { 10, 2, 3 },
          { 10, 2, 3 },
          { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
          NULL },
        { "spacings: 1.5 -2 nan\naxis mins: 1 2 nan\n",
          { 1.5, 2, 1 },
          { 1.75, 1, 0 },
          { 1, 0, 0, 0, -1, 0, 0, 0, 1 },
          "no space" },
        { "axis mins: 0 0 0\naxis maxs: 6 6 6\ncenterings: node cell cell\n",
          { 2, 2, 3 },
          { 0, 1, 1.5 },
          { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
          "no space" },
        { "", { 1, 1, 1 }, { 0, 0, 0 }, { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, "no spacing" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[400];
        tomo_report *report = NULL;
        CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
        snprintf(text, sizeof text, HEAD "%s\n", rows[i].fields);
        tomo_image *image = n_load(t, v_file(t, "a.nrrd", text, counted, sizeof counted), report);
        const tomo_image_desc *d = tomo_image_get_desc(image);
        for (int k = 0; k < 9; k++) {
            if (k < 3) {
                CHECK_NEAR(d->spacing[k], rows[i].spacing[k], 1e-15);
                CHECK_NEAR(d->origin[k], rows[i].origin[k], 0);
            }
            CHECK_NEAR(d->direction[k], rows[i].direction[k], 0);
        }
        CHECK(rows[i].remark ? n_remarked(report, rows[i].remark) : tomo_report_count(report) == 0);
        tomo_image_free(image);
        tomo_report_free(report);
    }
}

TEST(nrrd_two_dimensions_and_time)
{
    count_up();
    /* a slice of three-dimensional space: the third axis stands on it */
    tomo_image *image =
        n_load(t,
               v_file(t, "a.nrrd",
                      "NRRD0004\ntype: int16\ndimension: 2\nsizes: 6 4\nendian: little\n"
                      "encoding: raw\nspace: LPS\nspace directions: (0,2,0) (0,0,3)\nspace origin: (1,2,3)\n\n",
                      counted, 48),
               NULL);
    const tomo_image_desc *d = tomo_image_get_desc(image);
    CHECK(d->dims == 2 && d->direction[2] == 1 && d->direction[3] == 1 && d->direction[7] == 1 && d->spacing[2] == 1);
    tomo_image_free(image);
    image =
        n_load(t,
               v_file(t, "a.nrrd",
                      "NRRD0004\ntype: int16\ndimension: 4\nsizes: 3 2 2 2\nendian: little\n"
                      "encoding: raw\nspace: left-posterior-superior-time\nspace units: \"mm\" \"mm\" \"mm\" \"ms\"\n"
                      "space directions: (1,0,0,0) (0,1,0,0) (0,0,1,0) (0,0,0,2500)\nspace origin: (0,0,0,7)\n\n",
                      counted, 48),
               NULL);
    v_sizes(image, 3, 2, 2, 2, 1);
    CHECK_NEAR(tomo_image_get_desc(image)->spacing[3], 2.5, 0);
    tomo_image_free(image);
    image = n_load(t, v_file(t, "a.nrrd", "NRRD0004\ntype: int16\ndimension: 4\nsizes: 3 2 2 2\nendian: little\n"
        "encoding: raw\nkinds: space space space time\nspacings: 1 1 1 500\nunits: \"mm\" \"mm\" \"mm\" \"ms\"\n\n",
        counted, 48), NULL);
    v_sizes(image, 3, 2, 2, 2, 1);
    CHECK_NEAR(tomo_image_get_desc(image)->spacing[3], 0.5, 0);
    tomo_image_free(image);
    /* sheared: refused, or its nearest rotation */
    const char *path =
        v_file(t, "a.nrrd", HEAD "space: LPS\nspace directions: (1,0,0) (0.2,1,0) (0,0,1)\n\n", counted, 48);
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    v_refused(t, path, TOMO_E_GEOMETRY, "sheared");
    o.allow_shear = true;
    tomo_image_free(v_load_with(t, path, &o, NULL));
}

static const char *sub_file(t_state *t, const char *name, const void *data, size_t size)
{
    char below[64];
    mkdir(t_tmp(t, "sub"), 0700);
    snprintf(below, sizeof below, "sub/%s", name);
    return v_file(t, below, "", data, size);
}

TEST(nrrd_data_files_are_joined)
{
    count_up();
    static const char *const wants[] = {
        "data file: whole.raw\n", "datafile: LIST\nsub/s1.raw\nsub/s2.raw\n", "data file: sub/s%d.raw 1 2 1\n",
        "data file: sub/s%01d.raw 1 2 1 2\n", "data file: LIST 2\nsub/s1.raw\n\nsub/s2.raw\n",
        "data file: sub/r%02d.raw 6 1 -1 1\n", "data file: LIST 3\nsub/s1.raw\nsub/s2.raw\n",
        "byte skip: -1\ndata file: sub/long.raw\n", "byte skip: 3\nline skip: 2\ndata file: sub/skip.raw\n",
    };
    uint8_t long_file[60] = { 0 }, skip_file[60] = "ab\n\nxyz";
    memcpy(long_file + 12, counted, 48);
    memcpy(skip_file + 7, counted, 48);
    v_file(t, "whole.raw", "", counted, 48);
    sub_file(t, "s1.raw", counted, 24), sub_file(t, "s2.raw", counted + 12, 24);
    sub_file(t, "long.raw", long_file, 60), sub_file(t, "skip.raw", skip_file, 55);
    for (int i = 0; i < 6; i++) {
        char name[16];
        snprintf(name, sizeof name, "r%02d.raw", 6 - i);
        sub_file(t, name, counted + 4 * i, 8);
    }
    for (size_t i = 0; i < sizeof wants / sizeof wants[0]; i++) {
        char text[300];
        snprintf(text, sizeof text, HEAD LPS "%s", wants[i]);
        tomo_image *image = n_load(t, v_file(t, "a.nhdr", text, "", 0), NULL);
        if (memcmp(tomo_image_data(image), counted, 48) != 0)
            print_error("%s\n", wants[i]);
        CHECK(memcmp(tomo_image_data(image), counted, 48) == 0);
        tomo_image_free(image);
    }
}

TEST(nrrd_data_files_stay_in_their_folder)
{
    count_up();
    static const char *const names[] = { "../whole.raw", "sub/../../whole.raw", "/etc/hostname", "..", "a/..",
                                         "..\\whole.raw", "C:\\whole.raw", "\\\\host\\whole.raw" };
    char text[300];
    tomo_image *image = NULL;
    v_file(t, "whole.raw", "", counted, 48);
    mkdir(t_tmp(t, "sub"), 0700);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (int list = 0; list < 2; list++) {
            snprintf(text, sizeof text, HEAD "data file: %s%s\n%s", list ? "LIST 3\n" : "", names[i], "");
            v_refused(t, v_file(t, "sub/a.nhdr", text, "", 0), TOMO_E_FORMAT, "not in the header's folder");
        }
    snprintf(text, sizeof text, HEAD "data file: ../whole.raw\n");
    tomo_format_load_options o = TOMO_FORMAT_LOAD_OPTIONS_INIT;
    o.outside = true;
    image = v_load_with(t, v_file(t, "sub/a.nhdr", text, "", 0), &o, NULL);
    CHECK(memcmp(tomo_image_data(image), counted, 48) == 0);
    tomo_image_free(image);
    image = NULL;
    snprintf(text, sizeof text, HEAD "data file: %s\n", t_tmp(t, "whole.raw"));
    image = v_load_with(t, v_file(t, "sub/a.nhdr", text, "", 0), &o, NULL);
    tomo_image_free(image);
    /* a dot dot within a name climbs nowhere */
    v_file(t, "sub/a..raw", "", counted, 48);
    tomo_image_free(n_load(t, v_file(t, "sub/a.nhdr", HEAD "data file: a..raw\n", "", 0), NULL));
    /* a source has no folder */
    tomo_source *source = NULL;
    image = NULL;
    CHECK_OK(tomo_source_from_memory(t->ctx, &source, HEAD "data file: whole.raw\n", strlen(HEAD) + 21, &t->err));
    CHECK_FAILS(tomo_format_load_source(t->ctx, &image, source, NULL, NULL, NULL, &t->err), TOMO_E_UNSUPPORTED);
    tomo_source_free(source);
}

TEST(nrrd_bad_files_say_why)
{
    count_up();
    static const struct { const char *text; tomo_status status; const char *words;
    } rows[] = {
        { "NRRD0009\n", TOMO_E_UNSUPPORTED, "version 9" },
        { "NRRX", TOMO_E_FORMAT, "no NRRD file" },
        { "NRRD0004\n", TOMO_E_FORMAT, "no field 'type'" },
        { "NRRD0004\ntype: int8\n\n", TOMO_E_FORMAT, "no field 'dimension'" },
        { "NRRD0004\ntype: int8\ntype: int8\n\n", TOMO_E_FORMAT, "comes twice" },
        { "NRRD0004\ntype: int8\ndimension: 17\n\n", TOMO_E_FORMAT, "dimension is '17'" },
        { "NRRD0004\ntype: int8\ndimension: 2\nsizes: 1 2 3\nencoding: raw\n\n", TOMO_E_FORMAT, "for 3 axes" },
        { "NRRD0004\ntype: int8\ndimension: 2\nsizes: 1 2\nkinds: list\nencoding: raw\n\n", TOMO_E_FORMAT,
          "kinds for 1" },
        { "NRRD0004\ntype: int8\ndimension: 2\nsizes: 0 2\nencoding: raw\n\n", TOMO_E_FORMAT, "sizes is '0 2'" },
        { "NRRD0004\ntype: int8\ndimension: 1\nsizes: -2\nencoding: raw\n\n", TOMO_E_FORMAT, "sizes is" },
        { "NRRD0004\ntype: int8\ndimension: 1\nsizes: 2\nencoding: zrl\n\n", TOMO_E_UNSUPPORTED, "encoding 'zrl'" },
        { "NRRD0004\ntype: int16\ndimension: 1\nsizes: 2\nencoding: raw\n\n", TOMO_E_FORMAT, "endian" },
        { "NRRD0004\ntype: int8\ndimension: 1\nsizes: 2\nencoding: raw\n", TOMO_E_FORMAT, "empty line" },
        { "NRRD0004\ntype: int8\nfoo: 1\n\n", TOMO_E_FORMAT, "'foo' is no field" },
        { "NRRD0004\ntype: int8\nfoo\n\n", TOMO_E_FORMAT, "'field: value'" },
        { "NRRD0004\ntype: int8\ndimension: 1\nsizes: 2\nencoding: raw\nspace: here\n\n", TOMO_E_FORMAT,
          "space is 'here'" },
        { HEAD "space: LPS\nspace directions: (1,0) (0,1) (1,1)\n\n", TOMO_E_FORMAT, "3 dimensions" },
        { HEAD "space: LPS\nspace directions: (1,0,0) (0,1,0\n\n", TOMO_E_FORMAT, "a vector or none" },
        { HEAD "space: LPS\nspace directions: (1,0,0) (0,0,0) (0,0,1)\n\n", TOMO_E_GEOMETRY, "spacing 0" },
        { HEAD "space: LPS\nspace directions: (1,0,0) (1,0,0) (0,0,1)\n\n", TOMO_E_GEOMETRY, "sheared" },
        { HEAD "space: LPS\nspace directions: none none none\n\n", TOMO_E_UNSUPPORTED, "no axis runs through space" },
        { HEAD "space: LPS\nspace origin: (1,2)\n\n", TOMO_E_FORMAT, "its origin 2" },
        { HEAD "space units: mm mm mm\n\n", TOMO_E_FORMAT, "words in quotes" },
        { HEAD "line skip: 9\n\nabc", TOMO_E_FORMAT, "9 lines to skip" },
        { HEAD "byte skip: 999999999999\n\nabc", TOMO_E_FORMAT, "cut short" },
        { HEAD "byte skip: -2\n\nabc", TOMO_E_FORMAT, "byte skip is" },
        { HEAD "\nabc", TOMO_E_FORMAT, "cut short" },
        { HEAD "data file: none.raw\n", TOMO_E_NOTFOUND, "none.raw" },
        { HEAD "data file: LIST\na\nb\nc\n", TOMO_E_FORMAT, "3 data files" },
        { HEAD "data file: LIST x\na\n", TOMO_E_FORMAT, "LIST and a number" },
        { HEAD "data file: LIST 9\na\n", TOMO_E_FORMAT, "9 dimensions" },
        { HEAD "data file: LIST\n", TOMO_E_FORMAT, "0 data files" },
        { HEAD "data file: a%s.raw 1 2 1\n", TOMO_E_FORMAT, "expected one %d" },
        { HEAD "data file: a%d%n.raw 1 2 1\n", TOMO_E_FORMAT, "expected one %d" },
        { HEAD "data file: a%999999d.raw 1 2 1\n", TOMO_E_FORMAT, "expected one %d" },
        { HEAD "data file: a%d.raw 1 2 0\n", TOMO_E_FORMAT, "are none" },
        { HEAD "data file: a%d.raw 1 2000000000 1\n", TOMO_E_LIMIT, "more than 1048576" },
        { HEAD "data file: .\n", TOMO_E_ARG, "" },
        { "NRRD0004\ntype: double\ndimension: 4\nsizes: 2000000000 2000000000 2000000000 9\nencoding: gzip\nendian: "
          "big\n\n",
          TOMO_E_FORMAT, "pass 64 bits" },
        { "NRRD0004\ntype: int8\ndimension: 3\nsizes: 100000 100000 100000\nencoding: raw\n\nabc", TOMO_E_FORMAT,
          "cut short" },
        { "NRRD0004\ntype: int8\ndimension: 3\nsizes: 100000 100000 100000\nencoding: ascii\n\n1 2 3", TOMO_E_FORMAT,
          "cut short" },
        { "NRRD0004\ntype: int8\ndimension: 3\nsizes: 100000 100000 100000\nencoding: hex\n\n010203", TOMO_E_FORMAT,
          "cut short" },
        { "NRRD0004\ntype: int8\ndimension: 1\nsizes: 3\nencoding: gzip\n\nabcdefghijklmnopqrstuvwxyz", TOMO_E_FORMAT,
          "neither gzip nor zlib" },
        { "NRRD0004\ntype: int8\ndimension: 1\nsizes: 3\nencoding: bzip2\n\nabc", TOMO_E_FORMAT, "BZh" },
        { "NRRD0004\ntype: int8\ndimension: 1\nsizes: 3\nencoding: bzip2\n\nBZh9", TOMO_E_FORMAT, "cut short" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        v_refused(t, v_file(t, "a.nrrd", rows[i].text, "", 0), rows[i].status, rows[i].words);
}

/* A gzip and a bzip2 that hold far more than their headers declare, and headers that declare far more than they hold.
 */
TEST(nrrd_bombs_are_refused)
{
    enum { MANY = 64 << 20 };
    tomo_image *zeros = t_image(t, TOMO_DTYPE_U8, 4096, 4096, 4), *image = NULL;
    uint64_t peak = 0, before = 0;
    for (int encoding = 2; encoding <= 3; encoding++) {
        tomo_format_save_options o = TOMO_FORMAT_SAVE_OPTIONS_INIT;
        static uint8_t packed[1 << 20];
        o.encoding = encoding;
        CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "z.nhdr"), zeros, &o, NULL, &t->err));
        FILE *f = fopen(t_tmp(t, encoding == 2 ? "z.raw.gz" : "z.raw.bz2"), "rb");
        CHECK(f);
        const size_t size = fread(packed, 1, sizeof packed, f);
        CHECK(fclose(f) == 0 && size > 20 && size < sizeof packed);
        const char *word = encoding == 2 ? "gzip" : "bzip2";
        char text[200];
        snprintf(text, sizeof text, "NRRD0004\ntype: int8\ndimension: 1\nsizes: 100\nbyte skip: -1\nencoding: %s\n\n",
                 word);
        const char *path = v_file(t, "a.nrrd", text, packed, size);
        tomo_ctx *ctx = t_ctx(t, 1, -1);
        tomo_ctx_memory(ctx, NULL, &before);
        CHECK_FAILS(tomo_format_load(ctx, &image, path, NULL, NULL, NULL, &t->err), TOMO_E_FORMAT);
        CHECK(strstr(t->err.message, "more than the 100 bytes"));
        tomo_ctx_memory(ctx, NULL, &peak);
        CHECK(peak - before < MANY / 2);
        tomo_ctx_free(ctx);
        snprintf(text, sizeof text, "NRRD0004\ntype: int8\ndimension: 2\nsizes: 65536 2048\nencoding: %s\n\n", word);
        v_refused(t, v_file(t, "a.nrrd", text, packed, size), TOMO_E_FORMAT, "cut short");
    }
    tomo_image_free(zeros);
}

TEST(nrrd_writes_what_it_reads)
{
    static const tomo_dtype types[] = { TOMO_DTYPE_U8, TOMO_DTYPE_I8, TOMO_DTYPE_U16, TOMO_DTYPE_I16, TOMO_DTYPE_U32,
        TOMO_DTYPE_I32, TOMO_DTYPE_U64, TOMO_DTYPE_I64, TOMO_DTYPE_F32, TOMO_DTYPE_F64 };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        for (int encoding = 0; encoding <= 5; encoding++)
            for (int shape = 0; shape < 4; shape++) {
                tomo_format_save_options o = TOMO_FORMAT_SAVE_OPTIONS_INIT;
                tomo_image *image = v_image(t, types[i], shape == 1 ? 3 : 1, shape == 2 ? 3 : 1, shape == 3);
                o.encoding = encoding;
                const char *path = t_tmp(t, encoding % 2 ? "a.nrrd" : "a.nhdr");
                CHECK_OK(tomo_format_save(t->ctx, path, image, &o, NULL, &t->err));
                tomo_image *back = n_load(t, path, NULL);
                v_same(image, back, 4e-16);
                CHECK_NEAR(tomo_image_get_desc(back)->spacing[3], tomo_image_get_desc(image)->spacing[3], 0);
                tomo_image_free(image), tomo_image_free(back);
            }
}

TEST(nrrd_survives_lost_memory_and_cuts)
{
    tomo_image *image = v_image(t, TOMO_DTYPE_I16, 2, 1, false), *back = NULL;
    for (int encoding = 1; encoding <= 5; encoding++) {
        tomo_format_save_options o = TOMO_FORMAT_SAVE_OPTIONS_INIT;
        o.encoding = encoding;
        FAIL_EACH_ALLOC(t) {
            const tomo_status st = tomo_format_save(t->ctx, t_tmp(t, "m.nhdr"), image, &o, NULL, &t->err);
            CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        }
        FAIL_EACH_ALLOC(t) {
            const tomo_status st = tomo_format_load(t->ctx, &back, t_tmp(t, "m.nhdr"), NULL, NULL, NULL, &t->err);
            CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
            if (!st)
                tomo_image_free(back);
        }
        CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "m.nrrd"), image, &o, NULL, &t->err));
        static uint8_t whole[1 << 16];
        FILE *f = fopen(t_tmp(t, "m.nrrd"), "rb");
        CHECK(f);
        const size_t size = fread(whole, 1, sizeof whole, f);
        CHECK(fclose(f) == 0);
        const size_t step = encoding >= 4 ? 7 : 1; /* every byte, of long text every seventh */
        const size_t tail = encoding == 4 ? 8 : 2; /* a number that lost digits is one, too */
        for (size_t n = 0; n + tail < size; n += step) {
            tomo_source *source = NULL;
            CHECK_OK(tomo_source_from_memory(t->ctx, &source, whole, n, &t->err));
            back = NULL;
            const tomo_status st = tomo_format_load_source(t->ctx, &back, source, NULL, NULL, NULL, &t->err);
            CHECK(st < 0 && !back && t->err.status == st);
            tomo_source_free(source);
        }
    }
    const char *path = v_file(t, "l.nhdr", HEAD "key:=value\ndata file: LIST\np1\np2\n", "", 0);
    v_file(t, "p1", "", counted, 24), v_file(t, "p2", "", counted, 24);
    FAIL_EACH_ALLOC(t) {
        const tomo_status st = tomo_format_load(t->ctx, &back, path, NULL, NULL, NULL, &t->err);
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        if (!st)
            tomo_image_free(back);
    }
    tomo_image_free(image);
}

/* Gradients of a diffusion series and the frame they are measured in survive, the frame in the space written. */
TEST(nrrd_keeps_what_an_image_has_no_place_for)
{
    count_up();
    static const char lines[] = "measurement frame: (-1,0,0) (0,-1,0) (0.5,0,1)\ncontent: a brain\nmodality:=DWMRI\n"
                                "DICOM_0008:0060:=MR\n";
    tomo_report *report = NULL;
    char text[600];
    uint8_t back[2000] = { 0 };
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    snprintf(text, sizeof text, HEAD "space: RAS\nspace directions: (1,0,0) (0,2,0) (0,0,3)\nspace origin: (1,2,3)\n"
             "# a comment:=no pair\nmodality:=DWMRI\nmeasurement frame: (1,0,0) (0,1,0) (-0.5,0,1)\n"
             "content: a brain\nDICOM_0008:0060:=MR\n\n");
    tomo_image *image = n_load(t, v_file(t, "a.nrrd", text, counted, sizeof counted), report);
    CHECK_INT(tomo_report_count(report), 0);
    CHECK_OK(tomo_format_save(t->ctx, t_tmp(t, "b.nrrd"), image, NULL, NULL, &t->err));
    FILE *f = fopen(t_tmp(t, "b.nrrd"), "rb");
    CHECK(f && fread(back, 1, sizeof back - 1, f) > 100 && fclose(f) == 0);
    CHECK(memcmp(back, "NRRD0005", 8) == 0);
    const char *frame = strstr((char *)back, "measurement frame");
    CHECK(frame && strstr(frame, "measurement frame: (-1,0,0) (0,-1,0) (0.5,0,1)\nmodality:=DWMRI\ncontent: a brain\n"
                                 "DICOM_0008:0060:=MR\n") == frame);
    CHECK(!strstr((char *)back, "no pair"));
    tomo_image *again = n_load(t, t_tmp(t, "b.nrrd"), report);
    CHECK(tomo_buffer_size(tomo_image_extra(again, "nrrd")) == sizeof lines - 1);
    v_same(image, again, 0);
    tomo_image_free(image), tomo_image_free(again);
    tomo_report_free(report);
}
