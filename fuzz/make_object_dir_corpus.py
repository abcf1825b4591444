#!/usr/bin/env python3
"""Makes corpus/fuzz_object_dir: small DICOMDIRs whose links hold, lead nowhere, run in circles. Run by hand."""
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "corpus", "fuzz_object_dir")


def element(group, number, vr, value):
    if isinstance(value, int):
        value = struct.pack("<I" if vr == "UL" else "<H", value)
    value = value.encode() if isinstance(value, str) else value
    value += (b"\0" if vr == "UI" else b" ") * (len(value) % 2)
    head = struct.pack("<HH", group, number) + vr.encode()
    return head + (struct.pack("<HI", 0, len(value)) if vr == "SQ" else struct.pack("<H", len(value))) + value


def record(kind, following, below, file=None):
    body = element(4, 0x1400, "UL", following) + element(4, 0x1410, "US", 0xFFFF) + element(4, 0x1420, "UL", below)
    body += element(4, 0x1430, "CS", kind) + (element(4, 0x1500, "CS", file) if file else b"")
    return b"\xfe\xff\x00\xe0" + struct.pack("<I", len(body)) + body


def directory(records, first):
    meta = element(2, 2, "UI", "1.2.840.10008.1.3.10") + element(2, 0x10, "UI", "1.2.840.10008.1.2.1")
    meta = bytes(128) + b"DICM" + element(2, 0, "UL", len(meta)) + meta
    head = element(4, 0x1130, "CS", "X") + element(4, 0x1200, "UL", first) + element(4, 0x1212, "US", 0)
    return meta + head + element(4, 0x1220, "SQ", b"".join(records))


def build(links, first=0):
    """links: (kind, next, child, file) with numbers of records, or None, or ("at", offset)."""
    draw = lambda at: [record(k, at(n), at(c), f) for k, n, c, f in links]
    blank = draw(lambda _: 0)
    start = len(directory([], 0))
    offsets = [start + sum(map(len, blank[:i])) for i in range(len(blank))]
    at = lambda x: 0 if x is None else x[1] if isinstance(x, tuple) else offsets[x]
    return directory(draw(at), at(first))


os.makedirs(OUT, exist_ok=True)
cases = {
    "good": build([("PATIENT", 4, 1, None), ("STUDY", None, 2, None), ("SERIES", None, 3, None),
                   ("IMAGE", None, None, "A\\B"), ("PATIENT", None, None, None)]),
    "circle": build([("PATIENT", 1, 1, None), ("STUDY", 0, 0, None)]),
    "nowhere": build([("PATIENT", ("at", 7), None, None), ("STUDY", None, None, "..\\..\\X")]),
    "root-nowhere": build([("PATIENT", None, None, None)], ("at", 0xFFFFFFFF)),
    "no-links": build([("IMAGE", None, None, "I"), ("SERIES", None, None, None), ("PALETTE", None, None, "P")], None),
    "empty": directory([], 0),
}
for name, data in cases.items():
    with open(os.path.join(OUT, name), "wb") as f:
        f.write(data)
