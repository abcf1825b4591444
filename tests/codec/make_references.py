#!/usr/bin/env python3
"""Makes reference_table.h: what other programs decode from files of the shared test data.

    python3 make_references.py DATA > reference_table.h     (needs pydicom, numpy, dcmtk, gdcm; run by hand)

Each row has the places of the first frame's fragments in its file and the SHA-256 of its samples (side by side, native
little endian, 1-bit samples a byte each) as DCMTK or GDCM decode them. Raw lossless JPEG streams are put into a DICOM
file first. Nothing here comes from Tomo."""
import glob, hashlib, os, re, struct, subprocess, sys, tempfile
import numpy as np
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate

ROOT = sys.argv[1].rstrip("/") + "/"
FOLDERS = ["ct-all-syntaxes", "encapsulation", "pylibjpeg", "pydicom", "pydicom-data", "misc", "fo-dicom", "highdicom"]
TYPE = {1: np.uint8, 8: np.uint8, 16: np.uint16, 32: np.uint32}
TMP = tempfile.mkdtemp()
VERSION = {}


def version(tool, args):
    if tool not in VERSION:
        out = subprocess.run([tool] + args, capture_output=True, text=True).stdout
        VERSION[tool] = re.search(r"\d+\.\d+\.\d+", out).group(0)
    return VERSION[tool]


def decoded(path, uid):
    """The first frame by DCMTK, else by GDCM, and which."""
    out = TMP + "/out.dcm"
    tool = {"80": "dcmdjpls", "81": "dcmdjpls"}.get(uid[20:], "dcmdjpeg") if uid.startswith("1.2.840.10008.1.2.4.") else ""
    tool = "dcmdrle" if uid.endswith(".1.2.5") else tool
    tools = [] if uid[20:] in ("90", "91") or not tool else [([tool, path, out], "DCMTK " + version("dcmdjpeg", ["--version"]))]
    tools.append((["gdcmconv", "--raw", path, out], "GDCM " + version("gdcmconv", ["--version"])))
    for command, name in tools:
        if os.path.exists(out):
            os.remove(out)
        if subprocess.run(command, capture_output=True).returncode == 0 and os.path.exists(out):
            d = pydicom.dcmread(out, force=True)
            n = d.Rows * d.Columns * d.get("SamplesPerPixel", 1)
            if d.BitsAllocated == 1:
                continue
            a = np.frombuffer(d.PixelData, TYPE[d.BitsAllocated])[:n]
            if d.get("SamplesPerPixel", 1) > 1 and d.get("PlanarConfiguration", 0) == 1:
                a = a.reshape(3, -1).T
            return np.ascontiguousarray(a).tobytes(), name, str(d.PhotometricInterpretation)
    return None


def fragments(path, value):
    """(offset, size) of each fragment of a single-frame file, or of the first of a multi-frame one."""
    raw = open(path, "rb").read()
    start = raw.find(value[:4096])
    at, out = 0, []
    while at + 8 <= len(value):
        tag, size = value[at:at + 4], struct.unpack("<I", value[at + 4:at + 8])[0]
        if tag != b"\xfe\xff\x00\xe0":
            break
        out.append((start + at + 8, size))
        at += 8 + size
    return out[1:]  # the first item is the offset table


def row(path, d, uid, ranges, samples, program):
    w, h, s, ba, bs = d.Columns, d.Rows, d.get("SamplesPerPixel", 1), d.BitsAllocated, d.BitsStored
    ybr = str(d.PhotometricInterpretation).startswith("YBR")
    flags = ", ".join("true" if x else "false" for x in (d.get("PixelRepresentation", 0), ybr, uid.endswith("1.2.2")))
    places = ", ".join("{ %d, %d }" % r for r in ranges)
    print('    { "%s",\n      "%s", { %s },\n      %d, %d, %d, %d, %d, %s,\n      "%s" }, /* %s */' % (
        path[len(ROOT):], uid, places, w, h, s, ba, bs, flags, hashlib.sha256(samples).hexdigest(), program))


def dicom_rows():
    for path in sorted(sum([glob.glob(ROOT + "dicom/" + f + "/*") for f in FOLDERS], [])):
        try:
            d = pydicom.dcmread(path, force=True)
            uid = str(d.file_meta.TransferSyntaxUID)
            frames = int(d.get("NumberOfFrames", 1) or 1)
            value = d.PixelData
            if uid in ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99"):
                continue
            if uid == "1.2.840.10008.1.2.2":
                if d["PixelData"].VR != "OW" or d.BitsAllocated != 16:
                    continue
                ranges = [(open(path, "rb").read().find(value[:4096]), d.Rows * d.Columns * 2)]
            else:
                ranges = fragments(path, value)
                if frames > 1:
                    if len(ranges) != frames:
                        continue
                    ranges = ranges[:1]
            if len(ranges) > 4:
                continue
            got = decoded(path, uid)
        except Exception:
            continue
        if got is None:
            continue
        samples, program, photometric = got
        if d.get("SamplesPerPixel", 1) == 3 and photometric.startswith("YBR"):
            continue  # not brought to RGB
        if program.startswith("GDCM") and d.BitsAllocated in (32,):
            continue
        row(path, d, uid, ranges, samples, program)


def ljpeg_rows():
    for path in sorted(glob.glob(ROOT + "codecs/ljpeg/*.ljp")):
        raw = open(path, "rb").read()
        at = raw.find(b"\xff\xc3")
        bits, h, w, n = struct.unpack(">BHHB", raw[at + 4:at + 10])
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.57"
        meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
        meta.MediaStorageSOPInstanceUID = "1.2.3"
        d = FileDataset(TMP + "/in.dcm", {}, file_meta=meta, preamble=b"\0" * 128)
        d.is_little_endian, d.is_implicit_VR = True, False
        d.SOPClassUID, d.SOPInstanceUID = meta.MediaStorageSOPClassUID, "1.2.3"
        d.Rows, d.Columns, d.SamplesPerPixel = h, w, n
        d.BitsAllocated = 8 if bits <= 8 else 16
        d.BitsStored, d.HighBit, d.PixelRepresentation = bits, bits - 1, 0
        d.PhotometricInterpretation = "MONOCHROME2" if n == 1 else "RGB"
        if n > 1:
            d.PlanarConfiguration = 0
        d.PixelData = encapsulate([raw])
        d["PixelData"].is_undefined_length = True
        d.save_as(TMP + "/in.dcm", write_like_original=False)
        got = decoded(TMP + "/in.dcm", meta.TransferSyntaxUID) if n in (1, 3) else None
        if got:
            row(path, d, meta.TransferSyntaxUID, [(0, len(raw))], got[0], got[1])


print("/* reference_table.h - made by make_references.py; see there. */")
print("static const reference references[] = {")
dicom_rows()
ljpeg_rows()
print("};")
