#!/usr/bin/env python3
"""Makes corpus/fuzz_dicom_display: small images with what pixels_display.c, lut.c, overlay.c and transcode.c look at. Run
by hand."""
import os
import struct

import make_dicom_pixels_corpus as pixels
from make_dicom_pixels_corpus import LE, RLE, element, fragments, image, item

pixels.OUT = os.path.join(pixels.HERE, "corpus", "fuzz_dicom_display")
data = bytes(range(100, 148))
words = lambda *v: struct.pack("<%dH" % len(v), *v)
pixel = element(0x7FE00010, "OW", data[:32])


def lut(sequence, first, bits, *entries):
    return element(sequence, "SQ", item(element(0x283002, "US", words(len(entries), first, bits)),
                                        element(0x283006, "OW", words(*entries))))


def overlay(group, rows, columns, bits, value):
    g = group << 16
    return b"".join((element(g | 0x10, "US", rows), element(g | 0x11, "US", columns), element(g | 0x40, "CS", "G"),
                     element(g | 0x50, "SS", words(1, 1)), element(g | 0x100, "US", 1 if value else 16),
                     element(g | 0x102, "US", bits), element(g | 0x3000, "OW", value) if value else b""))


def window(center, width, function=""):
    return element(0x281050, "DS", center) + element(0x281051, "DS", width) + \
        (element(0x281056, "CS", function) if function else b"")


put = pixels.put
put("windows", LE, image(bits=16), window("40\\50", "400\\1", "SIGMOID"), element(0x281052, "DS", "-10"),
    element(0x281053, "DS", "2"), pixel)
put("luts", LE, image(bits=16), lut(0x283000, 100, 16, 1, 2, 3), lut(0x283010, 0, 12, 0, 4095), pixel,
    lut(0x20500010, 0, 10, 1023, 0))
put("padding", LE, image(bits=16, photometric="MONOCHROME1"), element(0x280120, "US", 100), element(0x280121, "US", 110), pixel)
put("overlays", LE, image(bits=16, stored=12), overlay(0x6000, 4, 4, 12, b""), overlay(0x6002, 3, 5, 0, b"\xa5\x3c"), pixel)
put("mapping", LE, image(bits=16), element(0x409096, "SQ", item(
    element(0x409211, "US", 60000), element(0x409216, "US", 0), element(0x409224, "FD", struct.pack("<d", 1)),
    element(0x409225, "FD", struct.pack("<d", 2)))), pixel)
put("supplemental", LE, element(0x089205, "CS", "COLOR"), image(bits=16),
    b"".join(element(0x281101 + c, "US", words(2, 100, 16)) for c in range(3)),
    b"".join(element(0x281201 + c, "OW", words(1, 65535)) for c in range(3)), pixel)
put("state", LE, element(0x283110, "SQ", item(element(0x281050, "DS", "5"), element(0x281051, "DS", "9"))),
    image(bits=16), element(0x20500020, "CS", "INVERSE"), pixel)
put("packed12", LE, image(bits=12), element(0x7FE00010, "OW", data[:24]))
put("cmyk", LE, image(samples=4, photometric="CMYK"), element(0x7FE00010, "OB", data + data[:16]))
rle = bytes([1] + [0] * 3 + [64] + [0] * 59) + bytes([241, 7])
put("icon", RLE, element(0x080016, "UI", "1.2"), element(0x080018, "UI", "1.3"), image(frames=2),
    element(0x880200, "SQ", item(image(), fragments(rle))), fragments(rle, rle, table=struct.pack("<2I", 0, 74)))
put("encapsulated", "1.2.840.10008.1.2.1.98", image(), fragments(data[:16]))
