/* model.c - values that a new object takes over from another (its model) though they break a rule of their VR. */
#include "dicom/dicom_internal.h"
#include "dicom/dictionary.h"

/* What names the patient, the study, the order and the people stays as it is: cut or left out the new object would no
 * longer be found with the images it is of, and the study's attributes are the same in all of its objects (PS3.3
 * A.1.2.2). Dates, times, ages, sizes, codes that can't be read as such say nothing. */
bool tomo__model_keeps(tomo_report *report, tomo_tag tag, uint16_t vr, const char *why)
{
    const bool keeps = vr == TOMO_VR('P', 'N') || vr == TOMO_VR('L', 'O') || vr == TOMO_VR('S', 'H') ||
                       vr == TOMO_VR('L', 'T') || vr == TOMO_VR('S', 'T') || vr == TOMO_VR('U', 'T');
    tomo__remark(report, "(%04x,%04x) of the model %s: %s", (unsigned)(tag >> 16), (unsigned)(tag & 0xFFFF),
                 keeps ? "is copied as it is, though it breaks a rule of its VR"
                       : "is left out, since it breaks its VR",
                 why);
    return keeps;
}
