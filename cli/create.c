/* create.c - tomo dicom create: a DICOM object of what --as says; without it, of a data set's text. A kind is one row.
 */
#include "cli.h"

static const struct {
    const char *as;
    int inputs; /* files before OUT; 0 = any number */
    int (*run)(cli *c);
} kinds[] = {
    { "pdf", 1, cli_create_document },
    { "cda", 1, cli_create_document },
    { "stl", 1, cli_create_document },
    { "obj", 1, cli_create_document },
    { "mtl", 1, cli_create_document },
    { "ko", 0, cli_create_key_objects },
    { "pr", 1, cli_create_presentation },
    { "rtstruct", 1, cli_create_structures },
    { "seg", 1, cli_create_image },
    { "seg-fractional", 1, cli_create_image },
    { "seg-occupancy", 1, cli_create_image },
    { "labelmap", 1, cli_create_image },
    { "pmap", 1, cli_create_image },
    { "sc", 1, cli_create_image },
    { "ct", 1, cli_create_image },
    { "mr", 1, cli_create_image },
    { "enhanced-ct", 1, cli_create_image },
    { "enhanced-mr", 1, cli_create_image },
};

int cli_dicom_create(cli *c)
{
    char list[512] = "";
    const char *as = cli_flag_value(c, "as");
    if (!as && c->n_args != 2)
        return cli_usage(c, "%d files are given, expected IN and OUT, or --as", c->n_args);
    if (!as)
        return cli_create_text(c);
    size_t n = 0;
    for (size_t i = 0; i < TOMO__COUNT(kinds); i++) {
        n = TOMO__MIN(n, sizeof list - 1);
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", kinds[i].as);
        if (strcmp(as, kinds[i].as) != 0)
            continue;
        if (kinds[i].inputs && c->n_args != kinds[i].inputs + 1)
            return cli_usage(c, "--as %s takes %d input and OUT", as, kinds[i].inputs);
        return kinds[i].run(c);
    }
    return cli_usage(c, "--as is '%s', expected one of %s", as, list);
}
