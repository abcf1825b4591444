#!/usr/bin/env python3
"""Registration of real images that were displaced on purpose, beside SimpleITK and elastix: target registration error
and time, as the table of docs/rooms/register.md. usage: tools/register_accuracy.py DATA [--peers]

DATA is the folder of test data. Each fixed image is brought to its moving one by ITK's cubic B-spline resampling through
a known rigid transform (rotation by 20 degrees about an oblique axis, shift of 30 mm) onto a grid of the same voxels large
enough for all of it; noise of 1 % of the values' spread is added to the moving image. Of pairs of two modalities nobody
knows the truth: the moving image's origin and direction are carried along the known transform, and the error is how far
that ends from where the pair goes without it. Targets are 500 points of the fixed image's foreground (above Otsu's
threshold). Needs SimpleITK, itk-elastix for --peers, and the program ($TOMO or build/tomo)."""
import json, os, subprocess, sys, tempfile, time
from pathlib import Path

import numpy as np
import SimpleITK as sitk

ROOT = Path(__file__).resolve().parents[1]
TOMO = os.environ.get("TOMO", str(ROOT / "build/tomo"))
DATA, PEERS = Path(sys.argv[1]), "--peers" in sys.argv
TMP = Path(tempfile.mkdtemp(prefix="register_accuracy"))


def volume(path):
    """A NIfTI file, or a DICOM folder through Tomo's reader."""
    path = DATA / path
    if path.is_dir():
        subprocess.run([TOMO, "convert", path, TMP / "series.nii", "--quiet"], check=True)
        path = TMP / "series.nii"
    return sitk.Cast(sitk.ReadImage(str(path)), sitk.sitkFloat32)


def middle(image):
    return image.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in image.GetSize()])


def displacement(image, degrees, mm):
    t = sitk.VersorRigid3DTransform()
    t.SetCenter(middle(image))
    axis, way = np.array((0.5, -0.4, 0.77)), np.array((0.6, -0.64, 0.48))
    t.SetRotation((axis / np.linalg.norm(axis)).tolist(), np.radians(degrees))
    t.SetTranslation((mm * way / np.linalg.norm(way)).tolist())
    return t


def displaced(image, truth, noise):
    """What `truth` carries the image to: moving(truth(x)) = image(x)."""
    n, s = np.array(image.GetSize()), np.array(image.GetSpacing())
    corners = [truth.TransformPoint(image.TransformIndexToPhysicalPoint([int(c * (k - 1)) for c, k in zip(w, n)]))
               for w in np.ndindex(2, 2, 2)]
    low, high = np.min(corners, 0), np.max(corners, 0)
    grid = sitk.Image([int(np.ceil(k)) + 1 for k in (high - low) / s], sitk.sitkFloat32)
    grid.SetSpacing(s.tolist())
    grid.SetOrigin(low.tolist())
    values = sitk.GetArrayViewFromImage(image)
    moved = sitk.Resample(image, grid, truth.GetInverse(), sitk.sitkBSpline, float(values.min()))
    return sitk.AdditiveGaussianNoise(moved, float(noise * values.std()), 0.0, 7)


def carried(image, truth):
    """The same voxels, lying elsewhere."""
    out = sitk.Image(image)
    out.SetOrigin(truth.TransformPoint(image.GetOrigin()))
    out.SetDirection((np.reshape(truth.GetMatrix(), (3, 3)) @ np.reshape(image.GetDirection(), (3, 3))).ravel().tolist())
    return out


def targets(image):
    mask = sitk.GetArrayViewFromImage(sitk.OtsuThreshold(image, 0, 1, 128))
    at = np.argwhere(mask)[:, ::-1]
    at = at[np.random.default_rng(3).choice(len(at), 500, replace=False)]
    return [image.TransformIndexToPhysicalPoint(p.tolist()) for p in at]


def error(transform, truth, points, own=sitk.Transform(3, sitk.sitkIdentity)):
    return np.linalg.norm([np.subtract(transform.TransformPoint(p), truth.TransformPoint(own.TransformPoint(p)))
                           for p in points], axis=1)


def by_tomo(fixed, moving, verb, options):
    sitk.WriteImage(fixed, str(TMP / "f.nii"))
    sitk.WriteImage(moving, str(TMP / "m.nii"))
    begin = time.perf_counter()
    subprocess.run([TOMO, "register", verb, TMP / "f.nii", TMP / "m.nii", "--transform", TMP / "t.tfm", "--json", *options],
                   check=True, stdout=subprocess.DEVNULL)
    took = time.perf_counter() - begin
    return sitk.ReadTransform(str(TMP / "t.tfm")), took


def by_itk(fixed, moving, start):
    begin = time.perf_counter()
    t = sitk.CenteredTransformInitializer(fixed, moving, sitk.VersorRigid3DTransform(), start)
    r = sitk.ImageRegistrationMethod()
    r.SetMetricAsMattesMutualInformation(50)
    r.SetMetricSamplingStrategy(r.RANDOM)
    r.SetMetricSamplingPercentage(min(1.0, max(0.01, 60000 / fixed.GetNumberOfPixels())), 121212)
    r.SetInterpolator(sitk.sitkLinear)
    r.SetOptimizerAsRegularStepGradientDescent(1, 0.001, 100, 0.5)
    r.SetOptimizerScalesFromPhysicalShift()
    s = min(fixed.GetSpacing())
    r.SetShrinkFactorsPerLevel([4, 2, 1])
    r.SetSmoothingSigmasPerLevel([2 * s, s, 0])
    r.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    r.SetInitialTransform(t, True)
    return r.Execute(fixed, moving), time.perf_counter() - begin


def by_elastix(fixed, moving, start):
    import itk
    to_itk = lambda name: itk.imread(str(TMP / name), itk.F)
    f, m = to_itk("f.nii"), to_itk("m.nii")
    p = itk.ParameterObject.New()
    values = p.GetDefaultParameterMap("rigid", 3)
    values.update({"NumberOfSpatialSamples": ["4096"], "MaximumNumberOfIterations": ["250"], "WriteResultImage": ["false"],
                   "RandomSeed": ["121212"], "AutomaticTransformInitialization": ["true"],
                   "AutomaticTransformInitializationMethod": [start]})
    p.AddParameterMap(values)
    begin = time.perf_counter()
    e = itk.ElastixRegistrationMethod.New(f, m)
    e.SetParameterObject(p)
    e.SetLogToConsole(False)
    e.UpdateLargestPossibleRegion()
    took = time.perf_counter() - begin
    found = e.GetTransformParameterObject().GetParameterMap(0)
    t = sitk.Euler3DTransform()
    t.SetCenter([float(v) for v in found["CenterOfRotationPoint"]])
    t.SetParameters([float(v) for v in found["TransformParameters"]])
    return t, took


CASES = [  # name, fixed, moving before it is displaced, verb, options, degrees, mm
    ("brain T1 to itself", "segmentation/brain-t1/t1_crop.nii.gz", None, "rigid", [], 20, 30),
    ("brain T1 to itself, correlation", "segmentation/brain-t1/t1_crop.nii.gz", None, "longitudinal", [], 20, 30),
    ("head CT to itself", "series/ct-head-axial", None, "rigid", [], 20, 30),
    ("sts-003 CT to itself", "series/sts-003/CT", None, "rigid", [], 20, 30),
    ("sts-003 MR to itself", "series/sts-003/MR_T1", None, "rigid", [], 10, 15),
    *[(f"{patient} {name} on CT", f"series/{patient}/CT", f"series/{patient}/{folder}", "fuse", [], degrees, mm)
      for patient in ("sts-003", "sts-008") for name, folder in (("PET", "PET"), ("MR", "MR_T1"))
      for degrees, mm in ((10, 20), (20, 30))],
]
only = next((a.split("=")[1] for a in sys.argv if a.startswith("--only=")), "")
print("| pair | fixed voxels | displaced by | Tomo mm (mean, max) | s |" + (" ITK mm | s | elastix mm | s |" if PEERS else ""))
print("|---|---|---|---|---|" + ("---|---|---|---|" if PEERS else ""))
for name, path, other, verb, options, degrees, mm in CASES:
    if only not in name:
        continue
    fixed = volume(path)
    truth = displacement(fixed, degrees, mm)
    points, at_rest = targets(fixed), volume(other) if other else None
    moving = carried(at_rest, truth) if other else displaced(fixed, truth, 0.01)
    own = [by_tomo(fixed, at_rest, verb, options)[0]] if other else []
    t, took = by_tomo(fixed, moving, verb, options)
    far = error(t, truth, points, *own)
    size = " x ".join(map(str, fixed.GetSize())) + " of " + " x ".join(f"{s:.3g}" for s in fixed.GetSpacing())
    row = f"| {name} | {size} mm | {degrees} degrees, {mm} mm | {far.mean():.3f}, {far.max():.3f} | {took:.2f} |"
    if PEERS:
        for run, start in ((by_itk, sitk.CenteredTransformInitializerFilter.MOMENTS), (by_elastix, "CenterOfGravity")):
            try:
                if other:
                    sitk.WriteImage(at_rest, str(TMP / "m.nii"))
                own = [run(fixed, at_rest, start)[0]] if other else []
                sitk.WriteImage(moving, str(TMP / "m.nii"))
                t, took = run(fixed, moving, start)
                row += f" {error(t, truth, points, *own).mean():.3f} | {took:.1f} |"
            except RuntimeError as e:
                row += f" failed | - |"
                print(str(e).splitlines()[-1][:200], file=sys.stderr)
    print(row, flush=True)
