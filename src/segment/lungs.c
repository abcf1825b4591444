/* lungs.c - the lungs in a CT. Air inside the body falls into pieces; each is held against what lung looks like, and
 * only what passes becomes left or right lung:
 *   texture  lung holds blood and tissue: the core (3 mm inside) has a median of -920 to -600 HU, or if the piece is
 *            large (emphysema) at least 50 HU above the air around the patient. Bowel gas and sinuses are plain gas.
 *   volume   at least 15 ml where the field cuts it at the head or feet end, else 40 ml; both lungs at most 9 l.
 *   extent   30 to 230 mm across each lung, at most 450 mm long.
 *   place    both at about the same height, one on each side of the middle.
 * What was not sure enough lowers the confidence and is said in the note. */
#include "lungs.h"

#include <stdio.h>

static tomo_status run(tomo_ctx *ctx, tomo_value *out, const tomo_value *in, const void *opts, tomo_job *job,
                       tomo_error *err)
{
    tomo_image *labels = NULL;
    tomo_status st = tomo_segment_lungs(ctx, &labels, in[0].ptr, opts, job, err);
    if (st == TOMO_OK)
        out[0] = (tomo_value){ TOMO_KIND_LABELS, labels };
    return st;
}

static const tomo_option options[] = {
    { "threshold", TOMO_OPT_DOUBLE, offsetof(tomo_lungs_options, threshold), 1, -400, -900, 0, "HU", NULL, false,
      "below it a voxel inside the body is air or lung" },
    { "close", TOMO_OPT_DOUBLE, offsetof(tomo_lungs_options, close), 1, 3, 0, 30, "mm", NULL, false,
      "radius of the ball that takes vessels into the lungs" },
    { "assume-hu", TOMO_OPT_BOOL, offsetof(tomo_lungs_options, assume_hu), 1, 0, 0, 0, "", NULL, false,
      "take the values as HU even if they do not look so" },
};

const tomo_op tomo__op_lungs = {
    .room = "segment", .name = "lungs",
    .help = "Left and right lung and the airways in a CT, with anatomical checks.",
    .detail = "Labels: 1 left lung, 2 right lung (the patient's), 3 airways where a trachea is seen. Air in the body "
              "is taken for lung only if its texture, volume, extent and place fit; else the rows say why not and the "
              "mask stays empty. Output uint8.",
    .example = "tomo segment lungs chest.nii.gz lungs.nii.gz",
    .in = { { "image", TOMO_KIND_IMAGE, false, "CT in HU" } },
    .out = { { "labels", TOMO_KIND_LABELS, false, "1 left, 2 right, 3 airways" } },
    .options = options, .n_options = TOMO__COUNT(options), .opts_size = sizeof(tomo_lungs_options), .run = run,
};

/* Middle of the body along x, and whether the field cuts it at a side. */
static tomo_status measure_middle(tomo__lung_search *f, tomo_error *err)
{
    int64_t *count = NULL, n = 0;
    double sum = 0;
    tomo_status st = tomo__planes(&f->body, 0, &count, err);
    for (int64_t x = 0; x < f->body.n[0] && st == TOMO_OK; x++)
        n += count[x], sum += (double)count[x] * (double)x;
    tomo__free(f->s->ctx, count);
    f->mid_x = n ? sum / (double)n : 0;
    for (int a = 0; a < 2 && st == TOMO_OK; a++) {
        double low = 0, high = 0;
        st = tomo__cut(&f->body, a, &low, &high, err);
        f->cut_side |= low > 0.2 || high > 0.2;
    }
    /* air lies to the sides of the chest: where more body than air is, there is the other half of it */
    const double all = (double)(f->body.n[0] * f->body.n[1] * f->body.n[2]);
    const double air_x = (double)n < all ? ((double)(f->body.n[0] - 1) / 2 * all - sum) / (all - (double)n) : f->mid_x;
    f->inward = f->mid_x > air_x ? 1 : -1;
    return st;
}

/* Take vessels and nodules into a lung, nothing of the other one or of the airways. */
static tomo_status smooth(tomo__lung_search *f, tomo__bits *lung, const tomo__bits *other, tomo_job *job,
                          tomo_error *err)
{
    tomo__bits closed = { 0 };
    tomo_status st = tomo__bits_copy(&closed, lung, err);
    if (st == TOMO_OK && f->o->close > 0)
        st = tomo__bits_dilate(&closed, f->s->spacing, f->o->close, job, err);
    if (st == TOMO_OK && f->o->close > 0)
        st = tomo__bits_erode(&closed, f->s->spacing, f->o->close, job, err);
    if (st == TOMO_OK)
        st = tomo__fill(&closed, true, 0, job, err);
    if (st == TOMO_OK) {
        tomo__bits_or(lung, &closed);
        tomo__bits_and(lung, &f->body);
        tomo__bits_minus(lung, other);
        if (f->airways.w)
            tomo__bits_minus(lung, &f->airways);
    }
    tomo__bits_free(&closed);
    return st;
}

/* What a finished lung measures. */
typedef struct lung {
    double ml, hu, z; /* z: center, mm */
    bool cut;         /* by the head or feet end of the field */
} lung;

static tomo_status measure_lung(const tomo__lung_search *f, const tomo__bits *b, lung *out, tomo_error *err)
{
    tomo__profile p = { 0 };
    int64_t *count = NULL;
    double sum = 0;
    tomo_status st = tomo__profile_of(b, f->s->hu, &p, err);
    *out = (lung){ (double)p.voxels * f->s->ml, p.mean, 0, false };
    if (st == TOMO_OK)
        st = tomo__planes(b, 2, &count, err);
    if (st != TOMO_OK || !p.voxels) {
        tomo__free(b->ctx, count);
        return st;
    }
    for (int64_t z = 0; z < b->n[2]; z++)
        sum += (double)count[z] * (double)z;
    out->cut = count[0] || count[b->n[2] - 1];
    out->z = sum / (double)p.voxels * f->s->spacing[2];
    tomo__free(b->ctx, count);
    return TOMO_OK;
}

static void lung_row(tomo_label *row, bool left, const lung *me, const lung *other, const tomo__lung_search *f)
{
    static const uint8_t blue[3] = { 90, 150, 220 }, green[3] = { 90, 190, 170 };
    const char *name = left ? "left lung" : "right lung", *code = left ? "44029006" : "3341006";
    const uint8_t *color = left ? blue : green;
    const int32_t value = left ? TOMO_LUNG_LEFT : TOMO_LUNG_RIGHT;
    if (me->ml <= 0) {
        const char *why = f->reason[0] ? f->reason : other->ml > 0 ? "only the other lung was found"
                                                                   : "no air inside the body is large enough";
        tomo__label_row(row, value, name, code, color, 0.0, "not in the field: %s", why);
        return;
    }
    const bool alone = other->ml <= 0, uneven = !alone && (me->ml > 2.5 * other->ml || other->ml > 2.5 * me->ml);
    const bool small = me->ml < 400, odd_hu = me->hu > -650 || me->hu < -920;
    const double sure = 0.9 * (me->cut ? 0.8 : 1) * (alone ? 0.6 : 1) * (uneven ? 0.7 : 1) * (small ? 0.8 : 1) *
                        (odd_hu ? 0.8 : 1) * (f->guessed ? 0.7 : 1);
    tomo__label_row(row, value, name, code, color, sure, "%.6g ml, mean %.0f HU%s%s%s%s%s", me->ml, me->hu,
                    me->cut ? "; cut by the field" : "", small ? "; only a part, or small" : "",
                    alone ? "; the other lung was not found" : "", uneven ? "; much unlike the other in volume" : "",
                    f->guessed ? "; side guessed: the field cuts the body" : "");
}

/* Last checks over both lungs: what fails empties them and says why. */
static void check_pair(tomo__lung_search *f, lung *a, lung *b)
{
    const bool bad_a = a->ml > 0 && (a->hu < -960 || a->hu > -550), bad_b = b->ml > 0 && (b->hu < -960 || b->hu > -550);
    f->reason[0] = '\0';
    if (bad_a || bad_b)
        snprintf(f->reason, sizeof f->reason, "a mean of %.0f HU is not that of lung (-950 to -600)",
                 bad_a ? a->hu : b->hu);
    if (a->ml + b->ml > 9000 || a->ml > 6000 || b->ml > 6000)
        snprintf(f->reason, sizeof f->reason, "%.0f and %.0f ml are more than lungs hold", a->ml, b->ml);
    if (a->ml > 0 && b->ml > 0 && fabs(a->z - b->z) > 100)
        snprintf(f->reason, sizeof f->reason, "the two air spaces lie %.0f mm apart in height", fabs(a->z - b->z));
    if ((a->ml > 0) != (b->ml > 0) && !a->cut && !b->cut && a->ml + b->ml < 300)
        snprintf(f->reason, sizeof f->reason, "one air space of %.0f ml is no lung", a->ml + b->ml);
    if (f->reason[0]) {
        tomo__bits_clear(&f->low), tomo__bits_clear(&f->high);
        *a = *b = (lung){ 0 };
    }
}

/* Pieces of f->air to lungs at low and high x. */
static tomo_status find_pair(tomo__lung_search *f, tomo_job *job, tomo_error *err)
{
    f->reason[0] = '\0';
    tomo__bits_free(&f->low), tomo__bits_free(&f->high);
    tomo_status st = tomo__lung_pieces(f, job, err);
    return st == TOMO_OK ? tomo__lung_sides(f, job, err) : st;
}

static tomo_status search_lungs(tomo__lung_search *f, tomo_job *job, tomo_error *err)
{
    const tomo__scan *s = f->s;
    int32_t limbs;
    tomo_status st = tomo__body(s, &f->body, -300, 4, &limbs, job, err);
    if (st == TOMO_OK)
        st = measure_middle(f, err);
    if (st == TOMO_OK)
        st = tomo__lung_outside(f, job, err);
    if (st == TOMO_OK)
        st = tomo__bits_range(s->ctx, &f->air, s->hu, -INFINITY, nextafter(f->o->threshold, -INFINITY), NULL, err);
    if (st != TOMO_OK)
        return st;
    tomo__bits_and(&f->air, &f->body);
    st = tomo__airways(s, &f->air, f->gas_hu, f->mid_x, &f->airways, job, err);
    if (st == TOMO_OK) {
        tomo__bits_minus(&f->air, &f->airways);
        st = find_pair(f, job, err);
    }
    if (st == TOMO_OK && tomo__bits_count(&f->airways) && !(tomo__bits_count(&f->low) && tomo__bits_count(&f->high))) {
        /* without a lung on both sides what looked like a trachea is a bronchus, a pharynx or bowel */
        tomo__bits_or(&f->air, &f->airways);
        tomo__bits_clear(&f->airways);
        st = find_pair(f, job, err);
    }
    if (st == TOMO_OK)
        st = smooth(f, &f->low, &f->high, job, err);
    if (st == TOMO_OK)
        st = smooth(f, &f->high, &f->low, job, err);
    return st;
}

/* Rows and sets in the order left, right, airways; returns how many rows. */
static size_t name_sides(tomo__lung_search *f, const lung *low, const lung *high, tomo__bits sets[3],
                         tomo_label rows[3])
{
    const bool low_is_right = f->s->sense[0] > 0; /* x grows to the left */
    static const uint8_t pink[3] = { 230, 120, 160 };
    sets[0] = low_is_right ? f->high : f->low;
    sets[1] = low_is_right ? f->low : f->high;
    sets[2] = f->airways;
    lung_row(&rows[0], true, low_is_right ? high : low, low_is_right ? low : high, f);
    lung_row(&rows[1], false, low_is_right ? low : high, low_is_right ? high : low, f);
    /* a trachea without a lung is a pharynx or a bowel loop */
    const double ml = f->airways.w && low->ml + high->ml > 0 ? (double)tomo__bits_count(&f->airways) * f->s->ml : 0;
    if (ml <= 0)
        return 2;
    tomo__label_row(&rows[2], TOMO_LUNG_AIRWAYS, "trachea and airways", "44567001", pink, 0.7,
                    "%.4g ml of lumen connected to the trachea", ml);
    return 3;
}

tomo_status tomo_segment_lungs(tomo_ctx *ctx, tomo_image **out, const tomo_image *in, const tomo_lungs_options *opts,
                               tomo_job *job, tomo_error *err)
{
    tomo_lungs_options o;
    tomo__scan s = { 0 };
    tomo__lung_search f = { .s = &s, .o = &o };
    lung low = { 0 }, high = { 0 };
    tomo__bits sets[3];
    tomo_label rows[3];
    tomo_status st = tomo__op_begin(&tomo__op_lungs, &o, opts, err);
    if (st == TOMO_OK)
        st = tomo__segment_check(in, "lungs", err);
    if (st == TOMO_OK)
        st = tomo__scan_open(ctx, &s, in, o.assume_hu, NULL, err);
    if (st == TOMO_OK && s.is_hu) {
        st = search_lungs(&f, job, err);
        if (st == TOMO_OK)
            st = measure_lung(&f, &f.low, &low, err);
        if (st == TOMO_OK)
            st = measure_lung(&f, &f.high, &high, err);
        if (st == TOMO_OK && low.ml + high.ml > 0)
            check_pair(&f, &low, &high);
    }
    if (st == TOMO_OK) {
        const size_t n = name_sides(&f, &low, &high, sets, rows);
        for (int i = 0; i < 2 && !s.is_hu; i++)
            snprintf(rows[i].note, sizeof rows[i].note, "declined: %s", s.why);
        st = tomo__scan_out(ctx, out, &s, sets, n, in, rows, NULL, err);
    }
    tomo__bits_free(&f.body), tomo__bits_free(&f.air), tomo__bits_free(&f.airways);
    tomo__bits_free(&f.low), tomo__bits_free(&f.high);
    tomo__scan_close(&s);
    return st;
}
