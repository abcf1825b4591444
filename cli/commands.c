/* commands.c - the table of commands that are not operations. A new command is one row and one function. */
#include "cli.h"

#include <tomo/dicom.h>
#include <tomo/format.h>
#include <tomo/pipeline.h>

static const cli_flag convert_flags[] = {
    { "series", "UID", "which series of a DICOM folder; the largest if not given" },
    { "grid", "PATH", "for contours, segmentations, dose: image or DICOM folder whose voxels to use" },
    { "structure", "NAME", "contours: only this structure, by name or number; else all as labels" },
    { "interpolate", NULL, "contours: fill slices between distant planes with shapes in between" },
    { "segment", "N", "of a segmentation: this segment alone, as a mask (or fractions)" },
    { "layers", NULL, "of a segmentation that overlaps: as many label images as needed, the fourth dimension" },
    { "frame", "N", "for a picture: which slice, from 0; the middle one if not given" },
    { "window", "CENTER,WIDTH", "for pictures: window; where 8 bits are too few, the 0.5 and 99.5 percentiles" },
    { "like", "FILE", "for a DICOM folder: DICOM file whose patient and study to copy" },
    { "gradients", NULL, "diffusion: b-values and directions beside OUT, as .bval and .bvec (FSL)" },
    { NULL, NULL, NULL },
};
static const cli_flag pipeline_flags[] = {
    { "out", "DIR", "where the result goes (also -o DIR); must not exist, or hold an earlier result" },
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
static const cli_flag validate_flags[] = {
    { "iod", "WORD", "hold against this IOD (ct-image, segmentation, ...) instead of that of the SOP Class" },
    { NULL, NULL, NULL },
};
static const cli_flag extract_flags[] = {
    { "group", "N", "waveforms: which multiplex group, from 1 (default 1)" },
    { "start", "SECONDS", "plots: where to begin (default 0)" },
    { "seconds", "SECONDS", "plots: how long, at most 300 (default to the end, at most 30)" },
    { "speed", "MM", "plots: millimeters a second (default 25)" },
    { "gain", "MM", "plots: millimeters a millivolt (default 10)" },
    { NULL, NULL, NULL },
};
static const cli_flag pixels_flags[] = {
    { "frame", "N", "one frame, from 0, without reading the others" },
    { "display", NULL, "as a viewer shows it (OUT .png is that anyway): Modality, VOI, Presentation LUT, overlays" },
    { "window", "CENTER,WIDTH", "display with this window" },
    { "voi", "WHAT", "display with window number WHAT of the file, lut:NUMBER, range (of the frame), full, auto" },
    { "function", "NAME", "window function: linear, linear-exact, sigmoid; that of the file if not given" },
    { "state", "FILE", "display with the LUTs of this presentation state" },
    { "presentation", "FILE",
      "display all that this presentation state says: LUTs, shutter, rotation, area, graphics" },
    { "bits", "8|16", "display with so many bits a sample (default 8)" },
    { "invert", NULL, "display with black and white exchanged" },
    { "keep-monochrome1", NULL, "display MONOCHROME1 without inverting it" },
    { "dark-padding", NULL, "display padding pixels black" },
    { "no-overlays", NULL, "display without overlays" },
    { "overlay", "N", "overlay plane N, from 0, as zeros and ones" },
    { "real", NULL, "values after the Modality LUT or rescale (HU for CT)" },
    { "mapping", "N", "values by Real World Value Mapping N, from 1" },
    { "padding-nan", NULL, "real-world values: padding pixels are NaN" },
    { "stored", NULL, "stored values as they are, also for OUT .png; of PALETTE COLOR the indices" },
    { "force", NULL, "read what can be read of a damaged file" },
    { NULL, NULL, NULL },
};
static const cli_flag create_flags[] = {
    { "as", "KIND", "what to make: see above" },
    { "like", "PATH", "DICOM file or folder: patient and study are copied, its images referenced as sources" },
    { "series", "UID", "which series of that folder; the largest if not given" },
    { "title", "TEXT", "documents: Document Title; ko: of-interest, for-teaching, best-in-set, ..." },
    { "text", "TEXT", "ko: what to say of the objects" },
    { "observer", "NAME", "ko: who chose them" },
    { "unit", "UNIT", "models: um, mm, cm or m (default mm)" },
    { "anonymous", NULL, "documents: no patient can be seen in it" },
    { "holes", "KIND", "rtstruct: keyhole (default) or xor" },
    { "label", "TEXT", "rtstruct: Structure Set Label" },
    { "segments", "FILE.json", "seg, labelmap: what the labels are, as tomo dicom show --json prints it, or dcmqi's" },
    { "algorithm", "TYPE", "seg, labelmap: how segments were made: AUTOMATIC, SEMIAUTOMATIC or MANUAL" },
    { "algorithm-name", "TEXT", "seg, labelmap: by which algorithm, unless MANUAL" },
    { "keep-empty", NULL, "seg, labelmap: write frames without a pixel, too" },
    { "creator", "NAME", "seg, labelmap: Content Creator's Name" },
    { "quantity", "CODE", "pmap: VALUE,SCHEME,MEANING of what the values are" },
    { "units", "CODE", "pmap: VALUE,UCUM,MEANING of their units" },
    { "dtype", "TYPE", "pmap: uint16 (scaled), float32 or float64" },
    { "description", "TEXT", "Series Description" },
    { "derivation", "TEXT", "images: Derivation Description, what made it" },
    { "seed", "TEXT", "derive UIDs from this, so that the same input gives the same object" },
    { "when", "YYYYMMDDHHMMSS", "Content Date and Time; now if not given" },
    { "bulk", "DIR", "JSON, XML: folder below which relative BulkDataURI lie (default: that of IN)" },
    { "index", "N", "JSON: of an array of data sets the one to take, from 0" },
    WRITE_FLAGS,
    { NULL, NULL, NULL },
};
static const cli_flag sr_flags[] = {
    { "like", "FILE", "DICOM file of the study: patient, study and frame of reference are its" },
    { "document", "KIND", "enhanced, comprehensive or comprehensive3d; by what there is if not given" },
    { "partial", NULL, "mark the report as partial, not complete" },
    { "description", "TEXT", "Series Description" },
    { "seed", "TEXT", "derive UIDs from this, so that the same input gives the same file" },
    { NULL, NULL, NULL },
};

static const cli_flag transcode_flags[] = {
    { "to", "SYNTAX", "transfer syntax: a word of the list above, or a UID" },
    { "quality", "1-100", "jpeg, jpeg12: libjpeg's scale (default 90)" },
    { "near", "N", "jpegls-near: the most that a sample may be off (default 0: nothing is lost)" },
    { "ratio", "R", "j2k, htj2k: size before to size after (default 10)" },
    { "predictor", "1-7", "jpegll: selection value (default 1)" },
    { "keep-color", NULL, "jpeg, j2k: RGB stays RGB, which gets larger for it" },
    { "offsets", "TABLE", "auto (default), none, basic, extended: how frames are found in compressed pixel data" },
    { "keep-uid", NULL, "lossy: keep the SOP Instance UID, for a copy that replaces the original for good" },
    { "seed", "TEXT", "lossy: derive new UIDs from this, too" },
    { NULL, NULL, NULL },
};
static const cli_flag deid_run_flags[] = {
    { "key", "FILE", "secret that new UIDs, numbers and shifts come from (16 bytes or more); random if not given" },
    { "retain", "LIST", "of safe-private, uids, device, institution, patient, dates" },
    { "clean", "LIST", "of descriptors, structured, graphics: cleaned instead of removed" },
    { "shift-dates", NULL, "move all dates of a patient by the same secret number of days, instead of removing them" },
    { "pixels", "auto|all|keep", "which images are searched for burned-in text: those at risk (default), all, none" },
    { "blank", "X,Y,W,H[;...]", "blank these rectangles in every image" },
    { "encrypt", "FILE", "keep the originals encrypted for these certificates (PEM): see tomo deid undo" },
    { "dicomdir", NULL, "OUT becomes a file-set with a new DICOMDIR (those of IN are left out)" },
    { "report", "FILE", "write the report (JSON) here" },
    { NULL, NULL, NULL },
};
static const cli_flag deid_verify_flags[] = {
    { "original", "FOLDER", "the originals: their names, numbers, dates and UIDs are searched" },
    { "answer-key", "FILE", "more terms to search, one a line" },
    { "no-pixels", NULL, "don't look for text in images" },
    { NULL, NULL, NULL },
};
static const cli_flag deid_undo_flags[] = {
    { "key", "FILE", "private key of a recipient, PEM without a passphrase" },
    { NULL, NULL, NULL },
};

const cli_command cli_commands[] = {
    { NULL, "info", "PATH...", 1, 1 << 20, "What is this: file, series, study, volume or mesh; a summary.",
      "One block (with --json one object a line) for each path.", "tomo info scans/ brain.nii.gz", NULL, cli_info },
    { NULL,
      "convert",
      "IN OUT",
      2,
      2,
      "Any series, volume or mesh to any format.",
      "IN is a DICOM folder or file, a volume file, a picture, a folder of pictures or their name (slice_*.png).\n"
      "OUT's ending chooses: .nii, .nii.gz, .hdr, .png, .jpg, .tif, .webp; without an ending it is a DICOM folder.\n"
      "Geometry is kept; a picture is one slice, slice_%04d.png or .tif all of them. A volume that does not fit into\n"
      "memory is converted slab by slab. A mesh (.stl, .ply) becomes .stl or .ply.",
      "tomo convert scans/ ct.nii.gz",
      convert_flags,
      cli_convert,
      { tomo_series_load_op, tomo_format_load_op, tomo_series_write_op, tomo_format_save_op } },
    { NULL,
      "pipeline",
      "STUDY -o OUT",
      1,
      1,
      "The whole study to a report.",
      "Read, volume, enhance, segment, measure, surface, views, report. OUT gets report.html, report.json, images,\n"
      "label volumes and surfaces, whole or not at all. Research use only, not for diagnosis.",
      "tomo pipeline scans/ -o result",
      pipeline_flags,
      cli_pipeline,
      { tomo_pipeline_row } },
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
    { "dicom", "create", "IN... OUT [--as KIND]", 2, 1 << 20, "DICOM from DICOM JSON, XML, images, documents, files.",
      "Without --as IN is DICOM JSON or native XML. Compressed pixels then need --syntax, or (0002,0010) in IN "
      "(--meta).\n"
      "Images: seg, labelmap (labels), seg-fractional, seg-occupancy (0 to 1), pmap (a quantity), sc (gray, RGB),\n"
      "enhanced-ct, enhanced-mr (also 4D), ct, mr (OUT is a folder of slices), rtstruct (labels as contours).\n"
      "Documents, kept byte for byte: pdf, cda, stl, obj, mtl. ko: IN are DICOM files, which become key objects. pr: "
      "IN\n"
      "is JSON as tomo dicom show --json prints it of a presentation state.",
      "tomo dicom create bones.nii.gz seg.dcm --as seg --like scans --algorithm AUTOMATIC --algorithm-name threshold",
      create_flags, cli_dicom_create },
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
    { "dicom", "extract", "FILE OUT", 2, 2, "What an object holds, as a file: a document, samples of a waveform.",
      "Documents (PDF, CDA, STL, OBJ) come out byte for byte. Waveforms: OUT .csv is a table (time in seconds, a\n"
      "column a channel in its unit), .npy an array, .svg a plot on ECG paper. Not for diagnosis.",
      "tomo dicom extract report.pdf.dcm report-again.pdf", extract_flags, cli_dicom_extract },
    { "dicom", "get", "FILE PATH...", 2, 1 << 20, "Values by path.",
      "A path is a keyword, a tag, or a way into sequences: PatientName, 00100010,\n"
      "ReferencedSeriesSequence[0].SeriesInstanceUID, (0019,\"SIEMENS MR HEADER\",0A) in the creator's block.\n"
      "One line a path; absent is exit code 3.",
      "tomo dicom get slice.dcm PatientName PixelSpacing", get_flags, cli_dicom_get },
    { "dicom", "set", "FILE OUT PATH=VALUE...", 3, 1 << 20, "Set values and write a new file.",
      "What is not set keeps its exact bytes. Several values are joined by backslashes. Private elements that no\n"
      "dictionary knows need their VR: (0029,\"MY COMPANY\",01):DS=1.5.",
      "tomo dicom set slice.dcm new.dcm PatientName=Doe^Jane PatientID=4711", write_flags, cli_dicom_set },
    { "dicom", "delete", "FILE OUT PATH...", 3, 1 << 20, "Remove elements and write a new file.",
      "A path may also name an item: ReferencedSeriesSequence[0].",
      "tomo dicom delete slice.dcm new.dcm PatientBirthDate", write_flags, cli_dicom_delete },
    { "dicom", "pixels", "FILE [OUT]", 1, 2, "Decode pixel data: say what it is, write it, show it.",
      "Without OUT: shape, type, smallest and largest value and the SHA-256 of the decoded bytes (little endian,\n"
      "samples of a pixel side by side). OUT .raw: those bytes; .nii: an image; .png: a frame as viewers show it.\n"
      "Values are the stored ones unless a flag for display, real-world values or an overlay is given; those of\n"
      "PALETTE COLOR become the red, green and blue of its tables, with --stored they stay indices.",
      "tomo dicom pixels slice.dcm slice.png --window 40,400", pixels_flags, cli_dicom_pixels },
    { "dicom", "transcode", "IN OUT --to SYNTAX", 2, 2, "Files and folders in another transfer syntax.",
      "Uncompressed: implicit, explicit, explicit-be, deflated, encapsulated. Lossless: rle, deflated-frame, jpegll,\n"
      "jpegll-sv1, jpegls, j2k-lossless, htj2k-lossless, htj2k-rpcl. Lossy: jpeg, jpeg12, jpegls-near, j2k, htj2k.\n"
      "Only what the syntax asks for changes. Lossy files are marked as derived images with a new SOP Instance UID.\n"
      "A folder goes to a new folder with the same names; what can't be transcoded is left out and said (exit code 3).",
      "tomo dicom transcode scans/ small/ --to jpegls", transcode_flags, cli_dicom_transcode },
    { "dicom", "validate", "FILE...", 1, 1 << 20, "Does a data set hold what its IOD asks for (PS3.3)?",
      "Types, conditions, VR, number and form of values, at every depth. Exit code 1 if there are errors; --quiet\n"
      "leaves out warnings.",
      "tomo dicom validate slice.dcm", validate_flags, cli_dicom_validate },
    { "dicom", "dir", "IN... [OUT]", 1, 1 << 20, "File-sets with a DICOMDIR: show one, make one, add to one.",
      "One path, a DICOMDIR or its folder: its records as a tree; exit code 3 if files are missing. More paths: the\n"
      "DICOM files of all but the last are copied into OUT, a new file-set, all or nothing.",
      "tomo dicom dir scans/ cd/ --invent", dir_flags, cli_dicom_dir },
    { "dicom", "organize", "IN... OUT", 2, 1 << 20, "Copy DICOM files into folders by patient, study and series.",
      "OUT is a new folder: P0000001/S0000001/E0000001/I0000001.dcm. No name comes from what files say.",
      "tomo dicom organize scans/ sorted/", NULL, cli_dicom_organize },
    { "deid", "run", "IN OUT", 2, 2, "DICOM without the patient (PS3.15 Annex E).",
      "IN is a folder or a file; OUT a new folder, or one file .dcm for one file. New names are made of new UIDs. "
      "What\n"
      "can't be judged is quarantined: not written, named on stderr with the reason, exit code 3. Faces in the volume\n"
      "of a head are not removed.",
      "tomo deid run scans/ clean/ --key study.key --shift-dates --clean descriptors", deid_run_flags, cli_deid_run },
    { "deid", "verify", "FOLDER", 1, 1, "Search de-identified files for what was left over.",
      "Terms of the originals in texts, bytes and file names, elements that the table removes, text in images.\n"
      "Exit code 1 if anything was found.",
      "tomo deid verify clean/ --original scans/", deid_verify_flags, cli_deid_verify },
    { "deid", "undo", "FILE OUT", 2, 2, "Put back what was kept encrypted.",
      "For files made with tomo deid run --encrypt. Blanked pixels stay blank.",
      "tomo deid undo clean.dcm original.dcm --key private.pem", deid_undo_flags, cli_deid_undo },
    { "report", "sr", "IN.json OUT.dcm", 2, 2, "Measurements and findings as a DICOM report (PS3.16 TID 1500).",
      "IN.json is {\"groups\": [...]}: what tomo dicom show --json prints of such a report; docs/rooms/object.md says\n"
      "all of it. Images, segments and coordinates that were measured are referred to.",
      "tomo report sr findings.json report.dcm --like slice.dcm", sr_flags, cli_report_sr },
    { "report", "show", "FILE", 1, 1, "What a structured report says, as an indented tree.",
      "The same as tomo dicom show.", "tomo report show report.dcm", read_flags, cli_dicom_show },
    { NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL },
};
