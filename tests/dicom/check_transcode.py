#!/usr/bin/python3
"""Every decodable file of the test data to every lossless transfer syntax by Tomo; DCMTK's or GDCM's programs bring it
back to uncompressed pixels, which must be those that they make of the original; and Tomo's own way back must give the
original data set, byte for byte, where nothing forces a difference. Counted as skipped without the programs or the data.
usage: check_transcode.py [PATH-PREFIX]   (program from $TOMO, data from $TOMO_TEST_DATA)"""
# slow: some thousand runs of programs
import collections
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

root = Path(os.environ.get("TOMO_SOURCE", Path(__file__).resolve().parents[2]))
tomo = os.environ.get("TOMO", str(root / "build/tomo"))
data = Path(os.environ.get("TOMO_TEST_DATA", root / "../shared/data"))
try:
    import numpy as np
    import pydicom
except ImportError:
    print("no pydicom or numpy\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)
if not all(map(shutil.which, ("dcmdrle", "dcmdjpeg", "dcmdjpls", "gdcmconv"))) or not (data / "dicom").exists():
    print("no DCMTK, GDCM or test data\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)
warnings.simplefilter("ignore")
LOSSLESS = {"implicit": "1.2.840.10008.1.2", "explicit": "1.2.840.10008.1.2.1", "explicit-be": "1.2.840.10008.1.2.2",
            "deflated": "1.2.840.10008.1.2.1.99", "encapsulated": "1.2.840.10008.1.2.1.98",
            "rle": "1.2.840.10008.1.2.5", "deflated-frame": "1.2.840.10008.1.2.8.1", "jpegll": "1.2.840.10008.1.2.4.57",
            "jpegll-sv1": "1.2.840.10008.1.2.4.70", "jpegls": "1.2.840.10008.1.2.4.80",
            "j2k-lossless": "1.2.840.10008.1.2.4.90", "htj2k-lossless": "1.2.840.10008.1.2.4.201",
            "htj2k-rpcl": "1.2.840.10008.1.2.4.202"}
# Who brings a syntax back, the first that can: programs of others. Tomo alone reads the rest (encapsulated, deflated-frame,
# HTJ2K), whose frames tests/codec holds against zlib and OpenJPEG.
READERS = {"rle": (["dcmdrle"], ["gdcmconv", "--raw"]), "jpegll": (["dcmdjpeg", "+cn"], ["gdcmconv", "--raw"]),
           "jpegll-sv1": (["dcmdjpeg", "+cn"], ["gdcmconv", "--raw"]), "jpegls": (["dcmdjpls"], ["gdcmconv", "--raw"]),
           "j2k-lossless": (["gdcmconv", "--raw"],), "implicit": (["dcmconv", "+te"],), "explicit": (["dcmconv", "+te"],),
           "explicit-be": (["dcmconv", "+te"],), "deflated": (["dcmconv", "+te"],)}
prefix = sys.argv[1] if len(sys.argv) > 1 else ""
tmp = Path(tempfile.mkdtemp(prefix="tomo-transcode-"))
count = collections.Counter()
failures = []


def run(*command):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, errors="replace")


def tomo_hash(path):
    r = run(tomo, "dicom", "pixels", path, "--json", "--quiet", "--threads", "1")
    return (r.stdout.split('"sha256":"')[1][:64], None) if r.returncode == 0 else (None, r.stderr.strip())


def collect():
    """Files that Tomo decodes, under short names; of a series' folder the first."""
    (tmp / "in").mkdir()
    names = []
    for top in ("dicom", "series"):
        for folder, _, files in sorted(os.walk(data / top)):
            for name in sorted(files)[:1 if top == "series" else None]:
                path = Path(folder) / name
                if str(path.relative_to(data)).startswith(prefix) and path.stat().st_size < 20 << 20:
                    names.append(path)
    with ThreadPoolExecutor(2) as pool:
        for path, (digest, _) in zip(names, pool.map(tomo_hash, names)):
            if digest:
                short = "%04d" % len(originals)
                shutil.copy(path, tmp / "in" / short)
                originals[short] = (str(path.relative_to(data)), digest)


def samples(path):
    """Pixels of an uncompressed file as they lie there, planes side by side turned to pixels."""
    ds = pydicom.dcmread(path, force=True)
    b = ds.PixelData
    frames, spp, bits = int(ds.get("NumberOfFrames") or 1), int(ds.get("SamplesPerPixel", 1)), ds.BitsAllocated
    n = frames * ds.Rows * ds.Columns * spp
    if bits == 1:
        return b[:(n + 7) // 8]
    if ds.PhotometricInterpretation.endswith("422"):
        return None
    a = np.frombuffer(b[:n * bits // 8], np.uint8).reshape(frames, -1)
    if spp > 1 and ds.get("PlanarConfiguration", 0) == 1:
        a = a.reshape(frames, spp, -1, bits // 8).transpose(0, 2, 1, 3)
    return a.tobytes()


def by_others(word, path, name):
    for command in READERS[word]:
        out = tmp / ("back." + word + path.name)
        try:
            r = run(*command, path, out)
            if r.returncode == 0 and out.exists():
                got = samples(out)
                if pydicom.dcmread(path, force=True, stop_before_pixels=True).BitsAllocated == 1 and \
                        pydicom.dcmread(out, force=True, stop_before_pixels=True).BitsAllocated == 8:
                    got = np.packbits(np.frombuffer(got, np.uint8), bitorder="little").tobytes()  # GDCM widens
                return got, command[0]
        except Exception:
            pass
        finally:
            out.unlink(missing_ok=True)
    return None, None


def dataset_bytes(path):
    """What follows the File Meta Information."""
    b = Path(path).read_bytes()
    if b[128:132] != b"DICM":
        return b
    at = 132
    while b[at:at + 2] == b"\2\0":
        vr = b[at + 4:at + 6]
        length = int.from_bytes(b[at + 8:at + 12] if vr in (b"OB", b"UN", b"OW") else b[at + 6:at + 8], "little")
        at += (12 if vr in (b"OB", b"UN", b"OW") else 8) + length
    return b[at:]


def forced(word, name, back):
    """Why a round trip must differ, or None."""
    a = pydicom.dcmread(tmp / "in" / name, force=True)
    b = pydicom.dcmread(back, force=True)
    why = []
    if any(t.element == 0 for t in a.keys()):
        why.append("group lengths left out")
    different = {t for t in set(a.keys()) | set(b.keys()) if t.element != 0 and t != 0x7FE00010 and
                 (t not in a or t not in b or a[t] != b[t])}
    if word == "implicit" and different and all(
            t in b and (b[t].VR in ("UN", "SQ") or a[t].VR == "UN" or a[t].VR != b[t].VR) for t in different):
        why.append("VRs of private elements lost in implicit VR")
        different = set()
    allowed = {"PlanarConfiguration": a.get("PlanarConfiguration") == 1 or "422" in a.get("PhotometricInterpretation", ""),
               "PhotometricInterpretation": "422" in a.get("PhotometricInterpretation", ""),
               "HighBit": a.get("HighBit") != a.get("BitsStored", 0) - 1, "BitsAllocated": a.BitsAllocated == 12}
    for t in different:
        if not allowed.get(pydicom.datadict.keyword_for_tag(t)):
            return None
        why.append(pydicom.datadict.keyword_for_tag(t) + " as the syntax asks for")
    if a["PixelData"].VR != b["PixelData"].VR:
        why.append("8 bits are OB or OW as the syntax has it")
    if a.PixelData != b.PixelData and not different:
        n = (int(a.get("NumberOfFrames") or 1) * a.Rows * a.Columns * a.get("SamplesPerPixel", 1) * a.BitsAllocated + 7) // 8
        if a.PixelData[:n] != b.PixelData[:n] and (a.PixelData[:n - 1] != b.PixelData[:n - 1] or a.BitsAllocated != 1):
            return None
        why.append("bytes behind the pixels")
    if len(a.PixelData) % 2:
        why.append("odd length padded")
    if not why and word == "implicit":
        why.append("nested VRs or lengths rewritten")
    return ", ".join(why) or None


def check(word, short):
    path, digest = originals[short]
    made = tmp / word / short
    if not made.exists():
        return
    again, why = tomo_hash(made)
    if again != digest:
        failures.append(f"{word} {path}: Tomo decodes other pixels {why or ''}")
    if word in READERS:
        if short in plain:
            got, who = by_others(word, made, path)
            if got is None:
                count[word, "no other program reads it"] += 1
            elif got != plain[short]:
                failures.append(f"{word} {path}: {who} decodes other pixels")
            else:
                count[word, "equal by " + who] += 1
        else:
            count[word, "original not readable by others"] += 1
    syntax = syntaxes[short]
    if syntax in (LOSSLESS["implicit"], LOSSLESS["explicit"]) and word not in ("explicit-be",):
        back = tmp / ("again." + word + short)
        r = run(tomo, "dicom", "transcode", made, back, "--to", syntax, "--quiet", "--threads", "1")
        if r.returncode:
            failures.append(f"{word} {path}: way back: {r.stderr.strip()}")
        elif dataset_bytes(back) == dataset_bytes(tmp / "in" / short):
            count[word, "round trip byte-equal"] += 1
        else:
            try:
                reason = forced(word, short, back)
            except Exception as e:
                reason = None
                failures.append(f"{word} {path}: {e!r}")
            if reason:
                count[word, "round trip but: " + reason] += 1
            else:
                failures.append(f"{word} {path}: the way back is another data set")
        back.unlink(missing_ok=True)


originals, plain, syntaxes = {}, {}, {}
try:
    collect()
    for short in originals:
        try:
            ds = pydicom.dcmread(tmp / "in" / short, force=True, stop_before_pixels=True)
        except Exception:  # nothing to hold the way back against
            syntaxes[short] = ""
            continue
        syntaxes[short] = str(getattr(ds, "file_meta", {}).get("TransferSyntaxUID", "1.2.840.10008.1.2"))
        try:  # what another program makes of the original
            for reader in (["dcmconv", "+te"], ["gdcmconv", "--raw"]):
                if syntaxes[short] in (LOSSLESS["implicit"], LOSSLESS["explicit"], LOSSLESS["deflated"]):
                    out = tmp / "plain.dcm"
                    if run(*reader, tmp / "in" / short, out).returncode == 0:
                        value = samples(out)
                        if value is not None and ds.BitsAllocated in (1, 8, 16) and \
                                ds.get("HighBit", 0) == ds.get("BitsStored", 0) - 1:
                            plain[short] = value
                        out.unlink()
                        break
        except Exception:
            pass
    for word in LOSSLESS:
        r = run(tomo, "dicom", "transcode", tmp / "in", tmp / word, "--to", word)
        refused = [line for line in r.stderr.splitlines() if "/in/" in line]
        for line in refused:
            reason = line.split(": ", 2)[-1]
            count[word, "refused: " + reason[:90]] += 1
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda short: check(word, short), originals))
        shutil.rmtree(tmp / word, ignore_errors=True)
finally:
    shutil.rmtree(tmp, ignore_errors=True)
for (word, what), n in sorted(count.items()):
    print(f"{word:16} {n:5}  {what}")
for text in failures:
    print("FAILED", text)
good = sum(n for (_, what), n in count.items() if what.startswith(("equal", "round")))
print(f"{len(originals)} files to {len(LOSSLESS)} syntaxes")
print(f"{good} passed, {len(failures)} failed, 0 skipped")
sys.exit(bool(failures))
