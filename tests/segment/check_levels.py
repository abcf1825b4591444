#!/usr/bin/python3
"""Thresholds and classes of values against scikit-image, on a CT-like, an MR-like and random images."""
# slow: scikit-image takes its time
import os
import sys

passed = failed = 0
try:
    import numpy as np
    from scipy import ndimage as ndi
    from skimage import filters
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


def result(name, v, **options):
    img = T.image(v)
    out = T.run("segment", name, img, **options)
    a, notes = T.array(out), [row.note.decode() for row in T.labels(out)]
    T.free(out)
    T.free(img)
    return a, [float(n.split()[-1]) for n in notes]


def inertia(v, labels):
    return sum(((v[labels == k] - v[labels == k].mean()) ** 2).sum() for k in np.unique(labels))


T.start(threads=2)
rng = np.random.default_rng(1)
smooth = ndi.gaussian_filter(rng.normal(0, 1, (31, 63, 91)), 1.5)
smooth /= smooth.std()
images = {
    "ct": np.where(smooth > 0.5, 40 + 30 * smooth, np.where(smooth > -1, -90 + 10 * smooth, -900 + 50 * smooth)).astype(np.int16),
    "mr": np.abs(300 * smooth + rng.normal(0, 40, smooth.shape)).astype(np.uint16),
    "u8": np.clip(100 + 60 * smooth, 0, 255).astype(np.uint8),
    "f32": (smooth * 3 + 10).astype(np.float32),
    "f64": np.exp(smooth / 2),
}
# Yen and triangle take scikit-image's float32 histograms: ours are exact, so a tie may fall to the next bin.
for name, v in images.items():
    for op, skimage_op in (("li", filters.threshold_li), ("yen", filters.threshold_yen), ("triangle", filters.threshold_triangle)):
        want = float(skimage_op(v))
        mask, (got,) = result(op, v)
        width = 1 if v.dtype.kind in "iu" else (float(v.max()) - float(v.min())) / 256
        # Li of floats: older releases of scikit-image sum in float32
        allowed = 2e-5 * max(1, abs(want)) if op == "li" else 1.01 * width if op == "yen" else 1e-6 * max(1, abs(want))
        check("%s of %s: %.9g, expected %.9g" % (op, name, got, want), abs(got - want) <= allowed)
        check("%s of %s: mask" % (op, name), np.array_equal(mask, v > got) or abs(int(mask.sum()) - int((v > want).sum())) <= 1)
    for classes in (2, 3, 4):
        if np.unique(v).size > 400 and v.dtype.kind in "iu":
            v = (v // 8).astype(v.dtype)  # scikit-image tries every combination of thresholds
        x = v.astype(np.float64)
        want = filters.threshold_multiotsu(v, classes)
        labels, got = result("multi_otsu", v, classes=classes)
        # scikit-image searches in float32: where it ends in another place, ours must be the better one
        same = np.allclose(got, want, rtol=1e-6, atol=1e-6)
        check("multi-otsu %d of %s: %s, expected %s" % (classes, name, got, want),
              same or inertia(x, labels) <= inertia(x, np.digitize(x, want.astype(np.float64), right=True)))
        check("multi-otsu %d of %s: labels" % (classes, name), np.array_equal(labels, np.digitize(x, got, right=True)))
        labels, means = result("kmeans", v, classes=classes)
        guess = np.quantile(x, (np.arange(classes) + 0.5) / classes)
        for _ in range(200):  # Lloyd's iteration ends in some optimum
            near = np.abs(x[..., None] - guess).argmin(-1)
            guess = np.array([x[near == k].mean() if (near == k).any() else guess[k] for k in range(classes)])
        check("kmeans %d of %s: no worse than Lloyd's" % (classes, name), inertia(x, labels) <= inertia(x, near) * (1 + 1e-6))  # floats: 65536 bins
        check("kmeans %d of %s: means" % (classes, name),
              np.allclose(means, [x[labels == k + 1].mean() for k in range(classes)], rtol=1e-4, atol=1e-4 * np.ptp(x)))
    for size, method, offset in ((7, "mean", 0), (15, "gaussian", 5), (11, "gaussian", -2)):
        local = filters.threshold_local(v.astype(np.float64), size, method=method, offset=offset)
        mask, _ = result("adaptive", v, size=size, method=method, offset=offset)
        far = np.abs(v - local) > 1e-4 * max(1, np.ptp(v.astype(np.float64)))  # float32 means: ties fall either way
        check("adaptive %d %s of %s" % (size, method, name), np.array_equal(mask[far], (v > local)[far]) and far.mean() > 0.99)
flat = np.full((4, 5, 6), 7, np.int16)
for op in ("li", "yen", "triangle"):
    mask, (value,) = result(op, flat)
    check("%s of one value" % op, mask.sum() == 0 and value == 7)
nan = images["f32"].copy()
nan[3, 3, :] = np.nan
for op in ("li", "yen", "triangle", "kmeans"):
    a, _ = result(op, nan)
    check("%s leaves NaN out" % op, (a[3, 3, :] == 0).all() and a.any())
print("%d passed, %d failed, 0 skipped" % (passed, failed))
sys.exit(failed != 0)
