#!/usr/bin/env python3
"""Write src/dicom/dictionary.gen.c from the tables of the standard (../shared/standard).

usage: gen_dictionary.py [--standard DIR] [--out FILE]

The output is committed; tests/dicom/check_dictionary.py runs this again and compares. Tables are const and sorted, so
that the library searches them without any start-up work.
"""
import argparse
import csv
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

# Words of tables that leave a choice: the first is what an implicit VR data set means unless its content says else.
VR_CHOICES = {"OB_OW": "OB or OW", "ox": "OB or OW", "px": "OB or OW"}

HEAD = """/* dictionary.gen.c - data elements, private elements and UIDs. Written by tools/gen_dictionary.py: do not edit.
 * Derived from DICOM PS3.6 and PS3.7; editions and sources are in NOTICE. */
#include "dicom/dictionary.h"

"""


def rows(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def c_string(text):
    """A C literal; octal escapes outside ASCII, and ?? broken up so that no trigraph appears."""
    out = []
    for b in text.encode("utf-8"):
        c = chr(b)
        if c in '"\\':
            out.append("\\" + c)
        elif 32 <= b < 127:
            out.append(c)
        else:
            out.append("\\%03o" % b)
    return '"' + "".join(out).replace("??", '?""?') + '"'


def vr_words(text):
    words = VR_CHOICES.get(text, text).split(" or ")
    if words == ["NONE"]:
        return "0", "0"
    for w in words:
        if not re.fullmatch("[A-Z]{2}", w):
            sys.exit("unknown VR %r" % text)
    code = ["VR_" + w for w in words]
    return code[0], code[1] if len(code) > 1 else "0"


def vm_numbers(text):
    """min, max (0 = n), step. Counts that a byte can't hold (two private rows of 256) are given as 1-n."""
    m = re.fullmatch(r"(\d+)(?:-(\d*)(n?))?", text)
    if not m:
        sys.exit("unknown VM %r" % text)
    low = int(m.group(1))
    if low > 255:
        return 1, 0, 1
    if m.group(2) is None:
        return low, low, 1
    if m.group(3):
        return low, 0, int(m.group(2)) if m.group(2) else 1
    return low, int(m.group(2)), 1


def spaced(keyword):
    """The name behind a keyword, for rows that come without one: OverlayRows -> Overlay Rows."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})", " ", keyword)
    return re.sub(" (Of|In|For) ", lambda m: m.group().lower(), name)


def entry(tag, vr, vm, retired, keyword, name):
    return "    { 0x%08X, %s, %s, %d, %d, %d, %d, %s, %s },\n" % (
        (tag,) + vr_words(vr) + vm_numbers(vm) +
        (1 if retired else 0, c_string(keyword), c_string(name)))


def public_rows(path):
    """(entries by tag, ranges as (first, mask) with their entries). Rows for any group are left to the code."""
    exact, ranges = {}, []
    for r in rows(path):
        name = r["name"] or spaced(r["keyword"])
        m = re.fullmatch(r"\(([0-9a-f]{4})(?:-([0-9a-f]{4}))?,([0-9a-f]{4})(?:-([0-9a-f]{4}))?\)", r["tag"])
        if not m:  # "(0009-o-ffff,...)": private creators, group lengths
            continue
        tag = int(m.group(1), 16) << 16 | int(m.group(3), 16)
        text = entry(tag, r["vr"], r["vm"], r["retired"], r["keyword"], name)
        if m.group(2) or m.group(4):
            last = (int(m.group(2) or m.group(1), 16) << 16) | int(m.group(4) or m.group(3), 16)
            ranges.append((tag, last ^ tag, text))
        else:
            exact[tag] = (r["keyword"], text)
    return exact, sorted(ranges)


def private_rows(path):
    """creator -> {(group, element): entry text}; the first row of a duplicate wins. Rows whose group is open
    ("70xx") or whose element is not within a creator's block (four digits) can't be found by creator: left out."""
    out = {}
    for r in rows(path):
        group = re.match("[0-9A-Fa-f]{4}", r["group"])  # "6001-o-60ff", every odd group from 6001: the code masks
        if not group or not re.fullmatch("[0-9A-Fa-f]{2}", r["element"]):
            continue
        tag = int(group.group(), 16) << 16 | int(r["element"], 16)
        name = r["name"] or "Unknown"
        out.setdefault(r["creator"], {}).setdefault(tag, entry(tag, r["vr"], r["vm"], "", "", name))
    return out


def generate(standard):
    out = [HEAD]
    exact, ranges = public_rows(os.path.join(standard, "dictionary.tsv"))
    tags = sorted(exact)
    keywords = [exact[t][0] for t in tags]
    out.append("const tomo_dict_entry tomo__dict[] = {\n")
    out += [exact[t][1] for t in tags]
    out.append("};\nconst uint32_t tomo__dict_count = %d;\n\n" % len(tags))
    out.append("/* The tags again, close together, for the search. */\nconst uint32_t tomo__dict_tags[] = {\n")
    for i in range(0, len(tags), 10):
        out.append("    " + " ".join("0x%08X," % t for t in tags[i:i + 10]) + "\n")
    out.append("};\n\n/* Places in tomo__dict by keyword, in order of bytes. */\nconst uint16_t tomo__dict_by_keyword[] = {\n")
    order = sorted((i for i in range(len(tags)) if keywords[i]), key=lambda i: keywords[i].encode())
    if len(set(keywords)) != len(keywords):
        sys.exit("a keyword appears twice")
    for i in range(0, len(order), 18):
        out.append("    " + " ".join("%d," % k for k in order[i:i + 18]) + "\n")
    out.append("};\nconst uint32_t tomo__dict_keywords = %d;\n\n" % len(order))
    out.append("/* Tags that stand for many: a bit that is set in the mask may be any. */\n"
               "const tomo__dict_range tomo__dict_ranges[] = {\n")
    for tag, mask, text in ranges:
        out.append("    { 0x%08X, %s },\n" % (mask, text.strip().rstrip(",")))
    out.append("};\nconst uint32_t tomo__dict_range_count = %d;\n\n" % len(ranges))

    private = private_rows(os.path.join(standard, "private.tsv"))
    creators = sorted(private, key=lambda c: c.encode())
    first, index = 0, []
    out.append("const tomo_dict_entry tomo__private[] = {\n")
    for c in creators:
        out.append("    /* %s */\n" % c.replace("*/", "* /"))
        out += [private[c][t] for t in sorted(private[c])]
        index.append("    { %s, %d, %d },\n" % (c_string(c), first, len(private[c])))
        first += len(private[c])
    out.append("};\n\nconst tomo__private_creator tomo__private_creators[] = {\n")
    out += index
    out.append("};\nconst uint32_t tomo__private_creator_count = %d;\n\n" % len(creators))

    uids = {r["uid"]: r["name"] for r in rows(os.path.join(standard, "uids.tsv"))}
    out.append("const tomo__uid_entry tomo__uids[] = {\n")
    for uid in sorted(uids, key=lambda u: u.encode()):
        out.append("    { %s, %s },\n" % (c_string(uid), c_string(uids[uid])))
    out.append("};\nconst uint32_t tomo__uid_count = %d;\n" % len(uids))
    return "".join(out)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--standard", default=os.path.join(HERE, "..", "..", "shared", "standard"))
    p.add_argument("--out", default=os.path.join(HERE, "..", "src", "dicom", "dictionary.gen.c"))
    a = p.parse_args()
    text = generate(a.standard)
    if a.out == "-":
        sys.stdout.write(text)
    else:
        with open(a.out, "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main()
