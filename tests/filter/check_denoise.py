#!/usr/bin/python3
"""Diffusion, non-local means, N4, FFT and convolution of real MR images (../shared/data/volumes) against ITK (where
SimpleITK is installed), scikit-image, NumPy and SciPy. Prints the greatest and mean differences as a table."""
# slow: ITK's and scikit-image's filters take their time
import os
import subprocess
import sys
import tempfile

passed = failed = skipped = 0
try:
    import nibabel as nib
    import numpy as np
    from scipy import signal
    from skimage.restoration import denoise_nl_means
except ImportError as e:
    print("not run: %s" % e)
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)
try:
    import SimpleITK as sitk
except ImportError:
    sitk = None
TOMO = os.environ.get("TOMO", "build/tomo")
DATA = os.environ.get("TOMO_TEST_DATA", "../shared/data") + "/volumes/nifti/"
tmp = tempfile.TemporaryDirectory()


def at(name):
    return os.path.join(tmp.name, name + ".nii")


def save(name, array, spacing=(1, 1, 1)):
    nib.save(nib.Nifti1Image(np.asarray(array).T, np.diag(list(spacing) + [1])), at(name))


def tomo(op, array, *options, spacing=(1, 1, 1), inputs=()):
    """The operation's result for an array indexed z, y, x."""
    save("in", array, spacing)
    subprocess.run([TOMO, "filter", op, at("in"), *inputs, at("out"), "--quiet", *options], check=True)
    return np.asarray(nib.load(at("out")).dataobj).T


def compare(what, peer, got, want, allowed):
    """`allowed`: greatest and mean difference over the range of what is wanted."""
    global passed, failed
    got, want = np.asarray(got, np.complex128 if np.iscomplexobj(want) else float).reshape(want.shape), np.asarray(want)
    span = abs(want).max() if np.iscomplexobj(want) else float(want.max()) - float(want.min())
    diff = abs(got - want)
    good = diff.max() <= allowed[0] * span and diff.mean() <= allowed[1] * span
    passed, failed = passed + good, failed + (not good)
    print("%s %-34s %-13s range %-9.4g max %-9.3g mean %-9.3g" % ("ok    " if good else "FAILED", what, peer, span,
                                                              diff.max(), diff.mean()))


volumes = [p for p in ("avg152T1_LR_nifti.nii.gz", "anatomical.nii") if os.path.exists(DATA + p)]
if not volumes:
    print("not run: no volumes at %s" % DATA)
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)
for path in volumes:
    v = np.asarray(nib.load(DATA + path).get_fdata(), np.float32).T
    v = v[v.shape[0] // 2 - 10:v.shape[0] // 2 + 10]
    name, flat, spacing = path.split("_")[0].split(".")[0], v[10], (1.0, 1.2, 1.5)
    scale = float(v.max())
    if sitk:
        for method, peer in (("gradient", sitk.GradientAnisotropicDiffusion), ("curvature", sitk.CurvatureAnisotropicDiffusion)):
            for dims, a, step in ((3, v, 0.05), (2, flat, 0.1)):
                image = sitk.GetImageFromArray(a)
                image.SetSpacing(spacing[:dims])
                want = sitk.GetArrayFromImage(peer(image, timeStep=step, conductanceParameter=2.0, numberOfIterations=5))
                got = tomo("diffusion", a, "--method", method, "--time-step", str(step), "--conductance", "2",
                           "--dims", str(dims), spacing=spacing)
                compare("%s: %s diffusion %dD" % (name, method, dims), "ITK", got, want, (2e-6, 1e-8))
        image = sitk.GetImageFromArray(v)
        mask = sitk.OtsuThreshold(image, 0, 1, 200)
        n4 = sitk.N4BiasFieldCorrectionImageFilter()
        n4.SetMaximumNumberOfIterations([20, 20, 10])
        n4.SetNumberOfThreads(1)
        n4.Execute(sitk.Shrink(image, [2] * 3), sitk.Shrink(mask, [2] * 3))
        save("mask", sitk.GetArrayFromImage(mask))
        got = tomo("n4", v, "--mask", at("mask"), "--shrink", "2", "--iterations", "20,20,10", "--output", "log-bias")
        compare("%s: N4 field" % name, "ITK", np.exp(got), np.exp(sitk.GetArrayFromImage(n4.GetLogBiasFieldAsImage(image))),
                (5e-3, 1e-3))
    else:
        skipped += 1
    h = scale * 0.05
    for dims, a, size, far in ((2, flat, 7, 10), (2, flat, 5, 6), (3, v[5:15, 10:30, 5:30], 3, 3)):
        want = denoise_nl_means(a.astype(float), size, far, h=h, sigma=h / 4, fast_mode=True)
        got = tomo("nlm", a, "--h", str(h), "--sigma", str(h / 4), "--patch-size", str(size), "--patch-distance", str(far))
        compare("%s: nlm %dD patch %d" % (name, dims, size), "scikit-image", got, want, (1e-4, 1e-6))
    compare("%s: FFT" % name, "NumPy", tomo("fft", v), np.fft.fftn(v.astype(float)), (1e-6, 1e-9))
    kernel = np.random.default_rng(1).random((5, 6, 7)).astype(np.float32)
    save("kernel", kernel)
    compare("%s: convolution" % name, "SciPy", tomo("convolve", v, "--edge", "zero", inputs=[at("kernel")]),
            signal.fftconvolve(v.astype(float), kernel.astype(float), "same"), (1e-6, 2e-7))
print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
sys.exit(failed != 0)
