#!/usr/bin/python3
"""Threshold, Otsu, components, holes and growing against SciPy and scikit-image on random volumes."""
# slow: SciPy and scikit-image take their time
import os
import sys

passed = failed = 0
try:
    import numpy as np
    from scipy import ndimage as ndi
    from skimage import filters, segmentation
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


def same_partition(a, b):
    """Two label images agree up to numbering."""
    pairs = np.unique(np.stack([a.ravel(), b.ravel()]), axis=1)
    return len(np.unique(pairs[0])) == pairs.shape[1] == len(np.unique(pairs[1]))


def result(name, img, **options):
    out = T.run("segment", name, img, **options)
    a = T.array(out)
    T.free(out)
    return a


T.start(threads=2)
rng = np.random.default_rng(1)
smooth = ndi.gaussian_filter(rng.normal(0, 1, (41, 83, 131)), 1.5)
ct = (smooth / smooth.std() * 400).astype(np.int16)
img = T.image(ct)
for dtype in (np.int16, np.uint8, np.int32, np.float32, np.float64):
    v = (ct.astype(np.float64) / 20 + 100).astype(dtype)
    one = T.image(v)
    want = filters.threshold_otsu(v)
    mask = result("otsu", one)
    check("otsu %s" % v.dtype, np.array_equal(mask, v > want) or abs(int(mask.sum()) - int((v > want).sum())) <= 1)
    T.free(one)
for c, structure in (("6", 1), ("18", 2), ("26", 3)):
    for level in (-300, 0, 300, 600):
        m = (ct >= level).astype(np.uint8)
        one = T.image(m)
        want, n = ndi.label(m, ndi.generate_binary_structure(3, structure))
        got = result("components", one, connectivity=c)
        sizes = np.bincount(got.ravel())[1:]
        check("components %s >= %d" % (c, level), same_partition(want, got) and (np.diff(sizes) <= 0).all())
        check("fill 3d >= %d" % level, np.array_equal(result("fill_holes", one), ndi.binary_fill_holes(m)))
        want = np.stack([ndi.binary_fill_holes(s) for s in m])
        check("fill 2d >= %d" % level, np.array_equal(result("fill_holes", one, mode="2d"), want))
        T.free(one)
for c in (1, 3):
    for seed in ((20, 40, 60), (3, 3, 3), (40, 82, 130)):
        v = int(ct[seed])
        want = segmentation.flood(ct, seed, connectivity=c, tolerance=150)
        got = result("grow", img, seed="%d,%d,%d" % seed[::-1], lower=v - 150, upper=v + 150,
                     connectivity="6" if c == 1 else "26")
        check("grow from %s, %d" % (seed, c), np.array_equal(got, want))
check("threshold", np.array_equal(result("threshold", img, lower=-10.5, upper=200), (ct >= -10.5) & (ct <= 200)))
T.free(img)
print("%d passed, %d failed" % (passed, failed))
sys.exit(failed > 0)
