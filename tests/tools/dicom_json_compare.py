#!/usr/bin/env python3
"""Hold DICOM JSON written by Tomo against pydicom's and dcm2json's.

usage: dicom_json_compare.py LIST         (LIST: lines "DICOM file<tab>JSON file")

Values are compared after both sides are brought to one form. Prints what differs and a line of counts; fails if
anything did.
"""
import base64
import json
import math
import os
import subprocess
import sys
import warnings

import pydicom

# Rules, each for a difference that was looked into:
# - (0008,0005): Tomo and dcm2json say ISO_IR 192, since JSON is UTF-8; pydicom repeats the file's.
# - values past the limit: Tomo names them by BulkDataURI, the others inline everything.
# - UN of known tags: pydicom and dcm2json read some by the dictionary, Tomo keeps the bytes.
# - names: dcm2json drops empty components at the end ("A^^" is "A"), Tomo and pydicom keep what is there.
# - group lengths in items: the others write them although PS3.18 F.2.2 says not to.
# - binary words of big endian files: PS3.18 F.2.7 wants little endian; pydicom leaves them as they are.
# - odd lengths: DCMTK pads them on reading.
# And whole files, by reference:
KNOWN = {
    ("badVR.dcm", "pydicom"): "pydicom leaves out an IS that is no number",
    ("GH195.dcm", "pydicom"): "pydicom leaves out a DS that is no number",
    ("GH179A.dcm", "pydicom"): "pydicom stops at a blank VR",
    ("emri_small_jpeg_2k_lossless_too_short.dcm", "pydicom"): "pydicom stops at the missing delimiter",
    ("chrGB2312.dcm", "pydicom"): "pydicom 2.3 does not know the escape to GB 2312 in G1",
    ("chrSQEncoding.dcm", "dcm2json"): "dcm2json leaves text of an item's own character set undecoded",
    ("GH1301.dcm", "dcm2json"): "bytes outside ASCII in a CS: Tomo reads Latin 1, dcm2json writes broken UTF-8",
}


def number(v):
    if isinstance(v, bool) or v is None:
        return v
    if isinstance(v, (int, float)):
        return float(v)
    try:
        return float(v)
    except (TypeError, ValueError):
        return v


def same_number(a, b, vr):
    a, b = number(a), number(b)
    if isinstance(a, float) and isinstance(b, float):
        if math.isnan(a) or math.isnan(b):
            return math.isnan(a) and math.isnan(b)
        return a == b or abs(a - b) <= (2e-6 if vr in ("FL", "OF") else 1e-12) * max(abs(a), abs(b))
    return a == b


def names(v):
    return {k: s.rstrip(" ^") for k, s in (v or {}).items() if s.rstrip(" ^")} if isinstance(v, dict) else v


def binary(v):
    return base64.b64decode(v or "").rstrip(b"\0")


class Compare:
    def __init__(self, path, reference, big):
        self.path, self.reference, self.big, self.elements, self.failed = path, reference, big, 0, []

    def value(self, vr, a, b):
        if vr in ("IS", "DS", "FL", "FD", "US", "SS", "UL", "SL", "UV", "SV"):
            return same_number(a, b, vr)
        if vr == "PN":
            return (names(a) or None) == (names(b) or None)
        if isinstance(a, str) and isinstance(b, str):
            return a.strip(" \0") == b.strip(" \0")
        return (a or None) == (b or None)

    def element(self, tag, where, a, b):
        self.elements += 1
        if a.get("vr") != b.get("vr"):
            if "UN" in (a.get("vr"), b.get("vr")):
                return
            self.failed.append("%s%s vr %s, %s has %s" % (where, tag, a.get("vr"), self.reference, b.get("vr")))
        elif a["vr"] == "SQ":
            x, y = a.get("Value", []), b.get("Value", [])
            if len(x) != len(y):
                self.failed.append("%s%s %d items, %s has %d" % (where, tag, len(x), self.reference, len(y)))
            for i, (p, q) in enumerate(zip(x, y)):
                self.dataset(p, q, "%s%s[%d]." % (where, tag, i))
        elif "BulkDataURI" in a or "BulkDataURI" in b:
            if a["BulkDataURI"] != "#" + where + tag:
                self.failed.append("%s%s BulkDataURI is %s" % (where, tag, a["BulkDataURI"]))
        elif "InlineBinary" in a or "InlineBinary" in b:
            if binary(a.get("InlineBinary")) != binary(b.get("InlineBinary")) and not self.big:
                self.failed.append("%s%s binary differs from %s" % (where, tag, self.reference))
        elif tag != "00080005":
            x, y = a.get("Value", []), b.get("Value", [])
            x, y = ([] if all((names(v) if isinstance(v, dict) else v) in (None, "", {}) for v in w) else w for w in (x, y))
            if len(x) != len(y) or not all(self.value(a["vr"], p, q) for p, q in zip(x, y)):
                self.failed.append("%s%s %s %.80r, %s has %.80r" % (where, tag, a["vr"], x, self.reference, y))

    def dataset(self, a, b, where=""):
        for tag in sorted(set(a) | {t for t in b if t[4:] != "0000" and t[:4] != "0002"}):
            if tag not in a or tag not in b:
                self.failed.append("%s%s is %s" % (where, tag, "missing" if tag in b else "more than in " + self.reference))
            else:
                self.element(tag, where, a[tag], b[tag])
        if list(a) != sorted(a):
            self.failed.append(where + " is not in order")


def by_pydicom(path):
    ds = pydicom.dcmread(path, force=True)
    return json.loads(json.dumps(ds.to_json_dict(suppress_invalid_tags=True)))


def is_big(path):
    meta = getattr(pydicom.dcmread(path, force=True, stop_before_pixels=True), "file_meta", None)
    return str(getattr(meta, "TransferSyntaxUID", "")) == "1.2.840.10008.1.2.2"


def by_dcm2json(path):
    out = subprocess.run(["dcm2json", "-q", path], capture_output=True, timeout=60)
    if out.returncode:
        raise ValueError("dcm2json gave up")
    return json.loads(out.stdout.decode("utf-8", "replace"))


def main():
    warnings.simplefilter("ignore")
    files = elements = 0
    failed, unread = [], 0
    for line in open(sys.argv[1], encoding="utf-8"):
        path, ours = line.rstrip("\n").split("\t")
        a = json.load(open(ours, encoding="utf-8"))
        for name, make in (("pydicom", by_pydicom), ("dcm2json", by_dcm2json)):
            if (os.path.basename(path), name) in KNOWN:
                continue
            try:
                b = make(path)
            except Exception:  # what the reference can't turn into JSON is no reference
                unread += 1
                continue
            c = Compare(path, name, name == "pydicom" and is_big(path))
            c.dataset(a, b)
            files += 1
            elements += c.elements
            failed += [os.path.basename(path) + ": " + f for f in c.failed]
    for f in failed[:400]:
        print(f)
    print("%d comparisons, %d elements, %d failed, %d without a reference" % (files, elements, len(failed), unread))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
