#!/usr/bin/env python3
"""Write src/object/iod_tables.gen.c: which attributes each IOD of PS3.3 has, of which type, at every depth.

usage: gen_iods.py --tables DIR [--standard DIR] [--out FILE]

DIR holds iod_module_map.json, module_attribute_map.json and sop_class_iod_map.json as PyPI's highdicom 0.28.2 ships
them (highdicom/_standard; MIT, made from the standard's own XML). Tags come from ../shared/standard/dictionary.tsv,
names of modules from modules.json beside it. The output is committed; tests/object/check_iods.py holds it against
ciod_to_modules.json, which another project made of the standard.

Lists of attributes that are equal are stored once: the code sequence macro alone stands in hundreds of places.
"""
import argparse
import csv
import json
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
HEAD = """/* iod_tables.gen.c - IODs, modules and attributes with their types. Written by tools/gen_iods.py: do not edit.
 * Derived from DICOM PS3.3; editions and sources are in NOTICE. */
#include "object/iod.h"

"""
TYPES = {"1": "1", "1C": "IOD_1C", "2": "2", "2C": "IOD_2C", "3": "3", "None": "0"}


def read_tags(standard):
    tags = {}
    with open(os.path.join(standard, "dictionary.tsv"), encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            m = re.match(r"\(([0-9a-fA-F]{4})(?:-[0-9a-fA-F]{4})?,([0-9a-fA-F]{4})(?:-[0-9a-fA-F]{4})?\)", row["tag"])
            if m and row["source"].startswith("DICOM"):
                tags.setdefault(row["keyword"], int(m.group(1) + m.group(2), 16))
    return tags


class Lists:
    """Lists of (tag, type, list below), each stored once; list 0 is the empty one."""

    def __init__(self):
        self.number = {(): 0}

    def add(self, tree):
        key = tuple((tag, kind, self.add(below)) for tag, (kind, below) in sorted(tree.items()))
        return self.number.setdefault(key, len(self.number))


def tree_of(rows, tags, unknown):
    root = {}
    for row in rows:
        level = root
        if any(k not in tags for k in row["path"] + [row["keyword"]]):
            unknown.add(row["keyword"])
            continue
        for keyword in row["path"]:
            level = level.setdefault(tags[keyword], ["0", {}])[1]
        level.setdefault(tags[row["keyword"]], ["0", {}])[0] = TYPES[row["type"]]
    return root


def title(key, names):
    return names.get(key) or key.replace("-", " ").title().replace("Rt ", "RT ")


def macro_tags(standard, iods, rows, tags):
    """(IOD, tag) of the functional group macros that every frame of an IOD must have (usage M), by their sequence."""
    plain = lambda text: re.sub("[^a-z0-9]", "", text.lower())
    known = {plain(r["keyword"][:-len("Sequence")]): r["keyword"] for r in rows if r["keyword"].endswith("Sequence")}
    pairs, lost = set(), set()
    for use in json.load(open(os.path.join(standard, "ciod_to_func_group_macros.json"), encoding="utf-8")):
        if use["usage"] != "M" or use["ciodId"] not in iods:
            continue
        name = re.sub("^(ct|identity)-(?=pixel-value)", "", re.sub("-(patient|with-lut)$", "", use["macroId"]))
        keyword = known.get(plain(name))
        if keyword in tags:
            pairs.add((use["ciodId"], tags[keyword]))
        else:
            lost.add(use["macroId"])
    return sorted(pairs), lost


def generate(tables, standard):
    load = lambda d, name: json.load(open(os.path.join(d, name), encoding="utf-8"))
    modules = load(tables, "module_attribute_map.json")
    iods = load(tables, "iod_module_map.json")
    classes = load(tables, "sop_class_iod_map.json")
    names = {m["id"]: m["name"] for m in load(standard, "modules.json")}
    ciods = {m["id"]: m["name"] for m in load(standard, "ciods.json")}
    tags, unknown, lists = read_tags(standard), set(), Lists()
    # IODs of which the tables do not have every module are left out whole
    iods = {k: v for k, v in iods.items() if all(m["key"] in modules for m in v)}
    classes = {k: v for k, v in classes.items() if v in iods}
    used = sorted({m["key"] for i in iods.values() for m in i})
    list_of = {key: lists.add(tree_of(modules[key], tags, unknown)) for key in used}
    out = [HEAD]
    ordered = sorted(lists.number, key=lists.number.get)
    starts, count, lines = [], 0, []
    for entries in ordered:
        starts.append(count)
        count += len(entries)
        lines += ["{ 0x%08X, %s, %d }," % e for e in entries]
    starts.append(count)
    out.append("const iod__row iod__rows[%d] = {\n" % count)
    out += ["    %s\n" % " ".join(lines[i:i + 3]) for i in range(0, len(lines), 3)]
    out.append("};\n\nconst uint16_t iod__lists[%d] = {\n" % len(starts))
    out += ["    %s,\n" % ", ".join(map(str, starts[i:i + 16])) for i in range(0, len(starts), 16)]
    out.append("};\n\nconst iod__module iod__modules[%d] = {\n" % len(used))
    out += ['    { "%s", %d },\n' % (title(k, names), list_of[k]) for k in used]
    out.append("};\n\nconst iod__use iod__uses[] = {\n")
    first, table = 0, []
    for key in sorted(iods):
        uses = iods[key]
        table.append((key, first, len(uses)))
        first += len(uses)
        out.append("    /* %s */\n" % key)
        items = ["{ %d, '%s' }," % (used.index(m["key"]), m["usage"]) for m in uses]
        out += ["    %s\n" % " ".join(items[i:i + 8]) for i in range(0, len(items), 8)]
    out.append("};\n\nconst iod__iod iod__iods[] = {\n")
    out += ['    { "%s", "%s", %d, %d },\n' % (k, title(k, ciods), f, n) for k, f, n in table]
    out.append("};\n\nconst size_t iod__n_iods = %d;\n\nconst iod__class iod__classes[] = {\n" % len(table))
    index = {k: i for i, (k, _, _) in enumerate(table)}
    pairs = sorted((uid, index[k]) for uid, k in classes.items())
    out += ['    { "%s", %d },\n' % p for p in pairs]
    out.append("};\n\nconst size_t iod__n_classes = %d;\n\nconst iod__macro iod__macros[] = {\n" % len(pairs))
    rows = [r for k in modules if "functional-groups" in k for r in modules[k] if len(r["path"]) == 1]
    macros, lost = macro_tags(standard, iods, rows, tags)
    unknown |= lost
    items = ["{ %d, 0x%08X }," % (index[k], tag) for k, tag in macros]
    out += ["    %s\n" % " ".join(items[i:i + 5]) for i in range(0, len(items), 5)]
    out.append("};\n\nconst size_t iod__n_macros = %d;\n" % len(macros))
    return "".join(out), unknown


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--tables", required=True)
    p.add_argument("--standard", default=os.path.join(HERE, "..", "..", "shared", "standard"))
    p.add_argument("--out", default=os.path.join(HERE, "..", "src", "object", "iod_tables.gen.c"))
    args = p.parse_args()
    text, unknown = generate(args.tables, args.standard)
    with open(args.out, "w", encoding="utf-8") as f:
        f.write(text)
    print("%d bytes" % len(text), "left out, not in the dictionary: %s" % ", ".join(sorted(unknown)) if unknown else "")


if __name__ == "__main__":
    main()
