#!/usr/bin/python3
"""Error, PSNR, SSIM, correlation, signal and sharpness against scikit-image, SciPy and NumPy."""
# slow: scikit-image takes its time
import json
import os
import sys

passed = failed = 0
try:
    import numpy as np
    from scipy import ndimage as ndi
    from skimage import metrics
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "segment"))
    import tomo_ctypes as T
except (ImportError, OSError) as e:
    print("not run: %s" % e)
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)


def near(name, got, want, rel=1e-9):
    global passed, failed
    good = abs(got - want) <= rel * max(1, abs(want))
    passed, failed = passed + good, failed + (not good)
    if not good:
        print("FAILED: %s: %.15g, expected %.15g" % (name, got, want))


def run(name, *arrays, **options):
    images = [T.image(a) if a is not None else None for a in arrays]
    out = json.loads(T.run("measure", name, *images, **options))
    for i in images:
        if i is not None:
            T.free(i)
    return out


T.start(threads=2)
rng = np.random.default_rng(3)
for shape in ((1, 53, 70), (20, 41, 67)):
    base = ndi.gaussian_filter(rng.normal(0, 1, shape), (0 if shape[0] == 1 else 1, 1.5, 1.5))
    base = base / base.std() * 200 + 1000
    noisy = base + rng.normal(0, 40, shape)
    for dtype in (np.uint8, np.int16, np.uint16, np.float32, np.float64):
        scale = 0.1 if dtype == np.uint8 else 1
        a, b = (noisy * scale).astype(dtype), (base * scale).astype(dtype)
        x, y = a.astype(float), b.astype(float)
        span = float(y.max() - y.min())
        name = "%s %s" % (np.dtype(dtype).name, shape)
        d = run("compare", a, b)
        near(name + " mse", d["mse"], metrics.mean_squared_error(x, y))
        near(name + " mae", d["mae"], np.abs(x - y).mean())
        near(name + " max", d["max"], np.abs(x - y).max())
        near(name + " psnr", d["psnr"], metrics.peak_signal_noise_ratio(y, x, data_range=span))
        near(name + " correlation", d["correlation"], np.corrcoef(x.ravel(), y.ravel())[0, 1])
        flat = (x[0], y[0]) if shape[0] == 1 else (x, y)
        for size in (3, 7, 11):
            want = metrics.structural_similarity(*flat, win_size=size, data_range=span)
            near("%s ssim %d" % (name, size), run("compare", a, b, size=size)["ssim"], want)
        want = metrics.structural_similarity(*flat, data_range=span, gaussian_weights=True, use_sample_covariance=False)
        near(name + " ssim gaussian", run("compare", a, b, gaussian="true")["ssim"], want)
        sharp = run("sharpness", a)
        kernel = np.array([[[0, 1, 0], [1, -4, 1], [0, 1, 0]]], float)
        near(name + " laplacian", sharp["laplacianVariance"], ndi.convolve(x, kernel, mode="mirror").var())
        grad = [ndi.sobel(one, axis, mode="mirror") ** 2 for one in x for axis in (0, 1)]
        near(name + " tenengrad", sharp["tenengrad"], np.sum(grad) / x.size)
        region, air = (y > np.percentile(y, 80)).astype(np.uint8), (y < np.percentile(y, 10)).astype(np.uint8)
        s = run("signal", a, region, air)
        near(name + " snr", s["snr"], x[region > 0].mean() / x[air > 0].std())
        near(name + " cnr", s["cnr"], (x[region > 0].mean() - x[air > 0].mean()) / x[air > 0].std())
        near(name + " snr alone", run("signal", a, region)["snr"], x[region > 0].mean() / x[region > 0].std())
print("%d passed, %d failed, 0 skipped" % (passed, failed))
sys.exit(failed != 0)
