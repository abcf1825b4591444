#!/usr/bin/python3
"""The IOD tables against a second source: ciod_to_modules.json of innolitics/dicom-standard 2024b (../shared/standard). Every
IOD has the same modules with the same usage, but for what the standard changed since, which is listed."""
import json
import os
import re
import sys
from collections import defaultdict
from pathlib import Path

root = Path(os.environ.get("TOMO_SOURCE", Path(__file__).resolve().parents[2]))
standard = root.parent / "shared" / "standard"
# Changed between 2024b and the edition of the tables: (IOD, module or * for all)
LATER = {("*", "Enhanced Patient Orientation"), ("segmentation", "ICC Profile"),
         ("segmentation", "Palette Color Lookup Table"), ("rt-beams-treatment-record", "*"),
         ("rt-ion-beams-treatment-record", "*"), ("vl-whole-slide-microscopy-image", "Frame of Reference")}
if not standard.is_dir():
    print("SKIPPED: no", standard)
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)
text = (root / "src/object/iod_tables.gen.c").read_text()
modules = re.findall(r'\{ "([^"]+)", \d+ \},', text.split("iod__modules[")[1].split("};")[0])
uses = [(modules[int(m)], u) for m, u in re.findall(r"\{ (\d+), '(.)' \}", text.split("iod__uses[")[1].split("};")[0])]
names = {m["id"]: m["name"] for m in json.load(open(standard / "modules.json"))}
other = defaultdict(set)
for use in json.load(open(standard / "ciod_to_modules.json")):
    other[use["ciodId"]].add((names.get(use["moduleId"], use["moduleId"]), use["usage"]))
passed, failed = 0, 0
for word, first, count in re.findall(r'\{ "([^"]+)", "[^"]+", (\d+), (\d+) \}', text.split("iod__iods[")[1].split("};")[0]):
    ours = set(uses[int(first):int(first) + int(count)])
    if word not in other:
        continue
    rest = {d for d in ours ^ other[word] if not {("*", d[0]), (word, d[0]), (word, "*")} & LATER}
    passed += not rest
    failed += bool(rest)
    if rest:
        print("FAILED", word, sorted(rest))
if passed < 150:
    print("FAILED only", passed, "IODs were compared")
    failed += 1
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(bool(failed))
