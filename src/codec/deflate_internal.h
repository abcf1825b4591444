/* deflate_internal.h - deflate streams that can be strung together (deflate_join.c). */
#ifndef TOMO_DEFLATE_INTERNAL_H
#define TOMO_DEFLATE_INTERNAL_H

#include "codec/codec_internal.h"

enum { TOMO__JOIN_ROOM = 16 }; /* bytes needed behind the stream */

/* Turn a whole raw deflate stream of *size bytes (with TOMO__JOIN_ROOM behind) into one that goes on: its last
 * block is no longer marked as the last, and an empty stored block takes it to a whole byte. False if it is no such
 * stream. */
bool tomo__deflate_open_end(uint8_t *data, size_t *size);

#endif
