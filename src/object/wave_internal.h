/* wave_internal.h - a waveform object in memory. */
#ifndef TOMO_WAVE_INTERNAL_H
#define TOMO_WAVE_INTERNAL_H

#include <tomo/object_wave.h>

#include "object/object_internal.h"

typedef struct tomo__wave_group {
    tomo_wave_group is;
    tomo_wave_channel *channel;
    const uint8_t *data; /* samples, channel by channel for each point in time */
    bool swap;           /* words are big endian */
    int64_t padding;     /* as stored */
} tomo__wave_group;

struct tomo_wave {
    tomo_ctx *ctx;
    tomo__wave_group *group;
    size_t groups;
};

/* `value` with so many significant digits, shortest form, whatever the host's locale says (wave_csv.c). */
void tomo__wave_number(char text[32], double value, int digits);

#endif
