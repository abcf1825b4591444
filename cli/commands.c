/* commands.c - the table of commands that are not operations. A new command is one row and one function. */
#include "cli.h"

static const cli_flag convert_flags[] = {
    { "series", "UID", "which series of a DICOM folder; the largest if not given" },
    { "grid", "PATH", "for contours, segmentations, dose: image or DICOM folder whose voxels to use" },
    { "frame", "N", "for .png: which slice, from 0; the middle one if not given" },
    { "window", "CENTER,WIDTH", "for .png: window; that of the file, else the 0.5 and 99.5 percentiles" },
    { "modality", "CT|MR", "for a DICOM folder: what the images are" },
    { "description", "TEXT", "for a DICOM folder: Series Description" },
    { "patient-id", "TEXT", "for a DICOM folder: Patient ID" },
    { "patient-name", "TEXT", "for a DICOM folder: Patient's Name" },
    { "study-date", "YYYYMMDD", "for a DICOM folder: Study Date" },
    { "like", "FILE", "for a DICOM folder: DICOM file whose patient and study to copy" },
    { "seed", "TEXT", "for a DICOM folder: derive UIDs from this, so that the same input gives the same files" },
    { "raw", NULL, "stored values, no rescale to HU or SUV" },
    { "allow-gaps", NULL, "accept missing slices and uneven spacing" },
    { NULL, NULL, NULL },
};
static const cli_flag pipeline_flags[] = {
    { "out", "DIR", "where the result goes (also -o DIR); must not exist, or hold an earlier result" },
    { "series", "UID", "which series; the largest if not given" },
    { "smooth", "MM", "sigma of the Gaussian before segmentation, 0 = none (default 0.5)" },
    { "compare", "FILE", "mask to hold the bone mask (CT) or head mask (MR) against" },
    { "compare-name", "TEXT", "what that mask is, for the report" },
    { NULL, NULL, NULL },
};
static const cli_flag replay_flags[] = {
    { "out", "DIR", "where the repeated result goes (also -o DIR); must not exist" },
    { NULL, NULL, NULL },
};
#define TAGS_FLAG                                                                                                      \
    {                                                                                                                  \
        "tags", "TAGS", "read only these elements of the top level (keywords or tags, joined by commas)"               \
    }
static const cli_flag read_flags[] = {
    { "force", NULL, "read what can be read of a damaged file" },
    { "stop-before-pixels", NULL, "don't read past the header" },
    TAGS_FLAG,
    { NULL, NULL, NULL },
};
static const cli_flag get_flags[] = {
    { "force", NULL, "read what can be read of a damaged file" },
    { "stop-before-pixels", NULL, "don't read past the header" },
    { "raw", NULL, "the bytes of the value as they are in the file" },
    { NULL, NULL, NULL },
};
static const cli_flag json_flags[] = {
    { "force", NULL, "read what can be read of a damaged file" },
    { "stop-before-pixels", NULL, "don't read past the header" },
    TAGS_FLAG,
    { "inline", "BYTES", "binary values up to this size are written out in base64 (default 1024)" },
    { "bulk", "DIR", "write larger ones and compressed pixels into this folder" },
    { "uri", "BASE", "what their URIs begin with (default: the last part of DIR and a slash)" },
    { "meta", NULL, "with File Meta Information (group 0002)" },
    { NULL, NULL, NULL },
};
#define WRITE_FLAGS                                                                                                    \
    { "syntax", "UID", "transfer syntax: implicit, explicit, big, deflated or a UID" },                                \
        { "charset", "TERM", "bring all text to this Specific Character Set, as ISO_IR 192" },                         \
        { "lengths", "WAY", "of sequences and items: keep (default), explicit or undefined" },                         \
        { "group-lengths", NULL, "write (gggg,0000) for every group" },                                                \
    {                                                                                                                  \
        "source-ae", "TITLE", "Source Application Entity Title (0002,0016)"                                            \
    }
static const cli_flag write_flags[] = {
    { "force", NULL, "read what can be read of a damaged file" },
    WRITE_FLAGS,
    { "keep-preamble", NULL, "keep the 128 bytes before DICM instead of zeros" },
    { "promote-un", NULL, "give elements of VR UN the VR that is known of them" },
    { NULL, NULL, NULL },
};
static const cli_flag create_flags[] = {
    { "bulk", "DIR", "folder below which relative BulkDataURI lie (default: that of IN)" },
    { "index", "N", "of an array of data sets the one to take, from 0" },
    WRITE_FLAGS,
    { NULL, NULL, NULL },
};
static const cli_flag diff_flags[] = {
    { "ignore", "TAGS", "leave out these tags or keywords, joined by commas, at every depth" },
    { "ignore-private", NULL, "leave out private elements" },
    { "ignore-meta", NULL, "leave out File Meta Information" },
    { "ignore-vr", NULL, "another VR alone is no difference" },
    { "ignore-group-lengths", NULL, "leave out group lengths" },
    { "force", NULL, "read what can be read of damaged files" },
    { NULL, NULL, NULL },
};
static const cli_flag table_flags[] = {
    { "columns", "PATHS", "elements to show, joined by commas (default: patient, study, series, instance)" },
    { "tsv", NULL, "tabs between columns" },
    { "out", "FILE", "write there instead of to stdout (also -o FILE)" },
    { "no-header", NULL, "without the line of column names" },
    { "raw-cells", NULL, "don't protect spreadsheets from values that look like formulas" },
    { "force", NULL, "take what can be read of damaged files" },
    { NULL, NULL, NULL },
};
static const cli_flag dir_flags[] = {
    { "append", NULL, "OUT is a file-set: add to it" },
    { "invent", NULL, "make up numbers and dates that records must have and files lack; the remarks say which" },
    { "id", "TEXT", "File-set ID, at most 16 of A-Z, 0-9, _ and space" },
    { NULL, NULL, NULL },
};
static const cli_flag pixels_flags[] = {
    { "frame", "N", "one frame, from 0, without decoding the others" },
    { "force", NULL, "read what can be read of a damaged file" },
    { NULL, NULL, NULL },
};

const cli_command cli_commands[] = {
    { NULL, "info", "PATH...", 1, 1 << 20, "What is this: file, series, study or volume; a summary.",
      "One block (with --json one object a line) for each path.", "tomo info scans/ brain.nii.gz", NULL, cli_info },
    { NULL, "convert", "IN OUT", 2, 2, "Any series or volume to any format.",
      "IN is a DICOM folder or file, or a volume file. OUT's ending chooses: .nii, .nii.gz, .png; without an\n"
      "ending it is a DICOM folder. Geometry is kept; PNG is one slice.",
      "tomo convert scans/ ct.nii.gz", convert_flags, cli_convert },
    { NULL, "pipeline", "STUDY -o OUT", 1, 1, "The whole study to a report.",
      "Read, volume, enhance, segment, measure, surface, views, report. OUT gets report.html, report.json, images,\n"
      "label volumes and surfaces, whole or not at all. Research use only, not for diagnosis.",
      "tomo pipeline scans/ -o result", pipeline_flags, cli_pipeline },
    { NULL, "replay", "RESULT", 1, 1, "Repeat what made a result and compare it bit for bit.",
      "RESULT is a folder that tomo pipeline wrote.", "tomo replay result", replay_flags, cli_replay },
    { NULL, "ops", "", 0, 0, "The tables of all operations, as JSON.",
      "Documentation, TypeScript types and completions are made from them.", "tomo ops > ops.json", NULL, cli_ops },
    { "dicom", "dump", "FILE", 1, 1, "All elements, a line each.", NULL, "tomo dicom dump slice.dcm", read_flags,
      cli_dicom_dump },
    { "dicom", "json", "FILE", 1, 1, "The DICOM JSON model (PS3.18 F) of a data set.", NULL,
      "tomo dicom json slice.dcm", json_flags, cli_dicom_json },
    { "dicom", "xml", "FILE", 1, 1, "The Native DICOM Model (PS3.19 A.1) of a data set, as XML.", NULL,
      "tomo dicom xml slice.dcm", json_flags, cli_dicom_xml },
    { "dicom", "create", "IN OUT", 2, 2, "A DICOM file from DICOM JSON or native XML.",
      "IN is .json or .xml, or says by its first character which it is. Compressed pixels need --syntax, or\n"
      "(0002,0010) in IN (written by --meta).",
      "tomo dicom create slice.json new.dcm", create_flags, cli_dicom_create },
    { "dicom", "diff", "A B", 2, 2, "What differs between two data sets.",
      "A line a difference: - only in A, + only in B, ! another value, ~ another VR. Text is compared without padding\n"
      "and in any character set, binary values by hash. Exit code 0 equal, 1 different.",
      "tomo dicom diff slice.dcm new.dcm", diff_flags, cli_dicom_diff },
    { "dicom", "table", "DIR", 1, 1, "Chosen elements of every DICOM file below a folder, as CSV.",
      "One line a file, in the order of their paths; with --json one object a line. Values that a spreadsheet would "
      "run\n"
      "as a formula get an apostrophe before them.",
      "tomo dicom table scans --columns PatientID,Modality,SOPInstanceUID", table_flags, cli_dicom_table },
    { "dicom", "show", "FILE", 1, 1, "What an object says: segments, measurements, structures, channels.",
      "SEG, SR, contours, dose, presentation states, waveforms, documents. All of its elements: tomo dicom dump.",
      "tomo dicom show seg.dcm", read_flags, cli_dicom_show },
    { "dicom", "get", "FILE PATH...", 2, 1 << 20, "Values by path.",
      "A path is a keyword, a tag, or a way into sequences: PatientName, 00100010,\n"
      "ReferencedSeriesSequence[0].SeriesInstanceUID, (0019,\"SIEMENS MR HEADER\",0A) in the creator's block.\n"
      "One line a path; absent is exit code 3.",
      "tomo dicom get slice.dcm PatientName PixelSpacing", get_flags, cli_dicom_get },
    { "dicom", "set", "FILE OUT PATH=VALUE...", 3, 1 << 20, "Set values and write a new file.",
      "What is not set keeps its exact bytes. Several values are joined by backslashes.",
      "tomo dicom set slice.dcm new.dcm PatientName=Doe^Jane PatientID=4711", write_flags, cli_dicom_set },
    { "dicom", "delete", "FILE OUT PATH...", 3, 1 << 20, "Remove elements and write a new file.",
      "A path may also name an item: ReferencedSeriesSequence[0].",
      "tomo dicom delete slice.dcm new.dcm PatientBirthDate", write_flags, cli_dicom_delete },
    { "dicom", "pixels", "FILE [OUT]", 1, 2, "Decode pixel data: say what it is, or write it.",
      "Without OUT: shape, type, smallest and largest stored value and the SHA-256 of the decoded bytes (little "
      "endian,\n"
      "samples of a pixel side by side). OUT .raw: those bytes; .png or .nii: an image.",
      "tomo dicom pixels slice.dcm slice.raw", pixels_flags, cli_dicom_pixels },
    { "dicom", "dir", "IN... [OUT]", 1, 1 << 20, "File-sets with a DICOMDIR: show one, make one, add to one.",
      "One path, a DICOMDIR or its folder: its records as a tree; exit code 3 if files are missing. More paths: the\n"
      "DICOM files of all but the last are copied into OUT, a new file-set, all or nothing.",
      "tomo dicom dir scans/ cd/ --invent", dir_flags, cli_dicom_dir },
    { "dicom", "organize", "IN... OUT", 2, 1 << 20, "Copy DICOM files into folders by patient, study and series.",
      "OUT is a new folder: P0000001/S0000001/E0000001/I0000001.dcm. No name comes from what files say.",
      "tomo dicom organize scans/ sorted/", NULL, cli_dicom_organize },
    { NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL },
};
