#!/usr/bin/python3
"""Write the seeds of fuzz_format_nrrd, _meta, _analyze and _npy: small files of each kind, an option byte before each.
Usage: make_volume_corpus.py fuzz/corpus"""
import bz2
import gzip
import os
import struct
import sys
import zlib

VOXELS = bytes(i * 37 & 255 for i in range(48))
NRRD = b"NRRD0005\n# a comment\ntype: %s\ndimension: 3\nsizes: %s\nendian: %s\nencoding: %s\n"
META = b"ObjectType = Image\nNDims = 3\nDimSize = 4 3 2\nElementType = %s\n"
LPS = b"space: left-posterior-superior\nspace directions: (1,0,0) (0,2,0) (0,0,3)\nspace origin: (1,2,3)\n"


def nrrd():
    plain = NRRD % (b"short", b"4 3 2", b"little", b"raw")
    yield "raw", 0, plain + LPS + b"\n" + VOXELS
    yield "big", 0, NRRD % (b"float", b"2 3 2", b"big", b"raw") + b"spacings: 1 -2 nan\naxis mins: 0 0 0\n\n" + VOXELS
    yield "gzip", 0, NRRD % (b"uint16", b"4 3 2", b"big", b"gzip") + b"byte skip: -1\n\n" + gzip.compress(VOXELS, mtime=0)
    yield "bzip2", 0, NRRD % (b"uint16", b"4 3 2", b"big", b"bzip2") + b"\n" + bz2.compress(VOXELS)
    yield "ascii", 0, NRRD % (b"double", b"1 3 2", b"big", b"ascii") + b"\n1 -2.5e3 nan inf\n0.1, 123456789012345678901234567890"
    yield "hex", 0, NRRD % (b"int8", b"2 3 2", b"big", b"hex") + b"\n00 11 22 33aAbBcCdD\nEE ff 0102"
    yield "rgb", 0, NRRD % (b"uchar", b"3 4 4", b"big", b"raw") + b"kinds: RGB-color domain domain\n\n" + VOXELS
    yield "list", 4, NRRD % (b"uchar", b"6 4 2", b"big", b"raw") + b"kinds: list domain domain\n\n" + VOXELS
    yield "time", 0x14, (NRRD % (b"uchar", b"4 4 3", b"big", b"raw") +
                         b"kinds: domain domain time\nspacings: 1 1 500\nunits: \"mm\" \"mm\" \"ms\"\n\n" + VOXELS)
    yield "shear", 2, (plain + b"space: RAS\nspace units: \"cm\" \"mm\" \"um\"\n"
                       b"space directions: (1,0,0) (0.2,1,0) (0,0,1)\n\n" + VOXELS)
    yield "pairs", 0, (plain + LPS + b"measurement frame: (1,0,0) (0,1,0) (0,0,1)\nkey:=value\ncontent: x\nline skip: 1\n"
                       b"byte skip: 2\n\nline\nab" + VOXELS)
    yield "file", 1, NRRD % (b"uchar", b"4 4 4", b"big", b"raw") + b"data file: a\n"
    yield "files", 1, NRRD % (b"uchar", b"4 4 2", b"big", b"raw") + b"byte skip: -1\ndata file: LIST 2\na\nb\n"
    yield "pattern", 1, NRRD % (b"uchar", b"4 4 2", b"big", b"raw") + b"data file: %d 1 2 1\n"
    yield "outside", 1, NRRD % (b"uchar", b"4 4 2", b"big", b"raw") + b"data file: ../a\n"


def meta():
    local = b"ElementDataFile = LOCAL\n"
    place = b"TransformMatrix = 0 1 0 1 0 0 0 0 -1\nOffset = 1 2 3\nElementSpacing = 1 2 3\n"
    yield "raw", 0, META % b"MET_SHORT" + place + local + VOXELS
    yield "big", 0, META % b"MET_USHORT" + b"ElementByteOrderMSB = True\nHeaderSize = -1\n" + local + b"abc" + VOXELS
    yield "zlib", 0, META % b"MET_SHORT" + b"CompressedData = True\n" + local + zlib.compress(VOXELS)
    yield "ascii", 0, META % b"MET_FLOAT" + b"BinaryData = False\n" + local + b"1 2.5 " * 12
    yield "channels", 0, META % b"MET_UCHAR" + b"ElementNumberOfChannels = 2\n" + local + VOXELS
    yield "many", 4, META % b"MET_UCHAR" + b"ElementNumberOfChannels = 6\n" + local + VOXELS * 3
    yield "shear", 2, META % b"MET_SHORT" + b"TransformMatrix = 1 0 0 0.2 1 0 0 0 1\n" + local + VOXELS
    yield "odd", 0, (META % b"MET_SHORT" + b"ElementSize = 1 1 1\nCenterOfRotation = 1 2 3\nAnatomicalOrientation = RAS\n"
                     b"DistanceUnits = cm\nElementToIntensityFunctionSlope = 2\nComment = x\n" + local + VOXELS)
    yield "four", 0x14, b"NDims = 4\nDimSize = 2 2 2 3\nElementSpacing = 1 1 1 2\nElementType = MET_SHORT\n" + local + VOXELS
    yield "file", 1, META % b"MET_SHORT" + b"HeaderSize = 3\nElementDataFile = a\n"
    yield "files", 1, META % b"MET_SHORT" + b"ElementDataFile = LIST 2D\na\nb\n"
    yield "pattern", 1, META % b"MET_SHORT" + b"ElementDataFile = %d 1 2 1\n"
    yield "outside", 1, META % b"MET_SHORT" + b"ElementDataFile = /etc/hostname\n"


def analyze():
    for code, bits, order in ((2, 8, "<"), (4, 16, ">"), (16, 32, "<"), (64, 64, ">"), (32, 64, "<"), (128, 24, "<")):
        h = bytearray(348)
        struct.pack_into(order + "i", h, 0, 348)
        struct.pack_into(order + "5h", h, 40, 4, 2, 3, 1, 1)
        struct.pack_into(order + "hh", h, 70, code, bits)
        struct.pack_into(order + "5f", h, 76, 0, 1, 2, 3, 0.5)
        struct.pack_into(order + "2f", h, 112, 0.5 if code == 4 else 0, 3)
        struct.pack_into(order + "2f", h, 124, 1, 0)
        struct.pack_into(order + "2i", h, 140, 100 if code == 2 else 0, 0)
        struct.pack_into(order + "3h", h, 253, code % 3, 2, 1)
        yield f"type-{code}", code % 7 * 2 + (128 if code == 16 else 0), bytes(h) + VOXELS[:6 * bits // 8]


def npy():
    for name, option, descr, order, shape in (
            ("c", 0, "<i2", False, "(2, 3, 4)"), ("f", 1, ">i2", True, "(2, 3, 4)"), ("half", 0, "<f2", False, "(24,)"),
            ("complex", 0, ">c8", False, "(2, 3)"), ("rgb", 0, "|u1", False, "(4, 4, 3)"), ("last", 2, "<u4", True, "(3, 4)"),
            ("bool", 0, "|b1", False, "(6, 8)"), ("time", 0x14, "<f4", False, "(3, 1, 2, 2)"), ("object", 0, "|O", False, "(1,)")):
        d = f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}"
        d = d.encode().ljust(117) + b"\n"
        version = len(name) % 3 + 1
        yield name, option, b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(d)) + d + VOXELS


for target, seeds in (("nrrd", nrrd), ("meta", meta), ("analyze", analyze), ("npy", npy)):
    folder = os.path.join(sys.argv[1], "fuzz_format_" + target)
    os.makedirs(folder, exist_ok=True)
    for seed, option_byte, data in seeds():
        with open(os.path.join(folder, seed), "wb") as f:
            f.write(bytes([option_byte]) + data)
