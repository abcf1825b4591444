#!/usr/bin/env python3
"""Write lib/keywords.gen.ts, the type of `ds.<Keyword>`, from src/dicom/dictionary.gen.c.

usage: gen_keywords.py [OUT]

The output is committed; tests/node/check_node.sh runs this again and compares."""
import re
import sys
from pathlib import Path

root = Path(__file__).resolve().parents[3]
BYTES = {"OB", "OW", "OL", "OV", "OF", "OD", "UN"}
NUMBERS = {"DS", "IS", "FL", "FD", "US", "SS", "UL", "SL"}

HEAD = """// Written by tools/gen_keywords.py from the library's dictionary (DICOM PS3.6): do not edit.
import type { DicomDataset } from './dataset.js';

type Text = string | null;
type Texts = (string | null)[] | null;
type Num = number | null;
type Nums = (number | null)[] | null;
type Big = number | bigint | null;
type Bigs = (number | bigint | null)[] | null;
type Bytes = Uint8Array;
type Items = DicomDataset[];

/** Elements by keyword: undefined if absent, null if empty, arrays where the dictionary allows several values. */
export interface DicomKeywords {
"""


def of_vr(vr, many):
    if vr == "SQ":
        return "Items"
    if vr in BYTES:
        return "Bytes"
    word = "Num" if vr in NUMBERS else "Big" if vr in ("SV", "UV") else "Text"
    return word + ("s" if many else "")


text = (root / "src/dicom/dictionary.gen.c").read_text()
row = re.compile(r"\{ 0x([0-9A-F]{8}), (?:VR_)?(\w+), (?:VR_)?(\w+), \d+, (\d+), \d+, [01], \"([A-Za-z0-9]+)\", ")
lines = {}
for tag, vr, vr2, vm_max, keyword in row.findall(text):
    if tag.startswith("0000") or vr == "0":  # commands are not in files; delimiters have no value
        continue
    types = [of_vr(v, vm_max != "1") for v in (vr, vr2) if v != "0"]
    lines.setdefault(keyword, f"  readonly {keyword}?: {' | '.join(dict.fromkeys(types))};\n")
out = Path(sys.argv[1]) if len(sys.argv) > 1 else root / "bindings/node/lib/keywords.gen.ts"
out.write_text(HEAD + "".join(lines[k] for k in sorted(lines)) + "}\n")
