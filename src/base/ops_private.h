/* ops_private.h - what ops.c and ops_set.c share. */
#ifndef TOMO_OPS_PRIVATE_H
#define TOMO_OPS_PRIVATE_H

#include "base/base_internal.h"

uint32_t tomo__opt_count(const tomo_option *o);                /* values it holds */
void tomo__opt_camel(const char *name, char *to, size_t size); /* "min-volume" -> "minVolume" */
tomo_status tomo__opt_check(const tomo_op *op, const tomo_option *o, const void *opts, tomo_error *err);
/* "filter gauss: sigma is -1 mm, expected 0 to 100 mm"; found begins with ' where it quotes a text */
tomo_status tomo__opt_bad(const tomo_op *op, const tomo_option *o, const char *found, tomo_error *err);

#endif
