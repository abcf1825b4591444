/* lungs.c - the lungs in a CT. Air inside the body falls into pieces; each is held against what lung looks like, and
 * only what passes becomes left or right lung:
 *   texture  lung holds blood and tissue: the core (3 mm inside) has a median of -920 to -600 HU, or if the piece is
 *            large (emphysema) at least 50 HU above the air around the patient. Bowel gas and sinuses are plain gas.
 *   volume   at least 15 ml where the field cuts it at the head or feet end, else 40 ml; both lungs at most 9 l.
 *   extent   30 to 230 mm across each lung, at most 450 mm long.
 *   place    both at about the same height, one on each side of the middle.
 * What was not sure enough lowers the confidence and is said in the note. */
#include "anatomy.h"

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

typedef struct search { /* one run of the search */
    const tomo__scan *s;
    const tomo_lungs_options *o;
    tomo__bits body, air, low, high; /* low, high: the lungs at low and at high x */
    tomo__bits airways;
    double gas_hu, mid_x;            /* air outside the patient; middle of the body, as an index */
    int inward;                      /* towards which end of x the middle lies, if the field shows one half */
    bool cut_side, guessed;          /* the field cuts the body at a side; left or right is a guess */
    char reason[120];                /* why nothing was found */
} search;

/* Middle of the body along x, and whether the field cuts it at a side. */
static void measure_middle(search *f)
{
    double sum = 0;
    int64_t n = 0;
    for (int64_t row = 0; row < f->body.n[1] * f->body.n[2]; row++)
        for (int64_t i = 0; i < f->body.words; i++)
            for (uint64_t v = f->body.w[row * f->body.words + i]; v; v &= v - 1)
                sum += (double)(i * 64 + __builtin_ctzll(v)), n++;
    f->mid_x = n ? sum / (double)n : 0;
    for (int a = 0; a < 2; a++) {
        double low, high;
        tomo__cut(&f->body, a, &low, &high);
        f->cut_side |= low > 0.2 || high > 0.2;
    }
    /* air lies to the sides of the chest: where more body than air is, there is the other half of it */
    const double all = (double)(f->body.n[0] * f->body.n[1] * f->body.n[2]);
    const double air_x = (double)n < all ? ((double)(f->body.n[0] - 1) / 2 * all - sum) / (all - (double)n) : f->mid_x;
    f->inward = f->mid_x > air_x ? 1 : -1;
}

/* Does one piece of air look like lung? `core` is its inside. */
static bool looks_like_lung(const search *f, const tomo__part *p, const tomo__profile *core)
{
    const double ml = (double)p->voxels * f->s->ml;
    const bool cut = p->lo[2] == 0 || p->hi[2] == f->air.n[2] - 1;
    double mm[3];
    for (int a = 0; a < 3; a++)
        mm[a] = (p->hi[a] - p->lo[a] + 1) * f->s->spacing[a];
    if (ml < (cut ? 15 : 40) || mm[0] < 30 || mm[1] < 30 || mm[0] > 450 || mm[1] > 350 || mm[2] > 450)
        return false;
    if (core->voxels * 20 < p->voxels || core->median > -600)
        return false;
    return (core->median <= -920 || core->gas > 0.25) ? ml > 500 && core->median > f->gas_hu + 50 : true;
}

/* Take the pieces of f->air that look like lung, as one set in f->low. */
static tomo_status take_pieces(search *f, tomo_job *job, tomo_error *err)
{
    const tomo__scan *s = f->s;
    tomo__runs r = { 0 };
    tomo__part *p = NULL;
    tomo__bits inner = { 0 }, one = { 0 };
    uint8_t *keep = NULL;
    tomo_status st = tomo__bits_copy(&inner, &f->air, err);
    if (st == TOMO_OK)
        st = tomo__bits_erode(&inner, s->spacing, fmax(3, fmin(s->spacing[0], s->spacing[2])), job, err);
    if (st == TOMO_OK)
        st = tomo__runs_new(s->ctx, &r, &f->air, false, TOMO_CONNECT_6, false, job, err);
    if (st == TOMO_OK)
        st = tomo__parts_measure(&r, s->hu, 0, &p, err);
    if (st == TOMO_OK)
        st = tomo__bits_new(s->ctx, &one, f->air.n, err);
    if (st == TOMO_OK)
        st = tomo__bits_new(s->ctx, &f->low, f->air.n, err);
    keep = st == TOMO_OK ? TOMO__ARRAY(s->ctx, r.parts + 1, uint8_t) : NULL;
    if (st == TOMO_OK && !keep)
        st = tomo__no_memory(s->ctx, err, (size_t)r.parts, "components");
    for (int64_t i = 0; i < r.parts && st == TOMO_OK; i++) {
        tomo__profile core;
        if ((double)p[i].voxels * s->ml < 15)
            continue;
        keep[i] = 1;
        tomo__bits_clear(&one);
        tomo__runs_paint(&r, keep, &one);
        keep[i] = 0;
        tomo__bits_and(&one, &inner);
        st = tomo__profile_of(&one, s->hu, &core, err);
        if (st == TOMO_OK && looks_like_lung(f, &p[i], &core)) {
            keep[i] = 1;
            tomo__runs_paint(&r, keep, &f->low);
            keep[i] = 0;
        } else if (st == TOMO_OK && !f->reason[0]) {
            snprintf(f->reason, sizeof f->reason, "air of %.0f ml has a median of %.0f HU inside: gas, not lung",
                     (double)p[i].voxels * s->ml, core.median);
        }
        if (st == TOMO_OK)
            st = tomo__job_step(job, (double)i / (double)r.parts, err);
    }
    tomo__free(s->ctx, keep);
    tomo__free(s->ctx, p);
    tomo__runs_free(&r);
    tomo__bits_free(&inner);
    tomo__bits_free(&one);
    return st;
}

/* The two largest pieces and where they are: the middle between two lungs, else that of the body, else a guess from
 * where the air around the patient is. Returns the piece that is both lungs in one, or -1. */
static int64_t find_middle(search *f, const tomo__part *p, int64_t parts)
{
    int64_t first = -1, second = -1;
    for (int64_t i = 0; i < parts; i++) {
        if (first < 0 || p[i].voxels > p[first].voxels)
            second = first, first = i;
        else if (second < 0 || p[i].voxels > p[second].voxels)
            second = i;
    }
    if (first < 0)
        return -1;
    const double dx = f->s->spacing[0], x = (double)p[first].sum[0] / (double)p[first].voxels;
    if ((p[first].hi[0] - p[first].lo[0]) * dx > 180)
        return first;
    if (second >= 0 && p[second].voxels * 8 >= p[first].voxels) {
        const double other = (double)p[second].sum[0] / (double)p[second].voxels;
        if (fabs(x - other) * dx > 40) {
            f->mid_x = (x + other) / 2;
            return -1;
        }
    }
    f->guessed = f->cut_side;
    if (f->cut_side)
        f->mid_x = f->inward > 0 ? (double)f->body.n[0] : -1;
    return -1;
}

/* Part one piece that is both lungs: its halves into f->low and f->high. */
static tomo_status part_piece(search *f, tomo__bits *piece, tomo_job *job, tomo_error *err)
{
    tomo__bits half = { 0 };
    bool parted = false;
    tomo_status st = tomo__part_sides(f->s, piece, &half, &parted, job, err);
    if (st == TOMO_OK && parted) {
        tomo__bits_or(&f->high, &half);
        tomo__bits_or(&f->low, piece);
    } else if (st == TOMO_OK) {
        snprintf(f->reason, sizeof f->reason, "air on both sides of the middle does not come apart into two lungs");
    }
    tomo__bits_free(&half);
    return st;
}

/* Pieces of f->low to the sides of the middle; a piece on both sides is parted. */
static tomo_status sort_sides(search *f, tomo_job *job, tomo_error *err)
{
    const tomo__scan *s = f->s;
    tomo__runs r;
    tomo__part *p = NULL;
    tomo__bits piece = { 0 };
    int64_t both = -1;
    tomo_status st = tomo__runs_new(s->ctx, &r, &f->low, false, TOMO_CONNECT_6, false, job, err);
    if (st != TOMO_OK)
        return st;
    st = tomo__parts_measure(&r, s->hu, 0, &p, err);
    uint8_t *keep = TOMO__ARRAY(s->ctx, r.parts + 1, uint8_t);
    if (st == TOMO_OK && !keep)
        st = tomo__no_memory(s->ctx, err, (size_t)r.parts, "components");
    if (st == TOMO_OK)
        st = tomo__bits_new(s->ctx, &f->high, f->low.n, err);
    if (st == TOMO_OK)
        st = tomo__bits_new(s->ctx, &piece, f->low.n, err);
    if (st == TOMO_OK) {
        both = find_middle(f, p, r.parts);
        for (int64_t i = 0; i < r.parts; i++)
            keep[i] = i != both && (double)p[i].sum[0] / (double)p[i].voxels > f->mid_x;
        tomo__runs_paint(&r, keep, &f->high);
        tomo__bits_minus(&f->low, &f->high);
        if (both >= 0) {
            memset(keep, 0, (size_t)r.parts);
            keep[both] = 1;
            tomo__runs_paint(&r, keep, &piece);
            tomo__bits_minus(&f->low, &piece);
            st = part_piece(f, &piece, job, err);
        }
    }
    tomo__bits_free(&piece);
    tomo__free(s->ctx, keep);
    tomo__free(s->ctx, p);
    tomo__runs_free(&r);
    return st;
}

/* Take vessels and nodules into a lung, nothing of the other one or of the airways. */
static tomo_status smooth(search *f, tomo__bits *lung, const tomo__bits *other, tomo_job *job, tomo_error *err)
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

static tomo_status measure_lung(const search *f, const tomo__bits *b, lung *out, tomo_error *err)
{
    tomo__profile p;
    double sum = 0;
    tomo_status st = tomo__profile_of(b, f->s->hu, &p, err);
    *out = (lung){ (double)p.voxels * f->s->ml, p.mean, 0, false };
    for (int64_t z = 0; z < b->n[2] && p.voxels; z++) {
        int64_t n = 0;
        for (int64_t i = 0; i < b->n[1] * b->words; i++)
            n += __builtin_popcountll(b->w[z * b->n[1] * b->words + i]);
        sum += (double)n * (double)z;
        out->cut |= n && (z == 0 || z == b->n[2] - 1);
    }
    out->z = p.voxels ? sum / (double)p.voxels * f->s->spacing[2] : 0;
    return st;
}

static void lung_row(tomo_label *row, bool left, const lung *me, const lung *other, const search *f)
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
static void check_pair(search *f, lung *a, lung *b)
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

/* Part of a set's outer rim (one voxel wide) that lies in the body. */
static tomo_status rim_in_body(const search *f, const tomo__bits *b, double *part, tomo_error *err)
{
    tomo__bits rim = { 0 };
    tomo_status st = tomo__bits_copy(&rim, b, err);
    if (st == TOMO_OK)
        st = tomo__bits_dilate(&rim, f->s->spacing, f->s->spacing[0], NULL, err);
    if (st == TOMO_OK) {
        tomo__bits_minus(&rim, b);
        const double all = (double)tomo__bits_count(&rim);
        tomo__bits_and(&rim, &f->body);
        *part = all > 0 ? (double)tomo__bits_count(&rim) / all : 0;
    }
    tomo__bits_free(&rim);
    return st;
}

/* Air outside the body mask, at least 100 ml a piece: the one with the lowest median is the air of the room. Where the
 * field cuts the chest, a lung may lie among it, open to the side: it is 50 HU denser and its rim is body. Such
 * pieces go to f->body and so to f->air. */
static tomo_status sort_outside(search *f, tomo_job *job, tomo_error *err)
{
    const tomo__scan *s = f->s;
    tomo__bits out = { 0 }, inner = { 0 }, one = { 0 };
    tomo__runs r = { 0 };
    int64_t *sizes = NULL;
    tomo__profile *core = NULL;
    uint8_t *keep = NULL;
    f->gas_hu = 0;
    tomo_status st = tomo__bits_range(s->ctx, &out, s->hu, -1500, nextafter(f->o->threshold, -INFINITY), NULL, err);
    if (st == TOMO_OK)
        tomo__bits_minus(&out, &f->body);
    if (st == TOMO_OK)
        st = tomo__bits_copy(&inner, &out, err);
    if (st == TOMO_OK)
        st = tomo__bits_erode(&inner, s->spacing, 3, job, err);
    if (st == TOMO_OK)
        st = tomo__runs_new(s->ctx, &r, &out, false, TOMO_CONNECT_6, false, job, err);
    if (st == TOMO_OK)
        st = tomo__runs_sizes(&r, &sizes, err);
    if (st == TOMO_OK)
        st = tomo__bits_new(s->ctx, &one, out.n, err);
    core = st == TOMO_OK ? TOMO__ARRAY(s->ctx, r.parts + 1, tomo__profile) : NULL;
    keep = st == TOMO_OK ? TOMO__ARRAY(s->ctx, r.parts + 1, uint8_t) : NULL;
    if (st == TOMO_OK && (!core || !keep))
        st = tomo__no_memory(s->ctx, err, (size_t)r.parts * sizeof *core, "pieces of air");
    for (int pass = 0; pass < (f->cut_side ? 2 : 1); pass++) /* first the air of the room, then lungs among it */
        for (int64_t i = 0; i < r.parts && st == TOMO_OK; i++) {
            double part = 0;
            if ((double)sizes[i] * s->ml < 100 || (pass && core[i].median < f->gas_hu + 50))
                continue;
            tomo__bits_clear(&one);
            keep[i] = 1;
            tomo__runs_paint(&r, keep, &one);
            keep[i] = 0;
            if (pass) {
                st = rim_in_body(f, &one, &part, err);
                if (part > 0.5)
                    tomo__bits_or(&f->body, &one);
            } else {
                tomo__bits_and(&one, &inner);
                st = tomo__profile_of(&one, s->hu, &core[i], err);
                if (core[i].voxels)
                    f->gas_hu = fmin(f->gas_hu, core[i].median);
            }
        }
    if (f->gas_hu > -900) /* no room air in the field */
        f->gas_hu = -1000;
    tomo__free(s->ctx, core);
    tomo__free(s->ctx, keep);
    tomo__free(s->ctx, sizes);
    tomo__runs_free(&r);
    tomo__bits_free(&one);
    tomo__bits_free(&inner);
    tomo__bits_free(&out);
    return st;
}

/* Pieces of f->air to lungs at low and high x. */
static tomo_status find_pair(search *f, tomo_job *job, tomo_error *err)
{
    f->reason[0] = '\0';
    tomo__bits_free(&f->low), tomo__bits_free(&f->high);
    tomo_status st = take_pieces(f, job, err);
    return st == TOMO_OK ? sort_sides(f, job, err) : st;
}

static tomo_status search_lungs(search *f, tomo_job *job, tomo_error *err)
{
    const tomo__scan *s = f->s;
    int32_t limbs;
    tomo_status st = tomo__body(s, &f->body, -300, 4, &limbs, job, err);
    if (st == TOMO_OK) {
        measure_middle(f);
        st = sort_outside(f, job, err);
    }
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
static size_t name_sides(search *f, const lung *low, const lung *high, tomo__bits sets[3], tomo_label rows[3])
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
    search f = { .s = &s, .o = &o };
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
