/* test_version.c - the version agrees with the header; each status has a name of its own. */
#include "t.h"

TEST(version_is_the_headers)
{
    char text[32];
    CHECK_STR(tomo_version(), TOMO_VERSION);
    snprintf(text, sizeof text, "%d.%d.%d", TOMO_VERSION_MAJOR, TOMO_VERSION_MINOR, TOMO_VERSION_PATCH);
    CHECK_STR(text, TOMO_VERSION);
}

TEST(each_status_has_its_name)
{
    static const tomo_status all[] = { TOMO_OK,         TOMO_E_ARG,      TOMO_E_NOMEM,   TOMO_E_LIMIT,
                                       TOMO_E_CANCELED, TOMO_E_IO,       TOMO_E_FORMAT,  TOMO_E_UNSUPPORTED,
                                       TOMO_E_NOTFOUND, TOMO_E_GEOMETRY, TOMO_E_MISSING, TOMO_E_NETWORK,
                                       TOMO_E_DENIED,   TOMO_E_EXISTS,   TOMO_E_INTERNAL };
    const size_t n = sizeof all / sizeof all[0];
    for (size_t i = 0; i < n; i++) {
        CHECK(strcmp(tomo_status_name(all[i]), tomo_status_name(12345)) != 0);
        for (size_t j = 0; j < i; j++)
            CHECK(strcmp(tomo_status_name(all[i]), tomo_status_name(all[j])) != 0);
    }
    CHECK_STR(tomo_status_name(12345), "unknown status");
}

TEST(status_numbers_are_pinned) /* bindings and scripts compare numbers */
{
    CHECK_INT(TOMO_E_ARG, -1);
    CHECK_INT(TOMO_E_NOMEM, -2);
    CHECK_INT(TOMO_E_LIMIT, -3);
    CHECK_INT(TOMO_E_CANCELED, -4);
    CHECK_INT(TOMO_E_IO, -5);
    CHECK_INT(TOMO_E_FORMAT, -6);
    CHECK_INT(TOMO_E_UNSUPPORTED, -7);
    CHECK_INT(TOMO_E_NOTFOUND, -8);
    CHECK_INT(TOMO_E_GEOMETRY, -9);
    CHECK_INT(TOMO_E_MISSING, -10);
    CHECK_INT(TOMO_E_NETWORK, -11);
    CHECK_INT(TOMO_E_DENIED, -12);
    CHECK_INT(TOMO_E_EXISTS, -13);
    CHECK_INT(TOMO_E_INTERNAL, -99);
}
