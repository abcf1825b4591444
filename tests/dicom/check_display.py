#!/usr/bin/python3
"""Frames as Tomo shows them against DCMTK's dcm2pnm and pydicom: Modality and VOI LUTs, windows, overlays, presentation
states, retired color models. Counted as skipped without dcm2pnm, pydicom or the test data.
DCMTK cuts grays off where Tomo rounds them, hence "within 1"."""
# slow: some hundreds of runs of programs
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

root = Path(os.environ.get("TOMO_SOURCE", Path(__file__).resolve().parents[2]))
tomo = os.environ.get("TOMO", str(root / "build/tomo"))
data = Path(os.environ.get("TOMO_TEST_DATA", root / "../shared/data"))
try:
    import warnings

    import numpy as np
    import pydicom
    from pydicom.pixel_data_handlers.util import apply_modality_lut, apply_voi_lut
except ImportError:
    print("no pydicom or numpy\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)
if not shutil.which("dcm2pnm") or not (data / "dicom").exists():
    print("no dcm2pnm or no test data\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)
tmp = Path(tempfile.mkdtemp(prefix="tomo-display-"))
passed = failed = 0
worst = {}
warnings.simplefilter("ignore")
# Looked into: GDCM (through pydicom 2) takes the sign of 15-bit JPEG-LS for a value; pydicom 2 reads the LUT of mlut_18
# as signed (pydicom 3 has Tomo's values); the third is no JPEG 2000.
NO_PYDICOM = ("JLSL_16_15_1_1F.dcm", "mlut_18.dcm", "JPEG2000-embedded-sequence-delimiter.dcm")
# DCMTK's range holds the byte that it pads an odd length with, and padding pixels (Pixel Padding Value).
NO_RANGE = ("dx_image.dcm",)


def say(ok, name, what, text):
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {name}: {what}: {text}")


def run_tomo(path, *flags, dtype="u1"):
    out = tmp / "out.raw"
    r = subprocess.run([tomo, "dicom", "pixels", str(path), str(out), "--quiet", "--frame", "0", *flags],
                       capture_output=True, text=True)
    return (np.fromfile(out, dtype).astype(float), "") if r.returncode == 0 else (None, r.stderr.strip())


def pnm(path):
    """Samples of a raw PGM or PPM."""
    b = path.read_bytes()
    head, at = [], 0
    while len(head) < 4:
        while b[at:at + 1].isspace():
            at += 1
        if b[at:at + 1] == b"#":
            at = b.index(b"\n", at)
            continue
        end = at
        while not b[end:end + 1].isspace():
            end += 1
        head.append(b[at:end])
        at = end
    return np.frombuffer(b, np.uint8 if int(head[3]) < 256 else ">u2", offset=at + 1).astype(float)


def run_dcmtk(path, *flags, program="dcm2pnm"):
    out = tmp / "out.pnm"
    out.unlink(missing_ok=True)
    r = subprocess.run([program, *flags, str(path), str(out)], capture_output=True, text=True)
    return pnm(out) if r.returncode == 0 and out.exists() else None


def near(name, what, a, b, limit):
    if a is None or b is None or a.size != b.size:
        return say(False, name, what, f"sizes {None if a is None else a.size} and {None if b is None else b.size}")
    d = float(np.max(np.abs(a - b)))
    worst[what] = max(worst.get(what, 0), d)
    say(d <= limit, name, what, f"differs by {d:g}")


def gray_files():
    for folder in ("dicom/ct-all-syntaxes", "dicom/fo-dicom", "dicom/misc", "dicom/pydicom", "dicom/pydicom-data",
                   "dicom/highdicom", "dicom/encapsulation"):
        for path in sorted((data / folder).iterdir()):
            try:
                ds = pydicom.dcmread(path, force=True)
                if not ds.PhotometricInterpretation.startswith("MONOCHROME") or ds.BitsAllocated not in (8, 16):
                    continue
                hushed = os.dup(2)  # GDCM warns there
                os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
                try:
                    ds.pixel_array
                finally:
                    os.dup2(hushed, 2)
                    os.close(hushed)
            except Exception:
                continue
            yield path, ds


def first_frame(ds):
    a = ds.pixel_array
    frames = int(ds.get("NumberOfFrames") or 1)
    return a[0] if frames > 1 else a


def check_gray(path, ds):
    name = path.name
    syntax = str(ds.file_meta.get("TransferSyntaxUID", "")) if hasattr(ds, "file_meta") else ""
    stored = first_frame(ds)
    per_frame = "PerFrameFunctionalGroupsSequence" in ds or "SharedFunctionalGroupsSequence" in ds
    lossy = syntax in [f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 53, 55)]
    lut_first = "ModalityLUTSequence" in ds
    if not lossy and not per_frame and name not in NO_PYDICOM:
        real, why = run_tomo(path, "--real", dtype="<f4")
        want = apply_modality_lut(stored, ds).astype(np.float32).astype(float).ravel()
        if real is None:
            say(False, name, "real", why)
        else:
            near(name, "modality, pydicom", real, want, 1e-3)
    # DCMTK decodes neither JPEG 2000 nor everything odd: there it has no say
    plain = run_dcmtk(path, "+op", "-O", "+Ww", "100", "321")
    if plain is not None and not per_frame and not lossy:
        near(name, "window, DCMTK", run_tomo(path, "--window", "100,321", "--function", "linear", "--no-overlays")[0],
             plain, 1)
        near(name, "sigmoid, DCMTK",
             run_tomo(path, "--window", "100,321", "--function", "sigmoid", "--no-overlays")[0],
             run_dcmtk(path, "+op", "-O", "+Wfs", "+Ww", "100", "321"), 1)
        if "PixelPaddingValue" not in ds and name not in NO_RANGE:
            near(name, "range, DCMTK", run_tomo(path, "--voi", "range", "--no-overlays")[0],
                 run_dcmtk(path, "+op", "-O", "+Wm"), 1)
        near(name, "invert, DCMTK", run_tomo(path, "--window", "100,321", "--function", "linear", "--no-overlays",
                                             "--invert")[0], 255 - plain, 1)
    for view in range(min(4, pydicom.dataelem.DataElement("WindowCenter", "DS", ds.WindowCenter).VM
                          if ds.get("WindowCenter") is not None and ds.get("WindowCenter") != "" else 0)):
        if per_frame or lossy or stored.dtype.kind == "f" or float(np.ravel(ds.WindowWidth)[view]) < 1:
            continue
        shown, why = run_tomo(path, "--voi", str(view), "--no-overlays", "--keep-monochrome1", "--bits", "16", dtype="<u2")
        if shown is None:
            say(False, name, f"view {view}", why)
            continue
        values = apply_modality_lut(stored, ds)
        want = apply_voi_lut(values, ds, index=view, prefer_lut=False).astype(float)
        bits = ds.BitsStored
        if lut_first:
            bits = int(ds.ModalityLUTSequence[0].LUTDescriptor[2])
        low, high = (0, 2 ** bits - 1) if not ds.PixelRepresentation or lut_first else (-2 ** (bits - 1), 2 ** (bits - 1) - 1)
        if "RescaleSlope" in ds:
            low, high = low * ds.RescaleSlope + ds.RescaleIntercept, high * ds.RescaleSlope + ds.RescaleIntercept
        near(name, "view, pydicom", shown / 257, ((want - low) / (high - low) * 255).ravel(), 0.01)
    if "VOILUTSequence" in ds and not per_frame:
        shown, why = run_tomo(path, "--voi", "lut:0", "--no-overlays", "--keep-monochrome1", "--bits", "16", dtype="<u2")
        top = 2 ** int(ds.VOILUTSequence[0].LUTDescriptor[2]) - 1
        if shown is None:
            say(False, name, "VOI LUT", why)
        else:
            want = apply_voi_lut(apply_modality_lut(stored, ds), ds, index=0).astype(float).ravel()
            near(name, "VOI LUT, pydicom", shown / 65535 * top, np.minimum(want, top), top / 60000)
        other = run_dcmtk(path, "+op", "-O", "+Wl", "1")
        if other is not None:
            near(name, "VOI LUT, DCMTK", run_tomo(path, "--voi", "lut:0", "--no-overlays")[0], other, 1)
    if any((g << 16 | 0x10) in ds for g in range(0x6000, 0x6020, 2)):
        # replaced by white, whatever kind of overlay it is
        other = run_dcmtk(path, "+op", "+Omr", "+Osf", "1.0", "+Ww", "100", "321")
        if other is not None and not per_frame:
            near(name, "overlays, DCMTK", run_tomo(path, "--window", "100,321", "--function", "linear")[0], other, 1)


def check_states():
    """A presentation state and its image: dcmp2pgm renders both."""
    folder = data / "dicom/misc"
    image, state = folder / "imageForPrLUTs.dcm", folder / "prLUTs.dcm"
    if not image.exists() or not shutil.which("dcmp2pgm"):
        return
    near(image.name, "presentation state, DCMTK", run_tomo(image, "--state", str(state), "--no-overlays")[0],
         run_dcmtk(image, "-p", str(state), program="dcmp2pgm"), 1)


def check_indices():
    """PALETTE COLOR as it is stored; what the program says of a frame or an ending that there is none of."""
    path = data / "dicom/pydicom-data/OBXXXX1A_rle.dcm"
    if not path.exists():
        return
    near(path.name, "indices, pydicom", run_tomo(path, "--stored")[0],
         pydicom.dcmread(path).pixel_array.astype(float).ravel(), 0)
    for words, text in (([path, "--frame", "99"], "frame 99 is asked for, counted from 0; the data set has 1"),
                        ([path, tmp / "x.xyz"], ", .raw")):
        r = subprocess.run([tomo, "dicom", "pixels", *map(str, words), "--quiet"], capture_output=True, text=True)
        say(r.returncode != 0 and r.stderr.strip().endswith(text), path.name, text, r.stderr.strip())


def check_colors():
    rng = np.random.default_rng(1)
    for photometric, samples in (("RGB", 3), ("HSV", 3), ("CMYK", 4), ("YBR_FULL", 3), ("YBR_FULL_422", 2),
                                 ("YBR_PARTIAL_422", 2)):
        for bits in (8, 16):
            meta = pydicom.dataset.FileMetaDataset()
            meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
            meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
            meta.MediaStorageSOPInstanceUID = "1.2.3"
            path = tmp / "color.dcm"
            ds = pydicom.dataset.FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
            ds.is_little_endian, ds.is_implicit_VR = True, False
            ds.SOPClassUID, ds.SOPInstanceUID = meta.MediaStorageSOPClassUID, "1.2.3"
            ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = max(samples, 3), photometric, 0
            ds.Rows, ds.Columns = 24, 30
            ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = bits, bits, bits - 1, 0
            a = rng.integers(0, 2 ** bits // (3 if photometric == "CMYK" else 1), (24, 30, samples))
            ds.PixelData = a.astype("u1" if bits == 8 else "<u2").tobytes()
            ds["PixelData"].VR = "OW"
            ds.save_as(str(path), write_like_original=False)
            # DCMTK rounds each product of the YCbCr matrix by itself
            near(f"{photometric} of {bits} bits", "color, DCMTK", run_tomo(path, "--display")[0], run_dcmtk(path, "+op"),
                 2 if photometric.startswith("YBR") else 1)


try:
    for file_path, dataset in gray_files():
        check_gray(file_path, dataset)
    check_states()
    check_indices()
    check_colors()
finally:
    shutil.rmtree(tmp, ignore_errors=True)
print("largest difference (grays of 255; units of the values):", ", ".join(f"{k} {v:g}" for k, v in sorted(worst.items())))
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(bool(failed))
