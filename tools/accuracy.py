#!/usr/bin/env python3
"""Every operation on images against another program, on real images: writes docs/accuracy-images.md.

    tools/accuracy.py [TOMO [DATA]]      (default build/tomo, ../shared/data)

Needs NumPy, SciPy, scikit-image and nibabel, and for some rows SimpleITK and OpenCV; a row whose program is missing is
left out and said on stderr. Exit code 1 if a difference is above its tolerance. Differences are in the images' units;
the tolerance's reason stands beside it."""
import os
import subprocess
import sys
import tempfile

import nibabel
import numpy as np
import scipy
import skimage
from scipy import ndimage as ndi
from skimage import exposure, feature, filters, measure, morphology, restoration, segmentation

try:
    import SimpleITK as sitk
except ImportError:
    sitk = None
try:
    import cv2
except ImportError:
    cv2 = None

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOMO = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/tomo"))
DATA = os.path.abspath(sys.argv[2] if len(sys.argv) > 2 else os.path.join(ROOT, "../shared/data"))
WORK = tempfile.mkdtemp(prefix="tomo-accuracy-")

F32 = "float32 of either side: 2e-6 of the greatest value"
EXACT = "whole numbers or the same choice: equal"


def load(path, crop=None):
    """An image of the data as [z, y, x] with its spacing, z first; RAS axes, as read."""
    im = nibabel.load(os.path.join(DATA, path))
    a = np.asanyarray(im.dataobj).T
    if crop:
        a = a[crop]
    return np.ascontiguousarray(a), [float(s) for s in im.header.get_zooms()[2::-1]]


CT, CT_MM = load("segmentation/totalseg-ct/example_ct.nii.gz")
CT = CT.astype(np.int16)
MR, MR_MM = load("segmentation/brain-t1/t1_crop.nii.gz")
MR = MR[40:110].astype(np.float32)
SLICE = np.ascontiguousarray(CT[CT.shape[0] // 2][None])
U8 = np.clip((SLICE.astype(np.int32) + 160) * 255 // 400, 0, 255).astype(np.uint8)
IMAGES = {"CT": (CT, CT_MM), "MR": (MR, MR_MM), "CT slice": (SLICE, CT_MM), "CT slice u8": (U8, CT_MM),
          "bone": ((CT > 200).astype(np.uint8), CT_MM)}


def put(name, array, mm):
    path = os.path.join(WORK, name.replace(" ", "_") + ".nii")
    if not os.path.exists(path):
        affine = np.diag([mm[2], mm[1], mm[0], 1.0])
        nibabel.save(nibabel.Nifti1Image(array.T, affine), path)
    return path


def tomo(words, image, extra=()):
    """Run one operation on a named image, as a user would."""
    out = os.path.join(WORK, "out.nii")
    array, mm = IMAGES[image]
    r = subprocess.run([TOMO, *words.split()[:2], put(image, array, mm), *[put(n, a, mm) for n, a in extra], out,
                        *words.split()[2:]], capture_output=True, text=True)
    if r.returncode:
        raise RuntimeError(f"{words}: {r.stderr.strip()}")
    return np.asanyarray(nibabel.load(out).dataobj).T


def itk(array, mm):
    im = sitk.GetImageFromArray(array)
    im.SetSpacing(mm[::-1])
    return im


def back(im):
    return sitk.GetArrayFromImage(im)


rows, missing, bad = [], [], []


def row(words, image, program, reference, tolerance, why, inside=None, extra=()):
    """One line: reference(array, mm) gives what the other program makes. `inside` leaves out a border of so many voxels."""
    if (program.startswith("ITK") and not sitk) or (program.startswith("OpenCV") and not cv2):
        missing.append(f"{words}: {program}")
        return
    array, mm = IMAGES[image]
    try:
        got = tomo(words, image, extra).astype(np.float64)
    except RuntimeError as e:
        bad.append(str(e))
        return
    want = np.asarray(reference(array, mm), np.float64).reshape(got.shape)
    diff = np.abs(got - want)
    if inside:
        cut = tuple(slice(inside, -inside) if n > 2 * inside else slice(None) for n in diff.shape)
        diff, want = diff[cut], want[cut]
    scale = max(np.abs(want).max(), 1e-30)
    limit = tolerance * scale
    if not diff.max() <= limit:
        bad.append(f"{words} on {image}: {diff.max():.3g} above {limit:.3g}")
    rows.append((words, image, program, scale, diff.max(), diff.mean(), limit, why))


def ball(r):
    return morphology.ball(r)


def smoothing():
    sp, sk = f"SciPy {scipy.__version__}", f"scikit-image {skimage.__version__}"
    for image in ("CT", "MR"):
        row("filter gauss --sigma 2 --dtype float32", image, sp + " gaussian_filter",
            lambda a, mm: ndi.gaussian_filter(a.astype(float), [2 / s for s in mm], mode="nearest"), 2e-6, F32)
        row("filter median --radius 1,1,1", image, sp + " median_filter", lambda a, mm: ndi.median_filter(a, 3, mode="nearest"),
            0, EXACT)
        row("filter box --radius 2,2,2 --dtype float32", image, sp + " uniform_filter",
            lambda a, mm: ndi.uniform_filter(a.astype(float), 5, mode="nearest"), 2e-6, F32)
        row("filter laplacian --unit voxels", image, sp + " laplace", lambda a, mm: ndi.laplace(a.astype(float), mode="nearest"),
            2e-6, F32)
        row("filter log --sigma 1.5", image, sp + " gaussian_laplace, in mm",
            lambda a, mm: sum(ndi.gaussian_filter(a.astype(float), [1.5 / s for s in mm], order=[2 * (i == k) for i in range(3)],
                                                  mode="nearest") / mm[k] ** 2 for k in range(3)), 1e-5,
            "float32 sums of terms that cancel: 1e-5")
        row("filter unsharp --sigma 1.5 --amount 2 --dtype float32 --unit voxels", image, sk + " unsharp_mask",
            lambda a, mm: a.astype(float) + 2 * (a.astype(float) - filters.gaussian(a.astype(float), 1.5, mode="reflect")), 3e-6, F32)
        row("filter sobel", image, sk + " sobel", lambda a, mm: filters.sobel(a.astype(float)), 2e-6, F32)
        row("filter prewitt", image, sk + " prewitt", lambda a, mm: filters.prewitt(a.astype(float)), 2e-6, F32)
        row("filter scharr", image, sk + " scharr", lambda a, mm: filters.scharr(a.astype(float)), 2e-6, F32)
        row("filter gradient", image, "ITK GradientMagnitude", lambda a, mm: back(sitk.GradientMagnitude(itk(a.astype(np.float32), mm))),
            2e-6, F32)
    row("filter bilateral --sigma 2 --range 50 --reach 2 --unit voxels --dtype float32 --window ball", "CT slice", "OpenCV bilateralFilter",
        lambda a, mm: cv2.bilateralFilter(a[0].astype(np.float32), 9, 50, 2, borderType=cv2.BORDER_REPLICATE), 2e-4,
        "OpenCV reads its range weights from a table")
    row("filter canny --sigma 1.41 --low 20 --high 60", "CT slice", sk + " canny",
        lambda a, mm: feature.canny(a[0].astype(float), 1.41, 20, 60), 0, EXACT)
    row("filter frangi --bright --sigma-min 1 --sigma-max 3 --sigma-step 1 --unit voxels", "MR", sk + " frangi",
        lambda a, mm: filters.frangi(a.astype(float), range(1, 4), black_ridges=False), 0.1,
        "where two eigenvalues are about equal, float32 may order them the other way: see the mean", inside=14)
    row("filter diffusion --time-step 0.0625 --conductance 3", "MR", "ITK GradientAnisotropicDiffusion",
        lambda a, mm: back(sitk.GradientAnisotropicDiffusion(itk(a, mm), 0.0625, 3, 1, 5)), 2e-5, "float32, five steps")
    row("filter diffusion --method curvature --time-step 0.0625 --conductance 3", "MR", "ITK CurvatureAnisotropicDiffusion",
        lambda a, mm: back(sitk.CurvatureAnisotropicDiffusion(itk(a, mm), 0.0625, 3, 1, 5)), 2e-4, "float32, five steps")
    row("filter nlm --h 30 --patch-size 5 --patch-distance 4 --dtype float32", "CT slice", sk + " denoise_nl_means",
        lambda a, mm: restoration.denoise_nl_means(a[0].astype(float), 5, 4, 30, fast_mode=True), 2e-3,
        "scikit-image takes patches from an integral image")


def tone():
    sk = f"scikit-image {skimage.__version__}"

    def stretch(a, mm):
        return exposure.rescale_intensity(a.astype(float), tuple(np.percentile(a, (2, 98))), (float(a.min()), float(a.max())))

    for image in ("CT", "MR"):
        row("filter stretch --dtype float32", image, sk + " rescale_intensity", stretch, 2e-6, F32)
        row("filter equalize --dtype float32 --unit", image, sk + " equalize_hist", lambda a, mm: exposure.equalize_hist(a),
            1e-3 if image == "MR" else 2e-6, "its float32 edges move a value to the next bin" if image == "MR" else F32)
    row("filter sigmoid --center 60 --width 40 --to-min 0 --to-max 255 --dtype float32", "CT", "ITK Sigmoid",
        lambda a, mm: back(sitk.Sigmoid(itk(a.astype(float), mm), 40.0, 60.0, 255.0, 0.0)), 2e-6, F32)
    row("filter clahe", "CT slice u8", "OpenCV CLAHE", lambda a, mm: cv2.createCLAHE(2.0, (8, 8)).apply(a[0]), 0, EXACT)


def shapes():
    sp, sk = f"SciPy {scipy.__version__}", f"scikit-image {skimage.__version__}"
    b = ball(2)
    row("filter gray_dilate --radius 2 --unit voxels", "CT", sp + " grey_dilation", lambda a, mm: ndi.grey_dilation(a, footprint=b), 0, EXACT)
    row("filter gray_erode --radius 2 --unit voxels", "CT", sp + " grey_erosion", lambda a, mm: ndi.grey_erosion(a, footprint=b), 0, EXACT)
    row("filter gray_open --radius 2 --unit voxels --shape box", "CT", sp + " grey_opening", lambda a, mm: ndi.grey_opening(a, 5), 0, EXACT,
        inside=4)
    row("filter white_tophat --radius 2 --unit voxels", "CT", sp + " white_tophat", lambda a, mm: ndi.white_tophat(a, footprint=b), 0, EXACT,
        inside=4)
    row("filter dilate --radius 3 --unit voxels", "bone", sp + " binary_dilation", lambda a, mm: ndi.binary_dilation(a, ball(3)), 0, EXACT)
    row("filter erode --radius 1 --unit voxels", "bone", sp + " binary_erosion", lambda a, mm: ndi.binary_erosion(a, ball(1)), 0, EXACT)
    row("filter distance --side inside", "bone", sp + " distance_transform_edt",
        lambda a, mm: ndi.distance_transform_edt(a, mm), 2e-6, F32)
    row("filter skeleton", "bone", sk + " skeletonize, Lee", lambda a, mm: morphology.skeletonize(a, method="lee") > 0, 1,
        "the last voxel of a part stays, which scikit-image may lose: see the mean")
    row("segment fill_holes", "bone", sp + " binary_fill_holes", lambda a, mm: ndi.binary_fill_holes(a), 0, EXACT)


def levels():
    sk = f"scikit-image {skimage.__version__}"
    for op, f in (("otsu", filters.threshold_otsu), ("li", filters.threshold_li), ("yen", filters.threshold_yen),
                  ("triangle", filters.threshold_triangle)):
        row(f"segment {op}", "CT", f"{sk} threshold_{op}", lambda a, mm, f=f: a > f(a), 0, EXACT)
    row("segment adaptive --size 21 --dims 2", "CT slice u8", sk + " threshold_local",
        lambda a, mm: a[0] > filters.threshold_local(a[0].astype(float), 21), 1, "means in float32: ties fall either way")
    row("segment components --connectivity 26", "bone", sk + " label, largest",
        lambda a, mm: sizes_in_order(measure.label(a, connectivity=3)), 0, EXACT)


def sizes_in_order(labels):
    """Labels from the largest component to the smallest; equal sizes in scan order."""
    n = np.bincount(labels.ravel())[1:]
    order = np.argsort(-n, kind="stable")
    to = np.zeros(len(n) + 1, int)
    to[order + 1] = np.arange(1, len(n) + 1)
    return to[labels]


def geometry():
    for interp, how, tolerance in (("nearest", "sitkNearestNeighbor", 0), ("linear", "sitkLinear", 2e-5), ("cubic", "sitkBSpline", 1e-4)):
        def resample(a, mm, how=how):
            size = [int(np.floor(n * s / 1.9 + 0.5)) for n, s in zip(a.shape, mm)]
            return back(sitk.Resample(itk(a.astype(np.float32), mm), size[::-1], sitk.Transform(), getattr(sitk, how), (0, 0, 0),
                                      (1.9, 1.9, 1.9)))
        row(f"filter resample --spacing 1.9,1.9,1.9 --interp {interp}", "MR", "ITK Resample", resample, tolerance,
            EXACT if not tolerance else "weights in float32", inside=2)


def main():
    smoothing()
    tone()
    shapes()
    levels()
    geometry()
    versions = [f"SciPy {scipy.__version__}", f"scikit-image {skimage.__version__}"]
    if sitk:
        versions.append(f"SimpleITK {sitk.Version.VersionString()}")
    if cv2:
        versions.append(f"OpenCV {cv2.__version__}")
    text = ["# Accuracy of the operations on images", "",
            "Made by `tools/accuracy.py` on a CT and an MR of the test data (`segmentation/totalseg-ct/example_ct`, "
            "`segmentation/brain-t1/t1_crop`), beside", ", ".join(versions) + ". A border is left out where the programs' rules differ.",
            "Differences are in the images' units, beside the greatest value that the other program gives.", "",
            "| operation | image | held against | greatest value | max difference | mean difference | tolerance | why |",
            "|---|---|---|---|---|---|---|---|"]
    for words, image, program, scale, most, mean, limit, why in sorted(rows):
        text.append(f"| `{words}` | {image} | {program} | {scale:.4g} | {most:.2g} | {mean:.2g} | {limit:.2g} | {why} |")
    with open(os.path.join(ROOT, "docs/accuracy-images.md"), "w") as f:
        f.write("\n".join(text) + "\n")
    for m in missing:
        print("left out:", m, file=sys.stderr)
    for b in bad:
        print("FAILED:", b, file=sys.stderr)
    print(f"{len(rows)} rows, {len(bad)} above tolerance, {len(missing)} left out")
    return bool(bad)


sys.exit(main())
