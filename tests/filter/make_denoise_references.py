#!/usr/bin/env python3
"""Numbers that ITK, scikit-image, NumPy and SciPy give for the images that the tests make: writes denoise_references.h
on stdout. Needs numpy, scipy, scikit-image and SimpleITK; the versions used are in its first lines. The tests don't run
this."""
import numpy as np
import scipy.signal
import SimpleITK as sitk
import skimage
from skimage.restoration import denoise_nl_means

from golden import emit, noise


def to_itk(array, spacing):
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(spacing)
    return image


print(f"/* denoise_references.h - made by make_denoise_references.py: SimpleITK {sitk.Version.VersionString()},\n"
      f" * scikit-image {skimage.__version__}, NumPy {np.__version__}, SciPy {scipy.__version__}. Do not edit. */")
print("#ifndef DENOISE_REFERENCES_H\n#define DENOISE_REFERENCES_H\n")

for name, method in (("gradient", sitk.GradientAnisotropicDiffusion),
                     ("curvature", sitk.CurvatureAnisotropicDiffusion)):
    solid = to_itk(noise((11, 9, 8), 0, 100, 21, np.float32), (0.7, 0.9, 1.25))
    done = sitk.GetArrayFromImage(method(solid, timeStep=0.04, conductanceParameter=2.0, numberOfIterations=4))
    emit(f"itk_{name}_3d", done[[0, 3, 6]])  # slices 0, 3, 6
    flat = to_itk(noise((13, 12, 1), 0, 100, 22, np.float32)[0], (0.7, 0.9))
    emit(f"itk_{name}_2d", sitk.GetArrayFromImage(method(flat, timeStep=0.08, conductanceParameter=3.0,
                                                         numberOfIterations=5)))

a = noise((15, 12, 1), 0, 100, 23, np.float32)[0].astype(np.float64)
emit("skimage_nlm_2d", denoise_nl_means(a, 5, 4, h=30.0, fast_mode=True))
emit("skimage_nlm_2d_sigma", denoise_nl_means(a, 3, 6, h=15.0, sigma=20.0, fast_mode=True))
a = noise((9, 8, 7), 0, 100, 24, np.float32).astype(np.float64)
emit("skimage_nlm_3d", denoise_nl_means(a, 3, 2, h=25.0, sigma=5.0, fast_mode=True)[[0, 3, 6]])

a = noise((7, 6, 5), -1, 1, 25, np.float64)
half = np.fft.rfftn(a)
emit("numpy_rfftn", np.stack([half.real, half.imag], -1))
a = noise((74, 3, 1), -1, 1, 26, np.float64)  # 2 x 37: Bluestein
full = np.fft.fftn(a)
emit("numpy_fftn_74", np.stack([full.real, full.imag], -1))
a = noise((6, 5, 4), 0, 10, 27, np.float64)
emit("numpy_log", np.log1p(abs(np.fft.fftshift(np.fft.fftn(a)))))

a, k = noise((9, 8, 6), 0, 100, 28, np.float32).astype(float), noise((4, 3, 5), 0, 1, 29, np.float32).astype(float)
emit("scipy_convolve_zero", scipy.signal.fftconvolve(a, k, "same")[[0, 3]])
for edge, mode in (("nearest", "edge"), ("reflect", "symmetric")):
    whole = scipy.signal.fftconvolve(np.pad(a, 5, mode), k, "same")[5:-5, 5:-5, 5:-5]
    emit(f"scipy_convolve_{edge}", whole[[0, 3]])
emit("scipy_convolve_valid", scipy.signal.fftconvolve(a, k, "valid") / k.sum())

# two tissues in blocks, shaded; the mask leaves the first two slices out
z, y, x = np.mgrid[0:16, 0:18, 0:20]
a = np.where((x // 5 + y // 4 + z // 4) % 2, 200.0, 100.0) * np.exp(0.02 * (x - 10) - 0.015 * (y - 9) + 0.001 * x * z)
a = (a + noise((20, 18, 16), 0, 10, 30, np.float64)).astype(np.float32)
mask = to_itk((z >= 2).astype(np.uint8), (1.0, 1.5, 2.0))
image = to_itk(a, (1.0, 1.5, 2.0))
for shrink in (1, 2):
    n4 = sitk.N4BiasFieldCorrectionImageFilter()
    n4.SetMaximumNumberOfIterations([20, 10])
    n4.SetNumberOfThreads(1)
    n4.Execute(sitk.Shrink(image, [shrink] * 3), sitk.Shrink(mask, [shrink] * 3))
    emit(f"itk_n4_{shrink}", sitk.GetArrayFromImage(n4.GetLogBiasFieldAsImage(image))[::5, 6:9])
print("\n#endif")
