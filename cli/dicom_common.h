/* dicom_common.h - what the verbs of one data set share: opening, writing, paths with private creators (dicom.c). */
#ifndef CLI_DICOM_COMMON_H
#define CLI_DICOM_COMMON_H

#include "cli.h"

#include <tomo/dicom_edit.h>
#include <tomo/dicom_text.h>

/* Open a file as the flags --force and --stop-before-pixels say; the remarks are printed. */
tomo_status cli_open_dataset(cli *c, const char *path, tomo_dataset **ds);
/* Write to `path` as the flags of cli_write_flags say, and answer with --json. */
int cli_save_dataset(cli *c, tomo_dataset *ds, const char *path);
/* Print a buffer with a line end behind it, and free it. */
int cli_print_buffer(tomo_buffer *text);
/* The flags --inline, --bulk, --uri and --meta; false after having said what is wrong. */
bool cli_text_options(cli *c, tomo_text_options *o);
/* Tags of a flag: keywords, gggg,eeee in parentheses or 8 digits, joined by commas. false with
 * c->err set. */
enum { CLI_MAX_TAGS = 256 };
bool cli_tags(cli *c, const char *flag, tomo_tag tags[CLI_MAX_TAGS], size_t *n);
/* UID of a transfer syntax by its short word ("explicit") or as it is. */
const char *cli_syntax(const char *word);

#endif
