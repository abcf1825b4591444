#!/usr/bin/python3
"""Video frames against ffmpeg's own decode: MPEG-2, H.264 and HEVC streams made by ffmpeg here, elementary and in containers,
in one fragment and in many. Counted as skipped without ffmpeg or where Tomo is built without libavcodec."""
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

root = Path(os.environ.get("TOMO_SOURCE", Path(__file__).resolve().parents[2]))
tomo = os.environ.get("TOMO", str(root / "build/tomo"))
if not shutil.which("ffmpeg"):
    print("no ffmpeg\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)
tmp = Path(tempfile.mkdtemp(prefix="tomo-video-"))
passed = failed = skipped = 0
W, H, N = 176, 144, 12


def say(ok, name, what=""):
    global passed, failed
    passed += ok
    failed += not ok
    if not ok:
        print("FAILED", name, what)


def ffmpeg(*args):
    r = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *map(str, args)], capture_output=True, text=True)
    return r.returncode == 0, r.stderr


def element(tag, vr, value):
    if isinstance(value, int):
        value = struct.pack("<H", value)
    if isinstance(value, str):
        value = value.encode()
        value += (b"\0" if vr == "UI" else b" ") * (len(value) % 2)
    return struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode() + struct.pack("<H", len(value)) + value


def dicom(path, syntax, stream, frames, bits=8, stored=8, pieces=1):
    meta = element(0x20002, "UI", "1.2.840.10008.5.1.4.1.1.77.1.1.1") + element(0x20003, "UI", "1.2.3") + \
        element(0x20010, "UI", syntax)
    body = element(0x80016, "UI", "1.2.840.10008.5.1.4.1.1.77.1.1.1") + element(0x80018, "UI", "1.2.3") + \
        element(0x280002, "US", 3) + element(0x280004, "CS", "YBR_PARTIAL_420") + element(0x280006, "US", 0) + \
        element(0x280008, "IS", str(frames)) + element(0x280010, "US", H) + element(0x280011, "US", W) + \
        element(0x280100, "US", bits) + element(0x280101, "US", stored) + element(0x280102, "US", stored - 1) + \
        element(0x280103, "US", 0)
    size = (len(stream) + pieces - 1) // pieces
    size += size % 2
    fragments = b"\xfe\xff\x00\xe0\0\0\0\0"
    for at in range(0, len(stream), size):
        part = stream[at:at + size]
        part += b"\0" * (len(part) % 2)
        fragments += b"\xfe\xff\x00\xe0" + struct.pack("<I", len(part)) + part
    body += struct.pack("<HH", 0x7FE0, 0x10) + b"OB\0\0\xff\xff\xff\xff" + fragments + b"\xfe\xff\xdd\xe0\0\0\0\0"
    path.write_bytes(bytes(128) + b"DICM" + element(0x20000, "UL", struct.pack("<I", len(meta))) + meta + body)


def pixels(path, *flags):
    out = tmp / "out.raw"
    out.unlink(missing_ok=True)
    r = subprocess.run([tomo, "dicom", "pixels", str(path), str(out), "--quiet", *flags], capture_output=True, text=True)
    return (out.read_bytes() if r.returncode == 0 else None), r.stderr


ways = [("mpeg2 stream", "1.2.840.10008.1.2.4.100", "m2v", ["-c:v", "mpeg2video", "-b:v", "2M", "-bf", "2"]),
        ("mpeg2 transport", "1.2.840.10008.1.2.4.101", "ts", ["-c:v", "mpeg2video", "-b:v", "2M", "-bf", "2"]),
        ("h264 stream", "1.2.840.10008.1.2.4.102", "h264", ["-c:v", "libx264", "-bf", "2"]),
        ("h264 mp4", "1.2.840.10008.1.2.4.103", "mp4", ["-c:v", "libx264", "-bf", "3"]),
        ("h264 transport, fragmented", "1.2.840.10008.1.2.4.102.1", "ts", ["-c:v", "libx264"]),
        ("h264 BT.709", "1.2.840.10008.1.2.4.104", "mp4", ["-c:v", "libx264", "-colorspace", "bt709", "-color_primaries", "bt709",
                                                        "-color_trc", "bt709"]),
        ("hevc stream", "1.2.840.10008.1.2.4.107", "hevc", ["-c:v", "libx265", "-x265-params", "log-level=none"]),
        ("hevc mp4", "1.2.840.10008.1.2.4.107", "mp4", ["-c:v", "libx265", "-x265-params", "log-level=none"]),
        ("hevc 10 bits", "1.2.840.10008.1.2.4.108", "hevc", ["-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params",
                                                             "log-level=none"])]
try:
    for name, syntax, ending, how in ways:
        stream, raw, file = tmp / ("s." + ending), tmp / "want.raw", tmp / "video.dcm"
        if "-pix_fmt" not in how:
            how = [*how, "-pix_fmt", "yuv420p"]
        ok, why = ffmpeg("-f", "lavfi", "-i", f"testsrc2=size={W}x{H}:rate=25", "-frames:v", N, *how, stream)
        if not ok:
            print(name, "is skipped: ffmpeg can't make it:", why.strip()[:100])
            skipped += 1
            continue
        deep = "10 bits" in name
        ok, why = ffmpeg("-i", stream, "-f", "rawvideo", "-pix_fmt", "rgb48le" if deep else "rgb24", raw)
        want = raw.read_bytes()
        if deep:
            want = b"".join(struct.pack("<H", v >> 6) for (v,) in struct.iter_unpack("<H", want))
        size = len(want) // N
        dicom(file, syntax, stream.read_bytes(), N, 16 if deep else 8, 10 if deep else 8, 7 if "fragmented" in name else 1)
        got, why = pixels(file)
        if got is None and "built without libavcodec" in why:
            say(why.count("\n") == 1, name, why)
            print("Tomo is built without libavcodec")
            skipped += 1
            break
        say(got == want, name, f"{why.strip()} {None if got is None else len(got)} bytes, expected {len(want)}, differ by " +
            str(max(map(lambda p: abs(p[0] - p[1]), zip(got, want)), default=0) if got else ""))
        one, why = pixels(file, "--frame", "7")
        say(one == want[7 * size:8 * size], name + ", frame 8 alone", why)
        # more frames promised than are there, a stream that is cut, and one of another kind: one line, no picture
        dicom(file, syntax, stream.read_bytes(), N + 1, 16 if deep else 8, 10 if deep else 8)
        got, why = pixels(file)
        say(got is None and why.startswith("tomo: video") and why.count("\n") == 1, name + ", frames promised", why)
        dicom(file, syntax, stream.read_bytes()[:len(stream.read_bytes()) // 3], N, 16 if deep else 8, 10 if deep else 8)
        got, why = pixels(file)
        say(got is None and why.count("\n") == 1, name + ", cut", why)
        dicom(file, "1.2.840.10008.1.2.4.107" if "hevc" not in name else "1.2.840.10008.1.2.4.102", stream.read_bytes(), N)
        got, why = pixels(file)
        say(got is None and why.count("\n") == 1, name + ", wrong syntax", why)
finally:
    shutil.rmtree(tmp, ignore_errors=True)
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(bool(failed))
