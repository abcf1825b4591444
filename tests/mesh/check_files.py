#!/usr/bin/python3
"""Mesh files between Tomo and VTK (Debian's python3-vtk9): VTK reads what Tomo writes, Tomo reads what VTK writes, in
every kind of STL and PLY, with the same counts, bounds, area and volume. Without VTK everything is skipped."""
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import vtk
except ImportError:
    print("skipped: VTK is not installed")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)

root = Path(os.environ.get("TOMO_SOURCE", Path(__file__).resolve().parents[2]))
tomo = os.environ.get("TOMO", str(root / "build/tomo"))
passed = failed = 0


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED", what)


def facts(path):
    r = subprocess.run([tomo, "mesh", "check", path, "--json"], capture_output=True, text=True)
    check(r.returncode == 0, f"tomo mesh check {path}: {r.stderr}")
    return json.loads(r.stdout) if r.returncode == 0 else {}


def triangles(data):
    f = vtk.vtkTriangleFilter()
    f.SetInputData(data)
    f.Update()
    return f.GetOutput()


def vtk_read(path):
    r = vtk.vtkSTLReader() if path.endswith("stl") else vtk.vtkPLYReader()
    r.SetFileName(path)
    r.Update()
    return triangles(r.GetOutput())


def compare(data, path, what):
    """Our numbers of the file against VTK's of its data."""
    m, f, b = vtk.vtkMassProperties(), facts(path), data.GetBounds()
    m.SetInputData(data)
    m.Update()
    near = lambda a, b: math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-6)
    check(f.get("vertices") == data.GetNumberOfPoints(), f"{what}: {f.get('vertices')} vertices, VTK {data.GetNumberOfPoints()}")
    check(f.get("triangles") == data.GetNumberOfCells(), f"{what}: {f.get('triangles')} triangles, VTK {data.GetNumberOfCells()}")
    check(near(f["areaMm2"], m.GetSurfaceArea()), f"{what}: area {f['areaMm2']}, VTK {m.GetSurfaceArea()}")
    check(f["closed"] and near(f["volumeMl"] * 1000, m.GetVolume()), f"{what}: volume {f['volumeMl']} ml, VTK {m.GetVolume()}")
    check(all(near(f["minMm"][k], b[2 * k]) and near(f["maxMm"][k], b[2 * k + 1]) for k in range(3)), f"{what}: bounds")


def shapes():
    sphere, cube = vtk.vtkSphereSource(), vtk.vtkCubeSource()
    sphere.SetRadius(20)
    sphere.SetThetaResolution(40)
    sphere.SetPhiResolution(30)
    sphere.Update()
    cube.SetXLength(3)
    cube.Update()
    clean = vtk.vtkCleanPolyData()  # a cube of VTK's has three points a corner
    clean.SetInputData(cube.GetOutput())
    clean.Update()
    return {"sphere": sphere.GetOutput(), "quads": clean.GetOutput()}


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for name, data in shapes().items():
        for kind in ("stl-text", "stl-binary", "ply-text", "ply-little", "ply-big"):
            path = f"{name}-{kind}.{kind[:3]}"
            w = vtk.vtkSTLWriter() if kind[:3] == "stl" else vtk.vtkPLYWriter()
            w.SetFileName(path)
            w.SetInputData(triangles(data) if kind[:3] == "stl" else data)
            w.SetFileTypeToASCII() if kind.endswith("text") else w.SetFileTypeToBinary()
            if kind[:3] == "ply":
                w.SetDataByteOrderToBigEndian() if kind.endswith("big") else w.SetDataByteOrderToLittleEndian()
            w.Write()
            compare(triangles(data) if kind[:3] == "ply" else vtk_read(path), path, f"{path} of VTK")
            for ending in ("stl", "ply"):
                ours = f"{name}-{kind}-ours.{ending}"
                r = subprocess.run([tomo, "convert", path, ours], capture_output=True, text=True)
                check(r.returncode == 0, f"tomo convert {path} {ours}: {r.stderr}")
                compare(vtk_read(ours), ours, f"{ours} of Tomo")
    os.chdir("/")
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(bool(failed))
