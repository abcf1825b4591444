#!/usr/bin/env python3
"""Hold `tomo dicom json` against dcm2json and pydicom on every DICOM file below some folders.

usage: dicom_json_compare.py TOMO PATH... [--files] [--show N]

Prints for each reference how many files are equal, how many differ and by which rule, what it could not read, and
what no rule explains. Fails if anything is left unexplained. --files: a line for each file that is not equal.

A rule is a difference that was looked into; each says who is right by which section, or that both may be.
"""
import base64
import collections
import json
import math
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import warnings

import pydicom

try:
    from pydicom import config

    config.settings.reading_validation_mode = config.IGNORE
    config.convert_wrong_length_to_UN = True
except AttributeError:
    pass

NUMBERS = ("IS", "DS", "FL", "FD", "US", "SS", "UL", "SL", "UV", "SV")

RULES = {
    "charset": "(0008,0005): Tomo and dcm2json say ISO_IR 192, since JSON is UTF-8 (PS3.18 F.2, RFC 8259 8.1); "
    "pydicom repeats the file's term",
    "charset-empty": "(0008,0005) without a value: Tomo and pydicom keep it empty, dcm2json leaves it out",
    "group-length": "group lengths in items: PS3.18 F.2.2 leaves them out, pydicom writes them",
    "un-known": "UN of a known tag: pydicom or dcm2json read some by the dictionary; Tomo keeps VR and bytes as they "
    "are in the file, so that JSON turns back into the same data set",
    "un-private": "private elements of implicit VR: Tomo knows the VR by their creator, the reference has another "
    "table and writes UN",
    "name-end": "names: dcm2json drops empty components at the end (A^^ is A, ^^^^ has no value)",
    "spaces": "spaces at the ends of a value, which mean nothing (PS3.5 6.2)",
    "big-words": "words of OW, OL, OF... of big endian files: PS3.18 F.2.7 wants little endian, pydicom hands them "
    "on as they are",
    "odd-length": "values of odd length: DCMTK pads them with a zero byte on reading",
    "zero-padding": "text padded with a zero byte: dcm2json keeps it as a character",
    "not-a-number": "DS or IS that is no number: Tomo keeps it as text (F.2.3.1), pydicom leaves the element out",
    "float-digits": "FL: shortest digits that give the same 32-bit number in Tomo, digits of the 64-bit one in the "
    "references; FD: dcm2json's last digit is one off, pydicom agrees with Tomo",
    "empty-value": "nothing but padding: no Value in Tomo (F.2.5), an empty text or null in the reference",
    "encapsulated": "encapsulated pixel data: BulkDataURI in Tomo, all fragments as InlineBinary in pydicom, refused "
    "by dcm2json (compared without them)",
    "dcmodify": "the copy without pixels that dcmodify made for dcm2json lacks icons' pixels and the padding too",
    "charset-reference": "pydicom 2.3 lacks the escape to GB 2312 in G1, dcm2json the character set of an item",
    "not-ascii-cs": "bytes above 7F in a CS: Tomo reads Latin 1, dcm2json writes them as they are (not UTF-8)",
    "damaged": "damaged files: Tomo (with --force) and the reference stop at different places",
    "blank-vr": "a VR of two blanks: Tomo and DCMTK read on, pydicom stops there",
}

DAMAGED = ("GH179B.dcm", "GH626.dcm", "MR_truncated.dcm", "rtplan_truncated.dcm")

# What falls under a rule by name rather than by shape: file, reference, beginning of the text.
BY_NAME = (
    ("GH179A.dcm", "pydicom", "", "blank-vr"),
    ("chrGB2312.dcm", "pydicom", "00100010", "charset-reference"),
    ("chrSQEncoding.dcm", "dcm2json", "00321064[0].00100010", "charset-reference"),
    ("GH1301.dcm", "dcm2json", "00100040", "not-ascii-cs"),
)


def number(v):
    if isinstance(v, bool) or v is None:
        return v
    try:
        return float(v)
    except (TypeError, ValueError):
        return v


def same_number(a, b, vr):
    a, b = number(a), number(b)
    if isinstance(a, float) and isinstance(b, float):
        if math.isnan(a) or math.isnan(b):
            return math.isnan(a) and math.isnan(b)
        return a == b
    return a == b


def near_number(a, b, vr):
    a, b = number(a), number(b)
    if not (isinstance(a, float) and isinstance(b, float)):
        return False
    return vr == "FL" and struct_float(a) == struct_float(b) or vr == "FD" and abs(a - b) <= 1e-15 * abs(a)


def struct_float(v):
    try:
        return struct.pack("<f", v)
    except OverflowError:
        return v


def names(v):
    return {k: s.rstrip(" ^") for k, s in (v or {}).items() if s.rstrip(" ^")} if isinstance(v, dict) else v


def blank(v):
    return v is None or v == {} or (isinstance(v, str) and not v.strip(" \0"))


class Compare:
    """Differences of one file against one reference: self.found is a list of (rule or None, text)."""

    def __init__(self, path, reference, cut, big):
        self.name, self.reference, self.cut, self.big = os.path.basename(path), reference, cut, big
        self.elements, self.found = 0, []

    def note(self, rule, text):
        if rule is None:
            for name, reference, start, by_name in BY_NAME:
                if name == self.name and reference == self.reference and text.startswith(start):
                    rule = by_name
            if self.name in DAMAGED:
                rule = "damaged"
        self.found.append((rule, text))

    def element(self, tag, where, a, b):
        self.elements += 1
        va, vb = a.get("vr"), b.get("vr")
        if va != vb:
            rule = None
            if "UN" in (va, vb):
                rule = "un-private" if int(tag[:4], 16) & 1 else "un-known"
            self.note(rule, "%s%s vr %s, reference has %s" % (where, tag, va, vb))
            return
        if va == "SQ":
            x, y = a.get("Value", []), b.get("Value", [])
            if len(x) != len(y):
                self.note(None, "%s%s %d items, reference has %d" % (where, tag, len(x), len(y)))
            for i, (p, q) in enumerate(zip(x, y)):
                self.dataset(p or {}, q or {}, "%s%s[%d]." % (where, tag, i))
        elif "BulkDataURI" in a or "BulkDataURI" in b:
            self.note("encapsulated", "%s%s" % (where, tag))
        elif "InlineBinary" in a or "InlineBinary" in b:
            self.binary(tag, where, va, a.get("InlineBinary") or "", b.get("InlineBinary") or "")
        elif tag == "00080005":
            if a != b:
                self.note("charset" if self.reference == "pydicom" else "charset-empty", "%s%s" % (where, tag))
        else:
            self.values(tag, where, va, a.get("Value", []), b.get("Value", []))

    def binary(self, tag, where, vr, a, b):
        if a == b:
            return
        x, y = base64.b64decode(a), base64.b64decode(b)
        rule = None
        if x + b"\0" == y and len(x) % 2:
            rule = "odd-length"
        elif self.big and self.reference == "pydicom" and sorted(x) == sorted(y):
            rule = "big-words"
        self.note(rule, "%s%s %s: %d bytes %s, reference %d bytes %s" % (where, tag, vr, len(x), x[:12], len(y), y[:12]))

    def values(self, tag, where, vr, x, y):
        if x == y:
            return
        text = "%s%s %s %.100r, reference has %.100r" % (where, tag, vr, x, y)
        if not x and all(blank(v) for v in y) or not y and all(blank(v) for v in x):
            return self.note("empty-value", text)
        if vr == "PN" and not y and not any(names(v) for v in x):
            return self.note("name-end", text)
        if len(x) != len(y):
            return self.note(None, text)
        for p, q in zip(x, y):
            self.value(vr, p, q, text)

    def value(self, vr, p, q, text):
        if p == q:
            return
        if vr in NUMBERS:
            if same_number(p, q, vr):
                return
            if near_number(p, q, vr):
                self.note("float-digits", text)
            elif isinstance(q, str) and q.endswith("\0") and same_number(p, q.rstrip("\0"), vr):
                self.note("zero-padding", text)
            else:
                self.note(None, text)
            return
        if vr == "PN" and (blank(p) or blank(q) or isinstance(p, dict) and isinstance(q, dict)):
            if (names(p) or None) == (names(q) or None):
                return self.note("name-end", text)
        elif blank(p) and blank(q):
            return self.note("empty-value", text)
        elif isinstance(p, str) and isinstance(q, str) and p.strip(" \0") == q.strip(" \0"):
            return self.note("spaces", text)
        self.note(None, text)

    def dataset(self, a, b, where=""):
        if list(a) != sorted(a):
            self.note(None, where + " is not in order")
        for tag in sorted(set(a) | set(b)):
            if tag not in a and (tag[4:] == "0000" or tag[:4] == "0002"):
                if where:
                    self.note("group-length", where + tag)
            elif tag not in a:
                self.note(None, "%s%s is missing: %.80r" % (where, tag, b[tag]))
            elif tag == "7FE00010" and "BulkDataURI" in a[tag] and tag not in b:
                self.note("encapsulated", where + tag)
            elif tag not in b:
                rule = None
                if tag == "00080005":
                    rule = "charset-empty"
                elif self.cut and tag in ("7FE00010", "FFFCFFFC"):
                    rule = "dcmodify"
                elif a[tag]["vr"] in ("DS", "IS") and any(isinstance(number(v), str) for v in a[tag]["Value"]):
                    rule = "not-a-number"
                self.note(rule, "%s%s is more than in the reference: %.80r" % (where, tag, a[tag]))
            else:
                self.element(tag, where, a[tag], b[tag])


def by_pydicom(path):
    ds = pydicom.dcmread(path, force=True)
    if not len(ds):
        raise ValueError("no elements")
    return json.loads(json.dumps(ds.to_json_dict(suppress_invalid_tags=True))), False


def is_big(path):
    with open(path, "rb") as f:
        return b"1.2.840.10008.1.2.2\0" in f.read(1024)


def by_dcm2json(path):
    command, cut = ["dcm2json", "-q", "-fc", "-ee"], False
    out = subprocess.run(command + [path], capture_output=True, timeout=120)
    if out.returncode and b"not supported for compressed pixel data" in out.stderr:
        with tempfile.TemporaryDirectory() as folder:  # it has no bulk data: the same file without its pixels
            cut = True
            copy = os.path.join(folder, "copy.dcm")
            shutil.copy(path, copy)
            subprocess.run(["dcmodify", "-q", "-nb", "-ea", "(7fe0,0010)", copy], capture_output=True, timeout=120)
            out = subprocess.run(command + [copy], capture_output=True, timeout=120)
    if out.returncode:
        raise ValueError(out.stderr.decode("utf-8", "replace").strip().split("\n")[-1][:120] or "dcm2json gave up")
    return json.loads(out.stdout.decode("utf-8", "replace")), cut


def by_tomo(tomo, path, force):
    out = subprocess.run([tomo, "dicom", "json", path, "--inline", "4294967296", "--quiet"] + ["--force"] * force,
                         capture_output=True, timeout=120)
    if out.returncode:
        raise ValueError(out.stderr.decode("utf-8", "replace").strip()[:160])
    return json.loads(out.stdout)


def is_dicom(path):
    with open(path, "rb") as f:
        head = f.read(132)
    return head[128:] == b"DICM"


def all_files(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, _, files in os.walk(path):
            for name in sorted(files):
                yield os.path.join(folder, name)


def main():
    warnings.simplefilter("ignore")
    import logging

    logging.disable(logging.CRITICAL)
    args = [a for a in sys.argv[1:] if not a.startswith("--")]
    if "--show" in sys.argv:
        show = int(args.pop())
    else:
        show = 40
    by_file = "--files" in sys.argv
    tomo, paths = args[0], args[1:]
    stats = {n: collections.Counter() for n in ("pydicom", "dcm2json")}
    rules = {n: collections.Counter() for n in stats}
    elements = collections.Counter()
    unexplained, refused, n_dicom = [], [], 0
    for path in all_files(paths):
        ours = why = None
        try:
            ours = by_tomo(tomo, path, False)
        except ValueError as e:
            why = str(e)
        if ours is None and not is_dicom(path):
            continue
        n_dicom += 1
        if ours is None:
            refused.append((path, why))
            try:
                ours = by_tomo(tomo, path, True)
            except ValueError as e:
                stats["pydicom"]["Tomo refuses"] += 1
                stats["dcm2json"]["Tomo refuses"] += 1
                continue
        for name, make in (("pydicom", by_pydicom), ("dcm2json", by_dcm2json)):
            try:
                theirs, cut = make(path)
            except Exception as e:  # what the reference can't turn into JSON is no reference
                stats[name]["no reference: it fails"] += 1
                if by_file:
                    print("%s\t%s\tno reference: %s" % (name, path, str(e)[:100]))
                continue
            c = Compare(path, name, cut, is_big(path))
            c.dataset(ours, theirs)
            elements[name] += c.elements
            found = {r for r, _ in c.found}
            if not found:
                stats[name]["equal"] += 1
            elif None in found:
                stats[name]["UNEXPLAINED"] += 1
            else:
                stats[name]["differ by rule"] += 1
            rules[name].update(found)
            if by_file and found:
                print("%s\t%s\t%s" % (name, path, ",".join(sorted(str(r) for r in found))))
            unexplained += [(name, path, t) for r, t in c.found if r is None or r not in RULES]
    for item in unexplained[:show]:
        print("UNEXPLAINED %s %s: %s" % item)
    for path, why in refused:
        print("Tomo refuses without --force: %s: %s" % (os.path.basename(path), why))
    for name in stats:
        print("\n%s: %d files, %d elements" % (name, n_dicom, elements[name]))
        for key, n in sorted(stats[name].items()):
            print("  %-28s %5d" % (key, n))
        for key, n in rules[name].most_common():
            print("    %-26s %5d files" % (key, n))
    print("\nrules")
    for key in sorted((set(rules["pydicom"]) | set(rules["dcm2json"])) - {None}):
        print("  %-18s %s" % (key, RULES.get(key, "none")))
    print("%d unexplained" % len(unexplained))
    return 1 if unexplained or not n_dicom else 0


if __name__ == "__main__":
    sys.exit(main())
