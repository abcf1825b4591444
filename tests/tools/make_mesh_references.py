#!/usr/bin/python3
"""Print the tables of tests/mesh/vtk_references.gen.h: what VTK's flying edges makes of volumes that the tests make too.
Needs python3-vtk9 and numpy. Usage: make_mesh_references.py > tests/mesh/vtk_references.gen.h"""
import math

import numpy as np
import vtk
from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy


def noise(seed, nx, ny, nz):
    """t_noise() of tests/t.h: xorshift32, int16 from -1000 to 1000."""
    out = np.empty(nx * ny * nz, np.int16)
    for i in range(out.size):
        seed ^= seed << 13 & 0xffffffff
        seed ^= seed >> 17
        seed ^= seed << 5 & 0xffffffff
        out[i] = int(-1000 + 2000 * (seed / 4294967296.0))
    return out.reshape(nz, ny, nx)


def torus(n):
    """Distance to a torus around z, radii 14 and 6, in the middle of n^3 voxels; positive inside."""
    z, y, x = np.meshgrid(*[np.arange(n) - (n - 1) / 2.0] * 3, indexing="ij")
    ring = np.sqrt(x * x + y * y) - 14.0
    return (6.0 - np.sqrt(ring * ring + z * z)).astype(np.float32)


def volume(a, spacing):
    im = vtk.vtkImageData()
    im.SetDimensions(a.shape[2], a.shape[1], a.shape[0])
    im.SetSpacing(*spacing)
    im.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(a).ravel(), deep=1))
    return im


def facts(poly):
    mass = vtk.vtkMassProperties()
    mass.SetInputData(poly)
    mass.Update()
    return poly.GetNumberOfPoints(), poly.GetNumberOfPolys(), mass.GetSurfaceArea()


def edges(a, spacing, value):
    f = vtk.vtkFlyingEdges3D()
    f.SetInputData(volume(a, spacing))
    f.SetValue(0, value)
    f.Update()
    return f.GetOutput()


def row(name, poly):
    p, t, area = facts(poly)
    print(f'    {{ "{name}", {p}, {t}, {area:.9g} }},')


def main():
    print(f"/* vtk_references.gen.h - made by tests/tools/make_mesh_references.py with VTK {vtk.vtkVersion().GetVTKVersion()}; "
          "do not edit. */")
    print("static const struct {\n    const char *name;\n    int64_t vertices, triangles;\n    double area;\n"
          "} vtk_references[] = {")
    for value in (-400, 0, 123):
        row(f"noise {value}", edges(noise(7, 31, 29, 23), (1, 1, 1), value))
    row("torus", edges(torus(48), (0.5, 0.75, 1.0), 0.0))
    print("};")
    print("\n/* rough_torus() after vtkWindowedSincPolyDataFilter, 20 iterations, pass band 0.1, coordinates "
          "normalized:\n * every 40th vertex. */")
    print("static const float vtk_smooth[][3] = {")
    for q in smoothed(*rough_torus())[::40]:
        print("    { %s }," % ", ".join("%.6ff" % c for c in q))
    print("};")


def rough_torus():
    """m_rough_torus() of tests/mesh/m.h: 40 x 20 vertices, radii 14 and 6 with noise from xorshift32."""
    seed, points, triangles = 9, [], []
    for u in range(40):
        for v in range(20):
            seed ^= seed << 13 & 0xffffffff
            seed ^= seed >> 17
            seed ^= seed << 5 & 0xffffffff
            r = 6 + seed / 4294967296.0
            a, b = u * math.pi / 20, v * math.pi / 10
            points.append(((14 + r * math.cos(b)) * math.cos(a), (14 + r * math.cos(b)) * math.sin(a), r * math.sin(b)))
            p, q = u * 20 + v, (u + 1) % 40 * 20 + v
            next_p, next_q = u * 20 + (v + 1) % 20, (u + 1) % 40 * 20 + (v + 1) % 20
            triangles += [(p, q, next_q), (p, next_q, next_p)]
    return points, triangles


def smoothed(points, triangles):
    poly, pts, cells = vtk.vtkPolyData(), vtk.vtkPoints(), vtk.vtkCellArray()
    for p in points:
        pts.InsertNextPoint(*p)
    for t in triangles:
        cells.InsertNextCell(3, t)
    poly.SetPoints(pts)
    poly.SetPolys(cells)
    s = vtk.vtkWindowedSincPolyDataFilter()
    s.SetInputData(poly)
    s.SetNumberOfIterations(20)
    s.SetPassBand(0.1)
    s.NormalizeCoordinatesOn()
    s.BoundarySmoothingOff()
    s.FeatureEdgeSmoothingOff()
    s.NonManifoldSmoothingOff()
    s.Update()
    return vtk_to_numpy(s.GetOutput().GetPoints().GetData())


if __name__ == "__main__":
    main()
