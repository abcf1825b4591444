/* test_wave.c - samples of every interpretation in units, tables, plots; what is damaged is named. */
#include <math.h>
#include <tomo/object_wave.h>

#include "../t.h"
#include "base/base_internal.h"

#define ECG "1.2.840.10008.5.1.4.1.1.9.1.1"
#define GROUP "WaveformSequence[0]."
#define CHANNEL "WaveformSequence[0].ChannelDefinitionSequence[%d]."

/* Two channels: "A, or ""B""" in uV, 2.5 a step from 10; a second one without a definition if `bare`. */
static tomo_dataset *make(t_state *t, const char *kind, int bits, const void *samples, size_t bytes, int n, bool bare)
{
    tomo_dataset *ds = NULL;
    char number[16], width[16], path[128];
    snprintf(number, sizeof number, "%d", n);
    snprintf(width, sizeof width, "%d", bits);
    const struct {
        const char *path, *text;
    } said[] = {
        { "SOPClassUID", ECG },
        { GROUP "NumberOfWaveformChannels", "2" },
        { GROUP "NumberOfWaveformSamples", number },
        { GROUP "SamplingFrequency", "250" },
        { GROUP "WaveformBitsAllocated", width },
        { GROUP "WaveformSampleInterpretation", kind },
        { GROUP "MultiplexGroupLabel", "A & B <test>" },
    };
    CHECK_OK(tomo_dataset_new(t->ctx, &ds, &t->err));
    for (size_t i = 0; i < TOMO__COUNT(said); i++)
        CHECK_OK(tomo_dataset_set(ds, said[i].path, said[i].text, &t->err));
    for (int c = 0; c < (bare ? 1 : 2); c++) {
        static const char *const texts[][2] = {
            { "ChannelLabel", "=A, or \"B\"" },
            { "ChannelSensitivity", "1.25" },
            { "ChannelSensitivityCorrectionFactor", "2" },
            { "ChannelBaseline", "10" },
            { "FilterLowFrequency", ".05" },
            { "ChannelSensitivityUnitsSequence[0].CodeValue", "uV" },
        };
        for (size_t i = 0; i < TOMO__COUNT(texts); i++) {
            snprintf(path, sizeof path, CHANNEL "%s", c, texts[i][0]);
            CHECK_OK(tomo_dataset_set(ds, path, texts[i][1], &t->err));
        }
    }
    CHECK_OK(tomo_dataset_set_bytes(ds, GROUP "WaveformData", bits == 8 ? TOMO_VR('O', 'B') : TOMO_VR('O', 'W'),
                                    samples, bytes, &t->err));
    return ds;
}

static void check_first(t_state *t, const char *kind, int bits, const void *samples, double a, double b)
{
    tomo_dataset *ds = make(t, kind, bits, samples, (size_t)bits / 8 * 2, 1, false);
    tomo_wave *w = NULL;
    double v = 0;
    CHECK_OK(tomo_wave_read(t->ctx, &w, ds, NULL, &t->err));
    CHECK_OK(tomo_wave_values(w, 0, 0, &v, &t->err));
    CHECK_NEAR(v, a * 2.5 + 10, 1e-9 * fabs(a));
    CHECK_OK(tomo_wave_values(w, 0, 1, &v, &t->err));
    CHECK_NEAR(v, b * 2.5 + 10, 1e-9 * fabs(b));
    tomo_wave_free(w);
    tomo_dataset_free(ds);
}

TEST(samples_of_every_interpretation_come_in_units)
{
    static const int8_t sb[] = { -128, 127 };
    static const uint8_t ub[] = { 0, 255 };
    static const int16_t ss[] = { -32768, 32767 };
    static const uint16_t us[] = { 0, 65535 };
    static const int32_t sl[] = { INT32_MIN, INT32_MAX };
    static const uint32_t ul[] = { 0, UINT32_MAX };
    static const int64_t sv[] = { INT64_MIN, 7 };
    static const uint64_t uv[] = { 1, UINT64_MAX };
    check_first(t, "SB", 8, sb, -128, 127);
    check_first(t, "UB", 8, ub, 0, 255);
    check_first(t, "SS", 16, ss, -32768, 32767);
    check_first(t, "US", 16, us, 0, 65535);
    check_first(t, "SL", 32, sl, INT32_MIN, INT32_MAX);
    check_first(t, "UL", 32, ul, 0, UINT32_MAX);
    check_first(t, "SV", 64, sv, (double)INT64_MIN, 7);
    check_first(t, "UV", 64, uv, 1, (double)UINT64_MAX);
}

TEST(companded_audio_is_linear) /* ITU-T G.711, the ends of tables 1 and 2 in 16 bits, as audioop and sox have them */
{
    static const uint8_t mu[3][2] = { { 0x00, 0x80 }, { 0x7F, 0xFF }, { 0x0F, 0x8F } };
    static const uint8_t a[3][2] = { { 0x55, 0xD5 }, { 0x2A, 0xAA }, { 0x45, 0xC5 } };
    check_first(t, "MB", 8, mu[0], -32124, 32124);
    check_first(t, "MB", 8, mu[1], 0, 0);
    check_first(t, "MB", 8, mu[2], -16764, 16764);
    check_first(t, "AB", 8, a[0], -8, 8);
    check_first(t, "AB", 8, a[1], -32256, 32256);
    check_first(t, "AB", 8, a[2], -264, 264);
}

TEST(padding_is_no_value_and_bare_channels_stay_stored)
{
    static const int16_t samples[] = { 1, 2, -32768, -32768, 5, 6 };
    static const int16_t pad = -32768;
    tomo_dataset *ds = make(t, "SS", 16, samples, sizeof samples, 3, true);
    tomo_wave *w = NULL;
    tomo_report *report = NULL;
    tomo_buffer *csv = NULL;
    double v[3];
    CHECK_OK(tomo_dataset_set_bytes(ds, GROUP "WaveformPaddingValue", TOMO_VR('O', 'W'), &pad, 2, &t->err));
    CHECK_OK(tomo_report_new(t->ctx, &report, &t->err));
    CHECK_OK(tomo_wave_read(t->ctx, &w, ds, report, &t->err));
    CHECK_INT(tomo_report_count(report), 1); /* a channel has no definition */
    CHECK_OK(tomo_wave_values(w, 0, 1, v, &t->err));
    CHECK(v[0] == 2 && isnan(v[1]) && v[2] == 6);
    CHECK_OK(tomo_wave_csv(t->ctx, &csv, w, 0, NULL, &t->err));
    CHECK_STR(tomo_buffer_data(csv), "\"time (s)\",\"'=A, or \"\"B\"\" (uV)\",\"Channel 2\"\n"
                                     "0,12.5,2\n0.004,,\n0.008,22.5,6\n");
    tomo_buffer_free(csv);
    tomo_report_free(report);
    tomo_wave_free(w);
    tomo_dataset_free(ds);
}

TEST(a_plot_is_well_formed_and_breaks_where_samples_are_missing)
{
    int16_t samples[2000];
    const int16_t pad = 0;
    tomo_wave *w = NULL;
    tomo_buffer *svg = NULL;
    tomo_wave_plot_options o = TOMO_WAVE_PLOT_OPTIONS_INIT;
    for (int i = 0; i < 2000; i++)
        samples[i] = (int16_t)(i > 800 && i < 1000 ? 0 : 1 + 100 * sin(i * 0.05) + 101);
    tomo_dataset *ds = make(t, "SS", 16, samples, sizeof samples, 1000, false);
    CHECK_OK(tomo_dataset_set_bytes(ds, GROUP "WaveformPaddingValue", TOMO_VR('O', 'W'), &pad, 2, &t->err));
    CHECK_OK(tomo_wave_read(t->ctx, &w, ds, NULL, &t->err));
    CHECK_OK(tomo_wave_svg(t->ctx, &svg, w, 0, &o, NULL, &t->err));
    const char *text = tomo_buffer_data(svg);
    CHECK(strncmp(text, "<svg xmlns=", 11) == 0 && strstr(text, "</svg>"));
    CHECK(strstr(text, "A &amp; B &lt;test&gt;, 250 Hz, 25 mm/s, 10 mm/mV"));
    CHECK(strstr(text, "width=\"140mm\"")); /* 4 s at 25 mm and margins */
    int moves = 0;
    for (const char *p = strstr(text, "stroke-linejoin"); p && (p = strchr(p, 'M')); p++)
        moves++;
    CHECK_INT(moves, 2 + 1 + 2); /* two channels, each broken once; a mark of 1 mV between them */
    tomo_buffer_free(svg);
    o.start = 4;
    CHECK_FAILS(tomo_wave_svg(t->ctx, &svg, w, 0, &o, NULL, &t->err), TOMO_E_ARG);
    o.start = 0;
    o.seconds = 301;
    CHECK_FAILS(tomo_wave_svg(t->ctx, &svg, w, 0, &o, NULL, &t->err), TOMO_E_ARG);
    CHECK_FAILS(tomo_wave_svg(t->ctx, &svg, w, 1, NULL, NULL, &t->err), TOMO_E_NOTFOUND);
    tomo_wave_free(w);
    tomo_dataset_free(ds);
}

TEST(damaged_waveforms_are_named)
{
    static const int16_t samples[] = { 1, 2, 3, 4 };
    static const struct {
        const char *path, *text, *says;
    } wrong[] = {
        { GROUP "NumberOfWaveformSamples", "3", "8 bytes, expected 12" },
        { GROUP "NumberOfWaveformSamples", "4000000000", "(5400,1010)" },
        { GROUP "NumberOfWaveformChannels", "0", "(003A,0005)" },
        { GROUP "SamplingFrequency", "0", "(003A,001A)" },
        { GROUP "WaveformBitsAllocated", "8", "expected 16 for SS" },
        { GROUP "WaveformSampleInterpretation", "XX", "'XX'" },
    };
    for (size_t i = 0; i < TOMO__COUNT(wrong); i++) {
        tomo_dataset *ds = make(t, "SS", 16, samples, sizeof samples, 2, false);
        tomo_wave *w = NULL;
        CHECK_OK(tomo_dataset_set(ds, wrong[i].path, wrong[i].text, &t->err));
        CHECK_FAILS(tomo_wave_read(t->ctx, &w, ds, NULL, &t->err), TOMO_E_FORMAT);
        CHECK(strstr(t->err.message, wrong[i].says) && strstr(t->err.message, "group 1"));
        tomo_dataset_free(ds);
    }
}

TEST(survives_lost_memory)
{
    static const int16_t samples[] = { 1, 2, 3, 4 };
    tomo_dataset *ds = make(t, "SS", 16, samples, sizeof samples, 2, false);
    FAIL_EACH_ALLOC(t)
    {
        tomo_wave *w = NULL;
        tomo_buffer *csv = NULL, *svg = NULL, *npy = NULL, *json = NULL;
        tomo_status st = tomo_wave_read(t->ctx, &w, ds, NULL, &t->err);
        st = st ? st : tomo_wave_csv(t->ctx, &csv, w, 0, NULL, &t->err);
        st = st ? st : tomo_wave_svg(t->ctx, &svg, w, 0, NULL, NULL, &t->err);
        st = st ? st : tomo_wave_npy(t->ctx, &npy, w, 0, &t->err);
        st = st ? st : tomo_object_json(t->ctx, &json, ds, &t->err);
        CHECK(st == TOMO_OK || st == TOMO_E_NOMEM);
        tomo_buffer_free(csv);
        tomo_buffer_free(svg);
        tomo_buffer_free(npy);
        tomo_buffer_free(json);
        tomo_wave_free(w);
    }
    tomo_dataset_free(ds);
}

TEST(an_ecg_is_as_pydicom_reads_it) /* pydicom 3.0 waveform_array(0)[5000] */
{
    tomo_dataset *ds = NULL;
    tomo_wave *w = NULL;
    tomo_wave_group g = { sizeof g };
    tomo_wave_channel c = { sizeof c };
    CHECK_OK(tomo_dataset_open_path(t->ctx, &ds, t_data(t, "dicom/pydicom/waveform_ecg.dcm"), NULL, NULL, &t->err));
    CHECK_OK(tomo_wave_read(t->ctx, &w, ds, NULL, &t->err));
    CHECK_INT(tomo_wave_groups(w), 2);
    CHECK_OK(tomo_wave_group_get(w, 0, &g, &t->err));
    CHECK_STR(g.label, "RHYTHM");
    CHECK_INT(g.channels, 12);
    CHECK_INT(g.samples, 10000);
    CHECK_NEAR(g.frequency, 1000, 0);
    CHECK_OK(tomo_wave_channel_get(w, 0, 3, &c, &t->err));
    CHECK_STR(c.name, "Lead aVR");
    CHECK_STR(c.unit, "uV");
    CHECK_NEAR(c.high_hz, 300, 0);
    double *v = malloc(10000 * sizeof *v);
    static const double at_5000[12] = {
        53.75, 68.75, 15, -61.25, 18.75, 41.25, 68.75, 31.25, 12.5, -50, -87.5, -31.25
    };
    for (size_t i = 0; i < 12; i++) {
        CHECK_OK(tomo_wave_values(w, 0, i, v, &t->err));
        CHECK_NEAR(v[5000], at_5000[i], 1e-9);
    }
    free(v);
    tomo_wave_free(w);
    tomo_dataset_free(ds);
}
