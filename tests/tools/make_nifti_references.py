#!/usr/bin/python3
"""Print tests/format/nifti_references.gen.h: what nibabel and ITK read from the shared NIfTI files.
Needs nibabel, numpy and SimpleITK. Usage: make_nifti_references.py SHARED_DATA > tests/format/nifti_references.gen.h

The numbers are nibabel's; their type follows the rule of tomo/format.h. Affines are turned to LPS, row by row. ITK's is
left out where it can't read the file, and nibabel's where the file has no form at all: each program then guesses."""
import glob
import hashlib
import os
import subprocess
import sys

import nibabel
import numpy as np

ITK = """
import sys, SimpleITK as sitk, numpy as np
im = sitk.ReadImage(sys.argv[1])
n = im.GetDimension()
d = np.array(im.GetDirection()).reshape(n, n)
a = np.eye(4)
k = min(n, 3)
a[:k, :k] = (d * im.GetSpacing())[:k, :k]
a[:k, 3] = im.GetOrigin()[:k]
print(*a[:3].ravel())
"""


def by_itk(path):
    """In a process of its own: some files make ITK crash."""
    r = subprocess.run([sys.executable, "-c", ITK, path], capture_output=True, text=True, check=False)
    values = [float(v) for v in r.stdout.split()]
    return values if r.returncode == 0 and len(values) == 12 else None


def numbers(im):
    """Components first, then x, y, z, t; typed as Tomo types them."""
    raw = np.asarray(im.dataobj.get_unscaled())
    slope, inter = im.dataobj.slope, im.dataobj.inter
    if raw.dtype.fields:
        a = np.stack([raw[f] for f in raw.dtype.names])
    elif raw.dtype.kind == "c":
        a = np.stack([raw.real, raw.imag])
    elif (slope, inter) == (1, 0):
        a = raw[None]
    else:
        real = np.asarray(im.dataobj, np.float64)
        small = raw.dtype.kind in "iu" and raw.dtype.itemsize <= 2
        whole = small and slope == int(slope) and inter == int(inter) and abs(real + 0.5).max() <= 32767.5
        a = real.astype(np.int16 if whole else np.float32 if small or raw.dtype.str[1:] == "f4" else np.float64)[None]
    if a.ndim == 6 and im.header["intent_code"] == 1007:  # a fifth dimension
        a = np.moveaxis(a, 5, 0)[:, 0]
    elif a.ndim > 5:  # what follows along time
        a = a.reshape(a.shape[:4] + (-1,), order="F")
    a = a.reshape(a.shape + (1,) * (5 - a.ndim))
    return a.astype(a.dtype.newbyteorder("="))


def row(root, path):
    im = nibabel.load(path)
    a = numbers(im)
    affine = np.diag([-1.0, -1.0, 1.0]) @ im.affine[:3]
    forms = im.header["qform_code"] > 0 or im.header["sform_code"] > 0
    itk = by_itk(path)
    name = os.path.relpath(path, root)
    text = lambda v: ", ".join("%.8g" % x for x in v)
    print(f'    {{ "{name}", "{a.dtype.name}", {a.shape[0]}, {{ {", ".join(map(str, a.shape[1:]))} }},')
    print(f"      {str(bool(forms)).lower()}, {{ {text(affine.ravel())} }},")
    print(f"      {str(bool(itk)).lower()}, {{ {text(itk or [0])} }},")
    print(f'      "{hashlib.sha256(a.tobytes(order="F")).hexdigest()}" }},')


def main():
    root = sys.argv[1]
    files = sorted(glob.glob(f"{root}/volumes/nifti/*.nii*") + glob.glob(f"{root}/volumes/nifti/ras.hdr") +
                   glob.glob(f"{root}/volumes/nifti-orientations/*"))
    left_out = ("not-nifti.nii", "row_major.dconn.nii")
    import SimpleITK
    print("/* nifti_references.gen.h - made by tests/tools/make_nifti_references.py with nibabel "
          f"{nibabel.__version__} and SimpleITK\n * {SimpleITK.__version__}; do not edit. */")
    print("static const struct {\n    const char *path, *dtype;\n    int32_t components;\n    int64_t size[4];\n"
          "    bool forms;\n    double nibabel[12]; /* index to LPS, three rows of four */\n    bool by_itk;\n"
          "    double itk[12];\n    const char *sha256; /* of the voxels, components side by side, x fastest */\n"
          "} nifti_references[] = {")
    for path in files:
        if os.path.basename(path) not in left_out:
            row(root, path)
    print("};")


if __name__ == "__main__":
    main()
