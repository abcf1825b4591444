#!/usr/bin/env python3
"""Makes contour_references.h: contours of scikit-image and SimpleITK on small images that test_contour.c builds too.
    python3 tests/segment/make_contour_references.py > tests/segment/contour_references.h
Masks are one number a row, bit x set inside."""
import os
import sys

import numpy as np
import SimpleITK as sitk
import skimage
from skimage import segmentation
from skimage.segmentation import morphsnakes

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "filter"))
from golden import emit, noise

FLAT, DEEP = (28, 24, 1), (20, 18, 14)


def picture(size):
    """Noise of 0 to 59 and 100 more in an ellipsoid: picture() of test_contour.c."""
    v = noise(size, 0, 60, 7, np.uint8).astype(np.int64)
    z, y, x = np.indices(v.shape)
    cx, cy, cz = size[0] // 2, size[1] // 2, size[2] // 2
    v[100 * (x - cx) ** 2 + 140 * (y - cy) ** 2 + 200 * (z - cz) ** 2 < 4500] += 100
    return v if size[2] > 1 else v[0]


def rows(mask):
    return (np.asarray(mask).astype(np.int64) << np.arange(mask.shape[-1])).sum(-1)


def fresh():
    up, down = morphsnakes.sup_inf, morphsnakes.inf_sup
    morphsnakes._curvop = morphsnakes._fcycle([lambda u: up(down(u)), lambda u: down(up(u))])


def itk(v, spacing):
    image = sitk.GetImageFromArray(v.astype(np.float32))
    image.SetSpacing(spacing[:v.ndim])
    return image


def ball(v, radius):
    grid = np.indices(v.shape)
    return np.sqrt(sum((g - n // 2) ** 2 for g, n in zip(grid, v.shape))) - radius


print("/* contour_references.h - made by make_contour_references.py with\n * scikit-image %s and SimpleITK %s. */" %
      (skimage.__version__, sitk.Version.VersionString()))
print("#ifndef CONTOUR_REFERENCES_H\n#define CONTOUR_REFERENCES_H\n")
for name, size, spacing in (("flat", FLAT, (1, 1, 1)), ("deep", DEEP, (0.8, 0.9, 1.5))):
    v = picture(size)
    for init in ("checkerboard", "disk"):
        for smoothing in (1, 2):
            fresh()
            emit("acwe_%s_%s_%d" % (name, init, smoothing),
                 rows(segmentation.morphological_chan_vese(v, 6, init, smoothing, 1, 1.5)))
    g = 1 - v / 256.0
    for balloon, threshold in ((1, 0.5), (-1, "auto"), (0, "auto")):
        fresh()
        emit("mgac_%s_%d" % (name, balloon + 1), rows(segmentation.morphological_geodesic_active_contour(
            g, 5, "disk", 1, threshold, balloon)))
    emit("inverse_%s" % name, segmentation.inverse_gaussian_gradient(v.astype(float), 0.5, 1.5).ravel()[::37])
    smooth = sitk.GetArrayFromImage(sitk.DiscreteGaussian(itk(v, spacing), 1.0)).astype(np.int64)  # whole numbers
    emit("smooth_%s" % name, smooth)
    start = itk(ball(smooth, 4), spacing)
    f = sitk.ThresholdSegmentationLevelSetImageFilter()
    f.SetLowerThreshold(70), f.SetUpperThreshold(250), f.SetNumberOfIterations(40), f.SetMaximumRMSError(0)
    f.SetCurvatureScaling(3)
    emit("threshold_%s" % name, rows(sitk.GetArrayFromImage(f.Execute(start, itk(smooth, spacing))) <= 0))
    f = sitk.LaplacianSegmentationLevelSetImageFilter()
    f.SetNumberOfIterations(25), f.SetMaximumRMSError(0), f.SetCurvatureScaling(2)
    emit("laplacian_%s" % name, rows(sitk.GetArrayFromImage(f.Execute(start, itk(smooth, spacing))) <= 0))
    for pull in (0, 1):
        f = sitk.GeodesicActiveContourLevelSetImageFilter()
        f.SetNumberOfIterations(30), f.SetMaximumRMSError(0), f.SetAdvectionScaling(pull)
        speed = smooth / 256.0
        emit("geodesic_%s_%d" % (name, pull), rows(sitk.GetArrayFromImage(f.Execute(start, itk(speed, spacing))) <= 0))
    f = sitk.FastMarchingImageFilter()
    f.AddTrialPoint([3, 4, 5][:v.ndim])
    f.SetNormalizationFactor(64)
    emit("times_%s" % name, sitk.GetArrayFromImage(f.Execute(itk(v + 1, spacing))).ravel()[::7])
v = picture(FLAT)
for init in ("checkerboard", "disk", "small disk"):
    emit("chan_vese_" + init.replace(" ", "_"), rows(segmentation.chan_vese(
        v, 0.1, 1, 1.2, 1e-3, 40, 0.5, init)))
for ends in ("periodic", "fixed", "free"):
    t = np.linspace(0, 2 * np.pi if ends == "periodic" else 3, 24, endpoint=False)
    start = np.stack([12 + 8 * np.sin(t), 14 + 9 * np.cos(t)], 1).round(3)
    emit("snake_start_" + ends, start[:, ::-1])
    emit("snake_" + ends, segmentation.active_contour(v / 255.0, start, 0.1, 0.5, -1, 1, 0.1, 1,
                                                      150 if ends == "periodic" else 20, 0.1,
                                                      boundary_condition=ends)[:, ::-1])
print("\n#endif")
