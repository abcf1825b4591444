#!/usr/bin/python3
"""scikit-image's region growing, watershed and random walker where segment.py has them in one dimension only."""
import warnings

import numpy as np
import skimage
from bench import DATA, run
from scipy import ndimage as ndi
from skimage import segmentation

warnings.simplefilter("ignore")
ct = np.fromfile(DATA / "ct.raw", np.int16).reshape(200, 512, 512)
mr = np.fromfile(DATA / "mr.raw", np.uint16).reshape(180, 256, 256).astype(np.float32)
slice90 = ct[90].copy()


def sk(op, source, body):
    run("segment", op, "scikit-image", skimage.__version__, source, body)


sk("region_grow2d", "ct slice 512x512 int16", lambda: segmentation.flood(slice90, (245, 153), connectivity=1, tolerance=90))
grad = ndi.gaussian_gradient_magnitude(slice90.astype(np.float32), 1)
markers = np.zeros(grad.shape, np.int32)
markers[16::32, 16::32] = np.arange(1, 257).reshape(16, 16)
sk("watershed2d_relief", "ct slice 512x512 gradient", lambda: segmentation.watershed(grad, markers))
box = mr[80:112, 64:192, 64:192] / 1000
seeds = np.zeros(box.shape, np.int32)
seeds[8::16, 16::32, 16::32] = np.where(box[8::16, 16::32, 16::32] > box.mean(), 2, 1)
sk("random_walker3d", "mr 128x128x32 f32", lambda: segmentation.random_walker(box, seeds, beta=1000, mode="cg_j"))
