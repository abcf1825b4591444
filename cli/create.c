/* create.c - tomo dicom create: a DICOM object of what --as says; without it, of a data set's text. A kind is one row.
 */
#include "cli.h"

#define DOCUMENT " as like title anonymous description seed "
#define MODEL DOCUMENT "unit "
#define IMAGE " as like series description seed when syntax "
#define SEGMENTS IMAGE "segments algorithm algorithm-name keep-empty creator "
static const struct {
    const char *as;
    int inputs; /* files before OUT; 0 = any number */
    int (*run)(cli *c);
    const char *flags; /* that mean something for it */
} kinds[] = {
    { "pdf", 1, cli_create_document, DOCUMENT },
    { "cda", 1, cli_create_document, DOCUMENT },
    { "stl", 1, cli_create_document, MODEL },
    { "obj", 1, cli_create_document, MODEL },
    { "mtl", 1, cli_create_document, DOCUMENT },
    { "ko", 0, cli_create_key_objects, " as like title text observer description seed " },
    { "pr", 1, cli_create_presentation, " as like description seed " },
    { "rtstruct", 1, cli_create_structures, " as like series holes label description seed when " },
    { "seg", 1, cli_create_image, SEGMENTS },
    { "seg-fractional", 1, cli_create_image, SEGMENTS },
    { "seg-occupancy", 1, cli_create_image, SEGMENTS },
    { "labelmap", 1, cli_create_image, SEGMENTS },
    { "pmap", 1, cli_create_image, IMAGE "quantity units dtype derivation " },
    { "sc", 1, cli_create_image, IMAGE "derivation " },
    { "ct", 1, cli_create_image, " as like series description derivation seed " },
    { "mr", 1, cli_create_image, " as like series description derivation seed " },
    { "enhanced-ct", 1, cli_create_image, IMAGE "derivation " },
    { "enhanced-mr", 1, cli_create_image, IMAGE "derivation " },
};

int cli_dicom_create(cli *c)
{
    static const tomo_op *const none[] = { NULL };
    char list[512] = "";
    const char *as = cli_flag_value(c, "as");
    if (!as && c->n_args != 2)
        return cli_usage(c, "%d files are given, expected IN and OUT, or --as", c->n_args);
    if (!as)
        return cli_only(c, "a data set's text", " bulk index syntax charset lengths group-lengths source-ae ", none)
                   ? cli_create_text(c)
                   : CLI_USAGE;
    size_t n = 0;
    for (size_t i = 0; i < TOMO__COUNT(kinds); i++) {
        n = TOMO__MIN(n, sizeof list - 1);
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", kinds[i].as);
        if (strcmp(as, kinds[i].as) != 0)
            continue;
        if (kinds[i].inputs && c->n_args != kinds[i].inputs + 1)
            return cli_usage(c, "--as %s takes %d input and OUT", as, kinds[i].inputs);
        snprintf(list, sizeof list, "--as %s", as);
        return cli_only(c, list, kinds[i].flags, none) ? kinds[i].run(c) : CLI_USAGE;
    }
    return cli_usage(c, "--as is '%s', expected one of %s", as, list);
}
