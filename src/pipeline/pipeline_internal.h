/* pipeline_internal.h - shared inside room pipeline. */
#ifndef TOMO_PIPELINE_INTERNAL_H
#define TOMO_PIPELINE_INTERNAL_H

#include <tomo/pipeline.h>

#include "base/base_internal.h"

#endif
