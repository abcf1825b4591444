#!/usr/bin/env python3
"""Makes corpus/fuzz_dicom_pixels: one small image of every kind that pixels*.c and series_*.c tell apart. Run by hand."""
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "corpus", "fuzz_dicom_pixels")
LE, BE, RLE = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.5"


def element(tag, vr, value, order="<", length=None):
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, int):
        value = struct.pack(order + "H", value)
    if len(value) % 2:
        value += b"\0" if vr in ("UI", "OB") else b" "
    length = len(value) if length is None else length
    head = struct.pack(order + "HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    long = vr in ("OB", "OW", "OF", "OV", "SQ", "UN")
    return head + (struct.pack(order + "HI", 0, length) if long else struct.pack(order + "H", length)) + value


def item(*elements):
    body = b"".join(elements)
    return b"\xfe\xff\x00\xe0" + struct.pack("<I", len(body)) + body


def image(rows=4, columns=4, samples=1, bits=8, stored=None, photometric="MONOCHROME2", frames=None, planar=0, order="<"):
    e = lambda tag, vr, v: element(tag, vr, v, order)
    return b"".join((e(0x280002, "US", samples), e(0x280004, "CS", photometric),
                     e(0x280006, "US", planar) if samples > 1 else b"",
                     e(0x280008, "IS", str(frames)) if frames else b"", e(0x280010, "US", rows),
                     e(0x280011, "US", columns), e(0x280100, "US", bits), e(0x280101, "US", stored or bits),
                     e(0x280102, "US", (stored or bits) - 1), e(0x280103, "US", 0)))


def fragments(*frames, table=b""):
    body = item(table) + b"".join(item(f + bytes(len(f) % 2)) for f in frames)
    return element(0x7FE00010, "OB", body + b"\xfe\xff\xdd\xe0\0\0\0\0", length=0xFFFFFFFF)


def put(name, syntax, *parts):
    meta = element(0x20002, "UI", "1.2.840.10008.5.1.4.1.1.7") + element(0x20010, "UI", syntax)
    os.makedirs(OUT, exist_ok=True)
    with open(os.path.join(OUT, name), "wb") as f:
        f.write(bytes(128) + b"DICM" + element(0x20000, "UL", struct.pack("<I", len(meta))) + meta + b"".join(parts))


pixels = bytes(range(100, 148))
place = element(0x200032, "DS", "1\\2\\3") + element(0x200037, "DS", "1\\0\\0\\0\\1\\0")
put("gray8", LE, place, image(), element(0x7FE00010, "OW", pixels[:16]))
put("gray12-of-16-be", BE, image(bits=16, stored=12, order=">"), element(0x7FE00010, "OW", pixels[:32], ">"))
put("one-bit-frames", LE, image(rows=3, columns=3, bits=1, frames=3), element(0x7FE00010, "OB", pixels[:4]))
put("rgb-planes", LE, image(samples=3, photometric="RGB", planar=1), element(0x7FE00010, "OB", pixels))
put("ybr-full", LE, image(samples=3, photometric="YBR_FULL"), element(0x7FE00010, "OB", pixels))
put("ybr-422", LE, image(samples=3, photometric="YBR_FULL_422"), element(0x7FE00010, "OB", pixels[:32]))
put("float", LE, element(0x280010, "US", 2), element(0x280011, "US", 2), element(0x280100, "US", 32),
    element(0x7FE00008, "OF", struct.pack("<4f", 1, 2, 3, 4)))
table = b"".join(element(0x281101 + c, "US", struct.pack("<HHH", 8, 100, 16)) for c in range(3))
put("palette", LE, image(photometric="PALETTE COLOR"), table,
    b"".join(element(0x281201 + c, "OW", pixels[:16]) for c in range(3)), element(0x7FE00010, "OB", pixels[:16]))
segments = struct.pack("<10H", 0, 2, 1, 2, 1, 4, 900, 2, 1, 0) + struct.pack("<H", 0)
put("palette-segments", LE, image(photometric="PALETTE COLOR"), table,
    b"".join(element(0x281221 + c, "OW", segments) for c in range(3)), element(0x7FE00010, "OB", pixels[:16]))
rle = struct.pack("<16I", 1, 64, *[0] * 14) + bytes((241, 77))
put("rle", RLE, image(), fragments(rle))
put("rle-no-table", RLE, image(frames=3), fragments(rle, rle, rle))
put("rle-basic-table", RLE, image(frames=3), fragments(rle, rle, rle, table=struct.pack("<3I", 0, 74, 148)))
put("rle-extended-table", RLE, image(frames=2), element(0x7FE00001, "OV", struct.pack("<2Q", 0, 74)),
    element(0x7FE00002, "OV", struct.pack("<2Q", 66, 66)), fragments(rle, rle))
put("jpegls-fragments", "1.2.840.10008.1.2.4.80", image(frames=2),
    fragments(b"\xff\xd8\xff\xf7", pixels[:8], b"\xff\xd8\xff\xf7", pixels[:6]))
frame = lambda z: item(
    element(0x209111, "SQ", item(element(0x209128, "UL", struct.pack("<I", 1)), element(0x189074, "DT", "20240102030405.5"))),
    element(0x209113, "SQ", item(element(0x200032, "DS", f"0\\0\\{z}"))),
    element(0x289145, "SQ", item(element(0x281052, "DS", "-1"), element(0x281053, "DS", "2"))))
shared = item(element(0x209116, "SQ", item(element(0x200037, "DS", "1\\0\\0\\0\\1\\0"))),
              element(0x289110, "SQ", item(element(0x280030, "DS", "1\\1"))))
put("enhanced", LE, image(rows=2, columns=2, frames=3), element(0x52009229, "SQ", shared),
    element(0x52009230, "SQ", frame(0) + frame(2) + frame(4)), element(0x7FE00010, "OW", pixels[:12]))


def field(name, *values, second):
    head = name.encode().ljust(64, b"\0") + struct.pack("<i4siii", len(values), b"FD", 4, len(values), 77)
    for v in values:
        text = v.encode() + b"\0"
        n = len(text)
        head += struct.pack("<4i", n if second else n + 1, n, 77, n) + text.ljust((n + 3) // 4 * 4, b"\0")
    return head


for second in (False, True):
    csa = (b"SV10\4\3\2\1" if second else b"") + struct.pack("<II", 2, 77)
    csa += field("NumberOfImagesInMosaic", "5", second=second) + field("SliceNormalVector", "0", "0", "-1", second=second)
    put(f"mosaic-csa{second + 1}", LE, element(0x80008, "CS", "ORIGINAL\\PRIMARY\\M\\MOSAIC"),
        element(0x180088, "DS", "4"), place, image(rows=6, columns=6), element(0x280030, "DS", "2\\2"),
        element(0x290010, "LO", "SIEMENS CSA HEADER"), element(0x291010, "OB", csa), element(0x7FE00010, "OW", pixels[:36]))
print(len(os.listdir(OUT)), "files")
