#!/usr/bin/python3
"""make_phantom.py OUT.nii [SIZE [SLICES]]: a head made of spheres as a NIfTI-1 CT, SIZE x SIZE x SLICES voxels in a cube
of 200 mm (default 128, and as many slices).

Air -1000 HU; within 80 mm of the middle soft tissue, 40 HU; between 70 and 76 mm bone, 800 HU: 402.0 ml by the formula.
Standard library only, so that tests can make it on any machine."""
import math
import struct
import sys

path, size = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 128
slices = int(sys.argv[3]) if len(sys.argv) > 3 else size
spacing, step = 200.0 / size, 200.0 / slices
header = struct.pack("<i10x18xihb", 348, 0, 0, 0)[:40].ljust(40, b"\0")
header += struct.pack("<8h", 3, size, size, slices, 1, 1, 1, 1)
header += struct.pack("<3f4h", 0, 0, 0, 0, 4, 16, 0)                              # intent, int16
header += struct.pack("<8f", 1, spacing, spacing, step, 0, 0, 0, 0)               # pixdim
header += struct.pack("<3fhbb4f2i", 352, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0)         # vox_offset, slope, units mm
header += b"phantom of spheres".ljust(80, b"\0") + bytes(24)
header += struct.pack("<2h", 0, 1)                                                # sform holds
header += bytes(24)                                                               # no quaternion
for axis, side in enumerate((spacing, spacing, step)):
    header += struct.pack("<4f", *[side if i == axis else 0 for i in range(3)], -100 + side / 2)
header += bytes(16) + b"n+1\0" + bytes(4)
assert len(header) == 352
middle = (size - 1) / 2


def line(y, z):
    """One row of voxels: nested spans, each painted over the last."""
    row = bytearray(struct.pack("<h", -1000) * size)
    for radius, value in ((80, 40), (76, 800), (70, 40)):
        left = (radius / spacing) ** 2 - (y - middle) ** 2 - ((z - (slices - 1) / 2) * step / spacing) ** 2
        if left > 0:
            first, last = math.ceil(middle - math.sqrt(left)), math.floor(middle + math.sqrt(left))
            row[2 * first:2 * last + 2] = struct.pack("<h", value) * (last - first + 1)
    return row


with open(path, "wb") as out:
    out.write(header)
    for z in range(slices):
        out.write(b"".join(line(y, z) for y in range(size)))
