/* create.h - between create_image.c (tomo dicom create) and create_segments.c (descriptions of segments). */
#ifndef CLI_CREATE_H
#define CLI_CREATE_H

#include "cli.h"

#include <tomo/object_image.h>

typedef struct create_segments {
    json_t *json; /* whose texts the segments borrow */
    tomo_seg_segment *segment;
    size_t n;
} create_segments;
/* Free what was read even on failure. */
tomo_status cli_segments_read(cli *c, const char *path, create_segments *out);
void cli_segments_free(create_segments *s);

#endif
