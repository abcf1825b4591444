/* wave_read.c - waveforms (PS3.3 A.34, C.10.9): groups, channels and their samples, and what the object says. */
#include "object/wave_internal.h"

#include <math.h>
#include <stdio.h>

#include "dicom/dicom_internal.h"
#include "object/items.h"

enum {
    WAVEFORMS = 0x54000100, /* Waveform Sequence */
    DEFINITIONS = 0x003A0200,
    ANNOTATIONS = 0x0040B020,
    WAVEFORM_DATA = 0x54001010,
    PADDING = 0x5400100A,
};

static void take_text(const tomo_dataset *ds, tomo_tag tag, char *to, size_t room)
{
    to[0] = 0;
    if (ds)
        tomo_dataset_text(ds, tag, 0, to, room);
    to[tomo__utf8_valid(to, strlen(to))] = 0;
}

static double number_or(const tomo_dataset *ds, tomo_tag tag, double other)
{
    double v;
    return tomo_dataset_double(ds, tag, 0, &v) && isfinite(v) ? v : other;
}

/* ---- channels ------------------------------------------------------------------------------------------------ */

/* A channel whose definition is absent keeps its stored values, without a unit. */
static void read_channel(tomo_wave_channel *c, const tomo_dataset *item, size_t number, double frequency)
{
    const tomo_dataset *source = item ? tomo_dataset_item(item, 0x003A0208, 0) : NULL;
    *c = (tomo_wave_channel){
        .struct_size = sizeof *c, .sensitivity = 1, .low_hz = NAN, .high_hz = NAN, .notch_hz = NAN
    };
    take_text(item, 0x003A0203, c->name, sizeof c->name);
    if (!c->name[0])
        take_text(source, 0x00080104, c->name, sizeof c->name);
    if (!c->name[0])
        snprintf(c->name, sizeof c->name, "Channel %zu", number);
    take_text(source, 0x00080100, c->code, sizeof c->code);
    take_text(source, 0x00080102, c->scheme, sizeof c->scheme);
    if (!item)
        return;
    c->low_hz = number_or(item, 0x003A0220, NAN);
    c->high_hz = number_or(item, 0x003A0221, NAN);
    c->notch_hz = number_or(item, 0x003A0222, NAN);
    c->skew_s = number_or(item, 0x003A0214, number_or(item, 0x003A0215, 0) / frequency);
    if (tomo_dataset_values(item, 0x003A0210) == 0)
        return;
    c->sensitivity = number_or(item, 0x003A0210, 1) * number_or(item, 0x003A0212, 1);
    c->baseline = number_or(item, 0x003A0213, 0);
    take_text(tomo_dataset_item(item, 0x003A0211, 0), 0x00080100, c->unit, sizeof c->unit);
}

/* ---- groups -------------------------------------------------------------------------------------------------- */

static const struct {
    char name[3];
    int bits;
} interpretations[] = { { "SB", 8 },  { "UB", 8 },  { "MB", 8 },  { "AB", 8 },  { "SS", 16 },
                        { "US", 16 }, { "SL", 32 }, { "UL", 32 }, { "SV", 64 }, { "UV", 64 } };

static tomo_status check_samples(const tomo_wave_group *g, tomo_error *err)
{
    for (size_t i = 0; i < TOMO__COUNT(interpretations); i++)
        if (strcmp(g->interpretation, interpretations[i].name) == 0) {
            if (g->bits == interpretations[i].bits)
                return TOMO_OK;
            return tomo__fail(err, TOMO_E_FORMAT, "(5400,1004) Waveform Bits Allocated is %d, expected %d for %s",
                              (int)g->bits, interpretations[i].bits, g->interpretation);
        }
    return tomo__fail(err, TOMO_E_FORMAT, "(5400,1006) Waveform Sample Interpretation is '%s'", g->interpretation);
}

/* One stored sample; companded ones as they are. */
static int64_t stored(const tomo__wave_group *g, const uint8_t *p)
{
    const char kind = g->is.interpretation[0];
    uint8_t b[8];
    const size_t bytes = (size_t)g->is.bits / 8;
    memcpy(b, p, bytes);
    if (g->swap)
        for (size_t i = 0; i + 1 < bytes; i += 2) { /* OW: words of 16 bits are turned (PS3.5 7.3) */
            const uint8_t t = b[i];
            b[i] = b[i + 1], b[i + 1] = t;
        }
    switch (bytes) {
    case 1:
        return kind == 'S' ? (int8_t)b[0] : b[0];
    case 2:
        return kind == 'S' ? (int16_t)tomo__le16(b) : tomo__le16(b);
    case 4:
        return kind == 'S' ? (int32_t)tomo__le32(b) : (int64_t)tomo__le32(b);
    default:
        return (int64_t)tomo__le64(b);
    }
}

static tomo_status find_data(tomo__wave_group *g, const tomo_dataset *item, tomo_error *err)
{
    const tomo__elem *e = tomo__ds_elem(item, WAVEFORM_DATA), *pad = tomo__ds_elem(item, PADDING);
    size_t need;
    if (!tomo__mul(g->is.samples, g->is.channels, &need) || !tomo__mul(need, (size_t)g->is.bits / 8, &need))
        return tomo__fail(err, TOMO_E_FORMAT, "%zu samples of %zu channels are too many", g->is.samples,
                          g->is.channels);
    if (!e || (e->flags & (ELEM_SEQUENCE | ELEM_ENCAPSULATED)) || e->length < need)
        return tomo__fail(err, TOMO_E_FORMAT,
                          "(5400,1010) Waveform Data has %llu bytes, expected %zu (%zu samples, "
                          "%zu channels, %d bits)",
                          (unsigned long long)(e ? e->length : 0), need, g->is.samples, g->is.channels,
                          (int)g->is.bits);
    g->data = need ? tomo__ds_value(item, e) : (const uint8_t *)"";
    if (!g->data)
        return tomo__fail(err, TOMO_E_IO, "(5400,1010) Waveform Data can't be read");
    g->swap = e->vr == TOMO_VR('O', 'W') && tomo__ds_big(item, e);
    const uint8_t *value = pad && pad->length >= (size_t)g->is.bits / 8 ? tomo__ds_value(item, pad) : NULL;
    if (value) {
        g->is.has_padding = true;
        g->padding = stored(g, value);
    }
    return TOMO_OK;
}

static tomo_status read_group(tomo_wave *w, tomo__wave_group *g, const tomo_dataset *item, tomo_report *report,
                              tomo_error *err)
{
    int64_t channels, samples, bits = 0;
    g->is.struct_size = sizeof g->is;
    take_text(item, 0x003A0020, g->is.label, sizeof g->is.label);
    take_text(item, 0x003A0004, g->is.originality, sizeof g->is.originality);
    take_text(item, 0x54001006, g->is.interpretation, sizeof g->is.interpretation);
    if (!tomo_dataset_int(item, 0x003A0005, 0, &channels) || channels < 1)
        return tomo__fail(err, TOMO_E_FORMAT, "(003A,0005) Number of Waveform Channels is absent or below 1");
    if (!tomo_dataset_int(item, 0x003A0010, 0, &samples) || samples < 0)
        return tomo__fail(err, TOMO_E_FORMAT, "(003A,0010) Number of Waveform Samples is absent");
    if (!tomo_dataset_double(item, 0x003A001A, 0, &g->is.frequency) || !(g->is.frequency > 0) ||
        !isfinite(g->is.frequency))
        return tomo__fail(err, TOMO_E_FORMAT, "(003A,001A) Sampling Frequency is absent or not above 0");
    tomo_dataset_int(item, 0x54001004, 0, &bits);
    g->is.bits = bits > 0 && bits <= 64 ? (int32_t)bits : 0;
    g->is.channels = (size_t)channels;
    g->is.samples = (size_t)samples;
    g->is.offset_ms = number_or(item, 0x00181068, 0);
    tomo_status st = check_samples(&g->is, err);
    st = st ? st : find_data(g, item, err);
    if (st)
        return st;
    if (channels > 65535)
        return tomo__fail(err, TOMO_E_FORMAT, "(003A,0005) Number of Waveform Channels is %lld", (long long)channels);
    g->channel = TOMO__ARRAY(w->ctx, channels, tomo_wave_channel);
    if (!g->channel)
        return tomo__no_memory(w->ctx, err, (size_t)channels * sizeof *g->channel, "channels");
    size_t without = 0;
    for (size_t i = 0; i < g->is.channels; i++) {
        const tomo_dataset *c = tomo_dataset_item(item, DEFINITIONS, i);
        without += !c;
        read_channel(&g->channel[i], c, i + 1, g->is.frequency);
    }
    if (without)
        tomo__remark(report, "%zu of %zu channels have no definition: stored values without a unit", without,
                     g->is.channels);
    return TOMO_OK;
}

tomo_status tomo_wave_read(tomo_ctx *ctx, tomo_wave **out, const tomo_dataset *ds, tomo_report *report, tomo_error *err)
{
    if (!ctx || !out || !ds)
        return tomo__fail(err, TOMO_E_ARG, "tomo_wave_read: ctx, out and ds must not be NULL");
    const tomo__elem *e = tomo__ds_elem(ds, WAVEFORMS);
    if (!e || !(e->flags & ELEM_SEQUENCE) || !e->n_items)
        return tomo__fail(err, TOMO_E_UNSUPPORTED, "(5400,0100) Waveform Sequence is absent or empty");
    tomo_wave *w = TOMO__ARRAY(ctx, 1, tomo_wave);
    if (!w)
        return tomo__no_memory(ctx, err, sizeof *w, "a waveform");
    w->ctx = tomo__ctx_ref(ctx);
    w->group = TOMO__ARRAY(ctx, e->n_items, tomo__wave_group);
    tomo_status st = w->group ? TOMO_OK : tomo__no_memory(ctx, err, e->n_items * sizeof *w->group, "groups");
    for (size_t i = 0; st == TOMO_OK && i < e->n_items; i++) {
        w->groups = i + 1;
        st = read_group(w, &w->group[i], tomo_dataset_item(ds, WAVEFORMS, i), report, err);
        if (st)
            st = tomo__fail_in(err, st, "multiplex group %zu", i + 1);
    }
    if (st)
        tomo_wave_free(w);
    else
        *out = w;
    return st;
}

void tomo_wave_free(tomo_wave *wave)
{
    if (!wave)
        return;
    tomo_ctx *ctx = wave->ctx;
    for (size_t i = 0; i < wave->groups; i++)
        tomo__free(ctx, wave->group[i].channel);
    tomo__free(ctx, wave->group);
    tomo__free(ctx, wave);
    tomo__ctx_unref(ctx);
}

/* ---- access -------------------------------------------------------------------------------------------------- */

size_t tomo_wave_groups(const tomo_wave *wave) { return wave ? wave->groups : 0; }

tomo_status tomo_wave_group_get(const tomo_wave *wave, size_t group, tomo_wave_group *out, tomo_error *err)
{
    if (!wave || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_wave_group_get: wave and out must not be NULL");
    if (group >= wave->groups)
        return tomo__fail(err, TOMO_E_NOTFOUND, "multiplex group %zu is asked for, the object has %zu", group + 1,
                          wave->groups);
    const uint32_t size = out->struct_size ? out->struct_size : (uint32_t)sizeof *out;
    memcpy(out, &wave->group[group].is, TOMO__MIN(size, sizeof *out));
    out->struct_size = size;
    return TOMO_OK;
}

tomo_status tomo_wave_channel_get(const tomo_wave *wave, size_t group, size_t channel, tomo_wave_channel *out,
                                  tomo_error *err)
{
    if (!wave || !out)
        return tomo__fail(err, TOMO_E_ARG, "tomo_wave_channel_get: wave and out must not be NULL");
    if (group >= wave->groups || channel >= wave->group[group].is.channels)
        return tomo__fail(err, TOMO_E_NOTFOUND, "channel %zu of group %zu is asked for, there is none", channel + 1,
                          group + 1);
    const uint32_t size = out->struct_size ? out->struct_size : (uint32_t)sizeof *out;
    memcpy(out, &wave->group[group].channel[channel], TOMO__MIN(size, sizeof *out));
    out->struct_size = size;
    return TOMO_OK;
}

/* ITU-T G.711 table 2a/2b and 1a/1b, scaled to 16 bits. */
static int mu_law(uint8_t code)
{
    const int u = ~code & 0xff, value = (((u & 15) << 3) + 132) << ((u >> 4) & 7);
    return u & 128 ? 132 - value : value - 132;
}

static int a_law(uint8_t code)
{
    const int a = code ^ 0x55, segment = (a >> 4) & 7, low = ((a & 15) << 4) + 8;
    const int value = segment ? (low + 256) << (segment - 1) : low;
    return a & 128 ? value : -value;
}

tomo_status tomo_wave_values(const tomo_wave *wave, size_t group, size_t channel, double *to, tomo_error *err)
{
    tomo_wave_channel c = { sizeof c };
    if (!to)
        return tomo__fail(err, TOMO_E_ARG, "tomo_wave_values: to must not be NULL");
    const tomo_status st = tomo_wave_channel_get(wave, group, channel, &c, err);
    if (st)
        return st;
    const tomo__wave_group *g = &wave->group[group];
    const size_t bytes = (size_t)g->is.bits / 8;
    const char law = g->is.interpretation[0];
    for (size_t i = 0; i < g->is.samples; i++) {
        const int64_t s = stored(g, g->data + (i * g->is.channels + channel) * bytes);
        double v = (double)s;
        if (law == 'M')
            v = mu_law((uint8_t)s);
        else if (law == 'A')
            v = a_law((uint8_t)s);
        else if (strcmp(g->is.interpretation, "UV") == 0)
            v = (double)(uint64_t)s;
        to[i] = g->is.has_padding && s == g->padding ? NAN : v * c.sensitivity + c.baseline;
    }
    return TOMO_OK;
}

/* ---- facts --------------------------------------------------------------------------------------------------- */

static void num_if(tomo__json *j, const char *key, double value)
{
    if (isnan(value))
        return;
    tomo__json_key(j, key);
    tomo__json_num(j, value);
}

static void group_facts(tomo__json *j, const tomo__wave_group *g)
{
    tomo__json_open(j, '{');
    tomo__json_member(j, "label", g->is.label);
    tomo__json_member(j, "originality", g->is.originality);
    tomo__json_key(j, "samples"), tomo__json_uint(j, g->is.samples);
    num_if(j, "frequencyHz", g->is.frequency);
    num_if(j, "seconds", (double)g->is.samples / g->is.frequency);
    if (g->is.offset_ms != 0)
        num_if(j, "offsetMs", g->is.offset_ms);
    tomo__json_member(j, "interpretation", g->is.interpretation);
    tomo__json_key(j, "padding"), tomo__json_bool(j, g->is.has_padding);
    tomo__json_key(j, "channels");
    tomo__json_open(j, '[');
    for (size_t i = 0; i < g->is.channels; i++) {
        const tomo_wave_channel *c = &g->channel[i];
        tomo__json_open(j, '{');
        tomo__json_member(j, "name", c->name);
        tomo__json_member(j, "code", c->code);
        tomo__json_member(j, "codeScheme", c->scheme);
        tomo__json_member(j, "unit", c->unit);
        num_if(j, "sensitivity", c->sensitivity);
        num_if(j, "baseline", c->baseline);
        if (c->skew_s != 0)
            num_if(j, "skewSeconds", c->skew_s);
        num_if(j, "lowHz", c->low_hz);
        num_if(j, "highHz", c->high_hz);
        num_if(j, "notchHz", c->notch_hz);
        tomo__json_close(j, '}');
    }
    tomo__json_close(j, ']');
    tomo__json_close(j, '}');
}

/* Waveform Annotation Module (C.10.10): a text, or a name with a code or a number; where it belongs. */
static void annotation_facts(tomo__json *j, const tomo_dataset *a)
{
    tomo__json_open(j, '{');
    tomo__fact_text(j, "text", a, 0x00700006);
    tomo__fact_text(j, "name", tomo_dataset_item(a, 0x0040A043, 0), 0x00080104);
    tomo__fact_text(j, "value", tomo_dataset_item(a, 0x0040A168, 0), 0x00080104);
    tomo__fact_nums(j, "numbers", a, 0x0040A30A);
    tomo__fact_text(j, "unit", tomo_dataset_item(a, 0x004008EA, 0), 0x00080100);
    tomo__fact_num(j, "group", a, 0x0040A180);
    tomo__fact_nums(j, "channels", a, 0x0040A0B0);
    tomo__fact_text(j, "range", a, 0x0040A130);
    tomo__fact_nums(j, "samples", a, 0x0040A132);
    tomo__fact_nums(j, "timeOffsets", a, 0x0040A138);
    tomo__fact_text(j, "times", a, 0x0040A13A);
    tomo__json_close(j, '}');
}

static tomo_status facts(tomo_ctx *ctx, tomo__json *j, const tomo_dataset *ds, tomo_error *err)
{
    tomo_wave *w = NULL;
    const tomo_status st = tomo_wave_read(ctx, &w, ds, NULL, err);
    const tomo_dataset *a;
    char uid[65] = "";
    if (st)
        return st;
    tomo_dataset_text(ds, 0x00080016, 0, uid, sizeof uid);
    const char *name = tomo_uid_name(uid);
    if (name)
        tomo__json_member(j, "class", name);
    tomo__fact_text(j, "acquired", ds, 0x0008002A);
    tomo__json_key(j, "groups");
    tomo__json_open(j, '[');
    for (size_t i = 0; i < w->groups; i++)
        group_facts(j, &w->group[i]);
    tomo__json_close(j, ']');
    if (tomo_dataset_item(ds, ANNOTATIONS, 0)) {
        tomo__json_key(j, "annotations");
        tomo__json_open(j, '[');
        for (size_t i = 0; (a = tomo_dataset_item(ds, ANNOTATIONS, i)) != NULL; i++)
            annotation_facts(j, a);
        tomo__json_close(j, ']');
    }
    tomo_wave_free(w);
    return TOMO_OK;
}

#define WAVE "1.2.840.10008.5.1.4.1.1.9."
static const char *const classes[] = { WAVE "1.1", WAVE "1.2", WAVE "1.3", WAVE "1.4", WAVE "2.1", WAVE "3.1",
                                       WAVE "4.1", WAVE "4.2", WAVE "5.1", WAVE "6.1", WAVE "6.2", WAVE "7.1",
                                       WAVE "7.2", WAVE "7.3", WAVE "7.4", WAVE "8.1", NULL };
const tomo__object_row tomo__object_wave = { { "waveform", "Waveform", false, false }, classes, NULL, facts };
