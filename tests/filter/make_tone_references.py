#!/usr/bin/env python3
"""Numbers that scikit-image, ITK and OpenCV give for the images that test_tone.c makes (t_noise): writes
tone_references.h on stdout. Needs numpy, scikit-image, SimpleITK and OpenCV; their versions are in its first line. The
tests don't run this."""
import cv2
import numpy as np
import SimpleITK as sitk
import skimage
from skimage import exposure

from golden import emit, noise


def main():
    print(f"/* tone_references.h - made by make_tone_references.py, not to be edited:\n * scikit-image {skimage.__version__}, SimpleITK "
          f"{sitk.Version.VersionString()}, OpenCV {cv2.__version__}. */")
    print("#ifndef TONE_REFERENCES_H\n#define TONE_REFERENCES_H\n")
    i16 = noise((12, 11, 7), -1000, 1000, 5, np.int16)
    f32 = noise((12, 11, 7), 0, 100, 7, np.float32)
    u16 = noise((12, 11, 7), 0, 500, 9, np.uint16)
    low, high = np.percentile(i16, (5, 90))
    part = slice(2, 4)  # two slices are enough
    emit("skimage_stretch", exposure.rescale_intensity(i16.astype(float), (low, high), (-1000., 3000.))[part])
    emit("skimage_gamma", (exposure.adjust_gamma(u16 / 65535, 0.7, 2) * 65535)[part])
    sigmoid = sitk.Sigmoid(sitk.GetImageFromArray(i16.astype(float)), 150.0, 60.0, 255.0, -5.0)
    emit("itk_sigmoid", sitk.GetArrayFromImage(sigmoid)[part])
    emit("skimage_equalize_i16", exposure.equalize_hist(i16)[part])
    emit("skimage_equalize_f32", exposure.equalize_hist(f32.astype(float), 64)[part])
    emit("skimage_equalize_mask", exposure.equalize_hist(i16, mask=i16 > 200)[part])
    emit("skimage_match", exposure.match_histograms(i16, u16.astype(np.int16))[part].astype(float))
    u8 = noise((37, 29, 1), 0, 256, 3, np.uint8)[0]
    emit("opencv_clahe_u8", cv2.createCLAHE(3.0, (4, 3)).apply(u8))
    big = noise((36, 28, 1), 0, 65536, 4, np.uint16)[0]
    emit("opencv_clahe_u16", cv2.createCLAHE(3.0, (4, 4)).apply(big))
    print("\n#endif")


main()
