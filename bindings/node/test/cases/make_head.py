"""Writes head.json: what SciPy, scikit-image, SimpleITK and OpenCV make of the head CT that the tests share.

    python make_head.py SHARED-DATA     (needs those four; the output is committed)

For each method the sum of all voxels and the values at eight of them."""
import json
import sys
from pathlib import Path

import cv2
import numpy as np
import scipy
import SimpleITK as sitk
import skimage
from scipy import ndimage
from skimage import exposure, feature, filters

folder = Path(sys.argv[1]) / "series" / "ct-head-axial"
reader = sitk.ImageSeriesReader()
reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
image = reader.Execute()
voxels = sitk.GetArrayFromImage(image).astype(np.float64)  # z, y, x
spacing = np.array(image.GetSpacing())[::-1]
probes = [(32, 32, 46), (20, 40, 30), (45, 12, 60), (10, 33, 70), (50, 50, 15), (33, 5, 80), (5, 58, 3), (40, 28, 52)]
box, ball = np.ones((3, 3, 3), bool), ndimage.generate_binary_structure(3, 1)
low, high = 300.0, 1200.0
head = voxels >= 500


def itk(filtered):
    return sitk.GetArrayFromImage(filtered).astype(np.float64)


def diffused():
    step = sitk.GradientAnisotropicDiffusionImageFilter()
    step.SetTimeStep(0.0625)
    step.SetConductanceParameter(3.0)
    step.SetNumberOfIterations(5)
    return itk(step.Execute(sitk.Cast(image, sitk.sitkFloat64)))


def slices(function):
    return np.stack([function(s) for s in voxels])


def stretched():
    a, b = np.percentile(voxels, [2, 98])
    least, most = voxels.min(), voxels.max()
    return least + (np.clip(voxels, a, b) - a) / (b - a) * (most - least)


def moved():
    shift = sitk.TranslationTransform(3, (1.5, -2.25, 0.75))
    return itk(sitk.Resample(sitk.Cast(image, sitk.sitkFloat64), image, shift, sitk.sitkLinear, 0.0))


def windowed():  # what image.window with these gives, to 8 bits, by plain rounding
    return np.clip(np.floor(voxels / 16 + 0.5), 0, 255).astype(np.uint8)


made = {
    "gaussianSmooth": ndimage.gaussian_filter(voxels, 2.0 / spacing, mode="nearest", truncate=4.0),
    "medianFilter": ndimage.median_filter(voxels, size=3, mode="nearest"),
    "bilateralFilter": slices(lambda s: cv2.bilateralFilter(s.astype(np.float32), 11, 200.0, 2.0,
                                                            borderType=cv2.BORDER_REPLICATE).astype(np.float64)),
    "anisotropicDiffusion": diffused(),
    "detectEdgesSobel": filters.sobel(voxels),
    "detectEdgesCanny": slices(lambda s: feature.canny(s, 1.5, low, high).astype(np.float64)),
    "detectEdgesLoG": ndimage.gaussian_laplace(voxels, 1.5, mode="nearest", truncate=4.0),
    "stretchContrast": stretched(),
    "equalizeHistogram": exposure.equalize_hist(voxels.astype(np.int16)),
    "clahe": np.stack([cv2.createCLAHE(2.0, (8, 8)).apply(s) for s in windowed()]).astype(np.float64),
    "sharpen": filters.unsharp_mask(voxels, 1.0, 1.0, preserve_range=True),
    "erode": ndimage.grey_erosion(voxels, footprint=box, mode="nearest"),
    "dilate": ndimage.grey_dilation(voxels, footprint=box, mode="nearest"),
    "morphologicalOpening": ndimage.grey_opening(voxels, footprint=box, mode="nearest"),
    "morphologicalClosing": ndimage.grey_closing(voxels, footprint=box, mode="nearest"),
    "erode mask": ndimage.binary_erosion(head, ball).astype(np.float64),
    "dilate mask": ndimage.binary_dilation(head, ball).astype(np.float64),
    "morphologicalOpening mask": ndimage.binary_opening(head, ball).astype(np.float64),
    "thresholdOtsu": (voxels > filters.threshold_otsu(voxels.astype(np.int64))).astype(np.float64),
    "thresholdBinary": ((voxels >= low) & (voxels <= high)).astype(np.float64),
    "resample": moved(),
    "flip": voxels[:, :, ::-1],
    "crop": voxels[10:30, 5:45, 8:58],
}
counts, edges = np.histogram(voxels, bins=20)
out = {"made": f"SciPy {scipy.__version__}, scikit-image {skimage.__version__}, SimpleITK "
               f"{sitk.Version_VersionString()}, OpenCV {cv2.__version__}, NumPy {np.__version__}",
       "probes": probes, "low": low, "high": high,
       "histogram": {"counts": counts.tolist(), "edges": edges.tolist()},
       "methods": {}}
for name, v in made.items():
    inside = [v[z, y, x] for x, y, z in probes] if v.shape == voxels.shape else \
        [v[z % v.shape[0], y % v.shape[1], x % v.shape[2]] for x, y, z in probes]
    out["methods"][name] = {"sum": float(v.sum()), "at": [round(float(p), 9) for p in inside]}
Path(__file__).with_name("head.json").write_text(json.dumps(out) + "\n")
