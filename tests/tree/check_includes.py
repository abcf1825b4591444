#!/usr/bin/python3
"""Hold every #include of the tree against the picture in docs/architecture.md: a room may include the rooms that its
arrow names, and what those stand on. Public headers include only public headers; nobody includes another's kernels. And hold
CMakeLists.txt's rooms and ROOM_NEEDS against the same picture."""
import os
import re
import sys
from pathlib import Path

root = Path(os.environ.get("TOMO_SOURCE", Path(__file__).resolve().parents[2]))
arrows, failures, checked = {}, [], 0
picture = (root / "docs/architecture.md").read_text().split("```")[1]
room = None
for line in picture.splitlines():
    start = re.match(r"^ (?:\d|   ?)  +([a-z]+)(?: \*)?  ", line) or re.match(r"^     ([a-z]+)(?: \*)?  ", line)
    if start:
        room = start.group(1)
        arrows.setdefault(room, set())
    arrow = re.search(r" <- ([a-z ]+)$", line)
    if room and arrow:
        arrows[room] |= set(arrow.group(1).split())


def below(name, seen=None):
    seen = set() if seen is None else seen
    for other in arrows[name]:
        if other not in seen:
            seen.add(other)
            below(other, seen)
    return seen


def check(good, message):
    global checked
    checked += 1
    if not good:
        failures.append(message)


check("base" in arrows and not arrows["base"], "the picture has no room base without arrows")
for name in sorted(arrows):
    check(arrows[name] <= set(arrows), f"the picture: {name} points at an unknown room {arrows[name] - set(arrows)}")
    check(name not in below(name), f"the picture: {name} stands on itself")

cmake = (root / "CMakeLists.txt").read_text()
built = re.search(r"^set\(ALL_ROOMS ([a-z ]+)\)$", cmake, re.M).group(1).split()
needs = {name: set(words.split()) for name, words in re.findall(r"^set\(ROOM_NEEDS_([a-z]+)\b([a-z ]*)\)$", cmake, re.M)}
check(set(needs) == set(built), f"CMakeLists.txt: ALL_ROOMS and ROOM_NEEDS differ in {set(needs) ^ set(built)}")
check(set(built) <= set(arrows), f"CMakeLists.txt: {set(built) - set(arrows)} are not in the picture")
for name in built:
    check(needs.get(name) == arrows.get(name), f"CMakeLists.txt: {name} needs {sorted(needs.get(name, []))}, the picture's "
          f"arrow names {sorted(arrows.get(name, []))}")
    check(all(other in built[:built.index(name)] for other in needs.get(name, [])),
          f"CMakeLists.txt: ALL_ROOMS has {name} before a room that it needs")

faces = {"cli": set(arrows), "tests": set(arrows), "fuzz": set(arrows), "bench": set(arrows), "examples": set(arrows)}
files = [p for top in ("src", "include", "cli", "fuzz", "examples", "bench", "bindings")
         for p in sorted((root / top).rglob("*.[ch]")) if "node_modules" not in p.parts]
for path in files:
    parts = path.relative_to(root).parts
    owner = path.stem.split("_")[0] if parts[0] == "include" else parts[1] if parts[0] == "src" else parts[0]
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if not found:
            continue
        target = found.group(1)
        public = re.match(r"tomo/([a-z]+)(?:_[a-z0-9_]+)?\.h$", target)
        inner = re.match(r"([a-z]+)/(.+)$", target) if line.strip().endswith('"') else None
        where = f"{path.relative_to(root)}:{number} includes {target}"
        other = public.group(1) if public else inner.group(1) if inner and inner.group(1) in arrows else None
        if other is None or other == "tomo":
            continue
        if parts[0] == "include":
            check(public is not None, f"{where}: a public header includes only <tomo/...>")
        if parts[0] in ("src", "include"):
            if owner not in arrows:
                check(owner == "tomo", f"{where}: {owner} is not in the picture")
                continue
            check(other == owner or other in below(owner), f"{where}: {owner} has no arrow to {other}")
            check(not inner or other == owner or inner.group(2).endswith("_internal.h"), f"{where}: not {other}'s shared header")
for name in (p.name for p in (root / "src").iterdir() if p.is_dir()):
    check(name in arrows, f"src/{name} is not in the picture")
    check((root / "src" / name / "README.md").exists(), f"src/{name}/README.md is missing")
    check((root / "docs/rooms" / f"{name}.md").exists(), f"docs/rooms/{name}.md is missing")

for f in failures:
    print("FAILED", f)
print(f"{checked - len(failures)} passed, {len(failures)} failed, 0 skipped")
sys.exit(bool(failures))
