#!/usr/bin/env python3
"""Decode every DICOM file below DATA with Tomo and with others, and write the table of who agrees.

usage: pixel_census.py DATA TOMO [PATH-PREFIX] > tests/cases/dicom/pixel_census.tsv
needs pydicom 3 with pylibjpeg and its plugins, dcmtk, libgdcm-tools

One line a file that has (or claims) pixels: path, frames, type, first 16 digits of the SHA-256 of Tomo's samples ("-" if
it refuses), who has the same samples ("=pydicom", "=DCMTK", "=GDCM": the first that does; "~pydicom 1": within 1), or why nobody has.
Gray is stored values; palette color and YCbCr are RGB (pydicom's tables and matrix; lossy color is held to the same
decoder library or within 1). Folders of several files on which the same program agrees are one line: path with a
slash, how many files, "-", hash of the files' whole hashes one behind the other in order of names. tests/dicom/test_pixel_census.c replays it.
"""
import concurrent.futures
import hashlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pydicom
from pydicom.pixels import apply_color_lut, get_decoder
from pydicom.pixels.processing import convert_color_space

warnings.simplefilter("ignore")
DATA, TOMO = sys.argv[1:3]
PREFIX = sys.argv[3] if len(sys.argv) > 3 else ""
# Where Tomo stands alone, by path: looked into, one by one.
WHY = {
    "dicom/fo-dicom/multiframe.dcm": "frame 14 of 140 is damaged (its header says 55 columns), DCMTK shows garbage there",
    "dicom/pydicom/MR_truncated.dcm": "62 bytes of pixels are missing, GDCM pads",
    "dicom/pydicom/badVR.dcm": "GDCM reads 1A as 1",
}
# What no other program decodes, by a file that holds the same picture and that others do decode.
SIBLING = {
    "dicom/pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm": "emri_small.dcm",
    "dicom/pydicom-data/liver_deflate.dcm": "liver.dcm",
    "dicom/pydicom-data/liver_rle.dcm": "liver.dcm",
    "dicom/pydicom-data/liver_nonbyte_aligned_deflate.dcm": "liver_nonbyte_aligned.dcm",
    "dicom/pydicom-data/liver_nonbyte_aligned_rle.dcm": "liver_nonbyte_aligned.dcm",
}
DCMTK = {**{f"1.2.840.10008.1.2.4.{n}": ["dcmdjpeg", "+cn"] for n in (50, 51, 53, 55, 57, 70)},
         **{f"1.2.840.10008.1.2.4.{n}": ["dcmdjpls"] for n in (80, 81)},
         "1.2.840.10008.1.2.5": ["dcmdrle"]}
DTYPES = {"int8": "<i1", "uint8": "<u1", "int16": "<i2", "uint16": "<u2", "int32": "<i4", "uint32": "<u4",
          "float32": "<f4", "float64": "<f8", "int64": "<i8", "uint64": "<u8"}


def tomo(path):
    """Samples and description, or the reason why not."""
    with tempfile.TemporaryDirectory() as tmp:
        out = os.path.join(tmp, "out.raw")
        r = subprocess.run([TOMO, "dicom", "pixels", path, out, "--json"], capture_output=True, timeout=300)
        if r.returncode:
            return None, r.stderr.decode(errors="replace").strip().split("tomo: ")[-1].replace(DATA, "DATA")
        d = json.loads(r.stdout)
        a = np.fromfile(out, DTYPES[d["dtype"]])
        return a, d


def clean(ds, a):
    """Stored values: bits above High Bit cleared or sign-extended."""
    if a.dtype.kind == "f" or ds.BitsAllocated in (1, ds.BitsStored):
        return a
    bits = a.dtype.itemsize * 8
    high = ds.get("HighBit", ds.BitsStored - 1)
    u = a.view(f"u{a.dtype.itemsize}")
    return ((u << (bits - 1 - high)).view(a.dtype.str.replace("u", "i") if ds.PixelRepresentation else u.dtype)
            >> (bits - ds.BitsStored))


def finish(ds, a, photometric):
    """What Tomo gives: palettes looked up, YCbCr as RGB."""
    if photometric == "PALETTE COLOR":
        a = apply_color_lut(a, ds)
    elif photometric.startswith("YBR_FULL") and a.dtype == np.uint8:
        a = convert_color_space(a, "YBR_FULL", "RGB")
    return a


def by_pydicom(path):
    ds = pydicom.dcmread(path, force=True)
    if "TransferSyntaxUID" not in ds.file_meta:
        ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1" if not ds.original_encoding[0] else "1.2.840.10008.1.2"
    a, meta = get_decoder(ds.file_meta.TransferSyntaxUID).as_array(ds, raw=True)
    photometric = meta["photometric_interpretation"]
    if photometric.startswith("YBR_FULL") and ds.get("BitsAllocated") == 8:
        a, meta = get_decoder(ds.file_meta.TransferSyntaxUID).as_array(ds)
        photometric = meta["photometric_interpretation"]
    if not ds.file_meta.TransferSyntaxUID.is_encapsulated or ds.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.5":
        a = clean(ds, a)
    return finish(ds, a, photometric)


def native(path):
    ds = pydicom.dcmread(path, force=True)
    a, meta = get_decoder(ds.file_meta.TransferSyntaxUID).as_array(ds, raw=True)
    if meta["photometric_interpretation"].startswith("YBR_FULL_422"):
        a, meta = get_decoder(ds.file_meta.TransferSyntaxUID).as_array(ds)
    return finish(ds, clean(ds, a), meta["photometric_interpretation"])


def by_program(command, path):
    with tempfile.TemporaryDirectory() as tmp:
        out = os.path.join(tmp, "out.dcm")
        r = subprocess.run([*command, path, out], capture_output=True, timeout=120)
        if r.returncode or not os.path.exists(out):
            raise ValueError(r.stderr.decode(errors="replace").strip()[-200:])
        return native(out)


def by_dcmtk(path):
    syntax = str(pydicom.dcmread(path, force=True, stop_before_pixels=True).file_meta.get("TransferSyntaxUID", ""))
    return by_program(DCMTK.get(syntax, ["dcmconv", "+te"]), path)


def by_gdcm(path):
    return by_program(["gdcmconv", "--raw"], path)


def by_numpy(path):
    """Samples of 12 bits in a row, least significant bit first: two are three bytes."""
    ds = pydicom.dcmread(path, force=True)
    if ds.BitsAllocated != 12:
        raise ValueError("not 12 bits")
    b = np.frombuffer(ds.PixelData, np.uint8)[:ds.Rows * ds.Columns * 3 // 2].reshape(-1, 3).astype(np.uint16)
    return np.stack([b[:, 0] | (b[:, 1] & 15) << 8, b[:, 1] >> 4 | b[:, 2] << 4], 1).astype("<u2")


def same(a, b):
    """0 equal, n the largest difference, None another shape."""
    b = np.ascontiguousarray(b).ravel()
    if a.size != b.size:
        return None
    if a.dtype.kind == "f":
        return 0 if np.array_equal(a, b, equal_nan=True) else float(np.max(np.abs(a - b)))
    if a.dtype.itemsize == b.dtype.itemsize and np.array_equal(a.view(f"u{a.itemsize}"), b.view(f"u{b.itemsize}")):
        return 0
    d = 0
    for i in range(0, a.size, 1 << 24):
        x, y = a[i:i + (1 << 24)].astype(np.int64), b[i:i + (1 << 24)].astype(np.int64)
        d = max(d, int(np.max(np.abs(x - y))))
    return d


def claims(path):
    try:
        with open(path, "rb") as f:
            if f.read(132)[128:] != b"DICM" and not path.endswith((".dcm", ".IMA")):
                return None
        ds = pydicom.dcmread(path, force=True, stop_before_pixels=True)
        return ds if "Rows" in ds or "BitsAllocated" in ds else None
    except Exception:
        return None


def line(path):
    name = os.path.relpath(path, DATA)
    if claims(path) is None:
        return None
    a, d = tomo(path)
    if a is None:
        others = []
        for who, f in (("pydicom", by_pydicom), ("DCMTK", by_dcmtk), ("GDCM", by_gdcm)):
            try:
                f(path)
                others.append(who)
            except Exception:
                pass
        return f"{name}\t-\t-\t-\trefused: {d}".replace("\n", " ") + (f" [{WHY.get(name, ', '.join(others) + ' read it')}]" if others else
                                                   " [so do the others]")
    verdict, notes = None, []
    ways = [("pydicom", by_pydicom), ("DCMTK", by_dcmtk), ("GDCM", by_gdcm), ("numpy", by_numpy)]
    if name in SIBLING:
        ways.append(("pydicom on " + SIBLING[name],
                     lambda p: by_pydicom(os.path.join(os.path.dirname(p), SIBLING[name]))))
    for who, f in ways:
        try:
            n = same(a, f(path))
        except Exception as e:
            notes.append(f"{who} fails: {str(e)[:80]!r}")
            continue
        if n == 0:
            verdict = f"={who}"
            break
        notes.append(f"{who} has another shape" if n is None else f"~{who} {n}")
    if verdict is None:
        verdict = next((n for n in notes if n.startswith("~") and n.endswith(" 1")), None)
    if verdict is None:
        verdict = WHY.get(name) or "ALONE: " + "; ".join(notes)
    return (f"{name}\t{d['frames']}\t{d['dtype']}\t{hashlib.sha256(a.tobytes()).hexdigest()}\t{verdict}"
            .replace("\n", " "))


def safe(path):
    try:
        return line(path)
    except Exception as e:
        return f"{os.path.relpath(path, DATA)}\t-\t-\t-\tSCRIPT: {e!r}"


def main():
    paths = []
    for top in ("dicom", "malformed", "series", "segmentation", "codecs", "registration"):
        for folder, _, names in sorted(os.walk(os.path.join(DATA, top))):
            paths += [os.path.join(folder, n) for n in sorted(names)]
    paths = [p for p in paths if os.path.relpath(p, DATA).startswith(PREFIX)]
    print("# path, frames, type, SHA-256 of Tomo's samples, who agrees; by tests/tools/pixel_census.py")
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        lines = [text.split("\t") for text in pool.map(safe, paths, chunksize=4) if text]
    for folder, group in itertools.groupby(lines, lambda v: os.path.dirname(v[0])):
        group = list(group)
        if len(group) >= 2 and len({v[4] for v in group}) == 1:
            whole = hashlib.sha256("".join(v[3] for v in group).encode()).hexdigest()
            group = [[folder + "/", str(len(group)), "-", whole, group[0][4]]]
        for v in group:
            print("\t".join([*v[:3], v[3][:16], v[4]]))


if __name__ == "__main__":
    main()
