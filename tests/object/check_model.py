#!/usr/bin/python3
"""Patient and study attributes that break a rule of their VR, as scanners and RIS write them: every writer says what it
makes of them. Names, identifiers and texts are copied as they are, dates and codes left out; dciodvfy has no other Error
line than those of what was copied. Needs pydicom 2.3, numpy; dciodvfy."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pydicom

warnings.simplefilter("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
TOMO = os.environ.get("TOMO", os.path.join(os.environ.get("TOMO_SOURCE", os.path.join(HERE, "..", "..")), "build", "tomo"))
COPIED = {"StudyID": "SEVENTEEN LETTERS", "AccessionNumber": "2026-11-27/RAD/0047110815"}
LEFT_OUT = {"StudyDate": "27.11.2026", "PatientSex": "female"}
passed = failed = skipped = 0


def check(good, what):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good:
        print("FAILED", what)


def tomo(*args, **more):
    return subprocess.run([TOMO, *args], capture_output=True, text=True, **more)


def source(work):
    """A series with good attributes by the program itself, which then get what breaks them."""
    z, y, x = np.mgrid[:6, :32, :32]
    ball = (x - 16) ** 2 + (y - 16) ** 2 + 9 * (z - 3) ** 2 < 64
    for name, a in (("ct", np.where(ball, 200, -500).astype("<i2")), ("labels", ball.astype("u1"))):
        with open("%s/%s.mha" % (work, name), "wb") as f:
            f.write(("ObjectType = Image\nNDims = 3\nDimSize = 32 32 6\nElementSpacing = 1 1 3\nElementType = %s\n"
                     "ElementDataFile = LOCAL\n" % ("MET_SHORT" if name == "ct" else "MET_UCHAR")).encode())
            f.write(a.tobytes())
    p = tomo("convert", work + "/ct.mha", work + "/scan", "--modality", "CT", "--patient-id", "4711")
    check(p.returncode == 0, "the source: " + p.stderr)
    for name in os.listdir(work + "/scan"):
        path = os.path.join(work, "scan", name)
        ds = pydicom.dcmread(path)
        for keyword, value in {**COPIED, **LEFT_OUT}.items():
            setattr(ds, keyword, "")
            ds[keyword]._value = value
        ds.save_as(path)


def errors(path):
    """Error lines but for those of what is copied, and the one that sums them up."""
    text = subprocess.run(["dciodvfy", path], capture_output=True).stderr.decode("latin1")
    told = [line for line in text.split("\n") if line.startswith("Error")]
    return [line for line in told if not line.endswith("invalid data values for Value Representations") and
            not any("<%s>" % value in line for value in COPIED.values())]


def main():
    global skipped
    if not os.path.exists(TOMO):
        sys.exit("no " + TOMO)
    work = tempfile.mkdtemp()
    try:
        source(work)
        scan, labels = work + "/scan", work + "/labels.mha"
        first = os.path.join(scan, sorted(os.listdir(scan))[0])
        with open(work + "/report.json", "w") as f:
            json.dump({"groups": [{"tracking_id": "lesion 1", "measurements": [
                {"name": {"value": "118565006", "scheme": "SCT", "meaning": "Volume"}, "value": 1.5,
                 "unit": {"value": "cm3", "scheme": "UCUM", "meaning": "cm3"}}]}]}, f)
        with open(work + "/a.pdf", "wb") as f:
            f.write(b"%PDF-1.4\n%%EOF\n")
        with open(work + "/pr.json", "w") as f:
            json.dump({"label": "STATE"}, f)
        cases = {
            "seg": ("dicom", "create", labels, work + "/seg.dcm", "--as", "seg", "--like", scan, "--algorithm", "MANUAL"),
            "rtstruct": ("dicom", "create", labels, work + "/rtstruct.dcm", "--as", "rtstruct", "--like", scan),
            "enhanced": ("dicom", "create", work + "/ct.mha", work + "/enhanced.dcm", "--as", "enhanced-ct", "--like", scan),
            "sr": ("report", "sr", work + "/report.json", work + "/sr.dcm", "--like", first),
            "pdf": ("dicom", "create", work + "/a.pdf", work + "/pdf.dcm", "--as", "pdf", "--like", first),
            "pr": ("dicom", "create", work + "/pr.json", work + "/pr.dcm", "--as", "pr", "--like", first),
            "series": ("convert", work + "/ct.mha", work + "/series", "--like", first),
        }
        for name, args in cases.items():
            p = tomo(*args)
            check(p.returncode == 0, "%s: %s" % (name, p.stderr))
            if p.returncode:
                continue
            path = "%s/%s.dcm" % (work, name)
            if name == "series":
                path = os.path.join(args[2], sorted(os.listdir(args[2]))[0])
            ds = pydicom.dcmread(path)
            for keyword, value in COPIED.items():
                if name == "series" and keyword == "StudyID":  # a series of its own study has its own
                    continue
                tag = "(%04x,%04x)" % (ds[keyword].tag.group, ds[keyword].tag.elem)
                check(ds[keyword].value == value, "%s: %s is %r" % (name, keyword, ds[keyword].value))
                check(p.stderr.count(tag + " of the model is copied as it is") == 1, "%s: %s" % (name, p.stderr))
            for keyword in LEFT_OUT:
                tag = "(%04x,%04x)" % (ds[keyword].tag.group, ds[keyword].tag.elem)
                check(ds[keyword].value in ("", None), "%s: %s is %r" % (name, keyword, ds[keyword].value))
                check(p.stderr.count(tag + " of the model is left out") == 1, "%s: %s" % (name, p.stderr))
            if shutil.which("dciodvfy"):
                check(errors(path) == [], "%s: %s" % (name, errors(path)[:3]))
            else:
                skipped += 1
    finally:
        shutil.rmtree(work)
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
