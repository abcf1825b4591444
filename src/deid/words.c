/* words.c - words that describe an examination and never a person. A description stays only if all its words are of
 * these (PS3.15 E.3.5: what is not known to be harmless goes). Names of people that are also such words (Head, Arm) are
 * found by the search for what was removed. */
#include "deid/deid_internal.h"

/* clang-format off */
static const char *const words[] = { /* sorted */
    "2D", "3D", "4D", "ABDOMEN", "ABDOMINAL", "ABOVE", "ACETABULUM", "ACQUISITION", "ACUTE", "ADC", "ADIPOSE",
    "ADRENAL", "ADULT", "AFTER", "AGFA", "AIR", "AIRWAY", "ALVEOLAR", "AMYGDALA", "ANATOMIC", "ANATOMICAL", "ANEURYSM",
    "ANGIO", "ANGIOGRAM", "ANGIOGRAPHY", "ANGLE", "ANKLE", "ANNOTATION", "ANON", "ANONYM", "ANONYMISED",
    "ANONYMIZATION", "ANONYMIZED", "ANONYMOUS", "ANTERIOR", "AORTA", "AORTIC", "AP", "APPENDIX", "ARCH", "AREA", "ARM",
    "ARROW", "ARTERIAL", "ARTERIES", "ARTERIOLE", "ARTERY", "ASCENDING", "ASL", "ATLAS", "ATRIAL", "ATRIUM",
    "ATTENUATION", "AUTOMATIC", "AVERAGE", "AX", "AXIAL", "AXILLA", "BACKGROUND", "BASAL", "BASE", "BASELINE",
    "BEFORE", "BELOW", "BILATERAL", "BILE", "BILIARY", "BIOPSY", "BLADDER", "BLOOD", "BODY", "BOLD", "BOLUS", "BONE",
    "BONES", "BONY", "BORDER", "BOUNDARY", "BOWEL", "BRACHIAL", "BRAIN", "BRAINSTEM", "BRAVO", "BREAST", "BREASTS",
    "BREATH", "BREATHHOLD", "BRIGHTNESS", "BRONCHI", "BRONCHUS", "BSPGR", "BY", "C", "C1", "C2", "C3", "C4", "C5",
    "C6", "C7", "CAECUM", "CALCANEUS", "CALCIFICATION", "CALCIUM", "CANAL", "CANCER", "CANON", "CAPSULE", "CARDIAC",
    "CARESTREAM", "CARINA", "CAROTID", "CARPAL", "CARTILAGE", "CAUDATE", "CAVA", "CAVITY", "CBF", "CBV", "CC",
    "CELIAC", "CELL", "CELLS", "CEREBELLUM", "CEREBRAL", "CEREBRUM", "CERVICAL", "CHEST", "CHIASM", "CHOROID", "CINE",
    "CIRCLE", "CISS", "CLAVICLE", "CLINICAL", "CM", "CM2", "CM3", "COCCYX", "COCHLEA", "CODE", "COIL", "COLON",
    "COLONOGRAPHY", "COLOR", "COLUMN", "COMBINED", "COMMON", "COMPLETE", "COMPUTED", "CONTEXT", "CONTOUR", "CONTRAST",
    "CONTROL", "CONVERTED", "COR", "CORD", "CORNEA", "CORONAL", "CORONARY", "CORRECTED", "CORTEX", "CORTICAL", "COUNT",
    "CR", "CRANIAL", "CRANIUM", "CSPINE", "CT", "CTA", "CTP", "CTV", "CUBE", "CYST", "DE", "DEIDENTIFIED", "DELAY",
    "DELAYED", "DENSITY", "DERIVED", "DESCENDING", "DIAGNOSTIC", "DIAMETER", "DIAPHRAGM", "DICOM", "DIFFUSION",
    "DIGITAL", "DIR", "DIRECT", "DIRECTION", "DIRECTIONS", "DISC", "DISCS", "DISEASE", "DISK", "DISTANCE", "DOCUMENT",
    "DOPPLER", "DOSE", "DOSES", "DSA", "DTI", "DUAL", "DUCT", "DUODENUM", "DWI", "DX", "DYNAMIC", "EAR", "EARLY",
    "ECG", "ECHO", "EDEMA", "EDGE", "EFFUSION", "ELBOW", "ELECTRON", "ELEKTA", "ELLIPSE", "EMISSION", "ENHANCED",
    "ENHANCEMENT", "ENHANCING", "EPI", "ERECT", "ESOPHAGEAL", "ESOPHAGUS", "EXAM", "EXAMINATION", "EXPIRATION",
    "EXTERNAL", "EXTREMITY", "EYE", "EYES", "FACE", "FAST", "FAT", "FATSAT", "FBP", "FDG", "FE", "FEMORAL", "FEMUR",
    "FEMURS", "FET", "FFE", "FIBULA", "FIELD", "FIESTA", "FILTERED", "FINDING", "FINDINGS", "FINGER", "FINGERS",
    "FIRST", "FISP", "FLAIR", "FLASH", "FLIP", "FLOW", "FLUID", "FOLLOW", "FOLLOWUP", "FOOT", "FOR", "FOREARM", "FOV",
    "FRACTION", "FRAME", "FRAMES", "FREEHAND", "FROM", "FRONTAL", "FS", "FSE", "FSPGR", "FUJI", "FUJIFILM", "FULL",
    "FUNCTIONAL", "FUSED", "FUSION", "GAD", "GADOLINIUM", "GALLBLADDER", "GATED", "GE", "GLAND", "GLANDS", "GRADIENT",
    "GRAPHIC", "GRAPHICS", "GRASE", "GRE", "GTV", "HALF", "HAND", "HARD", "HASTE", "HD", "HEAD", "HEADING", "HEART",
    "HEPATIC", "HIGH", "HIP", "HIPPOCAMPUS", "HIPS", "HITACHI", "HOLD", "HOLOGIC", "HR", "HRCT", "HU", "HUMERUS",
    "HYPERINTENSE", "HYPOINTENSE", "IDENTIFIED", "ILEUM", "ILIAC", "ILIUM", "IMAGE", "IMAGES", "IMAGING",
    "IMPLEMENTATION", "IN", "INDEX", "INFARCT", "INFERIOR", "INJECTION", "INNER", "INPHASE", "INSPIRATION",
    "INTENSITY", "INTERFACE", "INTERNAL", "INTESTINE", "INVERSION", "IR", "ISO", "ISOCENTER", "IV", "JEJUNUM", "JOINT",
    "KERNEL", "KIDNEY", "KIDNEYS", "KNEE", "KNEES", "KODAK", "KTRANS", "KUB", "KV", "KVP", "L1", "L2", "L3", "L4",
    "L5", "LABEL", "LACRIMAL", "LARGE", "LARYNX", "LAT", "LATE", "LATERAL", "LAYER", "LEFT", "LEG", "LENGTH", "LENS",
    "LENSES", "LESION", "LESIONS", "LEVEL", "LIMIT", "LINE", "LINEAR", "LIVER", "LOBE", "LOC", "LOCALIZER", "LOSSLESS",
    "LOSSY", "LOW", "LOWER", "LT", "LUMBAR", "LUMEN", "LUNG", "LUNGS", "LYMPH", "MA", "MAGNITUDE", "MALIGNANT",
    "MAMMOGRAPHY", "MANDIBLE", "MANUAL", "MAP", "MARGIN", "MARKER", "MASK", "MATTER", "MAXILLA", "MAXIMUM", "MEAN",
    "MEASURED", "MEASUREMENT", "MEASUREMENTS", "MEDIAL", "MEDIASTINUM", "MEDICAL", "MEDIUM", "METASTASIS", "MG",
    "MIDDLE", "MIDLINE", "MIN", "MINIP", "MIP", "MITRAL", "ML", "MM", "MODALITY", "MODE", "MONITOR", "MOTION", "MOUTH",
    "MPR", "MPRAGE", "MR", "MRA", "MRCP", "MRI", "MRV", "MS", "MSEC", "MTT", "MUCOSA", "MULTI", "MULTIPHASE", "MUSCLE",
    "MYOCARDIUM", "NAC", "NAME", "NAMES", "NASAL", "NASOPHARYNX", "NATIVE", "NECK", "NECROSIS", "NECROTIC", "NEOPLASM",
    "NERVE", "NERVES", "NEUTRAL", "NM", "NO", "NODE", "NODES", "NODULE", "NODULES", "NON", "NONCONTRAST", "NONE",
    "NORMAL", "NOSE", "NUCHAL", "NUCLEUS", "NUMBER", "OBL", "OBLIQUE", "OBSERVATION", "OF", "ON", "OPEN", "OPPOSED",
    "OPTIC", "OR", "ORAL", "ORBIT", "ORBITS", "ORGAN", "ORIGINAL", "OSEM", "OTHER", "OUT", "OUTER", "OUTLINE",
    "OUTPHASE", "OVARY", "OVER", "PA", "PANCREAS", "PARALLEL", "PARAMETRIC", "PARANASAL", "PAROTID", "PARTIAL", "PASS",
    "PATELLA", "PATHOLOGY", "PATIENT", "PC", "PCA", "PD", "PEDIATRIC", "PELVIC", "PELVIS", "PENIS", "PERFUSION",
    "PERICARDIUM", "PERITONEUM", "PET", "PHANTOM", "PHASE", "PHASES", "PHILIPS", "PHOTON", "PITUITARY", "PLAIN",
    "PLAN", "PLANAR", "PLANE", "PLANNING", "PLEURA", "POINT", "POLYGON", "POLYP", "PORTAL", "POSITION", "POST",
    "POSTERIOR", "PRE", "PRECONTRAST", "PRESENTATION", "PRIMARY", "PROBABILISTIC", "PROBABILITY", "PROCEDURE",
    "PROJECTION", "PRONE", "PROPELLER", "PROSTATE", "PROTOCOL", "PROTON", "PSOAS", "PT", "PTV", "PTVS", "PULMONARY",
    "PULSE", "PUTAMEN", "PYLORUS", "QUANTITATIVE", "QUICK", "RADIUS", "RAPID", "RCBF", "RCBV", "RECON",
    "RECONSTRUCTION", "RECTANGLE", "RECTUM", "REFERENCE", "REFORMAT", "REFORMATTED", "REGION", "REGIONAL", "REMOVED",
    "RENAL", "RENDERING", "REPEAT", "REPORT", "RESOLUTION", "RESPIRATORY", "REST", "RESTING", "RESULT", "RETINA",
    "RETRO", "RF", "RIB", "RIBS", "RIGHT", "ROI", "ROTATION", "ROUTINE", "ROW", "RT", "RULER", "S1", "SACRAL",
    "SACRUM", "SAG", "SAGITTAL", "SAMPLE", "SAT", "SCALP", "SCAN", "SCANOGRAM", "SCAPULA", "SCOUT", "SCREENING", "SE",
    "SECOND", "SECONDARY", "SECTION", "SEG", "SEGMENT", "SEGMENTATION", "SEGMENTATIONS", "SEGMENTED", "SEGMENTS",
    "SELECTION", "SELLA", "SEMIAUTOMATIC", "SENSE", "SEQUENCE", "SERIES", "SETUP", "SHARP", "SHIMADZU", "SHORT",
    "SHOULDER", "SHOULDERS", "SIDE", "SIEMENS", "SIGMOID", "SIMULATION", "SINGLE", "SINUS", "SINUSES", "SIZE", "SKIN",
    "SKULL", "SLAB", "SLICE", "SLICES", "SMALL", "SMOOTH", "SOFT", "SOFTWARE", "SPACE", "SPECIES", "SPECIMEN", "SPECT",
    "SPECTROSCOPY", "SPGR", "SPIN", "SPINAL", "SPINE", "SPIRAL", "SPLEEN", "SPOILED", "SS", "SSFP", "STAGE",
    "STANDARD", "STANDARDIZED", "STATE", "STATIC", "STD", "STERNUM", "STIR", "STOMACH", "STRESS", "STRUCTURE", "STUDY",
    "SUBCUTANEOUS", "SUBMANDIBULAR", "SUPERIOR", "SUPINE", "SUPPRESSED", "SUPPRESSION", "SURFACE", "SURVEY",
    "SUSCEPTIBILITY", "SUV", "SUVBW", "SUVMAX", "SWI", "SYNOVIAL", "SYSTEMS", "T1", "T10", "T11", "T12", "T1W", "T2",
    "T2STAR", "T2W", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "TARGET", "TBI", "TEETH", "TEMPORAL", "TENDON", "TEST",
    "TESTIS", "TEXT", "TFE", "TFL", "THALAMUS", "THE", "THICK", "THICKNESS", "THIGH", "THIN", "THORACIC", "THORAX",
    "THRESHOLD", "THROUGH", "THUMB", "THYROID", "TIBIA", "TILE", "TIME", "TIP", "TISSUE", "TITLE", "TO", "TOE", "TOES",
    "TOF", "TOMO", "TOMOGRAPHY", "TOOTH", "TOPOGRAM", "TOSHIBA", "TOTAL", "TRA", "TRACE", "TRACHEA", "TRANSVERSE",
    "TREATMENT", "TRICUSPID", "TRIGGERED", "TRUFI", "TSE", "TTP", "TUMOR", "TUMORS", "TUMOUR", "TURBO", "TYPE", "UID",
    "ULNA", "ULTRASOUND", "UNDEFINED", "UNENHANCED", "UNIT", "UNITS", "UNKNOWN", "UNSPECIFIED", "UPPER", "UPRIGHT",
    "UPTAKE", "URETER", "URETHRA", "URINARY", "US", "USER", "UTERUS", "VAGINA", "VALUE", "VALUES", "VALVE", "VARIAN",
    "VASCULAR", "VEIN", "VEINS", "VENA", "VENOUS", "VENTRICLE", "VENTRICULAR", "VERMIS", "VERTEBRA", "VERTEBRAE",
    "VERTEBRAL", "VESSEL", "VESSELS", "VIBE", "VIEW", "VIEWS", "VITREOUS", "VOID", "VOLUME", "W", "WATER", "WB",
    "WEIGHT", "WEIGHTED", "WHOLE", "WIDTH", "WINDOW", "WINDOWING", "WIP", "WITH", "WITHOUT", "WO", "WRIST", "X", "XA",
    "XRAY", "Y", "YEAR", "YES", "Z", "ZONE",
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
