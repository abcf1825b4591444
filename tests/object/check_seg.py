#!/usr/bin/python3
"""Segmentations and images as objects, held against others: the NRRD of dcmqi, what highdicom found (a table), pydicom,
dciodvfy and dcm2niix for what Tomo writes."""
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

root = Path(os.environ.get("TOMO_SOURCE", Path(__file__).resolve().parents[2]))
data = Path(os.environ.get("TOMO_TEST_DATA", root.parent / "shared/data"))
tomo = os.environ.get("TOMO", str(root / "build/tomo"))
passed = failed = skipped = 0


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED", what)
    return good


def skip(what):
    global skipped
    skipped += 1
    print("skipped:", what)


def run(*words):
    return subprocess.run([tomo, *map(str, words)], capture_output=True, text=True, errors="replace", timeout=300)


try:
    import nibabel
    import numpy as np
    import pydicom
except ImportError as e:
    skip(e)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(0)


def load(path, *flags):
    """Voxels (x, y, z, ...) as stored and the affine in LPS."""
    r = run("convert", path, "out.nii.gz", *flags)
    if not check(r.returncode == 0, f"convert {path}: {r.stderr}"):
        return None, None
    n = nibabel.load("out.nii.gz")
    return np.asarray(n.dataobj), np.diag([-1, -1, 1, 1]) @ n.affine


def nrrd(path):
    """Voxels (x, y, z) and the affine in LPS of an attached NRRD."""
    head, _, body = path.read_bytes().partition(b"\n\n")
    fields = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
    if "gzip" in fields["encoding"] or "gz" in fields["encoding"]:
        body = gzip.decompress(body)
    size = [int(n) for n in fields["sizes"].split()]
    kind = {"short": "<i2", "unsigned char": "u1", "uchar": "u1", "unsigned short": "<u2", "ushort": "<u2"}[fields["type"]]
    affine = np.eye(4)
    vectors = re.findall(r"\(([^)]*)\)", fields["space directions"])
    affine[:3, :3] = np.array([[float(v) for v in one.split(",")] for one in vectors]).T
    affine[:3, 3] = [float(v) for v in re.findall(r"\(([^)]*)\)", fields["space origin"])[0].split(",")]
    assert fields["space"].startswith("left-posterior-superior")
    return np.frombuffer(body, kind)[:np.prod(size)].reshape(size, order="F"), affine


def same_places(a, a_affine, b, b_affine, rename=None, tol=0):
    """Every voxel of a that is not 0 lies in b at the same place with the same value, and b has no others."""
    index = np.argwhere(a != 0)
    place = index @ a_affine[:3, :3].T + a_affine[:3, 3]
    at = (place - b_affine[:3, 3]) @ np.linalg.inv(b_affine[:3, :3]).T
    near = np.rint(at).astype(int)
    if len(index) == 0 or np.abs(at - near).max() > 0.02 or near.min() < 0 or (near >= b.shape[:3]).any():
        return False
    values = a[tuple(index.T)].astype(float)
    if rename:
        values = np.vectorize(lambda v: rename.get(v, v))(values)
    return np.abs(values - b[tuple(near.T)]).max() <= tol and np.count_nonzero(b) == len(index)


def pairs_of_dcmqi():
    folder = data / "dicom/dcmqi/segmentations"
    if not folder.exists():
        return skip(f"{folder} is not there")
    for seg, other in (("23x38x3/seg/label.seg", "23x38x3/nrrd/label.nrrd"),
                       ("24x38x3/seg/label.seg", "24x38x3/nrrd/label.nrrd"),
                       ("sparse-labelmap-noppv.dcm", "sparse_labelmap_noppv_seg.nrrd"),
                       ("sparse-labelmap-ppv5.dcm", "sparse_labelmap_ppv5_seg.nrrd")):
        voxels, affine = load(folder / seg)
        want, want_affine = nrrd(folder / other)
        want = want * (want != 5)  # 5 is the padding that dcmqi fills the absent slice with
        check(voxels is not None and same_places(want, want_affine, voxels, affine), f"{seg} is not its NRRD")
    overlap = folder / "partial_overlaps.dcm"
    r = run("convert", overlap, "never.nii.gz")
    check(r.returncode == 3 and "segments 1 and 2 overlap" in r.stderr and not Path("never.nii.gz").exists(),
          f"overlaps are refused: {r.returncode} {r.stderr}")
    voxels, affine = load(overlap, "--layers")
    for layer in range(3):
        want, want_affine = nrrd(folder / f"partial_overlaps-{layer + 1}.nrrd")
        check(same_places(want, want_affine, voxels[..., layer], affine), f"layer {layer} of partial_overlaps.dcm")
    for number in (1, 3):
        want, want_affine = nrrd(folder / f"partial_overlaps-{1 if number == 1 else 3}.nrrd")
        voxels, affine = load(overlap, "--segment", number)
        check(same_places(want == number, want_affine, voxels, affine), f"segment {number} of partial_overlaps.dcm")


def files_of_highdicom():
    for line in (root / "tests/cases/object/seg_highdicom.tsv").read_text().splitlines():
        if line.startswith("#"):
            continue
        name, size, kind, digest, affine = line.split("\t")
        if not (data / name).exists():
            skip(f"{name} is not there")
            continue
        voxels, at = load(data / name)
        if voxels is None:
            continue
        want = [int(n) for n in size.split("x")]
        voxels = voxels.reshape(want, order="F") if voxels.size == np.prod(want) else voxels
        check(str(voxels.dtype) == kind and hashlib.sha256(voxels.tobytes(order="F")).hexdigest() == digest,
              f"{name} differs from what highdicom has")
        if affine != "-":
            want = np.array([float(v) for v in affine.split()]).reshape(3, 4)
            check(np.allclose(at[:3], want, rtol=1e-4, atol=1e-3), f"{name} lies elsewhere: {at[:3]} {want}")


def mute(kind, line):
    for row in (root / "tests/cases/object/dciodvfy.tsv").read_text().splitlines():
        if not row.startswith("#"):
            of, text, _ = row.split("\t")
            if of == kind and text in line:
                return True
    return False


def verify(kind, path):
    if not shutil.which("dciodvfy"):
        return skip("dciodvfy is not installed")
    r = subprocess.run(["dciodvfy", path], capture_output=True, text=True, errors="replace")
    bad = [line for line in (r.stdout + r.stderr).splitlines() if line.startswith("Error") and not mute(kind, line)]
    check(not bad, f"dciodvfy of {kind}: {bad}")


def volume(name, voxels, zooms=None):
    a, b = 0.3, 0.2
    turn = np.array([[np.cos(a), -np.sin(a) * np.cos(b), np.sin(a) * np.sin(b)],
                     [np.sin(a), np.cos(a) * np.cos(b), -np.cos(a) * np.sin(b)], [0, np.sin(b), np.cos(b)]])
    affine = np.eye(4)
    affine[:3, :3] = turn * [0.7, 0.98, 1.25]
    affine[:3, 3] = [-30, 20, 7]
    image = nibabel.Nifti1Image(voxels, np.diag([-1, -1, 1, 1]) @ affine)
    if zooms:
        image.header.set_zooms(zooms)
        image.header.set_xyzt_units("mm", "sec")
    nibabel.save(image, name)
    return affine


def stack(ds, key):
    """Frames of one segment (or all: key None) as pydicom sees them: (x, y, z) and affine, by position."""
    pixels = ds.pixel_array if ds.get("NumberOfFrames", 1) > 1 else ds.pixel_array[None]
    shared = ds.SharedFunctionalGroupsSequence[0]
    spacing = shared.PixelMeasuresSequence[0]
    turn = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, float)
    affine = np.eye(4)
    affine[:3, 0] = turn[:3] * float(spacing.PixelSpacing[1])
    affine[:3, 1] = turn[3:] * float(spacing.PixelSpacing[0])
    affine[:3, 2] = np.cross(turn[:3], turn[3:]) * float(spacing.SpacingBetweenSlices)
    taken = [(np.array(f.PlanePositionSequence[0].ImagePositionPatient, float), p)
             for f, p in zip(ds.PerFrameFunctionalGroupsSequence, pixels)
             if key is None or f.SegmentIdentificationSequence[0].ReferencedSegmentNumber == key]
    affine[:3, 3] = min((p for p, _ in taken), key=lambda p: p @ affine[:3, 2])
    at = [int(round((p - affine[:3, 3]) @ affine[:3, 2] / (affine[:3, 2] @ affine[:3, 2]))) for p, _ in taken]
    out = np.zeros((ds.Columns, ds.Rows, max(at) + 1), pixels.dtype)
    for k, (_, frame) in zip(at, taken):
        out[..., k] = frame.T
    return out, affine


def segmentations_written():
    voxels = np.zeros((37, 29, 11), np.uint8)
    voxels[3:20, 5:18, 2:9], voxels[10:14, 8:12, 4:6], voxels[30:, 20:, 10:] = 1, 5, 7
    affine = volume("lab.nii.gz", voxels)
    volume("ct.nii.gz", np.random.default_rng(1).integers(-1000, 2000, voxels.shape).astype(np.int16))
    check(run("dicom", "create", "ct.nii.gz", "scans", "--as", "ct").returncode == 0, "a series to refer to")
    segments = [{"number": 1, "label": "Liver", "type": {"value": "10200004", "scheme": "SCT", "meaning": "Liver"},
                 "color": [221, 130, 101], "algorithmType": "MANUAL"},
                {"labelID": 5, "SegmentLabel": "Lesion", "SegmentAlgorithmType": "AUTOMATIC", "SegmentAlgorithmName": "x",
                 "SegmentedPropertyTypeCodeSequence": {"CodeValue": "52988006", "CodingSchemeDesignator": "SCT",
                                                       "CodeMeaning": "Lesion"}}]
    Path("segments.json").write_text(json.dumps(segments))
    flags = ("--like", "scans", "--segments", "segments.json", "--algorithm", "SEMIAUTOMATIC", "--algorithm-name", "brush")
    for kind in ("seg", "labelmap"):
        r = run("dicom", "create", "lab.nii.gz", kind + ".dcm", "--as", kind, *flags)
        if not check(r.returncode == 0, f"create {kind}: {r.stderr}"):
            continue
        verify(kind, kind + ".dcm")
        ds = pydicom.dcmread(kind + ".dcm")
        rename = {1: 1, 5: 2, 7: 3} if kind == "seg" else {}
        for label in (1, 5, 7):
            frames, at = stack(ds, rename[label] if kind == "seg" else None)
            mine = frames == (1 if kind == "seg" else label)
            check(same_places(voxels == label, affine, mine, at), f"pydicom finds label {label} of {kind} elsewhere")
        named = {s.SegmentNumber: s for s in ds.SegmentSequence}
        check(named[rename.get(5, 5)].SegmentedPropertyCategoryCodeSequence[0].CodeValue == "49755003", "a lesion is no anatomy")
        check(named[rename.get(7, 7)].SegmentAlgorithmType == "SEMIAUTOMATIC", "who made segment 7")
        refs = [f.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
                for f in ds.PerFrameFunctionalGroupsSequence]
        place = {d.SOPInstanceUID: d.ImagePositionPatient for d in map(pydicom.dcmread, Path("scans").iterdir())}
        check(all(np.allclose(place[u], f.PlanePositionSequence[0].ImagePositionPatient, atol=1e-3)
                  for u, f in zip(refs, ds.PerFrameFunctionalGroupsSequence)), f"{kind} refers to slices elsewhere")
        back, at = load(kind + ".dcm", "--grid", "scans")
        check(back.shape == voxels.shape and same_places(voxels, affine, back, at, rename), f"{kind} on the grid of the CT")
        os.makedirs("both", exist_ok=True)
        shutil.copytree("scans", "both", dirs_exist_ok=True)
        run("dicom", "create", "lab.nii.gz", "both/seg.dcm", "--as", kind, "--like", "scans", "--algorithm", "MANUAL", "--keep-empty")
        check(load("both")[0].min() < 0, f"a folder of CT images and a {kind} of more frames is CT")
        facts = json.loads(run("dicom", "show", kind + ".dcm", "--json").stdout)
        check([s for s in facts["segments"] if s["label"] == "Liver"][0]["color"] == [221, 130, 101], "the color of the liver")
        Path("again.json").write_text(json.dumps(facts))
        r = run("dicom", "create", kind + ".dcm", "again.dcm", "--as", kind, "--segments", "again.json")
        check(r.returncode == 0, f"what show prints is what create takes: {r.stderr}")
    both = np.zeros(voxels.shape + (2,), np.uint8)
    both[3:20, 5:18, 2:9, 0], both[10:30, 8:12, 4:6, 1] = 1, 2
    volume("both.nii.gz", both)
    r = run("dicom", "create", "both.nii.gz", "both.dcm", "--as", "seg", "--algorithm", "MANUAL")
    check(r.returncode == 0, f"create of layers: {r.stderr}")
    verify("seg", "both.dcm")
    ds = pydicom.dcmread("both.dcm")
    for number in (1, 2):
        frames, at = stack(ds, number)
        check(same_places(both[..., number - 1] != 0, affine, frames, at), f"pydicom finds layer {number} elsewhere")
    check(ds.SegmentsOverlap == "YES", "segments overlap and it is not said")
    r = run("dicom", "create", "lab.nii.gz", "no.dcm", "--as", "seg")
    check(r.returncode == 2 and "--algorithm" in r.stderr and not Path("no.dcm").exists(), f"no algorithm: {r.stderr}")
    for kind, syntax, uid in (("labelmap", "rle", "1.2.840.10008.1.2.5"), ("seg", "rle", "1.2.840.10008.1.2.5"),
                              ("seg", "deflated", "1.2.840.10008.1.2.1.99")):
        r = run("dicom", "create", "lab.nii.gz", "rle.dcm", "--as", kind, "--algorithm", "MANUAL", "--syntax", syntax)
        if not check(r.returncode == 0, f"create {kind} in {syntax}: {r.stderr}"):
            continue
        ds = pydicom.dcmread("rle.dcm")
        check(ds.file_meta.TransferSyntaxUID == uid, f"{kind} is not in {syntax}")
        if kind == "labelmap":  # pydicom 2 has no RLE of single bits
            frames, at = stack(ds, None)
            check(same_places(voxels, affine, frames, at), "pydicom finds other labels in RLE")
        back, at = load("rle.dcm")
        check(same_places(voxels, affine, back, at, {1: 1, 5: 2, 7: 3} if kind == "seg" else None), f"{kind} in {syntax}")
    fractions = np.clip(np.random.default_rng(2).normal(0.4, 0.4, voxels.shape), 0, 1).astype(np.float32)
    volume("fr.nii.gz", fractions)
    r = run("dicom", "create", "fr.nii.gz", "fr.dcm", "--as", "seg-fractional", "--algorithm", "MANUAL")
    check(r.returncode == 0, f"create seg-fractional: {r.stderr}")
    verify("seg-fractional", "fr.dcm")
    frames, at = stack(pydicom.dcmread("fr.dcm"), 1)
    check(same_places(np.rint(fractions * 255), affine, frames, at), "pydicom finds other fractions")


def images_written():
    rng = np.random.default_rng(3)
    ct = rng.integers(-1000, 2000, (37, 29, 11)).astype(np.int16)
    adc = (rng.random((37, 29, 11)) * 3e-3).astype(np.float32)
    gray = rng.integers(0, 255, (37, 29, 5)).astype(np.uint8)
    time = rng.integers(0, 900, (12, 10, 6, 4)).astype(np.int16)
    affine = volume("ct.nii.gz", ct)
    volume("adc.nii.gz", adc), volume("gray.nii.gz", gray), volume("one.nii.gz", gray[..., :1])
    volume("time.nii.gz", time, (0.7, 0.98, 1.25, 2.5))
    codes = ("--quantity", "113041,DCM,Apparent Diffusion Coefficient", "--units", "mm2/s,UCUM,mm2/s")
    for kind, name, voxels, flags in (("enhanced-ct", "ct", ct, ("--like", "scans")), ("sc", "ct", ct, ()),
                                      ("sc", "gray", gray, ()), ("sc", "one", gray[..., :1], ()),
                                      ("pmap", "adc", adc, codes), ("enhanced-mr", "time", time, ())):
        out = f"{kind}-{name}.dcm"
        r = run("dicom", "create", name + ".nii.gz", out, "--as", kind, *flags)
        if not check(r.returncode == 0, f"create {out}: {r.stderr}"):
            continue
        verify(kind, out)
        back, at = load(out)
        back = back.reshape(voxels.shape) if back.size == voxels.size else back
        for t in range(voxels.shape[3] if voxels.ndim == 4 else 1):
            mine = (voxels[..., t], back[..., t]) if voxels.ndim == 4 else (voxels, back)
            check(same_places(mine[0], affine, mine[1], at), f"{out} comes back otherwise")
        ds = pydicom.dcmread(out)
        if name == "one" or kind == "enhanced-mr":
            continue
        if kind == "pmap":
            frames = np.frombuffer(ds.FloatPixelData, "<f4").reshape(11, 29, 37).transpose(2, 1, 0)
        else:
            frames, _ = stack(ds, None)
            shared = ds.SharedFunctionalGroupsSequence[0]
            rescale = shared.PixelValueTransformationSequence[0] if "PixelValueTransformationSequence" in shared else ds
            frames = frames * float(rescale.RescaleSlope) + float(rescale.RescaleIntercept)
        check(np.array_equal(frames, voxels), f"pydicom has other values in {out}")
    r = run("dicom", "create", "adc.nii.gz", "pmap16.dcm", "--as", "pmap", "--dtype", "uint16", *codes)
    check(r.returncode == 0, f"create pmap of 16 bits: {r.stderr}")
    verify("pmap", "pmap16.dcm")
    ds = pydicom.dcmread("pmap16.dcm")
    mapping = ds.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence[0]
    frames = ds.pixel_array.transpose(2, 1, 0) * mapping.RealWorldValueSlope + mapping.RealWorldValueIntercept
    check(np.abs(frames - adc).max() < 3e-3 / 65535, "pydicom has other values in a map of 16 bits")
    if shutil.which("dcm2niix"):
        os.mkdir("in"), os.mkdir("nii")
        shutil.copy("enhanced-ct-ct.dcm", "in")
        subprocess.run(["dcm2niix", "-o", "nii", "-f", "x", "in"], capture_output=True)
        n = nibabel.load("nii/x.nii")
        check(same_places(ct, affine, np.asarray(n.dataobj), np.diag([-1, -1, 1, 1]) @ n.affine), "dcm2niix has another volume")
        ds = pydicom.dcmread("enhanced-mr-time.dcm")
        ds.Manufacturer = "CANON"  # of others it takes time points for slices
        ds.save_as("in/enhanced-ct-ct.dcm")
        subprocess.run(["dcm2niix", "-o", "nii", "-f", "t", "in"], capture_output=True)
        n = nibabel.load("nii/t.nii")
        at = np.diag([-1, -1, 1, 1]) @ n.affine
        check(n.shape == time.shape and all(same_places(time[..., t], affine, np.asarray(n.dataobj)[..., t], at)
                                            for t in range(4)), "dcm2niix has other time points")
    else:
        skip("dcm2niix is not installed")


def maps_of_others():
    for name, key, kind in (("parametric_map_float", "FloatPixelData", "<f4"),
                            ("parametric_map_double_float", "DoubleFloatPixelData", "<f8")):
        path = data / "dicom/pydicom-data" / (name + ".dcm")
        if not path.exists():
            skip(f"{path} is not there")
            continue
        ds = pydicom.dcmread(path)
        want = np.frombuffer(getattr(ds, key), kind).reshape(ds.Rows, ds.Columns).T
        back, _ = load(path)
        check(np.array_equal(back.reshape(want.shape), want), f"{name} has other values")
    path = data / "dicom/dcmqi/sr-example/rwvm.dcm"
    if path.exists():
        facts = json.loads(run("dicom", "show", path, "--json").stdout)
        slope = pydicom.dcmread(path).ReferencedImageRealWorldValueMappingSequence[0].RealWorldValueMappingSequence[0].RealWorldValueSlope
        mapping = facts["groups"][0]["mappings"][0]
        check(mapping["slope"] == slope and mapping["units"]["value"] == "{SUVbw}g/ml" and
              mapping["quantities"][0]["code"]["value"] == "126400", f"the mapping of SUV: {mapping}")
    else:
        skip(f"{path} is not there")


folder = tempfile.mkdtemp(prefix="tomo-seg-")
os.chdir(folder)
try:
    pairs_of_dcmqi()
    files_of_highdicom()
    segmentations_written()
    images_written()
    maps_of_others()
finally:
    os.chdir("/")
    shutil.rmtree(folder)
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(bool(failed))
