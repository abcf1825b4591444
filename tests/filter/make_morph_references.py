#!/usr/bin/env python3
"""Numbers that other programs give for gray morphology, reconstruction and skeletons: writes morph_references.h on
stdout. Needs numpy, scipy, scikit-image and SimpleITK; their versions are in its first line. The tests don't run this."""
import numpy as np
import scipy
import scipy.ndimage as ndi
import SimpleITK as sitk
import skimage
import skimage.morphology as sm

import golden
from golden import noise


def emit(name, values):
    golden.emit(name, np.asarray(values).astype(int))


def rows(mask):
    """A row of a mask as one number, bit 0 first."""
    return (mask.astype(np.int64) << np.arange(mask.shape[2])).sum(2)


def foot(shape, r):
    z, y, x = np.mgrid[-r:r + 1, -r:r + 1, -r:r + 1]
    if shape == "ball":
        return x * x + y * y + z * z <= r * r
    return np.ones(x.shape, bool) if shape == "box" else (x == 0).astype(int) + (y == 0) + (z == 0) >= 2


print(f"/* morph_references.h - by make_morph_references.py: SciPy {scipy.__version__}, scikit-image "
      f"{skimage.__version__}, SimpleITK {sitk.Version.VersionString()}. Don't edit. */")
print("#ifndef MORPH_REFERENCES_H\n#define MORPH_REFERENCES_H\n")

a = noise((9, 7, 5), -100, 100, 11, np.int16)
for name, what, shape, r in (("dilate", ndi.grey_dilation, "ball", 2), ("erode", ndi.grey_erosion, "cross", 2),
                             ("open", ndi.grey_opening, "box", 1), ("close", ndi.grey_closing, "ball", 1),
                             ("white", ndi.white_tophat, "box", 1), ("black", ndi.black_tophat, "cross", 1),
                             ("gradient", ndi.morphological_gradient, "ball", 1)):
    emit(f"scipy_gray_{name}", what(a, footprint=foot(shape, r)))
# Without symmetry, and even along two axes. SciPy has no "outside doesn't count", so outside gets the value that never wins.
element = noise((4, 3, 2), 0, 100, 3, np.uint8) > 50
emit("odd_element", element)
emit("scipy_gray_dilate_odd", ndi.grey_dilation(a, footprint=element, mode="constant", cval=-32768))
emit("scipy_gray_erode_odd", ndi.grey_erosion(a, footprint=element, mode="constant", cval=32767))

mask = noise((14, 12, 9), 0, 100, 9, np.uint8) > 92
thick = ndi.binary_dilation(mask, foot("ball", 2))
pad, inner = np.pad(thick, 6), (slice(6, -6),) * 3
for name, what in (("dilate", ndi.binary_dilation), ("erode", ndi.binary_erosion), ("open", ndi.binary_opening),
                   ("close", ndi.binary_closing)):
    emit(f"scipy_{name}_odd", rows(what(pad, element)[inner]))
    emit(f"scipy_{name}_cross", rows(what(pad, foot("cross", 2))[inner]))

f = noise((9, 7, 5), 0, 12, 21, np.int16)
low, high = np.minimum(f, noise((9, 7, 5), 0, 9, 22, np.int16)), np.maximum(f, noise((9, 7, 5), 5, 14, 23, np.int16))
six, all26 = ndi.generate_binary_structure(3, 1), np.ones((3, 3, 3))
emit("skimage_reconstruct_6", sm.reconstruction(low, f, "dilation", six))
emit("skimage_reconstruct_26", sm.reconstruction(high, f, "erosion", all26))
emit("skimage_maxima_6", rows(sm.local_maxima(f, footprint=six)))
emit("skimage_minima_26", rows(sm.local_minima(f, footprint=all26)))
image = sitk.GetImageFromArray(f)
emit("itk_h_maxima", sitk.GetArrayFromImage(sitk.HMaxima(image, 3)))
emit("itk_h_minima", sitk.GetArrayFromImage(sitk.HMinima(image, 3, True)))
emit("itk_fillhole", sitk.GetArrayFromImage(sitk.GrayscaleFillhole(image, False)))


def zhang(image):
    """The paper, pixel by pixel for all pixels at once."""
    p = np.pad(image, 1)
    while True:
        before = p.sum()
        for step in range(2):
            n = [np.roll(p, d, (0, 1)) for d in ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))]
            count = sum(k.astype(int) for k in n)
            rises = sum((~n[i] & n[(i + 1) % 8]).astype(int) for i in range(8))
            ways = ((0, 2, 4), (2, 4, 6)) if step == 0 else ((0, 2, 6), (0, 4, 6))
            free = ~np.logical_or(*[n[i] & n[j] & n[k] for i, j, k in ways])
            p = p & ~((count >= 2) & (count <= 6) & (rises == 1) & free)
        if p.sum() == before:
            return p[1:-1, 1:-1]


blob = ndi.gaussian_filter(noise((28, 20, 12), -1, 1, 5, float), 1.3) > 0
emit("blob", rows(blob))
emit("skimage_lee", rows(sm.skeletonize(blob, method="lee") > 0))
emit("skimage_lee_slices", rows(np.stack([sm.skeletonize(s, method="lee") > 0 for s in blob])))
emit("zhang_slices", rows(np.stack([zhang(s) for s in blob])))
print("\n#endif")
