#!/usr/bin/python3
"""Plant a known patient in copies of DICOM files, with the answers.

usage: make_phi.py FROM[:FROM...] TO [--every N]

TO/in gets the files, TO/terms.txt every term that must not be found afterwards (one a line), TO/answers.json for each
file (in order of names, as the report of `tomo deid run` has them) what has to have happened: a list of
[action, tag path, what]. Actions are those of the MIDI-B benchmark: date_shifted, patid_consistent, pixels_hidden,
pixels_retained, tag_retained, text_notnull, text_removed, text_retained, uid_changed, uid_consistent.
Deterministic; needs pydicom 2.3 and numpy.
"""
import json
import os
import random
import re
import struct
import sys
import warnings

import numpy as np
import pydicom
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

warnings.simplefilter("ignore")
pydicom.config.replace_un_with_known_vr = False
FAMILY = ["Quillfeather", "Zabrowski", "Oyelaran", "Vandersloot", "Hjelmqvist", "Krzyzanek", "Mbeki", "Tanaquil",
          "Wroblewska", "Featherstonehaugh", "Ngo", "Oduya"]
GIVEN = ["Ambrose", "Philippa", "Ezequiel", "Dagny", "Thaddeus", "Ludmila", "Xanthe", "Casimir"]
# Columns of a 5 x 7 font, lowest bit on top.
FONT = {row.split()[0]: bytes.fromhex(row.split()[1]) for row in """0 3e5149453e|1 00427f4000|2 4261514946|3 2141454b31
4 1814127f10|5 2745454539|6 3c4a494930|7 0171090503|8 3649494936|9 064949291e|- 0808080808|/ 2010080402|^ 0402010204
: 0036360000|. 0060600000|A 7e1111117e|B 7f49494936|C 3e41414122|D 7f4141221c|E 7f49494941|F 7f09090901|G 3e4149497a
H 7f0808087f|I 00417f4100|J 2040413f01|K 7f08142241|L 7f40404040|M 7f020c027f|N 7f0408107f|O 3e4141413e|P 7f09090906
Q 3e4151215e|R 7f09192946|S 4649494931|T 01017f0101|U 3f4040403f|V 1f2040201f|W 3f4038403f|X 6314081463|Y 0708700807
Z 6151494543""".replace("\n", "|").split("|")}


class Patient:
    def __init__(self, number):
        r = random.Random(number)
        self.family, self.given = FAMILY[number % len(FAMILY)], GIVEN[number // len(FAMILY) % len(GIVEN)]
        self.id = "MRN-%d-%d" % (r.randint(100, 999), r.randint(100000, 999999))
        self.name = "%s^%s" % (self.family, self.given)
        self.phone = "555-%03d-%04d" % (r.randint(200, 999), r.randint(1000, 9999))
        self.accession = "ACC%d" % r.randint(10 ** 7, 10 ** 8)
        self.birth = "%d%02d%02d" % (r.randint(1931, 1999), r.randint(1, 12), r.randint(1, 28))
        self.study = "%d%02d%02d" % (r.randint(2001, 2019), r.randint(1, 12), r.randint(1, 28))
        self.doctor = "Grimsby%s^Otto" % chr(97 + number % 26)
        self.hospital = "Saint Wilibrord Klinikum %d" % (number + 10)
        self.street = "%d Larkspur Crescent" % r.randint(100, 999)

    def terms(self):
        y, m, d = self.birth[:4], self.birth[4:6], self.birth[6:]
        return [self.family, self.given, self.id, self.phone, self.accession, self.birth, self.study, self.hospital,
                self.street, self.doctor.split("^")[0], "%s-%s-%s" % (y, m, d), "%s/%s/%s" % (m, d, y)]


def draw(text, scale):
    cells = np.zeros((7, 6 * len(text)), bool)
    for i, c in enumerate(text):
        for x, column in enumerate(FONT.get(c, b"\0" * 5)):
            for y in range(7):
                cells[y, 6 * i + x] = column >> y & 1
    return np.kron(cells, np.ones((scale, scale), bool))


def pixels_of(ds):
    """Native gray or RGB pixels as (frames, rows, columns, samples), with the flat array behind; None for others."""
    if ds.file_meta.TransferSyntaxUID not in (ExplicitVRLittleEndian, ImplicitVRLittleEndian) or "PixelData" not in ds:
        return None
    samples, bits, rows, cols = ds.SamplesPerPixel, ds.BitsAllocated, ds.Rows, ds.Columns
    frames = int(ds.get("NumberOfFrames", 1) or 1)
    need = frames * rows * cols * samples * bits // 8
    if bits not in (8, 16) or samples not in (1, 3) or len(ds.PixelData) < need or need > 64 << 20 or \
            ds.PhotometricInterpretation not in ("MONOCHROME1", "MONOCHROME2", "RGB"):
        return None
    kind = "<u1" if bits == 8 else "<i2" if ds.PixelRepresentation else "<u2"
    flat = np.frombuffer(ds.PixelData[:need], kind).copy()
    if samples == 3 and ds.get("PlanarConfiguration", 0) == 1:
        return flat, flat.reshape(frames, samples, rows, cols).transpose(0, 2, 3, 1)
    return flat, flat.reshape(frames, rows, cols, samples)


def burn(ds, patient, r):
    """Text into every frame: its box and the mask of its strokes, or None where it can't be or nobody could read it."""
    found = pixels_of(ds)
    if not found or ds.Columns < 120 or ds.Rows < 40:
        return None
    flat, view = found
    rows, cols = ds.Rows, ds.Columns
    text = r.choice([patient.name.upper(), patient.id, "DOB %s" % patient.birth])
    strokes = draw(text, r.choice([s for s in (1, 2, 3) if 6 * len(text) * s < cols - 8] or [1]))
    h, w = strokes.shape
    if w > cols - 8 or h > rows - 8:
        return None
    y, x = r.choice([3, rows - h - 4]), r.randint(2, cols - w - 2)
    mask = np.zeros((rows, cols), bool)
    mask[y:y + h, x:x + w] = strokes
    limit = 2 ** (int(ds.BitsStored) - int(ds.PixelRepresentation)) - 1
    low = int(view.min())
    span = max(min(int(view.max()) if view.max() > 0 else limit, limit) - low, 1)
    value = low + int(span * r.choice([0.6, 0.8, 1.0]))
    ground = view[:, y:y + h, x:x + w, :].astype(float)
    if abs(value - ground.mean()) < 0.35 * span or ground.std() > 0.12 * span:
        return None
    view[:, mask, :] = value
    ds.PixelData = flat.tobytes() + b"\0" * (flat.nbytes % 2)
    return {"box": [int(x), int(y), int(w), int(h)], "mask": np.packbits(mask[y:y + h, x:x + w]).tobytes().hex()}


def plant_header(ds, patient, want):
    ds.PatientName, ds.PatientID, ds.PatientBirthDate = patient.name, patient.id, patient.birth
    ds.AccessionNumber, ds.ReferringPhysicianName = patient.accession, patient.doctor
    ds.InstitutionName, ds.InstitutionAddress, ds.PatientAddress = patient.hospital, patient.street, patient.street
    ds.PatientTelephoneNumbers, ds.OtherPatientNames = patient.phone, patient.name
    for path in ("PatientName", "PatientBirthDate", "AccessionNumber", "ReferringPhysicianName", "InstitutionName",
                 "InstitutionAddress", "PatientTelephoneNumbers", "OtherPatientNames", "PatientAddress"):
        want("text_removed", path, str(ds[path].value))
    want("patid_consistent", "PatientID", patient.id)
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = patient.study
    ds.StudyTime = "101112"
    ds.AcquisitionDateTime = patient.study + "101112.5+0100"
    for path in ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate", "AcquisitionDateTime"):
        want("date_shifted", path, patient.study)
    want("text_retained", "StudyTime", "101112")
    ds.StudyDescription = "CT CHEST FOR %s" % patient.family
    ds.SeriesDescription = "T1 AXIAL POST CONTRAST 5MM"
    ds.ImageComments = "call %s at %s, seen %s/%s/%s" % (patient.given, patient.phone, patient.birth[4:6],
                                                         patient.birth[6:], patient.birth[:4])
    ds.SoftwareVersions = "7.1 %s" % patient.family.upper() # stays by the table, but for the name in it
    want("text_removed", "StudyDescription", patient.family)
    want("text_retained", "SeriesDescription", "T1 AXIAL POST CONTRAST 5MM")
    want("text_removed", "ImageComments", patient.phone)
    want("text_removed", "SoftwareVersions", patient.family)


def plant_deep(ds, patient, want):
    # depth 3, with the name in a meaning that no table lists
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "T-D3000", "SRT", "Chest of %s" % patient.given
    step = Dataset()
    step.ScheduledProtocolCodeSequence = Sequence([code])
    step.ScheduledProcedureStepDescription = "for %s" % patient.name
    step.RequestedProcedureID = patient.accession
    ds.RequestAttributesSequence = Sequence([step])
    want("text_removed", "RequestAttributesSequence", patient.given)
    # private: a text, and a sequence in it; and an element that E.3.10 calls safe
    inner = Dataset()
    inner.PatientName = patient.name
    block = ds.private_block(0x0009, "ACME CORP", create=True)
    block.add_new(0x01, "LO", patient.name)
    block.add_new(0x02, "SQ", Sequence([inner]))
    want("text_removed", "00091001", patient.family)
    if ds.get("Modality") == "MR" and (0x0019, 0x0010) not in ds:
        ds.private_block(0x0019, "SIEMENS MR HEADER", create=True).add_new(0x0C, "IS", "1000")
        want("tag_retained", "0019100C", "1000")
    # an implicit sequence as UN, as routers write it
    name = patient.name.encode() + b" " * (len(patient.name) % 2)
    item = struct.pack("<HHI", 0x0010, 0x0010, len(name)) + name
    ds.add(DataElement(0x00321064, "UN", struct.pack("<HHI", 0xFFFE, 0xE000, len(item)) + item))
    want("text_removed", "00321064", patient.family)
    ds.add(DataElement(0x0018FFEE, "LO", patient.name)) # even, but no dictionary has it
    want("text_removed", "0018FFEE", patient.family)
    ds.add(DataElement(0xFFFCFFFC, "OB", name))
    for content in ds.get("ContentSequence", None) or []:
        plant_content(content, patient, 0)
    if "ContentSequence" in ds:
        want("text_removed", "ContentSequence", patient.family)


def plant_content(item, patient, depth):
    if item.get("ValueType") == "TEXT":
        item.TextValue = "Findings of %s, born %s" % (patient.name, patient.birth)
    if item.get("ValueType") == "PNAME":
        item.PersonName = patient.name
    for child in (item.get("ContentSequence", None) or []) if depth < 16 else []:
        plant_content(child, patient, depth + 1)


def words(text):
    return {w for w in re.split("[^a-z]+", str(text).lower()) if len(w) > 2}


def plant(ds, patient, r):
    """Change the data set; the answers."""
    keys = []
    names = {w for e in ds.iterall() if e.VR == "PN" for w in words(e.value)} # whose words may go anywhere

    def want(action, path, what=None):
        keys.append([action, path, what])

    plant_header(ds, patient, want)
    plant_deep(ds, patient, want)
    for path in ("PatientID", "StudyInstanceUID", "SOPInstanceUID"):
        want("text_notnull", path)
    for path in ("Rows", "Columns", "PixelSpacing", "Modality", "SliceThickness", "ImageOrientationPatient",
                 "Manufacturer", "RescaleSlope", "PatientSex"):
        if path in ds and str(ds[path].value).isascii() and str(ds[path].value) and not names & words(ds[path].value):
            want("tag_retained", path, str(ds[path].value))
    for path in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID"):
        if path in ds and str(ds[path].value):
            want("uid_changed", path, str(ds[path].value))
            want("uid_consistent", path, str(ds[path].value))
    burned = burn(ds, patient, r) if r.random() < 0.8 else None
    # what no program has written on: all else is searched, and texture may look like text
    safe = (ds.get("Modality") in ("SEG", "RTDOSE") or ds.get("Modality") in ("CT", "MR", "PT") and
            list(ds.get("ImageType") or ())[:2] == ["ORIGINAL", "PRIMARY"] and ds.get("SamplesPerPixel") == 1) and not any(
        k in ds for k in ("ConversionType", "SequenceOfUltrasoundRegions", "BurnedInAnnotation")) and \
        not ds.SOPClassUID.startswith("1.2.840.10008.5.1.4.1.1.7")
    if burned:
        ds.ConversionType = "WSD" # a workstation: what makes such pixels in life
        want("pixels_hidden", "PixelData", burned)
    elif safe and "PixelData" in ds and (ds.BitsAllocated > 1 or not ds.file_meta.TransferSyntaxUID.is_compressed):
        want("pixels_retained", "PixelData")
    ds.preamble = patient.name.encode()[:40].ljust(128, b"\0")
    return keys


def make(path, target, number, patients):
    """One file planted: (name, answers, patient), or None if it is none of ours."""
    if os.path.getsize(path) > 24 << 20:
        return None
    with open(path, "rb") as f:
        if f.read(132)[128:] != b"DICM":
            return None
    ds = pydicom.dcmread(path)
    if "TransferSyntaxUID" not in ds.file_meta or not ds.get("SOPInstanceUID") or not ds.get("StudyInstanceUID") or \
            ds.file_meta.TransferSyntaxUID.is_deflated or ds.get("SOPClassUID") == "1.2.840.10008.1.3.10":
        return None
    patient = patients.setdefault(str(ds.get("PatientID")), Patient(len(patients)))
    keys = plant(ds, patient, random.Random(number))
    name = "%s/%s_%05d.dcm" % (patient.family, patient.family, number)
    whole = os.path.join(target, "in", name)
    os.makedirs(os.path.dirname(whole), exist_ok=True)
    ds.save_as(whole + ".part")
    os.rename(whole + ".part", whole)
    return name, keys, patient


def main():
    source, target = sys.argv[1:3]
    every = int(sys.argv[4]) if len(sys.argv) > 4 and sys.argv[3] == "--every" else 1
    files = sorted(os.path.join(d, f) for top in source.split(":") for d, _, names in os.walk(top) for f in names
                   if not f.startswith("."))
    patients, made, terms, left = {}, {}, set(), 0
    for number, path in enumerate(files[::every]):
        try:
            one = make(path, target, number, patients)
        except Exception: # a file that pydicom can't read or write is no test of ours
            one = None
        if one:
            made[one[0]] = one[1]
            terms.update(one[2].terms())
        else:
            left += 1
    for d, _, names in os.walk(target):
        for f in names:
            if f.endswith(".part"):
                os.remove(os.path.join(d, f))
    order = sorted(made, key=lambda n: n.encode())
    with open(os.path.join(target, "answers.json"), "w") as f:
        json.dump([{"file": name, "keys": made[name]} for name in order], f)
    with open(os.path.join(target, "terms.txt"), "w") as f:
        f.write("\n".join(sorted(terms)) + "\n")
    print("planted in %d files (%d left as they are), %d patients, %d answers" % (
        len(order), left, len(patients), sum(map(len, made.values()))))


if __name__ == "__main__":
    main()
