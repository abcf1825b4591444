#!/usr/bin/python3
"""Write the seeds of fuzz_object_sr and fuzz_object_present: small explicit little endian data sets, an option byte
before each. Usage: make_object_corpus.py fuzz/corpus"""
import os
import struct
import sys

LONG = ("OB", "OW", "SQ", "UT", "UN")


def el(tag, vr, value):
    if isinstance(value, str):
        value = value.encode() + (b"" if len(value) % 2 == 0 else b"\0" if vr == "UI" else b" ")
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    return tag, head + (b"\0\0" + struct.pack("<I", len(value)) if vr in LONG else struct.pack("<H", len(value))) + value


def fields(*elements):
    return b"".join(data for _, data in sorted(elements))


def sq(tag, *items):
    return el(tag, "SQ", b"".join(b"\xfe\xff\x00\xe0" + struct.pack("<I", len(i)) + i for i in items))


def code(tag, value, scheme, meaning):
    return sq(tag, fields(el(0x00080100, "SH", value), el(0x00080102, "SH", scheme), el(0x00080104, "LO", meaning)))


def name(value="125007", meaning="Measurement Group"):
    return code(0x0040A043, value, "DCM", meaning)


def item(kind, relation, *more):
    relation = [el(0x0040A010, "CS", relation)] if relation else []
    return fields(el(0x0040A040, "CS", kind), *relation, *more)


def floats(*values):
    return struct.pack(f"<{len(values)}f", *values)


REF = fields(el(0x00081150, "UI", "1.2.840.10008.5.1.4.1.1.2"), el(0x00081155, "UI", "1.2.3.4"), el(0x00081160, "IS", "1\\3"))


def reports():
    ref = sq(0x00081199, REF)
    number = item("NUM", "CONTAINS", name("121207", "Height"), sq(0x0040A300, fields(
        el(0x0040A30A, "DS", "12.5"), code(0x004008EA, "mm", "UCUM", "mm"))),
        sq(0x0040A730, item("CODE", "HAS CONCEPT MOD", name("121401", "Derivation"), code(0x0040A168, "1", "DCM", "Mean"))))
    shape = item("SCOORD", "CONTAINS", name("111030", "Image Region"), el(0x00700022, "FL", floats(1, 2, 3, 4)),
                 el(0x00700023, "CS", "CIRCLE"), sq(0x0040A730, item("IMAGE", "SELECTED FROM", ref)))
    space = item("SCOORD3D", "CONTAINS", name("121231", "Volume Surface"), el(0x00700022, "FL", floats(1, 2, 3)),
                 el(0x00700023, "CS", "POINT"), el(0x30060024, "UI", "1.2.9"))
    group = item("CONTAINER", "CONTAINS", name(), el(0x0040A050, "CS", "SEPARATE"), sq(
        0x0040A730, item("TEXT", "HAS OBS CONTEXT", name("112039", "Tracking Identifier"), el(0x0040A160, "UT", "A")),
        number, shape, space, item("IMAGE", "CONTAINS", name("121191", "Referenced Segment"), ref),
        fields(el(0x0040A010, "CS", "INFERRED FROM"), el(0x0040DB73, "UL", struct.pack("<3I", 1, 1, 2)))))
    evidence = sq(0x0040A375, fields(el(0x0020000D, "UI", "1.2"), sq(0x00081115, fields(
        el(0x0020000E, "UI", "1.2.3"), sq(0x00081199, REF)))))
    times = item("TCOORD", "CONTAINS", name("1", "x"), el(0x0040A130, "CS", "POINT"), el(0x0040A138, "DS", "1.5\\2"))
    plain = [item(kind, "CONTAINS", name("1", "x"), el(tag, vr, value)) for kind, tag, vr, value in (
        ("DATETIME", 0x0040A120, "DT", "20260102030405"), ("DATE", 0x0040A121, "DA", "20260102"),
        ("TIME", 0x0040A122, "TM", "0304"), ("PNAME", 0x0040A123, "PN", "A^B"), ("UIDREF", 0x0040A124, "UI", "1.2"),
        ("TABLET", 0x0040A124, "UI", "1.2"))]
    root = [el(0x0040A040, "CS", "CONTAINER"), name("126000", "Imaging Measurement Report"), el(0x00080018, "UI", "1.2.7")]
    deep = item("CONTAINER", "CONTAINS")
    for _ in range(120):
        deep = item("CONTAINER", "CONTAINS", sq(0x0040A730, deep))
    yield "group", 0, fields(el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.88.34"), *root, evidence, sq(0x0040A730, group))
    yield "types", 0, fields(el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.88.33"), *root, sq(0x0040A730, times, *plain))
    yield "keys", 0, fields(el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.88.59"), *root, evidence, sq(
        0x0040A730, item("TEXT", "CONTAINS", name("113012", "Key Object Description"), el(0x0040A160, "UT", "a\r\nb")),
        item("IMAGE", "CONTAINS", ref)))
    column = fields(el(0x0040A805, "UL", struct.pack("<I", 1)), el(0x00720050, "CS", "DT"),
                    el(0x00720063, "DT", "20200401163901.01\\20200401163901.02"))
    row = fields(el(0x0040A804, "UL", struct.pack("<I", 1)), el(0x00720050, "CS", "FL"), el(0x00720076, "FL", floats(1, 2, 3)))
    cell = fields(el(0x0040A804, "UL", struct.pack("<I", 2)), el(0x0040A805, "UL", struct.pack("<I", 2)),
                  el(0x00720050, "CS", "SQ"), code(0x00720080, "1", "DCM", "Mean"))
    columns = sq(0x0040A807, fields(el(0x0040A805, "UL", struct.pack("<I", 2)), name("113734", "X-Ray Tube Current"),
                                    code(0x004008EA, "mA", "UCUM", "mA")))
    table = item("TABLE", "CONTAINS", name("1", "x"), sq(0x0040A801, fields(
        el(0x0040A802, "UL", struct.pack("<I", 2)), el(0x0040A803, "UL", struct.pack("<I", 2)), columns,
        sq(0x0040A808, column, row, cell))))
    yield "table", 0, fields(el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.88.34"), *root, sq(0x0040A730, table))
    yield "deep", 2, fields(el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.88.33"), *root, sq(0x0040A730, deep))


def states():
    lut = fields(el(0x00283002, "US", struct.pack("<3H", 4, 0, 8)), el(0x00283006, "US", struct.pack("<4H", 0, 1, 2, 3)))
    series = sq(0x00081115, fields(el(0x0020000E, "UI", "1.2.3"), sq(0x00081140, REF)))
    area = sq(0x0070005A, fields(el(0x00700052, "SL", struct.pack("<2i", 1, 1)), el(0x00700100, "CS", "SCALE TO FIT"),
                                 el(0x00700053, "SL", struct.pack("<2i", 64, 64)), el(0x00700102, "IS", "1\\1")))
    text = sq(0x00700008, fields(el(0x00700003, "CS", "DISPLAY"), el(0x00700006, "ST", "words"), el(
        0x00700010, "FL", floats(0, 0)), el(0x00700011, "FL", floats(1, 1)), el(0x00700012, "CS", "RIGHT")),
        fields(el(0x00700004, "CS", "PIXEL"), el(0x00700006, "ST", "x"), el(0x00700014, "FL", floats(3, 4)),
               el(0x00700015, "CS", "Y")))
    shapes = sq(0x00700009, fields(
        el(0x00700005, "CS", "PIXEL"), el(0x00700020, "US", b"\2\0"), el(0x00700021, "US", b"\3\0"),
        el(0x00700022, "FL", floats(1, 2, 3, 4, 1, 2)), el(0x00700023, "CS", "POLYLINE"), el(0x00700024, "CS", "Y")))
    compound = sq(0x00700209, fields(el(0x00700022, "FL", floats(1, 2, 3, 4)), el(0x00700282, "CS", "PIXEL"),
                                     el(0x00700294, "CS", "ARROW")))
    layers = sq(0x00700060, fields(el(0x00700002, "CS", "L"), el(0x00700062, "IS", "1"), el(0x00700066, "US", b"\xff\xff"),
                                   el(0x00700401, "US", struct.pack("<3H", 1, 2, 3))))
    notes = sq(0x00700001, fields(el(0x00700002, "CS", "L"), sq(0x00081140, REF), text, shapes, compound))
    voi = sq(0x00283110, fields(el(0x00281050, "DS", "40\\50"), el(0x00281051, "DS", "400\\100")),
             fields(sq(0x00283010, lut), sq(0x00081140, REF)))
    shutter = [el(0x00181600, "CS", "RECTANGULAR\\CIRCULAR\\POLYGONAL\\BITMAP"), el(0x00181602, "IS", "1"),
               el(0x00181604, "IS", "9"), el(0x00181606, "IS", "1"), el(0x00181608, "IS", "9"),
               el(0x00181610, "IS", "4\\5"), el(0x00181612, "IS", "3"), el(0x00181620, "IS", "1\\2\\3\\4\\5\\6"),
               el(0x00181622, "US", b"\0\0"), el(0x00181623, "US", b"\0\x60")]
    head = [el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.11.1"), el(0x00700080, "CS", "X"), series]
    yield "drawn", 0, fields(*head, area, layers, notes, el(0x60001001, "CS", "L"), el(0x00700042, "US", b"\x5a\0"))
    yield "values", 0, fields(*head, area, voi, *shutter, sq(0x00283000, lut), sq(0x20500010, lut))
    yield "palette", 0, fields(*head, *(el(0x00281101 + i, "US", struct.pack("<3H", 4, 0, 16)) for i in range(3)),
                               *(el(0x00281201 + i, "OW", bytes(8)) for i in range(3)), el(0x00282000, "OB", b"\0\0"))
    yield "pdf", 0, fields(el(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.104.1"), el(0x00420010, "ST", "T"),
                           el(0x00420011, "OB", b"%PDF-1.4\0\0"), el(0x00420012, "LO", "application/pdf"),
                           el(0x00420015, "UL", struct.pack("<I", 9)))


def main():
    for target, seeds in (("fuzz_object_sr", reports()), ("fuzz_object_present", states())):
        where = os.path.join(sys.argv[1], target)
        os.makedirs(where, exist_ok=True)
        for label, option, data in seeds:
            with open(os.path.join(where, label), "wb") as f:
                f.write(bytes([option]) + data)


main()
