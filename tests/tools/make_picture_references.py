#!/usr/bin/python3
"""Make tests/format/pictures/* and print tests/format/picture_references.gen.h: small pictures of every kind that Tomo
reads, written by Pillow, tifffile and (for PNG's bit depths and interlacing) by hand, and what Pillow or tifffile read
from them. Needs numpy, Pillow and tifffile as Debian has them (the JPEG numbers are those of its libjpeg-turbo).
Usage: make_picture_references.py tests/format/pictures > tests/format/picture_references.gen.h"""
import hashlib
import io
import os
import struct
import sys
import zlib

import numpy as np
import PIL
import tifffile
from PIL import Image

W, H = 21, 13
rng = np.random.default_rng(7)
where = sys.argv[1]
rows = []


def smooth(h=H, w=W):
    y, x = np.mgrid[0:h, 0:w]
    return 0.5 + 0.25 * np.sin(x / 3.0) + 0.25 * np.cos(y / 2.0)


def add(name, data, numbers, spacing=(1, 1, 1), time=0):
    """`numbers` is t, z, y, x, components in any leading shape that ends so."""
    with open(os.path.join(where, name), "wb") as f:
        f.write(data)
    a = np.ascontiguousarray(numbers)
    while a.ndim < 5:
        a = a[None]
    a = a.astype(a.dtype.newbyteorder("="))
    t, z, y, x, c = a.shape
    rows.append((name, a.dtype.name, c, (x, y, z, t), tuple(spacing) + (time,), hashlib.sha256(a.tobytes()).hexdigest()))


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


# ---- PNG ------------------------------------------------------------------------------------------------------------

def png(samples, bits, color, interlaced=False, extra=b""):
    """ISO 15948 by hand. samples: y, x, channels."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    def packed(part):
        out = b""
        for line in part:
            flat = line.reshape(-1)
            if bits == 16:
                body = flat.astype(">u2").tobytes()
            elif bits == 8:
                body = flat.astype("u1").tobytes()
            else:
                text = "".join(format(int(v), f"0{bits}b") for v in flat)
                text += "0" * (-len(text) % 8)
                body = bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))
            out += b"\0" + body
        return out

    h, w = samples.shape[:2]
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    body = b""
    for x0, y0, dx, dy in passes if interlaced else [(0, 0, 1, 1)]:
        part = samples[y0::dy, x0::dx]
        if part.size:
            body += packed(part)
    head = struct.pack(">IIBBBBB", w, h, bits, color, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(body)) +
            chunk(b"IEND", b""))


def palette(n, alpha=False):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    colors = rng.integers(0, 256, (n, 3)).astype("u1")
    out = chunk(b"PLTE", colors.tobytes())
    if alpha:
        out += chunk(b"tRNS", bytes(range(10, 10 + n)))
    return out


def by_pillow(data, mode=None):
    image = Image.open(io.BytesIO(data))
    a = np.asarray(image.convert(mode) if mode else image)
    if a.dtype == bool:
        a = a.astype("u1") * 255
    if a.dtype == np.int32:  # Pillow's I for 16 bits
        a = a.astype("u2")
    return a if a.ndim == 3 else a[..., None]


for interlaced in (False, True):
    tail = "-adam7" if interlaced else ""
    for bits in (1, 2, 4, 8, 16):
        gray = rng.integers(0, 1 << bits, (H, W, 1))
        data = png(gray, bits, 0, interlaced)
        add(f"gray{bits}{tail}.png", data, by_pillow(data))
        if bits <= 8:
            data = png(rng.integers(0, min(1 << bits, 16), (H, W, 1)), bits, 3, interlaced, palette(min(1 << bits, 16)))
            add(f"palette{bits}{tail}.png", data, by_pillow(data, "RGB"))
    for color, n, mode in ((2, 3, "RGB"), (4, 2, "RGBA"), (6, 4, "RGBA")):
        data = png(rng.integers(0, 256, (H, W, n)), 8, color, interlaced)
        add(f"color{color}{tail}.png", data, by_pillow(data, mode))
        wide = rng.integers(0, 65536, (H, W, n))  # Pillow keeps 8 of 16 bits of color: the numbers themselves
        full = wide if n != 2 else wide[..., [0, 0, 0, 1]]
        add(f"color{color}-16{tail}.png", png(wide, 16, color, interlaced), full.astype("u2"))
data = png(rng.integers(0, 16, (H, W, 1)), 4, 3, False, palette(16, True))
add("palette-alpha.png", data, by_pillow(data, "RGBA"))
gray = Image.fromarray((smooth() * 255).astype("u1"))
data = saved(gray, "PNG", dpi=(254, 127))
add("dpi.png", data, by_pillow(data), (0.1, 0.2, 1))

# ---- JPEG -----------------------------------------------------------------------------------------------------------

color = np.stack([smooth(), smooth()[::-1], smooth()[:, ::-1]], -1)
picture = Image.fromarray((color * 255).astype("u1"))
for name, image, options in (("gray", gray, {}), ("gray-progressive", gray, {"progressive": True}),
                             ("rgb444", picture, {"subsampling": 0}), ("rgb420", picture, {"subsampling": 2}),
                             ("rgb-progressive", picture, {"progressive": True}),
                             ("dpi", gray, {"dpi": (254, 508)})):
    data = saved(image, "JPEG", quality=90, **options)
    add(f"{name}.jpg", data, by_pillow(data), (0.1, 0.05, 1) if name == "dpi" else (1, 1, 1))

# ---- WebP -----------------------------------------------------------------------------------------------------------

alpha = Image.fromarray((np.dstack([color, smooth()]) * 255).astype("u1"))
for name, image, options in (("lossless", picture, {"lossless": True}), ("lossy", picture, {"quality": 80}),
                             ("alpha", alpha, {"lossless": True, "exact": True})):
    data = saved(image, "WEBP", **options)
    add(f"{name}.webp", data, by_pillow(data))

# ---- TIFF -----------------------------------------------------------------------------------------------------------


def tiff(a, **options):
    out = io.BytesIO()
    tifffile.imwrite(out, a, software="", **options)
    return out.getvalue()


for kind in ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"):
    a = rng.integers(-100, 100, (H, W)).astype(kind) if kind[0] != "u" else rng.integers(0, 200, (H, W)).astype(kind)
    for order in "<>":
        data = tiff(a, photometric="minisblack", byteorder=order)
        add(f"{np.dtype(kind).name}-{'little' if order == '<' else 'big'}.tif", data,
            tifffile.imread(io.BytesIO(data))[..., None])
a = (smooth(40, 50) * 60000).astype("u2")
pages = rng.integers(0, 65536, (3, H, W)).astype("u2")
for name, b, options in (
        ("strips", a, {"rowsperstrip": 7}), ("tiles", a, {"tile": (16, 32)}),
        ("deflate", a, {"compression": "zlib"}), ("deflate-tiles", a, {"compression": "zlib", "tile": (16, 16)}),
        ("deflate-predictor", a, {"compression": "zlib", "predictor": True}),
        ("bigtiff", a, {"bigtiff": True}), ("pages", pages, {}), ("pages-bigtiff-big", pages, {"bigtiff": True,
                                                                                              "byteorder": ">"})):
    data = tiff(b, photometric="minisblack", **options)
    add(f"{name}.tif", data, tifffile.imread(io.BytesIO(data))[..., None])
rgb = (color * 255).astype("u1")
for name, options in (("rgb", {}), ("rgb-tiles", {"tile": (16, 16)}), ("rgb-deflate", {"compression": "zlib"})):
    data = tiff(rgb, photometric="rgb", **options)
    add(f"{name}.tif", data, tifffile.imread(io.BytesIO(data)))
data = tiff(np.moveaxis(rgb, 2, 0), photometric="rgb", planarconfig="separate")
add("rgb-planes.tif", data, np.moveaxis(tifffile.imread(io.BytesIO(data)), 0, 2))
data = tiff(np.dstack([rgb, rgb[..., :1]]), photometric="rgb", extrasamples=["unassalpha"])
add("rgba.tif", data, tifffile.imread(io.BytesIO(data)))
data = tiff((a + 1j * a[::-1]).astype("c8"), photometric="minisblack")
c = tifffile.imread(io.BytesIO(data))
add("complex.tif", data, np.stack([c.real, c.imag], -1))
for compression in ("tiff_lzw", "packbits", "tiff_adobe_deflate"):
    for name, image in (("gray", gray), ("rgb", picture), ("int16", Image.fromarray(a))):
        data = saved(image, "TIFF", compression=compression)
        add(f"pillow-{name}-{compression}.tif", data, by_pillow(data))
for name, image in (("gray", gray), ("rgb", picture)):
    data = saved(image, "TIFF", compression="jpeg", quality=90)
    add(f"pillow-{name}-jpeg.tif", data, by_pillow(data))
bits = Image.fromarray(rng.integers(0, 2, (H, W)).astype("u1") * 255).convert("1")
for compression in (None, "group4", "packbits"):
    data = saved(bits, "TIFF", compression=compression)
    add(f"bilevel-{compression}.tif", data, np.asarray(bits).astype("u1")[..., None])
indexed = picture.quantize(16)
data = saved(indexed, "TIFF")
add("palette.tif", data, by_pillow(data, "RGB"))
data = saved(gray, "TIFF", resolution_unit=3, x_resolution=100, y_resolution=50)
add("resolution.tif", data, by_pillow(data), (0.1, 0.2, 1))

# what ImageJ and OME say of pages: t, z, c, y, x
volume = rng.integers(0, 65536, (2, 3, 1, H, W)).astype("u2")
data = tiff(volume.reshape(2, 3, H, W), imagej=True, resolution=(1 / 0.25, 1 / 0.5),
            metadata={"axes": "TZYX", "spacing": 3.5, "unit": "um", "finterval": 0.5})
add("imagej.tif", data, volume[:, :, 0, ..., None], (0.00025, 0.0005, 0.0035), 0.5)
channels = rng.integers(0, 256, (4, 3, H, W)).astype("u1")  # z, c
data = tiff(channels, imagej=True, metadata={"axes": "ZCYX", "spacing": 2.0, "unit": "mm"}, resolution=(2, 2))
add("imagej-channels.tif", data, np.moveaxis(channels, 1, 3), (0.5, 0.5, 2))
data = tiff(channels, ome=True, photometric="minisblack",
            metadata={"axes": "ZCYX", "PhysicalSizeX": 0.7, "PhysicalSizeXUnit": "mm", "PhysicalSizeY": 700.0,
                      "PhysicalSizeYUnit": "µm", "PhysicalSizeZ": 2.5, "PhysicalSizeZUnit": "mm"})
add("ome-zc.tif", data, np.moveaxis(channels, 1, 3), (0.7, 0.7, 2.5))
times = rng.integers(0, 256, (3, 2, H, W)).astype("u1")  # t, z
data = tiff(times, ome=True, photometric="minisblack", metadata={"axes": "TZYX", "TimeIncrement": 1.5,
                                                                 "TimeIncrementUnit": "s"})
add("ome-tz.tif", data, times[..., None], (1, 1, 1), 1.5)

print(f"/* picture_references.gen.h - made by tests/tools/make_picture_references.py with Pillow {PIL.__version__} and\n"
      f" * tifffile {tifffile.__version__}; do not edit. */")
print("static const struct {\n    const char *name, *dtype;\n    int32_t components;\n    int64_t size[4];\n"
      "    double spacing[4];\n    const char *sha256; /* components side by side, x fastest */\n"
      "} picture_references[] = {")
for name, dtype, n, size, spacing, digest in rows:
    print(f'    {{ "{name}", "{dtype}", {n}, {{ {", ".join(map(str, size))} }}, '
          f'{{ {", ".join("%.9g" % v for v in spacing)} }},\n      "{digest}" }},')
print("};")
