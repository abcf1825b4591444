#!/usr/bin/python3
"""Thresholds and classes of values by scikit-image and OpenCV."""
import cv2
import numpy as np
import skimage
from skimage import filters

from bench import DATA, run

ct = np.fromfile(DATA / "ct.raw", np.int16).reshape(200, 512, 512)
u8 = np.clip((ct[100].astype(np.int32) + 160) * 255 // 400, 0, 255).astype(np.uint8)
f32 = ct[100].astype(np.float32)
x8 = (np.fromfile(DATA / "xray.raw", np.uint16).reshape(2048, 2048) / 257 + 0.5).astype(np.uint8)
CT, I2, XR = "ct 512x512x200 int16", "ct slice 512x512", "xray 2048x2048"


def sk(op, source, body):
    run("segment", op, "scikit-image", skimage.__version__, source, body)


sk("li3d", CT, lambda: ct > filters.threshold_li(ct))
sk("yen3d", CT, lambda: ct > filters.threshold_yen(ct))
sk("triangle3d", CT, lambda: ct > filters.threshold_triangle(ct))
sk("multi_otsu2d_3class", I2 + " u8", lambda: np.digitize(u8, filters.threshold_multiotsu(u8)))
sk("adaptive2d_35", I2, lambda: f32 > filters.threshold_local(f32, 35))
for n in (1, 2):
    cv2.setNumThreads(n)
    run("segment", "adaptive2d_mean35", "OpenCV", cv2.__version__, XR + " u8", lambda: cv2.adaptiveThreshold(
        x8, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 35, 0), threads=n)
