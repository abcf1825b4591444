/* ops.c - tables of the options with which series are read and written: names, ranges, defaults and help, written once.
 * They are rows without ports: what goes in and out lies in folders. */
#include <stddef.h>
#include <tomo/dicom.h>

#define READ(f) offsetof(tomo_series_options, f)
#define WRITE(f) offsetof(tomo_series_write_options, f)

static const char *const suv[] = { "none", "bw", "lbm", "lbm-janma", "bsa", NULL };
static const char *const dtypes[] = { "auto",  "uint8",  "int8",  "uint16",  "int16",   "uint32",
                                      "int32", "uint64", "int64", "float32", "float64", NULL };

static const tomo_option read_options[] = {
    { "raw", TOMO_OPT_BOOL, READ(raw), 1, 0, 0, 0, "", NULL, false, "stored values: no rescale to HU, SUV or others" },
    { "allow-gaps", TOMO_OPT_BOOL, READ(allow_gaps), 1, 0, 0, 0, "", NULL, false,
      "accept missing slices and uneven spacing; remarks say so" },
    { "dtype", TOMO_OPT_ENUM, READ(dtype), 1, 0, 0, 0, "", dtypes, false,
      "type of the voxels; auto is int16 or uint16 where values are whole and fit, else float32" },
    { "tolerance", TOMO_OPT_DOUBLE, READ(tolerance_mm), 1, 0, 0, 1000, "mm", NULL, false,
      "how far slices may stray from even spacing; 0 is 1 % of the spacing, at least 0.01" },
    { "suv", TOMO_OPT_ENUM, READ(suv), 1, 0, 0, 0, "", suv, false,
      "PET: standardized uptake values by body weight, lean body mass (James, Janmahasatian) or body surface" },
    { "straighten", TOMO_OPT_BOOL, READ(straighten), 1, 0, 0, 0, "", NULL, false,
      "gantry tilt: move the slices onto a straight grid (linear)" },
    { "real-world", TOMO_OPT_INT, READ(real_world), 1, 0, 0, 1000, "", NULL, false,
      "values by this Real World Value Mapping, from 1, in place of the rescale; 0 is the rescale" },
    { "part", TOMO_OPT_INT, READ(part), 1, 0, 0, INT32_MAX, "", NULL, false,
      "of a series that falls into parts (kinds of image, orientations, sizes) this one, from 1; 0 is the largest" },
    { "echo", TOMO_OPT_DOUBLE, READ(echo_ms), 1, 0, 0, 1e6, "ms", NULL, false,
      "MR: the images of this echo time alone; 0 is all of them" },
};

static const tomo_option write_options[] = {
    { "modality", TOMO_OPT_TEXT, WRITE(modality), 1, 0, 0, 0, "", NULL, false, "what the images are: CT or MR" },
    { "description", TOMO_OPT_TEXT, WRITE(description), 1, 0, 0, 0, "", NULL, false, "Series Description" },
    { "seed", TOMO_OPT_TEXT, WRITE(seed), 1, 0, 0, 0, "", NULL, false,
      "derive UIDs from this, so that the same input gives the same files" },
    { "patient-id", TOMO_OPT_TEXT, WRITE(patient_id), 1, 0, 0, 0, "", NULL, false, "Patient ID" },
    { "patient-name", TOMO_OPT_TEXT, WRITE(patient_name), 1, 0, 0, 0, "", NULL, false, "Patient's Name" },
    { "study-date", TOMO_OPT_TEXT, WRITE(study_date), 1, 0, 0, 0, "", NULL, false, "Study Date, YYYYMMDD" },
    { "derivation", TOMO_OPT_TEXT, WRITE(derivation), 1, 0, 0, 0, "", NULL, false,
      "Derivation Description: what made the images" },
};

static const tomo_op read_row = {
    .room = "dicom",
    .name = "load",
    .help = "A series of DICOM files to a volume.",
    .detail = "Sorted by position, rescaled, with its place in the patient; see docs/rooms/dicom.md.",
    .example = "tomo convert scans/ ct.nii.gz --allow-gaps",
    .options = read_options,
    .n_options = sizeof read_options / sizeof *read_options,
    .opts_size = sizeof(tomo_series_options),
};

static const tomo_op write_row = {
    .room = "dicom",
    .name = "write-series",
    .help = "A volume to a CT or MR series of DICOM files.",
    .detail = "One file a slice in a new folder; see docs/rooms/dicom.md.",
    .example = "tomo convert ct.nii.gz series --modality CT",
    .options = write_options,
    .n_options = sizeof write_options / sizeof *write_options,
    .opts_size = sizeof(tomo_series_write_options),
};

const tomo_op *tomo_series_load_op(void) { return &read_row; }
const tomo_op *tomo_series_write_op(void) { return &write_row; }
