/* report_internal.h - shared inside room report. */
#ifndef TOMO_REPORT_INTERNAL_H
#define TOMO_REPORT_INTERNAL_H

#include <math.h>
#include <tomo/report.h>

#include "base/base_internal.h"

/* Are the pieces there that the counts promise? */
tomo_status report__check(const char *what, tomo_ctx *ctx, void *out, const tomo_report_doc *doc, tomo_error *err);

#endif
