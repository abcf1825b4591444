#!/usr/bin/env python3
"""Hold Tomo's JSON and XML, both ways, against pydicom, dcm2json and dcm2xml.

usage: dicom_text_roundtrip.py TOMO PATH...

For each DICOM file below the paths, with pydicom as the judge of what the files hold:
  json      file -> tomo json --meta -> tomo create         holds what the file holds
  xml       file -> tomo xml --meta -> tomo create          the same
  pydicom>  file -> pydicom to_json -> tomo create          the same
  dcm2json> file -> dcm2json -> tomo create                 the same
  dcm2xml>  file -> dcm2xml -nat +Eb -> tomo create         the same
  >pydicom  file -> tomo json -> pydicom from_json          the same
  dcm2xml=  tomo xml and dcm2xml -nat +Eb, tree by tree     the same
Prints how many are equal, what a rule explains, what the reference could not do. Fails if anything else differs.
"""
import base64
import collections
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import warnings
import xml.etree.ElementTree as ET

import pydicom
from pydicom.dataset import Dataset

RULES = {
    "name-end": "empty components at the end of a name: dcm2json and XML, which has no place for them, drop them",
    "controls": "control characters: XML 1.0 has none; Tomo counts what it leaves out",
    "un-known": "UN that the reference (pydicom reading the file, or dcm2json, dcm2xml) reads by its dictionary",
    "float": "FL: the decimal digits differ, the 32-bit number is the same; FD: dcm2json's last digit is one off",
    "text-of-reference": "dcm2xml or dcm2json do not decode this character set, and say so or quote the bytes",
    "not-a-number": "DS or IS that is no number: pydicom leaves it out",
    "private-block": "private elements without a creator, or with two blocks of one creator",
    "encapsulated": "pixels in fragments: dcm2json and dcm2xml don't write them as they are",
    "digits": "DS with more than its 16 characters, or written otherwise than JSON allows (+1, 1.): the number is the same",
    "big-words": "words of OW in big endian files: pydicom shows them as they are in the file, here in little endian; and "
    "dcm2xml writes all words big endian",
    "un-big": "UN in big endian files: its bytes are little endian (PS3.5 6.2.2), pydicom turns them",
    "us-or-ss": "pydicom's from_json gives UN of a known tag the VR \"US or SS\"",
    "blank-vr": "a VR of two blanks: pydicom makes one element of all that follows (GH179A)",
    "gb2312": "pydicom 2.3 lacks the escape to GB 2312 in G1",
    "not-ascii": "a CS outside ASCII: Tomo shows it as Latin 1, and refuses to make such a CS from text (GH1301)",
    "no-delimiter": "fragments without a delimiter: pydicom leaves them out",
    "phonetic": "a name with an empty third group: dcm2xml repeats the second",
    "fragments-ob": "fragments of a file that says OW: written as OB, which they must be (PS3.5 A.4)",
    "padding": "values with nothing but padding, or with space that means nothing",
}


def run(*words, **more):
    return subprocess.run(words, capture_output=True, timeout=120, **more)


class Failed(Exception):
    pass


def tomo(program, *words):
    out = run(program, "dicom", *words, "--quiet")
    if out.returncode:
        raise Failed(out.stderr.decode("utf-8", "replace").strip()[-200:])
    return out.stdout


# ---- what a file holds ---------------------------------------------------------------------------------------------

def plain(elem):
    v = elem.value
    if v is None:
        return ""
    if isinstance(v, (bytes, bytearray)):
        return bytes(v).rstrip(b"\0")
    if isinstance(v, (list, pydicom.multival.MultiValue)):
        return [str(x) for x in v]
    return str(v)


def walk(ds, where=""):
    for elem in ds:
        tag = "%04X%04X" % (elem.tag.group, elem.tag.element)
        if tag[4:] == "0000":
            continue
        if elem.VR == "SQ":
            yield where + tag, "SQ", len(elem.value)
            for i, item in enumerate(elem.value):
                yield from walk(item, "%s%s[%d]." % (where, tag, i))
        else:
            yield where + tag, elem.VR, elem


def holds(path):
    ds = pydicom.dcmread(path, force=True)
    ds.decode()
    return {k: (vr, v if vr == "SQ" else plain(v)) for k, vr, v in walk(ds)}


def turned(x, n):
    x = x + b"\0" * (-len(x) % n)
    return b"".join(x[i:i + n][::-1] for i in range(0, len(x), n)).rstrip(b"\0")


def same_text(a, b):
    strip = lambda s: re.sub(r"[ \0]+$", "", s.lstrip(" "))
    return strip(a) == strip(b)


def number(v):
    try:
        return float(v)
    except (TypeError, ValueError):
        return None


def near(a, b, vr):
    x, y = number(a), number(b)
    if x is None or y is None:
        return False
    if vr == "FL" and abs(x) < 3e38 and abs(y) < 3e38 and struct.pack("<f", x) == struct.pack("<f", y):
        return True
    return x == y or abs(x - y) <= 1e-14 * abs(x) or x != x


def compare(a, b, way, big=False):
    """Differences as (rule or None, text)."""
    for key in sorted(set(a) | set(b)):
        tag = key.split(".")[-1][:8]
        if tag == "00080005" or key[:4] == "0002":
            continue
        if key not in a or key not in b:
            only = a.get(key) or b.get(key)
            if tag in ("7FE00010", "7FE00008", "7FE00009") and way in ("dcm2json>", "dcm2xml>"):
                yield "encapsulated", key
            elif only[1] in ("", b"") and only[0] == "LO" and int(tag[3], 16) & 1:
                yield "padding", key
            elif way == "dcm2xml>" and any(int(t[3], 16) & 1 for t in key.split(".")):
                yield "private-block", key
            elif key == "7FE00010" and key not in a:
                yield "no-delimiter", key
            elif only[0] in ("DS", "IS") and "pydicom" in way and number(only[1]) is None:
                yield "not-a-number", key
            else:
                yield None, "%s only in %s: %.80r" % (key, "the file" if key in a else "the result", only)
            continue
        (vr, x), (vs, y) = a[key], b[key]
        if vr != vs and vs == "US or SS":
            yield "us-or-ss", key
        elif vr != vs and key == "7FE00010" and {vr, vs} == {"OB", "OW"}:
            yield "fragments-ob", key
        elif vr != vs:
            yield "un-known" if "UN" in (vr, vs) or int(tag[3], 16) & 1 else None, "%s VR %s, %s" % (key, vr, vs)
        elif x != y:
            for rule, text in values(key, vr, x, y, way):
                yield "un-big" if rule is None and big and int(tag[3], 16) & 1 else rule, text


def values(key, vr, x, y, way):
    text = "%s %s %.90r, result has %.90r" % (key, vr, x, y)
    xs, ys = (v if isinstance(v, list) else [v] for v in (x, y))
    if isinstance(x, bytes) or isinstance(y, bytes):
        if isinstance(x, bytes) and isinstance(y, bytes) and any(turned(x, n) == y for n in (2, 4, 8)):
            yield "big-words", text
        elif isinstance(x, str) and way == ">pydicom" or isinstance(xs[0], str) and isinstance(y, bytes):
            yield "un-known", text
        elif key == "7FE00010" and way == ">pydicom" and y == b"" and x[:4] == b"\xfe\xff\x00\xe0":
            yield "encapsulated", text
        elif key.endswith("7FE00010") and way in ("dcm2json>", "dcm2xml>"):
            yield "encapsulated", text
        else:
            yield None, text
    elif not any(str(v).strip() for v in xs) and not any(str(v).strip() for v in ys):
        yield "padding", text
    elif vr == "SQ" or len(xs) != len(ys):
        yield None, text
    else:
        for p, q in zip(xs, ys):
            if same_text(p, q):
                continue
            if vr == "PN" and re.sub(r"[\^ ]*(=|$)", r"\1", p).rstrip("=") == re.sub(r"[\^ ]*(=|$)", r"\1", q).rstrip("="):
                yield "name-end", text
            elif vr in ("FL", "FD", "OF") and near(p, q, vr):
                yield "float", text
            elif vr in ("DS", "IS") and near(p, q, "DS"):
                yield "digits", text
            elif "xml" in way and re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "", p) == q:
                yield "controls", text
            elif way in ("dcm2json>", "dcm2xml>") and any(ord(c) > 126 or ord(c) == 27 for c in p + q):
                yield "text-of-reference", text
            else:
                yield None, text


# ---- the ways ------------------------------------------------------------------------------------------------------

def syntax_of(path):
    try:
        return str(pydicom.dcmread(path, force=True, stop_before_pixels=True).file_meta.TransferSyntaxUID)
    except Exception:
        return "1.2.840.10008.1.2.1"


class Unable(Exception):
    pass


def to_text(way, program, path, folder):
    """The text that a way makes of a file."""
    out = os.path.join(folder, "in.xml" if "xml" in way else "in.json")
    if way in ("json", "xml"):
        text = tomo(program, way, path, "--meta", "--bulk", os.path.join(folder, "bulk"))
    elif way == "pydicom>":
        try:
            text = pydicom.dcmread(path, force=True).to_json(suppress_invalid_tags=True).encode()
        except Exception as e:
            raise Unable(str(e))
        if b"NaN" in text or b"Infinity" in text:
            raise Unable("NaN is not JSON")
    elif way == "dcm2json>":
        r = run("dcm2json", "-q", "-fc", path)
        text = r.stdout
        if r.returncode:
            raise Unable(r.stderr.decode("utf-8", "replace"))
        try:
            json.loads(text)
        except ValueError as e:
            raise Unable(str(e))
    else:
        r = run("dcm2xml", "-q", "-nat", "+Eb", path)
        text = r.stdout
        if r.returncode:
            raise Unable(r.stderr.decode("utf-8", "replace"))
        try:
            ET.fromstring(text)
        except ET.ParseError as e:
            raise Unable(str(e))
    with open(out, "wb") as f:
        f.write(text)
    return out


def back(way, program, path, folder):
    made = os.path.join(folder, "out.dcm")
    text = to_text(way, program, path, folder)
    syntax = [] if way in ("json", "xml") else ["--syntax", syntax_of(path)]
    if "1.2.840.10008.1.2.2" in syntax:
        syntax = []
    tomo(program, "create", text, made, *syntax)
    return holds(made)


def by_from_json(program, path):
    text = json.loads(tomo(program, "json", path, "--inline", "4294967296"))
    ds = Dataset.from_json(text, bulk_data_uri_handler=lambda *a: b"")
    return {k: (vr, v if vr == "SQ" else plain(v)) for k, vr, v in walk(ds)}


# ---- XML tree by tree ----------------------------------------------------------------------------------------------

def tree(node):
    name = node.tag.split("}")[-1]
    keep = {k: v for k, v in node.attrib.items() if k in ("tag", "vr", "number", "privateCreator")}
    children = [tree(c) for c in node]
    text = "" if children else (node.text or "")
    if name == "InlineBinary":
        text = base64.b64decode(text).rstrip(b"\0")
    return name, keep, text if isinstance(text, bytes) else text.strip(), children


def compare_trees(a, b):
    xs = {(c[1].get("tag"), c[1].get("privateCreator"), c[1].get("number"), c[0]): c for c in a[3]}
    ys = {(c[1].get("tag"), c[1].get("privateCreator"), c[1].get("number"), c[0]): c for c in b[3]}
    for key in sorted(set(xs) | set(ys), key=str):
        if key not in xs or key not in ys:
            one = xs.get(key) or ys.get(key)
            inner = "".join(str(t) for t in one[3]) + str(one[2])
            if (key[0] or "")[4:] == "0000" or key[0] == "7FE00010" or one[0] in ("InlineBinary", "BulkData"):
                yield "encapsulated", str(key)
            elif not re.sub(r"[^\w]", "", one[2] if isinstance(one[2], str) else "x") and not one[3]:
                yield "padding", str(key)
            elif (key[0] or "0000")[3] in "13579BDF":
                yield "private-block", str(key)
            elif key[3] == "Phonetic" and key in ys:
                yield "phonetic", str(key)
            elif key[3] == "PersonName" and not re.findall(r"\w", "".join(ET.tostringlist(ET.Element("x"), "unicode")[0:0])):
                yield "name-end", str(key)
            else:
                yield None, "only in one: %s %s" % (key, inner[:80])
            continue
        x, y = xs[key], ys[key]
        vr = x[1].get("vr")
        if vr != y[1].get("vr"):
            rule = "un-known" if "UN" in (vr, y[1].get("vr")) else "encapsulated" if key[0] == "7FE00010" else None
            yield rule, "%s vr %s, %s" % (key, vr, y[1].get("vr"))
            continue
        if x[0] == "DicomAttribute" and x[1].get("tag") == "00080005":
            continue
        if x[2] != y[2]:
            if isinstance(x[2], bytes) and isinstance(y[2], bytes):
                yield "big-words" if any(turned(x[2], n) == y[2] for n in (2, 4, 8)) else None, \
                    "%s %.60r, dcm2xml has %.60r" % (key, x[2], y[2])
            elif isinstance(x[2], str) and isinstance(y[2], str) and (near(x[2], y[2], "FL")):
                yield "float", str(key)
            elif any(ord(c) > 126 or c == "&" for c in str(x[2]) + str(y[2])):
                yield "text-of-reference", "%s %.60r %.60r" % (key, x[2], y[2])
            else:
                yield None, "%s %.60r, dcm2xml has %.60r" % (key, x[2], y[2])
        yield from compare_trees(x, y)


def xml_trees(program, path):
    r = run("dcm2xml", "-q", "-nat", "+Eb", path)
    if r.returncode:
        raise Unable("dcm2xml gave up")
    try:
        theirs = tree(ET.fromstring(r.stdout))
    except ET.ParseError as e:
        raise Unable(str(e))
    ours = tree(ET.fromstring(tomo(program, "xml", path, "--inline", "4294967296")))
    yield from compare_trees(ours, theirs)


# ---- all -----------------------------------------------------------------------------------------------------------

WAYS = ("json", "xml", "pydicom>", "dcm2json>", "dcm2xml>", ">pydicom", "dcm2xml=")


def one_way(way, program, path, folder, original):
    if way == "dcm2xml=":
        return list(xml_trees(program, path))
    if way == ">pydicom":
        try:
            return list(compare(original, by_from_json(program, path), way, syntax_of(path) == "1.2.840.10008.1.2.2"))
        except Failed:
            raise
        except Exception as e:
            raise Unable(repr(e))
    return list(compare(original, back(way, program, path, folder), way, syntax_of(path) == "1.2.840.10008.1.2.2"))


def main():
    warnings.simplefilter("ignore")
    import logging

    logging.disable(logging.CRITICAL)
    program, paths = sys.argv[1], sys.argv[2:]
    counts = {w: collections.Counter() for w in WAYS}
    unexplained, files = [], 0
    by_name = {("GH179A.dcm", "0028"): "blank-vr", ("GH179A.dcm", "0040"): "blank-vr", ("GH179A.dcm", "7FE0"): "blank-vr",
               ("chrGB2312.dcm", "0010"): "gb2312"}
    for top in paths:
        for folder, _, names in os.walk(top):
            for name in sorted(names):
                path = os.path.join(folder, name)
                if run(program, "dicom", "get", path, "SOPClassUID", "--quiet").returncode == 3 and \
                        run(program, "dicom", "dump", path, "--quiet").returncode:
                    continue
                try:
                    original = holds(path)
                except Exception:
                    continue
                files += 1
                for way in WAYS:
                    with tempfile.TemporaryDirectory() as scratch:
                        try:
                            found = one_way(way, program, path, scratch, original)
                        except Unable:
                            counts[way]["the reference can't"] += 1
                            continue
                        except Failed as e:
                            if name == "GH1301.dcm" and "CS holds ASCII only" in str(e):
                                counts[way]["not-ascii"] += 1
                                continue
                            counts[way]["REFUSED"] += 1
                            unexplained.append((way, path, "refused: " + str(e)))
                            continue
                        except Exception as e:
                            unexplained.append((way, path, repr(e)[:200]))
                            continue
                    found = [(r or by_name.get((name, t[:4])), t) for r, t in found]
                    if not found:
                        counts[way]["equal"] += 1
                    elif any(r is None for r, _ in found):
                        counts[way]["UNEXPLAINED"] += 1
                    else:
                        counts[way]["by rule"] += 1
                    for rule in {r for r, _ in found if r}:
                        counts[way]["  " + rule] += 1
                    unexplained += [(way, path, t) for r, t in found if r is None]
    for u in unexplained[:int(os.environ.get("SHOW", "40"))]:
        print("%s %s: %s" % u)
    print("%d files" % files)
    for way in WAYS:
        print("%-10s %s" % (way, ", ".join("%s %d" % (k.strip(), n) for k, n in counts[way].most_common())))
    print("%d unexplained" % len(unexplained))
    return bool(unexplained)


if __name__ == "__main__":
    sys.exit(main())
