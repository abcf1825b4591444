#!/usr/bin/python3
"""NRRD, MetaImage, Analyze and NumPy files that Tomo writes are read by others with equal numbers and places, and theirs by
Tomo: NumPy, nibabel, VTK, and SimpleITK and pynrrd where they are installed. Calls the shared library as any program would."""
import ctypes
import itertools
import os
import sys
import tempfile

passed = failed = skipped = 0


def check(what, ok):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    if not ok:
        print("FAILED", what)


def finish():
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)


def optional(name):
    global skipped
    try:
        return __import__(name)
    except ImportError:
        skipped += 1
        return None


try:
    import numpy as np
    path = os.path.join(os.environ.get("TOMO_BUILD", "build"), "libtomo.so")
    with open(path, "rb") as f:
        if b"__asan_init" in f.read():  # would end the process, not raise
            raise OSError("a library built for AddressSanitizer can't be loaded into Python")
    lib = ctypes.CDLL(path)
except (ImportError, OSError) as e:
    print(e)
    skipped = 1
    finish()
nibabel, vtk, sitk, nrrd = map(optional, ("nibabel", "vtk", "SimpleITK", "nrrd"))
if sitk:
    sitk.ProcessObject.SetGlobalWarningDisplay(False)

P, I, D, B = ctypes.c_void_p, ctypes.c_int32, ctypes.c_double, ctypes.c_bool


class Desc(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("dtype", I), ("components", I), ("dims", I),
                ("size", ctypes.c_int64 * 4), ("spacing", D * 4), ("origin", D * 3), ("direction", D * 9)]



lib.tomo_image_row_mut.restype = lib.tomo_image_data.restype = P
lib.tomo_image_row_mut.argtypes = [P, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64]
lib.tomo_image_free.argtypes = lib.tomo_image_data.argtypes = lib.tomo_image_get_desc.argtypes = [P]
lib.tomo_image_get_desc.restype = ctypes.POINTER(Desc)
lib.tomo_format_load_op.restype = lib.tomo_format_save_op.restype = P
lib.tomo_op_defaults.argtypes = [P, P]
lib.tomo_op_set.argtypes = [P, P, ctypes.c_char_p, ctypes.c_char_p, P]
ctx, error = P(), ctypes.create_string_buffer(512)
assert lib.tomo_ctx_new(ctypes.byref(ctx), None, error) == 0
TYPES = [None, "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"]
TURN = np.array([[0, 0.6, 0.8], [1, 0, 0], [0, 0.8, -0.6]])
SPACING, ORIGIN = (0.5, 0.75, 2.5, 1.5), (-101.25, 33.5, 1002.0)


def options(row, **values):
    """An options struct, by its table."""
    o = ctypes.create_string_buffer(1024)
    lib.tomo_op_defaults(row, o)
    for name, value in values.items():
        assert lib.tomo_op_set(row, o, name.replace("_", "-").encode(), str(value).encode(), error) == 0, error.raw
    return o


def image(a, dims=None, direction=TURN, origin=ORIGIN):
    """a: t, z, y, x, components."""
    d = Desc(ctypes.sizeof(Desc), TYPES.index(a.dtype.str[1:]), a.shape[4], dims or (4 if a.shape[0] > 1 else 3))
    d.size[:] = a.shape[3::-1]
    d.spacing[:], d.origin[:], d.direction[:] = SPACING, origin, np.ravel(direction)
    out = P()
    assert lib.tomo_image_new(ctx, ctypes.byref(out), ctypes.byref(d), error) == 0, error.raw
    ctypes.memmove(lib.tomo_image_row_mut(out, 0, 0, 0), np.ascontiguousarray(a).ctypes.data, a.nbytes)
    return out


def save(path, im, **opts):
    st = lib.tomo_format_save(ctx, path.encode(), im, options(lib.tomo_format_save_op(), **opts), None, error)
    check(f"save {path} {opts}: {error.raw[16:200]}", st == 0)


def load(path, **opts):
    """Numbers (t, z, y, x, components), affine (LPS)."""
    out = P()
    st = lib.tomo_format_load(ctx, ctypes.byref(out), path.encode(), options(lib.tomo_format_load_op(), **opts), None, None,
                              error)
    check(f"load {path} {opts}: {error.raw[16:200]}", st == 0)
    if st:
        return None, None
    d = lib.tomo_image_get_desc(out).contents
    shape = tuple(d.size)[::-1] + (d.components,)
    kind = np.dtype(TYPES[d.dtype])
    bytes_ = ctypes.string_at(lib.tomo_image_data(out), int(np.prod(shape)) * kind.itemsize)
    affine = np.eye(4)
    affine[:3, :3] = np.reshape(d.direction, (3, 3)) * np.array(d.spacing[:3])
    affine[:3, 3] = d.origin
    lib.tomo_image_free(out)
    return np.frombuffer(bytes_, kind).reshape(shape), affine


AFFINE = np.eye(4)
AFFINE[:3, :3], AFFINE[:3, 3] = TURN * SPACING[:3], ORIGIN


def noise(dtype, components=1, times=1, z=4):
    rng = np.random.default_rng(abs(hash((components, times, TYPES.index(dtype)))) % 2**32)
    return rng.integers(0, 100, (times, z, 5, 7, components)).astype(dtype)


# ---- what others read ------------------------------------------------------------------------------------------------

def by_itk(path, a, exact):
    im = sitk.ReadImage(path)
    got = sitk.GetArrayFromImage(im)
    n = im.GetDimension()
    if got.dtype.kind == "c":
        got = np.stack([got.real, got.imag], -1)
    check(f"ITK numbers {path} {got.shape}", np.array_equal(got.reshape(a.shape), a) and got.dtype == a.dtype)
    near = (lambda x, y: np.array_equal(x, y)) if exact else (lambda x, y: np.allclose(x, y, rtol=1e-14, atol=1e-14))
    check(f"ITK place {path}", near(im.GetOrigin()[:3], ORIGIN) and near(im.GetSpacing()[:3], SPACING[:3]) and
          near(np.reshape(im.GetDirection(), (n, n))[:3, :3], TURN))
    if n == 4:
        check(f"ITK time {path}", im.GetSpacing()[3] == SPACING[3])


def by_vtk(path, a, reader):
    from vtk.util.numpy_support import vtk_to_numpy
    reader.SetFileName(path)
    reader.Update()
    got = vtk_to_numpy(reader.GetOutput().GetPointData().GetScalars())
    check(f"VTK numbers {path} {got.shape}", got.size == a.size and np.array_equal(got.reshape(a.shape), a))
    check(f"VTK spacing {path}", np.allclose(reader.GetOutput().GetSpacing(), SPACING[:3]))


def by_nrrd(path, a):
    got, header = nrrd.read(path)
    if a.shape[4] == 1:
        got = got[None]
    if a.shape[0] == 1:
        got = got[..., None]
    check(f"pynrrd numbers {path} {got.shape}", np.array_equal(got.T.reshape(a.shape), a) and got.dtype == a.dtype)
    vectors = [v[:3] for v in header["space directions"] if not np.isnan(v).any()][:3]
    check(f"pynrrd place {path}", np.allclose(np.array(vectors).T, AFFINE[:3, :3], rtol=1e-15, atol=1e-15) and
          np.array_equal(header["space origin"][:3], ORIGIN) and header["space"].startswith("left-posterior-superior"))


def check_written(folder):
    for dtype, (components, times) in itertools.product(TYPES[1:], ((1, 1), (1, 3), (2, 1), (3, 1), (4, 1))):
        a = noise(dtype, components, times)
        im = image(a)
        for ending, encoding in itertools.product((".nrrd", ".nhdr", ".mha", ".mhd"),
                                                  ("raw", "gzip", "bzip2", "ascii", "hex")):
            meta = ending in (".mha", ".mhd")
            if meta and (encoding in ("bzip2", "hex") or (encoding == "ascii" and components > 1)):
                continue
            path = os.path.join(folder, f"{dtype}-{components}-{times}-{encoding}-{ending[1:]}{ending}")
            save(path, im, encoding=encoding)
            # NrrdIO in ITK has no bzip2 and no hex; ASCII goes through double in MetaIO
            if sitk and encoding not in ("bzip2", "hex") and not (ending == ".nhdr" and encoding == "ascii"):
                by_itk(path, a, meta)
            if nrrd and not meta and encoding != "hex":  # pynrrd does not read hex
                by_nrrd(path, a)
            if vtk and meta and encoding != "ascii" and times == 1 and dtype not in ("i1", "u8", "i8"):
                by_vtk(path, a, vtk.vtkMetaImageReader())
        lib.tomo_image_free(im)


def check_flat(folder):
    """A slice that is not tilted is written in two dimensions, a tilted one in three."""
    a = noise("i2", z=1)
    for direction, origin, n in ((np.eye(3), (3, 4, 0), 2), (np.eye(3), ORIGIN, 3), (TURN, ORIGIN, 3)):
        im = image(a, 2, direction, origin)
        for ending in (".nrrd", ".mha"):
            path = os.path.join(folder, "flat" + ending)
            save(path, im)
            if sitk:
                got = sitk.ReadImage(path)
                check(f"ITK slice {ending} {n}", got.GetDimension() == n and
                      np.array_equal(sitk.GetArrayFromImage(got).reshape(a.shape), a) and
                      np.allclose(got.GetOrigin(), origin[:n]))
            back, affine = load(path)
            check(f"slice {ending} comes back", np.array_equal(back, a) and np.allclose(affine[:3, 3], origin) and
                  np.allclose(affine[:3, :3], direction * np.array(SPACING[:2] + ((1 if n == 2 else SPACING[2]),))))
        lib.tomo_image_free(im)


def check_npy(folder):
    for dtype, components, times in itertools.product(TYPES[1:], (1, 2, 3), (1, 3)):
        a, path = noise(dtype, components, times), os.path.join(folder, "a.npy")
        im = image(a)
        save(path, im)
        lib.tomo_image_free(im)
        got = np.load(path, allow_pickle=False)
        if got.dtype.kind == "c":
            got = np.stack([got.real, got.imag], -1)
        shape = a.shape[0 if times > 1 else 1:5 if components > 1 else 4]
        check(f"NumPy numbers {dtype} {components}", got.shape == shape and np.array_equal(got.reshape(a.shape), a))
    rng = np.random.default_rng(3)
    for dtype in ("?", "u1", "i1", "<u2", ">u2", "<i2", ">i2", "<u4", ">u4", "<i4", ">i4", "<u8", ">u8", "<i8", ">i8", "<f2",
                  ">f2", "<f4", ">f4", "<f8", ">f8", "<c8", ">c8", "<c16", ">c16"):
        for order, version in itertools.product("CF", ((1, 0), (2, 0), (3, 0))):
            a = np.asarray(rng.integers(0, 100, (3, 4, 5)).astype(dtype), order=order)
            if a.dtype.kind == "c":
                a.imag = rng.integers(0, 100, a.shape)
            with open(path, "wb") as f:
                np.lib.format.write_array(f, a, version)
            got, _ = load(path, last_axis="x")
            want = a if order == "C" else a.T
            if a.dtype.kind == "c":
                want = np.stack([want.real, want.imag], -1)
            check(f"read {dtype} {order} {version}", got is not None and np.array_equal(got.reshape(want.shape), want))


def check_analyze(folder):
    if not nibabel:
        return
    axis_aligned = np.diag([1.0, 1.0, 1.0])
    for dtype, components in (("u1", 1), ("i2", 1), ("i4", 1), ("f4", 1), ("f8", 1), ("f4", 2), ("u1", 3)):
        a, path = noise(dtype, components), os.path.join(folder, "a.hdr")
        im = image(a, direction=axis_aligned, origin=(-0.5 * 2, 0.75 * 2, -2.5))
        save(path, im, analyze="true")
        lib.tomo_image_free(im)
        nib = nibabel.load(path)
        got = np.asarray(nib.dataobj)
        if got.dtype.fields:
            got = np.stack([got[f] for f in got.dtype.names], -1)
        elif got.dtype.kind == "c":
            got = np.stack([got.real, got.imag], -1)
        got = got.reshape(7, 5, 4, 1, components).transpose(3, 2, 1, 0, 4)
        check(f"nibabel numbers {dtype} {components}", np.array_equal(got, a[:, :, ::-1]))  # order LAS
        # LPS (-1, 1.5, -2.5) is voxel (0, 0, 0); the voxel at 0 is (2, -2, 1), and turned around in y (2, 6, 1)
        check("nibabel origin", np.allclose(nib.affine, [[-0.5, 0, 0, 1], [0, 0.75, 0, -4.5], [0, 0, 2.5, -2.5],
                                                         [0, 0, 0, 1]]))
        if sitk and components == 1:
            check("ITK numbers", np.array_equal(sitk.GetArrayFromImage(sitk.ReadImage(path)), a[0, :, ::-1, :, 0]))
    rng = np.random.default_rng(4)
    for kind, dtype, order in itertools.product((nibabel.AnalyzeImage, nibabel.Spm99AnalyzeImage, nibabel.Spm2AnalyzeImage),
                                                ("u1", "i2", "i4", "f4", "f8"), "<>"):
        a = rng.integers(0, 100, (7, 5, 4)).astype(dtype)
        header = kind.header_class(endianness=order)
        header.set_data_shape(a.shape)
        header.set_data_dtype(np.dtype(dtype).newbyteorder(order))
        nib = kind(a, None, header)
        nib.header.set_zooms((0.5, 0.75, 2.5))
        for f in ("a.mat",):
            if os.path.exists(os.path.join(folder, f)):
                os.remove(os.path.join(folder, f))
        nib.to_filename(path)
        if os.path.exists(os.path.join(folder, "a.mat")):
            os.remove(os.path.join(folder, "a.mat"))
        want = nibabel.load(path)
        got, affine = load(path)
        numbers = np.asarray(want.dataobj)
        check(f"read {kind.__name__} {dtype} {order}",
              got is not None and np.allclose(got.reshape(4, 5, 7).T, numbers, rtol=1e-6, atol=1e-6) and
              np.allclose(np.diag([-1, -1, 1, 1]) @ affine, want.affine, atol=1e-6))


def check_theirs(folder):
    """Files of SimpleITK and pynrrd."""
    for dtype, (components, times) in itertools.product(TYPES[1:], ((1, 1), (1, 3), (3, 1))):
        a = noise(dtype, components, times)
        for compress in (False, True):
            if sitk:
                im = sitk.GetImageFromArray(a[0] if components > 1 else a[..., 0] if times > 1 else a[0, ..., 0],
                                            isVector=components > 1)
                n = im.GetDimension()
                turn = np.eye(n)
                turn[:3, :3] = TURN
                im.SetSpacing(SPACING[:n])
                im.SetOrigin(ORIGIN + (0.0,) * (n - 3))
                im.SetDirection(turn.ravel())
                for ending in (".mha", ".mhd", ".nrrd", ".nhdr"):
                    path = os.path.join(folder, "itk" + ending)
                    sitk.WriteImage(im, path, compress)
                    got, affine = load(path)
                    check(f"ITK's {path} {dtype} {components} {times}", got is not None and got.dtype == a.dtype and
                          np.array_equal(got, a) and np.allclose(affine, AFFINE, rtol=1e-14, atol=1e-14))
            if nrrd:
                b = np.ascontiguousarray(a[0].T if components > 1 else a[..., 0].T if times > 1 else a[0, ..., 0].T)
                none = [np.full(3, np.nan)]
                vectors = list((TURN * SPACING[:3]).T)
                header = {"space": "right-anterior-superior", "space origin": np.array([-1, -1, 1]) * ORIGIN,
                          "space directions": np.array((none if components > 1 else []) +
                                                       [v * [-1, -1, 1] for v in vectors] + (none if times > 1 else [])),
                          "kinds": (["vector"] if components > 1 else []) + ["domain"] * 3 + (["time"] if times > 1 else [])}
                for encoding, ending in itertools.product(("raw", "gzip", "bzip2", "ascii"), (".nrrd", ".nhdr")):
                    path = os.path.join(folder, "py" + ending)
                    nrrd.write(path, b, dict(header, encoding=encoding), index_order="F")
                    got, affine = load(path)
                    check(f"pynrrd's {path} {dtype} {components} {times} {encoding}", got is not None and
                          got.dtype == a.dtype and np.array_equal(got, a) and
                          np.allclose(affine, AFFINE, rtol=1e-14, atol=1e-14))


def check_shared():
    """ITK, pynrrd and nibabel on the shared files: what they read, Tomo reads with the same numbers and places."""
    data = os.environ.get("TOMO_TEST_DATA", os.path.join(os.environ.get("TOMO_SOURCE", "."), "../shared/data"))
    folder = os.path.join(data, "volumes")
    if not os.path.isdir(folder):
        global skipped
        skipped += 1
        return
    for where, endings in (("nrrd", (".nrrd", ".nhdr")), ("metaimage", (".mha", ".mhd", ".nhdr"))):
        for name in sorted(os.listdir(os.path.join(folder, where))):
            path = os.path.join(folder, where, name)
            if not name.endswith(endings) or not sitk:
                continue
            try:
                im = sitk.ReadImage(path)
            except RuntimeError:
                continue
            got, affine = load(path)
            theirs = sitk.GetArrayFromImage(im)
            if theirs.shape[-1] == 451:
                theirs = np.moveaxis(theirs, -1, 0)
            n = im.GetDimension()
            check(f"ITK numbers {name}", np.array_equal(got.ravel(), theirs.ravel()) and got.dtype == theirs.dtype)
            check(f"ITK place {name}", np.allclose(affine[:n, :n], np.reshape(im.GetDirection(), (n, n)) * im.GetSpacing(),
                                                   rtol=1e-13, atol=1e-13) and np.allclose(affine[:n, 3], im.GetOrigin()))
    if nibabel:
        path = os.path.join(folder, "analyze/t00740_tr1_segm.hdr")
        nib = nibabel.load(path)
        got, affine = load(path)
        check("nibabel numbers of Analyze", np.allclose(got.reshape(63, 128, 128).T, np.asarray(nib.dataobj)[..., 0], rtol=1e-6))
        check("nibabel place of Analyze", np.allclose(np.diag([-1, -1, 1, 1]) @ affine, nib.affine, atol=1e-12))
        got, affine = load(path, raw="true", analyze_axes="lps")
        if sitk:
            im = sitk.ReadImage(path)
            check("ITK numbers of Analyze", np.array_equal(got[0, ..., 0], sitk.GetArrayFromImage(im)))
            check("ITK place of Analyze", np.allclose(affine[:3, :3], np.diag(im.GetSpacing())) and not affine[:3, 3].any())


with tempfile.TemporaryDirectory() as scratch:
    check_written(scratch)
    check_flat(scratch)
    check_npy(scratch)
    check_analyze(scratch)
    check_theirs(scratch)
check_shared()
finish()
