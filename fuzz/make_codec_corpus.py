#!/usr/bin/env python3
"""Makes corpus/fuzz_codec_*: the small frames of tests/cases/codec (DCMTK, GDCM) behind the five bytes that describe
them, and a few deflate streams of Python's zlib. Run by hand."""
import gzip, os, zlib

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "..", "tests", "cases", "codec")


def put(target, name, data):
    folder = os.path.join(HERE, "corpus", "fuzz_codec_" + target)
    os.makedirs(folder, exist_ok=True)
    open(os.path.join(folder, name), "wb").write(data)


for name in sorted(os.listdir(CASES)):
    ending = name.rsplit(".", 1)[-1]
    targets = {"rle": ["rle"], "jls": ["jpegls"], "j2k": ["j2k"], "jpg": ["jpeg"], "ljpg": ["jpegll"]}.get(ending)
    if not targets:
        continue
    head = bytes([43, 35, 1 if name.startswith("rgb") else 0, 1 if name.startswith("gray1") else 0,
                  4 if "-ybr" in name else 0])
    for target in targets:
        put(target, name, head + open(os.path.join(CASES, name), "rb").read())
text = b"".join(b"%d bottles, " % i for i in range(300)) + bytes(3000)
raw = zlib.compressobj(6, zlib.DEFLATED, -15)
room = bytes([255, 3])
put("inflate", "raw", room + raw.compress(text) + raw.flush())
put("inflate", "zlib", room + zlib.compress(text, 9))
put("inflate", "gzip", room + gzip.compress(text, 6, mtime=0))
put("inflate", "gzip-two-members", room + gzip.compress(text[:1000], 1, mtime=0) + gzip.compress(text, 9, mtime=0))
put("inflate", "stored", room + zlib.compress(bytes(range(256)), 0))
put("inflate", "too-large", bytes([1, 0]) + zlib.compress(text, 9))
# frames to encode: each of the 21 codecs with gray 16, gray 12, RGB 8, signed, and bits
noisy = bytes((i * i // 5 + 37 * i) & 255 for i in range(256))
smooth = bytes(b for i in range(120) for b in (i // 2 + i % 3, 8))
for codec in range(21):
    put("encode", f"{codec:02}-gray16", bytes([codec, 20, 9, 0, 1, 15, 0, 0]) + noisy)
    put("encode", f"{codec:02}-gray12", bytes([codec, 11, 5, 0, 1, 11, 0, 0x24]) + smooth)
    put("encode", f"{codec:02}-rgb8", bytes([codec, 8, 8, 1, 0, 7, 0, 0x17]) + noisy)
    put("encode", f"{codec:02}-signed", bytes([codec, 7, 3, 0, 1, 11, 1, 5]) + smooth)
    put("encode", f"{codec:02}-bits", bytes([codec, 18, 2, 0, 4, 0, 0, 0]) + noisy[:40])
