#!/usr/bin/env python3
"""From the operation tables (`tomo ops`) to the reference pages and the TypeScript types: gen_ops.py OPS.json OUTDIR
Writes OUTDIR/docs/ops/<room>.md and OUTDIR/bindings/node/lib/ops.gen.ts. tests/tree/check_ops.sh holds the tree to it."""
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

ops = json.loads(Path(sys.argv[1]).read_text())
out = Path(sys.argv[2])
rooms = defaultdict(list)
for op in ops:
    rooms[op["room"]].append(op)


def camel(name):
    return re.sub(r"-(.)", lambda m: m.group(1).upper(), name)


def default_text(o):
    if o["required"]:
        return "required"
    if o["type"] == "text" or o.get("default") is None:
        return "-"
    if o["type"] == "enum":
        return o["choices"][int(o["default"])]
    if o["type"] == "bool":
        return "true" if o["default"] else "false"
    return ",".join(f"{o['default']:g}" for _ in range(o["count"]))


def bounded(o):
    """Both ends finite: JSON has no infinity, so an open end comes as null."""
    return o.get("min") is not None and o.get("max") is not None


def range_text(o):
    if o["type"] == "enum":
        return " \\| ".join(o["choices"])
    if bounded(o):
        return f"{o['min']:g} to {o['max']:g}"
    return {"bool": "true \\| false", "text": "text", "doubles": f"{o['count']} numbers"}.get(o["type"], "number")


def page(room):
    lines = [f"# tomo {room}", "", "Made from the operation tables by `make ops`; don't edit.", ""]
    for op in rooms[room]:
        ins = [("[--%s FILE]" if p["optional"] else "IN-%s") % p["name"] for p in op["in"]]
        outs = [f"[--{p['name']} OUT]" if p["optional"] else f"OUT-{p['name']}" for p in op["out"] if p["kind"] != "json"]
        lines += [f"## {op['name']}", "", op["help"], ""]
        if op["detail"]:
            lines += [op["detail"], ""]
        if not op["in"]:  # work on paths, under a word of its own
            lines += ["```", op["example"], "```", ""]
        else:
            lines += ["```", " ".join(["tomo", room, op["name"], *ins, *outs]), op["example"], "```", ""]
            lines += ["| input or output | kind | |", "|---|---|---|"]
        lines += [f"| {p['name']} | {p['kind']}{', optional' if p['optional'] else ''} | in: {p['help']} |" for p in op["in"]]
        lines += [f"| {p['name']} | {p['kind']} | out: {p['help']} |" for p in op["out"]]
        lines += [""] if op["in"] else []
        if op["options"]:
            lines += ["| option | range | default | unit | |", "|---|---|---|---|---|"]
            lines += [f"| `--{o['name']}` | {range_text(o)} | {default_text(o)} | {o['unit']} | {o['help']} |"
                      for o in op["options"]]
            lines.append("")
    return "\n".join(lines)


def ts_type(o):
    if o["type"] == "enum":
        return " | ".join(f"'{c}'" for c in o["choices"])
    if o["type"] == "doubles":
        return "readonly [" + ", ".join(["number"] * o["count"]) + "]"
    return {"bool": "boolean", "text": "string"}.get(o["type"], "number")


def typescript():
    lines = ["// Made from the operation tables by `make ops`; don't edit.", ""]
    for op in ops:
        name = "".join(part.capitalize() for part in (op["room"] + "-" + op["name"]).replace("_", "-").split("-")) + "Options"
        lines += [f"/** Options of {op['room']} {op['name']}: {op['help']} */", f"export interface {name} {{"]
        for o in op["options"]:
            notes = [o["help"]]
            if o["unit"]:
                notes.append(f"[{o['unit']}]")
            if bounded(o):
                notes.append(f"({o['min']:g} to {o['max']:g})")
            if default_text(o) not in ("-", "required"):
                notes.append(f"Default {default_text(o)}.")
            lines += [f"  /** {' '.join(notes)} */", f"  {camel(o['name'])}{'' if o['required'] else '?'}: {ts_type(o)};"]
        lines += ["}", ""]
    lines += ["/** Every operation: its name, its options, what goes in and comes out. */", "export interface Operations {"]
    for op in (o for o in ops if o["in"]):
        name = "".join(part.capitalize() for part in (op["room"] + "-" + op["name"]).replace("_", "-").split("-")) + "Options"
        ins = "; ".join(f"{camel(p['name'])}{'?' if p['optional'] else ''}: '{p['kind']}'" for p in op["in"])
        outs = "; ".join(f"{camel(p['name'])}: '{p['kind']}'" for p in op["out"])
        lines.append(f"  '{op['room']}.{op['name']}': {{ options: {name}; in: {{ {ins} }}; out: {{ {outs} }} }};")
    lines += ["}", ""]
    return "\n".join(lines)


(out / "docs/ops").mkdir(parents=True, exist_ok=True)
(out / "bindings/node/lib").mkdir(parents=True, exist_ok=True)
for room in rooms:
    (out / f"docs/ops/{room}.md").write_text(page(room))
(out / "bindings/node/lib/ops.gen.ts").write_text(typescript())
