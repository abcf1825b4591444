/* deid_dir.h - de-identified files as a file-set with a DICOMDIR. */
#ifndef CLI_DEID_DIR_H
#define CLI_DEID_DIR_H

#include "cli.h"

#include <tomo/deid.h>

/* c->args[0] to a new file-set c->args[1]; the report names the files as they are in it. Owned by the caller. */
tomo_status cli_deid_fileset(cli *c, tomo_buffer **json, tomo_deid_summary *sum, const tomo_deid *rules,
                             tomo_deid_told told);

#endif
