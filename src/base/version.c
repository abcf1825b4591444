/* version.c - the version of the running library and the names of statuses. */
#include "base/base_internal.h"

const char *tomo_version(void) { return TOMO_VERSION; }

const char *tomo_status_name(tomo_status status)
{
    switch (status) {
    case TOMO_OK:
        return "done";
    case TOMO_E_ARG:
        return "wrong argument";
    case TOMO_E_NOMEM:
        return "no memory";
    case TOMO_E_LIMIT:
        return "limit reached";
    case TOMO_E_CANCELED:
        return "canceled";
    case TOMO_E_IO:
        return "input or output failed";
    case TOMO_E_FORMAT:
        return "damaged input";
    case TOMO_E_UNSUPPORTED:
        return "not supported";
    case TOMO_E_NOTFOUND:
        return "not found";
    case TOMO_E_GEOMETRY:
        return "geometry does not fit";
    case TOMO_E_MISSING:
        return "not installed";
    case TOMO_E_NETWORK:
        return "network failed";
    case TOMO_E_DENIED:
        return "access refused";
    case TOMO_E_EXISTS:
        return "exists already";
    case TOMO_E_INTERNAL:
        return "internal error";
    }
    return "unknown status";
}
