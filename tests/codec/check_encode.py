#!/usr/bin/python3
# slow: about 40 s; other programs start some hundred times
"""Frames that Tomo encodes are decoded by DCMTK, GDCM (CharLS, OpenJPEG and its own JPEG), opj_decompress, OpenJPH and
ffmpeg's own decoders: lossless ones to the same samples, lossy ones near them. Calls the shared library as any program
would; a program that is not installed is skipped and counted once."""
import ctypes
import os
import shutil
import struct
import subprocess
import sys
import tempfile

passed = failed = skipped = 0
missing = set()


def check(what, ok, why=""):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    if not ok:
        print("FAILED", what, why)


def finish():
    for name in sorted(missing):
        print("SKIPPED: no", name)
    print(f"{passed} passed, {failed} failed, {skipped + len(missing)} skipped")
    sys.exit(failed > 0)


try:
    import numpy as np
    import pydicom
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.encaps import encapsulate
    path = os.path.join(os.environ.get("TOMO_BUILD", "build"), "libtomo.so")
    with open(path, "rb") as f:
        if b"__asan_init" in f.read():  # would end the process, not raise
            raise OSError("a library built for AddressSanitizer can't be loaded into Python")
    lib = ctypes.CDLL(path)
except (ImportError, OSError) as e:
    print(e)
    skipped = 1
    finish()


class Desc(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32)] + [(n, ctypes.c_int32) for n in (
        "columns", "rows", "samples", "bits_allocated", "bits_stored", "high_bit")] + [(n, ctypes.c_bool) for n in (
            "is_signed", "is_planar", "is_ybr", "is_big_endian", "is_float")]


class Options(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("quality", ctypes.c_int32), ("near", ctypes.c_int32),
                ("predictor", ctypes.c_int32), ("ratio", ctypes.c_double), ("keep_color", ctypes.c_bool)]


class Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int), ("os_errno", ctypes.c_int32), ("offset", ctypes.c_int64),
                ("message", ctypes.c_char * 240)]


for name in ("tomo_codec_find", "tomo_buffer_data"):
    getattr(lib, name).restype = ctypes.c_void_p
lib.tomo_buffer_size.restype = ctypes.c_size_t
ctx, err = ctypes.c_void_p(), Error()
assert lib.tomo_ctx_new(ctypes.byref(ctx), None, ctypes.byref(err)) == 0


def encode(word, a, stored, ybr=False, **options):
    """(bytes, Photometric Interpretation it must be labeled with or None), or None if the build has no such encoder."""
    d = Desc(ctypes.sizeof(Desc), a.shape[1], a.shape[0], a.shape[2] if a.ndim == 3 else 1, 8 * a.dtype.itemsize,
             stored, stored - 1, a.dtype.kind == "i", False, ybr)
    o = Options(ctypes.sizeof(Options), **options)
    out, label = ctypes.c_void_p(), ctypes.c_char_p()
    a = np.ascontiguousarray(a)
    st = lib.tomo_codec_encode(ctx, ctypes.byref(out), ctypes.c_void_p(lib.tomo_codec_find(word.encode())),
                               a.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(a.nbytes), ctypes.byref(d),
                               ctypes.byref(o), ctypes.byref(label), ctypes.byref(err))
    if st == -10:  # TOMO_E_MISSING
        missing.add("OpenJPH in this build")
        return None
    assert st == 0, (word, a.shape, a.dtype, stored, err.message.decode())
    data = ctypes.string_at(lib.tomo_buffer_data(out), lib.tomo_buffer_size(out))
    lib.tomo_buffer_free(out)
    return data, label.value.decode() if label.value else None


UID = {"rle": "5", "jpeg": "4.50", "jpeg12": "4.51", "jpegll": "4.57", "jpegll-sv1": "4.70", "jpegls": "4.80",
       "jpegls-near": "4.81", "j2k-lossless": "4.90", "j2k": "4.91", "htj2k-lossless": "4.201", "htj2k-rpcl": "4.202",
       "htj2k": "4.203"}


def write(path, word, data, a, stored, photometric):
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = "1.2.840.10008.1.2." + UID[word]
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3"
    d = FileDataset(path, {}, file_meta=meta, preamble=b"\0" * 128)
    d.is_little_endian, d.is_implicit_VR = True, False
    d.SOPClassUID, d.SOPInstanceUID = meta.MediaStorageSOPClassUID, "1.2.3"
    d.StudyInstanceUID, d.SeriesInstanceUID, d.PatientName, d.PatientID = "1.2.4", "1.2.5", "Test^Encode", "1"
    d.Rows, d.Columns = a.shape[:2]
    d.SamplesPerPixel = 1 if a.ndim == 2 else 3
    d.BitsAllocated, d.BitsStored, d.HighBit = 8 * a.dtype.itemsize, stored, stored - 1
    d.PixelRepresentation = int(a.dtype.kind == "i")
    d.PhotometricInterpretation = photometric or ("MONOCHROME2" if a.ndim == 2 else "RGB")
    if a.ndim == 3:
        d.PlanarConfiguration = 0
    d.PixelData = encapsulate([data])
    d["PixelData"].VR = "OB"
    d["PixelData"].is_undefined_length = True
    d.save_as(path, write_like_original=False)


def run(*command):
    if not shutil.which(command[0]):
        missing.add(command[0])
        return False
    env = dict(os.environ, LC_ALL="C")
    r = subprocess.run(command, capture_output=True, timeout=60, env=env)
    if r.returncode:
        print("FAILED", " ".join(command), r.stderr.decode(errors="replace")[-300:])
    return r.returncode == 0


def pixels_of(path, a):
    d = pydicom.dcmread(path, force=True)
    data = d.PixelData[:a.nbytes]
    b = np.frombuffer(data, a.dtype)
    if a.ndim == 3 and d.PlanarConfiguration == 1:
        b = b.reshape(3, *a.shape[:2]).transpose(1, 2, 0)
    return b.reshape(a.shape)


def by_dicom(command, a):
    """What DCMTK's or GDCM's program makes of in.dcm; None if it is missing, False if it fails."""
    if not shutil.which(command[0]):
        missing.add(command[0])
        return None
    if os.path.exists("out.dcm"):
        os.remove("out.dcm")
    return pixels_of("out.dcm", a) if run(*command, "in.dcm", "out.dcm") else False


def read_pnm(path):
    with open(path, "rb") as f:
        raw = f.read()
    fields, at = [], 0
    while len(fields) < 4:
        end = at
        while raw[end:end + 1].strip():
            end += 1
        if raw[at:at + 1] == b"#":
            end = raw.index(b"\n", at)
        elif end > at:
            fields.append(raw[at:end])
        at = end + 1
    w, h, most = map(int, fields[1:])
    b = np.frombuffer(raw, ">u2" if most > 255 else "u1", offset=at)
    return b.reshape((h, w, 3) if fields[0] == b"P6" else (h, w))


def by_codestream(word, data, a, stored):
    """opj_decompress, ojph_expand and ffmpeg over the bare codestream: [(who, samples)]. Unsigned samples only; ffmpeg
    scales other depths than 8 and 16, and in lossless JPEG reads 16 bits after size 16, which has none (T.81 H.1.2.2).
    """
    results = []
    ending = "pgm" if a.ndim == 2 else "ppm"
    kind = "j2c" if "j2k" in word else "jls" if "ls" in word else "jpg"
    with open("in." + kind, "wb") as f:
        f.write(data)
    if "j2k" in word:
        with open("in.j2k", "wb") as f:
            f.write(data)
        if run("opj_decompress", "-quiet", "-i", "in.j2k", "-o", "opj." + ending):
            results.append(("opj_decompress", read_pnm("opj." + ending)))
    if "htj2k" in word and run("ojph_expand", "-i", "in.j2c", "-o", "ojph." + ending):
        results.append(("ojph_expand", read_pnm("ojph." + ending)))
    elif "htj2k" not in word and word != "jpeg12" and stored in (8, 16) and not ("ll" in word and stored == 16):
        wide = a.dtype.itemsize == 2
        form = ("gray16be" if wide else "gray") if a.ndim == 2 else "rgb24"
        source = ["-f", "jpegls_pipe"] if kind == "jls" else ["-f", "j2k_pipe"] if kind == "j2c" else ["-f", "jpeg_pipe"]
        if run("ffmpeg", "-v", "error", "-y", *source, "-i", "in." + kind, "-pix_fmt", form, "-f", "rawvideo", "ff.raw"):
            b = np.fromfile("ff.raw", ">u2" if wide else "u1")
            results.append(("ffmpeg", b.reshape(a.shape) if b.size == a.size else None))
    return results


rng = np.random.default_rng(3)


def picture(h, w, kind, bits):
    y, x = np.mgrid[0:h, 0:w]
    most = (1 << bits) - 1
    if kind == "noise":
        g = rng.integers(0, most + 1, (h, w))
    elif kind == "flat":
        g = np.full((h, w), most // 3)
    elif kind == "edges":
        g = np.where((x // 7 + y // 5) % 2, most, 0)
    else:
        g = most * (0.5 + 0.3 * np.sin(x / 9.0) * np.cos(y / 7.0)) + rng.normal(0, most / 60, (h, w))
    return np.clip(g, 0, most)


def frames():
    """(samples, Bits Stored)"""
    for bits in (2, 5, 8, 9, 10, 12, 15, 16):
        for kind in ("smooth", "noise"):
            yield picture(41, 53, kind, bits).astype(np.uint8 if bits <= 8 else np.uint16), bits
    for h, w in ((1, 1), (1, 300), (300, 1), (17, 64)):
        yield picture(h, w, "smooth", 12).astype(np.uint16), 12
    for kind in ("flat", "edges"):
        yield picture(40, 70, kind, 8).astype(np.uint8), 8
        yield picture(40, 70, kind, 16).astype(np.uint16), 16
    signed = picture(41, 53, "smooth", 12).astype(np.int16) - 2048
    yield signed, 12
    yield signed * 16, 16
    for kind in ("smooth", "noise", "edges"):
        g = picture(36, 44, kind, 8).astype(np.uint8)
        yield np.stack([g, np.roll(g, 5, 0), np.roll(g, 9, 1)], -1), 8


DICOM = {  # who decodes a file of which syntax; GDCM's JPEG-LS is CharLS, its JPEG 2000 OpenJPEG
    "rle": (["dcmdrle"], ["gdcmconv", "--raw"]),
    "jpegll": (["dcmdjpeg"], ["gdcmconv", "--raw"]),
    "jpegll-sv1": (["dcmdjpeg"], ["gdcmconv", "--raw"]),
    "jpegls": (["dcmdjpls"], ["gdcmconv", "--raw"]),
    "j2k-lossless": (["gdcmconv", "--raw"],),
    "htj2k-lossless": (),
    "htj2k-rpcl": (),
}


def decoders(word, data, label, a, stored):
    """Everybody's result."""
    if DICOM[word]:
        write("in.dcm", word, data, a, stored, label)
    for command in DICOM[word]:
        if stored < 8 and (command[0] == "gdcmconv" or word == "jpegls"):
            continue  # GDCM asserts that all 8 bits are stored, DCMTK refuses JPEG-LS of fewer
        yield command[0], by_dicom(command, a)
    if word != "rle" and a.dtype.kind != "i":
        yield from by_codestream(word, data, a, stored)


def lossless():
    for a, stored in frames():
        for word in DICOM:
            for predictor in (range(1, 8) if word == "jpegll" else (1,)):
                made = encode(word, a, stored, predictor=predictor)
                if not made:
                    continue
                for who, b in decoders(word, *made, a, stored):
                    if b is None and who in ("dcmdrle", "dcmdjpeg", "dcmdjpls", "gdcmconv"):
                        continue
                    same = b is not None and b is not False and np.array_equal(a, b)
                    check(f"{word} {a.shape} {a.dtype} {stored} bits, predictor {predictor}, by {who}", same)


def near(word, a, stored, b, most, who):
    ok = b is not None and b is not False and b.shape == a.shape
    diff = int(np.abs(a.astype(int) - b.astype(int)).max()) if ok else -1
    check(f"{word} {a.shape} {stored} bits, by {who}", ok and diff <= most, f"is off by {diff}, expected {most}")


def lossy():
    for a, stored in frames():
        if a.dtype.kind == "i" or min(a.shape[:2]) < 8 or stored < 8:
            continue
        data, label = encode("jpegls-near", a, stored, near=3)
        write("in.dcm", "jpegls-near", data, a, stored, label)
        for command in (["dcmdjpls"], ["gdcmconv", "--raw"]):
            b = by_dicom(command, a)
            if b is not None:
                near("jpegls-near", a, stored, b, 3, command[0])
    for kind in ("smooth", "flat"):
        a8, a12 = picture(40, 72, kind, 8).astype(np.uint8), picture(41, 75, kind, 12).astype(np.uint16)
        rgb = np.stack([a8 // 2 + 60, a8 // 2 + 40, a8 // 2 + 80], -1)
        for word, a, stored, most in (("jpeg", a8, 8, 4), ("jpeg12", a8, 8, 4), ("jpeg12", a12, 12, 6),
                                      ("jpeg", rgb, 8, 16)):
            data, label = encode(word, a, stored, quality=98)
            check(f"{word} label", label == ("YBR_FULL_422" if a.ndim == 3 else None), label)
            write("in.dcm", word, data, a, stored, label)
            for command in (["dcmdjpeg"], ["gdcmconv", "--raw"]):
                if command[0] == "gdcmconv" and a.ndim == 3:
                    continue  # leaves YCbCr
                b = by_dicom(command, a)
                if b is not None:
                    near(word, a, stored, b, most, command[0])
            if word == "jpeg" and a.ndim == 2:
                for who, b in by_codestream(word, data, a, stored):
                    near(word, a, stored, b, most, who)
        for word in ("j2k", "htj2k"):
            for a, stored, most in ((a8, 8, 8), (a12, 12, 90), (rgb, 8, 16)):
                made = encode(word, a, stored, ratio=2.5)
                if made:
                    for who, b in by_codestream(word, made[0], a, stored):
                        near(word, a, stored, b, most, who)


def rpcl():
    """PS3.5 10.18: progression RPCL, TLM, and levels enough for 64."""
    a = picture(700, 1500, "smooth", 12).astype(np.uint16)
    made = encode("htj2k-rpcl", a, 12)
    if not made:
        return
    data, at, seen = made[0], 2, {}
    while data[at:at + 2] != b"\xff\x90":
        marker, length = struct.unpack(">HH", data[at:at + 4])
        seen[marker] = data[at + 4:at + 2 + length]
        at += 2 + length
    check("CAP of part 15", 0xff50 in seen)
    check("RPCL", seen[0xff52][1] == 2)
    check("levels", 1500 >> seen[0xff52][5] <= 64)
    check("TLM tells the length of the tile-part", seen.get(0xff55) == b"\0\x50\0" + data[at + 6:at + 10])
    check("which ends at EOC", at + struct.unpack(">I", data[at + 6:at + 10])[0] == len(data) - 2)


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    lossless()
    lossy()
    rpcl()
    os.chdir("/")
finish()
