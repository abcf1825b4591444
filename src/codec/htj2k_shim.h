/* htj2k_shim.h - OpenJPH behind C: all C++ is in htj2k_shim.cpp, and no exception leaves it. Built where OpenJPH is
 * (TOMO_OPENJPH). */
#ifndef TOMO_HTJ2K_SHIM_H
#define TOMO_HTJ2K_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tomo__htj2k_job {
    uint32_t columns, rows, samples, bits, levels;
    bool is_signed, color_transform, reversible;
    float step;        /* base quantization step where not reversible */
    const char *order; /* "RPCL" */
    void *user;
    void (*row)(void *user, uint32_t y, uint32_t component, int32_t *to); /* writes `columns` samples */
    bool (*put)(void *user, const void *bytes, size_t size);
} tomo__htj2k_job;

typedef enum tomo__htj2k_end { TOMO__HTJ2K_OK, TOMO__HTJ2K_NO_MEMORY, TOMO__HTJ2K_FAILED } tomo__htj2k_end;

/* Encodes a frame; `message` says why it failed. */
tomo__htj2k_end tomo__htj2k_run(const tomo__htj2k_job *job, char message[160]);

#ifdef __cplusplus
}
#endif
#endif
