#!/usr/bin/env python3
"""Tomo beside its peers: ratios.py RESULTS.jsonl. A peer that has no figure for two threads is taken with its one-thread
figure, since two threads are no use to it. A ratio above 1 says how many times sooner Tomo is done."""
import json
import sys
from collections import defaultdict

best = defaultdict(lambda: float("inf"))
for line in open(sys.argv[1]):
    r = json.loads(line)
    key = (r["op"], r["input"], r["peer"], r["threads"])
    best[key] = min(best[key], r["median_ms"])

# Operations that peers name by method: each has a right to its fastest one.
family = {"gauss3d_s2_recursive": "gauss3d_s2", "save_nii_gz_l6": "save_nii_gz", "marching_cubes_iso200": "flying_edges3d_iso200"}
table = defaultdict(dict)
for (op, source, peer, threads), ms in best.items():
    op = family.get(op, op)
    cell = table[(op, source)].setdefault(peer, {})
    cell[threads] = min(ms, cell.get(threads, float("inf")))

print(f"{'operation':24} {'input':28} {'thr':>3} {'Tomo ms':>9}   ratio to each peer")
for (op, source), peers in sorted(table.items()):
    if "Tomo" not in peers:
        continue
    for threads in (1, 2):
        mine = peers["Tomo"].get(threads)
        if mine is None:
            continue
        ratios = []
        for peer, cell in peers.items():
            if peer == "Tomo":
                continue
            theirs = min((ms for n, ms in cell.items() if n <= threads), default=None)
            if theirs is not None:
                ratios.append((theirs / mine, f"{peer} {theirs:.4g} ms {theirs / mine:.1f}x"))
        ratios.sort()
        print(f"{op:24} {source[:28]:28} {threads:3} {mine:9.3f}   {'; '.join(t for _, t in ratios) or 'no peer measured'}")
