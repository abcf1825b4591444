#!/usr/bin/env python3
"""Write src/deid/rules.gen.c from PS3.15 table E.1-1 and the safe private elements of E.3.10 (../shared/standard).

usage: gen_deid.py [--standard DIR] [--out FILE]

The output is committed; tests/deid/check_rules.py runs this again and compares.
"""
import argparse
import csv
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ACTIONS = {"X": "DEID_X", "Z": "DEID_Z", "D": "DEID_D", "U": "DEID_U", "X/Z": "DEID_XZ", "X/D": "DEID_XD",
           "Z/D": "DEID_ZD", "X/Z/D": "DEID_XZD", "X/Z/U*": "DEID_XZU"}
# Columns of the table in the order of the bits of `keep` and `clean`.
OPTIONS = ["rtn_safe_priv", "rtn_uids", "rtn_dev_id", "rtn_inst_id", "rtn_pat_chars", "rtn_long_full_dates",
           "rtn_long_modif_dates", "clean_desc", "clean_struct_cont", "clean_graph"]
HEAD = """/* rules.gen.c - PS3.15 table E.1-1 and the safe private elements of E.3.10. Written by tools/gen_deid.py: do not edit.
 * Derived from DICOM PS3.15 2026d; sources are in NOTICE. */
#include "deid/deid_internal.h"

"""


def rows(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def rule(row):
    """(tag, mask, line) of one row; None for the row of private attributes, which the engine treats by itself."""
    m = re.fullmatch(r"\(([0-9A-Fx]{4}),([0-9A-Fx]{4})\)", row["tag"])
    if not m:
        if "odd" in row["tag"] and row["basic"] == "X":
            return None
        sys.exit("unknown tag %r" % row["tag"])
    digits = m.group(1) + m.group(2)
    tag, mask = int(digits.replace("x", "0"), 16), int("".join("0" if c == "x" else "F" for c in digits), 16)
    keep = sum(1 << i for i, o in enumerate(OPTIONS) if row[o] == "K")
    clean = sum(1 << i for i, o in enumerate(OPTIONS) if row[o] == "C")
    if any(row[o] not in ("", "K", "C") for o in OPTIONS):
        sys.exit("unknown option action in %r" % row)
    line = "    { 0x%08x, 0x%03x, 0x%03x, %s }, /* %s */\n" % (tag, keep, clean, ACTIONS[row["basic"]], row["name"])
    return tag, mask, line.replace("0x%08x" % tag, "0x%08x, 0x%08x" % (tag, mask)) if mask != 0xffffffff else line


def generate(standard):
    exact, ranges = [], []
    for row in rows(os.path.join(standard, "deidentification.tsv")):
        r = rule(row)
        if r:
            (exact if r[1] == 0xffffffff else ranges).append(r)
    exact.sort()
    if len({r[0] for r in exact}) != len(exact):
        sys.exit("a tag has two rows")
    out = [HEAD, "const tomo__deid_rule tomo__deid_rules[] = {\n"]
    out += [r[2] for r in exact]
    out.append("};\nconst uint32_t tomo__deid_n_rules = sizeof tomo__deid_rules / sizeof tomo__deid_rules[0];\n\n")
    out.append("const tomo__deid_safe tomo__deid_safe_private[] = {\n")
    safe = []
    for row in rows(os.path.join(standard, "safe_private.tsv")):
        m = re.fullmatch("xx([0-9a-f]{2})", row["element"])
        vr = row["vr"].split(" or ")[0]
        if not m or not re.fullmatch("[A-Z]{2}", vr):
            sys.exit("unknown row %r" % row)
        safe.append((row["private_creator"], int(row["group"], 16), int(m.group(1), 16), vr, row["meaning"]))
    for creator, group, element, vr, meaning in sorted(safe):
        out.append('    { "%s", 0x%04x, 0x%02x, VR_%s }, /* %s */\n' % (creator, group, element, vr,
                                                                       meaning.replace("*/", "")[:48]))
    out.append("};\nconst uint32_t tomo__deid_n_safe = sizeof tomo__deid_safe_private / "
               "sizeof tomo__deid_safe_private[0];\n")
    expected = {0x50000000: "X", 0x60003000: "X", 0x60004000: "X"}
    if {r[0] for r in ranges} != set(expected):
        sys.exit("the ranges of the table are not those that the engine knows: %r" % ranges)
    return "".join(out)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--standard", default=os.path.join(HERE, "..", "..", "shared", "standard"))
    p.add_argument("--out", default=os.path.join(HERE, "..", "src", "deid", "rules.gen.c"))
    a = p.parse_args()
    with open(a.out, "w", encoding="utf-8") as f:
        f.write(generate(a.standard))


if __name__ == "__main__":
    main()
