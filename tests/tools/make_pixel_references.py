#!/usr/bin/env python3
"""Writes tests/cases/dicom/pixels.json: decoded pixels of single files by DCMTK's and GDCM's programs.

usage: make_pixel_references.py DATA > tests/cases/dicom/pixels.json     (needs dcmtk, libgdcm-tools, pydicom, numpy)

One object a line. sha256 is of the stored values (bits above High Bit cleared or sign-extended, frames in order, RGB
interleaved) as little endian of their type; `by` names the programs that agree on it. Files on which they do not agree
with each other are listed with "sha256":null and both programs' hashes are left out: there Tomo is on its own.
Lossy DCT files have "probes" instead (index, value) with "within", since decoders may differ by rounding.
"""
import hashlib
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import pydicom

DATA = sys.argv[1]
FOLDERS = ("dicom/ct-all-syntaxes", "dicom/encapsulation", "dicom/pydicom", "dicom/pylibjpeg", "dicom/fo-dicom",
           "dicom/palettes")
DCT = ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.55")
DCMTK = {**{f"1.2.840.10008.1.2.4.{n}": ["dcmdjpeg"] for n in (50, 51, 53, 55, 57, 70)},
         **{f"1.2.840.10008.1.2.4.{n}": ["dcmdjpls"] for n in (80, 81)},
         "1.2.840.10008.1.2.5": ["dcmdrle"]}


def stored(path):
    """Stored values of an uncompressed little endian file, cleaned; None if it is not one."""
    ds = pydicom.dcmread(path, force=True)
    n = int(ds.get("NumberOfFrames") or 1)
    bits, spp = ds.BitsAllocated, ds.get("SamplesPerPixel", 1)
    if bits not in (8, 16, 32) or not ds.get("PixelData"):
        return None
    kind = "i" if ds.get("PixelRepresentation", 0) else "u"
    count = n * ds.Rows * ds.Columns * spp
    a = np.frombuffer(ds.PixelData, f"<u{bits // 8}")[:count]
    if len(a) < count:
        return None
    if spp == 3 and ds.get("PlanarConfiguration", 0):
        a = a.reshape(n, 3, -1).transpose(0, 2, 1).ravel()
    up, down = bits - 1 - ds.HighBit, bits - ds.BitsStored
    a = ((a << up).astype(a.dtype).view(f"<{kind}{bits // 8}") >> down)
    return ds, a


def run(command, path):
    with tempfile.TemporaryDirectory() as tmp:
        out = os.path.join(tmp, "out.dcm")
        try:
            r = subprocess.run([*command, path, out], capture_output=True, timeout=60)
            return stored(out) if r.returncode == 0 and os.path.exists(out) else None
        except Exception:
            return None


def main():
    rows = []
    for folder in FOLDERS:
        for name in sorted(os.listdir(os.path.join(DATA, folder))):
            path = os.path.join(DATA, folder, name)
            try:
                head = pydicom.dcmread(path, stop_before_pixels=True)
                syntax = str(head.file_meta.TransferSyntaxUID)
                color = head.PhotometricInterpretation
            except Exception:
                continue
            if "Rows" not in head or color.startswith("YBR") or color == "PALETTE COLOR":
                continue  # brought to RGB by Tomo: tested by formula
            tk = run(DCMTK.get(syntax, ["dcmconv", "+te"]), path)
            gd = run(["gdcmconv", "--raw"], path)
            if name == "badVR.dcm":
                continue  # Number of Frames is "1A": refused by Tomo, read as 1 by others
            if not pydicom.uid.UID(syntax).is_compressed and stored(path) is None:
                continue  # fewer bytes than pixels: refused by Tomo, padded by others
            if syntax == "1.2.840.10008.1.2.2" and head.BitsAllocated > 16:
                continue  # both programs turn 16-bit words only (OW), pydicom and Tomo all 32 bits
            if syntax in DCT and color == "RGB":
                continue  # DCMTK turns YBR to RGB by the codestream, pydicom and Tomo believe the attribute
            row = {"path": f"{folder}/{name}"}
            if syntax in DCT:
                one = tk or gd
                if one is None or one[0].PhotometricInterpretation != color:
                    continue
                rng = np.random.default_rng(2)
                at = sorted(int(rng.integers(len(one[1]))) for _ in range(8))
                row |= {"by": "DCMTK 3.6.7" if tk else "GDCM 3.0.21", "probes": [v for i in at for v in (i, int(one[1][i]))],
                        "within": 2}
            else:
                hashes = {w: hashlib.sha256(x[1].tobytes()).hexdigest() for w, x in
                          (("DCMTK 3.6.7", tk), ("GDCM 3.0.21", gd)) if x is not None}
                if not hashes:
                    continue
                same = len(set(hashes.values())) == 1
                row |= {"by": ", ".join(hashes), "sha256": next(iter(hashes.values())) if same else None}
            rows.append(json.dumps(row, separators=(",", ":")))
    print("[\n" + ",\n".join(rows) + "\n]")


main()
