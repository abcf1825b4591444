#!/usr/bin/env python3
"""Numbers that other programs give for the images that the tests make (t_noise): writes references.h on stdout.
Needs numpy, scipy and SimpleITK; the versions used are in the first line of references.h. The tests don't run this."""
import numpy as np
import scipy
import scipy.ndimage as ndi
import SimpleITK as sitk

from golden import emit, noise

SPACING = (0.7, 0.7, 1.25)


def to_itk(array, spacing=SPACING):
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(spacing)
    return image


print(f"/* references.h - made by make_references.py: SciPy {scipy.__version__}, SimpleITK "
      f"{sitk.Version.VersionString()}. Do not edit. */")
print("#ifndef REFERENCES_H\n#define REFERENCES_H\n")

a = noise((6, 5, 4), 0, 100, 7, np.float32)
sigma = [1.5 / s for s in SPACING[::-1]]
for edge, mode in (("nearest", "nearest"), ("reflect", "reflect"), ("zero", "constant")):
    emit(f"scipy_gauss_{edge}", ndi.gaussian_filter(a.astype(float), sigma, mode=mode, truncate=4.0))
blurred = sitk.DiscreteGaussian(to_itk(a, (1.0, 1.0, 1.0)), 4.0, 64, 0.001, False)
emit("itk_gauss", sitk.GetArrayFromImage(blurred).astype(float))

i16 = noise((12, 11, 7), -1000, 1000, 5, np.int16)
for r in ((1, 1, 1), (2, 2, 0), (1, 1, 0), (3, 2, 1)):
    m = sitk.GetArrayFromImage(sitk.Median(to_itk(i16), r))
    emit("itk_median_%d%d%d" % r, m[2:4, 3:9, :])  # every x, some rows, two slices
    np.testing.assert_array_equal(m, ndi.median_filter(i16, size=[2 * k + 1 for k in r[::-1]], mode="nearest"))

for name, how in (("linear", sitk.sitkLinear), ("cubic", sitk.sitkBSpline)):
    iso = sitk.Resample(to_itk(a), (4, 4, 5), sitk.Transform(), how, (0, 0, 0), (1, 1, 1), (1, 0, 0, 0, 1, 0, 0, 0, 1))
    emit(f"itk_{name}_iso", sitk.GetArrayFromImage(iso).astype(float))
z, y, x = np.meshgrid(np.arange(5) / 1.25, np.arange(4) / 0.7, np.arange(4) / 0.7, indexing="ij")
emit("scipy_cubic_iso", ndi.map_coordinates(a.astype(float), [np.minimum(z, 3.2), y, x], order=3, mode="mirror"))
c, s = np.cos(0.3), np.sin(0.3)
turned = dict(size=(7, 6, 5), origin=(0.2, -0.4, 0.3), spacing=(0.6, 0.8, 0.9), direction=(c, -s, 0, s, c, 0, 0, 0, 1))
for name, how in (("nearest", sitk.sitkNearestNeighbor), ("linear", sitk.sitkLinear), ("cubic", sitk.sitkBSpline)):
    t = sitk.Resample(to_itk(a), turned["size"], sitk.Transform(), how, turned["origin"], turned["spacing"],
                      turned["direction"], -7.0)
    emit(f"itk_{name}_turned", sitk.GetArrayFromImage(t).astype(float))
up = sitk.Resample(to_itk(a), (20, 15, 12), sitk.Transform(), sitk.sitkBSpline, (-0.5, 0.1, -1.0), (0.25, 0.25, 0.5),
                   (1, 0, 0, 0, 1, 0, 0, 0, 1), -7.0)
emit("itk_cubic_up", sitk.GetArrayFromImage(up).astype(float)[[0, 2, 11]])

mask = (noise((14, 12, 9), 0, 100, 9, np.uint8) > 92).astype(np.uint8)


def ball(radius, spacing):
    n = [int(radius / q + 1e-6) for q in spacing]
    z, y, x = np.meshgrid(*[np.arange(-k, k + 1) for k in n[::-1]], indexing="ij")
    return (z * spacing[2]) ** 2 + (y * spacing[1]) ** 2 + (x * spacing[0]) ** 2 <= (radius + 1e-6) ** 2


def rows(name, array):
    """One hexadecimal word a row, bit x."""
    words = [sum(int(v) << i for i, v in enumerate(r)) for r in array.reshape(-1, array.shape[2])]
    print(f"static const int {name}[] = {{")
    line = "   "
    for w in words:
        if len(line) > 110:
            print(line)
            line = "   "
        line += f" 0x{w:x},"
    print(line + "\n};")


e = ball(2, (1, 1, 1))
thick = ndi.binary_dilation(mask, e)
rows("scipy_dilate_2", thick)
rows("scipy_erode_1", ndi.binary_erosion(thick, ball(1, (1, 1, 1))))
rows("scipy_erode_1_mask", ndi.binary_erosion(thick, ball(1, (1, 1, 1)), border_value=1))
rows("scipy_open_2", ndi.binary_opening(thick, e))
padded = np.pad(mask, 6)
rows("scipy_close_2", ndi.binary_closing(padded, e)[6:-6, 6:-6, 6:-6])
rows("scipy_dilate_mm", ndi.binary_dilation(mask, ball(2.1, SPACING)))
rows("scipy_dilate_box", ndi.binary_dilation(mask, np.ones((3, 3, 3))))
itk = sitk.BinaryMorphologicalClosing(sitk.GetImageFromArray(mask), (1, 1, 1), sitk.sitkBox, 1.0, True)
rows("itk_close_box", sitk.GetArrayFromImage(itk))
emit("scipy_edt_inside", ndi.distance_transform_edt(thick, sampling=SPACING[::-1])[::3])
emit("scipy_edt_outside", ndi.distance_transform_edt(mask == 0, sampling=SPACING[::-1])[::3])
print("\n#endif")
