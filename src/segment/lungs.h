/* lungs.h - the search for lungs, shared by its steps: what lies outside, which pieces of air look like lung, which
 * side they are on. */
#ifndef TOMO_SEGMENT_LUNGS_H
#define TOMO_SEGMENT_LUNGS_H

#include "anatomy.h"

/* One search for lungs. */
typedef struct tomo__lung_search {
    const tomo__scan *s;
    const tomo_lungs_options *o;
    tomo__bits body, air, low, high; /* low, high: the lungs at low and at high x */
    tomo__bits airways;
    double gas_hu, mid_x;            /* air outside the patient; middle of the body, as an index */
    int inward;                      /* towards which end of x the middle lies, if the field shows one half */
    bool cut_side, guessed;          /* the field cuts the body at a side; left or right is a guess */
    char reason[120];                /* why nothing was found */
} tomo__lung_search;

/* Measure the air of the room (f->gas_hu) and take lungs that the field opens to the side into f->body. */
tomo_status tomo__lung_outside(tomo__lung_search *f, tomo_job *job, tomo_error *err);
/* The pieces of f->air that look like lung, as one set in f->low; f->reason says why one did not. */
tomo_status tomo__lung_pieces(tomo__lung_search *f, tomo_job *job, tomo_error *err);
/* f->low into low and high x, either side of the middle. */
tomo_status tomo__lung_sides(tomo__lung_search *f, tomo_job *job, tomo_error *err);

#endif
