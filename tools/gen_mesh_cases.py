#!/usr/bin/python3
"""Print src/mesh/cases.gen.h: the triangles of the 256 ways in which a surface can cut a cube.

Corner c of the cube lies at (c & 1, c >> 1 & 1, c >> 2 & 1); bit c of the case says that it is inside. Edges 0-3 run
along x from (y, z) = (0,0) (1,0) (0,1) (1,1), edges 4-7 along y from (x, z), edges 8-11 along z from (x, y).
On each face the cut edges are joined by segments; where all four are cut (two inside corners across), the inside
corners are kept apart, which is the same from both sides of the face, so that neighboring cubes always fit. The
segments close to loops; a loop of n edges becomes n - 2 triangles. Of all ways to cut a loop into triangles the one is
taken that has no inner edge lying in a face (two cubes might both use it, and the edge would have four triangles),
then the shortest inner edges. Triangles turn counterclockwise as seen from outside.
"""
import itertools

EDGES = []
for axis in range(3):
    others = [a for a in range(3) if a != axis]
    for k in range(4):
        low = ((k & 1) << others[0]) | ((k >> 1) << others[1])
        EDGES.append((low, low | 1 << axis))
EDGE_OF = {frozenset(e): i for i, e in enumerate(EDGES)}


def faces():
    """Corners of each face, counterclockwise as seen from outside the cube."""
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        ring = [0, 1 << u, 1 << u | 1 << v, 1 << v]  # counterclockwise seen from +axis
        yield [c | 1 << axis for c in ring]
        yield [c for c in reversed(ring)]


FACES = list(faces())
FACES_OF_EDGE = [{f for f, ring in enumerate(FACES) if a in ring and b in ring} for a, b in EDGES]


def loops(case):
    """Directed loops of cut edges: going along, the inside lies to the right as seen from outside the cube, so that fans turn outward."""
    after = {}
    for ring in FACES:
        inside = [case >> c & 1 for c in ring]
        for i in range(4):
            # A run of inside corners ring[i..j]: enter it over edge (i-1, i), leave over (j, j+1).
            if inside[i] and not inside[i - 1]:
                j = i
                while inside[(j + 1) % 4]:
                    j += 1
                enter = EDGE_OF[frozenset((ring[i - 1], ring[i]))]
                leave = EDGE_OF[frozenset((ring[j % 4], ring[(j + 1) % 4]))]
                after[enter] = leave
    result = []
    while after:
        start = min(after)
        loop, at = [], start
        while at in after:
            loop.append(at)
            at = after.pop(at)
        result.append(loop)
    return result


def middle(edge):
    a, b = EDGES[edge]
    return [((a >> k & 1) + (b >> k & 1)) / 2 for k in range(3)]


def triangulations(polygon):
    """All ways to cut a polygon (as indices) into triangles."""
    if len(polygon) < 3:
        yield []
        return
    first, last = polygon[0], polygon[-1]
    for k in range(1, len(polygon) - 1):
        for left in triangulations(polygon[:k + 1]):
            for right in triangulations(polygon[k:]):
                yield left + [(first, polygon[k], last)] + right


def cost(loop, triangles):
    n, in_face, size = len(loop), 0, 0.0
    inner = {frozenset(p) for t in triangles for p in itertools.combinations(t, 2)}
    for i, j in map(sorted, inner):
        if j - i in (1, n - 1):
            continue
        in_face += bool(FACES_OF_EDGE[loop[i]] & FACES_OF_EDGE[loop[j]])
        size += sum((p - q) ** 2 for p, q in zip(middle(loop[i]), middle(loop[j])))
    return in_face, round(size, 6), triangles


def triangles_of(case):
    result = []
    for loop in loops(case):
        best = min(triangulations(tuple(range(len(loop)))), key=lambda t: cost(loop, t))
        result += [tuple(loop[i] for i in t) for t in best]
    return result


def main():
    rows = [triangles_of(case) for case in range(256)]
    most = max(map(len, rows))
    print("/* cases.gen.h - made by tools/gen_mesh_cases.py, which says what it means; do not edit. */")
    print("#ifndef TOMO_MESH_CASES_GEN_H\n#define TOMO_MESH_CASES_GEN_H\n\n#include <stdint.h>\n")
    print(f"#define TOMO__MESH_MOST_TRIANGLES {most}\n")
    print("static const uint8_t tomo__mesh_triangle_count[256] = {")
    for i in range(0, 256, 32):
        print("    " + ", ".join(str(len(r)) for r in rows[i:i + 32]) + ",")
    print("};\n\n/* Three edges a triangle. */")
    print(f"static const uint8_t tomo__mesh_triangles[256][{3 * most}] = {{")
    for row in rows:
        flat = [e for t in row for e in t]
        print("    { " + ", ".join(map(str, flat or [0])) + " },")
    print("};\n\n#endif")


if __name__ == "__main__":
    main()
