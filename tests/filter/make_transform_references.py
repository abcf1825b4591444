#!/usr/bin/env python3
"""Transforms as SimpleITK writes them, where it maps points to, and what its ResampleImageFilter makes of a small image
(t_noise): writes transform_references.h on stdout. Needs numpy, scipy and SimpleITK. The tests don't run this."""
import math
import os
import tempfile

import numpy as np
import scipy
import scipy.ndimage as ndi
import SimpleITK as sitk

import golden
from golden import noise

rng = np.random.default_rng(7)
MARK = "#Insight Transform File V1.0\n"


def emit(name, values, digits=9):
    golden.emit(name, np.asarray(values, float), digits)


def text_of(t):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "t.tfm")
        sitk.WriteTransform(t, path)
        return open(path).read()


def quoted(text):
    """A C string of pieces of at most 90 letters."""
    out = []
    for line in text.splitlines(keepends=True):
        for i in range(0, len(line), 90):
            out.append('"' + line[i:i + 90].replace("\n", "\\n") + '"')
    return "\n      ".join(out)


transforms = []


def add(t, params=None, fixed=None):
    if fixed is not None:
        t.SetFixedParameters(list(fixed))
    if params is not None:
        t.SetParameters([round(float(p), 4) for p in params])
    transforms.append(t)
    return t


c3, c2 = (10, -20, 30.5), (3, -7)
D = (math.cos(0.3), -math.sin(0.3), 0, math.sin(0.3), math.cos(0.3), 0, 0, 0, 1)
add(sitk.TranslationTransform(3), (1.5, -2, 3.25))
add(sitk.ScaleTransform(3), (1.1, 0.8, 2), c3)
add(sitk.Euler3DTransform(), (0.1, -0.5, 2.2, 3, 4, 5), c3 + (0,))
add(sitk.Euler3DTransform(), (0.1, -0.5, 2.2, 3, 4, 5), c3 + (1,))
add(sitk.VersorTransform(), (0.3, -0.2, 0.5), c3)
add(sitk.VersorRigid3DTransform(), (-0.9, 0.2, 0.3, 7, 8, 9), c3)
add(sitk.Similarity3DTransform(), (0.3, -0.2, 0.5, 7, 8, 9, 1.3), c3)
add(sitk.ScaleVersor3DTransform(), (0.3, -0.2, 0.5, 7, 8, 9, 1.3, 0.9, 0.7), c3)
add(sitk.ScaleSkewVersor3DTransform(), (0.3, -0.2, 0.5, 7, 8, 9, 1.3, 0.9, 0.7, 0.1, 0.2, -0.1, 0.05, 0.3, -0.2), c3)
add(sitk.ComposeScaleSkewVersor3DTransform(), (0.3, -0.2, 0.5, 7, 8, 9, 1.3, 0.9, 0.7, 0.1, 0.2, -0.1), c3)
add(sitk.AffineTransform(3), (1.1, 0.1, 0, 0.05, 0.9, -0.2, 0.1, 0, 1.2, 4, 5, 6), c3)
add(sitk.AffineTransform(2), (1.1, 0.1, 0.05, 0.9, 4, 5), c2)
add(sitk.Euler2DTransform(), (0.7, 3, 4), c2)
add(sitk.Similarity2DTransform(), (1.7, 0.7, 3, 4), c2)
b3 = sitk.BSplineTransform(3)
b3.SetTransformDomainMeshSize((2, 1, 1))
b3.SetTransformDomainOrigin((-1, -1, -1))
b3.SetTransformDomainPhysicalDimensions((9, 8, 8))
b3.SetTransformDomainDirection(D)
add(b3, rng.normal(size=len(b3.GetParameters())) * 0.8)
b2 = sitk.BSplineTransform(2)
b2.SetTransformDomainMeshSize((2, 1))
b2.SetTransformDomainPhysicalDimensions((9, 8))
add(b2, rng.normal(size=len(b2.GetParameters())))


def field(size, comps, direction):
    v = np.round(rng.normal(size=(*size, comps)) * 0.4, 3)
    im = sitk.GetImageFromArray(v, isVector=True)
    im.SetOrigin([-0.5] * comps)
    im.SetSpacing([2.0, 2.5, 1.75][:comps])
    im.SetDirection(direction)
    return sitk.DisplacementFieldTransform(im)


add(field((3, 4, 4), 3, D))
add(field((4, 3), 2, (0, 1, 1, 0)))
both = sitk.CompositeTransform(3)
for t in (transforms[2], transforms[10], b3):
    both.AddTransform(t)
add(both)

print(f"/* transform_references.h - made by make_transform_references.py: SimpleITK {sitk.Version.VersionString()}, SciPy "
      f"{scipy.__version__}. Do not edit. */")
print("#ifndef TRANSFORM_REFERENCES_H\n#define TRANSFORM_REFERENCES_H\n")
points = np.round(rng.uniform(-1, 8, (6, 3)), 2)
emit("some_points", points, 17)
print("static const struct {\n    const char *file;\n    double to[18];\n} itk_transforms[] = {")
for t in transforms:
    d = t.GetDimension()
    to = [list(t.TransformPoint(p[:d].tolist())) + p[d:].tolist() for p in points]
    numbers = ", ".join(f"{v:.17g}" for v in np.ravel(to))
    lines, line = [], "       "
    for word in numbers.split(" "):
        if len(line) + len(word) > 116:
            lines.append(line)
            line = "       "
        line += " " + word
    lines.append(line)
    print("    { " + quoted(text_of(t)) + ",\n      {\n" + "\n".join(lines) + "\n      } },")
print("};\n")

a = noise((6, 5, 4), 0, 100, 7, np.float32)
image = sitk.GetImageFromArray(a)
image.SetSpacing((0.7, 0.7, 1.25))
small = sitk.Euler3DTransform((1.75, 1.4, 1.875), 0.1, 0.2, 0.3, (0.2, -0.1, 0.15))
print("static const char euler_file[] =\n      " + quoted(text_of(small)) + ";")
for name, how in (("nearest", sitk.sitkNearestNeighbor), ("linear", sitk.sitkLinear), ("cubic", sitk.sitkBSpline3),
                  ("lanczos", sitk.sitkLanczosWindowedSinc)):
    emit(f"itk_euler_{name}", sitk.GetArrayFromImage(sitk.Resample(image, image, small, how, -7.0)))
for name, t in (("bspline", b3), ("composite", sitk.CompositeTransform([small, b3]))):
    emit(f"itk_{name}_linear", sitk.GetArrayFromImage(sitk.Resample(image, image, t, sitk.sitkLinear, -7.0)))
labels = sitk.GetImageFromArray(noise((6, 5, 4), 0, 4, 9, np.uint8))
labels.SetSpacing((0.7, 0.7, 1.25))
emit("itk_euler_label", sitk.GetArrayFromImage(sitk.Resample(labels, labels, small, sitk.sitkLabelLinear, 9)))
vectors = sitk.TransformToDisplacementField(b3, sitk.sitkVectorFloat64, image.GetSize(), image.GetOrigin(),
                                            image.GetSpacing(), image.GetDirection())
jacobian = sitk.GetArrayFromImage(sitk.DisplacementFieldJacobianDeterminant(vectors))
emit("itk_jacobian_inside", jacobian[1:-1, 1:-1, 1:-1])
flat = noise((9, 8, 1), 0, 100, 5, np.float32)[0]
emit("scipy_rotate_fit", ndi.rotate(flat.astype(float), -30, reshape=True, order=1))
emit("scipy_rotate_fit_shape", ndi.rotate(flat, -30, reshape=True, order=1).shape[::-1])
print("\n#endif")
