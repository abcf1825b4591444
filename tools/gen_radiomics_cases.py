#!/usr/bin/python3
"""Print src/measure/radiomics_cases.gen.h: the triangles of the 256 ways in which a surface can cut a cube, as the meshes
behind the IBSI's reference values and pyradiomics' baselines have them.

Corners, edges and loops are those of gen_mesh_cases.py; loops differ from theirs in nothing. Where a loop does not lie in a
plane, it is cut into triangles so that the side with fewer corners (the inside, if both have four) gets the largest
volume, which reproduces both on every region without ambiguous faces; then the least surface. Triangles turn
counterclockwise as seen from outside. Two neighbors never share an inner edge in use, since only areas and volumes are
taken from these."""
import itertools

import gen_mesh_cases as mesh


def minus(a, b):
    return [p - q for p, q in zip(a, b)]


def cross(a, b):
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]


def dot(a, b):
    return sum(p * q for p, q in zip(a, b))


def cost(loop, triangles, sign):
    volume = area = 0.0
    for t in triangles:
        a, b, c = (mesh.middle(loop[i]) for i in t)
        normal = cross(minus(b, a), minus(c, a))
        volume += dot(a, normal) / 6
        area += dot(normal, normal) ** 0.5 / 2
    return -round(sign * volume, 6), round(area, 6), triangles


def triangles_of(case):
    sign = 1 if bin(case).count("1") <= 4 else -1
    result = []
    for loop in mesh.loops(case):
        best = min(mesh.triangulations(tuple(range(len(loop)))), key=lambda t: cost(loop, t, sign))
        result += [tuple(loop[i] for i in t) for t in best]
    return result


def main():
    rows = [triangles_of(case) for case in range(256)]
    most = max(map(len, rows))
    print("/* radiomics_cases.gen.h - made by tools/gen_radiomics_cases.py, which says what it means; do not edit. */")
    print("#ifndef TOMO_MEASURE_RADIOMICS_CASES_GEN_H\n#define TOMO_MEASURE_RADIOMICS_CASES_GEN_H\n\n#include <stdint.h>\n")
    print("/* The corners that an edge joins. */\nstatic const uint8_t measure__cube_edges[12][2] = {")
    print("    " + ", ".join("{ %d, %d }" % e for e in mesh.EDGES) + ",\n};\n")
    print("static const uint8_t measure__cube_triangle_count[256] = {")
    for i in range(0, 256, 32):
        print("    " + ", ".join(str(len(r)) for r in rows[i:i + 32]) + ",")
    print("};\n\n/* Three edges a triangle. */")
    print(f"static const uint8_t measure__cube_triangles[256][{3 * most}] = {{")
    for row in rows:
        print("    { " + ", ".join(map(str, list(itertools.chain(*row)) or [0])) + " },")
    print("};\n\n#endif")


if __name__ == "__main__":
    main()
