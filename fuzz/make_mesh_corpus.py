#!/usr/bin/python3
"""Write the seeds of fuzz_mesh_stl and fuzz_mesh_ply: small files of each kind, whole and damaged.
Usage: make_mesh_corpus.py fuzz/corpus"""
import os
import struct
import sys

POINTS = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
FACES = [(0, 2, 1), (0, 1, 3), (1, 2, 3), (2, 0, 3)]
CUBE = [(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]
QUADS = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]


def stl(head=b"seed", count=None, bad=None):
    data = head.ljust(80, b" ") + struct.pack("<I", len(FACES) if count is None else count)
    for face in FACES:
        corners = [POINTS[i] for i in face]
        data += struct.pack("<12fH", 0, 0, 0, *(v for p in corners for v in p), 0)
    return data if bad is None else data[:96] + struct.pack("<f", bad) + data[100:]


def stl_text(name="seed", numbers="{} {} {}", end=True):
    out = f"solid {name}\n"
    for face in FACES:
        out += "facet normal 0 0 nan\n outer loop\n"
        out += "".join("  vertex " + numbers.format(*POINTS[i]) + "\n" for i in face)
        out += " endloop\nendfacet\n"
    return (out + (f"endsolid {name}\n" if end else "")).encode()


def ply(order, points=POINTS, faces=FACES, number="float", count="uchar", corner="int", normals=False, more="", end="\n",
        cut=0, lie=0):
    codes = {"char": "b", "uchar": "B", "short": "h", "ushort": "H", "int": "i", "uint": "I", "float": "f", "double": "d"}
    head = ["ply", f"format {order} 1.0", "comment seed" + more, f"element vertex {len(points)}"]
    head += [f"property {number} {c}" for c in "xyz"]
    head += [f"property {number} n{c}" for c in "xyz"] if normals else []
    head += ["property uchar red", f"element face {len(faces) + lie}", f"property list {count} {corner} vertex_indices",
             "property short flags", "element edge 1", "property list uint float weights", "end_header", ""]
    head = end.join(head).encode()
    mark = ">" if "big" in order else "<"
    body = b"" if order != "ascii" else ""
    for p in points:
        values = list(p) + ([0, 0, 1] if normals else []) + [7]
        body += " ".join(map(str, values)) + end if order == "ascii" else \
            struct.pack(mark + codes[number] * (len(values) - 1) + "B", *values)
    for f in faces:
        body += " ".join(map(str, [len(f), *f, 5])) + end if order == "ascii" else \
            struct.pack(mark + codes[count] + codes[corner] * len(f) + "h", len(f), *f, 5)
    body += "2 0.5 1.5" + end if order == "ascii" else struct.pack(mark + "I2f", 2, 0.5, 1.5)
    data = head + (body.encode() if order == "ascii" else body)
    return data[:len(data) - cut]


def main():
    little, big = "binary_little_endian", "binary_big_endian"
    folders = {
        "fuzz_mesh_stl": {
            "binary": stl(), "binary-solid": stl(b"solid seed"), "binary-ras": stl(b"SPACE=RAS"), "text": stl_text(),
            "text-ras": stl_text("SPACE=RAS"), "text-two": stl_text() + stl_text("other"),
            "text-exponents": stl_text(numbers="{}e-3 +{}.5 -{}E+2"), "text-cut": stl_text(end=False),
            "text-hex": stl_text(numbers="0x{} {} {}"), "text-huge": stl_text(numbers="{}1e300 {} {}"),
            "promises-too-many": stl(count=0xffffffff), "promises-few": stl(count=2), "empty": stl(count=0)[:84],
            "infinite": stl(bad=float("inf")), "short": stl()[:50], "same-point": stl(bad=-0.0)},
        "fuzz_mesh_ply": {
            "text": ply("ascii"), "little": ply(little), "big": ply(big), "normals": ply(little, normals=True),
            "text-quads": ply("ascii", CUBE, QUADS), "big-quads": ply(big, CUBE, QUADS, "double", "int", "uint"),
            "short-numbers": ply(little, number="short", corner="ushort"), "chars": ply(big, number="char", corner="char"),
            "few-corners": ply("ascii", faces=[(), (1,), (1, 2), (0, 1, 2)]), "no-such-vertex": ply(big, faces=[(0, 1, 9)]),
            "negative": ply(little, faces=[(0, 1, -1)]), "cut": ply(little, cut=9), "ras": ply("ascii", more=" SPACE=RAS"),
            "lines-crlf": ply("ascii", end="\r\n"), "lines-cr": ply("ascii", end="\r"),
            "promises-too-many": ply("ascii", lie=4000000000), "promises-one": ply(little, lie=1),
            "no-properties": b"ply\nformat ascii 1.0\nelement vertex 0\nproperty int x\nproperty int y\nproperty int z\n"
                             b"element nothing 900000000000000000\nend_header\n",
            "long-list": ply(little).replace(b"property list uchar int", b"property list int uchar")},
    }
    for folder, seeds in folders.items():
        os.makedirs(os.path.join(sys.argv[1], folder), exist_ok=True)
        for name, data in seeds.items():
            with open(os.path.join(sys.argv[1], folder, name), "wb") as f:
                f.write(data)


if __name__ == "__main__":
    main()
