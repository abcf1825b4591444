#!/usr/bin/python3
"""Files that the program writes are read by others with equal numbers: TIFF by tifffile, scikit-image and Pillow, PNG, JPEG
and WebP by Pillow, NIfTI pairs, seven dimensions and extensions by nibabel, .nii.gz by gzip, pigz, Python and libdeflate.
And back: larger pictures of theirs than tests/format/pictures holds. Runs $TOMO, else build/tomo."""
import ctypes
import ctypes.util
import gzip
import os
import shutil
import subprocess
import sys
import tempfile

passed = failed = skipped = 0
tomo = os.environ.get("TOMO", "build/tomo")


def check(what, ok):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    if not ok:
        print("FAILED", what)


def finish():
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)


try:
    import nibabel
    import numpy as np
except ImportError as e:
    print(e)
    skipped = 1
    finish()
try:
    import tifffile
except ImportError:
    tifffile, skipped = None, skipped + 1
try:
    from PIL import Image
except ImportError:
    Image, skipped = None, skipped + 1
try:
    from skimage import io as skio
except ImportError:
    skio, skipped = None, skipped + 1

rng = np.random.default_rng(3)


def run(*args):
    r = subprocess.run([tomo, *args], capture_output=True, text=True, check=False)
    check(f"tomo {' '.join(args)}: {r.stderr.strip()}", r.returncode == 0)


def volume(kind, shape):
    top = np.iinfo(kind).max if np.dtype(kind).kind in "iu" else 1000
    return rng.integers(0, min(int(top), 60000), shape).astype(kind)


def put(path, a, rgb=False):
    """x, y, z[, t] as NIfTI; `rgb`: the last axis is color."""
    if rgb:
        a = np.ascontiguousarray(a).view([("R", "u1"), ("G", "u1"), ("B", "u1")])[..., 0]
    nibabel.Nifti1Image(a, np.diag([-0.7, -0.7, 2.5, 1]), dtype=a.dtype).to_filename(path)


def check_tiff(folder):
    if not tifffile:
        return
    for kind in ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"):
        for shape in ((40, 30, 1), (300, 500, 5), (17, 13, 4, 3)):
            for how in ("deflate", "none"):
                a = volume(kind, shape)
                nii, tif = os.path.join(folder, "a.nii"), os.path.join(folder, "a.tif")
                put(nii, a)
                run("convert", nii, tif, "--compression", how)
                got = tifffile.imread(tif)
                check(f"tifffile reads {kind} {shape} {how}", np.array_equal(got.reshape(a.T.shape), a.T))
                if skio and len(shape) == 3:
                    check(f"skimage reads {kind} {shape}", np.array_equal(skio.imread(tif).reshape(a.T.shape), a.T))
                if Image and kind in ("u1", "u2", "f4", "i4") and len(shape) == 3:
                    with Image.open(tif) as im:
                        for z in range(shape[2]):
                            im.seek(z)
                            check(f"Pillow reads page {z} of {kind}", np.array_equal(np.asarray(im), a.T[z]))
                if len(shape) == 3 and shape[2] > 1:
                    with tifffile.TiffFile(tif) as t:
                        meta, page = t.imagej_metadata, t.pages[0]
                        n, d = page.tags["XResolution"].value
                        check("tifffile takes ImageJ's words", meta["spacing"] == 0.25 and meta["unit"] == "cm" and
                              abs(n / d - 1 / 0.07) < 1e-6)
    a = volume("u1", (60, 50, 2, 3))
    put(os.path.join(folder, "rgb.nii"), a, True)
    run("convert", os.path.join(folder, "rgb.nii"), os.path.join(folder, "rgb.tif"))
    check("tifffile reads RGB", np.array_equal(tifffile.imread(os.path.join(folder, "rgb.tif")), a.transpose(2, 1, 0, 3)))


def check_tiff_reading(folder):
    if not tifffile:
        return
    a = volume("u2", (5, 257, 301))
    tif, nii = os.path.join(folder, "b.tif"), os.path.join(folder, "b.nii")
    for name, options in (("plain", {}), ("tiles", {"tile": (64, 48)}), ("zlib", {"compression": "zlib"}),
                          ("big endian BigTIFF", {"bigtiff": True, "byteorder": ">"}), ("ImageJ", {"imagej": True}),
                          ("OME", {"ome": True}), ("predictor", {"compression": "zlib", "predictor": True})):
        tifffile.imwrite(tif, a, photometric="minisblack", **options)
        run("convert", tif, nii)
        got = np.asarray(nibabel.load(nii).dataobj).T  # ImageJ and OME call five pages channels: along time
        check(f"TIFF of tifffile, {name}", np.array_equal(got.reshape(a.shape), a))
    with tifffile.TiffWriter(tif, imagej=True) as t:  # one directory, all numbers behind it
        t.write(a, contiguous=True)
    run("convert", tif, nii)
    check("ImageJ in one piece", np.array_equal(np.asarray(nibabel.load(nii).dataobj).T.reshape(a.shape), a))


def check_pictures(folder):
    if not Image:
        return
    a = volume("u1", (200, 150, 1))
    nii, pic = os.path.join(folder, "p.nii"), os.path.join(folder, "p.")
    put(nii, a)
    y, x = np.mgrid[0:150, 0:200]
    smooth = np.dstack([128 + 100 * np.sin(x / 20), 128 + 100 * np.cos(y / 15), x]).astype("u1")
    run("convert", nii, pic + "png")
    check("Pillow reads PNG", np.array_equal(np.asarray(Image.open(pic + "png")), a[..., 0].T))
    run("convert", nii, pic + "webp")
    check("Pillow reads WebP", np.array_equal(np.asarray(Image.open(pic + "webp")), np.repeat(a[..., 0].T[..., None], 3, 2)))
    put(nii, smooth.transpose(1, 0, 2)[:, :, None], True)
    for ending, most in (("png", 0), ("webp", 0), ("jpg", 12)):
        run("convert", nii, pic + ending, *(["--quality", "95"] if ending == "jpg" else []))
        got = np.asarray(Image.open(pic + ending)).astype(int)
        check(f"Pillow reads {ending} in color, off by {abs(got - smooth).max()}", abs(got - smooth).max() <= most)
    with Image.open(pic + "jpg") as im:
        check("JFIF's density", im.info.get("jfif_unit") in (0, 2))
    for ending, options in (("jpg", {"quality": 85}), ("webp", {"quality": 70}), ("png", {})):
        Image.fromarray(smooth).save(pic + ending, **options)
        run("convert", pic + ending, nii)
        got = np.asarray(nibabel.load(nii).dataobj)
        got = np.stack([got[f] for f in "RGB"], -1) if got.dtype.fields else got
        check(f"{ending} of Pillow", np.array_equal(got.reshape(200, 150, 3).transpose(1, 0, 2),
                                                    np.asarray(Image.open(pic + ending))))


def check_stacks(folder):
    a = volume("u2", (31, 21, 12))
    nii, back = os.path.join(folder, "s.nii"), os.path.join(folder, "t.nii")
    put(nii, a)
    for ending in ("png", "tif"):
        where = os.path.join(folder, "stack-" + ending)
        run("convert", nii, f"{where}/s%d.{ending}")
        check(f"12 pictures in {where}", len(os.listdir(where)) == 12)
        for name in (where, f"{where}/s*.{ending}", f"{where}/s%d.{ending}"):
            run("convert", name, back, "--spacing", "0.7,0.7,2.5")
            im = nibabel.load(back)
            check(f"{name} comes back", np.array_equal(np.asarray(im.dataobj), a) and
                  np.allclose(im.header.get_zooms(), (0.7, 0.7, 2.5)))
        if Image:
            got = [np.asarray(Image.open(f"{where}/s{i}.{ending}")).astype("u2") for i in range(12)]
            check(f"Pillow reads the stack of {ending}", np.array_equal(np.stack(got), a.T))


def check_nifti(folder):
    one, two = os.path.join(folder, "k.nii"), os.path.join(folder, "l.nii")
    a = volume("i2", (4, 3, 2, 2, 3, 2, 2))
    im = nibabel.Nifti1Image(a, np.diag([2, 2, 3, 1.0]))
    im.header.set_intent("estimate", (), name="beta")
    im.header["descrip"] = b"made for a test"
    im.header["slice_code"], im.header["slice_duration"] = 3, 0.1
    im.header.set_xyzt_units("mm", "sec")
    im.header.set_sform(im.affine, 4)
    im.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", b"kept, byte for byte"))
    im.to_filename(one)
    for name in ("l.nii", "l.nii.gz", "l.hdr", "l.hdr.gz"):
        out = os.path.join(folder, name)
        run("convert", one, out)
        if name == "l.hdr.gz":  # nibabel wants .img.gz by that name
            out = os.path.join(folder, "l.img.gz")
        got = nibabel.load(out)
        h = got.header
        check(f"{name}: seven dimensions", np.array_equal(np.asarray(got.dataobj), a))
        check(f"{name}: intent and description", h.get_intent()[0] == "estimate" and h.get_intent()[2] == "beta" and
              h["descrip"].item() == b"made for a test" and h["slice_code"] == 3 and
              abs(h["slice_duration"] - 0.1) < 1e-6 and h["sform_code"] == 4)
        e = h.extensions
        check(f"{name}: extension", len(e) == 1 and e[0].get_code() == 6 and
              e[0].get_content().rstrip(b"\0") == b"kept, byte for byte")
    run("convert", one, two, "--index", "2,-1,0")
    check("one position", np.array_equal(np.asarray(nibabel.load(two).dataobj).ravel("F"),
                                         a[:, :, :, :, 2, :, 0].ravel("F")))


def check_gzip(folder):
    a = rng.integers(0, 4096, (256, 256, 90)).astype("i2")
    nii, packed = os.path.join(folder, "g.nii"), os.path.join(folder, "g.nii.gz")
    put(nii, a)
    run("convert", nii, packed, "--level", "1")
    with open(nii, "rb") as f:
        want = f.read()[352:]
    with gzip.open(packed) as f:
        check("Python's gzip", f.read()[352:] == want)
    for program in ("gzip", "pigz"):
        if shutil.which(program):
            r = subprocess.run([program, "-dc", packed], capture_output=True, check=False)
            check(program, r.returncode == 0 and r.stdout[352:] == want)
    name = ctypes.util.find_library("deflate")
    if name:
        lib = ctypes.CDLL(name)
        lib.libdeflate_alloc_decompressor.restype = ctypes.c_void_p
        with open(packed, "rb") as f:
            data = f.read()
        out, size = ctypes.create_string_buffer(len(want) + 352), ctypes.c_size_t()
        r = lib.libdeflate_gzip_decompress(ctypes.c_void_p(lib.libdeflate_alloc_decompressor()), data,
                                           ctypes.c_size_t(len(data)), out, ctypes.c_size_t(len(out)), ctypes.byref(size))
        check("libdeflate", r == 0 and out.raw[352:] == want)
    run("convert", packed, nii)
    with open(nii, "rb") as f:
        check("and Tomo, by the index", f.read()[352:] == want)


with tempfile.TemporaryDirectory() as where:
    check_tiff(where)
    check_tiff_reading(where)
    check_pictures(where)
    check_stacks(where)
    check_nifti(where)
    check_gzip(where)
finish()
