#!/usr/bin/python3
"""Score a de-identified folder against the answers of make_phi.py by the ten actions of the MIDI-B benchmark.

usage: score.py PLANTED REPORT.json OUT

Prints one line an action, then LEAKS: how many planted terms are found among all bytes of all files, in their names
(any case), and in the texts that pydicom decodes. Exit code 1 if an action failed or anything leaked.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pydicom

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import make_phi  # noqa: E402

warnings.simplefilter("ignore")
ACTIONS = ["date_shifted", "patid_consistent", "pixels_hidden", "pixels_retained", "tag_retained", "text_notnull",
           "text_removed", "text_retained", "uid_changed", "uid_consistent"]


def value(ds, path):
    try:
        e = ds[int(path, 16)] if re.fullmatch("[0-9A-F]{8}", path) else ds[path]
    except KeyError:
        return None
    return str(e.value)


def hidden(ds, what):
    """All strokes lie on one value now, that of their surroundings in the box."""
    found = make_phi.pixels_of(ds)
    if not found:
        return False
    x, y, w, h = what["box"]
    mask = np.unpackbits(np.frombuffer(bytes.fromhex(what["mask"]), np.uint8))[:w * h].reshape(h, w).astype(bool)
    box = found[1][:, y:y + h, x:x + w, :]
    strokes = box[:, mask, :]
    return bool((strokes == strokes[:, :1]).mean() > 0.98)


class Score:
    def __init__(self):
        self.right, self.total, self.wrong, self.maps = {}, {}, [], {}

    def same_for_all(self, kind, old, new):
        """One new value for each old one, and no new value twice."""
        forward = self.maps.setdefault((kind, "f"), {}).setdefault(old, new) == new
        return forward and self.maps.setdefault((kind, "b"), {}).setdefault(new, old) == old

    def judge(self, ds, before, patient, action, path, what):
        new = value(ds, path)
        if action == "date_shifted":
            return bool(new) and new[:8] != what and re.match(r"\d{8}", new) is not None and \
                self.maps.setdefault("days", {}).setdefault(patient, days(what) - days(new)) == days(what) - days(new)
        if action == "patid_consistent":
            return bool(new) and new != what and self.same_for_all("patient", what, new)
        if action == "pixels_hidden":
            return hidden(ds, what)
        if action == "pixels_retained":
            return same_pixels(before, ds)
        if action in ("tag_retained", "text_retained"):
            return new == what
        if action == "text_notnull":
            return bool(new)
        if action == "text_removed":
            return new is None or what.lower() not in new.lower()
        if action == "uid_changed":
            return bool(new) and new != what or what.startswith("1.2.840.10008.")
        return self.same_for_all("uid", what, new)

    def add(self, name, action, path, good):
        self.total[action] = self.total.get(action, 0) + 1
        self.right[action] = self.right.get(action, 0) + bool(good)
        if not good:
            self.wrong.append((name, action, path))


DECODERS = {"50": "dcmdjpeg +cn", "51": "dcmdjpeg +cn", "57": "dcmdjpeg +cn", "70": "dcmdjpeg +cn", "80": "dcmdjpls", "81": "dcmdjpls",
            "5": "dcmdrle"}


def pixel_array(ds):
    """By DCMTK, JPEG 2000 by GDCM: another decoder than ours in any case."""
    tool = DECODERS.get(ds.file_meta.TransferSyntaxUID.rsplit(".", 1)[1], "gdcmconv --raw")
    with tempfile.TemporaryDirectory() as folder:
        ds.save_as(folder + "/a.dcm", write_like_original=False)
        p = subprocess.run(tool.split() + [folder + "/a.dcm", folder + "/b.dcm"], capture_output=True)
        if p.returncode:
            raise ValueError("%s: %s" % (tool, p.stderr[-200:]))
        return pydicom.dcmread(folder + "/b.dcm").pixel_array.astype(np.int64)


def same_pixels(a, b):
    """By value, whatever the transfer syntax; color that became RGB, or stayed it, may be rounded otherwise."""
    if not a.file_meta.TransferSyntaxUID.is_compressed:
        return np.array_equal(a.pixel_array, b.pixel_array)
    x, y = pixel_array(a), pixel_array(b)
    if a.PixelRepresentation: # the sign bit is that of Bits Stored, whatever the codestream says
        half = 1 << a.BitsStored - 1
        x, y = (x + half) % (2 * half) - half, (y + half) % (2 * half) - half
    most = 0 if a.PhotometricInterpretation == b.PhotometricInterpretation else 3
    return x.shape == y.shape and np.abs(x - y).max() <= most


def days(text):
    import datetime
    return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:8])).toordinal()


def leaks(out, terms):
    """(file, term) of every term among bytes or in a name; short ones (below 6) only in decoded text, as words."""
    found = []
    long = [t.lower().encode() for t in sorted(terms) if len(t) >= 6 and not t.isdigit()]
    short = [t.lower() for t in sorted(terms) if not t.isdigit()]

    def words(text):
        low = text.lower()
        return [t for t in short if t in low and re.search("(?<![a-z])%s(?![a-z])" % re.escape(t), low)]

    for d, _, names in os.walk(out):
        for name in names:
            path = os.path.join(d, name)
            with open(path, "rb") as f:
                data = f.read().lower()
            hits = [t for t in long if t in data] + [m.encode() for m in words(os.path.relpath(path, out))]
            texts = [str(e.value) for e in pydicom.dcmread(path, stop_before_pixels=True).iterall() if e.VR != "SQ"
                     and e.VR not in ("OB", "OW", "UN")]
            hits += [m.encode() for t in texts for m in words(t)]
            found += [(os.path.relpath(path, out), h) for h in hits]
    return found


def main():
    planted, report, out = sys.argv[1:4]
    with open(os.path.join(planted, "answers.json")) as f:
        answers = json.load(f)
    with open(report) as f:
        files = json.load(f)["inOrderOfNames"]
    with open(os.path.join(planted, "terms.txt")) as f:
        terms = f.read().split("\n")[:-1]
    score, quarantined, copies = Score(), 0, set()
    assert len(files) == len(answers), "the report has %d files, planted were %d" % (len(files), len(answers))
    for answer, entry in zip(answers, files):
        if entry["status"] != "done":
            quarantined += 1
            continue
        ds = pydicom.dcmread(os.path.join(out, entry["file"]))
        before = pydicom.dcmread(os.path.join(planted, "in", answer["file"]))
        for action, path, what in answer["keys"]:
            patient = str(before.PatientID)
            score.add(answer["file"], action, path, score.judge(ds, before, patient, action, path, what))
        copies.add(entry["file"])
    for action in ACTIONS:
        n = score.total.get(action, 0)
        print("<%s>  %d of %d%s" % (action.replace("_", " "), score.right.get(action, 0), n,
                                    "  %.2f %%" % (100 * score.right.get(action, 0) / n) if n else ""))
    n, right = sum(score.total.values()), sum(score.right.values())
    print("all actions  %d of %d  %.2f %%; files scored %d, quarantined %d" % (
        right, n, 100 * right / max(n, 1), len(copies), quarantined))
    for name, action, path in score.wrong[:20]:
        print("  wrong: %s %s %s" % (name, action, path))
    found = leaks(out, terms)
    for path, term in found[:20]:
        print("  leak: %s: %r" % (path, term))
    print("LEAKS  %d" % len(found))
    return 1 if found or right < n else 0


if __name__ == "__main__":
    sys.exit(main())
