#!/usr/bin/python3
"""Radiotherapy objects and waveforms against others: voxel masks that came with the contours, pydicom, DCMTK's drtdump,
dciodvfy, plastimatch. What is not installed is skipped."""
# needs: every room
import json
import shutil
import subprocess
import sys
import tempfile
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


def run(*words):
    return subprocess.run([str(w) for w in words], capture_output=True, text=True, errors="replace", timeout=300)


def voxels(path):
    """In RAS order, x fastest index first."""
    return np.asarray(nibabel.as_closest_canonical(nibabel.load(path)).dataobj)


def dice(a, b):
    return 2 * (a & b).sum() / max(1, a.sum() + b.sum())


def contours_and_masks(tmp):
    for case in ("003/CT", "003/MR_T1", "003/PET", "008/CT", "008/MR_T1", "008/PET"):
        patient, modality = case.split("/")
        folder = data / f"series/sts-{patient}"
        out = tmp / "labels.nii.gz"
        r = run(tomo, "convert", folder / modality / "rtstruct/RS.dcm", out, "--grid", folder / modality / "image")
        if r.returncode:
            check(False, f"{case}: {r.stderr}")
            continue
        d = dice(voxels(out) > 0, voxels(folder / f"nifti/{modality}_mask.nii.gz") > 0)
        print(f"sts-{case}: Dice {d:.6f}")
        check(d >= 0.97, f"{case}: Dice {d}")


def doses(tmp):
    for name in ("rtdose", "rtdose_expb", "rtdose_rle"):
        path = data / f"dicom/pydicom/{name}.dcm"
        ds = pydicom.dcmread(path)
        out = tmp / "dose.nii.gz"
        r = run(tomo, "convert", path, out)
        check(r.returncode == 0, f"{name}: {r.stderr}")
        mine = np.asarray(nibabel.load(out).dataobj)
        if name == "rtdose_rle":  # pydicom 2.3 decodes 32-bit RLE as rtdose.dcm says it plain
            ds = pydicom.dcmread(data / "dicom/pydicom/rtdose.dcm")
        theirs = ds.pixel_array.transpose(2, 1, 0) * float(ds.DoseGridScaling)
        near = min(np.abs(v - theirs).max() for v in (mine, mine[:, ::-1], mine[::-1], mine[::-1, ::-1]))
        check(near < 1e-6, f"{name}: differs by {near}")
        facts = json.loads(run(tomo, "dicom", "show", "--json", path).stdout)
        check(facts["size"] == [10, 10, 15] and facts["spacing"] == [10, 10, 5], f"{name}: {facts}")


def waves(tmp):
    for name in ("pydicom/waveform_ecg.dcm", "encapsulation/wave_dfl"):
        path = data / "dicom" / name
        ds = pydicom.dcmread(path)
        for group in range(len(ds.WaveformSequence)):
            out = tmp / "wave.csv"
            r = run(tomo, "dicom", "extract", path, out, "--group", group + 1)
            check(r.returncode == 0, f"{name}: {r.stderr}")
            mine = np.genfromtxt(out, delimiter=",", skip_header=1)[:, 1:]
            check(np.allclose(mine, ds.waveform_array(group), rtol=1e-11), f"{name} group {group + 1} differs")
            r = run(tomo, "dicom", "extract", path, tmp / "wave.npy", "--group", group + 1)
            check(r.returncode == 0, f"{name}: {r.stderr}")
            check(np.allclose(np.load(tmp / "wave.npy"), ds.waveform_array(group), rtol=1e-15), f"{name}: array differs")
            svg = tmp / "wave.svg"
            r = run(tomo, "dicom", "extract", path, svg, "--group", group + 1)
            check(r.returncode == 0, f"{name}: {r.stderr}")
            if shutil.which("xmllint"):
                check(run("xmllint", "--noout", svg).returncode == 0, f"{name}: the plot is no XML")


def plans():
    facts = json.loads(run(tomo, "dicom", "show", "--json", data / "dicom/pydicom/rtplan.dcm").stdout)
    ds = pydicom.dcmread(data / "dicom/pydicom/rtplan.dcm")
    beam = ds.BeamSequence[0]
    check(facts["beams"][0]["machine"] == beam.TreatmentMachineName, "machine")
    check(facts["beams"][0]["energy"] == float(beam.ControlPointSequence[0].NominalBeamEnergy), "energy")
    check(facts["fractionGroups"][0]["fractions"] == ds.FractionGroupSequence[0].NumberOfFractionsPlanned, "fractions")
    check(facts["beams"][0]["isocenter"] == [float(v) for v in beam.ControlPointSequence[0].IsocenterPosition], "isocenter")


def labels_on(folder, tmp):
    """Two labels with holes on the grid of a series."""
    ct = tmp / "ct.nii.gz"
    check(run(tomo, "convert", folder, ct).returncode == 0, f"{folder} is read")
    image = nibabel.load(ct)
    x, y, z = np.meshgrid(*[np.linspace(-1, 1, n) for n in image.shape[:3]], indexing="ij")
    r = np.sqrt(x * x + y * y + z * z)
    v = np.zeros(image.shape[:3], np.uint8)
    v[(r < 0.8) & (np.abs(np.sin(9 * x) * np.cos(7 * y)) < 0.8)] = 1
    v[(r < 0.3)] = 2
    v[:, :, 0] = v[:, :, -1] = 0
    path = tmp / "in.nii.gz"
    nibabel.save(nibabel.Nifti1Image(v, image.affine), path)
    return path, ct


def written(tmp):
    """What is written is read by others, and comes back."""
    if "rtstruct" not in run(tomo, "dicom", "create", "--help").stdout + run(tomo, "dicom", "create", "a", "b", "--as", "?").stderr:
        skip("tomo dicom create has no rtstruct")
        return
    folder = data / "series/ct-torso-small"
    path, ct = labels_on(folder, tmp)
    out, back = tmp / "rtss.dcm", tmp / "back.nii.gz"
    r = run(tomo, "dicom", "create", path, out, "--as", "rtstruct", "--like", folder)
    check(r.returncode == 0, r.stderr)
    check(run(tomo, "convert", out, back, "--grid", folder).returncode == 0, "read again")
    check(np.array_equal(voxels(back), voxels(path)), "labels are not what they were")
    for program in ("dciodvfy", "drtdump", "plastimatch"):
        if not shutil.which(program):
            skip(f"no {program}")
            continue
        if program == "dciodvfy":
            r = run(program, out)
            check("Error" not in r.stdout + r.stderr, f"dciodvfy: {(r.stdout + r.stderr)[:500]}")
        elif program == "drtdump":
            check("RT Structure Set" in run(program, out).stdout, "drtdump does not read it")
        else:
            r = run(program, "convert", "--input", out, "--fixed", ct, "--output-prefix", tmp / "pm", "--prefix-format", "nii.gz")
            masks = sorted((tmp / "pm").glob("*"))
            check(len(masks) == 2, f"plastimatch: {r.stdout[-300:]}")
            for value, mask in enumerate(masks, 1):
                d = dice(voxels(mask) > 0, voxels(path) == value)
                print(f"plastimatch reads label {value}: Dice {d:.6f}")
                check(d > 0.9999, f"plastimatch: Dice {d}")


with tempfile.TemporaryDirectory() as name:
    tmp = Path(name)
    contours_and_masks(tmp)
    doses(tmp)
    waves(tmp)
    plans()
    written(tmp)
done()
