#!/usr/bin/python3
"""Findings of `tomo dicom validate` held against dciodvfy's: over every DICOM file of the test data (one of each series),
which Type 1 and 2 attributes each of the two says are missing. Differences are explained below, by attribute."""
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

tomo = os.environ.get("TOMO", "build/tomo")
data = Path(os.environ.get("TOMO_TEST_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))

# What only dciodvfy misses, and why Tomo does not.
ONLY_THEIRS = {
    "PositionReferenceIndicator": "Frame of Reference is optional in RT Structure Set since 2014",
    "FrameOfReferenceUID": "the same module",
    "OverlayData": "named by its group, (6000,3000)",
    "PlanePositionSlideSequence": "dciodvfy of 2022 does not know that TILED_FULL segmentations have no per-frame items",
    "PlaneOrientationSequence": "the same", "PlanePositionSequence": "the same", "SegmentIdentificationSequence": "the same",
    "PerFrameFunctionalGroupsSequence": "the same",
    **{f"MR{x}Sequence": "a functional group whose use has a condition (originals), which is not judged"
       for x in ("Averages", "Echo", "ImagingModifier", "Modifier", "ReceiveCoil", "TimingAndRelatedParameters",
                 "TransmitCoil")},
    "FrameAnatomySequence": "reported with another text: neither shared nor per frame",
    "PresentationLUTShape": "of a module whose condition (grayscale slides) is not judged",
}
# What only Tomo misses, and why dciodvfy does not.
ONLY_OURS = {
    "Modality": "dciodvfy lets secondary captures go without; General Series (C.7.3.1) does not",
    "PatientOrientation": "Type 2C, judged by words",
    "FrameIncrementPointer": "Type 1C there, since one frame may be enough",
    "OperatorsName": "dciodvfy of 2022 has no module for it",
}
# dciodvfy gives up on these, or reads them as something else (it prints "read failed" or sees no attribute at all).
UNREADABLE = re.compile("read failed|Seek failed|trailing garbage|Information Object Not found|out of order|giving up|Not even")


def files():
    for top in ("dicom", "series"):
        seen = set()
        for path in sorted((data / top).rglob("*")):
            if not path.is_file() or path.suffix in (".txt", ".json", ".nii", ".gz", ".nrrd", ".bval", ".bvec", ".icc"):
                continue
            if top == "series" and path.parent in seen:
                continue
            seen.add(path.parent)
            yield path


def one(path):
    theirs = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, errors="replace")
    ours = subprocess.run([tomo, "dicom", "validate", "--json", str(path)], capture_output=True, text=True, errors="replace")
    if not ours.stdout or UNREADABLE.search(theirs.stderr) or theirs.returncode < 0:
        return path, None, None, ours.returncode
    want = set(re.findall(r"Error - Missing attribute Type [12] Required Element=<(\w+)>", theirs.stderr))
    got = {f["path"].split(".")[-1] for f in json.loads(ours.stdout)["findings"]
           if f["severity"] == "error" and re.search(r" is missing, Type [12] ", f["text"])}
    conditional = {f["path"].split(".")[-1] for f in json.loads(ours.stdout)["findings"] if f["severity"] == "error"}
    return path, want - (conditional - got), got, ours.returncode


if not (data / "dicom").is_dir() or subprocess.run(["which", "dciodvfy"], capture_output=True).returncode:
    print("SKIPPED: no test data at", data, "or no dciodvfy")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)
passed, failures, compared = 0, [], 0
with ThreadPoolExecutor(2) as pool:
    for path, want, got, code in pool.map(one, files()):
        if code not in (0, 1, 3, 5):
            failures.append(f"{path}: exit {code}")
        if want is None:
            continue
        compared += 1
        missed = {x for x in want - got if x not in ONLY_THEIRS}
        extra = {x for x in got - want if x not in ONLY_OURS}
        if missed or extra:
            failures.append(f"{path.relative_to(data)}: only dciodvfy: {sorted(missed)}; only Tomo: {sorted(extra)}")
        else:
            passed += 1
if compared < 300:
    failures.append(f"only {compared} files were compared")
print(*("FAILED " + f for f in failures), sep="\n", end="\n" if failures else "")
print(f"{passed} passed, {len(failures)} failed, 0 skipped")
sys.exit(bool(failures))
