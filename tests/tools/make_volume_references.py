#!/usr/bin/python3
"""Print tests/format/volume_references.gen.h: what ITK, pynrrd and nibabel read from the shared NRRD, MetaImage and Analyze
files. Needs numpy, SimpleITK, pynrrd and nibabel. Usage: make_volume_references.py SHARED_DATA > tests/format/volume_references.gen.h

Numbers come from pynrrd for NRRD (from ITK where bytes after the voxels stop pynrrd), from ITK for MetaImage, from nibabel
for Analyze (SPM's factor applied, float32). Places come from ITK where it reads the file, else from the header's own vectors
as pynrrd gives them; Analyze's from nibabel.
Affines are LPS, row by row. Where nobody reads a file it is listed as refused."""
import glob
import hashlib
import os
import sys

import nibabel
import nrrd
import numpy as np
import SimpleITK as sitk

sitk.ProcessObject.SetGlobalWarningDisplay(False)


def itk_place(im):
    n = im.GetDimension()
    a = np.eye(4)
    k = min(n, 3)
    a[:k, :k] = (np.reshape(im.GetDirection(), (n, n)) * im.GetSpacing())[:k, :k]
    a[:k, 3] = im.GetOrigin()[:k]
    return a[:3]


def nrrd_place(header):
    a = np.eye(4)
    if header.get("space directions") is not None:
        vectors = [v for v in header["space directions"] if not np.isnan(v).any()]
        sign = np.diag({"right-anterior-superior": [-1, -1, 1.0]}.get(header["space"], [1, 1, 1.0]))
        a[:3, :3] = sign @ np.array(vectors).T
        if header.get("space origin") is not None:
            a[:3, 3] = sign @ header["space origin"]
    else:
        for i, s in enumerate(header["spacings"]):
            a[i, i] = s
    return a[:3]


def shaped(a, components):
    """x, y, z, t, components of an array x, y, ... (, components)."""
    c = a.shape[-1] if components else 1
    space = a.shape[:-1] if components else a.shape
    return a.reshape(space + (1,) * (4 - len(space)) + (c,))


def by_itk(path):
    im = sitk.ReadImage(path)
    a = sitk.GetArrayFromImage(im)
    vector = im.GetNumberOfComponentsPerPixel() > 1
    n = im.GetDimension()
    return shaped(a.transpose(list(range(n))[::-1] + ([n] if vector else [])), vector), itk_place(im)


def by_nrrd(path):
    try:
        a, header = nrrd.read(path)
    except nrrd.NRRDError:
        return by_itk(path)
    values = [i for i, k in enumerate(header.get("kinds", [])) if k in ("vector", "list")]
    if values:
        a = np.moveaxis(a, values[0], -1)
    a = shaped(a, bool(values))
    if a.shape[-1] > 4:  # volumes of a series
        a = np.moveaxis(a, -1, 3).reshape(a.shape[:3] + (a.shape[-1], 1))
    try:
        place = itk_place(sitk.ReadImage(path))
    except RuntimeError:
        place = nrrd_place(header)
    return a, place


def by_nibabel(path):
    im = nibabel.load(path)
    raw, slope, inter = np.asarray(im.dataobj.get_unscaled()), im.dataobj.slope, im.dataobj.inter
    a = raw if (slope, inter) == (1, 0) else (raw.astype("f8") * slope + inter).astype("f4")
    return shaped(a, False), np.diag([-1.0, -1, 1]) @ im.affine[:3]


def row(root, path, read):
    name = os.path.relpath(path, root)
    try:
        a, place = read(path)
    except (nrrd.NRRDError, OSError, RuntimeError) as e:
        print(name, repr(e)[:200], file=sys.stderr)
        return f'    {{ "{name}", NULL, 0, {{ 0 }}, {{ 0 }}, NULL }},'
    data = a.transpose(3, 2, 1, 0, 4).astype(a.dtype.newbyteorder("="))
    digest = hashlib.sha256(np.ascontiguousarray(data).tobytes()).hexdigest()
    numbers = ", ".join(repr(float(v)) for v in np.ravel(place))
    sizes = ", ".join(map(str, a.shape[:4]))
    return (f'    {{ "{name}", "{a.dtype.name}", {a.shape[4]}, {{ {sizes} }},\n      {{ {numbers} }},\n'
            f'      "{digest}" }},')


root = sys.argv[1]
print("/* volume_references.gen.h - by tests/tools/make_volume_references.py: what pynrrd, ITK and nibabel read. */")
print("static const struct { const char *path, *dtype; int components; int64_t size[4]; double place[12]; "
      "const char *sha256; } volume_references[] = {")
for pattern, read in (("nrrd/*.nhdr", by_nrrd), ("nrrd/*.nrrd", by_nrrd), ("metaimage/*.nhdr", by_nrrd),
                      ("metaimage/*.mh[ad]", by_itk), ("analyze/*.hdr", by_nibabel)):
    for file in sorted(glob.glob(os.path.join(root, "volumes", pattern))):
        print(row(root, file, read))
print("};")
