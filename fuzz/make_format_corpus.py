#!/usr/bin/python3
"""Write the seeds of fuzz_format_*: small files of each kind, an option byte before each. NIfTI is made here, pictures are
taken from tests/format/pictures.
Usage: make_format_corpus.py fuzz/corpus tests/format/pictures"""
import gzip
import os
import struct
import sys


def nifti(version, order, datatype, bits, count=1, dim=(3, 4, 3, 2, 1, 1, 1, 1), slope=0.0, inter=0.0, sform=1, qform=0,
          intent=0, srow=(1, 0, 0, -10, 0, 2, 0, 20, 0, 0, 3, 30), magic=None):
    h = bytearray(352 if version == 1 else 544)
    put = lambda at, kind, *v: struct.pack_into(order + kind, h, at, *v)
    pixdim = (-1, 1, 2, 3, 0.5, 1, 1, 1)
    if version == 1:
        put(0, "i", 348)
        put(40, "8h", *dim)
        put(68, "hhh", intent, datatype, bits)
        put(76, "8f", *pixdim)
        put(108, "fff", 352, slope, inter)
        put(123, "B", 10)
        put(252, "hh6f12f", qform, sform, 0.1, 0.2, 0.3, 1, 2, 3, *srow)
        h[344:348] = magic or b"n+1\0"
    else:
        put(0, "i", 540)
        h[4:12] = magic or b"n+2\0\r\n\032\n"
        put(12, "hh8q", datatype, bits, *dim)
        put(104, "8d", *pixdim)
        put(168, "qdd", 544, slope, inter)
        put(344, "ii6d12d", qform, sform, 0.1, 0.2, 0.3, 1, 2, 3, *srow)
        put(500, "ii", 10, intent)
    voxels = 1
    for n in dim[1:]:
        voxels *= n
    return bytes(h) + bytes(i * 37 & 255 for i in range(voxels * bits // 8 * count))


def main():
    where = sys.argv[1]
    seeds = {}
    for code, bits in ((2, 8), (4, 16), (8, 32), (16, 32), (32, 64), (64, 64), (128, 24), (1024, 64), (2304, 32)):
        seeds[f"type-{code}"] = (0, nifti(1 + code % 3 % 2, "<>"[code % 5 % 2], code, bits))
    seeds["scaled-whole"] = (0, nifti(1, "<", 512, 16, slope=1, inter=-1024))
    seeds["scaled-real"] = (0, nifti(2, ">", 4, 16, slope=0.5, inter=3))
    seeds["scaled-wide"] = (0, nifti(2, "<", 8, 32, slope=0.5, inter=3))
    seeds["raw"] = (1, nifti(1, ">", 512, 16, slope=1, inter=-1024))
    seeds["qform"] = (0, nifti(1, "<", 2, 8, sform=0, qform=1))
    seeds["no-form"] = (0, nifti(1, "<", 2, 8, sform=0))
    seeds["shear"] = (2, nifti(2, "<", 2, 8, srow=(1, 0.4, 0, -10, 0, 2, 0, 20, 0, 0, 3, 30)))
    seeds["time"] = (4 | 1 << 4, nifti(1, "<", 4, 16, dim=(4, 4, 3, 2, 3, 1, 1, 1)))
    seeds["vector"] = (0, nifti(1, ">", 16, 32, dim=(5, 4, 3, 2, 1, 3, 1, 1), intent=1007))
    seeds["flat"] = (0, nifti(1, "<", 2, 8, dim=(2, 4, 3, 1, 1, 1, 1, 1)))
    seeds["pair"] = (0, nifti(1, "<", 2, 8, magic=b"ni1\0"))
    seeds["gzip"] = (0, gzip.compress(nifti(1, "<", 4, 16), mtime=0))
    extensions = struct.pack("<2i8s2i24s", 16, 4, b"comment!", 32, 44, b"x" * 24)
    whole = bytearray(nifti(1, "<", 4, 16))
    struct.pack_into("<f", whole, 108, 352 + len(extensions))
    whole[348] = 1
    seeds["extensions"] = (0, bytes(whole[:352]) + extensions + bytes(whole[352:]))
    seeds["float128"] = (0, nifti(1, ">", 1536, 128))
    seeds["seven"] = (12 | 1 << 4, nifti(2, "<", 4, 16, dim=(7, 4, 3, 2, 2, 2, 2, 2)))
    seeds["vector-time"] = (0, nifti(1, "<", 16, 32, dim=(5, 4, 3, 2, 2, 3, 1, 1), intent=1007))
    for target in ("fuzz_format_nifti", "fuzz_format_stream"):
        put(os.path.join(where, target), seeds)
    kinds = {".png": "png", ".jpg": "jpeg", ".tif": "tiff", ".webp": "webp"}
    for kind in kinds.values():
        files = {}
        for name in sorted(os.listdir(sys.argv[2])):
            path = os.path.join(sys.argv[2], name)
            if kinds[os.path.splitext(name)[1]] == kind and os.path.getsize(path) < 4000:
                with open(path, "rb") as f:
                    files[name] = (1 if "palette" in name else 0, f.read())
        put(os.path.join(where, "fuzz_format_" + kind), files)


def put(folder, seeds):
    os.makedirs(folder, exist_ok=True)
    for name, (option, data) in seeds.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(bytes([option]) + data)


if __name__ == "__main__":
    main()
