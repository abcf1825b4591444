#!/usr/bin/python3
"""What pixel data can carry beside the picture, planted on purpose: `tomo deid run` must not let it out, and the pictures
must stay what they were. Outputs are searched byte by byte and decoded by DCMTK and GDCM, native ones by numpy
here. Needs pydicom 2.3, numpy, DCMTK, gdcmconv; Pillow for progressive JPEG."""
import io
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, generate_uid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from make_phi import FONT  # noqa: E402
from score import pixel_array  # noqa: E402

warnings.simplefilter("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
TOMO = os.environ.get("TOMO", os.path.join(os.environ.get("TOMO_SOURCE", os.path.join(HERE, "..", "..")), "build", "tomo"))
NAME, OTHER = b"QUILLFEATHER", b"Wojciechowska"
T = NAME + b" " + OTHER + b" 1931"
SC, CT, MR = "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
EXPLICIT, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"
passed = failed = 0


def check(good, what):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good:
        print("FAILED", what)


# ---- files ------------------------------------------------------------------------------------------------------------

def image(sop=CT, modality="CT", kind=("ORIGINAL", "PRIMARY", "AXIAL"), syntax=EXPLICIT):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = sop, generate_uid()
    meta.TransferSyntaxUID = UID(syntax)
    ds = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID, ds.SOPInstanceUID = sop, meta.MediaStorageSOPInstanceUID
    ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(), generate_uid()
    ds.PatientName, ds.PatientID, ds.Modality = NAME.decode() + "^AMBROSE", "MRN-4711-08", modality
    ds.is_little_endian, ds.is_implicit_VR = syntax != BIG, False
    if kind:
        ds.ImageType = list(kind)
    return ds


def describe(ds, columns, rows, photometric="MONOCHROME2", bits=8, stored=None, frames=1, signed=0, planar=0, high=None):
    ds.Rows, ds.Columns, ds.PhotometricInterpretation = rows, columns, photometric
    ds.SamplesPerPixel = 1 if photometric.startswith("MONO") else 3
    if ds.SamplesPerPixel == 3:
        ds.PlanarConfiguration = planar
    ds.BitsAllocated, ds.BitsStored, ds.PixelRepresentation = bits, stored or bits, signed
    ds.HighBit = ds.BitsStored - 1 if high is None else high
    if frames > 1:
        ds.NumberOfFrames = frames


def native(ds, raw, vr=None):
    ds.PixelData = raw + b"\0" * (len(raw) % 2)
    ds["PixelData"].VR = vr or ("OB" if ds.BitsAllocated <= 8 else "OW")
    return ds


def fragments(ds, parts, table=b"", syntax=None):
    value = b"\xfe\xff\x00\xe0" + struct.pack("<I", len(table)) + table
    for part in parts:
        part = part + b"\0" * (len(part) % 2)
        value += b"\xfe\xff\x00\xe0" + struct.pack("<I", len(part)) + part
    ds.PixelData = value + b"\xfe\xff\xdd\xe0\0\0\0\0"
    ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True
    if syntax:
        ds.file_meta.TransferSyntaxUID = UID(syntax)
    return ds


def run(files, *flags):
    """{name: data set} through tomo deid run: {name: (entry, output data set or None, its bytes)}"""
    folder = tempfile.mkdtemp()
    try:
        os.mkdir(folder + "/in")
        for name, ds in files.items():
            ds.save_as("%s/in/%s.dcm" % (folder, name), write_like_original=False)
        p = subprocess.run([TOMO, "deid", "run", folder + "/in", folder + "/out", "--report", folder + "/r.json", "--quiet",
                            *flags], capture_output=True)
        check(p.returncode in (0, 3), "deid run ends with %d: %s" % (p.returncode, p.stderr[-300:]))
        with open(folder + "/r.json") as f:
            entries = json.load(f)["inOrderOfNames"]
        found = {}
        for name, entry in zip(sorted(files), entries):
            if entry["status"] != "done":
                found[name] = (entry, None, b"")
                continue
            with open("%s/out/%s" % (folder, entry["file"]), "rb") as f:
                data = f.read()
            found[name] = (entry, pydicom.dcmread(io.BytesIO(data)), data)
            for term in (NAME, OTHER, b"MRN-4711"):
                check(term.upper() not in data.upper(), "%s: %s is in the output" % (name, term))
            check(b"113101" not in data, "%s claims Clean Pixel Data" % name)
            for text in found[name][1].get("DeidentificationMethod", "") if entry.get("framesSearched") else []:
                check(len(text) <= 64, "%s: a method of %d characters" % (name, len(text)))
        return found
    finally:
        shutil.rmtree(folder)


def transcode(ds, word, *flags):
    folder = tempfile.mkdtemp()
    ds.save_as(folder + "/a.dcm", write_like_original=False)
    subprocess.run([TOMO, "dicom", "transcode", folder + "/a.dcm", folder + "/b.dcm", "--to", word, "--keep-uid", *flags],
                   check=True, capture_output=True)
    out = pydicom.dcmread(folder + "/b.dcm")
    shutil.rmtree(folder)
    return out


def frames_of(ds):
    return list(pydicom.encaps.generate_pixel_data_frame(ds.PixelData, int(ds.get("NumberOfFrames", 1))))


# ---- compressed pixels ----------------------------------------------------------------------------------------------

def segment(marker, payload):
    return struct.pack(">BBH", 0xff, marker, len(payload) + 2) + payload


def in_jpeg(j, dct):
    """Places of a JPEG or JPEG-LS frame where decoders don't look."""
    sos, end = j.index(b"\xff\xda"), j.rindex(b"\xff\xd9")
    places = {
        "com": j[:2] + segment(0xfe, T) + j[2:],
        "fill": j[:2] + b"\xff\xff" + segment(0xfe, T) + j[2:],
        "app0": j[:2] + segment(0xe0, T) + j[2:],
        "jfif": j[:2] + segment(0xe0, b"JFIF\0\1\2\0\0\1\0\1\0\0" + T) + j[2:],
        "app5": j[:2] + segment(0xe5, T) + j[2:],
        "app8": j[:2] + segment(0xe8, T) + j[2:],
        "app14": j[:2] + segment(0xee, T) + j[2:],
        "before_scan": j[:sos] + segment(0xfe, T) + j[sos:],
        "before_end": j[:end] + segment(0xfe, T) + j[end:],
        "behind_end": j + T,
        "second_image": j + j[:2] + segment(0xfe, T) + j[2:],
    }
    if dct:
        places["adobe"] = j[:2] + segment(0xee, b"Adobe\0\144\0\0\0\0\0" + T) + j[2:]
        places["behind_scan"] = j[:end] + T + j[end:]
        places["spare_table"] = j[:sos] + segment(0xc4, b"\x13" + bytes([0] * 7 + [len(T)] + [0] * 8) + T) + j[sos:]
        places["spare_quant"] = j[:sos] + segment(0xdb, b"\x03" + T.ljust(64)) + j[sos:]
        places["extension"] = j[:sos] + segment(0xf3, T) + j[sos:]
    return places


def in_j2k(c):
    tile, data = c.index(b"\xff\x90"), c.index(b"\xff\x93")
    size = struct.unpack(">I", c[tile + 6:tile + 10])[0]
    comment = segment(0x64, b"\0\1" + T)

    def grown(n):
        return c[:tile + 6] + struct.pack(">I", size + n if size else 0) + c[tile + 10:]

    end = tile + size if size else len(c) - 2
    boxes = (b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0\0\0\x14ftypjp2 \0\0\0\0jp2 " + struct.pack(">I", 8 + len(T)) + b"xml " + T +
             struct.pack(">I", 8 + len(c)) + b"jp2c" + c)
    return {
        "com": c[:tile] + comment + c[tile:],
        "tile_com": grown(len(comment))[:data] + comment + c[data:],
        "in_tile": grown(len(T))[:end] + T + c[end:],
        "behind_end": c + T,
        "boxes": boxes,
    }


def in_rle(r):
    count = struct.unpack("<I", r[:4])[0]
    free = 4 + 4 * count
    return {"header": r[:free] + T.ljust(64)[:64 - free] + r[64:], "behind_end": r + T + b" " * (len(T) % 2)}


def around(ds, frame):
    """Places of the element beside its frames."""
    def copy(*args, **more):
        new = pydicom.dcmread(io.BytesIO(to_bytes(ds)))
        return fragments(new, *args, **more)

    extended = copy([frame])
    extended.add_new(0x7fe00001, "OV", (NAME * 2)[:16])
    extended.add_new(0x7fe00002, "OV", OTHER[:8])
    extended.add_new(0x7fe00003, "UV", int.from_bytes(OTHER[:8], "little"))
    return {"table": copy([frame], table=(T + b"   ")[:len(T) // 4 * 4]), "more_fragments": copy([frame, T]),
            "split": copy([frame[:40], frame[40:]]), "extended_table": extended}


def to_bytes(ds):
    f = io.BytesIO()
    ds.save_as(f, write_like_original=False)
    return f.getvalue()


def ramp(columns, rows, dtype, most):
    y, x = np.mgrid[0:rows, 0:columns]
    return ((x * 3 + y * 5) % 200 * (most / 200)).astype(dtype)


def compressed():
    gray8 = describe_and(image(), ramp(64, 48, "u1", 255), "MONOCHROME2", 8, 8)
    gray12 = describe_and(image(), ramp(64, 48, "<u2", 4095), "MONOCHROME2", 16, 12)
    color = describe_and(image(SC, "OT"), np.stack([ramp(64, 48, "u1", v) // 4 * 2 for v in (255, 200, 120)], 2), "RGB", 8, 8)
    files, before = {}, {}
    for word, sources in {"jpeg": (gray8, color), "jpegll": (gray8, gray12), "jpegll-sv1": (gray12, color),
                          "jpegls": (gray8, gray12, color), "jpegls-near": (gray12,), "j2k-lossless": (gray8, gray12, color),
                          "j2k": (gray8, color), "rle": (gray8, gray12, color), "jpeg12": (gray12,)}.items():
        for k, source in enumerate(sources):
            ds = transcode(source, word)
            frame = frames_of(ds)[0]
            name = "%s_%d" % (word, k)
            variants = (in_rle(frame) if word == "rle" else in_j2k(frame) if word.startswith("j2k")
                        else in_jpeg(frame, word in ("jpeg", "jpeg12")))
            made = around(ds, frame)
            made["plain"] = ds
            for place, bad in variants.items():
                made[place] = fragments(pydicom.dcmread(io.BytesIO(to_bytes(ds))), [bad])
            for place, file in made.items():
                files["%s_%s" % (name, place)] = file
                before["%s_%s" % (name, place)] = ds
    for name, (entry, ds, data) in run(files).items():
        if name.endswith("extension") and ds is None: # a marker of a later edition: not decoded, not passed on
            continue
        check(ds is not None, "%s: %s" % (name, entry.get("reason")))
        if ds is None:
            continue
        check_frames(name, before[name], ds, files[name])


def describe_and(ds, pixels, photometric, bits, stored, **more):
    describe(ds, pixels.shape[1], pixels.shape[0], photometric, bits, stored, **more)
    return native(ds, pixels.tobytes())


def check_frames(name, old, new, planted):
    check(old.file_meta.TransferSyntaxUID == new.file_meta.TransferSyntaxUID, "%s: another transfer syntax" % name)
    check(all(tag not in new for tag in (0x7fe00001, 0x7fe00002, 0x7fe00003)), "%s: extended tables" % name)
    parts = list(pydicom.encaps.generate_pixel_data_fragment(
        little(new.PixelData[8 + struct.unpack("<I", new.PixelData[4:8])[0]:])))
    count = int(new.get("NumberOfFrames", 1))
    check(len(parts) == count, "%s: %d fragments for %d frames" % (name, len(parts), count))
    table = struct.unpack("<%dI" % count, new.PixelData[8:8 + 4 * count])
    check(list(table) == [sum(8 + len(p) for p in parts[:i]) for i in range(count)], "%s: offset table" % name)
    a, b = pixel_array(old), pixel_array(new)
    if a.shape == b.shape and new.PhotometricInterpretation != old.PhotometricInterpretation:
        check(np.abs(a - b).max() <= 3, "%s: pixels differ by %d" % (name, np.abs(a - b).max()))
    else:
        check(a.shape == b.shape and (a == b).all(), "%s: pixels differ" % name)


def little(data):
    f = pydicom.filebase.DicomBytesIO(data)
    f.is_little_endian = True
    return f


def other_compressed():
    """Frames, progressive JPEG, video, damage, bits above High Bit."""
    stack = np.stack([ramp(64, 48, "<u2", 4095 - 100 * f) for f in range(5)])
    ds = image()
    describe(ds, 64, 48, bits=16, stored=12, frames=5)
    native(ds, stack.tobytes())
    files = {"frames_" + word: transcode(ds, word, "--offsets", table)
             for word, table in (("rle", "none"), ("jpegls", "extended"), ("j2k-lossless", "basic"))}
    high = describe_and(image(), ramp(64, 48, "<u2", 4095) | letters_at(64, 48, "<u2", 0x8000), "MONOCHROME2", 16, 12)
    files["high_rle"] = transcode(high, "rle")
    files["high_jpegls"] = transcode(high, "jpegls")
    gray8 = describe_and(image(), ramp(64, 48, "u1", 255), "MONOCHROME2", 8, 8)
    jpeg = transcode(gray8, "jpeg")
    frame = frames_of(jpeg)[0]

    def with_frame(part, syntax=None):
        return fragments(pydicom.dcmread(io.BytesIO(to_bytes(jpeg))), [part], syntax=syntax)

    files["bad_junk"] = with_frame(frame[:2] + b"\0" + segment(0xfe, T) + frame[2:])
    files["bad_video"] = with_frame(T * 9, "1.2.840.10008.1.2.4.100")
    files["bad_h264"] = with_frame(T * 9, "1.2.840.10008.1.2.4.102")
    files["bad_empty"] = with_frame(b"")
    try:
        from PIL import Image
        f = io.BytesIO()
        Image.fromarray(ramp(64, 48, "u1", 255)).save(f, "JPEG", progressive=True)
        p = f.getvalue()
        scan = p.index(b"\xff\xc4", p.index(b"\xff\xda"))
        files["progressive"] = with_frame(p[:scan] + segment(0xfe, T) + p[scan:], "1.2.840.10008.1.2.4.55")
        del files["progressive"].LossyImageCompression
    except ImportError:
        print("  without Pillow: no progressive JPEG")
    for name, (entry, out, data) in run(files).items():
        if name.startswith("bad"):
            check(out is None, "%s is passed on" % name)
            continue
        check(out is not None, "%s: %s" % (name, entry.get("reason")))
        if out is None:
            continue
        if name.startswith("frames"):
            check_frames(name, files[name], out, None)
        elif name.startswith("high"):
            a = pixel_array(out)
            check((a == ramp(64, 48, "<u2", 4095)).all(), "%s: %x" % (name, a.max()))
        else:
            check(out.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.4.70", "progressive: syntax")
            check(out.get("LossyImageCompression") == "01", "progressive: no mark that it was lossy")
            with Image.open(io.BytesIO(p)) as picture:
                check(np.abs(pixel_array(out) - np.asarray(picture).astype(int)).max() <= 1, "progressive: pixels")


# ---- native pixels -----------------------------------------------------------------------------------------------------

def letters_at(columns, rows, dtype, value, text="MRN 4711", x=8, y=8, scale=2, stacked=False, ground=0):
    a = np.full((rows, columns), ground, dtype)
    for c in text:
        if c in FONT:
            glyph = np.array([[byte >> row & 1 for byte in FONT[c]] for row in range(7)], bool).repeat(scale, 0).repeat(scale, 1)
            h, w = glyph.shape
            part = a[y:y + h, x:x + w]
            part[glyph[:part.shape[0], :part.shape[1]]] = value
        if stacked:
            y += 9 * scale
        else:
            x += 6 * scale
    return a


def half(y):
    """Y Y Cb Cr of two pixels."""
    h = np.full((y.shape[0], y.shape[1] // 2, 4), 128 if y.dtype == np.uint8 else 32768, y.dtype)
    h[..., 0], h[..., 1] = y[:, ::2], y[:, 1::2]
    return h


def pack12(a):
    v = a.astype(np.uint16).ravel()
    out = np.empty(v.size // 2 * 3, np.uint8)
    out[0::3], out[1::3], out[2::3] = v[0::2] & 255, v[0::2] >> 8 | (v[1::2] & 15) << 4, v[1::2] >> 4
    return out.tobytes()


def unpack12(raw):
    b = np.frombuffer(raw, np.uint8)[:len(raw) // 3 * 3].astype(np.uint16)
    out = np.empty(b.size // 3 * 2, np.uint16)
    out[0::2], out[1::2] = b[0::3] | (b[1::3] & 15) << 8, b[1::3] >> 4 | b[2::3] << 4
    return out


def layouts():
    """Every way that pixels lie: the text is gone, what is not near it is as it was, and the size is right."""
    w, h = 200, 80
    y8 = letters_at(w, h, np.uint8, 250, ground=30)
    y16 = y8.astype("<u2") * 256
    full = np.full((h, w, 3), 128, np.uint8)
    full[..., 0] = y8
    bits = letters_at(w + 1, h + 1, np.uint8, 1)
    three = np.stack([np.zeros_like(bits)] * 2 + [bits])
    cases = {  # photometric, bits, raw, read back as gray, planar, frames
        "gray8": ("MONOCHROME2", 8, y8.tobytes(), lambda r: np.frombuffer(r, "u1")[:w * h], 0, 1),
        "gray16": ("MONOCHROME2", 16, y16.tobytes(), lambda r: np.frombuffer(r, "<u2") // 256, 0, 1),
        "gray32": ("MONOCHROME2", 32, (y8.astype("<u4") << 20).tobytes(), lambda r: np.frombuffer(r, "<u4") >> 20, 0, 1),
        "rgb": ("RGB", 8, np.repeat(y8[..., None], 3, 2).tobytes(), lambda r: np.frombuffer(r, "u1")[1::3], 0, 1),
        "rgb_planar": ("RGB", 8, np.stack([y8] * 3).tobytes(), lambda r: np.frombuffer(r, "u1")[w * h:2 * w * h], 1, 1),
        "ybr": ("YBR_FULL", 8, full.tobytes(), lambda r: np.frombuffer(r, "u1")[0::3], 0, 1),
        "full422": ("YBR_FULL_422", 8, half(y8).tobytes(), lambda r: np.frombuffer(r, "u1").reshape(-1, 4)[:, :2].ravel(), 0, 1),
        "partial422": ("YBR_PARTIAL_422", 8, half(y8).tobytes(),
                       lambda r: np.frombuffer(r, "u1").reshape(-1, 4)[:, :2].ravel(), 0, 1),
        "full422_16": ("YBR_FULL_422", 16, half(y16).tobytes(),
                       lambda r: np.frombuffer(r, "<u2").reshape(-1, 4)[:, :2].ravel() // 256, 0, 1),
        "all422": ("YBR_FULL_422", 8, full.tobytes(), lambda r: np.frombuffer(r, "u1")[0::3], 0, 1),
        "all422_planar": ("YBR_FULL_422", 8, np.moveaxis(full, -1, 0).tobytes(), lambda r: np.frombuffer(r, "u1")[:w * h], 1, 1),
        "packed12": ("MONOCHROME2", 12, pack12(y8.astype(np.uint16) << 4), lambda r: unpack12(r) >> 4, 0, 1),
    }
    files = {}
    for name, (photometric, depth, raw, _, planar, frames) in cases.items():
        ds = image(SC, "OT", None)
        describe(ds, w, h, photometric, depth, planar=planar, frames=frames)
        files[name] = native(ds, raw, "OW" if depth > 8 else "OB")
    ds = image(SC, "OT", None)
    describe(ds, w + 1, h + 1, bits=1, frames=3)
    raw = np.packbits(three.ravel(), bitorder="little").tobytes()
    files["bits"] = native(ds, raw[:-1] + bytes([raw[-1] | 0x80]))
    big = image(SC, "OT", None, BIG)
    describe(big, w, h, bits=16)
    files["big16"] = native(big, y16.astype(">u2").tobytes())
    for name, (entry, out, data) in run(files).items():
        check(out is not None and entry["boxesBlanked"] > 0, "%s: %s" % (name, entry))
        if out is None:
            continue
        if name == "bits":
            a = np.unpackbits(np.frombuffer(out.PixelData, np.uint8), bitorder="little")
            check(a.sum() == 0 and len(out.PixelData) == len(files["bits"].PixelData), "bits: %d are left" % a.sum())
            continue
        check(len(out.PixelData) == len(files[name].PixelData), "%s: %d bytes" % (name, len(out.PixelData)))
        read = (lambda r: np.frombuffer(r, "<u2") // 256) if name == "big16" else cases[name][3]
        a = read(out.PixelData).reshape(h, w)
        check(a.max() <= 30, "%s: text of %d is left" % (name, a.max()))
        check((a[40:] == 30).all() and (a[:, 180:] == 30).all(), "%s: more than the text is gone" % name)
        if name.startswith("all422"):
            check(out.PhotometricInterpretation == "YBR_FULL", "%s: %s" % (name, out.PhotometricInterpretation))


def unused_bits():
    rng = np.random.RandomState(0)
    values = rng.randint(0, 4096, (48, 64)).astype("<u2")
    over = letters_at(64, 48, "<u2", 0x8000, "MRN", 4, 8)
    signed = rng.randint(-2048, 2048, (48, 64)).astype("<i2")
    files, want = {}, {}
    for name, raw, high, sign, expect in (
            ("unsigned", values | over, 11, 0, values), ("signed", (signed.view("<u2") & 0xfff) | over, 11, 1, signed.view("<u2")),
            ("signed_kept", signed.view("<u2"), 11, 1, signed.view("<u2")),
            ("signed_zeros_kept", signed.view("<u2") & 0xfff, 11, 1, signed.view("<u2") & 0xfff),
            ("low", values << 4 | over >> 15, 15, 0, values << 4), ("middle", values << 2 | over | over >> 15, 13, 0, values << 2)):
        ds = image()
        describe(ds, 64, 48, bits=16, stored=12, high=high, signed=sign)
        ds.add_new(0x60000010, "US", 48), ds.add_new(0x60000011, "US", 64), ds.add_new(0x60000040, "CS", "G")
        ds.add_new(0x60000050, "SS", [1, 1]), ds.add_new(0x60000100, "US", 16), ds.add_new(0x60000102, "US", 15)
        files[name], want[name] = native(ds, raw.astype("<u2").tobytes()), expect
    for name, (entry, out, data) in run(files).items():
        check(out is not None and out.PixelData == want[name].astype("<u2").tobytes(), "%s: unused bits" % name)
        check(out is not None and 0x60000010 not in out, "%s: overlay" % name)


def nested():
    """Pixels in an item are of no image that was searched."""
    ds, item = describe_and(image(), ramp(64, 48, "u1", 255), "MONOCHROME2", 8, 8), Dataset()
    item.ReferencedSOPInstanceUID, item.Rows, item.Columns = "1.2.3", 4, 8
    item.add_new(0x7fe00010, "OW", (T * 2)[:32])
    item.add_new(0x7fe00008, "OF", (T * 2)[:32])
    ds.ReferencedImageSequence = [item]
    entry, out, data = run({"nested": ds})["nested"]
    check(out is not None and 0x7fe00010 not in out.ReferencedImageSequence[0], "nested: pixels in an item")


# ---- which images are searched, and which text is found ----------------------------------------------------------------

def at_risk():
    picture = letters_at(200, 80, np.uint8, 250, ground=30)
    root = "1.2.840.10008.5.1.4.1.1."
    files, searched = {}, {}
    for name, sop, modality, kind, burned, want in (
            ("ct", "2", "CT", ("ORIGINAL", "PRIMARY", "AXIAL"), None, False), ("mr", "4", "MR", ("ORIGINAL", "PRIMARY", "M"), "NO", False),
            ("pet", "128", "PT", ("ORIGINAL", "PRIMARY"), None, False), ("nm", "20", "NM", ("ORIGINAL", "PRIMARY", "STATIC"), None, False),
            ("tile", "77.1.6", "SM", ("ORIGINAL", "PRIMARY", "VOLUME", "NONE"), None, False),
            ("label", "77.1.6", "SM", ("ORIGINAL", "PRIMARY", "LABEL", "NONE"), "NO", True),
            ("overview", "77.1.6", "SM", ("ORIGINAL", "PRIMARY", "OVERVIEW", "NONE"), None, True),
            ("us", "6.1", None, ("ORIGINAL", "PRIMARY"), None, True), ("eye", "77.1.5.1", "OP", ("ORIGINAL", "PRIMARY"), None, True),
            ("mg", "1.2", "MG", ("ORIGINAL", "PRIMARY"), None, True), ("dx", "1.1", "DX", ("ORIGINAL", "PRIMARY"), None, True),
            ("screen", "2", "CT", ("ORIGINAL", "SECONDARY", "SCREEN SAVE"), None, True),
            ("derived", "2", "CT", ("DERIVED", "PRIMARY", "AXIAL"), None, True), ("untold", "2", "CT", None, None, True),
            ("yes", "2", "CT", ("ORIGINAL", "PRIMARY", "AXIAL"), "yes", True), ("Y", "4", "MR", ("ORIGINAL", "PRIMARY"), "Y", True),
            ("mismatch", "2", "US", ("ORIGINAL", "PRIMARY", "AXIAL"), None, True)):
        ds = image(root + sop, modality or "", kind)
        if modality is None:
            del ds.Modality
        if burned:
            ds.BurnedInAnnotation = burned
        describe(ds, 200, 80)
        files[name], searched[name] = native(ds, picture.tobytes()), want
    for burned in ("YES", "NO"):
        ds = image(root + "30", "MR", ("DERIVED", "PRIMARY"))
        describe(ds, 200, 80, bits=32)
        ds.BurnedInAnnotation = burned
        ds.add_new(0x7fe00008, "OF", picture.astype("<f4").tobytes())
        del ds.BitsStored, ds.HighBit, ds.PixelRepresentation
        files["float_" + burned] = ds
    for name, (entry, out, data) in run(files).items():
        if name.startswith("float"):
            check((out is None) == (name == "float_YES"), "%s: %s" % (name, entry))
            continue
        check(out is not None and (out.pixel_array.max() <= 30) == searched[name], "%s: searched is not %s" % (name, searched[name]))


def directions():
    long = letters_at(320, 320, np.uint8, 250, "QUILLFEATHER", 20, 100, ground=30)
    stacked = letters_at(320, 320, np.uint8, 250, "QUILLFEATHER", 100, 20, ground=30, stacked=True)
    files = {}
    for name, a in (("0", long), ("90", np.rot90(long)), ("180", np.rot90(long, 2)), ("270", np.rot90(long, 3)),
                    ("mirrored", long[:, ::-1]), ("stacked", stacked)):
        ds = image(SC, "OT", None)
        describe(ds, 320, 320)
        files[name] = native(ds, np.ascontiguousarray(a).tobytes())
    for name, (entry, out, data) in run(files).items():
        check(out is not None and out.pixel_array.max() <= 30, "text at %s stays" % name)


def main():
    if not os.path.exists(TOMO):
        sys.exit("no " + TOMO)
    for part in (compressed, other_compressed, layouts, unused_bits, nested, at_risk, directions):
        part()
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
