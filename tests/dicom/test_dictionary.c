/* test_dictionary.c - every row is found by what it is found by; rows that matter against PS3.6 itself. */
#include "d.h"

#include "dicom/dictionary.h"

TEST(every_row_finds_itself)
{
    for (uint32_t i = 0; i < tomo__dict_count; i++) {
        const tomo_dict_entry *e = &tomo__dict[i];
        CHECK(i == 0 || tomo__dict[i - 1].tag < e->tag);
        CHECK(tomo__dict_tags[i] == e->tag);
        CHECK(tomo_dict_find(e->tag) == e);
        CHECK(!e->keyword[0] || tomo_dict_keyword(e->keyword) == e);
    }
    CHECK(tomo__dict_count > 5000);
}
TEST(rising_search_equals_plain_search)
{
    uint32_t hint = 0, seed = 7;
    for (int i = 0; i < 20000; i++) {
        tomo_tag tag = tomo__dict_tags[t_random(&seed) % tomo__dict_count] + t_random(&seed) % 2;
        CHECK(tomo__dict_next(tag, &hint) == tomo_dict_find(tag));
    }
}
TEST(rows_of_the_standard) /* PS3.6 2024b table 6-1, 7-1 */
{
    const tomo_dict_entry *e = tomo_dict_find(0x00100010);
    CHECK_STR(e->keyword, "PatientName");
    CHECK_STR(e->name, "Patient's Name");
    CHECK_INT(e->vr, TOMO_VR('P', 'N'));
    e = tomo_dict_keyword("PixelSpacing");
    CHECK_INT(e->tag, 0x00280030);
    CHECK_INT(e->vm_min, 2);
    CHECK_INT(e->vm_max, 2);
    e = tomo_dict_find(0x7fe00010);
    CHECK_INT(e->vr, TOMO_VR('O', 'B'));
    CHECK_INT(e->vr2, TOMO_VR('O', 'W'));
    e = tomo_dict_find(0x00280106);
    CHECK_INT(e->vr, TOMO_VR('U', 'S'));
    CHECK_INT(e->vr2, TOMO_VR('S', 'S'));
    e = tomo_dict_keyword("ImageType");
    CHECK_INT(e->vm_min, 2);
    CHECK_INT(e->vm_max, 0);
    e = tomo_dict_keyword("ContourData"); /* 3-3n */
    CHECK_INT(e->vm_min, 3);
    CHECK_INT(e->vm_max, 0);
    CHECK_INT(e->vm_step, 3);
    CHECK(tomo_dict_find(0x00080041)->retired); /* Data Set Subtype */
    CHECK(!tomo_dict_find(0x00080016)->retired);
}
TEST(ranges)
{
    CHECK_STR(tomo_dict_find(0x60000010)->keyword, "OverlayRows");
    CHECK_STR(tomo_dict_find(0x601e0010)->keyword, "OverlayRows");
    CHECK_INT(tomo_dict_find(0x601e0010)->tag, 0x60000010);
    CHECK_STR(tomo_dict_find(0x50020005)->keyword, "CurveDimensions");
    CHECK_STR(tomo_dict_find(0x00203155)->keyword, "SourceImageIDs");
    CHECK_STR(tomo_dict_keyword("OverlayData")->keyword, "OverlayData");
    CHECK_INT(tomo_dict_find(0x00080000)->vr, TOMO_VR('U', 'L')); /* group lengths */
}
TEST(what_is_not_there)
{
    CHECK(tomo_dict_find(0x00090010) == NULL);
    CHECK(tomo_dict_find(0x60010010) == NULL); /* odd groups are private */
    CHECK(tomo_dict_find(0x00081234) == NULL);
    CHECK(tomo_dict_keyword("PatientNam") == NULL);
    CHECK(tomo_dict_keyword("") == NULL);
    CHECK(tomo_dict_keyword(NULL) == NULL);
    CHECK(tomo_dict_private("NOBODY", 0x0009, 1) == NULL);
    CHECK(tomo_dict_private("SIEMENS CSA HEADER", 0x0028, 0x10) == NULL);
    CHECK(tomo_uid_name("1.2.3") == NULL);
}
TEST(private_ones) /* Siemens and GE conformance statements */
{
    const tomo_dict_entry *e = tomo_dict_private("SIEMENS CSA HEADER", 0x0029, 0x10);
    CHECK(e != NULL);
    CHECK_INT(e->vr, TOMO_VR('O', 'B'));
    CHECK_INT(tomo_dict_private("GEMS_PARM_01", 0x0043, 0x39)->vr, TOMO_VR('I', 'S')); /* b value */
    CHECK(tomo_dict_private("PAPYRUS 3.0", 0x6003, 0x10) != NULL);                     /* every odd group of 60xx */
    for (uint32_t i = 0; i < tomo__private_creator_count; i++) {
        const tomo__private_creator *c = &tomo__private_creators[i];
        CHECK(i == 0 || strcmp(tomo__private_creators[i - 1].creator, c->creator) < 0);
        for (uint32_t k = c->first; k < c->first + c->count; k++)
            if (tomo__private[k].tag & 0x10000) /* a few rows of the table are for even groups: never private */
                CHECK(tomo_dict_private(c->creator, (uint16_t)(tomo__private[k].tag >> 16),
                                        (uint8_t)tomo__private[k].tag) == &tomo__private[k]);
    }
}
TEST(uids)
{
    CHECK_STR(tomo_uid_name("1.2.840.10008.1.2"), "Implicit VR Little Endian");
    CHECK_STR(tomo_uid_name("1.2.840.10008.5.1.4.1.1.2"), "CT Image Storage");
    CHECK_STR(tomo_uid_name("1.2.840.10008.1.2.4.201"), "High-Throughput JPEG 2000 Image Compression (Lossless Only)");
    CHECK_STR(tomo_uid_name("1.2.840.10008.5.1.4.1.1.66.7"), "Label Map Segmentation Storage");
    for (uint32_t i = 0; i < tomo__uid_count; i++)
        CHECK_STR(tomo_uid_name(tomo__uids[i].uid), tomo__uids[i].name);
}
