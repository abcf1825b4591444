#!/usr/bin/python3
"""Files written by Tomo are read by nibabel, and by SimpleITK and VTK where they are installed, with equal numbers and
places: NIfTI of every type, PNG, STL, PLY. Calls the shared library as any program would."""
import ctypes
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


try:
    import nibabel
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
try:
    import SimpleITK
except ImportError:
    SimpleITK, skipped = None, skipped + 1
try:
    import vtk
except ImportError:
    vtk, skipped = None, skipped + 1

P, I, D = ctypes.c_void_p, ctypes.c_int32, ctypes.c_double


class Desc(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("dtype", I), ("components", I), ("dims", I),
                ("size", ctypes.c_int64 * 4), ("spacing", D * 4), ("origin", D * 3), ("direction", D * 9)]


class Save(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("level", I), ("version", I)]


class Surface(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("label", I), ("value", D), ("close", I), ("normals", ctypes.c_bool)]


lib.tomo_image_row_mut.restype = P
lib.tomo_image_row_mut.argtypes = [P, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64]
lib.tomo_image_free.argtypes = lib.tomo_mesh_free.argtypes = [P]
for count in (lib.tomo_mesh_vertex_count, lib.tomo_mesh_triangle_count):
    count.restype, count.argtypes = ctypes.c_size_t, [P]
ctx, error = P(), ctypes.create_string_buffer(512)
assert lib.tomo_ctx_new(ctypes.byref(ctx), None, error) == 0
TYPES = [None, "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"]
TURN = np.array([[0, 0.6, 0.8], [1, 0, 0], [0, 0.8, -0.6]])
SPACING, ORIGIN = (0.5, 0.75, 2.5, 1.5), (-101.25, 33.5, 1002.0)


def image(a, direction=TURN):
    """a: t, z, y, x, components."""
    d = Desc(ctypes.sizeof(Desc), TYPES.index(a.dtype.str[1:]), a.shape[4], 4 if a.shape[0] > 1 else 3)
    d.size[:] = a.shape[3::-1]
    d.spacing[:], d.origin[:], d.direction[:] = SPACING, ORIGIN, direction.ravel()
    out = P()
    assert lib.tomo_image_new(ctx, ctypes.byref(out), ctypes.byref(d), error) == 0
    ctypes.memmove(lib.tomo_image_row_mut(out, 0, 0, 0), np.ascontiguousarray(a).ctypes.data, a.nbytes)
    return out


def save(path, im, version=0):
    o = Save(ctypes.sizeof(Save), 0, version)
    st = lib.tomo_format_save(ctx, path.encode(), im, ctypes.byref(o), None, error)
    check(f"save {path}: {st}", st == 0)


def check_nifti(folder):
    rng = np.random.default_rng(1)
    affine = np.eye(4)
    affine[:3, :3] = np.diag([-1, -1, 1]) @ TURN * SPACING[:3]
    affine[:3, 3] = np.diag([-1, -1, 1]) @ ORIGIN
    for dtype in TYPES[1:]:
        for components, times in ((1, 1), (1, 3), (2, 1), (3, 1), (4, 1)):
            a = rng.integers(0, 100, (times, 4, 5, 7, components)).astype(dtype)
            im = image(a)
            for version, ending in ((1, ".nii"), (2, ".nii.gz")):
                path = os.path.join(folder, f"{dtype}-{components}-{times}{ending}")
                save(path, im, version)
                nib = nibabel.load(path)
                got = np.asarray(nib.dataobj)
                if got.dtype.fields:
                    got = np.stack([got[f] for f in got.dtype.names], -1)
                elif got.dtype.kind == "c":
                    got = np.stack([got.real, got.imag], -1)
                got = got.reshape(7, 5, 4, times, components) if components == 1 or got.ndim < 5 else got
                check(f"nibabel numbers {path}", np.array_equal(got.transpose(3, 2, 1, 0, 4), a))
                check(f"nibabel sform {path}", np.allclose(nib.header.get_sform(), affine, atol=1e-5))
                check(f"nibabel qform {path}", np.allclose(nib.header.get_qform(), affine, atol=1e-4))
                check(f"nibabel zooms {path}", np.allclose(nib.header.get_zooms()[:3], SPACING[:3]) and
                      nib.header.get_xyzt_units() == ("mm", "sec"))
                if times > 1:
                    check(f"nibabel time {path}", abs(nib.header.get_zooms()[3] - SPACING[3]) < 1e-6)
                if SimpleITK and version == 1:
                    itk = SimpleITK.ReadImage(path)
                    got = SimpleITK.GetArrayFromImage(itk)
                    if components == 2 and got.dtype.kind == "c":
                        got = np.stack([got.real, got.imag], -1)
                    check(f"ITK numbers {path}", np.array_equal(got.reshape(a.shape), a))
                    n = itk.GetDimension()
                    check(f"ITK place {path}", np.allclose(itk.GetOrigin()[:3], ORIGIN) and
                          np.allclose(itk.GetSpacing()[:3], SPACING[:3]) and
                          np.allclose(np.reshape(itk.GetDirection(), (n, n))[:3, :3], TURN, atol=1e-5))
            lib.tomo_image_free(im)


def check_png(folder):
    reader = None
    if vtk:
        from vtk.util.numpy_support import vtk_to_numpy
        reader = vtk.vtkPNGReader()
    rng = np.random.default_rng(2)
    for dtype, components in (("u1", 1), ("u1", 3), ("u1", 4), ("u2", 1)):
        a = rng.integers(0, 256 if dtype == "u1" else 65536, (1, 1, 6, 9, components)).astype(dtype)
        im, path = image(a), os.path.join(folder, f"{dtype}-{components}.png")
        save(path, im)
        if reader:
            reader.SetFileName(path)
            reader.Update()
            got = vtk_to_numpy(reader.GetOutput().GetPointData().GetScalars()).reshape(6, 9, components)
            check(f"VTK pixels {path}", np.array_equal(got[::-1], a[0, 0]))  # VTK counts rows from below
        lib.tomo_image_free(im)


def check_ct():
    """As many vertices and triangles as VTK on a CT, at bone and at skin."""
    global skipped
    data = os.environ.get("TOMO_TEST_DATA", os.path.join(os.environ.get("TOMO_SOURCE", "."), "../shared/data"))
    path = os.path.join(data, "segmentation/totalseg-ct/example_ct_sm.nii.gz")
    if not vtk or not os.path.exists(path):
        skipped += 1
        return
    from vtk.util.numpy_support import numpy_to_vtk
    im, mesh = P(), P()
    check("load CT", lib.tomo_format_load(ctx, ctypes.byref(im), path.encode(), None, None, None, error) == 0)
    a = np.asarray(nibabel.load(path).dataobj).astype("i2")
    grid, edges = vtk.vtkImageData(), vtk.vtkFlyingEdges3D()
    grid.SetDimensions(*a.shape)
    grid.GetPointData().SetScalars(numpy_to_vtk(a.ravel(order="F"), deep=1))
    edges.SetInputData(grid)
    for value in (200.0, -300.0):
        edges.SetValue(0, value)
        edges.Update()
        o = Surface(ctypes.sizeof(Surface), -1, value, 0, True)
        assert lib.tomo_mesh_isosurface(ctx, ctypes.byref(mesh), im, ctypes.byref(o), None, error) == 0
        ours = lib.tomo_mesh_vertex_count(mesh), lib.tomo_mesh_triangle_count(mesh)
        theirs = edges.GetOutput().GetNumberOfPoints(), edges.GetOutput().GetNumberOfPolys()
        check(f"VTK counts at {value}: {ours} {theirs}", ours == theirs and ours[1] > 10000)
        lib.tomo_mesh_free(mesh)
    lib.tomo_image_free(im)


def check_meshes(folder):
    if not vtk:
        return
    from vtk.util.numpy_support import vtk_to_numpy
    z, y, x = np.mgrid[0:20, 0:24, 0:22]
    a = (np.sqrt((x - 11) ** 2 + (y - 12) ** 2 + (z - 10) ** 2) < 7).astype("u1")[None, ..., None]
    im, mesh = image(a), P()
    assert lib.tomo_mesh_isosurface(ctx, ctypes.byref(mesh), im, None, None, error) == 0
    nv, nt = lib.tomo_mesh_vertex_count(mesh), lib.tomo_mesh_triangle_count(mesh)
    for ending, reader in ((".stl", vtk.vtkSTLReader()), (".ply", vtk.vtkPLYReader())):
        path = os.path.join(folder, "ball" + ending)
        check(f"save {path}", lib.tomo_mesh_save(ctx, path.encode(), mesh, None, error) == 0)
        reader.SetFileName(path)
        reader.Update()
        out = reader.GetOutput()
        check(f"VTK counts {path}", (out.GetNumberOfPoints(), out.GetNumberOfPolys()) == (nv, nt))
        center = TURN @ (np.array([11, 12, 10]) * SPACING[:3]) + ORIGIN
        points = vtk_to_numpy(out.GetPoints().GetData())
        check(f"VTK place {path}", np.allclose((points.max(0) + points.min(0)) / 2, center, atol=1e-3))
        mass = vtk.vtkMassProperties()
        mass.SetInputData(out)
        check(f"VTK volume {path}", abs(mass.GetVolume() / (a.sum() * np.prod(SPACING[:3])) - 1) < 0.02)
        if ending == ".ply":
            normals = vtk_to_numpy(out.GetPointData().GetNormals())
            check(f"VTK normals {path}", (np.einsum("ij,ij->i", normals, points - center) > 0).all())
    lib.tomo_mesh_free(mesh)
    lib.tomo_image_free(im)


with tempfile.TemporaryDirectory() as where:
    check_nifti(where)
    check_png(where)
    check_meshes(where)
    check_ct()
finish()
