#!/usr/bin/python3
"""SLIC against scikit-image, in 2D and 3D."""
# slow: scikit-image takes its time
import os
import sys

passed = failed = 0
try:
    import numpy as np
    from scipy import ndimage as ndi
    from skimage import segmentation
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import tomo_ctypes as T
except (ImportError, OSError) as e:
    print("not run: %s" % e)
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)


def check(name, good):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED: %s" % name)


def slic(v, **options):
    img = T.image(v)
    out = T.run("segment", "slic", img, **options)
    a = T.array(out).copy()
    T.free(out)
    T.free(img)
    return a


def agreement(a, b):
    """Part of the voxels whose segment in one is the segment that overlaps it most in the other."""
    pairs, n = np.unique(np.stack([a.ravel(), b.ravel()]), axis=1, return_counts=True)
    best = {}
    for (k, _), m in zip(pairs.T, n):
        best[k] = max(best.get(k, 0), m)
    return sum(best.values()) / a.size


T.start(threads=2)
rng = np.random.default_rng(4)
for shape, segments in (((1, 120, 150), 100), ((1, 64, 200), 37), ((20, 60, 50), 80), ((7, 90, 80), 150)):
    base = ndi.gaussian_filter(rng.normal(0, 1, shape), (0 if shape[0] == 1 else 1.5, 3, 3))
    v = (np.digitize(base / base.std(), (-1, 0, 1)) * 100 + rng.normal(0, 10, shape)).astype(np.float32)
    for compactness in (0.05, 0.3):
        flat = v[0] if shape[0] == 1 else v
        want = segmentation.slic(flat, segments, compactness=compactness, channel_axis=None, start_label=1).reshape(shape)
        got = slic(v, segments=segments, compactness=compactness)
        name = "%s, %d segments, %g" % (shape, segments, compactness)
        # float32 distances and another order of additions: voxels between two segments may fall to the other one
        both = min(agreement(got, want), agreement(want, got))
        check("%s: agreement %.4f, %d and %d segments" % (name, both, got.max(), want.max()), both > 0.94)
        check("%s: labels 1 to n" % name, np.array_equal(np.unique(got), np.arange(1, got.max() + 1)))
        check("%s: connected" % name, all(ndi.label(got == k)[1] == 1 for k in range(1, got.max() + 1)))
v = rng.integers(0, 200, (3, 40, 50)).astype(np.int16)
by_slice = slic(v, segments=20, dims=2)
check("slices stand alone", all(np.intersect1d(by_slice[i], by_slice[i + 1]).size == 0 for i in range(2)))
T.start(threads=1)
check("one thread and two", np.array_equal(by_slice, slic(v, segments=20, dims=2)))
print("%d passed, %d failed, 0 skipped" % (passed, failed))
sys.exit(failed != 0)
