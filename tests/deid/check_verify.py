#!/usr/bin/python3
"""`tomo deid verify` fails closed: what can't be searched, or gives nothing to search for, is said and is no success."""
import json
import os
import subprocess
import sys
import tempfile

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID

HERE = os.path.dirname(os.path.abspath(__file__))
TOMO = os.path.abspath(os.environ.get("TOMO", os.path.join(HERE, "..", "..", "build", "tomo")))
passed = failed = 0


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED", what)


def verify(folder, *flags):
    p = subprocess.run([TOMO, "deid", "verify", folder, *flags, "--json"], capture_output=True, text=True)
    return p.returncode, json.loads(p.stdout) if p.stdout else {}, p.stderr


def write(path, name, number):
    ds = FileDataset(path, Dataset(), file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    ds.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2.1")
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = UID("1.2.840.10008.5.1.4.1.1.2")
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = UID("1.2.3.4.5.6")
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.3.4.5.7", "1.2.3.4.5.8"
    ds.PatientName, ds.PatientID = name, number
    ds.is_little_endian, ds.is_implicit_VR = True, False
    ds.save_as(path, write_like_original=False)


with tempfile.TemporaryDirectory() as top:
    os.chdir(top)
    for d in ("empty", "originals", "text", "mixed"):
        os.mkdir(d)
    write("originals/one.dcm", "Quillfeather^Ambrose", "MRN-4711")
    write("mixed/two.dcm", "Quillfeather^Ambrose", "MRN-4711")
    for path in ("text/readme.txt", "mixed/a.txt"):
        with open(path, "w") as f:
            f.write("no DICOM\n")
    done = subprocess.run([TOMO, "deid", "run", "originals", "clean", "--quiet"], capture_output=True)
    check(done.returncode == 0, f"run: {done.stderr}")

    code, _, said = verify("empty")
    check(code not in (0, 1) and "no file to verify" in said, f"an empty folder: {code} {said}")
    code, _, said = verify("clean", "--original", "text")
    check(code not in (0, 1) and "none of 1 files gives" in said, f"originals without DICOM: {code} {said}")
    code, _, said = verify("clean", "--original", "empty")
    check(code not in (0, 1) and "none of 0 files gives" in said, f"no originals: {code} {said}")

    code, r, said = verify("clean", "--original", "originals")
    check(code == 0 and r["findings"] == 0 and r["terms"] > 3 and r["notSearchedFor"] == [], f"a good one: {code} {r} {said}")
    code, r, _ = verify("clean", "--original", "mixed")
    check(code == 1 and r["findings"] == 0, f"an original that is no DICOM: {code} {r}")
    check(r.get("notSearchedFor") == [{"original": 1, "what": "it can't be read as DICOM"}], f"its place: {r}")
    os.remove("mixed/a.txt")
    with open("mixed/two.dcm", "rb") as f:
        whole = f.read()
    with open("mixed/two.dcm", "wb") as f:
        f.write(whole[:-7])
    code, r, _ = verify("clean", "--original", "mixed")
    check(code == 1 and len(r.get("notSearchedFor", [])) == 1, f"a damaged original: {code} {r}")

    def terms(text):
        with open("terms", "w", newline="") as f:
            f.write(text)

    terms("Quillfeather\nab\n\nx\nMRN-4711\r\n!!!!!!!!\n")
    code, r, _ = verify("clean", "--answer-key", "terms")
    check(code == 1 and r["findings"] == 0, f"short terms: {code} {r}")
    check([g["term"] for g in r["notSearchedFor"]] == [2, 4, 6], f"their lines: {r}")
    terms("Quillfeather\nMRN-4711\n20040229\n1.2.3.4.5.6\n")
    code, r, _ = verify("clean", "--answer-key", "terms")
    check(code == 0 and r["notSearchedFor"] == [], f"terms that can be searched: {code} {r}")
    code, r, _ = verify("originals", "--answer-key", "terms")
    check(code == 1 and r["findings"] > 2, f"they are found: {code} {r}")
    terms("\n  \n")
    code, _, said = verify("clean", "--answer-key", "terms")
    check(code == 2 and "no term" in said, f"no terms: {code} {said}")

print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(failed != 0)
