#!/usr/bin/env python3
"""Writes tests/cases/dicom/series.json: what SimpleITK, dcm2niix and dicom2nifti say of the series in the test data.

usage: make_series_references.py DATA > tests/cases/dicom/series.json      (needs SimpleITK, pydicom, nibabel, numpy, dcm2niix)

One object a line. Sizes, spacing, origin and direction are LPS on the grid of the DICOM images (x along a row, y down a
column, z ascending along their cross product): NIfTI volumes are turned back to it. sha256 is of the voxels as little
endian `dtype`; volumes of floats have 12 probes (x, y, z, t, value) instead, since the last bit is a matter of taste.
"""
import hashlib
import json
import os
import subprocess
import sys
import tempfile

import nibabel
import numpy as np
import pydicom
import SimpleITK as sitk

DATA = sys.argv[1]
SERIES = os.path.join(DATA, "series")


def describe(array, spacing, origin, direction):
    """array is indexed [x, y, z, t(, component)]."""
    color = array.ndim == 5
    whole = np.all(array == np.rint(array))
    dtype = array.dtype.name if color else "float32" if not whole else (
        "int16" if array.min() >= -32768 and array.max() <= 32767 else "uint16")
    out = {"dtype": dtype, "size": list(array.shape[:4]), "spacing": [float(s) for s in spacing],
           "origin": [float(v) for v in origin], "direction": [float(v) for v in np.asarray(direction).ravel()]}
    if dtype == "float32":
        rng = np.random.default_rng(1)
        probes = []
        for _ in range(12):
            i = [int(rng.integers(n)) for n in array.shape]
            probes += i + [float(array[tuple(i)])]
        out["probes"] = probes
        out["mean"] = float(array.mean())
    else:
        order = (4, 0, 1, 2, 3) if color else (0, 1, 2, 3)
        raw = np.transpose(array.astype("<" + np.dtype(dtype).str[1:]), order).ravel(order="F")
        out["sha256"] = hashlib.sha256(raw.tobytes()).hexdigest()
    return out


def by_itk(folder):
    reader = sitk.ImageSeriesReader()
    path = os.path.join(SERIES, folder)
    ids = reader.GetGDCMSeriesIDs(path)
    assert len(ids) == 1, (folder, ids)
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(path, ids[0]))
    image = reader.Execute()
    array = np.transpose(sitk.GetArrayFromImage(image), (2, 1, 0))[..., None]
    return {"reference": "SimpleITK " + sitk.__version__, "tolerance": 1e-5,
            **describe(array, [*image.GetSpacing(), 0], image.GetOrigin(), image.GetDirection())}


def orientation(path):
    ds = pydicom.dcmread(path, stop_before_pixels=True)
    if "ImageOrientationPatient" in ds:
        return np.array(ds.ImageOrientationPatient, float)
    for groups in (ds.PerFrameFunctionalGroupsSequence[0], ds.SharedFunctionalGroupsSequence[0]):
        if "PlaneOrientationSequence" in groups:
            return np.array(groups.PlaneOrientationSequence[0].ImageOrientationPatient, float)
    raise ValueError(path)


def by_nifti(nifti, dicom, reference, raw=False):
    image = nibabel.load(os.path.join(SERIES, nifti))
    array = np.asanyarray(image.dataobj.get_unscaled() if raw else image.dataobj)
    if array.dtype.names:  # RGB(A): alpha is not in the DICOM files
        array = np.stack([array[c] for c in "RGB"], -1)
    color = array.ndim == 4 and image.ndim == 3
    while array.ndim < (5 if color else 4):
        array = np.expand_dims(array, 3)
    affine = np.diag([-1.0, -1, 1, 1]) @ image.affine
    iop = orientation(os.path.join(SERIES, dicom))
    wanted = np.stack([iop[:3], iop[3:], np.cross(iop[:3], iop[3:])], 1)
    axes = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    match = wanted.T @ axes                              # [wanted, found]
    order = [int(np.argmax(np.abs(match[w]))) for w in range(3)]
    array = np.transpose(array, order + list(range(3, array.ndim)))
    matrix, origin = affine[:3, order], affine[:3, 3].copy()
    for w in range(3):
        if match[w, order[w]] < 0:
            origin += matrix[:, w] * (array.shape[w] - 1)
            matrix[:, w] = -matrix[:, w]
            array = np.flip(array, w)
    spacing = np.linalg.norm(matrix, axis=0)
    zooms = image.header.get_zooms()
    time = float(zooms[3]) if len(zooms) > 3 else 0
    return {"reference": reference, "tolerance": 2e-3, "raw": raw,
            **describe(array, [*spacing, time], origin, matrix / spacing)}


def by_running_dcm2niix(folder):
    """The ground truth beside this series holds three empty volumes, so the program is asked. It puts b = 0 last, where
    the frames (and their Dimension Index Values) have it first: volumes are compared in order of b."""
    version = subprocess.run(["dcm2niix", "-v"], capture_output=True, text=True).stdout.split()[-1]
    with tempfile.TemporaryDirectory() as tmp:
        subprocess.run(["dcm2niix", "-z", "n", "-f", "out", "-o", tmp, os.path.join(SERIES, folder)], check=True,
                       capture_output=True)
        path = os.path.join(tmp, "out.nii")
        image = nibabel.load(path)
        b = np.loadtxt(os.path.join(tmp, "out.bval"))
        data = image.dataobj.get_unscaled()[..., np.argsort(b, kind="stable")]
        nibabel.save(nibabel.Nifti1Image(data, image.affine, image.header), path)
        first = os.path.join(folder, sorted(os.listdir(os.path.join(SERIES, folder)))[0])
        return by_nifti(path, first, "dcm2niix " + version, raw=True)


def short(v):
    """Ten digits: ten times finer than any tolerance here."""
    if isinstance(v, dict):
        return {k: short(x) for k, x in v.items()}
    if isinstance(v, list):
        return [short(x) for x in v]
    return float(f"{v:.10g}") + 0.0 if isinstance(v, float) else v


def main():
    cases = []

    def case(path, result):
        cases.append({"path": "series/" + path, **result})

    for folder in ("ct-body-j2k", "ct-head-axial", "ct-torso-small", "pet-bqml",
                   *(f"sts-{n}/{m}/image" for n in ("003", "008") for m in ("CT", "PET", "MR_T1"))):
        case(folder, by_itk(folder))
    niix = "dcm2niix v1.0.20241127"
    case("mr-4d-ge-epi", by_nifti("refs-dcm2niix/DCM2NIIX_regression_test_4.nii",
                                  "mr-4d-ge-epi/axial_epi_fmri_interleaved_i_to_s-00001.dcm", niix))
    case("mr-mosaic-siemens/mr_0003", by_nifti("refs-dcm2niix/EPI_PE=AP_3.nii",
                                               "mr-mosaic-siemens/mr_0003/epi_pe_ap-00001.dcm", niix))
    case("mr-mosaic-siemens/mr_0005", by_nifti("refs-dcm2niix/EPI_PE=RL_5.nii",
                                               "mr-mosaic-siemens/mr_0005/epi_pe_rl-00001.dcm", niix))
    niix = "dcm2niix v1.0.20260620"
    case("mr-enhanced", {"series": pydicom.dcmread(os.path.join(SERIES, "mr-enhanced/6_1.dcm")).SeriesInstanceUID,
                         **by_nifti("mr-enhanced/Siemens_REST1_w_SMS_PF7-8_6.nii", "mr-enhanced/6_1.dcm", niix)})
    case("mr-enhanced/IM_0027_fMAP.dcm", by_nifti("mr-enhanced/Philips_WIP_B0_NS_801_e1.nii",
                                                  "mr-enhanced/IM_0027_fMAP.dcm", niix, raw=True))
    case("mr-enhanced/IM_0027_fMAP.dcm", {"part": 2, **by_nifti("mr-enhanced/Philips_WIP_B0_NS_801_e2_fieldmaphz.nii",
                                                                "mr-enhanced/IM_0027_fMAP.dcm", niix, raw=True)})
    d2n = "dicom2nifti, its own ground truth"
    for name in ("ge/dti/001", "ge/dti/002", "ge/fmri/001", "generic/anatomical/001",
                 "generic/anatomical/002_non_isotropic", "generic/compressed_j2k/001", "generic/compressed_jpeg/001",
                 "generic/compressed_jpegls/001", "generic/compressed_rle/001", "generic/rgb/001",
                 "hitachi/anatomical/001", "hyperfine/anatomical/001", "philips/fmri/001"):
        folder = "dicom2nifti/" + name
        first = os.path.join(folder, sorted(os.listdir(os.path.join(SERIES, folder)))[0])
        case(folder, by_nifti(folder + "_ground_truth.nii.gz", first, d2n))
    case("dicom2nifti/philips_enhanced/dti/001", by_running_dcm2niix("dicom2nifti/philips_enhanced/dti/001"))
    for name, word in (("dicom2nifti/failing/gantrytilting", "gantry tilt"),
                       ("dicom2nifti/failing/slicecount", "too few slices"),
                       ("dicom2nifti/failing/sliceorientation", "mixed orientation"),
                       ("mr-multiecho", "slices don't repeat evenly")):
        case(name, {"reference": "must be refused", "error": word})
    print("[\n" + ",\n".join(json.dumps(short(c), separators=(",", ":")) for c in cases) + "\n]")


main()
