#!/usr/bin/env python3
"""Turn the sample volumes of two Debian packages into NIfTI files: make_samples.py OUTDIR
  invesalius-examples  head CT (Cranium.inv3): ct.nii, and its bone mask as ct-bone-mask.nii
  mricron-data         T1 MR (ch2.nii.gz): mr.nii.gz, as it is
Nothing but the standard library. An InVesalius project stores rows from the back of the head to the face; they are
turned round here, so that rows run from anterior to posterior as in DICOM. It says nothing of left and right: x is
kept, as InVesalius itself turns images only top to bottom when it imports them."""
import plistlib
import shutil
import struct
import sys
import tarfile
from pathlib import Path

CRANIUM = Path("/usr/share/doc/invesalius-examples/examples/Cranium.inv3")
CH2 = Path("/usr/share/mricron/templates/ch2.nii.gz")


def nifti(path, shape, spacing, datatype, bits, voxels):
    """One-file NIfTI-1 in LPS order: x to the left, y to the back, z to the head; middle of the volume at 0."""
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, *shape, 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, datatype, bits)
    struct.pack_into("<8f", header, 76, 1, *spacing, 0, 0, 0, 0)
    struct.pack_into("<3f", header, 108, 352, 1, 0)
    header[123] = 2  # millimeters
    struct.pack_into("<2h", header, 252, 0, 1)  # no qform; sform: scanner
    middle = [s * (n - 1) / 2 for s, n in zip(spacing, shape)]
    rows = [-spacing[0], 0, 0, middle[0], 0, -spacing[1], 0, middle[1], 0, 0, spacing[2], -middle[2]]
    struct.pack_into("<12f", header, 280, *rows)
    header[344:348] = b"n+1\0"
    path.write_bytes(bytes(header) + voxels)


def cranium(out):
    with tarfile.open(CRANIUM) as tar:
        files = {Path(m.name).name: tar.extractfile(m).read() for m in tar.getmembers() if m.isfile()}
    main = plistlib.loads(files["main.plist"])
    nz, ny, nx = main["matrix"]["shape"]
    if main["matrix"]["dtype"] != "int16" or len(files["matrix.dat"]) != nx * ny * nz * 2:
        sys.exit(f"{CRANIUM}: matrix is not {nx} x {ny} x {nz} int16")
    row = nx * 2
    data = files["matrix.dat"]
    turned = b"".join(data[(z * ny + y) * row:(z * ny + y + 1) * row] for z in range(nz) for y in reversed(range(ny)))
    nifti(out / "ct.nii", (nx, ny, nz), main["spacing"], 4, 16, turned)

    mask = plistlib.loads(files["mask_0.plist"])  # one plane, row and column more than the matrix, at the start
    mz, my, mx = mask["mask_shape"]
    data = files[mask["mask_file"]]
    if (mz, my, mx) != (nz + 1, ny + 1, nx + 1) or len(data) != mx * my * mz:
        sys.exit(f"{CRANIUM}: the mask is {mx} x {my} x {mz}, expected one more than the matrix")
    to_bit = bytes(1 if v > 127 else 0 for v in range(256))
    turned = b"".join(data[(z * my + y) * mx + 1:(z * my + y) * mx + mx].translate(to_bit)
                      for z in range(1, mz) for y in reversed(range(1, my)))
    nifti(out / "ct-bone-mask.nii", (nx, ny, nz), main["spacing"], 2, 8, turned)
    print(f"ct.nii {nx} x {ny} x {nz}; bone mask made in InVesalius with {mask['threshold_range']} HU")


if len(sys.argv) != 2:
    sys.exit("usage: make_samples.py OUTDIR")
out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
for source, package in ((CRANIUM, "invesalius-examples"), (CH2, "mricron-data")):
    if not source.exists():
        sys.exit(f"{source} is missing: apt-get install {package}")
cranium(out)
shutil.copy(CH2, out / "mr.nii.gz")
