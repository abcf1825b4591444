/* cli.h - the program's own words: commands, flags, messages. The only code that prints and reads flags. */
#ifndef CLI_H
#define CLI_H

#include <jansson.h>
#include <stdio.h>
#include <tomo/base.h>
#include <tomo/dicom.h>
#include <tomo/image.h>

#include "base/base_internal.h"

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_INPUT = 3, CLI_PEER = 4, CLI_REFUSED = 5, CLI_CANCELED = 130 };

/* One flag of a command; `value` names what it takes ("MM", "FILE"), NULL for switches. */
typedef struct cli_flag {
    const char *name, *value, *help;
} cli_flag;

#define CLI_MAX_FLAGS 40

typedef struct cli cli;
typedef struct cli_command {
    const char *room, *verb; /* room NULL: a word for a whole job */
    const char *args;        /* "IN OUT", for the usage line */
    int min_args, max_args;
    const char *help, *detail, *example;
    const cli_flag *flags; /* ended by a NULL name */
    int (*run)(cli *c);
    const tomo_op *(*tables[4])(void); /* whose options are flags, too: cli_options() reads them */
} cli_command;

/* A run of one command. */
struct cli {
    tomo_ctx *ctx;
    tomo_job *job;
    const cli_command *command;
    const tomo_op *op; /* the operation, where the command is one */
    bool json, quiet;
    char **args; /* what is not a flag */
    int n_args;
    const char *flag[CLI_MAX_FLAGS]; /* values of command->flags; "" for a switch that is set; NULL = not given */
    struct {
        char name[64];
        const char *value;
    } op_flag[64]; /* an operation's options and optional inputs, as given */
    int n_op_flags;
    tomo_error err;
};

/* Value of a flag of the command, NULL if it was not given. */
const char *cli_flag_value(const cli *c, const char *name);
/* Fill the options struct of one of the command's tables from the flags that were given; `any` (may be NULL) tells if
 * one was. */
tomo_status cli_options(cli *c, const tomo_op *table, void *options, bool *any);
/* False after having said so, if a flag was given that has no meaning here: `flags` are the names of those that have,
 * with a space before and after each; `tables` (NULL-ended) those whose options have. `what`: "--as sc". */
bool cli_only(cli *c, const char *what, const char *flags, const tomo_op *const *tables);
/* Print c->err as "tomo: ..." and give the exit code that fits its status. */
int cli_fail(cli *c);
/* Wrong usage: one line, which says where to read more. */
int cli_usage(const cli *c, const char *format, ...) TOMO__PRINTF(2, 3);
/* Whole number of a flag within [lo, hi]; false after having said what is wrong. */
bool cli_flag_int(cli *c, const char *name, int64_t lo, int64_t hi, int64_t *value);
/* Print text that came from a file: control characters are escaped, so that it can't steer a terminal. */
void cli_print_safe(FILE *to, const char *text);
/* Print a finished JSON text: as it is with --json, else as lines "key  value" for people. Frees the buffer. */
int cli_print_json(cli *c, tomo_buffer *json);
/* With --json {"file": path}, else nothing: a file was written. */
int cli_print_done(cli *c, const char *path);
/* Print lines for people, escaped as above. Frees the buffer. */
int cli_print_text(tomo_buffer *text);
/* Remarks on stderr unless --quiet. Frees the report. */
void cli_print_report(cli *c, tomo_report *report);

extern const cli_command cli_commands[]; /* commands.c; ended by a NULL verb */
int cli_run_op(cli *c);                  /* op.c */
void cli_help_top(FILE *to);             /* help.c */
int cli_help_room(const char *room);
void cli_help_command(FILE *to, const cli_command *command);
void cli_help_op(FILE *to, const tomo_op *op);

int cli_info(cli *c);     /* info.c */
int cli_convert(cli *c);  /* convert.c */
int cli_pipeline(cli *c); /* pipeline.c */
int cli_replay(cli *c);
int cli_ops(cli *c);
int cli_dicom_dump(cli *c); /* dicom.c */
int cli_dicom_json(cli *c);
int cli_dicom_get(cli *c);
int cli_dicom_set(cli *c);
int cli_dicom_delete(cli *c);
int cli_dicom_pixels(cli *c);    /* pixels.c */
int cli_dicom_transcode(cli *c); /* transcode.c */
int cli_dicom_show(cli *c);      /* show.c */
int cli_dicom_dir(cli *c);       /* dir.c */
int cli_dicom_xml(cli *c);       /* xml.c */
int cli_dicom_diff(cli *c);      /* diff.c */
int cli_dicom_table(cli *c);     /* table.c */
int cli_create_text(cli *c);     /* create_text.c */
int cli_dicom_organize(cli *c);
int cli_dicom_validate(cli *c);  /* validate.c */
int cli_report_sr(cli *c);       /* sr.c */
int cli_dicom_create(cli *c);    /* create.c */
int cli_create_document(cli *c); /* create_object.c */
int cli_create_key_objects(cli *c);
int cli_create_presentation(cli *c);
int cli_extract_document(cli *c, const tomo_dataset *ds);

int cli_deid_run(cli *c); /* deid.c */
int cli_deid_verify(cli *c);
int cli_deid_undo(cli *c);
int cli_dicom_extract(cli *c);     /* extract.c */
int cli_create_structures(cli *c); /* create_rt.c: a row of tomo dicom create */
int cli_create_image(cli *c);      /* create_image.c */

#endif
