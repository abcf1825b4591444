#!/usr/bin/python3
"""Every character set of PS3.3 C.12.1.1.2 against pydicom: what Tomo encodes pydicom decodes to the same text, and the
other way round; of the single-byte sets every character that Python's own tables have."""
import json
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
tomo = os.environ.get("TOMO", str(Path(__file__).resolve().parents[2] / "build/tomo"))
try:
    import pydicom
    from pydicom.dataset import Dataset, FileMetaDataset
except ImportError:
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)
passed = failed = 0


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED", what)


def single(codec, extra=""):
    out = ""
    for b in range(0xA0, 0x100):
        try:
            c = bytes([b]).decode(codec)
        except UnicodeDecodeError:
            continue
        if ord(c) > 0xA0:
            out += c
    return out + extra


KANJI, KANA = "山田太郎東京", "やまだたろう"
HALF = "ﾔﾏﾀﾞﾀﾛｳ"
SETS = [
    ("ISO_IR 100", single("iso8859-1")), ("ISO_IR 101", single("iso8859-2")), ("ISO_IR 109", single("iso8859-3")),
    ("ISO_IR 110", single("iso8859-4")), ("ISO_IR 144", single("iso8859-5")), ("ISO_IR 127", single("iso8859-6")),
    ("ISO_IR 126", single("iso8859-7")), ("ISO_IR 138", single("iso8859-8")), ("ISO_IR 148", single("iso8859-9")),
    ("ISO_IR 166", single("tis-620")), ("ISO_IR 13", HALF), ("ISO_IR 192", "é王홍" + KANJI + "😀"),
    ("GB18030", "王小东é" + KANJI + "😀"), ("GBK", "王小东" + KANJI),
    ("\\ISO 2022 IR 87", KANJI + KANA), ("ISO 2022 IR 13\\ISO 2022 IR 87", HALF + KANJI + KANA),
    ("\\ISO 2022 IR 159", "丄丅丌"), ("\\ISO 2022 IR 87\\ISO 2022 IR 159", KANJI + "丄" + KANA),
    ("\\ISO 2022 IR 149", "洪吉洞홍길동"), ("ISO 2022 IR 100\\ISO 2022 IR 144", "éЛюк"),
    ("ISO 2022 IR 100\\ISO 2022 IR 126\\ISO 2022 IR 101", "éΔιČ"),
]
with tempfile.TemporaryDirectory() as folder:
    text, path, theirs = (os.path.join(folder, n) for n in ("a.json", "a.dcm", "b.dcm"))
    for terms, sample in SETS:
        pieces = [sample[i:i + 20] for i in range(0, len(sample), 20)]
        if len(pieces) % 2:
            pieces.append("A")
        name = "%s^%s=%s" % (sample[:3], sample[3:6], sample[6:9])
        comment = "x " + sample + "\r\n y"
        with open(text, "w", encoding="utf-8") as f:
            json.dump({"00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
                       "00100010": {"vr": "PN", "Value": [dict(zip(("Alphabetic", "Ideographic"), name.split("=")))]},
                       "00101000": {"vr": "LO", "Value": pieces},
                       "00104000": {"vr": "LT", "Value": [comment]}}, f)
        r = subprocess.run([tomo, "dicom", "create", text, path, "--charset", terms], capture_output=True, text=True)
        check(r.returncode == 0, "%s: %s" % (terms, r.stderr))
        if r.returncode:
            continue
        ds = pydicom.dcmread(path, force=True)
        check(str(ds.PatientName) == name.rstrip("="), "%s: pydicom reads %r, not %r" % (terms, str(ds.PatientName), name))
        check(list(ds[0x00101000].value) == pieces, "%s: pydicom reads %r" % (terms, ds[0x00101000].value))
        check(ds.PatientComments == comment, "%s: pydicom reads %r" % (terms, ds.PatientComments))
        made = Dataset()
        made.SpecificCharacterSet = terms.split("\\") if "\\" in terms else terms
        made.PatientName = name
        made.OtherPatientIDs = pieces
        made.PatientComments = comment
        made.file_meta = FileMetaDataset()
        made.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
        made.is_little_endian, made.is_implicit_VR = True, False
        try:
            made.save_as(theirs, write_like_original=False)
        except Exception as e:
            if "SOP" not in str(e) and "Media" not in str(e):
                print("skipped: pydicom can't write %s: %s" % (terms, e))
                continue
            made.file_meta.MediaStorageSOPClassUID = made.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
            made.save_as(theirs, write_like_original=False)
        again = pydicom.dcmread(theirs, force=True)
        if again.PatientComments != comment:
            continue  # pydicom has written ? for some of it
        out = subprocess.run([tomo, "dicom", "get", theirs, "PatientName", "PatientComments", "00101000", "--json"],
                             capture_output=True, text=True)
        got = json.loads(out.stdout)
        check(got["PatientName"] == name.rstrip("="), "%s: Tomo reads %r" % (terms, got["PatientName"]))
        check(got["PatientComments"] == comment, "%s: Tomo reads %r" % (terms, got["PatientComments"]))
        check(got["00101000"].split("\\") == pieces, "%s: Tomo reads %r" % (terms, got["00101000"]))
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(bool(failed))
