/* rules.gen.c - PS3.15 table E.1-1 and the safe private elements of E.3.10. Written by tools/gen_deid.py: do not edit.
 * Derived from DICOM PS3.15 2026d; sources are in NOTICE. */
#include "deid/deid_internal.h"

const tomo__deid_rule tomo__deid_rules[] = {
    { 0x00001000, 0x002, 0x000, DEID_X }, /* Affected SOP Instance UID */
    { 0x00001001, 0x002, 0x000, DEID_U }, /* Requested SOP Instance UID */
    { 0x00020003, 0x002, 0x000, DEID_U }, /* Media Storage SOP Instance UID */
    { 0x00041511, 0x002, 0x000, DEID_U }, /* Referenced SOP Instance UID in File */
    { 0x00080012, 0x020, 0x040, DEID_XD }, /* Instance Creation Date */
    { 0x00080013, 0x020, 0x040, DEID_XZD }, /* Instance Creation Time */
    { 0x00080014, 0x002, 0x000, DEID_U }, /* Instance Creator UID */
    { 0x00080015, 0x020, 0x040, DEID_X }, /* Instance Coercion DateTime */
    { 0x00080017, 0x002, 0x000, DEID_U }, /* Acquisition UID */
    { 0x00080018, 0x002, 0x000, DEID_U }, /* SOP Instance UID */
    { 0x00080019, 0x002, 0x000, DEID_U }, /* Pyramid UID */
    { 0x00080020, 0x020, 0x040, DEID_Z }, /* Study Date */
    { 0x00080021, 0x020, 0x040, DEID_XD }, /* Series Date */
    { 0x00080022, 0x020, 0x040, DEID_XZ }, /* Acquisition Date */
    { 0x00080023, 0x020, 0x040, DEID_ZD }, /* Content Date */
    { 0x00080024, 0x020, 0x040, DEID_X }, /* Overlay Date */
    { 0x00080025, 0x020, 0x040, DEID_X }, /* Curve Date */
    { 0x0008002a, 0x020, 0x040, DEID_XZD }, /* Acquisition DateTime */
    { 0x00080030, 0x020, 0x040, DEID_Z }, /* Study Time */
    { 0x00080031, 0x020, 0x040, DEID_XD }, /* Series Time */
    { 0x00080032, 0x020, 0x040, DEID_XZ }, /* Acquisition Time */
    { 0x00080033, 0x020, 0x040, DEID_ZD }, /* Content Time */
    { 0x00080034, 0x020, 0x040, DEID_X }, /* Overlay Time */
    { 0x00080035, 0x020, 0x040, DEID_X }, /* Curve Time */
    { 0x00080050, 0x000, 0x000, DEID_Z }, /* Accession Number */
    { 0x00080054, 0x000, 0x004, DEID_X }, /* Retrieve AE Title */
    { 0x00080055, 0x000, 0x004, DEID_X }, /* Station AE Title */
    { 0x00080058, 0x002, 0x000, DEID_U }, /* Failed SOP Instance UID List */
    { 0x00080080, 0x008, 0x000, DEID_XZD }, /* Institution Name */
    { 0x00080081, 0x008, 0x000, DEID_X }, /* Institution Address */
    { 0x00080082, 0x008, 0x000, DEID_XZD }, /* Institution Code Sequence */
    { 0x00080090, 0x000, 0x000, DEID_Z }, /* Referring Physician's Name */
    { 0x00080092, 0x000, 0x000, DEID_X }, /* Referring Physician's Address */
    { 0x00080094, 0x000, 0x000, DEID_X }, /* Referring Physician's Telephone Numbers */
    { 0x00080096, 0x000, 0x000, DEID_X }, /* Referring Physician Identification Sequence */
    { 0x0008009c, 0x000, 0x000, DEID_Z }, /* Consulting Physician's Name */
    { 0x0008009d, 0x000, 0x000, DEID_X }, /* Consulting Physician Identification Sequence */
    { 0x00080106, 0x020, 0x040, DEID_D }, /* Context Group Version */
    { 0x00080107, 0x020, 0x040, DEID_D }, /* Context Group Local Version */
    { 0x00080201, 0x020, 0x040, DEID_X }, /* Timezone Offset From UTC */
    { 0x00081000, 0x000, 0x004, DEID_X }, /* Network ID */
    { 0x00081010, 0x004, 0x000, DEID_XZD }, /* Station Name */
    { 0x00081030, 0x000, 0x080, DEID_X }, /* Study Description */
    { 0x0008103e, 0x000, 0x080, DEID_X }, /* Series Description */
    { 0x00081040, 0x008, 0x000, DEID_X }, /* Institutional Department Name */
    { 0x00081041, 0x008, 0x000, DEID_X }, /* Institutional Department Type Code Sequence */
    { 0x00081048, 0x000, 0x000, DEID_X }, /* Physician(s) of Record */
    { 0x00081049, 0x000, 0x000, DEID_X }, /* Physician(s) of Record Identification Sequence */
    { 0x00081050, 0x000, 0x000, DEID_X }, /* Performing Physician's Name */
    { 0x00081052, 0x000, 0x000, DEID_X }, /* Performing Physician Identification Sequence */
    { 0x00081060, 0x000, 0x000, DEID_X }, /* Name of Physician(s) Reading Study */
    { 0x00081062, 0x000, 0x000, DEID_X }, /* Physician(s) Reading Study Identification Sequence */
    { 0x00081070, 0x000, 0x000, DEID_XZD }, /* Operators' Name */
    { 0x00081072, 0x000, 0x000, DEID_XD }, /* Operator Identification Sequence */
    { 0x00081080, 0x000, 0x080, DEID_X }, /* Admitting Diagnoses Description */
    { 0x00081084, 0x000, 0x080, DEID_X }, /* Admitting Diagnoses Code Sequence */
    { 0x00081088, 0x000, 0x080, DEID_X }, /* Pyramid Description */
    { 0x00081110, 0x002, 0x000, DEID_XZ }, /* Referenced Study Sequence */
    { 0x00081111, 0x002, 0x000, DEID_XZD }, /* Referenced Performed Procedure Step Sequence */
    { 0x00081120, 0x002, 0x000, DEID_X }, /* Referenced Patient Sequence */
    { 0x00081140, 0x002, 0x000, DEID_XZU }, /* Referenced Image Sequence */
    { 0x00081155, 0x002, 0x000, DEID_U }, /* Referenced SOP Instance UID */
    { 0x00081195, 0x002, 0x000, DEID_U }, /* Transaction UID */
    { 0x00081301, 0x000, 0x080, DEID_X }, /* Principal Diagnosis Code Sequence */
    { 0x00081302, 0x000, 0x080, DEID_X }, /* Primary Diagnosis Code Sequence */
    { 0x00081303, 0x000, 0x080, DEID_X }, /* Secondary Diagnoses Code Sequence */
    { 0x00081304, 0x000, 0x080, DEID_X }, /* Histological Diagnoses Code Sequence */
    { 0x00082111, 0x000, 0x080, DEID_X }, /* Derivation Description */
    { 0x00082112, 0x002, 0x000, DEID_XZU }, /* Source Image Sequence */
    { 0x00083010, 0x002, 0x000, DEID_U }, /* Irradiation Event UID */
    { 0x00084000, 0x000, 0x080, DEID_X }, /* Identifying Comments */
    { 0x00100010, 0x000, 0x000, DEID_Z }, /* Patient's Name */
    { 0x00100011, 0x000, 0x000, DEID_X }, /* Person Names to Use Sequence */
    { 0x00100012, 0x000, 0x000, DEID_X }, /* Name to Use */
    { 0x00100013, 0x000, 0x000, DEID_X }, /* Name to Use Comment */
    { 0x00100014, 0x000, 0x000, DEID_X }, /* Third Person Pronouns Sequence */
    { 0x00100015, 0x000, 0x000, DEID_X }, /* Pronoun Code Sequence */
    { 0x00100016, 0x000, 0x080, DEID_X }, /* Pronoun Comment */
    { 0x00100020, 0x000, 0x000, DEID_ZD }, /* Patient ID */
    { 0x00100021, 0x000, 0x000, DEID_X }, /* Issuer of Patient ID */
    { 0x00100030, 0x000, 0x000, DEID_Z }, /* Patient's Birth Date */
    { 0x00100032, 0x000, 0x000, DEID_X }, /* Patient's Birth Time */
    { 0x00100040, 0x010, 0x000, DEID_Z }, /* Patient's Sex */
    { 0x00100041, 0x000, 0x000, DEID_X }, /* Gender Identity Sequence */
    { 0x00100042, 0x000, 0x090, DEID_X }, /* Sex Parameters for Clinical Use Category Comment */
    { 0x00100043, 0x010, 0x000, DEID_X }, /* Sex Parameters for Clinical Use Category Sequence */
    { 0x00100044, 0x000, 0x000, DEID_X }, /* Gender Identity Code Sequence */
    { 0x00100045, 0x000, 0x080, DEID_X }, /* Gender Identity Comment */
    { 0x00100046, 0x010, 0x000, DEID_X }, /* Sex Parameters for Clinical Use Category Code Sequence */
    { 0x00100047, 0x010, 0x000, DEID_X }, /* Sex Parameters for Clinical Use Category Reference */
    { 0x00100050, 0x000, 0x000, DEID_X }, /* Patient's Insurance Plan Code Sequence */
    { 0x00100101, 0x000, 0x000, DEID_X }, /* Patient's Primary Language Code Sequence */
    { 0x00100102, 0x000, 0x000, DEID_X }, /* Patient's Primary Language Modifier Code Sequence */
    { 0x00101000, 0x000, 0x000, DEID_X }, /* Other Patient IDs */
    { 0x00101001, 0x000, 0x000, DEID_X }, /* Other Patient Names */
    { 0x00101002, 0x000, 0x000, DEID_X }, /* Other Patient IDs Sequence */
    { 0x00101005, 0x000, 0x000, DEID_X }, /* Patient's Birth Name */
    { 0x00101010, 0x010, 0x000, DEID_X }, /* Patient's Age */
    { 0x00101020, 0x010, 0x000, DEID_X }, /* Patient's Size */
    { 0x00101030, 0x010, 0x000, DEID_X }, /* Patient's Weight */
    { 0x00101040, 0x000, 0x000, DEID_X }, /* Patient's Address */
    { 0x00101050, 0x000, 0x000, DEID_X }, /* Insurance Plan Identification */
    { 0x00101060, 0x000, 0x000, DEID_X }, /* Patient's Mother's Birth Name */
    { 0x00101080, 0x000, 0x000, DEID_X }, /* Military Rank */
    { 0x00101081, 0x000, 0x000, DEID_X }, /* Branch of Service */
    { 0x00101090, 0x000, 0x000, DEID_X }, /* Medical Record Locator */
    { 0x00101100, 0x000, 0x000, DEID_X }, /* Referenced Patient Photo Sequence */
    { 0x00102000, 0x000, 0x080, DEID_X }, /* Medical Alerts */
    { 0x00102110, 0x000, 0x090, DEID_X }, /* Allergies */
    { 0x00102150, 0x000, 0x000, DEID_X }, /* Country of Residence */
    { 0x00102152, 0x000, 0x000, DEID_X }, /* Region of Residence */
    { 0x00102154, 0x000, 0x000, DEID_X }, /* Patient's Telephone Numbers */
    { 0x00102155, 0x000, 0x000, DEID_X }, /* Patient's Telecom Information */
    { 0x00102160, 0x010, 0x000, DEID_X }, /* Ethnic Group */
    { 0x00102161, 0x010, 0x000, DEID_X }, /* Ethnic Group Code Sequence */
    { 0x00102162, 0x010, 0x000, DEID_X }, /* Ethnic Groups */
    { 0x00102180, 0x000, 0x080, DEID_X }, /* Occupation */
    { 0x001021a0, 0x010, 0x000, DEID_X }, /* Smoking Status */
    { 0x001021b0, 0x000, 0x080, DEID_X }, /* Additional Patient History */
    { 0x001021c0, 0x010, 0x000, DEID_X }, /* Pregnancy Status */
    { 0x001021d0, 0x020, 0x040, DEID_X }, /* Last Menstrual Date */
    { 0x001021f0, 0x000, 0x000, DEID_X }, /* Patient's Religious Preference */
    { 0x00102203, 0x010, 0x000, DEID_XZ }, /* Patient's Sex Neutered */
    { 0x00102297, 0x000, 0x000, DEID_X }, /* Responsible Person */
    { 0x00102299, 0x000, 0x000, DEID_X }, /* Responsible Organization */
    { 0x00104000, 0x000, 0x080, DEID_X }, /* Patient Comments */
    { 0x00120010, 0x000, 0x000, DEID_D }, /* Clinical Trial Sponsor Name */
    { 0x00120020, 0x000, 0x000, DEID_D }, /* Clinical Trial Protocol ID */
    { 0x00120021, 0x000, 0x000, DEID_Z }, /* Clinical Trial Protocol Name */
    { 0x00120022, 0x000, 0x000, DEID_X }, /* Issuer of Clinical Trial Protocol ID */
    { 0x00120023, 0x000, 0x000, DEID_X }, /* Other Clinical Trial Protocol IDs Sequence */
    { 0x00120030, 0x008, 0x000, DEID_Z }, /* Clinical Trial Site ID */
    { 0x00120031, 0x008, 0x000, DEID_Z }, /* Clinical Trial Site Name */
    { 0x00120032, 0x000, 0x000, DEID_X }, /* Issuer of Clinical Trial Site ID */
    { 0x00120040, 0x000, 0x000, DEID_D }, /* Clinical Trial Subject ID */
    { 0x00120041, 0x000, 0x000, DEID_X }, /* Issuer of Clinical Trial Subject ID */
    { 0x00120042, 0x000, 0x000, DEID_D }, /* Clinical Trial Subject Reading ID */
    { 0x00120043, 0x000, 0x000, DEID_X }, /* Issuer of Clinical Trial Subject Reading ID */
    { 0x00120050, 0x000, 0x000, DEID_Z }, /* Clinical Trial Time Point ID */
    { 0x00120051, 0x000, 0x080, DEID_X }, /* Clinical Trial Time Point Description */
    { 0x00120055, 0x000, 0x000, DEID_X }, /* Issuer of Clinical Trial Time Point ID */
    { 0x00120060, 0x008, 0x000, DEID_Z }, /* Clinical Trial Coordinating Center Name */
    { 0x00120071, 0x000, 0x000, DEID_X }, /* Clinical Trial Series ID */
    { 0x00120072, 0x000, 0x080, DEID_X }, /* Clinical Trial Series Description */
    { 0x00120073, 0x000, 0x000, DEID_X }, /* Issuer of Clinical Trial Series ID */
    { 0x00120081, 0x008, 0x000, DEID_D }, /* Clinical Trial Protocol Ethics Committee Name */
    { 0x00120082, 0x000, 0x000, DEID_X }, /* Clinical Trial Protocol Ethics Committee Approval Number */
    { 0x00120086, 0x020, 0x040, DEID_X }, /* Ethics Committee Approval Effectiveness Start Date */
    { 0x00120087, 0x020, 0x040, DEID_X }, /* Ethics Committee Approval Effectiveness End Date */
    { 0x0014407c, 0x024, 0x040, DEID_X }, /* Calibration Time */
    { 0x0014407e, 0x024, 0x040, DEID_X }, /* Calibration Date */
    { 0x0016002b, 0x000, 0x080, DEID_X }, /* Maker Note */
    { 0x0016004b, 0x000, 0x080, DEID_X }, /* Device Setting Description */
    { 0x0016004d, 0x000, 0x000, DEID_X }, /* Camera Owner Name */
    { 0x0016004e, 0x004, 0x000, DEID_X }, /* Lens Specification */
    { 0x0016004f, 0x004, 0x000, DEID_X }, /* Lens Make */
    { 0x00160050, 0x004, 0x000, DEID_X }, /* Lens Model */
    { 0x00160051, 0x004, 0x000, DEID_X }, /* Lens Serial Number */
    { 0x00160070, 0x000, 0x000, DEID_X }, /* GPS Version ID */
    { 0x00160071, 0x000, 0x000, DEID_X }, /* GPS Latitude Ref */
    { 0x00160072, 0x000, 0x000, DEID_X }, /* GPS Latitude */
    { 0x00160073, 0x000, 0x000, DEID_X }, /* GPS Longitude Ref */
    { 0x00160074, 0x000, 0x000, DEID_X }, /* GPS Longitude */
    { 0x00160075, 0x000, 0x000, DEID_X }, /* GPS Altitude Ref */
    { 0x00160076, 0x000, 0x000, DEID_X }, /* GPS Altitude */
    { 0x00160077, 0x000, 0x000, DEID_X }, /* GPS Time Stamp */
    { 0x00160078, 0x000, 0x000, DEID_X }, /* GPS Satellites */
    { 0x00160079, 0x000, 0x000, DEID_X }, /* GPS Status */
    { 0x0016007a, 0x000, 0x000, DEID_X }, /* GPS Measure Mode */
    { 0x0016007b, 0x000, 0x000, DEID_X }, /* GPS DOP */
    { 0x0016007c, 0x000, 0x000, DEID_X }, /* GPS Speed Ref */
    { 0x0016007d, 0x000, 0x000, DEID_X }, /* GPS Speed */
    { 0x0016007e, 0x000, 0x000, DEID_X }, /* GPS Track Ref */
    { 0x0016007f, 0x000, 0x000, DEID_X }, /* GPS Track */
    { 0x00160080, 0x000, 0x000, DEID_X }, /* GPS Img Direction Ref */
    { 0x00160081, 0x000, 0x000, DEID_X }, /* GPS Img Direction */
    { 0x00160082, 0x000, 0x000, DEID_X }, /* GPS Map Datum */
    { 0x00160083, 0x000, 0x000, DEID_X }, /* GPS Dest Latitude Ref */
    { 0x00160084, 0x000, 0x000, DEID_X }, /* GPS Dest Latitude */
    { 0x00160085, 0x000, 0x000, DEID_X }, /* GPS Dest Longitude Ref */
    { 0x00160086, 0x000, 0x000, DEID_X }, /* GPS Dest Longitude */
    { 0x00160087, 0x000, 0x000, DEID_X }, /* GPS Dest Bearing Ref */
    { 0x00160088, 0x000, 0x000, DEID_X }, /* GPS Dest Bearing */
    { 0x00160089, 0x000, 0x000, DEID_X }, /* GPS Dest Distance Ref */
    { 0x0016008a, 0x000, 0x000, DEID_X }, /* GPS Dest Distance */
    { 0x0016008b, 0x000, 0x000, DEID_X }, /* GPS Processing Method */
    { 0x0016008c, 0x000, 0x000, DEID_X }, /* GPS Area Information */
    { 0x0016008d, 0x020, 0x040, DEID_X }, /* GPS Date Stamp */
    { 0x0016008e, 0x000, 0x000, DEID_X }, /* GPS Differential */
    { 0x00180010, 0x000, 0x080, DEID_ZD }, /* Contrast/Bolus Agent */
    { 0x00180027, 0x020, 0x040, DEID_X }, /* Intervention Drug Stop Time */
    { 0x00180035, 0x020, 0x040, DEID_X }, /* Intervention Drug Start Time */
    { 0x00181000, 0x004, 0x000, DEID_XZD }, /* Device Serial Number */
    { 0x00181002, 0x006, 0x000, DEID_U }, /* Device UID */
    { 0x00181004, 0x004, 0x000, DEID_X }, /* Plate ID */
    { 0x00181005, 0x004, 0x000, DEID_X }, /* Generator ID */
    { 0x00181007, 0x004, 0x000, DEID_X }, /* Cassette ID */
    { 0x00181008, 0x004, 0x000, DEID_X }, /* Gantry ID */
    { 0x00181009, 0x004, 0x000, DEID_X }, /* Unique Device Identifier */
    { 0x0018100a, 0x004, 0x000, DEID_X }, /* UDI Sequence */
    { 0x0018100b, 0x006, 0x000, DEID_U }, /* Manufacturer's Device Class UID */
    { 0x00181010, 0x004, 0x000, DEID_X }, /* Secondary Capture Device ID */
    { 0x00181011, 0x004, 0x000, DEID_X }, /* Hardcopy Creation Device ID */
    { 0x00181012, 0x020, 0x040, DEID_X }, /* Date of Secondary Capture */
    { 0x00181014, 0x020, 0x040, DEID_X }, /* Time of Secondary Capture */
    { 0x00181030, 0x000, 0x080, DEID_XD }, /* Protocol Name */
    { 0x00181042, 0x020, 0x040, DEID_X }, /* Contrast/Bolus Start Time */
    { 0x00181043, 0x020, 0x040, DEID_X }, /* Contrast/Bolus Stop Time */
    { 0x00181072, 0x020, 0x040, DEID_X }, /* Radiopharmaceutical Start Time */
    { 0x00181073, 0x020, 0x040, DEID_X }, /* Radiopharmaceutical Stop Time */
    { 0x00181078, 0x020, 0x040, DEID_X }, /* Radiopharmaceutical Start DateTime */
    { 0x00181079, 0x020, 0x040, DEID_X }, /* Radiopharmaceutical Stop DateTime */
    { 0x001811bb, 0x000, 0x080, DEID_D }, /* Acquisition Field Of View Label */
    { 0x00181200, 0x024, 0x040, DEID_X }, /* Date of Last Calibration */
    { 0x00181201, 0x024, 0x040, DEID_X }, /* Time of Last Calibration */
    { 0x00181202, 0x024, 0x040, DEID_X }, /* DateTime of Last Calibration */
    { 0x00181203, 0x024, 0x040, DEID_Z }, /* Calibration DateTime */
    { 0x00181204, 0x024, 0x040, DEID_X }, /* Date of Manufacture */
    { 0x00181205, 0x024, 0x040, DEID_X }, /* Date of Installation */
    { 0x00181400, 0x000, 0x080, DEID_XD }, /* Acquisition Device Processing Description */
    { 0x00182042, 0x002, 0x000, DEID_U }, /* Target UID */
    { 0x00184000, 0x000, 0x080, DEID_X }, /* Acquisition Comments */
    { 0x00185011, 0x004, 0x000, DEID_X }, /* Transducer Identification Sequence */
    { 0x0018700a, 0x004, 0x000, DEID_XD }, /* Detector ID */
    { 0x0018700c, 0x024, 0x040, DEID_XD }, /* Date of Last Detector Calibration */
    { 0x0018700e, 0x024, 0x040, DEID_XD }, /* Time of Last Detector Calibration */
    { 0x00189074, 0x020, 0x040, DEID_D }, /* Frame Acquisition DateTime */
    { 0x00189151, 0x020, 0x040, DEID_D }, /* Frame Reference DateTime */
    { 0x00189185, 0x000, 0x080, DEID_X }, /* Respiratory Motion Compensation Technique Description */
    { 0x00189367, 0x004, 0x000, DEID_D }, /* X-Ray Source ID */
    { 0x00189369, 0x020, 0x040, DEID_D }, /* Source Start DateTime */
    { 0x0018936a, 0x020, 0x040, DEID_D }, /* Source End DateTime */
    { 0x00189371, 0x004, 0x000, DEID_D }, /* X-Ray Detector ID */
    { 0x00189373, 0x004, 0x000, DEID_X }, /* X-Ray Detector Label */
    { 0x0018937b, 0x000, 0x080, DEID_X }, /* Multi-energy Acquisition Description */
    { 0x0018937f, 0x000, 0x080, DEID_X }, /* Decomposition Description */
    { 0x00189424, 0x000, 0x080, DEID_X }, /* Acquisition Protocol Description */
    { 0x00189516, 0x020, 0x040, DEID_XD }, /* Start Acquisition DateTime */
    { 0x00189517, 0x020, 0x040, DEID_XD }, /* End Acquisition DateTime */
    { 0x00189623, 0x020, 0x040, DEID_D }, /* Functional Sync Pulse */
    { 0x00189701, 0x020, 0x040, DEID_D }, /* Decay Correction DateTime */
    { 0x00189804, 0x020, 0x040, DEID_D }, /* Exclusion Start DateTime */
    { 0x00189919, 0x020, 0x040, DEID_ZD }, /* Instruction Performed DateTime */
    { 0x00189937, 0x000, 0x080, DEID_X }, /* Requested Series Description */
    { 0x0018a002, 0x020, 0x040, DEID_X }, /* Contribution DateTime */
    { 0x0018a003, 0x000, 0x080, DEID_X }, /* Contribution Description */
    { 0x0020000d, 0x002, 0x000, DEID_U }, /* Study Instance UID */
    { 0x0020000e, 0x002, 0x000, DEID_U }, /* Series Instance UID */
    { 0x00200010, 0x000, 0x000, DEID_Z }, /* Study ID */
    { 0x00200027, 0x000, 0x080, DEID_X }, /* Pyramid Label */
    { 0x00200052, 0x002, 0x000, DEID_U }, /* Frame of Reference UID */
    { 0x00200200, 0x002, 0x000, DEID_U }, /* Synchronization Frame of Reference UID */
    { 0x00203401, 0x004, 0x000, DEID_X }, /* Modifying Device ID */
    { 0x00203403, 0x020, 0x040, DEID_X }, /* Modified Image Date */
    { 0x00203405, 0x020, 0x040, DEID_X }, /* Modified Image Time */
    { 0x00203406, 0x000, 0x000, DEID_X }, /* Modified Image Description */
    { 0x00204000, 0x000, 0x080, DEID_X }, /* Image Comments */
    { 0x00209158, 0x000, 0x080, DEID_X }, /* Frame Comments */
    { 0x00209161, 0x002, 0x000, DEID_U }, /* Concatenation UID */
    { 0x00209164, 0x002, 0x000, DEID_U }, /* Dimension Organization UID */
    { 0x00281199, 0x002, 0x000, DEID_U }, /* Palette Color Lookup Table UID */
    { 0x00281214, 0x002, 0x000, DEID_U }, /* Large Palette Color Lookup Table UID */
    { 0x00284000, 0x000, 0x000, DEID_X }, /* Image Presentation Comments */
    { 0x00320012, 0x000, 0x000, DEID_X }, /* Study ID Issuer */
    { 0x00320032, 0x020, 0x040, DEID_X }, /* Study Verified Date */
    { 0x00320033, 0x020, 0x040, DEID_X }, /* Study Verified Time */
    { 0x00320034, 0x020, 0x040, DEID_X }, /* Study Read Date */
    { 0x00320035, 0x020, 0x040, DEID_X }, /* Study Read Time */
    { 0x00321000, 0x020, 0x040, DEID_X }, /* Scheduled Study Start Date */
    { 0x00321001, 0x020, 0x040, DEID_X }, /* Scheduled Study Start Time */
    { 0x00321010, 0x020, 0x040, DEID_X }, /* Scheduled Study Stop Date */
    { 0x00321011, 0x020, 0x040, DEID_X }, /* Scheduled Study Stop Time */
    { 0x00321020, 0x004, 0x000, DEID_X }, /* Scheduled Study Location */
    { 0x00321021, 0x000, 0x004, DEID_X }, /* Scheduled Study Location AE Title */
    { 0x00321030, 0x000, 0x080, DEID_X }, /* Reason for Study */
    { 0x00321032, 0x000, 0x000, DEID_X }, /* Requesting Physician */
    { 0x00321033, 0x000, 0x000, DEID_X }, /* Requesting Service */
    { 0x00321040, 0x020, 0x040, DEID_X }, /* Study Arrival Date */
    { 0x00321041, 0x020, 0x040, DEID_X }, /* Study Arrival Time */
    { 0x00321050, 0x020, 0x040, DEID_X }, /* Study Completion Date */
    { 0x00321051, 0x020, 0x040, DEID_X }, /* Study Completion Time */
    { 0x00321060, 0x000, 0x080, DEID_XZ }, /* Requested Procedure Description */
    { 0x00321066, 0x000, 0x080, DEID_X }, /* Reason for Visit */
    { 0x00321067, 0x000, 0x080, DEID_X }, /* Reason for Visit Code Sequence */
    { 0x00321070, 0x000, 0x080, DEID_X }, /* Requested Contrast Agent */
    { 0x00324000, 0x000, 0x080, DEID_X }, /* Study Comments */
    { 0x00340001, 0x000, 0x000, DEID_D }, /* Flow Identifier Sequence */
    { 0x00340002, 0x000, 0x000, DEID_D }, /* Flow Identifier */
    { 0x00340005, 0x000, 0x000, DEID_D }, /* Source Identifier */
    { 0x00340007, 0x020, 0x040, DEID_D }, /* Frame Origin Timestamp */
    { 0x00380004, 0x000, 0x000, DEID_X }, /* Referenced Patient Alias Sequence */
    { 0x00380010, 0x000, 0x000, DEID_X }, /* Admission ID */
    { 0x00380011, 0x000, 0x000, DEID_X }, /* Issuer of Admission ID */
    { 0x00380014, 0x000, 0x000, DEID_X }, /* Issuer of Admission ID Sequence */
    { 0x0038001a, 0x020, 0x040, DEID_X }, /* Scheduled Admission Date */
    { 0x0038001b, 0x020, 0x040, DEID_X }, /* Scheduled Admission Time */
    { 0x0038001c, 0x020, 0x040, DEID_X }, /* Scheduled Discharge Date */
    { 0x0038001d, 0x020, 0x040, DEID_X }, /* Scheduled Discharge Time */
    { 0x0038001e, 0x000, 0x000, DEID_X }, /* Scheduled Patient Institution Residence */
    { 0x00380020, 0x020, 0x040, DEID_X }, /* Admitting Date */
    { 0x00380021, 0x020, 0x040, DEID_X }, /* Admitting Time */
    { 0x00380030, 0x020, 0x040, DEID_X }, /* Discharge Date */
    { 0x00380032, 0x020, 0x040, DEID_X }, /* Discharge Time */
    { 0x00380040, 0x000, 0x080, DEID_X }, /* Discharge Diagnosis Description */
    { 0x00380050, 0x000, 0x010, DEID_X }, /* Special Needs */
    { 0x00380060, 0x000, 0x000, DEID_X }, /* Service Episode ID */
    { 0x00380061, 0x000, 0x000, DEID_X }, /* Issuer of Service Episode ID */
    { 0x00380062, 0x000, 0x080, DEID_X }, /* Service Episode Description */
    { 0x00380064, 0x000, 0x000, DEID_X }, /* Issuer of Service Episode ID Sequence */
    { 0x00380300, 0x000, 0x000, DEID_X }, /* Current Patient Location */
    { 0x00380400, 0x000, 0x000, DEID_X }, /* Patient's Institution Residence */
    { 0x00380500, 0x000, 0x090, DEID_X }, /* Patient State */
    { 0x00384000, 0x000, 0x080, DEID_X }, /* Visit Comments */
    { 0x003a0020, 0x000, 0x080, DEID_X }, /* Multiplex Group Label */
    { 0x003a0203, 0x000, 0x080, DEID_X }, /* Channel Label */
    { 0x003a020c, 0x000, 0x080, DEID_X }, /* Channel Derivation Description */
    { 0x003a0310, 0x002, 0x000, DEID_U }, /* Multiplex Group UID */
    { 0x003a0314, 0x020, 0x040, DEID_D }, /* Impedance Measurement DateTime */
    { 0x003a0329, 0x000, 0x080, DEID_X }, /* Waveform Filter Description */
    { 0x003a032b, 0x000, 0x080, DEID_X }, /* Filter Lookup Table Description */
    { 0x00400001, 0x000, 0x004, DEID_X }, /* Scheduled Station AE Title */
    { 0x00400002, 0x020, 0x040, DEID_X }, /* Scheduled Procedure Step Start Date */
    { 0x00400003, 0x020, 0x040, DEID_X }, /* Scheduled Procedure Step Start Time */
    { 0x00400004, 0x020, 0x040, DEID_X }, /* Scheduled Procedure Step End Date */
    { 0x00400005, 0x020, 0x040, DEID_X }, /* Scheduled Procedure Step End Time */
    { 0x00400006, 0x000, 0x000, DEID_X }, /* Scheduled Performing Physician's Name */
    { 0x00400007, 0x000, 0x080, DEID_X }, /* Scheduled Procedure Step Description */
    { 0x00400009, 0x000, 0x000, DEID_X }, /* Scheduled Procedure Step ID */
    { 0x0040000b, 0x000, 0x000, DEID_X }, /* Scheduled Performing Physician Identification Sequence */
    { 0x00400010, 0x004, 0x000, DEID_X }, /* Scheduled Station Name */
    { 0x00400011, 0x004, 0x000, DEID_X }, /* Scheduled Procedure Step Location */
    { 0x00400012, 0x000, 0x010, DEID_X }, /* Pre-Medication */
    { 0x00400241, 0x000, 0x004, DEID_X }, /* Performed Station AE Title */
    { 0x00400242, 0x004, 0x000, DEID_X }, /* Performed Station Name */
    { 0x00400243, 0x000, 0x000, DEID_X }, /* Performed Location */
    { 0x00400244, 0x020, 0x040, DEID_X }, /* Performed Procedure Step Start Date */
    { 0x00400245, 0x020, 0x040, DEID_X }, /* Performed Procedure Step Start Time */
    { 0x00400250, 0x020, 0x040, DEID_X }, /* Performed Procedure Step End Date */
    { 0x00400251, 0x020, 0x040, DEID_X }, /* Performed Procedure Step End Time */
    { 0x00400253, 0x000, 0x000, DEID_X }, /* Performed Procedure Step ID */
    { 0x00400254, 0x000, 0x080, DEID_X }, /* Performed Procedure Step Description */
    { 0x00400275, 0x000, 0x080, DEID_X }, /* Request Attributes Sequence */
    { 0x00400280, 0x000, 0x080, DEID_X }, /* Comments on the Performed Procedure Step */
    { 0x00400310, 0x000, 0x080, DEID_X }, /* Comments on Radiation Dose */
    { 0x0040050a, 0x000, 0x000, DEID_X }, /* Specimen Accession Number */
    { 0x00400512, 0x000, 0x000, DEID_D }, /* Container Identifier */
    { 0x00400513, 0x000, 0x000, DEID_Z }, /* Issuer of the Container Identifier Sequence */
    { 0x0040051a, 0x000, 0x080, DEID_X }, /* Container Description */
    { 0x00400551, 0x000, 0x000, DEID_D }, /* Specimen Identifier */
    { 0x00400554, 0x002, 0x000, DEID_U }, /* Specimen UID */
    { 0x00400555, 0x000, 0x100, DEID_XZ }, /* Acquisition Context Sequence */
    { 0x00400556, 0x000, 0x080, DEID_X }, /* Acquisition Context Description */
    { 0x00400562, 0x000, 0x000, DEID_Z }, /* Issuer of the Specimen Identifier Sequence */
    { 0x00400600, 0x000, 0x080, DEID_X }, /* Specimen Short Description */
    { 0x00400602, 0x000, 0x080, DEID_X }, /* Specimen Detailed Description */
    { 0x00400610, 0x000, 0x100, DEID_Z }, /* Specimen Preparation Sequence */
    { 0x004006fa, 0x000, 0x000, DEID_X }, /* Slide Identifier */
    { 0x00401001, 0x000, 0x000, DEID_X }, /* Requested Procedure ID */
    { 0x00401002, 0x000, 0x080, DEID_X }, /* Reason for the Requested Procedure */
    { 0x00401004, 0x000, 0x000, DEID_X }, /* Patient Transport Arrangements */
    { 0x00401005, 0x000, 0x000, DEID_X }, /* Requested Procedure Location */
    { 0x0040100a, 0x000, 0x080, DEID_X }, /* Reason for Requested Procedure Code Sequence */
    { 0x00401010, 0x000, 0x000, DEID_X }, /* Names of Intended Recipients of Results */
    { 0x00401011, 0x000, 0x000, DEID_X }, /* Intended Recipients of Results Identification Sequence */
    { 0x00401101, 0x000, 0x000, DEID_D }, /* Person Identification Code Sequence */
    { 0x00401102, 0x000, 0x000, DEID_X }, /* Person's Address */
    { 0x00401103, 0x000, 0x000, DEID_X }, /* Person's Telephone Numbers */
    { 0x00401104, 0x000, 0x000, DEID_X }, /* Person's Telecom Information */
    { 0x00401400, 0x000, 0x080, DEID_X }, /* Requested Procedure Comments */
    { 0x00402001, 0x000, 0x080, DEID_X }, /* Reason for the Imaging Service Request */
    { 0x00402004, 0x020, 0x040, DEID_X }, /* Issue Date of Imaging Service Request */
    { 0x00402005, 0x020, 0x040, DEID_X }, /* Issue Time of Imaging Service Request */
    { 0x00402008, 0x000, 0x000, DEID_X }, /* Order Entered By */
    { 0x00402009, 0x000, 0x000, DEID_X }, /* Order Enterer's Location */
    { 0x00402010, 0x000, 0x000, DEID_X }, /* Order Callback Phone Number */
    { 0x00402011, 0x000, 0x000, DEID_X }, /* Order Callback Telecom Information */
    { 0x00402016, 0x000, 0x000, DEID_Z }, /* Placer Order Number / Imaging Service Request */
    { 0x00402017, 0x000, 0x000, DEID_Z }, /* Filler Order Number / Imaging Service Request */
    { 0x00402400, 0x000, 0x080, DEID_X }, /* Imaging Service Request Comments */
    { 0x00403001, 0x000, 0x000, DEID_X }, /* Confidentiality Constraint on Patient Data Description */
    { 0x00404005, 0x020, 0x040, DEID_X }, /* Scheduled Procedure Step Start DateTime */
    { 0x00404008, 0x020, 0x040, DEID_X }, /* Scheduled Procedure Step Expiration DateTime */
    { 0x00404010, 0x020, 0x040, DEID_X }, /* Scheduled Procedure Step Modification DateTime */
    { 0x00404011, 0x020, 0x040, DEID_X }, /* Expected Completion DateTime */
    { 0x00404023, 0x002, 0x000, DEID_U }, /* Referenced General Purpose Scheduled Procedure Step Transaction UID */
    { 0x00404025, 0x004, 0x000, DEID_X }, /* Scheduled Station Name Code Sequence */
    { 0x00404027, 0x004, 0x000, DEID_X }, /* Scheduled Station Geographic Location Code Sequence */
    { 0x00404028, 0x004, 0x000, DEID_X }, /* Performed Station Name Code Sequence */
    { 0x00404030, 0x004, 0x000, DEID_X }, /* Performed Station Geographic Location Code Sequence */
    { 0x00404034, 0x000, 0x000, DEID_X }, /* Scheduled Human Performers Sequence */
    { 0x00404035, 0x000, 0x000, DEID_X }, /* Actual Human Performers Sequence */
    { 0x00404036, 0x000, 0x000, DEID_X }, /* Human Performer's Organization */
    { 0x00404037, 0x000, 0x000, DEID_X }, /* Human Performer's Name */
    { 0x00404050, 0x020, 0x040, DEID_X }, /* Performed Procedure Step Start DateTime */
    { 0x00404051, 0x020, 0x040, DEID_X }, /* Performed Procedure Step End DateTime */
    { 0x00404052, 0x020, 0x040, DEID_X }, /* Procedure Step Cancellation DateTime */
    { 0x0040a023, 0x020, 0x040, DEID_X }, /* Findings Group Recording Date (Trial) */
    { 0x0040a024, 0x020, 0x040, DEID_X }, /* Findings Group Recording Time (Trial) */
    { 0x0040a027, 0x000, 0x000, DEID_D }, /* Verifying Organization */
    { 0x0040a030, 0x020, 0x040, DEID_D }, /* Verification DateTime */
    { 0x0040a032, 0x020, 0x040, DEID_XD }, /* Observation DateTime */
    { 0x0040a033, 0x020, 0x040, DEID_X }, /* Observation Start DateTime */
    { 0x0040a034, 0x020, 0x040, DEID_X }, /* Effective Start DateTime */
    { 0x0040a035, 0x020, 0x040, DEID_X }, /* Effective Stop DateTime */
    { 0x0040a073, 0x000, 0x000, DEID_D }, /* Verifying Observer Sequence */
    { 0x0040a075, 0x000, 0x000, DEID_D }, /* Verifying Observer Name */
    { 0x0040a078, 0x000, 0x000, DEID_X }, /* Author Observer Sequence */
    { 0x0040a07a, 0x000, 0x000, DEID_X }, /* Participant Sequence */
    { 0x0040a07c, 0x000, 0x000, DEID_X }, /* Custodial Organization Sequence */
    { 0x0040a082, 0x020, 0x040, DEID_Z }, /* Participation DateTime */
    { 0x0040a088, 0x000, 0x000, DEID_Z }, /* Verifying Observer Identification Code Sequence */
    { 0x0040a110, 0x020, 0x040, DEID_X }, /* Date of Document or Verbal Transaction (Trial) */
    { 0x0040a112, 0x020, 0x040, DEID_X }, /* Time of Document Creation or Verbal Transaction (Trial) */
    { 0x0040a120, 0x020, 0x040, DEID_D }, /* DateTime */
    { 0x0040a121, 0x020, 0x040, DEID_D }, /* Date */
    { 0x0040a122, 0x020, 0x040, DEID_D }, /* Time */
    { 0x0040a123, 0x000, 0x000, DEID_D }, /* Person Name */
    { 0x0040a124, 0x000, 0x000, DEID_U }, /* UID */
    { 0x0040a13a, 0x020, 0x040, DEID_D }, /* Referenced DateTime */
    { 0x0040a171, 0x002, 0x000, DEID_U }, /* Observation UID */
    { 0x0040a172, 0x002, 0x000, DEID_U }, /* Referenced Observation UID (Trial) */
    { 0x0040a192, 0x020, 0x040, DEID_X }, /* Observation Date (Trial) */
    { 0x0040a193, 0x020, 0x040, DEID_X }, /* Observation Time (Trial) */
    { 0x0040a307, 0x000, 0x000, DEID_X }, /* Current Observer (Trial) */
    { 0x0040a352, 0x000, 0x000, DEID_X }, /* Verbal Source (Trial) */
    { 0x0040a353, 0x000, 0x000, DEID_X }, /* Address (Trial) */
    { 0x0040a354, 0x000, 0x000, DEID_X }, /* Telephone Number (Trial) */
    { 0x0040a358, 0x000, 0x000, DEID_X }, /* Verbal Source Identifier Code Sequence (Trial) */
    { 0x0040a402, 0x002, 0x000, DEID_U }, /* Observation Subject UID (Trial) */
    { 0x0040a730, 0x000, 0x100, DEID_D }, /* Content Sequence */
    { 0x0040b020, 0x000, 0x100, DEID_XD }, /* Waveform Annotation Sequence */
    { 0x0040b034, 0x020, 0x040, DEID_X }, /* Annotation DateTime */
    { 0x0040b036, 0x020, 0x040, DEID_X }, /* Segment Definition DateTime */
    { 0x0040b03b, 0x000, 0x080, DEID_X }, /* Montage Name */
    { 0x0040b03f, 0x000, 0x080, DEID_X }, /* Montage Channel Label */
    { 0x0040db06, 0x020, 0x040, DEID_X }, /* Template Version */
    { 0x0040db07, 0x020, 0x040, DEID_X }, /* Template Local Version */
    { 0x0040db0c, 0x002, 0x000, DEID_U }, /* Template Extension Organization UID */
    { 0x0040db0d, 0x002, 0x000, DEID_U }, /* Template Extension Creator UID */
    { 0x0040e004, 0x020, 0x040, DEID_X }, /* HL7 Document Effective Time */
    { 0x0040e012, 0x000, 0x000, DEID_X }, /* Display URI */
    { 0x00420011, 0x000, 0x000, DEID_D }, /* Encapsulated Document */
    { 0x00440004, 0x020, 0x040, DEID_X }, /* Approval Status DateTime */
    { 0x0044000b, 0x020, 0x040, DEID_X }, /* Product Expiration DateTime */
    { 0x00440010, 0x020, 0x040, DEID_X }, /* Substance Administration DateTime */
    { 0x00440104, 0x020, 0x040, DEID_D }, /* Assertion DateTime */
    { 0x00440105, 0x020, 0x040, DEID_X }, /* Assertion Expiration DateTime */
    { 0x0050001b, 0x000, 0x000, DEID_X }, /* Container Component ID */
    { 0x00500020, 0x004, 0x000, DEID_X }, /* Device Description */
    { 0x00500021, 0x000, 0x080, DEID_X }, /* Long Device Description */
    { 0x00620021, 0x002, 0x000, DEID_U }, /* Tracking UID */
    { 0x00640003, 0x002, 0x000, DEID_U }, /* Source Frame of Reference UID */
    { 0x00686226, 0x020, 0x040, DEID_D }, /* Effective DateTime */
    { 0x00686270, 0x020, 0x040, DEID_D }, /* Information Issue DateTime */
    { 0x006a0003, 0x002, 0x000, DEID_D }, /* Annotation Group UID */
    { 0x006a0005, 0x000, 0x080, DEID_D }, /* Annotation Group Label */
    { 0x006a0006, 0x000, 0x080, DEID_X }, /* Annotation Group Description */
    { 0x00700001, 0x000, 0x200, DEID_D }, /* Graphic Annotation Sequence */
    { 0x00700006, 0x000, 0x080, DEID_D }, /* Unformatted Text Value */
    { 0x00700082, 0x020, 0x040, DEID_X }, /* Presentation Creation Date */
    { 0x00700083, 0x020, 0x040, DEID_X }, /* Presentation Creation Time */
    { 0x00700084, 0x000, 0x000, DEID_ZD }, /* Content Creator's Name */
    { 0x00700086, 0x000, 0x000, DEID_X }, /* Content Creator's Identification Code Sequence */
    { 0x0070031a, 0x002, 0x000, DEID_U }, /* Fiducial UID */
    { 0x00701101, 0x002, 0x000, DEID_U }, /* Presentation Display Collection UID */
    { 0x00701102, 0x002, 0x000, DEID_U }, /* Presentation Sequence Collection UID */
    { 0x0072000a, 0x020, 0x040, DEID_D }, /* Hanging Protocol Creation DateTime */
    { 0x0072005e, 0x000, 0x004, DEID_D }, /* Selector AE Value */
    { 0x0072005f, 0x010, 0x000, DEID_D }, /* Selector AS Value */
    { 0x00720061, 0x020, 0x040, DEID_D }, /* Selector DA Value */
    { 0x00720063, 0x020, 0x040, DEID_D }, /* Selector DT Value */
    { 0x00720065, 0x000, 0x000, DEID_D }, /* Selector OB Value */
    { 0x00720066, 0x000, 0x080, DEID_D }, /* Selector LO Value */
    { 0x00720068, 0x000, 0x080, DEID_D }, /* Selector LT Value */
    { 0x0072006a, 0x000, 0x000, DEID_D }, /* Selector PN Value */
    { 0x0072006b, 0x020, 0x040, DEID_D }, /* Selector TM Value */
    { 0x0072006c, 0x000, 0x080, DEID_D }, /* Selector SH Value */
    { 0x0072006d, 0x000, 0x000, DEID_D }, /* Selector UN Value */
    { 0x0072006e, 0x000, 0x080, DEID_D }, /* Selector ST Value */
    { 0x00720070, 0x000, 0x080, DEID_D }, /* Selector UT Value */
    { 0x00720071, 0x000, 0x000, DEID_D }, /* Selector UR Value */
    { 0x00741234, 0x000, 0x004, DEID_X }, /* Receiving AE */
    { 0x00741236, 0x000, 0x004, DEID_X }, /* Requesting AE */
    { 0x00880140, 0x002, 0x000, DEID_U }, /* Storage Media File-set UID */
    { 0x00880200, 0x000, 0x000, DEID_X }, /* Icon Image Sequence */
    { 0x00880904, 0x000, 0x000, DEID_X }, /* Topic Title */
    { 0x00880906, 0x000, 0x000, DEID_X }, /* Topic Subject */
    { 0x00880910, 0x000, 0x000, DEID_X }, /* Topic Author */
    { 0x00880912, 0x000, 0x000, DEID_X }, /* Topic Keywords */
    { 0x01000420, 0x020, 0x040, DEID_X }, /* SOP Authorization DateTime */
    { 0x04000100, 0x000, 0x000, DEID_U }, /* Digital Signature UID */
    { 0x04000105, 0x020, 0x040, DEID_D }, /* Digital Signature DateTime */
    { 0x04000115, 0x000, 0x000, DEID_D }, /* Certificate of Signer */
    { 0x04000310, 0x020, 0x040, DEID_X }, /* Certified Timestamp */
    { 0x04000402, 0x000, 0x000, DEID_X }, /* Referenced Digital Signature Sequence */
    { 0x04000403, 0x000, 0x000, DEID_X }, /* Referenced SOP Instance MAC Sequence */
    { 0x04000404, 0x000, 0x000, DEID_X }, /* MAC */
    { 0x04000550, 0x000, 0x000, DEID_X }, /* Modified Attributes Sequence */
    { 0x04000551, 0x000, 0x000, DEID_X }, /* Nonconforming Modified Attributes Sequence */
    { 0x04000552, 0x000, 0x000, DEID_X }, /* Nonconforming Data Element Value */
    { 0x04000561, 0x000, 0x000, DEID_X }, /* Original Attributes Sequence */
    { 0x04000562, 0x020, 0x040, DEID_D }, /* Attribute Modification DateTime */
    { 0x04000563, 0x004, 0x000, DEID_D }, /* Modifying System */
    { 0x04000564, 0x008, 0x000, DEID_Z }, /* Source of Previous Values */
    { 0x04000565, 0x000, 0x080, DEID_D }, /* Reason for the Attribute Modification */
    { 0x04000600, 0x000, 0x000, DEID_X }, /* Instance Origin Status */
    { 0x20300020, 0x000, 0x000, DEID_X }, /* Text String */
    { 0x21000040, 0x020, 0x040, DEID_X }, /* Creation Date */
    { 0x21000050, 0x020, 0x040, DEID_X }, /* Creation Time */
    { 0x21000070, 0x000, 0x004, DEID_X }, /* Originator */
    { 0x21000140, 0x000, 0x004, DEID_D }, /* Destination AE */
    { 0x22000002, 0x000, 0x080, DEID_XZ }, /* Label Text */
    { 0x22000005, 0x000, 0x000, DEID_XZ }, /* Barcode Value */
    { 0x30020121, 0x000, 0x080, DEID_X }, /* Position Acquisition Template Name */
    { 0x30020123, 0x000, 0x080, DEID_X }, /* Position Acquisition Template Description */
    { 0x3004007f, 0x000, 0x080, DEID_X }, /* Dose Calculation Model Name */
    { 0x30060002, 0x000, 0x080, DEID_D }, /* Structure Set Label */
    { 0x30060004, 0x000, 0x080, DEID_X }, /* Structure Set Name */
    { 0x30060006, 0x000, 0x080, DEID_X }, /* Structure Set Description */
    { 0x30060008, 0x020, 0x040, DEID_Z }, /* Structure Set Date */
    { 0x30060009, 0x020, 0x040, DEID_Z }, /* Structure Set Time */
    { 0x30060024, 0x002, 0x000, DEID_U }, /* Referenced Frame of Reference UID */
    { 0x30060026, 0x000, 0x080, DEID_Z }, /* ROI Name */
    { 0x30060028, 0x000, 0x080, DEID_X }, /* ROI Description */
    { 0x3006002d, 0x020, 0x040, DEID_X }, /* ROI DateTime */
    { 0x3006002e, 0x020, 0x040, DEID_X }, /* ROI Observation DateTime */
    { 0x30060038, 0x000, 0x080, DEID_X }, /* ROI Generation Description */
    { 0x3006004d, 0x000, 0x000, DEID_X }, /* ROI Creator Sequence */
    { 0x3006004e, 0x000, 0x000, DEID_X }, /* ROI Interpreter Sequence */
    { 0x30060085, 0x000, 0x080, DEID_X }, /* ROI Observation Label */
    { 0x30060088, 0x000, 0x080, DEID_X }, /* ROI Observation Description */
    { 0x300600a6, 0x000, 0x000, DEID_Z }, /* ROI Interpreter */
    { 0x300600c2, 0x002, 0x000, DEID_U }, /* Related Frame of Reference UID */
    { 0x30080024, 0x020, 0x040, DEID_D }, /* Treatment Control Point Date */
    { 0x30080025, 0x020, 0x040, DEID_D }, /* Treatment Control Point Time */
    { 0x30080054, 0x020, 0x040, DEID_XD }, /* First Treatment Date */
    { 0x30080056, 0x020, 0x040, DEID_XD }, /* Most Recent Treatment Date */
    { 0x30080105, 0x004, 0x000, DEID_XZ }, /* Source Serial Number */
    { 0x30080162, 0x020, 0x040, DEID_D }, /* Safe Position Exit Date */
    { 0x30080164, 0x020, 0x040, DEID_D }, /* Safe Position Exit Time */
    { 0x30080166, 0x020, 0x040, DEID_D }, /* Safe Position Return Date */
    { 0x30080168, 0x020, 0x040, DEID_D }, /* Safe Position Return Time */
    { 0x30080250, 0x020, 0x040, DEID_XD }, /* Treatment Date */
    { 0x30080251, 0x020, 0x040, DEID_XD }, /* Treatment Time */
    { 0x300a0002, 0x000, 0x080, DEID_D }, /* RT Plan Label */
    { 0x300a0003, 0x000, 0x080, DEID_X }, /* RT Plan Name */
    { 0x300a0004, 0x000, 0x080, DEID_X }, /* RT Plan Description */
    { 0x300a0006, 0x020, 0x040, DEID_XD }, /* RT Plan Date */
    { 0x300a0007, 0x020, 0x040, DEID_XD }, /* RT Plan Time */
    { 0x300a000b, 0x000, 0x080, DEID_X }, /* Treatment Sites */
    { 0x300a000e, 0x000, 0x080, DEID_X }, /* Prescription Description */
    { 0x300a0013, 0x002, 0x000, DEID_U }, /* Dose Reference UID */
    { 0x300a0016, 0x000, 0x080, DEID_X }, /* Dose Reference Description */
    { 0x300a0054, 0x002, 0x000, DEID_U }, /* Table Top Position Alignment UID */
    { 0x300a0072, 0x000, 0x080, DEID_X }, /* Fraction Group Description */
    { 0x300a0083, 0x002, 0x000, DEID_U }, /* Referenced Dose Reference UID */
    { 0x300a00b2, 0x004, 0x000, DEID_XZ }, /* Treatment Machine Name */
    { 0x300a00c3, 0x000, 0x080, DEID_X }, /* Beam Description */
    { 0x300a00dd, 0x000, 0x080, DEID_X }, /* Bolus Description */
    { 0x300a0196, 0x000, 0x080, DEID_X }, /* Fixation Device Description */
    { 0x300a01a6, 0x000, 0x080, DEID_X }, /* Shielding Device Description */
    { 0x300a01b2, 0x000, 0x080, DEID_X }, /* Setup Technique Description */
    { 0x300a0216, 0x004, 0x000, DEID_X }, /* Source Manufacturer */
    { 0x300a022c, 0x020, 0x040, DEID_D }, /* Source Strength Reference Date */
    { 0x300a022e, 0x020, 0x040, DEID_D }, /* Source Strength Reference Time */
    { 0x300a02eb, 0x000, 0x080, DEID_X }, /* Compensator Description */
    { 0x300a0608, 0x000, 0x080, DEID_D }, /* Treatment Position Group Label */
    { 0x300a0609, 0x002, 0x000, DEID_U }, /* Treatment Position Group UID */
    { 0x300a0611, 0x000, 0x000, DEID_Z }, /* RT Accessory Holder Slot ID */
    { 0x300a0615, 0x000, 0x000, DEID_Z }, /* RT Accessory Device Slot ID */
    { 0x300a0619, 0x000, 0x080, DEID_D }, /* Radiation Dose Identification Label */
    { 0x300a0623, 0x000, 0x080, DEID_D }, /* Radiation Dose In-Vivo Measurement Label */
    { 0x300a062a, 0x000, 0x080, DEID_D }, /* RT Tolerance Set Label */
    { 0x300a0650, 0x002, 0x000, DEID_U }, /* Patient Setup UID */
    { 0x300a0676, 0x000, 0x080, DEID_X }, /* Equipment Frame of Reference Description */
    { 0x300a067c, 0x000, 0x080, DEID_D }, /* Radiation Generation Mode Label */
    { 0x300a067d, 0x000, 0x080, DEID_Z }, /* Radiation Generation Mode Description */
    { 0x300a0700, 0x002, 0x000, DEID_U }, /* Treatment Session UID */
    { 0x300a0734, 0x000, 0x080, DEID_D }, /* Treatment Tolerance Violation Description */
    { 0x300a0736, 0x020, 0x040, DEID_D }, /* Treatment Tolerance Violation DateTime */
    { 0x300a073a, 0x020, 0x040, DEID_D }, /* Recorded RT Control Point DateTime */
    { 0x300a0741, 0x020, 0x040, DEID_D }, /* Interlock DateTime */
    { 0x300a0742, 0x000, 0x080, DEID_D }, /* Interlock Description */
    { 0x300a0760, 0x020, 0x040, DEID_D }, /* Override DateTime */
    { 0x300a0783, 0x000, 0x080, DEID_D }, /* Interlock Origin Description */
    { 0x300a0785, 0x002, 0x000, DEID_U }, /* Referenced Treatment Position Group UID */
    { 0x300a078e, 0x000, 0x080, DEID_X }, /* Patient Treatment Preparation Procedure Parameter Description */
    { 0x300a0792, 0x000, 0x080, DEID_X }, /* Patient Treatment Preparation Method Description */
    { 0x300a0794, 0x000, 0x080, DEID_X }, /* Patient Setup Photo Description */
    { 0x300a079a, 0x000, 0x080, DEID_X }, /* Displacement Reference Label */
    { 0x300c0113, 0x000, 0x080, DEID_X }, /* Reason for Omission Description */
    { 0x300c0127, 0x024, 0x040, DEID_D }, /* Beam Hold Transition DateTime */
    { 0x300e0004, 0x020, 0x040, DEID_Z }, /* Review Date */
    { 0x300e0005, 0x020, 0x040, DEID_Z }, /* Review Time */
    { 0x300e0008, 0x000, 0x000, DEID_XZ }, /* Reviewer Name */
    { 0x30100006, 0x002, 0x000, DEID_U }, /* Conceptual Volume UID */
    { 0x3010000b, 0x002, 0x000, DEID_U }, /* Referenced Conceptual Volume UID */
    { 0x3010000f, 0x000, 0x080, DEID_Z }, /* Conceptual Volume Combination Description */
    { 0x30100013, 0x002, 0x000, DEID_U }, /* Constituent Conceptual Volume UID */
    { 0x30100015, 0x002, 0x000, DEID_U }, /* Source Conceptual Volume UID */
    { 0x30100017, 0x000, 0x080, DEID_Z }, /* Conceptual Volume Description */
    { 0x3010001b, 0x000, 0x000, DEID_Z }, /* Device Alternate Identifier */
    { 0x3010002d, 0x004, 0x000, DEID_D }, /* Device Label */
    { 0x30100031, 0x002, 0x000, DEID_U }, /* Referenced Fiducials UID */
    { 0x30100033, 0x000, 0x080, DEID_D }, /* User Content Label */
    { 0x30100034, 0x000, 0x080, DEID_D }, /* User Content Long Label */
    { 0x30100035, 0x000, 0x080, DEID_D }, /* Entity Label */
    { 0x30100036, 0x000, 0x080, DEID_X }, /* Entity Name */
    { 0x30100037, 0x000, 0x080, DEID_X }, /* Entity Description */
    { 0x30100038, 0x000, 0x080, DEID_D }, /* Entity Long Label */
    { 0x3010003b, 0x002, 0x000, DEID_U }, /* RT Treatment Phase UID */
    { 0x30100043, 0x004, 0x000, DEID_Z }, /* Manufacturer's Device Identifier */
    { 0x3010004c, 0x020, 0x040, DEID_XD }, /* Intended Phase Start Date */
    { 0x3010004d, 0x020, 0x040, DEID_XD }, /* Intended Phase End Date */
    { 0x30100054, 0x000, 0x080, DEID_D }, /* RT Prescription Label */
    { 0x30100056, 0x000, 0x080, DEID_XD }, /* RT Treatment Approach Label */
    { 0x3010005a, 0x000, 0x080, DEID_Z }, /* RT Physician Intent Narrative */
    { 0x3010005c, 0x000, 0x080, DEID_Z }, /* Reason for Superseding */
    { 0x30100061, 0x000, 0x080, DEID_X }, /* Prior Treatment Dose Description */
    { 0x3010006e, 0x002, 0x000, DEID_U }, /* Dosimetric Objective UID */
    { 0x3010006f, 0x002, 0x000, DEID_U }, /* Referenced Dosimetric Objective UID */
    { 0x30100077, 0x000, 0x080, DEID_XD }, /* Treatment Site */
    { 0x3010007a, 0x000, 0x080, DEID_Z }, /* Treatment Technique Notes */
    { 0x3010007b, 0x000, 0x080, DEID_Z }, /* Prescription Notes */
    { 0x3010007f, 0x000, 0x080, DEID_Z }, /* Fractionation Notes */
    { 0x30100081, 0x000, 0x080, DEID_Z }, /* Prescription Notes Sequence */
    { 0x30100085, 0x020, 0x040, DEID_X }, /* Intended Fraction Start Time */
    { 0x40000010, 0x000, 0x000, DEID_X }, /* Arbitrary */
    { 0x40004000, 0x000, 0x000, DEID_X }, /* Text Comments */
    { 0x40080040, 0x000, 0x000, DEID_X }, /* Results ID */
    { 0x40080042, 0x000, 0x000, DEID_X }, /* Results ID Issuer */
    { 0x40080100, 0x020, 0x040, DEID_X }, /* Interpretation Recorded Date */
    { 0x40080101, 0x020, 0x040, DEID_X }, /* Interpretation Recorded Time */
    { 0x40080102, 0x000, 0x000, DEID_X }, /* Interpretation Recorder */
    { 0x40080108, 0x020, 0x040, DEID_X }, /* Interpretation Transcription Date */
    { 0x40080109, 0x020, 0x040, DEID_X }, /* Interpretation Transcription Time */
    { 0x4008010a, 0x000, 0x000, DEID_X }, /* Interpretation Transcriber */
    { 0x4008010b, 0x000, 0x080, DEID_X }, /* Interpretation Text */
    { 0x4008010c, 0x000, 0x000, DEID_X }, /* Interpretation Author */
    { 0x40080111, 0x000, 0x000, DEID_X }, /* Interpretation Approver Sequence */
    { 0x40080112, 0x020, 0x040, DEID_X }, /* Interpretation Approval Date */
    { 0x40080113, 0x020, 0x040, DEID_X }, /* Interpretation Approval Time */
    { 0x40080114, 0x000, 0x000, DEID_X }, /* Physician Approving Interpretation */
    { 0x40080115, 0x000, 0x080, DEID_X }, /* Interpretation Diagnosis Description */
    { 0x40080118, 0x000, 0x000, DEID_X }, /* Results Distribution List Sequence */
    { 0x40080119, 0x000, 0x000, DEID_X }, /* Distribution Name */
    { 0x4008011a, 0x000, 0x000, DEID_X }, /* Distribution Address */
    { 0x40080200, 0x000, 0x000, DEID_X }, /* Interpretation ID */
    { 0x40080202, 0x000, 0x000, DEID_X }, /* Interpretation ID Issuer */
    { 0x40080300, 0x000, 0x080, DEID_X }, /* Impressions */
    { 0x40084000, 0x000, 0x080, DEID_X }, /* Results Comments */
    { 0xfffafffa, 0x000, 0x000, DEID_X }, /* Digital Signatures Sequence */
    { 0xfffcfffc, 0x000, 0x000, DEID_X }, /* Data Set Trailing Padding */
};
const uint32_t tomo__deid_n_rules = sizeof tomo__deid_rules / sizeof tomo__deid_rules[0];

const tomo__deid_safe tomo__deid_safe_private[] = {
    { "ELSCINT1", 0x00e1, 0x21, VR_DS }, /* DLP */
    { "ELSCINT1", 0x00e1, 0x50, VR_DS }, /* Acquisition Duration */
    { "ELSCINT1", 0x01e1, 0x26, VR_CS }, /* Phantom Type */
    { "ELSCINT1", 0x01f1, 0x01, VR_CS }, /* Acquisition Type */
    { "ELSCINT1", 0x01f1, 0x07, VR_DS }, /* Table Velocity */
    { "ELSCINT1", 0x01f1, 0x26, VR_DS }, /* Pitch */
    { "ELSCINT1", 0x01f1, 0x27, VR_DS }, /* Rotation Time */
    { "GEMS_ACQU_01", 0x0019, 0x23, VR_DS }, /* Table Speed [mm/rotation] */
    { "GEMS_ACQU_01", 0x0019, 0x24, VR_DS }, /* Mid Scan Time [sec] */
    { "GEMS_ACQU_01", 0x0019, 0x27, VR_DS }, /* Rotation Speed (Gantry Period) */
    { "GEMS_ACQU_01", 0x0019, 0x9e, VR_LO }, /* Internal Pulse Sequence Name */
    { "GEMS_HELIOS_01", 0x0045, 0x02, VR_FL }, /* Macro width at ISO Center */
    { "GEMS_PARM_01", 0x0043, 0x39, VR_IS }, /* 1stvalue is B Value */
    { "GEMS_PARM_01", 0x0043, 0x6f, VR_DS }, /* Scanner Table Entry + Gradient Coil Selected */
    { "Philips Imaging DD 001", 0x2001, 0x01, VR_FL }, /* MR Image Chemical Shift */
    { "Philips Imaging DD 001", 0x2001, 0x02, VR_IS }, /* MR Image Chemical Shift Number */
    { "Philips Imaging DD 001", 0x2001, 0x03, VR_FL }, /* MR Image Diffusion B-Factor */
    { "Philips Imaging DD 001", 0x2001, 0x04, VR_CS }, /* MR Image Diffusion Direction */
    { "Philips Imaging DD 001", 0x2001, 0x06, VR_CS }, /* MR Image Enhanced */
    { "Philips Imaging DD 001", 0x2001, 0x07, VR_CS }, /* MR Image Type Edes */
    { "Philips Imaging DD 001", 0x2001, 0x08, VR_IS }, /* MR Image Phase Number */
    { "Philips Imaging DD 001", 0x2001, 0x09, VR_FL }, /* MR Image Prepulse Delay */
    { "Philips Imaging DD 001", 0x2001, 0x0a, VR_IS }, /* Image Plane Number */
    { "Philips Imaging DD 001", 0x2001, 0x0b, VR_CS }, /* Image Plane Orientation */
    { "Philips Imaging DD 001", 0x2001, 0x0c, VR_CS }, /* MR Series Arrhythmia Rejection */
    { "Philips Imaging DD 001", 0x2001, 0x0e, VR_CS }, /* MR Series Cardiac Cycled */
    { "Philips Imaging DD 001", 0x2001, 0x10, VR_CS }, /* MR Series Cardiac Sync */
    { "Philips Imaging DD 001", 0x2001, 0x11, VR_FL }, /* MR Series Diffusion Echo Time */
    { "Philips Imaging DD 001", 0x2001, 0x12, VR_CS }, /* MR Series Dynamic Series */
    { "Philips Imaging DD 001", 0x2001, 0x19, VR_CS }, /* MR Series Partial Matrix Scanned */
    { "Philips Imaging DD 001", 0x2001, 0x1a, VR_FL }, /* MR Series Pc Velocity */
    { "Philips Imaging DD 001", 0x2001, 0x1b, VR_FL }, /* MR Series Prepulse Delay */
    { "Philips Imaging DD 001", 0x2001, 0x1c, VR_CS }, /* MR Series Prepulse Type */
    { "Philips Imaging DD 001", 0x2001, 0x1d, VR_IS }, /* MR Series Reconstruction Number */
    { "Philips Imaging DD 001", 0x2001, 0x1e, VR_CS }, /* MR Series Reformat Accuracy */
    { "Philips Imaging DD 001", 0x2001, 0x1f, VR_CS }, /* MR Series Respiration Sync */
    { "Philips Imaging DD 001", 0x2001, 0x21, VR_CS }, /* MR Series Sel Part Inversion Recovery */
    { "Philips Imaging DD 001", 0x2001, 0x22, VR_FL }, /* MR Series Water Fat Shift */
    { "Philips Imaging DD 001", 0x2001, 0x23, VR_DS }, /* MR Series Flip Angle */
    { "Philips Imaging DD 001", 0x2001, 0x24, VR_CS }, /* MR Series Is Interactive */
    { "Philips Imaging DD 001", 0x2001, 0x26, VR_CS }, /* Presentation State Subtraction Active */
    { "Philips Imaging DD 001", 0x2001, 0x2d, VR_SS }, /* Stack Number Of Slices */
    { "Philips Imaging DD 001", 0x2001, 0x32, VR_FL }, /* Stack Radial Angle */
    { "Philips Imaging DD 001", 0x2001, 0x33, VR_CS }, /* Stack Radial Axis */
    { "Philips Imaging DD 001", 0x2001, 0x35, VR_SS }, /* Stack Slice Number */
    { "Philips Imaging DD 001", 0x2001, 0x36, VR_CS }, /* Stack Type */
    { "Philips Imaging DD 001", 0x2001, 0x46, VR_CS }, /* Graphic Line Style */
    { "Philips Imaging DD 001", 0x2001, 0x47, VR_FL }, /* Graphic Line Width */
    { "Philips Imaging DD 001", 0x2001, 0x48, VR_SS }, /* Graphic Annotation Id */
    { "Philips Imaging DD 001", 0x2001, 0x4b, VR_CS }, /* Interpolation Method */
    { "Philips Imaging DD 001", 0x2001, 0x4c, VR_CS }, /* Poly Line Begin Point Style */
    { "Philips Imaging DD 001", 0x2001, 0x4d, VR_CS }, /* Poly Line End Point Style */
    { "Philips Imaging DD 001", 0x2001, 0x4e, VR_CS }, /* Window Smoothing Taste */
    { "Philips Imaging DD 001", 0x2001, 0x55, VR_CS }, /* Graphic Line Color */
    { "Philips Imaging DD 001", 0x2001, 0x56, VR_CS }, /* Graphic Type */
    { "Philips Imaging DD 001", 0x2001, 0x61, VR_CS }, /* Series Transmitted */
    { "Philips Imaging DD 001", 0x2001, 0x62, VR_CS }, /* Series Committed */
    { "Philips Imaging DD 001", 0x2001, 0x63, VR_CS }, /* Examination Source */
    { "Philips Imaging DD 001", 0x2001, 0x69, VR_SQ }, /* Display Shutter Sequence */
    { "Philips Imaging DD 001", 0x2001, 0x6a, VR_SQ }, /* Spatial Transformation Sequence */
    { "Philips Imaging DD 001", 0x2001, 0x6e, VR_SH }, /* Series Type */
    { "Philips Imaging DD 001", 0x2001, 0x77, VR_CS }, /* Gl Trafo Type */
    { "Philips Imaging DD 001", 0x2001, 0x7a, VR_FL }, /* Window Rounding Factor */
    { "Philips Imaging DD 001", 0x2001, 0x7b, VR_IS }, /* MR Series Acquisition Number */
    { "Philips Imaging DD 001", 0x2001, 0x81, VR_IS }, /* MR Series Nr Of Dynamic Scans */
    { "Philips Imaging DD 001", 0x2001, 0x82, VR_IS }, /* MR Series Echo Train Length */
    { "Philips Imaging DD 001", 0x2001, 0x83, VR_DS }, /* MR Series Imaging Frequency */
    { "Philips Imaging DD 001", 0x2001, 0x84, VR_DS }, /* MR Series Inversion Time */
    { "Philips Imaging DD 001", 0x2001, 0x85, VR_DS }, /* MR Series Magnetic Field Strength */
    { "Philips Imaging DD 001", 0x2001, 0x86, VR_IS }, /* MR Series Nr Of Phase Encoding Steps */
    { "Philips Imaging DD 001", 0x2001, 0x88, VR_DS }, /* MR Series Number Of Averages */
    { "Philips Imaging DD 001", 0x2001, 0x89, VR_DS }, /* MR Series Percent Phase Field Of View */
    { "Philips Imaging DD 001", 0x2001, 0x8a, VR_DS }, /* MR Series Percent Sampling */
    { "Philips Imaging DD 001", 0x2001, 0x9f, VR_US }, /* Pixel Processing Kernel Size */
    { "Philips Imaging DD 001", 0x2001, 0xa3, VR_UL }, /* Text Color Foreground */
    { "Philips Imaging DD 001", 0x2001, 0xc1, VR_LO }, /* Nested Object Type Name */
    { "Philips Imaging DD 001", 0x2001, 0xcb, VR_IS }, /* Redundant Overlay Plane Id */
    { "Philips Imaging DD 001", 0x2001, 0xf1, VR_FL }, /* MR Image Prospective Motion Correction */
    { "Philips Imaging DD 001", 0x2001, 0xf2, VR_FL }, /* MR Image Retrospective Motion Correction */
    { "Philips MR Imaging DD 001", 0x2005, 0x0d, VR_FL }, /* Scale Intercept */
    { "Philips MR Imaging DD 001", 0x2005, 0x0e, VR_FL }, /* Scale Slope */
    { "Philips PET Private Group", 0x7053, 0x00, VR_DS }, /* SUV Factor - Multiplying Stored Pixel Values by  */
    { "Philips PET Private Group", 0x7053, 0x09, VR_DS }, /* Activity Concentration Factor - Multiplying Stor */
    { "SIEMENS MR HEADER", 0x0019, 0x0c, VR_IS }, /* B Value */
    { "SIEMENS MR HEADER", 0x0019, 0x0d, VR_CS }, /* Diffusion Directionality */
    { "SIEMENS MR HEADER", 0x0019, 0x0e, VR_FD }, /* Diffusion Gradient Direction */
    { "SIEMENS MR HEADER", 0x0019, 0x27, VR_FD }, /* B Matrix */
};
const uint32_t tomo__deid_n_safe = sizeof tomo__deid_safe_private / sizeof tomo__deid_safe_private[0];
