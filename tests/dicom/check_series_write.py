#!/usr/bin/python3
"""Series that Tomo writes, read by others: dciodvfy finds no error, pydicom, GDCM and (where it is installed) SimpleITK
find the voxels and the grid that were given. Calls the shared library through ctypes."""
import ctypes as c
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

passed = failed = skipped = 0


def check(good, what):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("FAILED", what)


def skip(why):
    global skipped
    skipped += 1
    print("skipped:", why)


def done():
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


class Error(c.Structure):
    _fields_ = [("status", c.c_int32), ("os_errno", c.c_int32), ("offset", c.c_int64), ("message", c.c_char * 240)]


class Desc(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("dtype", c.c_int32), ("components", c.c_int32), ("dims", c.c_int32),
                ("size", c.c_int64 * 4), ("spacing", c.c_double * 4), ("origin", c.c_double * 3),
                ("direction", c.c_double * 9)]


class Options(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("modality", c.c_char_p), ("like", c.c_void_p), ("description", c.c_char_p),
                ("seed", c.c_char_p), ("patient_id", c.c_char_p), ("patient_name", c.c_char_p),
                ("study_date", c.c_char_p), ("derivation", c.c_char_p)]


library = Path(os.environ.get("TOMO_BUILD", "build")) / "libtomo.so"
try:
    import numpy as np
    import pydicom
    if b"__asan_init" in library.read_bytes():  # would end the process, not raise
        raise OSError("a library built for AddressSanitizer can't be loaded into Python")
    tomo = c.CDLL(str(library))
except (ImportError, OSError) as e:
    skip(e)
    done()

error, ctx = Error(), c.c_void_p()
assert tomo.tomo_ctx_new(c.byref(ctx), None, c.byref(error)) == 0
tomo.tomo_image_row_mut.restype = c.c_void_p
tomo.tomo_image_row_mut.argtypes = [c.c_void_p, c.c_int64, c.c_int64, c.c_int64]

a, b = 0.3, 0.2
direction = np.array([[np.cos(a), -np.sin(a) * np.cos(b), np.sin(a) * np.sin(b)],
                      [np.sin(a), np.cos(a) * np.cos(b), -np.cos(a) * np.sin(b)], [0, np.sin(b), np.cos(b)]])
spacing, origin = np.array([0.7, 0.9765625, 1.25]), np.array([-179.2, -33.3333333333, 7.1])
cases = {"ct": (b"CT", 4, "<i2", -1024, 3071), "ct-wide": (b"CT", 4, "<i2", -32768, 32767),
         "mr": (b"MR", 4, "<i2", 0, 4095), "mr-unsigned": (b"MR", 3, "<u2", 0, 65535)}


def write(folder, modality, dtype, voxels):
    nz, ny, nx = voxels.shape
    d = Desc(c.sizeof(Desc), dtype, 1, 3, (nx, ny, nz, 1), (*spacing, 0), tuple(origin), tuple(direction.ravel()))
    image = c.c_void_p()
    assert tomo.tomo_image_new(ctx, c.byref(image), c.byref(d), c.byref(error)) == 0, error.message
    c.memmove(tomo.tomo_image_row_mut(image, 0, 0, 0), voxels.tobytes(), voxels.nbytes)
    o = Options(c.sizeof(Options), modality, None, b"written by Tomo", b"seed", b"ID 1", "Doe^J\u00fcrgen".encode(), b"20240102",
                b"made for a test")
    status = tomo.tomo_series_write(ctx, image, str(folder).encode(), c.byref(o), None, c.byref(error))
    tomo.tomo_image_free(image)
    return status


def by_pydicom(files, voxels):
    for k, f in enumerate(files):
        ds = pydicom.dcmread(f)
        value = ds.pixel_array * float(ds.get("RescaleSlope", 1)) + float(ds.get("RescaleIntercept", 0))
        position = origin + direction[:, 2] * spacing[2] * k
        axes = np.array(ds.ImageOrientationPatient, float)
        if not (np.array_equal(value, voxels[k]) and np.allclose(ds.ImagePositionPatient, position, atol=1e-9)
                and np.allclose(axes[:3], direction[:, 0], atol=1e-12) and np.allclose(axes[3:], direction[:, 1], atol=1e-12)
                and np.allclose(ds.PixelSpacing, spacing[[1, 0]], atol=0) and str(ds.PatientName) == "Doe^J\u00fcrgen"):
            return False
    return True


def by_gdcm(files, voxels):
    for k, f in enumerate(files):
        reader = gdcm.ImageReader()
        reader.SetFileName(str(f))
        if not reader.Read():
            return False
        image = reader.GetImage()
        raw = image.GetBuffer().encode("utf-8", errors="surrogateescape")
        stored = np.frombuffer(raw, voxels.dtype).reshape(voxels[k].shape)
        if not np.array_equal(stored * image.GetSlope() + image.GetIntercept(), voxels[k]):
            return False
        if not np.allclose(image.GetOrigin(), origin + direction[:, 2] * spacing[2] * k, atol=1e-9):
            return False
    return True


def by_itk(folder, voxels):
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    image = reader.Execute()
    return (np.array_equal(sitk.GetArrayFromImage(image), voxels) and np.allclose(image.GetSpacing(), spacing, atol=1e-9)
            and np.allclose(image.GetOrigin(), origin, atol=1e-9)
            and np.allclose(np.reshape(image.GetDirection(), (3, 3)), direction, atol=1e-9))


try:
    import gdcm
except ImportError:
    gdcm = None
    skip("no python3-gdcm")
try:
    import SimpleITK as sitk
except ImportError:
    sitk = None
    skip("no SimpleITK")
if not shutil.which("dciodvfy"):
    skip("no dciodvfy (dicom3tools)")

with tempfile.TemporaryDirectory() as tmp:
    for name, (modality, dtype, kind, lo, hi) in cases.items():
        folder = Path(tmp) / name
        voxels = np.random.default_rng(4).integers(lo, hi, (6, 20, 24), endpoint=True).astype(kind)
        check(write(folder, modality, dtype, voxels) == 0, f"{name}: {error.message.decode()}")
        files = sorted(folder.glob("*.dcm"))
        check(len(files) == 6, f"{name}: {len(files)} files")
        check(by_pydicom(files, voxels), f"{name}: pydicom reads something else")
        if gdcm:
            check(by_gdcm(files, voxels), f"{name}: GDCM reads something else")
        if sitk:
            check(by_itk(folder, voxels), f"{name}: SimpleITK reads something else")
        if shutil.which("dciodvfy"):
            for f in files[::5]:
                said = subprocess.run(["dciodvfy", str(f)], capture_output=True, text=True).stderr
                errors = [line for line in said.splitlines() if line.startswith("Error")]
                check(not errors, f"{name}: dciodvfy: {errors}")
done()
