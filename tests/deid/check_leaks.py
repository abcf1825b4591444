#!/usr/bin/python3
"""What was found to get through once: names in values that are no text, in other scripts and ways to write them, in
labels and codes. Files are made with pydicom, de-identified by the program, and searched as bytes and with pydicom."""
import json
import os
import struct
import subprocess
import sys
import tempfile
import warnings

import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

warnings.simplefilter("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
TOMO = os.environ.get("TOMO", os.path.join(os.environ.get("TOMO_SOURCE", os.path.join(HERE, "..", "..")), "build", "tomo"))
NAME = b"KOWALCZYKOWA"
MR, SC, SEG = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.66.4"
passed = failed = 0
work = tempfile.mkdtemp(prefix="tomo-leaks-")


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED", what)


def base(sop=MR):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = sop, generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    ds.is_little_endian, ds.is_implicit_VR = True, False
    ds.SOPClassUID, ds.SOPInstanceUID = sop, meta.MediaStorageSOPInstanceUID
    ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(), generate_uid()
    ds.PatientName, ds.PatientID, ds.PatientBirthDate = "Kowalczykowa^Anna", "MRN-778812", "19610704"
    ds.StudyDate, ds.Modality, ds.ImageType = "20190312", "MR", ["ORIGINAL", "PRIMARY", "M"]
    return ds


def pixels(ds, data=None, bits=16, size=(16, 16)):
    ds.Rows, ds.Columns = size
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = bits
    ds.HighBit, ds.PixelRepresentation = bits - 1, 0
    need = size[0] * size[1] * bits // 8
    ds.PixelData = (data or b"").ljust(need, b"\0")
    ds["PixelData"].VR = "OW" if bits > 8 else "OB"
    return ds


def run(ds, *flags, out=None):
    """(exit code, bytes of the output or None, data set or None, stderr)"""
    source, target = os.path.join(work, "in.dcm"), out or os.path.join(work, "out.dcm")
    if os.path.exists(target):
        os.remove(target)
    ds.save_as(source, write_like_original=False)
    p = subprocess.run([TOMO, "deid", "run", source, target, *flags], capture_output=True, text=True)
    if not os.path.exists(target):
        return p.returncode, None, None, p.stderr
    with open(target, "rb") as f:
        return p.returncode, f.read(), pydicom.dcmread(target), p.stderr


def has_name(data):
    data = data.upper()
    return any(n in data for n in (NAME, NAME[::-1], swap(NAME, 2), b"\0".join(NAME[i:i + 1] for i in range(12))))


def swap(data, unit):
    data += b" " * (-len(data) % unit)
    return b"".join(data[i:i + unit][::-1] for i in range(0, len(data), unit))


def nothing_out(ds, what, *flags):
    code, data, _, err = run(ds, *flags)
    check(code == 3 and data is None and "name" in err or data is not None and not has_name(data), what)
    check("Kowalczyk" not in err, what + ": the reason quotes the name")


def binary_values():
    forms = {"as it is": NAME, "in words": swap(NAME, 2), "in long words": swap(NAME, 4), "in quads": swap(NAME + b"    ", 8),
             "in low bytes": b"".join(bytes([c, 0]) for c in NAME), "in high bytes": b"\0" + b"\0".join(
                 NAME[i:i + 1] for i in range(12)), "in small letters": NAME.lower(), "twice": NAME * 2,
             "among letters": b"QQ" + NAME + b"ZZ", "at an odd byte": b"\1" + NAME}
    for form, text in forms.items():
        text = text.ljust(32, b"\0")
        for tag, vr in ((0x00281201, "OW"), (0x00282000, "OB"), (0x56000020, "OF"), (0x00660016, "OF"),
                        (0x00660040, "OL"), (0x7FE00008, "OF"), (0x7FE00009, "OD")):
            ds = base()
            ds.add_new(tag, vr, text)
            nothing_out(ds, "a name %s under %08X %s" % (form, tag, vr))
        wave = Dataset()
        wave.add_new(0x54001010, "OW", text)
        ds = base()
        ds.add_new(0x54000100, "SQ", Sequence([wave]))
        nothing_out(ds, "a name %s in a waveform" % form)
        for bits in (8, 16) if form not in ("in long words", "in quads") else ():
            nothing_out(pixels(base(), text, bits), "a name %s in pixels of %d bits" % (form, bits))
    ds = base()
    ds.add_new(0x0018106C, "US", list(struct.unpack("<6H", NAME)))
    nothing_out(ds, "a name as numbers")
    big = base()
    big.add_new(0x00281201, "OW", b"\7" * 3000001 + NAME + b"\7" * 8187)
    nothing_out(big, "a name behind 3 MB")
    for at in (8186, 8192, 8200, 16380): # where the search goes from one piece to the next
        ds = base()
        ds.add_new(0x00281201, "OW", b"\7" * at * 2 + b"".join(bytes([c, 0]) for c in NAME) + b"\7" * 900)
        nothing_out(ds, "a name across pieces at %d" % at)
    ds = base()
    ds.add_new(0x00281201, "OW", bytes(range(256)) * 16)
    code, data, out, _ = run(ds)
    check(code == 0 and out[0x00281201].value == bytes(range(256)) * 16, "a table without names does not stay")
    item = pixels(Dataset())
    ds = base()
    ds.add_new(0x00082112, "SQ", Sequence([item]))
    _, _, out, _ = run(ds)
    check("PixelData" not in out.SourceImageSequence[0], "pixels inside an item stay")


def names_in_scripts():
    cases = [("M\u00fcller^J\u00f6rg", ["m\u00dcller", "MULLER", "Mueller", "M\u00fcller coil", "Mu\u0308ller", "J\u00d6RG"]),
             ("\u0141ukasiewicz^A", ["LUKASIEWICZ", "\u0142ukasiewicz"]),
             ("Wu^Li", ["Wu Li", "WuLi", "liwu", "coil of Wu, Li"]),
             ("Yamada^Tarou=\u5c71\u7530^\u592a\u90ce=\u3084\u307e\u3060^\u305f\u308d\u3046",
              ["\u5c71\u7530\u592a\u90ce", "\u60a3\u8005\u5c71\u7530\u592a\u90ce\u69d8", "\u5c71\u7530", "YAMADA"]),
             ("\u0418\u0432\u0430\u043d\u043e\u0432^\u041f\u0451\u0442\u0440", ["\u0418\u0412\u0410\u041d\u041e\u0412",
                                                                    "\u043f\u0435\u0442\u0440"]),
             ("\u03a0\u03b1\u03c0\u03b1\u03b4\u03cc\u03c0\u03bf\u03c5\u03bb\u03bf\u03c2^A",
              ["\u03a0\u0391\u03a0\u0391\u0394\u039f\u03a0\u039f\u03a5\u039b\u039f\u03a3"])]
    for name, texts in cases:
        for text in texts:
            ds = base()
            ds.SpecificCharacterSet, ds.PatientName = "ISO_IR 192", name
            ds.Manufacturer = text
            _, _, out, _ = run(ds)
            check(out is not None and out.Manufacturer == "REMOVED", "%s stays of %s" % (text, name))
    for name, text in (("Wu^Li", "WULFENITE LIGHT"), ("M\u00fcller^A", "MULLION"), ("Ng^A", "ANGIO")):
        ds = base()
        ds.SpecificCharacterSet, ds.PatientName, ds.Manufacturer = "ISO_IR 192", name, text
        _, _, out, _ = run(ds)
        check(out.Manufacturer == text, "%s goes for %s" % (text, name))


def code(value, scheme, meaning):
    ds = Dataset()
    ds.CodeValue, ds.CodingSchemeDesignator, ds.CodeMeaning = value, scheme, meaning
    return ds


def codes_and_labels():
    kept = [("113100", "DCM", "Basic Application Confidentiality Profile"), ("85756007", "SCT", "Tissue"),
            ("T-D3000", "SRT", "Chest"), ("mm", "UCUM", "millimeter"), ("18782-3", "LN", "Study observation"),
            ("X1", "99LOCAL", "CT CHEST"), ("RID1301", "RADLEX", "lung")]
    gone = [("X1", "99LOCAL", "Seen by Wojciechowska tel 0612345678"), ("85756008", "SCT", "Wojciechowska"), # no check digit
            ("113100", "DCM", "call 0612345678"), ("WOJCIECHOWSKA", "DCM", "Wojciechowska"),
            ("Wojciechowska", "UCUM", "Wojciechowska"), ("X1", "99LOCAL", "Wojciechowska"), ("X1", "", "Wojciechowska")]
    for value, scheme, meaning in kept + gone:
        ds = base()
        ds.AnatomicRegionSequence = Sequence([code(value, scheme, meaning)])
        _, data, out, _ = run(ds)
        item = out.AnatomicRegionSequence[0]
        if (value, scheme, meaning) in kept:
            check(item.CodeMeaning == meaning and item.CodeValue == value, "%s %s goes" % (scheme, meaning))
        else:
            check(item.CodeMeaning == "REMOVED" and b"WOJCIECH" not in data.upper(), "%s %s stays" % (scheme, meaning))
    flags = ("--clean", "descriptors,structured,graphics", "--retain", "safe-private,institution,patient")
    for tag, vr in ((0x00283003, "LO"), (0x00620005, "LO"), (0x00700002, "CS"), (0x00700080, "CS"), (0x00189005, "SH"),
                    (0x00041130, "CS"), (0x300A00C2, "LO"), (0x300A0183, "LO"), (0x300A0002, "SH"), (0x300A0003, "LO"),
                    (0x30020002, "SH"), (0x00281055, "LO"), (0x30020003, "LO"), (0x00080120, "UR")):
        for words in ((), flags):
            ds = base()
            ds.add_new(tag, vr, "WOJCIECHOWSKA")
            _, data, _, _ = run(ds, *words)
            check(data is not None and b"WOJCIECH" not in data.upper(), "%08X keeps what was typed %s" % (tag, words))
    ds = base(SEG)
    segment = Dataset()
    segment.SegmentLabel = "Liver tumor 2"
    ds.SegmentSequence = Sequence([segment])
    ds.PulseSequenceName = "*tse2d1_15"
    _, _, out, _ = run(ds)
    check(out.SegmentSequence[0].SegmentLabel == "Liver tumor 2" and out.PulseSequenceName == "*tse2d1_15",
          "labels of known words go")
    layer, note = Dataset(), Dataset()
    layer.GraphicLayer = note.GraphicLayer = "WOJCIECH"
    layer.GraphicLayerOrder = 1
    ds = base("1.2.840.10008.5.1.4.1.1.11.1")
    ds.GraphicLayerSequence, ds.GraphicAnnotationSequence = Sequence([layer]), Sequence([note])
    _, _, out, _ = run(ds, "--clean", "graphics")
    check(out.GraphicLayerSequence[0].GraphicLayer == out.GraphicAnnotationSequence[0].GraphicLayer != "WOJCIECH",
          "annotations lose their layer")


def whole_objects():
    for sop in ("1.2.840.10008.5.1.4.1.1.9.4.1", "1.2.840.10008.5.1.4.1.1.9.4.2"):
        result, data, _, err = run(base(sop))
        check(result == 3 and data is None and "voice" in err, "audio %s passes" % sop)
    source, out, report = (os.path.join(work, n) for n in ("scans", "set", "report.json"))
    os.mkdir(source)
    for i in range(3):
        pixels(base()).save_as(os.path.join(source, "KOWALCZYKOWA%d.dcm" % i), write_like_original=False)
    p = subprocess.run([TOMO, "deid", "run", source, out, "--dicomdir", "--report", report], capture_output=True, text=True)
    check(p.returncode == 0, "--dicomdir: " + p.stderr)
    for folder, _, names in os.walk(out):
        for name in names:
            with open(os.path.join(folder, name), "rb") as f:
                check(not has_name(f.read()) and len(name) <= 8, "%s of the file-set" % name)
    with open(report) as f:
        files = [e["file"] for e in json.load(f)["inOrderOfNames"]]
    directory = pydicom.dcmread(os.path.join(out, "DICOMDIR"))
    listed = ["/".join(r.ReferencedFileID) for r in directory.DirectoryRecordSequence if "ReferencedFileID" in r]
    check(sorted(files) == sorted(listed) and len(files) == 3, "the report and the DICOMDIR name other files")
    check(all(os.path.exists(os.path.join(out, f)) for f in files), "files of the report are not there")
    p = subprocess.run([TOMO, "deid", "verify", out, "--original", source, "--json"], capture_output=True, text=True)
    check(p.returncode == 0 and json.loads(p.stdout)["findings"] == 0, "verify of a file-set: " + p.stdout)
    p = subprocess.run([TOMO, "deid", "run", out, out + "2", "--dicomdir", "--quiet"], capture_output=True, text=True)
    check(p.returncode == 0 and "left out     1" in p.stdout, "a DICOMDIR in the input: " + p.stdout + p.stderr)
    check(not [n for n in os.listdir(work) if "tmp" in n], "folders are left over")


def said_clearly():
    empty, pdf = os.path.join(work, "empty.json"), os.path.join(work, "x.pdf")
    open(empty, "wb").close()
    with open(pdf, "wb") as f:
        f.write(b"%PDF-1.4\n")
    for words, want in ((("report", "sr", empty, "x.dcm"), "is empty"), (("dicom", "create", pdf, "x.dcm"), "--as pdf")):
        p = subprocess.run([TOMO, *words], capture_output=True, text=True, cwd=work)
        check(p.returncode == 3 and want in p.stderr, "%s: %s" % (words, p.stderr))


try:
    for part in (binary_values, names_in_scripts, codes_and_labels, whole_objects, said_clearly):
        part()
finally:
    subprocess.run(["rm", "-rf", work])
print("%d passed, %d failed, 0 skipped" % (passed, failed))
sys.exit(1 if failed else 0)
