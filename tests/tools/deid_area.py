#!/usr/bin/env python3
"""How much of real images the text detector blanks: the figures of docs/rooms/deid.md.

usage: deid_area.py FOLDER...      (each through `tomo deid run`; $TOMO is the program, else build/tomo)
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

TOMO = os.environ.get("TOMO", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "build", "tomo"))
areas = []
for folder in sys.argv[1:]:
    work = tempfile.mkdtemp()
    try:
        report = os.path.join(work, "report.json")
        subprocess.run([TOMO, "deid", "run", folder, os.path.join(work, "out"), "--report", report, "--quiet"])
        with open(report) as f:
            entries = [e for e in json.load(f)["inOrderOfNames"] if e["status"] == "done"]
    finally:
        shutil.rmtree(work)
    searched = [e["areaBlanked"] for e in entries if e["framesSearched"]]
    areas += searched
    print("%s: %d files searched" % (folder, len(searched)))
print("%d files searched, %d lose some of their area, %d more than a fifth; %.1f %% of it on average" % (
    len(areas), sum(a > 0 for a in areas), sum(a > 0.2 for a in areas), 100 * sum(areas) / max(len(areas), 1)))
