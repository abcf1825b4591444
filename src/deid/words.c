/* words.c - words that describe an examination and never a person. A description stays only if all its words are of
 * these (PS3.15 E.3.5: what is not known to be harmless goes). Names of people that are also such words (Head, Arm) are
 * found by the search for what was removed. */
#include "deid/deid_internal.h"

/* clang-format off */
static const char *const words[] = { /* sorted */
    "2D", "3D", "4D", "ABDOMEN", "ABDOMINAL", "ABOVE", "ACETABULUM", "ACQUISITION", "ACUTE", "ADC", "ADRENAL",
    "ADULT", "AFTER", "AGFA", "AIR", "AIRWAY", "ANATOMIC", "ANATOMICAL", "ANGIO", "ANGIOGRAM", "ANGIOGRAPHY", "ANKLE",
    "ANON", "ANONYM", "ANONYMISED", "ANONYMIZATION", "ANONYMIZED", "ANONYMOUS", "ANTERIOR", "AORTA", "AORTIC", "AP",
    "ARCH", "ARM", "ARTERIAL", "ARTERIES", "ARTERY", "ASL", "ATLAS", "ATRIAL", "ATRIUM", "ATTENUATION", "AVERAGE",
    "AX", "AXIAL", "AXILLA", "BASELINE", "BEFORE", "BELOW", "BILATERAL", "BILIARY", "BLADDER", "BLOOD", "BODY",
    "BOLD", "BOLUS", "BONE", "BONES", "BOWEL", "BRACHIAL", "BRAIN", "BRAVO", "BREAST", "BREATH", "BREATHHOLD",
    "BRONCHI", "BSPGR", "BY", "C", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "CALCANEUS", "CALCIUM", "CANON",
    "CARDIAC", "CARESTREAM", "CAROTID", "CARPAL", "CAVITY", "CC", "CERVICAL", "CHEST", "CINE", "CISS", "CLAVICLE",
    "CLINICAL", "CM", "COCCYX", "COIL", "COLON", "COLONOGRAPHY", "COLOR", "COMBINED", "COMPLETE", "COMPUTED",
    "CONTRAST", "CONTROL", "CONVERTED", "COR", "CORONAL", "CORONARY", "CORRECTED", "COUNT", "CR", "CRANIAL",
    "CRANIUM", "CSPINE", "CT", "CTA", "CTP", "CTV", "CUBE", "DE", "DEIDENTIFIED", "DELAY", "DELAYED", "DENSITY",
    "DERIVED", "DIAGNOSTIC", "DICOM", "DIFFUSION", "DIGITAL", "DIR", "DIRECTION", "DIRECTIONS", "DOPPLER", "DOSE",
    "DSA", "DTI", "DUAL", "DUODENUM", "DWI", "DX", "DYNAMIC", "EAR", "EARLY", "ECG", "ECHO", "EDGE", "ELBOW",
    "ELEKTA", "EMISSION", "ENHANCED", "ENHANCEMENT", "EPI", "ERECT", "ESOPHAGUS", "EXAM", "EXAMINATION", "EXPIRATION",
    "EXTREMITY", "EYE", "FACE", "FAST", "FAT", "FATSAT", "FBP", "FDG", "FE", "FEMORAL", "FEMUR", "FET", "FFE",
    "FIBULA", "FIELD", "FIESTA", "FILTERED", "FINGER", "FINGERS", "FIRST", "FISP", "FLAIR", "FLASH", "FLIP", "FLOW",
    "FOLLOW", "FOLLOWUP", "FOOT", "FOR", "FOREARM", "FOV", "FRAME", "FRAMES", "FROM", "FRONTAL", "FS", "FSE", "FSPGR",
    "FUJI", "FUJIFILM", "FULL", "FUNCTIONAL", "FUSED", "FUSION", "GAD", "GADOLINIUM", "GALLBLADDER", "GATED", "GE",
    "GRADIENT", "GRASE", "GRE", "GTV", "HALF", "HAND", "HARD", "HASTE", "HD", "HEAD", "HEART", "HEPATIC", "HIGH",
    "HIP", "HIPS", "HITACHI", "HOLD", "HOLOGIC", "HR", "HRCT", "HU", "HUMERUS", "IDENTIFIED", "ILIAC", "IMAGE",
    "IMAGES", "IMAGING", "IMPLEMENTATION", "IN", "INFERIOR", "INJECTION", "INPHASE", "INSPIRATION", "INTERNAL",
    "INVERSION", "IR", "ISO", "IV", "JOINT", "KERNEL", "KIDNEY", "KIDNEYS", "KNEE", "KNEES", "KODAK", "KUB", "KV",
    "KVP", "L1", "L2", "L3", "L4", "L5", "LABEL", "LARGE", "LARYNX", "LAT", "LATE", "LATERAL", "LEFT", "LEG", "LEVEL",
    "LIVER", "LOC", "LOCALIZER", "LOSSLESS", "LOSSY", "LOW", "LOWER", "LT", "LUMBAR", "LUNG", "LUNGS", "LYMPH", "MA",
    "MAGNITUDE", "MAMMOGRAPHY", "MANDIBLE", "MAP", "MASK", "MAXILLA", "MAXIMUM", "MEAN", "MEDIAL", "MEDIASTINUM",
    "MEDICAL", "MEDIUM", "MG", "MIDDLE", "MINIP", "MIP", "ML", "MM", "MOTION", "MPR", "MPRAGE", "MR", "MRA", "MRCP",
    "MRI", "MRV", "MS", "MSEC", "MULTI", "MULTIPHASE", "MUSCLE", "MYOCARDIUM", "NAC", "NAME", "NAMES", "NASAL",
    "NASOPHARYNX", "NATIVE", "NECK", "NEUTRAL", "NM", "NO", "NODE", "NODES", "NODULE", "NON", "NONCONTRAST", "NONE",
    "NORMAL", "NUCHAL", "OBL", "OBLIQUE", "OF", "ON", "OPPOSED", "OR", "ORAL", "ORBIT", "ORBITS", "ORIGINAL", "OSEM",
    "OUT", "OUTPHASE", "OVER", "PA", "PANCREAS", "PARALLEL", "PARAMETRIC", "PARANASAL", "PASS", "PATELLA", "PATIENT",
    "PC", "PCA", "PD", "PEDIATRIC", "PELVIC", "PELVIS", "PERFUSION", "PET", "PHANTOM", "PHASE", "PHASES", "PHILIPS",
    "PITUITARY", "PLAIN", "PLAN", "PLANAR", "PLANE", "PLANNING", "PLEURA", "PORTAL", "POSITION", "POST", "POSTERIOR",
    "PRE", "PRECONTRAST", "PRESENTATION", "PRONE", "PROPELLER", "PROSTATE", "PROTOCOL", "PROTON", "PT", "PTV",
    "PULMONARY", "PULSE", "QUANTITATIVE", "QUICK", "RADIUS", "RAPID", "RECON", "RECONSTRUCTION", "REFORMAT",
    "REFORMATTED", "REGION", "REMOVED", "RENAL", "REPEAT", "REPORT", "RESOLUTION", "RESPIRATORY", "REST", "RESTING",
    "RESULT", "RETINA", "RETRO", "RF", "RIB", "RIBS", "RIGHT", "ROI", "ROTATION", "ROUTINE", "RT", "S1", "SACRUM",
    "SAG", "SAGITTAL", "SAT", "SCALP", "SCAN", "SCANOGRAM", "SCAPULA", "SCOUT", "SCREENING", "SE", "SECOND",
    "SECONDARY", "SEG", "SEGMENTATION", "SEGMENTATIONS", "SELLA", "SENSE", "SEQUENCE", "SERIES", "SHARP", "SHIMADZU",
    "SHORT", "SHOULDER", "SHOULDERS", "SIDE", "SIEMENS", "SIMULATION", "SINGLE", "SINUS", "SINUSES", "SKULL", "SLAB",
    "SLICE", "SLICES", "SMALL", "SMOOTH", "SOFT", "SOFTWARE", "SPACE", "SPECT", "SPECTROSCOPY", "SPGR", "SPIN",
    "SPINE", "SPIRAL", "SPLEEN", "SPOILED", "SS", "SSFP", "STANDARD", "STATE", "STATIC", "STD", "STERNUM", "STIR",
    "STOMACH", "STRESS", "STRUCTURE", "STUDY", "SUPERIOR", "SUPINE", "SUPPRESSED", "SUPPRESSION", "SURVEY",
    "SUSCEPTIBILITY", "SUV", "SWI", "SYSTEMS", "T1", "T10", "T11", "T12", "T1W", "T2", "T2STAR", "T2W", "T3", "T4",
    "T5", "T6", "T7", "T8", "T9", "TBI", "TEMPORAL", "TEST", "TESTIS", "TFE", "TFL", "THE", "THICK", "THICKNESS",
    "THIGH", "THIN", "THORACIC", "THORAX", "THROUGH", "THUMB", "THYROID", "TIBIA", "TIME", "TISSUE", "TO", "TOE",
    "TOES", "TOF", "TOMO", "TOMOGRAPHY", "TOPOGRAM", "TOSHIBA", "TOTAL", "TRA", "TRACE", "TRACHEA", "TRANSVERSE",
    "TREATMENT", "TRIGGERED", "TRUFI", "TSE", "TUMOR", "TURBO", "UID", "ULNA", "ULTRASOUND", "UNENHANCED", "UNKNOWN",
    "UNSPECIFIED", "UPPER", "UPRIGHT", "URETER", "URINARY", "US", "UTERUS", "VARIAN", "VASCULAR", "VEIN", "VEINS",
    "VENOUS", "VENTRICLE", "VENTRICULAR", "VERTEBRA", "VERTEBRAE", "VESSEL", "VESSELS", "VIBE", "VIEW", "VIEWS",
    "VOLUME", "W", "WATER", "WB", "WEIGHTED", "WHOLE", "WIDTH", "WINDOW", "WIP", "WITH", "WITHOUT", "WO", "WRIST",
    "X", "XA", "XRAY", "Y", "YEAR", "YES", "Z",
};
/* clang-format on */

static bool find(const char *upper)
{
    size_t lo = 0, hi = TOMO__COUNT(words);
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = strcmp(words[mid], upper);
        if (c == 0)
            return true;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool tomo__deid_known_word(const char *word, size_t size)
{
    char upper[24];
    size_t digits = 0;
    if (size == 0 || size >= sizeof upper)
        return false;
    for (size_t i = 0; i < size; i++) {
        upper[i] = word[i] >= 'a' && word[i] <= 'z' ? (char)(word[i] - 32) : word[i];
        digits += is_digit(word[i]);
    }
    upper[size] = 0;
    if (digits == size)
        return size <= 3;
    if (find(upper))
        return true;
    if (digits == 0)
        return false;
    digits = 0; /* "5MM": a number and its unit */
    while (is_digit(upper[digits]))
        digits++;
    return digits > 0 && digits <= 3 && find(upper + digits);
}

bool tomo__deid_known_words(const char *text, size_t size)
{
    size_t numbers = 0; /* one after the other: three may be a date or a telephone */
    for (size_t i = 0; i < size;) {
        size_t from = i;
        if ((unsigned char)text[i] >= 0x80)
            return false;
        if (!is_digit(text[i]) && !is_letter(text[i])) {
            i++;
            continue;
        }
        while (i < size && (is_digit(text[i]) || is_letter(text[i])))
            i++;
        if (!tomo__deid_known_word(text + from, i - from))
            return false;
        numbers = is_digit(text[from]) && is_digit(text[i - 1]) ? numbers + 1 : 0;
        if (numbers >= 3)
            return false;
    }
    return true;
}
