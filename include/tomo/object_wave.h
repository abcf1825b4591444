/* tomo/object_wave.h - waveforms: ECG, hemodynamic, audio and other signals as arrays, tables and a plot.
 *
 * A waveform object holds multiplex groups; the channels of a group share sampling frequency and length.
 * Threads: a tomo_wave is immutable once read, so it is shared between threads freely. */
#ifndef TOMO_OBJECT_WAVE_H
#define TOMO_OBJECT_WAVE_H

#include <tomo/object.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tomo_wave tomo_wave;

/** A multiplex group (PS3.3 C.10.9). */
typedef struct tomo_wave_group {
    uint32_t struct_size;
    char     label[65];       /**< Multiplex Group Label; "" if absent */
    char     originality[17]; /**< "ORIGINAL", "DERIVED" */
    char     interpretation[3]; /**< Waveform Sample Interpretation: SB UB MB AB SS US SL UL SV UV */
    int32_t  bits;            /**< Waveform Bits Allocated: 8, 16, 32, 64 */
    size_t   channels;
    size_t   samples;         /**< of each channel */
    double   frequency;       /**< Hz */
    double   offset_ms;       /**< Multiplex Group Time Offset; 0 if absent */
    bool     has_padding;     /**< a value stands for missing samples */
} tomo_wave_group;

/** A channel. Texts live as long as the waveform. */
typedef struct tomo_wave_channel {
    uint32_t struct_size;
    char     name[65];    /**< Channel Label, else the meaning of its source ("Lead I"), else "Channel 3" */
    char     code[17], scheme[17]; /**< of the source; "" if absent */
    char     unit[17];    /**< code of the unit (UCUM): "uV", "mm[Hg]"; "" = stored values without a unit */
    double   sensitivity; /**< with the correction factor: units of one step; 1 where absent */
    double   baseline;    /**< units at which the stored value is 0 */
    double   skew_s;      /**< Channel Time Skew, or Sample Skew as time */
    double   low_hz, high_hz, notch_hz; /**< filters; NaN if absent */
} tomo_wave_channel;

/** Read a waveform object; the data stay where they are, so `ds` must outlive the waveform.
 * @param out owned by the caller (tomo_wave_free)
 * @return TOMO_OK, TOMO_E_UNSUPPORTED (no waveform), TOMO_E_FORMAT (what, found, expected), TOMO_E_NOMEM @since 0.1 */
TOMO_API tomo_status tomo_wave_read(tomo_ctx *ctx, tomo_wave **out, const tomo_dataset *ds, tomo_report *report,
                                    tomo_error *err);
/** NULL is fine. @since 0.1 */
TOMO_API void tomo_wave_free(tomo_wave *wave);
/** Number of multiplex groups. @since 0.1 */
TOMO_API size_t tomo_wave_groups(const tomo_wave *wave);
/** @return TOMO_OK, TOMO_E_NOTFOUND  @since 0.1 */
TOMO_API tomo_status tomo_wave_group_get(const tomo_wave *wave, size_t group, tomo_wave_group *out, tomo_error *err);
TOMO_API tomo_status tomo_wave_channel_get(const tomo_wave *wave, size_t group, size_t channel, tomo_wave_channel *out,
                                           tomo_error *err);
/** Samples of one channel in its unit: stored value times sensitivity plus baseline (PS3.3 C.10.9.1.4). Companded
 * audio (MB, AB) is brought to 16-bit linear values first (ITU-T G.711); padding is NaN.
 * @param to room for `samples` of the group, owned by the caller
 * @return TOMO_OK, TOMO_E_NOTFOUND  @since 0.1 */
TOMO_API tomo_status tomo_wave_values(const tomo_wave *wave, size_t group, size_t channel, double *to, tomo_error *err);

/** A group as CSV: a line of names with units, then a line a sample: time in seconds, and the channels, each
 * with 12 significant digits. Missing samples are empty. Names are quoted (RFC 4180); lines end in a line feed.
 * @param out owned by the caller, NUL-terminated UTF-8  @since 0.1 */
TOMO_API tomo_status tomo_wave_csv(tomo_ctx *ctx, tomo_buffer **out, const tomo_wave *wave, size_t group, tomo_job *job,
                                   tomo_error *err);

typedef struct tomo_wave_plot_options {
    uint32_t struct_size;
    double   start;    /**< seconds from the first sample */
    double   seconds;  /**< how long; 0 = to the end, at most 30; else at most 300 */
    double   mm_per_s; /**< 0 = 25 */
    double   mm_per_mv; /**< of voltages; 0 = 10 */
} tomo_wave_plot_options;
#define TOMO_WAVE_PLOT_OPTIONS_INIT { sizeof(tomo_wave_plot_options), 0, 0, 0, 0 }
/** A group as an SVG drawing in millimeters on ECG paper (lines every 1 and 5 mm), a strip a channel with its name;
 * voltages at mm_per_mv, other quantities each at a scale of its own that is written beside it. Where several samples
 * share a fifth of a millimeter, the line goes through their smallest and largest. Not for diagnosis.
 * @param out owned by the caller, NUL-terminated UTF-8
 * @return TOMO_OK, TOMO_E_ARG, TOMO_E_NOTFOUND, TOMO_E_NOMEM  @since 0.1 */
TOMO_API tomo_status tomo_wave_svg(tomo_ctx *ctx, tomo_buffer **out, const tomo_wave *wave, size_t group,
                                   const tomo_wave_plot_options *opts, tomo_job *job, tomo_error *err);

#ifdef __cplusplus
}
#endif
#endif
