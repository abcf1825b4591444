#!/usr/bin/env python3
"""Writes analysis.json: what SciPy, scikit-image, SimpleITK and NumPy make of small.nii, for test/analysis.test.ts. Run by
hand where those are installed; the output is committed."""
import json
from pathlib import Path

import nibabel as nib
import numpy as np
import scipy
import scipy.ndimage as ndi
import SimpleITK as sitk
import skimage
from skimage import exposure, filters

here = Path(__file__).parent
image = nib.load(here / "small.nii")
a = np.asanyarray(image.dataobj)  # x, y, z
spacing = [float(v) for v in image.header.get_zooms()[:3]]
flat = lambda v: [round(float(x), 6) for x in np.asarray(v).ravel(order="F")]
mask = a > 200
f = a.astype(np.float64)


def itk(filter_, volume):
    v = sitk.GetImageFromArray(np.ascontiguousarray(volume.T))
    v.SetSpacing(spacing)
    return sitk.GetArrayFromImage(filter_(v)).T


def bilateral(sigma, spread, reach):
    half = [int(np.floor(reach * sigma / s + 0.5)) for s in spacing]
    wide, out = np.pad(f, [(h, h) for h in half], mode="edge"), np.zeros_like(f)
    for at in np.ndindex(f.shape):
        box = wide[tuple(slice(i, i + 2 * h + 1) for i, h in zip(at, half))]
        d = np.meshgrid(*[np.arange(-h, h + 1) * s for h, s in zip(half, spacing)], indexing="ij")
        w = np.exp(-sum(x * x for x in d) / (2 * sigma ** 2) - (box - f[at]) ** 2 / (2 * spread ** 2))
        out[at] = (w * box).sum() / w.sum()
    return out


def ball(radius):
    r = [int(np.floor(radius / s)) for s in spacing]
    g = np.meshgrid(*[np.arange(-n, n + 1) * s for n, s in zip(r, spacing)], indexing="ij")
    return sum(x * x for x in g) <= radius * radius * (1 + 1e-9)


element = ball(1.7)
low, high = np.percentile(a, (2, 98))
counts, edges = np.histogram(a, bins=16)
(here / "analysis.json").write_text(json.dumps({
    "made": f"SciPy {scipy.__version__}, scikit-image {skimage.__version__}, SimpleITK {sitk.Version_VersionString()}, "
            f"NumPy {np.__version__}",
    "radius": 1.7,
    "median": flat(ndi.median_filter(a, size=3, mode="nearest")),
    "sobel": flat(filters.sobel(f)),
    "gradient": flat(np.sqrt(sum(g * g for g in np.gradient(np.pad(f, 1, mode="edge"), *spacing)))[1:-1, 1:-1, 1:-1]),
    "log": flat(sum(ndi.gaussian_filter(f, [1.0 / s for s in spacing], order=[2 * (k == i) for k in range(3)],
                                        mode="nearest") / spacing[i] ** 2 for i in range(3))),
    "bilateral": flat(bilateral(1.0, 300.0, 2.5)),
    "diffusion": flat(itk(lambda v: sitk.GradientAnisotropicDiffusion(
        v, timeStep=0.02, conductanceParameter=3, conductanceScalingUpdateInterval=1, numberOfIterations=5),
        a.astype(np.float32))),
    "equalized": flat(exposure.equalize_hist(a, nbins=int(a.max()) - int(a.min()) + 1)),
    "stretched": flat(exposure.rescale_intensity(f, in_range=(low, high), out_range=(0.0, 1.0))),
    "sharp": flat(f + (f - ndi.gaussian_filter(f, [1.0 / s for s in spacing], mode="reflect"))),
    "otsu": int((a > filters.threshold_otsu(a, nbins=int(a.max()) - int(a.min()) + 1)).sum()),
    "eroded": int(ndi.binary_erosion(mask, element).sum()), "dilated": int(ndi.binary_dilation(mask, element).sum()),
    "opened": int(ndi.binary_opening(mask, element).sum()),
    "counts": counts.tolist(), "edges": [float(edges[0]), float(edges[-1])],
    "between": int(((a >= 100) & (a <= 500)).sum()),
}) + "\n")
