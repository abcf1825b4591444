#!/usr/bin/python3
"""Make fuzz/corpus/fuzz_deid_dataset: small data sets that reach the branches of the engine, and every layout of pixels;
and fuzz/corpus/fuzz_deid_binary: terms in every order of bytes that the search knows, and beside them.
Needs pydicom 2.3; TOMO is the program that makes the compressed ones (build/tomo)."""
import io
import os
import struct
import subprocess
import tempfile

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence

HERE = os.path.dirname(os.path.abspath(__file__))


def patient(sop_class):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    ds.is_little_endian, ds.is_implicit_VR = True, False
    ds.SOPClassUID, ds.SOPInstanceUID, ds.StudyInstanceUID = sop_class, "1.2.3", "1.2.4"
    ds.PatientName, ds.PatientID, ds.StudyDate, ds.PatientAge = "A^B", "4711", "20040229", "093Y"
    ds.SeriesDescription, ds.Manufacturer, ds.AcquisitionDateTime = "CT CHEST", "B 4711", "2004"
    ds.private_block(9, "ACME", create=True).add_new(1, "LO", "x")
    ds.private_block(0x19, "SIEMENS MR HEADER", create=True).add_new(0x0C, "IS", "5")
    return ds


def pixels(ds):
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 48, 8, 8, 7, 0
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.Modality = 1, "MONOCHROME2", "US"
    ds.PixelData = bytes(255 if x % 6 < 2 and 3 < y < 12 else 40 for y in range(16) for x in range(48))
    region = Dataset()
    region.RegionLocationMinX0, region.RegionLocationMinY0, region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 0, 0, 47, 13
    ds.SequenceOfUltrasoundRegions = Sequence([region])
    return ds


def report(ds):
    item = Dataset()
    item.ValueType, item.TextValue, item.PersonName = "TEXT", "A", "A^B"
    ds.ContentSequence = Sequence([item])
    ds.GraphicAnnotationSequence = Sequence([item])
    ds.ReferencedImageSequence = Sequence([item])
    return ds


def layout(photometric, bits, raw, samples=1, stored=None, frames=1, planar=0):
    """Letters on even ground in 16 rows of 48 as secondary capture, which is searched and blanked."""
    ds = patient("1.2.840.10008.5.1.4.1.1.7")
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.PixelRepresentation = 16, 48, bits, stored or bits, 0
    ds.HighBit, ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.Modality = ds.BitsStored - 1, samples, photometric, "OT"
    if samples > 1:
        ds.PlanarConfiguration = planar
    ds.NumberOfFrames = frames
    ds.add_new(0x7fe00010, "OB" if bits <= 8 else "OW", raw + b"\0" * (len(raw) % 2))
    return ds


def layouts():
    gray = bytes(250 if x % 6 < 2 and 3 < y < 12 else 40 for y in range(16) for x in range(48))
    wide = b"".join(struct.pack("<H", v << 4) for v in gray)
    half = b"".join(bytes([gray[i], gray[i + 1], 128, 128]) for i in range(0, len(gray), 2))
    full = b"".join(bytes([v, 128, 128]) for v in gray)
    packed = b"".join(struct.pack("<I", gray[i] << 4 | gray[i + 1] << 16)[:3] for i in range(0, len(gray), 2))
    bit = [v > 99 for v in gray] * 3
    ones = bytes(sum(b << k for k, b in enumerate(bit[i:i + 8])) for i in range(0, len(bit), 8))
    return {
        "gray16": layout("MONOCHROME2", 16, wide, stored=12), "rgb": layout("RGB", 8, full, 3), "planar": layout("RGB", 8, gray * 3, 3, planar=1),
        "full422": layout("YBR_FULL_422", 8, half, 3), "partial422": layout("YBR_PARTIAL_422", 8, half, 3),
        "full422_16": layout("YBR_FULL_422", 16, bytes(b for v in half for b in (0, v)), 3), "all422": layout("YBR_FULL_422", 8, full, 3),
        "packed12": layout("MONOCHROME2", 12, packed), "bits": layout("MONOCHROME2", 1, ones, frames=3),
    }


def compressed(ds, word):
    with tempfile.TemporaryDirectory() as folder:
        ds.save_as(folder + "/a.dcm", write_like_original=False)
        tomo = os.environ.get("TOMO", os.path.join(HERE, "..", "build", "tomo"))
        subprocess.run([tomo, "dicom", "transcode", folder + "/a.dcm", folder + "/b.dcm", "--to", word, "--keep-uid"], check=True)
        with open(folder + "/b.dcm", "rb") as f:
            return f.read()


def binary():
    """Options, the term's length, the term, the value: see fuzz_deid_binary.c."""
    name, number = b"DOE^JONATHAN", b"MRN-4711-0815"
    text, wide = b"xx JONATHAN, DOE yy", b"".join(bytes([c, 0]) for c in b"..Jonathan..")
    values = {"plain": text, "wide": wide, "wide_be": b"\0" + wide, "words2": b"OJANHTNA" + b"\0\0", "words4": b"ANOJNAHT" + b"\0" * 3,
              "words8": b"NAHTANOJ", "turns": b"joNaThAn JonAthan", "ramp": bytes(range(256)), "cut": b"....JONATHA"}
    for at, (key, value) in enumerate(values.items()):
        yield key, bytes([at & 3, len(name)]) + name + value
    for key, value in {"number": b"id 47110815.", "longer": b"1471108159", "decimal": b"0.47110815", "joined": b"MRN47110815"}.items():
        yield key, bytes([4 | 1, len(number)]) + number + value
    yield "uid", bytes([12, 12]) + b"1.2.840.1000" + b"..1.2.840.1000.."
    yield "phrase", bytes([8, 14]) + b"Left breast US" + b"\0LEFTBREASTUS\0"
    yield "accents", bytes([0, 11]) + "M\u00fcller^Eva".encode()[:11] + b"MUELLER MULLER EVAMULLER"


def main():
    there = os.path.join(HERE, "corpus", "fuzz_deid_binary")
    os.makedirs(there, exist_ok=True)
    for name, data in binary():
        with open(os.path.join(there, name), "wb") as out:
            out.write(data)
    to = os.path.join(HERE, "corpus", "fuzz_deid_dataset")
    os.makedirs(to, exist_ok=True)
    sets = {"image": pixels(patient("1.2.840.10008.5.1.4.1.1.6.1")), "report": report(patient("1.2.840.10008.5.1.4.1.1.88.11")),
            "enhanced": patient("1.2.840.10008.5.1.4.1.1.2.1")}
    for number, (name, ds) in enumerate(sets.items()):
        f = io.BytesIO()
        ds.save_as(f, write_like_original=False)
        for choice in (0, 7, 8 + number):
            with open(os.path.join(to, "%s_%d" % (name, choice)), "wb") as out:
                out.write(struct.pack("B", choice) + f.getvalue())
    every = layouts()
    for name, ds in every.items():
        f = io.BytesIO()
        ds.save_as(f, write_like_original=False)
        with open(os.path.join(to, "layout_" + name), "wb") as out:
            out.write(b"\0" + f.getvalue())
    for word, name in (("jpeg", "rgb"), ("jpeg12", "gray16"), ("jpegll-sv1", "gray16"), ("jpegls", "gray16"), ("j2k-lossless", "rgb"),
                       ("rle", "gray16"), ("encapsulated", "full422")):
        for choice in b"\x00\x10":  # searched and blanked, or written again as it is
            with open(os.path.join(to, "%s_%d" % (word, choice)), "wb") as out:
                out.write(bytes([choice]) + compressed(every[name], word))


if __name__ == "__main__":
    main()
