#!/usr/bin/python3
"""Contours against scikit-image, in 2D and 3D: the morphological ones voxel for voxel."""
# slow: scikit-image takes its time
import os
import sys

passed = failed = 0
try:
    import numpy as np
    from scipy import ndimage as ndi
    from skimage import segmentation
    from skimage.segmentation import morphsnakes
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


def tomo(op, v, start=None, **options):
    img = T.image(v if v.ndim == 3 else v[None])
    more = [] if start is None else [T.image(start if start.ndim == 3 else start[None])]
    out = T.run("segment", op, img, *more, **options)
    a = T.array(out).copy().reshape(v.shape)
    for i in [out, img] + more:
        T.free(i)
    return a


def fresh():
    """scikit-image's smoothing goes on from the turn at which the last call of the process ended; ours starts anew."""
    up, down = morphsnakes.sup_inf, morphsnakes.inf_sup
    morphsnakes._curvop = morphsnakes._fcycle([lambda u: up(down(u)), lambda u: down(up(u))])


T.start(threads=2)
rng = np.random.default_rng(5)
for shape in ((70, 131), (31, 64), (9, 20, 70)):
    v = ndi.gaussian_filter(rng.normal(0, 1, shape), 3)
    v /= v.std()
    v += 0.2 * rng.normal(0, 1, shape)
    whole = np.round(v * 200).astype(np.int16)
    mask = (ndi.gaussian_filter(rng.normal(0, 1, shape), 4) > 0).astype(np.uint8)
    for image in (v, whole):
        for start in ("checkerboard", "disk", mask):
            for smoothing, l1, l2 in ((1, 1, 1), (0, 2, 1), (3, 1, 1.5)):
                fresh()
                want = segmentation.morphological_chan_vese(image, 12, start, smoothing, l1, l2)
                given = dict(init=start) if isinstance(start, str) else dict(start=start)
                opts = dict(smoothing=smoothing, lambda1=l1, lambda2=l2, **given)
                got = tomo("morph_chan_vese", image, iterations=12, **opts)
                check("morph_chan_vese %s %s %d: %d differ" % (shape, image.dtype, smoothing, (got != want).sum()),
                      np.array_equal(got, want))
    for sigma, alpha in ((1, 1000), (2, 100)):
        g = segmentation.inverse_gaussian_gradient(v, alpha, sigma)
        ours = tomo("inverse_gradient", v, sigma=sigma, alpha=alpha)
        # float32 of a double: half a unit of its last place, 6e-8 of the value, and the rounding of the gradient
        check("inverse_gradient %s: %g" % (shape, np.abs(ours - g).max()), np.abs(ours - g).max() < 2e-6)
        for start in ("disk", "checkerboard", mask):
            for balloon, smoothing in ((1, 1), (-1, 1), (0, 2), (2, 0)):
                for threshold in ("auto", 0.2):
                    fresh()
                    want = morphsnakes.morphological_geodesic_active_contour(g, 25, start, smoothing, threshold,
                                                                                balloon)
                    given = dict(init=start) if isinstance(start, str) else dict(start=start)
                    if threshold != "auto":
                        given["threshold"] = threshold
                    got = tomo("morph_geodesic", g, iterations=25, smoothing=smoothing, balloon=balloon, **given)
                    check("morph_geodesic %s %g %d: %d differ" % (shape, balloon, smoothing, (got != want).sum()),
                          np.array_equal(got, want))
print("%d passed, %d failed, 0 skipped" % (passed, failed))
sys.exit(bool(failed))
