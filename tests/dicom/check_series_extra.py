#!/usr/bin/python3
"""Series with something special against others: SUV by the QIBA formula on every slice, an enhanced object cut into a
Concatenation, dcm2niix's gradients and straightened tilt. What is not installed is skipped."""
# needs: every room
import math
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from checks import check, data, done, need_data, skip, tomo  # noqa: E402

try:
    import nibabel
    import numpy as np
    import pydicom
except ImportError as missing:
    skip(missing)
    done()
need_data()


def convert(*words):
    r = subprocess.run([tomo, "convert", *map(str, words)], capture_output=True, text=True, timeout=300)
    check(r.returncode == 0, f"convert {words}: {r.stderr}")
    return r.returncode == 0


def canonical(path):
    return np.asarray(nibabel.as_closest_canonical(nibabel.load(path)).dataobj)


def suv_factor(ds):
    """QIBA's vendor-neutral pseudo-code for BQML, corrected to START, series time not after acquisition."""
    drug = ds.RadiopharmaceuticalInformationSequence[0]
    scan = datetime.strptime(ds.SeriesDate + str(ds.SeriesTime)[:6], "%Y%m%d%H%M%S")
    start = datetime.strptime(ds.SeriesDate + str(drug.RadiopharmaceuticalStartTime)[:6], "%Y%m%d%H%M%S")
    start -= timedelta(days=start > scan)
    left = float(drug.RadionuclideTotalDose) * 2 ** (-(scan - start).total_seconds() / float(drug.RadionuclideHalfLife))
    return float(ds.PatientWeight) * 1000 / left


def suv(tmp):
    folder = data / "series/pet-bqml"
    if not convert(folder, tmp / "suv.nii.gz", "--suv", "bw"):
        return
    slices = [pydicom.dcmread(p) for p in folder.rglob("*") if p.is_file()]
    slices.sort(key=lambda d: float(d.ImagePositionPatient[2]))
    theirs = np.stack([(d.pixel_array * float(d.RescaleSlope) + float(d.RescaleIntercept)) * suv_factor(d)
                       for d in slices], -1).transpose(1, 0, 2)[::-1, ::-1]
    mine = canonical(tmp / "suv.nii.gz")
    worst = np.abs(mine - theirs).max()
    print(f"SUV of {len(slices)} slices up to {theirs.max():.4f}: differs by at most {worst:.2g}")
    check(worst < 1e-6, f"SUV differs by {worst}")


def concatenation(tmp):
    path = data / "series/dicom2nifti/philips_enhanced/dti/001/IM-0001-3835-0001.dcm"
    ds = pydicom.dcmread(path)
    size, n, frames, uid = ds.Rows * ds.Columns * ds.BitsAllocated // 8, 3, int(ds.NumberOfFrames), ds.SOPInstanceUID
    pixels, groups = ds.PixelData, ds.PerFrameFunctionalGroupsSequence
    parts = tmp / "parts"
    parts.mkdir()
    for k in range(n):
        a, b = frames * k // n, frames * (k + 1) // n
        ds.NumberOfFrames, ds.PixelData = b - a, pixels[a * size:b * size]
        ds.PerFrameFunctionalGroupsSequence = pydicom.Sequence(groups[a:b])
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{uid}.{k}"
        ds.ConcatenationUID, ds.SOPInstanceUIDOfConcatenationSource = "1.2.3.9", uid
        ds.InConcatenationNumber, ds.InConcatenationTotalNumber, ds.ConcatenationFrameOffsetNumber = k + 1, n, a
        ds.save_as(parts / f"{n - k}.dcm")
    if convert(path, tmp / "whole.nii.gz") and convert(parts, tmp / "joined.nii.gz"):
        whole, joined = nibabel.load(tmp / "whole.nii.gz"), nibabel.load(tmp / "joined.nii.gz")
        check(np.array_equal(whole.dataobj, joined.dataobj) and np.allclose(whole.affine, joined.affine),
              "a Concatenation is not the volume that it was cut from")


def world(nii, bvec):
    """Directions in the patient, RAS: FSL turns the first component where the axes are right-handed."""
    axes = nibabel.load(nii).affine[:3, :3]
    v = np.loadtxt(bvec)
    if np.linalg.det(axes) > 0:
        v[0] = -v[0]
    return axes / np.linalg.norm(axes, axis=0) @ v


def against_dcm2niix(tmp):
    if not shutil.which("dcm2niix"):
        skip("no dcm2niix")
        return
    folder = data / "series/dicom2nifti/philips_enhanced/dti/001"
    subprocess.run(["dcm2niix", "-f", "dti", "-z", "n", "-o", tmp, folder], capture_output=True, timeout=300)
    if convert(folder, tmp / "mine.nii.gz", "--gradients"):
        order = np.argsort(np.loadtxt(tmp / "dti.bval"), kind="stable")  # it puts b = 0 last
        theirs, mine = world(tmp / "dti.nii", tmp / "dti.bvec")[:, order], world(tmp / "mine.nii.gz", tmp / "mine.bvec")
        check(np.array_equal(np.loadtxt(tmp / "dti.bval")[order], np.loadtxt(tmp / "mine.bval")), "b-values differ")
        check(np.abs(theirs - mine).max() < 1e-5, f"gradients differ: {theirs} {mine}")
    folder = data / "series/dicom2nifti/failing/gantrytilting/001"
    subprocess.run(["dcm2niix", "-f", "t", "-z", "n", "-o", tmp, folder], capture_output=True, timeout=300)
    if convert(folder, tmp / "tilt.nii.gz", "--straighten"):
        theirs = nibabel.as_closest_canonical(nibabel.load(tmp / "t_Tilt_1.nii"))
        mine = nibabel.as_closest_canonical(nibabel.load(tmp / "tilt.nii.gz"))
        check(mine.shape == theirs.shape, f"tilt: {mine.shape}, dcm2niix {theirs.shape}")
        far = np.abs(mine.affine - theirs.affine).max()
        a, b = np.asarray(mine.dataobj, float), np.asarray(theirs.dataobj, float)
        same = np.corrcoef(a.ravel(), b.ravel())[0, 1]
        print(f"tilt: affines differ by {far:.2g}, correlation of voxels {same:.6f}, "
              f"{(np.abs(a - b) <= 1).mean():.4f} of them within 1")
        check(far < 1e-3 and (np.abs(a - b) <= 1).mean() > 0.995, "tilt: not dcm2niix's volume")


with tempfile.TemporaryDirectory() as name:
    suv(Path(name))
    concatenation(Path(name))
    against_dcm2niix(Path(name))
done()
