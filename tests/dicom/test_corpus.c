/* test_corpus.c - real files: as many elements as pydicom finds (counts.tsv), written back byte for byte, dumped and
 * turned to JSON; and the hostile files, which may fail but only with a word of why. */
#include "d.h"

#include <dirent.h>
#include <unistd.h>

static const char *source_file(const char *name)
{
    static char path[600];
    const char *source = getenv("TOMO_SOURCE");
    snprintf(path, sizeof path, "%s/%s", source ? source : ".", name);
    return path;
}

/* Where Tomo and pydicom 3.0.2 differ, looked into one by one. 0 elements: Tomo refuses without `force`. */
static const struct {
    const char *path;
    size_t top, all;
    const char *why;
} differ[] = {
    { "dicom/fo-dicom/GH179A.dcm", 73, 145, "blank VR of (0028,0120); pydicom stops there, DCMTK reads on as we do" },
    { "dicom/fo-dicom/GH179B.dcm", 0, 0, "cut off; DCMTK refuses it too" },
    { "dicom/fo-dicom/GH626.dcm", 0, 0, "a sequence's length ends amid a delimiter; DCMTK refuses it too" },
    { "dicom/pydicom/MR_truncated.dcm", 0, 0, "the pixels are cut off" },
    { "dicom/pydicom/no_meta.dcm", 0, 0, "a stray byte before the first element; pydicom makes one element of it all" },
    { "dicom/pydicom/rtplan_truncated.dcm", 0, 0, "cut off within a sequence" },
    { "dicom/pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm", 139, 139,
      "no delimiter behind the fragments; pydicom gives up there" },
};

static void check_counts(t_state *t, const char *path, const char *name, size_t top, size_t all, const char *syntax)
{
    tomo_dataset *ds = NULL;
    tomo_status st = tomo_dataset_open_path(t->ctx, &ds, path, NULL, NULL, &t->err);
    for (size_t i = 0; i < sizeof differ / sizeof differ[0]; i++)
        if (strcmp(differ[i].path, name) == 0) {
            top = differ[i].top;
            all = differ[i].all;
        }
    if (top == 0) {
        tomo_dataset_options force = TOMO_DATASET_OPTIONS_INIT;
        CHECK_INT(st, TOMO_E_FORMAT);
        force.force = true;
        st = tomo_dataset_open_path(t->ctx, &ds, path, &force, NULL, &t->err);
        CHECK(st == TOMO_OK || strstr(name, "no_meta"));
    } else {
        if (st != TOMO_OK)
            print_error("%s: %s\n", name, t->err.message);
        CHECK_INT(st, TOMO_OK);
        if (tomo_dataset_count(ds) != top || d_total(ds) != all)
            print_error("%s\n", name);
        CHECK_INT(tomo_dataset_count(ds), top);
        CHECK_INT(d_total(ds), all);
        CHECK(!syntax[0] || strcmp(syntax, tomo_dataset_syntax(ds)) == 0);
    }
    tomo_dataset_free(ds);
}

TEST(as_many_elements_as_pydicom)
{
    char line[800], root[600];
    size_t n = 0;
    FILE *f;
    snprintf(root, sizeof root, "%s", t_data(t, "."));
    f = fopen(source_file("tests/dicom/counts.tsv"), "r");
    CHECK(f != NULL);
    while (fgets(line, sizeof line, f)) {
        char *name = strtok(line, "\t"), *top = strtok(NULL, "\t"), *all = strtok(NULL, "\t"),
             *syntax = strtok(NULL, "\n");
        char path[1500];
        if (line[0] == '#' || !all)
            continue;
        snprintf(path, sizeof path, "%s/%s", root, name);
        check_counts(t, path, name, (size_t)atoi(top), (size_t)atoi(all), syntax ? syntax : "");
        n++;
    }
    fclose(f);
    CHECK(n > 300);
}

/* ---- every file below a folder ------------------------------------------------------------------------------- */

typedef void (*each_fn)(t_state *t, const char *path);

static size_t each_file(t_state *t, const char *folder, each_fn fn)
{
    DIR *d = opendir(folder);
    size_t n = 0;
    struct dirent *entry;
    CHECK(d != NULL);
    while ((entry = readdir(d)) != NULL) {
        char path[2000];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%.1700s/%.255s", folder, entry->d_name);
        if (entry->d_type == DT_DIR) {
            n += each_file(t, path, fn);
        } else {
            fn(t, path);
            n++;
        }
    }
    closedir(d);
    return n;
}

/* Where the data set begins: behind group 0002, read here on its own. */
static size_t data_start(const uint8_t *b, size_t n)
{
    size_t at = n >= 132 && memcmp(b + 128, "DICM", 4) == 0 ? 132 : n >= 4 && memcmp(b, "DICM", 4) == 0 ? 4 : 0;
    while (at + 8 <= n && b[at] == 2 && b[at + 1] == 0) {
        size_t length = b[at + 6] | (size_t)b[at + 7] << 8, head = 8;
        if (memcmp(b + at + 4, "OB", 2) == 0 || memcmp(b + at + 4, "UN", 2) == 0) {
            head = 12;
            length = b[at + 8] | (size_t)b[at + 9] << 8 | (size_t)b[at + 10] << 16 | (size_t)b[at + 11] << 24;
        }
        at += head + length;
    }
    return at;
}

static void write_back(t_state *t, const char *path)
{
    tomo_dataset *ds = NULL, *again = NULL;
    tomo_source *source = NULL;
    tomo_buffer *in = NULL, *out = NULL;
    if (tomo_dataset_open_path(t->ctx, &ds, path, NULL, NULL, &t->err) != TOMO_OK)
        return; /* which ones is held against counts.tsv above */
    CHECK_OK(tomo_source_open(t->ctx, &source, path, &t->err));
    CHECK_OK(tomo_source_map(source, &in, &t->err));
    CHECK_OK(tomo_dataset_write_buffer(t->ctx, ds, &out, NULL, &t->err));
    const uint8_t *a = tomo_buffer_data(in), *b = tomo_buffer_data(out);
    size_t n = tomo_buffer_size(in), m = tomo_buffer_size(out), i = data_start(a, n), k = data_start(b, m);
    /* Encapsulated syntaxes are explicit: the one file here whose data set is not is put right. */
    bool lies = strstr(path, "SC_rgb_jpeg.dcm") != NULL;
    if (!lies && (n - i != m - k || memcmp(a + i, b + k, n - i) != 0)) {
        print_error("%s: data set of %zu bytes at %zu came back as %zu at %zu\n", path, n - i, i, m - k, k);
        fail();
    }
    CHECK_OK(d_open(t, &again, b, m, NULL, NULL));
    CHECK_STR(tomo_dataset_syntax(again), tomo_dataset_syntax(ds));
    uint32_t said = (uint32_t)b[140] | (uint32_t)b[141] << 8 | (uint32_t)b[142] << 16 | (uint32_t)b[143] << 24;
    CHECK_INT(144 + said, k); /* the group length is true */
    char uid[65], meta[65];
    if (tomo_dataset_text(again, 0x00080018, 0, uid, 65) > 0 && strlen(uid) < 64) {
        CHECK(tomo_dataset_text(again, 0x00020003, 0, meta, 65) > 0);
        CHECK_STR(meta, uid);
    }
    tomo_dataset_free(again);
    tomo_dataset_free(ds);
    tomo_buffer_free(out);
    tomo_buffer_free(in);
    tomo_source_free(source);
}

TEST(what_is_not_edited_comes_back_byte_for_byte) { CHECK(each_file(t, t_data(t, "dicom"), write_back) > 300); }

/* JSON is valid enough to balance outside strings; text has no control characters. */
static void show(t_state *t, const char *path)
{
    tomo_dataset *ds = NULL;
    tomo_buffer *out = NULL;
    tomo_dataset_options o = TOMO_DATASET_OPTIONS_INIT;
    long depth = 0;
    bool quoted = false;
    o.force = true;
    if (tomo_dataset_open_path(t->ctx, &ds, path, &o, NULL, &t->err) != TOMO_OK) {
        CHECK(t->err.message[0] && !strchr(t->err.message, '\n'));
        return;
    }
    CHECK_OK(tomo_dataset_dump(t->ctx, ds, &out, &t->err));
    const char *text = tomo_buffer_data(out);
    for (size_t i = 0; i < tomo_buffer_size(out); i++)
        CHECK((unsigned char)text[i] >= 0x20 || text[i] == '\n');
    tomo_buffer_free(out);
    CHECK_OK(tomo_dataset_json(t->ctx, ds, &out, 1024, &t->err));
    text = tomo_buffer_data(out);
    for (size_t i = 0; i < tomo_buffer_size(out); i++) {
        CHECK((unsigned char)text[i] >= 0x20);
        if (quoted && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted)
            depth += text[i] == '{' || text[i] == '[' ? 1 : text[i] == '}' || text[i] == ']' ? -1 : 0;
        CHECK(depth > 0 || i + 1 == tomo_buffer_size(out));
    }
    CHECK(depth == 0 && !quoted);
    tomo_buffer_free(out);
    tomo_dataset_free(ds);
}

TEST(everything_can_be_shown) { CHECK(each_file(t, t_data(t, "dicom"), show) > 300); }

static void hostile(t_state *t, const char *path)
{
    uint64_t peak = 0;
    tomo_dataset *ds = NULL;
    tomo_buffer *out = NULL;
    show(t, path);
    if (tomo_dataset_open_path(t->ctx, &ds, path, NULL, NULL, &t->err) == TOMO_OK) {
        if (tomo_dataset_write_buffer(t->ctx, ds, &out, NULL, &t->err) == TOMO_OK)
            tomo_buffer_free(out);
        if (tomo_dataset_set(ds, "PatientID", "X", &t->err) == TOMO_OK &&
            tomo_dataset_write_buffer(t->ctx, ds, &out, NULL, &t->err) == TOMO_OK)
            tomo_buffer_free(out);
        tomo_dataset_free(ds);
    } else {
        CHECK(t->err.message[0] && t->err.status != TOMO_E_INTERNAL);
    }
    tomo_ctx_memory(t->ctx, NULL, &peak);
    CHECK(peak < (uint64_t)256 << 20);
}

TEST(hostile_files)
{
    char command[1600], maker[700];
    t_slow(t);
    snprintf(maker, sizeof maker, "%s/hostile/make_files.py", t_data(t, ".."));
    if (access(maker, R_OK) != 0)
        t_skip(t, maker);
    snprintf(command, sizeof command, "/usr/bin/python3 '%s' '%s' > /dev/null", maker, t_tmp(t, "hostile"));
    CHECK_INT(system(command), 0);
    CHECK_INT(each_file(t, t_tmp(t, "hostile"), hostile), 109);
}
