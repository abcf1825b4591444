#!/usr/bin/env python3
"""Shapes of labels as ITK measures them: writes shape_references.h on stdout. Needs numpy, scipy and SimpleITK; the
version is in its first line. The tests don't run this."""
import numpy as np
import scipy.ndimage as ndi
import SimpleITK as sitk


def emit(kind, name, values):
    print(f"static const {kind} {name}[] = {{")
    line = "   "
    for v in np.asarray(values).ravel():
        text = f" {v:.15g}," if kind == "double" else f" {int(v)},"
        if len(line) + len(text) > 118:
            print(line)
            line = "   "
        line += text
    print(line + "\n};")


def shapes(image):
    """A row for each label: value, size, centroid, principal moments, elongation, flatness, ellipsoid, radius, surface of
    that sphere, surface, roundness, Feret, voxels and surface at the border, principal axes."""
    f = sitk.LabelShapeStatisticsImageFilter()
    f.ComputeFeretDiameterOn()
    f.ComputePerimeterOn()
    f.Execute(image)
    return [[v, f.GetPhysicalSize(v), *f.GetCentroid(v), *f.GetPrincipalMoments(v), f.GetElongation(v), f.GetFlatness(v),
             *f.GetEquivalentEllipsoidDiameter(v), f.GetEquivalentSphericalRadius(v), f.GetEquivalentSphericalPerimeter(v),
             f.GetPerimeter(v), f.GetRoundness(v), f.GetFeretDiameter(v), f.GetNumberOfPixelsOnBorder(v),
             f.GetPerimeterOnBorder(v), *f.GetPrincipalAxes(v)] for v in f.GetLabels()]


def values(labels, image):
    """A row for each label: value, sum, mean, variance, deviation, skewness, kurtosis, extremes and where, center of
    gravity, weighted moments, elongation, flatness."""
    f = sitk.LabelIntensityStatisticsImageFilter()
    f.Execute(labels, image)
    return [[v, f.GetSum(v), f.GetMean(v), f.GetVariance(v), f.GetStandardDeviation(v), f.GetSkewness(v),
             f.GetKurtosis(v), f.GetMinimum(v), f.GetMaximum(v), *f.GetMinimumIndex(v), *f.GetMaximumIndex(v),
             *f.GetCenterOfGravity(v), *f.GetWeightedPrincipalMoments(v), f.GetWeightedElongation(v),
             f.GetWeightedFlatness(v)] for v in f.GetLabels()]


rng = np.random.default_rng(12)
print(f"/* shape_references.h - made by make_shape_references.py: SimpleITK {sitk.Version.VersionString()}. Do not edit. */")
print("#ifndef SHAPE_REFERENCES_H\n#define SHAPE_REFERENCES_H\n")
parts, n = ndi.label(ndi.gaussian_filter(rng.normal(size=(8, 10, 12)), 1) > 0.25)
thick = [all(np.ptp(np.argwhere(parts == v), axis=0) > 0) for v in range(1, n + 1)]
parts = np.where(np.array([False] + thick)[parts], parts, 0)  # of flat ones ITK divides by a moment of 0
emit("int", "volume_labels", parts)
image = sitk.GetImageFromArray(parts.astype(np.uint16))
c, s = np.cos(0.3), np.sin(0.3)
image.SetSpacing((0.5, 0.9, 1.3))
image.SetOrigin((3, -5, 7))
image.SetDirection((c, -s, 0, s, c, 0, 0, 0, 1))
emit("double", "itk_volume", shapes(image))
plane = ndi.label(ndi.gaussian_filter(rng.normal(size=(10, 12)), 1) > 0)[0]
z, y, x = np.indices(parts.shape)
gray = sitk.GetImageFromArray(((x * 3701 + y * 1013 + z * 2113) % 9973 - 20).astype(np.int16))
for i in (image, gray):  # not turned: see tomo_label_intensity.moments
    i.SetSpacing((0.5, 0.9, 1.3))
    i.SetOrigin((3, -5, 7))
    i.SetDirection((1, 0, 0, 0, 1, 0, 0, 0, 1))
emit("double", "itk_values", values(image, gray))
emit("int", "plane_labels", plane)
image = sitk.GetImageFromArray(plane.astype(np.uint16))
image.SetSpacing((0.5, 0.9))
emit("double", "itk_plane", shapes(image))
print("\n#endif")
