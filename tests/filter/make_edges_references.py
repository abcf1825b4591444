#!/usr/bin/env python3
"""What SciPy, scikit-image, ITK and OpenCV give for the images of test_edges.c and its neighbors: writes
edges_references.h on stdout. Needs numpy, scipy, scikit-image 0.20 or later, SimpleITK and opencv-python; the versions
used are in the first line of edges_references.h. The tests don't run this."""
import cv2
import numpy as np
import scipy
import scipy.ndimage as ndi
import SimpleITK as sitk
import skimage
from skimage import feature, filters

import golden
from golden import noise

SPACING = (0.7, 0.7, 1.25)


def emit(name, values, digits=9):
    golden.emit(name, np.asarray(values, float), digits)


def rows(name, array):
    """One hexadecimal word a row, bit x."""
    print(f"static const uint64_t {name}[] = {{")
    line = "   "
    for r in array:
        text = f" 0x{sum(int(v) << i for i, v in enumerate(r)):x}u,"
        if len(line) + len(text) > 118:
            print(line)
            line = "   "
        line += text
    print(line + "\n};")


print(f"/* edges_references.h - made by make_edges_references.py: SciPy {scipy.__version__}, scikit-image "
      f"{skimage.__version__}, SimpleITK\n * {sitk.Version.VersionString()}, OpenCV {cv2.__version__}. Do not edit. */")
print("#ifndef EDGES_REFERENCES_H\n#define EDGES_REFERENCES_H\n\n#include <stdint.h>\n")

a = noise((6, 5, 4), 0, 100, 7, np.float32)
d = a.astype(float)
itk = sitk.GetImageFromArray(a)
itk.SetSpacing(SPACING)


def of(image):
    return sitk.GetArrayFromImage(image)


emit("itk_recursive", of(sitk.SmoothingRecursiveGaussian(itk, [1.5] * 3)))
emit("scipy_box_nearest", ndi.uniform_filter(d, (3, 3, 5), mode="nearest"))
emit("scipy_box_reflect", ndi.uniform_filter(d, (3, 3, 5), mode="reflect"))
emit("scipy_box_zero", ndi.uniform_filter(d, (3, 3, 5), mode="constant"))
emit("itk_gradient", of(sitk.GradientMagnitude(itk)))
emit("scipy_gradient", ndi.gaussian_gradient_magnitude(d, 1.0, mode="nearest"))
emit("scipy_gradient_y", ndi.gaussian_filter(d, 1.0, order=(0, 1, 0), mode="reflect"))
for name in ("sobel", "prewitt", "scharr"):
    emit(f"skimage_{name}", getattr(filters, name)(d))
    emit(f"skimage_{name}_z", getattr(filters, name)(d, axis=0))
emit("skimage_sobel_slice", filters.sobel(d[1]))
emit("scipy_sobel", ndi.generic_gradient_magnitude(d, ndi.sobel, mode="nearest"))
emit("scipy_prewitt_x", ndi.prewitt(d, axis=2, mode="nearest"))
emit("opencv_scharr_y", cv2.Scharr(a[1], cv2.CV_32F, 0, 1, borderType=cv2.BORDER_REPLICATE))
emit("itk_laplacian", of(sitk.Laplacian(itk)))
emit("scipy_laplace", ndi.laplace(d, mode="nearest"))
emit("scipy_log", ndi.gaussian_laplace(d, 1.2, mode="nearest"))
emit("skimage_unsharp", filters.unsharp_mask(d, 1.1, 0.7, preserve_range=True))

flat = noise((24, 9, 1), 0, 200, 21, np.float32)[0]
emit("opencv_bilateral", cv2.bilateralFilter(flat, 7, 40, 1.5, borderType=cv2.BORDER_REPLICATE))
byte = noise((24, 9, 1), 0, 256, 22, np.uint8)[0]
emit("opencv_bilateral_u8", cv2.bilateralFilter(byte, 7, 40, 1.5, borderType=cv2.BORDER_REPLICATE))


def bilateral(image, sigma, scale, reach, ball):
    """The definition, in float64; sigma for each axis."""
    r = [int(np.floor(reach * s + 1e-6)) for s in sigma]
    wide, num, den = np.pad(image, [(k, k) for k in r], mode="edge"), 0, 0
    for at in np.ndindex(*[2 * k + 1 for k in r]):
        far = sum(((i - k) / s) ** 2 for i, k, s in zip(at, r, sigma))
        if not ball or far <= (reach + 1e-6) ** 2:
            q = wide[tuple(slice(i, i + n) for i, n in zip(at, image.shape))]
            w = np.exp(-0.5 * far - 0.5 * ((q - image) / scale) ** 2)
            num, den = num + w * q, den + w
    return num / den


emit("numpy_bilateral_mm", bilateral(d, [1.4 / s for s in SPACING[::-1]], 30, 2, True))
emit("numpy_bilateral_box", bilateral(d, [1, 1, 1], 30, 2, False))

# a disk and a bar in noise
y, x = np.mgrid[0:40, 0:60]
scene = (noise((60, 40, 1), 0, 20, 5, np.uint8)[0] + 100 * ((x - 20) ** 2 + (y - 18) ** 2 <= 121)
         + 60 * (abs(x + y - 70) <= 4)).astype(np.uint8)
rows("skimage_canny", feature.canny(scene.astype(float), 1.5, 60, 150))
rows("skimage_canny_raw", feature.canny(scene.astype(float), 0, 150, 300))
rows("skimage_canny_quantiles", feature.canny(scene.astype(float), 1.0, 0.85, 0.95, use_quantiles=True))
rows("skimage_canny_default", feature.canny(scene, 1.0))
vessel = filters.frangi(scene.astype(float), sigmas=(1, 2), black_ridges=False)
emit("skimage_frangi", vessel[12:-12:3, 12:-12], 7)
emit("skimage_frangi_dark", filters.frangi(scene.astype(float), sigmas=(1, 2))[12:-12:3, 12:-12], 7)
z, y, x = np.mgrid[0:20, 0:22, 0:24]
tube = (noise((24, 22, 20), 0, 10, 6, np.uint8)
        + 100 * ((2 * y - x - 10) ** 2 + (2 * z - x - 8) ** 2 <= 20)).astype(np.uint8)
vessel = filters.frangi(tube.astype(float), sigmas=(1.3,), black_ridges=False)
emit("skimage_frangi_tube", vessel[8:-8:2, 8:-8, 8:-8], 7)
print("\n#endif")
