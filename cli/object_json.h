/* object_json.h - JSON files that become DICOM objects: reading them with the place said of what is wrong. */
#ifndef CLI_OBJECT_JSON_H
#define CLI_OBJECT_JSON_H

#include "cli.h"

#include "object/items.h"

/* A JSON file on its way into structs. After a failure nothing more is read. */
typedef struct cli_input {
    cli *c;
    tomo__keep keep;
    tomo_status st;
    const char *frame_of_reference; /* of --like, for coordinates that name none */
    char where[96];                 /* "group 2": for messages */
} cli_input;

/* c->args[0] as an object; NULL with c->err set. */
json_t *cli_in_read(cli *c);
void cli_in_wrong(cli_input *in, const char *what, const char *expected);
void *cli_in_room(cli_input *in, size_t n, size_t size); /* zeroed; NULL after a failure */
/* Keys that nobody knows are mistakes of the writer: said, not passed over. */
void cli_in_keys(cli_input *in, const json_t *object, const char *const *known);
const char *cli_in_text(cli_input *in, const json_t *object, const char *key);
const json_t *cli_in_list(cli_input *in, const json_t *object, const char *key);
double cli_in_number(cli_input *in, const json_t *object, const char *key, double otherwise);
/* Exactly n numbers; false if the key is absent. */
bool cli_in_doubles(cli_input *in, const json_t *object, const char *key, double *to, size_t n);
/* {"value", "scheme", "meaning"} or ["value", "scheme", "meaning"]; a unit may be a text of UCUM. */
tomo_code cli_in_code(cli_input *in, const json_t *object, const char *key);
/* {"file": path} or {"class", "instance", "series", "study"}, with "frames", "segments". */
tomo_reference cli_in_reference(cli_input *in, const json_t *v, const char *key);
const tomo_reference *cli_in_references(cli_input *in, const json_t *object, const char *key, size_t *n);
/* Who a DICOM file is. */
void cli_in_file(cli_input *in, const char *path, tomo_reference *out);
tomo_graphic cli_in_shape(cli_input *in, const json_t *s);

/* The data set of --like; NULL if the flag was not given. */
tomo_status cli_open_like(cli *c, tomo_dataset **like);

#endif
