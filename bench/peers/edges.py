#!/usr/bin/python3
"""SciPy's and scikit-image's smoothing, edges and vessels that filters.py lacks (single-threaded)."""
import warnings

import numpy as np
import scipy
import skimage
from bench import DATA, run
from scipy import ndimage as ndi
from skimage import filters

warnings.simplefilter("ignore")
ct = np.fromfile(DATA / "ct.raw", np.int16).reshape(200, 512, 512)
mr = np.fromfile(DATA / "mr.raw", np.uint16).reshape(180, 256, 256).astype(np.float32)
f32 = ct[100].astype(np.float32)
I2, CT, MR = "ct slice 512x512", "ct 512x512x200 int16", "mr 256x256x180 f32"


def sk(op, source, body):
    run("filter", op, "scikit-image", skimage.__version__, source, body)


def sp(op, source, body):
    run("filter", op, "SciPy", scipy.__version__, source, body)


sp("box2d_r2", I2, lambda: ndi.uniform_filter(f32, 5, mode="nearest"))
sp("box3d_r2", CT, lambda: ndi.uniform_filter(ct, 5, mode="nearest"))
sk("scharr2d", I2, lambda: filters.scharr(f32))
sp("laplacian2d", I2, lambda: ndi.laplace(f32, mode="nearest"))
sp("gradmag3d_gauss", CT, lambda: ndi.gaussian_gradient_magnitude(ct, 2, output=np.float32, mode="nearest"))
sp("sobel3d", CT, lambda: ndi.generic_gradient_magnitude(ct, ndi.sobel, output=np.float32, mode="nearest"))
sp("log3d_s2", CT, lambda: ndi.gaussian_laplace(ct, 2, output=np.float32, mode="nearest"))
sp("log2d_s2", I2, lambda: ndi.gaussian_laplace(f32, 2, mode="nearest"))
sk("unsharp2d_s2", I2, lambda: filters.unsharp_mask(f32, 2, 1, preserve_range=True))
sk("frangi2d_s13", I2, lambda: filters.frangi(f32, sigmas=(1, 2, 3)))
sk("frangi3d_s2", MR, lambda: filters.frangi(mr, sigmas=(2,)))
