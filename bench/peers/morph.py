#!/usr/bin/python3
"""Reconstruction and shapes by ITK (through SimpleITK, at one and two threads), skeletons by scikit-image."""
import numpy as np
import SimpleITK as sitk
import skimage
from skimage import morphology

from bench import DATA, ONLY, run

ct = np.fromfile(DATA / "ct.raw", np.int16).reshape(200, 512, 512)
bone = (ct >= 200).astype(np.uint8)
CT, BONE = "ct 512x512x200 int16", "ct>=200 mask 512x512x200"
VERSION = sitk.Version.VersionString()


def shapes(mask):
    f = sitk.LabelShapeStatisticsImageFilter()
    f.ComputeFeretDiameterOff()
    f.ComputePerimeterOn()
    f.Execute(mask)


if ONLY in "h_maxima3d_50" or ONLY in "label_shape3d":
    image, mask = sitk.GetImageFromArray(ct), sitk.GetImageFromArray(bone)
    mask.SetSpacing((0.7, 0.7, 1.25))
    for n in (1, 2):
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(n)
        run("segment", "h_maxima3d_50", "ITK", VERSION, CT, lambda: sitk.HMaxima(image, 50), threads=n)
        run("segment", "label_shape3d", "ITK", VERSION, BONE, lambda: shapes(mask), threads=n)
run("segment", "skeleton3d", "scikit-image", skimage.__version__, BONE, lambda: morphology.skeletonize(bone, method="lee"))
