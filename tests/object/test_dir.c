/* test_dir.c - file-sets: the variants of one DICOMDIR give one tree (pydicom's README.txt beside the files says what
 * it holds: 2 patients more than one study, 31 images), links in circles end, and what is made reads back. */
#include <stdio.h>
#include <sys/stat.h>
#include <tomo/object_dir.h>
#include <unistd.h>

#include "../t.h"
#include "object/dir_internal.h"

#define CT "1.2.840.10008.5.1.4.1.1.2"

/* Records below `at` in depth-first order as "type:level " text. */
static void tree_text(const tomo_fileset *set, char *to, size_t room)
{
    tomo_fileset_record r = { sizeof r };
    size_t n = 0;
    to[0] = 0;
    for (int64_t at = tomo_fileset_first(set); at >= 0;) {
        CHECK(tomo_fileset_record_at(set, (size_t)at, &r, NULL) == TOMO_OK);
        n += (size_t)snprintf(to + n, room - n, "%.2s%d ", r.type, (int)r.level);
        CHECK(n < room);
        while (r.child < 0 && r.next < 0 && r.parent >= 0) {
            CHECK(tomo_fileset_record_at(set, (size_t)r.parent, &r, NULL) == TOMO_OK);
            r.child = -1;
        }
        at = r.child >= 0 ? r.child : r.next;
    }
}

TEST(all_codings_and_orders_give_one_tree)
{
    static const char *const names[] = { "DICOMDIR", "DICOMDIR-implicit", "DICOMDIR-bigEnd", "DICOMDIR-reordered",
                                         "DICOMDIR-nooffset" };
    char first[2048], text[2048];
    for (size_t i = 0; i < TOMO__COUNT(names); i++) {
        char below[64];
        tomo_fileset *set = NULL;
        snprintf(below, sizeof below, "dicom/dicomdir/%s", names[i]);
        CHECK_OK(tomo_fileset_open(t->ctx, &set, t_data(t, below), NULL, &t->err));
        CHECK_INT(tomo_fileset_count(set), 52);
        tree_text(set, text, sizeof text);
        if (i == 0)
            memcpy(first, text, sizeof text);
        CHECK_STR(text, first);
        tomo_fileset_free(set);
    }
    /* as DCMTK's dcmdump of DICOMDIR shows it */
    CHECK(strncmp(first, "PA0 ST1 SE2 IM3 SE2 IM3 SE2 IM3 ST1 SE2 IM3 IM3 IM3 IM3 PA0 ", 60) == 0);
}

TEST(every_file_is_found)
{
    char path[4096];
    size_t files = 0;
    tomo_fileset *set = NULL;
    CHECK_OK(tomo_fileset_open(t->ctx, &set, t_data(t, "dicom/dicomdir"), NULL, &t->err)); /* the folder */
    for (size_t i = 0; i < tomo_fileset_count(set); i++) {
        tomo_fileset_record r = { sizeof r };
        CHECK_OK(tomo_fileset_record_at(set, i, &r, &t->err));
        if (!r.file)
            continue;
        CHECK_OK(tomo_fileset_path(set, i, path, sizeof path, &t->err));
        files++;
    }
    CHECK_INT(files, 31);
    CHECK_FAILS(tomo_fileset_path(set, 0, path, sizeof path, &t->err), TOMO_E_NOTFOUND); /* a patient has no file */
    tomo_fileset_free(set);
}

/* ---- small ones made here ---- */

static void set(t_state *t, tomo_dataset *ds, const char *path, const char *text)
{
    CHECK_OK(tomo_dataset_set(ds, path, text, &t->err));
}

/* A DICOMDIR of `n` records without links, of the given types. */
static tomo_dataset *loose(t_state *t, const char *const *types, size_t n)
{
    char path[96];
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    set(t, ds, "00020002", DIR_CLASS);
    set(t, ds, "00041200", "0");
    for (size_t i = 0; i < n; i++) {
        snprintf(path, sizeof path, "DirectoryRecordSequence[%zu].00041430", i);
        set(t, ds, path, types[i]);
        snprintf(path, sizeof path, "DirectoryRecordSequence[%zu].00041400", i);
        set(t, ds, path, "0");
        snprintf(path, sizeof path, "DirectoryRecordSequence[%zu].00041420", i);
        set(t, ds, path, "0");
    }
    return ds;
}

/* The file of a data set, written and opened as a file-set. */
static tomo_fileset *reopen(t_state *t, tomo_dataset *ds, tomo_report *report)
{
    const char *path = t_tmp(t, "DICOMDIR");
    tomo_fileset *out = NULL;
    CHECK_OK(tomo_dataset_write(t->ctx, ds, path, NULL, &t->err));
    CHECK_OK(tomo_fileset_open(t->ctx, &out, path, report, &t->err));
    return out;
}

TEST(links_in_circles_end)
{
    static const char *const types[] = { "PATIENT", "STUDY", "SERIES" };
    tomo_dataset *ds = loose(t, types, 3);
    char text[256], number[24];
    /* offsets depend on lengths only, which stay: find them, then point everything at the first record */
    tomo_fileset *before = reopen(t, ds, NULL);
    snprintf(number, sizeof number, "%llu", (unsigned long long)before->node[0].offset);
    tomo_fileset_free(before);
    set(t, ds, "00041200", number);
    set(t, ds, "DirectoryRecordSequence[0].00041400", number);
    set(t, ds, "DirectoryRecordSequence[0].00041420", number);
    tomo_fileset *circle = reopen(t, ds, NULL);
    tree_text(circle, text, sizeof text);
    CHECK_STR(text, "PA0 ST1 SE2 ");
    tomo_fileset_free(circle);
    tomo_dataset_free(ds);
}

TEST(records_without_links_go_by_their_order)
{
    static const char *const types[] = { "IMAGE", "PATIENT", "STUDY",   "SERIES",  "IMAGE",
                                         "IMAGE", "SERIES",  "PALETTE", "PATIENT", "STUDY" };
    tomo_dataset *ds = loose(t, types, TOMO__COUNT(types));
    char text[256];
    tomo_fileset *made = reopen(t, ds, NULL);
    tree_text(made, text, sizeof text);
    CHECK_STR(text, "IM0 PA0 ST1 SE2 IM3 IM3 SE2 PA0 PA0 ST1 "); /* PAlette, PAtient */
    tomo_fileset_free(made);
    tomo_dataset_free(ds);
}

TEST(no_file_id_leads_out)
{
    static const char *const types[] = { "IMAGE", "IMAGE", "IMAGE" };
    tomo_dataset *ds = loose(t, types, 3);
    char path[4096], out[512];
    CHECK_OK(tomo_dataset_set_bytes(ds, "DirectoryRecordSequence[0].00041500", TOMO_VR('C', 'S'),
                                    "..\\..\\etc\\passwd ", 18, &t->err));
    set(t, ds, "DirectoryRecordSequence[1].00041500", "LINK\\X");
    set(t, ds, "DirectoryRecordSequence[2].00041500", "NOTHERE");
    tomo_fileset *made = reopen(t, ds, NULL);
    snprintf(out, sizeof out, "%s/LINK", t->dir);
    CHECK(symlink("/etc", out) == 0);
    CHECK_FAILS(tomo_fileset_path(made, 0, path, sizeof path, &t->err), TOMO_E_DENIED);
    CHECK_FAILS(tomo_fileset_path(made, 1, path, sizeof path, &t->err), TOMO_E_NOTFOUND);
    CHECK_FAILS(tomo_fileset_path(made, 2, path, sizeof path, &t->err), TOMO_E_NOTFOUND);
    CHECK(unlink(out) == 0 && symlink("/etc", out) == 0);
    tomo_fileset_free(made);
    CHECK_OK(tomo_dataset_set_bytes(ds, "DirectoryRecordSequence[1].00041500", TOMO_VR('C', 'S'), "LINK\\passwd ", 12,
                                    &t->err));
    made = reopen(t, ds, NULL);
    CHECK_FAILS(tomo_fileset_path(made, 1, path, sizeof path, &t->err), TOMO_E_DENIED);
    tomo_fileset_free(made);
    tomo_dataset_free(ds);
}

/* A CT file without pixel data: enough for a record. */
static const char *file(t_state *t, const char *name, const char *patient, const char *series, const char *instance)
{
    const char *path = t_tmp(t, name);
    tomo_dataset *ds = NULL;
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    set(t, ds, "SOPClassUID", CT);
    set(t, ds, "SOPInstanceUID", instance);
    set(t, ds, "StudyInstanceUID", "1.2.3");
    set(t, ds, "SeriesInstanceUID", series);
    set(t, ds, "PatientID", patient);
    set(t, ds, "PatientName", "M\xC3\xBCller^Eva");
    set(t, ds, "StudyDate", "20250102");
    set(t, ds, "StudyTime", "101500");
    set(t, ds, "StudyID", "1");
    set(t, ds, "Modality", "CT");
    set(t, ds, "SeriesNumber", "2");
    set(t, ds, "InstanceNumber", strrchr(instance, '.') + 1);
    CHECK_OK(tomo_dataset_write(t->ctx, ds, path, NULL, &t->err));
    tomo_dataset_free(ds);
    return path;
}

TEST(made_and_added_to)
{
    char text[256], out[400], name[64];
    tomo_fileset *made = NULL;
    const char *first[3] = { file(t, "b", "P1", "1.2.3.4", "1.2.3.4.2"), file(t, "a", "P1", "1.2.3.4", "1.2.3.4.1"),
                             file(t, "c", "P1", "1.2.3.5", "1.2.3.5.1") };
    snprintf(out, sizeof out, "%s/set", t->dir);
    CHECK_OK(tomo_fileset_create(t->ctx, out, first, 3, NULL, NULL, NULL, &t->err));
    const char *more[3] = { file(t, "d", "P1", "1.2.3.4", "1.2.3.4.3"), file(t, "e", "P2", "1.2.3.6", "1.2.3.6.1"),
                            first[0] };
    CHECK_OK(tomo_fileset_append(t->ctx, out, more, 3, NULL, NULL, NULL, &t->err));
    CHECK_OK(tomo_fileset_open(t->ctx, &made, out, NULL, &t->err));
    tree_text(made, text, sizeof text);
    /* the new image in the series that was there; the new patient with all of its own */
    CHECK_STR(text, "PA0 ST1 SE2 IM3 IM3 IM3 SE2 IM3 PA0 ST1 SE2 IM3 ");
    int64_t at = tomo_fileset_first(made), last = 0;
    CHECK(tomo_dataset_text(made->node[at].item, 0x00100010, 0, name, sizeof name) > 0);
    CHECK_STR(name, "M\xC3\xBCller^Eva");
    at = made->node[made->node[made->node[at].child].child].child;
    for (; at >= 0; at = made->node[at].next, last++) { /* images by their number */
        int64_t number = 0;
        CHECK(tomo_dataset_int(made->node[at].item, 0x00200013, 0, &number) && number == last + 1);
        CHECK_OK(tomo_fileset_path(made, (size_t)at, out, sizeof out, &t->err));
    }
    CHECK_INT(last, 3);
    tomo_fileset_free(made);
}

TEST(what_a_record_must_say_is_not_made_up_unasked)
{
    char out[400], text[64];
    tomo_fileset_options o = TOMO_FILESET_OPTIONS_INIT;
    tomo_fileset *made = NULL;
    struct stat info;
    const char *path[1] = { file(t, "a", "", "1.2.3.4", "1.2.3.4.1") };
    snprintf(out, sizeof out, "%s/set", t->dir);
    CHECK_FAILS(tomo_fileset_create(t->ctx, out, path, 1, NULL, NULL, NULL, &t->err), TOMO_E_FORMAT);
    CHECK(strstr(t->err.message, "(0010,0020)"));
    CHECK(stat(out, &info) != 0);
    o.invent = true;
    CHECK_OK(tomo_fileset_create(t->ctx, out, path, 1, &o, NULL, NULL, &t->err));
    CHECK_OK(tomo_fileset_open(t->ctx, &made, out, NULL, &t->err));
    CHECK(tomo_dataset_text(made->node[0].item, 0x00100020, 0, text, sizeof text) > 0);
    CHECK_STR(text, "1");
    tomo_fileset_free(made);
    CHECK_FAILS(tomo_fileset_create(t->ctx, out, path, 1, &o, NULL, NULL, &t->err), TOMO_E_EXISTS);
}

TEST(a_uid_that_is_none_is_said_of_its_file) /* found by damaged files: it was a wrong argument of the caller's */
{
    char out[400];
    struct stat info;
    tomo_dataset *ds = NULL;
    const char *path[1] = { file(t, "a", "P1", "1.2.3.4", "1.2.3.4.1") };
    snprintf(out, sizeof out, "%s/set", t->dir);
    CHECK_OK(tomo_dataset_open_path(t->ctx, &ds, path[0], NULL, NULL, &t->err));
    CHECK_OK(tomo_dataset_set_bytes(ds, "SOPInstanceUID", TOMO_VR('U', 'I'), "1.2.00.", 8, &t->err));
    path[0] = t_tmp(t, "b");
    CHECK_OK(tomo_dataset_write(t->ctx, ds, path[0], NULL, &t->err));
    tomo_dataset_free(ds);
    CHECK_FAILS(tomo_fileset_create(t->ctx, out, path, 1, NULL, NULL, NULL, &t->err), TOMO_E_FORMAT);
    CHECK(strstr(t->err.message, path[0]) && strstr(t->err.message, "00041511"));
    CHECK(stat(out, &info) != 0);
}

TEST(canceled_adding_leaves_the_set_as_it_was)
{
    char out[400], part[500];
    struct stat info;
    tomo_job *job = NULL;
    const char *first[1] = { file(t, "a", "P1", "1.2.3.4", "1.2.3.4.1") };
    const char *more[1] = { file(t, "b", "P1", "1.2.3.4", "1.2.3.4.2") };
    snprintf(out, sizeof out, "%s/set", t->dir);
    CHECK_OK(tomo_fileset_create(t->ctx, out, first, 1, NULL, NULL, NULL, &t->err));
    CHECK_OK(tomo_job_new(&job, NULL, NULL, &t->err));
    tomo_job_cancel(job);
    CHECK_FAILS(tomo_fileset_append(t->ctx, out, more, 1, NULL, NULL, job, &t->err), TOMO_E_CANCELED);
    tomo_job_free(job);
    snprintf(part, sizeof part, "%s/A0000001", out);
    CHECK(stat(part, &info) != 0);
}

TEST(organized_by_numbers_not_by_names)
{
    char out[400], one[500];
    struct stat info;
    const char *paths[2] = { file(t, "a", "P1", "1.2.3.4", "1.2.3.4.1"), file(t, "b", "P2", "1.2.3.5", "1.2.3.5.1") };
    snprintf(out, sizeof out, "%s/sorted", t->dir);
    CHECK_OK(tomo_fileset_organize(t->ctx, out, paths, 2, NULL, NULL, &t->err));
    snprintf(one, sizeof one, "%s/P0000002/S0000001/E0000001/I0000001.dcm", out);
    CHECK(stat(one, &info) == 0);
    snprintf(one, sizeof one, "%s/DICOMDIR", out);
    CHECK(stat(one, &info) != 0);
}

TEST(lost_memory_is_said)
{
    char out[400];
    struct stat info;
    const char *paths[1] = { file(t, "a", "P1", "1.2.3.4", "1.2.3.4.1") };
    snprintf(out, sizeof out, "%s/set", t->dir);
    FAIL_EACH_ALLOC(t)
    {
        if (tomo_fileset_create(t->ctx, out, paths, 1, NULL, NULL, NULL, &t->err) == TOMO_OK)
            break;
        CHECK(t->err.status == TOMO_E_NOMEM);
        CHECK(stat(out, &info) != 0);
    }
    t_fail_after(t, -1);
}
