#!/usr/bin/python3
"""Rigid and affine registration by ITK (through SimpleITK) and by elastix (through itk-elastix), where the interpreter
has them; each once, as they take many seconds. Settings are those of the peers' C++ and shell programs. PEERS_PYTHON may
name an interpreter that has the packages."""
import os
import sys
import time

import numpy as np

if os.environ.get("PEERS_PYTHON", sys.executable) != sys.executable:
    os.execv(os.environ["PEERS_PYTHON"], [os.environ["PEERS_PYTHON"], *sys.argv])
from bench import DATA, ONLY, line

FIXED = np.loadtxt(DATA / "points_fixed.txt")


def tre(transform, moving):
    got = np.array([transform.TransformPoint(p) for p in FIXED])
    return round(float(np.linalg.norm(got - np.loadtxt(DATA / f"points_{moving}.txt"), axis=1).mean()), 4)


def itk_linear(op, moving, kind, part):
    import SimpleITK as sitk
    fixed, other = (sitk.ReadImage(str(DATA / f"{name}.mha"), sitk.sitkFloat32) for name in ("mr", moving))
    for n in (1, 2):
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(n)
        begin = time.perf_counter()
        t = sitk.VersorRigid3DTransform() if kind == "rigid" else sitk.AffineTransform(3)
        t = sitk.CenteredTransformInitializer(fixed, other, t, sitk.CenteredTransformInitializerFilter.MOMENTS)
        r = sitk.ImageRegistrationMethod()
        r.SetMetricAsMattesMutualInformation(50)
        r.SetMetricSamplingStrategy(r.RANDOM)
        r.SetMetricSamplingPercentage(part, 121212)
        r.SetInterpolator(sitk.sitkLinear)
        if kind == "rigid":
            r.SetOptimizerAsRegularStepGradientDescent(1, 0.001, 100, 0.5)
        else:
            r.SetOptimizerAsConjugateGradientLineSearch(1.0, 100, 1e-5, 10, 0, 2, 0.2, 10)
        r.SetOptimizerScalesFromPhysicalShift()
        r.SetShrinkFactorsPerLevel([4, 2, 1])
        r.SetSmoothingSigmasPerLevel([2, 1, 0])
        r.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
        r.SetInitialTransform(t, True)
        t = r.Execute(fixed, other)
        ms = (time.perf_counter() - begin) * 1e3
        line("register", op, "ITK", sitk.Version.VersionString(), f"mr 256x256x180 to {moving}", n, ms, ms, 1, tre_mm=tre(t, moving))


def elastix(op, moving, kind):
    import itk
    fixed, other = (itk.imread(str(DATA / f"{name}.mha"), itk.F) for name in ("mr", moving))
    for n in (1, 2):
        p = itk.ParameterObject.New()
        values = p.GetDefaultParameterMap(kind, 3)
        values.update({"NumberOfSpatialSamples": ["2048"], "MaximumNumberOfIterations": ["250"], "RandomSeed": ["121212"],
                       "WriteResultImage": ["false"], "NumberOfHistogramBins": ["32"]})
        p.AddParameterMap(values)
        e = itk.ElastixRegistrationMethod.New(fixed, other)
        e.SetParameterObject(p)
        e.SetNumberOfThreads(n)
        begin = time.perf_counter()
        e.UpdateLargestPossibleRegion()
        ms = (time.perf_counter() - begin) * 1e3
        found = e.GetTransformParameterObject().GetParameterMap(0)
        numbers = [float(v) for v in found["TransformParameters"]]
        t = itk.Euler3DTransform[itk.D].New() if kind == "rigid" else itk.AffineTransform[itk.D, 3].New()
        t.SetCenter([float(v) for v in found["CenterOfRotationPoint"]])
        pack = itk.OptimizerParameters[itk.D](numbers)
        t.SetParameters(pack)
        line("register", op, "elastix", "itk-elastix", f"mr 256x256x180 to {moving}", n, ms, ms, 1, tre_mm=tre(t, moving))


for op, run in (("rigid_mattes_1pct", lambda op: itk_linear(op, "mr_rigid", "rigid", 0.01)),
                ("rigid_mattes_10pct", lambda op: itk_linear(op, "mr_rigid", "rigid", 0.1)),
                ("affine_mattes_1pct", lambda op: itk_linear(op, "mr_affine", "affine", 0.01)),
                ("rigid_mattes", lambda op: elastix(op, "mr_rigid", "rigid")),
                ("affine_mattes", lambda op: elastix(op, "mr_affine", "affine"))):
    if ONLY in op:
        run(op)
