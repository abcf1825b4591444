#!/usr/bin/env python3
"""Tomo beside its peers: ratios.py RESULTS.jsonl [DOCS]. Prints each operation with the ratio to each peer; with DOCS it
writes DOCS/benchmarks.md and DOCS/pictures/benchmarks.svg too. A ratio above 1 says how many times sooner Tomo is done.
A peer that has no figure for two threads is taken with its one-thread figure, since two threads are no use to it."""
import json
import math
import os
import platform
import sys
from collections import defaultdict
from xml.sax.saxutils import escape

# Operations that peers name by method: each has a right to its fastest one.
FAMILY = {"gauss3d_s2_recursive": "gauss3d_s2", "gauss2d_s2_recursive": "gauss2d_s2", "save_nii_gz_l6": "save_nii_gz",
          "marching_cubes_iso200": "flying_edges3d_iso200", "dilate3d_box3_grey_default": "dilate3d_box3_grey"}
AREAS = {"dicom-io": "DICOM files", "codec": "Codecs", "nifti": "Volume files", "filter": "Images", "segment": "Masks and labels",
         "register": "Registration", "render": "Surfaces and planes"}


def read(path):
    """{(area, op, input): {peer: {threads: milliseconds}}} of the operations that Tomo has, the peers' versions, and
    {(area, op, input, threads): MiB that Tomo held beside input and output}."""
    table, versions = defaultdict(lambda: defaultdict(dict)), {}
    area_of, beside = {}, defaultdict(float)
    for line in open(path):
        r = json.loads(line)
        key = (FAMILY.get(r["op"], r["op"]), r["input"])
        cell = table[key][r["peer"]]
        cell[r["threads"]] = min(r["median_ms"], cell.get(r["threads"], math.inf))
        versions[r["peer"]] = str(r["version"]).split(" ")[0]
        if r["peer"] == "Tomo":
            area_of[key] = r["area"]
            if "beside_mib" in r:
                beside[r["area"], *key, r["threads"]] = max(beside[r["area"], *key, r["threads"]], r["beside_mib"])
    order = list(AREAS)
    rows = {(area_of[k], *k): v for k, v in table.items() if k in area_of}
    return dict(sorted(rows.items(), key=lambda kv: (order.index(kv[0][0]) if kv[0][0] in order else 99, kv[0][1:]))), versions, beside


def ratios(peers, threads):
    """(Tomo's milliseconds, [(ratio, peer, its milliseconds)] from the fastest peer on), or None."""
    mine = peers["Tomo"].get(threads)
    if mine is None:
        return None
    out = []
    for peer, cell in peers.items():
        theirs = min((ms for n, ms in cell.items() if n <= threads), default=None)
        if peer != "Tomo" and theirs is not None:
            out.append((theirs / mine, peer, theirs))
    return mine, sorted(out)


def number(x):
    return f"{x:.0f}" if x >= 100 else f"{x:.3g}"


def mean(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


def cpu():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def markdown(rows, versions, beside):
    text = ["# Benchmarks", "",
            "Made by `make bench`: Tomo and the programs that people use today take turns on the same inputs in one run; each figure is",
            "the best median. MiB is the most memory Tomo held beside input and output. **A ratio above 1 says how many times sooner",
            "Tomo is done.** Compare ratios, not milliseconds: machines differ.",
            "", f"{cpu()}, {os.cpu_count()} processors. " +
            ", ".join(f"{p} {v}" for p, v in sorted(versions.items()) if v not in ("", "None")) + ".", ""]
    for threads in (1, 2):
        best = [r[1][0][0] for r in (ratios(p, threads) for p in rows.values()) if r and r[1]]
        text.append(f"Geometric mean of the ratios to the fastest peer, {threads} thread{'s' * (threads > 1)}: "
                    f"**{mean(best):.2f}** over {len(best)} rows.  ")
    text += ["", "![Ratio to the fastest peer, two threads](pictures/benchmarks.svg)", ""]
    last = None
    for (area, op, source), peers in rows.items():
        if area != last:
            text += ["", f"## {AREAS.get(area, area)}", "", "| operation | input | threads | Tomo ms | MiB | fastest peer | other peers |",
                     "|---|---|---|---|---|---|---|"]
            last = area
        for threads in (1, 2):
            r = ratios(peers, threads)
            if r:
                cells = [f"{p} {number(ms)} ms, **{x:.2g}x**" if x < 99.5 else f"{p} {number(ms)} ms, **{x:.0f}x**" for x, p, ms in r[1]]
                mib = beside.get((area, op, source, threads))
                held = "" if mib is None else f"{mib:.1f}" if mib < 9.95 else f"{mib:.0f}"
                text.append(f"| {op} | {source} | {threads} | {number(r[0])} | {held} | {cells[0] if cells else 'none measured'} | "
                            f"{'; '.join(cells[1:]).replace('**', '')} |")
    return "\n".join(text) + "\n"


def picture(rows):
    """Bars on a log scale, one an operation and input: the ratio to the fastest peer with two threads."""
    bars = []
    for (area, op, source), peers in rows.items():
        r = ratios(peers, 2) or ratios(peers, 1)
        if r and r[1]:
            bars.append((area, f"{op}, {source}", r[1][0][0], r[1][0][1]))
    height, left, width, low = 17, 380, 520, 0.25
    high = max([b[2] for b in bars] + [10])
    x = lambda v: left + width * math.log(max(v, low) / low) / math.log(high / low)
    y, last, out = 56, None, []
    for area, label, ratio, peer in bars:
        if area != last:
            y += 12
            out.append(f'<text x="{left - 8}" y="{y + 12}" text-anchor="end" font-weight="bold">{escape(AREAS.get(area, area))}</text>')
            y += height + 2
            last = area
        color = "#2b7a4b" if ratio >= 1 else "#b4472e"
        a, b = sorted((x(1), x(ratio)))
        out.append(f'<text x="{left - 8}" y="{y + 12}" text-anchor="end">{escape(label)}</text>'
                   f'<rect x="{a:.1f}" y="{y + 2}" width="{max(b - a, 1):.1f}" height="{height - 5}" fill="{color}"/>'
                   f'<text x="{max(b, x(1)) + 5:.1f}" y="{y + 12}" fill="#555">{ratio:.2g}x {escape(peer)}</text>')
        y += height
    grid = "".join(f'<line x1="{x(v):.1f}" x2="{x(v):.1f}" y1="44" y2="{y}" stroke="{"#333" if v == 1 else "#ddd"}"/>'
                   f'<text x="{x(v):.1f}" y="38" text-anchor="middle">{v:g}x</text>'
                   for v in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500) if low <= v <= high)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 150}" height="{y + 16}" font-family="sans-serif" font-size="11">'
            f'<rect width="100%" height="100%" fill="white"/><text x="{left}" y="18" font-size="14" font-weight="bold">'
            f'How many times sooner than the fastest peer</text>{grid}{"".join(out)}</svg>\n')


def main():
    rows, versions, beside = read(sys.argv[1])
    print(f"{'operation':24} {'input':28} {'thr':>3} {'Tomo ms':>9}   ratio to each peer")
    for (_, op, source), peers in rows.items():
        for threads in (1, 2):
            r = ratios(peers, threads)
            if r:
                text = "; ".join(f"{p} {ms:.4g} ms {x:.1f}x" for x, p, ms in r[1])
                print(f"{op:24} {source[:28]:28} {threads:3} {r[0]:9.3f}   {text or 'no peer measured'}")
    if len(sys.argv) > 2:
        os.makedirs(os.path.join(sys.argv[2], "pictures"), exist_ok=True)
        for name, text in (("benchmarks.md", markdown(rows, versions, beside)), ("pictures/benchmarks.svg", picture(rows))):
            with open(os.path.join(sys.argv[2], name), "w") as f:
                f.write(text)


main()
